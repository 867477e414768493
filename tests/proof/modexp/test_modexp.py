"""modexp/: the first engine that gives the known answer is used, and is given what it can compute.

The tests of each engine are in the file of its name.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence

import gmpy2
import pytest
from engines import run_python
from race import race

from srp_cognito.proof import modexp
from srp_cognito.proof.modexp import N, ipp_crypto, libcrypto


def test_the_engine_in_use_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    assert modexp.power(3, 5) == 243
    monkeypatch.setattr(modexp, "_ENGINE", engine_with(lambda base, exponent: 7))
    assert modexp.power(3, 5) == 7


@pytest.mark.parametrize("base", [0, 1, N - 1])
def test_every_base_below_n_is_computed_with(base: int) -> None:
    assert modexp.power(base, 3) == gmpy2.powmod(base, 3, N)


@pytest.mark.parametrize("base", [-1, N, N + 1, 2 * N])
def test_a_base_outside_the_range_is_refused(each_engine: modexp.Engine, base: int) -> None:
    with pytest.raises(ValueError, match="^the base must lie in"):
        modexp.power(base, 3)


def test_a_negative_exponent_is_refused(each_engine: modexp.Engine) -> None:
    with pytest.raises(ValueError, match="^the exponent must not be negative"):
        modexp.power(2, -1)
    assert modexp.power(2, 0) == 1


def test_the_known_answer_is_what_pow_gives() -> None:
    answer = pow(modexp._KNOWN_BASE, modexp._KNOWN_EXPONENT, N)
    assert answer % modexp._KNOWN_PRIME == modexp._KNOWN_REMAINDER
    assert gmpy2.is_prime(modexp._KNOWN_PRIME)
    assert modexp._KNOWN_EXPONENT.bit_length() == 256
    assert gmpy2.legendre(modexp._KNOWN_BASE, N) == -1


# The choice


@pytest.fixture
def nothing_loaded() -> Iterator[None]:
    """Forget which engines were loaded, before and after."""
    modexp.load.cache_clear()
    yield
    modexp.load.cache_clear()


def engine_with(power: Callable[[int, int], int]) -> modexp.Engine:
    return modexp.Engine("libcrypto", "a stand-in", True, True, power)


def test_the_first_usable_engine_is_chosen(nothing_loaded: None) -> None:
    usable = []
    for name in modexp.NAMES:
        try:
            usable.append(modexp.load(name).name)
        except ImportError:
            continue
    assert modexp._choose().name == modexp.engine().name == usable[0]
    assert usable[-1] == "plain"
    assert usable == [name for name in modexp.NAMES if name in usable]


def test_an_engine_is_loaded_once(nothing_loaded: None) -> None:
    assert modexp.load("plain") is modexp.load("plain")


def test_an_unknown_engine_is_a_value_error_that_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'gmp'; there are: libcrypto, diffie_hellman, plain$"):
        modexp.load("gmp")


class PanicException(BaseException):
    """As pyo3's, by its name; `except Exception` does not catch it."""


def wrong(base: int, exponent: int) -> int:
    return int(gmpy2.powmod(base, exponent, N)) ^ 1


def refusing(base: int, exponent: int) -> int:
    raise ValueError("Error computing shared key.")


def panicking(base: int, exponent: int) -> int:
    raise PanicException("called `Result::unwrap()` on an `Err` value")


def unreduced(base: int, exponent: int) -> int:
    return int(gmpy2.powmod(base, exponent, N)) + N


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


@pytest.mark.parametrize(
    ("power", "reason"),
    [
        (wrong, "^it computes a wrong known answer$"),
        (refusing, "^ValueError: Error computing"),
        (panicking, "^PanicException: called"),
        (unreduced, "^it computes a wrong known answer$"),
    ],
)
def test_an_engine_that_fails_the_known_answer_is_passed_over(
    nothing_loaded: None,
    monkeypatch: pytest.MonkeyPatch,
    power: Callable[[int, int], int],
    reason: str,
) -> None:
    monkeypatch.setattr(libcrypto, "load", lambda: engine_with(power))
    with pytest.raises(ImportError, match=reason):
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

    monkeypatch.setattr(libcrypto, "load", lambda: engine_with(interrupted))
    with pytest.raises(error):
        modexp._choose()


