"""timestamps.py: TIMESTAMP is written and checked as the service writes it."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_cognito import IllegalParameter, MalformedParameter, timestamp
from srp_cognito.proof.timestamps import check_timestamp

NOON = datetime(2026, 3, 7, 12, 0, 0, tzinfo=UTC)

ZONES = st.integers(-24 * 60 + 1, 24 * 60 - 1).map(lambda m: timezone(timedelta(minutes=m)))
MOMENTS = st.datetimes(
    min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31), timezones=ZONES
)


@given(MOMENTS)
def test_timestamp_agrees_with_the_oracle_in_every_zone(moment: datetime) -> None:
    assert timestamp(moment) == oracle.timestamp(moment)


@given(MOMENTS)
def test_every_timestamp_passes_its_own_check(moment: datetime) -> None:
    check_timestamp(timestamp(moment), moment, timedelta(seconds=1))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2017, 9, 5, 7, 0, 9), "Tue Sep 5 07:00:09 UTC 2017"),
        (datetime(2026, 12, 31, 23, 59, 59), "Thu Dec 31 23:59:59 UTC 2026"),
        (datetime(2028, 2, 29, 0, 0, 0), "Tue Feb 29 00:00:00 UTC 2028"),
        (datetime(2026, 3, 10, 13, 5, 0, 999_999), "Tue Mar 10 13:05:00 UTC 2026"),
    ],
)
def test_the_day_is_not_padded_and_the_hours_are_twenty_four(moment: datetime, text: str) -> None:
    assert timestamp(moment.replace(tzinfo=UTC)) == text


def test_the_locale_does_not_matter() -> None:
    """Strftime would follow it; this asks in every locale that the machine has."""
    code = """
import locale, subprocess
from datetime import UTC, datetime
from srp_cognito import timestamp
names = ["C", "C.UTF-8", "POSIX"]
try:
    names += subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.split()
except OSError:
    pass
for name in names:
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        continue
    assert timestamp(datetime(2017, 9, 5, 7, 0, 9, tzinfo=UTC)) == (
        "Tue Sep 5 07:00:09 UTC 2017"
    ), name
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_naive_moment_is_refused_with_what_to_write_instead() -> None:
    with pytest.raises(ValueError, match=r"datetime\.now\(timezone\.utc\)"):
        timestamp(datetime(2026, 1, 1))


class NoOffset(tzinfo):
    """A zone that does not know its offset, which Python takes as no zone at all."""

    def utcoffset(self, _: datetime | None) -> None:
        return None

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str:
        return "?"


def test_a_zone_without_an_offset_is_naive_too() -> None:
    """Astimezone would take it for local time."""
    with pytest.raises(ValueError, match="aware"):
        timestamp(datetime(2026, 1, 1, tzinfo=NoOffset()))


@pytest.mark.parametrize("now", [0, "now", None, NOON.date()])
def test_what_is_not_a_datetime_is_a_type_error(now: object) -> None:
    with pytest.raises(TypeError, match="now must be a datetime"):
        timestamp(now)  # type: ignore[arg-type]


def test_a_moment_at_the_end_of_the_calendar_is_a_value_error() -> None:
    west = timezone(timedelta(hours=-5))
    with pytest.raises(ValueError, match="end of the calendar"):
        timestamp(datetime(9999, 12, 31, 23, 0, tzinfo=west))


MISSPELLED = {
    "zero-padded day": "Sat Mar 07 12:00:00 UTC 2026",
    "space-padded day": "Sat Mar  7 12:00:00 UTC 2026",
    "another weekday": "Fri Mar 7 12:00:00 UTC 2026",
    "GMT": "Sat Mar 7 12:00:00 GMT 2026",
    "an offset": "Sat Mar 7 12:00:00 +0000 2026",
    "lower case": "sat mar 7 12:00:00 utc 2026",
    "German": "Sa März 7 12:00:00 UTC 2026",
    "a 12-hour clock": "Sat Mar 7 12:00:00 PM UTC 2026",
    "one-digit hour": "Sat Mar 7 9:00:00 UTC 2026",
    "hour 24": "Sat Mar 7 24:00:00 UTC 2026",
    "second 60": "Sat Mar 7 12:00:60 UTC 2026",
    "day 0": "Sat Mar 0 12:00:00 UTC 2026",
    "day 32": "Sat Mar 32 12:00:00 UTC 2026",
    "30 February": "Mon Feb 30 12:00:00 UTC 2026",
    "year 0": "Sat Mar 7 12:00:00 UTC 0000",
    "two-digit year": "Sat Mar 7 12:00:00 UTC 26",
    "ISO 8601": "2026-03-07T12:00:00Z",
    "a newline": "Sat Mar 7 12:00:00 UTC 2026\n",
    "leading space": " Sat Mar 7 12:00:00 UTC 2026",
    "other digits": "Sat Mar \u0667 12:00:00 UTC 2026",
    "empty": "",
}


@pytest.mark.parametrize("text", MISSPELLED.values(), ids=MISSPELLED)
def test_any_other_spelling_is_malformed(text: str) -> None:
    with pytest.raises(MalformedParameter, match="EEE MMM d HH:mm:ss z yyyy") as caught:
        check_timestamp(text, NOON, timedelta(days=10_000))
    assert caught.value.name == "TIMESTAMP"


@pytest.mark.parametrize(("sign", "which"), [(-1, "too far in the future"), (1, "too old")])
def test_the_window_is_closed_at_both_ends(sign: int, which: str) -> None:
    skew = timedelta(minutes=2)
    check_timestamp(timestamp(NOON), NOON + sign * skew, skew)
    with pytest.raises(IllegalParameter) as caught:
        check_timestamp(timestamp(NOON), NOON + sign * (skew + timedelta(seconds=1)), skew)
    assert str(caught.value) == f"TIMESTAMP is {which}, by 0:02:01"
