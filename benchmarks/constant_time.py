"""Whether the time of an exponentiation tells something about its exponent, as dudect asks.

    python benchmarks/constant_time.py [--seconds N] [--out FOLDER]

Oscar Reparaz, Josep Balasch and Ingrid Verbauwhede, "Dude, is my code constant time?" (DATE 2017):
time one input of two classes after the other, the class drawn at random each time; here a fixed
exponent, and random ones of the same length. Then ask with Welch's t-test whether the two classes
have the same mean. Slow outliers come from the machine and not from the exponent, so the test is
repeated on the measurements below each of a hundred thresholds, and the largest |t| counts.

A |t| above 4.5 is the usual sign of a leak (the threshold of Goodwill and others, "A testing
methodology for side-channel resistance validation", 2011: by chance alone about once in a hundred
thousand tests). dudect itself calls 10 a failure, since it looks at many tests and takes the worst.
This reports the number, and says "differs" above 10, "look again" above 4.5. Staying below is no
proof. It says that a difference which this many measurements would have shown was not there; how
large that would have been is told too.

The law: the plain engine, which is not constant-time, is measured in the same way and must be seen,
or else the measurement sees nothing. Exit status 1 says that an engine did not do as it promises.
"""

import argparse
import gc
import json
import math
import platform
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final, NamedTuple

from srp_cognito.cli import bench
from srp_cognito.proof import modexp, srp

SUSPICIOUS: Final = 4.5
DIFFERENT: Final = 10.0

BITS: Final = srp.SECRET_EXPONENT_BITS
FIXED: Final = 1 << (BITS - 1) | 1
"""Of the exponents of this length the one with the fewest bits set, but for an even one: what an
implementation that skips zeros shows most."""

BATCH: Final = 200
"""So many inputs are made at a time, so that nothing is drawn or converted between two timings."""

CROPPINGS: Final = 100
LEAST: Final = 100
"""A class of fewer measurements than this is not judged."""

PLAIN_SHARE: Final = 4
"""The plain engine gets this part of the time: what must be seen there is seen soon."""


class Measurement(NamedTuple):
    """How long one exponentiation took, in nanoseconds, and whether its exponent was the fixed."""

    nanoseconds: int
    is_fixed: bool


class Welch(NamedTuple):
    """Welch's t of two classes, with what it was made of."""

    t: float
    difference: float
    """The mean of the fixed class less the mean of the random one."""
    error: float
    """The standard error of that difference."""


class _Sums:
    """A class's count, sum and sum of squares; integers, so that nothing is rounded."""

    def __init__(self) -> None:
        self.count = self.total = self.squares = 0

    def add(self, value: int) -> None:
        self.count += 1
        self.total += value
        self.squares += value * value

    def mean(self) -> float:
        return self.total / self.count

    def variance_of_mean(self) -> float:
        spread = self.count * self.squares - self.total * self.total
        return spread / (self.count * self.count * (self.count - 1))


def _welch(fixed: _Sums, other: _Sums) -> Welch:
    difference = fixed.mean() - other.mean()
    error = math.sqrt(fixed.variance_of_mean() + other.variance_of_mean())
    if error == 0:
        # Two constants: the same, or as different as can be.
        return Welch(math.copysign(math.inf, difference) if difference else 0.0, difference, 0.0)
    return Welch(difference / error, difference, error)


def croppings(count: int) -> list[int]:
    """How many of the quickest measurements each test looks at; the last one looks at all.

    The percentiles are dudect's: 1 - 2^(-10 i / 100) for i from 1 to 100.
    """
    quantiles = [1 - 0.5 ** (10 * step / CROPPINGS) for step in range(1, CROPPINGS + 1)]
    return sorted({*(int(count * quantile) for quantile in quantiles), count})


def worst(measurements: Sequence[Measurement]) -> Welch:
    """Return the test with the largest |t| of all croppings.

    Raises:
        ValueError: no cropping has enough measurements of both classes.
    """
    ordered = sorted(measurements, key=lambda each: each.nanoseconds)
    sums = {True: _Sums(), False: _Sums()}
    tests: list[Welch] = []
    begun = 0
    for end in croppings(len(ordered)):
        for each in ordered[begun:end]:
            sums[each.is_fixed].add(each.nanoseconds)
        begun = end
        if min(sums[True].count, sums[False].count) >= LEAST:
            tests.append(_welch(sums[True], sums[False]))
    if not tests:
        raise ValueError("there are too few measurements to judge")
    return max(tests, key=lambda test: abs(test.t))


