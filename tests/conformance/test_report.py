"""report.py: the results, written down for a terminal, for programs and for an issue."""

import json
from datetime import UTC, datetime

from srp_cognito.conformance import Result
from srp_cognito.conformance.behaviour import Behaviour, measured, unknown
from srp_cognito.conformance.differences import DELIBERATE
from srp_cognito.conformance.expected import Facts, Refuses
from srp_cognito.conformance.report import (
    as_json,
    as_markdown,
    line,
    list_as_json,
    on_purpose,
    summary,
)

NOW = datetime(2026, 11, 26, 23, 0, tzinfo=UTC)


def behaviour(name: str) -> Behaviour:
    evidence = measured("https://example.com/", "x") if name.endswith("s") else unknown("?")
    return Behaviour(
        name, "Says.", lambda _: {}, Refuses("X", "a | b"), (evidence,), frozenset(), "free"
    )


RESULTS = [
    Result(behaviour("claims/rights"), "confirmed"),
    Result(behaviour("claims/wrong"), "differs", "Y: 'c | d\n<e>'"),
    Result(behaviour("names/alias"), "not tried", "it needs people.alias"),
    Result(behaviour("names/case"), "not tried", "it needs people.alias"),
    Result(behaviour("names/missing"), "confirmed"),
]


def test_a_line_says_what_was_expected_and_seen_where_that_differs() -> None:
    assert line(RESULTS[0]) == "confirmed  claims/rights"
    assert line(RESULTS[1]) == (
        "differs    claims/wrong\n"
        "           expected  X: 'a | b'\n"
        "           seen      Y: 'c | d\n<e>'"
    )
    assert line(RESULTS[2]) == "not tried  names/alias: it needs people.alias"


def test_the_table_counts_each_group_and_all() -> None:
    assert list(summary(RESULTS)) == [
        "        confirmed  differs  not tried",
        "claims          1        1          0",
        "names           1        0          2",
        "all             2        1          2",
    ]
    assert list(summary([])) == [
        "     confirmed  differs  not tried",
        "all          0        0          0",
    ]


def test_the_json_has_every_result() -> None:
    read = json.loads(as_json(RESULTS, pool="Amazon Cognito", now=NOW))
    assert read["date"] == "2026-11-26"
    assert read["pool"] == "Amazon Cognito"
    assert read["program"].startswith("srp-cognito ")
    assert read["counts"] == {"confirmed": 2, "differs": 1, "not tried": 2}
    assert [each["name"] for each in read["results"]] == [each.behaviour.name for each in RESULTS]
    assert read["results"][1] == {
        "name": "claims/wrong",
        "verdict": "differs",
        "expected": "X: 'a | b'",
        "sure": "unknown",
        "seen": "Y: 'c | d\n<e>'",
    }


def test_the_markdown_can_be_put_into_an_issue() -> None:
    text = as_markdown(RESULTS, pool="Amazon Cognito", now=NOW)
    assert text.startswith("# Amazon Cognito, tried on 2026-11-26 with srp-cognito ")
    assert "Of 5 behaviours: 2 confirmed, 1 differs, 2 not tried." in text
    assert "| claims/wrong | unknown | X: 'a \\| b' | Y: 'c \\| d &lt;e>' |" in text
    assert "Measured before: claims/rights." in text
    assert "Unknown before: names/missing." in text
    assert "- it needs people.alias: names/alias, names/case" in text


def test_a_report_has_no_empty_parts() -> None:
    text = as_markdown(RESULTS[:1], pool="A pool", now=NOW)
    assert "What differs" not in text
    assert "could not be tried" not in text
    assert "What is confirmed" not in as_markdown(RESULTS[1:2], pool="A pool", now=NOW)


def test_a_difference_on_purpose_has_its_reason() -> None:
    name, reason = next(iter(DELIBERATE.items()))
    known = Behaviour(name, "", lambda _: {}, Facts({}), (unknown("?"),), frozenset(), "free")
    assert on_purpose(Result(known, "differs", "x")) == reason
    assert on_purpose(Result(known, "confirmed")) is None
    assert on_purpose(RESULTS[1]) is None


def test_behaviours_that_were_not_tried_are_listed_for_programs() -> None:
    assert json.loads(list_as_json([behaviour("claims/rights"), behaviour("claims/wrong")])) == [
        {
            "name": name,
            "sure": sure,
            "says": "Says.",
            "expected": str(Refuses("X", "a | b")),
            "cost": "free",
        }
        for name, sure in (("claims/rights", "measured"), ("claims/wrong", "unknown"))
    ]
