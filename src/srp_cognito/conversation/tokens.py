"""What a sign-in ends with: the tokens, the user's name, and the device to keep.

The law: no token appears in a repr. Nothing is verified here; a token that comes straight from the
service over TLS needs no check, and one from elsewhere is for a JWT library.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..exceptions import MalformedParameter, SRPError
from ..proof.device import Device
from ..wire import as_utf8, base64_leniently, json_object, read_nonempty, read_optional_text

__all__ = ["Tokens", "read_tokens"]


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """The end of a sign-in.

    Args:
        access_token: AccessToken.
        id_token: IdToken, if there is one.
        refresh_token: RefreshToken, if there is one.
        expires_in: ExpiresIn: the access token's lifetime in seconds.
        token_type: TokenType, such as ``Bearer``.
        username: the user's name inside the pool, for `initiate_auth.refresh_token_auth`.
        device: the device to keep and to sign in with next time: the one that was just registered,
            or the one that was used. None if there is none, or if the pool has forgotten it:
            what was kept then goes away.
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


def read_tokens(
    result: Mapping[str, object], *, username: str, device: Device | None = None
) -> Tokens:
    """Return the tokens of an AuthenticationResult.

    Args:
        result: AuthenticationResult.
        username: the user's name as far as it is known; the access token's own counts more.
        device: the device that was used.

    Raises:
        MalformedParameter: a token is missing or no text.
    """
    access_token = read_nonempty(result.get("AccessToken"), "AccessToken")
    expires_in = result.get("ExpiresIn")
    if isinstance(expires_in, float) and expires_in.is_integer():
        expires_in = int(expires_in)  # JSON has one kind of number.
    if expires_in is not None and (isinstance(expires_in, bool) or not isinstance(expires_in, int)):
        raise MalformedParameter("ExpiresIn", f"must be a number, not {type(expires_in).__name__}")
    return Tokens(
        access_token=access_token,
        id_token=read_optional_text(result.get("IdToken"), "IdToken"),
        refresh_token=read_optional_text(result.get("RefreshToken"), "RefreshToken"),
        expires_in=expires_in,
        token_type=read_optional_text(result.get("TokenType"), "TokenType"),
        username=_username_in(access_token) or username,
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
