"""Each benchmark runs on every engine that this machine has."""

import pytest

from srp_cognito.proof import modexp


@pytest.fixture(params=modexp.NAMES)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> modexp.Engine:
    """The engine, which everything in the benchmark then uses."""
    try:
        loaded = modexp.load(request.param)
    except ImportError as error:
        pytest.skip(f"the engine {request.param} is not usable here: {error}")
    monkeypatch.setattr(modexp, "engine", lambda: loaded)
    return loaded
