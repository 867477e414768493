"""interface.py: what may be said about an engine, and that nobody replaces its function."""

import dataclasses

import pytest

from srp_cognito.proof import modexp


def test_each_engine_says_what_does_the_work(each_engine: modexp.Engine) -> None:
    assert each_engine.implementation.split()[0] in {
        "OpenSSL",
        "cryptography",
        "CPython",
        "Intel",
    }


def test_an_engine_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        modexp.engine().power = pow  # type: ignore[misc]
