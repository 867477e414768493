"""app_client.py: SECRET_HASH is over the name of the same call."""

import dataclasses
import hmac
from typing import Any

import oracle
import pytest
from arguments import assert_hidden
from hypothesis import given
from hypothesis import strategies as st

from srp_cognito import AppClient, IllegalParameter, MalformedParameter, secret_hash
from srp_cognito.given import expect

TEXT = st.text(st.characters(exclude_categories=("Cs",)))


@given(TEXT, TEXT, TEXT)
def test_secret_hash_agrees_with_the_oracle(username: str, client_id: str, secret: str) -> None:
    expected = oracle.secret_hash(username, client_id, secret)
    assert secret_hash(username, client_id, secret) == expected


@pytest.mark.parametrize("position", range(3))
def test_secret_hash_refuses_bytes_and_lone_surrogates(position: int) -> None:
    for bad, error in ((b"alice", TypeError), (None, TypeError), ("\ud800", ValueError)):
        arguments: list[object] = ["alice", "1example", "sekrit"]
        arguments[position] = bad
        with pytest.raises(error, match="username|client_id|client_secret"):
            secret_hash(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("empty", ["client_id", "client_secret"])
def test_an_empty_id_or_secret_is_refused_since_it_is_an_unset_variable(empty: str) -> None:
    fields = {"client_id": "1example", "client_secret": "sekrit", empty: ""}
    with pytest.raises(ValueError, match=f"{empty} is empty"):
        AppClient(**fields)


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
def test_white_space_around_an_id_or_secret_is_refused_since_it_is_a_line_end(name: str) -> None:
    fields = {"client_id": "1example", "client_secret": "sekrit", name: "value\n"}
    with pytest.raises(ValueError, match=f"{name} begins or ends with white space"):
        AppClient(**fields)


def test_an_app_client_does_not_show_its_secret_and_cannot_be_changed() -> None:
    app = AppClient("1example", "sekrit")
    assert repr(app) == "AppClient(client_id='1example')"
    with pytest.raises(dataclasses.FrozenInstanceError):
        app.client_secret = "another"  # type: ignore[misc]


def test_the_hash_is_over_the_user_name_of_the_same_call() -> None:
    app = AppClient("1example", "sekrit")
    sent = app.with_secret_hash({"USERNAME": "alice"})
    assert sent == {
        "USERNAME": "alice",
        "SECRET_HASH": oracle.secret_hash("alice", "1example", "sekrit"),
    }
    app.check_secret_hash(sent)


def test_an_app_client_without_a_secret_neither_makes_nor_checks_a_hash() -> None:
    app = AppClient("1example")
    assert app.with_secret_hash({"USERNAME": "alice"}) == {"USERNAME": "alice"}
    app.check_secret_hash({})


def test_a_hash_over_another_name_is_refused() -> None:
    app = AppClient("1example", "sekrit")
    hashed = oracle.secret_hash("alice@example.com", "1example", "sekrit")
    with pytest.raises(IllegalParameter, match="^SECRET_HASH is not ") as caught:
        app.check_secret_hash({"USERNAME": "alice", "SECRET_HASH": hashed})
    assert caught.value.name == "SECRET_HASH"


def test_the_hash_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def compare(*texts: bytes) -> bool:
        compared.append(texts)
        return hmac_compare(*texts)

    hmac_compare = hmac.compare_digest
    monkeypatch.setattr("hmac.compare_digest", compare)
    right = oracle.secret_hash("alice", "1example", "sekrit")
    app = AppClient("1example", "sekrit")
    app.check_secret_hash({"USERNAME": "alice", "SECRET_HASH": right})
    with pytest.raises(IllegalParameter):
        app.check_secret_hash({"USERNAME": "alice", "SECRET_HASH": "wrong"})
    assert compared == [(right.encode(), right.encode()), (b"wrong", right.encode())]


@pytest.mark.parametrize("missing", ["USERNAME", "SECRET_HASH"])
def test_a_missing_hash_or_name_is_malformed(missing: str) -> None:
    parameters = {"USERNAME": "alice", "SECRET_HASH": "x"}
    del parameters[missing]
    with pytest.raises(MalformedParameter) as caught:
        AppClient("1example", "sekrit").check_secret_hash(parameters)
    assert caught.value.name == missing


@pytest.mark.parametrize("app", [AppClient("1example"), AppClient("1example", "sekrit")])
def test_parameters_without_a_user_name_are_the_callers_mistake(app: AppClient) -> None:
    with pytest.raises(ValueError, match="there is no USERNAME"):
        app.with_secret_hash({"SRP_A": "2"})


@pytest.mark.parametrize("app", [AppClient("1example"), AppClient("1example", "sekrit")])
def test_the_parameters_that_are_passed_in_stay_as_they_are(app: AppClient) -> None:
    parameters = {"USERNAME": "alice"}
    app.with_secret_hash(parameters)["USERNAME"] = "bob"
    assert parameters == {"USERNAME": "alice"}


def test_the_checking_side_accepts_each_secret_while_one_replaces_the_other() -> None:
    app = AppClient("1example", "new", ("old", "older"))
    for secret in ("new", "old", "older"):
        hashed = oracle.secret_hash("alice", "1example", secret)
        app.check_secret_hash({"USERNAME": "alice", "SECRET_HASH": hashed})
        app.check_client_secret(secret)
    assert app.secret_hash("alice") == oracle.secret_hash("alice", "1example", "new")
    hashed = oracle.secret_hash("alice", "1example", "hunter2")
    with pytest.raises(IllegalParameter, match="^SECRET_HASH is not the hash"):
        app.check_secret_hash({"USERNAME": "alice", "SECRET_HASH": hashed})
    for wrong in ("hunter2", "", "new ", "\u00fc"):
        with pytest.raises(
            IllegalParameter, match="^ClientSecret is not a secret of this"
        ) as caught:
            app.check_client_secret(wrong)
        assert_hidden(caught.value, "hunter2")
    for missing in (None, 5):
        with pytest.raises(MalformedParameter) as malformed:
            app.check_client_secret(missing)
        assert malformed.value.name == "ClientSecret"
    AppClient("1example").check_client_secret(None)
    assert "old" not in repr(app)


@pytest.mark.parametrize(
    ("secret", "others", "error", "says"),
    [
        (None, ("old",), ValueError, "other_secrets go with a client_secret"),
        ("new", ["old"], TypeError, "other_secrets must be a tuple, not list"),
        ("new", "old", TypeError, "other_secrets must be a tuple, not str"),
        ("new", ("",), ValueError, "a secret in other_secrets is empty"),
        ("new", ("old\n",), ValueError, "a secret in other_secrets begins or ends with white"),
        ("new", (b"old",), TypeError, "a secret in other_secrets must be a str, not bytes"),
    ],
)
def test_other_secrets_are_checked(
    secret: str | None, others: Any, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=f"^{says}"):
        AppClient("1example", secret, others)


def test_an_empty_secret_says_what_to_do_about_it() -> None:
    with pytest.raises(ValueError, match="leave it out for an app client that has no secret"):
        AppClient("1example", "")


def test_a_secret_that_is_not_text_is_refused_without_being_shown() -> None:
    bad: Any = b"hunter2"
    with pytest.raises(TypeError, match="^client_secret must be a str, not bytes$") as caught:
        AppClient("1example", bad)
    assert_hidden(caught.value, "hunter2")
    with pytest.raises(ValueError, match="^client_secret holds a lone surrogate") as refused:
        AppClient("1example", "hunter2\ud800")
    assert_hidden(refused.value, "hunter2")


@given(TEXT)
def test_an_app_client_makes_the_hash_of_any_name(username: str) -> None:
    expected = oracle.secret_hash(username, "1example", "sekrit")
    assert AppClient("1example", "sekrit").secret_hash(username) == expected
    assert AppClient("1example").secret_hash(username) is None


def test_the_hash_of_what_is_not_a_name_is_refused() -> None:
    app = AppClient("1example", "sekrit")
    bad: Any = 5
    with pytest.raises(TypeError, match="^username must be a str, not int$"):
        app.secret_hash(bad)
    with pytest.raises(ValueError, match="^username holds a lone surrogate"):
        app.with_secret_hash({"USERNAME": "\ud800"})


def test_a_hash_that_was_there_is_made_anew() -> None:
    sent = AppClient("1example", "sekrit").with_secret_hash({"USERNAME": "a", "SECRET_HASH": "x"})
    assert sent["SECRET_HASH"] == oracle.secret_hash("a", "1example", "sekrit")


@pytest.mark.parametrize("sent", ["", "\u00e9", 5, "\ud800"])
def test_a_hash_of_any_other_form_is_the_peers_mistake(sent: object) -> None:
    with pytest.raises((MalformedParameter, IllegalParameter)) as caught:
        AppClient("1example", "sekrit").check_secret_hash({"USERNAME": "a", "SECRET_HASH": sent})
    assert caught.value.name == "SECRET_HASH"


@pytest.mark.parametrize("app", ["1example", None, {"client_id": "1example"}], ids=repr)
def test_what_is_not_an_app_client_is_named_by_its_type(app: object) -> None:
    with pytest.raises(TypeError, match=f"^app must be an AppClient, not {type(app).__name__}$"):
        expect(app, AppClient, "app")


def test_an_app_client_passes_as_itself() -> None:
    app = AppClient("1example")
    assert expect(app, AppClient, "app") is app


def test_a_user_name_is_checked_also_where_no_hash_is_made_of_it() -> None:
    with pytest.raises(TypeError, match="^username must be a str, not int$"):
        AppClient("1example").with_secret_hash({"USERNAME": 5})
