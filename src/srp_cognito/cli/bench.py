"""How long a login takes on this machine, on each engine, compared with its bare exponentiations.

And how long an exchange takes if many are verified, on one core and on all. Each engine is checked
before it is timed, and each login is verified. The contenders take turns, round by round, so that
the machine's noise affects all of them alike. A ratio is the median of the ratios within the
rounds, and is steadier than any time.
"""

import contextlib
import itertools
import json
import operator
import os
import platform
import re
import secrets
import statistics
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from .. import __version__
from ..calls.srp_client import SRPClient
from ..exceptions import SignatureMismatch
from ..proof import modexp, srp
from ..proof.app_client import AppClient
from ..proof.identity import Identity
from ..proof.server import SRPServer, Verifier
from ..transcripts import Answer, answers, workers
from ..wire import write_base64, write_hex

__all__ = ["Contender", "DifferentError", "Report", "bare", "compare", "engines", "run", "whole"]

Progress = Callable[[int, float], None]

SECONDS: Final = 8.0
LEAST_ROUNDS: Final = 3  # However slow the machine is, there are quartiles.
SIDES: Final = {
    "client": "The client: SRP_A and the claim",
    "server": "The checking side: the challenge and the check of the claim",
}
OF_MANY: Final = {
    "many": "Many recorded exchanges, each of which is verified, on one core",
    "cores": "The same on all cores at once",
}
"""An exchange that is verified is computed as by the client."""
TITLES: Final = {**SIDES, **OF_MANY}
"""What is measured."""
BITS: Final = {"server": (256, 256, 256)} | dict.fromkeys(("client", *OF_MANY), (256, 256, 512))
"""The sizes of a login's exponents: g^a, g^x, (B - k*v)^(a + u*x); g^b, v^u, (A * v^u)^b."""
CORES: Final = os.cpu_count() or 1
LINES: Final = 32
"""How many recorded exchanges are verified at a time, by each core."""
CHUNK: Final = 8
"""How many a core gets at a time, so that none waits long for the others at the end."""

POOL_ID: Final = "eu-west-1_Example"
PASSWORD: Final = secrets.token_urlsafe(12)
APP: Final = AppClient("1example23456789", "sekrit-client-secret")


class DifferentError(Exception):
    """A contender computed a wrong value, so its time would mean nothing."""


class Contender(NamedTuple):
    """Something that is timed: `go` does one login and returns the seconds of each side.

    Or it verifies many exchanges, and returns the seconds that each took.
    """

    name: str
    go: Callable[[], Mapping[str, float]]
    exponentiations: Mapping[str, Sequence[int]] = BITS


def timed(login: Iterator[None]) -> dict[str, float]:
    """Run a login, and return the seconds of each side.

    Args:
        login: yields after each part. The client begins, and the sides alternate. What it does
            after its last yield is not timed.
    """
    clock = time.perf_counter
    readings = [clock(), *(clock() for _ in login)]
    parts = [end - begun for begun, end in itertools.pairwise(readings)]
    sides = zip(SIDES, (parts[::2], parts[1::2]), strict=True)
    return {side: sum(own) for side, own in sides if own}


@contextlib.contextmanager
def using(engine: modexp.Engine, many: modexp.EngineForMany | None = None) -> Iterator[None]:
    """Let these engines do every exponentiation. A public switch would be a way to downgrade."""
    chosen = modexp.engine, modexp.engine_for_many
    modexp.engine, modexp.engine_for_many = lambda: engine, lambda: many
    try:
        yield
    finally:
        modexp.engine, modexp.engine_for_many = chosen


def engines() -> tuple[list[modexp.Engine], dict[str, str]]:
    """Return the engines that this machine has, and by name why the others cannot be used."""
    usable, missing = [], {}
    for name in modexp.NAMES:
        try:
            usable.append(modexp.load(name))
        except ImportError as error:
            missing[name] = str(error)
    return usable, missing


def many_at_once(engine: modexp.Engine) -> tuple[list[Contender], dict[str, str]]:
    """Return what verifies many, with the engine for one and with the one for many if it is here.

    And return by name why it cannot be used.
    """
    contenders = [verified(engine)]
    try:
        many = modexp.load_for_many()
    except ImportError as error:
        return contenders, {"ipp_crypto": str(error)}
    return [*contenders, bare_many(many), verified(engine, many)], {}


def whole(engine: modexp.Engine) -> Contender:
    """Return this library's login on an engine."""
    name = f"srp-cognito, {engine.name}"
    verifier = Verifier.for_user(POOL_ID, "alice", PASSWORD)

    def login() -> Iterator[None]:
        client = SRPClient.for_user(POOL_ID, "alice", PASSWORD, app=APP)
        opening = client.start()["AuthParameters"]
        yield
        server = SRPServer(verifier, app=APP)
        challenge = server.challenge(opening)
        yield
        reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}
        answer = client.respond(reply)["ChallengeResponses"]
        yield
        try:
            server.verify(answer)
        except SignatureMismatch as error:
            raise DifferentError(f"{name} refused a right claim: {error}") from error
        yield

    def go() -> Mapping[str, float]:
        with using(engine):
            return timed(login())

    return Contender(name, go)


