"""vectors/: the library computes every valid login and refuses every invalid one.

The oracle made the vectors and Node recomputed them; neither shares code with the library.
vectors/README.md explains the files.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import newest
import pytest
from engines import EVERY, load_or_skip, use

from srp_cognito import Identity, PeerError, SignatureMismatch, SRPError, timestamp
from srp_cognito.proof import modexp, srp
from srp_cognito.transcripts.transcript import compute, verify

VECTORS = Path(__file__).parents[2] / "vectors"
LOGINS = json.loads((VECTORS / "logins.json").read_text("utf-8"))
TESTS = [test for group in LOGINS["testGroups"] for test in group["tests"]]


def test_the_file_follows_its_schema() -> None:
    schema = json.loads((VECTORS / "logins.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(LOGINS)


def test_the_file_counts_itself_and_explains_every_flag() -> None:
    assert LOGINS["numberOfTests"] == len(TESTS) == len({test["tcId"] for test in TESTS})
    assert {flag for test in TESTS for flag in test["flags"]} == set(LOGINS["notes"])
    results = [test["result"] for test in TESTS]
    assert (results.count("valid"), results.count("invalid")) == (164, 127)


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
    for test in tests:
        if test["result"] == "valid":
            expected = {k: v for k, v in test["expected"].items() if k != "verifier"}
            values = compute(test["input"]).to_json()
            assert values == expected, (test["tcId"], test["comment"])
            verify({**test["input"], "signature": expected["signature"]})


def refuse_invalid_logins(tests: list[Any]) -> None:
    for test in tests:
        if test["result"] == "invalid":
            expected: type[SRPError] = SignatureMismatch
            if test["refused"] != "PASSWORD_CLAIM_SIGNATURE":
                expected = PeerError
            try:
                verify(test["input"])
            except expected as error:
                if isinstance(error, PeerError):
                    assert error.name == test["refused"], (test["tcId"], test["comment"])
            else:
                pytest.fail(f"accepted: {test['tcId']}, {test['comment']}")


class Stream:
    """The inputs of accumulated.json, derived as its description says."""

    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

    def __init__(self, seed: str, size: int) -> None:
        self.octets = iter(hashlib.shake_128(seed.encode("ascii")).digest(size))

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
    file = json.loads((VECTORS / "accumulated.json").read_text("utf-8"))
    stream = Stream(file["seed"], 400_000)
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
    file = json.loads((VECTORS / "accumulated.json").read_text("utf-8"))
    assert len(file["samples"]) == 2
    for sample in file["samples"]:
        expected = {k: v for k, v in sample["expected"].items() if k != "verifier"}
        assert compute(sample["input"]).to_json() == expected


@pytest.mark.slow
@pytest.mark.skipif(not newest.INSTALLED, reason=newest.MISSING)
def test_the_files_are_what_the_oracle_generates() -> None:
    generate = [sys.executable, str(VECTORS / "generate.py"), "--check"]
    done = subprocess.run(generate, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_node_recomputes_every_vector() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is needed for the second checker, and is not installed")
    done = subprocess.run(
        [node, str(VECTORS / "check.mjs")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].endswith(", 0 failed")
