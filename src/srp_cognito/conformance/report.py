"""The results of a run, written down: as text for a terminal, as JSON, and as Markdown to send.

Nothing here is a secret or names the pool: `Result.seen` has placeholders.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, Protocol, get_args

from .. import __version__
from .behaviour import Behaviour, Sure
from .differences import DELIBERATE
from .run import Result, Verdict

__all__ = ["Write", "as_json", "as_markdown", "line", "list_as_json", "on_purpose", "summary"]

VERDICTS: Final = get_args(Verdict)


class Write(Protocol):
    """`as_json` or `as_markdown`."""

    def __call__(self, results: Sequence[Result], /, *, pool: str, now: datetime) -> str:
        """Return the report."""


def line(result: Result) -> str:
    """Return a result in a line, and in two more if the pool does something else."""
    behaviour = result.behaviour
    head = f"{result.verdict:9}  {behaviour.name}"
    if result.verdict == "confirmed":
        return head
    if result.verdict == "not tried":
        return f"{head}: {result.seen}"
    return f"{head}\n           expected  {behaviour.answers}\n           seen      {result.seen}"


def summary(results: Sequence[Result]) -> Iterator[str]:
    """Yield the lines of a table: how many of each group have which verdict."""
    groups = list(dict.fromkeys(result.behaviour.group for result in results))
    counts = Counter((result.behaviour.group, result.verdict) for result in results)
    width = max(map(len, (*groups, "all")), default=0)
    yield f"{'':{width}}  {'  '.join(VERDICTS)}"
    for group in (*groups, "all"):
        numbers = [
            sum(counts[each, verdict] for each in (groups if group == "all" else (group,)))
            for verdict in VERDICTS
        ]
        cells = (f"{number:>{len(name)}}" for number, name in zip(numbers, VERDICTS, strict=True))
        yield f"{group:{width}}  {'  '.join(cells)}"


def as_json(results: Sequence[Result], *, pool: str, now: datetime) -> str:
    """Return the report as JSON.

    Args:
        results: the results.
        pool: what was tried, in a few words, such as ``Amazon Cognito``.
        now: the moment of the run.
    """
    return json.dumps(
        {
            "program": f"srp-cognito {__version__}",
            "pool": pool,
            "date": now.date().isoformat(),
            "counts": {verdict: _count(results, verdict) for verdict in VERDICTS},
            "results": [
                {
                    "name": result.behaviour.name,
                    "verdict": result.verdict,
                    "expected": str(result.behaviour.answers),
                    "sure": result.behaviour.sure,
                    "seen": result.seen,
                }
                for result in results
            ],
        },
        indent=1,
    )


def list_as_json(behaviours: Sequence[Behaviour]) -> str:
    """Return behaviours, which need not have been tried, as JSON."""
    return json.dumps(
        [
            {
                "name": each.name,
                "sure": each.sure,
                "says": each.says,
                "expected": str(each.answers),
                "cost": each.cost,
            }
            for each in behaviours
        ],
        indent=1,
    )


def as_markdown(results: Sequence[Result], *, pool: str, now: datetime) -> str:
    """Return the report as Markdown, for an issue. The arguments are those of `as_json`."""
    return "\n".join(_markdown(results, pool, now)) + "\n"


def _markdown(results: Sequence[Result], pool: str, now: datetime) -> Iterator[str]:
    counted = ", ".join(f"{_count(results, verdict)} {verdict}" for verdict in VERDICTS)
    yield f"# {pool}, tried on {now.date().isoformat()} with srp-cognito {__version__}"
    yield ""
    yield f"Of {len(results)} behaviours: {counted}."
    differs = [result for result in results if result.verdict == "differs"]
    if differs:
        yield from ("", "## What differs", "", "| behaviour | sure | expected | seen |")
        yield "|---|---|---|---|"
        for result in differs:
            behaviour = result.behaviour
            cells = (behaviour.name, behaviour.sure, str(behaviour.answers), result.seen)
            yield f"| {' | '.join(map(_cell, cells))} |"
    confirmed = [result.behaviour for result in results if result.verdict == "confirmed"]
    if confirmed:
        yield from ("", "## What is confirmed")
        for sure in get_args(Sure):
            names = [each.name for each in confirmed if each.sure == sure]
            if names:
                yield from ("", f"{sure.capitalize()} before: {', '.join(names)}.")
    reasons: dict[str, list[str]] = {}
    for result in results:
        if result.verdict == "not tried":
            reasons.setdefault(result.seen, []).append(result.behaviour.name)
    if reasons:
        yield from ("", "## What could not be tried", "")
        yield from (f"- {_cell(reason)}: {', '.join(reasons[reason])}" for reason in reasons)


def _count(results: Sequence[Result], verdict: Verdict) -> int:
    return sum(result.verdict == verdict for result in results)


def _cell(text: str) -> str:
    # A pool's words must not become HTML in an issue.
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def on_purpose(result: Result) -> str | None:
    """Return why the library's own pool differs here on purpose, or None."""
    return DELIBERATE.get(result.behaviour.name) if result.verdict == "differs" else None
