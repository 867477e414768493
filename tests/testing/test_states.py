"""testing/states.py: users who may not sign in, and when they hear of it.

First from outside: boto3 over HTTP, and `SignIn`.
"""

from datetime import UTC, datetime

import pytest
from boto3_calls import boto3_client, boto3_refusal
from peers import PASSWORD, OracleClient
from pool_calls import (
    NOW,
    PUBLIC,
    WRONG,
    Clock,
    begin,
    beginning,
    call,
    claim,
    opened,
    proven,
    refusal,
    refused_answer,
    signed_in,
)

from srp_cognito import ServiceError, SignIn, SRPClient
from srp_cognito.testing import UserPool, serve

DISABLED = ("NotAuthorizedException", "User is disabled.")
UNCONFIRMED = ("UserNotConfirmedException", "User is not confirmed.")
RESET = ("PasswordResetRequiredException", "Password reset required for the user")
STATES = {
    "disabled": ({"is_enabled": False}, DISABLED),
    "unconfirmed": ({"is_confirmed": False}, UNCONFIRMED),
}


@pytest.mark.parametrize(("state", "said"), STATES.values(), ids=STATES)
def test_boto3_hears_of_a_disabled_or_unconfirmed_user_at_once(
    pool: UserPool, state: dict[str, bool], said: tuple[str, str]
) -> None:
    pool.change_user("alice", **state)
    with serve(pool) as url:
        cognito = boto3_client(url)
        srp = SRPClient.for_user(pool.pool_id, "alice", PASSWORD, app=PUBLIC)
        assert boto3_refusal(cognito.initiate_auth, **srp.start()) == said
        with_password = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD="wrong")
        assert boto3_refusal(cognito.initiate_auth, **with_password) == said


def test_boto3_hears_of_a_reset_after_the_right_password_only(pool: UserPool, clock: Clock) -> None:
    clock.now = datetime.now(UTC)
    pool.change_user("alice", must_reset_password=True)
    with serve(pool) as url:
        cognito = boto3_client(url)
        for password, said in (("wrong", WRONG), (PASSWORD, RESET)):
            srp = SRPClient.for_user(pool.pool_id, "alice", password, app=PUBLIC)
            respond = srp.respond(cognito.initiate_auth(**srp.start()))
            assert boto3_refusal(cognito.respond_to_auth_challenge, **respond) == said


def test_a_sign_in_says_that_the_password_must_be_reset(pool: UserPool) -> None:
    pool.change_user("alice", must_reset_password=True)
    sign_in = SignIn(pool.pool_id, "alice", PASSWORD, app=PUBLIC)
    step = sign_in.reply(pool.send(sign_in.start()), now=NOW)
    with pytest.raises(ServiceError) as error:
        sign_in.reply(pool.send(step))
    assert (error.value.type, error.value.message) == RESET


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"])
@pytest.mark.parametrize(("state", "said"), STATES.values(), ids=STATES)
def test_every_flow_refuses_a_disabled_or_unconfirmed_user(
    pool: UserPool, flow: str, state: dict[str, bool], said: tuple[str, str]
) -> None:
    pool.change_user("frank", **state)
    parameters = {"USERNAME": "frank", "SRP_A": OracleClient().srp_a}
    assert refusal(pool, "InitiateAuth", **beginning(flow, **parameters)) == said


def test_a_user_can_be_added_in_each_state(pool: UserPool) -> None:
    pool.add_user("gina", PASSWORD, is_enabled=False, is_confirmed=False)
    pool.add_user("hans", PASSWORD, is_confirmed=False)
    pool.add_user("ines", PASSWORD, must_reset_password=True)
    expected = {"gina": DISABLED, "hans": UNCONFIRMED, "ines": RESET}
    for name, said in expected.items():
        arguments = beginning("USER_PASSWORD_AUTH", USERNAME=name, PASSWORD=PASSWORD)
        assert refusal(pool, "InitiateAuth", **arguments) == said


def test_a_temporary_password_that_must_be_reset_is_not_asked_for_again(pool: UserPool) -> None:
    pool.change_user("bob", must_reset_password=True)
    arguments = beginning("USER_PASSWORD_AUTH", USERNAME="bob", PASSWORD=PASSWORD)
    assert refusal(pool, "InitiateAuth", **arguments) == RESET


def test_a_user_who_is_disabled_during_a_sign_in_does_not_get_in(pool: UserPool) -> None:
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    pool.change_user("alice", is_enabled=False)
    assert refused_answer(pool, reply, **claim(pool, client, reply)) == DISABLED


def test_the_tokens_of_a_disabled_user_are_refused_for_good(pool: UserPool) -> None:
    result = proven(pool)["AuthenticationResult"]
    refresh = beginning("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=result["RefreshToken"])
    pool.change_user("alice", is_enabled=False)
    for _ in range(2):
        revoked = "NotAuthorizedException", "Access Token has been revoked"
        assert refusal(pool, "GetUser", AccessToken=result["AccessToken"]) == revoked
        revoked = "NotAuthorizedException", "Refresh Token has been revoked"
        assert refusal(pool, "InitiateAuth", **refresh) == revoked
        pool.change_user("alice", is_enabled=True)
    assert signed_in(proven(pool))


def test_a_change_leaves_the_rest_as_it_was(pool: UserPool) -> None:
    result = proven(pool)["AuthenticationResult"]
    pool.change_user("alice", is_confirmed=False)
    pool.change_user("alice", must_reset_password=True)
    assert refusal(pool, "InitiateAuth", **beginning("USER_AUTH", USERNAME="alice")) == UNCONFIRMED
    pool.change_user("alice", is_confirmed=True, is_enabled=True)
    arguments = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
    assert refusal(pool, "InitiateAuth", **arguments) == RESET
    pool.change_user("alice", must_reset_password=False)
    assert signed_in(begin(pool, "USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD))
    assert call(pool, "GetUser", AccessToken=result["AccessToken"])["Username"] == "alice"


def test_a_stranger_is_in_no_state(pool: UserPool) -> None:
    client = OracleClient(member="nobody")
    reply = opened(pool, client, "nobody")
    refused = refused_answer(pool, reply, "nobody", **claim(pool, client, reply))
    assert refused == WRONG


def test_another_user_cannot_be_changed_by_mistake(pool: UserPool) -> None:
    with pytest.raises(ValueError, match="there is no user 'alice@example.com'"):
        pool.change_user("alice@example.com", is_enabled=False)
    with pytest.raises(TypeError, match="is_enabled must be True or False, not str"):
        pool.change_user("alice", is_enabled="no")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="is_confirmed must be True or False, not int"):
        pool.add_user("gina", PASSWORD, is_confirmed=0)  # type: ignore[arg-type]
    assert signed_in(proven(pool))
