"""testing/strangers.py: nobody learns who is in the pool before a password is proven.

The tests play somebody who has two names, one of a user and one that nobody has, and compares what
comes back: each reply that a user can bring, a stranger can bring, and the other way round.
"""

import dataclasses
import functools
import re
import uuid
from collections.abc import Callable, Mapping

import oracle
import pytest
from engines import Counting
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID
from pool_calls import (
    INCORRECT,
    NOW,
    PUBLIC,
    TOTP_SECRET,
    WRONG,
    answer,
    answering,
    begin,
    beginning,
    refused_answer,
    signed_in,
)

from srp_cognito.proof import modexp
from srp_cognito.proof.timestamps import timestamp
from srp_cognito.testing import CustomChallenge, Message, Refused, SigningKeys, UserPool
from srp_cognito.testing.sign_ins import SignIns
from srp_cognito.testing.strangers import Strangers
from srp_cognito.testing.users import User

MAIL, PHONE = "email", "phone_number"
KINDS = {
    "alice": {},
    "bob": {"attributes": {MAIL: "bob@example.com"}, "must_change_password": True},
    "carol": {"totp_secret": TOTP_SECRET, "attributes": {PHONE: "+15551234567"}},
    "dora": {"attributes": {MAIL: "dora@example.com", PHONE: "+15551234568"}},
    "erik": {"custom_challenges": [CustomChallenge({"riddle": "1"}, "one")]},
}
NAMES = 200
"""So many names that nobody has have strangers of each kind: but for one time in 10 to the 18."""

A = "5"
CLAIM = {
    "PASSWORD_CLAIM_SIGNATURE": "A" * 43 + "=",
    "TIMESTAMP": timestamp(NOW),
    "DEVICE_KEY": "eu-west-1_11111111-2222-3333-4444-555555555555",
}
DEVICE = CLAIM["DEVICE_KEY"]
SECRET = {"ClientId": CLIENT_ID}

