"""What a relying party of WebAuthn asks of an authenticator, and how it checks the answer.

`fido2` reads and checks. What it does not check is checked here: that what a client sent is small
and has the right types, before `fido2` reads it; the counter; the user handle. Only a pool with
passkeys loads this.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeAlias

from ..exceptions import printable
from ..wire import json_object, read_map, read_mapping, read_nonempty, read_texts
from .fido import (
    ES256,
    RS256,
    AttestedCredentialData,
    AuthenticationResponse,
    Fido2Server,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
    cbor,
    verify_rp_id,
    websafe_decode,
)
from .refused import Refused, incorrect, invalid
from .users import Passkey, User

__all__ = ["Created", "RelyingParty", "State"]

State: TypeAlias = Mapping[str, Any]
"""What `fido2` remembers of a challenge until it is answered."""

ALGORITHMS: Final = (ES256.ALGORITHM, RS256.ALGORITHM)
"""The two that the service recognises (AWS's developer guide, "Authentication flows")."""

MOST_CHARACTERS: Final = 32_768
"""The longest text in a credential. An attestation with certificates has some thousand; `fido2`
takes a time that grows with the square of the length."""

CREATE_MILLISECONDS: Final = 60_000
GET_MILLISECONDS: Final = 180_000
"""What a device is asked to wait for its user, in AWS's samples of StartWebAuthnRegistration and
InitiateAuth. It is a hint to the device."""

_DOMAIN: Final = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII)


@dataclass(frozen=True)
class Created:
    """A new credential that was read and not yet checked."""

    registration: RegistrationResponse
    transports: tuple[str, ...]

    @property
    def challenge(self) -> bytes:
        """The challenge that it answers."""
        return self.registration.response.client_data.challenge


class RelyingParty:
    """The party that passkeys are made for.

    Args:
        domain: its id, a domain such as ``localhost`` or ``example.com``. Pages at this domain and
            below it may use the passkeys: by https, and at localhost by http as well.
        user_verification: ``preferred`` or ``required``: whether an authenticator must verify its
            user, by the values of AWS's service model.

    Raises:
        ValueError: the id is not a domain in lower case, or has more than 127 characters.
    """

    def __init__(self, domain: str, user_verification: str) -> None:
        if not _DOMAIN.fullmatch(domain) or len(domain) > 127:
            raise ValueError(
                "relying_party must be a domain in lower case, such as localhost or example.com,"
                " without https:// and without a port"
            )
        self.domain = domain
        self._user_verification = UserVerificationRequirement(user_verification)
        self._server = Fido2Server(PublicKeyCredentialRpEntity(id=domain, name=domain))
        self._server.allowed_algorithms = [
            PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=algorithm)
            for algorithm in ALGORITHMS
        ]

    # A new passkey.

    def ask_to_create(self, user: User, challenge: bytes) -> tuple[dict[str, Any], State]:
        """Return PublicKeyCredentialCreationOptionsJSON, as in AWS's sample, and the state."""
        options, state = self._server.register_begin(
            PublicKeyCredentialUserEntity(
                id=_handle(user), name=user.username, display_name=user.username
            ),
            [_descriptor(each) for each in user.passkeys.copy().values()],
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
            user_verification=self._user_verification,
            challenge=challenge,
        )
        return {**options.public_key, "timeout": CREATE_MILLISECONDS}, state

    @staticmethod
    def read_created(credential: Mapping[str, object]) -> Created:
        """Read a RegistrationResponseJSON.

        All members that the standard requires must be there: without authenticatorData, transports
        and publicKeyAlgorithm the service has answered "Credential data is not valid" to an
        otherwise ordinary one (aws-sdk-net, issue 4386, whose cause is inferred).

        Raises:
            Refused: it is not one.
        """
        try:
            given, transports = _read_created(credential)
            return Created(RegistrationResponse.from_dict(given), transports)
        except Exception:  # noqa: BLE001, since `fido2` raises whatever its parsers met.
            raise _not_valid() from None

    def check_created(self, created: Created, state: State, now: datetime) -> Passkey:
        """Return the passkey of a new credential.

        Raises:
            Refused: the credential is not for this relying party, or not for this challenge.
        """
        response = created.registration.response
        data = response.attestation_object.auth_data
        if not self._allows(response.client_data.origin):
            # The types are AWS's for these cases, in its service model. The words are not known.
            raise Refused(
                "WebAuthnOriginNotAllowedException",
                f"The origin {printable(response.client_data.origin)} is not allowed for"
                f" {self.domain}",
            )
        if not hmac.compare_digest(data.rp_id_hash, self._server.rp.id_hash or b""):
            message = f"The credential is for another relying party than {self.domain}"
            raise Refused("WebAuthnRelyingPartyMismatchException", message)
        attested = data.credential_data
        if attested is None or attested.credential_id != created.registration.raw_id:
            raise _not_valid()
        try:
            # The type, the challenge, and the flags.
            self._server.register_complete(state, created.registration)
        except ValueError:
            raise _not_valid() from None
        if attested.public_key.ALGORITHM not in ALGORITHMS:
            message = "The credential has an algorithm that is not supported"
            raise Refused("WebAuthnCredentialNotSupportedException", message)
        attachment = created.registration.authenticator_attachment
        return Passkey(
            created.registration.id,
            bytes(attested),
            counter=data.counter,
            transports=created.transports,
            attachment=None if attachment is None else attachment.value,
            created=now,
        )

    def _allows(self, origin: str) -> bool:
        try:
            return verify_rp_id(self.domain, origin)
        except ValueError:  # It is not a URL, such as "https://[".
            return False

    # A sign-in.

    def ask_to_get(self, user: User, challenge: bytes) -> tuple[dict[str, Any], State]:
        """Return PublicKeyCredentialRequestOptionsJSON, as in AWS's sample, and the state."""
        options, state = self._server.authenticate_begin(
            [_descriptor(each, each.transports) for each in user.passkeys.copy().values()],
            user_verification=self._user_verification,
            challenge=challenge,
        )
        return {**options.public_key, "timeout": GET_MILLISECONDS}, state

    def check_got(self, user: User, state: State, credential: Mapping[str, object]) -> Passkey:
        """Return the passkey that signed the challenge, with the counter that it showed.

        Raises:
            Refused: it is not an AuthenticationResponseJSON, or no passkey of the user's signed it
                for this challenge and this relying party.
        """
        try:
            got = AuthenticationResponse.from_dict(_read_got(credential))
        except Exception:  # noqa: BLE001, for the same reason.
            raise _not_valid() from None
        passkeys = user.passkeys.copy()
        try:
            # The type, the origin, the challenge, the relying party, the flags and the signature.
            self._server.authenticate_complete(
                state, [AttestedCredentialData(each.data) for each in passkeys.values()], got
            )
        except Exception:  # noqa: BLE001, since a key may not be on its curve.
            raise incorrect() from None
        passkey, counter = passkeys[got.id], got.response.authenticator_data.counter
        # WebAuthn, "Verifying an Authentication Assertion". A counter that does not grow is a
        # copied authenticator; one that stays 0 does not count. Whether the service looks at the
        # counter is not known.
        is_copied = counter <= passkey.counter and (counter, passkey.counter) != (0, 0)
        if is_copied or got.response.user_handle not in (None, _handle(user)):
            raise incorrect()
        return replace(passkey, counter=counter)


