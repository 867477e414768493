"""exceptions.py: the tree, and what an error carries."""

import copy
import pickle
from types import MappingProxyType

import pytest
from arguments import assert_hidden

from srp_cognito import (
    DeviceRefused,
    IllegalParameter,
    InputError,
    MalformedParameter,
    PeerError,
    ServiceError,
    SignatureMismatch,
    SRPError,
    StateError,
    UnsupportedChallenge,
)


def test_the_tree_is_as_its_docstring_draws_it() -> None:
    assert MalformedParameter.__bases__ == IllegalParameter.__bases__ == (PeerError,)
    assert PeerError.__bases__ == SignatureMismatch.__bases__ == StateError.__bases__ == (SRPError,)
    assert UnsupportedChallenge.__bases__ == (IllegalParameter,)
    assert ServiceError.__bases__ == (SRPError,)
    assert DeviceRefused.__bases__ == (ServiceError,)
    assert InputError.__bases__ == (SRPError, ValueError)
    assert SRPError.__bases__ == (Exception,)


@pytest.mark.parametrize("kind", [MalformedParameter, IllegalParameter])
def test_a_peer_error_survives_pickling_with_its_name(kind: type[PeerError]) -> None:
    error = pickle.loads(pickle.dumps(kind("SRP_B", "is missing")))
    assert type(error) is kind
    assert (error.name, error.problem, str(error)) == ("SRP_B", "is missing", "SRP_B is missing")


# A challenge that cannot be answered

REPLY = {"ChallengeName": "NEW_THING", "Session": "hunter2" * 3}


def test_an_unsupported_challenge_tells_its_name_and_hands_over_the_reply() -> None:
    error = UnsupportedChallenge("NEW_THING", "asks for NEW_THING", REPLY)
    assert error.name == "ChallengeName"
    assert error.problem == "asks for NEW_THING"
    assert error.challenge_name == "NEW_THING"
    assert error.reply is REPLY
    assert str(error) == "ChallengeName asks for NEW_THING"
    assert repr(error) == "UnsupportedChallenge('asks for NEW_THING')"
    assert UnsupportedChallenge("X", "asks for X").reply is None


def test_an_unsupported_challenge_does_not_show_the_reply_or_a_name_that_looks_like_none() -> None:
    error = UnsupportedChallenge("correct horse", "asks for something else", REPLY)
    for shown in (str(error), repr(error), str(error.args)):
        assert "hunter2" not in shown
    for shown in (str(error), repr(error)):
        assert "correct horse" not in shown


@pytest.mark.parametrize("reply", [REPLY, MappingProxyType(REPLY)], ids=["dict", "proxy"])
def test_the_pickle_of_an_unsupported_challenge_leaves_the_reply_out(reply: dict[str, str]) -> None:
    pickled = pickle.dumps(UnsupportedChallenge("NEW_THING", "asks for NEW_THING", reply))
    assert b"hunter2" not in pickled
    error = pickle.loads(pickled)
    assert type(error) is UnsupportedChallenge
    assert error.reply is None
    assert (error.name, error.problem) == ("ChallengeName", "asks for NEW_THING")
    assert error.challenge_name == "NEW_THING"
    assert str(error) == "ChallengeName asks for NEW_THING"


# A call that was refused


def test_a_service_error_is_in_the_services_own_words() -> None:
    error = ServiceError("CodeMismatchException", "Invalid.", "RespondToAuthChallenge", "SMS_MFA")
    assert (error.type, error.message) == ("CodeMismatchException", "Invalid.")
    assert (error.operation, error.challenge_name) == ("RespondToAuthChallenge", "SMS_MFA")
    assert str(error) == "CodeMismatchException: Invalid."
    assert repr(error) == "ServiceError('CodeMismatchException: Invalid.')"
    assert ServiceError("Oops", "", "SignUp").challenge_name is None


def test_no_message_of_the_service_commands_a_terminal_or_begins_a_line() -> None:
    error = ServiceError("Oops", "\x1b[2Jhello\nFAKE LOG \ud800", "SignUp")
    assert str(error) == "Oops: ?[2Jhello?FAKE LOG ?"
    assert error.message == "\x1b[2Jhello\nFAKE LOG \ud800"


def test_a_long_message_of_the_service_is_cut_where_it_is_shown_and_kept_whole() -> None:
    error = ServiceError("Oops", "m" * 500 + "n", "SignUp")
    assert str(error) == "Oops: " + "m" * 500
    assert "n" not in repr(error)
    assert error.message == "m" * 500 + "n"
    assert_hidden(ServiceError("Oops", "No.", "SignUp"), "hunter2")


@pytest.mark.parametrize("duplicate", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy])
@pytest.mark.parametrize("challenge_name", [None, "SMS_MFA"])
def test_a_service_error_survives_pickling_and_copying(
    duplicate: object, challenge_name: str | None
) -> None:
    assert callable(duplicate)
    error = duplicate(ServiceError("Oops", "No.", "RespondToAuthChallenge", challenge_name, 400))
    assert type(error) is ServiceError
    assert vars(error) == {
        "type": "Oops",
        "message": "No.",
        "operation": "RespondToAuthChallenge",
        "challenge_name": challenge_name,
        "status": 400,
    }
    assert str(error) == "Oops: No."


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ServiceError(None, "Unavailable", "SignUp", status=503), "HTTP status 503: Unavailable"),
        (ServiceError(None, "", "SignUp", status=503), "HTTP status 503"),
        (ServiceError(None, "Go away", "SignUp"), "refused: Go away"),
        (ServiceError(None, "", "SignUp"), "refused"),
        (ServiceError("Oops", "", "SignUp", status=400), "Oops"),
    ],
    ids=str,
)
def test_an_error_without_a_name_is_known_by_its_status(error: ServiceError, text: str) -> None:
    assert str(error) == text


def test_a_refused_device_is_not_taken_for_a_refused_password() -> None:
    error = DeviceRefused("NotAuthorizedException", "Incorrect username or password.", "X")
    assert str(error) == (
        "NotAuthorizedException: Incorrect username or password. (it refused the secret of the"
        " remembered device, not the password: sign in without the device)"
    )
    assert repr(error) == f"DeviceRefused({str(error)!r})"
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is DeviceRefused
    assert vars(again) == vars(error)


# What a person typed


def test_what_a_person_typed_is_named_and_the_error_survives_pickling() -> None:
    error = InputError("code", "is empty")
    assert (error.name, error.problem, str(error)) == ("code", "is empty", "code is empty")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is InputError
    assert (again.name, str(again)) == ("code", "code is empty")
