"""device.py: what a new device registers is what its password makes."""

import base64

import oracle
import pytest
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
    """Without it the service refuses them as negative; 64 devices without one are no chance."""
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


def test_a_device_does_not_show_its_password() -> None:
    assert "hunter2" not in repr(Device(GROUP_KEY, DEVICE_KEY, "hunter2"))


@pytest.mark.parametrize("position", range(3))
def test_what_is_no_text_is_refused_when_the_device_is_made(position: int) -> None:
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
