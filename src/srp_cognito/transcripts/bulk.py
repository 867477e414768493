"""Many transcripts: one JSON object a line in, one answer a line out, in order, on every core.

`answers` does it on one core or on any `concurrent.futures.Executor`: threads, processes, or a
cluster of machines, such as Dask's. `workers` makes the executor that suits the engine.

The order is kept, and what is held at a time is bounded, however long the input. An answer is
handed over as soon as its turn comes and never waits for more input. No line can end the work of
the others. This file opens, reads and writes nothing, and reads no clock: the lines and the
executor are the caller's.

Measured, a line takes about 1.9 ms with libcrypto, and 0.5 ms with the engine for many powers, of
which Python's part, JSON and hashing, holds the GIL for less than 0.1 ms. So threads, which share
one copy of everything, use every core. An engine that holds the GIL gains nothing from threads, so
it gets processes.
"""

import io
import itertools
import json
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, get_args

from ..exceptions import IllegalParameter, PeerError, SignatureMismatch
from ..given import expect, given_choice
from ..proof import modexp
from ..proof.formula import Computation, alone, together
from .lines import MAX_LINE, Lines, bounded, describe, is_blank, parse_line
from .transcript import computing, verifying

if TYPE_CHECKING:
    # Loaded where it is needed: it costs a third of what a single transcript costs.
    from concurrent.futures import Executor, Future

__all__ = ["MAX_JOBS", "Answer", "Work", "answers", "workers"]

Work: TypeAlias = Literal["compute", "verify"]

MAX_JOBS: Final = 256
"""More workers than this are refused: a slip of the finger would exhaust the machine, and whoever
has that many cores has an executor of their own."""

# Enough lines that handing over a chunk (some 0.1 ms) does not matter, and few enough that the last
# chunks of an input keep all workers busy and that an interrupt does not wait.
_CHUNK: Final = 32

# A chunk is closed early when it has this many bytes, and while more than _AT_ONCE_BYTES are being
# worked on, no chunk is handed over. So lines of megabytes are worked on one at a time, which keeps
# the memory of many workers near that of one.
_CHUNK_BYTES: Final = 1 << 20
_AT_ONCE_BYTES: Final = MAX_LINE // 2

_LONG: Final = 1 << 15
"""Lines of more bytes are answered one at a time: a whole chunk of others has a megabyte."""


class Answer(NamedTuple):
    """The answer to one line."""

    number: int
    """The number of the line, from 1. Blank lines are counted, but have no answer."""
    text: str
    """The answer as a JSON object, without a line break."""
    good: bool
    """False if the line cannot be computed, or its signature is wrong."""
    problem: str | None
    """Why the line cannot be computed, in a sentence without secrets; None if it can."""

    def __repr__(self) -> str:
        # What `compute` answers holds secrets.
        return f"<Answer to line {self.number}>"


_Line: TypeAlias = tuple[int, bytes | None]  # Its number, and None if it is too long.


def answers(
    lines: Iterable[bytes],
    work: Work,
    *,
    executor: "Executor | None" = None,
    ahead: int = 64,
    chunk: int = _CHUNK,
) -> Generator[Answer, None, None]:
    """Compute or verify transcripts, and yield one answer for each line that is not blank.

    Without an executor, the lines of a list, a tuple or an open file that are there already are
    answered together, a chunk at a time, if an engine for many powers is there. All else is
    answered line by line, each before the next one is read. With an executor, the lines are read in
    a separate thread and handed over in chunks of what has come so far. An answer never waits for
    more input. If reading the lines fails, or a worker dies (`concurrent.futures.BrokenExecutor`),
    the error is raised after all answers that come before it. Closing the generator cancels what
    has not begun; a thread that waits for a line is left behind.

    Args:
        lines: the lines, such as a file opened for reading bytes. A line of more than `MAX_LINE`
            bytes is an error, and may be cut off after one byte more.
        work: ``"compute"`` or ``"verify"``, as the functions of `srp_cognito.transcripts`.
        executor: where the work is done. It is not shut down. Its workers need this library.
        ahead: how many chunks are under way at a time. Twice the number of workers keeps all of
            them busy.
        chunk: how many lines a chunk has at most; give more for workers that are far away. A
            multiple of eight suits an engine for many powers.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: `work` is neither of the two, or `ahead` or `chunk` is below 1.

    >>> for answer in answers([b"nonsense", b"", b'{"id": 7}'], "verify"):
    ...     print(answer.number, answer.good, answer.problem)
    1 False transcript is not a JSON object in UTF-8
    3 False PASSWORD_CLAIM_SIGNATURE is missing
    """
    given_choice(work, get_args(Work), "work")
    if expect(ahead, int, "ahead") < 1 or expect(chunk, int, "chunk") < 1:
        raise ValueError("ahead and chunk must be 1 or more")
    if executor is None:
        return _in_turn(lines, work, chunk)
    return _at_once(lines, work, executor, ahead, chunk)


