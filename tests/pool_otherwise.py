"""The library's own pool, made to behave otherwise: as pools do that it cannot be, or not yet."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from srp_cognito import AnyCall, Call
from srp_cognito.conformance import OpenPool, Person, PoolUnderTest
from srp_cognito.conformance.own_pool import PASSWORD, in_memory
from srp_cognito.conformance.trial import changed
from srp_cognito.testing import totp_code

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
SESSION = "a-session-of-some-length"


class Otherwise:
    """A pool whose calls go through a function, and that has more features and people."""

    def __init__(
        self,
        pool: PoolUnderTest,
        sends: Callable[[PoolUnderTest, AnyCall], Mapping[str, object]],
        features: frozenset[str],
        people: Mapping[str, Person],
    ) -> None:
        self._pool = pool
        self._sends = sends
        self.setting = dataclasses.replace(
            pool.setting,
            features=pool.setting.features | features,
            people={**pool.setting.people, **people},
        )

    def send(self, call: AnyCall) -> Mapping[str, object]:
        return self._sends(self._pool, call)

    def __getattr__(self, name: str) -> object:
        return getattr(self._pool, name)


def otherwise(
    sends: Callable[[PoolUnderTest, AnyCall], Mapping[str, object]],
    *features: str,
    people: Mapping[str, Person] | None = None,
    has: frozenset[str] | None = None,
) -> OpenPool:
    """Return what makes a pool whose calls go through a function; `has` is what it really has."""

    @contextmanager
    def open_pool(needs: frozenset[str]) -> Iterator[Any]:
        with in_memory()(needs if has is None else has) as pool:
            yield Otherwise(pool, sends, frozenset(features), people or {})

    return open_pool


def with_changes(call: AnyCall, changes: Mapping[str, Any]) -> AnyCall:
    return Call(call.operation, changed(call.arguments, changes))


def without_case(pool: PoolUnderTest, call: AnyCall) -> Mapping[str, object]:
    """Names have no case."""
    parameters = call.arguments.get("AuthParameters", {})
    name = parameters.get("USERNAME")
    lower = {"AuthParameters": {"USERNAME": None if name is None else name.lower()}}
    return pool.send(with_changes(call, lower))


def without_strangers(pool: PoolUnderTest, call: AnyCall) -> Mapping[str, object]:
    """A name that nobody has is refused at once."""
    names = {person.username for person in pool.setting.people.values()}
    if call.arguments.get("AuthParameters", {}).get("USERNAME") in names:
        return pool.send(call)
    return {"__type": "UserNotFoundException", "message": "User does not exist."}


def without_devices(pool: PoolUnderTest, call: AnyCall) -> Mapping[str, object]:
    """A device is never asked for."""
    nothing = {"DEVICE_KEY": None}
    return pool.send(with_changes(call, {"AuthParameters": nothing, "ChallengeResponses": nothing}))


def as_it_is(pool: PoolUnderTest, call: AnyCall) -> Mapping[str, object]:
    return pool.send(call)


class SettingUp:
    """A pool where MFA is required, for a user without a factor."""

    def __init__(self) -> None:
        self.is_set_up = False

    def __call__(self, pool: PoolUnderTest, call: AnyCall) -> Mapping[str, object]:
        name = call.arguments.get("ChallengeName")
        if call.operation == "AssociateSoftwareToken":
            return {"SecretCode": SECRET, "Session": SESSION}
        if call.operation == "VerifySoftwareToken":
            return self._verified(call.arguments["UserCode"], totp_code(SECRET, pool.now()))
        if name == "PASSWORD_VERIFIER":
            asked = "SOFTWARE_TOKEN_MFA" if self.is_set_up else "MFA_SETUP"
            parameters = {"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'}
            return {"ChallengeName": asked, "Session": SESSION, "ChallengeParameters": parameters}
        if name == "MFA_SETUP":
            person = pool.setting.people["plain"]
            given = {"USERNAME": person.username, "PASSWORD": person.password}
            flow = {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": given}
            app = pool.setting.apps["plain"].client_id
            return pool.send(Call("InitiateAuth", {**flow, "ClientId": app}))
        return pool.send(call)

    def _verified(self, typed: str, right: str) -> Mapping[str, object]:
        if not typed.isdecimal():
            return {"__type": "InvalidParameterException", "message": "its form"}
        if typed != right:
            message = "Code mismatch and fail enable Software Token MFA"
            return {"__type": "EnableSoftwareTokenMFAException", "message": message}
        self.is_set_up = True
        return {"Status": "SUCCESS", "Session": SESSION}


def setting_up() -> OpenPool:
    """Return what makes a pool where a second factor must be set up."""
    return otherwise(SettingUp(), people={"setup": Person("a-user-plain", PASSWORD)})


def without_a_setup() -> OpenPool:
    """Return what makes a pool that asks the user of that role for nothing."""
    return otherwise(as_it_is, people={"setup": Person("a-user-plain", PASSWORD)})


def later(seconds: float) -> OpenPool:
    """Return what makes a pool at another time."""

    @contextmanager
    def open_pool(needs: frozenset[str]) -> Iterator[Any]:
        with in_memory()(needs) as pool:
            pool.wait(seconds)
            yield pool

    return open_pool
