"""Mistakes in SALT, and in how x is computed from it. Right is an integer, written by `srp.pad`."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Final

from ...proof import srp
from ...wire import base64_leniently
from ..exchange import Exchange
from ..octets import fixed, odd_digit_dropped, sign_always, unsigned
from .mistake import Change, Mistake, Variants, changing
from .padding import EVEN_DIGITS

__all__ = ["SALT"]

BYTES: Final = srp.SALT_BITS // 8

AS_INTEGER: Final = (
    "Read SALT as an integer, and hash it as Java's BigInteger.toByteArray() writes it: leading"
    " zeros in its text do not count."
)
SIGNED: Final = "Read SALT as a signed integer, and hash its two's complement."
SHORT: Final = "For half of all users: if the salt has 32 digits and the first one is below 8."
NOT_NEGATIVE: Final = "If SALT is not negative: nearly always, since the end of 2020."


def _digits(exchange: Exchange) -> bytes:
    """The bytes of SALT's digits unchanged, with a 0 in front of an odd number of them."""
    digits = exchange.salt_text.lstrip("-")
    return bytes.fromhex(digits if len(digits) % 2 == 0 else f"0{digits}")


def _with_zeros(exchange: Exchange) -> bytes:
    octets = _digits(exchange)
    return b"\0" + octets if octets[0] & 0x80 else octets


def _with_top_bit(exchange: Exchange) -> bytes:
    """The digits, with the top bit of the first one set if there is a "-" in front."""
    digits = exchange.salt_text.lstrip("-")
    if exchange.salt < 0:
        digits = f"{int(digits[0], 16) | 8:x}{digits[1:]}"
    return srp.pad(int(digits, 16))


def _salted(octets: Callable[[Exchange], bytes]) -> Variants[Exchange]:
    """Return the function of a mistake that hashes other bytes as the salt."""

    def changes(exchange: Exchange) -> Iterator[Change]:
        if exchange.salt_text:
            yield Change({"salt": octets(exchange)})

    return changes


def _computed(private_key: Callable[[bytes, bytes], bytes]) -> Variants[object]:
    """Return the function of a mistake that makes x in another way of salt and credentials."""
    return changing(private_key=private_key)


def _sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def _sha1(salt: bytes, credentials: bytes) -> bytes:
    return hashlib.sha1(salt + hashlib.sha1(credentials).digest()).digest()  # noqa: S324, their mistake.


SALT: Final[tuple[Mistake[Exchange], ...]] = (
    Mistake(
        "salt-text",
        "The text of SALT is hashed, not its bytes.",
        AS_INTEGER,
        _salted(lambda e: e.salt_text.encode()),
    ),
    Mistake(
        "salt-text-padded",
        "The hex text of the padded salt is hashed, not its bytes.",
        AS_INTEGER,
        _salted(lambda e: srp.pad(e.salt).hex().encode()),
    ),
    Mistake(
        "salt-leading-zeros",
        "Leading zeros in SALT's text are hashed, too.",
        AS_INTEGER,
        _salted(_with_zeros),
        "If the text has none, as from a user pool, or if the byte after them is 80 or above.",
        seen=(
            "https://pypi.org/project/pycognito/2024.5.1/",
            "https://pypi.org/project/warrant-lite/1.0.4/",
        ),
    ),
    Mistake(
        "salt-no-sign",
        "The salt is hashed without a sign byte.",
        AS_INTEGER,
        _salted(lambda e: unsigned(e.salt)),
        "For half of all users: if the salt does not have its top bit set.",
    ),
    Mistake(
        "salt-raw",
        "The bytes of SALT's text are hashed unchanged, without a sign byte.",
        AS_INTEGER,
        _salted(_digits),
        SHORT,
    ),
    Mistake(
        "salt-fixed",
        "The salt is hashed at a fixed width of 16 bytes.",
        AS_INTEGER,
        _salted(lambda e: fixed(e.salt, BYTES)),
        SHORT,
    ),
    Mistake(
        "salt-sign-always",
        "The salt is always hashed with a 00 byte in front.",
        AS_INTEGER,
        _salted(lambda e: sign_always(e.salt, BYTES)),
        "For half of all users: if the salt has its top bit set.",
    ),
    Mistake(
        "salt-odd-digit",
        "SALT has an odd number of digits, and the last one is lost.",
        EVEN_DIGITS,
        _salted(lambda e: odd_digit_dropped(e.salt)),
        "For 15 users of 16: if the salt has an even number of digits.",
    ),
    Mistake(
        "salt-minus-ignored",
        'The "-" in front of SALT is ignored.',
        SIGNED,
        _salted(lambda e: srp.pad(abs(e.salt))),
        NOT_NEGATIVE,
    ),
    Mistake(
        "salt-minus-top-bit",
        'The "-" in front of SALT is read as a top bit.',
        SIGNED,
        _salted(_with_top_bit),
        NOT_NEGATIVE,
        seen=("https://github.com/jonsaw/amazon-cognito-identity-dart/pull/71",),
    ),
    Mistake(
        "salt-base64",
        "SALT is decoded as base64, not as hex.",
        AS_INTEGER,
        _salted(lambda e: base64_leniently(e.salt_text)),
    ),
    Mistake(
        "salt-reversed",
        "The salt's bytes are hashed in reverse order.",
        "Write the most significant byte of the salt first.",
        _salted(lambda e: srp.pad(e.salt)[::-1]),
    ),
    Mistake(
        "inner-hex-text",
        "The inner hash of x is hashed as hex text, not as bytes.",
        "Hash the salt, and then the 32 bytes of the inner hash.",
        _computed(lambda salt, credentials: _sha256(salt, _sha256(credentials).hex().encode())),
    ),
    Mistake(
        "x-no-inner",
        "x is the hash of salt, identity and password, without an inner hash.",
        "Hash identity and password first, and then the salt and that hash.",
        _computed(_sha256),
    ),
    Mistake(
        "x-inner-only",
        "x is the hash of identity and password, without the salt.",
        "Hash the salt and that hash.",
        _computed(lambda _, credentials: _sha256(credentials)),
    ),
    Mistake(
        "x-salt-last",
        "The salt is hashed after the inner hash of x, not before it.",
        "Hash the salt first.",
        _computed(lambda salt, credentials: _sha256(_sha256(credentials), salt)),
    ),
    Mistake(
        "x-sha1",
        "x is computed with SHA-1.",
        "Use SHA-256 everywhere.",
        _computed(_sha1),
    ),
)
