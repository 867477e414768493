"""The side that knows the password: of a user, or of a remembered device.

The law: one exchange, one use. The secret exponent and the password are taken out of the object
for the one answer that they make, and nothing in the public interface lets a caller choose the
exponent. All of a reply is checked before the first exponentiation, so a reply that is refused
leaves the exchange unused.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Final, Literal, overload

from ..exceptions import IllegalParameter, StateError
from ..given import expect, nonempty, utf8
from ..proof import srp
from ..proof.app_client import AppClient
from ..proof.device import Device
from ..proof.identity import Identity, pool_name
from ..proof.public_values import checked_u, read_public_value
from ..proof.single_use import SingleUse
from ..proof.timestamps import timestamp
from ..wire import (
    read_base64_leniently,
    read_hex,
    read_mapping,
    read_nonempty,
    read_text,
    write_base64,
    write_hex,
)
from .call import ChallengeName, InitiateAuthArguments, RespondToAuthChallengeArguments
from .challenges import Answers, Claim
from .initiate_auth import user_srp_auth
from .replies import read_session, shown_name

__all__ = ["SRPClient"]


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
        self._kind: Final = kind
        self._group = group
        self._username = username
        self._app = expect(app, AppClient, "app")
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
            expect(device, Device, "device")
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
        expect(device, Device, "device")
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
        if self._kind == "user":
            if reply is not None:
                raise TypeError("a user's sign-in starts without a reply: call start()")
            return user_srp_auth(
                self._app, self._username, self.srp_a, device_key=self._device_key
            ).arguments
        if reply is None:
            raise TypeError("a device's proof starts with the reply that asked for DEVICE_SRP_AUTH")
        reply = _expect(reply, "DEVICE_SRP_AUTH")
        return self._answers(read_session(reply)).device_srp_auth(self.srp_a).arguments

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
        is_user = self._kind == "user"
        reply = _expect(reply, "PASSWORD_VERIFIER" if is_user else "DEVICE_PASSWORD_VERIFIER")
        session = read_session(reply)
        parameters = read_mapping(reply.get("ChallengeParameters"), "ChallengeParameters")
        claim = self.claim(parameters, now=now)
        answers = self._answers(session)
        call = (
            answers.password_verifier(claim) if is_user else answers.device_password_verifier(claim)
        )
        return call.arguments

    def claim(self, parameters: Mapping[str, object], *, now: datetime | None = None) -> Claim:
        """Make the claim alone, for a request that is built elsewhere (see `challenges.Answers`).

        Args:
            parameters: the challenge's ChallengeParameters.
            now: when the claim is signed; an aware datetime, the present moment if left out.

        Returns:
            The claim. The answer that carries it must send `username` as it is afterwards.

        Raises:
            StateError: the exchange has been used.
            MalformedParameter, IllegalParameter: something in the challenge must be refused;
                `.name` is its key. The exchange is still unused then.
            TypeError, ValueError: `now` is no aware datetime.
        """
        if self._secrets.is_used:
            raise StateError(self._secrets.used)
        signed_at = timestamp(datetime.now(timezone.utc) if now is None else now)
        parameters = read_mapping(parameters, "ChallengeParameters")
        username = parameters.get("USERNAME")
        if username is None and self._kind == "device":
            username = self._username  # AWS's JavaScript client goes on with the one it has.
        username = read_nonempty(username, "USERNAME")
        salt = read_hex(parameters.get("SALT"), "SALT")
        B = read_public_value(parameters.get("SRP_B"), "SRP_B")
        secret_block = read_text(parameters.get("SECRET_BLOCK"), "SECRET_BLOCK")
        decoded_block = read_base64_leniently(secret_block, "SECRET_BLOCK")
        identity = bytes(Identity(self._kind, self._group, self._member(parameters)))
        u = checked_u(self._A, B, "SRP_B")

        a, password = self._secrets.take()
        self._username = username
        S = srp.S_of_client(B, srp.x(salt, identity, password), a, u)
        signature = srp.signature(srp.key(S, u), identity, decoded_block, signed_at.encode("ascii"))
        # The block's text goes back as it came, whatever was made of it.
        return Claim(write_base64(signature), secret_block, signed_at)

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

    def _answers(self, session: str | None) -> Answers:
        return Answers(self._app, self._username, session=session, device_key=self._device_key)

    def __repr__(self) -> str:
        state = "used" if self._secrets.is_used else "unused"
        return f"<SRPClient for {self._kind} {self._username!r}, {state}>"


def _expect(reply: object, challenge_name: ChallengeName) -> Mapping[str, object]:
    """Return the reply if it asks for this challenge."""
    reply = read_mapping(reply, "ChallengeName")
    asked = read_text(reply.get("ChallengeName"), "ChallengeName")
    if asked != challenge_name:
        raise StateError(
            f"the reply asks for {shown_name(asked)}, and this step answers {challenge_name}"
        )
    return reply
