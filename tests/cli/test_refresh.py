"""refresh.py: new tokens for those that `login` printed."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command import run_here
from logins import TOKENS, answering, reply, run, totp, without_secrets
from peers import CLIENT_ID, CLIENT_SECRET, POOL_ID
from pool_calls import PUBLIC

from srp_cognito.cli import refresh

pytestmark = pytest.mark.usefixtures("secrets_in_environment")

OLD = {
    "AccessToken": "old",
    "IdToken": "old",
    "RefreshToken": "eyJ first",
    "ExpiresIn": 3600,
    "TokenType": "Bearer",
    "Username": "alice",
    "DeviceKey": "eu-west-1_d",
}


def words(url: str, *arguments: str) -> list[str]:
    whose = ["--pool-id", POOL_ID, "--client-id", PUBLIC.client_id, "--endpoint-url", url]
    return ["refresh", *whose, *arguments]


def renew(url: str, given: str | bytes, *arguments: str) -> subprocess.CompletedProcess[str]:
    stdin = given.encode() if isinstance(given, str) else given
    done = run_here(*words(url, *arguments), stdin=stdin)
    return without_secrets(done.returncode, done.stdout.decode(), done.stderr.decode())


def tokens_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    tokens: dict[str, Any] = json.loads(done.stdout)
    assert list(tokens) == TOKENS
    return tokens


@pytest.mark.parametrize("remembers", ["never", "always"])
@pytest.mark.parametrize("operation", ["GetTokensFromRefreshToken", "InitiateAuth"])
def test_what_login_printed_gives_new_tokens_again_and_again(
    url: str, tmp_path: Path, operation: str
) -> None:
    device = ["--device-file", str(tmp_path / "device.json")]
    printed = run(url, *device, username="carol", typed=f"{totp()}\n").stdout
    for _ in range(2):
        old = json.loads(printed)
        printed = renew(url, printed, "--operation", operation).stdout
        new = json.loads(printed)
        assert new["AccessToken"] != old["AccessToken"]
        for name in ("RefreshToken", "Username", "DeviceKey"):
            assert new[name] == old[name]


def test_an_app_client_with_a_secret_refreshes_with_it(url: str) -> None:
    app = ["--client-id", CLIENT_ID, "--client-secret-from", "env:CLIENT_SECRET"]
    printed = run(url, *app).stdout
    for operation in refresh_operations():
        assert tokens_of(renew(url, printed, *app, "--operation", operation))
    assert renew(url, printed, *app[:2]).returncode == 1


def refresh_operations() -> list[str]:
    return ["GetTokensFromRefreshToken", "InitiateAuth"]


def test_a_client_secret_may_come_before_the_tokens(url: str) -> None:
    app = ["--client-id", CLIENT_ID, "--client-secret-from"]
    printed = run(url, *app, "env:CLIENT_SECRET").stdout
    done = subprocess.run(
        [sys.executable, "-m", "srp_cognito", *words(url, *app, "fd:0")],
        input=f"{CLIENT_SECRET}\n{printed}",
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert tokens_of(without_secrets(done.returncode, done.stdout, done.stderr))


@pytest.mark.parametrize("rotated", [None, "eyJ second"], ids=["kept", "rotated"])
def test_the_refresh_token_to_use_from_now_on_is_printed(rotated: str | None) -> None:
    result = {"AccessToken": "new", "ExpiresIn": 60, "RefreshToken": rotated}
    with answering(reply({"AuthenticationResult": result})) as (url, asked):
        new = tokens_of(renew(url, json.dumps(OLD)))
    assert (new["AccessToken"], new["RefreshToken"]) == ("new", rotated or "eyJ first")
    assert (new["Username"], new["DeviceKey"]) == ("alice", "eu-west-1_d")
    assert asked == [
        {
            "ClientId": PUBLIC.client_id,
            "RefreshToken": "eyJ first",
            "DeviceKey": "eu-west-1_d",
        }
    ]


REFUSED = {
    "a no": (
        reply({"__type": "RefreshTokenReuseException", "message": "Used"}, "400 Oops"),
        "RefreshTokenReuseException: Used",
    ),
    "a gateway's page": (b"HTTP/1.1 503 Oops\r\n\r\n<h1>Busy</h1>", "HTTP status 503: Busy"),
    "a challenge": (reply({"ChallengeName": "SMS_MFA"}), "ChallengeName "),
    "something else": (reply({"Foo": 1}), "ChallengeName is missing"),
}


@pytest.mark.parametrize(("answer", "message"), REFUSED.values(), ids=REFUSED)
def test_a_refresh_that_is_refused_is_status_1(answer: bytes, message: str) -> None:
    with answering(answer) as (url, asked):
        done = renew(url, json.dumps(OLD))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"srp-cognito: {message}")
    assert len(asked) == 1


def test_a_service_that_is_not_there_is_status_2() -> None:
    with answering(b"") as (url, _):
        done = renew(url, json.dumps(OLD))
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be reached" in done.stderr


NOT_TOKENS = {
    "nothing": b"",
    "a token": b"eyJ first",
    "an array": b"[]",
    "no access token": json.dumps({**OLD, "AccessToken": None}).encode(),
    "no name": json.dumps({**OLD, "Username": ""}).encode(),
    "not UTF-8": json.dumps(OLD).encode().replace(b"alice", b"\xff"),
    "half a character": json.dumps({**OLD, "RefreshToken": "eyJ\udcff"}).encode(),
    "nested deeply": b"[" * 100_000,
    "garbage": base64.b64encode(os.urandom(30)),
}


@pytest.mark.parametrize("given", NOT_TOKENS.values(), ids=NOT_TOKENS)
def test_something_else_on_standard_input_is_status_2_and_not_shown(given: bytes) -> None:
    with answering() as (url, asked):
        done = renew(url, given)
    problem = "standard input does not hold what `login` or `refresh` printed"
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"srp-cognito: {problem}\n"
    assert asked == []


def test_tokens_without_a_refresh_token_are_named() -> None:
    with answering() as (url, asked):
        done = renew(url, json.dumps({**OLD, "RefreshToken": None}))
    assert (done.returncode, done.stderr) == (2, "srp-cognito: tokens have no refresh_token\n")
    assert asked == []


def test_an_endless_input_is_not_read_to_its_end() -> None:
    with answering() as (url, asked):
        done = renew(url, b" " * (refresh.MAX_TOKENS + 1))
        assert done.stderr == "srp-cognito: standard input is longer than 262144 bytes\n"
        with Path("/dev/zero").open("rb") as endless:
            process = subprocess.run(
                [sys.executable, "-m", "srp_cognito", *words(url)],
                stdin=endless,
                capture_output=True,
                check=False,
                timeout=60,
            )
    assert (done.returncode, process.returncode, asked) == (2, 2, [])
