"""testing/refused.py: what is refused, in the words that people have reported."""

from datetime import timedelta

import pytest
from pool_calls import NO_DEVICE, NOW, WRONG

from srp_cognito import MalformedParameter, timestamp
from srp_cognito.testing import Refused
from srp_cognito.testing.refused import (
    check_claim_form,
    check_pattern,
    check_session,
    check_username,
    incorrect,
    invalid,
    no_device,
    not_authorized,
    read_member,
)

CLAIM = {
    "TIMESTAMP": timestamp(NOW),
    "PASSWORD_CLAIM_SIGNATURE": "c2lnbmVk",
    "PASSWORD_CLAIM_SECRET_BLOCK": "anything",
}


def words(refused: Refused) -> tuple[str, str]:
    return refused.kind, refused.message


def test_each_refusal_has_the_services_type() -> None:
    assert words(incorrect()) == WRONG
    assert words(no_device()) == NO_DEVICE
    assert words(invalid("x")) == ("InvalidParameterException", "x")
    assert words(not_authorized("x")) == ("NotAuthorizedException", "x")


def test_a_member_is_returned_as_it_is() -> None:
    assert read_member({"ClientId": "2pub+_lic"}, "ClientId") == "2pub+_lic"
    assert read_member({"AuthFlow": "anything"}, "AuthFlow") == "anything"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ClientId", None, "Value null at 'clientId' failed to satisfy constraint: Member must"),
        ("AuthFlow", None, "Value null at 'authFlow' failed to satisfy constraint: Member must"),
        (
            "ClientId",
            "eu-west-1_Example",
            "Value 'eu-west-1_Example' at 'clientId' failed to satisfy constraint: Member must",
        ),
        ("ClientId", "ключ", r"must satisfy regular expression pattern: [\w+]+"),
    ],
)
def test_a_member_that_the_services_model_would_not_take_is_refused(
    name: str, value: str | None, message: str
) -> None:
    with pytest.raises(Refused) as refused:
        read_member({name: value}, name)
    assert refused.value.kind == "InvalidParameterException"
    assert refused.value.message.startswith("1 validation error detected: Value ")
    assert message in refused.value.message


@pytest.mark.parametrize("value", ["", 5, "\ud800"])
def test_a_member_that_cannot_be_read_is_an_error_with_its_name(value: object) -> None:
    with pytest.raises(MalformedParameter, match="ClientId "):
        read_member({"ClientId": value}, "ClientId")


def test_a_refused_member_is_quoted_in_part_and_without_control_characters() -> None:
    with pytest.raises(Refused) as refused:
        read_member({"ClientId": "\x1b[2J" + "x" * 100_000}, "ClientId")
    assert refused.value.message.isprintable()
    assert len(refused.value.message) < 1000


@pytest.mark.parametrize("srp_a", ["-1", "xyz", "", "5\n", "٣"])
def test_an_srp_a_that_is_not_hexadecimal_is_refused(srp_a: str) -> None:
    check_pattern("0aF", "SRP_A")
    with pytest.raises(Refused, match="at 'sRPA' failed to satisfy constraint"):
        check_pattern(srp_a, "SRP_A")


@pytest.mark.parametrize("name", ["alice ", "\talice", "al ice", "ali\u200bce", "\x1b", "\ue000"])
def test_a_name_that_the_services_model_would_not_take_is_refused(name: str) -> None:
    check_username("álice+愛7_€́😀")
    with pytest.raises(Refused, match="^.*2 validation errors detected: Value at 'userName'"):
        check_username(name)


def test_a_session_that_the_services_model_would_not_take_is_refused() -> None:
    check_session("x" * 20)
    with pytest.raises(Refused, match="Value at 'session' failed .* greater than or equal to 20"):
        check_session("x" * 19)


def test_a_claim_of_the_right_form_is_not_refused() -> None:
    check_claim_form(CLAIM)
    for day in range(31):
        check_claim_form({**CLAIM, "TIMESTAMP": timestamp(NOW + timedelta(days=day))})


@pytest.mark.parametrize("day", ["  9", " 09", " 9"])
def test_a_day_that_java_can_read_has_the_right_form(day: str) -> None:
    check_claim_form({**CLAIM, "TIMESTAMP": f"Mon Nov{day} 07:00:09 UTC 2026"})


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T07:00:09Z",
        "Tue Nov 24 24:00:09 UTC 2026",
        "Tue Nov 024 07:00:09 UTC 2026",
        "Tue Nov 24 07:00:09 CET 2026",
        "tue Nov 24 07:00:09 UTC 2026",
        "Tue Nov 24 07:00:09 UTC 2026\n",
        "Tue Nov ٢٤ 07:00:09 UTC 2026",
    ],
)
def test_a_timestamp_that_java_cannot_read_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        check_claim_form({**CLAIM, "TIMESTAMP": text})
    assert words(refused.value) == (
        "InvalidParameterException",
        "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
    )


@pytest.mark.parametrize("key", CLAIM)
def test_each_part_of_a_claim_must_be_there(key: str) -> None:
    with pytest.raises(MalformedParameter, match=f"{key} is missing"):
        check_claim_form({name: CLAIM[name] for name in CLAIM if name != key})


def test_of_several_parts_that_are_missing_the_timestamp_is_named() -> None:
    with pytest.raises(MalformedParameter, match="TIMESTAMP is missing"):
        check_claim_form({"PASSWORD_CLAIM_SECRET_BLOCK": "anything"})


def test_a_signature_that_is_not_base64_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        check_claim_form({**CLAIM, "PASSWORD_CLAIM_SIGNATURE": "not base64"})
    assert words(refused.value) == (
        "InvalidParameterException",
        "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string.",
    )
