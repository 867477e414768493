"""What the caller passed in: checked in one place, before anything is done with it.

The caller's mistakes are TypeError or ValueError, not part of the error tree. What a person may
have typed is checked by a ``typed_`` function: a wrong type is the program's mistake, and all else
that is wrong with it an `InputError`. Each function takes the value and the caller's name for it,
which the message uses. No message repeats a value: it might be a secret in the wrong place.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from .exceptions import InputError
from .wire import as_utf8

__all__ = [
    "expect",
    "given_bool",
    "given_choice",
    "given_texts",
    "identifier",
    "nonempty",
    "typed_code",
    "typed_text",
    "typed_texts",
    "typed_utf8",
    "utf8",
]

T = TypeVar("T")

_SURROGATE: Final = (
    "holds a lone surrogate (half of a character outside the BMP), which UTF-8 cannot write; decode"
    " the text properly before passing it in"
)


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
        raise ValueError(f"{what} {_SURROGATE}")
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


def typed_utf8(text: str, what: str) -> bytes:
    """Encode the text that a person typed as UTF-8, without normalising or trimming it.

    Raises:
        TypeError: the text is not a str.
        InputError: it holds a lone surrogate.
    """
    if not isinstance(text, str):
        raise TypeError(f"{what} must be a str, not {type(text).__name__}")
    encoded = as_utf8(text)
    if encoded is None:
        raise InputError(what, _SURROGATE)
    return encoded


def typed_text(text: str, what: str) -> str:
    """Return the text that a person typed, as it is.

    Raises:
        TypeError, InputError: as `typed_utf8`, and if the text is empty.
    """
    if not typed_utf8(text, what):
        raise InputError(what, "is empty")
    return text


def typed_code(code: str) -> str:
    """Return the code that a person typed, as it is.

    Authenticator apps show "845 757", and so people type it. No code has white space (in AWS's
    model UserCode is digits, and ConfirmationCode anything but white space): it would count as a
    wrong code. So it is refused before it is sent. It is not left out in silence, since what is
    sent is always what was typed.

    Raises:
        TypeError: the code is not a str.
        InputError: it is empty, or has white space in it or around it, or holds a lone surrogate.
    """
    if not isinstance(code, str):
        raise TypeError(
            f'code must be a str, such as "012345", not {type(code).__name__}: a number would lose'
            " its leading zeros"
        )
    if any(each.isspace() for each in typed_text(code, "code")):
        raise InputError("code", "must be typed without white space")
    return code


def typed_texts(values: Mapping[str, str], what: str) -> dict[str, str]:
    """Return a copy of a mapping whose values a person typed.

    Raises:
        TypeError, ValueError: as `given_texts`, but for the values.
        InputError: a value holds a lone surrogate; `.name` is its name in the mapping.
    """
    if not isinstance(values, Mapping):
        raise TypeError(f"{what} must be a mapping of str to str, not {type(values).__name__}")
    for name, value in values.items():
        nonempty(name, f"a name in {what}")
        typed_utf8(value, name)
    return dict(values)


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
