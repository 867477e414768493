"""What there is of a pool to try the list with: its app clients, its users and its features.

Each has a role. A behaviour asks for the roles that it needs; one that is not there means that the
behaviour cannot be tried.
"""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..exceptions import InputError
from ..given import nonempty
from ..proof.app_client import AppClient
from ..proof.identity import pool_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

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
    "temporary": "a user whose password is temporary, and who has a mail address",
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
            known = (person.alias, "ALIAS"), (person.username, "USERNAME")
            secret = (person.password, "PASSWORD"), (person.totp_secret, "TOTP_SECRET")
            names |= {value: name for value, name in (*known, *secret) if value is not None}
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
        read: dict[str, Any] = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("the setting", f"is not TOML: {error}") from None
    try:
        _check_keys(read, ("pool_id", "features", "apps", "people"), "the setting")
        features = read.get("features", [])
        _check_keys(dict.fromkeys(features), FEATURES, "features")
        pool_name(nonempty(read.get("pool_id", ""), "pool_id"))
        _check_keys(read.get("apps", {}), APPS, "apps")
        _check_keys(read.get("people", {}), PEOPLE, "people")
        return Setting(
            read["pool_id"],
            {role: AppClient(**table) for role, table in read.get("apps", {}).items()},
            {
                role: Person(**_with_password(table, role, ask))
                for role, table in read.get("people", {}).items()
            },
            frozenset(features),
        )
    except (TypeError, ValueError) as error:
        raise InputError("the setting", f"cannot be used: {error}") from None


def _with_password(
    table: Mapping[str, Any], role: str, ask: Callable[[str], str] | None
) -> Mapping[str, Any]:
    if "password" in table or ask is None:
        return table
    return {**table, "password": ask(role)}


def _check_keys(table: Mapping[str, object], known: Any, where: str) -> None:
    for key in table:
        if key not in known:
            raise ValueError(f"{where} must not have {key!r}; it may have {', '.join(known)}")
