"""diagnosis: the mistakes of a client that shares no code with it are found, and no others."""

import base64
import random
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone

import mistaken
import oracle
import pytest
from cases import CASES, DEVICE, FIRST_A, USER, found
from mistaken import Case

from srp_cognito.diagnosis import Diagnosis, diagnose
from srp_cognito.diagnosis.catalogue import CATALOGUE, FORM
from srp_cognito.diagnosis.exchange import read_exchange
from srp_cognito.diagnosis.search import X_STEPS, _Search, hypotheses, search
from srp_cognito.diagnosis.shapes import tell_apart
from srp_cognito.proof import modexp

PARAMETERS = {
    "time-weekday": ("Mon", "Sat"),
    "time-language": ("German", "French"),
    "time-local": ("120", "-300", "345", "-720", "840"),
    "time-zone-name": ("GMT", "Z", "+0000"),
    "time-another-second": ("1", "-1", "-120", "60"),
}
"""What stands behind the colon of a mistake that has several forms."""

SAME = {"time-as-sent"}
"""What is no way to compute: the client of mistaken.py always sends what is canonical."""


def every_mistake() -> Iterator[str]:
    for mistakes in (*CATALOGUE.values(), FORM):
        for mistake in mistakes:
            if mistake.id in PARAMETERS:
                yield from (f"{mistake.id}:{value}" for value in PARAMETERS[mistake.id])
            elif mistake.id not in SAME | {"form-other"}:
                yield mistake.id


EVERY = list(every_mistake())


def plain(mistake: str) -> str:
    return mistake.partition(":")[0]


def test_the_client_without_mistakes_is_the_oracles() -> None:
    for case in CASES.values():
        x = oracle.x(case.group, case.member, case.password, int(case.salt, 16))
        u = oracle.u(case.A, case.B)
        S = oracle.client_s(case.B, x, case.a, u)
        key = oracle.key(u, S)
        at = oracle.timestamp(case.moment)
        right = oracle.signature(key, case.group, case.member, case.secret_block, at)
        assert mistaken.signature(case) == right


@pytest.mark.parametrize("name", CASES)
def test_a_right_signature_is_called_right(name: str) -> None:
    case = CASES[name]
    diagnosis = diagnose(case.transcript(mistaken.signature(case)))
    assert (diagnosis.verdict, diagnosis.explanations, diagnosis.tried) == ("right", (), 1)
    assert diagnosis.first_difference is None


@pytest.mark.parametrize(
    "mistake",
    [
        pytest.param(mistake, marks=pytest.mark.slow if number % 8 else ())
        for number, mistake in enumerate(EVERY)
    ],
)
def test_each_mistake_is_found_where_it_shows(mistake: str) -> None:
    """And whatever else is named makes the same signature: this exchange cannot tell them apart."""
    shown = 0
    for name, case in CASES.items():
        if not fits(mistake, name) or mistaken.signature(case, mistake) == mistaken.signature(case):
            continue
        diagnosis = assert_explained(case, mistake)
        if len(diagnosis.explanations) > 1:
            assert diagnosis.tell_apart is not None
        shown += 1
        if shown == 2:
            break
    assert shown, "no case shows this mistake"


def fits(mistake: str, name: str) -> bool:
    """Whether a mistake can be made in a case."""
    if name == "a device":
        return not mistake.startswith(OF_A_USER)
    if name == "a negative salt" and mistake in NOT_OF_NEGATIVES:
        return False
    return not mistake.startswith("device-")


OF_A_USER = ("pool", "region", "no-", "client-id", "alias", "sub", "user-")
NOT_OF_NEGATIVES = ("salt-fixed", "salt-sign-always", "salt-odd-digit", "salt-base64")
"""What these would do with a "-" nobody can say."""


def assert_explained(case: Case, *mistakes: str) -> Diagnosis:
    """These mistakes are named, and what else is named makes the same signature."""
    seen = mistaken.signature(case, *mistakes)
    diagnosis = diagnose(case.transcript(seen))
    assert diagnosis.verdict == "mistake"
    assert tuple(sorted(map(plain, mistakes))) in found(diagnosis)
    for others in found(diagnosis):
        # A form of a mistake with several is not told by its id alone.
        if not any(each in PARAMETERS or each == "time-as-sent" for each in others):
            assert mistaken.signature(case, *others) == seen, others
    return diagnosis


