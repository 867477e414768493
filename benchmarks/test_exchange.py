"""Each side's whole part of an exchange, beside the bare exponentiations that it needs.

The ratio is what counts, because both are measured in one run: what a side costs above its bare
exponentiations is this library's own share. `test_ratio` prints it for the three engines.
"""

import secrets
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timezone

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from srp_cognito import AppClient, SignatureMismatch, SRPClient, SRPServer, Verifier
from srp_cognito.proof import modexp

POOL_ID = "eu-west-1_Example"
APP = AppClient("1example23456789", "sekrit-client-secret")
NOW = datetime(2026, 3, 7, 9, 5, 3, tzinfo=timezone.utc)
VERIFIER = Verifier.for_user(POOL_ID, "alice", "correct horse")


def new_client() -> SRPClient:
    return SRPClient.for_user(POOL_ID, "alice", "correct horse", app=APP)


def client_side() -> Callable[[], object]:
    """SRP_A and the claim, against a challenge that was made before."""
    challenge = SRPServer(VERIFIER).challenge({"SRP_A": "2"})
    reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}

    def work() -> object:
        client = new_client()
        client.start()
        return client.respond(reply, now=NOW)

    return work


def server_side() -> Callable[[], object]:
    """The challenge and the check of a claim, which is wrong: that costs the same."""
    answer = {
        "USERNAME": "alice",
        "PASSWORD_CLAIM_SIGNATURE": "A" * 43 + "=",
        "TIMESTAMP": "Sat Mar 7 09:05:03 UTC 2026",
    }
    srp_a = new_client().srp_a

    def work() -> None:
        server = SRPServer(VERIFIER)
        block = server.challenge({"SRP_A": srp_a})["SECRET_BLOCK"]
        try:
            server.verify({**answer, "PASSWORD_CLAIM_SECRET_BLOCK": block}, now=NOW)
        except SignatureMismatch:
            return
        raise AssertionError("a wrong claim was accepted")

    return work


def bare(engine: modexp.Engine, bits: tuple[int, ...]) -> Callable[[], object]:
    """The exponentiations alone, on the engine itself."""
    bases = [secrets.randbelow(modexp.N) for _ in bits]
    exponents = [secrets.randbits(size) | 1 << (size - 1) for size in bits]
    return lambda: [engine.power(base, e) for base, e in zip(bases, exponents, strict=True)]


# Client: g^a, g^x, and S with an exponent of a + u*x. Server: g^b, v^u, and S with b.
SIDES = {
    "client": (client_side, (256, 256, 512)),
    "server": (server_side, (256, 256, 256)),
}


@pytest.mark.parametrize("side", SIDES)
def test_side(benchmark: BenchmarkFixture, engine: modexp.Engine, side: str) -> None:
    make, _ = SIDES[side]
    benchmark.group = f"the {side}'s whole part of an exchange"
    benchmark(make())


@pytest.mark.parametrize("side", SIDES)
def test_bare_exponentiations(
    benchmark: BenchmarkFixture, engine: modexp.Engine, side: str
) -> None:
    _, bits = SIDES[side]
    benchmark.group = f"the {side}'s bare exponentiations"
    benchmark(bare(engine, bits))


@pytest.mark.parametrize("side", SIDES)
def test_ratio(
    engine: modexp.Engine,
    side: str,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    """Whole part over bare exponentiations: the median of pairs, so that noise meets both alike."""
    make, bits = SIDES[side]
    whole, parts = make(), bare(engine, bits)
    rounds = 1 if request.config.getoption("benchmark_disable") else 100
    times: list[tuple[float, float]] = []
    for _ in range(rounds):
        begun = time.perf_counter()
        parts()
        between = time.perf_counter()
        whole()
        times.append((between - begun, time.perf_counter() - between))
    parts_ms, whole_ms = (1000 * statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(whole_time / parts_time for parts_time, whole_time in times)
    with capsys.disabled():
        print(
            f"\n{side} on {engine.name:14} {whole_ms:7.3f} ms, bare {parts_ms:7.3f} ms,"
            f" ratio {ratio:.3f}",
            end="",
        )
