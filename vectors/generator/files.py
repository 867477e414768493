"""The files in v1/: each type of group in a file of its own, and what is made of them together.

The id of a test is its first flag and the beginning of a hash over what it is about. So a test that
is changed has another id, and an id means the same for ever.
"""

from __future__ import annotations

import hashlib
import json

from generator.accumulated import accumulated
from generator.example import example_page
from generator.logins import logins
from generator.requests import requests
from generator.samples import Json, Part
from generator.values import values

VERSION = "1.1.0"
"""The first number changes with the format, the second with tests, the third with texts only."""

HEAD: Json = {
    "suite": "cognito-srp-vectors",
    "version": VERSION,
    "source": "the project srp-cognito, vectors/generate.py",
    "license": "0BSD",
}
"""What every file begins with."""

TYPES: dict[str, tuple[str, str]] = {
    "UserLogin": (
        "user-login.json",
        "A user signs in: what the client knows, and every value that it computes.",
    ),
    "DeviceLogin": (
        "device-login.json",
        "A remembered device signs in: what the client knows, and every value that it computes.",
    ),
    "UserVerification": (
        "user-verification.json",
        "A user signs in: what the server knows, and every value that it computes.",
    ),
    "DeviceVerification": (
        "device-verification.json",
        "A remembered device signs in: what the server knows, and every value that it computes.",
    ),
    "SharedSecret": (
        "shared-secret.json",
        "S and the key from a u that is given: shapes that no search finds in a whole login.",
    ),
    "Timestamp": (
        "timestamp.json",
        "TIMESTAMP of a moment.",
    ),
    "SecretHash": (
        "secret-hash.json",
        "SECRET_HASH of a user name, an app client's id and its secret.",
    ),
    "DeviceRegistration": (
        "device-registration.json",
        "PasswordVerifier and Salt, by which ConfirmDevice registers a device.",
    ),
    "Answer": (
        "answer.json",
        "RespondToAuthChallenge and AdminRespondToAuthChallenge, for every challenge.",
    ),
    "Beginning": (
        "beginning.json",
        "InitiateAuth and AdminInitiateAuth, for every flow.",
    ),
    "Account": (
        "account.json",
        "The other operations that take SecretHash: signing up, confirming, forgotten passwords.",
    ),
    "RefreshToken": (
        "refresh-token.json",
        "GetTokensFromRefreshToken and RevokeToken.",
    ),
    "Possession": (
        "possession.json",
        "ConfirmDevice, UpdateDeviceStatus, AssociateSoftwareToken and VerifySoftwareToken.",
    ),
    "EncodedData": (
        "encoded-data.json",
        "EncodedData of UserContextData, in the form of AWS's Android client.",
    ),
}
"""By type of group: the file, and what it holds."""

RETIRED: dict[str, str] = {}
"""Ids that are used no more, and why. They stay in ids.json, and are never used again."""


