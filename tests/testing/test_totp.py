"""testing/totp.py: the codes of RFC 6238's appendix B, and which codes are forgiven."""

from datetime import UTC, datetime, timedelta

import pytest

from srp_cognito.testing.totp import code_at, matching_step, totp_code

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NOW = datetime(2026, 11, 24, 7, 0, 9, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert totp_code(SECRET, moment) == code_at(SECRET, seconds // 30) == code


def test_a_secret_may_be_short_and_without_padding_and_in_lower_case() -> None:
    assert code_at("gezdg", 1) == code_at("GEZDG===", 1)


def test_a_secret_that_is_not_base32_is_an_error() -> None:
    with pytest.raises(ValueError, match="base32"):
        code_at("1", 1)


@pytest.mark.parametrize("steps", [-2, -1, 0, 1, 2])
def test_a_code_may_be_one_step_early_or_late(steps: int) -> None:
    matching = matching_step(SECRET, code_at(SECRET, STEP + steps), NOW)
    assert matching == (STEP + steps if abs(steps) < 2 else None)


@pytest.mark.parametrize("code", ["", "000000", "kein Cöde", "\0"])
def test_another_text_matches_no_step(code: str) -> None:
    assert matching_step(SECRET, code, NOW) is None
