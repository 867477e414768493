"""InitiateAuth and RespondToAuthChallenge: which challenge follows which, and what passes it.

The laws. Whatever a client sends is read by the functions of `wire` and checked by `SRPServer`;
each challenge is answered once, but for a mistyped code, which may be corrected.

::

    USER_SRP_AUTH ────────────> PASSWORD_VERIFIER ──────────────┐
    USER_PASSWORD_AUTH ─────────────────────────────────────────┤
    CUSTOM_AUTH with SRP_A ───> PASSWORD_VERIFIER ──────────────┤
    USER_AUTH ─┬──────────────> PASSWORD_VERIFIER, PASSWORD, ───┤
               │                PASSWORD_SRP, EMAIL_OTP, SMS_OTP│
               └> SELECT_CHALLENGE ──> the same ────────────────┤
                                                                ▼
                                      NEW_PASSWORD_REQUIRED, if the password is temporary
                                                                │
       ┌─────────────────────────────┬──────────────────────────┼─────────────────────┐
       ▼ a remembered device         ▼ several factors          ▼ one factor          ▼ CUSTOM_AUTH
    DEVICE_SRP_AUTH               SELECT_MFA_TYPE ──> SMS_MFA, EMAIL_OTP or      CUSTOM_CHALLENGE,
    DEVICE_PASSWORD_VERIFIER                          SOFTWARE_TOKEN_MFA         one or more
       └─────────────────────────────┴──────────────────────────┴──────> tokens <─────┘
"""

import hmac
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from ..calls.challenges import USER_ATTRIBUTES
from ..exceptions import IllegalParameter, MalformedParameter
from ..given import expect, utf8
from ..proof.app_client import AppClient
from ..proof.server import SRPServer, Verifier, check_password
from ..wire import read_base64, read_map, read_mapping, read_nonempty, read_optional_text
from .directory import Directory, check_secret_hash
from .explain import Explainer
from .issuer import Issuer
from .refused import (
    INCORRECT,
    Refused,
    check_pattern,
    incorrect,
    invalid,
    no_device,
    not_authorized,
    read_member,
)
from .sessions import Sessions
from .sources import Sources
from .totp import matching_step
from .users import ATTRIBUTES, Device, Message, User, masked

__all__ = ["Challenges"]

MOST_OFFERED: Final = 20
"""How many devices a user is offered and has not registered. The oldest is forgotten for one more,
so that sign-ins which register none cost no memory."""

MOST_LETTERS: Final = 128
"""The limit of AWS's model for a user name. A device key's is 55."""

CODE_DIGITS: Final = 6

MEDIA: Final = {"SMS_MFA": "SMS", "SMS_OTP": "SMS", "EMAIL_OTP": "EMAIL"}
"""How the code of a challenge is sent."""

# Java's parser takes more than the canonical spelling; what it takes is written anew and signed,
# so that a padded day ends as a wrong password does. The rest it cannot read at all, such as an
# hour 24 (aws-samples/amazon-cognito-passwordless-auth, issue 145).
_LIKE_A_TIMESTAMP: Final = re.compile(
    r"[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} (?!24)\d{1,2}:\d{1,2}:\d{1,2} UTC \d{4}", re.ASCII
)


_CLAIM: Final = ("TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK")


@dataclass(frozen=True)
class _Attempt:
    """One sign-in: who, with what."""

    user: User
    app: AppClient
    device_key: str | None
    typed: str
    """What the person typed: a name or an alias."""
    is_custom: bool = False
    """Whether it is of CUSTOM_AUTH, where custom challenges stand for the second factor."""


@dataclass(frozen=True)
class _Step:
    """A challenge that was given out, and what its answer is held against."""

    challenge_name: str
    attempt: _Attempt
    made: datetime
    session: str = ""
    """The name that it waits under; it gets one when it is given out."""
    server: SRPServer | None = None
    code: str | None = None
    choices: tuple[str, ...] = ()
    number: int = 0
    """Of a custom challenge: which one it is."""


