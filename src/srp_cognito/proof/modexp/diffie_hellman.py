"""Exponentiation by `cryptography`'s finite-field Diffie-Hellman exchange.

An exchange of a private key e with a public key B is ``B^e mod p``: the exponentiation that is
needed, in the OpenSSL of `cryptography`'s wheel, where the interpreter's own cannot be reached. It
is constant-time in the exponent and holds the GIL.

OpenSSL refuses the public keys 0, 1 and N - 1, and a shared secret of 1 or N - 1, which arises
exactly when (N - 1) / 2 divides the exponent. These cases are computed here, so that neither a
refusal nor a Rust panic (which ``except Exception`` does not catch) occurs.

`cryptography` deprecated the exchange in release 50 (pyca/cryptography, pull request 15171); it may
be removed, and a pull request (15643) proposes to move it to the `decrepit` package. So both places
are searched, and without it the next engine is used. The wheels before release 44 refuse bases that
are not quadratic residues, which the known answer detects.
"""

import importlib
import warnings
from types import ModuleType
from typing import Any, Final

import cryptography

from .interface import Engine
from .modulus import N

__all__ = ["load"]

_HOMES: Final = (
    "cryptography.hazmat.decrepit.asymmetric.dh",
    "cryptography.hazmat.primitives.asymmetric.dh",
)
_Q: Final = (N - 1) // 2


def load() -> Engine:
    """Return the engine, or raise ImportError where `cryptography` has no such exchange."""
    try:
        power = _Exchange(_find()).power
    except AttributeError as error:
        raise ImportError(f"cryptography's Diffie-Hellman exchange is gone: {error}") from error
    return Engine(
        name="diffie_hellman",
        implementation=f"cryptography {cryptography.__version__}'s Diffie-Hellman exchange",
        constant_time=True,
        releases_gil=False,
        power=power,
    )


def _find() -> ModuleType:
    for home in _HOMES:
        try:
            return importlib.import_module(home)
        except ImportError:
            continue
    raise ImportError("cryptography has no finite-field Diffie-Hellman exchange")


class _Exchange:
    def __init__(self, dh: ModuleType) -> None:
        # Reading a name from the module warns, and that happens once, here. The filter names this
        # module alone, so that no other warning is lost during these lines; afterwards the filters
        # are the caller's own again.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=__name__.replace(".", r"\.") + "$")
            # The classes have no types here on purpose: the stubs follow the installed release, and
            # this code must pass with each of them.
            self._private_numbers: Any = dh.DHPrivateNumbers
            self._public_numbers: Any = dh.DHPublicNumbers
            self._parameters: Any = dh.DHParameterNumbers(N, 2)
        # A private key must come with a public half, which an exchange never uses.
        self._any_public: Any = self._public_numbers(2, self._parameters)

    def power(self, base: int, exponent: int) -> int:
        if base in (0, 1):
            return base if exponent else 1
        if base == N - 1:
            return base if exponent % 2 else 1
        if exponent == 0:
            return 1
        if exponent % _Q == 0:
            return self.power(base, exponent - 1) * base % N
        private_key = self._private_numbers(exponent, self._any_public).private_key()
        public_key = self._public_numbers(base, self._parameters).public_key()
        return int.from_bytes(private_key.exchange(public_key), "big")
