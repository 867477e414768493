"""benchmarks/constant_time.py: it sees a leak, and raises no false alarm."""

import math
import random
import re
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import constant_time
import pytest

from srp_cognito.cli import bench
from srp_cognito.proof import modexp

STORED = Path(__file__).parents[2] / "benchmarks" / "results" / "constant_time.md"

# The first example of Wikipedia's article on the test, in tenths, for which it gives t = -2.46.
FIRST = [275, 210, 190, 236, 170, 179, 169, 201, 219, 226, 231, 196, 190, 217, 214]
SECOND = [271, 220, 208, 234, 234, 235, 258, 220, 248, 202, 219, 221, 229, 205, 244]
NOTHING, SEEN = "no difference seen", "differs"


def welch(*classes: Sequence[int]) -> constant_time.Welch:
    sums = [[len(each), sum(each), sum(value * value for value in each)] for each in classes]
    return constant_time.welch(*sums)


def worst(fixed: Sequence[int], other: Sequence[int]) -> constant_time.Welch:
    both = [(value, True) for value in fixed] + [(value, False) for value in other]
    return constant_time.worst(both)


@pytest.mark.parametrize("far", [0, 10**15])
def test_t_is_the_one_of_a_textbook_even_of_large_times(far: int) -> None:
    """A sum of squares of floats would lose all of this difference."""
    test = welch([far + value for value in FIRST], [far + value for value in SECOND])
    assert math.isclose(test.error, math.sqrt(sum(map(statistics.variance, (FIRST, SECOND))) / 15))
    assert far or round(test.t, 2) == -2.46


@pytest.mark.parametrize(("fixed", "t"), [(5, 0.0), (6, math.inf), (4, -math.inf)])
def test_two_constants_are_the_same_or_as_different_as_can_be(fixed: int, t: float) -> None:
    assert worst([fixed] * 200, [5] * 200).t == t


def test_a_difference_that_outliers_hide_is_seen_among_the_quick() -> None:
    chance = random.Random(7)
    outliers = [chance.randrange(10**6, 10**8) for _ in range(100)]
    fixed = [chance.randrange(950, 1051) for _ in range(950)] + outliers[:50]
    other = [chance.randrange(970, 1071) for _ in range(950)] + outliers[50:]
    assert welch(fixed, other).verdict == NOTHING
    assert worst(fixed, other).verdict == SEEN
    assert -25 < worst(fixed, other).difference < -5


@pytest.mark.parametrize(("t", "verdict"), [(4.5, NOTHING), (4.51, "look again"), (10.01, SEEN)])
def test_the_verdict_depends_on_the_size_of_t(t: float, verdict: str) -> None:
    for sign in (1, -1):
        assert constant_time.Welch(sign * t, 0, 0).verdict == verdict


def constant(_: int) -> int:
    return 128


@pytest.mark.parametrize(
    ("times", "status"),
    [((constant, int.bit_count), 0), ((int.bit_count,) * 2, 1), ((constant,) * 2, 1)],
    ids=["as promised", "an engine leaks", "nothing can be seen"],
)
@pytest.mark.parametrize("seed", range(3))
def test_the_exit_status_says_whether_all_engines_keep_their_promise(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    seed: int,
    times: Sequence[Callable[[int], int]],
    status: int,
) -> None:
    """The clock and its noise are the test's, and all chance is seeded."""
    chance, now, exponents = random.Random(seed), 0, []

    def engine(name: str, time: Callable[[int], int]) -> modexp.Engine:
        def power(_: int, exponent: int) -> int:
            nonlocal now
            exponents.append(exponent)
            # About a bell, with a standard deviation of 20 ns; now and then an interruption.
            interrupted = 10**6 * chance.getrandbits(8) * (chance.getrandbits(4) == 0)
            now += 1000 + time(exponent) + 5 * chance.getrandbits(64).bit_count() + interrupted
            return 1

        return modexp.Engine(name, f"{name} of a test", name != "plain", True, power)

    together: list[Sequence[tuple[int, int]]] = []

    def powers(pairs: Sequence[tuple[int, int]]) -> None:
        nonlocal now
        together.append(pairs)
        now += 1000 + sum(times[0](exponent) for _, exponent in pairs)
        now += 5 * chance.getrandbits(64).bit_count()

    names, measure = ("libcrypto", "plain"), constant_time.measure
    engines = [engine(*each) for each in zip(names, times, strict=True)]
    many = modexp.EngineForMany("ipp_crypto", "of a test", True, True, 8, powers)
    drawn = SimpleNamespace(randbits=chance.getrandbits, randbelow=chance.randrange)
    monkeypatch.setattr(constant_time, "secrets", drawn)
    monkeypatch.setattr(bench, "engines", lambda: (engines, {}))
    monkeypatch.setattr(modexp, "load_for_many", lambda: many)
    monkeypatch.setattr(constant_time, "measure", lambda which, _: measure(which, 0, lambda: now))
    assert constant_time.main([]) == status
    shown = capsys.readouterr().out
    rows = dict(zip(names, times, strict=True))
    rows |= {f"ipp_crypto {which}": times[0] for which in ("all places", "one place")}
    for name, time in rows.items():
        verdict = NOTHING if time is constant else SEEN
        assert re.search(rf"^\| {name} \| 1,000 \| .* \| {verdict} \|$", shown, re.MULTILINE)
    assert {exponent.bit_length() for exponent in exponents} == {256}
    assert len(exponents) == 2000
    if sys.implementation.name != "pypy":  # Its integers have no identity.
        assert len({id(exponent) for exponent in exponents}) == 2000
    assert 800 < exponents.count(constant_time.FIXED) < 1200
    fixed = [[exponent == constant_time.FIXED for _, exponent in pairs] for pairs in together]
    assert {sum(places) for places in fixed[:1000]} == {0, 8}
    assert {sum(places) for places in fixed[1000:]} == {0, 1}
    assert all(40 < sum(places) < 90 for places in zip(*fixed[1000:], strict=True))


def test_a_machine_without_the_engine_for_many_is_said_to_be_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load() -> modexp.EngineForMany:
        raise ImportError("not here")

    monkeypatch.setattr(modexp, "load_for_many", load)
    monkeypatch.setattr(bench, "engines", lambda: ([], {}))
    assert constant_time.main([]) == 0
    assert "The engine for many is not measured: not here." in capsys.readouterr().out


def test_the_stored_page_has_the_verdicts_of_its_numbers() -> None:
    pattern = re.compile(r"^\| (\w[\w ]+) \| [\d,]+ \| (\S+) \| .* \| (.*) \|$", re.MULTILINE)
    lines = pattern.findall(STORED.read_text("utf-8"))
    many = ["ipp_crypto all places", "ipp_crypto one place"]
    assert [name for name, *_ in lines] == [*modexp.NAMES, *many]
    for name, t, verdict in lines:
        assert constant_time.Welch(float(t), 0, 0).verdict == verdict
        assert (verdict == NOTHING) == (name != "plain")
