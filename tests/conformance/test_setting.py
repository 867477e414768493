"""setting.py: what there is of a pool, read from TOML, and names that are hidden."""

import pytest

from srp_cognito import AppClient, InputError
from srp_cognito.conformance import Person, Setting, read_setting

POOL = 'pool_id = "eu-west-1_Example"\n'


def test_a_setting_has_what_the_file_has() -> None:
    setting = read_setting(
        POOL
        + """
        features = ["devices", "http"]
        [apps.secret]
        client_id = "3example"
        client_secret = "sekrit"
        [people.totp]
        username = "carol"
        password = "correct horse"
        totp_secret = "GEZDGNBVGY3TQOJQ"
        """
    )
    assert setting == Setting(
        "eu-west-1_Example",
        {"secret": AppClient("3example", "sekrit")},
        {"totp": Person("carol", "correct horse", totp_secret="GEZDGNBVGY3TQOJQ")},
        frozenset({"devices", "http"}),
    )


def test_a_password_that_the_file_leaves_out_is_asked_for() -> None:
    asked = []

    def ask(role: str) -> str:
        asked.append(role)
        return "typed"

    text = POOL + '[people.plain]\nusername = "a"\n[people.totp]\nusername = "b"\npassword = "c"\n'
    people = read_setting(text, ask).people
    assert (people["plain"].password, people["totp"].password) == ("typed", "c")
    assert asked == ["plain"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("pool_id = ", "is not TOML"),
        ("a = " + "[" * 5000, "is not TOML"),
        ("", "must not be empty|is empty"),
        ('pool_id = "no pool"', "cannot be used: pool_id"),
        ("pool_id = 5", "cannot be used: pool_id"),
        (POOL + "colour = 1", "must not have 'colour'; it may have pool_id, features, apps"),
        (POOL + 'features = ["fast"]', "features must not have 'fast'; it may have devices"),
        (POOL + '[apps.fast]\nclient_id = "1"', "apps must not have 'fast'"),
        (POOL + '[people.fast]\nusername = "a"', "people must not have 'fast'"),
        (POOL + '[apps]\nplain = "1"', r"apps\.plain must be a dict, not str"),
        (POOL + '[apps.plain]\nclient = "1"', r"apps\.plain must not have 'client'; it may have"),
        (POOL + '[apps.plain]\nclient_secret = "1"', r"apps\.plain needs client_id"),
        (POOL + "[apps.plain]\nclient_id = 1", r"apps\.plain\.client_id must be a str, not int"),
        (POOL + '[people.plain]\nusername = "a"', r"people\.plain needs password"),
        (POOL + '[people.plain]\npassword = "a"', r"people\.plain needs username"),
        (
            POOL + '[people.plain]\nusername = "a"\npassword = 5',
            r"people\.plain\.password must be a str, not int",
        ),
        (
            POOL + '[people.totp]\nusername = "a"\npassword = "b"\ntotp_secret = "1"',
            "totp_secret is not base32",
        ),
    ],
)
def test_a_slip_in_the_file_is_an_error_that_says_where(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_setting(text)


def test_names_and_secrets_are_hidden_in_what_is_reported() -> None:
    setting = Setting(
        "eu-west-1_Example",
        {"plain": AppClient("1example"), "secret": AppClient("3example", "sekrit")},
        {"alias": Person("alice", "pass word", "alice@example.com", "GEZ", "blue")},
        frozenset(),
    )
    text = "eu-west-1_Example 1example 3example sekrit alice alice@example.com pass word GEZ malice"
    assert setting.without_names(text) == (
        "POOL_ID CLIENT_ID CLIENT_ID CLIENT_SECRET USERNAME ALIAS PASSWORD TOTP_SECRET malice"
    )
    # A pool in which case does not count may write a name in its own way.
    assert setting.without_names("ALICE blue ALICE@EXAMPLE.COM") == "USERNAME ANSWER ALIAS"


def test_no_repr_shows_a_secret() -> None:
    person = Person("alice", "correct horse", totp_secret="GEZ", answer="blue")
    assert repr(person) == "Person(username='alice', alias=None)"
