"""Looks for the mistake, or the two mistakes together, that make exactly what was seen.

The law: nobody is blamed without proof. A mistake is named only if every value that was seen is the
one that it makes; a signature has 256 bits, so another reason would be a collision of SHA-256. The
order is by number: what is right, then each mistake alone, then every two that do not touch the
same step. All of one number are tried before anything is said, so that what cannot be told apart is
named together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final, NamedTuple, cast

from .catalogue import CATALOGUE
from .catalogue.form import read_signature
from .catalogue.mistake import Mistake
from .exchange import Exchange
from .steps import Evaluation, Steps, Values, right_steps

__all__ = ["X_STEPS", "Cause", "Result", "Suspect", "go_together", "hypotheses", "search"]

X_STEPS: Final = frozenset(
    ("group_in_x", "between", "member_in_x", "colon", "password", "salt", "private_key")
)
"""The steps that x is made of."""

B_STEPS: Final = X_STEPS | {"k"}
"""The steps that a server takes, too, when it makes SRP_B."""

MESSAGE_STEPS: Final = frozenset(("group", "member", "block", "timestamp", "message", "sign"))
"""The steps after the key. They cost little, so the two sides of the key are put together last."""


class Suspect(NamedTuple):
    """One form of a mistake in one exchange."""

    mistake: Mistake
    detail: str
    steps: Mapping[str, object]

    @property
    def says(self) -> str:
        """What the other code does, with the detail if there is one."""
        return f"{self.mistake.says[:-1]} ({self.detail})." if self.detail else self.mistake.says


class Cause(NamedTuple):
    """What makes exactly the values that were seen."""

    suspects: tuple[Suspect, ...]
    values: Values
    steps: Steps


class Result(NamedTuple):
    """What the search came to."""

    right: Values | None
    """What a client that does everything right makes; None where the known side cannot tell."""
    is_right: bool
    causes: tuple[Cause, ...]
    tried: int
    """How many hypotheses were held against what was seen."""
    is_undecided: bool
    """Whether some could not be: from the server's side, those in x and k, and some in S."""
    lacking: tuple[str, ...]
    """Fields that the transcript does not have, and that more mistakes could be tried with."""


def hypotheses(exchange: Exchange) -> Iterator[Suspect]:
    """Yield each form of each mistake that changes anything in this exchange."""
    right = right_steps(exchange)._asdict()
    for mistakes in CATALOGUE.values():
        for mistake in mistakes:
            for change in mistake.changes(exchange):
                steps = {name: step for name, step in change.steps.items() if step != right[name]}
                # Without a password nobody knows what x is made of.
                if steps and not (
                    exchange.password is None and not steps.keys().isdisjoint(X_STEPS)
                ):
                    yield Suspect(mistake, change.detail, steps)


def go_together(*suspects: Suspect) -> bool:
    """Whether a client can make all these mistakes: no step is replaced twice."""
    return all(one.steps.keys().isdisjoint(other.steps) for one, other in combinations(suspects, 2))


def search(exchange: Exchange) -> Result:
    """Look for what makes the values that were seen.

    Raises:
        MalformedParameter: the signature is none, however it is read.
    """
    return _Search(exchange).run()


class _Back(NamedTuple):
    """Mistakes after the key, with what is signed then, and how."""

    suspects: tuple[Suspect, ...]
    message: bytes
    sign: Callable[[bytes, bytes], bytes]


