"""One request to a pool that answers on this machine, sent as it is."""

import http.client
from collections.abc import Mapping
from typing import Final

from ..calls.http_reply import http_reply
from .trial import NoReply

__all__ = ["ask"]

SECONDS: Final = 30


def ask(
    host: str, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
) -> dict[str, object]:
    """Return the reply, whatever its status.

    Args:
        host: the host with its port, such as ``127.0.0.1:8000``.
        method: the method.
        path: the path.
        headers: the headers.
        body: the body; no body is sent if it is empty.

    Raises:
        NoReply: no reply came.
    """
    connection = http.client.HTTPConnection(host, timeout=SECONDS)
    try:
        connection.request(method, path, body or None, dict(headers))
        response = connection.getresponse()
        return http_reply(response.status, response.headers, response.read())
    except (OSError, http.client.HTTPException) as error:
        raise NoReply(type(error).__name__) from error
    finally:
        connection.close()
