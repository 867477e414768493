"""testing/explain.py: a pool that says why it refuses, and clients that make a mistake."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import oracle
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from peers import CLIENT_ID, CLIENT_SECRET, DEVICE_KEY, PASSWORD, POOL_ID, OracleClient
from pool_calls import (
    DEVICE_PASSWORD,
    NOW,
    PUBLIC,
    Clock,
    answer,
    begin,
    beginning,
    call,
    claim,
    opened,
    proven,
    refusal,
    refused_answer,
    registered,
    signed_in,
)

from srp_cognito.diagnosis import Diagnosis, diagnose
from srp_cognito.diagnosis.search import hypotheses
from srp_cognito.testing import Refused, UserPool, explain


@dataclass
class Explaining:
    """A pool that explains, and what it has said."""

    pool: UserPool
    said: list[str]

    def last(self) -> str:
        return self.said[-1]


@pytest.fixture
def explaining(signing_key: rsa.RSAPrivateKey) -> Explaining:
    said: list[str] = []
    pool = UserPool(
        POOL_ID,
        remember_devices="always",
        now=Clock(),
        explain=said.append,
        signing_key=signing_key,
    )
    pool.add_app_client(PUBLIC.client_id)
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    pool.add_user("alice", PASSWORD, aliases=["alice@example.com"])
    return Explaining(pool, said)


@dataclass
class Buggy:
    """A client of alice's in which each step can be replaced."""

    group_in_x: str = "Example"
    group: str = "Example"
    password: str = PASSWORD
    typed: str = "alice"
    user: str = "alice"
    k: int = oracle.k()
    u: Callable[[int, int], int] = oracle.u
    timestamp: Callable[[datetime], str] = oracle.timestamp

    def signs_in(self, pool: UserPool) -> bool:
        a = secrets.randbits(256)
        A = oracle.public_a(a)
        reply = begin(pool, "USER_SRP_AUTH", USERNAME=self.typed, SRP_A=f"{A:x}")
        given = reply["ChallengeParameters"]
        B, u = int(given["SRP_B"], 16), self.u(A, int(given["SRP_B"], 16))
        x = oracle.x(self.group_in_x, self.user, self.password, int(given["SALT"], 16))
        S = oracle.power(B - self.k * oracle.verifier(x), a + u * x)
        at = self.timestamp(NOW)
        block = base64.b64decode(given["SECRET_BLOCK"])
        made = {
            "PASSWORD_CLAIM_SIGNATURE": oracle.signature(
                oracle.key(u, S), self.group, self.user, block, at
            ),
            "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
            "TIMESTAMP": at,
        }
        try:
            return signed_in(answer(pool, reply, given["USERNAME"], **made))
        except Refused:
            return False


# Claims.


def test_a_client_without_a_mistake_signs_in_and_nothing_is_said(explaining: Explaining) -> None:
    assert Buggy().signs_in(explaining.pool)
    assert explaining.said == []


def test_a_mistake_after_s_is_named_at_once(explaining: Explaining) -> None:
    assert not Buggy(group="eu-west-1_Example").signs_in(explaining.pool)
    assert explaining.last().startswith("alice: the claim is refused\n")
    assert "#pool-id-in-message\n" in explaining.last()


def test_a_mistake_in_u_is_named_at_once(explaining: Explaining) -> None:
    assert not Buggy(u=lambda A, B: oracle.u(B, A)).signs_in(explaining.pool)
    assert "#u-b-first\n" in explaining.last()


def test_a_timestamp_that_is_spelled_wrong_is_named_at_once(explaining: Explaining) -> None:
    buggy = Buggy(timestamp=lambda now: oracle.timestamp(now).replace("Tue ", "Wed "))
    assert not buggy.signs_in(explaining.pool)
    assert "#time-weekday\n" in explaining.last()


def test_a_timestamp_that_cannot_be_read_is_refused_before_it_is_explained(
    explaining: Explaining,
) -> None:
    buggy = Buggy(timestamp=lambda now: now.isoformat())
    assert not buggy.signs_in(explaining.pool)
    assert explaining.said == []


def test_a_stale_timestamp_is_named(explaining: Explaining) -> None:
    buggy = Buggy(timestamp=lambda now: oracle.timestamp(now - timedelta(hours=1)))
    assert not buggy.signs_in(explaining.pool)
    assert explaining.last().startswith("alice: the claim is refused: TIMESTAMP is too old")


def test_another_secret_block_is_named(explaining: Explaining) -> None:
    client = OracleClient(member="alice")
    wish = {"PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": client.srp_a}
    reply = begin(explaining.pool, "USER_AUTH", USERNAME="alice", **wish)
    made = {**claim(explaining.pool, client, reply), "PASSWORD_CLAIM_SECRET_BLOCK": "AAAA"}
    refused_answer(explaining.pool, reply, **made)
    problem = "PASSWORD_CLAIM_SECRET_BLOCK is not the challenge's"
    assert explaining.last() == f"alice: the claim is refused: {problem}"


