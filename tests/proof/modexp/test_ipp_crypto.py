"""ipp_crypto.py: eight powers at once, each in its own place, and nothing of them is left behind.

What can be tried without the library and its instructions is tried with a stand-in, everywhere.
"""

import concurrent.futures
import ctypes
import itertools
import os
import signal
import sys
import threading
import time
import types
from pathlib import Path
from typing import Any

import oracle
import pytest
from engines import BASES, EXPONENTS, any_base, check_after_a_fork_of_many, load_many_or_skip
from hypothesis import example, given, settings
from hypothesis import strategies as st
from intels_library import StandIn
from interrupts import interrupted_at_the_end, interrupted_everywhere

from srp_cognito.proof import modexp
from srp_cognito.proof.modexp import N, ipp_crypto

LONGEST = {name: each for name, each in EXPONENTS.items() if each < 2**3072}
LONGEST["3,072 bits, all set"] = 2**3072 - 1


@pytest.fixture(params=["the library", "a stand-in"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> modexp.EngineForMany:
    if request.param == "the library":
        return load_many_or_skip()
    monkeypatch.setattr(ipp_crypto, "_open", StandIn)
    return ipp_crypto.load()


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Load a stand-in, to which the test gives a fault."""
    library = StandIn()
    monkeypatch.setattr(ipp_crypto, "_open", lambda: library)
    return library


def check(engine: modexp.EngineForMany, pairs: list[tuple[int, int]]) -> None:
    assert engine.powers(pairs) == [oracle.power(*pair) for pair in pairs]


@pytest.mark.parametrize("exponent", LONGEST.values(), ids=LONGEST)
def test_it_is_right_at_the_edges_in_every_place(
    engine: modexp.EngineForMany, exponent: int
) -> None:
    pairs = [(base, exponent) for base in BASES.values()]
    assert len(pairs) == engine.lanes == 8
    for first in range(8 if exponent < 2**256 else 1):
        check(engine, pairs[first:] + pairs[:first])


def test_different_lengths_at_once_in_every_place(engine: modexp.EngineForMany) -> None:
    pairs = [(N - 2, exponent) for exponent in (0, 1, N, 2**3072 - 1, 2**64, 255, 2**256 - 1, 3)]
    for first in range(8):
        check(engine, pairs[first:] + pairs[:first])


any_exponent = st.integers(0, 2**256) | st.integers(0, 2**600) | st.integers(0, 2**3072 - 1)


@given(st.lists(st.tuples(any_base, any_exponent), min_size=1, max_size=8))
@example([(0, 0)])
@example([(0, 1)])
@example([(N - 1, 1)] * 3)
@settings(max_examples=50)
def test_it_agrees_with_gmp_for_one_to_eight(pairs: list[tuple[int, int]]) -> None:
    check(load_many_or_skip(), pairs)


@pytest.mark.parametrize("many", range(1, 9))
def test_one_to_eight_are_computed(engine: modexp.EngineForMany, many: int) -> None:
    check(engine, [(3 + place, 5 + place) for place in range(many)])


def test_many_threads_at_once_get_their_own_answers(engine: modexp.EngineForMany) -> None:
    jobs = [[(3 + 8 * job + place, 2**256 + job) for place in range(8)] for job in range(32)]
    barrier = threading.Barrier(8)

    def work(first: int) -> list[list[int]]:
        barrier.wait()
        return [engine.powers(job) for job in jobs[first::8]]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(work, range(8)))
    for first in range(8):
        assert answers[first] == [[oracle.power(*pair) for pair in job] for job in jobs[first::8]]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_it_works_after_a_fork() -> None:
    check_after_a_fork_of_many()


# What may be missing or wrong: each ends with a sentence


def refusal() -> str:
    """Why the engine for many is not used; the engine for one then gives right answers."""
    modexp._outcome_for_many.cache_clear()
    try:
        pairs = [(3 + place, 2**256 + place) for place in range(9)]
        assert modexp.powers(pairs) == [oracle.power(*pair) for pair in pairs]
        assert modexp.engine_for_many() is None
        with pytest.raises(ImportError) as caught:
            modexp.load_for_many()
        return str(caught.value)
    finally:
        modexp._outcome_for_many.cache_clear()


def test_without_the_wheels_the_missing_file_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    # PyPy puts words of its own before the path.
    said = refusal()
    assert said.startswith("ipp-crypto and intel-cmplr-lib-rt cannot be used: ")
    assert str(tmp_path / "lib" / "libintlc.so.5") in said


@pytest.mark.parametrize("missing", ipp_crypto._LIBRARIES)
def test_a_file_of_the_wheels_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    load_many_or_skip()
    (tmp_path / "lib").mkdir()
    for name in ipp_crypto._LIBRARIES:
        if name != missing:
            (tmp_path / "lib" / name).symlink_to(f"{sys.prefix}/lib/{name}")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert f"{tmp_path}/lib/{missing}: cannot open shared object file" in refusal()


def test_the_files_are_opened_by_their_full_paths_each_after_what_it_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = []
    replaced = types.SimpleNamespace(**vars(ctypes))
    replaced.CDLL = lambda name: opened.append(name) or name
    monkeypatch.setattr(ipp_crypto, "ctypes", replaced)
    assert ipp_crypto._open() == f"{sys.prefix}/lib/libcrypto_mb.so"
    assert opened == [
        f"{sys.prefix}/lib/{name}"
        for name in (
            "libintlc.so.5",
            "libirng.so",
            "libimf.so",
            "libsvml.so",
            "libcrypto_mb.so",
        )
    ]


def test_every_pointer_has_its_whole_width(library: StandIn) -> None:
    """The types are those of the library's exp.h, cpu_features.h and version.h."""
    ipp_crypto.load()
    pointer, integer = ctypes.c_void_p, ctypes.c_int
    eight = ctypes.POINTER(pointer * 8)
    types = {
        "mbx_is_crypto_mb_applicable": (integer, (ctypes.c_uint64,)),
        "mbx_getversion": (ctypes.POINTER(ipp_crypto._Version), ()),
        "mbx_exp_BufferSize": (integer, (integer,)),
        "mbx_exp3072_mb8": (
            ctypes.c_uint32,
            (eight, eight, eight, integer, eight, integer, pointer, integer),
        ),
    }
    for name, expected in types.items():
        function = getattr(library, name)
        assert (function.restype, function.argtypes) == expected, name


def test_a_file_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "libintlc.so.5").write_bytes(b"\x7fELF, and then not")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert "cannot be used" in refusal()


@pytest.mark.parametrize(
    "name",
    ["mbx_is_crypto_mb_applicable", "mbx_getversion", "mbx_exp_BufferSize", "mbx_exp3072_mb8"],
)
def test_a_release_without_a_function_is_not_an_engine(library: StandIn, name: str) -> None:
    delattr(library, name)
    assert refusal().startswith("ipp-crypto and intel-cmplr-lib-rt cannot be used: ")
    assert name in refusal()


def test_a_processor_without_the_instructions_is_named(library: StandIn) -> None:
    library.applicable = 0
    assert refusal() == "the processor does not have the instructions AVX-512 IFMA"


def test_a_status_is_shown_and_its_answers_are_not_used(library: StandIn) -> None:
    library.status = 0x2000
    assert refusal() == "ArithmeticError: it returns the status 0x2000 instead of powers"


@pytest.mark.parametrize("place", range(8))
def test_a_wrong_answer_in_one_place_is_noticed(library: StandIn, place: int) -> None:
    library.answers = lambda answers: [
        answer ^ (index == place) for index, answer in enumerate(answers)
    ]
    assert refusal() == "it computes a wrong known answer"


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(range(8), 2)))
def test_two_places_that_are_swapped_are_noticed(library: StandIn, one: int, other: int) -> None:
    """Their answers, their bases or their exponents only."""

    def swap(numbers: list[int]) -> list[int]:
        numbers = list(numbers)
        numbers[one], numbers[other] = numbers[other], numbers[one]
        return numbers

    library.answers = swap
    assert refusal() == "it computes a wrong known answer"
    library.answers = list
    library.change = lambda bases, exponents: (swap(bases), exponents)
    assert refusal() == "it computes a wrong known answer"
    library.change = lambda bases, exponents: (bases, swap(exponents))
    assert refusal() == "it computes a wrong known answer"


