"""Intel's library, as far as ipp_crypto.py calls it, for machines and faults that it lacks."""

import ctypes
from collections.abc import Callable
from typing import Any

import gmpy2

from srp_cognito.proof.modexp import N, ipp_crypto

WIDTH = 384
SCRATCH = 1000


class Function:
    """One function; the C types are kept and not used."""

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        return self._function(*arguments)


def little(address: int, width: int) -> int:
    return int.from_bytes(ctypes.string_at(address, width), "little")


class StandIn:
    """The library. A test gives it a fault."""

    def __init__(self) -> None:
        self.applicable = 1
        self.status = 0
        self.change: Callable[[list[int], list[int]], tuple[list[int], list[int]]] = lambda b, e: (
            b,
            e,
        )
        self.answers: Callable[[list[int]], list[int]] = list
        self.during: Callable[[], None] = lambda: None
        self.version = ipp_crypto._Version(11, 22, 33)
        self.mbx_is_crypto_mb_applicable = Function(lambda features: self.applicable)
        self.mbx_getversion = Function(lambda: ctypes.pointer(self.version))
        self.mbx_exp_BufferSize = Function(lambda bits: SCRATCH * (bits == 3072))
        self.mbx_exp3072_mb8 = Function(self._exponentiate)

    def _exponentiate(
        self,
        outputs: Any,
        bases: Any,
        exponents: Any,
        bits: int,
        moduli: Any,
        modulus_bits: int,
        scratch: int,
        scratch_size: int,
    ) -> int:
        assert (modulus_bits, scratch_size, len(outputs)) == (3072, SCRATCH, 8)
        assert 0 < bits <= 3072
        # The time shows as much of the length as is in this argument.
        assert bits % 64 == 0
        assert [little(modulus, WIDTH) for modulus in moduli] == [N] * 8
        width = bits // 8
        numbers = [little(base, WIDTH) for base in bases]
        powers = [little(exponent, width) for exponent in exponents]
        assert max(powers).bit_length() <= bits
        ctypes.memset(scratch, 0xAA, scratch_size)
        self.during()
        numbers, powers = self.change(numbers, powers)
        results = [
            int(gmpy2.powmod(number, power, N))
            for number, power in zip(numbers, powers, strict=True)
        ]
        for output, result in zip(outputs, self.answers(results), strict=True):
            ctypes.memmove(output, result.to_bytes(WIDTH, "little"), WIDTH)
        return self.status
