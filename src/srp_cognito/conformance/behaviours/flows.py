"""AuthFlow: how a sign-in may begin, and what the service says where it may not."""

from collections.abc import Mapping
from typing import Final

from ...calls.call import AnyCall
from ..behaviour import behaviour, documented, inferred, measured, seen, unknown
from ..expected import INCORRECT, Asks, Facts, Refuses, Reply, Seen, SignsIn
from ..sources import (
    ANDROID_CHOICE,
    GUIDE_FLOWS,
    HTTP4K,
    INVESTMENT,
    MINISTACK,
    MODEL,
    MOTO,
    SOTO,
    SWIFT_CHOICE,
    github,
    issue,
)
from ..trial import Trial

UNSUPPORTED: Final = Refuses("InvalidParameterException", "Initiate Auth method not supported.")


@behaviour(SignsIn(), measured(MOTO, "test_initiate_auth_USER_PASSWORD_AUTH"))
def password(trial: Trial) -> Seen:
    """USER_PASSWORD_AUTH with the right password signs in."""
    return trial.initiate("USER_PASSWORD_AUTH", _name_and_password(trial))


@behaviour(
    INCORRECT,
    seen(issue("localstack/localstack", 3201), "copied from AWS; limenutt, 2020-10-30"),
)
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
    inferred(MODEL, "AuthFlowType has the flows that there are"),
    inferred(
        issue("awsdocs/aws-cloudformation-user-guide", 525),
        '"Member must satisfy enum value set: [...]", for ExplicitAuthFlows; 2019-11-18',
    ),
    unknown("the type, since AWS does not say it (floci, pull request 3923)"),
)
def flow_made_up(trial: Trial) -> Seen:
    """A flow that there is not is refused."""
    return trial.initiate("USER_GUESS_AUTH", _name_and_password(trial))


