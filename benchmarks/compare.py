"""This library beside bare exponentiations and beside what others wrote, in one run.

    python benchmarks/compare.py [--seconds N] [--out FOLDER] [--readme] [--against FILE]

The law: nothing is timed before it is checked. Every client is given the same inputs (a, B, salt,
SECRET_BLOCK and moment) and must make the signature that tests/oracle.py makes of them; after that
each works as it does for its users, with a random exponent of its own size, and every claim that
was timed is checked as well. All take turns within the rounds, Node in a process of its own that
tells its own time. What cannot run here is said aloud. Nothing is asserted of any time:
`--against` shows a stored run beside this one, by the ratios.
"""

import argparse
import contextlib
import json
import math
import platform
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from html import escape
from importlib import metadata
from pathlib import Path
from typing import Any, Final, cast
from unittest import mock

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # For the oracle, which judges every claim.

import oracle  # noqa: E402

from srp_cognito import SRPClient, __version__  # noqa: E402
from srp_cognito.cli import bench  # noqa: E402
from srp_cognito.cli.bench import APP, POOL_ID, USER_ID, Contender, DifferentError, Exchange  # noqa: E402
from srp_cognito.proof import modexp, srp  # noqa: E402

NODE_FOLDER: Final = ROOT / "tests" / "javascript"
README: Final = ROOT / "README.md"
BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"

MOMENT: Final = datetime(2026, 3, 7, 9, 5, 3, tzinfo=timezone.utc)
"""The moment of the common claim, whose TIMESTAMP each client spells itself."""

COMMON_A_BITS: Final = 1024
"""The size of the common a: what AWS's JavaScript clients and those made after them draw."""

SOMETHING_ELSE: Final = "proves something else"

NOTE: Final = (
    "\\* Its formulas and hashes are RFC 5054's, in the same group: comparable work, but a proof"
    " that Cognito does not accept. Checked by its own Verifier."
)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# ---------------------------------------------------------------------------------- checking


def challenge_of(exchange: Exchange) -> dict[str, str]:
    """The ChallengeParameters that all clients are given."""
    record = cast("dict[str, str]", exchange.record())
    return {
        "SALT": record["salt"],
        "SRP_B": record["srp_b"],
        "SECRET_BLOCK": record["secret_block"],
        "USERNAME": USER_ID,
        "USER_ID_FOR_SRP": USER_ID,
    }


def check_claim(name: str, exchange: Exchange, srp_a: str, timestamp: str, signature: str) -> None:
    """Hold a claim against the oracle, which knows b and the password."""
    pool, A = POOL_ID.partition("_")[2], int(srp_a, 16)
    v = oracle.verifier(oracle.x(pool, USER_ID, exchange.password, exchange.salt))
    u = oracle.u(A, oracle.public_b(exchange.b, v))
    key = oracle.key(u, oracle.server_s(A, v, exchange.b, u))
    if signature != oracle.signature(key, pool, USER_ID, exchange.secret_block, timestamp):
        raise DifferentError(f"{name} makes a claim that is wrong; nothing is reported")


def check_common(name: str, exchange: Exchange, srp_a: str, timestamp: str, signature: str) -> None:
    """The claim made of the common inputs: SRP_A and signature must be those of everybody."""
    same = int(srp_a, 16) == oracle.public_a(exchange.a) and timestamp == exchange.timestamp
    if not same or signature != exchange.signature:
        raise DifferentError(f"{name} makes another claim of the same inputs; nothing was timed")


@contextlib.contextmanager
def counting(module: Any, name: str, size: Callable[..., int]) -> Iterator[list[int]]:
    """Count the exponentiations that a module does by the function of this name."""
    sizes: list[int] = []
    original = getattr(module, name, pow)

    def counted(*arguments: Any) -> Any:
        sizes.append(bench.size(size(*arguments)))
        return original(*arguments)

    with mock.patch.object(module, name, counted, create=True):
        yield sizes


# ---------------------------------------------------------------------------------- contenders


def library(exchange: Exchange) -> Iterator[Contender]:
    """This library's own, on each engine, and the engines alone."""
    usable, _ = bench.engines()
    for engine in usable:
        name = f"srp-cognito {__version__}, {engine.name}"
        with bench.using(engine), mock.patch("secrets.randbits", return_value=exchange.a):
            client = SRPClient.for_user(POOL_ID, USER_ID, exchange.password, app=APP)
            claim = client.claim(challenge_of(exchange), now=MOMENT)
        check_common(name, exchange, client.srp_a, claim.timestamp, claim.signature)
        yield bench.whole(engine, exchange, name)


