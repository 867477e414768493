"""The user pool, as a test sees it: who is in it, and the one door through which calls come.

The laws. It keeps verifiers, never passwords, unless it is to explain what it refuses. What it
refuses is told in the service's words where they are known, and whatever a client sends ends in a
reply or in `Refused`.
"""

import json
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Final, Literal, TypeAlias, get_args

from cryptography.hazmat.primitives.asymmetric import rsa

from ..calls.call import AnyCall
from ..exceptions import MalformedParameter, PeerError, SignatureMismatch
from ..given import expect, given_bool, given_choice, given_texts, nonempty
from ..proof.app_client import AppClient
from ..proof.identity import pool_name
from ..proof.server import Verifier
from .account import Account
from .challenges import Challenges
from .directory import Directory
from .explain import Explainer
from .issuer import Issuer
from .refused import CLIENT_ID, Refused, incorrect, invalid
from .sources import Sources
from .totp import code_at
from .users import ATTRIBUTES, CustomChallenge, Message, User

__all__ = ["RememberDevices", "UserPool"]

RememberDevices: TypeAlias = Literal["never", "always", "opt-in"]
"""Whether the pool tracks devices, and whether it remembers them by itself or asks the user."""

MOST_SENT: Final = 1000


class UserPool:
    """A user pool in memory.

    Args:
        pool_id: its id, such as ``eu-west-1_Example``.
        remember_devices: ``always`` offers a device to register (NewDeviceMetadata) to each sign-in
            without one, and a registered device stands in for the second factor; with ``opt-in``
            only one that UpdateDeviceStatus has made remembered does.
        deliver: what is called with each code that is sent by SMS or mail; `sent` has them too.
        now: what returns the present moment, an aware datetime.
        token_bytes: what returns this many random bytes; sessions, identifiers, codes and refresh
            tokens are made of them.
        signing_key: the key to sign tokens with; a new one if left out.
        explain: what is called with some lines of text for each claim and SECRET_HASH that is
            refused: which mistake made it. A pool that has it KEEPS PASSWORDS.

    Raises:
        TypeError, ValueError: `pool_id` is no pool id, or `remember_devices` another word.
    """

    def __init__(  # noqa: PLR0913, since all but the first are named.
        self,
        pool_id: str = "eu-west-1_Example",
        *,
        remember_devices: RememberDevices = "never",
        deliver: Callable[[Message], object] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
        token_bytes: Callable[[int], bytes] = secrets.token_bytes,
        signing_key: rsa.RSAPrivateKey | None = None,
        explain: Callable[[str], object] | None = None,
    ) -> None:
        pool_name(pool_id)
        given_choice(remember_devices, get_args(RememberDevices), "remember_devices")
        self.pool_id = pool_id
        self.sent: deque[Message] = deque(maxlen=MOST_SENT)
        """The newest codes that were sent."""
        self._deliver_to = deliver
        self._sources = Sources(now, token_bytes)
        self._issuer = Issuer(pool_id, self._sources, signing_key)
        self._directory = Directory(pool_id, self._sources)
        self._explainer = None if explain is None else Explainer(pool_id, explain)
        account = Account(
            self._directory, self._issuer, self._sources, asks_user=remember_devices == "opt-in"
        )
        self._account = account
        self._challenges = Challenges(
            pool_id,
            self._directory,
            self._issuer,
            self._sources,
            self._deliver,
            remember_devices=remember_devices != "never",
            explainer=self._explainer,
        )
        self._operations: dict[str, Callable[[Mapping[str, object]], dict[str, object]]] = {
            "InitiateAuth": self._initiate_auth,
            "RespondToAuthChallenge": self._challenges.respond,
            "GetTokensFromRefreshToken": account.get_tokens_from_refresh_token,
            "GetUser": account.get_user,
            "GlobalSignOut": account.global_sign_out,
            "ConfirmDevice": account.confirm_device,
            "UpdateDeviceStatus": account.update_device_status,
            "ForgetDevice": account.forget_device,
        }

    def add_app_client(self, client_id: str, client_secret: str | None = None) -> AppClient:
        """Let an app client sign users in, and return it.

        Args:
            client_id: its id: letters, digits, "_" and "+", as AWS's model has it.
            client_secret: its secret, if it has one.

        Raises:
            TypeError, ValueError: as `AppClient`, and for an id that AWS would not take.
        """
        app = AppClient(client_id, client_secret)
        if not CLIENT_ID.fullmatch(client_id):
            raise ValueError('client_id must be letters, digits, "_" and "+", as AWS makes them')
        self._directory.add_app(app)
        return app

    def add_user(  # noqa: PLR0913, likewise.
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
    ) -> None:
        """Add a user, of whose password a verifier is kept.

        Args:
            username: the name inside the pool.
            password: the password, used as it is.
            aliases: what the user may type instead of the name, such as a mail address.
            attributes: the user's attributes, such as ``email`` and ``phone_number``.
            mfa: the second factors whose code is sent: SMS_MFA to the phone number, EMAIL_OTP to
                the mail address.
            totp_secret: the secret of an authenticator app in base32, which is another second
                factor (SOFTWARE_TOKEN_MFA). With several, the user is asked which
                (SELECT_MFA_TYPE).
            must_change_password: whether the password is temporary (NEW_PASSWORD_REQUIRED).
            required_attributes: the attributes that must come with the new password, where the user
                does not have them.
            custom_challenges: what CUSTOM_AUTH asks, one after the other. A wrong answer ends the
                sign-in.

        Raises:
            TypeError, ValueError: an argument is of another kind, two do not go together, or there
                is such a user.
        """
        given = given_texts(attributes or {}, "attributes")
        _check_factors(mfa, given)
        if totp_secret is not None:
            _check_totp_secret(totp_secret)
        for required in required_attributes:
            nonempty(required, "a name in required_attributes")
        for challenge in custom_challenges:
            expect(challenge, CustomChallenge, "a custom challenge")
        user = User(
            nonempty(username, "username"),
            Verifier.for_user(self.pool_id, username, nonempty(password, "password")),
            sub=self._sources.uuid(),
            origin_jti=self._sources.uuid(),
            attributes=given,
            required_attributes=tuple(required_attributes),
            must_change_password=given_bool(must_change_password, "must_change_password"),
            factors=(*mfa, *(() if totp_secret is None else ("SOFTWARE_TOKEN_MFA",))),
            totp_secret=totp_secret,
            custom_challenges=tuple(custom_challenges),
        )
        self._directory.add_user(user, aliases)
        if self._explainer is not None:
            self._explainer.keep_password(username, password)

    @property
    def issuer(self) -> str:
        """What the tokens name as their issuer (``iss``): AWS's URL of the pool, unless set."""
        return self._issuer.issuer

    @issuer.setter
    def issuer(self, issuer: str) -> None:
        self._issuer.issuer = nonempty(issuer, "issuer")

    def jwks(self) -> dict[str, object]:
        """Return the JWKS document, by which anybody can check the pool's tokens."""
        return self._issuer.jwks()

    def send(self, call: AnyCall) -> dict[str, object]:
        """Answer a call of this library's, and return what `SignIn.reply` takes: errors, too."""
        try:
            return self.call(call.operation, json.loads(call.body))
        except Refused as refused:
            return {"__type": refused.kind, "message": refused.message}

    def call(self, operation: str, arguments: Mapping[str, object]) -> dict[str, object]:
        """Answer one call.

        Args:
            operation: its name, such as ``InitiateAuth``.
            arguments: the JSON object that it carries.

        Raises:
            Refused: the service would refuse it, too.
        """
        answer = self._operations.get(operation)
        if answer is None:
            raise Refused("UnknownOperationException", "This pool does not do this operation.")
        if not isinstance(arguments, Mapping):
            raise Refused("SerializationException", "The request is not a JSON object.")
        try:
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

    def _deliver(self, message: Message) -> None:
        self.sent.append(message)
        self._deliver_to(message)


def _check_factors(factors: Sequence[str], attributes: Mapping[str, str]) -> None:
    """Raise unless the pool can send a code for each of these factors."""
    needs = {"SMS_MFA": ATTRIBUTES["SMS"], "EMAIL_OTP": ATTRIBUTES["EMAIL"]}
    for factor in factors:
        given_choice(factor, tuple(needs), "mfa (but for totp_secret)")
        if needs[factor] not in attributes:
            raise ValueError(f"{factor} needs the attribute {needs[factor]}")


def _check_totp_secret(secret: str) -> None:
    try:
        code_at(nonempty(secret, "totp_secret"), 0)
    except ValueError:
        # The decoder's own error would have the secret in its traceback.
        is_base32 = False
    else:
        is_base32 = True
    if not is_base32:
        raise ValueError("totp_secret is not base32, as an authenticator app takes it")