@behaviour(
    Refuses(
        "InvalidParameterException",
        "1 validation error detected: Value null at 'authFlow' failed to satisfy constraint: Member"
        " must not be null",
    ),
    inferred(issue("aws-amplify/amplify-js", 1355), "the words for DeviceKey; 2018-07-31"),
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
    return _choice(trial)


@behaviour(
    Facts({"ChallengeParameters": {}, "Session": True}),
    measured(HTTP4K, "ChallengeParameters is empty"),
)
def choice_has_no_parameters(trial: Trial) -> Seen:
    """SELECT_CHALLENGE has no ChallengeParameters, and a Session."""
    reply = trial.initiate("USER_AUTH", {"USERNAME": trial.person().username})
    return {
        "ChallengeParameters": reply.members.get("ChallengeParameters"),
        "Session": reply.members.get("Session") is not None,
    }


@behaviour(
    Asks("PASSWORD_VERIFIER", ("SALT", "SRP_B", "SECRET_BLOCK", "USER_ID_FOR_SRP")),
    measured(SWIFT_CHOICE, "sign-ins with PASSWORD_SRP preferred"),
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


@behaviour(SignsIn(), measured(SWIFT_CHOICE, "PASSWORD_SRP, then a right password"))
def choice_of_srp_signs_in(trial: Trial) -> Seen:
    """USER_AUTH by SRP signs in."""
    trial.sign_in(flow="USER_AUTH", preferred_challenge="PASSWORD_SRP")
    return trial.last


@behaviour(SignsIn(), measured(ANDROID_CHOICE, "signInWithPasswordPreferredRetrySucceeds"))
def choice_of_a_password(trial: Trial) -> Seen:
    """USER_AUTH with PASSWORD and the right password signs in."""
    given = {**_name_and_password(trial), "PREFERRED_CHALLENGE": "PASSWORD"}
    return trial.initiate("USER_AUTH", given)


@behaviour(
    INCORRECT,
    measured(ANDROID_CHOICE, "signInWithPasswordPreferredRetrySucceeds: NotAuthorizedException"),
)
def choice_of_a_wrong_password(trial: Trial) -> Seen:
    """USER_AUTH with PASSWORD and a wrong password is refused."""
    given = {**_name_and_password(trial), "PASSWORD": "Battery-Staple-2"}
    return trial.initiate("USER_AUTH", {**given, "PREFERRED_CHALLENGE": "PASSWORD"})


@behaviour(
    Asks("SELECT_CHALLENGE"),
    measured(ANDROID_CHOICE, "signInWithAnIncompatiblePreferredFirstFactorShowsSelectChallenge"),
    measured(SWIFT_CHOICE, "testSignInWithUnsupportedPreference_givenValidUser_expectSelect..."),
)
def choice_that_the_user_does_not_have(trial: Trial) -> Seen:
    """USER_AUTH with a preference that the user does not have offers a choice."""
    name = trial.person().username
    return trial.initiate("USER_AUTH", {"USERNAME": name, "PREFERRED_CHALLENGE": "SMS_OTP"})


@behaviour(
    Asks("PASSWORD_VERIFIER", ("SALT", "SRP_B", "SECRET_BLOCK")),
    documented(MODEL, "SELECT_CHALLENGE is answered with ANSWER and SRP_A"),
)
def choice_is_answered(trial: Trial) -> Seen:
    """SELECT_CHALLENGE answered with PASSWORD_SRP and SRP_A leads to PASSWORD_VERIFIER."""
    reply = trial.initiate("USER_AUTH", {"USERNAME": trial.person().username})
    srp_a = trial.client().srp_a
    return trial.send(trial.answers(reply).select_challenge("PASSWORD_SRP", srp_a=srp_a))


@behaviour(SignsIn(), documented(MODEL, "SELECT_CHALLENGE is answered with PASSWORD"))
def choice_is_answered_with_a_password(trial: Trial) -> Seen:
    """SELECT_CHALLENGE answered with PASSWORD and the right password signs in."""
    reply = trial.initiate("USER_AUTH", {"USERNAME": trial.person().username})
    password = trial.person().password
    return trial.send(trial.answers(reply).select_challenge("PASSWORD", password=password))


@behaviour(
    Refuses("InvalidParameterException"),
    documented(MODEL, "it must be one of AvailableChallenges"),
    unknown("the type and the words"),
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
    documented(GUIDE_FLOWS, "the example of AdminInitiateAuth"),
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


@behaviour(
    Refuses("NotAuthorizedException"),
    measured(SOTO, "testAuthenticateFail: refused as unauthorized"),
    needs=["admin"],
)
def server_by_a_wrong_password(trial: Trial) -> Seen:
    """AdminInitiateAuth with a wrong password is refused."""
    wrong = {"PASSWORD": "Battery-Staple-2"}
    given = {**_name_and_password(trial), **wrong}
    return _as_server(trial, "ADMIN_USER_PASSWORD_AUTH", given)


@behaviour(
    UNSUPPORTED,
    documented(MODEL, "a legacy flow of AdminInitiateAuth, not valid for InitiateAuth"),
    inferred(issue("getmoto/moto", 4836), "the words for ADMIN_USER_PASSWORD_AUTH"),
)
def old_flow_of_a_server(trial: Trial) -> Seen:
    """InitiateAuth with ADMIN_NO_SRP_AUTH is refused."""
    return trial.initiate("ADMIN_NO_SRP_AUTH", _name_and_password(trial))


@behaviour(
    Asks("SELECT_CHALLENGE"),
    documented(MODEL, "without PREFERRED_CHALLENGE the answer lists the available ones"),
    unknown("what it says of one that there is not"),
)
def choice_made_up(trial: Trial) -> Seen:
    """USER_AUTH with a preference that there is not offers a choice."""
    name = trial.person().username
    return trial.initiate("USER_AUTH", {"USERNAME": name, "PREFERRED_CHALLENGE": "A_GUESS"})


@behaviour(
    Asks("PASSWORD"),
    measured(ANDROID_CHOICE, "signInWithNoFirstFactorPreferenceAndSelectPasswordSucceeds"),
    documented(MODEL, "the challenge PASSWORD is answered with PASSWORD"),
)
def choice_before_the_password(trial: Trial) -> Seen:
    """SELECT_CHALLENGE answered with PASSWORD alone is answered with the challenge PASSWORD."""
    reply = trial.initiate("USER_AUTH", {"USERNAME": trial.person().username})
    call = trial.answers(reply).select_challenge("PASSWORD", password="-")
    return trial.send(call, {"ChallengeResponses": {"PASSWORD": None}})


@behaviour(
    Facts({"AvailableChallenges": {"PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"}}),
    measured(HTTP4K, "a user with a password, a mail address and a passkey"),
    needs=["one-time-codes"],
)
def choice_with_codes(trial: Trial) -> Seen:
    """USER_AUTH offers a user with a mail address a code by mail, too."""
    available = _choice(trial, "alias").get("AvailableChallenges")
    listed = set(available) if isinstance(available, list) else set()
    return {"AvailableChallenges": listed - {"WEB_AUTHN"}}


@behaviour(
    Asks("EMAIL_OTP", ("CODE_DELIVERY_DELIVERY_MEDIUM", "CODE_DELIVERY_DESTINATION")),
    measured(ANDROID_CHOICE, "signInWithEmailPreferredRetrySucceeds"),
    needs=["one-time-codes"],
)
def code_by_mail(trial: Trial) -> Seen:
    """USER_AUTH with EMAIL_OTP sends a code, and asks for it."""
    return _by_mail(trial)


@behaviour(
    SignsIn(),
    measured(ANDROID_CHOICE, "signInWithEmailPreferredRetrySucceeds"),
    measured(SWIFT_CHOICE, "the same"),
    needs=["one-time-codes"],
)
def code_by_mail_signs_in(trial: Trial) -> Seen:
    """The code that was mailed signs in without a password."""
    reply = _by_mail(trial)
    return trial.send(trial.answers(reply, "alias").email_otp(trial.code("alias")))


@behaviour(
    Refuses("CodeMismatchException"),
    measured(ANDROID_CHOICE, "signInWithEmailPreferredRetrySucceeds"),
    measured(SWIFT_CHOICE, "the same"),
    needs=["one-time-codes"],
)
def code_by_mail_wrong(trial: Trial) -> Seen:
    """Another code than the one that was mailed is refused."""
    return trial.send(_wrong_code(trial, _by_mail(trial)))


@behaviour(
    SignsIn(),
    measured(ANDROID_CHOICE, "signInWithEmailPreferredRetrySucceeds: a wrong code, then the right"),
    measured(SWIFT_CHOICE, "the same"),
    needs=["one-time-codes"],
)
def code_by_mail_after_a_wrong_one(trial: Trial) -> Seen:
    """The right code is accepted after a wrong one, with the same Session."""
    reply = _by_mail(trial)
    trial.send(_wrong_code(trial, reply))
    return trial.send(trial.answers(reply, "alias").email_otp(trial.code("alias")))


@behaviour(
    Asks("EMAIL_OTP"),
    documented(MODEL, "for EMAIL_OTP the code is sent then, and asked for in the next challenge"),
    needs=["one-time-codes"],
)
def code_by_mail_is_chosen(trial: Trial) -> Seen:
    """SELECT_CHALLENGE answered with EMAIL_OTP sends a code, and asks for it."""
    reply = trial.initiate("USER_AUTH", {"USERNAME": trial.person("alias").username})
    return trial.send(trial.answers(reply, "alias").select_challenge("EMAIL_OTP"))


@behaviour(
    Facts({"digits": 8}),
    seen(
        github(
            "http4k/http4k",
            "38f9a115353e22ab7bcddf5f377000a30e1889fc",
            "connect/amazon/cognito/client/src/test/kotlin/org/http4k/connect/amazon/cognito"
            "/ActualResponseToAuthChallengeRequestsTest.kt",
        ),
        "EMAIL_OTP_CODE 12345678 in an example of AWS",
    ),
    needs=["one-time-codes"],
)
def code_by_mail_is_long(trial: Trial) -> Seen:
    """A code by mail has eight digits."""
    _by_mail(trial)
    return {"digits": len(trial.code("alias"))}


@behaviour(
    Facts({"EMAIL_OTP": False}),
    documented(
        "https://docs.aws.amazon.com/cognito/latest/developerguide"
        "/authentication-flow-things-to-know.md",
        "who signs in with a one-time password cannot add an MFA factor to the session",
    ),
    needs=["one-time-codes"],
)
def choice_with_a_second_factor(trial: Trial) -> Seen:
    """USER_AUTH does not offer a code as the first factor to a user with a second one."""
    available = _choice(trial, "email").get("AvailableChallenges")
    return {"EMAIL_OTP": isinstance(available, list) and "EMAIL_OTP" in available}


def _by_mail(trial: Trial) -> Reply:
    name = trial.person("alias").username
    return trial.initiate("USER_AUTH", {"USERNAME": name, "PREFERRED_CHALLENGE": "EMAIL_OTP"})


def _wrong_code(trial: Trial, reply: Reply) -> AnyCall:
    right = trial.code("alias")
    wrong = str(int(right) ^ 1).zfill(len(right))
    return trial.answers(reply, "alias").email_otp(wrong)


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


def _choice(trial: Trial, role: str = "plain") -> dict[str, object]:
    reply = trial.initiate("USER_AUTH", {"USERNAME": trial.person(role).username})
    available = reply.members.get("AvailableChallenges")
    return {"ChallengeName": reply.challenge_name, "AvailableChallenges": available}
