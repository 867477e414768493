"""Eight exponentiations side by side, by Intel's Cryptography Primitives Library through ctypes.

`mbx_exp3072_mb8` computes eight powers at once with the instructions AVX-512 IFMA, in about the
time of two. Its makers promise that its time does not depend on the exponents' bits (the README of
intel/cryptography-primitives: "constant-time execution for secret processing functions"); it shows
the length of the longest in machine words. ctypes releases the GIL around it. The function's C type
is that of the library's header ``crypto_mb/exp.h``.

PyPI carries the library as the wheel ``ipp-crypto`` (Apache-2.0), and the runtime that it needs as
``intel-cmplr-lib-rt`` (Intel's own licence); both put their files into the environment's ``lib``.
They are opened there by their full paths, so no search path is needed and nothing else of the same
name can be loaded instead. Their symbols stay their own: the runtime has functions of libm's names.
The library also needs a libcrypto.so.3, the interpreter's own or the system's.

Everything that a call holds lies in one buffer, which one call wipes on every path. Calls share
nothing but N, which is only read, so they may run on many threads and after a fork.
"""

import ctypes
import sys
from collections.abc import Sequence
from typing import Final

from .interface import EngineForMany
from .modulus import WIDTH, N

__all__ = ["LANES", "load"]

LANES: Final = 8
"""How many powers one call computes."""

BITS: Final = 8 * WIDTH

# In this order each finds those that it needs, which are loaded already.
_LIBRARIES: Final = ("libintlc.so.5", "libirng.so", "libimf.so", "libsvml.so", "libcrypto_mb.so")

_WORD: Final = 8
"""Numbers are little-endian 64-bit words."""


def load() -> EngineForMany:
    """Return the engine.

    Raises:
        ImportError: the library is not there, or the processor lacks the instructions.
    """
    try:
        exponentiation = _Exponentiation(_open())
    except (AttributeError, OSError) as error:
        # A file is missing, or an old release does not have the function.
        raise ImportError(f"ipp-crypto and intel-cmplr-lib-rt cannot be used: {error}") from error
    return EngineForMany(
        name="ipp_crypto",
        implementation=exponentiation.version,
        constant_time=True,
        releases_gil=True,
        lanes=LANES,
        powers=exponentiation.powers,
    )


def _open() -> ctypes.CDLL:
    for name in _LIBRARIES:
        library = ctypes.CDLL(f"{sys.prefix}/lib/{name}")
    return library


class _Version(ctypes.Structure):
    """The first members of the library's ``mbxVersion``."""

    _fields_ = (
        ("major", ctypes.c_int),
        ("minor", ctypes.c_int),
        ("revision", ctypes.c_int),
    )


class _Exponentiation:
    """The library's functions with their C types, and N as they take it."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, integer = ctypes.c_void_p, ctypes.c_int

        is_applicable = library.mbx_is_crypto_mb_applicable
        is_applicable.restype, is_applicable.argtypes = integer, (ctypes.c_uint64,)
        get_version = library.mbx_getversion
        get_version.restype, get_version.argtypes = ctypes.POINTER(_Version), ()
        buffer_size = library.mbx_exp_BufferSize
        buffer_size.restype, buffer_size.argtypes = integer, (integer,)
        self._exponentiate = library.mbx_exp3072_mb8
        self._exponentiate.restype = ctypes.c_uint32
        eight = ctypes.POINTER(pointer * LANES)
        self._exponentiate.argtypes = (
            *(eight, eight, eight),
            *(integer, eight, integer),
            *(pointer, integer),
        )
        if not is_applicable(0):
            raise ImportError("the processor does not have the instructions AVX-512 IFMA")
        version = get_version().contents
        self.version = f"Intel Cryptography Primitives Library {version.major}.{version.minor}"
        self._scratch_size = buffer_size(BITS)
        # It lives as long as the engine, and the eight pointers all lead to it.
        self._modulus = ctypes.create_string_buffer(N.to_bytes(WIDTH, "little"), WIDTH)
        self._moduli = (pointer * LANES)(*[ctypes.addressof(self._modulus)] * LANES)

    def powers(self, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """``base^exponent mod N`` for up to eight pairs; what the library held is wiped.

        Raises:
            ArithmeticError: the library says that it could not.
        """
        pointers = ctypes.c_void_p * LANES
        # Whole words, so that not every bit of a length shows in the time; and one at least, since
        # the function has not been tried with exponents of no length.
        bits = max(1, *(exponent.bit_length() for _, exponent in pairs))
        width = -(-bits // (8 * _WORD)) * _WORD
        # Places that are not needed compute 0^0.
        filled = [*pairs, *[(0, 0)] * (LANES - len(pairs))]
        inputs = b"".join(
            (
                *(base.to_bytes(WIDTH, "little") for base, _ in filled),
                *(exponent.to_bytes(width, "little") for _, exponent in filled),
            )
        )
        outputs = LANES * WIDTH
        size = outputs + len(inputs) + self._scratch_size
        held = ctypes.create_string_buffer(size)
        start = ctypes.addressof(held)
        bases, exponents, scratch = start + outputs, start + 2 * outputs, start + size
        scratch -= self._scratch_size
        # An assignment to a slice wipes in one step, before or after which an interrupt comes, but
        # not within, and may be done twice; libcrypto.py says why it stands in two `finally`.
        wiped, zeros = memoryview(held).cast("B"), bytes(size)
        try:
            try:
                ctypes.memmove(bases, inputs, len(inputs))
                status = self._exponentiate(
                    pointers(*range(start, bases, WIDTH)),
                    pointers(*range(bases, exponents, WIDTH)),
                    pointers(*range(exponents, scratch, width)),
                    8 * width,
                    self._moduli,
                    BITS,
                    scratch,
                    self._scratch_size,
                )
                if status:
                    raise ArithmeticError(f"it returns the status {status:#x} instead of powers")
                return [
                    int.from_bytes(ctypes.string_at(place, WIDTH), "little")
                    for place in range(start, start + len(pairs) * WIDTH, WIDTH)
                ]
            finally:
                wiped[:] = zeros
        finally:
            wiped[:] = zeros
