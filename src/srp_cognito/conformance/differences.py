"""Where the pool of `srp_cognito.testing` differs from the list on purpose, and why.

A test holds that it differs there, and nowhere else.
"""

from collections.abc import Mapping
from typing import Final

__all__ = ["DELIBERATE"]

DELIBERATE: Final[Mapping[str, str]] = {
    "claims/answered-twice": "No client needs it, and a test wants to find a replay.",
    "flows/code-by-mail-is-long": "All codes have six digits here; a client takes any number.",
    "new-password/weak": "The pool has no password policy.",
    "new-password/after-a-weak-one": "The pool has no password policy.",
    "devices/forgotten-and-answered-again": "A claim counts once, as for any replay.",
    "tokens/refresh-token-is-encrypted": "It is opaque to clients, and signed is enough for tests.",
}
"""The reason, by the behaviour's name."""
