"""benchmarks/million.py: it compares what it says, and sees one wrong value among many."""

import million
import oracle
import pytest

from srp_cognito.proof import modexp, srp

# What a benchmark reports does not depend on the Python version.
pytestmark = pytest.mark.slow


def test_exchanges_are_the_same_whatever_is_done_at_a_time(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert million.main(["--exchanges", "90", "--jobs", "1"]) == 0
    whole = capsys.readouterr().out
    monkeypatch.setattr(million, "SHARE", 7)
    monkeypatch.setattr(million, "GROUP", 3)
    assert million.main(["--exchanges", "90", "--jobs", "1"]) == 0
    shared = capsys.readouterr().out
    assert whole.splitlines()[:-1] == shared.splitlines()[:-1]
    assert "no value differs" in whole
    assert " with A with its top bit set" in whole


def test_it_runs_on_several_processes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(million.sys.stderr, "isatty", lambda: True)
    before = modexp.engine().name
    assert million.main(["--exchanges", "20", "--seed", "x", "--jobs", "2"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"20 exchanges from number 0, seed 'x'\nengines: {before}")
    assert said.out.endswith(" s on 2 processes\n")
    assert said.err == "\r1 of 1 parts "


def test_a_run_goes_on_where_another_one_ended(capsys: pytest.CaptureFixture[str]) -> None:
    def shapes(first: int, exchanges: int) -> million.Counter[str]:
        given = ["--first", str(first), "--exchanges", str(exchanges), "--jobs", "1"]
        assert million.main(given) == 0
        lines = capsys.readouterr().out.splitlines()[2:-2]
        counts = (line.split(maxsplit=1) for line in lines)
        return million.Counter({shape: int(count) for count, shape in counts})

    assert shapes(0, 20) + shapes(20, 40) == shapes(0, 60)


@pytest.mark.parametrize("name", ["key", "u"])
def test_one_wrong_value_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    right = getattr(srp, name)
    calls = 0

    def wrong(*arguments: int) -> object:
        nonlocal calls
        calls += 1
        value = right(*arguments)
        if calls == 5:
            return value ^ 1 if isinstance(value, int) else b"wrong"
        return value

    monkeypatch.setattr(srp, name, wrong)
    assert million.main(["--exchanges", "30", "--jobs", "1"]) == 1
    said = capsys.readouterr().out
    assert f"DIFFERENT: {name} of exchange 4" in said
    assert "no value differs" not in said


def test_secrets_of_many_lengths_are_drawn_and_all_are_the_librarys_to_take() -> None:
    exchanges = [million.draw(million.random.Random(seed)) for seed in range(400)]
    lengths = {exchange.a.bit_length() for exchange in exchanges}
    assert {1, 256} < lengths
    assert max(lengths) > 1000
    assert min(exchange.a for exchange in exchanges) == 1
    values = million.expected(exchanges[0])
    assert values.S_of_client == values.S_of_server
    assert values.v == oracle.verifier(
        oracle.x("Example", exchanges[0].user, exchanges[0].password, exchanges[0].salt)
    )
