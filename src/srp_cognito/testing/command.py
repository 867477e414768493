"""The command `serve`: a pool over HTTP as a process of its own.

The law: standard output gets one line of JSON, once clients can call, for scripts to read; what is
for people, such as the codes that are sent, goes to standard error. Passwords come in by a file, or
are made here and told: never by an argument.
"""

import contextlib
import json
import secrets
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ..exceptions import printable
from .config import make_pool, read
from .http import serve
from .users import Message

__all__ = ["run", "settings_of_file", "settings_of_flags"]


def settings_of_file(path: str) -> dict[str, Any]:
    """Read the settings from a file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no TOML in UTF-8.
    """
    return read(Path(path).read_text("utf-8"))


def settings_of_flags(  # noqa: PLR0913, since there are this many flags.
    pool_id: str,
    client_id: str,
    users: list[str],
    *,
    with_client_secret: bool = False,
    with_totp: bool = False,
    remember_devices: str = "never",
) -> dict[str, Any]:
    """Make the settings for a few users, with a password of its own for each."""
    app = {"client_id": client_id}
    if with_client_secret:
        app["client_secret"] = secrets.token_hex(26)
    entries = []
    for username in users:
        entry = {"username": username, "password": secrets.token_urlsafe(12)}
        if with_totp:
            entry["totp_secret"] = "".join(
                secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(32)
            )
        entries.append(entry)
    return {
        "pool_id": pool_id,
        "remember_devices": remember_devices,
        "app_clients": [app],
        "users": entries,
    }


def run(settings: Mapping[str, Any], *, port: int, own_issuer: bool, tells_secrets: bool) -> None:
    """Serve until the process is told to stop by Ctrl-C or SIGTERM.

    Args:
        settings: as `config.make_pool` takes them.
        port: the port; 0 for any free one.
        own_issuer: as for `serve`.
        tells_secrets: whether the passwords and secrets were made here, and must be told.

    Raises:
        OSError: the port is taken, or standard output cannot be written.
        ValueError: a setting is wrong.
    """
    pool = make_pool(settings, _tell_message)
    # Asked for before anybody can know that the pool is there.
    with _told_to_stop() as stop, serve(pool, port=port, own_issuer=own_issuer, log=_log) as url:
        described: dict[str, object] = {
            "endpoint_url": url,
            "pool_id": pool.pool_id,
            "jwks_url": f"{url}{pool.pool_id}/.well-known/jwks.json",
        }
        for name, key in (("app_clients", "client_id"), ("users", "username")):
            described[name] = [
                entry if tells_secrets else {key: entry[key]} for entry in settings.get(name, [])
            ]
        print(json.dumps(described), flush=True)
        _log(f"answering at {url}, until Ctrl-C")
        # In steps, since Windows looks for Ctrl-C only in between.
        while not stop.wait(0.5):
            pass
    _log("stopped")


@contextlib.contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set."""
    stop = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stop.set()) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _tell_message(message: Message) -> None:
    to = printable(f"{message.destination} ({message.username})")
    _log(f"{message.medium} to {to}: your code is {message.code}")


def _log(line: str) -> None:
    with contextlib.suppress(OSError):  # Whoever read it may have gone away.
        print(f"{datetime.now().astimezone():%H:%M:%S} {line}", file=sys.stderr, flush=True)
