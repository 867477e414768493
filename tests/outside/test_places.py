"""The quick programs of tests/platforms/: the library where Python is otherwise than usual."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import vector_files

from srp_cognito.proof import modexp

ROOT = Path(__file__).parents[2]
PLATFORMS = ROOT / "tests" / "platforms"
NOT_FOUND = 77


def run(
    program: str, *arguments: str, options: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    # What measures the coverage cannot be loaded in an isolated interpreter, and says so.
    around = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    done = subprocess.run(
        [sys.executable, *options, PLATFORMS / program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**around, **environment},
    )
    if done.returncode == NOT_FOUND:
        pytest.skip(done.stdout.strip())
    return done


@pytest.mark.parametrize(
    "options",
    [
        ("-OO",),
        ("-I",),
        ("-X", "dev", "-W", "error"),
        ("-bb", "-W", "error"),
        ("-X", "int_max_str_digits=640"),
        ("-X", "warn_default_encoding", "-W", "error"),
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("pool_elsewhere")
def test_the_interpreters_options_change_nothing(options: tuple[str, ...]) -> None:
    done = run("sign_in.py", "--pool", options=options, LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"a login is right, and refused if it is not, on the engine {modexp.engine().name}\n"
        "the pool gave tokens for alice\n"
    )


def test_without_assertions_a_wrong_claim_is_refused_all_the_same() -> None:
    """-OO takes away every `assert`, so none may guard anything. All vectors pass under it."""
    done = run("vectors.py", options=("-OO",))
    assert (done.returncode, done.stderr) == (0, "")
    count = vector_files.logins_and_samples()
    assert done.stdout.startswith(f"{count} logins are as in the vectors")


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("subinterpreters.py", "40 logins in 4 isolated interpreters, on the engine "),
        ("zip_app.py", " kB runs compute, engine and demo, on the engine "),
    ],
)
def test_a_program_of_a_place_says_that_all_is_well(program: str, said: str) -> None:
    done = run(program)
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout
    assert done.stdout.endswith(f" {modexp.engine().name}\n")
