"""The proof of a password: claims that are wrong, late, misspelled or sent twice."""

import base64
from datetime import timedelta
from typing import Final

from ...proof import srp
from ...proof.client import Claim
from ...proof.identity import Identity, pool_name
from ...proof.timestamps import timestamp
from ...wire import write_hex
from ..behaviour import behaviour, documented, inferred, measured, seen, unknown
from ..expected import INCORRECT, Asks, Either, Facts, Refuses, Reply, Seen, SignsIn
from ..sources import (
    FLUTTER_SIGN_IN,
    GUIDE_FLOWS,
    MINISTACK,
    MODEL,
    MOTO,
    github,
    issue,
)
from ..trial import Changes, Trial, Unavailable

PARSED: Final = Refuses(
    "InvalidParameterException", "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."
)

WORDS_UNKNOWN: Final = Refuses("InvalidParameterException")

RFC_5054: Final = "https://www.rfc-editor.org/rfc/rfc5054#section-2.5.4"


@behaviour(
    SignsIn(),
    measured(MINISTACK, "a right password ends with tokens"),
    documented(GUIDE_FLOWS, "USER_SRP_AUTH"),
)
def right(trial: Trial) -> Seen:
    """A right claim signs in a user who has no second factor."""
    return trial.prove()


@behaviour(
    Asks(
        "PASSWORD_VERIFIER",
        ("SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "USER_ID_FOR_SRP"),
        session=False,
    ),
    measured(MINISTACK, "no Session after USER_SRP_AUTH"),
    seen(issue("floci-io/floci", 1305), "the five keys, and no Session; Tobotobo, 2026-06-12"),
)
def challenge(trial: Trial) -> Seen:
    """USER_SRP_AUTH with SRP_A is answered with PASSWORD_VERIFIER, without a Session."""
    return trial.open(trial.client())


@behaviour(
    Facts({"SALT": True, "SRP_B": True, "SECRET_BLOCK": True}),
    inferred(
        github(
            "aws-samples/amazon-cognito-passwordless-auth",
            "45bb81b6c242f3c699b5073e1ff7502c1cdfb098",
            "client/srp.ts",
        ),
        "AWS's clients parse SALT and SRP_B as hexadecimal and decode SECRET_BLOCK as base64",
    ),
    seen(issue("floci-io/floci", 1305), "a reply of AWS, in small letters; Tobotobo, 2026-06-12"),
)
def challenge_form(trial: Trial) -> Seen:
    """SALT and SRP_B are hexadecimal, SRP_B is below N, and SECRET_BLOCK is base64."""
    parameters = trial.challenge(trial.client())
    return {
        "SALT": _is_hex(parameters["SALT"]),
        "SRP_B": _is_hex(parameters["SRP_B"]) and 0 < int(str(parameters["SRP_B"]), 16) < srp.N,
        "SECRET_BLOCK": _is_base64(parameters["SECRET_BLOCK"]),
    }


@behaviour(
    Facts({"the same SALT": True, "the same SRP_B": False, "the same SECRET_BLOCK": False}),
    inferred("https://www.rfc-editor.org/rfc/rfc5054#section-2.5.3", "b is random for each login"),
)
def challenge_is_new(trial: Trial) -> Seen:
    """Each challenge of a user has the same SALT, another SRP_B and another SECRET_BLOCK."""
    one, other = (trial.challenge(trial.client()) for _ in range(2))
    return {f"the same {key}": one[key] == other[key] for key in ("SALT", "SRP_B", "SECRET_BLOCK")}


@behaviour(
    SignsIn(),
    measured(MOTO, "test_user_authentication_flow_mfa_on sends a first SRP_A again"),
)
def srp_a_again(trial: Trial) -> Seen:
    """An SRP_A that was sent in an earlier sign-in is accepted."""
    client = trial.client()
    trial.open(client)
    return trial.claim(client, trial.open(client))


@behaviour(
    SignsIn(),
    inferred(
        github(
            "aws/aws-sdk-net-extensions-cognito",
            "019ea56621ab288c51b021294a2eff2f4f2ecad4",
            "src/Amazon.Extensions.CognitoAuthentication/CognitoUserAuthentication.cs",
        ),
        'AWS\'s .NET client sends ToString("X"): capitals, and a zero where the top bit is set',
    ),
)
def srp_a_in_capitals(trial: Trial) -> Seen:
    """SRP_A may be sent in upper case with a leading zero."""
    client = trial.client()
    capitals = f"0{client.srp_a.upper()}"
    return trial.claim(client, trial.open(client, {"AuthParameters": {"SRP_A": capitals}}))


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter SRP_A"),
    seen(issue("aws/aws-sdk-cpp", 452), "gkhanacer, 2017-02-21"),
    seen(issue("aws/aws-sdk-java", 1403), "mataide, 2017-11-30"),
)
def srp_a_missing(trial: Trial) -> Seen:
    """USER_SRP_AUTH without SRP_A is refused."""
    return trial.open(trial.client(), {"AuthParameters": {"SRP_A": None}})


