"""All that a record has is diagnosed: a claim, its moment, a SECRET_HASH, a registration.

`explained` does so for many, one JSON object a line.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..exceptions import MalformedParameter, PeerError
from ..transcripts.lines import bounded, describe, is_blank, parse_line
from ..transcripts.record import has
from .claim import diagnose
from .clock import diagnose_timestamp
from .registration import diagnose_registration
from .report import Diagnosis
from .secret_hash import diagnose_secret_hash

__all__ = ["Explained", "diagnose_record", "explained"]

_SUBJECTS = (
    (("signature", "theirs"), diagnose),
    (("received",), diagnose_timestamp),
    (("secret_hash",), diagnose_secret_hash),
    (("PasswordVerifier", "Salt"), diagnose_registration),
)


def diagnose_record(record: Mapping[str, object]) -> tuple[Diagnosis, ...]:
    """Diagnose each of the four that a record has.

    Args:
        record: an object with ``signature`` or ``theirs``, as `diagnose` takes it; with
            ``received``, as `diagnose_timestamp`; with ``secret_hash``, as `diagnose_secret_hash`;
            with ``PasswordVerifier`` and ``Salt``, as `diagnose_registration`.

    Raises:
        MalformedParameter: the record has none of the four, a field that is needed is missing, or
            one cannot be read.
        IllegalParameter: a value must be refused, or contradicts another field.
    """
    found = tuple(
        work(record) for fields, work in _SUBJECTS if any(has(record, field) for field in fields)
    )
    if not found:
        raise MalformedParameter(
            "PASSWORD_CLAIM_SIGNATURE",
            "is missing, and so are SECRET_HASH and PasswordVerifier: give at least one of them",
        )
    return found


class Explained(NamedTuple):
    """The answer to one line."""

    number: int
    diagnoses: tuple[Diagnosis, ...]
    error: PeerError | None
    id: object
    """The ``id`` of the line; None if it has no ``id``."""

    @property
    def good(self) -> bool:
        """Whether everything that the line has is right."""
        return self.error is None and all(each.verdict == "right" for each in self.diagnoses)

    def json(self, *, show_secrets: bool) -> str:
        """The answer as one line of JSON."""
        answer: dict[str, object] = {} if self.id is None else {"id": self.id}
        if self.error is not None:
            answer["error"] = describe(self.error)
        else:
            answer["diagnoses"] = [
                each.to_json(show_secrets=show_secrets) for each in self.diagnoses
            ]
        return json.dumps(answer)

    def text(self, *, show_secrets: bool, place: str | None = None) -> str:
        """The answer for people.

        Args:
            show_secrets: whether the secrets of the record are shown.
            place: where the line is, such as ``a.jsonl:3``; its number if left out.
        """
        at = f"line {self.number}" if place is None else place
        if self.error is not None:
            return f"{at}: {self.error}\n"
        parts = []
        for diagnosis in self.diagnoses:
            shown = "\n".join(diagnosis.lines(show_secrets=show_secrets))
            parts.append(f"{at}: {shown}\n")
        return "\n".join(parts)


def explained(lines: Iterable[bytes]) -> Iterator[Explained]:
    """Diagnose records, one JSON object a line, and yield the answer to each.

    Args:
        lines: the lines, as `srp_cognito.transcripts.answers` takes them.
    """
    for number, line in enumerate(lines, 1):
        if is_blank(line):
            continue
        name = None
        try:
            record = parse_line(bounded(line))
            name = record.get("id")
            found = Explained(number, diagnose_record(record), None, name)
        except PeerError as error:
            found = Explained(number, (), error, name)
        yield found
