"""A secret that can be taken once.

SRP's proofs hold for a fresh exponent in every exchange: each further answer would give an impostor
on the other side a further guess at the password. So the exponent is not kept with a flag that says
"used": taking it removes it.
"""

from typing import Generic, NoReturn, TypeVar

from ..exceptions import StateError

__all__ = ["SingleUse"]

T = TypeVar("T")


class SingleUse(Generic[T]):
    """Holds a value until somebody takes it; of two threads that try, one gets it.

    Args:
        value: the value.
        used: what the error says once the value has been taken.

    >>> exponent = SingleUse(5, "the exchange has been used")
    >>> exponent.take()
    5
    >>> exponent.take()
    Traceback (most recent call last):
        ...
    srp_cognito.exceptions.StateError: the exchange has been used
    """

    def __init__(self, value: T, used: str) -> None:
        # list.pop is one step for every thread; reading an attribute and clearing it is two.
        self._values = [value]
        self._used = used

    @property
    def is_used(self) -> bool:
        """Whether the value has been taken."""
        return not self._values

    def check_unused(self) -> None:
        """Raise StateError if the value has been taken."""
        if self.is_used:
            raise StateError(self._used)

    def take(self) -> T:
        """Return the value and forget it; raise StateError if it has been taken."""
        try:
            return self._values.pop()
        except IndexError:
            raise StateError(self._used) from None

    def __repr__(self) -> str:
        return f"<SingleUse: {'used' if self.is_used else 'unused'}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an exchange cannot be copied or pickled: its secret is for one use")
