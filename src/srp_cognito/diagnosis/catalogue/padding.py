"""Mistakes in how A, B, u and S become bytes. Right is `srp.pad`, which has no fixed width."""

from collections.abc import Iterator
from typing import Final

from ...proof import srp
from ..exchange import Exchange
from ..octets import fixed, hashed, hex_text, odd_digit_dropped, sign_always, signed_fixed, unsigned
from .mistake import Change, Mistake, changing

__all__ = ["EVEN_DIGITS", "PADDING"]

WIDTH: Final = 384
"""The bytes of N, without a sign byte."""

DIGEST: Final = 32

PAD_ALL: Final = (
    "Write each integer as Java's BigInteger.toByteArray() does: in as few bytes as possible, with"
    " a 00 byte in front exactly if the top bit would be set."
)
EVEN_DIGITS: Final = "Put a 0 in front of an odd number of digits before you decode them."
DECODE: Final = "Hash bytes: decode the hex text first."


def _join_fixed(A: int, B: int) -> bytes:
    return fixed(A, WIDTH) + fixed(B, WIDTH)


def _join_unsigned(A: int, B: int) -> bytes:
    return unsigned(A) + unsigned(B)


def _digit_dropped(_: object) -> Iterator[Change]:
    """Code often reads A and B in two ways: its own A as a number, and B as a text."""
    drop, keep = odd_digit_dropped, srp.pad
    yield Change({"public_values": lambda A, B: keep(A) + drop(B)}, "only of B")
    yield Change({"public_values": lambda A, B: drop(A) + keep(B)}, "only of A")
    yield Change({"public_values": lambda A, B: drop(A) + drop(B)}, "of both")


PADDING: Final[tuple[Mistake[Exchange], ...]] = (
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
        "In one login of 16: if none of the four has its top bit set or is short.",
    ),
    Mistake(
        "u-and-s-short-kept",
        "u and S keep their leading zero bytes if they are short.",
        "Strip leading zero bytes: a u of 31 bytes is 31 bytes of salt for HKDF. The same for S.",
        changing(
            u_octets=lambda u: signed_fixed(u, DIGEST), s_octets=lambda S: signed_fixed(S, WIDTH)
        ),
        "Nearly always: it shows if u or S is short, in about one login of 256.",
    ),
    Mistake(
        "u-no-sign",
        "A and B are hashed into u without sign bytes.",
        PAD_ALL,
        changing(public_values=_join_unsigned),
        "In a quarter of all logins: if neither A nor B has its top bit set.",
    ),
    Mistake(
        "u-fixed",
        "A and B are hashed into u at a fixed width of 384 bytes, as in RFC 5054.",
        PAD_ALL,
        changing(public_values=_join_fixed),
        "In a quarter of all logins: if neither A nor B has its top bit set or is short.",
    ),
    Mistake(
        "u-sign-always",
        "A and B are always hashed into u with a 00 byte in front.",
        PAD_ALL,
        changing(public_values=lambda A, B: sign_always(A, WIDTH) + sign_always(B, WIDTH)),
        "In a quarter of all logins: if both A and B have their top bit set.",
    ),
    Mistake(
        "u-signed-fixed",
        "A and B are hashed into u at a width of at least 384 bytes, with sign bytes.",
        PAD_ALL,
        changing(public_values=lambda A, B: signed_fixed(A, WIDTH) + signed_fixed(B, WIDTH)),
        "Nearly always: it shows if A or B begins with a zero byte and a byte below 80, in about"
        " one login of 256.",
        seen=("https://www.npmjs.com/package/cognito-srp/v/0.2.0",),
    ),
    Mistake(
        "u-odd-digit",
        "A or B has an odd number of hex digits, and the last one is lost before u is computed.",
        EVEN_DIGITS,
        _digit_dropped,
        "In nine logins of ten: if A and B have an even number of digits.",
        seen=("https://www.npmjs.com/package/cognito-srp/v/0.2.0",),
    ),
    Mistake(
        "u-hex-text",
        "u is the hash of the hex text of A and B, not of their bytes.",
        DECODE,
        changing(public_values=lambda A, B: hex_text(A) + hex_text(B)),
    ),
    Mistake(
        "u-padded-hex-text",
        "u is the hash of the padded hex text of A and B, not of their bytes.",
        DECODE,
        changing(public_values=lambda A, B: (srp.pad(A).hex() + srp.pad(B).hex()).encode()),
    ),
    Mistake(
        "u-b-first",
        "u is the hash of B and A, in this order.",
        "Hash A first, and then B.",
        changing(public_values=lambda A, B: srp.pad(B) + srp.pad(A)),
    ),
    Mistake(
        "u-only-b",
        "u is the hash of B alone, as in SRP-6.",
        "Hash A and B, as in SRP-6a.",
        changing(public_values=lambda _, B: srp.pad(B)),
    ),
    Mistake(
        "salt-of-key-no-sign",
        "HKDF's salt is u without a sign byte.",
        PAD_ALL,
        changing(u_octets=unsigned),
        "In half of all logins: if u does not have its top bit set.",
    ),
    Mistake(
        "salt-of-key-fixed",
        "HKDF's salt is u at a fixed width of 32 bytes.",
        PAD_ALL,
        changing(u_octets=lambda u: fixed(u, DIGEST)),
        "In half of all logins: if u does not have its top bit set and is not short.",
    ),
    Mistake(
        "salt-of-key-sign-always",
        "HKDF's salt is u with its leading zero bytes if it is short.",
        "Strip leading zero bytes: a u of 31 bytes is 31 bytes of salt.",
        changing(u_octets=lambda u: signed_fixed(u, DIGEST)),
        "Nearly always: it shows if u is short, in about one login of 512.",
        seen=("https://www.npmjs.com/package/amazon-cognito-passwordless-auth/v/0.17.0",),
    ),
    Mistake(
        "salt-of-key-hex-text",
        "HKDF's salt is the hex text of u, not its bytes.",
        "Give HKDF the bytes of u.",
        changing(u_octets=hex_text),
    ),
    Mistake(
        "s-no-sign",
        "HKDF's input is S without a sign byte.",
        PAD_ALL,
        changing(s_octets=unsigned),
        "In half of all logins: if S does not have its top bit set.",
    ),
    Mistake(
        "s-fixed",
        "HKDF's input is S at a fixed width of 384 bytes.",
        PAD_ALL,
        changing(s_octets=lambda S: fixed(S, WIDTH)),
        "In half of all logins: if S does not have its top bit set and is not short.",
    ),
    Mistake(
        "s-sign-always",
        "HKDF's input is S with its leading zero bytes if it is short.",
        "Strip leading zero bytes: write S in as few bytes as possible.",
        changing(s_octets=lambda S: signed_fixed(S, WIDTH)),
        "Nearly always: it shows if S is short, in about one login of 512.",
        seen=("https://www.npmjs.com/package/cognito-srp/v/0.2.0",),
    ),
    Mistake(
        "s-always-00",
        "S always has a 00 byte in front.",
        PAD_ALL,
        changing(s_octets=lambda S: sign_always(S, WIDTH)),
        "In half of all logins: if S has its top bit set.",
    ),
    Mistake(
        "s-odd-digit",
        "S has an odd number of hex digits, and the last one is lost.",
        EVEN_DIGITS,
        changing(s_octets=odd_digit_dropped),
        "In 15 logins of 16: if S has an even number of digits.",
    ),
    Mistake(
        "s-hex-text",
        "HKDF's input is the hex text of S, not its bytes.",
        "Give HKDF the bytes of S.",
        changing(s_octets=hex_text),
    ),
)
