"""sign_in.py: what a caller of SignIn relies on, whatever the pool asks."""

import copy
import json
import pickle
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from conversations import (
    ALIAS,
    APP,
    CONTEXT,
    DEVICE,
    DEVICE_GONE,
    NOW,
    NOW_TEXT,
    SESSION,
    asked,
    asks,
    claimed,
    responses,
    sent,
    sign_in,
    signed_in,
)
from peers import CLIENT_ID, CLIENT_SECRET, DEVICE_KEY, GROUP_KEY, PASSWORD, POOL_ID, OracleServer
from race import winners

from srp_cognito import (
    Admin,
    AppClient,
    Call,
    Context,
    Device,
    DeviceRefused,
    InputError,
    ServiceError,
    SignIn,
    StateError,
    StepUp,
    Tokens,
    questions,
)
from srp_cognito.conversation.steps import Steps

# Replies, one after the other


def test_the_loop_of_a_whole_sign_in_ends_with_the_tokens() -> None:
    conversation = sign_in()
    assert conversation.username == ALIAS
    assert conversation.question is None
    assert conversation.tokens is None
    claimed(conversation)
    assert conversation.username == "alice"
    question = conversation.reply(asks("SMS_MFA"))
    assert isinstance(question, questions.Code)
    assert conversation.question is question
    sent(question.answer("012345"))
    tokens = conversation.reply(signed_in())
    assert isinstance(tokens, Tokens)
    assert conversation.tokens is tokens
    assert conversation.question is None


def test_the_present_moment_is_signed_by_default() -> None:
    conversation = sign_in()
    conversation.start()
    before = datetime.now(UTC).replace(microsecond=0)
    text = responses(conversation.reply(OracleServer().reply()))["TIMESTAMP"]
    signed = datetime.strptime(text, "%a %b %d %H:%M:%S UTC %Y").replace(tzinfo=UTC)
    assert before <= signed <= datetime.now(UTC)


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


# Questions, each in its turn


