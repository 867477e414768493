"""Build what is released, twice, and see that both builds are the same bytes.

    python release/build_twice.py

Each build is of a fresh copy of the last commit, so that nothing gets in that is not committed. In
dist/ are then the wheel, the source distribution, the list of what is installed with the wheel, in
CycloneDX's format (an SBOM), and SHA256SUMS of the three.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
DIST: Final = ROOT / "dist"


def build(folder: Path) -> dict[str, bytes]:
    """Return the files that a fresh copy of the last commit makes, by name."""
    packed = folder / "commit.tar"
    with packed.open("wb") as output:
        subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, stdout=output)
    source, out = folder / "source", folder / "out"
    with tarfile.open(packed) as archive:
        archive.extractall(source, filter="data")
    # The time of the files in both is the commit's.
    committed = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(out), str(source)],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "SOURCE_DATE_EPOCH": committed.stdout.strip()},
    )
    return {path.name: path.read_bytes() for path in out.iterdir()}


def differing(first: Mapping[str, bytes], second: Mapping[str, bytes]) -> list[str]:
    """Return the names of files that are not in both, or are not the same in both."""
    names = sorted({*first, *second})
    return [name for name in names if first.get(name) != second.get(name)]


def bill_of_materials(wheel: Path, output: Path) -> None:
    """Write what comes with the wheel where it is installed, with versions and licences."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=False)
        python = str(Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python")
        pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
        subprocess.run([*pip, str(wheel)], check=True)
        subprocess.run(
            [
                *(sys.executable, "-m", "cyclonedx_py", "environment", python),
                *("--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "library"),
                *("--output-reproducible", "--output-file", str(output)),
            ],
            check=True,
        )


def main() -> int:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        files, again = build(Path(one)), build(Path(two))
    wrong = differing(files, again)
    if wrong:
        print(f"two builds of one commit differ: {', '.join(wrong)}", file=sys.stderr)
        return 1
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    for name, content in files.items():
        (DIST / name).write_bytes(content)
    (wheel,) = DIST.glob("*.whl")
    bill_of_materials(wheel, DIST / f"{'-'.join(wheel.stem.split('-')[:2])}.cdx.json")
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}"
        for path in sorted(DIST.iterdir())
    ]
    (DIST / "SHA256SUMS").write_text("\n".join(sums) + "\n", "utf-8")
    print("\n".join(sums))
    return 0


if __name__ == "__main__":
    sys.exit(main())
