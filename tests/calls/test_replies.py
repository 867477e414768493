"""replies.py: what a reply is, whatever else it holds; and that no part of it is taken unread."""

import json
import re
from http import HTTPStatus
from typing import Any

import pytest
from arguments import assert_hidden
from botocore.exceptions import ClientError
from botocore.parsers import create_parser
from hypothesis import example, given
from hypothesis import strategies as st
from judge import MODEL

from srp_cognito import (
    Call,
    DeviceRefused,
    MalformedParameter,
    PeerError,
    ServiceError,
    StateError,
    checked_reply,
    http_reply,
)
from srp_cognito.calls.operations import verify_software_token
from srp_cognito.calls.replies import (
    AuthenticationResult,
    Challenge,
    DeviceAccepted,
    NewDevice,
    Refusal,
    Revoked,
    SoftwareTokenSecret,
    SoftwareTokenVerified,
    kept_members,
    read_challenge,
    read_kept,
    read_lifetime,
    read_reply,
    shown_name,
)

SIGN_IN = ["InitiateAuth", "RespondToAuthChallenge"]
OPERATIONS = [
    *SIGN_IN,
    *("AssociateSoftwareToken", "VerifySoftwareToken", "ConfirmDevice", "UpdateDeviceStatus"),
    *("GetTokensFromRefreshToken", "RevokeToken"),
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


class HasResponse(Exception):
    """As httpx and requests raise: the response is not what boto3's is."""

    def __init__(self, response: object) -> None:
        super().__init__()
        self.response = response


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
    for error in ({"__type": 5}, {"__type": ""}, {"Error": []}, {"error": True}):
        assert read_reply({**reply, **error}, operation) == Refusal(None, "")
    assert read_reply({**reply, "Error": "No."}, operation) == Refusal(None, "No.")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_reply_that_answers_nothing_is_never_a_success(operation: str) -> None:
    name = named(MalformedParameter, {"Foo": 1}, operation)
    assert name in {
        *("ChallengeName", "SecretCode", "Status", "UserConfirmationNecessary", "the reply"),
    }
    assert read_reply({"message": "Forbidden"}, operation) == Refusal(None, "Forbidden")
    page = http_reply(200, {}, "<html><body>Log in to the network</body></html>")
    assert read_reply(page, operation) == Refusal(None, "Log in to the network", 200)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_exception_that_is_not_a_reply_is_raised_again(operation: str) -> None:
    for error in (ConnectionError("refused"), HasResponse("a page")):
        with pytest.raises(type(error)) as caught:
            read_reply(error, operation)
        assert caught.value is error


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_exception_is_never_a_success_whatever_its_response_holds(operation: str) -> None:
    answers = {**result(), "Session": "s", "SecretCode": "JBSWY3DP", "Status": "SUCCESS"}
    for response in ({}, {"ResponseMetadata": {}}, answers):
        error = ClientError(response, operation)
        assert read_reply(error, operation) == Refusal(None, "")
        with pytest.raises(ServiceError):
            checked_reply(Call(operation, {}), error)


@pytest.mark.parametrize(
    ("status", "read"), [("403", 403), (HTTPStatus.FORBIDDEN, 403), (403.0, 0), ("403 No", 0)]
)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_status_of_another_type_is_not_taken_for_success(
    operation: str, status: object, read: int
) -> None:
    reply = {"ResponseMetadata": {"HTTPStatusCode": status}}
    assert read_reply(reply, operation) == Refusal(None, "", read)


def test_a_status_that_is_text_does_not_lose_the_tokens() -> None:
    reply = {**result(), "ResponseMetadata": {"HTTPStatusCode": "200"}}
    assert isinstance(read_reply(reply, "InitiateAuth"), AuthenticationResult)


@pytest.mark.parametrize("action", [b"captcha", ["captcha"], ""])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_firewalls_action_that_cannot_be_read_is_a_refusal(
    operation: str, action: object
) -> None:
    metadata = {"HTTPStatusCode": 202, "HTTPHeaders": {"x-amzn-waf-action": action}}
    expected = Refusal(None, "AWS WAF wants a check (x-amzn-waf-action).", 202)
    assert read_reply({"ResponseMetadata": metadata}, operation) == expected


@pytest.mark.parametrize("uri", ["about:blank", "https://example.com/forbidden", "urn:x:y"])
def test_an_address_is_not_taken_for_an_errors_type(uri: str) -> None:
    """RFC 9457: ``type`` is a URI, and ``title`` says what it means."""
    for problem in ({"type": uri, "title": "No."}, {"error": {"type": uri, "message": "No."}}):
        assert read_reply(problem, "InitiateAuth") == Refusal(None, "No.")
    named = {"type": uri, "code": "Throttled", "title": "No."}
    assert read_reply(named, "InitiateAuth") == Refusal("Throttled", "No.")
    assert read_reply({"type": "Throttled"}, "InitiateAuth") == Refusal("Throttled", "")


def test_the_error_of_boto3_is_read_like_its_response() -> None:
    response: Any = {"Error": {"Code": "CodeMismatchException", "Message": "No."}}
    error = ClientError(response, "RespondToAuthChallenge")
    expected = Refusal("CodeMismatchException", "No.")
    assert read_reply(error, "RespondToAuthChallenge") == expected


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


def test_the_name_may_come_under_another_key_and_the_usual_one_takes_precedence() -> None:
    def name(**parameters: object) -> str | None:
        reply = {"ChallengeName": "SMS_MFA", "ChallengeParameters": parameters}
        return read_challenge(reply).read_username()

    assert name(USER_ID_FOR_SRP="a2c2") == "a2c2"
    assert name(USERNAME=None, USER_ID_FOR_SRP="a2c2") == "a2c2"
    assert name(USERNAME="alice", USER_ID_FOR_SRP="a2c2") == "alice"
    with pytest.raises(MalformedParameter, match="^USER_ID_FOR_SRP is empty$"):
        name(USER_ID_FOR_SRP="")


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
    ],
    ids=short,
)
def test_an_access_token_that_cannot_be_read_is_named(key: str, value: Any) -> None:
    assert named(MalformedParameter, result(**{key: value})) == key


