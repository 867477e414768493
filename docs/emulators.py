"""Writes the table in docs/test-without-aws.md: what other emulators do at a sign-in.

    python docs/emulators.py

The table is made of emulators/results.json, which `make emulators` writes, and of what was read. A
test checks that the page is up to date.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from srp_cognito.conformance.differences import DELIBERATE

PAGE: Final = Path(__file__).with_name("test-without-aws.md")
RESULTS: Final = Path(__file__).parents[1] / "emulators" / "results.json"
BEGIN, END = "<!-- emulators: begin -->", "<!-- emulators: end -->"

OWN: Final = "srp-cognito"
RUN: Final = (OWN, "moto", "cognito-local", "ministack")
"""The columns that come from a run."""

READ: Final = ("floci", "fakecloud")
"""Those that were read, since no registry that this project uses has them."""

RIGHT: Final = ("as expected", "alike")
WRONG: Final = ("otherwise", "failed")
NOT_TRIED: Final = ("not reached", "not made")


@dataclass(frozen=True)
class Part:
    """A part of a cell.

    Args:
        names: the behaviours that it is about.
        after: a behaviour that must be right first, since a refusal says nothing without it.
        otherwise: what the cell says if that one is not right.
        in_these_words: whether the words of the answer are what it is about.
    """

    names: Sequence[str]
    after: str | None = None
    otherwise: str = ""
    in_these_words: bool = False


def _by_srp(*names: str) -> Part:
    return Part(names, "claims/right", "no SRP")


def _with_totp(*names: str) -> Part:
    return Part(names, "mfa/totp-right", "no TOTP")


ROWS: Final[Sequence[tuple[str, Sequence[Part], tuple[str, str]]]] = (
    (
        "A wrong password by SRP is refused",
        [_by_srp("claims/wrong-password", "claims/wrong-signature")],
        ("yes", "yes"),
    ),
    (
        "SRP_A that is 0 modulo N: is refused; signs nobody in",
        [
            _by_srp("claims/srp-a-zero", "claims/srp-a-modulus", "claims/srp-a-twice-the-modulus"),
            _by_srp("claims/srp-a-zero-without-a-password"),
        ],
        ("no; no", "yes; yes"),
    ),
    (
        "TIMESTAMP: AWS's spelling; in time",
        [
            _by_srp(
                "claims/wrong-weekday",
                "claims/names-of-another-language",
                "claims/zone-as-a-number",
                "claims/hour-24",
                "claims/timestamp-in-iso-8601",
            ),
            _by_srp(
                "claims/five-minutes-late", "claims/five-minutes-early", "claims/twelve-hours-late"
            ),
        ],
        ("no; no", "no; no"),
    ),
    (
        "A claim is accepted a second time, as AWS does",
        [_by_srp("claims/answered-twice")],
        ("no", "no"),
    ),
    (
        "SECRET_HASH is checked: first call; answer; refresh",
        [
            Part(
                (
                    "secret-hash/wrong",
                    "secret-hash/missing",
                    "secret-hash/of-another-name",
                    "secret-hash/of-another-secret",
                ),
                "secret-hash/right",
                "no SRP",
            ),
            Part(
                ("secret-hash/wrong-in-the-answer", "secret-hash/missing-in-the-answer"),
                "secret-hash/right",
                "no SRP",
            ),
            Part(
                ("secret-hash/refresh-without", "secret-hash/refresh-over-the-alias"),
                "secret-hash/refresh-over-the-name",
                "no SRP",
            ),
        ],
        ("yes; most; not read", "yes; no; not read"),
    ),
    (
        "A Session is refused: made up; from another app client; twice; after three minutes",
        [
            _with_totp("sessions/made-up"),
            _with_totp("sessions/of-another-app-client"),
            _with_totp("sessions/used-twice"),
            _with_totp("sessions/after-three-minutes"),
        ],
        ("most", "yes; yes; yes; no"),
    ),
    (
        "A device's claim is checked",
        [Part(("devices/wrong-password",), "devices/signs-in", "no devices")],
        ("no", "no"),
    ),
    (
        "TOTP is real; a code is accepted once",
        [_with_totp("mfa/totp-wrong"), _with_totp("mfa/totp-used-twice")],
        ("yes; no", "yes; no"),
    ),
    (
        "A wrong code is refused: by SMS; by mail",
        [
            Part(("mfa/sms-wrong", "mfa/sms-of-the-sign-in-before"), "mfa/sms-right", "no codes"),
            Part(("mfa/email-wrong",), "mfa/email-right", "no codes"),
        ],
        ("not read", "not read"),
    ),
    (
        "A new password is asked for; attributes that are there are refused",
        [
            Part(("new-password/asked-after-a-password",)),
            Part(
                ("new-password/attribute-that-is-there", "new-password/attribute-of-the-service"),
                "new-password/right",
                "no",
            ),
        ],
        ("not read", "not read"),
    ),
    (
        "USER_AUTH: by SRP; with a choice",
        [
            Part(("flows/choice-of-srp-signs-in",), "flows/choice-of-srp", "no"),
            Part(("flows/choice-is-answered-with-a-password",), "flows/choice", "no"),
        ],
        ("yes; not read", "yes; not read"),
    ),
    (
        "CUSTOM_AUTH: alone; after a password",
        [
            Part(("custom/right",), "custom/asked", "no"),
            Part(("custom/by-srp-signs-in",), "custom/by-srp", "no"),
        ],
        ("not read", "not read"),
    ),
    (
        "[An unknown user looks like a known one](#who-exists): by SRP; by password",
        [
            Part(
                (
                    "names/stranger-by-srp",
                    "names/stranger-answers",
                    "names/stranger-again",
                    "names/stranger-looks-like-a-user",
                ),
                *("claims/right", "no SRP"),
                in_these_words=True,
            ),
            Part(("names/stranger-by-password",), in_these_words=True),
        ],
        ("no; not read", "no; not read"),
    ),
    (
        "A user who is disabled; not confirmed; must reset",
        [
            Part(("states/disabled",)),
            Part(("states/unconfirmed",)),
            Part(("states/reset", "states/reset-with-a-wrong-password")),
        ],
        ("not read", "not read"),
    ),
    (
        "Many wrong passwords lock a user out",
        [Part(("states/locked-out-with-the-right-password",))],
        ("not read", "not read"),
    ),
    (
        "Keys of the tokens: published; two",
        [Part(("tokens/keys-are-published",)), Part(("tokens/two-keys",))],
        ("yes; not read", "yes; not read"),
    ),
    (
        "Refresh tokens: end when revoked; rotate, with a grace period",
        [
            Part(("refresh/revoked",), "refresh/by-initiate-auth", "no"),
            Part(
                ("refresh/rotates", "refresh/rotated-within-grace", "refresh/rotated-after-grace")
            ),
        ],
        ("not read", "not read"),
    ),
)
"""What a reader wants to know: the row's name, its parts, and what was read of floci, fakecloud."""

