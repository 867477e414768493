"""A recorded exchange with everything that its client may have mixed up.

It is a transcript with some more fields, and each of them lets more mistakes be recognised.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from ..exceptions import MalformedParameter
from ..transcripts.record import Record, has, missing, read_field, read_optional, read_record
from ..wire import read_hex, read_mapping
from .limits import check_limits
from .moment import canonical, moment_of

__all__ = ["THEIRS", "Exchange", "read_exchange"]

THEIRS: Final = ("k", "x", "u", "s", "key", "message")
"""What ``theirs`` may have: intermediate values of the other code, in hex."""


@dataclass(frozen=True, kw_only=True)
class Exchange(Record):
    """What is known of one exchange."""

    signature: str | None = None
    theirs: Mapping[str, int | bytes] = field(default_factory=dict, repr=False)
    pool_id: str | None = None
    username: str | None = None
    """What the person typed."""
    sub: str | None = None
    client_id: str | None = None
    user_id: str | None = None
    """The user of a device; None for a user, whose id is `member`."""
    user_password: str | None = field(default=None, repr=False)
    """The password of the user of a device."""

    @property
    def moment(self) -> datetime | None:
        """When TIMESTAMP was, if it can be read at all."""
        return moment_of(self.timestamp)

    @property
    def signed_timestamp(self) -> str:
        """The text that the pool signs: its own rendering of what was sent.

        The pool signs nothing for a TIMESTAMP that it cannot read. The text that is returned then
        is not a TIMESTAMP.
        """
        moment = self.moment
        return "(cannot be read)" if moment is None else canonical(moment)


def read_exchange(transcript: Mapping[str, object]) -> Exchange:
    """Read a transcript and its additional fields.

    Args:
        transcript: the fields, as `diagnose` describes them.

    Raises:
        MalformedParameter: a field that is needed is missing, or one cannot be read.
        IllegalParameter: a value must be refused, or contradicts another field.
    """
    check_limits(transcript)
    theirs = _read_theirs(transcript)
    signature = read_optional(transcript, "signature")
    if signature is None and not theirs:
        raise missing("signature", "nothing can be explained without it")
    record = read_record(transcript)
    if signature is not None and not record.block_text:
        raise missing("secret_block", "without it and timestamp there is nothing to sign")
    is_device = record.is_device
    if is_device and record.password is None and has(transcript, "salt"):
        # A device may have used its user's password, with the salt of its own.
        read_hex(transcript["salt"], "SALT")
        record = replace(record, salt_text=read_field(transcript, "salt"))
    return Exchange(
        **vars(record),
        signature=signature,
        theirs=theirs,
        pool_id=read_optional(transcript, "pool_id"),
        username=read_optional(transcript, "username"),
        sub=read_optional(transcript, "sub"),
        client_id=read_optional(transcript, "client_id"),
        user_id=read_optional(transcript, "user_id") if is_device else None,
        user_password=read_optional(transcript, "password") if is_device else None,
    )


def _read_theirs(transcript: Mapping[str, object]) -> dict[str, int | bytes]:
    if not has(transcript, "theirs"):
        return {}
    values: dict[str, int | bytes] = {}
    for name, value in read_mapping(transcript["theirs"], "theirs").items():
        if name not in THEIRS:
            raise MalformedParameter("theirs", f"may have {', '.join(THEIRS)}, and no other value")
        number = read_hex(value, f"theirs.{name}")
        if name not in ("key", "message"):
            values[name] = number
        elif number < 0 or len(str(value)) % 2:
            raise MalformedParameter(f"theirs.{name}", "must be whole bytes in hex")
        else:
            values[name] = bytes.fromhex(str(value))
    return values
