"""single_use.py: a secret can be taken once, by one thread, and never copied."""

import copy
import pickle

import pytest
from race import winners

from srp_cognito.proof.single_use import SingleUse


def test_of_many_threads_that_take_the_value_one_gets_it() -> None:
    for _ in range(200):
        secret = SingleUse("secret", "used")
        assert winners(secret.take) == 1


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_it_cannot_be_copied_or_pickled(duplicate: object) -> None:
    with pytest.raises(TypeError, match="cannot be copied or pickled"):
        duplicate(SingleUse("secret", "used"))  # type: ignore[operator]


def test_its_repr_says_whether_it_is_used_and_not_what_it_is() -> None:
    secret = SingleUse("hunter2", "used")
    assert repr(secret) == "<SingleUse: unused>"
    secret.take()
    assert repr(secret) == "<SingleUse: used>"
