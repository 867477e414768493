"""A whole sign-in as a conversation, without I/O.

The laws. It is given each reply and says what to send next, and never sends anything itself, so it
serves synchronous and asynchronous programs alike. A reply that is refused changes nothing: the
state is one immutable value, and it is replaced only when the next step is known. What needs no
person is answered here, each proof once in an attempt, so that no peer can collect proofs or keep
the loop running; the password itself is never sent unless the caller chose that.

::

    start() ──> Call ──> [your HTTP client] ──> reply(...) ─┬─> Call      send it
                 ▲                                          ├─> Question  ask; answer(...) is a Call
                 └──────────────────────────────────────────┤
                                                            └─> Tokens    the end
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Final, Literal, NoReturn, TypeAlias, cast, get_args

from ..calls import initiate_auth
from ..calls.call import AnyCall
from ..calls.challenges import Answers, FirstFactor
from ..calls.context import Admin, Context
from ..calls.operations import associate_software_token, confirm_device, update_device_status
from ..calls.replies import read_error, read_session
from ..exceptions import (
    IllegalParameter,
    MalformedParameter,
    PeerError,
    ServiceError,
    SRPError,
    StateError,
    UnsupportedChallenge,
)
from ..given import expect, given_bool, given_choice, nonempty, utf8
from ..proof.app_client import AppClient
from ..proof.client import Prover
from ..proof.device import Device, new_device
from ..proof.identity import pool_name
from ..proof.timestamps import timestamp
from ..wire import json_object, read_identifier, read_mapping, read_nonempty, read_text
from . import questions
from .questions import Question, read_question
from .tokens import Tokens, read_tokens

__all__ = ["Flow", "SignIn", "Step"]

Flow: TypeAlias = Literal["USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"]
"""The flows by which a sign-in may begin."""

Step: TypeAlias = AnyCall | Question | Tokens
"""What comes next: a call to send, a question to ask, or the end."""

_ASKING: Final = (
    *("ChallengeName", "Session", "ChallengeParameters", "AvailableChallenges"),
    "SecretCode",  # Of AssociateSoftwareToken.
)
"""The members of a reply that make a question."""

_KEPT: Final = {"pool_id", "typed", "username", "device_key", "reply"}
"""The members of what `pause` writes."""

_NO_COPY: Final = (
    "a sign-in cannot be copied or pickled: it holds the password. To go on in another process, use"
    " pause() and SignIn.resume()"
)


@dataclass(frozen=True)
class _State:
    """Where a conversation stands. Nothing in it is ever changed; a step makes a new one."""

    username: str
    password: str | None = field(repr=False)
    device: Device | None
    offered: str | None = field(default=None, repr=False)
    """A password that an answer gave, until the service has accepted the answer."""
    session: str | None = field(default=None, repr=False)
    """The Session of the last reply."""
    exchange: Prover | None = None
    """The user's exchange, from SRP_A until its claim."""
    proof: Prover | None = None
    """The device's, likewise."""
    answered: frozenset[str] = frozenset()
    """The challenges that were answered without a person and are not answered so again."""
    sent: AnyCall | None = None
    """The call whose reply comes next."""
    question: Question | None = None
    """The question that can be answered: also while its answer is under way."""
    asked: Mapping[str, object] | None = field(default=None, repr=False)
    """The parts of the reply that asked it."""
    tokens: Tokens | None = None
    is_over: bool = False

    def opening(self, exchange: Prover) -> "_State":
        """The state with the user's exchange, after which nobody gets another one by asking."""
        return replace(self, exchange=exchange, answered=self.answered | {"PASSWORD_SRP"})


