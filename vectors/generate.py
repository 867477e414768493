"""Write the project's own test vectors: logins.json and accumulated.json.

    python vectors/generate.py            write both files
    python vectors/generate.py --check    exit 1 and say what differs, if a file is not as written
    python vectors/generate.py --search   find the rare shapes again and print PINNED

Everything comes from ``tests/oracle.py``, which shares no code with the library. Nothing is drawn
at random: what looks random is SHAKE-128 of a label. Integers of a rare shape (a byte short, say)
are the derived number plus an offset; PINNED holds the offsets, so that only ``--search`` has to
look for them.

The wrong signatures are those of bugs that other clients have had, or that are easily made. Each
bug is a subclass of ``Client`` that gets exactly one step wrong.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import sys
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

import oracle  # noqa: E402  # Only the line above makes it importable.
from oracle import N, pad  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = dict[str, Any]

# ---------------------------------------------------------------------------------------------
# What looks random
# ---------------------------------------------------------------------------------------------


def derived(label: str, size: int) -> bytes:
    """So many bytes that belong to a label."""
    return hashlib.shake_128(b"srp-cognito logins v1: " + label.encode("ascii")).digest(size)


def number(label: str, bits: int) -> int:
    """A number of exactly so many bits that belongs to a label."""
    value = int.from_bytes(derived(label, (bits + 7) // 8), "big") % (1 << bits)
    return value | 1 << (bits - 1)


def block(label: str, size: int = 48) -> str:
    """A SECRET_BLOCK in base64 that belongs to a label."""
    return base64.b64encode(derived(label, size)).decode("ascii")


# ---------------------------------------------------------------------------------------------
# A login, and the texts that carry it
# ---------------------------------------------------------------------------------------------

ALIAS = "alice"
"""What the person typed in the vectors where that is not USER_ID_FOR_SRP."""

USER_PASSWORD = "correct horse battery staple"
"""The password of every user whose vector is not about passwords."""

POOL_ID = "eu-central-1_Vq3ZtW8xK"
SUB = "7c0f5a52-91b3-4d0e-8f6a-2b64d9e1c3a7"
GROUP_KEY = "-Rm2tW8xK"
DEVICE_KEY = "eu-central-1_0b9d3c1e-6f2a-4e57-9c48-d15af7e2b306"

MOMENT = oracle.timestamp(datetime(2025, 3, 4, 21, 5, 7, tzinfo=timezone.utc))


def decoded(text: str) -> bytes:
    """SECRET_BLOCK as Node's Buffer.from(text, "base64") reads it.

    Both alphabets, up to the first "="; whatever else occurs is skipped; bits that do not fill a
    byte are dropped.
    """
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    bits = "".join(
        f"{alphabet.index(letter):06b}"
        for letter in text.partition("=")[0].replace("-", "+").replace("_", "/")
        if letter in alphabet
    )
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits) - 7, 8))


@dataclass(frozen=True)
class Login:
    """One login: the numbers, and the texts where they are not the plain spelling."""

    kind: str
    pool: str
    """The user pool id, or the device group key."""
    name: str
    """USER_ID_FOR_SRP, or the device key."""
    password: str
    salt: int
    a: int
    b: int
    secret_block: str
    timestamp: str = MOMENT
    salt_text: str | None = None
    a_text: str | None = None
    b_text: str | None = None
    srp_a_text: str | None = None
    srp_b_text: str | None = None
    verifier_text: str | None = None

    @property
    def pool_name(self) -> str:
        """What the formulas take: a user pool id loses its region, a group key loses nothing."""
        return self.pool.partition("_")[2] if self.kind == "user" else self.pool

    def play(self) -> oracle.Exchange:
        """Both sides of the login, by the oracle."""
        return _played(self)

    def identity(self) -> Json:
        """The members that say who signs in."""
        if self.kind == "user":
            return {
                "kind": "user",
                "pool_id": self.pool,
                "user_id": self.name,
                "password": self.password,
            }
        return {
            "kind": "device",
            "device_group_key": self.pool,
            "device_key": self.name,
            "device_password": self.password,
        }

    def client_view(self, B: int) -> Json:
        """What the client knows: the password, a, and what the server sent."""
        return {
            **self.identity(),
            "salt": self.salt_text if self.salt_text is not None else f"{self.salt:x}",
            "srp_b": self.srp_b_text if self.srp_b_text is not None else f"{B:x}",
            "secret_block": self.secret_block,
            "timestamp": self.timestamp,
            "a": self.a_text if self.a_text is not None else f"{self.a:x}",
        }

    def server_view(self, A: int, v: int, by: str) -> Json:
        """What the server knows: b, SRP_A, and the verifier or (in emulators) the password."""
        view = {
            **self.identity(),
            "salt": self.salt_text if self.salt_text is not None else f"{self.salt:x}",
            "srp_a": self.srp_a_text if self.srp_a_text is not None else f"{A:x}",
            "secret_block": self.secret_block,
            "timestamp": self.timestamp,
            "b": self.b_text if self.b_text is not None else f"{self.b:x}",
        }
        if by == "verifier":
            del view["password" if self.kind == "user" else "device_password"]
            view["verifier"] = self.verifier_text if self.verifier_text is not None else f"{v:x}"
        return view


@cache
def _played(login: Login) -> oracle.Exchange:
    # Kept, because many a bug is shown in the same login.
    return oracle.exchange(
        login.pool_name,
        login.name,
        login.password,
        salt=login.salt,
        a=login.a,
        b=login.b,
        secret_block=decoded(login.secret_block),
        timestamp=login.timestamp,
    )


def login(label: str, kind: str = "user", **changes: Any) -> Login:
    """An ordinary login that belongs to a label, with changes."""
    user = kind == "user"
    usual = Login(
        kind=kind,
        pool=POOL_ID if user else GROUP_KEY,
        name=SUB if user else DEVICE_KEY,
        password=USER_PASSWORD if user else block(label + " device password", 40),
        # An ordinary salt has 16 bytes without the top bit; other salts have vectors of their own.
        salt=number(label + " salt", 127),
        a=number(label + " a", 256),
        b=number(label + " b", 256),
        secret_block=block(label + " secret block"),
    )
    return replace(usual, **changes)


# ---------------------------------------------------------------------------------------------
# Rare shapes
# ---------------------------------------------------------------------------------------------

WIDE = ("384h", "384", "383h", "383", "382")
"""Widths in bytes of an integer mod N; "h" where the top bit is set, so that pad() adds 00."""

NARROW = ("32h", "32", "31h", "31", "30")
"""The same of a SHA-256 digest as an integer."""

MOVED = {"A": "a", "S": "a", "u": "a", "odd A": "a", "base": "a", "B": "b", "odd B": "b"}
"""Which secret the search moves for which quantity; for x and v it moves the salt."""

SHAPES = [
    *(("user", name, shape) for name in "ABSv" for shape in WIDE),
    *(("user", name, shape) for name in "ux" for shape in NARROW),
    *(("device", name, shape) for name in "ABSv" for shape in ("384h", "383h", "383")),
    *(("device", name, shape) for name in "ux" for shape in ("32h", "31h", "31")),
    ("user", "odd A", "767 digits"),
    ("user", "odd B", "767 digits"),
    ("user", "base", "negative"),
]

PINNED: dict[str, int] = {
    "user A 384h": 0,
    "user A 384": 2,
    "user A 383h": 281,
    "user A 383": 1470,
    "user A 382": 260827,
    "user B 384h": 0,
    "user B 384": 0,
    "user B 383h": 556,
    "user B 383": 538,
    "user B 382": 20052,
    "user S 384h": 0,
    "user S 384": 0,
    "user S 383h": 556,
    "user S 383": 221,
    "user S 382": 7775,
    "user v 384h": 1,
    "user v 384": 1,
    "user v 383h": 1267,
    "user v 383": 442,
    "user v 382": 41377,
    "user u 32h": 3,
    "user u 32": 0,
    "user u 31h": 1116,
    "user u 31": 926,
    "user u 30": 13190,
    "user x 32h": 0,
    "user x 32": 4,
    "user x 31h": 190,
    "user x 31": 30,
    "user x 30": 3431,
    "user odd A 767 digits": 12,
    "user odd B 767 digits": 0,
    "user base negative": 1,
    "device A 384h": 0,
    "device A 383h": 191,
    "device A 383": 463,
    "device B 384h": 0,
    "device B 383h": 333,
    "device B 383": 151,
    "device S 384h": 1,
    "device S 383h": 763,
    "device S 383": 625,
    "device v 384h": 0,
    "device v 383h": 284,
    "device v 383": 40,
    "device u 32h": 0,
    "device u 31h": 1,
    "device u 31": 856,
    "device x 32h": 3,
    "device x 31h": 177,
    "device x 31": 218,
}
"""Offsets that --search found: which one is added to the derived a, b or salt."""


def shape_of(value: int) -> str:
    """The width in bytes, with "h" when the top bit is set."""
    width, rest = divmod(value.bit_length(), 8)
    return f"{width + 1}" if rest else f"{width}h"


def has_shape(quantity: str, shape: str, value: int) -> bool:
    """Whether a value of the quantity has the shape; the shortest ones count with either bit."""
    if quantity.startswith("odd"):
        return len(f"{value:x}") == 767
    if shape in (WIDE[-1], NARROW[-1]):
        return shape_of(value).rstrip("h") == shape
    return shape_of(value) == shape


def shaped(kind: str, quantity: str, shape: str, offset: int | None = None) -> Login:
    """The login whose quantity has the shape."""
    label = f"{kind} {quantity} {shape}"
    usual = login(label, kind)
    moved = MOVED.get(quantity, "salt")
    by = PINNED[label] if offset is None else offset
    return replace(usual, **{moved: getattr(usual, moved) + by})


def candidates(kind: str, quantity: str, shape: str) -> Iterator[int]:
    """The quantity's value at offset 0, 1, 2, ...; one multiplication a step where possible."""
    start = shaped(kind, quantity, shape, 0)
    played = start.play()
    match quantity:
        case "A" | "odd A":
            A = played.A
            while True:
                yield A
                A = 2 * A % N
        case "B" | "odd B":
            summand, power = played.B - oracle.power(2, start.b), oracle.power(2, start.b)
            while True:
                yield (summand + power) % N
                power = 2 * power % N
        case "x" | "v":
            for offset in count():
                x = oracle.x(start.pool_name, start.name, start.password, start.salt + offset)
                yield x if quantity == "x" else oracle.verifier(x)
        case _:
            A, B = played.A, pad(played.B)
            base = played.B - oracle.k() * played.v
            for offset in count():
                u = oracle.integer(oracle.sha256(pad(A) + B))
                exponent = start.a + offset + u * played.x
                if quantity == "base":
                    # Negative under an odd exponent is where losing the sign shows.
                    lost = oracle.k() * played.v % N > played.B and exponent % 2 == 1
                    yield int(lost)
                else:
                    yield u if quantity == "u" else oracle.power(base, exponent)
                A = 2 * A % N


