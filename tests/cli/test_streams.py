"""streams.py: streams that are closed, full, not ready or gone end in a sentence and a status."""

import contextlib
import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from srp_cognito.cli import streams
from srp_cognito.cli.streams import (
    FAILED,
    INTERRUPTED,
    OK,
    UNUSABLE,
    UnusableError,
    complain,
    input_lines,
    input_text,
    run,
    tell,
    unreadable,
    write_line,
)
from srp_cognito.transcripts.bulk import MAX_LINE

CLOSED = "standard output cannot be written: it is closed"

# A command line whose only command writes a line, as a process whose streams are the test's.
PROGRAM = """
import sys
from srp_cognito.cli.streams import OK, run, tell
def command():
    print("an answer")
    tell("a message")
    return OK
sys.exit(run(command, owns_process=True))
"""

posix_only = pytest.mark.skipif(os.name == "nt", reason="pipes always block there")


def runs(redirected: str = "", **options: Any) -> tuple[int, bytes | None, bytes]:
    """Run the program; `redirected` is as a shell has it."""
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, "-c", PROGRAM],
        check=False,
        # Python's own switch for unbuffered output would hide what is left unwritten at the exit.
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )
    return done.returncode, done.stdout, done.stderr


def raising(error: BaseException) -> Callable[[], int]:
    def command() -> int:
        raise error

    return command


# The exit status.


@pytest.mark.parametrize("status", [OK, FAILED, UNUSABLE])
@pytest.mark.parametrize("owns_process", [True, False])
def test_the_status_of_a_command_is_the_exit_status(status: int, owns_process: bool) -> None:
    assert run(lambda: status, owns_process=owns_process) == status


def test_the_statuses_are_those_that_the_help_names() -> None:
    assert (OK, FAILED, UNUSABLE, INTERRUPTED) == (0, 1, 2, 130)


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (UnusableError("there is no such port"), 2, "srp-cognito: there is no such port\n"),
        (OSError(28, "No space left"), 2, "srp-cognito: [Errno 28] No space left\n"),
        (BrokenPipeError(), 2, ""),
        (KeyboardInterrupt(), 130, ""),
    ],
    ids=["unusable", "full", "reader gone", "Ctrl-C"],
)
def test_an_error_is_one_sentence_or_nothing_and_a_status(
    capsys: pytest.CaptureFixture[str], error: BaseException, status: int, message: str
) -> None:
    assert run(raising(error), owns_process=False) == status
    assert capsys.readouterr() == ("", message)


