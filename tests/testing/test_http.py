"""testing/http.py: the pool over HTTP, as boto3, a browser and a hostile client each see it.

Requests that break the rules are written to a socket byte by byte; no HTTP client would send them.
"""

import concurrent.futures
import contextlib
import errno
import http.client
import io
import itertools
import json
import os
import re
import selectors
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import jwt
import pytest
from boto3_calls import boto3_client
from botocore.client import BaseClient
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID
from pool_calls import INCORRECT, NOW, PUBLIC, TOTP_SECRET, Clock, beginning, proven
from race import race

import srp_cognito.testing.http as pool_http
from srp_cognito import AppClient, Flow, SignIn, SRPClient, Tokens
from srp_cognito.conversation.questions import Question
from srp_cognito.testing import SigningKeys, UserPool, lockout, serve
from srp_cognito.testing.http import MAX_DRAINED, MAX_HEAD
from srp_cognito.testing.totp import code_at
from srp_cognito.testing.wsgi import MAX_BODY

TARGET = "AWSCognitoIdentityProviderService."
CONTENT_TYPE = "application/x-amz-json-1.1"
HEADERS = {"X-Amz-Target": f"{TARGET}InitiateAuth", "Content-Type": CONTENT_TYPE}
LINES = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items()).encode()
JWKS = f"/{POOL_ID}/.well-known/jwks.json"
NOT_JSON = ("SerializationException", "The request is not a JSON object.")
PATIENCE = 60
"""More seconds than anything here takes on the slowest machine; a longer wait is a failure."""


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def error(self) -> tuple[str, str]:
        error = json.loads(self.body)
        assert error["__type"] == self.headers["x-amzn-ErrorType"]
        return error["__type"], error["message"]


@pytest.fixture
def log() -> list[str]:
    """What the pool logs."""
    return []


@pytest.fixture
def url(pool: UserPool, log: list[str]) -> Iterator[str]:
    with serve(pool, log=log.append) as url:
        yield url


@pytest.fixture(scope="module")
def lasting(signing_keys: SigningKeys) -> Iterator[tuple[str, list[str]]]:
    """A pool that serves all tests of this module, whatever each of them does to it."""
    pool = UserPool(POOL_ID, now=Clock(), signing_keys=signing_keys)
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("alice", PASSWORD)
    log: list[str] = []
    with serve(pool, log=log.append) as url:
        yield url, log


@pytest.fixture
def lasting_url(lasting: tuple[str, list[str]]) -> str:
    return lasting[0]


@pytest.fixture
def lasting_log(lasting: tuple[str, list[str]]) -> list[str]:
    lasting[1].clear()
    return lasting[1]


@pytest.fixture
def cognito(url: str) -> Iterator[BaseClient]:
    """boto3's client, pointed at the pool, which needs no credentials."""
    with contextlib.closing(boto3_client(url, max_pool_connections=20)) as client:
        yield client


def connected(url: str) -> socket.socket:
    where = urlsplit(url)
    assert where.hostname == "127.0.0.1"
    return socket.create_connection((where.hostname, where.port), timeout=PATIENCE)


def keep_alive(url: str) -> contextlib.closing[http.client.HTTPConnection]:
    return contextlib.closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE))


def request(body: bytes, *more: bytes, start: bytes = b"POST / HTTP/1.1") -> bytes:
    """A call of InitiateAuth as it is on the wire, with more lines in its head."""
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join([start, LINES + length, *more, b"", body])


