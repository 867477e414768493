"""A call of the Cognito API as a value: which operation, and with which arguments.

The law: nothing is sent here. A call is handed over in two forms that say the same, as keyword
arguments for boto3 and as an HTTP request for anyone else. The arguments are TypedDicts with AWS's
own key names, so that they unpack into boto3's methods, typed or not.

Source of names and forms: AWS's service model of cognito-idp (2016-04-18), as botocore ships it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Literal, TypeAlias, TypedDict, TypeVar

from ..proof.device import DeviceSecretVerifierConfig
from ..proof.identity import pool_name

__all__ = [
    "AccountArguments",
    "AdminInitiateAuthArguments",
    "AdminRespondToAuthChallengeArguments",
    "AnalyticsMetadata",
    "AnyCall",
    "AssociateSoftwareTokenArguments",
    "AuthFlow",
    "Call",
    "ChallengeName",
    "ConfirmDeviceArguments",
    "ConfirmForgotPasswordArguments",
    "ConfirmSignUpArguments",
    "ContextData",
    "ContextMembers",
    "HttpHeader",
    "InitiateAuthArguments",
    "RespondToAuthChallengeArguments",
    "SignUpArguments",
    "UpdateDeviceStatusArguments",
    "UserAttribute",
    "UserContextData",
    "VerifySoftwareTokenArguments",
    "endpoint",
]

AuthFlow: TypeAlias = Literal["USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN_AUTH"]
"""The ways into a user pool for which there are builders."""

ChallengeName: TypeAlias = Literal[
    "PASSWORD_VERIFIER",
    "DEVICE_SRP_AUTH",
    "DEVICE_PASSWORD_VERIFIER",
    "SMS_MFA",
    "EMAIL_OTP",
    "SMS_OTP",
    "SOFTWARE_TOKEN_MFA",
    "SELECT_MFA_TYPE",
    "MFA_SETUP",
    "NEW_PASSWORD_REQUIRED",
    "CUSTOM_CHALLENGE",
    "SELECT_CHALLENGE",
    "PASSWORD",
    "PASSWORD_SRP",
    "WEB_AUTHN",
]
"""The challenges that can be answered: all of AWS's model but ADMIN_NO_SRP_AUTH."""


# Members that are always there are declared optional where AWS's model has them so: a type checker
# takes no stricter dictionary where boto3 expects that one.
class AnalyticsMetadata(TypedDict, total=False):
    """The Amazon Pinpoint endpoint that a call is counted for."""

    AnalyticsEndpointId: str


class UserContextData(TypedDict, total=False):
    """What threat protection is told about the user's device."""

    IpAddress: str
    EncodedData: str


class HttpHeader(TypedDict, total=False):
    """One header of the request that a user made to the caller's own server."""

    headerName: str
    headerValue: str


class _ContextDataRequired(TypedDict):
    IpAddress: str
    ServerName: str
    ServerPath: str
    HttpHeaders: Sequence[HttpHeader]


class ContextData(_ContextDataRequired, total=False):
    """What threat protection is told by the operations that need AWS credentials."""

    EncodedData: str


class _UserAttributeRequired(TypedDict):
    Name: str


class UserAttribute(_UserAttributeRequired, total=False):
    """One attribute of a user."""

    Value: str


class ContextMembers(TypedDict, total=False):
    """What most operations take beside what they are about."""

    AnalyticsMetadata: AnalyticsMetadata
    UserContextData: UserContextData
    ClientMetadata: dict[str, str]


class _InitiateAuthRequired(TypedDict):
    AuthFlow: AuthFlow
    ClientId: str
    AuthParameters: dict[str, str]


class InitiateAuthArguments(_InitiateAuthRequired, ContextMembers, total=False):
    """The keyword arguments of boto3's ``initiate_auth``, which are InitiateAuth's JSON body."""

    Session: str


class _RespondToAuthChallengeRequired(TypedDict):
    ClientId: str
    ChallengeName: ChallengeName
    ChallengeResponses: dict[str, str]


class RespondToAuthChallengeArguments(_RespondToAuthChallengeRequired, ContextMembers, total=False):
    """The keyword arguments of boto3's ``respond_to_auth_challenge``, likewise the JSON body."""

    Session: str


class _AdminInitiateAuthRequired(_InitiateAuthRequired):
    UserPoolId: str


class AdminInitiateAuthArguments(_AdminInitiateAuthRequired, total=False):
    """The arguments of AdminInitiateAuth."""

    Session: str
    AnalyticsMetadata: AnalyticsMetadata
    ContextData: ContextData
    ClientMetadata: dict[str, str]


class _AdminRespondToAuthChallengeRequired(_RespondToAuthChallengeRequired):
    UserPoolId: str


class AdminRespondToAuthChallengeArguments(_AdminRespondToAuthChallengeRequired, total=False):
    """The arguments of AdminRespondToAuthChallenge."""

    Session: str
    AnalyticsMetadata: AnalyticsMetadata
    ContextData: ContextData
    ClientMetadata: dict[str, str]


