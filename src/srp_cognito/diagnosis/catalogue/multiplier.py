"""Mistakes in k, the multiplier."""

import hashlib
from typing import Final

from ...proof import srp
from ..exchange import Exchange
from ..octets import fixed, hashed
from .mistake import Mistake, changing

__all__ = ["MULTIPLIER"]

WIDTH: Final = 384
"""The bytes of N, without a sign byte."""

RIGHT_K: Final = (
    "k is SHA-256 of the 385 bytes of N, of which the first is 00, and the byte 02. Compare:"
    " 538282c4 354742d7 cbbde235 9fcf67f9 f5b3a6b0 8791e501 1b43b8a5 b66d9ee6."
)


def _sha1(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha1(b"".join(parts)).digest(), "big")  # noqa: S324, their mistake.


MULTIPLIER: Final[tuple[Mistake[Exchange], ...]] = (
    Mistake(
        "k-g-padded",
        "k is computed from N and g at a width of 384 bytes each, as in RFC 5054.",
        RIGHT_K,
        changing(k=hashed(fixed(srp.N, WIDTH), fixed(srp.g, WIDTH))),
        seen=("https://github.com/floci-io/floci/pull/912",),
    ),
    Mistake(
        "k-g-padded-385",
        "k is computed from N and g at a width of 385 bytes each.",
        RIGHT_K,
        changing(k=hashed(srp.pad(srp.N), fixed(srp.g, WIDTH + 1))),
    ),
    Mistake(
        "k-no-sign",
        "k is computed from N without its sign byte.",
        RIGHT_K,
        changing(k=hashed(fixed(srp.N, WIDTH), srp.pad(srp.g))),
        seen=("https://github.com/faiscadev/fakecloud/pull/2389",),
    ),
    Mistake(
        "k-hex-text",
        "k is the hash of the hex text of N and g, not of their bytes.",
        RIGHT_K,
        changing(k=hashed(b"%x" % srp.N, b"02")),
    ),
    Mistake(
        "k-hex-text-padded",
        "k is the hash of the padded hex text of N and g, not of their bytes.",
        RIGHT_K,
        changing(k=hashed(b"00%x" % srp.N, b"02")),
    ),
    Mistake("k-3", "k is 3, as in SRP-6.", RIGHT_K, changing(k=3)),
    Mistake("k-1", "k is 1, or left out, as in SRP-3.", RIGHT_K, changing(k=1)),
    Mistake(
        "k-sha1",
        "k is computed with SHA-1.",
        RIGHT_K,
        changing(k=_sha1(srp.pad(srp.N), srp.pad(srp.g))),
    ),
    Mistake(
        "k-sha1-g-padded",
        "k is computed with SHA-1 from N and g at a width of 384 bytes each, as in RFC 5054.",
        RIGHT_K,
        changing(k=_sha1(fixed(srp.N, WIDTH), fixed(srp.g, WIDTH))),
    ),
)
