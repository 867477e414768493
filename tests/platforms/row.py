"""Print what the table in docs/platforms.md says of the interpreter that runs this.

    python tests/platforms/row.py --place "CPython 3.14" --suite "2,101 passed, 3 skipped" \
        --reference /usr/bin/python3.13 --into tests/platforms/results.json

It needs Python 3.11 or later, the library and nothing else. An exchange is what a client computes
for one sign-in: SRP_A and the signature, three exponentiations. The reference is an interpreter of
the same machine with the library on the engine libcrypto; the two take turns, and the ratio is the
median of the ratios within the rounds. A program that cannot start processes, such as a page, calls
`row` with a function that does an exchange of the reference and returns its seconds.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

try:
    import ssl
except ImportError:  # WebAssembly has it as an extra.
    ssl = None
try:
    import cryptography
except ImportError:
    cryptography = None

from srp_cognito import AppClient, SRPClient
from srp_cognito.proof import modexp
from srp_cognito.proof.server import SRPServer, Verifier

POOL_ID: Final = "eu-west-1_Example"
PASSWORD: Final = "a password of nobody"
APP: Final = AppClient("1example23456789", "sekrit-client-secret")
SECONDS: Final = 6.0
WARM_UP: Final = 0.2  # This share of them, for a compiler that works while the program runs.
LEAST_ROUNDS: Final = 5

Exchange = Callable[[], float]


def exchange() -> Exchange:
    """Return a function that computes an exchange as the client, and returns its seconds.

    The first exchange is verified.
    """
    server = SRPServer(Verifier.for_user(POOL_ID, "alice", PASSWORD), app=APP)
    client = SRPClient.for_user(POOL_ID, "alice", PASSWORD, app=APP)
    parameters = server.challenge(client.start()["AuthParameters"])
    reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters}
    server.verify(client.respond(reply)["ChallengeResponses"])

    def go() -> float:
        begun = time.perf_counter()
        client = SRPClient.for_user(POOL_ID, "alice", PASSWORD, app=APP)
        client.start()
        client.respond(reply)
        return time.perf_counter() - begun

    return go


@contextmanager
def reference_of(interpreter: str) -> Iterator[tuple[str, Exchange]]:
    """Start another interpreter. Its name, and a function such as `exchange` returns."""
    command = [interpreter, __file__, "--serve"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        name = process.stdout.readline().strip()

        def go() -> float:
            print(file=process.stdin, flush=True)
            return float(process.stdout.readline())

        yield name, go
        process.stdin.close()


def serve() -> None:
    """Do an exchange for each line of input, and print its seconds."""
    engine = modexp.engine()
    if engine.name != "libcrypto":
        sys.exit(f"the reference must have the engine libcrypto, not {engine.name}")
    print(f"{platform.python_implementation()} {platform.python_version()}", engine.implementation)
    go = exchange()
    sys.stdout.flush()
    for _ in sys.stdin:
        print(go(), flush=True)


def rounds(
    own: Exchange, reference: Exchange | None, seconds: float
) -> Iterator[tuple[float, float | None]]:
    """Yield the seconds of an exchange here and there, of each round."""
    for go in filter(None, (own, reference)):
        end = time.perf_counter() + WARM_UP * seconds
        while go() and time.perf_counter() < end:
            pass
    done, end = 0, time.perf_counter() + seconds
    while done < LEAST_ROUNDS or time.perf_counter() < end:
        yield own(), reference() if reference else None
        done += 1


def surroundings() -> dict[str, Any]:
    """Return what this interpreter is, and which engine it has."""
    engine = modexp.engine()
    version = platform.python_version()
    if sys.implementation.name == "pypy":
        version += " ({}.{}.{})".format(*sys.pypy_version_info[:3])
    build = []
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        build.append("free-threaded")
    if "_hashlib" in sys.builtin_module_names:
        build.append("OpenSSL linked statically")
    if "musl" in (sysconfig.get_config_var("SOABI") or ""):
        build.append("musl")
    return {
        "implementation": platform.python_implementation(),
        "version": version,
        "build": ", ".join(build) or None,
        "system": f"{platform.system()} {platform.machine()}",
        "openssl": ssl and ssl.OPENSSL_VERSION,
        "cryptography": cryptography and cryptography.__version__,
        "engine": engine.name,
        "engine_implementation": engine.implementation,
        "constant_time": engine.constant_time,
    }


def row(
    place: str,
    *,
    suite: str | None = None,
    note: str | None = None,
    reference: tuple[str, Exchange] | None = None,
    seconds: float = SECONDS,
) -> dict[str, Any]:
    """Measure here, and return the row.

    Args:
        place: what the first column says. A row takes the place of the one of the same name.
        suite: how many tests passed and failed here, as pytest's last line says it.
        note: what else a reader should know.
        reference: the name of the interpreter to compare with, and its function.
        seconds: how long to measure.
    """
    name, other = reference or (None, None)
    taken = list(rounds(exchange(), other, seconds))
    ratios = [own / there for own, there in taken if there]
    return {
        "place": place,
        **surroundings(),
        "suite": suite,
        "note": note,
        "ms": round(1000 * statistics.median(own for own, _ in taken), 2),
        "reference": name,
        "ratio": round(statistics.median(ratios), 2) if ratios else None,
        "date": datetime.now(UTC).date().isoformat(),
    }


def put(row: Mapping[str, Any], results: Path) -> None:
    """Put the row into the file, which is sorted by place, instead of one of the same place."""
    others = [
        each for each in json.loads(results.read_text("utf-8")) if each["place"] != row["place"]
    ]
    rows = sorted([*others, row], key=lambda each: each["place"].casefold())
    results.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", "utf-8", newline="\n")


def main() -> None:
    """Read the options, and print the row."""
    parser = argparse.ArgumentParser(
        description="Print the row of docs/platforms.md of this Python."
    )
    parser.add_argument("--place", default="here", help="what the first column says")
    parser.add_argument("--suite", help="how many tests passed, failed and were skipped")
    parser.add_argument("--note", help="what else a reader should know")
    parser.add_argument("--reference", metavar="PYTHON", help="compare with this interpreter")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long to measure")
    parser.add_argument("--into", type=Path, metavar="FILE", help="put the row into this file too")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve()
        return
    said = {"suite": given.suite, "note": given.note, "seconds": given.seconds}
    if given.reference:
        with reference_of(given.reference) as reference:
            made = row(given.place, **said, reference=reference)
    else:
        made = row(given.place, **said)
    print(json.dumps(made, ensure_ascii=False))
    if given.into:
        put(made, given.into)


if __name__ == "__main__":
    main()
