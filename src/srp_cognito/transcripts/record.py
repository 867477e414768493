"""The one reader of a recorded exchange, for `compute`, `verify` and `explain`.

An error names a field by its key on the wire if it has one (``SRP_B`` for ``srp_b``), and otherwise
by its own name. A field that is null counts as absent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from ..exceptions import IllegalParameter, MalformedParameter
from ..proof import srp
from ..proof.formula import Computation, formula
from ..proof.identity import Identity
from ..proof.public_values import read_public_value
from ..wire import base64_leniently, read_base64_leniently, read_hex, read_text

__all__ = [
    "Record",
    "has",
    "missing",
    "read_field",
    "read_optional",
    "read_received",
    "read_record",
    "wire_key",
]

_WIRE_KEYS: Final = {
    "salt": "SALT",
    "srp_a": "SRP_A",
    "srp_b": "SRP_B",
    "secret_block": "SECRET_BLOCK",
    "timestamp": "TIMESTAMP",
    "signature": "PASSWORD_CLAIM_SIGNATURE",
    "user_id": "USER_ID_FOR_SRP",
    "device_key": "DEVICE_KEY",
    "secret_hash": "SECRET_HASH",
}

_MOMENT: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:Z|([+-]\d\d:\d\d))", re.ASCII
)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What one exchange is computed from: an identity, the secret of one side, and the wire."""

    kind: Literal["user", "device"]
    group: str
    """The name of a user's pool, or the DeviceGroupKey."""
    member: str
    """A user's USER_ID_FOR_SRP, or the DeviceKey."""
    password: str | None = field(default=None, repr=False)
    """None if x is not known: the server's side can be computed from a verifier instead."""
    salt_text: str = ""
    """SALT as it was sent; empty if x is not known."""
    a: int | None = field(default=None, repr=False)
    """The client's secret exponent; None if the server's side is known."""
    b: int | None = field(default=None, repr=False)
    """The server's secret exponent; None if the client's side is known."""
    v: int | None = field(default=None, repr=False)
    """The server's verifier; None if the password decides."""
    A: int
    B: int = 0
    """0 if the server has still to compute it."""
    block_text: str = ""
    """SECRET_BLOCK as it was sent; empty if the exchange was recorded up to its key."""
    timestamp: str = ""
    """TIMESTAMP as it was sent."""

    @property
    def is_device(self) -> bool:
        """Whether a device signs in, and not a user."""
        return self.kind == "device"

    @property
    def identity(self) -> bytes:
        """The group and the member, as the formulas take them."""
        return bytes(Identity(self.kind, self.group, self.member))

    @property
    def salt(self) -> int:
        """SALT as an integer; 0 if x is not known."""
        return int(self.salt_text or "0", 16)

    @property
    def block(self) -> bytes:
        """SECRET_BLOCK, decoded."""
        return base64_leniently(self.block_text)


@formula
def read_record(transcript: Mapping[str, object]) -> Computation[Record]:
    """Read the fields of an exchange that its side is computed from, and no others.

    With ``a`` and ``srp_b`` that is the client's side; otherwise, with ``b`` and ``srp_a``, the
    server's.

    Args:
        transcript: the fields, as docs/transcripts.md describes them.

    Raises:
        MalformedParameter: a field is missing or cannot be read.
        IllegalParameter: a value must be refused, or contradicts another field.
    """
    kind, group, member = _read_identity(transcript)
    password_field = "device_password" if kind == "device" else "password"
    password = read_optional(transcript, password_field)
    block_text, timestamp = _read_message(transcript)
    salt_text, a, b, v = "", None, None, None
    if has(transcript, "a", "srp_b"):
        if password is None:
            raise missing(password_field, "the client's side is computed from it")
        salt_text = _read_salt(transcript)
        B = read_public_value(transcript["srp_b"], "SRP_B")
        a = _read_exponent(transcript, "a")
        recorded = _read_public(transcript, "srp_a")
        A = yield from srp.A.stepwise(a)
        if recorded not in (None, A):
            raise IllegalParameter("SRP_A", "does not match a")
    elif has(transcript, "b", "srp_a"):
        A = read_public_value(transcript["srp_a"], "SRP_A")
        b = _read_exponent(transcript, "b")
        B = _read_public(transcript, "srp_b") or 0
        if not has(transcript, "salt") and has(transcript, "verifier"):
            password = None
        if password is not None:
            salt_text = _read_salt(transcript)
        v = _read_public(transcript, "verifier")
        if v is None and password is None:
            raise missing("verifier", "the server's side is computed from it or from the password")
    else:
        # The half that is there says which half was meant.
        halves = {"a": "srp_b", "b": "srp_a", "srp_a": "b", "srp_b": "a"}
        half = next((halves[field] for field in halves if has(transcript, field)), "a")
        raise missing(half, "a transcript has a and srp_b, or b and srp_a")
    return Record(
        kind=kind,
        group=group,
        member=member,
        password=password,
        salt_text=salt_text,
        a=a,
        b=b,
        v=v,
        A=A,
        B=B,
        block_text=block_text,
        timestamp=timestamp,
    )


