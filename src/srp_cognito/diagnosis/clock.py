"""Why a claim is refused whose signature is right: it was received at another moment.

The service compares TIMESTAMP with its own clock, and a claim that is too old or too new is refused
like a wrong password. How far it is off shows the reason: twelve hours are a 12-hour clock, and the
offset of a time zone is that zone's local time, spelled as UTC, or that offset subtracted twice.
Both together are looked for if neither alone fits. Anything else is a wrong clock, or a claim that
waited.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from ..proof.timestamps import SKEW
from ..transcripts.record import missing, read_field, read_received
from ..wire import read_mapping
from .catalogue.clock import TWICE, WAITED, WRONG
from .catalogue.mistake import Mistake
from .catalogue.time import LOCAL, TWELVE_HOURS
from .moment import canonical, moment_of
from .report import Diagnosis, Explanation, Named, Row
from .search import Suspect

__all__ = ["OFFSETS", "diagnose_timestamp"]

OFFSETS: Final = tuple(
    timedelta(minutes=minutes)
    for minutes in (
        *(-660, -600, -570, -540, -480, -420, -360, -300, -240, -210, -180, -150, -120, -60),
        *(60, 120, 180, 210, 240, 270, 300, 330, 345, 360, 390, 420, 480, 525, 540, 570, 600),
        *(630, 660, 720, 765, 780, 825, 840),
    )
)
"""The offsets from UTC in winter and in summer of all zones that people live in (the IANA time zone
database, 2026). They are some of the multiples of a quarter of an hour."""

HALF_A_DAY: Final = timedelta(hours=12)
AN_HOUR: Final = timedelta(hours=1)
NOON: Final = 12

AFTERNOON: Final = (
    "a claim that is made after 13:00 UTC: a 12-hour clock makes it twelve hours late, and another"
    " zone does not"
)
AT_ONCE: Final = (
    "a claim that is sent as soon as it is made: a wrong clock makes it just as late again"
)
AS_MUCH: Final = "A clock that is wrong by exactly as much would make the same."
COMPARED: Final = "The service compares TIMESTAMP with its own clock. Its limit is not known."
UNREADABLE: Final = "TIMESTAMP cannot be read, so that it is refused whenever it comes."


def diagnose_timestamp(record: Mapping[str, object]) -> Diagnosis:
    """Say why TIMESTAMP is not the moment at which the claim was received.

    It is right if it is at most two minutes off. AWS publishes no number; its guide asks for an
    answer "within a few seconds".

    Args:
        record: an object with ``timestamp`` (TIMESTAMP as it was sent) and ``received`` (the moment
            of receipt, as docs/transcripts.md describes it). Other fields are not looked at.

    Raises:
        MalformedParameter: one of the two is missing, or cannot be read.

    >>> diagnosis = diagnose_timestamp({
    ...     "timestamp": "Tue Sep 5 03:00:09 UTC 2017", "received": "2017-09-05T15:00:10Z",
    ... })
    >>> [named.mistake.id for named in diagnosis.explanations[0]]
    ['time-12-hour']
    """
    record = read_mapping(record, "transcript")
    received = read_received(record)
    if received is None:
        raise missing("received", "TIMESTAMP is compared with it")
    text = read_field(record, "timestamp")
    sent = moment_of(text)
    if sent is None:
        row = Row("TIMESTAMP", canonical(received), text)
        return Diagnosis("TIMESTAMP", "unknown", (), (row,), 0, (UNREADABLE,))
    late = received - sent
    if abs(late) <= SKEW:
        return Diagnosis("TIMESTAMP", "right", (), (Row("TIMESTAMP", text),), 1, (COMPARED,))
    known = _known(sent, late)
    waited = ((Suspect(WAITED, "", {}).named,),) if late > timedelta() else ()
    explanations = known or ((Suspect(WRONG, "", {}).named,), *waited)
    side = "behind" if late > timedelta() else "ahead of"
    advice = f"TIMESTAMP is {_span(late)} {side} the moment at which the claim was received."
    return Diagnosis(
        subject="TIMESTAMP",
        verdict="mistake",
        explanations=explanations,
        rows=(Row("TIMESTAMP", canonical(received), text),),
        tried=3 * len(OFFSETS) + 3,
        advice=(advice, *((AS_MUCH,) if known else ())),
        tell_apart=(AFTERNOON if known else AT_ONCE) if len(explanations) > 1 else None,
    )


def _known(sent: datetime, late: timedelta) -> tuple[Explanation, ...]:
    """Return the ways of writing the time that make a claim as late as this (or early, if < 0)."""
    twelve, by_twelve = Suspect(TWELVE_HOURS, "", {}).named, _late_by_twelve_hours(sent)
    alone = [(twelve,)] if _fits(late, by_twelve) else []
    alone += [(_in_zone(LOCAL, offset),) for offset in OFFSETS if _fits(late, -offset)]
    # Where it is a zone's own time as well, that is far more likely.
    twice = [(_in_zone(TWICE, offset),) for offset in OFFSETS if _fits(late, offset)]
    both = [
        (_in_zone(LOCAL, offset), twelve) for offset in OFFSETS if _fits(late, by_twelve - offset)
    ]
    return tuple(alone or twice or both)


def _fits(late: timedelta, by: timedelta) -> bool:
    """Whether the claim would be in time without the mistake that makes it late by this."""
    return abs(late - by) <= SKEW


def _late_by_twelve_hours(sent: datetime) -> timedelta:
    """Return how late a 12-hour clock is that shows this hour of the other half of the day.

    From 13:00 on it is twelve hours behind. It shows 12 just after midnight, and is ahead then;
    some (Java's K) show 0 at noon, and are behind.
    """
    return HALF_A_DAY if sent.hour < NOON else -HALF_A_DAY


def _in_zone(mistake: Mistake[Any], offset: timedelta) -> Named:
    sign, minutes = "-" if offset < timedelta() else "+", abs(offset) // timedelta(minutes=1)
    detail = f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}"
    if abs(offset) == AN_HOUR:
        detail = f"{detail}, or an hour of daylight saving time"
    return Suspect(mistake, detail, {}).named


def _span(length: timedelta) -> str:
    """Return a length of time in words, rounded down to its two largest units."""
    left = abs(length) // timedelta(seconds=1)
    parts = []
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        number, left = divmod(left, seconds)
        parts.append(f"{number} {unit}{'' if number == 1 else 's'}" if number else "")
    first = next(at for at, part in enumerate(parts) if part)
    return " ".join(filter(None, parts[first : first + 2]))
