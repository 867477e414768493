"""questions.py: what each challenge asks of a person, and the call that each answer makes."""

import json
from dataclasses import dataclass, field, fields
from typing import Any

import oracle
import pytest
from peers import CLIENT_ID, CLIENT_SECRET, POOL_ID

from srp_cognito import (
    Answers,
    AnyCall,
    AppClient,
    MalformedParameter,
    StateError,
    UnsupportedChallenge,
    questions,
)
from srp_cognito.calls.challenges import CODES
from srp_cognito.calls.replies import read_challenge
from srp_cognito.conversation.questions import Question, read_question
from srp_cognito.proof.client import Prover

APP = AppClient(CLIENT_ID, CLIENT_SECRET)
PASSWORD = "correct horse"
SESSION = "a session"
MAIL = "alice@example.com"


@dataclass
class Turn:
    """The sign-in that a question belongs to, which keeps what it is asked to send."""

    known_password: str | None = None
    is_over: bool = False
    sent: list[tuple[AnyCall, Prover | None, str | None]] = field(default_factory=list)

    def answers(self) -> Answers:
        if self.is_over:
            raise StateError("over")
        return Answers(APP, "alice", session=SESSION)

    def session(self) -> str | None:
        if self.is_over:
            raise StateError("over")
        return SESSION

    def password(self) -> str | None:
        return self.known_password

    def exchange(self, password: str) -> Prover:
        return Prover.for_user(POOL_ID, "alice", password)

    def send(
        self, call: AnyCall, *, exchange: Prover | None = None, password: str | None = None
    ) -> AnyCall:
        self.sent.append((call, exchange, password))
        return call


def asks(name: str, **parameters: object) -> dict[str, Any]:
    reply: dict[str, Any] = {"ChallengeName": name, "ChallengeParameters": parameters}
    if name == "SELECT_CHALLENGE":
        reply["AvailableChallenges"] = parameters.pop("choices", None)
    return reply


def asked(name: str, turn: Turn | None = None, **parameters: object) -> Any:
    """The question that a challenge asks."""
    return read_question(read_challenge(asks(name, **parameters)), turn or Turn())


def responses(call: Any, name: str | None = None) -> dict[str, str]:
    """What an answer says, without what every answer carries."""
    assert call.operation == "RespondToAuthChallenge"
    assert call.arguments["Session"] == SESSION
    if name is not None:
        assert call.arguments["ChallengeName"] == name
    answered = dict(call.arguments["ChallengeResponses"])
    assert answered.pop("SECRET_HASH") == oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
    assert answered.pop("USERNAME") == "alice"
    return answered


def refused(question: Question, says: str, *answer: Any, **options: Any) -> None:
    """The answer is the caller's mistake, and nothing is sent."""
    with pytest.raises((TypeError, ValueError), match=says):
        question.answer(*answer, **options)
    assert question._turn.sent == []  # type: ignore[attr-defined]


# Codes


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("SMS_MFA", "Code from the text message to +*******1234:"),
        ("SMS_OTP", "Code from the text message to +*******1234:"),
        ("EMAIL_OTP", "Code from the mail to +*******1234:"),
    ],
)
def test_a_code_is_asked_for_with_the_address_that_it_was_sent_to(name: str, prompt: str) -> None:
    question = asked(
        name, CODE_DELIVERY_DELIVERY_MEDIUM="SMS", CODE_DELIVERY_DESTINATION="+*******1234"
    )
    assert question == questions.Code(name, "SMS", "+*******1234", None, _turn=Turn())
    assert question.prompt == prompt
    assert responses(question.answer("012345"), name) == {f"{name}_CODE": "012345"}


def test_a_code_is_asked_for_even_if_the_address_is_not_known() -> None:
    assert asked("EMAIL_OTP").prompt == "Code from the mail:"
    assert asked("SMS_OTP").prompt == "Code from the text message:"
    assert asked("SOFTWARE_TOKEN_MFA").prompt == "Code from your authenticator app:"
    question = read_question(read_challenge({"ChallengeName": "SMS_MFA"}), Turn())
    assert question.prompt == "Code from the text message:"


