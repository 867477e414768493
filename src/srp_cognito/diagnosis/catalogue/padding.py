"""Mistakes in how A, B, u and S become bytes. Right is `srp.pad`, whose width is not fixed."""

from typing import Final

from ...proof import srp
from ..octets import fixed, hashed, hex_text, odd_digit_dropped, sign_always, signed_fixed, unsigned
from .mistake import Mistake, changing

__all__ = ["PADDING"]

WIDTH: Final = 384
"""The bytes of N, without a sign byte."""

DIGEST: Final = 32

PAD_ALL: Final = (
    "Write each integer as Java's BigInteger.toByteArray() does: as short as it goes, with one 00"
    " byte in front exactly where the top bit would be set."
)

HALF: Final = "Where none of these numbers has its top bit set."
RARE_PUBLIC: Final = (
    "Nearly always: it shows where A or B begins with a zero byte and a byte below 80, or zero"
    " bytes, about one login in 256."
)
RARE_DIGIT: Final = "Where A and B have an even number of digits, in nine logins of ten."


def _join_fixed(A: int, B: int) -> bytes:
    return fixed(A, WIDTH) + fixed(B, WIDTH)


def _join_unsigned(A: int, B: int) -> bytes:
    return unsigned(A) + unsigned(B)


PADDING: Final = (
    Mistake(
        "no-sign",
        "Integers are hashed without a sign byte: A, B, u, S, the salt, and N in k.",
        PAD_ALL,
        lambda e: changing(
            public_values=_join_unsigned,
            u_octets=unsigned,
            s_octets=unsigned,
            salt=unsigned(e.salt),
            k=hashed(unsigned(srp.N), unsigned(srp.g)),
        )(e),
        "Never: N itself has its top bit set.",
    ),
    Mistake(
        "pad-fixed",
        "A, B, u and S are hashed at a fixed width, without sign bytes.",
        PAD_ALL,
        changing(
            public_values=_join_fixed,
            u_octets=lambda u: fixed(u, DIGEST),
            s_octets=lambda S: fixed(S, WIDTH),
        ),
        "In one login of sixteen, where none of the four has its top bit set or is short.",
    ),
    Mistake(
        "u-and-s-short-kept",
        "u and S keep their zero bytes in front where they are short.",
        "Take the zero bytes away: a u of 31 bytes is 31 bytes of salt for HKDF, and S likewise.",
        changing(
            u_octets=lambda u: signed_fixed(u, DIGEST), s_octets=lambda S: signed_fixed(S, WIDTH)
        ),
        "Nearly always: it shows where u or S is short, about one login in 256.",
    ),
    Mistake(
        "u-no-sign",
        "A and B are hashed into u without sign bytes.",
        PAD_ALL,
        changing(public_values=_join_unsigned),
        "In a quarter of all logins, where neither A nor B has its top bit set.",
    ),
    Mistake(
        "u-fixed",
        "A and B are hashed into u at a fixed width of 384 bytes, as in RFC 5054.",
        PAD_ALL,
        changing(public_values=_join_fixed),
        "In a quarter of all logins, where neither A nor B has its top bit set or is short.",
    ),
    Mistake(
        "u-sign-always",
        "A and B are hashed into u with a 00 byte in front always.",
        PAD_ALL,
        changing(public_values=lambda A, B: sign_always(A, WIDTH) + sign_always(B, WIDTH)),
        "In a quarter of all logins, where both A and B have their top bit set.",
    ),
    Mistake(
        "u-signed-fixed",
        "A and B are hashed into u at a width of 384 bytes at least, with sign bytes.",
        PAD_ALL,
        changing(public_values=lambda A, B: signed_fixed(A, WIDTH) + signed_fixed(B, WIDTH)),
        RARE_PUBLIC,
        seen=("https://www.npmjs.com/package/cognito-srp/v/0.2.0",),
    ),
    Mistake(
        "u-odd-digit",
        "A or B has an odd number of hexadecimal digits, and the last one is lost before u.",
        "Put a 0 in front of an odd number of digits before they become bytes.",
        changing(public_values=lambda A, B: odd_digit_dropped(A) + odd_digit_dropped(B)),
        RARE_DIGIT,
        seen=("https://www.npmjs.com/package/cognito-srp/v/0.2.0",),
    ),
    Mistake(
        "u-hex-text",
        "u is the hash of the hexadecimal text of A and B, and not of their bytes.",
        "Hash bytes: decode the hexadecimal text first.",
        changing(public_values=lambda A, B: hex_text(A) + hex_text(B)),
    ),
    Mistake(
        "u-padded-hex-text",
        "u is the hash of the hexadecimal text of A and B, padded as their bytes would be.",
        "Hash bytes: decode the hexadecimal text first.",
        changing(public_values=lambda A, B: (srp.pad(A).hex() + srp.pad(B).hex()).encode()),
    ),
    Mistake(
        "u-b-first",
        "u is made of B and A, in this order.",
        "Hash A first, and B after it.",
        changing(public_values=lambda A, B: srp.pad(B) + srp.pad(A)),
    ),
    Mistake(
        "u-only-b",
        "u is the hash of B alone, as in SRP-6.",
        "Hash A and B, as SRP-6a does.",
        changing(public_values=lambda _, B: srp.pad(B)),
    ),
    Mistake(
        "salt-of-key-no-sign",
        "u is HKDF's salt without a sign byte.",
        PAD_ALL,
        changing(u_octets=unsigned),
        "In half of all logins, where u does not have its top bit set.",
    ),
    Mistake(
        "salt-of-key-fixed",
        "u is HKDF's salt at a fixed width of 32 bytes.",
        PAD_ALL,
        changing(u_octets=lambda u: fixed(u, DIGEST)),
        "In half of all logins, where u does not have its top bit set and is not short.",
    ),
    Mistake(
        "salt-of-key-sign-always",
        "u keeps its zero bytes in front where it is short, as HKDF's salt.",
        "Take the zero bytes away: a u of 31 bytes is 31 bytes of salt.",
        changing(u_octets=lambda u: signed_fixed(u, DIGEST)),
        "Nearly always: it shows where u is short, about one login in 512.",
        seen=("https://www.npmjs.com/package/amazon-cognito-passwordless-auth/v/0.17.0",),
    ),
    Mistake(
        "salt-of-key-hex-text",
        "HKDF's salt is the hexadecimal text of u, and not its bytes.",
        "Give HKDF the bytes of u.",
        changing(u_octets=hex_text),
    ),
    Mistake(
        "s-no-sign",
        "S is HKDF's input without a sign byte.",
        PAD_ALL,
        changing(s_octets=unsigned),
        "In half of all logins, where S does not have its top bit set.",
    ),
    Mistake(
        "s-fixed",
        "S is HKDF's input at a fixed width of 384 bytes.",
        PAD_ALL,
        changing(s_octets=lambda S: fixed(S, WIDTH)),
        "In half of all logins, where S does not have its top bit set and is not short.",
    ),
    Mistake(
        "s-sign-always",
        "S keeps its zero bytes in front where it is short.",
        "Take the zero bytes away: S is written as short as it goes.",
        changing(s_octets=lambda S: signed_fixed(S, WIDTH)),
        "Nearly always: it shows where S is short, about one login in 512.",
        seen=("https://www.npmjs.com/package/cognito-srp/v/0.2.0",),
    ),
    Mistake(
        "s-always-00",
        "S has a 00 byte in front always.",
        PAD_ALL,
        changing(s_octets=lambda S: sign_always(S, WIDTH)),
        "In half of all logins, where S has its top bit set.",
    ),
    Mistake(
        "s-odd-digit",
        "S has an odd number of hexadecimal digits, and the last one is lost.",
        "Put a 0 in front of an odd number of digits before they become bytes.",
        changing(s_octets=odd_digit_dropped),
        "Where S has an even number of digits, in fifteen logins of sixteen.",
    ),
    Mistake(
        "s-hex-text",
        "HKDF's input is the hexadecimal text of S, and not its bytes.",
        "Give HKDF the bytes of S.",
        changing(s_octets=hex_text),
    ),
)