def content(type_: str, test: Json) -> str:
    """SHA-256 of what a test is about, which is everything but its flags and its words."""
    about = {
        name: test[name] for name in ("result", "refused", "input", "expected") if name in test
    }
    text = json.dumps({"type": type_, **about}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def numbered(type_: str, test: Json) -> Json:
    """The test with its id in front."""
    return {"id": f"{test['flags'][0]}-{content(type_, test)[:8]}", **test}


def noted(groups: list[Json], notes: dict[str, tuple[str, str, str]]) -> Json:
    """The notes of the flags in these groups."""
    used = {flag for group in groups for test in group["tests"] for flag in test["flags"]}
    names = ("bugType", "description", "effect")
    return {flag: dict(zip(names, notes[flag], strict=True)) for flag in sorted(used)}


def count(groups: list[Json]) -> int:
    return sum(len(group["tests"]) for group in groups)


def merged(parts: list[Part]) -> Part:
    """All groups with the ids of their tests, and all notes; AssertionError if names collide."""
    groups: list[Json] = []
    notes: dict[str, tuple[str, str, str]] = {}
    for part in parts:
        if notes.keys() & part.notes.keys():
            raise AssertionError(f"two meanings: {sorted(notes.keys() & part.notes.keys())}")
        notes |= part.notes
        groups += [
            {**group, "tests": [numbered(group["type"], test) for test in group["tests"]]}
            for group in part.groups
        ]
    used = {flag for group in groups for test in group["tests"] for flag in test["flags"]}
    if used != notes.keys():
        raise AssertionError(f"flags without a test, or tests without a note: {used ^ set(notes)}")
    return Part(groups, notes)


def shown(test: Json, notes: dict[str, tuple[str, str, str]]) -> set[tuple[str, str]]:
    """What a test stands for among those of its type: its flags, and what it must have refused.

    A check that is missing for one value may be there for another. Where a missing check lets
    somebody in, a test stands for itself: a check for 0 alone lets N through.
    """
    if test["result"] != "invalid":
        return {(flag, "") for flag in test["flags"]}
    return {
        (flag, test["id"] if notes[flag][0] == "MISSING_CHECK" else test["refused"])
        for flag in test["flags"]
    }


def quick(part: Part) -> Json:
    """The shortest test of each flag of each type and of each value that must be refused.

    Of the checks that may be missing it has all.
    """
    chosen: list[Json] = []
    for type_ in TYPES:
        groups = [group for group in part.groups if group["type"] == type_]
        tests = [test for group in groups for test in group["tests"]]
        missing = {what for test in tests for what in shown(test, part.notes)}
        picked = []
        for test in sorted(tests, key=lambda test: len(json.dumps(test))):
            if missing & shown(test, part.notes):
                missing -= shown(test, part.notes)
                picked.append(test["id"])
        kept = [test for test in tests if test["id"] in picked]
        comment = f"One test of each flag of {type_}, and all of the checks that may be missing."
        chosen.append({"type": type_, "comment": comment, "tests": kept})
    return {
        **HEAD,
        "type": "Quick",
        "schema": "schema.json",
        "numberOfTests": count(chosen),
        "header": [
            "One test of each flag of each type and of each value that must be refused.",
            "All tests of the checks that may be missing.",
            "They are taken from the other files, where they have the same id.",
        ],
        "notes": noted(chosen, part.notes),
        "testGroups": chosen,
    }


def printed(content: Json) -> bytes:
    """The bytes of a file."""
    return (json.dumps(content, indent=1, ensure_ascii=True) + "\n").encode("ascii")


def ids(part: Part, before: dict[str, str]) -> Json:
    """Every id that there ever was, with the hash of its content.

    AssertionError if one is missing that was there before and is not retired.
    """
    found: dict[str, str] = {}
    for group in part.groups:
        for test in group["tests"]:
            if test["id"] in found or test["id"] in RETIRED:
                raise AssertionError(f"used twice: {test['id']}, {test['comment']}")
            found[test["id"]] = content(group["type"], test)
    for name, digest in before.items():
        if name not in found and name not in RETIRED:
            raise AssertionError(
                f"{name} was published and is gone or changed; keep the test, or enter the id in "
                "RETIRED in generator/files.py with the reason"
            )
        found.setdefault(name, digest)
    return {**HEAD, "ids": dict(sorted(found.items()))}


def flags_page(files: dict[str, Json], notes: dict[str, tuple[str, str, str]]) -> str:
    """The page of all flags, with the numbers of their tests by result."""
    lines = [
        "# Flags of the vectors",
        "",
        "Written by `vectors/generate.py`. A flag says what is special about a test, or which",
        "mistake a program has that fails it. The numbers count the tests with it, by `result`.",
    ]
    for type_, (name, _) in TYPES.items():
        file = files[name]
        lines += ["", f"## {type_}", "", f"`{name}`: {file['numberOfTests']} tests.", ""]
        lines += ["| flag | bugType | valid | acceptable | invalid | what it is | what users see |"]
        lines += ["|---|---|---|---|---|---|---|"]
        for flag in file["notes"]:
            bug_type, description, effect = notes[flag]
            tests = [
                test
                for group in file["testGroups"]
                for test in group["tests"]
                if flag in test["flags"]
            ]
            counts = [
                str(sum(test["result"] == result for test in tests) or "")
                for result in ("valid", "acceptable", "invalid")
            ]
            cells = [f"`{flag}`", bug_type, *counts, description, effect]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def files(before: dict[str, str], schema: bytes) -> dict[str, bytes]:
    """The bytes of every file that is generated, by its path from vectors/.

    `before` are the ids of ids.json on disk. The schema is written by hand, and only listed.
    """
    part = merged([logins(), values(), requests()])
    made: dict[str, Json] = {}
    for type_, (name, about) in TYPES.items():
        groups = [group for group in part.groups if group["type"] == type_]
        made[name] = {
            **HEAD,
            "type": type_,
            "schema": "schema.json",
            "numberOfTests": count(groups),
            "header": [about],
            "notes": noted(groups, part.notes),
            "testGroups": groups,
        }
    page = flags_page(made, part.notes)
    made["quick.json"] = quick(part)
    made["accumulated.json"] = {**HEAD, **accumulated()}
    made["ids.json"] = ids(part, before)
    written = {name: printed(content) for name, content in made.items()}
    written["schema.json"] = schema
    listed = {
        name: {"sha256": hashlib.sha256(octets).hexdigest(), "size": len(octets)}
        for name, octets in sorted(written.items())
    }
    for name, content in made.items():
        if "testGroups" in content:
            listed[name] |= {"type": content["type"], "numberOfTests": content["numberOfTests"]}
    manifest = printed({**HEAD, "files": listed})
    return {
        **{f"v1/{name}": printed(content) for name, content in made.items()},
        "v1/manifest.json": manifest,
        "FLAGS.md": page.encode("utf-8"),
        "EXAMPLE.md": example_page(part.groups).encode("utf-8"),
    }
