"""The arguments of each operation, as TypedDicts with AWS's own names.

They unpack into boto3's methods, typed or not, and are the JSON body for any other HTTP client.

Source: AWS's service model of cognito-idp (2016-04-18), as botocore ships it. A member that is
always sent is still declared optional where the model has it so: boto3's types take no stricter
dictionary.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias, TypedDict

from ..proof.device import DeviceSecretVerifierConfig

__all__ = [
    "AccountArguments",
    "AdminInitiateAuthArguments",
    "AdminRespondToAuthChallengeArguments",
    "AnalyticsMetadata",
    "AssociateSoftwareTokenArguments",
    "AuthFlow",
    "ChallengeName",
    "ConfirmDeviceArguments",
    "ConfirmForgotPasswordArguments",
    "ConfirmSignUpArguments",
    "ContextData",
    "ContextMembers",
    "GetTokensFromRefreshTokenArguments",
    "HttpHeader",
    "InitiateAuthArguments",
    "RespondToAuthChallengeArguments",
    "RevokeTokenArguments",
    "SignUpArguments",
    "UpdateDeviceStatusArguments",
    "UserAttribute",
    "UserContextData",
    "VerifySoftwareTokenArguments",
]

AuthFlow: TypeAlias = Literal[
    "USER_SRP_AUTH",
    "USER_AUTH",
    "CUSTOM_AUTH",
    "USER_PASSWORD_AUTH",
    "ADMIN_USER_PASSWORD_AUTH",
    "REFRESH_TOKEN_AUTH",
]
"""The flows that have a builder."""

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


# What most operations share.


class AnalyticsMetadata(TypedDict, total=False):
    """The Amazon Pinpoint endpoint that a call is counted for."""

    AnalyticsEndpointId: str


class UserContextData(TypedDict, total=False):
    """What threat protection learns about the user's device."""

    IpAddress: str
    EncodedData: str


class ContextMembers(TypedDict, total=False):
    """The members that most operations take in addition to their own."""

    AnalyticsMetadata: AnalyticsMetadata
    UserContextData: UserContextData
    ClientMetadata: dict[str, str]


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
    """What threat protection learns from an operation that needs AWS credentials."""

    EncodedData: str


class _Optional(ContextMembers, total=False):
    Session: str


class _AdminOptional(TypedDict, total=False):
    Session: str
    AnalyticsMetadata: AnalyticsMetadata
    ContextData: ContextData
    ClientMetadata: dict[str, str]


# The sign-in.


class _InitiateAuth(TypedDict):
    AuthFlow: AuthFlow
    ClientId: str
    AuthParameters: dict[str, str]


class InitiateAuthArguments(_InitiateAuth, _Optional):
    """The arguments of InitiateAuth."""


class AdminInitiateAuthArguments(_InitiateAuth, _AdminOptional):
    """The arguments of AdminInitiateAuth."""

    UserPoolId: str


class _RespondToAuthChallenge(TypedDict):
    ClientId: str
    ChallengeName: ChallengeName
    ChallengeResponses: dict[str, str]


class RespondToAuthChallengeArguments(_RespondToAuthChallenge, _Optional):
    """The arguments of RespondToAuthChallenge."""


class AdminRespondToAuthChallengeArguments(_RespondToAuthChallenge, _AdminOptional):
    """The arguments of AdminRespondToAuthChallenge."""

    UserPoolId: str


# Refresh tokens.


class _GetTokensFromRefreshTokenRequired(TypedDict):
    RefreshToken: str
    ClientId: str


class GetTokensFromRefreshTokenArguments(_GetTokensFromRefreshTokenRequired, total=False):
    """The arguments of GetTokensFromRefreshToken."""

    ClientSecret: str
    DeviceKey: str
    ClientMetadata: dict[str, str]


class _RevokeTokenRequired(TypedDict):
    Token: str
    ClientId: str


class RevokeTokenArguments(_RevokeTokenRequired, total=False):
    """The arguments of RevokeToken."""

    ClientSecret: str
    RevokeAssociatedSessions: Literal["NONE", "LINKED"]


# Accounts.


class _AccountRequired(TypedDict):
    ClientId: str
    Username: str


class AccountArguments(_AccountRequired, ContextMembers, total=False):
    """The arguments that the operations on an account share; ForgotPassword has no others."""

    SecretHash: str


class _UserAttributeRequired(TypedDict):
    Name: str


class UserAttribute(_UserAttributeRequired, total=False):
    """One attribute of a user."""

    Value: str


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


# Devices.


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


# Authenticator apps.


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
