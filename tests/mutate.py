"""Break the library on purpose, one mutant at a time, and see that a test notices.

`make mutants` runs this, some minutes; `make mutants MUTANTS='proof/*'` runs some. `make test` only
checks that each mutant still fits the code. A mutant that survives is a test that is missing.

Each file in mutants/ is one mutant. Its first line says what the bug would do to users; the rest is
the change, as a diff without line numbers, whose old lines are in the code exactly once. The
mutants of proof/srp.py are in mutants/proof/srp/, and tests/proof/test_srp.py must notice them. A
line ``# tests:`` names other modules of tests, where the module of the same name does not.
"""

import fnmatch
import sys
import time
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import trials

MUTANTS = Path(__file__).parent / "mutants"


class Mutant(NamedTuple):
    """One change to one file, and who must notice it."""

    name: str
    effect: str
    file: str
    tests: tuple[str, ...]
    old: list[str]
    new: list[str]


def read(path: Path) -> Mutant:
    """Read a mutant's file; ValueError if it has another form."""
    name = path.relative_to(MUTANTS).with_suffix("").as_posix()
    module = name.rpartition("/")[0]
    effect, *lines = path.read_text("utf-8").splitlines()
    tests = [default_tests(module)]
    if lines and lines[0].startswith("# tests: "):
        tests = lines.pop(0).removeprefix("# tests: ").split()
    if not effect.startswith("# ") or any(line[:1] not in "-+ " for line in lines):
        raise ValueError(f"{name}: a line '# effect', and then lines of a diff")
    old = [line[1:] for line in lines if line[:1] != "+"]
    new = [line[1:] for line in lines if line[:1] != "-"]
    paths = tuple(f"tests/{test}.py" for test in tests)
    return Mutant(name, effect.removeprefix("# "), f"{module}.py", paths, old, new)


def default_tests(module: str) -> str:
    """Return the module of tests of the same name; a package's face is tested by its name."""
    path = PurePosixPath(module)
    if path.name == "__init__":
        return f"{path.parent}/test_{path.parent.name}"
    return str(path.with_name(f"test_{path.name}"))


def broken(mutant: Mutant) -> str:
    """Return the file's text with the mutant in it; ValueError if it does not fit exactly once."""
    lines = (trials.ROOT / trials.PACKAGE / mutant.file).read_text("utf-8").split("\n")
    size = len(mutant.old)
    fits = [i for i in range(len(lines)) if lines[i : i + size] == mutant.old]
    if len(fits) != 1:
        raise ValueError(f"{mutant.name}: the old lines are {len(fits)} times in {mutant.file}")
    lines[fits[0] : fits[0] + size] = mutant.new
    return "\n".join(lines)


def mutants(*patterns: str) -> list[Mutant]:
    """Return all mutants, or those whose names fit one of the patterns."""
    found = [read(path) for path in sorted(MUTANTS.rglob("*.diff"))]
    return [
        mutant
        for mutant in found
        if not patterns or any(fnmatch.fnmatch(mutant.name, pattern) for pattern in patterns)
    ]


def main() -> int:
    chosen = mutants(*sys.argv[1:])
    begun = time.monotonic()
    check_that_the_tests_pass({test for mutant in chosen for test in mutant.tests})
    survivors = 0
    broken_ones = (trials.Trial(m.name, m.file, broken(m), m.tests) for m in chosen)
    for number, (trial, noticed) in enumerate(trials.run(broken_ones), start=1):
        survivors += not noticed
        verdict = "noticed" if noticed else "SURVIVED"
        print(f"{number:3}/{len(chosen)}  {verdict:9} {trial.name}", flush=True)
    passed, seconds = len(chosen) - survivors, time.monotonic() - begun
    print(f"{passed} passed, {survivors} failed in {seconds:.0f} s")
    return 1 if survivors or not chosen else 0


def check_that_the_tests_pass(tests: set[str]) -> None:
    """Run them with nothing broken; what fails then would seem to notice every mutant."""
    text = (trials.ROOT / trials.PACKAGE / "exceptions.py").read_text("utf-8")
    unbroken = (trials.Trial(test, "exceptions.py", text, (test,)) for test in sorted(tests))
    failing = [trial.name for trial, noticed in trials.run(unbroken) if noticed]
    if failing:
        sys.exit(f"These fail with nothing broken: {' '.join(failing)}")


if __name__ == "__main__":
    sys.exit(main())
