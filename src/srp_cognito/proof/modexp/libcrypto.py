"""Exponentiation by libcrypto, the interpreter's own or the operating system's, through ctypes.

`BN_mod_exp_mont_consttime` is the function behind OpenSSL's own RSA and Diffie-Hellman. It is
constant-time in the exponent's bits (its time shows the exponent's length in machine words), and
ctypes releases the GIL around it. No extension of our own is needed: the interpreter's module
`_hashlib` is linked with libcrypto, so opening its file makes libcrypto's symbols reachable.
`_candidates` says what is tried where that is not so.

All numbers of a call come from one scratch space of libcrypto's, a BN_CTX, and BN_CTX_free wipes
and frees them in one call: OpenSSL and LibreSSL do so with BN_clear_free, and AWS-LC wipes all
memory that it frees. So they are wiped and freed on every path, whenever an interrupt comes, and no
two calls share what they write to. N and its Montgomery form live as long as the engine and are
shared, but only read. So calls may run on many threads and after a fork.
"""

import ctypes
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

from .interface import Engine
from .modulus import WIDTH, N

__all__ = ["load"]

# Windows does not search a module's dependencies for a symbol, so libcrypto is opened there by its
# own name, which differs between python.org's, conda's and older builds. The right one is loaded
# already, because _hashlib is. For other names ctypes searches only folders that are safe to load
# from, which the current folder is not. This has not been tried on Windows.
_WINDOWS_NAMES: Final = (
    "libcrypto-3.dll",
    "libcrypto-3-x64.dll",
    "libcrypto-3-arm64.dll",
    "libcrypto-4.dll",
    "libcrypto-4-x64.dll",
    "libcrypto-4-arm64.dll",
    "libcrypto-1_1.dll",
    "libcrypto-1_1-x64.dll",
)

_SYSTEM_NAMES: Final = ("libcrypto.so.3", "libcrypto.so.4", "libcrypto.so.1.1")
"""The operating system's libcrypto on Linux, by the names of its interface: 3, 4 and 1.1."""


def load() -> Engine:
    """Return the engine, or raise ImportError where no libcrypto with all functions is reached."""
    refused = []
    for name, whose in _candidates():
        try:
            exponentiation = _Exponentiation(ctypes.CDLL(name))
        except (AttributeError, OSError) as error:
            reason = str(error).removeprefix(f"{name}: ")
            refused.append(f"{name or 'the program itself'}: {reason}")
            continue
        return Engine(
            name="libcrypto",
            implementation=exponentiation.version + whose,
            constant_time=True,
            releases_gil=True,
            power=exponentiation.power,
        )
    reasons = "; ".join(refused) or "the interpreter is not linked with one"
    raise ImportError(f"no libcrypto can be used: {reasons}")


def _candidates() -> Iterator[tuple[str | None, str]]:
    """Yield what to open, in this order, and whose libcrypto it is if not the interpreter's own.

    The interpreter's own comes first, since it is in the process anyway. An interpreter that is
    linked statically, as uv installs it, has it within the program, which None opens, but hides its
    symbols as a rule. So on Linux the operating system's comes next: OpenSSL as well, kept safe by
    the system's updates, and a better thing to depend on than an exchange that `cryptography` has
    deprecated. It is then a second libcrypto in the process, and the two do not meet. Its symbols
    are found by nobody else (RTLD_LOCAL, ctypes' default), and no pointer goes from one to the
    other. The functions that are used start neither OpenSSL nor a provider of it, so that no
    configuration is read and nothing is left to do when the process ends.

    What is not opened: on macOS Apple's libcrypto, which ends the process if it is opened by its
    plain name and has changed its functions between releases, and Homebrew's, whose folder can be
    written without an administrator's rights; what `ctypes.util.find_library` names, which starts
    a compiler to find it; and the library of `cryptography`, which exports nothing of the OpenSSL
    within it.
    """
    try:
        # PyPy's _hashlib is written in Python; this is what lies below it.
        own = importlib.import_module(
            "_pypy_openssl" if sys.implementation.name == "pypy" else "_hashlib"
        )
    except ImportError:
        own = None
    if os.name == "nt":
        for name in _WINDOWS_NAMES:
            yield name, ""
        return
    if own is not None:
        yield getattr(own, "__file__", None), ""
    if sys.platform == "linux":
        for name in _SYSTEM_NAMES:
            yield name, ", the system's"


