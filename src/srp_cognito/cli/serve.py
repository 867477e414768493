"""The command `serve`: a user pool over HTTP, as a process of its own.

Standard output gets one line of JSON, for scripts to read, once clients can call. What is for
people, such as the codes that are sent, goes to standard error. Passwords come from a file, or are
made and printed here.
"""

import base64
import contextlib
import ipaddress
import json
import secrets
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from ..exceptions import printable
from ..testing.config import make_pool, read
from ..testing.http import serve
from ..testing.users import Message
from .streams import UnusableError, tell, unreadable, write_line

__all__ = ["run", "settings_of_file", "settings_of_flags"]

OPEN: Final = (
    "THIS POOL LISTENS BEYOND THE LOOPBACK INTERFACE. WHOEVER REACHES THIS MACHINE CAN CALL IT."
)

KEEPS_PASSWORDS: Final = (
    "THIS POOL KEEPS PASSWORDS AND SAYS WHY IT REFUSES A CLAIM. USE IT ONLY TO FIND FAULTS."
)


def settings_of_file(path: str) -> dict[str, Any]:
    """Return the settings in a TOML file.

    Raises:
        UnusableError: the file cannot be read.
        ValueError: the file is not TOML.
    """
    try:
        text = Path(path).read_text("utf-8-sig")  # Some editors begin a file with a mark.
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from error
    return read(text)


def settings_of_flags(  # noqa: PLR0913, since there are this many flags.
    *,
    pool_id: str = "eu-west-1_Example",
    client_id: str = "1example23456789",
    client_secret: bool = False,
    user: Sequence[str] = ("alice",),
    totp: bool = False,
    remember_devices: str = "never",
) -> dict[str, Any]:
    """Return settings with one app client and these users, each with a random password."""
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


def run(  # noqa: PLR0913, since all but the first are keyword-only.
    settings: Mapping[str, Any],
    *,
    port: int,
    own_issuer: bool,
    explains: bool,
    shows_secrets: bool,
    host: str,
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        settings: what `config.make_pool` takes.
        port: the port; 0 for any free one.
        own_issuer: whether the tokens name this endpoint as their issuer, instead of AWS.
        explains: whether the pool keeps passwords, and says why it refuses a claim.
        shows_secrets: whether passwords and secrets are printed, because they were made here.
        host: the IP address to listen at.

    Raises:
        OSError: standard output cannot be written.
        UnusableError: the port or the address cannot be used.
        ValueError: a setting is wrong.
    """
    pool = make_pool(settings, _show_message, _log if explains else None)
    if explains:
        _log(KEEPS_PASSWORDS)
    with contextlib.ExitStack() as stack:
        # Before anybody can know that the pool is there, and stop it.
        signals = stack.enter_context(_stop_signals())
        try:
            url = stack.enter_context(
                serve(pool, port=port, own_issuer=own_issuer, log=_log, host=host)
            )
        except OSError as error:
            raise UnusableError(f"the port {port} cannot be used: {error}") from error
        if not ipaddress.ip_address(host).is_loopback:
            _log(OPEN)
        described: dict[str, object] = {
            "endpoint_url": url,
            "pool_id": pool.pool_id,
            "jwks_url": f"{url}{pool.pool_id}/.well-known/jwks.json",
        }
        for name, key in (("app_clients", "client_id"), ("users", "username")):
            described[name] = [
                entry if shows_secrets else {key: entry[key]} for entry in settings.get(name, [])
            ]
        # Logged first: a client may call as soon as it has read the other line.
        _log(f"answering at {url}, until Ctrl-C")
        write_line(json.dumps(described))
        while not signals:
            time.sleep(0.1)
    _log("stopped")


@contextlib.contextmanager
def _stop_signals() -> Iterator[Sequence[int]]:
    """Yield a list to which Ctrl-C and SIGTERM add their numbers.

    Not an Event: it has a lock, which the thread that a signal interrupts may be holding.
    """
    received: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [
        signal.signal(number, lambda number, _: received.append(number)) for number in numbers
    ]
    try:
        yield received
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _show_message(message: Message) -> None:
    to = printable(f"{message.destination} ({message.username})")
    _log(f"{message.medium} to {to}: your code is {message.code}")


def _log(line: str) -> None:
    tell(f"{datetime.now().astimezone():%H:%M:%S} {line}")
