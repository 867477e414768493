"""lines.py: what a line of an input holds, and what is refused unread."""

import contextlib
import io
import json
import os
import threading
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from srp_cognito import IllegalParameter, MalformedParameter
from srp_cognito.transcripts import lines as lines_module
from srp_cognito.transcripts.lines import (
    MAX_BRACKETS,
    MAX_LINE,
    Lines,
    bounded,
    describe,
    is_blank,
    parse_line,
)

REFUSED = {
    "no JSON": b"password=hunter2",
    "half a JSON": b'{"password": "hunter2',
    "no object": b'["hunter2"]',
    "null": b"null",
    "nothing": b"",
    "no UTF-8": b'{"password": "hunter2\xff"}',
    "UTF-16": '{"password": "hunter2"}'.encode("utf-16"),
    "deeply nested": b"[" * 200_000,
    "an endless number": b'{"id": ' + b"9" * 10_000 + b"}",
    "NaN": b'{"id": NaN}',
    "infinity": b'{"id": [-Infinity]}',
    "a number beyond all floats": b'{"id": {"deep": 1e999}}',
}


@pytest.mark.parametrize("line", REFUSED.values(), ids=REFUSED)
def test_what_is_not_a_json_object_is_refused_without_being_quoted(line: bytes) -> None:
    with pytest.raises(MalformedParameter) as caught:
        parse_line(line)
    error = caught.value
    assert str(error) == "transcript is not a JSON object in UTF-8"
    assert error.__context__ is error.__cause__ is None


def test_a_line_that_is_too_long_is_refused_unread() -> None:
    assert bounded(b"x" * 5_000_000) is None
    assert bounded(b"x" * MAX_LINE) == b"x" * MAX_LINE
    assert bounded(b"x" * (MAX_LINE + 1)) is None
    with pytest.raises(MalformedParameter, match=f"transcript has more than {MAX_LINE} bytes"):
        parse_line(None)


@pytest.mark.parametrize("bracket", [b"[]", b"{}"])
def test_a_line_of_more_lists_and_objects_than_memory_allows_is_refused(bracket: bytes) -> None:
    # The line is an object itself, and has a list in it.
    most = b",".join([bracket] * (MAX_BRACKETS - 2))
    assert len(parse_line(b'{"id": [%b]}' % most)) == 1
    with pytest.raises(MalformedParameter, match=f"has more than {MAX_BRACKETS} opening brackets"):
        parse_line(b'{"id": [%b,%b]}' % (most, bracket))


@pytest.mark.parametrize(
    ("line", "record"),
    [
        (b'{"id": 1}\r\n', {"id": 1}),
        (b'\xef\xbb\xbf{"id": 1}', {"id": 1}),
        (b'{"id": "\\ud800"}', {"id": "\ud800"}),
        ('{"id": "\N{GREEK SMALL LETTER PI}"}'.encode(), {"id": "\N{GREEK SMALL LETTER PI}"}),
        (b'{"id": 1, "id": 2}', {"id": 2}),
        (b"{}", {}),
    ],
)
def test_a_json_object_is_read(line: bytes, record: dict[str, object]) -> None:
    assert parse_line(line) == record


