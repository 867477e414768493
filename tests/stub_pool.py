"""A stub of the wire for the examples: the calls of a sign-in by SRP, answered by `SRPServer`.

boto3 and httpx do all that they do for AWS, botocore's validation of the arguments included; only
the sending is replaced, at the place that each of them offers for it. `serve` answers over HTTP
instead, for programs that run as a process of their own.
"""

import contextlib
import http.server
import io
import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import httpx
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from srp_cognito import AppClient, SRPError, SRPServer, Verifier

POOL_ID = "eu-west-1_Example"
APP = AppClient("1example23456789", "sekrit-client-secret")
PUBLIC_APP = AppClient("1example23456789")
GROUP_KEY = "-v7w9UcY6"
DEVICE_KEY = "eu-west-1_5bf4f1ee-2be0-4d6c-9d5c-0c2f6c3a7a11"
SESSION = "a session of twenty characters or more"


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


class _Refused(Exception):
    """An error as the service tells it: its type, and its message."""


class StubPool:
    """A pool of alice, of bob, whose device it wants to remember, and of carol, who has MFA."""

    def __init__(self, app: AppClient = APP) -> None:
        self._app = app
        self._users = {
            name: Verifier.for_user(POOL_ID, name, "correct horse")
            for name in ("alice", "bob", "carol")
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

    @contextlib.contextmanager
    def serve(self) -> Iterator[str]:
        """Answer over HTTP at the URL that this yields."""
        pool = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.headers["Content-Type"] == "application/x-amz-json-1.1"
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, content = pool._answer(self.headers["X-Amz-Target"], body)
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}/"
            finally:
                server.shutdown()
                thread.join()

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
            kind, message = "NotAuthorizedException", "Incorrect username or password."
        except _Refused as refused:
            kind, message = refused.args
        return 400, json.dumps({"__type": kind, "message": message}).encode()

    def _challenge(
        self, name: str, verifier: Verifier, username: str, parameters: Mapping[str, object]
    ) -> dict[str, Any]:
        self._pending = SRPServer(verifier, username=username, app=self._app)
        return {
            "ChallengeName": name,
            "Session": SESSION,
            "ChallengeParameters": self._pending.challenge(parameters),
        }

    def _initiate_auth(self, call: dict[str, Any]) -> dict[str, Any]:
        assert call["AuthFlow"] == "USER_SRP_AUTH"
        assert call["ClientId"] == self._app.client_id
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
        if call["ChallengeName"] == "SOFTWARE_TOKEN_MFA":
            if answer["SOFTWARE_TOKEN_MFA_CODE"] != "012345":
                raise _Refused("CodeMismatchException", "Invalid code received for user")
        else:
            assert self._pending is not None
            self._pending.verify(answer)
            if answer["USERNAME"] == "carol":
                return {"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": SESSION}
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