def _handle(user: User) -> bytes:
    """The user's id for authenticators; in AWS's sample it is a UUID as text."""
    return user.sub.encode("ascii")


def _descriptor(
    passkey: Passkey, transports: Sequence[str] | None = None
) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor.from_dict(
        {
            "type": "public-key",
            "id": passkey.credential_id,
            **({} if transports is None else {"transports": list(transports)}),
        }
    )


def _read_created(credential: Mapping[str, object]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what `fido2` shall read of a new credential, and the transports."""
    response = read_mapping(credential.get("response"), "response")
    transports = read_texts(response.get("transports"), "transports")
    given = _read(credential, "clientDataJSON", "attestationObject", "authenticatorData")
    attestation: Any = cbor.decode(websafe_decode(given["response"]["attestationObject"]))
    has_algorithm = isinstance(response.get("publicKeyAlgorithm"), int)
    if not has_algorithm or not isinstance(attestation["authData"], bytes):
        raise _not_valid()
    return given, transports


def _read_got(credential: Mapping[str, object]) -> dict[str, Any]:
    """Return what `fido2` shall read of a signature."""
    given = _read(credential, "clientDataJSON", "authenticatorData", "signature")
    handle = read_mapping(credential["response"], "response").get("userHandle")
    if handle is not None:
        given["response"]["userHandle"] = read_nonempty(handle, "userHandle")
    return given


def _read(credential: Mapping[str, object], *members: str) -> dict[str, Any]:
    """Return the members of a credential that `fido2` shall read, all of them short texts.

    `fido2` makes as many zero bytes of a number as the number says.
    """
    if credential.get("type") != "public-key":
        raise _not_valid()
    if not isinstance(credential.get("clientExtensionResults"), Mapping):
        raise _not_valid()
    response = read_mapping(credential.get("response"), "response")
    texts = read_map({name: response.get(name) for name in members}, "response")
    ids = read_map({name: credential.get(name) for name in ("id", "rawId")}, "Credential")
    if max(map(len, (*texts.values(), *ids.values()))) > MOST_CHARACTERS:
        raise _not_valid()
    client_data = json_object(websafe_decode(texts["clientDataJSON"]).decode("utf-8"))
    for name in ("type", "challenge", "origin"):
        read_nonempty((client_data or {}).get(name), name)
    attachment = credential.get("authenticatorAttachment")
    return {
        **ids,
        "type": "public-key",
        "response": texts,
        **({"authenticatorAttachment": attachment} if isinstance(attachment, str) else {}),
    }


def _not_valid() -> Refused:
    """The service's words (aws-sdk-net, issue 4386); that WEB_AUTHN has them too is inferred."""
    return invalid("Credential data is not valid")
