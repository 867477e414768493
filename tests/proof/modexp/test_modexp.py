"""modexp/: every engine gives the right answer, or is not used."""

import concurrent.futures
import hashlib
import importlib
import os
import secrets
import subprocess
import sys
import textwrap
import threading
import types
import warnings
from collections.abc import Callable
from typing import Any

import cryptography
import gmpy2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from srp_cognito.proof import modexp
from srp_cognito.proof.modexp import N, diffie_hellman, libcrypto, plain

Q = (N - 1) // 2

BASES = {
    "0": 0,
    "1": 1,
    "2, a residue": 2,
    "-2, a non-residue": N - 2,
    "5": 5,
    "11": 11,
    "short": 2**200 + 7,
    "a zero top byte": N >> 9,
    "N - 1": N - 1,
}
EXPONENTS = {
    "0": 0,
    "1": 1,
    "2": 2,
    "255": 255,
    "256": 256,
    "64 bits": 2**64 - 1,
    "a word of zeros": 2**64,
    "256 bits": 2**255 + 12345,
    "512 bits": 2**512 - 1,
    "Q - 1": Q - 1,
    "Q = (N - 1) / 2": Q,
    "Q + 1": Q + 1,
    "N - 2": N - 2,
    "N - 1": N - 1,
    "N": N,
    "3Q": 3 * Q,
    "4Q": 4 * Q,
    "10,000 bits": 2**9999 + 1,
}


@pytest.mark.parametrize("exponent", EXPONENTS.values(), ids=EXPONENTS)
def test_every_engine_is_right_at_the_edges(each_engine: modexp.Engine, exponent: int) -> None:
    for name, base in BASES.items():
        assert modexp.power(base, exponent) == gmpy2.powmod(base, exponent, N), name


@given(
    base=st.integers(0, N - 1),
    exponent=st.one_of(st.integers(0, 2**256), st.integers(0, 2**600), st.integers(0, 2**3100)),
)
@example(base=N - 2, exponent=Q)
@settings(max_examples=150)
def test_every_engine_agrees_with_gmp(each_engine: modexp.Engine, base: int, exponent: int) -> None:
    assert modexp.power(base, exponent) == gmpy2.powmod(base, exponent, N)


@pytest.mark.parametrize("base", [-1, N, N + 1, 2 * N])
def test_a_base_outside_the_range_is_refused(each_engine: modexp.Engine, base: int) -> None:
    with pytest.raises(ValueError, match="base must lie in"):
        modexp.power(base, 3)


def test_a_negative_exponent_is_refused(each_engine: modexp.Engine) -> None:
    with pytest.raises(ValueError, match="exponent must not be negative"):
        modexp.power(2, -1)


def test_n_is_a_safe_prime_for_which_minus_two_is_no_residue() -> None:
    assert gmpy2.is_prime(N, 40)
    assert gmpy2.is_prime(Q, 40)
    assert gmpy2.legendre(2, N) == 1
    assert gmpy2.legendre(N - 2, N) == -1


def test_the_known_answer_is_what_pow_gives() -> None:
    answer = pow(modexp._KNOWN_BASE, modexp._KNOWN_EXPONENT, N)
    digest = hashlib.sha256(answer.to_bytes(384, "big")).hexdigest()
    assert digest == modexp._KNOWN_ANSWER_SHA256
    assert modexp._KNOWN_EXPONENT.bit_length() == 256


# The choice


@pytest.fixture
def nothing_loaded() -> Any:
    """Forget which engines were loaded, before and after."""
    modexp.load.cache_clear()
    yield
    modexp.load.cache_clear()


def engine_with(power: Callable[[int, int], int]) -> Callable[[], modexp.Engine]:
    return lambda: modexp.Engine("libcrypto", "a stand-in", True, True, power)


