"""testing/: the user pool signs in whoever proves the password, and nobody else.

What meets it: requests that are written out by hand around the oracle's claims. Tokens are checked
with RSA itself.
"""

import base64
import json
import secrets
from datetime import datetime, timedelta

import oracle
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID, OracleClient
from pool_calls import (
    NOW,
    PUBLIC,
    TOTP_SECRET,
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
)

from srp_cognito import AppClient, SignIn
from srp_cognito.proof import modexp
from srp_cognito.testing import CustomChallenge, Refused, UserPool
from srp_cognito.testing.issuer import LIFETIME, REFRESH_LIFETIME
from srp_cognito.testing.sessions import LIFETIME as SESSION_LIFETIME
from srp_cognito.testing.sessions import MOST, Sessions


def claims_of(pool: UserPool, token: str) -> dict:
    """The claims of a token whose signature is right."""
    head, body, signature = token.split(".")

    def decoded(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    (key,) = pool.jwks()["keys"]
    assert json.loads(decoded(head)) == {"alg": "RS256", "kid": key["kid"], "typ": "JWT"}
    e, n = (int.from_bytes(decoded(key[name]), "big") for name in ("e", "n"))
    public = rsa.RSAPublicNumbers(e, n).public_key()
    public.verify(decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), SHA256())
    return json.loads(decoded(body))


# The proof of the password.


def test_the_oracles_client_signs_in_and_gets_signed_tokens(pool: UserPool) -> None:
    result = proven(pool)["AuthenticationResult"]
    assert set(result) == {"AccessToken", "IdToken", "RefreshToken", "TokenType", "ExpiresIn"}
    access, identity = claims_of(pool, result["AccessToken"]), claims_of(pool, result["IdToken"])
    assert access["iss"] == f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL_ID}"
    assert (access["username"], access["client_id"]) == ("alice", PUBLIC.client_id)
    assert (access["iat"], access["exp"]) == (NOW.timestamp(), NOW.timestamp() + 3600)
    assert (identity["cognito:username"], identity["aud"]) == ("alice", PUBLIC.client_id)
    assert identity["email"] == "alice@example.com"
    assert (access["token_use"], identity["token_use"]) == ("access", "id")
    assert access["sub"] == identity["sub"]
    assert access["jti"] != identity["jti"]


def test_a_changed_token_is_none_of_the_pools(pool: UserPool) -> None:
    token = proven(pool)["AuthenticationResult"]["AccessToken"]
    head, body, signature = token.split(".")
    forged = base64.urlsafe_b64encode(b'{"username":"bob"}').decode().rstrip("=")
    with pytest.raises(InvalidSignature):
        claims_of(pool, f"{head}.{forged}.{signature}")
    for bad in (f"{head}.{forged}.{signature}", body, "x"):
        assert refusal(pool, "GetUser", AccessToken=bad) == (
            "NotAuthorizedException",
            "Invalid Access Token",
        )


