"""The tokens of the pool: JWTs that it signs, and the JWKS document to check them by.

The law: the shape is AWS's ("Understanding user pool JSON web tokens" in the Cognito developer
guide), the signing is PyJWT's. The moment and the identifiers come in as arguments.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

__all__ = ["LIFETIME", "REFRESH_LIFETIME", "SCOPE", "Issuer"]

LIFETIME: Final = timedelta(hours=1)
"""How long access and id tokens last: a new app client's default."""

REFRESH_LIFETIME: Final = timedelta(days=30)
"""How long refresh tokens last, likewise."""

SCOPE: Final = "aws.cognito.signin.user.admin"


class Issuer:
    """Signs the tokens of one pool, and reads back its own.

    Args:
        pool_id: the pool's id, from which the claim ``iss`` is made.
        key_id: the claim-checking side's name for the key, ``kid``.
        signing_key: the key to sign with; a new one of 2048 bits if left out.
    """

    def __init__(
        self, pool_id: str, *, key_id: str, signing_key: rsa.RSAPrivateKey | None = None
    ) -> None:
        region = pool_id.partition("_")[0]
        self.issuer = f"https://cognito-idp.{region}.amazonaws.com/{pool_id}"
        self._key_id = key_id
        self._key = signing_key or rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwks(self) -> dict[str, object]:
        """Return the document that a real pool publishes under ``/.well-known/jwks.json``."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        members = {name: public[name] for name in ("kty", "n", "e")}
        return {"keys": [{**members, "alg": "RS256", "use": "sig", "kid": self._key_id}]}

    def sign(self, now: datetime, claims: Mapping[str, object], lifetime: timedelta) -> str:
        """Return the JWT of these claims, issued at this moment."""
        issued = int(now.timestamp())
        expires = issued + int(lifetime.total_seconds())
        payload = {**claims, "iss": self.issuer, "iat": issued, "exp": expires}
        return jwt.encode(payload, self._key, algorithm="RS256", headers={"kid": self._key_id})

    def read(self, token: str, now: datetime) -> Mapping[str, object] | None:
        """Return the claims of a token that this pool made and whose time is not over, or None.

        PyJWT reads the clock by itself, so expiry is looked at here.
        """
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=["RS256"],
                issuer=self.issuer,
                options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.InvalidTokenError:
            return None
        return claims if now.timestamp() < claims["exp"] else None
