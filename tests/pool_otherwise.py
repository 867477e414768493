"""The library's own pool, made to behave otherwise: as pools do that it cannot be, or not yet."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from srp_cognito import AnyCall, Call
from srp_cognito.conformance import OpenPool, Person, PoolUnderTest
from srp_cognito.conformance.own_pool import in_memory
from srp_cognito.conformance.trial import changed


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


def later(seconds: float) -> OpenPool:
    """Return what makes a pool at another time."""

    @contextmanager
    def open_pool(needs: frozenset[str]) -> Iterator[Any]:
        with in_memory()(needs) as pool:
            pool.wait(seconds)
            yield pool

    return open_pool


class _OneApp:
    """The library's own pool, with an authenticator app that waits for a code it has not shown."""

    def __init__(self, pool: PoolUnderTest) -> None:
        self._pool = pool
        self._shown: dict[str, int] = {}

    def totp_code(self, person: Person) -> str:
        if self._step() <= self._shown.get(person.username, 0):
            self._pool.wait(30)
        self._shown[person.username] = self._step()
        return self._pool.totp_code(person)

    def _step(self) -> int:
        return int(self._pool.now().timestamp()) // 30

    def __getattr__(self, name: str) -> object:
        return getattr(self._pool, name)


@contextmanager
def one_for_all(has: frozenset[str]) -> Iterator[OpenPool]:
    """Yield what gives the same pool each time, as a real one is the same each time."""
    with in_memory()(has) as pool:
        app: Any = _OneApp(pool)

        @contextmanager
        def open_pool(needs: frozenset[str]) -> Iterator[Any]:
            yield app

        yield open_pool
