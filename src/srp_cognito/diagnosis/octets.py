"""The wrong ways in which other code writes an integer as bytes; `srp.pad` is the right one."""

import hashlib

__all__ = [
    "fixed",
    "hashed",
    "hex_text",
    "odd_digit_dropped",
    "sign_always",
    "signed_fixed",
    "unsigned",
]


def unsigned(number: int) -> bytes:
    """As few bytes as hold the magnitude, without a sign byte.

    >>> unsigned(0x80).hex(), unsigned(0).hex()
    ('80', '00')
    """
    number = abs(number)
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big")


def fixed(number: int, width: int) -> bytes:
    """A fixed number of bytes, without a sign byte."""
    return (number % (1 << 8 * width)).to_bytes(width, "big")


def signed_fixed(number: int, width: int) -> bytes:
    """A fixed number of bytes, and a 00 in front if the first one has its top bit set.

    It differs from `srp.pad` only if the number has fewer bytes.

    >>> signed_fixed(0x80, 1).hex(), signed_fixed(0x7f, 2).hex()
    ('0080', '007f')
    """
    octets = fixed(number, width)
    return b"\0" + octets if octets[0] & 0x80 else octets


def sign_always(number: int, width: int) -> bytes:
    """A fixed number of bytes, always with a 00 in front."""
    return b"\0" + fixed(number, width)


def hex_text(number: int) -> bytes:
    """The hexadecimal digits as text, in lower case and without leading zeros."""
    return b"%x" % number


def odd_digit_dropped(number: int) -> bytes:
    """Pairs of digits from the left, so that the last of an odd number of digits is lost.

    >>> odd_digit_dropped(0x123).hex(), odd_digit_dropped(0x8123).hex()
    ('12', '008123')
    """
    digits = f"{abs(number):x}"
    octets = bytes.fromhex(digits[: len(digits) // 2 * 2])
    return b"\0" + octets if octets[:1] >= b"\x80" else octets


def hashed(*parts: bytes) -> int:
    """SHA-256 of the joined bytes, as an integer."""
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")
