"""lines.py: what a line of an input holds, and what is refused unread."""

import json

import pytest

from srp_cognito import IllegalParameter, MalformedParameter
from srp_cognito.transcripts.lines import MAX_LINE, bounded, describe, is_blank, parse_line

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
    assert bounded(b"x" * MAX_LINE) == b"x" * MAX_LINE
    assert bounded(b"x" * (MAX_LINE + 1)) is None
    with pytest.raises(MalformedParameter, match=f"transcript has more than {MAX_LINE} bytes"):
        parse_line(None)


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
