"""What the service replies, read once into what it is: a challenge, a result or a refusal.

A refusal has many spellings, since a gateway, a firewall or a proxy may answer for the service. A
reply that has neither the members that its operation answers nor a readable error is an error, too.

As in `wire`, what a peer sent passes through a ``read_`` function before it is used. What only some
challenges have is read when that challenge is met: by the methods of `Challenge`, and of the
ChallengeParameters by `Prover.claim` (a proof's) and `read_question` (a question's).
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar

from ..exceptions import (
    DeviceRefused,
    MalformedParameter,
    PeerError,
    ServiceError,
    StateError,
    printable,
)
from ..wire import (
    as_utf8,
    read_identifier,
    read_mapping,
    read_nonempty,
    read_optional_text,
    read_text,
    read_texts,
)
from .call import Call

__all__ = [
    "AuthenticationResult",
    "Challenge",
    "DeviceAccepted",
    "NewDevice",
    "Reading",
    "Refusal",
    "Result",
    "Revoked",
    "SoftwareTokenSecret",
    "SoftwareTokenVerified",
    "checked_reply",
    "kept_members",
    "read_challenge",
    "read_kept",
    "read_lifetime",
    "read_reply",
    "shown_name",
]

T = TypeVar("T")

_CHALLENGE_NAME: Final = re.compile(r"[A-Z_]{1,40}")
_ERROR_TYPE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,99}", re.ASCII)
_STATUS: Final = re.compile(r"[1-5][0-9]{2}", re.ASCII)

_MAX_WORDS: Final = 4096
"""So much of a message is read."""

# What a browser does not show of a page of HTML, and its tags.
_UNSEEN: Final = re.compile(r"(?is)<(style|script)\b.*?(</\1[^>]*>?|\Z)|<!--.*?(-->|\Z)")
_TAG: Final = re.compile(r"<[^>]*>?")

_NOT_A_PROOF: Final = ("session", "secrethash", "secret_hash", "attemptsexceeded", "disabled")
"""Words, without spaces, of a NotAuthorizedException that is not about a proof: the Session is too
old, SECRET_HASH is wrong (amplify-android, issue 3111; see also `testing.directory`), "Password
attempts exceeded", "User is disabled" (amazon-cognito-identity-js, issues 479 and 373)."""


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
        """Return the user's name inside the pool, if the challenge gives it.

        USERNAME takes precedence. After a sign-in without SRP the name may come as USER_ID_FOR_SRP
        only, and it is the one to answer with (AWS's API reference, AdminInitiateAuth).
        """
        parameters = self.parameters or {}
        for key in ("USERNAME", "USER_ID_FOR_SRP"):
            if parameters.get(key) is not None:
                return read_nonempty(parameters[key], key)
        return None

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
class Revoked:
    """RevokeToken has revoked a refresh token."""


@dataclass(frozen=True)
class Refusal:
    """The service, or something in front of it, refused the call."""

    type: str | None
    """The service's name for the error, such as ``NotAuthorizedException``, if there is one."""
    message: str = field(repr=False)
    """The words that came with it, perhaps empty."""
    status: int | None = None
    """The HTTP status, if it is known."""

    def error(self, operation: str, challenge_name: str | None = None) -> ServiceError:
        """Return the error to raise, or to keep.

        Args:
            operation: the operation that was refused.
            challenge_name: the challenge that the refused call answered, if it answered one.
        """
        of_device = challenge_name in ("DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER")
        words = self.message.lower().replace(" ", "")
        is_proof = not any(word in words for word in _NOT_A_PROOF)
        refused = of_device and is_proof and self.type == "NotAuthorizedException"
        kind = DeviceRefused if refused else ServiceError
        return kind(self.type, self.message, operation, challenge_name, self.status)


Result: TypeAlias = (
    AuthenticationResult | SoftwareTokenSecret | SoftwareTokenVerified | DeviceAccepted | Revoked
)
"""What an operation that succeeded returned."""

Reading: TypeAlias = Challenge | Result | Refusal
"""What a reply is."""


# Reading.


