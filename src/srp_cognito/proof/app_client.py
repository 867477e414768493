"""The app client that a sign-in goes through, and SECRET_HASH.

The law: SECRET_HASH is made from the very USERNAME that the same call sends, in one function for
each form of a call, so that the two cannot differ: `AppClient.with_secret_hash` here for those with
a map of parameters, `_finish` in `operations` for those whose Username and SecretHash are members.
The one exception is REFRESH_TOKEN_AUTH, which sends no USERNAME (see `initiate_auth`).
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..exceptions import IllegalParameter
from ..given import identifier, utf8
from ..wire import read_text, write_base64

__all__ = ["AppClient", "secret_hash"]


@dataclass(frozen=True)
class AppClient:
    """An app client of a user pool.

    Args:
        client_id: its id.
        client_secret: its secret, for an app client that has one.

    Raises:
        TypeError: an argument is no str.
        ValueError: an argument is empty, has white space at an end, or holds a lone surrogate.

    >>> AppClient("1example23456789", "sekrit-client-secret")
    AppClient(client_id='1example23456789')
    """

    client_id: str
    client_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        identifier(self.client_id, "client_id")
        if self.client_secret == "":
            raise ValueError(
                "client_secret is empty; leave it out for an app client that has no secret"
            )
        if self.client_secret is not None:
            identifier(self.client_secret, "client_secret")

    def with_secret_hash(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Return the parameters with SECRET_HASH over their own USERNAME, if there is a secret.

        Args:
            parameters: AuthParameters, or the ChallengeResponses of any challenge.

        Raises:
            ValueError: there is no USERNAME among them.

        >>> AppClient("1example23456789").with_secret_hash({"USERNAME": "alice"})
        {'USERNAME': 'alice'}
        """
        if "USERNAME" not in parameters:
            raise ValueError("there is no USERNAME to make SECRET_HASH from; every call sends one")
        hashed = self.secret_hash(parameters["USERNAME"])
        return dict(parameters) if hashed is None else {**parameters, "SECRET_HASH": hashed}

    def secret_hash(self, username: str) -> str | None:
        """Return SECRET_HASH over a user name, or None for an app client that has no secret.

        Raises:
            TypeError, ValueError: `username` is no str, or cannot be written in UTF-8.
        """
        utf8(username, "username")
        if self.client_secret is None:
            return None
        return secret_hash(username, self.client_id, self.client_secret)

    def check_secret_hash(self, parameters: Mapping[str, object]) -> None:
        """Check the SECRET_HASH that a client sent beside its USERNAME; for the verifying side.

        An app client without a secret checks nothing.

        Raises:
            MalformedParameter: USERNAME or SECRET_HASH is missing or no text.
            IllegalParameter: SECRET_HASH is another one. The comparison takes constant time.
        """
        if self.client_secret is None:
            return
        username = read_text(parameters.get("USERNAME"), "USERNAME")
        sent = read_text(parameters.get("SECRET_HASH"), "SECRET_HASH")
        expected = secret_hash(username, self.client_id, self.client_secret)
        if not hmac.compare_digest(sent.encode("utf-8"), expected.encode("ascii")):
            raise IllegalParameter("SECRET_HASH", "is not the hash for the USERNAME beside it")


def secret_hash(username: str, client_id: str, client_secret: str) -> str:
    """Return ``base64(HMAC-SHA-256(client secret, user name || client id))``.

    Args:
        username: exactly the USERNAME that the same call sends. After the first challenge that
            is the one from ChallengeParameters, not what a person typed.
        client_id: the app client's id.
        client_secret: the app client's secret.

    Raises:
        TypeError, ValueError: an argument is no str, or cannot be written in UTF-8.

    Source: AWS, "Computing secret hash values" in the Cognito developer guide.

    >>> secret_hash("+15551234567", "1example23456789", "sekrit-client-secret")
    '5nAkRgUw5Vx7SIUEmv6HrgEXPK/SwtnH5F8rxZL+71w='
    """
    message = utf8(username, "username") + utf8(client_id, "client_id")
    return write_base64(hmac.digest(utf8(client_secret, "client_secret"), message, "sha256"))
