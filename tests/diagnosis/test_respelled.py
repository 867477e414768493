"""diagnosis/respelled.py: what the ways of a password make of it, against literal values."""

from dataclasses import replace

import mistaken
import pytest
from cases import USER, found
from changed import CHANGED, arrived

from srp_cognito.diagnosis import diagnose
from srp_cognito.diagnosis.catalogue.password import PASSWORD
from srp_cognito.diagnosis.exchange import Exchange, read_exchange
from srp_cognito.diagnosis.search import distinct, hypotheses

BY_ID = {mistake.id: mistake for mistake in PASSWORD}
IN_MANY_FORMS = ("password-cut", "password-shortened")
NASTY = (
    "".join(map(chr, range(0x21, 0x7F))),
    "P@$$w0rd #1!\"x\\y'&<b>%41+ z{a}^;:/=?",
    "  $HOME ${HOME:-x} $$ !! `id` %PATH% \r\n",
    "\N{LATIN SMALL LETTER A WITH DIAERESIS}\N{EURO SIGN}\N{GRINNING FACE}",
    "".join(map(chr, range(0x2500, 0x2600))),
    "a" * 2048,
    "\N{GRINNING FACE}" * 2048,
    "${" * 1024,
    "\\" * 2048,
    "<" * 2048,
    "9" * 2048,
    "\0",
    "",
)


def exchange_with(password: str) -> Exchange:
    case = replace(USER, password=password)
    return read_exchange(case.transcript(mistaken.signature(case)))


def forms(password: str) -> dict[str, bytes]:
    """Return what all rules make of a password, by id and form."""
    exchange = exchange_with(password)
    made: dict[str, bytes] = {}
    for mistake in PASSWORD:
        for change in mistake.changes(exchange):
            octets = change.steps["password"]
            assert isinstance(octets, bytes)
            made[f"{mistake.id}:{change.detail}"] = octets
    return made


@pytest.mark.parametrize("mistake", CHANGED)
def test_a_rule_makes_what_arrived_of_the_password(mistake: str) -> None:
    given, _ = CHANGED[mistake]
    assert arrived(mistake) != given.encode()
    assert forms(given)[mistake] == arrived(mistake)


def test_every_form_of_a_rule_is_tried_with_a_literal_value() -> None:
    made = {name for given, _ in CHANGED.values() for name in forms(given)}
    counted = {each for each in made if each.startswith(IN_MANY_FORMS) or each.endswith(":")}
    assert made - counted == CHANGED.keys() - counted


@pytest.mark.parametrize(
    "mistake",
    [
        "password-dollar:cut at the first $",
        "password-space-added:a no-break space at its end",
        "password-shortened:after 72 bytes",
        "password-encoding:Windows-1252",
        "password-percent-decoded:each %XX read as a byte",
        "password-name:what the person typed",
    ],
)
def test_a_claim_with_the_password_that_arrived_is_explained(mistake: str) -> None:
    case = replace(USER, password=CHANGED[mistake][0])
    diagnosis = diagnose(case.transcript(mistaken.signature(case, mistake)))
    name, _, form = mistake.partition(":")
    assert (name,) in found(diagnosis)
    assert any(f"({form})." in each.says for (each,) in diagnosis.explanations)
    assert diagnosis.first_difference is not None
    assert diagnosis.first_difference.name == "password"


@pytest.mark.parametrize(
    ("password", "used", "says"),
    [
        ("e\N{COMBINING ACUTE ACCENT}", "\N{LATIN SMALL LETTER E WITH ACUTE}", {"NFC"}),
        ("abc  ", "abc", {"White space at the ends"}),
        ("\N{LATIN SMALL LETTER A WITH DIAERESIS}", b"\xe4", {"Latin-1"}),
    ],
)
def test_one_cause_is_named_once(password: str, used: str | bytes, says: set[str]) -> None:
    """NFC and NFKC are the same here, and so are trimming at both ends and at one."""
    octets = used if isinstance(used, bytes) else used.encode()
    suspects = list(distinct(exchange_with(password)))
    named = [each.says for each in suspects if each.steps.get("password") == octets]
    assert len([each for each in named if any(part in each for part in says)]) == 1
    remedies = [each.mistake.remedy for each in suspects if each.steps.get("password") == octets]
    assert len(remedies) == len(set(remedies))


@pytest.mark.parametrize("password", NASTY, ids=lambda each: ascii(each[:12]))
def test_a_right_claim_is_right_whatever_the_password(password: str) -> None:
    case = replace(USER, password=password)
    diagnosis = diagnose(case.transcript(mistaken.signature(case)))
    assert (diagnosis.verdict, diagnosis.tried) == ("right", 1)
    suspects = list(hypotheses(exchange_with(password)))
    assert not [each for each in suspects if each.steps.get("password") == password.encode()]


@pytest.mark.parametrize("password", NASTY, ids=lambda each: ascii(each[:12]))
def test_no_password_costs_more_than_some_exponentiations(password: str) -> None:
    """Each other password costs two: its verifier, and S."""
    made = {each.steps.get("password") for each in hypotheses(exchange_with(password))}
    assert len(made) <= 200
    assert sum(len(each) for each in made if isinstance(each, bytes)) < 3_000_000


def test_rare_mistakes_come_last() -> None:
    """So that the trials of a pool begin with the likely ones."""
    tried = [each.mistake.is_rare for each in hypotheses(exchange_with("abc"))]
    assert tried == sorted(tried)
    assert True in tried


def test_no_password_is_guessed_without_one() -> None:
    transcript = USER.transcript(None)
    for field in ("a", "password", "salt"):
        del transcript[field]
    exchange = read_exchange(
        {**transcript, "b": "3", "srp_a": "5", "verifier": "7", "theirs": {"k": "1"}}
    )
    assert [change for mistake in PASSWORD for change in mistake.changes(exchange)] == []
