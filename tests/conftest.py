"""Fixtures that several test modules share."""

import pytest
from hypothesis import HealthCheck, settings

from srp_cognito import modexp

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