FIRST_CALLS: dict[str, tuple[str, dict]] = {
    "SRP": ("USER_SRP_AUTH", {"SRP_A": A}),
    "SRP with a device": ("USER_SRP_AUTH", {"SRP_A": A, "DEVICE_KEY": DEVICE}),
    "SRP with A = 0": ("USER_SRP_AUTH", {"SRP_A": "0"}),
    "SRP without A": ("USER_SRP_AUTH", {}),
    "SRP with A that is not hex": ("USER_SRP_AUTH", {"SRP_A": "x"}),
    "a password": ("USER_PASSWORD_AUTH", {"PASSWORD": "wrong"}),
    "a password with a device": ("USER_PASSWORD_AUTH", {"PASSWORD": "wrong", "DEVICE_KEY": DEVICE}),
    "no password": ("USER_PASSWORD_AUTH", {}),
    "a choice": ("USER_AUTH", {}),
    "a choice with a device": ("USER_AUTH", {"DEVICE_KEY": DEVICE}),
    "custom": ("CUSTOM_AUTH", {}),
    "custom by SRP": ("CUSTOM_AUTH", {"SRP_A": A, "CHALLENGE_NAME": "SRP_A"}),
    "another flow": ("OTHER_AUTH", {}),
    **{
        f"{preferred} with {', '.join(sent) or 'nothing'}": (
            "USER_AUTH",
            {"PREFERRED_CHALLENGE": preferred, **sent},
        )
        for preferred in ("PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "OTHER")
        for sent in ({}, {"SRP_A": A}, {"PASSWORD": "wrong"})
    },
}
ANSWERS: dict[str, list[dict[str, str]]] = {
    "PASSWORD_VERIFIER": [CLAIM, {**CLAIM, "PASSWORD_CLAIM_SECRET_BLOCK": "another"}, {}],
    "SELECT_CHALLENGE": [
        {"ANSWER": "PASSWORD_SRP", "SRP_A": A},
        {"ANSWER": "PASSWORD", "PASSWORD": "wrong"},
        {"ANSWER": "EMAIL_OTP"},
        {"ANSWER": "SMS_OTP"},
        {"ANSWER": "OTHER"},
    ],
    "PASSWORD": [{"PASSWORD": "wrong"}, {}],
    "PASSWORD_SRP": [{"SRP_A": A}, {}],
    "EMAIL_OTP": [{"EMAIL_OTP_CODE": "wrong"}, {"EMAIL_OTP_CODE": ""}, {}],
    "SMS_OTP": [{"SMS_OTP_CODE": "wrong"}, {"SMS_OTP_CODE": ""}, {}],
    "CUSTOM_CHALLENGE": [{"ANSWER": "wrong"}, {"ANSWER": ""}, {}],
}
SECRETS = {"SALT": "hex", "SRP_B": "hex", "SECRET_BLOCK": "base64", "Session": "base64"}
MASKED = re.compile(r"[a-z]\*\*\*@[a-z]\*\*\*|\+\*{7}\d{4}")


def shape(value: object, key: str, typed: str) -> object:
    """What somebody can compare in a reply: all of it, but for what differs among users, too."""
    if isinstance(value, Mapping):
        return tuple((key, shape(value[key], key, typed)) for key in value)
    if isinstance(value, list):
        return tuple(value)
    assert isinstance(value, str)
    if key in SECRETS:
        return SECRETS[key], len(value) // 40
    if value == typed:
        return "as it was typed"
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
        return "a UUID", uuid.UUID(value).version
    return "masked" if MASKED.fullmatch(value) else value


def turn(pool: UserPool, operation: str, arguments: dict, typed: str) -> tuple[dict, object]:
    """A reply, and its shape, which is also that of an error."""
    try:
        reply = pool.call(operation, arguments)
    except Refused as refused:
        return {}, (refused.kind, refused.message)
    assert not signed_in(reply)
    return reply, shape(reply, "", typed)


def shapes(pool: UserPool, arguments: dict, typed: str, *, as_typed: bool = False) -> object:
    """The shapes of the reply to a first call, and of those to all wrong answers, step by step.

    Answers have the name of the challenge, or with `as_typed` what was typed.
    """

    def after(ask: Callable[[], tuple[dict, object]]) -> object:
        reply, seen = ask()
        answers = ANSWERS.get(str(reply.get("ChallengeName")), [])
        return seen, tuple(after(functools.partial(answered, ask, wrong)) for wrong in answers)

    def answered(ask: Callable[[], tuple[dict, object]], wrong: dict) -> tuple[dict, object]:
        reply, _ = ask()  # Again, since each challenge can be answered once.
        parameters = reply["ChallengeParameters"]
        # A choice names nobody, and is answered with what was typed.
        named = parameters.get("USERNAME") or parameters.get("USER_ID_FOR_SRP") or typed
        block = {"PASSWORD_CLAIM_SECRET_BLOCK": parameters.get("SECRET_BLOCK", "")}
        sent = {**wrong, **(block if wrong is CLAIM else {})}
        name = typed if as_typed else named
        arguments = answering(reply, reply["ChallengeName"], name, **sent)
        return turn(pool, "RespondToAuthChallenge", arguments, typed)

    return after(lambda: turn(pool, "InitiateAuth", arguments, typed))


def make_pool(signing_keys: SigningKeys, **more: object) -> UserPool:
    """A pool that nothing locks, since all names get the same refusals then."""
    more = {"lockout": False, **more}
    pool = UserPool(POOL_ID, now=lambda: NOW, signing_keys=signing_keys, **more)
    pool.add_app_client(PUBLIC.client_id)
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    return pool


def nobodies(pool: UserPool, domain: str = "") -> list[str]:
    """Names that nobody has: two for each kind of stranger, since every name takes its time."""
    found: dict[object, list[str]] = {}
    for name in (f"nobody{number}{domain}" for number in range(NAMES)):
        user = pool._directory.typed(name)
        kind = tuple(user.attributes), tuple(user.factors), len(user.custom_challenges)
        found.setdefault(kind, []).append(name)
    return [name for names in found.values() for name in names[:2]]


@pytest.fixture(scope="module")
def by_name(signing_keys: SigningKeys) -> tuple[UserPool, list[str], list[str]]:
    """A pool whose users type their names; those names, and names that nobody has."""
    pool = make_pool(signing_keys, remember_devices="always")
    for name, what in KINDS.items():
        pool.add_user(name, PASSWORD, **what)
    return pool, list(KINDS), nobodies(pool)


@pytest.fixture(scope="module")
def by_alias(signing_keys: SigningKeys) -> tuple[UserPool, list[str], list[str]]:
    """A pool whose users' names are UUIDs, and who type their mail addresses."""
    pool = make_pool(signing_keys)
    typed = []
    for number, what in enumerate(KINDS.values()):
        aliases = [f"user{number}@example.com", f"+1555765432{number}"]
        pool.add_user(str(uuid.uuid4()), PASSWORD, aliases=aliases, **what)
        typed.append(aliases[0])
    return pool, typed, nobodies(pool, "@example.com")


@pytest.fixture
def _mixing(by_name: object, by_alias: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of the right size for powers, since nobody here makes a right claim.

    The pools are made before, with real ones.
    """
    mixing = dataclasses.replace(
        modexp.engine(), power=lambda base, exponent: (base + exponent) * (modexp.N // 3) % modexp.N
    )
    monkeypatch.setattr(modexp, "engine", lambda: mixing)


# Content.


@pytest.mark.usefixtures("_mixing")
@pytest.mark.parametrize("as_typed", [False, True], ids=["", "answered as typed"])
@pytest.mark.parametrize("typed", ["by_name", "by_alias"])
@pytest.mark.parametrize("first", FIRST_CALLS)
def test_no_reply_tells_a_stranger_from_a_user(
    first: str, typed: str, as_typed: bool, request: pytest.FixtureRequest
) -> None:
    pool, users, strangers = request.getfixturevalue(typed)
    flow, parameters = FIRST_CALLS[first]

    def seen(names: list[str]) -> set[object]:
        calls = {name: beginning(flow, USERNAME=name, **parameters) for name in names}
        return {shapes(pool, calls[name], name, as_typed=as_typed) for name in names}

    assert seen(users) == seen(strangers)


@pytest.mark.parametrize("hashed", [None, "wrong", "right"])
@pytest.mark.parametrize("first", ["SRP", "a password", "a choice", "custom"])
def test_no_reply_to_a_secret_hash_tells_a_stranger_from_a_user(
    first: str, hashed: str | None, by_name: tuple[UserPool, list[str], list[str]]
) -> None:
    pool, users, strangers = by_name
    flow, parameters = FIRST_CALLS[first]

    def seen(names: list[str]) -> set[object]:
        found = set()
        for name in names:
            right = oracle.secret_hash(name, CLIENT_ID, CLIENT_SECRET)
            sent = {"wrong": {"SECRET_HASH": "wrong"}, "right": {"SECRET_HASH": right}}
            more = sent.get(str(hashed), {})
            arguments = {**beginning(flow, USERNAME=name, **parameters, **more), **SECRET}
            found.add(turn(pool, "InitiateAuth", arguments, name)[1])
        return found

    assert seen(users) == seen(strangers)


def test_a_device_that_nobody_has_opens_nothing_before_the_password(
    by_name: tuple[UserPool, list[str], list[str]],
) -> None:
    pool, users, strangers = by_name
    seen = set()
    for name in (*users, *strangers):
        sent = {"DEVICE_KEY": DEVICE, "SRP_A": A}
        arguments = answering({}, "DEVICE_SRP_AUTH", name, **sent)
        seen.add(turn(pool, "RespondToAuthChallenge", arguments, name)[1])
    assert seen == {("NotAuthorizedException", "Invalid session for the user.")}


def test_what_a_stranger_gets_is_the_same_each_time_but_for_srp_b(
    by_alias: tuple[UserPool, list[str], list[str]],
) -> None:
    pool, _, strangers = by_alias
    first, second = (
        begin(pool, "USER_SRP_AUTH", USERNAME=strangers[0], SRP_A=A)["ChallengeParameters"]
        for _ in range(2)
    )
    for key in ("SALT", "USERNAME", "USER_ID_FOR_SRP"):
        assert first[key] == second[key]
    assert first["SRP_B"] != second["SRP_B"]
    for name in strangers:
        first, second = (begin(pool, "USER_AUTH", USERNAME=name) for _ in range(2))
        assert first["AvailableChallenges"] == second["AvailableChallenges"]


def test_a_user_of_another_kind_changes_few_strangers(signing_keys: SigningKeys) -> None:
    """Whoever asks before and after learns little: a user's own choices do not change either."""
    pool = make_pool(signing_keys)
    names = [f"nobody{number}" for number in range(200)]

    def choices() -> list[list[str]]:
        return [begin(pool, "USER_AUTH", USERNAME=n)["AvailableChallenges"] for n in names]

    assert choices() == [["PASSWORD_SRP", "PASSWORD"]] * 200
    for name in ("alice", "bob", "dora"):
        pool.add_user(name, PASSWORD, attributes=KINDS[name].get("attributes", {}))
    before = choices()
    pool.add_user("paul", PASSWORD, attributes={PHONE: "+15551234569"})
    changed = [after for old, after in zip(before, choices(), strict=True) if old != after]
    assert 10 < len(changed) < 100
    assert set(map(tuple, changed)) == {("PASSWORD_SRP", "PASSWORD", "SMS_OTP")}


def test_a_user_who_gets_a_mail_address_with_a_new_password_is_not_alone(
    signing_keys: SigningKeys,
) -> None:
    pool = make_pool(signing_keys)
    pool.add_user("bob", PASSWORD, must_change_password=True)
    reply = begin(pool, "USER_PASSWORD_AUTH", USERNAME="bob", PASSWORD=PASSWORD)
    given = {"NEW_PASSWORD": "new horse", f"userAttributes.{MAIL}": "bob@example.com"}
    assert signed_in(answer(pool, reply, "bob", **given))
    choices = {
        tuple(begin(pool, "USER_AUTH", USERNAME=f"nobody{number}")["AvailableChallenges"])
        for number in range(NAMES)
    }
    assert tuple(begin(pool, "USER_AUTH", USERNAME="bob")["AvailableChallenges"]) in choices


def test_wrong_passwords_lock_a_stranger_out_as_a_user(signing_keys: SigningKeys) -> None:
    pool = make_pool(signing_keys, lockout=True)
    pool.add_user("alice", PASSWORD)
    arguments = {
        name: beginning("USER_PASSWORD_AUTH", USERNAME=name, PASSWORD="wrong")
        for name in ("alice", "nobody")
    }
    seen = [
        [turn(pool, "InitiateAuth", arguments[name], name)[1] for _ in range(7)]
        for name in arguments
    ]
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 2


# What a stranger cannot do.


@pytest.mark.parametrize("chance", [bytes, None], ids=["known chance", "chance"])
def test_no_code_and_no_answer_lets_a_stranger_in(
    signing_keys: SigningKeys, chance: Callable[[int], bytes] | None
) -> None:
    """Even whoever knows the pool's chance, as with a constant source, and so every code."""
    delivered: list[Message] = []
    more = {} if chance is None else {"token_bytes": chance}
    pool = make_pool(signing_keys, deliver=delivered.append, **more)
    both = {MAIL: "dora@example.com", PHONE: "+15551234568"}
    asked = [CustomChallenge({"riddle": "1"}, "one")]
    pool.add_user("dora", PASSWORD, attributes=both, custom_challenges=asked)
    for factor in ("EMAIL_OTP", "SMS_OTP"):
        reply = begin(pool, "USER_AUTH", USERNAME="nobody", PREFERRED_CHALLENGE=factor)
        assert reply["ChallengeName"] == factor
        wrong = refused_answer(pool, reply, "nobody", **{f"{factor}_CODE": "000000"})
        assert wrong[0] == "CodeMismatchException"
        empty = refused_answer(pool, reply, "nobody", **{f"{factor}_CODE": ""})
        assert empty[0] == "InvalidParameterException"
    reply = begin(pool, "CUSTOM_AUTH", USERNAME="nobody")
    assert reply["ChallengeParameters"]["riddle"] == "1"
    assert refused_answer(pool, reply, "nobody", ANSWER="one") == WRONG
    assert delivered == list(pool.sent) == []


def test_frozen_chance_does_not_say_who_is_in_the_pool(signing_keys: SigningKeys) -> None:
    """Whoever makes a pool with the same constant source could compare with it otherwise."""
    pools = [make_pool(signing_keys, token_bytes=bytes) for _ in range(2)]
    for pool in pools:
        pool.add_user(str(uuid.UUID(int=0, version=4)), PASSWORD, aliases=["a@example.com"])
    strangers = [pool._directory.typed("nobody@example.com") for pool in pools]
    for of in (
        lambda user: user.username,
        lambda user: user.sub,
        lambda user: user.verifier.salt,
        lambda user: user.verifier.v,
    ):
        assert of(strangers[0]) != of(strangers[1])


# Names.


@pytest.mark.parametrize(
    ("names", "aliases", "typed", "is_uuid"),
    [
        (["alice"], ["alice@example.com"], "nobody@example.com", True),
        (["alice"], ["alice@example.com"], "nobody", False),
        (["alice"], ["alice@example.com"], "+15550000000", False),
        (["alice"], ["+15551234567"], "+15550000000", True),
        (["alice@example.com"], [], "nobody@example.com", False),
        (["alice@example.com"], ["a@example.com"], "nobody@example.com", False),
        (["alice"], ["ally"], "nobody", False),
        ([], [], "nobody@example.com", False),
    ],
)
def test_only_what_looks_like_an_alias_gets_a_uuid_for_its_name(
    names: list[str], aliases: list[str], typed: str, is_uuid: bool
) -> None:
    """AWS's page: "an internal user ID in UUID format for the same username"."""
    strangers = Strangers(POOL_ID, SignIns(bytes))
    for name in names:
        verifier = strangers._simulated.verifier(name)
        strangers.take_after(User(name, verifier, "sub", SignIns(bytes)), aliases)
    name = strangers.name(typed)
    assert (name != typed) == is_uuid
    if is_uuid:
        assert name == str(uuid.UUID(name)) == strangers.name(typed)
        assert name != strangers.name(f"{typed}0")
        assert uuid.UUID(name).version == 4


# Time.


@pytest.mark.usefixtures("_mixing")
@pytest.mark.parametrize("typed", ["by_name", "by_alias"])
@pytest.mark.parametrize("first", FIRST_CALLS)
def test_a_stranger_costs_the_exponentiations_of_a_user(
    first: str,
    typed: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool, users, strangers = request.getfixturevalue(typed)
    flow, parameters = FIRST_CALLS[first]
    counting = Counting(monkeypatch)

    def costs(names: list[str]) -> dict[object, set[int]]:
        found: dict[object, set[int]] = {}
        for name in names:
            arguments = beginning(flow, USERNAME=name, **parameters)
            before = counting.count
            seen = shapes(pool, arguments, name)
            found.setdefault(seen, set()).add(counting.count - before)
        return found

    assert costs(users) == costs(strangers)


def test_an_exchange_by_srp_costs_one_exponentiation_and_a_claim_two(
    by_name: tuple[UserPool, list[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, users, strangers = by_name
    counting = Counting(monkeypatch)
    for name in (users[0], strangers[0]):
        reply = begin(pool, "USER_SRP_AUTH", USERNAME=name, SRP_A=A)
        assert counting.count == 1
        block = reply["ChallengeParameters"]["SECRET_BLOCK"]
        sent = {**CLAIM, "PASSWORD_CLAIM_SECRET_BLOCK": block}
        assert refused_answer(pool, reply, name, **sent) == (WRONG[0], INCORRECT)
        assert counting.count == 3
        counting.count = 0


def test_a_pool_that_is_made_costs_no_exponentiation(
    signing_keys: SigningKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(monkeypatch)
    make_pool(signing_keys)
    assert counting.count == 0
