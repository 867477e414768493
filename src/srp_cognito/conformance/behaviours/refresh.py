"""Refresh tokens: new tokens for them, rotation, and how a sign-in is ended."""

from typing import Final

from ...calls import operations
from ..behaviour import behaviour, documented, inferred, measured, seen, unknown
from ..expected import Either, Facts, Refuses, Reply, Seen, SignsIn, Succeeds
from ..sources import (
    FLUTTER_SIGN_OUT,
    FRANKEN,
    GUIDE_ACCESS_TOKEN,
    GUIDE_REFRESH_TOKEN,
    GUIDE_REVOCATION,
    LIFTRIC,
    MODEL,
    MOTO,
    ROTATION,
    issue,
)
from ..trial import Trial, header_and_claims

INVALID: Final = Either(
    Refuses("NotAuthorizedException", "Invalid Refresh Token."),
    Refuses("NotAuthorizedException", "Invalid Refresh Token"),
)
"""Both are met, with and without a stop."""

KNOWLEDGE: Final = "https://repost.aws/knowledge-center/cognito-invalid-refresh-token-error"
"""AWS's page on when a refresh token is refused so."""

REVOKED: Final = Either(
    Refuses("NotAuthorizedException", "Refresh Token has been revoked"), INVALID
)
"""The first words since about 2019."""

REVOKED_WORDS: Final = (
    seen(issue("aws/aws-sdk-net", 1936), "2021-11"),
    seen(issue("aws-amplify/amplify-swift", 3344), "with the headers; myeyesareblind, 2023-11-14"),
)

WITHOUT_A_NEW_ONE: Final = SignsIn(("IdToken",), without=("RefreshToken",))


@behaviour(
    WITHOUT_A_NEW_ONE,
    documented(GUIDE_REFRESH_TOKEN, "InitiateAuth with REFRESH_TOKEN_AUTH"),
    documented(ROTATION, "without rotation there are only ID and access tokens"),
    needs=["no-devices"],
)
def by_initiate_auth(trial: Trial) -> Seen:
    """REFRESH_TOKEN_AUTH is answered with new tokens, and without a new refresh token."""
    return _by_initiate_auth(trial, _refresh_token(trial))


@behaviour(
    WITHOUT_A_NEW_ONE,
    measured(MOTO, "test_initiate_auth_REFRESH_TOKEN"),
    needs=["no-devices"],
)
def by_the_old_name(trial: Trial) -> Seen:
    """The flow may be called REFRESH_TOKEN."""
    return _by_initiate_auth(trial, _refresh_token(trial), flow="REFRESH_TOKEN")


@behaviour(
    WITHOUT_A_NEW_ONE,
    documented(GUIDE_REFRESH_TOKEN, "GetTokensFromRefreshToken"),
    documented(ROTATION, "with rotation disabled it can be used as well"),
    needs=["no-devices"],
)
def by_its_own_operation(trial: Trial) -> Seen:
    """GetTokensFromRefreshToken is answered with new tokens, where they do not rotate."""
    return trial.send(operations.get_tokens_from_refresh_token(trial.app(), _refresh_token(trial)))


@behaviour(
    WITHOUT_A_NEW_ONE,
    documented(MODEL, "ClientSecret"),
    needs=["no-devices"],
)
def with_the_secret(trial: Trial) -> Seen:
    """GetTokensFromRefreshToken takes the app client's secret itself, and no hash."""
    token = _refresh_token(trial, "secret")
    return trial.send(operations.get_tokens_from_refresh_token(trial.app("secret"), token))


@behaviour(
    Refuses("NotAuthorizedException"),
    inferred(MODEL, "of the types of GetTokensFromRefreshToken this one fits"),
    unknown("the words"),
    needs=["no-devices"],
)
def with_another_secret(trial: Trial) -> Seen:
    """GetTokensFromRefreshToken with another secret is refused."""
    token = _refresh_token(trial, "secret")
    call = operations.get_tokens_from_refresh_token(trial.app("secret"), token)
    return trial.send(call, {"ClientSecret": "another-secret-of-some-length"})


@behaviour(
    Refuses("NotAuthorizedException"),
    inferred(MODEL, "ClientSecret is of app clients that have one"),
    needs=["no-devices"],
)
def without_the_secret(trial: Trial) -> Seen:
    """GetTokensFromRefreshToken without the secret is refused where there is one."""
    token = _refresh_token(trial, "secret")
    call = operations.get_tokens_from_refresh_token(trial.app("secret"), token)
    return trial.send(call, {"ClientSecret": None})


