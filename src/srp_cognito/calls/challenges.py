"""The answers to challenges: one builder for each, which takes the bare answer.

Every answer carries USERNAME, SECRET_HASH, DEVICE_KEY, the Session and the context, because one
function adds them.

Source: AWS's service model, RespondToAuthChallenge's ChallengeResponses; where it is silent, AWS's
own clients. The documentation also speaks of EMAIL_MFA with EMAIL_MFA_CODE; the model's list of
names has no such challenge, and AWS's clients use EMAIL_OTP with EMAIL_OTP_CODE.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, get_args, overload

from ..exceptions import InputError
from ..given import (
    expect,
    given_choice,
    identifier,
    nonempty,
    typed_code,
    typed_text,
    typed_texts,
    typed_utf8,
    utf8,
)
from ..proof.app_client import AppClient
from ..proof.client import Claim
from ..wire import is_nested_deeply, json_object
from .arguments import ChallengeName, RespondToAuthChallengeArguments
from .call import Call
from .context import Context, add_context

__all__ = ["CODES", "USER_ATTRIBUTES", "Answers", "FirstFactor", "MFAType", "RespondCall"]

MFAType: TypeAlias = Literal["SMS_MFA", "EMAIL_OTP", "EMAIL_MFA", "SOFTWARE_TOKEN_MFA"]
"""The choices that SELECT_MFA_TYPE may offer. AWS's clients choose EMAIL_OTP where AWS's
documentation has EMAIL_MFA; MFAS_CAN_CHOOSE says which of the two a pool means."""

FirstFactor: TypeAlias = Literal["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]
"""The choices that SELECT_CHALLENGE may offer and PREFERRED_CHALLENGE may name."""

RespondCall: TypeAlias = Call[RespondToAuthChallengeArguments]

USER_ATTRIBUTES: Final = "userAttributes."
"""The prefix of an attribute's name, in NEW_PASSWORD_REQUIRED and its answer."""

_OF_EVERY_ANSWER: Final = frozenset({"ANSWER", "USERNAME", "SECRET_HASH", "DEVICE_KEY"})

_NOT_JSON: Final = "must be a JSON object: pass WebAuthn's AuthenticationResponseJSON"


