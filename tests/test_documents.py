"""README.md and docs/: every example in them runs, and every link leads somewhere."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from stub_pool import StubPool

from srp_cognito import modexp

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    ROOT / name
    for name in (
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/protocol.md",
        "docs/security.md",
        "docs/transcripts.md",
        "vectors/README.md",
        "vectors/published/README.md",
    )
]
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_no_document_is_forgotten() -> None:
    found = {*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("vectors/**/*.md")}
    assert found == set(DOCUMENTS)


def test_the_readmes_login_runs_against_botocore() -> None:
    pool = StubPool()
    pool.install()
    results = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert results.failed == 0
    assert results.attempted >= 10
    assert pool.signed_in == 1


@pytest.mark.parametrize("name", ["docs/protocol.md", "docs/security.md"])
def test_the_examples_of_the_docs_are_true(name: str) -> None:
    results = doctest.testfile(str(ROOT / name), module_relative=False)
    assert results.failed == 0
    assert results.attempted > 0


@pytest.mark.skipif(os.name == "nt", reason="the examples are typed into a POSIX shell")
def test_the_commands_of_the_docs_print_what_they_say() -> None:
    if modexp.engine().name != "libcrypto":
        pytest.skip("the examples name the engine libcrypto, which is not usable here")
    blocks = CONSOLE.findall((ROOT / "docs" / "transcripts.md").read_text("utf-8"))
    assert len(blocks) == 4
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for block in blocks:
        command, _, printed = block.partition("\n")
        assert command.startswith("$ ")
        done = subprocess.run(
            command[2:],
            shell=True,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PATH": path},
        )
        pattern = ".*".join(re.escape(part) for part in printed.split("..."))
        assert re.fullmatch(pattern, done.stdout), f"{command}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_into_the_project_leads_to_a_file(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text("utf-8")):
        if not target.startswith("https://"):
            assert (document.parent / target).exists(), target


def test_the_readme_names_the_number_of_vectors() -> None:
    assert "291 test vectors" in (ROOT / "README.md").read_text("utf-8")
