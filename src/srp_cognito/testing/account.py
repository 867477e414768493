"""The operations of a user who has signed in: each takes a token that the pool made.

The token must be the pool's own, of the right use, in its time, and not ended by GlobalSignOut.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from ..exceptions import IllegalParameter, PeerError
from ..proof.app_client import AppClient
from ..proof.server import Verifier
from ..wire import read_mapping, read_nonempty
from .directory import Directory, check_secret_hash
from .issuer import Issuer
from .refused import Refused, invalid, no_device, not_authorized, read_member
from .sign_ins import SignedIn
from .sources import Sources
from .users import Device, User

__all__ = ["Account"]


class Account:
    """What users of one pool, which consists of these parts, can do once they have tokens.

    With `asks_user`, a new device is remembered only once the user says so.
    """

    def __init__(
        self, *, sources: Sources, issuer: Issuer, directory: Directory, asks_user: bool
    ) -> None:
        self._sources = sources
        self._issuer = issuer
        self._directory = directory
        self._asks_user = asks_user

    @property
    def operations(self) -> dict[str, Callable[[Mapping[str, object]], dict[str, object]]]:
        """Each operation by its name. REFRESH_TOKEN_AUTH is a flow of InitiateAuth."""
        return {
            "GetTokensFromRefreshToken": self.get_tokens_from_refresh_token,
            "GetUser": self.get_user,
            "GlobalSignOut": self.global_sign_out,
            "RevokeToken": self.revoke_token,
            "ConfirmDevice": self.confirm_device,
            "UpdateDeviceStatus": self.update_device_status,
            "ForgetDevice": self.forget_device,
        }

    # New tokens.

    def refresh_token_auth(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """Answer InitiateAuth with REFRESH_TOKEN_AUTH."""
        app = self._directory.app(arguments)
        parameters = read_mapping(arguments.get("AuthParameters"), "AuthParameters")
        token = read_nonempty(parameters.get("REFRESH_TOKEN"), "REFRESH_TOKEN")
        lifetimes = self._directory.lifetimes(app)
        if lifetimes.grace is not None:
            # AWS: "Refresh token rotation isn't compatible with the authentication flow
            # REFRESH_TOKEN_AUTH" ("Refresh tokens"). How it refuses is not known; since the flow
            # must be disabled, the words are those for another flow that is disabled.
            raise invalid("REFRESH_TOKEN_AUTH flow not enabled for this client")
        user, sign_in = self._refreshing(app, token, parameters.get("DEVICE_KEY"))
        # No USERNAME is sent, and the hash is over the name inside the pool.
        check_secret_hash(app, {**parameters, "USERNAME": user.username})
        result = self._issuer.tokens(user, app.client_id, lifetimes, sign_in)
        return {"AuthenticationResult": result, "ChallengeParameters": {}}

    def get_tokens_from_refresh_token(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """Answer GetTokensFromRefreshToken, which takes the client secret as it is."""
        app = self._directory.app(arguments)
        token = read_member(arguments, "RefreshToken")
        _check_client_secret(app, arguments, "NotAuthorizedException")
        user, sign_in = self._refreshing(app, token, arguments.get("DeviceKey"))
        lifetimes = self._directory.lifetimes(app)
        grace = lifetimes.grace
        if grace is not None:
            sign_in = user.sign_ins.rotate(sign_in, self._sources.now(), grace)
        result = self._issuer.tokens(user, app.client_id, lifetimes, sign_in)
        if grace is not None:
            result["RefreshToken"] = self._issuer.refresh_token(user, app.client_id, sign_in)
        return {"AuthenticationResult": result}

    def revoke_token(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """Answer RevokeToken, which ends the sign-in that a refresh token belongs to.

        There are no single sign-on sessions here, so RevokeAssociatedSessions has no effect.
        """
        app = self._directory.app(arguments)
        token = read_member(arguments, "Token")
        # AWS's model has this type for RevokeToken, and not NotAuthorizedException.
        _check_client_secret(app, arguments, "UnauthorizedException")
        linked = arguments.get("RevokeAssociatedSessions")
        if linked not in (None, "NONE", "LINKED"):
            raise invalid("RevokeAssociatedSessions must be NONE or LINKED")
        claims = self._issuer.read_any(token)
        if claims.get("token_use") in ("access", "id"):
            # The type is in AWS's model; the words are not known.
            message = "Only refresh tokens can be revoked"
            raise Refused("UnsupportedTokenTypeException", message)
        if not claims:
            return {}  # As for a token that is revoked already (measured, see `SignIns.rotate`).
        if claims["client_id"] != app.client_id:
            # The type is inferred from AWS's model; the words are not known.
            raise Refused("UnauthorizedException", "The token is of another client")
        self._directory.user(claims["username"]).sign_ins.revoke(_sign_in_of(claims))
        return {}

    def _refreshing(self, app: AppClient, token: str, device_key: object) -> tuple[User, SignedIn]:
        """Return the user and the sign-in whose refresh token an app client sends."""
        claims, user = self._of_token(token, "refresh")
        invalid_token = not_authorized("Invalid Refresh Token.")
        if claims["client_id"] != app.client_id:
            # So since 2022 (aws-sdk-js, issue 4016).
            raise not_authorized("Refresh Token has different Client")
        # With device tracking a refresh token belongs to one device, which must be registered, and
        # not forgotten since (AWS's blog, "Tracking and Remembering Devices"; amplify-android,
        # issue 2506).
        if claims["device_key"] is not None:
            device = user.devices.get(claims["device_key"])
            if claims["device_key"] != device_key or device is None or device.verifier is None:
                raise invalid_token
        return user, _sign_in_of(claims)

    # The user.

    def get_user(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """Answer GetUser."""
        user = self.owner(arguments)
        attributes = {"sub": user.sub, **user.attributes}
        reply: dict[str, object] = {
            "Username": user.username,
            "UserAttributes": [{"Name": key, "Value": attributes[key]} for key in attributes],
        }
        if user.factors:
            reply["UserMFASettingList"] = list(user.factors)
        if user.preferred_factor is not None:
            reply["PreferredMfaSetting"] = user.preferred_factor
        return reply

    def global_sign_out(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """Answer GlobalSignOut, which ends all tokens of the user."""
        self.owner(arguments).sign_ins.end_all()
        return {}

    # Devices.

    def confirm_device(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """Answer ConfirmDevice, which registers a device's verifier."""
        _, device_key, device = self._device(arguments)
        if not device.may_be_registered:
            raise invalid("Invalid device key given.")
        if device.verifier is not None:
            raise Refused("DeviceKeyExistsException", "Device already exists.")
        name = "DeviceSecretVerifierConfig"
        config = read_mapping(arguments.get(name), name)
        try:
            device.verifier = Verifier.for_device(device.group_key, device_key, config)
        except IllegalParameter as error:
            if "negative" in error.problem:
                raise invalid("Found negative value for salt or password verifier") from None
            raise
        device.is_remembered = not self._asks_user
        return {"UserConfirmationNecessary": self._asks_user}

    def update_device_status(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """Answer UpdateDeviceStatus, by which a user has a device remembered or not."""
        _, _, device = self._device(arguments)
        if device.verifier is None:
            raise no_device()
        status = read_nonempty(arguments.get("DeviceRememberedStatus"), "DeviceRememberedStatus")
        if status not in ("remembered", "not_remembered"):
            raise invalid("DeviceRememberedStatus must be remembered or not_remembered")
        device.is_remembered = status == "remembered"
        return {}

    def forget_device(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """Answer ForgetDevice."""
        user, device_key, _ = self._device(arguments)
        user.devices.pop(device_key, None)
        return {}

    # What several operations share.

    def _of_token(
        self, token: str, use: Literal["access", "refresh"]
    ) -> tuple[Mapping[str, Any], User]:
        """Return the claims of a token, and its user."""
        claims = self._issuer.read(token, use)
        user = self._directory.user(claims["username"])
        user.sign_ins.check(_sign_in_of(claims), use)
        return claims, user

    def signed_in(self, arguments: Mapping[str, object]) -> tuple[User, str]:
        """Return the user whose access token a call sends, and the app client it was given to."""
        claims, user = self._of_token(read_member(arguments, "AccessToken"), "access")
        return user, claims["client_id"]

    def owner(self, arguments: Mapping[str, object]) -> User:
        """Return the user whose access token a call sends."""
        return self.signed_in(arguments)[0]

    def _device(self, arguments: Mapping[str, object]) -> tuple[User, str, Device]:
        """Return the user whose access token a call sends, and the device that it names."""
        user = self.owner(arguments)
        device_key = read_member(arguments, "DeviceKey")
        return user, device_key, user.device(device_key)


def _check_client_secret(app: AppClient, arguments: Mapping[str, object], kind: str) -> None:
    """Refuse a call whose ClientSecret is not one of the app client's, with this type."""
    try:
        app.check_client_secret(arguments.get("ClientSecret"))
    except PeerError:
        message = f"Unable to verify secret for client {app.client_id}"
        raise Refused(kind, message) from None


def _sign_in_of(claims: Mapping[str, Any]) -> SignedIn:
    """Return the sign-in that a token belongs to."""
    return SignedIn(
        claims["origin_jti"],
        claims["auth_time"],
        claims["exp"],
        claims.get("device_key"),
        claims.get("generation", 0),
    )
