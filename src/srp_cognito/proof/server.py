"""The side that stores a verifier in place of a password, and checks claims.

Verification raises; nothing whose answer must not be ignored returns a bool. One challenge, one
attempt: the first answer that `verify` looks at takes the secret exponent, whatever the result.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from ..exceptions import (
    IllegalParameter,
    MalformedParameter,
    PeerError,
    SignatureMismatch,
    StateError,
)
from ..given import expect, identifier, nonempty, typed_utf8, utf8
from ..wire import MAX_HEX_DIGITS, read_base64, read_mapping, read_text, write_base64, write_hex
from . import srp
from .app_client import AppClient
from .identity import Identity, pool_name
from .modexp.modulus import WIDTH
from .public_values import checked_u, read_public_value
from .single_use import SingleUse
from .timestamps import SKEW, check_timestamp, timestamp
from .under_load import under_load

__all__ = ["Checked", "SRPServer", "SimulatedVerifiers", "Verifier", "check_password"]

SECRET_BLOCK_BYTES: Final = 32
"""The size of a SECRET_BLOCK here. It is opaque to clients; the service's own is longer."""


@dataclass(frozen=True)
class Verifier:
    """What a pool keeps of a password: enough to check a claim, not enough to make one.

    Guard it all the same: whoever has it can test passwords against it offline, and can pose as
    the server to its owner.

    Args:
        identity: whose password it is.
        salt: the salt, an integer.
        v: the verifier, an integer in [1, N).

    Raises:
        TypeError: a value has the wrong type.
        ValueError: `v` is out of range.
    """

    identity: Identity
    salt: int = field(repr=False)
    v: int = field(repr=False)

    def __post_init__(self) -> None:
        expect(self.identity, Identity, "identity")
        for name, value in (("salt", self.salt), ("v", self.v)):
            expect(value, int, name)
        if not 0 < self.v < srp.N:
            raise ValueError("v must lie between 1 and N - 1")

    @classmethod
    def for_user(cls, pool_id: str, user_id: str, password: str) -> "Verifier":
        """Make the verifier of a user's password, with a new random salt.

        Args:
            pool_id: the whole user pool id.
            user_id: the name inside the pool, which clients get as USER_ID_FOR_SRP.
            password: the password.

        Raises:
            TypeError: an argument is not a str.
            ValueError: `pool_id` is not a user pool id, or `user_id` is empty or holds a lone
                surrogate.
            InputError: `password` holds a lone surrogate.
        """
        nonempty(user_id, "user_id")
        identity = Identity("user", pool_name(pool_id), user_id)
        salt = secrets.randbits(srp.SALT_BITS)
        return cls(identity, salt, _v(identity, salt, password))

    @classmethod
    def for_device(
        cls, device_group_key: str, device_key: str, config: Mapping[str, object]
    ) -> "Verifier":
        """Read the verifier that a device registers, from ConfirmDevice.

        Args:
            device_group_key: the device's DeviceGroupKey.
            device_key: the device's DeviceKey.
            config: ConfirmDevice's DeviceSecretVerifierConfig.

        Raises:
            MalformedParameter, IllegalParameter: PasswordVerifier or Salt is refused. Both are
                signed integers, so one that lacks its sign byte is negative (the service says
                "Found negative value for salt or password verifier").
            TypeError, ValueError: a key is not a str, is empty, or has white space at an end.
        """
        identifier(device_group_key, "device_group_key")
        identifier(device_key, "device_key")
        identity = Identity("device", device_group_key, device_key)
        config = read_mapping(config, "DeviceSecretVerifierConfig")
        v = _read_signed(config.get("PasswordVerifier"), "PasswordVerifier")
        salt = _read_signed(config.get("Salt"), "Salt")
        if not 0 < v < srp.N:
            raise IllegalParameter("PasswordVerifier", "must lie between 1 and N - 1")
        return cls(identity, salt, v)


def _v(identity: Identity, salt: int, password: str) -> int:
    x = srp.x(salt, bytes(identity), typed_utf8(password, "password"))
    return under_load(srp.v.stepwise(x))


def check_password(verifier: Verifier, password: str) -> None:
    """Return if the verifier is the password's, and raise otherwise.

    This is for flows in which a client sends the password itself. The comparison takes constant
    time.

    Raises:
        SignatureMismatch: the verifier is another password's.
        TypeError: the password is not a str.
        InputError: it holds a lone surrogate.
    """
    made = _v(verifier.identity, verifier.salt, password)
    if not hmac.compare_digest(made.to_bytes(WIDTH, "big"), verifier.v.to_bytes(WIDTH, "big")):
        raise SignatureMismatch("the verifier is not the one that this password makes")