def test_the_first_usable_engine_is_chosen(nothing_loaded: None) -> None:
    usable = []
    for name in modexp.NAMES:
        try:
            usable.append(modexp.load(name).name)
        except ImportError:
            continue
    assert modexp._choose().name == modexp.engine().name == usable[0]
    assert usable[-1] == "plain"


def test_an_unknown_engine_is_a_value_error_that_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="libcrypto, diffie_hellman, plain"):
        modexp.load("gmp")


class PanicException(BaseException):
    """As pyo3's, by its name; `except Exception` does not catch it."""


def wrong(base: int, exponent: int) -> int:
    return int(gmpy2.powmod(base, exponent, N)) ^ 1


def refusing(base: int, exponent: int) -> int:
    raise ValueError("Error computing shared key.")


def panicking(base: int, exponent: int) -> int:
    raise PanicException("called `Result::unwrap()` on an `Err` value")


def too_wide(base: int, exponent: int) -> int:
    return N << 8


@pytest.mark.parametrize(
    "error", [RuntimeError, TypeError, ValueError, NotImplementedError, UserWarning, PanicException]
)
def test_an_engine_that_cannot_even_be_loaded_is_passed_over(
    nothing_loaded: None, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def load() -> modexp.Engine:
        raise error("not here")

    monkeypatch.setattr(libcrypto, "load", load)
    with pytest.raises(ImportError, match=f"{error.__name__}: not here"):
        modexp.load("libcrypto")
    assert modexp._choose().name != "libcrypto"


@pytest.mark.parametrize("power", [wrong, refusing, panicking, too_wide])
def test_an_engine_that_fails_the_known_answer_is_passed_over(
    nothing_loaded: None, monkeypatch: pytest.MonkeyPatch, power: Callable[[int, int], int]
) -> None:
    monkeypatch.setattr(libcrypto, "load", engine_with(power))
    with pytest.raises(ImportError, match="known answer|ValueError|PanicException|OverflowError"):
        modexp.load("libcrypto")
    chosen = modexp._choose()
    assert chosen.name != "libcrypto"
    assert chosen.power(3, 5) == 243


class TimeOut(BaseException):
    """As gevent's, which is meant for the caller."""


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, TimeOut, MemoryError])
def test_ctrl_c_during_the_known_answer_is_not_swallowed(
    nothing_loaded: None, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def interrupted(base: int, exponent: int) -> int:
        raise error

    monkeypatch.setattr(libcrypto, "load", engine_with(interrupted))
    with pytest.raises(error):
        modexp._choose()


def test_each_engine_promises_what_its_implementation_does() -> None:
    promises = {
        "libcrypto": (True, True),
        "diffie_hellman": (True, False),
        "plain": (False, False),
    }
    assert tuple(promises) == modexp.NAMES
    for name in modexp.NAMES:
        try:
            engine = modexp.load(name)
        except ImportError:
            continue  # The tests on each engine say aloud which ones are missing.
        assert engine.name == name
        assert (engine.constant_time, engine.releases_gil) == promises[name]


def test_without_any_right_engine_nothing_is_computed(
    nothing_loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modexp, "_KNOWN_ANSWER_SHA256", "0" * 64)
    with pytest.raises(ImportError, match="no engine gives the right answer"):
        modexp._choose()


# libcrypto


def test_an_interpreter_with_openssl_built_in_has_no_libcrypto_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(libcrypto._hashlib, "__file__")
    with pytest.raises(ImportError, match="symbols cannot be reached"):
        libcrypto.load()


def test_a_library_without_the_symbols_is_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libcrypto, "_open", types.SimpleNamespace)
    with pytest.raises(ImportError, match="BN_new"):
        libcrypto.load()


def test_on_windows_the_library_is_opened_by_its_own_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def open_library(name: str) -> str:
        tried.append(name)
        if name != "libcrypto-1_1.dll":
            raise OSError(name)
        return "the library"

    monkeypatch.setattr(libcrypto, "os", types.SimpleNamespace(name="nt"))
    monkeypatch.setattr(libcrypto.ctypes, "CDLL", open_library)
    assert libcrypto._open() == "the library"
    assert tried == [
        "libcrypto-3.dll",
        "libcrypto-3-x64.dll",
        "libcrypto-3-arm64.dll",
        "libcrypto-1_1.dll",
    ]


