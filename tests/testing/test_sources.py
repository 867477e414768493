"""testing/sources.py: time and chance come from what a test passes in."""

import base64
import uuid
from datetime import UTC, datetime

import pytest

from srp_cognito.testing.sources import Sources

NOW = datetime(2026, 11, 24, 7, 0, 9, tzinfo=UTC)


def sources(octets: bytes) -> Sources:
    """Sources whose chance is always the same bytes."""
    return Sources(lambda: NOW, lambda length: octets.rjust(length, b"\0")[-length:])


def test_the_present_moment_is_the_one_that_was_passed_in() -> None:
    assert sources(b"").now() == NOW


def test_a_name_is_url_safe_base64_of_as_many_bytes() -> None:
    name = sources(b"\xfb\xff").name(6)
    assert name == "AAAAAPv_"
    assert base64.urlsafe_b64decode(name) == b"\0\0\0\0\xfb\xff"


def test_an_identifier_is_a_random_uuid() -> None:
    made = uuid.UUID(sources(b"\xff" * 16).uuid())
    assert (made.version, made.variant) == (4, uuid.RFC_4122)
    assert sources(b"\1").uuid() != sources(b"\2").uuid()


@pytest.mark.parametrize(
    ("number", "code"), [(7, "000007"), (123_456, "123456"), (5_000_042, "000042")]
)
def test_a_code_keeps_its_leading_zeros(number: int, code: str) -> None:
    assert sources(number.to_bytes(16, "big")).code(6) == code