def test_an_authenticator_app_is_named() -> None:
    question = asked("SOFTWARE_TOKEN_MFA", FRIENDLY_DEVICE_NAME="my phone")
    assert question.friendly_device_name == "my phone"
    assert question.prompt == "Code from your authenticator app my phone:"
    assert responses(question.answer("012345")) == {"SOFTWARE_TOKEN_MFA_CODE": "012345"}


def test_every_challenge_with_a_code_asks_for_it() -> None:
    for name in CODES:
        assert isinstance(asked(name), questions.Code)


def test_a_prompt_shows_no_control_characters() -> None:
    question = asked("SMS_MFA", CODE_DELIVERY_DESTINATION="+1\x1b[2J\n\u202e")
    assert question.prompt == "Code from the text message to +1?[2J??:"
    question = asked("SMS_MFA", CODE_DELIVERY_DESTINATION="x" * 100_000)
    assert len(question.prompt) < 1000


@pytest.mark.parametrize("wrong", [12345, None, b"12345", "", " 12345", "12345\n", ["12345"]])
def test_a_code_is_text_without_white_space_around_it(wrong: Any) -> None:
    refused(asked("SMS_MFA"), "^code ", wrong)


# Second factors


@pytest.mark.parametrize("key", ["MFAS_CAN_CHOOSE", "MFAS_CAN_SELECT"])
def test_the_second_factor_is_chosen_from_those_on_offer(key: str) -> None:
    question = asked("SELECT_MFA_TYPE", **{key: '["SMS_MFA","EMAIL_MFA","FUTURE"]'})
    assert isinstance(question, questions.SelectMFAType)
    assert question.choices == ("SMS_MFA", "EMAIL_MFA", "FUTURE")
    assert question.prompt == "Second factor (SMS_MFA, EMAIL_MFA, FUTURE):"
    for wrong in ("EMAIL_OTP", "SMS", ""):
        refused(question, "^choice must be one of SMS_MFA, EMAIL_MFA, FUTURE$", wrong)
    for wrong_type in (5, None, ["SMS_MFA"]):
        refused(question, "^choice must be a str", wrong_type)
    assert responses(question.answer("EMAIL_MFA"), "SELECT_MFA_TYPE") == {"ANSWER": "EMAIL_MFA"}
    # What this library does not know may be known to a caller.
    assert responses(question.answer("FUTURE"), "SELECT_MFA_TYPE") == {"ANSWER": "FUTURE"}
    call = question.answer("FUTURE", others={"MORE": "x"})
    assert responses(call, "SELECT_MFA_TYPE") == {"ANSWER": "FUTURE", "MORE": "x"}
    with pytest.raises(ValueError, match="^others goes with a choice that is new"):
        question.answer("SMS_MFA", others={})


def test_the_key_of_awss_clients_takes_precedence_over_the_developer_guides() -> None:
    question = asked(
        "SELECT_MFA_TYPE", MFAS_CAN_CHOOSE='["SMS_MFA"]', MFAS_CAN_SELECT='["EMAIL_MFA"]'
    )
    assert question.choices == ("SMS_MFA",)


