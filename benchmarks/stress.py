"""Many logins at once over HTTP to a pool: each answer is checked, and the pool's memory.

    python benchmarks/stress.py [--logins N] [--clients N]

The pool has a process of its own. Exit status 1 says that an answer was wrong or that the pool's
memory grew; 130 that Ctrl-C ended the run.
"""

import argparse
import concurrent.futures
import contextlib
import http.client
import itertools
import json
import re
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import jwt
from tqdm import tqdm

from srp_cognito import AppClient, ServiceError, SignIn, Tokens
from srp_cognito.conversation.questions import SelectChallenge
from srp_cognito.testing import UserPool, serve, sessions

POOL_ID: Final = "eu-west-1_Stress"
ISSUER: Final = f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL_ID}"
USERS: Final = tuple(f"user{number}" for number in range(8))
APPS: Final = (AppClient("1public"), AppClient("2secret", "sekrit-client-secret"))
REFUSAL: Final = ("NotAuthorizedException", "Incorrect username or password.")
# The flow, and the challenge that is preferred. With USER_AUTH and None the user is asked.
WAYS: Final = (
    {"flow": "USER_SRP_AUTH"},
    {"flow": "USER_AUTH", "preferred_challenge": "PASSWORD_SRP"},
    {"flow": "USER_AUTH", "preferred_challenge": "PASSWORD"},
    {"flow": "USER_AUTH"},
)
KINDS: Final = tuple(itertools.product(USERS, ("", "@example.com"), APPS, WAYS))

MOST_WRONG: Final = 20  # So many wrong answers end a run early.
SESSIONS: Final = 500  # So many used sessions the pool remembers here, and grows until then.
FLAT_KB: Final = 100  # So much it may grow in 1,000 logins. The tokens of one take 3 KB.
JUDGED_FROM: Final = 10_000  # With fewer logins the allocator's start hides what grows.


