"""calls.py: a call is what botocore would send, under AWS's names and to AWS's address."""

import json
import re
import typing
from collections.abc import Sequence

import pytest
from botocore import xform_name
from botocore.endpoint_provider import EndpointProvider
from botocore.model import Shape
from judge import MODEL, SESSION

from srp_cognito import Call, endpoint
from srp_cognito.calls import call as calls
from srp_cognito.calls.challenges import FirstFactor, MFAType

# The value


def test_a_call_shows_its_operation_and_none_of_its_arguments() -> None:
    call = Call("SignUp", {"Username": "alice", "Password": "hunter2"})
    assert repr(call) == str(call) == "Call('SignUp')"


def test_a_call_is_one_value_in_two_forms() -> None:
    call = Call("SignUp", {"Username": "\u00e4lice \U0001f600", "UserAttributes": [{"Name": "a"}]})
    assert call.body == (
        b'{"Username": "\\u00e4lice \\ud83d\\ude00", "UserAttributes": [{"Name": "a"}]}'
    )
    assert json.loads(call.body) == call.arguments
    assert call.headers == {
        "X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp",
        "Content-Type": "application/x-amz-json-1.1",
    }
    assert call == Call("SignUp", dict(call.arguments))
    assert call != Call("ConfirmSignUp", call.arguments)


@pytest.mark.parametrize("operation", MODEL.operation_names)
def test_the_method_of_every_operation_is_boto3s(operation: str) -> None:
    assert Call(operation, {}).method == xform_name(operation)


# AWS's names

UNANSWERABLE = "ADMIN_NO_SRP_AUTH"


def test_the_challenges_that_can_be_answered_are_all_that_there_are() -> None:
    ours = {*typing.get_args(calls.ChallengeName), UNANSWERABLE}
    theirs = set(MODEL.shape_for("ChallengeNameType").enum)
    assert not theirs - ours, (
        f"AWS has new challenges: {sorted(theirs - ours)}. Each needs a builder in challenges.py"
        " (its keys are in the documentation of ChallengeResponses), its name in"
        " calls.ChallengeName, a question or an answer in sign_in.py, and a line in CHANGELOG.md"
    )
    assert not ours - theirs, (
        f"botocore's model lacks {sorted(ours - theirs)}: either it is older than these challenges"
        " (install a newer boto3), or AWS has taken them back"
    )


def test_the_flows_are_aws_flows() -> None:
    assert set(typing.get_args(calls.AuthFlow)) <= set(MODEL.shape_for("AuthFlowType").enum)


def test_what_can_be_chosen_is_a_challenge() -> None:
    names = set(typing.get_args(calls.ChallengeName))
    # AWS's documentation has this one where the model and AWS's clients have EMAIL_OTP.
    assert set(typing.get_args(MFAType)) - {"EMAIL_MFA"} <= names
    assert set(typing.get_args(FirstFactor)) <= names


ARGUMENTS = {
    "InitiateAuth": calls.InitiateAuthArguments,
    "RespondToAuthChallenge": calls.RespondToAuthChallengeArguments,
    "AdminInitiateAuth": calls.AdminInitiateAuthArguments,
    "AdminRespondToAuthChallenge": calls.AdminRespondToAuthChallengeArguments,
    "SignUp": calls.SignUpArguments,
    "ConfirmSignUp": calls.ConfirmSignUpArguments,
    "ResendConfirmationCode": calls.AccountArguments,
    "ForgotPassword": calls.AccountArguments,
    "ConfirmForgotPassword": calls.ConfirmForgotPasswordArguments,
    "ConfirmDevice": calls.ConfirmDeviceArguments,
    "UpdateDeviceStatus": calls.UpdateDeviceStatusArguments,
    "AssociateSoftwareToken": calls.AssociateSoftwareTokenArguments,
    "VerifySoftwareToken": calls.VerifySoftwareTokenArguments,
}


def compare(ours: typing.Any, theirs: Shape, path: str) -> None:
    """Whatever our type allows, AWS's shape has under the same name and of the same form."""
    origin = typing.get_origin(ours)
    if typing.is_typeddict(ours):
        hints = typing.get_type_hints(ours)
        assert hints.keys() <= theirs.members.keys(), path
        assert set(theirs.required_members) <= ours.__required_keys__, path
        for name, hint in hints.items():
            compare(hint, theirs.members[name], f"{path}.{name}")
    elif origin in (list, Sequence):
        assert theirs.type_name == "list", path
        compare(typing.get_args(ours)[0], theirs.member, f"{path}[]")
    elif origin is dict:
        assert theirs.type_name == "map", path
        for hint, shape in zip(typing.get_args(ours), (theirs.key, theirs.value), strict=True):
            compare(hint, shape, f"{path}{{}}")
    elif origin is typing.Literal:
        assert set(typing.get_args(ours)) <= set(theirs.enum), path
    else:
        assert {str: "string", bool: "boolean"}[ours] == theirs.type_name, path


