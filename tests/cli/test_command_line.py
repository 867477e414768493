"""__main__.py: the contract of the command line, tried as a user types it."""

import base64
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import oracle
import pytest
from command import answers, run
from peers import DEVICE_KEY
from recorded import CLIENT, ILLEGAL, OUTPUT, RIGHT, SERVER, WRONG, lines, without

from srp_cognito import __main__, __version__
from srp_cognito.__main__ import main
from srp_cognito.proof import modexp


@pytest.mark.parametrize("module", [True, False], ids=["python -m", "srp-cognito"])
def test_compute_answers_a_line_a_transcript_in_order(module: bool) -> None:
    stdin = lines({**CLIENT, "id": "first"}, {**SERVER, "id": [2, {"deep": None}]})
    done = run("compute", stdin=stdin, module=module)
    assert done.returncode == 0, done.stderr
    assert answers(done) == [{**OUTPUT, "id": "first"}, {**OUTPUT, "id": [2, {"deep": None}]}]
    assert done.stderr == b""


def test_verify_says_ok_or_why_not() -> None:
    done = run("verify", stdin=lines({**RIGHT, "id": 1}, {**WRONG, "id": 2}))
    assert done.returncode == 1
    assert answers(done) == [
        {"id": 1, "ok": True},
        {"id": 2, "ok": False, "reason": "the signature is not the one that these values make"},
    ]
    assert run("verify", stdin=lines(RIGHT, RIGHT)).returncode == 0


def test_a_line_that_fails_says_what_and_the_rest_goes_on() -> None:
    done = run("compute", stdin=lines({**ILLEGAL, "id": 7}, CLIENT))
    assert done.returncode == 1
    error = {
        "type": "IllegalParameter",
        "name": "SRP_B",
        "message": "SRP_B must lie between 1 and N - 1",
    }
    assert answers(done) == [{"id": 7, "error": error}, OUTPUT]


NOT_TRANSCRIPTS = {
    "no JSON": b"password=hunter2",
    "half a JSON": b'{"password": "hunter2',
    "no object": b'["hunter2"]',
    "null": b"null",
    "no UTF-8": b'{"password": "hunter2\xff"}',
    "UTF-16": '{"password": "hunter2"}'.encode("utf-16"),
    "deeply nested": b"[" * 200_000,
    "a deep object": b'{"id":' * 50_000,
    "an endless number": b'{"id": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("line", NOT_TRANSCRIPTS.values(), ids=NOT_TRANSCRIPTS)
def test_a_line_that_is_no_transcript_is_an_error_that_does_not_quote_it(line: bytes) -> None:
    done = run("compute", stdin=line.replace(b"\n", b"") + b"\n" + lines(CLIENT))
    assert done.returncode == 1
    assert done.stdout.count(b"\n") == 2
    first, second = answers(done)
    assert first["error"]["type"] == "MalformedParameter"
    assert first["error"]["name"] == "transcript"
    assert b"hunter2" not in done.stdout + done.stderr
    assert second == OUTPUT


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"1e999"])
def test_an_id_that_is_no_json_is_not_copied_into_the_output(value: bytes) -> None:
    done = run("compute", stdin=b'{"id": ' + value + b"}\n")
    assert done.returncode == 1
    assert answers(done)[0]["error"]["name"] == "transcript"


def test_a_line_of_megabytes_is_refused_and_skipped() -> None:
    done = run("compute", stdin=b'{"id": "' + b"x" * 40_000_000 + b'"}\n' + lines(CLIENT))
    first, second = answers(done)
    assert first["error"]["message"] == "transcript has more than 4194304 bytes"
    assert second == OUTPUT


def test_blank_lines_a_missing_last_newline_and_a_byte_order_mark_are_read_over() -> None:
    done = run("compute", stdin=b"\xef\xbb\xbf" + lines(CLIENT) + b"\n  \r\n" + lines(CLIENT)[:-1])
    assert done.returncode == 0
    assert answers(done) == [OUTPUT, OUTPUT]


def test_nothing_in_gives_nothing_out() -> None:
    done = run("compute")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_input_that_cannot_be_read_at_all_is_status_2(tmp_path: Path) -> None:
    write_only = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    try:
        done = run("verify", stdin=write_only)
    finally:
        os.close(write_only)
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"standard input cannot be read" in done.stderr


