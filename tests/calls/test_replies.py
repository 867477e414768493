"""replies.py: what a reply is, whatever else it holds; and that no part of it is taken unread."""

import json
from typing import Any

import pytest
from arguments import assert_hidden
from botocore.parsers import create_parser
from hypothesis import example, given
from hypothesis import strategies as st
from judge import MODEL

from srp_cognito import IllegalParameter, MalformedParameter, PeerError, StateError
from srp_cognito.calls.replies import (
    AuthenticationResult,
    Challenge,
    DeviceAccepted,
    NewDevice,
    Refusal,
    SoftwareTokenSecret,
    SoftwareTokenVerified,
    kept_members,
    read_challenge,
    read_kept,
    read_refusal,
    read_reply,
    shown_name,
)

SIGN_IN = ["InitiateAuth", "RespondToAuthChallenge"]
OPERATIONS = [
    *SIGN_IN,
    *("AssociateSoftwareToken", "VerifySoftwareToken", "ConfirmDevice", "UpdateDeviceStatus"),
]
RESULT = {
    "AccessToken": "an access token",
    "IdToken": "an id token",
    "RefreshToken": "a refresh token",
    "ExpiresIn": 3600,
    "TokenType": "Bearer",
}
METADATA = {"DeviceGroupKey": "-group", "DeviceKey": "eu-west-1_key"}


def short(value: object) -> str:
    """The id of a test, for values that may be long or not printable."""
    return repr(value)[:40]


def named(error: type[PeerError], reply: object, operation: str = "InitiateAuth") -> str:
    """The key that a reply is refused by."""
    with pytest.raises(error) as caught:
        read_reply(reply, operation)
    assert type(caught.value) is error
    assert_hidden(caught.value, "hunter2")
    return caught.value.name


def result(**changed: object) -> dict[str, Any]:
    return {"AuthenticationResult": {**RESULT, **changed}}


# Any reply


@pytest.mark.parametrize("reply", [None, [], "{}", 5, True])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_reply_is_an_object(reply: object, operation: str) -> None:
    assert named(MalformedParameter, reply, operation) == "the reply"


@pytest.mark.parametrize("operation", [*OPERATIONS, "AdminInitiateAuth"])
def test_an_error_is_a_refusal_whatever_was_called_and_whatever_comes_with_it(
    operation: str,
) -> None:
    reply = {
        **result(),
        "__type": "CodeMismatchException",
        "message": "No.",
        "ChallengeName": "SMS_MFA",
        "SecretCode": "JBSWY3DP",
        "Status": "SUCCESS",
    }
    assert read_reply(reply, operation) == Refusal("CodeMismatchException", "No.")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_error_that_cannot_be_read_is_never_a_success(operation: str) -> None:
    reply = {**result(), "Session": "s", "SecretCode": "JBSWY3DP", "Status": "SUCCESS"}
    assert named(MalformedParameter, {**reply, "__type": 5}, operation) == "__type"


# Challenges


@pytest.mark.parametrize("operation", [*SIGN_IN, *(f"Admin{name}" for name in SIGN_IN)])
def test_a_challenge_is_read_with_its_session_and_its_parameters(operation: str) -> None:
    reply = {
        "ChallengeName": "SMS_MFA",
        "Session": "a session",
        "ChallengeParameters": {"USERNAME": "alice"},
        "AuthenticationResult": None,
    }
    challenge = read_reply(reply, operation)
    assert isinstance(challenge, Challenge)
    assert challenge == read_challenge(reply)
    assert challenge.name == "SMS_MFA"
    assert challenge.session == "a session"
    assert challenge.parameters == {"USERNAME": "alice"}
    assert challenge.read_username() == "alice"
    assert challenge.reply is reply


def test_a_challenge_takes_precedence_over_tokens() -> None:
    assert isinstance(read_reply({**result(), "ChallengeName": "X"}, "InitiateAuth"), Challenge)


@pytest.mark.parametrize("nothing", [{}, {"Session": None, "ChallengeParameters": None}])
def test_a_challenge_may_be_a_name_and_nothing_else(nothing: dict[str, object]) -> None:
    challenge = read_challenge({"ChallengeName": "PASSWORD_VERIFIER", **nothing})
    assert (challenge.session, challenge.parameters) == (None, None)
    assert challenge.read_username() is None


