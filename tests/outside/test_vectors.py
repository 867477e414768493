"""vectors/v1/: the library computes every valid test and refuses every invalid one.

The oracle made the vectors, and programs in three other languages recompute them
(test_vector_checkers.py); none shares code with the library. vectors/README.md explains the files.
"""

import base64
import hashlib
import itertools
import struct
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

import jsonschema
import newest
import pytest
import vector_files
from engines import EVERY, load_or_skip, use

from srp_cognito import (
    Identity,
    PeerError,
    SignatureMismatch,
    SRPError,
    secret_hash,
    timestamp,
)
from srp_cognito.proof import modexp, srp
from srp_cognito.transcripts.transcript import compute, verify

TESTS = vector_files.tests(*vector_files.LOGINS)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FILES = [*vector_files.BY_TYPE.values(), vector_files.load("quick.json")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file["type"])
def test_a_file_follows_the_schema(file: dict[str, Any]) -> None:
    schema_of(file).validate(file)


def schema_of(file: dict[str, Any]) -> jsonschema.Draft202012Validator:
    """The branch of the schema for this type of file, so that an error names its place."""
    schema = vector_files.load("schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    (branch,) = (
        branch
        for branch in schema["oneOf"]
        if branch["properties"]["type"]["const"] == file["type"]
    )
    return jsonschema.Draft202012Validator({**branch, "$defs": schema["$defs"]})


def test_the_schema_knows_every_member() -> None:
    for file in vector_files.BY_TYPE.values():
        validator = schema_of(file)
        if "testGroups" not in file:
            continue
        for group in file["testGroups"]:
            test = group["tests"][0]
            for place in (test, test["input"], test.get("expected", {})):
                place["surplus"] = "text"
                changed = {**file, "testGroups": [{**group, "tests": [test]}]}
                accepted = validator.is_valid(changed)
                del place["surplus"]
                assert not accepted or place == {}, (group["type"], sorted(place))


def test_a_file_counts_itself_and_explains_every_flag() -> None:
    for file in FILES:
        if "testGroups" in file:
            tests = [test for group in file["testGroups"] for test in group["tests"]]
            assert file["numberOfTests"] == len(tests), file["type"]
            assert {flag for test in tests for flag in test["flags"]} == set(file["notes"])


def test_a_file_has_groups_of_its_own_type() -> None:
    for type_, file in vector_files.BY_TYPE.items():
        assert {group["type"] for group in file.get("testGroups", [])} <= {type_}


def shown(test: dict[str, Any]) -> set[tuple[str, str]]:
    """The flags of a test, each with the value that must be refused, if there is one."""
    at_fault = test["refused"] if test["result"] == "invalid" else ""
    return {(flag, at_fault) for flag in test["flags"]}


def may_be_missing(test: dict[str, Any]) -> bool:
    """Whether the test is about a check without which somebody gets in."""
    notes = vector_files.notes()
    kinds = {notes[flag]["bugType"] for flag in test["flags"]}
    return test["result"] == "invalid" and "MISSING_CHECK" in kinds


def test_the_quick_tests_have_each_flag_of_each_type_and_each_value_that_must_be_refused() -> None:
    """A check that is missing at one side, or for one value, is not seen at another one."""
    quick = vector_files.load("quick.json")
    assert sorted(group["type"] for group in quick["testGroups"]) == sorted(TYPES)
    for group in quick["testGroups"]:
        everything = vector_files.tests(group["type"])
        chosen = group["tests"]
        assert all(test in everything for test in chosen)
        wanted = {what for test in everything for what in shown(test)}
        assert {what for test in chosen for what in shown(test)} == wanted
        checks = [test for test in everything if may_be_missing(test)]
        assert all(test in chosen for test in checks)
        assert len(chosen) <= len(wanted) + len(checks)


MEMBERS = {
    "PASSWORD_CLAIM_SIGNATURE": "signature",
    "TIMESTAMP": "timestamp",
    "SECRET_HASH": "secret_hash",
    "PasswordVerifier": "PasswordVerifier",
}
"""Where the value is that a program with a mistake makes."""


def test_the_loader_of_the_readme_finds_the_value_that_a_mistaken_program_makes() -> None:
    """A loader that looks where nothing is passes every such test."""
    readme = (vector_files.VECTORS / "README.md").read_text("utf-8")
    made = {test["refused"] for test in vector_files.tests(*TYPES) if "refused" in test}
    for refused, member in MEMBERS.items():
        assert f'{refused}: "{member}"' in readme
        assert refused in made
    for test in vector_files.tests(*TYPES):
        if test["result"] == "invalid" and test["refused"] in MEMBERS:
            assert isinstance(test["input"].get(MEMBERS[test["refused"]]), str), test["id"]


