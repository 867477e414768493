"""diagnosis/claim.py: the verdict on a claim, its values in order, and what to do next."""

import base64
from dataclasses import replace

import mistaken
import oracle
import pytest
from cases import CASES, DEVICE, USER, found
from mistaken import Case

from srp_cognito import MalformedParameter
from srp_cognito.diagnosis import Diagnosis, claim, diagnose
from srp_cognito.diagnosis.exchange import Exchange
from srp_cognito.diagnosis.search import Result, search

NOTHING = base64.b64encode(bytes(32)).decode()


@pytest.fixture
def unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the search find nothing without trying all pairs."""

    def search_nothing(exchange: Exchange) -> Result:
        right = search(replace(exchange, signature=None, theirs={"k": oracle.k()}))
        return right._replace(is_right=False, causes=(), is_undecided=exchange.a is None)

    monkeypatch.setattr(claim, "search", search_nothing)


def advice(transcript: dict[str, object]) -> str:
    diagnosis = diagnose(transcript)
    assert (diagnosis.verdict, diagnosis.explanations) == ("unknown", ())
    return " ".join(diagnosis.advice)


@pytest.mark.parametrize("name", CASES)
def test_a_right_signature_is_called_right(name: str) -> None:
    case = CASES[name]
    diagnosis = diagnose(case.transcript(mistaken.signature(case)))
    assert (diagnosis.verdict, diagnosis.explanations, diagnosis.tried) == ("right", (), 1)
    assert diagnosis.first_difference is None
    assert "check the rest of the call: USERNAME" in diagnosis.advice[0]


@pytest.mark.parametrize("spelling", ["form-hex", "form-url-safe", "form-no-padding"])
def test_a_right_signature_that_is_spelled_wrong_is_not_right(spelling: str) -> None:
    case = replace(USER, a=USER.a + 1)
    seen = mistaken.signature(case, spelling)
    assert seen != mistaken.signature(case)
    diagnosis = diagnose(case.transcript(seen))
    assert (diagnosis.verdict, found(diagnosis)) == ("mistake", {(spelling,)})


@pytest.mark.parametrize("signature", ["c2lnbmVk", "!" * 44])
def test_what_cannot_be_a_signature_is_refused_under_its_key(signature: str) -> None:
    with pytest.raises(MalformedParameter, match="is not 32 bytes") as refused:
        diagnose(USER.transcript(signature))
    assert refused.value.name == "PASSWORD_CLAIM_SIGNATURE"


ROWS = [
    *("k", "identity in x", "password", "salt in x", "x", "A", "B", "A, B in u", "u"),
    *("u in the key", "S", "S in the key", "key", "pool name", "user id", "SECRET_BLOCK"),
    *("TIMESTAMP", "message", "signature"),
]


@pytest.mark.parametrize(
    ("mistake", "first"),
    [
        ("k-3", "k"),
        ("pool-id", "identity in x"),
        ("password-newline", "password"),
        ("salt-text", "salt in x"),
        ("x-sha1", "x"),
        ("u-hex-text", "A, B in u"),
        ("salt-of-key-hex-text", "u in the key"),
        ("s-no-u", "S"),
        ("s-hex-text", "S in the key"),
        ("key-no-counter", "key"),
        ("pool-id-in-message", "pool name"),
        ("alias-in-message", "user id"),
        ("block-text", "SECRET_BLOCK"),
        ("time-day-zero", "TIMESTAMP"),
        ("order-block-first", "message"),
        ("message-sha256-concat", "signature"),
    ],
)
def test_the_first_value_that_differs_is_where_the_mistake_is(mistake: str, first: str) -> None:
    diagnosis = diagnose(USER.transcript(mistaken.signature(USER, mistake)))
    assert found(diagnosis) == {(mistake,)}
    assert [row.name for row in diagnosis.rows] == ROWS
    assert diagnosis.first_difference is not None
    assert diagnosis.first_difference.name == first
    by_name = {row.name: row for row in diagnosis.rows}
    assert by_name["signature"].expected == mistaken.signature(USER)
    assert by_name["signature"].came == mistaken.signature(USER, mistake)


def test_the_values_are_the_right_ones_and_what_is_secret_is_marked() -> None:
    diagnosis = diagnose(USER.transcript(mistaken.signature(USER, "s-no-u")))
    values = mistaken.values(USER)
    shown = {row.name: row.expected for row in diagnosis.rows}
    assert [shown[name] for name in "kxuS"] == [f"{values[name]:x}" for name in "kxus"]
    assert (shown["A"], shown["B"]) == (f"{USER.A:x}", f"{USER.B:x}")
    assert [shown["key"], shown["message"]] == [values["key"].hex(), values["message"].hex()]
    secrets = {row.name for row in diagnosis.rows if row.is_secret}
    assert secrets == {"password", "x", "S", "S in the key", "key"}


def test_no_secret_is_in_a_repr() -> None:
    diagnosis = diagnose(USER.transcript(mistaken.signature(USER, "s-no-u")))
    secrets = [row.expected for row in diagnosis.rows if row.is_secret]
    assert USER.password in secrets
    for secret in secrets:
        assert secret not in repr(diagnosis)
        assert secret not in repr(diagnosis.rows)


def test_a_device_has_a_group_key_and_a_device_key() -> None:
    diagnosis = diagnose(DEVICE.transcript(mistaken.signature(DEVICE, "device-key-cut-in-message")))
    assert found(diagnosis) == {("device-key-cut-in-message",)}
    assert diagnosis.first_difference is not None
    assert diagnosis.first_difference.name == "device key"
    assert "group key" in [row.name for row in diagnosis.rows]


@pytest.mark.slow
def test_the_likeliest_of_several_explanations_comes_first_with_what_tells_them_apart() -> None:
    """Neither A nor B is short here, so that both rules lack nothing but the sign bytes."""
    diagnosis = diagnose(USER.transcript(mistaken.signature(USER, "u-no-sign")))
    assert found(diagnosis) == {("u-no-sign",), ("u-fixed",)}
    assert diagnosis.tell_apart == "an exchange whose A is short: one in 512"
    short = CASES["A short"]
    diagnosis = diagnose(short.transcript(mistaken.signature(short, "u-no-sign")))
    assert (found(diagnosis), diagnosis.tell_apart) == ({("u-no-sign",)}, None)


@pytest.mark.slow
def test_of_many_explanations_those_that_change_least_are_named_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def search_many(exchange: Exchange) -> Result:
        result = search(exchange)
        one, other = result.causes
        (suspect,) = other.suspects
        steps = {**suspect.steps, "k": 3}
        larger = other._replace(suspects=(suspect._replace(steps=steps),))
        return result._replace(causes=(larger, *[one] * (claim.MOST_NAMED + 2)))

    monkeypatch.setattr(claim, "search", search_many)
    diagnosis = diagnose(USER.transcript(mistaken.signature(USER, "u-no-sign")))
    assert len(diagnosis.explanations) == claim.MOST_NAMED
    assert found(diagnosis) == {("u-no-sign",)}
    assert "3 more explanations make the same signature." in diagnosis.advice


@pytest.mark.slow
def test_of_many_that_nothing_distinguishes_some_are_named() -> None:
    """Three rules for A and B, and three for the salt, come to the same here."""
    diagnosis = diagnose(USER.transcript(mistaken.signature(USER, "u-no-sign", "salt-no-sign")))
    assert len(diagnosis.explanations) == claim.MOST_NAMED
    assert "4 more explanations make the same signature." in diagnosis.advice
    assert ("salt-no-sign", "u-no-sign") in found(diagnosis)
    assert diagnosis.tell_apart is not None


@pytest.mark.slow
def test_an_unknown_signature_is_called_unknown_with_what_is_likely() -> None:
    other = replace(USER, password="another password")
    diagnosis = diagnose(USER.transcript(mistaken.signature(other)))
    assert (diagnosis.verdict, diagnosis.explanations) == ("unknown", ())
    assert "Most likely now: another password, an a" in " ".join(diagnosis.advice)
    assert "Not tried" not in " ".join(diagnosis.advice)
    # About as many hypotheses as there are pairs.
    alone = diagnose(USER.transcript(mistaken.signature(USER, "s-no-u"))).tried
    assert 30 * alone < diagnosis.tried < alone**2 / 2


@pytest.mark.usefixtures("unknown")
@pytest.mark.parametrize(
    ("case", "fields"),
    [
        (USER, {"username": "what the person typed", "sub": "the user's sub"}),
        (USER, {"client_id": "the app client's id"}),
        (DEVICE, {"pool_id": "the user pool's id", "password": "the user's password"}),
        (DEVICE, {"user_id": "the user's id inside the pool"}),
    ],
    ids=str,
)
def test_what_could_not_be_tried_names_the_field(case: Case, fields: dict[str, str]) -> None:
    transcript = case.transcript(NOTHING)
    for field, meaning in fields.items():
        del transcript[field]
        assert f"because {field} is missing: {meaning}, used by mistake." in advice(transcript)


@pytest.mark.usefixtures("unknown")
@pytest.mark.parametrize(("bits", "is_long"), [(1024, False), (1025, True)])
def test_a_long_a_is_named_as_the_reason_that_pairs_were_not_tried(
    bits: int, is_long: bool
) -> None:
    transcript = {**USER.transcript(NOTHING), "a": f"{(1 << bits) - 1:x}"}
    assert ("a has more than 1,024 bits" in advice(transcript)) == is_long


@pytest.mark.usefixtures("unknown")
def test_the_server_sees_what_would_decide() -> None:
    transcript = USER.transcript(NOTHING)
    del transcript["a"]
    transcript |= {"srp_a": f"{USER.A:x}", "b": "3"}
    told = advice(transcript)
    assert "From the server's side it cannot be seen" in told
    assert "Without the password" not in told
    transcript |= {"verifier": "7", "password": None}
    assert "Without the password, x cannot be checked" in advice(transcript)


def test_what_a_server_does_not_know_is_not_a_row() -> None:
    transcript = USER.transcript(mistaken.signature(USER))
    for field in ("a", "password", "salt", "srp_b", "secret_block", "timestamp", "signature"):
        del transcript[field]
    known = {"srp_a": f"{USER.A:x}", "b": "3", "verifier": "7", "theirs": {"k": f"{oracle.k():x}"}}
    diagnosis = diagnose({**transcript, **known})
    assert diagnosis.verdict == "right"
    assert [row.name for row in diagnosis.rows] == [
        *("k", "A", "u", "u in the key", "S", "S in the key", "key"),
    ]


# With the other code's own values.


def in_hex(value: int | bytes) -> str:
    return value.hex() if isinstance(value, bytes) else f"{value:x}"


def theirs(case: Case, names: str, *mistakes: str) -> dict[str, str]:
    made = mistaken.values(case, *mistakes)
    return {name: in_hex(made[name]) for name in names.split()}


def test_their_values_are_shown_next_to_the_right_ones() -> None:
    transcript = USER.transcript(mistaken.signature(USER, "k-3"))
    diagnosis = diagnose({**transcript, "theirs": theirs(USER, "k x u s key message", "k-3")})
    assert found(diagnosis) == {("k-3",)}
    first = diagnosis.first_difference
    assert first is not None
    assert (first.name, first.came) == ("k", "3")


def test_the_subject_is_what_was_given() -> None:
    transcript = USER.transcript(None)
    diagnosis = diagnose({**transcript, "theirs": theirs(USER, "x u", "salt-text")})
    assert diagnosis.subject == "theirs: x, u"
    assert ("salt-text",) in found(diagnosis)
    right = diagnose(USER.transcript(mistaken.signature(USER)))
    assert right.subject == "PASSWORD_CLAIM_SIGNATURE"


MISTAKES = ("salt-text", "u-hex-text", "key-no-counter", "block-text")


def given(names: str, **more: str) -> dict[str, object]:
    shown = theirs(USER, names, *MISTAKES)
    return {**USER.transcript(mistaken.signature(USER, *MISTAKES)), "theirs": {**shown, **more}}


def explained_up_to(monkeypatch: pytest.MonkeyPatch, transcript: dict[str, object]) -> Diagnosis:
    """Diagnose it as if the search for everything at once had found nothing."""

    def search_beginnings(exchange: Exchange) -> Result:
        if exchange.signature is None:
            return search(exchange)
        right = search(replace(exchange, signature=None, theirs={"k": oracle.k()}))
        return right._replace(is_right=False, causes=())

    monkeypatch.setattr(claim, "search", search_beginnings)
    return diagnose(transcript)


def test_values_that_do_not_fit_the_signature_explain_what_went_wrong_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Four mistakes are never found together, but their x shows the first one."""
    diagnosis = explained_up_to(monkeypatch, given("k x u key"))
    assert found(diagnosis) == {("salt-text",)}
    assert "there is another mistake" in " ".join(diagnosis.advice)


