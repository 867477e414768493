"""testing/directory.py: who is in the pool, and that nobody can find out who is not."""

import itertools
from datetime import timedelta

import oracle
import pytest
from boto3_calls import boto3_client
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID, OracleClient
from pool_calls import (
    NOW,
    PUBLIC,
    WRONG,
    answer,
    answering,
    beginning,
    call,
    claim,
    opened,
    refusal,
    refused_answer,
    signed_in,
)
from race import meanwhile

from srp_cognito import AppClient, Refresh, SignIn, SRPClient
from srp_cognito.proof.server import Verifier
from srp_cognito.testing import Refused, SigningKeys, UserPool, serve
from srp_cognito.testing.directory import Directory, check_secret_hash
from srp_cognito.testing.sign_ins import SignIns
from srp_cognito.testing.sources import Sources
from srp_cognito.testing.users import Lifetimes, User

APP = AppClient(CLIENT_ID, CLIENT_SECRET)


@pytest.fixture
def directory() -> Directory:
    """A directory of alice, who has an alias, and of one app client."""
    directory = Directory(POOL_ID, Sources(lambda: NOW, bytes))
    directory.add_app(APP)
    directory.add_user(user("alice"), ["alice@example.com"])
    return directory


def user(name: str) -> User:
    return User(
        name, Verifier.for_user(POOL_ID, name, PASSWORD), sub="sub", sign_ins=SignIns(bytes)
    )


# Names and aliases.


def test_a_user_is_found_by_name_and_by_alias(directory: Directory) -> None:
    alice = directory.user("alice")
    assert directory.typed("alice") is directory.typed("alice@example.com") is alice
    assert directory.name_of("alice") == directory.name_of("alice@example.com") == "alice"
    assert directory.alias_of("alice") == "alice@example.com"


def test_an_alias_is_found_while_users_are_added(directory: Directory) -> None:
    """As a test adds users to a pool that answers, and explains."""
    verifier, numbers = directory.user("alice").verifier, itertools.count()

    def add() -> None:
        directory.add_user(
            User(f"{next(numbers)}", verifier, sub="sub", sign_ins=SignIns(bytes)), []
        )

    meanwhile(add, lambda: directory.alias_of("nobody"), times=1000)


def test_a_name_that_nobody_has_stays_as_it_is(directory: Directory) -> None:
    """But for an alias: see test_strangers.py."""
    assert directory.name_of("nobody") == "nobody"
    assert directory.alias_of("nobody") is None


