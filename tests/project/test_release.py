"""release/: what is released agrees with itself, and is the same bytes wherever it is built."""

import re
import subprocess
import sys
from pathlib import Path

import build_twice
import check
import pytest
import rehearse

import srp_cognito

ROOT = Path(__file__).parents[2]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
RELEASED = """# Changelog

## [Unreleased]

## [0.2.0] - 2026-03-07

- New.

## [0.1.0] - 2026-01-02

- First.
"""


def test_the_version_and_the_changelog_agree() -> None:
    assert check.version() == srp_cognito.__version__
    assert list(check.disagreements(check.version(), CHANGELOG)) == []


def test_a_changelog_that_is_ready_has_no_obstacle() -> None:
    assert list(check.obstacles("0.2.0", RELEASED)) == []
    assert [section.text for section in check.sections(RELEASED)] == ["", "- New.", "- First."]


@pytest.mark.parametrize(
    ("version", "old", "new", "words"),
    [
        ("0.3.0", "", "", "must have 0.3.0 as its newest release"),
        ("0.1.0", "", "", "names 0.2.0, and the package is 0.1.0"),
        ("0.2", "", "", "three numbers with dots, got 0.2"),
        ("0.2.0", "## [Unreleased]\n", "", 'must begin with a section "[Unreleased]"'),
        ("0.2.0", "[Unreleased]\n", "[Unreleased]\n\n- More.\n", "has changes under [Unreleased]"),
        ("0.2.0", " - 2026-03-07", "", "0.2.0 needs its day"),
        ("0.2.0", "2026-03-07", "2026-02-30", "0.2.0 needs its day"),
        ("0.2.0", "2026-03-07", "20260307", "0.2.0 needs its day"),
        ("0.2.0", "- New.\n", "", "0.2.0 has no text"),
        ("0.2.0", "[0.1.0]", "[0.2.0]", "each version once, the newest first"),
        ("0.2.0", "[0.1.0]", "[0.3.0]", "each version once, the newest first"),
        ("0.2.0", "[0.1.0]", "[0.1]", "as three numbers, got 0.1"),
        ("0.2.0", RELEASED, "", 'must begin with a section "[Unreleased]"'),
    ],
)
def test_what_does_not_agree_is_named(version: str, old: str, new: str, words: str) -> None:
    assert any(words in problem for problem in check.obstacles(version, RELEASED.replace(old, new)))


def test_a_tag_of_another_version_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "src" / "srp_cognito").mkdir(parents=True)
    (tmp_path / "src" / "srp_cognito" / "__init__.py").write_text('__version__ = "0.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(RELEASED)
    monkeypatch.setattr(check, "ROOT", tmp_path)
    said = {"tag": "", "status": ""}
    monkeypatch.setattr(check, "git", lambda what, *_: said[what])
    assert check.main(["--tag", "v0.2.0"]) == 0
    assert capsys.readouterr().out == "0.2.0\n"
    assert check.main(["--tag", "v0.1.0"]) == 1
    assert "the tag must be v0.2.0, got v0.1.0" in capsys.readouterr().out
    said |= {"tag": "v0.2.0", "status": "?? left"}
    assert check.main([]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "the tag v0.2.0 exists: give the package a new version",
        "there are changes that are not committed",
    ]
    assert check.main(["--notes"]) == 0
    assert capsys.readouterr().out == "- New.\n"


def test_a_file_that_one_build_lacks_or_makes_otherwise_is_named() -> None:
    assert build_twice.differing({"a": b"1", "b": b"2"}, {"a": b"1", "b": b"2"}) == []
    assert build_twice.differing({"a": b"1", "b": b"2"}, {"b": b"3", "c": b"4"}) == [
        "a",
        "b",
        "c",
    ]


def test_nothing_is_rehearsed_without_a_build(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(rehearse, "DIST", tmp_path)
    assert rehearse.main() == 1
    assert "run release/build_twice.py first" in capsys.readouterr().err


def test_the_files_for_a_public_host_are_what_the_host_reads() -> None:
    pytest.importorskip("check_jsonschema", reason="it is not installed; `make check` has it")
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    host = ROOT / ".github"
    for schema, files in (
        ("github-issue-forms", sorted(host.glob("ISSUE_TEMPLATE/[0-9]*.yml"))),
        ("github-issue-config", [host / "ISSUE_TEMPLATE" / "config.yml"]),
        ("dependabot", [host / "dependabot.yml"]),
        ("github-workflows", sorted(host.glob("workflows/*.yml"))),
        ("readthedocs", [ROOT / ".readthedocs.yaml"]),
    ):
        assert files
        command = [*checker, f"vendor.{schema}", *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_release_installs_what_is_pinned_by_its_hash() -> None:
    wanted = (ROOT / "release" / "requirements.in").read_text("utf-8").split("\n", 1)[1].split()
    pinned = (ROOT / "release" / "requirements.txt").read_text("utf-8")
    blocks = re.split(r"\n(?=\w)", pinned)
    assert all("--hash=sha256:" in block for block in blocks)
    names = {re.split(r"[=\[ ]", block)[0] for block in blocks}
    assert set(wanted) <= names
    assert wanted == sorted(wanted)
