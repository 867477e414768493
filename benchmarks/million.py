"""Random exchanges, each value of which the library and the oracle compute alike.

    python benchmarks/million.py [--exchanges N] [--first N] [--seed TEXT] [--jobs N]

The library computes both sides of some exchanges at a time, as `verify` does, so on the engine for
many where there is one; the oracle, which shares no code with it, computes them one by one with
GMP. A seed makes them the same ones again, and `--first` goes on where another run ended. One
secret in eight is shorter or longer than real ones. Exit status 1 says that a value differs, and
which.

`make million` does a million on every core, some hours. What was run, and what it found, is in
docs/security.md.
"""

import argparse
import hashlib
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import oracle

from srp_cognito.proof import modexp, srp
from srp_cognito.proof.formula import Computation, together

GROUP: Final = 40
"""How many exchanges are computed at a time: five times eight, and each has several powers."""

SHARE: Final = 2000
"""How many exchanges one process does before it reports."""


class Exchange(NamedTuple):
    """What is drawn of an exchange."""

    a: int
    b: int
    salt: int
    user: str
    password: str


class Values(NamedTuple):
    """What is computed from it."""

    v: int
    A: int
    B: int
    u: int
    S_of_client: int
    S_of_server: int
    key: bytes


def draw(chance: random.Random) -> Exchange:
    """Secrets are of 256 bits, and one in eight is of another length, or of hardly any."""

    def secret() -> int:
        bits = chance.choice((1, 8, 64, 250, 257, 600, 1024)) if chance.random() < 1 / 8 else 256
        return chance.getrandbits(bits) or 1

    salt = chance.getrandbits(chance.choice((128, 128, 128, 127, 120, 8)))
    return Exchange(
        secret(), secret(), salt, f"{chance.getrandbits(128):032x}", f"{chance.getrandbits(96):x}"
    )


def computing(exchange: Exchange) -> Computation[Values]:
    """Both sides, by the library."""
    a, b, salt, user, password = exchange
    x = srp.x(salt, f"Example{user}".encode(), password.encode())
    v = yield from srp.v.stepwise(x)
    A = yield from srp.A.stepwise(a)
    B = yield from srp.B.stepwise(b, v)
    u = srp.u(A, B)
    of_client = yield from srp.S_of_client.stepwise(B, x, a, u)
    of_server = yield from srp.S_of_server.stepwise(A, v, u, b)
    return Values(v, A, B, u, of_client, of_server, srp.key(of_server, u))


def expected(exchange: Exchange) -> Values:
    """Both sides, by the oracle."""
    a, b, salt, user, password = exchange
    x = oracle.x("Example", user, password, salt)
    v, A = oracle.verifier(x), oracle.public_a(a)
    B = oracle.public_b(b, v)
    u = oracle.u(A, B)
    of_server = oracle.server_s(A, v, b, u)
    return Values(v, A, B, u, oracle.client_s(B, x, a, u), of_server, oracle.key(u, of_server))


def shapes(values: Values) -> list[str]:
    """Name what is rare about the values: how they are padded depends on it."""
    found = []
    for name, number, width in (
        ("A", values.A, 384),
        ("B", values.B, 384),
        ("S", values.S_of_server, 384),
        ("u", values.u, 32),
    ):
        octets = (number.bit_length() + 7) // 8
        if octets < width:
            found.append(f"{name} {'one byte' if octets == width - 1 else 'several bytes'} short")
        if number.bit_length() % 8 == 0:
            found.append(f"{name} with its top bit set")
    return found


def check(seed: str, first: int, count: int) -> tuple[Counter[str], list[str]]:
    """Compare exchanges; return how often each shape came, and which values differ."""
    seen: Counter[str] = Counter()
    differing = []
    for start in range(first, first + count, GROUP):
        numbers = range(start, min(start + GROUP, first + count))
        exchanges = []
        for number in numbers:
            digest = hashlib.sha256(f"{seed} {number}".encode()).digest()
            exchanges.append(draw(random.Random(digest)))
        computed = together([computing(exchange) for exchange in exchanges])
        for number, exchange, values in zip(numbers, exchanges, computed, strict=True):
            right = expected(exchange)
            seen.update(shapes(right))
            differing += [
                f"{name} of exchange {number}"
                for name, is_now, should_be in zip(Values._fields, values, right, strict=True)
                if is_now != should_be
            ]
    return seen, differing


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--exchanges", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--first", type=int, default=0, metavar="N")
    parser.add_argument("--seed", default="srp-cognito", metavar="TEXT")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    options = parser.parse_args(arguments)
    many = modexp.engine_for_many()
    names = [modexp.engine().name, *([many.name] if many else [])]
    end = options.first + options.exchanges
    print(f"{options.exchanges:,} exchanges from number {options.first:,}, seed {options.seed!r}")
    print(f"engines: {' and '.join(names)}")
    begun = time.monotonic()
    firsts = range(options.first, end, SHARE)
    counts = [min(SHARE, end - first) for first in firsts]
    seen: Counter[str] = Counter()
    differing: list[str] = []
    with ProcessPoolExecutor(options.jobs) as workers:
        shares = (map if options.jobs == 1 else workers.map)(
            check, [options.seed] * len(counts), firsts, counts
        )
        for number, (found, wrong) in enumerate(shares, 1):
            seen += found
            differing += wrong
            if sys.stderr.isatty():
                print(f"\r{number} of {len(counts)} parts ", end="", file=sys.stderr, flush=True)
    print("\n".join(f"{count:9,} with {shape}" for shape, count in sorted(seen.items())))
    print("\n".join(f"DIFFERENT: {each}" for each in differing[:20]) or "no value differs")
    print(f"{time.monotonic() - begun:,.0f} s on {options.jobs} processes")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
