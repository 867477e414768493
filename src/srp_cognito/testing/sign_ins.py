"""Which sign-ins of a user still count: GlobalSignOut, RevokeToken, and refresh tokens that rotate.

A sign-in that nobody has revoked or rotated costs no memory. All tokens of one carry its
``origin_jti``, and half of that is a MAC under a key of the user's, which GlobalSignOut replaces.
"""

import hmac
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from .refused import Refused, not_authorized

__all__ = ["MOST_REMEMBERED", "SignIns", "SignedIn"]

MOST_REMEMBERED: Final = 1000
"""How many revoked or rotated sign-ins of a user are remembered. One more ends the oldest, and with
it every sign-in that is older: what was refused once is never accepted again."""


@dataclass(frozen=True)
class SignedIn:
    """One sign-in of a user: what its tokens have in common."""

    origin_jti: str
    auth_time: int
    """When it was, in seconds since 1970."""
    expires: int
    """When its refresh tokens run out: a rotated one as the one before (AWS, "Refresh tokens")."""
    device_key: str | None = None
    generation: int = 0
    """The number of the refresh token: the first is 0, and each that replaces one is a higher."""


@dataclass(frozen=True)
class _Remembered:
    auth_time: int
    newest: int = 0
    """The generation of the newest refresh token."""
    replaced: int = -1
    """That of the token that was replaced last."""
    rotated: datetime | None = None
    is_revoked: bool = False


class SignIns:
    """The sign-ins of one user.

    Args:
        token_bytes: a function that returns a given number of random bytes.
    """

    def __init__(self, token_bytes: Callable[[int], bytes]) -> None:
        self._token_bytes = token_bytes
        self._key = token_bytes(32)
        self._remembered: dict[str, _Remembered] = {}
        self._ended_until = -1
        self._lock = threading.Lock()

    def begin(self, now: datetime, lifetime: timedelta, device_key: str | None) -> SignedIn:
        """Return a new sign-in whose refresh token lasts this long."""
        drawn = uuid.UUID(bytes=self._token_bytes(8) + bytes(8), version=4).bytes[:8]
        auth_time = int(now.timestamp())
        expires = auth_time + int(lifetime.total_seconds())
        return SignedIn(self._origin_jti(drawn), auth_time, expires, device_key)

    def end_all(self) -> None:
        """End every sign-in."""
        with self._lock:
            self._key = self._token_bytes(32)
            self._remembered.clear()

    def revoke(self, sign_in: SignedIn) -> None:
        """End this sign-in, if the refresh token is its first or its newest one.

        Any other that was replaced ends nothing (measured, see `rotate`).
        """
        with self._lock:
            known = self._known(sign_in)
            if sign_in.generation in (0, known.newest):
                self._remember(sign_in, replace(known, is_revoked=True))

    def check(self, sign_in: SignedIn, use: str) -> None:
        """Raise `Refused` if the sign-in has ended.

        Args:
            sign_in: the sign-in.
            use: what the token is for that was sent: ``access`` or ``refresh``.
        """
        drawn = uuid.UUID(sign_in.origin_jti).bytes[:8]
        with self._lock:
            is_own = self._origin_jti(drawn) == sign_in.origin_jti
            if not is_own or self._known(sign_in).is_revoked:
                raise not_authorized(f"{use.capitalize()} Token has been revoked")

    def rotate(self, sign_in: SignedIn, now: datetime, grace: timedelta) -> SignedIn:
        """Return the sign-in with the generation of a new refresh token.

        The one that was replaced last brings another one for the grace period, and only the newest
        counts then (RomanKushyk/investment-tracker, docs/reference/COGNITO-POOL-PARAMS.md, as read
        in November 2026). The type of the refusal is in AWS's model; its words are not sure.

        Args:
            sign_in: the sign-in, as the token has it that is rotated.
            now: the present moment.
            grace: how long the token before the newest is accepted, for a reply that was lost.

        Raises:
            Refused: the token was rotated before.
        """
        with self._lock:
            known = self._known(sign_in)
            newest = known.newest + 1
            if sign_in.generation == known.newest:
                replaced = sign_in.generation
                known = replace(known, newest=newest, replaced=replaced, rotated=now)
            elif (
                sign_in.generation == known.replaced
                and known.rotated is not None
                and now < known.rotated + grace
            ):
                known = replace(known, newest=newest)
            else:
                raise Refused("RefreshTokenReuseException", "Refresh token reuse detected")
            self._remember(sign_in, known)
            return replace(sign_in, generation=newest)

    def _origin_jti(self, drawn: bytes) -> str:
        mac = hmac.digest(self._key, drawn, "sha256")
        return str(uuid.UUID(bytes=drawn + mac[:8], version=4))

    def _known(self, sign_in: SignedIn) -> _Remembered:
        known = self._remembered.get(sign_in.origin_jti)
        if known is None:
            ended = sign_in.auth_time <= self._ended_until
            return _Remembered(sign_in.auth_time, is_revoked=ended)
        return known

    def _remember(self, sign_in: SignedIn, known: _Remembered) -> None:
        self._remembered[sign_in.origin_jti] = known
        if len(self._remembered) > MOST_REMEMBERED:
            oldest = min(self._remembered, key=lambda jti: self._remembered[jti].auth_time)
            self._ended_until = max(self._ended_until, self._remembered.pop(oldest).auth_time)
