"""libcrypto.py: powers by the interpreter's own OpenSSL, which wipes and frees every number."""

import concurrent.futures
import ctypes
import itertools
import os
import platform
import sys
import threading
import types
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import gmpy2
import pytest
from engines import (
    BASES,
    EXPONENTS,
    Q,
    any_base,
    any_exponent,
    check,
    check_after_a_fork,
    check_in_a_process_of_its_own,
    load_or_skip,
)
from hypothesis import example, given, settings
from interrupts import interrupted_at_the_end, interrupted_everywhere

from srp_cognito.proof import modexp
from srp_cognito.proof.modexp import N, libcrypto


@pytest.fixture(scope="module")
def engine() -> modexp.Engine:
    return load_or_skip("libcrypto")


@pytest.mark.parametrize("exponent", EXPONENTS.values(), ids=EXPONENTS)
def test_it_is_right_at_the_edges(engine: modexp.Engine, exponent: int) -> None:
    for base in BASES.values():
        check(engine, base, exponent)


@given(any_base, any_exponent)
@example(N - 2, Q)
@settings(max_examples=50)
def test_it_agrees_with_gmp(engine: modexp.Engine, base: int, exponent: int) -> None:
    check(engine, base, exponent)


def test_many_threads_at_once_get_their_own_answers(engine: modexp.Engine) -> None:
    jobs = [(3 + i, 2**256 + i) for i in range(64)]
    barrier = threading.Barrier(8)

    def work(first: int) -> list[int]:
        barrier.wait()
        return [engine.power(*job) for job in jobs[first::8]]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(work, range(8)))
    for first in range(8):
        assert answers[first] == [gmpy2.powmod(*job, N) for job in jobs[first::8]]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_it_works_after_a_fork() -> None:
    check_after_a_fork("libcrypto")


@pytest.mark.slow
def test_a_hundred_thousand_exponentiations_leave_memory_flat() -> None:
    """A leak of one 384-byte number in each would add 38 MB."""
    pytest.importorskip("resource", reason="memory is measured with getrusage, which Windows lacks")
    printed = check_in_a_process_of_its_own(
        "libcrypto",
        """
        import resource
        def peak():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        base = modexp.N - 2
        for _ in range(10_000):
            power(base, 3)
        before = peak()
        for _ in range(100_000):
            power(base, 3)
        print((peak() - before) * (1 if sys.platform == "darwin" else 1024))
        """,
    )
    assert int(printed) < 2_000_000


# Where the library is


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str | None]]:
    """What is opened, one after the other, on another system, where nothing has the functions."""

    def candidates(
        *,
        implementation: str = "cpython",
        system: str = "linux",
        kind: str = "posix",
        own: Mapping[str, object],
    ) -> list[str | None]:
        opened: list[str | None] = []

        def import_module(name: str) -> types.ModuleType:
            if name not in own:
                raise ModuleNotFoundError(f"No module named {name!r}")
            module = types.ModuleType(name)
            if own[name] is not None:
                module.__file__ = own[name]
            return module

        def open_library(name: str | None) -> object:
            opened.append(name)
            return types.SimpleNamespace()

        has = types.SimpleNamespace
        replaced = has(platform=system, implementation=has(name=implementation))
        monkeypatch.setattr(libcrypto, "sys", replaced)
        monkeypatch.setattr(libcrypto, "os", has(name=kind))
        monkeypatch.setattr(libcrypto, "importlib", has(import_module=import_module))
        monkeypatch.setattr(libcrypto, "ctypes", has(**vars(ctypes) | {"CDLL": open_library}))
        with pytest.raises(ImportError, match="^no libcrypto can be used: "):
            libcrypto.load()
        return opened

    return candidates


HERE = libcrypto._candidates  # As it is, when a test replaces it.
SYSTEM = ["libcrypto.so.3", "libcrypto.so.4", "libcrypto.so.1.1"]
WINDOWS = [
    "libcrypto-3.dll",
    "libcrypto-3-x64.dll",
    "libcrypto-3-arm64.dll",
    "libcrypto-4.dll",
    "libcrypto-4-x64.dll",
    "libcrypto-4-arm64.dll",
    "libcrypto-1_1.dll",
    "libcrypto-1_1-x64.dll",
]
SHARED = {"_hashlib": "/lib/_hashlib.so"}
BUILT_IN = {"_hashlib": None}


