"""Several threads that do the same thing at the same time."""

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
