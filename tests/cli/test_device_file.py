"""device_file.py: a remembered device in a file of its owner's alone, whole or not at all."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from arguments import assert_hidden
from peers import DEVICE_KEY, GROUP_KEY, POOL_ID

from srp_cognito import Device
from srp_cognito.cli.device_file import DeviceFileError, keep_device, kept_device

DEVICE = Device(GROUP_KEY, DEVICE_KEY, "ZGV2aWNlIHBhc3N3b3Jk")
OTHER = Device("-other", "eu-west-1_other", "b3RoZXIgcGFzc3dvcmQ=")

posix_only = pytest.mark.skipif(os.name == "nt", reason="the modes of files are POSIX's")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "alice's device.json"


def keep(path: Path, device: Device | None = DEVICE) -> None:
    keep_device(path, POOL_ID, "alice", device)


def kept(path: Path) -> Device | None:
    return kept_device(path, POOL_ID, "alice")


@pytest.fixture
def no_umask() -> Iterator[None]:
    """New files are readable by everybody, unless they are made with more care."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("no_umask")
def test_a_device_is_kept_and_replaced_and_goes_away(path: Path) -> None:
    assert kept(path) is None
    for device in (DEVICE, OTHER):
        keep(path, device)
        assert kept(path) == device
        assert list(path.parent.iterdir()) == [path]
        if os.name != "nt":
            assert path.stat().st_mode & 0o7777 == 0o600
    keep(path, None)
    keep(path, None)
    assert list(path.parent.iterdir()) == []


@posix_only
@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o601, 0o666], ids="{:o}".format)
def test_a_file_that_is_open_to_others_is_refused_with_the_command_that_closes_it(
    path: Path, mode: int
) -> None:
    keep(path)
    path.chmod(mode)
    with pytest.raises(DeviceFileError) as caught:
        kept(path)
    told, _, command = str(caught.value).partition("; run: ")
    assert told == f"{path} can be read by others"
    assert os.system(command) == 0
    assert kept(path) == DEVICE


@pytest.mark.parametrize(
    "owner", [("eu-west-1_Other", "alice"), (POOL_ID, "Alice")], ids=["pool", "name"]
)
def test_another_users_device_is_refused(path: Path, owner: tuple[str, str]) -> None:
    keep_device(path, *owner, DEVICE)
    with pytest.raises(DeviceFileError, match=r"holds the device of another user; name another"):
        kept(path)


OF_ALICE = {"pool_id": POOL_ID, "username": "alice"}
MEMBERS = json.loads(DEVICE.to_json())
GARBAGE = {
    "nothing": "",
    "half of it": '{"pool_id": "eu',
    "no object": '["secret"]',
    "nested deeply": "[" * 50_000,
    "no device": json.dumps(OF_ALICE),
    "a device that is none": json.dumps({**OF_ALICE, "device": "secret"}),
    "a member too few": json.dumps({**OF_ALICE, "device": {"device_password": "secret"}}),
    "a number": json.dumps({**OF_ALICE, "device": {**MEMBERS, "device_key": 5}}),
    "half a character": json.dumps({**OF_ALICE, "device": {**MEMBERS, "device_key": "\udcff"}}),
    "no UTF-8": json.dumps({**OF_ALICE, "device": MEMBERS}).replace("ZGV2", "\udcff"),
    "megabytes": json.dumps({"padding": "x" * 5_000_000, **OF_ALICE, "device": MEMBERS}),
}


@pytest.mark.parametrize("text", GARBAGE.values(), ids=GARBAGE)
def test_what_is_no_device_is_refused_and_stays_as_it_is(path: Path, text: str) -> None:
    octets = text.encode("utf-8", "surrogateescape")
    path.write_bytes(octets)
    path.chmod(0o600)
    with pytest.raises(DeviceFileError) as caught:
        kept(path)
    problem = "holds no device that this command has kept; name another file"
    assert str(caught.value) == f"{path} {problem}"
    assert_hidden(caught.value, "secret", DEVICE.device_password[4:])
    assert path.read_bytes() == octets


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeviceFileError, match="cannot be read: "):
        kept(tmp_path)
    with pytest.raises(DeviceFileError, match="cannot be written: "):
        keep(tmp_path)
    with pytest.raises(DeviceFileError, match="cannot be written: "):
        keep(tmp_path, None)


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "no such folder" / "device.json"
    assert kept(path) is None
    keep(path, None)
    with pytest.raises(DeviceFileError, match="cannot be written: "):
        keep(path)
    assert list(tmp_path.iterdir()) == []


@posix_only
def test_a_link_is_followed_to_read_and_never_to_write(tmp_path: Path, path: Path) -> None:
    """Or whoever can put a link into a folder could have any file of the user's replaced."""
    target = tmp_path / "target"
    keep(target)
    path.symlink_to(target)
    assert kept(path) == DEVICE
    keep(path, OTHER)
    assert not path.is_symlink()
    assert (kept(path), kept(target)) == (OTHER, DEVICE)


@pytest.mark.parametrize("step", ["write", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_device_is_replaced_whole_or_not_at_all(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    keep(path)

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(*((os, "fsync") if step == "write" else (Path, "replace")), fail)
    expected = DeviceFileError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        keep(path, OTHER)
    assert kept(path) == DEVICE
    assert list(path.parent.iterdir()) == [path]
