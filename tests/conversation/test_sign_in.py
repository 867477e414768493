"""sign_in.py and questions.py: every way that a sign-in can go, judged by botocore at each step.

The pool's side is played by hand and by the oracle; what is sent is compared with what AWS's own
clients send.
"""

import copy
import json
import pickle
import threading
from datetime import datetime, timezone
from typing import Any

import oracle
import pytest
from judge import judge
from peers import (
    CLIENT_ID,
    CLIENT_SECRET,
    DEVICE_KEY,
    GROUP_KEY,
    PASSWORD,
    POOL_ID,
    OracleServer,
)
from race import winners

from srp_cognito import (
    Admin,
    AnyCall,
    AppClient,
    Call,
    Context,
    Device,
    IllegalParameter,
    MalformedParameter,
    ServiceError,
    SignIn,
    SRPError,
    StateError,
    Step,
    Tokens,
    UnsupportedChallenge,
    Verifier,
    questions,
)
from srp_cognito.proof.modexp import N

NOW = datetime(2026, 3, 7, 9, 5, 3, tzinfo=timezone.utc)
NOW_TEXT = "Sat Mar 7 09:05:03 UTC 2026"
APP = AppClient(CLIENT_ID, CLIENT_SECRET)
ALIAS = "alice@example.com"
DEVICE = Device(GROUP_KEY, DEVICE_KEY, "ZGV2aWNlIHBhc3N3b3Jk")
SESSION = "a session of twenty characters or more, number "
CONTEXT = Context(
    client_metadata={"tenant": "blau", "größe": "ü"},
    analytics_endpoint_id="endpoint",
    ip_address="198.51.100.7",
    encoded_data="ZW5jb2RlZA==",
)

# As `python -c` prints them with a JWT library: {"username": "the pool's own name"}.
ACCESS_TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJ1c2VybmFtZSI6ImFsaWNlLWluLXRoZS1wb29sIn0.c2ln"
RESULT = {
    "AccessToken": "an access token",
    "IdToken": "an id token",
    "RefreshToken": "a refresh token",
    "ExpiresIn": 3600,
    "TokenType": "Bearer",
}
METADATA = {"DeviceKey": DEVICE_KEY, "DeviceGroupKey": GROUP_KEY}
DEVICE_GONE = {"__type": "ResourceNotFoundException", "message": "Device does not exist."}


def sign_in(app: AppClient = APP, **options: Any) -> SignIn:
    options.setdefault("password", PASSWORD)
    return SignIn(POOL_ID, ALIAS, app=app, **options)


def sent(step: Step, operation: str = "RespondToAuthChallenge", app: AppClient = APP) -> AnyCall:
    """The step as the call that it must be; botocore judges it."""
    assert isinstance(step, Call)
    judge(step, app)
    assert step.operation == operation
    return step


def responses(step: Step) -> dict[str, str]:
    """What a RespondToAuthChallenge answers, without the keys that each answer carries."""
    answered = dict(sent(step).arguments["ChallengeResponses"])
    assert answered.pop("SECRET_HASH") == oracle.secret_hash(
        answered.pop("USERNAME"), CLIENT_ID, CLIENT_SECRET
    )
    return answered


def asks(name: str, number: int = 1, **parameters: object) -> dict[str, Any]:
    """A reply that asks for a challenge, with a Session of its own."""
    return {
        "ChallengeName": name,
        "Session": f"{SESSION}{number}",
        "ChallengeParameters": parameters,
        "ResponseMetadata": {"HTTPStatusCode": 200},
    }


def signed_in(**more: object) -> dict[str, Any]:
    return {"ChallengeParameters": {}, "AuthenticationResult": {**RESULT, **more}}


def claimed(conversation: SignIn, server: OracleServer | None = None) -> AnyCall:
    """Begin, and let the oracle check the claim that comes."""
    server = server or OracleServer()
    opened = sent(conversation.start(), "InitiateAuth")
    call = sent(conversation.reply(server.reply(), now=NOW))
    answered = call.arguments["ChallengeResponses"]
    srp_a = opened.arguments["AuthParameters"]["SRP_A"]
    assert answered["PASSWORD_CLAIM_SIGNATURE"] == server.signature(srp_a, NOW_TEXT)
    return call


def asked(name: str, conversation: SignIn | None = None, **parameters: object) -> Any:
    """The question that a challenge asks after the password has been proven."""
    conversation = conversation or sign_in()
    claimed(conversation)
    return conversation.reply(asks(name, **parameters))


# The password, proven


def test_a_password_alone_ends_with_the_tokens() -> None:
    conversation = sign_in()
    call = claimed(conversation)
    assert call.arguments["ChallengeName"] == "PASSWORD_VERIFIER"
    assert "Session" not in call.arguments
    tokens = conversation.reply(signed_in())
    assert tokens == Tokens(
        access_token="an access token",
        id_token="an id token",
        refresh_token="a refresh token",
        expires_in=3600,
        token_type="Bearer",
        username="alice",
    )
    assert conversation.tokens is tokens


def test_it_begins_with_the_alias_and_goes_on_with_the_pools_own_name() -> None:
    conversation = sign_in()
    opened = sent(conversation.start(), "InitiateAuth").arguments["AuthParameters"]
    assert opened["USERNAME"] == conversation.username == ALIAS
    call = sent(conversation.reply(OracleServer(username="a2c2").reply(), now=NOW))
    assert call.arguments["ChallengeResponses"]["USERNAME"] == "a2c2"
    code = conversation.reply(asks("SMS_MFA"))
    assert isinstance(code, questions.Code)
    call = sent(code.answer("012345"))
    assert call.arguments["ChallengeResponses"]["USERNAME"] == conversation.username == "a2c2"
    conversation.reply(asks("CUSTOM_CHALLENGE", USERNAME="a3"))
    assert conversation.username == "a3"


def test_without_a_client_secret_there_is_no_hash() -> None:
    app = AppClient(CLIENT_ID)
    conversation = sign_in(app)
    opened = sent(conversation.start(), "InitiateAuth", app).arguments["AuthParameters"]
    assert opened.keys() == {"USERNAME", "SRP_A"}
    call = sent(conversation.reply(OracleServer().reply(), now=NOW), app=app)
    assert "SECRET_HASH" not in call.arguments["ChallengeResponses"]


def test_the_username_of_the_access_token_counts_most() -> None:
    conversation = sign_in()
    claimed(conversation)
    tokens = conversation.reply(signed_in(AccessToken=ACCESS_TOKEN))
    assert isinstance(tokens, Tokens)
    assert tokens.username == conversation.username == "alice-in-the-pool"


def test_the_present_moment_is_signed_where_none_is_given() -> None:
    conversation = sign_in()
    conversation.start()
    before = datetime.now(timezone.utc).replace(microsecond=0)
    text = responses(conversation.reply(OracleServer().reply()))["TIMESTAMP"]
    signed = datetime.strptime(text, "%a %b %d %H:%M:%S UTC %Y").replace(tzinfo=timezone.utc)
    assert before <= signed <= datetime.now(timezone.utc)


# The roads in


def test_user_auth_with_a_preferred_proof_sends_srp_a_and_answers_with_the_session() -> None:
    conversation = sign_in(flow="USER_AUTH", preferred_challenge="PASSWORD_SRP")
    opened = sent(conversation.start(), "InitiateAuth").arguments
    assert opened["AuthFlow"] == "USER_AUTH"
    assert opened["AuthParameters"]["PREFERRED_CHALLENGE"] == "PASSWORD_SRP"
    server = OracleServer()
    call = sent(conversation.reply({**server.reply(), "Session": SESSION}, now=NOW))
    assert call.arguments["Session"] == SESSION
    signature = server.signature(opened["AuthParameters"]["SRP_A"], NOW_TEXT)
    assert responses(call)["PASSWORD_CLAIM_SIGNATURE"] == signature


def test_user_auth_with_the_password_preferred_sends_it() -> None:
    conversation = sign_in(flow="USER_AUTH", preferred_challenge="PASSWORD")
    opened = sent(conversation.start(), "InitiateAuth").arguments["AuthParameters"]
    assert opened["PASSWORD"] == PASSWORD
    assert "SRP_A" not in opened
    assert isinstance(conversation.reply(signed_in()), Tokens)


@pytest.mark.parametrize("preferred", [None, "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"])
def test_user_auth_sends_no_password_that_was_not_asked_for(preferred: Any) -> None:
    conversation = sign_in(flow="USER_AUTH", preferred_challenge=preferred)
    opened = sent(conversation.start(), "InitiateAuth").arguments["AuthParameters"]
    assert opened.get("PREFERRED_CHALLENGE") == preferred
    assert not {"SRP_A", "PASSWORD"} & opened.keys()


def test_custom_auth_proves_the_password_first_and_then_asks() -> None:
    conversation = sign_in(flow="CUSTOM_AUTH")
    opened = sent(conversation.start(), "InitiateAuth").arguments
    assert opened["AuthFlow"] == "CUSTOM_AUTH"
    assert opened["AuthParameters"]["CHALLENGE_NAME"] == "SRP_A"
    server = OracleServer()
    call = sent(conversation.reply({**server.reply(), "Session": SESSION}, now=NOW))
    signature = server.signature(opened["AuthParameters"]["SRP_A"], NOW_TEXT)
    assert responses(call)["PASSWORD_CLAIM_SIGNATURE"] == signature
    question = conversation.reply(asks("CUSTOM_CHALLENGE", question="Name of your first pet?"))
    assert isinstance(question, questions.CustomChallenge)
    assert question.parameters == {"question": "Name of your first pet?"}
    assert responses(question.answer("Rex")) == {"ANSWER": "Rex"}
    assert isinstance(conversation.reply(signed_in()), Tokens)


