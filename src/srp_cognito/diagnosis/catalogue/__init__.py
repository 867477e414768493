"""The catalogue: every mistake that is known, in the order in which it is looked for.

Within each step the frequent ones come first, and the cheap steps before those that cost an
exponentiation for each mistake. docs/my-signature-is-refused.md lists them all.
"""

from typing import Final

from .form import FORM
from .identity import DEVICE, IDENTITY
from .key import KEY
from .message import MESSAGE
from .mistake import Change, Mistake
from .multiplier import MULTIPLIER, SECRET
from .padding import PADDING
from .password import PASSWORD
from .salt import SALT
from .time import TIME

__all__ = ["CATALOGUE", "FORM", "Change", "Mistake"]

CATALOGUE: Final = {
    "TIMESTAMP": TIME,
    "padding": PADDING,
    "message": MESSAGE,
    "key": KEY,
    "identity": IDENTITY,
    "device": DEVICE,
    "password": PASSWORD,
    "salt and x": SALT,
    "k": MULTIPLIER,
    "S": SECRET,
}
"""The mistakes by step. Those in the signature's spelling are in `FORM`: they are read off it."""
