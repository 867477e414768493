"""The requests of a sign-in: each builder takes the bare values and returns the call to make.

The rules of this folder. Nothing is sent here, and no caller writes a key of a request. A
SECRET_HASH is made of the USERNAME that the same call sends, in one place for each form of a call.
"""

from ..proof.device import DeviceSecretVerifierConfig
from . import initiate_auth, operations
from .call import (
    AccountArguments,
    AdminInitiateAuthArguments,
    AdminRespondToAuthChallengeArguments,
    AnalyticsMetadata,
    AnyCall,
    AssociateSoftwareTokenArguments,
    AuthFlow,
    Call,
    ChallengeName,
    ConfirmDeviceArguments,
    ConfirmForgotPasswordArguments,
    ConfirmSignUpArguments,
    ContextData,
    ContextMembers,
    HttpHeader,
    InitiateAuthArguments,
    RespondToAuthChallengeArguments,
    SignUpArguments,
    UpdateDeviceStatusArguments,
    UserAttribute,
    UserContextData,
    VerifySoftwareTokenArguments,
    endpoint,
)
from .challenges import Answers, FirstFactor
from .context import Admin, Context
from .srp_client import SRPClient
from .user_context import encoded_data

__all__ = [
    "AccountArguments",
    "Admin",
    "AdminInitiateAuthArguments",
    "AdminRespondToAuthChallengeArguments",
    "AnalyticsMetadata",
    "Answers",
    "AnyCall",
    "AssociateSoftwareTokenArguments",
    "AuthFlow",
    "Call",
    "ChallengeName",
    "ConfirmDeviceArguments",
    "ConfirmForgotPasswordArguments",
    "ConfirmSignUpArguments",
    "Context",
    "ContextData",
    "ContextMembers",
    "DeviceSecretVerifierConfig",
    "FirstFactor",
    "HttpHeader",
    "InitiateAuthArguments",
    "RespondToAuthChallengeArguments",
    "SRPClient",
    "SignUpArguments",
    "UpdateDeviceStatusArguments",
    "UserAttribute",
    "UserContextData",
    "VerifySoftwareTokenArguments",
    "encoded_data",
    "endpoint",
    "initiate_auth",
    "operations",
]