def read_reply(reply: object, operation: str) -> Reading:
    """Return what a reply is.

    Args:
        reply: what `http_reply` made, or the parsed JSON body; what boto3 returned, or its
            ``ClientError`` or the error's ``response``.
        operation: the operation that was called, such as ``InitiateAuth``.

    Raises:
        MalformedParameter, IllegalParameter: something in the reply is refused; `.name` is its key.
        StateError: the reply is not to this operation.
        Exception: the reply is an exception that is not a reply of the service: the call could not
            be sent, or its reply did not come.
    """
    members = _as_mapping(reply)
    operation = operation.removeprefix("Admin")
    refusal = _refusal(members, operation, is_error=members is not reply)
    return _READERS[operation][1](members) if refusal is None else refusal


def checked_reply(
    call: Call[Mapping[str, object]], reply: Mapping[str, object] | Exception
) -> Mapping[str, object]:
    """Return the reply to a call that was made alone, or raise what was refused.

    `SignIn`, `DeviceRegistration` and `Refresh` read the replies to their own calls.

    Args:
        call: the call, such as `operations.revoke_token` makes it.
        reply: as for `SignIn.reply`.

    Raises:
        ServiceError: the service refused the call, or something in front of it did.
        MalformedParameter: the reply does not have what its operation answers.
        Exception: the reply is an exception that is not a reply of the service.

    >>> call = Call("ForgotPassword", {"ClientId": "1example23456789", "Username": "alice"})
    >>> checked_reply(call, {"message": "Forbidden"})
    Traceback (most recent call last):
        ...
    srp_cognito.exceptions.ServiceError: refused: Forbidden
    """
    members = _as_mapping(reply)
    operation = call.operation.removeprefix("Admin")
    answered = _ANSWERED.get(operation, ())
    refusal = _refusal(members, operation, is_error=members is not reply)
    if refusal is not None:
        raise refusal.error(call.operation)
    if operation in _MAY_BE_EMPTY:
        _check_has_only(members, _MAY_BE_EMPTY[operation])
    elif answered and all(members.get(name) is None for name in answered):
        raise MalformedParameter(answered[0], "is missing, and so is an error")
    return members


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


def shown_name(challenge_name: str) -> str:
    """Return the name for a message if it looks like one: no message repeats just anything.

    >>> shown_name("SMS_MFA"), shown_name("correct horse")
    ('SMS_MFA', 'something else')
    """
    return challenge_name if _CHALLENGE_NAME.fullmatch(challenge_name) else "something else"


# What is kept of a reply that asks a question, and read again.


def kept_members(asking: Challenge | SoftwareTokenSecret) -> dict[str, object]:
    """Return the members of the reply that `read_kept` needs.

    Only texts are kept: nothing else is read of them, and the rest need not be JSON.
    """
    if isinstance(asking, SoftwareTokenSecret):
        return {"SecretCode": asking.secret_code, "Session": asking.session}
    kept: dict[str, object] = {"ChallengeName": asking.name}
    if asking.session is not None:
        kept["Session"] = asking.session
    if asking.parameters is not None:
        kept["ChallengeParameters"] = {
            name: value for name, value in asking.parameters.items() if isinstance(value, str)
        }
    if asking.name == "SELECT_CHALLENGE":
        kept["AvailableChallenges"] = asking.reply.get("AvailableChallenges")
    return kept


def read_kept(members: object) -> Challenge | Result:
    """Return what `kept_members` was called with.

    Raises:
        MalformedParameter: the members are not those of a reply.
    """
    members = read_mapping(members, "reply")
    return _read_secret(members) if "SecretCode" in members else _read_sign_in(members)


# The results.


def _as_mapping(reply: object) -> Mapping[str, object]:
    if isinstance(reply, Exception):
        response = getattr(reply, "response", None)
        if not isinstance(response, Mapping):
            raise reply
        reply = response
    return read_mapping(reply, "the reply")


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
    return AuthenticationResult(
        access_token=access_token,
        id_token=_if_readable(read_optional_text, result, "IdToken"),
        refresh_token=_if_readable(read_optional_text, result, "RefreshToken"),
        expires_in=_if_readable(read_lifetime, result, "ExpiresIn"),
        token_type=_if_readable(read_optional_text, result, "TokenType"),
        new_device=_read_new_device(result.get("NewDeviceMetadata")),
    )


