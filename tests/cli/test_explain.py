"""The contract of `explain`: what a person reads, what a program gets, and what stays hidden."""

import base64
import json
from typing import Any

import oracle
import pytest
from command import answers, run, run_here
from peers import CLIENT_ID, CLIENT_SECRET, DEVICE_KEY, GROUP_KEY
from recorded import CLIENT, EXCHANGE, RIGHT, SERVER, lines, without

from srp_cognito import IllegalParameter, MalformedParameter
from srp_cognito.diagnosis import Diagnosis, Row, diagnose, diagnose_secret_hash
from srp_cognito.diagnosis.explained import diagnose_record
from srp_cognito.diagnosis.report import WIDTH

WRONG_ORDER = {
    **CLIENT,
    "signature": base64.b64encode(
        oracle.signature_bytes(
            EXCHANGE.key,
            EXCHANGE.user_id,
            EXCHANGE.pool_name,
            EXCHANGE.secret_block,
            EXCHANGE.timestamp,
        )
    ).decode(),
}
"""User id and pool name in the wrong order."""

SECRETS = {
    "password": EXCHANGE.password,
    "a": f"{EXCHANGE.a:x}",
    "x": f"{EXCHANGE.x:x}",
    "S": f"{EXCHANGE.S:x}",
    "key": EXCHANGE.key.hex(),
}


def test_a_person_reads_cause_remedy_and_where_to_read_on() -> None:
    done = run("explain", stdin=lines(WRONG_ORDER))
    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (1, b"")
    assert text.startswith("line 1: PASSWORD_CLAIM_SIGNATURE: wrong, and the mistake is known\n")
    assert "\ncause     The user's id is signed before the pool's name.\n" in text
    assert "\nremedy    Sign pool name, user id," in text
    assert "docs/my-signature-is-refused.md#order-user-pool\n" in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_the_values_are_in_the_protocols_order_and_the_difference_is_marked() -> None:
    text = run_here("explain", stdin=lines(WRONG_ORDER)).stdout.decode()
    table = text.partition("\n\n")[2].partition("\n\n")[0].splitlines()
    names = [line[2:18].strip() for line in table if not line[:18].isspace()]
    assert [name for name in names if name != "but it came as"] == [
        *("k", "identity in x", "password", "salt in x", "x", "A", "B", "A, B in u", "u"),
        *("u in the key", "S", "S in the key", "key", "pool name", "user id", "SECRET_BLOCK"),
        *("TIMESTAMP", "message", "signature"),
    ]
    right, wrong, mark = table[-3:]
    assert right.endswith(EXCHANGE.signature)
    assert wrong.endswith(WRONG_ORDER["signature"])
    at = mark.index("^")
    assert right[19:at] == wrong[19:at]
    assert right[at] != wrong[at]


def test_what_is_right_is_called_right_with_a_hint_where_to_look_then() -> None:
    done = run_here("explain", stdin=lines(RIGHT))
    assert done.returncode == 0
    assert b": right\n" in done.stdout
    assert b"1 hypothesis was tried" in done.stdout
    assert b"USERNAME and\nSECRET_HASH, the Session" in done.stdout


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize(
    "record",
    [
        WRONG_ORDER,
        RIGHT,
        pytest.param({**CLIENT, "signature": "A" * 43 + "="}, marks=pytest.mark.slow),
    ],
)
def test_no_secret_is_shown_unless_it_is_asked_for(
    form: tuple[str, ...], record: dict[str, object]
) -> None:
    hidden = run_here("explain", *form, stdin=lines(record)).stdout.decode()
    for name, secret in SECRETS.items():
        assert secret not in hidden, name
    shown = run_here("explain", *form, "--show-secrets", stdin=lines(record)).stdout.decode()
    begun = {name: secret[:WIDTH] for name, secret in SECRETS.items() if name != "a"}
    assert [name for name, secret in begun.items() if secret not in shown] == []


