"""tokens.py: the end of a sign-in is read with care and shown without secrets."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from arguments import NONEMPTY, assert_hidden
from hypothesis import given
from hypothesis import strategies as st
from peers import CLIENT_ID, CLIENT_SECRET, DEVICE_KEY, GROUP_KEY

from srp_cognito import AppClient, Device, MalformedParameter, ServiceError, Tokens, initiate_auth
from srp_cognito.conversation.tokens import read_tokens

DEVICE = Device(GROUP_KEY, DEVICE_KEY, "ZGV2aWNlIHBhc3N3b3Jk")


def jwt(payload: object) -> str:
    """A token as AWS makes them: three parts in the URL-safe alphabet, without padding."""
    parts = [b'{"alg":"RS256"}', json.dumps(payload).encode(), b"\xff\xfe signature"]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


RESULT = {
    "AccessToken": jwt({"username": "a2c2e290", "token_use": "access"}),
    "IdToken": "an id token",
    "RefreshToken": "a refresh token",
    "ExpiresIn": 3600,
    "TokenType": "Bearer",
}


def bare(access_token: str) -> Tokens:
    """Tokens of which nothing else is known."""
    return Tokens(
        access_token=access_token,
        id_token=None,
        refresh_token=None,
        expires_in=None,
        token_type=None,
        username="alice",
    )


def test_everything_of_a_result_is_read() -> None:
    tokens = read_tokens(RESULT, username="alice", device=DEVICE)
    assert tokens == Tokens(
        access_token=RESULT["AccessToken"],
        id_token="an id token",
        refresh_token="a refresh token",
        expires_in=3600,
        token_type="Bearer",
        username="a2c2e290",
        device=DEVICE,
        device_error=None,
    )


def test_a_result_may_be_an_access_token_and_nothing_else() -> None:
    for nothing in ({}, dict.fromkeys(("IdToken", "RefreshToken", "ExpiresIn", "TokenType"))):
        tokens = read_tokens({"AccessToken": "opaque", **nothing}, username="alice")
        assert tokens == bare("opaque")


@given(NONEMPTY)
def test_the_access_tokens_own_user_name_counts_more(username: str) -> None:
    tokens = read_tokens({"AccessToken": jwt({"username": username})}, username="alice")
    assert tokens.username == username


@pytest.mark.parametrize(
    "token",
    [
        "an access token",
        "...",
        ".",
        "a.b.c",
        "a.bm90IEpTT04.c",
        "a.////.c",
        jwt({}),
        jwt([]),
        jwt("username"),
        jwt(None),
        jwt({"username": None}),
        jwt({"username": 5}),
        jwt({"username": ""}),
        jwt({"username": ["a2c2e290"]}),
        jwt({"cognito:username": "a2c2e290"}),
        jwt(json.loads("[" * 200 + "]" * 200)),
        "a." + base64.b64encode(b"[" * 90_000).decode() + ".c",
    ],
    ids=lambda token: token[:30],
)
def test_a_token_that_tells_no_name_leaves_the_one_that_is_known(token: str) -> None:
    assert read_tokens({"AccessToken": token}, username="alice").username == "alice"


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), st.binary())
def test_any_text_is_an_access_token(token: str, payload: bytes) -> None:
    known = read_tokens({"AccessToken": token}, username="alice")
    assert known.access_token == token
    part = base64.urlsafe_b64encode(payload).decode()
    assert read_tokens({"AccessToken": f"h.{part}.s"}, username="alice").username


def test_a_name_that_utf8_cannot_write_is_not_handed_on() -> None:
    """It came from the peer, and would be an error of the caller's at the next refresh."""
    result = {"AccessToken": jwt({"username": "hunter2\ud800"}), "RefreshToken": "token"}
    try:
        tokens = read_tokens(result, username="alice")
    except MalformedParameter as error:
        assert_hidden(error, "hunter2")
    else:
        app = AppClient(CLIENT_ID, CLIENT_SECRET)
        initiate_auth.refresh_token_auth(app, "token", tokens.username)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("AccessToken", None),
        ("AccessToken", ""),
        ("AccessToken", 5),
        ("AccessToken", "hunter2\ud800"),
        ("AccessToken", "t" * 200_000),
        ("IdToken", 5),
        ("IdToken", {"hunter2": 5}),
        ("RefreshToken", ["hunter2"]),
        ("TokenType", 5),
        ("ExpiresIn", "3600"),
        ("ExpiresIn", 3600.5),
        ("ExpiresIn", True),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_token_that_cannot_be_read_is_named(key: str, value: Any) -> None:
    with pytest.raises(MalformedParameter) as caught:
        read_tokens({**RESULT, key: value}, username="alice")
    assert caught.value.name == key
    assert_hidden(caught.value, "hunter2")


def test_the_lifetime_is_a_number_and_nothing_else() -> None:
    with pytest.raises(MalformedParameter, match="^ExpiresIn must be a number, not bool$"):
        read_tokens({**RESULT, "ExpiresIn": True}, username="alice")
    assert read_tokens({**RESULT, "ExpiresIn": 0}, username="alice").expires_in == 0


def test_tokens_do_not_show_themselves() -> None:
    tokens = read_tokens(RESULT, username="alice", device=DEVICE)
    shown = repr(tokens)
    for secret in (
        RESULT["AccessToken"],
        "an id token",
        "a refresh token",
        DEVICE.device_password,
    ):
        assert secret not in shown
    assert shown == (
        "Tokens(expires_in=3600, token_type='Bearer', username='a2c2e290',"
        f" device={DEVICE!r}, device_error=None)"
    )


def test_tokens_tell_why_a_device_was_not_registered() -> None:
    error = ServiceError("InvalidParameterException", "No.", "ConfirmDevice")
    tokens = replace(bare("t"), device_error=error)
    assert tokens.device_error is error
    assert tokens.device is None


@pytest.mark.parametrize("payload", [{"username": ""}, {"username": 5}, {"username": None}, [], 5])
def test_a_name_that_is_none_does_not_count(payload: object) -> None:
    assert read_tokens({"AccessToken": jwt(payload)}, username="alice").username == "alice"


def test_a_token_that_is_no_text_inside_is_read_all_the_same() -> None:
    middle = base64.urlsafe_b64encode(b'{"username": "\xff"}').decode()
    assert read_tokens({"AccessToken": f"a.{middle}.c"}, username="alice").username == "alice"


def test_json_has_one_kind_of_number() -> None:
    result = {"AccessToken": "opaque", "ExpiresIn": 3600.0}
    tokens = read_tokens(result, username="alice")
    assert tokens.expires_in == 3600
    assert isinstance(tokens.expires_in, int)
    for wrong in (3600.5, float("nan"), float("inf")):
        with pytest.raises(MalformedParameter):
            read_tokens({**result, "ExpiresIn": wrong}, username="alice")
