"""Mistakes in k, and in the formula of S."""

import hashlib
from typing import Final

from ...proof import srp
from ..octets import fixed, hashed
from ..steps import Formula, Numbers
from .mistake import Mistake, changing

__all__ = ["MULTIPLIER", "SECRET"]

WIDTH: Final = 384

RIGHT_K: Final = (
    "k is SHA-256 over the 385 bytes of N, of which the first is 00, and the one byte 02. Compare:"
    " 538282c4 354742d7 cbbde235 9fcf67f9 f5b3a6b0 8791e501 1b43b8a5 b66d9ee6."
)


def _sha1(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha1(b"".join(parts)).digest(), "big")  # noqa: S324, their mistake.


MULTIPLIER: Final = (
    Mistake(
        "k-g-padded",
        "k is made of N and g, both 384 bytes wide, as in RFC 5054.",
        RIGHT_K,
        changing(k=hashed(fixed(srp.N, WIDTH), fixed(srp.g, WIDTH))),
        seen=("https://github.com/floci-io/floci/pull/912",),
    ),
    Mistake(
        "k-g-padded-385",
        "k is made of N and g, both 385 bytes wide.",
        RIGHT_K,
        changing(k=hashed(srp.pad(srp.N), fixed(srp.g, WIDTH + 1))),
    ),
    Mistake(
        "k-no-sign",
        "k is made of N without its sign byte.",
        RIGHT_K,
        changing(k=hashed(fixed(srp.N, WIDTH), srp.pad(srp.g))),
        seen=("https://github.com/faiscadev/fakecloud/pull/2389",),
    ),
    Mistake(
        "k-hex-text",
        "k is made of the hexadecimal text of N and g, and not of their bytes.",
        RIGHT_K,
        changing(k=hashed(b"%x" % srp.N, b"02")),
    ),
    Mistake(
        "k-hex-text-padded",
        "k is made of the hexadecimal text of N and g as they are padded, and not of their bytes.",
        RIGHT_K,
        changing(k=hashed(b"00%x" % srp.N, b"02")),
    ),
    Mistake("k-3", "k is 3, as in SRP-6.", RIGHT_K, changing(k=3)),
    Mistake("k-1", "k is 1, or left out, as in SRP-3.", RIGHT_K, changing(k=1)),
    Mistake(
        "k-sha1",
        "k is made with SHA-1.",
        RIGHT_K,
        changing(k=_sha1(srp.pad(srp.N), srp.pad(srp.g))),
    ),
    Mistake(
        "k-sha1-g-padded",
        "k is made with SHA-1 of N and g, both 384 bytes wide, as in RFC 5054.",
        RIGHT_K,
        changing(k=_sha1(fixed(srp.N, WIDTH), fixed(srp.g, WIDTH))),
    ),
)


def _base(n: Numbers) -> int:
    return (n.B - n.k * n.v) % srp.N


def _exponent(n: Numbers) -> int:
    return n.a + n.u * n.x


def _power(n: Numbers) -> int:
    return n.power(_base(n), _exponent(n))


def _of_server(n: Numbers) -> int:
    return n.power(n.A * n.power(n.v, n.u) % srp.N, n.b)


def _negative(n: Numbers) -> int:
    """What remains of a negative base where a remainder has the sign of the dividend."""
    return _power(n) - (srp.N if _exponent(n) % 2 else 0)


def _swapped(n: Numbers) -> int:
    return (srp.N - _power(n)) if _exponent(n) % 2 else _power(n)


SECRET: Final = (
    Mistake(
        "s-negative",
        "B - k*v is negative, and its power keeps the sign.",
        "Reduce B - k*v to a number from 0 to N - 1 before it is exponentiated.",
        # The server cannot tell whether a + u*x is odd; where it is even, S is right.
        changing(formula=Formula(_negative, lambda n: _of_server(n) - srp.N)),
        "In half of all logins, where a + u*x is even.",
    ),
    Mistake(
        "s-swapped",
        "S is a power of k*v - B, or of the magnitude of B - k*v.",
        "Reduce B - k*v to a number from 0 to N - 1 before it is exponentiated.",
        changing(formula=Formula(_swapped, lambda n: srp.N - _of_server(n))),
        "In half of all logins, where a + u*x is even.",
    ),
    Mistake(
        "s-no-ux",
        "u*x is left out of the exponent of S.",
        "The exponent is a + u*x.",
        changing(formula=Formula(lambda n: n.power(_base(n), n.a), lambda n: n.power(n.A, n.b))),
    ),
    Mistake(
        "s-no-u",
        "u is left out of the exponent of S.",
        "The exponent is a + u*x.",
        changing(
            formula=Formula(
                lambda n: n.power(_base(n), n.a + n.x),
                lambda n: n.power(n.A * n.v % srp.N, n.b),
            )
        ),
    ),
    Mistake(
        "s-no-x",
        "x is left out of the exponent of S.",
        "The exponent is a + u*x.",
        changing(
            formula=Formula(
                lambda n: n.power(_base(n), n.a + n.u),
                lambda n: n.power(n.A * n.power(srp.g, n.u) % srp.N, n.b),
            )
        ),
    ),
    Mistake(
        "s-no-kv",
        "S is a power of B, from which k*v is not taken away.",
        "The base is B - k*v.",
        changing(formula=Formula(lambda n: n.power(n.B, _exponent(n)), None)),
    ),
    Mistake(
        "s-plus",
        "S is a power of B + k*v.",
        "The base is B - k*v.",
        changing(formula=Formula(lambda n: n.power((n.B + n.k * n.v) % srp.N, _exponent(n)), None)),
    ),
    Mistake(
        "s-server-formula",
        "S is computed by the server's formula, with B in A's place and a in b's.",
        "The client's formula is (B - k*v)^(a + u*x).",
        changing(formula=Formula(lambda n: n.power(n.B * n.power(n.v, n.u) % srp.N, n.a), None)),
    ),
    Mistake(
        "s-exponent-mod-n",
        "The exponent of S is reduced modulo N.",
        "Do not reduce a + u*x; the order of the group is no N, but (N - 1)/2.",
        changing(formula=Formula(lambda n: n.power(_base(n), _exponent(n) % srp.N), None)),
        "Where a + u*x is below N: always, unless a has as many bits as N.",
    ),
)
