"""Mistakes in how the password becomes bytes. Right is UTF-8, and nothing else is done to it."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

from ..exchange import Exchange
from .mistake import Change, Mistake, Variants

__all__ = ["PASSWORD"]

AS_IT_IS: Final = (
    "Hash the password as the person gave it, in UTF-8: neither trimmed nor normalised."
)


def _spelled(spell: Callable[[str], bytes]) -> Variants:
    """Return the function of a mistake that spells the password in another way."""

    def changes(exchange: Exchange) -> Iterator[Change]:
        if exchange.password is not None:
            yield Change({"password": spell(exchange.password)})

    return changes


def _normalised(form: Callable[[str], str]) -> Variants:
    return _spelled(lambda password: form(password).encode())


PASSWORD: Final = (
    Mistake(
        "password-trimmed",
        "White space at the ends of the password is cut off.",
        AS_IT_IS,
        _spelled(lambda password: password.strip().encode()),
        "Where the password has none.",
    ),
    Mistake(
        "password-newline",
        "The password ends in a newline, as a line that was read from a file does.",
        "Cut off the line's end, and nothing else.",
        _spelled(lambda password: password.encode() + b"\n"),
    ),
    Mistake(
        "password-crlf",
        "The password ends in a carriage return and a newline.",
        "Cut off the line's end, and nothing else.",
        _spelled(lambda password: password.encode() + b"\r\n"),
    ),
    Mistake(
        "password-nfc",
        "The password is normalised to NFC.",
        AS_IT_IS,
        _normalised(lambda password: unicodedata.normalize("NFC", password)),
        "Where the password is in NFC already: always, if it is ASCII.",
    ),
    Mistake(
        "password-nfd",
        "The password is normalised to NFD.",
        AS_IT_IS,
        _normalised(lambda password: unicodedata.normalize("NFD", password)),
        "Where the password is in NFD already: always, if it is ASCII.",
    ),
    Mistake(
        "password-nfkc",
        "The password is normalised to NFKC.",
        AS_IT_IS,
        _normalised(lambda password: unicodedata.normalize("NFKC", password)),
        "Where the password is in NFKC already: always, if it is ASCII.",
    ),
    Mistake(
        "password-latin-1",
        "The password is encoded as Latin-1.",
        AS_IT_IS,
        _spelled(lambda password: password.encode("latin-1", "replace")),
        "Where the password is ASCII.",
    ),
    Mistake(
        "password-utf-16",
        "The password is encoded as UTF-16.",
        AS_IT_IS,
        _spelled(lambda password: password.encode("utf-16-le")),
    ),
    Mistake(
        "password-lower",
        "The password is taken in lower case.",
        AS_IT_IS,
        _normalised(str.lower),
        "Where the password has no capital letter.",
    ),
    Mistake(
        "password-sha256-hex",
        "The password's SHA-256 is taken for the password, as text.",
        AS_IT_IS,
        _spelled(lambda password: hashlib.sha256(password.encode()).hexdigest().encode()),
    ),
)
