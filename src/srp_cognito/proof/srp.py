"""The formulas of Cognito's SRP-6a, from top to bottom in the protocol's own order.

They know integers and bytes, but neither roles nor wire keys. They check nothing: what comes in has
been checked. Symbols are RFC 5054's. Where AWS documents nothing, the behaviour that all of AWS's
own clients share is the specification; docs/protocol.md names the source of each fact.

``(yield base, exponent)`` is ``base^exponent mod N``. So each formula is written once, for one
exchange and for many at a time (see `formula`).

=====  ============================================================
N, g   the modulus and its generator
k      the multiplier
I      the identity: pool name and user id, with nothing between
x      the password's exponent
v      the verifier, which a server stores instead of the password
a, b   the secret exponents of client and server
A, B   their public values
u      a hash of A and B, which binds both into the claim
S      the secret that both sides reach
=====  ============================================================
"""

import hashlib
import hmac
from typing import Final

from .formula import Computation, formula
from .modexp import N

__all__ = [
    "INFO",
    "SALT_BITS",
    "SECRET_EXPONENT_BITS",
    "A",
    "B",
    "N",
    "S_of_client",
    "S_of_server",
    "g",
    "k",
    "key",
    "pad",
    "signature",
    "u",
    "v",
    "x",
]

g: Final = 2
"""The generator (RFC 3526, section 5; RFC 5054, appendix A has 5, which Cognito does not use)."""

SECRET_EXPONENT_BITS: Final = 256
"""The size of a and b. RFC 5054 (sections 2.5.3 and 2.5.4) asks for at least this; docs/security.md
says why more would add nothing."""

SALT_BITS: Final = 128
"""The size of a new salt, as AWS's clients make it for a device."""

INFO: Final = b"Caldera Derived Key"
"""HKDF's info text, which all of AWS's clients share."""


def pad(number: int) -> bytes:
    """The shortest big-endian two's complement, as Java's ``BigInteger.toByteArray()`` writes it.

    Every integer is written so before it is hashed. It begins with a 00 byte exactly if the top bit
    would be set otherwise, and its width is not fixed. Half of all values get the 00 byte, and one
    in 512 is a byte shorter, so a wrong rule fails as rarely as that.

    >>> pad(127).hex(), pad(128).hex(), pad(0).hex(), pad(-129).hex()
    ('7f', '0080', '00', 'ff7f')
    """
    # For a negative n, ~n has the bits that two's complement needs in addition to the sign.
    magnitude = number if number >= 0 else ~number
    return number.to_bytes(magnitude.bit_length() // 8 + 1, "big", signed=True)


def _sha256(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


try:
    k: Final = _sha256(pad(N), pad(g))
    hmac.digest(b"", b"", "sha256")
except (AttributeError, ValueError) as _missing:
    # Python has both at any rate, unless OpenSSL refuses them: the first up to 3.13, the second in
    # 3.14, where hashlib goes on without OpenSSL, and hmac does not.
    raise ImportError(
        "this Python has no SHA-256 with HMAC, as where OpenSSL's configuration asks for FIPS and"
        f" no provider of that kind is there: {_missing}"
    ) from _missing
"""``k = SHA-256(pad(N) || pad(g))``. RFC 5054 writes g as wide as N here; Cognito does not."""


def x(salt: int, identity: bytes, password: bytes) -> int:
    """``x = SHA-256(pad(salt) || SHA-256(I || ":" || password))`` (AWS's clients)."""
    inner = hashlib.sha256(b"".join((identity, b":", password))).digest()
    return _sha256(pad(salt), inner)


@formula
def v(x: int) -> Computation[int]:
    """``v = g^x mod N`` (RFC 5054, section 2.4)."""
    return (yield g, x)


@formula
def A(a: int) -> Computation[int]:
    """``A = g^a mod N`` (RFC 5054, section 2.5.4)."""
    return (yield g, a)


@formula
def B(b: int, v: int) -> Computation[int]:
    """``B = (k*v + g^b) mod N`` (RFC 5054, section 2.5.3)."""
    return (k * v + (yield g, b)) % N


def u(A: int, B: int) -> int:
    """``u = SHA-256(pad(A) || pad(B))`` (AWS's clients; RFC 5054 pads both to N's width)."""
    return _sha256(pad(A), pad(B))


@formula
def S_of_client(B: int, x: int, a: int, u: int) -> Computation[int]:
    """``S = (B - k*g^x)^(a + u*x) mod N`` (RFC 5054, section 2.6)."""
    return (yield (B - k * (yield g, x)) % N, a + u * x)


@formula
def S_of_server(A: int, v: int, u: int, b: int) -> Computation[int]:
    """``S = (A * v^u)^b mod N`` (RFC 5054, section 2.6)."""
    return (yield A * (yield v, u) % N, b)


def key(S: int, u: int) -> bytes:
    """The first 16 bytes of HKDF-SHA-256 (RFC 5869) with salt ``pad(u)`` and input ``pad(S)``.

    They are in HKDF's first block, so its two steps are two HMACs. A library's HKDF would cost more
    to import than all of the formulas.
    """
    extracted = hmac.digest(pad(u), pad(S), "sha256")
    return hmac.digest(extracted, INFO + b"\x01", "sha256")[:16]


def signature(key: bytes, identity: bytes, secret_block: bytes, timestamp: bytes) -> bytes:
    """``HMAC-SHA-256(key, I || SECRET_BLOCK || TIMESTAMP)``, the block decoded from base64."""
    return hmac.digest(key, b"".join((identity, secret_block, timestamp)), "sha256")
