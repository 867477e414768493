"""The members of a call: missing, too long, or of another form than AWS's model has."""

from typing import Final

from ..behaviour import behaviour, documented, inferred, seen, unknown
from ..expected import Either, Refuses, Seen
from ..sources import MODEL, issue
from ..trial import Trial

CONSTRAINT: Final = "failed to satisfy constraint"


@behaviour(
    Refuses("ResourceNotFoundException", "User pool client 0nobody0has0this0id does not exist."),
    seen(issue("aws/aws-sdk-php", 2183), "faizanktk, 2021-01-13"),
    seen(issue("aws-amplify/amplify-cli", 14260), "2025-09-22"),
)
def app_client_of_nobody(trial: Trial) -> Seen:
    """A ClientId that nobody has is refused."""
    return trial.open(trial.client(), {"ClientId": "0nobody0has0this0id"})


@behaviour(
    Refuses(
        "InvalidParameterException",
        f"1 validation error detected: Value 'an id-with spaces' at 'clientId' {CONSTRAINT}:"
        r" Member must satisfy regular expression pattern: [\w+]+",
    ),
    seen(issue("boto/boto3", 3581), "chatofking, 2023-02-06"),
)
def app_client_of_another_form(trial: Trial) -> Seen:
    """A ClientId of another form is refused by its form."""
    return trial.open(trial.client(), {"ClientId": "an id-with spaces"})


@behaviour(
    Refuses(
        "InvalidParameterException",
        f"1 validation error detected: Value null at 'clientId' {CONSTRAINT}: Member must not be"
        " null",
    ),
    inferred(issue("boto/boto3", 3581), "the words of the same check, for a member that is there"),
)
def app_client_missing(trial: Trial) -> Seen:
    """InitiateAuth without ClientId is refused."""
    return trial.open(trial.client(), {"ClientId": None})


@behaviour(
    Refuses("InvalidParameterException"),
    documented(MODEL, "ChallengeName is required"),
    unknown("the words"),
)
def challenge_name_missing(trial: Trial) -> Seen:
    """RespondToAuthChallenge without ChallengeName is refused."""
    client = trial.client()
    return trial.claim(client, trial.open(client), {"ChallengeName": None})


@behaviour(
    Refuses("InvalidParameterException"),
    documented(MODEL, "ChallengeNameType has the challenges that there are"),
    unknown("the words"),
)
def challenge_name_made_up(trial: Trial) -> Seen:
    """RespondToAuthChallenge with a challenge that there is not is refused."""
    client = trial.client()
    return trial.claim(client, trial.open(client), {"ChallengeName": "GUESS_VERIFIER"})


@behaviour(
    Refuses("InvalidParameterException"),
    unknown("the words"),
)
def responses_missing(trial: Trial) -> Seen:
    """RespondToAuthChallenge without ChallengeResponses is refused."""
    client = trial.client()
    return trial.claim(client, trial.open(client), {"ChallengeResponses": None})


@behaviour(
    Either(Refuses("SerializationException"), Refuses("InvalidParameterException")),
    seen(issue("aws-amplify/amplify-js", 4738), '"Expected map or null"; intagen, 2020-01-19'),
)
def parameters_as_text(trial: Trial) -> Seen:
    """AuthParameters that are text are refused."""
    return trial.open(trial.client(), {"AuthParameters": "USERNAME=alice"})


@behaviour(
    Refuses("UnknownOperationException"),
    documented(
        "https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html",
        "UnknownOperationException",
    ),
    inferred(
        "https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html", "no words are known"
    ),
)
def operation_made_up(trial: Trial) -> Seen:
    """An operation that there is not is refused."""
    return trial.call("InitiateGuess", {})