@pytest.mark.slow
def test_a_first_value_that_nothing_explains_blames_nobody() -> None:
    diagnosis = diagnose(given("x u key", x="abc"))
    assert (diagnosis.verdict, diagnosis.explanations) == ("unknown", ())
    first = diagnosis.first_difference
    assert first is not None
    assert (first.name, first.came) == ("x", "abc")


@pytest.mark.usefixtures("unknown")
@pytest.mark.parametrize("names", ["k x u", "k x"])
def test_nothing_is_explained_up_to_a_difference_that_is_not_there(names: str) -> None:
    """All their values are right, or the first that differs is all that was given."""
    transcript = {**USER.transcript(NOTHING), "theirs": theirs(USER, names)}
    assert "there is another mistake" not in advice(transcript)
    transcript |= {"signature": None, "theirs": {**theirs(USER, "k"), "x": "abc"}}
    assert "there is another mistake" not in advice(transcript)


def test_what_the_server_cannot_compute_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    def search_nothing(_: Exchange) -> Result:
        return Result(None, is_right=False, causes=(), tried=0, is_undecided=True, lacking=())

    monkeypatch.setattr(claim, "search", search_nothing)
    transcript = {**USER.transcript(NOTHING), "theirs": theirs(USER, "k u")}
    diagnosis = diagnose(transcript)
    assert [row.name for row in diagnosis.rows][-4:] == [
        *("pool name", "user id", "SECRET_BLOCK", "TIMESTAMP")
    ]


