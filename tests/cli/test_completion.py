"""completion.py: real shells complete the command line, with the script that they are given."""

import contextlib
import importlib
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import run_here

from srp_cognito.cli.completion import script
from srp_cognito.cli.options import SHELLS

START = {
    "bash": (["--norc", "--noprofile", "-i"], 'eval "$(cat completion)"'),
    "zsh": (["-f", "-i"], 'autoload -U compinit; compinit -u -D; eval "$(cat completion)"'),
    "fish": (["--no-config", "--private"], "cat completion | source"),
}
"""How each is started without a person's settings, and reads the script."""

AT_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""

TYPED = [
    ("ver", "verify"),
    ("--vers", "--version"),
    ("login --user", "login|--username"),
    ("login --flow USER_S", "login|--flow|USER_SRP_AUTH"),
    ("login --flow=USER_S", "login|--flow=USER_SRP_AUTH"),
    ("serve --remember-devices opt", "serve|--remember-devices|opt-in"),
    ("serve --config tra", "serve|--config|transcripts.jsonl"),
    ("verify tra", "verify|transcripts.jsonl"),
    ("verify --jobs 2 tra", "verify|--jobs|2|transcripts.jsonl"),
    ("explain transcripts.jsonl --js", "explain|transcripts.jsonl|--json"),
    ("completion z", "completion|zsh"),
    # Nothing can follow, and least of all a file.
    ("engine tra", "engine|tra"),
    ("login --username tra", "login|--username|tra"),
]
"""What is typed before a TAB, and the arguments that the program then gets."""


class Typist:
    """A person at a shell, in a folder with a file, where the program shows its arguments."""

    def __init__(self, terminal: int) -> None:
        self.shown = ""
        self._terminal = terminal

    def types(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def sees(self, text: str) -> None:
        deadline = time.monotonic() + 60
        while text not in self.shown:
            ready = select.select([self._terminal], [], [], deadline - time.monotonic())[0]
            assert ready, self.shown
            self.shown += os.read(self._terminal, 4096).decode("utf-8", "replace")


@contextlib.contextmanager
def at(shell: str, folder: Path) -> Iterator[Typist]:
    arguments, read = START[shell]
    (folder / "transcripts.jsonl").touch()
    (folder / "completion").write_text(script(shell), "utf-8")
    program = folder / "srp-cognito"
    program.write_text("#!/bin/sh\nIFS='|'\nprintf '(%s)\\n' \"$*\"\n", "utf-8")
    program.chmod(0o755)
    pty = importlib.import_module("pty")  # It is POSIX's.
    terminal, other_end = pty.openpty()
    environment = {
        "HOME": str(folder),
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "PS1": "> ",
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", AT_TERMINAL, shell, *arguments],
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )
    try:
        typist = Typist(terminal)
        typist.types(f"{read}; echo rea'dy'\n")
        typist.sees("ready")
        yield typist
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
        os.close(other_end)


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX is needed")
@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_what_is_typed(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed, so its completion is not tested")
    with at(shell, tmp_path) as typist:
        for typed, arguments in TYPED:
            typist.shown = ""
            typist.types(f"srp-cognito {typed}\t")
            typist.types("\n")
            typist.sees(f"({arguments})")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_prints_the_script(shell: str) -> None:
    done = run_here("completion", shell)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, script(shell), b"")


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_and_option_is_in_every_script(shell: str) -> None:
    text = script(shell)
    for word in ("conformance", "most-calls", "show-secrets", "InitiateAuth", "uses-up", "opt-in"):
        assert word in text


def test_another_shell_is_refused() -> None:
    done = run_here("completion", "tcsh")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"argument SHELL: invalid choice: 'tcsh'" in done.stderr
