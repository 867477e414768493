"""AWS's newest model has nothing in this field that is neither built nor left out with a reason.

What is built is what stands in the requests of vectors/v1/: tests/calls/test_requests.py sees that
the builders make each of these requests. What is left out is listed in tests/left_out.py.
"""

import copy
import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

import newest
import pytest
import vector_files
from left_out import LEFT_OUT

from srp_cognito import Admin, Call

pytestmark = pytest.mark.skipif(not newest.INSTALLED, reason=newest.MISSING)

Values = dict[str, Any]

REQUESTS = [
    test["expected"]
    for test in vector_files.tests(*vector_files.REQUESTS)
    if "operation" in test["expected"]
]

CHOSEN_BY = {"AuthParameters": "AuthFlow", "ChallengeResponses": "ChallengeName"}
"""The members that hold a map, and the member that says which keys the map has."""


# What AWS offers.


def model() -> Values:
    return newest.LOADER.load_service_model("cognito-idp", "service-2")


def in_field(operation: Values, shapes: Values) -> bool:
    """Whether a user's own program calls it, or it takes part in a sign-in."""
    members = shapes[operation["input"]["shape"]]["members"]
    reply = shapes[operation["output"]["shape"]]["members"] if "output" in operation else {}
    return (
        operation.get("authtype") == "none"
        or "smithy.api#noAuth" in operation.get("auth", ())
        or "AccessToken" in members
        or ("ClientId" in members and ("Session" in members or "UserPoolId" not in members))
        or "AuthenticationResult" in reply
    )


def documented(text: str) -> Iterator[tuple[str, str]]:
    """Yield what the documentation of a map names: a flow or challenge, or "", and key or value."""
    for section in re.split("(?=<dt>)|(?<=</dl>)", text):
        title = re.match("<dt>(.*?)</dt>", section)
        for code in re.findall("<code>(.*?)</code>", section, re.DOTALL):
            # "[claim_signature]" stands for a value; "[SMS_MFA|EMAIL_MFA]" names two.
            plain = re.sub(r"\[[^]|]*\]", "", code)
            words = re.findall(r'"(\w+\.)"|\b([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)*)\b', plain)
            for word in (key or capitals for key, capitals in words):
                for name in title[1].strip().split("/") if title else [""]:
                    if word != name:
                        yield name, word


def offered(service: Values) -> set[str]:
    """Everything in this field that a model has, by paths such as ``SignUp/Username``."""
    shapes = service["shapes"]

    def below(name: str, path: str) -> Iterator[str]:
        shape = shapes[name]
        for member, its in shape.get("members", {}).items():
            yield f"{path}/{member}"
            yield from below(its["shape"], f"{path}/{member}")
            if member in CHOSEN_BY:
                for chosen, word in documented(its["documentation"]):
                    place = f"{CHOSEN_BY[member]}/{chosen}" if chosen else member
                    yield f"{path}/{place}/{word}"
        if "member" in shape:
            yield from below(shape["member"]["shape"], path)
        yield from (f"{path}/{value}" for value in shape.get("enum", ()))

    found = set()
    for name, operation in service["operations"].items():
        if in_field(operation, shapes):
            found |= {name, *below(operation["input"]["shape"], name)}
    return found


# What the library builds.


@functools.cache
def built() -> frozenset[str]:
    """Everything that is in the golden requests, by the same paths."""
    found = set()
    for request in REQUESTS:
        operation, arguments = request["operation"], request["arguments"]
        found |= {operation, *sent(arguments, operation)}
        for_all = arguments.get("AuthFlow") != "USER_PASSWORD_AUTH"  # Servers have another.
        if operation in ("InitiateAuth", "RespondToAuthChallenge") and for_all:
            own = {key: value for key, value in arguments.items() if key != "UserContextData"}
            admin = Admin(pool_id="eu-west-1_Example").instead_of(Call(operation, own))
            found |= set(sent(dict(admin.arguments), admin.operation))
    return frozenset(found)


