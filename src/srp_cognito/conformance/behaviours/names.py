"""User names: who exists, aliases, and how a name may be spelled."""

from typing import Final

from ..behaviour import behaviour, documented, inferred, measured, seen, unknown
from ..expected import INCORRECT, Asks, Either, Facts, Refuses, Reply, Seen, SignsIn
from ..sources import (
    ANDROID_TOTP,
    FRANKEN,
    GUIDE_EXISTENCE,
    GUIDE_FLOWS,
    INVESTMENT,
    LIFTRIC,
    MINISTACK,
    MODEL,
    MOTO,
    github,
    issue,
)
from ..trial import Trial

NOBODY: Final = "nobody-has-this-name"

NOT_FOUND: Final = Refuses("UserNotFoundException", "User does not exist.")
"""So where the app clients say whether a user exists (localstack, issue 3201)."""

PATTERN: Final = r"Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+"

ILL_FORMED: Final = Refuses(
    "InvalidParameterException",
    f"2 validation errors detected: Value at 'userName' failed to satisfy constraint: {PATTERN};"
    f" Value at 'userAlias' failed to satisfy constraint: {PATTERN}",
)
"""So for USERNAME in 2021; in 2019 the values were in it (amplify-js, issue 3862)."""


@behaviour(
    Asks("PASSWORD_VERIFIER", ("SALT", "SRP_B", "SECRET_BLOCK", "USER_ID_FOR_SRP"), session=False),
    documented(GUIDE_EXISTENCE, "the reply is simulated, with a salt that stays the same"),
    needs=["hides-users"],
)
def stranger_by_srp(trial: Trial) -> Seen:
    """A name that nobody has gets a challenge like that of a user."""
    return trial.open(trial.client(username=NOBODY))


@behaviour(
    INCORRECT,
    measured(FRANKEN, "a name that nobody has, with PreventUserExistenceErrors"),
    documented(GUIDE_EXISTENCE, "the error is the one for a wrong password"),
    needs=["hides-users"],
)
def stranger_answers(trial: Trial) -> Seen:
    """The claim of a name that nobody has is refused in the words for a wrong password."""
    client = trial.client(username=NOBODY)
    return trial.claim(client, trial.open(client))


@behaviour(
    INCORRECT,
    measured(LIFTRIC, "a random name and WRONG_PASSWORD"),
    documented(GUIDE_EXISTENCE, "USER_PASSWORD_AUTH"),
    needs=["hides-users"],
)
def stranger_by_password(trial: Trial) -> Seen:
    """USER_PASSWORD_AUTH for a name that nobody has is refused as a wrong password is."""
    return trial.initiate(
        "USER_PASSWORD_AUTH", {"USERNAME": NOBODY, "PASSWORD": trial.person().password}
    )


@behaviour(
    Facts({"the same SALT": True, "the same SRP_B": False}),
    documented(GUIDE_EXISTENCE, "the same salt for the same name and pool"),
    needs=["hides-users"],
)
def stranger_again(trial: Trial) -> Seen:
    """A name that nobody has gets the same SALT each time, and another SRP_B."""
    one, other = (trial.challenge(trial.client(username=NOBODY)) for _ in range(2))
    return {f"the same {key}": one[key] == other[key] for key in ("SALT", "SRP_B")}


@behaviour(
    Facts({"keys": True, "the length of SALT": True, "the length of SECRET_BLOCK": True}),
    inferred(GUIDE_EXISTENCE, "a challenge that looks otherwise would say who exists"),
    needs=["hides-users"],
)
def stranger_looks_like_a_user(trial: Trial) -> Seen:
    """The challenges of a user and of a stranger have the same form."""
    user, nobody = (trial.challenge(trial.client(username=name)) for name in (None, NOBODY))
    lengths = {
        f"the length of {key}": abs(len(str(user[key])) - len(str(nobody[key]))) < 64
        for key in ("SALT", "SECRET_BLOCK")
    }
    return {"keys": set(user) == set(nobody), **lengths}