@dataclass(frozen=True)
class Answers:
    """Builds the answers to a user's challenges: one method for each.

    Args:
        app: the app client that signs in.
        username: the user's name inside the pool: the last USERNAME that ChallengeParameters
            gave, not what the person typed.
        session: the Session of the reply that is answered, if it has one.
        device_key: the DeviceKey of the user's remembered device, if there is one. Every answer
            carries it.
        context: the metadata to send with the answers, if any.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: a text is empty, or holds a lone surrogate.
        InputError: so is or does what a person typed: a password, a code, a choice, an attribute.

    >>> app = AppClient("1example23456789", "sekrit-client-secret")
    >>> call = Answers(app, "+15551234567", session="the reply's Session").sms_mfa("012345")
    >>> call.arguments["ChallengeResponses"]["SMS_MFA_CODE"]
    '012345'
    >>> call.arguments["ChallengeResponses"]["SECRET_HASH"]
    '5nAkRgUw5Vx7SIUEmv6HrgEXPK/SwtnH5F8rxZL+71w='
    """

    app: AppClient
    username: str
    session: str | None = field(default=None, repr=False, kw_only=True)
    device_key: str | None = field(default=None, kw_only=True)
    context: Context | None = field(default=None, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        expect(self.app, AppClient, "app")
        nonempty(self.username, "username")
        if self.session is not None:
            utf8(self.session, "session")  # It goes back as it came, even if it is empty.
        if self.device_key is not None:
            identifier(self.device_key, "device_key")
        if self.context is not None:
            expect(self.context, Context, "context")

    # The password, proven.

    def password_verifier(self, claim: Claim) -> RespondCall:
        """Answer PASSWORD_VERIFIER with the user's claim; `SRPClient.claim` makes it."""
        return self._answer("PASSWORD_VERIFIER", _claim(claim))

    def device_srp_auth(self, srp_a: str) -> RespondCall:
        """Answer DEVICE_SRP_AUTH with SRP_A of the device's own exchange.

        Raises:
            ValueError: there is no `device_key`.
        """
        return self._answer("DEVICE_SRP_AUTH", self._of_device({"SRP_A": nonempty(srp_a, "srp_a")}))

    def device_password_verifier(self, claim: Claim) -> RespondCall:
        """Answer DEVICE_PASSWORD_VERIFIER with the device's claim.

        Raises:
            ValueError: there is no `device_key`.
        """
        return self._answer("DEVICE_PASSWORD_VERIFIER", self._of_device(_claim(claim)))

    def password_srp(self, srp_a: str) -> RespondCall:
        """Answer PASSWORD_SRP with SRP_A; PASSWORD_VERIFIER follows."""
        return self._answer("PASSWORD_SRP", {"SRP_A": nonempty(srp_a, "srp_a")})

    def password(self, password: str) -> RespondCall:
        """Answer PASSWORD with the password itself, which the service then sees."""
        return self._answer("PASSWORD", {"PASSWORD": typed_text(password, "password")})

    # Codes, as text: a number would lose its leading zeros.

    def sms_mfa(self, code: str) -> RespondCall:
        """Answer SMS_MFA with the code from the text message."""
        return self._answer("SMS_MFA", {"SMS_MFA_CODE": typed_code(code)})

    def email_otp(self, code: str) -> RespondCall:
        """Answer EMAIL_OTP with the code from the mail."""
        return self._answer("EMAIL_OTP", {"EMAIL_OTP_CODE": typed_code(code)})

    def sms_otp(self, code: str) -> RespondCall:
        """Answer SMS_OTP with the code from the text message."""
        return self._answer("SMS_OTP", {"SMS_OTP_CODE": typed_code(code)})

    def software_token_mfa(self, code: str) -> RespondCall:
        """Answer SOFTWARE_TOKEN_MFA with the code from the authenticator app."""
        return self._answer("SOFTWARE_TOKEN_MFA", {"SOFTWARE_TOKEN_MFA_CODE": typed_code(code)})

    # Choices.

    @overload
    def select_mfa_type(self, choice: MFAType) -> RespondCall: ...

    @overload
    def select_mfa_type(self, choice: str, *, others: Mapping[str, str]) -> RespondCall: ...

    def select_mfa_type(
        self, choice: MFAType | str, *, others: Mapping[str, str] | None = None
    ) -> RespondCall:
        """Answer SELECT_MFA_TYPE with one of MFAS_CAN_CHOOSE.

        Args:
            choice: the choice.
            others: for a choice that is newer than this library: what ChallengeResponses needs in
                addition, perhaps nothing.

        Raises:
            ValueError: `choice` is not one of AWS's and `others` is missing, or the other way
                round.
        """
        return self._answer("SELECT_MFA_TYPE", _chosen(choice, get_args(MFAType), others))

    @overload
    def select_challenge(self, choice: Literal["PASSWORD_SRP"], *, srp_a: str) -> RespondCall: ...

    @overload
    def select_challenge(self, choice: Literal["PASSWORD"], *, password: str) -> RespondCall: ...

    @overload
    def select_challenge(
        self,
        choice: Literal["WEB_AUTHN"],
        *,
        credential: str | Mapping[str, object] | None = None,
    ) -> RespondCall: ...

    @overload
    def select_challenge(self, choice: Literal["EMAIL_OTP", "SMS_OTP"]) -> RespondCall: ...

    @overload
    def select_challenge(self, choice: str, *, others: Mapping[str, str]) -> RespondCall: ...

    def select_challenge(
        self,
        choice: FirstFactor | str,
        *,
        srp_a: str | None = None,
        password: str | None = None,
        credential: str | Mapping[str, object] | None = None,
        others: Mapping[str, str] | None = None,
    ) -> RespondCall:
        """Answer SELECT_CHALLENGE with one of AvailableChallenges, and what that choice needs.

        Args:
            choice: the choice.
            srp_a: for PASSWORD_SRP, SRP_A.
            password: for PASSWORD, the password itself.
            credential: for WEB_AUTHN, as in `web_authn`; without it the challenge WEB_AUTHN
                follows, which says what the authenticator must sign.
            others: for a choice that is newer than this library, as in `select_mfa_type`.

        Raises:
            ValueError: `choice` is not one of AWS's and `others` is missing, its value is missing,
                or a value is given that belongs to another choice.
        """
        responses = _chosen(choice, get_args(FirstFactor), others)
        for name, value, its_choice in (
            ("srp_a", srp_a, "PASSWORD_SRP"),
            ("password", password, "PASSWORD"),
            ("credential", credential, "WEB_AUTHN"),
        ):
            if value is not None and choice != its_choice:
                raise ValueError(f"{name} goes with {its_choice}, not with {choice}")
            if value is None and choice == its_choice != "WEB_AUTHN":
                raise ValueError(f"{choice} needs {name}")
        if srp_a is not None:
            responses["SRP_A"] = nonempty(srp_a, "srp_a")
        if password is not None:
            responses["PASSWORD"] = typed_text(password, "password")
        if credential is not None:
            responses["CREDENTIAL"] = _credential(credential)
        return self._answer("SELECT_CHALLENGE", responses)

    # Everything else.

    def mfa_setup(self, *, email: str | None = None) -> RespondCall:
        """Answer MFA_SETUP, once the factor is set up.

        For a software token the `session` is the one that VerifySoftwareToken returned, and there
        is nothing else to give.

        Args:
            email: to set up codes by mail, the address. It is sent under the key EMAIL, as AWS's
                Amplify for JavaScript does. The service's own model has only the software token
                here, and AWS's developer guide shows the key in lower case.
        """
        return self._answer(
            "MFA_SETUP", {} if email is None else {"EMAIL": typed_text(email, "email")}
        )

    def new_password_required(
        self, new_password: str, attributes: Mapping[str, str] | None = None
    ) -> RespondCall:
        """Answer NEW_PASSWORD_REQUIRED.

        Args:
            new_password: the new password, used as it is.
            attributes: values for the attributes that the challenge requires, by their bare
                names, such as ``email`` or ``custom:team``.

        Raises:
            ValueError: a name has the prefix ``userAttributes.``, which is added here.
            InputError: the password is empty, or a text holds a lone surrogate.
        """
        responses = {"NEW_PASSWORD": typed_text(new_password, "new_password")}
        for name, value in typed_texts(
            {} if attributes is None else attributes, "attributes"
        ).items():
            if name.startswith(USER_ATTRIBUTES):
                raise ValueError(
                    f"attributes are named without {USER_ATTRIBUTES!r}, which is added here"
                )
            responses[USER_ATTRIBUTES + name] = value
        return self._answer("NEW_PASSWORD_REQUIRED", responses)

    def custom_challenge(self, answer: str) -> RespondCall:
        """Answer CUSTOM_CHALLENGE with what the pool's Lambda trigger expects."""
        typed_utf8(answer, "answer")
        return self._answer("CUSTOM_CHALLENGE", {"ANSWER": answer})

    def web_authn(self, credential: str | Mapping[str, object]) -> RespondCall:
        """Answer WEB_AUTHN with the credential that the authenticator made.

        Args:
            credential: the AuthenticationResponseJSON of WebAuthn, as JSON text or as an object.

        Raises:
            InputError: `credential` is not a JSON object, or nested too deeply to be one of
                WebAuthn's.
        """
        return self._answer("WEB_AUTHN", {"CREDENTIAL": _credential(credential)})

    def _of_device(self, responses: dict[str, str]) -> dict[str, str]:
        if self.device_key is None:
            raise ValueError("a device's challenge is answered with its device_key")
        return responses

    def _answer(self, name: ChallengeName, responses: Mapping[str, str]) -> RespondCall:
        """Return the call for an answer, with everything that every answer carries."""
        carried = {"USERNAME": self.username, **responses}
        if self.device_key is not None:
            carried["DEVICE_KEY"] = self.device_key
        arguments: RespondToAuthChallengeArguments = {
            "ClientId": self.app.client_id,
            "ChallengeName": name,
            "ChallengeResponses": self.app.with_secret_hash(carried),
        }
        if self.session is not None:
            arguments["Session"] = self.session
        add_context(self.context, arguments)
        return Call("RespondToAuthChallenge", arguments)


CODES: Final[Mapping[str, Callable[[Answers, str], RespondCall]]] = {
    "SMS_MFA": Answers.sms_mfa,
    "EMAIL_OTP": Answers.email_otp,
    "SMS_OTP": Answers.sms_otp,
    "SOFTWARE_TOKEN_MFA": Answers.software_token_mfa,
}
"""The challenges that are answered with a code, and their builders."""


def _chosen(
    choice: str, known: tuple[str, ...], others: Mapping[str, str] | None
) -> dict[str, str]:
    """Return a choice as ChallengeResponses; one that is not known goes with what it needs."""
    if others is None:
        given_choice(typed_text(choice, "choice"), known, "choice")
        return {"ANSWER": choice}
    if choice in known:
        raise ValueError(f"others goes with a choice that is new, not with {choice}")
    responses = typed_texts(others, "others")
    if _OF_EVERY_ANSWER & responses.keys():
        raise ValueError("others must not have what every answer has, such as USERNAME")
    return {"ANSWER": typed_text(choice, "choice"), **responses}


def _claim(claim: Claim) -> dict[str, str]:
    expect(claim, Claim, "claim")
    return {
        "PASSWORD_CLAIM_SECRET_BLOCK": claim.secret_block,
        "PASSWORD_CLAIM_SIGNATURE": claim.signature,
        "TIMESTAMP": claim.timestamp,
    }


def _credential(credential: str | Mapping[str, object]) -> str:
    if isinstance(credential, str):
        typed_utf8(credential, "credential")
        if json_object(credential) is None:
            raise InputError("credential", _NOT_JSON)
        return credential
    if not isinstance(credential, Mapping):
        raise TypeError(f"credential must be a JSON object, not {type(credential).__name__}")
    if is_nested_deeply(credential):
        raise InputError("credential", _NOT_JSON)
    try:
        return json.dumps(dict(credential), allow_nan=False)
    except ValueError:
        raise InputError("credential", _NOT_JSON) from None
