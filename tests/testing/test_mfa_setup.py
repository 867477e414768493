"""testing/mfa_setup.py: users who set up their second factor, during a sign-in or after it.

First from outside: boto3 over HTTP, and `SignIn`.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from boto3_calls import boto3_client, boto3_refusal
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID, OracleClient
from pool_calls import (
    NOW,
    PUBLIC,
    TOTP_SECRET,
    Clock,
    answer,
    begin,
    beginning,
    call,
    claim,
    proven,
    refusal,
    refused_answer,
    signed_in,
)

from srp_cognito import SignIn, SRPClient, Tokens, questions
from srp_cognito.testing import CustomChallenge, Refused, SigningKeys, UserPool, serve, totp_code
from srp_cognito.testing.mfa_setup import _Associated
from srp_cognito.testing.sessions import LIFETIME as SESSION_LIFETIME
from srp_cognito.testing.users import Attempt, Factor, User

MISMATCH = (
    "EnableSoftwareTokenMFAException",
    "Code mismatch and fail enable Software Token MFA",
)
INVALID_SESSION = ("NotAuthorizedException", "Invalid session for the user.")
USED_SESSION = (
    "NotAuthorizedException",
    "Invalid session for the user, session can only be used once.",
)
NOT_SET_UP = ("InvalidParameterException", "No second factor was set up with this session.")
MAIL = "alice@example.com"

MakePool = Callable[..., UserPool]


@pytest.fixture
def requiring(signing_keys: SigningKeys, clock: Clock) -> MakePool:
    """Makes a pool in which MFA is required, with alice, who has no factor."""

    def make(*required: Factor) -> UserPool:
        pool = UserPool(POOL_ID, now=clock, signing_keys=signing_keys, required_mfa=required)
        pool.add_app_client(PUBLIC.client_id)
        pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
        pool.add_user("alice", PASSWORD)
        return pool

    return make


@pytest.fixture
def totp_pool(requiring: MakePool) -> UserPool:
    """One in which the factor is an authenticator app."""
    return requiring("SOFTWARE_TOKEN_MFA")


def associated(pool: UserPool, reply: dict | None = None) -> tuple[str, str]:
    """The secret and the Session with which a sign-in sets up an authenticator app."""
    reply = proven(pool) if reply is None else reply
    assert reply["ChallengeName"] == "MFA_SETUP"
    result = call(pool, "AssociateSoftwareToken", Session=reply["Session"])
    assert result["Session"] != reply["Session"]
    return result["SecretCode"], result["Session"]


def wrong_code(secret: str, now: datetime = NOW) -> str:
    return f"{(int(totp_code(secret, now)) + 1) % 10**6:06}"


# From outside.


def test_boto3_sets_up_an_authenticator_app_during_a_sign_in(
    totp_pool: UserPool, clock: Clock
) -> None:
    with serve(totp_pool) as url:
        cognito = boto3_client(url)
        srp = SRPClient.for_user(POOL_ID, "alice", PASSWORD, app=PUBLIC)
        respond = srp.respond(cognito.initiate_auth(**srp.start()), now=NOW)
        reply = cognito.respond_to_auth_challenge(**respond)
        assert reply["ChallengeName"] == "MFA_SETUP"
        assert reply["ChallengeParameters"] == {
            "USER_ID_FOR_SRP": "alice",
            "MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]',
        }
        reply = cognito.associate_software_token(Session=reply["Session"])
        secret, session = reply["SecretCode"], reply["Session"]
        verify = {"Session": session, "UserCode": wrong_code(secret)}
        assert boto3_refusal(cognito.verify_software_token, **verify) == MISMATCH
        verify["UserCode"] = totp_code(secret, NOW)
        reply = cognito.verify_software_token(**verify, FriendlyDeviceName="Phone")
        assert reply["Status"] == "SUCCESS"
        of_setup = {
            "ClientId": PUBLIC.client_id,
            "ChallengeName": "MFA_SETUP",
            "Session": reply["Session"],
            "ChallengeResponses": {"USERNAME": "alice"},
        }
        reply = cognito.respond_to_auth_challenge(**of_setup)
        assert reply["ChallengeParameters"] == {}
        token = reply["AuthenticationResult"]["AccessToken"]
        assert cognito.get_user(AccessToken=token)["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]

        # The next sign-in asks for a code, and the first one is used.
        password = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
        reply = cognito.initiate_auth(**password)
        assert reply["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
        assert reply["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"] == "Phone"
        code = {"ClientId": PUBLIC.client_id, "ChallengeName": "SOFTWARE_TOKEN_MFA"}
        code |= {"Session": reply["Session"]}
        used = {"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": totp_code(secret, NOW)}
        refused = boto3_refusal(cognito.respond_to_auth_challenge, **code, ChallengeResponses=used)
        assert refused[0] == "ExpiredCodeException"
        clock.now += timedelta(seconds=30)
        fresh = used | {"SOFTWARE_TOKEN_MFA_CODE": totp_code(secret, clock.now)}
        reply = cognito.respond_to_auth_challenge(**code, ChallengeResponses=fresh)
        assert "AuthenticationResult" in reply


@pytest.mark.parametrize("app", ["public", "with a secret"])
def test_a_sign_in_sets_up_an_authenticator_app(totp_pool: UserPool, app: str) -> None:
    client = PUBLIC if app == "public" else totp_pool._directory.app({"ClientId": CLIENT_ID})
    sign_in = SignIn(POOL_ID, "alice", PASSWORD, app=client)
    step = sign_in.start()
    while not isinstance(step, questions.SoftwareTokenSetup):
        step = sign_in.reply(totp_pool.send(step), now=NOW)  # type: ignore[arg-type]
    step = sign_in.reply(totp_pool.send(step.answer(totp_code(step.secret_code, NOW))))
    assert isinstance(sign_in.reply(totp_pool.send(step)), Tokens)  # type: ignore[arg-type]


def test_a_mistyped_first_code_can_be_corrected_in_the_same_sign_in(totp_pool: UserPool) -> None:
    sign_in = SignIn(POOL_ID, "alice", PASSWORD, app=PUBLIC)
    step = sign_in.start()
    while not isinstance(step, questions.SoftwareTokenSetup):
        step = sign_in.reply(totp_pool.send(step), now=NOW)  # type: ignore[arg-type]
    refused = totp_pool.send(step.answer(wrong_code(step.secret_code)))
    assert refused["__type"] == MISMATCH[0]
    step = sign_in.reply(totp_pool.send(step.answer(totp_code(step.secret_code, NOW))))
    assert isinstance(sign_in.reply(totp_pool.send(step)), Tokens)  # type: ignore[arg-type]


def test_a_sign_in_sets_up_codes_by_mail(requiring: MakePool) -> None:
    pool = requiring("SOFTWARE_TOKEN_MFA", "EMAIL_OTP")
    sign_in = SignIn(POOL_ID, "alice", PASSWORD, app=PUBLIC)
    step = sign_in.start()
    while not isinstance(step, questions.MFASetup):
        step = sign_in.reply(pool.send(step), now=NOW)  # type: ignore[arg-type]
    assert step.choices == ("SOFTWARE_TOKEN_MFA", "EMAIL_OTP")
    step = sign_in.reply(pool.send(step.answer("EMAIL_OTP", email=MAIL)))
    assert isinstance(step, questions.Code)
    assert (pool.sent[-1].destination, step.destination) == (MAIL, "a***@e***")
    tokens = sign_in.reply(pool.send(step.answer(pool.sent[-1].code)))
    assert isinstance(tokens, Tokens)
    user = call(pool, "GetUser", AccessToken=tokens.access_token)
    assert user["UserMFASettingList"] == ["EMAIL_OTP"]
    attributes = {each["Name"]: each["Value"] for each in user["UserAttributes"]}
    assert (attributes["email"], attributes["email_verified"]) == (MAIL, "true")
    assert proven(pool)["ChallengeName"] == "EMAIL_OTP"


def test_boto3_sets_up_an_authenticator_app_after_a_sign_in(pool: UserPool, clock: Clock) -> None:
    clock.now = datetime.now(UTC)
    with serve(pool) as url:
        cognito = boto3_client(url)
        password = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
        result = cognito.initiate_auth(**password)["AuthenticationResult"]
        by = {"AccessToken": result["AccessToken"]}
        secret = cognito.associate_software_token(**by)["SecretCode"]
        code = wrong_code(secret, clock.now)
        assert boto3_refusal(cognito.verify_software_token, **by, UserCode=code) == MISMATCH
        code = totp_code(secret, clock.now)
        reply = cognito.verify_software_token(**by, UserCode=code)
        assert (reply["Status"], "Session" in reply) == ("SUCCESS", False)
        # MFA is optional here, so the user must ask for it.
        assert "AuthenticationResult" in cognito.initiate_auth(**password)
        wanted = {"Enabled": True, "PreferredMfa": True}
        cognito.set_user_mfa_preference(**by, SoftwareTokenMfaSettings=wanted)
        assert cognito.initiate_auth(**password)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
        assert cognito.get_user(**by)["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"


# Step by step.


def test_a_user_who_has_a_factor_is_asked_for_it(requiring: MakePool) -> None:
    pool = requiring("SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP")
    phone, mail = {"phone_number": "+15551234567"}, {"email": MAIL}
    pool.add_user("carol", PASSWORD, totp_secret=TOTP_SECRET, attributes=mail)
    pool.add_user("dora", PASSWORD, attributes=phone)
    pool.add_user("emil", PASSWORD, attributes=phone | mail)
    pool.add_user("fred", PASSWORD, must_change_password=True, required_attributes=["email"])
    assert proven(pool, "carol")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert proven(pool, "dora")["ChallengeName"] == "SMS_MFA"
    reply = proven(pool, "emil")
    assert reply["ChallengeParameters"] == {"MFAS_CAN_CHOOSE": '["SMS_MFA", "EMAIL_OTP"]'}
    assert answer(pool, reply, "emil", ANSWER="EMAIL_OTP")["ChallengeName"] == "EMAIL_OTP"
    new = {"NEW_PASSWORD": "x", "userAttributes.email": MAIL}
    assert answer(pool, proven(pool, "fred"), "fred", **new)["ChallengeName"] == "EMAIL_OTP"


def test_an_address_does_not_replace_the_factor_that_is_required(totp_pool: UserPool) -> None:
    totp_pool.add_user("emil", PASSWORD, attributes={"email": MAIL})
    assert proven(totp_pool, "emil")["ChallengeName"] == "MFA_SETUP"


def test_a_new_password_may_be_followed_by_the_set_up(totp_pool: UserPool) -> None:
    totp_pool.add_user("bob", PASSWORD, must_change_password=True)
    reply = answer(totp_pool, proven(totp_pool, "bob"), "bob", NEW_PASSWORD="new horse")
    secret, session = associated(totp_pool, reply)
    verified = call(
        totp_pool, "VerifySoftwareToken", Session=session, UserCode=totp_code(secret, NOW)
    )
    # As in moto's test, which was run against AWS: another code is ignored.
    reply = {"ChallengeName": "MFA_SETUP", "Session": verified["Session"]}
    assert signed_in(answer(totp_pool, reply, "bob", SOFTWARE_TOKEN_MFA_CODE="000000"))


def test_where_mfa_is_required_no_code_signs_in_alone(requiring: MakePool) -> None:
    pool = requiring("SOFTWARE_TOKEN_MFA")
    pool.add_user("emil", PASSWORD, attributes={"email": MAIL})
    reply = begin(pool, "USER_AUTH", USERNAME="emil", PREFERRED_CHALLENGE="EMAIL_OTP")
    assert reply["AvailableChallenges"] == ["PASSWORD_SRP", "PASSWORD"]


def test_nobody_gets_in_before_the_app_is_set_up(totp_pool: UserPool) -> None:
    assert refused_answer(totp_pool, proven(totp_pool)) == NOT_SET_UP
    assert refused_answer(totp_pool, proven(totp_pool), EMAIL=MAIL) == NOT_SET_UP
    _, session = associated(totp_pool)
    reply = {"ChallengeName": "MFA_SETUP", "Session": session}
    assert refused_answer(totp_pool, reply) == INVALID_SESSION
    assert proven(totp_pool)["ChallengeName"] == "MFA_SETUP"


def test_codes_by_mail_are_set_up_by_the_code_and_by_either_key(requiring: MakePool) -> None:
    pool = requiring("EMAIL_OTP")
    assert refused_answer(pool, proven(pool), EMAIL=2049 * "x") == NOT_SET_UP
    reply = answer(pool, proven(pool), EMAIL=MAIL)
    assert refused_answer(pool, reply, EMAIL_OTP_CODE="x")[0] == "CodeMismatchException"
    reply = proven(pool)
    assert reply["ChallengeName"] == "MFA_SETUP"
    reply = answer(pool, reply, email=MAIL)
    assert signed_in(answer(pool, reply, EMAIL_OTP_CODE=pool.sent[-1].code))


def test_each_session_of_the_set_up_counts_once_and_in_time(
    totp_pool: UserPool, clock: Clock
) -> None:
    reply = proven(totp_pool)
    secret, session = associated(totp_pool, reply)
    refused = refusal(totp_pool, "AssociateSoftwareToken", Session=reply["Session"])
    assert refused == USED_SESSION
    verify = {"Session": session, "UserCode": totp_code(secret, NOW)}
    verified = call(totp_pool, "VerifySoftwareToken", **verify)
    assert refusal(totp_pool, "VerifySoftwareToken", **verify) == USED_SESSION
    reply = {"ChallengeName": "MFA_SETUP", "Session": verified["Session"]}
    assert signed_in(answer(totp_pool, reply))
    assert refused_answer(totp_pool, reply) == USED_SESSION
    totp_pool.add_user("bob", PASSWORD)
    secret, session = associated(totp_pool, proven(totp_pool, "bob"))
    clock.now += SESSION_LIFETIME
    verify = {"Session": session, "UserCode": totp_code(secret, clock.now)}
    late = ("NotAuthorizedException", "Invalid session for the user, session is expired.")
    assert refusal(totp_pool, "VerifySoftwareToken", **verify) == late


def test_mistyped_codes_buy_no_time(totp_pool: UserPool, clock: Clock) -> None:
    secret, session = associated(totp_pool)
    clock.now += SESSION_LIFETIME / 2
    verify = {"Session": session, "UserCode": wrong_code(secret, clock.now)}
    assert refusal(totp_pool, "VerifySoftwareToken", **verify) == MISMATCH
    clock.now += SESSION_LIFETIME / 2
    verify["UserCode"] = totp_code(secret, clock.now)
    assert refusal(totp_pool, "VerifySoftwareToken", **verify)[1].endswith("session is expired.")


def test_the_session_of_another_challenge_sets_up_nothing(pool: UserPool) -> None:
    reply = proven(pool, "carol")
    assert reply["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    refused = refusal(pool, "AssociateSoftwareToken", Session=reply["Session"])
    assert refused == INVALID_SESSION


def test_a_user_who_is_disabled_during_the_set_up_does_not_get_in(totp_pool: UserPool) -> None:
    disabled = ("NotAuthorizedException", "User is disabled.")
    reply = proven(totp_pool)
    secret, session = associated(totp_pool)
    totp_pool.change_user("alice", is_enabled=False)
    assert refusal(totp_pool, "AssociateSoftwareToken", Session=reply["Session"]) == disabled
    verify = {"Session": session, "UserCode": totp_code(secret, NOW)}
    assert refusal(totp_pool, "VerifySoftwareToken", **verify) == disabled


def test_a_code_has_six_digits_and_an_app_a_secret_first(pool: UserPool) -> None:
    by = {"AccessToken": proven(pool)["AuthenticationResult"]["AccessToken"]}
    for code in ("12345", "1234567", "12345a", "١٢٣٤٥٦"):
        refused = refusal(pool, "VerifySoftwareToken", **by, UserCode=code)
        assert refused == ("InvalidParameterException", "UserCode must be six digits")
    refused = refusal(pool, "VerifySoftwareToken", **by, UserCode="123456")
    assert refused[0] == "SoftwareTokenMFANotFoundException"
    refused = refusal(pool, "AssociateSoftwareToken", AccessToken="x")
    assert refused == ("NotAuthorizedException", "Invalid Access Token")


def test_where_mfa_is_required_an_app_of_a_signed_in_user_is_a_factor_at_once(
    requiring: MakePool,
) -> None:
    pool = requiring("SOFTWARE_TOKEN_MFA", "EMAIL_OTP")
    reply = answer(pool, proven(pool), EMAIL=MAIL)
    result = answer(pool, reply, EMAIL_OTP_CODE=pool.sent[-1].code)["AuthenticationResult"]
    by = {"AccessToken": result["AccessToken"]}
    secrets = [call(pool, "AssociateSoftwareToken", **by)["SecretCode"] for _ in range(2)]
    refused = refusal(pool, "VerifySoftwareToken", **by, UserCode=totp_code(secrets[0], NOW))
    assert refused == MISMATCH  # Only the newest secret counts.
    call(pool, "VerifySoftwareToken", **by, UserCode=totp_code(secrets[1], NOW))
    assert proven(pool)["ChallengeParameters"] == {
        "MFAS_CAN_CHOOSE": '["EMAIL_OTP", "SOFTWARE_TOKEN_MFA"]'
    }
    assert len(secrets[0]) == 52


# The preference.


@pytest.fixture
def dora(pool: UserPool) -> dict[str, str]:
    """Her access token."""
    reply = answer(pool, proven(pool, "dora"), "dora", ANSWER="SMS_MFA")
    result = answer(pool, reply, "dora", SMS_MFA_CODE=pool.sent[-1].code)
    return {"AccessToken": result["AuthenticationResult"]["AccessToken"]}


ON = {"Enabled": True}
PREFERRED = {"Enabled": True, "PreferredMfa": True}
OFF = {"Enabled": False}


def asked(pool: UserPool, name: str = "dora") -> object:
    reply = proven(pool, name)
    choices = reply["ChallengeParameters"].get("MFAS_CAN_CHOOSE")
    return json.loads(choices) if choices else reply.get("ChallengeName")


def test_a_preferred_factor_is_asked_for_without_a_choice(
    pool: UserPool, dora: dict[str, str]
) -> None:
    assert asked(pool) == ["SMS_MFA", "EMAIL_OTP"]
    call(pool, "SetUserMFAPreference", **dora, EmailMfaSettings=PREFERRED)
    assert asked(pool) == "EMAIL_OTP"
    assert call(pool, "GetUser", **dora)["PreferredMfaSetting"] == "EMAIL_OTP"
    call(pool, "SetUserMFAPreference", **dora, SMSMfaSettings=ON)
    assert asked(pool) == "EMAIL_OTP"
    call(pool, "SetUserMFAPreference", **dora, SMSMfaSettings=PREFERRED)
    assert asked(pool) == "SMS_MFA"
    call(pool, "SetUserMFAPreference", **dora, SMSMfaSettings=ON)
    assert asked(pool) == ["EMAIL_OTP", "SMS_MFA"]
    assert "PreferredMfaSetting" not in call(pool, "GetUser", **dora)


def test_a_factor_can_be_left_off(pool: UserPool, dora: dict[str, str]) -> None:
    call(pool, "SetUserMFAPreference", **dora, EmailMfaSettings=PREFERRED)
    call(pool, "SetUserMFAPreference", **dora, EmailMfaSettings=OFF)
    assert asked(pool) == "SMS_MFA"
    call(pool, "SetUserMFAPreference", **dora, SMSMfaSettings={})
    assert signed_in(proven(pool, "dora"))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"SoftwareTokenMfaSettings": ON},
            ("InvalidParameterException", "User has not set up software token mfa"),
        ),
        (
            {"SMSMfaSettings": {"PreferredMfa": True}},
            ("InvalidParameterException", "SMS_MFA must be enabled to be preferred"),
        ),
        (
            {"SMSMfaSettings": PREFERRED, "EmailMfaSettings": PREFERRED},
            ("InvalidParameterException", "Only one factor can be preferred"),
        ),
        (
            {"SMSMfaSettings": {"Enabled": "true"}},
            ("SerializationException", "Enabled must be true or false"),
        ),
    ],
)
def test_a_preference_that_makes_no_sense_changes_nothing(
    pool: UserPool, dora: dict[str, str], settings: dict, said: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        pool.call("SetUserMFAPreference", {**dora, **settings})
    assert (refused.value.kind, refused.value.message) == said
    assert asked(pool) == ["SMS_MFA", "EMAIL_OTP"]


def test_a_code_needs_an_address_to_go_to(pool: UserPool) -> None:
    by = {"AccessToken": proven(pool)["AuthenticationResult"]["AccessToken"]}
    refused = refusal(pool, "SetUserMFAPreference", **by, SMSMfaSettings=ON)
    assert refused == (
        "InvalidParameterException",
        "User does not have delivery config set to turn on SMS_MFA",
    )
    call(pool, "SetUserMFAPreference", **by, EmailMfaSettings=ON)
    assert asked(pool, "alice") == "EMAIL_OTP"


def test_a_pool_requires_factors_that_there_are() -> None:
    with pytest.raises(ValueError, match="required_mfa must be one of SMS_MFA, EMAIL_OTP, SOFT"):
        UserPool(required_mfa=["TOTP"])  # type: ignore[list-item]


def test_custom_challenges_come_instead_of_the_set_up(totp_pool: UserPool) -> None:
    """What the service does is not known."""
    totp_pool.add_user("frank", PASSWORD, custom_challenges=[CustomChallenge({}, "one")])
    client = OracleClient(member="frank")
    reply = begin(totp_pool, "CUSTOM_AUTH", USERNAME="frank", SRP_A=client.srp_a)
    reply = answer(totp_pool, reply, "frank", **claim(totp_pool, client, reply))
    assert reply["ChallengeName"] == "CUSTOM_CHALLENGE"


def test_an_app_can_be_set_up_in_two_places_at_once(
    pool: UserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = {"AccessToken": proven(pool)["AuthenticationResult"]["AccessToken"]}
    offered = [call(pool, "AssociateSoftwareToken", **by)["SecretCode"]]

    class Elsewhere(User):
        """Alice, whose app is set up in another place once its secret was read."""

        @property  # type: ignore[misc]
        def offered_totp_secret(self) -> str | None:
            return offered.pop() if offered else None

        @offered_totp_secret.setter
        def offered_totp_secret(self, secret: str | None) -> None:
            assert secret is None

    code = totp_code(offered[0], NOW)
    monkeypatch.setattr(pool._directory.user("alice"), "__class__", Elsewhere)
    assert call(pool, "VerifySoftwareToken", **by, UserCode=code) == {"Status": "SUCCESS"}


def test_no_repr_shows_the_secret_of_an_app_that_is_being_set_up(totp_pool: UserPool) -> None:
    user = totp_pool._directory.user("alice")
    associated = _Associated(Attempt(user, PUBLIC, "alice"), TOTP_SECRET, NOW)
    assert TOTP_SECRET not in repr(associated)
