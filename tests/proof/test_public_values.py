"""public_values.py: an A, B or u that would let anybody in is refused by its wire key."""

import oracle
import pytest
from bad_input import OUT_OF_RANGE
from hypothesis import given
from hypothesis import strategies as st

from srp_cognito import IllegalParameter, MalformedParameter
from srp_cognito.proof import srp
from srp_cognito.proof.public_values import checked_u, read_public_value


@pytest.mark.parametrize("name", ["SRP_A", "SRP_B"])
@pytest.mark.parametrize(("number", "error"), OUT_OF_RANGE.values(), ids=OUT_OF_RANGE)
def test_a_value_out_of_range_is_refused(name: str, number: int, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        read_public_value(f"{number:x}", name)
    if error is IllegalParameter:
        assert str(caught.value) == f"{name} must lie between 1 and N - 1"
    else:
        assert str(caught.value).startswith(f"{name} has more than 4096 ")


@pytest.mark.parametrize("number", [1, 2, oracle.N - 2, oracle.N - 1])
def test_every_value_in_range_is_read(number: int) -> None:
    assert read_public_value(f"{number:X}", "SRP_B") == number
    assert read_public_value(f"000{number:x}", "SRP_B") == number


@pytest.mark.parametrize("value", [None, "", "0x1", 5, b"1"])
def test_what_is_not_hexadecimal_text_is_malformed(value: object) -> None:
    with pytest.raises(MalformedParameter) as caught:
        read_public_value(value, "SRP_A")
    assert caught.value.name == "SRP_A"


@given(st.integers(1, oracle.N - 1), st.integers(1, oracle.N - 1))
def test_u_is_the_oracles(A: int, B: int) -> None:
    assert checked_u(A, B, "SRP_B") == oracle.u(A, B)


def test_u_of_zero_is_refused_and_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """No A and B are known that hash to 0."""
    monkeypatch.setattr(srp, "u", lambda A, B: 0)
    with pytest.raises(IllegalParameter) as caught:
        checked_u(2, 3, "SRP_B")
    assert str(caught.value) == "SRP_B gives u = 0, which SRP-6a refuses"
    monkeypatch.setattr(srp, "u", lambda A, B: 1)
    assert checked_u(2, 3, "SRP_B") == 1
