"""examples/: each program is short, and signs in to the pool over HTTP in its own process."""

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from in_place_of_aws import CODE, chance
from peers import CLIENT_ID, PASSWORD, POOL_ID

from srp_cognito.testing import UserPool, serve

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def pool(signing_key: rsa.RSAPrivateKey) -> UserPool:
    """A pool with alice; bob, who has a temporary password; and carol, who gets a code."""
    pool = UserPool(POOL_ID, token_bytes=chance, signing_key=signing_key, remember_devices="always")
    pool.add_app_client(CLIENT_ID)
    pool.add_user("alice", PASSWORD)
    pool.add_user("bob", PASSWORD, must_change_password=True)
    pool.add_user("carol", PASSWORD, attributes={"email": "c@example.com"}, mfa=["EMAIL_OTP"])
    return pool


def run(example: Path, pool: UserPool, username: str, typed: str) -> subprocess.CompletedProcess:
    with serve(pool) as url:
        return subprocess.run(
            [sys.executable, example, POOL_ID, CLIENT_ID, username, url],
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            # Without a terminal, getpass reads the password from standard input.
            start_new_session=True,
        )


def test_there_is_an_example_for_each_kind_of_client() -> None:
    names = [path.stem for path in EXAMPLES]
    assert names == [f"sign_in_{name}" for name in ("aiobotocore", "boto3", "httpx", "stdlib")]


def test_it_has_fewer_than_forty_lines(example: Path) -> None:
    assert len(example.read_text("utf-8").splitlines()) < 40


@pytest.mark.parametrize(
    ("username", "typed", "asked"),
    [
        ("alice", [PASSWORD], []),
        ("bob", [PASSWORD, "a new one"], ["New password:"]),
        ("carol", [PASSWORD, CODE], ["Code from the mail to c***@e***:"]),
    ],
    ids=["with a password", "with a new password", "with a code"],
)
def test_it_signs_in(
    example: Path, pool: UserPool, username: str, typed: list[str], asked: list[str]
) -> None:
    """It also registers the device that the pool offers."""
    done = run(example, pool, username, "".join(f"{line}\n" for line in typed))
    assert done.returncode == 0, done.stderr
    assert "Tokens(expires_in=3600, token_type='Bearer', " in done.stdout
    assert f"username='{username}', device=Device(device_group_key=" in done.stdout
    assert "eyJ" not in done.stdout  # Every token begins so.
    for prompt in asked:
        assert prompt in done.stdout
    (device,) = pool._directory._users[username].devices.values()
    assert device.is_remembered


def test_it_says_why_a_wrong_password_is_refused(example: Path, pool: UserPool) -> None:
    done = run(example, pool, "alice", "battery staple\n")
    assert done.returncode == 1
    assert done.stderr.endswith("NotAuthorizedException: Incorrect username or password.\n")


def test_it_asks_again_for_a_mistyped_code(example: Path, pool: UserPool) -> None:
    done = run(example, pool, "carol", f"{PASSWORD}\n000000\n {CODE}\n{CODE}\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Code from the mail to c***@e***:") == 3
    assert "code begins or ends with white space" in done.stdout
    assert "Invalid code or auth state for the user." in done.stdout
    assert "token_type='Bearer'" in done.stdout
