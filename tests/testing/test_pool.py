"""testing/pool.py: who can be added, and what happens to calls of every kind."""

from datetime import timedelta
from typing import Any

import pytest
from credentials import Liar
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
    opened,
    proven,
    refusal,
    refused_answer,
    signed_in,
)
from race import meanwhile

from srp_cognito import Admin, AppClient, Call, Flow, Refresh, SignIn, Tokens
from srp_cognito.testing import CustomChallenge, Message, Refused, SigningKeys, UserPool
from srp_cognito.testing.pool import MOST_SENT

# Who is in the pool.


@pytest.mark.parametrize(
    ("changed", "error", "why"),
    [
        ({"username": "alice"}, ValueError, "there is a user 'alice' already"),
        ({"username": "alice@example.com"}, ValueError, "there is a user 'alice@example.com'"),
        ({"aliases": ["alice"]}, ValueError, "there is a user 'alice' already"),
        ({"username": ""}, ValueError, "username is empty"),
        ({"password": ""}, ValueError, "password is empty"),
        ({"password": 5}, TypeError, "password must be a str"),
        ({"totp_secret": "1"}, ValueError, "totp_secret is not base32"),
        ({"totp_secret": ""}, ValueError, "totp_secret is not base32"),
        ({"totp_secret": 5}, TypeError, "totp_secret must be a str"),
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
def test_a_user_who_makes_no_sense_is_refused_and_not_added(
    pool: UserPool, changed: dict, error: type[Exception], why: str
) -> None:
    arguments = {"username": "erin", "password": PASSWORD, **changed}
    with pytest.raises(error, match=why):
        pool.add_user(**arguments)
    assert "erin" not in pool._directory._users


def test_a_user_has_all_that_was_added(pool: UserPool) -> None:
    riddle = CustomChallenge({"riddle": "Of what colour?"}, "blue")
    pool.add_user(
        "erin",
        PASSWORD,
        attributes={"email": "erin@example.com"},
        mfa=["EMAIL_OTP"],
        totp_secret=TOTP_SECRET,
        required_attributes=["name"],
        custom_challenges=[riddle],
    )
    user = pool._directory.user("erin")
    assert user.factors == ("EMAIL_OTP", "SOFTWARE_TOKEN_MFA")
    assert (user.required_attributes, user.custom_challenges) == (("name",), (riddle,))


def test_a_user_is_given_a_passkey(signing_keys: SigningKeys) -> None:
    pool = UserPool(POOL_ID, signing_keys=signing_keys, relying_party="localhost")
    pool.add_user("alice", PASSWORD)
    credential_id = pool.add_passkey("alice", Liar().create)
    assert list(pool._directory.user("alice").passkeys) == [credential_id]
    with pytest.raises(ValueError, match="there is no user 'zoe'"):
        pool.add_passkey("zoe", Liar().create)


def test_an_error_about_a_totp_secret_does_not_show_it(pool: UserPool) -> None:
    with pytest.raises(ValueError, match="totp_secret is not base32") as error:
        pool.add_user("erin", PASSWORD, totp_secret="1secret1")
    assert error.value.__context__ is None


@pytest.mark.parametrize(
    ("arguments", "error", "why"),
    [
        ({"pool_id": "Example"}, ValueError, "pool_id must be the whole user pool id"),
        ({"remember_devices": True}, ValueError, "must be one of never, always, opt-in"),
        ({"relying_party": "https://localhost"}, ValueError, "relying_party must be a domain"),
        ({"relying_party": 5}, TypeError, "relying_party must be a str"),
        ({"user_verification": "no"}, ValueError, "must be one of preferred, required"),
        ({"passkeys_as_mfa": 1}, TypeError, "passkeys_as_mfa must be True or False"),
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


def test_it_keeps_no_password(pool: UserPool) -> None:
    kept = [str(vars(user)) for user in pool._directory._users.values()]
    assert not any(PASSWORD in text for text in kept)
    assert TOTP_SECRET not in repr(pool._directory._users)


def test_a_pool_that_explains_says_why_it_refuses(signing_keys: SigningKeys) -> None:
    """It needs the password to see that only the moment of this claim is wrong."""
    said: list[str] = []
    pool = UserPool(POOL_ID, now=Clock(), explain=said.append, signing_keys=signing_keys)
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("alice", PASSWORD)
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    made = client.answer(reply["ChallengeParameters"], NOW - timedelta(hours=1))
    del made["USERNAME"]
    assert refused_answer(pool, reply, **made) == WRONG
    (explained,) = said
    assert explained.startswith("alice: the claim is refused\n")
    assert "TIMESTAMP is 1 hour behind the moment" in explained


# Codes.


def test_codes_are_delivered_and_the_newest_are_kept(signing_keys: SigningKeys) -> None:
    delivered: list[Message] = []
    pool = UserPool(POOL_ID, deliver=delivered.append, now=Clock(), signing_keys=signing_keys)
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("dora", PASSWORD, attributes={"email": "d@example.com"}, mfa=["EMAIL_OTP"])
    reply = proven(pool, "dora")
    assert reply["ChallengeName"] == "EMAIL_OTP"
    assert delivered == list(pool.sent)
    assert signed_in(answer(pool, reply, "dora", EMAIL_OTP_CODE=delivered[0].code))
    newest = Message("dora", "EMAIL", "d@example.com", "000000")
    for _ in range(MOST_SENT):
        pool._deliver(newest)
    assert list(pool.sent) == [newest] * MOST_SENT


def test_the_codes_can_be_looked_through_while_others_are_sent(pool: UserPool) -> None:
    """As a test does while others sign in over HTTP."""
    message = Message("dora", "EMAIL", "d@example.com", "000000")
    pool.sent.extend([message] * MOST_SENT)
    meanwhile(lambda: pool._deliver(message), lambda: [each.code for each in pool.sent])


# Calls.


@pytest.mark.parametrize("operation", ["ListUsers", "AdminGetUser", "__class__", ""])
def test_an_operation_that_the_pool_does_not_do_is_refused(pool: UserPool, operation: str) -> None:
    with pytest.raises(Refused) as refused:
        pool.call(operation, {})
    assert (refused.value.kind, refused.value.message) == (
        "UnknownOperationException",
        "This pool does not do this operation.",
    )


@pytest.mark.parametrize("arguments", [None, 5, "", [], ["ClientId"]])
def test_a_call_that_is_not_an_object_is_refused(pool: UserPool, arguments: object) -> None:
    for operation in ("InitiateAuth", "RespondToAuthChallenge", "GetUser", "ConfirmDevice"):
        with pytest.raises(Refused, match="The request is not a JSON object"):
            pool.call(operation, arguments)


def test_an_error_of_this_library_is_refused_in_the_services_words(pool: UserPool) -> None:
    def refused(**parameters: object) -> tuple[str, str]:
        return refusal(pool, "InitiateAuth", **beginning("USER_PASSWORD_AUTH", **parameters))

    named = {"USERNAME": "alice"}
    assert refused(**named, PASSWORD="battery staple") == WRONG
    kind = "InvalidParameterException"
    assert refused(**named) == (kind, "Missing required parameter PASSWORD")
    assert refused(**named, PASSWORD=5) == (kind, "PASSWORD must be text, not int")
    srp_a = beginning("USER_SRP_AUTH", **named, SRP_A="0")
    why = refusal(pool, "InitiateAuth", **srp_a)
    assert why[0] == kind
    assert why[1].startswith("SRP_A must ")


def test_send_returns_a_refusal_in_the_form_of_a_reply(pool: UserPool) -> None:
    with pytest.raises(Refused) as refused:
        pool.call("GetUser", {"AccessToken": "x"})
    reply = pool.send(Call("GetUser", {"AccessToken": "x"}))
    assert reply == {"__type": refused.value.kind, "message": refused.value.message}
    token = proven(pool)["AuthenticationResult"]["AccessToken"]
    assert pool.send(Call("GetUser", {"AccessToken": token}))["Username"] == "alice"


@pytest.mark.parametrize("flow", ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])
def test_a_refresh_is_a_flow_of_initiate_auth(pool: UserPool, flow: str) -> None:
    token = proven(pool)["AuthenticationResult"]["RefreshToken"]
    assert signed_in(begin(pool, flow, REFRESH_TOKEN=token))


def test_with_time_and_chance_frozen_the_tokens_are_the_same(
    signing_keys: SigningKeys,
) -> None:
    def tokens() -> object:
        pool = UserPool(POOL_ID, now=lambda: NOW, token_bytes=bytes, signing_keys=signing_keys)
        pool.add_app_client(PUBLIC.client_id)
        pool.add_user("alice", PASSWORD)
        return proven(pool)

    assert tokens() == tokens()


def test_the_issuer_is_awss_until_it_is_set(pool: UserPool) -> None:
    assert pool.issuer == f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL_ID}"
    pool.issuer = "http://127.0.0.1:5/"
    assert pool.issuer == "http://127.0.0.1:5/"
    with pytest.raises(ValueError, match="issuer is empty"):
        pool.issuer = ""


def test_the_jwks_document_has_the_two_keys_of_this_pool() -> None:
    keys = [key["n"] for _ in range(2) for key in UserPool(POOL_ID).jwks()["keys"]]
    assert len(set(keys)) == 4


ODD = [None, 5, True, 1e999, "", "x", "\ud800", "\0", [], ["x"], {}, {"x": "x"}, "9" * 200_000]


def test_hundreds_of_odd_calls_are_refused_and_none_ends_in_another_error(pool: UserPool) -> None:
    """Values of the wrong type and size in every place of every operation."""
    session = proven(pool, "carol")["Session"]
    token = proven(pool)["AuthenticationResult"]["AccessToken"]
    parameters = {
        "USERNAME": "alice",
        "SRP_A": "5",
        "PASSWORD": PASSWORD,
        "REFRESH_TOKEN": "x",
        "DEVICE_KEY": "x",
        "PREFERRED_CHALLENGE": "PASSWORD",
    }
    whole = [
        ("InitiateAuth", beginning("USER_SRP_AUTH", **parameters)),
        (
            "RespondToAuthChallenge",
            answering(
                {"Session": session},
                "SOFTWARE_TOKEN_MFA",
                "carol",
                ANSWER="x",
                NEW_PASSWORD="x",
                SOFTWARE_TOKEN_MFA_CODE="000000",
            ),
        ),
        (
            "ConfirmDevice",
            {
                "AccessToken": token,
                "DeviceKey": "x",
                "DeviceSecretVerifierConfig": {"PasswordVerifier": "AA==", "Salt": "AA=="},
            },
        ),
        ("UpdateDeviceStatus", {"AccessToken": token, "DeviceKey": "x"}),
        ("ForgetDevice", {"AccessToken": token, "DeviceKey": "x"}),
        ("GetTokensFromRefreshToken", {"ClientId": PUBLIC.client_id, "RefreshToken": "x"}),
    ]
    changed = [
        (operation, {**arguments, key: bad})
        for operation, arguments in whole
        for key in arguments
        for bad in ODD
    ]
    changed += [
        (operation, {**arguments, key: {**value, name: bad}})
        for operation, arguments in whole
        for key, value in arguments.items()
        if isinstance(value, dict)
        for name in value
        for bad in ODD
    ]
    changed += [
        ("InitiateAuth", beginning(flow, **{**parameters, name: bad}))
        for flow in ("USER_AUTH", "CUSTOM_AUTH", "USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH")
        for name in parameters
        for bad in ODD
    ]
    assert len(changed) > 500
    for operation, arguments in changed:
        try:
            pool.call(operation, arguments)
        except Refused as refused:
            assert len(refused.message) < 1000
    assert signed_in(begin(pool, "USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD))


@pytest.mark.parametrize("grace", [0, 60])
def test_an_app_client_may_rotate_its_refresh_tokens(pool: UserPool, grace: int) -> None:
    app = pool.add_app_client("rotating", rotation_grace_seconds=grace)
    assert pool._directory.lifetimes(app).grace == timedelta(seconds=grace)
    assert pool._directory.lifetimes(pool.add_app_client("another")).grace is None


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"rotation_grace_seconds": -1}, ValueError, "must be a number from 0 to 60"),
        ({"rotation_grace_seconds": 61}, ValueError, "must be a number from 0 to 60"),
        ({"rotation_grace_seconds": "5"}, TypeError, "must be an int, not str"),
        ({"access_token_seconds": 0}, ValueError, "access_token_seconds must be a number from 1"),
        ({"id_token_seconds": True}, ValueError, "id_token_seconds must be a number from 1"),
        ({"refresh_token_seconds": 10**9}, ValueError, "refresh_token_seconds must be a number"),
        ({"client_secret": "a", "other_secrets": [""]}, ValueError, "in other_secrets is empty"),
        ({"other_secrets": ["a"]}, ValueError, "other_secrets go with a client_secret"),
    ],
)
def test_an_app_client_that_cannot_be_is_refused(
    pool: UserPool, options: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        pool.add_app_client("an_id", **options)


# A server's calls.


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH"])
@pytest.mark.parametrize("secret", [None, CLIENT_SECRET])
def test_a_server_signs_a_user_in(pool: UserPool, flow: Flow, secret: str | None) -> None:
    app = PUBLIC if secret is None else AppClient(CLIENT_ID, secret)
    admin = Admin(pool_id=POOL_ID)
    sign_in = SignIn(POOL_ID, "alice@example.com", PASSWORD, app=app, flow=flow, admin=admin)
    step = sign_in.start()
    while isinstance(step, Call):
        assert step.operation.startswith("Admin")
        step = sign_in.reply(pool.send(step), now=NOW)
    assert isinstance(step, Tokens)
    refresh = Refresh(step, app=app, admin=admin)
    assert refresh.reply(pool.send(refresh.start())).username == "alice"


def test_a_servers_call_is_about_this_pool_and_has_flows_of_its_own(pool: UserPool) -> None:
    parameters = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    password = beginning("ADMIN_USER_PASSWORD_AUTH", **parameters)
    of_pool = {"UserPoolId": POOL_ID}
    assert signed_in(call(pool, "AdminInitiateAuth", **password, **of_pool))
    unsupported = ("InvalidParameterException", "Initiate Auth method not supported.")
    assert refusal(pool, "InitiateAuth", **password) == unsupported
    own = beginning("USER_PASSWORD_AUTH", **parameters)
    assert refusal(pool, "AdminInitiateAuth", **own, **of_pool) == unsupported
    for operation in ("AdminInitiateAuth", "AdminRespondToAuthChallenge"):
        other = {**password, "UserPoolId": "eu-west-1_Other"}
        unknown = ("ResourceNotFoundException", "User pool eu-west-1_Other does not exist.")
        assert refusal(pool, operation, **other) == unknown
        assert refusal(pool, operation, **password)[0] == "InvalidParameterException"


def test_the_lifetimes_of_tokens_can_be_set_by_the_second(pool: UserPool, clock: Clock) -> None:
    seconds = {"access_token_seconds": 2, "id_token_seconds": 3, "refresh_token_seconds": 4}
    app = pool.add_app_client("short", **seconds)
    sign_in = SignIn(POOL_ID, "alice", PASSWORD, app=app)
    step = sign_in.reply(pool.send(sign_in.start()), now=NOW)
    assert isinstance(step, Call)
    tokens = sign_in.reply(pool.send(step), now=NOW)
    assert isinstance(tokens, Tokens)
    assert tokens.expires_in == 2
    ends = [
        pool._issuer.read_any(each or "")["exp"]
        for each in (tokens.access_token, tokens.id_token, tokens.refresh_token)
    ]
    assert ends == [NOW.timestamp() + seconds for seconds in (2, 3, 4)]
    clock.now += timedelta(seconds=2)
    expired = ("NotAuthorizedException", "Access Token has expired")
    assert refusal(pool, "GetUser", AccessToken=tokens.access_token) == expired


def test_the_document_of_openid_connect_leads_to_the_keys(pool: UserPool) -> None:
    document = pool.openid_configuration()
    assert document["issuer"] == pool.issuer
    assert document["jwks_uri"] == f"{pool.issuer}/.well-known/jwks.json"


def test_a_user_changes_between_two_calls(pool: UserPool) -> None:
    by_password = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    arguments = beginning("USER_PASSWORD_AUTH", **by_password)
    for state, said in (
        ({"is_confirmed": False}, "User is not confirmed."),
        ({"is_confirmed": True, "must_reset_password": True}, "Password reset required"),
        ({"must_reset_password": False, "is_enabled": False}, "User is disabled."),
    ):
        pool.change_user("alice", **state)
        assert refusal(pool, "InitiateAuth", **arguments)[1].startswith(said)
    pool.change_user("alice", is_enabled=True)
    assert signed_in(begin(pool, "USER_PASSWORD_AUTH", **by_password))


def test_a_pool_in_which_mfa_is_required_asks_for_a_factor(signing_keys: SigningKeys) -> None:
    pool = UserPool(POOL_ID, signing_keys=signing_keys, required_mfa=["SOFTWARE_TOKEN_MFA"])
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("alice", PASSWORD)
    by_password = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    reply = begin(pool, "USER_PASSWORD_AUTH", **by_password)
    assert reply["ChallengeName"] == "MFA_SETUP"
    reply = call(pool, "AssociateSoftwareToken", Session=reply["Session"])
    assert reply["SecretCode"]


def test_metadata_is_kept_for_the_test(pool: UserPool) -> None:
    arguments = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
    call(pool, "InitiateAuth", **arguments, ClientMetadata={"campaign": "spring"})
    assert pool.client_metadata[-1].metadata == {"campaign": "spring"}