class SignIn:
    """A user's sign-in, from the first call to the tokens.

    The loop is the same for every program; ``send`` makes a call and returns its reply, errors
    included, and ``ask`` returns ``question.answer(...)``::

        step = sign_in.start()
        while not isinstance(step, Tokens):
            step = sign_in.reply(send(step if isinstance(step, Call) else ask(step)))

    Where `reply` raises, nothing has changed: after a `ServiceError` for a mistyped code the
    question can be answered again, and a call whose reply was lost or broken can be sent again.
    A refused password needs a new `SignIn`.

    Args:
        pool_id: the whole user pool id, such as ``eu-west-1_Example``.
        username: what the person typed; an alias is fine.
        password: the password, used as it is. It may be left out with USER_AUTH and CUSTOM_AUTH.
        app: the app client that signs in.
        flow: how to begin. USER_SRP_AUTH proves the password; USER_AUTH lets the user choose a
            first factor; CUSTOM_AUTH is up to the pool's Lambda triggers, after a proof of the
            password if there is one.
        preferred_challenge: with USER_AUTH, the first factor that is wanted. With PASSWORD the
            service sees the password.
        device: a remembered device, if there is one. If the pool has forgotten it, the sign-in
            begins again without it.
        remember_device: whether to have a new device remembered, where the pool leaves that to
            the user (UpdateDeviceStatus).
        device_name: a name for a new device, for people to read.
        context: what goes along with the calls; or a function that is called with the USERNAME of
            each and returns it, as for `encoded_data`. It can be set anew between steps.
        admin: for a server that calls with AWS credentials.

    Raises:
        TypeError: an argument is of another type.
        ValueError: `pool_id` is no pool id, a text is empty or holds a lone surrogate, or two
            arguments do not go together.
    """

    def __init__(  # noqa: PLR0913, since a sign-in has this many sides, and all are named.
        self,
        pool_id: str,
        username: str,
        password: str | None = None,
        *,
        app: AppClient,
        flow: Flow = "USER_SRP_AUTH",
        preferred_challenge: FirstFactor | None = None,
        device: Device | None = None,
        remember_device: bool = False,
        device_name: str | None = None,
        context: Context | Callable[[str], Context] | None = None,
        admin: Admin | None = None,
    ) -> None:
        pool_name(pool_id)
        nonempty(username, "username")
        if password is not None:
            nonempty(password, "password")
        if device is not None:
            expect(device, Device, "device")
        if device_name is not None:
            nonempty(device_name, "device_name")
        if admin is not None and expect(admin, Admin, "admin").pool_id != pool_id:
            raise ValueError("admin is of another user pool than pool_id")
        _check_flow(flow, preferred_challenge, has_password=password is not None)
        self._pool_id = pool_id
        self._app = expect(app, AppClient, "app")
        self._flow = flow
        self._preferred_challenge = preferred_challenge
        self._remember_device = given_bool(remember_device, "remember_device")
        self._device_name = device_name
        self._admin = admin
        self._typed = username
        self._can_begin = True
        self.context = context
        self._state = _State(username, password, device)
        self._lock = threading.Lock()

    @property
    def context(self) -> Context | Callable[[str], Context] | None:
        """What goes along with the calls that are made from now on."""
        return self._context

    @context.setter
    def context(self, context: Context | Callable[[str], Context] | None) -> None:
        if not callable(context):
            self._check_context(context)
        self._context = context

    def _context_of(self, username: str) -> Context | None:
        """What goes along with a call that sends this USERNAME."""
        if not callable(self._context):
            return self._context
        context = self._context(username)
        self._check_context(context)
        return context

    def _check_context(self, context: Context | None) -> None:
        """Raise here, where the mistake is the caller's, if it does not go with the rest."""
        if context is not None:
            expect(context, Context, "context")
        if self._admin is not None:
            call = initiate_auth.custom_auth(self._app, self._typed, context=context)
            self._admin.instead_of(call)

    @property
    def username(self) -> str:
        """The user's name: what was typed, and once the pool has told its own, that one."""
        return self._state.username

    @property
    def question(self) -> Question | None:
        """The question that is asked now, if one is."""
        return self._state.question

    @property
    def tokens(self) -> Tokens | None:
        """The tokens, as soon as there are any: before a new device is registered, too."""
        return self._state.tokens

    def start(self) -> Step:
        """Return the first step, which is always a call, typed as what the loop goes on with.

        Raises:
            StateError: it has begun.
        """
        state = self._state
        if state.sent is not None or state.question is not None or state.is_over:
            raise StateError("the sign-in has begun; make a new SignIn for another attempt")
        new, call = self._begin(state)
        self._advance(state, new)
        return call

    def reply(self, reply: Mapping[str, object], *, now: datetime | None = None) -> Step:
        """Take the reply to the last call, and return what comes next.

        Args:
            reply: the parsed JSON body of the service's reply, of an error too; or what boto3
                returned, or its ``ClientError.response``.
            now: the moment that a claim is signed at; an aware datetime, the present one if left
                out.

        Raises:
            ServiceError: the service refused the call.
            UnsupportedChallenge: it asks for a challenge to which no answer is known.
            MalformedParameter, IllegalParameter: something in the reply must be refused; `.name`
                is its key.
            StateError: no call was sent, or the reply asks for what was not begun or is done.
            TypeError, ValueError: `now` is no aware datetime.
        """
        state = self._state
        if state.is_over:
            raise StateError("the sign-in is over")
        if state.sent is None:
            raise StateError(
                "the sign-in has not begun: call start()"
                if state.question is None
                else f"there is a question to answer first, of {state.question.challenge_name}"
            )
        now = datetime.now(timezone.utc) if now is None else now
        timestamp(now)  # Raises here, where the mistake is the caller's.
        reply = read_mapping(reply, "the reply")
        operation = state.sent.operation.removeprefix("Admin")
        error = read_error(reply)
        if error is not None:
            new, step = self._refused(state, operation, *error)
        elif operation == "AssociateSoftwareToken":
            new, step = self._associated(state, reply)
        elif operation == "VerifySoftwareToken":
            new, step = self._verified(state, reply)
        elif operation == "ConfirmDevice":
            new, step = self._confirmed(state, reply)
        elif operation == "UpdateDeviceStatus":
            new, step = self._remembered(state, reply)
        else:
            new, step = self._challenged(state, reply, now)
        self._advance(state, new)
        return step

    def pause(self) -> str:
        """Return a JSON text with which `resume` goes on elsewhere, while a question is asked.

        As in a web login, where one request brings the password and the next one the code. The
        text holds the user's name, the Session, and all that the question tells (of
        `SoftwareTokenSetup` the secret of the authenticator app, of `NewPassword` the user's
        attributes), and never a password. Guard it like one: most often the password is proven
        already.

        Raises:
            StateError: no question is asked.
        """
        state = self._state
        if state.question is None:
            raise StateError("a sign-in can be set aside only while a question is asked")
        return json.dumps(
            {
                "pool_id": self._pool_id,
                "typed": self._typed,
                "username": state.username,
                "device_key": None if state.device is None else state.device.device_key,
                "reply": state.asked,
            }
        )

    @classmethod
    def resume(  # noqa: PLR0913, as for the constructor.
        cls,
        text: str,
        *,
        app: AppClient,
        device: Device | None = None,
        remember_device: bool = False,
        device_name: str | None = None,
        context: Context | Callable[[str], Context] | None = None,
        admin: Admin | None = None,
    ) -> "SignIn":
        """Go on with a sign-in that `pause` set aside; `question` is then the one that was asked.

        It does not know the password. What needs it again (PASSWORD_SRP, or to begin again without
        a device) is asked, or raised.

        Args:
            text: what `pause` returned.
            app: as before; so are the others.
            device: as before; it is needed if the sign-in was begun with one.
            remember_device: as before.
            device_name: as before.
            context: as before.
            admin: as before.

        Raises:
            TypeError: an argument is of another type.
            ValueError: `text` is not what `pause` returns, or `device` another one than before.
        """
        utf8(text, "text")
        kept = json_object(text)
        if kept is None or kept.keys() != _KEPT:
            raise ValueError("text is no sign-in that pause() set aside")
        if kept["device_key"] is None:
            device = None  # It had none; or the pool has forgotten it since.
        elif device is None or expect(device, Device, "device").device_key != kept["device_key"]:
            raise ValueError("device must be the one that the sign-in was begun with")
        sign_in = cls(
            cast("str", kept["pool_id"]),
            cast("str", kept["typed"]),
            app=app,
            flow="CUSTOM_AUTH",  # The one that needs no password. How it began matters no more.
            device=device,
            remember_device=remember_device,
            device_name=device_name,
            context=context,
            admin=admin,
        )
        sign_in._can_begin = False
        state = _State(nonempty(cast("str", kept["username"]), "username"), None, device)
        try:
            reply = read_mapping(kept["reply"], "reply")
            if "SecretCode" in reply:
                state, _ = sign_in._associated(state, reply)
            else:
                state, _ = sign_in._challenged(state, reply, datetime.now(timezone.utc))
        except SRPError as error:
            raise ValueError("text is no sign-in that pause() set aside") from error
        if state.question is None:
            raise ValueError("text is no sign-in that pause() set aside: it asks nothing")
        sign_in._state = state
        return sign_in

    def _advance(self, old: _State, new: _State) -> None:
        """Go on, unless another thread has: what it did must not be undone by one that is late."""
        with self._lock:
            if self._state is not old:
                raise StateError("the sign-in has gone on in another thread")
            self._state = new

    # What comes after each operation. Each returns the new state and the step, or raises.

    def _begin(self, state: _State) -> tuple[_State, AnyCall]:
        """The call of the flow, and for SRP the exchange that it opens."""
        device_key = None if state.device is None else state.device.device_key
        exchange = None
        password = None
        if state.password is not None and (
            self._flow != "USER_AUTH" or self._preferred_challenge == "PASSWORD_SRP"
        ):
            exchange = self._exchange(state.password)
            state = state.opening(exchange)
        elif self._preferred_challenge == "PASSWORD":
            password = state.password
        srp_a = None if exchange is None else exchange.srp_a
        context = self._context_of(state.username)
        call: initiate_auth.InitiateCall
        if self._flow == "USER_AUTH":
            call = initiate_auth.user_auth(
                self._app,
                state.username,
                preferred_challenge=self._preferred_challenge,
                srp_a=srp_a,
                password=password,
                device_key=device_key,
                context=context,
            )
        elif self._flow == "CUSTOM_AUTH":
            call = initiate_auth.custom_auth(
                self._app,
                state.username,
                srp_a=srp_a,
                device_key=device_key,
                context=context,
            )
        else:
            call = initiate_auth.user_srp_auth(
                self._app,
                state.username,
                cast("str", srp_a),
                device_key=device_key,
                context=context,
            )
        return self._sending(state, call)

    def _challenged(
        self, state: _State, reply: Mapping[str, object], now: datetime
    ) -> tuple[_State, Step]:
        """What a reply to InitiateAuth or RespondToAuthChallenge asks for, or the tokens."""
        if reply.get("ChallengeName") is None:
            result = reply.get("AuthenticationResult")
            if result is None:
                raise MalformedParameter(
                    "ChallengeName",
                    "is missing, and so are AuthenticationResult and an error: is this reply the"
                    " service's?",
                )
            return self._signed_in(state, read_mapping(result, "AuthenticationResult"))
        name = read_text(reply["ChallengeName"], "ChallengeName")
        session = read_session(reply)
        if state.offered is not None:
            # It would be needed if the sign-in had to begin again.
            state = replace(state, password=state.offered, offered=None)
        parameters = reply.get("ChallengeParameters")
        parameters = {} if parameters is None else read_mapping(parameters, "ChallengeParameters")
        username = parameters.get("USERNAME")
        if username is not None:
            state = replace(state, username=read_nonempty(username, "USERNAME"))
        state = replace(state, session=session)
        if name in ("PASSWORD_VERIFIER", "DEVICE_PASSWORD_VERIFIER"):
            return self._claimed(state, name, parameters, now)
        if name == "DEVICE_SRP_AUTH":
            return self._device_opened(state)
        if name in ("PASSWORD", "PASSWORD_SRP"):
            return self._password_asked(state, name, reply)
        if name == "MFA_SETUP":
            return self._setup_asked(state, reply, parameters)
        return self._asking(state, read_question(name, _Turn(self), reply, parameters), reply)

    def _claimed(
        self, state: _State, name: str, parameters: Mapping[str, object], now: datetime
    ) -> tuple[_State, Step]:
        """Answer a verifier's challenge with the exchange that was opened for it."""
        is_user = name == "PASSWORD_VERIFIER"
        exchange = state.exchange if is_user else state.proof
        if exchange is None:
            raise StateError(f"the reply asks for {name}, and no SRP_A is waiting for it")
        # Whatever can be refused is refused before the exchange is used.
        answers = self._answers(state)
        claim = exchange.claim(parameters, now=now)
        if is_user:
            return self._sending(replace(state, exchange=None), answers.password_verifier(claim))
        return self._sending(replace(state, proof=None), answers.device_password_verifier(claim))

    def _device_opened(self, state: _State) -> tuple[_State, Step]:
        """Open the device's own exchange."""
        state = _once(state, "DEVICE_SRP_AUTH")
        if state.device is None:
            raise IllegalParameter("ChallengeName", "asks for a device, and none was named")
        proof = Prover.for_device(state.device, state.username)
        call = self._answers(state).device_srp_auth(proof.srp_a)
        return self._sending(replace(state, proof=proof), call)

    def _password_asked(
        self, state: _State, name: str, reply: Mapping[str, object]
    ) -> tuple[_State, Step]:
        """Answer PASSWORD_SRP; PASSWORD only where the caller preferred it, and else ask."""
        password = state.password
        if password is None or (name == "PASSWORD" and self._preferred_challenge != "PASSWORD"):
            return self._asking(state, read_question(name, _Turn(self), reply, {}), reply)
        state = _once(state, name)
        if name == "PASSWORD":
            return self._sending(state, self._answers(state).password(password))
        exchange = self._exchange(password)
        call = self._answers(state).password_srp(exchange.srp_a)
        return self._sending(state.opening(exchange), call)

    def _setup_asked(
        self, state: _State, reply: Mapping[str, object], parameters: Mapping[str, object]
    ) -> tuple[_State, Step]:
        """Set up a second factor: which one, unless there is only one that can be meant."""
        session = read_nonempty(state.session, "Session")
        question = read_question("MFA_SETUP", _Turn(self), reply, parameters)
        possible = cast("questions.MFASetup", question).possible
        if possible == ("SOFTWARE_TOKEN_MFA",):
            return self._sending(state, associate_software_token(session=session))
        if not possible:
            raise UnsupportedChallenge(
                "MFA_SETUP",
                "asks for MFA_SETUP and offers nothing that can be set up while signing in; for"
                " SMS_MFA set the user's phone number and begin again",
                reply,
            )
        return self._asking(state, question, reply)

    def _associated(self, state: _State, reply: Mapping[str, object]) -> tuple[_State, Step]:
        """Ask for the first code of an authenticator app that knows this secret."""
        secret_code = read_nonempty(reply.get("SecretCode"), "SecretCode")
        state = replace(state, session=read_nonempty(reply.get("Session"), "Session"))
        question = questions.SoftwareTokenSetup("MFA_SETUP", secret_code, _turn=_Turn(self))
        return self._asking(state, question, reply)

    def _verified(self, state: _State, reply: Mapping[str, object]) -> tuple[_State, Step]:
        """Answer MFA_SETUP with the Session that says that the app works."""
        if read_text(reply.get("Status"), "Status") != "SUCCESS":
            raise IllegalParameter("Status", "is not SUCCESS: the code was not accepted")
        state = replace(state, session=read_nonempty(reply.get("Session"), "Session"))
        return self._sending(state, self._answers(state).mfa_setup())

    def _signed_in(self, state: _State, result: Mapping[str, object]) -> tuple[_State, Step]:
        """The end; or the registration of a new device, if the pool names one."""
        tokens = read_tokens(result, username=state.username, device=state.device)
        state = _State(tokens.username, None, tokens.device, tokens=tokens)
        if result.get("NewDeviceMetadata") is None:
            return _over(state)
        # Until the service has accepted it, the new device is none to keep.
        tokens = replace(tokens, device=None)
        try:
            metadata = read_mapping(result["NewDeviceMetadata"], "NewDeviceMetadata")
            device, config = new_device(
                read_identifier(metadata.get("DeviceGroupKey"), "DeviceGroupKey"),
                read_identifier(metadata.get("DeviceKey"), "DeviceKey"),
            )
        except PeerError as error:
            return _over(replace(state, tokens=replace(tokens, device_error=error)))
        call = confirm_device(
            tokens.access_token, device.device_key, config, device_name=self._device_name
        )
        return self._sending(replace(state, device=device, tokens=tokens), call)

    def _confirmed(self, state: _State, reply: Mapping[str, object]) -> tuple[_State, Step]:
        """The new device is registered; have it remembered if that is left to the user."""
        _check_is_about_device(reply)
        tokens = replace(cast("Tokens", state.tokens), device=state.device)
        state = replace(state, tokens=tokens)
        if not self._remember_device or reply.get("UserConfirmationNecessary") is not True:
            return _over(state)
        device_key = cast("Device", state.device).device_key
        call = update_device_status(tokens.access_token, device_key, remembered=True)
        return self._sending(state, call)

    def _remembered(self, state: _State, reply: Mapping[str, object]) -> tuple[_State, Step]:
        """The new device is remembered, and nothing is left to do."""
        _check_is_about_device(reply)
        return _over(state)

    def _refused(
        self, state: _State, operation: str, kind: str, message: str
    ) -> tuple[_State, Step]:
        """Go on without a device that the pool does not know; raise what else was refused."""
        challenge = cast("AnyCall", state.sent).arguments.get("ChallengeName")
        name = challenge if isinstance(challenge, str) else None
        error = ServiceError(kind, message, operation, name)
        if state.tokens is not None:
            # The user has signed in, with or without the new device.
            return _over(replace(state, tokens=replace(state.tokens, device_error=error)))
        # AWS's JavaScript and Android clients tell this error from others of its type by the word.
        if (
            kind == "ResourceNotFoundException"
            and "device" in message.lower()
            and state.device is not None
            and self._can_begin
        ):
            return self._begin(_State(self._typed, state.password, None))
        raise error

    # What the steps are made of.

    def _answers(self, state: _State) -> Answers:
        return Answers(
            self._app,
            state.username,
            session=state.session,
            device_key=None if state.device is None else state.device.device_key,
            context=self._context_of(state.username),
        )

    def _exchange(self, password: str) -> Prover:
        return Prover.for_user(self._pool_id, self._typed, password)

    def _sending(self, state: _State, call: AnyCall) -> tuple[_State, AnyCall]:
        if self._admin is not None and call.operation in ("InitiateAuth", "RespondToAuthChallenge"):
            # Or the other of the two; what stands in its place is of its own kind.
            call = self._admin.instead_of(cast("initiate_auth.InitiateCall", call))
        return replace(state, sent=call, question=None), call

    def _asking(
        self, state: _State, question: Question, reply: Mapping[str, object]
    ) -> tuple[_State, Question]:
        asked = {name: reply[name] for name in _ASKING if name in reply}
        return replace(state, sent=None, question=question, asked=asked), question

    def __reduce__(self) -> NoReturn:
        raise TypeError(_NO_COPY)

    def __repr__(self) -> str:
        state = self._state
        if state.is_over:
            where = "over"
        elif state.sent is not None:
            where = f"sending {state.sent.operation}"
        elif state.question is not None:
            where = f"asking {state.question.challenge_name}"
        else:
            where = "not begun"
        return f"<SignIn of {state.username!r}, {where}>"


