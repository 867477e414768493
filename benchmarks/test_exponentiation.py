"""One exponentiation on each engine, by the size of its exponent, with pytest-benchmark."""

import secrets

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from srp_cognito.cli import bench
from srp_cognito.proof import modexp


@pytest.mark.parametrize("engine", bench.engines()[0], ids=lambda engine: engine.name)
@pytest.mark.parametrize("bits", [256, 512, 1024])
def test_power(benchmark: BenchmarkFixture, engine: modexp.Engine, bits: int) -> None:
    benchmark.group = f"one exponentiation, {bits} bits"
    base = secrets.randbelow(modexp.N)
    exponent = secrets.randbits(bits) | 1 << (bits - 1)
    answer = benchmark(engine.power, base, exponent)
    assert answer == pow(base, exponent, modexp.N)