def test_what_a_pool_offers_is_not_repeated_to_a_terminal() -> None:
    offered = json.dumps(["SMS_MFA", "\x1b[2J", "A" * 100_000])
    question = asked("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE=offered)
    with pytest.raises(ValueError, match="must be one of SMS_MFA, [?].2J, A") as caught:
        question.answer("x")
    assert len(str(caught.value)) < 1000


def test_which_factor_to_set_up_is_asked() -> None:
    question = asked("MFA_SETUP", MFAS_CAN_SETUP='["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP"]')
    assert isinstance(question, questions.MFASetup)
    assert question.choices == ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP")
    assert question.possible == ("SOFTWARE_TOKEN_MFA", "EMAIL_OTP")
    assert question.prompt == "Second factor to set up (SOFTWARE_TOKEN_MFA, EMAIL_OTP):"
    refused(question, "set the user's phone number and begin", "SMS_MFA")
    refused(question, "^email goes with EMAIL_OTP", "EMAIL_OTP")
    refused(question, "^email goes with EMAIL_OTP", "SOFTWARE_TOKEN_MFA", email=MAIL)
    refused(question, "^choice must be one of", "TOTP")
    refused(question, "^email is empty", "EMAIL_OTP", email="")
    call = question.answer("SOFTWARE_TOKEN_MFA")
    assert call.operation == "AssociateSoftwareToken"
    assert call.arguments == {"Session": SESSION}
    call = question.answer("EMAIL_OTP", email=MAIL)
    assert responses(call, "MFA_SETUP") == {"EMAIL": MAIL}


def test_an_authenticator_app_can_be_set_up_even_if_nothing_is_offered() -> None:
    assert asked("MFA_SETUP").possible == ("SOFTWARE_TOKEN_MFA",)


def test_the_first_code_of_an_authenticator_app_is_asked_for_with_its_secret() -> None:
    turn = Turn()
    question = questions.SoftwareTokenSetup("MFA_SETUP", "JBSWY3DP\x1b", _turn=turn)
    assert question.prompt == ("Put JBSWY3DP? into your authenticator app. Code that it shows:")
    assert "JBSWY3DP" not in repr(question)
    refused(question, "^code is empty", "")
    call = question.answer("012345", friendly_device_name="my phone")
    assert call.operation == "VerifySoftwareToken"
    assert call.arguments == {
        "Session": SESSION,
        "UserCode": "012345",
        "FriendlyDeviceName": "my phone",
    }
    assert question.answer("012345").arguments == {"Session": SESSION, "UserCode": "012345"}


# A new password


def test_a_new_password_is_asked_for_with_the_attributes_that_it_needs() -> None:
    turn = Turn()
    question = asked(
        "NEW_PASSWORD_REQUIRED",
        turn,
        requiredAttributes='["userAttributes.given_name","userAttributes.custom:team"]',
        userAttributes='{"email":"alice@example.com","email_verified":"true"}',
    )
    assert isinstance(question, questions.NewPassword)
    assert question.prompt == "New password, with values for given_name, custom:team:"
    assert question.required_attributes == ("given_name", "custom:team")
    assert question.user_attributes == {"email": MAIL, "email_verified": "true"}
    refused(question, "values for given_name, custom:team$", "new horse")
    refused(question, "values for custom:team$", "new horse", attributes={"given_name": "Alice"})
    empty = {"given_name": "Alice", "custom:team": ""}
    refused(question, "values for custom:team$", "new horse", attributes=empty)
    attributes = {"given_name": "Alice", "custom:team": "blue", "nickname": ""}
    call = question.answer("new horse", attributes=attributes)
    assert responses(call, "NEW_PASSWORD_REQUIRED") == {
        "NEW_PASSWORD": "new horse",
        "userAttributes.given_name": "Alice",
        "userAttributes.custom:team": "blue",
        "userAttributes.nickname": "",
    }
    assert turn.sent == [(call, None, "new horse")]


@pytest.mark.parametrize("parameters", [{}, {"requiredAttributes": "[]", "userAttributes": "{}"}])
def test_a_new_password_may_need_nothing_else(parameters: dict[str, str]) -> None:
    question = asked("NEW_PASSWORD_REQUIRED", **parameters)
    assert question.required_attributes == ()
    assert question.user_attributes == {}
    assert question.prompt == "New password:"
    for wrong in (5, None, "", "\ud800"):
        refused(question, "^new_password ", wrong)
    assert responses(question.answer("new horse")) == {"NEW_PASSWORD": "new horse"}


# A custom challenge, and a passkey


def test_a_custom_challenge_hands_over_its_parameters() -> None:
    question = asked("CUSTOM_CHALLENGE", question="Name of your first pet?")
    assert isinstance(question, questions.CustomChallenge)
    assert question.parameters == {"question": "Name of your first pet?"}
    assert question.prompt == "Answer:"
    for wrong in (5, None, "\ud800"):
        refused(question, "^answer ", wrong)
    assert responses(question.answer("Rex"), "CUSTOM_CHALLENGE") == {"ANSWER": "Rex"}
    assert read_question(read_challenge({"ChallengeName": "CUSTOM_CHALLENGE"}), Turn())


def test_a_passkey_is_asked_for_with_its_options() -> None:
    question = asked("WEB_AUTHN", CREDENTIAL_REQUEST_OPTIONS='{"challenge": "abc"}')
    assert isinstance(question, questions.WebAuthn)
    assert question.options == {"challenge": "abc"}
    assert question.prompt == "Credential (AuthenticationResponseJSON):"
    for wrong in (5, None, "", "x", "[]", ["x"]):
        refused(question, "^credential ", wrong)
    credential = {"id": "x", "response": {}}
    call = question.answer(credential)
    assert json.loads(responses(call, "WEB_AUTHN")["CREDENTIAL"]) == credential
    assert responses(question.answer('{"id": "y"}')) == {"CREDENTIAL": '{"id": "y"}'}


# The password, and other ways to sign in

WAYS = ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "FUTURE"]