@pytest.mark.parametrize(
    ("there", "opened"),
    [
        ({"own": SHARED}, ["/lib/_hashlib.so", *SYSTEM]),
        # None is the program.
        ({"own": BUILT_IN}, [None, *SYSTEM]),
        ({"own": {}}, SYSTEM),
        (
            {
                "implementation": "pypy",
                "own": {"_hashlib": "/lib/_hashlib/__init__.py", "_pypy_openssl": "/lib/ssl.so"},
            },
            ["/lib/ssl.so", *SYSTEM],
        ),
        # Apple's own ends the process, and Homebrew's folder is not the administrator's.
        ({"system": "darwin", "own": SHARED}, ["/lib/_hashlib.so"]),
        ({"system": "darwin", "own": BUILT_IN}, [None]),
        ({"system": "darwin", "own": {}}, []),
        ({"system": "emscripten", "own": {}}, []),
        ({"system": "win32", "kind": "nt", "own": SHARED}, WINDOWS),
        ({"system": "win32", "kind": "nt", "own": BUILT_IN}, WINDOWS),
        ({"system": "win32", "kind": "nt", "own": {}}, WINDOWS),
    ],
    ids=lambda each: " ".join(map(str, each.values())) if isinstance(each, dict) else "",
)
def test_each_place_opens_what_it_has_and_nothing_else(
    place: Callable[..., list[str | None]], there: dict[str, Any], opened: list[str | None]
) -> None:
    assert place(**there) == opened


def test_no_name_leaves_it_to_the_system_which_file_of_macos_is_opened() -> None:
    """Apple's libcrypto.dylib ends the process that opens it."""
    assert not [name for name in libcrypto._SYSTEM_NAMES if name.endswith(("dylib", ".so"))]