@pytest.mark.parametrize("parameters", [{}, {"USERNAME": None}])
def test_a_challenge_may_give_no_name_of_the_user(parameters: dict[str, object]) -> None:
    challenge = read_challenge({"ChallengeName": "SMS_MFA", "ChallengeParameters": parameters})
    assert challenge.read_username() is None


@pytest.mark.parametrize("session", ["", "opaque \u00e9\n", "s" * 4096])
def test_a_session_is_read_as_it_came(session: str) -> None:
    assert read_challenge({"ChallengeName": "SMS_MFA", "Session": session}).session == session


BAD_TEXTS = [5, ["s"], b"s", "\ud800", "s" * 200_000]


@pytest.mark.parametrize("value", [*BAD_TEXTS, {}], ids=short)
def test_a_name_or_a_session_must_be_text(value: object) -> None:
    reply = {"ChallengeName": "SMS_MFA", "Session": "s"}
    assert named(MalformedParameter, {**reply, "ChallengeName": value}) == "ChallengeName"
    assert named(MalformedParameter, {**reply, "Session": value}) == "Session"


@pytest.mark.parametrize("value", ["hunter2", [], 5])
def test_parameters_must_be_an_object(value: object) -> None:
    reply = {"ChallengeName": "SMS_MFA", "ChallengeParameters": value}
    assert named(MalformedParameter, reply) == "ChallengeParameters"


@pytest.mark.parametrize("value", [*BAD_TEXTS, ""], ids=short)
def test_the_pools_name_of_the_user_must_be_text_that_is_not_empty(value: object) -> None:
    reply = {"ChallengeName": "SMS_MFA", "ChallengeParameters": {"USERNAME": value}}
    with pytest.raises(MalformedParameter) as caught:
        read_challenge(reply).read_username()
    assert caught.value.name == "USERNAME"


def test_what_can_be_chosen_is_a_member_of_the_reply() -> None:
    reply = {"ChallengeName": "SELECT_CHALLENGE", "AvailableChallenges": ["PASSWORD", "SMS_OTP"]}
    assert read_challenge(reply).read_available_challenges() == ("PASSWORD", "SMS_OTP")


@pytest.mark.parametrize("value", [None, "PASSWORD", {}, [5], [""], ["x"] * 1001], ids=short)
def test_what_can_be_chosen_must_be_a_list_of_texts(value: object) -> None:
    challenge = read_challenge({"ChallengeName": "X", "AvailableChallenges": value})
    with pytest.raises(MalformedParameter) as caught:
        challenge.read_available_challenges()
    assert caught.value.name == "AvailableChallenges"


@pytest.mark.parametrize("reply", [None, [], {}, {"ChallengeName": None}, result()], ids=short)
def test_what_asks_for_nothing_is_not_a_challenge(reply: object) -> None:
    with pytest.raises(MalformedParameter) as caught:
        read_challenge(reply)
    assert caught.value.name == "ChallengeName"


# Tokens


@pytest.mark.parametrize("operation", SIGN_IN)
def test_the_tokens_are_read(operation: str) -> None:
    reply = {"ChallengeName": None, "ChallengeParameters": {}, **result()}
    assert read_reply(reply, operation) == AuthenticationResult(
        access_token="an access token",
        id_token="an id token",
        refresh_token="a refresh token",
        expires_in=3600,
        token_type="Bearer",
        new_device=None,
    )


def test_an_access_token_may_come_alone() -> None:
    alone = AuthenticationResult("opaque", None, None, None, None, None)
    for nothing in ({}, dict.fromkeys([*RESULT, "NewDeviceMetadata"])):
        reply = {"AuthenticationResult": {**nothing, "AccessToken": "opaque"}}
        assert read_reply(reply, "InitiateAuth") == alone


@pytest.mark.parametrize("reply", [{}, {"AuthenticationResult": None}, {"Session": "s"}])
@pytest.mark.parametrize("operation", SIGN_IN)
def test_a_reply_without_challenge_tokens_and_error_is_not_the_services(
    reply: dict[str, object], operation: str
) -> None:
    with pytest.raises(MalformedParameter, match="is this reply the service's") as caught:
        read_reply(reply, operation)
    assert caught.value.name == "ChallengeName"


