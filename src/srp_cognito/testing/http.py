"""The pool over HTTP: its WSGI application on waitress, on the loopback interface unless asked.

waitress reads the requests of all connections in one thread, which no slow client can hold up, and
answers in a few others. This file adds how long a client may take, who must go if there are too
many, stricter rules for what a request is, and an end that waits for answers and for nobody else.
"""

import concurrent.futures
import contextlib
import ipaddress
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

try:
    from waitress import wasyncore
    from waitress.adjustments import Adjustments
    from waitress.channel import HTTPChannel
    from waitress.parser import HTTPRequestParser, ParsingError
    from waitress.server import TcpWSGIServer
    from waitress.task import ErrorTask, Task, ThreadedTaskDispatcher, WSGITask
    from waitress.utilities import Error
except ModuleNotFoundError as _missing:
    raise ModuleNotFoundError(
        "the pool needs waitress, which the extra installs: pip install 'srp-cognito[testing]'",
        name="waitress",
    ) from _missing

from ..exceptions import printable
from ..given import expect
from .pool import UserPool
from .wsgi import MAX_BODY, NO_LENGTH, TOO_LONG, Application, error_answer

__all__ = ["serve"]

MAX_DRAINED: Final = 4 << 20
"""How many bytes that follow a refused request are read all the same: a client that still writes
when the connection is closed does not see the answer."""

MAX_CONNECTIONS: Final = 500
"""One more takes the place of the one that has made the pool wait longest. (Windows cannot watch
more than 512.)"""

MAX_HEAD: Final = 1 << 14
"""How many bytes the first line and all headers may have."""

READ_SECONDS: Final = 30
"""How long a client may take to fetch its answer and to send its next request."""

LEAVE_SECONDS: Final = 1
"""How long it may take to fetch its answer once the pool stops serving."""

MOMENT: Final = 0.1
"""How many seconds the pool goes on when it stops, for requests that were sent and not read."""

THREADS: Final = 16
"""How many calls are answered at a time."""

TURN_SECONDS: Final = 0.05
"""How often clients whose time is over are looked for."""

_START: Final = re.compile(rb"([!-~]+) [^ \r\n\0]+ HTTP/1\.([01])")
_HEADER: Final = re.compile(rb"([!-9;-~]+):([\t -~\x80-\xff]*)")
_LENGTH: Final = re.compile(rb"[0-9]{1,15}")


@contextlib.contextmanager
def serve(
    pool: UserPool,
    *,
    port: int = 0,
    own_issuer: bool = False,
    log: Callable[[str], object] = lambda _: None,
    host: str = "127.0.0.1",
) -> Iterator[str]:
    """Answer calls to a pool over HTTP, and yield the URL: a client's endpoint.

    Args:
        pool: the pool.
        port: the port, 0 for any free one.
        own_issuer: whether the issuer in the tokens is this URL with the pool's id, instead of
            AWS's, for programs that fetch the keys to check tokens with from the issuer.
        log: a function that is called with a line for each call. No secret is in it.
        host: the IP address to listen at. With ``0.0.0.0`` or ``::``, every address of the machine,
            anybody who can reach it can call; the URL is that of the loopback interface then.

    Raises:
        OSError: the port is taken, or it or the address may not be used.
        TypeError: an argument has the wrong type.
        ValueError: `port` is out of range, or `host` is not an IP address.

    >>> from urllib.request import urlopen
    >>> pool = UserPool("eu-west-1_Example")
    >>> with serve(pool) as url:
    ...     document = urlopen(f"{url}eu-west-1_Example/.well-known/jwks.json").read()
    >>> b'"alg": "RS256"' in document
    True
    """
    if not 0 <= expect(port, int, "port") <= 65535:
        raise ValueError("port must be between 0 and 65535")
    address = ipaddress.ip_address(expect(host, str, "host"))
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    listening = socket.create_server((host, port), family=family, backlog=1024)
    server = _Server(Application(pool, log), listening)
    named = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    named = named if address.is_unspecified else address
    shown = f"[{named}]" if named.version == 6 else named
    url = f"http://{shown}:{listening.getsockname()[1]}/"
    before = pool.issuer
    if own_issuer:
        pool.issuer = f"{url}{pool.pool_id}"
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield url
    finally:
        server.leave()
        thread.join()
        # Not before: whoever wakes the thread writes to it, and its number may have another owner.
        server.trigger.close()
        pool.issuer = before


