"""The list: one file for each group of behaviours.

The rules of this folder. A behaviour is a function, decorated with what the service answers and
the evidence. Its docstring is one sentence: what a client does. A fact about the service has an
address where a reader can follow it; what nobody has reported is marked as unknown.
"""

from types import ModuleType
from typing import Final

from ..behaviour import Behaviour
from . import (
    claims,
    custom,
    devices,
    flows,
    http,
    mfa,
    names,
    new_password,
    passkeys,
    refresh,
    secret_hash,
    sessions,
    states,
    tokens,
    validation,
)

__all__ = ["BEHAVIOURS", "GROUPS"]

GROUPS: Final[tuple[ModuleType, ...]] = (
    claims,
    names,
    secret_hash,
    sessions,
    flows,
    custom,
    mfa,
    new_password,
    passkeys,
    devices,
    refresh,
    tokens,
    states,
    validation,
    http,
)

BEHAVIOURS: Final[tuple[Behaviour, ...]] = tuple(
    value for group in GROUPS for value in vars(group).values() if isinstance(value, Behaviour)
)
"""All behaviours, in the order of the files."""
