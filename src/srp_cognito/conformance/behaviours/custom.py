"""CUSTOM_AUTH: challenges of a pool's Lambda triggers, with and without a proof of the password."""

from ..behaviour import behaviour, documented, inferred, seen
from ..expected import Asks, Facts, Refuses, Seen, SignsIn
from ..sources import GUIDE_FLOWS, issue
from ..trial import Trial

TRIGGERS = (
    "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html"
)


@behaviour(
    Asks("CUSTOM_CHALLENGE", ("USERNAME",)),
    documented(TRIGGERS, "the public challenge parameters"),
    seen(issue("aws-amplify/amplify-js", 12887), "USERNAME is the user's name; 2024-01"),
)
def asked(trial: Trial) -> Seen:
    """CUSTOM_AUTH is answered with the trigger's question, and USERNAME."""
    return trial.initiate("CUSTOM_AUTH", {"USERNAME": trial.person("custom").username})


@behaviour(SignsIn(), documented(TRIGGERS, "the challenge is answered with ANSWER"))
def right(trial: Trial) -> Seen:
    """The right answer signs in."""
    trial.sign_in("custom", flow="CUSTOM_AUTH", password=None)
    return trial.last


@behaviour(
    Refuses("NotAuthorizedException", "Incorrect username or password."),
    documented(TRIGGERS, "failAuthentication ends the sign-in"),
)
def wrong(trial: Trial) -> Seen:
    """A wrong answer, at which the trigger fails the sign-in, is refused."""
    reply = trial.initiate("CUSTOM_AUTH", {"USERNAME": trial.person("custom").username})
    return trial.send(trial.answers(reply, "custom").custom_challenge("another answer"))


@behaviour(
    Asks("PASSWORD_VERIFIER", ("SALT", "SRP_B", "SECRET_BLOCK", "USERNAME", "USER_ID_FOR_SRP")),
    documented(GUIDE_FLOWS, "CUSTOM_AUTH with CHALLENGE_NAME=SRP_A"),
)
def by_srp(trial: Trial) -> Seen:
    """CUSTOM_AUTH with SRP_A is answered with PASSWORD_VERIFIER and a Session."""
    return trial.initiate(
        "CUSTOM_AUTH",
        {
            "USERNAME": trial.person("custom").username,
            "CHALLENGE_NAME": "SRP_A",
            "SRP_A": trial.client("custom").srp_a,
        },
    )


@behaviour(SignsIn(), documented(GUIDE_FLOWS, "after the password comes what the trigger asks"))
def by_srp_signs_in(trial: Trial) -> Seen:
    """The password and then the right answer sign in."""
    trial.sign_in("custom", flow="CUSTOM_AUTH")
    return trial.last


@behaviour(
    Refuses(
        "InvalidParameterException",
        "Custom auth lambda trigger is not configured for the user pool.",
    ),
    seen(issue("aws-amplify/amplify-js", 5623), "mrichman, 2020-04-29"),
    seen(issue("aws-amplify/amplify-js", 6327), "2020-07-14"),
    needs=["no-triggers"],
)
def without_triggers(trial: Trial) -> Seen:
    """CUSTOM_AUTH in a pool without the triggers is refused."""
    return trial.initiate("CUSTOM_AUTH", {"USERNAME": trial.person().username})


@behaviour(
    Facts({"ChallengeName": "CUSTOM_CHALLENGE", "session": True}),
    inferred(TRIGGERS, "each question has its Session"),
)
def has_a_session(trial: Trial) -> Seen:
    """A question comes with a Session, which the answer sends back."""
    reply = trial.initiate("CUSTOM_AUTH", {"USERNAME": trial.person("custom").username})
    return {
        "ChallengeName": reply.challenge_name,
        "session": reply.members.get("Session") is not None,
    }
