"""client.py: what it sends is what the oracle's server expects, and bad replies are refused."""

import copy
import pickle
from datetime import datetime, timezone
from typing import Any

import oracle
import pytest
from bad_input import MEGABYTES, OUT_OF_RANGE
from hypothesis import given
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
    PeerError,
    SRPClient,
    SRPError,
    StateError,
)
from srp_cognito.proof import srp
from srp_cognito.proof.modexp import N

NOW = datetime(2026, 3, 7, 9, 5, 3, tzinfo=timezone.utc)
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


def test_a_user_answers_with_the_pools_name_and_the_hash_over_that_one(
    each_engine: object,
) -> None:
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


def test_a_device_answers_both_challenges_with_its_key_and_the_session(
    each_engine: object,
) -> None:
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


def test_a_session_goes_back_unchanged_and_none_is_made_up() -> None:
    session = "opaque \u00e9 " * 700
    reply = {**OracleServer().reply(), "Session": session}
    assert user_client().respond(reply, now=NOW)["Session"] == session
    reply = {**OracleServer().reply(), "Session": ""}
    assert user_client().respond(reply, now=NOW)["Session"] == ""
    for nothing in ({}, {"Session": None}):
        reply = {**OracleServer().reply(), **nothing}
        assert "Session" not in user_client().respond(reply, now=NOW)


def test_the_secret_block_goes_back_as_it_came_even_if_it_is_no_base64() -> None:
    """Moto hands out a UUID with dashes."""
    block = "3a7d0dc1-4f4b-4d6c-9d5c-0c2f6c3a7a11"
    answer = user_client().respond(OracleServer().reply(SECRET_BLOCK=block), now=NOW)
    assert answer["ChallengeResponses"]["PASSWORD_CLAIM_SECRET_BLOCK"] == block


def test_the_claim_is_signed_now_if_no_moment_is_given() -> None:
    before = datetime.now(timezone.utc).replace(microsecond=0)
    text = user_client().respond(OracleServer().reply())["ChallengeResponses"]["TIMESTAMP"]
    signed = datetime.strptime(text, "%a %b %d %H:%M:%S UTC %Y").replace(tzinfo=timezone.utc)
    assert before <= signed <= datetime.now(timezone.utc)


@pytest.mark.parametrize(
    "salt", ["-3b9c27f2", "-1", "-80", "0", "00", "0000ff", "ABC", "abc", "f" * 100]
)
def test_odd_salts_are_integers_first(salt: str) -> None:
    server = OracleServer(salt=int(salt, 16))
    client = user_client()
    answer = client.respond(server.reply(SALT=salt), now=NOW)["ChallengeResponses"]
    assert answer["PASSWORD_CLAIM_SIGNATURE"] == server.signature(client.srp_a, NOW_TEXT)


def test_case_and_leading_zeros_of_srp_b_do_not_matter() -> None:
    server = OracleServer()
    client = user_client()
    upper = "000" + server.parameters()["SRP_B"].upper()
    answer = client.respond(server.reply(SRP_B=upper), now=NOW)["ChallengeResponses"]
    assert answer["PASSWORD_CLAIM_SIGNATURE"] == server.signature(client.srp_a, NOW_TEXT)


def test_every_exchange_has_a_secret_of_its_own_of_256_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    monkeypatch.setattr("secrets.randbits", lambda bits: asked.append(bits) or len(asked) + 5)
    assert user_client().srp_a == f"{2**6:x}"
    assert user_client().srp_a == f"{2**7:x}"
    assert asked == [256, 256]


# One exchange, one use


def test_an_exchange_is_used_once() -> None:
    client = user_client()
    reply = OracleServer().reply()
    client.respond(reply, now=NOW)
    for again in (lambda: client.respond(reply, now=NOW), client.start):
        with pytest.raises(StateError, match="make a new SRPClient"):
            again()
    # A used exchange says that first, whatever else is wrong.
    with pytest.raises(StateError, match="make a new SRPClient"):
        client.respond({})


def test_of_many_threads_that_answer_one_does() -> None:
    client, server = user_client(), OracleServer()
    assert winners(lambda: client.respond(server.reply(), now=NOW)) == 1


@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickle.dumps])
def test_an_exchange_cannot_be_copied_or_pickled(duplicate: Any) -> None:
    with pytest.raises(TypeError, match="cannot be copied or pickled"):
        duplicate(user_client())


