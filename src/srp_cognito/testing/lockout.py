"""The lockout after wrong passwords, which every user pool of AWS has.

Documented (AWS's developer guide, "Lockout behavior for failed sign-in attempts"; "This behavior is
subject to change"): five failed attempts with a password lock the user out for one second, and each
further one for twice as long, "up to a maximum of approximately 15 minutes". An attempt during a
lockout is refused with "Password attempts exceeded" and does not count. A successful sign-in begins
the count anew, and so do 15 minutes without an attempt. Custom challenges do not count. Codes of a
second factor do ("MFA", in the same guide).

Inferred: that claims, passwords and codes have one count; that the answer is refused, and not the
call that opens the exchange; that a code which signs in alone counts, while a device's claim and a
claim that cannot be read do not; that the 15 minutes also end a count below five, and are exactly
the longest lockout.

A name that nobody has is locked out like a user, so that nobody learns which names there are.
"""

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..exceptions import SignatureMismatch
from .refused import Refused, not_authorized
from .sources import Sources

__all__ = ["FREE", "LONGEST", "MOST_COUNTED", "Lockout"]

FREE: Final = 5
"""The failed attempts after which a user is locked out."""

LONGEST: Final = timedelta(minutes=15)
"""The longest lockout, and how long without an attempt begins the count anew."""

MOST_COUNTED: Final = 10_000
"""How many names have a count at a time. One more ends the count of the name that was tried least
recently, whether a user has it or nobody."""

WRONG: Final = ("NotAuthorizedException", "CodeMismatchException")


@dataclass
class _Count:
    failed: int
    locked_until: datetime
    last_attempt: datetime


class Lockout:
    """Counts the failed attempts of each name in a pool.

    Args:
        sources: the pool's clock.
        is_on: if False, nobody is locked out.
    """

    def __init__(self, sources: Sources, *, is_on: bool) -> None:
        self._sources = sources
        self._is_on = is_on
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def attempt(self, username: str) -> Iterator[None]:
        """Refuse an attempt during a lockout, and count it if it turns out to be wrong.

        Raises:
            Refused: the user is locked out.
        """
        self._check(username)
        try:
            yield
        except SignatureMismatch:
            self._failed(username)
            raise
        except Refused as refused:
            if refused.kind in WRONG:
                self._failed(username)
            raise

    def signed_in(self, username: str) -> None:
        """Begin the count of a user anew."""
        with self._lock:
            self._counts.pop(username, None)

    def _check(self, username: str) -> None:
        now = self._sources.now()
        with self._lock:
            count = self._counts.get(username)
            if count is None:
                return
            if now >= count.last_attempt + LONGEST:
                del self._counts[username]
                return
            count.last_attempt = now
            self._counts.move_to_end(username)
            if now < count.locked_until:
                raise not_authorized("Password attempts exceeded")

    def _failed(self, username: str) -> None:
        if not self._is_on:
            return
        now = self._sources.now()
        with self._lock:
            count = self._counts.setdefault(username, _Count(0, now, now))
            count.failed += 1
            if count.failed >= FREE:
                # The bound on the exponent keeps the number small, whatever the count is.
                seconds = 2 ** min(count.failed - FREE, 10)
                count.locked_until = now + min(timedelta(seconds=seconds), LONGEST)
            if len(self._counts) > MOST_COUNTED:
                self._counts.popitem(last=False)
