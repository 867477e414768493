"""How long an exchange takes on this machine, on each engine, beside its bare exponentiations.

The law: what is timed is checked. Every engine gives the same signature before a time is taken, and
every login that is timed is verified. The contenders take turns, round by round, so that the noise
of a machine meets all alike; a ratio is the median of the ratios within the rounds, and counts for
more than any time does. Exponentiations are counted, not assumed. Only public names are used.
"""

import contextlib
import dataclasses
import os
import platform
import random
import secrets
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

from .. import __version__
from ..calls.srp_client import SRPClient
from ..exceptions import SignatureMismatch
from ..proof import modexp, srp
from ..proof.app_client import AppClient
from ..proof.identity import Identity
from ..proof.server import SRPServer, Verifier
from ..transcripts import transcript
from ..wire import write_base64, write_hex
from . import published_claim

__all__ = [
    "SIDES",
    "Contender",
    "DifferentError",
    "Exchange",
    "Report",
    "Row",
    "Watch",
    "bare",
    "check",
    "engines",
    "machine",
    "measure",
    "rows",
    "run",
    "size",
    "using",
    "whole",
]

SECONDS: Final = 8.0
"""How long the command measures: a table within ten seconds, with starting and checking."""

LEAST_ROUNDS: Final = 3
"""A machine on which a round takes longer than all of that still gets quartiles."""

SIDES: Final = {
    "client": "The client's whole exchange: SRP_A and the claim",
    "server": "The checking side's: the challenge and the check of the claim",
}

POOL_ID: Final = "eu-west-1_Example"
USER_ID: Final = "alice"
APP: Final = AppClient("1example23456789", "sekrit-client-secret")

WORD: Final = 64
"""Exponents are counted in whole machine words: a random number is sometimes a few bits shorter
than its size, and OpenSSL works by the word."""

_CHANCE: Final = random.SystemRandom()

Power = Callable[[int, int], int]


class DifferentError(Exception):
    """A contender computed something else than the others, so its time would mean nothing."""


@dataclass(frozen=True)
class Exchange:
    """The inputs of one exchange, and the signature that both sides must reach."""

    password: str
    salt: int
    a: int = field(repr=False)
    b: int = field(repr=False)
    secret_block: bytes
    timestamp: str
    signature: str

    @classmethod
    def new(cls, *, a_bits: int = srp.SECRET_EXPONENT_BITS) -> "Exchange":
        """Draw the inputs, with the top bit of a and b set, so that their size is what it says."""
        blank = cls(
            password=secrets.token_urlsafe(12),
            salt=secrets.randbits(srp.SALT_BITS),
            a=_exponent(a_bits),
            b=_exponent(srp.SECRET_EXPONENT_BITS),
            secret_block=secrets.token_bytes(1024),  # About the size of a real pool's.
            timestamp="Sat Mar 7 09:05:03 UTC 2026",
            signature="",
        )
        values = transcript.compute({**blank.record(), "a": write_hex(blank.a)})
        return dataclasses.replace(blank, signature=values.to_json()["signature"])

    @property
    def identity(self) -> bytes:
        """Whose password it is, as it is hashed."""
        return bytes(Identity("user", POOL_ID.partition("_")[2], USER_ID))

    @property
    def x(self) -> int:
        """The password's exponent."""
        return srp.x(self.salt, self.identity, self.password.encode())

    def record(self) -> dict[str, object]:
        """The transcript as both sides know it, without their secret exponents."""
        return {
            "kind": "user",
            "pool_id": POOL_ID,
            "user_id": USER_ID,
            "password": self.password,
            "salt": write_hex(self.salt),
            "srp_a": write_hex(srp.A(self.a)),
            "srp_b": write_hex(srp.B(self.b, srp.v(self.x))),
            "secret_block": write_base64(self.secret_block),
            "timestamp": self.timestamp,
        }


