"""Every public name has a type: pyright, which editors run, has to guess none of them.

mypy, which checks the code itself, does not see what only a type checker of another kind would
have to infer. `make javascript` installs pyright, at the version of a lock file.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import srp_cognito

pytestmark = pytest.mark.slow

PYRIGHT = Path(__file__).parents[1] / "javascript" / "node_modules" / "pyright" / "index.js"


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    node = shutil.which("node")
    if node is None or not PYRIGHT.is_file():
        pytest.skip("NOT CHECKED: pyright needs Node and npm, and then: make javascript")
    # pyright asks the first `python` on the PATH where packages are.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [node, PYRIGHT, "--verifytypes", "srp_cognito", "--ignoreexternal", "--outputjson"],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    assert not found["generalDiagnostics"], found["generalDiagnostics"]
    return found["typeCompleteness"]


def test_pyright_reads_the_package_that_is_tested(report: dict[str, Any]) -> None:
    assert Path(report["packageRootDirectory"]) == Path(srp_cognito.__file__).parent
    assert "srp_cognito.calls.initiate_auth" in {module["name"] for module in report["modules"]}


def test_the_type_of_every_public_name_is_known(report: dict[str, Any]) -> None:
    guessed = [
        f"{symbol['name']}: {diagnostic['message']}"
        for symbol in report["symbols"]
        if not symbol["isTypeKnown"]
        for diagnostic in symbol["diagnostics"]
    ]
    assert report["completenessScore"] == 1, "\n".join(["", *guessed])
    assert report["exportedSymbolCounts"]["withKnownType"] > 1000