def test_custom_auth_needs_no_password() -> None:
    conversation = sign_in(flow="CUSTOM_AUTH", password=None)
    opened = sent(conversation.start(), "InitiateAuth").arguments["AuthParameters"]
    assert opened.keys() == {"USERNAME", "SECRET_HASH"}
    assert isinstance(conversation.reply(asks("CUSTOM_CHALLENGE")), questions.CustomChallenge)


def choose(choice: str, **options: Any) -> tuple[SignIn, AnyCall]:
    """Answer SELECT_CHALLENGE."""
    password = options.pop("given", None)
    conversation = sign_in(flow="USER_AUTH", **options)
    conversation.start()
    names = ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "FUTURE"]
    question = conversation.reply({**asks("SELECT_CHALLENGE"), "AvailableChallenges": names})
    assert isinstance(question, questions.SelectChallenge)
    assert question.choices == tuple(names)
    return conversation, sent(question.answer(choice, password=password))


@pytest.mark.parametrize(
    ("password", "given"), [(PASSWORD, None), (None, PASSWORD), ("x", PASSWORD)]
)
def test_the_proof_can_be_chosen_and_needs_the_password_once(
    password: str | None, given: str | None
) -> None:
    conversation, call = choose("PASSWORD_SRP", password=password, given=given)
    assert call.arguments["Session"] == f"{SESSION}1"
    answered = responses(call)
    assert answered.keys() == {"ANSWER", "SRP_A"}
    server = OracleServer()
    claim = responses(conversation.reply(server.reply(), now=NOW))
    assert claim["PASSWORD_CLAIM_SIGNATURE"] == server.signature(answered["SRP_A"], NOW_TEXT)


@pytest.mark.parametrize(("password", "given"), [(PASSWORD, None), (None, PASSWORD)])
def test_the_password_itself_can_be_chosen(password: str | None, given: str | None) -> None:
    _, call = choose("PASSWORD", password=password, given=given)
    assert responses(call) == {"ANSWER": "PASSWORD", "PASSWORD": PASSWORD}


@pytest.mark.parametrize("choice", ["EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"])
def test_another_first_factor_can_be_chosen(choice: str) -> None:
    conversation, call = choose(choice, password=None)
    assert responses(call) == {"ANSWER": choice}
    if choice == "WEB_AUTHN":
        options = json.dumps({"challenge": "abc"})
        question = conversation.reply(asks(choice, 2, CREDENTIAL_REQUEST_OPTIONS=options))
        assert isinstance(question, questions.WebAuthn)
        assert question.options == {"challenge": "abc"}
        credential = {"id": "x", "response": {}}
        assert json.loads(responses(question.answer(credential))["CREDENTIAL"]) == credential
        assert responses(question.answer('{"id": "y"}')) == {"CREDENTIAL": '{"id": "y"}'}
    else:
        question = conversation.reply(asks(choice, 2))
        assert isinstance(question, questions.Code)
        call = sent(question.answer("01234567"))
        assert call.arguments["Session"] == f"{SESSION}2"
        assert responses(call) == {f"{choice}_CODE": "01234567"}


@pytest.mark.parametrize("choice", ["SMS_MFA", "", "FUTURE", 1, None])
def test_only_what_is_offered_and_known_can_be_chosen(choice: Any) -> None:
    with pytest.raises(ValueError, match="must be one of"):
        choose(choice)


def test_a_choice_that_needs_the_password_says_so_and_others_take_none() -> None:
    for choice in ("PASSWORD", "PASSWORD_SRP"):
        with pytest.raises(ValueError, match="^pass the password"):
            choose(choice, password=None)
    with pytest.raises(ValueError, match="^password goes with PASSWORD"):
        choose("EMAIL_OTP", given=PASSWORD)


def test_password_srp_is_answered_with_a_new_exchange() -> None:
    conversation = sign_in(flow="USER_AUTH")
    conversation.start()
    answered = responses(conversation.reply(asks("PASSWORD_SRP")))
    assert answered.keys() == {"SRP_A"}
    server = OracleServer()
    claim = responses(conversation.reply(server.reply(), now=NOW))
    assert claim["PASSWORD_CLAIM_SIGNATURE"] == server.signature(answered["SRP_A"], NOW_TEXT)


def test_the_password_itself_is_sent_only_to_who_prefers_it() -> None:
    """A pool, or whoever poses as it, cannot ask for the password of a sign-in by SRP."""
    for options in ({}, {"flow": "USER_AUTH"}, {"flow": "CUSTOM_AUTH"}):
        conversation = sign_in(**options)
        conversation.start()
        question = conversation.reply(asks("PASSWORD"))
        assert isinstance(question, questions.Password)
        assert responses(question.answer(PASSWORD)) == {"PASSWORD": PASSWORD}
    conversation = sign_in(flow="USER_AUTH", preferred_challenge="PASSWORD")
    conversation.start()
    assert responses(conversation.reply(asks("PASSWORD"))) == {"PASSWORD": PASSWORD}


def test_the_password_is_asked_for_where_it_is_not_known() -> None:
    conversation = sign_in(flow="USER_AUTH", password=None)
    conversation.start()
    question = conversation.reply(asks("PASSWORD_SRP"))
    assert isinstance(question, questions.Password)
    answered = responses(question.answer(PASSWORD))
    server = OracleServer()
    claim = responses(conversation.reply(server.reply(), now=NOW))
    assert claim["PASSWORD_CLAIM_SIGNATURE"] == server.signature(answered["SRP_A"], NOW_TEXT)


# Questions


@pytest.mark.parametrize(
    ("name", "key", "prompt"),
    [
        ("SMS_MFA", "SMS_MFA_CODE", "Code from the text message to +*******1234:"),
        ("SMS_OTP", "SMS_OTP_CODE", "Code from the text message to +*******1234:"),
        ("EMAIL_OTP", "EMAIL_OTP_CODE", "Code from the mail to +*******1234:"),
    ],
)
def test_a_code_is_asked_for_with_where_it_went(name: str, key: str, prompt: str) -> None:
    told = {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
        "CODE_DELIVERY_DESTINATION": "+*******1234",
    }
    question = asked(name, **told)
    assert isinstance(question, questions.Code)
    assert question.challenge_name == name
    assert (question.medium, question.destination) == ("SMS", "+*******1234")
    assert question.prompt == prompt
    call = sent(question.answer("012345"))
    assert call.arguments["ChallengeName"] == name
    assert call.arguments["Session"] == f"{SESSION}1"
    assert responses(call) == {key: "012345"}


def test_a_code_that_went_nobody_knows_where_is_asked_for_all_the_same() -> None:
    assert asked("EMAIL_OTP").prompt == "Code from the mail:"
    assert asked("SOFTWARE_TOKEN_MFA").prompt == "Code from your authenticator app:"


def test_parameters_may_be_missing_where_none_is_needed() -> None:
    conversation = sign_in()
    claimed(conversation)
    question = conversation.reply({"ChallengeName": "SMS_MFA", "Session": SESSION})
    assert isinstance(question, questions.Code)


def test_two_questions_of_two_sign_ins_are_equal_if_they_ask_the_same() -> None:
    assert asked("SMS_MFA") == asked("SMS_MFA")
    assert asked("SMS_MFA") != asked("SMS_OTP")
    match asked("SMS_MFA", CODE_DELIVERY_DESTINATION="+***1"):
        case questions.Code("SMS_MFA", None, destination):
            assert destination == "+***1"
        case _:
            raise AssertionError("the fields stand in their order, and nothing hidden between them")


def test_an_authenticator_app_is_named() -> None:
    question = asked("SOFTWARE_TOKEN_MFA", FRIENDLY_DEVICE_NAME="my phone")
    assert question.friendly_device_name == "my phone"
    assert question.prompt == "Code from your authenticator app my phone:"
    assert responses(question.answer("012345")) == {"SOFTWARE_TOKEN_MFA_CODE": "012345"}


def test_a_prompt_shows_no_control_characters() -> None:
    question = asked("SMS_MFA", CODE_DELIVERY_DESTINATION="+1\x1b[2J\n\u202e")
    assert question.prompt == "Code from the text message to +1?[2J??:"
    question = asked("SMS_MFA", CODE_DELIVERY_DESTINATION="x" * 100_000)
    assert len(question.prompt) < 1000


