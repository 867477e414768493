"""A stress run: many logins at once over HTTP, every answer checked, with rate, latency and memory.

    python benchmarks/stress.py [--logins N] [--clients N] [--json FILE]

The pool has a process of its own, so that its memory and CPU time are told apart from the clients'.
Exit status 1 says that an answer was wrong, that memory grew, or that the pool ended; 130 that
Ctrl-C did.
"""

import argparse
import contextlib
import functools
import http.client
import itertools
import json
import os
import platform
import queue
import re
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, Protocol, cast

import jwt

from srp_cognito import AnyCall, AppClient, Call, ServiceError, SignIn, Tokens
from srp_cognito.calls.challenges import FirstFactor
from srp_cognito.conversation.questions import SelectChallenge
from srp_cognito.conversation.steps import Flow
from srp_cognito.proof import modexp
from srp_cognito.testing import UserPool, serve
from srp_cognito.testing.sessions import MOST

POOL_ID: Final = "eu-west-1_Stress"
ISSUER: Final = f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL_ID}"
USERS: Final = tuple(f"user{number}" for number in range(8))
APPS: Final = (AppClient("1public"), AppClient("2secret", "sekrit-client-secret"))
REFUSAL: Final = ("NotAuthorizedException", "Incorrect username or password.")

# The flow, and the factor that is preferred with USER_AUTH: with None the user is asked which.
# A code of an authenticator app counts once in 30 seconds, so none is asked for here.
WAYS: Final[tuple[tuple[Flow, FirstFactor | None], ...]] = (
    ("USER_SRP_AUTH", None),
    ("USER_SRP_AUTH", None),
    ("USER_SRP_AUTH", None),
    ("USER_AUTH", "PASSWORD_SRP"),
    ("USER_AUTH", "PASSWORD"),
    ("USER_AUTH", None),
)
KINDS: Final = tuple(itertools.product(USERS, ("", "@example.com"), APPS, WAYS))

LOGINS_OF_A_CONNECTION: Final = 25
SECONDS: Final = 30
"""How long an answer may take."""

MOST_WRONG: Final = 20
"""A run with this many wrong answers ends early: more of them would tell nothing new."""

JUDGED_FROM: Final = 10_000
"""With fewer logins than this, growth cannot be told from what an allocator takes at the start."""

FLAT_KB: Final = 100
"""What 1,000 logins may cost and still be called flat. A hundred bytes a login is less than the
name of one Session takes, and about a thirtieth of one login's tokens."""


# The logins, and what must come of each.


class Login(NamedTuple):
    """One login: what is typed, and whose tokens must come of it (None: a refusal must)."""

    typed: str
    password: str
    app: AppClient
    flow: Flow
    preferred: FirstFactor | None
    owner: str | None


def password_of(username: str) -> str:
    return f"the password of {username}"


