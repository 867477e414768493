"""testing/explain.py: a pool that tells why it refuses, met by clients that make a mistake."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import oracle
import pytest
from peers import DEVICE_KEY, OracleClient
from pool_calls import NOW, PUBLIC, Clock, begin, call, claim, refusal

from srp_cognito.testing import Refused, UserPool

SECRET = "sekrit-client-secret"


@dataclass
class Told:
    """What the pool told, and the pool."""

    pool: UserPool
    lines: list[str]

    def last(self) -> str:
        return self.lines[-1]


@pytest.fixture
def told(signing_key: object) -> Told:
    lines: list[str] = []
    pool = UserPool("eu-west-1_Example", now=Clock(), explain=lines.append, signing_key=signing_key)
    pool.add_app_client(PUBLIC.client_id)
    pool.add_app_client("1secret", SECRET)
    pool.add_user("alice", "correct horse", aliases=["alice@example.com"])
    return Told(pool, lines)


@dataclass
class Buggy:
    """A client of alice's in which each step can be replaced."""

    group_in_x: str = "Example"
    group: str = "Example"
    password: str = "correct horse"
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
        signature = oracle.signature(oracle.key(u, S), self.group, self.user, block, at)
        answer = {
            "USERNAME": given["USERNAME"],
            "PASSWORD_CLAIM_SIGNATURE": signature,
            "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
            "TIMESTAMP": at,
        }
        arguments = {"ClientId": PUBLIC.client_id, "ChallengeName": "PASSWORD_VERIFIER"}
        try:
            call(pool, "RespondToAuthChallenge", **arguments, ChallengeResponses=answer)
        except Refused:
            return False
        return True


def test_a_client_that_does_it_right_signs_in_and_nothing_is_told(told: Told) -> None:
    assert Buggy().signs_in(told.pool)
    assert told.lines == []


def test_a_mistake_after_s_is_told_at_once(told: Told) -> None:
    assert not Buggy(group="eu-west-1_Example").signs_in(told.pool)
    assert told.last().startswith("alice: the claim is refused\n")
    assert "#pool-id-in-message\n" in told.last()


def test_a_mistake_in_u_is_told_at_once(told: Told) -> None:
    assert not Buggy(u=lambda A, B: oracle.u(B, A)).signs_in(told.pool)
    assert "#u-b-first\n" in told.last()


def test_a_timestamp_that_is_spelled_wrong_is_told_at_once(told: Told) -> None:
    buggy = Buggy(timestamp=lambda now: oracle.timestamp(now).replace("Tue ", "Wed "))
    assert not buggy.signs_in(told.pool)
    assert "#time-weekday\n" in told.last()


def test_a_timestamp_that_cannot_be_read_is_refused_before_it_is_explained(told: Told) -> None:
    buggy = Buggy(timestamp=lambda now: now.isoformat())
    assert not buggy.signs_in(told.pool)
    assert told.lines == []


def test_a_stale_timestamp_is_told_as_that(told: Told) -> None:
    buggy = Buggy(timestamp=lambda now: oracle.timestamp(now - timedelta(hours=1)))
    assert not buggy.signs_in(told.pool)
    stale = "TIMESTAMP is too old or too far in the future"
    assert told.last() == f"alice: the claim is refused: {stale}"


@pytest.mark.parametrize(
    ("buggy", "link"),
    [
        (Buggy(group_in_x="eu-west-1_Example", group="eu-west-1_Example"), "#pool-id\n"),
        (Buggy(typed="alice@example.com", user="alice@example.com"), "#alias\n"),
        pytest.param(Buggy(group_in_x=""), "#no-pool-in-x\n", marks=pytest.mark.slow),
        pytest.param(
            Buggy(password="correct horse\n"), "#password-newline\n", marks=pytest.mark.slow
        ),
        pytest.param(Buggy(k=3), "#k-3\n", marks=pytest.mark.slow),
        pytest.param(
            Buggy(k=3, group="eu-west-1_Example"),
            "#pool-id-in-message\n",
            marks=pytest.mark.slow,
        ),
    ],
    ids=["pool id", "alias", "no pool", "newline", "k", "two mistakes"],
)
def test_a_mistake_in_x_or_k_is_told_after_some_dozen_logins(
    told: Told, buggy: Buggy, link: str
) -> None:
    for login in range(60):  # noqa: B007, since its last value is looked at.
        assert not buggy.signs_in(told.pool)
        if link in told.last():
            break
        assert "the server's side alone cannot tell why" in told.lines[0]
    assert link in told.last()
    assert 1 < login < 50
    # Whoever does it right afterwards signs in at once.
    assert Buggy().signs_in(told.pool)


