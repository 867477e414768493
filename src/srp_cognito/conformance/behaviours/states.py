"""States of a user: disabled, not confirmed, to be reset, locked out; and setting up a factor."""

from typing import Final

from ..behaviour import behaviour, documented, inferred, measured, seen
from ..expected import Asks, Either, Facts, Refuses, Seen
from ..sources import GUIDE_LOCKOUT, MINISTACK, MOTO, issue
from ..trial import Trial

INCORRECT: Final = Refuses("NotAuthorizedException", "Incorrect username or password.")
EXCEEDED: Final = Refuses("NotAuthorizedException", "Password attempts exceeded")
DISABLED: Final = Refuses("NotAuthorizedException", "User is disabled.")
UNCONFIRMED: Final = Refuses("UserNotConfirmedException", "User is not confirmed.")
RESET: Final = Refuses("PasswordResetRequiredException", "Password reset required for the user")

LOCKOUT: Final = documented(
    GUIDE_LOCKOUT, "after five failures one second, doubled with each, up to about 15 minutes"
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
    measured(MINISTACK, "refused before the password is checked"),
)
def unconfirmed(trial: Trial) -> Seen:
    """A user who is not confirmed is refused with the right password."""
    return _by_password(trial, "unconfirmed")


@behaviour(
    Either(UNCONFIRMED, INCORRECT),
    measured(MINISTACK, "refused before the password is checked; iot-rocket, 2026-09-16"),
    seen(issue("aws/aws-sdk-net", 1984), "NotAuthorizedException, in 2022; burner986 contradicts"),
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
    RESET,
    seen(issue("aws-amplify/amplify-js", 4890), "LBPlayer, 2020-02-11"),
)
def reset(trial: Trial) -> Seen:
    """With the right password the service says that it must be reset."""
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
    LOCKOUT,
    cost="locks-out",
)
def locked_out(trial: Trial) -> Seen:
    """After many wrong passwords at once the next one is refused in other words."""
    for _ in range(7):
        _by_password(trial, "plain", "Battery-Staple-2")
    return _by_password(trial, "plain", "Battery-Staple-2")


@behaviour(
    EXCEEDED,
    seen(issue("amazon-archives/amazon-cognito-identity-js", 479), "jstradli, 2017-07-20"),
    LOCKOUT,
    cost="locks-out",
)
def locked_out_with_the_right_password(trial: Trial) -> Seen:
    """A user who is locked out is refused with the right password."""
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
    Facts({"SecretCode": True, "another Session": True}),
    measured(MOTO, "test_user_authentication_flow_mfa_on"),
    needs=["mfa-required"],
)
def secret_to_set_up(trial: Trial) -> Seen:
    """AssociateSoftwareToken takes the Session of MFA_SETUP, and has a secret and a new Session."""
    asked = trial.prove("setup").members.get("Session")
    reply = trial.call("AssociateSoftwareToken", {"Session": asked})
    session = reply.members.get("Session")
    return {
        "SecretCode": "SecretCode" in reply.members,
        "another Session": session is not None and session != asked,
    }


@behaviour(
    Refuses("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"),
    seen(issue("aws-samples/aws-amplify-auth-starters", 15), "fabripautasso, 2021-03-19"),
    needs=["mfa-required"],
)
def wrong_code_to_set_up(trial: Trial) -> Seen:
    """A code that the new authenticator app does not show sets up nothing."""
    asked = trial.prove("setup").members.get("Session")
    reply = trial.call("AssociateSoftwareToken", {"Session": asked})
    verify = {"Session": reply.members.get("Session"), "UserCode": "000000"}
    return trial.call("VerifySoftwareToken", verify)


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
