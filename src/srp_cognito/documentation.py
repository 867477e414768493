"""Where the documentation is: the one setting of which messages and ``--help`` make addresses.

Read the Docs will serve the site there. Another home is one other line here; a test then says
which addresses in pyproject.toml do not agree with it.
"""

from typing import Final

__all__ = ["SITE", "page"]

SITE: Final = "https://srp-cognito.readthedocs.io/"


def page(name: str, anchor: str = "") -> str:
    """Return the address of a page: of docs/transcripts.md, if the name is "transcripts".

    >>> page("mistakes/time", "time-day-zero")
    'https://srp-cognito.readthedocs.io/mistakes/time.html#time-day-zero'
    """
    return f"{SITE}{name}.html{'#' if anchor else ''}{anchor}"