def test_without_any_right_engine_nothing_is_computed(
    nothing_loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modexp, "_KNOWN_REMAINDER", 0)
    with pytest.raises(ImportError, match="^no engine gives the right answer") as caught:
        modexp._choose()
    for name in modexp.NAMES:
        assert f"{name}: " in str(caught.value)
    assert "plain: it computes a wrong known answer" in str(caught.value)


def test_a_reason_in_several_lines_is_shown_in_one(
    nothing_loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load() -> modexp.Engine:
        raise ImportError("dlopen failed:\n\ttried here\n\ttried there\n")

    monkeypatch.setattr(libcrypto, "load", load)
    with pytest.raises(ImportError, match="^dlopen failed: tried here tried there$"):
        modexp.load("libcrypto")


def test_an_interpreter_that_refuses_hashes_still_has_its_engine() -> None:
    """As OpenSSL without a provider does: it is not the exponentiation that is wrong there."""
    done = run_python(
        """
        import hashlib, sys, types
        # The face of proof/ computes k, a hash, so that the engines are loaded without it.
        import importlib.util
        spec = importlib.util.find_spec("srp_cognito")
        folder = spec.submodule_search_locations[0] + "/proof"
        proof = types.ModuleType("srp_cognito.proof")
        proof.__path__ = [folder]
        sys.modules["srp_cognito.proof"] = proof
        def refuse(*given, **named):
            raise ValueError("[digital envelope routines] unsupported")
        hashlib.sha256 = hashlib.new = refuse
        from srp_cognito.proof import modexp
        for name in modexp.NAMES:
            try:
                modexp.load(name)
            except ImportError as error:
                assert "digital envelope" not in str(error), error
        print(modexp.engine().power(3, 5))
        """
    )
    assert (done.returncode, done.stdout) == (0, "243\n"), done.stderr


# Many at once


class Many:
    """An engine for many, which keeps what it is asked for."""

    def __init__(self) -> None:
        self.calls: list[list[tuple[int, int]]] = []
        self.loaded = 0
        self.error: BaseException | None = None

    def load(self) -> modexp.EngineForMany:
        self.loaded += 1
        time.sleep(0.01)  # Long enough for other threads to come.
        return modexp.EngineForMany("ipp_crypto", "a stand-in", True, True, 8, self.powers)

    def powers(self, pairs: Sequence[tuple[int, int]]) -> list[int]:
        self.calls.append(list(pairs))
        if self.error and len(self.calls) > 1:  # The first call proves it.
            raise self.error
        return [int(gmpy2.powmod(*pair, N)) for pair in pairs]

    @property
    def lengths(self) -> list[list[int]]:
        """The lengths of the exponents of each call, without the one that proved it."""
        return [[exponent.bit_length() for _, exponent in call] for call in self.calls[1:]]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> Iterator[Many]:
    """A process that has computed nothing yet."""
    many = Many()
    monkeypatch.setattr(ipp_crypto, "load", many.load)
    modexp._outcome_for_many.cache_clear()
    yield many
    modexp._outcome_for_many.cache_clear()


def check_powers(*lengths: int) -> None:
    pairs = [(3 + place, (1 << length) - 1) for place, length in enumerate(lengths)]
    assert modexp.powers(pairs) == [gmpy2.powmod(*pair, N) for pair in pairs]


def test_few_powers_never_load_the_engine_for_many(many: Many) -> None:
    for count in range(8):
        check_powers(*[256] * count)
    assert many.loaded == 0


def test_many_powers_load_it_once_and_then_few_use_it_too(many: Many) -> None:
    check_powers(*[256] * 8)
    check_powers(*[256] * 9)
    for count in range(1, 5):
        check_powers(*[256] * count)
    assert many.loaded == 1
    # One alone, or two, take no longer than a call.
    assert many.lengths == [[256] * 8, [256] * 8, [256] * 3, [256] * 4]


def test_exponents_of_like_length_go_together(many: Many) -> None:
    check_powers(256, 512, 256, 512, 256, 512, 256, 256, 256, 512, 256, 256, 256, 256, 256, 512)
    assert many.lengths == [[512] * 5 + [256] * 3, [256] * 8]


def test_one_long_exponent_goes_alone_and_its_neighbours_together(many: Many) -> None:
    check_powers(256, 3072, 256, 4000, 256, 256, 256, 3073, 256, 256)
    assert many.lengths == [[256] * 7]


def test_the_longest_exponents_go_together_if_they_are_not_too_long(many: Many) -> None:
    check_powers(*[3072] * 8, *[3073] * 8)
    assert many.lengths == [[3072] * 8]


def test_exponents_of_no_length_are_computed(many: Many) -> None:
    check_powers(*[0] * 9)
    assert many.lengths == []


@pytest.mark.parametrize("pair", [(N, 3), (-1, 3), (2, -1)])
def test_one_pair_out_of_range_is_refused_before_anything_is_computed(
    many: Many, pair: tuple[int, int]
) -> None:
    with pytest.raises(ValueError, match="^the (base|exponent) must"):
        modexp.powers([(2, 3)] * 8 + [pair])
    assert many.calls == []


def test_an_engine_that_refuses_later_is_not_waited_for(many: Many) -> None:
    many.error = ArithmeticError("it returns the status 0x1 instead of powers")
    check_powers(*[256] * 20)
    check_powers(*[256] * 8)


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, TimeOut])
def test_ctrl_c_during_many_powers_is_not_swallowed(many: Many, error: type[BaseException]) -> None:
    many.error = error()
    with pytest.raises(error):
        check_powers(*[256] * 8)
    many.error = None
    check_powers(*[256] * 8)


