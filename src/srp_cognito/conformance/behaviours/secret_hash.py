"""SECRET_HASH: in which calls, over which name, and what is said where it is wrong."""

from typing import Final

from ...proof.app_client import secret_hash
from ..behaviour import behaviour, documented, inferred, measured, seen
from ..expected import Asks, Either, Refuses, Seen, SignsIn
from ..sources import GUIDE_SECRET_HASH, MODEL, MOTO, SOTO, issue
from ..trial import Trial

WRONG: Final = Either(
    Refuses("NotAuthorizedException", "Unable to verify secret hash for client CLIENT_ID"),
    Refuses("NotAuthorizedException", "SecretHash does not match for the client: CLIENT_ID"),
)
"""Both are met: the second one at refreshes since 2023 (pycognito, issue 196), and at sign-ins
since 2024 (python-xsense, issue 9; amplify-android, issue 3111)."""

NOT_RECEIVED: Final = (
    Refuses(
        "NotAuthorizedException",
        "Client CLIENT_ID is configured with secret but SECRET_HASH was not received",
    ),
    Refuses(
        "NotAuthorizedException",
        "Client CLIENT_ID is configured for secret but secret was not received",
    ),
    Refuses(
        "NotAuthorizedException",
        "Client CLIENT_ID is configured for secret but secret was not received.",
    ),
)

MISSING: Final = Either(
    *NOT_RECEIVED,
    Refuses("NotAuthorizedException", "Unable to verify secret hash for client CLIENT_ID"),
)
"""The first one since 2023 (amplify-android, issue 2504), the next two at other times, the last one
until 2020."""

MADE_UP: Final = "A" * 43 + "="

SINCE_2023: Final = seen(issue("aws-amplify/amplify-android", 2504), "Lumentus, 2023")
EVERYWHERE: Final = documented(MODEL, "SECRET_HASH must be in all challenge responses")


@behaviour(SignsIn(), measured(MOTO, "test_user_authentication_flow_mfa_on, with a secret"))
def right(trial: Trial) -> Seen:
    """A user signs in with an app client that has a secret."""
    return trial.prove(app="secret")


@behaviour(
    Asks("PASSWORD_VERIFIER", session=False),
    measured(
        MOTO,
        "test_initiate_auth_USER_PASSWORD_AUTH_with_email hashes what is typed, for a password",
    ),
)
def over_the_alias(trial: Trial) -> Seen:
    """In the first call the hash is over what was typed, such as an alias."""
    return trial.open(trial.client("alias", app="secret", username=trial.alias()))


@behaviour(WRONG, seen(issue("alexrudd/cognito-srp", 1), "3oris, 2018-07-12"))
def over_the_alias_in_the_answer(trial: Trial) -> Seen:
    """In the answer a hash over the alias is refused, since USERNAME is the user's name."""
    app = trial.app("secret")
    client = trial.client("alias", app="secret", username=trial.alias())
    hashed = app.secret_hash(trial.alias())
    return trial.claim(client, trial.open(client), {"ChallengeResponses": {"SECRET_HASH": hashed}})


@behaviour(SignsIn(), inferred(GUIDE_SECRET_HASH, "the hash is over the name that is sent"))
def over_the_alias_that_is_answered(trial: Trial) -> Seen:
    """An answer that names the alias and hashes the alias is accepted."""
    app, alias = trial.app("secret"), trial.alias()
    client = trial.client("alias", app="secret", username=alias)
    changes = {"USERNAME": alias, "SECRET_HASH": app.secret_hash(alias)}
    return trial.claim(client, trial.open(client), {"ChallengeResponses": changes})


@behaviour(
    WRONG,
    measured(issue("ministackorg/ministack", 1745), "the type; iot-rocket, 2026-09-15"),
    seen(issue("furaiev/amazon-cognito-identity-dart-2", 161), "2021-07-01"),
    seen(
        issue("ArranJacques/laravel-aws-cognito-auth", 26), "the status and the body; carcinocron"
    ),
    seen(issue("theosnel/python-xsense", 9), "the newer words; basraayman, 2024-12-13"),
    seen(issue("aws-amplify/amplify-android", 3111), "the newer words"),
)
def wrong(trial: Trial) -> Seen:
    """InitiateAuth with a hash that was made up is refused."""
    client = trial.client(app="secret")
    return trial.open(client, {"AuthParameters": {"SECRET_HASH": MADE_UP}})


