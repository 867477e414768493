"""challenges.py: the answer to every challenge, as AWS documents it and as botocore sends it."""

import dataclasses
import html
import json
import re
import typing
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import oracle
import pytest
from arguments import (
    APPS,
    CODE,
    MAPPING,
    NONEMPTY,
    TEXT,
    answers_of,
    assert_hidden,
    assert_only_text,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import MODEL, judge
from peers import CLIENT_ID, CLIENT_SECRET, DEVICE_KEY

from srp_cognito import Answers, AppClient, Claim, Context, InputError
from srp_cognito.calls.arguments import ChallengeName
from srp_cognito.calls.challenges import FirstFactor, MFAType, RespondCall

APP = AppClient(CLIENT_ID, CLIENT_SECRET)
SESSION = "a session of twenty characters or more"
CLAIM = Claim("c2lnbmF0dXJl", "YmxvY2s=", "Sat Mar 7 09:05:03 UTC 2026")
CLAIMED = {
    "PASSWORD_CLAIM_SIGNATURE": "c2lnbmF0dXJl",
    "PASSWORD_CLAIM_SECRET_BLOCK": "YmxvY2s=",
    "TIMESTAMP": "Sat Mar 7 09:05:03 UTC 2026",
}
CREDENTIAL = '{"id": "AQID", "type": "public-key"}'
ANSWERS = Answers(
    APP,
    "alice",
    session=SESSION,
    device_key=DEVICE_KEY,
    context=Context(client_metadata={"tenant": "blue"}),
)

Build = Callable[[Answers], RespondCall]

# Each challenge, how it is answered, and what its answer has in addition to what all carry.
EXAMPLES: list[tuple[str, Build, dict[str, str]]] = [
    ("PASSWORD_VERIFIER", lambda a: a.password_verifier(CLAIM), CLAIMED),
    ("DEVICE_SRP_AUTH", lambda a: a.device_srp_auth("0a1"), {"SRP_A": "0a1"}),
    ("DEVICE_PASSWORD_VERIFIER", lambda a: a.device_password_verifier(CLAIM), CLAIMED),
    ("SMS_MFA", lambda a: a.sms_mfa("012345"), {"SMS_MFA_CODE": "012345"}),
    ("EMAIL_OTP", lambda a: a.email_otp("01234567"), {"EMAIL_OTP_CODE": "01234567"}),
    ("SMS_OTP", lambda a: a.sms_otp("012345"), {"SMS_OTP_CODE": "012345"}),
    (
        "SOFTWARE_TOKEN_MFA",
        lambda a: a.software_token_mfa("012345"),
        {"SOFTWARE_TOKEN_MFA_CODE": "012345"},
    ),
    ("SELECT_MFA_TYPE", lambda a: a.select_mfa_type("SMS_MFA"), {"ANSWER": "SMS_MFA"}),
    ("MFA_SETUP", lambda a: a.mfa_setup(), {}),
    ("NEW_PASSWORD_REQUIRED", lambda a: a.new_password_required(" n "), {"NEW_PASSWORD": " n "}),
    ("CUSTOM_CHALLENGE", lambda a: a.custom_challenge(" 42 "), {"ANSWER": " 42 "}),
    ("CUSTOM_CHALLENGE", lambda a: a.custom_challenge(""), {"ANSWER": ""}),
    (
        "SELECT_CHALLENGE",
        lambda a: a.select_challenge("PASSWORD_SRP", srp_a="a1"),
        {"ANSWER": "PASSWORD_SRP", "SRP_A": "a1"},
    ),
    (
        "SELECT_CHALLENGE",
        lambda a: a.select_challenge("PASSWORD", password=" p "),
        {"ANSWER": "PASSWORD", "PASSWORD": " p "},
    ),
    (
        "SELECT_CHALLENGE",
        lambda a: a.select_challenge("WEB_AUTHN", credential=CREDENTIAL),
        {"ANSWER": "WEB_AUTHN", "CREDENTIAL": CREDENTIAL},
    ),
    ("SELECT_CHALLENGE", lambda a: a.select_challenge("EMAIL_OTP"), {"ANSWER": "EMAIL_OTP"}),
    ("SELECT_CHALLENGE", lambda a: a.select_challenge("SMS_OTP"), {"ANSWER": "SMS_OTP"}),
    ("PASSWORD", lambda a: a.password(" p "), {"PASSWORD": " p "}),
    ("PASSWORD_SRP", lambda a: a.password_srp("a1"), {"SRP_A": "a1"}),
    ("WEB_AUTHN", lambda a: a.web_authn(CREDENTIAL), {"CREDENTIAL": CREDENTIAL}),
]
# The answers that AWS's documentation has no example of.
UNDOCUMENTED: list[tuple[str, Build, dict[str, str]]] = [
    ("MFA_SETUP", lambda a: a.mfa_setup(email="a@example.com"), {"EMAIL": "a@example.com"}),
    (
        "NEW_PASSWORD_REQUIRED",
        lambda a: a.new_password_required("n", {"email": "a@example.com", "custom:team": ""}),
        {
            "NEW_PASSWORD": "n",
            "userAttributes.email": "a@example.com",
            "userAttributes.custom:team": "",
        },
    ),
    ("SELECT_CHALLENGE", lambda a: a.select_challenge("WEB_AUTHN"), {"ANSWER": "WEB_AUTHN"}),
]
ALL = EXAMPLES + UNDOCUMENTED
IDS = [f"{name}-{'-'.join(expected)}" for name, _, expected in ALL]


def test_every_challenge_has_a_builder_of_its_name() -> None:
    assert {name for name, _, _ in EXAMPLES} == set(typing.get_args(ChallengeName))
    for name in typing.get_args(ChallengeName):
        assert callable(getattr(Answers, name.lower()))


@pytest.mark.parametrize(("name", "build", "expected"), ALL, ids=IDS)
def test_an_answer_carries_the_name_the_hash_the_device_the_session_and_the_context(
    name: str, build: Build, expected: dict[str, str]
) -> None:
    call = build(ANSWERS)
    assert call.operation == "RespondToAuthChallenge"
    assert call.arguments == {
        "ClientId": CLIENT_ID,
        "ChallengeName": name,
        "ChallengeResponses": {
            "USERNAME": "alice",
            **expected,
            "DEVICE_KEY": DEVICE_KEY,
            "SECRET_HASH": oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET),
        },
        "Session": SESSION,
        "ClientMetadata": {"tenant": "blue"},
    }
    judge(call, APP)