def reset_at_close(connection: socket.socket) -> None:
    """Have the connection end as it does when a client is killed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def everything(connection: socket.socket) -> bytes:
    """What comes over a connection until it ends in any way."""
    received = b""
    with contextlib.suppress(ConnectionError):
        while chunk := connection.recv(1 << 16):
            received += chunk
    return received


def parsed(received: bytes) -> list[Answer]:
    """The answers that came over a connection, in their order."""
    file, answers = io.BytesIO(received), []
    while line := file.readline():
        headers = http.client.parse_headers(file)
        body = file.read(int(headers.get("Content-Length", 0)))
        answers.append(Answer(int(line.split()[1]), headers, body))
    return answers


def raw(url: str, *sent: bytes) -> bytes:
    """What a client gets that sends only this."""
    with connected(url) as connection:
        # The pool may hang up before everything is sent. Its answer can still be read.
        with contextlib.suppress(OSError):
            for part in sent:
                connection.sendall(part)
            connection.shutdown(socket.SHUT_WR)
        return everything(connection)


def ask(url: str, *sent: bytes) -> Answer:
    (answer,) = parsed(raw(url, *sent))
    return answer


def call(
    connection: http.client.HTTPConnection, operation: str, arguments: object, **headers: str
) -> Answer:
    named = {**HEADERS, "X-Amz-Target": TARGET + operation, **headers}
    connection.request("POST", "/", json.dumps(arguments), named)
    with connection.getresponse() as response:
        return Answer(response.status, response.headers, response.read())


def claim(connection: http.client.HTTPConnection) -> dict[str, object]:
    """Begin to sign alice in, and return the claim that would complete it."""
    client = SRPClient.for_user(POOL_ID, "alice", PASSWORD, app=PUBLIC)
    challenge = json.loads(call(connection, "InitiateAuth", client.start()).body)
    return client.respond(challenge, now=NOW)


def sign_in(url: str) -> dict[str, str]:
    """Sign alice in over one connection."""
    with keep_alive(url) as connection:
        answer = call(connection, "RespondToAuthChallenge", claim(connection))
    assert answer.status == 200, answer.body
    return json.loads(answer.body)["AuthenticationResult"]


def calls(log: list[str]) -> list[str]:
    """The lines about calls; the other lines are about connections that ended."""
    return [line for line in log if " -> " in line]


def eventually(is_so: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until, "this takes too long"
        time.sleep(0.01)


# The wire protocol.


def test_boto3_signs_in(cognito: BaseClient) -> None:
    app = AppClient(CLIENT_ID, CLIENT_SECRET)
    client = SRPClient.for_user(POOL_ID, "alice", PASSWORD, app=app)
    challenge = cognito.initiate_auth(**client.start())
    reply = cognito.respond_to_auth_challenge(**client.respond(challenge, now=NOW))
    token = reply["AuthenticationResult"]["AccessToken"]
    assert cognito.get_user(AccessToken=token)["Username"] == "alice"


def test_boto3_raises_its_own_error_for_a_wrong_password(cognito: BaseClient) -> None:
    client = SRPClient.for_user(POOL_ID, "alice", "battery staple", app=PUBLIC)
    challenge = cognito.initiate_auth(**client.start())
    with pytest.raises(cognito.exceptions.NotAuthorizedException) as refused:
        cognito.respond_to_auth_challenge(**client.respond(challenge, now=NOW))
    response = refused.value.response
    assert response["Error"] == {"Code": "NotAuthorizedException", "Message": INCORRECT}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize(
    "content_type",
    [CONTENT_TYPE, f"{CONTENT_TYPE}; charset=utf-8", f"{CONTENT_TYPE} ;x", CONTENT_TYPE.upper()],
)
def test_a_call_is_answered_in_json(url: str, content_type: str) -> None:
    with keep_alive(url) as connection:
        arguments = beginning("USER_SRP_AUTH", USERNAME="alice", SRP_A="5")
        answer = call(connection, "InitiateAuth", arguments, **{"Content-Type": content_type})
    assert answer.status == 200
    assert answer.headers["Content-Type"] == CONTENT_TYPE
    assert "x-amzn-ErrorType" not in answer.headers
    assert json.loads(answer.body)["ChallengeName"] == "PASSWORD_VERIFIER"


def test_a_refusal_is_400_with_its_type_in_the_body_and_in_a_header(url: str) -> None:
    arguments = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD="battery staple")
    answer = ask(url, request(json.dumps(arguments).encode()))
    assert answer.status == 400
    assert json.loads(answer.body) == {"__type": "NotAuthorizedException", "message": INCORRECT}
    assert answer.headers["x-amzn-ErrorType"] == "NotAuthorizedException"
    assert answer.headers["x-amzn-ErrorMessage"] == "Incorrect username or password."
    assert answer.headers["Content-Type"] == CONTENT_TYPE


def test_each_answer_has_a_request_id_of_its_own(url: str) -> None:
    answers = parsed(raw(url, request(b"{}") * 3))
    identifiers = {answer.headers["x-amzn-RequestId"] for answer in answers}
    assert len(identifiers - {None}) == 3


def test_several_calls_go_over_one_connection(url: str) -> None:
    with keep_alive(url) as connection:
        connection.connect()
        first = connection.sock
        assert call(connection, "RespondToAuthChallenge", claim(connection)).status == 200
        assert call(connection, "InitiateAuth", {}).status == 400
        assert call(connection, "RespondToAuthChallenge", claim(connection)).status == 200
        assert connection.sock is first


def test_calls_that_are_sent_ahead_are_answered_in_their_order(url: str) -> None:
    names = [f"Operation{number}" for number in range(50)]
    calls = [request(b"{}").replace(b"InitiateAuth", name.encode()) for name in names]
    answers = parsed(raw(url, b"".join([*calls, request(b"[]")])))
    assert [answer.error[0] for answer in answers] == [
        *["UnknownOperationException"] * 50,
        "SerializationException",
    ]


@pytest.mark.parametrize(
    "sent",
    [
        request(b"{}", start=b"POST / HTTP/1.0"),
        request(b"{}", b"Connection: close"),
    ],
    ids=["HTTP/1.0", "Connection: close"],
)
def test_a_client_that_makes_one_call_gets_the_answer_and_the_end(url: str, sent: bytes) -> None:
    with connected(url) as connection:
        connection.sendall(sent)
        # The client leaves the connection open, so the pool must end it.
        (answer,) = parsed(everything(connection))
    assert answer.status == 400
    assert answer.headers["Connection"] == "close"


def test_a_client_that_waits_for_100_continue_gets_it(url: str) -> None:
    """As curl does with longer bodies: it stops for a second if the line does not come."""
    body = b"{}"
    with connected(url) as connection:
        head = request(body, b"Expect: 100-continue").removesuffix(body)
        connection.sendall(head)
        expected = b"HTTP/1.1 100 Continue\r\n\r\n"
        assert connection.recv(len(expected), socket.MSG_WAITALL) == expected
        connection.sendall(body)
        connection.shutdown(socket.SHUT_WR)
        (answer,) = parsed(everything(connection))
    assert answer.error[0] == "InvalidParameterException"


@pytest.mark.parametrize("method", [b"GET", b"POST"])
def test_a_client_that_waits_for_100_continue_without_a_body_gets_its_answer(
    lasting_url: str, method: bytes
) -> None:
    """Waitress alone would take the next request's headers for this one's."""
    with connected(lasting_url) as connection:
        head = b"Expect: 100-continue\r\nContent-Length: 0"
        sent = request(b"", head, start=method + b" / HTTP/1.1")
        connection.sendall(sent.replace(b"Content-Length: 0\r\n", b"", 1))
        received = connection.recv(1 << 16)
        connection.sendall(request(b"{}"))
        received += connection.recv(1 << 16)
    first, second = parsed(received)
    assert first.status == {b"GET": 404, b"POST": 400}[method]
    assert second.error[0] == "InvalidParameterException"


def test_a_client_that_waits_for_100_continue_is_refused_at_once_if_the_body_is_too_long(
    lasting_url: str,
) -> None:
    length = b"Content-Length: %d" % (MAX_BODY + 1)
    head = b"\r\n".join([b"POST / HTTP/1.1", LINES + length, b"Expect: 100-continue", b"", b""])
    with connected(lasting_url) as connection:
        connection.sendall(head)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 413 ")


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """A call of InitiateAuth whose body comes in chunks."""
    head = b"POST / HTTP/1.1\r\n" + LINES + b"Transfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end


SRP_BEGINS = json.dumps(beginning("USER_SRP_AUTH", USERNAME="alice", SRP_A="5")).encode()


@pytest.mark.parametrize(
    "sent",
    [
        chunked(SRP_BEGINS),
        chunked(*(SRP_BEGINS[i : i + 1] for i in range(len(SRP_BEGINS)))),
        chunked(SRP_BEGINS, end=b"0\r\nX-Trailer: x\r\n\r\n"),
        chunked(SRP_BEGINS).replace(b": chunked", b": Chunked"),
    ],
    ids=["one chunk", "a byte each", "a trailer", "a capital letter"],
)
def test_a_body_in_chunks_is_read(lasting_url: str, sent: bytes) -> None:
    """As Node's http.request, readers in Go and streams in Java send it."""
    answer = ask(lasting_url, sent)
    assert json.loads(answer.body)["ChallengeName"] == "PASSWORD_VERIFIER"


@pytest.mark.parametrize(
    "end",
    [
        b"0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
        b"0\n\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
        b"2\r\n{}GET /smuggled HTTP/1.1\r\n\r\n",
        b"2;x=\n\r\n{}\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
        b"-1\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
        b"0x0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
        b"\xd9\xa2\r\n{}\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
        b"fffffffffffffffffffff\r\nGET /smuggled HTTP/1.1\r\n\r\n" + bytes(MAX_BODY),
    ],
    ids=["right", "LF", "no end", "LF in an extension", "sign", "prefix", "script", "huge"],
)
def test_what_follows_chunks_is_not_read_as_another_request(
    lasting_url: str, lasting_log: list[str], end: bytes
) -> None:
    answer = ask(lasting_url, chunked(end=end))
    assert answer.status in (400, 413)
    assert answer.headers["Connection"] == "close"
    assert sign_in(lasting_url)


