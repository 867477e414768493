"""tokens.py: whose the tokens are, and that none of them is shown."""

import base64
import json

import pytest
from arguments import NONEMPTY
from hypothesis import given
from hypothesis import strategies as st
from peers import CLIENT_ID, CLIENT_SECRET, DEVICE_KEY, GROUP_KEY

from srp_cognito import AppClient, Device, ServiceError, Tokens, initiate_auth
from srp_cognito.calls.replies import AuthenticationResult
from srp_cognito.conversation.tokens import tokens_of

DEVICE = Device(GROUP_KEY, DEVICE_KEY, "ZGV2aWNlIHBhc3N3b3Jk")


def jwt(payload: object) -> str:
    """A token as AWS makes them: three parts in the URL-safe alphabet, without padding."""
    parts = [b'{"alg":"RS256"}', json.dumps(payload).encode(), b"\xff\xfe signature"]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


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
        device_error=None,
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
        f" device={DEVICE!r}, device_error=None)"
    )
    assert DEVICE.device_password not in repr(tokens)


def test_tokens_say_why_a_device_was_not_registered() -> None:
    error = ServiceError("InvalidParameterException", "No.", "ConfirmDevice")
    tokens = Tokens(
        access_token="opaque",
        id_token=None,
        refresh_token=None,
        expires_in=None,
        token_type=None,
        username="alice",
        device_error=error,
    )
    assert tokens.device_error is error
    assert tokens.device is None