@behaviour(
    Facts({"origin_jti": True, "auth_time": True, "sub": True, "jti": False}),
    measured(MOTO, "test_jti_in_tokens, test_initiate_auth_REFRESH_TOKEN"),
    documented(GUIDE_ACCESS_TOKEN, "auth_time is that of the original authentication"),
    needs=["no-devices"],
)
def same_sign_in(trial: Trial) -> Seen:
    """New tokens keep origin_jti, auth_time and sub, and have another jti."""
    tokens = trial.sign_in()
    before = header_and_claims(tokens.access_token)[1]
    trial.wait(2)
    after = trial.claims_of(_by_initiate_auth(trial, tokens.refresh_token), "AccessToken")
    return {
        name: before.get(name) is not None and before.get(name) == after.get(name)
        for name in ("origin_jti", "auth_time", "sub", "jti")
    }


@behaviour(INVALID, inferred(issue("aws-amplify/amplify-js", 498), "the words; 2018-03-22"))
def made_up(trial: Trial) -> Seen:
    """A refresh token that the service did not make is refused."""
    return _by_initiate_auth(trial, "made.up.refresh.token")


@behaviour(
    Refuses("NotAuthorizedException"),
    inferred(MODEL, "REFRESH_TOKEN is a valid refresh token"),
)
def access_token(trial: Trial) -> Seen:
    """An access token cannot be used as a refresh token."""
    return _by_initiate_auth(trial, trial.sign_in().access_token)


@behaviour(
    Either(Refuses("NotAuthorizedException", "Refresh Token has different Client"), INVALID),
    seen(issue("aws/aws-sdk-js", 4016), "since 2022-01-21; Suvab-rently, 2022-01-24"),
    seen(issue("aws-amplify/amplify-js", 9502), "2022-01-21"),
    documented(KNOWLEDGE, "the other words, which were those before"),
    needs=["no-devices"],
)
def of_another_app_client(trial: Trial) -> Seen:
    """A refresh token is refused if another app client sends it."""
    return _by_initiate_auth(trial, _refresh_token(trial), app="other")


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter REFRESH_TOKEN"),
    inferred(issue("aws/aws-sdk-cpp", 452), "the words for SRP_A that is missing"),
)
def missing(trial: Trial) -> Seen:
    """REFRESH_TOKEN_AUTH without a refresh token is refused."""
    return trial.initiate("REFRESH_TOKEN_AUTH", {})


@behaviour(
    WITHOUT_A_NEW_ONE,
    measured(FRANKEN, '"can refresh"'),
    needs=["devices"],
)
def with_its_device(trial: Trial) -> Seen:
    """In a pool that tracks devices a refresh token is sent with its device's DEVICE_KEY."""
    tokens, device = trial.with_device()
    return _by_initiate_auth(trial, tokens.refresh_token, device_key=device.device_key)


@behaviour(
    INVALID,
    seen(issue("aws/aws-sdk-java-v2", 3418), "wye220, 2022-09-14"),
    seen(issue("aws-amplify/amplify-js", 498), "2018-03-22"),
    needs=["devices"],
)
def without_its_device(trial: Trial) -> Seen:
    """In a pool that tracks devices a refresh token without DEVICE_KEY is refused."""
    tokens, _ = trial.with_device()
    return _by_initiate_auth(trial, tokens.refresh_token)


@behaviour(
    INVALID,
    seen(issue("aws-amplify/amplify-android", 2506), "gpanshu of AWS, 2023-07-21"),
    seen(issue("aws/aws-sdk-java", 2841), "wye220, 2022-09-08"),
    documented(KNOWLEDGE, "the device must be confirmed"),
    needs=["devices"],
)
def with_an_offer(trial: Trial) -> Seen:
    """A refresh token is refused if its device was offered and never registered."""
    tokens = trial.sign_in()
    return _by_initiate_auth(trial, tokens.refresh_token, device_key=tokens.device_key)


@behaviour(
    INVALID,
    measured(FRANKEN, '"can\'t refresh once device is forgotten"'),
    needs=["devices"],
)
def with_a_forgotten_device(trial: Trial) -> Seen:
    """A refresh token is refused once its device is forgotten."""
    tokens, device = trial.with_device()
    key = device.device_key
    trial.call("ForgetDevice", {"AccessToken": tokens.access_token, "DeviceKey": key})
    return _by_initiate_auth(trial, tokens.refresh_token, device_key=key)


# Rotation.


@behaviour(
    SignsIn(),
    documented(GUIDE_REFRESH_TOKEN, "GetTokensFromRefreshToken returns a new refresh token"),
    needs=["no-devices"],
)
def rotates(trial: Trial) -> Seen:
    """An app client that rotates gets a new refresh token from GetTokensFromRefreshToken."""
    return _rotated(trial, _refresh_token(trial, "rotating"))


