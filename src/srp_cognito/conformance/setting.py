"""What there is of a pool to try the list with: its app clients, its users and its features.

Each has a role. A behaviour asks for the roles that it needs; one that is not there means that the
behaviour cannot be tried.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from ..exceptions import InputError
from ..given import expect, nonempty
from ..proof.app_client import AppClient
from ..proof.identity import pool_name
from ..testing.config import read
from ..testing.totp import check_secret

__all__ = ["APPS", "FEATURES", "PEOPLE", "Person", "Setting", "read_setting"]

APPS: Final = {
    "plain": "an app client without a secret",
    "other": "another app client without a secret",
    "secret": "an app client with a secret",
    "rotating": "an app client that rotates its refresh tokens, with a grace period of 10 seconds",
    "brief": "an app client whose access tokens last 300 seconds",
}

PEOPLE: Final = {
    "plain": "a user with nothing but a password",
    "alias": "a user who can sign in with a verified mail address, and has no second factor",
    "totp": "a user with an authenticator app",
    "sms": "a user whose second factor is a code by SMS",
    "email": "a user whose second factor is a code by mail",
    "several": "a user with an authenticator app and codes by mail",
    "custom": "a user of a pool with the triggers of CUSTOM_AUTH, who answers one question",
    "custom-totp": "a user of such a pool, with an authenticator app",
    "temporary": "a user whose password is temporary, and who has a mail address",
    "blank": "a user whose password is temporary, and who has no attributes",
    "disabled": "a user who is disabled",
    "unconfirmed": "a user who is not confirmed",
    "reset": "a user who must reset the password",
    "setup": "a user who must set up a second factor",
    "passkey": "a user with a passkey",
}

FEATURES: Final = {
    "devices": "the pool remembers devices by itself",
    "opt-in-devices": "the pool remembers a device if the user says so",
    "no-devices": "the pool does not track devices",
    "hides-users": "the app clients do not say whether a user exists",
    "case-sensitive": "user names have a case: alice and Alice are two users",
    "case-insensitive": "user names have no case",
    "mfa-required": "MFA is required, and an authenticator app is a second factor",
    "passkeys": "the pool has passkeys: its sign-in policy has WEB_AUTHN",
    "no-passkeys": "the pool has no passkeys",
    "no-triggers": "the pool has no triggers for CUSTOM_AUTH",
    "admin": "calls are signed with AWS credentials",
    "http": "requests can be sent byte by byte",
    "one-time-codes": "a code by mail may be the first factor (USER_AUTH)",
    "shows-users": "the app clients say whether a user exists",
}


@dataclass(frozen=True)
class Person:
    """A user of the pool.

    Args:
        username: the name inside the pool.
        password: the password.
        alias: what the user may type as well.
        totp_secret: the secret of the authenticator app, in base32.
        answer: the answer to the question of CUSTOM_AUTH.
    """

    username: str
    password: str = field(repr=False)
    alias: str | None = None
    totp_secret: str | None = field(default=None, repr=False)
    answer: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Setting:
    """What there is of a pool.

    Args:
        pool_id: its id.
        apps: app clients by their roles (`APPS`).
        people: users by their roles (`PEOPLE`).
        features: what the pool does (`FEATURES`).
    """

    pool_id: str
    apps: Mapping[str, AppClient]
    people: Mapping[str, Person]
    features: frozenset[str]

    def without_names(self, text: str) -> str:
        """Return a text with placeholders where it has a name, an id or a secret of the pool."""
        names: dict[str, str] = {self.pool_id: "POOL_ID"}
        for app in self.apps.values():
            names[app.client_id] = "CLIENT_ID"
            names |= dict.fromkeys(filter(None, (app.client_secret,)), "CLIENT_SECRET")
        for person in self.people.values():
            # Some behaviours type a name in another case, which a pool may repeat.
            for name, shown in (person.alias, "ALIAS"), (person.username, "USERNAME"):
                if name is not None:
                    names |= dict.fromkeys((name, name.lower(), name.upper()), shown)
            secrets = (person.password, person.totp_secret, person.answer)
            shown_as = zip(secrets, ("PASSWORD", "TOTP_SECRET", "ANSWER"), strict=True)
            names |= {value: shown for value, shown in shown_as if value is not None}
        # The longest first, since a name may be a part of a mail address.
        for value in sorted(names, key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", names[value], text)
        return text


def read_setting(text: str, ask: Callable[[str], str] | None = None) -> Setting:
    """Return the setting in a TOML text.

    Args:
        text: the text.
        ask: a function that is called with a role and returns the password of that user, which the
            text may leave out.

    Raises:
        InputError: the text is not TOML, or a key or a value is wrong; the message says where.

    >>> setting = read_setting('''
    ... pool_id = "eu-west-1_Example"
    ... features = ["no-devices"]
    ... [apps.plain]
    ... client_id = "1example23456789"
    ... [people.plain]
    ... username = "alice"
    ... password = "correct horse"
    ... ''')
    >>> setting.without_names("User alice of client 1example23456789")
    'User USERNAME of client CLIENT_ID'
    """
    try:
        settings = read(text)
    except ValueError as error:
        raise InputError("the setting", f"is not TOML: {error}") from None
    try:
        _check_keys(settings, ("pool_id", "features", "apps", "people"), "the setting")
        features = settings.get("features", [])
        _check_keys(dict.fromkeys(features), FEATURES, "features")
        pool_name(nonempty(settings.get("pool_id", ""), "pool_id"))
        _check_keys(settings.get("apps", {}), APPS, "apps")
        _check_keys(settings.get("people", {}), PEOPLE, "people")
        return Setting(
            settings["pool_id"],
            {role: _app(role, table) for role, table in settings.get("apps", {}).items()},
            {role: _person(role, table, ask) for role, table in settings.get("people", {}).items()},
            frozenset(features),
        )
    except (TypeError, ValueError) as error:
        raise InputError("the setting", f"cannot be used: {error}") from None


def _app(role: str, table: Mapping[str, Any]) -> AppClient:
    given = _texts(table, f"apps.{role}", "client_id", "client_secret")
    return AppClient(given["client_id"], given.get("client_secret"))


def _person(role: str, table: Mapping[str, Any], ask: Callable[[str], str] | None) -> Person:
    where = f"people.{role}"
    given = _texts(table, where, *(each.name for each in fields(Person)))
    if "totp_secret" in given:
        check_secret(given["totp_secret"])
    if "password" not in given:
        if ask is None:
            raise ValueError(f"{where} needs password")
        given["password"] = ask(role)
    return Person(**given)


def _texts(table: Mapping[str, Any], where: str, needed: str, *more: str) -> dict[str, str]:
    """Return the texts of a table, of which one must be there."""
    _check_keys(expect(table, dict, where), (needed, *more), where)
    if needed not in table:
        raise ValueError(f"{where} needs {needed}")
    return {name: nonempty(text, f"{where}.{name}") for name, text in table.items()}


def _check_keys(table: Mapping[str, object], known: Any, where: str) -> None:
    for key in table:
        if key not in known:
            raise ValueError(f"{where} must not have {key!r}; it may have {', '.join(known)}")
