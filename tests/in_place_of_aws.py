"""The user pool instead of AWS, for the examples in the docs.

boto3 and httpx work as they do for AWS, including botocore's validation of the arguments. Only the
sending is replaced, through the hook that each of them has for this.
"""

import io
import json
import secrets
from collections.abc import Iterator

import boto3
import httpx
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from srp_cognito import AppClient
from srp_cognito.testing import Refused, UserPool

AWS_URL = "https://cognito-idp.eu-west-1.amazonaws.com/"
POOL_ID = "eu-west-1_Example"
APP = AppClient("1example23456789", "sekrit-client-secret")
CODE = "012345"


def chance(length: int) -> bytes:
    """Random bytes, except that each code is CODE; codes are drawn from 16 bytes, as are UUIDs."""
    return int(CODE).to_bytes(length, "big") if length == 16 else secrets.token_bytes(length)


class InPlaceOfAWS:
    """A pool of alice, of bob, whose device it remembers, and of carol, who gets a code."""

    def __init__(self) -> None:
        self.operations: list[str] = []
        self._pools = {
            "never": UserPool(POOL_ID, token_bytes=chance),
            "always": UserPool(POOL_ID, token_bytes=chance, remember_devices="always"),
        }
        for pool in self._pools.values():
            pool.add_app_client(APP.client_id, APP.client_secret)
        phone = {"phone_number": "+15551234567"}
        self._pools["never"].add_user("alice", "correct horse")
        self._pools["always"].add_user("bob", "correct horse")
        self._pools["never"].add_user("carol", "correct horse", attributes=phone, mfa=["SMS_MFA"])
        self._pool = self._pools["never"]

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Answer for every boto3 client of the default session, and for httpx."""
        boto3.setup_default_session()
        boto3.DEFAULT_SESSION.events.register("before-send.cognito-identity-provider", self._boto3)
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", self._httpx)

    def _boto3(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        if request.url != AWS_URL:
            return None  # boto3 then sends the request: an example may have a pool of its own.

        class Raw(io.BytesIO):
            def stream(self, **_: object) -> Iterator[bytes]:
                yield self.read()

        status, body = self._answer(request.headers["X-Amz-Target"].decode(), request.body)
        return AWSResponse(request.url, status, {}, Raw(body))

    def _httpx(self, request: httpx.Request) -> httpx.Response:
        assert request.url == AWS_URL
        assert request.headers["Content-Type"] == "application/x-amz-json-1.1"
        status, body = self._answer(request.headers["X-Amz-Target"], request.read())
        return httpx.Response(status, content=body)

    def _answer(self, target: str, body: bytes) -> tuple[int, bytes]:
        service, _, operation = target.partition(".")
        assert service == "AWSCognitoIdentityProviderService"
        self.operations.append(operation)
        arguments = json.loads(body)
        if operation == "InitiateAuth":
            is_bob = arguments["AuthParameters"]["USERNAME"] == "bob"
            self._pool = self._pools["always" if is_bob else "never"]
        try:
            return 200, json.dumps(self._pool.call(operation, arguments)).encode()
        except Refused as refused:
            error = {"__type": refused.kind, "message": refused.message}
            return 400, json.dumps(error).encode()
