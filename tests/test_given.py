"""given.py: what a caller passes in is checked, and no error repeats it."""

import traceback
from typing import Any

import pytest

from srp_cognito import given


def test_text_of_the_caller_is_neither_normalised_nor_trimmed() -> None:
    assert given.utf8(" e\u0301\n", "the password") == b" e\xcc\x81\n"


def test_text_of_the_caller_that_is_bytes_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="the password must be a str, not bytes"):
        given.utf8(b"secret", "the password")  # type: ignore[arg-type]


def test_a_lone_surrogate_is_explained_and_the_text_is_nowhere_in_the_error() -> None:
    password = f"hunter{2}\ud800"  # Put together here, since a traceback shows the line.
    with pytest.raises(ValueError, match="lone surrogate") as caught:
        given.utf8(password, "the password")
    error: BaseException | None = caught.value
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    # A UnicodeEncodeError keeps the whole text in `.object`, for crash reporters to find.
    while error is not None:
        assert not isinstance(error, UnicodeEncodeError)
        error = error.__context__


@pytest.mark.parametrize("check", [given.nonempty, given.identifier])
def test_empty_text_of_the_caller_is_an_unset_variable(check: Any) -> None:
    with pytest.raises(ValueError, match="^the name is empty$"):
        check("", "the name")


def test_the_callers_texts_are_copied() -> None:
    values = {"a": "b"}
    given.given_texts(values, "values")["a"] = "c"
    assert values == {"a": "b"}


def test_white_space_of_the_caller_is_kept_where_it_can_be_meant() -> None:
    assert given.nonempty(" a\n", "the name") == " a\n"


@pytest.mark.parametrize("text", [" a", "a ", "a\n", "\ta", "\u00a0a", " "])
def test_white_space_around_an_id_of_the_caller_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="^the id begins or ends with white space$"):
        given.identifier(text, "the id")


@pytest.mark.parametrize("code", ["012345", "0", "123 456", "\u0661", "abc"])
def test_a_code_is_passed_on_as_it_was_typed(code: str) -> None:
    assert given.given_code(code) == code


@pytest.mark.parametrize("code", [12345, 12345.0, b"012345", None, ["012345"]], ids=repr)
def test_a_code_that_is_no_text_is_refused_because_it_would_lose_its_zeros(code: Any) -> None:
    with pytest.raises(TypeError) as caught:
        given.given_code(code)
    assert str(caught.value) == (
        f'code must be a str, such as "012345", not {type(code).__name__}: a number would lose'
        " its leading zeros"
    )
