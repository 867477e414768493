"""Where something else can take part in the sign-ins of a pool: by default nothing does."""

from collections.abc import Mapping

from ..exceptions import SignatureMismatch
from ..proof.app_client import AppClient
from ..proof.server import SRPServer, Verifier
from .users import Attempt

__all__ = ["Hooks", "RefusedInTrials"]


class RefusedInTrials(SignatureMismatch):
    """A claim was refused while a pool that explains tries mistakes.

    It says nothing about the password, so that it must not count as a wrong one.
    """


class Hooks:
    """What a pool calls during a sign-in; `explain.Explainer` overrides all of it."""

    def password_set(self, username: str, password: str) -> None:
        """Take note of the password of a user, when the user is added or has changed it."""

    def open_exchange(self, verifier: Verifier, attempt: Attempt) -> SRPServer:
        """Return the checking side of one exchange of this sign-in: the user's, or a device's."""
        return SRPServer(verifier, username=attempt.user.username)

    def secret_hash_refused(self, app: AppClient, parameters: Mapping[str, object]) -> None:
        """Take note of the parameters of a call whose SECRET_HASH was refused."""

    def challenge_gone(self, username: str, why: str) -> None:
        """Take note of a claim to which no challenge belongs that waits, and of the reason."""
