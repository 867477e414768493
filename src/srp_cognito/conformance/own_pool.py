"""The pool of `srp_cognito.testing` as a pool to try the list on, in memory or over HTTP."""

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ..calls.call import AnyCall
from ..testing import CustomChallenge, RememberDevices, SigningKeys, UserPool, serve, totp_code
from .requests import ask
from .run import OpenPool
from .setting import Person, Setting
from .trial import Unavailable

__all__ = ["in_memory", "over_http"]

POOL_ID: Final = "eu-west-1_Example"
PASSWORD: Final = "Correct-Horse-1"  # noqa: S105, since it is of nobody.
TOTP_SECRET: Final = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # noqa: S105, as above.
ANSWER: Final = "blue"

NOW: Final = datetime(2026, 9, 5, 7, 0, 9, tzinfo=UTC)
"""When the pool's clock begins: a day and an hour of one digit, of which some behaviours are."""

_PHONE: Final = {"phone_number": "+15551234567", "phone_number_verified": "true"}
_MAIL: Final = {"email_verified": "true"}

_PEOPLE: Final[Mapping[str, Mapping[str, Any]]] = {
    "plain": {},
    "alias": {
        "aliases": ["alias@example.com"],
        "attributes": {"email": "alias@example.com", **_MAIL},
    },
    "totp": {"totp_secret": TOTP_SECRET},
    "sms": {"attributes": _PHONE, "mfa": ["SMS_MFA"]},
    "email": {"attributes": {"email": "email@example.com", **_MAIL}, "mfa": ["EMAIL_OTP"]},
    "several": {
        "attributes": {"email": "several@example.com", **_MAIL},
        "mfa": ["EMAIL_OTP"],
        "totp_secret": TOTP_SECRET,
    },
    "custom": {"custom_challenges": [CustomChallenge({"riddle": "Of what colour?"}, ANSWER)]},
    "custom-totp": {
        "custom_challenges": [CustomChallenge({"riddle": "Of what colour?"}, ANSWER)],
        "totp_secret": TOTP_SECRET,
    },
    "blank": {"must_change_password": True},
    "temporary": {
        "must_change_password": True,
        "attributes": {"email": "temporary@example.com", **_MAIL},
    },
    "disabled": {"is_enabled": False},
    "unconfirmed": {"is_confirmed": False},
    "reset": {"must_reset_password": True},
    "setup": {},
}
"""What `UserPool.add_user` takes for each role, besides a name and the password."""

_APPS: Final[Mapping[str, tuple[str, str | None, Mapping[str, Any]]]] = {
    "plain": ("1example23456789", None, {}),
    "other": ("2example23456789", None, {}),
    "secret": ("3example23456789", "sekrit-client-secret-of-some-length", {}),
    "rotating": ("4example23456789", None, {"rotation_grace_seconds": 10}),
    "brief": ("5example23456789", None, {"access_token_seconds": 300}),
}

_REMEMBER: Final[Mapping[str, RememberDevices]] = {
    "devices": "always",
    "opt-in-devices": "opt-in",
    "no-devices": "never",
}

FEATURES: Final = frozenset({"hides-users", "admin", "one-time-codes"})
"""What the pool has whatever is needed."""


class _OwnPool:
    """A new pool, whose clock can be moved."""

    def __init__(self, needs: frozenset[str]) -> None:
        self._now = NOW
        devices = needs & {"devices", "opt-in-devices"} or {"no-devices"}
        passkeys = needs & {"passkeys"} or {"no-passkeys"}
        try:
            self.pool = UserPool(
                POOL_ID,
                remember_devices=_REMEMBER[next(iter(devices))],
                now=self.now,
                signing_keys=_signing_keys(),
                case_sensitive="case-insensitive" not in needs,
                required_mfa=["SOFTWARE_TOKEN_MFA"] if "mfa-required" in needs else [],
                relying_party="localhost" if "passkeys" in passkeys else None,
            )
        except ImportError as error:
            raise Unavailable(str(error)) from error
        apps = {
            role: self.pool.add_app_client(client_id, secret, **lifetimes)
            for role, (client_id, secret, lifetimes) in _APPS.items()
        }
        people = {
            role: self._add(f"a-user-{role}", given)
            for role, given in _PEOPLE.items()
            if "custom_challenges" not in given or "no-triggers" not in needs
        }
        case = needs & {"case-insensitive"} or {"case-sensitive"}
        features = FEATURES | devices | case | passkeys | needs & {"no-triggers", "mfa-required"}
        self.setting = Setting(POOL_ID, apps, people, features)

    def _add(self, name: str, arguments: Mapping[str, Any]) -> Person:
        self.pool.add_user(name, PASSWORD, **arguments)
        return Person(
            name,
            PASSWORD,
            alias=next(iter(arguments.get("aliases", ())), None),
            totp_secret=arguments.get("totp_secret"),
            answer=ANSWER if "custom_challenges" in arguments else None,
        )

    def send(self, call: AnyCall) -> Mapping[str, object]:
        return self.pool.send(call)

    def post(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, object]:
        del headers, body
        raise Unavailable("it needs the pool over HTTP")

    def get(self, path: str) -> Mapping[str, object]:
        documents: Mapping[str, Callable[[], Mapping[str, object]]] = {
            "jwks.json": self.pool.jwks,
            "openid-configuration": self.pool.openid_configuration,
        }
        return documents[path]()

    def code(self, person: Person) -> str:
        return next(
            message.code
            for message in reversed(self.pool.sent)
            if message.username == person.username
        )

    def totp_code(self, person: Person) -> str:
        if person.totp_secret is None:
            raise Unavailable("the secret of the authenticator app is not known")
        return totp_code(person.totp_secret, self.now())

    def wait(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    def now(self) -> datetime:
        return self._now


class _Served(_OwnPool):
    """The same over HTTP."""

    url: str

    def send(self, call: AnyCall) -> Mapping[str, object]:
        return self.post(call.headers, call.body)

    def post(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, object]:
        return ask(self.host, "POST", "/", headers, body)

    def get(self, path: str) -> Mapping[str, object]:
        return ask(self.host, "GET", f"/{POOL_ID}/.well-known/{path}", {})

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://").rstrip("/")


def in_memory() -> OpenPool:
    """Return what makes a new pool for each behaviour."""

    @contextlib.contextmanager
    def open_pool(needs: frozenset[str]) -> Iterator[_OwnPool]:
        yield _OwnPool(needs)

    return open_pool


def over_http() -> OpenPool:
    """Return what serves a new pool for each behaviour, at a free port of this machine."""

    @contextlib.contextmanager
    def open_pool(needs: frozenset[str]) -> Iterator[_OwnPool]:
        pool = _Served(needs)
        pool.setting = Setting(
            POOL_ID, pool.setting.apps, pool.setting.people, pool.setting.features | {"http"}
        )
        with serve(pool.pool) as url:
            pool.url = url
            yield pool

    return open_pool


@functools.cache
def _signing_keys() -> SigningKeys:
    """Return the keys of all pools, since making them takes longer than a whole trial."""
    return SigningKeys.new()
