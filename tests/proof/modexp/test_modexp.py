"""modexp/: the first engine that gives the known answer is used, and is given what it can compute.

The tests of each engine are in the file of its name.
"""

import hashlib
import os
from collections.abc import Callable, Iterator

import gmpy2
import pytest
from engines import run_python

from srp_cognito.proof import modexp
from srp_cognito.proof.modexp import N, libcrypto


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
    digest = hashlib.sha256(answer.to_bytes(384, "big")).hexdigest()
    assert digest == modexp._KNOWN_ANSWER_SHA256
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


@pytest.mark.parametrize(
    ("power", "reason"),
    [
        (wrong, "^it computes a wrong known answer$"),
        (refusing, "^ValueError: Error computing"),
        (panicking, "^PanicException: called"),
        (too_wide, "^OverflowError"),
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
    monkeypatch.setattr(modexp, "_KNOWN_ANSWER_SHA256", "0" * 64)
    with pytest.raises(ImportError, match="^no engine gives the right answer"):
        modexp._choose()


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
