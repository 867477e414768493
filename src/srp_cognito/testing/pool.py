"""The user pool: its users and app clients, and the operations of a sign-in.

The laws. It keeps verifiers, never passwords. Whatever a client sends is read by the functions of
`wire` and checked by `SRPServer` and `AppClient`, and what those refuse is told in the service's
words where they are known. Time and chance come from two functions that a test may replace; only
SRP's own secrets do not, since nothing in this library fixes a nonce.
"""

import base64
import hmac
import json
import re
import secrets
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa

from .. import srp
from ..app_client import AppClient
from ..calls import AnyCall
from ..exceptions import (
    IllegalParameter,
    MalformedParameter,
    PeerError,
    SignatureMismatch,
    printable,
)
from ..identity import Identity, pool_name
from ..server import SRPServer, Verifier
from ..wire import (
    expect,
    given_bool,
    given_texts,
    nonempty,
    read_mapping,
    read_nonempty,
    read_optional_text,
    utf8,
)
from .issuer import LIFETIME, REFRESH_LIFETIME, SCOPE, Issuer
from .sessions import Sessions
from .totp import code_at, matching_step

__all__ = ["Refused", "UserPool"]

MOST_OFFERED: Final = 20
"""How many devices a user is offered and has not registered. The oldest is forgotten for one more,
so that sign-ins which register none cost no memory."""

INCORRECT: Final = "Incorrect username or password."

# Java's parser takes more than the canonical spelling; what it takes is written anew and signed,
# so that a padded day ends as a wrong password does. The rest it cannot read at all.
_LIKE_A_TIMESTAMP: Final = re.compile(
    r"[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d{1,2}:\d{1,2}:\d{1,2} UTC \d{4}", re.ASCII
)


class Refused(Exception):
    """What the pool refuses, as the service tells it.

    Args:
        kind: the type of the error, such as ``NotAuthorizedException``.
        message: its message.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message


@dataclass
class _Device:
    """A device that a user was offered to register, and once it is, its verifier."""

    group_key: str
    verifier: Verifier | None = field(default=None, repr=False)


@dataclass
class _User:
    """A user: everything that the pool knows of one."""

    username: str
    verifier: Verifier = field(repr=False)
    sub: str
    attributes: dict[str, str]
    must_change_password: bool
    totp_secret: str | None = field(repr=False)
    origin_jti: str
    """What all of the user's tokens carry until GlobalSignOut, which replaces it and so ends them.
    AWS's has one for each sign-in; one for each user costs no memory per sign-in."""
    devices: dict[str, _Device] = field(default_factory=dict)
    """By DeviceKey."""
    last_totp_step: int = -1
    """The step of the newest code that was used: a code counts once."""


@dataclass(frozen=True)
class _Pending:
    """A challenge that was given out."""

    challenge_name: str
    user: _User | None
    """None for a user who does not exist: nobody can tell, since the proof fails like any other."""
    app: AppClient
    made: datetime
    server: SRPServer | None = None
    device_key: str | None = None
    """The DEVICE_KEY that the sign-in named."""


