"""diagnosis/report.py: what a person reads and a tool gets, and what stays hidden."""

import json

import pytest

from srp_cognito.diagnosis.catalogue import Mistake
from srp_cognito.diagnosis.report import COLUMNS, WIDTH, Diagnosis, Named, Row, Verdict
from srp_cognito.documentation import page

ONE = Mistake(
    "time-day-zero",
    "The day has a zero in front.",
    "Write the day without one. " * 5,
    unnoticed="From the 10th on.",
    seen=("https://example.com/1", "https://example.com/2"),
)
OTHER = Mistake("time-day-space", "The day is padded.", "Do not pad it.")
ROWS = (
    Row("k", "3", "3"),
    Row("password", "hunter2", "hunter3", is_secret=True),
    Row("x", "ab", is_secret=True),
    Row("TIMESTAMP", "Nov 3", "Nov 03"),
)


def diagnosed(verdict: Verdict = "mistake", *mistakes: Mistake, **more: object) -> Diagnosis:
    explanations = tuple((Named(mistake, mistake.says),) for mistake in mistakes)
    return Diagnosis("SUBJECT", verdict, explanations, ROWS, **{"tried": 1234, **more})


def test_a_person_reads_values_cause_remedy_and_where_to_read_on() -> None:
    found = diagnosed("mistake", ONE, OTHER, advice=("Try again.",), tell_apart="an exchange")
    assert list(found.lines()) == [
        "SUBJECT: wrong, and the mistake is known",
        "",
        "  k                3",
        "  password         hidden",
        "  but it came as   hidden, but different",
        "                   this is the first value that differs",
        "  x                hidden",
        "  TIMESTAMP        Nov 3",
        "  but it came as   Nov 03",
        "                       ^",
        "",
        "cause     The day has a zero in front.",
        "remedy    Write the day without one. Write the day without one. Write the day without",
        "          one. Write the day without one. Write the day without one.",
        "unnoticed From the 10th on.",
        f"more      {page('mistakes/time', 'time-day-zero')}",
        "          https://example.com/1",
        "          https://example.com/2",
        "",
        "or, with the same result here:",
        "",
        "cause     The day is padded.",
        "remedy    Do not pad it.",
        f"more      {page('mistakes/time', 'time-day-space')}",
        "",
        "To tell them apart, take an exchange.",
        "",
        "Try again.",
        "1,234 hypotheses were tried.",
    ]


@pytest.mark.parametrize(
    ("verdict", "says"),
    [("right", "right"), ("unknown", "wrong, and no known mistake explains it")],
)
def test_what_is_right_or_unknown_is_one_line_before_the_values(
    verdict: Verdict, says: str
) -> None:
    found = list(diagnosed(verdict, tried=1).lines())
    assert found[0] == f"SUBJECT: {says}"
    assert found[-1] == "1 hypothesis was tried."


def test_a_tool_gets_the_same() -> None:
    found = diagnosed("mistake", ONE, advice=("Try again.",), tell_apart="an exchange").to_json()
    assert json.loads(json.dumps(found)) == found
    assert found["explanations"] == [
        [
            {
                "id": "time-day-zero",
                "says": ONE.says,
                "remedy": ONE.remedy,
                "unnoticed": ONE.unnoticed,
                "seen": [*ONE.seen],
                "docs": page("mistakes/time", "time-day-zero"),
            }
        ]
    ]
    hidden = {"name": "password", "expected": None, "came": None, "differs": True, "hidden": True}
    assert found["first_difference"] == hidden
    assert [value["name"] for value in found["values"]] == [row.name for row in ROWS]
    assert {
        name: found[name] for name in ("subject", "verdict", "tried", "advice", "tell_apart")
    } == {
        "subject": "SUBJECT",
        "verdict": "mistake",
        "tried": 1234,
        "advice": ["Try again."],
        "tell_apart": "an exchange",
    }


def test_what_is_not_there_is_null_for_a_tool() -> None:
    found = Diagnosis("SUBJECT", "unknown", ((Named(OTHER, OTHER.says),),), (), 1).to_json()
    assert found["first_difference"] is found["tell_apart"] is None
    assert found["explanations"][0][0]["unnoticed"] is None
    assert found["advice"] == []


def test_secrets_are_shown_only_if_they_are_asked_for() -> None:
    found = diagnosed()
    for secret in ("hunter2", "hunter3", "ab"):
        assert secret in "\n".join(found.lines(show_secrets=True))
        assert secret in json.dumps(found.to_json(show_secrets=True))
    for hidden in ("\n".join(found.lines()), json.dumps(found.to_json()), repr(found)):
        assert "hunter" not in hidden
    assert "hunter" not in repr(ROWS)


def test_the_first_difference_is_the_first_row_that_differs() -> None:
    assert diagnosed().first_difference == ROWS[1]
    assert Diagnosis("SUBJECT", "right", (), ROWS[:1], 1).first_difference is None


def test_a_long_value_is_shown_around_its_first_difference() -> None:
    row = Row("SRP_A", "a" * 300, "a" * 200 + "b" * 100)
    expected, came, mark = row.lines(show_secrets=False)
    at = mark.index("^")
    assert (expected[at], came[at], expected[at - 1], came[at - 1]) == (*"ab", *"aa")
    assert expected[19] == came[19] == expected[-1] == came[-1] == "…"
    assert len(expected) == len(came) == 19 + WIDTH + 2


def test_a_long_value_that_does_not_differ_is_cut() -> None:
    (line,) = Row("SRP_A", "a" * 300).lines(show_secrets=False)
    assert line == f"  SRP_A            {'a' * WIDTH}…"


def test_a_value_that_ends_too_soon_is_marked_at_its_end() -> None:
    expected, came, mark = Row("TIMESTAMP", "abc", "ab").lines(show_secrets=False)
    assert mark.index("^") == len(came)
    assert expected[mark.index("^")] == "c"


def test_an_empty_value_has_no_blanks_at_its_end() -> None:
    assert list(Row("group key", "").lines(show_secrets=False)) == ["  group key"]


def test_what_a_peer_sent_cannot_command_the_terminal() -> None:
    shown = "\n".join(Row("user id", "alice", "al\x1b[2Jice\n").lines(show_secrets=False))
    assert "al?[2Jice?" in shown


def test_a_secret_that_differs_is_said_to_differ() -> None:
    shown = list(Row("x", "12", "13", is_secret=True).lines(show_secrets=False))
    assert shown == ["  x                hidden", "  but it came as   hidden, but different"]


def test_no_line_is_wider_than_a_terminal() -> None:
    wide = diagnosed("mistake", ONE, advice=("word " * 50,), tell_apart="word " * 50)
    assert max(map(len, wide.conclusion())) <= COLUMNS