@pytest.mark.parametrize(
    ("name", "aliases", "why"),
    [
        ("alice", [], "there is a user 'alice' already"),
        ("alice@example.com", [], "there is a user 'alice@example.com' already"),
        ("bob", ["alice"], "there is a user 'alice' already"),
        ("bob", [""], "an alias is empty"),
    ],
)
def test_a_name_or_an_alias_is_of_one_user(
    directory: Directory, name: str, aliases: list[str], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        directory.add_user(user(name), aliases)
    assert directory.name_of("bob") == "bob"
    assert list(directory._users) == ["alice"]


@pytest.mark.parametrize("alias", ["alice@example.com", "+15551234567"])
def test_a_person_types_an_alias_and_the_reply_has_the_name_in_the_pool(
    pool: UserPool, alias: str
) -> None:
    sign_in = SignIn(POOL_ID, alias, PASSWORD, app=APP)
    step = sign_in.reply(pool.send(sign_in.start()), now=NOW)
    assert step.arguments["ChallengeResponses"]["USERNAME"] == "alice"
    assert sign_in.reply(pool.send(step), now=NOW).username == "alice"


@pytest.mark.parametrize("hashed", ["alice@example.com", "alice"])
def test_an_answer_may_name_the_alias_and_its_secret_hash_is_then_over_the_alias(
    pool: UserPool, hashed: str
) -> None:
    """As warrant-lite answers. Others make the mistake of a hash over another name."""
    client = OracleClient(member="alice")
    opening = {"USERNAME": "alice", "SRP_A": client.srp_a}
    opening["SECRET_HASH"] = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
    named = {"ClientId": CLIENT_ID}
    reply = call(pool, "InitiateAuth", **{**beginning("USER_SRP_AUTH", **opening), **named})
    made = claim(pool, client, reply)
    made["SECRET_HASH"] = oracle.secret_hash(hashed, CLIENT_ID, CLIENT_SECRET)
    arguments = {**answering(reply, "PASSWORD_VERIFIER", "alice@example.com", **made), **named}
    if hashed == "alice@example.com":
        assert signed_in(call(pool, "RespondToAuthChallenge", **arguments))
    else:
        message = f"Unable to verify secret hash for client {CLIENT_ID}"
        refused = ("NotAuthorizedException", message)
        assert refusal(pool, "RespondToAuthChallenge", **arguments) == refused


# Somebody who is not in the pool.


def test_whoever_types_a_name_that_nobody_has_is_a_stranger(directory: Directory) -> None:
    stranger = directory.typed("nobody")
    assert not stranger.exists
    assert stranger.username == "nobody"
    assert directory.typed("alice").exists
    with pytest.raises(KeyError):
        directory.user("nobody")


def test_a_real_users_salt_is_the_same_each_time_too(pool: UserPool) -> None:
    client = OracleClient(member="alice")
    first, second = (opened(pool, client) for _ in range(2))
    assert first["ChallengeParameters"]["SALT"] == second["ChallengeParameters"]["SALT"]
    assert answer(pool, first, **claim(pool, client, first))["AuthenticationResult"]


# App clients.


def test_an_app_client_is_found_by_its_id(directory: Directory) -> None:
    assert directory.app({"ClientId": CLIENT_ID}) is APP
    with pytest.raises(Refused) as refused:
        directory.app({"ClientId": "2other"})
    assert (refused.value.kind, refused.value.message) == (
        "ResourceNotFoundException",
        "User pool client 2other does not exist.",
    )


@pytest.mark.parametrize(
    ("hashed", "message"),
    [
        (None, f"Client {CLIENT_ID} is configured with secret but SECRET_HASH was not received"),
        (
            oracle.secret_hash("alias", CLIENT_ID, CLIENT_SECRET),
            f"Unable to verify secret hash for client {CLIENT_ID}",
        ),
    ],
    ids=["missing", "over another name"],
)
def test_a_call_without_the_right_secret_hash_is_refused(hashed: str | None, message: str) -> None:
    right = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
    check_secret_hash(APP, {"USERNAME": "alice", "SECRET_HASH": right})
    with pytest.raises(Refused) as refused:
        check_secret_hash(APP, {"USERNAME": "alice", "SECRET_HASH": hashed})
    assert (refused.value.kind, refused.value.message) == ("NotAuthorizedException", message)


def test_a_secret_hash_for_an_app_client_without_a_secret_is_refused() -> None:
    check_secret_hash(PUBLIC, {"USERNAME": "alice"})
    with pytest.raises(Refused) as refused:
        check_secret_hash(PUBLIC, {"USERNAME": "alice", "SECRET_HASH": "x"})
    assert (refused.value.kind, refused.value.message) == (
        "InvalidParameterException",
        "App client 2public is not configured for secret but secret hash was received",
    )


def test_an_app_client_rotates_refresh_tokens_until_it_is_added_again_without() -> None:
    directory = Directory(POOL_ID, Sources(lambda: NOW, bytes))
    lifetimes = Lifetimes(grace=timedelta(seconds=5))
    directory.add_app(APP, lifetimes)
    directory.add_app(PUBLIC)
    assert directory.lifetimes(APP) == lifetimes
    assert directory.lifetimes(PUBLIC).grace is None
    directory.add_app(APP)
    assert directory.lifetimes(APP).grace is None


def test_a_user_who_was_added_is_found_by_the_name_inside_the_pool(directory: Directory) -> None:
    assert directory.added("alice") is directory.user("alice")
    with pytest.raises(ValueError, match="there is no user 'alice@example.com'"):
        directory.added("alice@example.com")


# A pool in which the case of names does not count.


@pytest.fixture
def caseless(signing_keys: SigningKeys) -> UserPool:
    """A pool with Alice, who has an alias."""
    pool = UserPool(POOL_ID, now=lambda: NOW, signing_keys=signing_keys, case_sensitive=False)
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("Alice", PASSWORD, aliases=["Alice@Example.com"])
    return pool


NAMES = ["Alice", "alice", "ALICE", "alice@example.com", "ALICE@EXAMPLE.COM"]


@pytest.mark.parametrize("typed", NAMES)
def test_boto3_signs_in_with_the_name_in_any_case(caseless: UserPool, typed: str) -> None:
    with serve(caseless) as url:
        cognito = boto3_client(url)
        srp = SRPClient.for_user(POOL_ID, typed, PASSWORD, app=APP)
        reply = cognito.initiate_auth(**srp.start())
        parameters = reply["ChallengeParameters"]
        assert (parameters["USERNAME"], parameters["USER_ID_FOR_SRP"]) == ("Alice", "Alice")
        reply = cognito.respond_to_auth_challenge(**srp.respond(reply, now=NOW))
        token = reply["AuthenticationResult"]["AccessToken"]
        assert cognito.get_user(AccessToken=token)["Username"] == "Alice"


@pytest.mark.parametrize("typed", NAMES)
def test_a_sign_in_with_the_name_in_any_case_has_the_name_as_it_was_made(
    caseless: UserPool, typed: str
) -> None:
    sign_in = SignIn(POOL_ID, typed, PASSWORD, app=APP)
    step = sign_in.reply(caseless.send(sign_in.start()), now=NOW)
    tokens = sign_in.reply(caseless.send(step), now=NOW)
    assert tokens.username == "Alice"
    refresh = Refresh(tokens, app=APP, operation="InitiateAuth")
    assert refresh.reply(caseless.send(refresh.start())).access_token


@pytest.mark.parametrize("sent", ["ALICE", "alice"])
def test_the_secret_hash_is_over_the_name_as_it_was_typed(caseless: UserPool, sent: str) -> None:
    hash_of = {name: oracle.secret_hash(name, CLIENT_ID, CLIENT_SECRET) for name in NAMES}
    arguments = beginning("USER_PASSWORD_AUTH", USERNAME=sent, PASSWORD=PASSWORD)
    arguments["ClientId"] = CLIENT_ID
    arguments["AuthParameters"]["SECRET_HASH"] = hash_of[sent]
    assert signed_in(call(caseless, "InitiateAuth", **arguments))
    arguments["AuthParameters"]["SECRET_HASH"] = hash_of["Alice"]
    message = f"Unable to verify secret hash for client {CLIENT_ID}"
    refused = ("NotAuthorizedException", message)
    assert refusal(caseless, "InitiateAuth", **arguments) == refused


@pytest.mark.parametrize("name", ["ALICE", "alice@example.com"])
def test_an_answer_may_name_the_user_in_any_case(caseless: UserPool, name: str) -> None:
    client = OracleClient(member="Alice")
    reply = opened(caseless, client, "aLICE")
    assert signed_in(answer(caseless, reply, name, **claim(caseless, client, reply)))


@pytest.mark.parametrize("name", ["alice", "ALICE", "alice@EXAMPLE.com"])
def test_two_users_cannot_differ_in_case_alone(caseless: UserPool, name: str) -> None:
    with pytest.raises(ValueError, match=f"there is a user '{name}' already"):
        caseless.add_user(name, PASSWORD)
    with pytest.raises(ValueError, match=f"there is a user '{name}' already"):
        caseless.add_user("bob", PASSWORD, aliases=[name])


def test_a_stranger_has_one_salt_and_one_count_in_any_case(caseless: UserPool) -> None:
    client = OracleClient(member="nobody")
    first, second = (
        opened(caseless, client, name)["ChallengeParameters"] for name in ("nobody", "NoBody")
    )
    assert (first["SALT"], first["USERNAME"]) == (second["SALT"], second["USERNAME"])
    for name in ("Nobody", "NOBODY", "nobody", "nObody", "noBody"):
        arguments = beginning("USER_PASSWORD_AUTH", USERNAME=name, PASSWORD="x")
        assert refusal(caseless, "InitiateAuth", **arguments) == WRONG
    arguments = beginning("USER_PASSWORD_AUTH", USERNAME="noboDy", PASSWORD="x")
    assert refusal(caseless, "InitiateAuth", **arguments)[1] == "Password attempts exceeded"
    reply = opened(caseless, client, "NOBODY")
    refused = refused_answer(caseless, reply, "NOBODY", **claim(caseless, client, reply))
    assert refused[1] == "Password attempts exceeded"


def test_the_password_has_its_case_in_such_a_pool_too(caseless: UserPool) -> None:
    arguments = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD.upper())
    assert refusal(caseless, "InitiateAuth", **arguments) == WRONG


def test_an_alias_differs_from_the_name_by_more_than_case() -> None:
    directory = Directory(POOL_ID, Sources(lambda: NOW, bytes), case_sensitive=False)
    directory.add_user(user("Bob"), [])
    directory.add_user(user("Alice"), ["Alice@Example.com"])
    assert directory.alias_of("Alice") == "alice@example.com"
    assert directory.alias_of("Bob") is None


def test_by_default_names_have_a_case(pool: UserPool) -> None:
    arguments = beginning("USER_PASSWORD_AUTH", USERNAME="Alice", PASSWORD=PASSWORD)
    assert refusal(pool, "InitiateAuth", **arguments) == WRONG
    pool.add_user("Alice", PASSWORD)
    with pytest.raises(TypeError, match="case_sensitive must be True or False"):
        UserPool(case_sensitive="no")  # type: ignore[arg-type]
