"""Tries the list of behaviours on other emulators of Cognito, and writes what came into a file.

    python emulators/try_list.py --programs FOLDER... [--only PATTERN...] [--emulators NAME...]

`make emulators` installs them and runs this. An emulator is a process at a free port of this
machine; each behaviour gets a new pool in it. The behaviours that wait are tried at the same time.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, get_args

from made_pool import pools_of
from processes import EMULATORS, started

from srp_cognito import __version__
from srp_cognito.conformance import (
    BEHAVIOURS,
    Behaviour,
    Cost,
    NoReply,
    OpenPool,
    own_pool,
    try_all,
)
from srp_cognito.conformance.expected import Asks, Either, Expected, Refuses, Reply, Seen, SignsIn
from srp_cognito.conformance.trial import Stopped, Trial

RESULTS: Final = Path(__file__).with_name("results.json")

OWN: Final = "srp-cognito"

WAITING: Final = 16
"""How many behaviours wait at the same time."""

WITH_TOKENS: Final = ("mfa", "new-password", "sessions", "refresh", "tokens", "states")
"""The groups that are about what follows a password, however it was proven."""

CANNOT: Final = ("InvalidAction", "Unsupported")
"""The types of ministack and cognito-local for what they do not have."""

ANY_COST: Final = get_args(Cost)


class ByPassword(Trial):
    """A trial that sends the password instead of proving it.

    An emulator without SRP may well have codes and tokens.
    """

    def __init__(self, trial: Trial) -> None:
        super().__init__(trial._pool)  # noqa: SLF001, since it is the same pool.

    def prove(
        self, role: str = "plain", *, app: str = "plain", username: str | None = None
    ) -> Reply:
        """Send the password of a user, and return what comes then."""
        person = self.person(role)
        given = {"USERNAME": username or person.username, "PASSWORD": person.password}
        return self.initiate("USER_PASSWORD_AUTH", given, app)

    def sign_in(self, role: str = "plain", **arguments: Any) -> Any:
        """Sign a user in by USER_PASSWORD_AUTH."""
        return super().sign_in(role, **{**arguments, "flow": "USER_PASSWORD_AUTH"})


def outcome(behaviour: Behaviour, pools: OpenPool) -> dict[str, str]:
    """Try a behaviour, and return what came of it.

    If the sign-in before its point cannot be done by SRP, the password is sent instead.
    """
    first = _outcome(behaviour, pools, by_password=False)
    if first["came"] != "not reached" or behaviour.group not in WITH_TOKENS:
        return first
    second = _outcome(behaviour, pools, by_password=True)
    return first if second["came"] == "not reached" else {**second, "by": "password"}


def _outcome(behaviour: Behaviour, pools: OpenPool, *, by_password: bool) -> dict[str, str]:
    last: list[Seen | Exception] = []

    def does(trial: Trial) -> Seen:
        try:
            seen = behaviour.does(ByPassword(trial) if by_password else trial)
        except (Stopped, NoReply) as error:
            last.append(error)
            raise
        last.append(seen)
        return seen

    try:
        (result,) = try_all([replace(behaviour, does=does)], pools, also=ANY_COST)
    except NoReply as error:  # From the cleaning up.
        return {"came": "failed", "seen": f"no reply: {error}"}
    seen = last[0] if last else None
    if result.verdict == "confirmed":
        return {"came": "as expected"}
    if result.verdict == "not tried":
        came = "not reached" if isinstance(seen, Stopped) else "not made"
    elif isinstance(seen, NoReply) or (isinstance(seen, Reply) and _is_failure(seen)):
        came = "failed"
    elif isinstance(seen, Reply) and _is_alike(behaviour.answers, seen):
        came = "alike"
    else:
        came = "otherwise"
    return {"came": came, "seen": _without_ids(result.seen)}


def _is_failure(seen: Reply) -> bool:
    """Whether an emulator cannot do what it is asked for, or met an error of its own."""
    return (seen.status or 0) >= 500 or seen.kind in CANNOT


def _is_alike(expected: Expected, seen: Reply) -> bool:
    """Whether it is the answer that is expected, but for words, members or the Session."""
    match expected:
        case Either():
            return all(_is_alike(each, seen) for each in expected.answers)
        case Refuses():
            return bool(seen.kind)  # It is "" where the reply cannot be read.
        case Asks():
            return seen.challenge_name == expected.challenge_name
        case SignsIn():
            given = set(seen.result)
            return {"AccessToken", *expected.members} <= given.difference(expected.without)
    return False


def _without_ids(text: str) -> str:
    """Return a text without what differs from run to run, and may be secret.

    >>> _without_ids("Session 0b3c0f2e-6c5b-4d62-9a3e-1f1f4c1a2b3c of eyJhbGciOiJSUzI1NiJ9.eyJz")
    'Session ... of ...'
    """
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "...", text)
    text = re.sub(r"[A-Za-z0-9+/=_.-]{25,}", _unless_words, text)
    return text if len(text) <= 300 else f"{text[:300]}..."


def _unless_words(found: re.Match[str]) -> str:
    """Keep a long name, such as NotAuthorizedException: it has no digits."""
    return found[0] if re.fullmatch(r"[A-Za-z_=.]+", found[0]) else "..."


def tried(
    behaviours: Iterable[Behaviour], pools: OpenPool, *, waits: bool
) -> Mapping[str, Mapping[str, str]]:
    """Try behaviours, and return what came of each, by its name."""
    results: dict[str, dict[str, str]] = {}
    with ThreadPoolExecutor(WAITING) as waiting:
        later = {
            each.name: waiting.submit(outcome, each, pools)
            for each in behaviours
            if waits and each.cost == "waits"
        }
        for each in behaviours:
            if each.name not in later:
                results[each.name] = outcome(each, pools)
        results |= {name: future.result() for name, future in later.items()}
    return results


def _tried_on(
    name: str, programs: tuple[Path, ...], behaviours: Iterable[Behaviour]
) -> Mapping[str, Mapping[str, str]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        started(name, programs, Path(folder)) as running,
    ):
        results = tried(behaviours, pools_of(running), waits=True)
    print(f"{name} is done", file=sys.stderr)
    return results


def version_of(name: str, programs: Iterable[Path]) -> str:
    """Return the version of a package that is installed."""
    for folder in programs:
        package = folder.parent / name / "package.json"
        if package.exists():
            return str(json.loads(package.read_text("utf-8"))["version"])
    python = next(folder / "python" for folder in programs if (folder / "python").exists())
    asks = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    done = subprocess.run([python, "-c", asks, name], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def main() -> int:
    """Try everything, and write the file."""
    parser = argparse.ArgumentParser(description="Try the list of behaviours on other emulators.")
    parser.add_argument("--programs", type=Path, nargs="+", required=True)
    parser.add_argument("--emulators", nargs="+", default=[*EMULATORS])
    parser.add_argument("--only", nargs="+", default=["*"])
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    programs = tuple(folder.resolve() for folder in options.programs)
    behaviours = [
        each
        for each in BEHAVIOURS
        if any(fnmatchcase(each.name, pattern) for pattern in options.only)
    ]
    # Each of them waits most of the time.
    with ThreadPoolExecutor() as columns:
        running = {
            name: columns.submit(_tried_on, name, programs, behaviours)
            for name in options.emulators
        }
        results = {OWN: tried(behaviours, own_pool.over_http(), waits=False)}
        results |= {name: running[name].result() for name in running}
    versions = {OWN: __version__}
    versions |= {name: version_of(name, programs) for name in options.emulators}
    options.out.write_text(_text(versions, results), "utf-8")
    return 0


def _text(
    versions: Mapping[str, str], results: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> str:
    """Return the data as JSON, with a line for each result."""
    date = datetime.now(UTC).date().isoformat()
    head = f'{{\n"date": "{date}",\n"versions": {json.dumps(versions)},\n"results": {{\n'
    behaviours = (
        f"{json.dumps(behaviour)}: {{\n"
        + ",\n".join(
            f" {json.dumps(name)}: {json.dumps(results[name][behaviour])}" for name in results
        )
        + "}"
        for behaviour in results[OWN]
    )
    return head + ",\n".join(behaviours) + "\n}\n}\n"


if __name__ == "__main__":
    sys.exit(main())