def bare(name: str, power: Callable[[int, int], int]) -> Contender:
    """Return the exponentiations of a login and nothing else, checked by Python's own `pow`."""
    B, v, A = (secrets.randbelow(srp.N) for _ in range(3))
    bases = {"client": (srp.g, srp.g, B), "server": (srp.g, v, A)}
    work = []
    for side in SIDES:
        exponents = (secrets.randbits(bits) | 1 << (bits - 1) for bits in BITS[side])
        work.append(list(zip(bases[side], exponents, strict=True)))
    if any(power(*step) != pow(*step, srp.N) for steps in work for step in steps):
        raise DifferentError(f"{name} computes a wrong power; nothing was timed")

    def login() -> Iterator[None]:
        for steps in work:
            for step in steps:
                power(*step)
            yield

    def go() -> Mapping[str, float]:
        seconds = timed(login())
        # Whoever verifies an exchange computes what its client computed.
        return {**seconds, "many": seconds["client"]}

    return Contender(name, go)


def bare_many(engine: modexp.EngineForMany) -> Contender:
    """Return the exponentiations of as many exchanges as an engine computes at once."""
    name = f"bare {engine.name}"
    work = [
        [
            (secrets.randbelow(srp.N), secrets.randbits(bits) | 1 << (bits - 1))
            for _ in range(engine.lanes)
        ]
        for bits in BITS["many"]
    ]
    if any(engine.powers(step) != [pow(*pair, srp.N) for pair in step] for step in work):
        raise DifferentError(f"{name} computes a wrong power; nothing was timed")

    def go() -> Mapping[str, float]:
        begun = time.perf_counter()
        for step in work:
            engine.powers(step)
        return {"many": (time.perf_counter() - begun) / engine.lanes}

    return Contender(name, go)


def verified(engine: modexp.Engine, many: modexp.EngineForMany | None = None) -> Contender:
    """Return the verification of recorded exchanges, with an engine for many or without one."""
    name = f"srp-cognito, {engine.name if many is None else many.name}"
    one = [recorded() for _ in range(LINES)]
    all_cores = workers(CORES)  # They last as long as the process, and start with the first line.

    def spent(answered: Callable[[], Iterator[Answer]], count: int) -> float:
        with using(engine, many):
            begun = time.perf_counter()
            good = sum(answer.good for answer in answered())
            seconds = time.perf_counter() - begun
        if good != count:
            raise DifferentError(f"{name} refused a right exchange; nothing is reported")
        return seconds / count

    def go() -> Mapping[str, float]:
        return {
            "many": spent(lambda: answers(one, "verify"), LINES),
            "cores": spent(
                lambda: answers(one * CORES, "verify", executor=all_cores, chunk=CHUNK),
                LINES * CORES,
            ),
        }

    return Contender(name, go)


def recorded() -> bytes:
    """Return an exchange of the client's side as a transcript, signed with Python's own `pow`."""
    a, salt = secrets.randbits(srp.SECRET_EXPONENT_BITS), secrets.randbits(srp.SALT_BITS)
    B, block = secrets.randbelow(srp.N - 1) + 1, secrets.token_bytes(1260)
    identity = bytes(Identity("user", POOL_ID.partition("_")[2], "alice"))
    A, x = pow(srp.g, a, srp.N), srp.x(salt, identity, PASSWORD.encode())
    u = srp.u(A, B)
    S = pow(B - srp.k * pow(srp.g, x, srp.N), a + u * x, srp.N)
    timestamp = "Sat Mar 7 09:05:03 UTC 2026"
    signature = srp.signature(srp.key(S, u), identity, block, timestamp.encode())
    transcript = {
        "kind": "user",
        "pool_id": POOL_ID,
        "user_id": "alice",
        "password": PASSWORD,
        "salt": write_hex(salt),
        "a": write_hex(a),
        "srp_a": write_hex(A),
        "srp_b": write_hex(B),
        "secret_block": write_base64(block),
        "timestamp": timestamp,
        "signature": write_base64(signature),
    }
    return json.dumps(transcript).encode()


def measure(
    contenders: Sequence[Contender], seconds: float, progress: Progress
) -> dict[tuple[str, str], list[float]]:
    """Let the contenders take turns, and return by side and name the seconds of each round."""
    taken: dict[tuple[str, str], list[float]] = {}
    rounds, spent, begun = 0, 0.0, time.perf_counter()
    while rounds < LEAST_ROUNDS or spent < seconds:
        # In another order each time, so that nobody always runs after the same contender.
        for contender in secrets.SystemRandom().sample(contenders, len(contenders)):
            contender.go()  # This fills the caches; the second time counts.
            for side, of_side in contender.go().items():
                taken.setdefault((side, contender.name), []).append(of_side)
        rounds, spent = rounds + 1, time.perf_counter() - begun
        progress(rounds, spent)
    return taken


