"""login.py: a sign-in to the pool over HTTP, as it is typed, and to services that misbehave."""

import contextlib
import getpass
import http.server
import importlib
import io
import json
import os
import platform
import select
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import Any, BinaryIO
from unittest import mock

import pytest
from command import run_here
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID, OracleServer
from pool_calls import INCORRECT, PUBLIC, TOTP_SECRET

from srp_cognito import SignIn
from srp_cognito.__main__ import main
from srp_cognito.cli import login
from srp_cognito.testing import CustomChallenge, Refused, UserPool, serve
from srp_cognito.testing.totp import code_at

pty = pytest.importorskip("pty", reason="the terminals and the file modes are POSIX's")
termios = pytest.importorskip("termios")

TOKENS = ["AccessToken", "IdToken", "RefreshToken", "ExpiresIn", "TokenType", "Username"]
NO_ANSWER = "the input ended before the question was answered"
WRONG = "battery staple"
NEW = "a new one"

# `srp-cognito`, for a process whose terminal is where its standard error goes. Whoever runs the
# tests may have made Ctrl-C ineffective.
AT_TERMINAL = """
import fcntl, signal, sys, termios
from srp_cognito.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)
fcntl.ioctl(2, termios.TIOCSCTTY, 0)
sys.exit(main())
"""
CTRL_C, CTRL_D = "\x03", "\x04"


def totp() -> str:
    return code_at(TOTP_SECRET, int(time.time()) // 30)


class Keyboard(io.TextIOBase):
    """Standard input: what a test types, and the codes that are sent meanwhile."""

    def __init__(self, typed: str = "") -> None:
        self._lines = typed.splitlines(keepends=True)

    def type(self, *lines: str) -> None:
        self._lines += [f"{line}\n" for line in lines]

    def readline(self, _: int | None = -1) -> str:
        return self._lines.pop(0) if self._lines else ""


@pytest.fixture
def keyboard() -> Keyboard:
    return Keyboard()


@pytest.fixture
def remembers() -> str:
    """Whether the pool remembers devices; a test may say otherwise."""
    return "never"


@pytest.fixture
def pool(signing_key: rsa.RSAPrivateKey, remembers: str, keyboard: Keyboard) -> UserPool:
    """A user pool with a user for each thing that a sign-in may ask."""
    pool = UserPool(
        POOL_ID,
        signing_key=signing_key,
        remember_devices=remembers,
        deliver=lambda message: keyboard.type(message.code),
    )
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    pool.add_app_client(PUBLIC.client_id)
    both = {"email": "dora@example.com", "phone_number": "+15551234567"}
    pool.add_user("alice", PASSWORD, aliases=["alice@example.com"])
    pool.add_user("bob", PASSWORD, must_change_password=True, required_attributes=["name"])
    pool.add_user("carol", PASSWORD, totp_secret=TOTP_SECRET)
    pool.add_user("dora", PASSWORD, attributes=both, mfa=["SMS_MFA", "EMAIL_OTP"])
    pool.add_user("emil", PASSWORD, attributes=both)
    riddles = [CustomChallenge({"riddle": "1"}, "one"), CustomChallenge({"riddle": "2"}, "two")]
    pool.add_user("frank", PASSWORD, custom_challenges=riddles)
    return pool


@pytest.fixture
def asked() -> list[str]:
    """The log of the pool, one line a call."""
    return []


@pytest.fixture
def url(pool: UserPool, asked: list[str]) -> Iterator[str]:
    with serve(pool, log=asked.append) as url:
        yield url


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", PASSWORD)
    monkeypatch.setenv("CLIENT_SECRET", CLIENT_SECRET)
    # Python's own switch for unbuffered output would hide what is left unwritten at the exit.
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)


FROM_ENVIRONMENT = ("--password-from", "env:PASSWORD")


def words(url: str | None, *arguments: str, username: str = "alice") -> list[str]:
    """The command line of a login. The last one wins if an option is given twice."""
    whose = ["--pool-id", POOL_ID, "--client-id", PUBLIC.client_id, "--username", username]
    where = [] if url is None else ["--endpoint-url", url]
    return ["login", *whose, *where, *arguments]


def run(
    url: str,
    *arguments: str,
    username: str = "alice",
    typed: str | io.TextIOBase | None = "",
    password: str | None = PASSWORD,
) -> subprocess.CompletedProcess[str]:
    """Sign in without a terminal, with what is typed as standard input.

    Unless the password is None, the environment has it.
    """
    source = () if password is None else FROM_ENVIRONMENT
    with (
        mock.patch.dict(os.environ, PASSWORD=password or ""),
        mock.patch.object(login, "TERMINAL", Path("there is no terminal")),
    ):
        done = run_here(
            *words(url, *source, *arguments, username=username),
            stdin=Keyboard(typed) if isinstance(typed, str) else typed,
        )
    return without_secrets(done.returncode, done.stdout.decode(), done.stderr.decode())


