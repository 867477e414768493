"""Puts together the pages of which Sphinx makes the site: a step of ``make docs``.

    python docs/stage.py FOLDER

The pages stand where a code host shows them best, with links from file to file. Here they are
copied to where the site has them, and their links with them. A file that is not a page, such as a
module that docs/review.md names, becomes a page that shows it. docs/reference.py writes the pages
of the reference. `NAVIGATION` is the site's table of contents; a page that it does not have fails
the build, and so does a link to a file that does not exist.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

import reference

ROOT: Final = Path(__file__).parents[1]

NAVIGATION: Final = {
    "Sign in": (
        *("use", "sign-in-from-flask", "after-the-sign-in", "challenges", "sign-in-programs"),
        *("migrate", "command-line", "my-signature-is-refused"),
    ),
    "Test": ("test-without-aws", "behaviours", "conformance"),
    "Build and review": (
        *("protocol", "vectors/index", "transcripts", "review", "security", "performance"),
        "platforms",
    ),
    "Reference": ("reference/index",),
    "Project": ("project/CHANGELOG", "project/CONTRIBUTING", "project/SECURITY"),
}

UNDER: Final = {
    "sign-in-programs": ("sign-in-with-*",),
    "test-without-aws": ("test-with-*", "test-token-checks"),
    "my-signature-is-refused": ("mistakes/*",),
    "behaviours": ("behaviours/*",),
    "vectors/index": ("take-the-vectors", "vectors/*", "vectors/*/index"),
    "platforms": ("tests/platforms/index",),
    "project/CONTRIBUTING": ("releasing",),
}
"""The pages below a page."""

LINK: Final = re.compile(r"(!?\[[^\]]*\]\()([^)#\s]+)")
ANCHOR: Final = re.compile(r'<a id="([^"]+)"></a>')
FENCE: Final = re.compile(r"^```", re.MULTILINE)
MOST_SHOWN: Final = 100_000
"""Files that are longer, in bytes, are not shown but downloaded."""

LANGUAGES: Final = {".py": "python", ".mjs": "javascript", ".json": "json", ".toml": "toml"}


def pages() -> dict[Path, str]:
    """Return the files that are pages, with the name that each has on the site."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "vectors").rglob("*.md")]
    found += (ROOT / "tests" / "platforms").glob("*.md")
    return {
        path: name
        for path in found
        if "node_modules" not in path.parts and (name := name_of(path.relative_to(ROOT)))
    }


def name_of(path: Path) -> str:
    """Return the name of a page on the site. The README has none: the start page takes its place.

    >>> [name_of(Path(path)) for path in ("docs/mistakes/key.md", "SECURITY.md", "README.md")]
    ['mistakes/key', 'project/SECURITY', '']
    >>> [name_of(Path(path)) for path in ("vectors/README.md", "vectors/FLAGS.md")]
    ['vectors/index', 'vectors/FLAGS']
    """
    stem = path.with_suffix("")
    if path.parts[0] == "docs":
        return stem.relative_to("docs").as_posix()
    if stem.name == "README":
        return stem.with_name("index").as_posix() if stem.parent.parts else ""
    return stem.as_posix() if stem.parent.parts else f"project/{path.stem}"


def _is_like(name: str, pattern: str) -> bool:
    return PurePosixPath(name).match(pattern) and name.count("/") == pattern.count("/")


class Site:
    """The pages of the site in a folder, while they are put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages = pages()
        self.shown: dict[Path, str] = {}
        """Files that become pages because a page links to them."""

    def write(self) -> None:
        """Write every page."""
        shutil.rmtree(self.folder, ignore_errors=True)
        groups = {"index": NAVIGATION} | {
            parent: {"": names} for parent, names in self._children().items()
        }
        texts = {name: self.turned(path, name) for path, name in self.pages.items()}
        titles = {name: short(text.partition("\n")[0][2:]) for name, text in texts.items()}
        titles["reference/index"] = "Reference"
        for name, text in texts.items():
            self._put(f"{name}.md", text + contents(groups.get(name, {}), titles))
        for path, name in self.shown.items():
            self._put(f"{name}.md", self._shown(path, name))
        for name, text in reference.pages().items():
            self._put(f"{name}.rst", text)

    def _children(self) -> dict[str, list[str]]:
        """Return the pages below a page, in the order in which it links to them."""
        paths = {name: path for path, name in self.pages.items()}
        found: dict[str, list[str]] = {}
        for parent, patterns in UNDER.items():
            text = paths[parent].read_text("utf-8")
            names = [
                name
                for name in paths
                if name != parent and any(_is_like(name, each) for each in patterns)
            ]
            places = {name: text.find(f"({name}.md") for name in names}
            found[parent] = sorted(names, key=lambda name: (places[name] < 0, places[name], name))
        return found

    def turned(self, path: Path, name: str) -> str:
        """Return the text of a page, with each link and anchor as the site has it."""
        here = PurePosixPath(name).parent

        def turn(link: re.Match[str]) -> str:
            target = link[2]
            if target.startswith("https://"):
                return link[0]
            there = self._target((path.parent / target).resolve(), path)
            return f"{link[1]}{os.path.relpath(there, here)}"

        parts = FENCE.split(path.read_text("utf-8"))
        parts[1::2] = [f"{part.rstrip()}\n" for part in parts[1::2]]  # For doctest, one is empty.
        parts[::2] = [ANCHOR.sub(r"[]{#\1}", LINK.sub(turn, part)) for part in parts[::2]]
        return "```".join(parts)

    def _target(self, target: Path, page: Path) -> str:
        if target.is_dir():
            target /= "README.md"
        if not target.is_file():
            raise SystemExit(f"{page.relative_to(ROOT)}: expected a file at {target}")
        if target == ROOT / "README.md":
            return "index.md"
        if target in self.pages:
            return f"{self.pages[target]}.md"
        inside = target.relative_to(ROOT)
        if target.suffix == ".svg" or target.stat().st_size > MOST_SHOWN:
            copy = self.folder / "files" / inside
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(target, copy)
            return f"files/{inside.as_posix()}"
        return f"{self.shown.setdefault(target, f'files/{inside.as_posix()}')}.md"

    def _shown(self, path: Path, name: str) -> str:
        """Return a page that shows a file."""
        head = "---\norphan: true\nnosearch: true\n---\n"
        if path.suffix == ".md":
            return head + self.turned(path, name)
        language = LANGUAGES.get(path.suffix, "text")
        inside = path.relative_to(ROOT).as_posix()
        return f"{head}# {inside}\n\n````{language}\n{path.read_text('utf-8')}````\n"

    def _put(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def contents(groups: Mapping[str, Iterable[str]], titles: Mapping[str, str]) -> str:
    """Return the tables of contents below a page, which the navigation shows."""
    return "".join(
        f"\n```{{toctree}}\n:hidden:\n{f':caption: {caption}' if caption else ''}\n\n"
        + "".join(f"{titles.get(name, name)} </{name}>\n" for name in names)
        + "```\n"
        for caption, names in groups.items()
    )


def short(title: str) -> str:
    """Return a title as the navigation shows it, below the page that it belongs to."""
    return title.removesuffix(": known mistakes").removeprefix("Behaviours: ")


if __name__ == "__main__":
    Site(Path(sys.argv[1]).resolve()).write()
