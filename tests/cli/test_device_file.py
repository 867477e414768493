"""device_file.py: a device in a file that only its owner can read, whole or not at all."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from arguments import assert_hidden
from peers import DEVICE_KEY, GROUP_KEY, POOL_ID

from srp_cognito import Device
from srp_cognito.cli.device_file import load_device, save_device
from srp_cognito.cli.streams import UnusableError

DEVICE = Device(GROUP_KEY, DEVICE_KEY, "ZGV2aWNlIHBhc3N3b3Jk")
OTHER = Device("-other", "eu-west-1_other", "b3RoZXIgcGFzc3dvcmQ=")

posix_only = pytest.mark.skipif(os.name == "nt", reason="the modes of files are POSIX's")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "alice's device.json"


def save(path: Path, device: Device | None = DEVICE) -> None:
    save_device(path, POOL_ID, "alice", device)


def load(path: Path) -> Device | None:
    return load_device(path, POOL_ID, "alice")


@pytest.fixture
def no_umask() -> Iterator[None]:
    """Everybody can read a new file, unless it is made with more care."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("no_umask")
def test_a_device_is_saved_replaced_and_removed(path: Path) -> None:
    assert load(path) is None
    for device in (DEVICE, OTHER):
        save(path, device)
        assert load(path) == device
        assert list(path.parent.iterdir()) == [path]
        if os.name != "nt":
            assert path.stat().st_mode & 0o7777 == 0o600
    save(path, None)
    save(path, None)
    assert list(path.parent.iterdir()) == []


@posix_only
@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o601, 0o666], ids="{:o}".format)
def test_a_file_that_is_open_to_others_is_refused_with_the_command_that_closes_it(
    path: Path, mode: int
) -> None:
    save(path)
    path.chmod(mode)
    with pytest.raises(UnusableError) as caught:
        load(path)
    problem, _, command = str(caught.value).partition("; run: ")
    assert problem == f"{path} can be read by others"
    assert os.system(command) == 0
    assert load(path) == DEVICE


@pytest.mark.parametrize(
    "owner", [("eu-west-1_Other", "alice"), (POOL_ID, "Alice")], ids=["pool", "name"]
)
def test_another_users_device_is_refused(path: Path, owner: tuple[str, str]) -> None:
    save_device(path, *owner, DEVICE)
    with pytest.raises(UnusableError, match=r"holds the device of another user; name another"):
        load(path)


OF_ALICE = {"pool_id": POOL_ID, "username": "alice"}
MEMBERS = json.loads(DEVICE.to_json())
GARBAGE = {
    "an empty file": "",
    "half of it": '{"pool_id": "eu',
    "an array": '["secret"]',
    "nested deeply": "[" * 50_000,
    "no device": json.dumps(OF_ALICE),
    "a text for a device": json.dumps({**OF_ALICE, "device": "secret"}),
    "a member too few": json.dumps({**OF_ALICE, "device": {"device_password": "secret"}}),
    "a number": json.dumps({**OF_ALICE, "device": {**MEMBERS, "device_key": 5}}),
    "half a character": json.dumps({**OF_ALICE, "device": {**MEMBERS, "device_key": "\udcff"}}),
    "not UTF-8": json.dumps({**OF_ALICE, "device": MEMBERS}).replace("ZGV2", "\udcff"),
    "megabytes": json.dumps({"padding": "x" * 5_000_000, **OF_ALICE, "device": MEMBERS}),
}


@pytest.mark.parametrize("text", GARBAGE.values(), ids=GARBAGE)
def test_a_file_without_a_device_is_refused_and_not_changed(path: Path, text: str) -> None:
    octets = text.encode("utf-8", "surrogateescape")
    path.write_bytes(octets)
    path.chmod(0o600)
    with pytest.raises(UnusableError) as caught:
        load(path)
    problem = "does not hold a device that this command saved; name another file"
    assert str(caught.value) == f"{path} {problem}"
    assert_hidden(caught.value, "secret", DEVICE.device_password[4:])
    assert path.read_bytes() == octets


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match="cannot be read: "):
        load(tmp_path)
    with pytest.raises(UnusableError, match="cannot be written: "):
        save(tmp_path)
    with pytest.raises(UnusableError, match="cannot be written: "):
        save(tmp_path, None)


def test_a_missing_folder_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "no such folder" / "device.json"
    assert load(path) is None
    save(path, None)
    with pytest.raises(UnusableError, match="cannot be written: "):
        save(path)
    assert list(tmp_path.iterdir()) == []


@posix_only
def test_a_link_is_followed_to_read_and_never_to_write(tmp_path: Path, path: Path) -> None:
    """Otherwise whoever can put a link into the folder could replace any file of the user."""
    target = tmp_path / "target"
    save(target)
    path.symlink_to(target)
    assert load(path) == DEVICE
    save(path, OTHER)
    assert not path.is_symlink()
    assert (load(path), load(target)) == (OTHER, DEVICE)


@pytest.mark.parametrize("step", ["write", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_device_is_replaced_whole_or_not_at_all(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    save(path)

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(*((os, "fsync") if step == "write" else (Path, "replace")), fail)
    expected = UnusableError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        save(path, OTHER)
    assert load(path) == DEVICE
    assert list(path.parent.iterdir()) == [path]
