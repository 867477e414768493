"""diagnosis/exchange.py: the fields of a transcript and those that only a diagnosis looks at."""

from datetime import UTC, datetime

import pytest
from peers import DEVICE_KEY, GROUP_KEY
from recorded import BLOCK, CLIENT, EXCHANGE, RIGHT, SERVER, TIME, USER, without

from srp_cognito import IllegalParameter, MalformedParameter
from srp_cognito.diagnosis.exchange import read_exchange

DEVICE = {
    **without(RIGHT, "pool_id"),
    "kind": "device",
    "device_group_key": GROUP_KEY,
    "device_key": DEVICE_KEY,
    "device_password": "the device's",
}


def test_a_user_and_what_may_have_been_mixed_up() -> None:
    more = {"username": "typed", "sub": "the sub", "client_id": "the client"}
    exchange = read_exchange({**RIGHT, **more})
    assert not exchange.is_device
    assert (exchange.group, exchange.member) == ("Example", USER["user_id"])
    assert (exchange.password, exchange.salt) == (USER["password"], 0xABC)
    assert (exchange.A, exchange.B, exchange.a, exchange.b) == (
        *(EXCHANGE.A, EXCHANGE.B, EXCHANGE.a),
        None,
    )
    assert (exchange.block, exchange.timestamp, exchange.signature) == (
        *(BLOCK, TIME),
        EXCHANGE.signature,
    )
    assert (exchange.username, exchange.sub, exchange.client_id) == (*more.values(),)
    assert exchange.pool_id == USER["pool_id"]
    assert (exchange.user_id, exchange.user_password) == (None, None)


def test_a_device_and_its_user() -> None:
    exchange = read_exchange({**DEVICE, "pool_id": "eu-west-1_Example"})
    assert exchange.is_device
    assert (exchange.group, exchange.member) == (GROUP_KEY, DEVICE_KEY)
    assert exchange.password == "the device's"
    assert (exchange.user_id, exchange.user_password) == (USER["user_id"], USER["password"])
    assert exchange.pool_id == "eu-west-1_Example"
    assert read_exchange(DEVICE).pool_id is None


def test_the_salt_of_a_device_is_read_without_its_own_password() -> None:
    """Its user's may have been used."""
    known = {"b": "3", "srp_a": "5", "verifier": "7", "device_password": None}
    exchange = read_exchange({**without(DEVICE, "a", "srp_b"), **known})
    assert (exchange.password, exchange.user_password) == (None, USER["password"])
    assert exchange.salt == 0xABC
    thin = read_exchange({**without(DEVICE, "a", "srp_b", "salt"), **known})
    assert (thin.salt_text, thin.salt) == ("", 0)
    with pytest.raises(MalformedParameter, match="SALT is not hexadecimal"):
        read_exchange({**without(DEVICE, "a", "srp_b"), **known, "salt": "g"})


def test_the_pool_signs_its_own_spelling_of_the_moment_and_nothing_it_cannot_read() -> None:
    exchange = read_exchange({**RIGHT, "timestamp": "Mon Mar 07 09:05:03 UTC 2026"})
    assert exchange.moment == datetime(2026, 3, 7, 9, 5, 3, tzinfo=UTC)
    assert exchange.signed_timestamp == TIME
    exchange = read_exchange({**RIGHT, "timestamp": "yesterday"})
    assert exchange.moment is None
    assert exchange.signed_timestamp not in ("", "yesterday")


def test_the_values_of_the_other_code_are_numbers_and_bytes() -> None:
    theirs = {"k": "3", "x": "0F", "u": "1", "s": "2", "key": "00Ff", "message": ""}
    with pytest.raises(MalformedParameter):
        read_exchange({**CLIENT, "theirs": theirs})
    exchange = read_exchange({**CLIENT, "theirs": {**theirs, "message": "6d"}})
    assert exchange.theirs == {
        "k": 3,
        "x": 15,
        "u": 1,
        "s": 2,
        "key": b"\0\xff",
        "message": b"m",
    }
    assert exchange.signature is None


