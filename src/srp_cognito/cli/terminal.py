"""The person at the terminal: what is asked, what is typed, and what is not shown.

Questions go to standard error, so that standard output gets the answer and nothing else. Where
there is no terminal, answers come from standard input.
"""

import contextlib
import getpass
import json
import sys
from pathlib import Path
from typing import Final

from ..calls.call import AnyCall
from ..conversation import questions
from ..conversation.questions import Question
from ..exceptions import InputError, printable
from .streams import UnusableError, tell

__all__ = ["PASSWORD_SEEN", "NoAnswerError", "answer", "ask", "ask_secret", "confirm", "described"]

TERMINAL: Final = Path("/dev/tty")

PASSWORD_SEEN: Final = "Password (which the service will see):"  # noqa: S105, a prompt.
"""The prompt where the password itself is sent."""


_NOT_TEXT: Final = "is not text in the terminal's encoding"


class NoAnswerError(UnusableError):
    """The input ended, perhaps with Ctrl-D, before the question was answered."""


def answer(question: Question, *, has_password: bool) -> AnyCall:
    """Ask the person, and return the call that carries the answer.

    Args:
        question: the question.
        has_password: whether the sign-in already has the password.

    Raises:
        NoAnswerError: the input ends without an answer.
        ValueError: the answer does not fit the question.
    """
    if isinstance(question, questions.NewPassword):
        attributes = {name: ask(f"{printable(name)}:") for name in question.required_attributes}
        return question.answer(ask_secret("New password:", "new password"), attributes)
    if isinstance(question, questions.Password):
        return question.answer(ask_secret(question.prompt, "password"))
    if isinstance(question, questions.CustomChallenge):
        for name, value in question.parameters.items():
            if name != "USERNAME":
                tell(printable(f"{name}: {value}"))
    if isinstance(question, questions.WebAuthn):
        tell(json.dumps(question.options))  # A browser can make a credential from it.
    typed = ask(question.prompt)
    if isinstance(question, questions.SelectChallenge) and not has_password:
        prompts = {"PASSWORD": PASSWORD_SEEN, "PASSWORD_SRP": "Password:"}
        needs = typed in question.choices and typed in prompts
        password = ask_secret(prompts[typed], "password") if needs else None
        return question.answer(typed, password=password)
    if isinstance(question, questions.MFASetup) and typed == "EMAIL_OTP":
        return question.answer(typed, email=ask("Mail address:"))
    return question.answer(typed)


def described(error: Exception) -> str:
    """Return what is wrong with an answer, for the person who typed it.

    >>> described(InputError("new_password", "is empty"))
    'no new password was typed'
    """
    if isinstance(error, InputError) and error.problem == "is empty":
        return f"no {error.name.replace('_', ' ')} was typed"
    return str(error)


def confirm(question: str, *, otherwise: bool) -> bool:
    """Ask the person at the terminal for a yes or a no.

    Args:
        question: the question.
        otherwise: what counts as the answer where there is no terminal, the input ends, or the
            line is empty. Nothing is read from a pipe, which may never end.
    """
    if not _has_terminal():
        return otherwise
    while True:
        try:
            typed = ask(f"{question} ({'Y/n' if otherwise else 'y/N'}):").strip().lower()
        except NoAnswerError:
            return otherwise
        if not typed:
            return otherwise
        if typed in ("y", "yes", "n", "no"):
            return typed.startswith("y")


def ask_secret(prompt: str, what: str) -> str:
    """Ask for something that is not shown where there is a terminal.

    Args:
        prompt: the question.
        what: what is asked for, such as ``password``, for the message.

    Raises:
        NoAnswerError: the input ends without an answer.
        InputError: what is typed is not text.
    """
    if not _has_terminal():
        return ask(prompt, what)  # Nothing that comes through a pipe is shown.
    try:
        return getpass.getpass(f"{prompt} ")
    except EOFError:
        tell("")
        raise _no_answer(what) from None
    except UnicodeDecodeError:  # It would show a byte of the secret.
        raise InputError(what, _NOT_TEXT) from None


def ask(prompt: str, what: str = "answer") -> str:
    """Ask for something that is shown. The arguments and errors are those of `ask_secret`."""
    tell(prompt, end=" ")
    with contextlib.ExitStack() as stack:
        stream = sys.stdin
        # The password may have come from standard input; the person is at the terminal.
        with contextlib.suppress(OSError):
            stream = stack.enter_context(TERMINAL.open())
        try:
            line = "" if stream is None else stream.readline()
        except UnicodeDecodeError:
            raise InputError(what, _NOT_TEXT) from None
    if not line.endswith("\n"):
        tell("")
    if not line:
        raise _no_answer(what)
    return line.rstrip("\r\n")


def _no_answer(what: str) -> NoAnswerError:
    return NoAnswerError(f"no {what} was typed: the input ended")


def _has_terminal() -> bool:
    try:
        TERMINAL.open("rb").close()
    except OSError:
        return sys.stdin is not None and sys.stdin.isatty()
    return True
