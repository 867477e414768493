"""Recompute the logins in vectors/v1/ with the library, on any Python that has it.

    python tests/platforms/vectors.py [FOLDER]

It needs nothing else, and no `assert`, which -O takes away. Each login that has values is computed
and verified, each other one is refused for its reason. tests/outside/test_vectors.py does more.
"""

import json
import sys
from pathlib import Path
from typing import Any

from srp_cognito import PeerError, SignatureMismatch, SRPError, engine
from srp_cognito.transcripts.transcript import compute, verify

LOGINS = ("user-login", "device-login", "user-verification", "device-verification")


def check_valid(given: dict[str, Any], expected: dict[str, str]) -> None:
    computed = compute(given).to_json()
    if computed != {name: value for name, value in expected.items() if name != "verifier"}:
        raise SystemExit(f"computed otherwise: {given}")
    verify({**given, "signature": expected["signature"]})


def check_invalid(given: dict[str, Any], refused: str) -> None:
    try:
        verify(given)
    except SRPError as error:
        by_name = error.name if isinstance(error, PeerError) else None
        if isinstance(error, SignatureMismatch):
            by_name = "PASSWORD_CLAIM_SIGNATURE"
        if by_name != refused:
            raise SystemExit(f"refused for {error!r}, and not for {refused}: {given}") from None
    else:
        raise SystemExit(f"accepted, though its {refused} is wrong: {given}")


def main(folder: Path) -> None:
    files = [json.loads((folder / f"{name}.json").read_text("utf-8")) for name in LOGINS]
    tests = [test for file in files for group in file["testGroups"] for test in group["tests"]]
    for test in tests:
        if "expected" in test:
            check_valid(test["input"], test["expected"])
        else:
            check_invalid(test["input"], test["refused"])
    samples = json.loads((folder / "accumulated.json").read_text("utf-8"))["samples"]
    for sample in samples:
        check_valid(sample["input"], sample["expected"])
    count = len(tests) + len(samples)
    print(f"{count} logins are as in the vectors, on the engine {engine().name}")


if __name__ == "__main__":
    vectors = Path(__file__).parents[2] / "vectors" / "v1"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else vectors)
