"""Pack the library into one file with the standard library's zipapp, and run that.

    python tests/platforms/zip_app.py

The file holds the library alone, and has no file system of its own: whatever the library reads of
itself must be found within. `cryptography` cannot be in it, since it is not plain Python; where the
interpreter has it, the file finds it there.
"""

import importlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipapp
from pathlib import Path

import srp_cognito

ROOT = Path(__file__).parents[2]
LOGINS = json.loads((ROOT / "vectors" / "v1" / "user-login.json").read_text("utf-8"))
TRANSCRIPT = LOGINS["testGroups"][0]["tests"][0]["input"]


def run(app: Path, *arguments: str, stdin: str = "") -> str:
    # -I: neither this folder nor PYTHONPATH may help it.
    done = subprocess.run(
        [sys.executable, "-I", app, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=app.parent,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{app.name} {' '.join(arguments)} failed: {done.stderr}")
    return done.stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder, "content")
        shutil.copytree(
            Path(srp_cognito.__file__).parent,
            content / "srp_cognito",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        app = Path(folder, "srp-cognito.pyz")
        zipapp.create_archive(content, app, main="srp_cognito.__main__:main", compressed=True)
        kilobytes = app.stat().st_size // 1000
        engine = run(app, "engine").splitlines()[0]
        computed = json.loads(run(app, "compute", stdin=json.dumps(TRANSCRIPT)))
        if "signature" not in computed:
            sys.exit(f"the packed program computed {computed}")
        tour = run(app, "demo", "--values")
        if "Pool: SIGNED IN" not in tour:
            sys.exit(f"the packed program's tour ended otherwise: {tour}")
        sys.path.insert(0, str(app))
        for name in [name for name in sys.modules if name.startswith("srp_cognito")]:
            del sys.modules[name]
        if not importlib.import_module("srp_cognito.proof.srp").__file__.startswith(str(app)):
            sys.exit("the library came from elsewhere than the file")
    print(f"a file of {kilobytes} kB runs compute, engine and demo, on the engine {engine}")


if __name__ == "__main__":
    main()
