"""examples/: each is short, and signs in over HTTP, as a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
from stub_pool import POOL_ID, PUBLIC_APP, StubPool

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))
SIGN_IN = ["InitiateAuth", "RespondToAuthChallenge"]


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def run(example: Path, pool: StubPool, username: str, typed: str) -> subprocess.CompletedProcess:
    with pool.serve() as url:
        return subprocess.run(
            [sys.executable, example, POOL_ID, PUBLIC_APP.client_id, username, url],
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            # Without a terminal of its own, getpass reads the password from standard input.
            start_new_session=True,
        )


def test_there_is_one_for_each_kind_of_client() -> None:
    names = [path.stem for path in EXAMPLES]
    assert names == [f"sign_in_{name}" for name in ("aiobotocore", "boto3", "httpx", "stdlib")]


def test_it_has_less_than_forty_lines(example: Path) -> None:
    assert len(example.read_text("utf-8").splitlines()) < 40


@pytest.mark.parametrize(
    ("username", "typed", "operations"),
    [
        ("alice", "correct horse\n", SIGN_IN),
        ("bob", "correct horse\n", [*SIGN_IN, "ConfirmDevice"]),
        ("carol", "correct horse\n012345\n", [*SIGN_IN, "RespondToAuthChallenge"]),
    ],
)
def test_it_signs_in(example: Path, username: str, typed: str, operations: list[str]) -> None:
    """With a password; with a device that is registered; with a code that is asked for."""
    pool = StubPool(PUBLIC_APP)
    done = run(example, pool, username, typed)
    assert done.returncode == 0, done.stderr
    assert f"Tokens(expires_in=None, token_type='Bearer', username='{username}'" in done.stdout
    assert "an access token" not in done.stdout
    assert ("Code from your authenticator app:" in done.stdout) == (username == "carol")
    assert pool.operations == operations


def test_it_tells_why_a_wrong_password_is_refused(example: Path) -> None:
    done = run(example, StubPool(PUBLIC_APP), "alice", "battery staple\n")
    assert done.returncode == 1
    assert done.stderr.endswith("NotAuthorizedException: Incorrect username or password.\n")


def test_it_asks_again_for_a_mistyped_code(example: Path) -> None:
    typed = "correct horse\n000000\n 012345\n012345\n"
    done = run(example, StubPool(PUBLIC_APP), "carol", typed)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Code from your authenticator app:") == 3
    assert "code begins or ends with white space" in done.stdout
    assert "Invalid code received for user" in done.stdout
    assert "token_type='Bearer'" in done.stdout
