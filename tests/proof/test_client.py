"""client.py: the claim is the one that the oracle's server expects; bad challenges are refused."""

import copy
import pickle
from datetime import UTC, datetime
from typing import Any

import oracle
import pytest
from bad_input import MEGABYTES, OUT_OF_RANGE
from hypothesis import given, settings
from hypothesis import strategies as st
from peers import DEVICE_KEY, GROUP_KEY, PASSWORD, POOL_ID, OracleServer
from race import winners

from srp_cognito import (
    Device,
    IllegalParameter,
    MalformedParameter,
    PeerError,
    SRPError,
    StateError,
)
from srp_cognito.proof import formula, srp
from srp_cognito.proof.client import Claim, Prover
from srp_cognito.proof.modexp import N

NOW = datetime(2026, 3, 7, 9, 5, 3, tzinfo=UTC)
NOW_TEXT = "Sat Mar 7 09:05:03 UTC 2026"
DEVICE = Device(GROUP_KEY, DEVICE_KEY, "ZGV2aWNlIHBhc3N3b3Jk")


def user() -> Prover:
    return Prover.for_user(POOL_ID, "alice@example.com", PASSWORD)


def device() -> Prover:
    return Prover.for_device(DEVICE, "alice")


def challenge(server: OracleServer | None = None, **changed: object) -> dict[str, Any]:
    """The parameters of a user's challenge; a parameter that is changed to None is left out."""
    parameters: Any = (server or OracleServer()).reply(**changed)["ChallengeParameters"]
    return dict(parameters)


def device_challenge(server: OracleServer | None = None, **changed: object) -> dict[str, Any]:
    server = server or OracleServer.of_device(DEVICE.device_password)
    parameters: Any = server.reply("DEVICE_PASSWORD_VERIFIER", **changed)["ChallengeParameters"]
    return dict(parameters)


# The claim


def test_a_user_proves_the_password(each_engine: object) -> None:
    prover, server = user(), OracleServer()
    claim = prover.claim(challenge(server), now=NOW)
    assert claim == Claim(
        server.signature(prover.srp_a, NOW_TEXT), server.parameters()["SECRET_BLOCK"], NOW_TEXT
    )


def test_a_device_proves_its_password(each_engine: object) -> None:
    prover, server = device(), OracleServer.of_device(DEVICE.device_password)
    claim = prover.claim(device_challenge(server), now=NOW)
    assert claim.signature == server.signature(prover.srp_a, NOW_TEXT)


def test_the_name_is_the_typed_one_until_the_pool_gives_its_own() -> None:
    prover = user()
    assert (prover.kind, prover.username) == ("user", "alice@example.com")
    prover.claim(challenge(), now=NOW)
    assert prover.username == "alice"


def test_a_device_keeps_its_name_if_the_pool_gives_none() -> None:
    prover = device()
    prover.claim(device_challenge(USERNAME=None), now=NOW)
    assert (prover.kind, prover.username) == ("device", "alice")
    prover = device()
    prover.claim(device_challenge(USERNAME="a2c2"), now=NOW)
    assert prover.username == "a2c2"


def test_the_secret_block_goes_back_as_it_came_even_if_it_is_not_base64() -> None:
    """Moto hands out a UUID with dashes."""
    block = "3a7d0dc1-4f4b-4d6c-9d5c-0c2f6c3a7a11"
    assert user().claim(challenge(SECRET_BLOCK=block), now=NOW).secret_block == block


def test_the_claim_is_signed_now_if_no_moment_is_given() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    text = user().claim(challenge()).timestamp
    signed = datetime.strptime(text, "%a %b %d %H:%M:%S UTC %Y").replace(tzinfo=UTC)
    assert before <= signed <= datetime.now(UTC)


@pytest.mark.parametrize(
    "salt", ["-3b9c27f2", "-1", "-80", "0", "00", "0000ff", "ABC", "abc", "f" * 100]
)
def test_odd_salts_are_integers_first(salt: str) -> None:
    prover, server = user(), OracleServer(salt=int(salt, 16))
    claim = prover.claim(challenge(server, SALT=salt), now=NOW)
    assert claim.signature == server.signature(prover.srp_a, NOW_TEXT)


def test_case_and_leading_zeros_of_srp_b_do_not_matter() -> None:
    prover, server = user(), OracleServer()
    upper = "000" + server.parameters()["SRP_B"].upper()
    claim = prover.claim(challenge(server, SRP_B=upper), now=NOW)
    assert claim.signature == server.signature(prover.srp_a, NOW_TEXT)


@pytest.mark.parametrize("S", [0, 1, N - 1])
def test_a_b_that_forces_s_ends_in_a_claim(each_engine: object, S: int) -> None:
    """Only a peer that knows the verifier can do it, and it could check passwords without."""
    server = OracleServer()
    B = (oracle.k() * server.v + S) % N
    assert len(user().claim(challenge(server, SRP_B=f"{B:x}"), now=NOW).signature) == 44