class SimulatedVerifiers:
    """Verifiers for people who are not in a pool, so that a client cannot tell them from users.

    Nobody knows a password for one. The salt depends on the name, so that it is the same each time,
    as a user's is, and SRP_B is new each time (RFC 5054, section 2.5.1.3). An exchange costs the
    same exponentiations as a user's. Both secrets are drawn here and are nobody's argument, since
    whoever knows the key knows the salt of every name that is not in the pool.

    Args:
        pool_id: the whole user pool id.

    Raises:
        TypeError, ValueError: `pool_id` is not a user pool id.
    """

    def __init__(self, pool_id: str) -> None:
        self._pool_name = pool_name(pool_id)
        self._key = secrets.token_bytes(32)
        # A client sees only k*v + g^b, so any number serves, and this one costs no exponentiation.
        # A user's v does not change either.
        self._v = 1 + secrets.randbelow(srp.N - 1)

    def verifier(self, username: str) -> Verifier:
        """Return the verifier for a name that nobody has.

        Raises:
            TypeError, ValueError: the name is not a str, is empty, or holds a lone surrogate.
        """
        identity = Identity("user", self._pool_name, nonempty(username, "username"))
        salt = int.from_bytes(self.drawn("salt", username)[: srp.SALT_BITS // 8], "big")
        return Verifier(identity, salt, self._v)

    def drawn(self, what: str, name: str) -> bytes:
        """Return 32 bytes that are the same each time for a name, and that nobody can predict.

        Args:
            what: what they are for, in ASCII.
            name: the name.

        Raises:
            TypeError, ValueError: `name` is not a str, or holds a lone surrogate.
        """
        message = what.encode("ascii") + b"\n" + utf8(name, "name")
        return hmac.digest(self._key, message, "sha256")

    def __repr__(self) -> str:
        return f"<SimulatedVerifiers of the pool {self._pool_name!r}>"


def _read_signed(value: object, name: str) -> int:
    octets = read_base64(value, name)
    if not octets:
        raise MalformedParameter(name, "is empty")
    if 2 * len(octets) > MAX_HEX_DIGITS:
        raise MalformedParameter(name, f"has more than {MAX_HEX_DIGITS // 2} bytes")
    number = int.from_bytes(octets, "big", signed=True)
    if number < 0:
        raise IllegalParameter(name, "is negative; it lacks the 00 byte before its top bit")
    return number


@dataclass(frozen=True, repr=False)
class Checked:
    """An exchange whose answer was checked, with this side's secrets, for the hook `observe`."""

    A: int
    B: int
    b: int
    u: int
    secret_block: bytes
    answer: Mapping[str, object]
    """The ChallengeResponses, as they came."""
    error: PeerError | SignatureMismatch | None
    """Why the answer is refused; None if the claim is right."""
    now: datetime
    """The moment that TIMESTAMP was compared with."""


class SRPServer:
    """The checking side of one exchange, without I/O.

    Hand the client's parameters to `challenge`, send what it returns, hand the client's answer to
    `verify`, which raises unless the claim is right. For another attempt make another one.

    Args:
        verifier: the verifier of the user or the device.
        username: what the challenge gives as USERNAME, which the answer must repeat. For a user
            it may be left out if it is USER_ID_FOR_SRP; for a device it is the user's.
        app: the app client that signs in; SECRET_HASH is checked if it has a secret.
        observe: a hook for tools that find faults, such as the pool that explains. It is called
            once for each answer that `verify` checks, before `verify` returns or raises, and it
            sees the secrets of the exchange. What it raises, `verify` raises.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: a device's verifier without a user name, or a user name that is empty or holds
            a lone surrogate.
    """

    def __init__(
        self,
        verifier: Verifier,
        *,
        username: str | None = None,
        app: AppClient | None = None,
        observe: Callable[[Checked], object] = lambda _: None,
    ) -> None:
        expect(verifier, Verifier, "verifier")
        if app is not None:
            expect(app, AppClient, "app")
        self._verifier = verifier
        self._is_user = verifier.identity.kind == "user"
        if username is None:
            if not self._is_user:
                raise ValueError("a device signs in for a user: pass that user's username")
            username = verifier.identity.member
        nonempty(username, "username")
        self._username = username
        self._app = app
        self._observe = observe
        self._unchallenged = SingleUse(
            None, "this exchange has its challenge; make a new SRPServer"
        )
        self._pending: SingleUse[_Pending] | None = None

    def challenge(self, parameters: Mapping[str, object]) -> dict[str, str]:
        """Return the ChallengeParameters of PASSWORD_VERIFIER or DEVICE_PASSWORD_VERIFIER.

        Args:
            parameters: what holds SRP_A: InitiateAuth's AuthParameters, or for a device the
                ChallengeResponses of DEVICE_SRP_AUTH.

        Raises:
            MalformedParameter, IllegalParameter: a parameter is refused; `.name` is its key. A
                challenge can still be made then, except after u = 0.
            StateError: the exchange has its challenge already.
        """
        self._unchallenged.check_unused()
        parameters = read_mapping(
            parameters, "AuthParameters" if self._is_user else "ChallengeResponses"
        )
        if self._app is not None:
            self._app.check_secret_hash(parameters)
        if not self._is_user:
            # A user may have typed an alias; a device sends the pool's own name of its user.
            self._check_username(parameters)
            self._check_device_key(parameters)
        A = read_public_value(parameters.get("SRP_A"), "SRP_A")
        self._unchallenged.take()
        b = secrets.randbits(srp.SECRET_EXPONENT_BITS)
        B = under_load(srp.B.stepwise(b, self._verifier.v))
        u = checked_u(A, B, "SRP_A")
        secret_block = secrets.token_bytes(SECRET_BLOCK_BYTES)
        self._pending = SingleUse(
            _Pending(A, B, b, u, secret_block),
            "this challenge has been answered; make a new SRPServer for every attempt",
        )
        identity = self._verifier.identity
        return {
            "SALT": write_hex(self._verifier.salt),
            "SRP_B": write_hex(B),
            "SECRET_BLOCK": write_base64(secret_block),
            "USERNAME": self._username,
            ("USER_ID_FOR_SRP" if self._is_user else "DEVICE_KEY"): identity.member,
        }

    def verify(
        self,
        answer: Mapping[str, object],
        *,
        now: datetime | None = None,
        skew: timedelta = SKEW,
    ) -> None:
        """Return if the claim in the answer is right, and raise otherwise.

        Args:
            answer: RespondToAuthChallenge's ChallengeResponses.
            now: the moment that TIMESTAMP is compared with; an aware datetime. The default is the
                present moment.
            skew: how far TIMESTAMP may be off, either way.

        Raises:
            SignatureMismatch: the claim is not the one that the verifier's password makes.
            MalformedParameter, IllegalParameter: a parameter is missing, unreadable, stale, or
                not the one of this challenge; `.name` is its key.
            StateError: no challenge was made, or it has been answered, rightly or wrongly.
            TypeError, ValueError: `now` is not an aware datetime, or `skew` not a timedelta. The
                challenge can still be answered then.
        """
        now = datetime.now(UTC) if now is None else now
        timestamp(now)  # Raises here, where the mistake is the caller's.
        expect(skew, timedelta, "skew")
        if self._pending is None:
            raise StateError("there is no challenge to answer yet: call challenge() first")
        pending = self._pending.take()
        try:
            self._check(pending, answer, now, skew)
        except (PeerError, SignatureMismatch) as error:
            self._observe(Checked(*pending, answer, error, now))
            raise
        self._observe(Checked(*pending, answer, None, now))

    def _check(
        self, pending: "_Pending", answer: Mapping[str, object], now: datetime, skew: timedelta
    ) -> None:
        """Raise unless the answer to this challenge is right."""
        answer = read_mapping(answer, "ChallengeResponses")
        self._check_username(answer)
        if self._app is not None:
            self._app.check_secret_hash(answer)
        if not self._is_user:
            self._check_device_key(answer)
        block = read_text(answer.get("PASSWORD_CLAIM_SECRET_BLOCK"), "PASSWORD_CLAIM_SECRET_BLOCK")
        if block != write_base64(pending.secret_block):
            raise IllegalParameter("PASSWORD_CLAIM_SECRET_BLOCK", "is not the challenge's")
        signed_at = read_text(answer.get("TIMESTAMP"), "TIMESTAMP")
        check_timestamp(signed_at, now, skew)
        claim = read_text(answer.get("PASSWORD_CLAIM_SIGNATURE"), "PASSWORD_CLAIM_SIGNATURE")

        S = under_load(srp.S_of_server.stepwise(pending.A, self._verifier.v, pending.u, pending.b))
        expected = srp.signature(
            srp.key(S, pending.u),
            bytes(self._verifier.identity),
            pending.secret_block,
            signed_at.encode("ascii"),
        )
        # The texts are compared, so that a claim has one spelling: base64 can write the same bytes
        # in several ways, which differ in bits that decoding drops.
        if not hmac.compare_digest(claim.encode("utf-8"), write_base64(expected).encode("ascii")):
            raise SignatureMismatch("the claim is not the one that this password makes")

    def _check_username(self, parameters: Mapping[str, object]) -> None:
        if read_text(parameters.get("USERNAME"), "USERNAME") != self._username:
            raise IllegalParameter("USERNAME", "is not the one of this exchange")

    def _check_device_key(self, parameters: Mapping[str, object]) -> None:
        sent = read_text(parameters.get("DEVICE_KEY"), "DEVICE_KEY")
        if sent != self._verifier.identity.member:
            raise IllegalParameter("DEVICE_KEY", "is not the key of the device that is checked")

    def __repr__(self) -> str:
        return f"<SRPServer for {self._verifier.identity.kind} {self._username!r}>"


class _Pending(NamedTuple):
    """What the checking side remembers between the challenge and its answer."""

    A: int
    B: int
    b: int
    u: int
    secret_block: bytes

    def __repr__(self) -> str:
        return "<_Pending>"  # b is a secret.
