"""What every test module may use, and nothing that takes long to import.

A fixture imports what it needs when a test asks for it, so that one file of tests starts at once.
"""

from typing import TYPE_CHECKING

import pytest
from engines import load_or_skip
from hypothesis import HealthCheck, settings

from srp_cognito.proof import modexp

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa

# No deadline, because an exponentiation may have to wait for its turn on a busy machine.
settings.register_profile(
    "srp-cognito",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("quick", settings.get_profile("srp-cognito"), max_examples=30)
settings.load_profile("srp-cognito")


@pytest.fixture(params=modexp.NAMES)
def each_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> modexp.Engine:
    """Run the test once on every engine that this environment has, whichever would be chosen."""
    engine = load_or_skip(request.param)
    monkeypatch.setattr(modexp, "engine", lambda: engine)
    return engine


@pytest.fixture(scope="session")
def signing_key() -> "rsa.RSAPrivateKey":
    """One key for the tokens of all pools, since making one takes a while."""
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - see above.

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
