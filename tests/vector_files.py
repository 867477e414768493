"""The files in vectors/v1/, read once, for the tests that use them."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[1] / "vectors"
V1 = VECTORS / "v1"


def load(name: str) -> Any:
    """Return the content of a file in vectors/v1/."""
    return json.loads((V1 / name).read_text("utf-8"))


MANIFEST = load("manifest.json")
BY_TYPE = {
    about["type"]: load(name)
    for name, about in MANIFEST["files"].items()
    if about.get("type") not in (None, "Quick")
}
"""The files with tests, by type; quick.json, which repeats some of them, is not one of these."""

LOGINS = ("UserLogin", "DeviceLogin", "UserVerification", "DeviceVerification")
REQUESTS = ("Answer", "Beginning", "Account", "RefreshToken", "Possession", "EncodedData")
VALUES = ("SharedSecret", "Timestamp", "SecretHash", "DeviceRegistration")


def groups(*types: str) -> list[Any]:
    """Return the groups of these types."""
    return [group for type_ in types for group in BY_TYPE[type_]["testGroups"]]


def tests(*types: str) -> list[Any]:
    """Return the tests of these types."""
    return [test for group in groups(*types) for test in group["tests"]]


def count(*types: str) -> int:
    """Return how many tests the files of these types say they have."""
    return sum(int(BY_TYPE[type_]["numberOfTests"]) for type_ in types)


def logins_and_samples() -> int:
    """Return how many logins have their values in the files, with those of the accumulated ones."""
    return count(*LOGINS) + len(load("accumulated.json")["samples"])


def notes() -> dict[str, Any]:
    """Return the notes of all flags."""
    return {flag: note for file in BY_TYPE.values() for flag, note in file["notes"].items()}


def moment(text: str) -> datetime:
    """Return the moment that a vector names in ISO 8601."""
    return datetime.fromisoformat(text)


def hashed(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder but its manifest."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "manifest.json"
    }
