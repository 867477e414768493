"""replies.py: errors as the service writes them and as botocore hands them over."""

import json
from typing import Any

import pytest
from arguments import assert_hidden
from botocore.parsers import create_parser
from hypothesis import example, given
from hypothesis import strategies as st
from judge import MODEL

from srp_cognito import MalformedParameter
from srp_cognito.calls.replies import read_error, read_session, shown_name

# The Session


@pytest.mark.parametrize("session", ["", "opaque \u00e9\n", "s" * 4096])
def test_a_session_is_read_as_it_came(session: str) -> None:
    assert read_session({"Session": session}) == session


@pytest.mark.parametrize("reply", [{}, {"Session": None}])
def test_a_reply_may_have_no_session(reply: dict[str, object]) -> None:
    assert read_session(reply) is None


@pytest.mark.parametrize("session", [5, ["s"], b"s", "\ud800", "s" * 200_000])
def test_a_session_that_is_no_text_is_named(session: object) -> None:
    with pytest.raises(MalformedParameter) as caught:
        read_session({"Session": session})
    assert caught.value.name == "Session"


# Names in messages


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("SMS_MFA", "SMS_MFA"),
        ("A" * 40, "A" * 40),
        ("A" * 41, "something else"),
        ("", "something else"),
        ("SMS_MFA\n", "something else"),
        ("sms_mfa", "something else"),
        ("hunter2", "something else"),
    ],
)
def test_only_what_looks_like_a_challenges_name_is_shown(name: str, shown: str) -> None:
    assert shown_name(name) == shown


# Errors


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"__type": "CodeMismatchException", "message": "No."}, ("CodeMismatchException", "No.")),
        ({"__type": "a.b#CodeMismatchException"}, ("CodeMismatchException", "")),
        ({"__type": "CodeMismatchException:http://x/"}, ("CodeMismatchException", "")),
        ({"__type": "a.b#Oops:http://x/", "Message": "No."}, ("Oops", "No.")),
        ({"__type": "Oops", "message": "first", "Message": "second"}, ("Oops", "first")),
        ({"__type": "Oops", "message": None}, ("Oops", "")),
        ({"Error": {"Code": "Oops", "Message": "No."}, "message": "other"}, ("Oops", "No.")),
        ({"Error": {"Code": "Oops"}, "ResponseMetadata": {}}, ("Oops", "")),
        ({"__type": "Oops", "Error": {"Code": "Other"}}, ("Oops", "")),
        ({"__type": None, "Error": {"Code": "Other"}}, ("Other", "")),
        ({"__type": "O" * 100}, ("O" * 100, "")),
    ],
    ids=str,
)
def test_an_error_is_read_in_either_form(
    reply: dict[str, object], expected: tuple[str, str]
) -> None:
    assert read_error(reply) == expected


@pytest.mark.parametrize(
    "reply", [{}, {"ChallengeName": "SMS_MFA"}, {"__type": None}, {"Error": None}, {"message": "x"}]
)
def test_a_reply_that_is_no_error_is_none(reply: dict[str, object]) -> None:
    assert read_error(reply) is None


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        ({"__type": 5}, "__type"),
        ({"__type": ""}, "__type"),
        ({"__type": "#"}, "__type"),
        ({"__type": "hunter2 is the password"}, "__type"),
        ({"__type": "Oops\n"}, "__type"),
        ({"__type": "O" * 101}, "__type"),
        ({"__type": "hunter2\ud800"}, "__type"),
        ({"__type": "Oops", "message": 5}, "message"),
        ({"__type": "Oops", "message": "hunter2\ud800"}, "message"),
        ({"__type": "Oops", "message": "m" * 200_000}, "message"),
        ({"Error": "hunter2"}, "Error"),
        ({"Error": []}, "Error"),
        ({"Error": {}}, "Code"),
        ({"Error": {"Code": 404}}, "Code"),
        ({"Error": {"Code": "two words"}}, "Code"),
        ({"Error": {"Code": "Oops", "Message": ["No."]}}, "message"),
    ],
    ids=lambda value: str(value)[:40].replace("\ud800", "?"),
)
def test_an_error_that_cannot_be_read_names_the_key(reply: dict[str, object], name: str) -> None:
    with pytest.raises(MalformedParameter) as caught:
        read_error(reply)
    assert caught.value.name == name
    assert_hidden(caught.value, "hunter2", "two words")


PARSER = create_parser("json")
OUTPUT = MODEL.operation_model("InitiateAuth").output_shape


def as_botocore_reads_it(reply: dict[str, str]) -> dict[str, Any]:
    response = {"status_code": 400, "headers": {}, "body": json.dumps(reply).encode()}
    parsed: dict[str, Any] = PARSER.parse(response, OUTPUT)
    return parsed


@given(kind=st.text("Aa1_.#:/ "), message=st.text(st.characters(exclude_categories=("Cs",))))
@example(kind="com.amazonaws.cognito#NotAuthorizedException:http://x/", message="No.")
@example(kind="NotAuthorizedException:http://x/#NotAuthorized", message="No.")
def test_an_errors_type_is_the_one_that_botocore_reads(kind: str, message: str) -> None:
    reply = {"__type": kind, "message": message}
    theirs = as_botocore_reads_it(reply)
    try:
        ours = read_error(reply)
    except MalformedParameter:
        # Stricter than botocore, where that is no name at all.
        code = theirs["Error"]["Code"]
        assert not code.replace("_", "").replace(".", "").isalnum()
        return
    assert ours == (theirs["Error"]["Code"], theirs["Error"]["Message"])
    assert read_error(theirs) == ours
