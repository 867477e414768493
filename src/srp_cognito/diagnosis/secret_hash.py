"""Why a SECRET_HASH was refused: which mix-up makes exactly the hash that was sent.

The USERNAME in the hash must be that of the same call (AWS's developer guide, "Computing secret
hash values").
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from ..transcripts.record import read_field, read_optional
from ..wire import read_mapping, write_base64
from .catalogue import SECRET_HASH
from .catalogue.form import read_signature
from .catalogue.secret_hash import HashCall, HashSteps
from .limits import check_limits
from .report import Diagnosis, Named, Row
from .search import Suspect, go_together

__all__ = ["diagnose_secret_hash"]

NAMES: Final = (
    "alias",
    "user_id",
    "sub",
    "email",
    "phone_number",
    "preferred_username",
    "access_token_username",
)
"""Fields with other names of the user, which may have been hashed instead of USERNAME."""


def diagnose_secret_hash(record: Mapping[str, object]) -> Diagnosis:
    """Say why a SECRET_HASH was refused.

    Args:
        record: an object with ``secret_hash`` (as it was sent), ``username`` (the USERNAME of the
            same call), ``client_id`` and ``client_secret``. Optional are other names of the user
            that may have been hashed instead: ``alias``, ``user_id``, ``sub``, ``email``,
            ``phone_number``, ``preferred_username`` and ``access_token_username``; and ``pool_id``.

    Raises:
        MalformedParameter: a field that is needed is missing, or one cannot be read.

    >>> diagnosis = diagnose_secret_hash({
    ...     "secret_hash": "5nAkRgUw5Vx7SIUEmv6HrgEXPK/SwtnH5F8rxZL+71w=",
    ...     "username": "alice", "phone_number": "+15551234567",
    ...     "client_id": "1example23456789", "client_secret": "sekrit-client-secret",
    ... })
    >>> [named.says for named in diagnosis.explanations[0]]
    ['The hash is computed from another name of the user than USERNAME (the field phone_number).']
    """
    record = read_mapping(record, "transcript")
    check_limits(record)
    sent = read_field(record, "secret_hash")
    call = _read_call(record)
    octets, form = read_signature(sent, "SECRET_HASH")
    spelled = tuple(Named(mistake, mistake.says.replace("signature", "hash")) for mistake in form)
    found, tried = _search(call, octets)
    explanations = tuple(
        (*(suspect.named for suspect in chosen), *spelled) for chosen in found if chosen or spelled
    )
    is_right = bool(found) and not explanations
    return Diagnosis(
        subject="SECRET_HASH",
        verdict="right" if is_right else "mistake" if explanations else "unknown",
        explanations=explanations,
        rows=tuple(_rows(call.right, found[0] if found else (), sent)),
        tried=tried,
        advice=tuple(_advice(call, is_right=is_right, is_known=bool(found))),
    )


def _read_call(record: Mapping[str, object]) -> HashCall:
    username, client_id, client_secret = (
        read_field(record, field).encode() for field in ("username", "client_id", "client_secret")
    )
    names = {field: name for field in NAMES if (name := read_optional(record, field)) is not None}
    return HashCall(
        HashSteps(username, client_id, client_secret), names, read_optional(record, "pool_id")
    )


def _search(call: HashCall, octets: bytes) -> tuple[list[tuple[Suspect, ...]], int]:
    """Return what makes these bytes with the fewest mistakes, and how many were tried."""
    suspects = [
        Suspect(mistake, change.detail, change.steps)
        for mistake in SECRET_HASH
        for change in mistake.changes(call)
        if call.right.changed(change.steps) != call.right
    ]
    found: list[tuple[Suspect, ...]] = []
    tried = 0
    for number in range(3):
        for chosen in combinations(suspects, number):
            if go_together(*chosen):
                tried += 1
                steps = call.right.changed(*(suspect.steps for suspect in chosen))
                if steps.octets() == octets:
                    found.append(chosen)
        if found:
            break
    return found, tried


def _rows(right: HashSteps, chosen: Sequence[Suspect], sent: str) -> Iterator[Row]:
    wrong = right.changed(*(suspect.steps for suspect in chosen))
    for name, part in (
        ("USERNAME", "name"),
        ("client id", "client_id"),
        ("client secret", "secret"),
    ):
        expected, came = getattr(right, part), getattr(wrong, part)
        yield Row(
            name,
            expected.decode(),
            came.decode("utf-8", "replace") if chosen else None,
            # The name or the id may have been mixed up with the secret.
            is_secret=right.secret in (expected, came),
        )
    yield Row("SECRET_HASH", write_base64(right.octets()), sent)


def _advice(call: HashCall, *, is_right: bool, is_known: bool) -> Iterator[str]:
    if is_right:
        yield "If the service refuses it all the same, USERNAME or ClientId of the call differs."
    elif not is_known:
        yield "Ruled out, alone and in pairs: every mistake of the catalogue that can show here."
        missing = [field for field in ("alias", "user_id", "sub") if field not in call.names]
        if missing:
            yield f"Not tried, because the field is missing: {', '.join(missing)}."
        yield "Most likely now: the secret of another app client, or another user name."
