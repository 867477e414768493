"""Run tests on a copy of the project in which one file is broken, several copies at a time.

Each trial is a forked process. The process that forks has imported what takes long and belongs to
others, and nothing of the library or of its tests, so a trial costs little more than its tests.
"""

import compileall
import contextlib
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import Phase, settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path("src", "srp_cognito")
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
OPTIONS = ("-x", "-q", "--assert=plain", "-m", "not slow", "-p", "no:cacheprovider")
WITHOUT = ("-p", "no:xdist", "-p", "no:benchmark", "-p", "no:anyio")
IMPORTED = ("boto3", "botocore.stub", "cryptography.hazmat.primitives.kdf.hkdf", "gmpy2", "jwt")
MEMORY = 4 << 30
WAITING = 10
"""How many times its limit a trial may last on a machine that is busy, or where it only waits."""


class Trial(NamedTuple):
    """A file of the library, its broken text, and the tests of which one must fail.

    Args:
        name: what to call it.
        file: the file, relative to the package.
        text: what it holds in this trial.
        tests: files of tests, relative to the project.
        limit: how many seconds of the processor the tests may take; more counts as noticed.
        plugins: pytest plugins that choose and order the tests.
    """

    name: str
    file: str
    text: str
    tests: tuple[str, ...]
    limit: int = 300
    plugins: tuple[object, ...] = ()


class Unchanging:
    """Hypothesis gives every trial the same examples, and does not look for smaller ones."""

    def pytest_configure(self) -> None:
        settings.register_profile(
            "trial",
            settings(),
            database=None,
            derandomize=True,
            phases=(Phase.explicit, Phase.generate),
        )
        settings.load_profile("trial")


def run(trials: Iterable[Trial]) -> Iterator[tuple[Trial, bool]]:
    """Yield each trial and whether a test noticed, in the order in which they end."""
    for name in IMPORTED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    waiting = iter(trials)
    running: dict[int, tuple[Trial, Path, float]] = {}
    with tempfile.TemporaryDirectory() as folder, _all_ended(running):
        original = _copied(Path(folder))
        while True:
            while len(running) < CORES and (trial := next(waiting, None)):
                copy = Path(tempfile.mkdtemp(dir=folder))
                running[_start(trial, original, copy)] = trial, copy, time.monotonic()
            if not running:
                return
            for pid, (trial, _, since) in running.items():
                if time.monotonic() - since > WAITING * trial.limit:
                    os.killpg(pid, signal.SIGKILL)
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                time.sleep(0.01)
                continue
            trial, copy, _ = running.pop(pid)
            yield trial, _noticed(trial, copy, os.waitstatus_to_exitcode(status))
            shutil.rmtree(copy, ignore_errors=True)


def _copied(folder: Path) -> Path:
    """Return a copy of the project, compiled, of which each trial gets a copy by hard links."""
    original = folder / "original"
    ignored = shutil.ignore_patterns(".*", "__pycache__", "dist", "node_modules")
    shutil.copytree(ROOT, original, ignore=ignored)
    for part in ("src", "tests"):
        compileall.compile_dir(original / part, quiet=1)
    return original


@contextlib.contextmanager
def _all_ended(running: dict[int, tuple[Trial, Path, float]]) -> Iterator[None]:
    try:
        yield
    finally:
        for pid in running:
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _noticed(trial: Trial, copy: Path, code: int) -> bool:
    # 1: a test failed. 2 and 4: the library could not even be imported. Below 0: by a signal.
    if code > 4 or code == 3:
        output = (copy / "output").read_text("utf-8")
        raise RuntimeError(f"{trial.name}: pytest ended with {code}: {output}")
    return code != 0


def _start(trial: Trial, original: Path, copy: Path) -> int:
    """Fork the process of a trial, and return its number."""
    for test in trial.tests:
        if not (ROOT / test).is_file():
            raise FileNotFoundError(f"{trial.name}: there is no {test}")
    pid = os.fork()
    if pid:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpgid(pid, pid)  # Here too, since the limit may be over before the child runs.
        return pid
    code = 3
    try:
        import resource  # noqa: PLC0415 - Windows, where test_mutants.py runs, has none.

        os.setpgid(0, 0)  # What a test started ends with it.
        signal.signal(signal.SIGINT, signal.default_int_handler)  # Ignored in a background job.
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (trial.limit, trial.limit))
        output = os.open(copy / "output", os.O_CREAT | os.O_WRONLY)
        os.dup2(output, 1)
        os.dup2(output, 2)
        project = copy / "project"
        shutil.copytree(original, project, copy_function=os.link)
        broken = project / PACKAGE / trial.file
        for stale in (broken, *broken.parent.glob(f"__pycache__/{broken.stem}.*")):
            stale.unlink()
        broken.write_text(trial.text, "utf-8")
        os.chdir(project)
        os.environ.update(PYTHONPATH=str(project / "src"), PYTHONDONTWRITEBYTECODE="1")
        sys.dont_write_bytecode = True
        sys.path.insert(0, str(project / "src"))
        arguments = [*OPTIONS, *WITHOUT, *trial.tests]
        code = int(pytest.main(arguments, plugins=[Unchanging(), *trial.plugins]))
    finally:
        os._exit(code)
