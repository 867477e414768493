"""What must hold of a peer's A or B, and of the u that binds them.

The law: this is checked before anything is exponentiated with what the peer sent. RFC 5054
(sections 2.5.3 and 2.5.4) refuses values that are zero modulo N: with A = 0 anybody would log in
without a password. Values outside [1, N) are refused as well: no honest side sends one, since both
are remainders modulo N. u = 0, which would take the password out of S, is refused by SRP-6a's own
description (Wu, "SRP Protocol Design").
"""

from ..exceptions import IllegalParameter
from ..wire import read_hex
from . import srp

__all__ = ["checked_u", "read_public_value"]


def read_public_value(value: object, name: str) -> int:
    """Return A or B as the peer sent it under the wire key `name`.

    Raises:
        MalformedParameter: it is missing, no text, not hexadecimal or too long.
        IllegalParameter: it does not lie in [1, N).

    >>> read_public_value("0A", "SRP_A")
    10
    """
    number = read_hex(value, name)
    if not 0 < number < srp.N:
        raise IllegalParameter(name, "must lie between 1 and N - 1")
    return number


def checked_u(A: int, B: int, name: str) -> int:
    """Return u, made of A and B; `name` is the wire key of the one that the peer sent.

    Raises:
        IllegalParameter: u is 0.
    """
    u = srp.u(A, B)
    if u == 0:
        raise IllegalParameter(name, "gives u = 0, which SRP-6a refuses")
    return u
