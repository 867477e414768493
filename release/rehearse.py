"""Publish what is in dist/ to an index on this machine, install it from there, and sign in with it.

    python release/rehearse.py

The index is pypiserver on a free port of the loopback interface, and it ends with the rehearsal.
What the package needs besides itself comes from wherever pip finds it.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
DIST: Final = ROOT / "dist"
PATIENCE: Final = 30.0
"""For how many seconds the index may start."""


@contextlib.contextmanager
def index(folder: Path) -> Iterator[str]:
    """Run an index that takes files from anybody, and yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # `-P . -a .`: no passwords. It listens on this machine alone, for some seconds.
    options = ["run", "--interface", "127.0.0.1", "--port", str(port), "-P", ".", "-a", "."]
    server = subprocess.Popen(
        [sys.executable, "-m", "pypiserver", *options, str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(address).close()
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("pypiserver did not start")


def distributions() -> list[str]:
    """Return the files that an index takes."""
    return [str(path) for kind in ("*.whl", "*.tar.gz") for path in DIST.glob(kind)]


def main() -> int:
    files = distributions()
    if not files:
        print("dist/ has nothing to publish: run release/build_twice.py first", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        kept, environment = Path(folder) / "index", Path(folder) / "environment"
        kept.mkdir()
        python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
        run = [sys.executable, "-m"]
        subprocess.run([*run, "twine", "check", "--strict", *files], check=True)
        with index(kept) as address:
            anybody = ["--username", "x", "--password", "x", "--disable-progress-bar"]
            to = ["--repository-url", address, "--non-interactive", *anybody]
            subprocess.run([*run, "twine", "upload", *to, *files], check=True)
            venv.create(environment, with_pip=False)
            pip = [*run, "pip", "--python", str(python), "install", "--quiet", "--no-cache-dir"]
            # From this index and no other, so that it is the wheel that was uploaded.
            only = ["--isolated", "--index-url", f"{address}simple/", "--no-deps"]
            subprocess.run([*pip, *only, "srp-cognito"], check=True)
        subprocess.run([*pip, "srp-cognito[testing]"], check=True)
        command = [str(python), "-I", "-m", "srp_cognito"]
        subprocess.run([*command, "--version"], check=True)
        subprocess.run([*command, "demo"], check=True, stdout=subprocess.DEVNULL)
    print("published to an index on this machine, installed from there, and signed in")
    return 0


if __name__ == "__main__":
    sys.exit(main())
