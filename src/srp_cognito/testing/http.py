"""The pool over HTTP, on the loopback interface only, with the standard library's server.

The wire protocol is the service's (AWS JSON 1.1, with CORS), so that a client needs no more than
another endpoint. Requests are bounded in size, in time and in number, and no slow client keeps
another one waiting.
"""

import contextlib
import http.client
import http.server
import io
import json
import math
import re
import socket
import socketserver
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ..exceptions import printable
from ..given import expect
from ..wire import json_object
from .pool import UserPool
from .refused import Refused

__all__ = ["serve"]

MAX_BODY: Final = 1 << 18
"""How many bytes a body may have. A longer one is refused unread."""

MAX_DRAINED: Final = 4 << 20
"""How many bytes of a refused body are read all the same: a client that still writes when the
connection is closed does not see the answer."""

MAX_CONNECTIONS: Final = 512

MAX_HEAD: Final = 1 << 14
"""How many bytes all headers may have. The standard library's parser would take seconds for
megabytes."""

READ_SECONDS: Final = 30
"""How long a client may take to send a whole request, and again to take the answer."""

LEAVE_SECONDS: Final = 1
"""The same, once the pool stops serving."""

CONTENT_TYPE: Final = "application/x-amz-json-1.1"
TARGET: Final = "AWSCognitoIdentityProviderService."

_LENGTH: Final = re.compile(r"[0-9]{1,15}", re.ASCII)

# The standard library's parser splits a header at a lone CR, and ignores all headers after a line
# that is not one: perhaps a Content-Length.
_HEADER_LINE: Final = re.compile(rb"([!-9;-~]+:[^\r\n\0]*)?\r?\n")

# Headers that a page may send. The service lets any page call it.
_HEADER_NAMES: Final = re.compile(r"[A-Za-z0-9, -]{1,1000}", re.ASCII)


@contextlib.contextmanager
def serve(
    pool: UserPool,
    *,
    port: int = 0,
    own_issuer: bool = False,
    log: Callable[[str], object] = lambda _: None,
) -> Iterator[str]:
    """Answer calls to a pool over HTTP, and yield the URL: a client's endpoint.

    Args:
        pool: the pool.
        port: the port of 127.0.0.1, 0 for any free one.
        own_issuer: whether the issuer in the tokens is this URL with the pool's id, instead of
            AWS's, for programs that fetch the keys to check tokens with from the issuer.
        log: a function that is called with a line for each call. No secret is in it.

    Raises:
        OSError: the port is taken, or may not be used.
        TypeError: `port` is not an int.
        ValueError: `port` is out of range.

    >>> from urllib.request import urlopen
    >>> pool = UserPool("eu-west-1_Example")
    >>> with serve(pool) as url:
    ...     document = urlopen(f"{url}eu-west-1_Example/.well-known/jwks.json").read()
    >>> json.loads(document) == pool.jwks()
    True
    """
    if not 0 <= expect(port, int, "port") <= 65535:
        raise ValueError("port must be between 0 and 65535")
    with _Server(pool, port, log) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        before = pool.issuer
        if own_issuer:
            pool.issuer = f"{url}{pool.pool_id}"
        thread.start()
        try:
            yield url
        finally:
            server.shutdown()
            thread.join()
            server.hang_up()
            pool.issuer = before


