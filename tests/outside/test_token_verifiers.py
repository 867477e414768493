"""The libraries by which backends check tokens accept the pool's, and refuse what they must.

The checks are those of docs/test-token-checks.md, unchanged. openid-client checks ID tokens only in
its own flows: one of them is played, with a stand-in for the hosted pages that hand out the tokens.
"""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from peers import CLIENT_ID, PASSWORD, POOL_ID

from srp_cognito.testing import UserPool, serve

pytestmark = pytest.mark.slow  # Each test waits until some tokens have expired.

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "javascript"
PAGE = (ROOT / "docs" / "test-token-checks.md").read_text("utf-8")

# What each library says of a token. Where it has no word for a case, the page's own check has one.
SAID = {
    "PyJWT": {
        "expired": "Signature has expired",
        "other client": "for another app client|Audience doesn't match",
        "other use": 'Invalid audience|missing the "aud" claim',
        "other issuer": "Invalid issuer",
        "other pool": "Unable to find a signing key",
        "altered": "Signature verification failed",
    },
    "joserfc": {
        "expired": "The token is expired",
        "other client": "Invalid claim: '(client_id|aud)'",
        "other use": "Missing claim: '(client_id|aud)'",
        "other issuer": "Invalid claim: 'iss'",
        "other pool": "No key for kid",
        "altered": "bad_signature",
    },
    "aws-jwt-verify": {
        "expired": "Token expired at",
        "other client": "not allowed: 2other",
        "other use": "Token use not allowed",
        "other issuer": "issuer not configured",
        "other pool": "issuer not configured",
        "altered": "Invalid signature",
    },
    "jose": {
        "expired": '"exp" claim timestamp check failed',
        "other client": "for another use or app client",
        "other use": "for another use or app client",
        "other issuer": 'unexpected "iss" claim value',
        "other pool": "no applicable key found",
        "altered": "signature verification failed",
    },
    "openid-client": {
        "expired": "expiration is past current timestamp",
        "other client": 'unexpected JWT "aud"',
        "other use": 'JWT "aud" .* missing',
        "other issuer": 'unexpected JWT "iss"',
        "other pool": 'unexpected JWT "iss"',
        "altered": "JWT signature verification failed",
    },
}

BEFORE = """
import { readFileSync } from "node:fs";
const { library, poolId, clientId, issuer, jwksUrl, cases } = JSON.parse(readFileSync(0, "utf8"));
"""

AFTER = """
import * as openid from "openid-client";

async function checkInAFlow(token) {
  const metadata = { ...found.serverMetadata(), token_endpoint: "http://localhost/token" };
  const options = { [openid.clockTolerance]: 0 };
  const config = new openid.Configuration(metadata, clientId, options, openid.None());
  openid.allowInsecureRequests(config);
  openid.enableNonRepudiationChecks(config);
  const result = { access_token: "opaque", token_type: "Bearer", id_token: token };
  config[openid.customFetch] = async (url, options) =>
    url === metadata.token_endpoint ? Response.json(result) : fetch(url, options);
  await openid.refreshTokenGrant(config, "opaque");
}

if (foundKeys !== jwksUrl) {
  throw new Error(`Discovery found ${foundKeys}`);
}
const checks = {
  "aws-jwt-verify": checkWithAwsJwtVerify,
  jose: checkWithJose,
  "openid-client": checkInAFlow,
};
const answers = [];
for (const { use, token } of cases) {
  try {
    await checks[library](token, use);
    answers.push("accepted");
  } catch ({ message, cause }) {
    answers.push(`${message}: ${cause?.message}`);
  }
}
console.log(JSON.stringify(answers));
"""

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (FOLDER / "node_modules").is_dir(),
    reason="Node and npm are needed, and then: make javascript",
)


@pytest.fixture
def pool() -> UserPool:
    pool = UserPool(POOL_ID)
    pool.add_user("alice", PASSWORD)
    return pool


def tokens(pool: UserPool, client_id: str = CLIENT_ID) -> dict[str, str]:
    """Alice's tokens by their use."""
    parameters = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    arguments = {"ClientId": client_id, "AuthParameters": parameters}
    reply = pool.call("InitiateAuth", {**arguments, "AuthFlow": "USER_PASSWORD_AUTH"})
    result = reply["AuthenticationResult"]
    assert isinstance(result, dict)
    return {"access": result["AccessToken"], "id": result["IdToken"]}