@pytest.mark.parametrize(
    ("key", "value"),
    [
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
def test_the_access_token_is_good_without_what_cannot_be_read(key: str, value: Any) -> None:
    read = read_reply(result(**{key: value}), "InitiateAuth")
    assert read == read_reply(result(**{key: None}), "InitiateAuth")
    assert isinstance(read, AuthenticationResult)
    assert read.access_token == "an access token"


@pytest.mark.parametrize(("number", "seconds"), [(0, 0), (3600, 3600), (3600.0, 3600)])
def test_the_lifetime_is_a_whole_number_however_json_writes_it(number: Any, seconds: int) -> None:
    reading = read_reply(result(ExpiresIn=number), "InitiateAuth")
    assert isinstance(reading, AuthenticationResult)
    assert reading.expires_in == seconds
    assert type(reading.expires_in) is int


def test_a_lifetime_that_is_not_a_number_is_refused_with_its_type() -> None:
    with pytest.raises(MalformedParameter, match="^ExpiresIn must be a number, not bool$"):
        read_lifetime(True, "ExpiresIn")


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
    refused = Refusal(None, f"the code was not accepted (Status {status})")
    assert read_reply(reply, "VerifySoftwareToken") == refused


# Devices


@pytest.mark.parametrize("necessary", [True, False])
def test_a_registered_device_may_need_the_users_confirmation(*, necessary: bool) -> None:
    reply = {"UserConfirmationNecessary": necessary, "ResponseMetadata": {}}
    assert read_reply(reply, "ConfirmDevice") == DeviceAccepted(necessary)


@pytest.mark.parametrize("reply", [{}, {"UserConfirmationNecessary": "true"}, {"Foo": 1}])
def test_a_device_is_registered_only_where_the_reply_says_what_the_pool_wants(
    reply: dict[str, object],
) -> None:
    key = "UserConfirmationNecessary"
    assert named(MalformedParameter, reply, "ConfirmDevice") == key


def test_what_answers_nothing_succeeds_with_an_empty_reply() -> None:
    accepted = DeviceAccepted(needs_confirmation=False)
    for reply in ({}, {"ResponseMetadata": {"HTTPStatusCode": 200}}, http_reply(200, {}, b"")):
        assert read_reply(reply, "UpdateDeviceStatus") == accepted
        assert read_reply(reply, "RevokeToken") == Revoked()


@pytest.mark.parametrize("operation", ["ConfirmDevice", "UpdateDeviceStatus"])
@pytest.mark.parametrize("earlier", [result(), {"ChallengeName": "SMS_MFA"}], ids=list)
def test_an_earlier_reply_is_not_taken_for_one_about_a_device(
    operation: str, earlier: dict[str, object]
) -> None:
    """A device would be kept that the pool does not know."""
    with pytest.raises(StateError, match="^this is the reply to an earlier call"):
        read_reply(earlier, operation)


# What is kept


def test_only_the_members_that_make_a_question_are_kept() -> None:
    """The rest of a reply belongs to the client, and need not be JSON."""
    members = {
        "ChallengeName": "SELECT_CHALLENGE",
        "Session": "s",
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


def test_of_the_parameters_only_texts_are_kept() -> None:
    """NaN, or lists a thousand deep, could not be written as JSON or read again."""
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    parameters = {"a": "b", "n": float("nan"), "deep": deep, "object": object()}
    challenge = read_challenge(
        {
            "ChallengeName": "SMS_MFA",
            "Session": None,
            "ChallengeParameters": parameters,
            "AvailableChallenges": deep,
        }
    )
    kept = {"ChallengeName": "SMS_MFA", "ChallengeParameters": {"a": "b"}}
    assert kept_members(challenge) == kept


def test_what_belongs_to_another_question_is_not_kept() -> None:
    """A paused sign-in would continue with a question that was not asked, or not at all."""
    for other in ("JBSWY3DP", float("nan")):
        members = {"ChallengeName": "SMS_MFA", "Session": "s"}
        assert kept_members(read_challenge({**members, "SecretCode": other})) == members
        secret = {"SecretCode": "JBSWY3DP", "Session": "s"}
        more = {"ChallengeName": other, "ChallengeParameters": other, "AvailableChallenges": other}
        reading = read_reply({**secret, **more}, "AssociateSoftwareToken")
        assert isinstance(reading, SoftwareTokenSecret)
        assert kept_members(reading) == secret


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
        "Refusal(type='Oops', status=None)",
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
        ({"__type": "Oops", "message": 5.5}, ("Oops", "")),
        ({"__type": "Oops", "message": "\ud800"}, ("Oops", "")),
        ({"__type": "Oops", "message": "m" * 200_000}, ("Oops", "m" * 4096)),
        ({"Error": {"Code": "Oops", "Message": "No."}, "message": "other"}, ("Oops", "No.")),
        ({"Error": {"Code": "Oops"}, "ResponseMetadata": {}}, ("Oops", "")),
        ({"__type": "Oops", "Error": {"Code": "Other"}}, ("Other", "")),
        ({"__type": None, "Error": {"Code": "Other"}}, ("Other", "")),
        ({"__type": "O" * 100}, ("O" * 100, "")),
        ({"__type": "O" * 101}, (None, "")),
        ({"__type": "two words"}, (None, "")),
        # Not the service's own.
        ({"code": "Oops", "message": "No."}, ("Oops", "No.")),
        ({"errorType": "Oops", "errorMessage": "No."}, ("Oops", "No.")),
        ({"error": "access_denied", "error_description": "No."}, ("access_denied", "No.")),
        ({"error": "Something went wrong."}, (None, "Something went wrong.")),
        ({"error": {"code": 403, "message": "No."}}, (None, "No.", 403)),
        ({"title": "Forbidden", "detail": "No.", "status": 403}, (None, "No.")),
        ({"message": "Forbidden"}, (None, "Forbidden")),
        ({"type": "about:blank", "title": "Forbidden"}, (None, "Forbidden")),
        ({"type": "https://example.com/x", "detail": "No."}, (None, "No.")),
        ({"type": "Oops", "message": "No."}, ("Oops", "No.")),
        ({"__type": "Oops", "message": ' {"AccessToken": "hunter2'}, ("Oops", "")),
        ({"__type": "Oops", "message": '["hunter2"]'}, ("Oops", "")),
    ],
    ids=short,
)
def test_an_error_is_read_in_every_spelling(
    reply: dict[str, object], expected: tuple[Any, ...]
) -> None:
    assert read_reply(reply, "InitiateAuth") == Refusal(*expected)
    assert read_reply(reply, "ConfirmDevice") == Refusal(*expected)


@pytest.mark.parametrize("extra", [{"message": "x"}, {"code": "x"}, {"title": "x"}], ids=str)
def test_what_answers_the_operation_is_not_a_refusal(extra: dict[str, str]) -> None:
    assert isinstance(read_reply({**result(), **extra}, "InitiateAuth"), AuthenticationResult)
    assert isinstance(read_reply({"ChallengeName": "X", **extra}, "InitiateAuth"), Challenge)
    device = {"UserConfirmationNecessary": False, **extra}
    assert isinstance(read_reply(device, "ConfirmDevice"), DeviceAccepted)


HTML = (
    "<!DOCTYPE html><html><head><title>503 Service Unavailable</title><style>a { b: c }</style>"
    "</head><body><!-- a comment --><p>Come&nbsp;back &amp; try again.</p></body></html>"
)
PAGE = "503 Service Unavailable Come back & try again."
FROM_THE_NET: list[tuple[int, dict[str, str], str, Refusal]] = [
    (400, {}, '{"__type":"Oops","message":"No."}', Refusal("Oops", "No.", 400)),
    (400, {"x-amzn-ErrorType": "Oops:http://x/"}, '{"message":"No."}', Refusal("Oops", "No.", 400)),
    (400, {"X-Amzn-ErrorType": "Oops"}, "{}", Refusal("Oops", "", 400)),
    (403, {}, '{"message":"Forbidden"}', Refusal(None, "Forbidden", 403)),
    (403, {}, '{"Message":"Forbidden"}', Refusal(None, "Forbidden", 403)),
    (503, {}, HTML, Refusal(None, PAGE, 503)),
    (500, {}, "plain words", Refusal(None, "plain words", 500)),
    (429, {}, "{}", Refusal(None, "", 429)),
    (
        405,
        {"x-amzn-waf-action": "captcha"},
        "",
        Refusal(None, "AWS WAF wants a captcha (x-amzn-waf-action).", 405),
    ),
]


@pytest.mark.parametrize(("status", "headers", "body", "expected"), FROM_THE_NET, ids=short)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_refusal_is_the_same_through_boto3_and_through_any_other_client(
    status: int, headers: dict[str, str], body: str, expected: Refusal, operation: str
) -> None:
    theirs = as_botocore_reads_it(status, headers, body.encode())
    assert read_reply(theirs, operation) == expected
    for given_body in (body, body.encode()):
        assert read_reply(http_reply(status, headers, given_body), operation) == expected


@pytest.mark.parametrize("operation", ["UpdateDeviceStatus", "RevokeToken"])
def test_what_botocore_drops_is_not_taken_for_an_empty_reply(operation: str) -> None:
    def reply(**headers: str) -> dict[str, Any]:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": names}}

    for length in ("0", "2", "?", ""):
        assert read_reply(reply(content_length=length), operation)
    assert read_reply(reply(content_length="22", content_encoding="gzip"), operation)
    assert named(MalformedParameter, reply(content_length="3"), operation) == "the reply"
    theirs = as_botocore_reads_it(200, {"Content-Length": "23"}, b'{"message":"Forbidden"}')
    assert set(theirs) == {"ResponseMetadata"}
    assert named(MalformedParameter, theirs, operation) == "the reply"


def test_an_empty_page_is_known_by_its_status() -> None:
    assert read_reply(http_reply(502, {}, b""), "InitiateAuth") == Refusal(None, "", 502)
    # botocore says what the status means.
    theirs = read_reply(as_botocore_reads_it(502, {}, b""), "InitiateAuth")
    assert theirs == Refusal(None, "Bad Gateway", 502)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_firewalls_challenge_is_not_a_success_although_its_status_is(operation: str) -> None:
    headers = {"x-amzn-waf-action": "challenge"}
    expected = Refusal(None, "AWS WAF wants a challenge (x-amzn-waf-action).", 202)
    assert read_reply(http_reply(202, headers, b""), operation) == expected
    assert read_reply(as_botocore_reads_it(202, headers, b""), operation) == expected


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_status_says_more_than_a_body_that_looks_like_a_success(operation: str) -> None:
    body = json.dumps({**result(), "UserConfirmationNecessary": False, "SecretCode": "J"})
    assert read_reply(http_reply(500, {}, body), operation) == Refusal(None, "", 500)


# A call that was made alone


ALONE: list[tuple[str, dict[str, Any]]] = [
    ("SignUp", {"UserConfirmed": False, "UserSub": "a2c2"}),
    ("ConfirmSignUp", {}),
    ("ConfirmSignUp", {"Session": "s"}),
    ("ForgotPassword", {"CodeDeliveryDetails": {}}),
    ("ResendConfirmationCode", {"CodeDeliveryDetails": {}}),
    ("ConfirmForgotPassword", {}),
    ("RevokeToken", {}),
    ("UpdateDeviceStatus", {}),
    ("ConfirmDevice", {"UserConfirmationNecessary": True}),
    ("AssociateSoftwareToken", {"SecretCode": "JBSWY3DP"}),
    ("VerifySoftwareToken", {"Status": "SUCCESS"}),
    ("GetTokensFromRefreshToken", result()),
    ("AdminInitiateAuth", result()),
]


@pytest.mark.parametrize(("operation", "reply"), ALONE)
def test_the_reply_to_a_call_is_returned_if_it_has_what_the_operation_answers(
    operation: str, reply: dict[str, Any]
) -> None:
    call = Call(operation, {})
    assert checked_reply(call, reply) is reply
    with_metadata = {**reply, "ResponseMetadata": {"HTTPStatusCode": 200}}
    assert checked_reply(call, with_metadata) is with_metadata


@pytest.mark.parametrize("operation", sorted({operation for operation, _ in ALONE}))
def test_the_reply_to_a_call_is_never_taken_for_a_success_that_it_is_not(operation: str) -> None:
    call = Call(operation, {})
    with pytest.raises(MalformedParameter):
        checked_reply(call, {"Foo": 1})
    for refused in (
        {"message": "Forbidden"},
        {"__type": "Oops"},
        http_reply(503, {}, HTML),
        ClientError({"Error": {"Code": "Oops"}}, operation),
    ):
        with pytest.raises(ServiceError) as caught:
            checked_reply(call, refused)
        assert caught.value.operation == operation
    with pytest.raises(ConnectionError):
        checked_reply(call, ConnectionError())


def test_what_another_operation_answers_is_the_callers_to_know() -> None:
    call = Call("GetUser", {"AccessToken": "token"})
    reply = {"Username": "alice"}
    assert checked_reply(call, reply) is reply
    with pytest.raises(ServiceError):
        checked_reply(call, http_reply(400, {}, b"{}"))


def test_the_error_names_what_was_refused() -> None:
    error = Refusal("Oops", "No.", 400).error("RespondToAuthChallenge", "SMS_MFA")
    assert type(error) is ServiceError
    assert (error.type, error.message, error.status) == ("Oops", "No.", 400)
    assert (error.operation, error.challenge_name) == ("RespondToAuthChallenge", "SMS_MFA")


@pytest.mark.parametrize(
    ("kind", "challenge_name", "error"),
    [
        ("NotAuthorizedException", "DEVICE_SRP_AUTH", DeviceRefused),
        ("NotAuthorizedException", "DEVICE_PASSWORD_VERIFIER", DeviceRefused),
        ("NotAuthorizedException", "PASSWORD_VERIFIER", ServiceError),
        ("NotAuthorizedException", None, ServiceError),
        ("TooManyRequestsException", "DEVICE_PASSWORD_VERIFIER", ServiceError),
        (None, "DEVICE_PASSWORD_VERIFIER", ServiceError),
    ],
)
def test_a_refused_device_is_not_a_refused_password(
    kind: str | None, challenge_name: str | None, error: type[ServiceError]
) -> None:
    refusal = Refusal(kind, "Incorrect username or password.", 400)
    assert type(refusal.error("RespondToAuthChallenge", challenge_name)) is error


@pytest.mark.parametrize(
    "message",
    [
        "Invalid session for the user, session is expired.",
        "Unable to verify secret hash for client 1example23456789",
        "SecretHash does not match for the client: 1example23456789",
        "Client 1example23456789 is configured with secret but SECRET_HASH was not received",
        "Password attempts exceeded",
        "User is disabled.",
    ],
)
def test_a_device_is_not_blamed_for_what_is_not_its_proof(message: str) -> None:
    refusal = Refusal("NotAuthorizedException", message, 400)
    error = refusal.error("RespondToAuthChallenge", "DEVICE_PASSWORD_VERIFIER")
    assert type(error) is ServiceError


PARSER = create_parser("json")
OUTPUT = MODEL.operation_model("InitiateAuth").output_shape


def as_botocore_reads_it(status: int, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    response = {"status_code": status, "headers": HTTPHeaders(headers), "body": body}
    parsed: dict[str, Any] = PARSER.parse(response, OUTPUT)
    return parsed


class HTTPHeaders(dict[str, str]):
    """botocore's own headers may be asked for in any case."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())


@given(kind=st.text("Aa1_.#:/ "), message=st.text(st.characters(exclude_categories=("Cs",))))
@example(kind="com.amazonaws.cognito#NotAuthorizedException:http://x/", message="No.")
@example(kind="NotAuthorizedException:http://x/#NotAuthorized", message="No.")
@example(kind="404", message="No.")
def test_an_errors_type_is_the_one_that_botocore_reads(kind: str, message: str) -> None:
    reply = {"__type": kind, "message": message}
    theirs = as_botocore_reads_it(400, {}, json.dumps(reply).encode())
    ours = read_reply(http_reply(400, {}, json.dumps(reply)), "InitiateAuth")
    assert ours == read_reply(theirs, "InitiateAuth")
    assert isinstance(ours, Refusal)
    # botocore also takes what cannot be a name.
    code = theirs["Error"]["Code"]
    assert ours.type in (code, None)
    assert (ours.type is None) is not bool(re.fullmatch("[A-Za-z_][A-Za-z0-9_.]{0,99}", code))


@given(st.binary(), st.integers(100, 599), st.sampled_from(OPERATIONS))
@example(b"\x1c", 200, "UpdateDeviceStatus")
def test_any_bytes_are_a_refusal_or_not_the_services(
    body: bytes, status: int, operation: str
) -> None:
    try:
        reading = read_reply(http_reply(status, {}, body), operation)
    except MalformedParameter:
        assert 200 <= status < 300
        return
    empty = isinstance(reading, (Revoked, DeviceAccepted)) and not body.strip()
    assert empty or isinstance(reading, Refusal)


def test_a_code_that_was_not_accepted_is_never_a_success() -> None:
    """VerifySoftwareToken says so with the HTTP status 200."""
    call = verify_software_token("012345", access_token="an access token")
    assert checked_reply(call, {"Status": "SUCCESS"}) == {"Status": "SUCCESS"}
    with pytest.raises(ServiceError, match=r"the code was not accepted \(Status ERROR\)$"):
        checked_reply(call, {"Status": "ERROR"})
