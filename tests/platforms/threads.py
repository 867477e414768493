"""Measure how much more two threads do than one, on any Python that has the library.

    python tests/platforms/threads.py [--lines 200] [--rounds 9]

A recorded exchange is verified again and again by `answers`, as `srp-cognito verify --jobs` does,
with one thread and with two, in turns: with libcrypto, which lets other threads run, and with the
plain engine, which does so only where Python has no GIL. The number is the median of the ratios of
all rounds. It needs two idle cores, and nothing but the library.
"""

import argparse
import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from srp_cognito.proof import modexp
from srp_cognito.transcripts import answers

TRANSCRIPT = {
    "kind": "user",
    "pool_id": "eu-west-1_Example",
    "user_id": "alice",
    "password": "a password of nobody",
    "salt": "abc",
    "secret_block": "YW4gb3BhcXVlIGJsb2Nr",
    "timestamp": "Sat Mar 7 09:05:03 UTC 2026",
    "a": f"{2**255 + 1:x}",
    "srp_b": f"{2**3070 + 3:x}",
}


def seconds(line: bytes, lines: int, threads: int) -> float:
    """Verify the line so many times, and return how long that takes."""
    with ThreadPoolExecutor(threads) as executor:
        begun = time.perf_counter()
        found = answers([line] * lines, "verify", executor=executor, chunk=8)
        assert all(answer.good for answer in found)
        return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure one thread against two.")
    parser.add_argument("--lines", type=int, default=200, help="how many lines a run verifies")
    parser.add_argument("--rounds", type=int, default=9, help="how many runs of each kind")
    given = parser.parse_args()
    (computed,) = answers([json.dumps(TRANSCRIPT).encode()], "compute")
    signature = json.loads(computed.text)["signature"]
    line = json.dumps(TRANSCRIPT | {"signature": signature}).encode()
    has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    print(f"{sys.version}\nwith{'' if has_gil else 'out'} the GIL")
    modexp.engine_for_many = lambda: None  # It would hide which engine is measured.
    for name in ("libcrypto", "plain"):
        engine = modexp.load(name)
        modexp.engine = lambda engine=engine: engine
        lines = given.lines if name == "libcrypto" else max(16, given.lines // 8)
        runs = [[seconds(line, lines, each) for each in (1, 2)] for _ in range(given.rounds)]
        ratio = statistics.median(one / two for one, two in runs)
        one = statistics.median(one for one, _ in runs)
        print(f"{name}: {lines / one:.0f} a second with 1 thread, {ratio:.2f} times that with 2")


if __name__ == "__main__":
    main()
