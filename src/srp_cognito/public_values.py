"""What must hold of a peer's A or B, and of the u that binds them.

The law: this is checked before the first exponentiation. RFC 5054 (sections 2.5.3, 2.5.4 and 2.6)
refuses values that are zero modulo N: with A = 0 anybody logs in without a password, with B = 0
a server learns a claim that it can test passwords against; and it refuses u = 0. Values outside
[1, N) are refused too: no honest side sends one, since both are remainders modulo N.
"""

from . import srp
from .exceptions import IllegalParameter
from .wire import read_hex

__all__ = ["bind", "read_public_value"]


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


def bind(A: int, B: int, name: str) -> int:
    """Return u, which binds A and B; `name` is the wire key of the one that the peer sent.

    Raises:
        IllegalParameter: u is 0.
    """
    u = srp.u(A, B)
    if u == 0:
        raise IllegalParameter(name, "gives u = 0, which RFC 5054 refuses")
    return u
