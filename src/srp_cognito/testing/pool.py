"""The user pool, as a test sees it: how users get in, and where all calls come in."""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from ..calls.call import AnyCall
from ..exceptions import MalformedParameter, PeerError, SignatureMismatch, printable
from ..given import expect, given_bool, given_choice, given_texts, nonempty
from ..proof.app_client import AppClient
from ..proof.identity import pool_name
from ..proof.server import Verifier
from .account import Account
from .challenges import Challenges
from .codes import Codes
from .directory import Directory
from .hooks import Hooks
from .issuer import Issuer, SigningKeys
from .lockout import Lockout
from .metadata import MOST_KEPT, SentMetadata, read_metadata
from .mfa_setup import NEEDS, SETTINGS, MFASetup
from .newest import Newest
from .passkeys import Passkeys
from .refused import CLIENT_ID, Refused, incorrect, invalid, read_member
from .sign_ins import SignIns
from .sources import Sources
from .totp import check_secret
from .users import CustomChallenge, Factor, Lifetimes, Message, User

if TYPE_CHECKING:
    from .relying_party import RelyingParty

__all__ = ["RememberDevices", "UserPool", "UserVerification"]

RememberDevices: TypeAlias = Literal["never", "always", "opt-in"]
"""Whether the pool tracks devices, and whether it remembers them by itself or asks the user."""

UserVerification: TypeAlias = Literal["preferred", "required"]
"""Whether a passkey's device must verify its user, by the values of AWS's service model."""

MOST_SENT: Final = 1000
"""How many of the newest codes `UserPool.sent` keeps."""

MOST_SECONDS: Final = 10 * 366 * 86400
"""The longest life of AWS's refresh tokens: ten years."""

MOST_GRACE: Final = 60
"""The longest grace period of AWS's RefreshTokenRotationType, in seconds."""


