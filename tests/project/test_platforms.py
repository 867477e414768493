"""The table of docs/platforms.md, and the program that makes its rows."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from srp_cognito.proof import modexp

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "tests" / "platforms" / "results.json"
PAGE = ROOT / "docs" / "platforms.md"

RUN = {
    "place": "Here",
    "version": "3.14.10",
    "build": None,
    "openssl": "OpenSSL 3.6.5 1 Nov 2026",
    "engine": "libcrypto",
    "constant_time": True,
    "suite": "5 passed",
    "note": None,
    "ms": 1.5,
    "ratio": 1,
}


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


writer = loaded(ROOT / "docs" / "platforms.py")


def test_the_table_is_what_the_rows_say() -> None:
    """`make platforms` writes it."""
    text = PAGE.read_text("utf-8")
    assert writer.page(text) == text


def test_each_place_has_one_row_and_they_are_sorted() -> None:
    places = [row["place"] for row in json.loads(RESULTS.read_text("utf-8"))]
    assert places == sorted(set(places), key=str.casefold)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({}, "| Here | 3.14.10 | 3.6.5 | libcrypto | yes | 5 passed | 1.50 | 1.00 |"),
        (
            {"build": "musl", "engine": "plain", "constant_time": False, "suite": None},
            "| Here | 3.14.10, musl | 3.6.5 | plain | no | not run | 1.50 | 1.00 |",
        ),
        (
            {"openssl": None, "ratio": None},
            "| Here | 3.14.10 | without | libcrypto | yes | 5 passed | 1.50 | not measured |",
        ),
        (
            {"openssl": "LibreSSL 4.1.0"},
            "| Here | 3.14.10 | LibreSSL 4.1.0 | libcrypto | yes | 5 passed | 1.50 | 1.00 |",
        ),
        ({"not_tried": "no machine"}, "| Here | not tried: no machine | | | | | | |"),
    ],
    ids=str,
)
def test_a_row_says_what_ran_and_what_did_not(changed: dict[str, object], line: str) -> None:
    assert list(writer.lines([RUN | changed]))[-1] == line


def test_a_note_stands_under_the_table() -> None:
    *_, row, empty, note = writer.lines([RUN | {"note": "Slow."}])
    assert (row.partition(" | ")[0], empty, note) == ("| Here (1)", "", "1. Slow.")


def test_any_interpreter_makes_its_row(tmp_path: Path) -> None:
    into = tmp_path / "results.json"
    into.write_text(json.dumps([RUN, RUN | {"place": "Zope"}]), "utf-8")
    program = ROOT / "tests" / "platforms" / "row.py"
    arguments = ["--place", RUN["place"], "--suite", "3 passed", "--seconds", "0", "--into", into]
    if modexp.engine().name == "libcrypto":
        arguments += ["--reference", sys.executable]
    done = subprocess.run(
        [sys.executable, program, *arguments], capture_output=True, check=True, timeout=60
    )
    made = json.loads(done.stdout)
    assert json.loads(into.read_text("utf-8")) == [made, RUN | {"place": "Zope"}]
    assert made["engine"] == modexp.engine().name
    assert made["ms"] > 0
    (line,) = [line for line in writer.lines([made]) if RUN["place"] in line]
    assert " | 3 passed | " in line
