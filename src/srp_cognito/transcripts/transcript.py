"""One recorded exchange: compute every value of it, or check its signature."""

import hmac
from collections.abc import Mapping
from typing import NamedTuple, cast

from ..exceptions import IllegalParameter, SignatureMismatch
from ..proof import srp
from ..proof.formula import Computation, alone
from ..proof.public_values import checked_u
from ..proof.timestamps import SKEW, check_timestamp
from ..wire import write_base64, write_hex
from .record import Record, missing, read_field, read_received, read_record

__all__ = ["Values", "compute", "computing", "verify", "verifying"]


class Values(NamedTuple):
    """Every value of an exchange, in the protocol's order."""

    A: int
    B: int
    x: int | None
    """None if the password is not known."""
    u: int
    S: int
    key: bytes
    signature: bytes | None
    """None if the transcript has neither ``secret_block`` nor ``timestamp`` to sign."""

    def __repr__(self) -> str:
        # x, S and the key are secrets.
        return "<Values of an exchange>"

    def to_json(self) -> dict[str, str]:
        """Write the values: integers as lower-case hex, the key as hex, the signature as base64."""
        values = {
            "srp_a": write_hex(self.A),
            "srp_b": write_hex(self.B),
            "u": write_hex(self.u),
            "s": write_hex(self.S),
            "key": self.key.hex(),
        }
        if self.x is not None:
            values["x"] = write_hex(self.x)
        if self.signature is not None:
            values["signature"] = write_base64(self.signature)
        return values


def compute(transcript: Mapping[str, object]) -> Values:
    """Compute every value of the exchange.

    With ``a`` and ``srp_b`` this is done as the client, and ``b`` and ``verifier`` are not looked
    at; otherwise with ``b``, ``srp_a`` and ``verifier`` or the password, as the server. If the
    transcript also has the public value that this side computes, the two must agree.

    Args:
        transcript: the fields, as docs/transcripts.md describes them.

    Raises:
        MalformedParameter: a field is missing or cannot be read.
        IllegalParameter: a value must be refused, or contradicts another field.

    >>> values = compute({
    ...     "kind": "user", "pool_id": "eu-west-1_myPool", "user_id": "test", "password": "test",
    ...     "a": "499602d2", "srp_b": "499602d2", "salt": "499602d2",
    ...     "secret_block": "c2VjcmV0c3NlY3Jlc3Rzc2VjcmV0cw==",
    ...     "timestamp": "Tue Jul 10 11:01:00 UTC 2018",
    ... })
    >>> values.to_json()["signature"]  # As alexrudd/cognito-srp, written in Go, has it.
    'tdvQu/Li/qWl8Nni0aFPs+MwY4rvKZm0kSMrGIMSUHk='
    """
    return alone(computing(transcript))


def computing(transcript: Mapping[str, object]) -> Computation[Values]:
    """Do what `compute` does, step by step."""
    record = yield from read_record.stepwise(transcript)
    x = None
    if record.password is not None:
        x = srp.x(record.salt, record.identity, record.password.encode("utf-8"))
    B, u, S = yield from (_as_server if record.a is None else _as_client)(record, x)
    key = srp.key(S, u)
    signature = None
    if record.block_text:
        timestamp = record.timestamp.encode("utf-8")
        signature = srp.signature(key, record.identity, record.block, timestamp)
    return Values(record.A, B, x, u, S, key, signature)


def verify(transcript: Mapping[str, object]) -> None:
    """Check the transcript's signature: return if it is right, raise otherwise.

    Args:
        transcript: the fields as for `compute`, and ``signature``. With ``received``, TIMESTAMP is
            checked, too, as the service does it.

    Raises:
        SignatureMismatch: the values make another signature.
        MalformedParameter, IllegalParameter: as `compute`; or the signature is right, and TIMESTAMP
            is not spelled as `timestamp` writes it, or is more than two minutes off.
    """
    alone(verifying(transcript))


def verifying(transcript: Mapping[str, object]) -> Computation[None]:
    """Do what `verify` does, step by step."""
    claim = read_field(transcript, "signature")
    received = read_received(transcript)
    signature = (yield from computing(transcript)).signature
    if signature is None:
        raise missing("secret_block", "without it and timestamp there is nothing to sign")
    expected = write_base64(signature)
    if not hmac.compare_digest(claim.encode("utf-8"), expected.encode("ascii")):
        raise SignatureMismatch("the signature is not the one that these values make")
    if received is not None:
        check_timestamp(read_field(transcript, "timestamp"), received, SKEW)


def _as_client(record: Record, x: int | None) -> Computation[tuple[int, int, int]]:
    # A record of the client's side has both.
    x, a = cast("int", x), cast("int", record.a)
    u = checked_u(record.A, record.B, "SRP_B")
    return record.B, u, (yield from srp.S_of_client.stepwise(record.B, x, a, u))


def _as_server(record: Record, x: int | None) -> Computation[tuple[int, int, int]]:
    # A verifier that is given takes precedence over the password: that is how a server behaves
    # that stored a wrong one.
    v = record.v
    if v is None:
        v = yield from srp.v.stepwise(cast("int", x))
    b = cast("int", record.b)
    B = yield from srp.B.stepwise(b, v)
    if B == 0:
        raise IllegalParameter("SRP_B", "comes out as 0, which no client accepts")
    if record.B not in (0, B):
        raise IllegalParameter("SRP_B", "does not match b and the verifier")
    u = checked_u(record.A, B, "SRP_A")
    return B, u, (yield from srp.S_of_server.stepwise(record.A, v, u, b))
