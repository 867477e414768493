"""context.py: the metadata sent with a call, and the calls with AWS credentials."""

from types import MappingProxyType
from typing import Any

import pytest
from arguments import APPS, CONTEXTS, NONEMPTY, SESSION, TEXT, answers_of, assert_hidden
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import judge
from peers import CLIENT_ID, CLIENT_SECRET, POOL_ID

from srp_cognito import Admin, Answers, AppClient, Call, Context, initiate_auth, operations
from srp_cognito.calls.context import add_context

APP = AppClient(CLIENT_ID, CLIENT_SECRET)
A_SESSION = "a session of twenty characters or more"
ADMIN = Admin(
    pool_id=POOL_ID,
    server_name="login.example.com",
    server_path="/login",
    http_headers={"User-Agent": "Firefox", "Accept": "*/*"},
)
PLAIN = Admin(pool_id=POOL_ID)
FULL = Context(
    client_metadata={"tenant": "blue", "empty": ""},
    analytics_endpoint_id="3f4b",
    ip_address="198.51.100.7",
    encoded_data="eyJ9",
)


def added(context: Context | None) -> dict[str, Any]:
    arguments: Any = {}
    add_context(context, arguments)
    return arguments


def begin(context: Context | None = None) -> Call[Any]:
    return initiate_auth.user_srp_auth(APP, "alice", "a1", context=context)


# Context


def test_what_is_left_out_is_not_sent() -> None:
    assert added(None) == added(Context()) == {}


@pytest.mark.parametrize(
    ("given_as", "sent_as"),
    [
        ({"analytics_endpoint_id": "3f"}, {"AnalyticsMetadata": {"AnalyticsEndpointId": "3f"}}),
        ({"ip_address": "::1"}, {"UserContextData": {"IpAddress": "::1"}}),
        ({"encoded_data": "e30="}, {"UserContextData": {"EncodedData": "e30="}}),
        ({"client_metadata": {"a": ""}}, {"ClientMetadata": {"a": ""}}),
        ({"client_metadata": {}}, {"ClientMetadata": {}}),
        (
            {"client_metadata": MappingProxyType({"tenant": "blue"})},
            {"ClientMetadata": {"tenant": "blue"}},
        ),
    ],
    ids=str,
)
def test_each_part_of_the_context_is_sent_alone(
    given_as: dict[str, Any], sent_as: dict[str, Any]
) -> None:
    assert added(Context(**given_as)) == sent_as


def test_all_of_the_context_is_sent_together() -> None:
    assert added(FULL) == {
        "AnalyticsMetadata": {"AnalyticsEndpointId": "3f4b"},
        "UserContextData": {"IpAddress": "198.51.100.7", "EncodedData": "eyJ9"},
        "ClientMetadata": {"tenant": "blue", "empty": ""},
    }


def test_a_context_does_not_change_with_what_was_given_or_returned() -> None:
    metadata = {"tenant": "blue"}
    context = Context(client_metadata=metadata)
    metadata["tenant"] = "red"
    added(context)["ClientMetadata"]["tenant"] = "green"
    assert added(context) == {"ClientMetadata": {"tenant": "blue"}}


def test_a_context_does_not_show_what_it_says_about_a_person() -> None:
    context = Context(client_metadata={"note": "hunter2"}, encoded_data="aHVudGVyMg==")
    assert repr(context) == "Context(analytics_endpoint_id=None, ip_address=None)"


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"client_metadata": [("a", "b")]}, TypeError, "client_metadata must be a mapping"),
        ({"client_metadata": "hunter2"}, TypeError, "mapping of str to str, not str"),
        ({"client_metadata": {5: "hunter2"}}, TypeError, "a name in client_metadata must be a str"),
        ({"client_metadata": {"": "hunter2"}}, ValueError, "a name in client_metadata is empty"),
        ({"client_metadata": {"a\ud800": "x"}}, ValueError, "a name in client_metadata holds a"),
        (
            {"client_metadata": {"n": 5}},
            TypeError,
            r"client_metadata\['n'\] must be a str, not int",
        ),
        ({"client_metadata": {"n": "hunter2\ud800"}}, ValueError, r"client_metadata\['n'\] holds"),
        ({"analytics_endpoint_id": ""}, ValueError, "analytics_endpoint_id is empty"),
        ({"ip_address": ""}, ValueError, "ip_address is empty"),
        ({"ip_address": 5}, TypeError, "ip_address must be a str, not int"),
        ({"encoded_data": ""}, ValueError, "encoded_data is empty"),
        ({"encoded_data": b"hunter2"}, TypeError, "encoded_data must be a str, not bytes"),
        ({"encoded_data": "hunter2\ud800"}, ValueError, "encoded_data holds a lone surrogate"),
    ],
    ids=str,
)
def test_a_context_is_checked_with_a_sentence(
    changed: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says) as caught:
        Context(**changed)
    assert_hidden(caught.value, "hunter2")


