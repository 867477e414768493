"""What the pool refuses, in the service's words as far as they are known.

The law: the type and the message are the service's where somebody has reported them (AWS's own
clients compare some of them, and people search for the others), and plain English where nobody has.
"""

from typing import Final

__all__ = ["INCORRECT", "Refused", "incorrect", "invalid", "no_device", "not_authorized"]

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