def test_an_answer_beyond_n_is_noticed(library: StandIn) -> None:
    library.answers = lambda answers: [answers[0], *[2**3072 - 1] * 7]
    assert refusal() == "it computes a wrong known answer"


def test_ctrl_c_while_it_is_proven_is_not_swallowed_and_it_is_tried_again(
    library: StandIn,
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    modexp._outcome_for_many.cache_clear()
    library.during = interrupt
    try:
        with pytest.raises(KeyboardInterrupt):
            modexp.engine_for_many()
        library.during = lambda: None
        engine = modexp.engine_for_many()
        assert engine is not None
        assert engine.implementation == "Intel Cryptography Primitives Library 11.22"
    finally:
        modexp._outcome_for_many.cache_clear()


# What is called, and what is left behind

SECRETS = [(N - 3 - place, 2**255 + 2**100 + place) for place in range(8)]


class Buffers:
    """The buffers that calls made, which stay alive so that a test sees what is left in them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[Any] = []
        self._monkeypatch = monkeypatch

    def watch(self) -> None:
        """From now on; what the engine keeps was made before."""
        create = ctypes.create_string_buffer

        def make(*arguments: Any) -> Any:
            self.made.append(create(*arguments))
            return self.made[-1]

        # Only the module's name for ctypes is replaced.
        replaced = types.SimpleNamespace(**vars(ctypes))
        replaced.create_string_buffer = make
        self._monkeypatch.setattr(ipp_crypto, "ctypes", replaced)

    def are_wiped(self) -> bool:
        return not any(buffer.raw.strip(b"\0") for buffer in self.made)


@pytest.fixture
def buffers(engine: modexp.EngineForMany, monkeypatch: pytest.MonkeyPatch) -> Buffers:
    buffers = Buffers(monkeypatch)
    buffers.watch()
    return buffers


def test_nothing_of_a_call_is_left_in_its_buffer(
    engine: modexp.EngineForMany, buffers: Buffers
) -> None:
    for many in range(1, 9):
        check(engine, SECRETS[:many])
        assert len(buffers.made) == many
        assert buffers.are_wiped()


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, "a status"])
def test_nothing_is_left_after_a_failure(
    library: StandIn, monkeypatch: pytest.MonkeyPatch, error: Any
) -> None:
    engine = ipp_crypto.load()
    buffers = Buffers(monkeypatch)
    buffers.watch()

    def fail() -> None:
        assert any(buffers.made[0].raw)
        if error != "a status":
            raise error
        library.status = 1

    library.during = fail
    with pytest.raises(ArithmeticError if error == "a status" else error):
        engine.powers(SECRETS)
    assert len(buffers.made) == 1
    assert buffers.are_wiped()


class Alarm(BaseException):
    """As Ctrl-C, and raised by a handler of signals."""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no timers")
def test_a_signal_at_any_moment_leaves_nothing_behind(
    engine: modexp.EngineForMany, buffers: Buffers
) -> None:
    def ring(*_: object) -> None:
        raise Alarm

    begun = time.perf_counter()
    engine.powers(SECRETS)
    takes = time.perf_counter() - begun
    before = signal.signal(signal.SIGALRM, ring)
    rung = 0
    try:
        for number in range(1, 101):
            try:
                signal.setitimer(signal.ITIMER_REAL, takes * number / 80)
                engine.powers(SECRETS)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except Alarm:
                rung += 1
            assert buffers.are_wiped(), number
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert rung > 0


def test_an_interrupt_before_any_bytecode_leaves_nothing_behind(
    library: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ipp_crypto.load()
    buffers = Buffers(monkeypatch)
    buffers.watch()
    filled = []
    library.during = lambda: filled.append(buffers.made[-1])
    places = 0
    for _ in interrupted_everywhere(ipp_crypto.__file__, lambda: engine.powers([(3, 5)] * 8)):
        places += 1
        assert buffers.are_wiped(), places
    # Most of the places are in a loop over the eight; many are after the buffer was filled.
    assert places > 300
    assert len(filled) > 50


def test_no_interrupt_comes_while_the_buffer_is_wiped(
    library: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyPy's ctypes.memset is written in Python, and may be left before it has begun."""
    engine = ipp_crypto.load()
    buffers = Buffers(monkeypatch)
    buffers.watch()
    places = 0
    for _ in interrupted_at_the_end(lambda: engine.powers([(3, 5)]), ipp_crypto.__file__):
        places += 1
        assert buffers.are_wiped(), places
    assert places > 30