def search() -> dict[str, int]:
    """Find every rare shape again. A minute: a shape two bytes short is one in 65536."""
    found = {}
    for kind, quantity, shape in SHAPES:
        for offset, value in enumerate(candidates(kind, quantity, shape)):
            if value == 1 if quantity == "base" else has_shape(quantity, shape, value):
                found[f"{kind} {quantity} {shape}"] = offset
                print(f"    {json.dumps(f'{kind} {quantity} {shape}')}: {offset},", flush=True)
                break
    return found


# ---------------------------------------------------------------------------------------------
# Clients that get one step wrong
# ---------------------------------------------------------------------------------------------


def unsigned(value: int) -> bytes:
    """The shortest big-endian bytes without room for a sign."""
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def wide(value: int, width: int) -> bytes:
    """At least width bytes, and the sign byte on top of that where pad() has one."""
    return pad(value).rjust(width, b"\0")


class Client:
    """A client, step by step; this one gets every step right.

    Each bug below is a subclass. Its docstring says what it does, ``effect`` what its users see;
    both become the flag's note.
    """

    bug_type: ClassVar[str] = ""
    effect: ClassVar[str] = ""

    def __init__(self, login: Login) -> None:
        played = login.play()
        self.login = login
        self.A, self.B = played.A, played.B

    def pool(self) -> str:
        return self.login.pool_name

    def user(self) -> str:
        return self.login.name

    def password(self) -> str:
        return self.login.password

    def identity(self) -> bytes:
        return f"{self.pool()}{self.user()}:{self.password()}".encode()

    def inner(self) -> bytes:
        return oracle.sha256(self.identity())

    def salt(self) -> bytes:
        return pad(self.login.salt)

    def hashed_for_x(self) -> bytes:
        return self.salt() + self.inner()

    def x(self) -> int:
        return oracle.integer(oracle.sha256(self.hashed_for_x()))

    def k(self) -> int:
        return oracle.k()

    def hashed_for_u(self) -> bytes:
        return pad(self.A) + pad(self.B)

    def u(self) -> int:
        return oracle.integer(oracle.sha256(self.hashed_for_u()))

    def base(self) -> int:
        return (self.B - self.k() * oracle.power(2, self.x())) % N

    def exponent(self) -> int:
        return self.login.a + self.u() * self.x()

    def S(self) -> int:
        return oracle.power(self.base(), self.exponent())

    def hkdf_salt(self) -> bytes:
        return pad(self.u())

    def hkdf_input(self) -> bytes:
        return pad(self.S())

    def prk(self) -> bytes:
        return oracle.hkdf_extract(self.hkdf_salt(), self.hkdf_input())

    def key(self) -> bytes:
        return oracle.hkdf_expand(self.prk(), oracle.INFO, 16)

    def block(self) -> bytes:
        return decoded(self.login.secret_block)

    def timestamp(self) -> str:
        return self.login.timestamp

    def message(self) -> bytes:
        names = f"{self.pool()}{self.user()}".encode()
        return names + self.block() + self.timestamp().encode()

    def claim(self) -> bytes:
        return hmac.new(self.key(), self.message(), "sha256").digest()

    def signature(self) -> str:
        return base64.b64encode(self.claim()).decode("ascii")


BUGS: dict[str, type[Client]] = {}


def bug(bug_type: str, effect: str) -> Callable[[type[Client]], type[Client]]:
    """Enter a subclass under its name as a flag."""

    def enter(wrong: type[Client]) -> type[Client]:
        wrong.bug_type, wrong.effect = bug_type, effect
        BUGS[wrong.__name__] = wrong
        return wrong

    return enter


RARELY = "One login in some hundred fails with the right password, and works when tried again."
HALF = "About half of all logins fail with the right password."
ALWAYS = "Every login fails with the right password."
SOME = "The same people can never sign in; everybody else can."

# Integers to bytes.


@bug("ENCODING", RARELY)
class FixedWidthU(Client):
    """u is written in at least 32 bytes where it is the salt of HKDF."""

    def hkdf_salt(self) -> bytes:
        return wide(self.u(), 32)


@bug("ENCODING", RARELY)
class FixedWidthS(Client):
    """S is written in at least 384 bytes where it is the input of HKDF."""

    def hkdf_input(self) -> bytes:
        return wide(self.S(), 384)


@bug("ENCODING", RARELY)
class FixedWidthPublic(Client):
    """A and B are written in at least 384 bytes where they are hashed for u, as RFC 5054 says."""

    def hashed_for_u(self) -> bytes:
        return wide(self.A, 384) + wide(self.B, 384)


@bug("ENCODING", SOME)
class FixedWidthSalt(Client):
    """SALT is written in at least 16 bytes where it is hashed for x."""

    def salt(self) -> bytes:
        return wide(self.login.salt, 16)


@bug("ENCODING", HALF)
class NoSignByteU(Client):
    """u is written without the 00 that keeps its top bit from being a sign."""

    def hkdf_salt(self) -> bytes:
        return unsigned(self.u())


@bug("ENCODING", HALF)
class NoSignByteS(Client):
    """S is written without the 00 that keeps its top bit from being a sign."""

    def hkdf_input(self) -> bytes:
        return unsigned(self.S())


@bug("ENCODING", "Three of four logins fail with the right password.")
class NoSignBytePublic(Client):
    """A and B are hashed for u without the 00 that keeps a top bit from being a sign."""

    def hashed_for_u(self) -> bytes:
        return unsigned(self.A) + unsigned(self.B)


@bug("ENCODING", "Half of all users can never sign in; the others always can.")
class NoSignByteSalt(Client):
    """SALT is hashed for x without the 00 that keeps its top bit from being a sign."""

    def salt(self) -> bytes:
        return unsigned(self.login.salt)


@bug("ENCODING", ALWAYS)
class NoSignByteN(Client):
    """N is hashed for k without the 00 in front: its top bit is set."""

    def k(self) -> int:
        return oracle.integer(oracle.sha256(unsigned(N) + pad(2)))


@bug("ENCODING", "Users with a negative salt (a relic of the service) can never sign in.")
class SaltSignDropped(Client):
    """A "-" in front of SALT is ignored."""

    def salt(self) -> bytes:
        return pad(abs(self.login.salt))


@bug("ENCODING", "Users with a negative salt (a relic of the service) can never sign in.")
class SaltMinusAsText(Client):
    """A negative SALT is written as its magnitude's bytes behind an ASCII "-"."""

    def salt(self) -> bytes:
        return b"-" + pad(abs(self.login.salt))


@bug("PARSING", SOME)
class SaltTextAsBytes(Client):
    """SALT's digits are decoded two by two, and leading 00 bytes stay where they are."""

    def salt(self) -> bytes:
        return bytes.fromhex(str(self.login.salt_text))