def exponentiations(exchange: Exchange) -> Iterator[Contender]:
    """Bare exponentiations with exponents of 256 bits, which are enough."""
    for engine in bench.engines()[0]:
        yield bench.bare(f"bare {engine.name}", engine.power, exchange)
    import gmpy2  # noqa: PLC0415, since a part that is missing is skipped.

    def power(base: int, exponent: int) -> int:
        return int(gmpy2.powmod(base, exponent, modexp.N))

    yield bench.bare(f"bare gmpy2 {gmpy2.version()}", power, exchange)


def python_client(name: str, module: Any, make: Callable[[], Any], exchange: Exchange) -> Contender:
    """A client class of the family that pycognito and warrant-lite come from.

    Args:
        name: its name and version.
        module: where its class is.
        make: makes its object, which draws a and computes A.
        exchange: the common inputs.
    """
    challenge = challenge_of(exchange)

    def attempt() -> tuple[str, Mapping[str, str]]:
        client = make()
        parameters = client.get_auth_params()
        given = (challenge, parameters) if module.__name__.startswith("pycognito") else (challenge,)
        return parameters["SRP_A"], client.process_challenge(*given)

    def check(
        judge: Callable[[str, Exchange, str, str, str], None],
        made: tuple[str, Mapping[str, str]],
    ) -> None:
        srp_a, answer = made
        judge(name, exchange, srp_a, answer["TIMESTAMP"], answer["PASSWORD_CLAIM_SIGNATURE"])

    clock = mock.Mock()
    clock.datetime.utcnow.return_value = MOMENT.replace(tzinfo=None)
    with (
        mock.patch.object(module, "datetime", clock),
        mock.patch.object(module, "get_random", return_value=exchange.a),
    ):
        check(check_common, attempt())
    with counting(module, "pow", lambda _, exponent, __: exponent.bit_length()) as sizes:
        check(check_claim, attempt())

    def go() -> Mapping[str, float]:
        watch = bench.Watch()
        with watch.on("client"):
            made = attempt()
        check(check_claim, made)
        return watch.totals()

    return Contender(name, {"client": sizes}, go)


def pycognito(exchange: Exchange) -> Iterator[Contender]:
    from pycognito import aws_srp  # noqa: PLC0415, likewise.

    given = (USER_ID, exchange.password, POOL_ID, APP.client_id)

    def make() -> Any:
        return aws_srp.AWSSRP(*given, client=object(), client_secret=APP.client_secret)

    yield python_client(f"pycognito {metadata.version('pycognito')}", aws_srp, make, exchange)


def warrant_lite(exchange: Exchange) -> Iterator[Contender]:
    import warrant_lite as module  # noqa: PLC0415, likewise.

    # It writes TIMESTAMP in the locale en_US, which few machines that serve have; C does as well.
    module.temp_locale = lambda _: contextlib.nullcontext()
    given = (USER_ID, exchange.password, POOL_ID, APP.client_id)

    def make() -> Any:
        return module.WarrantLite(*given, client=object(), client_secret=APP.client_secret)

    yield python_client(f"warrant-lite {metadata.version('warrant-lite')}", module, make, exchange)


def generic(kind: str, module: Any, power_name: str, exchange: Exchange) -> Contender:
    """The package `srp`, in Cognito's group and with SHA-256; a and b have 256 bits there."""
    name = f"srp {metadata.version('srp')}, {kind}"
    group = {
        "hash_alg": module.SHA256,
        "ng_type": module.NG_CUSTOM,
        "n_hex": f"{modexp.N:X}".encode(),
        "g_hex": f"{srp.g:X}".encode(),
    }
    module.rfc5054_enable()
    salt, verifier = module.create_salted_verification_key(
        USER_ID, exchange.password, salt_len=srp.SALT_BITS // 8, **group
    )

    def login(watch: bench.Watch, password: str = exchange.password) -> bool:
        with watch.on("client"):
            user = module.User(USER_ID, password, **group)
            _, A = user.start_authentication()
        with watch.on("server"):
            server = module.Verifier(USER_ID, salt, verifier, A, **group)
            told = server.get_challenge()
        with watch.on("client"):
            proof = user.process_challenge(*told)
        with watch.on("server"):
            answer = server.verify_session(proof)
        # It proves the server to the client as well, which costs a hash.
        if answer is not None:
            user.verify_session(answer)
        return bool(server.authenticated() and user.authenticated())

    def of_ctypes(_: Any, __: Any, exponent: Any, *___: Any) -> int:
        bits: int = module.BN_num_bits(exponent)
        return bits

    def of_pow(_: int, exponent: int, *__: int) -> int:
        return exponent.bit_length()

    measure_size = of_ctypes if power_name == "BN_mod_exp" else of_pow
    with counting(module, power_name, measure_size) as sizes:
        watch = bench.Watch(lambda: len(sizes))
        right = login(watch)
    if not right or login(bench.Watch(), "another password"):
        raise DifferentError(f"{name} contradicts its own Verifier; nothing was timed")
    counted = {
        side: [size for begun, end in spans for size in sizes[int(begun) : int(end)]]
        for side, spans in watch.spans.items()
    }

    def go() -> Mapping[str, float]:
        watch = bench.Watch()
        if not login(watch):
            raise DifferentError(f"{name} refuses its own proof; nothing is reported")
        return watch.totals()

    return Contender(name, counted, go)


