"""Whether the time of an exponentiation depends on its exponent, measured as dudect does.

    python benchmarks/constant_time.py [--seconds N] > benchmarks/results/constant_time.md

Oscar Reparaz, Josep Balasch and Ingrid Verbauwhede, "Dude, is my code constant time?" (DATE 2017):
time inputs of two classes in random order, here a fixed exponent and random ones of the same
length, and compare the means with Welch's t-test. Slow outliers come from the machine, so the test
is repeated on the measurements below each of a hundred thresholds, and the largest |t| counts.

A |t| above 4.5 is the usual sign of a leak (Goodwill and others, "A testing methodology for
side-channel resistance validation", 2011); dudect, which takes the worst of many tests, calls 10 a
failure. Staying below proves nothing: a difference may be there that is too small for this many
measurements, and the table says how small. The plain engine, which is not constant-time, must be
seen to differ. Exit status 1 says that an engine did not do as it promises.

The engine for many is measured twice: all of its places get the fixed exponent, or random ones; and
one place gets it or not, each in turn, while the others get random ones in both classes.
"""

import argparse
import functools
import gc
import math
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from srp_cognito.cli import bench
from srp_cognito.proof import modexp, srp

SUSPICIOUS, DIFFERENT = 4.5, 10.0
LEAST: Final = 100  # A class with fewer measurements is not judged.
BITS: Final = srp.SECRET_EXPONENT_BITS
FIXED: Final = 1 << (BITS - 1) | 1  # Code that skips zeros shows with this one most.


class Subject(NamedTuple):
    """What is measured: how many powers at once, and how many of them get the fixed exponent."""

    name: str
    constant_time: bool
    powers: Callable[[Sequence[tuple[int, int]]], object]
    lanes: int = 1
    fixed: int = 1


class Welch(NamedTuple):
    """Welch's t of two classes: the difference of their means, and its standard error."""

    t: float
    difference: float
    error: float

    @property
    def verdict(self) -> str:
        if abs(self.t) <= SUSPICIOUS:
            return "no difference seen"
        return "differs" if abs(self.t) > DIFFERENT else "look again"


def welch(fixed: Sequence[int], other: Sequence[int]) -> Welch:
    """Compare two classes, each given as its count, sum and sum of squares."""
    difference = fixed[1] / fixed[0] - other[1] / other[0]
    # Integers, since floats would lose a small difference among large squares.
    error = math.sqrt(sum((n * q - s * s) / (n * n * (n - 1)) for n, s, q in (fixed, other)))
    t = difference / error if error else math.copysign(math.inf, difference) if difference else 0.0
    return Welch(t, difference, error)


def worst(measurements: Sequence[tuple[int, bool]]) -> Welch:
    """Return the test with the largest |t|: of all measurements, and below dudect's percentiles."""
    shares = (1 - 0.5 ** (step / 10) for step in range(1, 101))
    ends = {int(len(measurements) * share) for share in (*shares, 1)}
    sums, tests = {True: [0, 0, 0], False: [0, 0, 0]}, []
    for at, (nanoseconds, is_fixed) in enumerate(sorted(measurements, key=itemgetter(0)), 1):
        for power in range(3):
            sums[is_fixed][power] += nanoseconds**power
        if at in ends and min(sums[True][0], sums[False][0]) >= LEAST:
            tests.append(welch(sums[True], sums[False]))
    return max(tests, key=lambda test: abs(test.t))


def subjects() -> tuple[list[Subject], str]:
    """Return what this machine has, and why the engine for many is not among it."""
    found = [
        Subject(engine.name, engine.constant_time, functools.partial(_alone, engine.power))
        for engine in bench.engines()[0]
    ]
    try:
        many = modexp.load_for_many()
    except ImportError as error:
        return found, str(error)
    for name, fixed in (("all places", many.lanes), ("one place", 1)):
        named = f"{many.name} {name}"
        found.append(Subject(named, many.constant_time, many.powers, many.lanes, fixed))
    return found, ""


def _alone(power: Callable[[int, int], int], pairs: Sequence[tuple[int, int]]) -> None:
    power(*pairs[0])


def measure(
    subject: Subject,
    seconds: float,
    clock: Callable[[], int] = time.perf_counter_ns,
) -> list[tuple[int, bool]]:
    """Return how many nanoseconds each call took, and whether its exponents were FIXED."""
    base, measurements, begun = secrets.randbelow(modexp.N), [], time.monotonic()
    gc.disable()  # A collection would count as part of one measurement.
    while len(measurements) < 1000 or time.monotonic() - begun < seconds:
        inputs = []
        for number in range(200):  # Nothing is drawn between two timings.
            is_fixed = bool(secrets.randbits(1))
            exponents = [secrets.randbits(BITS) | 1 << (BITS - 1) for _ in range(subject.lanes)]
            if is_fixed:
                for place in range(number, number + subject.fixed):
                    exponents[place % subject.lanes] = FIXED
            # A new object each time, since the fixed one would be in the cache.
            inputs.append(([(base, int(str(exponent))) for exponent in exponents], is_fixed))
        for pairs, is_fixed in inputs:
            before = clock()
            subject.powers(pairs)
            measurements.append((clock() - before, is_fixed))
    gc.enable()
    return measurements


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60, metavar="N", help="for each engine")
    seconds, kept = parser.parse_args(arguments).seconds, True
    print("# Whether the time depends on the exponent\n")
    print(f"A fixed exponent of {BITS} bits, two of them set, against random ones of the same")
    print("length, as dudect measures: the largest |t| of all croppings.\n")
    print("| engine | samples | t | difference, ns | would have shown, ns | |")
    print("|---|--:|--:|--:|--:|---|")
    found, missing = subjects()
    for subject in found:
        # What must be seen on the plain engine is seen soon.
        measurements = measure(subject, seconds if subject.constant_time else seconds / 4)
        test = worst(measurements)
        numbers = f"{test.t:.2f} | {test.difference:,.0f} | {SUSPICIOUS * test.error:,.0f}"
        print(
            f"| {subject.name} | {len(measurements):,} | {numbers} | {test.verdict} |", flush=True
        )
        kept &= subject.constant_time == (test.verdict == "no difference seen")
    if missing:
        print(f"\nThe engine for many is not measured: {missing}.")
    print(f"\n{bench.origin(bench.surroundings())}.")
    print("Of the engine for many all places get the fixed exponent, or one place in turn.")
    print(f"A |t| above {SUSPICIOUS} is suspicious; above {DIFFERENT:.0f} the classes differ.")
    print("[What this shows and what not](../../docs/security.md#exponentiation).")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
