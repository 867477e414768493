"""Mistakes in what is signed, and how."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Final

from ..exchange import Exchange
from .mistake import Change, Mistake, Variants, changing

__all__ = ["MESSAGE", "ORDER"]

DECODED: Final = "Decode SECRET_BLOCK from base64, and sign the bytes."
ORDER: Final = "Sign pool name, user id, SECRET_BLOCK's bytes and TIMESTAMP, in this order."


def _block(octets: Callable[[Exchange], bytes]) -> Variants[Exchange]:
    """Return the function of a mistake that signs other bytes instead of SECRET_BLOCK's."""

    def changes(exchange: Exchange) -> Iterator[Change]:
        if exchange.block_text:
            yield Change({"block": octets(exchange)})

    return changes


def _url_safe(exchange: Exchange) -> bytes:
    """What a decoder makes of it that knows the URL-safe alphabet and skips other letters."""
    letters = re.sub(r"[^A-Za-z0-9_-]", "", exchange.block_text)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4))


MESSAGE: Final[tuple[Mistake[Exchange], ...]] = (
    Mistake(
        "block-text",
        "SECRET_BLOCK is signed as text, without being decoded.",
        DECODED,
        _block(lambda e: e.block_text.encode()),
    ),
    Mistake(
        "block-url-safe",
        "SECRET_BLOCK is decoded with the URL-safe alphabet, which has no + and no /.",
        "Decode SECRET_BLOCK with the standard alphabet.",
        _block(_url_safe),
        "If the block has neither: never, at the size of a real one.",
    ),
    Mistake(
        "block-utf8",
        "SECRET_BLOCK's bytes are read as UTF-8, and invalid bytes are replaced.",
        DECODED,
        _block(lambda e: e.block.decode("utf-8", "replace").encode()),
    ),
    Mistake(
        "block-latin-1-utf8",
        "SECRET_BLOCK's bytes are read as Latin-1 and encoded as UTF-8, as atob and a TextEncoder"
        " do.",
        DECODED,
        _block(lambda e: e.block.decode("latin-1").encode()),
    ),
    Mistake(
        "block-hex",
        "SECRET_BLOCK's bytes are signed as hex text.",
        DECODED,
        _block(lambda e: e.block.hex().encode()),
    ),
    Mistake("block-missing", "SECRET_BLOCK is not signed.", ORDER, _block(lambda _: b"")),
    Mistake(
        "order-time-before-block",
        "TIMESTAMP is signed before SECRET_BLOCK.",
        ORDER,
        changing(message=lambda group, member, block, time: group + member + time + block),
    ),
    Mistake(
        "order-block-first",
        "SECRET_BLOCK is signed first.",
        ORDER,
        changing(message=lambda group, member, block, time: block + group + member + time),
    ),
    Mistake(
        "order-user-pool",
        "The user's id is signed before the pool's name.",
        ORDER,
        changing(message=lambda group, member, block, time: member + group + block + time),
    ),
    Mistake(
        "order-time-first",
        "TIMESTAMP is signed first.",
        ORDER,
        changing(message=lambda group, member, block, time: time + group + member + block),
    ),
    Mistake(
        "message-hashed",
        "The hash of the message is signed, not the message.",
        "Give HMAC the message itself.",
        changing(message=lambda *parts: hashlib.sha256(b"".join(parts)).digest()),
    ),
    Mistake(
        "message-sha256-concat",
        "The signature is SHA-256 of key and message, not an HMAC.",
        "Use HMAC-SHA-256.",
        changing(sign=lambda key, message: hashlib.sha256(key + message).digest()),
    ),
)
