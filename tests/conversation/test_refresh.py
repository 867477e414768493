"""refresh.py: new tokens for old ones, by a call that the pool takes; botocore judges each."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conversations import METADATA, asks, jwt, signed_in
from judge import judge
from peers import CLIENT_ID, CLIENT_SECRET, DEVICE_KEY, GROUP_KEY, POOL_ID

from srp_cognito import (
    Admin,
    AppClient,
    Device,
    IllegalParameter,
    MalformedParameter,
    NewDevice,
    Refresh,
    ServiceError,
    Tokens,
    http_reply,
)

# This operation takes the secret itself and bounds its length.
APP = AppClient(CLIENT_ID, CLIENT_SECRET.ljust(24, "0"))
DEVICE = Device(GROUP_KEY, DEVICE_KEY, "ZGV2aWNlIHBhc3N3b3Jk")
OLD = Tokens(
    access_token="an old access token",
    id_token="an old id token",
    refresh_token="an old refresh token",
    expires_in=3600,
    token_type="Bearer",
    username="a2c2e290",
    device=DEVICE,
    device_key=DEVICE_KEY,
)
NEW = {"AccessToken": "new", "IdToken": "new id", "ExpiresIn": 60, "TokenType": "Bearer"}
ADMIN = Admin(pool_id=POOL_ID)
WAYS: list[dict[str, Any]] = [{}, {"operation": "InitiateAuth"}, {"admin": ADMIN}]


def test_the_call_is_the_one_that_serves_every_app_client() -> None:
    refresh = Refresh(OLD, app=APP, client_metadata={"tenant": "blue"})
    assert repr(refresh) == "<Refresh of 'a2c2e290'>"
    call = refresh.start()
    assert call.operation == "GetTokensFromRefreshToken"
    assert call.arguments == {
        "RefreshToken": "an old refresh token",
        "ClientId": CLIENT_ID,
        "ClientSecret": APP.client_secret,
        "DeviceKey": DEVICE_KEY,
        "ClientMetadata": {"tenant": "blue"},
    }
    judge(call, APP)
    assert refresh.start() == call


@pytest.mark.parametrize("metadata", [None, {"tenant": "blue"}])
@pytest.mark.parametrize(
    ("options", "operation"),
    [({"operation": "InitiateAuth"}, "InitiateAuth"), ({"admin": ADMIN}, "AdminInitiateAuth")],
)
def test_the_older_call_can_be_chosen_and_is_the_only_one_with_credentials(
    options: dict[str, Any], operation: str, metadata: Any
) -> None:
    call = Refresh(OLD, app=APP, client_metadata=metadata, **options).start()
    assert call.operation == operation
    assert call.arguments["AuthFlow"] == "REFRESH_TOKEN_AUTH"
    assert call.arguments.get("ClientMetadata") == metadata
    assert call.arguments["AuthParameters"]["DEVICE_KEY"] == DEVICE_KEY
    judge(call, APP, username="a2c2e290")


@pytest.mark.parametrize("options", WAYS, ids=str)
def test_the_old_refresh_token_is_kept_until_there_is_a_new_one(options: dict[str, Any]) -> None:
    refresh = Refresh(OLD, app=APP, **options)
    expected = replace(
        OLD, access_token="new", id_token="new id", expires_in=60, refresh_token=OLD.refresh_token
    )
    assert refresh.reply({"AuthenticationResult": NEW}) == expected
    rotated = {"AuthenticationResult": {**NEW, "RefreshToken": "a new refresh token"}}
    assert refresh.reply(rotated) == replace(expected, refresh_token="a new refresh token")


def test_what_is_known_of_the_user_and_the_device_is_kept() -> None:
    kept = Tokens.from_json(OLD.to_json())  # The device is not in the text, and its key is.
    assert Refresh(kept, app=APP).start() == Refresh(OLD, app=APP).start()
    tokens = Refresh(kept, app=APP).reply({"AuthenticationResult": NEW})
    assert (tokens.username, tokens.device, tokens.device_key) == ("a2c2e290", None, DEVICE_KEY)
    renamed = {**NEW, "AccessToken": jwt({"username": "new name", "device_key": "eu-west-1_n"})}
    tokens = Refresh(kept, app=APP).reply({"AuthenticationResult": renamed})
    assert (tokens.username, tokens.device_key) == ("new name", "eu-west-1_n")


def test_a_pool_may_offer_a_new_device_with_new_tokens() -> None:
    tokens = Refresh(OLD, app=APP).reply(signed_in(NewDeviceMetadata=METADATA))
    assert tokens.new_device == NewDevice(GROUP_KEY, DEVICE_KEY)
    assert tokens.device is None


def test_an_offer_that_is_still_open_is_kept() -> None:
    offer = NewDevice("-new", "eu-west-1_new")
    offered = replace(OLD, device=None, device_key="eu-west-1_new", new_device=offer)
    assert Refresh(offered, app=APP).reply({"AuthenticationResult": NEW}).new_device == offer


@pytest.mark.parametrize("options", WAYS, ids=str)
@pytest.mark.parametrize(
    ("reply", "kind", "status"),
    [
        ({"__type": "NotAuthorizedException"}, "NotAuthorizedException", None),
        ({"__type": "RefreshTokenReuseException"}, "RefreshTokenReuseException", None),
        (http_reply(503, {}, "<html></html>"), None, 503),
        (http_reply(403, {}, '{"message":"Forbidden"}'), None, 403),
        (ClientError({"Error": {"Code": "Oops"}}, "X"), "Oops", None),
    ],
)
def test_what_was_refused_is_raised_and_the_old_tokens_can_be_tried_again(
    options: dict[str, Any], reply: Any, kind: str | None, status: int | None
) -> None:
    refresh = Refresh(OLD, app=APP, **options)
    with pytest.raises(ServiceError) as caught:
        refresh.reply(reply)
    assert (caught.value.type, caught.value.status) == (kind, status)
    assert caught.value.operation == options.get(
        "operation", "InitiateAuth" if options else "GetTokensFromRefreshToken"
    )
    assert refresh.reply({"AuthenticationResult": NEW}).access_token == "new"


@pytest.mark.parametrize("options", WAYS, ids=str)
def test_what_gives_no_tokens_is_never_taken_for_some(options: dict[str, Any]) -> None:
    refresh = Refresh(OLD, app=APP, **options)
    for reply in ({}, {"Foo": 1}, {"AuthenticationResult": {}}, []):
        with pytest.raises(MalformedParameter):
            refresh.reply(reply)  # type: ignore[arg-type]
    with pytest.raises(ConnectionError):
        refresh.reply(ConnectionError("cut off"))


def test_a_refresh_asks_nobody() -> None:
    with pytest.raises(IllegalParameter, match="asks for SMS_MFA, and a refresh gives tokens$"):
        Refresh(OLD, app=APP, operation="InitiateAuth").reply(asks("SMS_MFA"))


@pytest.mark.parametrize(
    ("tokens", "options", "error", "says"),
    [
        (replace(OLD, refresh_token=None), {}, ValueError, "tokens have no refresh_token"),
        (replace(OLD, refresh_token=""), {}, ValueError, "tokens have no refresh_token"),
        ("token", {}, TypeError, "tokens must be a Tokens"),
        (OLD, {"app": CLIENT_ID}, TypeError, "app must be an AppClient"),
        (OLD, {"operation": "RefreshToken"}, ValueError, "operation must be one of GetTokens"),
        (OLD, {"admin": POOL_ID}, TypeError, "admin must be an Admin"),
        (OLD, {"client_metadata": {"a": 5}}, TypeError, r"client_metadata\['a'\] must be a str"),
        (
            OLD,
            {"admin": ADMIN, "operation": "GetTokensFromRefreshToken"},
            ValueError,
            "admin goes with the operation InitiateAuth",
        ),
    ],
)
def test_what_cannot_be_refreshed_is_refused_at_once(
    tokens: Any, options: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        Refresh(tokens, **{"app": APP, **options})
