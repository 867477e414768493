"""Mistakes in how the signature is spelled. They need no search: the text itself shows them."""

import re
from typing import Final

from ...exceptions import MalformedParameter
from ...wire import base64_leniently, write_base64
from .mistake import Mistake

__all__ = ["FORM", "read_signature"]

SPELLING: Final = (
    "Write the 32 bytes in base64 of the standard alphabet, with padding: 44 characters."
)

BYTES: Final = 32


def _spelled(name: str, what: str, unnoticed: str = "") -> Mistake:
    return Mistake(name, what, SPELLING, unnoticed=unnoticed)


FORM: Final = (
    _spelled("form-line-break", "The signature ends in a line break."),
    _spelled("form-hex", "The signature is written in hexadecimal."),
    _spelled(
        "form-base64-of-hex", "The signature's hexadecimal text is encoded once more, in base64."
    ),
    _spelled(
        "form-url-safe",
        "The signature is written in the URL-safe alphabet.",
        "In a quarter of all logins, whose signature has neither + nor /.",
    ),
    _spelled("form-no-padding", "The signature has no = at its end."),
    _spelled("form-other", "The signature is spelled in another way than every encoder does."),
)

_BY_ID: Final = {mistake.id: mistake for mistake in FORM}


def read_signature(text: str) -> tuple[bytes, tuple[Mistake, ...]]:
    """Return the bytes of a signature, and what is wrong with its spelling.

    Raises:
        MalformedParameter: it is not 32 bytes, however it is read.

    >>> octets, wrong = read_signature("f2" * 32)
    >>> len(octets), [mistake.id for mistake in wrong]
    (32, ['form-hex'])
    """
    wrong = []
    bare = text.rstrip("\r\n")
    if bare != text:
        wrong.append("form-line-break")
    octets, spelling = _decode(bare)
    if len(octets) != BYTES:
        raise MalformedParameter(
            "PASSWORD_CLAIM_SIGNATURE", "is not 32 bytes, in base64 or in hexadecimal"
        )
    return octets, tuple(_BY_ID[name] for name in (*wrong, *spelling))


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
