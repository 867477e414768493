"""diagnosis/catalogue: each row makes what a client with that mistake sends, and says what to do.

That client is in mistaken.py, which shares no code with the catalogue.
"""

import base64
import functools
import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime

import mistaken
import pytest
from cases import CALL, CASES, DEVICE, SPACED, USER, found
from changed import CHANGED
from mistaken import FORMS, NOT_OF_CASES

from srp_cognito import MalformedParameter
from srp_cognito.diagnosis import diagnose_registration, diagnose_secret_hash
from srp_cognito.diagnosis.catalogue import (
    CATALOGUE,
    CLOCK,
    FORM,
    REGISTRATION,
    SECRET_HASH,
    Mistake,
)
from srp_cognito.diagnosis.catalogue.form import read_signature
from srp_cognito.diagnosis.exchange import read_exchange
from srp_cognito.diagnosis.search import hypotheses
from srp_cognito.diagnosis.steps import Evaluation, right_steps
from srp_cognito.wire import read_base64

ALL = [*(each for mistakes in CATALOGUE.values() for each in mistakes)]
ALL += [*CLOCK, *FORM, *SECRET_HASH, *REGISTRATION]


def ids(*mistakes: Mistake) -> list[str]:
    """Return the ids as mistaken.py knows them, with each form of those that have several."""
    return [
        f"{mistake.id}:{form}" if form else mistake.id
        for mistake in mistakes
        for form in FORMS.get(mistake.id, ("",))
    ]


def plain(mistake: str) -> str:
    return mistake.partition(":")[0]


@pytest.mark.parametrize("mistake", ALL, ids=lambda mistake: mistake.id)
def test_a_mistake_says_in_sentences_what_it_is_and_what_to_do(mistake: Mistake) -> None:
    for sentence in (mistake.says, mistake.remedy, mistake.unnoticed or "Never."):
        assert re.match(r"[A-Z\"]|[ukx](\*[xv])? ", sentence)
        assert sentence.endswith(".")
    assert all(address.startswith("https://") for address in mistake.seen)


def test_each_mistake_has_an_id_of_its_own() -> None:
    assert len(ALL) == len({mistake.id for mistake in ALL}) > 180


# Claims.


@functools.cache
def makers(name: str) -> dict[bytes, set[str]]:
    """Return the mistakes of the catalogue by the signature that they make in a case."""
    case = CASES[name]
    exchange = read_exchange(case.transcript(mistaken.signature(case)))
    evaluation, right = Evaluation(exchange), right_steps(exchange)
    made = defaultdict(set)
    for suspect in hypotheses(exchange):
        signature = evaluation.signature(right.changed(suspect.steps))
        assert signature is not None
        made[signature].add(suspect.mistake.id)
    return made


def can_be_made(mistake: str, name: str) -> bool:
    if mistake.startswith("device-"):
        return name == "a device"
    return not mistake.startswith(NOT_OF_CASES.get(name, ()))


# The client of mistaken.py always sends the canonical TIMESTAMP, so that this changes nothing.
AS_SENT = "time-as-sent"
# What arrives of a password is tested in test_respelled.py, form by form.
OF_PASSWORDS = {plain(mistake) for mistake in CHANGED}
CLAIMS = ids(*(row for rows in CATALOGUE.values() for row in rows if row.id not in OF_PASSWORDS))
CLAIMS.remove(AS_SENT)


@pytest.mark.parametrize("mistake", CLAIMS)
def test_a_mistake_in_a_claim_makes_what_the_mistaken_client_sends(mistake: str) -> None:
    """And so do those that are found with it: the exchange cannot tell them apart."""
    shown = 0
    for name, case in CASES.items():
        if not can_be_made(mistake, name):
            continue
        seen = mistaken.signature(case, mistake)
        if seen != mistaken.signature(case):
            makes = makers(name)[read_base64(seen, "signature")]
            assert plain(mistake) in makes
            for other in makes - {AS_SENT} - FORMS.keys() - OF_PASSWORDS:
                assert mistaken.signature(case, other) == seen, other
            shown += 1
            if shown == 2:
                return
    assert shown, "no case shows this mistake"


