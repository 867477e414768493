"""behaviours/: what is not seen while the library's own pool is right."""

import pytest

from srp_cognito.conformance import BEHAVIOURS, try_all
from srp_cognito.conformance.own_pool import in_memory
from srp_cognito.proof import server


def test_a_pool_that_takes_srp_a_zero_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "read_public_value", lambda value, _: int(value, 16))
    (behaviour,) = (
        each for each in BEHAVIOURS if each.name == "claims/srp-a-zero-without-a-password"
    )
    (result,) = try_all([behaviour], in_memory())
    assert (result.verdict, result.seen.partition(":")[0]) == ("differs", "tokens")
