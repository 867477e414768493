"""trial.py: what a behaviour may do, against the pool in memory and against one that is odd."""

from collections.abc import Iterator, Mapping

import pytest
from pool_stand_in import NOW, SETTING, StandIn

from srp_cognito import AppClient, Call
from srp_cognito.conformance import NoReply, Person, PoolUnderTest, Setting, Unavailable
from srp_cognito.conformance.expected import Reply
from srp_cognito.conformance.own_pool import in_memory
from srp_cognito.conformance.trial import Stopped, Trial, header_and_claims

REFUSED = {"__type": "NotAuthorizedException", "message": "alice is not welcome"}


@pytest.fixture
def pool() -> Iterator[PoolUnderTest]:
    with in_memory()(frozenset()) as made:
        yield made


@pytest.fixture
def trial(pool: PoolUnderTest) -> Trial:
    return Trial(pool)


def test_who_and_what_there_is() -> None:
    trial = Trial(StandIn({}))
    assert trial.pool_id == "eu-west-1_Example"
    assert trial.app() == AppClient("1example23456789")
    assert trial.person().username == "alice"
    assert trial.alias("plain") == "alice@example.com"
    assert trial.code("plain") == "123456"
    assert trial.now() == NOW
    assert trial.get("jwks.json") == {"path": "jwks.json"}


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda trial: trial.app("rotating"), "it needs apps.rotating: an app client that rotates"),
        (lambda trial: trial.person("totp"), "it needs people.totp: a user with an authenticator"),
        (lambda trial: trial.alias(), "it needs people.alias"),
        (lambda trial: trial.totp_code("plain"), "there is no secret"),
        (lambda trial: trial.totp_code_later("plain", 30), "the secret .* is not known"),
    ],
)
def test_what_is_not_there_is_named(ask: object, reason: str) -> None:
    assert callable(ask)
    with pytest.raises(Unavailable, match=reason):
        ask(Trial(StandIn({})))


def test_a_user_without_an_alias_has_none_to_type() -> None:
    setting = Setting("eu-west-1_E", {}, {"alias": Person("a", "b")}, frozenset())
    with pytest.raises(Unavailable, match=r"people\.alias\.alias"):
        Trial(StandIn({}, setting=setting)).alias()


def test_a_refusal_is_read_without_names_and_with_its_status() -> None:
    reply = Trial(StandIn(REFUSED)).call("GetUser", {})
    assert reply == Reply({}, "NotAuthorizedException", "USERNAME is not welcome", None)
    status = {"ResponseMetadata": {"HTTPStatusCode": 500}}
    assert Trial(StandIn({**REFUSED, **status})).call("GetUser", {}).status == 500


def test_a_reply_that_cannot_be_read_is_a_reply() -> None:
    reply = Trial(StandIn({"Surprise": 1})).call("InitiateAuth", {})
    assert reply.kind == ""
    assert reply.message.startswith("a reply that cannot be read: ChallengeName")


def test_no_reply_to_bytes_is_passed_on() -> None:
    with pytest.raises(NoReply):
        Trial(StandIn({})).post({}, b"")


def test_members_of_a_call_can_be_changed_and_left_out() -> None:
    pool = StandIn(REFUSED)
    trial = Trial(pool)
    trial.open(trial.client(), {"AuthParameters": {"SRP_A": "0", "USERNAME": None}, "X": "y"})
    assert pool.calls[0].arguments == {
        "AuthFlow": "USER_SRP_AUTH",
        "AuthParameters": {"SRP_A": "0"},
        "ClientId": "1example23456789",
        "X": "y",
    }


def test_a_flow_has_the_hash_unless_that_is_given_or_left_out() -> None:
    pool = StandIn(REFUSED)
    trial = Trial(pool)
    hashed = SETTING.apps["secret"].secret_hash("alice")
    for given, sent in (
        ({}, {"SECRET_HASH": hashed}),
        ({"SECRET_HASH": "mine"}, {"SECRET_HASH": "mine"}),
        ({"SECRET_HASH": None}, {}),
    ):
        trial.initiate("USER_AUTH", {"USERNAME": "alice", **given}, "secret")
        assert pool.calls[-1].arguments["AuthParameters"] == {"USERNAME": "alice", **sent}


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        (lambda trial: trial.challenge(trial.client()), "expected a challenge, got NotAuthorized"),
        (lambda trial: trial.prove(), "the first call was refused: NotAuthorized"),
        (lambda trial: trial.sign_in(), "the sign-in before it failed: NotAuthorized"),
        (lambda trial: trial.claim_at("now"), "expected a challenge to answer"),
        (lambda trial: trial.with_device(), "the sign-in before it failed"),
        (lambda trial: trial.tokens_of(trial.call("GetUser", {})), "expected tokens, got"),
    ],
)
def test_a_conversation_that_comes_to_a_stop_says_where(does: object, reason: str) -> None:
    assert callable(does)
    with pytest.raises(Stopped, match=reason):
        does(Trial(StandIn(REFUSED)))


def test_a_challenge_that_cannot_be_answered_is_a_stop() -> None:
    asked = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": {"SALT": "?"}}
    with pytest.raises(Stopped, match="the challenge cannot be answered"):
        Trial(StandIn(asked)).prove()


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "eyJhIjoxfQ.bm90IGpzb24.c", None])
def test_what_is_not_a_token_is_a_stop(token: object) -> None:
    with pytest.raises(Stopped, match="a token is not a JWT"):
        header_and_claims(token)