def test_tokens_must_be_in_an_object() -> None:
    for value in ([], "hunter2", 5):
        reply = {"AuthenticationResult": value}
        assert named(MalformedParameter, reply) == "AuthenticationResult"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("AccessToken", None),
        ("AccessToken", ""),
        ("AccessToken", 5),
        ("AccessToken", "hunter2\ud800"),
        ("AccessToken", "t" * 200_000),
        ("IdToken", 5),
        ("IdToken", {"hunter2": 5}),
        ("RefreshToken", ["hunter2"]),
        ("TokenType", 5),
        ("ExpiresIn", "3600"),
        ("ExpiresIn", 3600.5),
        ("ExpiresIn", float("nan")),
        ("ExpiresIn", float("inf")),
        ("ExpiresIn", True),
    ],
    ids=short,
)
def test_a_token_that_cannot_be_read_is_named(key: str, value: Any) -> None:
    assert named(MalformedParameter, result(**{key: value})) == key


@pytest.mark.parametrize(("number", "seconds"), [(0, 0), (3600, 3600), (3600.0, 3600)])
def test_the_lifetime_is_a_whole_number_however_json_writes_it(number: Any, seconds: int) -> None:
    reading = read_reply(result(ExpiresIn=number), "InitiateAuth")
    assert isinstance(reading, AuthenticationResult)
    assert reading.expires_in == seconds
    assert type(reading.expires_in) is int


def test_a_lifetime_that_is_not_a_number_is_refused_with_its_type() -> None:
    with pytest.raises(MalformedParameter, match="^ExpiresIn must be a number, not bool$"):
        read_reply(result(ExpiresIn=True), "InitiateAuth")


def new_device(metadata: object) -> object:
    reading = read_reply(result(NewDeviceMetadata=metadata), "RespondToAuthChallenge")
    assert isinstance(reading, AuthenticationResult)
    assert reading.access_token == "an access token"
    return reading.new_device


def test_a_new_device_comes_with_the_tokens() -> None:
    assert new_device(METADATA) == NewDevice("-group", "eu-west-1_key")


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ([], "NewDeviceMetadata"),
        ({}, "DeviceGroupKey"),
        ({"DeviceGroupKey": "-x"}, "DeviceKey"),
        ({"DeviceGroupKey": "-x", "DeviceKey": "y "}, "DeviceKey"),
        ({"DeviceGroupKey": "", "DeviceKey": "y"}, "DeviceGroupKey"),
        ({"DeviceGroupKey": "-x", "DeviceKey": 5}, "DeviceKey"),
    ],
)
def test_the_tokens_are_good_without_a_device_that_cannot_be_read(
    metadata: object, name: str
) -> None:
    error = new_device(metadata)
    assert isinstance(error, MalformedParameter)
    assert error.name == name


# Authenticator apps


def test_an_authenticator_app_gets_a_secret() -> None:
    reply = {"SecretCode": "JBSWY3DP", "Session": "s", "ChallengeName": "SMS_MFA"}
    secret = read_reply(reply, "AssociateSoftwareToken")
    assert secret == SoftwareTokenSecret("JBSWY3DP", "s", reply)


def test_an_authenticator_app_is_verified() -> None:
    reply = {"Status": "SUCCESS", "Session": "s"}
    assert read_reply(reply, "VerifySoftwareToken") == SoftwareTokenVerified("s")


@pytest.mark.parametrize(
    ("operation", "reply", "name"),
    [
        ("AssociateSoftwareToken", {}, "SecretCode"),
        ("AssociateSoftwareToken", {"SecretCode": "", "Session": "s"}, "SecretCode"),
        ("AssociateSoftwareToken", {"SecretCode": 5, "Session": "s"}, "SecretCode"),
        ("AssociateSoftwareToken", {"SecretCode": "JBSWY3DP"}, "Session"),
        ("AssociateSoftwareToken", {"SecretCode": "JBSWY3DP", "Session": ""}, "Session"),
        ("VerifySoftwareToken", {}, "Status"),
        ("VerifySoftwareToken", {"Status": 5}, "Status"),
        ("VerifySoftwareToken", {"Status": "SUCCESS"}, "Session"),
        ("VerifySoftwareToken", {"Status": "SUCCESS", "Session": ""}, "Session"),
    ],
)
def test_a_reply_about_an_authenticator_app_that_cannot_be_read_names_the_key(
    operation: str, reply: dict[str, object], name: str
) -> None:
    assert named(MalformedParameter, reply, operation) == name


