"""demo.py: the tour ends well, and says so when it does not."""

import re
import sys
import textwrap
from datetime import UTC, datetime
from typing import Any

import pytest
from command import run_here

import srp_cognito.testing
from srp_cognito import ServiceError, Tokens
from srp_cognito.__main__ import main
from srp_cognito.cli import demo, demo_login
from srp_cognito.proof import srp
from srp_cognito.testing import UserPool, totp_code


@pytest.fixture(scope="module")
def tour() -> str:
    done = run_here("demo", "--values")
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
    """80 columns, and five screens of some 30 lines with every value."""
    lines = tour.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    assert len(lines) <= 160


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
    assert main(["demo", "--values"]) == 1


# Without every value.


@pytest.fixture(scope="module")
def first() -> str:
    done = run_here("demo")
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def test_the_tour_begins_with_a_login_and_ends_with_what_to_do_next(first: str) -> None:
    parts = [
        "Alice signs in",
        "correct horse\n",
        "InitiateAuth",
        "SRP_A",
        "SRP_B",
        "PASSWORD_CLAIM_SIGNATURE",
        "AccessToken               eyJ",
        '"correct horse" is in none of these messages',
        "NotAuthorizedException: Incorrect username or password.",
        "def sign_in(",
        "the same here.",
        "What to do next",
        "srp-cognito demo --values",
    ]
    places = [first.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert first.splitlines()[-1].strip() == "build a sign-in into your program"


def test_the_tour_fits_two_screens_of_sixty_columns(first: str) -> None:
    lines = first.splitlines()
    assert [line for line in lines if len(line) > 60 and "def " not in line] == []
    assert len(lines) <= 70


def test_no_long_number_is_shown_before_it_is_asked_for(first: str) -> None:
    assert re.findall(r"[0-9A-Za-z]{25}", first) == []


def test_every_value_comes_between_the_login_and_what_to_do_next(tour: str) -> None:
    places = [
        tour.find(part)
        for part in ("Alice signs in", "def sign_in(", "Every value", "4  A client", "What to do")
    ]
    assert -1 not in places
    assert places == sorted(places)


def test_the_python_that_is_shown_signs_in(first: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the pool asks a question."""
    text = re.search(r"\n  def sign_in\(.*?    return step\n", first, re.DOTALL)
    assert text is not None
    names = {name: getattr(srp_cognito, name) for name in ("SignIn", "Call", "Tokens")}
    names |= {"POOL_ID": demo_login.POOL_ID, "APP": demo_login.APP, "Send": object}
    exec(textwrap.dedent(text[0]), names)
    shown: Any = names["sign_in"]
    for sign_in in (shown, demo_login.sign_in):
        pool = UserPool(demo_login.POOL_ID)
        pool.add_app_client(demo_login.APP.client_id, demo_login.APP.client_secret)
        pool.add_user("carol", "a password", totp_secret=demo.TOTP_SECRET)
        monkeypatch.setattr(
            "builtins.input", lambda _: totp_code(demo.TOTP_SECRET, datetime.now(UTC))
        )
        assert sign_in("carol", "a password", pool.send).username == "carol"


@pytest.mark.parametrize("error", [OSError("could not get source code"), TypeError("compiled")])
def test_a_bundle_without_source_says_that_it_has_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def missing(_: object) -> str:
        raise error

    monkeypatch.setattr("inspect.getsource", missing)
    assert main(["demo"]) == 0
    assert "SKIPPED: the source is not here" in capsys.readouterr().out


def test_a_pool_that_accepts_a_wrong_password_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in = demo_login.sign_in

    def accepts(username: str, _: str, send: demo_login.Send) -> Tokens:
        return sign_in(username, demo_login.PASSWORD, send)

    monkeypatch.setattr(demo_login, "sign_in", accepts)
    assert main(["demo"]) == 1
    assert "the same as before: please report this" in capsys.readouterr().out


def test_a_password_in_a_message_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo_login, "PASSWORD", "alice")
    assert main(["demo"]) == 1
    assert '"alice" is IN ONE of these messages' in capsys.readouterr().out
