"""A secret that can be taken once.

One exchange, one use: SRP's proofs hold for a fresh exponent in every exchange, and each further
answer gives whoever poses as the other side a further guess at the password. So the exponent is not
kept beside a flag that says "used"; taking it removes it.
"""

from typing import Generic, NoReturn, TypeVar

from ..exceptions import StateError

__all__ = ["SingleUse"]

T = TypeVar("T")


class SingleUse(Generic[T]):
    """Holds a value until somebody takes it; of two threads that try, one gets it.

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
        self.used = used
        """What the error says once the value is gone."""

    @property
    def is_used(self) -> bool:
        """Whether the value is gone."""
        return not self._values

    def take(self) -> T:
        """Return the value and forget it; raise StateError if it is gone."""
        try:
            return self._values.pop()
        except IndexError:
            raise StateError(self.used) from None

    def __repr__(self) -> str:
        return f"<SingleUse: {'used' if self.is_used else 'unused'}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an exchange cannot be copied or pickled: its secret is for one use")