@behaviour(
    Facts({"ChallengeName": "SELECT_CHALLENGE", "PASSWORD_SRP": True}),
    inferred(
        "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html",
        "a challenge that the pool allows, says AWS; and that the setting has no effect here",
    ),
    needs=["hides-users"],
)
def stranger_chooses(trial: Trial) -> Seen:
    """USER_AUTH offers a name that nobody has a choice in which there is a password."""
    reply = trial.initiate("USER_AUTH", {"USERNAME": NOBODY})
    return {
        "ChallengeName": reply.challenge_name,
        "PASSWORD_SRP": "PASSWORD_SRP" in _available(reply),
    }


@behaviour(
    Facts({"USER_ID_FOR_SRP": True}),
    measured(MINISTACK, "USER_ID_FOR_SRP is the user's name after a sign-in by mail address"),
    documented(GUIDE_FLOWS, "the user's actual name, not an alias"),
)
def alias(trial: Trial) -> Seen:
    """A sign-in by an alias is given the user's name as USER_ID_FOR_SRP."""
    parameters = trial.challenge(trial.client("alias", username=trial.alias()))
    name = trial.person("alias").username
    return {"USER_ID_FOR_SRP": parameters.get("USER_ID_FOR_SRP") == name}


@behaviour(SignsIn(), measured(MINISTACK, "a sign-in by mail address ends with tokens"))
def alias_signs_in(trial: Trial) -> Seen:
    """A user signs in by an alias, and answers with the name that the challenge gives."""
    return trial.prove("alias", username=trial.alias())


@behaviour(
    SignsIn(),
    measured(MOTO, "test_initiate_auth_USER_PASSWORD_AUTH_with_email"),
)
def alias_by_password(trial: Trial) -> Seen:
    """USER_PASSWORD_AUTH takes an alias."""
    password = trial.person("alias").password
    return trial.initiate("USER_PASSWORD_AUTH", {"USERNAME": trial.alias(), "PASSWORD": password})


@behaviour(
    SignsIn(),
    inferred(
        github(
            "aws-samples/amazon-cognito-passwordless-auth",
            "45bb81b6c242f3c699b5073e1ff7502c1cdfb098",
            "client/srp.ts",
        ),
        "AWS's sample client answers with the name or alias that was typed",
    ),
)
def alias_in_the_answer(trial: Trial) -> Seen:
    """The answer to a challenge may name the user by the alias."""
    client = trial.client("alias", username=trial.alias())
    opened = trial.open(client)
    return trial.claim(client, opened, {"ChallengeResponses": {"USERNAME": trial.alias()}})


@behaviour(
    Facts({"username": True, "email": False}),
    measured(MOTO, "test_initiate_auth_USER_PASSWORD_AUTH_with_email"),
)
def alias_is_not_in_the_access_token(trial: Trial) -> Seen:
    """After a sign-in by mail address the access token has the user's name and no address."""
    claims = trial.claims_of(trial.prove("alias", username=trial.alias()), "AccessToken")
    name = trial.person("alias").username
    return {"username": claims.get("username") == name, "email": "email" in claims}


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter USERNAME"),
    inferred(
        issue("aws/aws-sdk-php", 1057),
        '"Missing required parameter UserName" for keys in small letters; awsdev543, 2016-07-30',
    ),
    inferred(issue("aws/aws-sdk-cpp", 452), "the words for SRP_A that is missing; 2017-02-21"),
)
def missing(trial: Trial) -> Seen:
    """InitiateAuth without USERNAME is refused."""
    return trial.open(trial.client(), {"AuthParameters": {"USERNAME": None}})


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter USERNAME"),
    inferred(issue("aws/aws-sdk-cpp", 452), "the words for a parameter of InitiateAuth"),
)
def missing_in_the_answer(trial: Trial) -> Seen:
    """An answer without USERNAME is refused."""
    client = trial.client()
    return trial.claim(client, trial.open(client), {"ChallengeResponses": {"USERNAME": None}})


@behaviour(
    Refuses("InvalidParameterException"),
    inferred(LIFTRIC, "the type, for SignUp with 130 letters; InitiateAuth's words are not known"),
    inferred(MODEL, "UsernameType has 128 characters at most"),
)
def too_long(trial: Trial) -> Seen:
    """A name of 129 characters is refused."""
    return trial.open(trial.client(username="a" * 129))


