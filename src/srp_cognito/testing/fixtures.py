"""The pool as pytest fixtures. Each test gets its own pool; all tests share one signing key.

One line in conftest.py loads them::

    pytest_plugins = ["srp_cognito.testing.fixtures"]
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
    """A new user pool, eu-west-1_Example, without users, app clients and device tracking.

    Override it in a conftest.py for a pool of another kind; `cognito_url` serves that one then.
    """
    return UserPool("eu-west-1_Example", signing_key=cognito_signing_key)


@pytest.fixture
def cognito_url(cognito_pool: UserPool) -> Iterator[str]:
    """The endpoint URL at which `cognito_pool` answers over HTTP while the test runs."""
    with serve(cognito_pool) as url:
        yield url