@pytest.mark.slow
def test_with_a_wrong_password_all_is_tried_and_that_is_told(told: Told) -> None:
    logins = 0
    while "no mistake in x or k is the reason either" not in (told.lines or [""])[-1]:
        assert not Buggy(password="battery staple").signs_in(told.pool)
        logins += 1
    most = int(told.lines[0].partition(" times at most")[0].rpartition(" ")[2])
    assert logins <= most + 1
    assert "Most likely now: another password" in told.last()
    assert "correct horse" not in "".join(told.lines)
    assert Buggy().signs_in(told.pool)


def test_a_client_that_does_it_right_gets_in_during_a_trial(told: Told) -> None:
    assert not Buggy(password="mistyped").signs_in(told.pool)
    assert any(Buggy().signs_in(told.pool) for _ in range(4))
    # The trial has ended with that.
    assert all(Buggy().signs_in(told.pool) for _ in range(4))


def test_a_new_password_is_known_as_well(told: Told) -> None:
    told.pool.add_user("bob", "temporary", must_change_password=True)
    client = OracleClient(member="bob", password="temporary")
    reply = begin(told.pool, "USER_SRP_AUTH", USERNAME="bob", SRP_A=client.srp_a)
    made = {"USERNAME": "bob", **claim(told.pool, client, reply)}
    arguments = {"ClientId": PUBLIC.client_id, "ChallengeName": "PASSWORD_VERIFIER"}
    reply = call(told.pool, "RespondToAuthChallenge", **arguments, ChallengeResponses=made)
    call(
        told.pool,
        "RespondToAuthChallenge",
        ClientId=PUBLIC.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=reply["Session"],
        ChallengeResponses={"USERNAME": "bob", "NEW_PASSWORD": "a new one"},
    )
    buggy = Buggy(group="eu-west-1_Example", typed="bob", user="bob", password="a new one")
    assert not buggy.signs_in(told.pool)
    assert "#pool-id-in-message\n" in told.last()


def test_another_secret_block_is_told_as_that(told: Told) -> None:
    client = OracleClient(member="alice", password="correct horse")
    named = {"ClientId": PUBLIC.client_id}
    preferred = {"USERNAME": "alice", "PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": client.srp_a}
    reply = call(told.pool, "InitiateAuth", **named, AuthFlow="USER_AUTH", AuthParameters=preferred)
    made = {"USERNAME": "alice", **claim(told.pool, client, reply)}
    refusal(
        told.pool,
        "RespondToAuthChallenge",
        **named,
        ChallengeName="PASSWORD_VERIFIER",
        Session=reply["Session"],
        ChallengeResponses={**made, "PASSWORD_CLAIM_SECRET_BLOCK": "AAAA"},
    )
    problem = "PASSWORD_CLAIM_SECRET_BLOCK is not the challenge's"
    assert told.last() == f"alice: the claim is refused: {problem}"


def test_a_stranger_is_told_as_that(told: Told) -> None:
    assert not Buggy(typed="mallory", user="mallory").signs_in(told.pool)
    assert told.last() == "mallory: the claim is refused, since there is no such user"


def test_a_claim_that_is_none_is_told_as_that(told: Told) -> None:
    client = OracleClient(member="alice", password="correct horse")
    reply = begin(told.pool, "USER_SRP_AUTH", USERNAME="alice", SRP_A=client.srp_a)
    made = {
        "USERNAME": "alice",
        **claim(told.pool, client, reply),
        "PASSWORD_CLAIM_SIGNATURE": "c2lnbmVk",
    }
    refusal(
        told.pool,
        "RespondToAuthChallenge",
        ClientId=PUBLIC.client_id,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=made,
    )
    problem = "PASSWORD_CLAIM_SIGNATURE is not 32 bytes, in base64 or in hexadecimal"
    assert told.last() == f"alice: the claim is refused: {problem}"


def secret_hash_refused(told: Told, sent: str) -> None:
    refusal(
        told.pool,
        "InitiateAuth",
        ClientId="1secret",
        AuthFlow="USER_SRP_AUTH",
        AuthParameters={"USERNAME": "alice", "SRP_A": "02", "SECRET_HASH": sent},
    )