@pytest.mark.parametrize("context", [{"tenant": "hunter2"}, "hunter2", 5, False])
def test_every_builder_refuses_what_is_not_a_context(context: Any) -> None:
    answers = Answers(APP, "alice", session=A_SESSION, context=None)
    object.__setattr__(answers, "context", context)
    for build in (
        lambda: begin(context),
        lambda: initiate_auth.user_auth(APP, "alice", context=context),
        lambda: initiate_auth.custom_auth(APP, "alice", context=context),
        lambda: initiate_auth.refresh_token_auth(APP, "alice", "token", context=context),
        lambda: answers.sms_mfa("012345"),
        lambda: operations.sign_up(APP, "alice", context=context),
        lambda: operations.confirm_sign_up(APP, "alice", "012345", context=context),
        lambda: operations.resend_confirmation_code(APP, "alice", context=context),
        lambda: operations.forgot_password(APP, "alice", context=context),
        lambda: operations.confirm_forgot_password(APP, "alice", "1", "new", context=context),
    ):
        with pytest.raises(TypeError, match="context must be a Context, not ") as caught:
            build()
        assert_hidden(caught.value, "hunter2")


# Admin


def test_a_sign_in_with_aws_credentials_names_the_pool_first() -> None:
    call = PLAIN.instead_of(begin())
    assert call.operation == "AdminInitiateAuth"
    assert list(call.arguments.items()) == [("UserPoolId", POOL_ID), *begin().arguments.items()]


def test_an_answer_with_aws_credentials_keeps_session_and_answer() -> None:
    answer = Answers(APP, "alice", session=A_SESSION).sms_mfa("012345")
    call = PLAIN.instead_of(answer)
    assert call.operation == "AdminRespondToAuthChallenge"
    assert call.method == "admin_respond_to_auth_challenge"
    assert call.arguments == {"UserPoolId": POOL_ID, **answer.arguments}
    judge(call, APP)


def test_user_context_data_becomes_context_data() -> None:
    before = begin(FULL)
    call = ADMIN.instead_of(before)
    assert call.arguments == {
        "UserPoolId": POOL_ID,
        **begin().arguments,
        "AnalyticsMetadata": {"AnalyticsEndpointId": "3f4b"},
        "ClientMetadata": {"tenant": "blue", "empty": ""},
        "ContextData": {
            "IpAddress": "198.51.100.7",
            "ServerName": "login.example.com",
            "ServerPath": "/login",
            "HttpHeaders": [
                {"headerName": "User-Agent", "headerValue": "Firefox"},
                {"headerName": "Accept", "headerValue": "*/*"},
            ],
            "EncodedData": "eyJ9",
        },
    }
    judge(call, APP)
    # The first call can still be sent.
    assert "UserContextData" in before.arguments
    judge(before, APP)


def test_context_data_needs_neither_encoded_data_nor_headers() -> None:
    admin = Admin(pool_id=POOL_ID, server_name="", server_path="", http_headers={})
    call = admin.instead_of(begin(Context(ip_address="::1")))
    assert call.arguments["ContextData"] == {
        "IpAddress": "::1",
        "ServerName": "",
        "ServerPath": "",
        "HttpHeaders": [],
    }
    judge(call, APP)


def test_client_metadata_needs_no_context_data() -> None:
    call = PLAIN.instead_of(begin(Context(client_metadata={"a": "b"}, analytics_endpoint_id="3f")))
    assert call.arguments["ClientMetadata"] == {"a": "b"}
    assert call.arguments["AnalyticsMetadata"] == {"AnalyticsEndpointId": "3f"}
    assert "ContextData" not in call.arguments
    judge(call, APP)


@pytest.mark.parametrize("context", [Context(ip_address="::1"), Context(encoded_data="e30=")])
def test_user_context_data_is_refused_without_the_servers_part(context: Context) -> None:
    """If it were dropped, threat protection would see every user at the server's address."""
    with pytest.raises(ValueError, match="UserContextData becomes ContextData here, which also"):
        PLAIN.instead_of(begin(context))


@pytest.mark.parametrize("context", [None, Context(), Context(encoded_data="e30=")])
def test_the_servers_part_without_an_address_is_refused(context: Context | None) -> None:
    with pytest.raises(ValueError, match="ContextData needs the Context's ip_address"):
        ADMIN.instead_of(begin(context))


def test_the_flow_that_sends_the_password_has_a_name_of_its_own_for_servers() -> None:
    call = initiate_auth.admin_user_password_auth(APP, "alice", "p")
    admin = PLAIN.instead_of(call)
    assert admin.arguments["AuthFlow"] == "ADMIN_USER_PASSWORD_AUTH"
    judge(admin, APP)
    with pytest.raises(ValueError, match="takes ADMIN_USER_PASSWORD_AUTH and not USER_PASSWORD"):
        PLAIN.instead_of(initiate_auth.user_password_auth(APP, "alice", "p"))


