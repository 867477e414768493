"""What the pool refuses, in the service's words as far as they are known.

The type and the message are the service's where somebody has reported them: AWS's own clients
compare some of them, and people search for the others. Elsewhere they are plain English.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from ..exceptions import MalformedParameter, printable
from ..wire import read_base64, read_nonempty

__all__ = [
    "CLIENT_ID",
    "Refused",
    "check_claim_form",
    "check_pattern",
    "check_session",
    "check_username",
    "incorrect",
    "invalid",
    "no_device",
    "not_authorized",
    "read_member",
]


class Refused(Exception):
    """A call that the pool refuses.

    Args:
        kind: the type of the error, such as ``NotAuthorizedException``.
        message: its message.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message


def not_authorized(message: str) -> Refused:
    """NotAuthorizedException, with this message."""
    return Refused("NotAuthorizedException", message)


def incorrect() -> Refused:
    """A wrong password or a wrong claim, or a user who does not exist: the words are the same."""
    return not_authorized("Incorrect username or password.")


def invalid(message: str) -> Refused:
    """InvalidParameterException, with this message."""
    return Refused("InvalidParameterException", message)


def no_device() -> Refused:
    """A device that the pool does not know; AWS's clients look for the word "device"."""
    return Refused("ResourceNotFoundException", "Device does not exist.")


CLIENT_ID: Final = re.compile(r"[\w+]+", re.ASCII)
"""What a ClientId looks like, in AWS's service model."""

_SRP_A: Final = re.compile(r"^[0-9a-fA-F]+$", re.ASCII)

# The service names a member as its Java code does.
_PATTERNS: Final = {"ClientId": ("clientId", CLIENT_ID), "SRP_A": ("sRPA", _SRP_A)}

_CLAIM: Final = ("TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK")

# The service parses TIMESTAMP with Java, which takes more than the canonical spelling. The service
# signs what Java writes again, so a day with a zero in front ends as a wrong password does. Other
# texts, such as an hour 24, cannot be parsed (aws-samples/amazon-cognito-passwordless-auth, issue
# 145).
_LIKE_A_TIMESTAMP: Final = re.compile(
    r"[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} (?!24)\d{1,2}:\d{1,2}:\d{1,2} UTC \d{4}", re.ASCII
)


def read_member(arguments: Mapping[str, object], name: str) -> str:
    """Return a member that the service's model requires of a call.

    Raises:
        Refused: it is missing, or does not match the model's pattern.
        MalformedParameter: it is not text, empty or too long.
    """
    if arguments.get(name) is None:
        raise _validation("null", name[:1].lower() + name[1:], "Member must not be null")
    text = read_nonempty(arguments[name], name)
    if name in _PATTERNS:
        check_pattern(text, name)
    return text


def check_pattern(text: str, name: str) -> None:
    """Refuse a text that does not match the pattern of AWS's model for ClientId or SRP_A."""
    member, pattern = _PATTERNS[name]
    if not pattern.fullmatch(text):
        constraint = f"Member must satisfy regular expression pattern: {pattern.pattern}"
        raise _validation(f"'{printable(text)}'", member, constraint)


_USERNAME: Final = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+"
"""The pattern of AWS's model: letters, marks, symbols, numbers and punctuation, and so neither
white space nor control characters."""

_LEAST_SESSION: Final = 20
"""The least length of a Session in AWS's model."""


def check_username(username: str) -> None:
    """Refuse a USERNAME of InitiateAuth that does not match the pattern of AWS's model.

    The service looks at it twice, as a name and as an alias (amplify-flutter, issue 933).
    """
    if all(unicodedata.category(letter)[0] in "LMSNP" for letter in username):
        return
    problem = (
        f"failed to satisfy constraint: Member must satisfy regular expression pattern: {_USERNAME}"
    )
    raise invalid(
        f"2 validation errors detected: Value at 'userName' {problem};"
        f" Value at 'userAlias' {problem}"
    )


def check_session(session: str) -> None:
    """Refuse a Session that is shorter than AWS's model has it.

    The words are those of others that are too short, without the value, since it is sensitive
    (amazon-cognito-identity-js, issue 388).
    """
    if len(session) < _LEAST_SESSION:
        constraint = f"Member must have length greater than or equal to {_LEAST_SESSION}"
        raise invalid(
            "1 validation error detected: Value at 'session' failed to satisfy constraint:"
            f" {constraint}"
        )


def check_claim_form(answer: Mapping[str, object]) -> None:
    """Refuse a claim whose form is wrong, in the order and the words of a real pool.

    Others have measured them (ministack, pull request 1758).

    Raises:
        Refused: TIMESTAMP or PASSWORD_CLAIM_SIGNATURE has the wrong form.
        MalformedParameter: a part is missing, not text, empty or too long.
    """
    timestamp, signature, _ = [read_nonempty(answer.get(key), key) for key in _CLAIM]
    if not _LIKE_A_TIMESTAMP.fullmatch(timestamp):
        raise invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
    try:
        read_base64(signature, "PASSWORD_CLAIM_SIGNATURE")
    except MalformedParameter:
        message = "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string."
        raise invalid(message) from None


def _validation(value: str, member: str, constraint: str) -> Refused:
    return invalid(
        f"1 validation error detected: Value {value} at '{member}' failed to satisfy constraint:"
        f" {constraint}"
    )
