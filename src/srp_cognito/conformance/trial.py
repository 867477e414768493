"""One behaviour's view of a pool: what it may send and ask for, and what is cleaned up after it."""

import base64
import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, TypeAlias

from ..calls import initiate_auth, operations
from ..calls.call import AnyCall, Call
from ..calls.challenges import Answers
from ..calls.replies import checked_reply
from ..calls.srp_client import SRPClient
from ..conversation.device_registration import DeviceRegistration
from ..conversation.questions import Code, CustomChallenge, Question
from ..conversation.sign_in import SignIn
from ..conversation.steps import Flow
from ..conversation.tokens import Tokens
from ..exceptions import PeerError, ServiceError, SRPError
from ..proof.app_client import AppClient
from ..proof.client import Prover
from ..proof.device import Device
from ..testing import totp_code
from ..wire import json_object
from .expected import Reply
from .setting import APPS, PEOPLE, Person, Setting

__all__ = [
    "Changes",
    "NoReply",
    "PoolUnderTest",
    "Stopped",
    "Trial",
    "Unavailable",
    "header_and_claims",
]

LOCKED_OUT: Final = "Password attempts exceeded"

LOCKOUT: Final = 16
"""After eight failures, the most that a behaviour makes, a lockout lasts eight seconds."""

MOST_CALLS: Final = 30
"""How many calls a sign-in may take, of which most have two: the pool may ask without end."""

Changes: TypeAlias = Mapping[str, Any]
"""Members to replace in the arguments of a call: at any depth, and None leaves one out."""


class NoReply(Exception):
    """No reply came: the connection was closed, or what came was not HTTP."""


class Unavailable(Exception):
    """What the behaviour needs is not there, so that it cannot be tried."""


class Stopped(Exception):
    """The conversation did not come to the point of the behaviour."""


class PoolUnderTest(Protocol):
    """A pool that the list is tried on."""

    @property
    def setting(self) -> Setting:
        """What there is of it."""

    def send(self, call: AnyCall) -> Mapping[str, object]:
        """Make a call and return its reply, errors included, in the form of `http_reply`.

        Raises:
            NoReply: no reply came.
        """

    def post(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, object]:
        """Send these bytes and return the reply as `http_reply` makes it.

        Raises:
            NoReply: no reply came.
            Unavailable: requests cannot be sent byte by byte.
        """

    def get(self, path: str) -> Mapping[str, object]:
        """Return the members of a document that the pool publishes at a path below its issuer.

        Raises:
            NoReply: no reply came.
            Unavailable: documents cannot be fetched.
        """

    def code(self, person: Person) -> str:
        """Return the newest code that was sent to a person.

        Raises:
            Unavailable: nobody can say it.
        """

    def totp_code(self, person: Person) -> str:
        """Return the code that a person's authenticator app shows.

        Raises:
            Unavailable: the secret is not known.
        """

    def wait(self, seconds: float) -> None:
        """Wait, or move the pool's clock."""

    def now(self) -> datetime:
        """Return the present moment, by the pool's clock."""