def test_a_program_gets_one_object_a_line() -> None:
    stdin = lines({**WRONG_ORDER, "id": 7}, RIGHT, {"kind": "user", "id": "thin"}, "no object")
    done = run_here("explain", "--json", stdin=b"\n" + stdin)
    found = answers(done)
    assert done.returncode == 1
    first = found[0]["diagnoses"][0]
    assert (found[0]["id"], first["verdict"], first["tell_apart"]) == (7, "mistake", None)
    assert first["explanations"][0][0]["id"] == "order-user-pool"
    assert first["first_difference"] == {
        "name": "message",
        "expected": first["first_difference"]["expected"],
        "came": first["first_difference"]["came"],
        "differs": True,
        "hidden": False,
    }
    by_name = {value["name"]: value for value in first["values"]}
    assert by_name["x"] == {
        "name": "x",
        "expected": None,
        "came": None,
        "differs": False,
        "hidden": True,
    }
    assert found[1]["diagnoses"][0]["verdict"] == "right"
    assert found[2]["error"]["name"] == "PASSWORD_CLAIM_SIGNATURE"
    assert (found[2]["id"], found[3]["error"]["name"]) == ("thin", "transcript")


def test_one_line_may_hold_a_claim_a_hash_and_a_registration() -> None:
    record = {
        **RIGHT,
        "username": "alice",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "secret_hash": oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET),
        "device_group_key": GROUP_KEY,
        "device_key": DEVICE_KEY,
        "device_password": "pw",
        "Salt": "AQ==",
        "PasswordVerifier": base64.b64encode(
            oracle.pad(oracle.verifier(oracle.x(GROUP_KEY, DEVICE_KEY, "pw", 1)))
        ).decode(),
    }
    done = run_here("explain", stdin=lines(record))
    heads = [line for line in done.stdout.decode().splitlines() if line.startswith("line 1: ")]
    assert heads == [
        "line 1: PASSWORD_CLAIM_SIGNATURE: right",
        "line 1: SECRET_HASH: right",
        "line 1: DeviceSecretVerifierConfig: right",
    ]
    assert done.returncode == 0


def test_a_line_that_cannot_be_read_is_named_by_its_number() -> None:
    done = run_here("explain", stdin=b"nonsense\n" + lines({**RIGHT, "srp_b": "0"}, RIGHT))
    text = done.stdout.decode()
    assert done.returncode == 1
    assert "line 1: transcript is not a JSON object in UTF-8\n" in text
    assert "line 2: SRP_B must lie between 1 and N - 1\n" in text
    assert "line 3: PASSWORD_CLAIM_SIGNATURE: right\n" in text


@pytest.mark.parametrize(
    ("record", "name", "problem"),
    [
        (without(RIGHT, "signature"), "PASSWORD_CLAIM_SIGNATURE", "is missing: nothing can be"),
        (without(RIGHT, "a"), "a", "is missing: a transcript has a and srp_b"),
        (
            without(RIGHT, "password"),
            "password",
            "is missing: the client's side is computed from it",
        ),
        (without(RIGHT, "salt"), "SALT", "is missing"),
        (without(RIGHT, "srp_b"), "SRP_B", "is missing"),
        (without(RIGHT, "timestamp"), "TIMESTAMP", "is missing"),
        (without(RIGHT, "secret_block"), "SECRET_BLOCK", "is missing"),
        (without(RIGHT, "pool_id"), "pool_id", "is missing"),
        (without(RIGHT, "user_id"), "USER_ID_FOR_SRP", "is missing"),
        ({**RIGHT, "kind": "pool"}, "kind", "must be"),
        ({**RIGHT, "pool_id": "Example"}, "pool_id", "is not a user pool id"),
        ({**RIGHT, "signature": "c2lnbmVk"}, "PASSWORD_CLAIM_SIGNATURE", "is not 32 bytes"),
        ({**RIGHT, "signature": "!" * 44}, "PASSWORD_CLAIM_SIGNATURE", "is not 32 bytes"),
        ({**RIGHT, "signature": 7}, "PASSWORD_CLAIM_SIGNATURE", "must be text"),
        ({**RIGHT, "theirs": {"y": "1"}}, "theirs", "may have k, x, u, s, key, message"),
        ({**RIGHT, "theirs": "x"}, "theirs", "must be an object"),
        ({**RIGHT, "theirs": {"x": "g"}}, "theirs.x", "is not hexadecimal"),
        ({**RIGHT, "theirs": {"key": "abc"}}, "theirs.key", "must be whole bytes in hex"),
        ({**RIGHT, "theirs": {"key": "-ab"}}, "theirs.key", "must be whole bytes in hex"),
    ],
)
def test_what_is_too_thin_or_unreadable_names_the_field(
    record: dict[str, object], name: str, problem: str
) -> None:
    with pytest.raises(MalformedParameter) as refused:
        diagnose(record)
    assert refused.value.name == name
    assert refused.value.problem.startswith(problem)


