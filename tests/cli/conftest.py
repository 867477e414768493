"""A pool that answers over HTTP, and what a person types at it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID

# The fixtures import them themselves, so that pytest can say why these tests are skipped where
# there can be no pool.
if TYPE_CHECKING:
    from logins import Keyboard

    from srp_cognito.testing import SigningKeys, UserPool


@pytest.fixture
def keyboard() -> "Keyboard":
    from logins import Keyboard  # noqa: PLC0415 - see above.

    return Keyboard()


@pytest.fixture
def remembers() -> str:
    """Whether the pool remembers devices; a test may say otherwise."""
    return "never"


@pytest.fixture
def pool(signing_keys: "SigningKeys", remembers: str, keyboard: "Keyboard") -> "UserPool":
    """A user pool with a user for each thing that a sign-in may ask."""
    from pool_calls import PUBLIC, TOTP_SECRET  # noqa: PLC0415 - see above.

    from srp_cognito.testing import CustomChallenge, UserPool  # noqa: PLC0415 - see above.

    pool = UserPool(
        POOL_ID,
        signing_keys=signing_keys,
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
def url(pool: "UserPool", asked: list[str]) -> Iterator[str]:
    from srp_cognito.testing import serve  # noqa: PLC0415 - see above.

    with serve(pool, log=asked.append) as url:
        yield url


@pytest.fixture
def secrets_in_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that a command line may name, and none of AWS's."""
    monkeypatch.setenv("PASSWORD", PASSWORD)
    monkeypatch.setenv("CLIENT_SECRET", CLIENT_SECRET)
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    # Python's own switch for unbuffered output would hide what is left unwritten at the exit.
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
