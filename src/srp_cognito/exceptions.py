"""The errors, and whose fault each one is.

::

    SRPError                      never raised itself
    ├── PeerError                 the other side sent something that Cognito or SRP-6a forbids
    │   ├── MalformedParameter    .name   missing, not hex, not base64, not text, too long
    │   └── IllegalParameter      .name   well formed, but a value that must be refused
    ├── SignatureMismatch         the claim is not the one this password makes; says nothing more
    └── StateError                steps out of order, or an exchange used twice

`.name` is the key on the wire, such as ``SRP_B``. The caller's own mistakes (a pool id without
"_", a naive datetime, bytes for text) are `ValueError` or `TypeError` and are not part of the
tree. The law: no password, secret, exponent or key appears in any message or repr, and neither
does the value that was refused, since nobody can know what a confused peer put there; only a
challenge's name is told, if it looks like one.
"""

__all__ = [
    "IllegalParameter",
    "MalformedParameter",
    "PeerError",
    "SRPError",
    "SignatureMismatch",
    "StateError",
]


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

    # Both values are kept as plain `args`, so that the errors survive pickling: bulk work in
    # other processes hands them back.
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


class SignatureMismatch(SRPError):
    """The claim is not the one that this password makes. It says no more than that on purpose."""


class StateError(SRPError):
    """A step came out of order, or an exchange was used twice."""
