"""behaviour.py: a behaviour as data."""

from srp_cognito.conformance.behaviour import (
    behaviour,
    documented,
    inferred,
    measured,
    seen,
    unknown,
)
from srp_cognito.conformance.expected import Facts, Seen
from srp_cognito.conformance.trial import Trial


def test_a_behaviour_has_the_name_of_its_file_and_function_and_the_docstring_as_sentence() -> None:
    @behaviour(Facts({}), unknown("nothing"), needs=["http"], cost="waits")
    def says_nothing(trial: Trial) -> Seen:
        """Say
        nothing.
        """
        return {}

    assert says_nothing.name == "test-behaviour/says-nothing"
    assert says_nothing.group == "test-behaviour"
    assert says_nothing.says == "Say nothing."
    assert (says_nothing.needs, says_nothing.cost) == (frozenset({"http"}), "waits")


def test_it_is_as_sure_as_its_best_evidence() -> None:
    every = [
        unknown("?"),
        inferred("a", "b"),
        seen("a", "b"),
        documented("a", "b"),
        measured("a", "b"),
    ]
    for number, best in enumerate(every, 1):

        def does(trial: Trial) -> Seen:
            return {}

        made = behaviour(Facts({}), *every[:number])(does)
        assert made.sure == best.sure
        assert made.says == ""
