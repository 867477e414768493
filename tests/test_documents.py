"""README.md and docs/: every example in them runs, and every link leads somewhere."""

import doctest
import json
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
        "docs/use.md",
        "vectors/README.md",
        "vectors/published/README.md",
    )
]
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_no_document_is_forgotten() -> None:
    found = {*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("vectors/**/*.md")}
    assert found == set(DOCUMENTS)


SIGN_IN = ["InitiateAuth", "RespondToAuthChallenge"]


@pytest.mark.parametrize(
    ("name", "operations"),
    [
        ("README.md", SIGN_IN * 2),
        (
            "docs/use.md",
            [*SIGN_IN, *SIGN_IN, "ConfirmDevice", *SIGN_IN, *["RespondToAuthChallenge"] * 2],
        ),
        ("docs/security.md", []),
    ],
    ids=str,
)
def test_the_examples_run(
    name: str, operations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = StubPool()
    pool.install(monkeypatch)
    results = doctest.testfile(str(ROOT / name), module_relative=False)
    assert results.failed == 0
    assert results.attempted > 0
    assert pool.operations == operations


def test_the_protocols_n_is_the_librarys() -> None:
    text = (ROOT / "docs" / "protocol.md").read_text("utf-8")
    printed = re.search(r"```text\n([0-9A-F\n]+)```", text)
    assert printed is not None
    assert int(printed[1].replace("\n", ""), 16) == modexp.N


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


def test_the_documents_name_the_number_of_vectors() -> None:
    count = json.loads((ROOT / "vectors" / "logins.json").read_text("utf-8"))["numberOfTests"]
    assert f"{count} test vectors" in (ROOT / "README.md").read_text("utf-8")
    assert f"{count} test vectors" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"{count} logins" in (ROOT / "vectors" / "README.md").read_text("utf-8")
