"""Writes the catalogue of mistakes, from the data in src/: a page for each section.

    python docs/catalogue.py

The pages are in docs/mistakes/. It also writes the table of the sections into
docs/my-signature-is-refused.md. A test checks that the pages are up to date.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from srp_cognito.diagnosis.catalogue import PAGES, Mistake

FOLDER: Final = Path(__file__).parent
INDEX: Final = "my-signature-is-refused.md"
BEGIN, END = "<!-- catalogue: begin -->", "<!-- catalogue: end -->"

TITLES: Final = {
    "time": "TIMESTAMP",
    "padding": "Padding: A, B, u and S as bytes",
    "message": "What is signed",
    "key": "The key",
    "identity": "Who signs in",
    "device": "Which device",
    "password": "The password",
    "salt": "SALT and x",
    "multiplier": "k",
    "shared-secret": "S",
    "clock": "A right claim at the wrong time",
    "form": "How the signature is spelled",
    "secret-hash": "SECRET_HASH",
    "registration": "A device's registration",
}

SCOPES: Final = ("-in-x", "-in-message")
"""The endings of the other forms of a mistake, which share its row."""


def pages() -> dict[str, str]:
    """Return every page with its text, by the path in docs/."""
    text = (FOLDER / INDEX).read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    index = "\n".join(_index())
    return {INDEX: f"{before}{BEGIN}\n{index}\n{END}{after}"} | {
        f"mistakes/{name}.md": "\n".join(_page(TITLES[name], mistakes))
        for name, mistakes in PAGES.items()
    }


def _index() -> Iterator[str]:
    yield "| section | mistakes |"
    yield "|---|--:|"
    for name, mistakes in PAGES.items():
        yield f"| [{TITLES[name]}](mistakes/{name}.md) | {len(mistakes)} |"


def _page(title: str, mistakes: Sequence[Mistake[Any]]) -> Iterator[str]:
    yield f"# {title}: known mistakes"
    yield ""
    yield "`srp-cognito explain` finds which mistake makes exactly the signature that was seen:"
    yield f'[My signature is refused](../{INDEX}). "Met" links to where somebody met it.'
    yield ""
    yield from _table(mistakes)


def _table(mistakes: Sequence[Mistake[Any]]) -> Iterator[str]:
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
    yield "What to do:"
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
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
    sys.exit(0)
