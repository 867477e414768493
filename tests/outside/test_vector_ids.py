"""An id names a test of the vectors for ever, and the manifest fits every file."""

import copy
import hashlib
import importlib
import re
from collections.abc import Iterator
from typing import Any

import newest
import pytest
import vector_files

pytestmark = pytest.mark.skipif(not newest.INSTALLED, reason=newest.MISSING)

ROOT = vector_files.VECTORS.parent
IDS = vector_files.load("ids.json")["ids"]
TYPES = (*vector_files.LOGINS, *vector_files.VALUES, *vector_files.REQUESTS)


@pytest.fixture(scope="module")
def files() -> Iterator[Any]:
    """The part of the generator that makes ids."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(vector_files.VECTORS))
        yield importlib.import_module("generator.files")


def test_every_test_has_the_id_of_its_content(files: Any) -> None:
    for type_ in TYPES:
        for test in vector_files.tests(type_):
            digest = files.content(type_, test)
            assert test["id"] == f"{test['flags'][0]}-{digest[:8]}"
            assert IDS[test["id"]] == digest, "the content has changed, so the id must, too"


ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}


def written(value: Any) -> str:
    """JSON as vectors/README.md says that an id is computed from it, without a library."""
    match value:
        case dict():
            members = (f"{written(name)}:{written(value[name])}" for name in sorted(value))
            return "{" + ",".join(members) + "}"
        case list():
            return "[" + ",".join(map(written, value)) + "]"
        case str():
            return '"' + "".join(map(escaped, value)) + '"'
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
    raise AssertionError(f"the vectors hold a {type(value).__name__}")


def escaped(letter: str) -> str:
    if letter in ESCAPES:
        return ESCAPES[letter]
    if " " <= letter <= "~":
        return letter
    units = letter.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def test_another_program_computes_the_same_ids_by_the_rule_of_the_readme() -> None:
    texts = ""
    for type_ in TYPES:
        for test in vector_files.tests(type_):
            about = ("result", "refused", "input", "expected")
            text = written({"type": type_, **{name: test[name] for name in about if name in test}})
            digest = hashlib.sha256(text.encode("ascii")).hexdigest()
            assert test["id"] == f"{test['flags'][0]}-{digest[:8]}"
            assert IDS[test["id"]] == digest
            texts += text
    # Some are not ASCII, and some not in the basic plane.
    assert "\\u00e9" in texts
    assert "\\ud83d\\ude80" in texts


def test_an_id_that_no_test_has_is_retired(files: Any) -> None:
    used = [test["id"] for test in vector_files.tests(*TYPES)]
    assert len(set(used)) == len(used)
    assert set(IDS) - set(used) == set(files.RETIRED)


def test_a_test_that_is_changed_gets_another_id(files: Any) -> None:
    (test, *_) = vector_files.tests("UserLogin")
    changed = copy.deepcopy(test)
    del changed["id"]
    changed["input"]["password"] += " "
    assert files.numbered("UserLogin", changed)["id"] != test["id"]
    assert files.content("UserLogin", test | {"comment": "x"}) == IDS[test["id"]]


def test_a_published_id_cannot_be_lost(files: Any) -> None:
    part = files.Part(vector_files.groups(*TYPES), {})
    assert files.ids(part, IDS)["ids"] == IDS
    with pytest.raises(AssertionError, match="Widths-00000000 was published and is gone"):
        files.ids(part, {**IDS, "Widths-00000000": "0" * 64})


def test_the_manifest_has_every_file_to_the_last_byte() -> None:
    listed = vector_files.MANIFEST["files"]
    found = {name: about["sha256"] for name, about in listed.items()}
    assert found == vector_files.hashed(vector_files.V1)


def test_every_file_has_the_version_the_source_and_the_licence() -> None:
    head = {name: vector_files.MANIFEST[name] for name in ("suite", "version", "source", "license")}
    for name in vector_files.MANIFEST["files"]:
        if name != "schema.json":
            file = vector_files.load(name)
            assert {member: file[member] for member in head} == head, name
    assert re.fullmatch(r"1\.\d+\.\d+", head["version"])
    licence = (vector_files.VECTORS / "LICENSE").read_text("utf-8")
    assert f"SPDX: {head['license']}" in licence


def test_the_pages_name_the_version() -> None:
    version = vector_files.MANIFEST["version"]
    page = (ROOT / "docs" / "take-the-vectors.md").read_text("utf-8")
    assert set(re.findall(r"cognito-srp-vectors[-@]v?(\d+\.\d+\.\d+)", page)) == {version}
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"Test vectors for any language in `vectors/`, version {version}," in changes


def test_the_readme_names_every_file_and_every_type() -> None:
    readme = (vector_files.VECTORS / "README.md").read_text("utf-8")
    for name, about in vector_files.MANIFEST["files"].items():
        assert f"`{name}`" in readme, name
        if about.get("type") not in (None, "Quick"):
            assert f"`{about['type']}`" in readme, about["type"]
