"""diagnosis/limits.py: whatever a field holds, explaining it stays within time and memory.

What is bounded is counted: hypotheses, the bits of all exponents, and the bytes that are held.
"""

import base64
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import mistaken
import oracle
import pytest
from cases import CALL, DEVICE, USER

from srp_cognito import MalformedParameter, PeerError
from srp_cognito.diagnosis import (
    Diagnosis,
    claim,
    diagnose,
    diagnose_registration,
    diagnose_secret_hash,
    registration,
)
from srp_cognito.diagnosis.exchange import Exchange, read_exchange
from srp_cognito.diagnosis.limits import LIMITS, LONG_EXPONENT
from srp_cognito.diagnosis.search import Result, _Search, search
from srp_cognito.wire import MAX_HEX_DIGITS

NOTHING = base64.b64encode(bytes(32)).decode()
Work = Callable[[dict[str, object]], Diagnosis]

CLIENT = USER.transcript(NOTHING)
OF_DEVICE = DEVICE.transcript(NOTHING)
SERVER = {**CLIENT, "a": None, "srp_b": None, "srp_a": f"{USER.A:x}", "b": "b0b"}
HASH = CALL.record(NOTHING)
REGISTRATION = mistaken.registration(DEVICE)
RECORDS: dict[str, tuple[dict[str, object], Work]] = {
    "a user's client": (CLIENT, diagnose),
    "a device's client": (OF_DEVICE, diagnose),
    "a server": (SERVER, diagnose),
    "a SECRET_HASH": (HASH, diagnose_secret_hash),
    "a registration": (REGISTRATION, diagnose_registration),
}
FIELDS = [
    (name, field)
    for name, (record, _) in RECORDS.items()
    for field in record
    if record[field] is not None
]
NUMBERS = ("salt", "a", "b", "srp_a", "srp_b")


def longest(field: str, value: object) -> object:
    """Return the longest value of a field, and one of which much can be made."""
    if field in ("kind", "signature", "secret_hash", "timestamp"):
        return value
    if field == "salt":
        return "7" * MAX_HEX_DIGITS
    if field in NUMBERS:
        return value
    if field in ("secret_block", "PasswordVerifier", "Salt"):
        return "AB" * (LIMITS[field] // 2)
    signs = "${\N{GRINNING FACE}}'\\ " if "password" in field else "\N{GRINNING FACE}"
    text = (signs * LIMITS[field])[: LIMITS[field]]
    return f"eu-west-1_{text[10:]}" if field == "pool_id" else text


@pytest.fixture
def unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the search find nothing without trying anything but the right values."""

    def search_nothing(exchange: Exchange) -> Result:
        right = search(replace(exchange, signature=None, theirs={"k": oracle.k()}))
        return right._replace(is_right=False, causes=())

    monkeypatch.setattr(claim, "search", search_nothing)
    monkeypatch.setattr(registration, "distinct", lambda _: ())


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=lambda each: each)
def test_a_field_that_is_too_long_is_named_and_nothing_is_tried(
    name: str, field: str, spent: list[int]
) -> None:
    record, work = RECORDS[name]
    limit = MAX_HEX_DIGITS if field in NUMBERS else LIMITS[field]
    with pytest.raises(MalformedParameter) as refused:
        work({**record, field: "7" * (limit + 1)})
    assert field.lower() in refused.value.name.lower()
    assert spent == []


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDS)
def test_all_fields_at_their_longest_stay_within_bounds(name: str, spent: list[int]) -> None:
    record, work = RECORDS[name]
    longest_of_all = {
        field: longest(field, value) for field, value in record.items() if value is not None
    }
    tracemalloc.start()
    try:
        diagnosis = work(longest_of_all)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert diagnosis.tried < 150_000
    assert sum(spent) < 1500 * 600
    assert peak < 60_000_000


@pytest.mark.slow
@pytest.mark.parametrize("bits", [512, LONG_EXPONENT, LONG_EXPONENT + 1, 4 * MAX_HEX_DIGITS])
def test_a_long_exponent_costs_no_more_than_one_of_aws_clients(bits: int, spent: list[int]) -> None:
    """N has 3072 bits, and a longer exponent is reduced."""
    diagnosis = diagnose({**CLIENT, "a": f"{(1 << bits) - 1:x}"})
    assert diagnosis.verdict == "unknown"
    assert sum(spent) < 1400 * (LONG_EXPONENT + 1)
    assert ("a has more than 1,024 bits" in " ".join(diagnosis.advice)) == (bits > LONG_EXPONENT)
    assert (len(spent) > 1000) == (bits <= LONG_EXPONENT)


def test_pairs_in_the_message_are_not_held_all_at_once() -> None:
    """There are some 10,000, each with a message of its own."""
    pairs = _Search(read_exchange(CLIENT))._backs_of((), 2)
    assert iter(pairs) is pairs
    assert sum(1 for _ in pairs) > 5000


def test_with_a_long_exponent_mistakes_are_paired_where_that_costs_nothing() -> None:
    case = replace(USER, a=3**2500)
    for pair in (("u-hex-text", "block-text"), ("password-newline", "key-no-counter")):
        seen = mistaken.signature(case, *pair)
        result = search(read_exchange(case.transcript(seen)))
        ids = [{each.mistake.id for each in cause.suspects} for cause in result.causes]
        assert set(pair) in ids


ODD: tuple[object, ...] = (
    *("", " ", "\0", "-", "_", "=", "0", "-0", "0x10", "\N{ARABIC-INDIC DIGIT THREE}", "\ud800"),
    *("\N{GRINNING FACE}", "a\nb", "a_b_c", "7" * 33),
    *(0, -1, 1.5, True, float("inf"), [], [None], {}, {"k": "1"}, b"bytes"),
)


@pytest.mark.usefixtures("unknown")
@pytest.mark.parametrize(("name", "field"), FIELDS, ids=lambda each: each)
def test_an_odd_value_is_explained_or_refused_with_the_name_of_a_field(
    name: str, field: str
) -> None:
    record, work = RECORDS[name]
    for value in ODD:
        try:
            diagnosis = work({**record, field: value})
        except PeerError as error:
            assert error.name
        else:
            assert list(diagnosis.lines())
            assert diagnosis.to_json(show_secrets=True)
