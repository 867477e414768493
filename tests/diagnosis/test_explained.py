"""diagnosis/explained.py: a line may have a claim, its moment, a SECRET_HASH, a registration."""

import json

import mistaken
import pytest
from cases import CALL, DEVICE
from recorded import CLIENT, RIGHT, lines

from srp_cognito import MalformedParameter
from srp_cognito.diagnosis.explained import diagnose_record, explained
from srp_cognito.transcripts.lines import MAX_LINE

HASH = CALL.record(mistaken.secret_hash(CALL))
REGISTRATION = mistaken.registration(DEVICE)
MOMENT = {"timestamp": RIGHT["timestamp"], "received": "2026-03-07T09:05:05Z"}
SUBJECTS = ["PASSWORD_CLAIM_SIGNATURE", "TIMESTAMP", "SECRET_HASH", "DeviceSecretVerifierConfig"]


def test_each_of_the_four_is_diagnosed() -> None:
    for record, subject in zip((RIGHT, MOMENT, HASH, REGISTRATION), SUBJECTS, strict=True):
        (found,) = diagnose_record(record)
        assert (found.subject, found.verdict) == (subject, "right")
    found = diagnose_record({**REGISTRATION, **HASH, **RIGHT, **MOMENT})
    assert [each.subject for each in found] == SUBJECTS


def test_a_record_without_any_of_them_is_refused() -> None:
    with pytest.raises(MalformedParameter, match="give at least one of them") as refused:
        diagnose_record({**CLIENT, "signature": None, "Salt": None})
    assert refused.value.name == "PASSWORD_CLAIM_SIGNATURE"


def test_a_right_claim_that_came_late_names_the_clock() -> None:
    (found,) = explained([lines({**RIGHT, "received": "2026-03-07T14:35:06Z"})])
    assert not found.good
    text = found.text(show_secrets=False)
    assert text.startswith("line 1: PASSWORD_CLAIM_SIGNATURE: right\n")
    assert "\nline 1: TIMESTAMP: wrong, and the mistake is known\n" in text
    assert "#clock-utc-twice\n" in text  # Nobody lives at UTC-05:30.
    (found,) = explained([lines({**RIGHT, "received": "2026-03-07T03:35:06Z"})])
    assert "(UTC+05:30)" in found.text(show_secrets=False)


def test_a_line_is_answered_in_its_place_for_people_and_for_tools() -> None:
    wrong = {**HASH, "username": "bob", "id": 7}
    records = [b" \n", lines(RIGHT), b"nonsense\n", lines(wrong), lines({"id": "thin"})]
    right, broken, refused, thin = explained(records)
    assert [each.number for each in (right, broken, refused, thin)] == [2, 3, 4, 5]
    assert [each.good for each in (right, broken, refused, thin)] == [True, False, False, False]

    shown = right.text(show_secrets=False)
    assert shown.startswith("line 2: PASSWORD_CLAIM_SIGNATURE: right\n")
    assert CLIENT["password"] not in shown
    assert CLIENT["password"] in right.text(show_secrets=True)
    assert broken.text(show_secrets=False) == "line 3: transcript is not a JSON object in UTF-8\n"

    found = json.loads(refused.json(show_secrets=False))
    assert found["id"] == 7
    assert found["diagnoses"][0]["verdict"] == "unknown"
    assert CALL.client_secret not in refused.json(show_secrets=False)
    assert CALL.client_secret in refused.json(show_secrets=True)
    found = json.loads(thin.json(show_secrets=False))
    assert (found["id"], found["error"]["name"]) == ("thin", "PASSWORD_CLAIM_SIGNATURE")
    assert "id" not in json.loads(right.json(show_secrets=False))


def test_the_reports_of_one_line_are_separated() -> None:
    (found,) = explained([lines({**REGISTRATION, **HASH})])
    text = found.text(show_secrets=False)
    heads = [line for line in text.split("\n\n") if line.startswith("line 1: ")]
    assert [head.partition(": ")[2] for head in heads] == [
        "SECRET_HASH: right",
        "DeviceSecretVerifierConfig: right",
    ]


@pytest.mark.parametrize("line", [b'{"id": NaN}', b'{"id": 1e999}', b"x" * (MAX_LINE + 1)])
def test_what_no_parser_takes_elsewhere_is_not_taken_here(line: bytes) -> None:
    (found,) = explained([line])
    assert found.error is not None
    assert found.error.name == "transcript"
    assert json.loads(found.json(show_secrets=False)).keys() == {"error"}


def test_a_line_may_be_named_by_the_file_that_it_is_in() -> None:
    right, broken = explained([lines(RIGHT), b"nonsense"])
    shown = right.text(show_secrets=False, place="a.jsonl:7")
    assert shown.startswith("a.jsonl:7: PASSWORD_CLAIM_SIGNATURE: right\n")
    shown = broken.text(show_secrets=False, place="a.jsonl:8")
    assert shown == "a.jsonl:8: transcript is not a JSON object in UTF-8\n"
