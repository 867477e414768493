"""The wheel in Pyodide, CPython for WebAssembly, as a browser has it: under Node and on a page.

`make javascript` installs Pyodide from npm, which brings the interpreter and its standard library,
and no other package. Each start takes it some seconds.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import vector_files
from in_place_of_aws import CODE, chance
from peers import CLIENT_ID, PASSWORD, POOL_ID

from srp_cognito.testing import SigningKeys, UserPool, serve

ROOT = Path(__file__).parents[2]
JAVASCRIPT = ROOT / "tests" / "javascript"
BROWSER = next(
    filter(None, map(shutil.which, ["chromium", "google-chrome", "chromium-headless-shell"])), None
)

needs_pyodide = pytest.mark.skipif(
    shutil.which("node") is None or not (JAVASCRIPT / "node_modules" / "pyodide").is_dir(),
    reason="Node and npm are needed, and then: make javascript",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture
def pool(signing_keys: SigningKeys) -> UserPool:
    pool = UserPool(POOL_ID, token_bytes=chance, signing_keys=signing_keys)
    pool.add_app_client(CLIENT_ID)
    pool.add_user("alice", PASSWORD)
    pool.add_user("carol", PASSWORD, attributes={"email": "c@example.com"}, mfa=["EMAIL_OTP"])
    return pool


def under_node(wheel: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", "tests/platforms/pyodide_node.mjs", wheel, program, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.slow
@needs_pyodide
def test_it_computes_every_login_of_the_vectors(wheel: Path) -> None:
    done = under_node(wheel, "tests/platforms/vectors.py")
    assert done.returncode == 0, done.stderr[-2000:]
    count = vector_files.logins_and_samples()
    assert done.stdout == f"{count} logins are as in the vectors, on the engine plain\n"


@pytest.mark.slow
@needs_pyodide
def test_it_logs_in_in_memory_and_says_what_the_pool_lacks(wheel: Path) -> None:
    done = under_node(wheel, "tests/platforms/sign_in.py")
    assert done.returncode == 0, done.stderr[-2000:]
    login, without_pool = done.stdout.splitlines()
    assert login == "a login is right, and refused if it is not, on the engine plain"
    assert "which the extra installs: pip install 'srp-cognito[testing]'" in without_pool


@pytest.mark.slow
@needs_pyodide
def test_a_program_that_fails_there_fails(wheel: Path) -> None:
    done = under_node(wheel, "tests/platforms/sign_in.py", "--pool")
    assert done.returncode == 1


@pytest.mark.slow
@needs_pyodide
def test_a_whole_sign_in_to_the_pool_with_fetch(wheel: Path, pool: UserPool) -> None:
    """The page's own program, without the page."""
    with serve(pool) as url:
        program = "tests/platforms/pyodide_sign_in.py"
        arguments = (POOL_ID, CLIENT_ID, url, "carol", PASSWORD, "000000", CODE)
        done = under_node(wheel, program, *arguments)
        assert done.returncode == 0, done.stderr[-2000:]
        first, again, tokens = json.loads(done.stdout)
        assert first == "Code from the mail to c***@e***:"
        assert again == f"CodeMismatchException: Invalid code or auth state for the user.\n{first}"
        assert tokens == "carol"

        refused = under_node(wheel, program, *arguments[:4], "battery staple")
    assert refused.returncode == 1
    assert "NotAuthorizedException: Incorrect username or password." in refused.stderr


@pytest.mark.slow
@needs_pyodide
@pytest.mark.skipif(BROWSER is None, reason="Chromium is needed: apt-get install chromium")
def test_the_page_signs_in(wheel: Path, pool: UserPool) -> None:
    scenario = {
        "browser": BROWSER,
        "wheel": str(wheel),
        "poolId": POOL_ID,
        "clientId": CLIENT_ID,
        "username": "carol",
        "passwords": ["battery staple", PASSWORD],
        "answers": ["000000", CODE],
    }
    with serve(pool) as url:
        done = subprocess.run(
            ["node", "pyodide_page.mjs"],
            cwd=JAVASCRIPT,
            input=json.dumps({**scenario, "endpoint": url}),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr[-2000:]
    outcome = json.loads(done.stdout)
    assert outcome["problems"] == []
    wrong, right = outcome["shown"]
    assert wrong.endswith("NotAuthorizedException: Incorrect username or password.")
    assert right == "Signed in as carol"
    first, again = outcome["asked"]
    assert first == "Code from the mail to c***@e***:"
    assert again.endswith(f"\n{first}")


@pytest.mark.parametrize("name", ["index.html", "sign_in.py"])
def test_docs_show_the_page_as_it_is_run(name: str) -> None:
    shown = (ROOT / "docs" / "platforms.md").read_text("utf-8")
    text = (ROOT / "examples" / "browser" / name).read_text("utf-8")
    assert f"\n{text}```\n" in shown
