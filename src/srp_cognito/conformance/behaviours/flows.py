"""AuthFlow: how a sign-in may begin, and what the service says where it may not."""

from collections.abc import Mapping
from typing import Final

from ..behaviour import behaviour, documented, inferred, measured, seen, unknown
from ..expected import Asks, Facts, Refuses, Reply, Seen, SignsIn
from ..sources import GUIDE_FLOWS, INVESTMENT, MINISTACK, MODEL, MOTO, issue
from ..trial import Trial

UNSUPPORTED: Final = Refuses("InvalidParameterException", "Initiate Auth method not supported.")

INCORRECT: Final = Refuses("NotAuthorizedException", "Incorrect username or password.")


@behaviour(SignsIn(), measured(MOTO, "test_initiate_auth_USER_PASSWORD_AUTH"))
def password(trial: Trial) -> Seen:
    """USER_PASSWORD_AUTH with the right password signs in."""
    return trial.initiate("USER_PASSWORD_AUTH", _name_and_password(trial))


@behaviour(INCORRECT, measured(MOTO, "test_initiate_auth_USER_PASSWORD_AUTH"))
def password_wrong(trial: Trial) -> Seen:
    """USER_PASSWORD_AUTH with a wrong password is refused."""
    wrong = {"PASSWORD": "Battery-Staple-2"}
    return trial.initiate("USER_PASSWORD_AUTH", {**_name_and_password(trial), **wrong})


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter PASSWORD"),
    inferred(issue("aws/aws-sdk-cpp", 452), "the words for SRP_A that is missing"),
)
def password_missing(trial: Trial) -> Seen:
    """USER_PASSWORD_AUTH without a password is refused."""
    return trial.initiate("USER_PASSWORD_AUTH", {"USERNAME": trial.person().username})


@behaviour(
    UNSUPPORTED,
    measured(issue("getmoto/moto", 4836), "alastairmccormack tried it, 2022-02-07"),
    seen(issue("soto-project/soto-cognito-authentication-kit", 10), "dguisinger, 2020-12-25"),
)
def flow_of_a_server(trial: Trial) -> Seen:
    """InitiateAuth with ADMIN_USER_PASSWORD_AUTH is refused."""
    return trial.initiate("ADMIN_USER_PASSWORD_AUTH", _name_and_password(trial))


@behaviour(
    Refuses("InvalidParameterException"),
    documented(MODEL, "AuthFlowType has the flows that there are"),
)
def flow_made_up(trial: Trial) -> Seen:
    """A flow that there is not is refused."""
    return trial.initiate("USER_GUESS_AUTH", _name_and_password(trial))


@behaviour(
    Refuses("InvalidParameterException"),
    documented(MODEL, "AuthFlow is required"),
)
def flow_missing(trial: Trial) -> Seen:
    """InitiateAuth without AuthFlow is refused."""
    return trial.call("InitiateAuth", {"ClientId": trial.app().client_id, "AuthParameters": {}})


@behaviour(
    Facts(
        {"ChallengeName": "SELECT_CHALLENGE", "AvailableChallenges": ["PASSWORD_SRP", "PASSWORD"]}
    ),
    measured(INVESTMENT, "for a user who has a password only, in this order"),
)
def choice(trial: Trial) -> Seen:
    """USER_AUTH without a preference offers what the user has, in AvailableChallenges."""
    return _choice(trial.initiate("USER_AUTH", {"USERNAME": trial.person().username}))


@behaviour(
    Asks("PASSWORD_VERIFIER", ("SALT", "SRP_B", "SECRET_BLOCK", "USER_ID_FOR_SRP")),
    documented(GUIDE_FLOWS, "PREFERRED_CHALLENGE=PASSWORD_SRP"),
)
def choice_of_srp(trial: Trial) -> Seen:
    """USER_AUTH with PASSWORD_SRP and SRP_A is answered with PASSWORD_VERIFIER and a Session."""
    return trial.initiate(
        "USER_AUTH",
        {
            "USERNAME": trial.person().username,
            "PREFERRED_CHALLENGE": "PASSWORD_SRP",
            "SRP_A": trial.client().srp_a,
        },
    )


@behaviour(SignsIn(), documented(GUIDE_FLOWS, "PREFERRED_CHALLENGE=PASSWORD_SRP"))
def choice_of_srp_signs_in(trial: Trial) -> Seen:
    """USER_AUTH by SRP signs in."""
    trial.sign_in(flow="USER_AUTH", preferred_challenge="PASSWORD_SRP")
    return trial.last


@behaviour(SignsIn(), documented(GUIDE_FLOWS, "PREFERRED_CHALLENGE=PASSWORD"))
def choice_of_a_password(trial: Trial) -> Seen:
    """USER_AUTH with PASSWORD and the right password signs in."""
    given = {**_name_and_password(trial), "PREFERRED_CHALLENGE": "PASSWORD"}
    return trial.initiate("USER_AUTH", given)


@behaviour(INCORRECT, inferred(GUIDE_FLOWS, "the words for a wrong password"))
def choice_of_a_wrong_password(trial: Trial) -> Seen:
    """USER_AUTH with PASSWORD and a wrong password is refused."""
    given = {**_name_and_password(trial), "PASSWORD": "Battery-Staple-2"}
    return trial.initiate("USER_AUTH", {**given, "PREFERRED_CHALLENGE": "PASSWORD"})


