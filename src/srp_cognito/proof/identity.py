"""Who proves a password: a user of a pool, or a device of a device group.

The formulas are the same for both, and the two differ in two strings. So a device is data, not
another kind of client.
"""

from dataclasses import dataclass
from typing import Literal

from ..given import identifier, utf8

__all__ = ["Identity", "pool_name"]


@dataclass(frozen=True)
class Identity:
    """The two strings that bind a password to its owner, in x and in the signature.

    Args:
        kind: ``user`` or ``device``.
        group: a user's pool name, which is what follows "_" in the user pool id (see
            `pool_name`); or a device's whole DeviceGroupKey, which is opaque.
        member: a user's USER_ID_FOR_SRP, never an alias that a person typed; or the DeviceKey.

    Raises:
        TypeError, ValueError: `kind` is something else, or a string is not a str or holds a lone
            surrogate.
    """

    kind: Literal["user", "device"]
    group: str
    member: str

    def __post_init__(self) -> None:
        if self.kind not in ("user", "device"):
            raise ValueError('kind must be "user" or "device"')
        bytes(self)

    def __bytes__(self) -> bytes:
        """Return I as the formulas take it: the two strings in UTF-8, with nothing between them."""
        group, member = (
            ("the pool name", "the user id")
            if self.kind == "user"
            else ("device_group_key", "device_key")
        )
        return utf8(self.group, group) + utf8(self.member, member)


def pool_name(pool_id: str) -> str:
    """Return the part of a user pool id after the first "_", without the region.

    Raises:
        TypeError: `pool_id` is not a str.
        ValueError: it is not a user pool id.

    >>> pool_name("eu-west-1_Example")
    'Example'
    """
    identifier(pool_id, "pool_id")
    region, _, name = pool_id.partition("_")
    if not region or not name:
        raise ValueError(
            'pool_id must be the whole user pool id, such as "eu-west-1_Example":'
            ' a region, "_" and the name'
        )
    return name
