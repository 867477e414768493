"""One line of an input of many: whether it is blank or too long, and the JSON object that it holds.

A line is read from bytes, and an error is written as an answer has it.
"""

from typing import Final

from ..exceptions import MalformedParameter, PeerError
from ..given import expect
from ..wire import json_object

__all__ = ["MAX_LINE", "bounded", "describe", "is_blank", "parse_line"]

MAX_LINE: Final = 4 << 20
"""A longer line is refused unread. A transcript has some 5,000 bytes; the rest is room for an `id`.
A JSON parser makes objects of up to thirty times a line's size, and all of that must stay below
200 MB."""


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
        MalformedParameter: the line is too long, or is not a JSON object in UTF-8.
    """
    if line is None:
        raise MalformedParameter("transcript", f"has more than {MAX_LINE} bytes")
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
