"""judge.py: what AWS would refuse is refused."""

from typing import Any

import oracle
import pytest
from judge import judge, judge_refusal, judge_reply
from peers import CLIENT_ID, CLIENT_SECRET

from srp_cognito import AppClient, Call

OPEN = AppClient(CLIENT_ID)
APP = AppClient(CLIENT_ID, CLIENT_SECRET)
HASH = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
BEGIN = {"ClientId": CLIENT_ID, "AuthFlow": "USER_AUTH"}
REFRESH = {"ClientId": CLIENT_ID, "AuthFlow": "REFRESH_TOKEN_AUTH"}


def begin(**parameters: str) -> Call[Any]:
    return Call("InitiateAuth", {**BEGIN, "AuthParameters": parameters})


def refresh(**parameters: str) -> Call[Any]:
    return Call("InitiateAuth", {**REFRESH, "AuthParameters": parameters})


def forgot(**members: object) -> Call[Any]:
    return Call("ForgotPassword", {"ClientId": CLIENT_ID, "Username": "alice", **members})


@pytest.mark.parametrize(
    ("call", "app"),
    [
        (begin(USERNAME="alice"), OPEN),
        (begin(USERNAME="alice", SECRET_HASH=HASH), APP),
        (refresh(REFRESH_TOKEN="token"), OPEN),
        (refresh(REFRESH_TOKEN="token", SECRET_HASH=HASH), APP),
        (forgot(), OPEN),
        (forgot(SecretHash=HASH), APP),
        (Call("AssociateSoftwareToken", {"AccessToken": "token"}), APP),
    ],
)
def test_a_right_call_passes(call: Call[Any], app: AppClient) -> None:
    judge(call, app, username="alice")


class OtherBody(Call[Any]):
    """A call whose HTTP form differs from boto3's."""

    @property
    def body(self) -> bytes:
        return super().body.replace(b", ", b",")


class OtherHeaders(Call[Any]):
    @property
    def headers(self) -> dict[str, str]:
        return {**super().headers, "Content-Type": "application/json"}


class OtherMethod(Call[Any]):
    @property
    def method(self) -> str:
        return self.operation.lower()


@pytest.mark.parametrize(
    ("call", "app"),
    [
        (begin(USERNAME="alice"), APP),
        (begin(USERNAME="alice", SECRET_HASH=HASH), OPEN),
        (begin(USERNAME="bob", SECRET_HASH=HASH), APP),
        (begin(USERNAME="alice", SECRET_HASH=HASH), AppClient("other", CLIENT_SECRET)),
        (refresh(REFRESH_TOKEN="token"), APP),
        (refresh(REFRESH_TOKEN="token", USERNAME="alice"), OPEN),
        (refresh(REFRESH_TOKEN="token", SECRET_HASH="of another"), APP),
        (forgot(), APP),
        (forgot(SecretHash=HASH), OPEN),
        (forgot(SecretHash=HASH, Username="bob"), APP),
        (forgot(Password="no member of it"), OPEN),
        (forgot(ClientId="other"), OPEN),
        (Call("ForgotPassword", {"ClientId": CLIENT_ID}), OPEN),
        (Call("AssociateSoftwareToken", {"Session": "too short"}), OPEN),
        (OtherBody("ForgotPassword", forgot().arguments), OPEN),
        (OtherHeaders("ForgotPassword", forgot().arguments), OPEN),
        (OtherMethod("ForgotPassword", forgot().arguments), OPEN),
    ],
)
def test_a_wrong_call_fails(call: Call[Any], app: AppClient) -> None:
    with pytest.raises((AssertionError, KeyError)):
        judge(call, app, username="alice")


def test_a_refresh_cannot_be_judged_without_its_name() -> None:
    with pytest.raises(AssertionError, match="judge\\(\\) needs the name"):
        judge(refresh(REFRESH_TOKEN="token", SECRET_HASH=HASH), APP)


@pytest.mark.parametrize(
    ("operation", "reply"),
    [
        ("InitiateAuth", {"Challenge": "PASSWORD_VERIFIER"}),
        ("InitiateAuth", {"ChallengeParameters": {"SALT": 5}}),
        ("ForgetDevice", {"UserConfirmationNecessary": False}),
    ],
    ids=["an unknown member", "a number for a text", "a member where AWS has none"],
)
def test_a_reply_that_aws_does_not_give_fails(operation: str, reply: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        judge_reply(operation, reply)


def test_a_refusal_that_aws_does_not_give_fails() -> None:
    with pytest.raises(AssertionError, match="AWS has no CodeMismatchException for GetUser"):
        judge_refusal("GetUser", "CodeMismatchException")
