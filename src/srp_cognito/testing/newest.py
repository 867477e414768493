"""The newest of what a pool sent or received, to be looked through while more comes."""

import threading
from collections import deque
from collections.abc import Iterator
from typing import TypeVar

__all__ = ["Newest"]

T = TypeVar("T")


class Newest(deque[T]):
    """A deque that can be iterated over while other threads append to it.

    >>> newest = Newest[int](maxlen=2)
    >>> newest.append(1), newest.append(2), newest.append(3)
    (None, None, None)
    >>> list(newest)
    [2, 3]
    """

    def __init__(self, *, maxlen: int) -> None:
        super().__init__(maxlen=maxlen)
        self._lock = threading.RLock()

    def append(self, item: T, /) -> None:
        """Append an item."""
        with self._lock:
            super().append(item)

    def __iter__(self) -> Iterator[T]:
        with self._lock:
            return iter(tuple(super().__iter__()))
