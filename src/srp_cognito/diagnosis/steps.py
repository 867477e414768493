"""The formulas once more, in steps, each of which a mistake can replace by what other code does.

`right_steps` is what this library does. `Evaluation` puts steps together and decides nothing, so a
mistake is nothing but the steps that it replaces. Whatever costs an exponentiation is computed once
for each combination of steps that needs it.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any, Final, NamedTuple

from ..proof import modexp, srp
from ..proof.formula import Computation, alone, together
from .exchange import Exchange

__all__ = [
    "Evaluation",
    "Formula",
    "Numbers",
    "S_of_client",
    "S_of_server",
    "Steps",
    "Values",
    "derive_key",
    "right_steps",
]


_SHARE: Final = 16
"""How many powers a core computes at a time: two calls of an engine for eight."""


class Numbers(NamedTuple):
    """What S is computed from."""

    A: int
    B: int
    a: int
    """0 if the server's side is known."""
    b: int
    """0 if the client's side is known."""
    k: int
    x: int
    """0 if only the verifier is known."""
    v: int
    u: int


class Formula(NamedTuple):
    """A way to compute S from the client's secret and, if that is possible, from the server's.

    ``(yield base, exponent)`` is ``base^exponent mod N`` (see `proof.formula`).
    """

    of_client: Callable[[Numbers], Computation[int]]
    of_server: Callable[[Numbers], Computation[int]] | None


class Steps(NamedTuple):
    """All steps of a client, from the challenge to the claim, in order."""

    group_in_x: bytes
    between: bytes
    """What is hashed between the two halves of the identity in x."""
    member_in_x: bytes
    colon: bytes
    password: bytes | None
    """None if it is not known."""
    salt: bytes
    private_key: Callable[[bytes, bytes], bytes]
    """x as bytes, from the salt and what is hashed with the password."""
    k: int
    public_values: Callable[[int, int], bytes]
    """What is hashed for u, from A and B."""
    formula: Formula
    u_octets: Callable[[int], bytes]
    s_octets: Callable[[int], bytes]
    derive: Callable[[bytes, bytes], bytes]
    """The key, from u and S as bytes."""
    group: bytes
    member: bytes
    block: bytes
    timestamp: bytes
    message: Callable[[bytes, bytes, bytes, bytes], bytes]
    sign: Callable[[bytes, bytes], bytes]

    def changed(self, *changes: Mapping[str, object]) -> "Steps":
        """Return the steps with some of them replaced."""
        together: dict[str, Any] = dict(chain.from_iterable(map(Mapping.items, changes)))
        return self._replace(**together)


class _Inputs(NamedTuple):
    """What S depends on."""

    x: int | None
    k: int
    u: int
    formula: Formula


class Values(NamedTuple):
    """The results of the steps, in the protocol's order, with the names of a transcript."""

    k: int
    x: int | None
    u: int
    s: int
    key: bytes
    message: bytes
    signature: bytes

    def __repr__(self) -> str:
        return "<Values of an exchange>"  # x, S and the key are secrets.


def _private_key(salt: bytes, credentials: bytes) -> bytes:
    return hashlib.sha256(salt + hashlib.sha256(credentials).digest()).digest()


def derive_key(u: bytes, s: bytes) -> bytes:
    """The key, as `srp.key` derives it, from the bytes of u and S."""
    return hmac.digest(hmac.digest(u, s, "sha256"), srp.INFO + b"\x01", "sha256")[:16]


