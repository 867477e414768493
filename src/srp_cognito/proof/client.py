"""The side that knows the password, of a user or of a remembered device: SRP_A and one claim."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from ..exceptions import IllegalParameter
from ..given import expect, nonempty, typed_text, typed_utf8
from ..wire import (
    read_base64_leniently,
    read_hex,
    read_mapping,
    read_nonempty,
    read_text,
    write_base64,
    write_hex,
)
from . import srp
from .device import Device
from .identity import Identity, pool_name
from .public_values import checked_u, read_public_value
from .single_use import SingleUse
from .timestamps import timestamp

__all__ = ["Claim", "Prover"]


@dataclass(frozen=True)
class Claim:
    """The proof of a password, as PASSWORD_VERIFIER and DEVICE_PASSWORD_VERIFIER expect it.

    Args:
        signature: PASSWORD_CLAIM_SIGNATURE, in base64.
        secret_block: PASSWORD_CLAIM_SECRET_BLOCK: the challenge's SECRET_BLOCK as it came.
        timestamp: TIMESTAMP: the text that was signed.

    Raises:
        TypeError, ValueError: a value is not a str, or is empty.
    """

    signature: str = field(repr=False)
    secret_block: str = field(repr=False)
    timestamp: str

    def __post_init__(self) -> None:
        nonempty(self.signature, "signature")
        nonempty(self.secret_block, "secret_block")
        nonempty(self.timestamp, "timestamp")


class Prover:
    """One proof of a password. Make it with `for_user` or `for_device`.

    The secret exponent and the password are taken out of the object for the one claim that they
    make. Nothing public lets a caller choose the exponent.
    """

    def __init__(
        self, kind: Literal["user", "device"], group: str, member: str, username: str, password: str
    ) -> None:
        self.kind: Final = kind
        """Whose password it is: ``user`` or ``device``."""
        self._username = typed_text(username, "username")
        self._group: Final = group
        self._member: Final = member
        a = secrets.randbits(srp.SECRET_EXPONENT_BITS)
        self._A: Final = srp.A(a)
        self._secrets = SingleUse(
            (a, typed_utf8(password, "password")),
            "this exchange has been used; make a new SRPClient for every attempt",
        )

    @classmethod
    def for_user(cls, pool_id: str, username: str, password: str) -> "Prover":
        """Begin the proof of a user's password.

        Args:
            pool_id: the whole user pool id, such as ``eu-west-1_Example``.
            username: what the person typed; an alias is fine.
            password: the password, used as it is: not trimmed, not normalised.

        Raises:
            TypeError: an argument is not a str.
            ValueError: `pool_id` is not a user pool id.
            InputError: `username` is empty, or a text holds a lone surrogate.
        """
        return cls("user", pool_name(pool_id), "", username, password)

    @classmethod
    def for_device(cls, device: Device, username: str) -> "Prover":
        """Begin the proof of a remembered device's password.

        Args:
            device: the device.
            username: the name that the user's own challenge gave as USERNAME.

        Raises:
            TypeError: an argument has the wrong type.
            InputError: `username` is empty or holds a lone surrogate.
        """
        expect(device, Device, "device")
        group, key = device.device_group_key, device.device_key
        return cls("device", group, key, username, device.device_password)

    @property
    def username(self) -> str:
        """The USERNAME to send: what the person typed, and after `claim` the pool's own name."""
        return self._username

    @property
    def srp_a(self) -> str:
        """SRP_A: the public value A in hexadecimal."""
        return write_hex(self._A)

    @property
    def is_used(self) -> bool:
        """Whether the claim has been made."""
        return self._secrets.is_used

    def check_unused(self) -> None:
        """Raise StateError if the claim has been made."""
        self._secrets.check_unused()

    def claim(self, parameters: Mapping[str, object], *, now: datetime | None = None) -> Claim:
        """Make the claim that answers a challenge.

        Everything that can be refused is refused before the exponent is taken, so that a challenge
        that is refused leaves the exchange unused.

        Args:
            parameters: the challenge's ChallengeParameters.
            now: when the claim is signed; an aware datetime. The default is the present moment.

        Returns:
            The claim. The answer that carries it must send `username` as it is afterwards.

        Raises:
            StateError: the claim has been made already.
            MalformedParameter, IllegalParameter: a parameter is refused; `.name` is its key.
            TypeError, ValueError: `now` is not an aware datetime.
        """
        self.check_unused()
        return self.claim_at(parameters, timestamp(datetime.now(UTC) if now is None else now))

    def claim_at(self, parameters: Mapping[str, object], signed_at: str) -> Claim:
        """Make the claim with a TIMESTAMP that is written already, however it is spelled.

        That is for trying a server; see `claim`, which writes it and says the rest.
        """
        self.check_unused()
        parameters = read_mapping(parameters, "ChallengeParameters")
        username = self._read_username(parameters)
        salt = read_hex(parameters.get("SALT"), "SALT")
        B = read_public_value(parameters.get("SRP_B"), "SRP_B")
        secret_block = read_text(parameters.get("SECRET_BLOCK"), "SECRET_BLOCK")
        decoded_block = read_base64_leniently(secret_block, "SECRET_BLOCK")
        identity = bytes(Identity(self.kind, self._group, self._read_member(parameters)))
        u = checked_u(self._A, B, "SRP_B")

        a, password = self._secrets.take()
        self._username = username
        S = srp.S_of_client(B, srp.x(salt, identity, password), a, u)
        signature = srp.signature(srp.key(S, u), identity, decoded_block, signed_at.encode("ascii"))
        # The block's text goes back as it came, however it was decoded.
        return Claim(write_base64(signature), secret_block, signed_at)

    def _read_username(self, parameters: Mapping[str, object]) -> str:
        """Return the name to answer with, which the challenge gives under one of two keys."""
        username = parameters.get("USERNAME")
        if username is None and self.kind == "device":
            return self._username  # AWS's JavaScript client keeps the name that it has.
        if username is None and parameters.get("USER_ID_FOR_SRP") is not None:
            return self._read_member(parameters)
        return read_nonempty(username, "USERNAME")

    def _read_member(self, parameters: Mapping[str, object]) -> str:
        """Return the second half of the identity, which the challenge gives or must not contradict.

        A user's is known to the service alone; a device knows its own.
        """
        if self.kind == "user":
            return read_nonempty(parameters.get("USER_ID_FOR_SRP"), "USER_ID_FOR_SRP")
        device_key = parameters.get("DEVICE_KEY")
        if device_key is not None and read_text(device_key, "DEVICE_KEY") != self._member:
            raise IllegalParameter("DEVICE_KEY", "is not the key of the device that signs in")
        return self._member

    def __repr__(self) -> str:
        state = "used" if self.is_used else "unused"
        return f"<Prover for {self.kind} {self._username!r}, {state}>"
