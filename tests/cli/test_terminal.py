"""terminal.py: what a person is asked, types and sees, at a terminal or through a pipe."""

import getpass
import json
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from logins import (
    CTRL_C,
    CTRL_D,
    FROM_ENVIRONMENT,
    NEW,
    SIGNED_IN,
    TOKENS,
    Keyboard,
    answering,
    asks,
    assert_fails,
    at_terminal,
    piped,
    reply,
    run,
    tokens_of,
    totp,
    wait_until,
    words,
)
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID, OracleServer
from pool_calls import INCORRECT

from srp_cognito import AppClient, InputError, SignIn
from srp_cognito.__main__ import main
from srp_cognito.cli import terminal
from srp_cognito.conversation.questions import Question
from srp_cognito.testing import UserPool

pytest.importorskip("pty", reason="the terminals and the file modes are POSIX's")
pytestmark = pytest.mark.usefixtures("secrets_in_environment")

NO_ANSWER = "no answer was typed: the input ended"
SEEN = "Password (which the service will see): "


# What the pool asks.


@pytest.mark.parametrize(
    ("factor", "prompt"),
    [
        ("SMS_MFA", "Code from the text message to +*******4567:"),
        ("EMAIL_OTP", "Code from the mail to d***@e***:"),
    ],
)
def test_a_second_factor_is_chosen_and_its_code_is_typed(
    url: str, keyboard: Keyboard, factor: str, prompt: str
) -> None:
    keyboard.type("PIGEON", factor)
    done = run(url, username="dora", typed=keyboard)
    assert tokens_of(done)["Username"] == "dora"
    assert "Second factor (SMS_MFA, EMAIL_OTP): choice must be one of" in done.stderr
    assert prompt in done.stderr


def test_a_temporary_password_is_replaced(url: str) -> None:
    done = run(url, username="bob", typed=f"Bob\n\nBob\n{NEW}\n")
    assert tokens_of(done)["Username"] == "bob"
    assert done.stderr == "name: New password: no new password was typed\nname: New password: "
    assert tokens_of(run(url, username="bob", password=NEW))["Username"] == "bob"


NO_WAY = "choice must be one of PASSWORD_SRP, PASSWORD, EMAIL_OTP, SMS_OTP"
WAYS = "Way to sign in (PASSWORD_SRP, PASSWORD, which the service will see, EMAIL_OTP, SMS_OTP): "


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (["EMAIL_OTP"], f"{WAYS}Code from the mail to d***@e***: "),
        (["SMS_OTP"], f"{WAYS}Code from the text message to +*******4567: "),
        (["PASSWORD_SRP", PASSWORD], f"{WAYS}Password: "),
        (["PASSWORD", PASSWORD], f"{WAYS}{SEEN}"),
        (
            ["PIGEON", "PASSWORD", "", "PASSWORD", PASSWORD],
            f"{WAYS}{NO_WAY}\n{WAYS}{SEEN}no password was typed\n{WAYS}{SEEN}",
        ),
    ],
    ids=["mail", "text message", "password proven", "password sent", "mistyped"],
)
def test_the_user_chooses_how_to_sign_in_and_is_asked_for_no_more_than_that_needs(
    url: str, keyboard: Keyboard, typed: list[str], shown: str
) -> None:
    keyboard.type(*typed)
    done = run(url, "--flow", "USER_AUTH", username="emil", password=None, typed=keyboard)
    assert tokens_of(done)["Username"] == "emil"
    assert done.stderr == shown


def test_a_password_that_is_known_is_not_asked_for(url: str) -> None:
    done = run(url, "--flow", "USER_AUTH", username="emil", typed="PASSWORD_SRP\n")
    assert tokens_of(done)["Username"] == "emil"
    assert done.stderr == WAYS


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["without a password", "with one"])
def test_a_custom_challenge_shows_what_the_pool_wants_to_know(
    url: str, password: str | None
) -> None:
    flow = ["--flow", "CUSTOM_AUTH"]
    done = run(url, *flow, username="frank", password=password, typed="one\ntwo\n")
    assert tokens_of(done)["Username"] == "frank"
    assert done.stderr == "riddle: 1\nAnswer: riddle: 2\nAnswer: "
    done = run(url, *flow, username="frank", password=password, typed="one\nthree\n")
    assert_fails(done, 1, f"NotAuthorizedException: {INCORRECT}")