def _if_readable(
    read: Callable[[object, str], T | None], result: Mapping[str, object], name: str
) -> T | None:
    """Return an optional member, or None: the access token is good without it."""
    try:
        return read(result.get(name), name)
    except MalformedParameter:
        return None


def read_lifetime(seconds: object, name: str) -> int | None:
    """Return a number of seconds, or None where the service sent none."""
    if isinstance(seconds, float) and seconds.is_integer():
        return int(seconds)  # JSON has one kind of number.
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int)):
        raise MalformedParameter(name, f"must be a number, not {type(seconds).__name__}")
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
    return SoftwareTokenVerified(read_nonempty(reply.get("Session"), "Session"))


def _read_confirmed(reply: Mapping[str, object]) -> DeviceAccepted:
    _check_is_about_device(reply)
    necessary = reply.get("UserConfirmationNecessary")
    if not isinstance(necessary, bool):
        raise MalformedParameter("UserConfirmationNecessary", "must be true or false")
    return DeviceAccepted(necessary)


def _read_updated(reply: Mapping[str, object]) -> DeviceAccepted:
    _check_is_about_device(reply)
    _check_has_only(reply, _MAY_BE_EMPTY["UpdateDeviceStatus"])
    return DeviceAccepted(needs_confirmation=False)


def _read_revoked(reply: Mapping[str, object]) -> Revoked:
    _check_has_only(reply, _MAY_BE_EMPTY["RevokeToken"])
    return Revoked()


def _check_is_about_device(reply: Mapping[str, object]) -> None:
    """Raise if an earlier reply is given again."""
    if reply.get("AuthenticationResult") is not None or reply.get("ChallengeName") is not None:
        raise StateError("this is the reply to an earlier call, not to the one about the device")


def _check_has_only(reply: Mapping[str, object], names: frozenset[str]) -> None:
    """Raise if the reply has other members: where it may be empty, any would pass for success."""
    members = reply.keys() - {"ResponseMetadata"}
    if members - names or (not members and _had_more(reply)):
        raise MalformedParameter("the reply", "has members that this operation does not answer")


def _had_more(reply: Mapping[str, object]) -> bool:
    """Return whether the body was more than ``{}``: botocore drops what its model does not have."""
    headers = _mapping(_mapping(reply.get("ResponseMetadata")).get("HTTPHeaders"))
    length = _words(headers.get("content-length"))
    return length.isdecimal() and int(length) > 2 and "content-encoding" not in headers


_MAY_BE_EMPTY: Final = {
    "UpdateDeviceStatus": frozenset[str](),
    "RevokeToken": frozenset[str](),
    "ConfirmForgotPassword": frozenset[str](),
    "ConfirmSignUp": frozenset({"Session"}),
    "ForgotPassword": frozenset({"CodeDeliveryDetails"}),
    "ResendConfirmationCode": frozenset({"CodeDeliveryDetails"}),
}
"""The operations that may answer nothing, and what else they may answer."""


_READERS: Final[
    Mapping[str, tuple[tuple[str, ...], Callable[[Mapping[str, object]], Challenge | Result]]]
] = {
    "InitiateAuth": (("ChallengeName", "AuthenticationResult"), _read_sign_in),
    "RespondToAuthChallenge": (("ChallengeName", "AuthenticationResult"), _read_sign_in),
    "GetTokensFromRefreshToken": (("AuthenticationResult",), _read_sign_in),
    "RevokeToken": ((), _read_revoked),
    "AssociateSoftwareToken": (("SecretCode",), _read_secret),
    "VerifySoftwareToken": (("Status",), _read_verified),
    "ConfirmDevice": (("UserConfirmationNecessary",), _read_confirmed),
    "UpdateDeviceStatus": ((), _read_updated),
}
"""For each operation of a sign-in the members of which it answers one, and what reads them."""

