"""benchmarks/constant_time.py: it sees a leak, raises no false alarm, and reports what it saw."""

import gc
import importlib.util
import itertools
import json
import math
import random
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from srp_cognito.cli import bench
from srp_cognito.proof import modexp

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "benchmarks" / "constant_time.py"
STORED = ROOT / "benchmarks" / "results"

# The first example of Wikipedia's article on the test, in tenths, for which it gives t = -2.46.
FIRST = [275, 210, 190, 236, 170, 179, 169, 201, 219, 226, 231, 196, 190, 217, 214]
SECOND = [271, 220, 208, 234, 234, 235, 258, 220, 248, 202, 219, 221, 229, 205, 244]


@pytest.fixture(scope="module")
def script() -> Any:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("constant_time", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def classes(script: Any, fixed: Sequence[int], other: Sequence[int]) -> list[Any]:
    """The measurements of two classes, in an order that tells nothing."""
    made = [script.Measurement(value, True) for value in fixed]
    made += [script.Measurement(value, False) for value in other]
    random.Random(1).shuffle(made)
    return made


def whole(script: Any, fixed: Sequence[int], other: Sequence[int]) -> Any:
    """Welch's test of all measurements, without any cropping."""
    sums = []
    for values in (fixed, other):
        sums.append(script._Sums())
        for value in values:
            sums[-1].add(value)
    return script._welch(*sums)


class Machine:
    """A clock and engines whose exponentiations take a time that is known, and the noise on it.

    All chance is seeded, and so is the order of the classes: each run is the same.
    """

    def __init__(self, script: Any, monkeypatch: pytest.MonkeyPatch, seed: int = 1) -> None:
        chance = random.Random(seed)
        drawn = SimpleNamespace(randbits=chance.getrandbits, randbelow=chance.randrange)
        monkeypatch.setattr(script, "secrets", drawn)
        self._noise = random.Random(seed + 1)
        self.now = 0
        self.exponents: list[int] = []
        self.bases: set[int] = set()

    def clock(self) -> int:
        return self.now

    def power(self, time: Callable[[int], int]) -> Callable[[int, int], int]:
        def power(base: int, exponent: int) -> int:
            self.exponents.append(exponent)
            self.bases.add(base)
            # About a bell, with a standard deviation of 20 ns; now and then something interrupts.
            noise = self._noise.getrandbits(64).bit_count() * 5
            outlier = 10**6 * self._noise.getrandbits(8) if self._noise.getrandbits(4) == 0 else 0
            self.now += 1000 + time(exponent) + noise + outlier
            return 1

        return power


def leaky(exponent: int) -> int:
    return exponent.bit_count()


def constant(_: int) -> int:
    return 128


def engine(name: str, power: Callable[[int, int], int], *, promises: bool) -> modexp.Engine:
    return modexp.Engine(
        name=name,
        implementation=f"{name} of a test",
        power=power,
        constant_time=promises,
        releases_gil=False,
    )


def result(script: Any, t: float, *, promises: bool = True) -> Any:
    return script.Result("some", promises, 1000, script.Welch(t, 10 * t, 10))


def test_t_is_the_one_of_a_textbook_and_of_the_formula(script: Any) -> None:
    test = whole(script, FIRST, SECOND)
    assert round(test.t, 2) == -2.46
    difference = statistics.mean(FIRST) - statistics.mean(SECOND)
    of_means = [statistics.variance(values) / len(values) for values in (FIRST, SECOND)]
    assert math.isclose(test.difference, difference)
    assert math.isclose(test.error, math.sqrt(sum(of_means)))
    assert math.isclose(test.t, difference / math.sqrt(sum(of_means)))


def test_classes_of_another_size_each_count_by_their_own(script: Any) -> None:
    """Means 3 and 5, variances 2.5 and 1: t = -2 / sqrt(2.5/5 + 1/3)."""
    test = whole(script, [1, 2, 3, 4, 5], [4, 5, 6])
    assert math.isclose(test.t, -2 / math.sqrt(5 / 6))
    assert whole(script, [4, 5, 6], [1, 2, 3, 4, 5]).t == -test.t


def test_large_times_lose_no_digit(script: Any) -> None:
    """A sum of squares of floats would forget all of this difference."""
    far = 10**15
    near, away = (
        whole(script, FIRST, SECOND),
        [[far + value for value in values] for values in (FIRST, SECOND)],
    )
    assert math.isclose(whole(script, *away).error, near.error)


@pytest.mark.parametrize(("fixed", "t"), [(5, 0.0), (6, math.inf), (4, -math.inf)])
def test_two_constants_are_the_same_or_as_different_as_can_be(
    script: Any, fixed: int, t: float
) -> None:
    assert script.worst(classes(script, [fixed] * 200, [5] * 200)) == (t, fixed - 5, 0)


@pytest.mark.parametrize("count", [1, 2, 10, 1000, 33_800])
def test_the_croppings_grow_up_to_all_measurements(script: Any, count: int) -> None:
    ends = script.croppings(count)
    assert all(earlier < later for earlier, later in itertools.pairwise(ends))
    assert ends[0] >= 0
    assert ends[-1] == count


def test_the_croppings_are_the_percentiles_of_dudect(script: Any) -> None:
    ends = script.croppings(2**20)
    assert len(ends) == 101
    # Half of all are below the tenth threshold, three quarters below the twentieth, and so on.
    assert ends[9:100:10] == [2**20 - 2 ** (20 - step) for step in range(1, 11)]


def test_a_difference_that_outliers_hide_is_seen_among_the_quick(script: Any) -> None:
    chance = random.Random(7)

    def values(mean: int) -> list[int]:
        quick = [mean + chance.randrange(-50, 51) for _ in range(950)]
        return quick + [chance.randrange(10**6, 10**8) for _ in range(50)]

    fixed, other = values(1000), values(1020)
    assert abs(whole(script, fixed, other).t) < script.SUSPICIOUS
    found = script.worst(classes(script, fixed, other))
    assert found.t < -script.DIFFERENT
    assert -25 < found.difference < -5


def test_the_largest_t_counts_whatever_its_sign(script: Any) -> None:
    fixed, other = (
        [1000 + each % 7 for each in range(4000)],
        [1001 + each % 7 for each in range(4000)],
    )
    below, above = classes(script, fixed, other), classes(script, other, fixed)
    assert script.worst(below).t < -script.DIFFERENT
    assert script.worst(above).t > script.DIFFERENT


def test_a_class_of_too_few_is_not_judged(script: Any) -> None:
    least = script.LEAST
    enough = classes(script, range(least), range(least))
    assert script.worst(enough).difference == 0
    for few in (classes(script, range(least - 1), range(1000)), []):
        with pytest.raises(ValueError, match="too few measurements to judge"):
            script.worst(few)


def test_an_exponentiation_that_takes_longer_for_each_bit_set_is_found(
    script: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(script, monkeypatch)
    taken = script.measure(machine.power(leaky), 0, clock=machine.clock)
    found = script.worst(taken)
    assert script.Result("leaky", False, len(taken), found).verdict == "differs"
    # The fixed exponent has two bits set, the others 128 on average, at a nanosecond each.
    assert -140 < found.difference < -60


@pytest.mark.parametrize("seed", range(5))
def test_an_exponentiation_that_always_takes_the_same_raises_no_alarm(
    script: Any, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    machine = Machine(script, monkeypatch, seed)
    taken = script.measure(machine.power(constant), 0, clock=machine.clock)
    found = script.worst(taken)
    assert script.Result("steady", True, len(taken), found).verdict == "no difference seen"
    assert found.t != 0


def test_both_classes_are_measured_in_an_order_of_chance_and_are_as_long(
    script: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(script, monkeypatch)
    taken = script.measure(machine.power(leaky), 0, clock=machine.clock)
    assert len(taken) == len(machine.exponents) == 1000
    assert len(machine.bases) == 1
    assert {exponent.bit_length() for exponent in machine.exponents} == {script.BITS}
    assert [each.is_fixed for each in taken] == [
        exponent == script.FIXED for exponent in machine.exponents
    ]
    assert 400 < sum(each.is_fixed for each in taken) < 600
    others = [exponent for exponent in machine.exponents if exponent != script.FIXED]
    assert len(set(others)) == len(others)
    # Each exponent is an object of its own, or else the fixed one would lie in a warm cache.
    assert len({id(exponent) for exponent in machine.exponents}) == 1000
    turns = [each.is_fixed for each in taken]
    changes = sum(one is not other for one, other in itertools.pairwise(turns))
    assert 400 < changes < 600
    assert sum(each.nanoseconds for each in taken) == machine.now


def test_no_garbage_is_collected_meanwhile_and_it_is_again_afterwards(script: Any) -> None:
    collects: set[bool] = set()

    def power(_: int, __: int) -> int:
        collects.add(gc.isenabled())
        return 1

    taken = script.measure(power, 0)
    assert (collects, gc.isenabled()) == ({False}, True)
    assert min(each.nanoseconds for each in taken) >= 0

    def broken(_: int, __: int) -> int:
        raise RuntimeError("this engine fails")

    with pytest.raises(RuntimeError, match="this engine fails"):
        script.measure(broken, 0)
    assert gc.isenabled()


def test_it_measures_until_the_seconds_are_over(
    script: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(script, monkeypatch)
    seconds = iter(range(100))
    monkeypatch.setattr(script, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    # The clock is read at the start, and from the thousandth measurement on after each 200.
    taken = script.measure(machine.power(constant), 4, clock=machine.clock)
    assert len(taken) == 1000 + 3 * script.BATCH


@pytest.mark.parametrize(
    ("t", "verdict"),
    [
        (0, "no difference seen"),
        (4.5, "no difference seen"),
        (4.51, "look again"),
        (10, "look again"),
        (10.01, "differs"),
        (math.inf, "differs"),
    ],
)
def test_the_verdict_depends_on_the_size_of_t(script: Any, t: float, verdict: str) -> None:
    assert result(script, t).verdict == result(script, -t).verdict == verdict


@pytest.mark.parametrize(
    ("t", "promises", "kept"),
    [
        (1, True, True),
        (-6, True, False),
        (20, True, False),
        (1, False, False),
        (6, False, True),
        (-20, False, True),
    ],
)
def test_a_constant_engine_must_not_be_seen_and_the_other_one_must(
    script: Any, t: float, promises: bool, kept: bool
) -> None:
    assert result(script, t, promises=promises).as_promised is kept


def test_a_result_tells_which_difference_would_have_been_seen(script: Any) -> None:
    told = script.Result("some", True, 12_345, script.Welch(-1.234, -12.34, 10.0)).to_json()
    assert told == {
        "engine": "some",
        "promises_constant_time": True,
        "samples": 12_345,
        "t": -1.23,
        "difference_ns": -12.3,
        "would_have_shown_ns": 45.0,
        "verdict": "no difference seen",
    }


@pytest.mark.parametrize(
    ("times", "status"),
    [
        ({"libcrypto": constant, "plain": leaky}, 0),
        ({"libcrypto": leaky, "plain": leaky}, 1),
        ({"libcrypto": constant, "plain": constant}, 1),
    ],
    ids=["as promised", "an engine leaks", "nothing can be seen"],
)
def test_the_exit_status_tells_whether_all_engines_keep_their_promise(
    script: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    times: dict[str, Callable[[int], int]],
    status: int,
) -> None:
    machine = Machine(script, monkeypatch)
    engines = [
        engine(name, machine.power(time), promises=name != "plain") for name, time in times.items()
    ]
    missing = {"diffie_hellman": "not in this release"}
    monkeypatch.setattr(bench, "engines", lambda: (engines, missing))
    asked: list[float] = []
    measure = script.measure

    def measure_here(power: Callable[[int, int], int], seconds: float) -> Any:
        asked.append(seconds)
        return measure(power, 0, clock=machine.clock)

    monkeypatch.setattr(script, "measure", measure_here)
    folder = tmp_path / "new" / "folder"
    assert script.main(["--seconds", "8", "--out", str(folder)]) == status
    assert asked == [8, 2]
    shown = capsys.readouterr()
    assert shown.err == "SKIPPED: diffie_hellman: not in this release\n"
    assert sorted(path.name for path in folder.iterdir()) == [
        "constant_time.json",
        "constant_time.md",
    ]
    text = (folder / "constant_time.md").read_text("utf-8")
    numbers = json.loads((folder / "constant_time.json").read_text("utf-8"))
    assert shown.out == text == "\n".join(script.markdown(numbers)) + "\n"
    verdicts = {constant: "no difference seen", leaky: "differs"}
    assert [(row["engine"], row["samples"], row["verdict"]) for row in numbers["rows"]] == [
        (name, 1000, verdicts[time]) for name, time in times.items()
    ]
    for row in numbers["rows"]:
        (line,) = [line for line in text.splitlines() if line.startswith(f"| {row['engine']} ")]
        assert f"| 1,000 | {row['t']:.2f} |" in line
        assert line.endswith(f"| {row['verdict']} |")
    assert "libcrypto of a test, plain of a test" in text


def test_without_a_folder_it_writes_nothing(
    script: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    machine = Machine(script, monkeypatch)
    monkeypatch.chdir(tmp_path)
    steady = engine("libcrypto", machine.power(constant), promises=True)
    monkeypatch.setattr(bench, "engines", lambda: ([steady], {}))
    taken = script.measure(steady.power, 0, clock=machine.clock)
    monkeypatch.setattr(script, "measure", lambda *_: taken)
    assert script.main([]) == 0
    shown = capsys.readouterr()
    assert "| libcrypto | 1,000 | " in shown.out
    assert shown.err == ""
    assert list(tmp_path.iterdir()) == []


def test_the_stored_table_is_the_one_of_the_stored_numbers(script: Any) -> None:
    numbers = json.loads((STORED / "constant_time.json").read_text("utf-8"))
    made = "\n".join(script.markdown(numbers)) + "\n"
    assert (STORED / "constant_time.md").read_bytes() == made.encode()
    for row in numbers["rows"]:
        stored = result(script, row["t"], promises=row["promises_constant_time"])
        assert (row["verdict"], stored.as_promised) == (stored.verdict, True)
