"""arguments.py: the names and the types are those of AWS's service model."""

import typing
from collections.abc import Sequence

import pytest
from botocore.model import Shape
from judge import MODEL

from srp_cognito import DeviceSecretVerifierConfig
from srp_cognito.calls import arguments
from srp_cognito.calls.challenges import FirstFactor, MFAType

UNANSWERABLE = "ADMIN_NO_SRP_AUTH"


def test_the_challenges_that_can_be_answered_are_all_that_there_are() -> None:
    ours = {*typing.get_args(arguments.ChallengeName), UNANSWERABLE}
    theirs = set(MODEL.shape_for("ChallengeNameType").enum)
    assert not theirs - ours, (
        f"AWS has new challenges: {sorted(theirs - ours)}. Each needs its name in ChallengeName, a"
        " builder in challenges.py (its keys are in the documentation of ChallengeResponses), a"
        " question in questions.py or an answer in steps.py, and a line in CHANGELOG.md"
    )
    assert not ours - theirs, (
        f"botocore's model lacks {sorted(ours - theirs)}: either it is older than these challenges"
        " (install a newer boto3), or AWS has taken them back"
    )


def test_the_flows_are_aws_flows() -> None:
    assert set(typing.get_args(arguments.AuthFlow)) <= set(MODEL.shape_for("AuthFlowType").enum)


def test_every_choice_is_a_challenge() -> None:
    names = set(typing.get_args(arguments.ChallengeName))
    # AWS's documentation has this one where the model and AWS's clients have EMAIL_OTP.
    assert set(typing.get_args(MFAType)) - {"EMAIL_MFA"} <= names
    assert set(typing.get_args(FirstFactor)) <= names


ARGUMENTS = {
    "InitiateAuth": arguments.InitiateAuthArguments,
    "RespondToAuthChallenge": arguments.RespondToAuthChallengeArguments,
    "AdminInitiateAuth": arguments.AdminInitiateAuthArguments,
    "AdminRespondToAuthChallenge": arguments.AdminRespondToAuthChallengeArguments,
    "SignUp": arguments.SignUpArguments,
    "ConfirmSignUp": arguments.ConfirmSignUpArguments,
    "ResendConfirmationCode": arguments.AccountArguments,
    "ForgotPassword": arguments.AccountArguments,
    "ConfirmForgotPassword": arguments.ConfirmForgotPasswordArguments,
    "ConfirmDevice": arguments.ConfirmDeviceArguments,
    "UpdateDeviceStatus": arguments.UpdateDeviceStatusArguments,
    "AssociateSoftwareToken": arguments.AssociateSoftwareTokenArguments,
    "VerifySoftwareToken": arguments.VerifySoftwareTokenArguments,
}


def compare(ours: typing.Any, theirs: Shape, path: str) -> None:
    """AWS's shape has every member of our type, with the same name and form."""
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
def test_the_arguments_have_aws_members_and_all_that_it_requires(
    operation: str,
) -> None:
    shape = MODEL.operation_model(operation).input_shape
    assert shape is not None
    compare(ARGUMENTS[operation], shape, operation)


def test_the_registration_of_a_device_and_the_context_have_aws_members() -> None:
    config = MODEL.shape_for("DeviceSecretVerifierConfigType")
    compare(DeviceSecretVerifierConfig, config, "DeviceSecretVerifierConfig")
    for operation in ("InitiateAuth", "RespondToAuthChallenge", "SignUp", "ForgotPassword"):
        shape = MODEL.operation_model(operation).input_shape
        assert arguments.ContextMembers.__annotations__.keys() <= shape.members.keys()
