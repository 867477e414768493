"""What is measured: bare exponentiations, this library, and what others wrote.

Each client signs in to the oracle, which judges every claim, timed or not. The generic packages
make another proof, which their own server judges. What cannot run here is named, with the reason.
"""

import contextlib
import itertools
import json
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Any, Final
from unittest import mock

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # For the oracle.

import oracle  # noqa: E402, since it must be found first.
from peers import OracleServer  # noqa: E402, as above.

from srp_cognito import SRPClient  # noqa: E402, as above.
from srp_cognito.cli import bench  # noqa: E402, as above.
from srp_cognito.cli.bench import APP, PASSWORD, POOL_ID, Contender, DifferentError  # noqa: E402
from srp_cognito.proof import modexp  # noqa: E402, as above.

NODE_FOLDER: Final = ROOT / "tests" / "javascript"

SERVER: Final = OracleServer(POOL_ID.partition("_")[2], "alice", PASSWORD)
CHALLENGE: Final = SERVER.parameters()


def judge(name: str, srp_a: str, timestamp: str, signature: str) -> None:
    """Let the oracle, which knows b and the password, say whether a claim is right."""
    if signature != SERVER.signature(srp_a, timestamp):
        raise DifferentError(f"{name} makes a wrong signature; nothing is reported")


