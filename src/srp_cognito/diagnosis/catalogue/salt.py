"""Mistakes in the salt, and in how it makes x. Right is an integer, written by `srp.pad`."""

import hashlib
from collections.abc import Iterator
from typing import Final

from ...proof import srp
from ...wire import base64_leniently
from ..exchange import Exchange
from ..octets import fixed, odd_digit_dropped, sign_always, unsigned
from .mistake import Change, Mistake, Variants, changing

__all__ = ["SALT"]

BYTES: Final = srp.SALT_BITS // 8

AS_INTEGER: Final = (
    "Read SALT as an integer, and hash it as Java's BigInteger.toByteArray() writes it: the zeros"
    " in front of its text do not count."
)
SHORT: Final = "Where the salt has 32 digits and its first one is below 8: in half of all users."


def _digits(exchange: Exchange) -> bytes:
    """The bytes of SALT's digits as they stand, with a 0 in front of an odd number of them."""
    digits = exchange.salt_text.lstrip("-")
    return bytes.fromhex(digits if len(digits) % 2 == 0 else f"0{digits}")


def _with_zeros(exchange: Exchange) -> bytes:
    octets = _digits(exchange)
    return b"\0" + octets if octets[0] & 0x80 else octets


def _with_top_bit(exchange: Exchange) -> bytes:
    """The digits with the top bit of the first one set, where a "-" stood in front."""
    digits = exchange.salt_text.lstrip("-")
    if exchange.salt < 0:
        digits = f"{int(digits[0], 16) | 8:x}{digits[1:]}"
    return srp.pad(int(digits, 16))


def _salted(octets: object) -> Variants:
    """Return the function of a mistake that takes other bytes for the salt."""

    def changes(exchange: Exchange) -> Iterator[Change]:
        if exchange.salt_text:
            taken = octets(exchange) if callable(octets) else octets
            yield Change({"salt": taken})

    return changes


def _sha1(salt: bytes, credentials: bytes) -> bytes:
    return hashlib.sha1(salt + hashlib.sha1(credentials).digest()).digest()  # noqa: S324, their mistake.


SALT: Final = (
    Mistake(
        "salt-text",
        "The text of SALT is hashed, and not its bytes.",
        AS_INTEGER,
        _salted(lambda e: e.salt_text.encode()),
    ),
    Mistake(
        "salt-text-padded",
        "The hexadecimal text of the padded salt is hashed, and not its bytes.",
        AS_INTEGER,
        _salted(lambda e: srp.pad(e.salt).hex().encode()),
    ),
    Mistake(
        "salt-leading-zeros",
        "Zeros in front of SALT's text are hashed, too.",
        AS_INTEGER,
        _salted(_with_zeros),
        "Where the text has none, as a pool sends it, or what follows them is a byte from 80 on.",
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
        "For half of all users, whose salt does not have its top bit set.",
    ),
    Mistake(
        "salt-raw",
        "The bytes of SALT's text are hashed as they stand, without a sign byte.",
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
        "The salt is hashed with a 00 byte in front always.",
        AS_INTEGER,
        _salted(lambda e: sign_always(e.salt, BYTES)),
        "For half of all users, whose salt has its top bit set.",
    ),
    Mistake(
        "salt-odd-digit",
        "SALT has an odd number of digits, and the last one is lost.",
        "Put a 0 in front of an odd number of digits before they become bytes.",
        _salted(lambda e: odd_digit_dropped(e.salt)),
        "For fifteen users of sixteen, whose salt has an even number of digits.",
    ),
    Mistake(
        "salt-minus-ignored",
        'The "-" in front of SALT is passed over.',
        "Read SALT as a signed integer, and hash its two's complement.",
        _salted(lambda e: srp.pad(abs(e.salt))),
        "Where SALT is not negative: nearly always, since the end of 2020.",
    ),
    Mistake(
        "salt-minus-top-bit",
        'The "-" in front of SALT is taken for a top bit.',
        "Read SALT as a signed integer, and hash its two's complement.",
        _salted(_with_top_bit),
        "Where SALT is not negative: nearly always, since the end of 2020.",
        seen=("https://github.com/jonsaw/amazon-cognito-identity-dart/pull/71",),
    ),
    Mistake(
        "salt-base64",
        "SALT is decoded as base64, and not as hexadecimal.",
        AS_INTEGER,
        _salted(lambda e: base64_leniently(e.salt_text)),
    ),
    Mistake(
        "salt-reversed",
        "The salt's bytes are hashed in reverse order.",
        "Write the salt's bytes with the most significant one first.",
        _salted(lambda e: srp.pad(e.salt)[::-1]),
    ),
    Mistake(
        "inner-hex-text",
        "The inner hash of x is hashed as hexadecimal text, and not as bytes.",
        "Hash the 32 bytes of the inner hash after the salt.",
        changing(
            private_key=lambda salt, credentials: hashlib.sha256(
                salt + hashlib.sha256(credentials).hexdigest().encode()
            ).digest()
        ),
    ),
    Mistake(
        "x-no-inner",
        "x is the hash of the salt and the password, without an inner hash.",
        "Hash identity and password first, and that hash after the salt.",
        changing(private_key=lambda salt, credentials: hashlib.sha256(salt + credentials).digest()),
    ),
    Mistake(
        "x-inner-only",
        "x is the hash of identity and password, without the salt.",
        "Hash it once more, after the salt.",
        changing(private_key=lambda _, credentials: hashlib.sha256(credentials).digest()),
    ),
    Mistake(
        "x-salt-last",
        "The salt is hashed after the inner hash of x, and not before it.",
        "Hash the salt first.",
        changing(
            private_key=lambda salt, credentials: hashlib.sha256(
                hashlib.sha256(credentials).digest() + salt
            ).digest()
        ),
    ),
    Mistake(
        "x-sha1",
        "x is made with SHA-1.",
        "Hash with SHA-256 everywhere.",
        changing(private_key=_sha1),
    ),
)
