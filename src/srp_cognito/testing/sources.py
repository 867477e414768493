"""Time and chance, which a test may replace, and the names and codes that are drawn by chance.

SRP's own secrets do not come from here, since nothing in this library fixes a nonce.
"""

import base64
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Sources"]


@dataclass(frozen=True)
class Sources:
    """Where the pool takes time and chance from.

    Args:
        now: a function that returns the present moment, an aware datetime.
        token_bytes: a function that returns a given number of random bytes.

    >>> from datetime import UTC
    >>> frozen = Sources(lambda: datetime(2026, 1, 1, tzinfo=UTC), bytes)
    >>> frozen.name(6), frozen.code(8)
    ('AAAAAAAA', '00000000')
    """

    now: Callable[[], datetime]
    token_bytes: Callable[[int], bytes]

    def name(self, length: int) -> str:
        """Return a name of this many random bytes, in URL-safe base64."""
        return base64.urlsafe_b64encode(self.token_bytes(length)).decode("ascii")

    def uuid(self) -> str:
        """Return a random UUID."""
        return str(uuid.UUID(bytes=self.token_bytes(16), version=4))

    def code(self, digits: int) -> str:
        """Return a code of this many decimal digits, as in a text message."""
        number = int.from_bytes(self.token_bytes(16), "big") % 10**digits
        return f"{number:0{digits}}"
