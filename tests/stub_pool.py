"""A stub of the wire for the examples: the calls of a sign-in by SRP, answered by `SRPServer`.

boto3 and httpx do all that they do for AWS, botocore's validation of the arguments included; only
the sending is replaced, at the place that each of them offers for it.
"""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import httpx
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from srp_cognito import AppClient, SRPError, SRPServer, Verifier

POOL_ID = "eu-west-1_Example"
APP = AppClient("1example23456789", "sekrit-client-secret")
GROUP_KEY = "-v7w9UcY6"
DEVICE_KEY = "eu-west-1_5bf4f1ee-2be0-4d6c-9d5c-0c2f6c3a7a11"
SESSION = "a session of twenty characters or more"


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


class StubPool:
    """A pool with two users, alice and bob; it wants to remember bob's device."""

    def __init__(self) -> None:
        self._users = {
            name: Verifier.for_user(POOL_ID, name, "correct horse") for name in ("alice", "bob")
        }
        self._device: Verifier | None = None
        self._pending: SRPServer | None = None
        self._device_key: str | None = None
        self.operations: list[str] = []

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Answer for every boto3 client of the default session, and for httpx."""
        boto3.setup_default_session()
        boto3.DEFAULT_SESSION.events.register("before-send.cognito-identity-provider", self._boto3)
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", self._httpx)

    def _boto3(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        status, body = self._answer(request.headers["X-Amz-Target"].decode(), request.body)
        return AWSResponse(request.url, status, {}, _Raw(body))

    def _httpx(self, request: httpx.Request) -> httpx.Response:
        assert request.url == "https://cognito-idp.eu-west-1.amazonaws.com/"
        assert request.headers["Content-Type"] == "application/x-amz-json-1.1"
        status, body = self._answer(request.headers["X-Amz-Target"], request.read())
        return httpx.Response(status, content=body)

    def _answer(self, target: str, body: bytes) -> tuple[int, bytes]:
        service, _, operation = target.partition(".")
        assert service == "AWSCognitoIdentityProviderService"
        self.operations.append(operation)
        handlers = {
            "InitiateAuth": self._initiate_auth,
            "RespondToAuthChallenge": self._respond,
            "ConfirmDevice": self._confirm_device,
        }
        try:
            return 200, json.dumps(handlers[operation](json.loads(body))).encode()
        except SRPError:
            error = {
                "__type": "NotAuthorizedException",
                "message": "Incorrect username or password.",
            }
            return 400, json.dumps(error).encode()

    def _challenge(
        self, name: str, verifier: Verifier, username: str, parameters: Mapping[str, object]
    ) -> dict[str, Any]:
        self._pending = SRPServer(verifier, username=username, app=APP)
        return {
            "ChallengeName": name,
            "Session": SESSION,
            "ChallengeParameters": self._pending.challenge(parameters),
        }

    def _initiate_auth(self, call: dict[str, Any]) -> dict[str, Any]:
        assert call["AuthFlow"] == "USER_SRP_AUTH"
        assert call["ClientId"] == APP.client_id
        parameters = call["AuthParameters"]
        self._device_key = parameters.get("DEVICE_KEY")
        name = parameters["USERNAME"]
        return self._challenge("PASSWORD_VERIFIER", self._users[name], name, parameters)

    def _respond(self, call: dict[str, Any]) -> dict[str, Any]:
        assert call["Session"] == SESSION
        answer = call["ChallengeResponses"]
        if call["ChallengeName"] == "DEVICE_SRP_AUTH":
            assert self._device is not None
            return self._challenge(
                "DEVICE_PASSWORD_VERIFIER", self._device, answer["USERNAME"], answer
            )
        assert self._pending is not None
        self._pending.verify(answer)
        result = {"TokenType": "Bearer", "AccessToken": "an access token"}
        if answer["USERNAME"] == "bob" and self._device_key is None:
            result["NewDeviceMetadata"] = {"DeviceGroupKey": GROUP_KEY, "DeviceKey": DEVICE_KEY}
        if self._device_key is not None and call["ChallengeName"] == "PASSWORD_VERIFIER":
            assert answer["DEVICE_KEY"] == self._device_key == DEVICE_KEY
            return {"ChallengeName": "DEVICE_SRP_AUTH", "Session": SESSION}
        return {"AuthenticationResult": result}

    def _confirm_device(self, call: dict[str, Any]) -> dict[str, Any]:
        assert call["AccessToken"] == "an access token"
        self._device = Verifier.for_device(
            GROUP_KEY, call["DeviceKey"], call["DeviceSecretVerifierConfig"]
        )
        return {"UserConfirmationNecessary": False}
