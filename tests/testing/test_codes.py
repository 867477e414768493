"""testing/codes.py: codes that are sent, and codes of an authenticator app that count once."""

import pytest
from peers import PASSWORD, POOL_ID
from pool_calls import NOW, TOTP_SECRET, TOTP_STEP

from srp_cognito.proof.server import Verifier
from srp_cognito.testing import Message
from srp_cognito.testing.codes import Codes, WrongCode, check_sent
from srp_cognito.testing.sign_ins import SignIns
from srp_cognito.testing.sources import Sources
from srp_cognito.testing.totp import code_at
from srp_cognito.testing.users import User

MISMATCH = ("CodeMismatchException", "Invalid code received for user")


@pytest.fixture
def user() -> User:
    return User(
        "alice",
        Verifier.for_user(POOL_ID, "alice", PASSWORD),
        sub="sub",
        sign_ins=SignIns(bytes),
        attributes={"email": "alice@example.com", "phone_number": "+15551234567"},
        totp_secret=TOTP_SECRET,
    )


@pytest.fixture
def delivered() -> list[Message]:
    return []


@pytest.fixture
def codes(delivered: list[Message]) -> Codes:
    return Codes(Sources(lambda: NOW, lambda length: b"\7" * length), delivered.append)


def refused(codes: Codes, user: User, typed: str) -> tuple[str, str]:
    with pytest.raises(WrongCode) as error:
        codes.check_totp(user, typed)
    return error.value.kind, error.value.message


@pytest.mark.parametrize(
    ("challenge", "medium", "destination"),
    [
        ("SMS_MFA", "SMS", "+15551234567"),
        ("SMS_OTP", "SMS", "+15551234567"),
        ("EMAIL_OTP", "EMAIL", "alice@example.com"),
    ],
)
def test_a_code_is_sent_by_the_medium_of_the_challenge(
    codes: Codes,
    user: User,
    delivered: list[Message],
    challenge: str,
    medium: str,
    destination: str,
) -> None:
    number = int.from_bytes(b"\7" * 16, "big") % 1_000_000
    sent = codes.send(user, challenge)
    assert delivered == [sent] == [Message("alice", medium, destination, f"{number:06}")]


@pytest.mark.parametrize("challenge", ["SMS_OTP", "EMAIL_OTP"])
def test_a_stranger_gets_no_code_and_none_is_right(
    codes: Codes, user: User, delivered: list[Message], challenge: str
) -> None:
    """The pool's chance is known here, and so is the code that a user would get."""
    would_be = codes.send(user, challenge)
    delivered.clear()
    user.exists = False
    made_up = codes.send(user, challenge)
    assert delivered == []
    assert made_up.destination == would_be.destination
    for typed in (would_be.code, "000000", ""):
        with pytest.raises(WrongCode, match="Invalid code or auth state"):
            check_sent(made_up, typed)


@pytest.mark.parametrize("typed", ["012346", "12345", " 012345", "", "kein Cöde"])
def test_only_the_code_that_was_sent_is_right(typed: str) -> None:
    message = Message("alice", "SMS", "+15551234567", "012345")
    check_sent(message, "012345")
    with pytest.raises(WrongCode) as error:
        check_sent(message, typed)
    assert (error.value.kind, error.value.message) == (
        "CodeMismatchException",
        "Invalid code or auth state for the user.",
    )


def test_a_code_of_an_authenticator_app_counts_once(codes: Codes, user: User) -> None:
    right = code_at(TOTP_SECRET, TOTP_STEP)
    codes.check_totp(user, right)
    used = ("ExpiredCodeException", "Your software token has already been used once.")
    assert refused(codes, user, right) == used
    assert refused(codes, user, code_at(TOTP_SECRET, TOTP_STEP - 1)) == used
    codes.check_totp(user, code_at(TOTP_SECRET, TOTP_STEP + 1))


def test_a_code_that_the_app_does_not_show_is_refused(codes: Codes, user: User) -> None:
    assert refused(codes, user, "000000") == MISMATCH
    assert refused(codes, user, code_at(TOTP_SECRET, TOTP_STEP + 2)) == MISMATCH
    codes.check_totp(user, code_at(TOTP_SECRET, TOTP_STEP))


def test_a_code_goes_to_another_address_if_there_is_one(
    codes: Codes, user: User, delivered: list[Message]
) -> None:
    codes.send(user, "EMAIL_OTP", "new@example.com")
    codes.send(user, "EMAIL_OTP")
    assert [each.destination for each in delivered] == ["new@example.com", "alice@example.com"]
