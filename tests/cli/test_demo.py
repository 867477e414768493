"""demo.py: the tour ends well, and says so when it does not."""

import sys

import pytest
from command import run_here

import srp_cognito.testing
from srp_cognito import ServiceError, Tokens
from srp_cognito.__main__ import main
from srp_cognito.cli import demo
from srp_cognito.proof import srp


@pytest.fixture(scope="module")
def tour() -> str:
    done = run_here("demo")
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def test_the_tour_replays_the_claim_and_signs_in_user_device_and_client(tour: str) -> None:
    assert tour.count("QwHbbUqF6DSSepJh2QqTWDCb1XjmqaxnnW5kDn5dz7E=") == 2
    assert "The same: every byte was right." in tour
    assert tour.count("Pool: SIGNED IN") == 2
    assert tour.count("Pool: REFUSED") == 1
    assert tour.count("Client: SIGNED IN") == 2
    assert tour.count("Client: REFUSED, Incorrect username or password.") == 1
    assert tour.count("DEVICE_PASSWORD_VERIFIER carol -> tokens") == 1
    assert tour.count("SOFTWARE_TOKEN_MFA carol -> tokens") == 1


def test_the_tour_fits_a_terminal(tour: str) -> None:
    """80 columns, and three screens of some 30 lines."""
    lines = tour.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    assert len(lines) <= 90


def test_a_library_that_computes_a_different_signature_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(srp, "INFO", b"Caldera derived key")
    assert main(["demo"]) == 1
    assert "DIFFERENT: please report this." in capsys.readouterr().out


def test_without_pyjwt_the_last_part_is_skipped_with_a_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("srp_cognito.testing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(srp_cognito, "testing", raising=False)
    monkeypatch.setitem(sys.modules, "jwt", None)
    assert main(["demo"]) == 0
    shown = capsys.readouterr().out
    assert "SKIPPED: jwt is missing; pip install 'srp-cognito[testing]'" in shown
    assert "Client: SIGNED IN" not in shown


def test_where_no_pool_can_be_made_the_last_part_is_skipped_with_a_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ImportError("cryptography makes no RSA key here")

    monkeypatch.setattr(srp_cognito.testing, "UserPool", fail)
    assert main(["demo"]) == 0
    shown = capsys.readouterr().out
    assert "SKIPPED: cryptography makes no RSA key here" in shown
    assert "Client: SIGNED IN" not in shown


@pytest.mark.parametrize("accepts", [True, False])
def test_a_pool_that_accepts_everything_or_nothing_is_reported(
    monkeypatch: pytest.MonkeyPatch, accepts: bool
) -> None:
    def sign_in(*_: object) -> Tokens:
        if accepts:
            return Tokens(access_token="x", username="carol", **dict.fromkeys(rest))
        raise ServiceError("NotAuthorizedException", "Incorrect", "InitiateAuth")

    rest = ("id_token", "refresh_token", "expires_in", "token_type")
    monkeypatch.setattr(demo, "sign_in_over_http", sign_in)
    assert main(["demo"]) == 1
