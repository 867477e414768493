"""diagnosis/shapes.py: which other exchange tells two mistakes apart that look the same in one."""

import re
from dataclasses import replace

import mistaken
import oracle
import pytest
from cases import CASES, USER

from srp_cognito.diagnosis.exchange import Exchange, read_exchange
from srp_cognito.diagnosis.search import Cause, hypotheses
from srp_cognito.diagnosis.shapes import SHAPES, Shape, tell_apart
from srp_cognito.diagnosis.steps import Evaluation, right_steps

EXCHANGE = read_exchange(USER.transcript(mistaken.signature(USER)))


def causes_in(exchange: Exchange, *mistakes: str) -> list[Cause]:
    """Return the causes as the search finds them; a form of a mistake follows a colon."""
    right = right_steps(exchange)
    values = Evaluation(exchange).values(right)
    assert values is not None
    suspects = {
        f"{suspect.mistake.id}:{suspect.detail}".rstrip(":"): suspect
        for suspect in hypotheses(exchange)
    }
    return [Cause((suspects[name],), values, right) for name in mistakes]


@pytest.mark.parametrize(
    ("mistakes", "says", "shown_by"),
    [
        (("u-no-sign", "u-fixed"), "whose A is short: one in 512", "A short"),
        (("salt-of-key-no-sign", "salt-of-key-fixed"), "whose u is short: one in 512", "u short"),
        (
            ("s-no-sign", "s-fixed"),
            "whose S is short: one in 512",
            "S short, an even exponent",
        ),
        (
            ("salt-no-sign", "salt-raw"),
            "whose SALT begins with zeros, as emulators send it",
            "a salt with zeros in front",
        ),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else "",
)
def test_mistakes_that_look_the_same_are_distinguished_by_a_shape_in_which_they_differ(
    mistakes: tuple[str, str], says: str, shown_by: str
) -> None:
    assert len({mistaken.signature(USER, each) for each in mistakes}) == 1
    assert len({mistaken.signature(CASES[shown_by], each) for each in mistakes}) == 2
    found = tell_apart(EXCHANGE, causes_in(EXCHANGE, *mistakes))
    assert found == f"an exchange {says}"


def test_a_shape_may_be_another_moment() -> None:
    """Here a clock of twelve hours shows the time of a zone twelve hours away."""
    causes = causes_in(EXCHANGE, "time-12-hour", "time-local:UTC-12:00")
    found = tell_apart(EXCHANGE, causes)
    assert found == "an exchange on one of the first nine days of a month"


def test_the_shape_that_tells_most_of_them_apart_is_taken() -> None:
    (one,), (other,) = (causes_in(EXCHANGE, name) for name in ("u-no-sign", "u-fixed"))
    assert tell_apart(EXCHANGE, [one, other, other]) == "an exchange whose A is short: one in 512"


def test_nothing_distinguishes_what_is_the_same_everywhere() -> None:
    (cause,) = causes_in(EXCHANGE, "s-no-u")
    assert tell_apart(EXCHANGE, [cause, cause]) is None


def test_a_server_without_password_and_srp_b_learns_which_client_to_watch() -> None:
    transcript = USER.transcript(mistaken.signature(USER))
    for field in ("a", "password", "salt", "srp_b"):
        del transcript[field]
    known = {"srp_a": f"{USER.A:x}", "b": "3", "verifier": "7"}
    exchange = read_exchange({**transcript, **known})
    causes = causes_in(exchange, "time-12-hour", "time-local:UTC-12:00")
    assert tell_apart(exchange, causes) is not None


def value_of(shape: Shape) -> tuple[int, int]:
    """Return the number that a shape names, and its full width in bits."""
    exchange = shape.change(EXCHANGE)
    name = shape.says.split()[1]
    if name == "SALT":
        return exchange.salt, 128
    number = {
        "A": exchange.A,
        "B": exchange.B,
        "u": shape.force_u(oracle.u(USER.A, USER.B)),
        "S": shape.force_s(USER.B),
    }[name]
    return number, 256 if name == "u" else 3072


@pytest.mark.parametrize(
    "shape", [each for each in SHAPES if each.says.startswith("whose")], ids=lambda each: each.says
)
def test_a_number_has_the_shape_that_it_is_said_to_have(shape: Shape) -> None:
    number, width = value_of(shape)
    if "is negative" in shape.says:
        assert number < 0
    elif "begins with zeros" in shape.says:
        assert shape.change(EXCHANGE).salt_text.startswith("00")
    elif "is short" in shape.says:
        # Without its top bit, or `srp.pad` would put the 00 byte back.
        assert number.bit_length() == width - 9
    elif "an odd number" in shape.says:
        assert len(f"{number:x}") % 2 == 1
        assert number.bit_length() <= width
    else:
        has_top_bit = number.bit_length() % 8 == 0
        assert has_top_bit == ("does not have" not in shape.says)
    assert re.search(r"one (user )?in|every second|until the end|as emulators", shape.says)


@pytest.mark.parametrize(
    "shape", [each for each in SHAPES if not each.says.startswith("whose")], ids=lambda e: e.says
)
def test_any_other_shape_changes_the_exchange(shape: Shape) -> None:
    other = replace(EXCHANGE, a=7)
    assert shape.change(other) != other
