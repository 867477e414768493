"""testing/config.py: a pool from a TOML file, and errors that say where a mistake is."""

import pytest
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID
from pool_calls import PUBLIC, TOTP_SECRET, begin, refusal

from srp_cognito.testing import CustomChallenge, Message
from srp_cognito.testing.config import make_pool, read

WHOLE = f"""
pool_id = "eu-west-1_Another"
remember_devices = "opt-in"
lockout = false
case_sensitive = false
required_mfa = ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]

[[app_clients]]
client_id = "{PUBLIC.client_id}"

[[app_clients]]
client_id = "{CLIENT_ID}"
client_secret = "{CLIENT_SECRET}"

[[users]]
username = "alice"
password = "{PASSWORD}"
aliases = ["alice@example.com"]
attributes = {{ email = "alice@example.com" }}
mfa = ["EMAIL_OTP"]
totp_secret = "{TOTP_SECRET}"
must_change_password = true
required_attributes = ["name"]
is_confirmed = false
is_enabled = false
must_reset_password = true

[[users.custom_challenges]]
parameters = {{ riddle = "1" }}
answer = "one"

[[users]]
username = "bob"
password = "{PASSWORD}"
"""
"""A file with every key that there is."""


def test_a_pool_has_all_that_the_file_says() -> None:
    pool = make_pool(read(WHOLE))
    assert pool.pool_id == "eu-west-1_Another"
    assert pool._account._asks_user
    assert not pool._challenges._lockout._is_on
    assert pool._challenges._required_mfa == ("SOFTWARE_TOKEN_MFA", "EMAIL_OTP")
    assert pool._directory.app({"ClientId": CLIENT_ID}).client_secret == CLIENT_SECRET
    alice = pool._directory.typed("Alice@Example.com")
    assert alice is pool._directory.user("alice")
    assert alice.attributes == {"email": "alice@example.com"}
    assert alice.factors == ("EMAIL_OTP", "SOFTWARE_TOKEN_MFA")
    assert (alice.totp_secret, alice.must_change_password) == (TOTP_SECRET, True)
    assert (alice.is_confirmed, alice.is_enabled, alice.must_reset_password) == (False, False, True)
    assert alice.required_attributes == ("name",)
    assert alice.custom_challenges == (CustomChallenge({"riddle": "1"}, "one"),)
    assert not pool._directory.user("bob").must_change_password


def test_a_pool_from_an_empty_file_is_the_default_one() -> None:
    pool = make_pool(read(""))
    assert pool.pool_id == POOL_ID
    assert not pool._directory._users


def test_codes_and_explanations_go_where_the_caller_says() -> None:
    said: list[str] = []
    sent: list[Message] = []
    text = WHOLE.replace("must_change_password = true", "").replace("totp_secret", "#")
    for state in ("is_confirmed", "is_enabled", "must_reset_password"):
        text = text.replace(state, "#")
    pool = make_pool(read(text), sent.append, said.append)
    mistaken = {"USERNAME": "bob", "SRP_A": "5", "SECRET_HASH": "x"}
    arguments = {"ClientId": CLIENT_ID, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": mistaken}
    refusal(pool, "InitiateAuth", **arguments)
    assert said[0].startswith("bob: SECRET_HASH ")
    begin(pool, "USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
    assert [message.destination for message in sent] == ["alice@example.com"]


ALICE = '[[users]]\nusername = "alice"\n'
WITH_PASSWORD = f'{ALICE}password = "x"\n'
CHALLENGES = "users.custom_challenges"
KEYS = (
    "pool_id, remember_devices, lockout, required_mfa, case_sensitive, relying_party,"
    " user_verification, passkeys_as_mfa, app_clients, users"
)
KEYS_OF_A_USER = (
    "username, password, aliases, attributes, mfa, totp_secret, must_change_password,"
    " required_attributes, custom_challenges, is_confirmed, is_enabled, must_reset_password"
)
KEYS_OF_A_CHALLENGE = "the keys are parameters, answer"
NOT_TABLES = f"users, number 1: {CHALLENGES} must be an array of tables: [[{CHALLENGES}]]"
MISTAKES = {
    "not TOML": ('pool_id = "x"\nusers = oops', "Invalid value (at line 2, column 9)"),
    "nested deeply": ("users = " + "[" * 100_000, "the arrays are nested too deeply"),
    "another key": (
        'region = "eu-west-1"',
        f"the settings: there is no 'region'; the keys are {KEYS}",
    ),
    "a number": ("pool_id = 5", "the settings: pool_id must be a str, not int"),
    "another word": (
        "remember_devices = true",
        "the settings: remember_devices must be one of never, always, opt-in",
    ),
    "a factor of all": (
        'required_mfa = "SMS_MFA"',
        "the settings: required_mfa must be an array: [...]",
    ),
    "no client id": ("[[app_clients]]", "app_clients, number 1: client_id is missing"),
    "no password": (ALICE, "users, number 1: password is missing"),
    "one table": ('[users]\nusername = "alice"', "users must be an array of tables: [[users]]"),
    "names": ('users = ["alice"]', "users must be an array of tables: [[users]]"),
    "another key of a user": (
        f"{WITH_PASSWORD}sms = true",
        f"users, number 1: there is no 'sms'; the keys are {KEYS_OF_A_USER}",
    ),
    "the same user": (
        WITH_PASSWORD + WITH_PASSWORD,
        "users, number 2: there is a user 'alice' already",
    ),
    "an alias": (
        f'{WITH_PASSWORD}aliases = "al"',
        "users, number 1: aliases must be an array: [...]",
    ),
    "a factor": (
        f'{WITH_PASSWORD}mfa = "SMS_MFA"',
        "users, number 1: mfa must be an array: [...]",
    ),
    "an attribute": (
        f'{WITH_PASSWORD}required_attributes = "name"',
        "users, number 1: required_attributes must be an array: [...]",
    ),
    "a riddle": (f'{WITH_PASSWORD}custom_challenges = "blue"', NOT_TABLES),
    "no answer": (
        f"{WITH_PASSWORD}custom_challenges = [{{parameters = {{}}}}]",
        f"users, number 1: {CHALLENGES}, number 1: answer is missing",
    ),
    "another key of a challenge": (
        f'{WITH_PASSWORD}custom_challenges = [{{riddle = "x", answer = "y"}}]',
        f"users, number 1: {CHALLENGES}, number 1: there is no 'riddle'; {KEYS_OF_A_CHALLENGE}",
    ),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_an_error_says_what_is_wrong_and_where(text: str, message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011, since the whole message is compared.
        make_pool(read(text))
    assert str(error.value) == message
