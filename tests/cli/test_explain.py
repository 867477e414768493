"""The contract of `explain`: what a person reads, what a program gets, and what stays hidden."""

import base64

import oracle
import pytest
from command import answers, run, run_here
from peers import CLIENT_ID, CLIENT_SECRET, DEVICE_KEY, GROUP_KEY
from recorded import CLIENT, EXCHANGE, RIGHT, lines

from srp_cognito.diagnosis.report import WIDTH
from srp_cognito.documentation import page

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
    assert f"\nmore      {page('mistakes/message', 'order-user-pool')}\n" in text
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
