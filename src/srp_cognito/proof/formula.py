"""A formula that needs exponentiations, written once: for one exchange and for many at a time.

A formula is a generator function. Where it needs ``base^exponent mod N`` it says ``yield base,
exponent``, and the result is the value of that expression; it knows nothing of engines, and nothing
of other exchanges::

    @formula
    def S_of_server(A, v, u, b):
        return (yield A * (yield v, u) % N, b)

Called as a function it computes one value. `together` computes the values of many formulas: all
powers that they wait for are computed at once, which an engine for many does in a fraction of the
time.
"""

from collections.abc import Callable, Generator, Sequence
from functools import update_wrapper
from typing import Generic, ParamSpec, TypeAlias, TypeVar

from .modexp import power, powers

__all__ = ["Computation", "Formula", "alone", "formula", "together", "with_each"]

P = ParamSpec("P")
T = TypeVar("T")

Computation: TypeAlias = Generator[tuple[int, int], int, T]
"""A computation that yields bases and exponents, is sent the powers, and returns its value."""


class Formula(Generic[P, T]):
    """A function whose computation can also be taken step by step."""

    def __init__(self, stepwise: Callable[P, Computation[T]]) -> None:
        self.stepwise: Callable[P, Computation[T]] = stepwise
        """Begin the computation, for `together` or for ``yield from`` in another one."""
        update_wrapper(self, stepwise)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Compute the value now."""
        return alone(self.stepwise(*args, **kwargs))


def formula(stepwise: Callable[P, Computation[T]]) -> Formula[P, T]:
    """Make a formula of a generator function."""
    return Formula(stepwise)


def alone(computation: Computation[T]) -> T:
    """Compute a value, one power after the other."""
    return with_each(power, computation)


def with_each(power: Callable[[int, int], int], computation: Computation[T]) -> T:
    """Compute a value, each of its powers by this function."""
    try:
        pair = next(computation)
        while True:
            pair = computation.send(power(*pair))
    except StopIteration as end:
        value: T = end.value
        return value


def together(
    computations: Sequence[Computation[T]],
    powers: Callable[[Sequence[tuple[int, int]]], list[int]] = powers,
) -> list[T]:
    """Compute values, in their order, with all powers at once that they wait for at a time.

    Args:
        computations: the computations.
        powers: what computes the powers.

    Raises:
        Exception: what a computation raises; the others are not finished then. Give each its own
            ``try`` where they must not harm one another.
    """
    values: dict[int, T] = {}
    # What each computation is sent next: nothing at first, and then the power that it asked for.
    sent: dict[int, int | None] = dict.fromkeys(range(len(computations)))
    while sent:
        waiting: dict[int, tuple[int, int]] = {}
        for place, result in sent.items():
            try:
                waiting[place] = computations[place].send(result)  # type: ignore[arg-type]
            except StopIteration as end:
                values[place] = end.value
        sent = dict(zip(waiting, powers(list(waiting.values())), strict=True))
    return [values[place] for place in range(len(computations))]