class _Turn:
    """What a question knows of its sign-in (see `questions.Turn`)."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    def _state(self) -> _State:
        state = self._sign_in._state  # noqa: SLF001, since the two are one.
        if state.question is None or state.question._turn is not self:  # noqa: SLF001, likewise.
            raise StateError("the sign-in has gone on, and does not ask this any more")
        return state

    def answers(self) -> Answers:
        return self._sign_in._answers(self._state())  # noqa: SLF001, likewise.

    def session(self) -> str | None:
        return self._state().session

    def password(self) -> str | None:
        return self._state().password

    def exchange(self, password: str) -> Prover:
        return self._sign_in._exchange(password)  # noqa: SLF001, likewise.

    def send(
        self, call: AnyCall, *, exchange: Prover | None = None, password: str | None = None
    ) -> AnyCall:
        old = self._state()
        new, call = self._sign_in._sending(old, call)  # noqa: SLF001, likewise.
        if exchange is not None:
            new = new.opening(exchange)
        # The question stands until the service has accepted an answer.
        new = replace(new, question=old.question, offered=password)
        self._sign_in._advance(old, new)  # noqa: SLF001, likewise.
        return call

    def __reduce__(self) -> NoReturn:
        raise TypeError(_NO_COPY)


def _check_flow(flow: str, preferred_challenge: str | None, *, has_password: bool) -> None:
    """Raise ValueError unless the three go together."""
    given_choice(flow, get_args(Flow), "flow")
    if preferred_challenge is not None:
        if flow != "USER_AUTH":
            raise ValueError("preferred_challenge goes with the flow USER_AUTH")
        given_choice(preferred_challenge, get_args(FirstFactor), "preferred_challenge")
    needs = flow == "USER_SRP_AUTH" or preferred_challenge in ("PASSWORD_SRP", "PASSWORD")
    if needs and not has_password:
        raise ValueError(f"{preferred_challenge or flow} needs the password")


def _once(state: _State, name: str) -> _State:
    """Note that a challenge is answered without a person; raise if it was already."""
    if name in state.answered:
        raise StateError(f"the reply asks for {name} again, which was answered in this attempt")
    return replace(state, answered=state.answered | {name})


def _check_is_about_device(reply: Mapping[str, object]) -> None:
    """Raise if a reply that was given before is given again: any other would pass for success."""
    if reply.get("AuthenticationResult") is not None or reply.get("ChallengeName") is not None:
        raise StateError("this is the reply to an earlier call, not to the one about the device")


def _over(state: _State) -> tuple[_State, Tokens]:
    """The end. Of the secrets, what is not needed any more is dropped."""
    tokens = cast("Tokens", state.tokens)
    return _State(tokens.username, None, tokens.device, tokens=tokens, is_over=True), tokens
