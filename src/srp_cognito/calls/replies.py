"""What the service replies, read once into what it is: a challenge, a result or a refusal.

As in `wire`, what a peer sent passes through a ``read_`` function before it is used. What only some
challenges have is read when that challenge is met: by the methods of `Challenge`, and of the
ChallengeParameters by `Prover.claim` (a proof's) and `read_question` (a question's).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ..exceptions import IllegalParameter, MalformedParameter, PeerError, StateError
from ..wire import (
    read_identifier,
    read_mapping,
    read_nonempty,
    read_optional_text,
    read_text,
    read_texts,
)

__all__ = [
    "AuthenticationResult",
    "Challenge",
    "DeviceAccepted",
    "NewDevice",
    "Reading",
    "Refusal",
    "Result",
    "SoftwareTokenSecret",
    "SoftwareTokenVerified",
    "kept_members",
    "read_challenge",
    "read_kept",
    "read_refusal",
    "read_reply",
    "shown_name",
]

_CHALLENGE_NAME: Final = re.compile(r"[A-Z_]{1,40}")
_ERROR_TYPE: Final = re.compile(r"[A-Za-z0-9_.]{1,100}")

_ASKING: Final = (
    *("ChallengeName", "Session", "ChallengeParameters", "AvailableChallenges"),
    "SecretCode",  # Of AssociateSoftwareToken.
)
"""The members of a reply that make a question."""


# What a reply may be.


@dataclass(frozen=True, repr=False)
class Challenge:
    """The service asks for something."""

    name: str
    """ChallengeName."""
    session: str | None
    """The Session to send back; the challenge that follows USER_SRP_AUTH has none."""
    parameters: Mapping[str, object] | None
    """ChallengeParameters."""
    reply: Mapping[str, object]
    """The whole reply, for a program that knows more about the challenge."""

    def read_username(self) -> str | None:
        """Return USERNAME, the user's name inside the pool, if the challenge gives it."""
        username = (self.parameters or {}).get("USERNAME")
        return None if username is None else read_nonempty(username, "USERNAME")

    def read_available_challenges(self) -> tuple[str, ...]:
        """Return AvailableChallenges, which SELECT_CHALLENGE must have."""
        return read_texts(self.reply.get("AvailableChallenges"), "AvailableChallenges")

    def __repr__(self) -> str:
        return f"Challenge({shown_name(self.name)!r})"


@dataclass(frozen=True)
class NewDevice:
    """NewDeviceMetadata: the device that the client may register."""

    group_key: str
    """DeviceGroupKey."""
    key: str
    """DeviceKey."""


@dataclass(frozen=True)
class AuthenticationResult:
    """The user has signed in; the fields are those of AWS's AuthenticationResult."""

    access_token: str = field(repr=False)
    id_token: str | None = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in: int | None
    token_type: str | None
    new_device: NewDevice | PeerError | None
    """NewDeviceMetadata, or why it cannot be read: the tokens are good without it."""


@dataclass(frozen=True)
class SoftwareTokenSecret:
    """AssociateSoftwareToken has made a secret for an authenticator app."""

    secret_code: str = field(repr=False)
    session: str = field(repr=False)
    reply: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True)
class SoftwareTokenVerified:
    """VerifySoftwareToken has accepted the first code of an authenticator app."""

    session: str = field(repr=False)


@dataclass(frozen=True)
class DeviceAccepted:
    """ConfirmDevice has registered a device, or UpdateDeviceStatus has noted its status."""

    needs_confirmation: bool
    """UserConfirmationNecessary: whether the user decides if the device is remembered."""


@dataclass(frozen=True)
class Refusal:
    """The service refused the call."""

    type: str
    """The service's name for the error, such as ``NotAuthorizedException``."""
    message: str = field(repr=False)
    """The service's own words, perhaps empty."""


Result: TypeAlias = (
    AuthenticationResult | SoftwareTokenSecret | SoftwareTokenVerified | DeviceAccepted
)
"""What an operation that succeeded returned."""

Reading: TypeAlias = Challenge | Result | Refusal
"""What a reply is."""


# Reading.


def read_reply(reply: object, operation: str) -> Reading:
    """Return what a reply is.

    Args:
        reply: the parsed JSON body; or what boto3 returned, or its ``ClientError.response``.
        operation: the operation that was called, such as ``InitiateAuth``.

    Raises:
        MalformedParameter, IllegalParameter: something in the reply is refused; `.name` is its key.
        StateError: the reply is not to this operation.
    """
    reply = read_mapping(reply, "the reply")
    refusal = read_refusal(reply)
    return refusal if refusal is not None else _read_success(reply, operation)


def read_challenge(reply: object) -> Challenge:
    """Return the challenge that a reply asks for.

    Raises:
        MalformedParameter: the reply asks for nothing, or cannot be read.
    """
    reply = read_mapping(reply, "ChallengeName")
    name = read_text(reply.get("ChallengeName"), "ChallengeName")
    session = read_optional_text(reply.get("Session"), "Session")
    parameters = reply.get("ChallengeParameters")
    if parameters is not None:
        parameters = read_mapping(parameters, "ChallengeParameters")
    return Challenge(name, session, parameters, reply)


