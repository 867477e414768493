"""serve.py: the pool as a process, from a file or flags, until it is stopped."""

import contextlib
import errno
import http.client
import importlib
import inspect
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from peers import CLIENT_ID, PASSWORD, POOL_ID
from pool_calls import INCORRECT, TOTP_SECRET

from srp_cognito import AppClient, ServiceError, SignIn, SRPClient, Tokens
from srp_cognito.__main__ import main
from srp_cognito.cli import serve
from srp_cognito.cli.login import sign_in_over_http
from srp_cognito.cli.network import Service
from srp_cognito.cli.options import SETTINGS
from srp_cognito.documentation import page
from srp_cognito.testing.totp import code_at

APP = AppClient(CLIENT_ID)

WHOLE = f"""
pool_id = "{POOL_ID}"
remember_devices = "always"

[[app_clients]]
client_id = "{CLIENT_ID}"

[[app_clients]]
client_id = "2example"
client_secret = "sekrit"

[[users]]
username = "alice"
password = "{PASSWORD}"
aliases = ["alice@example.com"]

[[users]]
username = "bob"
password = "{PASSWORD}"
must_change_password = true
required_attributes = ["name"]

[[users]]
username = "carol"
password = "{PASSWORD}"
totp_secret = "{TOTP_SECRET}"

[[users]]
username = "dora"
password = "{PASSWORD}"
attributes = {{ email = "dora@example.com", phone_number = "+15551234567" }}
mfa = ["SMS_MFA", "EMAIL_OTP"]

[[users]]
username = "frank"
password = "{PASSWORD}"
[[users.custom_challenges]]
parameters = {{ riddle = "1" }}
answer = "one"
[[users.custom_challenges]]
parameters = {{ riddle = "2" }}
answer = "two"
"""
"""A file with every key that there is."""


@pytest.fixture(autouse=True)
def _buffered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own switch for unbuffered output would hide a missing flush."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)


