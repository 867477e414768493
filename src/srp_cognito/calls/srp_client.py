"""The proof of a password, with the two requests that carry it."""

from collections.abc import Mapping
from datetime import datetime
from typing import overload

from ..exceptions import StateError
from ..given import expect
from ..proof.app_client import AppClient
from ..proof.client import Claim, Prover
from ..proof.device import Device
from ..wire import read_mapping
from .arguments import ChallengeName, InitiateAuthArguments, RespondToAuthChallengeArguments
from .challenges import Answers
from .initiate_auth import user_srp_auth
from .replies import Challenge, Refusal, read_reply, shown_name

__all__ = ["SRPClient"]


class SRPClient:
    """One proof of a password to a user pool, without I/O.

    Make one with `for_user` or `for_device`, send what `start` returns, pass the reply to
    `respond`, send what that returns. Make a new one for every attempt. `start` and `respond`
    return keyword arguments for boto3, which are also the JSON body for any other HTTP client.
    """

    def __init__(self, prover: Prover, app: AppClient, device: Device | None) -> None:
        """Use `for_user` or `for_device`, which say what the arguments mean."""
        self._prover = prover
        self._app = app
        self._device_key = None if device is None else device.device_key

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
            device: a remembered device, if there is one. Its DeviceKey is sent, and the service
                asks for DEVICE_SRP_AUTH instead of MFA; see `for_device`.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: `pool_id` is not a user pool id.
            InputError: `username` is empty, or a text holds a lone surrogate.
        """
        expect(app, AppClient, "app")
        if device is not None:
            expect(device, Device, "device")
        return cls(Prover.for_user(pool_id, username, password), app, device)

    @classmethod
    def for_device(cls, device: Device, username: str, *, app: AppClient) -> "SRPClient":
        """Begin a remembered device's proof, when the service asks for DEVICE_SRP_AUTH.

        Args:
            device: the device.
            username: the name that the user's challenge gave as USERNAME, which is the user's
                `SRPClient.username` after `respond`.
            app: the app client that signs in.

        Raises:
            TypeError: an argument has the wrong type.
            InputError: `username` is empty or holds a lone surrogate.
        """
        expect(app, AppClient, "app")
        return cls(Prover.for_device(device, username), app, device)

    @property
    def username(self) -> str:
        """The name that the next call sends: what was typed, and after `respond` the pool's own."""
        return self._prover.username

    @property
    def srp_a(self) -> str:
        """SRP_A: the public value A in hexadecimal."""
        return self._prover.srp_a

    @overload
    def start(self) -> InitiateAuthArguments: ...

    @overload
    def start(self, reply: Mapping[str, object] | Exception) -> RespondToAuthChallengeArguments: ...

    def start(
        self, reply: Mapping[str, object] | Exception | None = None
    ) -> InitiateAuthArguments | RespondToAuthChallengeArguments:
        """Return the call that opens the exchange with SRP_A.

        Args:
            reply: for a device, the reply that asked for DEVICE_SRP_AUTH. For a user, nothing.

        Returns:
            The arguments of InitiateAuth (USER_SRP_AUTH), or for a device of
            RespondToAuthChallenge (DEVICE_SRP_AUTH).

        Raises:
            ServiceError: the service refused the call before.
            StateError: the exchange has been used, or the reply asks for something else.
            MalformedParameter: the reply cannot be read.
            TypeError: a reply was given for a user, or left out for a device.
        """
        self._prover.check_unused()
        if self._prover.kind == "user":
            if reply is not None:
                raise TypeError("a user's sign-in starts without a reply: call start()")
            return user_srp_auth(
                self._app, self.username, self.srp_a, device_key=self._device_key
            ).arguments
        if reply is None:
            raise TypeError("a device's proof starts with the reply that asked for DEVICE_SRP_AUTH")
        challenge = _expect(reply, "DEVICE_SRP_AUTH", after="RespondToAuthChallenge")
        return self._answers(challenge.session).device_srp_auth(self.srp_a).arguments

    def respond(
        self, reply: Mapping[str, object] | Exception, *, now: datetime | None = None
    ) -> RespondToAuthChallengeArguments:
        """Answer PASSWORD_VERIFIER, or for a device DEVICE_PASSWORD_VERIFIER.

        Args:
            reply: the service's reply to the call that `start` made: what boto3 returned, or what
                `http_reply` made.
            now: when the claim is signed; an aware datetime. The default is the present moment.

        Returns:
            The arguments of RespondToAuthChallenge.

        Raises:
            ServiceError: the service refused the call before.
            StateError: the exchange has been used, or the reply asks for something else.
            MalformedParameter, IllegalParameter: something in the reply is refused; `.name` is its
                key. The exchange is still unused then.
            TypeError, ValueError: `now` is not an aware datetime.
        """
        self._prover.check_unused()
        is_user = self._prover.kind == "user"
        name: ChallengeName = "PASSWORD_VERIFIER" if is_user else "DEVICE_PASSWORD_VERIFIER"
        after = "InitiateAuth" if is_user else "RespondToAuthChallenge"
        challenge = _expect(reply, name, after=after)
        parameters = read_mapping(challenge.parameters, "ChallengeParameters")
        claim = self.claim(parameters, now=now)
        answers = self._answers(challenge.session)
        answer = answers.password_verifier if is_user else answers.device_password_verifier
        return answer(claim).arguments

    def claim(self, parameters: Mapping[str, object], *, now: datetime | None = None) -> Claim:
        """Make the claim alone, for a request that is built elsewhere (see `Answers`).

        Args:
            parameters: the challenge's ChallengeParameters.
            now: as for `respond`.

        Returns:
            The claim. The answer that carries it must send `username` as it is afterwards.

        Raises:
            StateError: the exchange has been used.
            MalformedParameter, IllegalParameter: as for `respond`.
            TypeError, ValueError: as for `respond`.
        """
        return self._prover.claim(parameters, now=now)

    def _answers(self, session: str | None) -> Answers:
        return Answers(self._app, self.username, session=session, device_key=self._device_key)

    def __repr__(self) -> str:
        return repr(self._prover).replace("Prover", "SRPClient", 1)


def _expect(reply: object, challenge_name: ChallengeName, *, after: str) -> Challenge:
    """Return the challenge of the reply to an operation.

    Raises:
        ServiceError: the service refused the call.
        StateError: the reply has the tokens, or asks for another challenge.
    """
    reading = read_reply(reply, after)
    if isinstance(reading, Refusal):
        raise reading.error(after)
    if not isinstance(reading, Challenge):
        raise StateError(f"the user has signed in, and this step answers {challenge_name}")
    if reading.name != challenge_name:
        raise StateError(
            f"the reply asks for {shown_name(reading.name)}, and this step answers {challenge_name}"
        )
    return reading
