"""What goes into a call beside the proof: the app client, SECRET_HASH, TIMESTAMP, the arguments.

The law: SECRET_HASH is made from the very USERNAME that the same call sends, in `AppClient`'s
method and nowhere else, so that the two cannot differ. Nothing here reads a clock or does I/O.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Final, Literal, TypeAlias, TypedDict

from .exceptions import IllegalParameter, MalformedParameter
from .wire import read_text, utf8, write_base64

__all__ = [
    "AppClient",
    "InitiateAuthArguments",
    "RespondToAuthChallengeArguments",
    "SRPChallengeName",
    "check_timestamp",
    "secret_hash",
    "timestamp",
]


SRPChallengeName: TypeAlias = Literal[
    "PASSWORD_VERIFIER", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"
]
"""The names of the challenges that are answered with SRP."""


class InitiateAuthArguments(TypedDict):
    """The keyword arguments of boto3's ``initiate_auth``, which are InitiateAuth's JSON body."""

    AuthFlow: Literal["USER_SRP_AUTH"]
    ClientId: str
    AuthParameters: dict[str, str]


class _RespondToAuthChallengeRequired(TypedDict):
    ClientId: str
    ChallengeName: SRPChallengeName
    ChallengeResponses: dict[str, str]


class RespondToAuthChallengeArguments(_RespondToAuthChallengeRequired, total=False):
    """The keyword arguments of boto3's ``respond_to_auth_challenge``, likewise the JSON body."""

    Session: str


@dataclass(frozen=True)
class AppClient:
    """An app client of a user pool.

    Args:
        client_id: its id.
        client_secret: its secret, for an app client that has one.

    Raises:
        TypeError: an argument is no str.
        ValueError: an argument is empty, or cannot be written in UTF-8.

    >>> AppClient("1example23456789", "sekrit-client-secret")
    AppClient(client_id='1example23456789')
    """

    client_id: str
    client_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not utf8(self.client_id, "client_id"):
            raise ValueError("client_id is empty")
        if self.client_secret is not None and not utf8(self.client_secret, "client_secret"):
            raise ValueError(
                "client_secret is empty; leave it out for an app client that has no secret"
            )

    def with_secret_hash(self, parameters: dict[str, str]) -> dict[str, str]:
        """Return the parameters with SECRET_HASH over their own USERNAME, if there is a secret.

        >>> AppClient("1example23456789").with_secret_hash({"USERNAME": "alice"})
        {'USERNAME': 'alice'}
        """
        if self.client_secret is None:
            return parameters
        username = parameters["USERNAME"]
        hashed = secret_hash(username, self.client_id, self.client_secret)
        return {**parameters, "SECRET_HASH": hashed}

    def check_secret_hash(self, parameters: Mapping[str, object]) -> None:
        """Check the SECRET_HASH that a client sent beside its USERNAME; for the verifying side.

        An app client without a secret checks nothing, as the service does.

        Raises:
            MalformedParameter: USERNAME or SECRET_HASH is missing or no text.
            IllegalParameter: SECRET_HASH is another one. The comparison takes constant time.
        """
        if self.client_secret is None:
            return
        username = read_text(parameters.get("USERNAME"), "USERNAME")
        sent = read_text(parameters.get("SECRET_HASH"), "SECRET_HASH")
        expected = secret_hash(username, self.client_id, self.client_secret)
        if not hmac.compare_digest(sent.encode("utf-8"), expected.encode("ascii")):
            raise IllegalParameter("SECRET_HASH", "is not the hash for the USERNAME beside it")


def secret_hash(username: str, client_id: str, client_secret: str) -> str:
    """Return ``base64(HMAC-SHA-256(client secret, user name || client id))``.

    Args:
        username: exactly the USERNAME that the same call sends. After the first challenge that
            is the one from ChallengeParameters, not what a person typed.
        client_id: the app client's id.
        client_secret: the app client's secret.

    Raises:
        TypeError, ValueError: an argument is no str, or cannot be written in UTF-8.

    Source: AWS, "Computing secret hash values" in the Cognito developer guide.

    >>> secret_hash("+15551234567", "1example23456789", "sekrit-client-secret")
    '5nAkRgUw5Vx7SIUEmv6HrgEXPK/SwtnH5F8rxZL+71w='
    """
    message = utf8(username, "username") + utf8(client_id, "client_id")
    return write_base64(hmac.digest(utf8(client_secret, "client_secret"), message, "sha256"))


# The names are written out because strftime's follow the process's locale.
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_TIMESTAMP: Final = re.compile(
    rf"(?:{'|'.join(_DAYS)}) ({'|'.join(_MONTHS)}) ([1-9]\d?) (\d\d):(\d\d):(\d\d) UTC (\d{{4}})",
    re.ASCII,
)


def timestamp(now: datetime) -> str:
    """Return TIMESTAMP: Java's ``EEE MMM d HH:mm:ss z yyyy``, in English and in UTC.

    The day of the month has no padding of any kind. The service parses the text, writes it anew
    and signs its own rendering, so any other spelling is refused as a wrong password.

    Args:
        now: an aware datetime, in any time zone. Fractions of a second are dropped.

    Raises:
        TypeError: `now` is no datetime.
        ValueError: `now` is naive, or cannot be told in UTC.

    >>> timestamp(datetime(2017, 9, 5, 7, 0, 9, tzinfo=timezone.utc))
    'Tue Sep 5 07:00:09 UTC 2017'
    """
    if not isinstance(now, datetime):
        raise TypeError(f"now must be a datetime, not {type(now).__name__}")
    if now.utcoffset() is None:
        raise ValueError("now must be an aware datetime, such as datetime.now(timezone.utc)")
    try:
        utc = now.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError("now is too close to the end of the calendar to be told in UTC") from None
    return (
        f"{_DAYS[utc.weekday()]} {_MONTHS[utc.month - 1]} {utc.day}"
        f" {utc.hour:02}:{utc.minute:02}:{utc.second:02} UTC {utc.year:04}"
    )


def check_timestamp(text: str, now: datetime, skew: timedelta) -> None:
    """Check a TIMESTAMP: spelled canonically, and at most `skew` away from `now`.

    Raises:
        MalformedParameter: it is not spelled as `timestamp` spells it.
        IllegalParameter: it is too old, or too far in the future.
    """
    match = _TIMESTAMP.fullmatch(text)
    moment = None
    if match:
        month, day, hour, minute, second, year = match.groups()
        try:
            moment = datetime(
                int(year),
                _MONTHS.index(month) + 1,
                int(day),
                int(hour),
                int(minute),
                int(second),
                tzinfo=timezone.utc,
            )
        except ValueError:
            moment = None
    # Writing it anew catches what the pattern cannot: a weekday that is not that day's.
    if moment is None or timestamp(moment) != text:
        raise MalformedParameter(
            "TIMESTAMP", "format should be EEE MMM d HH:mm:ss z yyyy in english, in UTC"
        )
    if abs(now - moment) > skew:
        raise IllegalParameter("TIMESTAMP", "is too old or too far in the future")