def measure(
    power: Callable[[int, int], int],
    seconds: float,
    *,
    clock: Callable[[], int] = time.perf_counter_ns,
) -> list[Measurement]:
    """Time exponentiations of both classes until the seconds are over, and 1,000 at least."""
    base = secrets.randbelow(modexp.N)
    octets = BITS // 8
    measurements: list[Measurement] = []
    begun = time.monotonic()
    # A collection of garbage would hit one measurement and say nothing about its exponent.
    gc.disable()
    try:
        while len(measurements) < 1000 or time.monotonic() - begun < seconds:
            inputs = []
            for _ in range(BATCH):
                is_fixed = bool(secrets.randbits(1))
                number = FIXED if is_fixed else secrets.randbits(BITS) | 1 << (BITS - 1)
                # Both classes are new objects, or else the fixed one would lie in a warm cache.
                inputs.append((int.from_bytes(number.to_bytes(octets, "big"), "big"), is_fixed))
            for exponent, is_fixed in inputs:
                before = clock()
                power(base, exponent)
                measurements.append(Measurement(clock() - before, is_fixed))
    finally:
        gc.enable()
    return measurements


@dataclass(frozen=True)
class Result:
    """What was found of an engine."""

    engine: str
    promises: bool
    samples: int
    test: Welch

    @property
    def verdict(self) -> str:
        size = abs(self.test.t)
        if size > DIFFERENT:
            return "differs"
        return "look again" if size > SUSPICIOUS else "no difference seen"

    @property
    def as_promised(self) -> bool:
        return (self.verdict == "no difference seen") == self.promises

    def to_json(self) -> dict[str, Any]:
        return {
            "engine": self.engine,
            "promises_constant_time": self.promises,
            "samples": self.samples,
            "t": round(self.test.t, 2),
            "difference_ns": round(self.test.difference, 1),
            "would_have_shown_ns": round(SUSPICIOUS * self.test.error, 1),
            "verdict": self.verdict,
        }


def numbers_of(results: Sequence[Result]) -> dict[str, Any]:
    return {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "machine": bench.machine(),
        "versions": {
            "python": f"{platform.python_implementation()} {platform.python_version()}",
            **{engine.name: engine.implementation for engine in bench.engines()[0]},
        },
        "bits": BITS,
        "rows": [result.to_json() for result in results],
    }


def markdown(numbers: Mapping[str, Any]) -> Iterator[str]:
    where, versions = numbers["machine"], numbers["versions"]
    yield "# Whether the time tells the exponent"
    yield ""
    yield (
        f"A fixed exponent of {numbers['bits']} bits, with two of them set, against random ones of"
        " the same length, in the manner of dudect: the largest |t| of all croppings."
    )
    yield ""
    yield "| engine | samples | t | difference, ns | would have shown, ns | |"
    yield "|---|--:|--:|--:|--:|---|"
    for row in numbers["rows"]:
        yield (
            f"| {row['engine']} | {row['samples']:,} | {row['t']:.2f} | {row['difference_ns']:,.0f}"
            f" | {row['would_have_shown_ns']:,.0f} | {row['verdict']} |"
        )
    yield ""
    yield (
        f"{where['cpu']}, {where['cores']} cores, {where['system']};"
        f" {', '.join(versions.values())}; {numbers['date']}."
    )
    yield f"Above {SUSPICIOUS} one looks again, above {DIFFERENT:.0f} it differs."
    yield "[What this shows and what not](../../docs/security.md#exponentiation)."


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60, metavar="N", help="for each engine")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where to write the results")
    options = parser.parse_args(arguments)
    usable, missing = bench.engines()
    for name, why in missing.items():
        print(f"SKIPPED: {name}: {why}", file=sys.stderr)
    results = []
    for engine in usable:
        share = 1 if engine.constant_time else PLAIN_SHARE
        measurements = measure(engine.power, options.seconds / share)
        test = worst(measurements)
        results.append(Result(engine.name, engine.constant_time, len(measurements), test))
    numbers = numbers_of(results)
    text = "\n".join(markdown(numbers)) + "\n"
    print(text, end="")
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "constant_time.md").write_text(text, "utf-8")
        (options.out / "constant_time.json").write_text(json.dumps(numbers, indent=1) + "\n")
    return 0 if all(result.as_promised for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