def generic_on_libcrypto(exchange: Exchange) -> Iterator[Contender]:
    """Its fast half, which calls libcrypto through ctypes where it finds one by its name."""
    from srp import _ctsrp  # noqa: PLC0415, likewise.

    yield generic("ctypes", _ctsrp, "BN_mod_exp", exchange)


def generic_in_python(exchange: Exchange) -> Iterator[Contender]:
    from srp import _pysrp  # noqa: PLC0415, likewise.

    yield generic("Python", _pysrp, "pow", exchange)


class Node:
    """The JavaScript clients, in a process that is asked line by line."""

    def __init__(self) -> None:
        if shutil.which("node") is None:
            raise ImportError("there is no Node")
        self._process = subprocess.Popen(
            ["node", "bench.mjs"],
            cwd=NODE_FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            first = self._read()
        except ImportError:
            self.close()
            raise
        self.names: dict[str, str] = first["names"]
        self.missing = [
            f"{name} in Node: {why} (make javascript)" for name, why in first["missing"].items()
        ]

    def ask(self, line: Mapping[str, object]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise ImportError("the program for Node ended early; what it said stands above")
        told: dict[str, Any] = json.loads(line)
        return told

    def close(self) -> None:
        self._process.communicate()


def javascript_client(node: Node, key: str, exchange: Exchange) -> Contender:
    name = node.names[key]
    line = {
        "client": key,
        "challenge": challenge_of(exchange),
        "poolId": POOL_ID,
        "clientId": APP.client_id,
        "username": USER_ID,
        "password": exchange.password,
        "n": f"{modexp.N:x}",
    }

    def ask(
        judge: Callable[[str, Exchange, str, str, str], None], **more: object
    ) -> dict[str, Any]:
        told = node.ask({**line, **more})
        judge(name, exchange, told["srp_a"], told["timestamp"], told["signature"])
        return told

    common = {"a": f"{exchange.a:x}", "now": int(1000 * MOMENT.timestamp())}
    ask(check_common, **common)
    # What is counted must be what the client does with an exponent of its own.
    own = f"{secrets.randbits(1024) | 1 << 1023:x}" if key != "bigInt" else None
    sizes = ask(check_claim, **({"a": own, "now": common["now"]} if own else {}))["exponents"]

    def go() -> Mapping[str, float]:
        return {"client": ask(check_claim)["seconds"]}

    return Contender(name, {"client": [bench.size(bits) for bits in sizes]}, go)


def javascript(exchange: Exchange, node: Node) -> Iterator[Contender]:
    for key in node.names:
        yield javascript_client(node, key, exchange)


# ---------------------------------------------------------------------------------- a run


def run(seconds: float) -> dict[str, Any]:
    """Check all, let all take turns, and return the numbers."""
    # The bare exponentiations and this library's own have exponents of the library's size.
    own, common = Exchange.new(), Exchange.new(a_bits=COMMON_A_BITS)
    parts: list[Callable[[], Iterator[Contender]]] = [
        lambda: exponentiations(own),
        lambda: library(common),
        lambda: pycognito(common),
        lambda: warrant_lite(common),
        lambda: generic_on_libcrypto(common),
        lambda: generic_in_python(common),
    ]
    contenders: list[Contender] = []
    missing: list[str] = []
    with contextlib.ExitStack() as stack:
        try:
            node = Node()
            stack.callback(node.close)
            parts.append(lambda: javascript(common, node))
            missing.extend(node.missing)
        except ImportError as error:
            missing.append(f"the JavaScript clients: {error}")
        for part in parts:
            try:
                contenders.extend(part())
            except (ImportError, OSError) as error:
                missing.append(str(error))
        for why in missing:
            say(f"SKIPPED: {why}")
        say(f"{len(contenders)} contenders have been checked, and are timed now.")
        taken = bench.measure(contenders, seconds=seconds, progress=progress)
    if sys.stderr.isatty():
        say("")
    return {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "machine": bench.machine(),
        "versions": {
            "python": f"{platform.python_implementation()} {platform.python_version()}",
            **{engine.name: engine.implementation for engine in bench.engines()[0]},
        },
        "rounds": len(taken),
        "missing": missing,
        "rows": [row.to_json() for row in bench.rows(contenders, taken)],
    }


def progress(rounds: int, seconds: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{rounds} rounds, {seconds:.0f} s ", end="", file=sys.stderr, flush=True)


# ---------------------------------------------------------------------------------- writing


def origin(numbers: Mapping[str, Any]) -> str:
    """Where, with what and when it was measured, in one sentence."""
    where, versions = numbers["machine"], dict(numbers["versions"])
    python = versions.pop("python")
    return (
        f"{where['cpu']}, {where['cores']} cores, {where['system']}; {python}, "
        f"{', '.join(versions.values())}; {numbers['date']}, {numbers['rounds']} rounds."
    )


def exponents(row: Mapping[str, Any]) -> str:
    return f"{len(row['exponentiations'])} ({', '.join(map(str, row['exponentiations']))})"


def table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The rows as a table of Markdown."""
    yield "| | median, ms | quartiles, ms | ratio | exponentiations (bits) |"
    yield "|---|--:|--:|--:|---|"
    for row in rows:
        lower, upper = (f"{value:.2f}" for value in row["quartiles_ms"])
        mark = " *" if row["name"].startswith("srp ") else ""
        yield (
            f"| {row['name']}{mark} | {row['median_ms']:.2f} | {lower} to {upper}"
            f" | {row['ratio']:.2f} | {exponents(row)} |"
        )


def of_side(numbers: Mapping[str, Any], side: str) -> list[Mapping[str, Any]]:
    return [row for row in numbers["rows"] if row["side"] == side]


def markdown(numbers: Mapping[str, Any]) -> str:
    """bench.md: both tables, with what is needed to read them."""
    lines = ["# How long an exchange takes", "", origin(numbers), ""]
    lines += ["![Bars of the medians](bench.svg)", ""]
    for side, title in bench.SIDES.items():
        lines += [f"## {title}", "", *table(of_side(numbers, side)), ""]
    lines += [NOTE, ""]
    lines += [f"Not measured: {why}." for why in numbers["missing"]]
    lines += ["[How to read this](../../docs/performance.md). `make bench` writes it anew."]
    return "\n".join(lines) + "\n"


def readme_part(numbers: Mapping[str, Any]) -> str:
    """What stands between the two comments in README.md."""
    shown = [
        row
        for row in of_side(numbers, "client")
        if row["name"] not in ("bare diffie_hellman", "bare plain")
    ]
    lines = ["![The client's work for one login, by implementation](benchmarks/results/bench.svg)"]
    lines += ["", *table(shown), "", origin(numbers), NOTE]
    return "\n".join(lines)


def put_into_readme(text: str, part: str) -> str:
    """Return README's text with this part between the two comments."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n{part}\n{END}{after}"


COLOURS: Final = {"bare ": "#8a94a3", "srp-cognito": "#1f6feb", "": "#d9822b"}
KINDS: Final = ("exponentiations alone", "this library", "others")
FONT: Final = ' font-family="system-ui, Segoe UI, Helvetica, Arial, sans-serif" font-size="13"'
CARD: Final = ' fill="#ffffff" stroke="#d0d7de"'
TITLE: Final = ' font-size="16" font-weight="600" fill="#1f2328"'
WIDTH, LEFT, RIGHT, ROW, TOP = 860, 250, 150, 27, 62


def colour(name: str) -> str:
    return next(colour for start, colour in COLOURS.items() if name.startswith(start))


def svg(numbers: Mapping[str, Any]) -> str:
    """The medians of the client's side as bars on a logarithmic scale, with their quartiles.

    The picture brings its own white card, so that it reads on a light page and on a dark one.
    """
    rows = of_side(numbers, "client")
    bounds = [each for row in rows for each in (row["median_ms"], *row["quartiles_ms"])]
    low = 10 ** math.floor(math.log10(min(bounds)))
    span = math.log10(max(bounds) * 1.05 / low)
    height = TOP + ROW * len(rows) + 62

    def at(value: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * math.log10(value / low) / span, 1)

    bottom = TOP + ROW * len(rows)
    head = "The client's work for one login"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"{FONT}>',
        f"<title>{head}: SRP_A and the claim</title>",
        f'<rect x="1" y="1" width="{WIDTH - 2}" height="{height - 2}" rx="8"{CARD}/>',
        f'<text x="20" y="30"{TITLE}>{head}, in milliseconds (logarithmic)</text>',
    ]
    for decade in range(round(math.log10(low)), 6):
        for digit in (1, 2, 5):
            value = digit * 10.0**decade
            if low <= value and at(value) <= WIDTH - RIGHT:
                parts.append(
                    f'<path d="M{at(value)} {TOP - 8}V{bottom}" stroke="#e4e8ec"/>'
                    f'<text x="{at(value)}" y="{TOP - 14}" text-anchor="middle" font-size="11"'
                    f' fill="#59636e">{value:g}</text>'
                )
    for number, row in enumerate(rows):
        y, median = TOP + ROW * number, row["median_ms"]
        lower, upper = map(at, row["quartiles_ms"])
        label = escape(row["name"] + (" *" if row["name"].startswith("srp ") else ""))
        parts.append(
            f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end" fill="#1f2328">{label}</text>'
            f'<rect x="{LEFT}" y="{y + 2}" width="{round(at(median) - LEFT, 1)}" height="17"'
            f' rx="2" fill="{colour(row["name"])}"/>'
            f'<path d="M{lower} {y + 10.5}H{upper}M{lower} {y + 6}v9M{upper} {y + 6}v9"'
            ' stroke="#1f2328" stroke-width="1.2" fill="none"/>'
            f'<text x="{max(upper, at(median)) + 8}" y="{y + 15}" fill="#1f2328">{median:.1f}'
            f' <tspan fill="#59636e">({row["ratio"]:.1f} to 1)</tspan></text>'
        )
    for number, (kind, fill) in enumerate(zip(KINDS, COLOURS.values(), strict=True)):
        x = 20 + 170 * number
        parts.append(
            f'<rect x="{x}" y="{bottom + 12}" width="12" height="12" rx="2" fill="{fill}"/>'
            f'<text x="{x + 18}" y="{bottom + 22}" fill="#1f2328">{kind}</text>'
        )
    where = f"{numbers['machine']['cpu']}, {numbers['versions']['python']}, {numbers['date']}"
    parts.append(
        f'<text x="20" y="{bottom + 46}" font-size="11" fill="#59636e">Median and quartiles of'
        f" {numbers['rounds']} rounds; in brackets the ratio to bare libcrypto."
        f" {escape(where)}. * {SOMETHING_ELSE}</text></svg>"
    )
    return "\n".join(parts) + "\n"


# ---------------------------------------------------------------------------------- comparing


def without_version(name: str) -> str:
    return re.sub(r" v?\d[\w.+-]*", "", name)


def compare(now: Mapping[str, Any], stored: Mapping[str, Any]) -> Iterator[str]:
    """Show the ratios of two runs side by side. What to make of them is for a person to say."""
    then = {(row["side"], without_version(row["name"])): row for row in stored["rows"]}
    yield f"stored: {origin(stored)}"
    yield f"now:    {origin(now)}"
    yield ""
    yield f"{'':44}{'stored':>9}{'now':>9}{'change':>9}"
    for row in now["rows"]:
        key = (row["side"], without_version(row["name"]))
        label = f"{row['side']}: {row['name']}"[:44]
        old = then.pop(key, None)
        if old is None:
            yield f"{label:44}{'':9}{row['ratio']:9.2f}{'new':>9}"
        else:
            change = 100 * (row["ratio"] / old["ratio"] - 1)
            yield f"{label:44}{old['ratio']:9.2f}{row['ratio']:9.2f}{change:+8.0f}%"
    for side, name in then:
        yield f"{f'{side}: {name}'[:44]:44}{'':18}{'gone':>9}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=90, metavar="N", help="how long to time")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where to write the results")
    parser.add_argument("--readme", action="store_true", help="write the table into README.md too")
    parser.add_argument("--against", type=Path, metavar="FILE", help="a stored run to show beside")
    options = parser.parse_args(arguments)
    # A stored run may be where the results are written, and what is lacking is told at once.
    stored = options.against and json.loads(options.against.read_text("utf-8"))
    if options.readme:
        put_into_readme(README.read_text("utf-8"), "")
    try:
        numbers = run(options.seconds)
    except DifferentError as error:
        say(f"compare.py: {error}")
        return 1
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(numbers, indent=1) + "\n"
        for name, content in (
            ("bench.json", text),
            ("bench.md", markdown(numbers)),
            ("bench.svg", svg(numbers)),
        ):
            (options.out / name).write_text(content, "utf-8")
    if options.readme:
        README.write_text(put_into_readme(README.read_text("utf-8"), readme_part(numbers)), "utf-8")
    if stored is not None:
        print("\n".join(compare(numbers, stored)))
    else:
        print(markdown(numbers), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
