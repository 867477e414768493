"""What a sign-in asks of a person: one class for each kind of question.

A question says what is asked, and its `answer` takes the bare answer and returns the call to make.
It can be answered again until the service has accepted an answer, and not after that.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, cast, get_args

from ..calls.call import AnyCall
from ..calls.challenges import CODES, USER_ATTRIBUTES, Answers, FirstFactor, MFAType
from ..calls.operations import associate_software_token, verify_software_token
from ..calls.replies import Challenge, shown_name
from ..exceptions import InputError, UnsupportedChallenge, printable
from ..given import expect, typed_text
from ..proof.client import Prover
from ..wire import read_json_array, read_json_object, read_map, read_optional_text

__all__ = [
    "Code",
    "CustomChallenge",
    "MFASetup",
    "NewPassword",
    "Password",
    "Question",
    "SelectChallenge",
    "SelectMFAType",
    "SoftwareTokenSetup",
    "Turn",
    "WebAuthn",
    "read_question",
]


class Turn(Protocol):
    """What a question may do to its sign-in while it is asked.

    Every method but `exchange` raises StateError once the sign-in is past the question.
    """

    def answers(self) -> Answers:
        """The builders of the answers to the reply that asked."""

    def session(self) -> str | None:
        """The Session of the reply that asked."""

    def password(self) -> str | None:
        """The password that the sign-in knows, if it knows one."""

    def exchange(self, password: str) -> Prover:
        """A new proof of this password."""

    def send(
        self, call: AnyCall, *, exchange: Prover | None = None, password: str | None = None
    ) -> AnyCall:
        """Note the call as sent, with the exchange that it opens and a password that it uses."""


@dataclass(frozen=True)
class Question(ABC):
    """What all questions have in common.

    Args:
        challenge_name: the challenge that asks, such as ``SMS_MFA``.
    """

    challenge_name: str
    _turn: Turn = field(repr=False, compare=False, kw_only=True)

    @property
    @abstractmethod
    def prompt(self) -> str:
        """The question as an English sentence, to show to a person."""

    @abstractmethod
    def answer(self, answer: str, /) -> AnyCall:
        """Return the call that carries the answer.

        Raises:
            StateError: the sign-in is past this question.
            InputError: the answer does not fit the question.
            TypeError: it has the wrong type.
        """


@dataclass(frozen=True)
class Code(Question):
    """SMS_MFA, EMAIL_OTP, SMS_OTP or SOFTWARE_TOKEN_MFA: a code that the person has or gets.

    Args:
        medium: CODE_DELIVERY_DELIVERY_MEDIUM, such as ``SMS``, if the code was sent.
        destination: CODE_DELIVERY_DESTINATION, such as ``+*******1234``, if the code was sent.
        friendly_device_name: FRIENDLY_DEVICE_NAME, for SOFTWARE_TOKEN_MFA.
    """

    medium: str | None = None
    destination: str | None = None
    friendly_device_name: str | None = None

    @property
    def prompt(self) -> str:
        if self.challenge_name == "SOFTWARE_TOKEN_MFA":
            source, named = "your authenticator app", self.friendly_device_name
        else:
            source = "the mail to" if self.challenge_name == "EMAIL_OTP" else "the text message to"
            named = self.destination
        if not named:
            return f"Code from {source.removesuffix(' to')}:"
        return f"Code from {source} {printable(named)}:"

    def answer(self, code: str, /) -> AnyCall:
        build = CODES[self.challenge_name]
        return self._turn.send(build(self._turn.answers(), code))


@dataclass(frozen=True)
class SelectMFAType(Question):
    """SELECT_MFA_TYPE: which second factor to use.

    Args:
        choices: MFAS_CAN_CHOOSE.
    """

    choices: tuple[str, ...]

    @property
    def prompt(self) -> str:
        return f"Second factor ({_listed(self.choices)}):"

    def answer(
        self, choice: MFAType | str, /, *, others: Mapping[str, str] | None = None
    ) -> AnyCall:
        """Return the call that makes the choice.

        Args:
            choice: the choice, perhaps one that is newer than this library.
            others: for such a one, what ChallengeResponses needs in addition.

        Raises:
            StateError: the sign-in is past this question.
            InputError: the answer does not fit the question.
            TypeError: it has the wrong type.
            ValueError: `others` is given for a choice that is known.
        """
        answers = self._turn.answers()
        _check_offered(choice, self.choices)
        _check_others(choice, get_args(MFAType), others)
        if choice in get_args(MFAType):
            return self._turn.send(answers.select_mfa_type(cast("MFAType", choice)))
        return self._turn.send(answers.select_mfa_type(choice, others=others or {}))


@dataclass(frozen=True)
class MFASetup(Question):
    """MFA_SETUP: which second factor to set up, since the user has none yet.

    It is not asked where only SOFTWARE_TOKEN_MFA is possible; `SoftwareTokenSetup` is then asked.

    Args:
        choices: MFAS_CAN_SETUP.
    """

    choices: tuple[str, ...]

    @property
    def possible(self) -> tuple[str, ...]:
        """The choices that can be set up during a sign-in."""
        return tuple(each for each in self.choices if each in ("SOFTWARE_TOKEN_MFA", "EMAIL_OTP"))

    @property
    def prompt(self) -> str:
        return f"Second factor to set up ({_listed(self.possible)}):"

    def answer(self, choice: MFAType | str, /, *, email: str | None = None) -> AnyCall:
        """Return the call that sets up this factor.

        Args:
            choice: the factor. SMS_MFA cannot be set up here: set the user's phone number, and
                begin the sign-in again.
            email: for EMAIL_OTP, the address.

        Raises:
            StateError: the sign-in is past this question.
            InputError: the answer does not fit the question.
            TypeError: it has the wrong type.
        """
        session = self._turn.session()
        _check_offered(choice, self.choices)
        if (choice == "EMAIL_OTP") is (email is None):
            raise InputError("email", "goes with EMAIL_OTP, and EMAIL_OTP needs it")
        if choice == "EMAIL_OTP":
            return self._turn.send(self._turn.answers().mfa_setup(email=email))
        if choice != "SOFTWARE_TOKEN_MFA":
            raise InputError(
                "choice",
                "must be SOFTWARE_TOKEN_MFA or EMAIL_OTP, which can be set up while signing in; for"
                " SMS_MFA set the user's phone number and begin the sign-in again",
            )
        return self._turn.send(associate_software_token(session=session))


@dataclass(frozen=True)
class SoftwareTokenSetup(Question):
    """MFA_SETUP, once there is a secret: the first code of the person's authenticator app.

    Args:
        secret_code: SecretCode, in base32: the secret that the person puts into the app.
    """

    secret_code: str = field(repr=False)

    @property
    def prompt(self) -> str:
        return f"Put {printable(self.secret_code)} into your authenticator app. Code that it shows:"

    def answer(self, code: str, /, *, friendly_device_name: str | None = None) -> AnyCall:
        """Return the call that shows the code to the service.

        Args:
            code: the code.
            friendly_device_name: a name for the authenticator app, for people to read.

        Raises:
            StateError: the sign-in is past this question.
            InputError: the answer does not fit the question.
            TypeError: it has the wrong type.
        """
        call = verify_software_token(
            code, session=self._turn.session(), friendly_device_name=friendly_device_name
        )
        return self._turn.send(call)


@dataclass(frozen=True)
class NewPassword(Question):
    """NEW_PASSWORD_REQUIRED: a password to replace the temporary one.

    Args:
        required_attributes: requiredAttributes, without their prefix: those that need a value.
        user_attributes: userAttributes: what the pool knows about the user.
    """

    required_attributes: tuple[str, ...]
    user_attributes: Mapping[str, str] = field(repr=False)

    @property
    def prompt(self) -> str:
        if not self.required_attributes:
            return "New password:"
        return f"New password, with values for {_listed(self.required_attributes)}:"

    def answer(self, new_password: str, /, attributes: Mapping[str, str] | None = None) -> AnyCall:
        """Return the call that sets the new password.

        Args:
            new_password: the new password, used as it is.
            attributes: values for `required_attributes`, and for others that the app client may
                write. A required one must not be empty, as a field of a form is that nobody filled
                in: people report that the service takes that for a value at SignUp (amplify-js,
                issue 7745), and then it is never asked for again.

        Raises:
            StateError: the sign-in is past this question.
            InputError: the answer does not fit the question, or a required attribute is missing or
                empty.
            TypeError: it has the wrong type.
            ValueError: a name has the prefix ``userAttributes.``, which is added here.
        """
        answers = self._turn.answers()
        call = answers.new_password_required(new_password, attributes)
        missing = [name for name in self.required_attributes if not (attributes or {}).get(name)]
        if missing:
            raise InputError("attributes", f"must have values for {_listed(missing)}")
        return self._turn.send(call, password=new_password)


@dataclass(frozen=True)
class CustomChallenge(Question):
    """CUSTOM_CHALLENGE: whatever the pool's Lambda trigger asks.

    Args:
        parameters: the ChallengeParameters, which are the trigger's public parameters.
    """

    parameters: Mapping[str, str] = field(repr=False)

    @property
    def prompt(self) -> str:
        return "Answer:"

    def answer(self, answer: str, /) -> AnyCall:
        return self._turn.send(self._turn.answers().custom_challenge(answer))


@dataclass(frozen=True)
class SelectChallenge(Question):
    """SELECT_CHALLENGE: how to sign in.

    Args:
        choices: AvailableChallenges.
    """

    choices: tuple[str, ...]

    @property
    def prompt(self) -> str:
        seen = "PASSWORD, which the service will see"
        ways = [seen if each == "PASSWORD" else each for each in self.choices]
        return f"Way to sign in ({_listed(ways)}):"

    def answer(
        self,
        choice: FirstFactor | str,
        /,
        *,
        password: str | None = None,
        others: Mapping[str, str] | None = None,
    ) -> AnyCall:
        """Return the call that makes the choice.

        Args:
            choice: the choice. With PASSWORD the service sees the password, with PASSWORD_SRP it
                does not.
            password: for these two, the password, if the sign-in was begun without it.
            others: for a choice that is newer than this library, what ChallengeResponses needs in
                addition.

        Raises:
            StateError: the sign-in is past this question.
            InputError: the answer does not fit the question.
            TypeError: it has the wrong type.
            ValueError: `others` is given for a choice that is known.
        """
        answers = self._turn.answers()
        _check_offered(choice, self.choices)
        _check_others(choice, get_args(FirstFactor), others)
        if choice not in ("PASSWORD_SRP", "PASSWORD"):
            if password is not None:
                raise InputError("password", "goes with PASSWORD and PASSWORD_SRP")
            if choice in get_args(FirstFactor):
                known = cast("Literal['SMS_OTP']", choice)
                return self._turn.send(answers.select_challenge(known))
            return self._turn.send(answers.select_challenge(choice, others=others or {}))
        if password is None:
            password = self._turn.password()
            if password is None:
                raise InputError("password", "is needed: the sign-in was begun without one")
        typed_text(password, "password")
        if choice == "PASSWORD":
            call = answers.select_challenge("PASSWORD", password=password)
            return self._turn.send(call, password=password)
        exchange = self._turn.exchange(password)
        call = answers.select_challenge("PASSWORD_SRP", srp_a=exchange.srp_a)
        return self._turn.send(call, exchange=exchange, password=password)


@dataclass(frozen=True)
class Password(Question):
    """PASSWORD or PASSWORD_SRP: the password.

    PASSWORD is asked even if the sign-in knows the password: the service would see it, and only the
    caller can allow that.
    """

    @property
    def prompt(self) -> str:
        if self.challenge_name == "PASSWORD":
            return "Password (which the service will see):"
        return "Password:"

    def answer(self, password: str, /) -> AnyCall:
        answers = self._turn.answers()
        typed_text(password, "password")
        if self.challenge_name == "PASSWORD":
            return self._turn.send(answers.password(password), password=password)
        exchange = self._turn.exchange(password)
        call = answers.password_srp(exchange.srp_a)
        return self._turn.send(call, exchange=exchange, password=password)


@dataclass(frozen=True)
class WebAuthn(Question):
    """WEB_AUTHN: a passkey's signature.

    Args:
        options: CREDENTIAL_REQUEST_OPTIONS: what ``navigator.credentials.get`` takes as
            ``publicKey``, in its JSON form.
    """

    options: Mapping[str, object] = field(repr=False)

    @property
    def prompt(self) -> str:
        return "Credential (AuthenticationResponseJSON):"

    def answer(self, credential: str | Mapping[str, object], /) -> AnyCall:
        return self._turn.send(self._turn.answers().web_authn(credential))


def read_question(challenge: Challenge, turn: Turn) -> Question:  # noqa: PLR0911, one for each.
    """Return the question that a challenge asks of a person.

    Args:
        challenge: the challenge.
        turn: what the question may do to its sign-in.

    Raises:
        MalformedParameter: a parameter is missing, or has the wrong type.
        UnsupportedChallenge: no answer to this challenge is known.
    """
    name, parameters = challenge.name, challenge.parameters or {}
    if name in CODES:
        keys = (
            "CODE_DELIVERY_DELIVERY_MEDIUM",
            "CODE_DELIVERY_DESTINATION",
            "FRIENDLY_DEVICE_NAME",
        )
        known = (read_optional_text(parameters.get(key), key) for key in keys)
        return Code(name, *known, _turn=turn)
    if name in ("PASSWORD", "PASSWORD_SRP"):
        return Password(name, _turn=turn)
    if name == "SELECT_MFA_TYPE":
        # AWS's clients read the first key; its developer guide has the second.
        offered = parameters.get("MFAS_CAN_CHOOSE", parameters.get("MFAS_CAN_SELECT"))
        choices = read_json_array(offered, "MFAS_CAN_CHOOSE")
        _check_not_empty(challenge, choices)
        return SelectMFAType(name, choices, _turn=turn)
    if name == "MFA_SETUP":
        # AWS's JavaScript client sets up an authenticator app without reading the offer.
        offered = parameters.get("MFAS_CAN_SETUP", '["SOFTWARE_TOKEN_MFA"]')
        return MFASetup(name, read_json_array(offered, "MFAS_CAN_SETUP"), _turn=turn)
    if name == "SELECT_CHALLENGE":
        choices = challenge.read_available_challenges()
        _check_not_empty(challenge, choices)
        return SelectChallenge(name, choices, _turn=turn)
    if name == "NEW_PASSWORD_REQUIRED":
        required = read_json_array(parameters.get("requiredAttributes", "[]"), "requiredAttributes")
        attributes = read_json_object(parameters.get("userAttributes", "{}"), "userAttributes")
        return NewPassword(
            name,
            tuple(each.removeprefix(USER_ATTRIBUTES) for each in required),
            read_map(attributes, "userAttributes"),
            _turn=turn,
        )
    if name == "CUSTOM_CHALLENGE":
        return CustomChallenge(name, read_map(parameters, "ChallengeParameters"), _turn=turn)
    if name == "WEB_AUTHN":
        key = "CREDENTIAL_REQUEST_OPTIONS"
        return WebAuthn(name, read_json_object(parameters.get(key), key), _turn=turn)
    if name == "ADMIN_NO_SRP_AUTH":
        problem = (
            "asks for ADMIN_NO_SRP_AUTH, which RespondToAuthChallenge cannot answer: it is a flow"
            " that no sign-in begins with here"
        )
    else:
        problem = f"asks for {shown_name(name)}, and no answer to that is known"
    raise UnsupportedChallenge(name, problem, challenge.reply)


def _check_not_empty(challenge: Challenge, choices: tuple[str, ...]) -> None:
    """Raise if there is nothing to choose. A choice that is new is for the caller to know."""
    if not choices:
        problem = f"asks for {challenge.name} and offers nothing"
        raise UnsupportedChallenge(challenge.name, problem, challenge.reply)


def _check_offered(choice: str, choices: tuple[str, ...]) -> None:
    """Raise InputError unless the answer is one of the choices; TypeError if it is not a str."""
    if expect(choice, str, "choice") not in choices:
        raise InputError("choice", f"must be one of {_listed(choices)}")


def _check_others(choice: str, known: tuple[str, ...], others: object) -> None:
    """Raise ValueError if more than the choice is given for one that is known."""
    if others is not None and choice in known:
        raise ValueError(f"others goes with a choice that is new, not with {choice}")


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(printable(name) for name in names)
