"""The catalogue: every mistake that is known, as rows of data.

=================== ==================================================== =========================
file                mistakes in                                          ids
=================== ==================================================== =========================
`time`              TIMESTAMP                                            time
`clock`             the clock that TIMESTAMP is taken from               clock
`padding`           A, B, u and S as bytes                               no-sign, pad, u, s,
                                                                         salt-of-key
`message`           what is signed                                       block, order, message
`key`               the key, from u and S                                key, info
`identity`          pool name and user id, or device group and device    pool-id, alias, device, ...
`password`          the password as bytes                                password
`salt`              SALT, and how x is computed from it                  salt, inner, x
`multiplier`        k                                                    k
`shared_secret`     the formula of S                                     s
`form`              how the signature is spelled                         form
`secret_hash`       SECRET_HASH                                          hash
`registration`      a device's PasswordVerifier and Salt                 registered
=================== ==================================================== =========================

A new mistake is a row in one of these files, the same mistake in tests/mistaken.py, and its line on
a page of docs/mistakes/, which ``make catalogue`` writes.
"""

from typing import Any, Final

from ..exchange import Exchange
from .clock import CLOCK
from .form import FORM
from .identity import DEVICE, IDENTITY
from .key import KEY
from .message import MESSAGE
from .mistake import Change, Mistake
from .multiplier import MULTIPLIER
from .padding import PADDING
from .password import PASSWORD
from .registration import REGISTRATION
from .salt import SALT
from .secret_hash import SECRET_HASH
from .shared_secret import SHARED_SECRET
from .time import TIME

__all__ = [
    "CATALOGUE",
    "CLOCK",
    "DEVICE",
    "FORM",
    "PAGES",
    "REGISTRATION",
    "SECRET_HASH",
    "Change",
    "Mistake",
]

CATALOGUE: Final[dict[str, tuple[Mistake[Exchange], ...]]] = {
    "time": TIME,
    "padding": PADDING,
    "message": MESSAGE,
    "key": KEY,
    "identity": IDENTITY,
    "device": DEVICE,
    "password": PASSWORD,
    "salt": SALT,
    "multiplier": MULTIPLIER,
    "shared-secret": SHARED_SECRET,
}
"""The mistakes that a claim is searched for, by the page that lists them. In each step the frequent
ones come first, and the cheap steps before those that cost an exponentiation for each mistake."""

PAGES: Final[dict[str, tuple[Mistake[Any], ...]]] = {
    **CATALOGUE,
    "clock": CLOCK,
    "form": FORM,
    "secret-hash": SECRET_HASH,
    "registration": REGISTRATION,
}
"""Every mistake, by the page of docs/mistakes/ that lists it."""
