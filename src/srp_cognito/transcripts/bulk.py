"""Many transcripts: one JSON object a line in, one answer a line out, in order, on every core.

`answers` does it on one core or on any `concurrent.futures.Executor`: threads, processes, or a
cluster of machines that offers one, as Dask does. `workers` makes the executor that suits the
engine. docs/transcripts.md describes lines and answers.

The law: order is kept, and what is held at a time is bounded, however long the input. An answer
is handed over when its turn has come and never waits for more input. No line can end the work of
the others, and no answer but the values that were asked for repeats what a line holds. This file
opens, reads and writes nothing, and reads no clock: the lines and the executor are the caller's.

Measured on two cores with libcrypto, a line takes about 2.6 ms, of which Python's part, JSON and
hashing, holds the GIL for less than 0.1 ms; hence threads, which share one copy of everything. An
engine that holds the GIL gains nothing from threads; hence processes there.
"""

import json
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, get_args

from ..exceptions import MalformedParameter, PeerError, SignatureMismatch
from ..given import expect, given_choice
from ..proof import modexp
from . import transcript

if TYPE_CHECKING:
    # Loaded where it is needed: it costs a third of what a single transcript costs.
    from concurrent.futures import Executor, Future

__all__ = [
    "MAX_JOBS",
    "MAX_LINE",
    "Answer",
    "Work",
    "answers",
    "bounded",
    "describe",
    "is_blank",
    "read_record",
    "workers",
]

Work: TypeAlias = Literal["compute", "verify"]

MAX_LINE: Final = 4 << 20
"""A longer line is refused unread. A transcript has some 5,000 bytes; the rest is room for an `id`.
A parser of JSON makes objects of up to thirty times a line's size, and all that must stay below
200 MB."""

MAX_JOBS: Final = 256
"""More workers than this are refused: a slip of the finger would exhaust the machine, and who has
so many cores has an executor of his own."""

# Enough lines that handing a chunk over (some 0.1 ms) does not count, few enough that the last
# chunks of an input keep all workers busy, and that an interrupt does not wait.
_CHUNK: Final = 16

# A chunk is closed early when it has this many bytes; and while what was handed over has MAX_LINE
# bytes, no more is. So lines of many megabytes are worked on one at a time, which keeps the memory
# of many workers near that of one.
_CHUNK_BYTES: Final = 1 << 20


class Answer(NamedTuple):
    """The answer to one line."""

    number: int
    """The number of the line, from 1. Blank lines are counted, and have no answer."""
    text: str
    """The answer as a JSON object, without a line's end."""
    good: bool
    """False if the line cannot be computed, or its signature is not right."""
    problem: str | None
    """Why the line cannot be computed, in a sentence without secrets; None if it can."""

    def __repr__(self) -> str:
        # What `compute` answers holds secrets.
        return f"<Answer to line {self.number}>"


_Line: TypeAlias = tuple[int, bytes | None]  # Its number; None for one that is too long.


def answers(
    lines: Iterable[bytes],
    work: Work,
    *,
    executor: "Executor | None" = None,
    ahead: int = 64,
    chunk: int = _CHUNK,
) -> Generator[Answer, None, None]:
    """Compute or verify transcripts, and yield one answer for each line that is not blank.

    Without an executor, each line is answered before the next one is read. With one, lines are read
    in a thread of their own and handed over in chunks of what has come so far. An error that
    `lines` raises, and the death of a worker (`concurrent.futures.BrokenExecutor`), are raised
    after all answers that come before. Closing the generator cancels what has not begun; a thread
    that waits for a line is left behind.

    Args:
        lines: the lines, such as a file that was opened for reading bytes. One of more than
            `MAX_LINE` bytes is an error, and need not be there as a whole.
        work: ``"compute"`` or ``"verify"``, as the functions of `srp_cognito.transcript`.
        executor: where the work is done. It is not shut down. Its workers need this library.
        ahead: how many chunks are handed over at a time; twice the number of workers keeps all of
            them busy.
        chunk: how many lines a chunk has at most; more for workers that are far away.

    Raises:
        ValueError, TypeError: an argument is none of these.

    >>> for answer in answers([b"nonsense", b"", b'{"id": 7}'], "verify"):
    ...     print(answer.number, answer.good, answer.problem)
    1 False transcript is not a JSON object in UTF-8
    3 False PASSWORD_CLAIM_SIGNATURE is missing
    """
    given_choice(work, get_args(Work), "work")
    if expect(ahead, int, "ahead") < 1 or expect(chunk, int, "chunk") < 1:
        raise ValueError("ahead and chunk must be 1 or more")
    if executor is None:
        return _one_by_one(lines, work)
    return _at_once(lines, work, executor, ahead, chunk)


