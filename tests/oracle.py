"""An oracle for the SRP arithmetic of Amazon Cognito: slow, plain and independent.

The library's tests and the vectors in ``vectors/`` compare against this file. It shares no code
with ``src/`` (it imports nothing from there, and nothing was copied), and it stays slow and plain.
Where the library takes a constant from a table, this file computes it from its definition; where
the library has a fast path, this file has a loop. So an error goes unnoticed only if it is made
twice, in two different ways.

Sources named in the docstrings:

* RFC 3526 section 5: the 3072-bit group, by its definition with pi.
* RFC 5054 section 2: SRP-6a.
* RFC 5869: HKDF.
* "AWS's clients": what amazon-cognito-identity-js, amplify-js, amplify-android, amplify-swift,
  amplify-flutter and aws-sdk-net-extensions-cognito have in common. AWS documents none of it.

Nothing here is constant-time and nothing is validated. It must never sign anybody in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import count

import gmpy2  # type: ignore[import-untyped, unused-ignore]

INFO = b"Caldera Derived Key"
"""The HKDF info text that all of AWS's clients use."""


def _arctan_of_inverse(n: int, bits: int) -> int:
    """About 2^bits * arctan(1/n), by arctan(z) = z - z^3/3 + z^5/5 - ..."""
    power = (1 << bits) // n
    total = power
    for i in count(1):
        power //= n * n
        if power == 0:
            return total
        term = power // (2 * i + 1)
        total += term if i % 2 == 0 else -term
    raise AssertionError("unreachable")


def pi_floor(bits: int) -> int:
    """floor(2^bits * pi), by Machin's formula pi = 16 arctan(1/5) - 4 arctan(1/239).

    The guard bits absorb the rounding of every division. If the answer still depends on them, the
    upper and the lower bound of the sum differ, and this raises.
    """
    guard = 64
    scaled = 16 * _arctan_of_inverse(5, bits + guard) - 4 * _arctan_of_inverse(239, bits + guard)
    # Each of the fewer than 2^12 terms is rounded by less than 2, then multiplied by at most 16.
    error = 1 << 20
    low, high = (scaled - error) >> guard, (scaled + error) >> guard
    if low != high:
        raise AssertionError("not enough guard bits")
    return low


N = 2**3072 - 2**3008 - 1 + 2**64 * (pi_floor(2942) + 1690314)
"""RFC 3526 section 5: 2^3072 - 2^3008 - 1 + 2^64 * (floor(2^2942 * pi) + 1690314)."""

g = 2
"""RFC 3526 section 5: the generator is 2."""


@lru_cache(4096)  # The tests compare many mistakes, which share most of their values.
def power(base: int, exponent: int) -> int:
    """base^exponent mod N, with GMP; the base may be negative."""
    return int(gmpy2.powmod(base % N, exponent, N))


def sha256(data: bytes) -> bytes:
    """SHA-256, the only hash of the protocol."""
    return hashlib.sha256(data).digest()


def integer(data: bytes) -> int:
    """The big-endian bytes as an integer of at least 0."""
    value = 0
    for byte in data:
        value = 256 * value + byte
    return value


@lru_cache(4096)  # The same.
def pad(n: int) -> bytes:
    """Integer n as Java's BigInteger.toByteArray writes it (AWS's clients hash every integer so).

    Two's complement, most significant byte first, in the fewest bytes that have room for the
    sign bit. The width is found by trying 1, 2, 3, ...
    """
    for width in count(1):
        half = 1 << (8 * width - 1)
        if -half <= n < half:
            rest = n if n >= 0 else n + 2 * half
            digits = []
            for _ in range(width):
                rest, digit = divmod(rest, 256)
                digits.append(digit)
            return bytes(reversed(digits))
    raise AssertionError("unreachable")


@cache
def k() -> int:
    """Multiplier k = SHA-256(pad(N) || pad(g)); g is one byte (AWS's clients).

    RFC 5054 would pad g to the width of N.
    """
    return integer(sha256(pad(N) + pad(g)))


def x(pool_name: str, user_id: str, password: str, salt: int) -> int:
    """Private key x = SHA-256(pad(salt) || SHA-256(pool name || user id || ":" || password)).

    Source: AWS's clients. For a device: its group key, its key and its own password. Text is
    UTF-8, never normalised.
    """
    inner = sha256((pool_name + user_id + ":" + password).encode("utf-8"))
    return integer(sha256(pad(salt) + inner))


def verifier(x: int) -> int:
    """Verifier v = g^x mod N (RFC 5054 section 2.4)."""
    return power(g, x)


def public_a(a: int) -> int:
    """A = g^a mod N (RFC 5054 section 2.5.4)."""
    return power(g, a)


def public_b(b: int, v: int) -> int:
    """B = k*v + g^b mod N (RFC 5054 section 2.5.3)."""
    return (k() * v + power(g, b)) % N


def u(A: int, B: int) -> int:
    """Scrambler u = SHA-256(pad(A) || pad(B)) (AWS's clients; RFC 5054 pads A and B to N)."""
    return integer(sha256(pad(A) + pad(B)))


