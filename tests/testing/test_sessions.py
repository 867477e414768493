"""testing/sessions.py: a step can be taken once and in its time, and the number is bounded."""

from datetime import timedelta

import pytest
from pool_calls import NOW

from srp_cognito.testing import Refused
from srp_cognito.testing.sessions import LIFETIME, MOST, Sessions


def test_a_step_can_be_taken_once_by_any_of_its_names() -> None:
    sessions = Sessions[int]()
    sessions.put(1, NOW, "a name", "another")
    assert sessions.take("another", NOW) == 1
    for name in ("a name", "another"):
        with pytest.raises(Refused, match="session for the user, session can only be used once."):
            sessions.take(name, NOW)


def test_a_name_that_was_never_given_is_refused() -> None:
    with pytest.raises(Refused, match=r"Invalid session for the user\.'"):
        Sessions[int]().take("a name", NOW)


def test_an_answer_that_comes_late_is_refused_as_late() -> None:
    sessions = Sessions[int]()
    for name in ("late", "in time"):
        sessions.put(1, NOW, name)
    assert sessions.take("in time", NOW + LIFETIME - timedelta(seconds=1)) == 1
    sessions.put(2, NOW + LIFETIME, "of another sign-in")
    with pytest.raises(Refused, match="session is expired"):
        sessions.take("late", NOW + LIFETIME)


def test_sign_ins_that_are_never_ended_cost_no_memory() -> None:
    sessions = Sessions[int]()
    for number in range(MOST + 5):
        sessions.put(number, NOW, str(number))
    assert len(sessions) == MOST
    with pytest.raises(Refused, match="Invalid session for the user."):
        sessions.take("4", NOW)
    assert sessions.take("5", NOW) == 5
    sessions.put(1, NOW + 2 * LIFETIME, "later")
    assert len(sessions) == 1


def test_names_that_were_taken_cost_no_memory() -> None:
    sessions = Sessions[int]()
    for number in range(MOST + 5):
        sessions.put(number, NOW, str(number))
        sessions.take(str(number), NOW)
    assert len(sessions) == 0
    assert len(sessions._taken) == MOST


def test_a_name_that_is_given_again_means_the_later_step() -> None:
    """A device's step has the same name each time, for clients that send no Session."""
    sessions = Sessions[int]()
    sessions.put(1, NOW, "first", "device")
    sessions.put(2, NOW, "second", "device")
    assert sessions.take("first", NOW) == 1
    assert sessions.take("device", NOW) == 2
