"""testing/challenges.py: every flow, second factor and device of a sign-in, step by step.

The calls are written out by hand around the oracle's claims, and botocore judges the replies. The
conversation of `SignIn` comes after them.
"""

import base64
import json
import secrets
from datetime import timedelta

import oracle
import pytest
from credentials import Liar
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID, OracleClient
from pool_calls import (
    DEVICE_PASSWORD,
    NO_DEVICE,
    NOW,
    PUBLIC,
    TOTP_SECRET,
    TOTP_STEP,
    WRONG,
    Clock,
    answer,
    answering,
    begin,
    beginning,
    call,
    claim,
    opened,
    proven,
    refusal,
    refused_answer,
    registered,
    signed_in,
)

from srp_cognito import (
    AppClient,
    Call,
    Device,
    DeviceRegistration,
    SignIn,
    Tokens,
    initiate_auth,
)
from srp_cognito.proof import modexp
from srp_cognito.testing import CustomChallenge, Message, Refused, SigningKeys, UserPool, users
from srp_cognito.testing.sessions import LIFETIME as SESSION_LIFETIME
from srp_cognito.testing.totp import code_at

INVALID_SESSION = ("NotAuthorizedException", "Invalid session for the user.")
USED_SESSION = (
    "NotAuthorizedException",
    "Invalid session for the user, session can only be used once.",
)
EXPIRED_SESSION = ("NotAuthorizedException", "Invalid session for the user, session is expired.")
MISMATCH = ("CodeMismatchException", "Invalid code or auth state for the user.")


# The proof of the password.


def test_a_wrong_password_is_refused(pool: UserPool) -> None:
    client = OracleClient(member="alice", password="battery staple")
    reply = opened(pool, client)
    assert refused_answer(pool, reply, **claim(pool, client, reply)) == WRONG


def test_a_random_claim_is_refused(pool: UserPool) -> None:
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    made = claim(pool, client, reply)
    made["PASSWORD_CLAIM_SIGNATURE"] = base64.b64encode(secrets.token_bytes(32)).decode()
    assert refused_answer(pool, reply, **made) == WRONG


def test_a_claim_counts_once(pool: UserPool) -> None:
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    made = claim(pool, client, reply)
    assert signed_in(answer(pool, reply, **made))
    assert refused_answer(pool, reply, **made) == WRONG


def test_a_claim_is_of_one_user_one_app_client_and_one_challenge(pool: UserPool) -> None:
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    assert refused_answer(pool, reply, "bob", **claim(pool, client, reply)) == WRONG
    reply = opened(pool, client)
    arguments = answering(reply, "PASSWORD_VERIFIER", **claim(pool, client, reply))
    arguments["ClientId"] = CLIENT_ID
    hashed = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
    arguments["ChallengeResponses"]["SECRET_HASH"] = hashed
    assert refusal(pool, "RespondToAuthChallenge", **arguments) == WRONG
    first, second = opened(pool, client), opened(pool, client)
    made = claim(pool, client, first)
    made["PASSWORD_CLAIM_SECRET_BLOCK"] = second["ChallengeParameters"]["SECRET_BLOCK"]
    assert refused_answer(pool, second, **made) == WRONG


def test_a_claim_that_comes_late_is_refused(pool: UserPool, clock: Clock) -> None:
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    clock.now += SESSION_LIFETIME
    assert refused_answer(pool, reply, **claim(pool, client, reply)) == WRONG


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_timestamp_that_is_minutes_off_is_refused(pool: UserPool, minutes: int) -> None:
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    made = client.answer(reply["ChallengeParameters"], NOW + timedelta(minutes=minutes))
    arguments = answering(reply, "PASSWORD_VERIFIER", **made)
    with pytest.raises(Refused) as refused:
        pool.call("RespondToAuthChallenge", arguments)
    assert (refused.value.kind, refused.value.message) == WRONG
    # The reply says no more; a traceback does.
    which = "too old" if minutes < 0 else "too far in the future"
    assert str(refused.value.__cause__) == f"TIMESTAMP is {which}, by 0:05:00"


@pytest.mark.parametrize("text", ["Mon Nov 24 07:00:09 UTC 2026", "Tue Nov  24 07:00:09 UTC 2026"])
def test_a_timestamp_that_only_java_reads_is_refused_as_a_wrong_password_is(
    pool: UserPool, text: str
) -> None:
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    made = {**claim(pool, client, reply), "TIMESTAMP": text}
    assert refused_answer(pool, reply, **made) == WRONG


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"TIMESTAMP": None}, "Missing required parameter TIMESTAMP"),
        (
            {"PASSWORD_CLAIM_SECRET_BLOCK": None},
            "Missing required parameter PASSWORD_CLAIM_SECRET_BLOCK",
        ),
        (
            {"TIMESTAMP": "2026-11-24T07:00:09Z"},
            "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
        ),
        (
            {"PASSWORD_CLAIM_SIGNATURE": "not base64"},
            "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string.",
        ),
    ],
    ids=str,
)
def test_a_claim_of_the_wrong_form_may_be_corrected(
    pool: UserPool, changed: dict[str, str | None], message: str
) -> None:
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    made = claim(pool, client, reply)
    bad = {key: value for key, value in {**made, **changed}.items() if value is not None}
    assert refused_answer(pool, reply, **bad) == ("InvalidParameterException", message)
    assert signed_in(answer(pool, reply, **made))