def test_a_body_in_too_many_chunks_is_refused(lasting_url: str) -> None:
    answer = ask(lasting_url, chunked(*[bytes(1000)] * (MAX_BODY // 1000 + 1)))
    assert answer.error[0] == "RequestEntityTooLargeException"


def test_chunks_in_http_1_0_are_refused(lasting_url: str) -> None:
    answer = ask(lasting_url, chunked(b"{}").replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert answer.status == 411


@pytest.mark.parametrize("own_issuer", [True, False], ids=["its own issuer", "AWS's issuer"])
def test_anybody_can_check_a_token_by_the_jwks_document(
    pool: UserPool, clock: Clock, own_issuer: bool
) -> None:
    clock.now = datetime.now(UTC)  # PyJWT reads the clock of the machine.
    aws = pool.issuer
    with serve(pool, own_issuer=own_issuer) as url, keep_alive(url) as connection:
        issuer = f"{url}{POOL_ID}" if own_issuer else aws
        arguments = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
        reply = json.loads(call(connection, "InitiateAuth", arguments).body)
        token = reply["AuthenticationResult"]["IdToken"]
        keys = jwt.PyJWKClient(url.rstrip("/") + JWKS)
        key = keys.get_signing_key_from_jwt(token)
        claims = jwt.decode(
            token, key, algorithms=["RS256"], audience=PUBLIC.client_id, issuer=issuer, leeway=60
        )
        assert claims["cognito:username"] == "alice"
        with keep_alive(url) as other:
            other.request("GET", JWKS)
            with other.getresponse() as response:
                assert response.headers["Content-Type"] == "application/json"
                assert json.loads(response.read()) == pool.jwks()
    assert pool.issuer == aws


# A page in a browser.


PREFLIGHT = (
    b"OPTIONS / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://localhost:5173\r\n"
    b"Access-Control-Request-Method: POST\r\n"
    b"Access-Control-Request-Headers: %s\r\n\r\n"
)
NAMES = b"amz-sdk-invocation-id,amz-sdk-request,content-type,x-amz-target,x-amz-user-agent"


def test_a_browser_that_asks_first_may_call(lasting_url: str) -> None:
    answer = ask(lasting_url, PREFLIGHT % NAMES)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert answer.headers["Access-Control-Allow-Headers"] == NAMES.decode()
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize(
    "names", [b"", b"x" * 1001, b"x\xe9", b"x: y", b"<x>"], ids=lambda names: repr(names[:5])
)
def test_names_that_cannot_be_of_headers_are_not_repeated(lasting_url: str, names: bytes) -> None:
    answer = ask(lasting_url, PREFLIGHT % names)
    assert answer.status == 200
    assert "Access-Control-Allow-Headers" not in answer.headers


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET %s HTTP/1.1\r\n\r\n" % JWKS.encode(), 200),
        (request(b"{}"), 400),
        (b"GET /elsewhere HTTP/1.1\r\n\r\n", 404),
        (b"POST / HTTP/1.1\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", 413),
    ],
    ids=["answer", "refusal", "nothing here", "no length", "too long"],
)
def test_a_page_can_read_answers_and_errors(lasting_url: str, sent: bytes, status: int) -> None:
    answer = ask(lasting_url, sent)
    assert answer.status == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    exposed = answer.headers["Access-Control-Expose-Headers"].split(",")
    assert exposed == ["x-amzn-RequestId", "x-amzn-ErrorType", "x-amzn-ErrorMessage", "Date"]


# Requests that are not a call.


NOT_OBJECTS = {
    "nothing": b"",
    "not JSON": b"password=hunter2",
    "half a JSON": b'{"password": "hunter2',
    "two objects": b'{"password": "hunter2"}{}',
    "an array": b'["hunter2"]',
    "null": b"null",
    "a number": b"5",
    "not UTF-8": b'{"password": "hunter2\xff"}',
    "UTF-16": '{"password": "hunter2"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"password": "hunter2"}',
    "a surrogate in UTF-8": b'{"password": "hunter2\xed\xa0\x80"}',
    "a null byte": b'{"password": "hunter2"}\0',
    "deeply nested": b"[" * 200_000,
    "a deep object": b'{"hunter2":' * 20_000,
    "an endless number": b'{"hunter2": ' + b"9" * 200_000 + b"}",
    "NaN": b'{"hunter2": NaN}',
    "-Infinity": b'{"hunter2": -Infinity}',
    "an infinite number": b'{"hunter2": 1e999}',
}


@pytest.mark.parametrize("body", NOT_OBJECTS.values(), ids=NOT_OBJECTS)
def test_a_body_that_is_not_an_object_is_refused_and_not_quoted(
    lasting_url: str, lasting_log: list[str], body: bytes
) -> None:
    refused, after = parsed(raw(lasting_url, request(body), request(b"{}")))
    assert (refused.status, refused.error) == (400, NOT_JSON)
    assert after.error[0] == "InvalidParameterException"
    assert "hunter2" not in str(lasting_log)
    assert sign_in(lasting_url)


def test_a_lone_surrogate_is_refused_where_it_matters(lasting_url: str) -> None:
    arguments = beginning("USER_SRP_AUTH", USERNAME="\ud800", SRP_A="5")
    kind, message = ask(lasting_url, request(json.dumps(arguments).encode())).error
    assert kind == "InvalidParameterException"
    assert message == "USERNAME holds a lone surrogate, which UTF-8 cannot write"


WRONG_TARGET = f"X-Amz-Target must be {TARGET}OPERATION."


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (None, WRONG_TARGET),
        ("", WRONG_TARGET),
        ("InitiateAuth", WRONG_TARGET),
        ("AWSCognitoIdentityService.GetId", WRONG_TARGET),
        (TARGET.lower() + "InitiateAuth", WRONG_TARGET),
        (f"x{TARGET}InitiateAuth", WRONG_TARGET),
        (TARGET, "This pool does not do this operation."),
        (TARGET + "AdminDeleteUser", "This pool does not do this operation."),
        (TARGET + "__class__", "This pool does not do this operation."),
    ],
    ids=[
        "none",
        "empty",
        "no service",
        "another",
        "small letters",
        "more",
        "half",
        "unknown",
        "a trap",
    ],
)
def test_a_call_without_an_operation_of_the_pool_is_refused(
    lasting_url: str, target: str | None, message: str
) -> None:
    line = b"" if target is None else f"X-Amz-Target: {target}\r\n".encode()
    sent = request(b"{}").replace(f"X-Amz-Target: {TARGET}InitiateAuth\r\n".encode(), line)
    answer = ask(lasting_url, sent)
    assert (answer.status, answer.error) == (400, ("UnknownOperationException", message))


@pytest.mark.parametrize(
    "content_type",
    [None, "", "application/json", "application/x-amz-json-1.0", f"text/plain; {CONTENT_TYPE}"],
    ids=["none", "empty", "JSON", "another version", "in a parameter"],
)
def test_a_call_of_another_content_type_is_refused(
    lasting_url: str, content_type: str | None
) -> None:
    line = b"" if content_type is None else f"Content-Type: {content_type}\r\n".encode()
    sent = request(b"{}").replace(f"Content-Type: {CONTENT_TYPE}\r\n".encode(), line)
    assert ask(lasting_url, sent).error == (
        "UnknownOperationException",
        f"Content-Type must be {CONTENT_TYPE}.",
    )


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)
def test_a_form_on_a_page_calls_nothing(
    lasting_url: str, lasting_log: list[str], content_type: str
) -> None:
    """A browser sends it without asking first."""
    arguments = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
    body = json.dumps({**arguments, "x": "="}).encode()
    head = f"POST / HTTP/1.1\r\nOrigin: https://example.com\r\nContent-Type: {content_type}\r\n"
    answer = ask(lasting_url, head.encode(), b"Content-Length: %d\r\n\r\n" % len(body), body)
    assert answer.error == ("UnknownOperationException", WRONG_TARGET)
    assert PASSWORD not in str(lasting_log)


def test_the_keys_are_found_from_the_issuer(pool: UserPool) -> None:
    """As OpenID Connect's libraries find them."""
    with serve(pool, own_issuer=True) as url:
        token = proven(pool)["AuthenticationResult"]["IdToken"]
        issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
        assert issuer == f"{url}{POOL_ID}"
        with urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration") as reply:
            document = json.load(reply)
        assert document["issuer"] == issuer
        key = jwt.PyJWKClient(document["jwks_uri"]).get_signing_key_from_jwt(token)
        audience = PUBLIC.client_id
        moment = {"verify_exp": False, "verify_iat": False}
        algorithms = document["id_token_signing_alg_values_supported"]
        claims = jwt.decode(token, key, algorithms, moment, audience=audience, issuer=issuer)
        assert claims["cognito:username"] == "alice"


