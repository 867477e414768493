"""A behaviour of the service as data: what is done, what is answered, and why that is believed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from .expected import Expected, Seen
from .trial import Trial

__all__ = [
    "Behaviour",
    "Cost",
    "Evidence",
    "Sure",
    "behaviour",
    "documented",
    "inferred",
    "measured",
    "seen",
    "unknown",
]

Sure: TypeAlias = Literal["measured", "documented", "seen", "inferred", "unknown"]
"""How sure something is, the surest first: somebody tried it at AWS and published that; AWS says
so; somebody met it and reported it; it follows from something else; nobody knows, and the list has
what this library's pool does."""

Cost: TypeAlias = Literal["free", "waits", "uses-up", "locks-out"]
"""What trying it costs: nothing but some calls; minutes of waiting; a user in a state that is over
afterwards, such as a temporary password; some failures, after which the service lets nobody in as
that user for a while."""

_SURENESS: Final = get_args(Sure)


@dataclass(frozen=True)
class Evidence:
    """Why a behaviour is believed.

    Args:
        sure: how sure it is.
        source: where it can be read: an address, or a page of AWS's documents by its title.
        says: what is there in a few words, by whom and when.
    """

    sure: Sure
    source: str
    says: str


def measured(source: str, says: str) -> Evidence:
    """Somebody tried it on a real pool, and published how."""
    return Evidence("measured", source, says)


def documented(source: str, says: str) -> Evidence:
    """AWS says so: its documents, its service model or its own client."""
    return Evidence("documented", source, says)


def seen(source: str, says: str) -> Evidence:
    """Somebody met it and reported it."""
    return Evidence("seen", source, says)


def inferred(source: str, says: str) -> Evidence:
    """It follows from something that is known."""
    return Evidence("inferred", source, says)


def unknown(says: str) -> Evidence:
    """Nobody knows; what is expected is what the pool of `srp_cognito.testing` does."""
    return Evidence("unknown", "", says)


@dataclass(frozen=True)
class Behaviour:
    """One line of the list.

    Args:
        name: the group and the behaviour, such as ``claims/replayed``.
        says: what a client does, and what becomes of it, in a sentence.
        does: the conversation; it returns what was seen at its end.
        answers: what the service answers.
        evidence: why that is believed, the surest first.
        needs: features that the pool must have (`setting.FEATURES`).
        cost: what trying it costs.
    """

    name: str
    says: str
    does: Callable[[Trial], Seen]
    answers: Expected
    evidence: tuple[Evidence, ...]
    needs: frozenset[str]
    cost: Cost

    @property
    def group(self) -> str:
        """The group that it belongs to."""
        return self.name.partition("/")[0]

    @property
    def sure(self) -> Sure:
        """How sure the best evidence is."""
        return min((each.sure for each in self.evidence), key=_SURENESS.index)


def behaviour(
    answers: Expected, *evidence: Evidence, needs: Sequence[str] = (), cost: Cost = "free"
) -> Callable[[Callable[[Trial], Seen]], Behaviour]:
    """Make a behaviour of a function: its name is the file's and the function's.

    Its docstring is the sentence. The evidence is put in order.
    """

    def make(does: Callable[[Trial], Seen]) -> Behaviour:
        group = does.__module__.rpartition(".")[2]
        return Behaviour(
            f"{group}/{does.__name__}".replace("_", "-"),
            " ".join((does.__doc__ or "").split()),
            does,
            answers,
            tuple(sorted(evidence, key=lambda each: _SURENESS.index(each.sure))),
            frozenset(needs),
            cost,
        )

    return make
