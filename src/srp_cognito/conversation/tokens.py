"""How a sign-in ends: the tokens, the user's name, and the device to keep.

No token is verified here. One that comes straight from the service over TLS needs no check; one
from elsewhere is for a JWT library.
"""

from dataclasses import dataclass, field

from ..calls.replies import AuthenticationResult
from ..exceptions import SRPError
from ..proof.device import Device
from ..wire import as_utf8, base64_leniently, json_object

__all__ = ["Tokens", "tokens_of"]


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """The end of a sign-in. No token appears in its repr.

    Args:
        access_token: AccessToken.
        id_token: IdToken, if there is one.
        refresh_token: RefreshToken, if there is one.
        expires_in: ExpiresIn: the access token's lifetime in seconds.
        token_type: TokenType, such as ``Bearer``.
        username: the user's name inside the pool, for `initiate_auth.refresh_token_auth`.
        device: the device to keep and to sign in with next time: the new device if one was
            registered, otherwise the device that was used. None if there is no device, or the pool
            has forgotten it: discard what you kept then.
        device_error: why the new device could not be registered, or not remembered: the service
            refused it (`ServiceError`), or its NewDeviceMetadata must be refused (`PeerError`).
    """

    access_token: str = field(repr=False)
    id_token: str | None = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in: int | None
    token_type: str | None
    username: str
    device: Device | None = None
    device_error: SRPError | None = None


def tokens_of(
    result: AuthenticationResult, *, username: str, device: Device | None = None
) -> Tokens:
    """Return the tokens of an AuthenticationResult.

    Args:
        result: the AuthenticationResult.
        username: the user's name as far as it is known; the name in the access token takes
            precedence.
        device: the device that was used.
    """
    return Tokens(
        access_token=result.access_token,
        id_token=result.id_token,
        refresh_token=result.refresh_token,
        expires_in=result.expires_in,
        token_type=result.token_type,
        username=_username_in(result.access_token) or username,
        device=device,
    )


def _username_in(access_token: str) -> str | None:
    """The claim ``username`` of an access token, which is a JWT on a real pool."""
    _, _, rest = access_token.partition(".")
    try:
        text = base64_leniently(rest.partition(".")[0]).decode("utf-8")
    except UnicodeDecodeError:
        return None
    payload = json_object(text)
    username = None if payload is None else payload.get("username")
    return username if isinstance(username, str) and as_utf8(username) is not None else None