@pytest.mark.parametrize("path", ["/", "/.well-known/jwks.json", JWKS.upper(), f"/.{JWKS}", "*"])
def test_there_is_nothing_but_the_jwks_document_to_get(lasting_url: str, path: str) -> None:
    answer = ask(lasting_url, f"GET {path} HTTP/1.1\r\n\r\n".encode())
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/json")
    assert json.loads(answer.body) == {"message": "This pool has nothing here."}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "X"])
def test_another_method_is_refused(lasting_url: str, method: str) -> None:
    answer = ask(lasting_url, request(b"{}", start=f"{method} / HTTP/1.1".encode()))
    assert (answer.status, json.loads(answer.body)) == (501, {"message": "HTTP 501"})
    assert sign_in(lasting_url)


def test_a_method_in_small_letters_is_refused(lasting_url: str) -> None:
    """400, since methods are case-sensitive and waitress knows none that is written so."""
    answer = ask(lasting_url, request(b"{}", start=b"post / HTTP/1.1"))
    assert (answer.status, json.loads(answer.body)) == (400, {"message": "HTTP 400"})


def test_a_refused_head_request_gets_no_body(lasting_url: str) -> None:
    with keep_alive(lasting_url) as connection:
        connection.request("HEAD", JWKS)
        with connection.getresponse() as response:
            assert (response.status, response.read()) == (501, b"")


NOT_LENGTHS = {
    "none": b"",
    "empty": b"Content-Length:\r\n",
    "negative": b"Content-Length: -1\r\n",
    "a sign": b"Content-Length: +2\r\n",
    "hexadecimal": b"Content-Length: 0x2\r\n",
    "a fraction": b"Content-Length: 2.0\r\n",
    "an underscore": b"Content-Length: 0_2\r\n",
    "another script": "Content-Length: ٢\r\n".encode(),
    "superscript": b"Content-Length: \xb2\r\n",
    "a list": b"Content-Length: 2, 2\r\n",
    "two": b"Content-Length: 2\r\nContent-Length: 50\r\n",
    "twice the same": b"Content-Length: 2\r\ncontent-length: 2\r\n",
    "twenty digits": b"Content-Length: 99999999999999999999\r\n",
    "ten thousand digits": b"Content-Length: " + b"9" * 10_000 + b"\r\n",
    "chunked twice": b"Transfer-Encoding: chunked, chunked\r\n",
    "chunked in two lines": b"Transfer-Encoding: chunked\r\n" * 2,
    "chunked in part": b"Transfer-Encoding: gzip, chunked\r\n",
    "no encoding": b"Content-Length: 2\r\nTransfer-Encoding:\r\n",
    "chunked, and a length": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    "another encoding": b"Content-Length: 2\r\nTransfer-Encoding: identity\r\n",
}


@pytest.mark.parametrize("lines", NOT_LENGTHS.values(), ids=NOT_LENGTHS)
def test_a_body_without_a_clear_end_is_refused_with_everything_after_it(
    lasting_url: str, lines: bytes
) -> None:
    smuggled = b"{}GET /smuggled HTTP/1.1\r\n\r\n"
    answer = ask(lasting_url, b"POST / HTTP/1.1\r\n" + LINES + lines + b"\r\n" + smuggled)
    assert answer.status == 411
    assert answer.error == (
        "SerializationException",
        "The request must have one Content-Length, or be chunked.",
    )
    assert answer.headers["Connection"] == "close"
    assert sign_in(lasting_url)


BODIES_OF_GET = {
    "30 bytes": (b"Content-Length: 30", None),
    "a negative length": (b"Content-Length: -5", 411),
    "two lengths": (b"Content-Length: 0\r\nContent-Length: 30", 411),
    "a length and chunks": (b"Content-Length: 0\r\nTransfer-Encoding: chunked", 411),
    "chunks": (b"Transfer-Encoding: chunked", 400),  # The method is not the size of a chunk.
}


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
@pytest.mark.parametrize(("line", "status"), BODIES_OF_GET.values(), ids=BODIES_OF_GET)
def test_the_body_of_a_get_is_not_read_as_another_request(
    lasting_url: str, method: str, line: bytes, status: int | None
) -> None:
    smuggled = b"GET /smuggled-now HTTP/1.1\r\n\r\n"
    assert len(smuggled) == 30
    head = f"{method} / HTTP/1.1\r\n".encode() + line + b"\r\n\r\n"
    answer = ask(lasting_url, head + smuggled)
    assert answer.status == (status or {"GET": 404, "OPTIONS": 200}[method])


def test_the_connection_stays_open_after_an_empty_body(lasting_url: str) -> None:
    get = b"GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
    assert [answer.status for answer in parsed(raw(lasting_url, get * 3))] == [404] * 3


NOT_HEADERS = {
    "a lone CR": b"X: a\rContent-Length: 2",
    "a null byte": b"X: a\0b",
    "a null byte in the name": b"X\0: a",
    "a space before the colon": b"Transfer-Encoding : chunked",
    "a folded line": b"X: a\r\n b",
    "a lone LF": b"X: a\nContent-Length: 2",
    "a lone LF at the end": b"X: a\n",
    "a control character": b"X: a\x1b",
    "no colon": b"GET /smuggled HTTP/1.1",
    "no name": b": a",
    "another script": "Ключ: a".encode(),
}


@pytest.mark.parametrize("line", NOT_HEADERS.values(), ids=NOT_HEADERS)
def test_a_line_that_is_not_a_header_is_refused_with_everything_after_it(
    lasting_url: str, lasting_log: list[str], line: bytes
) -> None:
    answer = ask(lasting_url, request(b"{}", line), request(b"{}"))
    assert (answer.status, json.loads(answer.body)) == (400, {"message": "HTTP 400"})
    assert not calls(lasting_log)
    assert sign_in(lasting_url)


MEGABYTE = b"a" * 1_000_000
LONG_HEADS = {
    "a line of a megabyte": request(b"{}", b"X: " + MEGABYTE),
    "a hundred thousand headers": request(b"{}", *[b"X: a"] * 100_000),
    "some kilobytes too many": request(b"{}", *[b"X: " + b"a" * 1000] * 17),
    "megabytes of lone CRs": request(b"{}", *[b"X: " + b"\ra:" * 20_000] * 90),
    "a path of a megabyte": b"POST /" + MEGABYTE + b" HTTP/1.1\r\n\r\n",
    "a method of a megabyte": MEGABYTE,
}


@pytest.mark.parametrize("sent", LONG_HEADS.values(), ids=LONG_HEADS)
def test_a_long_head_is_refused(lasting_url: str, lasting_log: list[str], sent: bytes) -> None:
    """A client that continues to send may lose the connection, and not see the answer."""
    received = raw(lasting_url, sent)
    assert received.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 414 ")) or not received
    assert not calls(lasting_log)
    assert sign_in(lasting_url)


def test_headers_of_exactly_the_limit_are_read(lasting_url: str) -> None:
    head = request(b"{}", b"X: ")
    room = MAX_HEAD - len(head.removesuffix(b"{}"))
    for more, status in ((0, 400), (1, 431)):
        assert ask(lasting_url, request(b"{}", b"X: " + b"a" * (room + more))).status == status


SLOW_TO_READ = {
    "white space": request(b"{}", b"X:" + b" " * 16_000 + b"a"),
    "white space before a control character": request(b"{}", b"X:" + b" " * 16_000 + b"\x01"),
    "an address": request(b"{}", start=b"POST a://" + b"1" * 16_000 + b" x HTTP/1.1"),
    "an address of nothing": request(b"{}", start=b"POST http://[ HTTP/1.1"),
}


