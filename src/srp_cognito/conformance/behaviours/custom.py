"""CUSTOM_AUTH: challenges of a pool's Lambda triggers, with and without a proof of the password."""

from ...calls.srp_client import SRPClient
from ..behaviour import behaviour, documented, measured, seen
from ..expected import Asks, Facts, Refuses, Reply, Seen, SignsIn
from ..sources import (
    FLUTTER_CUSTOM,
    FLUTTER_SIGN_IN,
    GUIDE_CREATE_CHALLENGE,
    GUIDE_DEFINE_CHALLENGE,
    GUIDE_FLOWS,
    MODEL,
    issue,
)
from ..trial import Trial


@behaviour(
    Asks("CUSTOM_CHALLENGE", ("USERNAME",)),
    documented(GUIDE_CREATE_CHALLENGE, "publicChallengeParameters"),
    measured(FLUTTER_CUSTOM, '"should return data from the auth challenge lambda"'),
    seen(issue("aws-amplify/amplify-js", 12887), "USERNAME is the user's name; 2024-01"),
)
def asked(trial: Trial) -> Seen:
    """CUSTOM_AUTH is answered with the trigger's question, and USERNAME."""
    return trial.initiate("CUSTOM_AUTH", {"USERNAME": trial.person("custom").username})


@behaviour(SignsIn(), documented(MODEL, "CUSTOM_CHALLENGE is answered with ANSWER"))
def right(trial: Trial) -> Seen:
    """The right answer signs in."""
    trial.sign_in("custom", flow="CUSTOM_AUTH", password=None)
    return trial.last


@behaviour(
    Refuses("NotAuthorizedException", "Incorrect username or password."),
    seen(issue("aws-amplify/amplify-js", 5834), "the words; stephannagel, 2020-05-19"),
    measured(FLUTTER_CUSTOM, "group 'with SRP': NotAuthorizedException"),
    documented(GUIDE_DEFINE_CHALLENGE, "failAuthentication ends the sign-in"),
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
    return _by_srp(trial, trial.client("custom"))


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
    measured(FLUTTER_SIGN_IN, "the type, where no password is given"),
    needs=["no-triggers"],
)
def without_triggers(trial: Trial) -> Seen:
    """CUSTOM_AUTH in a pool without the triggers is refused."""
    return trial.initiate("CUSTOM_AUTH", {"USERNAME": trial.person().username})


@behaviour(
    Refuses("NotAuthorizedException", "Incorrect username or password."),
    measured(FLUTTER_CUSTOM, '"if a password is provided but is incorrect"'),
    seen(issue("aws-amplify/amplify-js", 10320), "the words; spaternina, 2022-09-14"),
)
def by_srp_with_a_wrong_password(trial: Trial) -> Seen:
    """A wrong password is refused before anything is asked."""
    client = trial.client("custom", password="Battery-Staple-2")
    return trial.claim(client, _by_srp(trial, client))


@behaviour(
    Asks("CUSTOM_CHALLENGE", ("USERNAME",)),
    documented(GUIDE_FLOWS, "after PASSWORD_VERIFIER the trigger can ask CUSTOM_CHALLENGE"),
    measured(FLUTTER_CUSTOM, "group 'with SRP'"),
)
def asked_after_srp(trial: Trial) -> Seen:
    """After the password comes the trigger's question."""
    client = trial.client("custom")
    return trial.claim(client, _by_srp(trial, client))


@behaviour(
    Facts({"ChallengeName": "CUSTOM_CHALLENGE", "session": True}),
    seen(issue("aws-amplify/amplify-js", 12887), "a reply; campbellborder, 2024-01"),
    documented(GUIDE_FLOWS, "a challenge comes with a session and parameters"),
)
def has_a_session(trial: Trial) -> Seen:
    """A question comes with a Session, which the answer sends back."""
    reply = trial.initiate("CUSTOM_AUTH", {"USERNAME": trial.person("custom").username})
    return {
        "ChallengeName": reply.challenge_name,
        "session": reply.members.get("Session") is not None,
    }


@behaviour(
    Asks("SOFTWARE_TOKEN_MFA"),
    seen(issue("aws-amplify/amplify-js", 3876), "alexgelman, 2019-08-20"),
    documented(GUIDE_FLOWS, "MFA is handled automatically after the password is verified"),
)
def second_factor_after_srp(trial: Trial) -> Seen:
    """After the password a user with an authenticator app is asked for its code."""
    client = trial.client("custom-totp")
    return trial.claim(client, _by_srp(trial, client, "custom-totp"))


def _by_srp(trial: Trial, client: SRPClient, role: str = "custom") -> Reply:
    return trial.initiate(
        "CUSTOM_AUTH",
        {
            "USERNAME": trial.person(role).username,
            "CHALLENGE_NAME": "SRP_A",
            "SRP_A": client.srp_a,
        },
    )
