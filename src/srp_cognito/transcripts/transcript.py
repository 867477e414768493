"""A recorded exchange as data: compute every value of it, or check its signature.

A transcript is one JSON object: who signs in (``kind``, and ``pool_id``, ``user_id``,
``password`` or ``device_group_key``, ``device_key``, ``device_password``), what went over the wire
(``salt``, ``srp_a``, ``srp_b``, ``secret_block``, ``timestamp``, ``signature``), and a secret of
one side (``a``, or ``b`` with ``verifier`` or the password). docs/transcripts.md describes it.

This is a tool for vectors and for finding faults: it is the one place where a secret exponent is
an input. Never compute a claim for a live login with it. An error's `.name` is the wire key where
the field has one (``SRP_B`` for ``srp_b``), and the field's own name where it has not.
"""

import hmac
from collections.abc import Mapping
from typing import Final, NamedTuple

from ..exceptions import IllegalParameter, MalformedParameter, PeerError, SignatureMismatch
from ..proof import srp
from ..proof.identity import Identity
from ..proof.public_values import checked_u, read_public_value
from ..wire import read_base64_leniently, read_hex, read_text, write_base64, write_hex

__all__ = ["Values", "compute", "verify"]

_WIRE_KEYS: Final = {
    "salt": "SALT",
    "srp_a": "SRP_A",
    "srp_b": "SRP_B",
    "secret_block": "SECRET_BLOCK",
    "timestamp": "TIMESTAMP",
    "signature": "PASSWORD_CLAIM_SIGNATURE",
    "user_id": "USER_ID_FOR_SRP",
    "device_key": "DEVICE_KEY",
}


class Values(NamedTuple):
    """Every value of an exchange, in the protocol's order."""

    A: int
    B: int
    x: int | None
    """None where the password is not known."""
    u: int
    S: int
    key: bytes
    signature: bytes | None
    """None where the transcript has neither ``secret_block`` nor ``timestamp`` to sign."""

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

    With ``a`` and ``srp_b`` as the client, and ``b`` and ``verifier`` are not looked at;
    otherwise with ``b``, ``srp_a`` and ``verifier`` or the password as the server. Where the
    transcript also holds the public value that this side computes, the two must agree.

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
    identity, password = _read_identity(transcript)
    message = _read_message(transcript)
    if _has(transcript, "a", "srp_b"):
        compute_side = _compute_as_client
    elif _has(transcript, "b", "srp_a"):
        compute_side = _compute_as_server
    else:
        # The half that is there tells which half was meant.
        halves = {"a": "srp_b", "b": "srp_a", "srp_a": "b", "srp_b": "a"}
        missing = next((halves[field] for field in halves if _has(transcript, field)), "a")
        raise _missing(missing, "a transcript holds a and srp_b, or b and srp_a")
    A, B, x, u, S = compute_side(transcript, identity, password)
    key = srp.key(S, u)
    signature = None if message is None else srp.signature(key, identity, *message)
    return Values(A, B, x, u, S, key, signature)


def verify(transcript: Mapping[str, object]) -> None:
    """Check the transcript's signature: return if it is right, raise otherwise.

    Raises:
        SignatureMismatch: the values make another signature.
        MalformedParameter, IllegalParameter: as `compute`.
    """
    claim = read_text(transcript.get("signature"), "PASSWORD_CLAIM_SIGNATURE")
    signature = compute(transcript).signature
    if signature is None:
        raise _missing("secret_block", "without it and timestamp there is nothing to sign")
    expected = write_base64(signature)
    if not hmac.compare_digest(claim.encode("utf-8"), expected.encode("ascii")):
        raise SignatureMismatch("the signature is not the one that these values make")


def _compute_as_client(
    transcript: Mapping[str, object], identity: bytes, password: bytes | None
) -> tuple[int, int, int | None, int, int]:
    if password is None:
        raise _missing(_password_field(transcript), "the client's side is computed from it")
    salt = read_hex(transcript.get("salt"), "SALT")
    B = read_public_value(transcript["srp_b"], "SRP_B")
    a = _read_exponent(transcript, "a")
    recorded = _read_recorded(transcript, "srp_a")
    A = srp.A(a)
    _agree("SRP_A", recorded, A)
    u = checked_u(A, B, "SRP_B")
    x = srp.x(salt, identity, password)
    return A, B, x, u, srp.S_of_client(B, x, a, u)


