"""A pool that says why it refuses a claim. It keeps passwords for that, and no other pool does.

The server's side shows at once which mistake was made in u or after S. It cannot show a mistake in
x or k, since the server does not know `a`: such a claim looks as if the password were wrong, and
that is what the first one is called. From the second in a row on, each further login is a trial of
one mistake: the pool computes SRP_B from the verifier that a client with this mistake expects, and
checks whether the claim fits. A claim of a trial is refused in any case, which is said with it.
Every fourth login is an ordinary one, so that a client without a mistake gets in.

The password of a device is known to nobody but the device, so that only those mistakes in its x can
be tried in which the user's password is used.
"""

import functools
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Final

from ..diagnosis import Diagnosis, diagnose, diagnose_secret_hash, diagnose_timestamp
from ..diagnosis.trials import trial_verifiers
from ..exceptions import MalformedParameter, PeerError, SignatureMismatch, printable
from ..proof.app_client import AppClient
from ..proof.identity import Identity
from ..proof.server import Checked, SRPServer, Verifier
from ..wire import write_base64, write_hex
from .directory import Directory
from .hooks import Hooks, RefusedInTrials
from .users import Attempt

__all__ = ["Explainer"]

ORDINARY: Final = 4
"""During the trials, one of this many logins is an ordinary one."""

LIKELIEST: Final = {
    "user": "Most likely the password is wrong.",
    "device": "Most likely its password is not the one that it was registered with.",
}


