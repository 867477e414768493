"""benchmarks/harness.py: it times nothing that is wrong, and its pages show what was measured."""

import contextlib
import itertools
import json
import shutil
from concurrent.futures import BrokenExecutor
from pathlib import Path
from unittest import mock
from xml.etree import ElementTree as ET

import contenders
import harness
import pytest

from srp_cognito.cli import bench
from srp_cognito.proof import modexp

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"
STORED = json.loads((RESULTS / "bench.json").read_text("utf-8"))
PAGE = f"a\n{harness.BEGIN}\nold\n{harness.END}\nb {harness.END}\n"

pytestmark = [
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
    pytest.mark.slow,  # What a benchmark reports does not depend on the Python version.
]


def test_the_table_has_median_quartiles_ratio_and_exponents_of_each_row() -> None:
    row = {"side": "client", "name": "srp 9 *", "median_ms": 151.006, "ratio": 75.503}
    row |= {"quartiles_ms": [135.9, 181.2], "exponentiations": [1024, 256]}
    numbers = {**STORED, "rows": [row], "missing": {"one": "no such thing"}}
    lines = list(harness.markdown(numbers, ["client"]))
    assert lines[:6] == [
        *("**The client: SRP_A and the claim**", ""),
        "| | median, ms | quartiles, ms | ratio | exponents' bits |",
        "|---|--:|--:|--:|---|",
        "| srp 9 \\* | 151.01 | 135.90 to 181.20 | 75.50 | 1024, 256 |",
        "",
    ]
    assert lines[6].endswith(f"; {STORED['date']}; {STORED['rounds']} rounds.")
    assert lines[7:] == ["", harness.NOTE, "Not measured: one (no such thing)."]


def test_only_what_is_between_the_comments_is_replaced() -> None:
    assert harness.put(PAGE, "new | lines") == PAGE.replace("old", "new | lines")
    for lacking in (harness.BEGIN, harness.END):
        with pytest.raises(ValueError, match="the page lacks"):
            harness.put(PAGE.replace(lacking, ""), "new")


def test_the_pages_and_the_pictures_show_the_stored_numbers() -> None:
    for name, sides in harness.PAGES.items():
        page = (ROOT / name).read_text("utf-8")
        assert page == harness.put(page, "\n".join(harness.markdown(STORED, sides)))
    for row in STORED["rows"]:
        if row["side"] == "client":
            label = f"{row['median_ms']:.1f} ({row['ratio']:.1f})"
            assert {row["name"], label} <= texts("bench")
    for *steps, rest in STORED["login"].values():
        assert {f"{step['ms']:.2f}" for step in steps} <= texts("login_time")
        whole = sum(step["ms"] for step in (*steps, rest))
        assert {f"{whole:.2f} in all,", f"the rest {rest['ms']:.2f}"} <= texts("login_time")


