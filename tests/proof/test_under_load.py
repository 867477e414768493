"""under_load.py: threads that wait at the same time compute together, and none depends on another.

The threads are held by engines that wait for the test, so nothing here depends on time.
"""

import collections
import concurrent.futures
import functools
import os
import signal
import threading
import time
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import engines
import oracle
import pytest
from interrupts import interrupted_everywhere
from peers import PASSWORD, POOL_ID, USER_ID, OracleClient

from srp_cognito import SignatureMismatch, SRPServer, Verifier
from srp_cognito.proof import modexp, under_load
from srp_cognito.proof.server import check_password

SECRET = 2**255 + 12345


class Load:
    """A room for one processor, where two threads are a load already, and engines that hold them.

    Nobody's patience ends, unless a test makes it shorter.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in (("PROCESSORS", 1), ("LOAD", 2), ("PATIENCE", 20)):
            monkeypatch.setattr(under_load, name, value)
        self.room = under_load._Room()
        monkeypatch.setattr(under_load, "_room", self.room)
        self.alone: list[int] = []
        self.together: list[list[int]] = []
        self.during: Callable[[], object] = lambda: None
        self._let_go = threading.Semaphore(0)
        one, many = modexp.engine(), engines.eight(self._powers)
        held = modexp.Engine(
            one.name, one.implementation, one.constant_time, one.releases_gil, self._power
        )
        monkeypatch.setattr(modexp, "engine", lambda: held)
        monkeypatch.setattr(modexp, "_outcome_for_many", functools.cache(lambda: (many, "")))
        self.threads = concurrent.futures.ThreadPoolExecutor(32)

    def _power(self, base: int, exponent: int) -> int:
        self.alone.append(base)
        self._hold()
        return oracle.power(base, exponent)

    def _powers(self, pairs: Sequence[tuple[int, int]]) -> list[int]:
        self.together.append([base for base, _ in pairs])
        self._hold()
        return oracle_powers(pairs)

    def _hold(self) -> None:
        assert self._let_go.acquire(timeout=60)
        self.during()

    def let_go(self, times: int = 1) -> None:
        """Let so many computations end."""
        for _ in range(times):
            self._let_go.release()

    def want(self, *bases: int) -> Iterator[concurrent.futures.Future[int]]:
        """Threads that each want a power, and compute it or wait now."""
        for base in bases:
            before = self._busy()
            yield self.threads.submit(self.room.power, base, SECRET)
            until(lambda: self._busy() > before)  # noqa: B023 - it is called in this round.

    def _busy(self) -> int:
        return len(self.alone) + len(self.together) + self.waiting()

    def waiting(self) -> int:
        return len(self.room._waiting)

    def is_over(self) -> bool:
        """Whether nobody is left."""
        self.threads.shutdown()
        return not self.room._waiting and not self.room._computing


def oracle_powers(pairs: Sequence[tuple[int, int]]) -> list[int]:
    return [oracle.power(*pair) for pair in pairs]


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.0002)


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    return Load(monkeypatch)


def results(wanted: Iterable[concurrent.futures.Future[int]]) -> list[int]:
    return [each.result(60) for each in wanted]


def powers(*bases: int) -> list[int]:
    return [oracle.power(base, SECRET) for base in bases]


# Who computes alone, and who waits


def test_few_threads_compute_alone(load: Load) -> None:
    for _ in range(3):
        wanted = list(load.want(2, 3))
        load.let_go(2)
        assert results(wanted) == powers(2, 3)
    assert (load.alone, load.together) == ([2, 3] * 3, [])
    assert load.is_over()


def test_those_who_come_under_load_are_computed_together_eight_at_a_time(load: Load) -> None:
    wanted = list(load.want(*range(2, 23)))
    assert (load.alone, load.waiting()) == ([2, 3], 19)
    load.let_go(99)
    assert results(wanted) == powers(*range(2, 23))
    assert load.alone == [2, 3]
    assert load.together == [[*range(4, 12)], [*range(12, 20)], [*range(20, 23)]]
    assert load.is_over()


def test_as_many_compute_for_others_as_there_are_processors(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_load, "PROCESSORS", 2)
    wanted = list(load.want(*range(2, 23)))
    for number in (1, 2):  # One after the other, since two that end at once may begin one more.
        load.let_go()
        until(lambda: len(load.together) == number)  # noqa: B023 - it is called in this round.
    assert load.waiting() == 3
    load.let_go(99)
    assert results(wanted) == powers(*range(2, 23))
    assert load.is_over()


def test_whoever_comes_while_one_computes_for_others_waits(load: Load) -> None:
    """Else it would take a processor for itself that serves eight, and they would be fewer."""
    wanted = list(load.want(2, 3, 4, 5, 6))
    load.let_go(2)
    until(lambda: load.together == [[4, 5, 6]])
    wanted += load.want(7)
    assert load.waiting() == 1
    load.let_go(99)
    assert results(wanted) == powers(2, 3, 4, 5, 6, 7)
    assert load.is_over()


def test_who_was_taken_by_another_thread_meanwhile_is_not_taken_again(load: Load) -> None:
    class Taken(collections.deque[under_load._Wanted]):
        def popleft(self) -> under_load._Wanted:
            self.clear()
            return super().popleft()

    load.room._waiting = Taken([under_load._Wanted((2, 3))])
    load.room._start()
    assert load.is_over()


def test_when_the_load_is_over_each_computes_alone_again(load: Load) -> None:
    load.let_go(99)
    results(load.threads.submit(load.room.power, base, SECRET) for base in range(2, 30))
    before = len(load.together)
    assert [load.room.power(base, SECRET) for base in (2, 3)] == powers(2, 3)
    assert load.alone[-2:] == [2, 3]
    assert len(load.together) == before
    assert load.is_over()


def test_without_an_engine_for_many_nobody_waits(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modexp, "_outcome_for_many", lambda: (None, "not here"))
    wanted = [load.threads.submit(load.room.power, base, SECRET) for base in range(2, 12)]
    until(lambda: sorted(load.alone) == list(range(2, 12)))
    load.let_go(99)
    assert results(wanted) == powers(*range(2, 12))
    assert load.is_over()


def test_few_threads_do_not_look_for_an_engine_for_many(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes some milliseconds to load."""
    monkeypatch.setattr(modexp, "engine_for_many", None)
    wanted = list(load.want(2, 3))
    load.let_go(2)
    assert results(wanted) == powers(2, 3)


