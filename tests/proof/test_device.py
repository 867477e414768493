"""device.py: what a new device registers is what its password makes."""

import base64
import dataclasses
import json
from typing import Any

import oracle
import pytest
from arguments import IDENTIFIER, NONEMPTY, assert_hidden
from hypothesis import given, settings
from hypothesis import strategies as st
from peers import DEVICE_KEY, GROUP_KEY

from srp_cognito import Device, new_device

KEYS = st.text(st.characters(exclude_categories=("Cs",))).map(str.strip).filter(bool)


def signed(text: str) -> int:
    return int.from_bytes(base64.b64decode(text, validate=True), "big", signed=True)


@given(group_key=KEYS, device_key=KEYS)
@settings(max_examples=50)
def test_the_registered_verifier_is_the_oracles(group_key: str, device_key: str) -> None:
    device, config = new_device(group_key, device_key)
    salt = signed(config["Salt"])
    x = oracle.x(group_key, device_key, device.device_password, salt)
    assert signed(config["PasswordVerifier"]) == oracle.verifier(x)
    assert config == {
        "PasswordVerifier": base64.b64encode(oracle.pad(oracle.verifier(x))).decode(),
        "Salt": base64.b64encode(oracle.pad(salt)).decode(),
    }


def test_verifier_and_salt_have_their_sign_byte_about_half_of_the_time() -> None:
    """Without it the service refuses them as negative; 64 devices without one cannot be chance."""
    configs = [new_device(GROUP_KEY, DEVICE_KEY)[1] for _ in range(64)]
    for key in ("PasswordVerifier", "Salt"):
        first = [base64.b64decode(dict(config)[key])[0] for config in configs]
        assert 0 in first
        assert any(first)
        assert all(byte < 0x80 for byte in first)


def test_the_salt_has_128_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("secrets.randbits", lambda bits: asked.append(bits) or 5)
    assert signed(new_device(GROUP_KEY, DEVICE_KEY)[1]["Salt"]) == 5
    assert asked == [128]


def test_every_device_has_its_own_password_of_forty_random_bytes() -> None:
    passwords = {new_device(GROUP_KEY, DEVICE_KEY)[0].device_password for _ in range(10)}
    assert len(passwords) == 10
    assert {len(base64.b64decode(password, validate=True)) for password in passwords} == {40}


def test_a_device_does_not_show_its_password_and_cannot_be_changed() -> None:
    device = Device(GROUP_KEY, DEVICE_KEY, "hunter2")
    assert "hunter2" not in repr(device)
    with pytest.raises(dataclasses.FrozenInstanceError):
        device.device_key = "another"  # type: ignore[misc]


@pytest.mark.parametrize("position", range(3))
def test_what_is_not_text_is_refused_when_the_device_is_made(position: int) -> None:
    for bad, error in (
        (b"x", TypeError),
        (None, TypeError),
        ("\ud800", ValueError),
        ("", ValueError),
    ):
        arguments: list[object] = [GROUP_KEY, DEVICE_KEY, "password"]
        arguments[position] = bad
        with pytest.raises(error, match="device_group_key|device_key|device_password"):
            Device(*arguments)  # type: ignore[arg-type]


# Kept between two sign-ins


@given(group_key=IDENTIFIER, device_key=IDENTIFIER, password=NONEMPTY)
@settings(max_examples=50)
def test_a_device_that_was_stored_comes_back(
    group_key: str, device_key: str, password: str
) -> None:
    device = Device(group_key, device_key, password)
    assert Device.from_json(device.to_json()) == device


def test_a_stored_device_is_an_object_of_its_three_parts() -> None:
    """Programs keep it, so a later version must still read what this one wrote."""
    stored = (
        '{"device_group_key": "-v7_w9UcY6", "device_key":'
        f' "{DEVICE_KEY}", "device_password": "c2VjcmV0"}}'
    )
    assert Device(GROUP_KEY, DEVICE_KEY, "c2VjcmV0").to_json() == stored
    assert Device.from_json(stored).device_password == "c2VjcmV0"


KEPT = {"device_group_key": GROUP_KEY, "device_key": DEVICE_KEY, "device_password": "hunter2"}
NOT_A_DEVICE = {
    "nothing": "",
    "no JSON": "hunter2",
    "half of it": json.dumps(KEPT)[:-2],
    "something behind it": json.dumps(KEPT) + "x",
    "an array": json.dumps(list(KEPT.values())),
    "null": "null",
    "no password": json.dumps({**KEPT, "device_password": None}),
    "a part missing": json.dumps({k: v for k, v in KEPT.items() if k != "device_key"}),
    "a part too many": json.dumps({**KEPT, "version": "1"}),
    "a number": json.dumps({**KEPT, "device_key": 5}),
    "a list": json.dumps({**KEPT, "device_password": ["hunter2"]}),
    "no end": "[" * 100_000,
}


@pytest.mark.parametrize("text", NOT_A_DEVICE.values(), ids=NOT_A_DEVICE)
def test_what_is_not_a_stored_device_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ValueError, match="^text must be a device's JSON object of") as caught:
        Device.from_json(text)
    assert str(caught.value).endswith("of device_group_key, device_key, device_password")
    assert_hidden(caught.value, "hunter2", GROUP_KEY)


def test_a_stored_device_with_an_empty_or_broken_part_is_refused_by_its_name() -> None:
    for name in KEPT:
        for bad in ("", "hunter2\ud800"):
            with pytest.raises(ValueError, match=f"^{name} ") as caught:
                Device.from_json(json.dumps({**KEPT, name: bad}))
            assert_hidden(caught.value, "hunter2")
    with pytest.raises(ValueError, match="^text holds a lone surrogate") as caught:
        Device.from_json('{"device_key": "hunter2\ud800"}')
    assert_hidden(caught.value, "hunter2")


@pytest.mark.parametrize("text", [None, json.dumps(KEPT).encode(), KEPT], ids=type)
def test_a_stored_device_that_is_not_text_is_a_type_error(text: Any) -> None:
    with pytest.raises(TypeError, match="^text must be a str, not ") as caught:
        Device.from_json(text)
    assert_hidden(caught.value, "hunter2")
