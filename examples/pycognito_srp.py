"""pycognito with this library's proof: from pycognito_srp import AWSSRP, Cognito."""

from collections.abc import Mapping

import pycognito.aws_srp
from pycognito import Cognito

from srp_cognito import AppClient, Device, SRPClient, StateError, secret_hash

__all__ = ["AWSSRP", "Cognito"]


class AWSSRP(pycognito.aws_srp.AWSSRP):  # type: ignore[misc]  # pycognito has no types.
    """pycognito's class, with all its methods; those that compute a proof are replaced."""

    get_secret_hash = staticmethod(secret_hash)
    _user: SRPClient | None = None

    def generate_random_small_a(self) -> None:
        """Return nothing: the secret exponents stay inside `SRPClient`."""

    def calculate_a(self) -> int:
        """Begin a proof of the device, if there is one: pycognito sends this A for it."""
        self._app, self._device = AppClient(self.client_id, self.client_secret), None
        if self.device_password is None:
            return 0
        self._device = Device(self.device_group_key, self.device_key, self.device_password)
        self._proof = SRPClient.for_device(self._device, self.username, app=self._app)
        return int(self._proof.srp_a, 16)

    def get_auth_params(self) -> dict[str, str]:
        """Begin an attempt, unless one has begun, and return its AuthParameters."""
        if self._user is None:
            self.large_a_value = self.calculate_a()
            user = (self.pool_id, self.username, self.password)
            self._user = SRPClient.for_user(*user, app=self._app, device=self._device)
        return dict(self._user.start()["AuthParameters"])

    def process_challenge(
        self, challenge_parameters: Mapping[str, str], request_parameters: Mapping[str, str]
    ) -> dict[str, str]:
        """Return the ChallengeResponses for PASSWORD_VERIFIER, which end the attempt."""
        del request_parameters  # `SRPClient` knows what it has sent.
        user, self._user = self._user, None
        if user is None:
            raise StateError("call get_auth_params first")
        reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge_parameters}
        return dict(user.respond(reply)["ChallengeResponses"])

    def process_device_challenge(self, challenge_parameters: Mapping[str, str]) -> dict[str, str]:
        """Return the ChallengeResponses for DEVICE_PASSWORD_VERIFIER."""
        name = "DEVICE_PASSWORD_VERIFIER"
        reply = {"ChallengeName": name, "ChallengeParameters": challenge_parameters}
        return dict(self._proof.respond(reply)["ChallengeResponses"])


pycognito.AWSSRP = AWSSRP  # There `Cognito` looks for it.
