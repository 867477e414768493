"""A login to make a vector from.

Nothing is random: the bytes that look random are SHAKE-128 of a label.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import oracle

Json = dict[str, Any]


class Part(NamedTuple):
    """Groups of tests, each with its type, and the notes of their flags."""

    groups: list[Json]
    notes: dict[str, tuple[str, str, str]]
    """By flag: bugType, description, effect."""


def derived(label: str, size: int) -> bytes:
    """`size` bytes derived from a label."""
    return hashlib.shake_128(b"srp-cognito logins v1: " + label.encode("ascii")).digest(size)


def number(label: str, bits: int) -> int:
    """A number of exactly `bits` bits, derived from a label."""
    value = int.from_bytes(derived(label, (bits + 7) // 8), "big") % (1 << bits)
    return value | 1 << (bits - 1)


def block(label: str, size: int = 48) -> str:
    """A SECRET_BLOCK in base64, derived from a label."""
    return base64.b64encode(derived(label, size)).decode("ascii")


ALIAS = "alice"
"""What the person typed, in the vectors where that differs from USER_ID_FOR_SRP."""

USER_PASSWORD = "correct horse battery staple"
"""The password of every user whose vector is not about passwords."""

POOL_ID = "eu-central-1_Vq3ZtW8xK"
SUB = "7c0f5a52-91b3-4d0e-8f6a-2b64d9e1c3a7"
GROUP_KEY = "-Rm2tW8xK"
DEVICE_KEY = "eu-central-1_0b9d3c1e-6f2a-4e57-9c48-d15af7e2b306"

MOMENT = oracle.timestamp(datetime(2025, 3, 4, 21, 5, 7, tzinfo=UTC))
"""A day of one digit, in the afternoon: the formatters that pad a day or have twelve hours show."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment_of(timestamp: str) -> datetime | None:
    """The moment that a TIMESTAMP names; None if the text is not spelled as the service does."""
    words = timestamp.split(" ")
    if len(words) != 6 or words[1] not in MONTHS:
        return None
    hour, minute, second = (int(part) for part in words[3].split(":"))
    month = MONTHS.index(words[1]) + 1
    moment = datetime(int(words[5]), month, int(words[2]), hour, minute, second, tzinfo=UTC)
    return moment if oracle.timestamp(moment) == timestamp else None


def decoded(text: str) -> bytes:
    """SECRET_BLOCK as Node's Buffer.from(text, "base64") reads it.

    Both alphabets are read, up to the first "=". Other characters are skipped, and bits that do
    not fill a byte are dropped.
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
    """One login: the numbers, and their texts where the spelling is unusual."""

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
        """What is hashed: a user pool id without its region, a device group key whole."""
        return self.pool.partition("_")[2] if self.kind == "user" else self.pool

    def play(self) -> oracle.Exchange:
        """Both sides of the login, computed by the oracle."""
        return _played(self)

    def identity(self) -> Json:
        """The members that name who signs in."""
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
        """What the client knows: the password, a, what the server sent, and the time."""
        moment = moment_of(self.timestamp)
        clock = {} if moment is None else {"moment": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}
        return {
            **self.identity(),
            "salt": self.salt_text if self.salt_text is not None else f"{self.salt:x}",
            "srp_b": self.srp_b_text if self.srp_b_text is not None else f"{B:x}",
            "secret_block": self.secret_block,
            **clock,
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
    # Cached, because many bugs are shown in the same login.
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
    """An ordinary login derived from a label, with changes."""
    user = kind == "user"
    usual = Login(
        kind=kind,
        pool=POOL_ID if user else GROUP_KEY,
        name=SUB if user else DEVICE_KEY,
        password=USER_PASSWORD if user else block(label + " device password", 40),
        # An ordinary salt has 16 bytes and a clear top bit; other salts have vectors of their own.
        salt=number(label + " salt", 127),
        a=number(label + " a", 256),
        b=number(label + " b", 256),
        secret_block=block(label + " secret block"),
    )
    return replace(usual, **changes)
