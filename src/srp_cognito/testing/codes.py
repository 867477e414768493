"""The codes that a user types: those that the pool sends, and those of an authenticator app."""

import hmac
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from ..given import expect
from .refused import Refused
from .sources import Sources
from .totp import matching_step
from .users import ATTRIBUTES, Message, User

__all__ = ["Codes", "WrongCode", "check_sent"]

DIGITS: Final = 6

MEDIA: Final = {"SMS_MFA": "SMS", "SMS_OTP": "SMS", "EMAIL_OTP": "EMAIL"}
"""How the code of a challenge is sent."""


class WrongCode(Refused):
    """A code that is not the right one. It may have been mistyped, so it can be corrected."""


class Codes:
    """The codes of one pool.

    Args:
        sources: time and chance.
        deliver: what is called with each code that is sent.
    """

    def __init__(self, sources: Sources, deliver: Callable[[Message], object]) -> None:
        self._sources = sources
        self._deliver = deliver
        self._lock = threading.Lock()

    def send(self, user: User, challenge_name: str, destination: str | None = None) -> Message:
        """Send a user a new code, by the medium of this challenge; by default to the user's.

        To a stranger none is sent.
        """
        medium = MEDIA[challenge_name]
        if destination is None:
            destination = user.attributes[ATTRIBUTES[medium]]
        message = Message(user.username, medium, destination, self._sources.code(DIGITS))
        if not user.exists:
            return replace(message, code="")  # Nothing that is typed is right.
        self._deliver(message)
        return message

    def check_totp(self, user: User, typed: str) -> None:
        """Raise unless this is a code of the user's authenticator app that was not used before."""
        with self._lock:
            secret = expect(user.totp_secret, str, "totp_secret")
            step = matching_step(secret, typed, self._sources.now())
            if step is None:
                raise WrongCode("CodeMismatchException", "Invalid code received for user")
            if step <= user.last_totp_step:
                message = "Your software token has already been used once."
                raise WrongCode("ExpiredCodeException", message)
            user.last_totp_step = step


def check_sent(message: Message, typed: str) -> None:
    """Raise unless this is the code that was sent. Without one, every code is wrong."""
    is_right = hmac.compare_digest(typed.encode("utf-8"), message.code.encode("ascii"))
    if not (is_right and message.code):
        raise WrongCode("CodeMismatchException", "Invalid code or auth state for the user.")
