"""The emulators as processes: how each is started, and where it shows the codes that it sent."""

import contextlib
import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

__all__ = ["EMULATORS", "Emulator", "Running", "started"]

SECONDS_TO_START: Final = 60


@dataclass(frozen=True)
class Emulator:
    """How an emulator is started.

    Args:
        command: the program and its arguments, of a port; the program is in the virtual environment
            or among the npm packages of `make emulators`.
        environment: what it needs besides, of a port.
        codes: returns the text in which codes stand that it sent to a destination, newest last.
        no_codes: why there are no such texts.
        files: what must stand in its folder.
    """

    command: Callable[[int], tuple[str, ...]]
    environment: Callable[[int], Mapping[str, str]]
    codes: "Callable[[Running, str], list[str]] | None" = None
    no_codes: str = ""
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Running:
    """An emulator that answers."""

    emulator: Emulator
    url: str
    output: Path = field(repr=False)

    def code(self, destination: str) -> str | None:
        """Return the newest code of six digits that was sent to a number or an address."""
        if self.emulator.codes is None:
            return None
        texts = self.emulator.codes(self, destination)
        found = [code for text in texts for code in re.findall(r"(?<!\d)\d{6}(?!\d)", text)]
        return found[-1] if found else None


def _on_the_console(running: Running, destination: str) -> list[str]:
    """Read what cognito-local prints: a box for each message."""
    boxes = running.output.read_text("utf-8", "replace").split("Confirmation Code Delivery")[1:]
    found = (re.search(r"Code: +(\d{6})", box) for box in boxes if destination in box)
    return [code[1] for code in found if code is not None]


def _in_the_outbox(running: Running, destination: str) -> list[str]:
    """List the messages that the SNS and SES of ministack would have sent."""
    texts = []
    for path in ("sns/sms-messages", "ses/messages"):
        with contextlib.suppress(urllib.error.URLError):
            # The URL is this machine's.
            reply = urllib.request.urlopen(f"{running.url}/_ministack/{path}", timeout=10)  # noqa: S310
            with reply:
                listed = json.loads(reply.read())
            texts += [json.dumps(each) for each in _messages(listed) if destination in str(each)]
    return texts


def _messages(listed: object) -> list[object]:
    """Return the lists of messages in a document, one after the other."""
    if isinstance(listed, list):
        return listed
    members = listed.values() if isinstance(listed, dict) else ()
    return [message for member in members for message in _messages(member)]


EMULATORS: Final[Mapping[str, Emulator]] = {
    "moto": Emulator(
        lambda port: ("moto_server", "-H", "127.0.0.1", "-p", str(port)),
        # Without it any code of an authenticator app is accepted.
        lambda _: {"MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP": "true"},
        no_codes="it sends no codes",
    ),
    "cognito-local": Emulator(
        lambda _: ("cognito-local",),
        lambda port: {"PORT": str(port), "HOST": "127.0.0.1"},
        codes=_on_the_console,
        no_codes="it printed no code",
        # Without it every user's name must be a mail address.
        files={".cognito/config.json": '{"UserPoolDefaults": {"UsernameAttributes": []}}'},
    ),
    "ministack": Emulator(
        lambda _: ("ministack",),
        lambda port: {
            "AUTH": "true",  # Without it SECRET_HASH is not checked.
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "STATE_DIR": "state",
        },
        codes=_in_the_outbox,
        no_codes="it sends no code at a sign-in: neither its SNS nor its SES has one",
    ),
}


@contextlib.contextmanager
def started(name: str, programs: tuple[Path, ...], folder: Path) -> Iterator[Running]:
    """Start an emulator at a free port, wait until it answers, and end it afterwards.

    Args:
        name: its name in `EMULATORS`.
        programs: the folders with programs.
        folder: an empty folder for what it writes.
    """
    emulator, port, output = EMULATORS[name], _free_port(), folder / "output"
    for file_name, text in emulator.files.items():
        (folder / file_name).parent.mkdir(parents=True, exist_ok=True)
        (folder / file_name).write_text(text, "utf-8")
    path = os.pathsep.join((*map(str, programs), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path, "TMPDIR": str(folder), **emulator.environment(port)}
    with (
        output.open("wb") as file,
        subprocess.Popen(
            ["/usr/bin/env", *emulator.command(port)],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            _wait_for(port, process)
            yield Running(emulator, f"http://127.0.0.1:{port}", output)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise RuntimeError(f"{process.args!r} does not answer; it ended with {process.poll()}")
