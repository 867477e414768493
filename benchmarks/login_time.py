"""Where the time of one login goes: each exponentiation of both sides, and all the rest.

    python benchmarks/login_time.py [--seconds N] [--out FOLDER]

The law: nothing is computed for the picture alone. Whole logins run, each of them verified, on an
engine that notes how long each of its exponentiations took; the rest is what is left of a side's
time.
"""

import argparse
import dataclasses
import json
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from html import escape
from pathlib import Path
from typing import Any, Final

from srp_cognito.cli import bench
from srp_cognito.proof import modexp

STEPS: Final = (
    ("client", "SRP_A", "g^a"),
    ("server", "SRP_B", "g^b"),
    ("client", "v", "g^x"),
    ("client", "S", "(B - k*v)^(a + u*x)"),
    ("server", "v^u", "v^u"),
    ("server", "S", "(A * v^u)^b"),
)
"""The exponentiations of a login in the order in which they come."""

REST: Final = ("the rest", "hashes, hex, checks")


def measure(seconds: float) -> dict[str, list[dict[str, Any]]]:
    """Return for each side its steps, with their median in milliseconds."""
    engine = modexp.engine()
    noted: list[float] = []

    def power(base: int, exponent: int) -> int:
        begun = time.perf_counter()
        result = engine.power(base, exponent)
        noted.append(time.perf_counter() - begun)
        return result

    timed = dataclasses.replace(engine, power=power)
    login = bench.whole(timed, bench.Exchange.new())
    taken: dict[tuple[str, str, str], list[float]] = {}
    begun = time.perf_counter()
    while not taken or time.perf_counter() - begun < seconds:
        login.go()  # Warms up, as in `bench.measure`.
        noted.clear()
        left = dict(login.go())
        for step, spent in zip(STEPS, noted, strict=True):
            taken.setdefault(step, []).append(spent)
            left[step[0]] -= spent
        for side, spent in left.items():
            taken.setdefault((side, *REST), []).append(spent)
    return {
        side: [
            {"name": name, "what": what, "ms": round(1000 * statistics.median(spent), 4)}
            for (of_side, name, what), spent in taken.items()
            if of_side == side
        ]
        for side in bench.SIDES
    }


def numbers_of(sides: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "machine": bench.machine(),
        "engine": modexp.engine().implementation,
        "sides": sides,
    }


COLOURS: Final = ("#1a56b8", "#2a6fd6", "#4a87e0", "#d9822b")
WIDTH, LEFT, RIGHT, TOP, BAR, GAP = 860, 20, 110, 58, 30, 74
FONT: Final = ' font-family="system-ui, Segoe UI, Helvetica, Arial, sans-serif" font-size="12"'
TITLE: Final = ' font-size="16" font-weight="600" fill="#1f2328"'
TITLES: Final = {"client": "the client", "server": "the checking side"}


def svg(numbers: Mapping[str, Any]) -> str:
    """One bar for each side, cut into its steps; on a card of its own, for dark pages."""
    sides: Mapping[str, Sequence[Mapping[str, Any]]] = numbers["sides"]
    longest = max(sum(step["ms"] for step in steps) for steps in sides.values())
    scale = (WIDTH - LEFT - RIGHT) / longest
    height = TOP + GAP * len(sides) + 34
    head = "Where the time of one login goes, in milliseconds"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"{FONT}>',
        f"<title>{head}</title>",
        (
            f'<rect x="1" y="1" width="{WIDTH - 2}" height="{height - 2}" rx="8" fill="#ffffff"'
            ' stroke="#d0d7de"/>'
        ),
        f'<text x="{LEFT}" y="30"{TITLE}>{head}</text>',
    ]
    for number, (side, steps) in enumerate(sides.items()):
        y, x = TOP + GAP * number, float(LEFT)
        total = sum(step["ms"] for step in steps)
        for step, fill in zip(steps, COLOURS, strict=True):
            width = round(step["ms"] * scale, 1)
            says = escape(f"{step['name']}: {step['what']}, {step['ms']:.2f} ms")
            parts.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width}" height="{BAR}" fill="{fill}">'
                f"<title>{says}</title></rect>"
            )
            # The last one is too narrow for words in it.
            if step is not steps[-1]:
                parts.append(
                    f'<text x="{x + 6:.1f}" y="{y + 19}" fill="#ffffff">{escape(step["name"])}'
                    f" {step['ms']:.2f}</text>"
                    f'<text x="{x + 6:.1f}" y="{y + BAR + 15}" fill="#59636e">'
                    f"{escape(step['what'])}</text>"
                )
            x += width
        parts.append(
            f'<text x="{x + 8:.1f}" y="{y + 13}" fill="#1f2328">{TITLES[side]}</text>'
            f'<text x="{x + 8:.1f}" y="{y + 28}" fill="#1f2328">{total:.2f} in all</text>'
            f'<text x="{x - 8:.1f}" y="{y + BAR + 15}" text-anchor="end" fill="#b05e12">'
            f"{REST[0]} {steps[-1]['ms']:.2f}</text>"
        )
    where = f"{numbers['machine']['cpu']}, {numbers['engine']}, {numbers['date']}"
    parts.append(
        f'<text x="{LEFT}" y="{height - 14}" font-size="11" fill="#59636e">{escape(where)}.'
        f" The rest: {REST[1]}.</text></svg>"
    )
    return "\n".join(parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=10, metavar="N", help="how long to time")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where to write the results")
    options = parser.parse_args(arguments)
    numbers = numbers_of(measure(options.seconds))
    for side, steps in numbers["sides"].items():
        print(f"{TITLES[side]}, milliseconds")
        for step in steps:
            print(f"  {step['name']:10}{step['ms']:8.3f}  {step['what']}")
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(numbers, indent=1) + "\n"
        (options.out / "login_time.json").write_text(text, "utf-8")
        (options.out / "login_time.svg").write_text(svg(numbers), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
