"""run.py: each behaviour is tried, whatever became of the one before."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from pool_stand_in import StandIn

from srp_cognito.conformance import Cost, NoReply, Result, Unavailable, try_all
from srp_cognito.conformance.behaviour import Behaviour, behaviour, unknown
from srp_cognito.conformance.expected import Facts, Seen
from srp_cognito.conformance.run import OpenPool
from srp_cognito.conformance.trial import Stopped, Trial


def made(
    does: Callable[[Trial], Seen], *, needs: Sequence[str] = (), cost: Cost = "free"
) -> Behaviour:
    return behaviour(Facts({"a": 1}), unknown("?"), needs=needs, cost=cost)(does)


def raising(error: Exception) -> Callable[[Trial], Seen]:
    def does(trial: Trial) -> Seen:
        raise error

    return does


def result(made: Behaviour, open_pool: OpenPool | None = None, also: Sequence[Cost] = ()) -> Result:
    (only,) = try_all([made], open_pool or StandIn({}).open, also=also)
    assert only.behaviour is made
    return only


def test_what_is_expected_is_confirmed() -> None:
    assert result(made(lambda _: {"a": 1})).verdict == "confirmed"


def test_what_differs_is_shown_without_names() -> None:
    found = result(made(lambda trial: {"a": trial.person().username}))
    assert (found.verdict, found.seen) == ("differs", "a: 'USERNAME'")


@pytest.mark.parametrize("is_refused", [True, False])
def test_what_a_pool_sends_is_shown_short_and_without_control_characters(is_refused: bool) -> None:
    sent = f"\x1b[2J{'A' * 100_000}"
    refusal = {"__type": sent, "message": sent}
    asked = {"ChallengeName": sent, "ChallengeParameters": {sent: sent}, "Session": "s" * 20}
    pool = StandIn(refusal if is_refused else asked)
    for does in (lambda trial: trial.call("InitiateAuth", {}), lambda trial: trial.sign_in()):
        seen = result(made(does), pool.open).seen
        assert seen.isprintable()
        assert len(seen) <= 500


@pytest.mark.parametrize(
    ("error", "verdict", "seen"),
    [
        (Unavailable("it needs more"), "not tried", "it needs more"),
        (Stopped("alice was refused"), "not tried", "USERNAME was refused"),
        (NoReply("it hung up"), "differs", "no reply: it hung up"),
        (KeyError("secret"), "differs", "a reply of a form that cannot be compared (KeyError)"),
        (TypeError("secret"), "differs", "a reply of a form that cannot be compared (TypeError)"),
    ],
)
def test_whatever_happens_is_a_result(error: Exception, verdict: str, seen: str) -> None:
    found = result(made(raising(error)))
    assert (found.verdict, found.seen) == (verdict, seen)


def test_what_the_pool_does_not_have_is_said_in_words() -> None:
    found = result(made(lambda _: {}, needs=["http", "devices"]))
    assert found.verdict == "not tried"
    assert found.seen == (
        "it needs another pool: the pool remembers devices by itself; requests can be sent byte by"
        " byte"
    )


def test_what_costs_something_is_tried_only_if_asked_for() -> None:
    costs = made(lambda _: {"a": 1}, cost="locks-out")
    assert result(costs).seen == "it is tried only if asked for: locks-out"
    assert result(costs, also=["waits"]).verdict == "not tried"
    assert result(costs, also=["locks-out"]).verdict == "confirmed"


def test_a_user_who_is_locked_out_by_lines_before_makes_no_difference() -> None:
    locked = {"__type": "NotAuthorizedException", "message": "Password attempts exceeded"}
    found = result(made(lambda trial: trial.call("GetUser", {})), StandIn(locked).open)
    assert found.verdict == "not tried"
    assert found.seen == "the user is locked out for a while: try it later"
    costs = made(lambda trial: trial.call("GetUser", {}), cost="locks-out")
    assert result(costs, StandIn(locked).open, also=["locks-out"]).verdict == "differs"


def test_a_pool_that_cannot_be_had_is_not_the_end() -> None:
    @contextmanager
    def none(needs: frozenset[str]) -> Iterator[StandIn]:
        raise Unavailable("there were too many calls")
        yield StandIn({})

    assert result(made(lambda _: {}), none).seen == "there were too many calls"


def test_what_was_made_is_cleaned_up_even_if_the_behaviour_fails() -> None:
    pool = StandIn({"AuthenticationResult": {"AccessToken": "a", "RefreshToken": "r"}}, {})

    def does(trial: Trial) -> Seen:
        trial.initiate("USER_PASSWORD_AUTH", {"USERNAME": "alice", "PASSWORD": "p"})
        raise ValueError

    result(made(does), pool.open)
    assert [call.operation for call in pool.calls] == ["InitiateAuth", "RevokeToken"]
    assert pool.calls[1].arguments == {"ClientId": "1example23456789", "Token": "r"}