def test_an_empty_answer_is_refused(pool: UserPool) -> None:
    arguments = answering({}, "PASSWORD_VERIFIER")
    arguments["ChallengeResponses"] = {}
    assert refusal(pool, "RespondToAuthChallenge", **arguments) == (
        "InvalidParameterException",
        "Missing required parameter challenge responses.",
    )


@pytest.mark.parametrize(
    "srp_a",
    ["0", f"{modexp.N:x}", f"{2 * modexp.N:x}", "-1", "xyz", "", "a" * 100_000_000, 5],
    ids=["0", "N", "2N", "negative", "not hex", "empty", "a hundred megabytes", "a number"],
)
@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"])
def test_a_bad_srp_a_is_refused(pool: UserPool, srp_a: object, flow: str) -> None:
    arguments = beginning(flow, USERNAME="frank", SRP_A=srp_a, PREFERRED_CHALLENGE="PASSWORD_SRP")
    kind, message = refusal(pool, "InitiateAuth", **arguments)
    assert kind == "InvalidParameterException"
    assert message.startswith("SRP_A ") is (srp_a not in ("-1", "xyz"))
    assert message.endswith(
        " at 'sRPA' failed to satisfy constraint: Member must satisfy regular"
        " expression pattern: ^[0-9a-fA-F]+$"
    ) is (srp_a in ("-1", "xyz"))
    assert len(message) < 200


def test_a_password_that_is_sent_itself_is_checked(pool: UserPool) -> None:
    reply = begin(pool, "USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
    token = reply["AuthenticationResult"]["AccessToken"]
    assert call(pool, "GetUser", AccessToken=token)["Username"] == "alice"
    for username, password in (("alice", "battery staple"), ("nobody", PASSWORD)):
        arguments = beginning("USER_PASSWORD_AUTH", USERNAME=username, PASSWORD=password)
        assert refusal(pool, "InitiateAuth", **arguments) == WRONG


# Calls that make no sense.


@pytest.mark.parametrize("operation", ["InitiateAuth", "RespondToAuthChallenge"])
@pytest.mark.parametrize("name", [None, "alias"], ids=["missing", "over another name"])
def test_each_call_of_a_sign_in_needs_the_right_secret_hash(
    pool: UserPool, operation: str, name: str | None
) -> None:
    message = f"Client {CLIENT_ID} is configured with secret but SECRET_HASH was not received"
    more = {}
    if name is not None:
        message = f"Unable to verify secret hash for client {CLIENT_ID}"
        more = {"SECRET_HASH": oracle.secret_hash(name, CLIENT_ID, CLIENT_SECRET)}
    arguments = {
        "InitiateAuth": beginning("USER_SRP_AUTH", USERNAME="alice", SRP_A="5", **more),
        "RespondToAuthChallenge": answering({}, "PASSWORD_VERIFIER", **more),
    }[operation]
    refused = refusal(pool, operation, **{**arguments, "ClientId": CLIENT_ID})
    assert refused == ("NotAuthorizedException", message)


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        (
            {"ClientId": "unknown"},
            ("ResourceNotFoundException", "User pool client unknown does not exist."),
        ),
        (
            beginning("X", USERNAME="alice"),
            ("InvalidParameterException", "Initiate Auth method not supported."),
        ),
        (
            {"ClientId": PUBLIC.client_id, "AuthFlow": "USER_SRP_AUTH"},
            ("InvalidParameterException", "Missing required parameter AuthParameters"),
        ),
        (
            beginning("USER_SRP_AUTH", SRP_A="5"),
            ("InvalidParameterException", "Missing required parameter USERNAME"),
        ),
    ],
    ids=["another app client", "another flow", "no parameters", "no user"],
)
def test_a_first_call_that_makes_no_sense_is_refused(
    pool: UserPool, arguments: dict, refused: tuple[str, str]
) -> None:
    assert refusal(pool, "InitiateAuth", **arguments) == refused


@pytest.mark.parametrize("key", ["USERNAME", "DEVICE_KEY"])
def test_names_of_megabytes_are_not_kept(pool: UserPool, key: str) -> None:
    """Ten thousand sign-ins that are begun with such names would fill the memory."""
    parameters = {"USERNAME": "alice", key: "x" * 129}
    assert refusal(pool, "InitiateAuth", **beginning("USER_AUTH", **parameters)) == (
        "InvalidParameterException",
        f"{key} has more than 128 characters",
    )


# Sessions.


