"""The flows that begin a sign-in: one builder for each flow of InitiateAuth.

Every builder takes these arguments; its own docstring describes the others:

    app: the app client that signs in.
    username: what the person typed; an alias is fine. (`refresh_token_auth` needs the pool's name.)
    device_key: the DeviceKey of the user's remembered device, if there is one.
    context: the metadata to send with the call, if any.

Every builder raises TypeError if an argument has the wrong type, InputError if the username or the
password is empty or holds a lone surrogate, and ValueError if another text is or does.

There are four ways to PASSWORD_VERIFIER: `user_srp_auth`; `user_auth` with the preferred challenge
PASSWORD_SRP; `custom_auth` with an SRP_A; and the answer to SELECT_CHALLENGE (see `challenges`).

Source: AWS's service model, InitiateAuth's AuthParameters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, get_args

from ..given import expect, given_choice, identifier, nonempty, typed_text
from ..proof.app_client import AppClient
from .arguments import AuthFlow, InitiateAuthArguments
from .call import Call
from .challenges import FirstFactor
from .context import Context, add_context

__all__ = [
    "InitiateCall",
    "StepUp",
    "admin_user_password_auth",
    "custom_auth",
    "refresh_token_auth",
    "user_auth",
    "user_password_auth",
    "user_srp_auth",
]

InitiateCall: TypeAlias = Call[InitiateAuthArguments]


@dataclass(frozen=True)
class StepUp:
    """What USER_AUTH asks of a user who has signed in already, or of a stronger sign-in.

    Args:
        target_acr_values: TARGET_ACR_VALUES: the levels to reach, as URIs, in the order of
            priority.
        max_age: MAX_AGE: how many seconds ago the user may have signed in for it to count.
        access_token: ACCESS_TOKEN, of the user who is signed in.

    Raises:
        TypeError, ValueError: a value has the wrong type; there is no level, one has white space in
            it, or `max_age` is negative.

    Source: AWS's service model of October 2026; that it takes an ACCESS_TOKEN only with
    TARGET_ACR_VALUES stands there, too. A trial in that month found it not yet in service (reported
    once, not measured here).
    """

    target_acr_values: Sequence[str]
    max_age: int | None = None
    access_token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.target_acr_values, str):
            raise TypeError("target_acr_values must be a list of str, not a str")
        levels = tuple(self.target_acr_values)
        for level in levels:
            if nonempty(level, "a level").split() != [level]:
                raise ValueError("a level in target_acr_values must have no white space in it")
        if not levels:
            raise ValueError("target_acr_values must name a level")
        object.__setattr__(self, "target_acr_values", levels)
        if self.max_age is not None:
            if isinstance(self.max_age, bool):
                raise TypeError("max_age must be an int, not bool")
            if expect(self.max_age, int, "max_age") < 0:
                raise ValueError("max_age must be a number of seconds, 0 or more")
        if self.access_token is not None:
            nonempty(self.access_token, "access_token")

    def parameters(self) -> dict[str, str]:
        """Return the AuthParameters."""
        parameters = {"TARGET_ACR_VALUES": " ".join(self.target_acr_values)}
        if self.max_age is not None:
            parameters["MAX_AGE"] = f"{self.max_age:d}"
        if self.access_token is not None:
            parameters["ACCESS_TOKEN"] = self.access_token
        return parameters


def user_srp_auth(
    app: AppClient,
    username: str,
    srp_a: str,
    *,
    device_key: str | None = None,
    context: Context | None = None,
) -> InitiateCall:
    """Begin with SRP: USER_SRP_AUTH.

    Args:
        srp_a: SRP_A, such as `SRPClient.srp_a`.
    """
    parameters = {"SRP_A": nonempty(srp_a, "srp_a")}
    return _begin(app, "USER_SRP_AUTH", username, parameters, device_key, context)


def user_password_auth(
    app: AppClient,
    username: str,
    password: str,
    *,
    device_key: str | None = None,
    context: Context | None = None,
) -> InitiateCall:
    """Begin by sending the password itself: USER_PASSWORD_AUTH. The service then sees it.

    A pool needs this to migrate users from elsewhere by a Lambda trigger, which gets the password.

    Args:
        password: the password, which is sent.
    """
    parameters = {"PASSWORD": typed_text(password, "password")}
    return _begin(app, "USER_PASSWORD_AUTH", username, parameters, device_key, context)


def admin_user_password_auth(
    app: AppClient,
    username: str,
    password: str,
    *,
    device_key: str | None = None,
    context: Context | None = None,
) -> InitiateCall:
    """The same with AWS credentials: ADMIN_USER_PASSWORD_AUTH. The service sees the password.

    Only AdminInitiateAuth takes this flow: pass the call to `Admin.instead_of`.

    Args:
        password: the password, which is sent.
    """
    parameters = {"PASSWORD": typed_text(password, "password")}
    return _begin(app, "ADMIN_USER_PASSWORD_AUTH", username, parameters, device_key, context)


def user_auth(
    app: AppClient,
    username: str,
    *,
    preferred_challenge: FirstFactor | None = None,
    srp_a: str | None = None,
    password: str | None = None,
    device_key: str | None = None,
    session: str | None = None,
    step_up: StepUp | None = None,
    context: Context | None = None,
) -> InitiateCall:
    """Begin with a choice of first factors: USER_AUTH.

    Args:
        preferred_challenge: the first factor that is wanted. Without it, or where the user does
            not have it, SELECT_CHALLENGE follows.
        srp_a: with PASSWORD_SRP, SRP_A.
        password: with PASSWORD, the password itself, which the service then sees.
        session: the Session that ConfirmSignUp returned, to sign in after it without a new start.
        step_up: the level that the sign-in shall reach, if there is one.

    Raises:
        ValueError: `preferred_challenge` is not one of AWS's, its value is missing, or a value is
            given that belongs to another challenge.
    """
    parameters: dict[str, str] = {}
    if preferred_challenge is not None:
        given_choice(preferred_challenge, get_args(FirstFactor), "preferred_challenge")
        parameters["PREFERRED_CHALLENGE"] = preferred_challenge
    for name, value, its_challenge, check in (
        ("srp_a", srp_a, "PASSWORD_SRP", nonempty),
        ("password", password, "PASSWORD", typed_text),
    ):
        if value is None and preferred_challenge == its_challenge:
            raise ValueError(f"{its_challenge} needs {name}")
        if value is not None:
            if preferred_challenge != its_challenge:
                raise ValueError(f"{name} goes with the preferred challenge {its_challenge}")
            parameters[name.upper()] = check(value, name)
    if step_up is not None:
        parameters |= expect(step_up, StepUp, "step_up").parameters()
    return _begin(app, "USER_AUTH", username, parameters, device_key, context, session)


def custom_auth(
    app: AppClient,
    username: str,
    *,
    srp_a: str | None = None,
    device_key: str | None = None,
    context: Context | None = None,
) -> InitiateCall:
    """Begin with the pool's own Lambda triggers: CUSTOM_AUTH.

    Args:
        srp_a: SRP_A, to prove the password before the custom challenges; CHALLENGE_NAME is sent
            with it.
    """
    parameters: dict[str, str] = {}
    if srp_a is not None:
        parameters = {"CHALLENGE_NAME": "SRP_A", "SRP_A": nonempty(srp_a, "srp_a")}
    return _begin(app, "CUSTOM_AUTH", username, parameters, device_key, context)


def refresh_token_auth(
    app: AppClient,
    username: str,
    refresh_token: str,
    *,
    device_key: str | None = None,
    context: Context | None = None,
) -> InitiateCall:
    """Get new tokens for a refresh token: REFRESH_TOKEN_AUTH.

    `operations.get_tokens_from_refresh_token` does the same for every app client; one that rotates
    its refresh tokens refuses this flow (AWS, "Refresh tokens" in the developer guide).

    Args:
        app: the app client that the token was given to.
        username: the user's name inside the pool, which is the access token's ``username``
            and `Tokens.username`, never an alias. It is not sent; SECRET_HASH is computed from it.
        refresh_token: the refresh token.
        device_key: the DeviceKey of the device that the token was given to, if there is one.
    """
    expect(app, AppClient, "app")
    parameters = {
        "REFRESH_TOKEN": nonempty(refresh_token, "refresh_token"),
        **_device_key(device_key),
    }
    hashed = app.secret_hash(nonempty(username, "username"))
    if hashed is not None:
        parameters["SECRET_HASH"] = hashed
    return _call(app, "REFRESH_TOKEN_AUTH", parameters, context)


def _begin(
    app: AppClient,
    flow: AuthFlow,
    username: str,
    parameters: Mapping[str, str],
    device_key: str | None,
    context: Context | None,
    session: str | None = None,
) -> InitiateCall:
    """Return the call that begins a sign-in, with everything that every flow carries."""
    expect(app, AppClient, "app")
    named = {"USERNAME": typed_text(username, "username")}
    carried = {**named, **parameters, **_device_key(device_key)}
    return _call(app, flow, app.with_secret_hash(carried), context, session)


def _device_key(device_key: str | None) -> dict[str, str]:
    return {} if device_key is None else {"DEVICE_KEY": identifier(device_key, "device_key")}


def _call(
    app: AppClient,
    flow: AuthFlow,
    parameters: dict[str, str],
    context: Context | None,
    session: str | None = None,
) -> InitiateCall:
    arguments: InitiateAuthArguments = {
        "AuthFlow": flow,
        "ClientId": app.client_id,
        "AuthParameters": parameters,
    }
    if session is not None:
        arguments["Session"] = nonempty(session, "session")
    add_context(context, arguments)
    return Call("InitiateAuth", arguments)
