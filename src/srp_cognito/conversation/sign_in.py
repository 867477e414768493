"""A whole sign-in as a conversation, without I/O.

`SignIn` is given each reply and says what to send next; it never sends anything itself, so it
serves synchronous and asynchronous programs alike. Its state is one immutable value, which is
replaced only when the next step is known; `steps` says which step follows which reply.

::

    start() ──> Call ──> [your HTTP client] ──> reply(...) ─┬─> Call      send it
                 ▲                                          ├─> Question  ask; answer(...) is a Call
                 └──────────────────────────────────────────┤
                                                            └─> Tokens    the end

The tokens are handed over before anything else is done with them; a new device is registered
afterwards, by `DeviceRegistration`.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Final, NoReturn, get_args

from ..calls.call import AnyCall
from ..calls.challenges import Answers, FirstFactor
from ..calls.context import Admin, Context
from ..calls.initiate_auth import StepUp
from ..calls.replies import read_kept, read_reply
from ..exceptions import InputError, SRPError, StateError
from ..given import expect, given_choice, nonempty, typed_text
from ..proof.app_client import AppClient
from ..proof.client import Prover
from ..proof.device import Device
from ..proof.identity import pool_name
from ..proof.timestamps import timestamp
from .paused import Paused
from .questions import Question
from .steps import Flow, State, Step, Steps
from .tokens import Tokens

__all__ = ["SignIn"]

_NO_COPY: Final = (
    "a sign-in cannot be copied or pickled: it holds the password. To continue in another process,"
    " use pause() and SignIn.resume()"
)


class SignIn:
    """A user's sign-in, from the first call to the tokens.

    The loop is the same for every program; ``send`` makes a call and returns its reply, errors
    included, and ``ask`` returns ``question.answer(...)``::

        step = sign_in.start()
        while not isinstance(step, Tokens):
            step = sign_in.reply(send(step if isinstance(step, Call) else ask(step)))

    Where `reply` raises, nothing has changed: after a `ServiceError` for a mistyped code the
    question can be answered again. A call whose reply was lost or broken can be sent again; if it
    had arrived, the service most often refuses it the second time.
    A refused password needs a new `SignIn`, and a refused device (`DeviceRefused`) a call of
    `without_device`.

    Args:
        pool_id: the whole user pool id, such as ``eu-west-1_Example``.
        username: what the person typed; an alias is fine.
        password: the password, used as it is. It may be left out with USER_AUTH and CUSTOM_AUTH.
        app: the app client that signs in.
        flow: how to begin. USER_SRP_AUTH proves the password; USER_AUTH lets the user choose a
            first factor; CUSTOM_AUTH is up to the pool's Lambda triggers, after a proof of the
            password if it is given. USER_PASSWORD_AUTH sends the password itself, which the service
            then sees, as does ADMIN_USER_PASSWORD_AUTH with `admin`; a pool needs one of these to
            migrate users from elsewhere.
        preferred_challenge: with USER_AUTH, the first factor that is wanted. With PASSWORD the
            service sees the password.
        session: with USER_AUTH, the Session that ConfirmSignUp returned, to sign in after it.
        step_up: with USER_AUTH, the level that the sign-in shall reach.
        device: a remembered device, if there is one. If the pool has forgotten it, the sign-in
            begins again without it.
        context: the metadata to send with the calls; or a function that is called with the
            USERNAME of each call and returns it, as for `encoded_data`. It can be replaced between
            steps.
        admin: for a server that calls with AWS credentials.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: `pool_id` is not a user pool id, or two arguments do not fit together.
        InputError: `username` or `password` is empty or holds a lone surrogate.
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
        session: str | None = None,
        step_up: StepUp | None = None,
        device: Device | None = None,
        context: Context | Callable[[str], Context] | None = None,
        admin: Admin | None = None,
    ) -> None:
        pool_name(pool_id)
        typed_text(username, "username")
        if password is not None:
            typed_text(password, "password")
        if session is not None:
            nonempty(session, "session")
        if step_up is not None:
            expect(step_up, StepUp, "step_up")
        if device is not None:
            expect(device, Device, "device")
        if admin is not None and expect(admin, Admin, "admin").pool_id != pool_id:
            raise ValueError("admin is of another user pool than pool_id")
        _check_flow(flow, preferred_challenge, password, admin)
        if flow != "USER_AUTH" and (session is not None or step_up is not None):
            raise ValueError("session and step_up go with the flow USER_AUTH")
        self._steps = Steps(
            pool_id=pool_id,
            typed=username,
            app=expect(app, AppClient, "app"),
            flow=flow,
            preferred_challenge=preferred_challenge,
            begins_again=True,
            session=session,
            step_up=step_up,
            context=None,
            admin=admin,
        )
        self.context = context
        self._state = State(username, password, device)
        self._lock = threading.Lock()

    @property
    def context(self) -> Context | Callable[[str], Context] | None:
        """The metadata to send with the calls that are made from now on."""
        return self._steps.context

    @context.setter
    def context(self, context: Context | Callable[[str], Context] | None) -> None:
        if not callable(context):
            self._steps.check_context(context)
        self._steps = replace(self._steps, context=context)

    @property
    def username(self) -> str:
        """The user's name: what was typed, and the pool's own name once the pool has given it."""
        return self._state.username

    @property
    def question(self) -> Question | None:
        """The question that is asked now, if there is one."""
        return self._state.question

    @property
    def tokens(self) -> Tokens | None:
        """The tokens, once the sign-in is over."""
        return self._state.tokens

    def start(self) -> Step:
        """Return the first step, which is always a call; its type is that of `reply`'s steps.

        Raises:
            StateError: the sign-in has begun.
        """
        state = self._state
        if any(each is not None for each in (state.sent, state.question, state.tokens)):
            raise StateError("the sign-in has begun; make a new SignIn for another attempt")
        new, call = self._steps.begin(state)
        self._advance(state, new)
        return call

    def without_device(self) -> AnyCall:
        """Begin again without the device, and return the first call.

        That is the way on after `DeviceRefused`. The person may be asked for a second factor then.

        Raises:
            StateError: there is no device, or the sign-in was paused and has forgotten the
                password.
        """
        state = self._state
        new, call = self._steps.without_device(state)
        self._advance(state, new)
        return call

    def reply(
        self, reply: Mapping[str, object] | Exception, *, now: datetime | None = None
    ) -> Step:
        """Take the reply to the last call, and return what comes next.

        Args:
            reply: the service's reply, also of an error: what `http_reply` made, the parsed JSON
                body, or what boto3 returned. Or an exception: boto3's ``ClientError`` is read, and
                another one, which says that there is no reply, is raised again.
            now: when a claim is signed; an aware datetime. The default is the present moment.

        Raises:
            ServiceError: the service refused the call, or something in front of it did.
            DeviceRefused: it refused the proof of the remembered device.
            UnsupportedChallenge: it asks for a challenge to which no answer is known.
            MalformedParameter, IllegalParameter: something in the reply must be refused; `.name`
                is its key.
            StateError: no call was sent, or the reply asks for what was not begun or is done.
            TypeError, ValueError: `now` is not an aware datetime.
        """
        state = self._state
        if state.tokens is not None:
            raise StateError("the sign-in is over")
        if state.sent is None:
            raise StateError(
                "the sign-in has not begun: call start()"
                if state.question is None
                else f"there is a question to answer first, of {state.question.challenge_name}"
            )
        now = datetime.now(UTC) if now is None else now
        timestamp(now)  # Raises here, where the mistake is the caller's.
        reading = read_reply(reply, state.sent.operation)
        new, step = self._steps.after(state, reading, now, _Turn(self))
        self._advance(state, new)
        return step

    def _advance(self, old: State, new: State) -> None:
        """Replace the state, unless another thread has: a late one must not undo its step."""
        with self._lock:
            if self._state is not old:
                raise StateError("the sign-in was continued in another thread")
            self._state = new

    def pause(self) -> str:
        """Return a JSON text from which `resume` continues elsewhere, while a question is asked.

        A web login needs it, where one request brings the password and the next one the code. The
        text holds the user's name, the flow, the metadata, the Session and everything that makes
        the question (of `SoftwareTokenSetup` the secret of the authenticator app, of `NewPassword`
        the user's attributes), but never a password. Guard it like one: most often the password is
        proven already.

        Raises:
            StateError: no question is asked.
        """
        state = self._state
        if state.question is None:
            raise StateError("a sign-in can be set aside only while a question is asked")
        steps = self._steps
        context = steps.context
        return Paused(
            pool_id=steps.pool_id,
            client_id=steps.app.client_id,
            has_client_secret=steps.app.client_secret is not None,
            typed=steps.typed,
            username=state.username,
            flow=steps.flow,
            preferred_challenge=steps.preferred_challenge,
            begins_again=steps.begins_again
            and all(
                each is None
                for each in (state.password, state.offered, steps.session, steps.step_up)
            ),
            device_key=state.device_key,
            context=asdict(context) if isinstance(context, Context) else None,
            context_is_function=callable(context),
            is_admin=steps.admin is not None,
            reply=state.asked or {},
        ).to_json()

    @classmethod
    def resume(
        cls,
        text: str,
        *,
        app: AppClient,
        device: Device | None = None,
        context: Context | Callable[[str], Context] | None = None,
        admin: Admin | None = None,
    ) -> "SignIn":
        """Continue a sign-in that `pause` set aside; `question` is then the one that was asked.

        It does not know the password. Where that is needed again, it is asked for (PASSWORD_SRP),
        or the error is raised (a device that the pool has forgotten).

        Args:
            text: what `pause` returned.
            app: the same app client as before; its secret is not in the text.
            device: the device that the sign-in was begun with, if there was one. It is not used if
                the sign-in began without a device, or goes on without it, since the pool has
                forgotten it or refused it.
            context: what the text has if left out; a function must be passed again.
            admin: as before, if the sign-in was begun with it.

        Raises:
            TypeError: an argument has the wrong type.
            InputError: `text` is not what `pause` returned.
            ValueError: another argument contradicts it.
        """
        paused = Paused.from_json(text)
        expect(app, AppClient, "app")
        if (app.client_id, app.client_secret is not None) != (
            paused.client_id,
            paused.has_client_secret,
        ):
            raise ValueError("app must be the one that the sign-in was begun with")
        if (admin is not None) is not paused.is_admin:
            raise ValueError("pass admin if the sign-in was begun with it, and only then")
        if context is None:
            if paused.context_is_function:
                raise ValueError("context was a function: pass it again")
            context = paused.read_context()
        if paused.device_key is None:
            device = None  # A program passes what it began with: it need not know what came of it.
        elif device is None or expect(device, Device, "device").device_key != paused.device_key:
            raise ValueError("device must be the one that the sign-in was begun with")
        sign_in = cls(
            paused.pool_id,
            paused.typed,
            app=app,
            flow="CUSTOM_AUTH",  # Which needs no password; the real one follows below.
            device=device,
            context=context,
            admin=admin,
        )
        sign_in._steps = replace(
            sign_in._steps,
            flow=paused.flow,
            preferred_challenge=paused.preferred_challenge,
            begins_again=paused.begins_again,
        )
        state = State(paused.username, None, device)
        now = datetime.now(UTC)
        try:
            reading = read_kept(paused.reply)
            state, _ = sign_in._steps.after(state, reading, now, _Turn(sign_in))
        except SRPError:
            raise InputError("text", "is not what pause() returned") from None
        if state.question is None:
            raise InputError("text", "is not what pause() returned: it asks nothing")
        sign_in._state = state
        return sign_in

    def __reduce__(self) -> NoReturn:
        raise TypeError(_NO_COPY)

    def __repr__(self) -> str:
        state: State | None = vars(self).get("_state")
        if state is None:  # The constructor refused an argument, and a debugger shows the frame.
            return "<SignIn, not made>"
        if state.tokens is not None:
            where = "over"
        elif state.sent is not None:
            where = f"sending {state.sent.operation}"
        elif state.question is not None:
            where = f"asking {state.question.challenge_name}"
        else:
            where = "not begun"
        return f"<SignIn of {state.username!r}, {where}>"


