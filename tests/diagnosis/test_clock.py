"""diagnosis/clock.py: what makes a TIMESTAMP late or early, from how far it is off.

The TIMESTAMPs are those of mistaken.py and of the zones of the IANA database.
"""

import zoneinfo
from datetime import UTC, datetime, timedelta

import mistaken
import oracle
import pytest

from srp_cognito import MalformedParameter
from srp_cognito.diagnosis import Diagnosis, diagnose_timestamp
from srp_cognito.diagnosis.clock import OFFSETS

DAY = datetime(2026, 11, 24, 0, 0, 9, tzinfo=UTC)
ZONES = zoneinfo.available_timezones()


def diagnosed(text: str, received: datetime) -> Diagnosis:
    return diagnose_timestamp({"timestamp": text, "received": received.isoformat()})


def ids(diagnosis: Diagnosis) -> list[tuple[str, ...]]:
    return [tuple(named.mistake.id for named in each) for each in diagnosis.explanations]


@pytest.mark.parametrize("hour", range(24))
def test_a_12_hour_clock_is_named_in_every_hour_in_which_it_is_wrong(hour: int) -> None:
    now = DAY + timedelta(hours=hour, minutes=59)
    text = mistaken.timestamp(now, {"time-12-hour"})
    # The claim takes some seconds, and the hour may change meanwhile.
    diagnosis = diagnosed(text, now + timedelta(seconds=70))
    if 1 <= hour <= 12:
        assert (diagnosis.verdict, ids(diagnosis)) == ("right", [])
        return
    assert diagnosis.verdict == "mistake"
    assert ids(diagnosis)[0] == ("time-12-hour",)
    assert "15 in Go" in diagnosis.explanations[0][0].mistake.remedy
    if hour:
        assert (ids(diagnosis), diagnosis.tell_apart) == ([("time-12-hour",)], None)
        assert diagnosis.advice[0].startswith("TIMESTAMP is 12 hours 1 minute behind the moment")
    else:
        # Just after midnight it shows 12, as a clock in New Zealand's winter does.
        assert ids(diagnosis)[1:] == [("time-local",)]
        assert "after 13:00 UTC" in str(diagnosis.tell_apart)
        assert "11 hours 58 minutes ahead of the moment" in diagnosis.advice[0]


def test_a_12_hour_clock_that_shows_0_at_noon_is_named() -> None:
    now = DAY.replace(hour=12)
    assert ids(diagnosed(oracle.timestamp(DAY), now)) == [("time-12-hour",)]


@pytest.mark.parametrize("minutes", [330, -300, 345, 60, -60, 720, 840, -570])
def test_the_time_of_another_zone_is_named_with_its_offset(minutes: int) -> None:
    now = DAY.replace(hour=16)
    diagnosis = diagnosed(mistaken.timestamp(now, {f"time-local:{minutes}"}), now)
    assert ids(diagnosis) == [("time-local",)]
    offset = f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    says = diagnosis.explanations[0][0].says
    assert offset in says
    assert ("daylight saving" in says) is (abs(minutes) == 60)
    assert "wrong by exactly as much" in diagnosis.advice[1]


@pytest.mark.skipif(not ZONES, reason="this machine has no time zone database")
@pytest.mark.parametrize("month", [1, 7])
def test_every_zone_that_people_live_in_is_known(month: int) -> None:
    now = datetime(2026, month, 5, 16, 0, 9, tzinfo=UTC)
    seen = set()
    for name in ZONES:
        offset = now.astimezone(zoneinfo.ZoneInfo(name)).utcoffset()
        assert offset is not None
        if name not in ("Etc/GMT+12", "GMT+12"):
            seen.add(offset)
    assert seen - {timedelta()} <= {*OFFSETS}
    for offset in seen - {timedelta()}:
        assert ids(diagnosed(oracle.timestamp(now + offset), now)) == [("time-local",)]


@pytest.mark.parametrize("minutes", [330, 345, 525])
def test_utc_that_was_converted_once_more_is_named_with_its_zone(minutes: int) -> None:
    """No zone is as far on the other side of UTC."""
    offset = timedelta(minutes=minutes)
    diagnosis = diagnosed(oracle.timestamp(DAY), DAY + offset)
    assert ids(diagnosis) == [("clock-utc-twice",)]
    assert f"(UTC+{minutes // 60:02}:{minutes % 60:02})" in diagnosis.explanations[0][0].says


