"""own_pool.py: the library's own pool as one to try the list on, in memory and over HTTP."""

import sys

import pytest

from srp_cognito import Call
from srp_cognito.conformance import NoReply, Person, Unavailable, own_pool
from srp_cognito.conformance.own_pool import in_memory, over_http
from srp_cognito.conformance.setting import APPS
from srp_cognito.conformance.trial import Trial


@pytest.mark.parametrize("opened", [in_memory(), over_http()], ids=["memory", "http"])
def test_everybody_can_sign_in_to_a_new_pool(opened: object) -> None:
    assert callable(opened)
    with opened(frozenset()) as pool:
        trial = Trial(pool)
        assert set(pool.setting.apps) == set(APPS)
        for role in ("plain", "totp", "sms"):
            assert trial.sign_in(role)
        keys = pool.get("jwks.json")["keys"]
        assert {"kid"} <= set(keys[0])


def test_a_pool_with_passkeys_needs_fido2(monkeypatch: pytest.MonkeyPatch) -> None:
    for needs in (frozenset({"passkeys"}), frozenset({"no-passkeys"})):
        with in_memory()(needs) as pool:
            assert needs <= pool.setting.features
    monkeypatch.setitem(sys.modules, "srp_cognito.testing.relying_party", None)
    with (
        pytest.raises(Unavailable, match="relying_party"),
        in_memory()(frozenset({"passkeys"})),
    ):
        pass


def test_a_pool_that_cannot_be_made_is_not_available(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ImportError("cryptography makes no RSA key here")

    monkeypatch.setattr(own_pool, "_signing_keys", fail)
    with pytest.raises(Unavailable, match="no RSA key"), in_memory()(frozenset()):
        pass


def test_the_clock_moves_when_the_trial_waits() -> None:
    with in_memory()(frozenset()) as pool:
        before = pool.now()
        pool.wait(181)
        assert (pool.now() - before).total_seconds() == 181


def test_bytes_need_http() -> None:
    with in_memory()(frozenset()) as pool, pytest.raises(Unavailable, match="over HTTP"):
        pool.post({}, b"")
    with over_http()(frozenset()) as pool:
        assert "http" in pool.setting.features
        reply = pool.post(Call("GetUser", {}).headers, b"[]")
        assert reply["__type"] == "SerializationException"
    with pytest.raises(NoReply):
        pool.get("jwks.json")


def test_a_code_needs_the_secret_of_the_app() -> None:
    with in_memory()(frozenset()) as pool, pytest.raises(Unavailable, match="secret"):
        pool.totp_code(Person("alice", "p"))
