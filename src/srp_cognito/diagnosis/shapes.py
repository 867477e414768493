"""Which other exchange tells two explanations apart that make the same signature in this one.

Two rules for bytes differ only for numbers of a certain shape. Each shape here is the exchange at
hand with one thing changed to that shape, and a phrase that says how often it occurs.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Final, NamedTuple

from ..proof import srp
from .exchange import Exchange
from .moment import canonical
from .search import Cause, hypotheses
from .steps import Evaluation, right_steps

__all__ = ["tell_apart"]

TOP: Final = srp.N.bit_length() - 1
DIGEST_TOP: Final = 255


def _same(number: int) -> int:
    return number


def _high(top: int) -> Callable[[int], int]:
    """The number with its top bit set."""
    return lambda number: _below(number, 0xC0, top)


def _low(top: int) -> Callable[[int], int]:
    """The number as wide as before, with its top bit clear."""
    return lambda number: _below(number, 0x40, top)


def _short(top: int) -> Callable[[int], int]:
    """The number one byte shorter, with the top bit of that byte clear."""
    return lambda number: _below(number, 0x00, top) & ~(1 << (top - 8)) | 1 << (top - 9)


def _odd(top: int) -> Callable[[int], int]:
    """The number with an odd number of hex digits."""
    return lambda number: _below(number, 0x04, top)


def _below(number: int, first: int, top: int) -> int:
    """The number with this as its first byte."""
    return number % (1 << (top - 7)) | first << (top - 7)


class Shape(NamedTuple):
    """An exchange in which certain mistakes differ."""

    says: str
    change: Callable[[Exchange], Exchange] = lambda e: e
    force_u: Callable[[int], int] = _same
    force_s: Callable[[int], int] = _same


def _salted(text: str) -> Callable[[Exchange], Exchange]:
    return lambda e: replace(e, salt_text=text)


def _at(*moment: int) -> Callable[[Exchange], Exchange]:
    when = datetime(*moment, tzinfo=timezone.utc)  # type: ignore[misc,arg-type]
    return lambda e: replace(e, timestamp=canonical(when))


def _with_a(a: int) -> Callable[[Exchange], Exchange]:
    return lambda e: replace(e, a=a)


_PASSWORD: Final = "correct horse"
_SALT: Final = "123456789abcdef0123456789abcdef"

SHAPES: Final = (
    Shape("whose A has its top bit set: every second one", lambda e: replace(e, A=_high(TOP)(e.A))),
    Shape(
        "whose A does not have its top bit set: every second one",
        lambda e: replace(e, A=_low(TOP)(e.A)),
    ),
    Shape("whose B has its top bit set: every second one", lambda e: replace(e, B=_high(TOP)(e.B))),
    Shape(
        "whose B does not have its top bit set: every second one",
        lambda e: replace(e, B=_low(TOP)(e.B)),
    ),
    Shape("whose u has its top bit set: every second one", force_u=_high(DIGEST_TOP)),
    Shape("whose u does not have its top bit set: every second one", force_u=_low(DIGEST_TOP)),
    Shape("whose S has its top bit set: every second one", force_s=_high(TOP)),
    Shape("whose S does not have its top bit set: every second one", force_s=_low(TOP)),
    Shape("with another a, so that a + u*x is odd: every second one", _with_a(1 << 255 | 1)),
    Shape("with another a, so that a + u*x is even: every second one", _with_a(1 << 255)),
    Shape("whose SALT has its top bit set: every second user", _salted(f"f{_SALT}")),
    Shape("whose SALT does not have its top bit set: every second user", _salted(f"1{_SALT}")),
    Shape("on one of the first nine days of a month", _at(2026, 11, 3, 10, 20, 30)),
    Shape("in the afternoon, in UTC", _at(2026, 11, 25, 17, 20, 30)),
    Shape("in the first hour of a day, in UTC", _at(2026, 11, 25, 0, 20, 30)),
    Shape("on another day of another month", _at(2026, 5, 12, 9, 20, 30)),
    Shape(
        "with white space at an end of the password",
        lambda e: replace(e, password=f" {_PASSWORD} "),
    ),
    Shape(
        "with capital letters and accents in the password",
        lambda e: replace(e, password="Ä e\N{COMBINING ACUTE ACCENT} \N{LATIN SMALL LIGATURE FI}"),
    ),
    Shape("with capital and small letters in the user's id", lambda e: replace(e, member="aLiCe")),
    Shape("of a device whose group key has a _ in it", lambda e: replace(e, group="-v7_w9UcY6")),
    Shape(
        "whose A has an odd number of hex digits: one in 16",
        lambda e: replace(e, A=_odd(TOP)(e.A)),
    ),
    Shape("whose S has an odd number of hex digits: one in 16", force_s=_odd(TOP)),
    Shape("whose SALT has an odd number of digits: one user in 16", _salted(_SALT)),
    Shape("whose SALT begins with zeros, as emulators send it", _salted(f"00{_SALT[1:]}")),
    Shape("whose A is short: one in 512", lambda e: replace(e, A=_short(TOP)(e.A))),
    Shape("whose B is short: one in 512", lambda e: replace(e, B=_short(TOP)(e.B))),
    Shape("whose u is short: one in 512", force_u=_short(DIGEST_TOP)),
    Shape("whose S is short: one in 512", force_s=_short(TOP)),
    Shape("whose SALT is negative, as it was until the end of 2020", _salted("-3b9c")),
)


def tell_apart(exchange: Exchange, causes: Sequence[Cause]) -> str | None:
    """Return which exchange tells most of the causes apart; None if no shape does."""
    best, most = None, 1
    for shape in SHAPES:
        shaped = shape.change(_as_client(exchange))
        evaluation = Evaluation(shaped, force_u=shape.force_u, force_s=shape.force_s)
        found = {_signature(evaluation, shaped, cause) for cause in causes}
        if len(found) > most:
            best, most = shape, len(found)
        if most == len(causes):
            break
    return None if best is None else f"an exchange {best.says}"


def _as_client(exchange: Exchange) -> Exchange:
    """The exchange with everything that a client knows, so that any mistake can be computed."""
    return replace(
        exchange,
        a=exchange.a if exchange.a is not None else 1 << 254,
        B=exchange.B or srp.N // 3,
        password=_PASSWORD if exchange.password is None else exchange.password,
        salt_text=exchange.salt_text or _SALT,
    )


def _signature(evaluation: Evaluation, exchange: Exchange, cause: Cause) -> bytes | None:
    """The signature of a client with the mistakes of a cause in another exchange."""
    mistakes = {(suspect.mistake.id, suspect.detail) for suspect in cause.suspects}
    changes = (
        suspect.steps
        for suspect in hypotheses(exchange)
        if (suspect.mistake.id, suspect.detail) in mistakes
    )
    return evaluation.signature(right_steps(exchange).changed(*changes))
