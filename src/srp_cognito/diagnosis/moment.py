"""The moment that a TIMESTAMP means, read as leniently as the pool reads it before it signs.

Java's parser accepts a padded day and a wrong weekday, and so does this one, which also reads the
names of other languages. `timestamps.check_timestamp` accepts the canonical spelling only.
"""

import re
from datetime import UTC, datetime
from typing import Final

from ..proof.timestamps import MONTHS, timestamp

__all__ = ["LANGUAGES", "canonical", "moment_of"]

# The short names of weekdays and months from Monday and January on, as in CLDR and glibc.
LANGUAGES: Final = {
    "German": (
        "Mo Di Mi Do Fr Sa So",
        "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    ),
    "German with dots": (
        "Mo. Di. Mi. Do. Fr. Sa. So.",
        "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    ),
    "French": (
        "lun. mar. mer. jeu. ven. sam. dim.",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    ),
    "Spanish": (
        "lun mar mié jue vie sáb dom",
        "ene feb mar abr may jun jul ago sep oct nov dic",
    ),
    "Italian": (
        "lun mar mer gio ven sab dom",
        "gen feb mar apr mag giu lug ago set ott nov dic",
    ),
    "Portuguese": (
        "seg ter qua qui sex sáb dom",
        "jan fev mar abr mai jun jul ago set out nov dez",
    ),
    "Dutch": (
        "ma di wo do vr za zo",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
    ),
}

_SPELLED: Final = re.compile(
    r"[^\W\d_]+\.? (?P<month>[^\W\d_]+\.?) +(?P<day>[0-9]{1,2})"
    r" (?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2}):(?P<second>[0-9]{1,2}) UTC (?P<year>[0-9]{4})"
)

_MONTH_BY_NAME: Final = {
    name: number
    for names in (MONTHS, *(months.split() for _, months in LANGUAGES.values()))
    for number, name in enumerate(names, 1)
}

canonical = timestamp


def moment_of(text: str) -> datetime | None:
    """Return the moment that a TIMESTAMP means; None if it cannot be read.

    >>> moment_of("Mon Sep 05 07:00:09 UTC 2017").isoformat()
    '2017-09-05T07:00:09+00:00'
    """
    match = _SPELLED.fullmatch(text)
    month = None if match is None else _MONTH_BY_NAME.get(match["month"])
    if match is None or month is None:
        return None
    day, hour, minute, second, year = (
        int(match[name]) for name in ("day", "hour", "minute", "second", "year")
    )
    try:
        # The service refuses an hour 24 (aws-samples/amazon-cognito-passwordless-auth, issue 145).
        # Here it means what its author meant.
        return datetime(year, month, day, hour % 24, minute, second, tzinfo=UTC)
    except ValueError:
        return None
