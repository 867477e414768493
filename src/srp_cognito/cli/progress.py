"""How far a run over many transcripts has come, for a person who watches the terminal.

It is shown only if standard error is a terminal and standard input is not, since a person who types
transcripts needs no bar. The bar is tqdm's, which the extra ``progress`` installs. Without tqdm,
one line at the end says how many lines there were and how long they took.
"""

import contextlib
import os
import stat
import sys
import time
from collections.abc import Iterator
from typing import Protocol

from .streams import complain

__all__ = ["Measured", "Progress", "shown"]


class Measured(Protocol):
    """An input of which it is known how much was read."""

    size: int | None
    """How many bytes it has; None if that is unknown."""
    is_typed: bool
    """Whether a person types it."""

    def position(self) -> int:
        """Return how many bytes were read."""


class Progress:
    """Show nothing: nobody watches, or a person types."""

    def advance(self) -> None:
        """Count one line that was answered."""

    def complain(self, problem: str) -> None:
        """Say on standard error what is wrong."""
        complain(problem)

    def close(self) -> None:
        """End, however the run ended."""


class _Summary(Progress):
    """Show one line at the end."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._lines = 0

    def advance(self) -> None:
        self._lines += 1

    def close(self) -> None:
        seconds = time.monotonic() - self._began
        complain(f"{_rate(self._lines, seconds)}, in {seconds:.0f} seconds")


class _Bar(Progress):
    """Show how much of a file is read; of a pipe, whose length is unknown, only the lines."""

    def __init__(self, source: Measured) -> None:
        from tqdm import tqdm

        self._source = source
        self._lines = 0
        self._bar = tqdm(
            total=source.size,
            desc="0 lines",
            file=sys.stderr,
            dynamic_ncols=True,
            miniters=0,  # Look at the clock at every line: one may take as long as a thousand.
            bar_format="{desc}, {elapsed} so far"
            if source.size is None
            else "{percentage:3.0f}% |{bar}| {desc}, {remaining} left",
        )

    def advance(self) -> None:
        self._lines += 1
        rate = _rate(self._lines, self._bar.format_dict["elapsed"])
        self._bar.set_description_str(rate, refresh=False)
        position = 0 if self._source.size is None else self._source.position()
        self._bar.update(position - self._bar.n)

    def complain(self, problem: str) -> None:
        # Above the bar, which it would tear otherwise.
        self._bar.write(f"srp-cognito: {problem}", file=sys.stderr)

    def close(self) -> None:
        self._bar.close()


class _StandardInput:
    """Standard input from where it is now, with a size if it is a file."""

    def __init__(self) -> None:
        self._descriptor = sys.stdin.fileno()
        self._begin = 0
        self.size: int | None = None
        self.is_typed = False
        status = os.fstat(self._descriptor)
        if stat.S_ISREG(status.st_mode):
            self._begin = self.position()
            self.size = status.st_size - self._begin

    def position(self) -> int:
        """How far the file is read; lines that are being worked on count as read."""
        return os.lseek(self._descriptor, 0, os.SEEK_CUR) - self._begin


@contextlib.contextmanager
def shown(source: Measured | None = None) -> Iterator[Progress]:
    """Show how far the run has come, as well as that is possible here.

    Args:
        source: what is read; standard input if left out.
    """
    progress = _choose(source)
    try:
        yield progress
    finally:
        progress.close()


def _choose(source: Measured | None) -> Progress:
    if sys.stderr is None or not sys.stderr.isatty():
        return Progress()
    if source.is_typed if source is not None else sys.stdin.isatty():
        return Progress()
    try:
        return _Bar(_StandardInput() if source is None else source)
    except ImportError:
        return _Summary()


def _rate(lines: int, seconds: float) -> str:
    return f"{lines:,} lines, {lines / max(seconds, 0.001):,.0f} a second"