def assert_proof(turn: Turn, call: AnyCall, answered: dict[str, str]) -> None:
    """The call opens an exchange of its own, with the password that was given."""
    ((sent, exchange, password),) = turn.sent
    assert sent is call
    assert exchange is not None
    assert answered["SRP_A"] == exchange.srp_a
    assert password == PASSWORD


@pytest.mark.parametrize(("known", "given"), [(PASSWORD, None), (None, PASSWORD), ("x", PASSWORD)])
def test_a_proof_of_the_password_can_be_chosen(known: str | None, given: str | None) -> None:
    turn = Turn(known)
    question = asked("SELECT_CHALLENGE", turn, choices=WAYS)
    call = question.answer("PASSWORD_SRP", password=given)
    answered = responses(call, "SELECT_CHALLENGE")
    assert answered.keys() == {"ANSWER", "SRP_A"}
    assert answered["ANSWER"] == "PASSWORD_SRP"
    assert_proof(turn, call, answered)


@pytest.mark.parametrize(("known", "given"), [(PASSWORD, None), (None, PASSWORD), ("x", PASSWORD)])
def test_the_password_itself_can_be_chosen(known: str | None, given: str | None) -> None:
    turn = Turn(known)
    question = asked("SELECT_CHALLENGE", turn, choices=WAYS)
    call = question.answer("PASSWORD", password=given)
    assert responses(call) == {"ANSWER": "PASSWORD", "PASSWORD": PASSWORD}
    assert turn.sent == [(call, None, PASSWORD)]


@pytest.mark.parametrize("choice", ["EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"])
def test_another_first_factor_can_be_chosen(choice: str) -> None:
    question = asked("SELECT_CHALLENGE", choices=WAYS)
    assert responses(question.answer(choice), "SELECT_CHALLENGE") == {"ANSWER": choice}
    refused(
        asked("SELECT_CHALLENGE", choices=WAYS),
        "^password goes with PASSWORD and PASSWORD_SRP$",
        choice,
        password=PASSWORD,
    )


def test_only_what_is_offered_can_be_chosen() -> None:
    question = asked("SELECT_CHALLENGE", choices=WAYS)
    assert isinstance(question, questions.SelectChallenge)
    assert question.choices == tuple(WAYS)
    for wrong in ("SMS_MFA", ""):
        refused(question, "^choice must be one of PASSWORD, PASSWORD_SRP", wrong)
    for wrong_type in (1, None, {}):
        refused(question, "^choice must be a str", wrong_type)
    refused(question, "^others goes with a choice that is new", "EMAIL_OTP", others={})
    for choice in ("PASSWORD", "PASSWORD_SRP"):
        refused(question, "^password is needed: the sign-in was begun without", choice)
        refused(question, "^password is empty$", choice, password="")
    # What this library does not know may be known to a caller.
    call = question.answer("FUTURE", others={"MORE": "x"})
    assert responses(call, "SELECT_CHALLENGE") == {"ANSWER": "FUTURE", "MORE": "x"}
    assert responses(question.answer("FUTURE"), "SELECT_CHALLENGE") == {"ANSWER": "FUTURE"}
    question = asked("SELECT_CHALLENGE", choices=["EMAIL_OTP", "PASSWORD"])
    assert question.prompt == "Way to sign in (EMAIL_OTP, PASSWORD, which the service will see):"


