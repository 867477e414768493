"""The contract of `compute`, `verify`, `device` and `engine`, tried as a user types them."""

import base64
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import oracle
import pytest
from command import answers, run, run_here
from peers import DEVICE_KEY
from recorded import CLIENT, ILLEGAL, OUTPUT, RIGHT, SERVER, WRONG, lines, without

from srp_cognito import __version__
from srp_cognito.proof import modexp


@pytest.mark.parametrize("module", [True, False], ids=["python -m", "srp-cognito"])
def test_compute_answers_each_transcript_with_one_line_in_order(module: bool) -> None:
    stdin = lines({**CLIENT, "id": "first"}, {**SERVER, "id": [2, {"deep": None}]})
    done = run("compute", stdin=stdin, module=module)
    assert done.returncode == 0, done.stderr
    assert answers(done) == [{**OUTPUT, "id": "first"}, {**OUTPUT, "id": [2, {"deep": None}]}]
    assert done.stderr == b""


def test_verify_says_ok_or_why_not() -> None:
    done = run("verify", stdin=lines({**RIGHT, "id": 1}, {**WRONG, "id": 2}))
    assert done.returncode == 1
    right, wrong = answers(done)
    assert right == {"id": 1, "ok": True}
    assert list(wrong) == ["id", "ok", "reason"]
    assert (wrong["id"], wrong["ok"]) == (2, False)
    assert "signature" in wrong["reason"]
    assert run("verify", stdin=lines(RIGHT, RIGHT)).returncode == 0


def test_a_line_that_fails_says_why_and_the_next_ones_are_answered() -> None:
    done = run("compute", stdin=lines({**ILLEGAL, "id": 7}, CLIENT))
    assert done.returncode == 1
    error = {
        "type": "IllegalParameter",
        "name": "SRP_B",
        "message": "SRP_B must lie between 1 and N - 1",
    }
    assert answers(done) == [{"id": 7, "error": error}, OUTPUT]


def test_a_transcript_without_a_signature_is_not_called_good() -> None:
    done = run_here("verify", stdin=lines(without(RIGHT, "signature")))
    assert done.returncode == 1
    assert answers(done)[0]["error"]["name"] == "PASSWORD_CLAIM_SIGNATURE"


NOT_TRANSCRIPTS = {
    "not JSON": b"password=hunter2",
    "half a JSON": b'{"password": "hunter2',
    "an array": b'["hunter2"]',
    "null": b"null",
    "not UTF-8": b'{"password": "hunter2\xff"}',
    "UTF-16": '{"password": "hunter2"}'.encode("utf-16"),
    "deeply nested": b"[" * 200_000,
    "a deep object": b'{"id":' * 50_000,
    "an endless number": b'{"id": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("line", NOT_TRANSCRIPTS.values(), ids=NOT_TRANSCRIPTS)
def test_a_line_that_is_not_a_transcript_is_an_error_that_does_not_quote_it(line: bytes) -> None:
    done = run_here("compute", stdin=line.replace(b"\n", b"") + b"\n" + lines(CLIENT))
    assert done.returncode == 1
    assert done.stdout.count(b"\n") == 2
    first, second = answers(done)
    assert first["error"]["type"] == "MalformedParameter"
    assert first["error"]["name"] == "transcript"
    assert b"hunter2" not in done.stdout + done.stderr
    assert second == OUTPUT


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"1e999"])
def test_an_id_that_is_not_json_is_not_copied_into_the_output(value: bytes) -> None:
    done = run_here("compute", stdin=b'{"id": ' + value + b"}\n")
    assert done.returncode == 1
    assert answers(done)[0]["error"]["name"] == "transcript"


def test_a_line_of_megabytes_is_refused_and_skipped() -> None:
    done = run("compute", stdin=b'{"id": "' + b"x" * 40_000_000 + b'"}\n' + lines(CLIENT))
    first, second = answers(done)
    assert first["error"]["message"] == "transcript has more than 4194304 bytes"
    assert second == OUTPUT


def test_blank_lines_a_missing_last_newline_and_a_byte_order_mark_are_skipped() -> None:
    stdin = b"\xef\xbb\xbf" + lines(CLIENT) + b"\n  \r\n" + lines(CLIENT)[:-1]
    done = run_here("compute", stdin=stdin)
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


@pytest.mark.parametrize("arguments", [(), ("nonsense",), ("device",)], ids=" ".join)
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
@pytest.mark.parametrize("command", ["compute", "engine"])
def test_output_that_cannot_be_written_is_one_sentence_and_status_2(command: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "srp_cognito", command],
            input=lines(CLIENT),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(b"srp-cognito: [Errno ")
    assert b"Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_not_a_traceback() -> None:
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


def test_device_prints_what_confirm_device_takes_even_for_a_key_like_an_option() -> None:
    group_key = "-v7w9UcY6"
    done = run("device", "--group-key", group_key, "--device-key", DEVICE_KEY)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert sorted(made) == ["PasswordVerifier", "Salt", "device_password"]
    salt = int.from_bytes(base64.b64decode(made["Salt"]), "big", signed=True)
    x = oracle.x(group_key, DEVICE_KEY, made["device_password"], salt)
    expected = base64.b64encode(oracle.pad(oracle.verifier(x))).decode()
    assert made["PasswordVerifier"] == expected


def test_engine_names_the_engine_in_use_and_describes_all_to_people() -> None:
    done = run("engine")
    assert done.returncode == 0
    assert done.stdout.decode() == modexp.engine().name + "\n"
    rows = done.stderr.decode().splitlines()
    assert [row.lstrip("* ").split()[0] for row in rows] == [*modexp.NAMES, "ipp_crypto"]
    in_use = [row.split()[1] for row in rows if row.startswith("*")]
    assert in_use[0] == modexp.engine().name
    assert in_use[1:] == ["ipp_crypto"] * (modexp.engine_for_many() is not None)


def test_the_version_is_the_packages() -> None:
    assert run("--version").stdout.decode() == f"srp-cognito {__version__}\n"


def test_a_part_of_the_library_that_is_missing_is_not_taken_for_a_lack_of_python() -> None:
    """A mistake of ours, or half an installation, keeps its traceback."""
    program = (
        "import sys; sys.modules['srp_cognito.cli.options'] = None; import srp_cognito.__main__"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "srp_cognito.cli.options" in done.stderr.splitlines()[-1]
