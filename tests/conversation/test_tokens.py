"""tokens.py: whose the tokens are, and that none of them is shown."""

import base64
import json
from dataclasses import replace

import pytest
from arguments import NONEMPTY, assert_hidden
from conversations import jwt
from hypothesis import given
from hypothesis import strategies as st
from peers import CLIENT_ID, CLIENT_SECRET, DEVICE_KEY, GROUP_KEY

from srp_cognito import (
    AppClient,
    Device,
    InputError,
    MalformedParameter,
    NewDevice,
    ServiceError,
    Tokens,
    initiate_auth,
)
from srp_cognito.calls.replies import AuthenticationResult
from srp_cognito.conversation.tokens import tokens_of

DEVICE = Device(GROUP_KEY, DEVICE_KEY, "ZGV2aWNlIHBhc3N3b3Jk")


def username(access_token: str) -> str:
    """Whose the tokens are, where the sign-in knows the user as alice."""
    result = AuthenticationResult(access_token, None, None, None, None, None)
    tokens = tokens_of(result, username="alice")
    assert tokens.access_token == access_token
    return tokens.username


RESULT = AuthenticationResult(
    access_token=jwt({"username": "a2c2e290", "token_use": "access"}),
    id_token="an id token",
    refresh_token="a refresh token",
    expires_in=3600,
    token_type="Bearer",
    new_device=None,
)


def test_the_tokens_are_those_of_the_result() -> None:
    assert tokens_of(RESULT, username="alice", device=DEVICE) == Tokens(
        access_token=RESULT.access_token,
        id_token="an id token",
        refresh_token="a refresh token",
        expires_in=3600,
        token_type="Bearer",
        username="a2c2e290",
        device=DEVICE,
        device_key=DEVICE_KEY,
    )


@given(NONEMPTY)
def test_the_name_in_the_access_token_takes_precedence(name: str) -> None:
    assert username(jwt({"username": name})) == name


@pytest.mark.parametrize(
    "token",
    [
        "an access token",
        "...",
        ".",
        "a.b.c",
        "a.bm90IEpTT04.c",
        "a.////.c",
        "a." + base64.urlsafe_b64encode(b'{"username": "\xff"}').decode() + ".c",
        jwt({}),
        jwt([]),
        jwt(5),
        jwt("username"),
        jwt(None),
        jwt({"username": None}),
        jwt({"username": 5}),
        jwt({"username": ""}),
        jwt({"username": ["a2c2e290"]}),
        jwt({"username": "hunter2\ud800"}),
        jwt({"cognito:username": "a2c2e290"}),
        jwt(json.loads("[" * 200 + "]" * 200)),
        "a." + base64.b64encode(b"[" * 90_000).decode() + ".c",
    ],
    ids=lambda token: token[:40],
)
def test_without_a_name_in_the_access_token_it_is_the_known_one(token: str) -> None:
    """The name can always be used for a refresh, even if UTF-8 cannot write the token's."""
    assert username(token) == "alice"
    app = AppClient(CLIENT_ID, CLIENT_SECRET)
    initiate_auth.refresh_token_auth(app, username(token), "a refresh token")


@given(NONEMPTY, st.binary())
def test_any_text_may_be_an_access_token(token: str, payload: bytes) -> None:
    assert username(token)
    assert username(f"h.{base64.urlsafe_b64encode(payload).decode()}.s")


def test_tokens_do_not_show_themselves() -> None:
    tokens = tokens_of(RESULT, username="alice", device=DEVICE)
    assert repr(tokens) == (
        "Tokens(expires_in=3600, token_type='Bearer', username='a2c2e290',"
        f" device={DEVICE!r}, device_key={DEVICE_KEY!r}, new_device=None, device_error=None)"
    )
    assert DEVICE.device_password not in repr(tokens)


def test_tokens_say_why_a_device_was_not_registered() -> None:
    error = ServiceError("InvalidParameterException", "No.", "ConfirmDevice")
    tokens = Tokens(access_token="opaque", username="alice", device_error=error)
    assert tokens.device_error is error
    assert tokens.device is None


def test_the_key_that_refreshing_needs_is_the_devices_or_the_access_tokens() -> None:
    in_token = replace(RESULT, access_token=jwt({"username": "a", "device_key": "eu-west-1_t"}))
    assert tokens_of(in_token, username="alice").device_key == "eu-west-1_t"
    assert tokens_of(in_token, username="alice", device=DEVICE).device_key == DEVICE_KEY
    assert tokens_of(RESULT, username="alice").device_key is None


def test_an_offer_of_a_new_device_ends_the_old_one() -> None:
    offer = NewDevice("-new", "eu-west-1_new")
    tokens = tokens_of(replace(RESULT, new_device=offer), username="alice", device=DEVICE)
    assert (tokens.new_device, tokens.device, tokens.device_key) == (offer, None, None)
    error = MalformedParameter("DeviceKey", "is missing")
    tokens = tokens_of(replace(RESULT, new_device=error), username="alice", device=DEVICE)
    assert (tokens.new_device, tokens.device, tokens.device_error) == (None, DEVICE, error)


def test_tokens_are_kept_as_json_with_the_names_of_aws() -> None:
    tokens = tokens_of(RESULT, username="alice", device=DEVICE)
    assert json.loads(tokens.to_json()) == {
        "AccessToken": RESULT.access_token,
        "IdToken": "an id token",
        "RefreshToken": "a refresh token",
        "ExpiresIn": 3600,
        "TokenType": "Bearer",
        "Username": "a2c2e290",
        "DeviceKey": DEVICE_KEY,
    }
    assert DEVICE.device_password not in tokens.to_json()
    assert Tokens.from_json(tokens.to_json()) == replace(tokens, device=None)
    least = Tokens(access_token="opaque", username="alice")
    assert Tokens.from_json(least.to_json()) == least


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"AccessToken": "a"}',
        '{"AccessToken": "", "Username": "alice"}',
        '{"AccessToken": "a", "Username": 5}',
        '{"AccessToken": "a", "Username": "alice", "ExpiresIn": "hunter2"}',
        '{"AccessToken": "a", "Username": "alice", "DeviceKey": ["hunter2"]}',
        '{"AccessToken": "a", "Username": "alice", "DeviceKey": "hunter2 "}',
        '{"AccessToken": "a", "Username": "alice", "DeviceKey": ""}',
    ],
)
def test_what_is_not_the_json_of_tokens_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^text is not the JSON of Tokens\.to_json\(\)") as caught:
        Tokens.from_json(text)
    assert_hidden(caught.value, "hunter2")
    with pytest.raises(InputError, match="^text holds a lone surrogate"):
        Tokens.from_json(f"{text}\udcff")
    with pytest.raises(TypeError, match="^text must be a str"):
        Tokens.from_json(text.encode())  # type: ignore[arg-type]
