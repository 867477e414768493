"""bench.py: what is timed is right, and the table can be read. No test asks how long it took."""

import dataclasses
import itertools
import json
import sys
from collections.abc import Iterator
from unittest import mock

import pytest
from engines import eight

from srp_cognito.__main__ import main
from srp_cognito.cli import bench
from srp_cognito.proof import modexp

PLAIN = modexp.load("plain")


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """As few rounds, and as few exchanges at a time, as there can be."""
    monkeypatch.setattr(bench, "SECONDS", 0.0)
    monkeypatch.setattr(bench, "LINES", 8)


def test_the_sides_take_turns_and_what_follows_the_last_yield_is_not_timed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0

    def login(*parts: float) -> Iterator[None]:
        nonlocal now
        for part in parts:
            now += part
            yield
        now += 1000

    monkeypatch.setattr(bench.time, "perf_counter", lambda: now)
    assert bench.timed(login(1, 20, 300, 4000)) == {"client": 301, "server": 4020}
    assert bench.timed(login(5)) == {"client": 5}


def test_a_login_has_the_exponentiations_that_the_bare_ones_have() -> None:
    sizes: list[int] = []

    def power(base: int, exponent: int) -> int:
        sizes.append(-(-exponent.bit_length() // 64) * 64)
        return PLAIN.power(base, exponent)

    contender = bench.whole(dataclasses.replace(PLAIN, power=power))
    sizes.clear()
    assert all(seconds > 0 for seconds in contender.go().values())
    # g^a; g^b; g^x and the client's S; v^u and the server's S.
    assert sizes == [256, 256, 256, 512, 256, 256]
    assert contender.exponentiations["client"] == (256, 256, 512)
    assert contender.exponentiations["server"] == (256, 256, 256)

    sizes.clear()
    bare = bench.bare("bare plain", power)
    assert sizes == [256, 256, 512, 256, 256, 256]
    assert set(bare.go()) == {*bench.SIDES, "many"}
    assert sizes[6:] == sizes[:6]


def wrong(base: int, exponent: int) -> int:
    return pow(base, exponent, modexp.N) ^ 1


def test_an_engine_that_computes_a_wrong_power_is_not_timed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = dataclasses.replace(PLAIN, power=wrong)
    with pytest.raises(bench.DifferentError, match="refused a right claim"):
        bench.whole(engine).go()
    monkeypatch.setattr(bench, "engines", lambda: ([engine], {}))
    assert main(["bench"]) == 1
    assert "bare plain computes a wrong power" in capsys.readouterr().err


def test_the_engine_of_the_process_is_restored() -> None:
    before = modexp.engine
    with pytest.raises(RuntimeError), bench.using(PLAIN):
        raise RuntimeError(modexp.engine().name)
    assert modexp.engine is before


def test_each_contender_has_a_turn_in_each_round_and_its_second_time_counts() -> None:
    turns: list[str] = []

    def contender(name: str) -> bench.Contender:
        return bench.Contender(name, lambda: turns.append(name) or {"client": len(turns)})

    told: list[int] = []
    both = [contender("a"), contender("b")]
    taken = bench.measure(both, 0, lambda rounds, _: told.append(rounds))
    assert told == [1, 2, 3]
    assert [sorted(turns[at : at + 4]) for at in (0, 4, 8)] == [["a", "a", "b", "b"]] * 3
    assert turns[::2] == turns[1::2]
    counted = {"a": taken["client", "a"], "b": taken["client", "b"]}
    assert sorted(counted["a"] + counted["b"]) == [2, 4, 6, 8, 10, 12]
    assert all(turns[at - 1] == name for name, times in counted.items() for at in times)


def test_a_ratio_is_the_median_of_the_ratios_within_the_rounds() -> None:
    names = ("bare", "other", "ours")
    times = ([1.0, 2.0, 4.0], [9.0, 9.0, 9.0], [6.0, 3.0, 4.0])
    taken = {("client", name): each for name, each in zip(names, times, strict=True)}
    first, second, third = bench.rows([bench.Contender(name, dict) for name in names], taken)
    assert [first["ratio"], third["name"], third["ratio"]] == [1.0, "other", 4.5]
    wanted = {"side": "client", "name": "ours", "ratio": 1.5, "exponentiations": [256, 256, 512]}
    assert second == wanted | {"median_ms": 4000.0, "quartiles_ms": [3500.0, 5000.0]}


def test_the_command_prints_a_table_that_fits_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(name: str) -> modexp.Engine:
        if name != "plain":
            raise ImportError("no such function" + 80 * "!")
        return PLAIN

    monkeypatch.setattr(modexp, "load", load)
    monkeypatch.setattr(modexp, "load_for_many", lambda: load("ipp_crypto"))
    assert main(["bench"]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    for name in ("libcrypto", "diffie_hellman", "ipp_crypto"):
        assert f"{name} is not usable here: no such function!!!" in printed.out
    table = [line for line in lines if line.startswith(("  bare plain", "  srp-cognito, plain"))]
    assert len(table) == 7
    assert len({line.index(" to ") for line in table}) == 1  # The columns line up.
    assert [line for line in lines if line in bench.TITLES.values()] == [*bench.TITLES.values()]
    assert printed.err == ""


EIGHT = eight(lambda pairs: [modexp.power(*pair) for pair in pairs])


def test_an_engine_for_many_that_is_wrong_is_not_timed() -> None:
    engine = eight(lambda pairs: [wrong(*pair) for pair in pairs])
    with pytest.raises(bench.DifferentError, match="bare eight computes a wrong power"):
        bench.bare_many(engine)
    with pytest.raises(bench.DifferentError, match="srp-cognito, eight refused a right exchange"):
        bench.verified(modexp.engine(), engine).go()


def test_many_are_verified_by_the_engines_that_are_named() -> None:
    computed: list[int] = []
    engine = eight(lambda pairs: computed.append(len(pairs)) or EIGHT.powers(pairs))
    for many, name in ((None, "srp-cognito, plain"), (engine, "srp-cognito, eight")):
        contender = bench.verified(PLAIN if many is None else modexp.engine(), many)
        assert contender.name == name
        assert list(contender.go()) == ["many", "cores"]
    # Three powers for each line, on one core and on all.
    assert sum(computed) == 3 * bench.LINES * (1 + bench.CORES)


def test_the_command_prints_the_same_for_tools_even_without_proc(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(modexp, "load_for_many", lambda: EIGHT)
    monkeypatch.setattr(bench.Path, "read_text", mock.Mock(side_effect=FileNotFoundError))
    assert main(["bench", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    usable, missing = bench.engines()
    assert (told["engine"], told["rounds"], told["missing"]) == (modexp.engine().name, 3, missing)
    assert told["machine"]["cpu"]
    names = [f"{kind}{each.name}" for kind in ("bare ", "srp-cognito, ") for each in usable]
    rows = {(row["side"], row["name"]): row["ratio"] for row in told["rows"]}
    at_once = [*names[: len(usable)], f"srp-cognito, {usable[0].name}"]
    at_once += ["bare eight", "srp-cognito, eight"]
    expected = {*itertools.product(bench.SIDES, names), *(("many", name) for name in at_once)}
    whole = [("cores", name) for name in at_once if name.startswith("srp-cognito")]
    assert rows.keys() == {*expected, *whole}
    assert all(("per_second" in row) == (row["side"] in bench.OF_MANY) for row in told["rows"])
    # A ratio is to the bare exponentiations of the best engine, and on all cores to this library.
    assert rows["client", names[0]] == rows["server", names[0]] == rows["many", names[0]] == 1
    assert rows[whole[0]] == 1


def test_a_terminal_sees_the_progress(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(bench, "engines", lambda: ([modexp.engine()], {}))
    assert main(["bench"]) == 0
    assert "\r3 rounds, " in capsys.readouterr().err
