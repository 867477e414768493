"""exceptions.py: the tree, and what an error carries."""

import pickle

import pytest

from srp_cognito import (
    IllegalParameter,
    MalformedParameter,
    PeerError,
    SignatureMismatch,
    SRPError,
    StateError,
)


def test_the_tree_is_as_its_docstring_draws_it() -> None:
    assert MalformedParameter.__bases__ == IllegalParameter.__bases__ == (PeerError,)
    assert PeerError.__bases__ == SignatureMismatch.__bases__ == StateError.__bases__ == (SRPError,)
    assert SRPError.__bases__ == (Exception,)


@pytest.mark.parametrize("kind", [MalformedParameter, IllegalParameter])
def test_a_peer_error_survives_pickling_with_its_name(kind: type[PeerError]) -> None:
    error = pickle.loads(pickle.dumps(kind("SRP_B", "is missing")))
    assert type(error) is kind
    assert (error.name, error.problem, str(error)) == ("SRP_B", "is missing", "SRP_B is missing")
