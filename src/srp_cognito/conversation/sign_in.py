"""A whole sign-in as a conversation, without I/O.

`SignIn` is given each reply and says what to send next; it never sends anything itself, so it
serves synchronous and asynchronous programs alike. Its state is one immutable value, which is
replaced only when the next step is known; `steps` says which step follows which reply.

::

    start() ──> Call ──> [your HTTP client] ──> reply(...) ─┬─> Call      send it
                 ▲                                          ├─> Question  ask; answer(...) is a Call
                 └──────────────────────────────────────────┤
                                                            └─> Tokens    the end
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Final, NoReturn, cast, get_args

from ..calls.call import AnyCall
from ..calls.challenges import Answers, FirstFactor
from ..calls.context import Admin, Context
from ..calls.replies import read_kept, read_reply
from ..exceptions import SRPError, StateError
from ..given import expect, given_bool, given_choice, nonempty, utf8
from ..proof.app_client import AppClient
from ..proof.client import Prover
from ..proof.device import Device
from ..proof.identity import pool_name
from ..proof.timestamps import timestamp
from ..wire import json_object
from .questions import Question
from .steps import Flow, State, Step, Steps
from .tokens import Tokens

__all__ = ["SignIn"]

_KEPT: Final = {"pool_id", "typed", "username", "device_key", "reply"}
"""The members of what `pause` writes."""

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
    question can be answered again, and a call whose reply was lost or broken can be sent again.
    A refused password needs a new `SignIn`.

    Args:
        pool_id: the whole user pool id, such as ``eu-west-1_Example``.
        username: what the person typed; an alias is fine.
        password: the password, used as it is. It may be left out with USER_AUTH and CUSTOM_AUTH.
        app: the app client that signs in.
        flow: how to begin. USER_SRP_AUTH proves the password; USER_AUTH lets the user choose a
            first factor; CUSTOM_AUTH is up to the pool's Lambda triggers, after a proof of the
            password if it is given.
        preferred_challenge: with USER_AUTH, the first factor that is wanted. With PASSWORD the
            service sees the password.
        device: a remembered device, if there is one. If the pool has forgotten it, the sign-in
            begins again without it.
        remember_device: whether to have a new device remembered, where the pool leaves that to
            the user (UpdateDeviceStatus).
        device_name: a name for a new device, for people to read.
        context: the metadata to send with the calls; or a function that is called with the
            USERNAME of each call and returns it, as for `encoded_data`. It can be replaced between
            steps.
        admin: for a server that calls with AWS credentials.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: `pool_id` is not a user pool id, a text is empty or holds a lone surrogate, or
            two arguments do not fit together.
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
        self._steps = Steps(
            pool_id=pool_id,
            typed=username,
            app=expect(app, AppClient, "app"),
            flow=flow,
            preferred_challenge=preferred_challenge,
            remember_device=given_bool(remember_device, "remember_device"),
            device_name=device_name,
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
        """The tokens, as soon as there are any: even before a new device is registered."""
        return self._state.tokens

    def start(self) -> Step:
        """Return the first step, which is always a call; its type is that of `reply`'s steps.

        Raises:
            StateError: the sign-in has begun.
        """
        state = self._state
        if state.sent is not None or state.question is not None or state.is_over:
            raise StateError("the sign-in has begun; make a new SignIn for another attempt")
        new, call = self._steps.begin(state)
        self._advance(state, new)
        return call

    def reply(self, reply: Mapping[str, object], *, now: datetime | None = None) -> Step:
        """Take the reply to the last call, and return what comes next.

        Args:
            reply: the parsed JSON body of the service's reply, also of an error; or what boto3
                returned, or its ``ClientError.response``.
            now: when a claim is signed; an aware datetime. The default is the present moment.

        Raises:
            ServiceError: the service refused the call.
            UnsupportedChallenge: it asks for a challenge to which no answer is known.
            MalformedParameter, IllegalParameter: something in the reply must be refused; `.name`
                is its key.
            StateError: no call was sent, or the reply asks for what was not begun or is done.
            TypeError, ValueError: `now` is not an aware datetime.
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
        text holds the user's name, the Session and everything that makes the question (of
        `SoftwareTokenSetup` the secret of the authenticator app, of `NewPassword` the user's
        attributes), but never a password. Guard it like one: most often the password is proven
        already.

        Raises:
            StateError: no question is asked.
        """
        state = self._state
        if state.question is None:
            raise StateError("a sign-in can be set aside only while a question is asked")
        return json.dumps(
            {
                "pool_id": self._steps.pool_id,
                "typed": self._steps.typed,
                "username": state.username,
                "device_key": state.device_key,
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
        """Continue a sign-in that `pause` set aside; `question` is then the one that was asked.

        It does not know the password. Where that is needed again, it is asked for (PASSWORD_SRP),
        or the error is raised (a device that the pool has forgotten).

        Args:
            text: what `pause` returned.
            app: as for the constructor, and the same as before; so are the others.
            device: as before; it is needed if the sign-in was begun with a device.
            remember_device: as before.
            device_name: as before.
            context: as before.
            admin: as before.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: `text` is not what `pause` returns, or `device` is not the same as before.
        """
        utf8(text, "text")
        kept = json_object(text)
        if kept is None or kept.keys() != _KEPT:
            raise ValueError("text is not what pause() returned")
        if kept["device_key"] is None:
            device = None  # There was no device, or the pool has forgotten it since.
        elif device is None or expect(device, Device, "device").device_key != kept["device_key"]:
            raise ValueError("device must be the one that the sign-in was begun with")
        sign_in = cls(
            cast("str", kept["pool_id"]),
            cast("str", kept["typed"]),
            app=app,
            flow="CUSTOM_AUTH",  # Which needs no password; the flow is forgotten below.
            device=device,
            remember_device=remember_device,
            device_name=device_name,
            context=context,
            admin=admin,
        )
        sign_in._steps = replace(sign_in._steps, flow=None)
        state = State(nonempty(cast("str", kept["username"]), "username"), None, device)
        now = datetime.now(timezone.utc)
        try:
            reading = read_kept(kept["reply"])
            state, _ = sign_in._steps.after(state, reading, now, _Turn(sign_in))
        except SRPError as error:
            raise ValueError("text is not what pause() returned") from error
        if state.question is None:
            raise ValueError("text is not what pause() returned: it asks nothing")
        sign_in._state = state
        return sign_in

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


def _check_flow(flow: str, preferred_challenge: str | None, *, has_password: bool) -> None:
    """Raise ValueError unless the three fit together."""
    given_choice(flow, get_args(Flow), "flow")
    if preferred_challenge is not None:
        if flow != "USER_AUTH":
            raise ValueError("preferred_challenge goes with the flow USER_AUTH")
        given_choice(preferred_challenge, get_args(FirstFactor), "preferred_challenge")
    needs = flow == "USER_SRP_AUTH" or preferred_challenge in ("PASSWORD_SRP", "PASSWORD")
    if needs and not has_password:
        raise ValueError(f"{preferred_challenge or flow} needs the password")