# TIMESTAMP.


@pytest.mark.parametrize(
    ("sent", "mistake"),
    [
        ("Tue Nov 03 17:05:09 UTC 2026", "time-day-zero"),
        ("Tue Nov  3 17:05:09 UTC 2026", "time-day-space"),
        ("Mon Nov 3 17:05:09 UTC 2026", "time-weekday"),
        ("Di Nov 3 17:05:09 UTC 2026", "time-language"),
        ("2026-11-03T17:05:09Z", "time-as-sent"),
        ("Tue Nov 31 17:05:09 UTC 2026", "time-as-sent"),
        ("", "time-as-sent"),
    ],
)
def test_a_timestamp_that_is_signed_as_it_was_sent_is_wrong_all_the_same(
    sent: str, mistake: str
) -> None:
    """The pool reads it, writes it anew, and signs that."""
    key = mistaken.values(USER)["key"]
    assert isinstance(key, bytes)
    seen = oracle.signature(key, USER.group, USER.member, USER.secret_block, sent)
    diagnosis = diagnose({**USER.transcript(seen), "timestamp": sent})
    assert found(diagnosis) == {(mistake,)}
    assert diagnosis.tell_apart is None


def test_what_the_pool_signs_is_right_however_it_was_sent() -> None:
    transcript = USER.transcript(mistaken.signature(USER))
    sent = {**transcript, "timestamp": "Mon Nov 03 17:05:09 UTC 2026"}
    assert diagnose(sent).verdict == "right"