def test_a_session_counts_once_and_not_after_its_time(pool: UserPool, clock: Clock) -> None:
    reply = proven(pool, "bob")
    assert signed_in(answer(pool, reply, "bob", NEW_PASSWORD="a new one"))
    assert refused_answer(pool, reply, "bob", NEW_PASSWORD="another") == USED_SESSION
    reply = proven(pool, "carol")
    clock.now += SESSION_LIFETIME
    right = code_at(TOTP_SECRET, int(clock.now.timestamp()) // 30)
    code = {"SOFTWARE_TOKEN_MFA_CODE": right}
    assert refused_answer(pool, reply, "carol", **code) == EXPIRED_SESSION


def test_a_session_is_of_one_user_one_challenge_and_one_app_client(pool: UserPool) -> None:
    code = {"SOFTWARE_TOKEN_MFA_CODE": code_at(TOTP_SECRET, TOTP_STEP)}
    assert refused_answer(pool, proven(pool, "carol"), "alice", **code) == INVALID_SESSION
    other = answering(proven(pool, "bob"), "SOFTWARE_TOKEN_MFA", "bob", **code)
    assert refusal(pool, "RespondToAuthChallenge", **other) == INVALID_SESSION
    hashed = oracle.secret_hash("carol", CLIENT_ID, CLIENT_SECRET)
    other = answering(
        proven(pool, "carol"), "SOFTWARE_TOKEN_MFA", "carol", SECRET_HASH=hashed, **code
    )
    other["ClientId"] = CLIENT_ID
    assert refusal(pool, "RespondToAuthChallenge", **other) == INVALID_SESSION
    other = answering({"Session": "a session that nobody gave"}, "SMS_MFA")
    assert refusal(pool, "RespondToAuthChallenge", **other) == INVALID_SESSION
    assert refusal(pool, "RespondToAuthChallenge", **answering({}, "SMS_MFA")) == (
        "InvalidParameterException",
        "Missing required parameter Session",
    )


# A new password.


def test_a_temporary_password_must_be_changed_and_then_the_new_one_counts(pool: UserPool) -> None:
    reply = proven(pool, "bob")
    assert reply["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert signed_in(answer(pool, reply, "bob", NEW_PASSWORD="a new one"))
    client = OracleClient(member="bob", password="a new one")
    reply = opened(pool, client, "bob")
    assert signed_in(answer(pool, reply, "bob", **claim(pool, client, reply)))
    client = OracleClient(member="bob")
    reply = opened(pool, client, "bob")
    assert refused_answer(pool, reply, "bob", **claim(pool, client, reply)) == WRONG


def test_two_attributes_that_are_missing_are_named_as_at_aws(pool: UserPool) -> None:
    required = ["name", "address"]
    pool.add_user("gerd", PASSWORD, must_change_password=True, required_attributes=required)
    reply = proven(pool, "gerd")
    assert reply["ChallengeParameters"]["userAttributes"] == "{}"  # AWS's own client parses it.
    assert refused_answer(pool, reply, "gerd", NEW_PASSWORD="a new one") == (
        "InvalidParameterException",
        "Invalid attributes given, name and address is missing",
    )


def test_required_attributes_come_with_the_new_password(pool: UserPool) -> None:
    pool.add_user(
        "gerd",
        PASSWORD,
        must_change_password=True,
        attributes={"email": "gerd@example.com"},
        required_attributes=["name", "email"],
    )
    reply = proven(pool, "gerd")
    parameters = reply["ChallengeParameters"]
    assert json.loads(parameters["requiredAttributes"]) == ["userAttributes.name"]
    assert json.loads(parameters["userAttributes"]) == {"email": "gerd@example.com"}
    assert refused_answer(pool, reply, "gerd", NEW_PASSWORD="a new one") == (
        "InvalidParameterException",
        "Invalid attributes given, name is missing",
    )
    given = {"NEW_PASSWORD": "a new one", "userAttributes.name": "Gerd"}
    reply = answer(pool, proven(pool, "gerd"), "gerd", **given)
    token = reply["AuthenticationResult"]["AccessToken"]
    attributes = call(pool, "GetUser", AccessToken=token)["UserAttributes"]
    assert {"Name": "name", "Value": "Gerd"} in attributes


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("email", ("NotAuthorizedException", "Cannot modify an already provided email")),
        *(
            (name, ("InvalidParameterException", f"Cannot modify the non-mutable attribute {name}"))
            for name in ("email_verified", "phone_number_verified", "sub")
        ),
    ],
)
def test_with_a_new_password_no_attribute_is_changed_that_a_user_may_not_change(
    pool: UserPool, name: str, refused: tuple[str, str]
) -> None:
    attributes = {"email": "gerd@example.com"}
    pool.add_user("gerd", PASSWORD, must_change_password=True, attributes=attributes)
    reply = proven(pool, "gerd")
    given = {"NEW_PASSWORD": "a new one", f"userAttributes.{name}": "true"}
    assert refused_answer(pool, reply, "gerd", **given) == refused
    user = pool._directory.user("gerd")
    assert (user.attributes, user.must_change_password) == (attributes, True)


@pytest.mark.parametrize("name", ["cognito:groups", "token_use", "", "Name"])
def test_no_attribute_of_a_made_up_name_comes_into_the_tokens(pool: UserPool, name: str) -> None:
    given = {"NEW_PASSWORD": "a new one", f"userAttributes.{name}": "admin"}
    kind, _ = refused_answer(pool, proven(pool, "bob"), "bob", **given)
    assert kind == "InvalidParameterException"
    given = {"NEW_PASSWORD": "a new one", "userAttributes.custom:team": "blue"}
    assert signed_in(answer(pool, proven(pool, "bob"), "bob", **given))


NAME = "Value at 'userName' failed to satisfy constraint"
ALIAS = "Value at 'userAlias' failed to satisfy constraint"
SHORT = "1 validation error detected: Value at 'session' failed to satisfy constraint"


@pytest.mark.parametrize("name", ["alice ", " alice", "al ice", "alice\n", "ali\u200bce"])
def test_a_name_with_white_space_is_refused_and_not_trimmed(pool: UserPool, name: str) -> None:
    arguments = beginning("USER_PASSWORD_AUTH", USERNAME=name, PASSWORD=PASSWORD)
    pattern = r"Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+"
    assert refusal(pool, "InitiateAuth", **arguments) == (
        "InvalidParameterException",
        f"2 validation errors detected: {NAME}: {pattern}; {ALIAS}: {pattern}",
    )