def test_their_values_do_without_a_message_to_sign() -> None:
    exchange = read_exchange({**without(CLIENT, "secret_block", "timestamp"), "theirs": {"k": "3"}})
    assert (exchange.block, exchange.timestamp) == (b"", "")


@pytest.mark.parametrize(
    ("record", "name", "problem"),
    [
        (CLIENT, "PASSWORD_CLAIM_SIGNATURE", "is missing"),
        ({**CLIENT, "theirs": {}}, "PASSWORD_CLAIM_SIGNATURE", "is missing"),
        ({**RIGHT, "signature": 7}, "PASSWORD_CLAIM_SIGNATURE", "must be text"),
        (without(RIGHT, "secret_block", "timestamp"), "SECRET_BLOCK", "is missing"),
        (without(RIGHT, "secret_block"), "SECRET_BLOCK", "is missing"),
        (without(RIGHT, "timestamp"), "TIMESTAMP", "is missing"),
        (without(RIGHT, "a"), "a", "is missing: a transcript has a and srp_b"),
        (without(RIGHT, "srp_b"), "SRP_B", "is missing"),
        (without(RIGHT, "salt"), "SALT", "is missing"),
        (without(RIGHT, "password"), "password", "is missing: the client's side is computed from"),
        (without(RIGHT, "pool_id"), "pool_id", "is missing"),
        ({**RIGHT, "pool_id": "Example"}, "pool_id", "is not a user pool id"),
        ({**RIGHT, "kind": "pool"}, "kind", "must be"),
        (without(RIGHT, "user_id"), "USER_ID_FOR_SRP", "is missing"),
        ({**RIGHT, "username": 7}, "username", "must be text"),
        ({**RIGHT, "sub": []}, "sub", "must be text"),
        ({**RIGHT, "client_id": "\ud800"}, "client_id", "holds a lone surrogate"),
        ({**DEVICE, "pool_id": 7}, "pool_id", "must be text"),
        ({**DEVICE, "user_id": 7}, "USER_ID_FOR_SRP", "must be text"),
        ({**DEVICE, "password": 7}, "password", "must be text"),
        ({**RIGHT, "theirs": {"y": "1"}}, "theirs", "may have k, x, u, s, key, message"),
        ({**RIGHT, "theirs": "x"}, "theirs", "must be an object"),
        ({**RIGHT, "theirs": {"x": "g"}}, "theirs.x", "is not hexadecimal"),
        ({**RIGHT, "theirs": {"x": None}}, "theirs.x", "is missing"),
        ({**RIGHT, "theirs": {"key": "abc"}}, "theirs.key", "must be whole bytes in hex"),
        ({**RIGHT, "theirs": {"key": "-abc"}}, "theirs.key", "must be whole bytes in hex"),
    ],
)
def test_what_is_missing_or_unreadable_is_named(
    record: dict[str, object], name: str, problem: str
) -> None:
    with pytest.raises(MalformedParameter) as refused:
        read_exchange(record)
    assert refused.value.name == name
    assert refused.value.problem.startswith(problem)


@pytest.mark.parametrize(
    ("record", "name", "problem"),
    [
        # Another `a` than the one of SRP_A would decide everything else.
        ({**RIGHT, "srp_a": "2"}, "SRP_A", "does not match a"),
        ({**RIGHT, "srp_b": "0"}, "SRP_B", "must lie between 1 and N - 1"),
        ({**RIGHT, "a": "-1"}, "a", "must not be negative"),
        ({**SERVER, "signature": EXCHANGE.signature, "verifier": "0"}, "verifier", "must lie"),
    ],
)
def test_what_must_be_refused_names_the_field(
    record: dict[str, object], name: str, problem: str
) -> None:
    with pytest.raises(IllegalParameter) as refused:
        read_exchange(record)
    assert refused.value.name == name
    assert refused.value.problem.startswith(problem)


def test_no_secret_is_in_a_repr() -> None:
    exchange = read_exchange({**DEVICE, "theirs": {"x": f"{0xDEADBEEF:x}"}})
    shown = repr(exchange)
    for secret in ("the device's", USER["password"], f"{EXCHANGE.a}", f"{0xDEADBEEF}"):
        assert secret not in shown
