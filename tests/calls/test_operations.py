"""operations.py: accounts, devices and authenticator apps, as botocore sends them."""

from collections.abc import Callable
from typing import Any

import oracle
import pytest
from arguments import (
    APPS,
    CODE,
    CONTEXTS,
    IDENTIFIER,
    MAPPING,
    NONEMPTY,
    SESSION,
    assert_hidden,
    assert_only_text,
)
from botocore import xform_name
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import MODEL, judge
from peers import CLIENT_ID, CLIENT_SECRET, DEVICE_KEY, GROUP_KEY

from srp_cognito import AppClient, Call, Context, InputError, new_device, operations

APP = AppClient(CLIENT_ID, CLIENT_SECRET)
ALIAS = "alice@example.com"
A_SESSION = "a session of twenty characters or more"
CONTEXT = Context(client_metadata={"tenant": "blue"}, ip_address="::1")
# The operations that take the secret itself bound its length.
LONG_SECRET = CLIENT_SECRET.ljust(24, "0")
WITH_LONG_SECRET = AppClient(CLIENT_ID, LONG_SECRET)
CONFIG = {"PasswordVerifier": "AMI=", "Salt": "AA=="}

Build = Callable[..., Call[Any]]


def test_every_operation_that_takes_a_secret_hash_has_a_builder() -> None:
    taking = {
        name
        for name in MODEL.operation_names
        if "SecretHash" in getattr(MODEL.operation_model(name).input_shape, "members", {})
    }
    missing = {name for name in taking if xform_name(name) not in operations.__all__}
    assert not missing, f"AWS has operations that take a SecretHash without a builder: {missing}"
    assert {name for name, _, _ in ACCOUNTS} == taking


# Accounts

ACCOUNTS: list[tuple[str, Build, dict[str, Any]]] = [
    ("SignUp", lambda app, **more: operations.sign_up(app, ALIAS, **more), {}),
    (
        "SignUp",
        lambda app, **more: operations.sign_up(
            app,
            ALIAS,
            " p ",
            attributes={"email": ALIAS, "custom:team": ""},
            validation_data={"a": "b"},
            **more,
        ),
        {
            "Password": " p ",
            "UserAttributes": [
                {"Name": "email", "Value": ALIAS},
                {"Name": "custom:team", "Value": ""},
            ],
            "ValidationData": [{"Name": "a", "Value": "b"}],
        },
    ),
    (
        "ConfirmSignUp",
        lambda app, **more: operations.confirm_sign_up(app, ALIAS, "012345", **more),
        {"ConfirmationCode": "012345"},
    ),
    (
        "ConfirmSignUp",
        lambda app, **more: operations.confirm_sign_up(
            app, ALIAS, "012345", force_alias_creation=True, session=A_SESSION, **more
        ),
        {"ConfirmationCode": "012345", "ForceAliasCreation": True, "Session": A_SESSION},
    ),
    (
        "ResendConfirmationCode",
        lambda app, **more: operations.resend_confirmation_code(app, ALIAS, **more),
        {},
    ),
    ("ForgotPassword", lambda app, **more: operations.forgot_password(app, ALIAS, **more), {}),
    (
        "ConfirmForgotPassword",
        lambda app, **more: operations.confirm_forgot_password(app, ALIAS, "012345", " n ", **more),
        {"ConfirmationCode": "012345", "Password": " n "},
    ),
]
IDS = [f"{name}-{'-'.join(expected)}" for name, _, expected in ACCOUNTS]


@pytest.mark.parametrize(("name", "build", "expected"), ACCOUNTS, ids=IDS)
def test_an_account_is_named_as_it_was_typed_with_the_hash_over_that_name(
    name: str, build: Build, expected: dict[str, Any]
) -> None:
    call = build(APP, context=CONTEXT)
    assert call.operation == name
    assert call.arguments == {
        "ClientId": CLIENT_ID,
        "Username": ALIAS,
        **expected,
        "SecretHash": oracle.secret_hash(ALIAS, CLIENT_ID, CLIENT_SECRET),
        "UserContextData": {"IpAddress": "::1"},
        "ClientMetadata": {"tenant": "blue"},
    }
    judge(call, APP)


