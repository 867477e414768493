"""A pool that says why it refuses a claim. It keeps passwords for that, and no other pool does.

The server's side shows at once which mistake was made in u or after S. It cannot show a mistake in
x or k, since the server does not know `a`. So after a claim that was not recognised, each further
login of the user is a trial of one mistake: the pool computes SRP_B from the verifier that a client
with this mistake expects, and checks whether the claim fits. A claim of a trial is refused in any
case. Every fourth login is an ordinary one, so that a client without a mistake gets in.
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
from .directory import Directory
from .hooks import Hooks
from .users import Attempt

__all__ = ["Explainer"]

ORDINARY: Final = 4
"""One of this many logins is an ordinary one."""


@dataclass
class _Trials:
    """The mistakes that are still to be tried with one user."""

    waiting: list[int] = field(repr=False)
    """The verifiers from which SRP_B is computed, instead of the user's."""
    total: int
    logins: int = 0


class Explainer(Hooks):
    """Keeps passwords, and says why a claim or a SECRET_HASH is refused.

    Args:
        pool_id: the pool's id.
        directory: who is in the pool.
        say: what is called with each explanation, some lines of text.
    """

    def __init__(self, pool_id: str, directory: Directory, say: Callable[[str], object]) -> None:
        self._pool_id = pool_id
        self._directory = directory
        self._say = say
        self._passwords: dict[str, str] = {}
        self._trials: dict[str, _Trials] = {}
        self._lock = threading.Lock()

    def password_set(self, username: str, password: str) -> None:
        """Keep the password: mistakes in x cannot be found without it."""
        self._passwords[username] = password

    def open_exchange(self, verifier: Verifier, attempt: Attempt) -> SRPServer:
        """Return a checking side that is watched, or one for a trial."""
        user = attempt.user
        record: dict[str, object] = {
            "pool_id": self._pool_id,
            "username": attempt.typed,
            "sub": user.sub,
            "client_id": attempt.app.client_id,
            "salt": write_hex(verifier.salt),
            "user_id": user.username,
        }
        expected = verifier
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
            expected = self._next_trial(verifier)
        observe = functools.partial(self._checked, record, expected is not verifier)
        return SRPServer(expected, username=user.username, observe=observe)

    def secret_hash_refused(self, app: AppClient, parameters: Mapping[str, object]) -> None:
        """Say why a SECRET_HASH is refused, if one was sent and one is expected."""
        sent = parameters.get("SECRET_HASH")
        if app.client_secret is None or sent is None:
            return
        typed = str(parameters["USERNAME"])
        user = self._directory.typed(typed)
        record = {
            "secret_hash": sent,
            "username": typed,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "user_id": user.username,
            "alias": self._directory.alias_of(user.username),
            "sub": user.sub,
            "pool_id": self._pool_id,
            **{name: user.attributes.get(name) for name in ("email", "phone_number")},
        }
        name = printable(user.username)
        try:
            diagnosis = diagnose_secret_hash(record)
        except MalformedParameter as error:
            self._say(f"{name}: {error}")
        else:
            self._say(_with_conclusion(f"{name}: SECRET_HASH is refused", diagnosis))

    def _checked(self, record: dict[str, object], is_trial: bool, exchange: Checked) -> None:
        """Explain a claim that was checked, if it is refused; refuse every claim of a trial."""
        error = exchange.error
        if error is None and is_trial:
            error = SignatureMismatch("the claim fits a verifier that is not the user's")
        if error is None:
            # Whatever mistake was suspected, this client does not make it.
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
        self._explain(record, error)
        if error is not exchange.error:
            raise error

    def _explain(self, record: Mapping[str, object], error: PeerError | SignatureMismatch) -> None:
        """Say why a claim was refused, or begin or continue the trials of its user."""
        username = str(record["user_id"])
        about = f"{printable(username)}: the claim is refused"
        if "kind" not in record:
            self._say(f"{about}, since there is no such user")
            return
        if isinstance(error, PeerError) and error.name != "TIMESTAMP":
            self._say(f"{about}: {error}")
            return
        try:
            diagnosis = diagnose(record)
        except PeerError as unreadable:
            self._say(f"{about}: {unreadable}")
            return
        if diagnosis.verdict == "right":
            # The signature is right, and the moment is refused.
            self._say(f"{about}: {error}")
        elif diagnosis.verdict == "mistake" or record["kind"] == "device":
            self._trials.pop(username, None)
            self._say(_with_conclusion(about, diagnosis))
        else:
            self._say(self._progress(username, record, about, diagnosis))

    def _next_trial(self, verifier: Verifier) -> Verifier:
        """Return the verifier for a login: the user's own, or the next of the user's trials."""
        with self._lock:
            trials = self._trials.get(verifier.identity.member)
            if trials is None:
                return verifier
            trials.logins += 1
            if trials.logins % ORDINARY == 0 or not trials.waiting:
                return verifier
            return Verifier(verifier.identity, verifier.salt, trials.waiting.pop(0))

    def _progress(
        self, username: str, record: Mapping[str, object], about: str, diagnosis: Diagnosis
    ) -> str:
        """Return how far the trials of a user are, after a claim that was not recognised."""
        with self._lock:
            trials = self._trials.get(username)
            if trials is None:
                waiting = list(_verifiers(record))
                self._trials[username] = _Trials(waiting, len(waiting))
                logins = len(waiting) + len(waiting) // (ORDINARY - 1)
                return (
                    f"{about}, and the server's side alone cannot tell why. Let it sign in again,"
                    f" {logins} times at most: each login tries another mistake in x or k."
                )
            if trials.waiting:
                return f"{about}; {len(trials.waiting)} of {trials.total} mistakes are left to try"
            self._trials.pop(username)
            return _with_conclusion(
                f"{about}, and no mistake in x or k is the reason either", diagnosis
            )


def _verifiers(record: Mapping[str, object]) -> Iterator[int]:
    """Yield the verifier to compute SRP_B from, for each mistake in x or k.

    A client with another x or k subtracts another k*v than the pool added. SRP_B is k*v + g^b, so
    the verifier to use is the client's k*v divided by the pool's k.
    """
    exchange = read_exchange(record)
    evaluation, right = Evaluation(exchange), right_steps(exchange)
    seen = {(evaluation.x(right), right.k)}
    inverse_of_k = pow(srp.k, -1, srp.N)
    for suspect in hypotheses(exchange):
        steps = right.changed(suspect.steps)
        x_and_k = evaluation.x(steps), steps.k
        if x_and_k not in seen:
            seen.add(x_and_k)
            yield steps.k * evaluation.v(x_and_k[0]) * inverse_of_k % srp.N


def _with_conclusion(head: str, diagnosis: Diagnosis) -> str:
    return "\n".join((head, *(f"  {line}".rstrip() for line in diagnosis.conclusion())))
