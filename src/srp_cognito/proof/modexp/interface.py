"""What an engine is, for one power or for many: its function, its name, and its properties."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Engine", "EngineForMany"]


@dataclass(frozen=True, repr=False)
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

    def __repr__(self) -> str:
        return f"<Engine {_described(self)}>"


@dataclass(frozen=True, repr=False)
class EngineForMany:
    """One way to compute several powers ``base^exponent mod N`` at once.

    It expects what an `Engine` expects. Its time is that of the longest exponent.
    """

    name: str
    """``ipp_crypto``."""

    implementation: str
    """What does the work, with its version, for people to read."""

    constant_time: bool
    """Whether its implementation promises a time that does not depend on the exponents' bits."""

    releases_gil: bool
    """Whether other Python threads run during the exponentiations."""

    lanes: int
    """How many powers it computes at once, and at most."""

    powers: Callable[[Sequence[tuple[int, int]]], list[int]]
    """``powers([(base, exponent), ...])``."""

    def __repr__(self) -> str:
        return f"<EngineForMany {_described(self)}, {self.lanes} at a time>"


def _described(engine: Engine | EngineForMany) -> str:
    time = "constant-time" if engine.constant_time else "variable-time"
    gil = "releases the GIL" if engine.releases_gil else "holds the GIL"
    return f"{engine.name}: {engine.implementation}, {time}, {gil}"