@pytest.mark.parametrize(("name", "build", "expected"), ALL, ids=IDS)
def test_an_answer_makes_nothing_up(name: str, build: Build, expected: dict[str, str]) -> None:
    app = AppClient(CLIENT_ID)
    device = {"DEVICE_KEY": DEVICE_KEY} if name.startswith("DEVICE") else {}
    call = build(Answers(app, "alice", device_key=device.get("DEVICE_KEY")))
    assert call.arguments == {
        "ClientId": CLIENT_ID,
        "ChallengeName": name,
        "ChallengeResponses": {"USERNAME": "alice", **expected, **device},
    }
    judge(call, app)


DOCUMENTATION = html.unescape(
    re.sub(
        "<[^>]+>",
        "",
        MODEL.operation_model("RespondToAuthChallenge")
        .input_shape.members["ChallengeResponses"]
        .documentation,
    )
)


@pytest.mark.parametrize(("name", "build", "expected"), EXAMPLES, ids=IDS[: len(EXAMPLES)])
def test_the_keys_of_an_answer_are_those_of_an_example_in_aws_documentation(
    name: str, build: Build, expected: dict[str, str]
) -> None:
    examples = re.findall(
        rf'"ChallengeName": "{name}", "ChallengeResponses": {{([^}}]*)}}', DOCUMENTATION
    )
    if not examples:
        pytest.skip(f"the documentation in this botocore has no example of {name}")
    device_key = DEVICE_KEY if name.startswith("DEVICE") else None
    answers = Answers(AppClient(CLIENT_ID), "alice", device_key=device_key)
    keys = set(build(answers).arguments["ChallengeResponses"])
    assert keys in [set(re.findall(r'"([\w.]+)": ', example)) for example in examples]