def login_of(number: int) -> Login:
    """The login of this number: every tenth is wrong, and all the kinds take turns among those."""
    username, domain, app, (flow, preferred) = KINDS[(number + number // 10) % len(KINDS)]
    right = Login(username + domain, password_of(username), app, flow, preferred, username)
    if number % 20 == 9:
        return right._replace(password="battery staple", owner=None)
    if number % 20 == 19:
        return right._replace(typed="nobody" + domain, owner=None)
    return right


def check(login: Login, outcome: Tokens | Exception, key: Any) -> str | None:
    """Return what is wrong with how a login ended, None if it ended as it must.

    Args:
        login: the login.
        outcome: its tokens, or the error that it ended with.
        key: the public key that the tokens must be signed by.
    """
    if login.owner is None:
        if isinstance(outcome, Tokens):
            return "a wrong password was accepted"
        if isinstance(outcome, ServiceError) and (outcome.type, outcome.message) == REFUSAL:
            return None
        return f"a wrong password ended in {type(outcome).__name__}: {outcome}"
    if isinstance(outcome, Exception):
        return f"a right password ended in {type(outcome).__name__}: {outcome}"
    if not outcome.refresh_token:
        return "there is no refresh token"
    told = {"token_use": "access", "username": login.owner, "client_id": login.app.client_id}
    names = {"token_use": "id", "cognito:username": login.owner, "aud": login.app.client_id}
    return _check_token(outcome.access_token, told, key) or _check_token(
        outcome.id_token or "", names, key
    )


def _check_token(token: str, wanted: Mapping[str, str], key: Any) -> str | None:
    """Hold a token's signature, its time and these claims against what they must be."""
    try:
        claims = jwt.decode(
            token, key, algorithms=["RS256"], issuer=ISSUER, options={"verify_aud": False}
        )
    except jwt.PyJWTError as error:
        return f"the {wanted['token_use']} token is not valid: {error}"
    for name, value in wanted.items():
        if claims.get(name) != value:
            return f"{name} in a token is {claims.get(name)!r}, and must be {value!r}"
    return None


# The clients.


class Result(NamedTuple):
    """How one login went."""

    seconds: float
    calls: list[tuple[str, float]]
    """What each call asked and was answered, and the seconds that it took."""
    problem: str | None
    is_lost: bool
    """Whether the connection failed, as it does when the pool has ended."""


LOST: Final = (OSError, http.client.HTTPException)
"""What a client sees where the connection fails."""


class Client:
    """One program that signs people in. It keeps its connection for some logins, as they do."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(
            urllib.parse.urlsplit(url).netloc, timeout=SECONDS
        )
        self._key: Any = None
        self._calls: list[tuple[str, float]] = []
        self._logins = 0

    def close(self) -> None:
        self._connection.close()

    def sign_in(self, login: Login) -> Result:
        """Do one login, and check how it ends."""
        self._calls = []
        if self._logins % LOGINS_OF_A_CONNECTION == 0:
            self._connection.close()
        self._logins += 1
        key, begun = None, time.perf_counter()
        outcome: Tokens | Exception
        try:
            key, begun = self._public_key(), time.perf_counter()
            outcome = self._go_through(login)
        except Exception as error:  # noqa: BLE001, since whatever it is, it is how the login ended.
            outcome = error
            if not isinstance(error, ServiceError):
                self._connection.close()  # Nobody knows what is still under way on it.
        seconds = time.perf_counter() - begun
        problem = check(login, outcome, key)
        if problem is not None:
            problem += f" ({login.flow}, typed {login.typed!r}, app client {login.app.client_id})"
        return Result(seconds, self._calls, problem, isinstance(outcome, LOST))

    def spend_session(self) -> None:
        """Begin a login and end it at once: what the pool remembers of one, and no mathematics."""
        beginning = {"USERNAME": USERS[0]}
        beside = {"ClientId": APPS[0].client_id}
        begin = {**beside, "AuthFlow": "USER_AUTH", "AuthParameters": beginning}
        reply = self._send(Call("InitiateAuth", begin))
        answer = {
            **beside,
            "ChallengeName": "SELECT_CHALLENGE",
            "Session": reply["Session"],
            "ChallengeResponses": {**beginning, "ANSWER": "NONE_OF_THEM"},
        }
        self._send(Call("RespondToAuthChallenge", answer))

    def _go_through(self, login: Login) -> Tokens:
        sign_in = SignIn(
            POOL_ID,
            login.typed,
            login.password,
            app=login.app,
            flow=login.flow,
            preferred_challenge=login.preferred,
        )
        step = sign_in.start()
        while not isinstance(step, Tokens):
            if isinstance(step, SelectChallenge):
                step = step.answer("PASSWORD_SRP")
            step = sign_in.reply(self._send(cast("AnyCall", step)))
        return step

    def _send(self, call: AnyCall) -> Mapping[str, Any]:
        begun = time.perf_counter()
        self._connection.request("POST", "/", call.body, call.headers)
        with self._connection.getresponse() as response:
            body = response.read()
        seconds = time.perf_counter() - begun
        reply: dict[str, Any] = json.loads(body)
        if (response.status == 200) == ("__type" in reply):
            raise ValueError(f"HTTP {response.status} came with the members {sorted(reply)}")
        answered = reply.get("ChallengeName", "refused" if "__type" in reply else "tokens")
        asked = call.arguments.get("ChallengeName", call.arguments.get("AuthFlow"))
        self._calls.append((f"{asked} -> {answered}", seconds))
        return reply

    def _public_key(self) -> Any:
        """The pool's key, from the document that everybody checks tokens by."""
        if self._key is None:
            self._connection.request("GET", f"/{POOL_ID}/.well-known/jwks.json")
            with self._connection.getresponse() as response:
                self._key = jwt.PyJWKSet.from_dict(json.loads(response.read())).keys[0].key
        return self._key


# The pool.


class PoolEnded(Exception):
    """The pool's process is no more, and nobody asked it to end."""


class Usage(NamedTuple):
    """What the pool has used so far."""

    cpu_seconds: float
    memory_kb: int | None


class Pool(Protocol):
    """A pool that can be called and measured."""

    @property
    def url(self) -> str: ...

    def usage(self) -> Usage: ...

    def check_alive(self) -> None:
        """Raise PoolEnded if it is not."""


def make_pool() -> UserPool:
    pool = UserPool(POOL_ID)
    for app in APPS:
        pool.add_app_client(app.client_id, app.client_secret)
    for username in USERS:
        pool.add_user(username, password_of(username), aliases=[f"{username}@example.com"])
    return pool


def resident_kb() -> int | None:
    """How much memory this process has, where the system tells it as Linux does."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return None
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) if found else None


def tell_mistake(line: str) -> None:
    """Show a traceback out of the pool's log, and leave out the lines that tell of calls."""
    if "\n" in line:
        print(line, file=sys.stderr)


def serve_until_left() -> None:
    """Be the pool's process: each line of standard input asks where the pool is and what it uses.

    It ends where standard input does, so it outlives the run in no case.
    """
    with serve(make_pool(), log=tell_mistake) as url:
        for _ in sys.stdin:
            usage = Usage(time.process_time(), resident_kb())
            print(json.dumps([url, usage]), flush=True)


class PoolProcess:
    """The pool in a process of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--pool"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C is for the run, which then ends this.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def close(self) -> None:
        # What is still to be read, or cannot be written any more, matters to nobody.
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            self._process.communicate(timeout=SECONDS)
        self._process.kill()
        self._process.wait()

    @functools.cached_property
    def url(self) -> str:
        """Where it answers; the first who asks waits until it does."""
        return cast("str", self._told()[0])

    def usage(self) -> Usage:
        return Usage(*self._told()[1])

    def check_alive(self) -> None:
        # A connection breaks some moments before its process is gone.
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = self._process.wait(1)
            raise PoolEnded(f"the pool has ended, with exit status {status}")

    def _told(self) -> Any:
        asked, told = cast("IO[str]", self._process.stdin), cast("IO[str]", self._process.stdout)
        try:
            print(file=asked, flush=True)
            return json.loads(told.readline())
        except (OSError, ValueError):
            raise PoolEnded("the pool has ended, and tells nothing any more") from None


# The run.


class Sample(NamedTuple):
    """What the pool had used after some logins, and the clients beside it."""

    logins: int
    seconds: float
    pool: Usage
    clients_cpu_seconds: float


@dataclass
class Run:
    """A run, and what is known of it so far."""

    logins: int
    clients: int
    alone: list[float] = field(default_factory=list)
    """The seconds that each login of the warm-up took."""
    at_once: list[float] = field(default_factory=list)
    """The seconds that each login took after it."""
    calls: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    samples: list[Sample] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    end: str = ""
    """Why it ended early, if it did."""

    def go(self, pool: Pool, progress: "Progress") -> None:
        """Do it all: the warm-up, and then as many logins at once as there are clients."""
        with contextlib.closing(Client(pool.url)) as client:
            self._warm_up(client, pool, progress)
        begun = time.perf_counter()
        self._sample(0.0, pool)
        with working(pool.url, self.clients, range(self.logins)) as results:
            for done in range(1, self.logins + 1):
                result = results.get()
                self._note(result, self.at_once, pool)
                for kind, seconds in result.calls:
                    self.calls[kind].append(seconds)
                if done * 10 // self.logins > (done - 1) * 10 // self.logins:
                    self._sample(time.perf_counter() - begun, pool)
                progress.show(f"{self.clients} logins at once", done, self.logins)
                if len(self.wrong) == MOST_WRONG:
                    self.end = "too many answers were wrong"
                    return

    def _warm_up(self, client: Client, pool: Pool, progress: "Progress") -> None:
        """Let the pool get as large as it is meant to, and time logins that nobody disturbs."""
        # The pool remembers the names of the newest sessions after their use, up to a bound. Until
        # that is reached it grows, as it is meant to.
        sessions = MOST if self.logins >= JUDGED_FROM else 0
        for done in range(sessions):
            try:
                client.spend_session()
            except LOST:
                pool.check_alive()
                raise
            progress.show("sessions that are given up", done + 1, sessions)
        logins = -(-self.logins // 10)
        for number in range(logins):
            self._note(client.sign_in(login_of(number)), self.alone, pool)
            progress.show("logins one at a time", number + 1, logins)

    def _note(self, result: Result, latencies: list[float], pool: Pool) -> None:
        if result.is_lost:
            pool.check_alive()
        latencies.append(result.seconds)
        if result.problem is not None:
            self.wrong.append(result.problem)

    def _sample(self, seconds: float, pool: Pool) -> None:
        self.samples.append(Sample(len(self.at_once), seconds, pool.usage(), time.process_time()))


@contextlib.contextmanager
def working(url: str, count: int, numbers: Iterable[int]) -> Iterator["queue.SimpleQueue[Result]"]:
    """Clients that share the logins of these numbers out, and put the results in a queue."""
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    results: queue.SimpleQueue[Result] = queue.SimpleQueue()
    stop = threading.Event()
    for number in numbers:
        waiting.put(number)

    def work() -> None:
        with contextlib.closing(Client(url)) as client, contextlib.suppress(queue.Empty):
            while not stop.is_set():
                results.put(client.sign_in(login_of(waiting.get_nowait())))

    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    try:
        for thread in threads:
            thread.start()
        yield results
    finally:
        stop.set()
        for thread in threads:
            if thread.ident is not None:
                thread.join()


class Progress:
    """One line on standard error that says how far it is; nothing where that is no terminal."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._what = ""
        self._begun = self._written = 0.0

    def show(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if what != self._what:
            self._what, self._begun, self._written = what, now, now
        if self._is_shown and now - self._written > 0.2:
            self._written = now
            rate = done / max(now - self._begun, 0.001)
            left = (total - done) / rate
            self._write(f"{what}: {done} of {total}, {rate:.0f}/s, {left:.0f} s left")

    def clear(self) -> None:
        if self._is_shown:
            self._write("")
            self._write("", end="\r")

    def _write(self, line: str, end: str = "") -> None:
        print(f"\r{line:<79}", end=end, file=sys.stderr, flush=True)


# The report.


def growth(samples: Sequence[Sample]) -> float | None:
    """By how many KB the pool grew for each 1,000 logins of the second half, if that is known."""
    last = samples[-1] if samples else None
    half = next((each for each in samples if last and 2 * each.logins >= last.logins), last)
    if last is None or half is None or half is last:
        return None
    before, after = half.pool.memory_kb, last.pool.memory_kb
    if before is None or after is None:
        return None
    return 1000 * (after - before) / (last.logins - half.logins)


def is_flat(samples: Sequence[Sample]) -> bool | None:
    """Whether memory did not grow; None where that cannot be told."""
    grown = growth(samples)
    if grown is None or samples[-1].logins < JUDGED_FROM:
        return None
    return grown <= FLAT_KB


def latencies(seconds: Sequence[float]) -> dict[str, float]:
    """How many there are, and their percentiles in milliseconds."""
    ordered = sorted(seconds)
    told: dict[str, float] = {"count": len(ordered)}
    for name, rank in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0)):
        if ordered:
            at = min(int(rank * len(ordered)), len(ordered) - 1)
            told[name] = round(1000 * ordered[at], 2)
    return told


def summary(run: Run) -> dict[str, Any]:
    """The numbers of a run, as `--json` writes them."""
    kinds = {kind: run.calls[kind] for kind in sorted(run.calls)}
    whole = {"one at a time": run.alone, f"{run.clients} at once": run.at_once}
    numbers: dict[str, Any] = {
        "python": platform.python_version(),
        "engine": modexp.engine().name,
        "cores": os.cpu_count(),
        "clients": run.clients,
        "logins": len(run.at_once),
        "warm_up_logins": len(run.alone),
        "wrong": run.wrong,
        "ended_early": run.end or None,
        "logins_ms": {title: latencies(whole[title]) for title in whole},
        "calls_ms": {kind: latencies(kinds[kind]) for kind in kinds},
        "samples": [
            {
                "logins": each.logins,
                "seconds": round(each.seconds, 3),
                "pool_memory_kb": each.pool.memory_kb,
            }
            for each in run.samples
        ],
        "pool_kb_per_1000_logins": growth(run.samples),
        "is_flat": is_flat(run.samples),
    }
    if len(run.samples) > 1:
        first, last = run.samples[0], run.samples[-1]
        pool = last.pool.cpu_seconds - first.pool.cpu_seconds
        beside = last.clients_cpu_seconds - first.clients_cpu_seconds
        numbers["logins_per_second"] = round(last.logins / last.seconds, 1)
        numbers["pool_cpu_ms"] = round(1000 * pool / last.logins, 2)
        numbers["clients_cpu_ms"] = round(1000 * beside / last.logins, 2)
    return numbers


def report(run: Run) -> Iterator[str]:
    """The lines for people."""
    numbers = summary(run)
    done, wrong = len(run.at_once), len(run.wrong)
    yield f"{done} of {run.logins} logins over HTTP, {run.clients} at once, after {len(run.alone)}"
    yield f"one at a time: {len(USERS)} users, {len(APPS)} app clients; every tenth must be refused"
    yield f"Python {numbers['python']}, engine {numbers['engine']}, {numbers['cores']} cores"
    yield ""
    yield f"answers   {done + len(run.alone) - wrong} right, {wrong} wrong"
    if "logins_per_second" in numbers:
        yield f"rate      {numbers['logins_per_second']} logins a second"
        yield (
            f"CPU time  {numbers['pool_cpu_ms']} ms a login in the pool,"
            f" {numbers['clients_cpu_ms']} ms in the clients"
        )
    yield f"memory    {verdict(run.samples)}"
    yield ""
    yield from latency_table(numbers)
    yield ""
    yield from plot(run.samples)
    for problem in run.wrong:
        yield f"WRONG: {problem}"
    if run.end:
        yield f"ENDED EARLY: {run.end}"


def verdict(samples: Sequence[Sample]) -> str:
    """What is said of the pool's memory, and by which rule."""
    grown, flat = growth(samples), is_flat(samples)
    if grown is None:
        return "unknown: there is no /proc/PID/status, or there were too few logins"
    told = f"{grown:+.0f} KB for 1,000 logins of the second half"
    if flat is None:
        return f"{told}, too few to judge"
    return f"{told}: {'flat' if flat else 'NOT FLAT'} ({FLAT_KB} allowed)"


def latency_table(numbers: Mapping[str, Any]) -> Iterator[str]:
    columns = ("count", "p50", "p90", "p99", "max")
    yield f"{'milliseconds':39}" + "".join(f"{name:>8}" for name in columns)
    rows = {f"whole login, {title}": row for title, row in numbers["logins_ms"].items()}
    for title, row in (rows | numbers["calls_ms"]).items():
        cells = "".join(f"{row[name]:8.1f}" for name in columns[1:] if name in row)
        yield f"{title:39}{row['count']:8}{cells}"


def plot(samples: Sequence[Sample]) -> Iterator[str]:
    """Rate and memory over the run, as bars that begin at zero."""
    if not samples:
        return
    rates = [
        (new.logins - old.logins) / (new.seconds - old.seconds)
        for old, new in itertools.pairwise(samples)
    ]
    memory = [(each.pool.memory_kb or 0) / 1024 for each in samples]
    yield f"{'logins':>7}  {'logins a second':34}  MB of memory in the pool"
    for each, rate, used in zip(samples, [0.0, *rates], memory, strict=True):
        cells = [
            f"{value:6.1f} {'#' * round(27 * value / longest)}" if value else ""
            for value, longest in ((rate, max(rates, default=0)), (used, max(memory)))
        ]
        yield f"{each.logins:7}  {cells[0]:34}  {cells[1]}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--logins", type=int, default=10_000, metavar="N", help="how many in all")
    parser.add_argument("--clients", type=int, default=16, metavar="N", help="how many at once")
    parser.add_argument("--json", metavar="FILE", help="where to write the numbers as well")
    parser.add_argument("--pool", action="store_true", help="be the pool, which a run does itself")
    options = parser.parse_args(arguments)
    if options.pool:
        serve_until_left()
        return 0
    if min(options.logins, options.clients) < 1:
        parser.error("it takes at least one login and one client")

    run = Run(options.logins, options.clients)
    progress = Progress()
    status = 0
    try:
        with contextlib.closing(PoolProcess()) as pool:
            run.go(pool, progress)
    except KeyboardInterrupt:
        run.end, status = "Ctrl-C", 130
    except PoolEnded as ended:
        run.end, status = str(ended), 1
    progress.clear()
    print("\n".join(report(run)))
    if options.json:
        Path(options.json).write_text(json.dumps(summary(run), indent=1) + "\n", "utf-8")
    return 1 if run.wrong or is_flat(run.samples) is False else status


if __name__ == "__main__":
    sys.exit(main())
