"""Credentials of WebAuthn, also wrong ones, made without `fido2` and without the library.

They are for pages and devices that lie. The key is P-256 or, where a test says so, another one.
"""

import base64
import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value: object) -> bytes:
    """The CBOR of whole numbers, bytes, texts and maps (RFC 8949, section 3)."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    assert isinstance(value, Mapping)
    return _head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


def _head(kind: int, number: int) -> bytes:
    for more, limit, form in ((24, 1 << 8, ">B"), (25, 1 << 16, ">H"), (26, 1 << 32, ">I")):
        if number < 24:
            return bytes([kind << 5 | number])
        if number < limit:
            return bytes([kind << 5 | more]) + struct.pack(form, number)
    return bytes([kind << 5 | 27]) + struct.pack(">Q", number)


def cose(key: Key) -> dict[int, object]:
    """A public key in the form of COSE (RFC 9053 and RFC 8812)."""
    if isinstance(key, rsa.RSAPrivateKey):
        public = key.public_key().public_numbers()
        n = public.n.to_bytes(key.key_size // 8, "big")
        return {1: 3, 3: -257, -1: n, -2: public.e.to_bytes(3, "big")}
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return {1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()}
    point = key.public_key().public_numbers()
    x, y = (coordinate.to_bytes(32, "big") for coordinate in (point.x, point.y))
    return {1: 2, 3: -7, -1: 1, -2: x, -3: y}


@dataclass
class Liar:
    """A device with one passkey, that says of itself and of its page whatever a test wants."""

    key: Key = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = b"0123456789abcdef"
    origin: str = ORIGIN
    domain: str = "localhost"
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    handle: str | None = None
    client_data: Mapping[str, object] = field(default_factory=dict)
    """What clientDataJSON has instead of the truth."""
    response: Mapping[str, object] = field(default_factory=dict)
    """What the response has instead."""
    credential: Mapping[str, object] = field(default_factory=dict)
    """What the credential has instead."""
    fmt: str = "none"
    attestation: Mapping[str, object] = field(default_factory=dict)

    def create(self, options: Mapping[str, object]) -> dict[str, object]:
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id
        data = self._data(ATTESTED) + attested + cbor(cose(self.key))
        made = {"fmt": self.fmt, "attStmt": {}, "authData": data, **self.attestation}
        algorithm = cose(self.key)[3]
        return self._credential(
            {
                "clientDataJSON": b64(self._client_data("webauthn.create", options)),
                "attestationObject": b64(cbor(made)),
                "authenticatorData": b64(data),
                "transports": ["usb"],
                "publicKeyAlgorithm": algorithm,
            }
        )

    def get(self, options: Mapping[str, object]) -> dict[str, object]:
        data, client_data = self._data(0), self._client_data("webauthn.get", options)
        handle = {} if self.handle is None else {"userHandle": self.handle}
        return self._credential(
            {
                "clientDataJSON": b64(client_data),
                "authenticatorData": b64(data),
                "signature": b64(self._sign(data + hashlib.sha256(client_data).digest())),
                **handle,
            }
        )

    def _data(self, more: int) -> bytes:
        domain = hashlib.sha256(self.domain.encode()).digest()
        return domain + struct.pack(">BI", self.flags | more, self.counter)

    def _client_data(self, kind: str, options: Mapping[str, object]) -> bytes:
        truth = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps({**truth, "crossOrigin": False, **self.client_data}).encode()

    def _sign(self, message: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(message, padding.PKCS1v15(), SHA256())
        assert isinstance(self.key, ec.EllipticCurvePrivateKey)
        return self.key.sign(message, ec.ECDSA(SHA256()))

    def _credential(self, response: Mapping[str, object]) -> dict[str, object]:
        given = {**response, **self.response}
        return {
            "id": b64(self.credential_id),
            "rawId": b64(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "cross-platform",
            "clientExtensionResults": {},
            "response": {name: value for name, value in given.items() if value is not None},
            **self.credential,
        }