@dataclass
class _Trials:
    """The mistakes that are still to be tried with one user or device."""

    waiting: list[int] = field(repr=False)
    """The verifiers from which SRP_B is computed, instead of the right one."""
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
        self._suspected: set[Identity] = set()
        """Those whose last claim was refused, and not explained."""
        self._trials: dict[Identity, _Trials] = {}
        self._explained: set[Hashable] = set()
        """What was explained in full, and of whom."""
        self._lock = threading.Lock()

    def password_set(self, username: str, password: str) -> None:
        """Keep the password: mistakes in x cannot be found without it."""
        self._passwords[username] = password

    def open_exchange(self, verifier: Verifier, attempt: Attempt) -> SRPServer:
        """Return a checking side that is watched, or one for a trial."""
        user = attempt.user
        identity = verifier.identity
        record: dict[str, object] = {
            "pool_id": self._pool_id,
            "username": attempt.typed,
            "sub": user.sub,
            "client_id": attempt.app.client_id,
            "salt": write_hex(verifier.salt),
            "user_id": user.username,
        }
        if identity.kind == "device":
            record |= {
                "device_group_key": identity.group,
                "device_key": identity.member,
                "verifier": write_hex(verifier.v),
            }
        expected = verifier
        if user.username in self._passwords:
            record |= {"kind": identity.kind, "password": self._passwords[user.username]}
            expected = self._next_trial(verifier)
        observe = functools.partial(self._checked, record, identity, expected is not verifier)
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
        name = printable(user.username if user.exists else typed)
        try:
            diagnosis = diagnose_secret_hash(record)
        except MalformedParameter as error:
            self._say(f"{name}: {error}")
        else:
            # All strangers are one, or a client could fill the memory with names.
            whose = user.username if user.exists else None
            self._say_once(whose, f"{name}: SECRET_HASH is refused", [diagnosis])

    def challenge_gone(self, username: str, why: str) -> None:
        """Say why a claim is refused that comes too late, or twice."""
        about = f"{printable(username)}: the claim is refused"
        self._say(f"{about}, since no challenge waits under its SECRET_BLOCK: {why}")

    def _checked(
        self, record: dict[str, object], identity: Identity, is_trial: bool, exchange: Checked
    ) -> None:
        """Explain a claim that was checked, if it is refused; refuse every claim of a trial."""
        error = exchange.error
        if error is None and not is_trial:
            # Whatever mistake was suspected, this client does not make it.
            self._cleared(identity)
            return
        is_among_trials = is_trial or identity in self._trials
        if error is None or (is_among_trials and isinstance(error, SignatureMismatch)):
            error = RefusedInTrials("the claim is refused while mistakes in x or k are tried")
        record |= {
            "b": write_hex(exchange.b),
            "srp_a": write_hex(exchange.A),
            "srp_b": write_hex(exchange.B),
            "secret_block": write_base64(exchange.secret_block),
            "timestamp": exchange.answer.get("TIMESTAMP"),
            "signature": exchange.answer.get("PASSWORD_CLAIM_SIGNATURE"),
            "received": exchange.now.astimezone(UTC).isoformat(),
        }
        whose = "of a device " if identity.kind == "device" else ""
        about = f"{printable(str(record['user_id']))}: the claim {whose}is refused"
        if is_trial and isinstance(error, SignatureMismatch):
            about = f"{about} on purpose, since this login tries a mistake"
        self._explain(about, record, identity, error, is_trial=is_trial)
        if error is not exchange.error:
            raise error

    def _explain(
        self,
        about: str,
        record: Mapping[str, object],
        identity: Identity,
        error: PeerError | SignatureMismatch,
        *,
        is_trial: bool,
    ) -> None:
        """Say why a claim was refused, or begin or continue the trials of its user or device."""
        if "kind" not in record:
            typed = printable(str(record["username"]))
            self._say(f"{typed}: the claim is refused, since there is no such user")
            return
        is_about_time = isinstance(error, PeerError) and error.name == "TIMESTAMP"
        if isinstance(error, PeerError) and not is_about_time:
            self._say(f"{about}: {error}")
            return
        try:
            diagnosis = diagnose(record)
        except PeerError as unreadable:
            self._say(f"{about}: {unreadable}")
            return
        if diagnosis.verdict == "mistake":
            self._cleared(identity)
        found = [diagnosis, *([diagnose_timestamp(record)] if is_about_time else [])]
        found = [each for each in found if each.verdict == "mistake"]
        if found:
            if diagnosis.verdict == "unknown" and not is_trial:
                about = f"{about}, and its signature is wrong as well"
            self._say_once(identity, about, found)
        elif diagnosis.verdict == "right":
            # The signature is right, and the spelling of the moment is refused.
            self._say(f"{about}: {error}")
        else:
            self._say(self._progress(identity, record, about, diagnosis))

    def _say_once(self, whose: Hashable, about: str, found: Sequence[Diagnosis]) -> None:
        """Say what was found in full the first time, and shortly from then on."""
        first = [named for each in found for some in each.explanations[:1] for named in some]
        key = (whose, *(each.subject for each in found), *(named.mistake.id for named in first))
        if key in self._explained:
            says = "".join(f" {named.says}" for named in first)
            self._say(f"{about}, as before{':' if says else ''}{says}")
        else:
            self._explained.add(key)
            self._say(_with_conclusions(about, found))

    def _cleared(self, identity: Identity) -> None:
        """Forget what was suspected of a user or a device."""
        with self._lock:
            self._suspected.discard(identity)
            self._trials.pop(identity, None)

    def _next_trial(self, verifier: Verifier) -> Verifier:
        """Return the verifier for a login: the right one, or the next one of the trials."""
        with self._lock:
            trials = self._trials.get(verifier.identity)
            if trials is None:
                return verifier
            trials.logins += 1
            if trials.logins % ORDINARY == 0 or not trials.waiting:
                return verifier
            return Verifier(verifier.identity, verifier.salt, trials.waiting.pop(0))

    def _progress(
        self, identity: Identity, record: Mapping[str, object], about: str, diagnosis: Diagnosis
    ) -> str:
        """Return how far it has come with a user or a device whose claim was not explained."""
        with self._lock:
            trials = self._trials.get(identity)
            if trials is None and identity not in self._suspected:
                self._suspected.add(identity)
                return (
                    f"{about}. {LIKELIEST[identity.kind]} If it is right, sign in once more: after"
                    " a second such claim, mistakes in x or k are tried, which the server's side"
                    " alone cannot see."
                )
            if trials is None:
                waiting = list(trial_verifiers(record))
                self._trials[identity] = _Trials(waiting, len(waiting))
                logins = len(waiting) + len(waiting) // (ORDINARY - 1)
                return (
                    f"{about} once more, and the server's side alone cannot tell why. Let it sign"
                    f" in again, {logins} times at most: each login tries another mistake in x or"
                    f" k, and is refused on purpose. Every {ORDINARY}th is an ordinary one, and a"
                    " right claim ends the trials."
                )
            if trials.waiting:
                return f"{about}; {len(trials.waiting)} of {trials.total} mistakes are left to try"
            self._trials.pop(identity, None)  # Another login may have ended them by now.
            self._suspected.discard(identity)
            about = f"{about}, and no mistake in x or k is the reason either"
            return _with_conclusions(about, [diagnosis])


def _with_conclusions(head: str, found: Sequence[Diagnosis]) -> str:
    lines = (line for each in found for line in each.conclusion())
    return "\n".join((head, *(f"  {line}".rstrip() for line in lines)))
