"""Several threads that do the same thing at the same time."""

import concurrent.futures
import sys
import threading
from collections.abc import Callable

from srp_cognito import StateError


def race(work: Callable[[], object], threads: int = 4) -> list[object]:
    """Run `work` on several threads at once; return what each returned, or its StateError."""
    barrier = threading.Barrier(threads)
    outcomes: list[object] = []

    def run() -> None:
        barrier.wait()
        try:
            outcomes.append(work())
        except StateError as error:
            outcomes.append(error)

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return outcomes


def winners(work: Callable[[], object]) -> int:
    """How many of four threads succeed; each of the others gets a StateError."""
    return sum(not isinstance(outcome, StateError) for outcome in race(work))


def meanwhile(change: Callable[[], object], work: Callable[[], object], times: int = 3000) -> None:
    """Do `work` so many times while another thread does `change` as often.

    Threads are switched as often as Python can, which finds what iterates over something that
    changes. Whatever either of the two raises is raised.
    """
    ended = threading.Event()

    def keep_changing() -> None:
        for _ in range(times):
            if ended.is_set():
                return
            change()

    interval = sys.getswitchinterval()
    with concurrent.futures.ThreadPoolExecutor(1) as other:
        sys.setswitchinterval(1e-6)
        try:
            changing = other.submit(keep_changing)
            for _ in range(times):
                work()
        finally:
            sys.setswitchinterval(interval)
            ended.set()
        changing.result()
