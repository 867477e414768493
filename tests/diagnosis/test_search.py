"""diagnosis/search.py: a mistake, or two together, are found by what they make, and no others."""

import secrets
from dataclasses import replace

import mistaken
import oracle
import pytest
from cases import CASES, DEVICE, FIRST_A, USER
from mistaken import Case

from srp_cognito import MalformedParameter
from srp_cognito.diagnosis.catalogue import CATALOGUE, FORM
from srp_cognito.diagnosis.exchange import read_exchange
from srp_cognito.diagnosis.search import (
    CHEAP_STEPS,
    X_STEPS,
    Result,
    Suspect,
    _Search,
    go_together,
    hypotheses,
    search,
)
from srp_cognito.wire import read_base64

MISTAKES = {mistake.id: mistake for mistakes in CATALOGUE.values() for mistake in mistakes}


def looked_for(transcript: dict[str, object]) -> Result:
    return search(read_exchange(transcript))


def ids(result: Result) -> set[tuple[str, ...]]:
    return {
        tuple(sorted(suspect.mistake.id for suspect in cause.suspects)) for cause in result.causes
    }


def test_a_right_signature_is_tried_first_and_nothing_else_is() -> None:
    result = looked_for(USER.transcript(mistaken.signature(USER)))
    assert result.is_right
    assert (ids(result), result.tried, result.is_undecided) == ({()}, 1, False)
    assert result.right == result.causes[0].values


