"""States of a user: disabled, not confirmed, to be reset, locked out; and setting up a factor."""

from typing import Final

from ...testing import totp_code
from ..behaviour import behaviour, documented, inferred, measured, seen
from ..expected import INCORRECT, Asks, Either, Facts, Refuses, Reply, Seen, SignsIn, Succeeds
from ..sources import (
    GUIDE_EXISTENCE,
    GUIDE_LOCKOUT,
    MINISTACK,
    MODEL,
    MOTO,
    SWIFT_TOTP_SETUP,
    issue,
)
from ..trial import Stopped, Trial

EXCEEDED: Final = Refuses("NotAuthorizedException", "Password attempts exceeded")
DISABLED: Final = Refuses("NotAuthorizedException", "User is disabled.")
UNCONFIRMED: Final = Refuses("UserNotConfirmedException", "User is not confirmed.")
RESET: Final = Refuses("PasswordResetRequiredException", "Password reset required for the user")

LOCKOUT: Final = documented(
    GUIDE_LOCKOUT, "after five failures one second, doubled with each, up to about 15 minutes"
)

LOCKED: Final = documented(
    GUIDE_LOCKOUT, "attempts during a lockout generate a Password attempts exceeded exception"
)


@behaviour(
    DISABLED,
    seen(issue("localstack/localstack", 8454), "the AWS CLI at AWS; NateDimick, 2023-06-07"),
)
def disabled(trial: Trial) -> Seen:
    """A user who is disabled is refused with the right password."""
    return _by_password(trial, "disabled")


@behaviour(
    DISABLED,
    inferred(issue("localstack/localstack", 8454), "as for a password that is sent"),
)
def disabled_by_srp(trial: Trial) -> Seen:
    """A user who is disabled is refused by SRP, at the first call or at the claim."""
    return _by_srp(trial, "disabled")


@behaviour(
    UNCONFIRMED,
    measured(MINISTACK, "refused before the password is checked; iot-rocket, 2026-09-16"),
    seen(issue("jagregory/cognito-local", 337), "the words; paullallier, 2022-11-24"),
)
def unconfirmed(trial: Trial) -> Seen:
    """A user who is not confirmed is refused with the right password."""
    return _by_password(trial, "unconfirmed")


@behaviour(
    Either(UNCONFIRMED, INCORRECT),
    measured(MINISTACK, "refused before the password is checked; iot-rocket, 2026-09-16"),
    seen(issue("aws/aws-sdk-js", 4608), "UserNotConfirmedException; cbaser, 2024-03-10"),
    seen(issue("aws-amplify/amplify-js", 11209), "expected; nadetastic of AWS, 2023-04-10"),
    seen(issue("aws/aws-sdk-net", 1984), "NotAuthorizedException instead; burner986, 2022-03-02"),
)
def unconfirmed_with_a_wrong_password(trial: Trial) -> Seen:
    """A user who is not confirmed is refused with a wrong password; the reports contradict."""
    return _by_password(trial, "unconfirmed", "Battery-Staple-2")


@behaviour(
    UNCONFIRMED,
    seen(
        issue("amazon-archives/amazon-cognito-identity-js", 288), "rachitdhall of AWS, 2017-02-13"
    ),
)
def unconfirmed_by_srp(trial: Trial) -> Seen:
    """A user who is not confirmed is refused by SRP."""
    return _by_srp(trial, "unconfirmed")


@behaviour(
    Either(RESET, INCORRECT),
    seen(issue("aws-amplify/amplify-js", 4890), "the words; LBPlayer, 2020-02-11"),
    documented(GUIDE_EXISTENCE, "NotAuthorizedException for an imported user, if users are hidden"),
)
def reset(trial: Trial) -> Seen:
    """With the right password the service says that it must be reset, or just refuses it."""
    return _by_srp(trial, "reset")


@behaviour(
    INCORRECT,
    seen(issue("aws-amplify/amplify-js", 4890), "shown only if name and password are right"),
)
def reset_with_a_wrong_password(trial: Trial) -> Seen:
    """With a wrong password it does not say that the password must be reset."""
    return _by_srp(trial, "reset", "Battery-Staple-2")


@behaviour(
    EXCEEDED,
    seen(
        issue("amazon-archives/amazon-cognito-identity-js", 506),
        "at the eighth attempt; ryutamaki, 2017-08-21",
    ),
    LOCKED,
    LOCKOUT,
    cost="locks-out",
)
def locked_out(trial: Trial) -> Seen:
    """After many wrong passwords at once the next one is refused in other words."""
    for _ in range(7):
        _by_password(trial, "plain", "Battery-Staple-2")
    return _by_password(trial, "plain", "Battery-Staple-2")


@behaviour(
    Either(EXCEEDED, INCORRECT),
    seen(issue("amazon-archives/amazon-cognito-identity-js", 479), "jstradli, 2017-07-20"),
    seen(issue("aws/aws-sdk-js", 4642), "in the usual words; taylor-aparai, 2025-07-24"),
    LOCKED,
    cost="locks-out",
)
def locked_out_with_the_right_password(trial: Trial) -> Seen:
    """A user who is locked out is refused with the right password; the words differ by report."""
    for _ in range(8):
        _by_password(trial, "plain", "Battery-Staple-2")
    return _by_password(trial, "plain")


@behaviour(
    Facts({"after the fifth": "NotAuthorizedException", "two seconds later": None}),
    LOCKOUT,
    cost="locks-out",
)
def locked_out_for_a_second(trial: Trial) -> Seen:
    """Five wrong passwords lock the user out for a second, and then the right one signs in."""
    for _ in range(5):
        _by_password(trial, "plain", "Battery-Staple-2")
    at_once = _by_password(trial, "plain")
    trial.wait(2)
    return {
        "after the fifth": getattr(at_once, "kind", None),
        "two seconds later": getattr(_by_password(trial, "plain"), "kind", None),
    }


