"""srp_client.py: the two requests of a proof, and the replies that it does not answer.

The claim itself is tested in proof/test_client.py.
"""

from datetime import UTC, datetime
from typing import Any

import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peers import (
    CLIENT_ID,
    CLIENT_SECRET,
    DEVICE_KEY,
    GROUP_KEY,
    PASSWORD,
    POOL_ID,
    OracleServer,
)
from race import winners

from srp_cognito import (
    AppClient,
    Device,
    IllegalParameter,
    MalformedParameter,
    ServiceError,
    SRPClient,
    SRPError,
    StateError,
    http_reply,
)

NOW = datetime(2026, 3, 7, 9, 5, 3, tzinfo=UTC)
NOW_TEXT = "Sat Mar 7 09:05:03 UTC 2026"
APP = AppClient(CLIENT_ID, CLIENT_SECRET)
DEVICE = Device(GROUP_KEY, DEVICE_KEY, "ZGV2aWNlIHBhc3N3b3Jk")


def user_client(app: AppClient = APP, **options: Any) -> SRPClient:
    return SRPClient.for_user(POOL_ID, "alice@example.com", PASSWORD, app=app, **options)


def device_client(app: AppClient = APP) -> SRPClient:
    return SRPClient.for_device(DEVICE, "alice", app=app)


# What is sent


def test_a_user_starts_with_the_name_that_was_typed_and_the_hash_over_it() -> None:
    client = user_client()
    assert client.start() == {
        "AuthFlow": "USER_SRP_AUTH",
        "ClientId": CLIENT_ID,
        "AuthParameters": {
            "USERNAME": "alice@example.com",
            "SRP_A": client.srp_a,
            "SECRET_HASH": oracle.secret_hash("alice@example.com", CLIENT_ID, CLIENT_SECRET),
        },
    }


def test_a_user_answers_with_the_pools_name_and_the_hash_over_it() -> None:
    server = OracleServer()
    client = user_client()
    assert client.username == "alice@example.com"
    assert client.respond(server.reply(), now=NOW) == {
        "ClientId": CLIENT_ID,
        "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeResponses": {
            "USERNAME": "alice",
            "PASSWORD_CLAIM_SECRET_BLOCK": server.parameters()["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": server.signature(client.srp_a, NOW_TEXT),
            "TIMESTAMP": NOW_TEXT,
            "SECRET_HASH": oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET),
        },
    }
    assert client.username == "alice"


def test_without_a_client_secret_there_is_no_hash() -> None:
    client = user_client(AppClient(CLIENT_ID))
    assert "SECRET_HASH" not in client.start()["AuthParameters"]
    answer = client.respond(OracleServer().reply(), now=NOW)
    assert "SECRET_HASH" not in answer["ChallengeResponses"]


def test_a_remembered_device_is_named_in_both_of_the_users_calls() -> None:
    client = user_client(device=DEVICE)
    assert client.start()["AuthParameters"]["DEVICE_KEY"] == DEVICE_KEY
    answer = client.respond(OracleServer().reply(), now=NOW)
    assert answer["ChallengeResponses"]["DEVICE_KEY"] == DEVICE_KEY


