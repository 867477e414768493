"""testing/explain.py: a pool that says why it refuses, and clients that make a mistake."""

import base64
import contextlib
import http.client
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import mistaken
import oracle
import pytest
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID, OracleClient
from pool_calls import (
    DEVICE_PASSWORD,
    INCORRECT,
    NOW,
    PUBLIC,
    WRONG,
    Clock,
    answer,
    answering,
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

from srp_cognito import Device, SignatureMismatch
from srp_cognito.diagnosis import Diagnosis, trials
from srp_cognito.diagnosis.search import hypotheses
from srp_cognito.testing import Refused, SigningKeys, UserPool, explain, serve
from srp_cognito.testing.challenges import Challenges
from srp_cognito.testing.hooks import RefusedInTrials


@dataclass
class Explaining:
    """A pool that explains, and what it has said."""

    pool: UserPool
    said: list[str]

    def last(self) -> str:
        return self.said[-1]


@pytest.fixture
def explaining(signing_keys: SigningKeys, clock: Clock) -> Explaining:
    said: list[str] = []
    pool = UserPool(
        POOL_ID,
        remember_devices="always",
        now=clock,
        explain=said.append,
        signing_keys=signing_keys,
    )
    pool.add_app_client(PUBLIC.client_id)
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    pool.add_user("alice", PASSWORD, aliases=["alice@example.com"])
    return Explaining(pool, said)


@pytest.fixture
def unexplained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no claim be explained, as those with a wrong password: the search takes a second."""
    nothing = Diagnosis("PASSWORD_CLAIM_SIGNATURE", "unknown", (), (), 7)
    monkeypatch.setattr(explain, "diagnose", lambda _: nothing)


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


def test_a_timestamp_that_is_spelled_wrong_and_signed_right_is_named(
    explaining: Explaining,
) -> None:
    client = OracleClient(member="alice")
    reply = opened(explaining.pool, client)
    made = {**claim(explaining.pool, client, reply), "TIMESTAMP": "Mon Nov 24 07:00:09 UTC 2026"}
    refused_answer(explaining.pool, reply, **made)
    assert explaining.last().startswith("alice: the claim is refused: TIMESTAMP format should be")


def test_a_timestamp_that_cannot_be_read_is_refused_before_it_is_explained(
    explaining: Explaining,
) -> None:
    buggy = Buggy(timestamp=lambda now: now.isoformat())
    assert not buggy.signs_in(explaining.pool)
    assert explaining.said == []


@pytest.mark.parametrize(
    ("off", "link"),
    [
        (timedelta(hours=-12), "#time-12-hour\n"),
        (timedelta(hours=5, minutes=30), "(UTC+05:30).\n"),
        (timedelta(hours=-3, minutes=-7), "#clock-wrong\n"),
        (timedelta(minutes=4), "TIMESTAMP is 4 minutes ahead of the moment"),
    ],
    ids=str,
)
def test_a_right_claim_that_is_late_or_early_names_what_makes_it_so(
    explaining: Explaining, clock: Clock, off: timedelta, link: str
) -> None:
    clock.now = NOW.replace(hour=17)
    buggy = Buggy(timestamp=lambda _: oracle.timestamp(clock.now + off))
    assert not buggy.signs_in(explaining.pool)
    assert explaining.last().startswith("alice: the claim is refused\n")
    assert link in explaining.last()
    # Nothing was suspected of the password.
    assert not buggy.signs_in(explaining.pool)
    assert explaining.last().startswith("alice: the claim is refused, as before: ")


def test_a_claim_that_waited_longer_than_its_challenge_is_named(
    explaining: Explaining, clock: Clock
) -> None:
    client = OracleClient(member="alice")
    reply = opened(explaining.pool, client)
    clock.now += timedelta(minutes=3)
    assert refused_answer(explaining.pool, reply, **claim(explaining.pool, client, reply)) == WRONG
    says = "alice: the claim is refused, since no challenge waits under its SECRET_BLOCK: "
    assert explaining.said == [f"{says}Invalid session for the user, session is expired."]


def test_a_wrong_password_at_the_wrong_time_is_both(explaining: Explaining) -> None:
    late = Buggy(
        password="mistyped", timestamp=lambda now: oracle.timestamp(now - timedelta(hours=5))
    )
    assert not late.signs_in(explaining.pool)
    head = "alice: the claim is refused, and its signature is wrong as well\n"
    assert explaining.last().startswith(head)
    assert "#time-local\n" in explaining.last()
    late = Buggy(
        group="eu-west-1_Example",
        timestamp=lambda now: oracle.timestamp(now - timedelta(hours=5)),
    )
    assert not late.signs_in(explaining.pool)
    assert explaining.last().startswith("alice: the claim is refused\n")
    assert "#pool-id-in-message\n" in explaining.last()
    assert "#time-local\n" in explaining.last()


@pytest.mark.parametrize(("hour", "signs_in"), [(9, True), (12, True), (13, False), (0, False)])
def test_a_client_with_a_12_hour_clock_is_named_over_http(
    explaining: Explaining, clock: Clock, hour: int, signs_in: bool
) -> None:
    """As the Go library of alexrudd, of which mistaken.py has the formula."""
    clock.now = NOW.replace(hour=hour)
    a = secrets.randbits(256)
    with serve(explaining.pool) as url:

        def call(operation: str, arguments: dict) -> tuple[int, dict]:
            target = f"AWSCognitoIdentityProviderService.{operation}"
            headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
            address = urlsplit(url)
            connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
            with contextlib.closing(connection):
                connection.request("POST", "/", json.dumps(arguments), headers)
                reply = connection.getresponse()
                return reply.status, json.loads(reply.read())

        arguments = beginning("USER_SRP_AUTH", USERNAME="alice", SRP_A=f"{oracle.public_a(a):x}")
        _, reply = call("InitiateAuth", arguments)
        given = reply["ChallengeParameters"]
        case = mistaken.Case(
            kind="user",
            pool_id=POOL_ID,
            group="Example",
            member=given["USER_ID_FOR_SRP"],
            password=PASSWORD,
            salt=given["SALT"],
            a=a,
            B=int(given["SRP_B"], 16),
            secret_block=base64.b64decode(given["SECRET_BLOCK"]),
            moment=clock.now,
        )
        made = {
            "PASSWORD_CLAIM_SIGNATURE": mistaken.signature(case, "time-12-hour"),
            "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
            "TIMESTAMP": mistaken.timestamp(clock.now, {"time-12-hour"}),
        }
        arguments = answering(reply, "PASSWORD_VERIFIER", **made)
        status, reply = call("RespondToAuthChallenge", arguments)
    if signs_in:
        assert (status, signed_in(reply), explaining.said) == (200, True, [])
    else:
        # The reply is the service's.
        assert (status, reply["message"]) == (400, INCORRECT)
        assert "TIMESTAMP uses a 12-hour clock." in explaining.last()
        assert "15 in Go" in explaining.last()


def test_one_cause_is_said_once_in_full(explaining: Explaining) -> None:
    one, other = Buggy(group="eu-west-1_Example"), Buggy(u=lambda A, B: oracle.u(B, A))
    for buggy in (one, one, other, one, Buggy(), other):
        assert buggy.signs_in(explaining.pool) is (buggy == Buggy())
    before = "alice: the claim is refused, as before: "
    assert [len(each.splitlines()) > 3 for each in explaining.said] == [
        *(True, False, True),
        *(False, False),
    ]
    assert explaining.said[1] == explaining.said[3]
    assert explaining.said[1].startswith(before)
    assert "user pool id" in explaining.said[1]
    assert explaining.said[4].startswith(f"{before}u is the hash of B and A")
    # Of another user it is said again.
    explaining.pool.add_user("bob", PASSWORD)
    assert not Buggy(group="eu-west-1_Example", typed="bob", user="bob").signs_in(explaining.pool)
    assert "#pool-id-in-message\n" in explaining.last()


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


def test_an_alias_that_nobody_has_is_named_as_it_was_typed(explaining: Explaining) -> None:
    """Its name inside the pool is made up."""
    assert not Buggy(typed="mallory@example.com").signs_in(explaining.pool)
    about = "mallory@example.com: the claim is refused, since there is no such user"
    assert explaining.last() == about
    arguments = beginning("USER_SRP_AUTH", USERNAME="mallory@example.com", SRP_A="02")
    hashed = oracle.secret_hash("mallory", CLIENT_ID, CLIENT_SECRET)
    arguments["AuthParameters"]["SECRET_HASH"] = hashed
    refusal(explaining.pool, "InitiateAuth", **{**arguments, "ClientId": CLIENT_ID})
    assert explaining.last().startswith("mallory@example.com: SECRET_HASH is refused\n")


def test_a_new_password_is_known_too(explaining: Explaining) -> None:
    explaining.pool.add_user("bob", PASSWORD, must_change_password=True)
    answer(explaining.pool, proven(explaining.pool, "bob"), "bob", NEW_PASSWORD="a new one")
    buggy = Buggy(group="eu-west-1_Example", typed="bob", user="bob", password="a new one")
    assert not buggy.signs_in(explaining.pool)
    assert "#pool-id-in-message\n" in explaining.last()


@dataclass
class BuggyDevice:
    """A client of alice's with a registered device, whose second proof has other names."""

    device: Device
    group: str
    member: str
    password: str
    group_in_x: str | None = None
    member_in_x: str | None = None

    def signs_in(self, pool: UserPool) -> bool:
        named = {"DEVICE_KEY": self.device.device_key}
        user, client = OracleClient(member="alice"), OracleClient(self.group, self.member)
        reply = opened(pool, user)
        reply = answer(pool, reply, **claim(pool, user, reply, **named))
        reply = answer(pool, reply, **named, SRP_A=client.srp_a)
        given = reply["ChallengeParameters"]
        B, salt = int(given["SRP_B"], 16), int(given["SALT"], 16)
        u = oracle.u(oracle.public_a(client.a), B)
        group, member = self.group_in_x or self.group, self.member_in_x or self.member
        x = oracle.x(group, member, self.password, salt)
        key = oracle.key(u, oracle.client_s(B, x, client.a, u))
        made = claim(pool, client, reply, **named)
        block = base64.b64decode(given["SECRET_BLOCK"])
        made["PASSWORD_CLAIM_SIGNATURE"] = oracle.signature(
            key, self.group, self.member, block, made["TIMESTAMP"]
        )
        try:
            return signed_in(answer(pool, reply, **made))
        except Refused:
            return False


def of_device(pool: UserPool, **changed: str) -> BuggyDevice:
    device, _ = registered(pool)
    names = {"group": device.device_group_key, "member": device.device_key}
    return BuggyDevice(device, **{**names, "password": DEVICE_PASSWORD, **changed})


def test_a_device_without_a_mistake_signs_in_and_nothing_is_said(explaining: Explaining) -> None:
    assert of_device(explaining.pool).signs_in(explaining.pool)
    assert explaining.said == []


def test_a_mistake_of_a_device_after_s_is_named_at_once(explaining: Explaining) -> None:
    buggy = of_device(explaining.pool)
    buggy.group_in_x, buggy.group = buggy.group, "eu-west-1_Example"
    assert not buggy.signs_in(explaining.pool)
    assert explaining.last().startswith("alice: the claim of a device is refused\n")
    assert "#device-pool-id-in-message\n" in explaining.last()
    assert buggy.device.device_key not in explaining.last()


@pytest.mark.parametrize(
    ("changed", "link", "names"),
    [
        ({}, "#device-user-password\n", ""),
        ({"group": "Example", "member": "alice"}, "#device-as-user\n", "(pool name and user id)"),
        pytest.param(
            *({"group_in_x": "Example"}, "#device-as-user\n", "(pool name, in x only)"),
            marks=pytest.mark.slow,
        ),
        pytest.param({"member": "alice"}, "#device-as-user\n", "(user id)", marks=pytest.mark.slow),
    ],
    ids=["its password", "all of it", "and its pool name", "and its name"],
)
def test_a_device_that_signs_in_with_what_is_the_users_is_named(
    explaining: Explaining, changed: dict[str, str], link: str, names: str
) -> None:
    """Its own password is known to nobody else."""
    pool = explaining.pool
    buggy = of_device(pool, password=PASSWORD, **changed)
    assert not buggy.signs_in(pool)
    likeliest = "Most likely its password is not the one that it was registered with."
    assert explaining.last().startswith(f"alice: the claim of a device is refused. {likeliest} ")
    for _ in range(40):
        assert not buggy.signs_in(pool)
        if link in explaining.last():
            break
    said = " ".join(explaining.last().split())
    assert "alice: the claim of a device is refused on purpose" in said
    assert names in said
    assert {PASSWORD, DEVICE_PASSWORD}.isdisjoint(said.split())
    # Neither the user nor another device was ever suspected.
    assert Buggy().signs_in(pool)
    assert of_device(pool).signs_in(pool)


def test_a_pool_that_does_not_explain_keeps_no_password(signing_keys: SigningKeys) -> None:
    pool = UserPool(POOL_ID, signing_keys=signing_keys)
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
    assert "Most likely the password is wrong." in explaining.said[0]
    assert "the server's side alone cannot tell why" in explaining.said[1]
    assert link in explaining.last()
    assert "the claim is refused on purpose" in explaining.last()
    assert 2 < login < 50
    # A client without a mistake then signs in at once.
    assert Buggy().signs_in(explaining.pool)


def only(monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    """Have the pool know one mistake."""
    monkeypatch.setattr(
        trials,
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
    """With one mistake to try, the third login is its trial. With x, the claim even fits then."""
    only(monkeypatch, mistake)
    assert not buggy.signs_in(explaining.pool)
    assert "mistakes in x or k are tried" in explaining.last()
    assert not buggy.signs_in(explaining.pool)
    assert "1 times at most" in explaining.last()
    assert not buggy.signs_in(explaining.pool)
    assert f"#{mistake}\n" in explaining.last()
    assert Buggy().signs_in(explaining.pool)


@pytest.mark.usefixtures("unexplained")
def test_where_no_trial_fits_it_says_so(
    explaining: Explaining, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And then it begins again."""
    only(monkeypatch, "u-b-first")  # Which changes neither x nor k.
    for says in (
        "Most likely the password is wrong.",
        " 0 times at most",
        "no mistake in x or k is the reason either\n\n  7 hypotheses were tried.",
        "Most likely the password is wrong.",
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
    most = int(explaining.said[1].partition(" times at most")[0].rpartition(" ")[2])
    assert logins <= most + 2
    assert "Most likely now: another password" in explaining.last()
    assert PASSWORD not in "".join(explaining.said)


@pytest.mark.usefixtures("unexplained")
def test_one_wrong_password_costs_nothing(explaining: Explaining) -> None:
    assert not Buggy(password="mistyped").signs_in(explaining.pool)
    says = "alice: the claim is refused. Most likely the password is wrong. "
    assert explaining.last().startswith(says)
    assert all(Buggy().signs_in(explaining.pool) for _ in range(4))
    # What came before the right one does not count.
    assert not Buggy(password="mistyped").signs_in(explaining.pool)
    assert explaining.last().startswith(says)
    assert len(explaining.said) == 2


@pytest.mark.usefixtures("unexplained")
def test_a_client_without_a_mistake_gets_in_during_the_trials(explaining: Explaining) -> None:
    for _ in range(2):
        assert not Buggy(password="mistyped").signs_in(explaining.pool)
    assert [Buggy().signs_in(explaining.pool) for _ in range(4)] == [False, False, False, True]
    on_purpose = "alice: the claim is refused on purpose, since this login tries a mistake; "
    assert all(said.startswith(on_purpose) for said in explaining.said[2:])
    assert len(explaining.said) == 5
    # That has ended the trials.
    assert all(Buggy().signs_in(explaining.pool) for _ in range(4))


@pytest.mark.usefixtures("unexplained")
def test_what_is_refused_during_the_trials_is_not_a_wrong_password(
    explaining: Explaining, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lockout must not count it."""
    refusals: list[type[Exception]] = []
    verify = Challenges._verify

    def watched(self: Challenges, *arguments: Any) -> None:
        try:
            verify(self, *arguments)
        except Exception as error:
            refusals.append(type(error))
            raise

    monkeypatch.setattr(Challenges, "_verify", watched)
    for _ in range(6):
        assert not Buggy(password="mistyped").signs_in(explaining.pool)
    assert refusals == [*[SignatureMismatch] * 2, *[RefusedInTrials] * 4]


@pytest.mark.usefixtures("unexplained")
def test_a_late_claim_in_a_trial_is_refused_for_that(explaining: Explaining) -> None:
    for _ in range(2):
        assert not Buggy(password="mistyped").signs_in(explaining.pool)
    late = Buggy(timestamp=lambda now: oracle.timestamp(now - timedelta(minutes=7)))
    assert not late.signs_in(explaining.pool)
    assert explaining.last().startswith("alice: the claim is refused\n")
    assert "#clock-wrong\n" in explaining.last()


# SECRET_HASH.


def secret_hash_refused(explaining: Explaining, **sent: object) -> None:
    arguments = beginning("USER_SRP_AUTH", **{"USERNAME": "alice", "SRP_A": "02", **sent})
    refusal(explaining.pool, "InitiateAuth", **{**arguments, "ClientId": CLIENT_ID})


def test_a_secret_hash_over_the_alias_is_named(explaining: Explaining) -> None:
    hashed = oracle.secret_hash("alice@example.com", CLIENT_ID, CLIENT_SECRET)
    secret_hash_refused(explaining, SECRET_HASH=hashed)
    assert explaining.last().startswith("alice: SECRET_HASH is refused\n")
    assert "#hash-other-name\n" in explaining.last()
    assert CLIENT_SECRET not in explaining.last()


def test_the_same_secret_hash_is_explained_once(explaining: Explaining) -> None:
    for name in ("alice@example.com", "alice@example.com", "mallory", "mallory"):
        hashed = oracle.secret_hash(name, CLIENT_ID, CLIENT_SECRET)
        secret_hash_refused(explaining, SECRET_HASH=hashed)
    full, short, unknown, again = explaining.said
    before = "alice: SECRET_HASH is refused, as before:"
    assert "#hash-other-name\n" in full
    assert short.startswith(f"{before} ")
    assert len(short.splitlines()) == 1
    assert "Most likely now" in unknown
    assert again == before.removesuffix(":")


def test_names_of_nobody_fill_no_memory(explaining: Explaining) -> None:
    hashed = oracle.secret_hash("another", CLIENT_ID, CLIENT_SECRET)
    explainer = explaining.pool._hooks
    assert isinstance(explainer, explain.Explainer)
    for number in range(20):
        secret_hash_refused(explaining, USERNAME=f"stranger-{number}", SECRET_HASH=hashed)
    assert len(explaining.said) == 20
    assert len(explainer._explained) == 1


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
