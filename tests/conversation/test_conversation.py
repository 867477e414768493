"""A whole sign-in as a state machine, and what follows it: whatever is replied, in whatever order.

Any reply ends in a call, a question, the tokens or an `SRPError`. An error changes nothing, and
neither does a fault on the wire. No exchange answers twice, every SECRET_HASH is over the USERNAME
of its call, no Session is lost, and the password is sent only if a person or the caller chose that.
A sign-in that is set aside is taken up as it was. The tokens survive whatever follows them.
"""

import copy
import json
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError
from faults import FAULTS
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from judge import judge
from peers import CLIENT_ID, DEVICE_KEY, GROUP_KEY, POOL_ID, OracleServer

from srp_cognito import (
    Admin,
    AppClient,
    Call,
    Context,
    Device,
    DeviceRegistration,
    InputError,
    Question,
    Refresh,
    SignIn,
    SRPError,
    StateError,
    StepUp,
    Tokens,
    http_reply,
    questions,
)

PASSWORD = "a password that appears nowhere else"
DEVICE = Device(GROUP_KEY, DEVICE_KEY, "ZGV2aWNlIHBhc3N3b3Jk")
# A few servers serve all runs: they are slow to make, and their numbers do not matter here.
USERS = [OracleServer(username=name).reply() for name in ("alice", "a2c2e290", "ålice")]
DEVICES = [OracleServer.of_device(DEVICE.device_password).reply("DEVICE_PASSWORD_VERIFIER")]
MFAS = '["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP"]'
TOKENS = {"AccessToken": "an access token", "ExpiresIn": 3600, "RefreshToken": "a refresh token"}
METADATA = {"DeviceKey": "eu-west-1_new", "DeviceGroupKey": "-new"}
AFTER_SIGN_UP = "a session that ConfirmSignUp returned"
STEP_UP = StepUp(["urn:example:strong"], max_age=60, access_token="an older access token")
CONTEXT = Context(client_metadata={"a": "ä"})
SENDING_THE_PASSWORD = ("USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH")
SECRET = "a_client_secret_as_long_as_AWS_makes_them"
NEW = "A_NEW_FACTOR"
"""A choice that this release does not know."""


def contexts(username: str) -> Context:
    return Context(client_metadata={"user": username})


def asks(name: str, **parameters: object) -> dict[str, Any]:
    return {"ChallengeName": name, "ChallengeParameters": parameters}


