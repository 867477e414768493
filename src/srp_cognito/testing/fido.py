"""The parts of `fido2` that passkeys need, and what to install where it is missing.

A pool without passkeys does not load this.
"""

try:
    from fido2 import cbor
    from fido2.cose import ES256, RS256, CoseKey
    from fido2.rpid import verify_rp_id
    from fido2.server import Fido2Server
    from fido2.utils import websafe_decode, websafe_encode
    from fido2.webauthn import (
        Aaguid,
        AttestationObject,
        AttestedCredentialData,
        AuthenticationResponse,
        AuthenticatorData,
        CollectedClientData,
        PublicKeyCredentialCreationOptions,
        PublicKeyCredentialDescriptor,
        PublicKeyCredentialParameters,
        PublicKeyCredentialRequestOptions,
        PublicKeyCredentialRpEntity,
        PublicKeyCredentialType,
        PublicKeyCredentialUserEntity,
        RegistrationResponse,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )
except ImportError as _missing:
    raise ModuleNotFoundError(
        "passkeys need fido2, which an extra of its own installs: pip install"
        " 'srp-cognito[testing,passkeys]'",
        name="fido2",
    ) from _missing

__all__ = [
    "ES256",
    "RS256",
    "Aaguid",
    "AttestationObject",
    "AttestedCredentialData",
    "AuthenticationResponse",
    "AuthenticatorData",
    "CollectedClientData",
    "CoseKey",
    "Fido2Server",
    "PublicKeyCredentialCreationOptions",
    "PublicKeyCredentialDescriptor",
    "PublicKeyCredentialParameters",
    "PublicKeyCredentialRequestOptions",
    "PublicKeyCredentialRpEntity",
    "PublicKeyCredentialType",
    "PublicKeyCredentialUserEntity",
    "RegistrationResponse",
    "ResidentKeyRequirement",
    "UserVerificationRequirement",
    "cbor",
    "verify_rp_id",
    "websafe_decode",
    "websafe_encode",
]
