"""What the caller passed in: checked in one place, before anything is done with it.

The caller's mistakes are TypeError or ValueError, not part of the error tree. Each function takes
the value and the caller's name for it, which the message uses. No message repeats a value: it might
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

    Raises:
        TypeError: the text is not a str.
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
    """Return the caller's text; an empty one is refused, since it is most likely an unset variable.

    Raises:
        TypeError, ValueError: as `utf8`, and if the text is empty.
    """
    if not utf8(text, what):
        raise ValueError(f"{what} is empty")
    return text


def identifier(text: str, what: str) -> str:
    """Return the caller's text that AWS made, such as an id: never empty, no white space around it.

    Raises:
        TypeError, ValueError: as `nonempty`, and if the text begins or ends with white space, as a
            line that was read from a file does.
    """
    if nonempty(text, what) != text.strip():
        raise ValueError(f"{what} begins or ends with white space")
    return text


def given_code(code: str) -> str:
    """Return the code that a person typed, as it is.

    Raises:
        TypeError: the code is not a str.
        ValueError: it is empty, or begins or ends with white space.
    """
    if not isinstance(code, str):
        raise TypeError(
            f'code must be a str, such as "012345", not {type(code).__name__}: a number would lose'
            " its leading zeros"
        )
    return identifier(code, "code")


def given_bool(value: bool, what: str) -> bool:
    """Return the caller's True or False; TypeError for all else, such as "no", which is truthy."""
    if not isinstance(value, bool):
        raise TypeError(f"{what} must be True or False, not {type(value).__name__}")
    return value


def given_choice(choice: str, choices: Sequence[str], what: str) -> str:
    """Return the caller's choice; ValueError unless it is one of the choices."""
    if choice not in choices:
        raise ValueError(f"{what} must be one of {', '.join(choices)}")
    return choice


def given_texts(values: Mapping[str, str], what: str) -> dict[str, str]:
    """Return a copy of the caller's mapping of texts.

    Raises:
        TypeError, ValueError: it is not a mapping of str to str, or a name in it is empty.
    """
    if not isinstance(values, Mapping):
        raise TypeError(f"{what} must be a mapping of str to str, not {type(values).__name__}")
    for name, value in values.items():
        nonempty(name, f"a name in {what}")
        utf8(value, f"{what}[{name!r}]")
    return dict(values)


def expect(value: object, kind: type[T], what: str) -> T:
    """Return what the caller passed in; TypeError unless it is an instance of `kind`.

    >>> expect("5", int, "salt")
    Traceback (most recent call last):
        ...
    TypeError: salt must be an int, not str
    """
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOUaeiou" else "a"
        raise TypeError(f"{what} must be {article} {kind.__name__}, not {type(value).__name__}")
    return value
