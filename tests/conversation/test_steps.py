"""steps.py: which step follows which reply; botocore judges each call.

The pool's side is played by hand and by the oracle; what is sent is compared with what AWS's own
clients send.
"""

from typing import Any

import pytest
from conversations import (
    ALIAS,
    APP,
    CONTEXT,
    DEVICE,
    DEVICE_GONE,
    METADATA,
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
from judge import judge
from peers import CLIENT_ID, DEVICE_KEY, GROUP_KEY, PASSWORD, POOL_ID, OracleServer

from srp_cognito import (
    Admin,
    AnyCall,
    AppClient,
    Context,
    DeviceRefused,
    IllegalParameter,
    MalformedParameter,
    NewDevice,
    ServiceError,
    SignIn,
    SRPError,
    StateError,
    StepUp,
    Tokens,
    UnsupportedChallenge,
    http_reply,
    questions,
)
from srp_cognito.proof.modexp import N

# As `python -c` prints them with a JWT library: {"username": "the pool's own name"}.
ACCESS_TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJ1c2VybmFtZSI6ImFsaWNlLWluLXRoZS1wb29sIn0.c2ln"


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


def test_it_begins_with_the_alias_and_continues_with_the_pools_own_name() -> None:
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


def test_the_username_of_the_access_token_takes_precedence() -> None:
    conversation = sign_in()
    claimed(conversation)
    tokens = conversation.reply(signed_in(AccessToken=ACCESS_TOKEN))
    assert isinstance(tokens, Tokens)
    assert tokens.username == conversation.username == "alice-in-the-pool"


# The flows


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


@pytest.mark.parametrize("key", ["USERNAME", "USER_ID_FOR_SRP"])
@pytest.mark.parametrize(
    "options",
    [
        {"flow": "USER_AUTH", "preferred_challenge": "PASSWORD"},
        {"flow": "USER_PASSWORD_AUTH"},
        {"flow": "ADMIN_USER_PASSWORD_AUTH", "admin": Admin(pool_id=POOL_ID)},
        {"flow": "CUSTOM_AUTH", "password": None},
    ],
    ids=lambda options: options["flow"],
)
def test_the_name_that_the_pool_gave_is_the_one_of_every_later_answer(
    options: dict[str, Any], key: str
) -> None:
    """Without SRP, too, and under whichever key; `sent` checks SECRET_HASH against the USERNAME."""
    conversation = sign_in(**options)
    conversation.start()
    assert conversation.username == ALIAS
    for name in ("SELECT_MFA_TYPE", "SMS_MFA"):
        reply = asks(name, MFAS_CAN_CHOOSE='["SMS_MFA"]', **{key: "a2c2e290"})
        question: Any = conversation.reply(reply)
        call = question.answer("SMS_MFA" if name == "SELECT_MFA_TYPE" else "012345")
        judge(call, APP)
        assert call.arguments["ChallengeResponses"]["USERNAME"] == "a2c2e290"
    # A reply that does not repeat the name changes nothing about it.
    question = conversation.reply(asks("SMS_MFA"))
    assert question.answer("1").arguments["ChallengeResponses"]["USERNAME"] == "a2c2e290"
    assert conversation.username == "a2c2e290"


def test_the_claim_is_made_for_the_name_under_either_key() -> None:
    conversation = sign_in()
    conversation.start()
    reply = OracleServer().reply(USERNAME=None)
    call = sent(conversation.reply(reply))
    name = reply["ChallengeParameters"]["USER_ID_FOR_SRP"]
    assert call.arguments["ChallengeResponses"]["USERNAME"] == name


@pytest.mark.parametrize(
    ("options", "operation"),
    [
        ({"flow": "USER_PASSWORD_AUTH"}, "InitiateAuth"),
        (
            {"flow": "ADMIN_USER_PASSWORD_AUTH", "admin": Admin(pool_id=POOL_ID)},
            "AdminInitiateAuth",
        ),
    ],
)
def test_the_password_itself_is_sent_by_the_flows_of_that_name(
    options: dict[str, Any], operation: str
) -> None:
    conversation = sign_in(device=DEVICE, **options)
    call = sent(conversation.start(), operation)
    assert call.arguments["AuthFlow"] == options["flow"]
    parameters = dict(call.arguments["AuthParameters"])
    assert parameters.pop("SECRET_HASH")
    assert parameters == {"USERNAME": ALIAS, "PASSWORD": PASSWORD, "DEVICE_KEY": DEVICE_KEY}
    assert isinstance(conversation.reply(signed_in()), Tokens)


def test_a_sign_in_continues_after_a_confirmed_sign_up() -> None:
    conversation = sign_in(flow="USER_AUTH", password=None, session=f"{SESSION}0")
    assert sent(conversation.start(), "InitiateAuth").arguments["Session"] == f"{SESSION}0"
    assert isinstance(conversation.reply(signed_in()), Tokens)


def test_a_sign_in_asks_for_a_level() -> None:
    step_up = StepUp(["urn:a", "urn:b"], max_age=60, access_token="an access token")
    conversation = sign_in(flow="USER_AUTH", password=None, step_up=step_up)
    parameters = sent(conversation.start(), "InitiateAuth").arguments["AuthParameters"]
    assert step_up.parameters().items() <= parameters.items()


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


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"])
def test_every_flow_begins_with_the_device_and_the_context(flow: str) -> None:
    conversation = sign_in(flow=flow, device=DEVICE, context=CONTEXT)
    opened = sent(conversation.start(), "InitiateAuth").arguments
    assert opened["AuthParameters"]["DEVICE_KEY"] == DEVICE_KEY
    assert opened["ClientMetadata"] == {"tenant": "blau", "größe": "ü"}


# First factors


def choose(choice: str, **options: Any) -> tuple[SignIn, AnyCall]:
    """Answer SELECT_CHALLENGE."""
    conversation = sign_in(flow="USER_AUTH", **options)
    conversation.start()
    names = ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "FUTURE"]
    question = conversation.reply({**asks("SELECT_CHALLENGE"), "AvailableChallenges": names})
    assert isinstance(question, questions.SelectChallenge)
    return conversation, sent(question.answer(choice))


