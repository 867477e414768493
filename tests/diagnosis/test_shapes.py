"""diagnosis/shapes.py: which other exchange tells two mistakes apart that look the same in one."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations

import mistaken
import pytest
from cases import CASES, USER

from srp_cognito import timestamp
from srp_cognito.diagnosis import shapes
from srp_cognito.diagnosis.exchange import Exchange, read_exchange
from srp_cognito.diagnosis.search import Cause, Suspect, distinct, hypotheses
from srp_cognito.diagnosis.shapes import SHAPES, AtHand, Shape, tell_apart
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


@pytest.mark.parametrize(
    ("password", "mistakes", "says"),
    [
        (
            "Secret12#abc",
            ("password-comment:at the first #", "password-shortened:after 8 characters"),
            "with a password of a hundred small letters",
        ),
        (
            "Password1",
            ("password-lower", "password-case:the first letter made small"),
            "with a capital letter in the password after the first letter",
        ),
    ],
)
def test_a_shape_may_be_another_password(
    password: str, mistakes: tuple[str, str], says: str
) -> None:
    exchange = replace(EXCHANGE, password=password)
    assert tell_apart(exchange, causes_in(exchange, *mistakes)) == f"an exchange {says}"


def test_a_shape_may_be_another_moment() -> None:
    """Here a clock of twelve hours shows the time of a zone twelve hours away."""
    causes = causes_in(EXCHANGE, "time-12-hour", "time-local:UTC-12:00")
    found = tell_apart(EXCHANGE, causes)
    assert found == "an exchange from 01:00 to 12:59, in UTC"


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


def at_hand(exchange: Exchange) -> AtHand:
    """Return what is known of a whole exchange of a client."""
    values = Evaluation(exchange).values(right_steps(exchange))
    assert values is not None
    assert values.x is not None
    assert exchange.a is not None
    return AtHand(exchange, values.u, values.s, (exchange.a + values.u * values.x) % 2)


def in_shape(shape: Shape, exchange: Exchange) -> AtHand:
    """Return the exchange in that shape. What is forced does not depend on the rest."""
    before, changed = at_hand(exchange), shape.change(exchange)
    parity = before.parity if changed.a == exchange.a else at_hand(changed).parity
    return AtHand(changed, shape.force_u(before.u), shape.force_s(before.s), parity)


def exchange_of(name: str) -> Exchange:
    return read_exchange(CASES[name].transcript(mistaken.signature(CASES[name])))


ANY_OTHER = ("on another day of another month", "with another password, in which letters")
OF_TIME = [each for each in SHAPES if each.says.endswith(("UTC", " month", "or later"))]


@pytest.mark.parametrize("name", CASES)
def test_a_shape_has_what_it_says_and_changes_nothing_else(name: str) -> None:
    exchange = exchange_of(name)
    for shape in SHAPES:
        if not shape.fits(exchange):
            continue
        shaped = in_shape(shape, exchange)
        assert shape.holds(shaped) != shape.says.startswith(ANY_OTHER), shape.says
        changed = [
            each for each, old in vars(exchange).items() if vars(shaped.exchange)[each] != old
        ]
        assert len(changed) <= 1, shape.says
        if not shape.holds(at_hand(exchange)):
            assert shaped != at_hand(exchange), shape.says


@pytest.mark.parametrize(("is_at_hand", "is_of_device"), [(True, False), (False, True)])
def test_a_shape_that_is_at_hand_or_cannot_be_is_passed_over(
    is_at_hand: bool, is_of_device: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    (short,) = (each for each in SHAPES if each.says == "whose A is short: one in 512")
    shape = short._replace(holds=lambda _: is_at_hand, fits=lambda e: e.is_device == is_of_device)
    causes = causes_in(EXCHANGE, "u-no-sign", "u-fixed")
    monkeypatch.setattr(shapes, "SHAPES", (shape,))
    assert tell_apart(EXCHANGE, causes) is None
    monkeypatch.setattr(shapes, "SHAPES", (short,))
    assert tell_apart(EXCHANGE, causes) == f"an exchange {short.says}"


def test_no_user_is_asked_for_a_login_of_a_device() -> None:
    (of_device,) = (each for each in SHAPES if "of a device" in each.says)
    assert not of_device.fits(EXCHANGE)
    assert of_device.fits(exchange_of("a device"))


@pytest.mark.parametrize("name", ["the first hour", "a device"])
@pytest.mark.parametrize("shape", OF_TIME, ids=lambda shape: shape.says)
def test_another_day_is_at_the_same_hour_and_another_hour_on_the_same_day(
    name: str, shape: Shape
) -> None:
    exchange = exchange_of(name)
    before, after = exchange.moment, shape.change(exchange).moment
    assert before is not None
    assert after is not None
    if "UTC" in shape.says:
        assert before.date() == after.date()
    else:
        assert before.time() == after.time()


@pytest.mark.parametrize("day", [1, 5, 6, 7, 9, 10, 13, 14, 28])
@pytest.mark.parametrize("month", range(1, 13))
def test_another_day_differs_in_weekday_and_month_and_not_in_how_wide_it_is(
    month: int, day: int
) -> None:
    (shape,) = (each for each in SHAPES if each.says == ANY_OTHER[0])
    before = datetime(2026, month, day, 17, 5, 9, tzinfo=UTC)
    after = shape.change(replace(EXCHANGE, timestamp=timestamp(before))).moment
    assert after is not None
    assert after.month != before.month
    assert after.weekday() != before.weekday()
    assert (after.day < 10) == (before.day < 10)


def test_a_shape_of_a_moment_needs_no_timestamp_that_can_be_read() -> None:
    unreadable = replace(EXCHANGE, timestamp="2026-11-03T17:05:09Z")
    for shape in OF_TIME:
        assert not shape.holds(at_hand(unreadable))
        assert shape.change(unreadable).moment is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_nobody_is_asked_for_what_is_at_hand(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All pairs of mistakes that make the same signature, in every case."""
    cache: dict[str, list[Suspect]] = {}

    def cached(shaped: Exchange) -> list[Suspect]:
        key = str(vars(shaped))
        if key not in cache:
            cache[key] = list(hypotheses(shaped))
        return cache[key]

    monkeypatch.setattr(shapes, "hypotheses", cached)
    exchange = exchange_of(name)
    known = {f"an exchange {shape.says}": shape for shape in SHAPES}
    right, evaluation, values = right_steps(exchange), Evaluation(exchange), at_hand(exchange)
    made: defaultdict[bytes, list[Cause]] = defaultdict(list)
    for suspect in distinct(exchange):
        result = evaluation.values(right.changed(suspect.steps))
        assert result is not None
        made[result.signature].append(Cause((suspect,), result, right))
    asked = 0
    for alike in made.values():
        for pair in combinations(alike[:6], 2):
            phrase = tell_apart(exchange, pair)
            if phrase is not None:
                assert not known[phrase].holds(values), [each.suspects[0].says for each in pair]
                asked += 1
    assert asked
