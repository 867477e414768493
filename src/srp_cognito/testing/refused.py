"""What the pool refuses, in the service's words as far as they are known.

The law: the type and the message are the service's where somebody has reported them (AWS's own
clients compare some of them, and people search for the others), and plain English where nobody has.
"""

import re
from collections.abc import Mapping
from typing import Final

from ..exceptions import printable
from ..wire import read_nonempty

__all__ = [
    "CLIENT_ID",
    "INCORRECT",
    "Refused",
    "check_pattern",
    "incorrect",
    "invalid",
    "no_device",
    "not_authorized",
    "read_member",
]

INCORRECT: Final = "Incorrect username or password."
"""What is told of a wrong password, of a wrong claim, and of a user who does not exist."""


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
    """A wrong proof, of whatever."""
    return not_authorized(INCORRECT)


def invalid(message: str) -> Refused:
    """InvalidParameterException, with this message."""
    return Refused("InvalidParameterException", message)


def no_device() -> Refused:
    """A device that the pool does not know; AWS's clients look for the word "device"."""
    return Refused("ResourceNotFoundException", "Device does not exist.")


CLIENT_ID: Final = re.compile(r"[\w+]+", re.ASCII)
"""What a ClientId looks like, in AWS's service model."""

_SRP_A: Final = re.compile(r"^[0-9a-fA-F]+$", re.ASCII)

# The service tells a member by the name that its Java code has for it.
_PATTERNS: Final = {"ClientId": ("clientId", CLIENT_ID), "SRP_A": ("sRPA", _SRP_A)}


def read_member(arguments: Mapping[str, object], name: str) -> str:
    """Return a member that the service's model requires of a call, which it checks by itself.

    Raises:
        Refused: it is missing, or not of the model's pattern.
        MalformedParameter: it is no text, or too long.
    """
    if arguments.get(name) is None:
        raise _validation("null", name[:1].lower() + name[1:], "Member must not be null")
    text = read_nonempty(arguments[name], name)
    if name in _PATTERNS:
        check_pattern(text, name)
    return text


def check_pattern(text: str, name: str) -> None:
    """Refuse a text that is not of the pattern that AWS's model has for it."""
    member, pattern = _PATTERNS[name]
    if not pattern.fullmatch(text):
        constraint = f"Member must satisfy regular expression pattern: {pattern.pattern}"
        raise _validation(f"'{printable(text)}'", member, constraint)


def _validation(value: str, member: str, constraint: str) -> Refused:
    return invalid(
        f"1 validation error detected: Value {value} at '{member}' failed to satisfy constraint:"
        f" {constraint}"
    )
