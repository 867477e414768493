"""The packages of the vectors: the same bytes twice, and other people's clients test with them."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import vector_files

ROOT = vector_files.VECTORS.parent
VERSION = vector_files.MANIFEST["version"]
NAME = f"cognito-srp-vectors-{VERSION}"
PAGE = (ROOT / "docs" / "take-the-vectors.md").read_text("utf-8")
EXAMPLES = vector_files.VECTORS / "packages"


def build(folder: Path) -> dict[str, bytes]:
    dist = vector_files.VECTORS / "dist.py"
    subprocess.run([sys.executable, dist, folder], check=True, capture_output=True)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    build(folder)
    return folder


def unpacked(tar: Path, folder: Path) -> Path:
    with tarfile.open(tar) as archive:
        archive.extractall(folder, filter="data")
    return folder


def test_two_runs_write_the_same_bytes(made: Path, tmp_path: Path) -> None:
    assert build(tmp_path) == {path.name: path.read_bytes() for path in made.iterdir()}


def test_the_checksums_are_right(made: Path) -> None:
    lines = (made / "SHA256SUMS").read_text() + (made / f"{NAME}.tar.gz.sha256").read_text()
    for line in lines.splitlines():
        digest, name = line.split()
        assert hashlib.sha256((made / name).read_bytes()).hexdigest() == digest
    packed = {line.split()[1] for line in lines.splitlines()}
    assert packed == {f"{NAME}.tar.gz", f"{NAME}.tgz", f"{NAME}-go.zip"}


def test_every_package_has_every_file_and_the_licence(made: Path, tmp_path: Path) -> None:
    tar = unpacked(made / f"{NAME}.tar.gz", tmp_path / "tar") / NAME
    npm = unpacked(made / f"{NAME}.tgz", tmp_path / "npm") / "package"
    with zipfile.ZipFile(made / f"{NAME}-go.zip") as archive:
        archive.extractall(tmp_path / "go")
    go = tmp_path / "go" / f"cognito-srp-vectors@v{VERSION}"
    for folder in (tar, npm, go):
        for path in vector_files.V1.iterdir():
            assert (folder / "v1" / path.name).read_bytes() == path.read_bytes()
        assert (folder / "LICENSE").read_text() == (vector_files.VECTORS / "LICENSE").read_text()
        assert "FFFFFFFFFFFFFFFFC90FDAA2" in (folder / "PROTOCOL.md").read_text()
        # A page has no link out of the package.
        for page in folder.glob("*.md"):
            for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
                outside = target.startswith("https://")
                assert outside or (folder / target).exists(), (page.name, target)
    assert json.loads((npm / "package.json").read_text())["version"] == VERSION


def test_a_file_that_was_edited_is_not_packed(tmp_path: Path) -> None:
    shutil.copytree(vector_files.VECTORS, tmp_path / "vectors")
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "protocol.md", tmp_path / "docs")
    login = tmp_path / "vectors" / "v1" / "user-login.json"
    login.write_text(login.read_text().replace("correct horse", "correct house"))
    done = subprocess.run(
        [sys.executable, tmp_path / "vectors" / "dist.py", tmp_path / "made"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "user-login.json is not what manifest.json says; run make vectors\n"
    assert not (tmp_path / "made").exists()


def test_the_page_shows_the_examples() -> None:
    (script,) = re.findall(r"^```js\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert (EXAMPLES / "npm" / "example.test.mjs").read_text().endswith(script)
    (function,) = re.findall(r"^```go\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert (EXAMPLES / "go" / "example" / "example_test.go").read_text().endswith(function)


@pytest.mark.slow
def test_npms_cognito_srp_helper_passes_every_valid_login(made: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    modules = ROOT / "tests" / "javascript" / "node_modules"
    if node is None or not (modules / "cognito-srp-helper").is_dir():
        pytest.skip("NOT TESTED: the npm package needs Node and npm's packages (make javascript)")
    package = unpacked(made / f"{NAME}.tgz", tmp_path) / "package"
    places = tmp_path / "node_modules"
    places.mkdir()
    for path in modules.iterdir():
        (places / path.name).symlink_to(path)
    package.rename(places / "cognito-srp-vectors")
    shutil.copy(EXAMPLES / "npm" / "example.test.mjs", tmp_path)
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", "example.test.mjs"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    valid = [test for test in vector_files.tests("UserLogin") if test["result"] == "valid"]
    assert f"# pass {len(valid)}\n" in done.stdout
    assert "# fail 0\n" in done.stdout
    assert f"all {len(valid)} valid logins of users" in " ".join(PAGE.split())
    # The module refuses a file that is not whole.
    login = places / "cognito-srp-vectors" / "v1" / "user-login.json"
    login.write_text(login.read_text().replace("correct horse", "correct house"))
    reading = 'import("cognito-srp-vectors").then((it) => it.load("user-login.json"))'
    done = subprocess.run(
        [node, "--input-type=module", "--eval", reading],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "user-login.json was changed: its SHA-256 is " in done.stderr


@pytest.fixture
def module(made: Path, tmp_path: Path) -> Path:
    """The Go module, unpacked."""
    if shutil.which("go") is None:
        pytest.skip("NOT TESTED: the Go module needs Go, which is not installed")
    with zipfile.ZipFile(made / f"{NAME}-go.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path / f"cognito-srp-vectors@v{VERSION}"


def go(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        "GOFLAGS": "-mod=mod",
        "GOCACHE": str(folder.parent / "cache"),
        "GOPATH": str(folder.parent / "path"),
        "GOTOOLCHAIN": "local",
    }
    return subprocess.run(
        ["go", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_go_module_embeds_the_files(module: Path) -> None:
    shutil.copy(EXAMPLES / "go" / "vectors_test.go", module)
    done = go(module, "test", "./...")
    assert done.returncode == 0, done.stdout + done.stderr
    login = module / "v1" / "user-login.json"
    login.write_text(login.read_text().replace("correct horse", "correct house"))
    done = go(module, "test", "./...")
    assert "user-login.json was changed: its SHA-256 is " in done.stdout


@pytest.mark.slow
def test_a_go_client_with_twelve_hours_fails_the_timestamps(module: Path) -> None:
    """alexrudd/cognito-srp has the mistake, so that only its TIMESTAMP fails."""
    example = module / "example"
    shutil.copytree(EXAMPLES / "go" / "example", example)
    if go(example, "mod", "download", "all").returncode != 0:
        pytest.skip("NOT TESTED: Go's module proxy cannot be reached, so there is no Go client")
    done = go(example, "test", "./...")
    assert "--- FAIL: TestTimestamp" in done.stdout, done.stdout + done.stderr
    assert "--- FAIL: TestSecretHash" not in done.stdout
    failed = re.findall(r"example_test.go:\d+: (\S+) ", done.stdout)
    late = [
        test["id"]
        for test in vector_files.tests("Timestamp")
        if test["result"] == "valid"
        and not 1 <= int(test["expected"]["timestamp"].split(" ")[3][:2]) <= 12
    ]
    assert sorted(failed) == sorted(late)
