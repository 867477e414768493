"""Writes docs/behaviours.md: what is known of the service's behaviour, from the data in src/.

    python docs/behaviours.py

A test checks that the page is up to date.
"""

import inspect
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

from srp_cognito.conformance import BEHAVIOURS, Behaviour, Evidence, Sure
from srp_cognito.conformance.behaviours import GROUPS
from srp_cognito.conformance.differences import DELIBERATE

PAGE: Final = Path(__file__).with_name("behaviours.md")
BEGIN, END = "<!-- behaviours: begin -->", "<!-- behaviours: end -->"


def page(text: str) -> str:
    """Return the page with the list between the two comments."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{chr(10).join(lines())}\n{END}{after}"


def lines() -> Iterator[str]:
    """Yield the lines of the list."""
    counts = Counter(behaviour.sure for behaviour in BEHAVIOURS)
    counted = ", ".join(f"{counts[sure]} {sure}" for sure in get_args(Sure) if counts[sure])
    yield f"There are {len(BEHAVIOURS)} behaviours, by their best evidence: {counted}."
    for group in GROUPS:
        name = group.__name__.rpartition(".")[2].replace("_", "-")
        yield ""
        yield f"## {name}"
        yield ""
        yield inspect.cleandoc(group.__doc__ or "").replace("\n", " ")
        yield ""
        yield "| name | what a client does | the service | sure | evidence |"
        yield "|---|---|---|---|---|"
        yield from (_row(behaviour) for behaviour in BEHAVIOURS if behaviour.group == name)
    yield ""
    yield "## Where the pool of this library differs on purpose"
    yield ""
    yield "| name | why |"
    yield "|---|---|"
    yield from (f"| [{name}](#{_anchor(name)}) | {why} |" for name, why in DELIBERATE.items())


def _row(behaviour: Behaviour) -> str:
    name = behaviour.name.partition("/")[2]
    cells = (
        f'<a id="{_anchor(behaviour.name)}"></a>{name}',
        behaviour.says,
        str(behaviour.answers),
        behaviour.sure,
        "; ".join(map(_evidence, behaviour.evidence)),
    )
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _evidence(evidence: Evidence) -> str:
    if not evidence.source:
        return f"{evidence.sure}: {evidence.says}"
    return f"{evidence.sure}: {evidence.says} ([{_short(evidence.source)}]({evidence.source}))"


def _anchor(name: str) -> str:
    return name.replace("/", "-")


def _short(address: str) -> str:
    """What is shown of an address.

    >>> _short("https://github.com/aws-amplify/amplify-js/issues/3876")
    'aws-amplify/amplify-js 3876'
    >>> _short("https://github.com/getmoto/moto/blob/0af643a5/tests/test_cognitoidp.py")
    'getmoto/moto test_cognitoidp.py'
    >>> _short("https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html")
    'authentication.html'
    """
    parts = address.removesuffix("/").partition("://")[2].split("/")
    if parts[0] == "github.com":
        return f"{parts[1]}/{parts[2]} {parts[-1]}" if len(parts) > 3 else f"{parts[1]}/{parts[2]}"
    return parts[-1]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
    sys.exit(0)