def test_a_device_answers_both_challenges_with_its_key_and_the_session() -> None:
    server = OracleServer.of_device(DEVICE.device_password)
    client = device_client()
    hashed = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
    first = {"ChallengeName": "DEVICE_SRP_AUTH", "Session": "s1" * 20, "ChallengeParameters": {}}
    assert client.start(first) == {
        "ClientId": CLIENT_ID,
        "ChallengeName": "DEVICE_SRP_AUTH",
        "Session": "s1" * 20,
        "ChallengeResponses": {
            "USERNAME": "alice",
            "SRP_A": client.srp_a,
            "DEVICE_KEY": DEVICE_KEY,
            "SECRET_HASH": hashed,
        },
    }
    second = {**server.reply("DEVICE_PASSWORD_VERIFIER"), "Session": "s2" * 20}
    assert client.respond(second, now=NOW) == {
        "ClientId": CLIENT_ID,
        "ChallengeName": "DEVICE_PASSWORD_VERIFIER",
        "Session": "s2" * 20,
        "ChallengeResponses": {
            "USERNAME": "alice",
            "PASSWORD_CLAIM_SECRET_BLOCK": server.parameters()["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": server.signature(client.srp_a, NOW_TEXT),
            "TIMESTAMP": NOW_TEXT,
            "DEVICE_KEY": DEVICE_KEY,
            "SECRET_HASH": hashed,
        },
    }


def test_a_session_goes_back_unchanged_if_there_is_one() -> None:
    session = "opaque \u00e9 " * 700
    reply = {**OracleServer().reply(), "Session": session}
    assert user_client().respond(reply, now=NOW)["Session"] == session
    reply = {**OracleServer().reply(), "Session": ""}
    assert user_client().respond(reply, now=NOW)["Session"] == ""
    for nothing in ({}, {"Session": None}):
        reply = {**OracleServer().reply(), **nothing}
        assert "Session" not in user_client().respond(reply, now=NOW)


def test_the_claim_can_be_made_alone() -> None:
    server = OracleServer()
    client = user_client()
    claim = client.claim(server.parameters(), now=NOW)
    assert claim.signature == server.signature(client.srp_a, NOW_TEXT)
    assert claim.timestamp == NOW_TEXT
    assert client.username == "alice"


# One exchange, one use


def test_an_exchange_is_used_once() -> None:
    client = user_client()
    reply = OracleServer().reply()
    client.respond(reply, now=NOW)
    # A used exchange says that first, whatever else is wrong.
    for again in (
        lambda: client.respond(reply, now=NOW),
        lambda: client.respond({}),
        lambda: client.claim({}),
        client.start,
    ):
        with pytest.raises(StateError, match="make a new SRPClient"):
            again()


def test_of_many_threads_that_answer_one_does() -> None:
    client, server = user_client(), OracleServer()
    assert winners(lambda: client.respond(server.reply(), now=NOW)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"Session": 5},
        {"ChallengeName": None},
        {"ChallengeName": "SMS_MFA"},
        {"ChallengeParameters": []},
        {"ChallengeParameters": {}},
    ],
    ids=str,
)
def test_a_refused_reply_leaves_the_exchange_usable(wrong: dict[str, Any]) -> None:
    server = OracleServer()
    client = user_client()
    with pytest.raises(SRPError):
        client.respond({**server.reply(), **wrong}, now=NOW)
    with pytest.raises(ValueError, match="aware"):
        client.respond(server.reply(), now=datetime(2026, 1, 1))
    assert client.username == "alice@example.com"
    answer = client.respond(server.reply(), now=NOW)["ChallengeResponses"]
    assert answer["PASSWORD_CLAIM_SIGNATURE"] == server.signature(client.srp_a, NOW_TEXT)


# Bad replies


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        (None, "the reply"),
        ([], "the reply"),
        ("PASSWORD_VERIFIER", "the reply"),
        (5, "the reply"),
        ({}, "ChallengeName"),
        ({"ChallengeName": 7}, "ChallengeName"),
    ],
)
def test_a_reply_that_is_not_a_challenge_is_named(reply: Any, name: str) -> None:
    acts = [user_client().respond, device_client().respond]
    if reply is not None:  # That is the caller's own mistake; see below.
        acts.append(device_client().start)
    for act in acts:
        with pytest.raises(MalformedParameter) as caught:
            act(reply)
        assert caught.value.name == name


def test_a_call_that_was_refused_is_a_service_error_and_leaves_the_exchange_unused() -> None:
    server = OracleServer()
    client = user_client()
    refused = http_reply(400, {"x-amzn-ErrorType": "TooManyRequestsException"}, b"{}")
    with pytest.raises(ServiceError, match="^TooManyRequestsException$") as caught:
        client.respond(refused)
    assert (caught.value.operation, caught.value.status) == ("InitiateAuth", 400)
    with pytest.raises(ConnectionError):
        client.respond(ConnectionError("cut off"))
    answer = client.respond(server.reply(), now=NOW)["ChallengeResponses"]
    assert answer["PASSWORD_CLAIM_SIGNATURE"] == server.signature(client.srp_a, NOW_TEXT)
    for act in (device_client().start, device_client().respond):
        with pytest.raises(ServiceError) as caught:
            act(refused)
        assert caught.value.operation == "RespondToAuthChallenge"


def test_a_user_who_has_signed_in_proves_nothing() -> None:
    reply = {"AuthenticationResult": {"AccessToken": "an access token"}}
    with pytest.raises(StateError, match="^the user has signed in, and this step answers"):
        user_client().respond(reply)


