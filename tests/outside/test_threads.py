"""What threads share is shared safely: everywhere, and above all where Python has no GIL.

Each thing that is shared has a test here or is named in docs/platforms.md with the test that has
it. On a free-threaded Python the threads really run at the same time, and the tests find more.
"""

import subprocess
import sys
import sysconfig
from collections.abc import Callable

import gmpy2
import pytest
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID
from race import race, winners

from srp_cognito import AppClient, SRPClient, SRPServer, StateError, Verifier
from srp_cognito.proof import modexp
from srp_cognito.proof.modexp import N, plain
from srp_cognito.proof.single_use import SingleUse

THREADS = 8
APP = AppClient(CLIENT_ID, CLIENT_SECRET)


def run(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(
    not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="this Python always has the GIL"
)
def test_nothing_of_the_library_brings_the_gil_back() -> None:
    """Python turns it on, with a warning, for an extension that is not made for free threads."""
    run(
        """
import sys
import srp_cognito, srp_cognito.diagnosis, srp_cognito.transcripts
import srp_cognito.cli.commands
from srp_cognito.proof import modexp
for name in srp_cognito.__all__:
    getattr(srp_cognito, name)
modexp.powers([(2, 3)] * 8)
assert not sys._is_gil_enabled()
"""
    )


def test_threads_that_ask_for_the_first_name_at_once_get_the_same_things() -> None:
    """The wings are imported when a name is first asked for."""
    run(
        f"""
import threading
import srp_cognito
names = ("SignIn", "SRPServer", "Call", "engine", "SRPError", "Tokens", "timestamp", "srp")
barrier = threading.Barrier({THREADS})
found, failed = [], []
def ask(first):
    barrier.wait()
    try:
        ordered = names[first:] + names[:first]
        found.append({{name: id(getattr(srp_cognito, name)) for name in ordered}})
    except BaseException as error:
        failed.append(error)
threads = [threading.Thread(target=ask, args=(first,)) for first in range({THREADS})]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert not failed, failed
assert len(found) == {THREADS}
assert all(each == found[0] for each in found), "not the same"
"""
    )


def test_of_many_threads_one_takes_a_secret() -> None:
    for number in range(200):
        secret = SingleUse(number, "it was used")
        outcomes = race(secret.take, threads=THREADS)
        assert outcomes.count(number) == 1
        assert sum(isinstance(each, StateError) for each in outcomes) == THREADS - 1


@pytest.mark.parametrize("side", ["client", "server"])
def test_of_many_threads_one_answers_an_exchange(side: str) -> None:
    stored = Verifier.for_user(POOL_ID, "alice", PASSWORD)
    for _ in range(20):
        server = SRPServer(stored, app=APP)
        client = SRPClient.for_user(POOL_ID, "alice", PASSWORD, app=APP)
        challenge = server.challenge(client.start()["AuthParameters"])
        reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}
        work: Callable[[], object]
        if side == "client":

            def work() -> object:
                return client.respond(reply)  # noqa: B023 - it is called in this round.

        else:
            answer = client.respond(reply)["ChallengeResponses"]

            def work() -> object:
                return server.verify(answer)  # noqa: B023 - the same.

        assert winners(work) == 1


@pytest.mark.parametrize("name", modexp.NAMES)
def test_many_threads_share_an_engine_and_each_gets_its_own_powers(name: str) -> None:
    """N and its Montgomery form are shared, and so is the table of the plain engine."""
    try:
        # The table is made anew, by whichever thread comes fourth.
        engine = plain.load() if name == "plain" else modexp.load(name)
    except ImportError as error:
        pytest.skip(f"the engine {name} is not usable here: {error}")
    rounds = 4 if name == "plain" else 20

    def work() -> object:
        pairs = [(base, 2**255 + number) for number in range(rounds) for base in (2, N - 3)]
        return [engine.power(*pair) for pair in pairs] == [gmpy2.powmod(*pair, N) for pair in pairs]

    assert race(work, threads=THREADS) == [True] * THREADS


def test_many_threads_load_an_engine_at_once() -> None:
    modexp.load.cache_clear()
    engines = race(lambda: modexp.load("plain"), threads=THREADS)
    assert {repr(engine) for engine in engines} == {repr(modexp.load("plain"))}


def test_many_people_sign_in_to_one_pool_at_once() -> None:
    testing = pytest.importorskip("srp_cognito.testing", exc_type=ImportError)
    from srp_cognito import SignIn, Tokens  # noqa: PLC0415 - with what may be missing.

    pool = testing.UserPool(POOL_ID)
    app = pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    names = [f"person{number}" for number in range(THREADS)]
    for name in names:
        pool.add_user(name, PASSWORD)
    waiting = list(names)

    def work() -> object:
        name = waiting.pop()
        for _ in range(3):
            for who in (name, names[0]):
                sign_in = SignIn(POOL_ID, who, PASSWORD, app=app)
                step = sign_in.start()
                while not isinstance(step, Tokens):
                    step = sign_in.reply(pool.send(step))
                assert step.username == who
        return name

    assert sorted(map(str, race(work, threads=THREADS))) == names
