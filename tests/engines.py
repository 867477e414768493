"""What every engine must get right, and processes to try it in."""

import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Final

import gmpy2
import pytest
from hypothesis import strategies as st

from srp_cognito.proof import modexp
from srp_cognito.proof.modexp import N

Q = (N - 1) // 2

BASES = {
    "0": 0,
    "1": 1,
    "2, a residue": 2,
    "-2, a non-residue": N - 2,
    "5": 5,
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
    "4,000 bits": 2**3999 + 1,
}


EVERY: Final = (*modexp.NAMES, "ipp_crypto")
"""The engines for one power, and the one for many."""


def load_or_skip(name: str) -> modexp.Engine:
    """Skip with a message where an engine cannot be used, as Diffie-Hellman before release 44.

    The engine for many computes each power in all of its places, and they must agree.
    """
    if name == "ipp_crypto":
        return _in_every_place(load_many_or_skip())
    try:
        return modexp.load(name)
    except ImportError as error:
        pytest.skip(f"the engine {name} is not usable here: {error}")


def load_many_or_skip() -> modexp.EngineForMany:
    try:
        return modexp.load_for_many()
    except ImportError as error:
        pytest.skip(f"the engine for many is not usable here: {error}")


def _in_every_place(many: modexp.EngineForMany) -> modexp.Engine:
    alone = modexp.engine().power

    def power(base: int, exponent: int) -> int:
        if exponent.bit_length() > modexp.LONGEST:
            return alone(base, exponent)
        (answer,) = set(many.powers([(base, exponent)] * many.lanes))
        return answer

    return modexp.Engine(
        many.name, many.implementation, many.constant_time, many.releases_gil, power
    )


def use(engine: modexp.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it compute every power, also many at a time."""
    monkeypatch.setattr(modexp, "engine", lambda: engine)
    monkeypatch.setattr(modexp, "engine_for_many", lambda: None)


def eight(powers: Callable[[Sequence[tuple[int, int]]], list[int]]) -> modexp.EngineForMany:
    """A stand-in for the engine for many, which computes so."""
    return modexp.EngineForMany(
        name="eight",
        implementation="one after the other",
        constant_time=False,
        releases_gil=False,
        lanes=8,
        powers=powers,
    )


any_base = st.integers(0, N - 1)
any_exponent = st.integers(0, 2**256) | st.integers(0, 2**600) | st.integers(0, 2**3100)


class Counting:
    """The engine in use, which counts its exponentiations."""

    name = "counting"

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._engine = modexp.engine()
        monkeypatch.setattr(modexp, "engine", lambda: self)

    def power(self, base: int, exponent: int) -> int:
        self.count += 1
        return self._engine.power(base, exponent)


def check(engine: modexp.Engine, base: int, exponent: int) -> None:
    assert engine.power(base, exponent) == gmpy2.powmod(base, exponent, N), (base, exponent)


def run_python(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def check_in_a_process_of_its_own(name: str, code: str) -> str:
    """Run the code there with `power` of the engine, and return what it printed."""
    load = f"""
import sys
from srp_cognito.proof import modexp
try:
    power = modexp.load({name!r}).power
except ImportError as error:
    sys.exit(f"not usable: {{error}}")
"""
    done = run_python(load + textwrap.dedent(code))
    if "not usable" in done.stderr:
        pytest.skip(f"{name} is {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_after_a_fork(name: str) -> None:
    check_in_a_process_of_its_own(
        name,
        """
        import os
        expected = pow(7, 2**256 + 1, modexp.N)
        assert power(7, 2**256 + 1) == expected
        child = os.fork()
        if child == 0:
            os._exit(0 if power(7, 2**256 + 1) == expected else 1)
        _, status = os.waitpid(child, 0)
        assert status == 0, status
        assert power(7, 2**256 + 1) == expected
        """,
    )


def check_after_a_fork_of_many() -> None:
    load_many_or_skip()
    done = run_python(
        """
        import os, sys
        from srp_cognito.proof import modexp
        pairs = [(7 + place, 2**256 + 1) for place in range(8)]
        expected = [pow(*pair, modexp.N) for pair in pairs]
        powers = modexp.load_for_many().powers
        assert powers(pairs) == expected
        child = os.fork()
        if child == 0:
            os._exit(0 if powers(pairs) == expected else 1)
        _, status = os.waitpid(child, 0)
        assert status == 0, status
        assert powers(pairs) == expected
        """
    )
    assert done.returncode == 0, done.stderr
