"""record.py: each field of an exchange is read in one place, under one name."""

from datetime import UTC, datetime
from typing import Any

import pytest
from peers import DEVICE_KEY, GROUP_KEY
from recorded import BLOCK, CLIENT, EXCHANGE, SERVER, TIME, USER, without

from srp_cognito import IllegalParameter, MalformedParameter, PeerError
from srp_cognito.proof.modexp import N
from srp_cognito.transcripts.record import (
    Record,
    missing,
    read_field,
    read_optional,
    read_received,
    read_record,
)

DEVICE = {
    **without(CLIENT, "pool_id", "user_id", "password"),
    "kind": "device",
    "device_group_key": GROUP_KEY,
    "device_key": DEVICE_KEY,
    "device_password": "the device's",
}


def test_a_client_has_a_and_makes_srp_a() -> None:
    record = read_record(CLIENT)
    assert (record.a, record.b, record.v) == (EXCHANGE.a, None, None)
    assert (record.A, record.B) == (EXCHANGE.A, EXCHANGE.B)
    assert (record.kind, record.group, record.member) == ("user", "Example", USER["user_id"])
    assert (record.password, record.salt_text, record.salt) == (USER["password"], "abc", 0xABC)
    assert (record.block_text, record.block) == (USER["secret_block"], BLOCK)
    assert record.timestamp == TIME
    assert read_record({**CLIENT, "srp_a": f"{EXCHANGE.A:X}"}) == record


def test_a_server_has_b_and_may_leave_srp_b_to_be_computed() -> None:
    record = read_record(SERVER)
    assert (record.a, record.b, record.v) == (None, EXCHANGE.b, None)
    assert (record.A, record.B) == (EXCHANGE.A, 0)
    recorded = read_record({**SERVER, "srp_b": f"{EXCHANGE.B:x}", "verifier": "31d1"})
    assert (recorded.B, recorded.v, recorded.password) == (EXCHANGE.B, 0x31D1, USER["password"])


@pytest.mark.parametrize("fields", [["password"], ["salt"], ["password", "salt"]])
def test_a_server_with_a_verifier_needs_no_password(fields: list[str]) -> None:
    record = read_record({**without(SERVER, *fields), "verifier": "31d1"})
    assert (record.password, record.salt_text, record.salt) == (None, "", 0)


def test_a_device_has_its_own_fields() -> None:
    record = read_record(DEVICE)
    assert record.is_device
    assert not read_record(CLIENT).is_device
    assert record.identity == (GROUP_KEY + DEVICE_KEY).encode()
    assert record.password == "the device's"


def test_an_exchange_may_end_with_its_key() -> None:
    record = read_record(without(CLIENT, "secret_block", "timestamp"))
    assert (record.block, record.block_text, record.timestamp) == (b"", "", "")


def test_null_is_absent_and_other_fields_are_not_looked_at() -> None:
    nothing = {"a": None, "srp_b": None, "verifier": None, "id": None}
    assert read_record({**SERVER, **nothing}) == read_record(SERVER)
    unread = {"b": 5, "verifier": "x", "signature": 7, "theirs": 7, "device_key": 7, "more": []}
    assert read_record({**CLIENT, **unread}) == read_record(CLIENT)


def test_a_negative_salt_is_an_integer() -> None:
    assert read_record({**CLIENT, "salt": "-0F"}).salt == -15


def test_no_secret_is_in_a_repr() -> None:
    for transcript in (CLIENT, {**SERVER, "verifier": f"{EXCHANGE.v:x}"}):
        shown = repr(read_record(transcript))
        for secret in (USER["password"], EXCHANGE.a, EXCHANGE.b, EXCHANGE.v):
            assert str(secret) not in shown


MISSING = [
    (CLIENT, ["kind"], "kind"),
    (CLIENT, ["pool_id"], "pool_id"),
    (CLIENT, ["user_id"], "USER_ID_FOR_SRP"),
    (CLIENT, ["password"], "password"),
    (CLIENT, ["salt"], "SALT"),
    (CLIENT, ["a"], "a"),
    (CLIENT, ["srp_b"], "SRP_B"),
    (CLIENT, ["secret_block"], "SECRET_BLOCK"),
    (CLIENT, ["timestamp"], "TIMESTAMP"),
    (CLIENT, ["a", "srp_b"], "a"),
    (DEVICE, ["device_group_key"], "device_group_key"),
    (DEVICE, ["device_key"], "DEVICE_KEY"),
    (DEVICE, ["device_password"], "device_password"),
    (SERVER, ["b"], "b"),
    (SERVER, ["srp_a"], "SRP_A"),
    (SERVER, ["salt"], "SALT"),
    (SERVER, ["password"], "verifier"),
]


@pytest.mark.parametrize(
    ("transcript", "fields", "name"),
    MISSING,
    ids=lambda value: "+".join(value) if isinstance(value, list) else "",
)
def test_a_missing_field_is_named(transcript: dict[str, Any], fields: list[str], name: str) -> None:
    with pytest.raises(MalformedParameter, match="is missing") as caught:
        read_record(without(transcript, *fields))
    assert caught.value.name == name