def workers(jobs: int) -> "Executor":
    """Return an executor for this machine: threads, or processes if the engine holds the GIL.

    Args:
        jobs: how many workers, from 1 to `MAX_JOBS`.

    Raises:
        ValueError: it is another number, or more than this system can wait for.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

    if not 1 <= expect(jobs, int, "jobs") <= MAX_JOBS:
        raise ValueError(f"jobs must be a number from 1 to {MAX_JOBS}")
    if modexp.engine().releases_gil:
        return ThreadPoolExecutor(jobs)
    # Started anew, since a copy of a process that has threads may wait for a lock for ever.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker)


def _one_by_one(lines: Iterable[bytes], work: Work) -> Generator[Answer, None, None]:
    for number, line in enumerate(lines, 1):
        if not is_blank(line):
            yield _answer(work, number, bounded(line))


def _at_once(
    lines: Iterable[bytes], work: Work, executor: "Executor", ahead: int, chunk: int
) -> Generator[Answer, None, None]:
    # One condition for all that can happen: a line has come, the input has ended, a chunk is done.
    changed = threading.Condition()
    reader = _Reader(lines, chunk, changed)
    handed: deque[tuple[Future[list[Answer]], int]] = deque()

    def has_room() -> bool:
        held = reader.size + sum(size for _, size in handed)
        return not handed or (len(handed) < ahead and held <= MAX_LINE)

    def is_next_done() -> bool:
        return bool(handed) and handed[0][0].done()

    def can_go_on() -> bool:
        return (reader.waiting and has_room()) or is_next_done() or (reader.ended and not handed)

    def wake(_: object) -> None:
        with changed:
            changed.notify_all()

    reader.start()
    try:
        while True:
            with changed:
                changed.wait_for(can_go_on)
                taken, size = reader.take() if has_room() else ([], 0)
            if taken:
                handed.append((_submit(executor, work, taken), size))
                handed[-1][0].add_done_callback(wake)
            elif is_next_done():
                yield from handed.popleft()[0].result()
            else:
                break
        if reader.error is not None:
            raise reader.error
    finally:
        reader.stop()
        for future, _ in handed:
            future.cancel()


class _Reader:
    """Reads lines in a thread of its own, and no further than one chunk.

    So answers go out while the input stalls. The thread is a daemon, because nothing can wake one
    that waits for input, and a program must be able to end all the same.
    """

    def __init__(self, lines: Iterable[bytes], chunk: int, changed: threading.Condition) -> None:
        self.waiting: list[_Line] = []
        self.size = 0
        self.ended = False
        self.error: BaseException | None = None
        self._lines = lines
        self._chunk = chunk
        self._changed = changed
        self._stopped = False

    def start(self) -> None:
        threading.Thread(target=self._run, name="srp-cognito lines", daemon=True).start()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def take(self) -> tuple[list[_Line], int]:
        """Take all lines that have come, with their size; call it with the condition held."""
        taken, size = self.waiting, self.size
        self.waiting, self.size = [], 0
        self._changed.notify_all()
        return taken, size

    def _run(self) -> None:
        try:
            self._read()
        except BaseException as error:  # noqa: BLE001 - It is raised where the answers are taken.
            self.error = error
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def _read(self) -> None:
        for number, line in enumerate(self._lines, 1):
            if self._stopped:
                return
            if not is_blank(line):
                with self._changed:
                    self.waiting.append((number, bounded(line)))
                    self.size += min(len(line), MAX_LINE)
                    if len(self.waiting) == 1:
                        self._changed.notify_all()
                    # Before the next line is read, so that none is held beside the chunk.
                    self._changed.wait_for(self._wants_more)

    def _wants_more(self) -> bool:
        return self._stopped or (len(self.waiting) < self._chunk and self.size < _CHUNK_BYTES)


def _submit(executor: "Executor", work: Work, lines: Sequence[_Line]) -> "Future[list[Answer]]":
    from concurrent.futures import Future

    try:
        return executor.submit(_answer_all, work, lines)
    except RuntimeError as error:
        # The executor is broken or was shut down. What was handed over before may be done, and is
        # answered first.
        failed: Future[list[Answer]] = Future()
        failed.set_exception(error)
        return failed


def _answer_all(work: Work, lines: Sequence[_Line]) -> list[Answer]:
    """Answer a chunk: what a worker does, perhaps in another process or on another machine."""
    return [_answer(work, number, line) for number, line in lines]


def _answer(work: Work, number: int, line: bytes | None) -> Answer:
    answer: dict[str, object] = {}
    problem = None
    good = True
    try:
        record = read_record(line)
        if "id" in record:
            answer["id"] = record["id"]
        good = _compute(record, answer) if work == "compute" else _verify(record, answer)
    except PeerError as error:
        # The error itself would hold its own frame, and so the line, until the next collection.
        problem = str(error)
        answer["error"] = describe(error)
    try:
        text = json.dumps(answer, allow_nan=False)
    except (ValueError, RecursionError):
        refused = MalformedParameter("id", "is no JSON value that can be copied through")
        problem = str(refused)
        text = json.dumps({"error": describe(refused)})
    return Answer(number, text, good and problem is None, problem)


def _compute(record: Mapping[str, object], answer: dict[str, object]) -> bool:
    answer.update(transcript.compute(record).to_json())
    return True


def _verify(record: Mapping[str, object], answer: dict[str, object]) -> bool:
    try:
        transcript.verify(record)
    except SignatureMismatch as error:
        answer.update(ok=False, reason=str(error))
        return False
    answer["ok"] = True
    return True


def describe(error: PeerError) -> dict[str, str]:
    """Write an error as it stands in an answer."""
    return {"type": type(error).__name__, "name": error.name, "message": str(error)}


def is_blank(line: bytes) -> bool:
    """Whether a line holds nothing but white space; it has no answer then."""
    # Only the beginning of a line is looked at first, since strip() copies a long one. One that is
    # too long is an error, whatever it holds.
    beginning = expect(line, bytes, "a line")[:64]
    return not beginning.strip() and len(line) <= MAX_LINE and not line.strip()


def bounded(line: bytes) -> bytes | None:
    """Return a line, or None for one that is too long."""
    return line if len(line) <= MAX_LINE else None


def read_record(line: bytes | None) -> Mapping[str, object]:
    """Return the JSON object of a line.

    Args:
        line: the line, or None for one that is too long.

    Raises:
        MalformedParameter: it is none.
    """
    if line is None:
        raise MalformedParameter("transcript", f"has more than {MAX_LINE} bytes")
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        # The parser's own message can quote the line, and so a password.
        record = None
    if not isinstance(record, dict):
        raise MalformedParameter("transcript", "is not a JSON object in UTF-8")
    return record


def _start_worker() -> None:
    """Prepare a process of `workers`, which a terminal and a dying parent must not leave behind."""
    # Ctrl-C goes to every process of a terminal. The parent's is the one that ends the work.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="srp-cognito parent", daemon=True).start()


def _end_with_parent() -> None:
    import multiprocessing.connection

    # A parent that was killed cannot tell, and its worker would wait for ever, with the parent's
    # standard output open, for whose end another program may wait.
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)
