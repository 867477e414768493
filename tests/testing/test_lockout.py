"""testing/lockout.py: who is locked out after wrong passwords, and for how long.

First from outside: boto3 over HTTP, and `SignIn`.
"""

from datetime import timedelta

import pytest
from boto3_calls import boto3_client, boto3_refusal
from peers import PASSWORD, POOL_ID, OracleClient
from pool_calls import (
    DEVICE_PASSWORD,
    NOW,
    PUBLIC,
    TOTP_SECRET,
    TOTP_STEP,
    WRONG,
    Clock,
    answer,
    begin,
    beginning,
    claim,
    opened,
    proven,
    refusal,
    refused_answer,
    registered,
    signed_in,
)

from srp_cognito import ServiceError, SignIn, SRPClient
from srp_cognito.testing import SigningKeys, UserPool, lockout, serve
from srp_cognito.testing.totp import code_at

EXCEEDED = ("NotAuthorizedException", "Password attempts exceeded")
MISMATCH = ("CodeMismatchException", "Invalid code or auth state for the user.")


def wrong_password(pool: UserPool, name: str = "alice") -> tuple[str, str]:
    arguments = beginning("USER_PASSWORD_AUTH", USERNAME=name, PASSWORD="battery staple")
    return refusal(pool, "InitiateAuth", **arguments)


def right_password(pool: UserPool, name: str = "alice") -> dict:
    return begin(pool, "USER_PASSWORD_AUTH", USERNAME=name, PASSWORD=PASSWORD)


def wrong_claim(pool: UserPool, name: str = "alice") -> tuple[str, str]:
    client = OracleClient(member=name, password="battery staple")
    reply = opened(pool, client, name)
    return refused_answer(pool, reply, name, **claim(pool, client, reply))


def is_locked(pool: UserPool, name: str = "alice") -> bool:
    """Whether the right password is refused, as far as the words say. A stranger has none."""
    arguments = beginning("USER_PASSWORD_AUTH", USERNAME=name, PASSWORD=PASSWORD)
    return refusal(pool, "InitiateAuth", **arguments) == EXCEEDED


def fail(pool: UserPool, times: int, name: str = "alice") -> None:
    for _ in range(times):
        assert wrong_password(pool, name) == WRONG


def test_boto3_is_locked_out_after_five_wrong_passwords(pool: UserPool, clock: Clock) -> None:
    with serve(pool) as url:
        cognito = boto3_client(url)
        wrong = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD="battery staple")
        for _ in range(5):
            assert boto3_refusal(cognito.initiate_auth, **wrong) == WRONG
        right = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
        assert boto3_refusal(cognito.initiate_auth, **right) == EXCEEDED
        clock.now += timedelta(seconds=1)
        assert "AuthenticationResult" in cognito.initiate_auth(**right)


def test_boto3_is_locked_out_after_five_wrong_claims(pool: UserPool) -> None:
    with serve(pool) as url:
        cognito = boto3_client(url)
        for number in range(6):
            password = "battery staple" if number < 5 else PASSWORD
            srp = SRPClient.for_user(pool.pool_id, "alice", password, app=PUBLIC)
            respond = srp.respond(cognito.initiate_auth(**srp.start()), now=NOW)
            refused = boto3_refusal(cognito.respond_to_auth_challenge, **respond)
            assert refused == (WRONG if number < 5 else EXCEEDED)


def test_a_sign_in_says_that_the_user_is_locked_out(pool: UserPool) -> None:
    fail(pool, 5)
    sign_in = SignIn(pool.pool_id, "alice", PASSWORD, app=PUBLIC)
    step = sign_in.reply(pool.send(sign_in.start()), now=NOW)
    with pytest.raises(ServiceError, match="Password attempts exceeded"):
        sign_in.reply(pool.send(step))


def test_each_further_failure_locks_out_for_twice_as_long(pool: UserPool, clock: Clock) -> None:
    fail(pool, 5)
    for seconds in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900):
        clock.now += timedelta(seconds=seconds, microseconds=-1)
        assert wrong_password(pool) == EXCEEDED
        clock.now += timedelta(microseconds=1)
        fail(pool, 1)


def test_attempts_during_a_lockout_do_not_make_it_longer(pool: UserPool, clock: Clock) -> None:
    fail(pool, 5)
    clock.now += timedelta(seconds=1)
    fail(pool, 1)
    for _ in range(10):
        assert wrong_password(pool) == wrong_claim(pool) == EXCEEDED
    clock.now += timedelta(seconds=2)
    fail(pool, 1)
    clock.now += timedelta(seconds=4)
    assert signed_in(right_password(pool))


def test_claims_and_passwords_have_one_count_whatever_name_is_typed(pool: UserPool) -> None:
    fail(pool, 2)
    fail(pool, 1, "alice@example.com")
    assert wrong_claim(pool) == wrong_claim(pool) == WRONG
    assert wrong_claim(pool) == EXCEEDED
    assert is_locked(pool, "+15551234567")
    assert signed_in(right_password(pool, "emil"))


def test_a_sign_in_begins_the_count_anew(pool: UserPool, clock: Clock) -> None:
    fail(pool, 4)
    assert signed_in(right_password(pool))
    fail(pool, 5)
    clock.now += timedelta(seconds=1)
    assert signed_in(proven(pool))
    fail(pool, 5)
    assert is_locked(pool)


