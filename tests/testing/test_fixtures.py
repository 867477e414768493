"""testing/fixtures.py: a pool in somebody else's test suite, by one line in conftest.py."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINE = 'pytest_plugins = ["srp_cognito.testing.fixtures"]\n'
OWN_POOL = """\
import pytest

pools = []

@pytest.mark.parametrize("time", [1, 2])
def test_it(cognito_pool, cognito_url, time):
    cognito_pool.add_user("alice", "correct horse")
    pools.append(cognito_pool)
    assert len({id(pool) for pool in pools}) == time
    assert len({key["n"] for pool in pools for key in pool.jwks()["keys"]}) == 2
"""


def examples() -> dict[str, str]:
    """The test files that the pages show, by a name for each."""
    found = {}
    for page in ("test-without-aws", "test-with-boto3", "test-with-pycognito", "test-token-checks"):
        text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
        blocks = [block.partition("```")[0] for block in text.split("```python\n")[1:]]
        tests = [block for block in blocks if "def test_" in block]
        found |= {f"{page}-{number}": block for number, block in enumerate(tests)}
    return found


EXAMPLES = examples()


def outcomes(folder: Path) -> dict[str, set[str]]:
    """Run the tests in a folder, and return what pytest says of each file's tests."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-W", "error"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=folder,
        # Plugins that other packages bring take seconds to load.
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    print(done.stdout)
    found: dict[str, set[str]] = {}
    for name, outcome in re.findall(r"^test_([\w-]+)\.py::\S+ ([A-Z]+)", done.stdout, re.MULTILINE):
        found.setdefault(name, set()).add(outcome)
    return found


@pytest.mark.usefixtures("pool_elsewhere")
def test_the_examples_of_the_pages_run_and_each_test_gets_its_own_pool(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(LINE, "utf-8")
    suite = {**EXAMPLES, "own-pool": OWN_POOL}
    for name, text in suite.items():
        (tmp_path / f"test_{name}.py").write_text(text, "utf-8")
    assert len(EXAMPLES) == 6
    assert outcomes(tmp_path) == {name: {"PASSED"} for name in suite}


def test_the_first_example_is_short() -> None:
    body = EXAMPLES["test-without-aws-0"].partition("def test_")[2]
    assert len(body.splitlines()) < 10


@pytest.mark.parametrize("name", ["cognito_pool", "cognito_url", "cognito_signing_keys"])
def test_nothing_is_loaded_without_the_line(request: pytest.FixtureRequest, name: str) -> None:
    """As in this suite, which does not have the line."""
    with pytest.raises(pytest.FixtureLookupError):
        request.getfixturevalue(name)
