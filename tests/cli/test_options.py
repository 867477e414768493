"""options.py: what can be typed, what is refused, and that no option takes a secret."""

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from peers import CLIENT_ID, DEVICE_KEY, POOL_ID

from srp_cognito import Flow, __version__
from srp_cognito.cli.options import FLOWS, SETTINGS, parse
from srp_cognito.cli.streams import FAILED, INTERRUPTED, NO_DEVICE, OK, UNUSABLE
from srp_cognito.proof import modexp

OPTIONS = {
    "compute": {"--jobs"},
    "verify": {"--jobs"},
    "explain": {"--json", "--show-secrets"},
    "device": {"--group-key", "--device-key"},
    "engine": {"--json"},
    "bench": {"--json"},
    "login": {
        *("--pool-id", "--client-id", "--username", "--password-from", "--client-secret-from"),
        *("--flow", "--device-file", "--endpoint-url"),
    },
    "refresh": {
        *("--pool-id", "--client-id", "--client-secret-from", "--operation", "--endpoint-url"),
    },
    "conformance": {
        *("--pool", "--endpoint-url", "--over-http", "--only", "--also", "--codes", "--rate"),
        *("--most-calls", "--json", "--markdown", "--list"),
    },
    "serve": {
        *("--port", "--host", "--config", "--own-issuer", "--explain", "--pool-id", "--client-id"),
        *("--client-secret", "--user", "--totp", "--remember-devices"),
    },
    "completion": set[str](),
    "demo": {"--values"},
}
"""Every user of the machine can see the arguments, so no option takes a secret: `--password-from`
names where it comes from, and `--client-secret` asks for a random one."""

KEYS = ["--group-key", "g", "--device-key", "d"]
WHOSE = ["--pool-id", POOL_ID, "--client-id", CLIENT_ID, "--username", "alice"]


def typed(*arguments: str) -> dict[str, object]:
    """Return what was typed, without the name of the command."""
    options = vars(parse(arguments))
    assert options.pop("command") == arguments[0]
    return options


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> "Shown":
    return Shown(capsys)