def sent(value: Any, path: str) -> Iterator[str]:
    """Yield the paths of everything in a request: its members, keys and texts."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield f"{path}/{name}"
            yield from sent(member, f"{path}/{name}")
            if name in CHOSEN_BY:
                chosen = f"{path}/{CHOSEN_BY[name]}/{value[CHOSEN_BY[name]]}"
                for key, text in member.items():
                    # "userAttributes." is followed by the name of an attribute.
                    words = (key, re.sub(r"\..*", ".", key), text)
                    yield from (f"{chosen}/{word}" for word in words)
    elif isinstance(value, list):
        for member in value:
            yield from sent(member, path)
    elif isinstance(value, str):
        yield f"{path}/{value}"


# The one held against the other.


def is_left_out(path: str) -> bool:
    return any(path == left or path.startswith(f"{left}/") for left in LEFT_OUT)


def unknown(service: Values) -> list[str]:
    return sorted(path for path in offered(service) - built() if not is_left_out(path))


def test_everything_that_aws_offers_is_built_or_left_out_with_a_reason() -> None:
    found = unknown(model())
    advice = (
        f"botocore {newest.version()} has something new. Give each of these a builder and a golden"
        " request (vectors/README.md), or a line with the reason in tests/left_out.py:"
    )
    assert not found, "\n".join([advice, *found])


def test_nothing_is_left_out_that_is_built_or_that_aws_does_not_have() -> None:
    assert not LEFT_OUT.keys() - offered(model())
    assert not LEFT_OUT.keys() & built()
    assert all(reason.endswith(".") for reason in LEFT_OUT.values())


# Would it be seen?


def with_operation(service: Values) -> str:
    service["shapes"]["Made"] = {"type": "structure", "members": {"AccessToken": {"shape": "T"}}}
    service["operations"]["SignInByWink"] = {"name": "SignInByWink", "input": {"shape": "Made"}}
    service["shapes"]["T"] = {"type": "string"}
    return "SignInByWink"


def with_open_operation(service: Values) -> str:
    with_operation(service)
    service["shapes"]["Made"]["members"] = {}
    service["operations"]["SignInByWink"]["auth"] = ["smithy.api#noAuth"]
    return "SignInByWink"


def with_member(service: Values) -> str:
    service["shapes"]["SignUpRequest"]["members"]["Nickname"] = {"shape": "ClientIdType"}
    return "SignUp/Nickname"


def with_member_of_a_member(service: Values) -> str:
    service["shapes"]["HttpHeader"]["members"]["headerSize"] = {"shape": "ClientIdType"}
    return "AdminInitiateAuth/ContextData/HttpHeaders/headerSize"


def with_flow(service: Values) -> str:
    service["shapes"]["AuthFlowType"]["enum"].append("USER_WINK_AUTH")
    return "InitiateAuth/AuthFlow/USER_WINK_AUTH"


def with_value_elsewhere(service: Values) -> str:
    service["shapes"]["RevokeAssociatedSessionsType"]["enum"].append("ALL")
    return "RevokeToken/RevokeAssociatedSessions/ALL"


def documentation_of(service: Values, operation: str, member: str) -> Values:
    shape = service["operations"][operation]["input"]["shape"]
    return service["shapes"][shape]["members"][member]


def with_parameter(service: Values) -> str:
    parameters = documentation_of(service, "InitiateAuth", "AuthParameters")
    parameters["documentation"] = parameters["documentation"].replace(
        "<dt>USER_SRP_AUTH</dt>", "<dt>USER_SRP_AUTH</dt> <code>WINK</code> (required)"
    )
    return "InitiateAuth/AuthFlow/USER_SRP_AUTH/WINK"


def with_parameter_of_every_flow(service: Values) -> str:
    parameters = documentation_of(service, "AdminInitiateAuth", "AuthParameters")
    parameters["documentation"] += "<p>Add <code>WINK_HASH</code>.</p>"
    return "AdminInitiateAuth/AuthParameters/WINK_HASH"


def with_response(service: Values) -> str:
    responses = documentation_of(service, "RespondToAuthChallenge", "ChallengeResponses")
    responses["documentation"] = responses["documentation"].replace(
        '"SMS_MFA_CODE": "[code]"', '"SMS_MFA_CODE": "[code]", "WINK": "[wink]"'
    )
    return "RespondToAuthChallenge/ChallengeName/SMS_MFA/WINK"


def with_choice(service: Values) -> str:
    responses = documentation_of(service, "RespondToAuthChallenge", "ChallengeResponses")
    responses["documentation"] = responses["documentation"].replace("[SMS_MFA|", "[WINK|SMS_MFA|")
    return "RespondToAuthChallenge/ChallengeName/SELECT_MFA_TYPE/WINK"


@pytest.mark.parametrize(
    "add",
    [
        with_operation,
        with_open_operation,
        with_member,
        with_member_of_a_member,
        with_flow,
        with_value_elsewhere,
        with_parameter,
        with_parameter_of_every_flow,
        with_response,
        with_choice,
    ],
)
def test_what_aws_may_add_is_seen(add: Callable[[Values], str]) -> None:
    service = copy.deepcopy(model())
    added = add(service)
    assert added in unknown(service)


def test_what_aws_may_add_outside_the_field_is_not() -> None:
    service = copy.deepcopy(model())
    service["shapes"]["CreateUserPoolRequest"]["members"]["Wink"] = {"shape": "ClientIdType"}
    assert unknown(service) == unknown(model())
