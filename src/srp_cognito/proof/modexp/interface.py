"""What an engine is: a power function, its name, and its properties."""

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Engine"]


@dataclass(frozen=True)
class Engine:
    """One way to compute ``base^exponent mod N``.

    `power` expects a base in [0, N) and an exponent of 0 or more; `modexp.power` checks both
    before any engine sees them.
    """

    name: str
    """``libcrypto``, ``diffie_hellman`` or ``plain``."""

    implementation: str
    """What does the work, with its version, for people to read."""

    constant_time: bool
    """Whether its implementation promises a time that does not depend on the exponent's bits."""

    releases_gil: bool
    """Whether other Python threads run during the exponentiation."""

    power: Callable[[int, int], int]
    """``power(base, exponent)``."""
