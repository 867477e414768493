"""A person's device that makes and uses passkeys, for tests. It needs `fido2`.

It is the browser as well, which knows where it is and hands over JSON.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from struct import pack
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..given import given_bool, nonempty
from .fido import (
    ES256,
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialRequestOptions,
    PublicKeyCredentialRpEntity,
    UserVerificationRequirement,
    verify_rp_id,
    websafe_encode,
)

__all__ = ["Authenticator"]


@dataclass
class _Held:
    """A passkey in the device."""

    credential_id: bytes
    domain: str
    user_handle: bytes
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    counter: int = 0


class Authenticator:
    """A device with passkeys, and the page that it is used on.

    Args:
        origin: the page's origin, such as ``http://localhost:8000`` or ``https://example.com``.
        verifies_user: whether the device sees that it is its user, by a PIN or a finger.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: `origin` is empty.

    >>> from srp_cognito import SignIn
    >>> from srp_cognito.testing import UserPool
    >>> pool = UserPool("eu-west-1_Example", relying_party="localhost")
    >>> app = pool.add_app_client("1example23456789")
    >>> pool.add_user("alice", "correct horse")
    >>> phone = Authenticator("http://localhost:8000")
    >>> credential_id = pool.add_passkey("alice", phone.create)

    >>> sign_in = SignIn(
    ...     pool.pool_id, "alice", app=app, flow="USER_AUTH", preferred_challenge="WEB_AUTHN"
    ... )
    >>> question = sign_in.reply(pool.send(sign_in.start()))
    >>> sign_in.reply(pool.send(question.answer(phone.get(question.options)))).username
    'alice'
    """

    def __init__(self, origin: str, *, verifies_user: bool = True) -> None:
        self._origin = nonempty(origin, "origin")
        self._verifies_user = given_bool(verifies_user, "verifies_user")
        self._held: list[_Held] = []

    def create(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Make a passkey, as ``navigator.credentials.create`` does.

        Args:
            options: PublicKeyCredentialCreationOptionsJSON: the CredentialCreationOptions of
                StartWebAuthnRegistration.

        Returns:
            RegistrationResponseJSON, for CompleteWebAuthnRegistration.

        Raises:
            ValueError: a browser or a device would refuse: the page is not the relying party's,
                the user must be verified, the device has a passkey of the user's already, or does
                not know the algorithms.
        """
        asked = PublicKeyCredentialCreationOptions.from_dict(options)
        domain = self._domain(asked.rp.id)
        selection = asked.authenticator_selection
        self._check_verification(None if selection is None else selection.user_verification)
        excluded = {each.id for each in asked.exclude_credentials or ()}
        if any(each.credential_id in excluded for each in self._held):
            raise ValueError("InvalidStateError: the device has a passkey of this user already")
        if ES256.ALGORITHM not in {each.alg for each in asked.pub_key_cred_params}:
            raise ValueError("NotSupportedError: the device makes keys for ES256 alone")
        key = ec.generate_private_key(ec.SECP256R1())
        held = _Held(secrets.token_bytes(32), domain, asked.user.id, key)
        public_key = key.public_key()
        attested = AttestedCredentialData.create(
            Aaguid.NONE,
            held.credential_id,
            ES256.from_cryptography_key(public_key),  # type: ignore[no-untyped-call]
        )
        data = self._data(held, attested)
        self._held.append(held)
        spki = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        client_data = self._client_data(CollectedClientData.TYPE.CREATE, asked.challenge)
        response = {
            "clientDataJSON": websafe_encode(client_data),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
            "authenticatorData": websafe_encode(data),
            "transports": ["internal"],
            "publicKey": websafe_encode(spki),
            "publicKeyAlgorithm": ES256.ALGORITHM,
        }
        return _credential(held, response)

    def get(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Sign a challenge with a passkey, as ``navigator.credentials.get`` does.

        Args:
            options: PublicKeyCredentialRequestOptionsJSON: the CREDENTIAL_REQUEST_OPTIONS of
                WEB_AUTHN, read as JSON.

        Returns:
            AuthenticationResponseJSON, for the answer's CREDENTIAL.

        Raises:
            ValueError: a browser or a device would refuse: the page is not the relying party's,
                the user must be verified, or the device has none of the passkeys.
        """
        asked = PublicKeyCredentialRequestOptions.from_dict(options)
        domain = self._domain(asked.rp_id)
        self._check_verification(asked.user_verification)
        allowed = {each.id for each in asked.allow_credentials or ()}
        fitting = [
            each
            for each in self._held
            if each.domain == domain and (not allowed or each.credential_id in allowed)
        ]
        if not fitting:
            raise ValueError("NotAllowedError: the device has none of these passkeys")
        held = fitting[-1]
        data = self._data(held)
        client_data = self._client_data(CollectedClientData.TYPE.GET, asked.challenge)
        response = {
            "clientDataJSON": websafe_encode(client_data),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(held.key.sign(data + client_data.hash, ec.ECDSA(SHA256()))),
            "userHandle": websafe_encode(held.user_handle),
        }
        return _credential(held, response)

    def _domain(self, domain: str | None) -> str:
        """Return the id of the relying party, which the page must belong to."""
        domain = domain or urlsplit(self._origin).hostname or ""
        if not verify_rp_id(domain, self._origin):
            raise ValueError(f"SecurityError: {self._origin} cannot use passkeys of {domain}")
        return domain

    def _check_verification(self, asked: UserVerificationRequirement | None) -> None:
        if asked == UserVerificationRequirement.REQUIRED and not self._verifies_user:
            raise ValueError("NotAllowedError: the device cannot verify its user")

    def _client_data(self, kind: str, challenge: bytes) -> CollectedClientData:
        return CollectedClientData.create(kind, challenge, self._origin)

    def _data(self, held: _Held, attested: bytes = b"") -> AuthenticatorData:
        """Return authenticator data with the next number of the counter."""
        held.counter += 1
        flags = AuthenticatorData.FLAG.UP
        if self._verifies_user:
            flags |= AuthenticatorData.FLAG.UV
        if attested:
            flags |= AuthenticatorData.FLAG.AT
        entity = PublicKeyCredentialRpEntity(id=held.domain, name=held.domain)
        octets = pack(">32sBI", entity.id_hash, flags, held.counter) + attested
        return AuthenticatorData(octets)


def _credential(held: _Held, response: Mapping[str, object]) -> dict[str, Any]:
    credential_id = websafe_encode(held.credential_id)
    return {
        "id": credential_id,
        "rawId": credential_id,
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": dict(response),
    }
