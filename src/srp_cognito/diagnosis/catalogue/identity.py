"""Mistakes in who signs in: the pool name and the user's id, or a device's group and key.

Each comes in three forms, since the identity is hashed into x and signed in the message: in both,
in x only, and in the message only.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ..exchange import Exchange
from .mistake import Change, Mistake, changing

__all__ = ["DEVICE", "IDENTITY"]

Text = Callable[[Exchange], "str | None"]

POOL_NAME: Final = 'Use the part of the user pool id after the "_", without the region.'
USER_ID: Final = "Use USER_ID_FOR_SRP from the challenge unchanged, for x and for the message."
GROUP_KEY: Final = 'Use the whole DeviceGroupKey: it is opaque, and its "_" means nothing.'
DEVICE_KEY: Final = "Use the whole DeviceKey instead of the user's id."

SCOPES: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str]]] = {
    "": (("group_in_x", "group"), ("member_in_x", "member"), ""),
    "-in-x": (("group_in_x",), ("member_in_x",), " in x only"),
    "-in-message": (("group",), ("member",), " in the signed message only"),
}


def _family(  # noqa: PLR0913, since each is a part of one mistake.
    name: str,
    says: str,
    remedy: str,
    text: Text,
    *,
    half: int,
    needs: str = "",
    seen: tuple[str, ...] = (),
) -> Iterator[Mistake[Exchange]]:
    """Yield the three forms of a mistake that uses another text as a half of the identity.

    Args:
        name: the mistake's id.
        says: what is used, and as what, as a sentence without its full stop.
        remedy: what to do instead.
        text: the text that is used; None if the exchange does not have it.
        half: 0 for the pool name or the group key, 1 for the user's id or the device key.
        needs: the field that the text comes from.
        seen: where it was met.
    """
    for scope, (*steps, where) in SCOPES.items():

        def changes(exchange: Exchange, steps: tuple[str, ...] = steps[half]) -> Iterator[Change]:
            used = text(exchange)
            if used is not None:
                yield Change(dict.fromkeys(steps, used.encode()))

        yield Mistake(f"{name}{scope}", f"{says}{where}.", remedy, changes, needs=needs, seen=seen)


def _of_user(text: Text) -> Text:
    return lambda e: None if e.is_device else text(e)


def _of_device(text: Text) -> Text:
    return lambda e: text(e) if e.is_device else None


def _after(text: str) -> str | None:
    return text.partition("_")[2] or None


def _as_user(exchange: Exchange) -> Iterator[Change]:
    """Yield the forms in which the names are the user's as well as the password."""
    group = None if exchange.pool_id is None else _after(exchange.pool_id)
    member, password = exchange.user_id, exchange.user_password
    if group is None or member is None or password is None:
        return
    of_user = {"group": group.encode(), "member": member.encode()}
    for halves, names in (
        (("group", "member"), "pool name and user id"),
        (("member",), "user id"),
        (("group",), "pool name"),
    ):
        in_x = {f"{half}_in_x": of_user[half] for half in halves}
        signed = {half: of_user[half] for half in halves}
        yield Change({"password": password.encode(), **in_x, **signed}, names)
        yield Change({"password": password.encode(), **in_x}, f"{names}, in x only")


def _user_password(exchange: Exchange) -> Iterator[Change]:
    if exchange.user_password is not None:
        yield Change({"password": exchange.user_password.encode()})


