"""call.py: a call is what botocore would send, and goes to the address that botocore resolves."""

import json
import re
from typing import cast

import pytest
from botocore import xform_name
from botocore.endpoint_provider import EndpointProvider
from judge import MODEL, SESSION

from srp_cognito import Call, endpoint

# The call


def test_a_call_shows_its_operation_and_not_its_arguments() -> None:
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


@pytest.mark.parametrize("operation", sorted({*MODEL.operation_names, "ListClientMetadataURLs"}))
def test_the_method_of_every_operation_is_boto3s(operation: str) -> None:
    assert Call(operation, {}).method == xform_name(operation)


# The address

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
    # "aws-global" and the like are not regions.
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
def test_the_name_of_a_pool_is_not_in_the_endpoint(name: str) -> None:
    made = endpoint(f"eu-west-1_{name}")
    assert made == "https://cognito-idp.eu-west-1.amazonaws.com/"


@pytest.mark.parametrize(
    "pool_id", ["", "Example", "eu-west-1", "eu-west-1_", "_x", " eu-west-1_x"]
)
def test_what_is_not_a_pool_id_has_no_endpoint(pool_id: str) -> None:
    with pytest.raises(ValueError, match="^pool_id "):
        endpoint(pool_id)


def test_a_pool_id_that_is_not_text_is_a_type_error() -> None:
    with pytest.raises(TypeError, match=re.escape("pool_id must be a str, not bytes")):
        endpoint(cast("str", b"eu-west-1_Example"))