class Opened:
    """Libraries that can be opened, by their names; the first one that works is remembered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, candidates: list[tuple[str | None, str]]):
        monkeypatch.setattr(libcrypto, "_candidates", lambda: iter(candidates))
        self._monkeypatch = monkeypatch

    def as_(self, libraries: Mapping[str | None, object]) -> None:
        def open_library(name: str | None) -> object:
            if name not in libraries:
                raise OSError(f"{name}: cannot open shared object file: No such file or directory")
            return libraries[name]

        replaced = types.SimpleNamespace(**vars(ctypes) | {"CDLL": open_library})
        self._monkeypatch.setattr(libcrypto, "ctypes", replaced)


def the_library() -> object:
    """The one of this interpreter, opened anew, so that a test can break it."""
    load_or_skip("libcrypto")
    for name, _ in HERE():
        library = ctypes.CDLL(name)
        if hasattr(library, "BN_mod_exp_mont_consttime"):
            return library
    pytest.fail("the engine libcrypto is there, and its library is not")


class Without:
    """The library, but for one function."""

    def __init__(self, missing: str) -> None:
        self._library, self._missing = the_library(), missing

    def __getattr__(self, name: str) -> Any:
        if name == self._missing:
            raise AttributeError(f"/lib/x.so: undefined symbol: {name}")
        return getattr(self._library, name)


FUNCTIONS = (
    "BN_bin2bn",
    "BN_bn2binpad",
    "BN_CTX_new",
    "BN_CTX_start",
    "BN_CTX_get",
    "BN_CTX_end",
    "BN_CTX_free",
    "BN_MONT_CTX_new",
    "BN_MONT_CTX_set",
    "BN_mod_exp_mont_consttime",
    "OpenSSL_version",
)


@pytest.mark.parametrize("missing", FUNCTIONS)
def test_a_libcrypto_without_a_function_is_passed_over_for_the_systems(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    opened = Opened(monkeypatch, [("/lib/x.so", ""), ("libcrypto.so.3", ", the system's")])
    opened.as_({"/lib/x.so": Without(missing), "libcrypto.so.3": the_library()})
    engine = libcrypto.load()
    assert engine.implementation.endswith(", the system's")
    assert engine.power(3, 5) == 243


def test_a_static_interpreters_own_libcrypto_is_used_if_the_program_exports_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = Opened(monkeypatch, [(None, ""), ("libcrypto.so.3", ", the system's")])
    opened.as_({None: the_library(), "libcrypto.so.3": the_library()})
    engine = libcrypto.load()
    assert not engine.implementation.endswith("the system's")
    assert engine.power(3, 5) == 243


class Nothing:
    """A program that exports nothing."""


def test_where_no_libcrypto_can_be_used_each_is_named_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = Opened(monkeypatch, [(None, ""), ("/lib/x.so", ""), ("libcrypto.so.3", "")])
    opened.as_({None: Nothing(), "/lib/x.so": Without("BN_CTX_get")})
    with pytest.raises(ImportError) as caught:
        libcrypto.load()
    assert str(caught.value) == (
        "no libcrypto can be used: the program itself: 'Nothing' object has no"
        " attribute 'BN_bin2bn'; /lib/x.so: undefined symbol: BN_CTX_get; libcrypto.so.3: cannot"
        " open shared object file: No such file or directory"
    )


def test_an_interpreter_without_openssl_says_so_where_no_other_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Opened(monkeypatch, []).as_({})
    with pytest.raises(ImportError, match=r"used: the interpreter is not linked with one$"):
        libcrypto.load()


# What is called, and what is freed

MAKERS = {"BN_CTX_new", "BN_MONT_CTX_new"}
KEPT = 2  # N and its Montgomery form, which live as long as the engine.
STEPS = {
    "BN_CTX_new": (1, (None,)),
    "BN_CTX_get": (3, (None,)),
    "BN_bin2bn": (2, (None,)),
    "BN_mod_exp_mont_consttime": (1, (0,)),
    "BN_bn2binpad": (1, (-1, 383)),
}
"""What an exponentiation calls and how often, and what each of it returns when it fails."""


class Watched:
    """The library; it counts what is allocated and freed, and fails where a test wants it to."""

    def __init__(self) -> None:
        self._library = the_library()
        self.called: Counter[str] = Counter()
        self.alive: Counter[int] = Counter()
        self.failing: tuple[str, int, object] | None = None

    def __getattr__(self, name: str) -> Any:
        return WatchedFunction(self, name, getattr(self._library, name))


class WatchedFunction:
    """One of its functions; the C types that are declared go to the real one."""

    def __init__(self, watched: Watched, name: str, function: Any) -> None:
        self.__dict__.update(_watched=watched, _name=name, _function=function)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._function, name, value)

    def __call__(self, *arguments: Any) -> Any:
        watched = self._watched
        watched.called[self._name] += 1
        if watched.failing and watched.failing[:2] == (self._name, watched.called[self._name]):
            return watched.failing[2]
        result = self._function(*arguments)
        # The numbers that BN_CTX_get returns belong to the scratch space that they come from.
        if self._name in MAKERS or (self._name == "BN_bin2bn" and arguments[2] is None):
            watched.alive[result] += 1
        if self._name == "BN_CTX_free" and arguments[0] is not None:
            assert watched.alive[arguments[0]] == 1, f"{self._name} of what is not allocated"
            del watched.alive[arguments[0]]
        return result


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    load_or_skip("libcrypto")
    watched = Watched()
    # As in CPython: what PyPy prepares for a function of C's cannot watch it.
    monkeypatch.setattr(
        libcrypto, "_called_once", lambda function: lambda pointer: map(function, (pointer,))
    )
    Opened(monkeypatch, [("libcrypto", "")]).as_({"libcrypto": watched})
    return watched


def test_the_constant_time_function_is_called_and_nothing_else(watched: Watched) -> None:
    """Its neighbour, BN_mod_exp_mont, would give the same answers."""
    assert libcrypto.load().power(3, 5) == 243
    assert watched.called == {
        "BN_CTX_end": 1,
        "BN_CTX_free": 2,
        "BN_CTX_get": 3,
        "BN_CTX_new": 2,
        "BN_CTX_start": 1,
        "BN_MONT_CTX_new": 1,
        "BN_MONT_CTX_set": 1,
        "BN_bin2bn": 3,
        "BN_bn2binpad": 1,
        "BN_mod_exp_mont_consttime": 1,
        "OpenSSL_version": 1,
    }


def test_all_that_an_exponentiation_allocates_is_freed(watched: Watched) -> None:
    power = libcrypto.load().power
    kept = set(watched.alive)
    assert len(kept) == KEPT
    for exponent in (0, 5, 2**256):
        assert power(3, exponent) == gmpy2.powmod(3, exponent, N)
        assert set(watched.alive) == kept


@pytest.mark.parametrize(
    ("name", "calls", "result"),
    [(name, calls, result) for name, (calls, results) in STEPS.items() for result in results],
)
def test_a_failure_is_a_memory_error_and_all_is_freed(
    watched: Watched, name: str, calls: int, result: object
) -> None:
    power = libcrypto.load().power
    kept = set(watched.alive)
    for call in range(1, calls + 1):
        watched.failing = name, watched.called[name] + call, result
        with pytest.raises(MemoryError, match="^libcrypto could not allocate"):
            power(3, 5)
        assert set(watched.alive) == kept
        watched.failing = None
    assert power(3, 5) == 243


def test_an_interrupt_frees_what_was_allocated(watched: Watched) -> None:
    power = libcrypto.load().power
    kept = set(watched.alive)
    exponentiation = power.__self__  # type: ignore[attr-defined]

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    exponentiation._exponentiate = interrupted
    with pytest.raises(KeyboardInterrupt):
        power(3, 5)
    assert set(watched.alive) == kept


def test_an_interrupt_before_any_bytecode_leaves_no_number_behind(watched: Watched) -> None:
    """At worst an empty scratch space, if it comes before anybody knows where that is."""
    power = libcrypto.load().power
    kept = set(watched.alive)
    places, at_risk = 0, 0

    def work() -> None:
        watched.called.clear()
        assert power(3, 5) == 243

    for _ in interrupted_everywhere(libcrypto.__file__, work):
        places += 1
        if watched.called["BN_bin2bn"]:
            at_risk += 1
            assert set(watched.alive) == kept, places
        for left in set(watched.alive) - kept:
            watched._library.BN_CTX_free(ctypes.c_void_p(left))
            del watched.alive[left]
    assert (places > 100, at_risk > 50) == (True, True)


@pytest.mark.parametrize("how", ["as here", "as on PyPy"])
def test_no_interrupt_comes_while_libcrypto_is_called_to_wipe(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """PyPy's ctypes is written in Python, and may be left before it has called."""
    if how == "as on PyPy":
        pytest.importorskip("_cffi_backend")
        monkeypatch.setattr(sys.implementation, "name", "pypy")
    library = the_library()
    for name in ("BN_new", "BN_set_word", "BN_is_zero", "BN_clear", "BN_free"):
        function = getattr(library, name)
        function.argtypes = {"BN_new": (), "BN_set_word": (ctypes.c_void_p, ctypes.c_ulong)}.get(
            name, (ctypes.c_void_p,)
        )
        function.restype = {"BN_new": ctypes.c_void_p}.get(name, ctypes.c_int)
    number = library.BN_new()
    called_once = libcrypto._called_once(library.BN_clear)
    places = 0

    def work() -> None:
        wiping = called_once(number)
        try:
            try:
                library.BN_set_word(number, 5)
            finally:
                next(wiping, None)
        finally:
            next(wiping, None)

    try:
        for _ in interrupted_at_the_end(work, __file__, libcrypto.__file__):
            places += 1
            assert library.BN_is_zero(number), places
    finally:
        library.BN_free(number)
    assert places > 10