class _Exponentiation:
    """libcrypto's functions with their C types, and N prepared for them."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, integer, octets = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p

        # Every pointer is declared, because ctypes would truncate an undeclared one to 32 bits.
        self._read = library.BN_bin2bn
        self._read.restype, self._read.argtypes = pointer, (octets, integer, pointer)
        self._write = library.BN_bn2binpad
        self._write.restype, self._write.argtypes = integer, (pointer, octets, integer)
        self._scratch_new = library.BN_CTX_new
        self._scratch_new.restype, self._scratch_new.argtypes = pointer, ()
        self._scratch_start = library.BN_CTX_start
        self._scratch_start.restype, self._scratch_start.argtypes = None, (pointer,)
        self._scratch_number = library.BN_CTX_get
        self._scratch_number.restype, self._scratch_number.argtypes = pointer, (pointer,)
        self._scratch_end = library.BN_CTX_end
        self._scratch_end.restype, self._scratch_end.argtypes = None, (pointer,)
        self._scratch_free = library.BN_CTX_free
        self._scratch_free.restype, self._scratch_free.argtypes = None, (pointer,)
        self._freeing = _called_once(self._scratch_free)
        self._exponentiate = library.BN_mod_exp_mont_consttime
        self._exponentiate.restype, self._exponentiate.argtypes = integer, (pointer,) * 6
        montgomery_new = library.BN_MONT_CTX_new
        montgomery_new.restype, montgomery_new.argtypes = pointer, ()
        montgomery_set = library.BN_MONT_CTX_set
        montgomery_set.restype, montgomery_set.argtypes = integer, (pointer,) * 3
        version = library.OpenSSL_version
        version.restype, version.argtypes = octets, (integer,)
        self.version: str = version(0).decode("ascii", "replace")

        # These two live as long as the process, as the engine does.
        self._modulus = self._read(N.to_bytes(WIDTH, "big"), WIDTH, None)
        self._montgomery = montgomery_new()
        scratch = self._scratch_new()
        try:
            prepared = (
                self._modulus
                and self._montgomery
                and scratch
                and montgomery_set(self._montgomery, self._modulus, scratch)
            )
        finally:
            self._scratch_free(scratch)
        if not prepared:
            raise OSError("libcrypto could not prepare N")

    def power(self, base: int, exponent: int) -> int:
        """``base^exponent mod N``; the numbers that libcrypto held are wiped before return."""
        exponent_width = (exponent.bit_length() + 7) // 8
        scratch = self._scratch_new()
        if not scratch:
            raise _out_of_memory()
        # `next` wipes and frees, once however often it is called: BN_CTX_free does so with every
        # number that comes from the scratch space. In CPython no interrupt comes between the
        # beginning of a `finally` and the end of its first call; in PyPy it may come before the
        # call, so the outer one calls again.
        wiping = self._freeing(scratch)
        try:
            try:
                self._scratch_start(scratch)
                result = self._scratch_number(scratch)
                base_number = self._scratch_number(scratch)
                exponent_number = self._scratch_number(scratch)
                output = ctypes.create_string_buffer(WIDTH)
                # BN_bin2bn would make a number that nobody frees, were it given NULL.
                done = (
                    result
                    and base_number
                    and exponent_number
                    and self._read(base.to_bytes(WIDTH, "big"), WIDTH, base_number)
                    and self._read(
                        exponent.to_bytes(exponent_width, "big"), exponent_width, exponent_number
                    )
                    and self._exponentiate(
                        *(result, base_number, exponent_number),
                        *(self._modulus, scratch, self._montgomery),
                    )
                    and self._write(result, output, WIDTH) == WIDTH
                )
                self._scratch_end(scratch)
                if not done:
                    raise _out_of_memory()
                return int.from_bytes(output.raw, "big")
            finally:
                next(wiping, None)
        finally:
            next(wiping, None)


def _called_once(function: Any) -> Callable[[int], Iterator[object]]:
    """Return what prepares a call of the function with a pointer, which the first `next` makes.

    An interrupt comes before or after the call, but not within it. PyPy's ctypes could not promise
    that, since it is written in Python; its cffi is not, and is always there.
    """
    if sys.implementation.name != "pypy":
        return lambda pointer: map(function, (pointer,))
    ffi = importlib.import_module("_cffi_backend").FFI()
    address = ctypes.cast(function, ctypes.c_void_p).value
    call = ffi.cast("void(*)(void *)", address)
    return lambda pointer: map(call, (ffi.cast("void *", pointer),))


def _out_of_memory() -> MemoryError:
    # With arguments in range only an allocation can fail in libcrypto.
    return MemoryError("libcrypto could not allocate what an exponentiation needs")
