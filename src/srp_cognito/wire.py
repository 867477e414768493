"""Text on the wire: what a peer sent is read, within bounds, and what goes out is written.

Inside are integers and bytes. Everything that a peer sent passes through a ``read_`` function
before anything is computed with it. Each takes the value as it came, of any type, and its wire key,
and raises `MalformedParameter` with that key. No message repeats a value: it might be a secret in
the wrong place. What the caller of this library passes in is checked in `given`.
"""

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from typing import Final, NoReturn

from .exceptions import MalformedParameter

__all__ = [
    "MAX_ENTRIES",
    "MAX_HEX_DIGITS",
    "MAX_NESTING",
    "MAX_TEXT",
    "as_utf8",
    "base64_leniently",
    "is_nested_deeply",
    "json_object",
    "read_base64",
    "read_base64_leniently",
    "read_hex",
    "read_identifier",
    "read_json_array",
    "read_json_object",
    "read_map",
    "read_mapping",
    "read_nonempty",
    "read_optional_text",
    "read_text",
    "read_texts",
    "write_base64",
    "write_hex",
]

MAX_HEX_DIGITS: Final = 4096
"""More digits than this are refused unread. N has 768, and leading zeros are allowed."""

MAX_TEXT: Final = 131_072
"""More characters than this are refused unread: the limit of AWS's service model for a value."""

MAX_ENTRIES: Final = 1000
"""Longer lists are refused unread. The service's lists are names of challenges and attributes."""

MAX_NESTING: Final = 100
"""JSON that is nested deeper is refused. How deep Python itself can go depends on the caller, and
what was read once must be readable again anywhere. The service nests four deep."""

# int(text, 16) alone would also take "0x", underscores, white space and other scripts' digits.
_HEX: Final = re.compile(r"-?[0-9A-Fa-f]+", re.ASCII)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]*={0,2}", re.ASCII)
_NOT_BASE64: Final = re.compile(r"[^A-Za-z0-9+/]+", re.ASCII)


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
    if as_utf8(value) is None:
        raise MalformedParameter(name, "holds a lone surrogate, which UTF-8 cannot write")
    return value


def read_nonempty(value: object, name: str) -> str:
    """Return what the peer sent as text that must not be empty, such as a user's name."""
    text = read_text(value, name)
    if not text:
        raise MalformedParameter(name, "is empty")
    return text


def read_identifier(value: object, name: str) -> str:
    """Return what the peer sent as an id: not empty, and without white space at its ends."""
    text = read_nonempty(value, name)
    if text != text.strip():
        raise MalformedParameter(name, "begins or ends with white space")
    return text


def read_optional_text(value: object, name: str) -> str | None:
    """Return what the peer sent as text, or None where it sent nothing."""
    return None if value is None else read_text(value, name)


def read_texts(value: object, name: str) -> tuple[str, ...]:
    """Return what the peer sent as a JSON array of texts."""
    if value is None:
        raise MalformedParameter(name, "is missing")
    if not isinstance(value, (list, tuple)):
        raise MalformedParameter(name, f"must be an array, not {type(value).__name__}")
    if len(value) > MAX_ENTRIES:
        raise MalformedParameter(name, f"has more than {MAX_ENTRIES} entries")
    return tuple(read_nonempty(entry, name) for entry in value)


def read_map(values: Mapping[str, object], name: str) -> dict[str, str]:
    """Return what the peer sent as a JSON object of texts."""
    if len(values) > MAX_ENTRIES:
        raise MalformedParameter(name, f"has more than {MAX_ENTRIES} entries")
    return {read_text(key, name): read_text(value, name) for key, value in values.items()}


def read_json_array(value: object, name: str) -> tuple[str, ...]:
    """Return the texts of a JSON array that the peer sent in a string, as in MFAS_CAN_CHOOSE.

    >>> read_json_array('["SMS_MFA", "SOFTWARE_TOKEN_MFA"]', "MFAS_CAN_CHOOSE")
    ('SMS_MFA', 'SOFTWARE_TOKEN_MFA')
    """
    parsed = _json(read_text(value, name))
    if not isinstance(parsed, list):
        raise MalformedParameter(name, "is not a JSON array")
    return read_texts(parsed, name)


def read_json_object(value: object, name: str) -> dict[str, object]:
    """Return the JSON object that the peer sent in a string."""
    parsed = json_object(read_text(value, name))
    if parsed is None:
        raise MalformedParameter(name, "is not a JSON object")
    return parsed


def json_object(text: str) -> dict[str, object] | None:
    """Return the JSON object in a text, or None if the text is anything else."""
    parsed = _json(text)
    return parsed if isinstance(parsed, dict) else None


def read_hex(value: object, name: str) -> int:
    """Return the integer that the peer wrote in hexadecimal.

    Any case, leading zeros, odd lengths and a leading "-" are read; SALT had a "-" for years. The
    caller checks the range.

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
    r"""Return the bytes that the peer wrote in something like base64.

    SECRET_BLOCK is opaque, and emulators send other things (moto: a UUID with dashes). It is
    decoded as AWS's JavaScript clients do, with Node's ``Buffer.from(text, "base64")``: "-" and "_"
    are the URL-safe alphabet's letters, the first "=" ends the text, any other character is
    skipped, and so is a last letter that is too few for a byte.

    Raises:
        MalformedParameter: there is not a single byte in it.

    >>> read_base64_leniently(" _-8", "SECRET_BLOCK")
    b'\xff\xef'
    """
    octets = base64_leniently(read_text(value, name))
    if not octets:
        raise MalformedParameter(name, "is not base64, and nothing can be made of it")
    return octets


def base64_leniently(text: str) -> bytes:
    """Decode base64 of either alphabet as far as possible, perhaps to nothing."""
    letters = text.partition("=")[0].replace("-", "+").replace("_", "/")
    letters = _NOT_BASE64.sub("", letters)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))


def write_base64(octets: bytes) -> str:
    """Write bytes in base64: standard alphabet, padded."""
    return base64.b64encode(octets).decode("ascii")


def as_utf8(text: str) -> bytes | None:
    """Encode a text as UTF-8, or return None if it holds a lone surrogate."""
    # A UnicodeEncodeError carries the whole text, perhaps a password, so it must not become the
    # context of the error that is raised instead. Hence None, and raising outside the handler.
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return None


def _json(text: str) -> object:
    # This error carries the whole text too. Deep nesting exhausts the parser's stack, and a number
    # may have too many digits for int(). Python's parser alone would accept NaN and Infinity, which
    # are not JSON, and would read 1e999 as Infinity.
    try:
        parsed: object = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return None if is_nested_deeply(parsed) else parsed


def is_nested_deeply(value: object) -> bool:
    """Return whether lists and objects are nested deeper than `MAX_NESTING`."""
    level = [value]
    for _ in range(MAX_NESTING + 1):
        containers = [each for each in level if isinstance(each, (list, tuple, Mapping))]
        if not containers:
            return False
        level = [
            inner
            for each in containers
            for inner in (each.values() if isinstance(each, Mapping) else each)
        ]
    return True


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(text)
    return number
