"""What the service answers, as data that can be compared with a reply and read by people.

The words of a refusal are written with USERNAME, CLIENT_ID and POOL_ID where the service repeats
them; see `Setting.without_names`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

__all__ = [
    "INCORRECT",
    "Asks",
    "Either",
    "Expected",
    "Facts",
    "Refuses",
    "Reply",
    "Seen",
    "SignsIn",
    "Succeeds",
]


@dataclass(frozen=True)
class Reply:
    """A reply that was read: its members, or the refusal.

    Args:
        members: the members of a reply that is not a refusal; otherwise empty.
        kind: the type of a refusal; "" if it has none, and None if the reply is not a refusal.
        message: its words, with placeholders for names.
        status: the HTTP status, where there is one.
        headers: the HTTP headers by their names in small letters, where there are any.
    """

    members: Mapping[str, object] = field(repr=False)
    kind: str | None = None
    message: str = ""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def challenge_name(self) -> object:
        """ChallengeName, if there is one."""
        return self.members.get("ChallengeName")

    @property
    def parameters(self) -> Mapping[str, object]:
        """ChallengeParameters."""
        return _mapping(self.members.get("ChallengeParameters"))

    @property
    def result(self) -> Mapping[str, object]:
        """AuthenticationResult."""
        return _mapping(self.members.get("AuthenticationResult"))

    def __str__(self) -> str:
        """What it is, without a value of a member: those may be secrets."""
        if self.kind is not None:
            at = "" if self.status in (None, 400) else f", with the status {self.status}"
            return f"{self.kind or 'a refusal without a type'}: {self.message!r}{at}"
        if self.challenge_name is not None:
            listed = ", ".join(self.parameters) or "nothing"
            also = "" if self.members.get("Session") is None else " and a Session"
            return f"the challenge {self.challenge_name} with {listed}{also}"
        if self.result:
            return f"tokens: {', '.join(self.result)}"
        return f"success with {', '.join(self.members) or 'nothing'}"


Seen: TypeAlias = Reply | Mapping[str, object]
"""What a conversation ends with: the last reply, or facts about the replies that came."""


class Expected(Protocol):
    """What the service answers. Its text is for people."""

    def difference(self, seen: Seen) -> str | None:
        """Return what was seen instead, or None if it is what is expected."""


@dataclass(frozen=True)
class Refuses:
    """A refusal of this type, and with these words where they are known.

    Args:
        kind: the type, such as ``NotAuthorizedException``.
        message: its words; None where nobody has reported them.
        status: the HTTP status, where it matters and can be seen.
    """

    kind: str
    message: str | None = None
    status: int | None = None

    def difference(self, seen: Seen) -> str | None:
        """Compare the type, the words and the status."""
        is_right = (
            isinstance(seen, Reply)
            and seen.kind == self.kind
            and self.message in (None, seen.message)
            and (None in (self.status, seen.status) or seen.status == self.status)
        )
        return None if is_right else _shown(seen)

    def __str__(self) -> str:
        at = "" if self.status is None else f", with the status {self.status}"
        return f"{self.kind}{'' if self.message is None else f': {self.message!r}'}{at}"


INCORRECT: Final = Refuses("NotAuthorizedException", "Incorrect username or password.")
"""What whoever gives a wrong password gets, and nearly everybody else."""


@dataclass(frozen=True)
class Asks:
    """A challenge.

    Args:
        challenge_name: ChallengeName.
        parameters: the members that ChallengeParameters has at least.
        session: whether there is a Session; None if either will do.
    """

    challenge_name: str
    parameters: tuple[str, ...] = ()
    session: bool | None = True

    def difference(self, seen: Seen) -> str | None:
        """Compare the name, the members and whether there is a Session."""
        is_right = (
            isinstance(seen, Reply)
            and seen.challenge_name == self.challenge_name
            and set(self.parameters) <= set(seen.parameters)
            and self.session in (None, seen.members.get("Session") is not None)
        )
        return None if is_right else _shown(seen)

    def __str__(self) -> str:
        listed = f" with {', '.join(self.parameters)}" if self.parameters else ""
        also = {True: " and a Session", False: ", without a Session", None: ""}[self.session]
        return f"the challenge {self.challenge_name}{listed}{also}"


@dataclass(frozen=True)
class SignsIn:
    """Tokens.

    Args:
        members: what AuthenticationResult has besides AccessToken, ExpiresIn and TokenType.
        without: what it does not have.
    """

    members: tuple[str, ...] = ("IdToken", "RefreshToken")
    without: tuple[str, ...] = ()

    def difference(self, seen: Seen) -> str | None:
        """Compare the members of AuthenticationResult."""
        needed = {"AccessToken", "ExpiresIn", "TokenType", *self.members}
        is_right = (
            isinstance(seen, Reply)
            and needed <= set(seen.result)
            and not set(self.without) & set(seen.result)
        )
        return None if is_right else _shown(seen)

    def __str__(self) -> str:
        without = f", without {', '.join(self.without)}" if self.without else ""
        return f"tokens: AccessToken, {', '.join(self.members)}{without}"


@dataclass(frozen=True)
class Succeeds:
    """A reply that is not a refusal, with these members at least."""

    members: tuple[str, ...] = ()

    def difference(self, seen: Seen) -> str | None:
        """Compare the members."""
        is_right = (
            isinstance(seen, Reply)
            and seen.kind is None
            and set(self.members)
            <= {name for name in seen.members if seen.members[name] is not None}
        )
        return None if is_right else _shown(seen)

    def __str__(self) -> str:
        return f"success with {', '.join(self.members)}" if self.members else "success"


class Facts:
    """What is known from the replies, by name: a behaviour returns a mapping with the same keys.

    >>> Facts({"ExpiresIn": 3600}).difference({"ExpiresIn": 300})
    'ExpiresIn: 300'
    """

    def __init__(self, facts: Mapping[str, object]) -> None:
        self.facts = facts

    def difference(self, seen: Seen) -> str | None:
        """Return the facts that are otherwise."""
        if isinstance(seen, Reply):
            return str(seen)
        different = [
            f"{name}: {_text(seen.get(name))}"
            for name in self.facts
            if seen.get(name) != self.facts[name]
        ]
        return ", ".join(different) or None

    def __str__(self) -> str:
        return ", ".join(f"{name}: {_text(value)}" for name, value in self.facts.items())


class Either:
    """One of several answers: the service's words have changed, or depend on what is not known."""

    def __init__(self, *answers: Expected) -> None:
        self.answers = answers

    def difference(self, seen: Seen) -> str | None:
        """Return what was seen, unless it is one of the answers."""
        if any(each.difference(seen) is None for each in self.answers):
            return None
        return _shown(seen)

    def __str__(self) -> str:
        return "; or ".join(map(str, self.answers))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _shown(seen: Seen) -> str:
    if isinstance(seen, Reply):
        return str(seen)
    return ", ".join(f"{name}: {_text(value)}" for name, value in seen.items())


def _text(value: object) -> str:
    """Return a fact for people. A set has no order, and a report must be the same each time."""
    if isinstance(value, (set, frozenset)):
        return f"{{{', '.join(sorted(map(repr, value)))}}}"
    return repr(value)
