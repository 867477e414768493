"""The command line, as a process of its own or in this one."""

import contextlib
import io
import json
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any, TextIO
from unittest import mock

from srp_cognito.__main__ import main


def run(
    *arguments: str, stdin: bytes | int | None = b"", module: bool = True
) -> subprocess.CompletedProcess[bytes]:
    # On Windows it is not next to the interpreter, unless that is of a virtual environment.
    script = Path(sysconfig.get_path("scripts"), "srp-cognito")
    command = [sys.executable, "-m", "srp_cognito"] if module else [str(script)]
    given: dict[str, Any] = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    return subprocess.run(
        [*command, *arguments], capture_output=True, timeout=60, check=False, **given
    )


def run_here(
    *arguments: str, stdin: bytes | TextIO | None = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run it in this process, which saves the time that a process needs to start."""
    given = io.TextIOWrapper(io.BytesIO(stdin)) if isinstance(stdin, bytes) else stdin
    out, err = io.StringIO(), io.StringIO()
    status: object
    with (
        mock.patch("sys.stdin", given),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            status = main(arguments)
        except SystemExit as ended:  # By argparse, for --help and for a wrong command line.
            status = ended.code
    assert isinstance(status, int)
    return subprocess.CompletedProcess(
        arguments, status, out.getvalue().encode(), err.getvalue().encode()
    )


def answers(done: subprocess.CompletedProcess[bytes]) -> list[Any]:
    return [json.loads(line) for line in done.stdout.splitlines()]