@pytest.mark.parametrize("operation", ARGUMENTS)
def test_the_arguments_types_have_aws_members_and_lack_none_that_it_requires(
    operation: str,
) -> None:
    shape = MODEL.operation_model(operation).input_shape
    assert shape is not None
    compare(ARGUMENTS[operation], shape, operation)


def test_the_registration_of_a_device_and_the_context_members_are_aws_too() -> None:
    config = MODEL.shape_for("DeviceSecretVerifierConfigType")
    compare(calls.DeviceSecretVerifierConfig, config, "DeviceSecretVerifierConfig")
    for operation in ("InitiateAuth", "RespondToAuthChallenge", "SignUp", "ForgotPassword"):
        shape = MODEL.operation_model(operation).input_shape
        assert calls.ContextMembers.__annotations__.keys() <= shape.members.keys()


# AWS's address

LOADER = SESSION.get_component("data_loader")
PARTITIONS = LOADER.load_data("partitions")
PROVIDER = EndpointProvider(
    LOADER.load_service_model("cognito-idp", "endpoint-rule-set-1"), PARTITIONS
)


def resolved(region: str) -> str:
    found = PROVIDER.resolve_endpoint(Region=region, UseFIPS=False, UseDualStack=False)
    return f"{found.url}/"


def known_regions() -> list[str]:
    """Every region of every partition, by the two lists that botocore has."""
    found = {region for partition in PARTITIONS["partitions"] for region in partition["regions"]}
    for partition in SESSION.get_available_partitions():
        for service in ("cognito-idp", "ec2"):
            found.update(SESSION.get_available_regions(service, partition))
    # "aws-global" and its like stand for no region.
    return sorted(region for region in found if not region.endswith("-global"))


def test_botocore_knows_regions_of_every_partition() -> None:
    assert len(known_regions()) >= 45
    prefixes = {region.partition("-")[0] for region in known_regions()}
    assert prefixes >= {"us", "eu", "cn", "eusc"}


@pytest.mark.parametrize("region", known_regions())
def test_the_endpoint_of_every_region_is_the_one_that_botocore_resolves(region: str) -> None:
    assert endpoint(f"{region}_Example") == resolved(region)


def test_regions_that_aws_may_open_have_the_endpoint_that_botocore_would_resolve() -> None:
    areas = {region.rsplit("-", 2)[0] for region in known_regions()}
    assert {"us", "us-gov", "us-iso", "us-isob", "eu-isoe", "us-isof", "eusc-de", "cn"} <= areas
    for area in areas:
        for direction in ("north", "south", "east", "west", "central", "northwest"):
            for number in (1, 9, 12):
                region = f"{area}-{direction}-{number}"
                assert endpoint(f"{region}_Example") == resolved(region)


HOSTILE = {
    "another domain": "evil.com/_x",
    "a domain behind the region": "eu-west-1.evil.com_x",
    "a path behind the region": "eu-west-1/_x",
    "a user before another domain": "eu-west-1@evil.com_x",
    "a port": "eu-west-1:8080_x",
    "a query": "eu-west-1?_x",
    "a fragment": "eu-west-1#_x",
    "capitals": "EU-WEST-1_x",
    "a capital": "eu-West-1_x",
    "full-width digits": "eu-west-\uff11_x",
    "Arabic-Indic digits": "eu-west-\u0661_x",
    "letters of another script": "\u0435u-west-1_x",
    "a line end": "eu-west-1\n_x",
    "a space": "eu west-1_x",
    "a backslash": "eu-west-1\\_x",
    "a per cent sign": "eu-west-1%2e_x",
    "no number": "eu-west_x",
    "a global pseudo-region": "aws-global_x",
    "an emulator's": "local_x",
    "too long a number": "eu-west-100_x",
    "too many parts": "eu-a-b-c-d-1_x",
    "megabytes": "a" * 10_000_000 + "_x",
}


@pytest.mark.parametrize("pool_id", HOSTILE.values(), ids=HOSTILE)
def test_a_pool_id_cannot_lead_a_call_to_another_host(pool_id: str) -> None:
    with pytest.raises(ValueError, match="^pool_id must begin with an AWS region") as caught:
        endpoint(pool_id)
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize("name", ["x/../y", "x?y", "x#y", "@evil.com", "_", "x_y"])
def test_the_name_of_a_pool_is_no_part_of_the_endpoint(name: str) -> None:
    made = endpoint(f"eu-west-1_{name}")
    assert made == "https://cognito-idp.eu-west-1.amazonaws.com/"


@pytest.mark.parametrize(
    "pool_id", ["", "Example", "eu-west-1", "eu-west-1_", "_x", " eu-west-1_x"]
)
def test_what_is_no_pool_id_has_no_endpoint(pool_id: str) -> None:
    with pytest.raises(ValueError, match="^pool_id "):
        endpoint(pool_id)


def test_a_pool_id_that_is_no_text_is_a_type_error() -> None:
    with pytest.raises(TypeError, match=re.escape("pool_id must be a str, not bytes")):
        endpoint(typing.cast("str", b"eu-west-1_Example"))