def test_a_claim_that_cannot_be_a_signature_is_named_as_such(explaining: Explaining) -> None:
    client = OracleClient(member="alice")
    reply = opened(explaining.pool, client)
    made = {**claim(explaining.pool, client, reply), "PASSWORD_CLAIM_SIGNATURE": "c2lnbmVk"}
    refused_answer(explaining.pool, reply, **made)
    problem = "PASSWORD_CLAIM_SIGNATURE is not 32 bytes, in base64 or in hexadecimal"
    assert explaining.last() == f"alice: the claim is refused: {problem}"


def test_a_user_who_does_not_exist_is_named_as_such(explaining: Explaining) -> None:
    assert not Buggy(typed="mallory", user="mallory").signs_in(explaining.pool)
    assert explaining.last() == "mallory: the claim is refused, since there is no such user"


def test_a_new_password_is_known_too(explaining: Explaining) -> None:
    explaining.pool.add_user("bob", PASSWORD, must_change_password=True)
    answer(explaining.pool, proven(explaining.pool, "bob"), "bob", NEW_PASSWORD="a new one")
    buggy = Buggy(group="eu-west-1_Example", typed="bob", user="bob", password="a new one")
    assert not buggy.signs_in(explaining.pool)
    assert "#pool-id-in-message\n" in explaining.last()


@pytest.mark.parametrize(
    ("group", "says"),
    [
        ("eu-west-1_Example", "#device-pool-id-in-message\n"),
        ("something else", "hypotheses were tried."),
    ],
)
def test_the_claim_of_a_device_is_explained_as_far_as_the_server_sees(
    explaining: Explaining, group: str, says: str
) -> None:
    pool = explaining.pool
    device, _ = registered(pool)
    named = {"DEVICE_KEY": device.device_key}
    user = OracleClient(member="alice")
    reply = opened(pool, user)
    reply = answer(pool, reply, **claim(pool, user, reply, **named))
    client = OracleClient(device.device_group_key, device.device_key, DEVICE_PASSWORD)
    reply = answer(pool, reply, **named, SRP_A=client.srp_a)
    given = reply["ChallengeParameters"]
    B, salt = int(given["SRP_B"], 16), int(given["SALT"], 16)
    u = oracle.u(oracle.public_a(client.a), B)
    x = oracle.x(client.group, client.member, client.password, salt)
    key = oracle.key(u, oracle.client_s(B, x, client.a, u))
    made = claim(pool, client, reply, **named)
    block = base64.b64decode(given["SECRET_BLOCK"])
    made["PASSWORD_CLAIM_SIGNATURE"] = oracle.signature(
        key, group, client.member, block, made["TIMESTAMP"]
    )
    refused_answer(pool, reply, **made)
    assert says in explaining.last()
    assert DEVICE_KEY not in explaining.last()


def test_a_pool_that_does_not_explain_keeps_no_password(signing_key: rsa.RSAPrivateKey) -> None:
    pool = UserPool(POOL_ID, signing_key=signing_key)
    pool.add_user("alice", PASSWORD)
    assert vars(pool._hooks) == {}
    assert PASSWORD not in repr(vars(pool._directory.user("alice")))


# Trials of mistakes in x and k.


@pytest.mark.parametrize(
    ("buggy", "link"),
    [
        (Buggy(group_in_x="eu-west-1_Example", group="eu-west-1_Example"), "#pool-id\n"),
        pytest.param(
            Buggy(typed="alice@example.com", user="alice@example.com"),
            "#alias\n",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            Buggy(k=3, group="eu-west-1_Example"),
            "#pool-id-in-message\n",
            marks=pytest.mark.slow,
        ),
    ],
    ids=["pool id", "alias", "two mistakes"],
)
def test_a_mistake_in_x_or_k_is_named_after_a_few_dozen_logins(
    explaining: Explaining, buggy: Buggy, link: str
) -> None:
    for login in range(60):  # noqa: B007, since its last value is looked at.
        assert not buggy.signs_in(explaining.pool)
        if link in explaining.last():
            break
        assert "the server's side alone cannot tell why" in explaining.said[0]
    assert link in explaining.last()
    assert 1 < login < 50
    # A client without a mistake then signs in at once.
    assert Buggy().signs_in(explaining.pool)


