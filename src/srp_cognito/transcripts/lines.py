"""Lines of an input of many: read from a stream, and the JSON object that each holds.

A line is blank, too long, or holds a JSON object. An error is written as an answer has it.
"""

import contextlib
import select
from collections import deque
from collections.abc import Iterator
from typing import Final, Protocol

from ..exceptions import MalformedParameter, PeerError
from ..given import expect
from ..wire import json_object

__all__ = [
    "MAX_BRACKETS",
    "MAX_LINE",
    "Lines",
    "Stream",
    "bounded",
    "describe",
    "is_blank",
    "parse_line",
]

MAX_LINE: Final = 4 << 20
"""A longer line is refused unread. A transcript has some 5,000 bytes; the rest is room for an `id`.
All that a parser makes of it must stay below 200 MB, see `MAX_BRACKETS`."""

MAX_BRACKETS: Final = 1 << 18
"""A line with more lists and objects is refused. A list of one list takes 112 bytes in memory and
two in a line, and an object of one object 232 and five; everything else takes less than twenty
times a line's size."""

_READ: Final = 1 << 16
"""How many bytes are read at a time: what a pipe holds."""


class Stream(Protocol):
    """What `Lines` needs of a stream; a binary file has it."""

    def read1(self, size: int, /) -> bytes:
        """Return what is there, up to this size; wait if that is nothing; b"" at the end."""

    def fileno(self) -> int:
        """Return the descriptor, or raise OSError."""


class Lines:
    """The lines of a stream, one at a time or as many as are there.

    A line of more than `MAX_LINE` bytes is cut off one byte after that.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._whole: deque[bytes] = deque()
        self._begun: list[bytes] = []  # The parts of a line whose end has not come.
        self._size = 0
        self._ended = False
        self._error: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        while not self._whole:
            if self._error is not None:
                raise self._error
            if self._ended:
                raise StopIteration
            self._read()
        return self._whole.popleft()

    def at_hand(self, most: int, size: int) -> int:
        """Return how many lines there are without waiting, up to `most`.

        Args:
            most: how many are wanted.
            size: no more is read once the lines at hand have so many bytes.
        """
        held = sum(map(len, self._whole))
        while len(self._whole) < most and held < size and not self._ended and self._is_ready():
            try:
                held += self._read()
            except Exception as error:  # noqa: BLE001, since it is raised after the lines before it.
                self._error, self._ended = error, True
        return min(len(self._whole), most)

    def _is_ready(self) -> bool:
        """Whether a read would not wait; False where the system cannot say it."""
        # Windows knows it of sockets alone. A stand-in has no descriptor.
        with contextlib.suppress(OSError, ValueError):
            return bool(select.select((self._stream.fileno(),), (), (), 0)[0])
        return False

    def _read(self) -> int:
        """Take in what is there, waiting if that is nothing, and return its size."""
        block = self._stream.read1(_READ)
        first, *others = block.split(b"\n")
        self._begin(first)
        for other in others:
            self._end(b"\n")
            self._begin(other)
        if not block:
            self._ended = True
            self._end(b"")
        return len(block)

    def _begin(self, part: bytes) -> None:
        # What is beyond the limit is read and thrown away.
        if part := part[: MAX_LINE + 1 - self._size]:
            self._begun.append(part)
            self._size += len(part)

    def _end(self, mark: bytes) -> None:
        self._begin(mark)
        if self._begun:
            self._whole.append(b"".join(self._begun))
        self._begun, self._size = [], 0


def is_blank(line: bytes) -> bool:
    """Whether a line holds nothing but white space; it has no answer then."""
    # Only the beginning of a line is looked at first, since strip() copies a long one. One that is
    # too long is an error, whatever it holds.
    beginning = expect(line, bytes, "a line")[:64]
    return not beginning.strip() and len(line) <= MAX_LINE and not line.strip()


def bounded(line: bytes) -> bytes | None:
    """Return a line, or None for one that is too long."""
    return line if len(line) <= MAX_LINE else None


def parse_line(line: bytes | None) -> dict[str, object]:
    """Return the JSON object of a line.

    Args:
        line: the line as `bounded` returns it. It may begin with a byte order mark.

    Raises:
        MalformedParameter: the line is too long, is not a JSON object in UTF-8, or has more lists
            and objects in it than `MAX_BRACKETS`. Brackets in a text count, too.
    """
    if line is None:
        raise MalformedParameter("transcript", f"has more than {MAX_LINE} bytes")
    if line.count(b"[") + line.count(b"{") > MAX_BRACKETS:
        raise MalformedParameter("transcript", f"has more than {MAX_BRACKETS} opening brackets")
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The error holds the whole line, and so perhaps a password. Raising outside the handler
        # keeps it out of the context of the error that the caller gets.
        text = ""
    record = json_object(text)
    if record is None:
        raise MalformedParameter("transcript", "is not a JSON object in UTF-8")
    return record


def describe(error: PeerError) -> dict[str, str]:
    """Return an error as an answer has it."""
    return {"type": type(error).__name__, "name": error.name, "message": str(error)}
