"""diagnosis/octets.py: the wrong ways to write an integer, and where they differ from the right."""

import oracle
import pytest

from srp_cognito.diagnosis import octets


@pytest.mark.parametrize(
    ("number", "pad", "unsigned", "fixed", "signed_fixed", "sign_always"),
    [
        (0x8001, "008001", "8001", "8001", "008001", "008001"),
        (0x7F01, "7f01", "7f01", "7f01", "7f01", "007f01"),
        (0x0080, "0080", "80", "0080", "0080", "000080"),
        (0x0001, "01", "01", "0001", "0001", "000001"),
        (0, "00", "00", "0000", "0000", "000000"),
    ],
)
def test_each_rule_for_two_bytes(
    number: int, pad: str, unsigned: str, fixed: str, signed_fixed: str, sign_always: str
) -> None:
    assert oracle.pad(number).hex() == pad
    assert octets.unsigned(number).hex() == unsigned
    assert octets.fixed(number, 2).hex() == fixed
    assert octets.signed_fixed(number, 2).hex() == signed_fixed
    assert octets.sign_always(number, 2).hex() == sign_always


@pytest.mark.parametrize(
    ("number", "made"), [(0x1234, "1234"), (0x8234, "008234"), (0x123, "12"), (0x1, "")]
)
def test_a_digit_without_a_partner_is_lost(number: int, made: str) -> None:
    assert octets.odd_digit_dropped(number).hex() == made


def test_the_text_has_no_leading_zeros() -> None:
    assert octets.hex_text(0xABC) == b"abc"


def test_what_is_hashed_is_joined_with_nothing() -> None:
    assert octets.hashed(b"a", b"bc") == oracle.integer(oracle.sha256(b"abc"))