def test_a_whole_sign_in_answers_what_is_asked(trial: Trial) -> None:
    for role in ("plain", "totp", "sms", "email", "alias"):
        tokens = trial.sign_in(role)
        assert tokens.username == trial.person(role).username
        assert trial.last.result["AccessToken"] == tokens.access_token
    assert trial.sign_in("custom", flow="CUSTOM_AUTH", password=None)


def test_a_pool_that_asks_without_end_is_given_up() -> None:
    pool = StandIn({"ChallengeName": "CUSTOM_CHALLENGE", "Session": "s" * 20})
    with pytest.raises(Stopped, match="is not over after 30 calls"):
        Trial(pool).sign_in(flow="CUSTOM_AUTH", password=None)
    assert len(pool.calls) == 30


def test_what_nobody_answers_cannot_be_tried(trial: Trial) -> None:
    with pytest.raises(Unavailable, match="nobody answers SELECT_MFA_TYPE"):
        trial.sign_in("several")


def test_a_device_is_registered_and_forgotten_at_the_end() -> None:
    for feature in ("devices", "opt-in-devices"):
        with in_memory()(frozenset({feature})) as pool:
            trial = Trial(pool)
            tokens, device = trial.with_device()
            assert tokens.device == device
            assert trial.sign_in(device=device).device == device
            trial.clean_up()
            assert Trial(pool).sign_in(device=device).device is None


def test_a_device_that_is_not_offered_or_not_registered_is_a_stop(trial: Trial) -> None:
    with pytest.raises(Stopped, match="the pool offers no device"):
        trial.with_device()

    with in_memory()(frozenset({"devices"})) as pool:
        refusing = Refusing(pool, "ConfirmDevice")
        with pytest.raises(Stopped, match="the device was not registered"):
            Trial(refusing).with_device()


class Refusing:
    """A pool that refuses one operation."""

    def __init__(self, pool: PoolUnderTest, operation: str) -> None:
        self._pool, self._operation = pool, operation

    def __getattr__(self, name: str) -> object:
        return getattr(self._pool, name)

    def send(self, call: Call[Mapping[str, object]]) -> Mapping[str, object]:
        return REFUSED if call.operation == self._operation else self._pool.send(call)


def test_the_sign_ins_are_ended_at_the_end(pool: PoolUnderTest) -> None:
    trial = Trial(pool)
    tokens = [trial.sign_in(), trial.sign_in(app="secret")]
    trial.clean_up()
    for each in tokens:
        ended = Trial(pool).call("GetUser", {"AccessToken": each.access_token})
        assert ended.kind == "NotAuthorizedException"


def test_no_behaviour_leaves_a_user_near_to_being_locked_out(pool: PoolUnderTest) -> None:
    """Five failures in a row would do it, and several behaviours fail once."""
    for _ in range(10):
        trial = Trial(pool)
        client = trial.client(password="battery staple")
        assert trial.claim(client, trial.open(client)).kind == "NotAuthorizedException"
        trial.clean_up()
    assert Trial(pool).prove().result


def test_what_gets_no_reply_is_cleaned_up_at_the_second_try() -> None:
    tokens = {"AuthenticationResult": {"AccessToken": "a", "RefreshToken": "r"}}
    for lost, calls in ((1, 2), (2, 2)):
        pool = StandIn(tokens, *[NoReply("lost")] * lost, {})
        trial = Trial(pool)
        trial.initiate("USER_PASSWORD_AUTH", {"USERNAME": "alice", "PASSWORD": "p"})
        trial.clean_up()
        assert [call.operation for call in pool.calls[1:]] == ["RevokeToken"] * calls


def test_a_timestamp_of_any_spelling_is_signed(trial: Trial) -> None:
    assert trial.claim_at("Sat Sep 5 07:00:09 UTC 2026").result
    assert trial.claim_at("Sat Sep 05 07:00:09 UTC 2026").kind == "NotAuthorizedException"


def test_answers_take_the_name_that_the_challenge_gives(trial: Trial) -> None:
    challenge = {"ChallengeName": "X", "Session": "s" * 20, "ChallengeParameters": {}}
    for given, name in (
        ({}, "a-user-plain"),
        ({"USER_ID_FOR_SRP": "one"}, "one"),
        ({"USER_ID_FOR_SRP": "one", "USERNAME": "two"}, "two"),
    ):
        answers = trial.answers(Reply({**challenge, "ChallengeParameters": given}))
        assert (answers.username, answers.session) == (name, "s" * 20)
    without = {name: challenge[name] for name in ("ChallengeName", "ChallengeParameters")}
    assert trial.answers(Reply(without)).session is None


@pytest.mark.parametrize("typed", [None, "alias@example.com"])
def test_whoever_failed_is_signed_in_once_more_and_not_locked_out(
    pool: PoolUnderTest, typed: str | None
) -> None:
    for _ in range(8):
        trial = Trial(pool)
        client = trial.client("alias", username=typed, password="wrong")
        assert trial.claim(client, trial.open(client)).message == "Incorrect username or password."
        trial.clean_up()
    assert Trial(pool).prove("alias").result


def test_whoever_is_locked_out_is_waited_for(pool: PoolUnderTest) -> None:
    trial = Trial(pool)
    wrong = {"USERNAME": trial.person().username, "PASSWORD": "wrong"}
    replies = [trial.initiate("USER_PASSWORD_AUTH", wrong) for _ in range(8)]
    assert replies[-1].message == "Password attempts exceeded"
    trial.clean_up()
    assert Trial(pool).prove().result
