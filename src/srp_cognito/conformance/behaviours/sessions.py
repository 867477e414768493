"""Session: what ties the calls of a sign-in together, once and for a limited time."""

from typing import Final

from ...calls.call import AnyCall
from ..behaviour import behaviour, documented, inferred, measured, seen, unknown
from ..expected import Either, Facts, Refuses, Seen, SignsIn
from ..sources import (
    FLUTTER_CONFIRM,
    FLUTTER_CUSTOM,
    FRANKEN,
    FRANKEN_LOGIN,
    GUIDE_FLOWS,
    MODEL,
    issue,
)
from ..trial import Trial

INVALID: Final = Refuses("NotAuthorizedException", "Invalid session for the user.")

USED: Final = Either(
    Refuses(
        "NotAuthorizedException",
        "Invalid session for the user, session can only be used once.",
    ),
    INVALID,
)
"""The longer words since about 2024."""

MADE_UP: Final = "a-session-that-the-service-did-not-make"


@behaviour(
    USED,
    seen(issue("aws-amplify/amplify-js", 14330), "kgobin2000, 2025-04-03"),
    seen(issue("aws-amplify/amplify-js", 13123), "celica-vladimir, 2024-03-15"),
)
def used_twice(trial: Trial) -> Seen:
    """A Session that was answered rightly is refused the second time."""
    answer = _answer(trial)
    trial.tokens_of(trial.send(answer))
    return trial.send(answer)


@behaviour(
    Either(INVALID, Refuses("CodeMismatchException", "Invalid session provided")),
    seen(
        issue("aws-samples/amazon-cognito-passwordless-email-auth", 17),
        "NotAuthorizedException, for a Session whose sign-in is over; abiro, 2019-11-29",
    ),
    seen(
        "https://qiita.com/Khmer495/items/15d36754072096e4ba96",
        "CodeMismatchException, for a call that is not named; Khmer495",
    ),
)
def made_up(trial: Trial) -> Seen:
    """A Session that the service did not make is refused; the reports have two types."""
    return trial.send(_answer(trial), {"Session": MADE_UP})


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter Session"),
    seen(issue("amazon-archives/amazon-cognito-identity-js", 270), "ZwaarContrast, 2017-02-01"),
    seen(issue("amazon-archives/amazon-cognito-identity-js", 365), "HDaghash, 2017-04-25"),
)
def missing(trial: Trial) -> Seen:
    """The code of a second factor without a Session is refused."""
    return trial.send(_answer(trial), {"Session": None})


@behaviour(
    Either(
        Refuses(
            "InvalidParameterException",
            "1 validation error detected: Value at 'session' failed to satisfy constraint: Member"
            " must have length greater than or equal to 20",
        ),
        Refuses("InvalidParameterException"),
    ),
    inferred(MODEL, "SessionType has 20 characters at least, and is sensitive"),
    inferred(
        issue("amazon-archives/amazon-cognito-identity-js", 388),
        "the words for a name and a password that are too short; bgourlie, 2017-05-13",
    ),
)
def too_short(trial: Trial) -> Seen:
    """A Session of fewer than twenty characters is refused by its form."""
    return trial.send(_answer(trial), {"Session": "too-short"})


@behaviour(
    Refuses("NotAuthorizedException"),
    inferred(
        issue("kdgregory/example-cognito-java", 1),
        '"Invalid session provided for the user." by AdminRespondToAuthChallenge; 2017-05-24',
    ),
)
def of_another_user(trial: Trial) -> Seen:
    """A Session that is sent under another user's name is refused."""
    other = trial.person().username
    return trial.send(_answer(trial), {"ChallengeResponses": {"USERNAME": other}})


@behaviour(Refuses("NotAuthorizedException"), inferred(MODEL, "a Session is of one sign-in"))
def of_another_app_client(trial: Trial) -> Seen:
    """A Session that is sent by another app client is refused."""
    return trial.send(_answer(trial), {"ClientId": trial.app("other").client_id})


@behaviour(
    Refuses("NotAuthorizedException"),
    inferred(MODEL, "a Session is of one challenge"),
)
def for_another_challenge(trial: Trial) -> Seen:
    """A Session that is sent for another challenge is refused."""
    answer = trial.answers(trial.prove("totp"), "totp").sms_mfa("123456")
    return trial.send(answer)


