"""benchmarks/stress.py: it ends well where all is well, and notices what must not happen."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
import stress

from srp_cognito import ServiceError, SRPServer, Tokens
from srp_cognito.testing import SigningKeys, UserPool, serve
from srp_cognito.testing.issuer import Issuer
from srp_cognito.testing.users import Lifetimes

# What a benchmark reports does not depend on the Python version.
pytestmark = pytest.mark.slow


@pytest.fixture
def pool() -> UserPool:
    return stress.make_pool()


@pytest.fixture
def url(pool: UserPool) -> Iterator[str]:
    """A pool of this process, which a test can break."""
    with serve(pool) as url:
        yield url


COMMAND = [sys.executable, stress.__file__, "--clients", "2", "--logins"]


def test_a_small_run_ends_well_and_prints_nothing_but_its_report() -> None:
    done = subprocess.run([*COMMAND, "60"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("60 of 60 logins, 2 at once")
    assert "60 right, 0 wrong" in done.stdout


def test_every_tenth_login_is_wrong_and_every_kind_is() -> None:
    numbers = range(20 * len(stress.KINDS))
    owners = [owner for _, owner, _ in map(stress.login_of, numbers)]
    assert [number for number in numbers if owners[number] is None] == [*numbers[9::10]]
    kinds = {(number + number // 10) % len(stress.KINDS) for number in numbers[9::10]}
    assert kinds == {*range(len(stress.KINDS))}


def test_a_pool_that_accepts_wrong_passwords_is_caught(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SRPServer, "verify", lambda *_, **__: None)
    run = stress.Run()
    run.go(url, os.getpid(), 40, 2)
    assert run.wrong
    assert all(problem.startswith("a wrong password ends in Tokens(") for problem in run.wrong)


def test_a_pool_that_refuses_right_passwords_is_caught_before_long(
    url: str, pool: UserPool
) -> None:
    pool._directory._users.clear()
    pool._directory._names.clear()
    run = stress.Run()
    run.go(url, os.getpid(), 200, 2)
    assert len(run.wrong) == stress.MOST_WRONG
    assert "a right password ends in ServiceError('NotAuthorizedException" in run.wrong[0]


def test_tokens_that_are_mixed_up_or_forged_are_caught(
    pool: UserPool, signing_keys: SigningKeys
) -> None:
    _, owner, app = stress.login_of(0)
    issuer = pool._issuer
    own = issuer.jwks()

    def problem(name: str = owner, jwks: dict = own, **changed: object) -> str | None:
        user = pool._directory.user(owner)
        sign_in = issuer.begin(user, Lifetimes(), None)
        made = issuer.tokens(user, app.client_id, Lifetimes(), sign_in)
        tokens = {"access_token": made["AccessToken"], "id_token": made["IdToken"]}
        tokens |= {"refresh_token": "a token", "expires_in": 3600, "token_type": "Bearer"}
        tokens |= {to: tokens.get(value, value) for to, value in changed.items()}
        keys = jwt.PyJWKSet.from_dict(jwks)
        return stress.check(name, app, Tokens(username=owner, **tokens), keys)

    assert problem() is None
    assert "access token has other claims" in problem("another")
    assert "access token has other claims" in problem(access_token="id_token")
    assert "id token has other claims" in problem(id_token="access_token")
    others = Issuer(stress.POOL_ID, issuer._sources, signing_keys).jwks()
    assert "not valid" in problem(jwks=others)
    pairs = zip(others["keys"], own["keys"], strict=True)
    renamed = [{**other, "kid": key["kid"]} for other, key in pairs]
    assert "not valid: Signature" in problem(jwks={"keys": renamed})
    assert problem(refresh_token=None) == "the refresh token is missing"
    issuer.issuer = "https://example.com/"
    assert "not valid" in problem()


def test_a_refusal_in_other_words_is_caught() -> None:
    kind, words = stress.REFUSAL
    right = ServiceError(kind, words, "X")
    wrong = [ServiceError(kind, "Invalid session.", "X"), ServiceError("X", words, "X"), OSError()]
    problems = [stress.check(None, None, outcome, None) for outcome in (right, *wrong)]
    assert [problem is None for problem in problems] == [True, False, False, False]


@pytest.mark.parametrize(
    ("logins", "kb_a_login", "status", "said"),
    [
        (10_000, 0.05, 0, "+50 KB for 1,000 logins"),
        (10_000, 0.2, 1, "+200 KB for 1,000 logins: NOT FLAT"),
        (1000, 0.2, 0, "too few logins to judge"),
    ],
)
def test_memory_that_grows_in_the_second_half_is_seen(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    logins: int,
    kb_a_login: float,
    status: int,
    said: str,
) -> None:
    half = logins // 2
    memory = [30_000] * half + [40_000 + kb_a_login * number for number in range(half)]
    monkeypatch.setattr(stress, "pool_process", lambda: contextlib.nullcontext(("", 0)))
    monkeypatch.setattr(stress.Run, "go", lambda run, *_: run.memory.extend(memory))
    assert stress.main([]) == status
    assert f"memory   {said}" in capsys.readouterr().out


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="/proc is needed")
@pytest.mark.parametrize("ends", ["Ctrl-C", "the pool"])
def test_a_run_that_is_ended_leaves_no_process_behind(ends: str) -> None:
    # A session of its own, since Ctrl-C reaches every process of one.
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "start_new_session": True}
    with subprocess.Popen([*COMMAND, "100000"], text=True, **pipes) as run:
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
        pool = int(wait(children.read_text).split()[0])
        clients = Path(f"/proc/{run.pid}/task")
        wait(lambda: len(list(clients.iterdir())) > 1)  # So the pool has said where it serves.
        if ends == "Ctrl-C":
            os.killpg(run.pid, signal.SIGINT)
        else:
            os.kill(pool, signal.SIGKILL)
        out, err = run.communicate(timeout=60)
    assert wait(lambda: not stress.memory_kb(pool)), "the pool outlives the run"
    if ends == "Ctrl-C":
        assert (run.returncode, err) == (130, "")
        assert " 0 wrong" in out
    else:
        assert run.returncode == 1


def wait(until: object) -> object:
    end = time.monotonic() + 60
    while not (told := until()) and time.monotonic() < end:
        time.sleep(0.05)
    return told