@behaviour(
    Asks("SELECT_CHALLENGE"),
    documented(
        "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference"
        "/API_InitiateAuth.html",
        "a preference that the user does not have is answered with those that are available",
    ),
)
def choice_that_the_user_does_not_have(trial: Trial) -> Seen:
    """USER_AUTH with a preference that the user does not have offers a choice."""
    name = trial.person().username
    return trial.initiate("USER_AUTH", {"USERNAME": name, "PREFERRED_CHALLENGE": "SMS_OTP"})


@behaviour(
    Asks("PASSWORD_VERIFIER", ("SALT", "SRP_B", "SECRET_BLOCK")),
    documented(GUIDE_FLOWS, "SELECT_CHALLENGE is answered with ANSWER and SRP_A"),
)
def choice_is_answered(trial: Trial) -> Seen:
    """SELECT_CHALLENGE answered with PASSWORD_SRP and SRP_A leads to PASSWORD_VERIFIER."""
    reply = trial.initiate("USER_AUTH", {"USERNAME": trial.person().username})
    srp_a = trial.client().srp_a
    return trial.send(trial.answers(reply).select_challenge("PASSWORD_SRP", srp_a=srp_a))


@behaviour(SignsIn(), documented(GUIDE_FLOWS, "SELECT_CHALLENGE is answered with PASSWORD"))
def choice_is_answered_with_a_password(trial: Trial) -> Seen:
    """SELECT_CHALLENGE answered with PASSWORD and the right password signs in."""
    reply = trial.initiate("USER_AUTH", {"USERNAME": trial.person().username})
    password = trial.person().password
    return trial.send(trial.answers(reply).select_challenge("PASSWORD", password=password))


@behaviour(
    Refuses("InvalidParameterException"),
    unknown("what the service says of a choice that was not offered"),
)
def choice_that_was_not_offered(trial: Trial) -> Seen:
    """SELECT_CHALLENGE answered with what was not offered is refused."""
    reply = trial.initiate("USER_AUTH", {"USERNAME": trial.person().username})
    return trial.send(trial.answers(reply).select_challenge("SMS_OTP"))


@behaviour(
    Asks("PASSWORD_VERIFIER", session=False),
    measured(MINISTACK, "AdminInitiateAuth with USER_SRP_AUTH"),
    needs=["admin"],
)
def server_by_srp(trial: Trial) -> Seen:
    """AdminInitiateAuth takes USER_SRP_AUTH."""
    given = {"USERNAME": trial.person().username, "SRP_A": trial.client().srp_a}
    return _as_server(trial, "USER_SRP_AUTH", given)


@behaviour(
    SignsIn(),
    documented(GUIDE_FLOWS, "ADMIN_USER_PASSWORD_AUTH"),
    needs=["admin"],
)
def server_by_password(trial: Trial) -> Seen:
    """AdminInitiateAuth with ADMIN_USER_PASSWORD_AUTH signs in."""
    return _as_server(trial, "ADMIN_USER_PASSWORD_AUTH")


@behaviour(
    SignsIn(),
    measured(MOTO, "test_group_in_access_token: ADMIN_NO_SRP_AUTH, the name before 2020"),
    needs=["admin"],
)
def server_by_the_old_name(trial: Trial) -> Seen:
    """AdminInitiateAuth takes ADMIN_NO_SRP_AUTH for the same."""
    return _as_server(trial, "ADMIN_NO_SRP_AUTH")


@behaviour(
    UNSUPPORTED,
    seen(issue("awsdocs/aws-doc-sdk-examples", 5289), "AMZ-brandon of AWS, 2023-08-21"),
    needs=["admin"],
)
def server_by_the_users_flow(trial: Trial) -> Seen:
    """AdminInitiateAuth with USER_PASSWORD_AUTH is refused."""
    return _as_server(trial, "USER_PASSWORD_AUTH")


@behaviour(
    Refuses("ResourceNotFoundException", "User pool eu-west-1_Nowhere does not exist."),
    seen(issue("aws/aws-aspnet-cognito-identity-provider", 135), "Heinicke, 2019-10-31"),
    needs=["admin"],
)
def server_names_another_pool(trial: Trial) -> Seen:
    """AdminInitiateAuth for a pool that there is not is refused."""
    return _as_server(trial, "ADMIN_USER_PASSWORD_AUTH", pool_id="eu-west-1_Nowhere")


def _name_and_password(trial: Trial) -> dict[str, str]:
    person = trial.person()
    return {"USERNAME": person.username, "PASSWORD": person.password}


def _as_server(
    trial: Trial,
    flow: str,
    parameters: Mapping[str, str] | None = None,
    *,
    pool_id: str | None = None,
) -> Seen:
    arguments = {
        "UserPoolId": trial.pool_id if pool_id is None else pool_id,
        "ClientId": trial.app().client_id,
        "AuthFlow": flow,
        "AuthParameters": _name_and_password(trial) if parameters is None else parameters,
    }
    return trial.call("AdminInitiateAuth", arguments)


def _choice(reply: Reply) -> Seen:
    available = reply.members.get("AvailableChallenges")
    return {"ChallengeName": reply.challenge_name, "AvailableChallenges": available}
