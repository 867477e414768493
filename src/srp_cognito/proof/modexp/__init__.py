"""``base^exponent mod N``: the engines, one file each, and the choice among them.

The first engine in `NAMES` that loads and gives the known answer is chosen when this package is
imported, for the life of the process. An engine for many powers at once is loaded when there are
many for the first time, and used where it is there and gives the known answers. The rules of this
folder: no file of it imports from outside, and no environment variable chooses the engine, since
that would be a way to downgrade. `engine` returns the engine in use:

>>> engine().name in NAMES
True
>>> power(2, 10)
1024
>>> powers([(2, 10), (3, 4), (5, 0)])
[1024, 81, 1]
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from threading import RLock
from typing import Final

from .interface import Engine, EngineForMany
from .modulus import WIDTH, N

__all__ = [
    "NAMES",
    "Engine",
    "EngineForMany",
    "N",
    "check",
    "engine",
    "engine_for_many",
    "load",
    "load_for_many",
    "power",
    "powers",
]

NAMES: Final = ("libcrypto", "diffie_hellman", "plain")
"""The engines in the order in which they are tried: the fastest and safest is first."""

# The known answer. The base is -2, which is not a quadratic residue (2 is a residue and -1 is not,
# since N = 7 mod 8): old releases of `cryptography` fail on non-residues. The exponent is the first
# 256 bits of N, the size of a secret exponent. The answer's remainder modulo a prime of 255 bits
# stands for it: no mistake leaves it as it is, and no hash is needed, which OpenSSL may refuse. A
# test recomputes it with pow().
_KNOWN_BASE: Final = N - 2
_KNOWN_EXPONENT: Final = N >> (8 * WIDTH - 256)
_KNOWN_PRIME: Final = 2**255 - 19
_KNOWN_REMAINDER: Final = 0x272CC90E5C4463C63965DF1BDF355B456EE24C64A8DDF47349AF74416BF18D98

_WRONG: Final = "it computes a wrong known answer"

WORTH_IT: Final = 2.2
"""How many powers alone take as long as a call of the engine for many, however few it computes.
Measured: 1.5 to 2.2 with exponents of 256 to 1024 bits. So three of one length are worth it."""

MANY: Final = 8
"""How many powers at a time are many enough to load the engine for many. That takes as long as some
twenty powers, and three calls for eight save as much."""

LONGEST: Final = 8 * WIDTH
"""The longest exponent, in bits, that the engine for many takes."""


def engine() -> Engine:
    """Return the engine in use."""
    return _ENGINE


def engine_for_many() -> EngineForMany | None:
    """Return the engine for many powers at once, or None if this machine does not have it."""
    try:
        return load_for_many()
    except ImportError:
        return None


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
    with _refusing_whatever_is_wrong():
        candidate = _load(name)
        _check_known(candidate.power(_KNOWN_BASE, _KNOWN_EXPONENT))
    return candidate


def load_for_many() -> EngineForMany:
    """Return the engine for many powers at once, proven with the known answer in every place.

    Raises:
        ImportError: it cannot be loaded here, or gave a wrong answer.
    """
    with _LOADING:
        engine, problem = _outcome_for_many()
    if engine is None:
        raise ImportError(problem)
    return engine


# Several threads may want it first at once, and another one may fork meanwhile: the child would
# wait for ever for the locks of an import. So a fork, which Windows does not have, waits until it
# is loaded.
_LOADING: Final = RLock()
getattr(os, "register_at_fork", dict)(
    before=_LOADING.acquire,
    after_in_parent=_LOADING.release,
    after_in_child=_LOADING.release,
)


@cache
def _outcome_for_many() -> tuple[EngineForMany | None, str]:
    """Return the engine, or why it cannot be used. It is tried once."""
    try:
        return _prove_for_many(), ""
    except ImportError as error:
        return None, str(error)


def _prove_for_many() -> EngineForMany:
    with _refusing_whatever_is_wrong():
        from .ipp_crypto import load

        candidate = load()
        # Each place has a base and an exponent of its own, and so has its answer, of which the
        # first is known: (b^n)^(n*e) is (b^e)^(n*n).
        numbers = range(1, candidate.lanes + 1)
        answers = candidate.powers(
            [(pow(_KNOWN_BASE, number, N), number * _KNOWN_EXPONENT) for number in numbers]
        )
        _check_known(answers[0])
        if answers != [pow(answers[0], number * number, N) for number in numbers]:
            raise ImportError(_WRONG)
    return candidate


@contextmanager
def _refusing_whatever_is_wrong() -> Iterator[None]:
    """Raise ImportError for whatever is wrong with an engine, so that another one is tried.

    The reason is one line, also where a library explains itself in several.
    """
    try:
        yield
    except MemoryError:
        raise
    except BaseException as error:
        # A panic in cryptography's Rust code does not derive from Exception; neither does Ctrl-C,
        # which must pass.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        name = "" if isinstance(error, ImportError) else f"{type(error).__name__}: "
        raise ImportError(name + " ".join(str(error).split())) from error


def _check_known(answer: int) -> None:
    if answer % _KNOWN_PRIME != _KNOWN_REMAINDER:
        raise ImportError(_WRONG)


def power(base: int, exponent: int) -> int:
    """``base^exponent mod N``.

    Args:
        base: an integer in [0, N).
        exponent: an integer of 0 or more, of any size.

    Raises:
        ValueError: an argument is outside its range.
    """
    check(base, exponent)
    return engine().power(base, exponent)


def powers(pairs: Sequence[tuple[int, int]]) -> list[int]:
    """``base^exponent mod N`` for each pair, in the way that is fastest for so many.

    Args:
        pairs: bases and exponents, as `power` takes them.

    Raises:
        ValueError: an argument is outside its range.
    """
    for pair in pairs:
        check(*pair)
    # It is loaded once there is enough for it to do.
    is_wanted = len(pairs) >= MANY or _outcome_for_many.cache_info().currsize > 0
    many = engine_for_many() if is_wanted else None
    if many is None:
        return [power(*pair) for pair in pairs]
    lengths = [exponent.bit_length() for _, exponent in pairs]
    # Exponents of like length go together, since the longest decides how long all of them take.
    order = sorted(range(len(pairs)), key=lengths.__getitem__, reverse=True)
    results = [0] * len(pairs)
    while order:
        places = order[: many.lanes]
        longest = lengths[places[0]]
        if longest > LONGEST or sum(map(lengths.__getitem__, places)) <= WORTH_IT * longest:
            del places[1:]
        del order[: len(places)]
        computed = _some([pairs[place] for place in places], many)
        for place, result in zip(places, computed, strict=True):
            results[place] = result
    return results


def _some(pairs: Sequence[tuple[int, int]], many: EngineForMany) -> list[int]:
    if len(pairs) > 1:
        try:
            return many.powers(pairs)
        except ArithmeticError:
            # It gave right answers when it was loaded, and now refuses: the other one does not.
            pass
    return [power(*pair) for pair in pairs]


def check(base: int, exponent: int) -> None:
    """Raise ValueError for an argument outside its range."""
    if not 0 <= base < N:
        raise ValueError("the base must lie in [0, N)")
    if exponent < 0:
        raise ValueError("the exponent must not be negative")


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
    refused = []
    for name in NAMES:
        try:
            return load(name)
        except ImportError as error:
            refused.append(f"{name}: {error}")
    raise ImportError(f"no engine gives the right answer on this machine ({'; '.join(refused)})")


# Chosen during the import of this package and not at the first login: a login may happen on any
# thread, and a fork while another thread imports something leaves the child without it.
_ENGINE: Final = _choose()
