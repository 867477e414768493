"""A stub of the wire behind boto3: the two calls of a user's sign-in, answered by `SRPServer`.

botocore validates and serialises the arguments as for AWS; only the sending is replaced, by the
handler that botocore offers for it ("before-send").
"""

import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from srp_cognito import AppClient, SRPError, SRPServer, Verifier

POOL_ID = "eu-west-1_Example"
APP = AppClient("1example23456789", "sekrit-client-secret")
VERIFIERS = {"alice": Verifier.for_user(POOL_ID, "alice", "correct horse")}


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


class StubPool:
    """One pool with one user. It counts the logins that it let in."""

    def __init__(self) -> None:
        self._servers: dict[str, SRPServer] = {}
        self.signed_in = 0

    def install(self) -> None:
        """Answer for every boto3 client that is made from now on in the default session."""
        boto3.setup_default_session()
        boto3.DEFAULT_SESSION.events.register("before-send.cognito-identity-provider", self.answer)

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().partition(".")[2]
        try:
            status, reply = 200, getattr(self, f"_{operation}")(json.loads(request.body))
        except SRPError:
            reply = {
                "__type": "NotAuthorizedException",
                "message": "Incorrect username or password.",
            }
            status = 400
        return AWSResponse(request.url, status, {}, _Raw(json.dumps(reply).encode()))

    def _InitiateAuth(self, call: dict[str, Any]) -> dict[str, Any]:
        assert call["AuthFlow"] == "USER_SRP_AUTH"
        assert call["ClientId"] == APP.client_id
        name = call["AuthParameters"]["USERNAME"]
        self._servers[name] = SRPServer(VERIFIERS[name], app=APP)
        parameters = self._servers[name].challenge(call["AuthParameters"])
        return {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters}

    def _RespondToAuthChallenge(self, call: dict[str, Any]) -> dict[str, Any]:
        assert call["ChallengeName"] == "PASSWORD_VERIFIER"
        self._servers.pop(call["ChallengeResponses"]["USERNAME"]).verify(call["ChallengeResponses"])
        self.signed_in += 1
        return {"AuthenticationResult": {"TokenType": "Bearer"}}
