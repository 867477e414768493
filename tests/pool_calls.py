"""Calls to the user pool, written out by hand, with the claims of the oracle's client.

botocore judges each reply and each refusal: AWS's own client must be able to read it.
"""

import base64
from datetime import UTC, datetime

import oracle
import pytest
from judge import judge_refusal, judge_reply
from peers import OracleClient

from srp_cognito import AppClient, Device
from srp_cognito.testing import Refused, UserPool

NOW = datetime(2026, 11, 24, 7, 0, 9, tzinfo=UTC)
TOTP_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B.
TOTP_STEP = int(NOW.timestamp()) // 30
INCORRECT = "Incorrect username or password."
WRONG = ("NotAuthorizedException", INCORRECT)
NO_DEVICE = ("ResourceNotFoundException", "Device does not exist.")
PUBLIC = AppClient("2public")
DEVICE_PASSWORD = "its password"


class Clock:
    """The pool's clock, which a test sets."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


def call(pool: UserPool, operation: str, **arguments: object) -> dict:
    reply = pool.call(operation, arguments)
    judge_reply(operation, reply)
    return reply


def refusal(pool: UserPool, operation: str, **arguments: object) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        pool.call(operation, arguments)
    judge_refusal(operation, refused.value.kind)
    return refused.value.kind, refused.value.message


def beginning(flow: str, **parameters: object) -> dict:
    """The arguments of InitiateAuth."""
    return {"ClientId": PUBLIC.client_id, "AuthFlow": flow, "AuthParameters": parameters}


def begin(pool: UserPool, flow: str, **parameters: object) -> dict:
    return call(pool, "InitiateAuth", **beginning(flow, **parameters))


def answering(reply: dict, name: str, username: str = "alice", **answer: object) -> dict:
    """The arguments of RespondToAuthChallenge that answer this reply."""
    arguments = {
        "ClientId": PUBLIC.client_id,
        "ChallengeName": name,
        "ChallengeResponses": {"USERNAME": username, **answer},
    }
    return {**arguments, "Session": reply["Session"]} if "Session" in reply else arguments


def answer(pool: UserPool, reply: dict, username: str = "alice", **answer: object) -> dict:
    """Answer the challenge that the reply asks for."""
    arguments = answering(reply, reply["ChallengeName"], username, **answer)
    return call(pool, "RespondToAuthChallenge", **arguments)


def refused_answer(
    pool: UserPool, reply: dict, username: str = "alice", **answer: object
) -> tuple[str, str]:
    arguments = answering(reply, reply["ChallengeName"], username, **answer)
    return refusal(pool, "RespondToAuthChallenge", **arguments)


def claim(pool: UserPool, client: OracleClient, reply: dict, **changed: str) -> dict[str, str]:
    """The claim of a client in answer to (DEVICE_)PASSWORD_VERIFIER."""
    parameters = reply["ChallengeParameters"]
    made = client.answer(parameters, pool._sources.now(), **changed)
    return {key: made[key] for key in made if key != "USERNAME"}


def opened(pool: UserPool, client: OracleClient, name: str = "alice", **more: str) -> dict:
    """The reply to USER_SRP_AUTH."""
    reply = begin(pool, "USER_SRP_AUTH", USERNAME=name, SRP_A=client.srp_a, **more)
    assert reply["ChallengeName"] == "PASSWORD_VERIFIER"
    assert "Session" not in reply
    return reply


def proven(pool: UserPool, name: str = "alice") -> dict:
    """The reply to the right claim."""
    client = OracleClient(member=name)
    reply = opened(pool, client, name)
    return answer(pool, reply, name, **claim(pool, client, reply))


def signed_in(reply: dict) -> bool:
    return "AccessToken" in reply.get("AuthenticationResult", {})


def device_config(v: bytes, salt: bytes = b"\5") -> dict[str, str]:
    """The DeviceSecretVerifierConfig with this verifier."""
    return {
        "PasswordVerifier": base64.b64encode(v).decode(),
        "Salt": base64.b64encode(salt).decode(),
    }


def registered(pool: UserPool, *, remembered: bool = True) -> tuple[Device, dict]:
    """A device of alice's that the oracle registers, and the tokens of the sign-in before."""
    result = proven(pool)["AuthenticationResult"]
    key, group = (result["NewDeviceMetadata"][name] for name in ("DeviceKey", "DeviceGroupKey"))
    salt = 2**127 + 5
    v = oracle.verifier(oracle.x(group, key, DEVICE_PASSWORD, salt))
    of_device = {"AccessToken": result["AccessToken"], "DeviceKey": key}
    config = device_config(oracle.pad(v), oracle.pad(salt))
    reply = call(pool, "ConfirmDevice", **of_device, DeviceSecretVerifierConfig=config)
    if reply["UserConfirmationNecessary"] and remembered:
        status = {"DeviceRememberedStatus": "remembered"}
        assert call(pool, "UpdateDeviceStatus", **of_device, **status) == {}
    return Device(group, key, DEVICE_PASSWORD), result