@pytest.mark.parametrize("typed", ["", None], ids=["at its end", "closed"])
def test_a_question_without_an_answer_is_status_2(url: str, typed: str | None) -> None:
    done = run(url, username="carol", typed=typed)
    assert_fails(done, 2, NO_ANSWER)
    assert done.stderr.startswith("Code from your authenticator app: \n")


# What other pools ask, or worse.


@pytest.mark.parametrize(
    ("name", "prompt", "key"),
    [
        ("PASSWORD", "Password (which the service will see): ", "PASSWORD"),
        ("PASSWORD_SRP", "Password: ", "SRP_A"),
    ],
)
def test_a_password_that_the_service_asks_for_is_typed(name: str, prompt: str, key: str) -> None:
    with answering(asks(name), SIGNED_IN) as (url, asked):
        done = run(url, "--flow", "USER_AUTH", password=None, typed=f"{PASSWORD}\n")
    assert tokens_of(done)["AccessToken"] == "x"
    assert done.stderr == prompt
    sent = asked[1]["ChallengeResponses"]
    assert key in sent
    assert (PASSWORD in sent.values()) is (name == "PASSWORD")


def test_no_password_is_asked_for_a_way_to_sign_in_that_is_not_offered() -> None:
    offer = {"ChallengeName": "SELECT_CHALLENGE", "AvailableChallenges": ["SMS_OTP"]}
    with answering(reply({**offer, "Session": "s" * 20})) as (url, _):
        done = run(url, "--flow", "USER_AUTH", password=None, typed=f"PASSWORD\n{PASSWORD}\n")
    assert_fails(done, 2, NO_ANSWER)
    assert "Password: " not in done.stderr


def test_a_passkey_is_shown_what_to_sign() -> None:
    options = '{"challenge": "\\u001b[2Jx"}'
    credential = '{"id": "x", "response": {}}'
    with answering(asks("WEB_AUTHN", CREDENTIAL_REQUEST_OPTIONS=options), SIGNED_IN) as (
        url,
        asked,
    ):
        done = run(url, "--flow", "USER_AUTH", password=None, typed=f"{credential}\n")
    assert tokens_of(done)["AccessToken"] == "x"
    assert done.stderr == f"{options}\nCredential (AuthenticationResponseJSON): "
    assert json.loads(asked[1]["ChallengeResponses"]["CREDENTIAL"]) == json.loads(credential)


def test_a_second_factor_is_set_up() -> None:
    can = '["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]'
    with answering(asks("MFA_SETUP", MFAS_CAN_SETUP=can), SIGNED_IN) as (url, asked):
        typed = "EMAIL_OTP\nalice@example.com\n"
        done = run(url, "--flow", "CUSTOM_AUTH", password=None, typed=typed)
    assert tokens_of(done)["AccessToken"] == "x"
    assert done.stderr.endswith(": Mail address: ")
    assert asked[1]["ChallengeResponses"]["EMAIL"] == "alice@example.com"


ESCAPES = "\x1b[2J\x07\r\n\x9b31m\u202e"


