"""documentation.py: one address, with which pyproject.toml, `--help` and PyPI's page agree."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from command import run_here

from srp_cognito.cli import options
from srp_cognito.documentation import SITE, page

ROOT = Path(__file__).parents[1]


def addresses(text: str) -> list[str]:
    """Return the addresses in a text that are meant to be the documentation's."""
    return re.findall(r"https://[^\s'\"]*srp-cognito[^\s'\")]*", text)


def test_a_page_has_an_address_and_perhaps_an_anchor() -> None:
    assert page("use") == f"{SITE}use.html"
    assert page("use", "only-the-proof") == f"{SITE}use.html#only-the-proof"


def test_the_project_and_its_package_agree_on_the_address() -> None:
    found = addresses((ROOT / "pyproject.toml").read_text("utf-8"))
    assert f"{SITE}" in found
    assert all(address.startswith(SITE) for address in found)


@pytest.mark.parametrize("command", [name for name, *_ in options._COMMANDS])
def test_the_help_of_a_command_names_a_page_that_exists(command: str) -> None:
    (address,) = addresses(run_here(command, "--help").stdout.decode())
    name = address.removeprefix(SITE).removesuffix(".html")
    text = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
    assert f"srp-cognito {command}" in text or f"`{command}`" in text


def test_the_help_names_the_documentation() -> None:
    assert addresses(run_here("--help").stdout.decode()) == [page("transcripts"), SITE]


class Links(HTMLParser):
    """What a page links to and shows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"href", "src"}]


def test_each_link_and_picture_of_the_readme_leads_somewhere_on_pypi() -> None:
    markdown = pytest.importorskip(
        "readme_renderer.markdown", reason="NOT CHECKED: readme-renderer; `make check` has it"
    )
    made = subprocess.run(
        [sys.executable, "-m", "hatch_fancy_pypi_readme"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    html = markdown.render(made)
    assert html is not None  # None if PyPI would refuse it.
    links = [link for link in Links(html).found if not link.startswith("#user-content-")]
    assert len(links) > 20
    assert "<img" in html
    for link in links:
        assert link.startswith(SITE), link
        name, _, _ = link.removeprefix(SITE).partition("#")
        assert source_of(name).is_file(), link


def source_of(name: str) -> Path:
    """Return the file of which the site makes a page or a picture."""
    if name.startswith("_images/"):
        return ROOT / "benchmarks" / "results" / name.removeprefix("_images/")
    folder, _, stem = name.removesuffix(".html").rpartition("/")
    if folder == "project":
        return ROOT / f"{stem}.md"
    if stem == "index" and folder:
        return ROOT / folder / "README.md"
    if folder and (ROOT / folder / f"{stem}.md").is_file():
        return ROOT / folder / f"{stem}.md"
    return ROOT / "docs" / folder / f"{stem}.md"