def client_s(B: int, x: int, a: int, u: int) -> int:
    """S = (B - k*g^x)^(a + u*x) mod N (RFC 5054 section 2.6)."""
    return power(B - k() * power(g, x), a + u * x)


def server_s(A: int, v: int, b: int, u: int) -> int:
    """S = (A * v^u)^b mod N (RFC 5054 section 2.6)."""
    return power(A * power(v, u), b)


def hkdf_extract(salt: bytes, ikm: bytes) -> bytes:
    """PRK = HMAC-SHA-256(salt, IKM) (RFC 5869 section 2.2); no salt means 32 zero bytes."""
    return hmac.new(salt or bytes(32), ikm, "sha256").digest()


def hkdf_expand(prk: bytes, info: bytes, length: int) -> bytes:
    """T(i) = HMAC-SHA-256(PRK, T(i-1) || info || i), joined and cut (RFC 5869 section 2.3)."""
    block, output = b"", b""
    for i in count(1):
        if len(output) >= length:
            return output[:length]
        block = hmac.new(prk, block + info + bytes([i]), "sha256").digest()
        output += block
    raise AssertionError("unreachable")


def key(u: int, S: int) -> bytes:
    """HKDF-SHA-256(salt pad(u), IKM pad(S), info "Caldera Derived Key"), 16 bytes (AWS's clients).

    Both have their shortest form: if the digest u begins with 00 and then a byte below 0x80, the
    salt has 31 bytes.
    """
    return hkdf_expand(hkdf_extract(pad(u), pad(S)), INFO, 16)


def signature_bytes(
    key: bytes, pool_name: str, user_id: str, secret_block: bytes, timestamp: str
) -> bytes:
    """HMAC-SHA-256(key, pool name || user id || secret block || timestamp) (AWS's clients)."""
    message = pool_name.encode("utf-8") + user_id.encode("utf-8")
    message += secret_block + timestamp.encode("utf-8")
    return hmac.new(key, message, "sha256").digest()


def signature(key: bytes, pool_name: str, user_id: str, secret_block: bytes, timestamp: str) -> str:
    """PASSWORD_CLAIM_SIGNATURE: signature_bytes in base64, standard alphabet, with padding."""
    claim = signature_bytes(key, pool_name, user_id, secret_block, timestamp)
    return base64.b64encode(claim).decode("ascii")


def secret_hash(username: str, client_id: str, client_secret: str) -> str:
    """SECRET_HASH = base64(HMAC-SHA-256(client secret, user name || client id)).

    Source: AWS's developer guide, "Computing secret hash values".
    """
    message = (username + client_id).encode("utf-8")
    digest = hmac.new(client_secret.encode("utf-8"), message, "sha256").digest()
    return base64.b64encode(digest).decode("ascii")


def timestamp(moment: datetime) -> str:
    """TIMESTAMP: Java's `EEE MMM d HH:mm:ss z yyyy`, English, in UTC (AWS's clients).

    The service's own error message names the format. The day of the month is not padded.
    """
    if moment.tzinfo is None:
        raise ValueError("the moment needs a time zone")
    utc = moment.astimezone(UTC)
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[utc.weekday()]
    month = "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * (utc.month - 1) :][:3]
    clock = ":".join(str(100 + part)[1:] for part in (utc.hour, utc.minute, utc.second))
    return f"{weekday} {month} {utc.day} {clock} UTC {str(10000 + utc.year)[1:]}"


@dataclass(frozen=True)
class Exchange:
    """Every value of one whole login, named as in RFC 5054."""

    pool_name: str
    user_id: str
    password: str
    salt: int
    a: int
    b: int
    secret_block: bytes
    timestamp: str
    x: int
    v: int
    A: int
    B: int
    u: int
    S: int
    key: bytes
    signature: str


def exchange(
    pool_name: str,
    user_id: str,
    password: str,
    *,
    salt: int,
    a: int,
    b: int,
    secret_block: bytes,
    timestamp: str,
) -> Exchange:
    """Play both sides of one login; raise AssertionError if their S differ.

    For a device, the first three arguments are its group key, its key and its own password.
    """
    private = x(pool_name, user_id, password, salt)
    v = verifier(private)
    A = public_a(a)
    B = public_b(b, v)
    scrambler = u(A, B)
    S = client_s(B, private, a, scrambler)
    # Not an assert statement, since python -O would remove it.
    if server_s(A, v, b, scrambler) != S:
        raise AssertionError("client and server disagree about S")
    session_key = key(scrambler, S)
    return Exchange(
        pool_name=pool_name,
        user_id=user_id,
        password=password,
        salt=salt,
        a=a,
        b=b,
        secret_block=secret_block,
        timestamp=timestamp,
        x=private,
        v=v,
        A=A,
        B=B,
        u=scrambler,
        S=S,
        key=session_key,
        signature=signature(session_key, pool_name, user_id, secret_block, timestamp),
    )
