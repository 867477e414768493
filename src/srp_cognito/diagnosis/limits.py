"""How long a field of a record may be, so that explaining it stays within time and memory.

A search compares up to 100,000 hypotheses, each with its own text, so what any call of this library
may read (`wire.MAX_TEXT`) is too much here.
"""

from collections.abc import Mapping
from typing import Final

from ..exceptions import MalformedParameter
from ..transcripts.record import wire_key

__all__ = ["LIMITS", "LONG_EXPONENT", "check_limits"]

LONGEST_ID: Final = 256
"""More than twice what AWS's service model allows: 128 characters for a user name and an app
client's id, 64 for a client secret, 55 for a pool id and a device key."""

LONGEST_NAME: Final = 2048
"""What the model allows for the value of an attribute, such as an e-mail address, with which a
person may sign in. A password has 256 characters at most."""

LONGEST_BLOCK: Final = 8192
"""A real SECRET_BLOCK has some 1,700 characters. AWS gives no limit."""

LONG_EXPONENT: Final = 1024
"""The bits of the longest `a` with which all pairs are tried. AWS's JavaScript, Android and .NET
clients draw 1,024 bits. With more, an exponentiation takes up to three times as long."""

LIMITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(
        (
            *(
                "kind",
                "pool_id",
                "user_id",
                "sub",
                "client_id",
                "client_secret",
                "timestamp",
                "received",
            ),
            *("device_group_key", "device_key", "access_token_username"),
        ),
        LONGEST_ID,
    ),
    **dict.fromkeys(
        (
            *("username", "alias", "email", "phone_number", "preferred_username"),
            *("password", "device_password"),
            *("signature", "secret_hash", "PasswordVerifier", "Salt"),
        ),
        LONGEST_NAME,
    ),
    "secret_block": LONGEST_BLOCK,
}
"""The most characters of each field that is a text. Numbers have `wire.MAX_HEX_DIGITS`."""


def check_limits(record: Mapping[str, object]) -> None:
    """Check that no field of a record is too long to be explained.

    Raises:
        MalformedParameter: one is; `.name` says which.
    """
    for field, limit in LIMITS.items():
        value = record.get(field)
        if isinstance(value, str) and len(value) > limit:
            raise MalformedParameter(
                wire_key(field), f"has more than {limit:,} characters, too many to be explained"
            )