class Served:
    """A pool that runs as a process, and how it described itself."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.described: dict[str, Any] = json.loads(process.stdout.readline())
        self.url: str = self.described["endpoint_url"]
        self.port = int(self.url.rstrip("/").rpartition(":")[2])

    def sent_code(self) -> str:
        """The next code that it shows on standard error."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if " your code is " in line:
                return line.split()[-1]
        raise AssertionError("it sent no code")

    def stops(self, number: signal.Signals = signal.SIGTERM) -> str:
        """Stop it, and return standard error; standard output got no more than the first line."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        assert (self.process.returncode, out) == (0, "")
        return err or ""


@contextlib.contextmanager
def served(*arguments: str, redirected: str = "", **options: Any) -> Iterator[Served]:
    """Serve while the block runs; `redirected` is as a shell has it."""
    with subprocess.Popen(
        [
            *("sh", "-c", f'exec "$@" {redirected}', "sh"),
            *(sys.executable, "-m", "srp_cognito", "serve", *arguments),
        ],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options},
    ) as process:
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        try:
            yield Served(process)
        finally:
            process.terminate()
            process.wait()
            watchdog.cancel()


@pytest.fixture
def sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Return a function that runs the command and returns the sentence that it ends with."""

    def serving(_: float) -> None:
        pytest.fail("it serves, and does not end")

    def run(*arguments: str) -> str:
        assert main(["serve", *arguments]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("srp-cognito: ")
        assert err.count("\n") == 1
        return err.removeprefix("srp-cognito: ").rstrip("\n")

    monkeypatch.setattr(serve, "time", SimpleNamespace(sleep=serving))
    return run


def code_of(user: dict[str, str]) -> str:
    return code_at(user["totp_secret"], int(time.time()) // 30)


def sign_in(
    pool: Served,
    username: str,
    password: str | None = PASSWORD,
    *,
    app: AppClient = APP,
    answers: Iterable[str] = (),
    **options: Any,
) -> Tokens:
    remaining = iter(answers)
    begun = SignIn(pool.described["pool_id"], username, password, app=app, **options)
    return sign_in_over_http(
        begun, Service(pool.url), lambda question: question.answer(next(remaining))
    )


def issuer_in(token: str | None) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return str(claims["iss"])


# From flags.


def test_without_flags_there_is_one_user_with_a_random_password() -> None:
    with served() as pool, served() as another:
        (app,), (user,) = pool.described["app_clients"], pool.described["users"]
        assert list(pool.described) == [
            "endpoint_url",
            "pool_id",
            "jwks_url",
            "app_clients",
            "users",
        ]
        assert (pool.described["pool_id"], app) == (POOL_ID, {"client_id": CLIENT_ID})
        assert user.keys() == {"username", "password"}
        tokens = sign_in(pool, "alice", user["password"])
        assert (tokens.username, tokens.device) == ("alice", None)
        issuer = f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL_ID}"
        assert issuer_in(tokens.access_token) == issuer
        with pytest.raises(ServiceError, match=INCORRECT):
            sign_in(another, "alice", user["password"])


def test_every_flag_does_what_it_says() -> None:
    flags = ["--pool-id", "eu-central-1_Mine", "--client-id", "3example", "--client-secret"]
    users = ["--user", "bob", "--user", "bob@example.com", "--totp"]
    with served(*flags, *users, "--remember-devices", "always", "--own-issuer") as pool:
        assert pool.described["pool_id"] == "eu-central-1_Mine"
        assert [user["username"] for user in pool.described["users"]] == ["bob", "bob@example.com"]
        (app,) = pool.described["app_clients"]
        for user in pool.described["users"]:
            tokens = sign_in(
                pool,
                user["username"],
                user["password"],
                app=AppClient("3example", app["client_secret"]),
                answers=[code_of(user)],
            )
            assert tokens.new_device is not None
            assert issuer_in(tokens.id_token) == f"{pool.url}eu-central-1_Mine"
        assert len({user["totp_secret"] for user in pool.described["users"]}) == 2
        with urllib.request.urlopen(pool.described["jwks_url"]) as document:
            assert json.load(document)["keys"][0]["alg"] == "RS256"


def test_beyond_the_loopback_interface_it_listens_only_when_asked_and_warns() -> None:
    """As in a container, which is called from outside."""
    with served("--host", "127.0.0.2") as pool:
        assert pool.described["endpoint_url"].startswith("http://127.0.0.2:")
        assert "LOOPBACK" not in pool.stops()
    with served("--host", "0.0.0.0") as pool:
        (user,) = pool.described["users"]
        assert pool.url.startswith("http://127.0.0.1:")
        assert sign_in(pool, "alice", user["password"])
        with urllib.request.urlopen(
            f"http://127.0.0.2:{pool.port}/{POOL_ID}/.well-known/jwks.json"
        ):
            pass
        assert "WHOEVER REACHES THIS MACHINE CAN CALL IT" in pool.stops()
    with served() as pool, pytest.raises(ConnectionError):
        http.client.HTTPConnection("127.0.0.2", pool.port, timeout=60).connect()


@pytest.mark.parametrize("host", ["localhost", "", "300.0.0.1", "0.0.0.0:80"])
def test_what_is_not_an_ip_address_is_not_listened_at(
    capsys: pytest.CaptureFixture[str], host: str
) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--host", host])
    assert "argument --host: must be an IP address" in capsys.readouterr().err


def test_boto3_signs_in() -> None:
    boto3 = importlib.import_module("boto3")  # Only here, since that takes long.
    with served() as pool:
        (user,) = pool.described["users"]
        session = boto3.Session(region_name="eu-west-1")
        cognito = session.client("cognito-idp", endpoint_url=pool.url)
        with contextlib.closing(cognito):
            client = SRPClient.for_user(POOL_ID, "alice", user["password"], app=APP)
            reply = cognito.initiate_auth(**client.start())
            reply = cognito.respond_to_auth_challenge(**client.respond(reply))
            token = reply["AuthenticationResult"]["AccessToken"]
            assert cognito.get_user(AccessToken=token)["Username"] == "alice"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--user", "bob", "--user", "bob"], "users, number 2: there is a user 'bob' already"),
        (["--user", ""], "users, number 1: username is empty"),
        (["--client-id", " x"], "app_clients, number 1: client_id begins or ends with white space"),
    ],
    ids=["twice", "empty", "white space"],
)
def test_a_wrong_flag_is_one_sentence(
    sentence: Callable[..., str], arguments: list[str], message: str
) -> None:
    assert sentence(*arguments) == message


