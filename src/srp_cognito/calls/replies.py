"""What the service sends back: the parts that every reply shares, read in one place.

The law: as in `wire`, what a peer sent passes through a ``read_`` function before it is used.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ..exceptions import MalformedParameter
from ..wire import read_mapping, read_optional_text, read_text

__all__ = ["Challenge", "read_challenge", "read_error", "read_session", "shown_name"]

_CHALLENGE_NAME: Final = re.compile(r"[A-Z_]{1,40}")
_ERROR_TYPE: Final = re.compile(r"[A-Za-z0-9_.]{1,100}")


@dataclass(frozen=True)
class Challenge:
    """What the service asks for."""

    name: str
    """ChallengeName."""
    session: str | None = field(repr=False)
    """The Session to send back; the challenge that follows USER_SRP_AUTH has none."""
    parameters: Mapping[str, object] | None = field(repr=False)
    """ChallengeParameters."""


def read_challenge(reply: object) -> Challenge:
    """Return the challenge that a reply asks for.

    Raises:
        MalformedParameter: the reply asks for nothing, or cannot be read.
    """
    reply = read_mapping(reply, "ChallengeName")
    name = read_text(reply.get("ChallengeName"), "ChallengeName")
    parameters = reply.get("ChallengeParameters")
    if parameters is not None:
        parameters = read_mapping(parameters, "ChallengeParameters")
    return Challenge(name, read_session(reply), parameters)


def read_session(reply: Mapping[str, object]) -> str | None:
    """Return the Session to send back; the challenge that follows USER_SRP_AUTH has none."""
    return read_optional_text(reply.get("Session"), "Session")


def shown_name(challenge_name: str) -> str:
    """Return the name for a message if it looks like one: no message repeats just anything.

    >>> shown_name("SMS_MFA"), shown_name("correct horse")
    ('SMS_MFA', 'something else')
    """
    return challenge_name if _CHALLENGE_NAME.fullmatch(challenge_name) else "something else"


def read_error(reply: Mapping[str, object]) -> tuple[str, str] | None:
    """Return the type and the message of an error, or None if the reply is none.

    The error is told as the service writes it (``__type``, which may carry a namespace before "#"
    and an address after ":", and ``message``), or as boto3's ``ClientError.response`` has it.

    >>> read_error({"__type": "com.amazonaws#NotAuthorizedException:http://x/", "message": "No."})
    ('NotAuthorizedException', 'No.')
    >>> read_error({"Error": {"Code": "NotAuthorizedException", "Message": "No."}})
    ('NotAuthorizedException', 'No.')
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
    return text, read_optional_text(message, "message") or ""
