"""Measure this library, bare exponentiations and what others wrote, in one run.

    python benchmarks/harness.py [--seconds N] [--most N] [--out FOLDER] [--pages]

It prints the tables. `--out` also writes them as JSON, with the pictures; `--pages` also writes
them into docs/performance.md. `--most 1000000` lets the curve of the cost of many end
at a million exchanges, which takes an hour. Exit status 1 says that a contender was wrong, and then
nothing is written.
"""

import argparse
import contextlib
import dataclasses
import itertools
import json
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from contenders import ROOT, contenders

from srp_cognito.cli import bench
from srp_cognito.proof import modexp
from srp_cognito.transcripts import answers

PAGES: Final = {"docs/performance.md": tuple(bench.TITLES)}
"""The pages with tables, and what they show."""

BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"

NOTE: Final = (
    "\\* RFC 5054's formulas and hashes in the same group: comparable work, but a proof that"
    " Cognito does not accept. Checked by the package's own server."
)

STEPS: Final = (
    ("client", "SRP_A", "g^a"),
    ("server", "SRP_B", "g^b"),
    ("client", "v", "g^x"),
    ("client", "S", "(B - k*v)^(a + u*x)"),
    ("server", "v^u", "v^u"),
    ("server", "S", "(A * v^u)^b"),
)
"""The exponentiations of a login in their order."""


def login_time(seconds: float) -> dict[str, list[dict[str, Any]]]:
    """Return the median time of each step of a login on this machine's best engine, by side."""
    engine, noted = modexp.engine(), []

    def power(base: int, exponent: int) -> int:
        begun = time.perf_counter()
        result = engine.power(base, exponent)
        noted.append(time.perf_counter() - begun)
        return result

    login = bench.whole(dataclasses.replace(engine, power=power))
    taken: dict[tuple[str, str, str], list[float]] = {}
    begun = time.perf_counter()
    while not taken or time.perf_counter() - begun < seconds:
        login.go()  # This fills the caches; the second time counts.
        noted.clear()
        rest = dict(login.go())
        for step, spent in zip(STEPS, noted, strict=True):
            taken.setdefault(step, []).append(spent)
            rest[step[0]] -= spent
        for side, spent in rest.items():
            taken.setdefault((side, "the rest", "hashes, hex, checks"), []).append(spent)
    sides: dict[str, list[dict[str, Any]]] = {side: [] for side in bench.SIDES}
    for (side, name, what), spent in taken.items():
        milliseconds = round(1000 * statistics.median(spent), 4)
        sides[side].append({"name": name, "what": what, "ms": milliseconds})
    return sides


def growth(most: int) -> dict[str, list[list[float]]]:
    """Return how many seconds 1, 2, 4, 8, ... exchanges take, up to `most`, on each engine."""
    engine, lines = modexp.engine(), [bench.recorded() for _ in range(bench.LINES)]
    many = modexp.engine_for_many()
    curves: dict[str, list[list[float]]] = {}
    count = 1
    while count <= most:
        # What is verified is the same bytes again and again, so that it needs no memory.
        some = list(itertools.islice(itertools.cycle(lines), count))
        for name, at_once in ((engine.name, None), (many.name if many else "", many)):
            if name:
                with bench.using(engine, at_once):
                    begun = time.perf_counter()
                    good = sum(answer.good for answer in answers(some, "verify"))
                    spent = time.perf_counter() - begun
                if good != count:
                    raise bench.DifferentError(f"{name} refused a right exchange")
                curves.setdefault(name, []).append([count, round(spent, 6)])
        count *= 2
    return curves


def run(seconds: float, most: int) -> dict[str, Any]:
    """Check all, let all take turns, and return the numbers."""
    with contextlib.ExitStack() as stack:
        found, missing = contenders(stack)
        for name, why in missing.items():
            print(f"SKIPPED: {name}: {why}", file=sys.stderr)
        report = bench.compare(found, missing, seconds, progress)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return {**report.to_json(), "login": login_time(seconds / 10), "growth": growth(most)}


def progress(rounds: int, seconds: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{rounds} rounds, {seconds:.0f} s ", end="", file=sys.stderr, flush=True)


def markdown(numbers: Mapping[str, Any], sides: Sequence[str]) -> Iterator[str]:
    """The tables of these sides, and what is needed to read them."""
    for side in sides:
        rows = [row for row in numbers["rows"] if row["side"] == side]
        if not rows:  # A run of before this was measured.
            continue
        last = "a second" if side in bench.OF_MANY else "exponents' bits"
        yield f"**{bench.TITLES[side]}**"
        yield ""
        yield f"| | median, ms | quartiles, ms | ratio | {last} |"
        yield "|---|--:|--:|--:|---|"
        for row in rows:
            quartiles = "{:.2f} to {:.2f}".format(*row["quartiles_ms"])
            cells = [row["name"].replace("*", "\\*"), f"{row['median_ms']:.2f}", quartiles]
            bits = ", ".join(map(str, row["exponentiations"]))
            cells += [f"{row['ratio']:.2f}", f"{row.get('per_second', bits)}"]
            yield f"| {' | '.join(cells)} |"
        yield ""
    yield f"{bench.origin(numbers)}; {numbers['rounds']} rounds."
    yield ""
    yield NOTE
    yield from (f"Not measured: {name} ({why})." for name, why in numbers["missing"].items())


def put(page: str, part: str) -> str:
    """Return a page with this part between its two comments."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n{part}\n{END}{after}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=90, metavar="N", help="how long to time")
    parser.add_argument("--most", type=int, default=4096, metavar="N", help="how many at a time")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where to write the results")
    parser.add_argument("--pages", action="store_true", help="write the tables into the pages")
    options = parser.parse_args(arguments)
    if options.out is not None:
        # Only where it is needed, and before anything is timed: it has to be installed.
        import pictures  # noqa: PLC0415, as said.
    pages = {ROOT / name: sides for name, sides in PAGES.items() if options.pages}
    for page in pages:
        put(page.read_text("utf-8"), "")  # Raises before anything is timed.
    try:
        numbers = run(options.seconds, options.most)
    except bench.DifferentError as error:
        print(f"harness.py: {error}", file=sys.stderr)
        return 1
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "bench.json").write_text(json.dumps(numbers, indent=1) + "\n", "utf-8")
        pictures.draw(numbers, options.out)
    for page, sides in pages.items():
        part = "\n".join(markdown(numbers, sides))
        page.write_text(put(page.read_text("utf-8"), part), "utf-8")
    print("\n".join(markdown(numbers, tuple(bench.TITLES))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