def test_a_library_that_cannot_be_opened_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libcrypto._hashlib, "__file__", "/nonexistent/_hashlib.so")
    with pytest.raises(ImportError, match=r"/nonexistent/_hashlib\.so"):
        libcrypto.load()


def test_the_constant_time_function_is_called_and_numbers_are_wiped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Their neighbours, BN_mod_exp_mont and BN_free, would give the same answers."""
    library = libcrypto._open()
    names: set[str] = set()

    class Watched:
        def __getattr__(self, name: str) -> Any:
            names.add(name)
            return getattr(library, name)

    monkeypatch.setattr(libcrypto, "_open", Watched)
    assert libcrypto.load().power(3, 5) == 243
    assert names == {
        "BN_CTX_free",
        "BN_CTX_new",
        "BN_MONT_CTX_new",
        "BN_MONT_CTX_set",
        "BN_bin2bn",
        "BN_bn2binpad",
        "BN_clear_free",
        "BN_mod_exp_mont_consttime",
        "BN_new",
        "OpenSSL_version",
    }


def test_a_library_that_cannot_prepare_n_is_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    library = libcrypto._open()

    class NoMontgomery:
        def __getattr__(self, name: str) -> Any:
            if name == "BN_MONT_CTX_set":
                return lambda *arguments: 0
            return getattr(library, name)

    monkeypatch.setattr(libcrypto, "_open", NoMontgomery)
    with pytest.raises(ImportError, match="could not prepare N"):
        libcrypto.load()


@pytest.mark.parametrize("failing", ["_new", "_read", "_scratch_new", "_exponentiate", "_write"])
def test_a_failed_allocation_is_a_memory_error_and_frees_the_rest(failing: str) -> None:
    exponentiation = libcrypto._Exponentiation(libcrypto._open())
    made, freed = [], []

    def watch(attribute: str, log: list[Any], result: bool) -> None:
        function = getattr(exponentiation, attribute)

        def watched(*arguments: Any) -> Any:
            value = function(*arguments)
            log.append(value if result else arguments[0])
            return value

        setattr(exponentiation, attribute, watched)

    for maker in ("_new", "_read", "_scratch_new"):
        watch(maker, made, result=True)
    for destroyer in ("_clear_free", "_scratch_free"):
        watch(destroyer, freed, result=False)
    setattr(exponentiation, failing, lambda *arguments: None)
    with pytest.raises(MemoryError):
        exponentiation.power(3, 5)
    assert sorted(made) == sorted(pointer for pointer in freed if pointer)


# Diffie-Hellman


def test_the_exchange_is_found_where_cryptography_is_moving_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used = []

    class Moved(types.ModuleType):
        def __getattr__(self, name: str) -> Any:
            used.append(name)
            return getattr(real, name)

    real = importlib.import_module("cryptography.hazmat.primitives.asymmetric.dh")
    home = "cryptography.hazmat.decrepit.asymmetric"
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.decrepit", Moved("decrepit"))
    monkeypatch.setitem(sys.modules, home, Moved("asymmetric"))
    monkeypatch.setitem(sys.modules, f"{home}.dh", Moved("dh"))
    with pytest.MonkeyPatch.context() as filters:
        # The stand-in reads the deprecated names in this module's name, not in the engine's.
        filters.setattr(diffie_hellman, "__name__", __name__)
        engine = diffie_hellman.load()
    assert "DHPrivateNumbers" in used
    assert engine.power(3, 5) == 243


def test_a_cryptography_without_the_exchange_is_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    for home in diffie_hellman._HOMES:
        monkeypatch.setitem(sys.modules, home, None)
    with pytest.raises(ImportError, match="no finite-field Diffie-Hellman"):
        diffie_hellman.load()


def test_a_cryptography_that_emptied_the_module_is_no_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(diffie_hellman, "_find", lambda: types.ModuleType("dh"))
    with pytest.raises(ImportError, match="is gone"):
        diffie_hellman.load()


def run_python(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_deprecation_warning_is_not_shown_and_nobody_elses_is_silenced() -> None:
    done = run_python(
        """
        import warnings
        before = list(warnings.filters)
        from srp_cognito.proof.modexp import diffie_hellman
        assert diffie_hellman.load().power(4, 5) == 1024
        assert warnings.filters == before, "the filters were changed"
        """,
        "-W",
        "error",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_warning_of_anybody_else_is_shown_even_while_the_engine_is_loaded() -> None:
    class Noisy(types.ModuleType):
        def __getattr__(self, name: str) -> Any:
            warnings.warn("of somebody else", UserWarning, stacklevel=1)
            warnings.warn("that the engine caused", UserWarning, stacklevel=2)
            return lambda *arguments: None

    with pytest.warns(UserWarning, match="somebody else") as shown:
        diffie_hellman._Exchange(Noisy("dh"))
    assert {str(warning.message) for warning in shown} == {"of somebody else"}


def test_the_users_own_use_of_the_exchange_still_warns() -> None:
    """From release 50 on; before, there is nothing to warn of."""
    diffie_hellman.load()
    deprecated = int(cryptography.__version__.partition(".")[0]) >= 50
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        dh = importlib.import_module("cryptography.hazmat.primitives.asymmetric.dh")
        assert dh.DHPrivateNumbers
    assert bool(shown) is deprecated


# Memory, threads, processes


@pytest.mark.slow
@pytest.mark.parametrize("name", modexp.NAMES)
def test_a_hundred_thousand_exponentiations_leave_memory_flat(name: str) -> None:
    """A leak of one 384-byte number a call would add 38 MB."""
    pytest.importorskip("resource", reason="memory is measured with getrusage, which Windows lacks")
    done = run_python(
        f"""
        import resource, sys
        from srp_cognito.proof import modexp
        try:
            power = modexp.load({name!r}).power
        except ImportError as error:
            sys.exit(f"not usable: {{error}}")
        def peak():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        base = modexp.N - 2
        for _ in range(10_000):
            power(base, 3)
        before = peak()
        for _ in range(100_000):
            power(base, 3)
        print((peak() - before) * (1 if sys.platform == "darwin" else 1024))
        """
    )
    if "not usable" in done.stderr:
        pytest.skip(f"{name} is {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 2_000_000


def test_many_threads_at_once_get_their_own_answers(each_engine: modexp.Engine) -> None:
    jobs = [(3 + i, 2**256 + i) for i in range(64)]
    expected = [gmpy2.powmod(base, exponent, N) for base, exponent in jobs]
    answers: list[int | None] = [None] * len(jobs)
    barrier = threading.Barrier(8)

    def work(first: int) -> None:
        barrier.wait()
        for i in range(first, len(jobs), 8):
            answers[i] = modexp.power(*jobs[i])

    threads = [threading.Thread(target=work, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.parametrize("name", modexp.NAMES)
def test_it_works_after_a_fork(name: str) -> None:
    done = run_python(
        f"""
        import os, sys
        from srp_cognito.proof import modexp
        try:
            power = modexp.load({name!r}).power
        except ImportError as error:
            sys.exit(f"not usable: {{error}}")
        expected = pow(7, 2**256 + 1, modexp.N)
        assert power(7, 2**256 + 1) == expected
        child = os.fork()
        if child == 0:
            os._exit(0 if power(7, 2**256 + 1) == expected else 1)
        _, status = os.waitpid(child, 0)
        assert status == 0, status
        assert power(7, 2**256 + 1) == expected
        """
    )
    if "not usable" in done.stderr:
        pytest.skip(f"{name} is {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_fork_during_another_threads_first_exponentiation_does_not_hang_the_child() -> None:
    """It would, if the engine were imported then: the import lock's thread is not in the child."""
    code = """
        import os, signal, sys, threading, time, warnings
        warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of fork with threads.
        from srp_cognito.proof import modexp
        thread = threading.Thread(target=modexp.power, args=(2, 3))
        thread.start()
        time.sleep(DELAY)
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            os._exit(0 if modexp.power(2, 10) == 1024 else 1)
        thread.join()
        _, status = os.waitpid(child, 0)
        sys.exit(f"the child ended with {status}" if status else 0)
        """
    for delay in range(8):
        done = run_python(code.replace("DELAY", str(delay / 2000)))
        assert done.returncode == 0, done.stderr


