"""The operations around a sign-in: accounts, devices and authenticator apps.

The law: as in `challenges`, a caller gives values and never writes a key of the request; and
SecretHash is made of the very Username beside it, in one function. Here a user name is what the
person typed, and an alias is fine. AdminInitiateAuth and the other calls with AWS credentials come
from `context.Admin`.

GetTokensFromRefreshToken and RevokeToken are not here: they take the ClientSecret itself.

Source: AWS's service model.
"""

from collections.abc import Mapping
from typing import Literal

from ..given import expect, given_bool, given_code, given_texts, identifier, nonempty
from ..proof.app_client import AppClient
from ..proof.device import DeviceSecretVerifierConfig
from .call import (
    AccountArguments,
    AssociateSoftwareTokenArguments,
    Call,
    ConfirmDeviceArguments,
    ConfirmForgotPasswordArguments,
    ConfirmSignUpArguments,
    SignUpArguments,
    UpdateDeviceStatusArguments,
    UserAttribute,
    VerifySoftwareTokenArguments,
)
from .context import Context, add_context

__all__ = [
    "associate_software_token",
    "confirm_device",
    "confirm_forgot_password",
    "confirm_sign_up",
    "forgot_password",
    "resend_confirmation_code",
    "sign_up",
    "update_device_status",
    "verify_software_token",
]


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
        app: the app client.
        username: the user name to sign up with.
        password: the password, which the service then sees. A pool whose users sign in without
            one needs none.
        attributes: UserAttributes by their names, such as ``email``.
        validation_data: ValidationData, for the pool's Lambda triggers.
        context: what goes along.

    Raises:
        TypeError: an argument is of another type.
        ValueError: a text is empty, or holds a lone surrogate.
    """
    arguments: SignUpArguments = {
        "ClientId": expect(app, AppClient, "app").client_id,
        "Username": username,
    }
    if password is not None:
        arguments["Password"] = nonempty(password, "password")
    if attributes is not None:
        arguments["UserAttributes"] = _attributes(attributes, "attributes")
    if validation_data is not None:
        arguments["ValidationData"] = _attributes(validation_data, "validation_data")
    _finish(app, arguments, context)
    return Call("SignUp", arguments)


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
        app: the app client.
        username: the user name that was signed up.
        code: ConfirmationCode.
        force_alias_creation: ForceAliasCreation: take an alias from another user who has it.
        session: the Session that SignUp returned, if it did. The reply's Session can then go into
            `initiate_auth.user_auth`.
        context: what goes along.

    Raises:
        TypeError, ValueError: as `sign_up`.
    """
    arguments: ConfirmSignUpArguments = {
        "ClientId": expect(app, AppClient, "app").client_id,
        "Username": username,
        "ConfirmationCode": given_code(code),
    }
    if given_bool(force_alias_creation, "force_alias_creation"):
        arguments["ForceAliasCreation"] = True
    if session is not None:
        arguments["Session"] = nonempty(session, "session")
    _finish(app, arguments, context)
    return Call("ConfirmSignUp", arguments)


def resend_confirmation_code(
    app: AppClient, username: str, *, context: Context | None = None
) -> Call[AccountArguments]:
    """Have the code for `confirm_sign_up` sent again: ResendConfirmationCode."""
    return _account("ResendConfirmationCode", app, username, context)


def forgot_password(
    app: AppClient, username: str, *, context: Context | None = None
) -> Call[AccountArguments]:
    """Have a code for a new password sent: ForgotPassword."""
    return _account("ForgotPassword", app, username, context)


def confirm_forgot_password(
    app: AppClient, username: str, code: str, new_password: str, *, context: Context | None = None
) -> Call[ConfirmForgotPasswordArguments]:
    """Set a new password with the code that was sent: ConfirmForgotPassword.

    Args:
        app: the app client.
        username: the user name that `forgot_password` was called with.
        code: ConfirmationCode.
        new_password: the new password, which the service then sees.
        context: what goes along.

    Raises:
        TypeError, ValueError: as `sign_up`.
    """
    arguments: ConfirmForgotPasswordArguments = {
        "ClientId": expect(app, AppClient, "app").client_id,
        "Username": username,
        "ConfirmationCode": given_code(code),
        "Password": nonempty(new_password, "new_password"),
    }
    _finish(app, arguments, context)
    return Call("ConfirmForgotPassword", arguments)


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
        TypeError: an argument is of another type.
        ValueError: a text is empty, or holds a lone surrogate.
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
        arguments["DeviceName"] = nonempty(device_name, "device_name")
    return Call("ConfirmDevice", arguments)


def update_device_status(
    access_token: str, device_key: str, *, remembered: bool
) -> Call[UpdateDeviceStatusArguments]:
    """Remember a device, or stop remembering it: UpdateDeviceStatus.

    Raises:
        TypeError, ValueError: as `confirm_device`.
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
        session: in the middle of a sign-in, the Session of the MFA_SETUP challenge instead.

    Raises:
        TypeError: an argument is of another type.
        ValueError: both are given or neither, or one is empty.
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
        session: in the middle of a sign-in, the Session that AssociateSoftwareToken returned
            instead.
        friendly_device_name: a name for the authenticator app, for people to read.

    Raises:
        TypeError, ValueError: as `associate_software_token`.
    """
    arguments: VerifySoftwareTokenArguments = {"UserCode": given_code(code)}
    _add_authority(arguments, access_token, session)
    if friendly_device_name is not None:
        arguments["FriendlyDeviceName"] = nonempty(friendly_device_name, "friendly_device_name")
    return Call("VerifySoftwareToken", arguments)


def _account(
    operation: str, app: AppClient, username: str, context: Context | None
) -> Call[AccountArguments]:
    arguments: AccountArguments = {
        "ClientId": expect(app, AppClient, "app").client_id,
        "Username": username,
    }
    _finish(app, arguments, context)
    return Call(operation, arguments)


def _finish(app: AppClient, arguments: AccountArguments, context: Context | None) -> None:
    """Add SecretHash over the Username that is there, and what goes along."""
    hashed = app.secret_hash(nonempty(arguments["Username"], "username"))
    if hashed is not None:
        arguments["SecretHash"] = hashed
    add_context(context, arguments)


def _attributes(values: Mapping[str, str], what: str) -> list[UserAttribute]:
    return [{"Name": name, "Value": value} for name, value in given_texts(values, what).items()]


def _add_authority(
    arguments: AssociateSoftwareTokenArguments | VerifySoftwareTokenArguments,
    access_token: str | None,
    session: str | None,
) -> None:
    """Add the one of the two by which the service knows whose authenticator app it is."""
    if (access_token is None) is (session is None):
        raise ValueError("pass either access_token or session")
    if access_token is not None:
        arguments["AccessToken"] = nonempty(access_token, "access_token")
    if session is not None:
        arguments["Session"] = nonempty(session, "session")