def test_a_closed_standard_input_is_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["compute"]) == 2
    assert "it is closed" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [(), ("nonsense",), ("compute", "--password", "x"), ("device",), ("device", "--group-key")],
    ids=" ".join,
)
def test_a_wrong_command_line_is_status_2(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert b"usage: srp-cognito" in done.stderr


def test_each_answer_is_written_before_the_next_line_is_read() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "srp_cognito", "compute"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Python's own switch for unbuffered output would hide a missing flush.
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        for number in range(3):
            process.stdin.write(lines({**CLIENT, "id": number}))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
    watchdog.cancel()
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full to write to")
@pytest.mark.parametrize("command", ["compute", "engine", "demo", "device"])
def test_output_that_cannot_be_written_is_one_sentence_and_status_2(command: str) -> None:
    keys = ["--group-key", "k", "--device-key", "d"] if command == "device" else []
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "srp_cognito", command, *keys],
            input=lines(CLIENT),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(b"srp-cognito: [Errno ")
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="the streams are closed by a POSIX shell")
def test_closed_streams_are_no_traceback_and_nothing_strays_to_standard_output() -> None:
    program = f"'{sys.executable}' -m srp_cognito"
    for redirected, status, stdout, stderr in (
        ("engine >&-", 2, b"", b"srp-cognito: standard output cannot be written: it is closed\n"),
        ("engine 2>&-", 0, modexp.engine().name.encode() + b"\n", b""),
        ("compute <&- 2>&-", 2, b"", b""),
    ):
        done = subprocess.run(
            f"{program} {redirected}", shell=True, capture_output=True, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (status, stdout, stderr), redirected


@pytest.mark.skipif(os.name == "nt", reason="pipes cannot be made non-blocking there")
def test_a_non_blocking_pipe_loses_nothing() -> None:
    """As a parent that runs an event loop may hand it down."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with subprocess.Popen(
        [sys.executable, "-m", "srp_cognito", "compute"], stdin=reading, stdout=subprocess.PIPE
    ) as process:
        os.close(reading)
        time.sleep(0.5)  # Nothing has come yet, which must not look like the end of the input.
        line = lines(CLIENT)
        os.write(writing, line[:100])
        time.sleep(0.2)
        os.write(writing, line[100:])
        os.close(writing)
        assert process.stdout is not None
        assert json.loads(process.stdout.read()) == OUTPUT
    assert process.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="pipes cannot be made non-blocking there")
def test_a_non_blocking_pipe_is_left_as_it_was() -> None:
    """It is the parent's as well, whose event loop relies on it."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    os.write(writing, b"")
    subprocess.run(
        [sys.executable, "-m", "srp_cognito", "compute"],
        input=lines(CLIENT),
        stdout=writing,
        check=True,
    )
    assert not os.get_blocking(writing)
    os.close(writing)
    with os.fdopen(reading) as answer:
        assert json.loads(answer.read()) == OUTPUT


def test_a_program_that_calls_main_keeps_its_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    redirected: list[object] = []
    monkeypatch.setattr(os, "dup2", lambda *descriptors: redirected.append(descriptors))
    monkeypatch.setattr(__main__, "_lines", full)
    assert main(["compute"]) == 2
    assert redirected == []
    assert "No space left on device" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "srp_cognito", "compute"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, stderr = process.communicate(lines(CLIENT, CLIENT), timeout=60)
    assert stderr == b""
    assert process.returncode == 2


def test_ctrl_c_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(__main__, "_lines", interrupted)
    assert main(["compute"]) == 130


@pytest.mark.parametrize("group_key", ["-v7w9UcY6", "--help", "-h", "abc_def", "-"])
@pytest.mark.parametrize("style", ["apart", "joined"])
@pytest.mark.parametrize("device_key", [DEVICE_KEY, "-device"])
def test_device_takes_any_keys_even_such_as_look_like_an_option(
    group_key: str, device_key: str, style: str
) -> None:
    keys = {"--group-key": group_key, "--device-key": device_key}
    apart = [word for pair in keys.items() for word in pair]
    joined = [f"{option}={value}" for option, value in keys.items()]
    done = run("device", *(apart if style == "apart" else joined))
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert sorted(made) == ["PasswordVerifier", "Salt", "device_password"]
    salt = int.from_bytes(base64.b64decode(made["Salt"]), "big", signed=True)
    x = oracle.x(group_key, device_key, made["device_password"], salt)
    expected = base64.b64encode(oracle.pad(oracle.verifier(x))).decode()
    assert made["PasswordVerifier"] == expected


def test_device_explains_a_key_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["device", "--group-key", "\udcff", "--device-key", "x"]) == 2
    assert "lone surrogate" in capsys.readouterr().err


def test_engine_names_the_one_in_use_and_tells_people_about_the_others() -> None:
    done = run("engine")
    assert done.returncode == 0
    assert done.stdout.decode() == modexp.engine().name + "\n"
    rows = done.stderr.decode().splitlines()
    assert [row.lstrip("* ").split()[0] for row in rows] == [*modexp.NAMES]


def test_engine_says_why_one_is_not_usable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(name: str) -> modexp.Engine:
        if name == "diffie_hellman":
            raise ImportError("it is gone")
        return modexp.Engine(name, "a stand-in", False, False, pow)

    monkeypatch.setattr(modexp, "load", load)
    assert main(["engine"]) == 0
    assert "diffie_hellman  not usable: it is gone" in capsys.readouterr().err


def test_no_option_takes_a_secret() -> None:
    """Arguments are visible to every user of the machine."""
    for command in ("compute", "verify", "device", "engine", "demo"):
        done = run(command, "--help")
        assert done.returncode == 0
        for word in (b"--password", b"--secret", b"--verifier", b"--a ", b"--b "):
            assert word not in done.stdout


def test_the_version_is_the_packages() -> None:
    assert run("--version").stdout.decode() == f"srp-cognito {__version__}\n"


def test_a_transcript_without_a_verdict_is_not_called_good() -> None:
    done = run("verify", stdin=lines(without(RIGHT, "signature")))
    assert done.returncode == 1
    assert answers(done)[0]["error"]["name"] == "PASSWORD_CLAIM_SIGNATURE"
