"""Mistakes in how the key is derived. Right is 16 bytes of HKDF-SHA-256 (RFC 5869)."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Final

from ...proof import srp
from ..exchange import Exchange
from ..steps import derive_key
from .mistake import Mistake, Variants, changing

__all__ = ["KEY"]

HKDF: Final = (
    "The key is the first 16 bytes of HKDF-SHA-256 with salt pad(u), input pad(S) and info"
    ' "Caldera Derived Key": HMAC(HMAC(pad(u), pad(S)), info || 01).'
)


def _hmac(key: bytes, message: bytes, digest: str = "sha256") -> bytes:
    return hmac.digest(key, message, digest)


def _expanded(info: bytes, size: int = 16) -> Variants[object]:
    """Return the function of a mistake that expands with this text instead of info || 01."""
    return changing(derive=lambda u, s: _hmac(_hmac(u, s), info)[:size])


def _derived(derive: Callable[[bytes, bytes], bytes]) -> Variants[object]:
    return changing(derive=derive)


KEY: Final[tuple[Mistake[Exchange], ...]] = (
    Mistake(
        "key-no-counter", "The 01 byte after HKDF's info is missing.", HKDF, _expanded(srp.INFO)
    ),
    Mistake(
        "key-32",
        "The key is all 32 bytes of HKDF's first block.",
        HKDF,
        _expanded(srp.INFO + b"\x01", 32),
    ),
    Mistake(
        "key-swapped",
        "HKDF's salt and input are swapped.",
        HKDF,
        _derived(lambda u, s: derive_key(s, u)),
    ),
    Mistake(
        "key-no-salt",
        "HKDF gets no salt.",
        HKDF,
        _derived(lambda _, s: derive_key(bytes(32), s)),
        seen=("https://github.com/floci-io/floci/pull/912",),
    ),
    # An HMAC hashes a key that is longer than its block, so both are the same.
    Mistake(
        "key-sha256-s",
        "The key is S itself, or SHA-256 of S.",
        HKDF,
        _derived(lambda _, s: hashlib.sha256(s).digest()),
    ),
    Mistake(
        "key-sha256-s-16",
        "The key is the first 16 bytes of SHA-256 of S.",
        HKDF,
        _derived(lambda _, s: hashlib.sha256(s).digest()[:16]),
    ),
    Mistake(
        "key-sha256-s-no-sign",
        "The key is SHA-256 of S without a sign byte, as in SRP libraries for other services.",
        HKDF,
        _derived(lambda _, s: hashlib.sha256(s.lstrip(b"\0")).digest()),
    ),
    Mistake(
        "key-extract-only",
        "HKDF's second step is missing: the key is the first 16 bytes of the first step.",
        HKDF,
        _derived(lambda u, s: _hmac(u, s)[:16]),
    ),
    Mistake(
        "key-prk",
        "HKDF's second step is missing: the key is all 32 bytes of the first step.",
        HKDF,
        _derived(_hmac),
    ),
    Mistake(
        "key-info-counter-first",
        "The 01 byte is before HKDF's info, not after it.",
        HKDF,
        _expanded(b"\x01" + srp.INFO),
    ),
    Mistake(
        "key-info-counter-zero",
        "The byte after HKDF's info is 00, not 01.",
        HKDF,
        _expanded(srp.INFO + b"\0"),
    ),
    Mistake(
        "key-info-counter-text",
        'The digit "1" follows HKDF\'s info, not the byte 01.',
        HKDF,
        _expanded(srp.INFO + b"1"),
    ),
    Mistake(
        "info-lower",
        "HKDF's info is in lower case.",
        HKDF,
        _expanded(srp.INFO.lower() + b"\x01"),
    ),
    Mistake(
        "info-no-spaces",
        "HKDF's info has no spaces.",
        HKDF,
        _expanded(srp.INFO.replace(b" ", b"") + b"\x01"),
    ),
    Mistake("info-empty", "HKDF gets no info.", HKDF, _expanded(b"\x01")),
    Mistake(
        "info-nul",
        "HKDF's info ends in a NUL, as a string in C does.",
        HKDF,
        _expanded(srp.INFO + b"\0\x01"),
    ),
    Mistake(
        "key-sha1",
        "HKDF uses SHA-1.",
        HKDF,
        _derived(lambda u, s: _hmac(_hmac(u, s, "sha1"), srp.INFO + b"\x01", "sha1")[:16]),
    ),
    Mistake(
        "key-last-16",
        "The key is the last 16 bytes of HKDF's first block.",
        HKDF,
        _derived(lambda u, s: _hmac(_hmac(u, s), srp.INFO + b"\x01")[16:]),
    ),
    Mistake(
        "key-hex-text",
        "The key is used as hex text, not as bytes.",
        HKDF,
        _derived(lambda u, s: derive_key(u, s).hex().encode()),
    ),
)
