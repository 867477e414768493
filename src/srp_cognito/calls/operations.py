"""The operations around a sign-in: accounts, refresh tokens, devices and authenticator apps.

Every builder of an account's operation takes these arguments; its own docstring describes the
others:

    app: the app client.
    username: what the person typed; an alias is fine.
    context: the metadata to send with the call, if any.

Every builder raises TypeError if an argument has the wrong type, and ValueError if a text is empty
or holds a lone surrogate, if an id begins or ends with white space, or a code has any in it. For
what a person types (a name, a password, a code, an attribute) that is an InputError.

Source: AWS's service model.
"""

from collections.abc import Mapping
from typing import Literal, TypeVar

from ..given import (
    expect,
    given_bool,
    given_choice,
    given_texts,
    identifier,
    nonempty,
    typed_code,
    typed_text,
    typed_texts,
)
from ..proof.app_client import AppClient
from ..proof.device import DeviceSecretVerifierConfig
from .arguments import (
    AccountArguments,
    AssociateSoftwareTokenArguments,
    ConfirmDeviceArguments,
    ConfirmForgotPasswordArguments,
    ConfirmSignUpArguments,
    GetTokensFromRefreshTokenArguments,
    RevokeTokenArguments,
    SignUpArguments,
    UpdateDeviceStatusArguments,
    UserAttribute,
    VerifySoftwareTokenArguments,
)
from .call import Call
from .context import Context, add_context

__all__ = [
    "associate_software_token",
    "confirm_device",
    "confirm_forgot_password",
    "confirm_sign_up",
    "forgot_password",
    "get_tokens_from_refresh_token",
    "resend_confirmation_code",
    "revoke_token",
    "sign_up",
    "update_device_status",
    "verify_software_token",
]

A = TypeVar("A", bound=AccountArguments)


# Accounts.


def sign_up(
    app: AppClient,
    username: str,
    password: str | None = None,
    *,
    attributes: Mapping[str, str] | None = None,
    validation_data: Mapping[str, str] | None = None,
    context: Context | None = None,
) -> Call[SignUpArguments]:
    """Make a new account: SignUp.

    Args:
        password: the password, which the service then sees. A pool whose users sign in without
            passwords needs no password here.
        attributes: UserAttributes by their names, such as ``email``.
        validation_data: ValidationData, for the pool's Lambda triggers.
    """
    arguments: SignUpArguments = {"ClientId": _client_id(app), "Username": username}
    if password is not None:
        arguments["Password"] = typed_text(password, "password")
    if attributes is not None:
        arguments["UserAttributes"] = _attributes(attributes, "attributes")
    if validation_data is not None:
        arguments["ValidationData"] = _attributes(validation_data, "validation_data")
    return _about_account("SignUp", app, arguments, context)


def confirm_sign_up(
    app: AppClient,
    username: str,
    code: str,
    *,
    force_alias_creation: bool = False,
    session: str | None = None,
    context: Context | None = None,
) -> Call[ConfirmSignUpArguments]:
    """Confirm a new account with the code that was sent: ConfirmSignUp.

    Args:
        code: ConfirmationCode.
        force_alias_creation: ForceAliasCreation: take an alias from another user who has it.
        session: the Session that SignUp returned, if it did. The reply's Session can then go into
            `initiate_auth.user_auth`.
    """
    arguments: ConfirmSignUpArguments = {
        "ClientId": _client_id(app),
        "Username": username,
        "ConfirmationCode": typed_code(code),
    }
    if given_bool(force_alias_creation, "force_alias_creation"):
        arguments["ForceAliasCreation"] = True
    if session is not None:
        arguments["Session"] = nonempty(session, "session")
    return _about_account("ConfirmSignUp", app, arguments, context)


def resend_confirmation_code(
    app: AppClient, username: str, *, context: Context | None = None
) -> Call[AccountArguments]:
    """Have the code for `confirm_sign_up` sent again: ResendConfirmationCode."""
    arguments: AccountArguments = {"ClientId": _client_id(app), "Username": username}
    return _about_account("ResendConfirmationCode", app, arguments, context)


