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

from .streams import complain

__all__ = ["Progress", "shown"]


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

    def __init__(self, descriptor: int) -> None:
        from tqdm import tqdm

        status = os.fstat(descriptor)
        self._descriptor = descriptor
        self._is_file = stat.S_ISREG(status.st_mode)
        self._begin = self._position()
        self._lines = 0
        self._bar = tqdm(
            total=status.st_size - self._begin if self._is_file else None,
            desc="0 lines",
            file=sys.stderr,
            dynamic_ncols=True,
            miniters=0,  # Look at the clock at every line: one may take as long as a thousand.
            bar_format="{percentage:3.0f}% |{bar}| {desc}, {remaining} left"
            if self._is_file
            else "{desc}, {elapsed} so far",
        )

    def advance(self) -> None:
        self._lines += 1
        rate = _rate(self._lines, self._bar.format_dict["elapsed"])
        self._bar.set_description_str(rate, refresh=False)
        self._bar.update(self._position() - self._begin - self._bar.n)

    def complain(self, problem: str) -> None:
        # Above the bar, which it would tear otherwise.
        self._bar.write(f"srp-cognito: {problem}", file=sys.stderr)

    def close(self) -> None:
        self._bar.close()

    def _position(self) -> int:
        """How far a file is read; lines that are being worked on count as read."""
        return os.lseek(self._descriptor, 0, os.SEEK_CUR) if self._is_file else 0


@contextlib.contextmanager
def shown() -> Iterator[Progress]:
    """Show how far the run has come, as well as that is possible here."""
    progress = _choose()
    try:
        yield progress
    finally:
        progress.close()


def _choose() -> Progress:
    if sys.stderr is None or not sys.stderr.isatty() or sys.stdin.isatty():
        return Progress()
    try:
        return _Bar(sys.stdin.fileno())
    except ImportError:
        return _Summary()


def _rate(lines: int, seconds: float) -> str:
    return f"{lines:,} lines, {lines / max(seconds, 0.001):,.0f} a second"
