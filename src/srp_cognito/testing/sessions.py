"""What the pool remembers between a challenge and its answer, under a name that is given out once.

The law: a step can be taken once, and not after its time. How many there are at a time is bounded,
so that whoever begins sign-ins and never ends them costs the pool no memory.
"""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

__all__ = ["LIFETIME", "MOST", "Sessions"]

T = TypeVar("T")

LIFETIME: Final = timedelta(minutes=3)
"""How long an answer may take: the default of a new app client, AuthSessionValidity."""

MOST: Final = 10_000
"""How many steps are remembered. The oldest is forgotten for one more."""


class Sessions(Generic[T]):
    """Steps by name, each for one use.

    >>> from datetime import timezone
    >>> now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    >>> sessions = Sessions[str]()
    >>> sessions.put("a name", "a step", now)
    >>> sessions.take("a name", now), sessions.take("a name", now)
    ('a step', None)
    """

    def __init__(self) -> None:
        self._steps: OrderedDict[str, tuple[T, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._steps)

    def put(self, name: str, step: T, now: datetime) -> None:
        """Remember a step, from now on and for `LIFETIME`."""
        with self._lock:
            self._steps[name] = step, now + LIFETIME
            while len(self._steps) > MOST or self._oldest_is_over(now):
                self._steps.popitem(last=False)

    def take(self, name: str, now: datetime) -> T | None:
        """Return a step and forget it; None if there is none, or its time is over."""
        with self._lock:
            step, until = self._steps.pop(name, (None, now))
        return step if now < until else None

    def _oldest_is_over(self, now: datetime) -> bool:
        return next(iter(self._steps.values()))[1] <= now
