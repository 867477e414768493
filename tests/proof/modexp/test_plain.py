"""plain.py: powers by pow(), and for base 2 a table once it pays."""

import concurrent.futures
import os
import platform
import secrets
import threading

import gmpy2
import pytest
from engines import BASES, any_base, check, check_after_a_fork
from hypothesis import example, given, settings
from hypothesis import strategies as st

from srp_cognito.proof.modexp import N, plain

ENGINE = plain.load()


def warm() -> plain._Exponentiation:
    """An engine that has made its table."""
    exponentiation = plain._Exponentiation()
    for _ in range(plain.USES_BEFORE + 1):
        assert exponentiation._tables is None
        assert exponentiation.power(2, 3) == 8
    assert exponentiation._tables is not None
    return exponentiation


WARM = warm()


@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
@pytest.mark.parametrize("exponent", [0, 1, 2, 255, 2**64, 2**255 + 5, 2**512 - 1])
def test_it_is_right_at_the_edges(base: int, exponent: int) -> None:
    check(ENGINE, base, exponent)


@given(any_base, st.integers(0, 2**600))
@settings(max_examples=20)
def test_it_agrees_with_gmp(base: int, exponent: int) -> None:
    check(ENGINE, base, exponent)


def test_it_promises_what_its_implementation_does() -> None:
    assert (ENGINE.constant_time, ENGINE.releases_gil) == (False, False)


def test_it_names_the_interpreter() -> None:
    name, version = platform.python_implementation(), platform.python_version()
    assert ENGINE.implementation == f"{name} {version}'s pow()"


# The table


def test_whoever_signs_in_once_does_not_pay_for_a_table() -> None:
    """A login takes two or three powers of the generator."""
    exponentiation = plain._Exponentiation()
    for exponent in range(3):
        assert exponentiation.power(2, exponent) == 2**exponent
    assert exponentiation._tables is None


def test_the_fourth_power_of_the_generator_makes_the_table_and_others_do_not_count() -> None:
    exponentiation = plain._Exponentiation()
    for exponent in range(3):
        exponentiation.power(2, exponent)
        exponentiation.power(3, exponent)
        exponentiation.power(2, 2**256)
    assert exponentiation._tables is None
    exponentiation.power(2, 4)
    assert exponentiation._tables is not None


@given(st.integers(0, 2**256 - 1))
@example(0)
@example(1)
@example(2**255)
@example(2**256 - 1)
@example(sum(2 ** (32 * row) for row in range(8)))
@example(sum(2 ** (32 * row + 31) for row in range(8)))
@example(2**16)
def test_powers_from_the_table_are_right(exponent: int) -> None:
    assert WARM.power(2, exponent) == gmpy2.powmod(2, exponent, N)


def test_the_table_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "_comb", lambda tables, exponent: "from the table")
    assert WARM.power(2, 2**256 - 1) == "from the table"
    assert WARM.power(2, 2**256) == gmpy2.powmod(2, 2**256, N)


@pytest.mark.parametrize("exponent", [2**256, 2**256 + 1, 2**512 - 1])
def test_an_exponent_that_the_table_does_not_reach_is_computed_too(exponent: int) -> None:
    assert WARM.power(2, exponent) == gmpy2.powmod(2, exponent, N)


@pytest.mark.parametrize("base", [0, 1, 3, N - 2, N - 1])
def test_another_base_has_no_table(base: int) -> None:
    assert WARM.power(base, 2**255 + 5) == gmpy2.powmod(base, 2**255 + 5, N)


def test_a_table_that_is_wrong_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    low, high = plain._make_tables()
    broken = ([entry ^ 1 for entry in low], high)
    monkeypatch.setattr(plain, "_make_tables", lambda: broken)
    exponentiation = plain._Exponentiation()
    for exponent in range(2**255, 2**255 + 10):
        assert exponentiation.power(2, exponent) == gmpy2.powmod(2, exponent, N)
    assert exponentiation._tables is None


def test_while_one_thread_makes_the_table_another_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    making, go_ahead = threading.Event(), threading.Event()
    tables = plain._make_tables()

    def slowly() -> tuple[list[int], list[int]]:
        making.set()
        assert go_ahead.wait(60)
        return tables

    monkeypatch.setattr(plain, "_make_tables", slowly)
    exponentiation = plain._Exponentiation()
    for _ in range(plain.USES_BEFORE):
        exponentiation.power(2, 3)
    maker, other = (
        threading.Thread(target=exponentiation.power, args=(2, 3), daemon=True) for _ in range(2)
    )
    maker.start()
    assert making.wait(60)
    other.start()
    other.join(20)
    assert not other.is_alive()
    go_ahead.set()
    maker.join()
    assert exponentiation._tables is tables


def test_of_many_threads_one_makes_the_table_and_all_are_right() -> None:
    exponentiation = plain._Exponentiation()
    exponents = [secrets.randbits(256) for _ in range(40)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda exponent: exponentiation.power(2, exponent), exponents))
    assert answers == [gmpy2.powmod(2, exponent, N) for exponent in exponents]
    assert exponentiation._tables is not None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_it_works_after_a_fork() -> None:
    check_after_a_fork("plain")