@pytest.mark.parametrize("sent", SLOW_TO_READ.values(), ids=SLOW_TO_READ)
def test_a_head_that_is_slow_to_read_keeps_nobody_waiting(lasting_url: str, sent: bytes) -> None:
    """Waitress alone takes a second or more for each, in the thread that reads for everybody."""
    begun = time.monotonic()
    for _ in range(60):
        assert ask(lasting_url, sent).status == 400
    assert time.monotonic() - begun < PATIENCE


def test_the_pool_rests_while_an_answer_is_sent(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that reads for everybody once asked again and again whether it was sent."""
    turns, turn, send = [], pool_http._Server._turn, pool_http._Channel.send

    def count(server: object, *seconds: float) -> None:
        turns.append(1)
        turn(server, *seconds)

    def send_slowly(channel: object, data: bytes, **more: bool) -> int:
        time.sleep(0.5)
        return send(channel, data, **more)

    monkeypatch.setattr(pool_http._Server, "_turn", count)
    monkeypatch.setattr(pool_http._Channel, "send", send_slowly)
    assert ask(url, request(b"{}")).status == 400
    assert len(turns) < 100


@pytest.mark.usefixtures("patient")
def test_urgent_data_end_the_connection(url: str) -> None:
    """The thread that reads for everybody would not come to rest before they are read."""
    with connected(url) as connection:
        connection.send(b"x", socket.MSG_OOB)
        assert everything(connection) == b""
    assert sign_in(url)


GARBAGE = {
    "a greeting of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "null bytes": bytes(1000),
    "an empty line": b"\r\n",
    "a word": b"hunter2\r\n\r\n",
    "four words": b"POST / hunter2 HTTP/1.1\r\n\r\n",
    "no version": b"POST /hunter2\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/x": b"POST / HTTP/x.y\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("sent", GARBAGE.values(), ids=GARBAGE)
def test_garbage_gets_an_error_or_the_end(
    lasting_url: str, lasting_log: list[str], capfd: pytest.CaptureFixture[str], sent: bytes
) -> None:
    received = raw(lasting_url, sent)
    assert b"hunter2" not in received
    assert not received or json.loads(received.rpartition(b"\r\n")[2])["message"]
    assert not calls(lasting_log)
    assert sign_in(lasting_url)
    assert capfd.readouterr().err == ""


# Too much.


def test_a_body_of_exactly_the_limit_is_answered_and_one_more_byte_is_refused(
    lasting_url: str, lasting_log: list[str]
) -> None:
    arguments = json.dumps(beginning("USER_SRP_AUTH", USERNAME="alice", SRP_A="5"))
    with keep_alive(lasting_url) as connection:
        for length, status in ((MAX_BODY, 200), (MAX_BODY + 1, 413), (MAX_BODY, 200)):
            # After the refusal it is another connection, which http.client makes by itself.
            connection.request("POST", "/", arguments.ljust(length), HEADERS)
            with connection.getresponse() as response:
                answer = Answer(response.status, response.headers, response.read())
            assert answer.status == status
            if status == 413:
                message = f"The request has more than {MAX_BODY} bytes."
                assert answer.error == ("RequestEntityTooLargeException", message)
                assert answer.headers["Connection"] == "close"
                assert lasting_log[-1] == f"/ -> {message}"


def test_a_client_that_sends_megabytes_too_many_reads_the_answer(lasting_url: str) -> None:
    with keep_alive(lasting_url) as connection:
        connection.request("POST", "/", bytes(MAX_DRAINED - 1), HEADERS)
        with connection.getresponse() as response:
            assert response.status == 413


@pytest.mark.usefixtures("patient")
def test_a_client_that_is_refused_sees_the_connection_end(url: str) -> None:
    """Even if it neither sends the body nor closes the connection itself."""
    with connected(url) as connection:
        connection.sendall(b"POST / HTTP/1.0\r\nContent-Length: 100000000\r\n\r\n")
        (answer,) = parsed(everything(connection))
    assert answer.status == 413


def test_an_srp_a_of_a_hundred_megabytes_is_not_read_to_its_end(lasting_url: str) -> None:
    begun = json.dumps(beginning("USER_SRP_AUTH", USERNAME="alice", SRP_A="")).encode()[:-3]
    head = b"POST / HTTP/1.1\r\n" + LINES + b"Content-Length: 100000000\r\n\r\n"
    with connected(lasting_url) as connection:
        connection.sendall(head + begun)
        with pytest.raises(ConnectionError):
            connection.sendall(MEGABYTE * 100)
        # Whether the answer can still be read depends on the client's system.
        assert [answer.status for answer in parsed(everything(connection))] in ([413], [])
    assert sign_in(lasting_url)


def test_an_srp_a_that_just_fits_in_the_body_is_refused(lasting_url: str) -> None:
    arguments = beginning("USER_SRP_AUTH", USERNAME="alice", SRP_A="a" * (MAX_BODY - 1000))
    kind, message = ask(lasting_url, request(json.dumps(arguments).encode())).error
    assert kind == "InvalidParameterException"
    assert message.startswith("SRP_A ")
    assert len(message) < 100


# Slow clients, and many.


def hung_up_on(connections: list[socket.socket], dribble: bytes = b"") -> None:
    """Wait until the pool has ended each connection, and send in the meantime."""
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ)

        def are_gone() -> bool:
            for key, _ in selector.select(timeout=0):
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                with contextlib.suppress(ConnectionError):
                    # Something may come before the end.
                    if connection.recv(1 << 16):
                        continue
                selector.unregister(connection)
            for key in selector.get_map().values():
                with contextlib.suppress(ConnectionError):
                    assert isinstance(key.fileobj, socket.socket)
                    key.fileobj.send(dribble)
            return not selector.get_map()

        eventually(are_gone)


def ended(connections: list[socket.socket]) -> int:
    """How many of them have something to read, which can only be their end."""
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ)
        return len(selector.select(timeout=0))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the pool wait for slow clients for longer than a test may take."""
    for name in ("READ_SECONDS", "LEAVE_SECONDS"):
        monkeypatch.setattr(pool_http, name, 2 * PATIENCE)


SLOW = {
    "silent": b"",
    "in the first line": b"POST /",
    "in a header": b"POST / HTTP/1.1\r\nX-Slow: ",
    "in the body": request(b"{}").replace(b"Content-Length: 2", b"Content-Length: 1000"),
    "after a call": request(b"{}"),
}


@pytest.mark.parametrize("begun", SLOW.values(), ids=SLOW)
@pytest.mark.usefixtures("patient")
def test_a_hundred_slow_clients_keep_nobody_waiting_and_lose_their_connections(
    url: str, log: list[str], monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connected(url)) for _ in range(100)]
        for connection in slow:
            connection.sendall(begun)
            if begun == SLOW["after a call"]:
                assert connection.recv(1 << 16)
        assert sign_in(url)
        assert ended(slow) == 0
        monkeypatch.setattr(pool_http, "READ_SECONDS", 0.1)
        hung_up_on(slow, dribble=b"x" if begun else b"")
        monkeypatch.setattr(pool_http, "READ_SECONDS", PATIENCE)
        assert sign_in(url)
    assert not any("Traceback" in line for line in log)


