"""How the service behaves at a sign-in: a list with its evidence, and a program that tries it.

The rules of this folder. A behaviour is one function: a short conversation, what the service
answers, and why that is believed. It is tried against a pool through `Trial` alone, so that the
same list serves the pool in memory, other emulators and a real pool. A trial touches nothing but
the sign-ins and the devices that it made, and cleans them up. What is written about a trial has
neither a secret nor a name of the pool in it.
"""

from .behaviour import Behaviour, Cost, Evidence, Sure
from .behaviours import BEHAVIOURS
from .run import OpenPool, Result, Verdict, try_all
from .setting import Person, Setting, read_setting
from .trial import NoReply, PoolUnderTest, Unavailable

__all__ = [
    "BEHAVIOURS",
    "Behaviour",
    "Cost",
    "Evidence",
    "NoReply",
    "OpenPool",
    "Person",
    "PoolUnderTest",
    "Result",
    "Setting",
    "Sure",
    "Unavailable",
    "Verdict",
    "read_setting",
    "try_all",
]
