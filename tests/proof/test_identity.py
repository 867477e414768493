"""identity.py: pool names, and the two strings that bind a password."""

import dataclasses

import pytest

from srp_cognito import Identity
from srp_cognito.proof.identity import pool_name


@pytest.mark.parametrize(
    ("pool_id", "name"),
    [
        ("eu-west-1_Example", "Example"),
        ("us-gov-west-1_aB3", "aB3"),
        ("local_x", "x"),
        # AWS allows one "_"; where an emulator has more, the first one counts.
        ("region_a_b", "a_b"),
    ],
)
def test_the_pool_name_is_what_follows_the_first_underscore(pool_id: str, name: str) -> None:
    assert pool_name(pool_id) == name


@pytest.mark.parametrize("pool_id", ["Example", "eu-west-1", "_Example", "eu-west-1_", "_"])
def test_a_pool_id_without_both_halves_is_refused_with_a_sample(pool_id: str) -> None:
    with pytest.raises(ValueError, match="such as"):
        pool_name(pool_id)


@pytest.mark.parametrize("pool_id", ["", " ", "eu-west-1_Example\n", " eu-west-1_Example"])
def test_a_pool_id_from_an_unset_variable_or_with_its_line_end_is_refused(pool_id: str) -> None:
    """It would make another pool's name, and every password would be wrong."""
    with pytest.raises(ValueError, match="pool_id (is empty|begins or ends with white space)"):
        pool_name(pool_id)


@pytest.mark.parametrize("pool_id", [None, 5, b"eu-west-1_Example"])
def test_a_pool_id_that_is_not_text_is_a_type_error(pool_id: object) -> None:
    with pytest.raises(TypeError, match="pool_id must be a str"):
        pool_name(pool_id)  # type: ignore[arg-type]


def test_the_two_strings_are_joined_with_nothing() -> None:
    assert bytes(Identity("user", "Example", "älice")) == b"Example\xc3\xa4lice"


def test_a_device_group_key_is_used_whole() -> None:
    assert bytes(Identity("device", "-v7_w9", "eu-west-1_5b")) == b"-v7_w9eu-west-1_5b"


def test_there_are_users_and_devices_and_nothing_else() -> None:
    with pytest.raises(ValueError, match="kind must be"):
        Identity("pool", "Example", "alice")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("user", ("the pool name", "the user id")),
        ("device", ("device_group_key", "device_key")),
    ],
)
@pytest.mark.parametrize("position", [0, 1])
def test_what_cannot_be_written_is_refused_at_once_and_named(
    kind: str, names: tuple[str, str], position: int
) -> None:
    for bad, error in (("\udfff", ValueError), (None, TypeError)):
        strings: list[object] = ["group", "member"]
        strings[position] = bad
        with pytest.raises(error, match=f"^{names[position]} "):
            Identity(kind, *strings)  # type: ignore[arg-type]


def test_an_identity_cannot_be_changed() -> None:
    identity = Identity("user", "Example", "alice")
    with pytest.raises(dataclasses.FrozenInstanceError):
        identity.member = "bob"  # type: ignore[misc]