@pytest.mark.parametrize(
    ("case", "mistakes"),
    [
        (USER, ("u-hex-text",)),
        (USER, ("pool-id",)),
        (USER, ("time-day-zero",)),
        (USER, ("form-hex",)),
        (USER, ("pool-id", "u-hex-text")),
        pytest.param(USER, ("colon-missing", "salt-no-sign"), marks=pytest.mark.slow),
        pytest.param(USER, ("block-text", "time-day-zero"), marks=pytest.mark.slow),
        pytest.param(USER, ("form-hex", "time-day-zero", "u-no-sign"), marks=pytest.mark.slow),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else "",
)
def test_mistakes_are_found_with_the_values_that_they_make(
    case: Case, mistakes: tuple[str, ...]
) -> None:
    """What else is found makes the same signature."""
    seen = mistaken.signature(case, *mistakes)
    result = looked_for(case.transcript(seen))
    assert tuple(each.partition(":")[0] for each in mistakes) in ids(result)
    assert not result.is_right
    right, wrong = mistaken.values(case), mistaken.values(case, *mistakes)
    assert result.right is not None
    assert {name: getattr(result.right, name) for name in right} == right
    for cause in result.causes:
        names = {suspect.mistake.id for suspect in cause.suspects}
        if not names & mistaken.FORMS.keys():
            assert mistaken.signature(case, *names) == seen
        if names == {*mistakes}:
            assert {name: getattr(cause.values, name) for name in wrong} == wrong


def test_a_detail_says_which_form_of_a_mistake_it_is() -> None:
    result = looked_for(USER.transcript(mistaken.signature(USER, "time-local:-300")))
    (cause,) = result.causes
    says = MISTAKES["time-local"].says
    assert cause.suspects[0].says == f"{says[:-1]} (UTC-05:00)."
    assert cause.suspects[0].named.says == cause.suspects[0].says
    assert Suspect(FORM[0], "", {}).says == FORM[0].says


def test_every_form_of_a_mistake_changes_something_here() -> None:
    exchange = read_exchange(USER.transcript(mistaken.signature(USER)))
    found = [suspect.mistake.id for suspect in hypotheses(exchange)]
    assert "password-lower" in found
    assert "password-trimmed" not in found
    assert "salt-minus-ignored" not in found
    assert not [each for each in found if each.startswith("device-")]


def test_two_mistakes_go_together_if_they_replace_no_step_twice() -> None:
    one, other = Suspect(FORM[0], "", {"k": 1}), Suspect(FORM[0], "", {"k": 2})
    third = Suspect(FORM[0], "", {"salt": b""})
    assert go_together()
    assert go_together(one)
    assert go_together(one, third)
    assert not go_together(one, third, other)


def test_a_rare_mistake_is_paired_only_where_that_costs_no_exponentiation() -> None:
    exchange = read_exchange(USER.transcript(mistaken.signature(USER)))
    suspects = {each.mistake.id: each for each in hypotheses(exchange)}
    rare = suspects["password-partial"]
    assert rare.mistake.is_rare
    for other in ("salt-text", "k-3", "u-b-first", "s-no-u", "alias", "no-sign"):
        assert not go_together(rare, suspects[other])
        assert not go_together(suspects[other], rare)
        assert go_together(suspects["password-newline"], suspects[other])
    for other in ("s-hex-text", "key-no-counter", "block-text", "time-day-zero"):
        assert go_together(rare, suspects[other])
        assert go_together(suspects[other], rare)


@pytest.mark.parametrize(("a", "most"), [(1 << 1024, 1), ((1 << 1024) - 1, 2)])
def test_with_a_long_a_every_pair_shares_the_s_of_one_of_the_two(a: int, most: int) -> None:
    looking = _Search(read_exchange(replace(USER, a=a).transcript("x" * 43 + "=")))
    costly = [
        sum(not each.steps.keys() <= CHEAP_STEPS for each in pair) for pair in looking._possible(2)
    ]
    assert max(costly) == most
    assert len(list(looking._possible(1))) > 100


@pytest.mark.slow
@pytest.mark.parametrize("password", ["Secret-123", "P@$$w0rd #1!\"x\\y'&<b>%41+ z{a}^;:/=?"])
def test_a_search_that_finds_nothing_is_bounded_in_exponentiations(
    password: str, spent: list[int]
) -> None:
    """Before there were rules for passwords it took some 1,200 of S and some 330 of a verifier."""
    case = replace(USER, password=password)
    assert looked_for(case.transcript("x" * 43 + "=")).causes == ()
    assert 1000 < len(spent) < 1600


@pytest.mark.slow
def test_random_signatures_are_never_blamed_on_a_mistake() -> None:
    """Thousands, against every mistake alone and in pairs: that is 250 million hypotheses."""
    # One search compares all its hypotheses with one signature, so many are put into one.
    seen = {secrets.token_bytes(32) for _ in range(5000)}

    class AnyOfThem(bytes):
        def __eq__(self, other: object) -> bool:
            return other in seen

        __hash__ = bytes.__hash__

    right = mistaken.signature(USER, "time-day-zero")
    looking = _Search(read_exchange(USER.transcript(right)))
    looking._seen = AnyOfThem()
    assert looking.run().causes == ()
    seen.add(read_base64(right, "signature"))
    looking = _Search(read_exchange(USER.transcript(right)))
    looking._seen = AnyOfThem()
    assert len(looking.run().causes) == 1


@pytest.mark.parametrize(
    ("case", "fields"),
    [
        (USER, ("username", "sub", "client_id")),
        (DEVICE, ("user_id", "username", "pool_id", "password")),
    ],
    ids=["user", "device"],
)
def test_the_fields_are_named_for_want_of_which_something_was_not_tried(
    case: Case, fields: tuple[str, ...]
) -> None:
    transcript = case.transcript(mistaken.signature(case))
    assert looked_for(transcript).lacking == ()
    for field in fields:
        del transcript[field]
    # A user's own pool id is a part of the transcript.
    assert looked_for(transcript).lacking == fields


@pytest.mark.parametrize(
    ("case", "form", "detail"),
    [
        ("A of an odd number of digits", "both", "only of A"),
        ("A of an odd number of digits", "A", "only of A"),
        ("B of an odd number of digits", "both", "only of B"),
        ("B of an odd number of digits", "B", "only of B"),
        ("A and B of an odd number of digits", "B", "only of B"),
        ("A and B of an odd number of digits", "A", "only of A"),
        ("A and B of an odd number of digits", "both", "of both"),
    ],
)
def test_it_is_said_which_of_a_and_b_lost_a_digit_before_u(
    case: str, form: str, detail: str
) -> None:
    result = looked_for(
        CASES[case].transcript(mistaken.signature(CASES[case], f"u-odd-digit:{form}"))
    )
    assert [each.suspects[0].mistake.id for each in result.causes] == ["u-odd-digit"]
    assert result.causes[0].suspects[0].detail == detail


def test_a_digit_that_only_b_lost_is_found_anywhere_with_their_u(spent: list[int]) -> None:
    """And for the others, no exponentiation is made."""
    digits = f"{USER.B:x}"
    place = next(at for at in range(300, 400) if digits[at - 1] != digits[at - 2])
    mistake = f"b-digit-lost:at {place}"
    transcript = USER.transcript(mistaken.signature(USER, mistake))
    result = looked_for({**transcript, "theirs": theirs(USER, "u", mistake)})
    (cause,) = result.causes
    assert cause.suspects[0].says.endswith(f"(digit {place}).")
    assert len(spent) < 20


def test_what_is_not_a_signature_is_refused_before_anything_is_tried() -> None:
    with pytest.raises(MalformedParameter, match="PASSWORD_CLAIM_SIGNATURE is not 32 bytes"):
        looked_for(USER.transcript("c2lnbmVk"))


# From the server's side.


def as_server(case: Case, signature: str, **more: object) -> dict[str, object]:
    """Return what is known to someone who has the server: b, and a verifier or the password."""
    transcript = case.transcript(signature)
    del transcript["a"]
    return {**transcript, "srp_a": f"{case.A:x}", "b": f"{0xB0B:x}", **more}


def with_honest_b(case: Case, k: int | None = None, *mistakes: str) -> Case:
    """Return the case with the SRP_B of a server that has this k, and an x with these mistakes."""
    x = mistaken.values(case, *mistakes)["x"]
    assert isinstance(x, int)
    v = oracle.verifier(x)
    return replace(case, B=((k or oracle.k()) * v + oracle.power(2, 0xB0B)) % oracle.N)


HONEST = with_honest_b(USER)


@pytest.mark.parametrize(
    "mistake",
    [
        *("u-no-sign", "u-b-first", "salt-of-key-no-sign", "s-no-sign", "s-hex-text"),
        *("s-no-ux", "s-no-u", "s-no-x", "s-swapped", "s-negative"),
        *("key-no-counter", "block-text", "time-day-zero", "pool-id-in-message", "form-hex"),
    ],
)
def test_what_goes_wrong_in_u_and_after_s_is_seen_from_the_server(mistake: str) -> None:
    verifier = {"verifier": f"{verifier_of(USER):x}", "password": None}
    for a in (FIRST_A, FIRST_A + 1):
        case = replace(HONEST, a=a)
        seen = mistaken.signature(case, mistake)
        if seen != mistaken.signature(case):
            for more in ({}, verifier, {**verifier, "salt": None}):
                assert (mistake,) in ids(looked_for(as_server(case, seen, **more)))
            return
    pytest.fail("neither exchange shows this mistake")


def verifier_of(case: Case) -> int:
    x = mistaken.values(case)["x"]
    assert isinstance(x, int)
    return oracle.verifier(x)


def test_what_goes_wrong_in_x_is_not_seen_from_the_server() -> None:
    seen = mistaken.signature(HONEST, "pool-id")
    assert ("pool-id",) in ids(looked_for(HONEST.transcript(seen)))
    result = looked_for(as_server(HONEST, seen))
    assert result.causes == ()
    assert result.is_undecided
    # Nothing that concerns x is tried without the password.
    known = {"verifier": f"{verifier_of(HONEST):x}", "password": None}
    suspects = hypotheses(read_exchange(as_server(HONEST, seen, **known)))
    assert all(suspect.steps.keys().isdisjoint(X_STEPS) for suspect in suspects)


@pytest.mark.parametrize(
    ("k", "mistakes"),
    [(None, ("pool-id",)), (None, ("salt-text",)), (3, ("k-3",)), (3, ("k-3", "u-no-sign"))],
)
def test_it_is_seen_if_the_server_makes_srp_b_with_the_same_mistake(
    k: int | None, mistakes: tuple[str, ...]
) -> None:
    case = with_honest_b(USER, k, *mistakes)
    result = looked_for(as_server(case, mistaken.signature(case, *mistakes)))
    assert tuple(sorted(mistakes)) in ids(result)


# With the other code's own values.


def in_hex(value: int | bytes) -> str:
    return value.hex() if isinstance(value, bytes) else f"{value:x}"


def theirs(case: Case, names: str, *mistakes: str) -> dict[str, str]:
    made = mistaken.values(case, *mistakes)
    return {name: in_hex(made[name]) for name in names.split()}


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
    """And each of them is compared: the same mistake makes no other value."""
    transcript = USER.transcript(None)
    for field in ("timestamp", "secret_block") if names != "message" else ():
        del transcript[field]
    found = ids(looked_for({**transcript, "theirs": theirs(USER, names, mistake)}))
    assert (mistake,) in found
    assert len(found) < 5
    assert looked_for({**transcript, "theirs": theirs(USER, names)}).is_right


def test_their_values_and_the_signature_must_both_fit() -> None:
    transcript = USER.transcript(mistaken.signature(USER, "u-no-sign"))
    result = looked_for({**transcript, "theirs": theirs(USER, "k x", "u-no-sign")})
    assert ids(result) == {("u-no-sign",), ("u-fixed",)}
