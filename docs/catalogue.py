"""Writes the catalogue of mistakes into docs/my-signature-is-refused.md, from the data in src/.

    python docs/catalogue.py

A test checks that the page is up to date.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from srp_cognito.diagnosis.catalogue import (
    CATALOGUE,
    CLOCK,
    FORM,
    REGISTRATION,
    SECRET_HASH,
    Mistake,
)

PAGE: Final = Path(__file__).with_name("my-signature-is-refused.md")
BEGIN, END = "<!-- catalogue: begin -->", "<!-- catalogue: end -->"

SCOPES: Final = ("-in-x", "-in-message")
"""The endings of the other forms of a mistake, which share its row."""


def page(text: str) -> str:
    """Return the page with the catalogue between the two comments."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{chr(10).join(catalogue())}\n{END}{after}"


def catalogue() -> Iterator[str]:
    """Yield the lines of the catalogue."""
    for title, mistakes in CATALOGUE.items():
        yield from _table(title, mistakes)
    yield from _table("A right claim at the wrong time", CLOCK)
    yield from _table("How the signature is spelled", FORM)
    yield from _table("SECRET_HASH", SECRET_HASH)
    yield from _table("A device's registration", REGISTRATION)


def _table(title: str, mistakes: Sequence[Mistake[Any]]) -> Iterator[str]:
    yield f"### {title}"
    yield ""
    yield "| id | what the other code does | when nobody notices | met |"
    yield "|---|---|---|---|"
    for mistake in mistakes:
        if mistake.id.endswith(SCOPES):
            continue
        forms = [other.id for other in mistakes if other.id in _forms(mistake)]
        anchors = "".join(f'<a id="{each}"></a>' for each in (mistake.id, *forms))
        also = "".join(f", `{each.removeprefix(mistake.id)}`" for each in forms)
        met = ", ".join(f"[{_short(address)}]({address})" for address in mistake.seen)
        yield f"| {anchors}`{mistake.id}`{also} | {mistake.says} | {mistake.unnoticed} | {met} |"
    yield ""
    remedies = dict.fromkeys(mistake.remedy for mistake in mistakes)
    yield from (f"- {remedy}" for remedy in remedies)
    yield ""


def _forms(mistake: Mistake[Any]) -> tuple[str, ...]:
    return tuple(f"{mistake.id}{scope}" for scope in SCOPES)


def _short(address: str) -> str:
    """What is shown of an address: the repository and the number, or the package and the version.

    >>> _short("https://github.com/qwigo/warrant/pull/12")
    'qwigo/warrant 12'
    >>> _short("https://www.npmjs.com/package/cognito-srp/v/0.2.0")
    'cognito-srp 0.2.0'
    """
    parts = address.removesuffix("/").split("/")
    if "github.com" in parts:
        return f"{parts[3]}/{parts[4]} {parts[-1].partition('#')[0][:12]}"
    return f"{parts[4]} {parts[-1]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
    sys.exit(0)
