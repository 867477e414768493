"""benchmarks/server_load.py: it checks claims in both ways, and leaves the library as it was."""

import concurrent.futures
import sys

import pytest
import server_load

from srp_cognito.proof import modexp, under_load

# What a benchmark reports does not depend on the Python version.
pytestmark = pytest.mark.slow


def test_both_ways_are_measured_for_each_number_of_threads(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if modexp.engine_for_many() is None:
        assert server_load.main([]) == 1
        assert "without an engine for many" in capsys.readouterr().err
        return
    seen: list[int] = []
    executor = concurrent.futures.ThreadPoolExecutor
    monkeypatch.setattr(
        concurrent.futures,
        "ThreadPoolExecutor",
        lambda threads: seen.append(under_load.LOAD) or executor(threads),
    )
    usual = under_load.LOAD
    assert (
        server_load.main(["--claims", "9", "--rounds", "2", "--threads", "1", "3", "--busy", "1"])
        == 0
    )
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split("|")[1].strip() for row in rows] == ["1", "3"]
    assert all(float(cell) > 0 for row in rows for cell in row.strip("| ").split("|"))
    assert seen == [sys.maxsize, usual] * 4
    assert usual == under_load.LOAD
