"""Writes the catalogue of mistakes into docs/my-signature-is-refused.md, from the data in src/.

    python docs/catalogue.py

A test holds the page against it.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from srp_cognito.diagnosis.catalogue import CATALOGUE, FORM, Mistake
from srp_cognito.diagnosis.registration import REGISTRATION_MISTAKES
from srp_cognito.diagnosis.secret_hash import SECRET_HASH_MISTAKES

PAGE: Final = Path(__file__).with_name("my-signature-is-refused.md")
BEGIN, END = "<!-- catalogue: begin -->", "<!-- catalogue: end -->"

SCOPES: Final = ("-in-x", "-in-message")
"""The endings of the other forms of one mistake, which share its row."""

TITLES: Final = {
    "TIMESTAMP": "TIMESTAMP",
    "padding": "Padding: A, B, u and S as bytes",
    "message": "What is signed",
    "key": "The key",
    "identity": "Who signs in",
    "device": "Which device",
    "password": "The password",
    "salt and x": "SALT and x",
    "k": "k",
    "S": "S",
}


def page(text: str) -> str:
    """Return the page with the catalogue between the two comments."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{chr(10).join(catalogue())}\n{END}{after}"


def catalogue() -> Iterator[str]:
    """Yield the lines of the catalogue."""
    for step, mistakes in CATALOGUE.items():
        yield from _table(TITLES[step], mistakes)
    yield from _table("How the signature is spelled", FORM)
    yield from _table("SECRET_HASH", SECRET_HASH_MISTAKES)
    yield from _table("A device's registration", REGISTRATION_MISTAKES)


def _table(title: str, mistakes: Sequence[Mistake]) -> Iterator[str]:
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


def _forms(mistake: Mistake) -> tuple[str, ...]:
    return tuple(f"{mistake.id}{scope}" for scope in SCOPES)


def _short(address: str) -> str:
    """What is shown of an address: repository and number, where it has them."""
    owner, _, rest = address.removeprefix("https://github.com/").partition("/")
    repository, _, what = rest.partition("/")
    number = what.rpartition("/")[2].partition("#")[0]
    return f"{owner}/{repository} {number[:12]}".strip()


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
    sys.exit(0)