def test_a_session_goes_back_as_it_came_even_if_it_is_empty() -> None:
    for session in ("", " \u00e9 \n"):
        assert Answers(APP, "alice", session=session).mfa_setup().arguments["Session"] == session


@pytest.mark.parametrize("choice", typing.get_args(MFAType))
def test_every_second_factor_can_be_chosen(choice: MFAType) -> None:
    call = ANSWERS.select_mfa_type(choice)
    assert call.arguments["ChallengeResponses"]["ANSWER"] == choice


def test_a_credential_may_be_an_object() -> None:
    credential = {"id": "AQID", "response": {"clientDataJSON": "\u00e4"}}
    for call in (
        ANSWERS.web_authn(credential),
        ANSWERS.select_challenge("WEB_AUTHN", credential=credential),
    ):
        assert json.loads(call.arguments["ChallengeResponses"]["CREDENTIAL"]) == credential
    # Any mapping will do, as the type says.
    proxy = MappingProxyType(credential)
    sent = ANSWERS.web_authn(proxy).arguments["ChallengeResponses"]["CREDENTIAL"]
    assert json.loads(sent) == credential


def test_a_credential_that_is_text_is_sent_as_it_came() -> None:
    text = '{ "as": "it came" }'
    sent = ANSWERS.web_authn(text).arguments["ChallengeResponses"]["CREDENTIAL"]
    assert sent == text


# botocore, given any text

CLAIMS = st.builds(Claim, NONEMPTY, NONEMPTY, NONEMPTY)
JSON = st.dictionaries(TEXT, TEXT | st.integers() | st.none(), max_size=2)
METHODS: dict[str, tuple[st.SearchStrategy[Any], ...]] = {
    "password_verifier": (CLAIMS,),
    "device_srp_auth": (NONEMPTY,),
    "device_password_verifier": (CLAIMS,),
    "password_srp": (NONEMPTY,),
    "password": (NONEMPTY,),
    "sms_mfa": (CODE,),
    "email_otp": (CODE,),
    "sms_otp": (CODE,),
    "software_token_mfa": (CODE,),
    "select_mfa_type": (st.sampled_from(typing.get_args(MFAType)),),
    "mfa_setup": (),
    "new_password_required": (NONEMPTY, st.none() | MAPPING),
    "custom_challenge": (TEXT,),
    "web_authn": (JSON | JSON.map(json.dumps),),
}


@pytest.mark.parametrize("method", METHODS)
@given(app=APPS, data=st.data())
@settings(max_examples=15)
def test_any_text_is_answered_as_botocore_sends_it(
    method: str, app: AppClient, data: st.DataObject
) -> None:
    answers = data.draw(answers_of(app))
    judge(getattr(answers, method)(*(data.draw(value) for value in METHODS[method])), app)


@given(app=APPS, data=st.data())
@settings(max_examples=25)
def test_any_choice_is_answered_as_botocore_sends_it(app: AppClient, data: st.DataObject) -> None:
    answers = data.draw(answers_of(app))
    needs = {"PASSWORD": {"password": NONEMPTY}, "PASSWORD_SRP": {"srp_a": NONEMPTY}}
    needs["WEB_AUTHN"] = {"credential": st.none() | JSON}
    choice: Any = data.draw(st.sampled_from(typing.get_args(FirstFactor)))
    values = {name: data.draw(value) for name, value in needs.get(choice, {}).items()}
    judge(answers.select_challenge(choice, **values), app)
    judge(answers.mfa_setup(email=data.draw(NONEMPTY)), app)