@pytest.mark.parametrize(
    ("system", "message"),
    [("nt", ""), ("posix", "srp-cognito: [Errno 22] Invalid argument\n")],
)
def test_a_reader_that_went_away_needs_no_message_on_windows_either(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    message: str,
) -> None:
    """Python for Windows names it so: tests/platforms/wine.sh."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(os, "name", system)
        assert run(raising(OSError(22, "Invalid argument")), owns_process=False) == 2
    assert capsys.readouterr() == ("", message)


def test_a_mistake_of_the_program_is_not_hidden() -> None:
    with pytest.raises(RuntimeError, match="a mistake"):
        run(raising(RuntimeError("a mistake")), owns_process=False)


# Standard output and standard error.


def test_a_line_is_written_in_one_piece_and_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            done.append(text)
            return len(text)

        def flush(self) -> None:
            done.append("flushed")

    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Stream())
        write_line("an answer")
        patch.setattr(sys, "stderr", Stream())
        tell("a question:", end=" ")
        complain("a problem")
    assert done == [
        *("an answer\n", "flushed"),
        *("a question: ", "flushed"),
        *("srp-cognito: a problem\n", "flushed"),
    ]


def test_a_closed_standard_output_is_reported_and_the_command_does_not_begin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", None)
        assert run(lambda: pytest.fail("it began"), owns_process=True) == UNUSABLE
    assert capsys.readouterr().err == f"srp-cognito: {CLOSED}\n"


@pytest.mark.parametrize("owns_process", [True, False])
def test_without_standard_error_nothing_is_said_and_nothing_strays_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], owns_process: bool
) -> None:
    def command() -> int:
        tell("a message")
        return OK

    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", None)
        assert run(command, owns_process=owns_process) == OK
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(os.name == "nt", reason="the streams are redirected by a POSIX shell")
@pytest.mark.parametrize(
    ("redirected", "expected"),
    [
        ("", (0, b"an answer\n", b"a message\n")),
        (">&-", (2, b"", f"srp-cognito: {CLOSED}\n".encode())),
        ("2>&-", (0, b"an answer\n", b"")),
        (
            ">/dev/full",
            (2, b"", b"a message\nsrp-cognito: [Errno 28] No space left on device\n"),
        ),
        ("2>/dev/full", (0, b"an answer\n", b"")),
        (">/dev/full 2>&1", (2, b"", b"")),
    ],
    ids=str,
)
def test_a_process_leaves_no_traceback_and_no_other_status(
    redirected: str, expected: tuple[int, bytes, bytes]
) -> None:
    if "full" in redirected and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full to write to")
    assert runs(redirected) == expected


@pytest.mark.skipif(os.name == "nt", reason="the program is started by a POSIX shell")
def test_a_process_whose_reader_is_gone_ends_without_a_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    assert runs(stdout=writing) == (UNUSABLE, None, b"a message\n")
    os.close(writing)


@pytest.mark.parametrize("owns_process", [True, False])
@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_only_a_process_of_its_own_gives_up_a_stream_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, name: str, owns_process: bool
) -> None:
    """A program that calls `main` still needs its streams."""

    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

        def fileno(self) -> int:
            return 99

    redirected: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr(os, "dup2", lambda _, descriptor: redirected.append(descriptor))
        patch.setattr(sys, name, Full())
        assert run(lambda: OK, owns_process=owns_process) == (2 if name == "stdout" else 0)
    assert redirected == ([99] if owns_process else [])


# Standard input.


@contextlib.contextmanager
def given(monkeypatch: pytest.MonkeyPatch, octets: bytes) -> Iterator[None]:
    """Standard input as a stand-in, which has no descriptor."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(octets)))
        yield


@pytest.mark.parametrize("in_thread", [True, False])
def test_the_lines_of_standard_input_are_read(
    monkeypatch: pytest.MonkeyPatch, in_thread: bool
) -> None:
    with given(monkeypatch, b"one\ntwo\r\n\n\xff"), input_lines(in_thread=in_thread) as lines:
        assert list(lines) == [b"one\n", b"two\r\n", b"\n", b"\xff"]


@pytest.mark.parametrize(
    ("length", "kept"),
    [(MAX_LINE - 1, MAX_LINE), (MAX_LINE, MAX_LINE + 1), (3 * MAX_LINE, MAX_LINE + 1)],
    ids=["the longest", "one more", "many more"],
)
def test_a_line_that_is_too_long_is_cut_and_the_next_one_is_whole(
    monkeypatch: pytest.MonkeyPatch, length: int, kept: int
) -> None:
    octets = b"x" * length + b"\nnext\n"
    with given(monkeypatch, octets), input_lines() as lines:
        assert [len(line) for line in lines] == [kept, len(b"next\n")]
    with given(monkeypatch, b"x" * length), input_lines() as lines:
        assert [len(line) for line in lines] == [min(length, kept)]


def test_a_closed_standard_input_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    message = "standard input cannot be read: it is closed"
    with pytest.raises(UnusableError, match=message), input_lines():
        pass


def test_all_of_standard_input_is_read_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    with given(monkeypatch, "ä\nb".encode()):
        assert input_text(4) == "ä\nb"
    message = "standard input is longer than 3 bytes"
    with given(monkeypatch, "ä\nb and more".encode()):
        with pytest.raises(UnusableError, match=message):
            input_text(3)
        assert sys.stdin.buffer.tell() == 4
    with given(monkeypatch, b"\xff"), pytest.raises(UnicodeDecodeError):
        input_text(3)
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UnusableError, match="standard input cannot be read: it is closed"):
        input_text(3)