def test_a_digit_of_b_may_be_lost_anywhere_if_their_u_is_known() -> None:
    """Of equal digits in a row the first is tried. Without their u it would cost too much."""
    transcript = USER.transcript(mistaken.signature(USER))
    exchange = read_exchange({**transcript, "theirs": {"u": "1"}})
    digits = f"{USER.B:x}"
    rows = sum(digits[at] != digits[at - 1] for at in range(1, len(digits) - 1))
    tried = [each.detail for each in hypotheses(exchange) if each.mistake.id == "b-digit-lost"]
    assert len([each for each in tried if each.startswith("digit ")]) == rows > 600
    without = read_exchange(transcript)
    tried = [each.detail for each in hypotheses(without) if each.mistake.id == "b-digit-lost"]
    assert 5 < len(tried) < 10


@pytest.mark.parametrize("B", [1, 0x10, 0xFF])
def test_a_short_b_has_few_digits_to_lose(B: int) -> None:
    transcript = replace(USER, B=B).transcript(mistaken.signature(USER))
    tried = [
        each.detail
        for each in hypotheses(read_exchange(transcript))
        if each.mistake.id == "b-digit-lost"
    ]
    assert len(tried) < 4


def test_a_url_safe_decoder_may_lose_a_single_letter() -> None:
    block = next(
        block
        for block in (bytes([number]) * 33 for number in range(256))
        if len(re.sub(rb"[+/=]", b"", base64.b64encode(block))) % 4 == 1
    )
    case = replace(USER, secret_block=block)
    exchange = read_exchange(case.transcript(mistaken.signature(case)))
    (suspect,) = (each for each in hypotheses(exchange) if each.mistake.id == "block-url-safe")
    signature = Evaluation(exchange).signature(right_steps(exchange).changed(suspect.steps))
    assert signature == read_base64(mistaken.signature(case, "block-url-safe"), "signature")


@pytest.mark.parametrize(
    ("sent", "ids_of_it"),
    [
        ("Tue Nov 03 17:05:09 UTC 2026", {"time-day-zero"}),
        ("Mon Nov 3 17:05:09 UTC 2026", {"time-weekday"}),
        ("2026-11-03T17:05:09Z", {AS_SENT}),
        ("Tue Nov 3 17:5:9 UTC 2026", {AS_SENT}),
    ],
)
def test_a_spelling_that_was_signed_as_it_was_sent_has_one_name(
    sent: str, ids_of_it: set[str]
) -> None:
    exchange = read_exchange({**USER.transcript(mistaken.signature(USER)), "timestamp": sent})
    signed = [each for each in hypotheses(exchange) if each.steps == {"timestamp": sent.encode()}]
    assert {each.mistake.id for each in signed} == ids_of_it


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_are_handled(year: int) -> None:
    """No other moment can be tried that is not in it."""
    first = datetime(1, 1, 1, 0, 0, 30, tzinfo=UTC)
    last = datetime(9999, 12, 31, 23, 59, 30, tzinfo=UTC)
    case = replace(USER, moment=first if year == 1 else last)
    exchange = read_exchange(case.transcript(mistaken.signature(case)))
    details = [each.detail for each in hypotheses(exchange) if each.mistake.id == "time-local"]
    assert details
    assert all(each.startswith("UTC+" if year == 1 else "UTC-") for each in details)


@pytest.mark.parametrize(
    ("case", "missing"),
    [(USER, ("username", "sub", "client_id")), (DEVICE, ("username", "user_id", "password"))],
    ids=["user", "device"],
)
def test_a_mistake_that_needs_a_field_is_not_tried_without_it(
    case: mistaken.Case, missing: tuple[str, ...]
) -> None:
    transcript = case.transcript(mistaken.signature(case))
    for field in missing:
        del transcript[field]
    tried = {suspect.mistake.needs for suspect in hypotheses(read_exchange(transcript))}
    assert tried.isdisjoint(missing)


