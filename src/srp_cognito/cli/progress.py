"""How far a run over many transcripts has come, for the person who watches the terminal.

The law: this is for people and goes to standard error, and only if that is a terminal while
standard input is none (a person who types transcripts needs no bar). The bar is tqdm's, with the
extra ``progress``; it is imported only to be shown, and where it is not installed, one line at the
end says how many lines there were and how long they took.
"""

import contextlib
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from tqdm import tqdm

__all__ = ["Progress", "shown"]


class Progress:
    """Shows nothing: there is no terminal, or a person types.

    Args:
        tell: writes a sentence to standard error.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell

    def advance(self) -> None:
        """Count one line that was answered."""

    def close(self) -> None:
        """End, however the run ended."""


class _Summary(Progress):
    """Shows one line at the end."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(tell)
        self._began = time.monotonic()
        self._lines = 0

    def advance(self) -> None:
        self._lines += 1

    def close(self) -> None:
        seconds = time.monotonic() - self._began
        self.tell(f"srp-cognito: {_told(self._lines, seconds)}, in {seconds:.0f} seconds")


class _Bar(Progress):
    """Shows a bar, or only how many lines there were where nobody knows how many will come."""

    def __init__(self, bar: "tqdm[NoReturn]", size: int | None, descriptor: int) -> None:
        super().__init__(self._tell_above)
        self._bar = bar
        self._descriptor = descriptor if size is not None else None
        self._first = self._position() if size is not None else 0
        self._lines = 0

    def advance(self) -> None:
        self._lines += 1
        told = _told(self._lines, self._bar.format_dict["elapsed"])
        self._bar.set_description_str(told, refresh=False)
        self._bar.update(self._position() - self._first - self._bar.n)

    def close(self) -> None:
        self._bar.close()

    def _position(self) -> int:
        """How far the input was read; lines that are being worked on count as read."""
        return 0 if self._descriptor is None else os.lseek(self._descriptor, 0, os.SEEK_CUR)

    def _tell_above(self, message: str) -> None:
        # Written above the bar, which would be torn otherwise.
        self._bar.write(message, file=sys.stderr)


@contextlib.contextmanager
def shown(tell: Callable[[str], None]) -> Iterator[Progress]:
    """Show how far the run has come, as well as it can be done here.

    Args:
        tell: writes a sentence to standard error, where there is no bar.
    """
    progress = _choose(tell)
    try:
        yield progress
    finally:
        progress.close()


def _choose(tell: Callable[[str], None]) -> Progress:
    if sys.stderr is None or not sys.stderr.isatty() or sys.stdin.isatty():
        return Progress(tell)
    try:
        from tqdm import tqdm
    except ImportError:
        return _Summary(tell)
    descriptor = sys.stdin.fileno()
    size = _size_left(descriptor)
    known = "{percentage:3.0f}% |{bar}| {desc}, {remaining} left"
    bar = tqdm(
        total=size,
        desc="0 lines",
        file=sys.stderr,
        dynamic_ncols=True,
        # Every line is a reason to look at the clock, since one may take as long as a thousand.
        miniters=0,
        bar_format="{desc}, {elapsed} so far" if size is None else known,
    )
    return _Bar(bar, size, descriptor)


def _size_left(descriptor: int) -> int | None:
    """How many bytes a regular file has from here on; None for a pipe, which does not tell."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        return None
    return status.st_size - os.lseek(descriptor, 0, os.SEEK_CUR)


def _told(lines: int, seconds: float) -> str:
    return f"{lines:,} lines, {lines / max(seconds, 0.001):,.0f} a second"