WRONG = [
    (CLIENT, {"kind": "pool"}, MalformedParameter, "kind"),
    (CLIENT, {"pool_id": "Example"}, MalformedParameter, "pool_id"),
    (CLIENT, {"pool_id": "_Example"}, MalformedParameter, "pool_id"),
    (CLIENT, {"pool_id": "eu-west-1_"}, MalformedParameter, "pool_id"),
    (CLIENT, {"pool_id": 5}, MalformedParameter, "pool_id"),
    (CLIENT, {"password": "\ud800"}, MalformedParameter, "password"),
    (CLIENT, {"user_id": "\ud800"}, MalformedParameter, "USER_ID_FOR_SRP"),
    (CLIENT, {"a": "-1"}, IllegalParameter, "a"),
    (CLIENT, {"a": "0x1"}, MalformedParameter, "a"),
    (CLIENT, {"a": "f" * 4097}, MalformedParameter, "a"),
    (CLIENT, {"a": 5}, MalformedParameter, "a"),
    (CLIENT, {"srp_b": "0"}, IllegalParameter, "SRP_B"),
    (CLIENT, {"srp_b": f"{N:x}"}, IllegalParameter, "SRP_B"),
    (CLIENT, {"salt": "g"}, MalformedParameter, "SALT"),
    (CLIENT, {"secret_block": "="}, MalformedParameter, "SECRET_BLOCK"),
    (CLIENT, {"timestamp": 5}, MalformedParameter, "TIMESTAMP"),
    (CLIENT, {"srp_a": "5"}, IllegalParameter, "SRP_A"),
    (CLIENT, {"srp_a": "0"}, IllegalParameter, "SRP_A"),
    (SERVER, {"verifier": "0"}, IllegalParameter, "verifier"),
    (SERVER, {"verifier": f"{N:x}"}, IllegalParameter, "verifier"),
    (SERVER, {"srp_a": "0"}, IllegalParameter, "SRP_A"),
    (SERVER, {"srp_b": "0"}, IllegalParameter, "SRP_B"),
    (SERVER, {"b": "-1"}, IllegalParameter, "b"),
]


@pytest.mark.parametrize(("transcript", "changed", "error", "name"), WRONG, ids=repr)
def test_a_field_that_cannot_be_is_named(
    transcript: dict[str, Any], changed: dict[str, Any], error: type[PeerError], name: str
) -> None:
    with pytest.raises(error) as caught:
        read_record({**transcript, **changed})
    assert caught.value.name == name


@pytest.mark.parametrize("transcript", [CLIENT, DEVICE, SERVER], ids=["user", "device", "server"])
def test_of_several_errors_the_first_in_this_order_is_reported(
    transcript: dict[str, Any],
) -> None:
    """Who signs in, what is signed, and then the fields of the side."""
    fields = ["kind", "pool_id", "device_group_key", "user_id", "device_key", "password"]
    fields += ["device_password", "secret_block", "timestamp"]
    fields += ["salt", "srp_b", "a", "srp_a"] if "a" in transcript else ["srp_a", "b", "salt"]
    order = [field for field in fields if field in transcript or field == "srp_a"]
    names = []
    broken = {**transcript, **dict.fromkeys(order, 5)}
    for field in order:
        with pytest.raises(MalformedParameter, match="must be text") as caught:
            read_record(broken)
        names.append(caught.value.name)
        broken[field] = transcript.get(field)
    wire = {"user_id": "USER_ID_FOR_SRP"}
    wire |= {each: each.upper() for each in ("salt", "srp_a", "srp_b", "secret_block")}
    wire |= {each: each.upper() for each in ("timestamp", "device_key")}
    assert names == [wire.get(field, field) for field in order]


def test_what_is_recorded_is_checked_before_anything_is_exponentiated() -> None:
    for srp_a in ("0", "x"):
        with pytest.raises(PeerError):
            next(read_record.stepwise({**CLIENT, "srp_a": srp_a}))


def test_a_field_by_itself_has_the_same_name() -> None:
    record = {"signature": "text", "username": None, "device_key": 7}
    assert read_field(record, "signature") == read_optional(record, "signature") == "text"
    assert read_optional(record, "username") is None
    with pytest.raises(MalformedParameter, match="DEVICE_KEY must be text, not int"):
        read_optional(record, "device_key")
    with pytest.raises(MalformedParameter, match="username is missing"):
        read_field(record, "username")
    assert str(missing("secret_hash", "of that")) == "SECRET_HASH is missing: of that"


def test_a_record_can_be_made_of_an_identity_alone() -> None:
    record = Record(kind="device", group="g", member="m", A=1)
    assert (record.salt, record.block, record.password) == (0, b"", None)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-07T09:05:03Z",
        "2026-03-07T09:05:03.999Z",  # JavaScript.
        "2026-03-07T09:05:03.123456+00:00",  # Python.
        "2026-03-07T14:35:03+05:30",
        "2026-03-07T05:05:03.123456789-04:00",  # Go.
    ],
)
def test_the_moment_of_receipt_is_read_as_every_language_writes_it(text: str) -> None:
    assert read_received({"received": text}) == datetime(2026, 3, 7, 9, 5, 3, tzinfo=UTC)


def test_a_moment_of_receipt_may_be_left_out() -> None:
    assert read_received({}) is read_received({"received": None}) is None


@pytest.mark.parametrize(
    "received",
    [
        7,
        "",
        TIME,
        "2026-03-07T09:05:03",  # Which zone?
        "2026-03-07 09:05:03Z",
        "2026-03-07T09:05Z",
        "2026-13-07T09:05:03Z",
        "2026-03-07T24:05:03Z",
        "2026-03-07T09:05:03+24:00",
        "2026-03-07T09:05:03Z\n",
        "2026-03-0\u0667T09:05:03Z",
        "0001-01-01T00:00:00+01:00",
        "2026-03-07T09:05:03.1234567890Z",
    ],
)
def test_a_moment_of_receipt_in_another_form_is_refused(received: object) -> None:
    with pytest.raises(MalformedParameter) as caught:
        read_received({"received": received})
    assert caught.value.name == "received"
