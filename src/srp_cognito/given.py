"""What the caller passed in: checked in one place, before anything is done with it.

The caller's mistakes are TypeError or ValueError, and not part of the error tree. Each function
takes the value and what the caller calls it, for the message. No message repeats a value: it might
be a secret in the wrong place.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from .wire import as_utf8

__all__ = [
    "expect",
    "given_bool",
    "given_choice",
    "given_code",
    "given_texts",
    "identifier",
    "nonempty",
    "utf8",
]

T = TypeVar("T")


def utf8(text: str, what: str) -> bytes:
    r"""Encode the caller's text as UTF-8, without normalising or trimming it.

    Args:
        text: the caller's text.
        what: how the caller calls it, for the message.

    Raises:
        TypeError: it is no str.
        ValueError: it holds a lone surrogate, which UTF-8 cannot write.

    >>> utf8("pässword", "the password")
    b'p\xc3\xa4ssword'
    """
    if not isinstance(text, str):
        raise TypeError(f"{what} must be a str, not {type(text).__name__}")
    encoded = as_utf8(text)
    if encoded is None:
        raise ValueError(
            f"{what} holds a lone surrogate (half of a character outside the BMP), which UTF-8"
            " cannot write; decode the text properly before passing it in"
        )
    return encoded


def nonempty(text: str, what: str) -> str:
    """Return the caller's text as it is, where an empty one can only be an unset variable.

    Raises:
        TypeError, ValueError: as `utf8`, and if the text is empty.
    """
    if not utf8(text, what):
        raise ValueError(f"{what} is empty")
    return text


def identifier(text: str, what: str) -> str:
    """Return the caller's id or secret that AWS made: never empty, and never with white space.

    Raises:
        TypeError, ValueError: as `nonempty`, and if it begins or ends with white space, as a line
            that was read from a file does.
    """
    if nonempty(text, what) != text.strip():
        raise ValueError(f"{what} begins or ends with white space")
    return text


def given_code(code: str) -> str:
    """Return the code that a person typed, as it is.

    Raises:
        TypeError: it is no str.
        ValueError: it is empty, or begins or ends with white space.
    """
    if not isinstance(code, str):
        raise TypeError(
            f'code must be a str, such as "012345", not {type(code).__name__}: a number would lose'
            " its leading zeros"
        )
    return identifier(code, "code")


def given_bool(value: bool, what: str) -> bool:
    """Return the caller's True or False; "no", which would count as true, is a TypeError."""
    if not isinstance(value, bool):
        raise TypeError(f"{what} must be True or False, not {type(value).__name__}")
    return value


def given_choice(choice: str, choices: Sequence[str], what: str) -> str:
    """Return the caller's choice; ValueError unless it is one of these."""
    if choice not in choices:
        raise ValueError(f"{what} must be one of {', '.join(choices)}")
    return choice


def given_texts(values: Mapping[str, str], what: str) -> dict[str, str]:
    """Return a copy of the caller's mapping of texts, whose names are not empty.

    Raises:
        TypeError, ValueError: it is none.
    """
    if not isinstance(values, Mapping):
        raise TypeError(f"{what} must be a mapping of str to str, not {type(values).__name__}")
    for name, value in values.items():
        nonempty(name, f"a name in {what}")
        utf8(value, f"{what}[{name!r}]")
    return dict(values)


def expect(value: object, kind: type[T], what: str) -> T:
    """Return what the caller passed in; TypeError unless it is of this kind.

    >>> expect("5", int, "salt")
    Traceback (most recent call last):
        ...
    TypeError: salt must be an int, not str
    """
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOUaeiou" else "a"
        raise TypeError(f"{what} must be {article} {kind.__name__}, not {type(value).__name__}")
    return value