@pytest.mark.parametrize(("name", "build", "expected"), ACCOUNTS, ids=IDS)
def test_an_accounts_call_makes_nothing_up(
    name: str, build: Build, expected: dict[str, Any]
) -> None:
    app = AppClient(CLIENT_ID)
    call = build(app)
    assert call.arguments == {"ClientId": CLIENT_ID, "Username": ALIAS, **expected}
    judge(call, app)


def test_an_empty_mapping_of_attributes_is_an_empty_list() -> None:
    call = operations.sign_up(APP, ALIAS, attributes={}, validation_data={})
    assert call.arguments["UserAttributes"] == call.arguments["ValidationData"] == []
    judge(call, APP)


# Devices and authenticator apps

OTHERS: list[tuple[str, Call[Any], dict[str, Any]]] = [
    (
        "GetTokensFromRefreshToken",
        operations.get_tokens_from_refresh_token(AppClient(CLIENT_ID), "token"),
        {"RefreshToken": "token", "ClientId": CLIENT_ID},
    ),
    (
        "GetTokensFromRefreshToken",
        operations.get_tokens_from_refresh_token(
            WITH_LONG_SECRET, "token", device_key=DEVICE_KEY, client_metadata={"tenant": "blue"}
        ),
        {
            "RefreshToken": "token",
            "ClientId": CLIENT_ID,
            "ClientSecret": LONG_SECRET,
            "DeviceKey": DEVICE_KEY,
            "ClientMetadata": {"tenant": "blue"},
        },
    ),
    (
        "RevokeToken",
        operations.revoke_token(AppClient(CLIENT_ID), "token"),
        {"Token": "token", "ClientId": CLIENT_ID},
    ),
    (
        "RevokeToken",
        operations.revoke_token(WITH_LONG_SECRET, "token"),
        {"Token": "token", "ClientId": CLIENT_ID, "ClientSecret": LONG_SECRET},
    ),
    (
        "ConfirmDevice",
        operations.confirm_device("token", DEVICE_KEY, CONFIG),
        {"AccessToken": "token", "DeviceKey": DEVICE_KEY, "DeviceSecretVerifierConfig": CONFIG},
    ),
    (
        "ConfirmDevice",
        operations.confirm_device("token", DEVICE_KEY, CONFIG, device_name="phone"),
        {
            "AccessToken": "token",
            "DeviceKey": DEVICE_KEY,
            "DeviceSecretVerifierConfig": CONFIG,
            "DeviceName": "phone",
        },
    ),
    (
        "UpdateDeviceStatus",
        operations.update_device_status("token", DEVICE_KEY, remembered=True),
        {
            "AccessToken": "token",
            "DeviceKey": DEVICE_KEY,
            "DeviceRememberedStatus": "remembered",
        },
    ),
    (
        "UpdateDeviceStatus",
        operations.update_device_status("token", DEVICE_KEY, remembered=False),
        {
            "AccessToken": "token",
            "DeviceKey": DEVICE_KEY,
            "DeviceRememberedStatus": "not_remembered",
        },
    ),
    (
        "AssociateSoftwareToken",
        operations.associate_software_token(access_token="token"),
        {"AccessToken": "token"},
    ),
    (
        "AssociateSoftwareToken",
        operations.associate_software_token(session=A_SESSION),
        {"Session": A_SESSION},
    ),
    (
        "VerifySoftwareToken",
        operations.verify_software_token("012345", access_token="token"),
        {"UserCode": "012345", "AccessToken": "token"},
    ),
    (
        "VerifySoftwareToken",
        operations.verify_software_token(
            "012345", session=A_SESSION, friendly_device_name="my phone"
        ),
        {"UserCode": "012345", "Session": A_SESSION, "FriendlyDeviceName": "my phone"},
    ),
]


