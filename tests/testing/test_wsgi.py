"""testing/wsgi.py: the pool as a WSGI application, mounted as frameworks and clients mount one.

What clients see of the protocol is in test_http.py, where the same application answers at a socket.
"""

import io
import json
import time
import wsgiref.util
from collections.abc import Callable
from wsgiref.validate import validator

import httpx
import pytest
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID
from pool_calls import NOW, PUBLIC, beginning
from race import race

from srp_cognito import AppClient, SignIn, Tokens
from srp_cognito.testing import UserPool, wsgi_app
from srp_cognito.testing.wsgi import MAX_BODY, MAX_VALUES

TARGET = "AWSCognitoIdentityProviderService.InitiateAuth"
HEADERS = {"X-Amz-Target": TARGET, "Content-Type": "application/x-amz-json-1.1"}
JWKS = f"/{POOL_ID}/.well-known/jwks.json"
BEGINS = json.dumps(beginning("USER_SRP_AUTH", USERNAME="alice", SRP_A="5")).encode()


@pytest.fixture
def log() -> list[str]:
    """What the application logs."""
    return []


@pytest.fixture
def app(pool: UserPool, log: list[str]) -> Callable[..., object]:
    """The application, behind a check that it keeps the rules of WSGI."""
    return validator(wsgi_app(pool, log=log.append))


def client(app: Callable[..., object], script_name: str = "") -> httpx.Client:
    transport = httpx.WSGITransport(app, script_name=script_name)
    return httpx.Client(transport=transport, base_url="http://cognito.test")


def sign_in(http: httpx.Client, path: str = "/") -> Tokens:
    app = AppClient(CLIENT_ID, CLIENT_SECRET)
    conversation = SignIn(POOL_ID, "alice", PASSWORD, app=app)
    step = conversation.start()
    while not isinstance(step, Tokens):
        reply = http.post(path, content=step.body, headers=step.headers)
        step = conversation.reply(reply.json(), now=NOW)
    return step


def call(app: Callable[..., object], body: bytes, **environ: object) -> tuple[str, dict]:
    """Call the application as a server does, without what a server may leave out."""
    given = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": HEADERS["Content-Type"],
        "HTTP_X_AMZ_TARGET": TARGET,
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    statuses: list[str] = []
    wsgiref.util.setup_testing_defaults(given)
    parts = app(given, lambda status, headers: statuses.append(status))
    return statuses[0], json.loads(b"".join(parts))


def test_a_client_signs_in_without_a_socket(app: Callable[..., object], log: list[str]) -> None:
    with client(app) as http:
        assert sign_in(http).username == "alice"
    assert [line.rpartition(",")[0] for line in log] == [
        "InitiateAuth USER_SRP_AUTH alice -> PASSWORD_VERIFIER",
        "RespondToAuthChallenge PASSWORD_VERIFIER alice -> tokens",
    ]


def test_it_can_be_mounted_below_a_path(pool: UserPool, app: Callable[..., object]) -> None:
    """As Werkzeug's DispatcherMiddleware mounts it: the rest of the path is PATH_INFO."""
    with client(app, script_name="/cognito") as http:
        assert http.get(JWKS).json() == pool.jwks()
        assert sign_in(http, "/anything").username == "alice"
        assert http.get(f"/cognito{JWKS}").status_code == 404


def test_a_query_does_not_matter(pool: UserPool, app: Callable[..., object]) -> None:
    with client(app) as http:
        assert http.get(f"{JWKS}?x=1").json() == pool.jwks()


@pytest.mark.parametrize("method", ["HEAD", "PUT"])
def test_another_method_is_refused_and_head_has_no_body(
    app: Callable[..., object], method: str
) -> None:
    with client(app) as http:
        reply = http.request(method, "/")
    assert reply.status_code == 501
    assert bool(reply.content) is (method != "HEAD")


def test_a_body_is_read_by_its_length_and_no_further(pool: UserPool) -> None:
    status, reply = call(wsgi_app(pool), BEGINS + b"x" * 99, CONTENT_LENGTH=str(len(BEGINS)))
    assert (status, reply["ChallengeName"]) == ("200 OK", "PASSWORD_VERIFIER")


@pytest.mark.parametrize("length", [{}, {"CONTENT_LENGTH": ""}])
def test_a_body_without_a_length_is_read_if_the_server_ends_it(
    pool: UserPool, length: dict[str, str]
) -> None:
    """As gunicorn and Werkzeug do with chunks; others would wait for what never comes."""
    app = wsgi_app(pool)
    status, _ = call(app, BEGINS, **length, **{"wsgi.input_terminated": True})
    assert status == "200 OK"
    status, reply = call(app, BEGINS, **length)
    assert (status, reply["__type"]) == ("411 Length Required", "SerializationException")