def read_refusal(reply: Mapping[str, object]) -> Refusal | None:
    """Return the error that a reply reports, or None if it reports success.

    The error has the service's form (``__type``, which may carry a namespace before "#" and an
    address after ":", and ``message``), or that of boto3's ``ClientError.response``.

    >>> read_refusal({"__type": "com.amazonaws#NotAuthorizedException:http://x/"})
    Refusal(type='NotAuthorizedException')
    >>> read_refusal({"Error": {"Code": "NotAuthorizedException", "Message": "No."}}).message
    'No.'
    """
    if reply.get("__type") is not None:
        name, kind, source = "__type", reply["__type"], reply
    elif reply.get("Error") is not None:
        source = read_mapping(reply["Error"], "Error")
        name, kind = "Code", source.get("Code")
    else:
        return None
    text = read_text(kind, name).partition(":")[0].rpartition("#")[2]
    if not _ERROR_TYPE.fullmatch(text):
        raise MalformedParameter(name, "is not the name of an error")
    message = source.get("message", source.get("Message"))
    return Refusal(text, read_optional_text(message, "message") or "")


def shown_name(challenge_name: str) -> str:
    """Return the name for a message if it looks like one: no message repeats just anything.

    >>> shown_name("SMS_MFA"), shown_name("correct horse")
    ('SMS_MFA', 'something else')
    """
    return challenge_name if _CHALLENGE_NAME.fullmatch(challenge_name) else "something else"


# What is kept of a reply that asks a question, and read again.


def kept_members(asking: Challenge | SoftwareTokenSecret) -> dict[str, object]:
    """Return the members of the reply that `read_kept` needs: the rest need not be JSON."""
    return {name: asking.reply[name] for name in _ASKING if name in asking.reply}


def read_kept(members: object) -> Challenge | Result:
    """Return what `kept_members` was called with.

    Raises:
        MalformedParameter: the members are not those of a reply.
    """
    members = read_mapping(members, "reply")
    operation = "AssociateSoftwareToken" if "SecretCode" in members else "RespondToAuthChallenge"
    return _read_success(members, operation)


# The results.


def _read_success(reply: Mapping[str, object], operation: str) -> Challenge | Result:
    return _READERS[operation.removeprefix("Admin")](reply)


def _read_sign_in(reply: Mapping[str, object]) -> Challenge | AuthenticationResult:
    if reply.get("ChallengeName") is not None:
        return read_challenge(reply)
    if reply.get("AuthenticationResult") is None:
        raise MalformedParameter(
            "ChallengeName",
            "is missing, and so are AuthenticationResult and an error: is this reply the"
            " service's?",
        )
    result = read_mapping(reply["AuthenticationResult"], "AuthenticationResult")
    access_token = read_nonempty(result.get("AccessToken"), "AccessToken")
    expires_in = _read_lifetime(result.get("ExpiresIn"))
    return AuthenticationResult(
        access_token=access_token,
        id_token=read_optional_text(result.get("IdToken"), "IdToken"),
        refresh_token=read_optional_text(result.get("RefreshToken"), "RefreshToken"),
        expires_in=expires_in,
        token_type=read_optional_text(result.get("TokenType"), "TokenType"),
        new_device=_read_new_device(result.get("NewDeviceMetadata")),
    )


def _read_lifetime(seconds: object) -> int | None:
    if isinstance(seconds, float) and seconds.is_integer():
        return int(seconds)  # JSON has one kind of number.
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int)):
        raise MalformedParameter("ExpiresIn", f"must be a number, not {type(seconds).__name__}")
    return seconds


def _read_new_device(metadata: object) -> NewDevice | PeerError | None:
    if metadata is None:
        return None
    try:
        metadata = read_mapping(metadata, "NewDeviceMetadata")
        return NewDevice(
            read_identifier(metadata.get("DeviceGroupKey"), "DeviceGroupKey"),
            read_identifier(metadata.get("DeviceKey"), "DeviceKey"),
        )
    except PeerError as error:
        return error


def _read_secret(reply: Mapping[str, object]) -> SoftwareTokenSecret:
    secret_code = read_nonempty(reply.get("SecretCode"), "SecretCode")
    return SoftwareTokenSecret(secret_code, read_nonempty(reply.get("Session"), "Session"), reply)


def _read_verified(reply: Mapping[str, object]) -> SoftwareTokenVerified:
    if read_text(reply.get("Status"), "Status") != "SUCCESS":
        raise IllegalParameter("Status", "is not SUCCESS: the code was not accepted")
    return SoftwareTokenVerified(read_nonempty(reply.get("Session"), "Session"))


def _read_confirmed(reply: Mapping[str, object]) -> DeviceAccepted:
    _check_is_about_device(reply)
    return DeviceAccepted(reply.get("UserConfirmationNecessary") is True)


def _read_updated(reply: Mapping[str, object]) -> DeviceAccepted:
    _check_is_about_device(reply)
    return DeviceAccepted(needs_confirmation=False)


def _check_is_about_device(reply: Mapping[str, object]) -> None:
    """Raise if an earlier reply is given again: any reply would pass for success here."""
    if reply.get("AuthenticationResult") is not None or reply.get("ChallengeName") is not None:
        raise StateError("this is the reply to an earlier call, not to the one about the device")


_READERS: Final[Mapping[str, Callable[[Mapping[str, object]], Challenge | Result]]] = {
    "InitiateAuth": _read_sign_in,
    "RespondToAuthChallenge": _read_sign_in,
    "AssociateSoftwareToken": _read_secret,
    "VerifySoftwareToken": _read_verified,
    "ConfirmDevice": _read_confirmed,
    "UpdateDeviceStatus": _read_updated,
}