def test_every_exchange_has_a_secret_of_its_own_of_256_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    monkeypatch.setattr("secrets.randbits", lambda bits: asked.append(bits) or len(asked) + 5)
    assert user().srp_a == f"{2**6:x}"
    assert user().srp_a == f"{2**7:x}"
    assert asked == [256, 256]


# One exchange, one use


def test_an_exchange_is_used_once() -> None:
    prover = user()
    assert not prover.is_used
    prover.check_unused()
    prover.claim(challenge(), now=NOW)
    assert prover.is_used
    # A used exchange says that first, whatever else is wrong.
    for again in (prover.check_unused, lambda: prover.claim({}, now=datetime(2026, 1, 1))):
        with pytest.raises(StateError, match="make a new SRPClient"):
            again()


def test_of_many_threads_that_claim_one_does() -> None:
    prover, parameters = user(), challenge()
    assert winners(lambda: prover.claim(parameters, now=NOW)) == 1


@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickle.dumps])
def test_an_exchange_cannot_be_copied_or_pickled(duplicate: Any) -> None:
    with pytest.raises(TypeError, match="cannot be copied or pickled"):
        duplicate(user())


def test_a_shallow_copy_shares_the_one_secret() -> None:
    prover = user()
    twin = copy.copy(prover)
    prover.claim(challenge(), now=NOW)
    with pytest.raises(StateError):
        twin.claim(challenge(), now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"SRP_B": "0"},
        {"SRP_B": "-1"},
        {"SALT": "x"},
        {"USERNAME": None, "USER_ID_FOR_SRP": None},
        {"USERNAME": ""},
        {"USER_ID_FOR_SRP": ""},
        {"USER_ID_FOR_SRP": 5},
        {"SECRET_BLOCK": "="},
        "u = 0",
    ],
    ids=str,
)
def test_a_refused_challenge_costs_nothing_and_leaves_the_exchange_usable(
    wrong: dict[str, Any] | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prover, server = user(), OracleServer()
    parameters = challenge(server, **(wrong if isinstance(wrong, dict) else {}))
    with monkeypatch.context() as patch:
        patch.setattr(formula, "power", None)
        if wrong == "u = 0":
            patch.setattr(srp, "u", lambda A, B: 0)
        with pytest.raises(SRPError):
            prover.claim(parameters, now=NOW)
    assert prover.username == "alice@example.com"
    claim = prover.claim(challenge(server), now=NOW)
    assert claim.signature == server.signature(prover.srp_a, NOW_TEXT)


def test_a_naive_moment_is_refused_before_the_exchange_is_used() -> None:
    prover = user()
    with pytest.raises(ValueError, match="aware"):
        prover.claim(challenge(), now=datetime(2026, 1, 1))
    prover.claim(challenge(), now=NOW)


# Bad challenges


@pytest.mark.parametrize("name", ["USERNAME", "USER_ID_FOR_SRP", "SALT", "SRP_B", "SECRET_BLOCK"])
@pytest.mark.parametrize(
    "value", [None, 5, ["x"], {"x": 1}, b"ff", "\ud800"], ids=lambda value: type(value).__name__
)
def test_a_missing_or_mistyped_parameter_is_named(name: str, value: object) -> None:
    changed = {name: value}
    if name == "USERNAME" and value is None:
        changed["USER_ID_FOR_SRP"] = None  # Which would be the name to answer with.
    with pytest.raises(MalformedParameter) as caught:
        user().claim(challenge(**changed), now=NOW)
    assert caught.value.name == name


def test_a_challenge_may_give_the_users_name_under_one_key_only() -> None:
    prover, server = user(), OracleServer()
    claim = prover.claim(challenge(server, USERNAME=None), now=NOW)
    assert prover.username == challenge(server)["USER_ID_FOR_SRP"]
    assert claim.signature == server.signature(prover.srp_a, NOW_TEXT)


@pytest.mark.parametrize("parameters", [None, [], "SALT"])
def test_parameters_must_be_an_object(parameters: Any) -> None:
    with pytest.raises(MalformedParameter) as caught:
        user().claim(parameters, now=NOW)
    assert caught.value.name == "ChallengeParameters"


@pytest.mark.parametrize(("number", "error"), OUT_OF_RANGE.values(), ids=OUT_OF_RANGE)
def test_an_srp_b_out_of_range_is_refused(number: int, error: type[PeerError]) -> None:
    with pytest.raises(error) as caught:
        user().claim(challenge(SRP_B=f"{number:x}"), now=NOW)
    assert caught.value.name == "SRP_B"


@pytest.mark.parametrize("text", ["", "xyz", "0x10", " 1", "1\n", MEGABYTES])
@pytest.mark.parametrize("name", ["SALT", "SRP_B"])
def test_a_number_must_be_hexadecimal(name: str, text: str) -> None:
    with pytest.raises(MalformedParameter) as caught:
        user().claim(challenge(**{name: text}), now=NOW)
    assert caught.value.name == name


@pytest.mark.parametrize("text", ["", "=", "@@@", "A", MEGABYTES])
def test_a_secret_block_must_hold_at_least_a_byte(text: str) -> None:
    with pytest.raises(MalformedParameter) as caught:
        user().claim(challenge(SECRET_BLOCK=text), now=NOW)
    assert caught.value.name == "SECRET_BLOCK"


def test_u_of_zero_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows A and B that hash to zero, so the hash is replaced here."""
    monkeypatch.setattr(srp, "u", lambda A, B: 0)
    with pytest.raises(IllegalParameter, match="u = 0") as caught:
        user().claim(challenge(), now=NOW)
    assert caught.value.name == "SRP_B"


def test_a_challenge_for_another_device_is_refused() -> None:
    prover = device()
    with pytest.raises(IllegalParameter) as caught:
        prover.claim(device_challenge(DEVICE_KEY="other"), now=NOW)
    assert str(caught.value) == "DEVICE_KEY is not the key of the device that signs in"
    with pytest.raises(MalformedParameter) as malformed:
        prover.claim(device_challenge(DEVICE_KEY=5), now=NOW)
    assert malformed.value.name == "DEVICE_KEY"
    prover.claim(device_challenge(DEVICE_KEY=DEVICE_KEY), now=NOW)


def test_a_device_key_of_null_is_not_there() -> None:
    device().claim({**device_challenge(), "DEVICE_KEY": None}, now=NOW)


JSON = st.recursive(
    st.none() | st.integers() | st.text(st.characters(codec=None, exclude_categories=())),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=3,
)
HEX = st.from_regex(r"-?[0-9a-fA-F]{0,40}", fullmatch=True)
CHALLENGES = {"user": challenge(), "device": device_challenge()}
PROVERS = {"user": user, "device": device}
UNUSED = {kind: make() for kind, make in PROVERS.items()}


@given(
    st.dictionaries(st.sampled_from([*CHALLENGES["user"], "DEVICE_KEY"]), HEX | JSON, max_size=2)
)
@settings(max_examples=60)
def test_any_challenge_ends_in_a_claim_or_an_srp_error(changed: dict[str, Any]) -> None:
    for kind, prover in UNUSED.items():
        try:
            prover.claim({**CHALLENGES[kind], **changed})
        except SRPError:
            assert not prover.is_used
        else:
            UNUSED[kind] = PROVERS[kind]()


# The caller's own mistakes


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"pool_id": "Example"}, ValueError, "pool_id"),
        ({"pool_id": None}, TypeError, "pool_id"),
        ({"username": b"alice"}, TypeError, "username"),
        ({"username": "\ud800"}, ValueError, "username"),
        ({"username": ""}, ValueError, "username is empty"),
        ({"password": b"secret"}, TypeError, "password"),
        ({"password": None}, TypeError, "password"),
        ({"password": "hunter2\ud800"}, ValueError, "password"),
    ],
)
def test_a_users_arguments_are_checked_with_a_sentence(
    changed: dict[str, Any], error: type[Exception], says: str
) -> None:
    arguments = {"pool_id": POOL_ID, "username": "alice", "password": "x", **changed}
    with pytest.raises(error, match=says) as caught:
        Prover.for_user(**arguments)
    assert "hunter2" not in str(caught.value)


def test_a_devices_arguments_are_checked_with_a_sentence() -> None:
    with pytest.raises(TypeError, match="device must be a Device"):
        Prover.for_device("device", "alice")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="username"):
        Prover.for_device(DEVICE, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["signature", "secret_block", "timestamp"])
@pytest.mark.parametrize(("value", "error"), [("", ValueError), (None, TypeError)])
def test_a_claim_is_three_texts(name: str, value: Any, error: type[Exception]) -> None:
    parts = {"signature": "s", "secret_block": "b", "timestamp": "t", name: value}
    with pytest.raises(error, match=f"^{name} "):
        Claim(**parts)


# Secrets


def test_no_secret_is_in_any_repr() -> None:
    prover = user()
    shown = repr(prover) + repr(prover._secrets) + repr(DEVICE)
    a, password = prover._secrets._values[0]
    assert password.decode() == PASSWORD
    for secret in (PASSWORD, DEVICE.device_password, str(a), f"{a:x}"):
        assert secret not in shown
    assert repr(prover) == "<Prover for user 'alice@example.com', unused>"
    claim = prover.claim(challenge(), now=NOW)
    assert repr(claim) == f"Claim(timestamp={NOW_TEXT!r})"
    assert repr(prover) == "<Prover for user 'alice', used>"