_ANSWERED: Final[Mapping[str, tuple[str, ...]]] = {
    "SignUp": ("UserConfirmed", "UserSub"),
    "ConfirmSignUp": ("Session",),
    "ForgotPassword": ("CodeDeliveryDetails",),
    "ResendConfirmationCode": ("CodeDeliveryDetails",),
    **{name: answered for name, (answered, _) in _READERS.items()},
}


# A refusal.


_OWN_TYPES: Final = ("__type", "code", "Code")
_OTHER_TYPES: Final = ("errorType", "type", "error")
_MESSAGES: Final = ("message", "Message", "errorMessage", "error_description", "detail", "title")
"""The members in which the service, and what may stand in front of it, put an error: the service's
own, botocore's, a Lambda function's, OAuth's, and those of RFC 9457."""


def _refusal(reply: Mapping[str, object], operation: str, *, is_error: bool) -> Refusal | None:
    """Return the error that a reply to this operation reports, or None if it reports none."""
    refusal = _read_refusal(reply, _ANSWERED.get(operation, ()), is_error=is_error)
    if refusal is None and operation == "VerifySoftwareToken":
        status = read_text(reply.get("Status"), "Status")
        if status != "SUCCESS":  # AWS's model has ERROR as well.
            return Refusal(None, f"the code was not accepted (Status {printable(status)})")
    return refusal


def _read_refusal(
    reply: Mapping[str, object], answered: tuple[str, ...], *, is_error: bool
) -> Refusal | None:
    """Return the error that a reply reports, or None if it reports none.

    Args:
        reply: the reply.
        answered: the members of which the operation answers one.
        is_error: whether the reply came with an exception, which is never a success.

    Sources: AWS's JSON protocol 1.1 (``__type``, which may carry a namespace before "#" and an
    address after ":", or the header x-amzn-ErrorType); botocore's ``ClientError.response``; AWS
    WAF's developer guide for the header x-amzn-waf-action, which comes with the statuses 202 and
    405.
    """
    metadata = _mapping(reply.get("ResponseMetadata"))
    headers = _mapping(metadata.get("HTTPHeaders"))
    status = _read_status(metadata.get("HTTPStatusCode"))
    firewall = headers.get("x-amzn-waf-action")
    named = headers.get("x-amzn-errortype")
    error = reply["Error"] if reply.get("Error") is not None else reply.get("error")
    is_refused = (
        is_error
        or (status is not None and not 200 <= status < 300)
        or any(each is not None for each in (firewall, named, reply.get("__type"), error))
    )
    if not is_refused and any(reply.get(name) is not None for name in answered):
        return None
    source = error if isinstance(error, Mapping) else reply
    kinds = [_kind(value) for value in (*map(source.get, _OWN_TYPES), named)]
    kinds += [_words(source.get(key)) for key in _OTHER_TYPES]
    kind = next((each for each in kinds if _ERROR_TYPE.fullmatch(each)), None)
    if status is None:  # botocore names an error that has no name for its status.
        status = next((int(each) for each in kinds if _STATUS.fullmatch(each)), None)
    words = next(filter(None, map(_words, map(source.get, _MESSAGES))), "")
    if not words and kind != _words(error):
        words = _words(error)
    if not (is_refused or kind or words):
        return None
    if firewall is not None:
        wanted = _words(firewall) or "check"
        words = f"AWS WAF wants a {wanted} (x-amzn-waf-action). {words}".rstrip()
    return Refusal(kind, words, status)


def _read_status(value: object) -> int | None:
    """Return an HTTP status, also one that is text, or None; 0 for what cannot be read."""
    if isinstance(value, str) and _STATUS.fullmatch(value):
        return int(value)
    return int(value) if isinstance(value, int) else None if value is None else 0


def _kind(value: object) -> str:
    """Return the name of an error without the namespace and the address of AWS's protocol."""
    return _words(value).partition(":")[0].rpartition("#")[2]


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _words(value: object) -> str:
    """Return text that came with an error, as a person can read it; "" for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 1000 else ""
    if not isinstance(value, str):
        return ""
    text = value[:_MAX_WORDS]
    if as_utf8(text) is None:
        return ""
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return ""  # Whatever it is, no words: perhaps a reply with tokens that was cut off.
    if start == "<":
        text = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", text)))
        text = " ".join(text.split())
    return text