def test_a_token_of_another_pool_is_none_of_this_ones(
    pool: UserPool, signing_key: rsa.RSAPrivateKey
) -> None:
    """Even where both have one key, as in somebody's tests."""
    other = UserPool("eu-west-1_Other", now=lambda: NOW, signing_key=signing_key)
    other.add_app_client(PUBLIC.client_id)
    other.add_user("alice", PASSWORD)
    reply = begin(other, "USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
    token = reply["AuthenticationResult"]["AccessToken"]
    assert call(other, "GetUser", AccessToken=token)["Username"] == "alice"
    refused = ("NotAuthorizedException", "Invalid Access Token")
    assert refusal(pool, "GetUser", AccessToken=token) == refused


def test_it_keeps_no_password(pool: UserPool) -> None:
    kept = [str(vars(user)) for user in pool._directory._users.values()]
    assert not any(PASSWORD in text for text in kept)
    assert TOTP_SECRET not in repr(pool._directory._users)


def test_a_wrong_password_is_refused(pool: UserPool) -> None:
    client = OracleClient(member="alice", password="battery staple")
    reply = opened(pool, client)
    assert refused_answer(pool, reply, **claim(pool, client, reply)) == WRONG


def test_a_claim_counts_once(pool: UserPool) -> None:
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    made = claim(pool, client, reply)
    assert answer(pool, reply, **made)["AuthenticationResult"]
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


def test_a_claim_comes_in_time(pool: UserPool, clock: Clock) -> None:
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    clock.now += SESSION_LIFETIME
    assert refused_answer(pool, reply, **claim(pool, client, reply)) == WRONG


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW - timedelta(minutes=5), None),
        (NOW + timedelta(minutes=5), None),
        (NOW, "Mon Nov 24 07:00:09 UTC 2026"),
        (NOW, "Tue Nov  24 07:00:09 UTC 2026"),
        (NOW, "Tue Nov 024 07:00:09 UTC 2026"),
        (NOW, "2026-11-24T07:00:09Z"),
        (NOW, "Tue Nov 24 24:00:09 UTC 2026"),
    ],
)
def test_stale_and_misspelled_timestamps_are_refused(
    pool: UserPool, moment: datetime, text: str | None
) -> None:
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    made = client.answer(reply["ChallengeParameters"], moment)
    made["TIMESTAMP"] = text or made["TIMESTAMP"]
    del made["USERNAME"]
    if text is None or text.startswith(("Mon", "Tue Nov  ")):
        assert refused_answer(pool, reply, **made) == WRONG
    else:
        assert refused_answer(pool, reply, **made) == (
            "InvalidParameterException",
            "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
        )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"TIMESTAMP": None}, "Missing required parameter TIMESTAMP"),
        (
            {"TIMESTAMP": None, "PASSWORD_CLAIM_SIGNATURE": None},
            "Missing required parameter TIMESTAMP",
        ),
        (
            {"PASSWORD_CLAIM_SIGNATURE": None, "PASSWORD_CLAIM_SECRET_BLOCK": None},
            "Missing required parameter PASSWORD_CLAIM_SIGNATURE",
        ),
        (
            {"PASSWORD_CLAIM_SECRET_BLOCK": None},
            "Missing required parameter PASSWORD_CLAIM_SECRET_BLOCK",
        ),
        (
            {"PASSWORD_CLAIM_SIGNATURE": "no base64"},
            "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string.",
        ),
    ],
    ids=str,
)
def test_a_claim_that_cannot_be_one_is_told_so_and_may_be_corrected(
    pool: UserPool, changed: dict[str, str | None], message: str
) -> None:
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    made = claim(pool, client, reply)
    bad = {key: value for key, value in {**made, **changed}.items() if value is not None}
    assert refused_answer(pool, reply, **bad) == ("InvalidParameterException", message)
    assert answer(pool, reply, **made)["AuthenticationResult"]


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
    ids=["0", "N", "2N", "negative", "no hex", "empty", "a hundred megabytes", "a number"],
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


def test_a_stranger_cannot_be_told_from_a_user(pool: UserPool) -> None:
    client = OracleClient(member="nobody")
    first, second = (opened(pool, client, "nobody")["ChallengeParameters"] for _ in range(2))
    reply = opened(pool, client, "none")
    assert set(first) == set(opened(pool, client)["ChallengeParameters"])
    assert first["SALT"] == second["SALT"] != reply["ChallengeParameters"]["SALT"]
    assert first["SRP_B"] != second["SRP_B"]
    assert refused_answer(pool, reply, "none", **claim(pool, client, reply)) == WRONG
    first, second = (begin(pool, "USER_AUTH", USERNAME=name) for name in ("alice2", "bob"))
    assert first["AvailableChallenges"] == second["AvailableChallenges"]


