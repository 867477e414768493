"""testing/sign_ins.py: what has ended never counts again, in a bounded memory."""

import secrets
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from srp_cognito.testing import Refused
from srp_cognito.testing.sign_ins import MOST_REMEMBERED, SignedIn, SignIns

NOW = datetime(2026, 11, 3, 17, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def begin(sign_ins: SignIns, now: datetime = NOW) -> SignedIn:
    return sign_ins.begin(now, DAY, None)


def has_ended(sign_ins: SignIns, sign_in: SignedIn) -> bool:
    try:
        sign_ins.check(sign_in, "refresh")
    except Refused as refused:
        assert refused.kind == "NotAuthorizedException"
        assert refused.message == "Refresh Token has been revoked"
        return True
    return False


def test_a_sign_in_has_a_random_uuid_of_its_own_and_costs_no_memory() -> None:
    sign_ins = SignIns(secrets.token_bytes)
    begun = [begin(sign_ins) for _ in range(50)]
    assert len({each.origin_jti for each in begun}) == 50
    for each in begun:
        assert uuid.UUID(each.origin_jti).version == 4
        assert (each.auth_time, each.expires) == (NOW.timestamp(), (NOW + DAY).timestamp())
        assert not has_ended(sign_ins, each)
    assert not sign_ins._remembered


def test_all_sign_ins_can_be_ended_and_new_ones_begun_in_the_same_second() -> None:
    sign_ins = SignIns(secrets.token_bytes)
    before = begin(sign_ins)
    sign_ins.revoke(begin(sign_ins))
    sign_ins.end_all()
    assert has_ended(sign_ins, before)
    assert not has_ended(sign_ins, begin(sign_ins))
    assert not sign_ins._remembered


def test_another_users_sign_in_does_not_count() -> None:
    assert has_ended(SignIns(secrets.token_bytes), begin(SignIns(secrets.token_bytes)))


def test_one_sign_in_can_be_ended() -> None:
    sign_ins = SignIns(secrets.token_bytes)
    first, second = begin(sign_ins), begin(sign_ins)
    sign_ins.revoke(first)
    assert has_ended(sign_ins, first)
    assert not has_ended(sign_ins, second)


def test_a_replaced_token_in_between_ends_nothing() -> None:
    sign_ins = SignIns(secrets.token_bytes)
    first = begin(sign_ins)
    second = sign_ins.rotate(first, NOW, DAY)
    third = sign_ins.rotate(second, NOW, DAY)
    sign_ins.revoke(second)
    assert not has_ended(sign_ins, third)
    sign_ins.revoke(first)
    assert has_ended(sign_ins, third)


def test_a_rotated_sign_in_stays_revoked() -> None:
    sign_ins = SignIns(secrets.token_bytes)
    first = begin(sign_ins)
    second = sign_ins.rotate(first, NOW, DAY)
    assert second == replace(first, generation=1)
    sign_ins.revoke(second)
    assert has_ended(sign_ins, first)
    assert has_ended(sign_ins, second)


def test_the_token_that_was_replaced_last_counts_for_the_grace_period_and_no_longer() -> None:
    sign_ins, grace = SignIns(secrets.token_bytes), timedelta(seconds=10)
    first = begin(sign_ins)
    second = sign_ins.rotate(first, NOW, grace)
    third = sign_ins.rotate(first, NOW + timedelta(seconds=9.9), grace)
    assert len({first, second, third}) == 3
    for old, moment in ((first, NOW + grace), (second, NOW)):
        with pytest.raises(Refused) as refused:
            sign_ins.rotate(old, moment, grace)
        assert refused.value.kind == "RefreshTokenReuseException"
        assert refused.value.message == "Refresh token reuse detected"
    assert sign_ins.rotate(third, NOW + grace, grace).generation == 3


def test_a_generation_that_was_never_given_out_is_refused() -> None:
    sign_ins = SignIns(secrets.token_bytes)
    first = begin(sign_ins)
    sign_ins.rotate(first, NOW, DAY)
    for generation in (-1, 2, 3):
        with pytest.raises(Refused) as refused:
            sign_ins.rotate(replace(first, generation=generation), NOW, DAY)
        assert refused.value.kind == "RefreshTokenReuseException"
    with pytest.raises(Refused):
        sign_ins.rotate(replace(begin(sign_ins), generation=-1), NOW, DAY)


def test_what_was_ended_stays_so_when_too_much_was_ended_to_be_remembered() -> None:
    sign_ins = SignIns(secrets.token_bytes)
    old = begin(sign_ins, NOW)
    ended = [begin(sign_ins, NOW + timedelta(seconds=n)) for n in range(MOST_REMEMBERED + 5)]
    newest = begin(sign_ins, NOW + DAY)
    for each in reversed(ended):
        sign_ins.revoke(each)
        assert len(sign_ins._remembered) <= MOST_REMEMBERED
    assert all(has_ended(sign_ins, each) for each in ended)
    assert has_ended(sign_ins, old)  # Older than one that is forgotten.
    assert not has_ended(sign_ins, newest)
