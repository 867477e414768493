"""diagnosis/moment.py: what a TIMESTAMP means, however it is spelled."""

from datetime import UTC, datetime

import pytest

from srp_cognito.diagnosis.moment import LANGUAGES, canonical, moment_of

MOMENT = datetime(2026, 3, 7, 9, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Sat Mar 7 09:05:03 UTC 2026",
        "Sat Mar 07 09:05:03 UTC 2026",
        "Sat Mar  7 09:05:03 UTC 2026",
        "Mon Mar 7 9:5:3 UTC 2026",
        "sam. mars 7 09:05:03 UTC 2026",
        "Sa. M\u00e4rz 7 09:05:03 UTC 2026",
    ],
)
def test_other_spellings_mean_the_same_moment(text: str) -> None:
    assert moment_of(text) == MOMENT
    assert canonical(MOMENT) == "Sat Mar 7 09:05:03 UTC 2026"


def test_an_hour_24_is_what_its_author_meant() -> None:
    assert moment_of("Sat Mar 7 24:05:03 UTC 2026") == MOMENT.replace(hour=0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-07T09:05:03Z",
        "Sat Mar 7 09:05:03 GMT 2026",
        "Sat Xyz 7 09:05:03 UTC 2026",
        "Sat Feb 30 09:05:03 UTC 2026",
        "Sat Mar 7 09:05:61 UTC 2026",
        "Sat Mar 7 09:05:03 UTC 2026\n",
        "Sat Mar \u0667 09:05:03 UTC 2026",
    ],
)
def test_what_means_no_moment_reads_as_none(text: str) -> None:
    assert moment_of(text) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_month_of_every_language_is_read(language: str) -> None:
    days, months = (names.split() for names in LANGUAGES[language])
    assert (len(days), len(months)) == (7, 12)
    for number, month in enumerate(months, 1):
        moment = moment_of(f"{days[0]} {month} 7 09:05:03 UTC 2026")
        assert moment == MOMENT.replace(month=number)
