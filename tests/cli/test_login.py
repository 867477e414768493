"""login.py: a sign-in as it is typed: the tokens, and then the device."""

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from logins import (
    CTRL_C,
    CTRL_D,
    FROM_ENVIRONMENT,
    SIGNED_IN,
    TOKENS,
    WRONG,
    answering,
    asks,
    assert_fails,
    at_terminal,
    reply,
    run,
    run_process,
    tokens_of,
    totp,
    wait_until,
    words,
)
from peers import CLIENT_ID, PASSWORD, POOL_ID, OracleServer
from pool_calls import INCORRECT, TOTP_SECRET

from srp_cognito.__main__ import main
from srp_cognito.cli import login
from srp_cognito.testing import UserPool
from srp_cognito.testing.totp import code_at

pytest.importorskip("pty", reason="the terminals and the file modes are POSIX's")
pytestmark = pytest.mark.usefixtures("secrets_in_environment")


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


def test_a_code_that_was_mistyped_can_be_corrected(url: str) -> None:
    done = run(url, username="carol", typed=f"000000\n {totp()}\n{totp()}\n")
    assert tokens_of(done)["Username"] == "carol"
    assert done.stderr.count("Code from your authenticator app: ") == 3
    assert "CodeMismatchException: Invalid code received for user\n" in done.stderr
    assert "code must be typed without white space\n" in done.stderr


def test_a_password_that_is_sent_is_asked_for_in_words_that_say_so(url: str) -> None:
    flow = ["--flow", "USER_PASSWORD_AUTH"]
    done = run(url, *flow, password=None, typed=f"{PASSWORD}\n")
    assert tokens_of(done)["Username"] == "alice"
    assert done.stderr == "Password (which the service will see): "
    with answering(SIGNED_IN) as (other_url, asked):
        tokens_of(run(other_url, *flow))
    assert asked[0]["AuthParameters"] == {"USERNAME": "alice", "PASSWORD": PASSWORD}


@pytest.mark.parametrize("flow", ["USER_AUTH", "CUSTOM_AUTH"])
@pytest.mark.parametrize("source", [[], ["--password-from", "prompt"]], ids=["left out", "given"])
def test_a_password_that_is_not_needed_is_asked_for_only_if_that_is_wanted(
    flow: str, source: list[str]
) -> None:
    with answering(SIGNED_IN) as (url, asked):
        done = run(url, "--flow", flow, *source, password=None, typed=f"{PASSWORD}\n")
    assert tokens_of(done)["AccessToken"] == "x"
    assert done.stderr == ("Password: " if source else "")
    assert ("SRP_A" in asked[0]["AuthParameters"]) is (flow == "CUSTOM_AUTH" and bool(source))


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


@pytest.mark.parametrize("remembers", ["always", "opt-in"])
def test_without_a_file_no_device_is_registered_and_the_person_learns_what_that_means(
    url: str, pool: UserPool
) -> None:
    done = run(url)
    # The access token names the device that was offered.
    assert tokens_of(done)["DeviceKey"] in devices(pool, "alice")
    assert done.stderr == (
        "srp-cognito: the pool offers to remember this device, and --device-file names no file, so"
        " it was not registered; a pool that tracks devices refuses the refresh token until a"
        " device is registered\n"
    )
    (offered,) = devices(pool, "alice").values()
    assert offered.verifier is None


def devices(pool: UserPool, username: str) -> dict[str, Any]:
    return pool._directory._users[username].devices


@pytest.mark.parametrize("remembers", ["always"])
def test_the_tokens_name_the_device_that_refreshing_needs(url: str, path: Path) -> None:
    for _ in range(2):
        printed = tokens_of(run(url, "--device-file", str(path)))
        assert printed["DeviceKey"] == json.loads(path.read_text())["device"]["device_key"]