def test_the_proof_can_be_chosen_and_uses_the_password_of_the_sign_in() -> None:
    conversation, call = choose("PASSWORD_SRP")
    assert call.arguments["Session"] == f"{SESSION}1"
    answered = responses(call)
    assert answered.keys() == {"ANSWER", "SRP_A"}
    server = OracleServer()
    claim = responses(conversation.reply(server.reply(), now=NOW))
    assert claim["PASSWORD_CLAIM_SIGNATURE"] == server.signature(answered["SRP_A"], NOW_TEXT)


@pytest.mark.parametrize("choice", ["EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"])
def test_another_first_factor_can_be_chosen(choice: str) -> None:
    conversation, call = choose(choice, password=None)
    assert responses(call) == {"ANSWER": choice}
    question = conversation.reply(asks(choice, 2, CREDENTIAL_REQUEST_OPTIONS="{}"))
    assert isinstance(question, questions.Question)
    call = sent(question.answer("{}" if choice == "WEB_AUTHN" else "01234567"))
    assert call.arguments["Session"] == f"{SESSION}2"
    assert isinstance(conversation.reply(signed_in()), Tokens)


def test_password_srp_is_answered_with_a_new_exchange() -> None:
    conversation = sign_in(flow="USER_AUTH")
    conversation.start()
    answered = responses(conversation.reply(asks("PASSWORD_SRP")))
    assert answered.keys() == {"SRP_A"}
    server = OracleServer()
    claim = responses(conversation.reply(server.reply(), now=NOW))
    assert claim["PASSWORD_CLAIM_SIGNATURE"] == server.signature(answered["SRP_A"], NOW_TEXT)


def test_the_password_itself_is_sent_only_if_the_caller_preferred_that() -> None:
    """A pool, or whoever poses as it, cannot get the password of a sign-in by SRP."""
    for options in ({}, {"flow": "USER_AUTH"}, {"flow": "CUSTOM_AUTH"}):
        conversation = sign_in(**options)
        conversation.start()
        question = conversation.reply(asks("PASSWORD"))
        assert isinstance(question, questions.Password)
        assert responses(question.answer(PASSWORD)) == {"PASSWORD": PASSWORD}
    conversation = sign_in(flow="USER_AUTH", preferred_challenge="PASSWORD")
    conversation.start()
    assert responses(conversation.reply(asks("PASSWORD"))) == {"PASSWORD": PASSWORD}