def test_the_local_time_on_a_12_hour_clock_is_named_as_both() -> None:
    now = DAY.replace(hour=22)
    local = now - timedelta(hours=5)
    diagnosis = diagnosed(mistaken.timestamp(local, {"time-12-hour"}), now)
    assert ids(diagnosis) == [("time-local", "time-12-hour")]
    assert "UTC-05:00" in diagnosis.explanations[0][0].says


@pytest.mark.parametrize(
    ("late", "says"),
    [
        (timedelta(minutes=2, seconds=1), "2 minutes 1 second behind"),
        (timedelta(minutes=15), "15 minutes behind"),
        (timedelta(hours=3, minutes=7), "3 hours 7 minutes behind"),
        (timedelta(days=2, minutes=7), "is 2 days behind"),
        (timedelta(days=2, hours=1), "2 days 1 hour behind"),
        (timedelta(days=40), "40 days behind"),
    ],
    ids=str,
)
def test_any_other_delay_is_a_wrong_clock_or_a_long_wait(late: timedelta, says: str) -> None:
    diagnosis = diagnosed(oracle.timestamp(DAY), DAY + late)
    assert (diagnosis.verdict, ids(diagnosis)) == ("mistake", [("clock-wrong",), ("clock-waited",)])
    assert says in diagnosis.advice[0]
    assert len(diagnosis.advice) == 1
    assert "just as late again" in str(diagnosis.tell_apart)
    early = diagnosed(oracle.timestamp(DAY + late), DAY)
    assert (ids(early), early.tell_apart) == ([("clock-wrong",)], None)
    assert says.replace("behind", "ahead of") in early.advice[0]


@pytest.mark.parametrize("seconds", [-120, 0, 120])
def test_a_timestamp_that_is_in_time_is_right(seconds: int) -> None:
    diagnosis = diagnosed(oracle.timestamp(DAY), DAY + timedelta(seconds=seconds))
    assert (diagnosis.verdict, diagnosis.explanations, diagnosis.tried) == ("right", (), 1)
    assert diagnosis.first_difference is None


def test_the_two_moments_are_shown_in_the_same_form() -> None:
    text = "Tue Nov 24 03:00:09 UTC 2026"
    diagnosis = diagnose_timestamp({"timestamp": text, "received": "2026-11-24T16:00:10+01:00"})
    assert (diagnosis.subject, diagnosis.tried) == ("TIMESTAMP", 3 + 3 * len(OFFSETS))
    (row,) = diagnosis.rows
    assert (row.name, row.came) == ("TIMESTAMP", text)
    assert row.expected == "Tue Nov 24 15:00:10 UTC 2026"


def test_a_timestamp_that_cannot_be_read_has_no_known_mistake() -> None:
    diagnosis = diagnosed("yesterday", DAY)
    assert (diagnosis.verdict, diagnosis.explanations, diagnosis.tried) == ("unknown", (), 0)
    assert "cannot be read" in diagnosis.advice[0]


def test_another_spelling_of_the_moment_is_compared_all_the_same() -> None:
    now = DAY.replace(hour=15)
    assert ids(diagnosed("Tue Nov 024 03:00:09 UTC 2026", now)) == []
    assert ids(diagnosed("Mon Nov 24 03:00:09 UTC 2026", now)) == [("time-12-hour",)]


@pytest.mark.parametrize("text", [oracle.timestamp(DAY), "Fri Dec 31 23:59:59 UTC 9999"])
@pytest.mark.parametrize("received", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_are_handled(text: str, received: str) -> None:
    assert diagnose_timestamp({"timestamp": text, "received": received}).verdict != "unknown"


@pytest.mark.parametrize(
    ("record", "name", "problem"),
    [
        ({"timestamp": oracle.timestamp(DAY)}, "received", "is missing"),
        ({"received": "2026-11-24T15:00:10Z"}, "TIMESTAMP", "is missing"),
        ({"timestamp": 7, "received": "2026-11-24T15:00:10Z"}, "TIMESTAMP", "must be text"),
        ({"received": "noon"}, "received", "must be a moment"),
        ([], "transcript", "must be an object"),
    ],
)
def test_what_is_missing_or_unreadable_is_named(record: dict, name: str, problem: str) -> None:
    with pytest.raises(MalformedParameter) as refused:
        diagnose_timestamp(record)
    assert refused.value.name == name
    assert refused.value.problem.startswith(problem)
