"""The contract of `compute` and `verify` with --jobs, tried as a user types them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import run, run_here
from recorded import ILLEGAL, LINES, RIGHT, WRONG, alone, lines

from srp_cognito.transcripts import bulk
from srp_cognito.transcripts.lines import MAX_BRACKETS

# The command line with an engine that holds the GIL, and so with processes.
PROCESSES = """
import sys
from srp_cognito.proof import modexp
plain = modexp.load("plain")
modexp.engine = lambda: plain
from srp_cognito.__main__ import main
sys.exit(main())
"""
THREADS = "import sys; from srp_cognito.__main__ import main; sys.exit(main())"
EITHER = pytest.mark.parametrize("program", [THREADS, PROCESSES], ids=["threads", "processes"])


@contextlib.contextmanager
def started(program: str, *arguments: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Start the command line in a process group of its own, as a shell does."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **options,
    )
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        with process:
            yield process
    finally:
        watchdog.cancel()


def say(process: subprocess.Popen[bytes], line: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(line)
    process.stdin.flush()


def heard(process: subprocess.Popen[bytes]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def rest(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """Return what is still written, while standard input stays open."""
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdout.read(), process.stderr.read()


@pytest.mark.parametrize(("work", "jobs"), [("compute", "2"), ("verify", "1"), ("verify", "5")])
def test_the_answers_are_those_of_one_job_byte_for_byte(work: bulk.Work, jobs: str) -> None:
    done = run(work, "--jobs", jobs, stdin=b"".join(LINES))
    assert done.stdout.decode("ascii").splitlines() == [answer.text for answer in alone(work)]
    assert done.returncode == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_broken_line_is_reported_with_its_number_and_a_wrong_signature_is_not(jobs: str) -> None:
    stdin = b"\n" + lines(WRONG) + b'{"password": "hunter2\n' + lines(RIGHT, ILLEGAL)
    done = run("compute", "--jobs", jobs, stdin=stdin)
    assert done.stderr.decode().splitlines() == [
        "srp-cognito: line 3: transcript is not a JSON object in UTF-8",
        "srp-cognito: line 5: SRP_B must lie between 1 and N - 1",
        "srp-cognito: 2 computed, 2 failed",
    ]
    assert done.stdout.count(b"\n") == 4


@EITHER
def test_a_program_may_write_one_line_and_wait(program: str) -> None:
    with started(program, "verify", "--jobs", "2") as process:
        for number in range(3):
            say(process, lines({**RIGHT, "id": number}))
            assert heard(process) == {"id": number, "ok": True}
        assert process.communicate() == (b"", b"srp-cognito: 3 verified\n")
    assert process.returncode == 0


def test_input_that_cannot_be_read_is_status_2(tmp_path: Path) -> None:
    write_only = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    try:
        done = run("verify", "--jobs", "2", stdin=write_only)
    finally:
        os.close(write_only)
    assert done.returncode == 2
    assert b"standard input cannot be read" in done.stderr


def test_a_line_of_megabytes_is_refused_and_the_next_one_is_answered() -> None:
    stdin = b'{"id": "' + b"x" * 40_000_000 + b'"}\n' + lines(RIGHT)
    done = run("verify", "--jobs", "2", stdin=stdin)
    assert b"line 1: transcript has more than 4194304 bytes" in done.stderr
    assert json.loads(done.stdout.splitlines()[1]) == {"ok": True}


def test_a_stand_in_for_standard_input_is_read() -> None:
    done = run_here("verify", "--jobs", "2", stdin=lines(RIGHT, RIGHT))
    assert (done.returncode, done.stdout) == (0, b'{"ok": true}\n' * 2)


# In each of these, standard input stays open and says nothing more.


@pytest.mark.skipif(os.name == "nt", reason="a process group is interrupted otherwise there")
@EITHER
def test_ctrl_c_ends_at_once_with_what_was_done(program: str) -> None:
    with started(program, "verify", "--jobs", "2") as process:
        say(process, lines(RIGHT))
        assert heard(process) == {"ok": True}
        os.killpg(process.pid, signal.SIGINT)
        assert rest(process) == (b"", b"")
    assert process.returncode == 130


@pytest.mark.skipif(os.name == "nt", reason="a process group is interrupted otherwise there")
@pytest.mark.parametrize(
    ("program", "jobs"),
    [(THREADS, "1"), (THREADS, "2"), (PROCESSES, "2")],
    ids=["one job", "threads", "processes"],
)
def test_ctrl_c_in_the_middle_of_the_work_leaves_whole_lines_in_order(
    program: str, jobs: str
) -> None:
    with started(program, "compute", "--jobs", jobs) as process:
        assert process.stdin is not None
        stdin = process.stdin

        def feed() -> None:
            with contextlib.suppress(OSError, ValueError):
                for number in range(10**9):
                    stdin.write(lines({**RIGHT, "id": number}))

        feeding = threading.Thread(target=feed)
        feeding.start()
        found = [heard(process)["id"] for _ in range(50)]
        os.killpg(process.pid, signal.SIGINT)
        stdout, stderr = rest(process)
        feeding.join(60)
        with contextlib.suppress(OSError):
            stdin.close()
    assert not stdout or stdout.endswith(b"\n")
    found += [json.loads(line)["id"] for line in stdout.splitlines()]
    assert found == [*range(len(found))]
    assert (process.returncode, stderr) == (130, b"")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="workers are found in /proc")
@pytest.mark.parametrize(
    "milliseconds",
    [0, 60, *(pytest.param(each, marks=pytest.mark.slow) for each in range(2, 90, 3))],
)
def test_ctrl_c_while_the_workers_start_ends_without_a_word(milliseconds: int) -> None:
    with started(PROCESSES, "verify", "--jobs", "2") as process:
        say(process, lines(RIGHT))
        while not children(process):
            assert process.poll() is None
            time.sleep(0.001)
        say(process, lines(RIGHT))
        time.sleep(milliseconds / 1000)
        os.killpg(process.pid, signal.SIGINT)
        stdout, stderr = rest(process)
    assert stdout in (b"", b'{"ok": true}\n', b'{"ok": true}\n' * 2)
    assert (process.returncode, stderr) == (130, b"")


@EITHER
def test_a_reader_that_goes_away_ends_the_work(program: str) -> None:
    with started(program, "verify", "--jobs", "2") as process:
        assert process.stdout is not None
        process.stdout.close()
        say(process, lines(RIGHT))
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(60) == 2


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """Return the workers of a process; multiprocessing's own helper is not one."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process.pid and b"spawn_main" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="workers are found in /proc")
def test_a_worker_that_is_killed_is_one_sentence_and_status_2() -> None:
    with started(PROCESSES, "verify", "--jobs", "2") as process:
        say(process, lines(RIGHT) + b"\n" + lines(RIGHT))
        assert [heard(process), heard(process)] == [{"ok": True}, {"ok": True}]
        for worker in children(process):
            os.kill(worker, signal.SIGKILL)
        with contextlib.suppress(OSError):
            say(process, lines(RIGHT))
        message = b"srp-cognito: a worker died; every answer up to line 3 is written\n"
        assert rest(process) == (b"", message)
    assert process.returncode == 2


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="workers are found in /proc")
def test_no_worker_outlives_a_parent_that_is_killed() -> None:
    """It would hold standard output open, and whoever reads that would wait for ever."""
    with started(PROCESSES, "verify", "--jobs", "2") as process:
        say(process, lines(RIGHT))
        assert heard(process) == {"ok": True}
        assert children(process)
        process.kill()
        assert rest(process)[0] == b""