@behaviour(
    WORDS_UNKNOWN,
    inferred(RFC_5054, "A % N = 0 must be refused"),
)
def srp_a_zero(trial: Trial) -> Seen:
    """SRP_A that is 0 is refused, since it would sign in without a password."""
    return trial.open(trial.client(), {"AuthParameters": {"SRP_A": "0"}})


@behaviour(
    WORDS_UNKNOWN,
    inferred(RFC_5054, "A % N = 0 must be refused"),
)
def srp_a_modulus(trial: Trial) -> Seen:
    """SRP_A that is N is refused, since it would sign in without a password."""
    return trial.open(trial.client(), {"AuthParameters": {"SRP_A": write_hex(srp.N)}})


@behaviour(
    WORDS_UNKNOWN,
    inferred(RFC_5054, "A % N = 0 must be refused"),
)
def srp_a_twice_the_modulus(trial: Trial) -> Seen:
    """SRP_A that is 2N is refused, since it would sign in without a password."""
    return trial.open(trial.client(), {"AuthParameters": {"SRP_A": write_hex(2 * srp.N)}})


@behaviour(
    Either(WORDS_UNKNOWN, Refuses("NotAuthorizedException")),
    inferred("https://www.rfc-editor.org/rfc/rfc5054#section-2.5.4", "A % N = 0 must be refused"),
)
def srp_a_zero_without_a_password(trial: Trial) -> Seen:
    """With SRP_A that is 0 anybody can compute the key; its claim is refused, if not SRP_A."""
    opened = trial.open(trial.client(), {"AuthParameters": {"SRP_A": "0"}})
    return opened if opened.kind is not None else _claimed_with_zero(trial, opened)


@behaviour(
    WORDS_UNKNOWN,
    seen(
        issue("amazon-archives/amazon-cognito-identity-js", 356),
        "an SRP_A that was changed is mostly refused with this type; 2017-04-07",
    ),
)
def srp_a_not_hexadecimal(trial: Trial) -> Seen:
    """SRP_A that is not hexadecimal is refused."""
    return trial.open(trial.client(), {"AuthParameters": {"SRP_A": "not hexadecimal"}})


@behaviour(
    INCORRECT,
    measured(MINISTACK, "a wrong password"),
    measured(FLUTTER_SIGN_IN, "NotAuthorizedException"),
    seen(issue("amazon-archives/amazon-cognito-identity-js", 506), "ryutamaki, 2017-08-21"),
)
def wrong_password(trial: Trial) -> Seen:
    """A claim that was made with another password is refused."""
    client = trial.client(password="Battery-Staple-2")
    return trial.claim(client, trial.open(client))


@behaviour(INCORRECT, measured(MINISTACK, "a wrong signature"))
def wrong_signature(trial: Trial) -> Seen:
    """A signature of the right form that is not the claim's is refused."""
    wrong = base64.b64encode(bytes(32)).decode("ascii")
    return _answered(trial, {"PASSWORD_CLAIM_SIGNATURE": wrong})


@behaviour(
    Refuses(
        "InvalidParameterException",
        "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string.",
    ),
    inferred(
        MINISTACK, "the table's row on it, of which only the beginning could be read once more"
    ),
)
def signature_not_base64(trial: Trial) -> Seen:
    """A signature that is not base64 is refused by its form."""
    return _answered(trial, {"PASSWORD_CLAIM_SIGNATURE": "?" * 44})


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter PASSWORD_CLAIM_SIGNATURE"),
    inferred(
        issue("aws/aws-sdk-cpp", 452), "the words for a parameter of InitiateAuth that is missing"
    ),
)
def signature_missing(trial: Trial) -> Seen:
    """An answer without PASSWORD_CLAIM_SIGNATURE is refused."""
    return _answered(trial, {"PASSWORD_CLAIM_SIGNATURE": None})


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter TIMESTAMP"),
    inferred(
        issue("aws/aws-sdk-cpp", 452), "the words for a parameter of InitiateAuth that is missing"
    ),
)
def timestamp_missing(trial: Trial) -> Seen:
    """An answer without TIMESTAMP is refused."""
    return _answered(trial, {"TIMESTAMP": None})


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter PASSWORD_CLAIM_SECRET_BLOCK"),
    inferred(
        issue("aws/aws-sdk-cpp", 452), "the words for a parameter of InitiateAuth that is missing"
    ),
)
def secret_block_missing(trial: Trial) -> Seen:
    """An answer without PASSWORD_CLAIM_SECRET_BLOCK is refused."""
    return _answered(trial, {"PASSWORD_CLAIM_SECRET_BLOCK": None})