def test_the_password_is_asked_for_if_it_is_not_known() -> None:
    conversation = sign_in(flow="USER_AUTH", password=None)
    conversation.start()
    question = conversation.reply(asks("PASSWORD_SRP"))
    assert isinstance(question, questions.Password)
    answered = responses(question.answer(PASSWORD))
    server = OracleServer()
    claim = responses(conversation.reply(server.reply(), now=NOW))
    assert claim["PASSWORD_CLAIM_SIGNATURE"] == server.signature(answered["SRP_A"], NOW_TEXT)


# Second factors


def test_a_second_factor_is_asked_for_and_answered_with_the_session_of_its_reply() -> None:
    conversation = sign_in()
    question = asked("SMS_MFA", conversation, CODE_DELIVERY_DESTINATION="+***1")
    assert isinstance(question, questions.Code)
    assert question.destination == "+***1"
    call = sent(question.answer("012345"))
    assert call.arguments["Session"] == f"{SESSION}1"
    assert responses(call) == {"SMS_MFA_CODE": "012345"}
    assert isinstance(conversation.reply(signed_in()), Tokens)


def test_a_challenge_may_come_without_parameters() -> None:
    conversation = sign_in()
    claimed(conversation)
    question = conversation.reply({"ChallengeName": "SMS_MFA", "Session": SESSION})
    assert isinstance(question, questions.Code)


@pytest.mark.parametrize(
    "offer",
    [
        {"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'},
        {"MFAS_CAN_SETUP": '["SMS_MFA","SOFTWARE_TOKEN_MFA"]'},
        {},
    ],
)
def test_an_authenticator_app_is_set_up_during_the_sign_in(offer: dict[str, str]) -> None:
    conversation = sign_in()
    call = asked("MFA_SETUP", conversation, **offer)
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
    # There are two ways to refuse a code; after either another code can be tried.
    with pytest.raises(ServiceError) as refused:
        conversation.reply({"__type": "EnableSoftwareTokenMFAException", "message": "Mismatch"})
    assert refused.value.operation == "VerifySoftwareToken"
    assert refused.value.challenge_name is None
    sent(question.answer("543210"), "VerifySoftwareToken")
    with pytest.raises(ServiceError, match="was not accepted") as refused:
        conversation.reply({"Status": "ERROR", "Session": f"{SESSION}2"})
    assert conversation.question is question
    sent(question.answer("543211"), "VerifySoftwareToken")
    call = sent(conversation.reply({"Status": "SUCCESS", "Session": f"{SESSION}3"}))
    assert call.arguments["ChallengeName"] == "MFA_SETUP"
    assert call.arguments["Session"] == f"{SESSION}3"
    assert responses(call) == {}
    assert isinstance(conversation.reply(signed_in()), Tokens)


def test_which_factor_to_set_up_is_asked_if_there_are_several() -> None:
    question = asked("MFA_SETUP", MFAS_CAN_SETUP='["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP"]')
    assert isinstance(question, questions.MFASetup)
    call = sent(question.answer("SOFTWARE_TOKEN_MFA"), "AssociateSoftwareToken")
    assert call.arguments == {"Session": f"{SESSION}1"}
    call = sent(question.answer("EMAIL_OTP", email=ALIAS))
    assert call.arguments["Session"] == f"{SESSION}1"
    assert responses(call) == {"EMAIL": ALIAS}


# Devices


def test_the_tokens_come_first_and_a_new_device_is_only_offered() -> None:
    """A sign-in registers no device that nobody asked for."""
    conversation = sign_in()
    claimed(conversation)
    tokens = conversation.reply(signed_in(NewDeviceMetadata=METADATA))
    assert isinstance(tokens, Tokens)
    assert conversation.tokens is tokens
    assert tokens.new_device == NewDevice(GROUP_KEY, DEVICE_KEY)
    assert (tokens.device, tokens.device_error) == (None, None)
    with pytest.raises(StateError, match="is over"):
        conversation.reply({"UserConfirmationNecessary": False})


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ([], "NewDeviceMetadata"),
        ({}, "DeviceGroupKey"),
        ({"DeviceGroupKey": "-x"}, "DeviceKey"),
        ({"DeviceGroupKey": "-x", "DeviceKey": "y "}, "DeviceKey"),
    ],
)
def test_a_device_that_cannot_be_read_costs_nobody_the_tokens(metadata: Any, name: str) -> None:
    conversation = sign_in(device=DEVICE)
    claimed(conversation)
    tokens = conversation.reply(signed_in(NewDeviceMetadata=metadata))
    assert isinstance(tokens, Tokens)
    assert (tokens.device, tokens.new_device) == (DEVICE, None)  # Nor the device that works.
    assert isinstance(tokens.device_error, MalformedParameter)
    assert tokens.device_error.name == name


