"""A pool from a TOML file.

The keys are the arguments of `UserPool`, `add_app_client` and `add_user`, which check the values.
Any other key is an error, since it can only be a slip.
"""

import contextlib
import inspect
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from .pool import UserPool
from .users import CustomChallenge, Message

__all__ = ["make_pool", "read"]

T = TypeVar("T")

_OF_POOL: Final = (
    *("pool_id", "remember_devices", "lockout", "required_mfa", "case_sensitive"),
    *("relying_party", "user_verification", "passkeys_as_mfa"),
)
_ARRAYS: Final = ("aliases", "mfa", "other_secrets", "required_attributes", "required_mfa")
"""Keys whose value is an array; a text would be taken for a sequence of letters."""


def read(text: str) -> dict[str, Any]:
    """Return the settings in a TOML text.

    Raises:
        ValueError: the text is not TOML; the message names the line if it can.

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
    try:
        settings: dict[str, Any] = tomllib.loads(text)
    except RecursionError:
        raise ValueError("the arrays are nested too deeply") from None
    return settings


def make_pool(
    settings: Mapping[str, Any],
    deliver: Callable[[Message], object] = lambda _: None,
    explain: Callable[[str], object] | None = None,
) -> UserPool:
    """Return the pool that the settings describe.

    Args:
        settings: as `read` returns them.
        deliver: as for `UserPool`.
        explain: as for `UserPool`.

    Raises:
        ValueError: a key or a value is wrong; the message says where it is.
    """
    with _place("the settings"):
        _check_known(settings, (*_OF_POOL, "app_clients", "users"))
        of_pool: dict[str, Any] = {
            key: _value(key, settings[key]) for key in _OF_POOL if key in settings
        }
        pool = UserPool(deliver=deliver, explain=explain, **of_pool)
    _make_each(pool.add_app_client, settings.get("app_clients", []), "app_clients")
    _make_each(pool.add_user, settings.get("users", []), "users")
    return pool


def _make_each(make: Callable[..., T], tables: object, name: str) -> list[T]:
    """Call a function with each table of an array, whose keys are its arguments."""
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ValueError(f"{name} must be an array of tables: [[{name}]]")
    parameters = inspect.signature(make).parameters
    made = []
    for number, table in enumerate(tables, 1):
        with _place(f"{name}, number {number}"):
            _check_known(table, parameters)
            for key, parameter in parameters.items():
                if parameter.default is parameter.empty and key not in table:
                    raise ValueError(f"{key} is missing")
            made.append(make(**{key: _value(key, table[key]) for key in table}))
    return made


def _value(key: str, value: object) -> object:
    """Return a value of the file as an argument."""
    if key == "custom_challenges":
        return _make_each(CustomChallenge, value, "users.custom_challenges")
    if key in _ARRAYS and not isinstance(value, list):
        raise ValueError(f"{key} must be an array: [...]")
    return value


def _check_known(table: Mapping[str, Any], known: Iterable[str]) -> None:
    for key in table:
        if key not in known:
            raise ValueError(f"there is no {key!r}; the keys are {', '.join(known)}")


@contextlib.contextmanager
def _place(where: str) -> Iterator[None]:
    """Add the place in the file to the message of an error."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where}: {error}") from error