class Number(ctypes.Structure):
    """The first members of OpenSSL's ``struct bignum_st``, which all its releases share."""

    _fields_ = (("words", ctypes.c_void_p), ("top", ctypes.c_int), ("most", ctypes.c_int))


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="it looks into memory that glibc keeps when freed"
)
def test_freed_memory_holds_nothing_of_the_numbers(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    exponentiation = libcrypto.load().power.__self__  # type: ignore[attr-defined]
    numbers: list[int] = []
    held: list[bytes] = []
    freed: list[bytes] = []
    get, free = exponentiation._scratch_number, exponentiation._scratch_free

    def remember(scratch: int) -> int:
        numbers.append(get(scratch))
        return numbers[-1]

    def look(scratch: int) -> None:
        # In C's own memory only; what Python allocates meanwhile may reuse none of it.
        places = [(number.words, 8 * number.top) for number in map(Number.from_address, numbers)]
        held.extend(itertools.starmap(ctypes.string_at, places))
        free(scratch)
        freed.extend(itertools.starmap(ctypes.string_at, places))

    exponentiation._scratch_number = remember
    exponentiation._freeing = lambda scratch: map(look, (scratch,))
    base, exponent = N - 2, 2**511 + 2**300 + 99
    result = exponentiation.power(base, exponent)
    assert result == gmpy2.powmod(base, exponent, N)
    assert [int.from_bytes(each, sys.byteorder) for each in held] == [result, base, exponent]
    for before, after in zip(held, freed, strict=True):
        # The allocator writes its links to the first two words of what is freed.
        words = [(before[at : at + 8], after[at : at + 8]) for at in range(16, len(before), 8)]
        assert not [was for was, is_now in words if was == is_now != bytes(8)]


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("BN_bin2bn", None),
        ("BN_MONT_CTX_new", None),
        ("BN_CTX_new", None),
        ("BN_MONT_CTX_set", 0),
    ],
)
def test_a_library_that_cannot_prepare_n_is_not_an_engine(
    watched: Watched, name: str, result: object
) -> None:
    watched.failing = name, 1, result
    with pytest.raises(ImportError, match="libcrypto could not prepare N$"):
        libcrypto.load()
    assert watched.called["BN_CTX_free"] == 1
    assert watched.called["BN_mod_exp_mont_consttime"] == 0