def texts(picture: str) -> set[str]:
    root = ET.parse(RESULTS / f"{picture}.svg").getroot()
    return {"".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")}


def test_the_steps_of_a_login_are_its_exponentiations_and_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each look at this clock takes a second: two in an exponentiation, and one at a part's end."""
    monkeypatch.setattr(harness.time, "perf_counter", itertools.count().__next__)
    sides = harness.login_time(0)
    assert [step["name"] for step in sides["client"]] == ["SRP_A", "v", "S", "the rest"]
    assert [step["name"] for step in sides["server"]] == ["SRP_B", "v^u", "S", "the rest"]
    for steps in sides.values():
        assert [step["ms"] for step in steps] == [1000, 1000, 1000, 5000]


def test_the_cost_of_many_is_measured_with_each_engine_and_drawn(tmp_path: Path) -> None:
    pictures = pytest.importorskip("pictures", reason="matplotlib is not installed")
    curves = harness.growth(9)
    many = modexp.engine_for_many()
    assert [*curves] == [modexp.engine().name, *([many.name] if many else [])]
    for points in curves.values():
        assert [count for count, _ in points] == [1, 2, 4, 8]
        assert all(seconds > 0 for _, seconds in points)
    pictures.draw({**STORED, "growth": curves}, tmp_path)
    drawn = (tmp_path / "growth.svg").read_text("utf-8")
    assert all(name in drawn for name in curves)


EXPONENTS = {
    "gmpy2": ([256, 256, 512], [256, 256, 256]),
    "srp": ([256, 256, 256, 512], [256, 256, 256]),
    "srptools": ([1024, 256, 1024], [1024, 256, 1024]),
}


@pytest.mark.parametrize("part", contenders.PARTS, ids=lambda part: part.__name__)
def test_a_contender_is_counted_timed_and_judged(
    part: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.ExitStack() as stack:
        try:
            contender = part(stack)
        except (ImportError, OSError) as error:
            pytest.skip(f"{part.__name__} cannot be measured here: {error}")
        client, server = EXPONENTS.get(part.__name__, ([1024, 256, 1024], []))
        assert list(contender.exponentiations["client"]) == client
        assert list(contender.exponentiations.get("server", [])) == server
        assert [side for side in contender.go() if side != "many"] == (
            ["client", "server"] if server else ["client"]
        )
        assert min(contender.go().values()) > 0
        if not server:
            expect_another_password(monkeypatch)
            for attempt in (contender.go, lambda: part(stack)):
                with pytest.raises(bench.DifferentError, match="makes a wrong signature"):
                    attempt()


@pytest.mark.parametrize("part", contenders.OF_MANY, ids=lambda part: part.__name__)
def test_a_contender_is_compared_for_many_on_one_core_and_on_all(
    part: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contenders, "A_WHILE", 0.0)
    with contextlib.ExitStack() as stack:
        try:
            contender = contenders.on_all_cores(part, stack)
        except (ImportError, OSError) as error:
            pytest.skip(f"{part.__name__} cannot be measured here: {error}")
        spent = contender.go()
        assert spent["many"] == spent["client"]
        assert spent["cores"] > 0
        bits = contender.exponentiations
        assert bits["cores"] == bits["many"] == bits["client"]


def test_what_a_contender_does_as_the_checking_side_is_not_counted_for_many() -> None:
    assert contenders.share_of_client({"client": 3.0, "server": 1.0, "many": 3.0}) == 0.75
    assert contenders.share_of_client({"client": 3.0}) == 1.0


def test_what_goes_wrong_in_another_process_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def part(_: contextlib.ExitStack) -> bench.Contender:
        return bench.Contender("here alone", lambda: {"client": 1.0})

    monkeypatch.setattr(contenders, "A_WHILE", 0.0)
    with contextlib.ExitStack() as stack:
        contender = contenders.on_all_cores(part, stack)
        with pytest.raises(BrokenExecutor):  # The other process has nothing of this name.
            contender.go()


def expect_another_password(monkeypatch: pytest.MonkeyPatch) -> None:
    other = contenders.OracleServer("Example", "alice", "battery staple")
    monkeypatch.setattr(contenders, "SERVER", other)


@pytest.mark.parametrize(
    ("part", "module", "server", "judgement"),
    [
        (contenders.srp, "srp._ctsrp", "Verifier", "authenticated"),
        (contenders.srptools, "srptools", "SRPServerSession", "verify_proof"),
    ],
)
def test_a_generic_package_is_refused_where_its_server_accepts_all_or_nothing(
    part: object, module: str, server: str, judgement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = getattr(pytest.importorskip(module, exc_type=(ImportError, OSError)), server)
    contender = part(None)
    monkeypatch.setattr(judge, judgement, lambda *_: False)
    with pytest.raises(bench.DifferentError, match="refuses its own proof"):
        contender.go()
    monkeypatch.setattr(judge, judgement, lambda *_: True)
    with pytest.raises(bench.DifferentError, match="accepts a wrong password"):
        part(None)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is needed")
def test_a_package_that_node_lacks_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(contenders.NODE_FOLDER / "bench.mjs", tmp_path)
    monkeypatch.setattr(contenders, "NODE_FOLDER", tmp_path)
    wanted = pytest.raises(ImportError, match=r"Cannot find package .* \(make javascript\)")
    with wanted, contextlib.ExitStack() as stack:
        contenders.amplify(stack)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pages that are not the repository's, for a run that measures one engine."""
    (tmp_path / "docs").mkdir()
    for name in harness.PAGES:
        (tmp_path / name).write_text(PAGE, "utf-8")
    monkeypatch.setattr(harness, "ROOT", tmp_path)
    monkeypatch.setattr(contenders, "PARTS", ())
    monkeypatch.setattr(bench, "engines", lambda: ([modexp.load("plain")], {}))
    return tmp_path


def test_what_is_missing_is_named_and_the_rest_is_measured(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = mock.Mock(side_effect=ImportError("1st")), mock.Mock(side_effect=OSError("2nd"))
    one.__name__, two.__name__ = "one", "two"
    monkeypatch.setattr(contenders, "PARTS", (one, two))
    only = [bench.verified(modexp.load("plain"))], {"eight": "not here"}
    monkeypatch.setattr(bench, "many_at_once", lambda _: only)
    assert harness.main(["--seconds", "0", "--most", "1"]) == 0
    shown = capsys.readouterr()
    assert shown.err == "SKIPPED: eight: not here\nSKIPPED: one: 1st\nSKIPPED: two: 2nd\n"
    assert shown.out.endswith("\nNot measured: one (1st).\nNot measured: two (2nd).\n")
    assert "\nNot measured: eight (not here).\n" in shown.out
    assert shown.out.count("\n| srp-cognito, plain | ") == len(bench.TITLES)
    assert [(root / name).read_text("utf-8") for name in harness.PAGES] == [PAGE]


def test_a_run_writes_pages_that_agree_with_its_numbers(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(harness.sys.modules, "pictures", mock.Mock())
    out = root / "new" / "folder"
    assert harness.main(["--seconds", "0", "--most", "1", "--out", str(out), "--pages"]) == 0
    numbers = json.loads((out / "bench.json").read_text("utf-8"))
    for name, sides in harness.PAGES.items():
        part = "\n".join(harness.markdown(numbers, sides))
        assert (root / name).read_text("utf-8") == harness.put(PAGE, part)


def test_after_a_wrong_contender_nothing_is_written(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    expect_another_password(monkeypatch)
    assert harness.main(["--seconds", "0", "--most", "1", "--pages"]) == 1
    assert "srp-cognito, plain makes a wrong signature" in capsys.readouterr().err
    assert [(root / name).read_text("utf-8") for name in harness.PAGES] == [PAGE]
