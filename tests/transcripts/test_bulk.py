"""bulk.py: many transcripts, in order, on whatever executor there is."""

import contextlib
import dataclasses
import gc
import io
import json
import multiprocessing
import multiprocessing.connection
import os
import pickle
import re
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor, process
from pathlib import Path
from typing import Any, get_args

import oracle
import pytest
from engines import eight
from recorded import CLIENT, EXCHANGE, LINES, alone

from srp_cognito.proof import modexp
from srp_cognito.transcripts import bulk
from srp_cognito.transcripts.bulk import MAX_JOBS, Answer, answers, workers
from srp_cognito.transcripts.lines import MAX_LINE

ROOT = Path(__file__).parents[2]
RIGHT = json.dumps({**CLIENT, "signature": EXCHANGE.signature}).encode()
BROKEN = b"no transcript"  # Answered at once, for tests that are not about the values.


def taken_before(error: type[Exception], message: str, found: Iterator[Answer]) -> list[int]:
    """Return the numbers of the answers that come before the error."""
    taken: list[int] = []
    with pytest.raises(error, match=message):
        taken.extend(answer.number for answer in found)
    return taken


class Asleep(Executor):
    """Does nothing until a test lets it, in the order that the test chooses."""

    def __init__(self) -> None:
        self.handed: list[tuple[Future[Any], Callable[[], Any]]] = []
        self.came = threading.Condition()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        with self.came:
            self.handed.append((future, lambda: fn(*args, **kwargs)))
            self.came.notify_all()
        return future

    def do(self, number: int) -> None:
        with self.came:
            assert self.came.wait_for(lambda: len(self.handed) > number, timeout=60)
        future, work = self.handed[number]
        if future.set_running_or_notify_cancel():
            future.set_result(work())


class InTurn(Executor):
    """Does at once what it is handed, and breaks at the given chunk."""

    def __init__(self, breaks_at: int) -> None:
        self.left = breaks_at

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.left -= 1
        if self.left < 0:
            raise BrokenExecutor("the worker died")
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Counted:
    """Broken lines without end, which count how many were read."""

    def __init__(self) -> None:
        self.read = 0

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.read += 1
            yield BROKEN


