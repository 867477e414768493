"""progress.py: a bar at a terminal, a summary without tqdm, and nothing where nobody watches."""

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from srp_cognito.cli.progress import Progress, shown


class Terminal(io.StringIO):
    """A terminal that remembers what it shows."""

    def isatty(self) -> bool:
        return True


@contextlib.contextmanager
def at(monkeypatch: pytest.MonkeyPatch, stderr: TextIO | None, stdin: TextIO) -> Iterator[None]:
    """Standard error and standard input are these.

    This is not a fixture, since pytest puts its own streams back before a test begins.
    """
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stderr)
        patch.setattr(sys, "stdin", stdin)
        yield


@pytest.fixture
def file(tmp_path: Path) -> Iterator[TextIO]:
    """Three lines of four bytes, of which the first was read already."""
    path = tmp_path / "transcripts.jsonl"
    path.write_bytes(b"one\ntwo\nend\n")
    with path.open(encoding="utf-8") as file:
        os.lseek(file.fileno(), 4, os.SEEK_SET)
        yield file


def read_line(file: TextIO) -> None:
    os.read(file.fileno(), 4)


def test_a_file_has_a_bar_with_the_rate_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch, file: TextIO
) -> None:
    terminal = Terminal()
    with at(monkeypatch, terminal, file), shown() as progress:
        assert re.search(r"\r +0% \|.*\| 0 lines, \? left", terminal.getvalue())
        read_line(file)
        progress.advance()
        read_line(file)
        progress.advance()
    text = terminal.getvalue()
    assert re.search(r"\r100% \|.*\| 2 lines, [\d,]+ a second, 00:00 left", text)
    assert text.endswith("\n")


def test_the_bar_shows_how_much_of_the_rest_is_read(
    monkeypatch: pytest.MonkeyPatch, file: TextIO
) -> None:
    terminal = Terminal()
    with at(monkeypatch, terminal, file), shown() as progress:
        read_line(file)
        progress.advance()
    assert re.search(r" 50% \|.*\| 1 lines, ", terminal.getvalue())


def test_a_line_that_takes_long_is_shown_even_after_many_quick_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    now = 0.0
    monkeypatch.setattr("tqdm.std.time", lambda: now)
    path = tmp_path / "transcripts.jsonl"
    path.write_bytes(b"one\n" * 1000)
    terminal = Terminal()
    with path.open() as file, at(monkeypatch, terminal, file), shown() as progress:
        for _ in range(500):
            read_line(file)
            progress.advance()
            now += 0.001
        read_line(file)
        now += 10
        progress.advance()
        assert " 501 lines, 48 a second" in terminal.getvalue()


def test_a_problem_is_shown_above_the_bar(monkeypatch: pytest.MonkeyPatch, file: TextIO) -> None:
    terminal = Terminal()
    with at(monkeypatch, terminal, file), shown() as progress:
        progress.complain("line 1: SALT is missing")
    assert "\rsrp-cognito: line 1: SALT is missing\n" in terminal.getvalue()


def test_the_bar_ends_where_the_run_ends_with_an_error(
    monkeypatch: pytest.MonkeyPatch, file: TextIO
) -> None:
    terminal = Terminal()
    with at(monkeypatch, terminal, file), pytest.raises(KeyboardInterrupt), shown():
        raise KeyboardInterrupt
    assert terminal.getvalue().endswith("\n")


def test_a_pipe_whose_length_is_unknown_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(writing)
    terminal = Terminal()
    with os.fdopen(reading) as pipe, at(monkeypatch, terminal, pipe), shown() as progress:
        for _ in range(3):
            progress.advance()
    assert re.search(r"\r3 lines, [\d,]+ a second, 00:00 so far", terminal.getvalue())
    assert "%" not in terminal.getvalue()


def test_without_tqdm_there_is_one_line_at_the_end(
    monkeypatch: pytest.MonkeyPatch, file: TextIO
) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    terminal = Terminal()
    with at(monkeypatch, terminal, file), shown() as progress:
        progress.advance()
        progress.complain("line 1: SALT is missing")
        progress.advance()
        assert terminal.getvalue() == "srp-cognito: line 1: SALT is missing\n"
    last = terminal.getvalue().splitlines()[-1]
    assert re.fullmatch(r"srp-cognito: 2 lines, [\d,]+ a second, in \d+ seconds", last)


@pytest.mark.parametrize(
    ("stderr", "stdin"),
    [(Terminal(), Terminal()), (io.StringIO(), io.StringIO()), (None, io.StringIO())],
    ids=["a person types", "standard error goes to a file", "standard error is closed"],
)
def test_nothing_is_shown_but_problems_where_nobody_watches(
    monkeypatch: pytest.MonkeyPatch, stderr: io.StringIO | None, stdin: TextIO
) -> None:
    with at(monkeypatch, stderr, stdin), shown() as progress:
        assert type(progress) is Progress
        progress.advance()
        progress.complain("line 1: SALT is missing")
    if stderr is not None:
        assert stderr.getvalue() == "srp-cognito: line 1: SALT is missing\n"


def test_the_bar_is_not_imported_where_it_is_not_shown() -> None:
    program = (
        "import sys; from srp_cognito.cli.progress import shown\n"
        "with shown() as progress: progress.advance()\n"
        "sys.exit('tqdm' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=b"", capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


class Files:
    """Files of ten bytes, of which five were read."""

    size = 10
    is_typed = False

    def position(self) -> int:
        return 5


def test_files_have_a_bar_of_their_own(monkeypatch: pytest.MonkeyPatch, file: TextIO) -> None:
    terminal = Terminal()
    with at(monkeypatch, terminal, file), shown(Files()) as progress:
        progress.advance()
    assert re.search(r" 50% \|.*\| 1 lines, ", terminal.getvalue())


def test_files_have_a_bar_also_where_a_person_sits_at_the_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    with at(monkeypatch, terminal, Terminal()), shown(Files()) as progress:
        progress.advance()
    assert " 50% " in terminal.getvalue()


def test_files_among_which_a_person_types_have_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = Files()
    typed.is_typed = True
    with at(monkeypatch, Terminal(), Terminal()), shown(typed) as progress:
        assert type(progress) is Progress