def test_every_mistake_says_what_it_is_and_what_to_do() -> None:
    ids = [mistake.id for mistakes in (*CATALOGUE.values(), FORM) for mistake in mistakes]
    assert len(ids) == len(set(ids)) > 140
    for mistakes in (*CATALOGUE.values(), FORM):
        for mistake in mistakes:
            sentences = (mistake.says, mistake.remedy, mistake.unnoticed or "Never.")
            for each in sentences:
                assert re.match(r"[A-Z\"]|[ukx](\*x)? ", each), mistake.id
                assert each.endswith("."), mistake.id
            assert all(address.startswith("https://") for address in mistake.seen), mistake.id


STEPS = {mistake.id: step for step, mistakes in CATALOGUE.items() for mistake in mistakes} | {
    mistake.id: "form" for mistake in FORM
}


def pairs(count: int) -> Iterator[tuple[str, str]]:
    """Two mistakes of different steps; another choice in each run would not be told apart later."""
    chance = random.Random(20261125)
    usable = [
        mistake for mistake in EVERY if not mistake.startswith(("device-", "no-sign", "pad-fixed"))
    ]
    while count:
        one, other = chance.sample(usable, 2)
        if STEPS[plain(one)] != STEPS[plain(other)]:
            count -= 1
            yield one, other


@pytest.mark.slow
def test_two_mistakes_together_are_found() -> None:
    for one, other in pairs(10):
        # Where one of them does not show here, the other one alone is what was made.
        for case in list(CASES.values())[:-1]:
            alone = {
                mistaken.signature(case),
                *(mistaken.signature(case, each) for each in (one, other)),
            }
            if len(alone) == 3 and mistaken.signature(case, one, other) not in alone:
                break
        else:
            continue
        diagnosis = diagnose(case.transcript(mistaken.signature(case, one, other)))
        names = tuple(sorted((plain(one), plain(other))))
        assert diagnosis.verdict == "mistake", names
        # Another pair, or one mistake, may make the same in this case.
        others = [each for each in found(diagnosis) if not any(map(PARAMETERS.get, each))]
        assert names in found(diagnosis) or all(
            mistaken.signature(case, *each) == mistaken.signature(case, one, other)
            for each in others
        ), names
        assert found(diagnosis), names


@pytest.mark.parametrize(
    "pair",
    [
        ("pool-id", "u-hex-text"),
        *(
            pytest.param(pair, marks=pytest.mark.slow)
            for pair in (
                ("u-hex-text", "pool-id-in-message"),
                ("time-day-zero", "block-text"),
                ("password-newline", "k-3"),
                ("salt-text", "s-hex-text"),
                ("alias", "time-local:60"),
                ("k-g-padded", "key-no-counter"),
                ("colon-missing", "salt-no-sign"),
            )
        ),
    ],
    ids=str,
)
def test_frequent_pairs_are_found(pair: tuple[str, str]) -> None:
    assert_explained(USER, *pair)


@pytest.mark.slow
def test_a_third_mistake_in_the_spelling_is_read_off() -> None:
    assert_explained(USER, "u-no-sign", "time-day-zero", "form-hex")


def test_a_right_signature_that_is_spelled_wrong_is_no_right_one() -> None:
    for name in ("form-hex", "form-hex-upper", "form-url-safe", "form-no-padding"):
        seen = mistaken.signature(USER, name)
        if seen != mistaken.signature(USER):
            diagnosis = diagnose(USER.transcript(seen))
            assert found(diagnosis) == {(name.removesuffix("-upper"),)}


def test_another_spelling_of_base64_is_told() -> None:
    right = mistaken.signature(USER)
    # The last letter before "=" has two bits that decoding drops.
    seen = right[:-2] + chr(ord(right[-2]) + 1) + "="
    assert base64.b64decode(seen) == base64.b64decode(right)
    assert found(diagnose(USER.transcript(seen))) == {("form-other",)}


