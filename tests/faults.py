"""Faults on the wire: a pool behind a server that answers one call with something else.

The server listens on a real socket of 127.0.0.1, passes each call to the pool, and notes what was
sent. For one call that a test chooses it writes a fault instead: before the pool saw the call, or
after it did, so that the reply is lost. The faults are data, with what a person must be able to
read of each.
"""

import contextlib
import http
import http.client
import json
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from srp_cognito.testing import Refused

TARGET = "AWSCognitoIdentityProviderService."
JSON = "application/x-amz-json-1.1"
LONGEST_DELAY = 60


@dataclass(frozen=True)
class Fault:
    """What comes over the wire instead of the service's reply."""

    name: str
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    way: Literal["whole", "cut off", "reset", "silent", "raw"] = "whole"
    """All of it comes; or half of the body, although the head says more; or nothing but a reset; or
    nothing at all for longer than a client waits; or the body alone, without a head."""
    says: tuple[str, ...] = ()
    """What a person must be able to read, if the client has read the body."""
    of_botocore: tuple[str, ...] | None = None
    """The same, where botocore passes on less of it."""
    is_throttling: bool = False

    def __str__(self) -> str:
        return self.name

    def octets(self) -> bytes:
        """Return what is written to the socket."""
        if self.way == "raw":
            return self.body
        reason = http.HTTPStatus(self.status).phrase
        headers = {"Content-Type": JSON, "Content-Length": str(len(self.body)), **self.headers}
        head = "".join(f"{name}: {headers[name]}\r\n" for name in headers)
        body = self.body[: len(self.body) // 2] if self.way == "cut off" else self.body
        return f"HTTP/1.1 {self.status} {reason}\r\n{head}\r\n".encode() + body


def _json(name: str, body: object, status: int = 400, *says: str, **more: Any) -> Fault:
    return Fault(name, json.dumps(body).encode(), status, says=says, **more)


_HTML = {"Content-Type": "text/html"}
_PAGE = b"<html><head><title>503</title></head><body><h1>The proxy is tired</h1></body></html>"
_TOKENS = json.dumps({"AuthenticationResult": {"AccessToken": "eyJhbGciOi" * 40}}).encode()

FAULTS = (
    # The service says no. How the type comes is what differs.
    _json(
        "refused",
        {"__type": "NotAuthorizedException", "message": "Access has been denied."},
        400,
        *("NotAuthorizedException", "Access has been denied."),
    ),
    _json(
        "refused, with a namespace",
        {"__type": "com.amazonaws#InvalidParameterException:http://x/", "message": "It is wrong."},
        400,
        *("InvalidParameterException", "It is wrong."),
    ),
    _json(
        "refused in a header",
        {"message": "It is wrong."},
        400,
        *("InvalidParameterException", "It is wrong."),
        headers={"x-amzn-ErrorType": "InvalidParameterException:http://internal.example.com/"},
    ),
    _json(
        "refused in a header alone",
        {},
        400,
        "ForbiddenException",
        headers={"x-amzn-ErrorType": "ForbiddenException"},
    ),
    _json(
        "refused in code and message",
        {"code": "UserNotConfirmedException", "message": "Not confirmed."},
        400,
        *("UserNotConfirmedException", "Not confirmed."),
        of_botocore=("400", "Not confirmed."),
    ),
    _json(
        "refused in errorType and errorMessage",
        {"errorType": "Runtime.ImportModuleError", "errorMessage": "No module."},
        400,
        *("Runtime.ImportModuleError", "No module."),
        of_botocore=("400",),
    ),
    _json(
        "refused in error and error_description",
        {"error": "invalid_grant", "error_description": "The grant has ended."},
        400,
        *("invalid_grant", "The grant has ended."),
        of_botocore=("400",),
    ),
    _json(
        "refused in title and detail",
        {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": "Not from here."},
        403,
        *("403", "Not from here."),
        headers={"Content-Type": "application/problem+json"},
        of_botocore=("403",),
    ),
    _json(
        "an internal error",
        {"__type": "InternalErrorException", "message": "Something went wrong."},
        500,
        *("InternalErrorException", "Something went wrong."),
    ),
    # Too many calls.
    _json(
        "throttled",
        {"__type": "TooManyRequestsException", "message": "Rate exceeded"},
        400,
        *("TooManyRequestsException", "Rate exceeded"),
        is_throttling=True,
    ),
    _json(
        "throttled by a gateway",
        {"message": "Too Many Requests"},
        429,
        *("429", "Too Many Requests"),
        is_throttling=True,
    ),
    # Somebody in front of the service answers.
    Fault(
        "a page with 503",
        _PAGE,
        503,
        _HTML,
        says=("503", "The proxy is tired"),
        of_botocore=("503",),
    ),
    Fault("a page with 200", _PAGE, 200, _HTML, says=("The proxy is tired",), of_botocore=()),
    _json("a gateway's 403", {"message": "Forbidden"}, 403, "403", "Forbidden"),
    _json("a gateway's 200", {"message": "Forbidden"}, 200, "Forbidden", of_botocore=()),
    Fault("nothing with 502", b"", 502, says=("502",)),
    Fault("nothing with 200"),
    Fault(
        "a CAPTCHA",
        b"<html><body>Prove it</body></html>",
        405,
        {"x-amzn-waf-action": "captcha", **_HTML},
        says=("405", "captcha"),
    ),
    Fault(
        "a firewall's challenge",
        b"",
        202,
        {"x-amzn-waf-action": "challenge"},
        says=("202", "challenge"),
    ),
    # It leads back to the stub, which would see that the call is sent again.
    Fault("a redirection", _PAGE, 307, {"Location": "/elsewhere", **_HTML}, says=("307",)),
    # It is JSON, and answers nothing.
    _json(
        "refused with 200",
        {"__type": "InternalErrorException", "message": "Something went wrong."},
        200,
        *("InternalErrorException", "Something went wrong."),
        of_botocore=(),
    ),
    _json("another object", {"Foo": 1}, 200),
    _json("an array", [{"AccessToken": "x"}], 200),
    _json("a number", 42, 200),
    _json("null", None, 200),
    Fault("not a number", b'{"UserConfirmationNecessary": NaN, "Foo": -Infinity}'),
    Fault("deeply nested", b'{"Foo":' + b"[" * 200_000 + b"]" * 200_000 + b"}"),
    # It cannot be read.
    Fault("garbage", bytes(range(128, 256)) * 4),
    Fault("half of the tokens", _TOKENS[:200]),
    Fault("too long a page", _PAGE + b" " * 2_000_000, 503, _HTML, says=("503",)),
    Fault("another protocol", b"SSH-2.0-OpenSSH_9.2\r\n", way="raw"),
    Fault("cut off", _TOKENS, way="cut off"),
    Fault("reset", way="reset"),
    Fault("silent", way="silent"),
)


class Pool(Protocol):
    """A `UserPool`, or what stands in front of one."""

    def call(self, operation: str, arguments: Mapping[str, object]) -> dict[str, object]:
        """Answer one call, or raise `Refused`."""


def turn_of(operation: str, arguments: Mapping[str, object]) -> str:
    """Return which turn of a sign-in a call is: its operation, and its challenge or flow."""
    which = arguments.get("ChallengeName") or arguments.get("AuthFlow")
    return f"{operation} {which}" if which else operation


@dataclass(eq=False)
class Run:
    """What one client meets, and what it sent."""

    pool: Pool
    turn: str | None = None
    """The turn whose reply is the fault (see `turn_of`)."""
    fault: Fault | None = None
    nth: int = 1
    """Which of the calls of that turn."""
    is_seen: bool = False
    """Whether the pool sees the call, so that its reply is what is lost."""
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    """The turns and the bodies, as they came."""
    given: list[dict[str, Any]] = field(default_factory=list)
    """The AuthenticationResults that were written to the client."""
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def turns(self) -> list[str]:
        """The turns, in the order in which they came."""
        return [turn for turn, _ in self.sent]

    def answer(self, operation: str, body: bytes) -> bytes | Fault:
        """Note a call, and return what to write to the client."""
        arguments = json.loads(body)
        turn = turn_of(operation, arguments)
        self.sent.append((turn, body))
        is_chosen = turn == self.turn and self.turns.count(turn) == self.nth
        if is_chosen and self.fault is not None and not self.is_seen:
            return self.fault
        try:
            status, reply = 200, self.pool.call(operation, arguments)
        except Refused as refused:
            status, reply = 400, {"__type": refused.kind, "message": refused.message}
        if is_chosen and self.fault is not None:
            return self.fault
        if isinstance(reply.get("AuthenticationResult"), dict):
            self.given.append(reply["AuthenticationResult"])
        return Fault("the pool's own reply", json.dumps(reply).encode(), status).octets()


class Stub(socketserver.ThreadingTCPServer):
    """The server. It meets each client with the `Run` that was set last."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"
        self.run: Run | None = None
        self.connections: set[socket.socket] = set()

    @contextlib.contextmanager
    def meets(self, run: Run) -> Iterator[Run]:
        """Meet the client that comes now with this."""
        self.run = run
        try:
            yield run
        finally:
            run.is_over.set()
            self.run = None

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self.connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Do nothing: the client has gone away, or what it gets shows the mistake."""

    def hang_up(self) -> None:
        """End the connections that clients keep open."""
        for connection in self.connections.copy():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(socketserver.StreamRequestHandler):
    """Reads the requests of one connection in turn, and answers each."""

    server: Stub
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while self.rfile.readline():
            headers = http.client.parse_headers(self.rfile)
            body = self.rfile.read(int(headers["Content-Length"]))
            run = self.server.run
            if run is None:  # The client was given up.
                return
            reply = run.answer(headers["X-Amz-Target"].removeprefix(TARGET), body)
            if isinstance(reply, bytes):
                self.wfile.write(reply)
            elif reply.way == "whole":
                self.wfile.write(reply.octets())
            else:
                self._break_off(reply, run)
                return

    def _break_off(self, fault: Fault, run: Run) -> None:
        if fault.way == "silent":
            run.is_over.wait(LONGEST_DELAY)
        elif fault.way in ("cut off", "raw"):
            self.wfile.write(fault.octets())
        else:
            # Closed in this way, what the client gets is RST.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.wfile.close()
            self.rfile.close()
            self.connection.close()


@contextlib.contextmanager
def serving() -> Iterator[Stub]:
    """Run the server, and yield it."""
    with Stub() as stub:
        thread = threading.Thread(target=stub.serve_forever, args=[0.02])
        thread.start()
        try:
            yield stub
        finally:
            stub.shutdown()
            thread.join()
            stub.hang_up()
