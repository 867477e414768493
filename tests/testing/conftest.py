"""Fixtures for the tests of the pool's own modules."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID
from pool_calls import PUBLIC, TOTP_SECRET, Clock

from srp_cognito.testing import UserPool


@pytest.fixture(params=["always", "opt-in"])
def remembering(
    request: pytest.FixtureRequest, clock: Clock, signing_key: rsa.RSAPrivateKey
) -> UserPool:
    """A pool that tracks devices, and remembers them by itself or asks the user."""
    pool = UserPool(POOL_ID, now=clock, signing_key=signing_key, remember_devices=request.param)
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("carol", PASSWORD, totp_secret=TOTP_SECRET)
    pool.add_user("alice", PASSWORD)
    return pool
