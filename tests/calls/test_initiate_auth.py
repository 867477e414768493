"""initiate_auth.py: every flow, as botocore sends it."""

import typing
from collections.abc import Callable
from typing import Any

import oracle
import pytest
from arguments import APPS, CONTEXTS, IDENTIFIER, NONEMPTY, SESSION, assert_hidden, assert_only_text
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import judge
from peers import CLIENT_ID, CLIENT_SECRET, DEVICE_KEY

from srp_cognito import AppClient, Context, InputError, StepUp, initiate_auth
from srp_cognito.calls.arguments import AuthFlow
from srp_cognito.calls.challenges import FirstFactor

APP = AppClient(CLIENT_ID, CLIENT_SECRET)
ALIAS = "alice@example.com"
A_SESSION = "a session of twenty characters or more"
CONTEXT = Context(client_metadata={"tenant": "blue"})

Build = Callable[..., initiate_auth.InitiateCall]

FLOWS: list[tuple[str, Build, dict[str, str]]] = [
    (
        "USER_SRP_AUTH",
        lambda app, **more: initiate_auth.user_srp_auth(app, ALIAS, "0a1", **more),
        {"USERNAME": ALIAS, "SRP_A": "0a1"},
    ),
    (
        "USER_AUTH",
        lambda app, **more: initiate_auth.user_auth(app, ALIAS, **more),
        {"USERNAME": ALIAS},
    ),
    (
        "USER_AUTH",
        lambda app, **more: initiate_auth.user_auth(
            app, ALIAS, preferred_challenge="PASSWORD_SRP", srp_a="0a1", **more
        ),
        {"USERNAME": ALIAS, "PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": "0a1"},
    ),
    (
        "USER_AUTH",
        lambda app, **more: initiate_auth.user_auth(
            app, ALIAS, preferred_challenge="PASSWORD", password=" p ", **more
        ),
        {"USERNAME": ALIAS, "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": " p "},
    ),
    (
        "USER_AUTH",
        lambda app, **more: initiate_auth.user_auth(
            app, ALIAS, preferred_challenge="WEB_AUTHN", **more
        ),
        {"USERNAME": ALIAS, "PREFERRED_CHALLENGE": "WEB_AUTHN"},
    ),
    (
        "CUSTOM_AUTH",
        lambda app, **more: initiate_auth.custom_auth(app, ALIAS, **more),
        {"USERNAME": ALIAS},
    ),
    (
        "CUSTOM_AUTH",
        lambda app, **more: initiate_auth.custom_auth(app, ALIAS, srp_a="0a1", **more),
        {"USERNAME": ALIAS, "CHALLENGE_NAME": "SRP_A", "SRP_A": "0a1"},
    ),
    (
        "USER_AUTH",
        lambda app, **more: initiate_auth.user_auth(
            app,
            ALIAS,
            step_up=initiate_auth.StepUp(["urn:a", "urn:b"], max_age=0, access_token="token"),
            **more,
        ),
        {
            "USERNAME": ALIAS,
            "TARGET_ACR_VALUES": "urn:a urn:b",
            "MAX_AGE": "0",
            "ACCESS_TOKEN": "token",
        },
    ),
    (
        "USER_PASSWORD_AUTH",
        lambda app, **more: initiate_auth.user_password_auth(app, ALIAS, " p ", **more),
        {"USERNAME": ALIAS, "PASSWORD": " p "},
    ),
    (
        "ADMIN_USER_PASSWORD_AUTH",
        lambda app, **more: initiate_auth.admin_user_password_auth(app, ALIAS, " p ", **more),
        {"USERNAME": ALIAS, "PASSWORD": " p "},
    ),
    (
        "REFRESH_TOKEN_AUTH",
        lambda app, **more: initiate_auth.refresh_token_auth(app, ALIAS, "token", **more),
        {"REFRESH_TOKEN": "token"},
    ),
]
IDS = [f"{flow}-{'-'.join(expected)}" for flow, _, expected in FLOWS]


def test_every_flow_has_a_builder_of_its_name() -> None:
    assert {flow for flow, _, _ in FLOWS} == set(typing.get_args(AuthFlow))
    for flow in typing.get_args(AuthFlow):
        assert flow.lower() in initiate_auth.__all__


@pytest.mark.parametrize(("flow", "build", "expected"), FLOWS, ids=IDS)
def test_a_flow_sends_the_hash_over_its_name_the_device_and_the_context(
    flow: str, build: Build, expected: dict[str, str]
) -> None:
    call = build(APP, device_key=DEVICE_KEY, context=CONTEXT)
    assert call.operation == "InitiateAuth"
    assert call.arguments == {
        "AuthFlow": flow,
        "ClientId": CLIENT_ID,
        "AuthParameters": {
            **expected,
            "DEVICE_KEY": DEVICE_KEY,
            "SECRET_HASH": oracle.secret_hash(ALIAS, CLIENT_ID, CLIENT_SECRET),
        },
        "ClientMetadata": {"tenant": "blue"},
    }
    judge(call, APP, username=ALIAS)


