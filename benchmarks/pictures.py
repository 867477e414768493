"""Draw the pictures of the results: the comparison, where the time of a login goes, and many.

They have a white background of their own, so that they can be read on dark pages too.
"""

import math
import operator
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

mpl.rcParams.update(
    {
        "svg.fonttype": "none",  # Text stays text.
        "svg.hashsalt": "srp-cognito",  # The same numbers give the same file.
        "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
        "axes.axisbelow": True,
        "grid.color": "#e4e8ec",
    }
)

KINDS: Final = {
    "bare ": ("#8a94a3", "exponentiations alone"),
    "srp-cognito, ": ("#1f6feb", "this library"),
    "": ("#d9822b", "others"),
}
SHADES: Final = ("#1a56b8", "#2a6fd6", "#4a87e0", "#d9822b")


def draw(numbers: Mapping[str, Any], folder: Path) -> None:
    """Write bench.svg, login_time.svg and growth.svg."""
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    for name, picture in (("bench", comparison), ("login_time", login_time), ("growth", growth)):
        picture(numbers).savefig(folder / f"{name}.svg", metadata=nothing)


def comparison(numbers: Mapping[str, Any]) -> Figure:
    """The client's medians as bars on a logarithmic scale, with their quartiles."""
    rows = [row for row in numbers["rows"] if row["side"] == "client"]
    medians = [row["median_ms"] for row in rows]
    lower, upper = zip(*(row["quartiles_ms"] for row in rows), strict=True)
    kinds = [next(filter(row["name"].startswith, KINDS)) for row in rows]
    figure = Figure((8.6, 1.4 + 0.27 * len(rows)), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh(
        range(len(rows)),
        medians,
        0.7,
        color=[KINDS[kind][0] for kind in kinds],
        xerr=[list(map(operator.sub, medians, lower)), list(map(operator.sub, upper, medians))],
        error_kw={"ecolor": "#1f2328", "capsize": 3, "lw": 1},
    )
    labels = [f"{row['median_ms']:.1f} ({row['ratio']:.1f})" for row in rows]
    axes.bar_label(bars, labels, padding=6)
    axes.set_xscale("log")
    axes.set_xlim(10 ** math.floor(math.log10(min(lower))), 6 * max(upper))
    axes.set_xlabel("milliseconds, logarithmic: median, quartiles, and the ratio to bare libcrypto")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.grid(axis="x")
    axes.set_yticks(range(len(rows)), [row["name"] for row in rows])
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.set_title("The client's work for one login")
    axes.legend(handles=[Patch(color=colour, label=kind) for colour, kind in KINDS.values()])
    return figure


def login_time(numbers: Mapping[str, Any]) -> Figure:
    """One bar for each side, divided into its steps."""
    figure = Figure((8.6, 2.7), layout="constrained")
    axes = figure.subplots()
    for at, steps in enumerate(numbers["login"].values()):
        begun = 0.0
        for step, shade in zip(steps, SHADES, strict=True):
            axes.barh(at, step["ms"], 0.5, begun, color=shade)
            middle, begun = begun + step["ms"] / 2, begun + step["ms"]
            if step is not steps[-1]:  # Which is too narrow for words in it.
                inside = f"{step['name']}\n{step['ms']:.2f}"
                axes.text(middle, at, inside, color="white", ha="center", va="center")
                axes.text(middle, at + 0.27, step["what"], ha="center", va="top")
        label = f"{begun:.2f} in all,\nthe rest {steps[-1]['ms']:.2f}"
        axes.annotate(label, (begun, at), (7, 0), textcoords="offset points", va="center")
    engine = numbers["versions"]["engines"][numbers["engine"]]
    axes.set_title(f"Where the time of one login goes, on {engine}")
    axes.set_xlabel(f"milliseconds; the rest is {steps[-1]['what']}")
    axes.set_xlim(0, 1.2 * axes.dataLim.x1)
    axes.set_yticks(range(2), ["client", "checking\nside"])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(1.6, -0.4)
    return figure


def growth(numbers: Mapping[str, Any]) -> Figure:
    """The time of many exchanges against their number, both logarithmic: a line for each engine."""
    figure = Figure((8.6, 4.2), layout="constrained")
    axes = figure.subplots()
    for (name, points), colour in zip(numbers["growth"].items(), SHADES[1::2], strict=False):
        counts, seconds = zip(*points, strict=True)
        axes.plot(counts, seconds, color=colour, marker="o", markersize=4, label=name)
        each = f"{1000 * seconds[-1] / counts[-1]:.2f} ms each"
        place = (counts[-1], seconds[-1])
        axes.annotate(each, place, (7, 0), textcoords="offset points", va="center")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(right=6 * axes.dataLim.x1)
    axes.set_xlabel("exchanges that are verified at a time, on one core")
    axes.set_ylabel("seconds")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.grid()
    axes.set_title("How the cost grows with the number of exchanges")
    axes.legend()
    return figure