def only(monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    """Have the pool know one mistake."""
    monkeypatch.setattr(
        explain,
        "hypotheses",
        lambda exchange: (each for each in hypotheses(exchange) if each.mistake.id == mistake),
    )


@pytest.mark.parametrize(
    ("buggy", "mistake"),
    [(Buggy(group_in_x=""), "no-pool-in-x"), (Buggy(k=3), "k-3")],
    ids=["x", "k"],
)
def test_a_claim_of_a_trial_is_refused_and_shows_the_mistake(
    explaining: Explaining, monkeypatch: pytest.MonkeyPatch, buggy: Buggy, mistake: str
) -> None:
    """With one mistake to try, the second login is its trial. With x, the claim even fits then."""
    only(monkeypatch, mistake)
    assert not buggy.signs_in(explaining.pool)
    assert "1 times at most" in explaining.last()
    assert not buggy.signs_in(explaining.pool)
    assert f"#{mistake}\n" in explaining.last()
    assert Buggy().signs_in(explaining.pool)


def test_where_no_trial_fits_it_says_so(
    explaining: Explaining, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And then it begins again."""
    found: list[Diagnosis] = []

    def diagnose_once(record: dict) -> Diagnosis:
        """The search finds the same each time, and takes a second."""
        found.extend([] if found else [diagnose(record)])
        return found[0]

    monkeypatch.setattr(explain, "diagnose", diagnose_once)
    only(monkeypatch, "u-b-first")  # Which changes neither x nor k.
    for says in (
        " 0 times at most",
        "no mistake in x or k is the reason either",
        " 0 times at most",
    ):
        assert not Buggy(password="battery staple").signs_in(explaining.pool)
        assert says in explaining.last()
    assert PASSWORD not in "".join(explaining.said)
    assert Buggy().signs_in(explaining.pool)


@pytest.mark.slow
def test_with_a_wrong_password_every_mistake_is_tried(explaining: Explaining) -> None:
    logins = 0
    while "no mistake in x or k is the reason either" not in (explaining.said or [""])[-1]:
        assert not Buggy(password="battery staple").signs_in(explaining.pool)
        logins += 1
    most = int(explaining.said[0].partition(" times at most")[0].rpartition(" ")[2])
    assert logins <= most + 1
    assert "Most likely now: another password" in explaining.last()
    assert PASSWORD not in "".join(explaining.said)


def test_a_client_without_a_mistake_gets_in_during_the_trials(explaining: Explaining) -> None:
    assert not Buggy(password="mistyped").signs_in(explaining.pool)
    assert any(Buggy().signs_in(explaining.pool) for _ in range(4))
    # That has ended the trials.
    assert all(Buggy().signs_in(explaining.pool) for _ in range(4))


# SECRET_HASH.


def secret_hash_refused(explaining: Explaining, **sent: object) -> None:
    arguments = beginning("USER_SRP_AUTH", USERNAME="alice", SRP_A="02", **sent)
    refusal(explaining.pool, "InitiateAuth", **{**arguments, "ClientId": CLIENT_ID})


def test_a_secret_hash_over_the_alias_is_named(explaining: Explaining) -> None:
    hashed = oracle.secret_hash("alice@example.com", CLIENT_ID, CLIENT_SECRET)
    secret_hash_refused(explaining, SECRET_HASH=hashed)
    assert explaining.last().startswith("alice: SECRET_HASH is refused\n")
    assert "#hash-other-name\n" in explaining.last()
    assert CLIENT_SECRET not in explaining.last()


def test_a_secret_hash_that_cannot_be_one_is_named_as_such(explaining: Explaining) -> None:
    secret_hash_refused(explaining, SECRET_HASH="c2VjcmV0")
    assert explaining.last() == "alice: SECRET_HASH is not 32 bytes, in base64 or in hexadecimal"


def test_about_a_secret_hash_that_is_missing_nothing_is_said(explaining: Explaining) -> None:
    secret_hash_refused(explaining)
    assert explaining.said == []


def test_about_a_right_secret_hash_nothing_is_said(explaining: Explaining) -> None:
    hashed = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
    arguments = beginning("USER_SRP_AUTH", USERNAME="alice", SRP_A="02", SECRET_HASH=hashed)
    call(explaining.pool, "InitiateAuth", **{**arguments, "ClientId": CLIENT_ID})
    assert explaining.said == []


def test_a_name_is_said_without_control_characters(explaining: Explaining) -> None:
    hashed = oracle.secret_hash("another", CLIENT_ID, CLIENT_SECRET)
    arguments = beginning("USER_SRP_AUTH", USERNAME="\x1b[2J", SRP_A="02", SECRET_HASH=hashed)
    refusal(explaining.pool, "InitiateAuth", **{**arguments, "ClientId": CLIENT_ID})
    assert explaining.last().startswith("?[2J: SECRET_HASH is refused\n")