def login_of(number: int) -> tuple[SignIn, str | None, AppClient]:
    """Return a login, whose tokens it must give, and the app client. Every tenth gives None."""
    username, domain, app, way = KINDS[(number + number // 10) % len(KINDS)]
    password = "battery staple" if number % 20 == 9 else f"password of {username}"
    typed = "nobody" if number % 20 == 19 else username
    owner = None if number % 10 == 9 else username
    return SignIn(POOL_ID, typed + domain, password, app=app, **way), owner, app


def sign_in(url: str, conversation: SignIn) -> Tokens:
    host, step = urllib.parse.urlsplit(url).netloc, conversation.start()
    with contextlib.closing(http.client.HTTPConnection(host, timeout=30)) as connection:
        while not isinstance(step, Tokens):
            call = step.answer("PASSWORD_SRP") if isinstance(step, SelectChallenge) else step
            connection.request("POST", "/", call.body, call.headers)
            step = conversation.reply(json.loads(connection.getresponse().read()))
    return step


def check(owner: str | None, app: AppClient, outcome: Any, keys: jwt.PyJWKSet) -> str | None:
    """Return what is wrong with the tokens or the error that a login ended with, or None."""
    if owner is None and isinstance(outcome, ServiceError):
        right = (outcome.type, outcome.message) == REFUSAL
        return None if right else f"a wrong password is refused with {outcome!r}"
    if owner is None or isinstance(outcome, Exception):
        return f"a {'right' if owner else 'wrong'} password ends in {outcome!r}"
    if not outcome.refresh_token:
        return "the refresh token is missing"
    access = {"token_use": "access", "username": owner, "client_id": app.client_id}
    identity = {"token_use": "id", "cognito:username": owner, "aud": app.client_id}
    for token, wanted in ((outcome.access_token, access), (outcome.id_token, identity)):
        try:
            key = keys[jwt.get_unverified_header(token)["kid"]].key
            claims = jwt.decode(token, key, ["RS256"], {"verify_aud": False}, issuer=ISSUER)
        except (jwt.PyJWTError, KeyError) as error:
            return f"the {wanted['token_use']} token is not valid: {error}"
        if not wanted.items() <= claims.items():
            return f"the {wanted['token_use']} token has other claims: {claims}"
    return None


def make_pool() -> UserPool:
    pool = UserPool(POOL_ID, lockout=False)  # Some logins are wrong on purpose.
    for app in APPS:
        pool.add_app_client(app.client_id, app.client_secret)
    for username in USERS:
        pool.add_user(username, f"password of {username}", aliases=[f"{username}@example.com"])
    return pool


def be_pool() -> None:
    """Be the pool's process: print the URL, and end where standard input ends."""
    sessions.MOST = SESSIONS
    # Of the log only tracebacks are shown, and not the line of each call.
    with serve(make_pool(), log=lambda line: "\n" in line and sys.stderr.write(line)) as url:
        print(url, flush=True)
        sys.stdin.read()


@contextlib.contextmanager
def pool_process() -> Iterator[tuple[str, int]]:
    """Yield the URL and the id of the pool's process."""
    with subprocess.Popen(
        [sys.executable, __file__, "--pool"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the run, which then ends the pool.
    ) as process:
        try:
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.kill()


def memory_kb(process: int) -> int:
    """Return how much memory a process has, or 0 if that is not known."""
    status = Path(f"/proc/{process}/status")
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text("ascii") if status.exists() else "")
    return int(found[1]) if found else 0


class Run:
    """A run, and what is known of it so far."""

    def __init__(self) -> None:
        self.seconds, self.wrong, self.memory, self.begun = [], [], [], time.perf_counter()

    def go(self, url: str, pool: int, logins: int, clients: int) -> None:
        """Do so many logins at `url`, as many at once as there are clients."""
        with urllib.request.urlopen(f"{url}/{POOL_ID}/.well-known/jwks.json") as response:
            keys = jwt.PyJWKSet.from_dict(json.loads(response.read()))

        def one(number: int) -> tuple[float, str | None]:
            conversation, owner, app = login_of(number)
            begun = time.perf_counter()
            try:
                outcome = sign_in(url, conversation)
            except Exception as error:  # noqa: BLE001, since any error is how the login ended.
                outcome = error
            return time.perf_counter() - begun, check(owner, app, outcome, keys)

        executor, self.begun = concurrent.futures.ThreadPoolExecutor(clients), time.perf_counter()
        try:
            results = executor.map(one, range(logins))
            for seconds, problem in tqdm(results, total=logins, disable=None):
                self.seconds.append(seconds)
                self.memory.append(memory_kb(pool))
                self.wrong += [problem] if problem else []
                if len(self.wrong) == MOST_WRONG:
                    return
        finally:
            executor.shutdown(cancel_futures=True)

    def growth(self) -> float | None:
        """By how many KB the pool grew in 1,000 logins of the second half, if that is known."""
        late = self.memory[len(self.memory) // 2 :]
        if len(self.memory) < JUDGED_FROM or 0 in late:
            return None
        return 1000 * statistics.linear_regression(range(len(late)), late).slope


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--logins", type=int, default=10_000, metavar="N", help="how many in all")
    parser.add_argument("--clients", type=int, default=16, metavar="N", help="how many at once")
    parser.add_argument("--pool", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.pool:
        be_pool()
        return 0
    run, is_ended = Run(), False
    try:
        with pool_process() as (url, pool):
            run.go(url, pool, options.logins, options.clients)
    except KeyboardInterrupt:
        is_ended = True
    done, wrong, growth = len(run.seconds), len(run.wrong), run.growth()
    is_flat = growth is None or growth <= FLAT_KB
    grown = "too few logins to judge" if growth is None else f"{growth:+.0f} KB for 1,000 logins"
    print(f"{done} of {options.logins} logins, {options.clients} at once; every tenth must fail")
    print(f"answers  {done - wrong} right, {wrong} wrong")
    print(f"rate     {done / (time.perf_counter() - run.begun):.1f} logins a second")
    if done > 1:
        centiles = statistics.quantiles(run.seconds, n=100, method="inclusive")
        print(f"latency  median {centiles[49]:.3f} s, 99% below {centiles[98]:.3f} s")
    print(f"memory   {grown}{'' if is_flat else f': NOT FLAT, {FLAT_KB} allowed'}")
    for problem in run.wrong:
        print(f"WRONG: {problem}")
    return 1 if wrong or not is_flat else 130 if is_ended else 0


if __name__ == "__main__":
    sys.exit(main())