@pytest.mark.parametrize("status", ["ERROR", "success", ""])
def test_only_success_verifies_an_authenticator_app(status: str) -> None:
    reply = {"Status": status, "Session": "s"}
    assert named(IllegalParameter, reply, "VerifySoftwareToken") == "Status"


# Devices


@pytest.mark.parametrize(
    ("necessary", "expected"), [(True, True), (False, False), (None, False), ("true", False)]
)
def test_a_registered_device_may_need_the_users_confirmation(
    necessary: object, *, expected: bool
) -> None:
    reply = {"UserConfirmationNecessary": necessary}
    assert read_reply(reply, "ConfirmDevice") == DeviceAccepted(expected)
    assert read_reply(reply, "UpdateDeviceStatus") == DeviceAccepted(needs_confirmation=False)


@pytest.mark.parametrize("operation", ["ConfirmDevice", "UpdateDeviceStatus"])
@pytest.mark.parametrize("earlier", [result(), {"ChallengeName": "SMS_MFA"}], ids=list)
def test_an_earlier_reply_is_not_taken_for_one_about_a_device(
    operation: str, earlier: dict[str, object]
) -> None:
    """A device would be kept that the pool does not know."""
    with pytest.raises(StateError, match="^this is the reply to an earlier call"):
        read_reply(earlier, operation)
    absent = dict.fromkeys(earlier)
    assert isinstance(read_reply(absent, operation), DeviceAccepted)


# What is kept


def test_only_the_members_that_make_a_question_are_kept() -> None:
    """The rest of a reply belongs to the client, and need not be JSON."""
    members = {
        "ChallengeName": "SELECT_CHALLENGE",
        "Session": None,
        "ChallengeParameters": {"a": "b"},
        "AvailableChallenges": ["PASSWORD"],
    }
    challenge = read_challenge({"ResponseMetadata": object(), **members, "Status": "x"})
    assert list(kept_members(challenge).items()) == list(members.items())
    again = read_kept(kept_members(challenge))
    assert isinstance(again, Challenge)
    assert (again.name, again.session, again.parameters) == (
        *(challenge.name, challenge.session, challenge.parameters),
    )
    assert again.read_available_challenges() == ("PASSWORD",)


def test_the_secret_of_an_authenticator_app_is_kept() -> None:
    reply = {"SecretCode": "JBSWY3DP", "Session": "s"}
    secret = read_reply({**reply, "ResponseMetadata": object()}, "AssociateSoftwareToken")
    assert isinstance(secret, SoftwareTokenSecret)
    assert kept_members(secret) == reply
    assert read_kept(kept_members(secret)) == SoftwareTokenSecret("JBSWY3DP", "s", reply)


@pytest.mark.parametrize(
    ("members", "name"),
    [
        (None, "reply"),
        ([], "reply"),
        ({}, "ChallengeName"),
        ({"ChallengeName": 5}, "ChallengeName"),
        ({"SecretCode": None}, "SecretCode"),
    ],
)
def test_what_was_not_kept_is_refused(members: object, name: str) -> None:
    with pytest.raises(MalformedParameter) as caught:
        read_kept(members)
    assert caught.value.name == name


