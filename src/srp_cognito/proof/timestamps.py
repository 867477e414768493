"""TIMESTAMP: written as the service writes it, and checked as the service checks it.

No clock is read here: the moment is an argument.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from ..exceptions import IllegalParameter, MalformedParameter

__all__ = ["DAYS", "MONTHS", "SKEW", "check_timestamp", "timestamp"]

SKEW: Final = timedelta(minutes=2)
"""How far a claim's TIMESTAMP may be off. AWS publishes no number: its guide asks for an answer
"within a few seconds", and five minutes of clock skew are known to be refused."""

# The names are written out because strftime's follow the process's locale.
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_TIMESTAMP: Final = re.compile(
    rf"(?:{'|'.join(DAYS)}) ({'|'.join(MONTHS)}) ([1-9]\d?) (\d\d):(\d\d):(\d\d) UTC (\d{{4}})",
    re.ASCII,
)


def timestamp(now: datetime) -> str:
    """Return TIMESTAMP: Java's ``EEE MMM d HH:mm:ss z yyyy``, in English and in UTC.

    The day of the month is not padded. The service parses the text, formats it anew and signs its
    own rendering, so it refuses any other spelling as a wrong password.

    Args:
        now: an aware datetime, in any time zone. Fractions of a second are dropped.

    Raises:
        TypeError: `now` is not a datetime.
        ValueError: `now` is naive, or has no UTC equivalent in the calendar.

    >>> timestamp(datetime(2017, 9, 5, 7, 0, 9, tzinfo=UTC))
    'Tue Sep 5 07:00:09 UTC 2017'
    """
    if not isinstance(now, datetime):
        raise TypeError(f"now must be a datetime, not {type(now).__name__}")
    if now.utcoffset() is None:
        raise ValueError("now must be an aware datetime, such as datetime.now(timezone.utc)")
    try:
        utc = now.astimezone(UTC)
    except OverflowError:
        raise ValueError("now is too close to the end of the calendar to be given in UTC") from None
    return (
        f"{DAYS[utc.weekday()]} {MONTHS[utc.month - 1]} {utc.day}"
        f" {utc.hour:02}:{utc.minute:02}:{utc.second:02} UTC {utc.year:04}"
    )


def check_timestamp(text: str, now: datetime, skew: timedelta) -> None:
    """Check a TIMESTAMP: in canonical form, and at most `skew` away from `now`.

    Raises:
        MalformedParameter: the text is not in the form that `timestamp` writes.
        IllegalParameter: the moment is too old, or too far in the future.
    """
    match = _TIMESTAMP.fullmatch(text)
    moment = None
    if match:
        month, day, hour, minute, second, year = match.groups()
        try:
            moment = datetime(
                int(year),
                MONTHS.index(month) + 1,
                int(day),
                int(hour),
                int(minute),
                int(second),
                tzinfo=UTC,
            )
        except ValueError:
            moment = None
    # Formatting it again catches what the pattern cannot: a weekday that is not that day's.
    if moment is None or timestamp(moment) != text:
        raise MalformedParameter(
            "TIMESTAMP", "format should be EEE MMM d HH:mm:ss z yyyy in english, in UTC"
        )
    if abs(now - moment) > skew:
        which = "too old" if moment < now else "too far in the future"
        off = abs(now.replace(microsecond=0) - moment)
        raise IllegalParameter("TIMESTAMP", f"is {which}, by {off}")