@pytest.mark.parametrize(
    "error", [ImportError, OSError, RuntimeError, ValueError, ArithmeticError, PanicException]
)
def test_an_engine_for_many_that_cannot_be_loaded_is_tried_once_and_said_why(
    many: Many, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def load() -> modexp.EngineForMany:
        many.loaded += 1
        raise error("not here")

    monkeypatch.setattr(ipp_crypto, "load", load)
    check_powers(*[256] * 9)
    check_powers(*[256] * 9)
    assert modexp.engine_for_many() is None
    with pytest.raises(ImportError, match="not here$"):
        modexp.load_for_many()
    assert many.loaded == 1


@pytest.mark.parametrize("place", [0, 1, 7])
def test_an_engine_for_many_that_is_wrong_in_one_place_is_not_used(
    many: Many, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    right = many.powers

    def powers(pairs: Sequence[tuple[int, int]]) -> list[int]:
        answers = right(pairs)
        answers[place] ^= 1
        return answers

    monkeypatch.setattr(many, "powers", powers)
    check_powers(*[256] * 9)
    with pytest.raises(ImportError, match="^it computes a wrong known answer$"):
        modexp.load_for_many()


def test_many_threads_that_want_it_first_load_it_once(many: Many) -> None:
    assert set(map(id, race(modexp.load_for_many, threads=8))) == {id(modexp.load_for_many())}
    assert many.loaded == 1


def test_a_sign_in_and_few_powers_do_not_even_import_it() -> None:
    done = run_python(
        """
        import sys
        from srp_cognito import SRPServer, Verifier
        from srp_cognito.proof import modexp
        SRPServer(Verifier.for_user("eu-west-1_Example", "alice", "x"))
        modexp.powers([(2, 3)] * 7)
        assert not [name for name in sys.modules if "ipp" in name]
        """
    )
    assert done.returncode == 0, done.stderr


# Imports


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_fork_while_another_thread_loads_the_engine_for_many_does_not_hang_the_child() -> None:
    """The loading takes some milliseconds; without the lock the child would wait for ever."""
    code = """
        import os, signal, sys, threading, time, warnings
        warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of fork with threads.
        from srp_cognito.proof import modexp
        pairs = [(2, 3)] * 8
        thread = threading.Thread(target=modexp.powers, args=(pairs,))
        thread.start()
        time.sleep(DELAY)
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            os._exit(0 if modexp.powers(pairs) == [8] * 8 else 1)
        thread.join()
        _, status = os.waitpid(child, 0)
        sys.exit(f"the child ended with {status}" if status else 0)
        """
    for delay in range(12):
        done = run_python(code.replace("DELAY", str(delay / 1000)))
        assert done.returncode == 0, done.stderr


def test_a_system_without_fork_needs_no_hook_for_it() -> None:
    """As Windows."""
    done = run_python(
        """
        import os, random, threading
        for name in ("fork", "register_at_fork"):
            if hasattr(os, name):
                delattr(os, name)
        from srp_cognito.proof import modexp
        print(modexp.powers([(2, 3)] * 8))
        """
    )
    assert (done.returncode, done.stdout) == (0, f"{[8] * 8}\n"), done.stderr


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