def _is_clear(method: bytes, version: bytes, headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """Return whether headers say in one way where the body ends."""
    lengths = [value for name, value in headers if name == b"content-length"]
    codings = [value.lower() for name, value in headers if name == b"transfer-encoding"]
    if codings:
        return codings == [b"chunked"] and not lengths and version == b"1"
    if lengths:
        return len(lengths) == 1 and _LENGTH.fullmatch(lengths[0]) is not None
    return method != b"POST"


class _LengthRequired(Error):
    code = 411
    reason = "Length Required"


class _Parser(HTTPRequestParser):
    """waitress's parser, behind a check that leaves no doubt where a head and a body end.

    waitress 3.0.2 joins folded lines, prefers Transfer-Encoding to a Content-Length and ignores it
    in HTTP/1.0, takes quadratic time for long white space and some addresses, and waits for ever
    for the body that a request with Expect does not have.
    """

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head of a request."""
        start, *lines = header_plus.removesuffix(b"\r\n\r\n").removesuffix(b"\r\n").split(b"\r\n")
        begun = _START.fullmatch(start)
        found = [header for header in map(_HEADER.fullmatch, lines) if header]
        if begun is None or len(found) < len(lines):
            raise ParsingError("the head")
        headers = [(header[1].lower(), header[2].strip(b" \t")) for header in found]
        is_clear = _is_clear(begun[1], begun[2], headers)
        # Without the headers nothing is read that could be misunderstood.
        lines = [start, *(b": ".join(header) for header in headers if is_clear), b""]
        try:
            super().parse_header(b"\r\n".join(lines))
        except ValueError:  # Of urllib, for an address.
            raise ParsingError("the address") from None
        if not (self.chunked or 0 < self.content_length <= MAX_BODY):
            self.expect_continue = False
        if self.chunked:
            # There are many ways to write chunks. Whatever follows is not read as a request.
            self.headers["CONNECTION"] = "close"
        if not is_clear:
            self.error = _LengthRequired("")


class _WholeTask(Task):
    """A task that sends head and body in one packet, at once."""

    def write(self, data: bytes) -> None:
        """Write the answer: the application gives its body as a whole."""
        head = self.build_response_header()
        self.wrote_header = True
        self.content_bytes_written += len(data)
        self.channel.write_soon(head + data)


class _Call(_WholeTask, WSGITask):
    """The answer of the application."""


class _Refusal(_WholeTask, ErrorTask):
    """The answer to a request that the application does not get; the connection ends with it."""

    def execute(self) -> None:
        """Write the answer."""
        error, self.version = self.request.error, "1.1"
        self.channel.must_drain = True
        named = {TOO_LONG.status: TOO_LONG, NO_LENGTH.status: NO_LENGTH}.get(error.code)
        if named is None:
            answer = error_answer(error.code)
        else:
            self.channel.server.application.log_refused(self.request.path, named.message)
            answer = error_answer(*named)
        self.status, headers, body = answer
        self.response_headers.extend(headers)
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):
    """One connection: its requests in turn, and since when the pool waits for its client."""

    parser_class = _Parser
    task_class = _Call
    error_task_class = _Refusal

    def __init__(self, server: "_Server", *more: Any, **named: Any) -> None:
        self.waiting_since = time.monotonic()
        self.must_drain = False
        self._drained: int | None = None
        super().__init__(server, *more, **named)
        self.logger = server.logger

    @property
    def is_computing(self) -> bool:
        """Whether the client waits for the pool."""
        return bool(self.requests) and not self.total_outbufs_len

    def look_after(self, now: float, seconds: float) -> None:
        """Give the client up if the pool has waited for it longer than this."""
        if self.is_computing:
            self.waiting_since = now
        elif now - self.waiting_since > seconds:
            # At once: `will_close` waits until the client takes more.
            self.handle_close()

    def leave(self) -> None:
        """Close the connection once the answer that is being computed is sent."""
        with self.requests_lock:
            del self.requests[1:]  # What was sent ahead would delay the end.
            if not self.requests:
                self.must_drain = False
                self.close_when_flushed = True

    def service(self) -> None:
        """Answer the first request; this runs in another thread."""
        self.waiting_since = time.monotonic()
        super().service()
        self.waiting_since = time.monotonic()

    def readable(self) -> bool:
        """Return whether to wait for more from the client."""
        return not self.server.is_leaving and super().readable()

    def writable(self) -> bool:
        """Return whether to wait until the client takes more.

        Not while a worker sends: this would be asked again and again until it has finished.
        """
        if not super().writable() or not self.outbuf_lock.acquire(blocking=False):
            return False
        self.outbuf_lock.release()
        return True

    def received(self, data: bytes) -> bool:
        """Take what the client sent."""
        if self._drained is None:
            return bool(super().received(data))
        self._drained += len(data)
        if self._drained > MAX_DRAINED:
            self.handle_close()
        return False

    def handle_write(self) -> None:
        """Send what waits to be sent, and close the connection if it is to be closed."""
        if not (self.must_drain and self.close_when_flushed) or self.total_outbufs_len:
            super().handle_write()
            return
        self.must_drain = self.close_when_flushed = False
        self._drained = 0
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def handle_expt(self) -> None:
        """Close a connection with urgent data, which no client of HTTP sends."""
        self.handle_close()


class _Server(TcpWSGIServer):
    """All connections of a pool. What is not said otherwise runs in the thread of `run`."""

    channel_class = _Channel

    def __init__(self, application: Application, listening: socket.socket) -> None:
        self._shall_leave = self.is_leaving = False
        self.logger = _Log(application.log)
        self._looked = time.monotonic()
        self._workers = concurrent.futures.ThreadPoolExecutor(THREADS)
        adjustments = Adjustments(
            ident="srp-cognito",
            max_request_header_size=MAX_HEAD + 1,
            max_request_body_size=MAX_BODY + 1,
            log_socket_errors=False,
            clear_untrusted_proxy_headers=False,
            sockets=[listening],
        )
        super().__init__(
            application,
            {},
            _sock=listening,
            dispatcher=ThreadedTaskDispatcher(),  # Without threads: see `add_task`.
            adj=adjustments,
            sockinfo=(listening.family, listening.type, listening.proto, None),
            bind_socket=False,
        )

    def run(self) -> None:
        """Serve until another thread calls `leave`, and then send the answers that are due."""
        while not self._shall_leave:
            self._turn()
        # For requests that were sent in time. One that follows an answer which has just been sent
        # is read only when the worker is done with that.
        until = time.monotonic() + MOMENT
        self._turn(0)
        while self._has_requests() and time.monotonic() < until:
            self._turn(MOMENT / 10)
        self._turn(0)
        self.is_leaving = True
        self._look_after_channels()  # Before anybody can see that this is the end.
        wasyncore.dispatcher.close(self)  # Only the socket that listens.
        while self.active_channels:
            self._turn()
        self._workers.shutdown()

    def _has_requests(self) -> bool:
        return any(channel.requests for channel in self.active_channels.copy().values())

    def leave(self) -> None:
        """Have `run` end; any thread may call this."""
        self._shall_leave = True
        self.pull_trigger()

    def _turn(self, seconds: float = TURN_SECONDS) -> None:
        wasyncore.loop(seconds, use_poll=True, map=self._map, count=1)
        if self.is_leaving or time.monotonic() - self._looked > TURN_SECONDS:
            self._look_after_channels()

    def _look_after_channels(self) -> None:
        self._looked = now = time.monotonic()
        # A copy is made in one piece, whatever the workers do.
        for channel in self.active_channels.copy().values():
            channel.look_after(now, LEAVE_SECONDS if self.is_leaving else READ_SECONDS)
            if self.is_leaving:
                channel.leave()

    def readable(self) -> bool:
        """Return whether to wait for another connection."""
        return bool(self.accepting)

    def handle_accept(self) -> None:
        """Take a connection, instead of the slowest if there are too many."""
        channels = self.active_channels.copy().values()
        if len(channels) < MAX_CONNECTIONS:
            super().handle_accept()
            return
        slow = [channel for channel in channels if not channel.is_computing]
        if not slow:
            self._refuse_connection()
            return
        super().handle_accept()
        # Not before: the new connection would get its descriptor, and what this turn of the loop
        # has still to say about that one.
        min(slow, key=lambda channel: channel.waiting_since).handle_close()

    def _refuse_connection(self) -> None:
        with contextlib.suppress(OSError):  # It may have gone.
            connection, _ = self.socket.accept()
            with connection:
                connection.send(
                    b"HTTP/1.1 503 Too many connections\r\n"
                    b"Connection: close\r\nContent-Length: 0\r\n\r\n"
                )

    def add_task(self, task: _Channel) -> None:
        """Have the next request of a connection answered."""
        self._workers.submit(task.service)


class _Log(logging.Logger):
    """What waitress reports of mistakes, as lines of the pool's log."""

    def __init__(self, log: Callable[[str], object]) -> None:
        super().__init__("waitress of a pool", logging.ERROR)
        self._log_to = log

    def handle(self, record: logging.LogRecord) -> None:
        """Log one line: what went wrong."""
        self._log_to(printable(record.getMessage()))
