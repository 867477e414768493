"""Standard input, output and error as the commands use them, and the exit status.

A stream may be closed, full or not ready, and nobody may be reading it. The command then ends with
one sentence and an exit status, and never with a traceback.
"""

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final, TextIO, cast

from ..exceptions import printable

if TYPE_CHECKING:
    import io

    from ..transcripts.lines import Lines, Stream

__all__ = [
    "FAILED",
    "INTERRUPTED",
    "NO_DEVICE",
    "OK",
    "UNUSABLE",
    "UnusableError",
    "complain",
    "input_lines",
    "input_text",
    "run",
    "standard_input",
    "tell",
    "unreadable",
    "write_line",
]

OK: Final = 0
FAILED: Final = 1
UNUSABLE: Final = 2
NO_DEVICE: Final = 3
"""Signed in, but the device could not be registered or saved."""
INTERRUPTED: Final = 130
"""What a shell reports for a program that Ctrl-C ended."""

_END_OF_INPUT: Final = "Ctrl-Z and Enter" if os.name == "nt" else "Ctrl-D"


class UnusableError(Exception):
    """The command cannot do its work. The message is for the person who typed it."""


def unreadable(name: str, problem: Exception) -> UnusableError:
    """Return the error for a file that is named on the command line, in a sentence.

    >>> str(unreadable("a.toml", FileNotFoundError(2, "No such file", "a.toml")))
    'a.toml cannot be read: No such file'
    """
    said: object = problem
    if isinstance(problem, UnicodeDecodeError):
        said = "it is not text in UTF-8"
    elif isinstance(problem, OSError) and problem.strerror:
        said = problem.strerror  # The error itself repeats the name.
    shown = printable(name) or "''"
    return UnusableError(f"{shown} cannot be read: {said}")


def run(command: Callable[[], int], *, owns_process: bool) -> int:
    """Run a command, and return its exit status even where a stream fails.

    Args:
        command: does the work and returns the exit status.
        owns_process: whether the process ends with the command. If not, the streams stay as they
            are, since somebody else needs them.
    """
    if sys.stdout is None:
        complain("standard output cannot be written: it is closed")
        return UNUSABLE
    try:
        with _blocking(sys.stdout):
            status = command()
            sys.stdout.flush()
    except UnusableError as error:
        complain(error)
        return UNUSABLE
    except OSError as error:
        if owns_process:
            _discard(sys.stdout)
        # A reader that went away, as `head` does, needs no message. Python for Windows says so with
        # EINVAL (seen under Wine).
        is_gone = os.name == "nt" and error.errno == errno.EINVAL
        if not is_gone and not isinstance(error, BrokenPipeError):
            complain(error)
        return UNUSABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        if owns_process and sys.stderr is not None:
            try:
                sys.stderr.flush()
            except OSError:  # Nobody reads it, and the exit status does not depend on it.
                _discard(sys.stderr)
    return status


def write_line(line: str) -> None:
    """Write a line to standard output at once, since a program may wait for its answer."""
    # In one piece, so that an interrupt never leaves half a line.
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tell(text: str, end: str = "\n") -> None:
    """Write to standard error for a person, who may not be there."""
    # In one piece, since several threads may write. print() would write to standard output where
    # standard error is closed.
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{text}{end}")
            sys.stderr.flush()


def complain(problem: object) -> None:
    """Say on standard error what is wrong."""
    tell(f"srp-cognito: {problem}")


@contextlib.contextmanager
def input_lines(*, in_thread: bool = False) -> Iterator["Lines"]:
    """Yield the lines of standard input; a line that is too long is cut one byte after the limit.

    The arguments and errors are those of `standard_input`.
    """
    from ..transcripts.lines import Lines

    with standard_input(in_thread=in_thread) as stream:
        yield Lines(stream)


@contextlib.contextmanager
def standard_input(*, in_thread: bool = False) -> Iterator["Stream"]:
    """Yield standard input as `Lines` reads it.

    Args:
        in_thread: whether it is read in another thread than this one.

    Raises:
        UnusableError: standard input is closed, or fails while it is read.
    """
    if sys.stdin is None:
        raise UnusableError("standard input cannot be read: it is closed")
    with _blocking(sys.stdin):
        yield _Input(_own_stream() if in_thread else sys.stdin.buffer)


def input_text(limit: int) -> str:
    """Return all of standard input.

    Args:
        limit: how many bytes it may have.

    Raises:
        UnusableError: standard input is closed, fails while it is read, or is too long.
        UnicodeDecodeError: it is not UTF-8.
    """
    if sys.stdin is None:
        raise UnusableError("standard input cannot be read: it is closed")
    with _blocking(sys.stdin):
        _say_that_a_terminal_waits()
        try:
            octets = sys.stdin.buffer.read(limit + 1)
        except OSError as error:
            raise UnusableError(f"standard input cannot be read: {error}") from error
    if len(octets) > limit:
        raise UnusableError(f"standard input is longer than {limit} bytes")
    return octets.decode("utf-8")


class _Input:
    """Standard input as `Lines` reads it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = cast("io.BufferedReader", stream)
        self._is_read = False

    def read1(self, size: int, /) -> bytes:
        if not self._is_read:
            self._is_read = True
            _say_that_a_terminal_waits()
        try:
            return self._stream.read1(size)
        except OSError as error:
            raise UnusableError(f"standard input cannot be read: {error}") from error

    def fileno(self) -> int:
        return self._stream.fileno()


def _say_that_a_terminal_waits() -> None:
    """Say why nothing happens, to a person who may have forgotten the name of a file."""
    if sys.stdin is not None and sys.stdin.isatty():
        complain(f"reading from the terminal; end with {_END_OF_INPUT}")


def _own_stream() -> BinaryIO:
    """Return standard input with a buffer of its own, to be read in a thread.

    Python cannot close `sys.stdin` when it ends while a thread waits in it, and aborts.
    """
    try:
        return open(sys.stdin.fileno(), "rb", closefd=False)
    except (OSError, ValueError):
        return sys.stdin.buffer  # A stand-in has no descriptor.


@contextlib.contextmanager
def _blocking(stream: TextIO) -> Iterator[None]:
    """Wait for the stream where it is not ready, instead of losing data.

    A parent that runs an event loop may pass on a pipe that does not block, and Python's streams
    take a pipe that is not ready for the end of the input. Afterwards the pipe is as it was.
    """
    descriptor = None
    # A stand-in has no descriptor, and an old Windows cannot say whether one blocks.
    with contextlib.suppress(AttributeError, OSError, ValueError):
        if not os.get_blocking(stream.fileno()):
            os.set_blocking(stream.fileno(), True)
            descriptor = stream.fileno()
    try:
        yield
    finally:
        if descriptor is not None:
            os.set_blocking(descriptor, False)


def _discard(stream: TextIO) -> None:
    """Throw away what a stream still holds and cannot write.

    Python flushes the streams at exit, and would print a complaint or make the exit status 120
    (docs.python.org, "Note on SIGPIPE").
    """
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