TYPES = (*vector_files.LOGINS, *vector_files.VALUES, *vector_files.REQUESTS)


@pytest.fixture(params=[name for name in EVERY if name != modexp.engine().name])
def another_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute on an engine that was not chosen on this machine."""
    use(load_or_skip(request.param), monkeypatch)


def test_every_valid_login_is_computed() -> None:
    compute_valid_logins(TESTS)


def test_every_invalid_login_is_refused_for_its_reason() -> None:
    refuse_invalid_logins(TESTS)


def test_another_engine_computes_some_of_the_logins(another_engine: None) -> None:
    """Their numbers are any numbers to an engine, whose own tests are in proof/modexp/."""
    compute_valid_logins(TESTS[::12])
    refuse_invalid_logins(TESTS[::12])


@pytest.mark.slow
def test_the_engine_for_many_computes_every_login_in_every_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So the rare shapes, for which the logins were searched, are in each of its places."""
    use(load_or_skip("ipp_crypto"), monkeypatch)
    compute_valid_logins(TESTS)
    refuse_invalid_logins(TESTS)


def compute_valid_logins(tests: list[Any]) -> None:
    """Those that this project computes although a program may refuse them are computed, too."""
    for test in tests:
        if "expected" in test:
            expected = {k: v for k, v in test["expected"].items() if k != "verifier"}
            values = compute(test["input"]).to_json()
            assert values == expected, (test["id"], test["comment"])
            verify({**test["input"], "signature": expected["signature"]})


def refuse_invalid_logins(tests: list[Any]) -> None:
    for test in tests:
        if "refused" in test:
            expected: type[SRPError] = SignatureMismatch
            if test["refused"] != "PASSWORD_CLAIM_SIGNATURE":
                expected = PeerError
            try:
                verify(test["input"])
            except expected as error:
                if isinstance(error, PeerError):
                    assert error.name == test["refused"], (test["id"], test["comment"])
            else:
                pytest.fail(f"accepted: {test['id']}, {test['comment']}")


def test_every_login_names_the_moment_of_its_timestamp() -> None:
    """So that a program that writes TIMESTAMP itself is tested, too."""
    for test in vector_files.tests("UserLogin", "DeviceLogin"):
        moment = test["input"].get("moment")
        if moment is None:
            assert test["flags"] == ["TimestampAsGiven"]
        else:
            assert timestamp(vector_files.moment(moment)) == test["input"]["timestamp"]


@pytest.mark.parametrize("test", vector_files.tests("Timestamp"), ids=itemgetter("id"))
def test_every_moment_has_its_timestamp(test: dict[str, Any]) -> None:
    given = test["input"]
    moment = vector_files.moment(given["moment"])
    assert moment == EPOCH + timedelta(milliseconds=given["milliseconds"])
    if "expected" in test:
        assert timestamp(moment) == test["expected"]["timestamp"]
    else:
        assert timestamp(moment) != given["timestamp"]


@pytest.mark.parametrize("test", vector_files.tests("SecretHash"), ids=itemgetter("id"))
def test_every_secret_hash_is_computed(test: dict[str, Any]) -> None:
    given = dict(test["input"])
    sent = given.pop("secret_hash", None)
    made = secret_hash(**given)
    assert made == test["expected"]["secret_hash"] if sent is None else made != sent


@pytest.mark.parametrize("test", vector_files.tests("DeviceRegistration"), ids=itemgetter("id"))
def test_every_registration_is_computed(test: dict[str, Any]) -> None:
    given = test["input"]
    salt = int(given["salt"], 16)
    who = bytes(Identity("device", given["device_group_key"], given["device_key"]))
    x = srp.x(salt, who, given["device_password"].encode("utf-8"))
    made = {
        "PasswordVerifier": base64.b64encode(srp.pad(srp.v(x))).decode(),
        "Salt": base64.b64encode(srp.pad(salt)).decode(),
    }
    if "expected" in test:
        assert {"x": f"{x:x}", "verifier": f"{srp.v(x):x}", **made} == test["expected"]
    else:
        assert made != {name: given[name] for name in made}