@pytest.mark.parametrize("name", ["álice", "Алиса", "愛", "a+b@c", "e\u0301", "7", "€", "😀"])
def test_a_name_of_letters_digits_and_signs_is_taken(pool: UserPool, name: str) -> None:
    pool.add_user(name, PASSWORD)
    assert signed_in(begin(pool, "USER_PASSWORD_AUTH", USERNAME=name, PASSWORD=PASSWORD))


def test_a_session_that_is_too_short_is_refused_by_its_form(pool: UserPool) -> None:
    reply = proven(pool, "carol")
    code = {"SOFTWARE_TOKEN_MFA_CODE": "000000"}
    assert refused_answer(pool, {**reply, "Session": "x" * 19}, "carol", **code) == (
        "InvalidParameterException",
        f"{SHORT}: Member must have length greater than or equal to 20",
    )
    assert refused_answer(pool, {**reply, "Session": "x" * 20}, "carol", **code) == (
        "NotAuthorizedException",
        "Invalid session for the user.",
    )


# Second factors.


def test_a_mistyped_code_of_an_authenticator_app_can_be_corrected(
    pool: UserPool, clock: Clock
) -> None:
    def typed(code: str) -> dict[str, str]:
        return {"SOFTWARE_TOKEN_MFA_CODE": code}

    right = typed(code_at(TOTP_SECRET, TOTP_STEP))
    mismatch = ("CodeMismatchException", "Invalid code received for user")
    reply = proven(pool, "carol")
    assert reply["ChallengeParameters"] == {"USER_ID_FOR_SRP": "carol"}
    for code in ("000000", "kein Cöde"):
        assert refused_answer(pool, reply, "carol", **typed(code)) == mismatch
    assert signed_in(answer(pool, reply, "carol", **right))
    # A code that was used can be corrected, too.
    reply = proven(pool, "carol")
    assert refused_answer(pool, reply, "carol", **right)[0] == "ExpiredCodeException"
    right = typed(code_at(TOTP_SECRET, TOTP_STEP + 1))
    assert signed_in(answer(pool, reply, "carol", **right))
    # The Session does not last longer for it.
    reply = proven(pool, "carol")
    clock.now += SESSION_LIFETIME - timedelta(seconds=1)
    assert refused_answer(pool, reply, "carol", **typed("000000")) == mismatch
    clock.now += timedelta(seconds=1)
    assert refused_answer(pool, reply, "carol", **typed("000000")) == EXPIRED_SESSION


@pytest.mark.parametrize(
    ("choice", "medium", "destination", "shown"),
    [
        ("SMS_MFA", "SMS", "+15551234567", "+*******4567"),
        ("EMAIL_OTP", "EMAIL", "alice@example.com", "a***@e***"),
    ],
)
def test_a_user_with_several_factors_chooses_one_and_is_sent_a_code(
    pool: UserPool, choice: str, medium: str, destination: str, shown: str
) -> None:
    reply = proven(pool, "dora")
    assert reply["ChallengeName"] == "SELECT_MFA_TYPE"
    offered = json.loads(reply["ChallengeParameters"]["MFAS_CAN_CHOOSE"])
    assert offered == ["SMS_MFA", "EMAIL_OTP"]
    assert not pool.sent
    reply = answer(pool, reply, "dora", ANSWER=choice)
    assert reply["ChallengeName"] == choice
    assert reply["ChallengeParameters"] == {
        "USER_ID_FOR_SRP": "dora",
        "CODE_DELIVERY_DELIVERY_MEDIUM": medium,
        "CODE_DELIVERY_DESTINATION": shown,
    }
    (message,) = pool.sent
    assert message == Message("dora", medium, destination, message.code)
    assert len(message.code) == 6
    wrong = f"{(int(message.code) + 1) % 1_000_000:06}"
    assert refused_answer(pool, reply, "dora", **{f"{choice}_CODE": wrong}) == MISMATCH
    assert signed_in(answer(pool, reply, "dora", **{f"{choice}_CODE": message.code}))
    assert refused_answer(pool, reply, "dora", **{f"{choice}_CODE": message.code}) == USED_SESSION


def test_a_code_is_of_one_sign_in(pool: UserPool) -> None:
    first, second = (answer(pool, proven(pool, "dora"), "dora", ANSWER="SMS_MFA") for _ in range(2))
    old, new = (message.code for message in pool.sent)
    assert old != new or pytest.skip("one time in a million both codes are the same")
    assert refused_answer(pool, second, "dora", SMS_MFA_CODE=old) == MISMATCH
    assert signed_in(answer(pool, second, "dora", SMS_MFA_CODE=new))
    assert signed_in(answer(pool, first, "dora", SMS_MFA_CODE=old))


def test_a_factor_that_is_not_offered_is_refused(pool: UserPool) -> None:
    assert refused_answer(pool, proven(pool, "dora"), "dora", ANSWER="SOFTWARE_TOKEN_MFA") == (
        "InvalidParameterException",
        "ANSWER must be one of SMS_MFA, EMAIL_OTP",
    )


# USER_AUTH.