def read_field(record: Mapping[str, object], field: str) -> str:
    """Return the text of a field.

    Raises:
        MalformedParameter: it is missing, or is not text that UTF-8 can write.
    """
    return read_text(record.get(field), wire_key(field))


def read_optional(record: Mapping[str, object], field: str) -> str | None:
    """Return the text of a field, or None if it is absent.

    Raises:
        MalformedParameter: it is not text that UTF-8 can write.
    """
    return read_field(record, field) if has(record, field) else None


def read_received(record: Mapping[str, object]) -> datetime | None:
    """Return the moment in ``received``, in UTC and in whole seconds; None if it is absent.

    It is in the form of RFC 3339, which every language writes by itself, with "Z" or an offset.

    Raises:
        MalformedParameter: it has another form, or is not in the calendar.
    """
    text = read_optional(record, "received")
    if text is None:
        return None
    match = _MOMENT.fullmatch(text)
    if match is not None:
        try:
            moment = datetime.fromisoformat(f"{match[1]}{match[2] or '+00:00'}")
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise MalformedParameter("received", 'must be a moment such as "2026-03-07T09:05:03Z"')


def has(record: Mapping[str, object], *fields: str) -> bool:
    """Whether all these fields are there."""
    return all(record.get(field) is not None for field in fields)


def missing(field: str, why: str) -> MalformedParameter:
    """Return the error for a field that is missing, with the reason that it is needed."""
    return MalformedParameter(wire_key(field), f"is missing: {why}")


def wire_key(field: str) -> str:
    """Return the name by which an error calls a field: its key on the wire, if it has one."""
    return _WIRE_KEYS.get(field, field)


def _read_identity(
    transcript: Mapping[str, object],
) -> tuple[Literal["user", "device"], str, str]:
    kind = read_field(transcript, "kind")
    if kind == "user":
        region, _, group = read_field(transcript, "pool_id").partition("_")
        if not region or not group:
            raise MalformedParameter(
                "pool_id", 'is not a user pool id, such as "eu-west-1_Example"'
            )
        return "user", group, read_field(transcript, "user_id")
    if kind == "device":
        group = read_field(transcript, "device_group_key")
        return "device", group, read_field(transcript, "device_key")
    raise MalformedParameter("kind", 'must be "user" or "device"')


def _read_message(transcript: Mapping[str, object]) -> tuple[str, str]:
    """Return SECRET_BLOCK and TIMESTAMP: both, or neither of an exchange up to its key."""
    if not has(transcript, "secret_block") and not has(transcript, "timestamp"):
        return "", ""
    read_base64_leniently(transcript.get("secret_block"), "SECRET_BLOCK")
    return read_field(transcript, "secret_block"), read_field(transcript, "timestamp")


def _read_salt(transcript: Mapping[str, object]) -> str:
    read_hex(transcript.get("salt"), "SALT")
    return read_field(transcript, "salt")


def _read_exponent(transcript: Mapping[str, object], field: str) -> int:
    exponent = read_hex(transcript[field], field)
    if exponent < 0:
        raise IllegalParameter(field, "must not be negative")
    return exponent


def _read_public(transcript: Mapping[str, object], field: str) -> int | None:
    if not has(transcript, field):
        return None
    return read_public_value(transcript[field], wire_key(field))
