"""Check claims on more and more threads at once: each power alone, and those that wait together.

    python benchmarks/server_load.py [--claims N] [--rounds N] [--threads N ...] [--busy N]

Both ways take turns in one process; the shortest time of each counts. The clients' work is done
before the clock starts. `--busy` lets so many other threads keep the GIL busy meanwhile. Times are
in milliseconds for a claim, and CPU is that of the whole process.
"""

import argparse
import concurrent.futures
import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final
from unittest import mock

from srp_cognito import AppClient, SRPClient, SRPServer, Verifier
from srp_cognito.proof import modexp, under_load

POOL_ID: Final = "eu-west-1_Example"
APP: Final = AppClient("1example23456789")
VERIFIER: Final = Verifier.for_user(POOL_ID, "alice", "correct horse")
NEVER: Final = sys.maxsize

Check = Callable[[], None]


def prepared() -> Check:
    """The check of a new exchange's claim."""
    client = SRPClient.for_user(POOL_ID, "alice", "correct horse", app=APP)
    server = SRPServer(VERIFIER)
    challenge = server.challenge({"USERNAME": "alice", "SRP_A": client.srp_a})
    reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}
    answer = client.respond(reply)["ChallengeResponses"]
    return lambda: server.verify(answer)


@contextlib.contextmanager
def busy(threads: int) -> Iterator[None]:
    """Let so many threads run nothing but Python."""
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            sum(range(1000))

    working = [threading.Thread(target=work) for _ in range(threads)]
    for thread in working:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in working:
            thread.join()


def measure(checks: Sequence[Check], threads: int, load: int) -> tuple[float, float]:
    """Return what one of them takes, and how much of the processors' time, in milliseconds."""
    with (
        mock.patch.object(under_load, "LOAD", load),
        concurrent.futures.ThreadPoolExecutor(threads) as executor,
    ):
        begun, used = time.perf_counter(), time.process_time()
        for done in [executor.submit(check) for check in checks]:
            done.result()
        each = 1000 / len(checks)
        return (time.perf_counter() - begun) * each, (time.process_time() - used) * each


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--claims", type=int, default=400, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument(
        "--threads", type=int, nargs="+", default=(1, 2, 4, 8, 16, 32, 64), metavar="N"
    )
    parser.add_argument("--busy", type=int, default=0, metavar="N")
    options = parser.parse_args(arguments)
    if modexp.engine_for_many() is None:
        print("without an engine for many each thread computes alone, always", file=sys.stderr)
        return 1
    usual = under_load.LOAD
    print(
        "| threads | alone, ms | its CPU, ms | together, ms | its CPU, ms"
        " | times as fast | times less CPU |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for threads in options.threads:
        best: dict[int, list[float]] = {NEVER: [NEVER, NEVER], usual: [NEVER, NEVER]}
        for _ in range(options.rounds):
            for load, times in best.items():
                checks = [prepared() for _ in range(options.claims)]
                with busy(options.busy):
                    times[:] = map(min, times, measure(checks, threads, load))
        alone, shared = best.values()
        ratios = (before / now for before, now in zip(alone, shared, strict=True))
        figures = " | ".join(f"{each:.2f}" for each in (*alone, *shared, *ratios))
        print(f"| {threads} | {figures} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
