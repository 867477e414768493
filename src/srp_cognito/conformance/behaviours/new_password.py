"""NEW_PASSWORD_REQUIRED: a temporary password, the new one, and which attributes come with it."""

import json
from typing import Final

from ..behaviour import behaviour, documented, inferred, measured, seen
from ..expected import Asks, Either, Facts, Refuses, Seen, SignsIn
from ..sources import (
    CLI_EXAMPLE,
    FLUTTER_CONFIRM,
    FRANKEN,
    HTTP4K,
    MODEL,
    MOTO,
    SOTO,
    issue,
)
from ..trial import Changes, Trial

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
    measured(HTTP4K, "a user without attributes"),
    measured(MOTO, "test_initiate_mfa_auth_USER_PASSWORD_AUTH_with_FORCE_CHANGE_PASSWORD_status"),
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
    inferred(MODEL, "who has a temporary password must change it"),
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
    measured(SOTO, "login(): password and temporary password are the same"),
    seen(issue("aws-amplify/amplify-js", 7957), "reproduced by chrisbonifacio of AWS, 2021-04-05"),
    cost="uses-up",
)
def the_same_again(trial: Trial) -> Seen:
    """The temporary password is accepted as the new one."""
    return _answered(trial, {"NEW_PASSWORD": trial.person("temporary").password})


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter NEW_PASSWORD"),
    inferred(issue("aws/aws-sdk-cpp", 452), "the words for a parameter of InitiateAuth"),
)
def missing(trial: Trial) -> Seen:
    """An answer without NEW_PASSWORD is refused."""
    return _answered(trial, {"NEW_PASSWORD": None})


@behaviour(
    Refuses("NotAuthorizedException", "Cannot modify an already provided email"),
    seen(issue("aws-amplify/amplify-js", 10491), "since March 2022"),
    seen(issue("aws-samples/aws-saas-factory-bootcamp", 67), "brtrvn, 2022-03-24"),
    documented(MODEL, "a required attribute that has a value cannot be changed"),
)
def attribute_that_is_there(trial: Trial) -> Seen:
    """An attribute that the user has already is refused."""
    return _answered(trial, {"userAttributes.email": "other@example.com"})


@behaviour(
    Refuses("InvalidParameterException", "Cannot modify the non-mutable attribute email_verified"),
    seen(issue("aws-amplify/aws-sdk-ios", 2203), "dconroy, 2020-01-06"),
    seen(issue("aws-amplify/amplify-android", 244), "wooj2 of AWS, 2020-01-23"),
)
def attribute_of_the_service(trial: Trial) -> Seen:
    """email_verified cannot be set by a user."""
    return _answered(trial, {"userAttributes.email_verified": "true"})


@behaviour(
    SignsIn(),
    measured(
        FLUTTER_CONFIRM, '"includes attributes when setting new password": name is not required'
    ),
    documented(MODEL, "writable attributes that are not required may be set"),
    cost="uses-up",
)
def attribute_that_is_new(trial: Trial) -> Seen:
    """An attribute that the user does not have can come with the new password."""
    return _answered(trial, {"userAttributes.nickname": "Al"})


@behaviour(
    Either(
        Facts({"requiredAttributes": "[]", "userAttributes": None}),
        Facts({"requiredAttributes": "[]", "userAttributes": "{}"}),
    ),
    measured(HTTP4K, "a reply without userAttributes"),
    inferred(
        "https://www.npmjs.com/package/amazon-cognito-identity-js/v/6.3.21",
        "AWS's own client parses userAttributes without asking whether it is there",
    ),
)
def attributes_of_nobody(trial: Trial) -> Seen:
    """Without attributes userAttributes is left out, or an empty object; the sources contradict."""
    parameters = trial.prove("blank").parameters
    known = parameters.get("userAttributes")
    return {
        "requiredAttributes": parameters.get("requiredAttributes"),
        # A user who has some after all is a person, and this is written into a report.
        "userAttributes": known if known in (None, "{}") else "some",
    }


@behaviour(
    Refuses("InvalidPasswordException"),
    measured(FLUTTER_CONFIRM, '"allows retrying on weak password"'),
    documented(MODEL, "InvalidPasswordException"),
    cost="uses-up",
)
def weak(trial: Trial) -> Seen:
    """A new password that the pool's policy does not allow is refused."""
    return _answered(trial, {"NEW_PASSWORD": "weak"})


@behaviour(
    Facts({"the weak one": "InvalidPasswordException", "the next one": True}),
    measured(FLUTTER_CONFIRM, '"allows retrying on weak password"'),
    measured(SOTO, "testCredentialProvider: the same Session after a password without a symbol"),
    cost="uses-up",
)
def after_a_weak_one(trial: Trial) -> Seen:
    """After a password that was refused another one is accepted, with the same Session."""
    answers = trial.answers(trial.prove("temporary"), "temporary")
    weak_one = trial.send(answers.new_password_required("weak"))
    next_one = trial.send(answers.new_password_required(NEW))
    return {"the weak one": weak_one.kind, "the next one": bool(next_one.result)}


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