def test_a_pool_that_offers_a_new_device_has_forgotten_the_old_one() -> None:
    conversation = sign_in(device=DEVICE)
    claimed(conversation)
    metadata = {"DeviceKey": "eu-west-1_new", "DeviceGroupKey": "-new"}
    tokens = conversation.reply(signed_in(NewDeviceMetadata=metadata))
    assert isinstance(tokens, Tokens)
    assert tokens.device is None
    assert tokens.new_device == NewDevice("-new", "eu-west-1_new")


@pytest.mark.parametrize("name", ["DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"])
def test_a_refused_device_is_named_and_the_sign_in_goes_on_without_it(name: str) -> None:
    conversation = sign_in(device=DEVICE)
    claimed(conversation)
    device = OracleServer.of_device(DEVICE.device_password)
    srp_a = responses(conversation.reply(asks("DEVICE_SRP_AUTH")))["SRP_A"]
    if name == "DEVICE_PASSWORD_VERIFIER":
        claim = responses(conversation.reply(device.reply(name), now=NOW))
        assert claim["PASSWORD_CLAIM_SIGNATURE"] == device.signature(srp_a, NOW_TEXT)
    refused = {"__type": "NotAuthorizedException", "message": "Incorrect username or password."}
    with pytest.raises(DeviceRefused, match="the remembered device, not the password") as caught:
        conversation.reply(refused)
    assert caught.value.challenge_name == name
    call = sent(conversation.without_device(), "InitiateAuth")
    assert call.arguments["AuthFlow"] == "USER_SRP_AUTH"
    assert call.arguments["AuthParameters"]["USERNAME"] == ALIAS
    assert "DEVICE_KEY" not in call.arguments["AuthParameters"]
    conversation.reply(OracleServer().reply())
    tokens = conversation.reply(signed_in())
    assert isinstance(tokens, Tokens)
    assert (tokens.device, tokens.device_key) == (None, None)


def test_a_refused_password_is_not_about_the_device() -> None:
    conversation = sign_in(device=DEVICE)
    claimed(conversation)
    with pytest.raises(ServiceError) as caught:
        conversation.reply({"__type": "NotAuthorizedException", "message": "Incorrect."})
    assert type(caught.value) is ServiceError


def test_what_was_forgotten_in_a_pause_cannot_begin_again() -> None:
    conversation = sign_in(device=DEVICE)
    asked("SMS_MFA", conversation)
    again = SignIn.resume(conversation.pause(), app=APP, device=DEVICE)
    with pytest.raises(StateError, match="^the sign-in cannot begin again after a pause"):
        again.without_device()


def test_without_a_device_there_is_nothing_to_go_on_without() -> None:
    conversation = sign_in()
    claimed(conversation)
    with pytest.raises(StateError, match="^the sign-in has no device$"):
        conversation.without_device()


def test_a_remembered_device_proves_itself_instead_of_mfa() -> None:
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


def test_a_device_keeps_the_name_that_it_has_if_the_pool_does_not_repeat_it() -> None:
    conversation = sign_in(device=DEVICE)
    claimed(conversation, OracleServer(username="a2c2"))
    conversation.reply(asks("DEVICE_SRP_AUTH"))
    device = OracleServer.of_device(DEVICE.device_password)
    reply = device.reply("DEVICE_PASSWORD_VERIFIER", USERNAME=None)
    answered = sent(conversation.reply(reply)).arguments["ChallengeResponses"]
    assert answered["USERNAME"] == "a2c2"


def test_every_answer_carries_the_devices_key() -> None:
    for name, answer in (("SMS_MFA", "012345"), ("NEW_PASSWORD_REQUIRED", "new horse")):
        question = asked(name, sign_in(device=DEVICE))
        assert responses(question.answer(answer))["DEVICE_KEY"] == DEVICE_KEY


# A device that the pool has forgotten


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


def test_a_forgotten_device_is_recognised_by_the_word() -> None:
    conversation = sign_in(device=DEVICE)
    conversation.start()
    gone = {"__type": "ResourceNotFoundException", "message": "no such device"}
    again = sent(conversation.reply(gone), "InitiateAuth")
    assert "DEVICE_KEY" not in again.arguments["AuthParameters"]


