"""Files that are named on the command line, read one after the other as one input of lines.

Each is looked at before the first one is read, so that a slip in the last name does not show after
an hour of work.
"""

import bisect
import codecs
import contextlib
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..exceptions import printable
from ..transcripts.lines import Lines
from .streams import UnusableError, standard_input, unreadable

if TYPE_CHECKING:
    import io

    from ..transcripts.lines import Stream

__all__ = ["Files", "opened"]

STANDARD_INPUT: Final = "-"

_BEGINNING: Final = 1 << 13
"""How many bytes of a file are looked at."""


@contextlib.contextmanager
def opened(paths: Sequence[str], *, in_thread: bool = False) -> Iterator["Files"]:
    """Yield the lines of these files, of which "-" is standard input.

    Args:
        paths: the files.
        in_thread: whether the lines are read in another thread than this one.

    Raises:
        UnusableError: a file cannot be read, is not text, or is named twice; or one fails later,
            while it is read.
    """
    size = _look_at(paths)
    with contextlib.ExitStack() as stack:
        stdin = None
        if STANDARD_INPUT in paths:
            stdin = stack.enter_context(standard_input(in_thread=in_thread))
        files = _Files(paths, stdin)
        stack.callback(files.close)
        is_typed = stdin is not None and sys.stdin.isatty()
        yield Files(files, size, is_typed=is_typed)


class Files(Lines):
    """The lines of all the files; `size` is how many bytes they have, or None if unknown."""

    def __init__(self, files: "_Files", size: int | None, *, is_typed: bool) -> None:
        super().__init__(files)
        self.size = size
        self.is_typed = is_typed
        """Whether a person types some of it."""
        self._files = files

    def position(self) -> int:
        """How many bytes were read."""
        return self._files.position

    def place(self, number: int) -> str:
        """Return the file and the line in it, for the number of a line of the whole input."""
        before, name = self._files.begun[
            bisect.bisect_left(self._files.begun, number, key=lambda begun: begun[0]) - 1
        ]
        return f"{name}:{number - before}"


class _Files:
    """The files as one stream. After each comes a line break that is not in it.

    So a last line without one is not joined with the next file's first; elsewhere it makes a blank
    line, which has no answer.
    """

    def __init__(self, paths: Sequence[str], stdin: "Stream | None") -> None:
        self.position: int = 0
        self.begun: list[tuple[int, str]] = []
        """For each file that was begun, how many lines came before it, and its name."""
        self._waiting = list(reversed(paths))
        self._stdin = stdin
        self._stream: Stream | None = None
        self._file: io.FileIO | None = None
        self._lines = 0

    def read1(self, size: int, /) -> bytes:
        if self._stream is None:
            if not self._waiting:
                return b""
            self._stream = self._begin(self._waiting.pop())
        block = self._stream.read1(size)
        self.position += len(block)
        if not block:
            self.close()
            self._stream = None
            block = b"\n"
        self._lines += block.count(b"\n")
        return block

    def fileno(self) -> int:
        # Between two files nothing can be said of the next one, unless it is a file on a disk,
        # which keeps nobody waiting.
        if self._stream is None and self._waiting and Path(self._waiting[-1]).is_file():
            self._stream = self._begin(self._waiting.pop())
        if self._stream is None:
            raise OSError("there is no file whose descriptor it could be")
        return self._stream.fileno()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self, path: str) -> "Stream":
        self.begun.append((self._lines, _name(path)))
        if path == STANDARD_INPUT and self._stdin is not None:
            return self._stdin
        try:
            # Without a buffer, whose lock a thread that waits for input would hold while another
            # one closes the file.
            self._file = Path(path).open("rb", buffering=0)  # noqa: SIM115, closed by `close`.
        except OSError as error:
            raise unreadable(path, error) from error
        return _Read(self._file, path)


class _Read:
    """A file as `Lines` reads it."""

    def __init__(self, file: "io.FileIO", path: str) -> None:
        self._file = file
        self._path = path

    def read1(self, size: int, /) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise unreadable(self._path, error) from error

    def fileno(self) -> int:
        return self._file.fileno()


def _look_at(paths: Sequence[str]) -> int | None:
    """Return how many bytes the files have, or None if one of them has no size.

    Raises:
        UnusableError: a file cannot be read, is not text, or is named twice.
    """
    sizes: list[int | None] = []
    seen: set[str] = set()
    for path in paths:
        try:
            real, size = (path, None) if path == STANDARD_INPUT else _found(Path(path))
        except (OSError, RuntimeError, ValueError) as error:  # The name may be none, or a loop.
            raise unreadable(path, error) from error
        if real in seen:
            raise UnusableError(f"{_name(path)} is named twice")
        seen.add(real)
        sizes.append(size)
    return None if None in sizes else sum(filter(None, sizes))


def _found(path: Path) -> tuple[str, int | None]:
    """Return where a file really is, and its size, or None for one that has no size."""
    status = path.stat()
    real = str(path.resolve())
    if stat.S_ISDIR(status.st_mode):
        raise ValueError("it is a folder")
    if not stat.S_ISREG(status.st_mode):
        return real, None  # A pipe is opened when it is its turn: whoever writes would notice.
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    if not _may_be_lines(beginning):
        raise ValueError("it is not text in UTF-8")
    return real, status.st_size


def _may_be_lines(beginning: bytes) -> bool:
    """Whether a file that begins like this may hold lines of JSON.

    A line with a few wrong bytes, such as a password that was written in another encoding, is
    answered as a line that cannot be read. A picture or an archive would be a thousand of them.
    """
    if b"\0" in beginning:
        return False
    if beginning.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(
            beginning
        )  # Its end may be half a character.
    except UnicodeDecodeError:
        return False
    return True


def _name(path: str) -> str:
    """Return a file's name in a form to show."""
    return "standard input" if path == STANDARD_INPUT else printable(path)
