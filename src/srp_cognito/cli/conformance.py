"""The command `conformance`: the list of the service's behaviours, tried on a pool.

Standard output gets a line for each behaviour as soon as it is tried, and a table at the end. The
reports are written also if the run is cut short.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, get_args

from ..calls.call import AnyCall, endpoint
from ..conformance import (
    BEHAVIOURS,
    Behaviour,
    Cost,
    NoReply,
    OpenPool,
    Person,
    Result,
    Setting,
    Unavailable,
    own_pool,
    read_setting,
    report,
    try_all,
)
from ..conformance.setting import PEOPLE
from ..exceptions import printable
from ..testing import totp_code
from .network import Service
from .streams import FAILED, OK, UnusableError, tell, unreadable, write_line
from .terminal import ask, ask_secret

__all__ = ["run"]

MOST_SILENT: Final = 4
"""After so many calls in a row without a reply the run ends: the pool cannot be reached."""

STANDARD_OUTPUT: Final = "-"

ANY_COST: Final[tuple[Cost, ...]] = get_args(Cost)
"""The library's own pool pays any: its clock can be moved, and it is new each time."""


def run(  # noqa: PLR0913, since there are this many options.
    *,
    pool: str | None,
    endpoint_url: str | None,
    over_http: bool,
    only: Sequence[str] | None,
    also: Sequence[Cost] | None,
    codes: bool,
    rate: int,
    most_calls: int,
    json: str | None,
    markdown: str | None,
    list_only: bool,
) -> int:
    """Try behaviours, report, and return the exit status.

    The arguments are the options of the same names.

    Raises:
        UnusableError: the service or a file cannot be used.
        ValueError: an option is wrong.
    """
    behaviours = [
        each
        for each in BEHAVIOURS
        if any(fnmatchcase(each.name, pattern) for pattern in only or ("*",))
    ]
    if not behaviours:
        raise ValueError("--only matches no behaviour; --list shows their names")
    if json == markdown == STANDARD_OUTPUT:
        raise ValueError("--json and --markdown cannot both write to standard output")
    if list_only:
        _list(behaviours, json)
        return OK
    remote = None
    if pool is None:
        if endpoint_url is not None or codes or also:
            raise ValueError("--endpoint-url, --codes and --also go with --pool")
        opened = own_pool.over_http() if over_http else own_pool.in_memory()
        about, costs = "srp-cognito's own pool", ANY_COST
    else:
        if over_http:
            raise ValueError("--over-http goes without --pool")
        setting = _setting(Path(pool))
        url = endpoint(setting.pool_id) if endpoint_url is None else endpoint_url
        remote = _Remote(setting, Service(url), rate, asks_for_codes=codes)
        opened = _opened(remote, most_calls)
        # What spoils the pool for others comes last.
        behaviours.sort(key=lambda each: ANY_COST.index(each.cost))
        about = "Amazon Cognito" if endpoint_url is None else "a pool at another endpoint"
        costs = tuple(also or ())
    results: list[Result] = []
    _see_that_reports_can_be_written(json, markdown)
    say = tell if STANDARD_OUTPUT in (json, markdown) else write_line
    try:
        return _show(try_all(behaviours, opened, also=costs), results, remote, say)
    finally:
        _write(json, report.as_json, results, about)
        _write(markdown, report.as_markdown, results, about)


def _show(
    tried: Iterator[Result],
    results: list[Result],
    remote: "_Remote | None",
    say: Callable[[str], None],
) -> int:
    """Show and keep each result as it comes, and return the exit status."""
    status = OK
    for result in tried:
        results.append(result)
        say(report.line(result))
        if remote is not None and result.behaviour.cost == "uses-up":
            remote.use_up(result)
        reason = report.on_purpose(result) if remote is None else None
        if reason is not None:
            say(f"           on purpose: {reason}")
        elif result.verdict == "differs":
            status = FAILED
    say("")
    for text in report.summary(results):
        say(text)
    return status


