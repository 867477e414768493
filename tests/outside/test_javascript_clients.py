"""Clients in JavaScript, AWS's own and others, log in to the pool over HTTP, unchanged.

Each has its own SRP. `make javascript` installs them, at the versions of a lock file.
tests/javascript/ has a program for each, which plays a scenario and reports what happened. One of
them is Amplify in a page, in whichever Chromium is installed.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import oracle
import pytest
from in_place_of_aws import CODE
from peers import PASSWORD, POOL_ID
from pool_calls import INCORRECT, PUBLIC, TOTP_SECRET

from srp_cognito.proof import server
from srp_cognito.testing import CustomChallenge, Refused, SigningKeys, UserPool, serve
from srp_cognito.testing.totp import code_at

FOLDER = Path(__file__).parents[1] / "javascript"

BROWSER = next(
    filter(None, map(shutil.which, ["chromium", "google-chrome", "chromium-headless-shell"])), None
)
needs_browser = pytest.mark.skipif(
    BROWSER is None, reason="Chromium is needed: apt-get install chromium"
)

# The programs in tests/javascript/.
OF_AWS = ["identity_js", "amplify"]
OF_OTHERS = ["cognito_srp_helper", "franken_srp"]
IN_BROWSER = pytest.param("chromium", marks=needs_browser)

pytestmark = [
    pytest.mark.slow,  # Each login takes them a quarter of a second.
    pytest.mark.skipif(
        shutil.which("node") is None or not (FOLDER / "node_modules").is_dir(),
        reason="Node and npm are needed, and then: make javascript",
    ),
]


def chance(length: int) -> bytes:
    """Random bytes that give the same code each time, but different devices and tokens."""
    number = secrets.randbits(8 * length - 24) * 10**6 + int(CODE)
    return number.to_bytes(length, "big")


@pytest.fixture(params=["always", "opt-in"])
def pool(request: pytest.FixtureRequest, signing_keys: SigningKeys) -> UserPool:
    pool = UserPool(
        POOL_ID, token_bytes=chance, signing_keys=signing_keys, remember_devices=request.param
    )
    pool.add_app_client(PUBLIC.client_id)
    email, phone = {"email": "alice@example.com"}, {"phone_number": "+15551234567"}
    both = {**email, **phone}
    pool.add_user("alice", PASSWORD, attributes=email, aliases=["alice@example.com"])
    pool.add_user("bob", PASSWORD, must_change_password=True, required_attributes=["name"])
    pool.add_user("carol", PASSWORD, totp_secret=TOTP_SECRET)
    pool.add_user("dora", PASSWORD, attributes=both, mfa=["SMS_MFA"], totp_secret=TOTP_SECRET)
    pool.add_user("emil", PASSWORD, attributes=both, aliases=["emil@example.com"])
    riddles = [CustomChallenge({"riddle": "1"}, "one"), CustomChallenge({"riddle": "2"}, "two")]
    pool.add_user("frank", PASSWORD, custom_challenges=riddles)
    return pool


@pytest.fixture
def answered() -> list[str]:
    """What reached the pool, one line for each call."""
    return []


@pytest.fixture
def url(pool: UserPool, answered: list[str]) -> Iterator[str]:
    with serve(pool, log=answered.append) as url:
        yield url


def run(
    client: str, url: str, username: str, *passwords: str, **scenario: object
) -> list[dict[str, object]]:
    """Sign in with each password in turn, in one process, and return what happened."""
    given = {
        "endpoint": url,
        "poolId": POOL_ID,
        "clientId": PUBLIC.client_id,
        "username": username,
        "passwords": passwords,
        "browser": BROWSER,
        **scenario,
    }
    done = subprocess.run(
        ["node", f"{client}.mjs"],
        cwd=FOLDER,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        # TIMESTAMP must be in English and UTC, whatever the machine's language and time zone are.
        env={**os.environ, "TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8"},
    )
    assert done.returncode == 0, done.stderr
    outcomes: list[dict[str, object]] = json.loads(done.stdout)
    return outcomes


@pytest.fixture
def every_u(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The u of each exchange that the pool began."""
    seen: list[int] = []
    checked_u = server.checked_u

    def watched(*arguments: Any) -> int:
        seen.append(checked_u(*arguments))
        return seen[-1]

    monkeypatch.setattr(server, "checked_u", watched)
    return seen


