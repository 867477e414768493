"""The users of a pool and their devices, as data.

The law: of a password the pool keeps a verifier and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from ..given import given_texts, nonempty
from ..proof.server import Verifier

__all__ = [
    "ATTRIBUTES",
    "CustomChallenge",
    "Device",
    "Factor",
    "Message",
    "User",
    "masked",
]

Factor: TypeAlias = Literal["SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA"]
"""The second factors, by the names that SELECT_MFA_TYPE has for them."""

ATTRIBUTES: Final = {"SMS": "phone_number", "EMAIL": "email"}
"""The attribute that says where a code goes, by CODE_DELIVERY_DELIVERY_MEDIUM."""


@dataclass(frozen=True)
class Message:
    """A code that the pool sent, or would send if it had a telephone.

    Args:
        username: whose it is.
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
    """A question of CUSTOM_AUTH and its answer, in the place of a pool's Lambda triggers.

    Args:
        parameters: the public parameters, which the client gets as ChallengeParameters.
        answer: the ANSWER that is right.

    Raises:
        TypeError, ValueError: a value is of another type, or the answer is empty.
    """

    parameters: Mapping[str, str]
    answer: str = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", given_texts(self.parameters, "parameters"))
        nonempty(self.answer, "answer")


@dataclass
class Device:
    """A device that a user was offered to register, and once it is, its verifier."""

    group_key: str
    verifier: Verifier | None = field(default=None, repr=False)
    is_remembered: bool = False
    """Whether it stands in for the second factor."""


@dataclass
class User:
    """A user: everything that the pool knows of one."""

    username: str
    verifier: Verifier = field(repr=False)
    sub: str
    origin_jti: str
    """What all of the user's tokens carry until GlobalSignOut, which replaces it and so ends them.
    AWS's has one for each sign-in; one for each user costs no memory per sign-in."""
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

    @property
    def first_factors(self) -> list[str]:
        """What the user may choose among with USER_AUTH.

        A code alone signs in only who has no second factor, as AWS's developer guide has it
        ("Authentication flows", choice-based authentication).
        """
        coded = {"EMAIL": "EMAIL_OTP", "SMS": "SMS_OTP"} if not self.factors else {}
        sent = [coded[medium] for medium in coded if ATTRIBUTES[medium] in self.attributes]
        return ["PASSWORD_SRP", "PASSWORD", *sent]


def masked(destination: str) -> str:
    """Return where a code went in a form for people who may not be the user.

    >>> masked("alice@example.com"), masked("+15551234567")
    ('a***@e***', '+*******4567')
    """
    name, at, domain = destination.partition("@")
    if at:
        return f"{name[:1]}***@{domain[:1]}***"
    return f"+*******{destination[-4:]}"
