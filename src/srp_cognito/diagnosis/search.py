"""Looks for the mistake, or the two mistakes together, that make exactly what was seen.

A mistake is named only if it makes every value that was seen. A signature has 256 bits, so another
reason would be a collision of SHA-256. First no mistake is tried, then each mistake alone, then
every two that do not replace the same step, but rare ones only with those that cost no
exponentiation. All of one number are tried before the search ends, so that mistakes that cannot be
distinguished are named together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations
from typing import Any, Final, NamedTuple, cast

from .catalogue import CATALOGUE, DEVICE
from .catalogue.form import read_signature
from .catalogue.mistake import Mistake
from .exchange import Exchange
from .limits import LONG_EXPONENT
from .report import Named
from .steps import Evaluation, Steps, Values, right_steps

__all__ = [
    "MESSAGE_STEPS",
    "X_STEPS",
    "Cause",
    "Result",
    "Suspect",
    "distinct",
    "go_together",
    "has_long_exponent",
    "hypotheses",
    "search",
]

X_STEPS: Final = frozenset(
    ("group_in_x", "between", "member_in_x", "colon", "password", "salt", "private_key")
)
"""The steps that x depends on."""

B_STEPS: Final = X_STEPS | {"k"}
"""The steps that SRP_B depends on, which the server makes."""

MESSAGE_STEPS: Final = frozenset(("group", "member", "block", "timestamp", "message", "sign"))
"""The steps after the key. They are cheap, so each key is combined with all of them."""

CHEAP_STEPS: Final = MESSAGE_STEPS | {"u_octets", "s_octets", "derive"}
"""The steps after S, which cost no exponentiation."""


class Suspect(NamedTuple):
    """One form of a mistake, as it is made here."""

    mistake: Mistake[Any]
    detail: str
    steps: Mapping[str, object]

    @property
    def says(self) -> str:
        """What the other code does, with the detail if there is one."""
        return f"{self.mistake.says[:-1]} ({self.detail})." if self.detail else self.mistake.says

    @property
    def named(self) -> Named:
        """The mistake as a report names it."""
        return Named(self.mistake, self.says)


class Cause(NamedTuple):
    """Mistakes that make exactly the values that were seen; no mistakes if those are right."""

    suspects: tuple[Suspect, ...]
    values: Values
    steps: Steps


class Result(NamedTuple):
    """What the search found."""

    right: Values | None
    """The values of a client without mistakes; None if the side that is known cannot compute
    them."""
    is_right: bool
    causes: tuple[Cause, ...]
    tried: int
    """How many hypotheses were compared with what was seen."""
    is_undecided: bool
    """Whether some could not be compared, as from the server's side those in x and k, and some in
    S."""
    lacking: tuple[str, ...]
    """Fields that the transcript does not have, and with which more mistakes could be tried."""


def hypotheses(exchange: Exchange) -> Iterator[Suspect]:
    """Yield each form of each mistake that changes anything in this exchange, rare ones last."""
    right = right_steps(exchange)._asdict()
    mistakes = list(chain.from_iterable(CATALOGUE.values()))
    for mistake in sorted(mistakes, key=lambda each: each.is_rare):
        for change in mistake.changes(exchange):
            steps = {name: step for name, step in change.steps.items() if step != right[name]}
            # Without a password, what x is computed from is not known.
            knows_x = exchange.password is not None or "password" in steps
            if steps and (knows_x or steps.keys().isdisjoint(X_STEPS)):
                yield Suspect(mistake, change.detail, steps)


def distinct(exchange: Exchange) -> Iterator[Suspect]:
    """Yield the hypotheses without those that are another name for one before.

    That is so if they make the same password here, and the same must be done about it; and if they
    are forms of one mistake, and make the same of A and B here.
    """
    seen = set()
    for suspect in hypotheses(exchange):
        made: object = None
        if suspect.steps.keys() == {"password"}:
            made = suspect.mistake.remedy, suspect.steps["password"]
        elif suspect.steps.keys() == {"public_values"} and exchange.B:
            join: Any = suspect.steps["public_values"]
            made = suspect.mistake.id, join(exchange.A, exchange.B)
        if made is None or made not in seen:
            seen.add(made)
            yield suspect


def go_together(*suspects: Suspect) -> bool:
    """Whether these mistakes are looked for together.

    No step is replaced twice, and a rare mistake needs no exponentiation for another one.
    """
    # There are a hundred thousand pairs, so this is a plain loop.
    for one, other in combinations(suspects, 2):
        if not one.steps.keys().isdisjoint(other.steps):
            return False
        if one.mistake.is_rare and not other.steps.keys() <= CHEAP_STEPS:
            return False
        if other.mistake.is_rare and not one.steps.keys() <= CHEAP_STEPS:
            return False
    return True


def has_long_exponent(exchange: Exchange) -> bool:
    """Whether `a` is so long that pairs which need another S are not tried."""
    return exchange.a is not None and exchange.a.bit_length() > LONG_EXPONENT


def search(exchange: Exchange) -> Result:
    """Look for what makes the values that were seen.

    Raises:
        MalformedParameter: the signature is not 32 bytes in any spelling.
    """
    return _Search(exchange).run()


class _Back(NamedTuple):
    """Mistakes after the key, and with them what is signed and how."""

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
            self._seen, wrong = read_signature(exchange.signature, "PASSWORD_CLAIM_SIGNATURE")
            self._form = tuple(Suspect(mistake, "", {}) for mistake in wrong)
        self._theirs = exchange.theirs
        self._tried = 0
        self._is_undecided = False
        # What is before the key, and what is only after it. A mistake of the first kind may replace
        # steps after the key, too.
        suspects = tuple(distinct(exchange))
        self._fronts = [each for each in suspects if not each.steps.keys() <= MESSAGE_STEPS]
        self._backs = [each for each in suspects if each.steps.keys() <= MESSAGE_STEPS]
        self._common_backs: dict[int, Sequence[_Back]] = {}

    def run(self) -> Result:
        right = self._evaluation.values(self._right)
        causes: list[Cause] = []
        for number in range(3):
            # With their x or u, most of them differ before S.
            if number and self._theirs.keys().isdisjoint(("x", "u")):
                # Every exponentiation of them, on every core if the engine allows it.
                self._evaluation.prepare(map(self._with, self._possible(number)))
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
        """Yield the causes with these mistakes before the key and this many after it."""
        key = self._key(front)
        if key is None:
            return
        for back in self._backs_of(front, number):
            self._tried += 1
            if self._theirs.get("message", back.message) != back.message:
                continue
            if self._seen is None or back.sign(key, back.message) == self._seen:
                chosen = (*front, *back.suspects)
                steps = self._with(chosen)
                # The key is known, and so are all values before it.
                values = cast("Values", self._evaluation.values(steps))
                yield Cause((*chosen, *self._form), values, steps)

    def _backs_of(self, front: tuple[Suspect, ...], number: int) -> Iterable[_Back]:
        """Return the combinations of this many mistakes after the key that go with the front."""
        touching = tuple(
            suspect for suspect in front if not suspect.steps.keys().isdisjoint(MESSAGE_STEPS)
        )
        # The pairs are many and go with one front, so they are made one at a time.
        if touching or number > 1:
            return self._make_backs(touching, number)
        # Few mistakes before the key touch the message. All others go with the same combinations.
        if number not in self._common_backs:
            self._common_backs[number] = list(self._make_backs((), number))
        return self._common_backs[number]

    def _make_backs(self, touching: tuple[Suspect, ...], number: int) -> Iterator[_Back]:
        for chosen in combinations(self._backs, number):
            if go_together(*touching, *chosen):
                steps = self._with((*touching, *chosen))
                yield _Back(chosen, self._evaluation.message(steps), steps.sign)

    def _possible(self, number: int) -> Iterator[tuple[Suspect, ...]]:
        """Yield the combinations of this many mistakes before the key.

        From the server's side, S can be computed only with mistakes that the server made, too, in
        the SRP_B that was sent. That it made two at once is not looked for.
        """
        for front in combinations(self._fronts, number):
            if not go_together(*front) or not self._is_affordable(front):
                continue
            if self._exchange.a is None:
                of_b = [each for each in front if not each.steps.keys().isdisjoint(B_STEPS)]
                if len(of_b) > 1:
                    self._is_undecided = True
                    continue
            yield front

    def _is_affordable(self, front: tuple[Suspect, ...]) -> bool:
        """Whether these mistakes together need no other S than one of them, if that is costly."""
        return (
            len(front) < 2
            or not has_long_exponent(self._exchange)
            or any(each.steps.keys() <= CHEAP_STEPS for each in front)
        )

    def _with(self, suspects: Iterable[Suspect]) -> Steps:
        return self._right.changed(*(suspect.steps for suspect in suspects))

    def _key(self, front: tuple[Suspect, ...]) -> bytes | None:
        """Return the key; None if it cannot be computed, or does not go with what was seen."""
        steps, evaluation, theirs = self._with(front), self._evaluation, self._theirs
        # The cheapest value is compared first.
        if theirs.get("k", steps.k) != steps.k:
            return None
        for name, compute in (("u", evaluation.u), ("x", evaluation.x), ("s", evaluation.s)):
            if name in theirs and theirs[name] != compute(steps):
                return None
        key = evaluation.key(steps)
        self._is_undecided |= key is None
        return key if theirs.get("key", key) == key else None

    def _lacking(self) -> tuple[str, ...]:
        """Return the fields for want of which some mistakes were not tried."""
        lacking = (
            mistake.needs
            for mistakes in CATALOGUE.values()
            if (mistakes is DEVICE) == self._exchange.is_device
            for mistake in mistakes
            if mistake.needs and not any(True for _ in mistake.changes(self._exchange))
        )
        return tuple(dict.fromkeys(lacking))
