"""InitiateAuth and RespondToAuthChallenge: which challenge follows which, and what passes it.

Each challenge waits together with the function that takes its answer. It can be answered once,
except that a mistyped code may be corrected.

::

    USER_SRP_AUTH ────────────> PASSWORD_VERIFIER ──────────────┐
    USER_PASSWORD_AUTH ─────────────────────────────────────────┤
    CUSTOM_AUTH with SRP_A ───> PASSWORD_VERIFIER ──────────────┤
    USER_AUTH ─┬──────────────> PASSWORD_VERIFIER, PASSWORD, ───┤
               │                PASSWORD_SRP, EMAIL_OTP,        │
               │                SMS_OTP, WEB_AUTHN (*)          │
               └> SELECT_CHALLENGE ──> the same ────────────────┤
                                                                ▼
                                      NEW_PASSWORD_REQUIRED, if the password is temporary
                                                                │
       ┌─────────────────────────────┬──────────────────────────┼─────────────────────┐
       ▼ a remembered device         ▼ several factors          ▼ one factor          ▼ CUSTOM_AUTH
    DEVICE_SRP_AUTH               SELECT_MFA_TYPE ──> SMS_MFA, EMAIL_OTP or      CUSTOM_CHALLENGE,
    DEVICE_PASSWORD_VERIFIER                          SOFTWARE_TOKEN_MFA         one or more
       └─────────────────────────────┴──────────────────────────┴──────> tokens <─────┘

Where MFA is required, a user without a factor gets MFA_SETUP (see `mfa_setup`).
(*) A passkey needs no second factor: `Passkeys` offers it only where it counts as both.
"""

import functools
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias

from ..calls.challenges import USER_ATTRIBUTES
from ..exceptions import IllegalParameter, MalformedParameter, PeerError
from ..given import utf8
from ..proof.app_client import AppClient
from ..proof.server import SRPServer, Verifier, check_password
from ..wire import read_map, read_mapping, read_nonempty, read_optional_text
from .codes import Codes, WrongCode, check_sent
from .directory import Directory, check_secret_hash
from .hooks import Hooks
from .issuer import Issuer
from .lockout import Lockout
from .mfa_setup import usable_factors
from .passkeys import Passkeys
from .refused import (
    Refused,
    check_claim_form,
    check_pattern,
    check_session,
    check_username,
    incorrect,
    invalid,
    not_authorized,
    read_member,
)
from .sessions import Sessions
from .sources import Sources
from .states import check_may_begin, check_password_counts
from .users import Attempt, Device, Factor, masked

__all__ = ["Challenges"]

MOST_LETTERS: Final = 128
"""The limit of AWS's model for a user name. A device key's is 55."""

MOST_OF_MAIL: Final = 2048
"""The limit of AWS's model for an attribute."""

Sent: TypeAlias = Mapping[str, object]
"""What a client sent: AuthParameters or ChallengeResponses."""

Reply: TypeAlias = dict[str, object]

Take: TypeAlias = Callable[[Attempt, Sent], Reply]
"""A function that takes an answer, and returns the next reply."""


@dataclass(frozen=True)
class _Step:
    """A challenge that waits for its answer."""

    challenge_name: str
    attempt: Attempt
    take: Take
    made: datetime
    session: str
    """The name that it waits under."""