def run_process(
    url: str,
    *arguments: str,
    username: str = "alice",
    typed: str = "",
    redirected: str = "",
    **options: Any,
) -> subprocess.CompletedProcess[str]:
    """Sign in as a process, for what depends on its streams; `redirected` is as a shell has it."""
    program = [sys.executable, "-m", "srp_cognito", *words(url, *arguments, username=username)]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", *program],
        input=typed,
        check=False,
        timeout=60,
        encoding="utf-8",
        start_new_session=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )
    return without_secrets(done.returncode, done.stdout, done.stderr)


def without_secrets(
    status: int, stdout: str | None, stderr: str | None
) -> subprocess.CompletedProcess[str]:
    """Return what a login wrote; standard error has no secret in it."""
    for secret in (PASSWORD, WRONG, NEW, CLIENT_SECRET, "eyJ", "Traceback"):
        assert secret not in (stderr or "")
    return subprocess.CompletedProcess([], status, stdout or "", stderr or "")


def tokens_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The tokens, which are all that is on standard output."""
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    tokens: dict[str, Any] = json.loads(done.stdout)
    assert list(tokens) == TOKENS
    return tokens


def assert_fails(done: subprocess.CompletedProcess[str], status: int, message: str) -> None:
    """It ends with a sentence on standard error, and with nothing on standard output."""
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert done.stderr.endswith(f"srp-cognito: {message}\n")


# The password.


def test_the_right_password_prints_the_tokens_and_nothing_else(url: str) -> None:
    done = run(url, username="alice@example.com")
    tokens = tokens_of(done)
    assert all(tokens[name].startswith("eyJ") for name in ("AccessToken", "IdToken"))
    assert (tokens["ExpiresIn"], tokens["TokenType"]) == (3600, "Bearer")
    assert tokens["Username"] == "alice"  # The name inside the pool, not what was typed.
    assert done.stderr == ""


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"])
def test_a_wrong_password_is_one_sentence_and_status_1(url: str, flow: str) -> None:
    done = run(url, "--flow", flow, username="frank", password=WRONG, typed="PASSWORD_SRP\n")
    assert_fails(done, 1, f"NotAuthorizedException: {INCORRECT}")


@pytest.mark.parametrize(
    "line",
    [PASSWORD, f"{PASSWORD}\n", f"{PASSWORD}\r\n", f"{PASSWORD}\nfor somebody else"],
    ids=["no line end", "LF", "CRLF", "more"],
)
def test_a_password_from_a_file_descriptor_is_its_first_line(url: str, line: str) -> None:
    with piped(line.encode()) as pipe:
        done = run(url, "--password-from", f"fd:{pipe.fileno()}", password=None)
        assert pipe.read() == line.encode().partition(b"\n")[2]
    assert tokens_of(done)["Username"] == "alice"


@contextlib.contextmanager
def piped(octets: bytes) -> Iterator[BinaryIO]:
    """A pipe that holds these bytes."""
    reading, writing = os.pipe()
    os.write(writing, octets)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        yield pipe


def test_standard_input_may_bring_secrets_and_then_answers(url: str) -> None:
    sources = ["--client-secret-from", "fd:0", "--password-from", "fd:0"]
    typed = f"{CLIENT_SECRET}\n{PASSWORD}\n{totp()}\n"
    done = run_process(url, "--client-id", CLIENT_ID, *sources, username="carol", typed=typed)
    assert tokens_of(done)["Username"] == "carol"


@pytest.mark.parametrize(
    "arguments", [[], ["--password-from", "prompt"]], ids=["left out", "given"]
)
def test_a_prompt_without_a_terminal_reads_standard_input(url: str, arguments: list[str]) -> None:
    done = run(url, *arguments, password=None, typed=f"{PASSWORD}\n")
    assert tokens_of(done)["Username"] == "alice"
    assert done.stderr == "Password: "


NO_SECRETS = {
    "an empty variable": ("env:EMPTY", "the password from env:EMPTY is missing or empty"),
    "no variable": ("env:NO_SUCH", "the password from env:NO_SUCH is missing or empty"),
    "bytes in a variable": ("env:BYTES", "the password from env:BYTES is not UTF-8"),
    "a descriptor that is closed": (
        "fd:99",
        "the password cannot be read from fd:99: [Errno 9] Bad file descriptor",
    ),
}


@pytest.mark.parametrize(("source", "message"), NO_SECRETS.values(), ids=NO_SECRETS)
def test_a_source_without_a_password_is_named(
    monkeypatch: pytest.MonkeyPatch, url: str, source: str, message: str
) -> None:
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.setenv("BYTES", f"{PASSWORD}\udcff")
    assert_fails(run(url, "--password-from", source), 2, message)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"\n", "the password from {} is missing or empty"),
        (b"", "the password from {} is missing or empty"),
        (PASSWORD.encode() + b"\xff\n", "the password from {} is not UTF-8"),
        (b"x" * 10_000, "the first line of {} is too long for a secret"),
    ],
    ids=["an empty line", "nothing", "bytes", "no end"],
)
def test_a_descriptor_without_a_password_is_named(url: str, line: bytes, message: str) -> None:
    with piped(line) as pipe:
        source = f"fd:{pipe.fileno()}"
        assert_fails(run(url, "--password-from", source), 2, message.format(source))


@pytest.mark.parametrize(
    ("typed", "message"),
    [("\n", "the password from prompt is missing or empty"), ("", NO_ANSWER)],
    ids=["an empty answer", "no answer"],
)
def test_a_prompt_without_a_password_is_one_sentence(url: str, typed: str, message: str) -> None:
    assert_fails(run(url, "--password-from", "prompt", typed=typed), 2, message)


def test_a_password_is_typed_in_the_encoding_of_the_stream(url: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(PASSWORD.encode() + b"\xff\n"), "utf-8", "strict")
    done = run(url, password=None, typed=stream)
    assert (done.returncode, done.stdout) == (2, "")
    assert "'utf-8' codec can't decode byte 0xff" in done.stderr


@pytest.mark.parametrize(
    "source",
    ["", PASSWORD, "env:", "fd:", "fd:x", "fd:-1", "fd:٣", "fd:1 ", f"fd:{10**40}", "prompt:x"],
)
@pytest.mark.parametrize(
    ("option", "what"),
    [("--password-from", "password"), ("--client-secret-from", "client secret")],
)
def test_another_source_is_refused_and_not_repeated(
    capsys: pytest.CaptureFixture[str], source: str, option: str, what: str
) -> None:
    """It may be the secret itself."""
    assert main(words("http://127.0.0.1:1/", option, source)) == 2
    message = f"srp-cognito: the {what} must come from prompt, fd:N or env:NAME\n"
    assert capsys.readouterr() == ("", message)


# The client secret.


def test_the_right_client_secret_signs_in(url: str) -> None:
    done = run(url, "--client-id", CLIENT_ID, "--client-secret-from", "env:CLIENT_SECRET")
    assert tokens_of(done)["Username"] == "alice"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--client-secret-from", "env:PASSWORD"],
            f"Unable to verify secret hash for client {CLIENT_ID}",
        ),
        ([], f"Client {CLIENT_ID} is configured with secret but SECRET_HASH was not received"),
    ],
    ids=["wrong", "missing"],
)
def test_a_client_secret_that_is_not_right_is_status_1(
    url: str, arguments: list[str], message: str
) -> None:
    done = run(url, "--client-id", CLIENT_ID, *arguments)
    assert_fails(done, 1, f"NotAuthorizedException: {message}")


# What the pool asks.


def test_a_code_that_was_mistyped_can_be_corrected(url: str) -> None:
    done = run(url, username="carol", typed=f"000000\n {totp()}\n{totp()}\n")
    assert tokens_of(done)["Username"] == "carol"
    assert done.stderr.count("Code from your authenticator app: ") == 3
    assert "CodeMismatchException: Invalid code received for user\n" in done.stderr
    assert "code begins or ends with white space\n" in done.stderr


@pytest.mark.parametrize(
    ("factor", "prompt"),
    [
        ("SMS_MFA", "Code from the text message to +*******4567:"),
        ("EMAIL_OTP", "Code from the mail to d***@e***:"),
    ],
)
def test_a_second_factor_is_chosen_and_its_code_is_typed(
    url: str, keyboard: Keyboard, factor: str, prompt: str
) -> None:
    keyboard.type("PIGEON", factor)
    done = run(url, username="dora", typed=keyboard)
    assert tokens_of(done)["Username"] == "dora"
    assert "Second factor (SMS_MFA, EMAIL_OTP): the answer must be one of" in done.stderr
    assert prompt in done.stderr


def test_a_temporary_password_is_replaced(url: str) -> None:
    done = run(url, username="bob", typed=f"Bob\n\nBob\n{NEW}\n")
    assert tokens_of(done)["Username"] == "bob"
    assert done.stderr == "name: New password: new_password is empty\nname: New password: "
    assert tokens_of(run(url, username="bob", password=NEW))["Username"] == "bob"


NO_WAY = "the answer must be one of PASSWORD_SRP, PASSWORD, EMAIL_OTP, SMS_OTP"
WAYS = "Way to sign in (PASSWORD_SRP, PASSWORD, which the service will see, EMAIL_OTP, SMS_OTP): "


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (["EMAIL_OTP"], f"{WAYS}Code from the mail to d***@e***: "),
        (["SMS_OTP"], f"{WAYS}Code from the text message to +*******4567: "),
        (["PASSWORD_SRP", PASSWORD], f"{WAYS}Password: "),
        (["PASSWORD", PASSWORD], f"{WAYS}Password: "),
        (
            ["PIGEON", "PASSWORD", "", "PASSWORD", PASSWORD],
            f"{WAYS}{NO_WAY}\n{WAYS}Password: password is empty\n{WAYS}Password: ",
        ),
    ],
    ids=["mail", "text message", "password proven", "password sent", "mistyped"],
)
def test_the_user_chooses_how_to_sign_in_and_is_asked_for_no_more_than_that_needs(
    url: str, keyboard: Keyboard, typed: list[str], shown: str
) -> None:
    keyboard.type(*typed)
    done = run(url, "--flow", "USER_AUTH", username="emil", password=None, typed=keyboard)
    assert tokens_of(done)["Username"] == "emil"
    assert done.stderr == shown


def test_a_password_that_is_known_is_not_asked_for(url: str) -> None:
    done = run(url, "--flow", "USER_AUTH", username="emil", typed="PASSWORD_SRP\n")
    assert tokens_of(done)["Username"] == "emil"
    assert done.stderr == WAYS


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["without a password", "with one"])
def test_a_custom_challenge_shows_what_the_pool_wants_to_know(
    url: str, password: str | None
) -> None:
    flow = ["--flow", "CUSTOM_AUTH"]
    done = run(url, *flow, username="frank", password=password, typed="one\ntwo\n")
    assert tokens_of(done)["Username"] == "frank"
    assert done.stderr == "riddle: 1\nAnswer: riddle: 2\nAnswer: "
    done = run(url, *flow, username="frank", password=password, typed="one\nthree\n")
    assert_fails(done, 1, f"NotAuthorizedException: {INCORRECT}")


@pytest.mark.parametrize("typed", ["", None], ids=["at its end", "closed"])
def test_a_question_without_an_answer_is_status_2(url: str, typed: str | None) -> None:
    done = run(url, username="carol", typed=typed)
    assert_fails(done, 2, NO_ANSWER)
    assert done.stderr.startswith("Code from your authenticator app: \n")


# What other pools ask, or worse.


@contextlib.contextmanager
def answering(
    *answers: bytes | None, tls: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[Any]]]:
    """A service that answers any call with these bytes, or not at all for None.

    Yields its URL, and a list of what it was asked.
    """
    asked: list[Any] = []
    remaining = iter(answers)
    is_over = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            answer = next(remaining, b"")
            if answer is None:
                is_over.wait(60)
            else:
                with contextlib.suppress(OSError):  # Who has seen enough hangs up.
                    self.wfile.write(answer)

        def do_CONNECT(self) -> None:
            asked.append(self.path)
            self.wfile.write(next(remaining))

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        scheme = "http"
        if tls is not None:
            scheme = "https"
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield f"{scheme}://127.0.0.1:{server.server_address[1]}/", asked
        finally:
            is_over.set()
            server.shutdown()
            thread.join()


def reply(body: Mapping[str, object], status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\n\r\n{json.dumps(body)}".encode()


def asks(name: str, **parameters: str) -> bytes:
    return reply({"ChallengeName": name, "Session": "s" * 20, "ChallengeParameters": parameters})


SIGNED_IN = reply({"AuthenticationResult": {"AccessToken": "x", "ExpiresIn": 3600}})


@pytest.mark.parametrize(
    ("name", "prompt", "key"),
    [
        ("PASSWORD", "Password (which the service will see): ", "PASSWORD"),
        ("PASSWORD_SRP", "Password: ", "SRP_A"),
    ],
)
def test_a_password_that_the_service_asks_for_is_typed(name: str, prompt: str, key: str) -> None:
    with answering(asks(name), SIGNED_IN) as (url, asked):
        done = run(url, "--flow", "USER_AUTH", password=None, typed=f"{PASSWORD}\n")
    assert tokens_of(done)["AccessToken"] == "x"
    assert done.stderr == prompt
    sent = asked[1]["ChallengeResponses"]
    assert key in sent
    assert (PASSWORD in sent.values()) is (name == "PASSWORD")


def test_no_password_is_asked_for_a_way_to_sign_in_that_is_not_offered() -> None:
    offer = {"ChallengeName": "SELECT_CHALLENGE", "AvailableChallenges": ["SMS_OTP"]}
    with answering(reply({**offer, "Session": "s" * 20})) as (url, _):
        done = run(url, "--flow", "USER_AUTH", password=None, typed=f"PASSWORD\n{PASSWORD}\n")
    assert_fails(done, 2, NO_ANSWER)
    assert "Password: " not in done.stderr


def test_a_passkey_is_shown_what_to_sign() -> None:
    options = '{"challenge": "\\u001b[2Jx"}'
    credential = '{"id": "x", "response": {}}'
    with answering(asks("WEB_AUTHN", CREDENTIAL_REQUEST_OPTIONS=options), SIGNED_IN) as (
        url,
        asked,
    ):
        done = run(url, "--flow", "USER_AUTH", password=None, typed=f"{credential}\n")
    assert tokens_of(done)["AccessToken"] == "x"
    assert done.stderr == f"{options}\nCredential (AuthenticationResponseJSON): "
    assert json.loads(asked[1]["ChallengeResponses"]["CREDENTIAL"]) == json.loads(credential)


def test_a_second_factor_is_set_up() -> None:
    can = '["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]'
    with answering(asks("MFA_SETUP", MFAS_CAN_SETUP=can), SIGNED_IN) as (url, asked):
        typed = "EMAIL_OTP\nalice@example.com\n"
        done = run(url, "--flow", "CUSTOM_AUTH", password=None, typed=typed)
    assert tokens_of(done)["AccessToken"] == "x"
    assert done.stderr.endswith(": Mail address: ")
    assert asked[1]["ChallengeResponses"]["EMAIL"] == "alice@example.com"


ESCAPES = "\x1b[2J\x07\r\n\x9b31m\u202e"


@pytest.mark.parametrize(
    ("answer", "typed"),
    [
        (asks("SMS_MFA", CODE_DELIVERY_DESTINATION=ESCAPES), "\n"),
        (asks("CUSTOM_CHALLENGE", **{ESCAPES: ESCAPES}), "\n"),
        (asks("NEW_PASSWORD_REQUIRED", requiredAttributes=json.dumps([ESCAPES])), "\n\n"),
        (asks("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE=json.dumps(["SMS_MFA", ESCAPES])), "\n"),
        (reply({"__type": "InternalErrorException", "message": ESCAPES}), ""),
        (reply({"__type": ESCAPES, "message": "x"}), ""),
        (asks(ESCAPES), ""),
        (f"{ESCAPES} 200".encode(), ""),
    ],
    ids=[
        *("destination", "custom challenge", "attributes", "choices"),
        *("message", "type", "challenge", "not HTTP"),
    ],
)
def test_a_service_sends_no_commands_to_the_terminal(answer: bytes, typed: str) -> None:
    with answering(answer) as (url, _):
        done = run(url, "--flow", "CUSTOM_AUTH", password=None, typed=typed)
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert all(letter.isprintable() for letter in done.stderr.replace("\n", ""))


REFUSED = {
    "B = 0": (reply(OracleServer().reply(SRP_B="0")), "SRP_B must lie between 1 and N - 1"),
    "a challenge of tomorrow": (
        asks("TELEPATHY"),
        "ChallengeName asks for TELEPATHY, and no answer to that is known",
    ),
    "an error": (
        reply({"__type": "TooManyRequestsException", "message": "Slow down"}, "429 Slow"),
        "TooManyRequestsException: Slow down",
    ),
    "nothing": (
        reply({}),
        "ChallengeName is missing, and so are AuthenticationResult and an error",
    ),
}


@pytest.mark.parametrize(("answer", "message"), REFUSED.values(), ids=REFUSED)
def test_a_reply_that_is_refused_is_status_1_and_says_what_is_wrong(
    capsys: pytest.CaptureFixture[str], answer: bytes, message: str
) -> None:
    with answering(answer) as (url, asked):
        assert main(words(url, *FROM_ENVIRONMENT)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"srp-cognito: {message}")
    assert len(asked) == 1


# The network.

ELSE = "answered with status {}, but not with the service's JSON; is it a Cognito endpoint?"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"
BROKEN = {
    "HTML": (b"HTTP/1.1 200 OK\r\n\r\n<html>", ELSE.format(200)),
    "a gateway's error": (b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>", ELSE.format(502)),
    "an array": (b"HTTP/1.1 200 OK\r\n\r\n[]", ELSE.format(200)),
    "not UTF-8": (b'HTTP/1.1 200 OK\r\n\r\n{"__type": \xff}', ELSE.format(200)),
    "megabytes": (SIGNED_IN + b" " * 5_000_000, ELSE.format(200)),
    "no body": (b"HTTP/1.1 204 No Content\r\n\r\n", ELSE.format(204)),
    "nothing": (b"", "cannot be reached: Remote end closed connection without response"),
    "not HTTP": (b"\x1b[2JSSH-2.0\r\n", "cannot be reached: ?[2JSSH-2.0??"),
    "half an answer": (b"HTTP/1.1 200 OK\r\n" + CHUNKED, "cannot be reached: IncompleteRead("),
    "half an error": (b"HTTP/1.1 500 Oops\r\n" + CHUNKED, "cannot be reached: IncompleteRead("),
}


@pytest.mark.parametrize(("answer", "message"), BROKEN.values(), ids=BROKEN)
def test_an_answer_that_is_not_the_services_is_status_2(
    capsys: pytest.CaptureFixture[str], answer: bytes, message: str
) -> None:
    with answering(answer) as (url, _):
        assert main(words(url, *FROM_ENVIRONMENT)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"srp-cognito: {url} {message}")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("leads_to", ["there", "nowhere"])
def test_a_redirection_is_not_followed(
    capsys: pytest.CaptureFixture[str], status: int, leads_to: str
) -> None:
    with answering(SIGNED_IN) as (there, asked_there):
        target = there if leads_to == "there" else "http://["
        answer = f"HTTP/1.1 {status} Over there\r\nLocation: {target}\r\n\r\n".encode()
        with answering(answer) as (url, _):
            assert main(words(url, *FROM_ENVIRONMENT)) == 2
    assert capsys.readouterr() == ("", f"srp-cognito: {url} {ELSE.format(status)}\n")
    assert asked_there == []


def test_an_answer_that_does_not_come_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(login, "SECONDS", 0.1)
    with answering(None) as (url, asked):
        assert main(words(url, *FROM_ENVIRONMENT)) == 2
    assert capsys.readouterr() == ("", f"srp-cognito: {url} cannot be reached: timed out\n")
    assert len(asked) == 1


def closed_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    return port


@pytest.mark.parametrize(
    "host",
    ["http://localhost", "http://127.0.0.1", "http://[::1]", "https://localhost", "https://a.."],
)
def test_an_endpoint_that_is_not_there_is_status_2(
    capsys: pytest.CaptureFixture[str], host: str
) -> None:
    url = f"{host}:{closed_port()}"
    assert main(words(url, *FROM_ENVIRONMENT)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"srp-cognito: {url} cannot be reached: ")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/",
        "http://example.com\\@127.0.0.1/",
        "http://127.0.0.1%2eexample.com/",
        "http://example.com#@localhost/",
        "http://example.com\t@localhost/",
        "http://0.0.0.0/",
        f"https://alice:{PASSWORD.replace(' ', '')}@localhost/",
        "https://localhost:port/",
        "https://localhost/a path",
        "https://localhost/ä",
        "https://localhost/\n",
        "https://[::1",
        "https://",
        "ftp://localhost/",
        "file:///dev/null",
        "localhost",
        "",
    ],
)
def test_an_endpoint_that_would_not_be_safe_is_refused_before_anything_is_asked(
    capsys: pytest.CaptureFixture[str], url: str
) -> None:
    """And an empty one, as an unset variable makes, is not taken for AWS."""
    assert main(words(url, *FROM_ENVIRONMENT)) == 2
    message = (
        "srp-cognito: an endpoint URL must be https://HOST, with :PORT or /PATH if needed, or"
        " http:// with one of the hosts localhost, 127.0.0.1, ::1\n"
    )
    assert capsys.readouterr() == ("", message)


def test_a_program_is_refused_such_an_endpoint_as_well() -> None:
    sign_in = SignIn(POOL_ID, "alice", PASSWORD, app=PUBLIC)
    with pytest.raises(ValueError, match="an endpoint URL must be https://HOST"):
        login.sign_in_over_http(sign_in, "http://example.com/", pytest.fail)


@pytest.mark.parametrize("name", ["http_proxy", "https_proxy", "all_proxy"])
def test_a_proxy_is_not_used_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, url: str, name: str
) -> None:
    with answering() as (proxy, asked):
        monkeypatch.setenv(name, proxy)
        assert main(words(url, *FROM_ENVIRONMENT)) == 0
    assert asked == []


def test_aws_is_reached_by_a_proxy_and_without_an_endpoint_url(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(b"HTTP/1.1 403 Closed\r\n\r\n") as (proxy, asked):
        monkeypatch.setenv("https_proxy", proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert main(words(None, *FROM_ENVIRONMENT)) == 2
    assert asked == ["cognito-idp.eu-west-1.amazonaws.com:443"]
    message = "cannot be reached: Tunnel connection failed: 403 Closed\n"
    assert capsys.readouterr().err.endswith(message)


@pytest.mark.parametrize("is_trusted", [True, False])
def test_an_endpoint_shows_a_certificate_that_the_machine_trusts(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    signing_key: rsa.RSAPrivateKey,
    is_trusted: bool,
) -> None:
    path = tmp_path / "certificate.pem"
    path.write_bytes(self_signed(signing_key))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with answering(SIGNED_IN, tls=tls) as (url, asked):
        status = main(words(url, *FROM_ENVIRONMENT))
    out, err = capsys.readouterr()
    if is_trusted:
        assert (status, json.loads(out)["AccessToken"]) == (0, "x"), err
    else:
        assert (status, out, asked) == (2, "", [])
        assert "CERTIFICATE_VERIFY_FAILED" in err


def self_signed(key: rsa.RSAPrivateKey) -> bytes:
    """A certificate for 127.0.0.1 that its own key has signed, and the key, as a PEM file."""
    x509 = importlib.import_module("cryptography.x509")  # Only here, since that takes long.
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a pool")])
    now, day = datetime.now(timezone.utc), timedelta(days=1)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - day).not_valid_after(now + day)
    signed = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    pkcs8 = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(pem, pkcs8, serialization.NoEncryption())
    return private + signed.public_bytes(pem)


# The remembered device.


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a device.json"


@pytest.mark.parametrize("remembers", ["always", "opt-in"])
def test_a_device_is_saved_and_replaces_the_code_the_next_time(
    url: str, path: Path, asked: list[str]
) -> None:
    device = ["--device-file", str(path)]
    tokens_of(run(url, *device, username="carol", typed=f"{totp()}\n"))
    assert list(path.parent.iterdir()) == [path]
    saved = path.read_text()
    asked.clear()
    done = run(url, *device, username="carol")
    assert tokens_of(done)["Username"] == "carol"
    assert done.stderr == ""
    assert any("DEVICE_SRP_AUTH" in line for line in asked)
    assert path.read_text() == saved


@pytest.mark.parametrize("remembers", ["opt-in"])
def test_a_device_that_is_not_saved_is_not_remembered(url: str, pool: UserPool) -> None:
    tokens_of(run(url))
    (device,) = pool._directory._users["alice"].devices.values()
    assert not device.is_remembered


@pytest.mark.parametrize("remembers", ["always"])
def test_a_device_that_the_pool_has_forgotten_is_replaced(
    url: str, pool: UserPool, path: Path
) -> None:
    tokens_of(run(url, "--device-file", str(path)))
    before = json.loads(path.read_text())["device"]["device_key"]
    pool._directory._users["alice"].devices.clear()
    done = run(url, "--device-file", str(path))
    assert tokens_of(done)["Username"] == "alice"
    (device_key,) = pool._directory._users["alice"].devices
    assert json.loads(path.read_text())["device"]["device_key"] == device_key != before


SAVED = {
    "pool_id": POOL_ID,
    "username": "alice",
    "device": {"device_group_key": "-g", "device_key": "eu-west-1_d", "device_password": PASSWORD},
}


def write(path: Path, text: str, mode: int = 0o600) -> None:
    path.write_text(text)
    path.chmod(mode)


def test_a_device_is_removed_where_the_pool_does_not_remember_devices(url: str, path: Path) -> None:
    write(path, json.dumps(SAVED))
    assert main(words(url, *FROM_ENVIRONMENT, "--device-file", str(path))) == 0
    assert not path.exists()


@pytest.mark.parametrize("remembers", ["always"])
def test_a_device_that_the_pool_refuses_is_reported_and_not_saved(
    url: str, pool: UserPool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[object] = []

    def refuse(arguments: Mapping[str, object]) -> dict[str, object]:
        named.append(arguments["DeviceName"])
        raise Refused("LimitExceededException", "Too many devices")

    monkeypatch.setitem(pool._operations, "ConfirmDevice", refuse)
    done = run(url, "--device-file", str(path))
    assert tokens_of(done)["Username"] == "alice"
    assert done.stderr == (
        "srp-cognito: the device is not remembered: LimitExceededException: Too many devices\n"
    )
    assert named == [login.device_name()]
    assert not path.exists()


UNUSABLE = {
    "others can read it": (
        json.dumps(SAVED),
        0o640,
        "can be read by others; run: chmod 600 '{path}'",
    ),
    "another user's": (
        json.dumps({**SAVED, "username": "bob"}),
        0o600,
        "holds the device of another user; name another file",
    ),
    "garbage": ("{", 0o600, "does not hold a device that this command saved; name another file"),
}


@pytest.mark.parametrize(("text", "mode", "message"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_file_that_is_not_as_it_should_be_stays_and_nothing_is_sent(
    url: str, path: Path, asked: list[str], text: str, mode: int, message: str
) -> None:
    write(path, text, mode)
    done = run(url, "--device-file", str(path))
    assert_fails(done, 2, f"{path} {message.format(path=path)}")
    assert path.read_text() == text
    assert asked == []


@pytest.mark.parametrize("remembers", ["always"])
def test_the_tokens_are_printed_even_if_the_device_cannot_be_saved(
    url: str, tmp_path: Path
) -> None:
    path = tmp_path / "no such folder" / "device.json"
    done = run(url, "--device-file", str(path))
    assert done.returncode == 2
    assert list(json.loads(done.stdout)) == TOKENS
    assert done.stderr.startswith(f"srp-cognito: {path} cannot be written: [Errno 2] ")


def test_a_machine_without_a_name_has_a_device_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: "")
    assert login.device_name() == "srp-cognito on this machine"


# The streams.


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full to write to")
@pytest.mark.parametrize("remembers", ["always"])
def test_tokens_that_cannot_be_written_are_status_2_and_the_device_is_saved(
    url: str, path: Path
) -> None:
    with Path("/dev/full").open("w") as full:
        arguments = [*FROM_ENVIRONMENT, "--device-file", str(path)]
        done = run_process(url, *arguments, stdout=full)
    assert done.returncode == 2
    assert done.stderr == "srp-cognito: [Errno 28] No space left on device\n"
    assert json.loads(path.read_text())["username"] == "alice"


def test_with_a_closed_standard_error_no_question_goes_to_standard_output(url: str) -> None:
    arguments = [*FROM_ENVIRONMENT, "--flow", "CUSTOM_AUTH"]
    typed = "one\ntwo\n"
    done = run_process(url, *arguments, username="frank", typed=typed, redirected="2>&-")
    assert tokens_of(done)["Username"] == "frank"


def test_nobody_at_standard_error_does_not_matter(url: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    arguments = [*FROM_ENVIRONMENT, "--flow", "CUSTOM_AUTH"]
    done = run_process(url, *arguments, username="frank", typed="one\ntwo\n", stderr=writing)
    os.close(writing)
    assert tokens_of(done)["Username"] == "frank"


# The terminal.


def test_without_dev_tty_a_terminal_as_standard_input_does_not_show_a_secret_either(
    monkeypatch: pytest.MonkeyPatch, keyboard: Keyboard
) -> None:
    """As on Windows. `getpass` hides what is typed there."""
    monkeypatch.setattr(login, "TERMINAL", Path("there is no terminal"))
    monkeypatch.setattr(keyboard, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", keyboard)
    monkeypatch.setattr(getpass, "getpass", lambda prompt: f"typed after {prompt!r}")
    assert login.read_secret("prompt", "password") == "typed after 'Password: '"


class Person:
    """A person at the terminal of a login, which shows standard error, but not the tokens."""

    def __init__(self, process: subprocess.Popen[str], terminal: int, other_end: int) -> None:
        self.shown = ""
        self._seen = 0
        self._process = process
        self._terminal = terminal
        self._other_end = other_end

    def sees(self, text: str) -> None:
        """Wait until this is shown, after what was seen before."""
        while (at := self.shown.find(text, self._seen)) < 0:
            assert self._reads(60), self.shown
        self._seen = at + len(text)

    def types(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def leaves(self) -> tuple[int, str]:
        """Wait for the end; return the exit status and standard output."""
        out, _ = self._process.communicate(timeout=60)
        while self._reads(0):
            pass
        return self._process.returncode, out

    def sees_what_is_typed(self) -> bool:
        flags: int = termios.tcgetattr(self._other_end)[3]
        return bool(flags & termios.ECHO)

    def _reads(self, seconds: float) -> bool:
        ready = select.select([self._terminal], [], [], seconds)[0]
        self.shown += os.read(self._terminal, 4096).decode() if ready else ""
        return bool(ready)


@contextlib.contextmanager
def at_terminal(arguments: list[str], **options: Any) -> Iterator[Person]:
    """Sign in as a process with a terminal."""
    terminal, other_end = pty.openpty()
    try:
        with subprocess.Popen(
            [sys.executable, "-c", AT_TERMINAL, *arguments],
            stdout=subprocess.PIPE,
            stderr=other_end,
            encoding="utf-8",
            start_new_session=True,
            **{"stdin": other_end, **options},
        ) as process:
            try:
                yield Person(process, terminal, other_end)
            finally:
                process.kill()
    finally:
        os.close(terminal)
        os.close(other_end)


def test_at_a_terminal_no_secret_is_seen(url: str) -> None:
    secret = ["--client-id", CLIENT_ID, "--client-secret-from", "prompt"]
    code = totp()
    with at_terminal(words(url, *secret, username="carol")) as person:
        person.sees("Client secret: ")
        assert not person.sees_what_is_typed()
        person.types(f"{CLIENT_SECRET}\n")
        person.sees("Password: ")
        person.types(f"{PASSWORD}\n")
        person.sees("Code from your authenticator app: ")
        assert person.sees_what_is_typed()
        person.types("000000\n")
        person.sees("CodeMismatchException: Invalid code received for user\r\n")
        person.sees("Code from your authenticator app: ")
        person.types(f"{code}\n")
        status, out = person.leaves()
    assert (status, list(json.loads(out))) == (0, TOKENS)
    for secret in (CLIENT_SECRET, PASSWORD, "eyJ"):
        assert secret not in person.shown
    assert person.shown.endswith(f"Code from your authenticator app: {code}\r\n")


def test_at_a_terminal_a_new_password_is_not_seen(url: str, pool: UserPool) -> None:
    with at_terminal(words(url, username="bob")) as person:
        person.sees("Password: ")
        person.types(f"{PASSWORD}\n")
        person.sees("name: ")
        person.types("Bob\n")
        person.sees("New password: ")
        person.types(f"{NEW}\n")
        status, out = person.leaves()
    assert (status, list(json.loads(out))) == (0, TOKENS)
    assert NEW not in person.shown
    assert pool._directory._users["bob"].attributes == {"name": "Bob"}


def test_the_person_at_the_terminal_answers_where_standard_input_brought_the_password(
    url: str,
) -> None:
    arguments = words(url, "--password-from", "fd:0", username="carol")
    typed = f"{PASSWORD}\nnot an answer\n".encode()
    with piped(typed) as pipe, at_terminal(arguments, stdin=pipe) as person:
        person.sees("Code from your authenticator app: ")
        person.types(f"{totp()}\n")
        status, out = person.leaves()
    assert (status, list(json.loads(out))) == (0, TOKENS)


@pytest.mark.parametrize(
    ("key", "expected"), [(CTRL_C, 130), (CTRL_D, 2)], ids=["Ctrl-C", "Ctrl-D"]
)
@pytest.mark.parametrize("prompt", ["Password: ", "Code from your authenticator app: "])
def test_a_person_who_gives_up_gets_the_terminal_back_as_it_was(
    url: str, key: str, expected: int, prompt: str
) -> None:
    source = [] if prompt == "Password: " else FROM_ENVIRONMENT
    with at_terminal(words(url, *source, username="carol")) as person:
        person.sees(prompt)
        person.types(key)
        assert person.leaves() == (expected, "")
        assert person.sees_what_is_typed()
    assert "Traceback" not in person.shown
    if key == CTRL_D:
        assert person.shown.endswith(f"\r\nsrp-cognito: {NO_ANSWER}\r\n")


def test_ctrl_c_ends_the_wait_for_an_answer() -> None:
    with answering(None) as (url, asked), at_terminal(words(url, *FROM_ENVIRONMENT)) as person:
        wait_until(lambda: bool(asked))
        person.types(CTRL_C)
        assert person.leaves() == (130, "")
    assert "Traceback" not in person.shown


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