def test_the_password_is_asked_for_and_proven() -> None:
    turn = Turn()
    question = asked("PASSWORD_SRP", turn)
    assert isinstance(question, questions.Password)
    assert question.prompt == "Password:"
    for wrong in (5, None, "", "\ud800"):
        refused(question, "^password ", wrong)
    call = question.answer(PASSWORD)
    answered = responses(call, "PASSWORD_SRP")
    assert answered.keys() == {"SRP_A"}
    assert_proof(turn, call, answered)


def test_the_password_is_asked_for_with_the_warning_that_the_service_sees_it() -> None:
    turn = Turn(PASSWORD)
    question = asked("PASSWORD", turn)
    assert question.prompt == "Password (which the service will see):"
    refused(question, "^password is empty$", "")
    call = question.answer(PASSWORD)
    assert responses(call, "PASSWORD") == {"PASSWORD": PASSWORD}
    assert turn.sent == [(call, None, PASSWORD)]


# All questions

EVERY: list[tuple[str, dict[str, object], str]] = [
    ("SMS_MFA", {}, "012345"),
    ("SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": '["SMS_MFA"]'}, "SMS_MFA"),
    ("MFA_SETUP", {}, "SOFTWARE_TOKEN_MFA"),
    ("NEW_PASSWORD_REQUIRED", {"userAttributes": '{"note": "hunter2"}'}, "new horse"),
    ("CUSTOM_CHALLENGE", {"note": "hunter2"}, "Rex"),
    ("SELECT_CHALLENGE", {"choices": WAYS}, "SMS_OTP"),
    ("SELECT_CHALLENGE", {"choices": WAYS}, "PASSWORD_SRP"),
    ("PASSWORD", {}, PASSWORD),
    ("PASSWORD_SRP", {}, PASSWORD),
    ("WEB_AUTHN", {"CREDENTIAL_REQUEST_OPTIONS": '{"challenge": "hunter2"}'}, "{}"),
]


@pytest.mark.parametrize(("name", "parameters", "answer"), EVERY)
def test_a_question_is_answered_only_in_its_turn_and_shows_no_secret(
    name: str, parameters: dict[str, object], answer: str
) -> None:
    turn = Turn(PASSWORD)
    question = asked(name, turn, **parameters)
    assert question.challenge_name == name
    assert "hunter2" not in repr(question)
    assert "Turn" not in repr(question)
    question.answer(answer)
    turn.is_over = True
    with pytest.raises(StateError, match="^over$"):
        question.answer(answer)
    assert len(turn.sent) == 1


def test_the_setup_of_an_authenticator_app_is_answered_only_in_its_turn() -> None:
    question = questions.SoftwareTokenSetup("MFA_SETUP", "JBSWY3DP", _turn=Turn(is_over=True))
    with pytest.raises(StateError, match="^over$"):
        question.answer("012345")


def test_two_questions_are_equal_if_they_ask_the_same() -> None:
    assert asked("SMS_MFA") == asked("SMS_MFA")
    assert asked("SMS_MFA") != asked("SMS_OTP")
    match asked("SMS_MFA", CODE_DELIVERY_DESTINATION="+***1"):
        case questions.Code("SMS_MFA", None, destination):
            assert destination == "+***1"
        case _:
            raise AssertionError("the fields are in their order, with no hidden one among them")
    for kind in questions.__all__:
        if isinstance(found := getattr(questions, kind), type) and issubclass(found, Question):
            assert [each.name for each in fields(found)][:2] == ["challenge_name", "_turn"]
            assert "_turn" not in found.__match_args__


# What cannot be read, or answered