@pytest.mark.parametrize(
    ("line", "blank"),
    [
        (b"", True),
        (b" \t\r\n", True),
        (b" " * 1000, True),
        (b" " * 1000 + b"x", False),
        (b"x", False),
        (b" " * MAX_LINE, True),
        (b" " * (MAX_LINE + 1), False),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else "",
)
def test_a_line_is_blank_if_it_holds_nothing_and_is_not_too_long(line: bytes, blank: bool) -> None:
    assert is_blank(line) == blank


def test_text_instead_of_bytes_is_refused() -> None:
    with pytest.raises(TypeError, match="a line must be a bytes, not str"):
        is_blank("{}")  # type: ignore[arg-type]


def test_an_error_is_described_for_an_answer() -> None:
    assert json.loads(json.dumps(describe(IllegalParameter("SRP_B", "must not be 0")))) == {
        "type": "IllegalParameter",
        "name": "SRP_B",
        "message": "SRP_B must not be 0",
    }


class Given:
    """A stream without a descriptor, each read of which gets one of these blocks, or fails."""

    def __init__(self, *blocks: bytes) -> None:
        self.blocks = list(blocks)

    def read1(self, _: int, /) -> bytes:
        block = self.blocks.pop(0)
        if block == b"broken":
            raise OSError("the disk is gone")
        return block

    def fileno(self) -> int:
        raise io.UnsupportedOperation


def test_lines_are_whole_however_they_come() -> None:
    blocks = (b"on", b"e\ntwo\r\n", b"\n", b"\nthree", b"\nfo", b"ur", b"")
    whole = [b"one\n", b"two\r\n", b"\n", b"\n", b"three\n", b"four"]
    assert list(Lines(Given(*blocks))) == whole
    assert list(Lines(Given(b""))) == []


def test_a_line_that_is_too_long_is_cut_and_the_next_one_is_whole() -> None:
    block = b"x" * (MAX_LINE // 2)
    for rest in (b"\n", b"x", b"x" * MAX_LINE + b"\n"):
        first, *others = Lines(Given(block, block, rest, b"\nnext", b""))
        assert len(first) == MAX_LINE + 1
        assert others[-1] == b"next"


def test_an_error_of_the_stream_comes_where_its_line_would_come() -> None:
    lines = Lines(Given(b"one\ntwo", b"broken"))
    assert next(lines) == b"one\n"
    with pytest.raises(OSError, match="the disk is gone"):
        next(lines)


@contextlib.contextmanager
def piped() -> Iterator[tuple[Lines, io.FileIO]]:
    """The lines of a pipe, and its other end. A test that waits gets lines that nobody expects."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stream, io.FileIO(writing, "w") as out:
        watchdog = threading.Timer(20, lambda: out.write(b"nobody should wait\n" * 99))
        watchdog.start()
        try:
            yield Lines(stream), out
        finally:
            watchdog.cancel()


posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows cannot say what is in a pipe")


@posix_only
def test_the_lines_at_hand_are_those_that_came_and_nobody_waits_for_more() -> None:
    with piped() as (lines, out):
        assert lines.at_hand(9, 999) == 0
        out.write(b"one\ntwo\nthr")
        assert lines.at_hand(1, 999) == 1
        assert lines.at_hand(9, 999) == 2
        out.write(b"ee\nfour\n")
        assert lines.at_hand(3, 999) == 3
        assert lines.at_hand(9, 1) == lines.at_hand(9, 999) == 4
        assert [next(lines) for _ in range(4)] == [b"one\n", b"two\n", b"three\n", b"four\n"]
        out.write(b"last")
        out.close()
        assert lines.at_hand(9, 999) == 1
        assert list(lines) == [b"last"]
        assert lines.at_hand(9, 999) == 0


@posix_only
def test_no_more_is_read_than_may_be_held(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"x" * 99_999 + b"\n" + b"y\n" * 99_999)
    with path.open("rb") as stream:
        lines = Lines(stream)
        held = lines.at_hand(99_999, 200_000)
        assert 1 < held < 99_999
        assert lines.at_hand(2, 1) == 2
        assert len(list(lines)) == 100_000


@posix_only
def test_an_error_of_the_stream_comes_after_the_lines_at_hand() -> None:
    class Ready(Given):
        def fileno(self) -> int:
            return reading

    reading, writing = os.pipe()
    os.close(writing)  # The end of an input can be read.
    with os.fdopen(reading, "rb"):
        lines = Lines(Ready(b"one\ntwo\n", b"broken"))
        assert lines.at_hand(9, 999) == 2
        assert [next(lines), next(lines)] == [b"one\n", b"two\n"]
        with pytest.raises(OSError, match="the disk is gone"):
            next(lines)


def test_what_cannot_say_what_is_there_has_no_more_at_hand_than_was_read() -> None:
    lines = Lines(Given(b"one\ntwo\n", b"three\n", b""))
    assert lines.at_hand(9, 999) == 0
    assert next(lines) == b"one\n"
    assert lines.at_hand(9, 999) == 1


def test_where_the_system_cannot_say_what_is_in_a_pipe_each_line_comes_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on Windows, whose select knows sockets alone."""

    def refuse(*_: object) -> None:
        raise OSError(10038, "An operation was attempted on something that is not a socket")

    monkeypatch.setattr(lines_module, "select", types.SimpleNamespace(select=refuse))
    with piped() as (lines, out):
        out.write(b"one\ntwo\n")
        assert lines.at_hand(9, 999) == 0
        assert next(lines) == b"one\n"
        # It was read with the first one.
        assert lines.at_hand(9, 999) == 1
        out.write(b"three\n")
        assert lines.at_hand(9, 999) == 1
        assert next(lines) == b"two\n"
