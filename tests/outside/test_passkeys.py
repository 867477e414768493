"""Passkeys as others see them: the standard's own vectors, another library, and AWS's clients.

The pool accepts what the standard publishes and what a browser makes, and py_webauthn accepts what
the test authenticator makes. None of them shares code with `fido2`.
"""

import json
import secrets
import shutil
import subprocess
from pathlib import Path

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from credentials import b64, unb64
from peers import PASSWORD, POOL_ID
from pool_calls import PUBLIC, answer, begin, refused_answer, signed_in

from srp_cognito import SignIn
from srp_cognito.testing import UserPool, serve
from srp_cognito.testing.authenticator import Authenticator

FOLDER = Path(__file__).parents[1] / "javascript"
BROWSER = next(
    filter(None, map(shutil.which, ["chromium", "google-chrome", "chromium-headless-shell"])), None
)
needs_browser = pytest.mark.skipif(
    BROWSER is None or not (FOLDER / "node_modules" / "playwright-core").is_dir(),
    reason="Node, npm and Chromium are needed, and then: make javascript",
)
ORIGIN = "https://example.org"
VECTORS = json.loads((Path(__file__).parent / "webauthn.json").read_text("utf-8"))
NAMES = [name for name in VECTORS if name != "source"]


class Chance:
    """Random bytes, except for the challenge that comes next."""

    challenge: bytes | None = None

    def __call__(self, length: int) -> bytes:
        drawn = self.challenge if length == 16 else None
        if drawn is None:
            return secrets.token_bytes(length)
        self.challenge = None
        return drawn


