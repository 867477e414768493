"""device_file.py: a device in a file that only its owner can read, whole or not at all."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from arguments import assert_hidden
from peers import DEVICE_KEY, GROUP_KEY, POOL_ID

from srp_cognito import Device
from srp_cognito.cli import device_file
from srp_cognito.cli.device_file import DeviceFile
from srp_cognito.cli.streams import UnusableError

DEVICE = Device(GROUP_KEY, DEVICE_KEY, "ZGV2aWNlIHBhc3N3b3Jk")
OTHER = Device("-other", "eu-west-1_other", "b3RoZXIgcGFzc3dvcmQ=")

posix_only = pytest.mark.skipif(os.name == "nt", reason="the modes of files are POSIX's")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "alice's device.json"


def save(path: Path, device: Device | None = DEVICE) -> None:
    DeviceFile(path, POOL_ID, "alice").save("alice", device)


def load(path: Path, typed: str = "alice") -> Device | None:
    return DeviceFile(path, POOL_ID, typed).load()


@pytest.fixture(params=["without a name", "next to it"])
def each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write as this system can, and as every system can."""
    if request.param == "next to it":
        monkeypatch.setattr(device_file, "_NO_NAME", 0)
    return str(request.param)


@pytest.fixture
def no_umask() -> Iterator[None]:
    """Everybody can read a new file, unless it is made with more care."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("no_umask", "each_way")
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
    DeviceFile(path, *owner).save(owner[1], DEVICE)
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


@posix_only
def test_what_is_not_a_file_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    """A pipe would be waited for, and the advice for /dev/null would break the machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    for path in (pipe, Path("/dev/null")):
        with pytest.raises(UnusableError, match="is a device or a pipe; name another file$"):
            load(path)


def test_a_missing_folder_is_not_made(tmp_path: Path) -> None:
    """Nor is a device registered whose secret could not be saved: loading comes first."""
    path = tmp_path / "no such folder" / "device.json"
    with pytest.raises(UnusableError, match="no such folder is not a folder; name a file in one"):
        load(path)
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


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.usefixtures("each_way")
def test_a_device_that_cannot_be_written_replaces_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    save(path)
    monkeypatch.setattr(os, "fsync", mock.Mock(side_effect=error))
    expected = UnusableError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        save(path, OTHER)
    assert load(path) == DEVICE
    assert list(path.parent.iterdir()) == [path]


# The names of its user.


def test_a_device_is_found_under_what_was_typed_and_under_the_users_own_name(path: Path) -> None:
    DeviceFile(path, POOL_ID, "alice@example.com").save("alice", DEVICE)
    assert load(path, "alice@example.com") == load(path, "alice") == DEVICE
    with pytest.raises(UnusableError, match="another user"):
        load(path, "bob")


def test_a_file_of_an_earlier_version_is_read_and_then_found_under_both_names(path: Path) -> None:
    old = {"pool_id": POOL_ID, "username": "alice@example.com", "device": MEMBERS}
    path.write_text(json.dumps(old))
    path.chmod(0o600)
    file = DeviceFile(path, POOL_ID, "alice@example.com")
    device = file.load()
    assert device == DEVICE
    file.save("alice", device)
    assert load(path, "alice") == load(path, "alice@example.com") == DEVICE


@pytest.mark.parametrize("typed", ["alice", "alice@example.com"])
@pytest.mark.usefixtures("each_way")
def test_what_has_not_changed_is_not_written(path: Path, typed: str) -> None:
    DeviceFile(path, POOL_ID, "alice@example.com").save("alice", DEVICE)
    before = path.stat()
    file = DeviceFile(path, POOL_ID, typed)
    file.save("alice", file.load())
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    file.save("alice", OTHER)
    assert load(path, "alice@example.com") == OTHER


# A write that is killed.

