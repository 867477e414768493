"""Mistakes in the clock that TIMESTAMP comes from. The signature of such a claim is right.

The moment of receipt shows them, and not a search: `..clock` compares it with TIMESTAMP. A 12-hour
clock and the time of another zone are mistakes in what is signed, too, so their rows are in `time`.
"""

from typing import Any, Final

from .mistake import Mistake

__all__ = ["CLOCK", "TWICE", "WAITED", "WRONG"]

WRONG: Final = Mistake[Any](
    "clock-wrong",
    "The clock that TIMESTAMP is taken from is wrong.",
    "Let the machine set its clock by NTP. Where you cannot, correct the time by the header Date of"
    " the reply to InitiateAuth.",
    unnoticed="As long as it is off by seconds only.",
    seen=(
        "https://github.com/amazon-archives/amazon-cognito-identity-js/issues/58",
        "https://github.com/amazon-archives/amazon-cognito-auth-js/issues/199",
    ),
)

TWICE: Final = Mistake[Any](
    "clock-utc-twice",
    "UTC was taken for the local time of a zone, and converted to UTC once more.",
    "Keep the zone with the moment, such as datetime.now(timezone.utc) in Python instead of"
    " utcnow(), and convert it once.",
    unnoticed="If the machine's time zone is UTC, as it is on servers.",
)

WAITED: Final = Mistake[Any](
    "clock-waited",
    "The claim was sent long after the moment in its TIMESTAMP.",
    "Take the moment when the claim is made, send it at once, and begin again with InitiateAuth"
    " after a long wait.",
    unnoticed="As long as a sign-in takes seconds only.",
)

CLOCK: Final = (TWICE, WRONG, WAITED)