class Shown:
    """What is shown where help is asked for, or the command line is wrong."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def help(self, *arguments: str) -> str:
        with pytest.raises(SystemExit, match=r"^0$"):
            parse([*arguments, "--help"])
        return self._capsys.readouterr().out

    def error(self, *arguments: str) -> str:
        with pytest.raises(SystemExit, match=r"^2$"):
            parse(arguments)
        out, err = self._capsys.readouterr()
        assert out == ""
        assert err.startswith("usage: srp-cognito")
        return err.splitlines()[-1].partition(": error: ")[2]


def test_the_help_names_every_command(shown: Shown) -> None:
    lines = shown.help().splitlines()
    named = [line.split()[0] for line in lines if line.startswith("    ") and line[4] != " "]
    assert named == list(OPTIONS)


@pytest.mark.parametrize("command", OPTIONS)
def test_a_commands_help_names_its_options_and_the_exit_statuses(
    shown: Shown, command: str
) -> None:
    text = " ".join(shown.help(command).split())
    words = {word.strip("[],") for word in text.split()}
    assert {word for word in words if word.startswith("--")} - {"--help"} == OPTIONS[command]
    for status in (
        "0 if all is well",
        "1 if a line failed",
        "2 if the command line is wrong",
        "3 if",
    ):
        assert status in text


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        parse(["--version"])
    assert capsys.readouterr().out == f"srp-cognito {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "argument COMMAND: invalid choice: 'nonsense'"),
        (["compute", "--password", "x"], "unrecognized arguments: --password"),
        (["device"], "the following arguments are required: --group-key, --device-key"),
        (["device", "--group-key"], "argument --group-key: expected one argument"),
        (["device", "--group", "g", "--device-key", "d"], "the following arguments are required"),
        (["login", *WHOSE, "--flow", "PIGEON"], "argument --flow: invalid choice: 'PIGEON'"),
        (["refresh", *WHOSE], "unrecognized arguments: --username alice"),
        (["refresh", *WHOSE[:4], "--operation", "x"], "argument --operation: invalid choice: 'x'"),
        (["serve", "--remember-devices", "x"], "argument --remember-devices: invalid choice: 'x'"),
        (["conformance", "--rate", "0"], "argument --rate: must be a whole number from 1 to 100"),
        (["conformance", "--most-calls", "x"], "argument --most-calls: must be a whole number"),
    ],
    ids=[
        "command",
        "option",
        "keys",
        "no key",
        "abbreviated",
        "flow",
        "name",
        "operation",
        "devices",
        "rate",
        "calls",
    ],
)
def test_a_wrong_command_line_is_one_sentence(
    shown: Shown, arguments: list[str], message: str
) -> None:
    assert shown.error(*arguments).startswith(message)


# What is left out.


@pytest.mark.parametrize(
    ("command", "defaults"),
    [
        ("compute", {"files": [], "jobs": None}),
        ("verify", {"files": [], "jobs": None}),
        ("explain", {"files": [], "json": False, "show_secrets": False}),
        ("engine", {"json": False}),
        ("bench", {"json": False}),
        ("demo", {"values": False}),
        (
            "conformance",
            {
                **dict.fromkeys(("pool", "endpoint_url", "only", "also", "json", "markdown")),
                **dict.fromkeys(("over_http", "codes", "list_only"), False),
                "rate": 2,
                "most_calls": 2000,
            },
        ),
        # Those that a file has keys for are absent, so that --config can refuse the others.
        (
            "serve",
            {"port": 0, "host": "127.0.0.1", "config": None, "own_issuer": False, "explain": False},
        ),
    ],
)
def test_an_option_that_is_left_out_has_its_default(
    command: str, defaults: dict[str, object]
) -> None:
    assert typed(command) == defaults


def test_a_sign_in_needs_no_more_than_whose_it_is() -> None:
    assert typed("login", *WHOSE) == {
        "pool_id": POOL_ID,
        "client_id": CLIENT_ID,
        "username": "alice",
        "password_from": None,
        "client_secret_from": None,
        "flow": "USER_SRP_AUTH",
        "device_file": None,
        "endpoint_url": None,
    }


def test_the_flows_are_those_of_the_conversation() -> None:
    """But for the one that needs AWS credentials.

    They are written out, since the other commands would load the conversation for a list.
    """
    assert get_args(Flow) == (*FLOWS, "ADMIN_USER_PASSWORD_AUTH")


def test_the_help_says_in_words_that_a_password_is_sent(shown: Shown) -> None:
    text = " ".join(shown.help("login").split())
    assert "USER_PASSWORD_AUTH sends the password itself, which the service then sees" in text


def test_a_refresh_serves_every_app_client_if_nothing_is_said() -> None:
    assert typed("refresh", *WHOSE[:4]) == {
        "pool_id": POOL_ID,
        "client_id": CLIENT_ID,
        "client_secret_from": None,
        "operation": "GetTokensFromRefreshToken",
        "endpoint_url": None,
    }


def test_every_setting_can_be_typed() -> None:
    flags = ["--client-secret", "--totp", "--user", "a", "--user", "b", "--remember-devices"]
    options = typed("serve", "--pool-id", "P", "--client-id", "C", *flags, "opt-in")
    assert {name: options[name] for name in SETTINGS} == {
        "pool_id": "P",
        "client_id": "C",
        "client_secret": True,
        "user": ["a", "b"],
        "totp": True,
        "remember_devices": "opt-in",
    }


# Keys and numbers.


@pytest.mark.parametrize("group_key", ["-v7w9UcY6", "--help", "-h", "abc_def", "-", "a=b"])
@pytest.mark.parametrize("device_key", [DEVICE_KEY, "-device"])
@pytest.mark.parametrize("form", ["apart", "joined"])
def test_a_key_may_look_like_an_option(group_key: str, device_key: str, form: str) -> None:
    keys = ["--group-key", group_key, "--device-key", device_key]
    if form == "joined":
        keys = [f"--group-key={group_key}", f"--device-key={device_key}"]
    assert typed("device", *keys) == {"group_key": group_key, "device_key": device_key}


@pytest.mark.parametrize(
    ("arguments", "option", "number"),
    [
        (["compute", "--jobs", "1"], "jobs", 1),
        (["verify", "--jobs", "256"], "jobs", 256),
        (["serve", "--port", "0"], "port", 0),
        (["serve", "--port", "65535"], "port", 65535),
    ],
)
def test_a_number_may_be_the_lowest_and_the_highest(
    arguments: list[str], option: str, number: int
) -> None:
    assert typed(*arguments)[option] == number


NOT_NUMBERS = ["9" * 5000, "two", "1.5", "+1", "1_0", "\u0661", "-1", "1\n", ""]


@pytest.mark.parametrize("text", ["65536", *NOT_NUMBERS])
def test_another_port_is_refused(shown: Shown, text: str) -> None:
    message = "argument --port: must be a whole number from 0 to 65535"
    assert shown.error("serve", f"--port={text}") == message


@pytest.mark.parametrize("text", ["0", "257", *NOT_NUMBERS])
@pytest.mark.parametrize("command", ["compute", "verify"])
def test_another_number_of_jobs_is_refused(shown: Shown, command: str, text: str) -> None:
    message = "argument --jobs: must be a whole number from 1 to 256"
    assert shown.error(command, f"--jobs={text}") == message


@pytest.mark.parametrize(("releases", "workers"), [(True, "threads"), (False, "processes")])
def test_the_help_says_which_workers_there_would_be(
    monkeypatch: pytest.MonkeyPatch, shown: Shown, releases: bool, workers: str
) -> None:
    engine = modexp.Engine("x", "a stand-in", True, releases, pow)
    monkeypatch.setattr(modexp, "engine", lambda: engine)
    assert f"(here: {workers})" in " ".join(shown.help("verify").split())


# Files.


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        (["a.jsonl"], ["a.jsonl"]),
        (["a.jsonl", "--jobs", "2", "b.jsonl"], ["a.jsonl", "b.jsonl"]),
        (["--jobs=2", "a.jsonl", "-"], ["a.jsonl", "-"]),
        (["--jobs", "2", "--", "--jobs", "-"], ["--jobs", "-"]),
    ],
    ids=["one", "between options", "standard input", "like an option"],
)
@pytest.mark.parametrize("command", ["compute", "verify"])
def test_files_stand_anywhere_and_keep_their_order(
    command: str, arguments: list[str], files: list[str]
) -> None:
    options = typed(command, *arguments)
    assert options["files"] == files
    assert options["jobs"] == (2 if len(arguments) > 1 else None)


def test_files_of_explain_stand_anywhere() -> None:
    options = typed("explain", "a.jsonl", "--json", "b.jsonl")
    assert options == {"files": ["a.jsonl", "b.jsonl"], "json": True, "show_secrets": False}


def test_a_number_of_jobs_that_is_left_out_is_not_taken_from_the_files(shown: Shown) -> None:
    assert shown.error("verify", "a.jsonl", "--jobs") == "argument --jobs: expected one argument"


# Nothing typed, and colours.


def test_the_program_alone_shows_the_help_as_an_error(
    shown: Shown, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that a script that lost its arguments does not go on as if all were well."""
    help_text = shown.help()
    with pytest.raises(SystemExit, match=r"^2$"):
        parse([])
    assert capsys.readouterr() == ("", help_text)


