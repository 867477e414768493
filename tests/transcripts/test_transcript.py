"""transcript.py: recorded exchanges are computed and checked as the contract says."""

from typing import Any

import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peers import DEVICE_KEY, GROUP_KEY, PASSWORD, USER_ID
from recorded import BLOCK, CLIENT, EXCHANGE, OUTPUT, SERVER, TIME, without

from srp_cognito import IllegalParameter, MalformedParameter, SignatureMismatch, SRPError
from srp_cognito.proof import srp
from srp_cognito.proof.modexp import N
from srp_cognito.transcripts.transcript import compute, verify


@pytest.mark.parametrize("transcript", [CLIENT, SERVER], ids=["client", "server"])
def test_either_side_computes_every_value(transcript: dict[str, Any]) -> None:
    assert compute(transcript).to_json() == OUTPUT
    assert compute({**transcript, **OUTPUT, "id": 5, "more": []}).to_json() == OUTPUT


SRP_B = {"srp_b": f"{EXCHANGE.B:x}"}


def test_a_server_computes_from_a_verifier_without_the_password() -> None:
    transcript = {**without(SERVER, "password", "salt"), "verifier": f"{EXCHANGE.v:X}"}
    assert compute(transcript).to_json() == without(OUTPUT, "x")


def test_a_verifier_takes_precedence_and_x_is_given_if_the_password_is_known() -> None:
    other = {**SERVER, "verifier": "31d1"}
    values = compute(other).to_json()
    assert values["x"] == OUTPUT["x"]
    assert values["srp_b"] == f"{oracle.public_b(EXCHANGE.b, 0x31D1):x}"
    assert "x" not in compute(without(other, "salt")).to_json()


def test_a_device_is_computed_with_its_own_fields() -> None:
    exchange = oracle.exchange(
        GROUP_KEY,
        DEVICE_KEY,
        PASSWORD,
        salt=-5,
        a=7,
        b=9,
        secret_block=BLOCK,
        timestamp=TIME,
    )
    transcript = {
        **without(CLIENT, "pool_id", "user_id", "password"),
        "kind": "device",
        "device_group_key": GROUP_KEY,
        "device_key": DEVICE_KEY,
        "device_password": PASSWORD,
        "salt": "-5",
        "a": "7",
        "srp_b": f"{exchange.B:x}",
    }
    assert compute(transcript).to_json()["signature"] == exchange.signature


def test_an_exchange_recorded_up_to_its_key_has_no_signature() -> None:
    values = compute(without(CLIENT, "secret_block", "timestamp"))
    assert values.signature is None
    assert values.to_json() == without(OUTPUT, "signature")


def test_the_timestamp_is_signed_unchanged() -> None:
    """A transcript may record what a client did wrong, so its format is not checked."""
    text = "Sa M\u00e4rz 07 09:05:03 UTC 2026"
    values = compute({**CLIENT, "timestamp": text}).to_json()
    signed = oracle.signature(EXCHANGE.key, "Example", USER_ID, BLOCK, text)
    assert values["signature"] == signed


def test_null_is_absent() -> None:
    nothing = {"a": None, "srp_b": None, "verifier": None, "id": None}
    assert compute({**SERVER, **nothing}).to_json() == OUTPUT


def test_the_values_do_not_show_themselves() -> None:
    shown = repr(compute(CLIENT)) + str(compute(CLIENT))
    for secret in (EXCHANGE.S, EXCHANGE.x, EXCHANGE.key.hex(), repr(EXCHANGE.key)):
        assert str(secret) not in shown


def test_a_verifier_that_makes_b_zero_is_refused_as_the_client_would() -> None:
    v = -pow(2, EXCHANGE.b, N) * pow(oracle.k(), -1, N) % N
    assert oracle.public_b(EXCHANGE.b, v) == 0
    with pytest.raises(IllegalParameter) as caught:
        compute({**SERVER, "verifier": f"{v:x}"})
    assert caught.value.name == "SRP_B"


@pytest.mark.parametrize("transcript", [CLIENT, SERVER], ids=["client", "server"])
def test_verify_returns_on_the_right_signature_and_raises_on_others(
    transcript: dict[str, Any],
) -> None:
    verify({**transcript, "signature": EXCHANGE.signature})
    for wrong in ("", "A" * 43 + "=", EXCHANGE.signature[:-1], EXCHANGE.signature + "=", "\u00e9"):
        with pytest.raises(SignatureMismatch):
            verify({**transcript, "signature": wrong})


@pytest.mark.parametrize("received", ["2026-03-07T09:05:05.5Z", "2026-03-07T10:05:00+01:00"])
def test_verify_accepts_what_was_received_in_time(received: str) -> None:
    verify({**CLIENT, "signature": EXCHANGE.signature, "received": received})


@pytest.mark.parametrize(
    ("received", "says"),
    [
        ("2026-03-07T21:05:04Z", "TIMESTAMP is too old, by 12:00:01"),
        ("2026-03-07T09:05:03+05:30", "TIMESTAMP is too far in the future, by 5:30:00"),
    ],
)
def test_verify_says_how_late_a_right_signature_was_received(received: str, says: str) -> None:
    right = {**CLIENT, "signature": EXCHANGE.signature, "received": received}
    with pytest.raises(IllegalParameter) as caught:
        verify(right)
    assert str(caught.value) == says
    with pytest.raises(SignatureMismatch):
        verify({**right, "signature": "A" * 43 + "="})
    with pytest.raises(MalformedParameter, match="received must be a moment"):
        verify({**right, "signature": "A" * 43 + "=", "received": "noon"})
    assert compute(right) == compute(CLIENT)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (["signature", "kind"], "PASSWORD_CLAIM_SIGNATURE"),
        (["secret_block", "timestamp"], "SECRET_BLOCK"),
    ],
)
def test_verify_needs_a_signature_and_what_it_signs(fields: list[str], name: str) -> None:
    with pytest.raises(MalformedParameter, match="is missing") as caught:
        verify(without({**CLIENT, "signature": EXCHANGE.signature}, *fields))
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("transcript", "changed"),
    [(CLIENT, {"srp_a": "5"}), (SERVER, {"srp_b": "5"}), (SERVER, {"verifier": "7", **SRP_B})],
    ids=["client", "server", "verifier"],
)
def test_a_transcript_that_contradicts_itself_is_refused(
    transcript: dict[str, Any], changed: dict[str, Any]
) -> None:
    with pytest.raises(IllegalParameter, match="does not match") as caught:
        compute({**transcript, **changed})
    assert caught.value.name == ("SRP_A" if "srp_a" in changed else "SRP_B")


@pytest.mark.parametrize(
    ("transcript", "name"), [(CLIENT, "SRP_B"), (SERVER, "SRP_A")], ids=["client", "server"]
)
def test_u_of_zero_is_refused(
    monkeypatch: pytest.MonkeyPatch, transcript: dict[str, Any], name: str
) -> None:
    monkeypatch.setattr(srp, "u", lambda A, B: 0)
    with pytest.raises(IllegalParameter, match="u = 0") as caught:
        compute(transcript)
    assert caught.value.name == name


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=5,
)
FIELDS = [*CLIENT, "b", "srp_a", "verifier", "signature", "device_key", "device_group_key"]


@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING), st.sampled_from([CLIENT, SERVER, {}]))
@settings(max_examples=100)
def test_any_transcript_ends_in_values_or_an_srp_error(
    changed: dict[str, Any], transcript: dict[str, Any]
) -> None:
    for act in (compute, verify):
        try:
            act({**transcript, **changed})
        except SRPError:
            continue