class UserPool:
    """A user pool in memory.

    Args:
        pool_id: its id, such as ``eu-west-1_Example``.
        now: what returns the present moment, an aware datetime.
        token_bytes: what returns this many random bytes; sessions, identifiers and refresh tokens
            are made of them.
        signing_key: the key to sign tokens with; a new one if left out.
        remember_devices: whether a sign-in without a device is offered one to register
            (NewDeviceMetadata).

    Raises:
        TypeError, ValueError: `pool_id` is no pool id.
    """

    def __init__(
        self,
        pool_id: str = "eu-west-1_Example",
        *,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
        token_bytes: Callable[[int], bytes] = secrets.token_bytes,
        signing_key: rsa.RSAPrivateKey | None = None,
        remember_devices: bool = False,
    ) -> None:
        pool_name(pool_id)
        self._remember_devices = given_bool(remember_devices, "remember_devices")
        self.pool_id = pool_id
        self._now = now
        self._token_bytes = token_bytes
        self._issuer = Issuer(pool_id, key_id=self._name(32), signing_key=signing_key)
        self._apps: dict[str, AppClient] = {}
        self._users: dict[str, _User] = {}
        self._pending = Sessions[_Pending]()
        self._salt_key = token_bytes(32)
        self._lock = threading.Lock()

    def add_app_client(self, client_id: str, client_secret: str | None = None) -> AppClient:
        """Let an app client sign users in, and return it.

        Raises:
            TypeError, ValueError: as `AppClient`.
        """
        app = AppClient(client_id, client_secret)
        self._apps[client_id] = app
        return app

    def add_user(
        self,
        username: str,
        password: str,
        *,
        attributes: Mapping[str, str] | None = None,
        must_change_password: bool = False,
        totp_secret: str | None = None,
    ) -> None:
        """Add a user, of whose password a verifier is kept.

        Args:
            username: the name inside the pool.
            password: the password, used as it is.
            attributes: the user's attributes, such as ``email``.
            must_change_password: whether the password is temporary (NEW_PASSWORD_REQUIRED).
            totp_secret: the secret of an authenticator app in base32 (SOFTWARE_TOKEN_MFA).

        Raises:
            TypeError, ValueError: an argument is of another kind, or the user exists.
        """
        nonempty(username, "username")
        nonempty(password, "password")
        if username in self._users:
            raise ValueError(f"there is a user {username!r} already")
        if totp_secret is not None:
            _check_totp_secret(totp_secret)
        self._users[username] = _User(
            username,
            Verifier.for_user(self.pool_id, username, password),
            sub=self._uuid(),
            attributes=given_texts(attributes or {}, "attributes"),
            must_change_password=given_bool(must_change_password, "must_change_password"),
            totp_secret=totp_secret,
            origin_jti=self._uuid(),
        )

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
        answer = {
            "InitiateAuth": self._initiate_auth,
            "RespondToAuthChallenge": self._respond,
            "ConfirmDevice": self._confirm_device,
            "ForgetDevice": self._forget_device,
            "GetUser": self._get_user,
            "GlobalSignOut": self._global_sign_out,
        }.get(operation)
        if answer is None:
            raise Refused("UnknownOperationException", "This pool does not do this operation.")
        if not isinstance(arguments, Mapping):
            raise Refused("SerializationException", "The request is not a JSON object.")
        try:
            return answer(arguments)
        except SignatureMismatch:
            raise Refused("NotAuthorizedException", INCORRECT) from None
        except MalformedParameter as error:
            if error.problem == "is missing":
                message = f"Missing required parameter {error.name}"
            else:
                message = str(error)
            raise Refused("InvalidParameterException", message) from None
        except PeerError as error:
            raise Refused("InvalidParameterException", str(error)) from None

    # InitiateAuth.

    def _initiate_auth(self, arguments: Mapping[str, object]) -> dict[str, object]:
        app = self._app(arguments)
        flow = read_nonempty(arguments.get("AuthFlow"), "AuthFlow")
        parameters = read_mapping(arguments.get("AuthParameters"), "AuthParameters")
        if flow in ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"):
            return self._refresh(app, parameters)
        username = read_nonempty(parameters.get("USERNAME"), "USERNAME")
        self._check_secret_hash(app, parameters)
        user = self._users.get(username)
        if flow == "USER_SRP_AUTH":
            return self._password_verifier(user, username, app, parameters)
        if flow == "USER_PASSWORD_AUTH":
            password = read_nonempty(parameters.get("PASSWORD"), "PASSWORD")
            self._check_password(user, username, password)
            # A stranger's password is refused above.
            device_key = read_optional_text(parameters.get("DEVICE_KEY"), "DEVICE_KEY")
            return self._after_password(self._users[username], app, device_key)
        raise Refused("InvalidParameterException", "This pool does not have this AuthFlow.")

    def _password_verifier(
        self, user: _User | None, username: str, app: AppClient, parameters: Mapping[str, object]
    ) -> dict[str, object]:
        verifier = self._stranger(username) if user is None else user.verifier
        server = SRPServer(verifier, username=username)
        challenge = server.challenge(parameters)
        now = self._now()
        # There is no Session yet: what the service remembers goes along in SECRET_BLOCK.
        device_key = read_optional_text(parameters.get("DEVICE_KEY"), "DEVICE_KEY")
        step = _Pending("PASSWORD_VERIFIER", user, app, now, server, device_key)
        self._pending.put(challenge["SECRET_BLOCK"], step, now)
        return {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}

    def _stranger(self, username: str) -> Verifier:
        """A verifier for nobody, whose salt is the same each time, as a real user's is."""
        digest = hmac.digest(self._salt_key, utf8(username, "username"), "sha256")
        identity = Identity("user", pool_name(self.pool_id), username)
        v = srp.v(secrets.randbits(srp.SECRET_EXPONENT_BITS))
        return Verifier(identity, int.from_bytes(digest[: srp.SALT_BITS // 8], "big"), v)

    def _check_password(self, user: _User | None, username: str, password: str) -> None:
        verifier = self._stranger(username) if user is None else user.verifier
        x = srp.x(verifier.salt, bytes(verifier.identity), utf8(password, "PASSWORD"))
        width = srp.N.bit_length() // 8
        made, kept = (number.to_bytes(width, "big") for number in (srp.v(x), verifier.v))
        if not hmac.compare_digest(made, kept):
            raise Refused("NotAuthorizedException", INCORRECT)

    def _refresh(self, app: AppClient, parameters: Mapping[str, object]) -> dict[str, object]:
        token = read_nonempty(parameters.get("REFRESH_TOKEN"), "REFRESH_TOKEN")
        user = self._owner_of(token, "refresh", app)
        if user is None:
            raise Refused("NotAuthorizedException", "Invalid Refresh Token")
        # No USERNAME is sent, and the hash is over the name inside the pool.
        self._check_secret_hash(app, {**parameters, "USERNAME": user.username})
        return {"AuthenticationResult": self._tokens(user, app), "ChallengeParameters": {}}

    # RespondToAuthChallenge.

    def _respond(self, arguments: Mapping[str, object]) -> dict[str, object]:
        app = self._app(arguments)
        name = read_nonempty(arguments.get("ChallengeName"), "ChallengeName")
        answer = read_mapping(arguments.get("ChallengeResponses"), "ChallengeResponses")
        username = read_nonempty(answer.get("USERNAME"), "USERNAME")
        self._check_secret_hash(app, answer)
        if name == "PASSWORD_VERIFIER":
            return self._prove(app, answer)
        session = read_nonempty(arguments.get("Session"), "Session")
        step = self._pending.take(session, self._now())
        user = None if step is None else step.user
        if (
            step is None
            or user is None
            or (step.challenge_name, step.app, user.username) != (name, app, username)
        ):
            raise Refused("NotAuthorizedException", "Invalid session for the user.")
        if name == "NEW_PASSWORD_REQUIRED":
            return self._new_password(step, user, answer)
        if name == "DEVICE_SRP_AUTH":
            return self._device_challenge(step, user, answer)
        if name == "DEVICE_PASSWORD_VERIFIER":
            self._check_claim(expect(step.server, SRPServer, "server"), answer)
            return self._signed_in(user, app, step.device_key)
        return self._software_token(step, user, session, answer)

    def _prove(self, app: AppClient, answer: Mapping[str, object]) -> dict[str, object]:
        key = "PASSWORD_CLAIM_SECRET_BLOCK"
        step = self._pending.take(read_nonempty(answer.get(key), key), self._now())
        if step is None or step.server is None or step.app != app:
            raise Refused("NotAuthorizedException", INCORRECT)
        self._check_claim(step.server, answer)
        user = expect(step.user, _User, "user")  # Nobody makes a stranger's claim.
        device_key = read_optional_text(answer.get("DEVICE_KEY"), "DEVICE_KEY")
        return self._after_password(user, app, device_key or step.device_key)

    def _check_claim(self, server: SRPServer, answer: Mapping[str, object]) -> None:
        try:
            server.verify(answer, now=self._now())
        except MalformedParameter as error:
            text = answer.get("TIMESTAMP")
            if error.name != "TIMESTAMP" or not isinstance(text, str):
                raise
            if _LIKE_A_TIMESTAMP.fullmatch(text):
                raise Refused("NotAuthorizedException", INCORRECT) from None
            raise Refused(
                "InvalidParameterException",
                "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
            ) from None
        except IllegalParameter:
            # Another user's name, or a TIMESTAMP that is too old.
            raise Refused("NotAuthorizedException", INCORRECT) from None

    def _after_password(
        self, user: _User, app: AppClient, device_key: str | None
    ) -> dict[str, object]:
        if device_key is not None:
            self._registered(user, device_key)
        if user.must_change_password:
            parameters = {
                "USER_ID_FOR_SRP": user.username,
                "requiredAttributes": "[]",
                "userAttributes": json.dumps(user.attributes),
            }
            step = _Pending("NEW_PASSWORD_REQUIRED", user, app, self._now(), None, device_key)
            return self._challenge(step, parameters)
        if device_key is not None:
            # A device that proves itself stands in for the second factor.
            step = _Pending("DEVICE_SRP_AUTH", user, app, self._now(), None, device_key)
            return self._challenge(step, {})
        if user.totp_secret is not None:
            parameters = {"USER_ID_FOR_SRP": user.username}
            step = _Pending("SOFTWARE_TOKEN_MFA", user, app, self._now())
            return self._challenge(step, parameters)
        return self._signed_in(user, app)

    def _challenge(self, step: _Pending, parameters: Mapping[str, str]) -> dict[str, object]:
        session = self._name(64)
        self._pending.put(session, step, step.made)
        return {
            "ChallengeName": step.challenge_name,
            "Session": session,
            "ChallengeParameters": dict(parameters),
        }

    def _registered(self, user: _User, device_key: str) -> Verifier:
        device = user.devices.get(device_key)
        if device is None or device.verifier is None:
            raise Refused("ResourceNotFoundException", "Device does not exist.")
        return device.verifier

    def _device_challenge(
        self, step: _Pending, user: _User, answer: Mapping[str, object]
    ) -> dict[str, object]:
        device_key = expect(step.device_key, str, "device_key")
        server = SRPServer(self._registered(user, device_key), username=user.username)
        parameters = server.challenge(answer)
        name = "DEVICE_PASSWORD_VERIFIER"
        following = _Pending(name, user, step.app, self._now(), server, device_key)
        return self._challenge(following, parameters)

    def _new_password(
        self, step: _Pending, user: _User, answer: Mapping[str, object]
    ) -> dict[str, object]:
        password = read_nonempty(answer.get("NEW_PASSWORD"), "NEW_PASSWORD")
        user.verifier = Verifier.for_user(self.pool_id, user.username, password)
        user.must_change_password = False
        return self._after_password(user, step.app, step.device_key)

    def _software_token(
        self, step: _Pending, user: _User, session: str, answer: Mapping[str, object]
    ) -> dict[str, object]:
        code = read_nonempty(answer.get("SOFTWARE_TOKEN_MFA_CODE"), "SOFTWARE_TOKEN_MFA_CODE")
        with self._lock:
            used = matching_step(user.totp_secret or "", code, self._now())
            if used is not None and used > user.last_totp_step:
                user.last_totp_step = used
                return self._signed_in(user, step.app)
        # A mistyped code may be corrected with the same Session, whose time goes on running.
        self._pending.put(session, step, step.made)
        if used is not None:
            raise Refused("ExpiredCodeException", "Your software token has already been used once.")
        raise Refused("CodeMismatchException", "Invalid code received for user")

    # Tokens, and the operations that take one.

    def _signed_in(
        self, user: _User, app: AppClient, device_key: str | None = None
    ) -> dict[str, object]:
        claims = {
            "token_use": "refresh",
            "client_id": app.client_id,
            "username": user.username,
            "origin_jti": user.origin_jti,
            "jti": self._uuid(),
        }
        # It is opaque to clients. Signed like the others it need not be remembered here.
        refresh_token = self._issuer.sign(self._now(), claims, REFRESH_LIFETIME)
        result = {**self._tokens(user, app), "RefreshToken": refresh_token}
        if self._remember_devices and device_key is None:
            result["NewDeviceMetadata"] = self._offer_device(user)
        return {"AuthenticationResult": result, "ChallengeParameters": {}}

    def _offer_device(self, user: _User) -> dict[str, str]:
        region = self.pool_id.partition("_")[0]
        device_key, group_key = f"{region}_{self._uuid()}", f"-{self._name(6)}"
        user.devices[device_key] = _Device(group_key)
        offered = [key for key, device in list(user.devices.items()) if device.verifier is None]
        for key in offered[:-MOST_OFFERED]:
            user.devices.pop(key, None)
        return {"DeviceKey": device_key, "DeviceGroupKey": group_key}

    def _tokens(self, user: _User, app: AppClient) -> dict[str, object]:
        now = self._now()
        shared = {
            "sub": user.sub,
            "auth_time": int(now.timestamp()),
            "event_id": self._uuid(),
            "origin_jti": user.origin_jti,
        }
        access = {
            **shared,
            "jti": self._uuid(),
            "token_use": "access",
            "scope": SCOPE,
            "client_id": app.client_id,
            "username": user.username,
        }
        identity = {
            **user.attributes,
            **shared,
            "jti": self._uuid(),
            "token_use": "id",
            "aud": app.client_id,
            "cognito:username": user.username,
        }
        return {
            "AccessToken": self._issuer.sign(now, access, LIFETIME),
            "IdToken": self._issuer.sign(now, identity, LIFETIME),
            "TokenType": "Bearer",
            "ExpiresIn": int(LIFETIME.total_seconds()),
        }

    def _owner_of(self, token: str, use: str, app: AppClient | None = None) -> _User | None:
        """The user whose token this is, unless it is another kind of token, or has ended."""
        claims = self._issuer.read(token, self._now())
        if claims is None or claims["token_use"] != use:
            return None
        if app is not None and claims["client_id"] != app.client_id:
            return None
        user = self._users[str(claims["username"])]
        return user if claims["origin_jti"] == user.origin_jti else None

    def _owner(self, arguments: Mapping[str, object]) -> _User:
        user = self._owner_of(read_nonempty(arguments.get("AccessToken"), "AccessToken"), "access")
        if user is None:
            raise Refused("NotAuthorizedException", "Invalid Access Token")
        return user

    def _get_user(self, arguments: Mapping[str, object]) -> dict[str, object]:
        user = self._owner(arguments)
        attributes = {"sub": user.sub, **user.attributes}
        return {
            "Username": user.username,
            "UserAttributes": [{"Name": key, "Value": attributes[key]} for key in attributes],
        }

    def _confirm_device(self, arguments: Mapping[str, object]) -> dict[str, object]:
        user = self._owner(arguments)
        device_key = read_nonempty(arguments.get("DeviceKey"), "DeviceKey")
        device = user.devices.get(device_key)
        if device is None:
            raise Refused("ResourceNotFoundException", "Device does not exist.")
        config = arguments.get("DeviceSecretVerifierConfig")
        device.verifier = Verifier.for_device(
            device.group_key, device_key, read_mapping(config, "DeviceSecretVerifierConfig")
        )
        return {"UserConfirmationNecessary": False}

    def _forget_device(self, arguments: Mapping[str, object]) -> dict[str, object]:
        user = self._owner(arguments)
        device_key = read_nonempty(arguments.get("DeviceKey"), "DeviceKey")
        if user.devices.pop(device_key, None) is None:
            raise Refused("ResourceNotFoundException", "Device does not exist.")
        return {}

    def _global_sign_out(self, arguments: Mapping[str, object]) -> dict[str, object]:
        user = self._owner(arguments)
        user.origin_jti = self._uuid()
        return {}

    # What all of them share.

    def _app(self, arguments: Mapping[str, object]) -> AppClient:
        client_id = read_nonempty(arguments.get("ClientId"), "ClientId")
        app = self._apps.get(client_id)
        if app is None:
            message = f"User pool client {printable(client_id)} does not exist."
            raise Refused("ResourceNotFoundException", message)
        return app

    def _check_secret_hash(self, app: AppClient, parameters: Mapping[str, object]) -> None:
        if app.client_secret is not None and parameters.get("SECRET_HASH") is None:
            raise Refused(
                "NotAuthorizedException",
                f"Client {app.client_id} is configured with secret but SECRET_HASH was not"
                " received",
            )
        try:
            app.check_secret_hash(parameters)
        except IllegalParameter:
            raise Refused(
                "NotAuthorizedException",
                f"SecretHash does not match for the client: {app.client_id}",
            ) from None

    def _name(self, length: int) -> str:
        return base64.urlsafe_b64encode(self._token_bytes(length)).decode("ascii")

    def _uuid(self) -> str:
        return str(uuid.UUID(bytes=self._token_bytes(16), version=4))


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
