"""The pool as a WSGI application: for any server, for a framework, or for a test without a socket.

The wire protocol is the service's (AWS JSON 1.1, with CORS), so that a client needs no more than
another endpoint. A request's size, its nesting and the number of its values are bounded before it
is parsed, and so is the memory that it takes.
"""

import json
import re
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from ..exceptions import printable
from ..wire import MAX_NESTING, json_object
from .pool import UserPool
from .refused import Refused

__all__ = ["MAX_BODY", "NO_LENGTH", "TOO_LONG", "Answer", "Application", "error_answer", "wsgi_app"]

MAX_BODY: Final = 1 << 18
"""How many bytes a body may have. A longer one is not read to its end."""

MAX_VALUES: Final = 10_000
"""How many values the JSON of a request may have, with those inside others. A list takes 64 bytes
of memory for three on the wire; the service's requests have some dozens of values."""

CONTENT_TYPE: Final = "application/x-amz-json-1.1"
TARGET: Final = "AWSCognitoIdentityProviderService."

REASONS: Final = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    411: "Length Required",
    413: "Request Entity Too Large",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}

# Headers that a page may send. The service lets any page call it.
_HEADER_NAMES: Final = re.compile(r"[A-Za-z0-9, -]{1,1000}", re.ASCII)

_LENGTH: Final = re.compile(r"[0-9]{1,15}", re.ASCII)

_STRING: Final = re.compile(rb'"[^"]*"?')
_NOT_STRUCTURE: Final = bytes(byte for byte in range(256) if byte not in b"[]{},")


class Answer(NamedTuple):
    """An answer, as WSGI and a server write it."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


def wsgi_app(
    pool: UserPool, *, log: Callable[[str], object] = lambda _: None
) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """Return a pool as a WSGI application.

    A call may be sent to any path of it. The keys are at ``/POOL_ID/.well-known/jwks.json``, below
    wherever it is mounted. The issuer in the tokens stays AWS's, unless `UserPool.issuer` is set.

    Args:
        pool: the pool.
        log: a function that is called with a line for each call. No secret is in it.

    >>> import httpx
    >>> from srp_cognito import SignIn
    >>> pool = UserPool("eu-west-1_Example")
    >>> app = pool.add_app_client("1example23456789")
    >>> pool.add_user("alice", "correct horse")
    >>> transport = httpx.WSGITransport(wsgi_app(pool, log=print))
    >>> with httpx.Client(transport=transport, base_url="http://cognito.test") as client:
    ...     call = SignIn(pool.pool_id, "alice", "correct horse", app=app).start()
    ...     reply = client.post("/", content=call.body, headers=call.headers)
    InitiateAuth USER_SRP_AUTH alice -> PASSWORD_VERIFIER, ... ms
    >>> reply.json()["ChallengeName"]
    'PASSWORD_VERIFIER'
    """
    return Application(pool, log)


class Application:
    """The WSGI application of one pool."""

    def __init__(self, pool: UserPool, log: Callable[[str], object]) -> None:
        self._pool = pool
        self._log_to = log
        self._log_lock = threading.Lock()

    def __call__(
        self, request: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer one request, as PEP 3333 has it."""
        method = request["REQUEST_METHOD"]
        answer = {"POST": self._post, "GET": self._get, "OPTIONS": _options}.get(method, _no_method)
        status, headers, body = answer(request)
        start_response(status, headers)
        # A server sends whatever it gets here, and HEAD has no body.
        return [] if method == "HEAD" else [body]

    def log(self, line: str) -> None:
        """Log one line at a time: `print` writes a line and its end separately."""
        with self._log_lock:
            try:
                self._log_to(line)
            except Exception:  # noqa: BLE001, since the client must still get its answer.
                traceback.print_exc()

    def log_refused(self, path: str, message: str) -> None:
        """Log a request that was refused unread."""
        self.log(f"{printable(path)} -> {message}")

    def _post(self, request: Mapping[str, Any]) -> Answer:
        """Answer one call of the API."""
        begun = time.perf_counter()
        called = request.get("SCRIPT_NAME", "") + request.get("PATH_INFO", "")
        body = _read_body(request)
        if isinstance(body, _Unread):
            self.log_refused(called, body.message)
            return error_answer(body.status, body.kind, body.message)
        arguments = None
        reply: Mapping[str, object]
        try:
            called = operation = _operation(request)
            arguments = _parse(body)
            status, reply = 200, self._pool.call(operation, arguments)
        except Refused as refused:
            status, reply = 400, {"__type": refused.kind, "message": refused.message}
        except Exception:  # noqa: BLE001, since the pool must continue to serve.
            self.log(traceback.format_exc())
            kind = "InternalErrorException"
            status, reply = 500, {"__type": kind, "message": "The pool has a mistake, see its log"}
        # Logged first, so that the line is there when the client has the answer.
        cost = (time.perf_counter() - begun) * 1000
        self.log(f"{_asked(called, arguments)} -> {_answered(reply)}, {cost:.1f} ms")
        return _answer(status, reply)

    def _get(self, request: Mapping[str, Any]) -> Answer:
        """Answer with the JWKS document, or with the one that leads to it."""
        pool = self._pool
        documents = {
            f"/{pool.pool_id}/.well-known/jwks.json": pool.jwks,
            f"/{pool.pool_id}/.well-known/openid-configuration": pool.openid_configuration,
        }
        document = documents.get(request.get("PATH_INFO", ""))
        if document is None:
            return _answer(404, {"message": "This pool has nothing here."}, "application/json")
        return _answer(200, document(), "application/json")


