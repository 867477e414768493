"""Mistakes in TIMESTAMP: what was signed is not what the pool signs.

The pool reads the text that was sent, writes it anew and signs that. So it does not matter whether
the other code sent what it signed: another spelling of the same moment is found in either case.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Final

from ...proof.timestamps import DAYS, MONTHS
from ..exchange import Exchange
from ..moment import LANGUAGES, canonical
from .mistake import Change, Mistake, Variants

__all__ = ["TIME"]

FORMAT: Final = (
    "Write TIMESTAMP as EEE MMM d HH:mm:ss 'UTC' yyyy, in English and in UTC, such as"
    ' "Tue Sep 5 07:00:09 UTC 2017", by a table of names and not by the locale.'
)
SENT: Final = "Make TIMESTAMP once, and sign the very text that is sent."

MOST_SECONDS: Final = 120
"""How far another moment is looked for, either way."""


def _written(write: Callable[[datetime], str]) -> Variants:
    """Return the function of a mistake that writes the moment in another way."""

    def changes(exchange: Exchange) -> Iterator[Change]:
        if exchange.moment is not None:
            yield Change({"timestamp": write(exchange.moment).encode()})

    return changes


def _pieces(
    moment: datetime, *, day: str = "", clock: str = "", zone: str = "UTC", weekday: str = ""
) -> str:
    return (
        f"{weekday or DAYS[moment.weekday()]} {MONTHS[moment.month - 1]} {day or moment.day}"
        f" {clock or f'{moment:%H:%M:%S}'} {zone} {moment.year:04}"
    )


def _twelve(moment: datetime) -> str:
    return f"{(moment.hour + 11) % 12 + 1:02}:{moment:%M:%S}"


def _local(exchange: Exchange) -> Iterator[Change]:
    if exchange.moment is None:
        return
    # Every offset that a time zone has had in living memory is a multiple of a quarter.
    for quarters in range(-4 * 12, 4 * 14 + 1):
        shift = timedelta(minutes=15 * quarters)
        try:
            text = canonical(exchange.moment + shift)
        except OverflowError:
            continue
        if quarters:
            sign, minutes = "-" if quarters < 0 else "+", abs(15 * quarters)
            detail = f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}"
            yield Change({"timestamp": text.encode()}, detail)


def _seconds(exchange: Exchange) -> Iterator[Change]:
    if exchange.moment is None:
        return
    for seconds in range(-MOST_SECONDS, MOST_SECONDS + 1):
        if seconds:
            try:
                text = canonical(exchange.moment + timedelta(seconds=seconds))
            except OverflowError:
                continue
            yield Change({"timestamp": text.encode()}, f"{seconds:+} s")


def _languages(exchange: Exchange) -> Iterator[Change]:
    moment = exchange.moment
    if moment is None:
        return
    for language, (days, months) in LANGUAGES.items():
        weekday, month = days.split()[moment.weekday()], months.split()[moment.month - 1]
        rest = f"{moment.day} {moment:%H:%M:%S} UTC {moment.year:04}"
        yield Change({"timestamp": f"{weekday} {month} {rest}".encode()}, language)


def _weekdays(exchange: Exchange) -> Iterator[Change]:
    if exchange.moment is not None:
        for weekday in DAYS:
            text = _pieces(exchange.moment, weekday=weekday)
            yield Change({"timestamp": text.encode()}, weekday)


def _as_sent(exchange: Exchange) -> Iterator[Change]:
    yield Change({"timestamp": exchange.timestamp.encode()})


def _isoformats(exchange: Exchange) -> Iterator[Change]:
    if exchange.moment is not None:
        for ending in ("Z", "+00:00", ".000Z", ""):
            text = f"{exchange.moment:%Y-%m-%dT%H:%M:%S}{ending}"
            yield Change({"timestamp": text.encode()}, text[19:])


def _epoch(moment: datetime) -> int:
    return int(moment.astimezone(timezone.utc).timestamp())


TIME: Final = (
    Mistake(
        "time-day-zero",
        "TIMESTAMP has a zero in front of the day of the month.",
        FORMAT,
        _written(lambda moment: _pieces(moment, day=f"{moment.day:02}")),
        "From the 10th of a month to its end.",
        seen=(
            "https://github.com/qwigo/warrant/pull/12",
            "https://github.com/ministackorg/ministack/pull/1758",
        ),
    ),
    Mistake(
        "time-day-space",
        "TIMESTAMP has a space in front of the day of the month.",
        FORMAT,
        _written(lambda moment: _pieces(moment, day=f"{moment.day:2}")),
        "From the 10th of a month to its end.",
    ),
    Mistake(
        "time-12-hour",
        "The clock of TIMESTAMP has twelve hours.",
        FORMAT,
        _written(lambda moment: _pieces(moment, clock=_twelve(moment))),
        "From 01:00 to 12:59 UTC.",
    ),
    Mistake(
        "time-24",
        "TIMESTAMP has 24 for the hour 00.",
        FORMAT,
        _written(lambda moment: _pieces(moment, clock=f"{moment.hour or 24:02}:{moment:%M:%S}")),
        "But for the first hour of each day, in UTC.",
        seen=("https://github.com/aws-samples/amazon-cognito-passwordless-auth/issues/145",),
    ),
    Mistake(
        "time-weekday",
        "TIMESTAMP has the name of another weekday.",
        FORMAT,
        _weekdays,
        seen=("https://github.com/ministackorg/ministack/pull/1758",),
    ),
    Mistake(
        "time-language",
        "TIMESTAMP has names of another language.",
        FORMAT,
        _languages,
        "On the days and in the months whose names are the same in English.",
        seen=(
            "https://github.com/NabuCasa/pycognito/issues/122",
            "https://github.com/soto-project/soto-cognito-authentication-kit/pull/45",
            "https://github.com/aws-amplify/aws-sdk-ios/issues/377",
            "https://github.com/awslabs/aws-sdk-android-samples/issues/54",
        ),
    ),
    Mistake(
        "time-local",
        "TIMESTAMP is the time of another zone.",
        FORMAT,
        _local,
        "Where the machine's clock is set to UTC, as servers' are.",
    ),
    Mistake(
        "time-zone-name",
        "The zone of TIMESTAMP is not written as UTC.",
        FORMAT,
        lambda e: (
            Change({"timestamp": _pieces(e.moment, zone=zone).encode()}, zone)
            for zone in (("GMT", "Z", "+0000", "+00:00") if e.moment is not None else ())
            if e.moment is not None
        ),
        seen=("https://github.com/amazon-archives/amazon-cognito-identity-js/issues/683",),
    ),
    Mistake("time-iso", "TIMESTAMP is written in ISO 8601.", FORMAT, _isoformats),
    Mistake(
        "time-epoch",
        "TIMESTAMP is a number of seconds.",
        FORMAT,
        _written(lambda moment: f"{_epoch(moment)}"),
    ),
    Mistake(
        "time-epoch-ms",
        "TIMESTAMP is a number of milliseconds.",
        FORMAT,
        _written(lambda moment: f"{1000 * _epoch(moment)}"),
    ),
    Mistake(
        "time-as-sent",
        "TIMESTAMP was signed as it was sent, in a spelling that the pool does not sign.",
        FORMAT,
        _as_sent,
        "Where it was spelled right.",
    ),
    Mistake(
        "time-another-second",
        "Another moment was signed than the one that was sent.",
        SENT,
        _seconds,
        "Where both were taken within the same second.",
    ),
    Mistake(
        "time-missing",
        "TIMESTAMP is not signed.",
        "Sign pool name, user id, SECRET_BLOCK's bytes and TIMESTAMP, in this order.",
        lambda e: iter([Change({"timestamp": b""})] if e.timestamp else []),
    ),
)