def test_the_second_factor_is_chosen_among_those_that_the_string_of_json_lists() -> None:
    question = asked("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE='["SMS_MFA","SOFTWARE_TOKEN_MFA"]')
    assert isinstance(question, questions.SelectMFAType)
    assert question.choices == ("SMS_MFA", "SOFTWARE_TOKEN_MFA")
    assert question.prompt == "Second factor (SMS_MFA, SOFTWARE_TOKEN_MFA):"
    assert responses(question.answer("SOFTWARE_TOKEN_MFA")) == {"ANSWER": "SOFTWARE_TOKEN_MFA"}
    for wrong in ("EMAIL_OTP", "SMS", ""):
        with pytest.raises(ValueError, match="one of SMS_MFA, SOFTWARE_TOKEN_MFA"):
            question.answer(wrong)


def test_the_choice_may_come_under_the_name_in_the_developer_guide_and_be_of_a_mail() -> None:
    question = asked("SELECT_MFA_TYPE", MFAS_CAN_SELECT='["EMAIL_MFA","SOFTWARE_TOKEN_MFA"]')
    assert responses(question.answer("EMAIL_MFA")) == {"ANSWER": "EMAIL_MFA"}


@pytest.mark.parametrize(
    "told",
    [
        {"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'},
        {"MFAS_CAN_SETUP": '["SMS_MFA","SOFTWARE_TOKEN_MFA"]'},
        {},
    ],
)
def test_an_authenticator_app_is_set_up_on_the_way(told: dict[str, str]) -> None:
    conversation = sign_in()
    call = asked("MFA_SETUP", conversation, **told)
    assert sent(call, "AssociateSoftwareToken").arguments == {"Session": f"{SESSION}1"}
    question = conversation.reply({"SecretCode": "JBSWY3DPEHPK3PXP", "Session": f"{SESSION}2"})
    assert isinstance(question, questions.SoftwareTokenSetup)
    assert question.secret_code == "JBSWY3DPEHPK3PXP"
    assert "JBSWY3DPEHPK3PXP" in question.prompt
    assert "JBSWY3DPEHPK3PXP" not in repr(question)
    call = sent(question.answer("012345", friendly_device_name="my phone"), "VerifySoftwareToken")
    assert call.arguments == {
        "Session": f"{SESSION}2",
        "UserCode": "012345",
        "FriendlyDeviceName": "my phone",
    }
    # A wrong code is told in either of two ways, and the next one can be tried.
    with pytest.raises(ServiceError) as refused:
        conversation.reply({"__type": "EnableSoftwareTokenMFAException", "message": "Mismatch"})
    assert refused.value.operation == "VerifySoftwareToken"
    assert refused.value.challenge_name is None
    sent(question.answer("543210"), "VerifySoftwareToken")
    with pytest.raises(IllegalParameter, match="was not accepted") as illegal:
        conversation.reply({"Status": "ERROR", "Session": f"{SESSION}2"})
    assert illegal.value.name == "Status"
    sent(question.answer("543211"), "VerifySoftwareToken")
    call = sent(conversation.reply({"Status": "SUCCESS", "Session": f"{SESSION}3"}))
    assert call.arguments["ChallengeName"] == "MFA_SETUP"
    assert call.arguments["Session"] == f"{SESSION}3"
    assert responses(call) == {}
    assert isinstance(conversation.reply(signed_in()), Tokens)


def test_which_factor_to_set_up_is_asked_where_there_are_several() -> None:
    everything = '["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP"]'
    question = asked("MFA_SETUP", MFAS_CAN_SETUP=everything)
    assert isinstance(question, questions.MFASetup)
    assert question.prompt == "Second factor to set up (SOFTWARE_TOKEN_MFA, EMAIL_OTP):"
    assert question.possible == ("SOFTWARE_TOKEN_MFA", "EMAIL_OTP")
    call = sent(question.answer("SOFTWARE_TOKEN_MFA"), "AssociateSoftwareToken")
    assert call.arguments == {"Session": f"{SESSION}1"}
    call = sent(question.answer("EMAIL_OTP", email=ALIAS))
    assert call.arguments["Session"] == f"{SESSION}1"
    assert responses(call) == {"EMAIL": ALIAS}
    with pytest.raises(ValueError, match="set the user's phone number and begin"):
        question.answer("SMS_MFA")
    with pytest.raises(ValueError, match="^email goes with EMAIL_OTP"):
        question.answer("EMAIL_OTP")
    with pytest.raises(ValueError, match="^email goes with EMAIL_OTP"):
        question.answer("SOFTWARE_TOKEN_MFA", email=ALIAS)
    with pytest.raises(ValueError, match="^the answer must be one of"):
        question.answer("TOTP")


def test_a_new_password_is_asked_for_with_the_attributes_that_it_needs() -> None:
    question = asked(
        "NEW_PASSWORD_REQUIRED",
        requiredAttributes='["userAttributes.given_name","userAttributes.custom:team"]',
        userAttributes='{"email":"alice@example.com","email_verified":"true"}',
    )
    assert isinstance(question, questions.NewPassword)
    assert question.prompt == "New password, with values for given_name, custom:team:"
    assert question.required_attributes == ("given_name", "custom:team")
    assert question.user_attributes == {"email": ALIAS, "email_verified": "true"}
    with pytest.raises(ValueError, match="values for given_name, custom:team$"):
        question.answer("new horse")
    with pytest.raises(ValueError, match="values for custom:team$"):
        question.answer("new horse", attributes={"given_name": "Alice"})
    attributes = {"given_name": "Alice", "custom:team": "blue", "nickname": ""}
    assert responses(question.answer("new horse", attributes=attributes)) == {
        "NEW_PASSWORD": "new horse",
        "userAttributes.given_name": "Alice",
        "userAttributes.custom:team": "blue",
        "userAttributes.nickname": "",
    }


def test_a_new_password_may_need_nothing_else() -> None:
    for parameters in ({}, {"requiredAttributes": "[]", "userAttributes": "{}"}):
        question = asked("NEW_PASSWORD_REQUIRED", **parameters)
        assert question.required_attributes == ()
        assert question.prompt == "New password:"
        assert question.user_attributes == {}
        assert responses(question.answer("new horse")) == {"NEW_PASSWORD": "new horse"}


@pytest.mark.parametrize(
    ("name", "parameters", "prompt"),
    [
        ("CUSTOM_CHALLENGE", {}, "Answer:"),
        ("WEB_AUTHN", {"CREDENTIAL_REQUEST_OPTIONS": "{}"}, "Credential"),
        ("PASSWORD", {}, "Password (which the service will see):"),
        ("PASSWORD_SRP", {}, "Password:"),
        (
            "SELECT_CHALLENGE",
            {},
            "Way to sign in (EMAIL_OTP, PASSWORD, which the service will see):",
        ),
    ],
)
def test_every_question_is_a_sentence_to_show(
    name: str, parameters: dict[str, str], prompt: str
) -> None:
    conversation = sign_in(flow="USER_AUTH", password=None)
    conversation.start()
    reply = {**asks(name, **parameters), "AvailableChallenges": ["EMAIL_OTP", "PASSWORD"]}
    question = conversation.reply(reply)
    assert isinstance(question, questions.Question)
    assert question.challenge_name == name
    assert question.prompt.startswith(prompt)


@pytest.mark.parametrize(
    ("name", "parameters", "wrong"),
    [
        ("SMS_MFA", {}, [12345, None, b"12345", "", " 12345", "12345\n", ["12345"]]),
        ("CUSTOM_CHALLENGE", {}, [5, None, "\ud800"]),
        ("NEW_PASSWORD_REQUIRED", {}, [5, None, "", "\ud800"]),
        ("PASSWORD", {}, [5, None, "", "\ud800"]),
        ("WEB_AUTHN", {"CREDENTIAL_REQUEST_OPTIONS": "{}"}, [5, None, "", "x", "[]", ["x"]]),
        ("SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": '["SMS_MFA","FUTURE"]'}, [5, None, "x", "FUTURE"]),
    ],
)
def test_an_answer_of_another_kind_is_the_callers_mistake_and_the_question_stands(
    name: str, parameters: dict[str, str], wrong: list[Any]
) -> None:
    conversation = sign_in()
    question = asked(name, conversation, **parameters)
    for answer in wrong:
        with pytest.raises((TypeError, ValueError)):
            question.answer(answer)
        with pytest.raises(StateError, match=f"there is a question to answer first, of {name}"):
            conversation.reply(signed_in())


def test_a_mistyped_code_can_be_typed_again_with_the_same_session() -> None:
    conversation = sign_in()
    question = asked("SMS_MFA", conversation)
    first = question.answer("000000")
    with pytest.raises(ServiceError) as refused:
        conversation.reply({"__type": "CodeMismatchException", "message": "Invalid code"})
    assert refused.value.type == "CodeMismatchException"
    assert refused.value.operation == "RespondToAuthChallenge"
    assert refused.value.challenge_name == "SMS_MFA"
    second = sent(question.answer("012345"))
    assert second.arguments["Session"] == first.arguments["Session"]
    assert isinstance(conversation.reply(signed_in()), Tokens)


def test_a_question_cannot_be_answered_once_the_sign_in_has_gone_on() -> None:
    conversation = sign_in()
    old = asked("SMS_MFA", conversation)
    old.answer("012345")
    new = conversation.reply(asks("SMS_MFA", 2))
    gone_on = "^the sign-in has gone on"
    with pytest.raises(StateError, match=gone_on):
        old.answer("012345")
    assert sent(new.answer("012345")).arguments["Session"] == f"{SESSION}2"
    conversation.reply(signed_in())
    with pytest.raises(StateError, match=gone_on):
        new.answer("012345")


@pytest.mark.parametrize(
    "then",
    [asks("DEVICE_SRP_AUTH", 2), asks("MFA_SETUP", 2), signed_in(NewDeviceMetadata=METADATA)],
)
def test_no_question_is_answered_while_the_sign_in_goes_on_by_itself(then: dict[str, Any]) -> None:
    conversation = sign_in(device=DEVICE)
    question = asked("SMS_MFA", conversation)
    question.answer("012345")
    call = conversation.reply(then)
    assert isinstance(call, Call)
    assert conversation.question is None
    with pytest.raises(StateError, match="^the sign-in has gone on"):
        question.answer("012345")


@pytest.mark.parametrize(
    ("name", "more", "answer"),
    [
        ("SELECT_CHALLENGE", {"AvailableChallenges": ["PASSWORD", "PASSWORD_SRP"]}, "PASSWORD"),
        ("SELECT_CHALLENGE", {"AvailableChallenges": ["PASSWORD", "PASSWORD_SRP"]}, "PASSWORD_SRP"),
        ("PASSWORD", {}, PASSWORD),
        ("CUSTOM_CHALLENGE", {}, "Rex"),
    ],
)
def test_no_old_question_of_any_kind_is_answered(
    name: str, more: dict[str, object], answer: str
) -> None:
    conversation = sign_in(flow="USER_AUTH")
    conversation.start()
    old = conversation.reply({**asks(name), **more})
    assert isinstance(old, questions.Question)
    old.answer(answer)
    conversation.reply(asks("SMS_MFA", 2))
    with pytest.raises(StateError):
        old.answer(answer)


# Devices


def test_a_new_device_is_registered_and_handed_over_with_the_tokens() -> None:
    conversation = sign_in(device_name="laptop")
    claimed(conversation)
    call = conversation.reply(signed_in(NewDeviceMetadata=METADATA))
    arguments: Any = sent(call, "ConfirmDevice").arguments
    assert arguments["AccessToken"] == "an access token"
    assert arguments["DeviceKey"] == DEVICE_KEY
    assert arguments["DeviceName"] == "laptop"
    assert conversation.tokens is not None
    assert conversation.tokens.device is None
    tokens = conversation.reply({"UserConfirmationNecessary": False})
    assert isinstance(tokens, Tokens)
    assert conversation.tokens is tokens
    device = tokens.device
    assert device is not None
    assert (device.device_group_key, device.device_key) == (GROUP_KEY, DEVICE_KEY)
    # The registered verifier is that of the device's password.
    verifier = Verifier.for_device(GROUP_KEY, DEVICE_KEY, arguments["DeviceSecretVerifierConfig"])
    x = oracle.x(GROUP_KEY, DEVICE_KEY, device.device_password, verifier.salt)
    assert verifier.v == oracle.verifier(x)


def test_a_device_is_remembered_where_that_is_asked_for_and_left_to_the_user() -> None:
    for remember, necessary, expected in (
        (True, True, "UpdateDeviceStatus"),
        (True, False, None),
        (False, True, None),
        (True, None, None),
        (True, "false", None),
    ):
        conversation = sign_in(remember_device=remember)
        claimed(conversation)
        conversation.reply(signed_in(NewDeviceMetadata=METADATA))
        step = conversation.reply({"UserConfirmationNecessary": necessary})
        if expected is not None:
            assert sent(step, expected).arguments == {
                "AccessToken": "an access token",
                "DeviceKey": DEVICE_KEY,
                "DeviceRememberedStatus": "remembered",
            }
            step = conversation.reply({})
        assert isinstance(step, Tokens)
        assert step.device is not None


def test_a_device_that_cannot_be_registered_costs_nobody_the_tokens() -> None:
    conversation = sign_in(device=DEVICE)
    claimed(conversation)
    conversation.reply(signed_in(NewDeviceMetadata=METADATA))
    tokens = conversation.reply({"__type": "InvalidParameterException", "message": "Not now."})
    assert isinstance(tokens, Tokens)
    assert tokens.access_token == "an access token"
    assert tokens.device is None
    assert tokens.device_error is not None
    assert tokens.device_error.type == "InvalidParameterException"
    assert tokens.device_error.operation == "ConfirmDevice"


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ([], "NewDeviceMetadata"),
        ({}, "DeviceGroupKey"),
        ({"DeviceGroupKey": "-x"}, "DeviceKey"),
        ({"DeviceGroupKey": "-x", "DeviceKey": "y "}, "DeviceKey"),
    ],
)
def test_a_device_that_is_told_badly_costs_nobody_the_tokens(metadata: Any, name: str) -> None:
    conversation = sign_in(device=DEVICE)
    claimed(conversation)
    tokens = conversation.reply(signed_in(NewDeviceMetadata=metadata))
    assert isinstance(tokens, Tokens)
    assert tokens.device is None
    assert isinstance(tokens.device_error, MalformedParameter)
    assert tokens.device_error.name == name


