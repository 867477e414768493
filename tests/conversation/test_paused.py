"""paused.py: what a paused sign-in writes is what is read, and nothing else is."""

import json
from dataclasses import replace
from typing import Any

import pytest
from peers import CLIENT_ID, DEVICE_KEY, POOL_ID

from srp_cognito import Context, InputError
from srp_cognito.conversation.paused import Paused

PAUSED = Paused(
    pool_id=POOL_ID,
    client_id=CLIENT_ID,
    has_client_secret=True,
    typed="alice@example.com",
    username="alice",
    flow="USER_AUTH",
    preferred_challenge="EMAIL_OTP",
    begins_again=True,
    device_key=DEVICE_KEY,
    context={"client_metadata": {"a": "b"}, "ip_address": "::1"},
    context_is_function=False,
    is_admin=False,
    reply={"ChallengeName": "SMS_MFA"},
)


@pytest.mark.parametrize(
    "paused",
    [
        PAUSED,
        replace(PAUSED, preferred_challenge=None, device_key=None, context=None),
        replace(PAUSED, context_is_function=True, is_admin=True, begins_again=False),
    ],
)
def test_what_was_written_is_read(paused: Paused) -> None:
    assert Paused.from_json(paused.to_json()) == paused


def test_the_metadata_is_a_context_again() -> None:
    expected = Context(client_metadata={"a": "b"}, ip_address="::1")
    assert PAUSED.read_context() == expected
    assert replace(PAUSED, context=None).read_context() is None


@pytest.mark.parametrize("name", json.loads(PAUSED.to_json()))
@pytest.mark.parametrize("value", [5, "", [], ["x"], {"x": 5}, "\ud800"], ids=repr)
def test_no_member_of_another_type_is_read(name: str, value: object) -> None:
    text = json.dumps({**json.loads(PAUSED.to_json()), name: value})
    if name == "reply" and isinstance(value, dict):
        assert Paused.from_json(text).reply == value  # Its members are read by `read_kept`.
        return
    with pytest.raises(InputError, match=r"^text is not what pause\(\) returned$"):
        Paused.from_json(text)


def test_a_text_with_more_or_less_in_it_is_not_read() -> None:
    kept: dict[str, Any] = json.loads(PAUSED.to_json())
    less = {name: value for name, value in kept.items() if name != "reply"}
    for wrong in ({**kept, "surplus": 1}, less, {}):
        with pytest.raises(InputError):
            Paused.from_json(json.dumps(wrong))
    with pytest.raises(InputError, match="^text holds a lone surrogate"):
        Paused.from_json("\udcff")
    with pytest.raises(TypeError, match="^text must be a str"):
        Paused.from_json(kept)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"flow": "USER_SRP_AUTH"},
        {"flow": "USER_PASSWORD_AUTH"},
        {"preferred_challenge": "PASSWORD"},
        {"preferred_challenge": "PASSWORD_SRP"},
    ],
)
def test_what_needs_the_password_cannot_begin_again(change: dict[str, str]) -> None:
    kept = {**json.loads(PAUSED.to_json()), **change}
    with pytest.raises(InputError):
        Paused.from_json(json.dumps(kept))
    assert Paused.from_json(json.dumps({**kept, "begins_again": False})).begins_again is False


def test_a_paused_sign_in_does_not_show_its_session() -> None:
    paused = replace(PAUSED, reply={"ChallengeName": "SMS_MFA", "Session": "hunter2"})
    shown = repr(replace(paused, context={"client_metadata": {"a": "hunter2"}}))
    assert "hunter2" not in shown
    assert "alice" in shown
