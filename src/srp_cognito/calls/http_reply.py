"""A reply as every HTTP client has it, in the form that every `reply` takes.

The form is boto3's: the members of the JSON body, with the status and the headers in
ResponseMetadata. What the reply means is decided in `replies`, for boto3 and for all others alike.
"""

from collections.abc import Iterable
from typing import Final, Protocol

from ..given import expect
from ..wire import json_object

__all__ = ["Headers", "http_reply"]

MAX_BODY: Final = 1 << 20
"""A longer body is not read. The service's replies have a few kilobytes."""

_SHOWN: Final = 4096
"""So much of a body that is not the service's JSON is kept, to be shown to a person."""


class Headers(Protocol):
    """What a client has as headers: a mapping, or an ``http.client.HTTPMessage``."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Return the names and the values."""


def http_reply(status: int, headers: Headers, body: bytes | str) -> dict[str, object]:
    """Return a reply to a `Call` that was sent with an HTTP client, for `SignIn.reply` and others.

    Pass every reply, whatever its status: errors are read as well, also those of a gateway or a
    firewall in front of the service.

    A body that is not the service's JSON becomes the member ``message``, as in botocore. It is left
    empty where the body may be the service's after all, cut off: messages are shown to people and
    written to logs, and that body could hold tokens.

    Args:
        status: the HTTP status.
        headers: the headers, in any case.
        body: the body.

    Raises:
        TypeError: an argument has the wrong type.

    >>> http_reply(200, {}, b'{"UserConfirmationNecessary": false}')["UserConfirmationNecessary"]
    False
    >>> http_reply(503, {}, "<h1>Service Unavailable</h1>")["message"]
    '<h1>Service Unavailable</h1>'
    """
    metadata = {
        "HTTPStatusCode": int(expect(status, int, "status")),
        "HTTPHeaders": _in_lower_case(headers),
    }
    if not isinstance(body, (bytes, str)):
        raise TypeError(f"body must be bytes or a str, not {type(body).__name__}")
    members: dict[str, object] | None = None
    if len(body) <= MAX_BODY:
        text = _text(body)
        members = json_object(text)
    else:
        text = _text(body[:_SHOWN])
    if members is None:
        shown = text[:_SHOWN] if _may_be_shown(text, status) else ""
        # JSON's white space, not Unicode's, of which a control character is part.
        members = {"message": shown} if text.strip(" \t\r\n") else {}
    return {**members, "ResponseMetadata": metadata}


def _text(body: bytes | str) -> str:
    """Return a body as text, without the byte order mark that RFC 8259 lets a parser ignore."""
    text = body if isinstance(body, str) else body.decode("utf-8", "replace")
    return text.removeprefix("\ufeff")


def _in_lower_case(headers: Headers) -> dict[str, str]:
    """Return the headers as boto3 does. A name that is not a str would never be found."""
    if not hasattr(headers, "items"):
        kind = type(headers).__name__
        raise TypeError(f"headers must be a mapping of str to str, not {kind}")
    return {expect(name, str, "a header's name").lower(): value for name, value in headers.items()}


def _may_be_shown(text: str, status: int) -> bool:
    start = text.lstrip()[:1]
    return start == "<" or (start not in ("{", "[", '"') and not 200 <= status < 300)
