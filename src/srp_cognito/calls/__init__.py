"""The requests of a sign-in, and what the service replies to them.

The rules of this folder. Nothing is sent here. A builder takes bare values and returns the call to
make; no caller writes a key of a request. SECRET_HASH is computed from the USERNAME of the same
call, in one place for each form of a call. What the service sent is read in `replies`.
"""

from ..proof.device import DeviceSecretVerifierConfig
from . import initiate_auth, operations
from .arguments import (
    AccountArguments,
    AdminInitiateAuthArguments,
    AdminRespondToAuthChallengeArguments,
    AnalyticsMetadata,
    AssociateSoftwareTokenArguments,
    AuthFlow,
    ChallengeName,
    ConfirmDeviceArguments,
    ConfirmForgotPasswordArguments,
    ConfirmSignUpArguments,
    ContextData,
    ContextMembers,
    GetTokensFromRefreshTokenArguments,
    HttpHeader,
    InitiateAuthArguments,
    RespondToAuthChallengeArguments,
    RevokeTokenArguments,
    SignUpArguments,
    UpdateDeviceStatusArguments,
    UserAttribute,
    UserContextData,
    VerifySoftwareTokenArguments,
)
from .call import AnyCall, Call, endpoint
from .challenges import Answers, FirstFactor
from .context import Admin, Context
from .http_reply import http_reply
from .initiate_auth import StepUp
from .replies import NewDevice, checked_reply
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
    "GetTokensFromRefreshTokenArguments",
    "HttpHeader",
    "InitiateAuthArguments",
    "NewDevice",
    "RespondToAuthChallengeArguments",
    "RevokeTokenArguments",
    "SRPClient",
    "SignUpArguments",
    "StepUp",
    "UpdateDeviceStatusArguments",
    "UserAttribute",
    "UserContextData",
    "VerifySoftwareTokenArguments",
    "checked_reply",
    "encoded_data",
    "endpoint",
    "http_reply",
    "initiate_auth",
    "operations",
]