@dataclass(frozen=True)
class Contender:
    """Something that is timed: `go` does its work once and tells the seconds of each side."""

    name: str
    exponentiations: Mapping[str, Sequence[int]]
    """For each side the sizes of the exponents in bits, in the order in which they come."""

    go: Callable[[], Mapping[str, float]]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    side: str
    name: str
    exponentiations: tuple[int, ...]
    seconds: tuple[float, ...] = field(repr=False)
    ratio: float
    """To bare libcrypto, or to the fastest bare engine where there is none."""

    def to_json(self) -> dict[str, Any]:
        """The row as `--json` prints it; times in milliseconds."""
        lower, median, upper = statistics.quantiles(self.seconds, n=4, method="inclusive")
        return {
            "side": self.side,
            "name": self.name,
            "median_ms": round(1000 * median, 4),
            "quartiles_ms": [round(1000 * lower, 4), round(1000 * upper, 4)],
            "exponentiations": list(self.exponentiations),
            "ratio": round(self.ratio, 4),
        }


class Watch:
    """Notes when a side begins and ends to work, by any clock."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self.spans: dict[str, list[tuple[float, float]]] = {}

    @contextlib.contextmanager
    def on(self, side: str) -> Iterator[None]:
        """Note the time that is spent within."""
        begun = self._clock()
        yield
        self.spans.setdefault(side, []).append((begun, self._clock()))

    def totals(self) -> dict[str, float]:
        """What each side took in all."""
        return {
            side: sum(end - begun for begun, end in spans) for side, spans in self.spans.items()
        }


@contextlib.contextmanager
def using(engine: modexp.Engine) -> Iterator[None]:
    """Let this engine do every exponentiation of the process.

    The library has no switch for it, because that would be a way to downgrade. A process that
    does nothing but measure takes the place of `modexp.engine`, and puts it back.
    """
    chosen = modexp.engine
    modexp.engine = lambda: engine
    try:
        yield
    finally:
        modexp.engine = chosen


def engines() -> tuple[list[modexp.Engine], dict[str, str]]:
    """Return the engines that this machine has, and why the others cannot be used."""
    usable, missing = [], {}
    for name in modexp.NAMES:
        try:
            usable.append(modexp.load(name))
        except ImportError as error:
            missing[name] = str(error)
    return usable, missing


def check(name: str, signatures: Sequence[str], exchange: Exchange) -> None:
    """Raise DifferentError unless each of these is the exchange's signature."""
    for signature in signatures:
        if signature != exchange.signature:
            raise DifferentError(f"{name} makes another signature than it must; nothing was timed")


def whole(engine: modexp.Engine, exchange: Exchange, name: str | None = None) -> Contender:
    """This library's own work on an engine: whole logins, each of them verified."""
    name = f"srp-cognito, {engine.name}" if name is None else name
    with using(engine):
        record = exchange.record()
        halves = ({**record, "a": write_hex(exchange.a)}, {**record, "b": write_hex(exchange.b)})
        published = _published()
        try:
            made = [transcript.compute(half).to_json()["signature"] for half in halves]
            transcript.verify(published)
        except (SignatureMismatch, ValueError) as error:
            raise DifferentError(f"{name}: {error}; nothing was timed") from error
        check(name, made, exchange)
        verifier = Verifier.for_user(POOL_ID, USER_ID, exchange.password)

    def login(watch: Watch) -> None:
        with watch.on("client"):
            client = SRPClient.for_user(POOL_ID, USER_ID, exchange.password, app=APP)
            opening = client.start()["AuthParameters"]
        with watch.on("server"):
            server = SRPServer(verifier, app=APP)
            challenge = server.challenge(opening)
        with watch.on("client"):
            reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}
            answer = client.respond(reply)["ChallengeResponses"]
        with watch.on("server"):
            try:
                server.verify(answer)
            except SignatureMismatch as error:
                raise DifferentError(f"{name} refused a right claim: {error}") from error

    def go() -> Mapping[str, float]:
        watch = Watch()
        with using(engine):
            login(watch)
        return watch.totals()

    return Contender(name, _count(engine, login), go)