@pytest.fixture
def long_winded(pool: UserPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the pool give answers that do not fit into any buffer."""
    answer = {"Session": "s" * 20_000_000}
    monkeypatch.setattr(pool, "call", lambda operation, arguments: answer)


@pytest.mark.usefixtures("patient", "long_winded")
def test_a_client_that_does_not_read_its_answer_loses_its_connection(
    url: str, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(url) as connection:
        connection.sendall(request(b"{}"))
        eventually(lambda: log)  # The pool is sending, and cannot send all.
        monkeypatch.setattr(pool_http, "READ_SECONDS", 0.1)

        def is_cut() -> bool:
            try:
                connection.send(b"x")
            except ConnectionError:
                return True
            return False

        eventually(is_cut)


@pytest.mark.usefixtures("patient", "long_winded")
def test_a_client_that_takes_its_time_gets_the_whole_answer(url: str) -> None:
    with connected(url) as connection:
        connection.sendall(request(b"{}"))
        received = b""
        while not received.endswith(b'"}'):
            received += connection.recv(100_000)
    (answer,) = parsed(received)
    assert len(json.loads(answer.body)["Session"]) == 20_000_000


@pytest.mark.usefixtures("patient")
def test_one_connection_too_many_takes_the_place_of_the_slowest(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_http, "MAX_CONNECTIONS", 5)
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connected(url)) for _ in range(5)]
        for connection in slow:
            connection.sendall(b"P")
            time.sleep(0.01)
        slow[0].sendall(request(b"{}")[1:])  # Is answered, so that the second is the slowest.
        assert slow[0].recv(1 << 16).startswith(b"HTTP/1.1 400 ")
        assert sign_in(url)
        hung_up_on(slow[1:2])
        assert ended([slow[0], *slow[2:]]) == 0


def test_512_clients_that_send_a_byte_each_keep_nobody_out(url: str) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(512):
            stack.enter_context(connected(url)).sendall(b"P")
        begun = time.monotonic()
        assert sign_in(url)
        # With a thread for each it was 27 s here, and is some hundredths of one now.
        assert time.monotonic() - begun < PATIENCE / 6


def test_what_happened_to_a_connection_does_not_happen_to_the_one_that_takes_its_place(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new one gets the descriptor of the old one, of which the system has still to tell."""
    monkeypatch.setattr(pool_http, "MAX_CONNECTIONS", 5)
    turn, rests, may_go = pool_http._Server._turn, threading.Event(), threading.Event()

    def resting(server: object, *seconds: float) -> None:
        if not may_go.is_set():
            rests.set()
            may_go.wait(PATIENCE)
        turn(server, *seconds)

    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(connected(url)) for _ in range(5)]
        for other in others:
            other.sendall(request(b"{}"))
            assert other.recv(1 << 16)
        monkeypatch.setattr(pool_http._Server, "_turn", resting)
        assert rests.wait(PATIENCE)
        for other in others:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            other.close()
        late = stack.enter_context(connected(url))
        late.sendall(request(b"{}"))
        # No other descriptor is free below those of the pool.
        while (filler := os.dup(late.fileno())) < late.fileno() + 50:
            stack.callback(os.close, filler)
        os.close(filler)
        may_go.set()
        assert late.recv(1 << 16).startswith(b"HTTP/1.1 400 ")


def test_one_connection_too_many_is_refused_if_all_others_wait_for_the_pool(
    pool: UserPool, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_http, "MAX_CONNECTIONS", 5)
    arrived, may_go = threading.Semaphore(0), threading.Event()

    def slow(operation: str, arguments: object) -> dict[str, object]:
        arrived.release()
        assert may_go.wait(PATIENCE)
        return {"Session": "late"}

    with contextlib.ExitStack() as stack, monkeypatch.context() as context:
        context.setattr(pool, "call", slow)
        waiting = [stack.enter_context(connected(url)) for _ in range(5)]
        for connection in waiting:
            connection.sendall(request(b"{}"))
            assert arrived.acquire(timeout=PATIENCE)
        (answer,) = parsed(everything(stack.enter_context(connected(url))))
        assert (answer.status, answer.headers["Connection"]) == (503, "close")
        may_go.set()
        for connection in waiting:
            assert b'"late"' in connection.recv(1 << 16)
    assert sign_in(url)


def test_a_request_right_after_an_answer_is_answered_before_the_pool_stops(
    pool: UserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not read before the worker is done with the answer that has been sent already."""
    monkeypatch.setattr(pool_http, "MOMENT", PATIENCE)
    write, may_go = pool_http._WholeTask.write, threading.Event()

    def lingering(task: object, data: bytes) -> None:
        write(task, data)
        assert may_go.wait(PATIENCE)

    with concurrent.futures.ThreadPoolExecutor(1) as other, contextlib.ExitStack() as stack:
        url = stack.enter_context(serve(pool))
        with connected(url) as connection:
            monkeypatch.setattr(pool_http._WholeTask, "write", lingering)
            connection.sendall(request(b"{}"))
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 400 ")
            connection.sendall(request(b"{}"))
            stopping = other.submit(stack.close)
            time.sleep(0.1)  # The pool is about to stop.
            may_go.set()
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 400 ")
        stopping.result()


MODEST = MAX_BODY - 100
GREEDY = {
    "lists": b"[" + b"[]," * (MODEST // 3) + b"[]]",
    "objects": b"[" + b"{}," * (MODEST // 3) + b"{}]",
    "numbers": b"[" + b"1.5," * (MODEST // 4) + b"1]",
    "deep lists": (b"[" * 100 + b"]" * 100 + b",") * (MODEST // 201),
    "escapes": b'"' + b'\\"' * (MODEST // 2),
    "braces in a text": b'{"x": "' + b"{[" * (MODEST // 2),
}


@pytest.mark.slow
@pytest.mark.parametrize("body", GREEDY.values(), ids=GREEDY)
def test_500_clients_with_greedy_json_take_neither_memory_nor_time(url: str, body: bytes) -> None:
    """A thread for each once parsed 500 bodies of nested lists at a time: 6 GB, two minutes."""
    resource = pytest.importorskip("resource", reason="Windows does not tell it")
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    sent = request(body)
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connected(url)) for _ in range(500)]
        for client in clients:
            client.sendall(sent)
        for client in clients:
            assert client.recv(1 << 16).startswith(b"HTTP/1.1 400 ")
    assert sign_in(url)
    assert time.monotonic() - begun < PATIENCE
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{grown / 1024:.0f} MB, {time.monotonic() - begun:.1f} s")
    assert grown < 1 << 19, "half a GB, in kB: the bodies, and what the socket buffers hold"


# Connections that are cut.


CALL = request(
    json.dumps(beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)).encode()
)
CUT = {
    "at once": b"",
    "in the first line": CALL[:5],
    "in a header": CALL[:40],
    "before a length's last digits": CALL[: CALL.index(b"Content-Length: 1") + 17],
    "before the body": CALL[: CALL.index(b"\r\n\r\n") + 4],
    "in the body": CALL[:-5],
    "before the answer": CALL,
}


@pytest.mark.parametrize("sent", CUT.values(), ids=CUT)
@pytest.mark.parametrize("resets", [False, True], ids=["closed", "reset"])
def test_a_connection_that_is_cut_harms_nobody_and_leaks_nothing(
    pool: UserPool,
    log: list[str],
    capfd: pytest.CaptureFixture[str],
    sent: bytes,
    resets: bool,
) -> None:
    with serve(pool, log=log.append) as url:
        for _ in range(5):
            with connected(url) as connection:
                connection.sendall(sent)
                if resets:
                    reset_at_close(connection)
        assert sign_in(url)
    # Everything that is logged has been logged by now.
    assert PASSWORD not in str(log)
    assert "Traceback" not in str(log)
    last = 2  # The sign-in's.
    assert len(calls(log)) - last <= (5 if sent == CALL else 0)
    assert capfd.readouterr().err == ""


# The end.


def refuses(url: str) -> bool:
    try:
        connected(url).close()
    except ConnectionError:  # Refused, or reset if the pool had not taken it.
        return True
    return False


def test_a_call_that_is_being_computed_gets_its_answer_when_the_pool_stops(
    pool: UserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls that were sent ahead get no answer: a client could delay the end for ever."""
    arrived, may_go = threading.Event(), threading.Event()

    def slow(operation: str, arguments: object) -> dict[str, object]:
        arrived.set()
        assert may_go.wait(PATIENCE)
        return {"Session": "late"}

    def let_go() -> None:
        eventually(lambda: refuses(url))
        monkeypatch.setattr(pool_http, "LEAVE_SECONDS", PATIENCE)
        may_go.set()

    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(ask(url, request(b"{}") * 5))),
        threading.Thread(target=let_go),
    ]
    monkeypatch.setattr(pool, "call", slow)
    with serve(pool) as url:
        threads[0].start()
        assert arrived.wait(PATIENCE)
        threads[1].start()
        # Clients have no time at all now, which must not matter to one that waits for the pool.
        monkeypatch.setattr(pool_http, "READ_SECONDS", 0)
        monkeypatch.setattr(pool_http, "LEAVE_SECONDS", 0)
    for thread in threads:
        thread.join()
    assert [json.loads(answer.body) for answer in answers] == [{"Session": "late"}]


