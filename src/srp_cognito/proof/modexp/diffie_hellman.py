"""Exponentiation by `cryptography`'s finite-field Diffie-Hellman exchange.

An exchange of a private key e with a public key B is ``B^e mod p``: the very exponentiation that
is needed, in the OpenSSL that `cryptography`'s wheel brings along, where the interpreter's own
cannot be reached. It is constant-time in the exponent and holds the GIL.

What it will not do is done around it, so that neither a refusal nor a Rust panic (which
``except Exception`` does not catch) is met: OpenSSL refuses the public keys 0, 1 and N - 1, and
a shared secret of 1 or N - 1, which arises exactly when (N - 1) / 2 divides the exponent.

`cryptography` deprecated the exchange in release 50 (pyca/cryptography, pull request 15171); it
may be removed, and a pull request (15643) proposes to move it to the `decrepit` package. So it is
looked for in both places, and not missed where it is gone. The wheels before release 44 refuse
bases that are not quadratic residues; the known answer finds them out.
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
        # Reading a name from the module is what warns, and it is done once, here. The filter
        # names this module alone, so that during these few lines nobody else's warning is lost,
        # and afterwards the filters are the caller's own again.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=__name__.replace(".", r"\.") + "$")
            # The classes have no types here on purpose: the stubs follow the installed release,
            # and this must stand on every one of them.
            self._private_numbers: Any = dh.DHPrivateNumbers
            self._public_numbers: Any = dh.DHPublicNumbers
            self._parameters: Any = dh.DHParameterNumbers(N, 2)
        # A private key wants a public half beside it; an exchange never looks at it.
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
