"""The command line as a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def run(
    *arguments: str, stdin: bytes | int | None = b"", module: bool = True
) -> subprocess.CompletedProcess[bytes]:
    script = Path(sys.executable).with_name("srp-cognito")
    command = [sys.executable, "-m", "srp_cognito"] if module else [str(script)]
    given: dict[str, Any] = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    return subprocess.run(
        [*command, *arguments], capture_output=True, timeout=60, check=False, **given
    )


def answers(done: subprocess.CompletedProcess[bytes]) -> list[Any]:
    return [json.loads(line) for line in done.stdout.splitlines()]