@pytest.mark.usefixtures("patient")
def test_idle_connections_and_half_requests_do_not_delay_the_end(pool: UserPool) -> None:
    with contextlib.ExitStack() as stack:
        with serve(pool) as url:
            idle = [stack.enter_context(connected(url)) for _ in range(20)]
            for connection, begun in zip(idle, itertools.cycle(SLOW.values()), strict=False):
                connection.sendall(begun)
            assert sign_in(url)
            left = time.monotonic()
        # The pool's own limit is twice as long.
        assert time.monotonic() - left < PATIENCE
        hung_up_on(idle)


@pytest.mark.usefixtures("patient", "long_winded")
def test_a_client_that_does_not_read_its_answer_does_not_delay_the_end(
    pool: UserPool, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.ExitStack() as stack:
        with serve(pool, log=log.append) as url:
            connection = stack.enter_context(connected(url))
            connection.sendall(request(b"{}"))
            eventually(lambda: log)
            monkeypatch.setattr(pool_http, "LEAVE_SECONDS", 0.1)
            left = time.monotonic()
        assert time.monotonic() - left < PATIENCE


def test_after_the_end_nothing_is_left_over(pool: UserPool) -> None:
    """The port is free for the next pool, and no thread runs."""
    before = set(threading.enumerate())
    port = 0
    for _ in range(5):
        with serve(pool, port=port) as url:
            assert sign_in(url)
            assert set(threading.enumerate()) - before
            port = urlsplit(url).port or 0
        assert set(threading.enumerate()) <= before
        eventually(lambda: refuses(url))


def test_a_server_that_is_woken_late_is_still_there(
    pool: UserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What wakes it is a pipe; once that is closed, its number may be another file's."""
    wake = pool_http._Server.pull_trigger

    def wake_late(server: object) -> None:
        time.sleep(0.2)
        wake(server)

    monkeypatch.setattr(pool_http._Server, "pull_trigger", wake_late)
    with serve(pool) as url:
        assert sign_in(url)


def test_a_port_that_is_taken_is_an_error(pool: UserPool) -> None:
    with serve(pool) as url:
        port = urlsplit(url).port or 0
        with pytest.raises(OSError, match=os.strerror(errno.EADDRINUSE)), serve(pool, port=port):
            pytest.fail("two pools answer at one port")
        assert sign_in(url)


def test_an_error_inside_the_block_is_raised_and_ends_the_server(pool: UserPool) -> None:
    before = set(threading.enumerate())
    urls = []

    def mistaken() -> None:
        with serve(pool, own_issuer=True) as url:
            urls.append(url)
            raise LookupError("a mistake")

    with pytest.raises(LookupError, match="a mistake"):
        mistaken()
    eventually(lambda: refuses(urls[0]))
    assert set(threading.enumerate()) <= before
    assert pool.issuer.startswith("https://cognito-idp.eu-west-1.amazonaws.com/")


# Many at once.


def test_twenty_threads_sign_in_at_once(
    cognito: BaseClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of three sign-ins has a wrong password, which is too often for the lockout."""
    monkeypatch.setattr(lockout, "FREE", 1000)
    numbers = itertools.count()

    def work() -> list[str]:
        outcomes = []
        for password in (PASSWORD, "battery staple", PASSWORD):
            app = [PUBLIC, AppClient(CLIENT_ID, CLIENT_SECRET)][next(numbers) % 2]
            client = SRPClient.for_user(POOL_ID, "alice", password, app=app)
            challenge = cognito.initiate_auth(**client.start())
            try:
                reply = cognito.respond_to_auth_challenge(**client.respond(challenge, now=NOW))
            except cognito.exceptions.NotAuthorizedException as error:
                outcomes.append(error.response["Error"]["Message"])
            else:
                token = reply["AuthenticationResult"]["AccessToken"]
                outcomes.append(cognito.get_user(AccessToken=token)["Username"])
        return outcomes

    assert race(work, threads=20) == [["alice", INCORRECT, "alice"]] * 20


def test_one_claim_that_eight_send_at_once_signs_in_once(url: str) -> None:
    with keep_alive(url) as connection:
        made = claim(connection)

    def work() -> int:
        with keep_alive(url) as connection:
            return call(connection, "RespondToAuthChallenge", made).status

    assert sorted(race(work, threads=8)) == [200] + [400] * 7


# A mistake in the pool's own code.


def test_an_error_in_the_pool_is_in_its_log_and_not_in_the_answer(
    pool: UserPool, url: str, log: list[str], cognito: BaseClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(operation: str, arguments: object) -> None:
        raise LookupError("a mistake")

    with keep_alive(url) as connection:
        with monkeypatch.context() as context:
            context.setattr(pool, "call", mistaken)
            answer = call(connection, "InitiateAuth", {})
            with pytest.raises(cognito.exceptions.InternalErrorException):
                cognito.initiate_auth(AuthFlow="USER_SRP_AUTH", ClientId=PUBLIC.client_id)
        assert answer.status == 500
        assert answer.error == ("InternalErrorException", "The pool has a mistake, see its log")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert log[0].startswith("Traceback (most recent call last):")
        assert log[0].strip().endswith("LookupError: a mistake")
        assert log[1].startswith("InitiateAuth -> InternalErrorException: ")
        # The connection still works.
        assert call(connection, "RespondToAuthChallenge", claim(connection)).status == 200


def test_an_error_in_the_server_is_one_line_of_the_log_and_harms_nobody(
    url: str, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(parser: object, data: bytes) -> int:
        raise LookupError("a mistake")

    with monkeypatch.context() as context:
        context.setattr(pool_http._Parser, "received", mistaken)
        assert raw(url, request(b"{}")) == b""
    assert sign_in(url)
    assert "LookupError" in log[0]
    assert "\n" not in log[0]


# The log.


def test_the_log_has_a_line_for_each_call_with_who_and_what_and_no_secret(
    pool: UserPool, url: str, log: list[str]
) -> None:
    with keep_alive(url) as connection:

        def send(operation: str, **arguments: object) -> dict:
            return json.loads(call(connection, operation, arguments).body)

        def sign_in(
            name: str, *typed: str | Callable[[], str], flow: Flow = "USER_SRP_AUTH"
        ) -> str:
            app = AppClient(CLIENT_ID, CLIENT_SECRET)
            sign_in = SignIn(POOL_ID, name, PASSWORD, app=app, flow=flow)
            step, answers = sign_in.start(), iter(typed)
            while not isinstance(step, Tokens):
                if isinstance(step, Question):
                    answer = next(answers)
                    step = step.answer(answer if isinstance(answer, str) else answer())
                reply = send(step.operation, **step.arguments)
                step = sign_in.reply(reply, now=NOW)
            return step.access_token

        token = sign_in("alice")
        sign_in("bob", "a new passphrase")
        sign_in("carol", code_at(TOTP_SECRET, int(NOW.timestamp()) // 30))
        sign_in("dora", "SMS_MFA", lambda: pool.sent[-1].code)
        sign_in("frank", "one", "two", flow="CUSTOM_AUTH")
        made = claim(connection)
        send("RespondToAuthChallenge", **made)
        send("RespondToAuthChallenge", **made)
        for password in ("battery staple", PASSWORD):
            arguments = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=password)
            reply = send("InitiateAuth", **arguments)
        refresh_token = reply["AuthenticationResult"]["RefreshToken"]
        send("InitiateAuth", **beginning("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=refresh_token))
        send(
            "GetTokensFromRefreshToken",
            RefreshToken=refresh_token,
            ClientId=CLIENT_ID,
            ClientSecret=CLIENT_SECRET,
        )
        for operation in ("GetUser", "GlobalSignOut", "GetUser"):
            send(operation, AccessToken=token)
    assert [re.sub(r", \d+\.\d ms$", "", line) for line in log] == [
        "InitiateAuth USER_SRP_AUTH alice -> PASSWORD_VERIFIER",
        "RespondToAuthChallenge PASSWORD_VERIFIER alice -> tokens",
        "InitiateAuth USER_SRP_AUTH bob -> PASSWORD_VERIFIER",
        "RespondToAuthChallenge PASSWORD_VERIFIER bob -> NEW_PASSWORD_REQUIRED",
        "RespondToAuthChallenge NEW_PASSWORD_REQUIRED bob -> tokens",
        "InitiateAuth USER_SRP_AUTH carol -> PASSWORD_VERIFIER",
        "RespondToAuthChallenge PASSWORD_VERIFIER carol -> SOFTWARE_TOKEN_MFA",
        "RespondToAuthChallenge SOFTWARE_TOKEN_MFA carol -> tokens",
        "InitiateAuth USER_SRP_AUTH dora -> PASSWORD_VERIFIER",
        "RespondToAuthChallenge PASSWORD_VERIFIER dora -> SELECT_MFA_TYPE",
        "RespondToAuthChallenge SELECT_MFA_TYPE dora -> SMS_MFA",
        "RespondToAuthChallenge SMS_MFA dora -> tokens",
        "InitiateAuth CUSTOM_AUTH frank -> PASSWORD_VERIFIER",
        "RespondToAuthChallenge PASSWORD_VERIFIER frank -> CUSTOM_CHALLENGE",
        "RespondToAuthChallenge CUSTOM_CHALLENGE frank -> CUSTOM_CHALLENGE",
        "RespondToAuthChallenge CUSTOM_CHALLENGE frank -> tokens",
        "InitiateAuth USER_SRP_AUTH alice -> PASSWORD_VERIFIER",
        "RespondToAuthChallenge PASSWORD_VERIFIER alice -> tokens",
        f"RespondToAuthChallenge PASSWORD_VERIFIER alice -> NotAuthorizedException: {INCORRECT}",
        f"InitiateAuth USER_PASSWORD_AUTH alice -> NotAuthorizedException: {INCORRECT}",
        "InitiateAuth USER_PASSWORD_AUTH alice -> tokens",
        "InitiateAuth REFRESH_TOKEN_AUTH -> tokens",
        "GetTokensFromRefreshToken -> NotAuthorizedException: Refresh Token has different Client",
        "GetUser -> OK",
        "GlobalSignOut -> OK",
        "GetUser -> NotAuthorizedException: Access Token has been revoked",
    ]


def test_the_log_can_be_shown_on_a_terminal(url: str, log: list[str]) -> None:
    name = "\x1b[2J\nalice\ud800"
    for arguments in (
        beginning("USER_SRP_AUTH", USERNAME=name, SRP_A="5"),
        beginning(name, USERNAME="x"),
        {**beginning("USER_SRP_AUTH"), "ClientId": name},
        beginning("USER_SRP_AUTH", USERNAME="x" * 100_000),
        {"AuthFlow": 5, "AuthParameters": [name], "ChallengeResponses": {"USERNAME": {}}},
    ):
        ask(url, request(json.dumps(arguments).encode()))
    ask(url, request(b"{}").replace(b"InitiateAuth", b"\x9b"))
    ask(url, request(b"{}", start=b"POST /\x1b[2J%9b HTTP/1.1").replace(b"X-Amz", b"X"))
    ask(url, b"POST /\x1b[2J%9b HTTP/1.1\r\n\r\n")
    assert len(log) == 8
    assert all(line.isprintable() and len(line) < 1000 for line in log)


def test_lines_of_the_log_do_not_run_into_each_other(pool: UserPool) -> None:
    written: list[str] = []

    def log(line: str) -> None:
        """Write as `print` does: another thread may write in between."""
        written.append(line)
        time.sleep(0.001)
        written.append("\n")

    with serve(pool, log=log) as url:
        race(lambda: parsed(raw(url, request(b"{}") * 5)), threads=8)
    assert len(written) == 2 * 8 * 5
    assert written[1::2] == ["\n"] * 40


def test_a_client_gets_its_answer_even_if_the_log_fails(
    pool: UserPool, capfd: pytest.CaptureFixture[str]
) -> None:
    """As `print` fails for a name that the encoding of standard output lacks."""

    def log(line: str) -> None:
        line.encode("ascii")

    with serve(pool, log=log) as url:
        arguments = beginning("USER_SRP_AUTH", USERNAME="алиса", SRP_A="5")
        assert ask(url, request(json.dumps(arguments).encode())).status == 200
    assert "UnicodeEncodeError" in capfd.readouterr().err


def test_without_the_extra_the_pool_says_what_to_install() -> None:
    program = "import sys; sys.modules['waitress'] = None; import srp_cognito.testing"
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: the pool needs waitress, which the extra installs")
    assert last.endswith("pip install 'srp-cognito[testing]'")


@pytest.mark.parametrize("host", ["127.0.0.2", "::1"])
def test_the_pool_listens_at_another_address_when_asked(pool: UserPool, host: str) -> None:
    with serve(pool, host=host) as url:
        assert urlsplit(url).hostname == host
        assert sign_in(url)


@pytest.mark.parametrize(("host", "reached"), [("0.0.0.0", "127.0.0.1"), ("::", "::1")])
def test_a_pool_at_every_address_has_the_url_of_the_loopback_interface(
    pool: UserPool, host: str, reached: str
) -> None:
    with serve(pool, host=host) as url:
        assert urlsplit(url).hostname == reached
        assert sign_in(url)


@pytest.mark.parametrize(
    ("host", "error"), [("localhost", ValueError), ("", ValueError), (0, TypeError)]
)
def test_a_host_that_is_not_an_ip_address_is_refused(
    pool: UserPool, host: object, error: type[Exception]
) -> None:
    with pytest.raises(error), serve(pool, host=host):
        pass


@pytest.mark.parametrize(
    ("port", "error"), [(-1, ValueError), (65_536, ValueError), ("1", TypeError)]
)
def test_a_port_that_is_out_of_range_or_not_a_number_is_refused(
    pool: UserPool, port: object, error: type[Exception]
) -> None:
    with pytest.raises(error, match="port must "), serve(pool, port=port):
        pass