@pytest.mark.parametrize("remembers", ["always"])
def test_a_device_that_was_saved_under_an_alias_is_found_under_the_name_and_the_alias(
    url: str, path: Path, pool: UserPool
) -> None:
    device = ["--device-file", str(path)]
    tokens_of(run(url, *device, username="alice@example.com"))
    saved = path.read_bytes(), path.stat().st_ino
    for username in ("alice", "alice@example.com"):
        done = run(url, *device, username=username)
        assert (tokens_of(done)["Username"], done.stderr) == ("alice", "")
        assert (path.read_bytes(), path.stat().st_ino) == saved
    assert len(devices(pool, "alice")) == 1


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


# A device call that fails.

OFFER = reply(
    {
        "AuthenticationResult": {
            "AccessToken": "x",
            "RefreshToken": "r",
            "NewDeviceMetadata": {"DeviceKey": "eu-west-1_d", "DeviceGroupKey": "-g"},
        }
    }
)
YOU_DECIDE = reply({"UserConfirmationNecessary": True})
FAULTS = {
    "a gateway's page": (b"HTTP/1.1 503 Oops\r\n\r\n<h1>Busy</h1>", "HTTP status 503: Busy"),
    "a gateway's no": (reply({"message": "Forbidden"}), "HTTP status 200: Forbidden"),
    "something else": (reply({"Foo": 1}), None),
    "an array": (b"HTTP/1.1 200 OK\r\n\r\n[1]", None),
    "nothing": (b"", "{url} cannot be reached: "),
    "half of it": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}",
        "{url} answered with status 200, and its answer broke off",
    ),
    "a no": (
        reply({"__type": "LimitExceededException", "message": "Too many"}, "400 Oops"),
        "LimitExceededException: Too many",
    ),
    "an earlier reply": (OFFER, "this is the reply to an earlier call"),
}
WITHOUT = ["--flow", "CUSTOM_AUTH"]


