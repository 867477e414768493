"""How users register, list and delete passkeys, and sign in with them.

`relying_party` checks what authenticators made. It is loaded only where the pool has passkeys.
"""

import functools
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..wire import json_object, read_mapping, read_optional_text
from .refused import Refused, invalid, read_member
from .sessions import Sessions
from .sources import Sources
from .users import Passkey, User

if TYPE_CHECKING:
    from .relying_party import RelyingParty, State

__all__ = ["MOST_PASSKEYS", "Passkeys"]

MOST_PASSKEYS: Final = 20
"""How many a user can register (AWS's developer guide, "Authentication flows")."""

CHALLENGE_BYTES: Final = 16
"""As the service's challenges have (aws-sdk-net, issue 4386)."""

Reply = dict[str, object]


@dataclass(frozen=True)
class _Started:
    """A registration that waits for its credential."""

    user: User
    client_id: str
    state: "State"


class Passkeys:
    """The passkeys of one pool.

    Args:
        sources: time and chance.
        signed_in: a function that returns the user whose access token a call sends, and the app
            client that the token was given to.
        relying_party: what passkeys are made for; None in a pool without them.
        as_mfa: whether a passkey counts as two factors.
    """

    def __init__(
        self,
        *,
        sources: Sources,
        signed_in: Callable[[Mapping[str, object]], tuple[User, str]],
        relying_party: "RelyingParty | None",
        as_mfa: bool,
    ) -> None:
        self._sources = sources
        self._signed_in = signed_in
        self._relying_party = relying_party
        self._as_mfa = as_mfa
        self._started = Sessions[_Started]()
        self._ids: set[str] = set()
        """The CredentialIds of all users: no two have the same."""
        self._lock = threading.Lock()

    @property
    def operations(self) -> dict[str, Callable[[Mapping[str, object]], Reply]]:
        """Each operation by its name."""
        return {
            "StartWebAuthnRegistration": self.start_registration,
            "CompleteWebAuthnRegistration": self.complete_registration,
            "ListWebAuthnCredentials": self.list_credentials,
            "DeleteWebAuthnCredential": self.delete_credential,
        }

    # A user's passkeys.

    def start_registration(self, arguments: Mapping[str, object]) -> Reply:
        """Answer StartWebAuthnRegistration."""
        user, client_id = self._signed_in(arguments)
        return {"CredentialCreationOptions": self._start(user, client_id)}

    def complete_registration(self, arguments: Mapping[str, object]) -> Reply:
        """Answer CompleteWebAuthnRegistration."""
        user, client_id = self._signed_in(arguments)
        self._complete(user, client_id, arguments.get("Credential"))
        return {}

    def register(
        self, user: User, create: Callable[[dict[str, object]], Mapping[str, object]]
    ) -> str:
        """Register a passkey that this function creates, without a sign-in; return its id."""
        return self._complete(user, "", create(self._start(user, "")))

    def list_credentials(self, arguments: Mapping[str, object]) -> Reply:
        """Answer ListWebAuthnCredentials. What a NextToken looks like is not documented."""
        user, _ = self._signed_in(arguments)
        most = arguments.get("MaxResults")
        if most is None:
            most = MOST_PASSKEYS
        if not isinstance(most, int) or not 0 <= most <= MOST_PASSKEYS:
            raise invalid(f"MaxResults must be a number from 0 to {MOST_PASSKEYS}")
        passkeys = list(user.passkeys.copy().values())
        token = read_optional_text(arguments.get("NextToken"), "NextToken") or "0"
        if token not in map(str, range(MOST_PASSKEYS)):
            raise invalid("Invalid NextToken")
        first, end = int(token), int(token) + (most or MOST_PASSKEYS)
        reply: Reply = {"Credentials": [self._described(each) for each in passkeys[first:end]]}
        if end < len(passkeys):
            reply["NextToken"] = str(end)
        return reply

    def delete_credential(self, arguments: Mapping[str, object]) -> Reply:
        """Answer DeleteWebAuthnCredential."""
        user, _ = self._signed_in(arguments)
        credential_id = read_member(arguments, "CredentialId")
        with self._lock:
            if user.passkeys.pop(credential_id, None) is None:
                # The type is in AWS's service model; the words are not known.
                raise Refused("ResourceNotFoundException", "WebAuthn credential does not exist.")
            self._ids.discard(credential_id)
        return {}

    # A sign-in.

    def first_factors(self, user: User) -> list[str]:
        """What a user may choose with USER_AUTH because of passkeys.

        "Users who have activated MFA can't sign in with a passwordless first factor" (AWS's
        developer guide, "Authentication flows"), unless the pool's FactorConfiguration is
        MULTI_FACTOR_WITH_USER_VERIFICATION: then "passkey authentication with user verification
        satisfies MFA requirements" (AWS's service model). A user without a passkey is not eligible.
        """
        may_sign_in = bool(user.passkeys) and (self._as_mfa or not user.factors)
        return ["WEB_AUTHN"] if may_sign_in else []

    def ask(self, user: User) -> tuple[str, Callable[[str], None]]:
        """Return CREDENTIAL_REQUEST_OPTIONS, and the function that checks a CREDENTIAL."""
        relying_party = self._enabled()
        challenge = self._sources.token_bytes(CHALLENGE_BYTES)
        options, state = relying_party.ask_to_get(user, challenge)
        return json.dumps(options), functools.partial(self._check, user, state)

    def _check(self, user: User, state: "State", credential: str) -> None:
        """Raise `Refused` unless a passkey of the user's signed this challenge."""
        read = json_object(credential)
        if read is None:
            raise invalid("Credential data is not valid")
        with self._lock:
            passkey = self._enabled().check_got(user, state, read)
            user.passkeys[passkey.credential_id] = passkey

    # What several operations share.

    def _enabled(self) -> "RelyingParty":
        if self._relying_party is None:
            # The words are reported by those whose sign-in policy lacks WEB_AUTHN (a changeset of
            # @ampless/backend in heavymoons/ampless).
            message = "WebAuthn not enabled for this pool."
            raise Refused("WebAuthnNotEnabledException", message)
        return self._relying_party

    def _start(self, user: User, client_id: str) -> dict[str, object]:
        relying_party = self._enabled()
        _check_number(user)
        challenge = self._sources.token_bytes(CHALLENGE_BYTES)
        options, state = relying_party.ask_to_create(user, challenge)
        started = _Started(user, client_id, state)
        self._started.put(started, self._sources.now(), challenge.hex())
        return options

    def _complete(self, user: User, client_id: str, credential: object) -> str:
        """Add the passkey to the user's, and return its id. Each challenge counts once."""
        relying_party = self._enabled()
        created = relying_party.read_created(read_mapping(credential, "Credential"))
        now = self._sources.now()
        try:
            started = self._started.take(created.challenge.hex(), now)
        except Refused:
            raise _no_challenge() from None
        if started.user is not user:
            raise _no_challenge()
        if started.client_id != client_id:
            message = "The registration was started with another app client"
            raise Refused("WebAuthnClientMismatchException", message)
        passkey = relying_party.check_created(created, started.state, now)
        with self._lock:
            _check_number(user)
            if passkey.credential_id in self._ids:
                raise invalid("Credential data is not valid")
            self._ids.add(passkey.credential_id)
            user.passkeys[passkey.credential_id] = passkey
        return passkey.credential_id

    def _described(self, passkey: Passkey) -> Reply:
        is_roaming = passkey.attachment == "cross-platform"
        described: Reply = {
            "CredentialId": passkey.credential_id,
            # The first name is in AWS's sample, the other is not known.
            "FriendlyCredentialName": "Roaming passkey" if is_roaming else "Passkey",
            "RelyingPartyId": self._enabled().domain,
            "AuthenticatorTransports": list(passkey.transports),
            "CreatedAt": round(passkey.created.timestamp(), 3),
        }
        if passkey.attachment is not None:
            described["AuthenticatorAttachment"] = passkey.attachment
        return described


def _check_number(user: User) -> None:
    if len(user.passkeys) >= MOST_PASSKEYS:
        message = f"A user can have {MOST_PASSKEYS} passkeys"
        raise Refused("LimitExceededException", message)


def _no_challenge() -> Refused:
    message = "The challenge does not exist, was answered before, or has expired"
    return Refused("WebAuthnChallengeNotFoundException", message)
