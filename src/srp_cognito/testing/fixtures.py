"""The pool as pytest fixtures.

Nothing loads them by itself; one line in conftest.py does::

    pytest_plugins = ["srp_cognito.testing.fixtures"]

The law: a test gets a pool of its own, and shares nothing with another one but the signing key.
"""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from .http import serve
from .pool import UserPool

__all__ = ["cognito_pool", "cognito_signing_key", "cognito_url"]


@pytest.fixture(scope="session")
def cognito_signing_key() -> rsa.RSAPrivateKey:
    """The key that signs the tokens: one for the whole run, since making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def cognito_pool(cognito_signing_key: rsa.RSAPrivateKey) -> UserPool:
    """A new user pool, eu-west-1_Example, with nobody in it and without devices.

    Override it in a conftest.py for a pool of another kind; `cognito_url` serves whichever it is.
    """
    return UserPool("eu-west-1_Example", signing_key=cognito_signing_key)


@pytest.fixture
def cognito_url(cognito_pool: UserPool) -> Iterator[str]:
    """Where `cognito_pool` answers over HTTP while the test runs: a client's endpoint URL."""
    with serve(cognito_pool) as url:
        yield url