def test_nothing_keeps_the_secrets_of_those_who_are_done(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group that its own member names would stay until Python looks for cycles."""
    made: list[under_load._Wanted] = []

    def make(pair: tuple[int, int]) -> under_load._Wanted:
        made.append(wanted_class(pair))
        return made[-1]

    wanted_class = under_load._Wanted
    monkeypatch.setattr(under_load, "_Wanted", make)
    wanted = list(load.want(*range(2, 12)))
    load.let_go(99)
    assert results(wanted) == powers(*range(2, 12))
    assert load.is_over()
    assert [each.group for each in made] == [[]] * 10


def test_whoever_comes_while_somebody_waits_waits_as_well(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else those that compute alone again and again would keep it waiting for ever."""
    monkeypatch.setattr(under_load, "LOAD", 3)
    wanted = list(load.want(2, 3, 4, 5))
    assert (load.alone, load.waiting()) == ([2, 3, 4], 1)
    load.let_go()
    until(lambda: len(load.room._computing) == 2)
    wanted += load.want(6)
    assert (load.alone, load.waiting()) == ([2, 3, 4], 2)
    load.let_go(99)
    assert results(wanted) == powers(2, 3, 4, 5, 6)
    assert load.is_over()


# What happens to one of them


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_what_happens_to_one_who_computes_for_others_costs_them_nothing_but_time(
    load: Load, error: type[BaseException]
) -> None:
    def fail() -> None:
        if load.together == [[*range(4, 12)]]:
            load.during = lambda: None
            raise error

    load.during = fail
    wanted = list(load.want(*range(2, 15)))
    load.let_go(99)
    assert type(wanted.pop(2).exception(60)) is error
    assert results(wanted) == powers(2, 3, *range(5, 15))
    assert load.is_over()


def test_who_leaves_while_it_is_chosen_leaves_nothing_behind(load: Load) -> None:
    """It was interrupted, or its patience ended, between two steps of the thread that chose it."""

    class Left(collections.deque[under_load._Wanted]):
        def popleft(self) -> under_load._Wanted:
            if not self:
                load.room._leave(first)
            return super().popleft()

    first, second = under_load._Wanted((2, 3)), under_load._Wanted((3, 4))
    load.room._waiting = Left([first, second])
    load.room._start()
    assert (first.group, load.room._computing) == ([], {})
    assert second.woken.acquire(timeout=0)
    assert load.is_over()


def test_who_is_woken_by_two_is_woken_once() -> None:
    first, second = under_load._Wanted((2, 3)), under_load._Wanted((3, 4))
    for _ in range(2):
        first.group = [first, second]
        under_load._Room._wake(first)
    assert second.woken.acquire(timeout=0)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="Windows has no such signals")
