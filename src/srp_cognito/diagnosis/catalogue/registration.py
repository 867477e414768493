"""Mistakes in a device's DeviceSecretVerifierConfig: PasswordVerifier and Salt, and their spelling.

The mistakes in x itself are those of a claim. What is registered is v = g^x mod N.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ...wire import write_base64
from .mistake import Change, Mistake, Variants

__all__ = ["REGISTRATION", "SALT_TEXT", "WRITTEN", "Sent", "X"]

SIGNED: Final = (
    "PasswordVerifier and Salt are base64 of the bytes that Java's BigInteger.toByteArray() writes:"
    " with a 00 byte in front exactly if the top bit would be set."
)


class Sent(NamedTuple):
    """A value as it was sent, with the bytes that base64 makes of it."""

    text: str
    octets: bytes

    @property
    def number(self) -> int:
        """The signed integer that the service reads."""
        return int.from_bytes(self.octets, "big", signed=True)

    @property
    def is_base64(self) -> bool:
        """Whether the text is spelled as the service asks."""
        return write_base64(self.octets) == self.text


def _meant(number: Callable[[Sent], int | None]) -> Variants[Sent]:
    """Return the function of a mistake that writes this number in such a way."""

    def changes(sent: Sent) -> Iterator[Change]:
        meant = number(sent)
        if meant is not None:
            yield Change({"number": meant})

    return changes


def _from_hex(text: str) -> int | None:
    return int(text, 16) if re.fullmatch(r"[0-9A-Fa-f]+", text, re.ASCII) else None


WRITTEN: Final[tuple[Mistake[Sent], ...]] = (
    Mistake(
        "registered-no-sign",
        "The value lacks the 00 byte before its top bit, so it is negative.",
        SIGNED,
        _meant(lambda sent: int.from_bytes(sent.octets, "big") if sent.number < 0 else None),
        "If its top bit is not set: for each of the two values in half of all registrations.",
        ("https://github.com/aws/aws-sdk-net-extensions-cognito/pull/46",),
    ),
    Mistake(
        "registered-url-safe",
        "The value is written with the URL-safe alphabet, or without = at its end.",
        SIGNED,
        _meant(lambda sent: None if sent.number < 0 or sent.is_base64 else sent.number),
        "If it has neither + nor /, and needs no =.",
    ),
    Mistake(
        "registered-hex",
        "The value is written in hex, not in base64.",
        SIGNED,
        _meant(lambda sent: _from_hex(sent.text)),
    ),
    Mistake(
        "registered-base64-of-hex",
        "The value's hex text is encoded in base64, not its bytes.",
        SIGNED,
        _meant(lambda sent: _from_hex(sent.octets.decode("latin-1"))),
    ),
    Mistake(
        "registered-little-endian",
        "The value's bytes are in reverse order.",
        "Write the most significant byte first.",
        _meant(lambda sent: int.from_bytes(sent.octets, "little")),
    ),
)
"""How either of the two values was written. The first that applies is the most likely one."""

X: Final = Mistake[Sent](
    "registered-x",
    "x was registered, not the verifier.",
    "Register v = g^x mod N. x is as good as the password, so make a new password.",
)
SALT_TEXT: Final = Mistake[Sent](
    "registered-salt-text",
    "The base64 text of the salt was hashed into x, not its bytes.",
    "Hash the bytes that you send as Salt.",
    lambda sent: iter([Change({"salt": sent.text.encode()})]),
)

REGISTRATION: Final = (*WRITTEN, X, SALT_TEXT)
