"""user_context.py: EncodedData is what AWS's Android client would have made."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from arguments import IDENTIFIER, MAPPING, NONEMPTY, assert_hidden
from hypothesis import given, settings
from hypothesis import strategies as st
from peers import CLIENT_ID, CLIENT_SECRET, POOL_ID

from srp_cognito import AppClient, Context, encoded_data, initiate_auth

NOW = datetime(2026, 3, 7, 9, 5, 3, 987_654, tzinfo=UTC)
APP = AppClient(CLIENT_ID, CLIENT_SECRET)


def make(context_data: Any = None, **changed: Any) -> str:
    arguments = {"pool_id": POOL_ID, "username": "alice", "app": APP, "now": NOW, **changed}
    return encoded_data({"DeviceId": "5bf4"} if context_data is None else context_data, **arguments)


def test_encoded_data_is_base64_of_a_payload_its_signature_and_the_version() -> None:
    payload = (
        '{"contextData":{"DeviceId":"5bf4","DeviceName":"J\u00f6rg \U0001f600"},"username":"alice"'
        ',"userPoolId":"eu-west-1_Example","timestamp":"1772874303987"}'
    )
    signed = f"ANDROID20171114{payload}".encode()
    signature = base64.b64encode(hmac.new(CLIENT_ID.encode(), signed, hashlib.sha256).digest())
    escaped = payload.replace('"', '\\"')
    expected = (
        f'{{"payload":"{escaped}","signature":"{signature.decode()}","version":"ANDROID20171114"}}'
    )
    made = make({"DeviceId": "5bf4", "DeviceName": "J\u00f6rg \U0001f600"})
    assert base64.b64decode(made, validate=True).decode() == expected


@given(
    context_data=MAPPING,
    username=NONEMPTY,
    client_id=IDENTIFIER,
    now=st.datetimes(timezones=st.just(UTC)),
)
@settings(max_examples=50)
def test_any_text_is_signed_as_it_is_sent(
    context_data: dict[str, str], username: str, client_id: str, now: datetime
) -> None:
    made = make(context_data, username=username, app=AppClient(client_id), now=now)
    parts = json.loads(base64.b64decode(made, validate=True))
    assert parts.keys() == {"payload", "signature", "version"}
    signed = parts["version"] + parts["payload"]
    signature = hmac.new(client_id.encode(), signed.encode(), hashlib.sha256).digest()
    assert base64.b64decode(parts["signature"], validate=True) == signature
    payload = json.loads(parts["payload"])
    assert payload == {
        "contextData": context_data,
        "username": username,
        "userPoolId": POOL_ID,
        "timestamp": payload["timestamp"],
    }
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(payload["timestamp"]))
    assert timedelta() <= now - moment < timedelta(milliseconds=1)


def timestamp_of(made: str) -> int:
    return int(json.loads(json.loads(base64.b64decode(made))["payload"])["timestamp"])


def test_the_moment_is_the_same_in_every_time_zone() -> None:
    zone = timezone(timedelta(hours=-7, minutes=-30))
    assert make(now=NOW.astimezone(zone)) == make(now=NOW)
    assert timestamp_of(make(now=NOW)) == 1_772_874_303_987


def test_it_is_made_now_if_no_moment_is_given() -> None:
    before = datetime.now(UTC).timestamp() * 1000 - 1
    made = timestamp_of(make(now=None))
    assert before <= made <= datetime.now(UTC).timestamp() * 1000


def test_the_client_secret_does_not_matter() -> None:
    assert make(app=AppClient(CLIENT_ID)) == make(app=APP)


def test_a_call_carries_it_as_it_is() -> None:
    made = make()
    call = initiate_auth.custom_auth(APP, "alice", context=Context(encoded_data=made))
    assert call.arguments["UserContextData"] == {"EncodedData": made}


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"app": CLIENT_ID}, TypeError, "app must be an AppClient, not str"),
        ({"pool_id": "Example"}, ValueError, "pool_id must be the whole user pool id"),
        ({"pool_id": None}, TypeError, "pool_id must be a str"),
        ({"username": ""}, ValueError, "username is empty"),
        ({"username": b"alice"}, TypeError, "username must be a str, not bytes"),
        ({"username": "hunter2\ud800"}, ValueError, "username holds a lone surrogate"),
        ({"now": datetime(2026, 3, 7)}, ValueError, "now must be an aware datetime"),
        ({"now": 1772874303}, TypeError, "now must be a datetime, not int"),
        ({"context_data": [("a", "b")]}, TypeError, "context_data must be a mapping"),
        ({"context_data": {"a": 5}}, TypeError, r"context_data\['a'\] must be a str, not int"),
        ({"context_data": {"": "x"}}, ValueError, "a name in context_data is empty"),
        ({"context_data": {"a": "hunter2\ud800"}}, ValueError, r"context_data\['a'\] holds a lone"),
    ],
    ids=str,
)
def test_wrong_arguments_are_refused_with_a_sentence(
    changed: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says) as caught:
        make(**changed)
    assert_hidden(caught.value, "hunter2")