@pytest.mark.parametrize(
    ("name", "call", "expected"), OTHERS, ids=[f"{o[0]}-{'-'.join(o[2])}" for o in OTHERS]
)
def test_calls_about_devices_and_authenticator_apps_send_what_aws_asks_for(
    name: str, call: Call[Any], expected: dict[str, Any]
) -> None:
    assert call.operation == name
    assert call.arguments == expected
    judge(call, WITH_LONG_SECRET if "ClientSecret" in expected else AppClient(CLIENT_ID))


def test_a_new_device_is_registered_with_its_own_verifier() -> None:
    device, config = new_device(GROUP_KEY, DEVICE_KEY)
    call = operations.confirm_device("token", device.device_key, config)
    assert call.arguments["DeviceSecretVerifierConfig"] == config
    judge(call, APP)


# botocore, given any text


def with_long_secret(app: AppClient) -> AppClient:
    secret = app.client_secret
    return AppClient(app.client_id, None if secret is None else f"{secret:0<24}"[:64])


AUTHORITY = st.fixed_dictionaries({"access_token": NONEMPTY}) | st.fixed_dictionaries(
    {"session": SESSION}
)
ANY: dict[str, Callable[[AppClient], st.SearchStrategy[Call[Any]]]] = {
    "sign_up": lambda app: st.builds(
        operations.sign_up,
        st.just(app),
        NONEMPTY,
        st.none() | NONEMPTY,
        attributes=st.none() | MAPPING,
        validation_data=st.none() | MAPPING,
        context=CONTEXTS,
    ),
    "confirm_sign_up": lambda app: st.builds(
        operations.confirm_sign_up,
        st.just(app),
        NONEMPTY,
        CODE,
        force_alias_creation=st.booleans(),
        session=st.none() | SESSION,
        context=CONTEXTS,
    ),
    "resend_confirmation_code": lambda app: st.builds(
        operations.resend_confirmation_code, st.just(app), NONEMPTY, context=CONTEXTS
    ),
    "forgot_password": lambda app: st.builds(
        operations.forgot_password, st.just(app), NONEMPTY, context=CONTEXTS
    ),
    "confirm_forgot_password": lambda app: st.builds(
        operations.confirm_forgot_password,
        st.just(app),
        NONEMPTY,
        CODE,
        NONEMPTY,
        context=CONTEXTS,
    ),
    "get_tokens_from_refresh_token": lambda app: st.builds(
        operations.get_tokens_from_refresh_token,
        st.just(app),
        NONEMPTY,
        device_key=st.none() | IDENTIFIER,
        client_metadata=st.none() | MAPPING,
    ),
    "revoke_token": lambda app: st.builds(operations.revoke_token, st.just(app), NONEMPTY),
    "confirm_device": lambda app: st.builds(
        operations.confirm_device,
        NONEMPTY,
        IDENTIFIER,
        st.fixed_dictionaries({"PasswordVerifier": NONEMPTY, "Salt": NONEMPTY}),
        device_name=st.none() | NONEMPTY,
    ),
    "update_device_status": lambda app: st.builds(
        operations.update_device_status, NONEMPTY, IDENTIFIER, remembered=st.booleans()
    ),
    "associate_software_token": lambda app: AUTHORITY.map(
        lambda authority: operations.associate_software_token(**authority)
    ),
    "verify_software_token": lambda app: st.builds(
        lambda code, authority, name: operations.verify_software_token(
            code, **authority, friendly_device_name=name
        ),
        CODE,
        AUTHORITY,
        st.none() | NONEMPTY,
    ),
}


def test_every_builder_is_given_any_text() -> None:
    assert set(ANY) == set(operations.__all__)


@pytest.mark.parametrize("builder", ANY)
@given(app=APPS, data=st.data())
@settings(max_examples=25)
def test_any_text_is_sent_as_botocore_sends_it(
    builder: str, app: AppClient, data: st.DataObject
) -> None:
    if builder in {"get_tokens_from_refresh_token", "revoke_token"}:
        app = with_long_secret(app)
    judge(data.draw(ANY[builder](app)), app)


