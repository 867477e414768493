"""A whole sign-in as a state machine, and what follows it: whatever comes, in whatever order.

Any reply ends in a call, a question, the tokens or an `SRPError`. An error changes nothing, and
neither does what comes instead of a reply: the right reply can still follow. No exchange answers
twice, every SECRET_HASH is over the USERNAME of its call, no Session is lost, and the password is
sent only if a person or the caller chose that. A sign-in that is set aside continues where it was.
The tokens survive everything that is done with them.
"""

import copy
import http.client
import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from faults import FAULTS, Fault
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from judge import judge
from peers import CLIENT_ID, CLIENT_SECRET, DEVICE_KEY, GROUP_KEY, POOL_ID, OracleServer

from srp_cognito import (
    Admin,
    AppClient,
    Call,
    Context,
    Device,
    DeviceRefused,
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
MFAS = '["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP","FUTURE_MFA"]'
TOKENS = {"AccessToken": "an access token", "ExpiresIn": 3600, "RefreshToken": "a refresh token"}
METADATA = {"DeviceKey": "eu-west-1_0a0b", "DeviceGroupKey": "-new"}
FLOWS = ("USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH", "USER_PASSWORD_AUTH")
SENDING_THE_PASSWORD = ("USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH")
# GetTokensFromRefreshToken sends the secret itself, of which AWS's model bounds the length.
SECRET = CLIENT_SECRET.ljust(24, "0")
SESSION_OF_SIGN_UP = "the session that ConfirmSignUp returned"
STEP_UP = StepUp(["level-1", "level-2"], max_age=60, access_token="an old access token")
CONTEXT = Context(client_metadata={"a": "ä"})


def context_of(username: str) -> Context:
    """A context that says for which name it was asked."""
    return Context(client_metadata={"for": username})


def asks(name: str, **parameters: object) -> dict[str, Any]:
    return {"ChallengeName": name, "ChallengeParameters": parameters}


END: list[dict[str, Any]] = [
    {"AuthenticationResult": TOKENS},
    {"AuthenticationResult": {**TOKENS, "NewDeviceMetadata": METADATA}},
]
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
    asks("MFA_SETUP", MFAS_CAN_SETUP=MFAS),
    asks("MFA_SETUP", MFAS_CAN_SETUP='["SOFTWARE_TOKEN_MFA"]'),
    asks("NEW_PASSWORD_REQUIRED", requiredAttributes="[]", userAttributes='{"email":"a@b"}'),
    asks("NEW_PASSWORD_REQUIRED", requiredAttributes='["userAttributes.email"]'),
    asks("CUSTOM_CHALLENGE", USERNAME="carol", question="?"),
    {
        **asks("SELECT_CHALLENGE"),
        "AvailableChallenges": [
            *("PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "FUTURE_FACTOR")
        ],
    },
    asks("PASSWORD"),
    asks("PASSWORD_SRP"),
    asks("WEB_AUTHN", CREDENTIAL_REQUEST_OPTIONS='{"challenge":"x"}'),
    asks("ADMIN_NO_SRP_AUTH"),
    asks("FUTURE_CHALLENGE"),
    *END,
    {"SecretCode": "JBSWY3DPEHPK3PXP"},
    {"Status": "SUCCESS"},
    {"UserConfirmationNecessary": True},
    {"__type": "ResourceNotFoundException", "message": "Device does not exist."},
    {"__type": "NotAuthorizedException", "message": "Incorrect username or password."},
    {"Error": {"Code": "CodeMismatchException", "Message": "Invalid code"}},
    {},
]


def with_odd_members(reply: dict[str, Any]) -> dict[str, Any]:
    """The same reply with members that nothing reads, and that cannot be written as JSON."""
    if reply.get("ChallengeName") == "CUSTOM_CHALLENGE":
        return reply  # All of it is for the caller.
    parameters = {"ODD": float("nan"), **reply.get("ChallengeParameters", {})}
    return {"AvailableChallenges": b"x", "ODD": b"x", **reply, "ChallengeParameters": parameters}


STEPS = [reply for reply in WELL_FORMED if reply.keys() & {"ChallengeName", "AuthenticationResult"}]
STEPS = [*STEPS, *map(with_odd_members, STEPS)]
FITTING = {
    "AssociateSoftwareToken": {"SecretCode": "JBSWY3DPEHPK3PXP", "Session": "s" * 20},
    "VerifySoftwareToken": {"Status": "SUCCESS", "Session": "s" * 21},
}
ABOUT_DEVICE: dict[str, list[dict[str, Any]]] = {
    "ConfirmDevice": [
        {"UserConfirmationNecessary": True},
        {"UserConfirmationNecessary": False},
    ],
    "UpdateDeviceStatus": [{}],
}


def as_replied(fault: Fault) -> Any:
    """What a program has of a fault: a reply, or an exception."""
    if fault.way == "whole":
        return http_reply(fault.status, fault.headers, fault.body)
    return http.client.IncompleteRead(b"") if fault.way == "cut off" else OSError(fault.name)


REFUSED = ClientError({"Error": {"Code": "ForbiddenException", "Message": "No"}}, "InitiateAuth")
INSTEAD: list[Any] = [
    *map(as_replied, FAULTS),
    *[{"__type": "NotAuthorizedException", "message": "Incorrect username or password."}] * 8,
    *(REFUSED, KeyError("a bug of the client"), None, {}),
]
"""What may come instead of a reply: it says nothing about the sign-in."""
NOT_EMPTY = [each for each in INSTEAD if each not in ({}, http_reply(200, {}, b""))]
"""The same for an operation that may answer nothing."""

# Each draw costs more than a step of the sign-in, so these are values and not strategies.
JUNK: list[Any] = [
    *(float("nan"), float("inf"), "[" * 5000),
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
        flow=st.sampled_from(FLOWS),
        preferred=st.sampled_from([None, "PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"]),
        has_password=st.booleans(),
        secret=st.sampled_from([None, SECRET]),
        has_device=st.booleans(),
        is_admin=st.booleans(),
        context=st.sampled_from([None, CONTEXT, context_of]),
        session=st.sampled_from([None, SESSION_OF_SIGN_UP]),
        step_up=st.sampled_from([None, STEP_UP]),
    )
    def begin(self, flow: Any, preferred: Any, has_password: bool, **options: Any) -> None:
        if flow != "USER_AUTH":
            preferred = options["session"] = options["step_up"] = None
        if flow == "USER_PASSWORD_AUTH" and options["is_admin"]:
            flow = "ADMIN_USER_PASSWORD_AUTH"
        if flow not in ("USER_AUTH", "CUSTOM_AUTH") or preferred in ("PASSWORD_SRP", "PASSWORD"):
            has_password = True
        self.app = AppClient(CLIENT_ID, options["secret"])
        self.admin = Admin(pool_id=POOL_ID) if options["is_admin"] else None
        self.flow, self.preferred = flow, preferred
        self.context, self.session_of_sign_up = options["context"], options["session"]
        self.step_up = {} if options["step_up"] is None else STEP_UP.parameters()
        self.has_device = options["has_device"]
        self.sign_in = SignIn(
            POOL_ID,
            "alice@example.com",
            PASSWORD if has_password else None,
            app=self.app,
            flow=flow,
            preferred_challenge=preferred,
            session=options["session"],
            step_up=options["step_up"],
            device=DEVICE if options["has_device"] else None,
            context=options["context"],
            admin=self.admin,
        )
        self.may_show_password = False
        self.open: dict[str, str | None] = {"user": None, "device": None}
        self.proofs = 0
        self.proofs_allowed = 0
        self.seen: set[str] = set()
        self.session: object = None
        self.step: Any = self.sign_in.start()
        self.registration: DeviceRegistration | None = None
        self.about_device: Call[Any] | None = None
        self.look(self.step)

    # What must hold for every call.

    def look(self, call: Call[Any]) -> None:
        arguments = call.arguments
        # A Session goes back as it came; botocore would find a spoiled one too short.
        session = arguments.get("Session")
        fitting = arguments if session is None else {**arguments, "Session": session.ljust(20)}
        # This also checks SECRET_HASH against the USERNAME.
        judge(Call(call.operation, fitting), self.app)
        sent = arguments.get("ChallengeResponses") or arguments.get("AuthParameters") or {}
        name = arguments.get("ChallengeName", "")
        kind = "device" if name.startswith("DEVICE") else "user"
        if call.operation.endswith("InitiateAuth"):
            self.look_at_beginning(arguments)
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
        if sent:
            assert call.operation.startswith("Admin") is (self.admin is not None)
            self.look_at_options(arguments, sent)

    def look_at_beginning(self, arguments: Any) -> None:
        """Check what only the first call has; it is made again without a device."""
        assert arguments["AuthFlow"] == self.flow
        assert arguments["AuthParameters"].get("PREFERRED_CHALLENGE") == self.preferred
        assert arguments.get("Session") == self.session_of_sign_up
        assert self.step_up.items() <= arguments["AuthParameters"].items()
        self.may_show_password = self.flow in SENDING_THE_PASSWORD or self.preferred == "PASSWORD"
        if self.flow in SENDING_THE_PASSWORD:
            assert arguments["AuthParameters"]["PASSWORD"] == PASSWORD
        self.open = {"user": None, "device": None}
        self.proofs_allowed += 1

    def look_at_options(self, arguments: Any, sent: Any) -> None:
        """Check what every call carries, also after a pause."""
        assert sent.get("DEVICE_KEY") == (DEVICE.device_key if self.has_device else None)
        metadata = arguments.get("ClientMetadata")
        if self.context is None:
            assert metadata is None
        elif self.context is CONTEXT:
            assert metadata == CONTEXT.client_metadata
        else:
            assert metadata == {"for": sent["USERNAME"]}

    # The sign-in.

    @precondition(lambda self: self.sign_in._state.sent is not None)
    @rule(
        data=st.data(), instead=st.lists(st.sampled_from(INSTEAD), max_size=1), ends=st.booleans()
    )
    def the_pool_replies_as_it_should(self, data: st.DataObject, instead: Any, ends: bool) -> None:
        """A reply that fits the call, so that runs get far; perhaps a fault comes first."""
        call = self.sign_in._state.sent
        assert call is not None
        for each in instead:
            self.something_comes_instead(each)
        if call.operation in FITTING:
            fitting = [FITTING[call.operation]]
        elif self.open["user"] is not None:
            fitting = USERS
        elif self.open["device"] is not None:
            fitting = DEVICES
        else:
            likely = END if ends else [asks("DEVICE_SRP_AUTH")] if self.has_device else STEPS
            self.replied(data.draw(st.sampled_from(likely) | st.sampled_from(STEPS)))
            return
        step = self.replied(data.draw(st.sampled_from(fitting)))
        assert step is not None, "the right reply was refused"

    def something_comes_instead(self, instead: Any) -> None:
        """A fault changes nothing; and an exception is raised as it is, unless it is a reply."""
        before, username = self.sign_in._state, self.sign_in.username
        assert before.sent is not None
        is_raised = isinstance(instead, Exception) and instead is not REFUSED
        with pytest.raises(type(instead) if is_raised else SRPError) as raised:
            self.sign_in.reply(instead)
        if "NotAuthorizedException" in str(raised.value):
            is_of_device = before.sent.arguments.get("ChallengeName", "").startswith("DEVICE_")
            assert isinstance(raised.value, DeviceRefused) is is_of_device
        assert self.sign_in._state is before
        assert self.sign_in.username == username

    @precondition(lambda self: self.sign_in._state.sent is not None)
    @rule(reply=replies())
    def the_pool_replies(self, reply: Any) -> None:
        self.replied(reply)

    def replied(self, reply: Any) -> Any:
        """Give the reply to the sign-in; return the step, or None if it is refused."""
        before = self.sign_in._state
        try:
            step = self.sign_in.reply(reply)
        except SRPError as error:
            assert self.sign_in._state is before
            assert PASSWORD not in str(error) + repr(error)
            return None
        assert before.sent is not None
        if "ChallengeName" in reply and "Error" not in reply and "__type" not in reply:
            self.session = reply.get("Session")
        self.step = step
        if isinstance(step, Call):
            if step.operation.endswith("InitiateAuth"):
                assert self.has_device, "the sign-in began again, and there is no device"
                self.has_device = False
            self.may_show_password = self.preferred == "PASSWORD"
            self.look(step)
        else:
            assert isinstance(step, (Question, Tokens))
        return step

    @precondition(lambda self: isinstance(self.step, Question))
    @rule(data=st.data(), is_set_aside=st.booleans())
    def a_person_answers(self, data: st.DataObject, is_set_aside: bool) -> None:
        """Perhaps later, and elsewhere."""
        if is_set_aside:
            self.it_is_set_aside()
        question = self.step
        if self.sign_in._state.sent is None:
            with pytest.raises(StateError):
                self.sign_in.reply(USERS[0])
        choices = [*getattr(question, "choices", ()), "012345", PASSWORD, '{"id":"x"}', "", 5]
        answer = data.draw(st.sampled_from(choices))
        self.may_show_password = (
            isinstance(question, questions.Password)
            or answer in ("PASSWORD", PASSWORD)  # A person may type the password anywhere.
        )
        # MFA_SETUP can only set up what is known.
        is_setup = isinstance(question, questions.MFASetup)
        options: dict[str, Any] = {}
        if isinstance(question, questions.NewPassword):
            options["attributes"] = {"email": "alice@example.com"}
        if is_setup and answer == "EMAIL_OTP":
            options["email"] = "alice@example.com"
        is_new = answer in ("FUTURE_MFA", "FUTURE_FACTOR") and not is_setup
        if is_new:
            options["others"] = {"FUTURE_CODE": "1"}
        before = self.sign_in._state
        try:
            call = question.answer(answer, **options)
        except (TypeError, ValueError) as error:
            assert self.sign_in._state is before
            assert PASSWORD not in str(error)
            assert not is_new
            return
        # A person's choice may open one more exchange.
        sent = call.arguments.get("ChallengeResponses", {})
        self.proofs_allowed += "SRP_A" in sent
        if is_new:
            assert (sent["ANSWER"], sent["FUTURE_CODE"]) == (answer, "1")
        self.look(call)
        assert self.sign_in._state.sent is call

    def it_is_set_aside(self) -> None:
        """It continues elsewhere, and has forgotten the password and what was begun with it."""
        text, before = self.sign_in.pause(), self.sign_in
        assert PASSWORD not in text
        options: dict[str, Any] = {"app": self.app, "device": DEVICE, "admin": self.admin}
        if callable(self.context):
            options["context"] = self.context
        other = Admin(pool_id=POOL_ID) if self.admin is None else None
        for contradiction in ({"app": AppClient("2other")}, {"admin": other}):
            with pytest.raises(ValueError, match="^(app must|pass admin) ") as refused:
                SignIn.resume(text, **{**options, **contradiction})
            assert not isinstance(refused.value, InputError)
        self.sign_in = SignIn.resume(text, **options)
        assert self.sign_in.pause() == text
        assert self.sign_in.question == self.step
        assert (self.sign_in.username, self.sign_in.context) == (before.username, before.context)
        assert self.sign_in._state.device == before._state.device
        self.step = self.sign_in.question
        self.open = {"user": None, "device": None}
        # A password that a person gives from now on is proven once, too.
        self.proofs_allowed += 1

    @precondition(lambda self: self.sign_in._state.device is not None)
    @rule()
    def the_device_is_left_out(self) -> None:
        before = self.sign_in._state
        try:
            call = self.sign_in.without_device()
        except StateError:
            assert self.sign_in._state is before
            assert not self.sign_in._steps.begins_again
            return
        assert self.has_device
        self.has_device = False
        self.step = call
        self.look(call)

    # What follows it.

    @precondition(lambda self: isinstance(self.step, Tokens))
    @rule(reply=replies())
    def what_is_over_is_over(self, reply: Any) -> None:
        for late in (
            self.sign_in.start,
            self.sign_in.pause,
            self.sign_in.without_device,
            lambda: self.sign_in.reply(reply),
        ):
            with pytest.raises(StateError):
                late()
        assert self.sign_in.tokens is not None

    def look_at_tokens(self, tokens: Tokens) -> None:
        """Check that nothing that was given is lost; and take them as those to continue with."""
        for name in ("access_token", "id_token", "refresh_token", "expires_in", "username"):
            assert getattr(tokens, name) == getattr(self.step, name)
        self.step = tokens

    @precondition(lambda self: isinstance(self.step, Tokens) and self.step.new_device)
    @rule()
    def a_person_wants_the_device(self) -> None:
        """Perhaps again, where the first call failed."""
        self.registration = DeviceRegistration(self.step, device_name="laptop")
        self.about_device = self.registration.start()
        judge(self.about_device, self.app)

    @precondition(lambda self: isinstance(self.step, Tokens) and self.about_device)
    @rule(data=st.data())
    def the_pool_replies_about_the_device(self, data: st.DataObject) -> None:
        """Whatever comes, the tokens are there; and a device only if the pool has accepted it."""
        assert self.registration is not None
        assert self.about_device is not None
        call, self.about_device = self.about_device, None
        good = ABOUT_DEVICE[call.operation]
        bad = NOT_EMPTY if {} in good else INSTEAD
        reply = data.draw(st.one_of(st.sampled_from(good), st.sampled_from(bad)))
        had = self.step
        tokens = self.registration.reply(reply)
        self.look_at_tokens(tokens)
        if reply in good:
            assert tokens.device is not None
            assert tokens.device_key == tokens.device.device_key == METADATA["DeviceKey"]
            assert (tokens.new_device, tokens.device_error) == (None, None)
            is_asked = reply.get("UserConfirmationNecessary", False)
            assert self.registration.needs_confirmation is is_asked
            if is_asked:
                self.about_device = self.registration.remember()
        else:
            assert tokens.device_error is not None
            assert not self.registration.needs_confirmation
            assert (tokens.device, tokens.new_device) == (had.device, had.new_device)
            # It can be tried again.
            again = self.registration
            self.about_device = again.start() if tokens.device is None else again.remember()
        if self.about_device is not None:
            judge(self.about_device, self.app)

    @precondition(lambda self: isinstance(self.step, Tokens) and self.step.refresh_token)
    @rule(
        operation=st.sampled_from([None, "GetTokensFromRefreshToken", "InitiateAuth"]),
        rotated=st.sampled_from([None, "a new refresh token"]),
        instead=st.sampled_from(INSTEAD),
        is_kept=st.booleans(),
    )
    def they_are_refreshed(
        self, operation: Any, rotated: str | None, instead: Any, is_kept: bool
    ) -> None:
        """A fault comes first, and the right reply is then taken."""
        old = Tokens.from_json(self.step.to_json()) if is_kept else self.step
        admin = None if operation == "GetTokensFromRefreshToken" else self.admin
        refresh = Refresh(old, app=self.app, operation=operation, admin=admin)
        call = refresh.start()
        judge(call, self.app, old.username)
        sent: Any = {**call.arguments, **call.arguments.get("AuthParameters", {})}
        assert old.refresh_token in (sent.get("RefreshToken"), sent.get("REFRESH_TOKEN"))
        is_raised = isinstance(instead, Exception) and instead is not REFUSED
        with pytest.raises(type(instead) if is_raised else SRPError):
            refresh.reply(instead)
        assert refresh.start() == call
        result = {"AccessToken": "another", "ExpiresIn": 60, "RefreshToken": rotated}
        new = refresh.reply({"AuthenticationResult": result})
        assert (new.access_token, new.expires_in) == ("another", 60)
        assert new.refresh_token == (rotated or old.refresh_token)
        assert new.username == old.username
        assert (new.device, new.device_key) == (old.device, old.device_key)
        if self.registration is None:  # Which has the older tokens.
            self.step = replace(new, new_device=self.step.new_device)


TestConversation = Conversation.TestCase
TestConversation.settings = settings(
    max_examples=settings().max_examples * 2, stateful_step_count=25
)


def test_every_well_formed_reply_is_json() -> None:
    """Everything that the machine plays with can come over the wire."""
    for reply in WELL_FORMED:
        assert json.loads(json.dumps(reply)) == reply
