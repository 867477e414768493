"""Writes what is known of the service's behaviour, from the data in src/: a page for each group.

    python docs/behaviours.py

The pages are in docs/behaviours/. It also writes the table of the groups into docs/behaviours.md. A
test checks that the pages are up to date.
"""

import inspect
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final, get_args

from srp_cognito.conformance import BEHAVIOURS, Behaviour, Evidence, Sure
from srp_cognito.conformance.behaviours import GROUPS
from srp_cognito.conformance.differences import DELIBERATE

FOLDER: Final = Path(__file__).parent
INDEX: Final = "behaviours.md"
BEGIN, END = "<!-- behaviours: begin -->", "<!-- behaviours: end -->"


def pages() -> dict[str, str]:
    """Return every page with its text, by the path in docs/."""
    text = (FOLDER / INDEX).read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    index = "\n".join(_index())
    groups = {_name(group): inspect.cleandoc(group.__doc__ or "") for group in GROUPS}
    return {INDEX: f"{before}{BEGIN}\n{index}\n{END}{after}"} | {
        f"behaviours/{name}.md": "\n".join(_page(name, says)) for name, says in groups.items()
    }


def _name(group: ModuleType) -> str:
    return group.__name__.rpartition(".")[2].replace("_", "-")


def _index() -> Iterator[str]:
    """Yield the lines of the table of the groups, and of the differences."""
    counts = Counter(behaviour.sure for behaviour in BEHAVIOURS)
    counted = ", ".join(f"{counts[sure]} {sure}" for sure in get_args(Sure) if counts[sure])
    yield f"There are {len(BEHAVIOURS)} behaviours, by their best evidence: {counted}."
    yield ""
    yield "| group | behaviours | about |"
    yield "|---|--:|---|"
    for group in GROUPS:
        name = _name(group)
        count = sum(behaviour.group == name for behaviour in BEHAVIOURS)
        says = inspect.cleandoc(group.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
        yield f"| [{name}](behaviours/{name}.md) | {count} | {says} |"
    yield ""
    yield "## Where the pool of this library differs on purpose"
    yield ""
    yield "| name | why |"
    yield "|---|---|"
    for name, why in DELIBERATE.items():
        yield f"| [{name}](behaviours/{name.partition('/')[0]}.md#{_anchor(name)}) | {why} |"


def _page(name: str, says: str) -> Iterator[str]:
    yield f"# Behaviours: {name}"
    yield ""
    yield says.replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n")
    yield f'[How the service behaves](../{INDEX}) says what the words of the column "sure" mean.'
    yield ""
    yield "| name | what a client does | the service | sure | evidence |"
    yield "|---|---|---|---|---|"
    yield from (_row(behaviour) for behaviour in BEHAVIOURS if behaviour.group == name)
    yield ""


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
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
    sys.exit(0)