class _Unread(NamedTuple):
    """Why a body was not read."""

    status: int
    kind: str
    message: str


TOO_LONG: Final = _Unread(
    413, "RequestEntityTooLargeException", f"The request has more than {MAX_BODY} bytes."
)
NO_LENGTH: Final = _Unread(
    411, "SerializationException", "The request must have one Content-Length, or be chunked."
)


def error_answer(status: int, kind: str | None = None, message: str | None = None) -> Answer:
    """Return a refusal: in the service's form, or one that says only the status of HTTP."""
    if kind is None:
        return _answer(status, {"message": f"HTTP {status}"}, "application/json")
    return _answer(status, {"__type": kind, "message": message})


def _read_body(request: Mapping[str, Any]) -> bytes | _Unread:
    """Return the body of a request, or why it is not read."""
    length = request.get("CONTENT_LENGTH") or ""
    if _LENGTH.fullmatch(length):
        wanted = int(length)
    elif request.get("wsgi.input_terminated"):
        # The server knows where a body ends that came in chunks (gunicorn, Werkzeug, waitress).
        wanted = MAX_BODY + 1
    else:
        return NO_LENGTH  # PEP 3333: reading further than the length may wait for ever.
    if wanted > MAX_BODY and length:
        return TOO_LONG
    body: bytes = request["wsgi.input"].read(wanted)
    return TOO_LONG if len(body) > MAX_BODY else body


def _operation(request: Mapping[str, Any]) -> str:
    """Return the operation that the headers name."""
    target: str = request.get("HTTP_X_AMZ_TARGET", "")
    content_type = request.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if not target.startswith(TARGET):
        problem = f"X-Amz-Target must be {TARGET}OPERATION."
    elif content_type != CONTENT_TYPE:
        problem = f"Content-Type must be {CONTENT_TYPE}."
    else:
        return target.removeprefix(TARGET)
    raise Refused("UnknownOperationException", problem)


def _parse(body: bytes) -> Mapping[str, object]:
    try:
        arguments = json_object(body.decode("utf-8")) if _is_modest(body) else None
    except UnicodeDecodeError:
        arguments = None
    if arguments is None:
        raise Refused("SerializationException", "The request is not a JSON object.")
    return arguments


def _is_modest(body: bytes) -> bool:
    """Return whether JSON has few values and is not nested deeply, without parsing it.

    >>> _is_modest(b'{"a": "[[["}'), _is_modest(b"[" * 200)
    (True, False)
    """
    without_escapes = body.replace(rb"\\", b"").replace(rb"\"", b"")
    structure = _STRING.sub(b"", without_escapes).translate(None, _NOT_STRUCTURE)
    # Each value but the first of a list or an object comes after a comma.
    if sum(structure.count(mark) for mark in (b",", b"[", b"{")) > MAX_VALUES:
        return False
    depth = 0
    for mark in structure:
        depth += 1 if mark in b"[{" else -1 if mark in b"]}" else 0
        if depth > MAX_NESTING:
            return False
    return True


def _options(request: Mapping[str, Any]) -> Answer:
    """Answer a browser that asks whether a page may call."""
    wanted = request.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
    headers = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
        ("Access-Control-Max-Age", "86400"),
        ("Content-Length", "0"),
    ]
    if _HEADER_NAMES.fullmatch(wanted):
        headers.append(("Access-Control-Allow-Headers", wanted))
    return Answer("200 OK", headers, b"")


def _no_method(_: Mapping[str, Any]) -> Answer:
    return error_answer(501)


def _answer(status: int, reply: Mapping[str, object], content_type: str = CONTENT_TYPE) -> Answer:
    body = json.dumps(reply).encode("ascii")
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        ("x-amzn-RequestId", str(uuid.uuid4())),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "x-amzn-RequestId, x-amzn-ErrorType"),
    ]
    if "__type" in reply:
        headers.append(("x-amzn-ErrorType", str(reply["__type"])))
    return Answer(f"{status} {REASONS[status]}", headers, body)


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