class _Server(http.server.ThreadingHTTPServer):
    """A thread for each connection, and a limit for how long each takes."""

    daemon_threads = False  # Leaving `with` waits for the answers that are being computed.
    request_queue_size = 128

    def __init__(self, pool: UserPool, port: int, log: Callable[[str], object]) -> None:
        self.pool = pool
        self.is_leaving = False
        self._log = log
        self._log_lock = threading.Lock()
        self._waiting_since: dict[socket.socket, float] = {}
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        # HTTPServer's own asks the name service who this machine is, which can take seconds.
        socketserver.TCPServer.server_bind(self)

    def log(self, line: str) -> None:
        """Log one line at a time: `print` writes a line and its end separately."""
        with self._log_lock:
            try:
                self._log(line)
            except Exception:  # noqa: BLE001, since the client must still get its answer.
                traceback.print_exc()

    def wait_for_client(self, connection: socket.socket) -> None:
        """Give a client `READ_SECONDS` to send its next request, or to take its answer."""
        self._waiting_since[connection] = time.monotonic()

    def let_client_wait(self, connection: socket.socket) -> None:
        """Let a client wait for its answer, however long that takes."""
        self._waiting_since[connection] = math.inf

    def service_actions(self) -> None:
        """Hang up on clients whose time is over; `serve_forever` calls this regularly."""
        begun = time.monotonic() - (LEAVE_SECONDS if self.is_leaving else READ_SECONDS)
        # A copy is made in one piece, whatever the other threads do.
        for connection, since in self._waiting_since.copy().items():
            if since < begun:
                _shut(connection, socket.SHUT_RDWR)

    def hang_up(self) -> None:
        """Take no more requests; answers that are being computed are still sent."""
        self.is_leaving = True
        self.socket.close()
        for connection in self._waiting_since.copy():
            _shut(connection, socket.SHUT_RD)
        while self._waiting_since:
            self.service_actions()
            time.sleep(0.01)

    def process_request(self, request: Any, client_address: Any) -> None:
        if len(self._waiting_since) >= MAX_CONNECTIONS:
            with contextlib.suppress(OSError):
                request.sendall(
                    b"HTTP/1.1 503 Too many connections\r\n"
                    b"Connection: close\r\nContent-Length: 0\r\n\r\n"
                )
            self.shutdown_request(request)
            return
        self.wait_for_client(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._waiting_since.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log the error in one line: the client has gone away, or this file has a mistake."""
        del request, client_address
        self.log(traceback.format_exc(limit=-1).strip().splitlines()[-1])


def _shut(connection: socket.socket, how: int) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(how)


class _Head(io.BufferedIOBase):
    """The headers of one request, line by line; an error if one is malformed or all too long."""

    def __init__(self, lines: io.BufferedIOBase) -> None:
        self._lines = lines
        self._left = MAX_HEAD

    def readline(self, size: int | None = -1, /) -> bytes:
        line = self._lines.readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise http.client.LineTooLong("header")
        if not _HEADER_LINE.fullmatch(line):
            raise ValueError("not a header")
        return line


class _Handler(http.server.BaseHTTPRequestHandler):
    """Reads the requests of one connection in turn, and answers each."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "srp-cognito"
    sys_version = ""
    timeout = READ_SECONDS
    wbufsize = -1  # Headers and body leave in one packet,
    disable_nagle_algorithm = True  # and at once.
    error_content_type = "application/json"
    error_message_format = '{"message": "HTTP %(code)d"}'

    def handle_one_request(self) -> None:
        self.server.wait_for_client(self.connection)
        if self.server.is_leaving:  # Requests that were sent ahead would delay the end.
            self.close_connection = True
            return
        super().handle_one_request()

    def parse_request(self) -> bool:
        lines = self.rfile
        self.rfile = _Head(lines)
        try:
            is_read = super().parse_request()
        except ValueError:
            self.send_error(400)
            return False
        finally:
            self.rfile = lines
        # Only the body of a POST is read, and another body must not be taken for a request.
        if is_read and self.command != "POST" and self._has_body():
            self.close_connection = True
        return is_read

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        del message, explain  # They would quote the request.
        super().send_error(code)

    def handle_expect_100(self) -> bool:
        super().handle_expect_100()
        self.wfile.flush()  # The client waits for this before it sends the body.
        return True

    def do_POST(self) -> None:
        """Answer one call of the API."""
        begun = time.perf_counter()
        body = self._read_body()
        if body is None:
            return
        self.server.let_client_wait(self.connection)
        called, arguments = self.path, None
        try:
            called = operation = self._operation()
            arguments = _parse(body)
            status, reply = 200, self.server.pool.call(operation, arguments)
        except Refused as refused:
            status, reply = 400, {"__type": refused.kind, "message": refused.message}
        except Exception:  # noqa: BLE001, since the pool must continue to serve.
            self.server.log(traceback.format_exc())
            kind = "InternalErrorException"
            status, reply = 500, {"__type": kind, "message": "The pool has a mistake, see its log"}
        # Logged first, so that the line is there when the client has the answer.
        cost = (time.perf_counter() - begun) * 1000
        self.server.log(f"{_asked(called, arguments)} -> {_answered(reply)}, {cost:.1f} ms")
        self._answer(status, reply)

    def do_GET(self) -> None:
        """Answer with the JWKS document, or with the one that leads to it."""
        pool = self.server.pool
        documents = {
            f"/{pool.pool_id}/.well-known/jwks.json": pool.jwks,
            f"/{pool.pool_id}/.well-known/openid-configuration": pool.openid_configuration,
        }
        if self.path in documents:
            self._answer(200, documents[self.path](), "application/json")
        else:
            self._answer(404, {"message": "This pool has nothing here."}, "application/json")

    def do_OPTIONS(self) -> None:
        """Answer a browser that asks whether a page may call."""
        wanted = self.headers.get("Access-Control-Request-Headers", "")
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
        if _HEADER_NAMES.fullmatch(wanted):
            self.send_header("Access-Control-Allow-Headers", wanted)
        self.send_header("Access-Control-Max-Age", "86400")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _operation(self) -> str:
        """Return the operation that the headers name."""
        target = self.headers.get("X-Amz-Target", "")
        content_type = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if not target.startswith(TARGET):
            problem = f"X-Amz-Target must be {TARGET}OPERATION."
        elif content_type != CONTENT_TYPE:
            problem = f"Content-Type must be {CONTENT_TYPE}."
        else:
            return target.removeprefix(TARGET)
        raise Refused("UnknownOperationException", problem)

    def _has_body(self) -> bool:
        return self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers

    def _read_body(self) -> bytes | None:
        """Return the body, or None if it is incomplete or has been refused."""
        length, *more = self.headers.get_all("Content-Length", [""])
        # Without its length the body cannot be separated from what follows it.
        if more or not _LENGTH.fullmatch(length) or "Transfer-Encoding" in self.headers:
            message = "The request must have one Content-Length, and come in one piece."
            self._refuse(411, "SerializationException", message)
            return None
        if int(length) > MAX_BODY:
            message = f"The request has more than {MAX_BODY} bytes."
            self._refuse(413, "RequestEntityTooLargeException", message)
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        return body

    def _refuse(self, status: int, kind: str, message: str) -> None:
        """Answer a request whose body is not read, and close the connection."""
        self.close_connection = True
        self.server.log(f"{printable(self.path)} -> {message}")
        self._answer(status, {"__type": kind, "message": message})
        self.wfile.flush()
        _shut(self.connection, socket.SHUT_WR)
        drained = 0
        while drained < MAX_DRAINED and (chunk := self.rfile.read1(1 << 16)):
            drained += len(chunk)

    def _answer(
        self, status: int, reply: Mapping[str, object], content_type: str = CONTENT_TYPE
    ) -> None:
        content = json.dumps(reply).encode("ascii")
        self.server.wait_for_client(self.connection)
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        if "__type" in reply:
            self.send_header("x-amzn-ErrorType", str(reply["__type"]))
            self.send_header("x-amzn-ErrorMessage", _as_header(str(reply["message"])))
        self.send_header("Access-Control-Allow-Origin", "*")
        # So in a reply of AWS (amplify-js, issue 11034).
        exposed = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"
        self.send_header("Access-Control-Expose-Headers", exposed)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Do nothing: `do_POST` and `_refuse` log what matters."""


def _as_header(text: str) -> str:
    """Return what a refusal says in a form for a header: it may quote what a client sent."""
    return printable(text).encode("ascii", "replace").decode("ascii")


def _parse(body: bytes) -> Mapping[str, object]:
    try:
        arguments = json_object(body.decode("utf-8"))
    except UnicodeDecodeError:
        arguments = None
    if arguments is None:
        raise Refused("SerializationException", "The request is not a JSON object.")
    return arguments


def _asked(operation: str, arguments: object) -> str:
    """Return a call in a few words, without a secret: who, and which flow or challenge."""
    words: list[object] = [operation]
    if isinstance(arguments, Mapping):
        words += [arguments.get(key) for key in ("AuthFlow", "ChallengeName")]
        for key in ("AuthParameters", "ChallengeResponses"):
            parameters = arguments.get(key)
            words.append(parameters.get("USERNAME") if isinstance(parameters, Mapping) else None)
    return printable(" ".join(word for word in words if isinstance(word, str)))


def _answered(reply: Mapping[str, object]) -> str:
    """Return a reply in a few words, without a secret."""
    if "__type" in reply:
        return f"{reply['__type']}: {reply['message']}"
    return str(
        reply.get("ChallengeName") or ("tokens" if "AuthenticationResult" in reply else "OK")
    )