@behaviour(
    Facts({"the fifth": "Incorrect username or password."}),
    LOCKOUT,
    cost="locks-out",
)
def not_locked_out_yet(trial: Trial) -> Seen:
    """The fifth wrong password is refused in the usual words."""
    replies = [_by_password(trial, "plain", "Battery-Staple-2") for _ in range(5)]
    return {"the fifth": getattr(replies[-1], "message", None)}


@behaviour(
    Asks("MFA_SETUP", ("MFAS_CAN_SETUP",)),
    measured(MOTO, "test_user_authentication_flow_mfa_on"),
    seen(issue("aws-amplify/amplify-js", 6461), "MFAS_CAN_SETUP; crenacer, 2021-04-29"),
    needs=["mfa-required"],
)
def factor_to_set_up(trial: Trial) -> Seen:
    """A user without a factor, in a pool where one is needed, is asked to set one up."""
    return trial.prove("setup")


@behaviour(
    Succeeds(("SecretCode", "Session")),
    measured(MOTO, "test_user_authentication_flow_mfa_on"),
    documented(MODEL, "AssociateSoftwareToken takes the session of the challenge"),
    needs=["mfa-required"],
)
def factor_secret(trial: Trial) -> Seen:
    """AssociateSoftwareToken with the Session of MFA_SETUP gives a secret and another Session."""
    return _associated(trial)


@behaviour(
    Refuses("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"),
    seen(issue("aws-samples/aws-amplify-auth-starters", 15), "fabripautasso, 2021-03-19"),
    measured(SWIFT_TOTP_SETUP, "the type, for the code 123456"),
    needs=["mfa-required"],
)
def factor_with_a_wrong_code(trial: Trial) -> Seen:
    """VerifySoftwareToken with a wrong code is refused."""
    reply = _associated(trial)
    return _verified(trial, reply, "123456" if _code(trial, reply) != "123456" else "654321")


@behaviour(
    Refuses("InvalidParameterException"),
    measured(SWIFT_TOTP_SETUP, 'the code "userCode"'),
    documented(MODEL, "SoftwareTokenMFAUserCodeType has six digits"),
    needs=["mfa-required"],
)
def factor_with_a_code_of_letters(trial: Trial) -> Seen:
    """VerifySoftwareToken with a code that is not six digits is refused by its form."""
    return _verified(trial, _associated(trial), "userCode")


@behaviour(
    Facts({"Status": "SUCCESS", "Session": True}),
    measured(SWIFT_TOTP_SETUP, "testSuccessfulSignInForSetupMFANextStepAfterInvalidInitialEntry"),
    measured(MOTO, "test_user_authentication_flow_mfa_on"),
    needs=["mfa-required"],
    cost="uses-up",
)
def factor_after_a_wrong_code(trial: Trial) -> Seen:
    """VerifySoftwareToken takes the right code after a wrong one, with the same Session."""
    reply = _associated(trial)
    _verified(trial, reply, "userCode")
    members = _verified(trial, reply, _code(trial, reply)).members
    return {"Status": members.get("Status"), "Session": members.get("Session") is not None}


@behaviour(
    SignsIn(),
    measured(SWIFT_TOTP_SETUP, "testSuccessfulSignInForSetupMFANextStepAfterInvalidInitialEntry"),
    documented(MODEL, "MFA_SETUP is answered with the session of VerifySoftwareToken"),
    needs=["mfa-required"],
    cost="uses-up",
)
def factor_signs_in(trial: Trial) -> Seen:
    """MFA_SETUP answered with the Session of VerifySoftwareToken signs in."""
    reply = _associated(trial)
    verified = _verified(trial, reply, _code(trial, reply))
    asked = Reply({"ChallengeName": "MFA_SETUP", "Session": verified.members.get("Session")})
    return trial.send(trial.answers(asked, "setup").mfa_setup())


@behaviour(
    Asks("SOFTWARE_TOKEN_MFA"),
    measured(MOTO, "test_user_authentication_flow_mfa_on never answers MFA_SETUP"),
    needs=["mfa-required"],
    cost="uses-up",
)
def factor_without_the_answer(trial: Trial) -> Seen:
    """A factor that was verified is asked for in the next sign-in, if this one is not ended."""
    reply = _associated(trial)
    _verified(trial, reply, _code(trial, reply))
    return trial.prove("setup")


def _associated(trial: Trial) -> Reply:
    asked = trial.prove("setup")
    if asked.challenge_name != "MFA_SETUP":
        raise Stopped(f"MFA_SETUP is not asked for: {asked}")
    return trial.call("AssociateSoftwareToken", {"Session": asked.members.get("Session")})


def _code(trial: Trial, associated: Reply) -> str:
    """Return the code of the authenticator app that was given this secret."""
    return totp_code(str(associated.members.get("SecretCode")), trial.now())


def _verified(trial: Trial, associated: Reply, code: str) -> Reply:
    session = associated.members.get("Session")
    return trial.call("VerifySoftwareToken", {"Session": session, "UserCode": code})


def _by_password(trial: Trial, role: str, password: str | None = None) -> Seen:
    person = trial.person(role)
    return trial.initiate(
        "USER_PASSWORD_AUTH",
        {"USERNAME": person.username, "PASSWORD": password or person.password},
    )


def _by_srp(trial: Trial, role: str, password: str | None = None) -> Seen:
    client = trial.client(role, password=password)
    opened = trial.open(client)
    return opened if opened.kind is not None else trial.claim(client, opened)