@pytest.mark.parametrize(("answer", "message"), FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("before", [[], [YOU_DECIDE]], ids=["ConfirmDevice", "UpdateDeviceStatus"])
def test_whatever_becomes_of_a_device_call_the_tokens_are_printed(
    path: Path, before: list[bytes], answer: bytes, message: str | None
) -> None:
    with answering(OFFER, *before, answer) as (url, asked):
        done = run(url, *WITHOUT, "--device-file", str(path), password=None)
    assert_has_tokens_without_device(done, (message or "").format(url=url))
    assert len(asked) == 2 + len(before)
    assert list(path.parent.iterdir()) == []


def assert_has_tokens_without_device(
    done: subprocess.CompletedProcess[str], message: str = ""
) -> None:
    printed = json.loads(done.stdout)
    assert (done.returncode, list(printed), printed["AccessToken"]) == (3, TOKENS, "x")
    said = "srp-cognito: signed in, but the device could not be registered or saved: "
    assert done.stderr.startswith(said + message)


def test_an_offer_that_cannot_be_read_is_not_a_device(path: Path) -> None:
    result = {"AccessToken": "x", "NewDeviceMetadata": {"DeviceKey": "eu-west-1_d"}}
    with answering(reply({"AuthenticationResult": result})) as (url, asked):
        done = run(url, *WITHOUT, "--device-file", str(path), password=None)
    assert_has_tokens_without_device(done, "DeviceGroupKey ")
    assert len(asked) == 1


def test_a_machine_whose_name_cannot_be_sent_keeps_its_tokens(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "node", lambda: "\udcff")
    with answering(OFFER) as (url, _):
        done = run(url, *WITHOUT, "--device-file", str(path), password=None)
    assert_has_tokens_without_device(done, "device_name holds a lone surrogate")


def test_the_tokens_are_printed_before_the_device_is_registered(path: Path) -> None:
    """So that nothing loses them: here a service that never answers, and a kill."""
    with answering(OFFER, None) as (url, asked):
        arguments = words(url, *WITHOUT, "--device-file", str(path))
        with subprocess.Popen(
            [sys.executable, "-m", "srp_cognito", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            wait_until(lambda: len(asked) == 2)
            process.kill()
            out, _ = process.communicate(timeout=60)
    assert json.loads(out)["AccessToken"] == "x"
    assert json.loads(out)["DeviceKey"] == "eu-west-1_d"


@pytest.mark.parametrize("before", [[None], [YOU_DECIDE]], ids=["a call", "the question"])
def test_ctrl_c_while_a_device_is_registered_leaves_the_tokens(
    path: Path, before: list[bytes | None]
) -> None:
    with answering(OFFER, *before) as (url, asked):
        arguments = words(url, *WITHOUT, "--device-file", str(path))
        with at_terminal(arguments) as person:
            if before == [None]:
                wait_until(lambda: len(asked) == 2)
            else:
                person.sees("Remember this device")
            person.types(CTRL_C)
            status, out = person.leaves()
    assert (status, json.loads(out)["AccessToken"]) == (3, "x")
    assert person.shown.endswith("could not be registered or saved: interrupted\r\n")
    assert not path.exists()


# Whether a device is remembered.


@pytest.mark.parametrize("remembers", ["opt-in"])
@pytest.mark.parametrize(
    ("typed", "is_remembered"),
    [("n\n", False), ("No\n", False), ("y\n", True), ("maybe\nYES\n", True), ("\n", True)],
    ids=["n", "No", "y", "maybe", "Enter"],
)
def test_the_person_says_whether_the_device_is_remembered(
    url: str, pool: UserPool, path: Path, typed: str, is_remembered: bool
) -> None:
    with at_terminal(words(url, *FROM_ENVIRONMENT, "--device-file", str(path))) as person:
        for line in typed.splitlines():
            person.sees("Remember this device, so that it needs no code the next time? (Y/n): ")
            person.types(f"{line}\n")
        status, out = person.leaves()
    assert (status, list(json.loads(out))) == (0, TOKENS)
    (device,) = devices(pool, "alice").values()
    assert device.is_remembered is path.exists() is is_remembered


@pytest.mark.parametrize("remembers", ["opt-in"])
def test_who_answers_with_ctrl_d_has_named_the_file(url: str, pool: UserPool, path: Path) -> None:
    with at_terminal(words(url, *FROM_ENVIRONMENT, "--device-file", str(path))) as person:
        person.sees("(Y/n): ")
        person.types(CTRL_D)
        assert person.leaves()[0] == 0
    (device,) = devices(pool, "alice").values()
    assert device.is_remembered is path.exists() is True


@pytest.mark.parametrize("remembers", ["opt-in"])
def test_without_a_terminal_the_device_is_remembered_and_nothing_more_is_read(
    url: str, pool: UserPool, path: Path
) -> None:
    """A pipe may never end, and another program may need what is in it."""
    done = run(url, "--device-file", str(path), typed="n\n")
    tokens_of(done)
    assert done.stderr == ""
    (device,) = devices(pool, "alice").values()
    assert device.is_remembered is path.exists() is True


def test_a_new_device_has_a_name(path: Path) -> None:
    done_reply = reply({"UserConfirmationNecessary": False})
    with answering(OFFER, done_reply) as (url, asked):
        tokens_of(run(url, *WITHOUT, "--device-file", str(path), password=None))
    assert asked[1]["DeviceName"] == login.device_name()
    assert asked[1]["DeviceKey"] == "eu-west-1_d"


# A device that is refused.


@pytest.fixture
def refused(url: str, path: Path) -> Path:
    """A file with a secret that the pool refuses."""
    tokens_of(run(url, "--device-file", str(path), username="carol", typed=f"{totp()}\n"))
    saved = json.loads(path.read_text())
    saved["device"]["device_password"] = "b3RoZXI="
    path.write_text(json.dumps(saved))
    return path


def said_of(path: Path) -> str:
    return f"he service refused the secret of the remembered device in {path}, not the password"


@pytest.mark.parametrize("remembers", ["always"])
def test_a_refused_device_is_not_called_a_wrong_password(url: str, refused: Path) -> None:
    saved = refused.read_bytes()
    done = run(url, "--device-file", str(refused), username="carol", typed="y\n")
    todo = "; delete or rename that file to sign in without the device"
    assert_fails(done, 1, f"t{said_of(refused)}{todo}")
    assert done.stderr.startswith(f"T{said_of(refused)}: {INCORRECT}\n")
    assert refused.read_bytes() == saved


@pytest.mark.parametrize("remembers", ["always"])
@pytest.mark.parametrize("typed", ["n\n", "\n", CTRL_D])
def test_who_does_not_want_to_sign_in_without_the_device_learns_what_to_do(
    url: str, refused: Path, typed: str
) -> None:
    saved = refused.read_bytes()
    file = ["--device-file", str(refused)]
    with at_terminal(words(url, *FROM_ENVIRONMENT, *file, username="carol")) as person:
        person.sees(f"Sign in without it? {refused} is then replaced or removed (y/N): ")
        person.types(typed)
        assert person.leaves() == (1, "")
    assert person.shown.endswith("delete or rename that file to sign in without the device\r\n")
    assert refused.read_bytes() == saved


@pytest.mark.parametrize("remembers", ["always"])
def test_a_person_can_sign_in_without_a_refused_device_and_gets_a_new_one(
    url: str, refused: Path
) -> None:
    saved = refused.read_bytes()
    file = ["--device-file", str(refused)]
    with at_terminal(words(url, *FROM_ENVIRONMENT, *file, username="carol")) as person:
        person.sees(f"T{said_of(refused)}")
        person.sees("(y/N): ")
        person.types("y\n")
        person.sees("Code from your authenticator app: ")
        person.types(f"{code_at(TOTP_SECRET, int(time.time()) // 30 + 1)}\n")
        status, out = person.leaves()
    assert (status, list(json.loads(out))) == (0, TOKENS), person.shown
    assert refused.read_bytes() != saved
    assert tokens_of(run(url, *file, username="carol"))["Username"] == "carol"


def test_a_wrong_clock_is_named_where_the_password_is_refused() -> None:
    no = {"__type": "NotAuthorizedException", "message": INCORRECT}
    past = reply(no, "400 Oops\r\nDate: Tue, 05 Sep 2017 07:00:09 GMT")
    with answering(reply(OracleServer().reply()), past) as (url, _):
        done = run(url)
    assert (done.returncode, done.stdout) == (1, "")
    first, second = done.stderr.splitlines()
    assert first == f"srp-cognito: NotAuthorizedException: {INCORRECT}"
    assert second.startswith("srp-cognito: this machine's clock is ")


def test_a_wrong_clock_is_named_before_a_device_is_given_up(path: Path) -> None:
    write(path, json.dumps(SAVED))
    challenge = OracleServer().reply()
    of_device = {**challenge, "ChallengeName": "DEVICE_PASSWORD_VERIFIER", "Session": "s" * 20}
    no = {"__type": "NotAuthorizedException", "message": INCORRECT}
    past = reply(no, "400 Oops\r\nDate: Tue, 05 Sep 2017 07:00:09 GMT")
    answers = [reply(challenge), asks("DEVICE_SRP_AUTH"), reply(of_device), past]
    with answering(*answers) as (url, _):
        done = run(url, "--device-file", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "this machine's clock is " in done.stderr
    assert " hours fast compared to the server's Date" in done.stderr


# The file.


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


@pytest.mark.skipif(not Path("/proc").exists(), reason="no folder is known that takes no file")
@pytest.mark.parametrize("remembers", ["always"])
def test_the_tokens_are_printed_even_if_the_device_cannot_be_saved(url: str) -> None:
    path = Path("/proc/device.json")
    done = run(url, "--device-file", str(path))
    assert (done.returncode, list(json.loads(done.stdout))) == (3, TOKENS)
    said = "srp-cognito: signed in, but the device could not be registered or saved: "
    assert done.stderr.startswith(f"{said}{path} cannot be written: [Errno 2] ")


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
