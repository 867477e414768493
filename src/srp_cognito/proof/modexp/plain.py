"""Exponentiation by the interpreter itself: works everywhere, and is not constant-time.

For the generator, base 2, a long-lived process gets a table (the comb of Lim and Lee, "More
Flexible Exponentiation with Precomputation"). An exponent of 256 bits is cut into 8 rows of 32;
each column selects one factor from the table, so that 16 squarings and 32 products replace 256
squarings. Making the table costs about three exponentiations by `pow`. So the first calls use
`pow`, and the table is made once as much has been spent on them: a program that signs in once never
pays for it, and any other never pays more than double.

For other bases nothing here is faster than `pow` by enough. Measured on CPython 3.11 and 3.13,
microseconds for one squaring modulo N: ``x * x % N`` 17.5 and 17.6; Montgomery's reduction in
steps, the best of fifteen ways to cut 3072 bits, 15.5 and 16.3. With the interpreter's overhead
that is a tenth of an exponentiation. `decimal`'s power takes 2.7 times as long as `pow`.
"""

import platform
import threading
from typing import Final

from .interface import Engine
from .modulus import N

__all__ = ["load"]

BASE: Final = 2
ROWS: Final = 8
COLUMNS: Final = 32
HALF: Final = COLUMNS // 2

USES_BEFORE: Final = 3
"""How many exponentiations by `pow` cost as much as the table does."""


def load() -> Engine:
    """Return the engine, which exists on every interpreter."""
    return Engine(
        name="plain",
        implementation=f"{platform.python_implementation()} {platform.python_version()}'s pow()",
        constant_time=False,
        releases_gil=False,
        power=_Exponentiation().power,
    )


class _Exponentiation:
    """`pow`, and for base 2 a table once it pays."""

    def __init__(self) -> None:
        self._uses = 0
        self._tables: tuple[list[int], list[int]] | None = None
        self._making = threading.Lock()

    def power(self, base: int, exponent: int) -> int:
        """``base^exponent mod N``."""
        if base != BASE or exponent.bit_length() > ROWS * COLUMNS:
            return pow(base, exponent, N)
        tables = self._tables
        if tables is not None:
            return _comb(tables, exponent)
        result = pow(base, exponent, N)
        self._uses += 1
        # One thread makes the table, and the others do not wait for it.
        if self._uses > USES_BEFORE and self._making.acquire(blocking=False):
            tables = _make_tables()
            # The table is used only if it gives the answer that `pow` has just given.
            if _comb(tables, exponent) == result:
                self._tables = tables
        return result


def _make_tables() -> tuple[list[int], list[int]]:
    """For the columns of either half: the product of the rows' powers, by the rows' bits."""
    teeth = [BASE]  # 2^(2^(16 * i)) for each half row.
    for _ in range(2 * ROWS - 1):
        power = teeth[-1]
        for _ in range(HALF):
            power = power * power % N
        teeth.append(power)
    return _products(teeth[0::2]), _products(teeth[1::2])


def _products(teeth: list[int]) -> list[int]:
    """The product of each subset of the teeth, by its bits."""
    products = [1]
    for tooth in teeth:
        products += [product * tooth % N for product in products]
    return products


def _comb(tables: tuple[list[int], list[int]], exponent: int) -> int:
    low, high = tables
    mask = (1 << COLUMNS) - 1
    rows = [exponent >> (COLUMNS * row) & mask for row in range(ROWS)]
    columns = [
        sum((row >> column & 1) << number for number, row in enumerate(rows))
        for column in range(COLUMNS)
    ]
    result = 1
    for column in reversed(range(HALF)):
        result = result * result % N
        result = result * low[columns[column]] % N
        result = result * high[columns[column + HALF]] % N
    return result