# Not getrusage(), which reports the parent's peak for a process that was just started.
MEASURED = """
import pathlib, re, sys
from srp_cognito.__main__ import main
status = main()
peak = re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())
print(peak[1], file=sys.stderr)
sys.exit(status)
"""


def megabytes(stderr: bytes) -> float:
    return int(stderr.splitlines()[-1]) / (1 << 10)


LISTS, OBJECTS = b"[" * 60 + b"]" * 60, b'{"":' * 60 + b"0" + b"}" * 60
TEXT = '"\u0101"'.encode()  # Which takes more than a text of ASCII.


def many(value: bytes, count: int) -> bytes:
    return b"[%b]" % b",".join([value] * count)


# What takes the most memory once it is parsed: as many lists or objects as are allowed, as deep as
# is allowed, and texts in what is left of the line; keys, no two of which are the same; and lines
# that are parsed at the same time, since they are short.
WORST = {
    "empty lists": (10, many(b"[]", 1_390_000)),
    "lists": (10, b"[%b,%b]" % (many(LISTS, MAX_BRACKETS // 60 - 1), many(TEXT, 590_000))),
    "objects": (10, b"[%b,%b]" % (many(OBJECTS, MAX_BRACKETS // 60 - 1), many(TEXT, 550_000))),
    "keys": (10, b"{%b}" % b",".join(b'"%x":0' % number for number in range(370_000))),
    "short lists": (500, many(LISTS, 260)),
    "short objects": (500, many(OBJECTS, 100)),
}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux reports the peak")
@pytest.mark.parametrize("jobs", [(), ("--jobs", "2"), ("--jobs", "16")], ids=" ".join)
@pytest.mark.parametrize(
    ("count", "filling"),
    [
        (60_000, b'"' + b"x" * 2_000 + b'"'),
        (100, b'"' + b"x" * 1_000_000 + b'"'),
        *WORST.values(),
    ],
    ids=["short", "long", *WORST],
)
def test_memory_stays_below_200_mb_whatever_the_lines_hold(
    jobs: tuple[str, ...], count: int, filling: bytes
) -> None:
    idle = b'{"id": ' + filling + b"}\n"
    padded = lines(RIGHT)[:-2] + b', "id": ' + filling + b"}\n"
    assert len(padded) <= bulk.MAX_LINE

    with started(MEASURED, "verify", *jobs) as process:
        assert process.stdin is not None
        stdin = process.stdin

        def feed() -> None:
            for number in range(count):
                stdin.write(idle if number % 50 else padded)
            stdin.close()

        feeding = threading.Thread(target=feed)
        feeding.start()
        assert process.stdout is not None
        assert process.stderr is not None
        written: list[bytes] = []
        listening = threading.Thread(target=lambda: written.append(process.stderr.read()[-200:]))
        listening.start()
        assert sum(1 for _ in process.stdout) == count
        feeding.join(60)
        listening.join(60)
    assert megabytes(written[0]) < 200


def test_more_jobs_than_the_system_can_wait_for_are_refused_in_a_sentence() -> None:
    """As on Windows, if the work is done in processes."""
    windows = """
import concurrent.futures.process, types
concurrent.futures.process.sys = types.SimpleNamespace(platform="win32")
"""
    with started(windows + PROCESSES, "verify", "--jobs", "62") as process:
        out, err = process.communicate(b"")
    assert (process.returncode, out) == (2, b"")
    assert err.decode().splitlines() == [
        "srp-cognito: --jobs 62 are too many here: max_workers must be <= 61"
    ]