def test_a_login_imports_nothing_more() -> None:
    """Imports belong where the program begins, and not on whichever thread logs in first."""
    done = run_python(
        """
        import sys
        from datetime import datetime, timezone
        from srp_cognito import AppClient, SRPClient, SRPServer, Verifier
        before = set(sys.modules)
        server = SRPServer(Verifier.for_user("eu-west-1_Example", "alice", "x"))
        client = SRPClient.for_user("eu-west-1_Example", "alice", "x", app=AppClient("id", "s"))
        challenge = server.challenge(client.start()["AuthParameters"])
        reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}
        server.verify(client.respond(reply)["ChallengeResponses"])
        print(sorted(set(sys.modules) - before))
        """
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


# The table of the plain engine


def warm() -> plain._Exponentiation:
    """A plain engine that has made its table."""
    exponentiation = plain._Exponentiation()
    for _ in range(plain.USES_BEFORE + 1):
        assert exponentiation._tables is None
        assert exponentiation.power(2, 3) == 8
    assert exponentiation._tables is not None
    return exponentiation


WARM = warm()


def test_whoever_signs_in_once_does_not_pay_for_a_table() -> None:
    """A login takes two or three powers of the generator."""
    exponentiation = plain._Exponentiation()
    for exponent in range(plain.USES_BEFORE):
        exponentiation.power(2, exponent)
    assert exponentiation._tables is None


@given(st.integers(0, 2**256 - 1))
@example(0)
@example(1)
@example(2**255)
@example(2**256 - 1)
@example(sum(2 ** (32 * row) for row in range(8)))
@example(sum(2 ** (32 * row + 31) for row in range(8)))
@example(2**16)
def test_powers_from_the_table_are_right(exponent: int) -> None:
    assert WARM.power(2, exponent) == gmpy2.powmod(2, exponent, N)


@pytest.mark.parametrize("exponent", [2**256, 2**256 + 1, 2**512 - 1])
def test_an_exponent_that_the_table_does_not_reach_is_no_matter(exponent: int) -> None:
    assert WARM.power(2, exponent) == gmpy2.powmod(2, exponent, N)


@pytest.mark.parametrize("base", [0, 1, 3, N - 2, N - 1])
def test_another_base_has_no_table(base: int) -> None:
    assert WARM.power(base, 2**255 + 5) == gmpy2.powmod(base, 2**255 + 5, N)


def test_a_table_that_is_wrong_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    low, high = plain._make_tables()
    broken = ([entry ^ 1 for entry in low], high)
    monkeypatch.setattr(plain, "_make_tables", lambda: broken)
    exponentiation = plain._Exponentiation()
    for exponent in range(2**255, 2**255 + 10):
        assert exponentiation.power(2, exponent) == gmpy2.powmod(2, exponent, N)
    assert exponentiation._tables is None


def test_of_many_threads_one_makes_the_table_and_all_are_right() -> None:
    exponentiation = plain._Exponentiation()
    exponents = [secrets.randbits(256) for _ in range(40)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda exponent: exponentiation.power(2, exponent), exponents))
    assert answers == [gmpy2.powmod(2, exponent, N) for exponent in exponents]
    assert exponentiation._tables is not None
