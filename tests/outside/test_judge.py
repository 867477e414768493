"""judge.py: it accepts what is right and refuses what is not."""

from typing import Any

import botocore
import newest
import oracle
import pytest
from judge import MODEL, SESSION, judge, judge_refusal, judge_reply
from packaging.version import Version
from peers import CLIENT_ID, CLIENT_SECRET

from srp_cognito import AppClient, Call

OPEN = AppClient(CLIENT_ID)
APP = AppClient(CLIENT_ID, CLIENT_SECRET)
LONG = AppClient(CLIENT_ID, "sekrit-client-secret-as-long-as-those-that-aws-makes")
HASH = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
BEGIN = {"ClientId": CLIENT_ID, "AuthFlow": "USER_AUTH"}
REFRESH = {"ClientId": CLIENT_ID, "AuthFlow": "REFRESH_TOKEN_AUTH"}


@pytest.mark.skipif(not newest.INSTALLED, reason=newest.MISSING)
def test_the_judge_has_a_model_as_new_as_that_of_any_client_here() -> None:
    ours, newest_there_is = Version(botocore.__version__), Version(newest.version())
    assert newest_there_is >= ours, "the folder of the newest botocore is older: make newest"
    assert MODEL.operation_names == SESSION.get_service_model("cognito-idp").operation_names
    # Of 1.44; aiobotocore held botocore at 1.43 when this was written.
    assert "RevokeUserSession" in MODEL.operation_names


def begin(**parameters: str) -> Call[Any]:
    return Call("InitiateAuth", {**BEGIN, "AuthParameters": parameters})


def refresh(**parameters: str) -> Call[Any]:
    return Call("InitiateAuth", {**REFRESH, "AuthParameters": parameters})


def forgot(**members: object) -> Call[Any]:
    return Call("ForgotPassword", {"ClientId": CLIENT_ID, "Username": "alice", **members})


def revoke(**members: object) -> Call[Any]:
    return Call("RevokeToken", {"Token": "token", "ClientId": CLIENT_ID, **members})


@pytest.mark.parametrize(
    ("call", "app"),
    [
        (begin(USERNAME="alice"), OPEN),
        (begin(USERNAME="alice", SECRET_HASH=HASH), APP),
        (refresh(REFRESH_TOKEN="token"), OPEN),
        (refresh(REFRESH_TOKEN="token", SECRET_HASH=HASH), APP),
        (forgot(), OPEN),
        (forgot(SecretHash=HASH), APP),
        (revoke(), OPEN),
        (revoke(ClientSecret=LONG.client_secret), LONG),
        (Call("AssociateSoftwareToken", {"AccessToken": "token"}), APP),
    ],
)
def test_a_right_call_passes(call: Call[Any], app: AppClient) -> None:
    judge(call, app, username="alice")


class OfAnotherForm(Call[Any]):
    """A call whose HTTP body differs from boto3's."""

    @property
    def body(self) -> bytes:
        return super().body.replace(b", ", b",")


class OfAnotherVersion(Call[Any]):
    @property
    def headers(self) -> dict[str, str]:
        return {**super().headers, "Content-Type": "application/json"}


class OfAnotherMethod(Call[Any]):
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
        (revoke(), LONG),
        (revoke(ClientSecret=LONG.client_secret), OPEN),
        (
            revoke(ClientSecret=LONG.client_secret),
            AppClient(CLIENT_ID, "another"),
        ),
        (revoke(SecretHash=HASH), APP),
        (forgot(Password="not a member"), OPEN),
        (forgot(ClientId="other"), OPEN),
        (Call("ForgotPassword", {"ClientId": CLIENT_ID}), OPEN),
        (Call("AssociateSoftwareToken", {"Session": "too short"}), OPEN),
        (OfAnotherForm("ForgotPassword", forgot().arguments), OPEN),
        (OfAnotherVersion("ForgotPassword", forgot().arguments), OPEN),
        (OfAnotherMethod("ForgotPassword", forgot().arguments), OPEN),
    ],
)
def test_a_call_that_the_service_or_botocore_would_refuse_does_not_pass(
    call: Call[Any], app: AppClient
) -> None:
    with pytest.raises((AssertionError, KeyError)):
        judge(call, app, username="alice")


def test_a_refresh_cannot_be_judged_without_the_user_name() -> None:
    with pytest.raises(AssertionError, match="judge\\(\\) needs the name"):
        judge(refresh(REFRESH_TOKEN="token", SECRET_HASH=HASH), APP)


@pytest.mark.parametrize(
    ("operation", "reply"),
    [
        ("InitiateAuth", {"Challenge": "PASSWORD_VERIFIER"}),
        ("InitiateAuth", {"ChallengeParameters": {"SALT": 5}}),
        ("ForgetDevice", {"UserConfirmationNecessary": False}),
    ],
    ids=["an unknown member", "a number instead of text", "an answer to a call without one"],
)
def test_a_reply_that_aws_does_not_give_fails(operation: str, reply: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        judge_reply(operation, reply)


def test_a_refusal_that_aws_does_not_give_fails() -> None:
    with pytest.raises(AssertionError, match="GetUser raises no CodeMismatchException"):
        judge_refusal("GetUser", "CodeMismatchException")
