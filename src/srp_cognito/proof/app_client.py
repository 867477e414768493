"""The app client that a sign-in goes through, and SECRET_HASH.

SECRET_HASH is computed from the USERNAME that the same call sends. So that the two cannot differ,
one function adds it to each form of a call: `AppClient.with_secret_hash` to a map of parameters,
and `calls.operations` where Username and SecretHash are members of the call itself.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..exceptions import IllegalParameter
from ..given import expect, identifier, utf8
from ..wire import read_text, write_base64

__all__ = ["AppClient", "secret_hash"]


@dataclass(frozen=True)
class AppClient:
    """An app client of a user pool.

    Args:
        client_id: its id.
        client_secret: its secret, for an app client that has one.
        other_secrets: further secrets that the checking side accepts, since AWS allows an app
            client two at a time. What is computed uses `client_secret`.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: a text is empty, has white space at an end, or holds a lone surrogate; or there
            are `other_secrets` and no `client_secret`.

    >>> AppClient("1example23456789", "sekrit-client-secret")
    AppClient(client_id='1example23456789')
    """

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    other_secrets: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        identifier(self.client_id, "client_id")
        if self.client_secret == "":
            raise ValueError(
                "client_secret is empty; leave it out for an app client that has no secret"
            )
        if self.client_secret is not None:
            identifier(self.client_secret, "client_secret")
        for other in expect(self.other_secrets, tuple, "other_secrets"):
            identifier(other, "a secret in other_secrets")
        if self.other_secrets and self.client_secret is None:
            raise ValueError("other_secrets go with a client_secret")

    def with_secret_hash(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Return the parameters, with SECRET_HASH over their USERNAME if there is a secret.

        Args:
            parameters: AuthParameters, or the ChallengeResponses of any challenge.

        Raises:
            ValueError: the parameters have no USERNAME.

        >>> AppClient("1example23456789").with_secret_hash({"USERNAME": "alice"})
        {'USERNAME': 'alice'}
        """
        if "USERNAME" not in parameters:
            raise ValueError("there is no USERNAME to make SECRET_HASH from; every call sends one")
        hashed = self.secret_hash(parameters["USERNAME"])
        return dict(parameters) if hashed is None else {**parameters, "SECRET_HASH": hashed}

    def secret_hash(self, username: str) -> str | None:
        """Return SECRET_HASH over a user name, or None for an app client without a secret.

        Raises:
            TypeError, ValueError: `username` is not a str, or holds a lone surrogate.
        """
        utf8(username, "username")
        if self.client_secret is None:
            return None
        return secret_hash(username, self.client_id, self.client_secret)

    def check_secret_hash(self, parameters: Mapping[str, object]) -> None:
        """Check the SECRET_HASH that a client sent with its USERNAME, if there is a secret.

        It may be made with any of the secrets. Every comparison is made, each in constant time.

        Raises:
            MalformedParameter: USERNAME or SECRET_HASH is missing or not text.
            IllegalParameter: SECRET_HASH is not the hash for this USERNAME.
        """
        if self.client_secret is None:
            return
        username = read_text(parameters.get("USERNAME"), "USERNAME")
        sent = read_text(parameters.get("SECRET_HASH"), "SECRET_HASH")
        hashes = [
            secret_hash(username, self.client_id, secret)
            for secret in (self.client_secret, *self.other_secrets)
        ]
        if not _is_one_of(sent, hashes):
            raise IllegalParameter("SECRET_HASH", "is not the hash for the USERNAME that was sent")

    def check_client_secret(self, sent: object) -> None:
        """Check the ClientSecret that GetTokensFromRefreshToken and RevokeToken send as it is.

        It may be any of the secrets. Every comparison is made, each in constant time.

        Raises:
            MalformedParameter: it is missing or not text.
            IllegalParameter: it is not a secret of this app client.
        """
        if self.client_secret is None:
            return
        text = read_text(sent, "ClientSecret")
        if not _is_one_of(text, [self.client_secret, *self.other_secrets]):
            raise IllegalParameter("ClientSecret", "is not a secret of this app client")


def _is_one_of(text: str, right: Sequence[str]) -> bool:
    given = text.encode("utf-8")
    found = False
    for each in right:
        found |= hmac.compare_digest(given, each.encode("utf-8"))
    return found


def secret_hash(username: str, client_id: str, client_secret: str) -> str:
    """Return ``base64(HMAC-SHA-256(client secret, user name || client id))``.

    Args:
        username: exactly the USERNAME that the same call sends. In the answer to a challenge that
            is the name from ChallengeParameters, not what a person typed.
        client_id: the app client's id.
        client_secret: the app client's secret.

    Raises:
        TypeError, ValueError: an argument is not a str, or holds a lone surrogate.

    Source: AWS, "Computing secret hash values" in the Cognito developer guide.

    >>> secret_hash("+15551234567", "1example23456789", "sekrit-client-secret")
    '5nAkRgUw5Vx7SIUEmv6HrgEXPK/SwtnH5F8rxZL+71w='
    """
    message = utf8(username, "username") + utf8(client_id, "client_id")
    return write_base64(hmac.digest(utf8(client_secret, "client_secret"), message, "sha256"))
