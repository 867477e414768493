"""Worker processes that Ctrl-C does not reach, and that end when their parent does.

Ctrl-C goes to every process of a terminal. The parent ends the work; a worker has nothing to say,
and must not print a traceback, not even while it is still starting.
"""

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import ParamSpec, TypeVar

__all__ = ["Processes"]

P = ParamSpec("P")
T = TypeVar("T")


class Processes(ProcessPoolExecutor):
    """So many worker processes. They start when there is work for them."""

    def __init__(self, jobs: int) -> None:
        # Started afresh: a fork of a process that has threads may wait for a lock for ever.
        context = multiprocessing.get_context("spawn")
        super().__init__(jobs, mp_context=context, initializer=_start_worker)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand over some work, for which a process may be started."""
        with _interrupt_held():
            return super().submit(fn, *args, **kwargs)


@contextlib.contextmanager
def _interrupt_held() -> Iterator[None]:
    """Let Ctrl-C wait until a process is started, and keep it from that process.

    A worker whose parent is interrupted halfway would miss what it is to read, and say so.
    """
    held: list[int] = []
    handler = signal.getsignal(signal.SIGINT)
    # A handler runs in the main thread, and only there can it be replaced.
    is_replaced = callable(handler) and threading.current_thread() is threading.main_thread()
    if is_replaced:
        signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    try:
        with _interrupt_blocked():
            yield
    finally:
        if is_replaced:
            signal.signal(signal.SIGINT, handler)
            if held:
                signal.raise_signal(signal.SIGINT)


@contextlib.contextmanager
def _interrupt_blocked() -> Iterator[None]:
    """Block it in this thread, and so in a process that it starts. Windows has nothing like it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker() -> None:
    """Prepare a worker, so that it neither ends before its parent nor outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="srp-cognito parent", daemon=True).start()


def _end_with_parent() -> None:
    # A parent that is killed cannot tell its worker, which would wait for ever and keep the
    # parent's standard output open, while another program may wait for that to end.
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)
