"""What a known mistake is: data, with one function."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeAlias, TypeVar

__all__ = ["Change", "Mistake", "Variants", "changing"]

T = TypeVar("T")


class Change(NamedTuple):
    """What a mistake does to one login, one SECRET_HASH or one registered value."""

    steps: Mapping[str, object]
    """The steps that it replaces, by name: those of `Steps`, or of `HashSteps`."""
    detail: str = ""
    """Which of several forms of the mistake it is, such as the time zone."""


Variants: TypeAlias = Callable[[T], Iterator[Change]]


def _nothing(_: object) -> Iterator[Change]:
    return iter(())


@dataclass(frozen=True)
class Mistake(Generic[T]):
    """A mistake that somebody has made, or that is easy to make; T is what it is made in."""

    id: str
    says: str
    """What the other code does, as a sentence."""
    remedy: str
    """What to change, as a sentence."""
    changes: Variants[T] = _nothing
    """Yields each form of the mistake: none if what it needs is not there, or if it is seen without
    a search."""
    unnoticed: str = ""
    """When it changes nothing, as a sentence."""
    seen: tuple[str, ...] = ()
    """Where it was met, as addresses."""
    needs: str = ""
    """The field of a transcript without which it cannot be tried."""
    is_rare: bool = False
    """Whether it comes in so many forms that they are tried last, and each of them only by itself
    and with mistakes that cost no exponentiation."""


def changing(**steps: object) -> Variants[object]:
    """Return the function of a mistake that always replaces the same steps."""
    change: Final = Change(steps)

    def changes(_: object) -> Iterator[Change]:
        yield change

    return changes