def count(
    login: Iterator[None],
    module: Any,
    power: str = "pow",
    bits: Callable[..., int] = lambda _, exponent, __: exponent.bit_length(),
) -> dict[str, list[int]]:
    """Run a login, and return the sizes of the exponents that each side gave to `module.power`.

    They are rounded up to words of 64 bits, since a random number may be a few bits shorter.
    """
    sizes: list[int] = []
    counted: dict[str, list[int]] = {side: [] for side in bench.SIDES}
    original = getattr(module, power, pow)

    def counting(*arguments: Any) -> Any:
        sizes.append(-(-bits(*arguments) // 64) * 64)
        return original(*arguments)

    with mock.patch.object(module, power, counting, create=True):
        for side, _ in zip(itertools.cycle(bench.SIDES), login, strict=False):
            counted[side] += sizes
            sizes.clear()
    return counted


def library(engine: modexp.Engine) -> Contender:
    contender = bench.whole(engine)
    with bench.using(engine):
        client = SRPClient.for_user(POOL_ID, "alice", PASSWORD, app=APP)
        claim = client.claim(CHALLENGE)
    judge(contender.name, client.srp_a, claim.timestamp, claim.signature)
    return contender


def gmpy2(_: contextlib.ExitStack) -> Contender:
    import gmpy2  # noqa: PLC0415, since what is missing is skipped; the same below.

    name = f"bare gmpy2 {gmpy2.version()}"
    return bench.bare(name, lambda base, exponent: int(gmpy2.powmod(base, exponent, modexp.N)))


def pycognito(_: contextlib.ExitStack) -> Contender:
    from pycognito import aws_srp  # noqa: PLC0415

    return python_client("pycognito", aws_srp, aws_srp.AWSSRP, 2)


def warrant_lite(stack: contextlib.ExitStack) -> Contender:
    import warrant_lite as module  # noqa: PLC0415

    # It writes TIMESTAMP in the locale en_US, which few servers have. C gives the same text.
    stack.enter_context(mock.patch.object(module, "temp_locale", contextlib.nullcontext))
    return python_client("warrant-lite", module, module.WarrantLite, 1)


def python_client(package: str, module: Any, client_class: Any, takes: int) -> Contender:
    """A client class of the family that pycognito and warrant-lite come from.

    Args:
        package: its name on PyPI.
        module: where its class is.
        client_class: the class.
        takes: whether `process_challenge` takes the challenge (1) or the parameters too (2).
    """
    name = f"{package} {metadata.version(package)}"
    given = ("alice", PASSWORD, POOL_ID, APP.client_id)

    def login() -> Iterator[None]:
        client = client_class(*given, client=object(), client_secret=APP.client_secret)
        parameters = client.get_auth_params()
        answer = client.process_challenge(*(CHALLENGE, parameters)[:takes])
        yield
        claim = answer["TIMESTAMP"], answer["PASSWORD_CLAIM_SIGNATURE"]
        judge(name, parameters["SRP_A"], *claim)

    return Contender(name, lambda: bench.timed(login()), count(login(), module))


def srp(_: contextlib.ExitStack) -> Contender:
    from srp import _ctsrp as module  # noqa: PLC0415

    group = {"hash_alg": module.SHA256, "ng_type": module.NG_CUSTOM}
    group |= {"n_hex": f"{oracle.N:X}".encode(), "g_hex": b"2"}
    module.rfc5054_enable()
    salt, v = module.create_salted_verification_key("alice", PASSWORD, salt_len=16, **group)

    def login(password: str = PASSWORD) -> Iterator[None]:
        user = module.User("alice", password, **group)
        _, A = user.start_authentication()
        yield
        server = module.Verifier("alice", salt, v, A, **group)
        challenge = server.get_challenge()
        yield
        proof = user.process_challenge(*challenge)
        yield
        server.verify_session(proof)
        yield
        if not server.authenticated():
            raise DifferentError("srp refuses its own proof; nothing is reported")

    def bits(*arguments: Any) -> int:
        return int(module.BN_num_bits(arguments[2]))

    return generic("srp", login, count(login(), module, "BN_mod_exp", bits))


def srptools(_: contextlib.ExitStack) -> Contender:
    from srptools import (  # noqa: PLC0415
        SRPClientSession,
        SRPContext,
        SRPServerSession,
        constants,
        context,
    )

    group = {"prime": f"{oracle.N:x}", "generator": "2", "hash_func": constants.HASH_SHA_256}
    _, v, salt = SRPContext("alice", PASSWORD, bits_salt=128, **group).get_user_data_triplet()

    def login(password: str = PASSWORD) -> Iterator[None]:
        client = SRPClientSession(SRPContext("alice", password, **group))
        yield
        server = SRPServerSession(SRPContext("alice", **group), password_verifier=v)
        server.process(client.public, salt)
        yield
        client.process(server.public, salt)
        yield
        is_right = server.verify_proof(client.key_proof)
        yield
        if not is_right:
            raise DifferentError("srptools refuses its own proof; nothing is reported")

    return generic("srptools", login, count(login(), context))


def generic(
    package: str, login: Callable[..., Iterator[None]], exponentiations: dict[str, list[int]]
) -> Contender:
    """A package of generic SRP in Cognito's group, marked as such."""
    name = f"{package} {metadata.version(package)} *"
    try:
        list(login("battery staple"))
    except DifferentError:
        return Contender(name, lambda: bench.timed(login()), exponentiations)
    raise DifferentError(f"{name} accepts a wrong password; nothing was timed")


def identity_js(stack: contextlib.ExitStack) -> Contender:
    return javascript("amazon-cognito-identity-js", stack)


def amplify(stack: contextlib.ExitStack) -> Contender:
    return javascript("@aws-amplify/auth", stack)


def javascript(package: str, stack: contextlib.ExitStack) -> Contender:
    """A client in a Node process of its own, which times itself. It ends with the stack."""
    process = stack.enter_context(
        subprocess.Popen(
            ["node", "bench.mjs", package],
            cwd=NODE_FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    )
    given = {"challenge": CHALLENGE, "username": "alice", "password": PASSWORD}
    line = json.dumps({**given, "poolId": POOL_ID, "clientId": APP.client_id})
    ready = json.loads(process.stdout.readline() or '{"missing": "Node ended early"}')
    if "missing" in ready:
        raise ImportError(f"{ready['missing']} (make javascript)")
    name = f"{package} {ready['version']}"

    def login() -> dict[str, Any]:
        print(line, file=process.stdin, flush=True)
        made = json.loads(process.stdout.readline())
        judge(name, made["srp_a"], made["timestamp"], made["signature"])
        return made

    sizes = [-(-bits // 64) * 64 for bits in login()["exponents"]]
    return Contender(name, lambda: {"client": login()["seconds"]}, {"client": sizes})


PARTS: Final = (gmpy2, pycognito, warrant_lite, srp, srptools, identity_js, amplify)

OF_MANY: Final = (gmpy2, pycognito, identity_js, amplify)
"""Those that are compared for many exchanges. They have no checking side, so that they compute as
many claims, which is what whoever verifies an exchange of the client's side does."""

A_WHILE: Final = 0.1
"""For how many seconds each core works on its share. Handing it over takes less than a thousandth
of that."""

worker: list[Contender] = []
"""The contender of a process of `on_all_cores`."""


def on_all_cores(
    part: Callable[[contextlib.ExitStack], Contender], stack: contextlib.ExitStack
) -> Contender:
    """What it does for one exchange, also for many: on one core, and on each in its own process."""
    contender = part(stack)
    times = max(1, round(A_WHILE / contender.go()["client"]))
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(bench.CORES, context, start_in_worker, (part.__name__,))
    stack.callback(pool.shutdown)

    def go() -> dict[str, float]:
        sides = dict(contender.go())
        begun = time.perf_counter()
        for done in [pool.submit(work, times) for _ in range(bench.CORES)]:
            done.result()
        seconds = time.perf_counter() - begun
        seconds *= share_of_client(sides)
        return sides | {"many": sides["client"], "cores": seconds / (bench.CORES * times)}

    bits = contender.exponentiations
    return contender._replace(
        go=go, exponentiations={**bits, **dict.fromkeys(bench.OF_MANY, bits["client"])}
    )


def share_of_client(sides: Mapping[str, float]) -> float:
    """Which part of its time a contender computes as a client: the checking side is not counted."""
    return sides["client"] / sum(sides.get(side, 0.0) for side in bench.SIDES)


def start_in_worker(part: str) -> None:
    worker.append(globals()[part](contextlib.ExitStack()))


def work(times: int) -> None:
    for _ in range(times):
        worker[0].go()


def contenders(stack: contextlib.ExitStack) -> tuple[list[Contender], dict[str, str]]:
    """Return all that can run here until the stack ends, and by name why the rest cannot."""
    usable, missing = bench.engines()
    found = [bench.bare(f"bare {engine.name}", engine.power) for engine in usable]
    found += [library(engine) for engine in usable]
    of_many, missing_for_many = bench.many_at_once(usable[0])
    found += of_many
    missing |= missing_for_many
    for part in PARTS:
        try:
            found.append(on_all_cores(part, stack) if part in OF_MANY else part(stack))
        except (ImportError, OSError) as error:
            missing[part.__name__] = str(error)
    return found, missing