@pytest.mark.parametrize("again", [signed_in(NewDeviceMetadata=METADATA), asks("SMS_MFA")])
def test_a_reply_that_is_given_again_is_not_taken_for_the_devices(again: dict[str, Any]) -> None:
    """Else a device would be kept of which the pool knows nothing."""
    conversation = sign_in(remember_device=True)
    claimed(conversation)
    conversation.reply(signed_in(NewDeviceMetadata=METADATA))
    earlier = "^this is the reply to an earlier call"
    with pytest.raises(StateError, match=earlier):
        conversation.reply(again)
    conversation.reply({"UserConfirmationNecessary": True})
    with pytest.raises(StateError, match=earlier):
        conversation.reply(again)
    assert isinstance(conversation.reply({}), Tokens)


def test_a_device_that_cannot_be_remembered_is_kept_all_the_same() -> None:
    conversation = sign_in(remember_device=True)
    claimed(conversation)
    conversation.reply(signed_in(NewDeviceMetadata=METADATA))
    conversation.reply({"UserConfirmationNecessary": True})
    tokens = conversation.reply(DEVICE_GONE)
    assert isinstance(tokens, Tokens)
    assert tokens.device is not None
    assert tokens.device_error is not None
    assert tokens.device_error.operation == "UpdateDeviceStatus"


