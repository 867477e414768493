"""testing/hooks.py: what takes part in the sign-ins of a pool sees passwords, claims and hashes."""

from collections.abc import Mapping

import pytest
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID, OracleClient
from pool_calls import (
    NOW,
    PUBLIC,
    WRONG,
    answer,
    begin,
    beginning,
    claim,
    opened,
    proven,
    refusal,
    refused_answer,
    signed_in,
)

from srp_cognito import AppClient, SignatureMismatch, SRPServer, Verifier
from srp_cognito.testing import UserPool
from srp_cognito.testing.hooks import Hooks
from srp_cognito.testing.sign_ins import SignIns
from srp_cognito.testing.users import Attempt, User

VERIFIER = Verifier.for_user(POOL_ID, "alice", PASSWORD)


class Seen(Hooks):
    """Notes what a pool calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def password_set(self, username: str, password: str) -> None:
        self.calls.append((username, password))

    def open_exchange(self, verifier: Verifier, attempt: Attempt) -> SRPServer:
        self.calls.append((verifier.identity.member, attempt.typed, attempt.app))
        return super().open_exchange(verifier, attempt)

    def secret_hash_refused(self, app: AppClient, parameters: Mapping[str, object]) -> None:
        self.calls.append((app, parameters["USERNAME"], parameters.get("SECRET_HASH")))

    def challenge_gone(self, username: str, why: str) -> None:
        self.calls.append((username, why))


@pytest.fixture
def seen(pool: UserPool) -> Seen:
    hooks = Seen()
    pool._hooks = pool._challenges._hooks = hooks
    return hooks


def test_a_pool_calls_them_at_a_new_password_and_at_each_exchange(
    pool: UserPool, seen: Seen
) -> None:
    pool.add_user("erin", PASSWORD, must_change_password=True)
    reply = proven(pool, "erin")
    assert signed_in(answer(pool, reply, "erin", NEW_PASSWORD="a new one"))
    begin(pool, "USER_SRP_AUTH", USERNAME="alice@example.com", SRP_A="5")
    assert seen.calls == [
        ("erin", PASSWORD),
        ("erin", "erin", PUBLIC),
        ("erin", "a new one"),
        ("alice", "alice@example.com", PUBLIC),
    ]


@pytest.mark.parametrize("hashed", ["c2VjcmV0", None, 5], ids=["wrong", "missing", "a number"])
def test_a_pool_calls_them_at_a_secret_hash_that_is_refused(
    pool: UserPool, seen: Seen, hashed: object
) -> None:
    arguments = beginning("USER_SRP_AUTH", USERNAME="alice", SRP_A="5", SECRET_HASH=hashed)
    refusal(pool, "InitiateAuth", **{**arguments, "ClientId": CLIENT_ID})
    assert seen.calls == [(AppClient(CLIENT_ID, CLIENT_SECRET), "alice", hashed)]


def test_a_pool_calls_them_at_a_claim_that_no_challenge_waits_for(
    pool: UserPool, seen: Seen
) -> None:
    client = OracleClient(member="alice")
    reply = opened(pool, client)
    made = claim(pool, client, reply)
    assert signed_in(answer(pool, reply, **made))
    assert refused_answer(pool, reply, **made) == WRONG
    why = "Invalid session for the user, session can only be used once."
    assert seen.calls[1:] == [("alice", why)]


@pytest.mark.parametrize("password", [PASSWORD, "battery staple"])
def test_by_default_an_exchange_is_checked_and_nothing_else_happens(password: str) -> None:
    hooks = Hooks()
    user = User("alice", VERIFIER, sub="sub", sign_ins=SignIns(bytes))
    hooks.password_set("alice", PASSWORD)
    hooks.secret_hash_refused(PUBLIC, {"USERNAME": "alice"})
    hooks.challenge_gone("alice", "It is too late.")
    assert vars(hooks) == {}
    server = hooks.open_exchange(VERIFIER, Attempt(user, PUBLIC, "alice@example.com"))
    client = OracleClient(member="alice", password=password)
    challenge = server.challenge({"SRP_A": client.srp_a})
    assert challenge["USERNAME"] == "alice"
    made = client.answer(challenge, NOW)
    if password == PASSWORD:
        server.verify(made, now=NOW)
    else:
        with pytest.raises(SignatureMismatch):
            server.verify(made, now=NOW)
