"""The requests in vectors/v1/: the builders make every one, byte for byte.

The arguments were written by hand, the headers and bodies by botocore, and Node built them again;
they share no code with the library. vectors/README.md explains the files.
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
import vector_files

from srp_cognito import (
    Admin,
    Answers,
    AppClient,
    Claim,
    Context,
    encoded_data,
    initiate_auth,
    operations,
)
from srp_cognito.calls.arguments import AuthFlow, ChallengeName
from srp_cognito.calls.call import Call
from srp_cognito.calls.challenges import FirstFactor, MFAType
from srp_cognito.calls.initiate_auth import StepUp
from srp_cognito.proof import srp

GROUPS = vector_files.groups(*vector_files.REQUESTS)
TESTS = vector_files.tests(*vector_files.REQUESTS)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Values = dict[str, Any]


def of_type(*types: str) -> list[Any]:
    return [
        pytest.param(group["type"], test, id=test["id"])
        for group in GROUPS
        if group["type"] in types
        for test in group["tests"]
    ]


def taken(values: Values, *names: str) -> Values:
    """Take the values with these names, as far as there are any, out of `values`."""
    return {name: values.pop(name) for name in names if name in values}


def app_of(values: Values) -> AppClient:
    return AppClient(**taken(values, "client_id", "client_secret"))


def context_of(values: Values) -> Context | None:
    names = ("client_metadata", "analytics_endpoint_id", "ip_address", "encoded_data")
    found = taken(values, *names)
    return Context(**found) if found else None


def answer(values: Values) -> Call[Any]:
    answers = Answers(
        app_of(values),
        context=context_of(values),
        **taken(values, "username", "session", "device_key"),
    )
    method = getattr(answers, values.pop("challenge").lower())
    claim = taken(values, "signature", "secret_block", "timestamp")
    return method(Claim(**claim)) if claim else method(**values)


def beginning(values: Values) -> Call[Any]:
    begin = getattr(initiate_auth, values.pop("flow").lower())
    step_up = taken(values, "target_acr_values", "max_age", "access_token")
    if step_up:
        values["step_up"] = StepUp(**step_up)
    return begin(app_of(values), context=context_of(values), **values)


def account(values: Values) -> Call[Any]:
    operation = Call(values.pop("operation"), {}).method
    build = getattr(operations, operation)
    return build(app_of(values), context=context_of(values), **values)


def refresh_token(values: Values) -> Call[Any]:
    build = getattr(operations, Call(values.pop("operation"), {}).method)
    return build(app_of(values), **values)


def possession(values: Values) -> Call[Any]:
    build = getattr(operations, Call(values.pop("operation"), {}).method)
    if "verifier" in values:
        padded = {
            name: base64.b64encode(srp.pad(int(values.pop(given), 16))).decode("ascii")
            for name, given in (("PasswordVerifier", "verifier"), ("Salt", "salt"))
        }
        values["config"] = padded
    return build(**values)


BUILDERS = {
    "Answer": answer,
    "Beginning": beginning,
    "Account": account,
    "RefreshToken": refresh_token,
    "Possession": possession,
}


@pytest.mark.parametrize(("type_", "test"), of_type(*BUILDERS))
def test_every_request_is_built_to_the_last_byte(type_: str, test: Values) -> None:
    values = dict(test["input"])
    admin = values.pop("admin", None)
    call = BUILDERS[type_](values)
    if admin is not None:
        call = Admin(**admin).instead_of(call)
    expected = test["expected"]
    assert call.arguments == expected["arguments"]
    assert call.operation == expected["operation"]
    assert call.headers == expected["headers"]
    assert call.body.decode("ascii") == expected["body"]


@pytest.mark.parametrize(("type_", "test"), of_type("EncodedData"))
def test_every_encoded_data_is_made_to_the_last_byte(type_: str, test: Values) -> None:
    values = dict(test["input"])
    made = encoded_data(
        values.pop("context_data"),
        app=app_of(values),
        now=EPOCH + timedelta(milliseconds=values.pop("milliseconds")),
        **values,
    )
    expected = test["expected"]
    assert json.loads(base64.b64decode(made)) == {
        "payload": expected["payload"],
        "signature": expected["signature"],
        "version": "ANDROID20171114",
    }
    assert made == expected["encoded_data"]


def named(key: str, *, secret: bool) -> set[str]:
    """The challenges, flows or choices of the tests with or without a client secret."""
    return {
        test["input"][key]
        for test in TESTS
        if key in test["input"] and ("client_secret" in test["input"]) is secret
        # A choice that is made up comes with others.
        if key != "choice" or "others" not in test["input"]
    }


@pytest.mark.parametrize("secret", [False, True])
def test_every_challenge_and_flow_that_has_a_builder_is_in_the_file(*, secret: bool) -> None:
    assert named("challenge", secret=secret) == set(get_args(ChallengeName))
    assert named("flow", secret=secret) == set(get_args(AuthFlow))
    assert named("preferred_challenge", secret=secret) == set(get_args(FirstFactor))
    choices = {*get_args(FirstFactor), *get_args(MFAType)}
    assert named("choice", secret=secret) == choices


def test_every_operation_that_has_a_builder_is_in_the_file() -> None:
    there = {Call(test["input"].get("operation", ""), {}).method for test in TESTS} - {""}
    assert there == set(operations.__all__)