@pytest.mark.parametrize(
    ("answer", "typed"),
    [
        (asks("SMS_MFA", CODE_DELIVERY_DESTINATION=ESCAPES), "\n"),
        (asks("CUSTOM_CHALLENGE", **{ESCAPES: ESCAPES}), "\n"),
        (asks("NEW_PASSWORD_REQUIRED", requiredAttributes=json.dumps([ESCAPES])), "\n\n"),
        (asks("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE=json.dumps(["SMS_MFA", ESCAPES])), "\n"),
        (reply({"__type": "InternalErrorException", "message": ESCAPES}), ""),
        (reply({"__type": ESCAPES, "message": "x"}), ""),
        (asks(ESCAPES), ""),
        (f"{ESCAPES} 200".encode(), ""),
    ],
    ids=[
        *("destination", "custom challenge", "attributes", "choices"),
        *("message", "type", "challenge", "not HTTP"),
    ],
)
def test_a_service_sends_no_commands_to_the_terminal(answer: bytes, typed: str) -> None:
    with answering(answer) as (url, _):
        done = run(url, "--flow", "CUSTOM_AUTH", password=None, typed=typed)
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert all(letter.isprintable() for letter in done.stderr.replace("\n", ""))


REFUSED = {
    "B = 0": (reply(OracleServer().reply(SRP_B="0")), "SRP_B must lie between 1 and N - 1"),
    "a challenge of tomorrow": (
        asks("TELEPATHY"),
        "ChallengeName asks for TELEPATHY, and no answer to that is known",
    ),
    "an error": (
        reply({"__type": "LimitExceededException", "message": "Slow down"}, "429 Slow"),
        "LimitExceededException: Slow down",
    ),
    "nothing": (
        reply({}),
        "ChallengeName is missing, and so are AuthenticationResult and an error",
    ),
}


@pytest.mark.parametrize(("answer", "message"), REFUSED.values(), ids=REFUSED)
def test_a_reply_that_is_refused_is_status_1_and_says_what_is_wrong(
    capsys: pytest.CaptureFixture[str], answer: bytes, message: str
) -> None:
    with answering(answer) as (url, asked):
        assert main(words(url, *FROM_ENVIRONMENT)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"srp-cognito: {message}")
    assert len(asked) == 1


# The terminal.


def test_without_dev_tty_a_terminal_as_standard_input_does_not_show_a_secret_either(
    monkeypatch: pytest.MonkeyPatch, keyboard: Keyboard
) -> None:
    """As on Windows. `getpass` hides what is typed there."""
    monkeypatch.setattr(terminal, "TERMINAL", Path("there is no terminal"))
    monkeypatch.setattr(keyboard, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", keyboard)
    monkeypatch.setattr(getpass, "getpass", lambda prompt: f"typed after {prompt!r}")
    assert terminal.ask_secret("Password:", "password") == "typed after 'Password: '"


class Console:
    """Windows' module msvcrt: its keyboard, and what its screen shows."""

    def __init__(self, typed: str) -> None:
        self._typed = iter(typed)
        self.shown = ""

    def getwch(self) -> str:
        return next(self._typed)

    def putwch(self, character: str) -> None:
        self.shown += character


@pytest.mark.parametrize(
    ("typed", "found"), [("hunter2\r", "hunter2"), ("hunted\br2\n", "hunter2"), ("hun\x03", None)]
)
def test_on_windows_a_password_is_typed_at_the_console_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, keyboard: Keyboard, typed: str, found: str | None
) -> None:
    console = Console(typed)
    monkeypatch.setattr(terminal, "TERMINAL", Path("there is no terminal"))
    monkeypatch.setattr(getpass, "msvcrt", console, raising=False)
    monkeypatch.setattr(getpass, "getpass", getpass.win_getpass)
    monkeypatch.setattr(keyboard, "isatty", lambda: True)
    # It is the console's own only if it was not replaced.
    monkeypatch.setattr(sys, "stdin", keyboard)
    monkeypatch.setattr(sys, "__stdin__", keyboard)
    with nullcontext() if found else pytest.raises(KeyboardInterrupt):
        assert terminal.ask_secret("Password:", "password") == found
    assert console.shown.rstrip() == "Password:"


@pytest.mark.parametrize("otherwise", [True, False])
def test_without_a_terminal_no_pipe_is_read_for_a_yes_or_a_no(
    monkeypatch: pytest.MonkeyPatch, keyboard: Keyboard, otherwise: bool
) -> None:
    monkeypatch.setattr(terminal, "TERMINAL", Path("there is no terminal"))
    monkeypatch.setattr(sys, "stdin", keyboard)
    keyboard.type("n" if otherwise else "y")
    assert terminal.confirm("Really?", otherwise=otherwise) is otherwise
    assert keyboard.readline() == ("n\n" if otherwise else "y\n")


@pytest.mark.parametrize(
    ("typed", "otherwise", "answer"),
    [
        (["y"], False, True),
        (["YES "], False, True),
        (["n"], True, False),
        (["No"], True, False),
        (["perhaps", "yes"], False, True),
        ([""], True, True),
        ([""], False, False),
        ([], True, True),
        (["perhaps"], False, False),
    ],
)
def test_a_yes_is_a_yes_and_no_answer_is_what_was_announced(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    keyboard: Keyboard,
    typed: list[str],
    otherwise: bool,
    answer: bool,
) -> None:
    monkeypatch.setattr(terminal, "TERMINAL", Path("there is no terminal"))
    monkeypatch.setattr(keyboard, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", keyboard)
    keyboard.type(*typed)
    assert terminal.confirm("Really?", otherwise=otherwise) is answer
    assert f"Really? ({'Y/n' if otherwise else 'y/N'}): " in capsys.readouterr().err


def test_bytes_that_are_not_text_are_a_slip_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def types_bytes(prompt: str) -> str:
        return b"hunter2\xfe".decode("utf-8") + prompt

    typed = tmp_path / "terminal"
    typed.write_bytes(b"hunter2\xff\n")
    monkeypatch.setattr(terminal, "TERMINAL", typed)
    monkeypatch.setattr(getpass, "getpass", types_bytes)
    question = SignIn(POOL_ID, "alice", app=AppClient(CLIENT_ID), flow="CUSTOM_AUTH")
    question.start()
    asked = question.reply({"ChallengeName": "SMS_MFA", "ChallengeParameters": {}})
    assert isinstance(asked, Question)
    with pytest.raises(InputError, match="^answer is not text in the terminal's encoding$"):
        terminal.answer(asked, has_password=False)
    with pytest.raises(InputError, match="^password is not text in the terminal's encoding$"):
        terminal.ask_secret("Password:", "password")


def test_at_a_terminal_no_secret_is_seen(url: str) -> None:
    secret = ["--client-id", CLIENT_ID, "--client-secret-from", "prompt"]
    code = totp()
    with at_terminal(words(url, *secret, username="carol")) as person:
        person.sees("Client secret: ")
        assert not person.sees_what_is_typed()
        person.types(f"{CLIENT_SECRET}\n")
        person.sees("Password: ")
        person.types(f"{PASSWORD}\n")
        person.sees("Code from your authenticator app: ")
        assert person.sees_what_is_typed()
        person.types("000000\n")
        person.sees("CodeMismatchException: Invalid code received for user\r\n")
        person.sees("Code from your authenticator app: ")
        person.types(f"{code}\n")
        status, out = person.leaves()
    assert (status, list(json.loads(out))) == (0, TOKENS)
    for secret in (CLIENT_SECRET, PASSWORD, "eyJ"):
        assert secret not in person.shown
    assert person.shown.endswith(f"Code from your authenticator app: {code}\r\n")


def test_at_a_terminal_a_new_password_is_not_seen(url: str, pool: UserPool) -> None:
    with at_terminal(words(url, username="bob")) as person:
        person.sees("Password: ")
        person.types(f"{PASSWORD}\n")
        person.sees("name: ")
        person.types("Bob\n")
        person.sees("New password: ")
        person.types(f"{NEW}\n")
        status, out = person.leaves()
    assert (status, list(json.loads(out))) == (0, TOKENS)
    assert NEW not in person.shown
    assert pool._directory._users["bob"].attributes == {"name": "Bob"}


def test_the_person_at_the_terminal_answers_where_standard_input_brought_the_password(
    url: str,
) -> None:
    arguments = words(url, "--password-from", "fd:0", username="carol")
    typed = f"{PASSWORD}\nnot an answer\n".encode()
    with piped(typed) as pipe, at_terminal(arguments, stdin=pipe) as person:
        person.sees("Code from your authenticator app: ")
        person.types(f"{totp()}\n")
        status, out = person.leaves()
    assert (status, list(json.loads(out))) == (0, TOKENS)


@pytest.mark.parametrize(
    ("key", "expected"), [(CTRL_C, 130), (CTRL_D, 2)], ids=["Ctrl-C", "Ctrl-D"]
)
@pytest.mark.parametrize("prompt", ["Password: ", "Code from your authenticator app: "])
def test_a_person_who_gives_up_gets_the_terminal_back_as_it_was(
    url: str, key: str, expected: int, prompt: str
) -> None:
    source = [] if prompt == "Password: " else FROM_ENVIRONMENT
    with at_terminal(words(url, *source, username="carol")) as person:
        person.sees(prompt)
        person.types(key)
        assert person.leaves() == (expected, "")
        assert person.sees_what_is_typed()
    assert "Traceback" not in person.shown
    if key == CTRL_D:
        what = "password" if prompt == "Password: " else "answer"
        message = f"no {what} was typed: the input ended"
        assert person.shown.endswith(f"\r\nsrp-cognito: {message}\r\n")


def test_ctrl_c_ends_the_wait_for_an_answer() -> None:
    with answering(None) as (url, asked), at_terminal(words(url, *FROM_ENVIRONMENT)) as person:
        wait_until(lambda: bool(asked))
        person.types(CTRL_C)
        assert person.leaves() == (130, "")
    assert "Traceback" not in person.shown