def test_all_of_standard_input_that_fails_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "file").open("wb") as write_only:
        stand_in = open(write_only.fileno(), "rb", closefd=False)  # noqa: SIM115, closed below.
        with stand_in, io.TextIOWrapper(stand_in) as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            message = "standard input cannot be read: .*Errno 9"
            with pytest.raises(UnusableError, match=message):
                input_text(3)


@pytest.mark.parametrize("in_thread", [True, False])
def test_standard_input_that_fails_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, in_thread: bool
) -> None:
    with (tmp_path / "file").open("wb") as write_only:
        stand_in = open(write_only.fileno(), "rb", closefd=False)  # noqa: SIM115, closed below.
        with stand_in, io.TextIOWrapper(stand_in) as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            message = "standard input cannot be read: .*Errno 9"
            with (
                input_lines(in_thread=in_thread) as lines,
                pytest.raises(UnusableError, match=message),
            ):
                next(lines)


def test_a_process_may_end_while_a_thread_waits_for_a_line() -> None:
    """Python aborts where the thread waits in `sys.stdin` itself."""
    program = """
import threading, time
from srp_cognito.cli.streams import input_lines
with input_lines(in_thread=True) as lines:
    next(lines)
    threading.Thread(target=next, args=[lines], daemon=True).start()
    time.sleep(0.05)  # Until it waits.
"""
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"a line\n")
        process.stdin.flush()
        assert process.wait(60) == 0


@posix_only
@pytest.mark.parametrize("in_thread", [True, False])
def test_a_pipe_that_does_not_block_loses_nothing_and_is_left_as_it_was(
    monkeypatch: pytest.MonkeyPatch, in_thread: bool
) -> None:
    """A parent that runs an event loop may pass it on, and relies on it."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)

    def write() -> None:
        for part in (b"half a", b" line\n"):
            time.sleep(0.05)  # Until then nothing has come, which must not look like the end.
            os.write(writing, part)
        os.close(writing)

    with os.fdopen(reading) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        thread = threading.Thread(target=write)
        with input_lines(in_thread=in_thread) as lines:
            thread.start()
            assert list(lines) == [b"half a line\n"]
        thread.join()
        assert not os.get_blocking(reading)


@posix_only
def test_a_pipe_to_write_to_that_does_not_block_is_left_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with os.fdopen(reading) as answer, os.fdopen(writing, "w") as stream:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", stream)
            patch.setattr(streams, "tell", pytest.fail)
            reader = threading.Timer(0.05, answer.read, [1 << 20])
            reader.start()
            # More than the pipe holds, so the rest waits until somebody reads.
            assert run(lambda: print("x" * (1 << 20)) or OK, owns_process=False) == OK
            reader.join()
        assert not os.get_blocking(writing)


@pytest.mark.parametrize("error", [AttributeError, OSError])
def test_where_the_system_cannot_say_whether_a_stream_blocks_it_is_used_as_it_is(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """Windows knows it from Python 3.12 on, and only of pipes."""

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(streams.os, "get_blocking", refuse)
    monkeypatch.setattr(streams.os, "set_blocking", pytest.fail)
    monkeypatch.setattr(streams, "tell", pytest.fail)
    assert run(lambda: OK, owns_process=False) == OK


# Files that are named.


@pytest.mark.parametrize(
    ("name", "problem", "sentence"),
    [
        (
            "a.toml",
            FileNotFoundError(2, "No such file", "a.toml"),
            "a.toml cannot be read: No such",
        ),
        ("a.toml", OSError("it is gone"), "a.toml cannot be read: it is gone"),
        ("", ValueError("it is a folder"), "'' cannot be read: it is a folder"),
        ("a\x1b[2J", ValueError("it is a folder"), "a?[2J cannot be read: it is a folder"),
    ],
    ids=["missing", "without a reason of the system", "without a name", "control characters"],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    name: str, problem: Exception, sentence: str
) -> None:
    assert str(unreadable(name, problem)).startswith(sentence)


def test_bytes_of_a_file_that_is_not_text_are_not_shown() -> None:
    with pytest.raises(UnicodeDecodeError) as caught:
        b"\xff".decode()
    said = str(unreadable("a.toml", caught.value))
    assert said == "a.toml cannot be read: it is not text in UTF-8"