def _sign(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def S_of_client(n: Numbers) -> Computation[int]:
    """S, as `srp.S_of_client` computes it."""
    return (yield (n.B - n.k * n.v) % srp.N, n.a + n.u * n.x)


def S_of_server(n: Numbers) -> Computation[int]:
    """S, as `srp.S_of_server` computes it."""
    return (yield n.A * (yield n.v, n.u) % srp.N, n.b)


_RIGHT_FORMULA = Formula(S_of_client, S_of_server)


def right_steps(exchange: Exchange) -> Steps:
    """Return the steps of a client that makes no mistake in this exchange."""
    group, member = exchange.group.encode(), exchange.member.encode()
    return Steps(
        group_in_x=group,
        between=b"",
        member_in_x=member,
        colon=b":",
        password=None if exchange.password is None else exchange.password.encode(),
        salt=srp.pad(exchange.salt),
        private_key=_private_key,
        k=srp.k,
        public_values=lambda A, B: srp.pad(A) + srp.pad(B),
        formula=_RIGHT_FORMULA,
        u_octets=srp.pad,
        s_octets=srp.pad,
        derive=derive_key,
        group=group,
        member=member,
        block=exchange.block,
        timestamp=exchange.signed_timestamp.encode(),
        message=lambda *parts: b"".join(parts),
        sign=_sign,
    )


class Evaluation:
    """Puts the steps of one exchange together, and remembers what was expensive.

    Args:
        exchange: the exchange.
        force_u: replaces each u, to see what the steps make of a u with a rare shape.
        force_s: replaces each S, for the same reason.
    """

    def __init__(
        self,
        exchange: Exchange,
        *,
        force_u: Callable[[int], int] = lambda u: u,
        force_s: Callable[[int], int] = lambda S: S,
    ) -> None:
        self._exchange = exchange
        self._force_u = force_u
        self._force_s = force_s
        self._x: dict[tuple[object, ...], int] = {}
        self._v: dict[int, int] = {}
        self._u: dict[object, int] = {}
        self._powers: dict[tuple[int, int], int] = {}
        self._s: dict[_Inputs, int | None] = {}
        self._keys: dict[tuple[object, ...], bytes] = {}
        self._g_to_b = 0 if exchange.b is None or exchange.a is not None else srp.v(exchange.b)

    def x(self, steps: Steps) -> int | None:
        """Return x; None if the password is not known."""
        if steps.password is None:
            return None
        credentials = b"".join(
            (steps.group_in_x, steps.between, steps.member_in_x, steps.colon, steps.password)
        )
        inputs = (steps.salt, credentials, steps.private_key)
        if inputs not in self._x:
            octets = steps.private_key(steps.salt, credentials)
            self._x[inputs] = int.from_bytes(octets, "big")
        return self._x[inputs]

    def v(self, x: int | None) -> int:
        """Return g^x, or the verifier that is known instead of x."""
        if x is None:
            return self._exchange.v or 0
        if x not in self._v:
            self._v[x] = srp.v(x)
        return self._v[x]

    def B(self, steps: Steps) -> int:
        """Return SRP_B as it was sent, or as a server with these steps makes it."""
        if self._exchange.B:
            return self._exchange.B
        return (steps.k * self.v(self.x(steps)) + self._g_to_b) % srp.N

    def makes_b(self, steps: Steps) -> bool:
        """Whether a server with these steps makes the SRP_B that was sent."""
        return (steps.k * self.v(self.x(steps)) + self._g_to_b) % srp.N == self.B(steps)

    def u(self, steps: Steps) -> int:
        """Return u."""
        if steps.public_values not in self._u:
            octets = steps.public_values(self._exchange.A, self.B(steps))
            digest = int.from_bytes(hashlib.sha256(octets).digest(), "big")
            self._u[steps.public_values] = self._force_u(digest)
        return self._u[steps.public_values]

    def s(self, steps: Steps) -> int | None:
        """Return S; None if it cannot be computed from the side that is known.

        The server's side does not know `a`, so it can compute S only for the x and k with which
        SRP_B was made.
        """
        inputs = self._inputs(steps)
        if inputs not in self._s:
            self._s[inputs] = alone(self._computing_s(steps, inputs))
        return self._s[inputs]

    def prepare(self, many: Iterable[Steps]) -> None:
        """Compute S of many steps, on every core if the engine releases the GIL."""
        wanted = {self._inputs(steps): steps for steps in many}
        cores = (os.cpu_count() or 1) if modexp.engine().releases_gil else 1
        with ThreadPoolExecutor(cores) as threads:

            def powers(pairs: Sequence[tuple[int, int]]) -> list[int]:
                # Some mistakes have powers in common. Exponents of like length go together.
                distinct = sorted(set(pairs), key=lambda pair: pair[1].bit_length())
                shares = [distinct[at : at + _SHARE] for at in range(0, len(distinct), _SHARE)]
                found = chain.from_iterable(threads.map(modexp.powers, shares))
                power = dict(zip(distinct, found, strict=True))
                return [power[pair] for pair in pairs]

            # The verifiers first, since many S need the same one.
            xs = {inputs.x for inputs in wanted if inputs.x is not None}.difference(self._v)
            verifiers = together([srp.v.stepwise(x) for x in xs], powers)
            self._v.update(zip(xs, verifiers, strict=True))
            lacking = [inputs for inputs in wanted if inputs not in self._s]
            computing = [self._computing_s(wanted[inputs], inputs) for inputs in lacking]
            self._s.update(zip(lacking, together(computing, powers), strict=True))

    def _inputs(self, steps: Steps) -> _Inputs:
        return _Inputs(self.x(steps), steps.k, self.u(steps), steps.formula)

    def _computing_s(self, steps: Steps, inputs: _Inputs) -> Computation[int | None]:
        exchange, v, B = self._exchange, self.v(inputs.x), self.B(steps)
        a, b = exchange.a or 0, exchange.b or 0
        numbers = Numbers(exchange.A, B, a, b, steps.k, inputs.x or 0, v, inputs.u)
        compute = steps.formula.of_client
        if exchange.a is None:
            if steps.formula.of_server is None or not self.makes_b(steps):
                return None
            compute = steps.formula.of_server
        return self._force_s((yield from self._remembering(compute(numbers))))

    def _remembering(self, computation: Computation[int]) -> Computation[int]:
        """Do a computation without the powers that are known: some mistakes only misread one."""
        power: int | None = None
        while True:
            try:
                base, exponent = computation.send(power)  # type: ignore[arg-type]
            except StopIteration as end:
                value: int = end.value
                return value
            # By Fermat's theorem the result is the same. The exponents here are not secret any
            # more, and some clients draw an `a` of 8,000 bits.
            pair = base, exponent if exponent < srp.N else exponent % (srp.N - 1)
            if pair not in self._powers:
                self._powers[pair] = yield pair
            power = self._powers[pair]

    def key(self, steps: Steps) -> bytes | None:
        """Return the key; None if S cannot be computed."""
        S = self.s(steps)
        if S is None:
            return None
        inputs = (self.u(steps), S, steps.u_octets, steps.s_octets, steps.derive)
        if inputs not in self._keys:
            u = steps.u_octets(self.u(steps))
            self._keys[inputs] = steps.derive(u, steps.s_octets(S))
        return self._keys[inputs]

    def message(self, steps: Steps) -> bytes:
        """Return what is signed."""
        return steps.message(steps.group, steps.member, steps.block, steps.timestamp)

    def signature(self, steps: Steps) -> bytes | None:
        """Return the signature's bytes; None if S cannot be computed."""
        key = self.key(steps)
        return None if key is None else steps.sign(key, self.message(steps))

    def values(self, steps: Steps) -> Values | None:
        """Return every value; None if S cannot be computed."""
        S, key = self.s(steps), self.key(steps)
        if S is None or key is None:
            return None
        message = self.message(steps)
        signature = steps.sign(key, message)
        return Values(steps.k, self.x(steps), self.u(steps), S, key, message, signature)
