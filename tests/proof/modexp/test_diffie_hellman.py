"""diffie_hellman.py: powers by cryptography's exchange, wherever it is, and no warning lost."""

import importlib
import os
import sys
import types
import warnings
from typing import Any

import cryptography
import pytest
from engines import (
    BASES,
    EXPONENTS,
    Q,
    any_base,
    any_exponent,
    check,
    check_after_a_fork,
    load_or_skip,
    run_python,
)
from hypothesis import example, given, settings

from srp_cognito.proof import modexp
from srp_cognito.proof.modexp import N, diffie_hellman


@pytest.fixture(scope="module")
def engine() -> modexp.Engine:
    return load_or_skip("diffie_hellman")


@pytest.mark.parametrize("exponent", EXPONENTS.values(), ids=EXPONENTS)
def test_it_is_right_at_the_edges(engine: modexp.Engine, exponent: int) -> None:
    """OpenSSL refuses 0, 1 and N - 1, and a result of 1 or N - 1."""
    for base in BASES.values():
        check(engine, base, exponent)


@given(any_base, any_exponent)
@example(N - 2, Q)
@settings(max_examples=50)
def test_it_agrees_with_gmp(engine: modexp.Engine, base: int, exponent: int) -> None:
    check(engine, base, exponent)


def test_it_promises_what_its_implementation_does(engine: modexp.Engine) -> None:
    assert (engine.constant_time, engine.releases_gil) == (True, False)


def test_it_names_the_release_of_cryptography(engine: modexp.Engine) -> None:
    release = f"cryptography {cryptography.__version__}"
    assert engine.implementation == f"{release}'s Diffie-Hellman exchange"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_it_works_after_a_fork() -> None:
    check_after_a_fork("diffie_hellman")


# Where the exchange is


class Moved(types.ModuleType):
    """A module that has the names of cryptography's, and notes which are asked for."""

    def __init__(self, name: str, used: list[str]) -> None:
        super().__init__(name)
        self._used = used

    def __getattr__(self, name: str) -> Any:
        self._used.append(name)
        real = importlib.import_module("cryptography.hazmat.primitives.asymmetric.dh")
        return getattr(real, name)


def test_the_exchange_is_found_where_cryptography_is_moving_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used: list[str] = []
    home = "cryptography.hazmat.decrepit.asymmetric"
    for name in ("cryptography.hazmat.decrepit", home, f"{home}.dh"):
        monkeypatch.setitem(sys.modules, name, Moved(name, used))
    with pytest.MonkeyPatch.context() as filters:
        # The stand-in reads the deprecated names in this module's name, not in the engine's.
        filters.setattr(diffie_hellman, "__name__", __name__)
        engine = diffie_hellman.load()
    assert "DHPrivateNumbers" in used
    assert engine.power(3, 5) == 243


def test_a_cryptography_without_the_exchange_is_not_an_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for home in diffie_hellman._HOMES:
        monkeypatch.setitem(sys.modules, home, None)
    with pytest.raises(ImportError, match="^cryptography has no finite-field Diffie-Hellman"):
        diffie_hellman.load()


def test_a_cryptography_that_emptied_the_module_is_not_an_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(diffie_hellman, "_find", lambda: types.ModuleType("dh"))
    with pytest.raises(ImportError, match="^cryptography's Diffie-Hellman exchange is gone: "):
        diffie_hellman.load()


# Warnings


def test_the_deprecation_warning_is_not_shown_and_nobody_elses_is_silenced() -> None:
    done = run_python(
        """
        import warnings
        before = list(warnings.filters)
        from srp_cognito.proof.modexp import diffie_hellman
        assert diffie_hellman.load().power(4, 5) == 1024
        assert warnings.filters == before, "the filters were changed"
        """,
        "-W",
        "error",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_warning_of_anybody_else_is_shown_even_while_the_engine_is_loaded() -> None:
    class Noisy(types.ModuleType):
        def __getattr__(self, name: str) -> Any:
            warnings.warn("of somebody else", UserWarning, stacklevel=1)
            warnings.warn("that the engine caused", UserWarning, stacklevel=2)
            return lambda *arguments: None

    with pytest.warns(UserWarning, match="somebody else") as shown:
        diffie_hellman._Exchange(Noisy("dh"))
    assert {str(warning.message) for warning in shown} == {"of somebody else"}


def test_the_users_own_use_of_the_exchange_still_warns() -> None:
    """From release 50 on; before, there is nothing to warn of."""
    diffie_hellman.load()
    deprecated = int(cryptography.__version__.partition(".")[0]) >= 50
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        dh = importlib.import_module("cryptography.hazmat.primitives.asymmetric.dh")
        assert dh.DHPrivateNumbers
    assert bool(shown) is deprecated
