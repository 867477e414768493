"""Somebody who is not in the pool, and is answered as a user would be until a proof is refused.

This is what AWS's pools do with PreventUserExistenceErrors (developer guide, "Managing user
existence error responses"): by SRP a simulated challenge with the same salt each time (RFC 5054,
section 2.5.1.3), by USER_AUTH some of the challenges that the pool has, by CUSTOM_AUTH what the
triggers make of `UserNotFound`. So a stranger takes after a user of the pool, with the same first
factors and the same questions. What is chosen for a name is the same each time.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..proof.server import SimulatedVerifiers
from .sign_ins import SignIns
from .users import ATTRIBUTES, CustomChallenge, Factor, User

__all__ = ["Strangers"]


@dataclass(frozen=True)
class _Kind:
    """What a client can see of a user before the password is proven."""

    has: tuple[str, ...]
    """The attributes to which a code can be sent."""
    factors: tuple[Factor, ...]
    is_asked: bool
    """Whether there are custom challenges."""


class Strangers:
    """Those who are not in one pool.

    Args:
        pool_id: the pool's id.
        sign_ins: what they have as sign-ins; none of them ever has one.
    """

    def __init__(self, pool_id: str, sign_ins: SignIns) -> None:
        self._simulated = SimulatedVerifiers(pool_id)
        self._sign_ins = sign_ins
        self._questions: dict[_Kind, tuple[CustomChallenge, ...]] = {}
        """The custom challenges of a user of each kind that is in the pool."""
        self._of_names: set[str | None] = {None}
        self._of_aliases: set[str | None] = set()
        """The forms of the users' names, and of their aliases."""

    def take_after(self, user: User, aliases: Iterable[str] = ()) -> None:
        """Let some strangers look like this user of the pool."""
        has = tuple(name for name in ATTRIBUTES.values() if name in user.attributes)
        kind = _Kind(has, tuple(user.factors), bool(user.custom_challenges))
        self._questions.setdefault(kind, tuple(user.custom_challenges))
        self._of_names.add(_form(user.username))
        self._of_aliases.update(_form(alias) for alias in aliases)

    def name(self, typed: str) -> str:
        """Return the name inside the pool for a name that nobody has.

        It is what was typed, unless that looks like an alias. Then it is a UUID, as with AWS.
        """
        form = _form(typed)
        if form in self._of_aliases and form not in self._of_names:
            return str(self._uuid("name", typed))
        return typed

    def user(self, name: str, typed: str) -> User:
        """Return a user of this name inside the pool, whose proofs are all refused."""

        def drawn(what: str) -> bytes:
            return self._simulated.drawn(what, name)

        # Each name ranks the kinds in its own order, so that a new kind changes few strangers.
        known = list(self._questions) or [_Kind((), (), is_asked=False)]
        kind = max(known, key=lambda kind: drawn(repr(kind)))
        letters = "".join(chr(ord("a") + byte % 26) for byte in drawn("letters")[:2])
        made_up = {
            "email": typed if _form(typed) == "email" else "@".join(letters),
            "phone_number": typed if _form(typed) == "phone_number" else _digits(drawn("digits")),
        }
        # Nobody can guess the answer, and a code is never sent.
        answer = drawn("answer").hex()
        asked = self._questions.get(kind, ())
        return User(
            name,
            self._simulated.verifier(name),
            sub=str(self._uuid("sub", name)),
            sign_ins=self._sign_ins,
            attributes={attribute: made_up[attribute] for attribute in kind.has},
            factors=kind.factors,
            custom_challenges=[CustomChallenge(each.parameters, answer) for each in asked],
            exists=False,
        )

    def _uuid(self, what: str, name: str) -> uuid.UUID:
        return uuid.UUID(bytes=self._simulated.drawn(what, name)[:16], version=4)


def _form(name: str) -> Literal["email", "phone_number"] | None:
    """Return which attribute a name or an alias looks like, if it looks like one."""
    if "@" in name:
        return "email"
    return "phone_number" if name.startswith("+") else None


def _digits(drawn: bytes) -> str:
    """Return a phone number, of which a client sees the last four digits."""
    return f"+{int.from_bytes(drawn[:8], 'big') % 10**11:011}"