@pytest.mark.parametrize("parameters", [None, [], "SALT"])
def test_challenge_parameters_must_be_an_object(parameters: object) -> None:
    reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters}
    with pytest.raises(MalformedParameter) as caught:
        user_client().respond(reply)
    assert caught.value.name == "ChallengeParameters"


@pytest.mark.parametrize("session", [5, ["s"], "\ud800"])
def test_a_session_must_be_text(session: object) -> None:
    with pytest.raises(MalformedParameter) as caught:
        user_client().respond({**OracleServer().reply(), "Session": session}, now=NOW)
    assert caught.value.name == "Session"


def test_another_challenge_is_a_step_out_of_order_that_names_both() -> None:
    with pytest.raises(StateError, match="SMS_MFA, and this step answers PASSWORD_VERIFIER"):
        user_client().respond({"ChallengeName": "SMS_MFA", "ChallengeParameters": {}})
    with pytest.raises(StateError, match="DEVICE_SRP_AUTH"):
        device_client().start(OracleServer().reply())


@pytest.mark.parametrize("name", ["hunter2", "A" * 41, "", "SMS MFA\n"])
def test_what_does_not_look_like_a_challenges_name_is_not_repeated(name: str) -> None:
    with pytest.raises(StateError) as caught:
        user_client().respond({"ChallengeName": name})
    assert str(caught.value) == (
        "the reply asks for something else, and this step answers PASSWORD_VERIFIER"
    )


def test_a_challenge_for_another_device_is_refused() -> None:
    server = OracleServer.of_device(DEVICE.device_password)
    client = device_client()
    with pytest.raises(IllegalParameter) as caught:
        client.respond(server.reply("DEVICE_PASSWORD_VERIFIER", DEVICE_KEY="other"), now=NOW)
    assert caught.value.name == "DEVICE_KEY"
    client.respond(server.reply("DEVICE_PASSWORD_VERIFIER", DEVICE_KEY=DEVICE_KEY), now=NOW)


JSON = st.recursive(
    st.none() | st.integers() | st.text(st.characters(codec=None, exclude_categories=())),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=5,
)
CLIENTS = [user_client(), device_client()]


NAMES = st.sampled_from(["PASSWORD_VERIFIER", "DEVICE_PASSWORD_VERIFIER", "SMS_MFA"])


@given(st.builds(dict, ChallengeName=NAMES | JSON, Session=JSON, ChallengeParameters=JSON) | JSON)
@settings(max_examples=50)
def test_any_reply_that_is_not_the_services_ends_in_an_srp_error(reply: Any) -> None:
    for client in CLIENTS:
        with pytest.raises(SRPError):
            client.respond(reply)


# The caller's own mistakes


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"pool_id": "Example"}, ValueError, "pool_id"),
        ({"username": ""}, ValueError, "username is empty"),
        ({"password": "hunter2\ud800"}, ValueError, "password"),
        ({"app": CLIENT_ID}, TypeError, "app must be an AppClient"),
        ({"device": DEVICE_KEY}, TypeError, "device must be a Device"),
    ],
)
def test_a_users_arguments_are_checked_with_a_sentence(
    changed: dict[str, Any], error: type[Exception], says: str
) -> None:
    arguments = {"pool_id": POOL_ID, "username": "alice", "password": "x", "app": APP, **changed}
    with pytest.raises(error, match=says) as caught:
        SRPClient.for_user(**arguments)
    assert "hunter2" not in str(caught.value)


def test_a_devices_arguments_are_checked_with_a_sentence() -> None:
    with pytest.raises(TypeError, match="device must be a Device"):
        SRPClient.for_device("device", "alice", app=APP)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="username"):
        SRPClient.for_device(DEVICE, None, app=APP)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="app must be an AppClient"):
        SRPClient.for_device(DEVICE, "alice", app=CLIENT_ID)  # type: ignore[arg-type]


def test_start_says_whether_it_needs_a_reply() -> None:
    with pytest.raises(TypeError, match="without a reply"):
        user_client().start({"ChallengeName": "DEVICE_SRP_AUTH"})
    with pytest.raises(TypeError, match="asked for DEVICE_SRP_AUTH"):
        device_client().start()


# Secrets


def test_no_secret_is_in_the_repr() -> None:
    client = user_client(device=DEVICE)
    assert repr(client) == "<SRPClient for user 'alice@example.com', unused>"
    client.respond(OracleServer().reply())
    assert repr(client) == "<SRPClient for user 'alice', used>"
    assert repr(device_client()) == "<SRPClient for device 'alice', unused>"
