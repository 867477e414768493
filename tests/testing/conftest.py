"""The user pool that the tests of this room share."""

from typing import TYPE_CHECKING

import pytest
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID

# The fixtures import them themselves, so that pytest can say why these tests are skipped where
# there can be no pool.
if TYPE_CHECKING:
    from pool_calls import Clock

    from srp_cognito.testing import SigningKeys, UserPool


@pytest.fixture(autouse=True)
def _verifiers_once(verifiers_once: None) -> None:
    """All tests of this room make pools of the same few people."""


@pytest.fixture
def clock() -> "Clock":
    """The time in `pool` and `remembering`."""
    from pool_calls import Clock  # noqa: PLC0415 - see above.

    return Clock()


@pytest.fixture
def pool(clock: "Clock", signing_keys: "SigningKeys") -> "UserPool":
    """A user pool with a user for each thing that a sign-in may ask."""
    from pool_calls import PUBLIC, TOTP_SECRET  # noqa: PLC0415 - see above.

    from srp_cognito.testing import CustomChallenge, UserPool  # noqa: PLC0415 - see above.

    pool = UserPool(POOL_ID, now=clock, signing_keys=signing_keys)
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    pool.add_app_client(PUBLIC.client_id)
    email, phone = {"email": "alice@example.com"}, {"phone_number": "+15551234567"}
    both = {**email, **phone}
    pool.add_user(
        "alice", PASSWORD, attributes=email, aliases=["alice@example.com", "+15551234567"]
    )
    pool.add_user("bob", PASSWORD, must_change_password=True)
    pool.add_user("carol", PASSWORD, totp_secret=TOTP_SECRET)
    pool.add_user("dora", PASSWORD, attributes=both, mfa=["SMS_MFA", "EMAIL_OTP"])
    pool.add_user("emil", PASSWORD, attributes=both)
    riddles = [CustomChallenge({"riddle": "1"}, "one"), CustomChallenge({"riddle": "2"}, "two")]
    pool.add_user("frank", PASSWORD, custom_challenges=riddles)
    return pool


@pytest.fixture(params=["always", "opt-in"])
def remembering(
    request: pytest.FixtureRequest, clock: "Clock", signing_keys: "SigningKeys"
) -> "UserPool":
    """A pool that tracks devices, and remembers them by itself or asks the user."""
    from pool_calls import PUBLIC, TOTP_SECRET  # noqa: PLC0415 - see above.

    from srp_cognito.testing import UserPool  # noqa: PLC0415 - see above.

    pool = UserPool(POOL_ID, now=clock, signing_keys=signing_keys, remember_devices=request.param)
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("carol", PASSWORD, totp_secret=TOTP_SECRET)
    pool.add_user("alice", PASSWORD)
    return pool
