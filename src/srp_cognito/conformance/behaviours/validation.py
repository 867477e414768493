"""The members of a call: missing, too long, or of another form than AWS's model has.

The service checks a call against its model before it looks at anything else. Its words are those of
a validator for Java: "1 validation error detected: Value at 'member' failed to satisfy constraint:
..." It names a member as its Java code does, and shows the value unless the model says that it is
sensitive.
"""

from typing import Final

from ..behaviour import behaviour, documented, inferred, measured, seen, unknown
from ..expected import Either, Refuses, Seen
from ..sources import LIFTRIC, MODEL, issue
from ..trial import Trial

CONSTRAINT: Final = "failed to satisfy constraint"

WORDS_UNKNOWN: Final = Refuses("InvalidParameterException")

NULL: Final = (
    seen(issue("aws-amplify/amplify-js", 1355), "for DeviceKey; saaniaki, 2018-07-31"),
    seen(issue("aws-amplify/amplify-js", 6460), "for ConfirmationCode; trylas, 2020-07-30"),
)


def _null(member: str) -> Refuses:
    return Refuses(
        "InvalidParameterException",
        f"1 validation error detected: Value null at '{member}' {CONSTRAINT}: Member must not be"
        " null",
    )


@behaviour(
    Refuses("ResourceNotFoundException", "User pool client 0nobody0has0this0id does not exist."),
    seen(issue("aws/aws-sdk-php", 2183), "faizanktk, 2021-01-13"),
    seen(issue("anomalyco/guide", 82), "willybeans, 2017-05-07"),
    seen(issue("aws-amplify/amplify-cli", 14260), "2025-09-22"),
)
def app_client_of_nobody(trial: Trial) -> Seen:
    """A ClientId that nobody has is refused."""
    return trial.open(trial.client(), {"ClientId": "0nobody0has0this0id"})


@behaviour(
    Either(
        Refuses(
            "InvalidParameterException",
            f"1 validation error detected: Value 'an id-with spaces' at 'clientId' {CONSTRAINT}:"
            r" Member must satisfy regular expression pattern: [\w+]+",
        ),
        Refuses(
            "InvalidParameterException",
            f"1 validation error detected: Value at 'clientId' {CONSTRAINT}:"
            r" Member must satisfy regular expression pattern: [\w+]+",
        ),
    ),
    seen(issue("boto/boto3", 3581), "with the value; chatofking, 2023-02-06"),
    inferred(MODEL, "newer models say that it is sensitive, and then the value is left out"),
)
def app_client_of_another_form(trial: Trial) -> Seen:
    """A ClientId of another form is refused by its form, with or without the value."""
    return trial.open(trial.client(), {"ClientId": "an id-with spaces"})


@behaviour(_null("clientId"), inferred(NULL[0].source, "the words for DeviceKey"), *NULL[1:])
def app_client_missing(trial: Trial) -> Seen:
    """InitiateAuth without ClientId is refused."""
    return trial.open(trial.client(), {"ClientId": None})


@behaviour(_null("challengeName"), inferred(NULL[0].source, "the words for DeviceKey"))
def challenge_name_missing(trial: Trial) -> Seen:
    """RespondToAuthChallenge without ChallengeName is refused."""
    client = trial.client()
    return trial.claim(client, trial.open(client), {"ChallengeName": None})


@behaviour(
    WORDS_UNKNOWN,
    inferred(MODEL, "ChallengeNameType has the challenges that there are"),
    inferred(
        issue("awsdocs/aws-cloudformation-user-guide", 525),
        '"Member must satisfy enum value set: [...]", for ExplicitAuthFlows; 2019-11-18',
    ),
)
def challenge_name_made_up(trial: Trial) -> Seen:
    """RespondToAuthChallenge with a challenge that there is not is refused."""
    client = trial.client()
    return trial.claim(client, trial.open(client), {"ChallengeName": "GUESS_VERIFIER"})