@behaviour(
    Refuses("InvalidParameterException"),
    documented(GUIDE_REFRESH_TOKEN, "REFRESH_TOKEN_AUTH cannot be used with rotation"),
    documented(issue("aws-amplify/amplify-js", 14427), "soberm of AWS, 2025-06-13"),
    unknown("the type and the words"),
    needs=["no-devices"],
)
def rotates_not_by_initiate_auth(trial: Trial) -> Seen:
    """An app client that rotates cannot use REFRESH_TOKEN_AUTH."""
    return _by_initiate_auth(trial, _refresh_token(trial, "rotating"), app="rotating")


@behaviour(
    SignsIn(),
    documented(ROTATION, "RetryGracePeriodSeconds"),
    needs=["no-devices"],
)
def rotated_within_grace(trial: Trial) -> Seen:
    """A refresh token that was replaced is accepted within the grace period."""
    token = _refresh_token(trial, "rotating")
    _rotated(trial, token)
    return _rotated(trial, token)


@behaviour(
    Refuses("RefreshTokenReuseException"),
    documented(MODEL, "RefreshTokenReuseException, of GetTokensFromRefreshToken"),
    documented(ROTATION, "the grace period, 60 seconds at most"),
    unknown("the words"),
    needs=["no-devices"],
    cost="waits",
)
def rotated_after_grace(trial: Trial) -> Seen:
    """A refresh token that was replaced is refused after the grace period."""
    token = _refresh_token(trial, "rotating")
    _rotated(trial, token)
    trial.wait(61)
    return _rotated(trial, token)


# The end.


@behaviour(Succeeds(), measured(LIFTRIC, "RevokeToken succeeds"), documented(MODEL, "RevokeToken"))
def revoke(trial: Trial) -> Seen:
    """RevokeToken is taken."""
    return trial.send(operations.revoke_token(trial.app(), _refresh_token(trial)))


@behaviour(REVOKED, *REVOKED_WORDS, needs=["no-devices"])
def revoked(trial: Trial) -> Seen:
    """A refresh token that was revoked is refused."""
    token = _refresh_token(trial)
    trial.send(operations.revoke_token(trial.app(), token))
    trial.wait(1)
    return _by_initiate_auth(trial, token)


@behaviour(
    Refuses("NotAuthorizedException", "Access Token has been revoked"),
    measured(LIFTRIC, "RevokeToken, a second later GlobalSignOut: NotAuthorizedException"),
    documented(GUIDE_REVOCATION, "the access tokens end with it"),
    seen(issue("aws-amplify/amplify-js", 2205), "the words; hoang-innomizetech, 2018-11-28"),
)
def revoked_with_its_access_tokens(trial: Trial) -> Seen:
    """With a refresh token its access tokens end."""
    tokens = trial.sign_in()
    trial.send(operations.revoke_token(trial.app(), str(tokens.refresh_token)))
    trial.wait(1)
    return trial.call("GetUser", {"AccessToken": tokens.access_token})


@behaviour(
    Succeeds(),
    unknown("whether it is answered, as RFC 7009 would have it, or refused"),
)
def revoke_what_was_made_up(trial: Trial) -> Seen:
    """RevokeToken answers alike for a token that the service did not make."""
    return trial.send(operations.revoke_token(trial.app(), "made.up.refresh.token"))


@behaviour(
    Refuses("UnsupportedTokenTypeException"),
    documented(MODEL, "UnsupportedTokenTypeException"),
    unknown("the words"),
)
def revoke_an_access_token(trial: Trial) -> Seen:
    """RevokeToken refuses an access token."""
    return trial.send(operations.revoke_token(trial.app(), trial.sign_in().access_token))


@behaviour(
    Facts({"older": False, "newer": True}),
    documented(MODEL, "it ends the access tokens of this refresh token"),
    documented(GUIDE_REVOCATION, "other refresh tokens are not affected"),
    needs=["no-devices"],
)
def revoke_is_for_one_sign_in(trial: Trial) -> Seen:
    """RevokeToken leaves the user's other sign-ins as they are."""
    older, newer = _refresh_token(trial), _refresh_token(trial)
    trial.send(operations.revoke_token(trial.app(), older))
    trial.wait(1)
    return {
        "older": bool(_by_initiate_auth(trial, older).result),
        "newer": bool(_by_initiate_auth(trial, newer).result),
    }


