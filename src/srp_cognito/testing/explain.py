"""A pool that says why it refuses a claim. It keeps passwords for that, and no other pool does.

Mistakes after S, and in u, are recognised from the server's side at once. What a client made of a
wrong x or k is not: the server does not know `a`. So after a claim that was not recognised the pool
tries one hypothesis a login: it makes SRP_B of the verifier that a client with that mistake has in
mind, and sees whether the claim fits then. Such a login is refused in any case. Every fourth one is
an ordinary one, so that a client that does it right gets in.
"""

import functools
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..diagnosis import Diagnosis, diagnose, diagnose_secret_hash
from ..diagnosis.exchange import read_exchange
from ..diagnosis.search import hypotheses
from ..diagnosis.steps import Evaluation, right_steps
from ..exceptions import MalformedParameter, PeerError, SignatureMismatch, printable
from ..proof import srp
from ..proof.app_client import AppClient
from ..proof.server import Checked, SRPServer, Verifier
from ..wire import write_base64, write_hex
from .users import User

__all__ = ["Explainer"]

ORDINARY: Final = 4
"""Every so many logins of a trial one is ordinary."""


@dataclass
class _Trial:
    """The hypotheses that are still to be tried with one user, one a login."""

    waiting: list[int] = field(repr=False)
    """The verifiers that SRP_B is made of, in the place of the user's."""
    total: int
    logins: int = 0