def _list(behaviours: Sequence[Behaviour], json: str | None) -> None:
    if json is not None:
        _put(json, report.list_as_json(behaviours))
        return
    for each in behaviours:
        write_line(f"{each.name} ({each.sure}): {each.says}\n    {each.answers}")


def _setting(path: Path) -> Setting:
    def ask_password(role: str) -> str:
        return ask_secret(f"Password of people.{role}, {PEOPLE[role]}:", "password")

    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(str(path), error) from error
    try:
        return read_setting(text, ask_password)
    except ValueError as error:
        raise UnusableError(f"{path}: {error}") from error


def _see_that_reports_can_be_written(*paths: str | None) -> None:
    """See to it before the first call, and not after an hour."""
    for path in paths:
        if path is not None and path != STANDARD_OUTPUT:
            with Path(path).open("a", encoding="utf-8"):
                pass


def _write(path: str | None, write: report.Write, results: Sequence[Result], about: str) -> None:
    if path is not None:
        _put(path, write(results, pool=about, now=datetime.now(UTC)))


def _put(path: str, text: str) -> None:
    if path == STANDARD_OUTPUT:
        write_line(text.removesuffix("\n"))
    else:
        Path(path).write_text(text, "utf-8")


class _Remote:
    """A pool at an endpoint, called at a bounded rate."""

    def __init__(
        self, setting: Setting, service: Service, rate: int, *, asks_for_codes: bool
    ) -> None:
        self.setting = setting
        self.calls = 0
        self._service = service
        self._rate = rate
        self._asks_for_codes = asks_for_codes
        self._next = 0.0
        self._silent = 0
        self._shown: dict[str, int] = {}
        """The step of the newest code of each authenticator app that was asked for."""

    def use_up(self, result: Result) -> None:
        """Do without the user whose temporary password a behaviour has used up."""
        if result.verdict != "not tried":
            people = {
                role: each for role, each in self.setting.people.items() if role != "temporary"
            }
            self.setting = replace(self.setting, people=people)

    def send(self, call: AnyCall) -> Mapping[str, object]:
        return self._answered(lambda: self._service.send(call))

    def post(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, object]:
        return self._answered(lambda: self._service.post(headers, body))

    def get(self, path: str) -> Mapping[str, object]:
        document = f"{self.setting.pool_id}/.well-known/{path}"
        return self._answered(lambda: self._service.get(document))

    def _answered(self, ask: Callable[[], Mapping[str, object]]) -> Mapping[str, object]:
        """Make a call, and end the run if nobody answers again and again.

        A connection that is reset may be the answer, or an accident: the others are tried.
        """
        self._pace()
        try:
            reply = ask()
        except UnusableError as error:
            self._silent += 1
            if self._silent == MOST_SILENT:
                raise
            raise NoReply(str(error)) from error
        self._silent = 0
        return reply

    def code(self, person: Person) -> str:
        if not self._asks_for_codes:
            raise Unavailable("it needs the code that is sent: --codes asks for it")
        return ask(f"Code for {printable(person.username)}:")

    def totp_code(self, person: Person) -> str:
        if person.totp_secret is None:
            raise Unavailable("it needs the secret of the authenticator app (totp_secret)")
        # A code counts once, so the next one is waited for.
        step = _totp_step(self.now())
        if step <= self._shown.get(person.username, 0):
            self.wait(30 - self.now().timestamp() % 30)
            step = _totp_step(self.now())
        self._shown[person.username] = step
        return totp_code(person.totp_secret, self.now())

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def _pace(self) -> None:
        self.calls += 1
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + 1 / self._rate


def _totp_step(now: datetime) -> int:
    return int(now.timestamp()) // 30


def _opened(remote: _Remote, most_calls: int) -> OpenPool:
    """Return what gives the same pool to each behaviour, until there were so many calls."""

    @contextlib.contextmanager
    def open_pool(needs: frozenset[str]) -> Iterator[_Remote]:
        del needs  # The pool has what it has.
        if remote.calls >= most_calls:
            raise Unavailable(f"{most_calls} calls were made before (--most-calls)")
        yield remote

    return open_pool
