"""Break the core of the library in every place that the usual operators fit, and see who notices.

`make automutants` runs this, some minutes. operators.py makes the mutants, so nobody chose them. A
mutant must be noticed by the tests of its room: by those of the module of the same name, or by
those that run the line. One that cannot be noticed, or is not worth a test, is in automutate.diff
with the reason. The run fails on a survivor that is not in that list, and on an entry of the list
that fits no survivor.
"""

import fnmatch
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import mutate
import pytest
import trials
from operators import Change, changes

ROOMS = {"proof/**/*.py": "proof", "wire.py": "test_wire.py", "given.py": "test_given.py"}
"""The files that are broken, and where the tests of their room are."""

LIST = Path(__file__).with_suffix(".diff")
TESTS = trials.ROOT / "tests"


class Mutant(NamedTuple):
    """One change to one file; `key` is how the list names it."""

    file: str
    room: str
    change: Change

    @property
    def key(self) -> str:
        old = "".join(f"-{line.strip()}\n" for line in self.change.old)
        new = "".join(f"+{line.strip()}\n" for line in self.change.new)
        return f"{self.file}\n{old}{new}"


def all_mutants(*patterns: str) -> Iterator[Mutant]:
    source = trials.ROOT / trials.PACKAGE
    for pattern, room in ROOMS.items():
        for path in sorted(source.glob(pattern)):
            file = path.relative_to(source).as_posix()
            if not patterns or any(fnmatch.fnmatch(file, wanted) for wanted in patterns):
                for change in changes(path.read_text("utf-8")):
                    yield Mutant(file, room, change)


def the_list() -> dict[str, str]:
    """Return why each mutant may survive, by its key."""
    reasons = {}
    for block in LIST.read_text("utf-8").split("\n\n"):
        lines = block.strip().splitlines()
        notes = [line[2:] for line in lines if line.startswith("# ")]
        file, _, reason = " ".join(notes).partition(": ")
        change = [f"{line[0]}{line[1:].strip()}\n" for line in lines if line[0] in "-+"]
        if change:
            reasons[f"{file}\n{''.join(change)}"] = reason
    return reasons


class Recorder:
    """Note how long each test takes, and which lines of the library it runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seconds: dict[str, float] = {}

    def pytest_sessionstart(self) -> None:
        # Only a run needs it, and the tests of this file do not.
        import coverage  # noqa: PLC0415

        self._coverage = coverage.Coverage(
            data_file=None, include=["*/srp_cognito/*"], config_file=False
        )
        self._coverage.start()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._coverage.switch_context(item.nodeid)
        begun = time.process_time()
        yield
        self._seconds[item.nodeid] = time.process_time() - begun
        self._coverage.switch_context("")

    def pytest_sessionfinish(self) -> None:
        self._coverage.stop()
        data = self._coverage.get_data()
        lines = {
            file.partition("/src/srp_cognito/")[2]: data.contexts_by_lineno(file)
            for file in data.measured_files()
        }
        self._path.write_text(json.dumps({"seconds": self._seconds, "lines": lines}), "utf-8")


class Chosen:
    """Run these tests and no others, the fastest first."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self._seconds = seconds

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        chosen = [item for item in items if item.nodeid in self._seconds]
        items[:] = sorted(chosen, key=lambda item: self._seconds[item.nodeid])


class Room:
    """The tests of a room: how long each takes, and which of them run which line."""

    def __init__(self, room: str) -> None:
        path = TESTS / room
        files = [path] if path.is_file() else sorted(path.rglob("test_*.py"))
        tests = tuple(file.relative_to(trials.ROOT).as_posix() for file in files)
        text = (trials.ROOT / trials.PACKAGE / "exceptions.py").read_text("utf-8")
        with tempfile.NamedTemporaryFile() as record:
            recorder = Recorder(Path(record.name))
            unbroken = trials.Trial(room, "exceptions.py", text, tests, plugins=(recorder,))
            if any(failed for _, failed in trials.run([unbroken])):
                sys.exit(f"The tests of {room} fail with nothing broken.")
            recorded: Any = json.loads(Path(record.name).read_text("utf-8"))
        self._seconds: dict[str, float] = recorded["seconds"]
        self._lines: dict[str, dict[str, list[str]]] = recorded["lines"]

    def of_the_same_name(self, mutant: Mutant) -> set[str]:
        own = f"tests/{mutate.default_tests(mutant.file.removesuffix('.py'))}.py"
        return {test for test in self._seconds if test.partition("::")[0] == own}

    def elsewhere_in_the_room(self, mutant: Mutant) -> set[str]:
        """Return what runs the line; or for what runs at the import, what runs any of the file."""
        lines = self._lines.get(mutant.file, {})
        size = range(len(mutant.change.old))
        found = {test for i in size for test in lines.get(str(mutant.change.line + i), ())}
        found = found or {test for tests in lines.values() for test in tests}
        return found - {""} - self.of_the_same_name(mutant)

    def trial(self, mutant: Mutant, tests: set[str]) -> trials.Trial:
        seconds = {test: self._seconds[test] for test in tests}
        limit = 20 + int(5 * sum(seconds.values()))
        files = tuple(sorted({test.partition("::")[0] for test in tests}))
        plugins = (Chosen(seconds),)
        return trials.Trial(mutant.key, mutant.file, mutant.change.text, files, limit, plugins)


def survivors_of(mutants: list[Mutant]) -> list[Mutant]:
    """Return those that neither the module of the same name nor the rest of the room notices."""
    rooms = {room: Room(room) for room in dict.fromkeys(mutant.room for mutant in mutants)}
    for chosen_by in (Room.of_the_same_name, Room.elsewhere_in_the_room):
        tried = {}
        for mutant in mutants:
            room = rooms[mutant.room]
            if tests := chosen_by(room, mutant):
                tried[room.trial(mutant, tests)] = mutant
        print(f"{len(tried)} mutants, by the tests {chosen_by.__name__.replace('_', ' ')}")
        noticed = []
        for number, (trial, was_noticed) in enumerate(trials.run(tried), start=1):
            if was_noticed:
                noticed.append(tried[trial])
            if number % 50 == 0:
                print(f"{number:5} tried, {number - len(noticed)} not noticed", flush=True)
        mutants = [mutant for mutant in mutants if mutant not in noticed]
    return mutants


def main() -> int:
    begun = time.monotonic()
    mutants = list(all_mutants(*sys.argv[1:]))
    survivors = survivors_of(mutants)
    reasons = the_list()
    total, survived = (Counter(m.file for m in some) for some in (mutants, survivors))
    for file in total:
        print(f"{file:28} {total[file]:4} mutants, {survived[file]:3} survived")
    keys = {mutant.key for mutant in survivors}
    unlisted = sorted(keys - reasons.keys())
    stale = [key for key in reasons if key.partition("\n")[0] in total and key not in keys]
    if unlisted:
        print("\nSurvivors without a reason in automutate.diff:\n")
        print("\n".join(f"# {key}" for key in unlisted))
    if stale:
        print("\nIn automutate.diff, but no survivor:\n")
        print("\n".join(f"# {key}" for key in stale))
    seconds = time.monotonic() - begun
    print(f"{len(mutants)} mutants, {len(survivors)} survived in {seconds:.0f} s")
    return 1 if unlisted or stale or not mutants else 0


if __name__ == "__main__":
    sys.exit(main())