def altered(token: str) -> str:
    """The token with one letter of its signature changed."""
    at = token.rindex(".") + 100
    return f"{token[:at]}{'B' if token[at] == 'A' else 'A'}{token[at + 1 :]}"


def all_tokens(pool: UserPool) -> dict[tuple[str, str], str]:
    """A token for each case and use; only "right" is right."""
    pool.add_app_client(CLIENT_ID, access_token_seconds=1, id_token_seconds=1)
    expired = tokens(pool)
    time.sleep(1.1)
    pool.add_app_client(CLIENT_ID)
    pool.add_app_client("2other")
    right = tokens(pool)
    another = UserPool("eu-west-1_Another")
    another.add_app_client(CLIENT_ID)
    another.add_user("alice", PASSWORD)
    cases = {
        "right": right,
        "expired": expired,
        "other client": tokens(pool, "2other"),
        "other use": {"access": right["id"], "id": right["access"]},
        "other pool": tokens(another),
        "altered": {use: altered(token) for use, token in right.items()},
    }
    issuer, pool.issuer = pool.issuer, another.issuer
    cases["other issuer"] = tokens(pool)  # Signed with the right key.
    pool.issuer = issuer
    return {(case, use): each for case, by_use in cases.items() for use, each in by_use.items()}


def code_of(library: str, language: str) -> str:
    """The page's code for a library."""
    section = PAGE.partition(f"\n## {library}\n")[2].partition("\n## ")[0]
    (code,) = re.findall(rf"^```{language}\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    return str(code)


def check_said(library: str, said: Mapping[tuple[str, str], str]) -> None:
    """The right tokens were accepted, and each of the others was refused for its own reason."""
    expected = {"right": "^accepted$", **SAID[library]}
    assert {case for case, _ in said} == set(expected)
    for (case, use), words in said.items():
        assert re.search(expected[case], words), f"{case}, {use}: {words}"


@pytest.mark.parametrize(("library", "module"), [("PyJWT", "jwt"), ("joserfc", "joserfc")])
def test_it_accepts_the_pools_tokens_and_refuses_the_rest(
    library: str, module: str, pool: UserPool
) -> None:
    pytest.importorskip(module)
    page: dict = {}
    exec(code_of(library, "python"), page)
    said = {}
    with serve(pool, own_issuer=True):
        for (case, use), token in all_tokens(pool).items():
            try:
                page["check"](token, use, pool.issuer)
                said[case, use] = "accepted"
            except Exception as error:  # noqa: BLE001, since what it says is looked at.
                said[case, use] = str(error)
    check_said(library, said)


@needs_node
@pytest.mark.parametrize(
    ("library", "uses"),
    [("aws-jwt-verify", ["access", "id"]), ("jose", ["access", "id"]), ("openid-client", ["id"])],
)
def test_it_accepts_the_pools_tokens_and_refuses_the_rest_in_node(
    library: str, uses: list[str], pool: UserPool
) -> None:
    # Only this one takes no issuer but AWS's, which the tokens have until the pool is served.
    every = all_tokens(pool) if library == "aws-jwt-verify" else {}
    code = [code_of(each, "js") for each in ("aws-jwt-verify", "jose", "openid-client")]
    # Node looks for packages in the folder of the script.
    path = FOLDER / f"page-{os.getpid()}.mjs"
    path.write_text("\n".join([BEFORE, *code, AFTER]), "utf-8")
    try:
        with serve(pool, own_issuer=True):
            every = every or all_tokens(pool)
            asked = {key: token for key, token in every.items() if key[1] in uses}
            given = {
                "library": library,
                "poolId": POOL_ID,
                "clientId": CLIENT_ID,
                "issuer": pool.issuer,
                "jwksUrl": f"{pool.issuer}/.well-known/jwks.json",
                "cases": [{"use": use, "token": token} for (_, use), token in asked.items()],
            }
            done = subprocess.run(
                ["node", str(path)],
                input=json.dumps(given),
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
    finally:
        path.unlink()
    assert done.returncode == 0, done.stderr
    check_said(library, dict(zip(asked, json.loads(done.stdout), strict=True)))
