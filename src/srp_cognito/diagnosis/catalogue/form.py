"""Mistakes in how the signature is spelled. They need no search: the text itself shows them."""

import re
from typing import Any, Final

from ...exceptions import MalformedParameter
from ...wire import base64_leniently, write_base64
from .mistake import Mistake

__all__ = ["FORM", "read_signature"]

SPELLING: Final = (
    "Write the 32 bytes in base64 with the standard alphabet and padding: 44 characters."
)

BYTES: Final = 32


def _spelled(name: str, says: str, unnoticed: str = "") -> Mistake[Any]:
    return Mistake(name, says, SPELLING, unnoticed=unnoticed)


FORM: Final = (
    _spelled("form-line-break", "The signature ends in a line break."),
    _spelled("form-hex", "The signature is written in hex."),
    _spelled("form-base64-of-hex", "The signature's hex text is encoded in base64, not its bytes."),
    _spelled(
        "form-url-safe",
        "The signature is written with the URL-safe alphabet.",
        "In a quarter of all logins: if the signature has neither + nor /.",
    ),
    _spelled("form-no-padding", "The signature has no = at its end."),
    _spelled("form-other", "The signature is not spelled as a base64 encoder spells it."),
)

_BY_ID: Final = {mistake.id: mistake for mistake in FORM}


def read_signature(text: str, name: str) -> tuple[bytes, tuple[Mistake[Any], ...]]:
    """Return the bytes of a signature, and the mistakes in its spelling.

    Args:
        text: the signature as it was sent.
        name: its key on the wire.

    Raises:
        MalformedParameter: the text is not 32 bytes in any spelling.

    >>> octets, wrong = read_signature("f2" * 32, "PASSWORD_CLAIM_SIGNATURE")
    >>> len(octets), [mistake.id for mistake in wrong]
    (32, ['form-hex'])
    """
    wrong = []
    bare = text.rstrip("\r\n")
    if bare != text:
        wrong.append("form-line-break")
    octets, spelling = _decode(bare)
    if len(octets) != BYTES:
        raise MalformedParameter(name, "is not 32 bytes, in base64 or in hexadecimal")
    return octets, tuple(_BY_ID[each] for each in (*wrong, *spelling))


def _decode(text: str) -> tuple[bytes, list[str]]:
    if _is_hex(text):
        return bytes.fromhex(text), ["form-hex"]
    octets = base64_leniently(text)
    inner = octets.decode("latin-1")
    if _is_hex(inner):
        return bytes.fromhex(inner), ["form-base64-of-hex"]
    right = write_base64(octets)
    if text == right:
        return octets, []
    wrong = []
    if "-" in text or "_" in text:
        wrong.append("form-url-safe")
        right = right.replace("+", "-").replace("/", "_")
    if not text.endswith("="):
        wrong.append("form-no-padding")
        right = right.rstrip("=")
    return octets, wrong if wrong and text == right else ["form-other"]


def _is_hex(text: str) -> bool:
    return re.fullmatch(r"[0-9A-Fa-f]{64}", text, re.ASCII) is not None
