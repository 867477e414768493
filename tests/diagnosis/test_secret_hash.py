"""diagnosis/secret_hash.py: which mix-up makes a SECRET_HASH that was refused."""

import base64
import secrets
from dataclasses import replace

import mistaken
import oracle
import pytest
from cases import CALL
from mistaken import Call

from srp_cognito import MalformedParameter
from srp_cognito.diagnosis import Diagnosis, diagnose_secret_hash


def diagnosed(*mistakes: str, call: Call = CALL) -> Diagnosis:
    return diagnose_secret_hash(call.record(mistaken.secret_hash(call, *mistakes)))


def ids(diagnosis: Diagnosis) -> list[list[str]]:
    return [[named.mistake.id for named in each] for each in diagnosis.explanations]


def test_the_client_without_mistakes_is_the_oracles() -> None:
    expected = oracle.secret_hash(CALL.username, CALL.client_id, CALL.client_secret)
    assert mistaken.secret_hash(CALL) == expected


def test_a_right_hash_is_called_right() -> None:
    diagnosis = diagnosed()
    assert (diagnosis.verdict, diagnosis.explanations, diagnosis.tried) == ("right", (), 1)
    assert "USERNAME or ClientId of the call differs" in diagnosis.advice[0]
    assert diagnosis.first_difference is None
    assert [row.came for row in diagnosis.rows[:3]] == [None] * 3


@pytest.mark.parametrize("field", CALL.names)
def test_a_hash_over_another_name_names_the_field(field: str) -> None:
    diagnosis = diagnosed(f"hash-other-name:{field}")
    assert (diagnosis.verdict, ids(diagnosis)) == ("mistake", [["hash-other-name"]])
    assert diagnosis.explanations[0][0].says.endswith(f"(the field {field}).")
    first = diagnosis.first_difference
    assert first is not None
    assert (first.name, first.expected, first.came) == (
        *("USERNAME", CALL.username),
        CALL.names[field],
    )
    assert diagnosis.advice == ()


@pytest.mark.parametrize("form", ["form-hex", "form-base64-of-hex", "form-line-break"])
def test_a_right_hash_that_is_spelled_wrong_is_a_mistake(form: str) -> None:
    diagnosis = diagnosed(form)
    assert (diagnosis.verdict, ids(diagnosis)) == ("mistake", [[form]])
    assert diagnosis.explanations[0][0].says.startswith("The hash")


def test_two_mistakes_are_found_and_the_spelling_with_them() -> None:
    diagnosis = diagnosed("hash-lower", "hash-key-is-client-id", "form-hex")
    assert ids(diagnosis) == [["hash-lower", "hash-key-is-client-id", "form-hex"]]


def test_what_is_unknown_is_called_unknown_and_nobody_is_blamed() -> None:
    for _ in range(100):
        sent = base64.b64encode(secrets.token_bytes(32)).decode()
        diagnosis = diagnose_secret_hash(CALL.record(sent))
        assert (diagnosis.verdict, diagnosis.explanations) == ("unknown", ())
    assert "Most likely now: the secret of another app client" in diagnosis.advice[-1]
    assert "Not tried" not in " ".join(diagnosis.advice)
    names = {name: value for name, value in CALL.names.items() if name != "sub"}
    thin = replace(CALL, names=names).record(sent) | {"alias": None, "pool_id": None}
    advice = diagnose_secret_hash(thin).advice
    assert "Not tried, because the field is missing: alias, sub." in advice


@pytest.mark.parametrize("mistakes", [(), ("hash-key-is-client-id",), ("hash-key-is-name",)])
def test_the_secret_is_hidden_wherever_it_was_put(mistakes: tuple[str, ...]) -> None:
    diagnosis = diagnosed(*mistakes)
    assert CALL.client_secret not in "\n".join(diagnosis.lines())
    assert CALL.client_secret not in str(diagnosis.to_json())
    assert CALL.client_secret in "\n".join(diagnosis.lines(show_secrets=True))


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"secret_hash": None}, "SECRET_HASH"),
        ({"secret_hash": "c2lnbmVk"}, "SECRET_HASH"),
        *(({name: None}, name) for name in ("username", "client_id", "client_secret")),
        ({"user_id": 7}, "USER_ID_FOR_SRP"),
        ({"email": 7}, "email"),
        ({"pool_id": 7}, "pool_id"),
    ],
    ids=str,
)
def test_what_is_missing_or_unreadable_names_the_field(more: dict[str, object], name: str) -> None:
    with pytest.raises(MalformedParameter) as refused:
        diagnose_secret_hash({**CALL.record(mistaken.secret_hash(CALL)), **more})
    assert refused.value.name == name


def test_what_is_not_a_record_is_refused() -> None:
    with pytest.raises(MalformedParameter, match="transcript must be an object"):
        diagnose_secret_hash([])  # type: ignore[arg-type]
