"""behaviours/: each is a plain sentence with evidence, and the pool for tests does what it says."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import get_args
from urllib.parse import urlsplit

import pytest
from pool_otherwise import (
    as_it_is,
    later,
    one_for_all,
    otherwise,
    without_devices,
    without_strangers,
)

from srp_cognito import AnyCall
from srp_cognito.conformance import (
    BEHAVIOURS,
    Behaviour,
    Cost,
    Evidence,
    OpenPool,
    Person,
    PoolUnderTest,
    Result,
    try_all,
)
from srp_cognito.conformance.behaviours import GROUPS
from srp_cognito.conformance.differences import DELIBERATE
from srp_cognito.conformance.own_pool import PASSWORD, in_memory, over_http
from srp_cognito.conformance.setting import FEATURES
from srp_cognito.proof import server

pytestmark = pytest.mark.usefixtures("verifiers_once")

# What cannot be tried on the pool: it never says whether a user exists. What it does not do yet may
# stand here, too, and is to be taken out once it is right.
KNOWN = {"names/stranger-is-refused-at-once"}

HOSTS = {
    *("docs.aws.amazon.com", "docs.amazonaws.cn", "repost.aws", "github.com", "gist.github.com"),
    *("qiita.com", "www.npmjs.com", "www.rfc-editor.org"),
}

AT_GITHUB = re.compile(
    r"/[\w.-]+/[\w.-]+(/(issues|pull)/[1-9]\d*|/blob/([0-9a-f]{40}|\d+\.\d+\.\d+)/[\w./-]+)?"
)


def tried(behaviour: Behaviour, open_pool: OpenPool) -> Result:
    (result,) = try_all([behaviour], open_pool, also=get_args(Cost))
    return result


def check(behaviour: Behaviour, result: Result) -> None:
    if behaviour.name in DELIBERATE:
        assert result.verdict == "differs"
    elif behaviour.name in KNOWN:
        assert result.verdict != "confirmed"
    else:
        assert (result.verdict, result.seen) == ("confirmed", "")


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda each: each.name)
def test_the_pool_does_what_the_list_says(behaviour: Behaviour) -> None:
    result = tried(behaviour, in_memory())
    if "http" in behaviour.needs:
        assert result.verdict == "not tried"
    else:
        check(behaviour, result)


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(each, id=each.name, marks=() if "http" in each.needs else pytest.mark.slow)
        for each in BEHAVIOURS
    ],
)
def test_the_pool_does_so_over_http(behaviour: Behaviour) -> None:
    check(behaviour, tried(behaviour, over_http()))


@pytest.mark.slow
@pytest.mark.parametrize("devices", ["no-devices", "devices", "opt-in-devices"])
def test_no_behaviour_hinders_those_that_follow_on_the_same_pool(devices: str) -> None:
    with one_for_all(frozenset({devices})) as open_pool:
        for result in try_all(BEHAVIOURS, open_pool, also=["waits"]):
            name = result.behaviour.name
            if result.verdict == "differs":
                assert name in KNOWN or name in DELIBERATE, name
            elif result.verdict == "not tried":
                assert re.match("it needs |it is tried only if asked for: ", result.seen), name


NAMED = {each.name: each for each in BEHAVIOURS}


def test_a_pool_that_says_who_exists_confirms_that() -> None:
    pool = otherwise(without_strangers, "shows-users")
    assert tried(NAMED["names/stranger-is-refused-at-once"], pool).verdict == "confirmed"


@pytest.mark.parametrize("name", [each for each in NAMED if each.startswith("states/factor-")])
def test_where_no_second_factor_must_be_set_up_that_is_not_tried(name: str) -> None:
    pool = otherwise(
        as_it_is,
        "mfa-required",
        people={"setup": Person("a-user-plain", PASSWORD)},
        has=frozenset(),
    )
    result = tried(NAMED[name], pool)
    if name == "states/factor-to-set-up":
        assert result.verdict == "differs"
    else:
        assert result.verdict == "not tried"
        assert result.seen.startswith("MFA_SETUP is not asked for: tokens: ")


def test_the_attributes_of_a_user_who_should_have_none_are_not_shown() -> None:
    somebody = {"blank": Person("a-user-temporary", PASSWORD)}
    result = tried(NAMED["new-password/attributes-of-nobody"], otherwise(as_it_is, people=somebody))
    assert result.seen == "requiredAttributes: '[]', userAttributes: 'some'"


@pytest.mark.parametrize("role", ["disabled", "unconfirmed", "reset"])
def test_a_pool_that_lets_everybody_in_differs(role: str) -> None:
    nobody = {role: Person("a-user-plain", PASSWORD)}
    for name in [each for each in NAMED if each.startswith(f"states/{role}")]:
        result = tried(NAMED[name], otherwise(as_it_is, people=nobody))
        # A wrong password is refused by such a pool, too, and the service may say no more.
        is_wrong = name.endswith("wrong-password")
        assert result.verdict == ("confirmed" if is_wrong else "differs"), name


@pytest.mark.parametrize(
    "name", ["devices/challenged", "devices/without-a-session", "secret-hash/missing-with-a-device"]
)
def test_where_no_device_is_asked_for_its_proof_is_not_tried(name: str) -> None:
    result = tried(NAMED[name], otherwise(without_devices))
    assert result.verdict == "not tried"
    assert result.seen.startswith("the device is not asked for: tokens: ")


def test_where_no_device_is_offered_none_is_tried() -> None:
    pool = otherwise(as_it_is, "devices", has=frozenset({"no-devices"}))
    result = tried(NAMED["devices/keys"], pool)
    assert (result.verdict, result.seen) == ("not tried", "no device is offered")


@pytest.mark.parametrize(
    ("name", "days", "hours", "reason"),
    [
        ("claims/day-with-a-zero", 5, 0, "it needs one of the first nine days of a month"),
        ("claims/hour-without-a-zero", 0, 5, "it needs one of the first ten hours of a day in UTC"),
    ],
)
def test_what_needs_a_number_of_one_digit_is_tried_when_there_is_one(
    name: str, days: int, hours: int, reason: str
) -> None:
    result = tried(NAMED[name], later((days * 24 + hours) * 3600))
    assert (result.verdict, result.seen) == ("not tried", reason)


def test_a_challenge_whose_secret_block_is_not_base64_differs() -> None:
    def dashed(pool: PoolUnderTest, call: AnyCall) -> Mapping[str, object]:
        reply = pool.send(call)
        parameters = {**reply["ChallengeParameters"], "SECRET_BLOCK": "a-uuid-with-dashes"}
        return {**reply, "ChallengeParameters": parameters}

    result = tried(NAMED["claims/challenge-form"], otherwise(dashed))
    assert (result.verdict, result.seen) == ("differs", "SECRET_BLOCK: False")


def test_a_behaviour_is_said_in_one_plain_sentence() -> None:
    for behaviour in BEHAVIOURS:
        assert re.fullmatch(r"[A-Za-z][^\n]{10,98}\.", behaviour.says), behaviour.name
        assert ". " not in behaviour.says, behaviour.name


def test_a_behaviour_has_evidence_that_can_be_followed() -> None:
    for behaviour in BEHAVIOURS:
        assert behaviour.evidence, behaviour.name
        for each in behaviour.evidence:
            assert each.says, behaviour.name
            assert each.says.isprintable(), behaviour.name
            if each.sure == "unknown":
                assert each.source == "", behaviour.name
            else:
                check_address(each)


def check_address(evidence: Evidence) -> None:
    address = urlsplit(evidence.source)
    assert re.fullmatch(r"https://[!-~]+", evidence.source), evidence
    assert address.hostname in HOSTS, evidence
    assert not address.query, evidence
    if address.hostname == "github.com":
        assert AT_GITHUB.fullmatch(address.path), evidence
    if address.hostname in ("docs.aws.amazon.com", "docs.amazonaws.cn"):
        # It is AWS's word, and nobody's measurement.
        assert evidence.sure in ("documented", "inferred"), evidence


def test_the_surest_evidence_of_a_behaviour_comes_first() -> None:
    for behaviour in BEHAVIOURS:
        assert behaviour.sure == behaviour.evidence[0].sure, behaviour.name


def test_a_behaviour_needs_what_a_setting_can_have() -> None:
    for behaviour in BEHAVIOURS:
        assert behaviour.needs <= set(FEATURES), behaviour.name


def test_each_behaviour_has_a_name_of_its_own() -> None:
    assert [
        name for name, count in Counter(each.name for each in BEHAVIOURS).items() if count > 1
    ] == []
    assert all(re.fullmatch(r"[a-z-]+/[a-z0-9-]+", each.name) for each in BEHAVIOURS)
    assert len(BEHAVIOURS) >= 120


def test_each_group_has_behaviours_and_says_what_it_is_about() -> None:
    for group in GROUPS:
        name = group.__name__.rpartition(".")[2].replace("_", "-")
        assert sum(each.group == name for each in BEHAVIOURS) >= 5, name
        assert group.__doc__


def test_what_differs_on_purpose_or_not_yet_is_in_the_list() -> None:
    names = {each.name for each in BEHAVIOURS}
    assert set(DELIBERATE) <= names
    assert names >= KNOWN
    assert not KNOWN & set(DELIBERATE)
    assert all(why.endswith(".") for why in DELIBERATE.values())


def test_a_pool_that_takes_srp_a_zero_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "read_public_value", lambda value, _: int(value, 16))
    (behaviour,) = (
        each for each in BEHAVIOURS if each.name == "claims/srp-a-zero-without-a-password"
    )
    (result,) = try_all([behaviour], in_memory())
    assert (result.verdict, result.seen.partition(":")[0]) == ("differs", "tokens")