READ_ROWS: Final = (
    ("USER_AUTH with a code by mail", "yes", "no", "no", "no", "yes", "no"),
    ("The password is not kept", "yes", "no", "no", "no", "no", "no"),
    (
        "SignUp, groups, Admin operations, pool management",
        *("**no**", "yes", "much", "yes", "yes", "yes"),
    ),
    ("Lambda triggers", "**no**", "no", "many", "yes", "yes", "yes"),
    ("OAuth, hosted pages", "**no**", "no", "endpoints", "yes", "yes", "yes"),
)
"""What no run of the list shows: the row's name, and what was read, for each column."""

Outcomes = Mapping[str, Mapping[str, Mapping[str, str]]]


def page(text: str, data: Mapping[str, Any] | None = None) -> str:
    """Return the page with the table between the two comments, of other data if there are any."""
    known = json.loads(RESULTS.read_text("utf-8")) if data is None else data
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{chr(10).join(lines(known))}\n{END}{after}"


def lines(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the table and of what is said of it."""
    results: Outcomes = data["results"]
    names = [f"{name} {data['versions'][name]}" for name in RUN[1:] if name in data["versions"]]
    yield f"Run on {data['date']}: {', '.join(names)} and this pool, with {len(results)} behaviours"
    yield "each. Read in November 2026: floci and fakecloud, and the rows that say so."
    yield ""
    yield f"| | here | {' | '.join((*RUN[1:], *(f'{name} (read)' for name in READ)))} |"
    yield f"|---{'|---' * len(RUN + READ)}|"
    for label, parts, read in ROWS:
        cells = ("; ".join(_word(results, part, name) for part in parts) for name in RUN)
        yield f"| {label} | {' | '.join((*cells, *read))} |"
    for label, *said in READ_ROWS:
        yield f"| {label} (read) | {' | '.join(said)} |"
    totals = (_totals(results, name) for name in RUN)
    yield (
        f"| All {len(results)}: confirmed / alike\\* / different / not tried |"
        f" {' | '.join((*totals, *('not run' for _ in READ)))} |"
    )


def _word(results: Outcomes, part: Part, emulator: str) -> str:
    """Return what is said of some behaviours in a cell."""
    if part.after is not None:
        before = _came(results, part.after, emulator)
        if before not in RIGHT:
            return {"not run": "not run", "not made": "not tried"}.get(before, part.otherwise)
    came = [_came(results, name, emulator) for name in part.names]
    tried = [each for each in came if each in RIGHT + WRONG]
    right = [each for each in tried if each in (RIGHT[:1] if part.in_these_words else RIGHT)]
    if not tried:
        return next((each for each in ("not run", "not reached") if each in came), "not tried")
    if not right:
        is_meant = emulator == OWN and all(name in DELIBERATE for name in part.names)
        return "no, on purpose" if is_meant else "no"
    if len(right) < len(tried):
        return f"{len(right)} of {len(tried)}"
    return "yes\\*" if "alike" in right else "yes"


def _came(results: Outcomes, name: str, emulator: str) -> str:
    return results.get(name, {}).get(emulator, {}).get("came", "not run")


def _totals(results: Outcomes, emulator: str) -> str:
    came = [_came(results, name, emulator) for name in results]
    groups = (RIGHT[:1], RIGHT[1:], WRONG, (*NOT_TRIED, "not run"))
    return " / ".join(str(sum(each in group for each in came)) for group in groups)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
    sys.exit(0)