# Wrong use

CODES = ["sms_mfa", "email_otp", "sms_otp", "software_token_mfa"]


@pytest.mark.parametrize("method", CODES)
def test_a_code_that_is_a_number_is_refused_because_it_lost_its_leading_zeros(method: str) -> None:
    code: Any = 271828
    with pytest.raises(TypeError, match="would lose its leading zeros") as caught:
        getattr(ANSWERS, method)(code)
    assert 'such as "012345", not int' in str(caught.value)
    assert_hidden(caught.value, "271828")


@pytest.mark.parametrize("method", CODES)
@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("", "code is empty"),
        ("271828\n", "code must be typed without white space"),
        (" 271828", "code must be typed without white space"),
        ("271 828", "code must be typed without white space"),
        ("271\N{NO-BREAK SPACE}828", "code must be typed without white space"),
        ("271828\ud800", "code holds a lone surrogate"),
    ],
)
def test_a_code_that_is_empty_or_has_white_space_in_it_is_refused(
    method: str, code: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        getattr(ANSWERS, method)(code)
    assert_hidden(caught.value, "271828")


TEXTS: dict[str, Callable[[Any], object]] = {
    "srp_a": ANSWERS.device_srp_auth,
    "srp_a of a choice": lambda text: ANSWERS.select_challenge("PASSWORD_SRP", srp_a=text),
    "srp_a of PASSWORD_SRP": ANSWERS.password_srp,
    "password": ANSWERS.password,
    "password of a choice": lambda text: ANSWERS.select_challenge("PASSWORD", password=text),
    "email": lambda text: ANSWERS.mfa_setup(email=text),
    "new_password": ANSWERS.new_password_required,
    "username": lambda text: Answers(APP, text),
    "device_key": lambda text: Answers(APP, "alice", device_key=text),
    "signature": lambda text: Claim(text, "block", "now"),
    "secret_block": lambda text: Claim("signature", text, "now"),
    "timestamp": lambda text: Claim("signature", "block", text),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_not_a_text_is_refused_by_its_name(name: str) -> None:
    argument = name.partition(" ")[0]
    error = InputError if argument in {"password", "new_password", "email"} else ValueError
    assert_only_text(TEXTS[name], argument, error)


def test_what_may_be_empty_must_be_text_all_the_same() -> None:
    for argument, use in (
        ("answer", ANSWERS.custom_challenge),
        ("session", lambda session: Answers(APP, "alice", session=session)),
    ):
        with pytest.raises(ValueError, match=f"^{argument} holds a lone surrogate") as caught:
            use("hunter2\ud800")
        assert_hidden(caught.value, "hunter2")
        with pytest.raises(TypeError, match=f"^{argument} must be a str, not int$"):
            use(271828)


def test_the_answers_arguments_are_checked_when_they_are_made() -> None:
    bad: Any = "id"
    with pytest.raises(TypeError, match="app must be an AppClient, not str"):
        Answers(bad, "alice")
    with pytest.raises(ValueError, match="device_key begins or ends with white space"):
        Answers(APP, "alice", device_key=f"{DEVICE_KEY}\n")


def test_what_is_not_a_context_is_refused_before_there_is_an_answer() -> None:
    bad: Any = {"tenant": "hunter2"}
    with pytest.raises(TypeError, match="context must be a Context, not dict") as caught:
        Answers(APP, "alice", context=bad)
    assert_hidden(caught.value, "hunter2")


@pytest.mark.parametrize("answer", ["device_srp_auth", "device_password_verifier"])
def test_a_devices_challenge_is_not_answered_without_its_key(answer: str) -> None:
    value: Any = CLAIM if answer.endswith("verifier") else "a1"
    with pytest.raises(ValueError, match="a device's challenge is answered with its device_key"):
        getattr(Answers(APP, "alice", session=SESSION), answer)(value)


@pytest.mark.parametrize("answer", ["password_verifier", "device_password_verifier"])
@pytest.mark.parametrize("claim", [None, {"signature": "hunter2"}, "hunter2"], ids=repr)
def test_what_is_not_a_claim_is_refused(answer: str, claim: Any) -> None:
    with pytest.raises(TypeError, match="^claim must be a Claim, not ") as caught:
        getattr(ANSWERS, answer)(claim)
    assert_hidden(caught.value, "hunter2")


@pytest.mark.parametrize("choice", ["SMS", "sms_mfa", "SMS_OTP"])
def test_a_second_factor_that_cannot_be_chosen_is_refused_with_those_that_can(choice: Any) -> None:
    with pytest.raises(
        ValueError,
        match="^choice must be one of SMS_MFA, EMAIL_OTP, EMAIL_MFA, SOFTWARE_TOKEN_MFA$",
    ):
        ANSWERS.select_mfa_type(choice)


@pytest.mark.parametrize("choice", ["SMS_MFA", "password", "hunter2"])
def test_a_first_factor_that_cannot_be_chosen_is_refused_with_those_that_can(choice: Any) -> None:
    with pytest.raises(ValueError, match="^choice must be one of PASSWORD_SRP, PASSWORD") as caught:
        ANSWERS.select_challenge(choice)
    assert_hidden(caught.value, "hunter2")


CHOOSE: list[Callable[..., Any]] = [ANSWERS.select_mfa_type, ANSWERS.select_challenge]


@pytest.mark.parametrize("choose", CHOOSE)
def test_a_choice_that_is_newer_than_this_library_is_sent_by_a_caller_who_knows_it(
    choose: Callable[..., Any],
) -> None:
    call = choose("FACE_ID", others={"FACE": "a face"})
    responses = dict(call.arguments["ChallengeResponses"])
    assert responses.pop("SECRET_HASH")
    assert responses.pop("DEVICE_KEY") == DEVICE_KEY
    assert responses == {"ANSWER": "FACE_ID", "FACE": "a face", "USERNAME": ANSWERS.username}
    judge(call, ANSWERS.app)
    assert choose("FACE_ID", others={}).arguments["ChallengeResponses"]["ANSWER"] == "FACE_ID"


@pytest.mark.parametrize("choose", CHOOSE)
def test_a_new_choice_does_not_replace_what_every_answer_has(choose: Callable[..., Any]) -> None:
    for key in ("ANSWER", "USERNAME", "SECRET_HASH", "DEVICE_KEY"):
        with pytest.raises(ValueError, match="^others must not have what every answer has"):
            choose("FACE_ID", others={key: "x"})
    with pytest.raises(ValueError, match="^others goes with a choice that is new, not with EMAIL"):
        choose("EMAIL_OTP", others={})
    for wrong in (None, 5, []):
        with pytest.raises(TypeError, match="^choice must be a str"):
            choose(wrong)
        with pytest.raises(TypeError, match="^choice must be a str"):
            choose(wrong, others={})
    with pytest.raises(InputError, match="^choice is empty$"):
        choose("", others={})
    with pytest.raises(InputError, match="^FACE holds a lone surrogate"):
        choose("FACE_ID", others={"FACE": "\ud800"})


VALUES = {"srp_a": "hunter2", "password": "hunter2", "credential": '{"id": "hunter2"}'}
ITS_CHOICE = {"srp_a": "PASSWORD_SRP", "password": "PASSWORD", "credential": "WEB_AUTHN"}


@pytest.mark.parametrize("choice", typing.get_args(FirstFactor))
@pytest.mark.parametrize("name", VALUES)
def test_a_choice_takes_no_value_of_another_choice(choice: Any, name: str) -> None:
    own = {key: VALUES[key] for key, its in ITS_CHOICE.items() if its == choice}
    values: dict[str, Any] = {**own, name: VALUES[name]}
    if ITS_CHOICE[name] == choice:
        ANSWERS.select_challenge(choice, **values)
        return
    says = f"^{name} goes with {ITS_CHOICE[name]}, not with {choice}$"
    with pytest.raises(ValueError, match=says) as caught:
        ANSWERS.select_challenge(choice, **values)
    assert_hidden(caught.value, "hunter2")


@pytest.mark.parametrize(("choice", "name"), [("PASSWORD_SRP", "srp_a"), ("PASSWORD", "password")])
def test_a_choice_names_the_value_that_it_needs(choice: Any, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{choice} needs {name}$"):
        ANSWERS.select_challenge(choice)


@pytest.mark.parametrize("name", ["userAttributes.email", "userAttributes."])
def test_attributes_are_named_without_the_prefix(name: str) -> None:
    with pytest.raises(ValueError, match="attributes are named without 'userAttributes.'"):
        ANSWERS.new_password_required("new", {name: "a@example.com"})


@pytest.mark.parametrize(
    ("attributes", "error", "says"),
    [
        ([("email", "hunter2")], TypeError, "attributes must be a mapping of str to str, not list"),
        ({"email": None}, TypeError, "^email must be a str, not NoneType"),
        ({"": "hunter2"}, ValueError, "a name in attributes is empty"),
        ({"email": "hunter2\ud800"}, InputError, "^email holds a lone surrogate"),
    ],
)
def test_attributes_are_texts(attributes: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says) as caught:
        ANSWERS.new_password_required("hunter2", attributes)
    assert_hidden(caught.value, "hunter2")


class Deep(list[Any]):
    """Lists in lists, whose repr is short: pytest asks for it."""

    def __init__(self, levels: int) -> None:
        value: Any = []
        for _ in range(levels):
            value = [value]
        super().__init__(value)

    def __repr__(self) -> str:
        return "Deep()"


@pytest.mark.parametrize(
    ("credential", "error", "says"),
    [
        (
            "hunter2",
            ValueError,
            "^credential must be a JSON object: pass WebAuthn's AuthenticationResponseJSON$",
        ),
        ('["hunter2"]', ValueError, "^credential must be a JSON object"),
        ('"hunter2"', ValueError, "^credential must be a JSON object"),
        ("", ValueError, "^credential must be a JSON object"),
        ('{"id": "hunter2"', ValueError, "^credential must be a JSON object"),
        ('{"id": "hunter2\ud800"}', ValueError, "^credential holds a lone surrogate"),
        (b'{"id": "hunter2"}', TypeError, "^credential must be a JSON object, not bytes$"),
        (["hunter2"], TypeError, "^credential must be a JSON object, not list$"),
        ('{"id": ' + "[" * 1000 + "]" * 1000 + "}", InputError, "^credential must be a JSON obj"),
        ({"id": Deep(1000)}, InputError, "^credential must be a JSON object"),
        ({"id": Deep(100_000)}, InputError, "^credential must be a JSON object"),
        ({"id": float("nan")}, InputError, "^credential must be a JSON object"),
    ],
    ids=repr,
)
def test_a_credential_must_be_a_json_object(
    credential: Any, error: type[Exception], says: str
) -> None:
    for use in (
        ANSWERS.web_authn,
        lambda credential: ANSWERS.select_challenge("WEB_AUTHN", credential=credential),
    ):
        with pytest.raises(error, match=says) as caught:
            use(credential)
        assert_hidden(caught.value, "hunter2")


# Secrets


def test_no_secret_is_in_any_repr() -> None:
    answers = Answers(
        AppClient(CLIENT_ID, "hunter2"),
        "alice",
        session="hunter2",
        context=Context(client_metadata={"note": "hunter2"}, encoded_data="hunter2"),
    )
    claim = Claim("signature", "hunter2", "now")
    shown = repr(answers) + repr(claim) + repr(answers.password("hunter2"))
    assert "hunter2" not in shown
    assert "alice" in repr(answers)


def test_answers_cannot_be_changed_between_two_answers() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ANSWERS.username = "mallory"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        CLAIM.timestamp = "later"  # type: ignore[misc]