class Challenges:
    """The sign-ins of one pool, which consists of these parts.

    With `remember_devices`, a sign-in without a device is offered one to register.
    """

    def __init__(  # noqa: PLR0913, since a sign-in touches all parts of the pool.
        self,
        *,
        pool_id: str,
        sources: Sources,
        issuer: Issuer,
        directory: Directory,
        codes: Codes,
        hooks: Hooks,
        remember_devices: bool,
        lockout: Lockout,
        required_mfa: Sequence[Factor],
        passkeys: Passkeys,
    ) -> None:
        self._pool_id = pool_id
        self._sources = sources
        self._issuer = issuer
        self._directory = directory
        self._codes = codes
        self._hooks = hooks
        self._remember_devices = remember_devices
        self._lockout = lockout
        self._required_mfa = required_mfa
        self._passkeys = passkeys
        self._sessions = Sessions[_Step]()

    # The two operations.

    def initiate(self, arguments: Mapping[str, object]) -> Reply:
        """Answer InitiateAuth, except for a refresh token."""
        app = self._directory.app(arguments)
        flow = read_member(arguments, "AuthFlow")
        parameters = read_mapping(arguments.get("AuthParameters"), "AuthParameters")
        begin = {
            "USER_SRP_AUTH": self._user_srp_auth,
            "USER_PASSWORD_AUTH": self._check_password,
            "USER_AUTH": self._user_auth,
            "CUSTOM_AUTH": self._custom_auth,
        }.get(flow)
        if begin is None:
            raise invalid("Initiate Auth method not supported.")
        username = _short(read_nonempty(parameters.get("USERNAME"), "USERNAME"), "USERNAME")
        self._check_secret_hash(app, parameters)
        check_username(username)
        user = self._directory.typed(username)
        check_may_begin(user)
        attempt = Attempt(user, app, username, flow=flow)
        return begin(_naming_device(attempt, parameters), parameters)

    def respond(self, arguments: Mapping[str, object]) -> Reply:
        """Answer RespondToAuthChallenge."""
        app = self._directory.app(arguments)
        name = read_member(arguments, "ChallengeName")
        answer = read_mapping(arguments.get("ChallengeResponses"), "ChallengeResponses")
        if not answer:
            raise invalid("Missing required parameter challenge responses.")
        username = read_nonempty(answer.get("USERNAME"), "USERNAME")
        self._check_secret_hash(app, answer)
        # Amplify's USER_AUTH and warrant-lite answer with the alias that was typed, and sign in.
        username = self._directory.name_of(username)
        answer = {**answer, "USERNAME": username}
        if name in ("PASSWORD_VERIFIER", "DEVICE_PASSWORD_VERIFIER"):
            check_claim_form(answer)
        session = read_optional_text(arguments.get("Session"), "Session")
        if session is not None:
            check_session(session)
        step = self._step(name, app, username, session, answer)
        check_may_begin(step.attempt.user)
        try:
            return step.take(step.attempt, answer)
        except WrongCode:
            # It may be corrected with the same Session, whose time does not begin anew.
            self._sessions.put(step, step.made, step.session)
            raise

    def _check_secret_hash(self, app: AppClient, parameters: Sent) -> None:
        try:
            check_secret_hash(app, parameters)
        except (Refused, PeerError):
            self._hooks.secret_hash_refused(app, parameters)
            raise

    def _step(
        self, name: str, app: AppClient, username: str, session: str | None, answer: Sent
    ) -> _Step:
        """Return the step that is answered."""
        # USER_SRP_AUTH gives no Session: what the service remembers is in SECRET_BLOCK.
        is_by_block = session is None and name == "PASSWORD_VERIFIER"
        if is_by_block:
            key = "PASSWORD_CLAIM_SECRET_BLOCK"
            waits_under = read_nonempty(answer.get(key), key)
        elif session is None and name.startswith("DEVICE_"):
            # The service has taken these without a Session: pycognito sends none, and AWS's own
            # Android SDK sent none before "a future version of the Cognito API" was to require it
            # (aws-sdk-android, pull request 2337).
            device_key = read_nonempty(answer.get("DEVICE_KEY"), "DEVICE_KEY")
            waits_under = _without_session(app, username, device_key)
        else:
            waits_under = read_nonempty(session, "Session")
        try:
            step = self._sessions.take(waits_under, self._sources.now())
        except Refused as gone:
            if is_by_block:
                self._hooks.challenge_gone(username, gone.message)
                raise incorrect() from gone
            raise
        given_to = step.challenge_name, step.attempt.app, step.attempt.user.username
        if given_to != (name, app, username):
            raise incorrect() if is_by_block else not_authorized("Invalid session for the user.")
        return step

    # The first factor.

    def _user_srp_auth(self, attempt: Attempt, sent: Sent) -> Reply:
        """PASSWORD_VERIFIER without a Session, which only this flow has."""
        server, challenge = self._open(attempt, attempt.user.verifier, sent)
        take = functools.partial(self._claim, server)
        self._wait("PASSWORD_VERIFIER", attempt, take, challenge["SECRET_BLOCK"])
        return {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}

    def _user_auth(self, attempt: Attempt, sent: Sent) -> Reply:
        """The factor that is preferred, or else a choice among those that are possible."""
        preferred = read_optional_text(sent.get("PREFERRED_CHALLENGE"), "PREFERRED_CHALLENGE")
        choices = [*attempt.user.first_factors, *self._passkeys.first_factors(attempt.user)]
        if self._required_mfa:
            # A code alone signs nobody in then ("Authentication flows" in AWS's developer guide).
            choices = [choice for choice in choices if not choice.endswith("_OTP")]
        if preferred in choices:
            return self._first_factor(attempt, preferred, sent)

        def take(attempt: Attempt, answer: Sent) -> Reply:
            return self._first_factor(attempt, _choice(choices, answer), answer)

        # Without parameters, in a reply of AWS (http4k, pull request 1595).
        reply = self._challenge("SELECT_CHALLENGE", attempt, take, {})
        return {**reply, "AvailableChallenges": choices}

    def _first_factor(self, attempt: Attempt, factor: str, sent: Sent) -> Reply:
        """Check what this factor needs, if the call sends it, and otherwise ask for it."""
        if factor == "WEB_AUTHN":
            return self._passkey(attempt)
        if factor not in ("PASSWORD_SRP", "PASSWORD"):
            return self._code(attempt, factor, self._proven)
        is_srp = factor == "PASSWORD_SRP"
        check = self._password_verifier if is_srp else self._check_password
        if sent.get("SRP_A" if is_srp else "PASSWORD") is not None:
            return check(attempt, sent)
        named = {"USERNAME": attempt.user.username}
        return self._challenge(factor, attempt, check, named)

    def _passkey(self, attempt: Attempt) -> Reply:
        """Ask for a passkey's signature.

        AWS documents a CREDENTIAL with SELECT_CHALLENGE, too. What its challenge would be is not
        known, since SELECT_CHALLENGE comes without options; so it is asked for again.
        """
        options, check = self._passkeys.ask(attempt.user)

        def take(attempt: Attempt, answer: Sent) -> Reply:
            check(read_nonempty(answer.get("CREDENTIAL"), "CREDENTIAL"))
            return self._proven(replace(attempt, is_by_passkey=True))

        parameters = {"CREDENTIAL_REQUEST_OPTIONS": options}
        return self._challenge("WEB_AUTHN", attempt, take, parameters)

    def _custom_auth(self, attempt: Attempt, sent: Sent) -> Reply:
        """Custom challenges, after a proof of the password if the client offers one."""
        if not attempt.user.custom_challenges:
            raise invalid("Custom auth lambda trigger is not configured for the user pool.")
        if sent.get("SRP_A") is None:
            return self._custom_challenge(attempt, 0)
        return self._password_verifier(attempt, sent)

    def _check_password(self, attempt: Attempt, sent: Sent) -> Reply:
        """The password itself."""
        password = read_nonempty(sent.get("PASSWORD"), "PASSWORD")
        with self._lockout.attempt(attempt.user.username):
            check_password(attempt.user.verifier, password)
        return self._proven(_naming_device(attempt, sent))

    def _password_verifier(self, attempt: Attempt, sent: Sent) -> Reply:
        server, challenge = self._open(attempt, attempt.user.verifier, sent)
        take = functools.partial(self._claim, server)
        return self._challenge("PASSWORD_VERIFIER", attempt, take, challenge)

    def _claim(self, server: SRPServer, attempt: Attempt, answer: Sent) -> Reply:
        with self._lockout.attempt(attempt.user.username):
            self._verify(server, answer)
        attempt = replace(_naming_device(attempt, answer), is_proven=True)
        return self._proven(attempt)

    # What follows the first factor.

    def _proven(self, attempt: Attempt) -> Reply:
        user = attempt.user
        check_password_counts(user)
        if attempt.device_key is not None:
            user.device_verifier(attempt.device_key)
        if not user.must_change_password:
            return self._second_factor(attempt)
        parameters = {
            "USER_ID_FOR_SRP": user.username,
            "requiredAttributes": json.dumps(
                [USER_ATTRIBUTES + name for name in user.missing_attributes]
            ),
            # It is there without attributes, too: amazon-cognito-identity-js, AWS's own client,
            # cannot do without. A reply of AWS that others kept has none (http4k, pull request
            # 1595), so what the service does then is not sure.
            "userAttributes": json.dumps(user.attributes),
        }
        return self._challenge("NEW_PASSWORD_REQUIRED", attempt, self._new_password, parameters)

    def _new_password(self, attempt: Attempt, answer: Sent) -> Reply:
        user = attempt.user
        password = read_nonempty(answer.get("NEW_PASSWORD"), "NEW_PASSWORD")
        attributes = {
            key.removeprefix(USER_ATTRIBUTES): answer[key]
            for key in answer
            if key.startswith(USER_ATTRIBUTES)
        }
        given = read_map(attributes, "userAttributes")
        missing = [name for name in user.missing_attributes if name not in given]
        if missing:
            # "and" is seen between two (pmill/aws-cognito, issue 25).
            raise invalid(f"Invalid attributes given, {' and '.join(missing)} is missing")
        user.check_new_attributes(given)
        user.attributes.update(given)
        self._directory.changed(user)
        user.verifier = Verifier.for_user(self._pool_id, user.username, password)
        self._hooks.password_set(user.username, password)
        user.must_change_password = False
        return self._second_factor(attempt)

    def _second_factor(self, attempt: Attempt) -> Reply:
        user = attempt.user
        factors = usable_factors(user, self._required_mfa)
        if attempt.flow == "CUSTOM_AUTH" and not factors:
            return self._custom_challenge(attempt, 0)
        if attempt.device_key is not None and user.device(attempt.device_key).is_remembered:
            take = functools.partial(self._device_srp_auth, attempt.device_key)
            return self._challenge("DEVICE_SRP_AUTH", attempt, take, {})
        if attempt.is_by_passkey or not (factors or self._required_mfa):
            return self._signed_in(attempt)
        if len(factors) > 1 and user.preferred_factor is None:
            offered = {"MFAS_CAN_CHOOSE": json.dumps(factors)}
            take = functools.partial(self._select_mfa_type, factors)
            return self._challenge("SELECT_MFA_TYPE", attempt, take, offered)
        if factors:
            return self._code(attempt, user.preferred_factor or factors[0], self._signed_in)
        offered = {
            "USER_ID_FOR_SRP": user.username,
            "MFAS_CAN_SETUP": json.dumps(self._required_mfa),
        }
        return self._challenge("MFA_SETUP", attempt, self._mfa_setup, offered)

    def _select_mfa_type(self, factors: Sequence[str], attempt: Attempt, answer: Sent) -> Reply:
        return self._code(attempt, _choice(factors, answer), self._signed_in)

    # A second factor that is set up during the sign-in.

    def _mfa_setup(self, attempt: Attempt, answer: Sent) -> Reply:
        """Set up codes by mail. An authenticator app is set up by other operations."""
        # Amplify for JavaScript sends EMAIL, and AWS's developer guide shows the key in lower case.
        email = read_optional_text(answer.get("EMAIL", answer.get("email")), "EMAIL")
        if email is None or "EMAIL_OTP" not in self._required_mfa or len(email) > MOST_OF_MAIL:
            # The words are not known.
            raise invalid("No second factor was set up with this session.")

        def signed_in(attempt: Attempt) -> Reply:
            # That the address counts as verified then is inferred.
            attempt.user.attributes |= {"email": email, "email_verified": "true"}
            attempt.user.add_factor("EMAIL_OTP")
            return self._signed_in(attempt)

        return self._code(attempt, "EMAIL_OTP", signed_in, email)

    def take_setup(self, session: str) -> Attempt:
        """Return the sign-in that waits under the Session of MFA_SETUP, which is then used."""
        step = self._sessions.take(session, self._sources.now())
        if step.challenge_name != "MFA_SETUP":
            raise not_authorized("Invalid session for the user.")
        return step.attempt

    def finish_setup(self, attempt: Attempt) -> str:
        """Let MFA_SETUP be answered, and return the Session for that."""
        session = self._sources.name(64)
        self._wait("MFA_SETUP", attempt, lambda attempt, _: self._signed_in(attempt), session)
        return session

    def _device_srp_auth(self, device_key: str, attempt: Attempt, answer: Sent) -> Reply:
        verifier = attempt.user.device_verifier(device_key)
        server, challenge = self._open(attempt, verifier, answer)
        take = functools.partial(self._device_claim, server)
        return self._challenge("DEVICE_PASSWORD_VERIFIER", attempt, take, challenge)

    def _device_claim(self, server: SRPServer, attempt: Attempt, answer: Sent) -> Reply:
        self._verify(server, answer)
        return self._signed_in(attempt)

    # Codes and custom challenges.

    def _code(
        self,
        attempt: Attempt,
        name: str,
        then: Callable[[Attempt], Reply],
        destination: str | None = None,
    ) -> Reply:
        """Ask for a code, which is sent unless an authenticator app shows it."""
        user = attempt.user
        parameters = {"USER_ID_FOR_SRP": user.username}
        if name == "SOFTWARE_TOKEN_MFA":
            check = functools.partial(self._codes.check_totp, user)
            if user.friendly_device_name is not None:
                parameters["FRIENDLY_DEVICE_NAME"] = user.friendly_device_name
        else:
            message = self._codes.send(user, name, destination)
            parameters["CODE_DELIVERY_DELIVERY_MEDIUM"] = message.medium
            parameters["CODE_DELIVERY_DESTINATION"] = masked(message.destination)
            check = functools.partial(check_sent, message)

        def take(attempt: Attempt, answer: Sent) -> Reply:
            typed = read_nonempty(answer.get(f"{name}_CODE"), f"{name}_CODE")
            with self._lockout.attempt(user.username):
                check(typed)
            return then(attempt)

        return self._challenge(name, attempt, take, parameters)

    def _custom_challenge(self, attempt: Attempt, number: int) -> Reply:
        """Ask the custom challenge of this number, and then those that follow it."""
        if number == len(attempt.user.custom_challenges):
            return self._signed_in(attempt)
        asked = attempt.user.custom_challenges[number]

        def take(attempt: Attempt, answer: Sent) -> Reply:
            given = utf8(read_nonempty(answer.get("ANSWER"), "ANSWER"), "ANSWER")
            if not hmac.compare_digest(given, utf8(asked.answer, "answer")):
                raise incorrect()
            return self._custom_challenge(attempt, number + 1)

        parameters = {"USERNAME": attempt.user.username, **asked.parameters}
        return self._challenge("CUSTOM_CHALLENGE", attempt, take, parameters)

    # The end.

    def _signed_in(self, attempt: Attempt) -> Reply:
        user, client_id, device_key = attempt.user, attempt.app.client_id, attempt.device_key
        self._lockout.signed_in(user.username)
        lifetimes = self._directory.lifetimes(attempt.app)
        more: dict[str, object] = {}
        if self._remember_devices and device_key is None:
            metadata = self._offer_device(attempt)
            device_key = metadata["DeviceKey"]
            more["NewDeviceMetadata"] = metadata
        sign_in = self._issuer.begin(user, lifetimes, device_key)
        result = self._issuer.tokens(user, client_id, lifetimes, sign_in) | more
        result["RefreshToken"] = self._issuer.refresh_token(user, client_id, sign_in)
        return {"AuthenticationResult": result, "ChallengeParameters": {}}

    def _offer_device(self, attempt: Attempt) -> dict[str, str]:
        region = self._pool_id.partition("_")[0]
        device_key = f"{region}_{self._sources.uuid()}"
        device = Device(f"-{self._sources.name(6)}", may_be_registered=attempt.may_register_device)
        attempt.user.offer_device(device_key, device)
        return {"DeviceKey": device_key, "DeviceGroupKey": device.group_key}

    # What several challenges share.

    def _open(
        self, attempt: Attempt, verifier: Verifier, sent: Sent
    ) -> tuple[SRPServer, dict[str, str]]:
        """Open an exchange with the SRP_A that was sent."""
        check_pattern(read_nonempty(sent.get("SRP_A"), "SRP_A"), "SRP_A")
        server = self._hooks.open_exchange(verifier, attempt)
        return server, server.challenge(sent)

    def _verify(self, server: SRPServer, answer: Sent) -> None:
        """Raise unless the claim is right."""
        try:
            server.verify(answer, now=self._sources.now())
        except MalformedParameter as error:
            if error.name != "TIMESTAMP":
                raise
            raise incorrect() from None
        except IllegalParameter as error:
            # Another user's name, another challenge's block, or a TIMESTAMP that is too old: the
            # cause is for whoever reads the traceback in a test. No reply has it.
            raise incorrect() from error

    def _challenge(
        self, name: str, attempt: Attempt, take: Take, parameters: Mapping[str, str]
    ) -> Reply:
        """Give out a challenge under a new Session."""
        session = self._sources.name(64)
        names = [session]
        if name.startswith("DEVICE_"):
            names.append(_without_session(attempt.app, attempt.user.username, attempt.device_key))
        self._wait(name, attempt, take, *names)
        return {"ChallengeName": name, "Session": session, "ChallengeParameters": dict(parameters)}

    def _wait(self, name: str, attempt: Attempt, take: Take, session: str, *more: str) -> None:
        """Remember a challenge until it is answered."""
        step = _Step(name, attempt, take, self._sources.now(), session)
        self._sessions.put(step, step.made, session, *more)


def _naming_device(attempt: Attempt, sent: Sent) -> Attempt:
    """Return the attempt with the device that a call names: the first call, or a later one."""
    device_key = read_optional_text(sent.get("DEVICE_KEY"), "DEVICE_KEY")
    if device_key is None:
        return attempt
    return replace(attempt, device_key=_short(device_key, "DEVICE_KEY"))


def _short(name: str, key: str) -> str:
    """Refuse a name that is too long, since it is kept until the sign-in ends."""
    if len(name) > MOST_LETTERS:
        raise invalid(f"{key} has more than {MOST_LETTERS} characters")
    return name


def _choice(choices: Sequence[str], answer: Sent) -> str:
    """Return the ANSWER to a challenge that lets the user choose."""
    choice = read_nonempty(answer.get("ANSWER"), "ANSWER")
    if choice not in choices:
        raise invalid(f"ANSWER must be one of {', '.join(choices)}")
    return choice


def _without_session(app: AppClient, username: str, device_key: str | None) -> str:
    """Return the other name that a device's step waits under. No Session has a line break."""
    return f"{app.client_id}\n{username}\n{device_key}"