def run_passwordless_auth(
    every_u: list[int], url: str, username: str, *passwords: str, **scenario: object
) -> list[dict[str, object]]:
    """Run it again if a u was short, as one in 512 is.

    It writes u in 32 bytes always (test_buggy_libraries.py), and a right password is refused then.
    """
    for _ in range(5):
        every_u.clear()
        outcomes = run("passwordless_auth", url, username, *passwords, **scenario)
        if len(oracle.pad(min(every_u))) >= 32:
            return outcomes
    pytest.fail("five times a u was short")


def totp() -> str:
    return code_at(TOTP_SECRET, int(time.time()) // 30)


def check_signed_in(pool: UserPool, outcome: dict, username: str) -> None:
    """The tokens are the pool's, including those for the refresh token."""
    assert "error" not in outcome, outcome
    keys = jwt.PyJWKSet.from_dict(pool.jwks())
    for name in ("accessToken", "refreshed"):
        key = keys[jwt.get_unverified_header(outcome[name])["kid"]]
        claims = jwt.decode(outcome[name], key, algorithms=["RS256"], issuer=pool.issuer)
        assert claims["username"] == username
    assert outcome["accessToken"] != outcome["refreshed"]
    assert outcome["attributes"]["sub"] == claims["sub"]


def check_right_and_wrong(pool: UserPool, right: dict, wrong: dict) -> None:
    """Alice's password was right, and then wrong."""
    check_signed_in(pool, right, "alice")
    assert right["asked"] == []
    assert wrong["error"] == {"name": "NotAuthorizedException", "message": INCORRECT}


@pytest.mark.parametrize("client", [*OF_AWS, *OF_OTHERS, IN_BROWSER])
@pytest.mark.parametrize("pool", ["always"], indirect=True)
def test_it_signs_in_and_a_wrong_password_is_refused(client: str, pool: UserPool, url: str) -> None:
    check_right_and_wrong(pool, *run(client, url, "alice@example.com", PASSWORD, "battery staple"))


@pytest.mark.parametrize("pool", ["never"], indirect=True)
def test_passwordless_auth_signs_in_where_no_devices_are_tracked(
    pool: UserPool, url: str, every_u: list[int]
) -> None:
    """It sends no DEVICE_KEY, without which a pool that tracks devices refreshes no tokens."""
    tried = ("alice@example.com", PASSWORD, "battery staple")
    check_right_and_wrong(pool, *run_passwordless_auth(every_u, url, *tried))
    (outcome,) = run_passwordless_auth(every_u, url, "carol", PASSWORD, codes=[totp()])
    check_signed_in(pool, outcome, "carol")
    assert outcome["asked"] == ["otpMfaCode"]


@pytest.mark.parametrize("pool", ["always"], indirect=True)
def test_cognito_srp_helper_signs_in_with_a_client_secret(pool: UserPool, url: str) -> None:
    pool.add_app_client("2secret", "sekrit-client-secret")
    app = {"clientId": "2secret", "clientSecret": "sekrit-client-secret"}
    tried = ("alice", PASSWORD, "battery staple")
    check_right_and_wrong(pool, *run("cognito_srp_helper", url, *tried, **app))
    # The second proof is of the device.
    for outcome in run("cognito_srp_helper", url, "alice", PASSWORD, PASSWORD, **app):
        check_signed_in(pool, outcome, "alice")


@pytest.mark.parametrize(
    ("client", "asked_for"),
    [("identity_js", "InitiateAuth REFRESH_TOKEN_AUTH"), ("amplify", "GetTokensFromRefreshToken")],
)
@pytest.mark.parametrize("pool", ["always"], indirect=True)
def test_it_gets_new_tokens_and_signs_out_everywhere(
    client: str, asked_for: str, pool: UserPool, url: str, answered: list[str]
) -> None:
    """Amplify ignores a refused GlobalSignOut, so the test asks the pool about a token."""
    (outcome,) = run(client, url, "alice", PASSWORD, everywhere=True)
    check_signed_in(pool, outcome, "alice")
    assert [line for line in answered if line.startswith(f"{asked_for} -> tokens")]
    with pytest.raises(Refused, match="Access Token has been revoked"):
        pool.call("GetUser", {"AccessToken": outcome["refreshed"]})


@pytest.mark.parametrize("client", OF_AWS)
@pytest.mark.parametrize("pool", ["always"], indirect=True)
def test_it_sets_a_new_password_with_the_required_attributes(
    client: str, pool: UserPool, url: str
) -> None:
    given = {"newPassword": "a new one", "attributes": {"name": "Bob"}}
    first, second, third = run(client, url, "bob", PASSWORD, "a new one", PASSWORD, **given)
    check_signed_in(pool, first, "bob")
    assert len(first["asked"]) == 1
    assert first["attributes"]["name"] == "Bob"
    check_signed_in(pool, second, "bob")
    assert second["asked"] == []
    assert third["error"]["name"] == "NotAuthorizedException"


@pytest.mark.parametrize("client", [*OF_AWS, *OF_OTHERS, IN_BROWSER])
def test_a_remembered_device_replaces_the_code(
    client: str, pool: UserPool, url: str, answered: list[str], request: pytest.FixtureRequest
) -> None:
    """There is only one code, for the first sign-in."""
    asks_user = "opt-in" in request.node.callspec.id
    scenario = {"codes": [totp()], "remember": asks_user}
    first, second = run(client, url, "carol", PASSWORD, PASSWORD, **scenario)
    check_signed_in(pool, first, "carol")
    assert len(first["asked"]) == 1
    check_signed_in(pool, second, "carol")
    assert second["asked"] == []
    ((key, device),) = pool._directory._users["carol"].devices.items()
    assert first["deviceKey"] == second["deviceKey"] == key
    assert device.is_remembered
    calls = [line.partition(" carol")[0].partition(" ->")[0].split()[-1] for line in answered]
    steps = [step for step in calls if "DEVICE" in step or "Device" in step or "MFA" in step]
    assert steps == [
        "SOFTWARE_TOKEN_MFA",
        "ConfirmDevice",
        *(["UpdateDeviceStatus"] if asks_user else []),
        "DEVICE_SRP_AUTH",
        "DEVICE_PASSWORD_VERIFIER",
    ]


WRONG_CODE = {"name": "CodeMismatchException", "message": "Invalid code received for user"}


@pytest.mark.parametrize("client", [*OF_AWS, *OF_OTHERS])
@pytest.mark.parametrize("pool", ["always"], indirect=True)
def test_a_wrong_code_is_refused(client: str, url: str) -> None:
    (outcome,) = run(client, url, "carol", PASSWORD, codes=["000000"])
    assert outcome["error"] == WRONG_CODE


@pytest.mark.parametrize("pool", ["always"], indirect=True)
def test_a_wrong_code_of_passwordless_auth_is_refused(url: str, every_u: list[int]) -> None:
    (outcome,) = run_passwordless_auth(every_u, url, "carol", PASSWORD, codes=["000000"])
    assert outcome["error"] == WRONG_CODE


@pytest.mark.parametrize(
    ("client", "factor"),
    [
        ("identity_js", "SOFTWARE_TOKEN_MFA"),
        ("identity_js", "SMS_MFA"),
        ("amplify", "TOTP"),
        ("amplify", "SMS"),
    ],
)
@pytest.mark.parametrize("pool", ["always"], indirect=True)
def test_it_chooses_a_factor(client: str, factor: str, pool: UserPool, url: str) -> None:
    code = CODE if "SMS" in factor else totp()
    (outcome,) = run(client, url, "dora", PASSWORD, factor=factor, codes=[code])
    check_signed_in(pool, outcome, "dora")
    assert len(outcome["asked"]) == 2
    assert [message.medium for message in pool.sent] == (["SMS"] if "SMS" in factor else [])


@pytest.mark.parametrize("client", OF_AWS)
@pytest.mark.parametrize("pool", ["always"], indirect=True)
def test_it_proves_the_password_and_answers_custom_challenges(
    client: str, pool: UserPool, url: str, answered: list[str]
) -> None:
    scenario = {
        "codes": ["one", "two"],
        "flow": "CUSTOM_AUTH",
        "options": {"authFlowType": "CUSTOM_WITH_SRP"},
    }
    (outcome,) = run(client, url, "frank", PASSWORD, **scenario)
    check_signed_in(pool, outcome, "frank")
    assert len(outcome["asked"]) == 2
    assert "CUSTOM_AUTH frank -> PASSWORD_VERIFIER" in answered[0]


@pytest.mark.parametrize("preferred", [True, False], ids=["preferred", "chosen"])
@pytest.mark.parametrize("pool", ["always"], indirect=True)
def test_amplify_proves_the_password_with_user_auth(
    pool: UserPool, url: str, answered: list[str], preferred: bool
) -> None:
    options = {"authFlowType": "USER_AUTH"}
    if preferred:
        options["preferredChallenge"] = "PASSWORD_SRP"
    scenario = {"options": options, "factor": "PASSWORD_SRP", "codes": [PASSWORD]}
    (outcome,) = run("amplify", url, "emil", PASSWORD, **scenario)
    check_signed_in(pool, outcome, "emil")
    steps = [] if preferred else ["CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION"]
    assert [step for step in outcome["asked"] if "PASSWORD" not in step] == steps
    assert any("PASSWORD_VERIFIER emil -> tokens" in line for line in answered)


@pytest.mark.parametrize("username", ["emil", "emil@example.com"])
@pytest.mark.parametrize("preferred", [True, False], ids=["preferred", "chosen"])
@pytest.mark.parametrize("pool", ["always"], indirect=True)
def test_amplify_signs_in_with_a_mailed_code_and_no_password(
    pool: UserPool, url: str, answered: list[str], preferred: bool, username: str
) -> None:
    options = {"authFlowType": "USER_AUTH"}
    if preferred:
        options["preferredChallenge"] = "EMAIL_OTP"
    scenario = {"options": options, "factor": "EMAIL_OTP", "codes": [CODE]}
    (outcome,) = run("amplify", url, username, PASSWORD, **scenario)
    check_signed_in(pool, outcome, "emil")
    steps = [] if preferred else ["CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION"]
    assert outcome["asked"] == [*steps, "CONFIRM_SIGN_IN_WITH_EMAIL_CODE"]
    assert any(f"EMAIL_OTP {username} -> tokens" in line for line in answered)
    assert not any("PASSWORD" in line for line in answered)


@needs_browser
@pytest.mark.parametrize("pool", ["always"], indirect=True)
def test_the_browser_asks_before_it_calls_the_pool_from_a_page_on_localhost(
    pool: UserPool, url: str, answered: list[str]
) -> None:
    (outcome,) = run("chromium", url, "alice", PASSWORD, pageHost="localhost")
    check_signed_in(pool, outcome, "alice")
    assert 1 <= len(outcome["preflights"]) <= len(answered)
    assert set(outcome["preflights"]) == {200}


@needs_browser
@pytest.mark.parametrize("is_allowed", [False, True])
@pytest.mark.parametrize("pool", ["always"], indirect=True)
def test_a_page_on_a_public_address_may_call_the_pool_only_if_the_user_allows_it(
    pool: UserPool, url: str, answered: list[str], is_allowed: bool
) -> None:
    """As docs/test-with-amplify.md says. The browser refuses by itself, and asks nobody."""
    # playwright's name for what Chrome calls "loopback-network", from Chrome 145 on.
    allowed = ["local-network-access"] if is_allowed else []
    (outcome,) = run("chromium", url, "alice", PASSWORD, isPublic=True, permissions=allowed)
    if is_allowed:
        check_signed_in(pool, outcome, "alice")
    else:
        assert outcome["error"]["name"] == "NetworkError"
        assert outcome["preflights"] == []
        assert answered == []


def test_the_lines_of_the_page_run_unchanged() -> None:
    """Node starts the pool, and both clients sign in to it."""
    text = (FOLDER.parent.parent / "docs" / "test-with-amplify.md").read_text("utf-8")
    start, amplify, identity_js = (block.partition("```")[0] for block in text.split("```js\n")[1:])
    # Each client prints one line; after the second, the pool can stop.
    stop = "let lines = 0; const { log } = console;\n"
    stop += "console.log = (...texts) => { log(...texts); if (++lines === 2) pool.kill(); };\n"
    script = f"{start}\n{stop}{amplify}\n{identity_js}"
    # Node looks for packages in the folder of the script.
    path = FOLDER / f"page-{os.getpid()}.mjs"
    path.write_text(script, "utf-8")
    try:
        done = subprocess.run(
            ["node", str(path)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={
                **os.environ,
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            },
        )
    finally:
        path.unlink()
    assert done.stdout.splitlines() == ["true alice", "alice"], done.stderr
