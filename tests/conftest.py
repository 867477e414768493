"""Fixtures that several test modules share."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, settings
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID
from pool_calls import PUBLIC, TOTP_SECRET, Clock

from srp_cognito.proof import modexp
from srp_cognito.testing import CustomChallenge, UserPool

# No deadline, because an exponentiation may have to wait for its turn on a busy machine.
settings.register_profile(
    "srp-cognito",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("srp-cognito")


@pytest.fixture(params=modexp.NAMES)
def each_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> modexp.Engine:
    """Run the test once on every engine that this environment has, whichever would be chosen."""
    engine = load_or_skip(request.param)
    monkeypatch.setattr(modexp, "engine", lambda: engine)
    return engine


def load_or_skip(name: str) -> modexp.Engine:
    """Skip aloud where an engine cannot be used, as Diffie-Hellman before cryptography 44."""
    try:
        return modexp.load(name)
    except ImportError as error:
        pytest.skip(f"the engine {name} is not usable here: {error}")


@pytest.fixture(scope="session")
def signing_key() -> rsa.RSAPrivateKey:
    """One key for the tokens of all pools, since making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def clock() -> Clock:
    """The time in `pool` and `remembering`."""
    return Clock()


@pytest.fixture
def pool(clock: Clock, signing_key: rsa.RSAPrivateKey) -> UserPool:
    """A user pool with a user for each thing that a sign-in may ask."""
    pool = UserPool(POOL_ID, now=clock, signing_key=signing_key)
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