class Challenges:
    """The sign-ins of one pool.

    Args:
        pool_id: the pool's id.
        directory: who is in the pool.
        issuer: what makes tokens.
        sources: time and chance.
        deliver: what is called with each code that is sent.
        remember_devices: whether a sign-in without a device is offered one to register.
        explainer: what tells why a claim is refused, if anything does.
    """

    def __init__(  # noqa: PLR0913, since a sign-in touches all parts of the pool.
        self,
        pool_id: str,
        directory: Directory,
        issuer: Issuer,
        sources: Sources,
        deliver: Callable[[Message], object],
        *,
        remember_devices: bool,
        explainer: Explainer | None,
    ) -> None:
        self._pool_id = pool_id
        self._directory = directory
        self._issuer = issuer
        self._sources = sources
        self._deliver = deliver
        self._remember_devices = remember_devices
        self._explainer = explainer
        self._sessions = Sessions[_Step]()
        self._lock = threading.Lock()

    # The two operations.

    def initiate(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """Answer InitiateAuth, but for a refresh token."""
        app = self._directory.app(arguments)
        flow = read_member(arguments, "AuthFlow")
        parameters = read_mapping(arguments.get("AuthParameters"), "AuthParameters")
        begin = {
            "USER_SRP_AUTH": self._user_srp_auth,
            "USER_PASSWORD_AUTH": self._password,
            "USER_AUTH": self._user_auth,
            "CUSTOM_AUTH": self._custom_auth,
        }.get(flow)
        if begin is None:
            raise invalid("This pool does not have this AuthFlow.")
        username = _short(read_nonempty(parameters.get("USERNAME"), "USERNAME"), "USERNAME")
        self._check_secret_hash(app, parameters, username)
        attempt = _Attempt(
            self._directory.typed(username), app, None, username, is_custom=flow == "CUSTOM_AUTH"
        )
        attempt = _naming_device(attempt, parameters)
        return begin(attempt, parameters)

    def respond(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """Answer RespondToAuthChallenge."""
        app = self._directory.app(arguments)
        name = read_member(arguments, "ChallengeName")
        answer = read_mapping(arguments.get("ChallengeResponses"), "ChallengeResponses")
        if not answer:
            raise invalid("Missing required parameter challenge responses.")
        username = read_nonempty(answer.get("USERNAME"), "USERNAME")
        self._check_secret_hash(app, answer, username)
        # Amplify's USER_AUTH and warrant-lite answer with the alias that was typed, and sign in.
        username = self._directory.name_of(username)
        answer = {**answer, "USERNAME": username}
        if name in ("PASSWORD_VERIFIER", "DEVICE_PASSWORD_VERIFIER"):
            _check_form(answer)
        step = self._waiting(app, name, username, arguments, answer)
        pass_on: dict[str, Callable[[_Step, Mapping[str, object]], dict[str, object]]] = {
            "PASSWORD_VERIFIER": self._claim,
            "PASSWORD_SRP": lambda step, answer: self._password_verifier(step.attempt, answer),
            "PASSWORD": lambda step, answer: self._password(step.attempt, answer),
            "SELECT_CHALLENGE": self._choose_first_factor,
            "NEW_PASSWORD_REQUIRED": self._new_password,
            "SELECT_MFA_TYPE": self._choose_second_factor,
            "DEVICE_SRP_AUTH": self._device_challenge,
            "DEVICE_PASSWORD_VERIFIER": self._device_claim,
            "CUSTOM_CHALLENGE": self._custom_answer,
        }
        return pass_on.get(name, self._code)(step, answer)

    def _check_secret_hash(
        self, app: AppClient, parameters: Mapping[str, object], username: str
    ) -> None:
        if self._explainer is not None:
            user = self._directory.typed(username)
            alias = self._directory.alias_of(user.username)
            self._explainer.check_secret_hash(app, parameters, user, alias)
        check_secret_hash(app, parameters)

    def _waiting(
        self,
        app: AppClient,
        name: str,
        username: str,
        arguments: Mapping[str, object],
        answer: Mapping[str, object],
    ) -> _Step:
        """The step that is answered."""
        session = read_optional_text(arguments.get("Session"), "Session")
        unknown = not_authorized("Invalid session for the user.")
        if session is None and name == "PASSWORD_VERIFIER":
            # USER_SRP_AUTH gives no Session: what the service remembers goes along in SECRET_BLOCK.
            key = "PASSWORD_CLAIM_SECRET_BLOCK"
            session, unknown = read_nonempty(answer.get(key), key), incorrect()
        elif session is None and name.startswith("DEVICE_"):
            # The service has taken these without a Session: pycognito sends none, and AWS's own
            # Android SDK sent none before "a future version of the Cognito API" was to require it
            # (aws-sdk-android, pull request 2337).
            device_key = read_nonempty(answer.get("DEVICE_KEY"), "DEVICE_KEY")
            session = _device_step(app, username, device_key)
        else:
            session = read_nonempty(session, "Session")
        try:
            step = self._sessions.take(session, self._sources.now())
        except Refused as refused:
            raise (unknown if unknown.message == INCORRECT else refused) from None
        told = step.challenge_name, step.attempt.app, step.attempt.user.username
        if told != (name, app, username):
            raise unknown
        return step

    # The first factor.

    def _user_srp_auth(
        self, attempt: _Attempt, parameters: Mapping[str, object]
    ) -> dict[str, object]:
        """PASSWORD_VERIFIER without a Session, the one challenge that has none."""
        step, challenge = self._exchange("PASSWORD_VERIFIER", attempt, parameters)
        step = replace(step, session=challenge["SECRET_BLOCK"])
        self._sessions.put(step, step.made, step.session)
        return {"ChallengeName": step.challenge_name, "ChallengeParameters": challenge}

    def _password_verifier(
        self, attempt: _Attempt, parameters: Mapping[str, object]
    ) -> dict[str, object]:
        return self._challenge(*self._exchange("PASSWORD_VERIFIER", attempt, parameters))

    def _exchange(
        self, name: str, attempt: _Attempt, parameters: Mapping[str, object]
    ) -> tuple[_Step, dict[str, str]]:
        """Open an exchange with the SRP_A that the parameters hold."""
        is_user = name == "PASSWORD_VERIFIER"
        verifier = attempt.user.verifier if is_user else self._registered(attempt)
        check_pattern(read_nonempty(parameters.get("SRP_A"), "SRP_A"), "SRP_A")
        user = attempt.user
        if self._explainer is None:
            server = SRPServer(verifier, username=user.username)
        else:
            server = self._explainer.server(verifier, user, attempt.app, attempt.typed)
        challenge = server.challenge(parameters)
        return _Step(name, attempt, self._sources.now(), server=server), challenge

    def _password(self, attempt: _Attempt, parameters: Mapping[str, object]) -> dict[str, object]:
        """The password itself, held against the verifier."""
        check_password(attempt.user.verifier, read_nonempty(parameters.get("PASSWORD"), "PASSWORD"))
        return self._proven(_naming_device(attempt, parameters))

    def _user_auth(self, attempt: _Attempt, parameters: Mapping[str, object]) -> dict[str, object]:
        """The factor that is preferred, or else a choice among those that are possible."""
        key = "PREFERRED_CHALLENGE"
        preferred = read_optional_text(parameters.get(key), key)
        choices = attempt.user.first_factors
        if preferred in choices:
            return self._first_factor(attempt, preferred, parameters)
        step = _Step("SELECT_CHALLENGE", attempt, self._sources.now(), choices=tuple(choices))
        named = {"USERNAME": attempt.user.username}
        return {**self._challenge(step, named), "AvailableChallenges": choices}

    def _choose_first_factor(self, step: _Step, answer: Mapping[str, object]) -> dict[str, object]:
        return self._first_factor(step.attempt, _choice(step, answer), answer)

    def _first_factor(
        self, attempt: _Attempt, factor: str, given: Mapping[str, object]
    ) -> dict[str, object]:
        """Go on with a factor: at once if what it needs came along, and else by asking for it."""
        needed = {"PASSWORD_SRP": "SRP_A", "PASSWORD": "PASSWORD"}.get(factor)
        if needed is None:
            return self._ask_code(attempt, factor)
        if given.get(needed) is None:
            step = _Step(factor, attempt, self._sources.now())
            return self._challenge(step, {"USERNAME": attempt.user.username})
        if factor == "PASSWORD":
            return self._password(attempt, given)
        return self._password_verifier(attempt, given)

    def _custom_auth(
        self, attempt: _Attempt, parameters: Mapping[str, object]
    ) -> dict[str, object]:
        """Custom challenges, after a proof of the password if the client offers one."""
        if not attempt.user.custom_challenges:
            raise invalid("Custom auth lambda trigger is not configured for the user pool.")
        if parameters.get("SRP_A") is None:
            return self._custom_challenge(attempt, 0)
        return self._password_verifier(attempt, parameters)

    def _claim(self, step: _Step, answer: Mapping[str, object]) -> dict[str, object]:
        self._check_claim(step, answer)
        return self._proven(_naming_device(step.attempt, answer))

    def _check_claim(self, step: _Step, answer: Mapping[str, object]) -> None:
        try:
            expect(step.server, SRPServer, "server").verify(answer, now=self._sources.now())
        except MalformedParameter as error:
            if error.name != "TIMESTAMP":
                raise
            raise incorrect() from None
        except IllegalParameter:
            # Another user's name, another challenge's block, or a TIMESTAMP that is too old.
            raise incorrect() from None

    # What follows the first factor.

    def _proven(self, attempt: _Attempt) -> dict[str, object]:
        user = attempt.user
        if attempt.device_key is not None:
            self._registered(attempt)
        if not user.must_change_password:
            return self._second_factor(attempt)
        required = [USER_ATTRIBUTES + name for name in _missing(user)]
        step = _Step("NEW_PASSWORD_REQUIRED", attempt, self._sources.now())
        parameters = {
            "USER_ID_FOR_SRP": user.username,
            "requiredAttributes": json.dumps(required),
            "userAttributes": json.dumps(user.attributes),
        }
        return self._challenge(step, parameters)

    def _new_password(self, step: _Step, answer: Mapping[str, object]) -> dict[str, object]:
        user = step.attempt.user
        password = read_nonempty(answer.get("NEW_PASSWORD"), "NEW_PASSWORD")
        attributes = {
            key.removeprefix(USER_ATTRIBUTES): answer[key]
            for key in answer
            if key.startswith(USER_ATTRIBUTES)
        }
        given = read_map(attributes, "userAttributes")
        missing = [name for name in _missing(user) if name not in given]
        if missing:
            raise invalid(f"Invalid attributes given, {', '.join(missing)} is missing")
        user.attributes.update(given)
        user.verifier = Verifier.for_user(self._pool_id, user.username, password)
        if self._explainer is not None:
            self._explainer.keep_password(user.username, password)
        user.must_change_password = False
        return self._second_factor(step.attempt)

    def _second_factor(self, attempt: _Attempt) -> dict[str, object]:
        user = attempt.user
        if attempt.is_custom:
            return self._custom_challenge(attempt, 0)
        if attempt.device_key is not None and self._device_of(attempt).is_remembered:
            return self._challenge(_Step("DEVICE_SRP_AUTH", attempt, self._sources.now()), {})
        if len(user.factors) > 1:
            step = _Step(
                "SELECT_MFA_TYPE", attempt, self._sources.now(), choices=tuple(user.factors)
            )
            return self._challenge(step, {"MFAS_CAN_CHOOSE": json.dumps(step.choices)})
        if user.factors:
            return self._ask_code(attempt, user.factors[0])
        return self._signed_in(attempt)

    def _choose_second_factor(self, step: _Step, answer: Mapping[str, object]) -> dict[str, object]:
        return self._ask_code(step.attempt, _choice(step, answer))

    def _device_of(self, attempt: _Attempt) -> Device:
        device = attempt.user.devices.get(expect(attempt.device_key, str, "device_key"))
        if device is None:
            raise no_device()
        return device

    def _registered(self, attempt: _Attempt) -> Verifier:
        """The verifier of the device that the sign-in names."""
        verifier = self._device_of(attempt).verifier
        if verifier is None:
            raise no_device()
        return verifier

    def _device_challenge(self, step: _Step, answer: Mapping[str, object]) -> dict[str, object]:
        return self._challenge(*self._exchange("DEVICE_PASSWORD_VERIFIER", step.attempt, answer))

    def _device_claim(self, step: _Step, answer: Mapping[str, object]) -> dict[str, object]:
        self._check_claim(step, answer)
        return self._signed_in(step.attempt)

    # Codes and custom challenges.

    def _ask_code(self, attempt: _Attempt, name: str) -> dict[str, object]:
        """Ask for a code, and send it if it is one that is sent."""
        user = attempt.user
        parameters = {"USER_ID_FOR_SRP": user.username}
        if name == "SOFTWARE_TOKEN_MFA":
            return self._challenge(_Step(name, attempt, self._sources.now()), parameters)
        medium = MEDIA[name]
        destination = user.attributes[ATTRIBUTES[medium]]
        parameters["CODE_DELIVERY_DELIVERY_MEDIUM"] = medium
        parameters["CODE_DELIVERY_DESTINATION"] = masked(destination)
        code = self._sources.code(CODE_DIGITS)
        reply = self._challenge(_Step(name, attempt, self._sources.now(), code=code), parameters)
        self._deliver(Message(user.username, medium, destination, code))
        return reply

    def _code(self, step: _Step, answer: Mapping[str, object]) -> dict[str, object]:
        key = f"{step.challenge_name}_CODE"
        code = read_nonempty(answer.get(key), key)
        if step.code is None:
            refusal = self._software_token(step.attempt.user, code)
        elif hmac.compare_digest(utf8(code, key), step.code.encode("ascii")):
            refusal = None
        else:
            message = "Invalid code or auth state for the user."
            refusal = Refused("CodeMismatchException", message)
        if refusal is not None:
            # A mistyped code may be corrected with the same Session, whose time goes on running.
            self._sessions.put(step, step.made, step.session)
            raise refusal
        if step.attempt.user.factors:
            return self._signed_in(step.attempt)
        return self._proven(step.attempt)  # The code stood for the password.

    def _software_token(self, user: User, code: str) -> Refused | None:
        with self._lock:
            secret = expect(user.totp_secret, str, "totp_secret")
            used = matching_step(secret, code, self._sources.now())
            if used is None:
                return Refused("CodeMismatchException", "Invalid code received for user")
            if used <= user.last_totp_step:
                message = "Your software token has already been used once."
                return Refused("ExpiredCodeException", message)
            user.last_totp_step = used
            return None

    def _custom_challenge(self, attempt: _Attempt, number: int) -> dict[str, object]:
        challenges = attempt.user.custom_challenges
        if number == len(challenges):
            return self._signed_in(attempt)
        step = _Step("CUSTOM_CHALLENGE", attempt, self._sources.now(), number=number)
        named = {"USERNAME": attempt.user.username}
        return self._challenge(step, {**named, **challenges[number].parameters})

    def _custom_answer(self, step: _Step, answer: Mapping[str, object]) -> dict[str, object]:
        given = utf8(read_nonempty(answer.get("ANSWER"), "ANSWER"), "ANSWER")
        right = step.attempt.user.custom_challenges[step.number].answer
        if not hmac.compare_digest(given, utf8(right, "answer")):
            raise incorrect()
        return self._custom_challenge(step.attempt, step.number + 1)

    # What all of them end with.

    def _challenge(self, step: _Step, parameters: Mapping[str, str]) -> dict[str, object]:
        """Give out a challenge, under a new Session."""
        step = replace(step, session=self._sources.name(64))
        names = [step.session]
        if step.challenge_name.startswith("DEVICE_"):
            device_key = expect(step.attempt.device_key, str, "device_key")
            names.append(_device_step(step.attempt.app, step.attempt.user.username, device_key))
        self._sessions.put(step, step.made, *names)
        return {
            "ChallengeName": step.challenge_name,
            "Session": step.session,
            "ChallengeParameters": dict(parameters),
        }

    def _signed_in(self, attempt: _Attempt) -> dict[str, object]:
        user, client_id, device_key = attempt.user, attempt.app.client_id, attempt.device_key
        result = self._issuer.tokens(user, client_id)
        if self._remember_devices and device_key is None:
            metadata = self._offer_device(user)
            device_key = metadata["DeviceKey"]
            result["NewDeviceMetadata"] = metadata
        result["RefreshToken"] = self._issuer.refresh_token(user, client_id, device_key)
        return {"AuthenticationResult": result, "ChallengeParameters": {}}

    def _offer_device(self, user: User) -> dict[str, str]:
        region = self._pool_id.partition("_")[0]
        device_key = f"{region}_{self._sources.uuid()}"
        group_key = f"-{self._sources.name(6)}"
        with self._lock:
            user.devices[device_key] = Device(group_key)
            offered = [key for key, device in user.devices.items() if device.verifier is None]
            for key in offered[:-MOST_OFFERED]:
                del user.devices[key]
        return {"DeviceKey": device_key, "DeviceGroupKey": group_key}


def _naming_device(attempt: _Attempt, answer: Mapping[str, object]) -> _Attempt:
    """The attempt with the device that a call names, which may be the first or a later one."""
    device_key = read_optional_text(answer.get("DEVICE_KEY"), "DEVICE_KEY")
    if device_key is None:
        return attempt
    return replace(attempt, device_key=_short(device_key, "DEVICE_KEY"))


def _short(name: str, key: str) -> str:
    """Refuse a name that is longer than any, since it is kept until the sign-in ends."""
    if len(name) > MOST_LETTERS:
        raise invalid(f"{key} has more than {MOST_LETTERS} characters")
    return name


def _check_form(answer: Mapping[str, object]) -> None:
    """Refuse a claim that cannot be one, in the order and the words of a real pool.

    They were measured by others (ministack, pull request 1758).
    """
    texts = [read_nonempty(answer.get(key), key) for key in _CLAIM]
    if not _LIKE_A_TIMESTAMP.fullmatch(texts[0]):
        raise invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
    try:
        read_base64(texts[1], _CLAIM[1])
    except MalformedParameter:
        message = "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string."
        raise invalid(message) from None


def _choice(step: _Step, answer: Mapping[str, object]) -> str:
    """The ANSWER to a challenge that lets the user choose."""
    choice = read_nonempty(answer.get("ANSWER"), "ANSWER")
    if choice not in step.choices:
        raise invalid(f"ANSWER must be one of {', '.join(step.choices)}")
    return choice


def _missing(user: User) -> list[str]:
    """The attributes that the user must give with a new password."""
    return [name for name in user.required_attributes if name not in user.attributes]


def _device_step(app: AppClient, username: str, device_key: str) -> str:
    """The name of a device's step where no Session tells it. Sessions hold no line break."""
    return f"{app.client_id}\n{username}\n{device_key}"