def bare(name: str, power: Power, exchange: Exchange) -> Contender:
    """Nothing but the exponentiations that each side of the exchange needs."""
    a, b, x, g = exchange.a, exchange.b, exchange.x, srp.g
    A, v = power(g, a), power(g, x)
    B = (srp.k * v + power(g, b)) % srp.N
    u = srp.u(A, B)
    server_base = A * power(v, u) % srp.N
    work = {
        "client": ((g, a), (g, x), ((B - srp.k * v) % srp.N, a + u * x)),
        "server": ((g, b), (v, u), (server_base, b)),
    }
    last = [power(*steps[-1]) for steps in work.values()]
    message = (exchange.identity, exchange.secret_block, exchange.timestamp.encode("ascii"))
    made = [write_base64(srp.signature(srp.key(S, u), *message)) for S in last]
    check(name, made, exchange)

    def go() -> Mapping[str, float]:
        watch = Watch()
        for side, steps in work.items():
            with watch.on(side):
                for base, exponent in steps:
                    power(base, exponent)
        return watch.totals()

    counted = {
        side: [size(exponent.bit_length()) for _, exponent in steps] for side, steps in work.items()
    }
    return Contender(name, counted, go)


def measure(
    contenders: Sequence[Contender],
    *,
    seconds: float,
    least: int = LEAST_ROUNDS,
    progress: Callable[[int, float], None] = lambda *_: None,
) -> list[list[Mapping[str, float]]]:
    """Let the contenders take turns until the time is up.

    Args:
        contenders: who is measured.
        seconds: for how long; the round that is going on then is finished.
        least: how many rounds there are at least.
        progress: is told the number of rounds and the seconds after each.

    Returns:
        For each round, what each contender told. A first round warms up and is left out.
    """
    for contender in contenders:
        contender.go()
    taken: list[list[Mapping[str, float]]] = []
    begun = time.perf_counter()
    while len(taken) < least or time.perf_counter() - begun < seconds:
        # In another order each time, so that nobody always finds the caches as the same one left
        # them.
        order = list(range(len(contenders)))
        _CHANCE.shuffle(order)
        told = {at: _warm(contenders[at]) for at in order}
        taken.append([told[at] for at in range(len(contenders))])
        progress(len(taken), time.perf_counter() - begun)
    return taken


def _warm(contender: Contender) -> Mapping[str, float]:
    """Let it go twice, and return what the second time took.

    The first finds the caches as the contender before left them. That would be no time of its own,
    and it would count most for whoever is quickest.
    """
    contender.go()
    return contender.go()


def rows(
    contenders: Sequence[Contender], taken: Sequence[Sequence[Mapping[str, float]]]
) -> list[Row]:
    """Turn what `measure` returned into lines, the smallest ratio of each side first."""
    lines = []
    for side in SIDES:
        seconds = {
            contender.name: tuple(told[at][side] for told in taken)
            for at, contender in enumerate(contenders)
            if side in taken[0][at]
        }
        # `plain` is always there, and so is a base.
        bare_ones = [name for name in seconds if name.startswith("bare ")]
        fastest = min(bare_ones, key=lambda name: statistics.median(seconds[name]))
        base = "bare libcrypto" if "bare libcrypto" in seconds else fastest
        of_this_side = []
        for contender in contenders:
            own = seconds.get(contender.name)
            if own is None:
                continue
            pairs = zip(own, seconds[base], strict=True)
            ratio = statistics.median(mine / theirs for mine, theirs in pairs)
            sizes = tuple(contender.exponentiations.get(side, ()))
            of_this_side.append(Row(side, contender.name, sizes, own, ratio))
        lines += sorted(of_this_side, key=lambda row: row.ratio)
    return lines


