"""What must hold of a peer's A or B, and of u, before anything is exponentiated with them.

RFC 5054 (sections 2.5.3 and 2.5.4) refuses values that are zero modulo N: with A = 0 anybody would
log in without a password. Other values outside [1, N) are refused as well: A and B are remainders
modulo N, so no honest side sends one. u = 0 would take the password out of S, and SRP-6a's own
description refuses it (Wu, "SRP Protocol Design").
"""

from ..exceptions import IllegalParameter
from ..wire import read_hex
from . import srp

__all__ = ["checked_u", "read_public_value"]


def read_public_value(value: object, name: str) -> int:
    """Return A or B as the peer sent it under the wire key `name`.

    Raises:
        MalformedParameter: the value is missing, not text, not hexadecimal or too long.
        IllegalParameter: it is not in [1, N).

    >>> read_public_value("0A", "SRP_A")
    10
    """
    number = read_hex(value, name)
    if not 0 < number < srp.N:
        raise IllegalParameter(name, "must lie between 1 and N - 1")
    return number


def checked_u(A: int, B: int, name: str) -> int:
    """Return u of A and B; `name` is the wire key of the one that the peer sent.

    Raises:
        IllegalParameter: u is 0.
    """
    u = srp.u(A, B)
    if u == 0:
        raise IllegalParameter(name, "gives u = 0, which SRP-6a refuses")
    return u
