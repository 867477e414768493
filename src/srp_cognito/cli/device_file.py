"""A remembered device in a file, between one run of `login` and the next.

The file is as secret as a password, so only its owner can read it. It is written whole or not at
all, and a write that is killed, at whatever moment, leaves no other file with the secret:

- On Linux the secret is written to a file that has no name, which ends with the process. It gets
  its name when it is complete. A file that had the name before is removed right before that, so
  that a kill in between leaves no file at all.
- Where the system or the file system cannot do that, the secret is written to one temporary file
  next to it, whose name is always the same: ``.NAME.srp-cognito``. If a kill leaves it there, the
  next load or save removes it.
"""

import contextlib
import json
import os
import shlex
import stat
from pathlib import Path
from typing import BinaryIO, Final

from ..proof.device import Device
from ..wire import json_object
from .streams import UnusableError

__all__ = ["DeviceFile"]

MAX_FILE: Final = 1 << 16

_NO_NAME: Final = getattr(os, "O_TMPFILE", 0)
"""Linux's flag for a new file without a name."""


class DeviceFile:
    """The file in which a user's device is kept.

    Args:
        path: the file.
        pool_id: the whole user pool id.
        typed: what the person typed as the user's name. The file is also found under the name
            inside the pool, once that is known.
    """

    def __init__(self, path: Path, pool_id: str, typed: str) -> None:
        self.path = path
        self._pool_id = pool_id
        self._typed = typed
        self._temporary = path.parent / f".{path.name}.srp-cognito"
        self._saved: dict[str, object] = {}

    def load(self) -> Device | None:
        """Return the device that the file holds for this user, or None if there is no file.

        Raises:
            UnusableError: the file cannot be read, can be read by others, or is another user's; or
                it could not be saved, since its folder does not exist.
        """
        if not self.path.parent.is_dir():
            raise UnusableError(
                f"{self.path.parent} is not a folder; name a file in one that exists"
            )
        try:
            self._remove_temporary()
            # A pipe would wait for ever, and nobody should run chmod on /dev/null, or replace it.
            if self.path.exists() and not (self.path.is_file() or self.path.is_dir()):
                raise UnusableError(f"{self.path} is a device or a pipe; name another file")
            # Bytes that are not UTF-8 become surrogates, which a device refuses; a decoder's error
            # would show them.
            with self.path.open(encoding="utf-8", errors="surrogateescape") as file:
                if os.name != "nt" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                    command = f"chmod 600 {shlex.quote(str(self.path))}"
                    raise UnusableError(f"{self.path} can be read by others; run: {command}")
                text = file.read(MAX_FILE)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnusableError(f"{self.path} cannot be read: {error}") from error
        saved = json_object(text) or {}
        try:
            device = Device.from_json(json.dumps(saved.get("device")))
        except ValueError:
            problem = "does not hold a device that this command saved; name another file"
            raise UnusableError(f"{self.path} {problem}") from None
        # A file of an earlier version has no "typed": its "username" is what was typed.
        names = (saved.get("username"), saved.get("typed"))
        if saved.get("pool_id") != self._pool_id or self._typed not in names:
            raise UnusableError(f"{self.path} holds the device of another user; name another file")
        self._saved = saved
        return device

    def save(self, username: str, device: Device | None) -> None:
        """Write the device to the file, with mode 0600, or remove the file if there is no device.

        A file that holds the device already, under this name, is not written again.

        Args:
            username: the user's name inside the pool.
            device: the device.

        Raises:
            UnusableError: the file cannot be written.
        """
        try:
            self._remove_temporary()
            if device is None:
                self.path.unlink(missing_ok=True)
                return
            kept = {
                "pool_id": self._pool_id,
                "username": username,
                "typed": self._typed,
                "device": json.loads(device.to_json()),
            }
            # Who typed the name inside the pool keeps the alias that was typed another time.
            if "typed" in self._saved and self._typed == username:
                kept["typed"] = self._saved["typed"]
            if kept != self._saved:
                self._write(f"{json.dumps(kept)}\n".encode("ascii"))
                self._saved = kept
        except OSError as error:
            raise UnusableError(f"{self.path} cannot be written: {error}") from error

    def _write(self, text: bytes) -> None:
        if not self._write_without_a_name(text):
            self._write_next_to_it(text)

    def _write_without_a_name(self, text: bytes) -> bool:
        """Write the file as Linux can, and return whether that was possible here."""
        if not _NO_NAME:
            return False
        with contextlib.ExitStack() as stack:
            try:
                folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
                stack.callback(os.close, folder)
                descriptor = os.open(".", _NO_NAME | os.O_WRONLY, 0o600, dir_fd=folder)
            except OSError:
                return False
            file = stack.enter_context(os.fdopen(descriptor, "wb"))
            _write_out(file, text)
            # With a folder's descriptor Python calls linkat(), which can follow the link in /proc.
            source, name = f"/proc/self/fd/{descriptor}", self.path.name
            try:
                try:
                    os.link(source, name, dst_dir_fd=folder, follow_symlinks=True)
                except FileExistsError:
                    self.path.unlink()  # It is about to be replaced.
                    os.link(source, name, dst_dir_fd=folder, follow_symlinks=True)
            except OSError:
                return False
            return True

    def _write_next_to_it(self, text: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self._temporary, flags, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                _write_out(file, text)
            self._temporary.replace(self.path)
        except BaseException:
            self._temporary.unlink(missing_ok=True)
            raise

    def _remove_temporary(self) -> None:
        """Remove what a write left that was killed."""
        # A file system that cannot be written refuses to remove what is not there, too.
        if os.path.lexists(self._temporary):
            self._temporary.unlink(missing_ok=True)


def _write_out(file: BinaryIO, text: bytes) -> None:
    file.write(text)
    file.flush()
    os.fsync(file.fileno())  # Before it gets its name, in case the power fails.
