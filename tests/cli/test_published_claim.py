"""published_claim.py: it is the claim that AWS published, and its signature is right."""

import base64
import json
from pathlib import Path

import oracle

from srp_cognito.cli.published_claim import SOURCE, TRANSCRIPT

PUBLISHED = json.loads(
    (
        Path(__file__).parents[2] / "vectors" / "published" / "aws-sdk-net-extensions-cognito.json"
    ).read_text("utf-8")
)
ROW = PUBLISHED["vectors"][0]


def test_it_is_the_published_one() -> None:
    assert dict(TRANSCRIPT) == {
        "kind": "user",
        "pool_id": f"us-east-1_{ROW['pool_name']}",
        "user_id": ROW["user"],
        "password": ROW["password"],
        "a": ROW["a"],
        "salt": ROW["salt"],
        "srp_b": ROW["B"],
        "secret_block": ROW["secret_block"],
        "timestamp": ROW["timestamp"],
        "signature": ROW["expected_signature"],
    }


def test_its_source_is_the_published_one() -> None:
    repository, file, commit = SOURCE.split(", ")
    provenance = PUBLISHED["provenance"]
    assert repository == provenance["repo"]
    assert provenance["file"].endswith(f"/{file}")
    assert provenance["commit"].startswith(commit)


def test_its_signature_is_right() -> None:
    a, B = int(TRANSCRIPT["a"], 16), int(TRANSCRIPT["srp_b"], 16)
    group, member = TRANSCRIPT["pool_id"].partition("_")[2], TRANSCRIPT["user_id"]
    x = oracle.x(group, member, TRANSCRIPT["password"], int(TRANSCRIPT["salt"], 16))
    u = oracle.u(oracle.public_a(a), B)
    key = oracle.key(u, oracle.client_s(B, x, a, u))
    block = base64.b64decode(TRANSCRIPT["secret_block"])
    made = oracle.signature(key, group, member, block, TRANSCRIPT["timestamp"])
    assert made == TRANSCRIPT["signature"]
