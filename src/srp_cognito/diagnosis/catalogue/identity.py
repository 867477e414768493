"""Mistakes in who signs in: the pool's name and the user's id, or a device's group and key.

Each comes in three forms, since both x and the signed message are made of the identity: in both, in
x alone, in the message alone.
"""

from collections.abc import Callable, Iterator
from typing import Final

from ..exchange import Exchange
from .mistake import Change, Mistake, changing

__all__ = ["DEVICE", "IDENTITY"]

Text = Callable[[Exchange], "str | None"]

POOL_NAME: Final = 'Take the part of the user pool id after the "_": the region is no part of it.'
USER_ID: Final = "Take USER_ID_FOR_SRP from the challenge as it stands, for x and for the message."
GROUP_KEY: Final = 'Take the whole DeviceGroupKey: it is opaque, and its "_" means nothing.'
DEVICE_KEY: Final = "Take the whole DeviceKey, in the place of the user's id."

SCOPES: Final = {
    "": (("group_in_x", "group"), ("member_in_x", "member"), ""),
    "-in-x": (("group_in_x",), ("member_in_x",), " in x alone"),
    "-in-message": (("group",), ("member",), " in the signed message alone"),
}


def _family(  # noqa: PLR0913, since each is a part of one mistake.
    name: str,
    what: str,
    remedy: str,
    text: Text,
    *,
    half: int,
    needs: str = "",
    seen: tuple[str, ...] = (),
) -> Iterator[Mistake]:
    """Yield the three forms of a mistake that takes another text for a half of the identity.

    Args:
        name: the mistake's id.
        what: what is taken, and for what, as a sentence without its end.
        remedy: what to do instead.
        text: the text that is taken; None where the exchange has none.
        half: 0 for the pool's name or the group key, 1 for the user's id or the device key.
        needs: the field that the text comes from.
        seen: where it was met.
    """
    for scope, (*steps, where) in SCOPES.items():

        def changes(exchange: Exchange, steps: tuple[str, ...] = steps[half]) -> Iterator[Change]:
            taken = text(exchange)
            if taken is not None:
                yield Change(dict.fromkeys(steps, taken.encode()))

        yield Mistake(f"{name}{scope}", f"{what}{where}.", remedy, changes, needs=needs, seen=seen)


def _of_user(text: Text) -> Text:
    return lambda e: None if e.is_device else text(e)


def _of_device(text: Text) -> Text:
    return lambda e: text(e) if e.is_device else None


def _after(text: str) -> str | None:
    return text.partition("_")[2] or None


IDENTITY: Final = (
    *_family(
        "pool-id",
        "The whole user pool id is taken for the pool's name",
        POOL_NAME,
        _of_user(lambda e: e.pool_id),
        half=0,
        seen=("https://github.com/floci-io/floci/pull/358",),
    ),
    *_family(
        "alias",
        "What the person typed is taken for the user's id",
        USER_ID,
        _of_user(lambda e: e.alias),
        half=1,
        needs="username",
        seen=("https://github.com/simonmcallister0210/cognito-srp-helper/issues/26",),
    ),
    *_family(
        "sub",
        "The user's sub is taken for the user's id",
        USER_ID,
        _of_user(lambda e: e.sub),
        half=1,
        needs="sub",
    ),
    *_family(
        "user-lower",
        "The user's id is taken in lower case",
        USER_ID,
        _of_user(lambda e: e.member.lower()),
        half=1,
    ),
    *_family(
        "user-upper",
        "The user's id is taken in upper case",
        USER_ID,
        _of_user(lambda e: e.member.upper()),
        half=1,
    ),
    *_family(
        "region",
        "The region is taken for the pool's name",
        POOL_NAME,
        _of_user(lambda e: (e.pool_id or "").partition("_")[0]),
        half=0,
    ),
    *_family("no-pool", "The pool's name is left out", POOL_NAME, _of_user(lambda _: ""), half=0),
    *_family(
        "client-id",
        "The app client's id is taken for the pool's name",
        POOL_NAME,
        _of_user(lambda e: e.client_id),
        half=0,
        needs="client_id",
    ),
    *_family("no-user", "The user's id is left out", USER_ID, _of_user(lambda _: ""), half=1),
    Mistake(
        "colon-missing",
        'There is no ":" between the identity and the password in x.',
        'Hash pool name, user id, ":" and password, joined with nothing else.',
        changing(colon=b""),
    ),
    Mistake(
        "colon-doubled",
        "There is a \":\" between the pool's name and the user's id in x, too.",
        'Join pool name and user id with nothing; one ":" stands before the password.',
        changing(between=b":"),
    ),
    Mistake(
        "colon-twice",
        'There are two ":" before the password in x.',
        'One ":" stands before the password.',
        changing(colon=b"::"),
    ),
)

DEVICE: Final = (
    *_family(
        "device-user-id",
        "The user's id is taken for the device's key",
        DEVICE_KEY,
        _of_device(lambda e: e.user_id),
        half=1,
        needs="user_id",
    ),
    *_family(
        "device-alias",
        "What the person typed is taken for the device's key",
        DEVICE_KEY,
        _of_device(lambda e: e.alias),
        half=1,
        needs="username",
    ),
    *_family(
        "device-pool",
        "The user pool's name is taken for the device's group key",
        GROUP_KEY,
        _of_device(lambda e: None if e.pool_id is None else _after(e.pool_id)),
        half=0,
        needs="pool_id",
    ),
    *_family(
        "device-pool-id",
        "The user pool's id is taken for the device's group key",
        GROUP_KEY,
        _of_device(lambda e: e.pool_id),
        half=0,
        needs="pool_id",
    ),
    *_family(
        "device-no-group",
        "The device's group key is left out",
        GROUP_KEY,
        _of_device(lambda _: ""),
        half=0,
    ),
    *_family(
        "device-group-cut",
        'The device\'s group key is cut at its "_", and what follows is taken',
        GROUP_KEY,
        _of_device(lambda e: _after(e.group)),
        half=0,
    ),
    *_family(
        "device-group-head",
        'The device\'s group key is cut at its "_", and what stands before is taken',
        GROUP_KEY,
        _of_device(lambda e: e.group.partition("_")[0] if "_" in e.group else None),
        half=0,
    ),
    *_family(
        "device-key-cut",
        'The device\'s key is cut at its "_", and what follows is taken',
        DEVICE_KEY,
        _of_device(lambda e: _after(e.member)),
        half=1,
    ),
    Mistake(
        "device-user-password",
        "The user's password is taken for the device's.",
        "Take the password that was made when the device was registered.",
        lambda e: (
            changing(password=e.user_password.encode())(e)
            if e.is_device and e.user_password is not None
            else iter(())
        ),
        needs="password",
    ),
)
