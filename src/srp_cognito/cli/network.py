"""The service over HTTP, with the standard library's client.

Nothing leaves the machine over a connection that is not encrypted. Nothing is sent twice, except
what the service refused because there were too many calls.
"""

import email.utils
import http.client
import os
import re
import secrets
import ssl
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from ..calls.call import AnyCall
from ..calls.http_reply import http_reply
from ..calls.replies import checked_reply
from ..exceptions import ServiceError, SRPError, printable
from .streams import UnusableError, tell

__all__ = ["Service"]

MAX_REPLY: Final = 1 << 20
"""A longer reply is refused. The service's replies have a few kilobytes."""

SECONDS: Final = 30
"""How long the service may take to accept the connection, and to send each part of its reply."""

PAUSES: Final = (1.0, 2.0, 4.0)
"""About how many seconds to wait before each further try of a call that came too soon."""

LONGEST_PAUSE: Final = 20
"""A Retry-After of more seconds is not waited for: the refusal is reported at once."""

TOO_MANY: Final = ("TooManyRequestsException", "ThrottlingException")

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")

# A user name and a password do not fit in, since the URL is an argument.
_URL: Final = re.compile(
    r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?(/[!-~]*)?", re.ASCII | re.IGNORECASE
)


class Service:
    """The service, or what a test has instead, at a URL.

    Args:
        url: the endpoint (see `calls.endpoint`).
        sleep: waits for some seconds.

    Raises:
        ValueError: the URL is not https, or http on this very machine.
        UnusableError: AWS_CA_BUNDLE does not name certificates.
    """

    def __init__(self, url: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        if not _URL.fullmatch(url) or not (url.lower().startswith("https:") or _is_loopback(url)):
            raise ValueError(
                "an endpoint URL must be https://HOST, with :PORT or /PATH if needed, or http://"
                f" with one of the hosts {', '.join(LOOPBACK)}"
            )
        self._url = url
        self._sleep = sleep
        self._behind = timedelta()
        # A proxy cannot lead back to this machine.
        proxies = urllib.request.ProxyHandler({} if _is_loopback(url) else None)
        tls = urllib.request.HTTPSHandler(context=_certificates())
        self._opener = urllib.request.build_opener(proxies, tls, _AnyStatus)

    def send(self, call: AnyCall) -> dict[str, object]:
        """Make a call, and return its reply, whatever its status.

        A call that was refused because there were too many has not been processed: the same call
        is sent again, after growing pauses.

        Raises:
            UnusableError: the service cannot be reached, or its reply breaks off or has no end.
        """
        for pause in PAUSES:
            reply, headers = self._ask("", call.headers, call.body)
            refused = _refused_as_too_many(reply, call)
            wanted = _retry_after(headers)
            if refused is None or wanted > LONGEST_PAUSE:
                return reply
            # With jitter, so that those who were refused together do not come back together.
            seconds = max(wanted, pause * (0.75 + secrets.randbelow(501) / 1000))
            tell(f"{refused}\nTrying again in {seconds:.1f} seconds.")
            self._sleep(seconds)
        return self._ask("", call.headers, call.body)[0]

    def post(self, headers: Mapping[str, str], body: bytes) -> dict[str, object]:
        """Send a request as it is, once, and return its reply. It raises what `send` raises."""
        return self._ask("", headers, body)[0]

    def get(self, path: str) -> dict[str, object]:
        """Return the document at a path below the URL. It raises what `send` raises."""
        return self._ask(path, {}, None)[0]

    def clock_hint(self, error: SRPError) -> str | None:
        """Return what is wrong with this machine's clock, if that may be why a proof was refused.

        The Date of the last reply is compared with this machine's clock.
        """
        if not (
            isinstance(error, ServiceError)
            and error.challenge_name in ("PASSWORD_VERIFIER", "DEVICE_PASSWORD_VERIFIER")
            and error.type in ("NotAuthorizedException", "InvalidParameterException")
            and abs(self._behind) > timedelta(minutes=1)
        ):
            return None
        minutes = abs(self._behind) / timedelta(minutes=1)
        number, unit = (minutes, "minute") if minutes < 120 else (minutes / 60, "hour")
        amount = f"{number:.0f} {unit}" if round(number) == 1 else f"{number:.0f} {unit}s"
        way = "slow" if self._behind > timedelta() else "fast"
        return (
            f"this machine's clock is {amount} {way} compared to the server's Date, and TIMESTAMP"
            " is signed with it; set the clock and try again"
        )

    def _ask(
        self, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[dict[str, object], http.client.HTTPMessage]:
        url = self._url + path
        request = urllib.request.Request(  # noqa: S310, since the constructor has seen it.
            url, data=body, headers=dict(headers)
        )
        try:
            with self._opener.open(request, timeout=SECONDS) as response:
                status, received = response.status, response.headers
                content, missing = response.read(MAX_REPLY + 1), response.length
        except (OSError, UnicodeError, http.client.HTTPException) as error:
            reason = printable(str(getattr(error, "reason", error)))
            raise UnusableError(f"{url} cannot be reached: {reason}") from error
        # Nothing of such a body is shown: it may hold half of a token.
        if len(content) > MAX_REPLY:
            raise UnusableError(f"{url} answered with status {status} and more than a megabyte")
        if missing:
            raise UnusableError(f"{url} answered with status {status}, and its answer broke off")
        self._behind = _date(received) - datetime.now(UTC)
        return http_reply(status, received, content), received


def _is_loopback(url: str) -> bool:
    return urllib.parse.urlsplit(url).hostname in LOOPBACK


def _certificates() -> ssl.SSLContext | None:
    """Return what AWS_CA_BUNDLE has Python trust, as AWS's tools do; None for the usual ones."""
    path = os.environ.get("AWS_CA_BUNDLE")
    if not path:
        return None
    try:
        if os.path.isdir(path):  # noqa: PTH112, since what is asked is what ssl will open.
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except OSError as error:  # An SSLError is one.
        raise UnusableError(
            f"AWS_CA_BUNDLE names {printable(path)}, from which no certificates can be read:"
            f" {error}"
        ) from error


def _refused_as_too_many(reply: dict[str, object], call: AnyCall) -> ServiceError | None:
    """Return the refusal of a call that came too soon, and None for every other reply.

    LimitExceededException ("Attempt limit exceeded, please try after some time.") is about the
    user's attempts, and lasts for minutes.
    """
    try:
        checked_reply(call, reply)
    except ServiceError as error:
        if error.type == "LimitExceededException":
            return None
        return error if error.type in TOO_MANY or error.status == 429 else None
    except SRPError:  # The caller will see it.
        return None
    return None


def _retry_after(headers: http.client.HTTPMessage) -> float:
    """Return the seconds that a Retry-After asks for, or 0."""
    text = headers.get("Retry-After", "").strip()
    return float(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0.0


def _date(headers: http.client.HTTPMessage) -> datetime:
    """Return a reply's Date, or the present if it has no Date that can be read."""
    try:
        date = email.utils.parsedate_to_datetime(headers.get("Date", ""))
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.now(UTC)


class _AnyStatus(urllib.request.HTTPErrorProcessor):
    """Return every reply, whatever its status: errors are read as well.

    Redirections are not followed, since a proof is for nobody else.
    """

    def http_response(
        self, request: urllib.request.Request, response: http.client.HTTPResponse
    ) -> http.client.HTTPResponse:
        """Return the reply."""
        del request
        return response

    https_response = http_response
