"""Mistakes in how the password becomes bytes. Right is UTF-8, and nothing else."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

from ..exchange import Exchange
from .mistake import Change, Mistake, Variants

__all__ = ["PASSWORD"]

AS_IT_IS: Final = (
    "Hash the password exactly as the person gave it, in UTF-8: neither trimmed nor normalised."
)


def _spelled(spell: Callable[[str], bytes]) -> Variants[Exchange]:
    """Return the function of a mistake that makes other bytes of the password."""

    def changes(exchange: Exchange) -> Iterator[Change]:
        if exchange.password is not None:
            yield Change({"password": spell(exchange.password)})

    return changes


def _normalised(form: Callable[[str], str]) -> Variants[Exchange]:
    return _spelled(lambda password: form(password).encode())


PASSWORD: Final[tuple[Mistake[Exchange], ...]] = (
    Mistake(
        "password-trimmed",
        "White space at the ends of the password is removed.",
        AS_IT_IS,
        _spelled(lambda password: password.strip().encode()),
        "If the password has none there.",
    ),
    Mistake(
        "password-newline",
        "The password ends in a newline, like a line read from a file.",
        "Remove the line break, and nothing else.",
        _spelled(lambda password: password.encode() + b"\n"),
    ),
    Mistake(
        "password-crlf",
        "The password ends in a carriage return and a newline.",
        "Remove the line break, and nothing else.",
        _spelled(lambda password: password.encode() + b"\r\n"),
    ),
    Mistake(
        "password-nfc",
        "The password is normalised to NFC.",
        AS_IT_IS,
        _normalised(lambda password: unicodedata.normalize("NFC", password)),
        "If the password is in NFC already, as ASCII is.",
    ),
    Mistake(
        "password-nfd",
        "The password is normalised to NFD.",
        AS_IT_IS,
        _normalised(lambda password: unicodedata.normalize("NFD", password)),
        "If the password is in NFD already, as ASCII is.",
    ),
    Mistake(
        "password-nfkc",
        "The password is normalised to NFKC.",
        AS_IT_IS,
        _normalised(lambda password: unicodedata.normalize("NFKC", password)),
        "If the password is in NFKC already, as ASCII is.",
    ),
    Mistake(
        "password-latin-1",
        "The password is encoded as Latin-1.",
        AS_IT_IS,
        _spelled(lambda password: password.encode("latin-1", "replace")),
        "If the password is ASCII.",
    ),
    Mistake(
        "password-utf-16",
        "The password is encoded as UTF-16.",
        AS_IT_IS,
        _spelled(lambda password: password.encode("utf-16-le")),
    ),
    Mistake(
        "password-lower",
        "The password is converted to lower case.",
        AS_IT_IS,
        _normalised(str.lower),
        "If the password has no capital letters.",
    ),
    Mistake(
        "password-sha256-hex",
        "The SHA-256 of the password, as hex text, is used as the password.",
        AS_IT_IS,
        _spelled(lambda password: hashlib.sha256(password.encode()).hexdigest().encode()),
    ),
)