@pytest.mark.slow
def test_random_signatures_are_never_blamed_on_a_mistake() -> None:
    """Thousands, against every mistake alone and in pairs: that is 250 million hypotheses."""
    # One search holds all its hypotheses against one signature, so many are put in at a time.
    seen = {secrets.token_bytes(32) for _ in range(5000)}

    class AnyOfThem(bytes):
        def __eq__(self, other: object) -> bool:
            return other in seen

        __hash__ = bytes.__hash__

    right = mistaken.signature(USER, "time-day-zero")
    looking = _Search(read_exchange(USER.transcript(right)))
    looking._seen = AnyOfThem()
    assert looking.run().causes == ()
    seen.add(base64.b64decode(right))
    looking = _Search(read_exchange(USER.transcript(right)))
    looking._seen = AnyOfThem()
    assert len(looking.run().causes) == 1


def test_an_unknown_signature_is_called_unknown_with_what_is_likely() -> None:
    other = replace(USER, password="another password")
    diagnosis = diagnose(USER.transcript(mistaken.signature(other)))
    assert (diagnosis.verdict, diagnosis.explanations) == ("unknown", ())
    told = " ".join(diagnosis.advice)
    assert "Most likely now: another password, another a" in told
    assert "Not tried" not in told
    # What is said to be tried is about as much as the pairs come to.
    alone = diagnose(USER.transcript(mistaken.signature(USER, "s-no-u"))).tried
    assert 30 * alone < diagnosis.tried < alone**2 / 2


@pytest.mark.slow
def test_what_could_not_be_tried_names_the_field() -> None:
    transcript = USER.transcript(base64.b64encode(bytes(32)).decode())
    for field in ("username", "sub", "client_id"):
        del transcript[field]
    told = " ".join(diagnose(transcript).advice)
    assert "no username: what the person typed" in told
    assert "no sub: the user's sub" in told
    assert "no client_id: the app client's id" in told
    device = DEVICE.transcript(base64.b64encode(bytes(32)).decode())
    for field in ("pool_id", "password", "user_id"):
        del device[field]
    told = " ".join(diagnose(device).advice)
    assert "no pool_id: the user pool's id" in told
    assert "no user_id: the user's id inside the pool" in told
    assert "no password: the user's password" in told


def test_what_cannot_be_told_apart_is_named_together_with_what_would() -> None:
    """Neither A nor B is short here, so that both rules lack nothing but the sign bytes."""
    diagnosis = diagnose(USER.transcript(mistaken.signature(USER, "u-no-sign")))
    assert found(diagnosis) == {("u-no-sign",), ("u-fixed",)}
    assert diagnosis.tell_apart == "an exchange whose A is short: one in 512"
    short = CASES["A short"]
    diagnosis = diagnose(short.transcript(mistaken.signature(short, "u-no-sign")))
    assert found(diagnosis) == {("u-no-sign",)}
    assert diagnosis.tell_apart is None


@pytest.mark.slow
def test_of_many_that_cannot_be_told_apart_some_are_named() -> None:
    """Three rules for A and B, and three for the salt, come to the same here."""
    seen = mistaken.signature(USER, "u-no-sign", "salt-no-sign")
    diagnosis = diagnose(USER.transcript(seen))
    assert len(diagnosis.explanations) == 5
    assert "4 more explanations make the same signature." in diagnosis.advice
    assert ("salt-no-sign", "u-no-sign") in found(diagnosis)
    assert diagnosis.tell_apart is not None


def test_what_is_the_same_everywhere_is_told_apart_by_nothing() -> None:
    exchange = read_exchange(USER.transcript(mistaken.signature(USER, "s-no-u")))
    (cause,) = search(exchange).causes
    assert tell_apart(exchange, [cause, cause]) is None


def test_no_value_is_in_a_repr() -> None:
    exchange = read_exchange(USER.transcript(mistaken.signature(USER, "s-no-u")))
    (cause,) = search(exchange).causes
    assert repr(cause.values) == "<Values of an exchange>"
    for secret in (USER.password, f"{USER.a}", f"{cause.values.x}", f"{cause.values.s}"):
        assert secret not in repr(exchange)


# From the server's side.


def server(case: Case, signature: str, **more: object) -> dict[str, object]:
    """The transcript of one who has the server: b, and a verifier of the password."""
    transcript = case.transcript(signature)
    del transcript["a"]
    return {**transcript, "srp_a": f"{case.A:x}", "b": f"{0xB0B:x}", **more}


