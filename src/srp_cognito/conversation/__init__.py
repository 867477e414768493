"""A whole sign-in, from the first call to the tokens, without I/O.

The rules of this folder. A reply is read once, and a reply that is refused changes nothing. The
password is proven, and never sent unless the caller chose that.
"""

from . import questions
from .questions import Question
from .sign_in import SignIn
from .steps import Flow, Step
from .tokens import Tokens

__all__ = [
    "Flow",
    "Question",
    "SignIn",
    "Step",
    "Tokens",
    "questions",
]
