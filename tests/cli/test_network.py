"""network.py: where calls go, what comes back, and what is sent again."""

import hashlib
import importlib
import json
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from logins import FROM_ENVIRONMENT, SIGNED_IN, answering, reply, words
from peers import PASSWORD, OracleServer
from pool_calls import INCORRECT, PUBLIC

from srp_cognito import initiate_auth
from srp_cognito.__main__ import main
from srp_cognito.cli import network
from srp_cognito.cli.network import Service
from srp_cognito.cli.streams import UnusableError
from srp_cognito.testing import SigningKeys

pytest.importorskip("pty", reason="the terminals and the file modes are POSIX's")
pytestmark = pytest.mark.usefixtures("secrets_in_environment")

# The network.

CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"
NO_ANSWER = "ChallengeName is missing, and so are AuthenticationResult and an error"
ELSE = {
    "HTML": (b"HTTP/1.1 200 OK\r\n\r\n<html>", NO_ANSWER),
    "a gateway's error": (
        b"HTTP/1.1 502 Bad\r\n\r\n<h1>Bad Gateway</h1>",
        "HTTP status 502: Bad Gateway",
    ),
    "an array": (b"HTTP/1.1 400 Oops\r\n\r\n[1]", "HTTP status 400"),
    "no body": (b"HTTP/1.1 204 No Content\r\n\r\n", NO_ANSWER),
    "a header": (
        b"HTTP/1.1 400 Oops\r\nx-amzn-ErrorType: InternalErrorException\r\n\r\n",
        "InternalErrorException",
    ),
    "a firewall": (
        b"HTTP/1.1 202 Accepted\r\nx-amzn-waf-action: challenge\r\n\r\n",
        "HTTP status 202: AWS WAF wants a challenge (x-amzn-waf-action).",
    ),
}


@pytest.mark.parametrize(("answer", "message"), ELSE.values(), ids=ELSE)
def test_whoever_refuses_a_call_is_understood_and_nothing_is_sent_again(
    capsys: pytest.CaptureFixture[str], answer: bytes, message: str
) -> None:
    with answering(answer) as (url, asked):
        assert main(words(url, *FROM_ENVIRONMENT)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"srp-cognito: {message}")
    assert len(asked) == 1


BROKEN = {
    "megabytes": (
        SIGNED_IN + b" " * 5_000_000,
        "answered with status 200 and more than a megabyte",
    ),
    "less than it says": (
        SIGNED_IN.replace(b"\r\n\r\n", b"\r\nContent-Length: 999\r\n\r\n"),
        "answered with status 200, and its answer broke off",
    ),
    "nothing": (b"", "cannot be reached: Remote end closed connection without response"),
    "not HTTP": (b"\x1b[2JSSH-2.0\r\n", "cannot be reached: ?[2JSSH-2.0??"),
    "half an answer": (b"HTTP/1.1 200 OK\r\n" + CHUNKED, "cannot be reached: IncompleteRead("),
    "half an error": (b"HTTP/1.1 500 Oops\r\n" + CHUNKED, "cannot be reached: IncompleteRead("),
}


@pytest.mark.parametrize(("answer", "message"), BROKEN.values(), ids=BROKEN)
def test_an_answer_that_is_not_whole_is_status_2_and_not_shown(
    capsys: pytest.CaptureFixture[str], answer: bytes, message: str
) -> None:
    with answering(answer) as (url, asked):
        assert main(words(url, *FROM_ENVIRONMENT)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"srp-cognito: {url} {message}")
    assert "AccessToken" not in err
    assert len(asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("leads_to", ["there", "nowhere"])
def test_a_redirection_is_not_followed(
    capsys: pytest.CaptureFixture[str], status: int, leads_to: str
) -> None:
    with answering(SIGNED_IN) as (there, asked_there):
        target = there if leads_to == "there" else "http://["
        answer = f"HTTP/1.1 {status} Over there\r\nLocation: {target}\r\n\r\n".encode()
        with answering(answer) as (url, _):
            assert main(words(url, *FROM_ENVIRONMENT)) == 1
    assert capsys.readouterr() == ("", f"srp-cognito: HTTP status {status}\n")
    assert asked_there == []


def test_an_answer_that_does_not_come_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(network, "SECONDS", 0.1)
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


@pytest.fixture
def certificate(tmp_path: Path, signing_keys: SigningKeys) -> Path:
    """A certificate for 127.0.0.1 and its key, alone in a folder where OpenSSL finds it."""
    path = tmp_path / "trusted" / f"{subject_hash()}.0"
    path.parent.mkdir()
    path.write_bytes(self_signed(signing_keys.access))
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize(
    ("name", "what"),
    [("SSL_CERT_FILE", "file"), ("AWS_CA_BUNDLE", "file"), ("AWS_CA_BUNDLE", "folder")],
)
def test_an_endpoint_shows_a_certificate_that_the_machine_or_the_bundle_trusts(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    certificate: Path,
    tls: ssl.SSLContext,
    name: str,
    what: str,
) -> None:
    monkeypatch.setenv(name, str(certificate if what == "file" else certificate.parent))
    with answering(SIGNED_IN, tls=tls) as (url, _):
        assert main(words(url, *FROM_ENVIRONMENT)) == 0
    assert json.loads(capsys.readouterr().out)["AccessToken"] == "x"


@pytest.mark.parametrize("bundle", ["", "another"], ids=["no bundle", "another bundle"])
def test_an_endpoint_that_shows_another_certificate_is_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    certificate: Path,
    tls: ssl.SSLContext,
    bundle: str,
) -> None:
    """And a bundle replaces what the machine trusts, as it does for AWS's tools."""
    monkeypatch.setenv("AWS_CA_BUNDLE", "")
    if bundle:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        (tmp_path / bundle).write_bytes(self_signed(key))
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / bundle))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with answering(SIGNED_IN, tls=tls) as (url, asked):
        assert main(words(url, *FROM_ENVIRONMENT)) == 2
    out, err = capsys.readouterr()
    assert (out, asked) == ("", [])
    assert "CERTIFICATE_VERIFY_FAILED" in err