def with_honest_b(case: Case, k: int | None = None, *mistakes: str) -> Case:
    """The case with the SRP_B of a server that makes it of this k, and of x with these mistakes."""
    x = mistaken.values(case, *mistakes)["x"]
    assert isinstance(x, int)
    v = oracle.verifier(x)
    return replace(case, B=((k or oracle.k()) * v + oracle.power(2, 0xB0B)) % oracle.N)


HONEST = with_honest_b(USER)


def test_the_server_calls_a_right_signature_right() -> None:
    x = oracle.x(USER.group, USER.member, USER.password, int(USER.salt, 16))
    right = mistaken.signature(HONEST)
    for more in ({}, {"verifier": f"{oracle.verifier(x):x}"}, {"srp_b": None}):
        assert diagnose(server(HONEST, right, **more)).verdict == "right"


@pytest.mark.parametrize(
    "mistake",
    [
        *("u-no-sign", "u-b-first", "salt-of-key-no-sign", "s-no-sign", "s-hex-text"),
        *("s-no-ux", "s-no-u", "s-no-x", "s-swapped", "s-negative"),
        *("key-no-counter", "block-text", "time-day-zero", "pool-id-in-message", "form-hex"),
    ],
)
def test_what_goes_wrong_in_u_and_after_s_is_seen_from_the_server(mistake: str) -> None:
    for a in (FIRST_A, FIRST_A + 1):
        case = replace(HONEST, a=a)
        seen = mistaken.signature(case, mistake)
        if seen == mistaken.signature(case):
            continue
        verifier = {"verifier": f"{verifier_of(case):x}", "password": None}
        for more in ({}, verifier, {**verifier, "salt": None}):
            assert (mistake,) in found(diagnose(server(case, seen, **more)))


def verifier_of(case: Case) -> int:
    x = mistaken.values(case)["x"]
    assert isinstance(x, int)
    return oracle.verifier(x)


def test_what_goes_wrong_in_x_is_not_seen_from_the_server_and_a_would_decide() -> None:
    seen = mistaken.signature(HONEST, "pool-id")
    diagnosis = diagnose(server(HONEST, seen))
    assert diagnosis.verdict == "unknown"
    assert "a, the client's secret, would decide" in " ".join(diagnosis.advice)
    assert found(diagnose(HONEST.transcript(seen))) == {("pool-id",)}
    transcript = server(HONEST, seen, verifier=f"{verifier_of(HONEST):x}", password=None)
    assert "the password and a would decide" in " ".join(diagnose(transcript).advice)
    # What is made of a password that nobody knows is not counted as tried.
    suspects = hypotheses(read_exchange(transcript))
    assert all(suspect.steps.keys().isdisjoint(X_STEPS) for suspect in suspects)


@pytest.mark.parametrize(
    ("k", "mistakes"),
    [(None, ("pool-id",)), (None, ("salt-text",)), (3, ("k-3",)), (3, ("k-3", "u-no-sign"))],
)
def test_it_is_seen_where_the_server_makes_srp_b_with_the_same_mistake(
    k: int | None, mistakes: tuple[str, ...]
) -> None:
    case = with_honest_b(USER, k, *mistakes)
    diagnosis = diagnose(server(case, mistaken.signature(case, *mistakes)))
    assert tuple(sorted(mistakes)) in found(diagnosis)


# With the other code's own values.


def in_hex(value: int | bytes) -> str:
    return value.hex() if isinstance(value, bytes) else f"{value:x}"


def theirs(case: Case, names: str, *mistakes: str) -> dict[str, str]:
    made = mistaken.values(case, *mistakes)
    return {name: in_hex(made[name]) for name in names.split()}


def test_the_first_of_their_values_that_differs_is_shown() -> None:
    transcript = USER.transcript(mistaken.signature(USER, "k-3"))
    diagnosis = diagnose({**transcript, "theirs": theirs(USER, "k x u s key", "k-3")})
    first = diagnosis.first_difference
    assert first is not None
    assert (first.name, first.came) == ("k", "3")
    assert found(diagnosis) == {("k-3",)}


