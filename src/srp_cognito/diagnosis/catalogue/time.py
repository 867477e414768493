"""Mistakes in TIMESTAMP: what was signed is not what the pool signs.

The pool reads the text that was sent, writes it anew and signs that. So another spelling of the
same moment is found whether or not the other code sent the text that it signed.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from ...proof.timestamps import DAYS, MONTHS
from ..exchange import Exchange
from ..moment import LANGUAGES, canonical
from .message import ORDER
from .mistake import Change, Mistake, Variants

__all__ = ["LOCAL", "TIME", "TWELVE_HOURS"]

FORMAT: Final = (
    "Write TIMESTAMP as EEE MMM d HH:mm:ss 'UTC' yyyy, in English and in UTC, such as"
    ' "Tue Sep 5 07:00:09 UTC 2017". Take the names from a table, not from the locale.'
)
SENT: Final = "Make TIMESTAMP once, and sign the text that you send."

MOST_SECONDS: Final = 120
"""How far away another moment is looked for, in both directions."""


def _written(write: Callable[[datetime], str]) -> Variants[Exchange]:
    """Return the function of a mistake that writes the moment in another way."""

    def changes(exchange: Exchange) -> Iterator[Change]:
        moment = exchange.moment
        if moment is not None:
            yield Change({"timestamp": write(moment).encode()})

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
    moment = exchange.moment
    if moment is None:
        return
    # Every offset of a time zone in living memory is a multiple of a quarter of an hour.
    for quarters in range(-4 * 12, 4 * 14 + 1):
        shift = timedelta(minutes=15 * quarters)
        try:
            text = canonical(moment + shift)
        except OverflowError:
            continue
        if quarters:
            sign, minutes = "-" if quarters < 0 else "+", abs(15 * quarters)
            detail = f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}"
            yield Change({"timestamp": text.encode()}, detail)


def _seconds(exchange: Exchange) -> Iterator[Change]:
    moment = exchange.moment
    if moment is None:
        return
    for seconds in range(-MOST_SECONDS, MOST_SECONDS + 1):
        if seconds:
            try:
                text = canonical(moment + timedelta(seconds=seconds))
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
    moment = exchange.moment
    if moment is not None:
        for weekday in DAYS:
            yield Change({"timestamp": _pieces(moment, weekday=weekday).encode()}, weekday)


def _zones(exchange: Exchange) -> Iterator[Change]:
    moment = exchange.moment
    if moment is not None:
        for zone in ("GMT", "Z", "+0000", "+00:00"):
            yield Change({"timestamp": _pieces(moment, zone=zone).encode()}, zone)


def _as_sent(exchange: Exchange) -> Iterator[Change]:
    """What was sent, unless another mistake of this file says what is wrong with it."""
    sent = exchange.timestamp.encode()
    if exchange.block_text and not (
        sent != exchange.signed_timestamp.encode()
        and any(
            change.steps["timestamp"] == sent
            for mistake in TIME
            if mistake.changes is not _as_sent
            for change in mistake.changes(exchange)
        )
    ):
        yield Change({"timestamp": sent})


def _isoformats(exchange: Exchange) -> Iterator[Change]:
    moment = exchange.moment
    if moment is not None:
        for ending in ("Z", "+00:00", ".000Z", ""):
            text = f"{moment:%Y-%m-%dT%H:%M:%S}{ending}"
            yield Change({"timestamp": text.encode()}, text[19:])


def _epoch(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())


TWELVE_HOURS: Final = Mistake[Exchange](
    "time-12-hour",
    "TIMESTAMP uses a 12-hour clock.",
    "Write the hour from 00 to 23: HH in Java and .NET, %H in strftime, 15 in Go. There, hh, %I and"
    " 03 are a 12-hour clock.",
    _written(lambda moment: _pieces(moment, clock=_twelve(moment))),
    "From 01:00 to 12:59 UTC.",
    seen=("https://github.com/alexrudd/cognito-srp/tree/12ddeaeef44af87c0e3cfc5d9c1f9fdaf1dcab1e",),
)

LOCAL: Final = Mistake[Exchange](
    "time-local",
    "TIMESTAMP is the time of another zone than UTC.",
    FORMAT,
    _local,
    "If the machine's time zone is UTC, as it is on servers.",
)

TIME: Final[tuple[Mistake[Exchange], ...]] = (
    Mistake(
        "time-day-zero",
        "The day of the month in TIMESTAMP has a zero in front.",
        FORMAT,
        _written(lambda moment: _pieces(moment, day=f"{moment.day:02}")),
        "From the 10th of a month on.",
        seen=(
            "https://github.com/qwigo/warrant/pull/12",
            "https://github.com/ministackorg/ministack/pull/1758",
        ),
    ),
    Mistake(
        "time-day-space",
        "The day of the month in TIMESTAMP has an additional space in front.",
        FORMAT,
        _written(lambda moment: _pieces(moment, day=f"{moment.day:2}")),
        "From the 10th of a month on.",
    ),
    TWELVE_HOURS,
    Mistake(
        "time-24",
        "TIMESTAMP has 24 for the hour 00.",
        FORMAT,
        _written(lambda moment: _pieces(moment, clock=f"{moment.hour or 24:02}:{moment:%M:%S}")),
        "Except from 00:00 to 00:59 UTC.",
        seen=("https://github.com/aws-samples/amazon-cognito-passwordless-auth/issues/145",),
    ),
    Mistake(
        "time-weekday",
        "TIMESTAMP has the wrong weekday.",
        FORMAT,
        _weekdays,
        seen=("https://github.com/ministackorg/ministack/pull/1758",),
    ),
    Mistake(
        "time-language",
        "TIMESTAMP has names in another language.",
        FORMAT,
        _languages,
        "On days and in months whose names are the same in English.",
        seen=(
            "https://github.com/NabuCasa/pycognito/issues/122",
            "https://github.com/soto-project/soto-cognito-authentication-kit/pull/45",
            "https://github.com/aws-amplify/aws-sdk-ios/issues/377",
            "https://github.com/awslabs/aws-sdk-android-samples/issues/54",
        ),
    ),
    LOCAL,
    Mistake(
        "time-zone-name",
        "The zone in TIMESTAMP is not written as UTC.",
        FORMAT,
        _zones,
        seen=("https://github.com/amazon-archives/amazon-cognito-identity-js/issues/683",),
    ),
    Mistake("time-iso", "TIMESTAMP is in the format of ISO 8601.", FORMAT, _isoformats),
    Mistake(
        "time-epoch",
        "TIMESTAMP is in seconds since 1970.",
        FORMAT,
        _written(lambda moment: f"{_epoch(moment)}"),
    ),
    Mistake(
        "time-epoch-ms",
        "TIMESTAMP is in milliseconds since 1970.",
        FORMAT,
        _written(lambda moment: f"{1000 * _epoch(moment)}"),
    ),
    Mistake(
        "time-as-sent",
        "TIMESTAMP was signed as it was sent, in a spelling that the pool does not sign.",
        FORMAT,
        _as_sent,
        "If the spelling was right.",
    ),
    Mistake(
        "time-another-second",
        "The moment that was signed is not the one that was sent.",
        SENT,
        _seconds,
        "If both were taken within the same second.",
    ),
    Mistake(
        "time-missing",
        "TIMESTAMP is not signed.",
        ORDER,
        lambda e: iter([Change({"timestamp": b""})] if e.timestamp else []),
    ),
)