def test_the_flags_are_the_settings_that_can_be_typed() -> None:
    assert set(inspect.signature(serve.settings_of_flags).parameters) == set(SETTINGS)


# From a file.


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pool.toml"


def test_a_file_describes_the_whole_pool_and_its_passwords_are_not_printed(file: Path) -> None:
    file.write_text(WHOLE, "utf-8")
    with served("--config", str(file)) as pool:
        names = ["alice", "bob", "carol", "dora", "frank"]
        assert pool.described["users"] == [{"username": name} for name in names]
        assert pool.described["app_clients"] == [
            {"client_id": CLIENT_ID},
            {"client_id": "2example"},
        ]
        tokens = sign_in(pool, "alice@example.com", app=AppClient("2example", "sekrit"))
        assert tokens.new_device is not None
        with pytest.raises(StopIteration):
            sign_in(pool, "bob")  # Who is asked for a new password.
        assert sign_in(pool, "carol", answers=[code_of({"totp_secret": TOTP_SECRET})])
        assert sign_in(pool, "frank", None, flow="CUSTOM_AUTH", answers=["one", "two"])
        assert PASSWORD not in pool.stops()


def test_a_file_may_begin_with_a_byte_order_mark(file: Path) -> None:
    file.write_text("\ufeff" + WHOLE, "utf-8")
    assert serve.settings_of_file(str(file))["pool_id"] == POOL_ID


def test_a_code_that_is_sent_is_shown_on_standard_error(file: Path) -> None:
    file.write_text(WHOLE, "utf-8")
    with served("--config", str(file)) as pool:

        def answers() -> Iterator[str]:
            yield "SMS_MFA"
            yield pool.sent_code()

        assert sign_in(pool, "dora", answers=answers()).username == "dora"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('pool_id = "x"\nusers = oops', "Invalid value (at line 2, column 9)"),
        ("pool_id = 5", "the settings: pool_id must be a str, not int"),
        ('[[users]]\nusername = "alice"', "users, number 1: password is missing"),
    ],
    ids=["not TOML", "wrong type", "missing key"],
)
def test_a_mistake_in_a_file_is_one_sentence_that_says_where(
    sentence: Callable[..., str], file: Path, text: str, message: str
) -> None:
    file.write_text(text, "utf-8")
    assert sentence("--config", str(file)) == f"{file}: {message}"


def test_a_file_that_cannot_be_read_is_one_sentence(
    sentence: Callable[..., str], file: Path
) -> None:
    message = sentence("--config", str(file))
    assert message == f"{file} cannot be read: {os.strerror(errno.ENOENT)}"
    file.write_bytes(b'pool_id = "\xff"')
    message = sentence("--config", str(file))
    assert message == f"{file} cannot be read: it is not text in UTF-8"