@behaviour(
    Either(WORDS_UNKNOWN, Refuses("NotAuthorizedException")),
    documented(MODEL, "it cannot be answered with this operation"),
    unknown("the type and the words"),
)
def challenge_name_of_a_server(trial: Trial) -> Seen:
    """RespondToAuthChallenge with ADMIN_NO_SRP_AUTH is refused."""
    client = trial.client()
    return trial.claim(client, trial.open(client), {"ChallengeName": "ADMIN_NO_SRP_AUTH"})


@behaviour(WORDS_UNKNOWN, unknown("the words"))
def responses_missing(trial: Trial) -> Seen:
    """RespondToAuthChallenge without ChallengeResponses is refused."""
    client = trial.client()
    return trial.claim(client, trial.open(client), {"ChallengeResponses": None})


@behaviour(
    Either(Refuses("SerializationException", "Expected map or null"), WORDS_UNKNOWN),
    seen(issue("aws-amplify/amplify-js", 4738), "for ClientMetadata; intagen, 2020-01-19"),
)
def parameters_as_text(trial: Trial) -> Seen:
    """AuthParameters that are text are refused."""
    return trial.open(trial.client(), {"AuthParameters": "USERNAME=alice"})


@behaviour(
    Either(
        Refuses("SerializationException", "Start of structure or map found where not expected."),
        WORDS_UNKNOWN,
    ),
    seen(issue("aws-amplify/amplify-js", 5165), "for ConfirmationCode; dagda1, 2020-03-22"),
)
def session_as_an_object(trial: Trial) -> Seen:
    """A Session that is an object is refused."""
    client = trial.client()
    return trial.claim(client, trial.open(client), {"Session": {}})


@behaviour(
    Either(Refuses("SerializationException"), WORDS_UNKNOWN),
    inferred(
        issue("amazon-archives/amazon-cognito-identity-js", 485),
        "a boolean where text is wanted; lauraannwilliams, 2017-07-26",
    ),
)
def app_client_as_a_number(trial: Trial) -> Seen:
    """A ClientId that is a number is refused."""
    return trial.open(trial.client(), {"ClientId": 5})


@behaviour(_null("accessToken"), inferred(NULL[0].source, "the words for DeviceKey"))
def access_token_missing(trial: Trial) -> Seen:
    """GetUser without AccessToken is refused."""
    return trial.call("GetUser", {})


@behaviour(
    _null("deviceKey"),
    NULL[0],
    needs=["devices"],
)
def device_key_missing(trial: Trial) -> Seen:
    """UpdateDeviceStatus without DeviceKey is refused."""
    return trial.call(
        "UpdateDeviceStatus",
        {"AccessToken": trial.sign_in().access_token, "DeviceRememberedStatus": "remembered"},
    )


@behaviour(
    Either(WORDS_UNKNOWN, Refuses("ResourceNotFoundException", "Device does not exist.")),
    inferred(MODEL, "DeviceKeyType has a pattern and at most 55 characters"),
    needs=["devices"],
)
def device_key_of_another_form(trial: Trial) -> Seen:
    """ForgetDevice for a DeviceKey of another form is refused."""
    arguments = {"AccessToken": trial.sign_in().access_token, "DeviceKey": "not a key"}
    return trial.call("ForgetDevice", arguments)


@behaviour(
    Refuses("NotAuthorizedException", "Invalid Access Token"),
    measured(LIFTRIC, '"WRONG_TOKEN" for GlobalSignOut and others'),
)
def access_token_made_up(trial: Trial) -> Seen:
    """GlobalSignOut with an access token that was made up is refused."""
    return trial.call("GlobalSignOut", {"AccessToken": "WRONG_TOKEN"})


@behaviour(
    Refuses("UnknownOperationException"),
    unknown("the type and the words"),
)
def operation_made_up(trial: Trial) -> Seen:
    """An operation that there is not is refused."""
    return trial.call("InitiateGuess", {})