@behaviour(INCORRECT, measured(MINISTACK, "another SECRET_BLOCK"))
def secret_block_of_another_challenge(trial: Trial) -> Seen:
    """A claim with the SECRET_BLOCK of another challenge of the same user is refused."""
    other = trial.challenge(trial.client())
    block = other["SECRET_BLOCK"]
    return _answered(trial, {"PASSWORD_CLAIM_SECRET_BLOCK": block})


@behaviour(
    INCORRECT,
    measured(MINISTACK, "a zero before the day, signed as sent: Sep 05 and not Sep 5"),
    seen(issue("qwigo/warrant", 12), "Apr 05 is refused, Apr 5 is accepted; armicron, 2017-04-05"),
)
def day_with_a_zero(trial: Trial) -> Seen:
    """TIMESTAMP with a zero before the day is refused as a wrong password, though it is signed."""
    words = timestamp(trial.now()).split(" ")
    if len(words[2]) > 1:
        raise Unavailable("it needs one of the first nine days of a month")
    return trial.claim_at(" ".join((*words[:2], f"0{words[2]}", *words[3:])))


@behaviour(INCORRECT, measured(MINISTACK, "another weekday, signed as sent"))
def wrong_weekday(trial: Trial) -> Seen:
    """TIMESTAMP with the weekday of another day is refused as a wrong password."""
    other_day = timestamp(trial.now() + timedelta(days=1))
    return trial.claim_at(other_day[:3] + timestamp(trial.now())[3:])


@behaviour(PARSED, seen(issue("NabuCasa/pycognito", 122), "the locale nb_NO; cft1385, 2022-04-05"))
def names_of_another_language(trial: Trial) -> Seen:
    """TIMESTAMP with names in another language is refused by its form."""
    text = timestamp(trial.now())
    return trial.claim_at(f"man. {text[4:]}")


@behaviour(
    PARSED,
    seen(issue("amazon-archives/amazon-cognito-identity-js", 683), "kp-dhvani, 2018-02-12"),
)
def zone_as_a_number(trial: Trial) -> Seen:
    """TIMESTAMP with +05:30 instead of a zone's name is refused by its form."""
    return trial.claim_at(timestamp(trial.now()).replace("UTC", "+05:30"))


@behaviour(PARSED, seen(issue("aws-samples/amazon-cognito-passwordless-auth", 145), "hour 24"))
def hour_24(trial: Trial) -> Seen:
    """TIMESTAMP with the hour 24 is refused by its form."""
    words = timestamp(trial.now()).split(" ")
    return trial.claim_at(" ".join((*words[:3], f"24{words[3][2:]}", *words[4:])))


@behaviour(PARSED, inferred(MINISTACK, "a TIMESTAMP that cannot be parsed"))
def timestamp_as_a_number(trial: Trial) -> Seen:
    """TIMESTAMP as seconds since 1970 is refused by its form."""
    return trial.claim_at(str(int(trial.now().timestamp())))


@behaviour(PARSED, inferred(MINISTACK, "a TIMESTAMP that cannot be parsed"))
def timestamp_in_iso_8601(trial: Trial) -> Seen:
    """TIMESTAMP in the form of ISO 8601 is refused by its form."""
    return trial.claim_at(trial.now().strftime("%Y-%m-%dT%H:%M:%SZ"))


@behaviour(
    INCORRECT,
    inferred(MINISTACK, "the service signs what Java writes, and that has the hour in two digits"),
)
def hour_without_a_zero(trial: Trial) -> Seen:
    """TIMESTAMP with an hour of one digit is refused as a wrong password, though it is signed."""
    words = timestamp(trial.now()).split(" ")
    if not words[3].startswith("0"):
        raise Unavailable("it needs one of the first ten hours of a day in UTC")
    return trial.claim_at(" ".join((*words[:3], words[3].removeprefix("0"), *words[4:])))


@behaviour(
    Refuses("NotAuthorizedException"),
    documented(MODEL, "the answer must come within a few seconds; no number is published"),
    seen(
        issue("amazon-archives/amazon-cognito-auth-js", 199),
        "more than five minutes out of sync, and everything fails; camhart, 2019-06-12",
    ),
    unknown("the words"),
)
def five_minutes_late(trial: Trial) -> Seen:
    """A claim that was signed five minutes ago is refused."""
    client = trial.client()
    return trial.claim(client, trial.open(client), now=trial.now() - timedelta(minutes=5))


