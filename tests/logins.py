"""A sign-in as it is typed, to the pool over HTTP or to a service that misbehaves.

For the tests of `cli/`; the pool and its URL are fixtures of theirs.
"""

import contextlib
import http.server
import importlib
import io
import json
import os
import select
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO
from unittest import mock

from command import run_here
from peers import CLIENT_SECRET, PASSWORD, POOL_ID
from pool_calls import PUBLIC, TOTP_SECRET

from srp_cognito.cli import terminal
from srp_cognito.testing.totp import code_at

TOKENS = [
    *("AccessToken", "IdToken", "RefreshToken", "ExpiresIn", "TokenType", "Username", "DeviceKey")
]
WRONG = "battery staple"
NEW = "a new one"

# `srp-cognito`, for a process whose terminal is where its standard error goes. Whoever runs the
# tests may have made Ctrl-C ineffective.
AT_TERMINAL = """
import fcntl, signal, sys, termios
from srp_cognito.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)
fcntl.ioctl(2, termios.TIOCSCTTY, 0)
sys.exit(main())
"""
CTRL_C, CTRL_D = "\x03", "\x04"


def totp() -> str:
    return code_at(TOTP_SECRET, int(time.time()) // 30)


class Keyboard(io.TextIOBase):
    """Standard input: what a test types, and the codes that are sent meanwhile."""

    def __init__(self, typed: str = "") -> None:
        self._lines = typed.splitlines(keepends=True)

    def type(self, *lines: str) -> None:
        self._lines += [f"{line}\n" for line in lines]

    def readline(self, _: int | None = -1) -> str:
        return self._lines.pop(0) if self._lines else ""


FROM_ENVIRONMENT = ("--password-from", "env:PASSWORD")


def words(url: str | None, *arguments: str, username: str = "alice") -> list[str]:
    """The command line of a login. The last one wins if an option is given twice."""
    whose = ["--pool-id", POOL_ID, "--client-id", PUBLIC.client_id, "--username", username]
    where = [] if url is None else ["--endpoint-url", url]
    return ["login", *whose, *where, *arguments]


def run(
    url: str,
    *arguments: str,
    username: str = "alice",
    typed: str | io.TextIOBase | None = "",
    password: str | None = PASSWORD,
) -> subprocess.CompletedProcess[str]:
    """Sign in without a terminal, with what is typed as standard input.

    Unless the password is None, the environment has it.
    """
    source = () if password is None else FROM_ENVIRONMENT
    with (
        mock.patch.dict(os.environ, PASSWORD=password or ""),
        mock.patch.object(terminal, "TERMINAL", Path("there is no terminal")),
    ):
        done = run_here(
            *words(url, *source, *arguments, username=username),
            stdin=Keyboard(typed) if isinstance(typed, str) else typed,
        )
    return without_secrets(done.returncode, done.stdout.decode(), done.stderr.decode())


def run_process(
    url: str,
    *arguments: str,
    username: str = "alice",
    typed: str = "",
    redirected: str = "",
    **options: Any,
) -> subprocess.CompletedProcess[str]:
    """Sign in as a process, for what depends on its streams; `redirected` is as a shell has it."""
    program = [sys.executable, "-m", "srp_cognito", *words(url, *arguments, username=username)]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", *program],
        input=typed,
        check=False,
        timeout=60,
        encoding="utf-8",
        start_new_session=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )
    return without_secrets(done.returncode, done.stdout, done.stderr)


def without_secrets(
    status: int, stdout: str | None, stderr: str | None
) -> subprocess.CompletedProcess[str]:
    """Return what a login wrote; standard error has no secret in it."""
    for secret in (PASSWORD, WRONG, NEW, CLIENT_SECRET, "eyJ", "Traceback"):
        assert secret not in (stderr or "")
    return subprocess.CompletedProcess([], status, stdout or "", stderr or "")


def tokens_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The tokens, which are all that is on standard output."""
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    tokens: dict[str, Any] = json.loads(done.stdout)
    assert list(tokens) == TOKENS
    return tokens


def assert_fails(done: subprocess.CompletedProcess[str], status: int, message: str) -> None:
    """It ends with a sentence on standard error, and with nothing on standard output."""
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert done.stderr.endswith(f"srp-cognito: {message}\n")


@contextlib.contextmanager
def piped(octets: bytes) -> Iterator[BinaryIO]:
    """A pipe that holds these bytes."""
    reading, writing = os.pipe()
    os.write(writing, octets)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        yield pipe


@contextlib.contextmanager
def answering(
    *answers: bytes | None, tls: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[Any]]]:
    """A service that answers any call with these bytes, or not at all for None.

    Yields its URL, and a list of what it was asked.
    """
    asked: list[Any] = []
    remaining = iter(answers)
    is_over = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            answer = next(remaining, b"")
            if answer is None:
                is_over.wait(60)
            else:
                with contextlib.suppress(OSError):  # Who has seen enough hangs up.
                    self.wfile.write(answer)

        def do_CONNECT(self) -> None:
            asked.append(self.path)
            self.wfile.write(next(remaining))

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        scheme = "http"
        if tls is not None:
            scheme = "https"
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield f"{scheme}://127.0.0.1:{server.server_address[1]}/", asked
        finally:
            is_over.set()
            server.shutdown()
            thread.join()


def reply(body: Mapping[str, object], status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\n\r\n{json.dumps(body)}".encode()


def asks(name: str, **parameters: str) -> bytes:
    return reply({"ChallengeName": name, "Session": "s" * 20, "ChallengeParameters": parameters})


SIGNED_IN = reply({"AuthenticationResult": {"AccessToken": "x", "ExpiresIn": 3600}})


class Person:
    """A person at the terminal of a login, which shows standard error, but not the tokens."""

    def __init__(self, process: subprocess.Popen[str], terminal: int, other_end: int) -> None:
        self.shown = ""
        self._seen = 0
        self._process = process
        self._terminal = terminal
        self._other_end = other_end

    def sees(self, text: str) -> None:
        """Wait until this is shown, after what was seen before."""
        while (at := self.shown.find(text, self._seen)) < 0:
            assert self._reads(60), self.shown
        self._seen = at + len(text)

    def types(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def leaves(self) -> tuple[int, str]:
        """Wait for the end; return the exit status and standard output."""
        out, _ = self._process.communicate(timeout=60)
        while self._reads(0):
            pass
        return self._process.returncode, out

    def sees_what_is_typed(self) -> bool:
        termios = importlib.import_module("termios")
        flags: int = termios.tcgetattr(self._other_end)[3]
        return bool(flags & termios.ECHO)

    def _reads(self, seconds: float) -> bool:
        ready = select.select([self._terminal], [], [], seconds)[0]
        self.shown += os.read(self._terminal, 4096).decode() if ready else ""
        return bool(ready)


@contextlib.contextmanager
def at_terminal(arguments: list[str], **options: Any) -> Iterator[Person]:
    """Sign in as a process with a terminal."""
    pty = importlib.import_module("pty")  # It is POSIX's.
    terminal_end, other_end = pty.openpty()
    try:
        with subprocess.Popen(
            [sys.executable, "-c", AT_TERMINAL, *arguments],
            stdout=subprocess.PIPE,
            stderr=other_end,
            encoding="utf-8",
            start_new_session=True,
            **{"stdin": other_end, **options},
        ) as process:
            try:
                yield Person(process, terminal_end, other_end)
            finally:
                process.kill()
    finally:
        os.close(terminal_end)
        os.close(other_end)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
