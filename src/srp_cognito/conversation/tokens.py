"""How a sign-in ends: the tokens, the user's name, and what is known of a device.

No token is verified here. One that comes straight from the service over TLS needs no check; one
from elsewhere is for a JWT library.
"""

import json
from dataclasses import dataclass, field, replace

from ..calls.replies import AuthenticationResult, NewDevice, read_lifetime
from ..exceptions import InputError, PeerError
from ..given import typed_utf8
from ..proof.device import Device
from ..wire import (
    as_utf8,
    base64_leniently,
    json_object,
    read_identifier,
    read_nonempty,
    read_optional_text,
)

__all__ = ["Tokens", "tokens_of"]


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """The end of a sign-in. No token appears in its repr.

    Args:
        access_token: AccessToken.
        id_token: IdToken, if there is one.
        refresh_token: RefreshToken, if there is one. `Refresh` gets new tokens for it.
        expires_in: ExpiresIn: the access token's lifetime in seconds.
        token_type: TokenType, such as ``Bearer``.
        username: the user's name inside the pool.
        device: the device that the user signed in with, or that `DeviceRegistration` registered:
            keep it, and sign in with it next time. None if there is no device, or the pool has
            forgotten it: discard what you kept then.
        device_key: the DeviceKey that refreshing names: of `device`, or of the access token.
        new_device: the device that the pool offers to register, if it offers one.
            `DeviceRegistration` accepts the offer. Where a pool tracks devices, a refresh token is
            refused if the device is never registered (AWS, "How do I troubleshoot an Invalid
            Refresh Token error").
        device_error: why there is no new device, or why it is not remembered.
    """

    access_token: str = field(repr=False)
    id_token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_in: int | None = None
    token_type: str | None = None
    username: str
    device: Device | None = None
    device_key: str | None = None
    new_device: NewDevice | None = None
    device_error: Exception | None = None

    def to_json(self) -> str:
        """Return a JSON text with AWS's names, to keep. It is as secret as the tokens are.

        The device is not in it, since it outlives the tokens: keep `Device.to_json` for itself. The
        offer of a `new_device` is not in it either: accept it before, or not at all.
        """
        return json.dumps(
            {
                "AccessToken": self.access_token,
                "IdToken": self.id_token,
                "RefreshToken": self.refresh_token,
                "ExpiresIn": self.expires_in,
                "TokenType": self.token_type,
                "Username": self.username,
                "DeviceKey": self.device_key,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Tokens":
        """Return the tokens that `to_json` wrote.

        Raises:
            TypeError: `text` is not a str.
            InputError: `text` is not what `to_json` writes.
        """
        typed_utf8(text, "text")
        kept = json_object(text)
        if kept is None:
            raise InputError("text", "is not the JSON of Tokens.to_json()")
        try:
            return cls(
                access_token=read_nonempty(kept.get("AccessToken"), "AccessToken"),
                id_token=read_optional_text(kept.get("IdToken"), "IdToken"),
                refresh_token=read_optional_text(kept.get("RefreshToken"), "RefreshToken"),
                expires_in=read_lifetime(kept.get("ExpiresIn"), "ExpiresIn"),
                token_type=read_optional_text(kept.get("TokenType"), "TokenType"),
                username=read_nonempty(kept.get("Username"), "Username"),
                device_key=_read_device_key(kept.get("DeviceKey")),
            )
        except PeerError as error:
            raise InputError("text", f"is not the JSON of Tokens.to_json(): {error}") from None


def tokens_of(
    result: AuthenticationResult, *, username: str, device: Device | None = None
) -> Tokens:
    """Return the tokens of an AuthenticationResult.

    Args:
        result: the AuthenticationResult.
        username: the user's name as far as it is known; the name in the access token takes
            precedence.
        device: the device that was used. If the pool offers a new one, it has forgotten this one;
            an offer that cannot be read is not enough to discard it.
    """
    offered = result.new_device
    if isinstance(offered, NewDevice):
        device = None
    key = _claim(result.access_token, "device_key") if device is None else device.device_key
    tokens = Tokens(
        access_token=result.access_token,
        id_token=result.id_token,
        refresh_token=result.refresh_token,
        expires_in=result.expires_in,
        token_type=result.token_type,
        username=_claim(result.access_token, "username") or username,
        device=device,
        device_key=key,
    )
    if isinstance(offered, PeerError):
        return replace(tokens, device_error=offered)
    return replace(tokens, new_device=offered)


def _read_device_key(value: object) -> str | None:
    return None if value is None else read_identifier(value, "DeviceKey")


def _claim(access_token: str, name: str) -> str | None:
    """Return a claim of an access token, which is a JWT on a real pool."""
    _, _, rest = access_token.partition(".")
    try:
        text = base64_leniently(rest.partition(".")[0]).decode("utf-8")
    except UnicodeDecodeError:
        return None
    value = (json_object(text) or {}).get(name)
    return value if isinstance(value, str) and value and as_utf8(value) is not None else None
