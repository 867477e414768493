"""The tokens of the pool: JWTs that it signs, and the JWKS document to check them with.

The claims are those of a sign-in by API without groups, Lambda triggers and single sign-on (AWS's
developer guide, "Understanding the access token" and "Understanding the identity (ID) token"). The
table in tests/testing/test_issuer.py has the source of each.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple

try:
    from cryptography.exceptions import InternalError, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import rsa
except ModuleNotFoundError as _missing:
    raise ModuleNotFoundError(
        f"the pool needs cryptography ({_missing}), which the extra installs: pip install"
        " 'srp-cognito[testing]'. In a browser it is Pyodide's own: pyodide.loadPackage",
        name=_missing.name,
    ) from _missing

try:
    import jwt
    from jwt.algorithms import RSAAlgorithm
except ImportError as _missing:
    # PyPI's "jwt" is another project, which has a module of the same name.
    raise ModuleNotFoundError(
        "the pool needs PyJWT, which the extra installs: pip install 'srp-cognito[testing]' (where"
        " another project has its name, first: pip uninstall jwt)",
        name="jwt",
    ) from _missing

from ..given import expect
from .refused import not_authorized
from .sign_ins import SignedIn
from .sources import Sources
from .users import VERIFIED, Lifetimes, User

__all__ = ["SCOPE", "Issuer", "SigningKeys"]

SCOPE: Final = "aws.cognito.signin.user.admin"

_NO_RSA: Final = (
    "cryptography makes no RSA key here: its wheel brings an OpenSSL of its own, which OPENSSL_CONF"
    " governs as well, and which cannot load the FIPS provider that the interpreter's has loaded."
    " Run the pool without OPENSSL_CONF, or with a cryptography that uses the interpreter's OpenSSL"
    " (the system's package, or pip install --no-binary cryptography cryptography)"
)


class SigningKeys(NamedTuple):
    """The two keys of a pool: the service signs access and ID tokens with different ones.

    Source: AWS's developer guide, "Understanding the access token".
    """

    access: rsa.RSAPrivateKey
    """For access tokens, and for refresh tokens, which are opaque to clients."""
    id: rsa.RSAPrivateKey
    """For ID tokens."""

    @classmethod
    def new(cls) -> "SigningKeys":
        """Make two keys of 2048 bits. It takes a while, so a test suite makes them once.

        Raises:
            ImportError: `cryptography` makes no RSA keys here, as where OPENSSL_CONF names a FIPS
                provider and the OpenSSL of its wheel cannot have it. The message says what to do.
        """
        try:
            access, identity = (
                rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)
            )
        except (InternalError, UnsupportedAlgorithm) as error:
            # Seen: a file of a FIPS provider serves one libcrypto of a process, and the
            # interpreter's has it first. tests/platforms/fips.py shows it.
            raise ImportError(_NO_RSA) from error
        return cls(access, identity)


class Issuer:
    """Signs the tokens of one pool, and reads back its own.

    Args:
        pool_id: the pool's id, from which the claim ``iss`` is computed.
        sources: time and chance.
        signing_keys: the keys to sign with; new ones if left out.

    Raises:
        TypeError: `signing_keys` is something else, such as one key.
        ValueError: both keys are the same.
    """

    def __init__(
        self, pool_id: str, sources: Sources, signing_keys: SigningKeys | None = None
    ) -> None:
        region = pool_id.partition("_")[0]
        self.issuer: str = f"https://cognito-idp.{region}.amazonaws.com/{pool_id}"
        self._sources = sources
        keys = SigningKeys.new() if signing_keys is None else signing_keys
        expect(keys, SigningKeys, "signing_keys")
        self._access_key, self._id_key = _Key(keys.access), _Key(keys.id)
        # The service has the key of ID tokens first (awsdocs/amazon-cognito-developer-guide, pull
        # request 22).
        self._keys = {key.name: key for key in (self._id_key, self._access_key)}
        if len(self._keys) == 1:
            raise ValueError(
                "signing_keys are one key; the service has a different one for each use"
            )

    def jwks(self) -> dict[str, object]:
        """Return the document that a real pool publishes under ``/.well-known/jwks.json``."""
        return {"keys": [dict(key.jwk) for key in self._keys.values()]}

    def openid_configuration(self) -> dict[str, object]:
        """Return the document that a real pool publishes as ``/.well-known/openid-configuration``.

        It says where the keys are and what is signed. This pool has no hosted pages, so it does not
        have their addresses.
        """
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/.well-known/jwks.json",
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "token"],
            "scopes_supported": ["openid", "email", "phone", "profile"],
            "subject_types_supported": ["public"],
        }

    def begin(self, user: User, lifetimes: Lifetimes, device_key: str | None) -> SignedIn:
        """Return a new sign-in of a user."""
        return user.sign_ins.begin(self._sources.now(), lifetimes.refresh, device_key)

    def tokens(
        self, user: User, client_id: str, lifetimes: Lifetimes, sign_in: SignedIn
    ) -> dict[str, object]:
        """Return the AuthenticationResult for a user, without its RefreshToken."""
        uuid = self._sources.uuid
        shared = {
            "sub": user.sub,
            "auth_time": sign_in.auth_time,
            "event_id": uuid(),
            "origin_jti": sign_in.origin_jti,
        }
        of_device = {} if sign_in.device_key is None else {"device_key": sign_in.device_key}
        access = {
            **shared,
            **of_device,
            "jti": uuid(),
            "token_use": "access",
            "scope": SCOPE,
            "client_id": client_id,
            "username": user.username,
        }
        identity = {
            **_claims_of(user.attributes),
            **shared,
            "jti": uuid(),
            "token_use": "id",
            "aud": client_id,
            "cognito:username": user.username,
        }
        return {
            "AccessToken": self._sign(access, self._in(lifetimes.access), self._access_key),
            "IdToken": self._sign(identity, self._in(lifetimes.id), self._id_key),
            "TokenType": "Bearer",
            "ExpiresIn": int(lifetimes.access.total_seconds()),
        }

    def refresh_token(self, user: User, client_id: str, sign_in: SignedIn) -> str:
        """Return a RefreshToken. It is opaque to clients; a signed one need not be remembered."""
        claims = {
            "token_use": "refresh",
            "client_id": client_id,
            "username": user.username,
            "origin_jti": sign_in.origin_jti,
            "auth_time": sign_in.auth_time,
            "jti": self._sources.uuid(),
            "device_key": sign_in.device_key,
            "generation": sign_in.generation,
        }
        return self._sign(claims, sign_in.expires, self._access_key)

    def read(self, token: str, use: Literal["access", "refresh"]) -> Mapping[str, Any]:
        """Return the claims of a token.

        Args:
            token: the token.
            use: what it must be for.

        Raises:
            Refused: this pool did not make it, it is for another use, or its time is over.
        """
        claims = self.read_any(token)
        if claims.get("token_use") != use:
            # With a full stop for one of the two, as people report them.
            raise not_authorized(f"Invalid {use.capitalize()} Token{'.' * (use == 'refresh')}")
        if claims["exp"] <= self._sources.now().timestamp():
            raise not_authorized(f"{use.capitalize()} Token has expired")
        return claims

    def read_any(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token of any use and age; none if the pool did not make it."""
        try:
            # PyJWT would read the machine's clock, so expiry is checked below.
            key = self._keys[jwt.get_unverified_header(token).get("kid", "")]
            claims: dict[str, Any] = jwt.decode(
                token,
                key.public,
                algorithms=["RS256"],
                issuer=self.issuer,
                options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
            )
        except (jwt.InvalidTokenError, KeyError):
            return {}
        return claims

    def _in(self, lifetime: timedelta) -> int:
        return int(self._sources.now().timestamp()) + int(lifetime.total_seconds())

    def _sign(self, claims: Mapping[str, object], expires: int, key: "_Key") -> str:
        issued = int(self._sources.now().timestamp())
        payload = {**claims, "iss": self.issuer, "iat": issued, "exp": expires}
        # AWS's tokens have no "typ" ("Access token header", "ID token header").
        headers = {"kid": key.name, "typ": None}
        return jwt.encode(payload, key.private, algorithm="RS256", headers=headers)


