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

_PATTERNS: Final = {"ClientId": CLIENT_ID}


def read_member(arguments: Mapping[str, object], name: str) -> str:
    """Return a member that the service's model requires of a call, which it checks by itself.

    Raises:
        Refused: it is missing, or not of the model's pattern.
        MalformedParameter: it is no text, or too long.
    """
    value = arguments.get(name)
    if value is None:
        raise _validation("null", name, "Member must not be null")
    text = read_nonempty(value, name)
    pattern = _PATTERNS.get(name)
    if pattern is not None and not pattern.fullmatch(text):
        constraint = f"Member must satisfy regular expression pattern: {pattern.pattern}"
        raise _validation(f"'{printable(text)}'", name, constraint)
    return text


def _validation(value: str, name: str, constraint: str) -> Refused:
    # The service calls members by the names of its Java code.
    member = name[:1].lower() + name[1:]
    return invalid(
        f"1 validation error detected: Value {value} at '{member}' failed to satisfy constraint:"
        f" {constraint}"
    )
