"""sign_in.py as a state machine: whatever the pool sends, and in whatever order.

Any reply ends in a next step, a question, the tokens or an `SRPError`. An error changes nothing.
No exchange answers twice, no SECRET_HASH is made of another name than the USERNAME beside it, no
Session is lost, and the password leaves the program only where a person said so.
"""

import copy
import json
from typing import Any

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
    Question,
    SignIn,
    SRPError,
    StateError,
    Tokens,
    questions,
)

PASSWORD = "a password that appears nowhere else"
DEVICE = Device(GROUP_KEY, DEVICE_KEY, "ZGV2aWNlIHBhc3N3b3Jk")
# A few servers serve all runs: what they compute is slow, and does not matter here.
USERS = [OracleServer(username=name).reply() for name in ("alice", "a2c2e290", "ålice")]
DEVICES = [OracleServer.of_device(DEVICE.device_password).reply("DEVICE_PASSWORD_VERIFIER")]
MFAS = '["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP"]'
TOKENS = {"AccessToken": "an access token", "ExpiresIn": 3600}
METADATA = {"DeviceKey": "eu-west-1_new", "DeviceGroupKey": "-new"}


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
    asks("MFA_SETUP", MFAS_CAN_SETUP=MFAS),
    asks("MFA_SETUP", MFAS_CAN_SETUP='["SOFTWARE_TOKEN_MFA"]'),
    asks("NEW_PASSWORD_REQUIRED", requiredAttributes="[]", userAttributes='{"email":"a@b"}'),
    asks("NEW_PASSWORD_REQUIRED", requiredAttributes='["userAttributes.email"]'),
    asks("CUSTOM_CHALLENGE", USERNAME="carol", question="?"),
    {
        **asks("SELECT_CHALLENGE"),
        "AvailableChallenges": ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"],
    },
    asks("PASSWORD"),
    asks("PASSWORD_SRP"),
    asks("WEB_AUTHN", CREDENTIAL_REQUEST_OPTIONS='{"challenge":"x"}'),
    asks("ADMIN_NO_SRP_AUTH"),
    asks("FUTURE_CHALLENGE"),
    {"AuthenticationResult": TOKENS},
    {"AuthenticationResult": {**TOKENS, "NewDeviceMetadata": METADATA}},
    {"SecretCode": "JBSWY3DPEHPK3PXP"},
    {"Status": "SUCCESS"},
    {"UserConfirmationNecessary": True},
    {"__type": "ResourceNotFoundException", "message": "Device does not exist."},
    {"__type": "NotAuthorizedException", "message": "Incorrect username or password."},
    {"Error": {"Code": "CodeMismatchException", "Message": "Invalid code"}},
    {},
]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=20),
    st.sampled_from(["\ud800", "[", "{}", "[1]", '["x"]', "0", "-1", "x" * 200_000, "=", "_type"]),
    st.lists(st.text(max_size=5), max_size=2),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)


@st.composite
def replies(draw: st.DrawFn) -> Any:
    """A reply of the pool's, most often well formed, else with one place spoiled."""
    reply = copy.deepcopy(draw(st.sampled_from(WELL_FORMED)))
    if "Error" not in reply and "__type" not in reply:
        reply["Session"] = draw(st.text("abc", min_size=20, max_size=24))
    spoil = draw(st.integers(0, 9))
    if spoil < 6:
        return reply
    if spoil == 9:
        return draw(JUNK)
    place = reply
    for key in ("ChallengeParameters", "AuthenticationResult", "Error"):
        if place.get(key) and draw(st.booleans()):
            place = place[key]
    key = draw(st.sampled_from(sorted(place)) if place else st.just("ChallengeName"))
    if spoil == 8:
        place.pop(key, None)
    else:
        place[key] = draw(JUNK)
    return reply