def test_a_secret_hash_over_the_alias_is_told(told: Told) -> None:
    secret_hash_refused(told, oracle.secret_hash("alice@example.com", "1secret", SECRET))
    assert told.last().startswith("alice: SECRET_HASH is refused\n")
    assert "#hash-other-name\n" in told.last()
    assert SECRET not in told.last()


def test_a_secret_hash_that_is_none_is_told(told: Told) -> None:
    secret_hash_refused(told, "c2VjcmV0")
    assert told.last() == "alice: SECRET_HASH is not 32 bytes, in base64 or in hexadecimal"


def test_a_right_secret_hash_is_no_news(told: Told) -> None:
    call(
        told.pool,
        "InitiateAuth",
        ClientId="1secret",
        AuthFlow="USER_SRP_AUTH",
        AuthParameters={
            "USERNAME": "alice",
            "SRP_A": "02",
            "SECRET_HASH": oracle.secret_hash("alice", "1secret", SECRET),
        },
    )
    assert told.lines == []


@pytest.mark.parametrize(
    ("group", "says"),
    [
        ("eu-west-1_Example", "#device-pool-id-in-message\n"),
        ("something else", "From the server's side it cannot be seen"),
    ],
)
def test_the_claim_of_a_device_is_told_as_far_as_the_server_sees(
    signing_key: object, group: str, says: str
) -> None:
    lines: list[str] = []
    pool = UserPool(
        "eu-west-1_Example",
        remember_devices="always",
        now=Clock(),
        explain=lines.append,
        signing_key=signing_key,
    )
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("alice", "correct horse")
    password = "the device's password"
    salt = secrets.randbits(128)
    user = OracleClient(member="alice", password="correct horse")
    named = {"ClientId": PUBLIC.client_id}
    respond = "RespondToAuthChallenge"

    def proven(**more: str) -> dict:
        reply = begin(pool, "USER_SRP_AUTH", USERNAME="alice", SRP_A=user.srp_a, **more)
        made = {"USERNAME": "alice", **claim(pool, user, reply), **more}
        return call(
            pool, respond, **named, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=made
        )

    tokens = proven()["AuthenticationResult"]
    metadata = tokens["NewDeviceMetadata"]
    group_key, device_key = metadata["DeviceGroupKey"], metadata["DeviceKey"]
    v = oracle.verifier(oracle.x(group_key, device_key, password, salt))
    call(
        pool,
        "ConfirmDevice",
        AccessToken=tokens["AccessToken"],
        DeviceKey=device_key,
        DeviceSecretVerifierConfig={
            "PasswordVerifier": base64.b64encode(oracle.pad(v)).decode(),
            "Salt": base64.b64encode(oracle.pad(salt)).decode(),
        },
    )
    reply = proven(DEVICE_KEY=device_key)
    device = OracleClient(group_key, device_key, password)
    begun = {"USERNAME": "alice", "DEVICE_KEY": device_key, "SRP_A": device.srp_a}
    reply = call(
        pool,
        respond,
        **named,
        ChallengeName="DEVICE_SRP_AUTH",
        Session=reply["Session"],
        ChallengeResponses=begun,
    )
    made = claim(pool, device, reply)
    given = reply["ChallengeParameters"]
    B, A = int(given["SRP_B"], 16), int(device.srp_a, 16)
    u = oracle.u(A, B)
    S = oracle.client_s(B, oracle.x(group_key, device_key, password, salt), device.a, u)
    block = base64.b64decode(given["SECRET_BLOCK"])
    made["PASSWORD_CLAIM_SIGNATURE"] = oracle.signature(
        oracle.key(u, S), group, device_key, block, made["TIMESTAMP"]
    )
    refusal(
        pool,
        respond,
        **named,
        ChallengeName="DEVICE_PASSWORD_VERIFIER",
        Session=reply["Session"],
        ChallengeResponses={"USERNAME": "alice", "DEVICE_KEY": device_key, **made},
    )
    assert says in lines[-1]
    assert DEVICE_KEY not in lines[-1]


def test_a_pool_that_is_not_asked_to_keeps_no_password(signing_key: object) -> None:
    pool = UserPool("eu-west-1_Example", signing_key=signing_key)
    pool.add_user("alice", "correct horse")
    assert "correct horse" not in repr(vars(pool._directory._users["alice"]))