@pytest.mark.parametrize(
    ("mistake", "names"),
    [
        ("pool-id-in-x", "x"),
        ("salt-text", "x u"),
        ("u-hex-text", "u"),
        ("k-g-padded", "k"),
        ("s-no-u", "s"),
        ("key-no-counter", "key"),
        ("order-block-first", "message"),
    ],
)
def test_their_values_are_enough_without_a_signature(mistake: str, names: str) -> None:
    transcript = USER.transcript(None)
    for field in ("timestamp", "secret_block") if names != "message" else ():
        del transcript[field]
    given = theirs(USER, names, mistake)
    diagnosis = diagnose({**transcript, "theirs": given})
    assert (mistake,) in found(diagnosis)
    assert diagnosis.subject == f"theirs: {', '.join(names.split())}"
    right = diagnose({**transcript, "theirs": theirs(USER, names)})
    assert right.verdict == "right"


@pytest.mark.slow
def test_values_that_do_not_go_with_the_signature_explain_what_went_wrong_first() -> None:
    """Three mistakes: their x tells the first one."""
    mistakes = ("salt-text", "u-hex-text", "key-no-counter", "block-text")
    transcript = USER.transcript(mistaken.signature(USER, *mistakes))
    assert diagnose(transcript).verdict == "unknown"
    given = theirs(USER, "x u key", *mistakes)
    diagnosis = diagnose({**transcript, "theirs": given})
    assert found(diagnosis) == {("salt-text",)}
    assert "there is another mistake behind" in " ".join(diagnosis.advice)
    # And where that is not known either, nobody is blamed.
    diagnosis = diagnose({**transcript, "theirs": {**given, "x": "abc"}})
    assert (diagnosis.verdict, diagnosis.explanations) == ("unknown", ())
    first = diagnosis.first_difference
    assert first is not None
    assert (first.name, first.came) == ("x", "abc")


# TIMESTAMP.


@pytest.mark.parametrize(
    ("sent", "mistake"),
    [
        ("Tue Nov 03 17:05:09 UTC 2026", "time-day-zero"),
        ("Tue Nov  3 17:05:09 UTC 2026", "time-day-space"),
        ("Mon Nov 3 17:05:09 UTC 2026", "time-weekday"),
        ("Di Nov 3 17:05:09 UTC 2026", "time-language"),
        ("2026-11-03T17:05:09Z", "time-as-sent"),
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
    assert (mistake,) in found(diagnosis)


def test_what_the_pool_signs_is_right_however_it_was_sent() -> None:
    transcript = USER.transcript(mistaken.signature(USER))
    sent = {**transcript, "timestamp": "Mon Nov 03 17:05:09 UTC 2026"}
    assert diagnose(sent).verdict == "right"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tue Nov 31 17:05:09 UTC 2026",
        "Tue Xyz 3 17:05:09 UTC 2026",
        "Tue Nov 3 17:05:61 UTC 2026",
    ],
)
def test_a_timestamp_that_means_no_moment_can_be_diagnosed(text: str) -> None:
    key = mistaken.values(USER)["key"]
    assert isinstance(key, bytes)
    seen = oracle.signature(key, USER.group, USER.member, USER.secret_block, text)
    diagnosis = diagnose({**USER.transcript(seen), "timestamp": text})
    assert ("time-as-sent",) in found(diagnosis)


@pytest.mark.slow
@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_are_no_trap(year: int) -> None:
    moment = datetime(year, 1 if year == 1 else 12, 1 if year == 1 else 31, tzinfo=timezone.utc)
    case = replace(USER, moment=moment.replace(hour=0 if year == 1 else 23, second=30))
    diagnosis = diagnose(case.transcript(base64.b64encode(bytes(32)).decode()))
    assert diagnosis.verdict == "unknown"


@pytest.mark.slow
def test_it_is_the_same_on_the_plain_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """It computes on one core then, and its exponents of thousands of bits are made shorter."""
    plain_engine = modexp.load("plain")
    monkeypatch.setattr(modexp, "engine", lambda: plain_engine)
    case = CASES["a longer than N"]
    seen = mistaken.signature(case, "u-no-sign")
    assert ("u-no-sign",) in found(diagnose(case.transcript(seen)))