HALVES = [
    {"server_name": "x"},
    {"server_path": "/"},
    {"http_headers": {}},
    {"server_name": "x", "server_path": "/"},
    {"server_name": "x", "http_headers": {}},
    {"server_path": "/", "http_headers": {}},
]


@pytest.mark.parametrize("given_as", HALVES, ids=str)
def test_a_part_of_context_data_is_refused(given_as: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="server_name, server_path and http_headers together"):
        Admin(pool_id=POOL_ID, **given_as)


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"pool_id": "Example"}, ValueError, "pool_id must be the whole user pool id"),
        ({"pool_id": None}, TypeError, "pool_id must be a str"),
        ({"server_name": 5}, TypeError, "server_name must be a str"),
        ({"server_name": "x\ud800"}, ValueError, "server_name holds"),
        ({"server_path": b"/"}, TypeError, "server_path must be a str"),
        ({"http_headers": [("Cookie", "hunter2")]}, TypeError, "http_headers must be a mapping"),
        ({"http_headers": {"Cookie": b"hunter2"}}, TypeError, r"http_headers\['Cookie'\] must be"),
    ],
    ids=str,
)
def test_an_admin_is_checked_with_a_sentence(
    changed: dict[str, Any], error: type[Exception], says: str
) -> None:
    arguments = {"server_name": "x", "server_path": "/", "http_headers": {}, **changed}
    with pytest.raises(error, match=says) as caught:
        Admin(**{"pool_id": POOL_ID, **arguments})
    assert_hidden(caught.value, "hunter2")


def test_an_admin_does_not_show_the_headers_and_keeps_a_copy() -> None:
    headers = {"Cookie": "hunter2"}
    admin = Admin(pool_id=POOL_ID, server_name="x", server_path="/", http_headers=headers)
    assert "hunter2" not in repr(admin)
    headers["Cookie"] = "changed"
    call = admin.instead_of(begin(Context(ip_address="::1")))
    assert call.arguments["ContextData"]["HttpHeaders"] == [
        {"headerName": "Cookie", "headerValue": "hunter2"}
    ]


@pytest.mark.parametrize(
    "call",
    [
        operations.forgot_password(APP, "alice"),
        operations.update_device_status("token", "key", remembered=True),
        PLAIN.instead_of(begin()),
    ],
    ids=repr,
)
def test_other_calls_have_no_form_with_aws_credentials_here(call: Any) -> None:
    with pytest.raises(ValueError, match=call.operation):
        PLAIN.instead_of(call)


# botocore, given any text

ADMINS = st.builds(
    Admin,
    pool_id=st.just(POOL_ID),
    server_name=TEXT,
    server_path=TEXT,
    http_headers=st.dictionaries(NONEMPTY, TEXT, max_size=2),
)
ADDRESSES = st.builds(
    Context, ip_address=NONEMPTY, encoded_data=st.none() | NONEMPTY, client_metadata=st.none()
)


@given(app=APPS, admin=ADMINS, context=ADDRESSES, session=SESSION, data=st.data())
@settings(max_examples=40)
def test_with_aws_credentials_any_text_is_sent_as_botocore_sends_it(
    app: AppClient, admin: Admin, context: Context, session: str, data: st.DataObject
) -> None:
    name, value = data.draw(NONEMPTY), data.draw(NONEMPTY)
    call = initiate_auth.user_auth(app, name, session=session, context=context)
    judge(admin.instead_of(call), app)
    answers = Answers(app, name, session=session, context=context)
    judge(admin.instead_of(answers.password(value)), app)
    refresh = initiate_auth.refresh_token_auth(app, name, value, context=context)
    judge(admin.instead_of(refresh), app, username=name)


@given(app=APPS, context=CONTEXTS, data=st.data())
@settings(max_examples=40)
def test_without_aws_credentials_any_text_is_sent_as_botocore_sends_it(
    app: AppClient, context: Context | None, data: st.DataObject
) -> None:
    judge(operations.forgot_password(app, data.draw(NONEMPTY), context=context), app)
    judge(data.draw(answers_of(app)).mfa_setup(), app)


def test_an_admin_replaces_only_calls() -> None:
    with pytest.raises(TypeError, match="^call must be a Call, not str$"):
        Admin(pool_id="eu-west-1_Example").instead_of("InitiateAuth")


def test_a_call_and_the_call_that_replaces_it_share_nothing() -> None:
    call = begin()
    PLAIN.instead_of(call).arguments["AuthParameters"].clear()
    assert call == begin()