@pytest.mark.parametrize(("flow", "build", "expected"), FLOWS, ids=IDS)
def test_a_flow_makes_nothing_up(flow: str, build: Build, expected: dict[str, str]) -> None:
    app = AppClient(CLIENT_ID)
    call = build(app)
    assert call.arguments == {
        "AuthFlow": flow,
        "ClientId": CLIENT_ID,
        "AuthParameters": expected,
    }
    judge(call, app, username=ALIAS)


def test_a_sign_in_can_continue_with_the_session_of_a_confirmed_sign_up() -> None:
    call = initiate_auth.user_auth(APP, "alice", session=A_SESSION)
    assert call.arguments["Session"] == A_SESSION
    judge(call, APP)


def test_tokens_are_refreshed_with_the_hash_of_a_name_that_is_not_sent() -> None:
    call = initiate_auth.refresh_token_auth(APP, "a2c2e290", "token")
    assert call.arguments["AuthParameters"] == {
        "REFRESH_TOKEN": "token",
        "SECRET_HASH": oracle.secret_hash("a2c2e290", CLIENT_ID, CLIENT_SECRET),
    }


def test_a_step_up_makes_nothing_up() -> None:
    call = initiate_auth.user_auth(APP, "alice", step_up=StepUp(("urn:a",)))
    parameters = call.arguments["AuthParameters"]
    assert parameters["TARGET_ACR_VALUES"] == "urn:a"
    assert not parameters.keys() & {"MAX_AGE", "ACCESS_TOKEN"}
    assert "secret" not in repr(StepUp(["urn:a"], access_token="secret"))


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"target_acr_values": "urn:a"}, TypeError, "must be a list of str, not a str"),
        ({"target_acr_values": []}, ValueError, "must name a level"),
        ({"target_acr_values": ["urn:a urn:b"]}, ValueError, "must have no white space in it"),
        ({"target_acr_values": [""]}, ValueError, "a level is empty"),
        ({"target_acr_values": [5]}, TypeError, "a level must be a str, not int"),
        ({"target_acr_values": ["urn:a"], "max_age": -1}, ValueError, "must be a number of seco"),
        ({"target_acr_values": ["urn:a"], "max_age": "5"}, TypeError, "max_age must be an int"),
        ({"target_acr_values": ["urn:a"], "max_age": True}, TypeError, "an int, not bool"),
    ],
)
def test_a_step_up_that_cannot_be_sent_is_refused(
    arguments: Any, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        StepUp(**arguments)
    with pytest.raises(TypeError, match="step_up must be a StepUp"):
        initiate_auth.user_auth(APP, "alice", step_up=arguments)


# botocore, given any text

FIRST = st.sampled_from([None, "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"])
BEGINNINGS: dict[str, tuple[tuple[st.SearchStrategy[Any], ...], dict[str, Any]]] = {
    "user_srp_auth": ((NONEMPTY,), {}),
    "user_auth": ((), {"preferred_challenge": FIRST, "session": st.none() | SESSION}),
    "custom_auth": ((), {"srp_a": st.none() | NONEMPTY}),
}


@pytest.mark.parametrize("builder", BEGINNINGS)
@given(app=APPS, name=NONEMPTY, context=CONTEXTS, data=st.data())
@settings(max_examples=30)
def test_any_text_is_sent_as_botocore_sends_it(
    builder: str, app: AppClient, name: str, context: Context | None, data: st.DataObject
) -> None:
    positional, named = BEGINNINGS[builder]
    device_key = data.draw(st.none() | IDENTIFIER)
    call = getattr(initiate_auth, builder)(
        app,
        name,
        *(data.draw(value) for value in positional),
        **{key: data.draw(value) for key, value in named.items()},
        device_key=device_key,
        context=context,
    )
    judge(call, app)


@given(app=APPS, name=NONEMPTY, text=NONEMPTY, session=st.none() | SESSION)
@settings(max_examples=30)
def test_a_preferred_proof_is_sent_as_botocore_sends_it(
    app: AppClient, name: str, text: str, session: str | None
) -> None:
    for challenge, value in (("PASSWORD_SRP", {"srp_a": text}), ("PASSWORD", {"password": text})):
        chosen: Any = challenge
        call = initiate_auth.user_auth(
            app, name, preferred_challenge=chosen, session=session, **value
        )
        judge(call, app)


@given(app=APPS, token=NONEMPTY, name=NONEMPTY, device_key=st.none() | IDENTIFIER, context=CONTEXTS)
@settings(max_examples=30)
def test_a_refresh_is_sent_as_botocore_sends_it(
    app: AppClient, token: str, name: str, device_key: str | None, context: Context | None
) -> None:
    call = initiate_auth.refresh_token_auth(
        app, name, token, device_key=device_key, context=context
    )
    judge(call, app, username=name)


# Wrong use

TEXTS: dict[str, Build] = {
    "username of SRP": lambda text: initiate_auth.user_srp_auth(APP, text, "a1"),
    "username of a choice": lambda text: initiate_auth.user_auth(APP, text),
    "username of triggers": lambda text: initiate_auth.custom_auth(APP, text),
    "username of a password": lambda text: initiate_auth.user_password_auth(APP, text, "x"),
    "username of an admin": lambda text: initiate_auth.admin_user_password_auth(APP, text, "x"),
    "password that is sent": lambda text: initiate_auth.user_password_auth(APP, "alice", text),
    "password of an admin": lambda text: initiate_auth.admin_user_password_auth(APP, "al", text),
    "access_token": lambda text: initiate_auth.StepUp(["urn:x"], access_token=text),
    "username of a refresh": lambda text: initiate_auth.refresh_token_auth(APP, text, "token"),
    "refresh_token": lambda text: initiate_auth.refresh_token_auth(APP, "alice", text),
    "srp_a of SRP": lambda text: initiate_auth.user_srp_auth(APP, "alice", text),
    "srp_a of triggers": lambda text: initiate_auth.custom_auth(APP, "alice", srp_a=text),
    "srp_a of a choice": lambda text: initiate_auth.user_auth(
        APP, "alice", preferred_challenge="PASSWORD_SRP", srp_a=text
    ),
    "password": lambda text: initiate_auth.user_auth(
        APP, "alice", preferred_challenge="PASSWORD", password=text
    ),
    "session": lambda text: initiate_auth.user_auth(APP, "alice", session=text),
    "device_key of SRP": lambda text: initiate_auth.user_srp_auth(
        APP, "alice", "a1", device_key=text
    ),
    "device_key of a refresh": lambda text: initiate_auth.refresh_token_auth(
        APP, "alice", "token", device_key=text
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_not_a_text_is_refused_by_its_name(name: str) -> None:
    argument = name.partition(" ")[0]
    is_typed = argument in {"username", "password"} and name != "username of a refresh"
    error = InputError if is_typed else ValueError
    assert_only_text(TEXTS[name], argument, error)


def test_a_device_key_with_a_line_end_is_refused() -> None:
    with pytest.raises(ValueError, match="device_key begins or ends with white space"):
        initiate_auth.custom_auth(APP, "alice", device_key=f"{DEVICE_KEY}\n")


@pytest.mark.parametrize("app", [CLIENT_ID, None, {"client_id": CLIENT_ID}], ids=repr)
@pytest.mark.parametrize(("flow", "build", "expected"), FLOWS, ids=IDS)
def test_what_is_not_an_app_client_is_refused(
    flow: str, build: Build, expected: dict[str, str], app: Any
) -> None:
    with pytest.raises(TypeError, match="^app must be an AppClient, not "):
        build(app)


@pytest.mark.parametrize("challenge", ["SMS_MFA", "password", "SRP", "hunter2", "", 5, []])
def test_a_preferred_challenge_must_be_one_of_aws(
    challenge: Any,
) -> None:
    with pytest.raises(
        ValueError, match="^preferred_challenge must be one of PASSWORD_SRP, PASSWORD, EMAIL_OTP"
    ) as caught:
        initiate_auth.user_auth(APP, "alice", preferred_challenge=challenge)
    assert_hidden(caught.value, "hunter2")


VALUES = {"PASSWORD_SRP": "srp_a", "PASSWORD": "password"}


@pytest.mark.parametrize("challenge", [None, *typing.get_args(FirstFactor)])
@pytest.mark.parametrize("its_challenge", VALUES)
def test_a_value_is_refused_with_a_preferred_challenge_that_does_not_take_it(
    challenge: Any, its_challenge: str
) -> None:
    """The service would see a password that is of no use to it."""
    name = VALUES[its_challenge]
    says = f"^{name} goes with the preferred challenge {its_challenge}$"
    if challenge == its_challenge:
        with pytest.raises(ValueError, match=f"^{challenge} needs {name}$"):
            initiate_auth.user_auth(APP, "alice", preferred_challenge=challenge)
        return
    own = {VALUES[challenge]: "a1"} if challenge in VALUES else {}
    values: dict[str, Any] = {**own, name: "hunter2"}
    with pytest.raises(ValueError, match=says) as caught:
        initiate_auth.user_auth(APP, "alice", preferred_challenge=challenge, **values)
    assert_hidden(caught.value, "hunter2")