def test_a_file_that_may_not_be_read_is_not_taken_for_such_a_port(
    monkeypatch: pytest.MonkeyPatch, sentence: Callable[..., str]
) -> None:
    """The tests may be run by root, who may read everything."""

    def refuse(path: Path, *_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", refuse)
    message = sentence("--config", "pool.toml")
    assert message == "pool.toml cannot be read: Permission denied"


# The port.


def test_a_port_that_is_taken_is_one_sentence_and_is_free_once_the_pool_has_stopped(
    sentence: Callable[..., str],
) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with served() as pool:
        why = f"[Errno {errno.EADDRINUSE}] {os.strerror(errno.EADDRINUSE)}"
        message = sentence("--port", str(pool.port))
        # What follows names the address.
        assert message.startswith(f"the port {pool.port} cannot be used: {why}")
        (user,) = pool.described["users"]
        assert sign_in(pool, "alice", user["password"])
        pool.stops()
    with served("--port", str(pool.port)) as another:
        assert another.url == pool.url
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_port_that_only_root_may_use_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, sentence: Callable[..., str]
) -> None:
    """The tests may be run by root."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(serve, "serve", refuse)
    message = sentence("--port", "80")
    assert message == f"the port 80 cannot be used: [Errno {errno.EACCES}] Permission denied"


def test_with_explain_it_says_in_capitals_that_it_keeps_passwords_and_then_why_it_refuses() -> None:
    with served("--explain", "--client-secret", "--user", "Alice") as pool:
        app = AppClient(**pool.described["app_clients"][0])
        arguments = {
            "ClientId": app.client_id,
            "AuthFlow": "USER_SRP_AUTH",
            "AuthParameters": {
                "USERNAME": "Alice",
                "SRP_A": "02",
                "SECRET_HASH": app.secret_hash("alice"),
            },
        }
        request = urllib.request.Request(
            pool.url,
            json.dumps(arguments).encode(),
            {
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
            },
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        refused.value.close()
        shown = pool.stops()
    assert "THIS POOL KEEPS PASSWORDS" in shown.splitlines()[0]
    assert "Alice: SECRET_HASH is refused" in shown
    assert f" {page('mistakes/secret-hash', 'hash-lower')}\n" in shown


# The end, and many at once.


@pytest.mark.skipif(os.name == "nt", reason="no signal can be sent to a process there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_what_is_under_way_before_it_stops(number: signal.Signals) -> None:
    """The request has been sent, and not been read, when the signal comes."""
    with served() as pool:
        connection = http.client.HTTPConnection("127.0.0.1", pool.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", "/")
            connection.getresponse().read()
            pool.process.send_signal(signal.SIGSTOP)
            connection.request("GET", f"/{POOL_ID}/.well-known/jwks.json")
            pool.process.send_signal(number)
            pool.process.send_signal(signal.SIGCONT)
            with connection.getresponse() as response:
                assert json.load(response)["keys"]
            shown = pool.stops(number)
        assert shown.splitlines()[0].endswith(f" answering at {pool.url}, until Ctrl-C")
        assert shown.splitlines()[-1].endswith(" stopped")
        with pytest.raises(ConnectionRefusedError):
            connection.connect()


def test_many_clients_sign_in_at_once_and_each_line_of_the_log_is_whole() -> None:
    with served(*(word for number in range(4) for word in ("--user", str(number)))) as pool:
        users = pool.described["users"] * 8
        with ThreadPoolExecutor(len(users)) as threads:
            signing_in = threads.map(
                lambda user: sign_in(pool, user["username"], user["password"]), users
            )
            assert [tokens.username for tokens in signing_in] == [u["username"] for u in users]
        shown = pool.stops().splitlines()
    assert len(shown) == 2 * len(users) + 2
    call = r"InitiateAuth USER_SRP_AUTH \d -> PASSWORD_VERIFIER, \d+\.\d ms"
    answer = r"RespondToAuthChallenge PASSWORD_VERIFIER \d -> tokens, \d+\.\d ms"
    for line in shown[1:-1]:
        assert re.fullmatch(rf"\d\d:\d\d:\d\d ({call}|{answer})", line)


# The streams.


@pytest.mark.skipif(os.name == "nt", reason="the stream is closed by a POSIX shell")
@pytest.mark.parametrize("how", ["closed", "nobody reads it"])
def test_it_serves_without_standard_error(how: str) -> None:
    """And writes nothing of it to standard output."""
    with served(redirected="2>&-" if how == "closed" else "") as pool:
        if pool.process.stderr is not None and how != "closed":
            pool.process.stderr.close()
            pool.process.stderr = None
        (user,) = pool.described["users"]
        for _ in range(2):
            assert sign_in(pool, "alice", user["password"])
        assert pool.stops() == ""


def test_it_stops_where_nobody_reads_standard_output() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "srp_cognito", "serve"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writing)
    assert done.returncode == 2
    assert re.fullmatch(rb"[0-9:]+ answering at \S+, until Ctrl-C\r?\n", done.stderr)
