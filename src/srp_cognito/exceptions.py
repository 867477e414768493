"""The errors, and whose fault each one is.

::

    SRPError                      never raised itself
    ├── PeerError                 the other side sent something that Cognito or SRP-6a forbids
    │   ├── MalformedParameter    .name   missing, not hex, not base64, not text, too long
    │   └── IllegalParameter      .name   well formed, but a value that must be refused
    │       └── UnsupportedChallenge  .challenge_name, .reply   this library cannot answer it
    ├── ServiceError              .type, .message, .status   the service refused a call
    │   └── DeviceRefused         it refused the proof of the remembered device
    ├── InputError                .name   what a person typed cannot be sent; also a ValueError
    ├── SignatureMismatch         the claim is not the one this password makes; says nothing more
    └── StateError                steps out of order, or an exchange used twice

A peer's `.name` is the key on the wire, such as ``SRP_B``. The caller's own mistakes (a pool id
without "_", a naive datetime, bytes for text) are `ValueError` or `TypeError` and not part of the
tree; what a person may have typed (a name, a password, a code, a choice) is an `InputError`, so
that a web program can answer 400 to that and to nothing else.

No password, secret, exponent or key appears in any message or repr. Neither does the value that was
refused, since nobody knows what a confused peer put there. There are two exceptions: a challenge's
name is shown if it looks like one, and a `ServiceError` repeats what the service said.
"""

from collections.abc import Mapping
from typing import Final

__all__ = [
    "DeviceRefused",
    "IllegalParameter",
    "InputError",
    "MalformedParameter",
    "PeerError",
    "SRPError",
    "ServiceError",
    "SignatureMismatch",
    "StateError",
    "UnsupportedChallenge",
]


_SHOWN: Final = 500


def printable(text: str) -> str:
    r"""Return what a peer sent in a form to show: a terminal would obey control characters.

    >>> printable("Code\x1b[2J sent\n")
    'Code?[2J sent?'
    """
    return "".join(letter if letter.isprintable() else "?" for letter in text[:_SHOWN])


class SRPError(Exception):
    """The root of everything that this library raises on purpose about an exchange."""


class PeerError(SRPError):
    """The other side sent something that Cognito or SRP-6a forbids.

    >>> error = MalformedParameter("SRP_B", "is not hexadecimal")
    >>> error.name
    'SRP_B'
    >>> str(error)
    'SRP_B is not hexadecimal'
    """

    # Both values are plain `args`, so that the errors survive pickling: work in other processes
    # returns them.
    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)
        self.name = name
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.name} {self.problem}"


class MalformedParameter(PeerError):
    """A parameter is missing or cannot be read: not hex, not base64, not text, too long."""


class IllegalParameter(PeerError):
    """A parameter can be read, but its value must be refused: B = 0 mod N, a stale TIMESTAMP."""


class UnsupportedChallenge(IllegalParameter):
    """The service asks for a challenge that this library cannot answer.

    Args:
        challenge_name: the challenge's name, as it came.
        problem: what is wrong with it.
        reply: the whole reply, for a program that can answer. It holds a Session, so message and
            repr do not show it, and a pickle or a copy leaves it out.
    """

    def __init__(
        self, challenge_name: str, problem: str, reply: Mapping[str, object] | None = None
    ) -> None:
        super().__init__("ChallengeName", problem)
        self.args: tuple[str, str] = (challenge_name, problem)
        self.challenge_name = challenge_name
        self.reply = reply

    def __reduce__(self) -> tuple[type["UnsupportedChallenge"], tuple[str, str]]:
        # BaseException's own method would pickle the reply, with all other attributes.
        return type(self), (self.challenge_name, self.problem)

    def __repr__(self) -> str:
        return f"UnsupportedChallenge({self.problem!r})"


class ServiceError(SRPError):
    """The service refused a call, or something in front of it did: a gateway, a firewall, a proxy.

    Args:
        kind: `.type`: the service's name for the error, such as ``NotAuthorizedException``. None
            if there was no name, as in a gateway's page of HTML.
        message: the service's own words, perhaps empty; of a page of HTML its text.
        operation: the operation that was refused, such as ``RespondToAuthChallenge``.
        challenge_name: the challenge that the refused call answered, if it answered one.
        status: the HTTP status, if it is known.

    >>> error = ServiceError("CodeMismatchException", "Invalid code", "RespondToAuthChallenge")
    >>> error.type
    'CodeMismatchException'
    >>> str(error)
    'CodeMismatchException: Invalid code'
    >>> str(ServiceError(None, "Service Unavailable", "InitiateAuth", status=503))
    'HTTP status 503: Service Unavailable'
    """

    def __init__(
        self,
        kind: str | None,
        message: str,
        operation: str,
        challenge_name: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(kind, message, operation, challenge_name, status)
        self.type = kind
        self.message = message
        self.operation = operation
        self.challenge_name = challenge_name
        self.status = status

    def __str__(self) -> str:
        kind = self.type
        if kind is None:
            kind = "refused" if self.status is None else f"HTTP status {self.status}"
        return f"{kind}: {printable(self.message)}" if self.message else kind

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class DeviceRefused(ServiceError):
    """The service refused the proof of the remembered device, and not the user's password.

    The service's words are the same for both. Sign in without the device
    (`SignIn.without_device` begins again), and discard what was kept of it: no later proof of this
    device will be accepted either, unless this machine's clock was wrong.

    >>> error = DeviceRefused("NotAuthorizedException", "Incorrect username or password.", "...")
    >>> str(error).partition("(")[2]
    'it refused the secret of the remembered device, not the password: sign in without the device)'
    """

    def __str__(self) -> str:
        return (
            f"{super().__str__()} (it refused the secret of the remembered device, not the"
            " password: sign in without the device)"
        )


class InputError(SRPError, ValueError):
    """What a person typed cannot be sent: it is empty, not text for UTF-8, or not a choice.

    Args:
        name: what was typed, such as ``code``, ``username`` or ``password``.
        problem: what is wrong with it, and perhaps what to do.

    >>> error = InputError("code", "is empty")
    >>> error.name
    'code'
    >>> str(error)
    'code is empty'
    """

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)
        self.name = name
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.name} {self.problem}"


class SignatureMismatch(SRPError):
    """The claim is not the one that this password makes. On purpose it says no more than that."""


class StateError(SRPError):
    """A step came out of order, or an exchange was used twice."""
