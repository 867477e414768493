"""Sign-ins whose pool is played by hand and by the oracle; botocore judges each call."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import oracle
from judge import judge
from peers import (
    CLIENT_ID,
    CLIENT_SECRET,
    DEVICE_KEY,
    GROUP_KEY,
    PASSWORD,
    POOL_ID,
    OracleServer,
)

from srp_cognito import AnyCall, AppClient, Call, Context, Device, SignIn, Step

NOW = datetime(2026, 3, 7, 9, 5, 3, tzinfo=UTC)
NOW_TEXT = "Sat Mar 7 09:05:03 UTC 2026"
APP = AppClient(CLIENT_ID, CLIENT_SECRET)
ALIAS = "alice@example.com"
DEVICE = Device(GROUP_KEY, DEVICE_KEY, "ZGV2aWNlIHBhc3N3b3Jk")
SESSION = "a session of twenty characters or more, number "
CONTEXT = Context(
    client_metadata={"tenant": "blau", "größe": "ü"},
    analytics_endpoint_id="endpoint",
    ip_address="198.51.100.7",
    encoded_data="ZW5jb2RlZA==",
)
RESULT = {
    "AccessToken": "an access token",
    "IdToken": "an id token",
    "RefreshToken": "a refresh token",
    "ExpiresIn": 3600,
    "TokenType": "Bearer",
}
METADATA = {"DeviceKey": DEVICE_KEY, "DeviceGroupKey": GROUP_KEY}
DEVICE_GONE = {"__type": "ResourceNotFoundException", "message": "Device does not exist."}


def jwt(payload: object) -> str:
    """A token as AWS makes them: three parts in the URL-safe alphabet, without padding."""
    parts = [b'{"alg":"RS256"}', json.dumps(payload).encode(), b"\xff\xfe signature"]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def sign_in(app: AppClient = APP, **options: Any) -> SignIn:
    options.setdefault("password", PASSWORD)
    return SignIn(POOL_ID, ALIAS, app=app, **options)


def sent(step: Step, operation: str = "RespondToAuthChallenge", app: AppClient = APP) -> AnyCall:
    """The step as the call that it must be."""
    assert isinstance(step, Call)
    judge(step, app)
    assert step.operation == operation
    return step


def responses(step: Step) -> dict[str, str]:
    """What a RespondToAuthChallenge answers, without USERNAME and SECRET_HASH."""
    answered = dict(sent(step).arguments["ChallengeResponses"])
    assert answered.pop("SECRET_HASH") == oracle.secret_hash(
        answered.pop("USERNAME"), CLIENT_ID, CLIENT_SECRET
    )
    return answered


def asks(name: str, number: int = 1, **parameters: object) -> dict[str, Any]:
    """A reply that asks for a challenge, with a Session of its own."""
    return {
        "ChallengeName": name,
        "Session": f"{SESSION}{number}",
        "ChallengeParameters": parameters,
        "ResponseMetadata": {"HTTPStatusCode": 200},
    }


def signed_in(**more: object) -> dict[str, Any]:
    """A reply with the tokens."""
    return {"ChallengeParameters": {}, "AuthenticationResult": {**RESULT, **more}}


def claimed(conversation: SignIn, server: OracleServer | None = None) -> AnyCall:
    """Begin, and let the oracle check the claim that comes."""
    server = server or OracleServer()
    opened = sent(conversation.start(), "InitiateAuth")
    call = sent(conversation.reply(server.reply(), now=NOW))
    answered = call.arguments["ChallengeResponses"]
    srp_a = opened.arguments["AuthParameters"]["SRP_A"]
    assert answered["PASSWORD_CLAIM_SIGNATURE"] == server.signature(srp_a, NOW_TEXT)
    return call


def asked(name: str, conversation: SignIn | None = None, **parameters: object) -> Any:
    """The question that a challenge asks after the password has been proven."""
    conversation = conversation or sign_in()
    claimed(conversation)
    return conversation.reply(asks(name, **parameters))
