"""A sign-in over HTTP, with the standard library's client: what the command `login` does.

The laws. Secrets come from a prompt, a file descriptor or an environment variable that the caller
names, never from an argument. What is asked of a person goes to standard error, so that standard
output holds the tokens and nothing else. Nothing goes over an unencrypted connection that leaves
the machine.
"""

import contextlib
import getpass
import http.client
import json
import os
import platform
import re
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ..calls.call import AnyCall, Call
from ..conversation import questions
from ..conversation.questions import Question
from ..conversation.sign_in import SignIn
from ..conversation.tokens import Tokens
from ..exceptions import ServiceError, printable
from ..wire import as_utf8, json_object

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

MAX_SECRET: Final = 4096
"""A longer line holds no secret. The service's passwords have 256 characters at most."""

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")

# There is no room for a user name and a password in it, since it is an argument.
_URL: Final = re.compile(
    r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?(/[!-~]*)?", re.ASCII | re.IGNORECASE
)


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
    if not _URL.fullmatch(url) or not (url.lower().startswith("https:") or _is_loopback(url)):
        raise ValueError(
            "an endpoint URL is https://HOST, with :PORT or /PATH if need be; or http:// and one of"
            f" the hosts {', '.join(LOOPBACK)}"
        )
    return url


def _is_loopback(url: str) -> bool:
    return urllib.parse.urlsplit(url).hostname in LOOPBACK


def _send(url: str, call: AnyCall) -> Mapping[str, object]:
    request = urllib.request.Request(  # noqa: S310, since check_url() has seen it.
        url, data=call.body, headers=call.headers
    )
    # No proxy leads back to this machine.
    proxies = urllib.request.ProxyHandler({} if _is_loopback(url) else None)
    opener = urllib.request.build_opener(proxies, _AnyStatus)
    try:
        with opener.open(request, timeout=SECONDS) as response:
            status, body = response.status, response.read(MAX_REPLY + 1)
    except (OSError, UnicodeError, http.client.HTTPException) as error:
        reason = printable(str(getattr(error, "reason", error)))
        raise LoginError(f"{url} cannot be reached: {reason}") from error
    reply = None if len(body) > MAX_REPLY else json_object(body.decode("utf-8", "replace"))
    if reply is None:
        raise LoginError(
            f"{url} answered with status {status} and something else than the service's JSON: is it"
            " a Cognito endpoint?"
        )
    return reply


class _AnyStatus(urllib.request.HTTPErrorProcessor):
    """Takes every answer as it is. The sign-in reads errors, too; and no redirection is followed,
    since a proof is for nobody else.
    """

    def http_response(
        self, request: urllib.request.Request, response: http.client.HTTPResponse
    ) -> http.client.HTTPResponse:
        """Return the answer, whatever its status."""
        del request
        return response

    https_response = http_response


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
    if isinstance(question, questions.WebAuthn):
        tell(json.dumps(question.options))  # A browser can make a credential of it.
    answer = _ask(question.prompt)
    if isinstance(question, questions.SelectChallenge) and not has_password:
        needs = answer in {"PASSWORD", "PASSWORD_SRP"}.intersection(question.choices)
        return question.answer(answer, password=_ask_secret("Password:") if needs else None)
    if isinstance(question, questions.MFASetup) and answer == "EMAIL_OTP":
        return question.answer(answer, email=_ask("Mail address:"))
    return question.answer(answer)


def device_name() -> str:
    """Return the name that a new device gets, for people to read."""
    return f"srp-cognito on {platform.node() or 'this machine'}"


def tell(line: str, end: str = "\n") -> None:
    """Write a line for a person, who may not be there."""
    if sys.stderr is not None:  # print() would take standard output in its place.
        with contextlib.suppress(OSError):
            print(line, end=end, file=sys.stderr, flush=True)


def _ask(prompt: str) -> str:
    tell(prompt, end=" ")
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
        tell("")
        raise LoginError(NOBODY) from None


def _has_terminal() -> bool:
    try:
        Path("/dev/tty").open("rb").close()
    except OSError:
        return sys.stdin is not None and sys.stdin.isatty()
    return True


def read_secret(source: str | None, what: str) -> str | None:
    """Return a secret from where the caller said; None where the caller said nothing.

    Args:
        source: ``prompt``, ``fd:N`` for the first line of a file descriptor, or ``env:NAME``.
        what: what it is, such as ``client secret``, for the prompt and for messages.

    Raises:
        LoginError: there is none, or none that can be read.
        ValueError: `source` is another.
    """
    if source is None:
        return None
    kind, _, name = source.partition(":")
    if source == "prompt":
        secret = _ask_secret(f"{what.capitalize()}:")
    elif kind == "env" and name:
        secret = os.environ.get(name, "")
    elif kind == "fd" and re.fullmatch(r"[0-9]{1,9}", name):
        try:
            secret = _first_line(int(name))
        except OSError as error:
            raise LoginError(f"no {what} can be read from {source}: {error}") from error
    else:
        # Which is not repeated, since it may be the secret itself.
        raise ValueError(f"the {what} comes from prompt, fd:N or env:NAME, and nowhere else")
    if not secret:
        raise LoginError(f"no {what} came from {source}")
    if as_utf8(secret) is None:
        raise LoginError(f"the {what} that came from {source} is not UTF-8")
    return secret


def _first_line(descriptor: int) -> str:
    """Read one line and no byte more, since what follows may be for somebody else."""
    line = bytearray()
    while (byte := os.read(descriptor, 1)) not in (b"", b"\n"):
        line += byte
        if len(line) > MAX_SECRET:
            raise LoginError(f"the first line of fd:{descriptor} is too long for a secret")
    # What is not UTF-8 becomes a lone surrogate, as in an environment variable. The decoder's error
    # would hold the secret.
    return line.removesuffix(b"\r").decode("utf-8", "surrogateescape")
