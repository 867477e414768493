"""The site that ``make docs`` built: its links and anchors, its names, and the site in a browser.

Links to other sites are not followed: only their form is checked here.
"""

import functools
import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from srp_cognito.diagnosis import Named
from srp_cognito.diagnosis.catalogue import PAGES
from srp_cognito.documentation import SITE

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "build" / "site"
BROWSER = next(
    filter(None, map(shutil.which, ["chromium", "google-chrome", "chromium-headless-shell"])), None
)


class Page(HTMLParser):
    """What a page links to, and the places in it that a link can lead to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"href", "src"} and value is not None:
                self.links.append(value)
            if name == "id" and value is not None:
                self.places.add(value)


@pytest.mark.parametrize("name", ["behaviours", "catalogue", "conf", "stage"])
def test_the_examples_of_the_writers_are_true(name: str) -> None:
    subprocess.run([sys.executable, "-m", "doctest", ROOT / "docs" / f"{name}.py"], check=True)


@pytest.fixture(scope="module")
def pages() -> dict[Path, Page]:
    found = {path.resolve(): Page(path.read_text("utf-8")) for path in BUILT.rglob("*.html")}
    assert len(found) > 80, "make docs builds the site"
    return found


def assert_exists(pages: dict[Path, Page], link: str, come_from: Path) -> None:
    """Assert that a link of the site leads to a file, and to a place in it."""
    address, place = urldefrag(link)
    path = urlsplit(unquote(address)).path
    target = (come_from.parent / path).resolve() if path else come_from
    assert target.is_file(), f"{come_from.relative_to(BUILT)}: {link}"
    if place and target in pages:
        assert unquote(place) in pages[target].places, f"{come_from.relative_to(BUILT)}: {link}"


def test_every_link_inside_leads_to_a_place_and_every_other_link_is_well_formed(
    pages: dict[Path, Page],
) -> None:
    counts = {"inside": 0, "outside": 0}
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme == "data":
                continue
            if parts.scheme:
                assert parts.scheme == "https", f"{path}: {link}"
                assert re.fullmatch(r"([\w-]+\.)+\w{2,}", parts.netloc), f"{path}: {link}"
                assert not re.search(r"\s", link), f"{path}: {link}"
                counts["outside"] += 1
            else:
                assert_exists(pages, link, path)
                counts["inside"] += 1
    assert counts["inside"] > 5000
    assert counts["outside"] > 500


def test_explain_names_places_that_exist(pages: dict[Path, Page]) -> None:
    for mistake in (each for rows in PAGES.values() for each in rows):
        link = Named(mistake, mistake.says).link
        assert_exists(pages, link.removeprefix(SITE), BUILT / "index.html")


def test_the_links_and_the_picture_of_the_readme_on_pypi_exist(pages: dict[Path, Page]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hatch_fancy_pypi_readme"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    links = re.findall(rf"\]\({SITE}([^)]*)\)", done.stdout)
    assert len(links) > 20
    for link in links:
        assert_exists(pages, link, BUILT / "index.html")


def test_the_reference_describes_every_public_name() -> None:
    """tests/project/test_package.py has the list."""
    # Four lines of text, then a line for each name.
    inventory = zlib.decompress((BUILT / "objects.inv").read_bytes().split(b"\n", 4)[4])
    described = {line.split()[0] for line in inventory.decode().splitlines()}
    described |= {name.rpartition(".")[2] for name in described}
    source = (ROOT / "tests" / "project" / "test_package.py").read_text("utf-8")
    listed = source.partition("PUBLIC = {")[2].partition("\n}\n")[0]
    names = {name for name in re.findall(r'"(\w+)"', listed) if name != "srp_cognito"}
    assert len(names) > 80
    modules = {"operations", "initiate_auth", "questions", "srp"}  # Each is a section.
    assert names - described <= modules


@pytest.fixture
def url() -> Iterator[str]:
    """Where the site is served while a test runs."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(BUILT))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_browser_shows_every_page_and_finds_what_it_is_asked_for(
    url: str, pages: dict[Path, Page]
) -> None:
    driver = ROOT / "tests" / "javascript" / "node_modules" / "playwright-core"
    if None in {BROWSER, shutil.which("node")} or not driver.is_dir():
        pytest.skip("NOT CHECKED: the site in a browser needs Chromium, and: make javascript")
    words = ["SECRET_HASH", "PASSWORD_CLAIM_SIGNATURE"]
    names = sorted(path.relative_to(BUILT).as_posix() for path in pages)
    done = subprocess.run(
        ["node", "browse_site.mjs"],
        cwd=ROOT / "tests" / "javascript",
        input=json.dumps({"url": url, "browser": BROWSER, "pages": names, "words": words}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["errors"] == []
    assert found["wide"] == []
    assert found["clicked"]["My signature is refused"] == "My signature is refused"
    assert len(found["clicked"]) > 25
    for word in words:
        assert len(found["search"][word]) > 3, word
    assert any("SECRET_HASH" in title for title in found["search"]["SECRET_HASH"])


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("Wrong: :py:class:`srp_cognito.NoSuchName`", "srp_cognito.NoSuchName"),
        (".. autoclass:: srp_cognito.NoSuchName", "NoSuchName"),
        (".. include:: no-such-file.txt", "no-such-file.txt"),
        (":doc:`no-such-page`", "no-such-page"),
    ],
)
def test_a_missing_name_fails_the_build(page: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "index.rst").write_text(f"Title\n=====\n\n{page}\n", "utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "sphinx", "--nitpicky", "--fail-on-warning", "--quiet"),
            *("--conf-dir", ROOT / "docs", tmp_path, tmp_path / "site"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert says in done.stderr


def test_a_link_to_a_file_that_does_not_exist_fails_the_build(tmp_path: Path) -> None:
    for name in ("docs", "vectors", "tests", "benchmarks", "examples", "emulators", "src"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("node_modules", "*.pyc")
        )
    for path in ROOT.glob("*.md"):
        shutil.copy(path, tmp_path)
    with (tmp_path / "docs" / "use.md").open("a", encoding="utf-8") as file:
        file.write("\n[nothing](no-such-page.md)\n")
    done = subprocess.run(
        [sys.executable, tmp_path / "docs" / "stage.py", tmp_path / "pages"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f"docs/use.md: expected a file at {tmp_path / 'docs/no-such-page.md'}\n"