def test_a_remembered_device_proves_itself_in_the_place_of_mfa() -> None:
    conversation = sign_in(device=DEVICE)
    user, device = OracleServer(), OracleServer.of_device(DEVICE.device_password)
    opened = sent(conversation.start(), "InitiateAuth").arguments["AuthParameters"]
    assert opened["DEVICE_KEY"] == DEVICE_KEY
    answered = responses(conversation.reply(user.reply(), now=NOW))
    assert answered["DEVICE_KEY"] == DEVICE_KEY
    call = sent(conversation.reply(asks("DEVICE_SRP_AUTH", 1)))
    assert call.arguments["ChallengeName"] == "DEVICE_SRP_AUTH"
    assert call.arguments["Session"] == f"{SESSION}1"
    answered = responses(call)
    assert answered.keys() == {"DEVICE_KEY", "SRP_A"}
    assert answered["SRP_A"] != opened["SRP_A"]
    reply = {**device.reply("DEVICE_PASSWORD_VERIFIER"), "Session": f"{SESSION}2"}
    call = sent(conversation.reply(reply, now=NOW))
    assert call.arguments["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    assert call.arguments["Session"] == f"{SESSION}2"
    claim = responses(call)
    assert claim["DEVICE_KEY"] == DEVICE_KEY
    assert claim["PASSWORD_CLAIM_SIGNATURE"] == device.signature(answered["SRP_A"], NOW_TEXT)
    tokens = conversation.reply(signed_in())
    assert isinstance(tokens, Tokens)
    assert tokens.device == DEVICE


def test_a_device_goes_on_with_the_name_it_has_if_it_is_not_told_again() -> None:
    conversation = sign_in(device=DEVICE)
    claimed(conversation, OracleServer(username="a2c2"))
    conversation.reply(asks("DEVICE_SRP_AUTH"))
    device = OracleServer.of_device(DEVICE.device_password)
    reply = device.reply("DEVICE_PASSWORD_VERIFIER", USERNAME=None)
    answered = sent(conversation.reply(reply)).arguments["ChallengeResponses"]
    assert answered["USERNAME"] == "a2c2"


def test_the_devices_key_goes_along_with_every_answer() -> None:
    for name, answer in (("SMS_MFA", "012345"), ("NEW_PASSWORD_REQUIRED", "new horse")):
        question = asked(name, sign_in(device=DEVICE))
        assert responses(question.answer(answer))["DEVICE_KEY"] == DEVICE_KEY


def test_a_forgotten_device_is_told_by_the_word() -> None:
    conversation = sign_in(device=DEVICE)
    conversation.start()
    gone = {"__type": "ResourceNotFoundException", "message": "no such device"}
    again = sent(conversation.reply(gone), "InitiateAuth")
    assert "DEVICE_KEY" not in again.arguments["AuthParameters"]


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"])
def test_every_flow_begins_with_the_device_and_the_context(flow: str) -> None:
    conversation = sign_in(flow=flow, device=DEVICE, context=CONTEXT)
    opened = sent(conversation.start(), "InitiateAuth").arguments
    assert opened["AuthParameters"]["DEVICE_KEY"] == DEVICE_KEY
    assert opened["ClientMetadata"] == {"tenant": "blau", "größe": "ü"}


@pytest.mark.parametrize("form", ["wire", "boto3"])
@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_device_that_the_pool_has_forgotten_is_dropped_and_the_sign_in_begins_again(
    steps: int, form: str
) -> None:
    conversation = sign_in(device=DEVICE, context=CONTEXT)
    first = sent(conversation.start(), "InitiateAuth").arguments["AuthParameters"]
    device = OracleServer.of_device(DEVICE.device_password)
    replies = [
        OracleServer(username="a2c2").reply(),
        asks("DEVICE_SRP_AUTH"),
        device.reply("DEVICE_PASSWORD_VERIFIER"),
    ]
    for reply in replies[:steps]:
        sent(conversation.reply(reply, now=NOW))
    gone: dict[str, Any] = DEVICE_GONE
    if form == "boto3":
        gone = {"Error": {"Code": gone["__type"], "Message": gone["message"]}}
    again = sent(conversation.reply(gone), "InitiateAuth").arguments["AuthParameters"]
    assert again.keys() == {"USERNAME", "SRP_A", "SECRET_HASH"}
    assert again["USERNAME"] == ALIAS
    assert again["SRP_A"] != first["SRP_A"]
    server = OracleServer()
    claim = responses(conversation.reply(server.reply(), now=NOW))
    assert claim["PASSWORD_CLAIM_SIGNATURE"] == server.signature(again["SRP_A"], NOW_TEXT)
    with pytest.raises(ServiceError):
        conversation.reply(gone)
    tokens = conversation.reply(signed_in())
    assert isinstance(tokens, Tokens)
    assert tokens.device is None


def test_after_a_new_password_it_begins_again_with_that_one() -> None:
    conversation = sign_in(device=DEVICE)
    question = asked("NEW_PASSWORD_REQUIRED", conversation)
    call = question.answer("new horse")
    call.arguments["ChallengeResponses"].clear()  # As one does who has sent a secret.
    conversation.reply(asks("DEVICE_SRP_AUTH", 2))
    again = sent(conversation.reply(DEVICE_GONE), "InitiateAuth").arguments["AuthParameters"]
    server = OracleServer(password="new horse")
    claim = responses(conversation.reply(server.reply(), now=NOW))
    assert claim["PASSWORD_CLAIM_SIGNATURE"] == server.signature(again["SRP_A"], NOW_TEXT)


def test_a_new_password_that_was_refused_is_forgotten() -> None:
    conversation = sign_in(device=DEVICE)
    question = asked("NEW_PASSWORD_REQUIRED", conversation)
    question.answer("weak")
    with pytest.raises(ServiceError):
        conversation.reply({"__type": "InvalidPasswordException", "message": "Too short."})
    question.answer("new horse")
    conversation.reply(asks("DEVICE_SRP_AUTH", 2))
    again = sent(conversation.reply(DEVICE_GONE), "InitiateAuth").arguments["AuthParameters"]
    server = OracleServer(password="new horse")
    claim = responses(conversation.reply(server.reply(), now=NOW))
    assert claim["PASSWORD_CLAIM_SIGNATURE"] == server.signature(again["SRP_A"], NOW_TEXT)


@pytest.mark.parametrize("first", ["PASSWORD", "PASSWORD_SRP"])
def test_a_password_that_a_person_gave_is_the_one_to_begin_again_with(first: str) -> None:
    conversation = sign_in(flow="USER_AUTH", password=None, device=DEVICE)
    conversation.start()
    question = conversation.reply(asks(first))
    assert isinstance(question, questions.Password)
    question.answer(PASSWORD)
    conversation.reply(asks("DEVICE_SRP_AUTH"))
    sent(conversation.reply(DEVICE_GONE), "InitiateAuth")
    assert responses(conversation.reply(asks("PASSWORD_SRP"))).keys() == {"SRP_A"}


@pytest.mark.parametrize(
    "error",
    [
        {"__type": "ResourceNotFoundException", "message": "User pool client does not exist."},
        {"__type": "NotAuthorizedException", "message": "Device does not exist."},
    ],
)
def test_no_other_error_drops_the_device(error: dict[str, str]) -> None:
    conversation = sign_in(device=DEVICE)
    conversation.start()
    with pytest.raises(ServiceError):
        conversation.reply(error)
    assert responses(conversation.reply(OracleServer().reply()))["DEVICE_KEY"] == DEVICE_KEY


def test_a_pool_that_gives_a_new_device_replaces_the_old_one() -> None:
    conversation = sign_in(device=DEVICE)
    claimed(conversation)
    metadata = {"DeviceKey": "eu-west-1_new", "DeviceGroupKey": "-new"}
    conversation.reply(signed_in(NewDeviceMetadata=metadata))
    tokens = conversation.reply({})
    assert isinstance(tokens, Tokens)
    assert tokens.device is not None
    assert tokens.device.device_key == "eu-west-1_new"


# What goes along, and calls with AWS credentials


def test_the_context_goes_along_with_every_call_that_takes_one() -> None:
    conversation = sign_in(context=CONTEXT)
    members = {
        "AnalyticsMetadata": {"AnalyticsEndpointId": "endpoint"},
        "UserContextData": {"IpAddress": "198.51.100.7", "EncodedData": "ZW5jb2RlZA=="},
        "ClientMetadata": {"tenant": "blau", "größe": "ü"},
    }
    opened = sent(conversation.start(), "InitiateAuth").arguments
    assert members.items() <= dict(opened).items()
    call = sent(conversation.reply(OracleServer().reply()))
    assert members.items() <= dict(call.arguments).items()
    question = conversation.reply(asks("SMS_MFA"))
    assert conversation.context is CONTEXT
    conversation.context = Context(ip_address="203.0.113.9")
    assert isinstance(question, questions.Code)
    arguments = sent(question.answer("012345")).arguments
    assert arguments["UserContextData"] == {"IpAddress": "203.0.113.9"}
    assert "ClientMetadata" not in arguments
    conversation.context = None
    assert "UserContextData" not in question.answer("012345").arguments


def test_the_context_can_be_made_anew_for_the_name_of_each_call() -> None:
    """EncodedData is about the USERNAME beside it, which changes with the first reply."""
    conversation = sign_in(context=lambda name: Context(encoded_data=f"about {name}"))
    opened = sent(conversation.start(), "InitiateAuth").arguments
    assert opened["UserContextData"] == {"EncodedData": f"about {ALIAS}"}
    call = sent(conversation.reply(OracleServer(username="a2c2").reply()))
    assert call.arguments["UserContextData"] == {"EncodedData": "about a2c2"}
    assert callable(conversation.context)


@pytest.mark.parametrize(
    ("made", "error"), [({}, TypeError), (Context(ip_address="198.51.100.7"), ValueError)]
)
def test_a_context_that_is_made_wrong_leaves_the_exchange_unused(
    made: Any, error: type[Exception]
) -> None:
    conversation = sign_in(admin=Admin(pool_id=POOL_ID))
    conversation.start()
    conversation.context = lambda name: made
    with pytest.raises(error):
        conversation.reply(OracleServer().reply())
    conversation.context = None
    sent(conversation.reply(OracleServer().reply()), "AdminRespondToAuthChallenge")


def test_a_server_signs_in_with_its_own_credentials() -> None:
    admin = Admin(
        pool_id=POOL_ID,
        server_name="example.com",
        server_path="/login",
        http_headers={"User-Agent": "Mozilla/5.0"},
    )
    conversation = sign_in(admin=admin, context=CONTEXT)
    context = {
        "IpAddress": "198.51.100.7",
        "ServerName": "example.com",
        "ServerPath": "/login",
        "HttpHeaders": [{"headerName": "User-Agent", "headerValue": "Mozilla/5.0"}],
        "EncodedData": "ZW5jb2RlZA==",
    }
    opened = sent(conversation.start(), "AdminInitiateAuth")
    assert opened.arguments["UserPoolId"] == POOL_ID
    assert opened.arguments["ContextData"] == context
    call = sent(conversation.reply(OracleServer().reply()), "AdminRespondToAuthChallenge")
    assert call.arguments["UserPoolId"] == POOL_ID
    question = conversation.reply(asks("SMS_MFA"))
    assert isinstance(question, questions.Code)
    sent(question.answer("012345"), "AdminRespondToAuthChallenge")
    # What the access token allows needs no credentials.
    sent(conversation.reply(signed_in(NewDeviceMetadata=METADATA)), "ConfirmDevice")
    assert isinstance(conversation.reply({}), Tokens)


def test_a_context_that_does_not_go_with_the_server_is_refused_where_it_is_set() -> None:
    admin = Admin(pool_id=POOL_ID)
    with pytest.raises(ValueError, match="also needs Admin's server_name"):
        sign_in(admin=admin, context=CONTEXT)
    conversation = sign_in(admin=admin)
    with pytest.raises(ValueError, match="also needs Admin's server_name"):
        conversation.context = CONTEXT
    assert conversation.context is None
    sent(conversation.start(), "AdminInitiateAuth")


# Bad replies: each its own error, and the sign-in stands where it stood

BAD_REPLIES: list[tuple[Any, type[SRPError], str | None]] = [
    ({}, MalformedParameter, "ChallengeName"),
    (None, MalformedParameter, "the reply"),
    ([], MalformedParameter, "the reply"),
    ("{}", MalformedParameter, "the reply"),
    ({"ChallengeName": None}, MalformedParameter, "ChallengeName"),
    ({"ChallengeName": 5}, MalformedParameter, "ChallengeName"),
    ({"ChallengeName": ["SMS_MFA"]}, MalformedParameter, "ChallengeName"),
    ({"AuthenticationResult": []}, MalformedParameter, "AuthenticationResult"),
    ({"AuthenticationResult": {}}, MalformedParameter, "AccessToken"),
    ({"AuthenticationResult": {"AccessToken": ""}}, MalformedParameter, "AccessToken"),
    (signed_in(AccessToken=5), MalformedParameter, "AccessToken"),
    (signed_in(IdToken=5), MalformedParameter, "IdToken"),
    (signed_in(RefreshToken=5), MalformedParameter, "RefreshToken"),
    (signed_in(TokenType=5), MalformedParameter, "TokenType"),
    (signed_in(ExpiresIn="3600"), MalformedParameter, "ExpiresIn"),
    (signed_in(ExpiresIn=True), MalformedParameter, "ExpiresIn"),
    ({**asks("SMS_MFA"), "Session": 5}, MalformedParameter, "Session"),
    ({**asks("SMS_MFA"), "ChallengeParameters": []}, MalformedParameter, "ChallengeParameters"),
    (asks("SMS_MFA", USERNAME=5), MalformedParameter, "USERNAME"),
    (asks("SMS_MFA", USERNAME=""), MalformedParameter, "USERNAME"),
    (
        asks("SMS_MFA", CODE_DELIVERY_DESTINATION=5),
        MalformedParameter,
        "CODE_DELIVERY_DESTINATION",
    ),
    (asks("SELECT_MFA_TYPE"), MalformedParameter, "MFAS_CAN_CHOOSE"),
    (asks("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE=["SMS"]), MalformedParameter, "MFAS_CAN_CHOOSE"),
    (asks("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE="SMS_MFA"), MalformedParameter, "MFAS_CAN_CHOOSE"),
    (asks("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE="[1]"), MalformedParameter, "MFAS_CAN_CHOOSE"),
    (asks("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE='["\\ud800"]'), MalformedParameter, "MFAS_CAN_CHOOSE"),
    (asks("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE='{"a": 1}'), MalformedParameter, "MFAS_CAN_CHOOSE"),
    ({**asks("MFA_SETUP"), "Session": ""}, MalformedParameter, "Session"),
    (asks("MFA_SETUP", MFAS_CAN_SETUP="[" * 100_000), MalformedParameter, "MFAS_CAN_SETUP"),
    (asks("MFA_SETUP", MFAS_CAN_SETUP="9" * 100_000), MalformedParameter, "MFAS_CAN_SETUP"),
    (
        {
            "ChallengeName": "MFA_SETUP",
            "ChallengeParameters": {"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'},
        },
        MalformedParameter,
        "Session",
    ),
    (asks("SELECT_CHALLENGE"), MalformedParameter, "AvailableChallenges"),
    (
        {**asks("SELECT_CHALLENGE"), "AvailableChallenges": "PASSWORD"},
        MalformedParameter,
        "AvailableChallenges",
    ),
    (
        asks("NEW_PASSWORD_REQUIRED", requiredAttributes="userAttributes.email"),
        MalformedParameter,
        "requiredAttributes",
    ),
    (
        asks("NEW_PASSWORD_REQUIRED", userAttributes="[]"),
        MalformedParameter,
        "userAttributes",
    ),
    (
        asks("NEW_PASSWORD_REQUIRED", userAttributes='{"email": 5}'),
        MalformedParameter,
        "userAttributes",
    ),
    (asks("CUSTOM_CHALLENGE", question=5), MalformedParameter, "ChallengeParameters"),
    (asks("CUSTOM_CHALLENGE", **{"\x1b\ud800": "x"}), MalformedParameter, "ChallengeParameters"),
    (
        asks("CUSTOM_CHALLENGE", **{str(i): "x" for i in range(1001)}),
        MalformedParameter,
        "ChallengeParameters",
    ),
    (asks("WEB_AUTHN"), MalformedParameter, "CREDENTIAL_REQUEST_OPTIONS"),
    (asks("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE="[]"), UnsupportedChallenge, "ChallengeName"),
    (asks("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE='["FOO"]'), UnsupportedChallenge, "ChallengeName"),
    (
        {**asks("SELECT_CHALLENGE"), "AvailableChallenges": []},
        UnsupportedChallenge,
        "ChallengeName",
    ),
    (
        {**asks("SELECT_CHALLENGE"), "AvailableChallenges": ["FUTURE"]},
        UnsupportedChallenge,
        "ChallengeName",
    ),
    (
        asks("WEB_AUTHN", CREDENTIAL_REQUEST_OPTIONS='{"timeout":1e999}'),
        MalformedParameter,
        "CREDENTIAL_REQUEST_OPTIONS",
    ),
    (asks("MFA_SETUP", MFAS_CAN_SETUP="[]"), UnsupportedChallenge, "ChallengeName"),
    (asks("MFA_SETUP", MFAS_CAN_SETUP='["SMS_MFA"]'), UnsupportedChallenge, "ChallengeName"),
    (
        asks("WEB_AUTHN", CREDENTIAL_REQUEST_OPTIONS="challenge"),
        MalformedParameter,
        "CREDENTIAL_REQUEST_OPTIONS",
    ),
    (asks("ADMIN_NO_SRP_AUTH"), UnsupportedChallenge, "ChallengeName"),
    (asks("TELEPATHY"), UnsupportedChallenge, "ChallengeName"),
    (asks("EMAIL_MFA"), UnsupportedChallenge, "ChallengeName"),
    (asks("DEVICE_SRP_AUTH"), IllegalParameter, "ChallengeName"),
    (asks("DEVICE_PASSWORD_VERIFIER"), StateError, None),
    (asks("PASSWORD_VERIFIER"), StateError, None),
    ({"__type": 5}, MalformedParameter, "__type"),
    ({"__type": "no name"}, MalformedParameter, "__type"),
    ({"__type": "X", "message": 5}, MalformedParameter, "message"),
    ({"Error": "x"}, MalformedParameter, "Error"),
    ({"Error": {}}, MalformedParameter, "Code"),
    ({"__type": "TooManyRequestsException"}, ServiceError, None),
    ({"Error": {"Code": "InternalErrorException", "Message": "x"}}, ServiceError, None),
]


@pytest.mark.parametrize(
    ("reply", "error", "name"), BAD_REPLIES, ids=[f"{i}" for i in range(len(BAD_REPLIES))]
)
def test_a_bad_reply_is_refused_by_name_and_the_sign_in_stands(
    reply: Any, error: type[SRPError], name: str | None
) -> None:
    conversation = sign_in()
    claimed(conversation)
    shown = repr(conversation)
    with pytest.raises(error) as refused:
        conversation.reply(reply)
    assert type(refused.value) is error
    assert getattr(refused.value, "name", None) == name
    assert SESSION not in str(refused.value) + repr(refused.value)
    assert repr(conversation) == shown
    assert isinstance(conversation.reply(signed_in()), Tokens)


@pytest.mark.parametrize(
    ("changes", "error", "name"),
    [
        ({"SRP_B": None}, MalformedParameter, "SRP_B"),
        ({"SRP_B": "0"}, IllegalParameter, "SRP_B"),
        ({"SRP_B": f"{N:x}"}, IllegalParameter, "SRP_B"),
        ({"SALT": "x"}, MalformedParameter, "SALT"),
        ({"SECRET_BLOCK": None}, MalformedParameter, "SECRET_BLOCK"),
        ({"USERNAME": None}, MalformedParameter, "USERNAME"),
        ({"USER_ID_FOR_SRP": None}, MalformedParameter, "USER_ID_FOR_SRP"),
    ],
)
def test_a_bad_challenge_leaves_the_exchange_unused(
    changes: dict[str, object], error: type[SRPError], name: str
) -> None:
    conversation = sign_in()
    conversation.start()
    server = OracleServer()
    with pytest.raises(error) as refused:
        conversation.reply(server.reply(**changes))
    assert refused.value.name == name
    assert "PASSWORD_CLAIM_SIGNATURE" in responses(conversation.reply(server.reply()))


@pytest.mark.parametrize(
    ("replies", "reply", "name"),
    [
        (["setup"], {}, "SecretCode"),
        (["setup"], {"SecretCode": "", "Session": SESSION}, "SecretCode"),
        (["setup"], {"SecretCode": "JBSWY3DP"}, "Session"),
        (["setup", "secret"], {}, "Status"),
        (["setup", "secret"], {"Status": "SUCCESS"}, "Session"),
        (["setup", "secret"], {"Status": 5}, "Status"),
    ],
)
def test_a_bad_reply_while_setting_up_is_refused_by_name(
    replies: list[str], reply: dict[str, object], name: str
) -> None:
    conversation = sign_in()
    asked("MFA_SETUP", conversation, MFAS_CAN_SETUP='["SOFTWARE_TOKEN_MFA"]')
    if "secret" in replies:
        question = conversation.reply({"SecretCode": "JBSWY3DP", "Session": SESSION})
        assert isinstance(question, questions.SoftwareTokenSetup)
        question.answer("012345")
    with pytest.raises(MalformedParameter) as refused:
        conversation.reply(reply)
    assert refused.value.name == name


def test_an_unknown_challenge_is_named_and_the_reply_is_kept() -> None:
    conversation = sign_in()
    claimed(conversation)
    reply = asks("TELEPATHY", think="of a number")
    with pytest.raises(UnsupportedChallenge, match="asks for TELEPATHY") as refused:
        conversation.reply(reply)
    assert refused.value.challenge_name == "TELEPATHY"
    assert refused.value.reply is reply
    with pytest.raises(UnsupportedChallenge, match="asks for something else") as refused:
        conversation.reply(asks("please type your password"))
    assert refused.value.challenge_name == "please type your password"
    with pytest.raises(UnsupportedChallenge, match="ADMIN_NO_SRP_AUTH, which .* cannot answer"):
        conversation.reply(asks("ADMIN_NO_SRP_AUTH"))


# One exchange, one use; and no peer keeps the loop running


def test_a_challenge_that_was_answered_is_not_answered_again() -> None:
    conversation = sign_in(device=DEVICE)
    claimed(conversation)
    device = OracleServer.of_device(DEVICE.device_password)
    with pytest.raises(StateError, match="PASSWORD_VERIFIER, and no SRP_A is waiting"):
        conversation.reply(OracleServer().reply())
    conversation.reply(asks("DEVICE_SRP_AUTH"))
    with pytest.raises(StateError, match="asks for DEVICE_SRP_AUTH again"):
        conversation.reply(asks("DEVICE_SRP_AUTH"))
    conversation.reply(device.reply("DEVICE_PASSWORD_VERIFIER"))
    with pytest.raises(StateError, match="DEVICE_PASSWORD_VERIFIER, and no SRP_A is waiting"):
        conversation.reply(device.reply("DEVICE_PASSWORD_VERIFIER"))
    with pytest.raises(StateError, match="asks for DEVICE_SRP_AUTH again"):
        conversation.reply(asks("DEVICE_SRP_AUTH"))
    assert isinstance(conversation.reply(signed_in()), Tokens)


@pytest.mark.parametrize("name", ["PASSWORD", "PASSWORD_SRP"])
def test_no_first_factor_is_given_twice(name: str) -> None:
    conversation = sign_in(flow="USER_AUTH", preferred_challenge="PASSWORD")
    conversation.start()
    sent(conversation.reply(asks(name)))
    other = {"PASSWORD": "PASSWORD_SRP", "PASSWORD_SRP": "PASSWORD"}[name]
    sent(conversation.reply(asks(other)))
    for asked_again in (name, other):
        with pytest.raises(StateError, match=f"asks for {asked_again} again"):
            conversation.reply(asks(asked_again))


def test_what_was_given_once_is_not_given_again_after_a_persons_choice() -> None:
    conversation = sign_in(flow="USER_AUTH")
    conversation.start()
    sent(conversation.reply(asks("PASSWORD_SRP")))
    reply = {**asks("SELECT_CHALLENGE"), "AvailableChallenges": ["PASSWORD_SRP"]}
    question = conversation.reply(reply)
    assert isinstance(question, questions.SelectChallenge)
    question.answer("PASSWORD_SRP")
    with pytest.raises(StateError, match="asks for PASSWORD_SRP again"):
        conversation.reply(asks("PASSWORD_SRP"))


@pytest.mark.parametrize("options", [{}, {"flow": "CUSTOM_AUTH"}, {"flow": "USER_AUTH"}])
def test_without_a_person_a_pool_gets_one_proof(options: dict[str, Any]) -> None:
    """Each further one would let who poses as it test a further guess of the password."""
    conversation = sign_in(**options)
    conversation.start()
    if options.get("flow") == "USER_AUTH":
        reply = {**asks("SELECT_CHALLENGE"), "AvailableChallenges": ["PASSWORD_SRP"]}
        question = conversation.reply(reply)
        assert isinstance(question, questions.SelectChallenge)
        question.answer("PASSWORD_SRP")
    conversation.reply(OracleServer().reply())
    with pytest.raises(StateError, match="asks for PASSWORD_SRP again"):
        conversation.reply(asks("PASSWORD_SRP"))
    with pytest.raises(StateError, match="no SRP_A is waiting"):
        conversation.reply(OracleServer().reply())


def test_a_proof_that_a_person_chooses_again_is_a_new_one() -> None:
    conversation, first = choose("PASSWORD_SRP")
    conversation.reply(OracleServer().reply())
    again = {**asks("SELECT_CHALLENGE", 2), "AvailableChallenges": ["PASSWORD_SRP"]}
    question = conversation.reply(again)
    assert isinstance(question, questions.SelectChallenge)
    second = sent(question.answer("PASSWORD_SRP"))
    srp_a = responses(second)["SRP_A"]
    assert srp_a != responses(first)["SRP_A"]
    server = OracleServer()
    claim = responses(conversation.reply(server.reply(), now=NOW))
    assert claim["PASSWORD_CLAIM_SIGNATURE"] == server.signature(srp_a, NOW_TEXT)


def test_of_threads_that_hand_over_the_same_reply_one_gets_the_claim() -> None:
    reply = OracleServer().reply()

    for _ in range(20):
        conversation = sign_in()
        conversation.start()
        assert winners(lambda c=conversation: c.reply(reply)) == 1


def test_a_thread_that_comes_late_does_not_bring_back_what_was_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As one that a timeout has given up, and that goes on all the same."""
    conversation = sign_in(flow="USER_AUTH")
    conversation.start()
    waits, goes_on = threading.Event(), threading.Event()
    late: list[object] = []
    make = SignIn._exchange

    def slowly(self: SignIn, *arguments: Any) -> Any:
        made = make(self, *arguments)
        if threading.current_thread() is thread:
            waits.set()
            goes_on.wait(30)
        return made

    def run() -> None:
        try:
            late.append(conversation.reply(asks("PASSWORD_SRP")))
        except StateError as error:
            late.append(error)

    monkeypatch.setattr(SignIn, "_exchange", slowly)
    thread = threading.Thread(target=run)
    thread.start()
    assert waits.wait(30)
    conversation.reply(asks("PASSWORD_SRP"))
    conversation.reply(OracleServer().reply())
    goes_on.set()
    thread.join()
    assert isinstance(late[0], StateError)
    assert "in another thread" in str(late[0])
    with pytest.raises(StateError, match="no SRP_A is waiting"):
        conversation.reply(OracleServer().reply())


@pytest.mark.parametrize("options", [{}, {"flow": "USER_AUTH"}])
def test_a_sign_in_and_its_questions_cannot_be_copied_or_pickled(options: dict[str, Any]) -> None:
    """They hold the password, and a copy would answer a second time."""
    conversation = sign_in(**options)
    things: list[object] = [conversation]
    conversation.start()
    things.append(conversation.reply(asks("SMS_MFA")))
    for thing in things:
        for duplicate in (copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match="cannot be copied or pickled: it holds"):
                duplicate(thing)
    with pytest.raises(TypeError, match="cannot be copied or pickled: it holds"):
        copy.copy(conversation)


# Set aside, and gone on with


def resumed(conversation: SignIn, **options: Any) -> SignIn:
    return SignIn.resume(conversation.pause(), app=APP, **options)


@pytest.mark.parametrize(
    ("name", "more", "answer"),
    [
        ("SMS_MFA", {"CODE_DELIVERY_DESTINATION": "+***1"}, "012345"),
        ("SOFTWARE_TOKEN_MFA", {}, "012345"),
        ("SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": '["SMS_MFA"]'}, "SMS_MFA"),
        (
            "MFA_SETUP",
            {"MFAS_CAN_SETUP": '["EMAIL_OTP","SOFTWARE_TOKEN_MFA"]'},
            "SOFTWARE_TOKEN_MFA",
        ),
        ("NEW_PASSWORD_REQUIRED", {"userAttributes": '{"email":"a@b"}'}, "new horse"),
        ("CUSTOM_CHALLENGE", {"question": "?"}, "Rex"),
        ("PASSWORD", {}, PASSWORD),
        ("WEB_AUTHN", {"CREDENTIAL_REQUEST_OPTIONS": '{"challenge":["x"]}'}, '{"id":"y"}'),
    ],
)
def test_a_sign_in_goes_on_in_another_process(name: str, more: Any, answer: str) -> None:
    conversation = sign_in()
    question = asked(name, conversation, **more)
    text = conversation.pause()
    assert PASSWORD not in text
    again = SignIn.resume(text, app=APP)
    assert again.question == question
    assert again.username == "alice"
    assert repr(again) == repr(conversation)
    assert again.question is not None
    call = again.question.answer(answer)
    assert call.body == question.answer(answer).body
    judge(call, APP)
    if name != "MFA_SETUP":
        assert isinstance(again.reply(signed_in()), Tokens)


def test_a_choice_that_needs_the_password_asks_for_it_after_a_pause() -> None:
    conversation = sign_in(flow="USER_AUTH", password=None)
    conversation.start()
    names = ["PASSWORD_SRP", "EMAIL_OTP"]
    conversation.reply({**asks("SELECT_CHALLENGE"), "AvailableChallenges": names})
    again = resumed(conversation)
    assert isinstance(again.question, questions.SelectChallenge)
    assert again.question.choices == tuple(names)
    srp_a = responses(again.question.answer("PASSWORD_SRP", password=PASSWORD))["SRP_A"]
    server = OracleServer()
    claim = responses(again.reply(server.reply(), now=NOW))
    assert claim["PASSWORD_CLAIM_SIGNATURE"] == server.signature(srp_a, NOW_TEXT)


def test_the_setup_of_an_authenticator_app_may_take_two_requests() -> None:
    conversation = sign_in()
    asked("MFA_SETUP", conversation)
    conversation.reply({"SecretCode": "JBSWY3DPEHPK3PXP", "Session": f"{SESSION}2"})
    again = resumed(conversation)
    assert isinstance(again.question, questions.SoftwareTokenSetup)
    assert again.question.secret_code == "JBSWY3DPEHPK3PXP"
    call = sent(again.question.answer("012345"), "VerifySoftwareToken")
    assert call.arguments["Session"] == f"{SESSION}2"


def test_a_device_goes_along_after_a_pause_and_registers_and_is_not_begun_again_without() -> None:
    conversation = sign_in(device=DEVICE)
    asked("SMS_MFA", conversation)
    again = resumed(conversation, device=DEVICE, context=CONTEXT)
    assert again.question is not None
    call = sent(again.question.answer("012345"))
    assert call.arguments["ChallengeResponses"]["DEVICE_KEY"] == DEVICE_KEY
    assert "ClientMetadata" in call.arguments
    with pytest.raises(ServiceError, match="Device does not exist"):
        again.reply(DEVICE_GONE)
    step = again.reply(signed_in(NewDeviceMetadata=METADATA))
    sent(step, "ConfirmDevice")
    with pytest.raises(StateError, match="has begun"):
        again.start()


def test_a_question_that_came_without_a_session_goes_on_without_one() -> None:
    conversation = sign_in()
    claimed(conversation)
    conversation.reply({"ChallengeName": "CUSTOM_CHALLENGE"})
    again = resumed(conversation)
    assert again.question is not None
    assert "Session" not in again.question.answer("Rex").arguments


def test_a_device_that_was_forgotten_before_the_pause_stays_so() -> None:
    conversation = sign_in(device=DEVICE)
    conversation.start()
    conversation.reply(DEVICE_GONE)
    conversation.reply(OracleServer().reply())
    conversation.reply(asks("SMS_MFA"))
    again = resumed(conversation, device=DEVICE)
    assert again.question is not None
    assert responses(again.question.answer("012345")) == {"SMS_MFA_CODE": "012345"}
    tokens = again.reply(signed_in())
    assert isinstance(tokens, Tokens)
    assert tokens.device is None


@pytest.mark.parametrize("device", [None, Device(GROUP_KEY, "eu-west-1_other", "eA==")])
def test_another_device_than_before_the_pause_is_refused(device: Device | None) -> None:
    """Else a good device would look forgotten, and be dropped."""
    conversation = sign_in(device=DEVICE)
    asked("SMS_MFA", conversation)
    with pytest.raises(ValueError, match="^device must be the one that the sign-in was begun with"):
        resumed(conversation, device=device)


def test_what_a_pool_offers_is_not_repeated_to_a_terminal() -> None:
    offered = json.dumps(["SMS_MFA", "\x1b[2J", "A" * 100_000])
    question = asked("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE=offered)
    with pytest.raises(ValueError, match="must be one of SMS_MFA, [?].2J, A") as refused:
        question.answer("x")
    assert len(str(refused.value)) < 1000


def test_no_context_is_made_for_a_call_that_carries_none() -> None:
    conversation = sign_in()
    asked("MFA_SETUP", conversation)
    question = conversation.reply({"SecretCode": "JBSWY3DPEHPK3PXP", "Session": f"{SESSION}2"})
    assert isinstance(question, questions.SoftwareTokenSetup)
    made: list[str] = []
    conversation.context = lambda name: made.append(name) or CONTEXT
    question.answer("012345")
    assert made == []
    sent(conversation.reply({"Status": "SUCCESS", "Session": f"{SESSION}3"}))
    assert made == ["alice"]


def test_only_what_makes_the_question_is_set_aside() -> None:
    """The rest of a reply is the client's own affair, and need be no JSON."""
    conversation = sign_in()
    claimed(conversation)
    conversation.reply({**asks("SMS_MFA"), "ResponseMetadata": {"Date": NOW}})
    kept = json.loads(conversation.pause())
    assert kept["reply"].keys() == {"ChallengeName", "Session", "ChallengeParameters"}


def test_it_is_set_aside_only_at_a_question() -> None:
    conversation = sign_in()
    only = "only while a question is asked"
    with pytest.raises(StateError, match=only):
        conversation.pause()
    claimed(conversation)
    assert conversation.question is None
    with pytest.raises(StateError, match=only):
        conversation.pause()
    question = conversation.reply(asks("SMS_MFA"))
    assert conversation.question is question
    conversation.pause()
    conversation.question.answer("012345")
    conversation.pause()
    conversation.reply(signed_in())
    with pytest.raises(StateError, match=only):
        conversation.pause()


@pytest.mark.parametrize(
    "change",
    [
        {"pool_id": None},
        {"pool_id": "Example"},
        {"typed": ""},
        {"username": ""},
        {"username": 5},
        {"reply": None},
        {"reply": {}},
        {"reply": {"ChallengeName": "SMS_MFA", "Session": 5}},
        {"reply": {"ChallengeName": "SMS_MFA", "ChallengeParameters": []}},
        {"reply": {"ChallengeName": "TELEPATHY"}},
        {"reply": {"ChallengeName": "DEVICE_SRP_AUTH"}},
        {"reply": {"ChallengeName": "MFA_SETUP", "Session": SESSION}},
        {"reply": {"SecretCode": 5, "Session": SESSION}},
        signed_in(),
        {"reply": signed_in()},
        {"surplus": 1},
    ],
)
def test_what_pause_did_not_write_is_refused(change: dict[str, Any]) -> None:
    conversation = sign_in()
    asked("SMS_MFA", conversation)
    kept = json.loads(conversation.pause())
    with pytest.raises((TypeError, ValueError)):
        SignIn.resume(json.dumps({**kept, **change}), app=APP)
    for text in ("", "[]", "{}", "x"):
        with pytest.raises(ValueError, match="^text is no sign-in that pause"):
            SignIn.resume(text, app=APP)
    with pytest.raises(TypeError, match="^text must be a str"):
        SignIn.resume(kept, app=APP)


# Steps out of order


def test_steps_out_of_order_say_what_comes_first() -> None:
    conversation = sign_in()
    with pytest.raises(StateError, match="has not begun: call start"):
        conversation.reply(signed_in())
    conversation.start()
    with pytest.raises(StateError, match="has begun; make a new SignIn"):
        conversation.start()
    conversation.reply(OracleServer().reply())
    conversation.reply(asks("SMS_MFA"))
    with pytest.raises(StateError, match="a question to answer first, of SMS_MFA"):
        conversation.reply(signed_in())
    with pytest.raises(StateError, match="has begun"):
        conversation.start()


def test_what_is_over_is_over() -> None:
    conversation = sign_in()
    claimed(conversation)
    conversation.reply(signed_in())
    with pytest.raises(StateError, match="^the sign-in is over$"):
        conversation.reply(signed_in())
    with pytest.raises(StateError, match="has begun"):
        conversation.start()


def test_now_is_an_aware_datetime() -> None:
    conversation = sign_in()
    conversation.start()
    server = OracleServer()
    with pytest.raises(ValueError, match="must be an aware datetime"):
        conversation.reply(server.reply(), now=datetime(2026, 3, 7))
    with pytest.raises(TypeError, match="must be a datetime"):
        conversation.reply(server.reply(), now=5)
    with pytest.raises(ValueError, match="must be an aware datetime"):
        conversation.reply(asks("SMS_MFA"), now=datetime(2026, 3, 7))
    sent(conversation.reply(server.reply(), now=NOW))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"password": None}, ValueError, "USER_SRP_AUTH needs the password"),
        ({"password": ""}, ValueError, "password is empty"),
        ({"password": b"x"}, TypeError, "password must be a str"),
        ({"password": "\ud800"}, ValueError, "lone surrogate"),
        ({"app": CLIENT_ID}, TypeError, "app must be an AppClient"),
        ({"device": DEVICE_KEY}, TypeError, "device must be a Device"),
        ({"remember_device": "no"}, TypeError, "remember_device must be True or False"),
        ({"device_name": ""}, ValueError, "device_name is empty"),
        ({"context": {}}, TypeError, "context must be a Context"),
        ({"admin": POOL_ID}, TypeError, "admin must be an Admin"),
        ({"admin": Admin(pool_id="eu-west-1_Other")}, ValueError, "another user pool"),
        ({"flow": "USER_PASSWORD_AUTH"}, ValueError, "flow must be one of USER_SRP_AUTH"),
        ({"preferred_challenge": "PASSWORD_SRP"}, ValueError, "goes with the flow USER_AUTH"),
        ({"flow": "USER_AUTH", "preferred_challenge": "SMS"}, ValueError, "must be one of"),
        (
            {"flow": "USER_AUTH", "preferred_challenge": "PASSWORD_SRP", "password": None},
            ValueError,
            "PASSWORD_SRP needs the password",
        ),
        (
            {"flow": "USER_AUTH", "preferred_challenge": "PASSWORD", "password": None},
            ValueError,
            "PASSWORD needs the password",
        ),
    ],
)
def test_arguments_that_cannot_be_are_refused_at_once(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        sign_in(**{"app": APP, **options})


def test_a_pool_id_and_a_name_are_needed() -> None:
    with pytest.raises(ValueError, match="pool_id must be the whole"):
        SignIn("Example", "alice", PASSWORD, app=APP)
    with pytest.raises(ValueError, match="username is empty"):
        SignIn(POOL_ID, "", PASSWORD, app=APP)


# Secrets


def test_no_repr_shows_a_secret() -> None:
    conversation = sign_in(device=DEVICE)
    shown = [repr(conversation)]
    shown += [repr(conversation.start()), repr(conversation)]
    shown.append(repr(conversation.reply(OracleServer().reply())))
    question = conversation.reply(asks("NEW_PASSWORD_REQUIRED", userAttributes='{"a": "secret"}'))
    shown += [repr(question), repr(conversation), repr(conversation._state)]
    assert isinstance(question, questions.NewPassword)
    shown.append(repr(question.answer("new horse")))
    shown.append(repr(conversation))
    for name, parameters in (
        ("WEB_AUTHN", {"CREDENTIAL_REQUEST_OPTIONS": '{"challenge":"secret"}'}),
        ("CUSTOM_CHALLENGE", {"question": "secret"}),
    ):
        shown.append(repr(asked(name, **parameters)))
    shown.append(repr(conversation.reply(signed_in())))
    shown.append(repr(conversation))
    text = "\n".join(shown)
    assert "<SignIn of 'alice@example.com', not begun>" in text
    assert "<SignIn of 'alice@example.com', sending InitiateAuth>" in text
    assert "<SignIn of 'alice', asking NEW_PASSWORD_REQUIRED>" in text
    assert "<SignIn of 'alice', sending RespondToAuthChallenge>" in text
    assert "<SignIn of 'alice', over>" in text
    for secret in (
        PASSWORD,
        CLIENT_SECRET,
        DEVICE.device_password,
        SESSION,
        "new horse",
        "secret",
        "an access token",
        "an id token",
        "a refresh token",
    ):
        assert secret not in text, secret


def test_the_password_is_let_go_at_the_end() -> None:
    conversation = sign_in()
    claimed(conversation)
    conversation.reply(signed_in())
    assert conversation._state.password is None
    assert conversation._state.exchange is None
    conversation = sign_in()
    claimed(conversation)
    conversation.reply(signed_in(NewDeviceMetadata=METADATA))
    assert conversation._state.password is None
    assert conversation._state.exchange is None