def test_every_pointer_has_its_whole_width(watched: Watched) -> None:
    """Ctypes would cut an undeclared pointer to 32 bits, which fails only at high addresses.

    The types are those of OpenSSL's bn.h and crypto.h.
    """
    pointer, integer, octets = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    types = {
        "BN_bin2bn": (pointer, (octets, integer, pointer)),
        "BN_bn2binpad": (integer, (pointer, octets, integer)),
        "BN_CTX_new": (pointer, ()),
        "BN_CTX_start": (None, (pointer,)),
        "BN_CTX_get": (pointer, (pointer,)),
        "BN_CTX_end": (None, (pointer,)),
        "BN_CTX_free": (None, (pointer,)),
        "BN_MONT_CTX_new": (pointer, ()),
        "BN_MONT_CTX_set": (integer, (pointer, pointer, pointer)),
        "BN_mod_exp_mont_consttime": (integer, (pointer,) * 6),
        "OpenSSL_version": (octets, (integer,)),
    }
    assert libcrypto.load().power(3, 5) == 243
    assert set(types) == set(watched.called)
    for name, (restype, argtypes) in types.items():
        function = getattr(watched, name)._function
        assert (function.restype, tuple(function.argtypes)) == (restype, argtypes), name


def test_a_version_in_any_bytes_does_not_lose_the_engine(watched: Watched) -> None:
    watched.failing = "OpenSSL_version", 1, b"OpenSSL \xff"
    assert libcrypto.load().implementation == "OpenSSL \ufffd"


def test_it_promises_what_its_implementation_does(engine: modexp.Engine) -> None:
    assert (engine.constant_time, engine.releases_gil) == (True, True)


def test_it_names_the_version_of_openssl(engine: modexp.Engine) -> None:
    assert engine.implementation.startswith(("OpenSSL ", "LibreSSL ", "AWS-LC "))
