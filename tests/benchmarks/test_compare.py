"""benchmarks/compare.py: it times nothing that is wrong, and its table says what was measured."""

import copy
import dataclasses
import importlib.util
import itertools
import json
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from srp_cognito import __version__
from srp_cognito.cli import bench
from srp_cognito.proof import modexp

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "benchmarks" / "compare.py"
STORED = ROOT / "benchmarks" / "results"
NODE_FOLDER = Path(__file__).parents[1] / "javascript"

# pycognito's and warrant-lite's own.
pytestmark = [
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
    pytest.mark.slow,  # What a benchmark reports is no matter of the Python version.
]

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node is needed")
needs_packages = pytest.mark.skipif(
    shutil.which("node") is None or not (NODE_FOLDER / "node_modules").is_dir(),
    reason="Node and npm are needed, and then: make javascript",
)

NOTE = (
    "\\* Its formulas and hashes are RFC 5054's, in the same group: comparable work, but a proof"
    " that Cognito does not accept. Checked by its own Verifier."
)
ORIGIN = (
    "A & B <CPU>, 3 cores, TestOS t64; SomePython 3.99, OpenSSL 9, pow(); 2026-03-07, 7 rounds."
)


def row(side: str, name: str, median: float, ratio: float, *sizes: int) -> dict[str, Any]:
    return {
        "side": side,
        "name": name,
        "median_ms": median,
        "quartiles_ms": [median * 0.9, median * 1.2],
        "exponentiations": list(sizes),
        "ratio": ratio,
    }


NUMBERS: dict[str, Any] = {
    "date": "2026-03-07",
    "machine": {"cpu": "A & B <CPU>", "cores": 3, "system": "TestOS t64"},
    "versions": {"python": "SomePython 3.99", "libcrypto": "OpenSSL 9", "plain": "pow()"},
    "rounds": 7,
    "missing": ["No module named 'one'", "the JavaScript clients: there is no Node"],
    "rows": [
        row("client", "bare libcrypto", 2.0, 1.0, 256, 256, 512),
        row("client", "srp-cognito 0.1.0, libcrypto", 2.5, 1.25, 256, 256, 512),
        row("client", "bare diffie_hellman", 3.0, 1.5, 256, 256, 512),
        row("client", "srp 9.8.7, ctypes", 4.0, 2.0, 256, 256),
        row("client", "bare plain", 15.0, 7.5, 256, 256, 512),
        row("client", "Peer <&> 'Sons' 1.2", 151.006, 75.503, 1024, 256, 1024),
        row("server", "bare libcrypto", 1.0, 1.0, 256, 256, 256),
        row("server", "srp 9.8.7, ctypes", 1.5, 1.5, 256, 256, 256),
    ],
}

CLIENT_LINES = [
    "| bare libcrypto | 2.00 | 1.80 to 2.40 | 1.00 | 3 (256, 256, 512) |",
    "| srp-cognito 0.1.0, libcrypto | 2.50 | 2.25 to 3.00 | 1.25 | 3 (256, 256, 512) |",
    "| bare diffie_hellman | 3.00 | 2.70 to 3.60 | 1.50 | 3 (256, 256, 512) |",
    "| srp 9.8.7, ctypes * | 4.00 | 3.60 to 4.80 | 2.00 | 2 (256, 256) |",
    "| bare plain | 15.00 | 13.50 to 18.00 | 7.50 | 3 (256, 256, 512) |",
    "| Peer <&> 'Sons' 1.2 | 151.01 | 135.91 to 181.21 | 75.50 | 3 (1024, 256, 1024) |",
]
SERVER_LINES = [
    "| bare libcrypto | 1.00 | 0.90 to 1.20 | 1.00 | 3 (256, 256, 256) |",
    "| srp 9.8.7, ctypes * | 1.50 | 1.35 to 1.80 | 1.50 | 3 (256, 256, 256) |",
]