def test_user_auth_offers_what_the_user_can_do(pool: UserPool) -> None:
    def offered(name: str) -> list[str]:
        reply = begin(pool, "USER_AUTH", USERNAME=name)
        assert reply["ChallengeName"] == "SELECT_CHALLENGE"
        assert reply["ChallengeParameters"] == {}
        return reply["AvailableChallenges"]

    assert offered("emil") == ["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "SMS_OTP"]
    assert offered("bob") == ["PASSWORD_SRP", "PASSWORD"]
    assert offered("dora") == ["PASSWORD_SRP", "PASSWORD"]  # A code alone is one factor.


@pytest.mark.parametrize("how", ["preferred", "chosen", "chosen and then asked for"])
def test_user_auth_with_a_proof(pool: UserPool, how: str) -> None:
    client = OracleClient(member="emil")
    if how == "preferred":
        wish = {"PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": client.srp_a}
        reply = begin(pool, "USER_AUTH", USERNAME="emil", **wish)
    else:
        reply = begin(pool, "USER_AUTH", USERNAME="emil")
        given = {"SRP_A": client.srp_a} if how == "chosen" else {}
        reply = answer(pool, reply, "emil", ANSWER="PASSWORD_SRP", **given)
    if how == "chosen and then asked for":
        assert reply["ChallengeName"] == "PASSWORD_SRP"
        reply = answer(pool, reply, "emil", SRP_A=client.srp_a)
    assert reply["ChallengeName"] == "PASSWORD_VERIFIER"
    made = claim(pool, client, reply)
    without = answering({}, "PASSWORD_VERIFIER", "emil", **made)
    assert refusal(pool, "RespondToAuthChallenge", **without) == WRONG  # The Session is missing.
    assert signed_in(answer(pool, reply, "emil", **made))
    assert refused_answer(pool, reply, "emil", **made) == USED_SESSION


@pytest.mark.parametrize("how", ["preferred", "chosen", "chosen and then asked for"])
@pytest.mark.parametrize("password", [PASSWORD, "battery staple"])
def test_user_auth_with_the_password_itself(pool: UserPool, how: str, password: str) -> None:
    arguments = beginning(
        "USER_AUTH", USERNAME="emil", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=password
    )
    operation = "InitiateAuth"
    if how != "preferred":
        reply = begin(pool, "USER_AUTH", USERNAME="emil")
        operation = "RespondToAuthChallenge"
        arguments = answering(
            reply, "SELECT_CHALLENGE", "emil", ANSWER="PASSWORD", PASSWORD=password
        )
    if how == "chosen and then asked for":
        del arguments["ChallengeResponses"]["PASSWORD"]
        reply = call(pool, operation, **arguments)
        arguments = answering(reply, "PASSWORD", "emil", PASSWORD=password)
    if password == PASSWORD:
        assert signed_in(call(pool, operation, **arguments))
    else:
        assert refusal(pool, operation, **arguments) == WRONG


@pytest.mark.parametrize("factor", ["EMAIL_OTP", "SMS_OTP"])
@pytest.mark.parametrize("how", ["preferred", "chosen"])
def test_user_auth_with_a_code_instead_of_the_password(
    pool: UserPool, factor: str, how: str
) -> None:
    if how == "preferred":
        reply = begin(pool, "USER_AUTH", USERNAME="emil", PREFERRED_CHALLENGE=factor)
    else:
        reply = begin(pool, "USER_AUTH", USERNAME="emil")
        reply = answer(pool, reply, "emil", ANSWER=factor)
    assert reply["ChallengeName"] == factor
    assert refused_answer(pool, reply, "emil", **{f"{factor}_CODE": "x"}) == MISMATCH
    assert signed_in(answer(pool, reply, "emil", **{f"{factor}_CODE": pool.sent[-1].code}))


def test_what_is_preferred_and_not_possible_becomes_a_choice(pool: UserPool) -> None:
    reply = begin(pool, "USER_AUTH", USERNAME="dora", PREFERRED_CHALLENGE="SMS_OTP")
    assert reply["ChallengeName"] == "SELECT_CHALLENGE"
    assert refused_answer(pool, reply, "dora", ANSWER="SMS_OTP") == (
        "InvalidParameterException",
        "ANSWER must be one of PASSWORD_SRP, PASSWORD",
    )


@pytest.mark.parametrize("how", ["preferred", "chosen"])
@pytest.mark.parametrize("good", [True, False])
def test_user_auth_with_a_passkey_which_needs_no_second_factor(
    signing_keys: SigningKeys, how: str, good: bool
) -> None:
    pool = UserPool(
        POOL_ID, signing_keys=signing_keys, relying_party="localhost", passkeys_as_mfa=True
    )
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("carol", PASSWORD, totp_secret=TOTP_SECRET)
    device = Liar()
    pool.add_passkey("carol", device.create)
    if how == "preferred":
        reply = begin(pool, "USER_AUTH", USERNAME="carol", PREFERRED_CHALLENGE="WEB_AUTHN")
    else:
        first = begin(pool, "USER_AUTH", USERNAME="carol")
        assert first["AvailableChallenges"] == ["PASSWORD_SRP", "PASSWORD", "WEB_AUTHN"]
        reply = answer(pool, first, "carol", ANSWER="WEB_AUTHN")
    assert reply["ChallengeName"] == "WEB_AUTHN"
    options = json.loads(reply["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    credential = json.dumps((device if good else Liar()).get(options))
    if good:
        assert signed_in(answer(pool, reply, "carol", CREDENTIAL=credential))
    else:
        assert refused_answer(pool, reply, "carol", CREDENTIAL=credential) == WRONG


def test_the_second_factor_follows_a_choice_as_well(pool: UserPool) -> None:
    reply = begin(
        pool, "USER_AUTH", USERNAME="carol", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD
    )
    assert reply["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


# CUSTOM_AUTH.


@pytest.mark.parametrize("proves", [True, False])
def test_custom_challenges_are_asked_one_after_the_other(pool: UserPool, proves: bool) -> None:
    client = OracleClient(member="frank")
    if proves:
        wish = {"CHALLENGE_NAME": "SRP_A", "SRP_A": client.srp_a}
        reply = begin(pool, "CUSTOM_AUTH", USERNAME="frank", **wish)
        assert reply["ChallengeName"] == "PASSWORD_VERIFIER"
        reply = answer(pool, reply, "frank", **claim(pool, client, reply))
    else:
        reply = begin(pool, "CUSTOM_AUTH", USERNAME="frank")
    assert reply["ChallengeParameters"] == {"USERNAME": "frank", "riddle": "1"}
    reply = answer(pool, reply, "frank", ANSWER="one")
    assert reply["ChallengeParameters"] == {"USERNAME": "frank", "riddle": "2"}
    assert signed_in(answer(pool, reply, "frank", ANSWER="two"))


def test_after_a_proof_in_custom_auth_a_second_factor_replaces_the_custom_challenges(
    pool: UserPool,
) -> None:
    riddle = [CustomChallenge({"riddle": "1"}, "one")]
    pool.add_user("hugo", PASSWORD, totp_secret=TOTP_SECRET, custom_challenges=riddle)
    client = OracleClient(member="hugo")
    reply = begin(pool, "CUSTOM_AUTH", USERNAME="hugo", SRP_A=client.srp_a)
    reply = answer(pool, reply, "hugo", **claim(pool, client, reply))
    assert reply["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    code = code_at(TOTP_SECRET, TOTP_STEP)
    assert signed_in(answer(pool, reply, "hugo", SOFTWARE_TOKEN_MFA_CODE=code))
    # Without a proof the triggers alone decide.
    reply = begin(pool, "CUSTOM_AUTH", USERNAME="hugo")
    assert reply["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert signed_in(answer(pool, reply, "hugo", ANSWER="one"))


def test_a_wrong_answer_ends_custom_auth(pool: UserPool) -> None:
    reply = begin(pool, "CUSTOM_AUTH", USERNAME="frank")
    assert refused_answer(pool, reply, "frank", ANSWER="two") == WRONG
    assert refused_answer(pool, reply, "frank", ANSWER="one") == USED_SESSION


def test_a_wrong_password_is_refused_before_any_custom_challenge(pool: UserPool) -> None:
    client = OracleClient(member="frank", password="battery staple")
    reply = begin(pool, "CUSTOM_AUTH", USERNAME="frank", SRP_A=client.srp_a)
    assert refused_answer(pool, reply, "frank", **claim(pool, client, reply)) == WRONG


def test_a_user_without_custom_challenges_cannot_begin_custom_auth(pool: UserPool) -> None:
    assert refusal(pool, "InitiateAuth", **beginning("CUSTOM_AUTH", USERNAME="alice")) == (
        "InvalidParameterException",
        "Custom auth lambda trigger is not configured for the user pool.",
    )


# Devices.


def naming_device(pool: UserPool, device: Device) -> dict:
    """The reply to alice's claim that names a device."""
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    return answer(pool, reply, **claim(pool, client, reply, DEVICE_KEY=device.device_key))


def of_device(device: Device, password: str = DEVICE_PASSWORD) -> OracleClient:
    return OracleClient(device.device_group_key, device.device_key, password)


@pytest.mark.parametrize("sessions", [True, False], ids=["Session", "no Session"])
def test_a_remembered_device_proves_itself(remembering: UserPool, sessions: bool) -> None:
    """With a Session or, as pycognito does, without."""
    device, _ = registered(remembering)
    client = of_device(device)
    key = {"DEVICE_KEY": device.device_key}
    reply = naming_device(remembering, device)
    assert reply["ChallengeName"] == "DEVICE_SRP_AUTH"
    assert reply["ChallengeParameters"] == {}
    if not sessions:
        del reply["Session"]
    reply = answer(remembering, reply, **key, SRP_A=client.srp_a)
    assert reply["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    assert reply["ChallengeParameters"]["USERNAME"] == "alice"
    if not sessions:
        del reply["Session"]
    made = claim(remembering, client, reply, **key)
    result = answer(remembering, reply, **made)["AuthenticationResult"]
    assert "NewDeviceMetadata" not in result
    assert refused_answer(remembering, reply, **made) == USED_SESSION


@pytest.mark.parametrize("factor", ["PASSWORD", "PASSWORD_SRP"])
def test_a_device_is_asked_for_whatever_the_first_factor_is(
    remembering: UserPool, factor: str
) -> None:
    device, _ = registered(remembering)
    named = {"DEVICE_KEY": device.device_key}
    client = OracleClient(member="alice")
    wish = {"PREFERRED_CHALLENGE": factor, "SRP_A": client.srp_a}
    reply = begin(remembering, "USER_AUTH", USERNAME="alice", **wish)
    more = {"PASSWORD": PASSWORD}
    if factor == "PASSWORD_SRP":
        more = claim(remembering, client, reply)
    assert answer(remembering, reply, **more, **named)["ChallengeName"] == "DEVICE_SRP_AUTH"


@pytest.mark.parametrize("what", ["password", "user", "device", "app client", "session"])
def test_a_devices_claim_counts_for_nothing_else(remembering: UserPool, what: str) -> None:
    device, _ = registered(remembering)
    other, _ = registered(remembering)
    client = of_device(device, "another" if what == "password" else DEVICE_PASSWORD)
    key = {"DEVICE_KEY": device.device_key}
    replies = [
        answer(remembering, naming_device(remembering, device), **key, SRP_A=client.srp_a)
        for _ in range(2)
    ]
    made = claim(remembering, client, replies[0], **key)
    arguments = answering(replies[0], "DEVICE_PASSWORD_VERIFIER", **made)
    if what == "user":
        arguments["ChallengeResponses"]["USERNAME"] = "carol"
    elif what == "device":
        arguments["ChallengeResponses"]["DEVICE_KEY"] = other.device_key
    elif what == "app client":
        arguments["ClientId"] = CLIENT_ID
        hashed = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
        arguments["ChallengeResponses"]["SECRET_HASH"] = hashed
    elif what == "session":
        arguments["Session"] = replies[1]["Session"]
    refused = refusal(remembering, "RespondToAuthChallenge", **arguments)
    assert refused in (WRONG, INVALID_SESSION)


def test_a_devices_claim_without_its_key_says_what_is_missing(remembering: UserPool) -> None:
    device, _ = registered(remembering)
    client = of_device(device)
    key = {"DEVICE_KEY": device.device_key}
    reply = answer(remembering, naming_device(remembering, device), **key, SRP_A=client.srp_a)
    assert refused_answer(remembering, reply, **claim(remembering, client, reply)) == (
        "InvalidParameterException",
        "Missing required parameter DEVICE_KEY",
    )


def test_a_device_cannot_replace_the_password(remembering: UserPool) -> None:
    """DEVICE_SRP_AUTH is answered only after the first factor, Session or not."""
    device, _ = registered(remembering)
    arguments = answering(
        {}, "DEVICE_SRP_AUTH", DEVICE_KEY=device.device_key, SRP_A=of_device(device).srp_a
    )
    assert refusal(remembering, "RespondToAuthChallenge", **arguments) == INVALID_SESSION


@pytest.mark.parametrize("srp_a", ["0", "-1", "x"])
def test_a_devices_bad_srp_a_is_refused(remembering: UserPool, srp_a: str) -> None:
    device, _ = registered(remembering)
    reply = naming_device(remembering, device)
    refused = refused_answer(remembering, reply, DEVICE_KEY=device.device_key, SRP_A=srp_a)
    assert refused[0] == "InvalidParameterException"
    assert refused[1].startswith("SRP_A " if srp_a == "0" else "1 validation error detected")


def test_only_a_remembered_device_is_asked_for(clock: Clock, signing_keys: SigningKeys) -> None:
    """In a pool where the user decides."""
    pool = UserPool(POOL_ID, now=clock, signing_keys=signing_keys, remember_devices="opt-in")
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("alice", PASSWORD)
    device, result = registered(pool, remembered=False)
    assert signed_in(naming_device(pool, device))
    arguments = {"AccessToken": result["AccessToken"], "DeviceKey": device.device_key}
    for status in ("remembered", "not_remembered"):
        call(pool, "UpdateDeviceStatus", **arguments, DeviceRememberedStatus=status)
        assert signed_in(naming_device(pool, device)) is (status == "not_remembered")


@pytest.mark.parametrize("place", ["AuthParameters", "ChallengeResponses"])
@pytest.mark.parametrize("what", ["unknown", "not registered", "forgotten", "another user's"])
def test_a_device_that_the_pool_does_not_know_is_refused(
    remembering: UserPool, place: str, what: str
) -> None:
    client = OracleClient(member="alice")
    key = "eu-west-1_unknown"
    if what == "not registered":
        key = proven(remembering)["AuthenticationResult"]["NewDeviceMetadata"]["DeviceKey"]
    elif what == "forgotten":
        device, result = registered(remembering)
        key = device.device_key
        of_it = {"AccessToken": result["AccessToken"], "DeviceKey": key}
        assert call(remembering, "ForgetDevice", **of_it) == {}
    elif what == "another user's":
        key = registered(remembering)[0].device_key
        client = OracleClient(member="carol")
    named = {"DEVICE_KEY": key}
    parameters = {"USERNAME": client.member, "SRP_A": client.srp_a}
    parameters |= named if place == "AuthParameters" else {}
    reply = begin(remembering, "USER_SRP_AUTH", **parameters)
    made = claim(remembering, client, reply, **(named if place == "ChallengeResponses" else {}))
    assert refused_answer(remembering, reply, client.member, **made) == NO_DEVICE


def test_devices_that_are_never_registered_cost_no_memory(
    remembering: UserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "MOST_OFFERED", 2)
    offered = [
        proven(remembering)["AuthenticationResult"]["NewDeviceMetadata"]["DeviceKey"]
        for _ in range(3)
    ]
    assert list(remembering._directory.user("alice").devices) == offered[1:]


# The conversation.


def through(pool: UserPool, sign_in: SignIn) -> tuple[Tokens, list[str]]:
    """Sign in, and return which operations and challenges were answered."""
    answers = {
        "NewPassword": lambda question: question.answer("a new one"),
        "SelectMFAType": lambda question: question.answer("EMAIL_OTP"),
        "SelectChallenge": lambda question: question.answer("PASSWORD_SRP"),
        "CustomChallenge": lambda question: question.answer(
            {"1": "one", "2": "two"}[question.parameters["riddle"]]
        ),
        "Code": lambda question: question.answer(
            code_at(TOTP_SECRET, int(pool._sources.now().timestamp()) // 30)
            if question.challenge_name == "SOFTWARE_TOKEN_MFA"
            else pool.sent[-1].code
        ),
    }
    step, answered = sign_in.start(), []
    while not isinstance(step, Tokens):
        assert len(answered) < 10, answered
        if not isinstance(step, Call):
            step = answers[type(step).__name__](step)
        answered.append(step.arguments.get("ChallengeName", step.operation))
        step = sign_in.reply(pool.send(step), now=pool._sources.now())
    return step, answered


PROVEN = ["InitiateAuth", "PASSWORD_VERIFIER"]


@pytest.mark.parametrize("secret", [None, CLIENT_SECRET])
@pytest.mark.parametrize(
    ("name", "flow", "expected"),
    [
        ("alice", "USER_SRP_AUTH", PROVEN),
        ("bob", "USER_SRP_AUTH", [*PROVEN, "NEW_PASSWORD_REQUIRED"]),
        ("carol", "USER_SRP_AUTH", [*PROVEN, "SOFTWARE_TOKEN_MFA"]),
        ("dora", "USER_SRP_AUTH", [*PROVEN, "SELECT_MFA_TYPE", "EMAIL_OTP"]),
        ("emil", "USER_AUTH", ["InitiateAuth", "SELECT_CHALLENGE", "PASSWORD_VERIFIER"]),
        ("frank", "CUSTOM_AUTH", [*PROVEN, "CUSTOM_CHALLENGE", "CUSTOM_CHALLENGE"]),
    ],
)
def test_a_sign_in_goes_through_every_flow(
    pool: UserPool, name: str, flow: str, expected: list[str], secret: str | None
) -> None:
    app = PUBLIC if secret is None else AppClient(CLIENT_ID, secret)
    tokens, answered = through(pool, SignIn(POOL_ID, name, PASSWORD, app=app, flow=flow))
    assert (tokens.username, answered) == (name, expected)
    refresh = initiate_auth.refresh_token_auth(app, name, tokens.refresh_token)
    assert signed_in(pool.send(refresh))


def test_a_sign_in_registers_a_device_which_then_replaces_the_code(
    remembering: UserPool, clock: Clock
) -> None:
    app = AppClient(CLIENT_ID, CLIENT_SECRET)
    asks = remembering._account._asks_user
    tokens, answered = through(remembering, SignIn(POOL_ID, "carol", PASSWORD, app=app))
    assert answered == [*PROVEN, "SOFTWARE_TOKEN_MFA"]
    registration = DeviceRegistration(tokens)
    tokens = registration.reply(remembering.send(registration.start()))
    assert registration.needs_confirmation is asks
    if asks:
        tokens = registration.reply(remembering.send(registration.remember()))
    device = tokens.device
    assert device is not None
    again = SignIn(POOL_ID, "carol", PASSWORD, app=app, device=device)
    tokens, answered = through(remembering, again)
    assert answered == [*PROVEN, "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"]
    of_it = {"AccessToken": tokens.access_token, "DeviceKey": device.device_key}
    call(remembering, "ForgetDevice", **of_it)
    clock.now += timedelta(seconds=30)  # For a fresh code.
    again = SignIn(POOL_ID, "carol", PASSWORD, app=app, device=device)
    assert "SOFTWARE_TOKEN_MFA" in through(remembering, again)[1]


# A second factor that is set up during the sign-in.


@pytest.fixture
def requiring(clock: Clock, signing_keys: SigningKeys) -> UserPool:
    """A pool in which MFA is required, with alice, who has no factor."""
    mfa = ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]
    pool = UserPool(POOL_ID, now=clock, signing_keys=signing_keys, required_mfa=mfa)
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("alice", PASSWORD)
    return pool


def test_an_authenticator_app_is_set_up_between_two_sessions(requiring: UserPool) -> None:
    reply = proven(requiring)
    assert reply["ChallengeParameters"]["MFAS_CAN_SETUP"] == '["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]'
    reply = call(requiring, "AssociateSoftwareToken", Session=reply["Session"])
    code = {"UserCode": code_at(reply["SecretCode"], TOTP_STEP), "FriendlyDeviceName": "Phone"}
    reply = call(requiring, "VerifySoftwareToken", Session=reply["Session"], **code)
    reply = {"ChallengeName": "MFA_SETUP", "Session": reply["Session"]}
    assert signed_in(answer(requiring, reply))
    parameters = proven(requiring)["ChallengeParameters"]
    assert parameters["FRIENDLY_DEVICE_NAME"] == "Phone"


def test_a_mail_address_is_set_up_by_a_code(requiring: UserPool) -> None:
    reply = answer(requiring, proven(requiring), EMAIL="alice@example.com")
    assert reply["ChallengeName"] == "EMAIL_OTP"
    assert signed_in(answer(requiring, reply, EMAIL_OTP_CODE=requiring.sent[-1].code))
    begun = begin(requiring, "USER_AUTH", USERNAME="alice")
    assert begun["AvailableChallenges"] == ["PASSWORD_SRP", "PASSWORD"]


def test_mfa_setup_cannot_be_answered_with_nothing(requiring: UserPool, pool: UserPool) -> None:
    refused = refused_answer(requiring, proven(requiring))
    assert refused == (
        "InvalidParameterException",
        "No second factor was set up with this session.",
    )
    session = proven(pool, "carol")["Session"]
    assert refusal(pool, "AssociateSoftwareToken", Session=session) == INVALID_SESSION
