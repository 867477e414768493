"""emulators/: what came of a behaviour is named so that a reader is not misled."""

import doctest

import made_pool
import pytest
import try_list

from srp_cognito.conformance import NoReply, Unavailable
from srp_cognito.conformance.behaviour import behaviour, unknown
from srp_cognito.conformance.expected import Asks, Either, Refuses, Reply, SignsIn
from srp_cognito.conformance.own_pool import in_memory
from srp_cognito.conformance.trial import Stopped

REFUSED = Reply({}, "NotAuthorizedException", "Incorrect username or password.", 400)
TOKENS = Reply({"AuthenticationResult": {"AccessToken": "a", "IdToken": "i", "RefreshToken": "r"}})
ASKED = Reply({"ChallengeName": "SMS_MFA", "ChallengeParameters": {}})

REFUSES = Refuses("NotAuthorizedException", "Incorrect username or password.")


@pytest.mark.parametrize(
    ("answers", "seen", "came"),
    [
        (REFUSES, REFUSED, "as expected"),
        (REFUSES, Reply({}, "NotAuthorizedException", "No.", 400), "alike"),
        (REFUSES, Reply({}, "InvalidPasswordException", "No.", 400), "alike"),
        (REFUSES, Reply({}, "NotAuthorizedException", "No.", 500), "failed"),
        (REFUSES, Reply({}, "InvalidAction", "Unknown action", 400), "failed"),
        (REFUSES, Reply({}, "", "a reply that cannot be read", 200), "otherwise"),
        (REFUSES, TOKENS, "otherwise"),
        (REFUSES, NoReply("it hung up"), "failed"),
        (REFUSES, Stopped("the first call was refused"), "not reached"),
        (REFUSES, Unavailable("AdminCreateUser is refused"), "not made"),
        (Either(REFUSES, SignsIn()), Reply({}, "LimitExceededException"), "otherwise"),
        (SignsIn(), TOKENS, "alike"),
        (SignsIn(("IdToken", "NewDeviceMetadata")), TOKENS, "otherwise"),
        (SignsIn(without=("RefreshToken",)), TOKENS, "otherwise"),
        (SignsIn(), REFUSED, "otherwise"),
        (Asks("SMS_MFA", ("CODE_DELIVERY_DESTINATION",)), ASKED, "alike"),
        (Asks("EMAIL_OTP"), ASKED, "otherwise"),
    ],
    ids=str,
)
def test_what_came_has_a_name(answers, seen, came) -> None:
    def does(_):
        if isinstance(seen, Exception):
            raise seen
        return seen

    found = try_list.outcome(behaviour(answers, unknown("?"))(does), in_memory())
    assert found["came"] == came
    assert ("seen" in found) == (came != "as expected")


def test_the_password_is_sent_where_it_cannot_be_proven() -> None:
    def does(trial):
        if trial.prove.__func__ is not try_list.ByPassword.prove:
            raise Stopped("no SRP")
        assert trial.sign_in().access_token
        return trial.prove()

    tried = behaviour(SignsIn(), unknown("?"))(does)
    assert try_list.outcome(tried, in_memory())["came"] == "not reached"
    does.__module__ = "sessions"
    tried = behaviour(SignsIn(), unknown("?"))(does)
    assert try_list.outcome(tried, in_memory()) == {"came": "as expected", "by": "password"}


def test_a_user_is_made_when_it_is_asked_for_and_once() -> None:
    made = []
    people = made_pool._MadeWhenAsked(
        lambda role: made.append(role) or len(made), {"a": "", "b": ""}
    )
    assert (people.get("c"), [*people], made) == (None, [], [])
    assert (people.get("b"), people["b"], [*people], len(people), made) == (1, 1, ["b"], 1, ["b"])


def test_the_examples_run() -> None:
    assert doctest.testmod(try_list) == (0, 1)