def published(vector: dict[str, str], credential_id: str, **more: object) -> dict[str, object]:
    """A published credential as JSON, with the members that the vectors do not have."""
    names = set(vector) - {"challenge", "credentialId"}
    response = {name: b64(bytes.fromhex(vector[name])) for name in names}
    return {
        "id": credential_id,
        "rawId": credential_id,
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {**response, **more},
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_pool_accepts_what_the_standard_publishes(name: str) -> None:
    chance = Chance()
    pool = UserPool(POOL_ID, token_bytes=chance, relying_party="example.org")
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("alice", PASSWORD)
    create, get = VECTORS[name]["create"], VECTORS[name]["get"]
    credential_id = b64(bytes.fromhex(create["credentialId"]))
    more = {"authenticatorData": "", "transports": [], "publicKeyAlgorithm": -7}

    def made(options: dict[str, object]) -> dict[str, object]:
        assert options["challenge"] == b64(bytes.fromhex(create["challenge"]))
        return published(create, credential_id, **more)

    chance.challenge = bytes.fromhex(create["challenge"])
    assert pool.add_passkey("alice", made) == credential_id
    got = published(get, credential_id)
    for good in (False, True):
        # The same signature for another challenge is refused.
        chance.challenge = bytes.fromhex(get["challenge"]) if good else bytes(16)
        reply = begin(pool, "USER_AUTH", USERNAME="alice", PREFERRED_CHALLENGE="WEB_AUTHN")
        if good:
            assert signed_in(answer(pool, reply, CREDENTIAL=json.dumps(got)))
        else:
            kind, _ = refused_answer(pool, reply, CREDENTIAL=json.dumps(got))
            assert kind == "NotAuthorizedException"


@pytest.mark.parametrize("verifies_user", [False, True])
def test_another_library_accepts_what_the_test_authenticator_makes(verifies_user: bool) -> None:
    webauthn = pytest.importorskip("webauthn", reason="py_webauthn is missing: `make check` has it")
    pool = UserPool(POOL_ID, relying_party="example.org")
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("alice", PASSWORD)
    device = Authenticator(ORIGIN, verifies_user=verifies_user)
    seen = []

    def create(options: dict[str, object]) -> dict[str, object]:
        seen.extend([options, device.create(options)])
        return seen[1]

    pool.add_passkey("alice", create)
    options, made = seen
    # It reads the pool's options, too. AWS's sample has no "attestation", which may be left out.
    parsed = webauthn.helpers.parse_registration_options_json({**options, "attestation": "none"})
    registered = webauthn.verify_registration_response(
        credential=made,
        expected_challenge=parsed.challenge,
        expected_rp_id="example.org",
        expected_origin=ORIGIN,
        require_user_verification=verifies_user,
        supported_pub_key_algs=[each.alg for each in parsed.pub_key_cred_params],
    )
    assert registered.credential_id == unb64(made["id"])
    assert registered.user_verified is verifies_user
    reply = begin(pool, "USER_AUTH", USERNAME="alice", PREFERRED_CHALLENGE="WEB_AUTHN")
    asked = json.loads(reply["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    got = device.get(asked)
    checked = webauthn.verify_authentication_response(
        credential=got,
        expected_challenge=webauthn.helpers.parse_authentication_options_json(asked).challenge,
        expected_rp_id="example.org",
        expected_origin=ORIGIN,
        credential_public_key=registered.credential_public_key,
        credential_current_sign_count=registered.sign_count,
        require_user_verification=verifies_user,
    )
    assert checked.new_sign_count == registered.sign_count + 1
    assert signed_in(answer(pool, reply, CREDENTIAL=json.dumps(got)))


def test_a_passkey_is_registered_and_used_with_boto3_over_http() -> None:
    pool = UserPool(POOL_ID, relying_party="localhost")
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("alice", PASSWORD)
    device = Authenticator("http://localhost:3000")
    with serve(pool) as url:
        cognito = boto3.client(
            "cognito-idp",
            region_name="eu-west-1",
            endpoint_url=url,
            config=Config(signature_version=UNSIGNED),
        )

        def send(call: object) -> dict:
            return getattr(cognito, call.method)(**call.arguments)

        sign_in = SignIn(POOL_ID, "alice", PASSWORD, app=PUBLIC)
        tokens = sign_in.reply(send(sign_in.reply(send(sign_in.start()))))
        own = {"AccessToken": tokens.access_token}
        options = cognito.start_web_authn_registration(**own)["CredentialCreationOptions"]
        credential = device.create(options)
        cognito.complete_web_authn_registration(**own, Credential=credential)
        (listed,) = cognito.list_web_authn_credentials(**own)["Credentials"]
        assert (listed["CredentialId"], listed["RelyingPartyId"]) == (credential["id"], "localhost")
        assert abs(listed["CreatedAt"].timestamp() - pool._sources.now().timestamp()) < 60

        sign_in = SignIn(
            POOL_ID, "alice", app=PUBLIC, flow="USER_AUTH", preferred_challenge="WEB_AUTHN"
        )
        question = sign_in.reply(send(sign_in.start()))
        last = sign_in.reply(send(question.answer(device.get(question.options))))
        assert last.username == "alice"

        cognito.delete_web_authn_credential(**own, CredentialId=credential["id"])
        assert cognito.list_web_authn_credentials(**own)["Credentials"] == []
        with pytest.raises(cognito.exceptions.ResourceNotFoundException):
            cognito.delete_web_authn_credential(**own, CredentialId=credential["id"])
        wrong = Authenticator("https://localhost").create(
            cognito.start_web_authn_registration(**own)["CredentialCreationOptions"]
        )
        wrong["response"]["attestationObject"] = "AAAA"
        with pytest.raises(cognito.exceptions.InvalidParameterException, match="not valid"):
            cognito.complete_web_authn_registration(**own, Credential=wrong)


@needs_browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("transport", "attachment"), [("internal", "platform"), ("usb", "cross-platform")]
)
def test_amplify_registers_and_uses_a_passkey_in_a_browser(transport: str, attachment: str) -> None:
    pool = UserPool(POOL_ID, relying_party="localhost", passkeys_as_mfa=transport == "usb")
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("alice", PASSWORD)
    with serve(pool) as url:
        scenario = {
            "poolId": POOL_ID,
            "clientId": PUBLIC.client_id,
            "endpoint": url,
            "username": "alice",
            "password": PASSWORD,
            "browser": BROWSER,
            "transport": transport,
        }
        done = subprocess.run(
            ["node", "passkeys.mjs"],
            cwd=FOLDER,
            input=json.dumps(scenario),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome["again"] == "PasskeyAlreadyExists"
    (listed,) = outcome["listed"]
    assert (listed["relyingPartyId"], listed["authenticatorAttachment"]) == (
        "localhost",
        attachment,
    )
    assert listed["authenticatorTransports"] == [transport]
    assert outcome["choices"] == ["PASSWORD_SRP", "PASSWORD", "WEB_AUTHN"]
    sub = pool._directory.user("alice").sub
    assert outcome["preferred"] == outcome["chosen"] == {"sub": sub}
    assert outcome["left"] == []
