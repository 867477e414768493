"""Which other exchange tells two explanations apart that make the same signature in this one.

Two rules for bytes differ only for numbers of a certain shape. Each shape here is the exchange at
hand with one thing changed to that shape, and with a phrase that says what it is and how often it
occurs. What is at hand already tells nothing apart, so nobody is asked for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, NamedTuple

from ..proof import srp
from .exchange import Exchange
from .moment import canonical
from .search import Cause, Suspect, hypotheses
from .steps import Evaluation, right_steps

__all__ = ["tell_apart"]

TOP: Final = srp.N.bit_length() - 1
DIGEST_TOP: Final = 255


class AtHand(NamedTuple):
    """What is known of an exchange to which a shape is compared."""

    exchange: Exchange
    u: int
    s: int
    parity: int | None
    """Whether a + u*x is odd (1) or even (0); None if it is not known."""


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
    holds: Callable[[AtHand], bool]
    """Whether an exchange has this shape."""
    change: Callable[[Exchange], Exchange] = lambda e: e
    force_u: Callable[[int], int] = _same
    force_s: Callable[[int], int] = _same
    fits: Callable[[Exchange], bool] = lambda _: True
    """Whether there can be such an exchange of the same user or device."""


# Numbers.

_NUMBERS: Final[Mapping[str, Callable[[AtHand], int]]] = {
    "A": lambda at: at.exchange.A,
    "B": lambda at: at.exchange.B,
    "u": lambda at: at.u,
    "S": lambda at: at.s,
}


def _of_number(
    name: str,
    says: str,
    is_so: Callable[[int], bool],
    make: Callable[[int], Callable[[int], int]],
) -> Shape:
    """Return a shape of A, B, u or S.

    Args:
        name: the number.
        says: what it is, and how often.
        is_so: whether a number is so, from how many bits it lacks to its full width.
        make: returns what makes a number of this width so, from the place of its top bit.
    """
    top = DIGEST_TOP if name == "u" else TOP
    read, made = _NUMBERS[name], make(top)

    def holds(at: AtHand) -> bool:
        number = read(at)
        return number > 0 and is_so(top + 1 - number.bit_length())

    phrase = f"whose {name} {says}"
    if name == "A":
        return Shape(phrase, holds, lambda e: replace(e, A=made(e.A)))
    if name == "B":
        return Shape(phrase, holds, lambda e: replace(e, B=made(e.B)))
    if name == "u":
        return Shape(phrase, holds, force_u=made)
    return Shape(phrase, holds, force_s=made)


def _with_parity(parity: int) -> Callable[[Exchange], Exchange]:
    """The exchange with another a, of which a + u*x has this parity. A is left as it is."""

    def change(exchange: Exchange) -> Exchange:
        evaluation, steps = Evaluation(exchange), right_steps(exchange)
        of_ux = evaluation.u(steps) * (evaluation.x(steps) or 0) % 2
        return replace(exchange, a=1 << 255 | of_ux ^ parity)

    return change


# SALT, names and passwords.

_PASSWORD: Final = "correct horse"
SALT_DIGITS: Final = srp.SALT_BITS // 4
_SALT: Final = "123456789abcdef0123456789abcdef"
_SIGNS: Final = "Wq $Hm #Xn ;Lp !Vt %41s +Bg &lt;r \\nK 'c \"d -f --h ...j {k} <v>z"


def _salted(text: str) -> Callable[[Exchange], Exchange]:
    return lambda e: replace(e, salt_text=text)


def _has_password(is_so: Callable[[str], bool]) -> Callable[[AtHand], bool]:
    return lambda at: at.exchange.password is not None and is_so(at.exchange.password)


def _password(make: Callable[[str], str]) -> Callable[[Exchange], Exchange]:
    return lambda e: replace(e, password=make(e.password or ""))


def _is_of_one_case(text: str) -> bool:
    return text in (text.lower(), text.upper())


# TIMESTAMP.

_MOMENT: Final = datetime(2026, 11, 25, 10, 20, 30, tzinfo=UTC)


def _at(change: Callable[[datetime], datetime]) -> Callable[[Exchange], Exchange]:
    return lambda e: replace(e, timestamp=canonical(change(e.moment or _MOMENT)))


def _is_at(is_so: Callable[[datetime], bool]) -> Callable[[AtHand], bool]:
    return lambda at: at.exchange.moment is not None and is_so(at.exchange.moment)


def _another_day(moment: datetime) -> datetime:
    """Another weekday of another month, and among the first nine days only if this one is."""
    others = (
        moment.replace(month=month, day=day)
        for month in (5, 12, 10, 8)
        for day in ((6, 7) if moment.day < FIRST_OF_TWO_DIGITS else (13, 14))
    )
    return next(
        other
        for other in others
        if other.month != moment.month and other.weekday() != moment.weekday()
    )


FIRST_OF_TWO_DIGITS: Final = 10
"""The first day of a month that has no room for a padding."""

NOON: Final = 12
"""The last hour that a clock of twelve hours writes like one of 24."""

SHAPES: Final = (
    *(
        _of_number(name, says, is_so, make)
        for name in ("A", "B", "u", "S")
        for says, is_so, make in (
            ("has its top bit set: every second one", lambda lack: lack == 0, _high),
            ("does not have its top bit set: every second one", lambda lack: lack > 0, _low),
        )
    ),
    Shape(
        "with another a, so that a + u*x is odd: every second one",
        lambda at: at.parity == 1,
        _with_parity(1),
    ),
    Shape(
        "with another a, so that a + u*x is even: every second one",
        lambda at: at.parity == 0,
        _with_parity(0),
    ),
    Shape(
        "whose SALT has its top bit set: every second user",
        lambda at: at.exchange.salt > 0 and at.exchange.salt.bit_length() % 8 == 0,
        _salted(f"f{_SALT}"),
    ),
    Shape(
        "whose SALT does not have its top bit set: every second user",
        lambda at: at.exchange.salt > 0 and at.exchange.salt.bit_length() % 8 > 0,
        _salted(f"1{_SALT}"),
    ),
    Shape(
        "on one of the first nine days of a month",
        _is_at(lambda moment: moment.day < FIRST_OF_TWO_DIGITS),
        _at(lambda moment: moment.replace(day=3)),
    ),
    Shape(
        "on the 10th of a month or later",
        _is_at(lambda moment: moment.day >= FIRST_OF_TWO_DIGITS),
        _at(lambda moment: moment.replace(day=25)),
    ),
    Shape(
        "in the afternoon, from 13:00 on, in UTC",
        _is_at(lambda moment: moment.hour > NOON),
        _at(lambda moment: moment.replace(hour=17)),
    ),
    Shape(
        "from 01:00 to 12:59, in UTC",
        _is_at(lambda moment: 1 <= moment.hour <= NOON),
        _at(lambda moment: moment.replace(hour=9)),
    ),
    Shape(
        "in the first hour of a day, in UTC",
        _is_at(lambda moment: moment.hour == 0),
        _at(lambda moment: moment.replace(hour=0)),
    ),
    Shape("on another day of another month", lambda _: False, _at(_another_day)),
    Shape(
        "with a password of a hundred small letters",
        _has_password(lambda password: len(password) == 100 and password.islower()),
        _password(lambda _: "correcthorsebatterystaple" * 4),
    ),
    Shape(
        "with six small letters as the password",
        _has_password(lambda password: len(password) == 6 and password.islower()),
        _password(lambda _: "horses"),
    ),
    Shape(
        "with a capital letter in the password after the first letter",
        _has_password(lambda password: password[1:] != password[1:].lower()),
        _password(lambda password: f"{password[:1]}aBc{password[1:]}"),
    ),
    Shape(
        "with another password, in which letters follow each sign that this one has",
        lambda _: False,
        _password(lambda _: _SIGNS),
    ),
    Shape(
        "with capital letters and accents in the password",
        _has_password(lambda password: password != password.lower() and not password.isascii()),
        _password(
            lambda password: f"Ä e\N{COMBINING ACUTE ACCENT} \N{LATIN SMALL LIGATURE FI}{password}"
        ),
    ),
    Shape(
        "with white space at an end of the password",
        _has_password(lambda password: password != password.strip()),
        _password(lambda password: f" {password} "),
    ),
    Shape(
        "with capital and small letters in the user's id",
        lambda at: not _is_of_one_case(at.exchange.member),
        lambda e: replace(e, member=f"{e.member}aB"),
    ),
    Shape(
        "of a device whose group key has a _ in it",
        lambda at: "_" in at.exchange.group,
        lambda e: replace(e, group="-v7_w9UcY6"),
        fits=lambda e: e.is_device,
    ),
    *(
        _of_number(name, says, is_so, make)
        for says, is_so, make in (
            (
                "has an odd number of hex digits: one in 16",
                lambda lack: lack // 4 % 2 == 1,
                _odd,
            ),
            ("has all its hex digits: 15 in 16", lambda lack: lack < 4, _low),
            ("is short: one in 512", lambda lack: lack > 8, _short),
        )
        for name in ("A", "B", "u", "S")
    ),
    Shape(
        "whose SALT has an odd number of digits: one user in 16",
        lambda at: len(f"{abs(at.exchange.salt):x}") % 2 == 1,
        _salted(_SALT),
    ),
    Shape(
        "whose SALT begins with zeros, as emulators send it",
        lambda at: at.exchange.salt_text.startswith("0"),
        _salted(f"00{_SALT[1:]}"),
    ),
    Shape(
        "whose SALT has 32 digits, and no zero in front: 15 users in 16",
        lambda at: len(at.exchange.salt_text) == SALT_DIGITS and at.exchange.salt >> 124 > 0,
        _salted(f"1{_SALT}"),
    ),
    Shape(
        "whose SALT is negative, as it was until the end of 2020",
        lambda at: at.exchange.salt < 0,
        _salted("-3b9c"),
    ),
)


def tell_apart(exchange: Exchange, causes: Sequence[Cause]) -> str | None:
    """Return which exchange tells most of the causes apart; None if no shape does."""
    best, most = None, 1
    at_hand, client = _at_hand(exchange, causes), _as_client(exchange)
    for shape in SHAPES:
        if not shape.fits(exchange) or shape.holds(at_hand):
            continue
        shaped = shape.change(client)
        evaluation = Evaluation(shaped, force_u=shape.force_u, force_s=shape.force_s)
        suspects = {(each.mistake.id, each.detail): each for each in hypotheses(shaped)}
        found = {_signature(evaluation, shaped, suspects, cause) for cause in causes}
        if len(found) > most:
            best, most = shape, len(found)
        if most == len(causes):
            break
    return None if best is None else f"an exchange {best.says}"


def _at_hand(exchange: Exchange, causes: Sequence[Cause]) -> AtHand:
    """What is known of the exchange. Where the right values are not known, the other code's are."""
    values = Evaluation(exchange).values(right_steps(exchange)) or causes[0].values
    knows_all = exchange.a is not None and values.x is not None
    parity = ((exchange.a or 0) + values.u * (values.x or 0)) % 2 if knows_all else None
    return AtHand(exchange, values.u, values.s, parity)


def _as_client(exchange: Exchange) -> Exchange:
    """The exchange with everything that a client knows, so that any mistake can be computed."""
    return replace(
        exchange,
        a=exchange.a if exchange.a is not None else 1 << 254,
        B=exchange.B or srp.N // 3,
        password=_PASSWORD if exchange.password is None else exchange.password,
        salt_text=exchange.salt_text or _SALT,
    )


def _signature(
    evaluation: Evaluation,
    exchange: Exchange,
    suspects: Mapping[tuple[str, str], Suspect],
    cause: Cause,
) -> bytes | None:
    """The signature of a client with the mistakes of a cause in another exchange."""
    made = [(suspect.mistake.id, suspect.detail) for suspect in cause.suspects]
    changes = (suspects[each].steps for each in made if each in suspects)
    return evaluation.signature(right_steps(exchange).changed(*changes))