@behaviour(WRONG, inferred(GUIDE_SECRET_HASH, "the hash is over the name and the client id"))
def of_another_name(trial: Trial) -> Seen:
    """A hash over another name is refused."""
    hashed = trial.app("secret").secret_hash("somebody else")
    return trial.open(trial.client(app="secret"), {"AuthParameters": {"SECRET_HASH": hashed}})


@behaviour(WRONG, inferred(GUIDE_SECRET_HASH, "the key is the secret"))
def of_another_secret(trial: Trial) -> Seen:
    """A hash with another secret is refused."""
    name = trial.person().username
    hashed = secret_hash(name, trial.app("secret").client_id, "another secret")
    return trial.open(trial.client(app="secret"), {"AuthParameters": {"SECRET_HASH": hashed}})


@behaviour(WRONG, inferred(GUIDE_SECRET_HASH, "the hash is base64 of 32 bytes"))
def not_base64(trial: Trial) -> Seen:
    """A hash that is not base64 is refused as a wrong one."""
    return trial.open(trial.client(app="secret"), {"AuthParameters": {"SECRET_HASH": "?"}})


@behaviour(
    MISSING,
    measured(issue("ministackorg/ministack", 1745), "the type; iot-rocket, 2026-09-15"),
    SINCE_2023,
    seen(issue("aws/aws-sdk-cpp", 3246), "phyordia, 2025-01-14"),
    seen(issue("ganezasan/serverless-cognito-auth", 1), "older words; jairofranchi, 2018-04-02"),
)
def missing(trial: Trial) -> Seen:
    """InitiateAuth without a hash is refused where the app client has a secret."""
    return trial.open(trial.client(app="secret"), {"AuthParameters": {"SECRET_HASH": None}})


@behaviour(
    MISSING,
    seen(
        "https://gist.github.com/raupachz/c0edcd2c8f90231725c8cb129e2d34be",
        '"is configured for secret but secret was not received"; raupachz',
    ),
    seen(issue("aws-amplify/aws-sdk-android", 484), "older words; maff91, 2018-07-01"),
)
def missing_by_password(trial: Trial) -> Seen:
    """USER_PASSWORD_AUTH without a hash is refused, whatever the password is."""
    parameters = {"USERNAME": trial.person().username, "PASSWORD": "Battery-Staple-2"}
    return trial.initiate("USER_PASSWORD_AUTH", {**parameters, "SECRET_HASH": None}, "secret")


@behaviour(
    MISSING,
    seen(issue("aws-samples/aws-cognito-java-desktop-app", 3), "garrido-mosqueira, 2018-01-13"),
    EVERYWHERE,
)
def missing_in_the_answer(trial: Trial) -> Seen:
    """The answer to PASSWORD_VERIFIER without a hash is refused."""
    client = trial.client(app="secret")
    return trial.claim(client, trial.open(client), {"ChallengeResponses": {"SECRET_HASH": None}})


@behaviour(WRONG, inferred(issue("alexrudd/cognito-srp", 1), "as for a hash over the alias"))
def wrong_in_the_answer(trial: Trial) -> Seen:
    """The answer to PASSWORD_VERIFIER with a hash that was made up is refused."""
    client = trial.client(app="secret")
    return trial.claim(client, trial.open(client), {"ChallengeResponses": {"SECRET_HASH": MADE_UP}})


@behaviour(
    MISSING,
    seen(issue("furaiev/amazon-cognito-identity-dart-2", 249), "SMS_MFA; hiromumachi, 2024-01-06"),
    EVERYWHERE,
)
def missing_with_a_code(trial: Trial) -> Seen:
    """A second factor's code without a hash is refused."""
    reply = trial.prove("totp", app="secret")
    call = trial.answers(reply, "totp", app="secret").software_token_mfa(trial.totp_code("totp"))
    return trial.send(call, {"ChallengeResponses": {"SECRET_HASH": None}})


