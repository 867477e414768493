"""formula.py: a formula is the same for one exchange and for many at a time."""

import inspect
from collections.abc import Sequence

import pytest

from srp_cognito.proof import formula, srp
from srp_cognito.proof.formula import Computation, alone, together
from srp_cognito.proof.modexp import N


class Powers:
    """Computes powers, and keeps how many were asked for at a time."""

    def __init__(self) -> None:
        self.asked: list[list[tuple[int, int]]] = []

    def __call__(self, pairs: Sequence[tuple[int, int]]) -> list[int]:
        self.asked.append(list(pairs))
        return [pow(base, exponent, N) for base, exponent in pairs]


@formula.formula
def tower(base: int, height: int) -> Computation[tuple[int, int]]:
    """A power of a power, as often as `height` says."""
    result = base
    for _ in range(height):
        result = yield result, 3
    return base, result


def test_a_formula_is_called_like_a_function() -> None:
    assert tower(2, 0) == (2, 2)
    assert tower(2, 1) == (2, 8)
    assert tower(height=3, base=2) == (2, 2**27)


def test_a_formula_has_its_own_name_text_and_arguments() -> None:
    assert (tower.__name__, tower.__doc__) == (
        "tower",
        "A power of a power, as often as `height` says.",
    )
    assert list(inspect.signature(tower).parameters) == ["base", "height"]


@pytest.mark.parametrize("many", [0, 1, 2, 7, 8, 9, 30])
def test_many_values_come_in_their_order_whatever_each_needs(many: int) -> None:
    powers = Powers()
    heights = [(5 * number) % 4 for number in range(many)]
    values = together([tower.stepwise(n, heights[n]) for n in range(many)], powers)
    assert values == [tower(n, heights[n]) for n in range(many)]
    assert sum(map(len, powers.asked)) == sum(heights)


def test_all_powers_that_are_waited_for_are_computed_at_once() -> None:
    powers = Powers()
    together([tower.stepwise(2, 1), tower.stepwise(3, 3), tower.stepwise(5, 0)], powers)
    assert [pairs for pairs in powers.asked if pairs] == [
        [(2, 3), (3, 3)],
        [(27, 3)],
        [(27**3, 3)],
    ]


def test_one_formula_is_made_of_others() -> None:
    def sum_of_two() -> Computation[int]:
        _, first = yield from tower.stepwise(2, 2)
        return first + (yield from srp.v.stepwise(5))

    assert alone(sum_of_two()) == 2**9 + 2**5
    assert together([sum_of_two()] * 1) == [2**9 + 2**5]


def test_many_are_computed_as_one_is_with_the_library_s_own_powers() -> None:
    exponents = [3**200 + number for number in range(9)]
    values = together([srp.A.stepwise(a) for a in exponents])
    assert values == [srp.A(a) for a in exponents] == [pow(2, a, N) for a in exponents]


def refused() -> Computation[int]:
    yield 2, 3
    raise ValueError("refused")


def test_what_a_computation_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="^refused$"):
        alone(refused())
    with pytest.raises(ValueError, match="^refused$"):
        together([tower.stepwise(2, 5), refused()])


def test_one_that_catches_its_own_error_does_not_harm_the_others() -> None:
    def careful() -> Computation[object]:
        try:
            return (yield from refused())
        except ValueError as error:
            return str(error)

    computations: list[Computation[object]] = [
        tower.stepwise(2, 5),
        careful(),
        tower.stepwise(3, 1),
    ]  # type: ignore[list-item]
    assert together(computations) == [tower(2, 5), "refused", tower(3, 1)]


def test_an_interrupt_of_the_powers_is_the_callers() -> None:
    def interrupted(pairs: object) -> list[int]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        together([tower.stepwise(2, 1)], interrupted)


def test_a_lonely_computation_asks_for_no_engine_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formula, "powers", None)
    assert tower(2, 2) == (2, 2**9)


def test_too_few_powers_are_not_taken_for_all() -> None:
    with pytest.raises(ValueError, match="zip"):
        together([tower.stepwise(2, 1), tower.stepwise(3, 1)], lambda pairs: [1])