def machine() -> dict[str, Any]:
    """Where this runs, as far as it can be told."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        named = next(line for line in lines if line.startswith("model name"))
        model = named.partition(":")[2].strip()
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
    }


@dataclass(frozen=True)
class Report:
    """A run of the command."""

    rows: list[Row]
    rounds: int
    seconds: float
    missing: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """The run for tools."""
        return {
            "date": datetime.now(timezone.utc).date().isoformat(),
            "machine": machine(),
            "versions": _versions(),
            "engine": modexp.engine().name,
            "rounds": self.rounds,
            "seconds": round(self.seconds, 2),
            "missing": self.missing,
            "rows": [row.to_json() for row in self.rows],
        }

    def lines(self) -> Iterator[str]:
        """The run for people, in 80 columns."""
        told = self.to_json()
        versions, where = told["versions"], told["machine"]
        yield f"srp-cognito {versions['srp-cognito']}, {versions['python']}, {where['system']}"
        yield f"{where['cores']} cores, {where['cpu']}"[:80]
        for name, what in versions["engines"].items():
            yield f"  {'*' if name == told['engine'] else ' '} {name:14} {what}"[:80]
        for name, why in self.missing.items():
            yield f"    {name:14} not usable here: {why}"[:80]
        yield f"{self.rounds} rounds in {self.seconds:.1f} s, in turns; every login was verified"
        for side, title in SIDES.items():
            yield ""
            yield title
            yield f"  {'':28}{'median':>8}{'quartiles':>18}{'ratio':>7}  exponents' bits"
            for row in told["rows"]:
                if row["side"] == side:
                    yield _line(row)
        yield ""
        yield "Milliseconds. The ratio is to the exponentiations alone, by libcrypto where"
        yield "there is one, in the same rounds. Compare ratios: times differ from machine to"
        yield "machine and from run to run. * is the engine in use."


def run(
    *, seconds: float | None = None, progress: Callable[[int, float], None] = lambda *_: None
) -> Report:
    """Measure this library's engines, whole exchanges beside bare exponentiations.

    Args:
        seconds: how long; `SECONDS` if left out.
        progress: as `measure` calls it.

    Raises:
        DifferentError: an engine computes something else than it must; no time was taken.
    """
    exchange = Exchange.new()
    usable, missing = engines()
    contenders = [bare(f"bare {engine.name}", engine.power, exchange) for engine in usable]
    contenders += [whole(engine, exchange) for engine in usable]
    begun = time.perf_counter()
    taken = measure(contenders, seconds=SECONDS if seconds is None else seconds, progress=progress)
    return Report(rows(contenders, taken), len(taken), time.perf_counter() - begun, missing)


def _published() -> Mapping[str, object]:
    """The claim that AWS publishes, which the tour computes as well."""
    return published_claim.TRANSCRIPT


def _count(engine: modexp.Engine, login: Callable[[Watch], None]) -> dict[str, list[int]]:
    """The exponents of one login, side by side: the clock is how many there were before."""
    sizes: list[int] = []

    def power(base: int, exponent: int) -> int:
        sizes.append(size(exponent.bit_length()))
        return engine.power(base, exponent)

    watch = Watch(lambda: len(sizes))
    with using(dataclasses.replace(engine, power=power)):
        login(watch)
    return {
        side: [size for begun, end in spans for size in sizes[int(begun) : int(end)]]
        for side, spans in watch.spans.items()
    }


def size(bits: int) -> int:
    """Round an exponent's bits up to whole machine words.

    >>> size(250), size(256), size(511)
    (256, 256, 512)
    """
    return -(-bits // WORD) * WORD


def _exponent(bits: int) -> int:
    return secrets.randbits(bits) | 1 << (bits - 1)


def _versions() -> dict[str, Any]:
    usable, _ = engines()
    return {
        "srp-cognito": __version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "engines": {engine.name: engine.implementation for engine in usable},
    }


def _line(row: Mapping[str, Any]) -> str:
    lower, upper = row["quartiles_ms"]
    quartiles = f"{lower:.2f} to {upper:.2f}"
    ratio = f"{row['ratio']:.2f}"
    exponents = " ".join(str(size) for size in row["exponentiations"])
    count = len(row["exponentiations"])
    return (
        f"  {row['name']:28}{row['median_ms']:8.2f}{quartiles:>18}{ratio:>7}  {count}: {exponents}"
    )