@pytest.fixture(scope="module")
def compare() -> Any:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("compare", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with mock.patch.object(sys, "path", [*sys.path]):
        spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def exchange(compare: Any) -> bench.Exchange:
    return bench.Exchange.new(a_bits=compare.COMMON_A_BITS)


def leave_out(compare: Any, monkeypatch: pytest.MonkeyPatch, *parts: str) -> None:
    for part in parts:
        monkeypatch.setattr(compare, part, lambda _: iter(()))


SLOW = ("warrant_lite", "generic_on_libcrypto", "generic_in_python")


@pytest.fixture
def _few_and_pycognito(compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_out(compare, monkeypatch, *SLOW)
    nothing = mock.Mock(names={}, missing=[])
    monkeypatch.setattr(compare, "Node", lambda: nothing)


@pytest.fixture
def _few(_few_and_pycognito: None, compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this library's own work and the bare exponentiations, which are soon done."""
    leave_out(compare, monkeypatch, "pycognito")


def table_lines(text: str) -> list[str]:
    """The rows of all tables, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [line for line in lines if not line.startswith("| | median")]


# ---------------------------------------------------------------------------------- README.md


def test_only_what_is_between_the_comments_is_replaced(compare: Any) -> None:
    text = f"# Title\n\n{compare.BEGIN}\nold\nlines\n{compare.END}\n\nrest {compare.END}"
    made = compare.put_into_readme(text, "new | lines")
    assert made == f"# Title\n\n{compare.BEGIN}\nnew | lines\n{compare.END}\n\nrest {compare.END}"
    assert compare.put_into_readme(made, "new | lines") == made


@pytest.mark.parametrize("lacking", ["begin", "end", "both", "order"])
def test_a_readme_without_the_comments_is_refused(compare: Any, lacking: str) -> None:
    begin, end = compare.BEGIN, compare.END
    text = {
        "begin": f"a {end} b",
        "end": f"a {begin} b",
        "both": "a b",
        "order": f"a {end} b {begin} c",
    }[lacking]
    with pytest.raises(ValueError, match="README.md lacks"):
        compare.put_into_readme(text, "new")


def test_the_part_of_the_readme_has_the_clients_but_for_two_engines_alone(compare: Any) -> None:
    part = compare.readme_part(NUMBERS)
    left_out = ("| bare diffie_hellman |", "| bare plain |")
    assert table_lines(part) == [line for line in CLIENT_LINES if not line.startswith(left_out)]
    assert part.splitlines()[-2:] == [ORIGIN, NOTE]
    assert "(benchmarks/results/bench.svg)" in part.splitlines()[0]


# ---------------------------------------------------------------------------------- bench.md


def test_the_table_has_median_quartiles_ratio_and_exponents_of_each_row(compare: Any) -> None:
    head, line, *rows = compare.table(NUMBERS["rows"])
    assert rows == CLIENT_LINES + SERVER_LINES
    columns = head.strip("|").split("|")
    assert [column.strip() for column in columns[1:]] == [
        "median, ms",
        "quartiles, ms",
        "ratio",
        "exponentiations (bits)",
    ]
    assert {each.count("|") for each in (head, line, *rows)} == {6}


def test_the_page_has_each_side_under_its_title_and_what_is_missing(compare: Any) -> None:
    text = compare.markdown(NUMBERS)
    before, client, server = re.split(r"^## .*$", text, flags=re.MULTILINE)
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == list(bench.SIDES.values())
    assert ORIGIN in before.splitlines()
    assert table_lines(client) == CLIENT_LINES
    assert table_lines(server) == SERVER_LINES
    assert NOTE in server.splitlines()
    assert [line for line in text.splitlines() if line.startswith("Not measured")] == [
        "Not measured: No module named 'one'.",
        "Not measured: the JavaScript clients: there is no Node.",
    ]
    assert "Not measured" not in compare.markdown({**NUMBERS, "missing": []})


def test_only_the_generic_package_has_the_mark_of_the_footnote(compare: Any) -> None:
    marked = [line for line in compare.markdown(NUMBERS).splitlines() if " * |" in line]
    assert [line.partition(",")[0] for line in marked] == ["| srp 9.8.7", "| srp 9.8.7"]


# ---------------------------------------------------------------------------------- bench.svg


@dataclasses.dataclass
class Bar:
    """What the picture shows of a row."""

    label: str
    top: float
    width: float
    fill: str
    whiskers: tuple[float, float]
    value: str


def parse(svg: str) -> ET.Element:
    """The picture, without the name space that each of its tags has."""
    root = ET.fromstring(svg)
    for element in root.iter():
        space, _, element.tag = element.tag.rpartition("}")
        assert space == "{http://www.w3.org/2000/svg"
    return root


def bars(root: ET.Element) -> list[Bar]:
    elements, found = list(root), []
    for at, rect in enumerate(elements):
        if rect.tag != "rect" or rect.get("height") != "17":
            continue
        label, path, value = elements[at - 1], elements[at + 1], elements[at + 2]
        drawn = re.fullmatch(r"M([\d.]+) [\d.]+H([\d.]+)M\1 [\d.]+v9M\2 [\d.]+v9", path.get("d"))
        assert drawn is not None, path.get("d")
        found.append(
            Bar(
                label.text,
                float(rect.get("y")),
                float(rect.get("width")),
                rect.get("fill"),
                (float(drawn[1]), float(drawn[2])),
                "".join(value.itertext()),
            )
        )
    return found


def test_the_picture_has_one_bar_for_each_row_of_the_client(compare: Any) -> None:
    shown = bars(parse(compare.svg(NUMBERS)))
    assert [bar.label for bar in shown] == [
        "bare libcrypto",
        "srp-cognito 0.1.0, libcrypto",
        "bare diffie_hellman",
        "srp 9.8.7, ctypes *",
        "bare plain",
        "Peer <&> 'Sons' 1.2",
    ]
    assert [bar.value for bar in shown] == [
        "2.0 (1.0 to 1)",
        "2.5 (1.2 to 1)",
        "3.0 (1.5 to 1)",
        "4.0 (2.0 to 1)",
        "15.0 (7.5 to 1)",
        "151.0 (75.5 to 1)",
    ]
    tops = [bar.top for bar in shown]
    assert len({later - earlier for earlier, later in itertools.pairwise(tops)}) == 1


def test_the_longer_the_median_the_longer_the_bar(compare: Any) -> None:
    """On a logarithmic scale, whatever the order of the rows is."""
    numbers = copy.deepcopy(NUMBERS)
    numbers["rows"].reverse()
    shown = {bar.label: bar for bar in bars(parse(compare.svg(numbers)))}
    widths = {label.removesuffix(" *"): bar.width for label, bar in shown.items()}
    client = [row for row in NUMBERS["rows"] if row["side"] == "client"]
    by_median = [row["name"] for row in sorted(client, key=lambda row: row["median_ms"])]
    assert sorted(widths, key=widths.__getitem__) == by_median
    assert min(widths.values()) > 0
    # From 2 to 4 is as far as from 1 to 2, where the scale begins.
    assert widths["srp 9.8.7, ctypes"] == pytest.approx(2 * widths["bare libcrypto"], abs=0.2)
    for bar in shown.values():
        lower, upper = bar.whiskers
        assert lower < compare.LEFT + bar.width < upper <= compare.WIDTH - compare.RIGHT


def test_the_lines_of_the_scale_are_where_such_bars_would_end(compare: Any) -> None:
    numbers = {**NUMBERS, "rows": [row("client", "bare x", each, 1) for each in (1, 2, 5, 10)]}
    root = parse(compare.svg(numbers))
    lines = [each for each in root if each.get("stroke") == "#e4e8ec"]
    labels = [list(root)[list(root).index(line) + 1].text for line in lines]
    at = [float(re.match(r"M([\d.]+) ", line.get("d"))[1]) for line in lines]
    ends = dict(zip(labels, at, strict=True))
    found = bars(root)
    # The lowest quartile is at 0.9, and the scale begins with the decade below it.
    assert labels[:2] == ["0.1", "0.2"]
    for bar, label in zip(found, ("1", "2", "5", "10"), strict=True):
        assert compare.LEFT + bar.width == pytest.approx(ends[label], abs=0.11)


def test_the_colours_tell_the_kinds_and_the_legend_names_them(compare: Any) -> None:
    root = parse(compare.svg(NUMBERS))
    legend = {
        list(root)[at + 1].text: rect.get("fill")
        for at, rect in enumerate(root)
        if rect.tag == "rect" and rect.get("height") == "12"
    }
    kinds = {fill: kind for kind, fill in legend.items()}
    assert {bar.label.removesuffix(" *"): kinds[bar.fill] for bar in bars(root)} == {
        "bare libcrypto": "exponentiations alone",
        "srp-cognito 0.1.0, libcrypto": "this library",
        "bare diffie_hellman": "exponentiations alone",
        "srp 9.8.7, ctypes": "others",
        "bare plain": "exponentiations alone",
        "Peer <&> 'Sons' 1.2": "others",
    }
    last = list(root)[-1].text
    assert "A & B <CPU>, SomePython 3.99, 2026-03-07" in last
    assert "7 rounds" in last


# ---------------------------------------------------------------------------------- what is stored


def test_the_stored_results_and_the_readme_show_the_stored_numbers(compare: Any) -> None:
    numbers = json.loads((STORED / "bench.json").read_text("utf-8"))
    assert (STORED / "bench.json").read_bytes() == (json.dumps(numbers, indent=1) + "\n").encode()
    assert (STORED / "bench.md").read_bytes() == compare.markdown(numbers).encode()
    assert (STORED / "bench.svg").read_bytes() == compare.svg(numbers).encode()
    readme = (ROOT / "README.md").read_bytes()
    part = compare.readme_part(numbers)
    assert readme == compare.put_into_readme(readme.decode(), part).encode()


# ---------------------------------------------------------------------------------- --against


def test_two_runs_are_compared_by_their_ratios_whatever_the_versions(compare: Any) -> None:
    stored = {
        **NUMBERS,
        "date": "2025-01-01",
        "rows": [
            row("client", "srp-cognito 0.1.0, libcrypto", 2.5, 1.25, 256),
            row("client", "Node 20.1.2's BigInt", 10, 4.0, 256),
            row("client", "pycognito 2024.5.1", 44, 20.0, 256),
            row("client", "bare gmpy2 2.3.2", 2, 1.0, 256),
            row("server", "srp-cognito 0.1.0, libcrypto", 2.5, 2.0, 256),
        ],
    }
    now = {
        **NUMBERS,
        "rows": [
            row("client", "srp-cognito 0.2.0, libcrypto", 9, 1.0, 256),
            row("client", "Node 22.0.0-rc.1's BigInt", 9, 5.0, 256),
            row("client", "srp-cognito 0.2.0, plain", 9, 7.0, 256),
            row("client", "bare gmpy2 3.0", 9, 1.0, 256),
            row("server", "srp-cognito 0.2.0, libcrypto", 9, 3.0, 256),
        ],
    }
    first, second, blank, _, *lines = compare.compare(now, stored)
    assert first == f"stored: {ORIGIN.replace('2026-03-07', '2025-01-01')}"
    assert (second, blank) == (f"now:    {ORIGIN}", "")
    assert [re.split(r"  +", line) for line in lines] == [
        ["client: srp-cognito 0.2.0, libcrypto", "1.25", "1.00", "-20%"],
        ["client: Node 22.0.0-rc.1's BigInt", "4.00", "5.00", "+25%"],
        ["client: srp-cognito 0.2.0, plain", "7.00", "new"],
        ["client: bare gmpy2 3.0", "1.00", "1.00", "+0%"],
        ["server: srp-cognito 0.2.0, libcrypto", "2.00", "3.00", "+50%"],
        ["client: pycognito", "gone"],
    ]


def test_the_numbers_of_a_comparison_stand_below_each_other(compare: Any) -> None:
    lines = list(compare.compare(NUMBERS, {**NUMBERS, "rows": NUMBERS["rows"][1:]}))[3:]
    assert len({len(line) for line in lines}) == 1
    assert max(map(len, lines)) <= 80


@pytest.mark.usefixtures("_few")
def test_a_run_is_compared_with_what_stood_in_the_file_before(
    compare: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `make bench BENCH_ARGS="--against benchmarks/results/bench.json"` asks for it."""
    file = tmp_path / "bench.json"
    file.write_text(json.dumps(NUMBERS), "utf-8")
    assert compare.main(["--seconds", "0", "--out", str(tmp_path), "--against", str(file)]) == 0
    shown = capsys.readouterr().out
    assert f"stored: {ORIGIN}" in shown
    assert re.search(r"^client: Peer <&> 'Sons' +gone$", shown, re.MULTILINE)
    assert json.loads(file.read_text("utf-8"))["rounds"] == bench.LEAST_ROUNDS


# ---------------------------------------------------------------------------------- a run


@pytest.mark.usefixtures("_few")
def test_the_readme_is_written_only_when_asked_for(
    compare: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = tmp_path / "README.md"
    before = f"a\n{compare.BEGIN}\nold\n{compare.END}\nb\n"
    readme.write_text(before, "utf-8")
    monkeypatch.setattr(compare, "README", readme)
    assert compare.main(["--seconds", "0"]) == 0
    assert readme.read_text("utf-8") == before
    out = tmp_path / "out"
    assert compare.main(["--seconds", "0", "--readme", "--out", str(out)]) == 0
    part = compare.readme_part(json.loads((out / "bench.json").read_text("utf-8")))
    assert readme.read_text("utf-8") == f"a\n{compare.BEGIN}\n{part}\n{compare.END}\nb\n"


def test_a_readme_without_the_comments_is_refused_before_anything_is_timed(
    compare: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("no comments", "utf-8")
    monkeypatch.setattr(compare, "README", readme)
    monkeypatch.setattr(compare, "run", mock.Mock(side_effect=AssertionError("it was run")))
    with pytest.raises(ValueError, match="README.md lacks"):
        compare.main(["--readme"])


@pytest.mark.usefixtures("_few")
@pytest.mark.parametrize(
    ("part", "error"),
    [("pycognito", ImportError), ("generic_on_libcrypto", OSError), ("Node", ImportError)],
)
def test_a_part_that_is_missing_is_said_aloud_and_the_rest_goes_on(
    compare: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    part: str,
    error: type[Exception],
) -> None:
    monkeypatch.setattr(compare, part, mock.Mock(side_effect=error("no such thing")))
    numbers = compare.run(0)
    why = "the JavaScript clients: no such thing" if part == "Node" else "no such thing"
    assert numbers["missing"] == [why]
    assert f"SKIPPED: {why}\n" in capsys.readouterr().err
    assert f"Not measured: {why}.\n" in compare.markdown(numbers)
    names = {row["name"] for row in numbers["rows"]}
    assert {"bare plain", f"srp-cognito {__version__}, plain"} <= names


@pytest.mark.usefixtures("_few")
def test_the_engines_are_measured_where_gmpy2_is_not_installed(
    compare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gmpy2", None)
    numbers = compare.run(0)
    (why,) = numbers["missing"]
    assert "gmpy2" in why
    names = {row["name"] for row in numbers["rows"]}
    usable = [engine.name for engine in bench.engines()[0]]
    prefixes = ("bare ", f"srp-cognito {__version__}, ")
    assert names == {prefix + engine for prefix in prefixes for engine in usable}


def other_password(compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oracle judges all claims by another password."""
    monkeypatch.setattr(compare.oracle, "x", mock.Mock(return_value=12345))


def other_signature(compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte of each common signature is another one."""
    check = compare.check_common

    def changed(name: str, exchange: Any, srp_a: str, timestamp: str, signature: str) -> None:
        first = "B" if signature[0] == "A" else "A"
        check(name, exchange, srp_a, timestamp, first + signature[1:])

    monkeypatch.setattr(compare, "check_common", changed)


@pytest.mark.usefixtures("_few_and_pycognito")
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (other_signature, "makes another claim of the same inputs; nothing was timed"),
        (other_password, "makes a claim that is wrong; nothing is reported"),
    ],
)
def test_a_client_that_makes_another_signature_ends_the_run_and_nothing_is_written(
    compare: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Any, pytest.MonkeyPatch], None],
    said: str,
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"{compare.BEGIN}\n{compare.END}", "utf-8")
    monkeypatch.setattr(compare, "README", readme)
    spoil(compare, monkeypatch)
    out = tmp_path / "out"
    assert compare.main(["--seconds", "0", "--out", str(out), "--readme"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(rf"compare\.py: .* {said}", shown.err.splitlines()[-1])
    assert not out.exists()
    assert readme.read_text("utf-8") == f"{compare.BEGIN}\n{compare.END}"


def fresh_claims(compare: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the SRP_A of each claim that is held against the oracle."""
    claims: list[str] = []
    check = compare.check_claim

    def noting(name: str, exchange: Any, srp_a: str, timestamp: str, signature: str) -> None:
        check(name, exchange, srp_a, timestamp, signature)
        claims.append(srp_a)

    monkeypatch.setattr(compare, "check_claim", noting)
    return claims


def make(compare: Any, peer: str, exchange: bench.Exchange) -> bench.Contender:
    """The contender of a Python package, where that is installed."""
    package = "srp" if peer.startswith("generic") else peer
    pytest.importorskip(package)
    try:
        (contender,) = getattr(compare, peer)(exchange)
    except (ImportError, OSError) as error:
        pytest.skip(f"{peer} cannot be used here: {error}")
    return contender


@pytest.fixture
def _any_locale(compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script replaces this for as long as its process lives; the other tests want it back."""
    module = pytest.importorskip("warrant_lite")
    monkeypatch.setattr(module, "temp_locale", module.temp_locale)


CLIENTS = ["pycognito", "warrant_lite"]
GENERIC = {"generic_on_libcrypto": "ctypes", "generic_in_python": "Python"}


@pytest.mark.usefixtures("_any_locale")
@pytest.mark.parametrize("peer", CLIENTS)
def test_a_python_client_is_counted_timed_and_checked_each_time(
    compare: Any, exchange: bench.Exchange, monkeypatch: pytest.MonkeyPatch, peer: str
) -> None:
    claims = fresh_claims(compare, monkeypatch)
    contender = make(compare, peer, exchange)
    name, version = contender.name.split()
    assert name.replace("-", "_") == peer
    assert re.fullmatch(r"[\d.]+", version)
    assert set(contender.exponentiations) == {"client"}
    # A, whose exponent has 1,024 bits in this family, g^x and S.
    assert sorted(contender.exponentiations["client"]) == [256, 1024, 1024]
    for _ in range(2):
        told = contender.go()
        assert list(told) == ["client"]
        assert told["client"] > 0
    # The claim that is counted, and those that are timed, each with an exponent of its own.
    assert len(claims) == len(set(claims)) == 3
    assert len(contender.exponentiations["client"]) == 3, "what is timed is counted too"


@pytest.mark.usefixtures("_any_locale")
@pytest.mark.parametrize("peer", CLIENTS)
def test_a_python_client_with_another_password_is_not_timed(
    compare: Any, exchange: bench.Exchange, peer: str
) -> None:
    wrong = dataclasses.replace(exchange, password="battery staple")
    with pytest.raises(bench.DifferentError, match="makes another claim of the same inputs"):
        make(compare, peer, wrong)


@pytest.mark.usefixtures("_any_locale")
@pytest.mark.parametrize("peer", CLIENTS)
def test_a_python_client_whose_timed_claim_is_wrong_is_not_reported(
    compare: Any, exchange: bench.Exchange, monkeypatch: pytest.MonkeyPatch, peer: str
) -> None:
    contender = make(compare, peer, exchange)
    other_password(compare, monkeypatch)
    with pytest.raises(bench.DifferentError, match="a claim that is wrong; nothing is reported"):
        contender.go()


@pytest.mark.parametrize("peer", GENERIC)
def test_the_generic_package_is_counted_and_timed_on_both_sides(
    compare: Any, exchange: bench.Exchange, peer: str
) -> None:
    contender = make(compare, peer, exchange)
    assert re.fullmatch(rf"srp [\d.]+, {GENERIC[peer]}", contender.name)
    assert list(contender.exponentiations) == list(bench.SIDES)
    for sizes in contender.exponentiations.values():
        assert len(sizes) >= 3
        assert all(size % 64 == 0 and size >= 256 for size in sizes)
    told = contender.go()
    assert list(told) == list(bench.SIDES)
    assert min(told.values()) > 0


@pytest.mark.parametrize("peer", GENERIC)
@pytest.mark.parametrize("broken", ["refuses a right proof", "accepts a wrong one"])
def test_a_generic_verifier_that_contradicts_itself_is_not_timed(
    compare: Any,
    exchange: bench.Exchange,
    monkeypatch: pytest.MonkeyPatch,
    peer: str,
    broken: str,
) -> None:
    make(compare, peer, exchange)
    module = sys.modules["srp._ctsrp" if peer == "generic_on_libcrypto" else "srp._pysrp"]
    accepts = broken == "accepts a wrong one"
    for side in (module.User, module.Verifier):
        monkeypatch.setattr(side, "authenticated", lambda _: accepts)
    with pytest.raises(bench.DifferentError, match="contradicts its own Verifier"):
        make(compare, peer, exchange)


@pytest.mark.parametrize("peer", GENERIC)
def test_a_generic_login_that_is_refused_is_not_reported(
    compare: Any, exchange: bench.Exchange, monkeypatch: pytest.MonkeyPatch, peer: str
) -> None:
    contender = make(compare, peer, exchange)
    module = sys.modules["srp._ctsrp" if peer == "generic_on_libcrypto" else "srp._pysrp"]
    monkeypatch.setattr(module.Verifier, "verify_session", lambda *_: None)
    with pytest.raises(bench.DifferentError, match="refuses its own proof"):
        contender.go()


def test_each_engine_of_this_library_is_given_the_common_inputs(
    compare: Any, exchange: bench.Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    check = compare.check_common

    def noting(name: str, *claim: Any) -> None:
        check(name, *claim)
        checked.append(name)

    monkeypatch.setattr(compare, "check_common", noting)
    contenders = list(compare.library(exchange))
    usable = [engine.name for engine in bench.engines()[0]]
    assert [each.name for each in contenders] == checked
    assert checked == [f"srp-cognito {__version__}, {engine}" for engine in usable]
    wrong = dataclasses.replace(exchange, password="battery staple")
    with pytest.raises(bench.DifferentError, match="makes another claim of the same inputs"):
        next(compare.library(wrong))


def test_each_engine_and_gmpy2_are_measured_alone(compare: Any) -> None:
    names = [each.name for each in compare.exponentiations(bench.Exchange.new())]
    *engines, gmpy2 = names
    assert engines == [f"bare {engine.name}" for engine in bench.engines()[0]]
    assert re.fullmatch(r"bare gmpy2 [\d.]+", gmpy2)


@pytest.mark.parametrize("judge", ["check_common", "check_claim"])
def test_a_claim_is_right_only_as_a_whole(
    compare: Any, exchange: bench.Exchange, judge: str
) -> None:
    check = getattr(compare, judge)
    srp_a = f"{pow(2, exchange.a, modexp.N):x}"
    right = (srp_a, exchange.timestamp, exchange.signature)
    check("x", exchange, *right)
    first = "B" if exchange.signature[0] == "A" else "A"
    for at, wrong in (
        (0, f"{int(srp_a, 16) ^ 1:x}"),
        (1, exchange.timestamp.replace("Sat", "Sun")),
        (2, first + exchange.signature[1:]),
        (2, ""),
    ):
        claim = [*right]
        claim[at] = wrong
        with pytest.raises(bench.DifferentError, match="^x makes "):
            check("x", exchange, *claim)


# ---------------------------------------------------------------------------------- Node


@pytest.fixture(scope="module")
def node(compare: Any) -> Iterator[Any]:
    made = compare.Node()
    yield made
    made.close()


@needs_packages
def test_all_clients_for_node_are_found(node: Any) -> None:
    assert node.missing == []
    names = {key: re.sub(r"[\d.]+", "1", name) for key, name in node.names.items()}
    assert names == {
        "bigInt": "Node 1's BigInt",
        "identityJs": "amazon-cognito-identity-js 1",
        "amplify": "@aws-amplify/auth 1",
    }


JAVASCRIPT = {
    "bigInt": [256, 256, 512],
    # They draw an a of 1,024 bits, and so does S have an exponent of as many.
    "identityJs": [1024, 256, 1024],
    "amplify": [1024, 256, 1024],
}


@needs_packages
@pytest.mark.parametrize("key", JAVASCRIPT)
def test_a_javascript_client_is_counted_timed_and_checked_each_time(
    compare: Any, exchange: bench.Exchange, monkeypatch: pytest.MonkeyPatch, node: Any, key: str
) -> None:
    claims = fresh_claims(compare, monkeypatch)
    contender = compare.javascript_client(node, key, exchange)
    assert contender.name == node.names[key]
    assert contender.exponentiations == {"client": JAVASCRIPT[key]}
    for _ in range(2):
        told = contender.go()
        assert list(told) == ["client"]
        assert told["client"] > 0
    assert len(claims) == len(set(claims)) == 3


class Liar:
    """Node, whose lines have another password than they are given, from a certain one on."""

    def __init__(self, node: Any, right: int) -> None:
        self.names = node.names
        self._node, self._right = node, right

    def ask(self, line: Mapping[str, object]) -> dict[str, Any]:
        self._right -= 1
        wrong = {} if self._right >= 0 else {"password": "battery staple"}
        told: dict[str, Any] = self._node.ask({**line, **wrong})
        return told


@needs_packages
@pytest.mark.parametrize("key", JAVASCRIPT)
def test_a_javascript_client_with_another_password_is_noticed(
    compare: Any, exchange: bench.Exchange, node: Any, key: str
) -> None:
    with pytest.raises(bench.DifferentError, match="makes another claim of the same inputs"):
        compare.javascript_client(Liar(node, 0), key, exchange)
    with pytest.raises(bench.DifferentError, match="makes a claim that is wrong"):
        compare.javascript_client(Liar(node, 1), key, exchange)
    contender = compare.javascript_client(Liar(node, 2), key, exchange)
    with pytest.raises(bench.DifferentError, match="makes a claim that is wrong"):
        contender.go()


@needs_node
def test_the_packages_that_node_lacks_are_listed_and_its_own_integers_are_measured(
    compare: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copy(NODE_FOLDER / "bench.mjs", tmp_path)
    monkeypatch.setattr(compare, "NODE_FOLDER", tmp_path)
    leave_out(compare, monkeypatch, "pycognito", *SLOW)
    numbers = compare.run(0)
    assert [why.partition(":")[0] for why in numbers["missing"]] == [
        "identityJs in Node",
        "amplify in Node",
    ]
    shown = capsys.readouterr().err
    for why in numbers["missing"]:
        assert f"SKIPPED: {why}\n" in shown
        assert why.endswith(" (make javascript)")
        assert f"Not measured: {why}.\n" in compare.markdown(numbers)
    assert any(row["name"].startswith("Node ") for row in numbers["rows"])


@needs_node
def test_a_program_for_node_that_ends_early_is_a_part_that_is_missing(
    compare: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bench.mjs").write_text("process.exit(3);", "utf-8")
    monkeypatch.setattr(compare, "NODE_FOLDER", tmp_path)
    with pytest.raises(ImportError, match="ended early"):
        compare.Node()


def test_a_machine_without_node_says_so(compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare.shutil, "which", lambda _: None)
    with pytest.raises(ImportError, match="there is no Node"):
        compare.Node()


# ---------------------------------------------------------------------------------- all of it


def test_a_whole_run_writes_three_files_that_agree_and_prints_the_table(
    compare: Any, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "folder"
    done = subprocess.run(
        [sys.executable, SCRIPT, "--seconds", "0", "--out", out],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in out.iterdir()) == ["bench.json", "bench.md", "bench.svg"]
    numbers = json.loads((out / "bench.json").read_text("utf-8"))
    text = (out / "bench.md").read_text("utf-8")
    assert done.stdout == text == compare.markdown(numbers)
    svg = (out / "bench.svg").read_text("utf-8")
    assert svg == compare.svg(numbers)
    client = [row for row in numbers["rows"] if row["side"] == "client"]
    assert len(bars(parse(svg))) == len(client)
    assert len(table_lines(text)) == len(numbers["rows"])
    *skipped, last = done.stderr.splitlines()
    assert skipped == [f"SKIPPED: {why}" for why in numbers["missing"]]
    assert last == f"{len(client)} contenders have been checked, and are timed now."
    assert numbers["rounds"] == bench.LEAST_ROUNDS
    for each in numbers["rows"]:
        lower, upper = each["quartiles_ms"]
        assert 0 < lower <= each["median_ms"] <= upper
        assert each["exponentiations"]
