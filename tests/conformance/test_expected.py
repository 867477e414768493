"""expected.py: what is compared, and what a difference says."""

import pytest

from srp_cognito.conformance.expected import (
    Asks,
    Either,
    Expected,
    Facts,
    Refuses,
    Reply,
    Seen,
    SignsIn,
    Succeeds,
)

REFUSED = Reply({}, "NotAuthorizedException", "Incorrect username or password.", 400)
ASKED = Reply({"ChallengeName": "SMS_MFA", "ChallengeParameters": {"A": "1"}, "Session": "s"})
TOKENS = Reply(
    {
        "AuthenticationResult": {
            "AccessToken": "a",
            "IdToken": "i",
            "RefreshToken": "r",
            "ExpiresIn": 3600,
            "TokenType": "Bearer",
        }
    }
)
EMPTY = Reply({})


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        (Refuses("NotAuthorizedException"), REFUSED),
        (Refuses("NotAuthorizedException", "Incorrect username or password."), REFUSED),
        (Refuses("NotAuthorizedException", status=400), REFUSED),
        # A reply in memory has no HTTP status.
        (Refuses("X", status=400), Reply({}, "X")),
        (Asks("SMS_MFA"), ASKED),
        (Asks("SMS_MFA", ("A",), session=None), ASKED),
        (SignsIn(), TOKENS),
        (SignsIn(("IdToken",), without=("NewDeviceMetadata",)), TOKENS),
        (Succeeds(), EMPTY),
        (Succeeds(("Session",)), ASKED),
        (Facts({"a": 1}), {"a": 1, "b": 2}),
        (Either(Refuses("X"), SignsIn()), TOKENS),
    ],
)
def test_what_is_expected_is_confirmed(expected: Expected, seen: Seen) -> None:
    assert expected.difference(seen) is None


@pytest.mark.parametrize(
    ("expected", "seen", "difference"),
    [
        (Refuses("X"), REFUSED, "NotAuthorizedException: 'Incorrect username or password.'"),
        (
            Refuses("NotAuthorizedException", "Other words."),
            REFUSED,
            "NotAuthorizedException: 'Incorrect username or password.'",
        ),
        (Refuses("X", status=400), Reply({}, "X", "", 500), "X: '', with the status 500"),
        (Refuses("X"), Reply({}, "", "?"), "a refusal without a type: '?'"),
        (Refuses("X"), {"a": 1}, "a: 1"),
        (Refuses("X"), ASKED, "the challenge SMS_MFA with A and a Session"),
        (Asks("EMAIL_OTP"), ASKED, "the challenge SMS_MFA with A and a Session"),
        (Asks("SMS_MFA", ("B",)), ASKED, "the challenge SMS_MFA with A and a Session"),
        (Asks("SMS_MFA", session=False), ASKED, "the challenge SMS_MFA with A and a Session"),
        (Asks("X"), Reply({"ChallengeName": "Y"}), "the challenge Y with nothing"),
        (Asks("X"), {"a": 1}, "a: 1"),
        (
            SignsIn(without=("IdToken",)),
            TOKENS,
            "tokens: AccessToken, IdToken, RefreshToken, ExpiresIn, TokenType",
        ),
        (SignsIn(), EMPTY, "success with nothing"),
        (Succeeds(), REFUSED, "NotAuthorizedException: 'Incorrect username or password.'"),
        (Succeeds(("A",)), Reply({"A": None}), "success with A"),
        (Facts({"a": 1, "b": 2}), {"a": 1, "b": 3}, "b: 3"),
        (Facts({"a": 1}), EMPTY, "success with nothing"),
        (Either(Refuses("X"), SignsIn()), EMPTY, "success with nothing"),
    ],
)
def test_a_difference_says_what_came_and_shows_no_value_of_a_reply(
    expected: Expected, seen: Seen, difference: str
) -> None:
    assert expected.difference(seen) == difference


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (Refuses("X", "Words."), "X: 'Words.'"),
        (Refuses("X", status=400), "X, with the status 400"),
        (Asks("X", ("A", "B")), "the challenge X with A, B and a Session"),
        (Asks("X", session=False), "the challenge X, without a Session"),
        (Asks("X", session=None), "the challenge X"),
        (SignsIn(), "tokens: AccessToken, IdToken, RefreshToken"),
        (
            SignsIn(("IdToken",), ("RefreshToken",)),
            "tokens: AccessToken, IdToken, without RefreshToken",
        ),
        (Succeeds(), "success"),
        (Succeeds(("A",)), "success with A"),
        (Facts({"a": True}), "a: True"),
        (Either(Refuses("X"), Refuses("Y")), "X; or Y"),
    ],
)
def test_what_is_expected_can_be_read(expected: Expected, text: str) -> None:
    assert str(expected) == text


def test_a_set_is_shown_in_order() -> None:
    fact = Facts({"offered": {"SMS_OTP", "PASSWORD", "EMAIL_OTP"}})
    assert str(fact) == "offered: {'EMAIL_OTP', 'PASSWORD', 'SMS_OTP'}"
    assert fact.difference({"offered": {"b", "a"}}) == "offered: {'a', 'b'}"
    assert fact.difference({"offered": set()}) == "offered: {}"


def test_no_repr_shows_a_token() -> None:
    assert repr(Reply({"AccessToken": "hunter2"}, "X")).startswith("Reply(kind='X', ")