def test_an_interrupt_of_one_who_waits_costs_the_others_nothing(load: Load) -> None:
    wanted = list(load.want(2, 3, 4))
    rung = threading.Event()

    def ring(*_: object) -> None:
        if not rung.is_set():
            rung.set()
            raise KeyboardInterrupt

    def interrupt(thread: int) -> None:
        until(lambda: load.waiting() == 2)
        # A signal that comes just before the lock begins to wait does not end that.
        while not rung.wait(0.02):
            signal.pthread_kill(thread, signal.SIGINT)

    before = signal.signal(signal.SIGINT, ring)
    try:
        interrupting = load.threads.submit(interrupt, threading.get_ident())
        with pytest.raises(KeyboardInterrupt):
            load.room.power(5, SECRET)
        interrupting.result(60)
    finally:
        signal.signal(signal.SIGINT, before)
    assert load.waiting() == 1
    load.let_go(99)
    assert results(wanted) == powers(2, 3, 4)
    assert 5 not in load.alone
    assert load.is_over()


def test_whoever_waits_for_too_long_computes_alone_and_is_the_last_to_wait_there(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_load, "PATIENCE", 0.01)
    wanted = list(load.want(2, 3))
    wanted.append(load.threads.submit(load.room.power, 4, SECRET))
    until(lambda: load.alone == [2, 3, 4])
    assert under_load._room is not load.room
    assert load.waiting() == 0
    load.let_go(99)
    assert results(wanted) == powers(2, 3, 4)
    assert load.is_over()


def test_a_mistake_is_raised_where_it_was_made(load: Load) -> None:
    wanted = list(load.want(2, 3, 4, 5))
    for base, exponent in ((modexp.N, 3), (3, -1)):
        with pytest.raises(ValueError, match=r"base must|exponent must"):
            load.room.power(base, exponent)
    assert under_load._room is load.room  # Nobody has waited.
    wanted += load.want(6)
    load.let_go(99)
    assert results(wanted) == powers(2, 3, 4, 5, 6)
    assert load.is_over()


def test_an_interrupt_before_any_bytecode_stops_nobody_else(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_load, "PATIENCE", 0.01)
    load.let_go(10**6)
    another = under_load._Wanted((2, 2))
    places = 0

    def power() -> int:
        """While another thread computes."""
        under_load._room._computing[another] = None
        try:
            return under_load._room.power(3, SECRET)
        finally:
            under_load._room._computing.pop(another, None)

    for limit in (2, 1):
        # Whoever comes computes alone, and then, waits for the other.
        monkeypatch.setattr(under_load, "LOAD", limit)
        for _ in interrupted_everywhere(under_load.__file__, power):
            places += 1
            assert not under_load._room._computing, places
            assert load.threads.submit(under_load._room.power, 5, 2).result(60) == 25
            assert power() == oracle.power(3, SECRET)
    assert places > 100