def test_a_shallow_copy_shares_the_one_secret() -> None:
    client = user_client()
    twin = copy.copy(client)
    client.respond(OracleServer().reply(), now=NOW)
    with pytest.raises(StateError):
        twin.respond(OracleServer().reply(), now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"SRP_B": "0"},
        {"SRP_B": "-1"},
        {"SALT": "x"},
        {"USERNAME": None},
        {"USERNAME": ""},
        {"USER_ID_FOR_SRP": ""},
        {"USER_ID_FOR_SRP": 5},
        {"SECRET_BLOCK": "="},
        {"Session": 5},
        {"ChallengeName": None},
        {"ChallengeName": "SMS_MFA"},
        {"ChallengeParameters": []},
        "u = 0",
    ],
    ids=str,
)
def test_a_refused_reply_costs_nothing_and_leaves_the_exchange_usable(
    wrong: dict[str, Any] | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = OracleServer()
    client = user_client()
    reply = server.reply()
    with monkeypatch.context() as patch:
        patch.setattr(srp, "power", None)
        if isinstance(wrong, str):
            patch.setattr(srp, "u", lambda A, B: 0)
        elif wrong.keys() <= reply.keys() | {"Session"}:
            reply |= wrong
        else:
            reply = server.reply(**wrong)
        with pytest.raises(SRPError):
            client.respond(reply, now=NOW)
    assert client.username == "alice@example.com"
    answer = client.respond(server.reply(), now=NOW)["ChallengeResponses"]
    assert answer["PASSWORD_CLAIM_SIGNATURE"] == server.signature(client.srp_a, NOW_TEXT)


# Bad replies


@pytest.mark.parametrize("name", ["USERNAME", "USER_ID_FOR_SRP", "SALT", "SRP_B", "SECRET_BLOCK"])
@pytest.mark.parametrize(
    "value", [None, 5, ["x"], {"x": 1}, b"ff", "\ud800"], ids=lambda value: type(value).__name__
)
def test_a_missing_or_mistyped_parameter_is_named(name: str, value: object) -> None:
    with pytest.raises(MalformedParameter) as caught:
        user_client().respond(OracleServer().reply(**{name: value}), now=NOW)
    assert caught.value.name == name


@pytest.mark.parametrize(("number", "error"), OUT_OF_RANGE.values(), ids=OUT_OF_RANGE)
def test_an_srp_b_out_of_range_is_refused(number: int, error: type[PeerError]) -> None:
    with pytest.raises(error) as caught:
        user_client().respond(OracleServer().reply(SRP_B=f"{number:x}"), now=NOW)
    assert caught.value.name == "SRP_B"


@pytest.mark.parametrize("text", ["", "xyz", "0x10", " 1", "1\n", MEGABYTES])
@pytest.mark.parametrize("name", ["SALT", "SRP_B"])
def test_numbers_that_are_no_hex_are_refused(name: str, text: str) -> None:
    with pytest.raises(MalformedParameter) as caught:
        user_client().respond(OracleServer().reply(**{name: text}), now=NOW)
    assert caught.value.name == name


@pytest.mark.parametrize("text", ["", "=", "@@@", "A", MEGABYTES])
def test_a_secret_block_of_which_nothing_can_be_made_is_refused(text: str) -> None:
    with pytest.raises(MalformedParameter) as caught:
        user_client().respond(OracleServer().reply(SECRET_BLOCK=text), now=NOW)
    assert caught.value.name == "SECRET_BLOCK"


def test_u_of_zero_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows A and B that hash to zero, so the hash is made to give it here."""
    monkeypatch.setattr(srp, "u", lambda A, B: 0)
    with pytest.raises(IllegalParameter, match="u = 0") as caught:
        user_client().respond(OracleServer().reply(), now=NOW)
    assert caught.value.name == "SRP_B"


@pytest.mark.parametrize("S", [0, 1, N - 1])
def test_a_b_that_forces_s_ends_in_an_answer(each_engine: object, S: int) -> None:
    """Only who knows the verifier can do it, and could check passwords without."""
    server = OracleServer()
    B = (oracle.k() * server.v + S) % N
    answer = user_client().respond(server.reply(SRP_B=f"{B:x}"), now=NOW)
    assert len(answer["ChallengeResponses"]["PASSWORD_CLAIM_SIGNATURE"]) == 44


@pytest.mark.parametrize("reply", [None, [], "PASSWORD_VERIFIER", 5, {}, {"ChallengeName": 7}])
def test_a_reply_that_is_no_challenge_names_the_key(reply: Any) -> None:
    for act in (user_client().respond, device_client().respond, device_client().start):
        if reply is None and act.__name__ == "start":
            continue  # That is the caller's own slip; see below.
        with pytest.raises(MalformedParameter) as caught:
            act(reply)
        assert caught.value.name == "ChallengeName"


@pytest.mark.parametrize("parameters", [None, [], "SALT"])
def test_challenge_parameters_that_are_no_object_are_named(parameters: object) -> None:
    reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters}
    with pytest.raises(MalformedParameter) as caught:
        user_client().respond(reply)
    assert caught.value.name == "ChallengeParameters"


@pytest.mark.parametrize("session", [5, ["s"], "\ud800"])
def test_a_session_that_is_no_text_is_named(session: object) -> None:
    with pytest.raises(MalformedParameter) as caught:
        user_client().respond({**OracleServer().reply(), "Session": session}, now=NOW)
    assert caught.value.name == "Session"


def test_another_challenge_is_a_step_out_of_order_that_names_both() -> None:
    with pytest.raises(StateError, match="SMS_MFA, and this step answers PASSWORD_VERIFIER"):
        user_client().respond({"ChallengeName": "SMS_MFA", "ChallengeParameters": {}})
    with pytest.raises(StateError, match="DEVICE_SRP_AUTH"):
        device_client().start(OracleServer().reply())


@pytest.mark.parametrize("name", ["hunter2", "A" * 41, "", "SMS MFA\n"])
def test_what_is_no_challenge_name_is_not_repeated(name: str) -> None:
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
    with pytest.raises(MalformedParameter):
        client.respond(server.reply("DEVICE_PASSWORD_VERIFIER", DEVICE_KEY=5), now=NOW)
    client.respond(server.reply("DEVICE_PASSWORD_VERIFIER", DEVICE_KEY=DEVICE_KEY), now=NOW)


def test_a_device_key_of_null_is_none() -> None:
    reply = OracleServer.of_device(DEVICE.device_password).reply("DEVICE_PASSWORD_VERIFIER")
    parameters = {**reply["ChallengeParameters"], "DEVICE_KEY": None}  # type: ignore[dict-item]
    device_client().respond({**reply, "ChallengeParameters": parameters}, now=NOW)


ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda children: st.lists(children) | st.dictionaries(ANY_TEXT, children),
    max_leaves=10,
)
HEX = st.from_regex(r"-?[0-9a-fA-F]{0,40}", fullmatch=True)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "ChallengeName": st.sampled_from(["PASSWORD_VERIFIER", "DEVICE_PASSWORD_VERIFIER"])
            | JSON,
            "Session": JSON,
            "ChallengeParameters": JSON
            | st.fixed_dictionaries(
                {},
                optional={
                    "USERNAME": ANY_TEXT | JSON,
                    "USER_ID_FOR_SRP": ANY_TEXT | JSON,
                    "SALT": HEX | JSON,
                    "SRP_B": HEX | JSON,
                    "SECRET_BLOCK": ANY_TEXT | JSON,
                    "DEVICE_KEY": st.just(DEVICE_KEY) | JSON,
                },
            ),
        },
    )
    | JSON
)
def test_whatever_is_replied_ends_in_an_answer_or_an_srp_error(reply: Any) -> None:
    for client in (user_client(), device_client()):
        try:
            client.respond(reply)
        except SRPError:
            continue


# The caller's own mistakes


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"pool_id": "Example"}, ValueError, "pool_id"),
        ({"pool_id": None}, TypeError, "pool_id"),
        ({"username": b"alice"}, TypeError, "username"),
        ({"username": "\ud800"}, ValueError, "username"),
        ({"password": b"secret"}, TypeError, "password"),
        ({"password": None}, TypeError, "password"),
        ({"password": "hunter2\ud800"}, ValueError, "password"),
        ({"app": CLIENT_ID}, TypeError, "AppClient"),
        ({"device": DEVICE_KEY}, TypeError, "device must be a Device"),
        ({"username": ""}, ValueError, "username is empty"),
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


def test_start_says_whether_it_wants_a_reply() -> None:
    with pytest.raises(TypeError, match="without a reply"):
        user_client().start({"ChallengeName": "DEVICE_SRP_AUTH"})
    with pytest.raises(TypeError, match="asked for DEVICE_SRP_AUTH"):
        device_client().start()


def test_a_naive_moment_is_refused_before_the_exchange_is_used() -> None:
    client = user_client()
    with pytest.raises(ValueError, match="aware"):
        client.respond(OracleServer().reply(), now=datetime(2026, 1, 1))
    client.respond(OracleServer().reply(), now=NOW)


# Secrets


def test_no_secret_is_in_any_repr() -> None:
    client = user_client()
    shown = (
        repr(client)
        + repr(client._prover)
        + repr(client._prover._secrets)
        + repr(DEVICE)
        + repr(APP)
    )
    a, password = client._prover._secrets._values[0]
    for secret in (PASSWORD, CLIENT_SECRET, DEVICE.device_password, str(a), f"{a:x}"):
        assert secret not in shown
    assert password.decode() == PASSWORD
    assert repr(client) == "<SRPClient for user 'alice@example.com', unused>"