def workers(jobs: int) -> "Executor":
    """Return an executor for this machine: threads, or processes if the engine holds the GIL.

    Args:
        jobs: how many workers, from 1 to `MAX_JOBS`.

    Raises:
        TypeError: `jobs` is not an int.
        ValueError: `jobs` is out of range, or more than this system can wait for.
    """
    from concurrent.futures import ThreadPoolExecutor

    if not 1 <= expect(jobs, int, "jobs") <= MAX_JOBS:
        raise ValueError(f"jobs must be a number from 1 to {MAX_JOBS}")
    if modexp.engine().releases_gil:
        return ThreadPoolExecutor(jobs)
    from .processes import Processes

    return Processes(jobs)


def _in_turn(lines: Iterable[bytes], work: Work, chunk: int) -> Generator[Answer, None, None]:
    number = 0
    for some in _at_hand(lines, chunk):
        numbered = [
            (at, bounded(line)) for at, line in enumerate(some, number + 1) if not is_blank(line)
        ]
        number += len(some)
        if len(numbered) >= modexp.MANY and modexp.engine_for_many() is not None:
            yield from _answer_all(work, numbered)
        else:
            for at, line in numbered:
                yield alone(_answering(work, at, line))


def _at_hand(lines: Iterable[bytes], chunk: int) -> Iterator[Sequence[bytes]]:
    """Yield lines together that are there already, up to a chunk."""
    if isinstance(lines, (list, tuple)):
        for start in range(0, len(lines), chunk):
            yield lines[start : start + chunk]
        return
    if isinstance(lines, (io.BufferedReader, io.BytesIO)):
        lines = Lines(lines)
    if not isinstance(lines, Lines):
        for line in lines:
            yield (line,)
        return
    for line in lines:
        count = 1 + lines.at_hand(chunk - 1, _CHUNK_BYTES)
        # The rest waits for what is read next, which is there already or comes last.
        count -= count % modexp.MANY if count > modexp.MANY else 0
        yield (line, *itertools.islice(lines, count - 1))


def _at_once(
    lines: Iterable[bytes], work: Work, executor: "Executor", ahead: int, chunk: int
) -> Generator[Answer, None, None]:
    # One condition for everything that can happen: a line comes, the input ends, a chunk is done.
    changed = threading.Condition()
    reader = _Reader(lines, chunk, changed)
    handed: deque[tuple[Future[list[Answer]], int]] = deque()

    def has_room() -> bool:
        held = reader.size + sum(size for _, size in handed)
        return not handed or (len(handed) < ahead and held <= _AT_ONCE_BYTES)

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
    """Reads lines in a thread of its own, at most one chunk ahead.

    So answers go out while the input stalls. The thread is a daemon: nothing can wake a thread that
    waits for input, and a program must be able to end all the same.
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
        """Take all lines that have come, and their size; call it with the condition held."""
        taken, size = self.waiting, self.size
        self.waiting, self.size = [], 0
        self._changed.notify_all()
        return taken, size

    def _run(self) -> None:
        try:
            self._read()
        except BaseException as error:  # noqa: BLE001, since it is raised where answers are taken.
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
                    # Before the next line is read, so that no line is held besides the chunk.
                    self._changed.wait_for(self._wants_more)

    def _wants_more(self) -> bool:
        return self._stopped or (len(self.waiting) < self._chunk and self.size < _CHUNK_BYTES)


def _submit(executor: "Executor", work: Work, lines: Sequence[_Line]) -> "Future[list[Answer]]":
    from concurrent.futures import Future

    try:
        return executor.submit(_answer_all, work, lines)
    except RuntimeError as error:
        # The executor is broken or was shut down. What was handed over before may be done, and its
        # answers come first.
        failed: Future[list[Answer]] = Future()
        failed.set_exception(error)
        return failed


def _answer_all(work: Work, lines: Sequence[_Line]) -> list[Answer]:
    """Answer a chunk: what a worker does, perhaps in another process or on another machine.

    The lines are answered together, but for long ones, since what a parser makes of a line may be
    thirty times as long.
    """
    answered: list[Answer] = []
    for is_long, some in itertools.groupby(lines, lambda each: len(each[1] or b"") > _LONG):
        steps = [_answering(work, number, line) for number, line in some]
        answered += map(alone, steps) if is_long else together(steps)
    return answered


def _answering(work: Work, number: int, line: bytes | None) -> Computation[Answer]:
    answer: dict[str, object] = {}
    problem = None
    good = True
    try:
        transcript = parse_line(line)
        if "id" in transcript:
            answer["id"] = transcript["id"]
        if work == "compute":
            answer.update((yield from computing(transcript)).to_json())
        else:
            yield from verifying(transcript)
            answer["ok"] = True
    except SignatureMismatch as error:
        good = False
        answer.update(ok=False, reason=str(error))
    except PeerError as error:
        good = False
        if work == "verify" and isinstance(error, IllegalParameter) and error.name == "TIMESTAMP":
            # The signature is right, and the claim was received too late, or too early.
            answer.update(ok=False, reason=str(error))
            return Answer(number, json.dumps(answer), good, problem)
        # The error itself would hold its own frame, and so the line, until the next collection.
        problem = str(error)
        answer["error"] = describe(error)
    # Whatever was parsed can be written: NaN is refused, and nesting that is too deep to be written
    # is too deep for the parser, which is called further down the stack.
    return Answer(number, json.dumps(answer), good, problem)