@behaviour(
    Refuses("NotAuthorizedException"),
    inferred(MODEL, "a clock that is fast is as wrong as one that is slow"),
)
def five_minutes_early(trial: Trial) -> Seen:
    """A claim that is signed five minutes ahead is refused."""
    client = trial.client()
    return trial.claim(client, trial.open(client), now=trial.now() + timedelta(minutes=5))


@behaviour(
    Refuses("NotAuthorizedException"),
    inferred(MODEL, "twelve hours are more than a few seconds"),
)
def twelve_hours_late(trial: Trial) -> Seen:
    """A claim with a 12-hour clock is refused in the afternoon."""
    client = trial.client()
    return trial.claim(client, trial.open(client), now=trial.now() - timedelta(hours=12))


@behaviour(SignsIn(), unknown("how late a claim may be; a minute is within what clients need"))
def half_a_minute_late(trial: Trial) -> Seen:
    """A claim that was signed half a minute ago is accepted."""
    client = trial.client()
    return trial.claim(client, trial.open(client), now=trial.now() - timedelta(seconds=30))


@behaviour(
    SignsIn(),
    inferred(
        MINISTACK, "a row of the table, as this library has cited it, which could not be read again"
    ),
)
def answered_twice(trial: Trial) -> Seen:
    """A claim that was accepted is accepted again."""
    client = trial.client()
    answer = trial.answer(client, trial.open(client))
    trial.tokens_of(trial.send(answer))
    return trial.send(answer)


@behaviour(
    Either(INCORRECT, SignsIn()),
    unknown("whether a challenge can be answered again after a wrong claim"),
)
def right_after_wrong(trial: Trial) -> Seen:
    """A right claim after a wrong one for the same challenge signs in, or is refused."""
    client = trial.client()
    answer = trial.answer(client, trial.open(client))
    wrong = base64.b64encode(bytes(32)).decode("ascii")
    trial.send(answer, {"ChallengeResponses": {"PASSWORD_CLAIM_SIGNATURE": wrong}})
    return trial.send(answer)


@behaviour(
    SignsIn(),
    measured(MOTO, "test_user_authentication_flow_mfa_on answers without a Session"),
)
def without_session(trial: Trial) -> Seen:
    """The answer to PASSWORD_VERIFIER of USER_SRP_AUTH needs no Session."""
    return _answered(trial, {}, {"Session": None})


@behaviour(
    Refuses("NotAuthorizedException"),
    inferred(MINISTACK, "SECRET_BLOCK and signature are bound to the user"),
)
def of_another_user(trial: Trial) -> Seen:
    """A claim that is sent under another user's name is refused."""
    return _answered(trial, {"USERNAME": trial.person("alias").username})


@behaviour(
    Refuses("NotAuthorizedException"), inferred(MINISTACK, "SECRET_BLOCK is bound to the sign-in")
)
def of_another_app_client(trial: Trial) -> Seen:
    """A claim that is sent by another app client is refused."""
    return _answered(trial, {}, {"ClientId": trial.app("other").client_id})


@behaviour(
    Refuses("NotAuthorizedException"),
    unknown("what the service says of a SECRET_BLOCK that it did not make"),
)
def secret_block_made_up(trial: Trial) -> Seen:
    """A SECRET_BLOCK that the service did not make is refused."""
    return _answered(trial, {"PASSWORD_CLAIM_SECRET_BLOCK": "c29tZXRoaW5n"})


def _answered(trial: Trial, responses: Changes, others: Changes | None = None) -> Seen:
    """Answer a challenge rightly, but for some members of the answer."""
    client = trial.client()
    changes = {"ChallengeResponses": responses, **(others or {})}
    return trial.claim(client, trial.open(client), changes)


def _claimed_with_zero(trial: Trial, opened: Reply) -> Reply:
    """Answer a challenge after the SRP_A 0, with S = 0 and without the password."""
    given = {key: str(value) for key, value in opened.parameters.items()}
    identity = Identity("user", pool_name(trial.pool_id), given["USER_ID_FOR_SRP"])
    # Some do not write base64: as AWS's clients do, what is read is what can be.
    block, now = base64.b64decode(given["SECRET_BLOCK"] + "=="), timestamp(trial.now())
    key = srp.key(0, srp.u(0, int(given["SRP_B"], 16)))
    signature = srp.signature(key, bytes(identity), block, now.encode("ascii"))
    claim = Claim(base64.b64encode(signature).decode("ascii"), given["SECRET_BLOCK"], now)
    return trial.send(trial.answers(opened).password_verifier(claim))


def _is_hex(value: object) -> bool:
    return (
        isinstance(value, str)
        and value.isascii()
        and not set(value.lower()) - set("0123456789abcdef")
    )


def _is_base64(value: object) -> bool:
    try:
        return bool(base64.b64decode(str(value), validate=True))
    except ValueError:
        return False
