"""The pool as pytest fixtures. Each test gets its own pool; all tests share the signing keys.

One line in conftest.py loads them::

    pytest_plugins = ["srp_cognito.testing.fixtures"]
"""

from collections.abc import Iterator

import pytest

from .http import serve
from .issuer import SigningKeys
from .pool import UserPool

__all__ = ["cognito_pool", "cognito_signing_keys", "cognito_url"]


@pytest.fixture(scope="session")
def cognito_signing_keys() -> SigningKeys:
    """The keys that sign the tokens: made once for the whole run, since that takes a while."""
    return SigningKeys.new()


@pytest.fixture
def cognito_pool(cognito_signing_keys: SigningKeys) -> UserPool:
    """A new user pool, eu-west-1_Example, without users, app clients and device tracking.

    Override it in a conftest.py for a pool of another kind; `cognito_url` serves that one then.
    """
    return UserPool("eu-west-1_Example", signing_keys=cognito_signing_keys)


@pytest.fixture
def cognito_url(cognito_pool: UserPool) -> Iterator[str]:
    """The endpoint URL at which `cognito_pool` answers over HTTP while the test runs."""
    with serve(cognito_pool) as url:
        yield url