@bug("PARSING", SOME)
class OddSaltTruncated(Client):
    """The last digit of a SALT with an odd number of digits is lost, as Node's decoder does."""

    def salt(self) -> bytes:
        return pad(self.login.salt // 16)


@bug("PARSING", ALWAYS)
class SaltAsText(Client):
    """SALT is hashed for x as the ASCII text of its digits."""

    def salt(self) -> bytes:
        return f"{self.login.salt:x}".encode()


@bug("PARSING", "No login at a server that prints SRP_B with leading zeros; all at the others.")
class PublicTextAsBytes(Client):
    """SRP_B's digits are decoded two by two, so that leading 00 bytes reach the hash for u."""

    def hashed_for_u(self) -> bytes:
        return pad(self.A) + bytes.fromhex(str(self.login.srp_b_text))


# k, u and S.


@bug("KNOWN_BUG", ALWAYS)
class PaddedG(Client):
    """g is padded to the width of N where it is hashed for k, as RFC 5054 says."""

    def k(self) -> int:
        return oracle.integer(oracle.sha256(pad(N) + bytes(383) + b"\x02"))


@bug("LEGACY", ALWAYS)
class KIsThree(Client):
    """k is 3, as in SRP-6."""

    def k(self) -> int:
        return 3


@bug("WRONG_STEP", ALWAYS)
class SwappedPublic(Client):
    """u is the hash of B and A instead of A and B."""

    def hashed_for_u(self) -> bytes:
        return pad(self.B) + pad(self.A)


@bug("LEGACY", ALWAYS)
class ShortU(Client):
    """u is only the first 32 bits of its hash, the size that it had in SRP-3."""

    def u(self) -> int:
        return super().u() >> 224


@bug("ARITHMETIC", "One login in four fails with the right password.")
class BaseSignDropped(Client):
    """B - (k*g^x mod N) loses its sign when it is negative."""

    def base(self) -> int:
        return abs(self.B - self.k() * oracle.power(2, self.x()) % N)


@bug("ARITHMETIC", "One login in four fails with the right password.")
class BaseNotReduced(Client):
    """B - (k*g^x mod N) stays negative, the remainder has its sign, and S is negative."""

    def S(self) -> int:
        base = self.B - self.k() * oracle.power(2, self.x()) % N
        magnitude = oracle.power(abs(base), self.exponent())
        return -magnitude if base < 0 and self.exponent() % 2 else magnitude


@bug("ARITHMETIC", "Logins fail where a is larger than N, as with AWS's .NET client.")
class ExponentModN(Client):
    """a + u*x is reduced mod N; if at all, it would have to be mod N - 1."""

    def exponent(self) -> int:
        return super().exponent() % N


# x.


@bug("WRONG_STEP", ALWAYS)
class ColonMissing(Client):
    """x: no colon between user id and password."""

    def identity(self) -> bytes:
        return f"{self.pool()}{self.user()}{self.password()}".encode()


@bug("WRONG_STEP", ALWAYS)
class PoolNameMissing(Client):
    """x: the pool name is left out, which is RFC 5054 as it stands."""

    def identity(self) -> bytes:
        return f"{self.user()}:{self.password()}".encode()


@bug("KNOWN_BUG", ALWAYS)
class WholePoolIdInX(Client):
    """x: the whole user pool id in the place of the pool name."""

    def identity(self) -> bytes:
        return f"{self.login.pool}{self.user()}:{self.password()}".encode()


@bug("KNOWN_BUG", ALWAYS)
class WholePoolIdInMessage(Client):
    """The signed message: the whole user pool id in the place of the pool name."""

    def message(self) -> bytes:
        names = f"{self.login.pool}{self.user()}".encode()
        return names + self.block() + self.timestamp().encode()


@bug("KNOWN_BUG", ALWAYS)
class RegionKept(Client):
    """The whole user pool id in the place of the pool name, in x and in the message."""

    def pool(self) -> str:
        return self.login.pool


@bug("KNOWN_BUG", "Everybody who signs in by e-mail address, phone number or alias fails.")
class UserNameForUserId(Client):
    """What the person typed ("alice") instead of USER_ID_FOR_SRP, in x and in the message."""

    def user(self) -> str:
        return ALIAS


@bug("KNOWN_BUG", "Everybody who signs in by e-mail address, phone number or alias fails.")
class UserNameInMessage(Client):
    """What the person typed ("alice") instead of USER_ID_FOR_SRP, in the message only."""

    def message(self) -> bytes:
        return f"{self.pool()}{ALIAS}".encode() + self.block() + self.timestamp().encode()


@bug("WRONG_STEP", ALWAYS)
class InnerHashMissing(Client):
    """x: one hash over everything instead of a hash in a hash."""

    def inner(self) -> bytes:
        return self.identity()


@bug("ENCODING", ALWAYS)
class InnerHashHex(Client):
    """x: the inner hash enters as hexadecimal text."""

    def inner(self) -> bytes:
        return oracle.sha256(self.identity()).hex().encode()


@bug("WRONG_STEP", ALWAYS)
class SaltBehind(Client):
    """x: the salt behind the inner hash instead of before it."""

    def hashed_for_x(self) -> bytes:
        return self.inner() + self.salt()


# Text.


@bug("ENCODING", SOME)
class ComposedPassword(Client):
    """The password is normalised to NFC."""

    def password(self) -> str:
        return unicodedata.normalize("NFC", self.login.password)


@bug("ENCODING", SOME)
class DecomposedPassword(Client):
    """The password is normalised to NFD."""

    def password(self) -> str:
        return unicodedata.normalize("NFD", self.login.password)


@bug("ENCODING", SOME)
class CompatiblePassword(Client):
    """The password is normalised to NFKC, so that for example full-width letters become narrow."""

    def password(self) -> str:
        return unicodedata.normalize("NFKC", self.login.password)


@bug("ENCODING", SOME)
class TrimmedPassword(Client):
    """White space at either end of the password is taken away."""

    def password(self) -> str:
        return self.login.password.strip()


@bug("ENCODING", SOME)
class Latin1Password(Client):
    """The password is hashed in ISO 8859-1."""

    def identity(self) -> bytes:
        return f"{self.pool()}{self.user()}:".encode() + self.password().encode("latin-1")


@bug("ENCODING", SOME)
class SurrogatesApart(Client):
    """Each half of a surrogate pair is encoded by itself (CESU-8, Java's modified UTF-8)."""

    def identity(self) -> bytes:
        units = self.password().encode("utf-16-be")
        halves = (chr(units[i] << 8 | units[i + 1]) for i in range(0, len(units), 2))
        names = f"{self.pool()}{self.user()}:".encode()
        return names + "".join(halves).encode("utf-8", "surrogatepass")


@bug("ENCODING", "Passwords that differ only behind a NUL are one password.")
class CutAtNul(Client):
    """The password ends at its first NUL, as a C string does."""

    def password(self) -> str:
        return self.login.password.partition("\0")[0]


@bug("ENCODING", SOME)
class LowerCaseUser(Client):
    """The user id is made lower case."""

    def user(self) -> str:
        return self.login.name.lower()


# From S to the key.


@bug("WRONG_STEP", ALWAYS)
class CounterMissing(Client):
    """HKDF: the 01 behind the info is left out."""

    def key(self) -> bytes:
        return hmac.new(self.prk(), oracle.INFO, "sha256").digest()[:16]


@bug("WRONG_STEP", ALWAYS)
class CounterZero(Client):
    """HKDF: the blocks are counted from 00."""

    def key(self) -> bytes:
        return hmac.new(self.prk(), oracle.INFO + b"\0", "sha256").digest()[:16]


@bug("WRONG_STEP", ALWAYS)
class LongKey(Client):
    """HKDF: the key has 32 bytes instead of 16."""

    def key(self) -> bytes:
        return oracle.hkdf_expand(self.prk(), oracle.INFO, 32)


@bug("WRONG_STEP", ALWAYS)
class SwappedHkdf(Client):
    """HKDF: salt and input change places."""

    def prk(self) -> bytes:
        return oracle.hkdf_extract(self.hkdf_input(), self.hkdf_salt())


@bug("WRONG_STEP", ALWAYS)
class HkdfSaltMissing(Client):
    """HKDF: u is not used, the salt is empty."""

    def hkdf_salt(self) -> bytes:
        return b""


@bug("WRONG_STEP", ALWAYS)
class ExtractMissing(Client):
    """HKDF: S itself is taken for the PRK."""

    def prk(self) -> bytes:
        return self.hkdf_input()


@bug("WRONG_STEP", ALWAYS)
class HashedSecret(Client):
    """The key is SHA-256(S), as in plain SRP-6a, instead of HKDF."""

    def key(self) -> bytes:
        return oracle.sha256(self.hkdf_input())


@bug("ENCODING", ALWAYS)
class KeyAsText(Client):
    """The HMAC is keyed with the base64 text of the key."""

    def key(self) -> bytes:
        return base64.b64encode(super().key())


# The message and the signature.


@bug("WRONG_STEP", ALWAYS)
class SecretBlockAsText(Client):
    """The base64 text of SECRET_BLOCK is signed instead of its bytes."""

    def block(self) -> bytes:
        return self.login.secret_block.encode()


@bug("PARSING", "Logins fail at moto, whose SECRET_BLOCK is a UUID with dashes.")
class DashesSkipped(Client):
    """Only the standard alphabet is decoded and "-" and "_" are skipped as junk."""

    def block(self) -> bytes:
        return decoded(self.login.secret_block.replace("-", "").replace("_", ""))


@bug("WRONG_STEP", ALWAYS)
class SecretBlockMissing(Client):
    """SECRET_BLOCK is not signed."""

    def block(self) -> bytes:
        return b""


@bug("WRONG_STEP", ALWAYS)
class TimestampMissing(Client):
    """TIMESTAMP is not signed."""

    def timestamp(self) -> str:
        return ""


@bug("KNOWN_BUG", "Logins fail on the first nine days of every month.")
class DayZeroPadded(Client):
    """The day of the month is signed with a leading zero and sent without."""

    def timestamp(self) -> str:
        words = self.login.timestamp.split(" ")
        return " ".join([*words[:2], words[2].rjust(2, "0"), *words[3:]])


@bug("KNOWN_BUG", "Logins fail on the first nine days of every month.")
class DaySpacePadded(Client):
    """The day of the month is signed with a leading space and sent without."""

    def timestamp(self) -> str:
        words = self.login.timestamp.split(" ")
        return " ".join([*words[:2], words[2].rjust(2), *words[3:]])


@bug("KNOWN_BUG", "Logins fail from one o'clock in the afternoon, UTC, to midnight.")
class TwelveHours(Client):
    """The hour is signed on a 12-hour clock and sent on a 24-hour one."""

    def timestamp(self) -> str:
        words = self.login.timestamp.split(" ")
        hour = (int(words[3][:2]) + 11) % 12 + 1
        return " ".join([*words[:3], f"{hour:02}{words[3][2:]}", *words[4:]])


@bug("ENCODING", ALWAYS)
class HexSignature(Client):
    """The signature is written in hexadecimal."""

    def signature(self) -> str:
        return self.claim().hex()


@bug("MISSING_CHECK", "A verifier that compares as far as the shorter text lets anybody in.")
class EmptySignature(Client):
    """The signature is an empty text."""

    def signature(self) -> str:
        return ""


@bug("MISSING_CHECK", "A verifier that compares as far as the shorter text lets guesses in.")
class TruncatedSignature(Client):
    """The signature is the first 16 of its 32 bytes."""

    def claim(self) -> bytes:
        return super().claim()[:16]


@bug("MISSING_CHECK", "A verifier that does not compare the last byte is half a verifier.")
class FlippedBit(Client):
    """The last bit of the signature is wrong."""

    def claim(self) -> bytes:
        claim = super().claim()
        return claim[:-1] + bytes([claim[-1] ^ 1])


@bug("MISSING_CHECK", "A verifier that takes zeros for an answer lets anybody in.")
class ZeroSignature(Client):
    """The signature is 32 zero bytes."""

    def claim(self) -> bytes:
        return bytes(32)


# Devices.


@bug("WRONG_STEP", "No remembered device is ever recognised.")
class UserPasswordForDevice(Client):
    """The user's password ("correct horse battery staple") in the place of the device's."""

    def password(self) -> str:
        return USER_PASSWORD


@bug("WRONG_STEP", 'Devices whose group key holds a "_" are never recognised.')
class DeviceGroupKeyCut(Client):
    """The device group key is cut at its "_" as though it were a user pool id."""

    def pool(self) -> str:
        return self.login.pool.partition("_")[2]


@bug("WRONG_STEP", 'Devices whose group key begins with "-" are never recognised.')
class DeviceGroupKeyStripped(Client):
    """The "-" at the beginning of the device group key is taken away."""

    def pool(self) -> str:
        return self.login.pool.lstrip("-")


@bug("WRONG_STEP", "No remembered device is ever recognised.")
class DeviceKeyCut(Client):
    """The device key loses its region."""

    def user(self) -> str:
        return self.login.name.partition("_")[2]


@bug("WRONG_STEP", "No remembered device is ever recognised.")
class DevicePoolName(Client):
    """The user pool's name ("Vq3ZtW8xK") in the place of the device group key."""

    def pool(self) -> str:
        return POOL_ID.partition("_")[2]


@bug("WRONG_STEP", "No remembered device is ever recognised.")
class DeviceNamesInXOnly(Client):
    """x is the device's, but the message names the user pool and the user ("alice")."""

    def message(self) -> bytes:
        names = f"{POOL_ID.partition('_')[2]}{ALIAS}".encode()
        return names + self.block() + self.timestamp().encode()


FLAGS: dict[str, tuple[str, str, str]] = {
    "Widths": (
        "EDGE_CASE",
        (
            "One of A, B, S, v, u and x has a given width; half of these shapes are rare. Integers "
            "are hashed as Java's BigInteger.toByteArray writes them: two's complement, as short "
            "as possible."
        ),
        (
            "A rule that pads to a fixed width, or leaves the sign byte out, fails here. In the "
            "field it is a login that fails now and then and works when tried again."
        ),
    ),
    "SaltShape": (
        "EDGE_CASE",
        "A salt that is short, long, zero or has its top bit set.",
        "The same people can never sign in.",
    ),
    "NegativeSalt": (
        "LEGACY",
        (
            'A salt with a "-", as the service sent it for unknown users until about 2020: two\'s '
            "complement of any width."
        ),
        "The login breaks with a parse error, or fails.",
    ),
    "HexSpelling": (
        "PARSING",
        (
            "Hexadecimal in upper case, with leading zeros, or with an odd number of digits: only "
            "the integer counts."
        ),
        "Logins fail at servers that print numbers differently, or once in sixteen.",
    ),
    "ExponentSize": (
        "EDGE_CASE",
        "A secret exponent of unusual size: AWS's clients use 256, 1024 and some 8190 bits.",
        "A wrong S where an exponent is larger than N, or a multiple of the group's order.",
    ),
    "RangeEdge": (
        "EDGE_CASE",
        (
            "A or B is 1 or N - 1, or the base of the exponentiation is 0, 1 or N - 1. No honest "
            "peer sends these; the rule refuses only what is outside 1..N-1."
        ),
        "A fast exponentiation that is wrong at the edges, or that ends the process.",
    ),
    "Text": (
        "ENCODING",
        "Names and passwords are UTF-8 as they stand: not normalised, not trimmed, not cut.",
        "The same people can never sign in, or can with a password that is not theirs.",
    ),
    "NoSeparator": (
        "DEFINED",
        "Nothing stands between pool name and user id, so two identities share their bytes.",
        "None in practice; these vectors show what is hashed.",
    ),
    "UserId": (
        "FUNCTIONALITY",
        "The forms that USER_ID_FOR_SRP takes.",
        "Everybody whose user id has that form fails.",
    ),
    "PoolName": (
        "FUNCTIONALITY",
        'User pool ids of several lengths and regions; only what follows the "_" is hashed.',
        "No login in that pool works.",
    ),
    "DeviceGroupKey": (
        "FUNCTIONALITY",
        'A device group key is opaque: it may begin with "-" and hold "_".',
        "Devices with such a key are never recognised.",
    ),
    "SecretBlockSpelling": (
        "PARSING",
        "SECRET_BLOCK in an unusual size or spelling; it is decoded as Node's Buffer.from does.",
        "Logins fail at emulators, or the claim is refused.",
    ),
    "TimestampAsGiven": (
        "DEFINED",
        "The text of TIMESTAMP is signed as it stands, canonical or not.",
        "The signature belongs to another text than the one that is sent.",
    ),
    "VerifierOrPassword": (
        "FUNCTIONALITY",
        "The server's side with the password in the place of a stored verifier.",
        "Emulators that keep passwords cannot check a claim.",
    ),
    "ZeroModN": (
        "MISSING_CHECK",
        "A or B is a multiple of N.",
        (
            "A server that lets A pass has S = 0 whatever the password: anybody signs in. The "
            "signature given is the one that such a server (or client) computes."
        ),
    ),
    "OutOfRange": (
        "MISSING_CHECK",
        "A or B is larger than N.",
        (
            "Two spellings of one public value, and exponentiations of unbounded cost. The "
            "signature given is the one that an unchecked computation yields."
        ),
    ),
    "Negative": (
        "MISSING_CHECK",
        'A or B has a "-" in front.',
        (
            "Two spellings of one public value; parsers differ. The signature given is the one "
            "that an unchecked computation yields."
        ),
    ),
    "Malformed": (
        "PARSING",
        (
            "The text is not hexadecimal, though some parser of some language takes it. The "
            "signature is that of the number that such a parser reads."
        ),
        "Two programs read different numbers from one text.",
    ),
    "Empty": (
        "PARSING",
        "The text is empty, or nothing remains of it.",
        "Parsers differ: zero, an exception, not a number.",
    ),
    "TooLong": (
        "MISSING_CHECK",
        (
            "More than 4096 hexadecimal digits, or more than 131072 letters of base64. The value "
            "would be good."
        ),
        "One request costs the receiver far more than the sender.",
    ),
}
"""Notes of the flags that are not a bug class: bugType, description, effect."""


# ---------------------------------------------------------------------------------------------
# The tests
# ---------------------------------------------------------------------------------------------


def expected(login: Login, A: int, B: int, u: int, S: int, *, with_x: bool) -> Json:
    """Every value of a valid login, spelled as in the contract of the transcripts."""
    x = oracle.x(login.pool_name, login.name, login.password, login.salt)
    key = oracle.key(u, S)
    values = {
        "x": f"{x:x}",
        "u": f"{u:x}",
        "s": f"{S:x}",
        "key": key.hex(),
        "signature": oracle.signature(
            key, login.pool_name, login.name, decoded(login.secret_block), login.timestamp
        ),
        "srp_a": f"{A:x}",
        "srp_b": f"{B:x}",
        "verifier": f"{oracle.verifier(x):x}",
    }
    if not with_x:
        # Nobody who was given only the verifier can say what x was.
        del values["x"]
    return values


class Book:
    """The groups of logins.json as they fill."""

    def __init__(self) -> None:
        self.groups: list[Json] = []
        self.last = 0

    def group(self, type_: str, comment: str) -> None:
        self.groups.append({"type": type_, "comment": comment, "tests": []})

    def _add(self, comment: str, flag: str, test: Json) -> None:
        self.last += 1
        self.groups[-1]["tests"].append(
            {"tcId": self.last, "comment": comment, "flags": [flag], **test}
        )

    def valid(self, comment: str, flag: str, input_: Json, values: Json) -> None:
        self._add(comment, flag, {"result": "valid", "input": input_, "expected": values})

    def invalid(self, comment: str, flag: str, refused: str, input_: Json) -> None:
        self._add(comment, flag, {"result": "invalid", "refused": refused, "input": input_})

    # One line for each kind of test.

    def client(self, comment: str, flag: str, login: Login) -> None:
        """A login as the client sees it."""
        e = login.play()
        values = expected(login, e.A, e.B, e.u, e.S, with_x=True)
        self.valid(comment, flag, login.client_view(e.B), values)

    def client_given(self, comment: str, flag: str, login: Login, B: int) -> None:
        """A login with a B that no honest server would send."""
        A = oracle.public_a(login.a)
        u = oracle.u(A, B)
        x = oracle.x(login.pool_name, login.name, login.password, login.salt)
        S = oracle.client_s(B, x, login.a, u)
        values = expected(login, A, B, u, S, with_x=True)
        self.valid(comment, flag, login.client_view(B), values)

    def server(self, comment: str, flag: str, login: Login, by: str = "verifier") -> None:
        """A login as the server sees it."""
        e = login.play()
        values = expected(login, e.A, e.B, e.u, e.S, with_x=by == "password")
        self.valid(comment, flag, login.server_view(e.A, e.v, by), values)

    def server_given(self, comment: str, flag: str, login: Login, A: int) -> None:
        """A login with an A that no honest client would send."""
        e = login.play()
        u = oracle.u(A, e.B)
        S = oracle.server_s(A, e.v, e.b, u)
        values = expected(login, A, e.B, u, S, with_x=False)
        self.valid(comment, flag, login.server_view(A, e.v, "verifier"), values)

    def bad_a(self, comment: str, flag: str, login: Login, text: str, A: int) -> None:
        """An SRP_A to refuse, with the claim of a server that reads it as A and checks nothing."""
        e = login.play()
        u = oracle.u(A, e.B)
        key = oracle.key(u, oracle.server_s(A, e.v, e.b, u))
        sent = replace(login, srp_a_text=text)
        view = sent.server_view(A, e.v, "verifier")
        view["signature"] = oracle.signature(
            key, login.pool_name, login.name, decoded(login.secret_block), login.timestamp
        )
        self.invalid(comment, flag, "SRP_A", view)

    def bad_b(self, comment: str, flag: str, login: Login, text: str, B: int) -> None:
        """An SRP_B to refuse, with the claim of a client that reads it as B and checks nothing."""
        A = oracle.public_a(login.a)
        u = oracle.u(A, B)
        x = oracle.x(login.pool_name, login.name, login.password, login.salt)
        key = oracle.key(u, oracle.client_s(B, x, login.a, u))
        view = replace(login, srp_b_text=text).client_view(B)
        view["signature"] = oracle.signature(
            key, login.pool_name, login.name, decoded(login.secret_block), login.timestamp
        )
        self.invalid(comment, flag, "SRP_B", view)

    def bad_text(self, comment: str, flag: str, refused: str, login: Login) -> None:
        """A SALT or SECRET_BLOCK to refuse; the claim is good otherwise."""
        e = login.play()
        view = login.client_view(e.B)
        view["signature"] = e.signature
        self.invalid(comment, flag, refused, view)

    def wrong(self, flag: str, login: Login, comment: str = "", view: str = "client") -> None:
        """The claim of a client with the bug that the flag names."""
        right, bugged = Client(login).signature(), BUGS[flag](login).signature()
        e = login.play()
        if right != e.signature:
            raise AssertionError("the client that gets every step right got one wrong")
        if right == bugged:
            raise AssertionError(f"{flag} does not show in this login: {comment}")
        sent = login.client_view(e.B) if view == "client" else login.server_view(e.A, e.v, view)
        sent["signature"] = bugged
        about = (BUGS[flag].__doc__ or "").rstrip(".")
        self.invalid(f"{about} ({comment})" if comment else about, flag, CLAIM, sent)


CLAIM = "PASSWORD_CLAIM_SIGNATURE"

SAYS = {
    "384h": "384 bytes, top bit set, so 385 when hashed",
    "384": "384 bytes, top bit clear",
    "383h": "383 bytes, top bit set, so 384 when hashed",
    "383": "383 bytes, top bit clear",
    "382": "382 bytes",
    "32h": "32 bytes, top bit set, so 33 when hashed",
    "32": "32 bytes, top bit clear",
    "31h": "31 bytes, top bit set, so 32 when hashed",
    "31": "31 bytes, top bit clear",
    "30": "30 bytes",
}


def widths(book: Book) -> None:
    """A, B, S, v, u and x in every width, as client and as server see them."""
    for kind, type_ in (("user", "UserLogin"), ("device", "DeviceLogin")):
        book.group(type_, "Integers of every width, as the client sees them.")
        for of, quantity, shape in SHAPES:
            if of != kind or quantity not in "ABSvux":
                continue
            found = shaped(kind, quantity, shape)
            if not has_shape(quantity, shape, getattr(found.play(), quantity)):
                raise AssertionError(f"PINNED is wrong: {kind} {quantity} {shape}")
            book.client(f"{quantity} has {SAYS[shape]}", "Widths", found)
    for kind, type_, chosen in (
        ("user", "UserVerification", "A384h A383h A383 A382 B384h B383 S383 v384h v383"),
        ("device", "DeviceVerification", "A384h A383 B383 S383"),
    ):
        book.group(type_, "Integers of several widths, as the server sees them.")
        for name in chosen.split():
            quantity, shape = name[0], name[1:]
            comment = f"{quantity} has {SAYS[shape]}"
            book.server(comment, "Widths", shaped(kind, quantity, shape))


def salts(book: Book) -> None:
    """Salts of every shape and spelling."""
    book.group("UserLogin", "Salts.")
    for comment, salt in (
        ("zero", 0),
        ("one byte, top bit set", 0xC9),
        ("16 bytes, top bit set, so 17 when hashed", number("salt top bit", 128)),
        ("15 bytes, top bit clear", number("salt 15 bytes", 119)),
        ("15 bytes, top bit set, so 16 when hashed", number("salt 15 bytes high", 120)),
        ("64 bytes", number("salt 64 bytes", 511)),
        ("1000 bytes", number("salt 1000 bytes", 8000)),
    ):
        book.client(comment, "SaltShape", login(f"salt {comment}", salt=salt))
    # The last one has the shape that people reported from real pools.
    reported = -int("3b9c" + f"{number('salt negative', 128):x}"[4:], 16)
    for salt in (-1, -128, -129, -256, reported):
        book.client(f"{salt:x}"[:12], "NegativeSalt", login(f"salt {salt}", salt=salt))
    short = number("salt spelled", 124)
    for comment, text in (
        ("an odd number of digits", f"{short:x}"),
        ("leading zero", f"0{short:x}"),
        ("many leading zeros", f"{short:x}".rjust(64, "0")),
        ("upper case", f"{short:X}"),
        ("zero spelled 0000", "0000"),
        ("negative, upper case, leading zeros", "-00FF80"),
    ):
        changed = login(f"salt {comment}", salt=int(text, 16), salt_text=text)
        book.client(comment, "HexSpelling", changed)


def spellings(book: Book) -> None:
    """SRP_A, SRP_B, a, b and the verifier in other spellings, and exponents of every size."""
    book.group("UserLogin", "Spellings of SRP_B and of a, and sizes of a.")
    odd = shaped("user", "odd B", "767 digits")
    digits = f"{odd.play().B:x}"
    for comment, text in (
        ("SRP_B has an odd number of digits", digits),
        ("SRP_B has a leading zero", "0" + digits),
        ("SRP_B has many leading zeros", digits.rjust(1024, "0")),
        ("SRP_B has 4096 digits, most of them leading zeros", digits.rjust(4096, "0")),
        ("SRP_B in upper case", digits.upper()),
        ("SRP_B in mixed case", digits[:300].upper() + digits[300:]),
    ):
        book.client(comment, "HexSpelling", replace(odd, srp_b_text=text))
    plain = login("a spelled", a=number("a spelled", 252))
    for comment, text in (
        ("a has an odd number of digits", f"{plain.a:x}"),
        ("a in upper case with leading zeros", f"000{plain.a:X}"),
    ):
        book.client(comment, "HexSpelling", replace(plain, a_text=text))
    half = (N - 1) // 2
    for comment, a in (
        ("a is 1, so A is 2", 1),
        ("a has 8 bits", 0xB7),
        ("a has 1024 bits", number("a 1024", 1024)),
        ("a has 3072 bits and is larger than N", N + 2 * number("a above N", 60)),
        ("a has 4096 bits", number("a 4096", 4096)),
        ("a has 8186 bits", number("a 8186", 8186)),
        ("a is the order of the group, so A is 1", half),
    ):
        book.client(comment, "ExponentSize", login(f"exponent {comment}", a=a))

    book.group("UserVerification", "Spellings of SRP_A, b and verifier, and sizes of b.")
    odd = shaped("user", "odd A", "767 digits")
    played = odd.play()
    digits = f"{played.A:x}"
    for comment, text in (
        ("SRP_A has an odd number of digits", digits),
        ("SRP_A has a leading zero", "0" + digits),
        ("SRP_A has 4096 digits, most of them leading zeros", digits.rjust(4096, "0")),
        ("SRP_A in upper case", digits.upper()),
        ("SRP_A in upper case with a leading zero, as from .NET", "0" + digits.upper()),
    ):
        book.server(comment, "HexSpelling", replace(odd, srp_a_text=text))
    spelled = replace(odd, verifier_text=f"00{played.v:X}")
    book.server("the verifier in upper case with leading zeros", "HexSpelling", spelled)
    plain = login("b spelled", b=number("b spelled", 252))
    for comment, text in (
        ("b has an odd number of digits", f"{plain.b:x}"),
        ("b in upper case with leading zeros", f"000{plain.b:X}"),
    ):
        book.server(comment, "HexSpelling", replace(plain, b_text=text))
    for comment, b in (
        ("b is 1", 1),
        ("b has 1024 bits", number("b 1024", 1024)),
        ("b has 3072 bits and is larger than N", N + 2 * number("b above N", 60)),
        ("b has 8186 bits", number("b 8186", 8186)),
        ("b is the order of the group, so S is 1", half),
    ):
        book.server(comment, "ExponentSize", login(f"exponent {comment}", b=b))
    by_password = login("server with password")
    book.server("a password for the verifier", "VerifierOrPassword", by_password, "password")
    book.group("DeviceVerification", "A server that keeps the device's password.")
    by_password = login("server with device password", "device")
    book.server("a password for the verifier", "VerifierOrPassword", by_password, "password")


def edges(book: Book) -> None:
    """The ends of the range, and bases on which fast exponentiations fail."""
    book.group("UserLogin", "The ends of what the client must take.")
    plain = login("edges of B")
    v = plain.play().v
    kv = oracle.k() * v % N
    for comment, B in (
        ("B is 1", 1),
        ("B is N - 1", N - 1),
        ("B is k*v, so the base and S are 0", kv),
        ("B is k*v + 1, so the base and S are 1", (kv + 1) % N),
        ("B is k*v - 1, so the base is N - 1", (kv - 1) % N),
    ):
        book.client_given(comment, "RangeEdge", plain, B)
    book.group("UserVerification", "The ends of what the server must take.")
    plain = login("edges of A")
    for comment, A in (("A is 1", 1), ("A is 2", 2), ("A is N - 1", N - 1)):
        book.server_given(comment, "RangeEdge", plain, A)


def texts(book: Book) -> None:
    """Names and passwords."""
    book.group("UserLogin", "Names and passwords.")
    # The pairs share everything but the text, so that only the text makes the difference.
    for comment, password in (
        ("an e with acute accent, composed (NFC)", "caf\u00e9"),
        ("an e with acute accent, decomposed (NFD)", "cafe\u0301"),
        ("full-width letters", "\uff30\uff41\uff53\uff53"),
        ("a NUL inside", "before\0after"),
        ("colons", "a:b::c:"),
        ("empty", ""),
        ("a space before and behind", " pass word "),
        ("a no-break space behind", "password\u00a0"),
        ("newlines and a tab", "line\r\nline\n\t"),
        ("an emoji beyond the basic plane, joined", "\U0001f469\u200d\U0001f680 go"),
        ("Chinese and Japanese", "\u5bc6\u7801\u30d1\u30b9\u30ef\u30fc\u30c9"),
        ("right to left", "\u0633\u0631\u064a \u05e1\u05d5\u05d3\u05d9"),
        ("the last code point", "\U0010ffff\uffff\ufffd"),
        ("dotless and dotted i, sharp s", "\u0131\u0130I\u00df\u1e9e"),
        ("10000 letters", ("ten thousand letters make a long password; " * 233)[:10000]),
        ("characters that JSON and shells escape", "\"\\/\b\u2028\u2029$`'%s{}"),
    ):
        same = login("password")
        book.client(f"password: {comment}", "Text", replace(same, password=password))
    for comment, user in (
        ("a sub", "f1e2d3c4-b5a6-4978-8a69-5b4c3d2e1f00"),
        ("an e-mail address with a plus", "first.last+cognito@example.com"),
        ("upper case", "Alice"),
        ("decomposed", "Zoe\u0308"),
    ):
        book.client(f"user id: {comment}", "UserId", replace(login("user id"), name=user))
    for comment, pool in (
        ("one letter", "us-east-1_A"),
        ("nine letters, GovCloud", "us-gov-west-1_0aZ9bY8cX"),
        ("55 characters in all", "ap-southeast-2_" + "Ab3" * 13 + "z"),
    ):
        book.client(f"pool name: {comment}", "PoolName", replace(login("pool"), pool=pool))
    same = login("no separator")
    pairs: tuple[tuple[str, dict[str, Any]], ...] = (
        ("pool Abc, user Def: the same signature as the next", {"pool": "x_Abc", "name": "Def"}),
        ("pool AbcD, user ef: the same signature as before", {"pool": "x_AbcD", "name": "ef"}),
        ("user a:b, password c: the same x as the next", {"name": "a:b", "password": "c"}),
        ("user a, password b:c: the same x as before", {"name": "a", "password": "b:c"}),
    )
    for comment, changes in pairs:
        book.client(comment, "NoSeparator", replace(same, **changes))
    book.group("DeviceLogin", "Names of devices.")
    for key in ("-v0w1Xy2z", "a_b-c_d", "_leading", "Plain9", "-", "eu-central-1_Vq3ZtW8xK"):
        changed = login("device group key", "device", pool=key)
        book.client(f"device group key {key}", "DeviceGroupKey", changed)


UUID_BLOCK = "5f0c1d2e-3b4a-4c69-8d7e-9fa0b1c2d3e4"


def blocks(book: Book) -> None:
    """Secret blocks and timestamps."""
    book.group("UserLogin", "Secret blocks and timestamps.")
    full = block("secret block", 48)
    for comment, text in (
        ("one byte", "gA=="),
        ("two letters of base64 without padding", "gA"),
        ("1700 letters of base64", block("secret block 1700", 1275)),
        ("a UUID with dashes, as moto sends it", UUID_BLOCK),
        ("without padding", block("secret block unpadded", 47).rstrip("=")),
        ("URL-safe letters", "-_-_" + full[:40].replace("+", "-").replace("/", "_")),
        ("line breaks", f"{full[:20]}\r\n{full[20:40]}\n{full[40:]}\n"),
        ("letters outside the alphabet, which are skipped", f"{full[:9]}!*.{full[9:]}"),
        ("a last letter that fills no byte", full + "A"),
        ("bits behind the last byte, which are dropped", "gF=="),
    ):
        changed = login(f"secret block {comment}", secret_block=text)
        book.client(comment, "SecretBlockSpelling", changed)
    for comment, text in (
        ("one digit for the day", "Sat Feb 1 00:00:00 UTC 2025"),
        ("two digits for the day", "Wed Dec 31 23:59:59 UTC 2025"),
        ("a zero before the day", "Sat Feb 01 00:00:00 UTC 2025"),
        ("not English", "sam. f\u00e9vr. 1 00:00:00 UTC 2025"),
    ):
        book.client(comment, "TimestampAsGiven", login(f"timestamp {comment}", timestamp=text))


def refused_a(book: Book) -> None:
    """Every SRP_A that a server must refuse."""
    for kind, type_ in (("user", "UserVerification"), ("device", "DeviceVerification")):
        book.group(type_, "SRP_A to refuse.")
        plain = login(f"refused A {kind}", kind)
        good = plain.play().A
        text = f"{good:x}"
        book.bad_a("A is 0", "ZeroModN", plain, "0", 0)
        book.bad_a("A is N", "ZeroModN", plain, f"{N:x}", N)
        book.bad_a("A is 2N", "ZeroModN", plain, f"{2 * N:x}", 2 * N)
        if kind == "device":
            continue
        book.bad_a("A is 0, spelled with 768 digits", "ZeroModN", plain, "0" * 768, 0)
        book.bad_a("A is N + 1", "OutOfRange", plain, f"{N + 1:x}", N + 1)
        book.bad_a("A is too large by N", "OutOfRange", plain, f"{good + N:x}", good + N)
        book.bad_a("A is -1", "Negative", plain, "-1", -1)
        book.bad_a("A is -A", "Negative", plain, "-" + text, -good)
        for comment, flag, sent in malformed(text, all_of_them=True):
            book.bad_a(f"SRP_A {comment}", flag, plain, sent, good)
        book.bad_a("SRP_A is empty", "Empty", plain, "", 0)


def malformed(text: str, *, all_of_them: bool = False) -> list[tuple[str, str, str]]:
    """Texts that some parser reads as the number that text is."""
    often = [
        ("begins with 0x", "Malformed", "0x" + text),
        ("ends with a newline", "Malformed", text + "\n"),
        ("holds an underscore", "Malformed", text[:8] + "_" + text[8:]),
        ("begins with a full-width zero", "Malformed", "\uff10" + text),
        ("has 4097 digits", "TooLong", text.rjust(4097, "0")),
    ]
    seldom = [
        ("begins with a space", "Malformed", " " + text),
        ("begins with a plus", "Malformed", "+" + text),
        ("goes on with a letter that is no digit", "Malformed", text + "g"),
    ]
    return often + seldom if all_of_them else often


def refused_b(book: Book) -> None:
    """Every SRP_B that a client must refuse."""
    for kind, type_ in (("user", "UserLogin"), ("device", "DeviceLogin")):
        book.group(type_, "SRP_B to refuse.")
        plain = login(f"refused B {kind}", kind)
        good = plain.play().B
        text = f"{good:x}"
        book.bad_b("B is 0", "ZeroModN", plain, "0", 0)
        book.bad_b("B is N", "ZeroModN", plain, f"{N:x}", N)
        if kind == "device":
            continue
        book.bad_b("B is 2N", "ZeroModN", plain, f"{2 * N:x}", 2 * N)
        book.bad_b("B is N + 1", "OutOfRange", plain, f"{N + 1:x}", N + 1)
        book.bad_b("B is too large by N", "OutOfRange", plain, f"{good + N:x}", good + N)
        book.bad_b("B is -1", "Negative", plain, "-1", -1)
        for comment, flag, sent in malformed(text):
            book.bad_b(f"SRP_B {comment}", flag, plain, sent, good)
        book.bad_b("SRP_B is empty", "Empty", plain, "", 0)


def refused_texts(book: Book) -> None:
    """SALT and SECRET_BLOCK that a client must refuse."""
    book.group("UserLogin", "SALT to refuse.")
    plain = login("refused salt")
    for comment, flag, sent in malformed(f"{plain.salt:x}"):
        changed = replace(plain, salt_text=sent)
        book.bad_text(f"SALT {comment}", flag, "SALT", changed)
    for comment, flag, sent, salt in (
        ("SALT is a minus", "Empty", "-", 0),
        ("SALT has two minus signs", "Malformed", "--1", -1),
        ("SALT has a space behind the minus", "Malformed", "- 1", -1),
        ("SALT is empty", "Empty", "", 0),
    ):
        changed = replace(plain, salt_text=sent, salt=salt)
        book.bad_text(comment, flag, "SALT", changed)
    book.group("UserLogin", "SECRET_BLOCK to refuse.")
    plain = login("refused secret block")
    for comment, flag, sent in (
        ("SECRET_BLOCK is empty", "Empty", ""),
        ("SECRET_BLOCK is only padding", "Empty", "===="),
        ("SECRET_BLOCK is one letter, which fills no byte", "Empty", "A"),
        ("SECRET_BLOCK holds no letter of the alphabet", "Empty", "!!!!"),
        ("SECRET_BLOCK has 131073 letters", "TooLong", "A" * 131073),
    ):
        changed = replace(plain, secret_block=sent)
        book.bad_text(comment, flag, "SECRET_BLOCK", changed)


def wrong_claims(book: Book) -> None:
    """Claims of clients that get one step wrong."""
    book.group("UserLogin", "Claims with one step wrong, checked with the client's secrets.")
    book.wrong("FixedWidthU", shaped("user", "u", "31"), "u has 31 bytes")
    book.wrong("FixedWidthU", shaped("user", "u", "30"), "u has 30 bytes")
    book.wrong("FixedWidthS", shaped("user", "S", "383"), "S has 383 bytes")
    book.wrong("FixedWidthPublic", shaped("user", "A", "383"), "A has 383 bytes")
    book.wrong("FixedWidthPublic", shaped("user", "B", "383"), "B has 383 bytes")
    book.wrong("FixedWidthSalt", login("bug salt", salt=number("bug salt", 118)))
    book.wrong("NoSignByteU", shaped("user", "u", "32h"), "u has 32 bytes")
    book.wrong("NoSignByteS", shaped("user", "S", "384h"), "S has 384 bytes")
    book.wrong("NoSignBytePublic", shaped("user", "A", "384h"), "A, perhaps B")
    book.wrong("NoSignBytePublic", shaped("user", "B", "384h"), "B, perhaps A")
    book.wrong("NoSignByteSalt", login("bug salt sign", salt=number("bug salt sign", 128)))
    book.wrong("NoSignByteN", login("bug N"))
    negative = login("bug negative salt", salt=-number("bug negative salt", 126))
    book.wrong("SaltSignDropped", negative)
    book.wrong("SaltMinusAsText", negative)
    spelled = number("bug salt spelled", 119)
    zeros = login("bug salt zeros", salt=spelled, salt_text=f"{spelled:032x}")
    book.wrong("SaltTextAsBytes", zeros)
    book.wrong("OddSaltTruncated", login("bug salt odd", salt=number("bug salt odd", 124)))
    book.wrong("SaltAsText", login("bug salt text"))
    zeros = login("bug B text")
    book.wrong("PublicTextAsBytes", replace(zeros, srp_b_text=f"{zeros.play().B:0772x}"))

    for flag in ("PaddedG", "KIsThree", "SwappedPublic", "ShortU"):
        book.wrong(flag, login("bug k and u"))
    negative = shaped("user", "base", "negative")
    book.wrong("BaseSignDropped", negative)
    book.wrong("BaseNotReduced", negative)
    book.wrong("ExponentModN", login("bug exponent", a=number("bug exponent", 8186)))

    for flag in (
        "ColonMissing",
        "PoolNameMissing",
        "WholePoolIdInX",
        "WholePoolIdInMessage",
        "RegionKept",
        "UserNameForUserId",
        "InnerHashMissing",
        "InnerHashHex",
        "SaltBehind",
    ):
        book.wrong(flag, login("bug x"))

    for flag, password in (
        ("ComposedPassword", "cafe\u0301"),
        ("DecomposedPassword", "caf\u00e9"),
        ("CompatiblePassword", "\uff30\uff41\uff53\uff53"),
        ("TrimmedPassword", " pass word "),
        ("Latin1Password", "p\u00e4ssw\u00f6rd"),
        ("SurrogatesApart", "\U0001f680 go"),
        ("CutAtNul", "before\0after"),
    ):
        book.wrong(flag, login("bug password", password=password))
    book.wrong("LowerCaseUser", login("bug user", name="Alice"))

    for flag in (
        "CounterMissing",
        "CounterZero",
        "LongKey",
        "SwappedHkdf",
        "HkdfSaltMissing",
        "ExtractMissing",
        "HashedSecret",
        "KeyAsText",
        "HexSignature",
    ):
        book.wrong(flag, login("bug key"))

    for kind, type_, names in (
        ("user", "UserVerification", ("WholePoolIdInMessage", "UserNameInMessage")),
        ("device", "DeviceVerification", ("DeviceNamesInXOnly",)),
    ):
        book.group(type_, "Claims with one step wrong, checked with the server's secrets.")
        plain = login(f"bug claim {kind}", kind)
        claims = ["FlippedBit", "ZeroSignature", "EmptySignature", "TruncatedSignature"]
        if kind == "user":
            claims += ["SecretBlockAsText", "SecretBlockMissing", "TimestampMissing"]
            claims += ["DayZeroPadded", "DaySpacePadded", "TwelveHours"]
        for flag in (*names, *claims):
            book.wrong(flag, plain, view="verifier")
        if kind == "user":
            book.wrong("DashesSkipped", replace(plain, secret_block=UUID_BLOCK), view="verifier")
            book.wrong("FlippedBit", plain, "checked with the password", view="password")

    book.group("DeviceLogin", "Claims with one step wrong, checked with the client's secrets.")
    device = login("bug device", "device", pool="-Rm2_tW8xK")
    for flag in (
        "UserPasswordForDevice",
        "DeviceGroupKeyCut",
        "DeviceGroupKeyStripped",
        "DeviceKeyCut",
        "DevicePoolName",
    ):
        book.wrong(flag, device)
    book.wrong("FixedWidthS", shaped("device", "S", "383"), "S has 383 bytes")
    book.wrong("FixedWidthU", shaped("device", "u", "31"), "u has 31 bytes")
    book.wrong("FixedWidthPublic", shaped("device", "B", "383"), "B has 383 bytes")
    book.wrong("NoSignByteS", shaped("device", "S", "384h"), "S has 384 bytes")


def logins() -> Json:
    """All of logins.json."""
    book = Book()
    for chapter in (
        widths,
        salts,
        spellings,
        edges,
        texts,
        blocks,
        refused_a,
        refused_b,
        refused_texts,
        wrong_claims,
    ):
        chapter(book)
    notes = {name: FLAGS[name] for name in FLAGS}
    for name, wrong in BUGS.items():
        notes[name] = (wrong.bug_type, wrong.__doc__ or "", wrong.effect)
    used = {flag for group in book.groups for test in group["tests"] for flag in test["flags"]}
    if used != set(notes):
        raise AssertionError(f"flags without a test, or tests without a note: {used ^ set(notes)}")
    return {
        "algorithm": "Cognito-SRP-3072-SHA256",
        "schema": "logins.schema.json",
        "numberOfTests": book.last,
        "header": [
            "Logins of Amazon Cognito user pools by SRP, of users and of remembered devices.",
            "In the groups of type UserLogin and DeviceLogin the input is what the client knows,",
            "in those of type UserVerification and DeviceVerification what the server knows.",
            "A valid test says every value of the exchange. In an invalid one either a value must",
            'be refused, or the signature is that of a client with one step wrong: "refused" names',
            "the wire key at fault. Each invalid test has exactly one fault.",
            "Written by vectors/generate.py; see vectors/README.md.",
        ],
        "notes": {
            name: dict(zip(("bugType", "description", "effect"), note, strict=True))
            for name, note in sorted(notes.items())
        },
        "testGroups": book.groups,
    }


# ---------------------------------------------------------------------------------------------
# The accumulated vector
# ---------------------------------------------------------------------------------------------

SEED = "srp-cognito accumulated vector v1"
MILESTONES = (25, 100, 1000)
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

DESCRIPTION = [
    'Let R be the output of SHAKE-128 on the ASCII bytes of "seed", read from its beginning and',
    "never twice. bytes(n) is the next n bytes of R; byte() is bytes(1) as an integer;",
    "integer(n) is bytes(n) as an unsigned big-endian integer.",
    "letters(max, alphabet): let n = 1 + byte() mod max; then n times the letter of the alphabet",
    "with the index byte() mod (the alphabet's length), counted from 0.",
    "text(): let n = 1 + byte() mod 24; then n times one character: let w = integer(2) and",
    "m = floor(w / 8). w mod 8 being 0, 1, 2 or 3: U+0021 + m mod 94. 4: U+00C0 + m mod 64.",
    "5: U+0300 + m mod 112. 6: U+4E00 + m. 7: U+1F600 + m mod 80. Nothing is normalised.",
    "Exchanges are numbered from 0. The steps of each are taken in this order.",
    "1. An even number is a user: pool name = letters(9, D), where D is the 62 letters 0-9, A-Z,",
    "a-z in this order; user id = text(); password = text().",
    'An odd number is a device: device group key = letters(16, D followed by "-" and "_");',
    'device key = "us-east-1_" followed by bytes(16) in lower-case hexadecimal with dashes behind',
    "the digits 8, 12, 16 and 20; device password = bytes(40) in base64.",
    "2. salt = integer(1 + byte() mod 17); a = integer(32); b = integer(32).",
    "3. secret block = bytes(1 + byte() mod 64).",
    "4. TIMESTAMP is that of integer(4) seconds after 1970-01-01 00:00:00 UTC.",
    "The server has the verifier of the password and salt, and B follows from b.",
    "The line of an exchange is its signature in base64 followed by one newline (0a).",
    "Each result is SHA-256 over the lines of the first so many exchanges, joined.",
    '"samples" holds the first two exchanges as transcripts, to find one\'s mistakes.',
]


class Stream:
    """The output of SHAKE-128, read from its beginning."""

    def __init__(self, seed: str, size: int) -> None:
        # An extendable output has no end; this is more of it than anybody reads here.
        self._output = hashlib.shake_128(seed.encode("ascii")).digest(size)
        self._at = 0

    def bytes(self, size: int) -> bytes:
        self._at += size
        if self._at > len(self._output):
            raise AssertionError("the stream was made too short")
        return self._output[self._at - size : self._at]

    def integer(self, size: int) -> int:
        return oracle.integer(self.bytes(size))

    def letters(self, most: int, alphabet: str) -> str:
        return "".join(
            alphabet[self.integer(1) % len(alphabet)] for _ in range(1 + self.integer(1) % most)
        )

    def text(self) -> str:
        return "".join(self._character() for _ in range(1 + self.integer(1) % 24))

    def _character(self) -> str:
        m, which = divmod(self.integer(2), 8)
        if which < 4:
            return chr(0x21 + m % 94)
        return chr((0xC0 + m % 64, 0x300 + m % 112, 0x4E00 + m, 0x1F600 + m % 80)[which - 4])

    def login(self, index: int) -> Login:
        """The next login; the order of these lines is the order of the description."""
        if index % 2 == 0:
            kind, pool = "user", "us-east-1_" + self.letters(9, LETTERS)
            name, password = self.text(), self.text()
        else:
            kind, pool = "device", self.letters(16, LETTERS + "-_")
            digits = self.bytes(16).hex()
            parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
            name = "us-east-1_" + "-".join(parts)
            password = base64.b64encode(self.bytes(40)).decode("ascii")
        salt = self.integer(1 + self.integer(1) % 17)
        a, b = self.integer(32), self.integer(32)
        secret_block = base64.b64encode(self.bytes(1 + self.integer(1) % 64)).decode("ascii")
        moment = datetime.fromtimestamp(self.integer(4), tz=timezone.utc)
        return Login(kind, pool, name, password, salt, a, b, secret_block, oracle.timestamp(moment))


def accumulated() -> Json:
    """All of accumulated.json."""
    stream = Stream(SEED, 512 * MILESTONES[-1])
    running = hashlib.sha256()
    samples, results = [], []
    for index in range(MILESTONES[-1]):
        login = stream.login(index)
        played = login.play()
        running.update(played.signature.encode("ascii") + b"\n")
        if index < 2:
            values = expected(login, played.A, played.B, played.u, played.S, with_x=True)
            samples.append({"input": login.client_view(played.B), "expected": values})
        if index + 1 in MILESTONES:
            results.append({"exchanges": index + 1, "sha256": running.hexdigest()})
    return {
        "algorithm": "Cognito-SRP-3072-SHA256",
        "description": DESCRIPTION,
        "seed": SEED,
        "results": results,
        "samples": samples,
    }


# ---------------------------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------------------------

FILES: dict[str, Callable[[], Json]] = {"logins.json": logins, "accumulated.json": accumulated}


def printed(content: Json) -> str:
    """The one way in which the files are written."""
    return json.dumps(content, indent=1, ensure_ascii=True) + "\n"


def differences(wanted: Any, found: Any, where: str = "") -> Iterator[str]:
    """One line for each place where two JSON values differ."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in sorted(wanted.keys() | found.keys()):
            here = f"{where}.{name}"
            if name not in found:
                yield f"{here}: missing on disk"
            elif name not in wanted:
                yield f"{here}: on disk only"
            else:
                yield from differences(wanted[name], found[name], here)
    elif isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            yield f"{where}: {len(wanted)} entries generated, {len(found)} on disk"
        for index, (one, other) in enumerate(zip(wanted, found, strict=False)):
            name = one.get("tcId", index) if isinstance(one, dict) else index
            yield from differences(one, other, f"{where}[{name}]")
    elif wanted != found:
        yield f"{where}: generated {json.dumps(wanted)[:60]}, on disk {json.dumps(found)[:60]}"


def check(name: str, content: Json) -> bool:
    """Say whether the file on disk is what would be written, and if not, where it differs."""
    path = HERE / name
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{name}: cannot be read: {error}")
        return False
    if text == printed(content):
        print(f"{name}: as generated")
        return True
    print(f"{name}: differs from what generate.py writes")
    try:
        found = json.loads(text)
    except ValueError as error:
        print(f"  it is not JSON: {error}")
        return False
    lines = list(differences(content, found)) or ["the values agree, the spelling does not"]
    for line in lines[:20]:
        print(f"  {line}")
    if len(lines) > 20:
        print(f"  and {len(lines) - 20} more")
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="compare, write nothing")
    choice.add_argument("--search", action="store_true", help="find the rare shapes again")
    arguments = parser.parse_args()
    if arguments.search:
        found = search()
        print("PINNED is as found" if found == PINNED else "PINNED differs from what was found")
        return 0 if found == PINNED else 1
    good = True
    for name, generate in FILES.items():
        content = generate()
        if arguments.check:
            good = check(name, content) and good
        else:
            (HERE / name).write_bytes(printed(content).encode("ascii"))
            print(f"{name}: written")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
