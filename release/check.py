"""Whether what is about to be released is what it says: its version, its changelog, its tag.

    python release/check.py [--tag TAG]
    python release/check.py --notes

It prints what is wrong, a line each, and ends with status 1; or it prints the version. With `--tag`
the tag must be the version's, as in the workflow that publishes; without it the tag must be new.
`--notes` prints the version's section of the changelog, for the page of the release.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[1]
NUMBERS: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)")
HEADING: Final = re.compile(r"^## \[(.+?)\](?: - (\S+))?$", re.MULTILINE)


class Section(NamedTuple):
    """A section of the changelog."""

    version: str
    """Or "Unreleased"."""
    day: str | None
    text: str


def version() -> str:
    """Return the version that the package says it has."""
    source = (ROOT / "src" / "srp_cognito" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE)
    if found is None:
        raise ValueError("src/srp_cognito/__init__.py does not set __version__")
    return found[1]


def sections(changelog: str) -> list[Section]:
    """Return the sections of a changelog, the newest first."""
    parts = HEADING.split(changelog)[1:]
    names, days, texts = parts[::3], parts[1::3], parts[2::3]
    return [
        Section(name, day, text.strip()) for name, day, text in zip(names, days, texts, strict=True)
    ]


def disagreements(version: str, changelog: str) -> Iterator[str]:
    """Name what is wrong with a changelog at any time, also between two releases."""
    first, *released = sections(changelog) or [Section("", None, "")]
    if first.version != "Unreleased" or first.day is not None:
        yield 'CHANGELOG.md must begin with a section "[Unreleased]" without a date'
    if not NUMBERS.fullmatch(version):
        yield f"the version must be three numbers with dots, got {version}"
        return
    wrong = [section.version for section in released if not NUMBERS.fullmatch(section.version)]
    if wrong:
        yield f"CHANGELOG.md must name versions as three numbers, got {', '.join(wrong)}"
        return
    numbers = [numbered(section.version) for section in released]
    if sorted(set(numbers), reverse=True) != numbers:
        yield "CHANGELOG.md must name each version once, the newest first"
    if numbers and numbers[0] > numbered(version):
        yield f"CHANGELOG.md names {released[0].version}, and the package is {version}"
    for section in released:
        if not is_day(section.day):
            yield f"{section.version} needs its day in CHANGELOG.md, such as 2026-03-07"
        if not section.text:
            yield f"{section.version} has no text in CHANGELOG.md"


def obstacles(version: str, changelog: str) -> Iterator[str]:
    """Name what keeps this version from being released now."""
    yield from disagreements(version, changelog)
    first, *released = sections(changelog) or [Section("", None, "")]
    if first.text:
        yield "CHANGELOG.md has changes under [Unreleased]: move them under the new version"
    if not released or released[0].version != version:
        yield f"CHANGELOG.md must have {version} as its newest release"


def numbered(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def is_day(text: str | None) -> bool:
    try:
        return date.fromisoformat(text or "").isoformat() == text
    except ValueError:
        return False


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tag", help="the tag from which it is released")
    parser.add_argument("--notes", action="store_true", help="print what has changed")
    options = parser.parse_args(arguments)
    name = version()
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    if options.notes:
        print(next(section.text for section in sections(changelog) if section.version == name))
        return 0
    wrong = [*obstacles(name, changelog)]
    tag = f"v{name}"
    if options.tag is None and git("tag", "--list", tag):
        wrong.append(f"the tag {tag} exists: give the package a new version")
    if options.tag not in {None, tag}:
        wrong.append(f"the tag must be {tag}, got {options.tag}")
    if git("status", "--porcelain"):
        wrong.append("there are changes that are not committed")
    print("\n".join(wrong) or name)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