@behaviour(
    WRONG,
    seen(issue("aws-amplify/aws-sdk-android", 2265), "AliAsadi, 2020-11-25"),
)
def over_another_name_with_a_new_password(trial: Trial) -> Seen:
    """A new password with a hash over another name is refused."""
    reply = trial.prove("temporary", app="secret")
    call = trial.answers(reply, "temporary", app="secret").new_password_required("New-Horse-3")
    hashed = trial.app("secret").secret_hash("somebody else")
    return trial.send(call, {"ChallengeResponses": {"SECRET_HASH": hashed}})


@behaviour(
    MISSING,
    seen(issue("NabuCasa/pycognito", 13), "SarunasAzna, 2020-05-22"),
    EVERYWHERE,
)
def missing_with_a_new_password(trial: Trial) -> Seen:
    """A new password without a hash is refused."""
    reply = trial.prove("temporary", app="secret")
    call = trial.answers(reply, "temporary", app="secret").new_password_required("New-Horse-3")
    return trial.send(call, {"ChallengeResponses": {"SECRET_HASH": None}})


@behaviour(
    MISSING,
    inferred(MODEL, "SECRET_HASH must be in all challenge responses, those of devices too"),
    needs=["devices"],
)
def missing_with_a_device(trial: Trial) -> Seen:
    """DEVICE_SRP_AUTH without a hash is refused."""
    _, device = trial.with_device(app="secret")
    _, call = trial.device_proof(device, app="secret")
    return trial.send(call, {"ChallengeResponses": {"SECRET_HASH": None}})


@behaviour(
    Refuses(
        "InvalidParameterException",
        "App client CLIENT_ID is not configured for secret but secret hash was received",
    ),
    seen(issue("pmill/aws-cognito", 23), "abelland, 2019-02-14"),
)
def not_expected(trial: Trial) -> Seen:
    """A hash for an app client without a secret is refused."""
    return trial.open(trial.client(), {"AuthParameters": {"SECRET_HASH": MADE_UP}})


@behaviour(
    SignsIn(("IdToken",)),
    measured(MOTO, "test_initiate_auth_REFRESH_TOKEN: the hash is over the user's name"),
    measured(SOTO, "testRefreshToken, with a secret"),
    needs=["no-devices"],
)
def refresh_over_the_name(trial: Trial) -> Seen:
    """REFRESH_TOKEN_AUTH wants the hash over the user's name, though it sends no USERNAME."""
    return _refreshed(trial, trial.person("alias").username)


@behaviour(
    WRONG,
    seen(issue("NabuCasa/pycognito", 196), "the newer words; avanguardigit, 2023-01-26"),
    seen(issue("aws/aws-sdk-net-extensions-cognito", 122), "the same; w5922xd, 2023-05-26"),
    seen(issue("boto/boto3", 2736), "the older words, for a mail address; Mohd-gslab, 2021-01-23"),
    needs=["no-devices"],
)
def refresh_over_the_alias(trial: Trial) -> Seen:
    """REFRESH_TOKEN_AUTH with a hash over the alias is refused."""
    return _refreshed(trial, trial.alias())


@behaviour(
    MISSING,
    seen(
        issue("furaiev/amazon-cognito-identity-dart-2", 164),
        '"is configured for secret but secret was not received."; ashutosh2014, 2021-08-25',
    ),
    needs=["no-devices"],
)
def refresh_without(trial: Trial) -> Seen:
    """REFRESH_TOKEN_AUTH without a hash is refused where the app client has a secret."""
    return _refreshed(trial, None)


def _refreshed(trial: Trial, hashed_name: str | None) -> Seen:
    app = trial.app("secret")
    tokens = trial.sign_in("alias", app="secret")
    parameters: dict[str, object] = {"REFRESH_TOKEN": tokens.refresh_token}
    if hashed_name is not None:
        parameters["SECRET_HASH"] = app.secret_hash(hashed_name)
    return trial.call(
        "InitiateAuth",
        {
            "AuthFlow": "REFRESH_TOKEN_AUTH",
            "ClientId": app.client_id,
            "AuthParameters": parameters,
        },
    )
