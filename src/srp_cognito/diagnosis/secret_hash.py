"""Why a SECRET_HASH was refused: which mix-up makes exactly the hash that was sent.

Right is base64(HMAC-SHA-256(client secret, USERNAME || client id)), where USERNAME is the one of
the very call (AWS's developer guide, "Computing secret hash values"). It is made of three texts, so
the search is over what was taken for each, over how they were put together, and over the spelling.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any, Final, NamedTuple, cast

from ..exceptions import MalformedParameter
from ..wire import base64_leniently, read_mapping, read_optional_text, read_text, write_base64
from .catalogue.form import read_signature
from .catalogue.mistake import Mistake
from .report import Diagnosis, Named, Row

__all__ = ["SECRET_HASH_MISTAKES", "diagnose_secret_hash"]

NAMES: Final = (
    "alias",
    "user_id",
    "sub",
    "email",
    "phone_number",
    "preferred_username",
    "access_token_username",
)
"""Fields that hold other names of the user, which may have been hashed in the place of USERNAME."""

OF_THE_CALL: Final = (
    "Hash the USERNAME that the very call sends: what was typed in InitiateAuth, and the name from"
    " ChallengeParameters in every answer to a challenge."
)
FORMULA: Final = "SECRET_HASH is base64(HMAC-SHA-256(client secret, USERNAME || client id))."


class _Parts(NamedTuple):
    name: bytes
    client_id: bytes
    secret: bytes
    join: Callable[[bytes, bytes], bytes]
    mac: Callable[[bytes, bytes], bytes]


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


class _Inputs(NamedTuple):
    right: _Parts
    others: Mapping[str, str]


_Try = Callable[[_Inputs], Iterator[tuple[Mapping[str, object], str]]]


def _always(**parts: object) -> _Try:
    return lambda _: iter([(parts, "")])


def _made(part: str, make: Callable[[_Parts], bytes]) -> _Try:
    return lambda inputs: iter([({part: make(inputs.right)}, "")])


def _other_names(inputs: _Inputs) -> Iterator[tuple[Mapping[str, object], str]]:
    for field, name in inputs.others.items():
        if field != "pool_id":
            yield {"name": name.encode()}, f"the field {field}"


def _pool_id(inputs: _Inputs) -> Iterator[tuple[Mapping[str, object], str]]:
    if "pool_id" in inputs.others:
        yield {"client_id": inputs.others["pool_id"].encode()}, ""


def _mistake(
    name: str, says: str, remedy: str = FORMULA, unnoticed: str = "", seen: tuple[str, ...] = ()
) -> Mistake:
    return Mistake(f"hash-{name}", says, remedy, unnoticed=unnoticed, seen=seen)


_TRIES: Final[tuple[tuple[Mistake, _Try], ...]] = (
    (
        _mistake(
            "other-name",
            "The hash is made of another name of the user than the call sends.",
            OF_THE_CALL,
            "Where the user signs in by the name inside the pool.",
            (
                "https://github.com/alexrudd/cognito-srp/issues/1",
                "https://github.com/qwigo/warrant/issues/74",
                "https://github.com/furaiev/amazon-cognito-identity-dart-2/pull/211",
                "https://github.com/aws-amplify/aws-sdk-android/pull/2265",
            ),
        ),
        _other_names,
    ),
    (
        _mistake(
            "lower",
            "The user name is hashed in lower case.",
            OF_THE_CALL,
            "Where it has no capitals.",
        ),
        _made("name", lambda parts: parts.name.decode().lower().encode()),
    ),
    (
        _mistake("upper", "The user name is hashed in upper case.", OF_THE_CALL),
        _made("name", lambda parts: parts.name.decode().upper().encode()),
    ),
    (
        _mistake(
            "trimmed",
            "The user name is hashed without white space at its ends.",
            OF_THE_CALL,
            "Where the name has none.",
        ),
        _made("name", lambda parts: parts.name.strip()),
    ),
    (
        _mistake("newline-in-name", "A line's end is hashed with the user name.", OF_THE_CALL),
        _made("name", lambda parts: parts.name + b"\n"),
    ),
    (_mistake("no-name", "The user name is left out."), _always(name=b"")),
    (_mistake("no-client-id", "The app client's id is left out."), _always(client_id=b"")),
    (
        _mistake("pool-id", "The user pool's id is hashed in the place of the app client's."),
        _pool_id,
    ),
    (
        _mistake("id-first", "The app client's id is hashed before the user name."),
        _always(join=lambda name, client_id: client_id + name),
    ),
    (
        _mistake("separator", 'There is a ":" between the user name and the app client\'s id.'),
        _always(join=lambda name, client_id: name + b":" + client_id),
    ),
    (
        _mistake("key-is-client-id", "The app client's id is the key, and its secret is hashed."),
        lambda inputs: iter(
            [({"secret": inputs.right.client_id, "client_id": inputs.right.secret}, "")]
        ),
    ),
    (
        _mistake("key-is-name", "The user name is the key, and the secret is hashed in its place."),
        lambda inputs: iter([({"secret": inputs.right.name, "name": inputs.right.secret}, "")]),
    ),
    (
        _mistake(
            "secret-decoded",
            "The client secret is decoded from base64.",
            "Take the client secret as the text that it is.",
        ),
        _made("secret", lambda parts: base64_leniently(parts.secret.decode())),
    ),
    (
        _mistake(
            "newline-in-secret",
            "The client secret ends in a line's end, as one that was read from a file does.",
            "Cut off the line's end.",
        ),
        _made("secret", lambda parts: parts.secret + b"\n"),
    ),
    (
        _mistake(
            "secret-trimmed",
            "White space at the ends of the client secret was cut off.",
            "Take the client secret as it stands.",
            "Where it has none: always, as AWS makes them.",
        ),
        _made("secret", lambda parts: parts.secret.strip()),
    ),
    (
        _mistake("sha256", "The hash is SHA-256 of secret, name and id, and no HMAC."),
        _always(mac=lambda key, message: hashlib.sha256(key + message).digest()),
    ),
    (
        _mistake("sha256-2", "The hash is SHA-256 of name, id and secret, and no HMAC."),
        _always(mac=lambda key, message: hashlib.sha256(message + key).digest()),
    ),
    (
        _mistake("no-secret", "The hash is SHA-256 of name and id, without the secret."),
        _always(mac=lambda _, message: hashlib.sha256(message).digest()),
    ),
    (
        _mistake("sha512", "The HMAC is of SHA-512, cut to 32 bytes."),
        _always(mac=lambda key, message: hmac.digest(key, message, "sha512")[:32]),
    ),
)

SECRET_HASH_MISTAKES: Final = tuple(mistake for mistake, _ in _TRIES)


def diagnose_secret_hash(record: Mapping[str, object]) -> Diagnosis:
    """Say why a SECRET_HASH was refused.

    Args:
        record: an object with ``secret_hash`` (as it was sent), ``username`` (the USERNAME of the
            same call), ``client_id`` and ``client_secret``. Other names of the user, which may have
            been hashed instead, are ``alias``, ``user_id``, ``sub``, ``email``, ``phone_number``,
            ``preferred_username`` and ``access_token_username``; ``pool_id`` may be there, too.

    Raises:
        MalformedParameter: a field that decides is missing, or one cannot be read.

    >>> diagnosis = diagnose_secret_hash({
    ...     "secret_hash": "5nAkRgUw5Vx7SIUEmv6HrgEXPK/SwtnH5F8rxZL+71w=",
    ...     "username": "alice", "phone_number": "+15551234567",
    ...     "client_id": "1example23456789", "client_secret": "sekrit-client-secret",
    ... })
    >>> [named.says for named in diagnosis.explanations[0]]
    ['The hash is made of another name of the user than the call sends (the field phone_number).']
    """
    record = read_mapping(record, "transcript")
    sent = read_text(record.get("secret_hash"), "SECRET_HASH")
    right = _Parts(
        _read(record, "username"),
        _read(record, "client_id"),
        _read(record, "client_secret"),
        lambda name, client_id: name + client_id,
        _hmac,
    )
    others = {
        field: text
        for field in (*NAMES, "pool_id")
        if (text := read_optional_text(record.get(field), field)) is not None
    }
    try:
        octets, form = read_signature(sent)
    except MalformedParameter:
        raise MalformedParameter(
            "SECRET_HASH", "is not 32 bytes, in base64 or in hexadecimal"
        ) from None
    tries = [
        (Named(mistake, f"{mistake.says[:-1]} ({detail})." if detail else mistake.says), parts)
        for mistake, attempt in _TRIES
        for parts, detail in attempt(_Inputs(right, others))
        if right._replace(**cast("dict[str, Any]", parts)) != right
    ]
    found, tried = _search(tries, right, octets)
    spelled = tuple(Named(mistake, mistake.says.replace("signature", "hash")) for mistake in form)
    explanations = tuple(
        (*(named for named, _ in chosen), *spelled) for chosen in found if chosen or spelled
    )
    is_right = bool(found) and not explanations
    first = found[0] if found else ()
    return Diagnosis(
        subject="SECRET_HASH",
        verdict="right" if is_right else "mistake" if explanations else "unknown",
        explanations=explanations,
        rows=tuple(_rows(right, _with(right, first) if first else None, sent)),
        tried=tried,
        advice=_advice(others, is_right=is_right, is_known=bool(found)),
    )


def _search(
    tries: list[tuple[Named, Mapping[str, object]]], right: _Parts, octets: bytes
) -> tuple[list[tuple[tuple[Named, Mapping[str, object]], ...]], int]:
    """Return what makes these bytes, with as few mistakes as can be, and how many were tried."""
    tried = 0
    found: list[tuple[tuple[Named, Mapping[str, object]], ...]] = []
    for number in range(3):
        for chosen in combinations(tries, number):
            if number == 2 and not chosen[0][1].keys().isdisjoint(chosen[1][1]):
                continue
            tried += 1
            parts = _with(right, chosen)
            if parts.mac(parts.secret, parts.join(parts.name, parts.client_id)) == octets:
                found.append(chosen)
        if found:
            break
    return found, tried


def _with(right: _Parts, chosen: tuple[tuple[Named, Mapping[str, object]], ...]) -> _Parts:
    for _, parts in chosen:
        right = right._replace(**cast("dict[str, Any]", parts))
    return right


def _read(record: Mapping[str, object], field: str) -> bytes:
    return read_text(record.get(field), field).encode()


def _rows(right: _Parts, wrong: _Parts | None, sent: str) -> Iterator[Row]:
    for title, part, is_secret in (
        ("USERNAME", "name", False),
        ("client id", "client_id", False),
        ("client secret", "secret", True),
    ):
        came = None if wrong is None else getattr(wrong, part).decode("utf-8", "replace")
        # What is taken for the id or the name may be the secret.
        hides = is_secret or (wrong is not None and getattr(wrong, part) == right.secret)
        yield Row(title, getattr(right, part).decode(), came, hides)
    message = right.join(right.name, right.client_id)
    yield Row("SECRET_HASH", write_base64(right.mac(right.secret, message)), sent)


def _advice(others: Mapping[str, str], *, is_right: bool, is_known: bool) -> tuple[str, ...]:
    if is_right:
        return (
            "If the service refuses it all the same, the call sends another USERNAME or ClientId.",
        )
    if is_known:
        return ()
    missing = [field for field in ("alias", "user_id", "sub") if field not in others]
    told = [
        "Ruled out, alone and in pairs: every mistake of the catalogue that can show here.",
        "Most likely now: the secret of another app client, or another name.",
    ]
    if missing:
        told.insert(1, f"Not tried, since they are not there: {', '.join(missing)}.")
    return tuple(told)
