"""What several tests of the diagnosis need."""

from collections.abc import Sequence

import pytest

from srp_cognito.proof import formula, modexp


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
