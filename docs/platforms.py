"""Writes the table in docs/platforms.md: where the library was run, and what came.

    python docs/platforms.py

The table is made of tests/platforms/results.json, into which tests/platforms/row.py puts its rows.
A test checks that the page is up to date.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).with_name("platforms.md")
RESULTS: Final = Path(__file__).parents[1] / "tests" / "platforms" / "results.json"
BEGIN, END = "<!-- platforms: begin -->", "<!-- platforms: end -->"

COLUMNS: Final = (
    "where",
    "version",
    "OpenSSL",
    "engine",
    "constant-time",
    "suite",
    "ms an exchange",
    "ratio to libcrypto",
)
NUMBERS: Final = 2
"""How many of the last columns are numbers."""


def page(text: str, rows: Sequence[Mapping[str, Any]] | None = None) -> str:
    """Return the page with the table between the two comments, of other rows if there are any."""
    known = json.loads(RESULTS.read_text("utf-8")) if rows is None else rows
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{chr(10).join(lines(known))}\n{END}{after}"


def lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of the table. What was not tried comes last, and says so."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"|{'---|' * (len(COLUMNS) - NUMBERS)}{'--:|' * NUMBERS}"
    notes: list[str] = []
    for row in sorted(rows, key=lambda row: ("not_tried" in row, row["place"].casefold())):
        yield "".join(f"| {cell} ".replace("|  ", "| ") for cell in cells(row, notes)) + "|"
    if notes:
        yield ""
    for number, note in enumerate(notes, 1):
        yield f"{number}. {note}"


def cells(row: Mapping[str, Any], notes: list[str]) -> Iterator[str]:
    """Yield the cells of a row, and add its note to those that stand under the table."""
    if "not_tried" in row:
        yield row["place"]
        yield f"not tried: {row['not_tried']}"
        yield from [""] * (len(COLUMNS) - 2)
        return
    place = row["place"]
    if row["note"]:
        notes.append(row["note"])
        place += f" ({len(notes)})"
    yield place
    yield ", ".join(filter(None, (row["version"], row["build"])))
    yield _openssl(row["openssl"])
    yield row["engine"]
    yield "yes" if row["constant_time"] else "no"
    yield row["suite"] or "not run"
    yield f"{row['ms']:.2f}"
    yield "not measured" if row["ratio"] is None else f"{row['ratio']:.2f}"


def _openssl(version: str | None) -> str:
    """Return "3.6.5" of "OpenSSL 3.6.5 1 Nov 2026", and another library's name with its version."""
    name, _, rest = (version or "without").partition(" ")
    number = rest.partition(" ")[0]
    return number if name == "OpenSSL" else f"{name} {number}".strip()


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
