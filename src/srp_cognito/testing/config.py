"""A pool from a TOML file: what is in it, and what is wrong with it.

The law: the keys are the arguments of `UserPool`, `add_app_client` and `add_user`, which check the
values; a key that is none of them is an error, since it can only be a slip.
"""

import contextlib
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from .pool import UserPool
from .users import CustomChallenge, Message

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["make_pool", "read"]

_LISTS: Final[dict[str, Callable[..., object]]] = {
    "app_clients": UserPool.add_app_client,
    "users": UserPool.add_user,
}
_OF_POOL: Final = ("pool_id", "remember_devices")


def read(text: str) -> dict[str, Any]:
    """Return the settings in a TOML text.

    Raises:
        ValueError: it is no TOML; the message tells the line.

    >>> settings = read('''
    ... remember_devices = "always"
    ... [[app_clients]]
    ... client_id = "1example23456789"
    ... [[users]]
    ... username = "alice"
    ... password = "correct horse"
    ... ''')
    >>> make_pool(settings).pool_id
    'eu-west-1_Example'
    """
    settings: dict[str, Any] = tomllib.loads(text)
    return settings


def make_pool(
    settings: Mapping[str, Any], deliver: Callable[[Message], object] = lambda _: None
) -> UserPool:
    """Return the pool that the settings describe.

    Args:
        settings: as `read` returns them.
        deliver: as for `UserPool`.

    Raises:
        ValueError: a key or a value is wrong; the message tells where.
    """
    _check_keys(settings, (*_OF_POOL, *_LISTS), "the settings")
    of_pool = {key: settings[key] for key in _OF_POOL if key in settings}
    with _place("the settings"):
        pool = UserPool(deliver=deliver, **of_pool)
    for name, add in _LISTS.items():
        entries = settings.get(name, [])
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            raise ValueError(f"{name} must be an array of tables: [[{name}]]")
        for number, entry in enumerate(entries, 1):
            where = f"{name}, number {number}"
            _check_keys(entry, tuple(inspect.signature(add).parameters)[1:], where)
            with _place(where):
                add(pool, **_read_challenges(entry))
    return pool


def _read_challenges(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry, with custom challenges as what they are."""
    challenges = entry.get("custom_challenges")
    if challenges is None:
        return dict(entry)
    return {**entry, "custom_challenges": [CustomChallenge(**each) for each in challenges]}


def _check_keys(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            raise ValueError(f"{where}: there is no {key!r}; the keys are {', '.join(known)}")


@contextlib.contextmanager
def _place(where: str) -> Iterator[None]:
    """Add the place in the file to what is raised."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where}: {error}") from error