@behaviour(
    Either(ILL_FORMED, Refuses("InvalidParameterException")),
    seen(
        issue("aws-amplify/amplify-flutter", 933), "a space at the end; ADLsourceCode, 2021-10-02"
    ),
    seen(issue("aws-amplify/amplify-js", 3862), "with the values, in 2019; kennu, 2019-08-28"),
    seen(issue("aws-amplify/amplify-js", 7408), "white space at both ends; wlee221 of AWS, 2020"),
)
def space_at_the_end(trial: Trial) -> Seen:
    """A name with a space at its end is refused by its form, and the space is not cut off."""
    return trial.open(trial.client(username=f"{trial.person().username} "))


@behaviour(
    Either(ILL_FORMED, Refuses("InvalidParameterException")),
    inferred(issue("aws-amplify/amplify-flutter", 933), "the pattern has no line break either"),
)
def line_break(trial: Trial) -> Seen:
    """A name with a line break is refused by its form."""
    return trial.open(trial.client(username=f"{trial.person().username}\n"))


@behaviour(
    Either(INCORRECT, NOT_FOUND),
    measured(INVESTMENT, "a pool made by the API has a case unless CaseSensitive is false"),
    needs=["case-sensitive"],
)
def case(trial: Trial) -> Seen:
    """In a pool whose names have a case, a name in capitals is another name."""
    client = trial.client(username=trial.person().username.upper())
    opened = trial.open(client)
    return opened if opened.kind is not None else trial.claim(client, opened)


@behaviour(
    SignsIn(),
    measured(INVESTMENT, "with CaseSensitive false, the same address in capitals is the same user"),
    needs=["case-insensitive"],
)
def without_case(trial: Trial) -> Seen:
    """In a pool whose names have no case, a name in capitals signs the user in."""
    return trial.prove(username=trial.person().username.upper())


@behaviour(
    Facts({"USERNAME": True}),
    measured(INVESTMENT, "mail addresses are kept as they were typed; only the comparison differs"),
    measured(ANDROID_TOTP, "a user name is kept in small letters: userName.lowercase()"),
    needs=["case-insensitive"],
)
def without_case_is_kept(trial: Trial) -> Seen:
    """In such a pool the challenge has the name as it was made, or in small letters."""
    name = trial.person().username
    parameters = trial.challenge(trial.client(username=name.upper()))
    return {"USERNAME": parameters.get("USERNAME") in (name, name.lower())}


@behaviour(
    Either(INCORRECT, NOT_FOUND),
    measured(MINISTACK, "UserNotFoundException at InitiateAuth where users are not hidden"),
)
def sub_is_not_a_name(trial: Trial) -> Seen:
    """A user cannot sign in by the sub."""
    sub = trial.claims_of(trial.prove(), "AccessToken").get("sub")
    client = trial.client(username=str(sub))
    opened = trial.open(client)
    return opened if opened.kind is not None else trial.claim(client, opened)


@behaviour(
    Either(Refuses("SerializationException"), Refuses("InvalidParameterException")),
    seen(
        issue("amazon-archives/amazon-cognito-identity-js", 485),
        "SerializationException for a boolean where text is wanted; lauraannwilliams, 2017-07-26",
    ),
    unknown("whether a number in AuthParameters is refused so"),
)
def not_text(trial: Trial) -> Seen:
    """A USERNAME that is a number is refused."""
    return trial.open(trial.client(), {"AuthParameters": {"USERNAME": 5}})


@behaviour(
    NOT_FOUND,
    measured(MINISTACK, "UserNotFoundException at InitiateAuth; iot-rocket, 2026-09-16"),
    seen(issue("localstack/localstack", 3201), "the words, copied from AWS; limenutt, 2020-10-30"),
    measured(FRANKEN, 'a comment: "User does not exist" without PreventUserExistenceErrors'),
    needs=["shows-users"],
)
def stranger_is_refused_at_once(trial: Trial) -> Seen:
    """Where users are not hidden, a name that nobody has is refused at once."""
    return trial.open(trial.client(username=NOBODY))


@behaviour(
    Facts({"the longest name": None}),
    inferred(MODEL, "UsernameType has 128 characters at most"),
    needs=["hides-users"],
)
def long(trial: Trial) -> Seen:
    """A name of 128 characters is taken."""
    return {"the longest name": trial.open(trial.client(username="a" * 128)).kind}


def _available(reply: Reply) -> list[object]:
    available = reply.members.get("AvailableChallenges")
    return available if isinstance(available, list) else []
