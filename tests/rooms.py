"""Show where a module is not covered by the test module of its own room.

Run by ``make rooms``, some minutes. `src/srp_cognito/proof/srp.py` is tested by
`tests/proof/test_srp.py`, which must cover each of its lines and branches by itself: whoever
changes a module then finds its tests at the first guess, and a test that lives elsewhere and
happens to run a line does not hide that nothing checks it.
"""

import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "srp_cognito"

TOGETHER = {
    "diagnosis/catalogue": "diagnosis/catalogue/test_catalogue.py",
    "conformance/behaviours": "conformance/test_behaviours.py",
}
"""Folders of data alone, which one test module covers."""


TRIVIAL = {
    *("__main__.py", "public_values.py"),
    *("conformance/differences.py", "conformance/sources.py"),
}
"""Modules that only import, or have only texts."""


class Room(NamedTuple):
    """A module, and the test module that must cover it."""

    module: Path
    tests: Path


def rooms() -> list[Room]:
    """Return every module, without the faces of folders, which only import."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        inside = path.relative_to(SOURCE)
        if path.name == "__init__.py" and inside.parent.name != "modexp":
            continue
        if inside.as_posix() in TRIVIAL:
            continue
        name = inside.parent.name if path.name == "__init__.py" else path.stem
        tests = TOGETHER.get(inside.parent.as_posix(), f"{inside.parent}/test_{name}.py")
        found.append(Room(path, ROOT / "tests" / tests))
    return found


def uncovered(room: Room) -> str:
    """Return the lines and branches of a module that its own tests miss, for people to read."""
    if not room.tests.is_file():
        return f"there is no {room.tests.relative_to(ROOT)}"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:randomly"]
        command += ["--cov=srp_cognito", "--cov-branch", f"--cov-report=json:{report}"]
        command += ["--cov-fail-under=0", str(room.tests)]
        done = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "COVERAGE_FILE": str(Path(folder) / "coverage")},
        )
        if done.returncode != 0 or not report.is_file():
            return f"its tests fail:\n{done.stdout[-2000:]}{done.stderr[-500:]}"
        files = json.loads(report.read_text("utf-8"))["files"]
    seen = next((files[name] for name in files if (ROOT / name).resolve() == room.module), None)
    if seen is None:
        return "its tests do not import it"
    lines = [str(line) for line in seen["missing_lines"]]
    lines += [f"{start}->{end}" for start, end in seen["missing_branches"]]
    return ", ".join(lines)


def main(patterns: list[str]) -> int:
    """Report on the modules whose path contains one of the patterns, or on all of them."""
    chosen = [
        room
        for room in rooms()
        if not patterns
        or any(pattern in room.module.relative_to(SOURCE).as_posix() for pattern in patterns)
    ]
    missed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for room, missing in zip(chosen, pool.map(uncovered, chosen), strict=True):
            missed += bool(missing)
            name = room.module.relative_to(SOURCE).as_posix()
            print(f"{name:40} {missing or 'covered'}", flush=True)
    print(f"{len(chosen) - missed} passed, {missed} failed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
