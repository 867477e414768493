"""A known mistake, as data with one function."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from ..exchange import Exchange

__all__ = ["Change", "Mistake", "Variants", "changing"]


class Change(NamedTuple):
    """What a mistake does in one exchange."""

    steps: Mapping[str, object]
    """The steps that it replaces, by their names in `Steps`."""
    detail: str = ""
    """Which of several forms of the mistake it is, such as the time zone."""


Variants: TypeAlias = Callable[[Exchange], Iterator[Change]]


class Mistake(NamedTuple):
    """A mistake that somebody has made, or that is easy to make."""

    id: str
    says: str
    """What the other code does, as a sentence."""
    remedy: str
    """What to change, as a sentence."""
    changes: Variants = lambda _: iter(())
    """Yields what it does in an exchange: nothing where that lacks what the mistake needs, or where
    it is seen without a search."""
    unnoticed: str = ""
    """When it changes nothing, as a sentence."""
    seen: tuple[str, ...] = ()
    """Where it was met, as addresses."""
    needs: str = ""
    """The field of a transcript without which it cannot be tried."""


def changing(**steps: object) -> Variants:
    """Return the function of a mistake that replaces the same steps in every exchange."""
    change: Final = Change(steps)

    def changes(_: Exchange) -> Iterator[Change]:
        yield change

    return changes
