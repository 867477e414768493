"""processes.py: Ctrl-C and a parent's end, as a worker and as whoever starts it meets them."""

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

import pytest

from srp_cognito.transcripts import processes
from srp_cognito.transcripts.processes import Processes


@pytest.fixture(autouse=True)
def _interrupt() -> Iterator[None]:
    """Whoever runs the tests may have made Ctrl-C ineffective."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Interrupt each start of a process; whether it starts without that, where this can be."""
    kept: list[bool] = []

    def submit(*_: object) -> Future[Any]:
        signal.raise_signal(signal.SIGINT)
        mask = getattr(signal, "pthread_sigmask", None)
        kept.append(mask is None or signal.SIGINT in mask(signal.SIG_BLOCK, ()))
        return Future()

    monkeypatch.setattr(ProcessPoolExecutor, "submit", submit)
    return kept


@pytest.mark.parametrize("system", ["this one", "Windows"])
def test_ctrl_c_waits_until_a_process_has_started_and_does_not_reach_it(
    started: list[bool], system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if system == "Windows":
        monkeypatch.delattr(signal, "pthread_sigmask", raising=False)
    with Processes(1) as workers, pytest.raises(KeyboardInterrupt):
        workers.submit(len, "")
    assert started == [True]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_ctrl_c_that_is_ignored_stays_so(started: list[bool]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Processes(1) as workers:
        workers.submit(len, "")
    assert started == [True]
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_every_thread_can_hand_over_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ProcessPoolExecutor, "submit", lambda *_: found.append(True))
    found: list[bool] = []
    with Processes(1) as workers:
        thread = threading.Thread(target=workers.submit, args=(len, ""))
        thread.start()
        thread.join()
        workers.submit(len, "")
    assert found == [True, True]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_worker_ignores_ctrl_c_and_ends_when_its_parent_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process of this test has no parent that started it as a worker."""
    ended: list[int] = []
    waited: list[object] = []

    class Parent:
        sentinel = 7

    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(multiprocessing.connection, "wait", waited.extend)
    processes._start_worker()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    for thread in threading.enumerate():
        if thread.name == "srp-cognito parent":
            thread.join(60)
    assert (waited, ended) == ([], [])
    monkeypatch.setattr(multiprocessing, "parent_process", Parent)
    processes._end_with_parent()
    assert (waited, ended) == ([7], [1])