def settled(count: Callable[[], int]) -> int:
    """Return the count when it has stopped changing."""
    before = -1
    while before != (now := count()):
        before = now
        time.sleep(0.2)
    return now


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """An engine for eight powers wherever the tests run; how many it computed, for each call.

    The oracle computes for it and for the engine for one, since it remembers what it computed.
    """
    computed: list[int] = []
    alone = dataclasses.replace(modexp.engine(), power=oracle.power)

    def powers(pairs: Sequence[tuple[int, int]]) -> list[int]:
        computed.append(len(pairs))
        return [oracle.power(*pair) for pair in pairs]

    engine = eight(powers)
    monkeypatch.setattr(modexp, "engine", lambda: alone)
    monkeypatch.setattr(modexp, "engine_for_many", lambda: engine)
    return computed


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let there be no engine for many; return a list that grows with each power."""
    alone, exponents = modexp.engine(), []

    def power(base: int, exponent: int) -> int:
        exponents.append(exponent)
        return alone.power(base, exponent)

    monkeypatch.setattr(modexp, "engine_for_many", lambda: None)
    monkeypatch.setattr(modexp, "engine", lambda: dataclasses.replace(alone, power=power))
    return exponents


def file_of(lines: Sequence[bytes], folder: Path) -> Path:
    path = folder / "lines.jsonl"
    path.write_bytes(b"".join(line.rstrip(b"\n") + b"\n" for line in lines))
    return path


@pytest.mark.parametrize("work", get_args(bulk.Work))
@pytest.mark.parametrize("chunk", [1, 7, 8, 100])
def test_lines_that_are_there_are_answered_together_byte_for_byte_as_alone(
    groups: list[int], tmp_path: Path, work: bulk.Work, chunk: int
) -> None:
    some = LINES[:100]
    right = list(answers(iter(some), work))
    assert groups == []
    assert list(answers(some, work, chunk=chunk)) == right
    assert list(answers(tuple(some), work, chunk=chunk)) == right
    assert list(answers(io.BytesIO(b"".join(some)), work, chunk=chunk)) == right
    with file_of(some, tmp_path).open("rb") as lines:
        assert list(answers(lines, work, chunk=chunk)) == right
    assert (max(groups, default=0) == 8) == (chunk >= 8)


@pytest.mark.parametrize("at", range(8))
@pytest.mark.parametrize("bad", [b"nonsense", b'{"id": 1}', b"\xff", b"\n"])
def test_a_bad_line_in_any_place_of_eight_harms_no_neighbour(
    groups: list[int], at: int, bad: bytes
) -> None:
    lines = [RIGHT] * 10
    lines[at] = bad
    found = list(answers(lines, "verify"))
    assert groups
    assert [answer.number for answer in found if answer.good] == [
        number for number in range(1, 11) if number != at + 1
    ]
    assert found == list(answers(iter(lines), "verify"))


def test_without_an_engine_for_many_no_answer_waits_for_another_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with file_of([RIGHT] * 20, tmp_path).open("rb") as file:
        for lines in ([RIGHT] * 20, file):
            exponents = counted(monkeypatch)
            assert next(answers(lines, "verify")).good
            assert len(exponents) == 3


def test_few_lines_do_not_look_for_an_engine_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes as long as ten powers."""
    monkeypatch.setattr(modexp, "load_for_many", lambda: pytest.fail("it was looked for"))
    assert [answer.good for answer in answers([RIGHT] * 2, "verify")] == [True] * 2


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot say what is in a pipe")
def test_what_is_in_a_pipe_is_answered_in_eights_and_nobody_waits_for_more(
    groups: list[int],
) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as lines, io.FileIO(writing, "w") as out:
        watchdog = threading.Timer(20, lambda: out.write(b"nobody should wait\n"))
        watchdog.start()
        found = answers(lines, "verify")
        out.write((RIGHT + b"\n") * 11 + RIGHT[:9])
        assert [next(found).number for _ in range(8)] == [*range(1, 9)]
        assert groups == [8] * 3
        out.write(RIGHT[9:] + b"\n")
        assert [next(found).number for _ in range(4)] == [*range(9, 13)]
        assert groups == [8] * 3
        out.write((RIGHT + b"\n") * 2)
        assert [next(found).good for _ in range(2)] == [True] * 2
        watchdog.cancel()
        out.close()
        assert list(found) == []