def rows(
    contenders: Sequence[Contender], taken: Mapping[tuple[str, str], Sequence[float]]
) -> list[dict[str, Any]]:
    """Return the lines of the table. The ratios are to the first contender of a side."""
    exponentiations = {contender.name: contender.exponentiations for contender in contenders}
    firsts = {
        side: next(name for name in exponentiations if (side, name) in taken) for side, _ in taken
    }

    def row(side: str, name: str) -> dict[str, Any]:
        seconds, base = taken[side, name], taken[side, firsts[side]]
        lower, median, upper = statistics.quantiles(seconds, n=4, method="inclusive")
        numbers = {
            "side": side,
            "name": name,
            "median_ms": round(1000 * median, 4),
            "quartiles_ms": [round(1000 * lower, 4), round(1000 * upper, 4)],
            "exponentiations": list(exponentiations[name][side]),
            "ratio": round(statistics.median(map(operator.truediv, seconds, base)), 4),
        }
        return numbers | ({"per_second": round(1 / median)} if side in OF_MANY else {})

    return sorted((row(*key) for key in taken), key=operator.itemgetter("side", "ratio"))


class Report(NamedTuple):
    """The numbers of a run."""

    numbers: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the numbers for tools."""
        return self.numbers

    def lines(self) -> Iterator[str]:
        """Return the numbers for people, in 80 columns."""
        told = self.numbers
        yield from textwrap.wrap(f"{origin(told)}; {told['rounds']} rounds", 80)
        for name, why in told["missing"].items():
            yield f"{name} is not usable here: {why}"[:80]
        for side, title in TITLES.items():
            last = "a second" if side in OF_MANY else "exponents' bits"
            yield from ("", title)
            yield f"  {'':27}{'median':>8}{'quartiles':>18}{'ratio':>7}  {last}"
            for row in told["rows"]:
                if row["side"] == side:
                    quartiles = "{:7.2f} to {:7.2f}".format(*row["quartiles_ms"])
                    bits = " ".join(map(str, row["exponentiations"]))
                    times = f"{row['median_ms']:8.2f}{quartiles}{row['ratio']:7.2f}"
                    yield f"  {row['name']:27}{times}  {row.get('per_second', bits)}"
        yield "\nTimes are in milliseconds, for one login or exchange. The ratio is to the bare"
        yield "exponentiations of the best engine in the same rounds; on all cores it is to"
        yield "this library on that engine. Compare ratios: times differ between machines."


def surroundings() -> dict[str, Any]:
    """Return when, where and with what this process measures."""
    cpu = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        text = Path("/proc/cpuinfo").read_text("utf-8")
        cpu = (re.findall(r"^model name\s*: (.+)$", text, re.MULTILINE) or [cpu])[0]
    system = f"{platform.system()} {platform.machine()}"
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"cpu": cpu, "cores": os.cpu_count(), "system": system},
        "versions": {
            "srp-cognito": __version__,
            "python": f"{platform.python_implementation()} {platform.python_version()}",
            "engines": {
                engine.name: engine.implementation
                for engine in (*engines()[0], modexp.engine_for_many())
                if engine is not None
            },
        },
        "engine": modexp.engine().name,
    }


def origin(numbers: Mapping[str, Any]) -> str:
    """Return the surroundings of a run in one line."""
    where, versions = numbers["machine"], numbers["versions"]
    return (
        f"{where['cpu']}, {where['cores']} cores, {where['system']};"
        f" srp-cognito {versions['srp-cognito']}, {versions['python']},"
        f" {', '.join(versions['engines'].values())}; {numbers['date']}"
    )


def compare(
    contenders: Sequence[Contender], missing: Mapping[str, str], seconds: float, progress: Progress
) -> Report:
    """Measure contenders as `measure` does. `missing` says by name why others are not there."""
    begun = time.perf_counter()
    taken = measure(contenders, seconds, progress)
    numbers = {
        "rounds": len(next(iter(taken.values()))),
        "seconds": round(time.perf_counter() - begun, 2),
        "missing": dict(missing),
        "rows": rows(contenders, taken),
    }
    return Report(surroundings() | numbers)


def run(*, progress: Progress = lambda *_: None) -> Report:
    """Measure this library's engines: whole logins, and bare exponentiations.

    Args:
        progress: called after each round with the number of rounds and the seconds so far.

    Raises:
        DifferentError: an engine computes a wrong value.
    """
    usable, missing = engines()  # The best engine is the first.
    contenders = [bare(f"bare {engine.name}", engine.power) for engine in usable]
    contenders += [whole(engine) for engine in usable]
    of_many, missing_for_many = many_at_once(usable[0])
    return compare([*contenders, *of_many], missing | missing_for_many, SECONDS, progress)
