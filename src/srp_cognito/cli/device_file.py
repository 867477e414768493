"""A remembered device in a file, between one run of the command line and the next.

The law: what is in there is as secret as a password, so only its owner can read it; and the file is
there whole or not at all.
"""

import json
import os
import shlex
import stat
import tempfile
from pathlib import Path
from typing import Final

from ..proof.device import Device
from ..wire import json_object

__all__ = ["DeviceFileError", "keep_device", "kept_device"]

MAX_FILE: Final = 1 << 16


class DeviceFileError(Exception):
    """The file cannot be read or written, or is not what it should be."""


def kept_device(path: Path, pool_id: str, username: str) -> Device | None:
    """Return the device that is kept in a file for this user; None if there is no file.

    Raises:
        DeviceFileError: the file cannot be read, can be read by others, or is another user's.
    """
    try:
        # What is not UTF-8 cannot be a device then, and no error holds it.
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            if os.name != "nt" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                command = f"chmod 600 {shlex.quote(str(path))}"
                raise DeviceFileError(f"{path} can be read by others; run: {command}")
            text = file.read(MAX_FILE)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DeviceFileError(f"{path} cannot be read: {error}") from error
    kept = json_object(text) or {}
    try:
        device = Device.from_json(json.dumps(kept.get("device")))
    except ValueError:
        problem = "holds no device that this command has kept; name another file"
        raise DeviceFileError(f"{path} {problem}") from None
    if (kept.get("pool_id"), kept.get("username")) != (pool_id, username):
        raise DeviceFileError(f"{path} holds the device of another user; name another file")
    return device


def keep_device(path: Path, pool_id: str, username: str, device: Device | None) -> None:
    """Keep the device for the next time, in a file of mode 0600; or nothing, if there is none.

    Raises:
        DeviceFileError: it cannot be written.
    """
    kept = {"pool_id": pool_id, "username": username}
    try:
        if device is None:
            path.unlink(missing_ok=True)
            return
        text = json.dumps({**kept, "device": json.loads(device.to_json())}) + "\n"
        # mkstemp makes a file that only its owner can read.
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())  # Or the power could fail before it is whole.
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DeviceFileError(f"{path} cannot be written: {error}") from error