IDENTITY: Final[tuple[Mistake[Exchange], ...]] = (
    *_family(
        "pool-id",
        "The whole user pool id is used as the pool name",
        POOL_NAME,
        _of_user(lambda e: e.pool_id),
        half=0,
        seen=("https://github.com/floci-io/floci/pull/358",),
    ),
    *_family(
        "alias",
        "What the person typed is used as the user's id",
        USER_ID,
        _of_user(lambda e: e.username),
        half=1,
        needs="username",
        seen=("https://github.com/simonmcallister0210/cognito-srp-helper/issues/26",),
    ),
    *_family(
        "sub",
        "The user's sub is used as the user's id",
        USER_ID,
        _of_user(lambda e: e.sub),
        half=1,
        needs="sub",
    ),
    *_family(
        "user-lower",
        "The user's id is in lower case",
        USER_ID,
        _of_user(lambda e: e.member.lower()),
        half=1,
    ),
    *_family(
        "user-upper",
        "The user's id is in upper case",
        USER_ID,
        _of_user(lambda e: e.member.upper()),
        half=1,
    ),
    *_family(
        "region",
        "The region is used as the pool name",
        POOL_NAME,
        _of_user(lambda e: (e.pool_id or "").partition("_")[0]),
        half=0,
    ),
    *_family("no-pool", "The pool name is left out", POOL_NAME, _of_user(lambda _: ""), half=0),
    *_family(
        "client-id",
        "The app client's id is used as the pool name",
        POOL_NAME,
        _of_user(lambda e: e.client_id),
        half=0,
        needs="client_id",
    ),
    *_family("no-user", "The user's id is left out", USER_ID, _of_user(lambda _: ""), half=1),
    Mistake(
        "colon-missing",
        'There is no ":" between the identity and the password in x.',
        'Hash pool name, user id, ":" and password, with nothing else in between.',
        changing(colon=b""),
    ),
    Mistake(
        "colon-doubled",
        'There is also a ":" between the pool name and the user\'s id in x.',
        'Put nothing between pool name and user id, and one ":" before the password.',
        changing(between=b":"),
    ),
    Mistake(
        "colon-twice",
        'There are two ":" before the password in x.',
        'Put one ":" before the password.',
        changing(colon=b"::"),
    ),
)

DEVICE: Final[tuple[Mistake[Exchange], ...]] = (
    *_family(
        "device-user-id",
        "The user's id is used as the device key",
        DEVICE_KEY,
        _of_device(lambda e: e.user_id),
        half=1,
        needs="user_id",
    ),
    *_family(
        "device-alias",
        "What the person typed is used as the device key",
        DEVICE_KEY,
        _of_device(lambda e: e.username),
        half=1,
        needs="username",
    ),
    *_family(
        "device-pool",
        "The pool name is used as the device group key",
        GROUP_KEY,
        _of_device(lambda e: None if e.pool_id is None else _after(e.pool_id)),
        half=0,
        needs="pool_id",
    ),
    *_family(
        "device-pool-id",
        "The user pool id is used as the device group key",
        GROUP_KEY,
        _of_device(lambda e: e.pool_id),
        half=0,
        needs="pool_id",
    ),
    *_family(
        "device-no-group",
        "The device group key is left out",
        GROUP_KEY,
        _of_device(lambda _: ""),
        half=0,
    ),
    *_family(
        "device-group-cut",
        'Only the part of the device group key after its "_" is used',
        GROUP_KEY,
        _of_device(lambda e: _after(e.group)),
        half=0,
    ),
    *_family(
        "device-group-head",
        'Only the part of the device group key before its "_" is used',
        GROUP_KEY,
        _of_device(lambda e: e.group.partition("_")[0] if "_" in e.group else None),
        half=0,
    ),
    *_family(
        "device-key-cut",
        'Only the part of the device key after its "_" is used',
        DEVICE_KEY,
        _of_device(lambda e: _after(e.member)),
        half=1,
    ),
    Mistake(
        "device-user-password",
        "The user's password is used as the device's password.",
        "Use the password that was made when the device was registered.",
        _user_password,
        needs="password",
    ),
    Mistake(
        "device-as-user",
        "The user's password is used as the device's password, with names of the user.",
        "Sign in with DeviceGroupKey, DeviceKey and the password that was made when the device was"
        " registered, and with nothing of the user's.",
        _as_user,
        needs="password",
    ),
)
