"""Clients for the table of faults: each signs in at a URL, and what it wrote is looked at.

All of them run in this process, so that a whole table takes seconds. What they write, how they end
and what an exception would show is the same as in a process of their own.
"""

import builtins
import contextlib
import functools
import http.client
import io
import re
import sys
import traceback
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import aiobotocore.session
import boto3
import botocore
import botocore.config
import logins
from command import run_here
from peers import PASSWORD, POOL_ID
from pool_calls import PUBLIC

from srp_cognito import (
    AnyCall,
    AppClient,
    Call,
    Device,
    DeviceRegistration,
    Refresh,
    SignIn,
    Tokens,
    checked_reply,
    http_reply,
    operations,
)
from srp_cognito.cli import network
from srp_cognito.cli.device_file import DeviceFile

EXAMPLES = Path(__file__).parents[1] / "examples"
SECONDS = 0.5
"""How long a client waits for a reply that does not come."""

NO_TOKENS, NO_DEVICE, NO_REFRESH, NOT_REVOKED = 1, 3, 4, 5
"""The exit statuses of the plain program; `login` and the examples have the first two."""


@dataclass(frozen=True)
class Visit:
    """What a client is started with."""

    url: str
    username: str
    typed: tuple[str, ...]
    """What the person types after the password."""
    folder: Path
    device: Device | None = None
    is_hasty: bool = False
    """Whether it gives up soon. Where every reply comes, it costs nothing to wait for long."""

    @property
    def seconds(self) -> float:
        """How long it waits for a reply."""
        return SECONDS if self.is_hasty else 30


@dataclass(frozen=True)
class Done:
    """What a client wrote, and its exit status."""

    status: int
    out: str
    err: str
    keeps_device: bool | None = None
    """Whether there is a device for the next sign-in; None where the client keeps none."""


def _run(main: Any, visit: Visit, argv: list[str]) -> Done:
    """Run a program in this process as if it had one of its own."""
    lines = iter([PASSWORD, *visit.typed])

    def read(_: str = "") -> str:
        line = next(lines, None)
        if line is None:
            raise EOFError
        return line

    with mock.patch.object(builtins, "input", read), mock.patch("getpass.getpass", read):
        return as_program(main, argv)