@pytest.mark.parametrize(
    ("name", "parameters", "key"),
    [
        ("SMS_MFA", {"CODE_DELIVERY_DELIVERY_MEDIUM": 5}, "CODE_DELIVERY_DELIVERY_MEDIUM"),
        ("EMAIL_OTP", {"CODE_DELIVERY_DESTINATION": ["x"]}, "CODE_DELIVERY_DESTINATION"),
        ("SOFTWARE_TOKEN_MFA", {"FRIENDLY_DEVICE_NAME": "\ud800"}, "FRIENDLY_DEVICE_NAME"),
        ("SELECT_MFA_TYPE", {}, "MFAS_CAN_CHOOSE"),
        ("SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": ["SMS"]}, "MFAS_CAN_CHOOSE"),
        ("SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": "SMS_MFA"}, "MFAS_CAN_CHOOSE"),
        ("SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": "[1]"}, "MFAS_CAN_CHOOSE"),
        ("SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": '["\\ud800"]'}, "MFAS_CAN_CHOOSE"),
        ("SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": '{"a": 1}'}, "MFAS_CAN_CHOOSE"),
        ("MFA_SETUP", {"MFAS_CAN_SETUP": None}, "MFAS_CAN_SETUP"),
        ("MFA_SETUP", {"MFAS_CAN_SETUP": "[" * 100_000}, "MFAS_CAN_SETUP"),
        ("MFA_SETUP", {"MFAS_CAN_SETUP": "9" * 100_000}, "MFAS_CAN_SETUP"),
        ("SELECT_CHALLENGE", {}, "AvailableChallenges"),
        ("SELECT_CHALLENGE", {"choices": "PASSWORD"}, "AvailableChallenges"),
        ("NEW_PASSWORD_REQUIRED", {"requiredAttributes": "email"}, "requiredAttributes"),
        ("NEW_PASSWORD_REQUIRED", {"requiredAttributes": None}, "requiredAttributes"),
        ("NEW_PASSWORD_REQUIRED", {"userAttributes": "[]"}, "userAttributes"),
        ("NEW_PASSWORD_REQUIRED", {"userAttributes": '{"email": 5}'}, "userAttributes"),
        ("CUSTOM_CHALLENGE", {"question": 5}, "ChallengeParameters"),
        ("CUSTOM_CHALLENGE", {"\x1b\ud800": "x"}, "ChallengeParameters"),
        ("CUSTOM_CHALLENGE", {str(i): "x" for i in range(1001)}, "ChallengeParameters"),
        ("WEB_AUTHN", {}, "CREDENTIAL_REQUEST_OPTIONS"),
        ("WEB_AUTHN", {"CREDENTIAL_REQUEST_OPTIONS": "{"}, "CREDENTIAL_REQUEST_OPTIONS"),
        (
            "WEB_AUTHN",
            {"CREDENTIAL_REQUEST_OPTIONS": '{"timeout":1e999}'},
            "CREDENTIAL_REQUEST_OPTIONS",
        ),
    ],
    ids=lambda value: str(value)[:40].replace("\ud800", "?"),
)
def test_a_parameter_that_cannot_be_read_is_named(
    name: str, parameters: dict[str, Any], key: str
) -> None:
    with pytest.raises(MalformedParameter) as caught:
        asked(name, **parameters)
    assert caught.value.name == key


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": "[]"}, "offers nothing$"),
        ("SELECT_CHALLENGE", {"choices": []}, "offers nothing$"),
        ("ADMIN_NO_SRP_AUTH", {}, "which RespondToAuthChallenge cannot answer"),
        ("TELEPATHY", {}, "asks for TELEPATHY, and no answer to that is known$"),
        ("EMAIL_MFA", {}, "asks for EMAIL_MFA, and no answer"),
        ("hunter2", {}, "asks for something else, and no answer"),
    ],
)
def test_a_challenge_without_a_known_answer_is_named_with_its_reply(
    name: str, parameters: dict[str, Any], says: str
) -> None:
    reply = asks(name, **parameters)
    with pytest.raises(UnsupportedChallenge, match=says) as caught:
        read_question(read_challenge(reply), Turn())
    assert caught.value.challenge_name == name
    assert caught.value.reply is reply
    assert "hunter2" not in str(caught.value) + repr(caught.value)