@pytest.mark.parametrize("length", ["-1", "+2", "0x2", "2, 2", "9" * 20])
def test_a_length_that_is_not_a_number_is_refused(pool: UserPool, length: str) -> None:
    status, _ = call(wsgi_app(pool), BEGINS, CONTENT_LENGTH=length)
    assert status == "411 Length Required"


class Unread(io.BytesIO):
    """A body of which more than the limit must not be read."""

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert 0 <= size <= MAX_BODY + 1
        return super().read(size)


@pytest.mark.parametrize(
    "how", [{"CONTENT_LENGTH": str(2 * MAX_BODY)}, {"wsgi.input_terminated": True}]
)
def test_a_body_that_is_too_long_is_refused_unread(
    pool: UserPool, log: list[str], how: dict[str, object]
) -> None:
    body = Unread(bytes(2 * MAX_BODY))
    app = wsgi_app(pool, log=log.append)
    path = {"SCRIPT_NAME": "/cognito", "PATH_INFO": "/x"}
    status, reply = call(app, b"", **how, **path, **{"wsgi.input": body})
    assert status == "413 Request Entity Too Large"
    assert reply["__type"] == "RequestEntityTooLargeException"
    assert log == [f"/cognito/x -> {reply['message']}"]


@pytest.mark.parametrize(
    "length", [{"CONTENT_LENGTH": str(MAX_BODY)}, {"wsgi.input_terminated": 1}]
)
def test_a_body_of_the_limit_is_read(pool: UserPool, length: dict[str, object]) -> None:
    status, _ = call(wsgi_app(pool), BEGINS.ljust(MAX_BODY), **length)
    assert status == "200 OK"


VALUES = {
    "lists": lambda number: b'{"a": [%s]}' % b",".join([b"[]"] * number),
    "objects": lambda number: b'{"a": [%s]}' % b",".join([b"{}"] * number),
    "numbers": lambda number: b'{"a": [%s]}' % b",".join([b"1"] * (2 * number - 1)),
}


@pytest.mark.parametrize("of", VALUES.values(), ids=VALUES)
def test_a_request_has_no_more_than_so_many_values(
    pool: UserPool, of: Callable[[int], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "call", lambda operation, arguments: {"Session": "read"})
    most = MAX_VALUES // 2
    statuses = []
    for number in (most - 1, most + 1):
        body = of(number)
        statuses.append(call(wsgi_app(pool), body, CONTENT_LENGTH=str(len(body)))[0][:3])
    assert statuses == ["200", "400"]


@pytest.mark.parametrize("opens", [b"[", b'{"a":'])
def test_a_request_is_not_nested_deeper_than_a_hundred(
    pool: UserPool, opens: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    monkeypatch.setattr("srp_cognito.testing.wsgi.json_object", parsed.append)
    for depth in (99, 100):
        body = b'{"a":' + opens * depth
        call(wsgi_app(pool), body, CONTENT_LENGTH=str(len(body)))
        # The deeper one is refused before it is parsed.
        assert len(parsed) == 1


@pytest.mark.parametrize(
    "text", ["[" * 200, "{" * 200, "," * 20_000, '"[' * 200, "\\[" * 200, '\\"[' * 200, "]" * 200]
)
def test_what_stands_in_a_text_is_not_nesting(pool: UserPool, text: str) -> None:
    """A password may consist of brackets, and of quotes and backslashes, which JSON escapes."""
    sent = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=text)
    body = json.dumps(sent).encode()
    _, reply = call(wsgi_app(pool), body, CONTENT_LENGTH=str(len(body)))
    assert reply["__type"] == "NotAuthorizedException"


def test_lines_of_the_log_do_not_run_into_each_other_and_an_error_in_it_harms_nobody(
    pool: UserPool, capfd: pytest.CaptureFixture[str]
) -> None:
    inside = []

    def log(line: str) -> None:
        inside.append(line)
        time.sleep(0.001)
        assert len(inside) == 1, "two lines at once"
        inside.clear()
        raise LookupError("a mistake")

    app = wsgi_app(pool, log=log)
    length = str(len(BEGINS))
    statuses = race(lambda: call(app, BEGINS, CONTENT_LENGTH=length)[0], threads=8)
    assert statuses == ["200 OK"] * 8
    assert "two lines" not in capfd.readouterr().err


def test_a_user_of_the_other_app_client_signs_in_at_the_same_pool(
    pool: UserPool, app: Callable[..., object]
) -> None:
    """The application has no state of its own: the pool in memory and the one here are the same."""
    with client(app) as http:
        tokens = sign_in(http)
    user = pool.call("GetUser", {"AccessToken": tokens.access_token})
    assert user["Username"] == "alice"
    assert PUBLIC.client_id