class _AccountRequired(TypedDict):
    ClientId: str
    Username: str


class AccountArguments(_AccountRequired, ContextMembers, total=False):
    """The arguments that the operations on an account share; ForgotPassword has no others."""

    SecretHash: str


class SignUpArguments(AccountArguments, total=False):
    """The arguments of SignUp."""

    Password: str
    UserAttributes: list[UserAttribute]
    ValidationData: list[UserAttribute]


class _ConfirmSignUpRequired(AccountArguments):
    ConfirmationCode: str


class ConfirmSignUpArguments(_ConfirmSignUpRequired, total=False):
    """The arguments of ConfirmSignUp."""

    ForceAliasCreation: bool
    Session: str


class ConfirmForgotPasswordArguments(AccountArguments):
    """The arguments of ConfirmForgotPassword."""

    ConfirmationCode: str
    Password: str


class _OfDevice(TypedDict):
    AccessToken: str
    DeviceKey: str


class ConfirmDeviceArguments(_OfDevice, total=False):
    """The arguments of ConfirmDevice."""

    DeviceSecretVerifierConfig: DeviceSecretVerifierConfig
    DeviceName: str


class UpdateDeviceStatusArguments(_OfDevice, total=False):
    """The arguments of UpdateDeviceStatus."""

    DeviceRememberedStatus: Literal["remembered", "not_remembered"]


class AssociateSoftwareTokenArguments(TypedDict, total=False):
    """The arguments of AssociateSoftwareToken."""

    AccessToken: str
    Session: str


class _VerifySoftwareTokenRequired(TypedDict):
    UserCode: str


class VerifySoftwareTokenArguments(_VerifySoftwareTokenRequired, total=False):
    """The arguments of VerifySoftwareToken."""

    AccessToken: str
    Session: str
    FriendlyDeviceName: str


Arguments_co = TypeVar("Arguments_co", bound=Mapping[str, object], covariant=True)


@dataclass(frozen=True)
class Call(Generic[Arguments_co]):
    """One call to make: an operation of the Cognito API and its arguments.

    With boto3 send it as ``getattr(cognito, call.method)(**call.arguments)``. With any other HTTP
    client POST ``call.body`` with ``call.headers`` to the pool's `endpoint`. The operations that
    a user's own program calls need no signature; those whose name begins with Admin need AWS's
    Signature Version 4 in both forms.

    Args:
        operation: the operation, such as ``InitiateAuth``.
        arguments: its arguments. They hold secrets, so no repr shows them.

    >>> call = Call("ForgotPassword", {"ClientId": "1example23456789", "Username": "alice"})
    >>> call
    Call('ForgotPassword')
    >>> call.method
    'forgot_password'
    >>> call.headers["X-Amz-Target"]
    'AWSCognitoIdentityProviderService.ForgotPassword'
    >>> call.body
    b'{"ClientId": "1example23456789", "Username": "alice"}'
    """

    operation: str
    arguments: Arguments_co = field(repr=False)

    @property
    def method(self) -> str:
        """The name of boto3's method for the operation."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", self.operation).lower()

    @property
    def headers(self) -> dict[str, str]:
        """The two headers that an HTTP request needs."""
        return {
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{self.operation}",
            "Content-Type": "application/x-amz-json-1.1",
        }

    @property
    def body(self) -> bytes:
        """The body of an HTTP request: the arguments as JSON, byte for byte as botocore's."""
        return json.dumps(self.arguments).encode("ascii")

    def __repr__(self) -> str:
        return f"Call({self.operation!r})"


AnyCall: TypeAlias = Call[Mapping[str, object]]
"""A call, whichever its operation."""

_REGION: Final = re.compile(r"[a-z]{2,8}(?:-[a-z]{1,12}){1,3}-\d{1,2}", re.ASCII)

# Which domain serves a region is told by its first letters: AWS's "partitions".
_DOMAINS: Final = (
    ("cn-", "amazonaws.com.cn"),
    ("eusc-", "amazonaws.eu"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov"),
    ("", "amazonaws.com"),
)


def endpoint(pool_id: str) -> str:
    """Return the URL that calls about a user pool are POSTed to.

    Raises:
        TypeError, ValueError: `pool_id` is no user pool id, or the part before "_" no region.

    Source: the partitions and the endpoint rules that botocore ships.

    >>> endpoint("eu-west-1_Example")
    'https://cognito-idp.eu-west-1.amazonaws.com/'
    """
    pool_name(pool_id)
    region = pool_id.partition("_")[0]
    if not _REGION.fullmatch(region):
        raise ValueError('pool_id must begin with an AWS region, such as "eu-west-1"')
    domain = next(domain for prefix, domain in _DOMAINS if region.startswith(prefix))
    return f"https://cognito-idp.{region}.{domain}/"
