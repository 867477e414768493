"""interface.py: what may be said about an engine, and that nobody replaces its function."""

import dataclasses

import pytest

from srp_cognito.proof import modexp


def test_each_engine_says_what_does_the_work(each_engine: modexp.Engine) -> None:
    assert each_engine.implementation.split()[0] in {
        "OpenSSL",
        "cryptography",
        "CPython",
        "PyPy",
        "Intel",
    }


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        (
            modexp.Engine("libcrypto", "OpenSSL 3.0.15 3 Sep 2024", True, True, pow),
            "<Engine libcrypto: OpenSSL 3.0.15 3 Sep 2024, constant-time, releases the GIL>",
        ),
        (
            modexp.Engine("plain", "CPython 3.14.2's pow()", False, False, pow),
            "<Engine plain: CPython 3.14.2's pow(), variable-time, holds the GIL>",
        ),
        (
            modexp.EngineForMany("ipp_crypto", "Some 1.0", True, True, 8, list),
            "<EngineForMany ipp_crypto: Some 1.0, constant-time, releases the GIL, 8 at a time>",
        ),
    ],
    ids=["libcrypto", "plain", "many"],
)
def test_the_repr_is_for_people_to_read(engine: object, expected: str) -> None:
    assert repr(engine) == expected


def test_an_engine_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        modexp.engine().power = pow  # type: ignore[misc]