def test_after_a_new_password_it_begins_again_with_that_password() -> None:
    conversation = sign_in(device=DEVICE)
    question = asked("NEW_PASSWORD_REQUIRED", conversation)
    call = question.answer("new horse")
    call.arguments["ChallengeResponses"].clear()  # As a caller may do after sending a secret.
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
def test_it_begins_again_with_the_password_that_a_person_gave(first: str) -> None:
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


# The context, and calls with AWS credentials


def test_every_call_that_takes_a_context_carries_it() -> None:
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


def test_the_context_can_be_made_for_the_name_of_each_call() -> None:
    """EncodedData contains the USERNAME of its call, which changes with the first reply."""
    conversation = sign_in(context=lambda name: Context(encoded_data=f"about {name}"))
    opened = sent(conversation.start(), "InitiateAuth").arguments
    assert opened["UserContextData"] == {"EncodedData": f"about {ALIAS}"}
    call = sent(conversation.reply(OracleServer(username="a2c2").reply()))
    assert call.arguments["UserContextData"] == {"EncodedData": "about a2c2"}
    assert callable(conversation.context)


def test_no_context_is_made_for_a_call_that_takes_no_context() -> None:
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
    assert isinstance(conversation.reply(signed_in()), Tokens)


# Replies that are refused: the sign-in can continue from where it was


BAD_REPLIES: list[tuple[Any, type[SRPError], str | None]] = [
    # What cannot be read; test_replies.py and test_questions.py have every case.
    (None, MalformedParameter, "the reply"),
    ({}, MalformedParameter, "ChallengeName"),
    ({"ChallengeName": 5}, MalformedParameter, "ChallengeName"),
    ({"AuthenticationResult": {}}, MalformedParameter, "AccessToken"),
    ({**asks("SMS_MFA"), "Session": 5}, MalformedParameter, "Session"),
    (asks("SMS_MFA", USERNAME=""), MalformedParameter, "USERNAME"),
    (asks("SELECT_MFA_TYPE"), MalformedParameter, "MFAS_CAN_CHOOSE"),
    (asks("SELECT_CHALLENGE"), MalformedParameter, "AvailableChallenges"),
    (asks("CUSTOM_CHALLENGE", question=5), MalformedParameter, "ChallengeParameters"),
    ({"__type": "not a name"}, ServiceError, None),
    ({"message": "Forbidden"}, ServiceError, None),
    (http_reply(503, {}, "<html>Service Unavailable</html>"), ServiceError, None),
    # Of two keys, the first one.
    (
        {"ChallengeName": "SMS_MFA", "Session": 5, "ChallengeParameters": []},
        MalformedParameter,
        "Session",
    ),
    (asks("MFA_SETUP", USERNAME=5, MFAS_CAN_SETUP=5), MalformedParameter, "USERNAME"),
    # What a step cannot follow.
    ({**asks("MFA_SETUP", MFAS_CAN_SETUP=5), "Session": ""}, MalformedParameter, "Session"),
    ({"ChallengeName": "MFA_SETUP"}, MalformedParameter, "Session"),
    (asks("MFA_SETUP", MFAS_CAN_SETUP="[]"), UnsupportedChallenge, "ChallengeName"),
    (asks("MFA_SETUP", MFAS_CAN_SETUP='["SMS_MFA"]'), UnsupportedChallenge, "ChallengeName"),
    (asks("TELEPATHY"), UnsupportedChallenge, "ChallengeName"),
    (asks("DEVICE_SRP_AUTH"), IllegalParameter, "ChallengeName"),
    (asks("DEVICE_PASSWORD_VERIFIER"), StateError, None),
    (asks("PASSWORD_VERIFIER"), StateError, None),
    ({"__type": "TooManyRequestsException"}, ServiceError, None),
    ({"Error": {"Code": "InternalErrorException", "Message": "x"}}, ServiceError, None),
]


@pytest.mark.parametrize(
    ("reply", "error", "name"), BAD_REPLIES, ids=[f"{i}" for i in range(len(BAD_REPLIES))]
)
def test_a_bad_reply_is_refused_by_name_and_changes_nothing(
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
        ({"USERNAME": None, "USER_ID_FOR_SRP": None}, MalformedParameter, "USERNAME"),
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


def test_what_a_person_chose_is_not_given_again_without_the_person() -> None:
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
    """With each further proof, whoever poses as the pool could test another guess."""
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


def test_the_password_is_dropped_at_the_end() -> None:
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
