"""Exponentiation by the interpreter itself: works everywhere, and is not constant-time."""

import platform

from .interface import Engine
from .modulus import N

__all__ = ["load"]


def load() -> Engine:
    """Return the engine. It is always there."""
    return Engine(
        name="plain",
        implementation=f"{platform.python_implementation()} {platform.python_version()}'s pow()",
        constant_time=False,
        releases_gil=False,
        power=_power,
    )


def _power(base: int, exponent: int) -> int:
    return pow(base, exponent, N)