WELL_FORMED: list[dict[str, Any]] = [
    *USERS,
    *DEVICES,
    asks("DEVICE_SRP_AUTH"),
    asks("DEVICE_SRP_AUTH", USERNAME="bob"),
    asks("SMS_MFA", CODE_DELIVERY_DELIVERY_MEDIUM="SMS", CODE_DELIVERY_DESTINATION="+***1"),
    asks("SMS_MFA", USERNAME="bob"),
    asks("EMAIL_OTP"),
    asks("SMS_OTP"),
    asks("SOFTWARE_TOKEN_MFA", FRIENDLY_DEVICE_NAME="phone"),
    asks("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE=MFAS),
    asks("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE=f'["SMS_MFA","{NEW}"]'),
    asks("MFA_SETUP", MFAS_CAN_SETUP=MFAS),
    asks("MFA_SETUP", MFAS_CAN_SETUP='["SOFTWARE_TOKEN_MFA"]'),
    asks("NEW_PASSWORD_REQUIRED", requiredAttributes="[]", userAttributes='{"email":"a@b"}'),
    asks("NEW_PASSWORD_REQUIRED", requiredAttributes='["userAttributes.email"]'),
    asks("CUSTOM_CHALLENGE", USERNAME="carol", question="?"),
    {
        **asks("SELECT_CHALLENGE"),
        "AvailableChallenges": ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"],
    },
    {**asks("SELECT_CHALLENGE"), "AvailableChallenges": ["PASSWORD_SRP", NEW]},
    asks("PASSWORD"),
    asks("PASSWORD_SRP", USER_ID_FOR_SRP="a2c2e290"),
    asks("WEB_AUTHN", CREDENTIAL_REQUEST_OPTIONS='{"challenge":"x"}'),
    asks("ADMIN_NO_SRP_AUTH"),
    asks("FUTURE_CHALLENGE"),
    {"AuthenticationResult": TOKENS},
    {"AuthenticationResult": {"AccessToken": "an access token"}},
    {"AuthenticationResult": {**TOKENS, "NewDeviceMetadata": METADATA}},
    {"SecretCode": "JBSWY3DPEHPK3PXP"},
    {"Status": "SUCCESS"},
    {"UserConfirmationNecessary": True},
    {"__type": "ResourceNotFoundException", "message": "Device does not exist."},
    {"__type": "NotAuthorizedException", "message": "Incorrect username or password."},
    {"Error": {"Code": "CodeMismatchException", "Message": "Invalid code"}},
    {},
]
STEPS = [reply for reply in WELL_FORMED if reply.keys() & {"ChallengeName", "AuthenticationResult"}]
FITTING = {
    "AssociateSoftwareToken": {"SecretCode": "JBSWY3DPEHPK3PXP", "Session": "s" * 20},
    "VerifySoftwareToken": {"Status": "SUCCESS", "Session": "s" * 21},
}
# What an HTTP client would return for each fault that has a reply, and what it would raise.
ON_THE_WIRE: list[Any] = [
    *(
        http_reply(fault.status, fault.headers, fault.body)
        for fault in FAULTS
        if fault.way == "whole" and len(fault.body) < 10_000
    ),
    *(ConnectionResetError("reset"), TimeoutError("timed out")),
    ClientError({"Error": {"Code": "InternalErrorException"}}, "InitiateAuth"),
]
# Each draw costs more than a step of the sign-in, so these are values and not strategies.
JUNK: list[Any] = [
    *(None, True, 0, -1, 5, 1.5, "", "x", "\ud800", "\x00", "[", "{}", "[1]", '["x"]', "0", "-1"),
    *("ff", "x" * 200_000, "=", "_type", [], ["x"], [5], {}, {"x": "y"}, {"x": 5}, b"x"),
]


@st.composite
def replies(draw: st.DrawFn) -> Any:
    """A reply, most often well formed, otherwise with one place spoiled."""
    reply = copy.deepcopy(draw(st.sampled_from(WELL_FORMED)))
    if "Error" not in reply and "__type" not in reply:
        reply["Session"] = f"session {draw(st.integers(0, 99))} of twenty characters"
    spoil = draw(st.integers(0, 9))
    if spoil < 6:
        return reply
    if spoil == 9:
        return draw(st.sampled_from(JUNK))
    place = reply
    for key in ("ChallengeParameters", "AuthenticationResult", "Error"):
        if place.get(key) and draw(st.booleans()):
            place = place[key]
    key = draw(st.sampled_from(sorted(place)) if place else st.just("ChallengeName"))
    if spoil == 8:
        place.pop(key, None)
    else:
        place[key] = draw(st.sampled_from(JUNK))
    return reply


class Conversation(RuleBasedStateMachine):
    """The pool replies as it likes, and a person answers."""

    @initialize(
        flow=st.sampled_from(
            ["USER_SRP_AUTH", "USER_AUTH", "USER_AUTH", "CUSTOM_AUTH", "a password that is sent"]
        ),
        preferred=st.sampled_from([None, "PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"]),
        has_password=st.booleans(),
        secret=st.sampled_from([None, SECRET]),
        has_device=st.booleans(),
        is_admin=st.booleans(),
        context=st.sampled_from([None, CONTEXT, contexts]),
        session=st.sampled_from([None, AFTER_SIGN_UP]),
        step_up=st.sampled_from([None, STEP_UP]),
    )
    def begin(self, flow: Any, preferred: Any, has_password: bool, **options: Any) -> None:
        self.admin = Admin(pool_id=POOL_ID) if options["is_admin"] else None
        if flow == "a password that is sent":
            flow = SENDING_THE_PASSWORD[options["is_admin"]]
        of_user_auth = {}
        if flow == "USER_AUTH":
            of_user_auth = {"session": options["session"], "step_up": options["step_up"]}
        else:
            preferred = None
        if flow not in ("USER_AUTH", "CUSTOM_AUTH") or preferred in ("PASSWORD_SRP", "PASSWORD"):
            has_password = True
        self.app = AppClient(CLIENT_ID, options["secret"])
        self.has_device = options["has_device"]
        self.context = options["context"]
        self.sign_in = SignIn(
            POOL_ID,
            "alice@example.com",
            PASSWORD if has_password else None,
            app=self.app,
            flow=flow,
            preferred_challenge=preferred,
            device=DEVICE if self.has_device else None,
            context=self.context,
            admin=self.admin,
            **of_user_auth,
        )
        self.begins = {"session": None, "step_up": None, **of_user_auth}
        self.is_paused = False
        self.begins_with_password = flow in SENDING_THE_PASSWORD
        self.prefers_password = preferred == "PASSWORD"
        self.may_show_password = self.prefers_password or self.begins_with_password
        self.open: dict[str, str | None] = {"user": None, "device": None}
        self.proofs = 0
        self.proofs_allowed = 1
        self.seen: set[str] = set()
        self.session: object = None
        self.step: Any = self.sign_in.start()
        self.look(self.step)

    def look(self, call: Call[Any]) -> None:
        """Check what must hold for every call."""
        arguments = call.arguments
        # A Session goes back as it came; botocore would find a spoiled one too short.
        session = arguments.get("Session")
        fitting = arguments if session is None else {**arguments, "Session": session.ljust(20)}
        # This also checks SECRET_HASH against the USERNAME.
        judge(Call(call.operation, fitting), self.app)
        if call.operation.endswith("InitiateAuth"):
            assert session == self.begins["session"]
            step_up = self.begins["step_up"]
            wanted = {} if step_up is None else step_up.parameters()
            assert wanted.items() <= arguments["AuthParameters"].items()
        sent = arguments.get("ChallengeResponses") or arguments.get("AuthParameters") or {}
        if self.context is not None and sent:
            is_function = callable(self.context)
            context = contexts(sent["USERNAME"]) if is_function else CONTEXT
            assert arguments["ClientMetadata"] == context.client_metadata
        name = arguments.get("ChallengeName", "")
        kind = "device" if name.startswith("DEVICE") else "user"
        if "SRP_A" in sent:
            assert sent["SRP_A"] not in self.seen, "an exponent is used again"
            self.seen.add(sent["SRP_A"])
            self.open[kind] = sent["SRP_A"]
        if "PASSWORD_CLAIM_SIGNATURE" in sent:
            assert self.open[kind] is not None, "one exchange answers twice"
            self.open[kind] = None
            self.proofs += kind == "user"
            assert self.proofs <= self.proofs_allowed, "the pool got a proof by asking"
        if call.operation.endswith("RespondToAuthChallenge") and name != "MFA_SETUP":
            assert arguments.get("Session") == self.session
        if PASSWORD in call.body.decode():
            assert self.may_show_password, "the password was sent, and nobody chose that"
        self.may_show_password = False

    @precondition(lambda self: isinstance(self.step, Call))
    @rule(data=st.data())
    def the_pool_replies_as_it_should(self, data: st.DataObject) -> None:
        """A reply that fits the call, so that runs get far."""
        call = self.sign_in._state.sent
        assert call is not None
        if call.operation in FITTING:
            self.the_pool_replies(FITTING[call.operation])
        elif self.open["user"] is not None:
            self.the_pool_replies(data.draw(st.sampled_from(USERS)))
        elif self.open["device"] is not None:
            self.the_pool_replies(DEVICES[0])
        else:
            self.the_pool_replies(data.draw(st.sampled_from(STEPS)))

    @precondition(lambda self: isinstance(self.step, Call))
    @rule(data=st.data())
    def a_fault_comes_instead(self, data: st.DataObject) -> None:
        """Nothing changes, so that the right reply can follow to the same call."""
        fault = data.draw(st.sampled_from(ON_THE_WIRE))
        before = self.sign_in._state
        try:
            self.sign_in.reply(fault)
        except SRPError as error:
            assert PASSWORD not in str(error) + repr(error)
        except OSError as error:
            assert error is fault
        else:
            raise AssertionError("a fault was taken for a reply")
        assert self.sign_in._state is before
        assert before.sent is self.step

    @rule()
    def the_device_is_left_out(self) -> None:
        before = self.sign_in._state
        try:
            call = self.sign_in.without_device()
        except StateError:
            assert self.sign_in._state is before
            assert before.device is None or self.is_paused
            return
        assert before.device is not None
        assert "DEVICE_KEY" not in call.arguments["AuthParameters"]
        self.open = {"user": None, "device": None}
        self.step = call
        self.begins_again(call)

    def begins_again(self, call: Call[Any]) -> None:
        self.proofs_allowed += 1
        self.may_show_password = self.prefers_password or self.begins_with_password
        self.look(call)

    @precondition(lambda self: isinstance(self.step, Question))
    @rule()
    def it_is_set_aside_and_taken_up_elsewhere(self) -> None:
        text = self.sign_in.pause()
        assert PASSWORD not in text
        options = {"app": self.app, "admin": self.admin}
        if self.sign_in._state.device is not None:
            options["device"] = DEVICE
        if callable(self.context):
            options["context"] = self.context
        wrong = {**options, "admin": Admin(pool_id=POOL_ID) if self.admin is None else None}
        for contradiction in (wrong, {**options, "app": AppClient("2other")}):
            try:
                SignIn.resume(text, **contradiction)
            except ValueError as error:
                assert not isinstance(error, InputError)
            else:
                raise AssertionError("what contradicts the text was taken")
        resumed = SignIn.resume(text, **options)
        assert resumed.question == self.step
        assert resumed.username == self.sign_in.username
        assert resumed.context == self.sign_in.context
        assert resumed.pause() == text
        self.sign_in, self.step = resumed, resumed.question
        self.open = {"user": None, "device": None}
        # What the sign-in would begin again with may be forgotten.
        self.is_paused = True

    @precondition(lambda self: not isinstance(self.step, Tokens))
    @rule(reply=replies())
    def the_pool_replies(self, reply: Any) -> None:
        before = self.sign_in._state
        try:
            step = self.sign_in.reply(reply)
        except SRPError as error:
            assert self.sign_in._state is before
            assert PASSWORD not in str(error) + repr(error)
            if isinstance(error, StateError) and before.sent is None:
                assert isinstance(self.step, Question)
            return
        assert before.sent is not None
        if "ChallengeName" in reply and "Error" not in reply and "__type" not in reply:
            self.session = reply.get("Session")
        self.step = step
        if isinstance(step, Call) and step.operation.endswith("InitiateAuth"):
            self.begins_again(step)
        elif isinstance(step, Call):
            self.may_show_password = self.prefers_password
            self.look(step)
        else:
            assert isinstance(step, (Question, Tokens))

    @precondition(lambda self: isinstance(self.step, Question))
    @rule(data=st.data())
    def a_person_answers(self, data: st.DataObject) -> None:
        question = self.step
        choices = [*getattr(question, "choices", ()), "012345", PASSWORD, '{"id":"x"}', "", 5]
        answer = data.draw(st.sampled_from(choices))
        self.may_show_password = (
            isinstance(question, questions.Password)
            or answer in ("PASSWORD", PASSWORD)  # A person may type the password anywhere.
        )
        options = {}
        if isinstance(question, questions.NewPassword):
            options["attributes"] = {"email": "alice@example.com"}
        if isinstance(question, questions.MFASetup) and answer == "EMAIL_OTP":
            options["email"] = "alice@example.com"
        if isinstance(question, (questions.SelectChallenge, questions.SelectMFAType)):
            options["others"] = data.draw(st.sampled_from([None, {"FACTOR": "x"}]))
        before = self.sign_in._state
        try:
            call = question.answer(answer, **options)
        except (TypeError, ValueError) as error:
            assert self.sign_in._state is before
            assert PASSWORD not in str(error)
            return
        # A person's choice may open one more exchange.
        sent = call.arguments.get("ChallengeResponses", {})
        if answer == NEW:
            assert {"ANSWER": NEW, **(options["others"] or {})}.items() <= sent.items()
        self.proofs_allowed += "SRP_A" in sent
        self.look(call)
        assert self.sign_in._state.sent is call

    @precondition(lambda self: isinstance(self.step, Tokens))
    @rule(reply=replies())
    def what_is_over_is_over(self, reply: Any) -> None:
        try:
            self.sign_in.reply(reply)
        except StateError:
            return
        raise AssertionError("a reply was taken after the end")

    # What follows the tokens.

    @precondition(lambda self: isinstance(self.step, Tokens) and self.step.new_device is not None)
    @rule(data=st.data())
    def a_device_is_registered(self, data: st.DataObject) -> None:
        """Whatever comes, the tokens are as good as before, and say what became of the device."""
        accepted = {"UserConfirmationNecessary": True}
        reply = data.draw(st.sampled_from([accepted, *ON_THE_WIRE, *WELL_FORMED, *JUNK]))
        second = data.draw(st.sampled_from([{}, *ON_THE_WIRE]))
        before = self.step
        registration = DeviceRegistration(before, device_name="laptop")
        self.look(registration.start())
        tokens = registration.reply(reply)
        assert (tokens.device is None) is (tokens.device_error is not None)
        assert (tokens.device is not None) is (reply == accepted)
        if registration.needs_confirmation:
            self.look(registration.remember())
            tokens = registration.reply(second)
            assert tokens.device is not None
            assert (tokens.device_error is None) is (second == {})
        assert replace(
            tokens, device=None, device_key=before.device_key, new_device=before.new_device
        ) == replace(before, device_error=tokens.device_error)

    @precondition(lambda self: isinstance(self.step, Tokens) and self.step.refresh_token)
    @rule(
        data=st.data(),
        result=st.sampled_from(
            [{"AccessToken": "an access token"}, {**TOKENS, "RefreshToken": "the next one"}]
        ),
        is_older=st.booleans(),
    )
    def they_are_refreshed(
        self, data: st.DataObject, result: dict[str, Any], is_older: bool
    ) -> None:
        """The call can be sent again after each fault, and what is known of the user stays."""
        faults = [data.draw(st.sampled_from([*ON_THE_WIRE, *JUNK, *USERS])) for _ in range(2)]
        before = Tokens.from_json(self.step.to_json())
        refresh = Refresh(
            before,
            app=self.app,
            operation="InitiateAuth" if is_older else None,
            admin=self.admin if is_older else None,
        )
        call = refresh.start()
        judge(call, self.app, username=before.username)
        for fault in faults:
            try:
                refresh.reply(fault)
            except (SRPError, OSError):
                assert refresh.start().body == call.body
                continue
            raise AssertionError("a fault was taken for tokens")
        tokens = refresh.reply({"AuthenticationResult": result})
        assert tokens.refresh_token == result.get("RefreshToken", before.refresh_token)
        assert (tokens.username, tokens.device_key) == (before.username, before.device_key)
        self.step = replace(tokens, new_device=self.step.new_device)


TestConversation = Conversation.TestCase
TestConversation.settings = settings(
    max_examples=settings().max_examples * 6 // 5, stateful_step_count=25
)


def test_every_well_formed_reply_is_json() -> None:
    """Everything that the machine plays with can come over the wire."""
    for reply in WELL_FORMED:
        assert json.loads(json.dumps(reply)) == reply
