"""testing/account.py: what a user can do with tokens, and with which tokens."""

from datetime import timedelta

import oracle
import pytest
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID
from pool_calls import (
    NO_DEVICE,
    NOW,
    PUBLIC,
    Clock,
    answer,
    begin,
    beginning,
    call,
    device_config,
    proven,
    refusal,
    registered,
    signed_in,
)

from srp_cognito import AppClient, SignIn
from srp_cognito.testing import CustomChallenge, UserPool
from srp_cognito.testing.users import Lifetimes, User

APP = AppClient(CLIENT_ID, CLIENT_SECRET)
INVALID_ACCESS = ("NotAuthorizedException", "Invalid Access Token")
INVALID_REFRESH = ("NotAuthorizedException", "Invalid Refresh Token.")
NEGATIVE = (
    "InvalidParameterException",
    "Found negative value for salt or password verifier",
)


def tokens_of(pool: UserPool, app: AppClient) -> dict[str, str]:
    """The tokens of alice's sign-in with an app client."""
    sign_in = SignIn(POOL_ID, "alice", PASSWORD, app=app)
    step = sign_in.reply(pool.send(sign_in.start()), now=NOW)
    tokens = sign_in.reply(pool.send(step), now=NOW)
    return {"AccessToken": tokens.access_token, "RefreshToken": tokens.refresh_token}


def access_token(pool: UserPool, user: User) -> object:
    """An access token of a user who has signed in in some way."""
    sign_in = pool._issuer.begin(user, Lifetimes(), None)
    return pool._issuer.tokens(user, PUBLIC.client_id, Lifetimes(), sign_in)["AccessToken"]


# The user.


def test_an_access_token_says_who_one_is_and_no_other_token_does(
    pool: UserPool, clock: Clock
) -> None:
    result = proven(pool)["AuthenticationResult"]
    shown = call(pool, "GetUser", AccessToken=result["AccessToken"])
    assert shown["Username"] == "alice"
    assert shown["UserAttributes"] == [
        {"Name": "sub", "Value": pool._directory.user("alice").sub},
        {"Name": "email", "Value": "alice@example.com"},
    ]
    assert "UserMFASettingList" not in shown
    for other in ("IdToken", "RefreshToken"):
        assert refusal(pool, "GetUser", AccessToken=result[other]) == INVALID_ACCESS
    clock.now += Lifetimes().access
    expired = ("NotAuthorizedException", "Access Token has expired")
    assert refusal(pool, "GetUser", AccessToken=result["AccessToken"]) == expired


def test_a_user_sees_their_second_factors(pool: UserPool) -> None:
    user = pool._directory.user("dora")
    token = access_token(pool, user)
    shown = call(pool, "GetUser", AccessToken=token)
    assert shown["UserMFASettingList"] == ["SMS_MFA", "EMAIL_OTP"]