def forgot_password(
    app: AppClient, username: str, *, context: Context | None = None
) -> Call[AccountArguments]:
    """Have a code for a new password sent: ForgotPassword."""
    arguments: AccountArguments = {"ClientId": _client_id(app), "Username": username}
    return _about_account("ForgotPassword", app, arguments, context)


def confirm_forgot_password(
    app: AppClient, username: str, code: str, new_password: str, *, context: Context | None = None
) -> Call[ConfirmForgotPasswordArguments]:
    """Set a new password with the code that was sent: ConfirmForgotPassword.

    Args:
        code: ConfirmationCode.
        new_password: the new password, which the service then sees.
    """
    arguments: ConfirmForgotPasswordArguments = {
        "ClientId": _client_id(app),
        "Username": username,
        "ConfirmationCode": typed_code(code),
        "Password": typed_text(new_password, "new_password"),
    }
    return _about_account("ConfirmForgotPassword", app, arguments, context)


def _client_id(app: AppClient) -> str:
    return expect(app, AppClient, "app").client_id


def _about_account(
    operation: str, app: AppClient, arguments: A, context: Context | None
) -> Call[A]:
    """Return the call, with SecretHash over its own Username and with the context."""
    hashed = app.secret_hash(typed_text(arguments["Username"], "username"))
    if hashed is not None:
        arguments["SecretHash"] = hashed
    add_context(context, arguments)
    return Call(operation, arguments)


def _attributes(values: Mapping[str, str], what: str) -> list[UserAttribute]:
    return [{"Name": name, "Value": value} for name, value in typed_texts(values, what).items()]


# Refresh tokens. These two operations take the client secret itself instead of SECRET_HASH.


def get_tokens_from_refresh_token(
    app: AppClient,
    refresh_token: str,
    *,
    device_key: str | None = None,
    client_metadata: Mapping[str, str] | None = None,
) -> Call[GetTokensFromRefreshTokenArguments]:
    """Get new tokens for a refresh token: GetTokensFromRefreshToken. See also `Refresh`.

    Args:
        app: the app client that the token was given to. Its secret is sent, if it has one.
        refresh_token: the refresh token.
        device_key: the DeviceKey of the device that the token was given to, if there is one
            (`Tokens.device_key`).
        client_metadata: ClientMetadata, for the pool's Lambda triggers.
    """
    arguments: GetTokensFromRefreshTokenArguments = {
        "RefreshToken": nonempty(refresh_token, "refresh_token"),
        "ClientId": _client_id(app),
    }
    if app.client_secret is not None:
        arguments["ClientSecret"] = app.client_secret
    if device_key is not None:
        arguments["DeviceKey"] = identifier(device_key, "device_key")
    if client_metadata is not None:
        arguments["ClientMetadata"] = given_texts(client_metadata, "client_metadata")
    return Call("GetTokensFromRefreshToken", arguments)


def revoke_token(
    app: AppClient,
    refresh_token: str,
    *,
    revoke_associated_sessions: Literal["NONE", "LINKED"] | None = None,
) -> Call[RevokeTokenArguments]:
    """Revoke a refresh token, and the access tokens that were made with it: RevokeToken.

    Args:
        app: the app client that the token was given to. Its secret is sent, if it has one.
        refresh_token: the refresh token.
        revoke_associated_sessions: RevokeAssociatedSessions, which AWS's service model has since
            October 2026.

    Raises:
        ValueError: `revoke_associated_sessions` is not one of AWS's.
    """
    arguments: RevokeTokenArguments = {
        "Token": nonempty(refresh_token, "refresh_token"),
        "ClientId": _client_id(app),
    }
    if app.client_secret is not None:
        arguments["ClientSecret"] = app.client_secret
    if revoke_associated_sessions is not None:
        given_choice(revoke_associated_sessions, ("NONE", "LINKED"), "revoke_associated_sessions")
        arguments["RevokeAssociatedSessions"] = revoke_associated_sessions
    return Call("RevokeToken", arguments)


# Devices.


