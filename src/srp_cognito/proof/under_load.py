"""Powers for the checking side under load: threads that wait at the same time compute together.

A server checks a claim on each of its threads. An engine for many computes eight powers in about
the time of two. So once several threads for each processor compute, whoever comes waits, and one of
those who wait computes for up to eight of them. With fewer threads each computes alone, which is
faster then, and where there is no engine for many, all do.

Nobody depends on what another thread does: whoever is woken without a result, or waits for too
long, computes alone. So what happens to a thread, an interrupt for example, costs the others time
and nothing else.
"""

import os
from collections import deque
from contextlib import suppress
from threading import Lock
from typing import Final, TypeVar

from . import modexp
from .formula import Computation, with_each

__all__ = ["under_load"]

T = TypeVar("T")

PROCESSORS: Final = (
    len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
)
"""So few must compute before one begins to compute for others."""

LOAD: Final = 4 * PROCESSORS
"""So many must compute before others wait. Measured on two processors: up to six threads are faster
alone, since whoever is woken begins late; from twelve on they are faster together."""

TOGETHER: Final = 8
"""For how many a thread computes at most: as many as the engine for many takes at once."""

PATIENCE: Final = 10.0
"""How many seconds to wait at most. It is used up only if a thread is interrupted just before it
would have woken others, or if the machine hardly gets on."""


def under_load(computation: Computation[T]) -> T:
    """Compute a value, its powers together with those that other threads wait for meanwhile.

    Raises:
        Exception: what the computation raises.
    """
    return with_each(_room.power, computation)


class _Wanted:
    """A power that a thread wants."""

    __slots__ = ("group", "is_gone", "pair", "result", "woken")

    def __init__(self, pair: tuple[int, int]) -> None:
        self.pair = pair
        self.result: int | None = None
        self.is_gone = False
        """Whether its thread has what it wanted, or does not wait any more."""
        self.group: list[_Wanted] = []
        """Those for whom its thread must compute when it is woken, itself first."""
        self.woken = Lock()
        """Held until it is woken."""
        self.woken.acquire()


class _Room:
    """Who computes and who waits. Each change is one step of Python's, so it needs no lock."""

    def __init__(self) -> None:
        self._computing: dict[_Wanted, None] = {}
        self._waiting: deque[_Wanted] = deque()

    def power(self, base: int, exponent: int) -> int:
        """``base^exponent mod N``."""
        # Here, so that a mistake is raised where it was made.
        modexp.check(base, exponent)
        mine = _Wanted((base, exponent))
        try:
            try:
                if not self._is_load() or modexp.engine_for_many() is None:
                    self._computing[mine] = None
                    return modexp.power(base, exponent)
                self._waiting.append(mine)
                self._start()
                if not mine.woken.acquire(timeout=PATIENCE) and _room is self:
                    _open_another_room()
                if mine.group:
                    self._compute(mine.group)
            finally:
                # libcrypto.py says why in a `finally` of its own.
                self._computing.pop(mine, None)
        finally:
            self._leave(mine)
        return modexp.power(base, exponent) if mine.result is None else mine.result

    def _is_load(self) -> bool:
        """Whether many compute, or somebody waits, or will again when a large group is done."""
        return (
            len(self._waiting) > 0
            or len(self._computing) >= LOAD
            or any(len(each.group) > 2 for each in list(self._computing))
        )

    def _start(self) -> None:
        """Let some of those who wait compute, if there is a processor for it."""
        while self._waiting and len(self._computing) < PROCESSORS:
            group: list[_Wanted] = []
            with suppress(IndexError):  # There may be fewer, and other threads take them as well.
                while len(group) < TOGETHER:
                    group.append(self._waiting.popleft())
            if group:
                self._computing[group[0]] = None
                group[0].group = group
                group[0].woken.release()
                if group[0].is_gone:  # It left while it was chosen.
                    self._computing.pop(group[0], None)
                    self._wake(group[0])

    @staticmethod
    def _compute(group: list[_Wanted]) -> None:
        results = modexp.powers([wanted.pair for wanted in group])
        for wanted, result in zip(group, results, strict=True):
            wanted.result = result

    def _leave(self, mine: _Wanted) -> None:
        """Let others compute, and wake those for whom this thread has computed."""
        mine.is_gone = True
        self._computing.pop(mine, None)
        with suppress(ValueError):  # Only an interrupt or the end of its patience leaves it there.
            self._waiting.remove(mine)
        self._start()
        self._wake(mine)

    @staticmethod
    def _wake(first: _Wanted) -> None:
        """Wake the others of its group, with their results or without."""
        # The list of a group and its first member name each other; neither may outlive its work.
        group, first.group = first.group, []
        for other in group[1:]:
            with suppress(RuntimeError):  # If it left while it was chosen, two threads come here.
                other.woken.release()


_room = _Room()


def _open_another_room() -> None:
    """For whoever comes from now on. Those who are in the old one go on there."""
    global _room  # noqa: PLW0603 - the whole process has one room.
    _room = _Room()


# The other threads do not exist in the child of a fork. Windows has no fork.
getattr(os, "register_at_fork", dict)(after_in_child=_open_another_room)
