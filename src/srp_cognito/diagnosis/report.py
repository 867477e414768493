"""What was found, for a person to read and for a tool.

A secret that is not shown is marked as hidden, so that a person can ask for it when nobody else is
looking. Its length is not shown either.
"""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ..documentation import page
from .catalogue import PAGES, Mistake

__all__ = ["Diagnosis", "Explanation", "Named", "Row", "Verdict"]

_PAGE_OF: Final = {mistake.id: name for name, rows in PAGES.items() for mistake in rows}
"""The page that lists a mistake, by the mistake's id."""

Verdict = Literal["right", "mistake", "unknown"]

WIDTH: Final = 64
"""How many characters of a long value are shown, around the first difference."""

LABEL: Final = 16

HIDDEN: Final = "hidden"

CAME: Final = "but it came as"

COLUMNS: Final = 88
"""Sentences are wrapped to this width."""


@dataclass(frozen=True)
class Named:
    """A mistake that was found, with the form that it has here."""

    mistake: Mistake[Any]
    says: str

    @property
    def link(self) -> str:
        """Where the documentation describes it."""
        return page(f"mistakes/{_PAGE_OF[self.mistake.id]}", self.mistake.id)

    def to_json(self) -> dict[str, object]:
        """The mistake for tools."""
        return {
            "id": self.mistake.id,
            "says": self.says,
            "remedy": self.mistake.remedy,
            "unnoticed": self.mistake.unnoticed or None,
            "seen": list(self.mistake.seen),
            "docs": self.link,
        }


Explanation = tuple[Named, ...]
"""One mistake, or several together, that make exactly what was seen."""


@dataclass(frozen=True)
class Row:
    """A value of the exchange: the right one, and the one that the other code has."""

    name: str
    expected: str = field(repr=False)
    came: str | None = field(default=None, repr=False)
    """None if it is not known."""
    is_secret: bool = False

    @property
    def differs(self) -> bool:
        """Whether the two values are known to differ."""
        return self.came is not None and self.came != self.expected

    def to_json(self, *, show_secrets: bool) -> dict[str, object]:
        """The value for tools; a secret is null unless it is asked for."""
        is_hidden = self.is_secret and not show_secrets
        return {
            "name": self.name,
            "expected": None if is_hidden else self.expected,
            "came": None if is_hidden else self.came,
            "differs": self.differs,
            "hidden": is_hidden,
        }

    def lines(self, *, show_secrets: bool) -> Iterator[str]:
        """The value for people: one line, or up to three if it differs."""
        is_hidden = self.is_secret and not show_secrets
        if self.came is None or not self.differs:
            expected = HIDDEN if is_hidden else _window(self.expected, 0)
            yield f"  {self.name:{LABEL}} {expected}".rstrip()
        elif is_hidden:
            yield f"  {self.name:{LABEL}} {HIDDEN}"
            yield f"  {CAME:{LABEL}} {HIDDEN}, but different"
        else:
            at = _first_difference(self.expected, self.came)
            begin = (
                0 if max(len(self.expected), len(self.came)) <= WIDTH else max(0, at - WIDTH // 2)
            )
            yield f"  {self.name:{LABEL}} {_window(self.expected, begin)}"
            yield f"  {CAME:{LABEL}} {_window(self.came, begin)}"
            yield f"  {'':{LABEL}} {' ' * (at - begin + bool(begin))}^"


def _first_difference(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _window(text: str, begin: int) -> str:
    """A part of a long text, with "…" where it was cut."""
    shown = text[begin : begin + WIDTH]
    before, after = "…" if begin else "", "…" if begin + WIDTH < len(text) else ""
    return f"{before}{_visible(shown)}{after}"


def _visible(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)


@dataclass(frozen=True)
class Diagnosis:
    """What was found about one claim, one SECRET_HASH or one device registration."""

    subject: str
    verdict: Verdict
    explanations: tuple[Explanation, ...]
    """Each of them makes exactly what was seen: this exchange cannot tell them apart."""
    rows: tuple[Row, ...] = field(repr=False)
    """The values, in the protocol's order."""
    tried: int
    """How many hypotheses were compared with what was seen."""
    advice: tuple[str, ...] = ()
    """What is most likely and what would decide, in sentences."""
    tell_apart: str | None = None
    """Which exchange tells the explanations apart."""

    @property
    def first_difference(self) -> Row | None:
        """The first value that differs, in the protocol's order."""
        return next((row for row in self.rows if row.differs), None)

    def to_json(self, *, show_secrets: bool = False) -> dict[str, object]:
        """The diagnosis for tools.

        Args:
            show_secrets: whether passwords, x, S and keys are shown.
        """
        first = self.first_difference
        return {
            "subject": self.subject,
            "verdict": self.verdict,
            "explanations": [
                [named.to_json() for named in explanation] for explanation in self.explanations
            ],
            "tell_apart": self.tell_apart,
            "first_difference": first and first.to_json(show_secrets=show_secrets),
            "values": [row.to_json(show_secrets=show_secrets) for row in self.rows],
            "tried": self.tried,
            "advice": list(self.advice),
        }

    def lines(self, *, show_secrets: bool = False) -> Iterator[str]:
        """The diagnosis for people: the values of the exchange, and what is wrong.

        Args:
            show_secrets: whether passwords, x, S and keys are shown.
        """
        yield f"{self.subject}: {_HEADS[self.verdict]}"
        yield ""
        first = self.first_difference
        for row in self.rows:
            yield from row.lines(show_secrets=show_secrets)
            if row is first:
                yield f"  {'':{LABEL}} this is the first value that differs"
        yield from self.conclusion()

    def conclusion(self) -> Iterator[str]:
        """The part of `lines` that follows the values: what is wrong, and what to do."""
        for number, explanation in enumerate(self.explanations):
            yield ""
            if number:
                yield "or, with the same result here:"
                yield ""
            for named in explanation:
                yield from _explain(named)
        if self.tell_apart is not None:
            yield ""
            yield from textwrap.wrap(f"To tell them apart, take {self.tell_apart}.", COLUMNS)
        yield ""
        for sentence in self.advice:
            yield from textwrap.wrap(sentence, COLUMNS)
        yield f"{self.tried:,} {'hypothesis was' if self.tried == 1 else 'hypotheses were'} tried."


_HEADS: Final[Mapping[Verdict, str]] = {
    "right": "right",
    "mistake": "wrong, and the mistake is known",
    "unknown": "wrong, and no known mistake explains it",
}


def _explain(named: Named) -> Iterator[str]:
    for label, sentence in (
        ("cause", named.says),
        ("remedy", named.mistake.remedy),
        ("unnoticed", named.mistake.unnoticed),
    ):
        if sentence:
            yield from textwrap.wrap(f"{label:9} {sentence}", COLUMNS, subsequent_indent=" " * 10)
    yield f"{'more':9} {named.link}"  # Never wrapped, so that a terminal can open it.
    for address in named.mistake.seen:
        yield f"          {address}"
