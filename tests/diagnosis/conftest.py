"""What several tests of the diagnosis need."""

import dataclasses
import functools
from collections.abc import Sequence

import pytest

from srp_cognito.proof import formula, modexp


@functools.lru_cache(4096)
def _once(engine: modexp.Engine, base: int, exponent: int) -> int:
    return engine.power(base, exponent)


@pytest.fixture(autouse=True)
def _remembering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute each power once, since these tests look at the same few logins again and again."""
    engine = modexp.engine()
    remembering = dataclasses.replace(engine, power=functools.partial(_once, engine))
    monkeypatch.setattr(modexp, "engine", lambda: remembering)


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bits of each exponent that is computed with, one power at a time or many."""
    bits: list[int] = []
    one, many = modexp.power, modexp.powers

    def power(base: int, exponent: int) -> int:
        bits.append(exponent.bit_length())
        return one(base, exponent)

    def powers(pairs: Sequence[tuple[int, int]]) -> list[int]:
        bits.extend(exponent.bit_length() for _, exponent in pairs)
        return many(pairs)

    monkeypatch.setattr(formula, "power", power)
    monkeypatch.setattr(modexp, "powers", powers)
    return bits
