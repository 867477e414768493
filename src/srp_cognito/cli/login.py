"""The command `login`: a sign-in over HTTP, with the standard library's client.

Secrets come from a prompt, a file descriptor or an environment variable that the caller names.
Questions go to standard error, so that standard output gets the tokens and nothing else. Nothing
leaves the machine over a connection that is not encrypted.
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
from .streams import UnusableError, tell

__all__ = ["answer_at_terminal", "check_url", "device_name", "read_secret", "sign_in_over_http"]

MAX_REPLY: Final = 1 << 20
"""A longer reply is refused. The service's replies have a few kilobytes."""

SECONDS: Final = 30
"""How long the service may take to accept the connection, and to send each part of its reply."""

MAX_SECRET: Final = 4096
"""A longer line is not a secret. The service's passwords have 256 characters at most."""

NO_ANSWER: Final = "the input ended before the question was answered"

TERMINAL: Final = Path("/dev/tty")

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")

# A user name and a password do not fit in, since the URL is an argument.
_URL: Final = re.compile(
    r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?(/[!-~]*)?", re.ASCII | re.IGNORECASE
)


# The network.


def sign_in_over_http(sign_in: SignIn, url: str, answer: Callable[[Question], AnyCall]) -> Tokens:
    """Take a sign-in to its end, and return the tokens.

    Args:
        sign_in: the sign-in, not started yet.
        url: the endpoint (see `calls.endpoint`).
        answer: what answers a question. It is asked again after a slip: when it raises ValueError,
            or the service refuses a code.

    Raises:
        SRPError: as `SignIn.reply`, except for a code that can be corrected.
        UnusableError: the service cannot be reached, or its reply is not JSON.
        ValueError: `check_url` refuses the URL.
    """
    check_url(url)
    step = sign_in.start()
    while not isinstance(step, Tokens):
        try:
            call = step if isinstance(step, Call) else answer(step)
            step = sign_in.reply(_send(url, call))
        except (ServiceError, ValueError) as error:
            # The service's words for a sign-in that has ended are those for a wrong password.
            is_over = isinstance(error, ServiceError) and error.type == "NotAuthorizedException"
            if sign_in.question is None or is_over:
                raise
            tell(str(error))
            step = sign_in.question
    return step


def check_url(url: str) -> str:
    """Return an endpoint's URL; ValueError unless it is https, or http on this very machine."""
    if not _URL.fullmatch(url) or not (url.lower().startswith("https:") or _is_loopback(url)):
        raise ValueError(
            "an endpoint URL must be https://HOST, with :PORT or /PATH if needed, or http:// with"
            f" one of the hosts {', '.join(LOOPBACK)}"
        )
    return url


def _is_loopback(url: str) -> bool:
    return urllib.parse.urlsplit(url).hostname in LOOPBACK


def _send(url: str, call: AnyCall) -> Mapping[str, object]:
    request = urllib.request.Request(  # noqa: S310, since check_url() has seen it.
        url, data=call.body, headers=call.headers
    )
    # A proxy cannot lead back to this machine.
    proxies = urllib.request.ProxyHandler({} if _is_loopback(url) else None)
    opener = urllib.request.build_opener(proxies, _AnyStatus)
    try:
        with opener.open(request, timeout=SECONDS) as response:
            status, body = response.status, response.read(MAX_REPLY + 1)
    except (OSError, UnicodeError, http.client.HTTPException) as error:
        reason = printable(str(getattr(error, "reason", error)))
        raise UnusableError(f"{url} cannot be reached: {reason}") from error
    reply = None if len(body) > MAX_REPLY else json_object(body.decode("utf-8", "replace"))
    if reply is None:
        raise UnusableError(
            f"{url} answered with status {status}, but not with the service's JSON; is it a Cognito"
            " endpoint?"
        )
    return reply


class _AnyStatus(urllib.request.HTTPErrorProcessor):
    """Return every reply, whatever its status: the sign-in reads errors as well.

    Redirections are not followed, since a proof is for nobody else.
    """

    def http_response(
        self, request: urllib.request.Request, response: http.client.HTTPResponse
    ) -> http.client.HTTPResponse:
        """Return the reply."""
        del request
        return response

    https_response = http_response


# The person at the terminal.


def answer_at_terminal(question: Question, *, has_password: bool) -> AnyCall:
    """Ask the person at the terminal.

    Args:
        question: the question.
        has_password: whether the sign-in already has the password.

    Raises:
        UnusableError: the input ends without an answer.
        ValueError: the answer does not fit the question.
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
        tell(json.dumps(question.options))  # A browser can make a credential from it.
    answer = _ask(question.prompt)
    if isinstance(question, questions.SelectChallenge) and not has_password:
        needs = answer in {"PASSWORD", "PASSWORD_SRP"}.intersection(question.choices)
        return question.answer(answer, password=_ask_secret("Password:") if needs else None)
    if isinstance(question, questions.MFASetup) and answer == "EMAIL_OTP":
        return question.answer(answer, email=_ask("Mail address:"))
    return question.answer(answer)


def device_name() -> str:
    """Return the name of a new device, for people to read."""
    return f"srp-cognito on {platform.node() or 'this machine'}"


def _ask(prompt: str) -> str:
    tell(prompt, end=" ")
    with contextlib.ExitStack() as stack:
        stream = sys.stdin
        # The password may have come from standard input; the person is at the terminal.
        with contextlib.suppress(OSError):
            stream = stack.enter_context(TERMINAL.open())
        line = "" if stream is None else stream.readline()
    if not line.endswith("\n"):
        tell("")
    if not line:
        raise UnusableError(NO_ANSWER)
    return line.rstrip("\r\n")


def _ask_secret(prompt: str) -> str:
    if not _has_terminal():
        return _ask(prompt)  # Nothing that comes through a pipe is shown.
    try:
        return getpass.getpass(f"{prompt} ")
    except EOFError:
        tell("")
        raise UnusableError(NO_ANSWER) from None


def _has_terminal() -> bool:
    try:
        TERMINAL.open("rb").close()
    except OSError:
        return sys.stdin is not None and sys.stdin.isatty()
    return True


# Secrets.


def read_secret(source: str | None, what: str) -> str | None:
    """Return the secret from a source, or None if the source is None.

    Args:
        source: ``prompt``, ``fd:N`` for the first line of a file descriptor, or ``env:NAME``.
        what: the name of the secret, such as ``client secret``, for the prompt and for messages.

    Raises:
        UnusableError: the secret cannot be read, is empty, too long or not UTF-8.
        ValueError: `source` has another form.
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
            raise UnusableError(f"the {what} cannot be read from {source}: {error}") from error
    else:
        # The source is not repeated, since it may be the secret itself.
        raise ValueError(f"the {what} must come from prompt, fd:N or env:NAME")
    if not secret:
        raise UnusableError(f"the {what} from {source} is missing or empty")
    if as_utf8(secret) is None:
        raise UnusableError(f"the {what} from {source} is not UTF-8")
    return secret


def _first_line(descriptor: int) -> str:
    """Read one line and not a byte more, since what follows may be for somebody else."""
    line = bytearray()
    while (byte := os.read(descriptor, 1)) not in (b"", b"\n"):
        line += byte
        if len(line) > MAX_SECRET:
            raise UnusableError(f"the first line of fd:{descriptor} is too long for a secret")
    # Bytes that are not UTF-8 become lone surrogates, as in an environment variable; a decoder's
    # error would hold the secret.
    return line.removesuffix(b"\r").decode("utf-8", "surrogateescape")
