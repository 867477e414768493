"""A remembered device in a file, between one run of `login` and the next.

The file is as secret as a password, so only its owner can read it. It is written whole or not at
all.
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
from .streams import UnusableError

__all__ = ["load_device", "save_device"]

MAX_FILE: Final = 1 << 16


def load_device(path: Path, pool_id: str, username: str) -> Device | None:
    """Return the device that a file holds for this user, or None if there is no file.

    Raises:
        UnusableError: the file cannot be read, can be read by others, or is another user's.
    """
    try:
        # Bytes that are not UTF-8 become surrogates, which a device refuses; a decoder's error
        # would show them.
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            if os.name != "nt" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                command = f"chmod 600 {shlex.quote(str(path))}"
                raise UnusableError(f"{path} can be read by others; run: {command}")
            text = file.read(MAX_FILE)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnusableError(f"{path} cannot be read: {error}") from error
    saved = json_object(text) or {}
    try:
        device = Device.from_json(json.dumps(saved.get("device")))
    except ValueError:
        problem = "does not hold a device that this command saved; name another file"
        raise UnusableError(f"{path} {problem}") from None
    if (saved.get("pool_id"), saved.get("username")) != (pool_id, username):
        raise UnusableError(f"{path} holds the device of another user; name another file")
    return device


def save_device(path: Path, pool_id: str, username: str, device: Device | None) -> None:
    """Write the device to a file of mode 0600, or remove the file if there is no device.

    Raises:
        UnusableError: the file cannot be written.
    """
    try:
        if device is None:
            path.unlink(missing_ok=True)
            return
        saved = {"pool_id": pool_id, "username": username, "device": json.loads(device.to_json())}
        # mkstemp makes a file that only its owner can read.
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(f"{json.dumps(saved)}\n")
                file.flush()
                os.fsync(file.fileno())  # Before the new name, in case the power fails.
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UnusableError(f"{path} cannot be written: {error}") from error