class _Key:
    """A signing key, and how the JWKS document has it.

    Its name is the thumbprint of RFC 7638: the same in each pool that has the key, so that a client
    may keep what it fetched. It is written as the service's names are, in base64 with "+" and "/"
    (localstack, issue 2896).
    """

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        self.private = private
        self.public = private.public_key()
        jwk = json.loads(RSAAlgorithm.to_jwk(self.public))
        members = {name: jwk[name] for name in ("e", "kty", "n")}
        text = json.dumps(members, separators=(",", ":"), sort_keys=True)
        thumbprint = hashlib.sha256(text.encode("ascii")).digest()
        self.name = base64.b64encode(thumbprint).decode("ascii")
        self.jwk = {"alg": "RS256", "kid": self.name, "use": "sig", **members}


def _claims_of(attributes: Mapping[str, str]) -> dict[str, object]:
    """Return attributes as an ID token has them. GetUser has the texts.

    Whether an address is verified is a boolean (AWS's sample in "Understanding the identity (ID)
    token"), and the postal address is an object (amplify-js, issue 4935).
    """
    # A copy is made in one piece, whatever other threads do.
    copied = {**attributes}
    claims: dict[str, object] = {
        name: value == "true" if name in VERIFIED else value for name, value in copied.items()
    }
    if "address" in copied:
        claims["address"] = {"formatted": copied["address"]}
    return claims
