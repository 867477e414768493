"""A whole sign-in, from the first call to the tokens, and what follows it, without I/O.

The rules of this folder. A reply is read once, and a reply that is refused changes nothing. The
password is proven, and never sent unless the caller chose that. The tokens are handed over as soon
as they are there; what follows never decides about them.
"""

from . import questions
from .device_registration import DeviceRegistration
from .questions import Question
from .refresh import Refresh
from .sign_in import SignIn
from .steps import Flow, Step
from .tokens import Tokens

__all__ = [
    "DeviceRegistration",
    "Flow",
    "Question",
    "Refresh",
    "SignIn",
    "Step",
    "Tokens",
    "questions",
]
