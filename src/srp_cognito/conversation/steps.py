"""What comes next in a sign-in: from its state and what a reply is, to the new state and the step.

Nothing is changed here: a step returns a new state, or raises. What needs no person is answered at
once, each proof once in an attempt, so that no peer can collect proofs or keep the loop running.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias, cast

from ..calls import initiate_auth
from ..calls.call import AnyCall
from ..calls.challenges import Answers, FirstFactor
from ..calls.context import Admin, Context
from ..calls.operations import associate_software_token
from ..calls.replies import (
    AuthenticationResult,
    Challenge,
    Reading,
    Refusal,
    SoftwareTokenSecret,
    SoftwareTokenVerified,
    kept_members,
)
from ..exceptions import IllegalParameter, StateError, UnsupportedChallenge
from ..given import expect
from ..proof.app_client import AppClient
from ..proof.client import Prover
from ..proof.device import Device
from ..wire import read_nonempty
from .questions import MFASetup, Question, SoftwareTokenSetup, Turn, read_question
from .tokens import Tokens, tokens_of

__all__ = ["Flow", "State", "Step", "Steps"]

Flow: TypeAlias = Literal[
    "USER_SRP_AUTH",
    "USER_AUTH",
    "CUSTOM_AUTH",
    "USER_PASSWORD_AUTH",
    "ADMIN_USER_PASSWORD_AUTH",
]
"""The flows by which a sign-in may begin. The last two send the password itself."""

Step: TypeAlias = AnyCall | Question | Tokens
"""What comes next: a call to send, a question to ask, or the end."""


@dataclass(frozen=True)
class State:
    """Where a sign-in is. It is never changed; each step makes a new one."""

    username: str
    password: str | None = field(repr=False)
    device: Device | None
    offered: str | None = field(default=None, repr=False)
    """A password that an answer used, until the service has accepted the answer."""
    session: str | None = field(default=None, repr=False)
    """The Session of the last reply."""
    exchange: Prover | None = None
    """The user's exchange, from SRP_A until its claim."""
    proof: Prover | None = None
    """The device's exchange, from SRP_A until its claim."""
    answered: frozenset[str] = frozenset()
    """The challenges that were answered without a person and are not answered so again."""
    sent: AnyCall | None = None
    """The call whose reply comes next."""
    question: Question | None = None
    """The question that can be answered, until the service has accepted an answer."""
    asked: Mapping[str, object] | None = field(default=None, repr=False)
    """The parts of the reply that asked the question."""
    tokens: Tokens | None = None
    """The end."""

    @property
    def device_key(self) -> str | None:
        """The DeviceKey of the device that signs in, if there is one."""
        return None if self.device is None else self.device.device_key

    def opening(self, exchange: Prover) -> "State":
        """Return the state with the user's exchange; no peer gets a second exchange by asking."""
        return replace(self, exchange=exchange, answered=self.answered | {"PASSWORD_SRP"})

    def answering_once(self, name: str) -> "State":
        """Return the state in which a challenge is answered without a person; raise if it was."""
        if name in self.answered:
            raise StateError(f"the reply asks for {name} again, which was answered in this attempt")
        return replace(self, answered=self.answered | {name})

    def asking(
        self, question: Question, asked: Challenge | SoftwareTokenSecret
    ) -> tuple["State", Question]:
        """Return the state in which a question is asked, and the question."""
        return replace(self, sent=None, question=question, asked=kept_members(asked)), question