@pytest.mark.parametrize(
    ("record", "name", "problem"),
    [
        ({**RIGHT, "srp_b": "0"}, "SRP_B", "must lie between 1 and N - 1"),
        ({**RIGHT, "srp_a": "2"}, "SRP_A", "does not match a"),
        ({**RIGHT, "a": "-1"}, "a", "must not be negative"),
        ({**SERVER, "signature": EXCHANGE.signature, "verifier": "0"}, "verifier", "must lie"),
    ],
)
def test_what_must_be_refused_names_the_field(
    record: dict[str, object], name: str, problem: str
) -> None:
    with pytest.raises(IllegalParameter) as refused:
        diagnose(record)
    assert refused.value.name == name
    assert refused.value.problem.startswith(problem)


def test_a_record_of_nothing_is_refused_with_the_fields_that_would_decide() -> None:
    with pytest.raises(MalformedParameter, match="give at least one of them") as refused:
        diagnose_record({"kind": "user"})
    assert refused.value.name == "PASSWORD_CLAIM_SIGNATURE"


def test_a_hash_that_is_too_thin_names_the_field() -> None:
    for name in ("secret_hash", "username", "client_id", "client_secret"):
        record: dict[str, Any] = {
            "secret_hash": "A" * 43 + "=",
            "username": "alice",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            name: None,
        }
        with pytest.raises(MalformedParameter) as refused:
            diagnose_secret_hash(record)
        assert refused.value.name == {"secret_hash": "SECRET_HASH"}.get(name, name)


def test_a_long_value_is_shown_where_it_differs() -> None:
    row = Row("SRP_A", "a" * 300, "a" * 200 + "b" * 100)
    expected, came, mark = row.lines(show_secrets=False)
    assert len(expected) == len(came)
    at = mark.index("^")
    assert (expected[at], came[at]) == ("a", "b")
    assert expected[at - 1] == came[at - 1] == "a"
    assert "…" in expected


def test_a_value_that_ends_too_soon_is_marked_at_its_end() -> None:
    expected, came, mark = Row("TIMESTAMP", "abc", "ab").lines(show_secrets=False)
    assert mark.index("^") == len(came)
    assert expected[mark.index("^")] == "c"


def test_what_a_peer_sent_cannot_command_the_terminal() -> None:
    shown = "\n".join(Row("user id", "alice", "al\x1b[2Jice\n").lines(show_secrets=False))
    assert "\x1b" not in shown
    assert "al?[2Jice?" in shown


def test_a_secret_that_differs_is_said_to_differ() -> None:
    shown = list(Row("x", "12", "13", is_secret=True).lines(show_secrets=False))
    assert shown == ["  x                hidden", "  but it came as   hidden, but different"]


def test_no_secret_is_in_a_repr() -> None:
    diagnosis = diagnose(WRONG_ORDER)
    assert isinstance(diagnosis, Diagnosis)
    for name, secret in SECRETS.items():
        assert secret not in repr(diagnosis), name
        assert secret not in repr(diagnosis.rows), name
    json.dumps(diagnosis.to_json())