# Names in messages


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("SMS_MFA", "SMS_MFA"),
        ("A" * 40, "A" * 40),
        ("A" * 41, "something else"),
        ("", "something else"),
        ("SMS_MFA\n", "something else"),
        ("sms_mfa", "something else"),
        ("hunter2", "something else"),
    ],
)
def test_only_what_looks_like_a_challenges_name_is_shown(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_no_secret_is_in_any_repr() -> None:
    reply = {
        "ChallengeName": "hunter2",
        "Session": "hunter2",
        "ChallengeParameters": {"a": "hunter2"},
    }
    readings = [
        read_challenge(reply),
        read_reply(
            {
                "AuthenticationResult": dict.fromkeys(RESULT, "hunter2")
                | {"ExpiresIn": 5, "TokenType": "Bearer"}
            },
            "InitiateAuth",
        ),
        read_reply({"SecretCode": "hunter2", "Session": "hunter2"}, "AssociateSoftwareToken"),
        read_reply({"Status": "SUCCESS", "Session": "hunter2"}, "VerifySoftwareToken"),
        read_reply({"__type": "Oops", "message": "hunter2"}, "InitiateAuth"),
    ]
    assert [repr(reading) for reading in readings] == [
        "Challenge('something else')",
        "AuthenticationResult(expires_in=5, token_type='Bearer', new_device=None)",
        "SoftwareTokenSecret()",
        "SoftwareTokenVerified()",
        "Refusal(type='Oops')",
    ]


# Errors


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"__type": "CodeMismatchException", "message": "No."}, ("CodeMismatchException", "No.")),
        ({"__type": "a.b#CodeMismatchException"}, ("CodeMismatchException", "")),
        ({"__type": "CodeMismatchException:http://x/"}, ("CodeMismatchException", "")),
        ({"__type": "a.b#Oops:http://x/", "Message": "No."}, ("Oops", "No.")),
        ({"__type": "Oops", "message": "first", "Message": "second"}, ("Oops", "first")),
        ({"__type": "Oops", "message": None}, ("Oops", "")),
        ({"Error": {"Code": "Oops", "Message": "No."}, "message": "other"}, ("Oops", "No.")),
        ({"Error": {"Code": "Oops"}, "ResponseMetadata": {}}, ("Oops", "")),
        ({"__type": "Oops", "Error": {"Code": "Other"}}, ("Oops", "")),
        ({"__type": None, "Error": {"Code": "Other"}}, ("Other", "")),
        ({"__type": "O" * 100}, ("O" * 100, "")),
    ],
    ids=str,
)
def test_an_error_is_read_in_either_form(
    reply: dict[str, object], expected: tuple[str, str]
) -> None:
    assert read_refusal(reply) == Refusal(*expected)


@pytest.mark.parametrize(
    "reply", [{}, {"ChallengeName": "SMS_MFA"}, {"__type": None}, {"Error": None}, {"message": "x"}]
)
def test_a_reply_that_reports_no_error_is_not_a_refusal(reply: dict[str, object]) -> None:
    assert read_refusal(reply) is None


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        ({"__type": 5}, "__type"),
        ({"__type": ""}, "__type"),
        ({"__type": "#"}, "__type"),
        ({"__type": "hunter2 is the password"}, "__type"),
        ({"__type": "Oops\n"}, "__type"),
        ({"__type": "O" * 101}, "__type"),
        ({"__type": "hunter2\ud800"}, "__type"),
        ({"__type": "Oops", "message": 5}, "message"),
        ({"__type": "Oops", "message": "hunter2\ud800"}, "message"),
        ({"__type": "Oops", "message": "m" * 200_000}, "message"),
        ({"Error": "hunter2"}, "Error"),
        ({"Error": []}, "Error"),
        ({"Error": {}}, "Code"),
        ({"Error": {"Code": 404}}, "Code"),
        ({"Error": {"Code": "two words hunter2"}}, "Code"),
        ({"Error": {"Code": "Oops", "Message": ["No."]}}, "message"),
    ],
    ids=short,
)
def test_an_error_that_cannot_be_read_names_the_key(reply: dict[str, object], name: str) -> None:
    assert named(MalformedParameter, reply) == name


PARSER = create_parser("json")
OUTPUT = MODEL.operation_model("InitiateAuth").output_shape


def as_botocore_reads_it(reply: dict[str, str]) -> dict[str, Any]:
    response = {"status_code": 400, "headers": {}, "body": json.dumps(reply).encode()}
    parsed: dict[str, Any] = PARSER.parse(response, OUTPUT)
    return parsed


@given(kind=st.text("Aa1_.#:/ "), message=st.text(st.characters(exclude_categories=("Cs",))))
@example(kind="com.amazonaws.cognito#NotAuthorizedException:http://x/", message="No.")
@example(kind="NotAuthorizedException:http://x/#NotAuthorized", message="No.")
def test_an_errors_type_is_the_one_that_botocore_reads(kind: str, message: str) -> None:
    reply = {"__type": kind, "message": message}
    theirs = as_botocore_reads_it(reply)
    try:
        ours = read_refusal(reply)
    except MalformedParameter:
        # botocore takes what cannot be a name.
        code = theirs["Error"]["Code"]
        assert not code.replace("_", "").replace(".", "").isalnum()
        return
    assert ours == Refusal(theirs["Error"]["Code"], theirs["Error"]["Message"])
    assert read_refusal(theirs) == ours