def test_signing_out_ends_all_tokens_of_the_user_and_nobody_elses(pool: UserPool) -> None:
    first, second = (proven(pool)["AuthenticationResult"] for _ in range(2))
    other = proven(pool, "frank")["AuthenticationResult"]
    assert call(pool, "GlobalSignOut", AccessToken=first["AccessToken"]) == {}
    for result in (first, second):
        revoked = ("NotAuthorizedException", "Access Token has been revoked")
        assert refusal(pool, "GetUser", AccessToken=result["AccessToken"]) == revoked
        arguments = beginning("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=result["RefreshToken"])
        revoked = ("NotAuthorizedException", "Refresh Token has been revoked")
        assert refusal(pool, "InitiateAuth", **arguments) == revoked
    assert call(pool, "GetUser", AccessToken=other["AccessToken"])["Username"] == "frank"


@pytest.mark.parametrize("operation", ["GetUser", "GlobalSignOut", "ForgetDevice"])
def test_a_call_without_an_access_token_says_what_is_missing(
    pool: UserPool, operation: str
) -> None:
    kind, message = refusal(pool, operation)
    assert kind == "InvalidParameterException"
    assert "Value null at 'accessToken' failed to satisfy constraint" in message


# New tokens.


def test_a_refresh_token_brings_new_tokens_and_no_new_refresh_token(
    pool: UserPool, clock: Clock
) -> None:
    token = proven(pool)["AuthenticationResult"]["RefreshToken"]
    clock.now += Lifetimes().access
    result = begin(pool, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token)["AuthenticationResult"]
    assert "RefreshToken" not in result
    assert call(pool, "GetUser", AccessToken=result["AccessToken"])["Username"] == "alice"


def rotating(pool: UserPool, grace: int) -> AppClient:
    return pool.add_app_client("rotating", rotation_grace_seconds=grace)


def refreshed(pool: UserPool, token: str, app: AppClient) -> dict[str, str]:
    arguments = {"ClientId": app.client_id, "RefreshToken": token}
    return call(pool, "GetTokensFromRefreshToken", **arguments)["AuthenticationResult"]


def test_an_app_client_that_rotates_gives_a_new_refresh_token_and_refuses_the_old_one(
    pool: UserPool, clock: Clock
) -> None:
    app = rotating(pool, grace=10)
    first = tokens_of(pool, app)["RefreshToken"]
    clock.now += timedelta(days=1)
    second = refreshed(pool, first, app)["RefreshToken"]
    assert second != first
    # A reply may be lost: for the grace period the old one brings another one, which then counts.
    clock.now += timedelta(seconds=9)
    third = refreshed(pool, first, app)["RefreshToken"]
    reuse = ("RefreshTokenReuseException", "Refresh token reuse detected")
    arguments = {"ClientId": app.client_id, "RefreshToken": second}
    assert refusal(pool, "GetTokensFromRefreshToken", **arguments) == reuse
    clock.now += timedelta(seconds=1)
    arguments["RefreshToken"] = first
    assert refusal(pool, "GetTokensFromRefreshToken", **arguments) == reuse
    fourth = refreshed(pool, third, app)["RefreshToken"]
    # None of them lives longer than the first would have.
    clock.now = NOW + Lifetimes().refresh
    expired = ("NotAuthorizedException", "Refresh Token has expired")
    arguments["RefreshToken"] = fourth
    assert refusal(pool, "GetTokensFromRefreshToken", **arguments) == expired


def test_without_a_grace_period_a_refresh_token_is_used_once(pool: UserPool) -> None:
    app = rotating(pool, grace=0)
    token = tokens_of(pool, app)["RefreshToken"]
    assert refreshed(pool, token, app)
    arguments = {"ClientId": app.client_id, "RefreshToken": token}
    kind, _ = refusal(pool, "GetTokensFromRefreshToken", **arguments)
    assert kind == "RefreshTokenReuseException"


def test_an_app_client_that_rotates_refuses_the_older_flow(pool: UserPool) -> None:
    app = rotating(pool, grace=60)
    arguments = beginning("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=tokens_of(pool, app)["RefreshToken"])
    assert refusal(pool, "InitiateAuth", **{**arguments, "ClientId": app.client_id}) == (
        "InvalidParameterException",
        "REFRESH_TOKEN_AUTH flow not enabled for this client",
    )


def test_a_refresh_is_of_the_same_sign_in(pool: UserPool, clock: Clock) -> None:
    result = proven(pool)["AuthenticationResult"]
    clock.now += timedelta(minutes=5)
    again = refreshed(pool, result["RefreshToken"], PUBLIC)
    other = proven(pool)["AuthenticationResult"]
    before, after, of_other = (
        pool._issuer.read(each["AccessToken"], "access") for each in (result, again, other)
    )
    for claim in ("origin_jti", "auth_time"):
        assert before[claim] == after[claim] != of_other[claim]
    assert before["jti"] != after["jti"]


# Revoking.


def test_a_revoked_refresh_token_ends_its_sign_in_and_no_other(pool: UserPool) -> None:
    first, second = (tokens_of(pool, APP) for _ in range(2))
    arguments = {"ClientId": CLIENT_ID, "ClientSecret": CLIENT_SECRET}
    for _ in range(2):  # Once more changes nothing.
        assert call(pool, "RevokeToken", **arguments, Token=first["RefreshToken"]) == {}
    revoked = ("NotAuthorizedException", "Refresh Token has been revoked")
    refused = {**arguments, "RefreshToken": first["RefreshToken"]}
    assert refusal(pool, "GetTokensFromRefreshToken", **refused) == revoked
    revoked = ("NotAuthorizedException", "Access Token has been revoked")
    assert refusal(pool, "GetUser", AccessToken=first["AccessToken"]) == revoked
    assert call(pool, "GetUser", AccessToken=second["AccessToken"])["Username"] == "alice"
    accepted = {**arguments, "RefreshToken": second["RefreshToken"]}
    assert signed_in(call(pool, "GetTokensFromRefreshToken", **accepted))


@pytest.mark.parametrize("linked", [None, "NONE", "LINKED", "linked"])
def test_linked_sessions_are_ended_in_words_of_the_model(
    pool: UserPool, linked: str | None
) -> None:
    arguments = {"ClientId": CLIENT_ID, "ClientSecret": CLIENT_SECRET}
    arguments |= {"Token": tokens_of(pool, APP)["RefreshToken"]}
    arguments |= {} if linked is None else {"RevokeAssociatedSessions": linked}
    if linked == "linked":
        assert refusal(pool, "RevokeToken", **arguments)[0] == "InvalidParameterException"
    else:
        assert call(pool, "RevokeToken", **arguments) == {}


def test_only_refresh_tokens_of_the_app_client_are_revoked(pool: UserPool) -> None:
    tokens = proven(pool)["AuthenticationResult"]
    arguments = {"ClientId": PUBLIC.client_id}
    for other in ("AccessToken", "IdToken"):
        kind, _ = refusal(pool, "RevokeToken", **arguments, Token=tokens[other])
        assert kind == "UnsupportedTokenTypeException"
    assert call(pool, "RevokeToken", **arguments, Token="never issued") == {}
    other = tokens_of(pool, APP)["RefreshToken"]
    kind, _ = refusal(pool, "RevokeToken", **arguments, Token=other)
    assert kind == "UnauthorizedException"
    of_app = {"ClientId": CLIENT_ID, "Token": tokens_of(pool, APP)["RefreshToken"]}
    for secret in ({}, {"ClientSecret": "another"}, {"ClientSecret": 5}):
        refused = ("UnauthorizedException", f"Unable to verify secret for client {CLIENT_ID}")
        assert refusal(pool, "RevokeToken", **of_app, **secret) == refused


def test_an_app_client_accepts_each_of_its_secrets(pool: UserPool) -> None:
    pool.add_app_client("two", "the old secret", other_secrets=["the new secret"])
    for secret in ("the old secret", "the new secret"):
        app = AppClient("two", secret)
        arguments = {"ClientId": "two", "ClientSecret": secret}
        token = tokens_of(pool, app)["RefreshToken"]
        assert signed_in(call(pool, "GetTokensFromRefreshToken", **arguments, RefreshToken=token))


def test_a_refresh_token_is_of_one_app_client(pool: UserPool) -> None:
    token = proven(pool)["AuthenticationResult"]["RefreshToken"]
    hashed = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
    arguments = beginning("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token, SECRET_HASH=hashed)
    refused = refusal(pool, "InitiateAuth", **{**arguments, "ClientId": CLIENT_ID})
    assert refused == ("NotAuthorizedException", "Refresh Token has different Client")


@pytest.mark.parametrize("name", ["alice", "another", None])
def test_a_refresh_needs_the_secret_hash_over_the_name_in_the_pool(
    pool: UserPool, name: str | None
) -> None:
    parameters = {"REFRESH_TOKEN": tokens_of(pool, APP)["RefreshToken"]}
    if name is not None:
        parameters["SECRET_HASH"] = oracle.secret_hash(name, CLIENT_ID, CLIENT_SECRET)
    arguments = {**beginning("REFRESH_TOKEN_AUTH", **parameters), "ClientId": CLIENT_ID}
    if name == "alice":
        assert signed_in(call(pool, "InitiateAuth", **arguments))
    else:
        kind, message = refusal(pool, "InitiateAuth", **arguments)
        assert kind == "NotAuthorizedException"
        assert ("Unable to verify" in message) is (name is not None)


@pytest.mark.parametrize("secret", [None, CLIENT_SECRET, "another"])
def test_new_tokens_come_for_the_client_secret_as_it_is(pool: UserPool, secret: str | None) -> None:
    arguments = {"ClientId": CLIENT_ID, "RefreshToken": tokens_of(pool, APP)["RefreshToken"]}
    arguments |= {} if secret is None else {"ClientSecret": secret}
    if secret == CLIENT_SECRET:
        assert signed_in(call(pool, "GetTokensFromRefreshToken", **arguments))
    else:
        message = f"Unable to verify secret for client {CLIENT_ID}"
        refused = ("NotAuthorizedException", message)
        assert refusal(pool, "GetTokensFromRefreshToken", **arguments) == refused


def test_new_tokens_need_no_client_secret_if_the_app_client_has_none(pool: UserPool) -> None:
    token = proven(pool)["AuthenticationResult"]["RefreshToken"]
    arguments = {"ClientId": PUBLIC.client_id, "RefreshToken": token}
    assert signed_in(call(pool, "GetTokensFromRefreshToken", **arguments))


def test_a_refresh_token_is_of_its_device(remembering: UserPool) -> None:
    device, result = registered(remembering)
    token = {"REFRESH_TOKEN": result["RefreshToken"]}
    named = {**token, "DEVICE_KEY": device.device_key}
    assert signed_in(begin(remembering, "REFRESH_TOKEN_AUTH", **named))
    by_name = {"ClientId": PUBLIC.client_id, "RefreshToken": result["RefreshToken"]}
    of_device = {**by_name, "DeviceKey": device.device_key}
    assert signed_in(call(remembering, "GetTokensFromRefreshToken", **of_device))
    assert refusal(remembering, "GetTokensFromRefreshToken", **by_name) == INVALID_REFRESH
    for bad in (token, {**token, "DEVICE_KEY": "another"}):
        arguments = beginning("REFRESH_TOKEN_AUTH", **bad)
        assert refusal(remembering, "InitiateAuth", **arguments) == INVALID_REFRESH
    of_it = {"AccessToken": result["AccessToken"], "DeviceKey": device.device_key}
    call(remembering, "ForgetDevice", **of_it)
    arguments = beginning("REFRESH_TOKEN_AUTH", **named)
    assert refusal(remembering, "InitiateAuth", **arguments) == INVALID_REFRESH


def test_a_refresh_token_of_a_device_that_was_never_registered_is_refused(
    remembering: UserPool,
) -> None:
    result = proven(remembering)["AuthenticationResult"]
    arguments = beginning(
        "REFRESH_TOKEN_AUTH",
        REFRESH_TOKEN=result["RefreshToken"],
        DEVICE_KEY=result["NewDeviceMetadata"]["DeviceKey"],
    )
    assert refusal(remembering, "InitiateAuth", **arguments) == INVALID_REFRESH


# Devices.


def test_a_pool_that_asks_the_user_remembers_a_device_only_then(remembering: UserPool) -> None:
    device, result = registered(remembering, remembered=False)
    kept = remembering._directory.user("alice").devices[device.device_key]
    assert kept.is_remembered is not remembering._account._asks_user
    of_it = {"AccessToken": result["AccessToken"], "DeviceKey": device.device_key}
    for status in ("not_remembered", "remembered"):
        call(remembering, "UpdateDeviceStatus", **of_it, DeviceRememberedStatus=status)
        assert kept.is_remembered is (status == "remembered")
    assert refusal(remembering, "UpdateDeviceStatus", **of_it, DeviceRememberedStatus="x") == (
        "InvalidParameterException",
        "DeviceRememberedStatus must be remembered or not_remembered",
    )


def test_a_device_is_registered_once_and_with_a_verifier_that_has_its_sign_byte(
    remembering: UserPool,
) -> None:
    result = proven(remembering)["AuthenticationResult"]
    of_it = {
        "AccessToken": result["AccessToken"],
        "DeviceKey": result["NewDeviceMetadata"]["DeviceKey"],
    }

    def refused(v: bytes, salt: bytes = b"\5") -> tuple[str, str]:
        config = device_config(v, salt)
        return refusal(remembering, "ConfirmDevice", **of_it, DeviceSecretVerifierConfig=config)

    assert refused(b"\xff") == NEGATIVE
    assert refused(b"\5", b"\x80") == NEGATIVE
    kind, message = refused(b"\0")
    assert kind == "InvalidParameterException"
    assert message.startswith("PasswordVerifier must ")
    status = {"DeviceRememberedStatus": "remembered"}
    assert refusal(remembering, "UpdateDeviceStatus", **of_it, **status) == NO_DEVICE
    call(remembering, "ConfirmDevice", **of_it, DeviceSecretVerifierConfig=device_config(b"\5"))
    assert refused(b"\6") == ("DeviceKeyExistsException", "Device already exists.")


@pytest.mark.parametrize("flow", ["USER_PASSWORD_AUTH", "USER_AUTH", "CUSTOM_AUTH"])
def test_a_device_that_was_offered_after_some_sign_ins_without_srp_is_not_registered(
    remembering: UserPool, flow: str
) -> None:
    riddle = [CustomChallenge({"riddle": "1"}, "one")]
    remembering.add_user("ida", PASSWORD, custom_challenges=riddle)
    more = {"PREFERRED_CHALLENGE": "PASSWORD"} if flow == "USER_AUTH" else {}
    reply = begin(remembering, flow, USERNAME="ida", PASSWORD=PASSWORD, **more)
    if flow == "CUSTOM_AUTH":
        reply = answer(remembering, reply, "ida", ANSWER="one")
    result = reply["AuthenticationResult"]
    arguments = {
        "AccessToken": result["AccessToken"],
        "DeviceKey": result["NewDeviceMetadata"]["DeviceKey"],
        "DeviceSecretVerifierConfig": device_config(b"\5"),
    }
    if flow == "USER_AUTH":  # Of which nobody has reported that.
        assert call(remembering, "ConfirmDevice", **arguments)
        return
    refused = ("InvalidParameterException", "Invalid device key given.")
    assert refusal(remembering, "ConfirmDevice", **arguments) == refused


def test_a_device_that_the_user_does_not_have_is_refused(remembering: UserPool) -> None:
    device, result = registered(remembering)
    of_it = {"AccessToken": result["AccessToken"], "DeviceKey": device.device_key}
    carol = remembering._directory.user("carol")
    token = access_token(remembering, carol)
    assert refusal(remembering, "ForgetDevice", **{**of_it, "AccessToken": token}) == NO_DEVICE
    assert call(remembering, "ForgetDevice", **of_it) == {}
    for operation in ("ForgetDevice", "ConfirmDevice", "UpdateDeviceStatus"):
        assert refusal(remembering, operation, **of_it) == NO_DEVICE


def test_a_preferred_factor_is_shown(pool: UserPool) -> None:
    user = pool._directory.user("dora")
    token = access_token(pool, user)
    assert "PreferredMfaSetting" not in call(pool, "GetUser", AccessToken=token)
    user.preferred_factor = "EMAIL_OTP"
    assert call(pool, "GetUser", AccessToken=token)["PreferredMfaSetting"] == "EMAIL_OTP"