def _compute_as_server(
    transcript: Mapping[str, object], identity: bytes, password: bytes | None
) -> tuple[int, int, int | None, int, int]:
    A = read_public_value(transcript["srp_a"], "SRP_A")
    b = _read_exponent(transcript, "b")
    recorded = _read_recorded(transcript, "srp_b")
    x = None
    if password is not None and (_has(transcript, "salt") or not _has(transcript, "verifier")):
        x = srp.x(read_hex(transcript.get("salt"), "SALT"), identity, password)
    # A verifier that is given is what the server computes with, whatever the password's own is:
    # that is how a server that stored a wrong one behaves.
    if _has(transcript, "verifier"):
        v = read_public_value(transcript["verifier"], "verifier")
    elif x is not None:
        v = srp.v(x)
    else:
        raise _missing("verifier", "the server's side is computed from it or from the password")
    B = srp.B(b, v)
    if B == 0:
        raise IllegalParameter("SRP_B", "comes out as 0, which no client accepts")
    _agree("SRP_B", recorded, B)
    u = checked_u(A, B, "SRP_A")
    return A, B, x, u, srp.S_of_server(A, v, u, b)


def _read_identity(transcript: Mapping[str, object]) -> tuple[bytes, bytes | None]:
    """Return I, and the password if the transcript holds it."""
    kind = _read_text(transcript, "kind")
    if kind == "user":
        region, _, name = _read_text(transcript, "pool_id").partition("_")
        if not region or not name:
            raise MalformedParameter("pool_id", 'is no user pool id, such as "eu-west-1_Example"')
        identity = Identity("user", name, _read_text(transcript, "user_id"))
    elif kind == "device":
        group = _read_text(transcript, "device_group_key")
        identity = Identity("device", group, _read_text(transcript, "device_key"))
    else:
        raise MalformedParameter("kind", 'must be "user" or "device"')
    field = _password_field(transcript)
    if not _has(transcript, field):
        return bytes(identity), None
    return bytes(identity), _read_text(transcript, field).encode("utf-8")


def _read_message(transcript: Mapping[str, object]) -> tuple[bytes, bytes] | None:
    """Return what is signed beside the identity; None for an exchange recorded up to its key."""
    if not _has(transcript, "secret_block") and not _has(transcript, "timestamp"):
        return None
    secret_block = read_base64_leniently(transcript.get("secret_block"), "SECRET_BLOCK")
    return secret_block, read_text(transcript.get("timestamp"), "TIMESTAMP").encode("utf-8")


def _has(transcript: Mapping[str, object], *fields: str) -> bool:
    """Whether all these fields are there; null counts as absent."""
    return all(transcript.get(field) is not None for field in fields)


def _password_field(transcript: Mapping[str, object]) -> str:
    return "device_password" if transcript["kind"] == "device" else "password"


def _read_text(transcript: Mapping[str, object], field: str) -> str:
    return read_text(transcript.get(field), _WIRE_KEYS.get(field, field))


def _read_exponent(transcript: Mapping[str, object], field: str) -> int:
    exponent = read_hex(transcript[field], field)
    if exponent < 0:
        raise IllegalParameter(field, "must not be negative")
    return exponent


def _read_recorded(transcript: Mapping[str, object], field: str) -> int | None:
    """Return the public value that this side computes anew, if the transcript holds it too."""
    if not _has(transcript, field):
        return None
    return read_public_value(transcript[field], _WIRE_KEYS[field])


def _agree(name: str, recorded: int | None, computed: int) -> None:
    """Refuse a transcript that contradicts itself, rather than answer for half of it."""
    if recorded is not None and recorded != computed:
        raise IllegalParameter(name, "is not the one that the secret exponent makes")


def _missing(field: str, why: str) -> PeerError:
    return MalformedParameter(_WIRE_KEYS.get(field, field), f"is missing: {why}")
