"""What every test module may use, and nothing that takes long to import.

A fixture imports what it needs when a test asks for it, so that one file of tests starts at once.
"""

import functools
import importlib
from typing import TYPE_CHECKING

import pytest
from engines import EVERY, load_or_skip, use
from hypothesis import HealthCheck, settings
from without import (  # noqa: F401 - pytest finds its hooks here.
    pytest_addoption,
    pytest_configure,
    pytest_make_collect_report,
    pytest_report_header,
    pytest_runtest_makereport,
)

from srp_cognito.proof import modexp, server

if TYPE_CHECKING:
    from srp_cognito.testing import SigningKeys

# No deadline, because an exponentiation may have to wait for its turn on a busy machine.
settings.register_profile(
    "srp-cognito",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("quick", settings.get_profile("srp-cognito"), max_examples=30)
settings.load_profile("srp-cognito")


@pytest.fixture
def pool_elsewhere() -> None:
    """For tests whose other process needs the pool: `--without` sees what this one lacks."""
    importlib.import_module("srp_cognito.testing")


@pytest.fixture(params=EVERY)
def each_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> modexp.Engine:
    """Run the test once on every engine that this environment has, whichever would be chosen."""
    engine = load_or_skip(request.param)
    use(engine, monkeypatch)
    return engine


_for_user = server.Verifier.for_user


@functools.cache
def _verifier(engine: modexp.Engine, *whose: str) -> server.Verifier:
    return _for_user(*whose)


@pytest.fixture
def verifiers_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the verifier of a user's password once, for tests that make pool after pool.

    An engine that a test breaks leaves nothing to others.
    """
    once = staticmethod(lambda *whose: _verifier(modexp.engine(), *whose))
    monkeypatch.setattr(server.Verifier, "for_user", once)


@pytest.fixture(scope="session")
def signing_keys() -> "SigningKeys":
    """The keys for the tokens of all pools, since making them takes a while."""
    from srp_cognito.testing import SigningKeys  # noqa: PLC0415 - see above.

    return SigningKeys.new()