class _Search:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._evaluation = Evaluation(exchange)
        self._right = right_steps(exchange)
        self._seen: bytes | None = None
        self._form: tuple[Suspect, ...] = ()
        if exchange.signature is not None:
            self._seen, wrong = read_signature(exchange.signature)
            self._form = tuple(Suspect(mistake, "", {}) for mistake in wrong)
        self._theirs = exchange.theirs
        self._tried = 0
        self._is_undecided = False
        # What ends with the key, and what begins after it. A mistake may do both.
        suspects = tuple(hypotheses(exchange))
        self._fronts = [each for each in suspects if not each.steps.keys() <= MESSAGE_STEPS]
        self._backs = [each for each in suspects if each.steps.keys() <= MESSAGE_STEPS]
        self._made_b: dict[tuple[int, ...], bool] = {}
        self._common_backs: dict[int, Sequence[_Back]] = {}

    def run(self) -> Result:
        right = self._evaluation.values(self._right)
        causes: list[Cause] = []
        for number in range(3):
            if number == 2:
                # Every exponentiation of the pairs, on every core where the engine lets them.
                self._evaluation.prepare(map(self._with, self._possible(2)))
            for of_front in range(number, -1, -1):
                for front in self._possible(of_front):
                    causes += self._try(front, number - of_front)
            if causes:
                break
        return Result(
            right,
            any(not cause.suspects for cause in causes),
            tuple(causes),
            self._tried,
            self._is_undecided,
            self._lacking(),
        )

    def _try(self, front: tuple[Suspect, ...], number: int) -> Iterator[Cause]:
        """Yield what fits of these mistakes before the key with this many after it."""
        key = self._key(front)
        backs = self._backs_of(front, number)
        if key is None:
            return
        self._tried += len(backs)
        for back in backs:
            if self._theirs.get("message", back.message) != back.message:
                continue
            if self._seen is None or back.sign(key, back.message) == self._seen:
                chosen = (*front, *back.suspects)
                steps = self._with(chosen)
                # The key is known, and so is all before it.
                values = cast("Values", self._evaluation.values(steps))
                yield Cause((*chosen, *self._form), values, steps)

    def _backs_of(self, front: tuple[Suspect, ...], number: int) -> Sequence[_Back]:
        """Return the combinations of this many mistakes after the key that go with these."""
        touching = tuple(
            suspect for suspect in front if not suspect.steps.keys().isdisjoint(MESSAGE_STEPS)
        )
        if touching:
            return list(self._make_backs(touching, number))
        # Few mistakes before the key touch the message; for all others this is the same.
        if number not in self._common_backs:
            self._common_backs[number] = list(self._make_backs((), number))
        return self._common_backs[number]

    def _make_backs(self, touching: tuple[Suspect, ...], number: int) -> Iterator[_Back]:
        for chosen in combinations(self._backs, number):
            if go_together(*touching, *chosen):
                steps = self._with((*touching, *chosen))
                yield _Back(chosen, self._evaluation.message(steps), steps.sign)

    def _possible(self, number: int) -> Iterator[tuple[Suspect, ...]]:
        """Yield the combinations of this many mistakes before the key that S can be told of.

        From the server's side that is what goes with SRP_B, which the server made of an x and a k;
        that it made it of two mistakes together is not looked for.
        """
        for front in combinations(self._fronts, number):
            if not go_together(*front):
                continue
            if self._exchange.a is None:
                of_b = [each for each in front if not each.steps.keys().isdisjoint(B_STEPS)]
                if len(of_b) > 1 or not self._makes_b(of_b):
                    self._is_undecided = True
                    continue
            yield front

    def _makes_b(self, suspects: Sequence[Suspect]) -> bool:
        made_of = tuple(map(id, suspects))
        if made_of not in self._made_b:
            self._made_b[made_of] = self._evaluation.makes_b(self._with(suspects))
        return self._made_b[made_of]

    def _with(self, suspects: Iterable[Suspect]) -> Steps:
        return self._right.changed(*(suspect.steps for suspect in suspects))

    def _key(self, front: tuple[Suspect, ...]) -> bytes | None:
        """Return the key; None if it cannot be told, or a value before it is not the one seen."""
        steps, evaluation, theirs = self._with(front), self._evaluation, self._theirs
        # What costs least is compared first.
        if theirs.get("k", steps.k) != steps.k:
            return None
        for name, compute in (("u", evaluation.u), ("x", evaluation.x), ("s", evaluation.s)):
            if name in theirs and theirs[name] != compute(steps):
                return None
        key = evaluation.key(steps)
        self._is_undecided |= key is None
        return key if theirs.get("key", key) == key else None

    def _lacking(self) -> tuple[str, ...]:
        """The fields that are not there and without which something was not tried."""
        lacking: dict[str, None] = {}
        for mistakes in CATALOGUE.values():
            for mistake in mistakes:
                is_for_device = mistake.id.startswith("device-")
                can_be = mistake.needs and is_for_device == self._exchange.is_device
                if can_be and not any(True for _ in mistake.changes(self._exchange)):
                    lacking[mistake.needs] = None
        return tuple(lacking)