def confirm_device(
    access_token: str,
    device_key: str,
    config: DeviceSecretVerifierConfig,
    *,
    device_name: str | None = None,
) -> Call[ConfirmDeviceArguments]:
    """Register a device's verifier: ConfirmDevice.

    Args:
        access_token: the AccessToken that came with the NewDeviceMetadata.
        device_key: its DeviceKey.
        config: the DeviceSecretVerifierConfig that `new_device` made.
        device_name: a name for the device, for people to read.

    Raises:
        ValueError: `config` lacks PasswordVerifier or Salt.
    """
    if not isinstance(config, Mapping):
        raise TypeError(f"config must be a mapping, not {type(config).__name__}")
    for name in ("PasswordVerifier", "Salt"):
        if name not in config:
            raise ValueError(f"config has no {name}; new_device makes both")
    arguments: ConfirmDeviceArguments = {
        "AccessToken": nonempty(access_token, "access_token"),
        "DeviceKey": identifier(device_key, "device_key"),
        "DeviceSecretVerifierConfig": {
            "PasswordVerifier": nonempty(config["PasswordVerifier"], "PasswordVerifier"),
            "Salt": nonempty(config["Salt"], "Salt"),
        },
    }
    if device_name is not None:
        arguments["DeviceName"] = typed_text(device_name, "device_name")
    return Call("ConfirmDevice", arguments)


def update_device_status(
    access_token: str, device_key: str, *, remembered: bool
) -> Call[UpdateDeviceStatusArguments]:
    """Remember a device, or stop remembering it: UpdateDeviceStatus.

    Args:
        access_token: the AccessToken of the device's user.
        device_key: the device's DeviceKey.
        remembered: whether the device shall be remembered.
    """
    status: Literal["remembered", "not_remembered"] = (
        "remembered" if given_bool(remembered, "remembered") else "not_remembered"
    )
    return Call(
        "UpdateDeviceStatus",
        {
            "AccessToken": nonempty(access_token, "access_token"),
            "DeviceKey": identifier(device_key, "device_key"),
            "DeviceRememberedStatus": status,
        },
    )


# Authenticator apps.


def associate_software_token(
    *, access_token: str | None = None, session: str | None = None
) -> Call[AssociateSoftwareTokenArguments]:
    """Get the secret for an authenticator app: AssociateSoftwareToken.

    Args:
        access_token: the AccessToken of a user who has signed in.
        session: during a sign-in, the Session of the MFA_SETUP challenge instead.

    Raises:
        ValueError: both are given, or neither.
    """
    arguments: AssociateSoftwareTokenArguments = {}
    _add_authority(arguments, access_token, session)
    return Call("AssociateSoftwareToken", arguments)


def verify_software_token(
    code: str,
    *,
    access_token: str | None = None,
    session: str | None = None,
    friendly_device_name: str | None = None,
) -> Call[VerifySoftwareTokenArguments]:
    """Show that the authenticator app works: VerifySoftwareToken.

    Args:
        code: UserCode: the code that the app shows.
        access_token: the AccessToken of a user who has signed in.
        session: during a sign-in, the Session that AssociateSoftwareToken returned instead.
        friendly_device_name: a name for the authenticator app, for people to read.

    Raises:
        ValueError: `access_token` and `session` are both given, or neither.
    """
    arguments: VerifySoftwareTokenArguments = {"UserCode": typed_code(code)}
    _add_authority(arguments, access_token, session)
    if friendly_device_name is not None:
        arguments["FriendlyDeviceName"] = typed_text(friendly_device_name, "friendly_device_name")
    return Call("VerifySoftwareToken", arguments)


def _add_authority(
    arguments: AssociateSoftwareTokenArguments | VerifySoftwareTokenArguments,
    access_token: str | None,
    session: str | None,
) -> None:
    """Add the access token or the Session: it says whose authenticator app it is."""
    if (access_token is None) is (session is None):
        raise ValueError("pass either access_token or session")
    if access_token is not None:
        arguments["AccessToken"] = nonempty(access_token, "access_token")
    if session is not None:
        arguments["Session"] = nonempty(session, "session")
