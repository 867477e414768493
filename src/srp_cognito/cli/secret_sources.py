"""Where a secret comes from: a prompt, a file descriptor or an environment variable.

The caller names the source. The secret itself never comes as an argument.
"""

import os
import re
from typing import Final

from ..wire import as_utf8
from .streams import UnusableError
from .terminal import ask_secret

__all__ = ["read_secret"]

MAX_SECRET: Final = 4096
"""A longer line is not a secret. The service's passwords have 256 characters at most."""


def read_secret(source: str | None, what: str, prompt: str | None = None) -> str | None:
    """Return the secret from a source, or None if the source is None.

    Args:
        source: ``prompt``, ``fd:N`` for the first line of a file descriptor, or ``env:NAME``.
        what: the name of the secret, such as ``client secret``, for messages.
        prompt: what a prompt says; the name of the secret if left out.

    Raises:
        UnusableError: the secret cannot be read, is empty, too long or not UTF-8.
        ValueError: `source` has another form.
    """
    if source is None:
        return None
    kind, _, name = source.partition(":")
    if source == "prompt":
        secret = ask_secret(prompt or f"{what.capitalize()}:", what)
        if not secret:
            raise UnusableError(f"no {what} was typed")
    elif kind == "env" and name:
        secret = os.environ.get(name, "")
    elif kind == "fd" and re.fullmatch(r"[0-9]{1,9}", name):
        try:
            secret = _first_line(int(name))
        except OSError as error:
            raise UnusableError(f"the {what} cannot be read from {source}: {error}") from error
    else:
        # The source is not repeated, since it may be the secret itself.
        raise ValueError(f"the {what} must come from prompt, fd:N or env:NAME")
    if not secret:
        raise UnusableError(f"the {what} from {source} is missing or empty")
    if as_utf8(secret) is None:
        raise UnusableError(f"the {what} from {source} is not UTF-8")
    return secret


def _first_line(descriptor: int) -> str:
    """Read one line and not a byte more, since what follows may be for somebody else."""
    line = bytearray()
    while (byte := os.read(descriptor, 1)) not in (b"", b"\n"):
        line += byte
        if len(line) > MAX_SECRET:
            raise UnusableError(f"the first line of fd:{descriptor} is too long for a secret")
    # Bytes that are not UTF-8 become lone surrogates, as in an environment variable; a decoder's
    # error would hold the secret.
    return line.removesuffix(b"\r").decode("utf-8", "surrogateescape")