@pytest.mark.parametrize(
    ("name", "parameters", "wrong"),
    [
        ("SMS_MFA", {}, [12345, None, b"12345", "", " 12345", "12345\n", ["12345"]]),
        ("CUSTOM_CHALLENGE", {}, [5, None, "\ud800"]),
        ("NEW_PASSWORD_REQUIRED", {}, [5, None, "", "\ud800"]),
        ("PASSWORD", {}, [5, None, "", "\ud800"]),
        ("WEB_AUTHN", {"CREDENTIAL_REQUEST_OPTIONS": "{}"}, [5, None, "", "x", "[]", ["x"]]),
        ("SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": '["SMS_MFA","FUTURE"]'}, [5, None, "x"]),
    ],
)
def test_an_answer_that_does_not_fit_changes_nothing(
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


def test_the_password_that_the_sign_in_knows_need_not_be_given_again() -> None:
    conversation = sign_in(flow="USER_AUTH")
    conversation.start()
    reply = {**asks("SELECT_CHALLENGE"), "AvailableChallenges": ["PASSWORD"]}
    question = conversation.reply(reply)
    assert isinstance(question, questions.SelectChallenge)
    assert responses(question.answer("PASSWORD")) == {"ANSWER": "PASSWORD", "PASSWORD": PASSWORD}


def test_a_question_cannot_be_answered_once_the_sign_in_is_past_it() -> None:
    conversation = sign_in()
    old = asked("SMS_MFA", conversation)
    old.answer("012345")
    new = conversation.reply(asks("SMS_MFA", 2))
    past = "^the sign-in is past this question$"
    with pytest.raises(StateError, match=past):
        old.answer("012345")
    assert sent(new.answer("012345")).arguments["Session"] == f"{SESSION}2"
    conversation.reply(signed_in())
    with pytest.raises(StateError, match=past):
        new.answer("012345")


@pytest.mark.parametrize(
    "then",
    [asks("DEVICE_SRP_AUTH", 2), asks("MFA_SETUP", 2)],
)
def test_no_question_is_answered_while_the_sign_in_needs_no_person(then: dict[str, Any]) -> None:
    conversation = sign_in(device=DEVICE)
    question = asked("SMS_MFA", conversation)
    question.answer("012345")
    call = conversation.reply(then)
    assert isinstance(call, Call)
    assert conversation.question is None
    with pytest.raises(StateError, match="^the sign-in is past this question$"):
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


def test_the_sign_in_goes_on_without_a_device_that_was_refused() -> None:
    conversation = sign_in(device=DEVICE)
    claimed(conversation)
    conversation.reply(asks("DEVICE_SRP_AUTH"))
    with pytest.raises(DeviceRefused):
        conversation.reply({"__type": "NotAuthorizedException", "message": "Incorrect."})
    call = sent(conversation.without_device(), "InitiateAuth")
    assert "DEVICE_KEY" not in call.arguments["AuthParameters"]
    assert repr(conversation) == f"<SignIn of {ALIAS!r}, sending InitiateAuth>"
    conversation.reply(OracleServer().reply())
    assert isinstance(conversation.reply(signed_in()), Tokens)


# The context


def test_a_context_that_does_not_fit_the_server_is_refused_when_it_is_set() -> None:
    admin = Admin(pool_id=POOL_ID)
    with pytest.raises(ValueError, match="also needs Admin's server_name"):
        sign_in(admin=admin, context=CONTEXT)
    conversation = sign_in(admin=admin)
    with pytest.raises(ValueError, match="also needs Admin's server_name"):
        conversation.context = CONTEXT
    assert conversation.context is None
    sent(conversation.start(), "AdminInitiateAuth")


def test_the_context_can_be_read_and_replaced() -> None:
    conversation = sign_in(context=CONTEXT)
    assert conversation.context is CONTEXT
    conversation.context = make = lambda name: CONTEXT
    assert conversation.context is make
    with pytest.raises(TypeError, match="context must be a Context"):
        conversation.context = {"tenant": "blue"}  # type: ignore[assignment]
    assert conversation.context is make


# Several threads, and copies


def test_of_threads_that_pass_the_same_reply_one_gets_the_claim() -> None:
    reply = OracleServer().reply()

    for _ in range(20):
        conversation = sign_in()
        conversation.start()
        assert winners(lambda c=conversation: c.reply(reply)) == 1


def test_a_thread_that_comes_late_does_not_bring_back_what_was_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A thread may run on after a timeout has given it up."""
    conversation = sign_in(flow="USER_AUTH")
    conversation.start()
    waits, runs_on = threading.Event(), threading.Event()
    late: list[object] = []
    make = Steps.exchange

    def slowly(self: Steps, *arguments: Any) -> Any:
        made = make(self, *arguments)
        if threading.current_thread() is thread:
            waits.set()
            runs_on.wait(30)
        return made

    def run() -> None:
        try:
            late.append(conversation.reply(asks("PASSWORD_SRP")))
        except StateError as error:
            late.append(error)

    monkeypatch.setattr(Steps, "exchange", slowly)
    thread = threading.Thread(target=run)
    thread.start()
    assert waits.wait(30)
    conversation.reply(asks("PASSWORD_SRP"))
    conversation.reply(OracleServer().reply())
    runs_on.set()
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


# Set aside and resumed


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
def test_a_sign_in_continues_in_another_process(name: str, more: Any, answer: str) -> None:
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


def test_after_a_pause_a_forgotten_device_is_an_error() -> None:
    """The password that a new beginning needs is not kept."""
    conversation = sign_in(device=DEVICE)
    asked("SMS_MFA", conversation)
    again = resumed(conversation, device=DEVICE, context=CONTEXT)
    assert again.question is not None
    call = sent(again.question.answer("012345"))
    assert call.arguments["ChallengeResponses"]["DEVICE_KEY"] == DEVICE_KEY
    assert "ClientMetadata" in call.arguments
    with pytest.raises(ServiceError, match="Device does not exist"):
        again.reply(DEVICE_GONE)
    with pytest.raises(StateError, match="cannot begin again after a pause"):
        again.without_device()
    assert isinstance(again.reply(signed_in()), Tokens)
    with pytest.raises(StateError, match="has begun"):
        again.start()


@pytest.mark.parametrize("flow", ["CUSTOM_AUTH", "USER_AUTH"])
def test_after_a_pause_a_sign_in_without_a_password_begins_again_by_its_own_flow(flow: str) -> None:
    conversation = sign_in(flow=flow, password=None, device=DEVICE)
    conversation.start()
    conversation.reply(asks("CUSTOM_CHALLENGE"))
    again = resumed(conversation, device=DEVICE)
    assert again.question is not None
    again.question.answer("Rex")
    call = sent(again.reply(DEVICE_GONE), "InitiateAuth")
    assert call.arguments["AuthFlow"] == flow
    assert "DEVICE_KEY" not in call.arguments["AuthParameters"]


@pytest.mark.parametrize("options", [{"session": SESSION}, {"step_up": StepUp(["urn:a"])}])
def test_after_a_pause_nothing_begins_again_that_needs_what_is_not_kept(options: Any) -> None:
    conversation = sign_in(flow="USER_AUTH", password=None, device=DEVICE, **options)
    conversation.start()
    conversation.reply(asks("EMAIL_OTP"))
    again = resumed(conversation, device=DEVICE)
    assert again.question is not None
    again.question.answer("012345")
    with pytest.raises(ServiceError, match="Device does not exist"):
        again.reply(DEVICE_GONE)


def test_the_metadata_is_set_aside_with_the_question() -> None:
    conversation = sign_in(context=CONTEXT)
    asked("SMS_MFA", conversation)
    again = resumed(conversation)
    assert again.context == CONTEXT
    assert again.question is not None
    assert "ClientMetadata" in sent(again.question.answer("012345")).arguments
    other = Context(ip_address="192.0.2.1")
    assert resumed(conversation, context=other).context is other


def test_metadata_that_a_function_makes_is_asked_for_again() -> None:
    conversation = sign_in(context=lambda _: CONTEXT)
    asked("SMS_MFA", conversation)
    with pytest.raises(ValueError, match="^context was a function: pass it again$"):
        resumed(conversation)
    again = resumed(conversation, context=lambda _: CONTEXT)
    assert again.question is not None
    assert "ClientMetadata" in sent(again.question.answer("012345")).arguments


def test_what_contradicts_the_beginning_is_refused() -> None:
    conversation = sign_in()
    asked("SMS_MFA", conversation)
    text = conversation.pause()
    for app in (AppClient("another"), AppClient(CLIENT_ID)):
        with pytest.raises(ValueError, match="^app must be the one that the sign-in was begun"):
            SignIn.resume(text, app=app)
    admin = Admin(pool_id=POOL_ID)
    with pytest.raises(ValueError, match="^pass admin if the sign-in was begun with it"):
        SignIn.resume(text, app=APP, admin=admin)
    conversation = sign_in(flow="CUSTOM_AUTH", password=None, admin=admin)
    conversation.start()
    conversation.reply(asks("SMS_MFA"))
    with pytest.raises(ValueError, match="^pass admin if the sign-in was begun with it"):
        resumed(conversation)
    question = resumed(conversation, admin=admin).question
    assert question is not None
    sent(question.answer("012345"), "AdminRespondToAuthChallenge")


def test_a_sign_in_is_set_aside_whatever_the_service_put_into_its_reply() -> None:
    deep: Any = 0
    for _ in range(100_000):
        deep = [deep]
    conversation = sign_in()
    claimed(conversation)
    reply = asks("SMS_MFA", CODE_DELIVERY_DESTINATION="+***1", nan=float("nan"), deep=deep)
    conversation.reply({**reply, "AvailableChallenges": deep, "surplus": deep})
    again = resumed(conversation)
    assert again.question is not None
    assert again.question.prompt == "Code from the text message to +***1:"


def test_a_question_that_came_without_a_session_is_resumed_without_it() -> None:
    conversation = sign_in()
    claimed(conversation)
    conversation.reply({"ChallengeName": "CUSTOM_CHALLENGE"})
    again = resumed(conversation)
    assert again.question is not None
    assert "Session" not in again.question.answer("Rex").arguments


def test_a_device_that_was_forgotten_before_the_pause_is_not_used_after_it() -> None:
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


def test_a_device_that_was_not_there_before_the_pause_is_not_used_after_it() -> None:
    """Another tab of the browser may have registered it in between."""
    conversation = sign_in()
    asked("SMS_MFA", conversation)
    again = resumed(conversation, device=DEVICE)
    assert again.question is not None
    assert responses(again.question.answer("012345")) == {"SMS_MFA_CODE": "012345"}
    tokens = again.reply(signed_in())
    assert isinstance(tokens, Tokens)
    assert tokens.device is None


@pytest.mark.parametrize("device", [None, Device(GROUP_KEY, "eu-west-1_other", "eA==")])
def test_another_device_than_before_the_pause_is_refused(device: Device | None) -> None:
    """A good device would look forgotten, and be dropped."""
    conversation = sign_in(device=DEVICE)
    asked("SMS_MFA", conversation)
    with pytest.raises(ValueError, match="^device must be the one that the sign-in was begun with"):
        resumed(conversation, device=device)


def test_only_what_makes_the_question_is_set_aside() -> None:
    """The rest of a reply belongs to the client, and need not be JSON."""
    conversation = sign_in()
    claimed(conversation)
    conversation.reply({**asks("SMS_MFA"), "ResponseMetadata": {"Date": NOW}})
    kept = json.loads(conversation.pause())
    assert kept["reply"].keys() == {"ChallengeName", "Session", "ChallengeParameters"}


def test_the_text_has_the_same_form_as_ever() -> None:
    """A sign-in may be resumed by a later version than the one that set it aside."""
    conversation = sign_in(device=DEVICE, context=Context(ip_address="::1"))
    asked("SMS_MFA", conversation, CODE_DELIVERY_DESTINATION="+***1")
    assert json.loads(conversation.pause()) == {
        "pool_id": "eu-west-1_Example",
        "client_id": CLIENT_ID,
        "has_client_secret": True,
        "typed": "alice@example.com",
        "username": "alice",
        "flow": "USER_SRP_AUTH",
        "preferred_challenge": None,
        "begins_again": False,
        "device_key": DEVICE_KEY,
        "context": {
            "client_metadata": None,
            "analytics_endpoint_id": None,
            "ip_address": "::1",
            "encoded_data": None,
        },
        "context_is_function": False,
        "is_admin": False,
        "reply": {
            "ChallengeName": "SMS_MFA",
            "Session": f"{SESSION}1",
            "ChallengeParameters": {"CODE_DELIVERY_DESTINATION": "+***1"},
        },
    }


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
        {"client_id": 5},
        {"flow": "REFRESH_TOKEN_AUTH"},
        {"flow": ["USER_AUTH"]},
        {"preferred_challenge": "SMS"},
        {"begins_again": "no"},
        {"has_client_secret": None},
        {"context_is_function": 1},
        {"is_admin": 0},
        {"device_key": ""},
        {"context": []},
        {"context": {"ip_address": 5}},
        {"context": {"surplus": "x"}},
    ],
)
def test_what_pause_did_not_write_is_refused(change: dict[str, Any]) -> None:
    conversation = sign_in()
    asked("SMS_MFA", conversation)
    kept = json.loads(conversation.pause())
    for text in (json.dumps({**kept, **change}), "", "[]", "{}", "x"):
        with pytest.raises(InputError, match=r"^text is not what pause\(\) returned"):
            SignIn.resume(text, app=APP)
    with pytest.raises(TypeError, match="^text must be a str"):
        SignIn.resume(kept, app=APP)


# The caller's own mistakes


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"password": None}, ValueError, "USER_SRP_AUTH needs the password"),
        ({"password": ""}, InputError, "password is empty"),
        ({"password": b"x"}, TypeError, "password must be a str"),
        ({"password": "\ud800"}, InputError, "lone surrogate"),
        ({"app": CLIENT_ID}, TypeError, "app must be an AppClient"),
        ({"device": DEVICE_KEY}, TypeError, "device must be a Device"),
        ({"flow": "USER_AUTH", "session": ""}, ValueError, "session is empty"),
        ({"flow": "USER_AUTH", "step_up": "urn:a"}, TypeError, "step_up must be a StepUp"),
        ({"session": SESSION}, ValueError, "session and step_up go with the flow USER_AUTH"),
        ({"step_up": StepUp(["urn:a"])}, ValueError, "session and step_up go with the flow"),
        ({"context": {}}, TypeError, "context must be a Context"),
        ({"admin": POOL_ID}, TypeError, "admin must be an Admin"),
        ({"admin": Admin(pool_id="eu-west-1_Other")}, ValueError, "another user pool"),
        ({"flow": "REFRESH_TOKEN_AUTH"}, ValueError, "flow must be one of USER_SRP_AUTH"),
        (
            {"flow": "USER_PASSWORD_AUTH", "password": None},
            ValueError,
            "USER_PASSWORD_AUTH needs the password",
        ),
        (
            {"flow": "USER_PASSWORD_AUTH", "admin": Admin(pool_id=POOL_ID)},
            ValueError,
            "ADMIN_USER_PASSWORD_AUTH goes with admin, and USER_PASSWORD_AUTH without",
        ),
        ({"flow": "ADMIN_USER_PASSWORD_AUTH"}, ValueError, "goes with admin"),
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
def test_arguments_that_do_not_fit_are_refused_at_once(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        sign_in(**{"app": APP, **options})


def test_a_pool_id_and_a_name_are_needed() -> None:
    with pytest.raises(ValueError, match="pool_id must be the whole"):
        SignIn("Example", "alice", PASSWORD, app=APP)
    with pytest.raises(InputError, match="username is empty"):
        SignIn(POOL_ID, "", PASSWORD, app=APP)


# Secrets


def test_a_sign_in_that_was_not_made_has_a_repr() -> None:
    """A debugger shows the frame of a constructor that refuses an argument."""
    assert repr(SignIn.__new__(SignIn)) == "<SignIn, not made>"


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
