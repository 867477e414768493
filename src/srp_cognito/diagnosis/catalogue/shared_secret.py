"""Mistakes in the formula of S, the secret that both sides share."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ...proof import srp
from ...proof.formula import Computation
from ..exchange import Exchange
from ..steps import Formula, Numbers, S_of_client, S_of_server
from .mistake import Change, Mistake, changing

__all__ = ["SHARED_SECRET"]

REDUCE: Final = "Reduce B - k*v modulo N, to a number from 0 to N - 1, before you exponentiate it."
EXPONENT: Final = "The exponent is a + u*x."
BASE: Final = "The base is B - k*v."
BUFFERS: Final = (256, 512, 767)
"""Digits of B that are kept by a buffer of a certain size. B has up to 768."""

EVEN: Final = "In half of all logins: if a + u*x is even."


def _base(n: Numbers) -> int:
    return (n.B - n.k * n.v) % srp.N


def _exponent(n: Numbers) -> int:
    return n.a + n.u * n.x


def _power(
    pair: Callable[[Numbers], tuple[int, int]],
) -> Callable[[Numbers], Computation[int]]:
    """Return the formula that is one power, of this base to this exponent."""

    def compute(n: Numbers) -> Computation[int]:
        return (yield pair(n))

    return compute


def _without_x_of_server(n: Numbers) -> Computation[int]:
    return (yield n.A * (yield srp.g, n.u) % srp.N, n.b)


def _as_server(n: Numbers) -> Computation[int]:
    return (yield n.B * (yield n.v, n.u) % srp.N, n.a)


def _negative(n: Numbers) -> Computation[int]:
    """The power of a negative base, if a remainder has the sign of the dividend."""
    S = yield from S_of_client(n)
    return S - (srp.N if _exponent(n) % 2 else 0)


def _negative_of_server(n: Numbers) -> Computation[int]:
    # The server does not know whether a + u*x is odd; if it is even, S is right.
    return (yield from S_of_server(n)) - srp.N


def _swapped(n: Numbers) -> Computation[int]:
    S = yield from S_of_client(n)
    return srp.N - S if _exponent(n) % 2 else S


def _swapped_of_server(n: Numbers) -> Computation[int]:
    return srp.N - (yield from S_of_server(n))


def _digits_lost(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Yield what may be left of the digits of B, with what is lost."""
    digits = f"{exchange.B:x}"
    yield "the last one", digits[:-1]
    yield "the first one", digits[1:]
    yield "the last two", digits[:-2]
    yield "the first two", digits[2:]
    octets = bytes.fromhex(digits if len(digits) % 2 == 0 else f"0{digits}")
    yield "each 0 that begins a byte", "".join(f"{octet:x}" for octet in octets)
    for length in BUFFERS:
        yield f"all after the first {length}", digits[:length]
    # An exponentiation for each digit would be too many. With their u, none is needed.
    if "u" in exchange.theirs:
        for at in range(1, len(digits) - 1):
            # Of several that are the same, the first is as good as another.
            if digits[at] != digits[at - 1]:
                yield f"digit {at + 1}", digits[:at] + digits[at + 1 :]


def _with_b(read: int) -> Mapping[str, object]:
    return {
        "public_values": lambda A, _: srp.pad(A) + srp.pad(read),
        "formula": Formula(lambda n: S_of_client(n._replace(B=read)), None),
    }


def _b_read(exchange: Exchange) -> Iterator[Change]:
    if exchange.B:
        for lost, left in _digits_lost(exchange):
            if left and int(left, 16) != exchange.B:
                yield Change(_with_b(int(left, 16)), lost)


SHARED_SECRET: Final[tuple[Mistake[Exchange], ...]] = (
    Mistake(
        "s-negative",
        "B - k*v is negative, and its power keeps the sign.",
        REDUCE,
        changing(formula=Formula(_negative, _negative_of_server)),
        EVEN,
    ),
    Mistake(
        "s-swapped",
        "S is a power of k*v - B, or of the absolute value of B - k*v.",
        REDUCE,
        changing(formula=Formula(_swapped, _swapped_of_server)),
        EVEN,
    ),
    Mistake(
        "s-no-ux",
        "u*x is missing from the exponent of S.",
        EXPONENT,
        changing(formula=Formula(_power(lambda n: (_base(n), n.a)), _power(lambda n: (n.A, n.b)))),
    ),
    Mistake(
        "s-no-u",
        "u is missing from the exponent of S.",
        EXPONENT,
        changing(
            formula=Formula(
                _power(lambda n: (_base(n), n.a + n.x)),
                _power(lambda n: (n.A * n.v % srp.N, n.b)),
            )
        ),
    ),
    Mistake(
        "s-no-x",
        "x is missing from the exponent of S.",
        EXPONENT,
        changing(
            formula=Formula(
                _power(lambda n: (_base(n), n.a + n.u)),
                _without_x_of_server,
            )
        ),
    ),
    Mistake(
        "s-no-kv",
        "k*v is not subtracted from B in the base of S.",
        BASE,
        changing(formula=Formula(_power(lambda n: (n.B, _exponent(n))), None)),
    ),
    Mistake(
        "s-plus",
        "The base of S is B + k*v.",
        BASE,
        changing(
            formula=Formula(_power(lambda n: ((n.B + n.k * n.v) % srp.N, _exponent(n))), None)
        ),
    ),
    Mistake(
        "s-server-formula",
        "S is computed with the server's formula, with B for A and a for b.",
        "The client's formula is (B - k*v)^(a + u*x).",
        changing(formula=Formula(_as_server, None)),
    ),
    Mistake(
        "s-exponent-mod-n",
        "The exponent of S is reduced modulo N.",
        "Do not reduce a + u*x. The order of the group is (N - 1)/2, not N.",
        changing(formula=Formula(_power(lambda n: (_base(n), _exponent(n) % srp.N)), None)),
        "If a + u*x is below N: always, unless a has as many bits as N.",
    ),
    Mistake(
        "b-digit-lost",
        "SRP_B is read without some of its hexadecimal digits, for u and for S.",
        "Read SRP_B as one integer, from all of its digits. If your reader wants whole bytes, put a"
        " 0 in front of an odd number of digits.",
        _b_read,
        "If only the last of an odd number of digits is lost: in 15 logins of 16.",
        is_rare=True,
    ),
)
