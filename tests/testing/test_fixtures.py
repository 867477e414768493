"""testing/fixtures.py: a pool in somebody else's test suite, by one line in conftest.py."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINE = 'pytest_plugins = ["srp_cognito.testing.fixtures"]\n'


def examples() -> list[str]:
    """The test files that the pages show."""
    blocks = []
    for page in ("test-without-aws", "test-with-boto3", "test-with-pycognito"):
        text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
        blocks += [block.partition("```")[0] for block in text.split("```python\n")[1:]]
    return [block for block in blocks if "def test_" in block]


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"]
    return subprocess.run(
        [*command, str(folder)], capture_output=True, text=True, check=False, timeout=60, cwd=folder
    )


def test_the_first_example_is_short() -> None:
    body = examples()[0].partition("def test_")[2]
    assert len(body.splitlines()) < 10


@pytest.mark.parametrize("number", range(5))
def test_each_example_of_the_pages_runs_as_it_stands(tmp_path: Path, number: int) -> None:
    assert len(examples()) == 5
    (tmp_path / "conftest.py").write_text(LINE, "utf-8")
    (tmp_path / "test_it.py").write_text(examples()[number], "utf-8")
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout


def test_nothing_is_loaded_without_the_line(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(cognito_pool):\n    pass\n", "utf-8")
    done = run(tmp_path)
    assert done.returncode == 1
    assert "fixture 'cognito_pool' not found" in done.stdout


def test_each_test_gets_a_pool_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(LINE, "utf-8")
    test = """\
import pytest

pools = []

@pytest.mark.parametrize("time", [1, 2])
def test_it(cognito_pool, cognito_url, time):
    cognito_pool.add_user("alice", "correct horse")
    pools.append(cognito_pool)
    assert len({id(pool) for pool in pools}) == time
    assert len({str(pool.jwks()) for pool in pools}) == 2 * time - time
"""
    (tmp_path / "test_it.py").write_text(test, "utf-8")
    done = run(tmp_path)
    assert "2 passed" in done.stdout, done.stdout