def test_a_right_password_alone_is_not_a_sign_in(pool: UserPool, clock: Clock) -> None:
    fail(pool, 4, "carol")
    assert right_password(pool, "carol")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert proven(pool, "carol")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    fail(pool, 1, "carol")
    assert is_locked(pool, "carol")
    clock.now += timedelta(seconds=1)
    reply = right_password(pool, "carol")
    code = code_at(TOTP_SECRET, TOTP_STEP)
    assert signed_in(answer(pool, reply, "carol", SOFTWARE_TOKEN_MFA_CODE=code))
    fail(pool, 5, "carol")


def test_fifteen_minutes_without_an_attempt_begin_the_count_anew(
    pool: UserPool, clock: Clock
) -> None:
    fail(pool, 5)
    clock.now += timedelta(seconds=1)
    fail(pool, 1)
    clock.now += timedelta(minutes=15, microseconds=-1)
    fail(pool, 1)  # The seventh: four seconds.
    clock.now += timedelta(seconds=3)
    assert wrong_password(pool) == EXCEEDED
    clock.now += timedelta(minutes=15, microseconds=-1)
    fail(pool, 1)  # An attempt during a lockout is an attempt, and this is the eighth.
    clock.now += timedelta(seconds=7)
    assert is_locked(pool)
    clock.now += timedelta(minutes=15)
    fail(pool, 5)
    clock.now += timedelta(seconds=1)
    assert signed_in(right_password(pool))


def test_wrong_codes_lock_out_as_wrong_passwords_do(pool: UserPool, clock: Clock) -> None:
    reply = answer(pool, right_password(pool, "dora"), "dora", ANSWER="SMS_MFA")
    for _ in range(5):
        assert refused_answer(pool, reply, "dora", SMS_MFA_CODE="x") == MISMATCH
    right = pool.sent[-1].code
    assert refused_answer(pool, reply, "dora", SMS_MFA_CODE=right) == EXCEEDED
    assert is_locked(pool, "dora")


def test_a_code_that_was_used_before_does_not_count(pool: UserPool) -> None:
    code = code_at(TOTP_SECRET, TOTP_STEP)
    reply = right_password(pool, "carol")
    assert signed_in(answer(pool, reply, "carol", SOFTWARE_TOKEN_MFA_CODE=code))
    reply = right_password(pool, "carol")
    for _ in range(6):
        refused = refused_answer(pool, reply, "carol", SOFTWARE_TOKEN_MFA_CODE=code)
        assert refused[0] == "ExpiredCodeException"
    fail(pool, 5, "carol")


def test_wrong_custom_answers_and_unreadable_claims_do_not_count(pool: UserPool) -> None:
    for _ in range(6):
        reply = begin(pool, "CUSTOM_AUTH", USERNAME="frank")
        assert refused_answer(pool, reply, "frank", ANSWER="no") == WRONG
        client = OracleClient(member="frank")
        reply = opened(pool, client, "frank")
        made = claim(pool, client, reply) | {"TIMESTAMP": "now"}
        assert refused_answer(pool, reply, "frank", **made)[0] == "InvalidParameterException"
    fail(pool, 5, "frank")


def test_a_wrong_claim_of_a_device_does_not_count(remembering: UserPool) -> None:
    device, _ = registered(remembering)
    for _ in range(6):
        client = OracleClient(member="alice")
        reply = opened(remembering, client, DEVICE_KEY=device.device_key)
        sent = claim(remembering, client, reply) | {"DEVICE_KEY": device.device_key}
        reply = answer(remembering, reply, **sent)
        wrong = OracleClient(device.device_group_key, device.device_key, f"not {DEVICE_PASSWORD}")
        of_device = {"DEVICE_KEY": device.device_key}
        reply = answer(remembering, reply, SRP_A=wrong.srp_a, **of_device)
        sent = claim(remembering, wrong, reply) | of_device
        assert refused_answer(remembering, reply, **sent) == WRONG
    fail(remembering, 5)


@pytest.mark.parametrize("attempt", [wrong_password, wrong_claim])
def test_a_name_that_nobody_has_is_locked_out_like_a_user(pool: UserPool, attempt) -> None:  # type: ignore[no-untyped-def]
    said = {name: [attempt(pool, name) for _ in range(7)] for name in ("alice", "nobody")}
    assert said["alice"] == said["nobody"] == [WRONG] * 5 + [EXCEEDED] * 2


def test_the_names_that_nobody_has_cost_bounded_memory(
    pool: UserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lockout, "MOST_COUNTED", 3)
    fail(pool, 5)
    for number in range(10):
        assert is_locked(pool)  # A name that is tried is kept.
        fail(pool, 1, f"nobody {number}")
    assert len(pool._challenges._lockout._counts) == 3
    for number in range(3):
        fail(pool, 1, f"somebody {number}")
    assert signed_in(right_password(pool))


def test_a_pool_can_lock_nobody_out(signing_keys: SigningKeys) -> None:
    pools = [
        UserPool(POOL_ID, now=Clock(), signing_keys=signing_keys, lockout=False),
        # This one refuses claims on purpose.
        UserPool(POOL_ID, now=Clock(), signing_keys=signing_keys, explain=lambda _: None),
    ]
    for pool in pools:
        pool.add_app_client(PUBLIC.client_id)
        pool.add_user("alice", PASSWORD)
        fail(pool, 20)
        assert signed_in(right_password(pool))
    with pytest.raises(TypeError, match="lockout must be True or False"):
        UserPool(POOL_ID, lockout=0)  # type: ignore[arg-type]