def test_an_error_of_a_file_is_raised_after_the_answers_before_it() -> None:
    class Broken(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            block = super().read1(size)
            if not block:
                raise OSError("the disk is gone")
            return block

    found = answers(Broken((BROKEN + b"\n") * 40), "verify")
    assert taken_before(OSError, "the disk is gone", found) == [*range(1, 41)]


def test_long_lines_are_not_parsed_together(groups: list[int]) -> None:
    """What a parser makes of one may be fifty times as long."""
    long = RIGHT[:-1] + b', "id": "%b"}' % (b"x" * 40_000)
    assert [answer.good for answer in answers([long] * 8, "verify")] == [True] * 8
    assert groups == []
    assert [answer.good for answer in answers([long, *[RIGHT] * 8], "verify")] == [True] * 9
    assert groups == [8] * 3


def test_another_iterable_is_answered_line_by_line(groups: list[int]) -> None:
    assert [answer.good for answer in answers(iter([RIGHT] * 9), "verify")] == [True] * 9
    assert groups == []


def test_without_an_executor_each_line_is_answered_before_the_next_is_read() -> None:
    lines = Counted()
    found = answers(lines, "compute")
    assert lines.read == 0
    for number in (1, 2, 3):
        assert next(found).number == number
        assert lines.read == number


@pytest.mark.parametrize(("work", "chunk"), [("verify", 1), ("compute", 1000)])
def test_threads_answer_as_one_job_does_byte_for_byte(work: bulk.Work, chunk: int) -> None:
    with ThreadPoolExecutor(3) as executor:
        assert list(answers(LINES, work, executor=executor, chunk=chunk)) == alone(work)


def test_processes_answer_as_one_job_does_byte_for_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = modexp.load("plain")
    monkeypatch.setattr(modexp, "engine", lambda: plain)
    with workers(2) as executor:
        assert not isinstance(executor, ThreadPoolExecutor)
        assert list(answers(LINES, "compute", executor=executor)) == alone("compute")


def test_the_lines_of_the_vectors_are_good_and_bad() -> None:
    """Otherwise the tests around this one would compare little."""
    for found in (alone("compute"), alone("verify")):
        assert sum(answer.good for answer in found) > 100
        assert any(answer.problem for answer in found)
    assert sum(not answer.good and not answer.problem for answer in alone("verify")) > 50
    assert [answer.number for answer in alone("verify")] == [*range(2, len(LINES) + 1)]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # Dask has warnings of its own.
def test_the_example_of_a_dask_cluster_answers_as_one_job_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a real cluster of processes, with the code that docs/transcripts.md shows."""
    pytest.importorskip("distributed", reason="Dask is not installed: pip install distributed")
    text = (ROOT / "docs" / "transcripts.md").read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert 'Client("scheduler:8786")' in code
    (tmp_path / "transcripts.jsonl").write_bytes(b"".join(LINES))
    monkeypatch.chdir(tmp_path)
    # On this machine, instead of at the address of a cluster.
    here = 'LocalCluster(processes=True, n_workers=2, threads_per_worker=1, dashboard_address=":0")'
    code = code.replace("import Client", "import Client, LocalCluster")
    code = code.replace(
        'with Client("scheduler:8786") as client',
        f"with {here} as cluster, Client(cluster) as client",
    )
    exec(compile(code, "docs/transcripts.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == [answer.text for answer in alone("verify")]


def test_a_slow_first_chunk_holds_the_others_back_and_keeps_the_order() -> None:
    executor = Asleep()
    found = answers([BROKEN] * 3, "verify", executor=executor, chunk=1)
    taken: list[int] = []
    taking = threading.Thread(target=lambda: taken.extend(answer.number for answer in found))
    taking.start()
    executor.do(2)
    executor.do(1)
    time.sleep(0.2)
    assert taken == []
    executor.do(0)
    taking.join(60)
    assert taken == [1, 2, 3]


def test_at_most_one_chunk_is_read_ahead_of_what_is_handed_over() -> None:
    lines, executor = Counted(), Asleep()
    found = answers(lines, "verify", executor=executor, ahead=3, chunk=5)
    taking = threading.Thread(target=lambda: next(found))
    taking.start()
    assert settled(lambda: lines.read) <= (3 + 1) * 5
    assert len(executor.handed) <= 3
    executor.do(0)
    taking.join(60)
    assert settled(lambda: lines.read) <= (4 + 1) * 5
    found.close()


def test_long_lines_are_worked_on_one_at_a_time() -> None:
    line = b'{"id": "' + b"x" * (MAX_LINE // 2) + b'"}'
    executor = Asleep()
    found = answers([line] * 3 + [BROKEN], "verify", executor=executor, ahead=9, chunk=9)
    taken: list[int] = []
    taking = threading.Thread(target=lambda: taken.extend(answer.number for answer in found))
    taking.start()
    for number in (0, 1):
        assert settled(lambda: len(executor.handed)) <= number + 1
        executor.do(number)
    executor.do(2)
    executor.do(3)
    taking.join(60)
    assert taken == [1, 2, 3, 4]


def test_an_answer_does_not_wait_for_more_input() -> None:
    more = threading.Event()

    def lines() -> Iterator[bytes]:
        yield RIGHT
        assert more.wait(60)
        yield BROKEN

    with ThreadPoolExecutor(2) as executor:
        found = answers(lines(), "verify", executor=executor)
        assert next(found) == Answer(1, '{"ok": true}', good=True, problem=None)
        more.set()
        assert [answer.number for answer in found] == [2]


def test_a_thread_of_lines_ends_when_the_generator_is_closed() -> None:
    lines = Counted()
    with ThreadPoolExecutor(1) as executor:
        found = answers(lines, "verify", executor=executor)
        assert next(found).number == 1
        found.close()
        read = settled(lambda: lines.read)
        assert list(found) == []
    assert lines.read == read


def test_a_thread_that_waits_for_a_line_stops_when_it_comes() -> None:
    more, ended = threading.Event(), threading.Event()

    def lines() -> Iterator[bytes]:
        try:
            yield BROKEN
            more.wait(60)
            yield BROKEN
        finally:
            ended.set()

    with ThreadPoolExecutor(1) as executor:
        found = answers(lines(), "verify", executor=executor)
        next(found)
        found.close()
        assert not ended.is_set()
        more.set()
        # Where Python does not count references, or has no GIL, what ended is closed later.
        for _ in range(600):
            gc.collect()
            if ended.wait(0.1):
                break
        assert ended.is_set()


def test_closing_cancels_what_has_not_begun() -> None:
    executor = Asleep()
    found = answers([BROKEN] * 3, "verify", executor=executor, chunk=1)
    taking = threading.Thread(target=lambda: next(found))
    taking.start()
    executor.do(0)
    taking.join(60)
    with executor.came:
        handed = [future for future, _ in executor.handed[1:]]
    found.close()
    assert all(future.cancelled() for future in handed)


def test_an_error_of_the_lines_is_raised_after_the_answers_before_it() -> None:
    def lines() -> Iterator[bytes]:
        yield from [BROKEN] * 40
        raise OSError("the disk is gone")

    with ThreadPoolExecutor(2) as executor:
        found = answers(lines(), "verify", executor=executor)
        assert taken_before(OSError, "the disk is gone", found) == [*range(1, 41)]


def test_the_death_of_an_executor_is_raised_after_the_answers_before_it() -> None:
    found = answers(Counted(), "verify", executor=InTurn(4), chunk=1)
    assert taken_before(BrokenExecutor, "the worker died", found) == [1, 2, 3, 4]


def test_an_executor_that_was_shut_down_is_an_error() -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(RuntimeError, match="shutdown"):
        list(answers([BROKEN], "verify", executor=executor))


def test_a_broken_line_has_its_number_and_nothing_of_what_it_holds() -> None:
    lines = [b"", b'{"password": "hunter2"', b" \r\n", b"x" * (MAX_LINE + 1), RIGHT]
    found = list(answers(lines, "verify"))
    assert [(answer.number, answer.good, answer.problem) for answer in found] == [
        (2, False, "transcript is not a JSON object in UTF-8"),
        (4, False, f"transcript has more than {MAX_LINE} bytes"),
        (5, True, None),
    ]
    assert "hunter2" not in repr(found) + "".join(answer.text for answer in found)


def test_a_line_of_nothing_but_blanks_may_still_be_too_long() -> None:
    found = list(answers([b" " * (MAX_LINE + 1), b" " * MAX_LINE], "verify"))
    assert [answer.number for answer in found] == [1]


def test_a_wrong_signature_is_not_a_broken_line() -> None:
    line = json.dumps({**CLIENT, "signature": "A" * 43 + "="}).encode()
    (answer,) = answers([line], "verify")
    assert (answer.good, answer.problem) == (False, None)


def test_a_right_signature_that_came_late_is_not_a_broken_line() -> None:
    late = {"id": 1, "signature": EXCHANGE.signature, "received": "2026-03-07T21:05:03Z"}
    (answer,) = answers([json.dumps({**CLIENT, **late}).encode()], "verify")
    assert (answer.good, answer.problem) == (False, None)
    reason = "TIMESTAMP is too old, by 12:00:00"
    assert json.loads(answer.text) == {"id": 1, "ok": False, "reason": reason}


def test_no_repr_of_an_answer_shows_its_values() -> None:
    (answer,) = answers([RIGHT], "compute")
    assert EXCHANGE.key.hex() in answer.text
    assert repr(answer) == "<Answer to line 1>"
    assert pickle.loads(pickle.dumps(answer)) == answer


def nested(depth: int) -> bytes:
    return b'{"id": ' + b"[" * depth + b"]" * depth + b"}"


def test_no_id_that_can_be_read_is_too_much_for_the_answer() -> None:
    """What is nested too deeply to be written is too deep to be read, too."""

    def is_read(depth: int) -> bool:
        (answer,) = answers([nested(depth)], "verify")
        return '"id": [' in answer.text

    low, high = 1, 200_000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_read(middle) else (low, middle)
    assert low > 90
    for depth in range(low - 20, low + 1):
        assert is_read(depth)
    assert not is_read(high)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b'{"id": "\\ud800"}', '{"id": "\\ud800", "error": '),
        (b'{"id": -1e308}', '{"id": -1e+308, "error": '),
        (b'{"id": null}', '{"id": null, "error": '),
        (b'{"id": 1, "id": 2}', '{"id": 2, "error": '),
        (b'{"id": NaN}', '{"error": {"type": "MalformedParameter", "name": "transcript"'),
    ],
)
def test_an_id_is_copied_into_the_answer_as_json(line: bytes, text: str) -> None:
    (answer,) = answers([line], "verify")
    assert answer.text.startswith(text)
    assert not answer.good


def test_the_largest_number_that_is_read_is_written() -> None:
    digits = "9" * (sys.get_int_max_str_digits() if hasattr(sys, "get_int_max_str_digits") else 9)
    (answer,) = answers([f'{{"id": -{digits}}}'.encode()], "verify")
    assert answer.text.startswith(f'{{"id": -{digits}, "error": ')


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"work": "guess"}, ValueError),
        ({"ahead": 0}, ValueError),
        ({"chunk": 0}, ValueError),
        ({"chunk": "16"}, TypeError),
        ({"ahead": None}, TypeError),
    ],
    ids=str,
)
def test_an_argument_that_cannot_be_is_refused_before_anything_is_read(
    options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        answers(Counted(), **{"work": "verify", **options})


@pytest.mark.parametrize("many", [False, True])
def test_text_instead_of_bytes_is_refused(many: bool) -> None:
    with contextlib.ExitStack() as stack:
        executor = stack.enter_context(ThreadPoolExecutor(1)) if many else None
        with pytest.raises(TypeError, match="a line must be a bytes, not str"):
            list(answers(["{}"], "verify", executor=executor))  # type: ignore[list-item]


def test_workers_are_threads_where_the_engine_releases_the_gil(each_engine: modexp.Engine) -> None:
    with workers(2) as executor:
        assert isinstance(executor, ThreadPoolExecutor) == each_engine.releases_gil


@pytest.mark.parametrize("jobs", [0, -1, MAX_JOBS + 1])
def test_a_number_of_workers_that_cannot_be_is_refused(jobs: int) -> None:
    with pytest.raises(ValueError, match=f"from 1 to {MAX_JOBS}"):
        workers(jobs)


def test_more_processes_than_windows_can_wait_for_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = modexp.load("plain")
    monkeypatch.setattr(modexp, "engine", lambda: plain)
    monkeypatch.setattr(process, "sys", types.SimpleNamespace(platform="win32"))
    with workers(61):
        pass
    with pytest.raises(ValueError, match="61"):
        workers(62)


def test_a_worker_that_is_killed_is_an_error_and_takes_no_answer_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = modexp.load("plain")
    monkeypatch.setattr(modexp, "engine", lambda: plain)
    with workers(2) as executor:
        found = answers(Counted(), "verify", executor=executor)
        assert [next(found).number for _ in range(100)] == [*range(1, 101)]
        for child in multiprocessing.active_children():
            child.kill()
        taken = taken_before(BrokenExecutor, "terminated abruptly", found)
    assert taken == [*range(101, 101 + len(taken))]
