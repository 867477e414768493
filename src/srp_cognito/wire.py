"""Text on the wire: read in one place, bounded, and written in one place.

The law: integers and bytes inside, wire text at the edge. Everything a peer sent passes through
a ``read_`` function before anything is computed with it; each takes the value as it came, of
whatever type, and the wire key it came under, and raises `MalformedParameter` with that key.
What the caller of this library passes in goes through `utf8`, which raises TypeError or
ValueError instead. No message repeats a value: it might be a secret in the wrong place.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

from .exceptions import MalformedParameter

__all__ = [
    "MAX_HEX_DIGITS",
    "MAX_TEXT",
    "identifier",
    "nonempty",
    "read_base64",
    "read_base64_leniently",
    "read_hex",
    "read_mapping",
    "read_nonempty",
    "read_text",
    "utf8",
    "write_base64",
    "write_hex",
]

MAX_HEX_DIGITS: Final = 4096
"""More digits than this are refused unread. N has 768, and leading zeros are allowed."""

MAX_TEXT: Final = 131_072
"""More characters than this are refused unread: the limit of AWS's service model for a value."""

# int(text, 16) alone would also take "0x", underscores, white space and other scripts' digits.
_HEX: Final = re.compile(r"-?[0-9A-Fa-f]+", re.ASCII)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]*={0,2}", re.ASCII)
_NOT_BASE64: Final = re.compile(r"[^A-Za-z0-9+/]+", re.ASCII)


def utf8(text: str, what: str) -> bytes:
    r"""Encode the caller's text as UTF-8, without normalising or trimming it.

    Args:
        text: the caller's text.
        what: how the caller calls it, for the message.

    Raises:
        TypeError: it is no str.
        ValueError: it holds a lone surrogate, which UTF-8 cannot write.

    >>> utf8("pässword", "the password")
    b'p\xc3\xa4ssword'
    """
    if not isinstance(text, str):
        raise TypeError(f"{what} must be a str, not {type(text).__name__}")
    encoded = _encode(text)
    if encoded is None:
        raise ValueError(
            f"{what} holds a lone surrogate (half of a character outside the BMP), which UTF-8"
            " cannot write; decode the text properly before passing it in"
        )
    return encoded


def nonempty(text: str, what: str) -> bytes:
    """Encode the caller's text likewise, where empty text can only be an unset variable.

    Raises:
        TypeError, ValueError: as `utf8`, and if the text is empty.
    """
    encoded = utf8(text, what)
    if not encoded:
        raise ValueError(f"{what} is empty")
    return encoded


def identifier(text: str, what: str) -> bytes:
    """Encode an id or a secret that AWS made: it is never empty and never holds white space.

    Raises:
        TypeError, ValueError: as `nonempty`, and if it begins or ends with white space, as a line
            that was read from a file does.
    """
    encoded = nonempty(text, what)
    if text != text.strip():
        raise ValueError(f"{what} begins or ends with white space")
    return encoded


def read_mapping(value: object, name: str) -> Mapping[str, object]:
    """Return what the peer sent as a JSON object."""
    if value is None:
        raise MalformedParameter(name, "is missing")
    if not isinstance(value, Mapping):
        raise MalformedParameter(name, f"must be an object, not {type(value).__name__}")
    return value


def read_text(value: object, name: str) -> str:
    """Return what the peer sent as text that UTF-8 can write."""
    if value is None:
        raise MalformedParameter(name, "is missing")
    if not isinstance(value, str):
        raise MalformedParameter(name, f"must be text, not {type(value).__name__}")
    if len(value) > MAX_TEXT:
        raise MalformedParameter(name, f"has more than {MAX_TEXT} characters")
    if _encode(value) is None:
        raise MalformedParameter(name, "holds a lone surrogate, which UTF-8 cannot write")
    return value


def read_nonempty(value: object, name: str) -> str:
    """Return what the peer sent as text that cannot be empty, such as a user's name."""
    text = read_text(value, name)
    if not text:
        raise MalformedParameter(name, "is empty")
    return text


def read_hex(value: object, name: str) -> int:
    """Return the integer that the peer wrote in hexadecimal.

    Any case, leading zeros and odd lengths are read; so is a leading "-", because SALT had one
    for years. The range is for the caller to check.

    >>> read_hex("00Ff", "SALT"), read_hex("-80", "SALT")
    (255, -128)
    """
    text = read_text(value, name)
    if len(text) > MAX_HEX_DIGITS:
        raise MalformedParameter(name, f"has more than {MAX_HEX_DIGITS} hexadecimal digits")
    if not _HEX.fullmatch(text):
        raise MalformedParameter(name, "is not hexadecimal")
    return int(text, 16)


def write_hex(number: int) -> str:
    """Write an integer as AWS's clients do: lower case, no leading zeros, odd lengths too.

    >>> write_hex(255), write_hex(0)
    ('ff', '0')
    """
    return f"{number:x}"


def read_base64(value: object, name: str) -> bytes:
    """Return the bytes that the peer wrote in base64: standard alphabet, padded."""
    text = read_text(value, name)
    if len(text) % 4 or not _BASE64.fullmatch(text):
        raise MalformedParameter(name, "is not base64")
    return binascii.a2b_base64(text)


def read_base64_leniently(value: object, name: str) -> bytes:
    r"""Return the bytes that can be made of the peer's base64, as AWS's JavaScript clients do.

    SECRET_BLOCK is opaque, and emulators put other things there (moto: a UUID with dashes). As
    Node's ``Buffer.from(text, "base64")`` does: "-" and "_" are the URL-safe alphabet's letters,
    the first "=" ends the text, any other character is passed over, and so is a last letter too
    few to make a byte.

    Raises:
        MalformedParameter: not a single byte comes out.

    >>> read_base64_leniently(" _-8", "SECRET_BLOCK")
    b'\xff\xef'
    """
    text = read_text(value, name)
    letters = text.partition("=")[0].replace("-", "+").replace("_", "/")
    letters = _NOT_BASE64.sub("", letters)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    if not letters:
        raise MalformedParameter(name, "is not base64, and nothing can be made of it")
    return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))


def write_base64(octets: bytes) -> str:
    """Write bytes in base64: standard alphabet, padded."""
    return base64.b64encode(octets).decode("ascii")


def _encode(text: str) -> bytes | None:
    # A UnicodeEncodeError carries the whole text, perhaps a password, so it must not become the
    # context of the error that is raised instead. Hence None, and raising outside the handler.
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return None
