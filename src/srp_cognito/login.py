"""A sign-in over HTTP, with the standard library's client: what the command `login` does.

The laws. Secrets come from a prompt, a file descriptor or an environment variable that the caller
names, never from an argument. What is asked of a person goes to standard error, so that standard
output holds the tokens and nothing else. Nothing goes over an unencrypted connection that leaves
the machine.
"""

import contextlib
import getpass
import http.client
import os
import platform
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from . import questions
from .calls import AnyCall, Call
from .exceptions import ServiceError, printable
from .questions import Question
from .sign_in import SignIn
from .tokens import Tokens
from .wire import json_object

__all__ = [
    "LoginError",
    "answer_at_terminal",
    "check_url",
    "device_name",
    "read_secret",
    "sign_in_over_http",
    "tell",
]

MAX_REPLY: Final = 1 << 20
"""A longer reply is refused. The service's hold a few kilobytes."""

SECONDS: Final = 30
"""How long the service may take to connect, and to go on."""

NOBODY: Final = "a question is open, and nobody is there to answer it"

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class LoginError(Exception):
    """Something outside the sign-in is in the way: the network, or a missing answer."""


def sign_in_over_http(sign_in: SignIn, url: str, answer: Callable[[Question], AnyCall]) -> Tokens:
    """Go through a sign-in, and return its tokens.

    Args:
        sign_in: the sign-in, not begun yet.
        url: where calls are POSTed to (see `calls.endpoint`).
        answer: what answers a question. It is asked again after a slip: where it raises ValueError,
            and where the service refuses a code.

    Raises:
        LoginError: the service cannot be reached, or answers something else than JSON.
        SRPError: as `SignIn.reply`, but for a code that can be corrected.
    """
    check_url(url)
    step = sign_in.start()
    while not isinstance(step, Tokens):
        try:
            call = step if isinstance(step, Call) else answer(step)
            step = sign_in.reply(_send(url, call))
        except (ServiceError, ValueError) as error:
            # The service tells a sign-in that has ended as it tells a wrong password.
            over = isinstance(error, ServiceError) and error.type == "NotAuthorizedException"
            if sign_in.question is None or over:
                raise
            tell(str(error))
            step = sign_in.question
    return step


def check_url(url: str) -> str:
    """Return an endpoint URL; ValueError unless it is https, or http on this very machine."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" and (parts.scheme, parts.hostname in LOOPBACK) != ("http", True):
        raise ValueError(
            "an endpoint URL begins with https://, or with http:// and a loopback host"
        )
    return url


def _send(url: str, call: AnyCall) -> Mapping[str, object]:
    request = urllib.request.Request(  # noqa: S310, since check_url() has seen it.
        url, data=call.body, headers=call.headers
    )
    try:
        with _opener(url).open(request, timeout=SECONDS) as response:
            body = response.read(MAX_REPLY + 1)
    except urllib.error.HTTPError as error:
        with error:
            body = error.read(MAX_REPLY + 1)  # The sign-in reads errors, too.
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise LoginError(f"{url} cannot be reached: {reason}") from error
    reply = None if len(body) > MAX_REPLY else json_object(body.decode("utf-8", "replace"))
    if reply is None:
        raise LoginError(f"{url} answered something else than JSON: is it a Cognito endpoint?")
    return reply


def _opener(url: str) -> urllib.request.OpenerDirector:
    handlers: list[Any] = [_NoRedirects]
    if urllib.parse.urlsplit(url).hostname in LOOPBACK:
        handlers.append(urllib.request.ProxyHandler({}))  # No proxy leads back to this machine.
    return urllib.request.build_opener(*handlers)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The service redirects nobody, and a proof is for nobody else."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none: the redirection itself is then the answer."""


# The person at the terminal.


def answer_at_terminal(question: Question, *, has_password: bool) -> AnyCall:
    """Ask the person who sits here.

    Args:
        question: the question.
        has_password: whether the sign-in was begun with the password.

    Raises:
        LoginError: nobody is there to answer.
        ValueError: the answer is none to this question.
    """
    if isinstance(question, questions.NewPassword):
        attributes = {name: _ask(f"{printable(name)}:") for name in question.required_attributes}
        return question.answer(_ask_secret("New password:"), attributes)
    if isinstance(question, questions.Password):
        return question.answer(_ask_secret(question.prompt))
    if isinstance(question, questions.CustomChallenge):
        for name, value in question.parameters.items():
            if name != "USERNAME":
                tell(printable(f"{name}: {value}"))
    answer = _ask(question.prompt)
    if isinstance(question, questions.SelectChallenge) and not has_password:
        needs = answer in ("PASSWORD", "PASSWORD_SRP")
        return question.answer(answer, password=_ask_secret("Password:") if needs else None)
    if isinstance(question, questions.MFASetup) and answer == "EMAIL_OTP":
        return question.answer(answer, email=_ask("Mail address:"))
    return question.answer(answer)


def device_name() -> str:
    """Return the name that a new device gets, for people to read."""
    return f"srp-cognito on {platform.node() or 'this machine'}"


def tell(line: str) -> None:
    """Write a line for a person."""
    print(line, file=sys.stderr, flush=True)


def _ask(prompt: str) -> str:
    print(prompt, end=" ", file=sys.stderr, flush=True)
    with contextlib.ExitStack() as stack:
        stream = sys.stdin
        # Standard input may be where the password came from; the person is at the terminal.
        with contextlib.suppress(OSError):
            stream = stack.enter_context(Path("/dev/tty").open())
        line = "" if stream is None else stream.readline()
    if not line.endswith("\n"):
        tell("")
    if not line:
        raise LoginError(NOBODY)
    return line.rstrip("\r\n")


def _ask_secret(prompt: str) -> str:
    if not _has_terminal():
        return _ask(prompt)  # What comes through a pipe is not shown.
    try:
        return getpass.getpass(f"{prompt} ")
    except EOFError:
        raise LoginError(NOBODY) from None


def _has_terminal() -> bool:
    try:
        Path("/dev/tty").open("rb").close()
    except OSError:
        return sys.stdin is not None and sys.stdin.isatty()
    return True


def read_secret(source: str, what: str) -> str:
    """Return a secret from where the caller said.

    Args:
        source: ``prompt``, ``fd:N`` for the first line of a file descriptor, or ``env:NAME``.
        what: what it is, for the prompt.

    Raises:
        LoginError: there is none.
        ValueError: `source` is another.
    """
    kind, _, name = source.partition(":")
    if source == "prompt":
        return _ask_secret(f"{what}:")
    if kind == "env" and name:
        secret = os.environ.get(name, "")
    elif kind == "fd" and name.isascii() and name.isdecimal():
        secret = _first_line(int(name), what)
    else:
        raise ValueError(f"a secret comes from prompt, fd:N or env:NAME, not from {source!r}")
    if not secret:
        raise LoginError(f"there is no {what.lower()} in {source}")
    return secret


def _first_line(descriptor: int, what: str) -> str:
    """Read one line and no byte more, since what follows may be for somebody else."""
    line = bytearray()
    try:
        while (byte := os.read(descriptor, 1)) not in (b"", b"\n"):
            line += byte
    except OSError as error:
        raise LoginError(f"no {what.lower()} can be read from fd:{descriptor}: {error}") from error
    try:
        text = bytes(line).removesuffix(b"\r").decode("utf-8")
    except UnicodeDecodeError:
        text = None  # The decoder's own error holds the secret, so it must not be its context.
    if text is None:
        raise LoginError(f"the {what.lower()} in fd:{descriptor} is not UTF-8")
    return text