# Saves a device, in a process for each of its steps, which is killed before that step or after it.
# After each it prints what the folder holds, and what the next load finds.
KILLED = """
import json, os, signal, sys
from pathlib import Path
from srp_cognito import Device
from srp_cognito.cli import device_file

folder, new, old, way = sys.argv[1:]
path = Path(folder, "device.json")
if way == "next to it":
    device_file._NO_NAME = 0
elif way == "no linking":
    def no_link(*_, **__): raise OSError(1, "not permitted")
    os.link = no_link
steps = 0

def stepping(name, do):
    def step(*arguments, **options):
        global steps
        for _ in range(2):  # Before it, and after it.
            steps += 1
            if steps == last:
                os.kill(os.getpid(), signal.SIGKILL)
            if _ == 0:
                result = do(*arguments, **options)
        return result
    return step

names = "open", "fdopen", "fsync", "link", "unlink", "replace", "close"
for last in range(1, 100):
    for left in Path(folder).iterdir():
        left.unlink()
    if old:
        device_file.DeviceFile(path, "eu-west-1_x", "alice").save("alice", Device.from_json(old))
    process = os.fork()
    if process == 0:
        for name in names:
            setattr(os, name, stepping(name, getattr(os, name)))
        device_file.DeviceFile(path, "eu-west-1_x", "alice").save("alice", Device.from_json(new))
        os._exit(0)
    status = os.waitpid(process, 0)[1]
    left = {each.name: each.read_text() for each in Path(folder).iterdir()}
    found = device_file.DeviceFile(path, "eu-west-1_x", "alice").load()
    after = [each.name for each in Path(folder).iterdir()]
    print(json.dumps([status, left, found and found.to_json(), after]))
    if status == 0:
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are killed here as on POSIX")
@pytest.mark.parametrize("before", [None, OTHER], ids=["new", "replaced"])
@pytest.mark.parametrize("way", ["without a name", "next to it", "no linking"])
def test_a_write_that_is_killed_leaves_no_other_file_with_a_secret(
    tmp_path: Path, before: Device | None, way: str
) -> None:
    old = "" if before is None else before.to_json()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), DEVICE.to_json(), old, way],
        stdout=subprocess.PIPE,
        check=True,
        timeout=60,
    )
    killed = [json.loads(line) for line in done.stdout.splitlines()]
    assert [status for status, *_ in killed] == [*[9] * (len(killed) - 1), 0]
    assert len(killed) > 6
    for _, left, found, after in killed:
        assert found in (None, DEVICE.to_json(), old)
        assert after == ([] if found is None else ["device.json"])
        secrets = {name for name, text in left.items() if "device_password" in text}
        if way == "without a name" and device_file._NO_NAME:
            assert set(left) == secrets == set(after)
        else:
            assert secrets <= {"device.json", ".device.json.srp-cognito"}
            assert found or not old  # The old file stays until the new one is complete.


def test_what_a_kill_left_is_removed_by_the_next_load_and_by_the_next_save(path: Path) -> None:
    left = path.parent / f".{path.name}.srp-cognito"
    for use in (load, save):
        left.write_text("a secret")
        use(path)
        assert not left.exists()


def test_what_a_kill_left_and_cannot_be_removed_is_named(path: Path) -> None:
    left = path.parent / f".{path.name}.srp-cognito"
    left.mkdir()
    with pytest.raises(UnusableError, match="cannot be read: .*srp-cognito"):
        load(path)
    with pytest.raises(UnusableError, match="cannot be written: .*srp-cognito"):
        save(path)


@pytest.mark.skipif(not device_file._NO_NAME, reason="files without a name are Linux's")
def test_a_file_system_that_knows_no_files_without_a_name_is_written_all_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(name: object, flags: int, *mode: int, **options: int) -> int:
        if flags & device_file._NO_NAME == device_file._NO_NAME:
            raise OSError(95, "Operation not supported")
        return real(name, flags, *mode, **options)

    real: Any = os.open
    monkeypatch.setattr(os, "open", opened)
    for device in (DEVICE, OTHER):
        save(path, device)
        assert load(path) == device
        assert list(path.parent.iterdir()) == [path]


class Windows:
    """The module os as Windows has it: without POSIX's flags, and with one of its own."""

    name = "nt"
    O_BINARY = 1 << 30

    def __init__(self) -> None:
        self.flags: list[int] = []

    def __getattr__(self, name: str) -> Any:
        if name in {"O_TMPFILE", "O_DIRECTORY"}:
            raise AttributeError(name)
        return getattr(os, name)

    def open(self, name: Path, flags: int, mode: int) -> int:
        self.flags.append(flags)
        return os.open(name, flags & ~self.O_BINARY, mode)


def test_on_windows_a_device_is_saved_as_bytes_and_its_mode_says_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = Windows()
    monkeypatch.setattr(device_file, "os", windows)
    monkeypatch.setattr(device_file, "_NO_NAME", getattr(windows, "O_TMPFILE", 0))
    for device in (DEVICE, OTHER):
        save(path, device)
        path.chmod(0o666)  # What Windows shows for every file that can be written.
        assert load(path) == device
        assert list(path.parent.iterdir()) == [path]
    # Without this flag Windows makes two bytes of each line break.
    assert windows.flags
    assert all(flags & windows.O_BINARY for flags in windows.flags)