class UserPool:
    """A user pool in memory.

    Args:
        pool_id: its id, such as ``eu-west-1_Example``.
        remember_devices: with ``always``, each sign-in without a device is offered one to register
            (NewDeviceMetadata), and a registered device replaces the second factor. With
            ``opt-in`` it does so only once UpdateDeviceStatus has made it remembered.
        deliver: a function that is called with each code that is sent by SMS or mail; `sent` has
            the codes, too.
        now: a function that returns the present moment, an aware datetime.
        token_bytes: a function that returns a given number of random bytes, from which sessions,
            identifiers, codes and refresh tokens are computed.
        signing_keys: the keys to sign tokens with. The default is new ones, which take a while;
            the fixture `cognito_signing_keys` makes them once for all tests.
        explain: a function that is called with some lines of text for each claim and SECRET_HASH
            that is refused: which mistake was made. A pool that explains KEEPS PASSWORDS.
        lockout: whether wrong passwords lock a user out for a while, as at AWS: the fifth in a row
            for a second, and each further one for twice as long. A pool that explains locks
            nobody out, since it refuses claims on purpose.
        required_mfa: if given, MFA is required, by one of these second factors. A user who has
            none must set one up (MFA_SETUP), and has SMS_MFA or EMAIL_OTP by having a phone number
            or a mail address. SMS_MFA cannot be set up during a sign-in.
        case_sensitive: whether "Alice" and "alice" are two users. The default is that of AWS's
            CreateUserPool; a pool that is made in AWS's console does not distinguish them.
        relying_party: if given, users can have passkeys, and this is the domain that the passkeys
            are for, such as ``localhost``. It needs `fido2`, which the extra ``passkeys`` installs.
        user_verification: whether the device that makes or uses a passkey must verify its user.
        passkeys_as_mfa: whether users with a second factor can sign in with a passkey, which then
            counts as both; the device must verify its user. It is AWS's FactorConfiguration
            MULTI_FACTOR_WITH_USER_VERIFICATION, with passkey MFA activated for every user.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: `pool_id` is not a user pool id, `relying_party` is not a domain,
            `remember_devices` or `user_verification` is not one of its values, or both signing
            keys are the same.
        ModuleNotFoundError: `relying_party` is given, and `fido2` is not installed.
    """

    def __init__(  # noqa: PLR0913, since all but the first are keyword-only.
        self,
        pool_id: str = "eu-west-1_Example",
        *,
        remember_devices: RememberDevices = "never",
        deliver: Callable[[Message], object] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        token_bytes: Callable[[int], bytes] = secrets.token_bytes,
        signing_keys: SigningKeys | None = None,
        explain: Callable[[str], object] | None = None,
        lockout: bool = True,
        required_mfa: Sequence[Factor] = (),
        case_sensitive: bool = True,
        relying_party: str | None = None,
        user_verification: UserVerification = "preferred",
        passkeys_as_mfa: bool = False,
    ) -> None:
        pool_name(pool_id)
        given_choice(user_verification, get_args(UserVerification), "user_verification")
        given_bool(passkeys_as_mfa, "passkeys_as_mfa")
        given_choice(remember_devices, get_args(RememberDevices), "remember_devices")
        given_bool(lockout, "lockout")
        given_bool(case_sensitive, "case_sensitive")
        for factor in required_mfa:
            given_choice(factor, tuple(SETTINGS.values()), "required_mfa")
        self.pool_id = pool_id
        self.sent: Newest[Message] = Newest(maxlen=MOST_SENT)
        """The newest codes that were sent."""
        self.client_metadata: Newest[SentMetadata] = Newest(maxlen=MOST_KEPT)
        """The ClientMetadata of the newest calls that had some, refused ones included."""
        self._deliver_to = deliver
        self._sources = Sources(now, token_bytes)
        self._issuer = Issuer(pool_id, self._sources, signing_keys)
        self._directory = Directory(pool_id, self._sources, case_sensitive=case_sensitive)
        self._hooks = Hooks() if explain is None else _explainer(pool_id, self._directory, explain)
        self._account = Account(
            sources=self._sources,
            issuer=self._issuer,
            directory=self._directory,
            asks_user=remember_devices == "opt-in",
        )
        self._passkeys = Passkeys(
            sources=self._sources,
            signed_in=self._account.signed_in,
            relying_party=None
            if relying_party is None
            else _relying_party(
                relying_party, "required" if passkeys_as_mfa else user_verification
            ),
            as_mfa=passkeys_as_mfa,
        )
        self._challenges = Challenges(
            pool_id=pool_id,
            sources=self._sources,
            issuer=self._issuer,
            directory=self._directory,
            codes=Codes(self._sources, self._deliver),
            hooks=self._hooks,
            remember_devices=remember_devices != "never",
            lockout=Lockout(self._sources, is_on=lockout and explain is None),
            required_mfa=tuple(required_mfa),
            passkeys=self._passkeys,
        )
        mfa_setup = MFASetup(
            sources=self._sources,
            sign_ins=self._challenges,
            owner=self._account.owner,
            required=tuple(required_mfa),
        )
        self._operations = {
            "InitiateAuth": self._initiate_auth,
            "RespondToAuthChallenge": self._challenges.respond,
            "AdminInitiateAuth": self._admin_initiate_auth,
            "AdminRespondToAuthChallenge": self._admin_respond,
            **self._account.operations,
            **mfa_setup.operations,
            **self._passkeys.operations,
        }

    def add_app_client(  # noqa: PLR0913, since all but the first two are keyword-only.
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        other_secrets: Sequence[str] = (),
        access_token_seconds: int = 3600,
        id_token_seconds: int = 3600,
        refresh_token_seconds: int = 30 * 86400,
        rotation_grace_seconds: int | None = None,
    ) -> AppClient:
        """Let an app client sign users in, and return it.

        Args:
            client_id: its id: letters, digits, "_" and "+", as in AWS's model.
            client_secret: its secret, if it has one.
            other_secrets: further secrets that it accepts; AWS allows two at a time.
            access_token_seconds: how long its access tokens last. AWS has five minutes to a day;
                any number of seconds is taken here, so that a test can wait for the end.
            id_token_seconds: how long its ID tokens last.
            refresh_token_seconds: how long its refresh tokens last.
            rotation_grace_seconds: if given, the app client rotates its refresh tokens, and
                accepts a replaced one for so long, 60 seconds at most. It then refuses
                REFRESH_TOKEN_AUTH.

        Raises:
            TypeError, ValueError: as `AppClient`, and for an id that does not match AWS's model or
                a number of seconds out of range.
        """
        app = AppClient(client_id, client_secret, tuple(other_secrets))
        lifetimes = Lifetimes(
            _seconds(access_token_seconds, "access_token_seconds", 1, MOST_SECONDS),
            _seconds(id_token_seconds, "id_token_seconds", 1, MOST_SECONDS),
            _seconds(refresh_token_seconds, "refresh_token_seconds", 1, MOST_SECONDS),
            None
            if rotation_grace_seconds is None
            else _seconds(rotation_grace_seconds, "rotation_grace_seconds", 0, MOST_GRACE),
        )
        if not CLIENT_ID.fullmatch(client_id):
            raise ValueError('client_id must be letters, digits, "_" and "+", as AWS makes them')
        self._directory.add_app(app, lifetimes)
        return app

    def add_user(  # noqa: PLR0913, since all but the first two are keyword-only.
        self,
        username: str,
        password: str,
        *,
        aliases: Iterable[str] = (),
        attributes: Mapping[str, str] | None = None,
        mfa: Sequence[Literal["SMS_MFA", "EMAIL_OTP"]] = (),
        totp_secret: str | None = None,
        must_change_password: bool = False,
        required_attributes: Sequence[str] = (),
        custom_challenges: Sequence[CustomChallenge] = (),
        is_confirmed: bool = True,
        is_enabled: bool = True,
        must_reset_password: bool = False,
    ) -> None:
        """Add a user. The pool keeps a verifier of the password, unless it explains.

        Args:
            username: the name inside the pool.
            password: the password, used as it is.
            aliases: what the user may type instead of the name, such as a mail address.
            attributes: the user's attributes, such as ``email`` and ``phone_number``.
            mfa: the second factors whose code is sent: SMS_MFA to the phone number, EMAIL_OTP to
                the mail address.
            totp_secret: the secret of an authenticator app in base32, which is one more second
                factor (SOFTWARE_TOKEN_MFA). A user with several factors is asked which one to use
                (SELECT_MFA_TYPE).
            must_change_password: whether the password is temporary (NEW_PASSWORD_REQUIRED).
            required_attributes: the attributes that must come with the new password, unless the
                user has them already.
            custom_challenges: the questions of CUSTOM_AUTH, in their order. A wrong answer ends
                the sign-in.
            is_confirmed: whether the user has confirmed the account (UserNotConfirmedException).
            is_enabled: whether the user may sign in at all ("User is disabled.").
            must_reset_password: whether an administrator has had the password reset
                (PasswordResetRequiredException).

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: a value is empty or unknown, `totp_secret` is not base32, a factor lacks its
                attribute, or another user has the name or an alias.
        """
        given = given_texts(attributes or {}, "attributes")
        _check_factors(mfa, given)
        if totp_secret is not None:
            check_secret(totp_secret)
        for required in required_attributes:
            nonempty(required, "a name in required_attributes")
        for challenge in custom_challenges:
            expect(challenge, CustomChallenge, "a custom challenge")
        user = User(
            nonempty(username, "username"),
            Verifier.for_user(self.pool_id, username, nonempty(password, "password")),
            sub=self._sources.uuid(),
            sign_ins=SignIns(self._sources.token_bytes),
            attributes=given,
            required_attributes=tuple(required_attributes),
            must_change_password=given_bool(must_change_password, "must_change_password"),
            factors=(*mfa, *(() if totp_secret is None else ("SOFTWARE_TOKEN_MFA",))),
            totp_secret=totp_secret,
            custom_challenges=tuple(custom_challenges),
            is_confirmed=given_bool(is_confirmed, "is_confirmed"),
            is_enabled=given_bool(is_enabled, "is_enabled"),
            must_reset_password=given_bool(must_reset_password, "must_reset_password"),
        )
        self._directory.add_user(user, aliases)
        self._hooks.password_set(username, password)

    def change_user(
        self,
        username: str,
        *,
        is_confirmed: bool | None = None,
        is_enabled: bool | None = None,
        must_reset_password: bool | None = None,
    ) -> None:
        """Change a user between two calls; what is left out stays as it is.

        To disable a user ends all tokens of the user for good, as AdminDisableUser does.

        Args:
            username: the name inside the pool.
            is_confirmed: as for `add_user`.
            is_enabled: as for `add_user`.
            must_reset_password: as for `add_user`.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: there is no such user.
        """
        user = self._directory.added(expect(username, str, "username"))
        if is_confirmed is not None:
            user.is_confirmed = given_bool(is_confirmed, "is_confirmed")
        if must_reset_password is not None:
            user.must_reset_password = given_bool(must_reset_password, "must_reset_password")
        if is_enabled is not None:
            user.is_enabled = given_bool(is_enabled, "is_enabled")
            if not is_enabled:
                # "Deactivates a user and revokes all access tokens for the user" (AWS's model). A
                # refresh fails, too (seen: cognito-local, issue 381); the words are inferred.
                user.sign_ins.end_all()

    def add_passkey(
        self, username: str, create: Callable[[dict[str, object]], Mapping[str, object]]
    ) -> str:
        """Register a passkey for a user, without a sign-in, and return its CredentialId.

        Args:
            username: the user's name inside the pool.
            create: a function from CredentialCreationOptions to RegistrationResponseJSON, such as
                `Authenticator.create`.

        Raises:
            ValueError: there is no such user.
            Refused: as StartWebAuthnRegistration and CompleteWebAuthnRegistration would.
        """
        return self._passkeys.register(self._directory.added(username), create)

    @property
    def issuer(self) -> str:
        """The issuer (``iss``) in the tokens: AWS's URL of the pool, unless it is set."""
        return self._issuer.issuer

    @issuer.setter
    def issuer(self, issuer: str) -> None:
        self._issuer.issuer = nonempty(issuer, "issuer")

    def jwks(self) -> dict[str, object]:
        """Return the JWKS document, with which anybody can check the pool's tokens."""
        return self._issuer.jwks()

    def openid_configuration(self) -> dict[str, object]:
        """Return the document by which OpenID Connect's libraries find the keys."""
        return self._issuer.openid_configuration()

    def send(self, call: AnyCall) -> dict[str, object]:
        """Answer a call that this library built; return what `SignIn.reply` takes, also errors."""
        try:
            return self.call(call.operation, json.loads(call.body))
        except Refused as refused:
            return {"__type": refused.kind, "message": refused.message}

    def call(self, operation: str, arguments: Mapping[str, object]) -> dict[str, object]:
        """Answer one call.

        Args:
            operation: its name, such as ``InitiateAuth``.
            arguments: its JSON object.

        Raises:
            Refused: the pool refuses the call.
        """
        answer = self._operations.get(operation)
        if answer is None:
            raise Refused("UnknownOperationException", "This pool does not do this operation.")
        if not isinstance(arguments, Mapping):
            raise Refused("SerializationException", "The request is not a JSON object.")
        try:
            metadata = read_metadata(operation, arguments)
            if metadata is not None:
                self.client_metadata.append(metadata)
            return answer(arguments)
        except SignatureMismatch:
            raise incorrect() from None
        except MalformedParameter as error:
            if error.problem == "is missing":
                raise invalid(f"Missing required parameter {error.name}") from None
            raise invalid(str(error)) from None
        except PeerError as error:
            raise invalid(str(error)) from None

    def _initiate_auth(self, arguments: Mapping[str, object]) -> dict[str, object]:
        if arguments.get("AuthFlow") in ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"):
            return self._account.refresh_token_auth(arguments)
        return self._challenges.initiate(arguments)

    # The same for a server. AWS checks the signature of its credentials; no request is signed here.

    def _admin_initiate_auth(self, arguments: Mapping[str, object]) -> dict[str, object]:
        self._check_pool_id(arguments)
        flow = arguments.get("AuthFlow")
        if flow == "USER_PASSWORD_AUTH":
            raise invalid("Initiate Auth method not supported.")
        if flow in ("ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"):
            arguments = {**arguments, "AuthFlow": "USER_PASSWORD_AUTH"}
        return self._initiate_auth(arguments)

    def _admin_respond(self, arguments: Mapping[str, object]) -> dict[str, object]:
        self._check_pool_id(arguments)
        return self._challenges.respond(arguments)

    def _check_pool_id(self, arguments: Mapping[str, object]) -> None:
        pool_id = read_member(arguments, "UserPoolId")
        if pool_id != self.pool_id:
            message = f"User pool {printable(pool_id)} does not exist."
            raise Refused("ResourceNotFoundException", message)

    def _deliver(self, message: Message) -> None:
        self.sent.append(message)
        self._deliver_to(message)


def _explainer(pool_id: str, directory: Directory, say: Callable[[str], object]) -> Hooks:
    from .explain import Explainer  # noqa: PLC0415, since no other pool loads `diagnosis`.

    return Explainer(pool_id, directory, say)


def _relying_party(domain: str, user_verification: UserVerification) -> "RelyingParty":
    from .relying_party import RelyingParty  # noqa: PLC0415, since no other pool loads `fido2`.

    return RelyingParty(expect(domain, str, "relying_party"), user_verification)


def _seconds(number: int, what: str, least: int, most: int) -> timedelta:
    """Return a number of seconds that the caller passed in."""
    if isinstance(number, bool) or not least <= expect(number, int, what) <= most:
        raise ValueError(f"{what} must be a number from {least} to {most}")
    return timedelta(seconds=number)


def _check_factors(factors: Sequence[Factor], attributes: Mapping[str, str]) -> None:
    """Raise unless the pool can send a code for each of these factors."""
    for factor in factors:
        given_choice(factor, tuple(NEEDS), "mfa (but for totp_secret)")
        if NEEDS[factor] not in attributes:
            raise ValueError(f"{factor} needs the attribute {NEEDS[factor]}")
