"""What the pool remembers between a challenge and its answer, under a name such as a Session.

A step can be taken once, and not after its time. How many wait at a time is bounded, so that
sign-ins that are begun and never ended cost no memory.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from .refused import not_authorized

__all__ = ["LIFETIME", "MOST", "Sessions"]

T = TypeVar("T")

LIFETIME: Final = timedelta(minutes=3)
"""How long an answer may take: the default of a new app client, AuthSessionValidity."""

MOST: Final = 10_000
"""How many steps wait at a time. One more replaces the oldest."""


@dataclass(frozen=True)
class _Entry(Generic[T]):
    """A step that waits for its answer."""

    step: T
    until: datetime
    names: tuple[str, ...]


class Sessions(Generic[T]):
    """Steps by name, each for one use.

    >>> from datetime import UTC
    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> sessions = Sessions[str]()
    >>> sessions.put("a step", now, "its name")
    >>> sessions.take("its name", now)
    'a step'
    >>> sessions.take("its name", now)
    Traceback (most recent call last):
        ...
    srp_cognito.testing.refused.Refused: ('NotAuthorizedException', 'Invalid session for the user, \
session can only be used once.')
    """

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, _Entry[T]] = OrderedDict()
        self._taken: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, step: T, made: datetime, *names: str) -> None:
        """Remember a step for `LIFETIME` under several names; taken by one, it is gone from all."""
        entry = _Entry(step, made + LIFETIME, names)
        with self._lock:
            self._waiting.update(dict.fromkeys(names, entry))
            # An expired step is kept as long again, so that a late answer is refused as late.
            while len(self._waiting) > MOST or self._oldest() + LIFETIME <= made:
                self._waiting.popitem(last=False)

    def take(self, name: str, now: datetime) -> T:
        """Return a step, which cannot be taken again.

        Raises:
            Refused: no step has this name, it was taken before, or its time is over.
        """
        with self._lock:
            entry = self._waiting.get(name)
            if entry is None:
                why = ", session can only be used once." if name in self._taken else "."
                raise not_authorized(f"Invalid session for the user{why}")
            for each in entry.names:
                if self._waiting.get(each) is entry:  # Not a later step with the same name.
                    del self._waiting[each]
                self._taken[each] = None
            while len(self._taken) > MOST:
                self._taken.popitem(last=False)
        if entry.until <= now:
            raise not_authorized("Invalid session for the user, session is expired.")
        return entry.step

    def _oldest(self) -> datetime:
        return next(iter(self._waiting.values())).until
