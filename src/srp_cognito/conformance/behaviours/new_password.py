"""NEW_PASSWORD_REQUIRED: a temporary password, the new one, and which attributes come with it."""

import json
from typing import Final

from ..behaviour import behaviour, documented, inferred, measured, seen
from ..expected import Asks, Facts, Refuses, Seen, SignsIn
from ..sources import FRANKEN, GUIDE_FLOWS, MOTO, issue
from ..trial import Changes, Trial

CLI_EXAMPLE: Final = (
    "https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/admin-initiate-auth.html"
)

NEW: Final = "New-Horse-3"


@behaviour(
    Asks("NEW_PASSWORD_REQUIRED", ("USER_ID_FOR_SRP", "requiredAttributes", "userAttributes")),
    documented(CLI_EXAMPLE, "the example's ChallengeParameters"),
    measured(MOTO, "test_authorize_user_with_force_password_change_status"),
)
def asked(trial: Trial) -> Seen:
    """After a temporary password a new one is asked for."""
    return trial.prove("temporary")


@behaviour(
    Asks("NEW_PASSWORD_REQUIRED"),
    measured(MOTO, "test_initiate_auth_USER_PASSWORD_AUTH and others"),
)
def asked_after_a_password(trial: Trial) -> Seen:
    """USER_PASSWORD_AUTH with a temporary password leads to the same."""
    person = trial.person("temporary")
    given = {"USERNAME": person.username, "PASSWORD": person.password}
    return trial.initiate("USER_PASSWORD_AUTH", given)


@behaviour(
    Facts({"requiredAttributes": "list", "userAttributes": "dict", "email_verified": "str"}),
    documented(CLI_EXAMPLE, 'JSON in strings, with "email_verified": "true" as a string'),
)
def attributes(trial: Trial) -> Seen:
    """RequiredAttributes and userAttributes are JSON in strings, and their values are strings."""
    parameters = trial.prove("temporary").parameters
    required = json.loads(str(parameters.get("requiredAttributes") or "null"))
    known = json.loads(str(parameters.get("userAttributes") or "{}"))
    return {
        "requiredAttributes": type(required).__name__,
        "userAttributes": type(known).__name__,
        "email_verified": type(known.get("email_verified")).__name__,
    }


@behaviour(
    SignsIn(),
    measured(MOTO, "test_authorize_user_with_force_password_change_status"),
    measured(FRANKEN, "pools with RESET_PW_NEEDED"),
    cost="uses-up",
)
def right(trial: Trial) -> Seen:
    """A new password signs in."""
    return _answered(trial)


@behaviour(
    Facts({"the temporary one": "NotAuthorizedException", "the new one": True}),
    documented(GUIDE_FLOWS, "the new password takes the place of the temporary one"),
    cost="uses-up",
)
def afterwards(trial: Trial) -> Seen:
    """Afterwards the new password signs in and the temporary one does not."""
    _answered(trial)
    name = trial.person("temporary").username
    old = trial.initiate(
        "USER_PASSWORD_AUTH", {"USERNAME": name, "PASSWORD": trial.person("temporary").password}
    )
    new = trial.initiate("USER_PASSWORD_AUTH", {"USERNAME": name, "PASSWORD": NEW})
    return {"the temporary one": old.kind, "the new one": bool(new.result)}


@behaviour(
    SignsIn(),
    measured(MOTO, "test_group_in_access_token: the new password is the temporary one"),
    seen(issue("aws-amplify/amplify-js", 7957), "reproduced by chrisbonifacio of AWS, 2021-04-05"),
    cost="uses-up",
)
def the_same_again(trial: Trial) -> Seen:
    """The temporary password is accepted as the new one."""
    return _answered(trial, {"NEW_PASSWORD": trial.person("temporary").password})


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter NEW_PASSWORD"),
    inferred(issue("aws/aws-sdk-cpp", 452), "the words for a parameter that is missing"),
)
def missing(trial: Trial) -> Seen:
    """An answer without NEW_PASSWORD is refused."""
    return _answered(trial, {"NEW_PASSWORD": None})


@behaviour(
    Refuses("NotAuthorizedException", "Cannot modify an already provided email"),
    seen(issue("aws-amplify/amplify-js", 10491), "since March 2022"),
    seen(issue("aws-samples/aws-saas-factory-bootcamp", 67), "brtrvn, 2022-03-24"),
)
def attribute_that_is_there(trial: Trial) -> Seen:
    """An attribute that the user has already is refused."""
    return _answered(trial, {"userAttributes.email": "other@example.com"})


@behaviour(
    Refuses("NotAuthorizedException", "Cannot modify the non-mutable attribute email_verified"),
    seen(issue("aws-amplify/aws-sdk-ios", 2203), "dconroy, 2020-01-06"),
    seen(issue("aws-amplify/amplify-android", 244), "wooj2 of AWS, 2020-01-23"),
)
def attribute_of_the_service(trial: Trial) -> Seen:
    """email_verified cannot be set by a user."""
    return _answered(trial, {"userAttributes.email_verified": "true"})


@behaviour(
    SignsIn(),
    documented(GUIDE_FLOWS, "userAttributes.NAME sets an attribute"),
    cost="uses-up",
)
def attribute_that_is_new(trial: Trial) -> Seen:
    """An attribute that the user does not have can come with the new password."""
    return _answered(trial, {"userAttributes.nickname": "Al"})


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter Session"),
    seen(issue("amazon-archives/amazon-cognito-identity-js", 365), "HDaghash, 2017-04-25"),
)
def without_session(trial: Trial) -> Seen:
    """A new password without a Session is refused."""
    return _answered(trial, {}, {"Session": None})


def _answered(
    trial: Trial, responses: Changes | None = None, others: Changes | None = None
) -> Seen:
    """Answer NEW_PASSWORD_REQUIRED, with some members of the answer changed."""
    call = trial.answers(trial.prove("temporary"), "temporary").new_password_required(NEW)
    return trial.send(call, {"ChallengeResponses": responses or {}, **(others or {})})
