"""http_reply.py: what any HTTP client has, in the form that boto3 returns."""

import email
import http.client
import io
from typing import Any

import httpx
import multidict
import pytest
import requests.structures

from srp_cognito import http_reply
from srp_cognito.calls.http_reply import MAX_BODY


def test_the_members_of_the_body_come_with_the_status_and_the_headers() -> None:
    reply = http_reply(200, {"Date": "Sat", "X-Amzn-RequestId": "5"}, b'{"Session": "s\xc3\xa4"}')
    assert reply == {
        "Session": "s\u00e4",
        "ResponseMetadata": {
            "HTTPStatusCode": 200,
            "HTTPHeaders": {"date": "Sat", "x-amzn-requestid": "5"},
        },
    }


def message(headers: dict[str, str]) -> http.client.HTTPMessage:
    """Headers as urllib.request has them."""
    text = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return http.client.parse_headers(io.BytesIO(f"{text}\r\n".encode()))


@pytest.mark.parametrize(
    "kind",
    [
        dict,
        httpx.Headers,
        multidict.CIMultiDict,
        requests.structures.CaseInsensitiveDict,
        message,
        lambda headers: email.message_from_string(
            f"X-Amzn-ErrorType: {headers['X-Amzn-ErrorType']}"
        ),
    ],
    ids=["dict", "httpx", "aiohttp", "requests", "urllib", "email"],
)
def test_the_headers_may_be_those_of_any_client(kind: Any) -> None:
    reply: Any = http_reply(400, kind({"X-Amzn-ErrorType": "Oops"}), b"{}")
    assert reply["ResponseMetadata"]["HTTPHeaders"] == {"x-amzn-errortype": "Oops"}


def test_the_body_cannot_pretend_to_be_the_metadata() -> None:
    reply: Any = http_reply(500, {}, b'{"ResponseMetadata": {"HTTPStatusCode": 200}}')
    assert reply["ResponseMetadata"]["HTTPStatusCode"] == 500


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<h1>Unavailable</h1>", "<h1>Unavailable</h1>"),
        (b"\xff garbage", "\ufffd garbage"),
        (b"null", "null"),
        (b"<p>" + b"x" * MAX_BODY, "<p>" + "x" * 4093),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_body_that_is_not_the_services_json_is_kept_to_be_shown(
    body: bytes, message: str
) -> None:
    assert http_reply(503, {}, body)["message"] == message
    assert http_reply(503, {}, body.decode("utf-8", "replace"))["message"] == message


@pytest.mark.parametrize(
    "body",
    [
        b'{"AuthenticationResult": {"AccessToken": "hunter2',
        b' {"a": NaN, "b": "hunter2"}',
        b'{"a": "hunter2' + b"x" * MAX_BODY + b'"}',
        b'["hunter2"]',
        b'"hunter2"',
        b"[" * 100_000,
    ],
    ids=lambda value: repr(value)[:30],
)
@pytest.mark.parametrize("status", [200, 400, 503])
def test_a_body_that_may_be_the_services_is_never_shown(status: int, body: bytes) -> None:
    """A reply that was cut off may hold tokens."""
    assert http_reply(status, {}, body)["message"] == ""


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
def test_a_byte_order_mark_neither_loses_nor_shows_tokens(mark: bytes) -> None:
    body = mark + b'{"AccessToken": "hunter2"}'
    for each in (body, body.decode()):
        assert http_reply(200, {}, each)["AccessToken"] == "hunter2"
        assert http_reply(502, {}, each[:-2])["message"] == ""


def test_of_what_came_with_success_only_a_page_is_shown() -> None:
    assert http_reply(200, {}, b"hunter2")["message"] == ""
    assert http_reply(200, {}, b" <html>Log in</html>")["message"] == " <html>Log in</html>"


@pytest.mark.parametrize("body", [b"", b" \r\n", "", bytearray(b"")])
def test_an_empty_body_has_no_members(body: Any) -> None:
    if isinstance(body, bytearray):
        body = bytes(body)
    assert http_reply(200, {}, body).keys() == {"ResponseMetadata"}


def test_the_longest_body_is_still_read() -> None:
    body = b'{"a": "' + b"x" * (MAX_BODY - 9) + b'"}'
    assert len(body) == MAX_BODY
    assert "a" in http_reply(200, {}, body)


def test_what_is_not_a_reply_of_http_is_the_callers_mistake() -> None:
    wrong: Any = "200"
    with pytest.raises(TypeError, match="^status must be an int, not str$"):
        http_reply(wrong, {}, b"")
    for wrong in (None, [("x-amzn-errortype", "hunter2")], b""):
        with pytest.raises(TypeError, match="^headers must be a mapping of str to str, not "):
            http_reply(200, wrong, b"")
    for wrong in ({b"x-amzn-errortype": b"hunter2"}, {None: "hunter2"}):
        with pytest.raises(TypeError, match="^a header's name must be a str, not "):
            http_reply(200, wrong, b"")
    wrong = {"Session": "hunter2"}
    with pytest.raises(TypeError, match="^body must be bytes or a str, not dict$"):
        http_reply(200, {}, wrong)