def as_program(main: Any, argv: list[str]) -> Done:
    """Run it with these arguments and the streams of its own, and end as its process would."""
    out, err = io.StringIO(), io.StringIO()
    status: Any = 0
    with (
        mock.patch.object(sys, "argv", argv),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            status = main()
        except SystemExit as ended:
            status = ended.code
            if isinstance(status, str):
                print(status, file=sys.stderr)
                status = 1
        except Exception:  # noqa: BLE001, since a process would end so, too.
            traceback.print_exc()
            status = 1
    return Done(status or 0, out.getvalue(), err.getvalue())


# The plain program.


def plain(visit: Visit) -> Done:
    """The shortest loop of the README, with the standard library, and all that can follow it."""
    address = urllib.parse.urlsplit(visit.url).netloc

    def send(call: AnyCall) -> Any:
        try:
            connection = http.client.HTTPConnection(address, timeout=visit.seconds)
            with contextlib.closing(connection):
                connection.request("POST", "/", call.body, call.headers)
                response = connection.getresponse()
                return http_reply(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException) as error:
            return error

    return _run(functools.partial(_plain, visit, send), visit, [])


def plain_boto3(visit: Visit) -> Done:
    """The same with boto3, which passes on less of a reply."""
    config = botocore.config.Config(
        signature_version=botocore.UNSIGNED,
        retries={"total_max_attempts": 1},
        read_timeout=visit.seconds,
    )
    cognito = boto3.client("cognito-idp", "eu-west-1", endpoint_url=visit.url, config=config)

    def send(call: AnyCall) -> Any:
        try:
            return getattr(cognito, call.method)(**call.arguments)
        except Exception as error:  # noqa: BLE001, as in the README.
            return error

    with contextlib.closing(cognito):
        return _run(functools.partial(_plain, visit, send), visit, [])


def _plain(visit: Visit, send: Callable[[AnyCall], Any]) -> int:
    app = AppClient(PUBLIC.client_id)
    sign_in = SignIn(POOL_ID, visit.username, PASSWORD, app=app, device=visit.device)
    input()  # The password, which is known already.
    try:
        step = sign_in.start()
        while not isinstance(step, Tokens):
            call = step if isinstance(step, Call) else step.answer(input(f"{step.prompt} "))
            step = sign_in.reply(send(call))
    except Exception as error:  # noqa: BLE001, since a plain program has one sentence for all.
        return _said(error, NO_TOKENS)
    tokens = step
    print(tokens.to_json())
    if tokens.new_device is not None:
        registration = DeviceRegistration(tokens)
        tokens = registration.reply(send(registration.start()))
        if registration.needs_confirmation:
            tokens = registration.reply(send(registration.remember()))
        if tokens.device_error is not None:
            return _said(tokens.device_error, NO_DEVICE)
    try:
        refresh = Refresh(tokens, app=app)
        tokens = refresh.reply(send(refresh.start()))
    except Exception as error:  # noqa: BLE001, as above.
        return _said(error, NO_REFRESH)
    print(tokens.to_json())
    try:
        revoking = operations.revoke_token(app, tokens.refresh_token or "")
        checked_reply(revoking, send(revoking))
    except Exception as error:  # noqa: BLE001, as above.
        return _said(error, NOT_REVOKED)
    return 0


def _said(error: Exception, status: int) -> int:
    # http.client's own errors may show a line with its end.
    print(f"{error}".strip() or type(error).__name__, file=sys.stderr)
    return status


# The command.


def login(visit: Visit) -> Done:
    """`srp-cognito login` with a file for the device."""
    path = visit.folder / "device.json"
    path.unlink(missing_ok=True)
    if visit.device is not None:
        DeviceFile(path, POOL_ID, visit.username).save(visit.username, visit.device)
    typed = "".join(f"{line}\n" for line in visit.typed)
    with (
        mock.patch.object(network, "SECONDS", visit.seconds),
        mock.patch.object(network, "PAUSES", (0.01, 0.01, 0.01)),
    ):
        done = logins.run(
            visit.url, "--device-file", str(path), username=visit.username, typed=typed
        )
    return Done(done.returncode, done.stdout, done.stderr, keeps_device=path.exists())


def refresh(visit: Visit, tokens: str, operation: str) -> Done:
    """`srp-cognito refresh`, with what `login` printed."""
    whose = ("--pool-id", POOL_ID, "--client-id", PUBLIC.client_id, "--endpoint-url", visit.url)
    with (
        mock.patch.object(network, "SECONDS", visit.seconds),
        mock.patch.object(network, "PAUSES", (0.01, 0.01, 0.01)),
    ):
        done = run_here("refresh", *whose, "--operation", operation, stdin=tokens.encode())
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


# The examples.

_SESSION = functools.cache(aiobotocore.session.get_session)


def one_session() -> contextlib.AbstractContextManager[object]:
    """Let aiobotocore keep a session as boto3 does, since each new one reads AWS's model again."""
    return mock.patch("aiobotocore.session.get_session", _SESSION)


def program_of(path: Path, text: str) -> Callable[[], object]:
    """Return what runs this text of an example as a program."""
    return functools.partial(exec, compile(text, path, "exec"), {"__name__": "__main__"})


def example(name: str, visit: Visit) -> Done:
    """One of the examples, as a program. What it prints but the tokens is for the person."""
    path = EXAMPLES / f"sign_in_{name}.py"
    text = path.read_text("utf-8")
    if visit.is_hasty:  # With botocore it is the default that counts.
        text, number = re.subn(r"\b(timeout|total)=30\b", rf"\1={SECONDS}", text)
        assert number or "botocore" in text
    argv = [str(path), POOL_ID, PUBLIC.client_id, visit.username, visit.url]
    with (
        mock.patch.dict(botocore.config.Config.OPTION_DEFAULTS, read_timeout=visit.seconds),
        one_session(),
    ):
        done = _run(program_of(path, text), visit, argv)
    lines = done.out.splitlines()
    told = [line for line in lines if not line.startswith("Tokens(")]
    tokens = [line for line in lines if line not in told]
    return Done(done.status, "\n".join(tokens), "\n".join([*told, done.err]))
