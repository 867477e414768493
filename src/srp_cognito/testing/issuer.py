"""The tokens of the pool: JWTs that it signs, and the JWKS document to check them with.

The claims are AWS's ("Understanding user pool JSON web tokens" in the Cognito developer guide).
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal

from cryptography.hazmat.primitives.asymmetric import rsa

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

from .refused import not_authorized
from .sign_ins import SignedIn
from .sources import Sources
from .users import VERIFIED, Lifetimes, User

__all__ = ["SCOPE", "Issuer"]

SCOPE: Final = "aws.cognito.signin.user.admin"


class Issuer:
    """Signs the tokens of one pool, and reads back its own.

    Args:
        pool_id: the pool's id, from which the claim ``iss`` is computed.
        sources: time and chance.
        signing_key: the key to sign with; a new one of 2048 bits if left out.
    """

    def __init__(
        self, pool_id: str, sources: Sources, signing_key: rsa.RSAPrivateKey | None = None
    ) -> None:
        region = pool_id.partition("_")[0]
        self.issuer: str = f"https://cognito-idp.{region}.amazonaws.com/{pool_id}"
        self._sources = sources
        self._key_id = sources.name(32)
        self._key = signing_key or rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwks(self) -> dict[str, object]:
        """Return the document that a real pool publishes under ``/.well-known/jwks.json``."""
        public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        members = {name: public[name] for name in ("kty", "n", "e")}
        return {"keys": [{**members, "alg": "RS256", "use": "sig", "kid": self._key_id}]}

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
            "AccessToken": self._sign(access, self._in(lifetimes.access)),
            "IdToken": self._sign(identity, self._in(lifetimes.id)),
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
        return self._sign(claims, sign_in.expires)

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
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=["RS256"],
                issuer=self.issuer,
                options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.InvalidTokenError:
            return {}
        return claims

    def _in(self, lifetime: timedelta) -> int:
        return int(self._sources.now().timestamp()) + int(lifetime.total_seconds())

    def _sign(self, claims: Mapping[str, object], expires: int) -> str:
        issued = int(self._sources.now().timestamp())
        payload = {**claims, "iss": self.issuer, "iat": issued, "exp": expires}
        return jwt.encode(payload, self._key, algorithm="RS256", headers={"kid": self._key_id})


def _claims_of(attributes: Mapping[str, str]) -> dict[str, str | bool]:
    """Return attributes as an ID token has them: whether an address is verified is a boolean.

    Source: AWS's sample in "Understanding the identity (ID) token". GetUser has the texts.
    """
    return {
        name: value == "true" if name in VERIFIED else value for name, value in attributes.items()
    }
