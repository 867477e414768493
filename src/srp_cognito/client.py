"""The side that knows the password: of a user, or of a remembered device.

The law: one exchange, one use. The secret exponent and the password are taken out of the object
for the one answer that they make, and nothing in the public interface lets a caller choose the
exponent. All of a reply is checked before the first exponentiation, so a reply that is refused
leaves the exchange unused.
"""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Final, Literal, overload

from . import srp
from .app_client import AppClient
from .calls import InitiateAuthArguments, RespondToAuthChallengeArguments, SRPChallengeName
from .device import Device
from .exceptions import IllegalParameter, StateError
from .identity import Identity, pool_name
from .public_values import checked_u, read_public_value
from .single_use import SingleUse
from .timestamps import timestamp
from .wire import (
    nonempty,
    read_base64_leniently,
    read_hex,
    read_mapping,
    read_nonempty,
    read_text,
    utf8,
    write_base64,
    write_hex,
)

__all__ = ["SRPClient"]

_CHALLENGE_NAME: Final = re.compile(r"[A-Z_]{1,40}")


class SRPClient:
    """One proof of a password to a user pool, without I/O.

    Make one with `for_user` or `for_device`, send what `start` returns, hand the reply to
    `respond`, send what that returns. For another attempt make another one.
    """

    def __init__(  # noqa: PLR0913, since `for_user` and `for_device` are what callers see.
        self,
        kind: Literal["user", "device"],
        group: str,
        username: str,
        password: bytes,
        *,
        app: AppClient,
        device_key: str | None,
    ) -> None:
        """Use `for_user` or `for_device`, which say what the arguments mean."""
        if not isinstance(app, AppClient):
            raise TypeError(f"app must be an AppClient, not {type(app).__name__}")
        self._kind: Final = kind
        self._group = group
        self._username = username
        self._app = app
        self._device_key = device_key
        a = secrets.randbits(srp.SECRET_EXPONENT_BITS)
        self._A = srp.A(a)
        self._secrets = SingleUse(
            (a, password), "this exchange has been used; make a new SRPClient for every attempt"
        )

    @classmethod
    def for_user(
        cls,
        pool_id: str,
        username: str,
        password: str,
        *,
        app: AppClient,
        device: Device | None = None,
    ) -> "SRPClient":
        """Begin a user's sign-in.

        Args:
            pool_id: the whole user pool id, such as ``eu-west-1_Example``.
            username: what the person typed; an alias is fine.
            password: the password, used as it is: not trimmed, not normalised.
            app: the app client that signs in.
            device: a remembered device, if there is one. Its DeviceKey is sent along, and the
                service goes on with DEVICE_SRP_AUTH in the place of MFA; see `for_device`.

        Raises:
            TypeError: an argument is of another type.
            ValueError: `pool_id` is no pool id, `username` is empty, or a text holds a lone
                surrogate.
        """
        nonempty(username, "username")
        if device is not None:
            _expect_device(device)
        return cls(
            "user",
            pool_name(pool_id),
            username,
            utf8(password, "password"),
            app=app,
            device_key=None if device is None else device.device_key,
        )

    @classmethod
    def for_device(cls, device: Device, username: str, *, app: AppClient) -> "SRPClient":
        """Begin a remembered device's proof, when the service asks for DEVICE_SRP_AUTH.

        Args:
            device: the device.
            username: the name that the user's challenge gave as USERNAME, which is the user's
                `SRPClient.username` after `respond`.
            app: the app client that signs in.

        Raises:
            TypeError: an argument is of another type.
            ValueError: `username` is empty or holds a lone surrogate.
        """
        _expect_device(device)
        nonempty(username, "username")
        return cls(
            "device",
            device.device_group_key,
            username,
            utf8(device.device_password, "device_password"),
            app=app,
            device_key=device.device_key,
        )

    @property
    def username(self) -> str:
        """The name that the next call sends: what was typed, and after `respond` the pool's own."""
        return self._username

    @property
    def srp_a(self) -> str:
        """SRP_A: the public value A in hexadecimal."""
        return write_hex(self._A)

    @overload
    def start(self) -> InitiateAuthArguments: ...

    @overload
    def start(self, reply: Mapping[str, object]) -> RespondToAuthChallengeArguments: ...

    def start(
        self, reply: Mapping[str, object] | None = None
    ) -> InitiateAuthArguments | RespondToAuthChallengeArguments:
        """Return the call that opens the exchange with SRP_A.

        Args:
            reply: for a device, the reply that asked for DEVICE_SRP_AUTH. For a user, nothing.

        Returns:
            The arguments of InitiateAuth (USER_SRP_AUTH), or for a device of
            RespondToAuthChallenge (DEVICE_SRP_AUTH): keyword arguments for boto3, and the JSON
            body for any other HTTP client.

        Raises:
            StateError: the exchange has been used, or the reply asks for something else.
            MalformedParameter: the reply cannot be read.
            TypeError: a user's client was given a reply, or a device's was given none.
        """
        if self._secrets.is_used:
            raise StateError(self._secrets.used)
        parameters = {"USERNAME": self._username, "SRP_A": self.srp_a}
        if self._device_key is not None:
            parameters["DEVICE_KEY"] = self._device_key
        parameters = self._app.with_secret_hash(parameters)
        if self._kind == "user":
            if reply is not None:
                raise TypeError("a user's sign-in starts without a reply: call start()")
            return {
                "AuthFlow": "USER_SRP_AUTH",
                "ClientId": self._app.client_id,
                "AuthParameters": parameters,
            }
        if reply is None:
            raise TypeError("a device's proof starts with the reply that asked for DEVICE_SRP_AUTH")
        reply = _expect(reply, "DEVICE_SRP_AUTH")
        return self._answer("DEVICE_SRP_AUTH", _read_session(reply), parameters)

    def respond(
        self, reply: Mapping[str, object], *, now: datetime | None = None
    ) -> RespondToAuthChallengeArguments:
        """Answer PASSWORD_VERIFIER, or for a device DEVICE_PASSWORD_VERIFIER.

        Args:
            reply: the service's reply to the call that `start` made.
            now: when the claim is signed; an aware datetime, the present moment if left out.

        Returns:
            The arguments of RespondToAuthChallenge: keyword arguments for boto3, and the JSON
            body for any other HTTP client.

        Raises:
            StateError: the exchange has been used, or the reply asks for something else.
            MalformedParameter, IllegalParameter: something in the reply must be refused; `.name`
                is its key. The exchange is still unused then.
            TypeError, ValueError: `now` is no aware datetime.
        """
        if self._secrets.is_used:
            raise StateError(self._secrets.used)
        signed_at = timestamp(datetime.now(timezone.utc) if now is None else now)
        challenge_name: SRPChallengeName = (
            "PASSWORD_VERIFIER" if self._kind == "user" else "DEVICE_PASSWORD_VERIFIER"
        )
        reply = _expect(reply, challenge_name)
        session = _read_session(reply)
        parameters = read_mapping(reply.get("ChallengeParameters"), "ChallengeParameters")
        username = read_nonempty(parameters.get("USERNAME"), "USERNAME")
        salt = read_hex(parameters.get("SALT"), "SALT")
        B = read_public_value(parameters.get("SRP_B"), "SRP_B")
        secret_block = read_text(parameters.get("SECRET_BLOCK"), "SECRET_BLOCK")
        decoded_block = read_base64_leniently(secret_block, "SECRET_BLOCK")
        identity = bytes(Identity(self._kind, self._group, self._member(parameters)))
        u = checked_u(self._A, B, "SRP_B")

        a, password = self._secrets.take()
        self._username = username
        S = srp.S_of_client(B, srp.x(salt, identity, password), a, u)
        claim = srp.signature(srp.key(S, u), identity, decoded_block, signed_at.encode("ascii"))
        responses = {
            "USERNAME": username,
            # The text goes back as it came, whatever was made of it.
            "PASSWORD_CLAIM_SECRET_BLOCK": secret_block,
            "PASSWORD_CLAIM_SIGNATURE": write_base64(claim),
            "TIMESTAMP": signed_at,
        }
        if self._device_key is not None:
            responses["DEVICE_KEY"] = self._device_key
        return self._answer(challenge_name, session, self._app.with_secret_hash(responses))

    def _member(self, parameters: Mapping[str, object]) -> str:
        """The second half of the identity, as the challenge tells it or must not contradict it."""
        if self._kind == "user":
            return read_nonempty(parameters.get("USER_ID_FOR_SRP"), "USER_ID_FOR_SRP")
        # The service may tell the key again.
        told = parameters.get("DEVICE_KEY")
        device_key = self._device_key if told is None else read_text(told, "DEVICE_KEY")
        if device_key is None or device_key != self._device_key:
            raise IllegalParameter("DEVICE_KEY", "is not the key of the device that signs in")
        return device_key

    def _answer(
        self, challenge_name: SRPChallengeName, session: str | None, responses: dict[str, str]
    ) -> RespondToAuthChallengeArguments:
        arguments: RespondToAuthChallengeArguments = {
            "ClientId": self._app.client_id,
            "ChallengeName": challenge_name,
            "ChallengeResponses": responses,
        }
        if session is not None:
            arguments["Session"] = session
        return arguments

    def __repr__(self) -> str:
        state = "used" if self._secrets.is_used else "unused"
        return f"<SRPClient for {self._kind} {self._username!r}, {state}>"


def _expect(reply: object, challenge_name: SRPChallengeName) -> Mapping[str, object]:
    """Return the reply if it asks for this challenge."""
    reply = read_mapping(reply, "ChallengeName")
    asked = read_text(reply.get("ChallengeName"), "ChallengeName")
    if asked != challenge_name:
        # Named only if it looks like a challenge's name: no message repeats just anything.
        shown = asked if _CHALLENGE_NAME.fullmatch(asked) else "something else"
        raise StateError(f"the reply asks for {shown}, and this step answers {challenge_name}")
    return reply


def _read_session(reply: Mapping[str, object]) -> str | None:
    """Return the Session to send back; the challenge that follows USER_SRP_AUTH has none."""
    session = reply.get("Session")
    return None if session is None else read_text(session, "Session")


def _expect_device(device: object) -> None:
    if not isinstance(device, Device):
        raise TypeError(f"device must be a Device, not {type(device).__name__}")