@pytest.mark.parametrize("holds", [None, "no certificate"], ids=["nothing there", "garbage"])
def test_a_bundle_without_certificates_is_named_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    holds: str | None,
) -> None:
    path = tmp_path / "bundle.pem"
    if holds is not None:
        path.write_text(holds)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(path))
    assert main(words("https://localhost/")) == 2
    out, err = capsys.readouterr()
    assert out == ""
    message = f"srp-cognito: AWS_CA_BUNDLE names {path}, from which no certificates can be read: "
    assert err.startswith(message)
    assert err.count("\n") == 1


def subject_hash() -> str:
    """The name under which OpenSSL looks for a certificate of CN=a pool in a folder.

    X509_NAME_hash(): SHA-1 of the name's canonical encoding, the first four bytes as a number.
    """
    name = bytes.fromhex("310f 300d 0603550403 0c06") + b"a pool"
    digest = hashlib.sha1(name, usedforsecurity=False).digest()
    return digest[:4][::-1].hex()


def self_signed(key: rsa.RSAPrivateKey) -> bytes:
    """A certificate for 127.0.0.1 that its own key has signed, and the key, as a PEM file."""
    x509 = importlib.import_module("cryptography.x509")  # Only here, since that takes long.
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a pool")])
    now, day = datetime.now(UTC), timedelta(days=1)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - day).not_valid_after(now + day)
    signed = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    pkcs8 = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(pem, pkcs8, serialization.NoEncryption())
    return private + signed.public_bytes(pem)


# What is sent again.

CALL = initiate_auth.custom_auth(PUBLIC, "alice")
DONE = {"AuthenticationResult": {"AccessToken": "x"}}
SLOW_DOWN = {
    "by its name": reply({"__type": "TooManyRequestsException", "message": "Slow"}, "400 Oops"),
    "by another name": reply({"__type": "x.y#ThrottlingException:z"}, "400 Oops"),
    "by the status": b"HTTP/1.1 429 Too Many Requests\r\n\r\n<h1>Too many</h1>",
}


@pytest.mark.parametrize("answer", SLOW_DOWN.values(), ids=SLOW_DOWN)
def test_a_call_that_came_too_soon_is_sent_again_after_growing_pauses(
    capsys: pytest.CaptureFixture[str], answer: bytes
) -> None:
    slept: list[float] = []
    with answering(answer, answer, answer, reply(DONE)) as (url, asked):
        result = Service(url, sleep=slept.append).send(CALL)
    assert result["AuthenticationResult"] == DONE["AuthenticationResult"]
    assert asked == [dict(CALL.arguments)] * 4
    for pause, about in zip(slept, (1, 2, 4), strict=True):
        assert 0.75 * about <= pause <= 1.25 * about
    assert capsys.readouterr().err.count("Trying again in ") == 3


def test_the_pauses_of_two_programs_are_not_the_same() -> None:
    slept: list[float] = []
    for _ in range(3):
        with answering(*SLOW_DOWN.values(), reply(DONE)) as (url, _):
            Service(url, sleep=slept.append).send(CALL)
    assert len(set(slept)) > 3