_SENDING_THE_PASSWORD: Final = {
    "USER_PASSWORD_AUTH": initiate_auth.user_password_auth,
    "ADMIN_USER_PASSWORD_AUTH": initiate_auth.admin_user_password_auth,
}


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The steps of one user's sign-in, and what they need to know; see `SignIn` for the fields."""

    pool_id: str
    typed: str
    """What the person typed as the user's name."""
    app: AppClient
    flow: Flow
    preferred_challenge: FirstFactor | None
    begins_again: bool
    """Whether everything is known that the first call needs; a pause forgets the password."""
    session: str | None = field(repr=False)
    step_up: initiate_auth.StepUp | None
    context: Context | Callable[[str], Context] | None
    admin: Admin | None

    def begin(self, state: State) -> tuple[State, AnyCall]:
        """Return the first call, with SRP_A if the flow proves the password."""
        context = self._context_of(state.username)
        call: initiate_auth.InitiateCall
        if self.flow in _SENDING_THE_PASSWORD:
            build = _SENDING_THE_PASSWORD[self.flow]
            sent = cast("str", state.password)
            call = build(
                self.app, state.username, sent, device_key=state.device_key, context=context
            )
            return self.sending(state, call)
        srp_a = password = None
        if state.password is not None and (
            self.flow != "USER_AUTH" or self.preferred_challenge == "PASSWORD_SRP"
        ):
            exchange = self.exchange(state.password)
            srp_a = exchange.srp_a
            state = state.opening(exchange)
        elif self.preferred_challenge == "PASSWORD":
            password = state.password
        if self.flow == "USER_AUTH":
            call = initiate_auth.user_auth(
                self.app,
                state.username,
                preferred_challenge=self.preferred_challenge,
                srp_a=srp_a,
                password=password,
                device_key=state.device_key,
                session=self.session,
                step_up=self.step_up,
                context=context,
            )
        elif self.flow == "CUSTOM_AUTH":
            call = initiate_auth.custom_auth(
                self.app, state.username, srp_a=srp_a, device_key=state.device_key, context=context
            )
        else:
            call = initiate_auth.user_srp_auth(
                self.app,
                state.username,
                cast("str", srp_a),
                device_key=state.device_key,
                context=context,
            )
        return self.sending(state, call)

    def after(self, state: State, reply: Reading, now: datetime, turn: Turn) -> tuple[State, Step]:
        """Return what follows a reply.

        Args:
            state: where the sign-in is.
            reply: what the reply to its last call is.
            now: when a claim is signed.
            turn: what a question that the reply asks may do to the sign-in.

        Raises:
            SRPError: as `SignIn.reply`.
        """
        match reply:
            case Refusal():
                return self._refused(state, reply)
            case Challenge():
                return self._challenged(state, reply, now, turn)
            case SoftwareTokenSecret(secret_code, session):
                question = SoftwareTokenSetup("MFA_SETUP", secret_code, _turn=turn)
                return replace(state, session=session).asking(question, reply)
            case SoftwareTokenVerified(session):
                state = replace(state, session=session)
                return self.sending(state, self.answers(state).mfa_setup())
            case _:
                result = cast("AuthenticationResult", reply)  # A sign-in sends nothing else.
                tokens = tokens_of(result, username=state.username, device=state.device)
                # Secrets that are not needed any more are dropped.
                return State(tokens.username, None, None, tokens=tokens), tokens

    def without_device(self, state: State) -> tuple[State, AnyCall]:
        """Begin again without the device.

        Raises:
            StateError: there is no device, or the first call cannot be made again.
        """
        if state.device is None:
            raise StateError("the sign-in has no device")
        if not self.begins_again:
            raise StateError("the sign-in cannot begin again after a pause: make a new SignIn")
        return self.begin(State(self.typed, state.password, None))

    # A challenge.

    def _challenged(
        self, state: State, challenge: Challenge, now: datetime, turn: Turn
    ) -> tuple[State, Step]:
        """Answer what needs no person, and ask the rest."""
        if state.offered is not None:
            # It would be needed if the sign-in had to begin again.
            state = replace(state, password=state.offered, offered=None)
        username = challenge.read_username() or state.username
        state = replace(state, username=username, session=challenge.session)
        match challenge.name:
            case "PASSWORD_VERIFIER" | "DEVICE_PASSWORD_VERIFIER":
                return self._claimed(state, challenge, now)
            case "DEVICE_SRP_AUTH":
                return self._device_opened(state)
            case "PASSWORD" | "PASSWORD_SRP":
                return self._password_asked(state, challenge, turn)
            case "MFA_SETUP":
                return self._setup_asked(state, challenge, turn)
        return state.asking(read_question(challenge, turn), challenge)

    def _claimed(self, state: State, challenge: Challenge, now: datetime) -> tuple[State, AnyCall]:
        """Answer a verifier's challenge with the exchange that was opened for it."""
        is_user = challenge.name == "PASSWORD_VERIFIER"
        exchange = state.exchange if is_user else state.proof
        if exchange is None:
            raise StateError(f"the reply asks for {challenge.name}, and no SRP_A is waiting for it")
        # Whatever can be refused is refused before the exchange is used.
        answers = self.answers(state)
        claim = exchange.claim(challenge.parameters or {}, now=now)
        if is_user:
            return self.sending(replace(state, exchange=None), answers.password_verifier(claim))
        return self.sending(replace(state, proof=None), answers.device_password_verifier(claim))

    def _device_opened(self, state: State) -> tuple[State, AnyCall]:
        """Open the device's own exchange."""
        state = state.answering_once("DEVICE_SRP_AUTH")
        if state.device is None:
            raise IllegalParameter("ChallengeName", "asks for a device, and no device was named")
        proof = Prover.for_device(state.device, state.username)
        call = self.answers(state).device_srp_auth(proof.srp_a)
        return self.sending(replace(state, proof=proof), call)

    def _password_asked(self, state: State, challenge: Challenge, turn: Turn) -> tuple[State, Step]:
        """Answer PASSWORD_SRP, and PASSWORD only if the caller preferred it; ask otherwise."""
        name, password = challenge.name, state.password
        if password is None or (name == "PASSWORD" and self.preferred_challenge != "PASSWORD"):
            return state.asking(read_question(challenge, turn), challenge)
        state = state.answering_once(name)
        if name == "PASSWORD":
            return self.sending(state, self.answers(state).password(password))
        exchange = self.exchange(password)
        call = self.answers(state).password_srp(exchange.srp_a)
        return self.sending(state.opening(exchange), call)

    def _setup_asked(self, state: State, challenge: Challenge, turn: Turn) -> tuple[State, Step]:
        """Set up the one second factor that is possible, or ask which."""
        session = read_nonempty(challenge.session, "Session")
        question = cast("MFASetup", read_question(challenge, turn))
        if question.possible == ("SOFTWARE_TOKEN_MFA",):
            return self.sending(state, associate_software_token(session=session))
        if not question.possible:
            raise UnsupportedChallenge(
                "MFA_SETUP",
                "asks for MFA_SETUP and offers nothing that can be set up while signing in; for"
                " SMS_MFA set the user's phone number and begin again",
                challenge.reply,
            )
        return state.asking(question, challenge)

    # A refusal.

    def _refused(self, state: State, refusal: Refusal) -> tuple[State, Step]:
        """Continue without a device that is unknown to the pool; raise otherwise."""
        call = cast("AnyCall", state.sent)
        # AWS's JavaScript and Android clients recognise this error by the word, too.
        if (
            refusal.type == "ResourceNotFoundException"
            and "device" in refusal.message.lower()
            and state.device is not None
            and self.begins_again
        ):
            return self.without_device(state)
        name = cast("str | None", call.arguments.get("ChallengeName"))
        raise refusal.error(call.operation.removeprefix("Admin"), name)

    # What the steps are built from.

    def answers(self, state: State) -> Answers:
        """Return the builders of the answers to the last reply."""
        return Answers(
            self.app,
            state.username,
            session=state.session,
            device_key=state.device_key,
            context=self._context_of(state.username),
        )

    def exchange(self, password: str) -> Prover:
        """Return a new proof of the user's password."""
        return Prover.for_user(self.pool_id, self.typed, password)

    def sending(self, state: State, call: AnyCall) -> tuple[State, AnyCall]:
        """Return the state in which a call is sent, and the call."""
        if self.admin is not None and call.operation in ("InitiateAuth", "RespondToAuthChallenge"):
            # The cast is right for InitiateAuth; the other operation is treated the same.
            call = self.admin.instead_of(cast("initiate_auth.InitiateCall", call))
        return replace(state, sent=call, question=None), call

    def _context_of(self, username: str) -> Context | None:
        """Return the context for a call that sends this USERNAME."""
        if not callable(self.context):
            return self.context
        context = self.context(username)
        self.check_context(context)
        return context

    def check_context(self, context: Context | None) -> None:
        """Raise here, where the mistake is the caller's, if a context does not fit the rest."""
        if context is not None:
            expect(context, Context, "context")
        if self.admin is not None:
            call = initiate_auth.custom_auth(self.app, self.typed, context=context)
            self.admin.instead_of(call)