class Explainer:
    """Keeps passwords, and tells why claims are refused.

    Args:
        pool_id: the pool's id.
        tell: is called with what was found, some lines of text.
    """

    def __init__(self, pool_id: str, tell: Callable[[str], object]) -> None:
        self._pool_id = pool_id
        self._tell = tell
        self._passwords: dict[str, str] = {}
        self._trials: dict[str, _Trial] = {}
        self._lock = threading.Lock()

    def keep_password(self, username: str, password: str) -> None:
        """Keep the password of a user: mistakes in x cannot be found without it."""
        self._passwords[username] = password

    def server(self, verifier: Verifier, user: User, app: AppClient, typed: str) -> SRPServer:
        """Return the checking side of one exchange, which tells why it refuses.

        Args:
            verifier: the user's verifier, or a device's.
            user: who signs in.
            app: with which app client.
            typed: what the person typed.
        """
        record: dict[str, object] = {
            "pool_id": self._pool_id,
            "username": typed,
            "sub": user.sub,
            "client_id": app.client_id,
            "salt": write_hex(verifier.salt),
            "user_id": user.username,
        }
        is_trial = False
        identity = verifier.identity
        if identity.kind == "device":
            record |= {
                "kind": "device",
                "device_group_key": identity.group,
                "device_key": identity.member,
                "verifier": write_hex(verifier.v),
            }
        elif user.username in self._passwords:
            record |= {"kind": "user", "password": self._passwords[user.username]}
            tried = self._tried(verifier)
            is_trial, verifier = tried is not verifier, tried
        observe = functools.partial(self._checked, record, is_trial)
        return SRPServer(verifier, username=user.username, observe=observe)

    def check_secret_hash(
        self, app: AppClient, parameters: Mapping[str, object], user: User, alias: str | None
    ) -> None:
        """Tell why a SECRET_HASH is refused; raise nothing."""
        sent = parameters.get("SECRET_HASH")
        if app.client_secret is None or sent is None:
            return
        record = {
            "secret_hash": sent,
            "username": parameters.get("USERNAME"),
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "user_id": user.username,
            "alias": alias,
            "sub": user.sub,
            "pool_id": self._pool_id,
            **{name: user.attributes.get(name) for name in ("email", "phone_number")},
        }
        try:
            diagnosis = diagnose_secret_hash(record)
        except MalformedParameter as error:
            self._tell(f"{printable(user.username)}: {error}")
            return
        if diagnosis.verdict != "right":
            self._tell(_said(f"{user.username}: SECRET_HASH is refused", diagnosis))

    def _checked(self, record: dict[str, object], is_trial: bool, exchange: Checked) -> None:
        """Take note of a claim that was checked, and explain one that was refused."""
        error = exchange.error
        if error is None and is_trial:
            error = SignatureMismatch("the claim fits a verifier that is not the user's")
        if error is None:
            # Whatever was suspected, this client does it right.
            self._trials.pop(str(record["user_id"]), None)
            return
        record |= {
            "b": write_hex(exchange.b),
            "srp_a": write_hex(exchange.A),
            "srp_b": write_hex(exchange.B),
            "secret_block": write_base64(exchange.secret_block),
            "timestamp": exchange.answer.get("TIMESTAMP"),
            "signature": exchange.answer.get("PASSWORD_CLAIM_SIGNATURE"),
        }
        self._refused(record, error)
        if error is not exchange.error:
            raise error

    def _refused(self, record: Mapping[str, object], error: PeerError | SignatureMismatch) -> None:
        """Tell why a claim was refused, and go on with the trial if there is one."""
        username = str(record["user_id"])
        about = f"{printable(username)}: the claim is refused"
        if "kind" not in record:
            self._tell(f"{about}, since there is no such user")
            return
        if isinstance(error, PeerError) and error.name != "TIMESTAMP":
            self._tell(f"{about}: {error}")
            return
        try:
            diagnosis = diagnose(record)
        except PeerError as unreadable:
            self._tell(f"{about}: {unreadable}")
            return
        if diagnosis.verdict == "right":
            # The signature is right, and what is refused is the moment.
            self._tell(f"{about}: {error}")
        elif diagnosis.verdict == "mistake" or record["kind"] == "device":
            self._trials.pop(username, None)
            self._tell(_said(about, diagnosis))
        else:
            self._go_on(username, record, about, diagnosis)

    def _tried(self, verifier: Verifier) -> Verifier:
        """Return the verifier to make SRP_B of: the user's own, or the next of a trial."""
        with self._lock:
            trial = self._trials.get(verifier.identity.member)
            if trial is None:
                return verifier
            trial.logins += 1
            if trial.logins % ORDINARY == 0 or not trial.waiting:
                return verifier
            return Verifier(verifier.identity, verifier.salt, trial.waiting.pop(0))

    def _go_on(
        self, username: str, record: Mapping[str, object], about: str, diagnosis: Diagnosis
    ) -> None:
        with self._lock:
            trial = self._trials.get(username)
            if trial is None:
                waiting = list(_verifiers(record))
                self._trials[username] = _Trial(waiting, len(waiting))
                logins = len(waiting) + len(waiting) // (ORDINARY - 1)
                told = (
                    f"{about}, and the server's side alone cannot tell why. Let it sign in again,"
                    f" {logins} times at most: each login tries another mistake in x or k."
                )
            elif trial.waiting:
                told = f"{about}; {len(trial.waiting)} of {trial.total} mistakes are left to try"
            else:
                self._trials.pop(username)
                told = _said(f"{about}, and no mistake in x or k is the reason either", diagnosis)
        self._tell(told)


def _verifiers(record: Mapping[str, object]) -> Iterator[int]:
    """Yield what SRP_B must be made of, for each mistake in x or k.

    A client with another x or k means another k*v than the pool. SRP_B is k*v + g^b, so the
    verifier that makes it is that one divided by k.
    """
    exchange = read_exchange(record)
    evaluation, right = Evaluation(exchange), right_steps(exchange)
    seen = {(evaluation.x(right), right.k)}
    inverse_of_k = pow(srp.k, -1, srp.N)
    for suspect in hypotheses(exchange):
        steps = right.changed(suspect.steps)
        made_of = evaluation.x(steps), steps.k
        if made_of not in seen:
            seen.add(made_of)
            yield steps.k * evaluation.v(made_of[0]) * inverse_of_k % srp.N


def _said(head: str, diagnosis: Diagnosis) -> str:
    return "\n".join((head, *(f"  {line}".rstrip() for line in diagnosis.conclusion())))