def test_after_four_tries_the_refusal_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(network, "PAUSES", (0.01, 0.01, 0.01))
    answer = SLOW_DOWN["by its name"]
    with answering(*[answer] * 9) as (url, asked):
        assert main(words(url, *FROM_ENVIRONMENT)) == 1
    out, err = capsys.readouterr()
    again = "TooManyRequestsException: Slow\nTrying again in 0.0 seconds.\n"
    assert (out, err) == ("", 3 * again + "srp-cognito: TooManyRequestsException: Slow\n")
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("wanted", "pause"),
    [("7", 7), ("20", 20), ("0", 1), ("soon", 1), ("-5", 1), ("\u0665", 1)],
)
def test_the_service_may_say_how_long_to_wait(wanted: str, pause: float) -> None:
    slept: list[float] = []
    answer = f"HTTP/1.1 429 Slow\r\nRetry-After: {wanted}\r\n\r\n".encode()
    with answering(answer, reply(DONE)) as (url, asked):
        assert "AuthenticationResult" in Service(url, sleep=slept.append).send(CALL)
    assert len(asked) == 2
    assert 0.75 * pause <= slept[0] <= 1.25 * pause


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 429 Slow\r\nRetry-After: 21\r\n\r\n",
        reply({"__type": "LimitExceededException"}, "400 Oops"),
        reply({"__type": "LimitExceededException"}, "429 Slow"),
        reply({"__type": "NotAuthorizedException"}, "400 Oops"),
        reply({"__type": "InternalErrorException"}, "500 Oops"),
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\r\n",
        reply({"Foo": 1}),
        reply(DONE),
    ],
    ids=["too long", "limit", "limit, 429", "no", "500", "503", "something else", "yes"],
)
def test_nothing_else_is_sent_again(answer: bytes) -> None:
    with answering(answer, reply(DONE)) as (url, asked):
        Service(url, sleep=pytest.fail).send(CALL)
    assert len(asked) == 1


def test_a_call_whose_reply_did_not_come_is_not_sent_again() -> None:
    with (
        answering(b"", reply(DONE)) as (url, asked),
        pytest.raises(UnusableError, match="cannot be reached"),
    ):
        Service(url, sleep=pytest.fail).send(CALL)
    assert len(asked) == 1


# The clock.


def dated(body: dict[str, object], seconds: float | str) -> bytes:
    """A refusal by a server whose clock differs by some seconds, or says something else."""
    if not isinstance(seconds, str):
        date = datetime.now(UTC) + timedelta(seconds=seconds)
        seconds = format_datetime(date, usegmt=True)
    return reply(body, f"400 Oops\r\nDate: {seconds}")


NO = {"__type": "NotAuthorizedException", "message": INCORRECT}
CHALLENGE = reply(OracleServer().reply())


@pytest.mark.parametrize(
    ("seconds", "hint"),
    [
        (110, "2 minutes slow"),
        (75, "1 minute slow"),
        (-30 * 60, "30 minutes fast"),
        (2 * 3600 + 60, "2 hours slow"),
        (-48 * 3600, "48 hours fast"),
    ],
)
@pytest.mark.parametrize("kind", ["NotAuthorizedException", "InvalidParameterException"])
def test_a_clock_that_is_wrong_is_named_where_a_proof_is_refused(
    capsys: pytest.CaptureFixture[str], kind: str, seconds: float, hint: str
) -> None:
    with answering(CHALLENGE, dated({**NO, "__type": kind}, seconds)) as (url, _):
        assert main(words(url, *FROM_ENVIRONMENT)) == 1
    out, err = capsys.readouterr()
    message = (
        f"srp-cognito: this machine's clock is {hint} compared to the server's Date, and TIMESTAMP"
        " is signed with it; set the clock and try again\n"
    )
    assert (out, err) == ("", f"srp-cognito: {kind}: {INCORRECT}\n{message}")


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        ("NotAuthorizedException", 50),
        ("NotAuthorizedException", -50),
        ("NotAuthorizedException", "yesterday"),
        ("NotAuthorizedException", "Thu, 01 Jan 99999 00:00:00 GMT"),
        ("InternalErrorException", 3600),
    ],
    ids=["50 s", "-50 s", "not a date", "a far one", "another error"],
)
def test_a_clock_is_not_blamed_for_something_else(
    capsys: pytest.CaptureFixture[str], kind: str, seconds: float | str
) -> None:
    with answering(CHALLENGE, dated({**NO, "__type": kind}, seconds)) as (url, _):
        assert main(words(url, *FROM_ENVIRONMENT)) == 1
    assert "clock" not in capsys.readouterr().err


@pytest.mark.parametrize("body", [NO, {}], ids=["refused", "not understood"])
def test_a_clock_is_not_blamed_before_anything_is_proven(
    capsys: pytest.CaptureFixture[str], body: dict[str, object]
) -> None:
    with answering(dated(body, 3600)) as (url, _):
        assert main(words(url, *FROM_ENVIRONMENT)) == 1
    assert "clock" not in capsys.readouterr().err


def test_without_a_date_no_clock_is_blamed(capsys: pytest.CaptureFixture[str]) -> None:
    with answering(CHALLENGE, reply(NO, "400 Oops")) as (url, _):
        assert main(words(url, *FROM_ENVIRONMENT)) == 1
    assert "clock" not in capsys.readouterr().err


def test_a_date_without_a_zone_is_taken_for_utc(capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    with answering(CHALLENGE, dated(NO, f"{now:%d %b %Y %H:%M:%S} -0000")) as (url, _):
        assert main(words(url, *FROM_ENVIRONMENT)) == 1
    assert "clock" not in capsys.readouterr().err