@behaviour(
    Either(
        INVALID,
        Refuses("NotAuthorizedException", "Invalid session for the user, session is expired."),
    ),
    documented(
        issue("aws-amplify/amplify-js", 13802),
        "three minutes unless AuthSessionValidity says otherwise; israx of AWS, 2024-09-12",
    ),
    cost="waits",
)
def after_three_minutes(trial: Trial) -> Seen:
    """A Session is refused after three minutes, unless the app client says otherwise."""
    return _answered_after(trial, 181)


@behaviour(
    SignsIn(),
    documented(issue("aws-amplify/amplify-js", 13802), "three minutes; israx of AWS, 2024-09-12"),
    documented(GUIDE_FLOWS, "each challenge has its own three minutes"),
    cost="waits",
)
def after_two_minutes(trial: Trial) -> Seen:
    """A Session is good for two minutes."""
    return _answered_after(trial, 120)


@behaviour(
    SignsIn(),
    measured(FRANKEN, '"can fail mfa once and still login"'),
    measured(FRANKEN_LOGIN, "the Session is kept after a wrong code"),
    measured(FLUTTER_CONFIRM, '"allows retrying on code mismatch"'),
)
def after_a_wrong_code(trial: Trial) -> Seen:
    """A Session stays good after a wrong code."""
    answer = _answer(trial)
    trial.send(answer, {"ChallengeResponses": {"SOFTWARE_TOKEN_MFA_CODE": "000000"}})
    return trial.send(answer)


@behaviour(
    Facts({"older": None, "newer": None}),
    unknown("whether a newer sign-in ends the Session of an older one; the newer one goes on"),
)
def two_at_a_time(trial: Trial) -> Seen:
    """A user may be in the middle of two sign-ins, whose Sessions are both good."""
    older, newer = trial.prove("totp"), trial.prove("totp")
    code = trial.totp_code("totp")
    first = trial.send(trial.answers(older, "totp").software_token_mfa(code))
    trial.wait(30)  # A code is accepted once.
    code = trial.totp_code("totp")
    second = trial.send(trial.answers(newer, "totp").software_token_mfa(code))
    return {"older": first.kind, "newer": second.kind}


@behaviour(
    Facts({"another Session": True}),
    documented(GUIDE_FLOWS, "the session string of the reply before goes into each request"),
)
def of_each_reply(trial: Trial) -> Seen:
    """Each challenge comes with a Session of its own."""
    first = trial.prove("several")
    second = trial.send(trial.answers(first, "several").select_mfa_type("SOFTWARE_TOKEN_MFA"))
    sessions = [reply.members.get("Session") for reply in (first, second)]
    return {"another Session": None not in sessions and sessions[0] != sessions[1]}


@behaviour(
    SignsIn(),
    measured(
        "https://github.com/aws-amplify/amplify-android/blob"
        "/6b8bd6a47c8e83d9d011ed8d218cc4cc5da73322/aws-auth-cognito/src/androidTest/java/com"
        "/amplifyframework/auth/cognito/AWSCognitoAuthPluginSignInChallengeTests.kt",
        "signIn_succeeds_after_signOut_during_mfa_challenge",
    ),
)
def after_one_that_was_given_up(trial: Trial) -> Seen:
    """A sign-in that was given up does not hinder the next one."""
    trial.prove("totp")
    return trial.send(_answer(trial))


@behaviour(
    USED,
    seen(issue("aws-amplify/amplify-js", 5834), "CUSTOM_AUTH; stephannagel, 2020-05-19"),
    measured(
        FLUTTER_CUSTOM,
        '"passes client metadata to confirmSignIn": NotAuthorizedException both times',
    ),
)
def after_it_failed(trial: Trial) -> Seen:
    """The Session of a sign-in that failed is refused with the right answer."""
    reply = trial.initiate("CUSTOM_AUTH", {"USERNAME": trial.person("custom").username})
    answers = trial.answers(reply, "custom")
    trial.send(answers.custom_challenge("another answer"))
    return trial.send(answers.custom_challenge(trial.person("custom").answer or ""))


def _answer(trial: Trial) -> AnyCall:
    """Return the right answer to the second factor of a user with an authenticator app."""
    reply = trial.prove("totp")
    return trial.answers(reply, "totp").software_token_mfa(trial.totp_code("totp"))


def _answered_after(trial: Trial, seconds: float) -> Seen:
    """Answer the second factor rightly, so many seconds after it was asked for."""
    reply = trial.prove("totp")
    trial.wait(seconds)
    return trial.send(trial.answers(reply, "totp").software_token_mfa(trial.totp_code("totp")))