def test_the_version_has_a_short_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        parse(["-V"])
    assert capsys.readouterr().out == f"srp-cognito {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["verify", "--nonsense"]], ids=str)
@pytest.mark.parametrize("has_terminal", [True, False])
def test_what_goes_to_standard_error_has_colour_at_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    has_terminal: bool,
) -> None:
    """Python 3.14 asks whether standard output is a terminal, and here it is one."""

    def coloured(write: Callable[[argparse.ArgumentParser], str]) -> Callable[..., str]:
        def as_python_3_14(parser: argparse.ArgumentParser) -> str:
            return "\x1b[1m" * getattr(parser, "color", True) + write(parser)

        return as_python_3_14

    for name in ("format_usage", "format_help"):
        write = getattr(argparse.ArgumentParser, name)
        monkeypatch.setattr(argparse.ArgumentParser, name, coloured(write))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: has_terminal)
    with pytest.raises(SystemExit, match=r"^2$"):
        parse(arguments)
    assert ("\x1b" in capsys.readouterr().err) == has_terminal


@pytest.mark.parametrize("arguments", [[], ["nonsense"]], ids=str)
def test_a_wrong_command_line_without_standard_error_is_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", None)
        with pytest.raises(SystemExit, match=r"^2$"):
            parse(arguments)
    assert capsys.readouterr().out == ""


# The page of the documents.


def test_the_page_on_the_command_line_names_every_command_and_status() -> None:
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")
    table = page[: page.index("## Signing in")]
    assert sorted(re.findall(r"`([a-z]+)`(?=, `| \||, )", table)) == sorted(OPTIONS)
    for status in (OK, FAILED, UNUSABLE, NO_DEVICE, INTERRUPTED):
        assert re.search(rf"^\| {status} \|", page, re.MULTILINE)
    with_json = {name for name, options in OPTIONS.items() if "--json" in options}
    assert set(re.findall(r"^\| `(\w+)` \| `--json", page, re.MULTILINE)) == with_json