@behaviour(
    Facts({"GlobalSignOut": None, "refresh": False, "GetUser": "NotAuthorizedException"}),
    measured(FLUTTER_SIGN_OUT, "GetUser afterwards: NotAuthorizedException"),
    documented(MODEL, "GlobalSignOut ends all tokens of the user"),
    *REVOKED_WORDS,
    needs=["no-devices"],
)
def global_sign_out(trial: Trial) -> Seen:
    """GlobalSignOut ends all tokens of the user."""
    tokens = trial.sign_in()
    signed_out = trial.call("GlobalSignOut", {"AccessToken": tokens.access_token})
    trial.wait(1)
    return {
        "GlobalSignOut": signed_out.kind,
        "refresh": bool(_by_initiate_auth(trial, str(tokens.refresh_token)).result),
        "GetUser": trial.call("GetUser", {"AccessToken": tokens.access_token}).kind,
    }


@behaviour(
    Refuses("NotAuthorizedException", "Access Token has been revoked"),
    documented(MODEL, 'GlobalSignOut: "returns an Access Token has been revoked error"'),
    seen(issue("aws-amplify/amplify-js", 3435), "ProdigySim, 2019-12-09"),
)
def global_sign_out_twice(trial: Trial) -> Seen:
    """GlobalSignOut with an access token that it ended is refused."""
    token = trial.sign_in().access_token
    trial.call("GlobalSignOut", {"AccessToken": token})
    trial.wait(1)
    return trial.call("GlobalSignOut", {"AccessToken": token})


@behaviour(SignsIn(), measured(LIFTRIC, "a sign-in a second after GlobalSignOut"))
def sign_in_after_a_global_sign_out(trial: Trial) -> Seen:
    """After GlobalSignOut the user can sign in again."""
    trial.call("GlobalSignOut", {"AccessToken": trial.sign_in().access_token})
    trial.wait(1)
    return trial.prove()


@behaviour(
    Refuses("UnauthorizedException"),
    documented(GUIDE_REVOCATION, "it must be the app client that got the token"),
    inferred(MODEL, "of the types of RevokeToken this one fits"),
    unknown("the words"),
)
def revoke_by_another_app_client(trial: Trial) -> Seen:
    """RevokeToken is refused if another app client sends the token."""
    return trial.send(operations.revoke_token(trial.app("other"), _refresh_token(trial)))


@behaviour(
    Refuses("UnauthorizedException"),
    inferred(MODEL, "of the types of RevokeToken this one fits"),
    unknown("the words"),
)
def revoke_without_the_secret(trial: Trial) -> Seen:
    """RevokeToken without the secret is refused where there is one."""
    call = operations.revoke_token(trial.app("secret"), _refresh_token(trial, "secret"))
    return trial.send(call, {"ClientSecret": None})


@behaviour(
    INVALID,
    documented(KNOWLEDGE, "a token of USER_PASSWORD_AUTH while devices are tracked"),
    seen(issue("aws/aws-sdk-java-v2", 1389), "ADMIN_NO_SRP_AUTH; jitsunen, 2019-08-19"),
    needs=["devices"],
)
def after_a_password_where_devices_are_tracked(trial: Trial) -> Seen:
    """The refresh token of USER_PASSWORD_AUTH is refused in a pool that tracks devices."""
    tokens = trial.sign_in(flow="USER_PASSWORD_AUTH")
    return _by_initiate_auth(trial, tokens.refresh_token)


@behaviour(
    Either(INVALID, WITHOUT_A_NEW_ONE),
    documented(MODEL, "the key must be sent, and without it a new one is issued: both are said"),
    needs=["devices"],
)
def by_its_own_operation_without_the_device(trial: Trial) -> Seen:
    """GetTokensFromRefreshToken without DeviceKey, where AWS's description contradicts itself."""
    tokens, _ = trial.with_device()
    token = str(tokens.refresh_token)
    return trial.send(operations.get_tokens_from_refresh_token(trial.app(), token))


@behaviour(
    WITHOUT_A_NEW_ONE,
    documented(MODEL, "DeviceKey is that of the confirmed device"),
    needs=["devices"],
)
def by_its_own_operation_with_the_device(trial: Trial) -> Seen:
    """GetTokensFromRefreshToken with DeviceKey is answered with new tokens."""
    tokens, device = trial.with_device()
    call = operations.get_tokens_from_refresh_token(trial.app(), str(tokens.refresh_token))
    return trial.send(call, {"DeviceKey": device.device_key})


def _refresh_token(trial: Trial, app: str = "plain") -> str:
    return str(trial.sign_in(app=app).refresh_token)


def _by_initiate_auth(
    trial: Trial,
    token: str | None,
    *,
    app: str = "plain",
    flow: str = "REFRESH_TOKEN_AUTH",
    device_key: str | None = None,
) -> Reply:
    parameters = {"REFRESH_TOKEN": token, "DEVICE_KEY": device_key}
    return trial.initiate(flow, {**parameters, "SECRET_HASH": None}, app)


def _rotated(trial: Trial, token: str) -> Reply:
    return trial.send(operations.get_tokens_from_refresh_token(trial.app("rotating"), token))
