"""``base^exponent mod N``: the engines, one file each, and the choice among them.

The first engine in `NAMES` that loads and gives the known answer is chosen when this package is
imported, for the life of the process. The rules of this folder: no file of it imports from outside,
and no environment variable chooses the engine, since that would be a way to downgrade. `engine`
returns the engine in use:

>>> engine().name in NAMES
True
>>> power(2, 10)
1024
"""

import hashlib
from functools import cache
from typing import Final

from .interface import Engine
from .modulus import WIDTH, N

__all__ = ["NAMES", "Engine", "N", "engine", "load", "power"]

NAMES: Final = ("libcrypto", "diffie_hellman", "plain")
"""The engines in the order in which they are tried: the fastest and safest is first."""

# The known answer. The base is -2, which is not a quadratic residue (2 is a residue and -1 is not,
# since N = 7 mod 8): old releases of `cryptography` fail on non-residues. The exponent is the first
# 256 bits of N, the size of a secret exponent. A test recomputes the digest with pow().
_KNOWN_BASE: Final = N - 2
_KNOWN_EXPONENT: Final = N >> (8 * WIDTH - 256)
_KNOWN_ANSWER_SHA256: Final = "31fdc77e0cfa7fac58e840004d60e0dffc95400aae336519e71539e701abf334"


def engine() -> Engine:
    """Return the engine in use."""
    return _ENGINE


@cache
def load(name: str) -> Engine:
    """Return the engine called `name`, proven with the known answer.

    It is for benchmarks and tests, and to see why an engine was skipped. All else uses `engine`.

    Raises:
        ImportError: the engine cannot be loaded here, or gave a wrong answer.
        ValueError: there is no engine of this name.
    """
    if name not in NAMES:
        raise ValueError(f"there is no engine {name!r}; there are: {', '.join(NAMES)}")
    try:
        candidate = _load(name)
        answer = candidate.power(_KNOWN_BASE, _KNOWN_EXPONENT)
        digest = hashlib.sha256(answer.to_bytes(WIDTH, "big")).hexdigest()
    except MemoryError:
        raise
    except BaseException as error:
        # Whatever is wrong with an engine, the next one is tried. A panic in cryptography's Rust
        # code does not derive from Exception; neither does Ctrl-C, which must pass.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise ImportError(f"{type(error).__name__}: {error}") from error
    if digest != _KNOWN_ANSWER_SHA256:
        raise ImportError("it computes a wrong known answer")
    return candidate


def power(base: int, exponent: int) -> int:
    """``base^exponent mod N``.

    Args:
        base: an integer in [0, N).
        exponent: an integer of 0 or more, of any size.

    Raises:
        ValueError: an argument is outside its range.
    """
    if not 0 <= base < N:
        raise ValueError("the base must lie in [0, N)")
    if exponent < 0:
        raise ValueError("the exponent must not be negative")
    return engine().power(base, exponent)


def _load(name: str) -> Engine:
    # Each is imported only when its turn comes, so that ctypes or Diffie-Hellman is not loaded for
    # an engine that is not used.
    if name == "libcrypto":
        from .libcrypto import load
    elif name == "diffie_hellman":
        from .diffie_hellman import load
    else:
        from .plain import load
    return load()


def _choose() -> Engine:
    for name in NAMES:
        try:
            return load(name)
        except ImportError:
            continue
    raise ImportError("no engine gives the right answer on this machine")


# Chosen during the import of this package and not at the first login: a login may happen on any
# thread, and a fork while another thread imports something leaves the child without it.
_ENGINE: Final = _choose()
