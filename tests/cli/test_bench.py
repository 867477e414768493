"""bench.py: what is timed is right, and the table can be read. No test asks how long it took."""

import dataclasses
import io
import json
import secrets
import sys

import oracle
import pytest
from peers import PASSWORD

from srp_cognito import SignatureMismatch, SRPServer
from srp_cognito.__main__ import main
from srp_cognito.cli import bench
from srp_cognito.proof import modexp
from srp_cognito.transcripts import transcript

PLAIN = modexp.load("plain")
EXCHANGE = bench.Exchange.new()


def test_the_exchange_has_the_signature_that_the_oracle_computes() -> None:
    B = int(str(EXCHANGE.record()["srp_b"]), 16)
    x = oracle.x("Example", "alice", EXCHANGE.password, EXCHANGE.salt)
    u = oracle.u(oracle.public_a(EXCHANGE.a), B)
    key = oracle.key(u, oracle.client_s(B, x, EXCHANGE.a, u))
    block, timestamp = EXCHANGE.secret_block, EXCHANGE.timestamp
    assert EXCHANGE.signature == oracle.signature(key, "Example", "alice", block, timestamp)


def test_the_secret_exponents_are_as_long_as_they_say() -> None:
    assert EXCHANGE.a.bit_length() == EXCHANGE.b.bit_length() == 256
    assert bench.Exchange.new(a_bits=1024).a.bit_length() == 1024
    assert str(EXCHANGE.a) not in repr(EXCHANGE)


@pytest.mark.parametrize("make", [bench.whole, lambda engine, exchange: None], ids=["ours", "bare"])
def test_both_sides_are_counted_and_timed(make: object) -> None:
    if make is bench.whole:
        contender = bench.whole(PLAIN, EXCHANGE)
    else:
        contender = bench.bare("bare plain", PLAIN.power, EXCHANGE)
    # The client's g^a, g^x and S, whose exponent is a + u*x; the server's g^b, v^u and S.
    client, server = (list(contender.exponentiations[side]) for side in bench.SIDES)
    assert (len(client), len(server)) == (3, 3)
    assert (max(client), max(server)) == (512, 256)
    assert all(seconds > 0 for seconds in contender.go().values())


def wrong(base: int, exponent: int) -> int:
    return pow(base, exponent, modexp.N) ^ 1


def test_an_engine_that_computes_something_else_is_not_timed() -> None:
    with pytest.raises(bench.DifferentError, match="bare wrong makes another signature"):
        bench.bare("bare wrong", wrong, EXCHANGE)
    engine = dataclasses.replace(PLAIN, power=wrong)
    with pytest.raises(bench.DifferentError, match="nothing was timed"):
        bench.whole(engine, EXCHANGE)


def test_a_library_that_makes_another_claim_than_aws_publishes_is_not_timed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = {**bench._published(), "password": PASSWORD}
    monkeypatch.setattr(bench, "_published", lambda: record)
    with pytest.raises(bench.DifferentError, match="signature is not the one"):
        bench.whole(PLAIN, EXCHANGE)


def test_a_login_that_is_refused_is_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise SignatureMismatch("the claim is not the one that this password makes")

    contender = bench.whole(PLAIN, EXCHANGE)
    monkeypatch.setattr(SRPServer, "verify", refuse)
    with pytest.raises(bench.DifferentError, match="refused a right claim"):
        contender.go()


def test_the_engine_of_the_process_is_put_back() -> None:
    before = modexp.engine

    def fail() -> None:
        with bench.using(PLAIN):
            assert modexp.engine() is PLAIN
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert modexp.engine is before


def test_everybody_has_a_turn_in_each_round_and_warms_up_in_it() -> None:
    turns: list[str] = []

    def contender(name: str) -> bench.Contender:
        return bench.Contender(name, {}, lambda: turns.append(name) or {"client": len(turns)})

    told: list[int] = []
    taken = bench.measure(
        [contender("a"), contender("b")],
        seconds=0,
        least=4,
        progress=lambda rounds, _: told.append(rounds),
    )
    assert told == [1, 2, 3, 4]
    warming, rounds = turns[:2], [turns[at : at + 4] for at in range(2, 18, 4)]
    assert warming == ["a", "b"]
    assert all(turn in (["a", "a", "b", "b"], ["b", "b", "a", "a"]) for turn in rounds)
    assert len(turns) == 18
    # What counts is the second time of each turn: every second one, of all that were.
    assert sorted(at["client"] for turn in taken for at in turn) == [*range(4, 19, 2)]


@pytest.mark.parametrize("libcrypto", [True, False])
def test_a_ratio_is_the_median_of_the_ratios_within_the_rounds(libcrypto: bool) -> None:
    names = ["bare libcrypto" if libcrypto else "bare diffie_hellman", "bare plain", "ours"]
    contenders = [bench.Contender(name, {"client": [256]}, dict) for name in names]
    rounds = [
        [{"client": 1.0, "server": 1.0}, {"client": 9.0}, {"client": 2.0}],
        [{"client": 2.0, "server": 1.0}, {"client": 9.0}, {"client": 6.0}],
        [{"client": 4.0, "server": 1.0}, {"client": 9.0}, {"client": 4.0}],
    ]
    lines = bench.rows(contenders, rounds)
    # Only the first one has a server's side.
    assert [line.name for line in lines] == [names[0], "ours", "bare plain", names[0]]
    assert [line.ratio for line in lines] == [1.0, 2.0, 4.5, 1.0]
    assert lines[1].to_json() == {
        "side": "client",
        "name": "ours",
        "median_ms": 4000.0,
        "quartiles_ms": [3000.0, 5000.0],
        "exponentiations": [256],
        "ratio": 2.0,
    }


def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "SECONDS", 0.0)


def test_the_command_prints_a_table_that_fits_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    short(monkeypatch)
    missing = {"diffie_hellman": "it is gone"}
    monkeypatch.setattr(bench, "engines", lambda: ([PLAIN], missing))
    assert main(["bench"]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    assert "    diffie_hellman not usable here: it is gone" in lines
    table = [line for line in lines if line.startswith(("  bare", "  srp-cognito,"))]
    assert len(table) == 4
    assert len({line.index(": ") for line in table}) == 1  # The columns line up.
    assert printed.err == ""


def test_the_command_tells_tools_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    short(monkeypatch)
    assert main(["bench", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["engine"] == modexp.engine().name
    assert told["rounds"] >= 3
    usable, _ = bench.engines()
    names = {f"{kind}{engine.name}" for engine in usable for kind in ("bare ", "srp-cognito, ")}
    assert {row["name"] for row in told["rows"]} == names
    assert {row["side"] for row in told["rows"]} == set(bench.SIDES)
    assert set(told["machine"]) == {"cpu", "cores", "system"}


def test_an_engine_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> modexp.Engine:
        if name == "libcrypto":
            raise ImportError("no symbols")
        return PLAIN

    monkeypatch.setattr(modexp, "load", load)
    assert bench.engines() == ([PLAIN, PLAIN], {"libcrypto": "no symbols"})


def test_a_library_that_computes_something_else_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = transcript.compute

    def compute(record: dict) -> transcript.Values:
        return other(record)._replace(signature=secrets.token_bytes(32))

    monkeypatch.setattr(transcript, "compute", compute)
    assert main(["bench"]) == 1
    assert "makes another signature than it must" in capsys.readouterr().err


def test_a_terminal_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    short(monkeypatch)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert main(["bench"]) == 0
    assert "\r" in terminal.getvalue()


def test_the_machine_is_named_without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(bench.Path, "read_text", missing)
    assert bench.machine()["cpu"]
