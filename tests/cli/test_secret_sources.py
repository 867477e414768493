"""secret_sources.py: a secret from a prompt, a descriptor or the environment, and nowhere else."""

import io

import pytest
from logins import assert_fails, piped, run, run_process, tokens_of, totp, words
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD

from srp_cognito.__main__ import main

pytest.importorskip("pty", reason="the terminals and the file modes are POSIX's")
pytestmark = pytest.mark.usefixtures("secrets_in_environment")


@pytest.mark.parametrize(
    "line",
    [PASSWORD, f"{PASSWORD}\n", f"{PASSWORD}\r\n", f"{PASSWORD}\nfor somebody else"],
    ids=["no line end", "LF", "CRLF", "more"],
)
def test_a_password_from_a_file_descriptor_is_its_first_line(url: str, line: str) -> None:
    with piped(line.encode()) as pipe:
        done = run(url, "--password-from", f"fd:{pipe.fileno()}", password=None)
        assert pipe.read() == line.encode().partition(b"\n")[2]
    assert tokens_of(done)["Username"] == "alice"


def test_standard_input_may_bring_secrets_and_then_answers(url: str) -> None:
    sources = ["--client-secret-from", "fd:0", "--password-from", "fd:0"]
    typed = f"{CLIENT_SECRET}\n{PASSWORD}\n{totp()}\n"
    done = run_process(url, "--client-id", CLIENT_ID, *sources, username="carol", typed=typed)
    assert tokens_of(done)["Username"] == "carol"


@pytest.mark.parametrize(
    "arguments", [[], ["--password-from", "prompt"]], ids=["left out", "given"]
)
def test_a_prompt_without_a_terminal_reads_standard_input(url: str, arguments: list[str]) -> None:
    done = run(url, *arguments, password=None, typed=f"{PASSWORD}\n")
    assert tokens_of(done)["Username"] == "alice"
    assert done.stderr == "Password: "


NO_SECRETS = {
    "an empty variable": ("env:EMPTY", "the password from env:EMPTY is missing or empty"),
    "no variable": ("env:NO_SUCH", "the password from env:NO_SUCH is missing or empty"),
    "bytes in a variable": ("env:BYTES", "the password from env:BYTES is not UTF-8"),
    "a descriptor that is closed": (
        "fd:99",
        "the password cannot be read from fd:99: [Errno 9] Bad file descriptor",
    ),
}


@pytest.mark.parametrize(("source", "message"), NO_SECRETS.values(), ids=NO_SECRETS)
def test_a_source_without_a_password_is_named(
    monkeypatch: pytest.MonkeyPatch, url: str, source: str, message: str
) -> None:
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.setenv("BYTES", f"{PASSWORD}\udcff")
    assert_fails(run(url, "--password-from", source), 2, message)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"\n", "the password from {} is missing or empty"),
        (b"", "the password from {} is missing or empty"),
        (PASSWORD.encode() + b"\xff\n", "the password from {} is not UTF-8"),
        (b"x" * 10_000, "the first line of {} is too long for a secret"),
    ],
    ids=["an empty line", "nothing", "bytes", "no end"],
)
def test_a_descriptor_without_a_password_is_named(url: str, line: bytes, message: str) -> None:
    with piped(line) as pipe:
        source = f"fd:{pipe.fileno()}"
        assert_fails(run(url, "--password-from", source), 2, message.format(source))


@pytest.mark.parametrize(
    ("typed", "message"),
    [("\n", "no password was typed"), ("", "no password was typed: the input ended")],
    ids=["an empty answer", "no answer"],
)
def test_a_prompt_without_a_password_is_one_sentence(url: str, typed: str, message: str) -> None:
    assert_fails(run(url, "--password-from", "prompt", typed=typed), 2, message)


def test_a_password_is_typed_in_the_encoding_of_the_stream(url: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(PASSWORD.encode() + b"\xff\n"), "utf-8", "strict")
    done = run(url, password=None, typed=stream)
    assert (done.returncode, done.stdout) == (2, "")
    assert "password is not text in the terminal's encoding" in done.stderr


@pytest.mark.parametrize(
    "source",
    ["", PASSWORD, "env:", "fd:", "fd:x", "fd:-1", "fd:٣", "fd:1 ", f"fd:{10**40}", "prompt:x"],
)
@pytest.mark.parametrize(
    ("option", "what"),
    [("--password-from", "password"), ("--client-secret-from", "client secret")],
)
def test_another_source_is_refused_and_not_repeated(
    capsys: pytest.CaptureFixture[str], source: str, option: str, what: str
) -> None:
    """It may be the secret itself."""
    assert main(words("http://127.0.0.1:1/", option, source)) == 2
    message = f"srp-cognito: the {what} must come from prompt, fd:N or env:NAME\n"
    assert capsys.readouterr() == ("", message)
