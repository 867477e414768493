"""Mistakes in SECRET_HASH: which three texts were used, and how they were combined.

Right is base64(HMAC-SHA-256(client secret, USERNAME || client id)).
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, Final, NamedTuple

from ...wire import base64_leniently
from .mistake import Change, Mistake, Variants, changing

__all__ = ["SECRET_HASH", "HashCall", "HashSteps"]

OF_THE_CALL: Final = (
    "Hash the USERNAME that the same call sends: what the person typed in InitiateAuth, and the"
    " USERNAME from ChallengeParameters in every answer to a challenge."
)
FORMULA: Final = "SECRET_HASH is base64(HMAC-SHA-256(client secret, USERNAME || client id))."


class HashSteps(NamedTuple):
    """All steps to a SECRET_HASH; the defaults are right."""

    name: bytes
    client_id: bytes
    secret: bytes
    join: Callable[[bytes, bytes], bytes] = lambda name, client_id: name + client_id
    mac: Callable[[bytes, bytes], bytes] = lambda key, message: hmac.digest(key, message, "sha256")

    def changed(self, *changes: Mapping[str, object]) -> "HashSteps":
        """Return the steps with some of them replaced."""
        together: dict[str, Any] = dict(chain.from_iterable(map(Mapping.items, changes)))
        return self._replace(**together)

    def octets(self) -> bytes:
        """The bytes of the hash."""
        return self.mac(self.secret, self.join(self.name, self.client_id))


class HashCall(NamedTuple):
    """What is known of a call that sent a SECRET_HASH."""

    right: HashSteps
    names: Mapping[str, str]
    """Other names of the user, by field."""
    pool_id: str | None


def _made(part: str, make: Callable[[bytes], bytes]) -> Variants[HashCall]:
    """Return the function of a mistake that makes something else of one of the texts."""
    return lambda call: iter([Change({part: make(getattr(call.right, part))})])


def _swapped(part: str) -> Variants[HashCall]:
    """Return the function of a mistake that swaps one of the texts with the secret."""
    return lambda call: iter(
        [Change({"secret": getattr(call.right, part), part: call.right.secret})]
    )


def _other_names(call: HashCall) -> Iterator[Change]:
    for field, name in call.names.items():
        yield Change({"name": name.encode()}, f"the field {field}")


def _pool_id(call: HashCall) -> Iterator[Change]:
    if call.pool_id is not None:
        yield Change({"client_id": call.pool_id.encode()})


SECRET_HASH: Final[tuple[Mistake[HashCall], ...]] = (
    Mistake(
        "hash-other-name",
        "The hash is computed from another name of the user than USERNAME.",
        OF_THE_CALL,
        _other_names,
        "If the user signs in with the name inside the pool.",
        (
            "https://github.com/alexrudd/cognito-srp/issues/1",
            "https://github.com/qwigo/warrant/issues/74",
            "https://github.com/furaiev/amazon-cognito-identity-dart-2/pull/211",
            "https://github.com/aws-amplify/aws-sdk-android/pull/2265",
        ),
    ),
    Mistake(
        "hash-lower",
        "The user name is hashed in lower case.",
        OF_THE_CALL,
        _made("name", lambda name: name.decode().lower().encode()),
        "If it has no capital letters.",
    ),
    Mistake(
        "hash-upper",
        "The user name is hashed in upper case.",
        OF_THE_CALL,
        _made("name", lambda name: name.decode().upper().encode()),
    ),
    Mistake(
        "hash-trimmed",
        "The user name is hashed without the white space at its ends.",
        OF_THE_CALL,
        _made("name", bytes.strip),
        "If it has none there.",
    ),
    Mistake(
        "hash-newline-in-name",
        "A line break is hashed after the user name.",
        OF_THE_CALL,
        _made("name", lambda name: name + b"\n"),
    ),
    Mistake("hash-no-name", "The user name is left out.", FORMULA, changing(name=b"")),
    Mistake(
        "hash-no-client-id", "The app client's id is left out.", FORMULA, changing(client_id=b"")
    ),
    Mistake(
        "hash-pool-id",
        "The user pool id is hashed instead of the app client's id.",
        FORMULA,
        _pool_id,
    ),
    Mistake(
        "hash-id-first",
        "The app client's id is hashed before the user name.",
        FORMULA,
        changing(join=lambda name, client_id: client_id + name),
    ),
    Mistake(
        "hash-separator",
        'There is a ":" between the user name and the app client\'s id.',
        FORMULA,
        changing(join=lambda name, client_id: name + b":" + client_id),
    ),
    Mistake(
        "hash-key-is-client-id",
        "The app client's id is the key, and the client secret is hashed instead of it.",
        FORMULA,
        _swapped("client_id"),
    ),
    Mistake(
        "hash-key-is-name",
        "The user name is the key, and the client secret is hashed instead of it.",
        FORMULA,
        _swapped("name"),
    ),
    Mistake(
        "hash-secret-decoded",
        "The client secret is decoded from base64.",
        "Use the client secret as text, without decoding it.",
        _made("secret", lambda secret: base64_leniently(secret.decode())),
    ),
    Mistake(
        "hash-newline-in-secret",
        "The client secret ends in a line break, like a line read from a file.",
        "Remove the line break.",
        _made("secret", lambda secret: secret + b"\n"),
    ),
    Mistake(
        "hash-secret-trimmed",
        "White space at the ends of the client secret is removed.",
        "Use the client secret unchanged.",
        _made("secret", bytes.strip),
        "If it has none there: always, with a secret from AWS.",
    ),
    Mistake(
        "hash-sha256",
        "The hash is SHA-256 of secret, name and id, not an HMAC.",
        FORMULA,
        changing(mac=lambda key, message: hashlib.sha256(key + message).digest()),
    ),
    Mistake(
        "hash-sha256-2",
        "The hash is SHA-256 of name, id and secret, not an HMAC.",
        FORMULA,
        changing(mac=lambda key, message: hashlib.sha256(message + key).digest()),
    ),
    Mistake(
        "hash-no-secret",
        "The hash is SHA-256 of name and id, without the secret.",
        FORMULA,
        changing(mac=lambda _, message: hashlib.sha256(message).digest()),
    ),
    Mistake(
        "hash-sha512",
        "The HMAC uses SHA-512 and is cut to 32 bytes.",
        FORMULA,
        changing(mac=lambda key, message: hmac.digest(key, message, "sha512")[:32]),
    ),
)
