"""Tries behaviours on a pool, one after the other, and says of each what came of it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..exceptions import printable
from .behaviour import Behaviour, Cost
from .setting import FEATURES
from .trial import NoReply, PoolUnderTest, Stopped, Trial, Unavailable

__all__ = ["OpenPool", "Result", "Verdict", "try_all"]

Verdict: TypeAlias = Literal["confirmed", "differs", "not tried"]

OpenPool: TypeAlias = Callable[[frozenset[str]], AbstractContextManager[PoolUnderTest]]
"""Returns a pool that has these features, if it can, and cleans up after itself."""


@dataclass(frozen=True)
class Result:
    """What came of one behaviour.

    Args:
        behaviour: the behaviour.
        verdict: whether the pool does what is expected.
        seen: what it did instead, or why the behaviour was not tried. It holds no secret, and of
            what the pool sent only what can be shown.
    """

    behaviour: Behaviour
    verdict: Verdict
    seen: str = ""


def try_all(
    behaviours: Iterable[Behaviour], open_pool: OpenPool, *, also: Collection[Cost] = ()
) -> Iterator[Result]:
    """Try behaviours, and yield the result of each as soon as it is there.

    Args:
        behaviours: the behaviours.
        open_pool: returns the pool to try each of them on.
        also: which costs may be paid; those that are free are always tried.
    """
    for behaviour in behaviours:
        if behaviour.cost != "free" and behaviour.cost not in also:
            yield Result(behaviour, "not tried", f"it is tried only if asked for: {behaviour.cost}")
            continue
        try:
            with open_pool(behaviour.needs) as pool:
                result = _try_one(behaviour, pool)
        except Unavailable as reason:
            result = Result(behaviour, "not tried", str(reason))
        yield result


def _try_one(behaviour: Behaviour, pool: PoolUnderTest) -> Result:
    missing = sorted(behaviour.needs - pool.setting.features)
    if missing:
        needed = "; ".join(FEATURES[feature] for feature in missing)
        return Result(behaviour, "not tried", f"it needs another pool: {needed}")
    trial = Trial(pool)
    try:
        difference = behaviour.answers.difference(behaviour.does(trial))
    except (Unavailable, Stopped) as reason:
        return Result(behaviour, "not tried", _shown(pool, str(reason)))
    except NoReply as reason:
        difference = f"no reply: {reason}"
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # A reply of an unexpected form; its values may be secrets, so they are not shown.
        difference = f"a reply of a form that cannot be compared ({type(error).__name__})"
    finally:
        trial.clean_up()
    if difference is None:
        return Result(behaviour, "confirmed")
    if trial.is_locked_out and behaviour.cost != "locks-out":
        # Some lines fail on purpose, and after five in a row the service lets nobody in.
        return Result(behaviour, "not tried", "the user is locked out for a while: try it later")
    return Result(behaviour, "differs", _shown(pool, difference))


def _shown(pool: PoolUnderTest, text: str) -> str:
    """Return what the pool did, short and harmless whatever it sent."""
    return printable(pool.setting.without_names(text))