# Wrong use

TEXTS: dict[str, Build] = {
    "username of SignUp": lambda text: operations.sign_up(APP, text),
    "password of SignUp": lambda text: operations.sign_up(APP, "alice", text),
    "username of ConfirmSignUp": lambda text: operations.confirm_sign_up(APP, text, "1"),
    "session of ConfirmSignUp": lambda text: operations.confirm_sign_up(
        APP, "alice", "1", session=text
    ),
    "username of ResendConfirmationCode": lambda text: operations.resend_confirmation_code(
        APP, text
    ),
    "username of ForgotPassword": lambda text: operations.forgot_password(APP, text),
    "username of ConfirmForgotPassword": lambda text: operations.confirm_forgot_password(
        APP, text, "1", "new"
    ),
    "new_password": lambda text: operations.confirm_forgot_password(APP, "alice", "1", text),
    "refresh_token": lambda text: operations.get_tokens_from_refresh_token(APP, text),
    "refresh_token of RevokeToken": lambda text: operations.revoke_token(APP, text),
    "device_key of a refresh": lambda text: operations.get_tokens_from_refresh_token(
        APP, "token", device_key=text
    ),
    "access_token of ConfirmDevice": lambda text: operations.confirm_device(text, "key", CONFIG),
    "device_key of ConfirmDevice": lambda text: operations.confirm_device("token", text, CONFIG),
    "PasswordVerifier": lambda text: operations.confirm_device(
        "token", "key", {**CONFIG, "PasswordVerifier": text}
    ),
    "Salt": lambda text: operations.confirm_device("token", "key", {**CONFIG, "Salt": text}),
    "device_name": lambda text: operations.confirm_device("token", "key", CONFIG, device_name=text),
    "access_token of UpdateDeviceStatus": lambda text: operations.update_device_status(
        text, "key", remembered=True
    ),
    "device_key of UpdateDeviceStatus": lambda text: operations.update_device_status(
        "token", text, remembered=True
    ),
    "access_token of AssociateSoftwareToken": lambda text: operations.associate_software_token(
        access_token=text
    ),
    "session of AssociateSoftwareToken": lambda text: operations.associate_software_token(
        session=text
    ),
    "access_token of VerifySoftwareToken": lambda text: operations.verify_software_token(
        "1", access_token=text
    ),
    "session of VerifySoftwareToken": lambda text: operations.verify_software_token(
        "1", session=text
    ),
    "friendly_device_name": lambda text: operations.verify_software_token(
        "1", session="s", friendly_device_name=text
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_not_a_text_is_refused_by_its_name(name: str) -> None:
    argument = name.partition(" ")[0]
    typed = {"username", "password", "new_password", "device_name", "friendly_device_name"}
    error = InputError if argument in typed else ValueError
    assert_only_text(TEXTS[name], argument, error)


CODES: list[Build] = [
    lambda code: operations.confirm_sign_up(APP, "alice", code),
    lambda code: operations.confirm_forgot_password(APP, "alice", code, "new"),
    lambda code: operations.verify_software_token(code, session="s"),
]


@pytest.mark.parametrize("build", CODES, ids=["SignUp", "ForgotPassword", "SoftwareToken"])
def test_a_code_is_text_without_white_space(build: Build) -> None:
    with pytest.raises(TypeError, match="would lose its leading zeros") as caught:
        build(271828)
    assert_hidden(caught.value, "271828")
    for code, says in (("", "code is empty"), ("271828\n", "code must be typed without")):
        with pytest.raises(ValueError, match=says) as refused:
            build(code)
        assert_hidden(refused.value, "271828")


@pytest.mark.parametrize("app", [CLIENT_ID, None], ids=repr)
@pytest.mark.parametrize(("name", "build", "expected"), ACCOUNTS, ids=IDS)
def test_what_is_not_an_app_client_is_refused(
    name: str, build: Build, expected: dict[str, Any], app: Any
) -> None:
    with pytest.raises(TypeError, match="^app must be an AppClient, not "):
        build(app)


@pytest.mark.parametrize("argument", ["attributes", "validation_data"])
@pytest.mark.parametrize(
    ("values", "error", "says"),
    [
        ([{"Name": "email", "Value": "hunter2"}], TypeError, "must be a mapping of str to str"),
        ({"email": 5}, TypeError, "^email must be a str, not int"),
        ({"": "hunter2"}, ValueError, "is empty"),
        ({"email": "hunter2\ud800"}, InputError, "^email holds a lone surrogate"),
    ],
)
def test_attributes_are_texts_by_their_names(
    argument: str, values: Any, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says) as caught:
        operations.sign_up(APP, "alice", "hunter2", **{argument: values})
    assert_hidden(caught.value, "hunter2")


@pytest.mark.parametrize("missing", ["PasswordVerifier", "Salt"])
def test_half_a_devices_registration_is_refused(missing: str) -> None:
    config: Any = {name: value for name, value in CONFIG.items() if name != missing}
    with pytest.raises(ValueError, match=missing):
        operations.confirm_device("token", DEVICE_KEY, config)


def test_a_revocation_may_end_the_sessions_that_are_linked() -> None:
    # botocore's model has it since 1.44; test_model.py judges by the newest.
    for linked in ("NONE", "LINKED"):
        call = operations.revoke_token(APP, "token", revoke_associated_sessions=linked)
        assert call.arguments["RevokeAssociatedSessions"] == linked
    wrong: Any = "linked"
    with pytest.raises(ValueError, match="^revoke_associated_sessions must be one of NONE, LINKED"):
        operations.revoke_token(APP, "token", revoke_associated_sessions=wrong)


def test_the_client_secret_is_sent_where_the_operation_takes_it_and_not_shown() -> None:
    for call in (
        operations.get_tokens_from_refresh_token(APP, "token"),
        operations.revoke_token(APP, "token"),
    ):
        assert CLIENT_SECRET not in repr(call)


@pytest.mark.parametrize("config", [None, "hunter2", [("Salt", "hunter2")]], ids=repr)
def test_what_is_not_a_registration_is_refused_with_a_sentence(config: Any) -> None:
    with pytest.raises(TypeError, match="^config must be ") as caught:
        operations.confirm_device("token", DEVICE_KEY, config)
    assert_hidden(caught.value, "hunter2")


BOTH_OR_NEITHER: list[dict[str, Any]] = [{}, {"access_token": "hunter2", "session": "hunter2"}]


@pytest.mark.parametrize("authority", BOTH_OR_NEITHER, ids=["neither", "both"])
def test_an_authenticator_app_belongs_to_a_user_or_to_a_session(authority: dict[str, Any]) -> None:
    for build in (
        operations.associate_software_token,
        lambda **more: operations.verify_software_token("012345", **more),
    ):
        with pytest.raises(ValueError, match="^pass either access_token or session$") as caught:
            build(**authority)
        assert_hidden(caught.value, "hunter2")


@pytest.mark.parametrize("value", ["no", "", 0, 1, None])
def test_what_is_neither_true_nor_false_is_refused(value: Any) -> None:
    """Otherwise "no" would count as True."""
    with pytest.raises(TypeError, match="^remembered must be True or False, not"):
        operations.update_device_status("token", DEVICE_KEY, remembered=value)
    with pytest.raises(TypeError, match="^force_alias_creation must be True or False, not"):
        operations.confirm_sign_up(APP, "alice", "012345", force_alias_creation=value)


@pytest.mark.parametrize("device_key", [f" {DEVICE_KEY}", f"{DEVICE_KEY}\n"])
def test_a_device_key_has_no_white_space_around_it(device_key: str) -> None:
    with pytest.raises(ValueError, match="^device_key begins or ends with white space"):
        operations.update_device_status("token", device_key, remembered=True)
    config = {"PasswordVerifier": "AQ==", "Salt": "AQ=="}
    with pytest.raises(ValueError, match="^device_key begins or ends with white space"):
        operations.confirm_device("token", device_key, config)
