"""given.py: what a caller passes in is checked, and no error repeats it."""

import traceback
from typing import Any

import pytest
from arguments import assert_hidden

from srp_cognito import InputError, given


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
    assert given.identifier("an id", "the id") == "an id"


@pytest.mark.parametrize("code", ["012345", "0", "123-456", "\u0661", "abc"])
def test_a_code_is_passed_on_as_it_was_typed(code: str) -> None:
    assert given.typed_code(code) == code


@pytest.mark.parametrize("code", [12345, 12345.0, b"012345", None, ["012345"]], ids=repr)
def test_a_code_that_is_not_text_is_refused_because_it_would_lose_its_zeros(code: Any) -> None:
    with pytest.raises(TypeError) as caught:
        given.typed_code(code)
    assert str(caught.value) == (
        f'code must be a str, such as "012345", not {type(code).__name__}: a number would lose'
        " its leading zeros"
    )


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("", "is empty"),
        ("1\n", "must be typed without white space"),
        ("845 757", "must be typed without white space"),  # As an authenticator app shows it.
        ("1\ud800", "holds a lone surrogate"),
    ],
)
def test_a_code_that_nobody_typed_so_is_refused_by_its_name(code: str, problem: str) -> None:
    with pytest.raises(InputError, match=f"^code {problem}") as caught:
        given.typed_code(code)
    assert caught.value.name == "code"


def test_what_a_person_typed_is_neither_normalised_nor_trimmed() -> None:
    assert given.typed_utf8(" e\u0301\n", "password") == b" e\xcc\x81\n"
    assert given.typed_utf8("", "password") == b""
    assert given.typed_text(" e\u0301\n", "password") == " e\u0301\n"


@pytest.mark.parametrize("check", [given.typed_utf8, given.typed_text])
def test_what_a_person_typed_wrongly_is_not_the_programs_mistake(check: Any) -> None:
    password = f"hunter{2}\ud800"
    with pytest.raises(InputError, match="^password holds a lone surrogate") as caught:
        check(password, "password")
    assert caught.value.name == "password"
    assert_hidden(caught.value, "hunter2")
    with pytest.raises(TypeError, match="^password must be a str, not bytes$"):
        check(b"hunter2", "password")


def test_nothing_that_a_person_typed_is_refused_by_its_name() -> None:
    with pytest.raises(InputError, match="^password is empty$"):
        given.typed_text("", "password")


def test_attributes_that_a_person_typed_are_copied_and_named_by_their_keys() -> None:
    values = {"email": "b", "name": ""}
    copied = given.typed_texts(values, "attributes")
    assert copied == values
    assert copied is not values
    with pytest.raises(InputError, match="^email holds a lone surrogate") as caught:
        given.typed_texts({"email": "hunter2\ud800"}, "attributes")
    assert caught.value.name == "email"
    wrong: list[tuple[Any, type[Exception], str]] = [
        ([("a", "b")], TypeError, "^attributes must be a mapping of str to str, not list$"),
        ({"": "b"}, ValueError, "^a name in attributes is empty$"),
        ({"email": 5}, TypeError, "^email must be a str, not int$"),
    ]
    for bad, error, message in wrong:
        with pytest.raises(error, match=message):
            given.typed_texts(bad, "attributes")


def test_the_caller_says_true_or_false_and_nothing_that_counts_as_one() -> None:
    assert given.given_bool(True, "remember") is True
    assert given.given_bool(False, "remember") is False
    for wrong in ("no", 1, None):
        bad: Any = wrong
        with pytest.raises(TypeError) as caught:
            given.given_bool(bad, "remember")
        kind = type(wrong).__name__
        assert str(caught.value) == f"remember must be True or False, not {kind}"


def test_a_choice_is_one_of_those_that_the_message_names() -> None:
    assert given.given_choice("b", ["a", "b"], "the factor") == "b"
    with pytest.raises(ValueError, match="^the factor must be one of a, b$"):
        given.given_choice("c", ["a", "b"], "the factor")


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ([("a", "b")], TypeError, "values must be a mapping of str to str, not list"),
        ({"": "b"}, ValueError, "a name in values is empty"),
        ({5: "b"}, TypeError, "a name in values must be a str, not int"),
        ({"a": 5}, TypeError, "values['a'] must be a str, not int"),
    ],
)
def test_what_is_not_a_mapping_of_texts_is_named(
    values: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        given.given_texts(values, "values")
    assert str(caught.value) == message


def test_a_text_that_utf8_cannot_write_is_named_by_its_key_and_not_shown() -> None:
    with pytest.raises(ValueError, match=r"^values\['a'\] holds a lone surrogate") as caught:
        given.given_texts({"a": "hunter2\ud800"}, "values")
    assert_hidden(caught.value, "hunter2")


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        ("5", int, "salt must be an int, not str"),
        (5, str, "salt must be a str, not int"),
        (None, ValueError, "salt must be a ValueError, not NoneType"),
        (b"", OSError, "salt must be an OSError, not bytes"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(value: object, kind: type, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        given.expect(value, kind, "salt")
    assert str(caught.value) == message


def test_a_value_of_the_right_type_is_returned() -> None:
    assert given.expect(5, int, "salt") == 5
