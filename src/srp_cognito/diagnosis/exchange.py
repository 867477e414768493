"""A recorded exchange as somebody else's code saw it, with all that it may have mixed up.

It is a transcript (docs/transcripts.md) with some more fields, of which each lets more mistakes be
recognised. The law: here, too, whatever comes in passes through the ``read_`` functions, and a
field that is needed and missing is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ..exceptions import IllegalParameter, MalformedParameter
from ..proof import srp
from ..proof.public_values import read_public_value
from ..wire import read_base64_leniently, read_hex, read_mapping, read_optional_text, read_text
from .moment import canonical, moment_of

__all__ = ["EXTRA", "THEIRS", "Exchange", "read_exchange"]

EXTRA: Final = ("username", "sub", "client_id")
"""Fields beside a transcript's that can be mixed up with one of its own: what the person typed, the
user's ``sub``, the app client's id."""

THEIRS: Final = ("k", "x", "u", "s", "key", "message")
"""What ``theirs`` may hold: intermediate values of the other code, in hex."""


@dataclass(frozen=True)
class Exchange:
    """What is known of one exchange, as the formulas take it."""

    is_device: bool
    group: str
    member: str
    password: str | None = field(repr=False)
    salt_text: str
    salt: int
    A: int
    B: int
    a: int | None = field(repr=False)
    b: int | None = field(repr=False)
    v: int | None = field(repr=False)
    block_text: str
    block: bytes
    timestamp: str
    """As it was sent."""
    moment: datetime | None
    """When that was, if it can be read at all."""
    signature: str | None
    pool_id: str | None = None
    user_id: str | None = None
    """Of a device: the name of its user inside the pool."""
    user_password: str | None = field(default=None, repr=False)
    """Likewise."""
    alias: str | None = None
    sub: str | None = None
    client_id: str | None = None
    theirs: Mapping[str, int | bytes] = field(default_factory=dict, repr=False)

    @property
    def signed_timestamp(self) -> str:
        """The text that the pool signs: its own rendering of what was sent.

        Of what it cannot read it signs nothing; the text that stands for that is no TIMESTAMP.
        """
        return "(cannot be read)" if self.moment is None else canonical(self.moment)


def read_exchange(transcript: Mapping[str, object]) -> Exchange:
    """Read a transcript, and what stands in it beside.

    Raises:
        MalformedParameter: a field that decides is missing, or one cannot be read.
        IllegalParameter: a value must be refused, or contradicts another.
    """
    kind = read_text(transcript.get("kind"), "kind")
    if kind not in ("user", "device"):
        raise MalformedParameter("kind", 'must be "user" or "device"')
    is_device = kind == "device"
    pool_id = _optional(transcript, "pool_id")
    if is_device:
        group, member = _text(transcript, "device_group_key"), _text(transcript, "device_key")
    else:
        region, _, group = _text(transcript, "pool_id").partition("_")
        if not region or not group:
            raise MalformedParameter("pool_id", 'is no user pool id, such as "eu-west-1_Example"')
        member = _text(transcript, "user_id")
    theirs = _read_theirs(transcript)
    signature = _optional(transcript, "signature")
    if signature is None and not theirs:
        raise MalformedParameter("signature", "is missing: it is what decides")
    password = _optional(transcript, "device_password" if is_device else "password")
    a, b = _exponent(transcript, "a"), _exponent(transcript, "b")
    if a is None and b is None:
        raise MalformedParameter(
            "a", "is missing: without it, or the server's b, every signature could be right"
        )
    v = None
    if transcript.get("verifier") is not None:
        v = read_public_value(transcript["verifier"], "verifier")
    if password is None and (a is not None or v is None):
        name = "device_password" if is_device else "password"
        raise MalformedParameter(name, "is missing: the signature is made of it")
    salt_text = _optional(transcript, "salt")
    if salt_text is None and password is not None and (a is not None or v is None):
        raise MalformedParameter("SALT", "is missing: x is made of it")
    salt = 0 if salt_text is None else read_hex(salt_text, "SALT")
    timestamp = read_text(
        transcript.get("timestamp", "" if signature is None else None), "TIMESTAMP"
    )
    block_text = read_text(
        transcript.get("secret_block", "" if signature is None else None), "SECRET_BLOCK"
    )
    return Exchange(
        is_device=is_device,
        group=group,
        member=member,
        password=None if salt_text is None else password,
        salt_text=salt_text or "",
        salt=salt,
        A=_read_a(transcript, a),
        B=_read_b(transcript, a),
        a=a,
        b=b,
        v=v,
        block_text=block_text,
        block=read_base64_leniently(block_text, "SECRET_BLOCK") if block_text else b"",
        timestamp=timestamp,
        moment=moment_of(timestamp),
        signature=signature,
        pool_id=pool_id,
        user_id=_optional(transcript, "user_id") if is_device else None,
        user_password=_optional(transcript, "password") if is_device else None,
        alias=_optional(transcript, "username"),
        sub=_optional(transcript, "sub"),
        client_id=_optional(transcript, "client_id"),
        theirs=theirs,
    )


def _read_a(transcript: Mapping[str, object], a: int | None) -> int:
    """SRP_A, which must be the one that `a` makes: another `a` would decide everything else."""
    if a is None:
        return read_public_value(transcript.get("srp_a"), "SRP_A")
    A = srp.A(a)
    if transcript.get("srp_a") is not None and read_public_value(transcript["srp_a"], "SRP_A") != A:
        raise IllegalParameter("SRP_A", "is not the one that a makes: it comes of another a")
    return A


def _read_b(transcript: Mapping[str, object], a: int | None) -> int:
    """SRP_B; 0 where it is still to be computed of b."""
    if a is None and transcript.get("srp_b") is None:
        return 0
    return read_public_value(transcript.get("srp_b"), "SRP_B")


def _read_theirs(transcript: Mapping[str, object]) -> dict[str, int | bytes]:
    if transcript.get("theirs") is None:
        return {}
    given = read_mapping(transcript["theirs"], "theirs")
    values: dict[str, int | bytes] = {}
    for name, value in given.items():
        if name not in THEIRS:
            raise MalformedParameter("theirs", f"may hold {', '.join(THEIRS)}, and no other value")
        number = read_hex(value, f"theirs.{name}")
        if name in ("key", "message"):
            text = read_text(value, f"theirs.{name}")
            if len(text) % 2 or number < 0:
                raise MalformedParameter(f"theirs.{name}", "must be whole bytes in hex")
            values[name] = bytes.fromhex(text)
        else:
            values[name] = number
    return values


def _text(transcript: Mapping[str, object], name: str) -> str:
    return read_text(transcript.get(name), name)


def _optional(transcript: Mapping[str, object], name: str) -> str | None:
    return read_optional_text(transcript.get(name), name)


def _exponent(transcript: Mapping[str, object], name: str) -> int | None:
    if transcript.get(name) is None:
        return None
    exponent = read_hex(transcript[name], name)
    if exponent < 0:
        raise IllegalParameter(name, "must not be negative")
    return exponent
