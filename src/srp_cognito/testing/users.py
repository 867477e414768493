"""The users of a pool, their devices and their sign-ins, as data.

Of a password the pool keeps a verifier and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from ..exceptions import printable
from ..given import given_texts, nonempty
from ..proof.app_client import AppClient
from ..proof.server import Verifier
from .refused import invalid, no_device, not_authorized
from .sign_ins import SignIns

__all__ = [
    "ATTRIBUTES",
    "MOST_OFFERED",
    "STANDARD_ATTRIBUTES",
    "VERIFIED",
    "Attempt",
    "CustomChallenge",
    "Device",
    "Factor",
    "Lifetimes",
    "Message",
    "Passkey",
    "User",
    "masked",
]

Factor: TypeAlias = Literal["SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA"]
"""The second factors, by the names that SELECT_MFA_TYPE has for them."""

ATTRIBUTES: Final = {"SMS": "phone_number", "EMAIL": "email"}
"""The attribute that says where a code goes, by CODE_DELIVERY_DELIVERY_MEDIUM."""

STANDARD_ATTRIBUTES: Final = frozenset(
    {
        *("address", "birthdate", "email", "family_name", "gender", "given_name", "locale"),
        *("middle_name", "name", "nickname", "phone_number", "picture", "preferred_username"),
        *("profile", "updated_at", "website", "zoneinfo"),
    }
)
"""The attributes that a user may set, besides custom ones (AWS's developer guide, "Working with
user attributes"; OpenID Connect)."""

VERIFIED: Final = frozenset({"email_verified", "phone_number_verified"})
"""The attributes that the service sets. A user cannot; in an ID token they are booleans."""

MOST_OFFERED: Final = 20
"""How many devices a user keeps that were offered and never registered. One more replaces the
oldest, so that sign-ins which register no device cost no memory."""


@dataclass(frozen=True)
class Lifetimes:
    """How an app client's tokens last, and whether its refresh tokens rotate."""

    access: timedelta = timedelta(hours=1)
    id: timedelta = timedelta(hours=1)
    refresh: timedelta = timedelta(days=30)
    """The three defaults are those of a new app client."""
    grace: timedelta | None = None
    """If given, refresh tokens rotate, and a replaced one is accepted for so long."""


@dataclass(frozen=True)
class Message:
    """A code that the pool sent, or would send if it had a telephone.

    Args:
        username: the user's name inside the pool.
        medium: ``SMS`` or ``EMAIL``.
        destination: the phone number or the mail address.
        code: the code.
    """

    username: str
    medium: str
    destination: str
    code: str


@dataclass(frozen=True)
class CustomChallenge:
    """A question of CUSTOM_AUTH and its answer, instead of a pool's Lambda triggers.

    Args:
        parameters: the public parameters, which the client gets as ChallengeParameters.
        answer: the ANSWER that is right.

    Raises:
        TypeError: a value has the wrong type.
        ValueError: the answer or the name of a parameter is empty.
    """

    parameters: Mapping[str, str]
    answer: str = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", given_texts(self.parameters, "parameters"))
        nonempty(self.answer, "answer")


@dataclass
class Device:
    """A device that a user was offered to register."""

    group_key: str
    verifier: Verifier | None = field(default=None, repr=False)
    """None until it is registered."""
    is_remembered: bool = False
    """Whether it replaces the second factor."""
    may_be_registered: bool = True
    """See `Attempt.may_register_device`."""


@dataclass(frozen=True)
class Passkey:
    """A passkey that a user has registered: a public key, and what its authenticator said."""

    credential_id: str
    data: bytes = field(repr=False)
    """WebAuthn's attested credential data, in which the public key is."""
    counter: int
    """How often the authenticator has signed, if it counts."""
    transports: tuple[str, ...]
    attachment: str | None
    created: datetime


@dataclass
class User:
    """A user: everything that the pool knows of one."""

    username: str
    verifier: Verifier = field(repr=False)
    sub: str
    sign_ins: SignIns = field(repr=False)
    """Which of the user's tokens still count."""
    attributes: dict[str, str] = field(default_factory=dict)
    required_attributes: Sequence[str] = ()
    """Those that NEW_PASSWORD_REQUIRED asks for, where they are not known."""
    must_change_password: bool = False
    factors: Sequence[Factor] = ()
    """The second factors; with more than one the user chooses."""
    totp_secret: str | None = field(default=None, repr=False)
    custom_challenges: Sequence[CustomChallenge] = ()
    devices: dict[str, Device] = field(default_factory=dict)
    """By DeviceKey."""
    last_totp_step: int = -1
    """The step of the newest code that was used: a code counts once."""
    is_confirmed: bool = True
    is_enabled: bool = True
    must_reset_password: bool = False
    """See `states` for these three."""
    preferred_factor: Factor | None = None
    """The second factor that is asked for without a choice."""
    offered_totp_secret: str | None = field(default=None, repr=False)
    """The secret of an authenticator app that a signed-in user has not set up yet."""
    friendly_device_name: str | None = None
    """What the user calls the authenticator app."""
    passkeys: dict[str, Passkey] = field(default_factory=dict)
    """By CredentialId."""
    exists: bool = True
    """Whether the user is in the pool. Whoever is not is answered like a user: see `strangers`."""

    @property
    def first_factors(self) -> list[str]:
        """What the user may choose among with USER_AUTH.

        A code alone signs in only a user without a second factor (AWS's developer guide,
        "Authentication flows", choice-based authentication).
        """
        coded = {"EMAIL": "EMAIL_OTP", "SMS": "SMS_OTP"} if not self.factors else {}
        sent = [coded[medium] for medium in coded if ATTRIBUTES[medium] in self.attributes]
        return ["PASSWORD_SRP", "PASSWORD", *sent]

    def add_factor(self, factor: Factor) -> None:
        """Have one more second factor, unless the user has it."""
        if factor not in self.factors:
            self.factors = (*self.factors, factor)

    def check_new_attributes(self, given: Mapping[str, str]) -> None:
        """Raise `Refused` unless a user may set these attributes with a new password.

        Sources: amplify-js, issue 10491, and aws-saas-factory-bootcamp, issue 67, for an attribute
        that is there already; aws-sdk-ios, issue 2203, for one that cannot be set. What the service
        says of a name that is not in the pool's schema is not known.
        """
        for name in given:
            if name in VERIFIED or name == "sub":
                raise not_authorized(f"Cannot modify the non-mutable attribute {name}")
            if name in self.attributes:
                raise not_authorized(f"Cannot modify an already provided {printable(name)}")
            if name not in STANDARD_ATTRIBUTES and not name.startswith("custom:"):
                raise invalid(f"Attributes did not conform to the schema: {printable(name)}")

    @property
    def missing_attributes(self) -> list[str]:
        """The attributes that the user must give with a new password."""
        return [name for name in self.required_attributes if name not in self.attributes]

    def offer_device(self, device_key: str, device: Device) -> None:
        """Add a device that the user may register, and forget the oldest offer if need be."""
        self.devices[device_key] = device
        # A copy is made in one piece, whatever other threads do.
        devices = self.devices.copy()
        offered = [key for key, each in devices.items() if each.verifier is None]
        for key in offered[:-MOST_OFFERED]:
            self.devices.pop(key, None)

    def device(self, device_key: str) -> Device:
        """Return a device, registered or not; raise `Refused` if the user does not have it."""
        device = self.devices.get(device_key)
        if device is None:
            raise no_device()
        return device

    def device_verifier(self, device_key: str) -> Verifier:
        """Return the verifier of a registered device of the user's; otherwise raise `Refused`."""
        verifier = self.device(device_key).verifier
        if verifier is None:
            raise no_device()
        return verifier


@dataclass(frozen=True)
class Attempt:
    """A sign-in: who, with which app client and which device."""

    user: User
    app: AppClient
    typed: str
    """What the person typed: the user's name or an alias."""
    device_key: str | None = None
    flow: str = "USER_SRP_AUTH"
    """AuthFlow. With CUSTOM_AUTH custom challenges follow a proof of the password, if there is no
    second factor (amplify-js, issue 3876)."""
    is_proven: bool = False
    """Whether the password was proven by SRP."""
    is_by_passkey: bool = False
    """Whether a passkey was the first factor; then no second one follows (`Passkeys`)."""

    @property
    def may_register_device(self) -> bool:
        """Whether a device that is offered after this sign-in can be registered.

        The service offers one after any sign-in, and refuses to register some with "Invalid device
        key given." (amplify-js, issue 2087 after USER_PASSWORD_AUTH, and 2705 after CUSTOM_AUTH
        without a password). For USER_AUTH without SRP it is not known.
        """
        without_srp = ("USER_PASSWORD_AUTH", "CUSTOM_AUTH")
        return self.is_proven or self.flow not in without_srp


def masked(destination: str) -> str:
    """Return where a code went in a form for people who may not be the user.

    >>> masked("alice@example.com"), masked("+15551234567")
    ('a***@e***', '+*******4567')
    """
    name, at, domain = destination.partition("@")
    if at:
        return f"{name[:1]}***@{domain[:1]}***"
    return f"+*******{destination[-4:]}"
