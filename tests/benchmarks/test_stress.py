"""benchmarks/stress.py: it ends well where all is well, and notices what must not happen."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from srp_cognito import ServiceError, SRPServer, Tokens
from srp_cognito.testing import UserPool, serve

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "stress.py"


@pytest.fixture(scope="module")
def stress() -> Any:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("stress", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def pool(stress: Any) -> UserPool:
    made: UserPool = stress.make_pool()
    return made


@pytest.fixture
def here(stress: Any, pool: UserPool, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the script call a pool of this process, which a test can break."""
    with serve(pool) as url:

        class PoolHere:
            def __init__(self) -> None:
                self.url = url

            def usage(self) -> Any:
                return stress.Usage(time.process_time(), None)

            def check_alive(self) -> None:
                pass

            def close(self) -> None:
                pass

        monkeypatch.setattr(stress, "PoolProcess", PoolHere)
        yield


def test_a_small_run_ends_well_and_says_nothing_but_its_report(tmp_path: Path) -> None:
    file = tmp_path / "numbers.json"
    done = subprocess.run(
        [sys.executable, SCRIPT, "--logins", "60", "--clients", "4", "--json", file],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "60 of 60 logins" in done.stdout
    assert "66 right, 0 wrong" in done.stdout
    numbers = json.loads(file.read_text("utf-8"))
    assert (numbers["logins"], numbers["warm_up_logins"], numbers["wrong"]) == (60, 6, [])
    assert numbers["logins_per_second"] > 0
    assert [each["logins"] for each in numbers["samples"]] == list(range(0, 61, 6))
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


def test_every_tenth_login_is_wrong_and_every_kind_is(stress: Any) -> None:
    logins = [stress.login_of(number) for number in range(20 * len(stress.KINDS))]
    wrong = [login for login in logins if login.owner is None]
    assert len(wrong) * 10 == len(logins)
    for some in (wrong, logins):
        assert {(login.flow, login.preferred) for login in some} == set(stress.WAYS)
        assert {login.app for login in some} == set(stress.APPS)


def test_a_pool_that_accepts_wrong_passwords_is_caught(
    stress: Any, here: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(SRPServer, "verify", lambda *_, **__: None)
    assert stress.main(["--logins", "20", "--clients", "2"]) == 1
    shown = capsys.readouterr().out
    assert " 0 wrong" not in shown
    assert "WRONG: a wrong password was accepted" in shown


def test_a_pool_that_refuses_right_passwords_is_caught_before_long(
    stress: Any, here: None, pool: UserPool, capsys: pytest.CaptureFixture[str]
) -> None:
    pool._directory._users.clear()
    pool._directory._names.clear()
    assert stress.main(["--logins", "200", "--clients", "2"]) == 1
    shown = capsys.readouterr().out
    assert f"{stress.MOST_WRONG} wrong" in shown
    assert "WRONG: a right password ended in ServiceError: NotAuthorizedException" in shown


def test_answers_that_are_mixed_up_or_forged_are_caught(
    stress: Any, pool: UserPool, signing_key: rsa.RSAPrivateKey
) -> None:
    login, other = stress.login_of(0), stress.login_of(len(stress.WAYS) * 4)
    assert login.owner != other.owner
    user = pool._directory.user(login.owner)
    issuer = pool._issuer
    key = issuer._key.public_key()
    signed = issuer.tokens(user, login.app.client_id)
    tokens = Tokens(
        access_token=signed["AccessToken"],
        id_token=signed["IdToken"],
        refresh_token="a token",
        expires_in=3600,
        token_type="Bearer",
        username=login.owner,
    )
    assert stress.check(login, tokens, key) is None
    assert "username in a token" in stress.check(other, tokens, key)
    for member in ("access_token", "id_token", "refresh_token"):
        assert stress.check(login, _replaced(tokens, member, ""), key) is not None
        assert stress.check(login, _replaced(tokens, member, None), key) is not None
    swapped = _replaced(tokens, "access_token", tokens.id_token)
    assert "token_use in a token" in stress.check(login, swapped, key)
    assert "not valid" in stress.check(login, tokens, signing_key.public_key())
    issuer.issuer = "https://example.com/"
    foreign = _replaced(tokens, "id_token", issuer.tokens(user, login.app.client_id)["IdToken"])
    assert "not valid" in stress.check(login, foreign, key)


def _replaced(tokens: Tokens, member: str, value: str | None) -> Tokens:
    return Tokens(**{**vars(tokens), member: value})


@pytest.mark.parametrize(
    "outcome",
    [
        ServiceError("NotAuthorizedException", "Invalid session for the user.", "X"),
        ServiceError("UserNotFoundException", "Incorrect username or password.", "X"),
        ConnectionResetError("gone"),
    ],
    ids=repr,
)
def test_a_refusal_in_other_words_is_caught(stress: Any, outcome: Exception) -> None:
    login = stress.login_of(9)
    right = ServiceError("NotAuthorizedException", "Incorrect username or password.", "X")
    assert stress.check(login, right, None) is None
    assert type(outcome).__name__ in stress.check(login, outcome, None)


@pytest.mark.parametrize(
    ("logins", "grown_kb", "flat"),
    [(10_000, 0, True), (10_000, 400, True), (10_000, 600, False), (1000, 600, None)],
)
def test_memory_that_grows_in_the_second_half_is_not_flat(
    stress: Any, logins: int, grown_kb: int, flat: bool | None
) -> None:
    def sample(part: float, kb: int) -> Any:
        return stress.Sample(int(part * logins), part, stress.Usage(part, kb), part)

    samples = [sample(0, 30_000), sample(0.5, 40_000), sample(1, 40_000 + grown_kb)]
    assert stress.is_flat(samples) is flat
    assert ("NOT FLAT" in stress.verdict(samples)) is (flat is False)
    unknown = [each._replace(pool=stress.Usage(0, None)) for each in samples]
    assert stress.is_flat(unknown) is None


def test_on_a_terminal_one_line_tells_how_far_it_is(
    stress: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    progress = stress.Progress()
    progress.show("logins", 1, 40)
    time.sleep(0.3)
    progress.show("logins", 10, 40)
    progress.clear()
    shown = capsys.readouterr().err
    assert "logins: 10 of 40, " in shown
    assert " s left" in shown
    assert shown.endswith("\r")
    assert "\n" not in shown


needs_proc = pytest.mark.skipif(
    not Path(f"/proc/self/task/{os.getpid()}/children").exists(),
    reason="only Linux tells a process's children",
)


@needs_proc
@pytest.mark.parametrize("ends", ["Ctrl-C", "the pool"])
def test_a_run_that_is_ended_says_so_and_leaves_no_process_behind(ends: str) -> None:
    with subprocess.Popen(
        [sys.executable, SCRIPT, "--logins", "100000", "--clients", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        pool = _child(run.pid, "--pool")
        if ends == "Ctrl-C":
            run.send_signal(signal.SIGINT)
        else:
            os.kill(pool, signal.SIGKILL)
        out, err = run.communicate(timeout=60)
    assert err == ""
    assert " 0 wrong" in out
    if ends == "Ctrl-C":
        assert (run.returncode, "ENDED EARLY: Ctrl-C" in out) == (130, True)
    else:
        assert (run.returncode, "ENDED EARLY: the pool has ended" in out) == (1, True)
    # Where Ctrl-C meets the run while it is still starting the pool, nobody waits for that any
    # more; the pool then ends by itself, at the end of its standard input.
    end = time.monotonic() + 60
    while not _has_ended(pool):
        assert time.monotonic() < end, "the pool outlives the run"
        time.sleep(0.05)


def _has_ended(process: int) -> bool:
    """Whether it has, though there may be nobody who asks for its exit status (state Z)."""
    try:
        status = Path(f"/proc/{process}/stat").read_text("ascii")
    except OSError:
        return True
    return status.rpartition(") ")[2].startswith("Z")


def _child(parent: int, command: str) -> int:
    """The child of a process that runs this command, once it is there."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for child in Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split():
            if command.encode() in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
        time.sleep(0.05)
    raise AssertionError(f"{command} was not started")