class Conversation(RuleBasedStateMachine):
    """The pool replies as it likes; a person answers; the laws hold."""

    @initialize(
        flow=st.sampled_from(["USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"]),
        preferred=st.sampled_from([None, "PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"]),
        has_password=st.booleans(),
        secret=st.sampled_from([None, CLIENT_SECRET]),
        has_device=st.booleans(),
        is_admin=st.booleans(),
        remember=st.booleans(),
        context=st.sampled_from([None, Context(client_metadata={"a": "ä"})]),
    )
    def begin(self, flow: Any, preferred: Any, has_password: bool, **options: Any) -> None:
        preferred = preferred if flow == "USER_AUTH" else None
        if flow == "USER_SRP_AUTH" or preferred in ("PASSWORD_SRP", "PASSWORD"):
            has_password = True
        self.app = AppClient(CLIENT_ID, options["secret"])
        self.sign_in = SignIn(
            POOL_ID,
            "alice@example.com",
            PASSWORD if has_password else None,
            app=self.app,
            flow=flow,
            preferred_challenge=preferred,
            device=DEVICE if options["has_device"] else None,
            remember_device=options["remember"],
            context=options["context"],
            admin=Admin(pool_id=POOL_ID) if options["is_admin"] else None,
        )
        self.may_show_password = preferred == "PASSWORD"
        self.open: dict[str, str | None] = {"user": None, "device": None}
        self.proofs = 0
        self.proofs_allowed = 1
        self.seen: set[str] = set()
        self.session: object = None
        self.step: Any = self.sign_in.start()
        self.look(self.step)

    def look(self, call: Call[Any]) -> None:
        """The laws that hold for every call."""
        arguments = call.arguments
        # A Session goes back as it came. Of a spoiled one botocore would say that it is too short.
        session = arguments.get("Session")
        fitting = arguments if session is None else {**arguments, "Session": session.ljust(20)}
        # Also holds SECRET_HASH against the USERNAME beside it.
        judge(Call(call.operation, fitting), self.app)
        sent = arguments.get("ChallengeResponses") or arguments.get("AuthParameters") or {}
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
            assert self.proofs <= self.proofs_allowed, "a proof was given for the asking"
        if call.operation.endswith("RespondToAuthChallenge") and name != "MFA_SETUP":
            assert arguments.get("Session") == self.session
        if PASSWORD in call.body.decode():
            assert self.may_show_password, "the password was sent, and nobody said so"
        self.may_show_password = False

    @precondition(lambda self: isinstance(self.step, Call))
    @rule(data=st.data())
    def the_pool_plays_along(self, data: st.DataObject) -> None:
        """A reply that fits the call, so that runs get far."""
        call = self.sign_in._state.sent
        assert call is not None
        fitting = {
            "AssociateSoftwareToken": [{"SecretCode": "JBSWY3DPEHPK3PXP", "Session": "s" * 20}],
            "VerifySoftwareToken": [{"Status": "SUCCESS", "Session": "s" * 21}],
            "ConfirmDevice": [{"UserConfirmationNecessary": True}],
            "UpdateDeviceStatus": [{}],
        }.get(call.operation, WELL_FORMED)
        if self.open["user"] is not None:
            fitting = USERS
        elif self.open["device"] is not None:
            fitting = DEVICES
        self.the_pool_replies(data.draw(st.sampled_from(fitting)))

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
        if isinstance(step, Call):
            self.proofs_allowed += step.operation.endswith("InitiateAuth")
            # The sign-in answers by itself only as it was told to.
            self.may_show_password = self.sign_in._preferred_challenge == "PASSWORD"
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
            or answer in ("PASSWORD", PASSWORD)  # Whatever a person types is theirs to send.
        )
        options = {}
        if isinstance(question, questions.NewPassword):
            options["attributes"] = {"email": "alice@example.com"}
        if isinstance(question, questions.MFASetup) and answer == "EMAIL_OTP":
            options["email"] = "alice@example.com"
        before = self.sign_in._state
        try:
            call = question.answer(answer, **options)
        except (TypeError, ValueError) as error:
            assert self.sign_in._state is before
            assert PASSWORD not in str(error)
            return
        # What a person chooses, and beginning again without a device, open one more.
        sent = call.arguments.get("ChallengeResponses", {})
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


TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=250, stateful_step_count=25)


def test_every_reply_that_is_well_formed_is_json() -> None:
    """The machine plays with what can come over the wire."""
    for reply in WELL_FORMED:
        assert json.loads(json.dumps(reply)) == reply
