"""The command `serve`: a pool over HTTP as a process of its own.

The law: standard output gets one line of JSON, once clients can call, for scripts to read; what is
for people, such as the codes that are sent, goes to standard error. Passwords come in by a file, or
are made here and told: never by an argument.
"""

import base64
import contextlib
import json
import secrets
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from ..exceptions import printable
from ..testing.config import make_pool, read
from ..testing.http import serve
from ..testing.users import Message

__all__ = ["run", "settings_of_file", "settings_of_flags"]


KEEPS_PASSWORDS: Final = (
    "THIS POOL KEEPS PASSWORDS, AND TELLS WHY IT REFUSES A CLAIM. IT IS FOR FINDING FAULTS ONLY."
)


def settings_of_file(path: str) -> dict[str, Any]:
    """Read the settings from a file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no TOML in UTF-8.
    """
    return read(Path(path).read_text("utf-8-sig"))  # Some editors begin a file with a mark.


def settings_of_flags(  # noqa: PLR0913, since there are this many flags.
    *,
    pool_id: str = "eu-west-1_Example",
    client_id: str = "1example23456789",
    client_secret: bool = False,
    user: Sequence[str] = ("alice",),
    totp: bool = False,
    remember_devices: str = "never",
) -> dict[str, Any]:
    """Make the settings for a few users, with a password of its own for each."""
    app = {"client_id": client_id}
    if client_secret:
        app["client_secret"] = secrets.token_hex(26)
    users = []
    for username in user:
        entry = {"username": username, "password": secrets.token_urlsafe(12)}
        if totp:
            entry["totp_secret"] = base64.b32encode(secrets.token_bytes(20)).decode("ascii")
        users.append(entry)
    return {
        "pool_id": pool_id,
        "remember_devices": remember_devices,
        "app_clients": [app],
        "users": users,
    }


def run(
    settings: Mapping[str, Any],
    *,
    port: int,
    own_issuer: bool,
    explains: bool,
    tells_secrets: bool,
) -> None:
    """Serve until the process is told to stop by Ctrl-C or SIGTERM.

    Args:
        settings: as `config.make_pool` takes them.
        port: the port; 0 for any free one.
        own_issuer: as for `serve`.
        explains: whether the pool keeps passwords, and tells why it refuses a claim.
        tells_secrets: whether the passwords and secrets were made here, and must be told.

    Raises:
        OSError: the port is taken, or standard output cannot be written.
        ValueError: a setting is wrong.
    """
    pool = make_pool(settings, _tell_message, _log if explains else None)
    if explains:
        _log(KEEPS_PASSWORDS)
    # Asked for before anybody can know that the pool is there.
    with _told_to_stop() as told, serve(pool, port=port, own_issuer=own_issuer, log=_log) as url:
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
        while not told:
            time.sleep(0.1)
    _log("stopped")


@contextlib.contextmanager
def _told_to_stop() -> Iterator[Sequence[int]]:
    """Yield a list that Ctrl-C and SIGTERM put their numbers into.

    An Event would not do: it has a lock, and the signal may come to the one who holds it.
    """
    told: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda number, _: told.append(number)) for number in numbers]
    try:
        yield told
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _tell_message(message: Message) -> None:
    to = printable(f"{message.destination} ({message.username})")
    _log(f"{message.medium} to {to}: your code is {message.code}")


def _log(line: str) -> None:
    """Write a line for a person, who may not be there; in one piece, since many threads do."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{datetime.now().astimezone():%H:%M:%S} {line}\n")
            sys.stderr.flush()
