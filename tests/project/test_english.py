"""The prose of documents, comments, docstrings, messages and test names is plain English.

Each pattern is a phrase that a reader has to read twice. The plain words are in its comment.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "",
    ".github",
    "benchmarks",
    "docs",
    "emulators",
    "examples",
    "release",
    "src",
    "tests",
    "vectors",
)

PHRASES = (
    # "is not a pool id", "must be a str". Plain are "there is no device" and "is no longer".
    r"(?<!here)(?<!\s)\s+(?:is|are|was|were) no (?!longer\b|more\b|less\b|fewer\b)\w+",
    r"\b(?:is|are|was|were) none\b",  # Name the thing: "if there is no device".
    r"\b(?:is|are|was|were|be|been) (?:not )?told\b",  # "is named", "is reported", "is given".
    r"\b[Ll]ikewise\b",  # "the same", "also".
    r"\baloud\b",  # "with a message".
    r"\b(?:go|goes|going|went) on with\b|\bgone on\b",  # "continue".
    r"\b(?:go|goes|going|gone|went) along\b",  # "is sent with the call".
    r"\bin the place of\b",  # "instead of".
    r"\bbeside\b",  # "with", "in addition to", "next to".
    r"\b[Tt]he laws?\b",  # "the rules", or an ordinary sentence.
    r"\bas (?:it|they) stands?\b",  # "unchanged".
    r"\b(?:is|are) another(?: one)?[.,;:)]",  # "does not match".
    r"\b(?:is|are) of another (?:type|kind)\b",  # "has the wrong type".
    r"\bcounts more\b",  # "takes precedence".
    r"\bdear\b",  # "expensive".
)
DIALECT = re.compile("|".join(phrase.replace(" ", r"\s+") for phrase in PHRASES))

END = re.compile(r'[.:;!?]\s|"""|\||\n\s*\n')
"""Where a sentence ends."""

ALLOWED: dict[tuple[str, str], str] = {}
"""The phrases that may stay: (file, phrase), and the reason."""


def files(folder: str) -> Iterator[Path]:
    """The documents and Python files of a folder; of the root only the documents in it."""
    if not folder:
        yield from ROOT.glob("*.md")
        return
    for path in (*(ROOT / folder).rglob("*.md"), *(ROOT / folder).rglob("*.py")):
        if "node_modules" not in path.parts and path != Path(__file__):
            yield path


def dialect(name: str, text: str) -> Iterator[str]:
    """Yield file, line and sentence for each phrase of the dialect."""
    # The names of tests are prose as well, and the "#" of a comment's next line is not.
    prose = re.sub(r"_|(?<=\n) *# ", lambda found: " " * len(found[0]), text)
    for found in DIALECT.finditer(prose):
        if (name, " ".join(found[0].split())) not in ALLOWED:
            begin = max((end.end() for end in END.finditer(text, 0, found.start())), default=0)
            end = END.search(text, found.end())
            sentence = " ".join(text[begin : end.start() if end else None].split())
            yield f"{name}:{text.count(chr(10), 0, found.end()) + 1}: {sentence}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder or "the root")
def test_the_prose_is_plain_english(folder: str) -> None:
    found = [
        line
        for path in sorted(files(folder))
        for line in dialect(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    ]
    assert not found, "\n".join(["", *found])


def test_a_phrase_is_seen_across_lines_and_in_names() -> None:
    text = "First.\n# This\n# is no number; there\n# is no device.\ndef test_who_is_told(): ..."
    assert list(dialect("x.py", text)) == [
        "x.py:3: # This # is no number",
        "x.py:5: def test_who_is_told()",
    ]
