"""Integers of a rare shape (for example a byte short), found by search and pinned.

Each is the derived number plus an offset. `PINNED` holds the offsets, so that only
``generate.py --search`` has to look for them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import oracle
from oracle import N, pad

from generator.samples import Login, login

WIDE = ("384h", "384", "383h", "383", "382")
"""Widths in bytes of an integer mod N; "h" where the top bit is set, so that pad() adds 00."""

NARROW = ("32h", "32", "31h", "31", "30")
"""The same for a SHA-256 digest read as an integer."""

MOVED = {
    "A": "a",
    "S": "a",
    "u": "a",
    "odd A": "a",
    "odd S": "a",
    "base": "a",
    "B": "b",
    "odd B": "b",
}
"""The secret that the search changes for each quantity; for x and v it changes the salt."""

SHAPES = [
    *(("user", name, shape) for name in "ABSv" for shape in WIDE),
    *(("user", name, shape) for name in "ux" for shape in NARROW),
    *(("device", name, shape) for name in "ABSv" for shape in ("384h", "383h", "383")),
    *(("device", name, shape) for name in "ux" for shape in ("32h", "31h", "31")),
    ("user", "odd A", "767 digits"),
    ("user", "odd B", "767 digits"),
    ("user", "odd S", "767 digits"),
    ("user", "base", "negative"),
]

PINNED: dict[str, int] = {
    "user A 384h": 0,
    "user A 384": 2,
    "user A 383h": 281,
    "user A 383": 1470,
    "user A 382": 260827,
    "user B 384h": 0,
    "user B 384": 0,
    "user B 383h": 556,
    "user B 383": 538,
    "user B 382": 20052,
    "user S 384h": 0,
    "user S 384": 0,
    "user S 383h": 556,
    "user S 383": 221,
    "user S 382": 7775,
    "user v 384h": 1,
    "user v 384": 1,
    "user v 383h": 1267,
    "user v 383": 442,
    "user v 382": 41377,
    "user u 32h": 3,
    "user u 32": 0,
    "user u 31h": 1116,
    "user u 31": 926,
    "user u 30": 13190,
    "user x 32h": 0,
    "user x 32": 4,
    "user x 31h": 190,
    "user x 31": 30,
    "user x 30": 3431,
    "user odd A 767 digits": 12,
    "user odd B 767 digits": 0,
    "user odd S 767 digits": 1,
    "user base negative": 1,
    "device A 384h": 0,
    "device A 383h": 191,
    "device A 383": 463,
    "device B 384h": 0,
    "device B 383h": 333,
    "device B 383": 151,
    "device S 384h": 1,
    "device S 383h": 763,
    "device S 383": 625,
    "device v 384h": 0,
    "device v 383h": 284,
    "device v 383": 40,
    "device u 32h": 0,
    "device u 31h": 1,
    "device u 31": 856,
    "device x 32h": 3,
    "device x 31h": 177,
    "device x 31": 218,
}
"""The offsets that --search found; each is added to the derived a, b or salt."""


def shape_of(value: int) -> str:
    """The width in bytes, with "h" when the top bit is set."""
    width, rest = divmod(value.bit_length(), 8)
    return f"{width + 1}" if rest else f"{width}h"


def has_shape(quantity: str, shape: str, value: int) -> bool:
    """Whether a value of the quantity has the shape; the top bit of the shortest is not checked."""
    if quantity.startswith("odd"):
        return len(f"{value:x}") == 767
    if shape in (WIDE[-1], NARROW[-1]):
        return shape_of(value).rstrip("h") == shape
    return shape_of(value) == shape


def shaped(kind: str, quantity: str, shape: str, offset: int | None = None) -> Login:
    """The login whose quantity has the shape."""
    label = f"{kind} {quantity} {shape}"
    usual = login(label, kind)
    moved = MOVED.get(quantity, "salt")
    by = PINNED[label] if offset is None else offset
    return replace(usual, **{moved: getattr(usual, moved) + by})


def candidates(kind: str, quantity: str, shape: str) -> Iterator[int]:
    """The quantity's value at offset 0, 1, 2, ...; one multiplication per step where possible."""
    start = shaped(kind, quantity, shape, 0)
    played = start.play()
    match quantity:
        case "A" | "odd A":
            A = played.A
            while True:
                yield A
                A = 2 * A % N
        case "B" | "odd B":
            summand, power = played.B - oracle.power(2, start.b), oracle.power(2, start.b)
            while True:
                yield (summand + power) % N
                power = 2 * power % N
        case "x" | "v":
            for offset in count():
                x = oracle.x(start.pool_name, start.name, start.password, start.salt + offset)
                yield x if quantity == "x" else oracle.verifier(x)
        case _:
            A, B = played.A, pad(played.B)
            base = played.B - oracle.k() * played.v
            for offset in count():
                u = oracle.integer(oracle.sha256(pad(A) + B))
                exponent = start.a + offset + u * played.x
                if quantity == "base":
                    # Negative under an odd exponent is where losing the sign shows.
                    lost = oracle.k() * played.v % N > played.B and exponent % 2 == 1
                    yield int(lost)
                else:
                    yield u if quantity == "u" else oracle.power(base, exponent)
                A = 2 * A % N


def search() -> dict[str, int]:
    """Find every rare shape again; about a minute. A shape two bytes short is one in 65536."""
    found = {}
    for kind, quantity, shape in SHAPES:
        for offset, value in enumerate(candidates(kind, quantity, shape)):
            if value == 1 if quantity == "base" else has_shape(quantity, shape, value):
                found[f"{kind} {quantity} {shape}"] = offset
                print(f"    {json.dumps(f'{kind} {quantity} {shape}')}: {offset},", flush=True)
                break
    return found