class Trial:
    """What one behaviour may do with a pool."""

    def __init__(self, pool: PoolUnderTest) -> None:
        self._pool = pool
        self._tokens: list[tuple[AppClient, str]] = []
        self._devices: list[tuple[str, str]] = []
        self._failed: dict[str, Person] = {}
        self.is_locked_out: bool = False
        """Whether the service said so of a user, after failures before."""
        self.last: Reply = Reply({})
        """The last reply of the last `sign_in`."""

    # Who and what there is.

    @property
    def pool_id(self) -> str:
        """The pool's id."""
        return self._pool.setting.pool_id

    def app(self, role: str = "plain") -> AppClient:
        """Return the app client that has a role of `setting.APPS`."""
        app = self._pool.setting.apps.get(role)
        if app is None:
            raise Unavailable(f"it needs apps.{role}: {APPS[role]}")
        return app

    def person(self, role: str = "plain") -> Person:
        """Return the user who has a role of `setting.PEOPLE`."""
        person = self._pool.setting.people.get(role)
        if person is None:
            raise Unavailable(f"it needs people.{role}: {PEOPLE[role]}")
        return person

    def alias(self, role: str = "alias") -> str:
        """Return what the user who has a role may type instead of the name."""
        alias = self.person(role).alias
        if alias is None:
            raise Unavailable(f"it needs people.{role}.alias")
        return alias

    def code(self, role: str) -> str:
        """Return the newest code that was sent to a user."""
        return self._pool.code(self.person(role))

    def totp_code(self, role: str) -> str:
        """Return the code that a user's authenticator app shows."""
        return self._pool.totp_code(self.person(role))

    def totp_code_later(self, role: str, seconds: float) -> str:
        """Return the code that a user's authenticator app will show."""
        secret = self.person(role).totp_secret
        if secret is None:
            raise Unavailable("the secret of the authenticator app is not known")
        return totp_code(secret, self.now() + timedelta(seconds=seconds))

    def wait(self, seconds: float) -> None:
        """Wait, or move the pool's clock."""
        self._pool.wait(seconds)

    def now(self) -> datetime:
        """Return the present moment, by the pool's clock."""
        return self._pool.now()

    def get(self, path: str) -> Mapping[str, object]:
        """Return the members of a document below the issuer, such as ``jwks.json``."""
        return self._pool.get(path)

    def post(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """Send a request byte by byte."""
        return self._read(Call("?", {}), self._pool.post(headers, body))

    # Calls.

    def send(self, call: AnyCall, changes: Changes | None = None) -> Reply:
        """Make a call, with some of its arguments changed, and return the reply."""
        if changes:
            call = Call(call.operation, changed(call.arguments, changes))
        reply = self._read(call, self._pool.send(call))
        self._remember(call, reply)
        if reply.kind in ("NotAuthorizedException", "CodeMismatchException"):
            self._failed |= self._named(call)
        return reply

    def call(self, operation: str, arguments: Mapping[str, object]) -> Reply:
        """Make a call of bare arguments."""
        return self.send(Call(operation, arguments))

    def _read(self, call: AnyCall, raw: Mapping[str, object]) -> Reply:
        status, headers = _http(raw)
        try:
            members = checked_reply(call, raw)
        except ServiceError as error:
            words = self._pool.setting.without_names(error.message)
            self.is_locked_out |= words == LOCKED_OUT
            return Reply({}, error.type or "", words, status, headers)
        except PeerError as error:
            return Reply({}, "", f"a reply that cannot be read: {error}", status, headers)
        return Reply(
            {key: members[key] for key in members if key != "ResponseMetadata"},
            status=status,
            headers=headers,
        )

    def _remember(self, call: AnyCall, reply: Reply) -> None:
        """Remember what must be cleaned up."""
        token = reply.result.get("RefreshToken")
        client_id = call.arguments.get("ClientId")
        for app in self._pool.setting.apps.values():
            if isinstance(token, str) and app.client_id == client_id:
                self._tokens.append((app, token))
        if call.operation == "ConfirmDevice" and reply.kind is None:
            access_token, device_key = (call.arguments[key] for key in ("AccessToken", "DeviceKey"))
            self._devices.append((str(access_token), str(device_key)))

    def _named(self, call: AnyCall) -> dict[str, Person]:
        """Return the users whom a call names."""
        given = (call.arguments.get(key) for key in ("AuthParameters", "ChallengeResponses"))
        names = {each.get("USERNAME") for each in given if isinstance(each, Mapping)}
        return {
            person.username: person
            for person in self._pool.setting.people.values()
            if names & {person.username, person.alias}
        }

    def clean_up(self) -> None:
        """Forget the devices that were registered, and end the sign-ins that were made.

        Whoever failed is signed in once more, with the right password. The service counts failures
        until then, and would lock the user out for the next behaviours. A call that gets no reply
        is made once more.
        """
        if self.is_locked_out:
            self.wait(LOCKOUT)
        for person in list(self._failed.values()) if "plain" in self._pool.setting.apps else ():
            given = {"USERNAME": person.username, "PASSWORD": person.password}
            _twice(self.initiate, "USER_PASSWORD_AUTH", given)
        for access_token, device_key in self._devices:
            named = {"AccessToken": access_token, "DeviceKey": device_key}
            _twice(self._pool.send, Call("ForgetDevice", named))
        for app, token in self._tokens:
            _twice(self._pool.send, operations.revoke_token(app, token))

    # A proof of the password, step by step.

    def client(
        self,
        role: str = "plain",
        *,
        app: str = "plain",
        username: str | None = None,
        password: str | None = None,
        device: Device | None = None,
    ) -> SRPClient:
        """Return a proof that has not begun, of a user who may type something else."""
        person = self.person(role)
        return SRPClient.for_user(
            self.pool_id,
            person.username if username is None else username,
            person.password if password is None else password,
            app=self.app(app),
            device=device,
        )

    def open(self, client: SRPClient, changes: Changes | None = None) -> Reply:
        """Send the first call of a proof: InitiateAuth with SRP_A."""
        return self.send(Call("InitiateAuth", client.start()), changes)

    def challenge(self, client: SRPClient) -> Mapping[str, object]:
        """Send the first call of a proof, and return the ChallengeParameters.

        Raises:
            Stopped: the reply has none.
        """
        reply = self.open(client)
        if not reply.parameters:
            raise Stopped(f"expected a challenge, got {reply}")
        return reply.parameters

    def claim(
        self,
        client: SRPClient,
        challenge: Reply,
        changes: Changes | None = None,
        *,
        now: datetime | None = None,
    ) -> Reply:
        """Answer the challenge that `open` returned."""
        return self.send(self.answer(client, challenge, now=now), changes)

    def answer(
        self, client: SRPClient, challenge: Reply, *, now: datetime | None = None
    ) -> AnyCall:
        """Return the answer to the challenge that `open` returned, to be sent more than once.

        Raises:
            Stopped: the reply does not have it.
        """
        if challenge.kind is not None:
            raise Stopped(f"the first call was refused: {challenge}")
        try:
            arguments = client.respond(challenge.members, now=self.now() if now is None else now)
        except SRPError as error:
            raise Stopped(f"the challenge cannot be answered: {error}") from error
        return Call("RespondToAuthChallenge", arguments)

    def prove(
        self, role: str = "plain", *, app: str = "plain", username: str | None = None
    ) -> Reply:
        """Prove the password of a user, and return what comes then."""
        client = self.client(role, app=app, username=username)
        return self.claim(client, self.open(client))

    def claim_at(self, text: str, role: str = "plain") -> Reply:
        """Prove a password with a TIMESTAMP of this spelling, which is signed as it is sent."""
        person, app = self.person(role), self.app()
        prover = Prover.for_user(self.pool_id, person.username, person.password)
        challenge = self.send(initiate_auth.user_srp_auth(app, person.username, prover.srp_a))
        answers = self.answers(challenge, role)
        return self.send(answers.password_verifier(prover.claim_at(challenge.parameters, text)))

    def device_proof(
        self, device: Device, role: str = "plain", *, app: str = "plain"
    ) -> tuple[SRPClient, AnyCall]:
        """Prove a user's password; return the proof of the device that is asked for, and its call.

        Raises:
            Stopped: the device is not asked for.
        """
        client = self.client(role, app=app, device=device)
        reply = self.claim(client, self.open(client))
        if reply.challenge_name != "DEVICE_SRP_AUTH":
            raise Stopped(f"the device is not asked for: {reply}")
        proof = SRPClient.for_device(device, client.username, app=self.app(app))
        return proof, Call("RespondToAuthChallenge", proof.start(reply.members))

    # Other calls, step by step.

    def initiate(
        self, flow: str, parameters: Mapping[str, str | None], app: str = "plain"
    ) -> Reply:
        """Make the first call of a flow.

        SECRET_HASH is added if the app client has a secret; one that is given takes precedence, and
        None leaves it out.
        """
        client = self.app(app)
        hashed = client.secret_hash(parameters.get("USERNAME") or "")
        given = changed({}, {"SECRET_HASH": hashed, **parameters})
        return self.call(
            "InitiateAuth",
            {"AuthFlow": flow, "ClientId": client.client_id, "AuthParameters": given},
        )

    def answers(self, challenge: Reply, role: str = "plain", *, app: str = "plain") -> Answers:
        """Return what builds the answers to the challenge of a reply.

        Raises:
            Stopped: the reply has no challenge.
        """
        if challenge.challenge_name is None:
            raise Stopped(f"expected a challenge to answer, got {challenge}")
        names = (challenge.parameters.get(key) for key in ("USERNAME", "USER_ID_FOR_SRP"))
        username = next((name for name in names if isinstance(name, str)), None)
        session = challenge.members.get("Session")
        return Answers(
            self.app(app),
            self.person(role).username if username is None else username,
            session=session if isinstance(session, str) else None,
        )

    # A whole sign-in.

    def begin(self, role: str = "plain", *, app: str = "plain", **arguments: Any) -> SignIn:
        """Return a whole sign-in that has not begun; `arguments` are those of `SignIn`."""
        person = self.person(role)
        username = arguments.pop("username", person.username)
        password = arguments.pop("password", person.password)
        return SignIn(self.pool_id, username, password, app=self.app(app), **arguments)

    def sign_in(
        self,
        role: str = "plain",
        *,
        app: str = "plain",
        flow: Flow = "USER_SRP_AUTH",
        device: Device | None = None,
        **arguments: Any,
    ) -> Tokens:
        """Sign a user in, and answer what is asked.

        Raises:
            Stopped: the sign-in failed, or has no end.
            Unavailable: something is asked that nobody can answer.
        """
        sign_in = self.begin(role, app=app, flow=flow, device=device, **arguments)
        step = sign_in.start()
        for _ in range(MOST_CALLS):
            if isinstance(step, Tokens):
                return step
            call = step if isinstance(step, Call) else self._answered(role, step)
            raw = self._pool.send(call)
            self.last = self._read(call, raw)
            self._remember(call, self.last)
            try:
                step = sign_in.reply(raw, now=self.now())
            except SRPError as error:
                words = self._pool.setting.without_names(str(error))
                raise Stopped(f"the sign-in before it failed: {words}") from error
        raise Stopped(f"the sign-in before it is not over after {MOST_CALLS} calls")

    def _answered(self, role: str, question: Question) -> AnyCall:
        if isinstance(question, Code):
            is_shown = question.challenge_name == "SOFTWARE_TOKEN_MFA"
            return question.answer(self.totp_code(role) if is_shown else self.code(role))
        if isinstance(question, CustomChallenge):
            return question.answer(self.person(role).answer or "")
        raise Unavailable(f"nobody answers {question.challenge_name}")

    def with_device(self, role: str = "plain", *, app: str = "plain") -> tuple[Tokens, Device]:
        """Sign a user in, and register the device that the pool offers; return both.

        Raises:
            Stopped: the pool offers no device, or does not register it.
        """
        tokens = self.sign_in(role, app=app)
        if tokens.new_device is None:
            raise Stopped("the pool offers no device")
        registration = DeviceRegistration(tokens)
        call = registration.start()
        raw = self._pool.send(call)
        self._remember(call, self._read(call, raw))
        tokens = registration.reply(raw)
        if registration.needs_confirmation:
            tokens = registration.reply(self._pool.send(registration.remember()))
        if tokens.device is None:
            words = self._pool.setting.without_names(str(tokens.device_error))
            raise Stopped(f"the device was not registered: {words}")
        return tokens, tokens.device

    def tokens_of(self, reply: Reply) -> Mapping[str, object]:
        """Return the AuthenticationResult of a reply.

        Raises:
            Stopped: the reply has none.
        """
        if not reply.result:
            raise Stopped(f"expected tokens, got {reply}")
        return reply.result

    def claims_of(self, reply: Reply, token: str) -> Mapping[str, Any]:
        """Return the claims of the AccessToken or the IdToken of a reply.

        Raises:
            Stopped: the reply has no such token.
        """
        return header_and_claims(self.tokens_of(reply).get(token))[1]


def _twice(send: Callable[..., object], *arguments: object) -> None:
    """Make a call, and once more if no reply comes."""
    for _ in range(2):
        with contextlib.suppress(NoReply):
            send(*arguments)
            return


def changed(arguments: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """Return arguments with some members changed.

    >>> changed({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": None, "e": 4}})
    {'a': {'c': 2, 'e': 4}, 'd': 3}
    """
    new = dict(arguments)
    for name, value in changes.items():
        if value is None:
            new.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(new.get(name), Mapping):
            new[name] = changed(new[name], value)
        else:
            new[name] = value
    return new


def header_and_claims(token: object) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the header and the claims of a token, which is not checked.

    Raises:
        Stopped: it is not a JWT.

    >>> header_and_claims("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl")
    ({'alg': 'RS256'}, {'sub': '1'})
    """
    try:
        header, claims, _ = str(token).split(".")
        parts = [
            json_object(base64.urlsafe_b64decode(part + "==").decode("utf-8"))
            for part in (header, claims)
        ]
    except ValueError:
        parts = [None]
    if None in parts:
        raise Stopped("a token is not a JWT")
    return parts[0] or {}, parts[1] or {}


def _http(raw: Mapping[str, Any]) -> tuple[int | None, Mapping[str, str]]:
    """Return the status and the headers of a reply that came over HTTP."""
    metadata = raw.get("ResponseMetadata")
    if not isinstance(metadata, Mapping):
        return None, {}
    return metadata.get("HTTPStatusCode"), metadata.get("HTTPHeaders", {})
