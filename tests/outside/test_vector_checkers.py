"""The vectors' checkers, in languages of their own: they pass, and refuse files that are not whole.

They share no code with the generator or with the library: they were written from vectors/README.md
and docs/protocol.md.
"""

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import vector_files

LANGUAGES = ["JavaScript", "Go", "Java"]


def found(program: str, language: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is needed for the checker in {language}, and is not installed")
    return path


@cache
def command(language: str) -> tuple[str, ...]:
    """The command of a checker, compiled where that is usual."""
    if language == "JavaScript":
        return found("node", language), str(vector_files.VECTORS / "check.mjs")
    folder = Path(tempfile.mkdtemp(prefix="checker-"))
    atexit.register(shutil.rmtree, folder)
    if language == "Go":
        go, program = found("go", language), folder / "check"
        source = vector_files.VECTORS / "check.go"
        # Go keeps what it compiles in a cache, and reads a folder of its own, below HOME.
        environment = {**os.environ, "GOCACHE": str(folder / "cache"), "GOFLAGS": "-mod=mod"}
        subprocess.run([go, "build", "-o", program, source], check=True, env=environment)
        return (str(program),)
    java, compiler = found("java", language), found("javac", language)
    source = vector_files.VECTORS / "Check.java"
    subprocess.run([compiler, "-Xlint:all,-serial", "-d", folder, source], check=True)
    german = ("-Duser.language=de", "-Duser.country=DE")
    return java, *german, "-cp", str(folder), "Check"


def run(language: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a checker where neither the language nor the time is that of TIMESTAMP."""
    return subprocess.run(
        [*command(language), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=vector_files.VECTORS.parent,
        env={**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "de_DE.UTF-8"},
    )


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_checker_recomputes_every_vector(language: str) -> None:
    done = run(language)
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    passed = int(last.partition(" passed")[0])
    assert last == f"{passed} passed, 0 failed"
    assert passed >= vector_files.count(
        *vector_files.LOGINS, *vector_files.VALUES, *vector_files.REQUESTS
    )


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def edited(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"correct horse", b"correct house"))


def of_another_version(path: Path) -> None:
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "version": "1.99.0"}))


def missing(path: Path) -> None:
    path.unlink()


SPOILED: list[tuple[str, Callable[[Path], Any], str]] = [
    ("user-login.json", cut, "user-login.json is cut or damaged: it is not JSON"),
    ("user-login.json", edited, "user-login.json was changed: its SHA-256 is "),
    (
        "user-login.json",
        of_another_version,
        f"user-login.json has version 1.99.0, expected {vector_files.MANIFEST['version']}",
    ),
    ("user-login.json", missing, "user-login.json cannot be read"),
    ("manifest.json", cut, "manifest.json is cut or damaged: it is not JSON"),
    ("manifest.json", missing, "manifest.json cannot be read"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "spoil", "sentence"), SPOILED, ids=lambda value: getattr(value, "__name__", None)
)
def test_a_file_that_is_not_whole_is_refused_in_a_sentence(
    language: str, name: str, spoil: Callable[[Path], Any], sentence: str, tmp_path: Path
) -> None:
    shutil.copytree(vector_files.V1, tmp_path, dirs_exist_ok=True)
    spoil(tmp_path / name)
    done = run(language, str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_vectors_of_another_format_are_refused_in_a_sentence(language: str, tmp_path: Path) -> None:
    shutil.copytree(vector_files.V1, tmp_path, dirs_exist_ok=True)
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({**vector_files.MANIFEST, "version": "2.0.0"}))
    done = run(language, str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "manifest.json has version 2.0.0, expected version 1 of these vectors\n"


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_value_fails_its_test_and_no_other(language: str, tmp_path: Path) -> None:
    """A checker that passes everything would pass these as well. The manifest fits the change."""
    shutil.copytree(vector_files.V1, tmp_path, dirs_exist_ok=True)
    changed = []
    for name, change in (
        ("user-login.json", lambda test: test["expected"].update(key="0" * 32)),
        ("user-verification.json", lambda test: test["expected"].update(u="1")),
        ("timestamp.json", lambda test: test["expected"].update(timestamp="now")),
        ("secret-hash.json", lambda test: test["expected"].update(secret_hash="none")),
        ("shared-secret.json", lambda test: test["expected"].update(s="1")),
        ("device-registration.json", lambda test: test["expected"].update(Salt="AA==")),
        ("answer.json", lambda test: test["expected"]["arguments"].update(Session="x")),
        ("encoded-data.json", lambda test: test["expected"].update(signature="x")),
    ):
        path = tmp_path / name
        file = json.loads(path.read_text())
        test = file["testGroups"][0]["tests"][0]
        change(test)
        changed.append(test["id"])
        path.write_text(json.dumps(file))
    fit(tmp_path)
    done = run(language, str(tmp_path))
    assert done.returncode == 1, done.stdout + done.stderr
    failed = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("    ")]
    assert sorted(failed) == sorted(changed)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invalid_test_that_is_right_after_all_fails(language: str, tmp_path: Path) -> None:
    shutil.copytree(vector_files.V1, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "user-login.json"
    file = json.loads(path.read_text())
    tests = {test["id"]: test for group in file["testGroups"] for test in group["tests"]}
    right = next(test for test in tests.values() if test["result"] == "valid")
    accepted, wrong = (
        next(test for test in tests.values() if flag in test["flags"])
        for flag in ("ZeroModN", "LongKey")
    )
    # The one value is good, and the other signature is the right one.
    accepted["input"]["srp_b"] = right["input"]["srp_b"]
    wrong["input"] = {**right["input"], "signature": right["expected"]["signature"]}
    # A loader that looks for the wrong value where nothing is would pass everything.
    nothing = next(test for test in tests.values() if "ColonMissing" in test["flags"])
    del nothing["input"]["signature"]
    path.write_text(json.dumps(file))
    fit(tmp_path)
    done = run(language, str(tmp_path))
    assert done.returncode == 1, done.stdout + done.stderr
    failed = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("    ")]
    assert sorted(failed) == sorted([accepted["id"], wrong["id"], nothing["id"]])


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_acceptable_test_that_comes_out_otherwise_is_reported_and_does_not_fail(
    language: str, tmp_path: Path
) -> None:
    shutil.copytree(vector_files.V1, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "user-login.json"
    file = json.loads(path.read_text())
    tests = [test for group in file["testGroups"] for test in group["tests"]]
    acceptable = [test for test in tests if test["result"] == "acceptable"]
    computed = next(test for test in acceptable if "expected" in test)
    refused = next(test for test in acceptable if test.get("refused") == "SRP_B")
    right = next(test for test in tests if test["result"] == "valid")
    computed["expected"]["key"] = "0" * 32
    refused["input"]["srp_b"] = right["input"]["srp_b"]
    path.write_text(json.dumps(file))
    fit(tmp_path)
    done = run(language, str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    reported = [line.split()[1] for line in lines if line.startswith("  acceptable: ")]
    assert sorted(reported) == sorted([computed["id"], refused["id"]])
    assert lines[-1].endswith(" passed, 0 failed, 2 acceptable tests came out otherwise")


def fit(folder: Path) -> None:
    """Write the manifest anew, so that it fits the files that were changed."""
    files = vector_files.hashed(folder)
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    for name, digest in files.items():
        manifest["files"][name]["sha256"] = digest
    path.write_text(json.dumps(manifest))