def test_a_handler_of_signals_may_want_a_power_itself(load: Load) -> None:
    inner: list[int] = []

    def handle() -> None:
        if load.together:
            load.during = lambda: None
            under_load.PATIENCE = 0.01
            inner.append(load.room.power(7, SECRET))

    load.during = handle
    wanted = list(load.want(2, 3, 4, 5, 6))
    load.let_go(99)
    assert results(wanted) == powers(2, 3, 4, 5, 6)
    assert inner == powers(7)
    assert load.is_over()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_the_child_of_a_fork_waits_for_nobody() -> None:
    """Those who compute and those who wait do not exist there."""
    done = engines.run_python(
        """
        import os, signal, sys
        from srp_cognito.proof import under_load
        here = under_load._room
        for _ in range(under_load.LOAD):
            here._computing[under_load._Wanted((2, 2))] = None
        here._waiting.append(under_load._Wanted((3, 3)))
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            there = under_load._room
            os._exit(0 if there is not here and there.power(7, 2) == 49 else 1)
        _, status = os.waitpid(child, 0)
        assert under_load._room is here
        sys.exit(f"the child ended with {status}" if status else 0)
        """
    )
    assert done.returncode == 0, done.stderr


# The checking side


@pytest.mark.parametrize("name", ["the library", "a stand-in"])
def test_many_threads_check_their_own_claims(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A wrong claim among right ones is refused, and no other, though they compute together."""
    groups: list[int] = []
    many = engines.load_many_or_skip() if name == "the library" else engines.eight(oracle_powers)

    def powers(pairs: Sequence[tuple[int, int]]) -> list[int]:
        groups.append(len(pairs))
        return many.powers(pairs)

    counted = replace(many, powers=powers)
    monkeypatch.setattr(modexp, "_outcome_for_many", functools.cache(lambda: (counted, "")))
    monkeypatch.setattr(under_load, "LOAD", 2)
    power = modexp.power

    def slow(base: int, exponent: int) -> int:
        """Who computes alone first, computes until some wait."""
        if not groups:
            until(lambda: len(under_load._room._waiting) > 2 or len(groups) > 0)
        return power(base, exponent)

    verifier = Verifier.for_user(POOL_ID, USER_ID, PASSWORD)
    monkeypatch.setattr(modexp, "power", slow)
    now = datetime.now(UTC)

    def is_right(number: int) -> bool:
        server, client = SRPServer(verifier), OracleClient()
        challenge = server.challenge({"USERNAME": USER_ID, "SRP_A": client.srp_a})
        answer = client.answer(challenge, now)
        if number % 3 == 0:
            answer["PASSWORD_CLAIM_SIGNATURE"] = 43 * "A" + "="
        try:
            server.verify(answer, now=now)
        except SignatureMismatch:
            return False
        return True

    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        assert list(threads.map(is_right, range(16))) == [number % 3 != 0 for number in range(16)]
    assert max(groups) > 2


def test_every_power_of_the_checking_side_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """The challenge's, the two of a claim, and that of a password."""
    bases: list[int] = []

    def power(base: int, exponent: int) -> int:
        bases.append(base)
        return oracle.power(base, exponent)

    monkeypatch.setattr(under_load, "_room", types.SimpleNamespace(power=power))
    monkeypatch.setattr(modexp, "engine", None)
    verifier = Verifier.for_user(POOL_ID, USER_ID, PASSWORD)
    server, client, now = SRPServer(verifier), OracleClient(), datetime.now(UTC)
    challenge = server.challenge({"USERNAME": USER_ID, "SRP_A": client.srp_a})
    assert bases == [2, 2]
    server.verify(client.answer(challenge, now), now=now)
    check_password(verifier, PASSWORD)
    assert bases[:3] == [2, 2, verifier.v]
    assert bases[4:] == [2]