@pytest.mark.parametrize("test", vector_files.tests("SharedSecret"), ids=itemgetter("id"))
def test_every_secret_follows_from_its_u(test: dict[str, Any]) -> None:
    """The library takes no u; where one of 0 is refused, `checked_u` has tests of its own."""
    given = {name: text for name, text in test["input"].items() if name not in ("side", "key")}
    number = {name: int(text, 16) for name, text in given.items()}
    u = number["u"]
    if test["input"]["side"] == "client":
        S = srp.S_of_client(number["srp_b"], number["x"], number["a"], u)
    else:
        S = srp.S_of_server(number["srp_a"], number["verifier"], u, number["b"])
    key = srp.key(S, u).hex()
    if "expected" in test:
        assert {"s": f"{S:x}", "key": key} == test["expected"]
    else:
        # What a program without the check computes, so that a checker can recognise it.
        assert (u, key) == (0, test["input"]["key"])


def test_what_is_policy_has_a_reason_and_what_is_not_has_none() -> None:
    tests = vector_files.tests(*TYPES)
    assert {test["result"] for test in tests} == {"valid", "acceptable", "invalid"}
    for test in tests:
        assert ("reason" in test) is (test["result"] == "acceptable")
        assert ("refused" in test) is ("expected" not in test)
    # RFC 5054 itself refuses these, and a signature is right or wrong.
    assert all(test["result"] == "invalid" for test in tests if "ZeroModN" in test["flags"])


class Stream:
    """The inputs of accumulated.json, derived as its description says."""

    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

    def __init__(self, seed: str) -> None:
        self.octets = (
            octet
            for counter in itertools.count()
            for octet in hashlib.sha256(seed.encode("ascii") + struct.pack(">I", counter)).digest()
        )

    def take(self, count: int) -> bytes:
        return bytes(next(self.octets) for _ in range(count))

    def integer(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    def letters(self, most: int, alphabet: str) -> str:
        count = 1 + self.integer(1) % most
        return "".join(alphabet[self.integer(1) % len(alphabet)] for _ in range(count))

    def text(self) -> str:
        count = 1 + self.integer(1) % 24
        text = ""
        for _ in range(count):
            m, kind = divmod(self.integer(2), 8)
            ranges = {4: (0xC0, 64), 5: (0x300, 112), 6: (0x4E00, 1 << 13), 7: (0x1F600, 80)}
            first, size = ranges.get(kind, (0x21, 94))
            text += chr(first + m % size)
        return text

    def identity(self, number: int) -> tuple[Identity, str]:
        if number % 2 == 0:
            pool_name, user_id = self.letters(9, self.digits), self.text()
            return Identity("user", pool_name, user_id), self.text()
        group_key = self.letters(16, self.digits + "-_")
        device_key = f"us-east-1_{uuid.UUID(bytes=self.take(16))}"
        password = base64.b64encode(self.take(40)).decode("ascii")
        return Identity("device", group_key, device_key), password


@pytest.mark.parametrize("most", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_accumulated_logins_have_the_oracles_hash(most: int) -> None:
    file = vector_files.load("accumulated.json")
    stream = Stream(file["seed"])
    results = {result["exchanges"]: result["sha256"] for result in file["results"]}
    wanted = {count: digest for count, digest in results.items() if count <= most}
    found = {}
    lines = hashlib.sha256()
    for number in range(max(wanted)):
        identity, password = stream.identity(number)
        salt = stream.integer(1 + stream.integer(1) % 17)
        a, b = stream.integer(32), stream.integer(32)
        block = stream.take(1 + stream.integer(1) % 64)
        signed_at = timestamp(datetime.fromtimestamp(stream.integer(4), UTC))
        who = bytes(identity)
        x = srp.x(salt, who, password.encode("utf-8"))
        A, B = srp.A(a), srp.B(b, srp.v(x))
        u = srp.u(A, B)
        key = srp.key(srp.S_of_client(B, x, a, u), u)
        claim = srp.signature(key, who, block, signed_at.encode("ascii"))
        lines.update(base64.b64encode(claim) + b"\n")
        if number + 1 in wanted:
            found[number + 1] = lines.hexdigest()
    assert found == wanted


def test_the_samples_of_the_accumulated_logins_are_right() -> None:
    file = vector_files.load("accumulated.json")
    assert len(file["samples"]) == 2
    for sample in file["samples"]:
        expected = {k: v for k, v in sample["expected"].items() if k != "verifier"}
        assert compute(sample["input"]).to_json() == expected


@pytest.mark.slow
@pytest.mark.skipif(not newest.INSTALLED, reason=newest.MISSING)
def test_the_files_are_what_the_oracle_generates() -> None:
    generate = [sys.executable, str(vector_files.VECTORS / "generate.py"), "--check"]
    done = subprocess.run(generate, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
