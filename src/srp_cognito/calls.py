"""The arguments of the calls that open and answer an exchange, as types.

They are TypedDicts with AWS's own key names, so that they unpack into boto3's methods, typed or
not, and are the JSON body for any other HTTP client.
"""

from typing import Literal, TypeAlias, TypedDict

__all__ = [
    "InitiateAuthArguments",
    "RespondToAuthChallengeArguments",
    "SRPChallengeName",
]

SRPChallengeName: TypeAlias = Literal[
    "PASSWORD_VERIFIER", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"
]
"""The names of the challenges that are answered with SRP."""


class InitiateAuthArguments(TypedDict):
    """The keyword arguments of boto3's ``initiate_auth``, which are InitiateAuth's JSON body."""

    AuthFlow: Literal["USER_SRP_AUTH"]
    ClientId: str
    AuthParameters: dict[str, str]


class _RespondToAuthChallengeRequired(TypedDict):
    ClientId: str
    ChallengeName: SRPChallengeName
    ChallengeResponses: dict[str, str]


class RespondToAuthChallengeArguments(_RespondToAuthChallengeRequired, total=False):
    """The keyword arguments of boto3's ``respond_to_auth_challenge``, likewise the JSON body."""

    Session: str
