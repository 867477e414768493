"""benchmarks/login_time.py: the picture of where a login's time goes shows what was measured."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "benchmarks" / "login_time.py"
RESULTS = ROOT / "benchmarks" / "results"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def login_time() -> ModuleType:
    spec = importlib.util.spec_from_file_location("login_time", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["login_time"] = module
    spec.loader.exec_module(module)
    return module


def step(name: str, milliseconds: float) -> dict[str, object]:
    return {"name": name, "what": f"<{name}>", "ms": milliseconds}


def test_each_bar_is_as_long_as_its_step_took(login_time: ModuleType) -> None:
    numbers = login_time.numbers_of(
        {
            "client": [step("a", 1.0), step("b", 2.0), step("c", 4.0), step("rest", 1.0)],
            "server": [step("d", 1.0), step("e", 1.0), step("f", 1.0), step("rest", 0.5)],
        }
    )
    root = ET.fromstring(login_time.svg(numbers))
    bars = [bar for bar in root.iter(f"{SVG}rect") if bar.find(f"{SVG}title") is not None]
    widths = [float(bar.attrib["width"]) for bar in bars]
    assert [round(width / widths[0], 2) for width in widths] == [1, 2, 4, 1, 1, 1, 1, 0.5]
    # The longer side fills the place that there is.
    assert sum(widths[:4]) == pytest.approx(
        login_time.WIDTH - login_time.LEFT - login_time.RIGHT, abs=1
    )
    assert [bar.find(f"{SVG}title").text for bar in bars][:2] == [
        "a: <a>, 1.00 ms",
        "b: <b>, 2.00 ms",
    ]


def test_what_is_timed_are_the_exponentiations_of_whole_logins(
    login_time: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert login_time.main(["--seconds", "0", "--out", str(tmp_path)]) == 0
    sides = json.loads((tmp_path / "login_time.json").read_text("utf-8"))["sides"]
    names = {side: [each["name"] for each in steps] for side, steps in sides.items()}
    assert names == {
        "client": ["SRP_A", "v", "S", "the rest"],
        "server": ["SRP_B", "v^u", "S", "the rest"],
    }
    assert all(each["ms"] > 0 for steps in sides.values() for each in steps)
    ET.fromstring((tmp_path / "login_time.svg").read_text("utf-8"))
    assert capsys.readouterr().out.splitlines()[0] == "the client, milliseconds"


def test_the_picture_of_the_page_is_the_one_of_the_stored_numbers(login_time: ModuleType) -> None:
    numbers = json.loads((RESULTS / "login_time.json").read_text("utf-8"))
    assert login_time.svg(numbers) == (RESULTS / "login_time.svg").read_text("utf-8")
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    assert "(../benchmarks/results/login_time.svg)" in page
