"""diagnosis/secret_hash.py: which mix-up made a SECRET_HASH that was made by hand."""

import base64
import hashlib
import hmac
import secrets

import oracle
import pytest

from srp_cognito.diagnosis import Diagnosis, diagnose_secret_hash

NAME, CLIENT_ID, SECRET = "Alice", "1example23456789", "c2Vrcml0LWNsaWVudC1zZWNyZXQ"
OTHERS = {
    "alias": "alice@example.com",
    "user_id": "a2c2e290-6d0f-4a08-a5ca-f0162935f3a6",
    "sub": "b3c2e290-6d0f-4a08-a5ca-f0162935f3a7",
    "email": "alice@example.org",
    "phone_number": "+15551234567",
    "preferred_username": "ali",
    "access_token_username": "a2c2e290",
    "pool_id": "eu-west-1_Example",
}


def found(sent: str, **more: object) -> Diagnosis:
    record = {
        "secret_hash": sent,
        "username": NAME,
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        **OTHERS,
    }
    return diagnose_secret_hash({**record, **more})


def ids(diagnosis: Diagnosis) -> list[list[str]]:
    return [[named.mistake.id for named in each] for each in diagnosis.explanations]


def signed(key: str | bytes, text: str, algorithm: str = "sha256") -> bytes:
    key = key if isinstance(key, bytes) else key.encode()
    return hmac.new(key, text.encode(), algorithm).digest()


def text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


RIGHT = oracle.secret_hash(NAME, CLIENT_ID, SECRET)
PLAIN = base64.b64decode(RIGHT)


def test_a_right_hash_is_called_right() -> None:
    diagnosis = found(RIGHT)
    assert (diagnosis.verdict, diagnosis.explanations, diagnosis.tried) == ("right", (), 1)
    assert "another USERNAME or ClientId" in diagnosis.advice[0]


@pytest.mark.parametrize("field", [field for field in OTHERS if field != "pool_id"])
def test_a_hash_over_another_name_names_the_field(field: str) -> None:
    diagnosis = found(oracle.secret_hash(OTHERS[field], CLIENT_ID, SECRET))
    assert ids(diagnosis) == [["hash-other-name"]]
    assert f"(the field {field})." in diagnosis.explanations[0][0].says
    first = diagnosis.first_difference
    assert first is not None
    assert (first.name, first.expected, first.came) == ("USERNAME", NAME, OTHERS[field])


@pytest.mark.parametrize(
    ("mistake", "octets"),
    [
        ("hash-lower", signed(SECRET, f"alice{CLIENT_ID}")),
        ("hash-upper", signed(SECRET, f"ALICE{CLIENT_ID}")),
        ("hash-newline-in-name", signed(SECRET, f"Alice\n{CLIENT_ID}")),
        ("hash-no-name", signed(SECRET, CLIENT_ID)),
        ("hash-no-client-id", signed(SECRET, NAME)),
        ("hash-pool-id", signed(SECRET, f"{NAME}eu-west-1_Example")),
        ("hash-id-first", signed(SECRET, f"{CLIENT_ID}{NAME}")),
        ("hash-separator", signed(SECRET, f"{NAME}:{CLIENT_ID}")),
        ("hash-key-is-client-id", signed(CLIENT_ID, f"{NAME}{SECRET}")),
        ("hash-key-is-name", signed(NAME, f"{SECRET}{CLIENT_ID}")),
        ("hash-secret-decoded", signed(b"sekrit-client-secret", f"{NAME}{CLIENT_ID}")),
        ("hash-newline-in-secret", signed(f"{SECRET}\n", f"{NAME}{CLIENT_ID}")),
        ("hash-sha256", hashlib.sha256(f"{SECRET}{NAME}{CLIENT_ID}".encode()).digest()),
        ("hash-sha256-2", hashlib.sha256(f"{NAME}{CLIENT_ID}{SECRET}".encode()).digest()),
        ("hash-no-secret", hashlib.sha256(f"{NAME}{CLIENT_ID}".encode()).digest()),
        ("hash-sha512", signed(SECRET, f"{NAME}{CLIENT_ID}", "sha512")[:32]),
    ],
)
def test_each_mistake_is_found(mistake: str, octets: bytes) -> None:
    diagnosis = found(text(octets))
    assert ids(diagnosis) == [[mistake]]
    assert diagnosis.verdict == "mistake"


def test_white_space_that_was_cut_off_is_found() -> None:
    sent = oracle.secret_hash("Alice", CLIENT_ID, SECRET)
    assert ids(found(sent, username=" Alice ")) == [["hash-trimmed"]]
    sent = oracle.secret_hash("Alice", CLIENT_ID, "padded")
    assert ids(found(sent, client_secret=" padded ")) == [["hash-secret-trimmed"]]


@pytest.mark.parametrize(
    ("form", "sent"),
    [
        ("form-hex", PLAIN.hex()),
        ("form-hex", PLAIN.hex().upper()),
        ("form-base64-of-hex", text(PLAIN.hex().encode())),
        ("form-no-padding", RIGHT.rstrip("=")),
        ("form-line-break", f"{RIGHT}\n"),
    ],
)
def test_a_hash_that_is_spelled_wrong_is_found(form: str, sent: str) -> None:
    diagnosis = found(sent)
    assert ids(diagnosis) == [[form]]
    assert diagnosis.explanations[0][0].says.startswith("The hash")


def test_two_mistakes_are_found_and_the_spelling_beside() -> None:
    sent = signed(CLIENT_ID, f"alice{SECRET}").hex()
    assert ids(found(sent)) == [["hash-lower", "hash-key-is-client-id", "form-hex"]]


def test_what_is_unknown_is_called_unknown_and_nobody_is_blamed() -> None:
    diagnoses = [found(text(secrets.token_bytes(32))) for _ in range(100)]
    assert {each.verdict for each in diagnoses} == {"unknown"}
    assert "Most likely now: the secret of another app client" in " ".join(diagnoses[0].advice)
    thin = found(text(bytes(32)), alias=None, sub=None)
    assert "Not tried, since they are not there: alias, sub." in thin.advice


def test_the_secret_is_hidden_wherever_it_was_put() -> None:
    for sent in (
        RIGHT,
        text(signed(CLIENT_ID, f"{NAME}{SECRET}")),
        text(signed(NAME, SECRET + CLIENT_ID)),
    ):
        diagnosis = found(sent)
        assert SECRET not in "\n".join(diagnosis.lines())
        assert SECRET not in str(diagnosis.to_json())
        assert SECRET in "\n".join(diagnosis.lines(show_secrets=True))