def test_a_password_that_is_sent_is_held_against_the_verifier(pool: UserPool) -> None:
    reply = begin(pool, "USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
    assert claims_of(pool, reply["AuthenticationResult"]["AccessToken"])["username"] == "alice"
    for username, password in (("alice", "battery staple"), ("nobody", PASSWORD)):
        arguments = beginning("USER_PASSWORD_AUTH", USERNAME=username, PASSWORD=password)
        assert refusal(pool, "InitiateAuth", **arguments) == WRONG


# SECRET_HASH, and calls that make no sense.


@pytest.mark.parametrize(
    ("hashed", "message"),
    [
        (None, f"Client {CLIENT_ID} is configured with secret but SECRET_HASH was not received"),
        (
            oracle.secret_hash("alias", CLIENT_ID, CLIENT_SECRET),
            f"Unable to verify secret hash for client {CLIENT_ID}",
        ),
    ],
    ids=["missing", "over another name"],
)
@pytest.mark.parametrize("where", ["first call", "answer", "refresh"])
def test_a_call_without_the_right_secret_hash_is_refused(
    pool: UserPool, where: str, hashed: str | None, message: str
) -> None:
    beside = {} if hashed is None else {"SECRET_HASH": hashed}
    if where == "first call":
        operation = "InitiateAuth"
        arguments = beginning("USER_SRP_AUTH", USERNAME="alice", SRP_A="5", **beside)
    elif where == "answer":
        operation = "RespondToAuthChallenge"
        arguments = answering({}, "PASSWORD_VERIFIER", **beside)
    else:
        operation = "InitiateAuth"
        sign_in = SignIn(POOL_ID, "alice", PASSWORD, app=AppClient(CLIENT_ID, CLIENT_SECRET))
        step = sign_in.reply(pool.send(sign_in.start()), now=NOW)
        token = sign_in.reply(pool.send(step), now=NOW).refresh_token
        arguments = beginning("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token, **beside)
    refused = refusal(pool, operation, **{**arguments, "ClientId": CLIENT_ID})
    assert refused == ("NotAuthorizedException", message)


def test_a_secret_hash_for_an_app_client_without_a_secret_is_refused(pool: UserPool) -> None:
    arguments = beginning("USER_SRP_AUTH", USERNAME="alice", SRP_A="5", SECRET_HASH="x")
    assert refusal(pool, "InitiateAuth", **arguments) == (
        "InvalidParameterException",
        "App client 2public is not configured for secret but secret hash was received",
    )


NULL, PATTERN = (
    f"1 validation error detected: Value {value} at 'clientId' failed to satisfy constraint:"
    f" Member must {constraint}"
    for value, constraint in (
        ("null", "not be null"),
        ("'eu-west-1_Example'", r"satisfy regular expression pattern: [\w+]+"),
    )
)


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        ({}, ("InvalidParameterException", NULL)),
        ({"ClientId": "eu-west-1_Example"}, ("InvalidParameterException", PATTERN)),
        (
            {"ClientId": "unknown"},
            ("ResourceNotFoundException", "User pool client unknown does not exist."),
        ),
        (
            beginning("X", USERNAME="alice"),
            ("InvalidParameterException", "This pool does not have this AuthFlow."),
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
    ids=[
        "nothing",
        "the pool id for the client id",
        "another app client",
        "another flow",
        "no parameters",
        "no user",
    ],
)
def test_a_first_call_that_makes_no_sense_is_refused(
    pool: UserPool, arguments: dict, refused: tuple[str, str]
) -> None:
    assert refusal(pool, "InitiateAuth", **arguments) == refused


def test_what_is_sent_comes_back_cut_short(pool: UserPool) -> None:
    assert len(refusal(pool, "InitiateAuth", ClientId="x" * 100_000)[1]) < 1000


@pytest.mark.parametrize("key", ["USERNAME", "DEVICE_KEY"])
def test_names_of_megabytes_are_not_kept(pool: UserPool, key: str) -> None:
    """Ten thousand sign-ins that are begun with such names would fill the memory."""
    parameters = {"USERNAME": "alice", key: "x" * 129}
    assert refusal(pool, "InitiateAuth", **beginning("USER_AUTH", **parameters)) == (
        "InvalidParameterException",
        f"{key} has more than 128 characters",
    )


def test_an_operation_that_the_pool_does_not_do_is_refused(pool: UserPool) -> None:
    with pytest.raises(Refused, match="UnknownOperationException"):
        pool.call("ListUsers", {})


@pytest.mark.parametrize("arguments", [None, 5, "", [], ["ClientId"]])
def test_a_call_that_is_no_object_is_refused(pool: UserPool, arguments: object) -> None:
    for operation in ("InitiateAuth", "RespondToAuthChallenge", "GetUser", "ConfirmDevice"):
        with pytest.raises(Refused, match="The request is not a JSON object"):
            pool.call(operation, arguments)


# Tokens.


def refreshed(pool: UserPool, token: str, **parameters: str) -> dict:
    reply = begin(pool, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token, **parameters)
    assert "RefreshToken" not in reply["AuthenticationResult"]
    return reply["AuthenticationResult"]


def test_an_access_token_tells_who_one_is_until_its_time_is_over(
    pool: UserPool, clock: Clock
) -> None:
    result = proven(pool)["AuthenticationResult"]
    shown = call(pool, "GetUser", AccessToken=result["AccessToken"])
    assert shown["Username"] == "alice"
    assert {"Name": "email", "Value": "alice@example.com"} in shown["UserAttributes"]
    assert "UserMFASettingList" not in shown
    invalid = ("NotAuthorizedException", "Invalid Access Token")
    for other in ("IdToken", "RefreshToken"):
        assert refusal(pool, "GetUser", AccessToken=result[other]) == invalid
    clock.now += LIFETIME
    expired = ("NotAuthorizedException", "Access Token has expired")
    assert refusal(pool, "GetUser", AccessToken=result["AccessToken"]) == expired
    result = refreshed(pool, result["RefreshToken"])
    assert call(pool, "GetUser", AccessToken=result["AccessToken"])["Username"] == "alice"


def test_a_refresh_token_is_of_one_app_client_and_ends(pool: UserPool, clock: Clock) -> None:
    token = proven(pool)["AuthenticationResult"]["RefreshToken"]
    hashed = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
    arguments = beginning("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token, SECRET_HASH=hashed)
    invalid = ("NotAuthorizedException", "Invalid Refresh Token")
    assert refusal(pool, "InitiateAuth", **{**arguments, "ClientId": CLIENT_ID}) == invalid
    clock.now += REFRESH_LIFETIME
    expired = ("NotAuthorizedException", "Refresh Token has expired")
    assert refusal(pool, "InitiateAuth", **arguments) == expired


@pytest.mark.parametrize("secret", [None, CLIENT_SECRET, "another"])
def test_new_tokens_come_for_the_client_secret_as_it_is(pool: UserPool, secret: str | None) -> None:
    sign_in = SignIn(POOL_ID, "alice", PASSWORD, app=AppClient(CLIENT_ID, CLIENT_SECRET))
    step = sign_in.reply(pool.send(sign_in.start()), now=NOW)
    token = sign_in.reply(pool.send(step), now=NOW).refresh_token
    arguments = {"ClientId": CLIENT_ID, "RefreshToken": token}
    arguments |= {} if secret is None else {"ClientSecret": secret}
    if secret == CLIENT_SECRET:
        reply = call(pool, "GetTokensFromRefreshToken", **arguments)
        assert claims_of(pool, reply["AuthenticationResult"]["AccessToken"])
    else:
        kind, message = refusal(pool, "GetTokensFromRefreshToken", **arguments)
        assert kind == "NotAuthorizedException"
        assert message == f"Unable to verify secret for client {CLIENT_ID}"


def test_new_tokens_need_no_client_secret_where_there_is_none(pool: UserPool) -> None:
    token = proven(pool)["AuthenticationResult"]["RefreshToken"]
    arguments = {"ClientId": PUBLIC.client_id, "RefreshToken": token}
    assert call(pool, "GetTokensFromRefreshToken", **arguments)["AuthenticationResult"]


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


def test_with_time_and_chance_frozen_the_tokens_are_the_same(
    signing_key: rsa.RSAPrivateKey,
) -> None:
    def tokens() -> object:
        pool = UserPool(POOL_ID, now=lambda: NOW, token_bytes=bytes, signing_key=signing_key)
        pool.add_app_client(PUBLIC.client_id)
        pool.add_user("alice", PASSWORD)
        return proven(pool)

    assert tokens() == tokens()


def test_without_a_key_each_pool_makes_its_own() -> None:
    keys = [UserPool(POOL_ID).jwks()["keys"][0]["n"] for _ in range(2)]
    assert keys[0] != keys[1]


# Who is in the pool.


@pytest.mark.parametrize("alias", ["alice@example.com", "+15551234567"])
def test_an_alias_is_typed_and_the_name_in_the_pool_is_told(pool: UserPool, alias: str) -> None:
    app = AppClient(CLIENT_ID, CLIENT_SECRET)
    sign_in = SignIn(POOL_ID, alias, PASSWORD, app=app)
    step = sign_in.reply(pool.send(sign_in.start()), now=NOW)
    assert step.arguments["ChallengeResponses"]["USERNAME"] == "alice"
    assert sign_in.reply(pool.send(step), now=NOW).username == "alice"


@pytest.mark.parametrize("hashed", ["alice@example.com", "alice"])
def test_an_answer_may_name_the_alias_and_its_secret_hash_is_then_over_the_alias(
    pool: UserPool, hashed: str
) -> None:
    """As warrant-lite answers; the mistake that others make is a hash over another name."""
    client = OracleClient(member="alice")
    opening = {"USERNAME": "alice", "SRP_A": client.srp_a}
    opening["SECRET_HASH"] = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
    reply = call(
        pool, "InitiateAuth", **{**beginning("USER_SRP_AUTH", **opening), "ClientId": CLIENT_ID}
    )
    made = claim(pool, client, reply)
    made["SECRET_HASH"] = oracle.secret_hash(hashed, CLIENT_ID, CLIENT_SECRET)
    arguments = answering(reply, "PASSWORD_VERIFIER", "alice@example.com", **made)
    arguments["ClientId"] = CLIENT_ID
    if hashed == "alice@example.com":
        reply = call(pool, "RespondToAuthChallenge", **arguments)
        assert claims_of(pool, reply["AuthenticationResult"]["AccessToken"])["username"] == "alice"
    else:
        message = f"Unable to verify secret hash for client {CLIENT_ID}"
        refused = ("NotAuthorizedException", message)
        assert refusal(pool, "RespondToAuthChallenge", **arguments) == refused


@pytest.mark.parametrize(
    ("changed", "error", "why"),
    [
        ({"username": "alice"}, ValueError, "there is a user 'alice' already"),
        ({"username": "alice@example.com"}, ValueError, "there is a user 'alice@example.com'"),
        ({"aliases": ["alice"]}, ValueError, "there is a user 'alice' already"),
        ({"aliases": [""]}, ValueError, "an alias is empty"),
        ({"username": ""}, ValueError, "username is empty"),
        ({"password": ""}, ValueError, "password is empty"),
        ({"password": 5}, TypeError, "password must be a str"),
        ({"totp_secret": "1"}, ValueError, "totp_secret is not base32"),
        ({"mfa": ["EMAIL_OTP"]}, ValueError, "EMAIL_OTP needs the attribute email"),
        ({"mfa": ["SMS_MFA"]}, ValueError, "SMS_MFA needs the attribute phone_number"),
        ({"mfa": ["SOFTWARE_TOKEN_MFA"]}, ValueError, "must be one of SMS_MFA, EMAIL_OTP"),
        ({"must_change_password": "no"}, TypeError, "must_change_password must be True or False"),
        ({"required_attributes": [""]}, ValueError, "a name in required_attributes is empty"),
        ({"attributes": {"email": 5}}, TypeError, "must be a str"),
        ({"custom_challenges": ["x"]}, TypeError, "must be a CustomChallenge"),
    ],
    ids=str,
)
def test_a_user_who_makes_no_sense_is_refused(
    pool: UserPool, changed: dict, error: type[Exception], why: str
) -> None:
    arguments = {"username": "erin", "password": PASSWORD, **changed}
    with pytest.raises(error, match=why):
        pool.add_user(**arguments)
    # And nothing of it stays.
    assert "erin" not in pool._directory._users


@pytest.mark.parametrize(
    ("arguments", "error", "why"),
    [
        ({"pool_id": "Example"}, ValueError, "pool_id must be the whole user pool id"),
        ({"remember_devices": True}, ValueError, "must be one of never, always, opt-in"),
    ],
    ids=str,
)
def test_a_pool_that_makes_no_sense_is_refused(
    arguments: dict, error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        UserPool(**arguments)


def test_an_app_client_whose_id_aws_would_not_take_is_refused(pool: UserPool) -> None:
    with pytest.raises(ValueError, match="client_id must be letters, digits"):
        pool.add_app_client("my-client")


def test_a_custom_challenge_without_an_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="answer is empty"):
        CustomChallenge({}, "")


# What the pool remembers.


def test_sign_ins_that_are_never_ended_cost_no_memory() -> None:
    sessions = Sessions[int]()
    for number in range(MOST + 5):
        sessions.put(number, NOW, str(number))
    assert len(sessions) == MOST
    with pytest.raises(Refused, match="Invalid session for the user."):
        sessions.take("4", NOW)
    assert sessions.take("5", NOW) == 5
    sessions.put(1, NOW + 2 * SESSION_LIFETIME, "later")
    assert len(sessions) == 1


def test_names_that_were_taken_cost_no_memory() -> None:
    sessions = Sessions[int]()
    for number in range(MOST + 5):
        sessions.put(number, NOW, str(number))
        sessions.take(str(number), NOW)
    assert len(sessions) == 0
    assert len(sessions._taken) == MOST


def test_who_comes_late_or_twice_is_told_so() -> None:
    sessions = Sessions[int]()
    sessions.put(1, NOW, "a name", "another")
    sessions.put(2, NOW, "late")
    assert sessions.take("another", NOW) == 1
    with pytest.raises(Refused, match="session can only be used once"):
        sessions.take("a name", NOW)
    with pytest.raises(Refused, match="session is expired"):
        sessions.take("late", NOW + SESSION_LIFETIME)


def test_a_name_that_is_given_again_means_the_later_step() -> None:
    """As a device's does, which has no Session in some clients."""
    sessions = Sessions[int]()
    sessions.put(1, NOW, "first", "device")
    sessions.put(2, NOW, "second", "device")
    assert sessions.take("first", NOW) == 1
    assert sessions.take("device", NOW) == 2


def test_some_thousand_odd_calls_are_refused_and_none_ends_in_another_error(
    pool: UserPool,
) -> None:
    """Values of the wrong type and size in every place of every operation."""
    odd = [None, 5, True, 1e999, "", "x", "\ud800", "\0", [], ["x"], {}, {"x": "x"}, "9" * 200_000]
    session = proven(pool, "carol")["Session"]
    token = proven(pool)["AuthenticationResult"]["AccessToken"]
    whole = {
        "InitiateAuth": beginning(
            "USER_SRP_AUTH",
            USERNAME="alice",
            SRP_A="5",
            PASSWORD=PASSWORD,
            REFRESH_TOKEN="x",
            DEVICE_KEY="x",
            PREFERRED_CHALLENGE="PASSWORD",
        ),
        "RespondToAuthChallenge": answering(
            {"Session": session},
            "SOFTWARE_TOKEN_MFA",
            "carol",
            ANSWER="x",
            NEW_PASSWORD="x",
            SOFTWARE_TOKEN_MFA_CODE="000000",
        ),
        "ConfirmDevice": {
            "AccessToken": token,
            "DeviceKey": "x",
            "DeviceSecretVerifierConfig": {"PasswordVerifier": "AA==", "Salt": "AA=="},
        },
        "UpdateDeviceStatus": {"AccessToken": token, "DeviceKey": "x"},
        "ForgetDevice": {"AccessToken": token, "DeviceKey": "x"},
        "GetTokensFromRefreshToken": {"ClientId": PUBLIC.client_id, "RefreshToken": "x"},
    }
    calls = 0
    for operation, arguments in whole.items():
        for key, value in arguments.items():
            for bad in odd:
                calls += 1
                _refused_or_answered(pool, operation, {**arguments, key: bad})
                if isinstance(value, dict):
                    for name in value:
                        calls += 1
                        changed = {**arguments, key: {**value, name: bad}}
                        _refused_or_answered(pool, operation, changed)
    for flow in ("USER_AUTH", "CUSTOM_AUTH", "USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"):
        parameters = whole["InitiateAuth"]["AuthParameters"]
        for name in parameters:
            for bad in odd:
                calls += 1
                changed = beginning(flow, **{**parameters, name: bad})
                _refused_or_answered(pool, "InitiateAuth", changed)
    assert calls > 500
    assert proven(pool)["AuthenticationResult"]


def _refused_or_answered(pool: UserPool, operation: str, arguments: dict) -> None:
    try:
        pool.call(operation, arguments)
    except Refused as refused:
        assert len(refused.message) < 1000


def test_random_claims_are_refused(pool: UserPool) -> None:
    client = OracleClient(member="alice")
    for _ in range(20):
        reply = opened(pool, client)
        made = claim(pool, client, reply)
        made["PASSWORD_CLAIM_SIGNATURE"] = base64.b64encode(secrets.token_bytes(32)).decode()
        assert refused_answer(pool, reply, **made) == WRONG