class _Turn:
    """What one question may do to its sign-in (see `questions.Turn`)."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    def _state(self) -> State:
        state = self._sign_in._state  # noqa: SLF001, since the two classes are one thing.
        if state.question is None or state.question._turn is not self:  # noqa: SLF001, as above.
            raise StateError("the sign-in is past this question")
        return state

    def _steps(self) -> Steps:
        return self._sign_in._steps  # noqa: SLF001, as above.

    def answers(self) -> Answers:
        return self._steps().answers(self._state())

    def session(self) -> str | None:
        return self._state().session

    def password(self) -> str | None:
        return self._state().password

    def exchange(self, password: str) -> Prover:
        return self._steps().exchange(password)

    def send(
        self, call: AnyCall, *, exchange: Prover | None = None, password: str | None = None
    ) -> AnyCall:
        old = self._state()
        new, call = self._steps().sending(old, call)
        if exchange is not None:
            new = new.opening(exchange)
        # The question can be answered again until the service has accepted an answer.
        new = replace(new, question=old.question, offered=password)
        self._sign_in._advance(old, new)  # noqa: SLF001, as above.
        return call

    def __reduce__(self) -> NoReturn:
        raise TypeError(_NO_COPY)


def _check_flow(
    flow: str, preferred_challenge: str | None, password: str | None, admin: Admin | None
) -> None:
    """Raise ValueError unless the four fit together."""
    given_choice(flow, get_args(Flow), "flow")
    if preferred_challenge is not None:
        if flow != "USER_AUTH":
            raise ValueError("preferred_challenge goes with the flow USER_AUTH")
        given_choice(preferred_challenge, get_args(FirstFactor), "preferred_challenge")
    needs = flow not in ("USER_AUTH", "CUSTOM_AUTH") or preferred_challenge in (
        "PASSWORD_SRP",
        "PASSWORD",
    )
    if needs and password is None:
        raise ValueError(f"{preferred_challenge or flow} needs the password")
    # AWS's API reference gives each of the two to one of InitiateAuth and AdminInitiateAuth.
    if (flow == "USER_PASSWORD_AUTH" and admin is not None) or (
        flow == "ADMIN_USER_PASSWORD_AUTH" and admin is None
    ):
        raise ValueError(
            "ADMIN_USER_PASSWORD_AUTH goes with admin, and USER_PASSWORD_AUTH without it"
        )