def test_nothing_is_tried_with_values_that_an_exchange_does_not_have() -> None:
    """Without TIMESTAMP and SECRET_BLOCK; with no `_` in the keys; without the password."""
    transcript = replace(DEVICE, group="-v7w9UcY6", member="k").transcript(None)
    for field in ("timestamp", "secret_block", "device_password", "salt", "a", "pool_id"):
        del transcript[field]
    known = {"b": "3", "srp_a": "5", "verifier": "7", "theirs": {"k": "1"}}
    tried = {each.mistake.id for each in hypotheses(read_exchange({**transcript, **known}))}
    assert not [each for each in tried if each.startswith(("time-", "block-", "password-"))]
    assert not [each for each in tried if each.startswith(("salt-text", "salt-raw"))]
    assert tried.isdisjoint({"device-group-cut", "device-group-head", "device-key-cut"})
    assert tried.isdisjoint({"device-pool", "device-pool-id"})


# The spelling of a signature.


def test_a_mistake_in_the_spelling_or_in_the_clock_replaces_no_step() -> None:
    assert [change for mistake in (*FORM, *CLOCK) for change in mistake.changes(None)] == []


@pytest.mark.parametrize(
    "mistakes",
    [
        (),
        *((each.id,) for each in FORM if each.id != "form-other"),
        ("form-hex-upper",),
        ("form-line-break", "form-hex"),
        ("form-url-safe", "form-no-padding"),
    ],
    ids="+".join,
)
def test_a_signature_is_read_whatever_its_spelling(mistakes: tuple[str, ...]) -> None:
    case = next(
        case
        for case in (replace(USER, password=f"{number}") for number in range(100))
        if {"+", "/"} <= set(mistaken.signature(case))
    )
    right = read_base64(mistaken.signature(case), "signature")
    octets, wrong = read_signature(mistaken.signature(case, *mistakes), "SECRET_HASH")
    assert octets == right
    assert [each.id for each in wrong] == [each.removesuffix("-upper") for each in mistakes]


def test_a_signature_with_bits_that_decoding_drops_is_not_spelled_right() -> None:
    right = mistaken.signature(USER)
    octets, (wrong,) = read_signature(right[:-2] + chr(ord(right[-2]) + 1) + "=", "signature")
    assert octets == read_base64(right, "signature")
    assert wrong.id == "form-other"


@pytest.mark.parametrize("text", ["", "c2lnbmVk", "!" * 44, "ab" * 31])
def test_what_is_not_32_bytes_is_refused_under_its_key(text: str) -> None:
    with pytest.raises(MalformedParameter) as refused:
        read_signature(text, "SECRET_HASH")
    assert refused.value.name == "SECRET_HASH"


# SECRET_HASH.


@pytest.mark.parametrize("mistake", ids(*SECRET_HASH))
def test_a_mistake_in_secret_hash_makes_what_the_mistaken_client_sends(mistake: str) -> None:
    call = SPACED if "trimmed" in mistake else CALL
    diagnosis = diagnose_secret_hash(call.record(mistaken.secret_hash(call, mistake)))
    assert found(diagnosis) == {(plain(mistake),)}


def test_no_pool_id_is_tried_without_one() -> None:
    sent = mistaken.secret_hash(CALL, "hash-pool-id")
    diagnosis = diagnose_secret_hash({**CALL.record(sent), "pool_id": None})
    assert diagnosis.verdict == "unknown"


# The registration of a device.

LOW = replace(DEVICE, salt="71e2d3c4b5a69788776655443322110f")


def high() -> mistaken.Case:
    """Return a device whose salt and verifier have their top bit set."""
    for number in range(100):
        case = replace(DEVICE, salt=f"f{number:031x}")
        if mistaken.registration(case)["PasswordVerifier"].startswith("A"):
            return case
    raise AssertionError("a hundred verifiers in a row do not begin with a 00 byte")


@pytest.mark.parametrize("only", ["PasswordVerifier", "Salt", "PasswordVerifier Salt"])
@pytest.mark.parametrize("mistake", ids(*REGISTRATION))
def test_a_mistake_in_a_registration_makes_what_the_mistaken_client_sends(
    mistake: str, only: str
) -> None:
    case = high() if mistake == "registered-no-sign" else LOW
    record = mistaken.registration(case, mistake, only=only)
    if record == mistaken.registration(case):
        pytest.fail("no value shows this mistake")
    (explanation,) = [
        each
        for each in diagnose_registration(record).explanations
        if [named.mistake.id for named in each] == [mistake]
    ]
    if mistake not in ("registered-x", "registered-salt-text"):
        which = "both values" if " " in only else only
        assert explanation[0].says.endswith(f" ({which}).")
