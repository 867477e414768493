"""Where it stands how the service behaves: the sources that several behaviours name."""

from typing import Final

__all__ = [
    "CLI_LIST_PASSKEYS",
    "CLI_START_PASSKEY",
    "FRANKEN",
    "GUIDE_ACCESS_TOKEN",
    "GUIDE_DEVICES",
    "GUIDE_EXISTENCE",
    "GUIDE_FLOWS",
    "GUIDE_ID_TOKEN",
    "GUIDE_LOCKOUT",
    "GUIDE_REFRESH_TOKEN",
    "GUIDE_SECRET_HASH",
    "GUIDE_VERIFYING",
    "INVESTMENT",
    "MINISTACK",
    "MODEL",
    "MOTO",
    "issue",
]

MINISTACK: Final = "https://github.com/ministackorg/ministack/pull/1758"
"""A table of what a pool in eu-central-1 answered, measured by iot-rocket on 2026-09-16."""

MOTO: Final = (
    "https://github.com/getmoto/moto/blob/0af643a5dbfc98797f08ee64f5be3ef8002d56ff"
    "/tests/test_cognitoidp/test_cognitoidp.py"
)
"""Tests with the mark ``aws_verified``: their authors ran them at AWS."""

FRANKEN: Final = (
    "https://github.com/ravenscar/franken-srp/blob/1570d13ba1dd515367d4b6cf19700f188c220077"
    "/src/test/login.spec.ts"
)
"""Tests of a client, run on real pools of many kinds in June 2021."""

INVESTMENT: Final = (
    "https://github.com/RomanKushyk/investment-tracker/blob"
    "/00664995d599cc932a2a8cbcc0ed357e5ded9bdc/docs/reference/COGNITO-POOL-PARAMS.md"
)
"""What a real pool answered, measured by RomanKushyk."""

_GUIDE: Final = "https://docs.aws.amazon.com/cognito/latest/developerguide/"

GUIDE_FLOWS: Final = f"{_GUIDE}amazon-cognito-user-pools-authentication-flow-methods.html"
GUIDE_DEVICES: Final = f"{_GUIDE}amazon-cognito-user-pools-device-tracking.html"
GUIDE_SECRET_HASH: Final = f"{_GUIDE}signing-up-users-in-your-app.html"
GUIDE_ACCESS_TOKEN: Final = f"{_GUIDE}amazon-cognito-user-pools-using-the-access-token.html"
GUIDE_ID_TOKEN: Final = f"{_GUIDE}amazon-cognito-user-pools-using-the-id-token.html"
GUIDE_REFRESH_TOKEN: Final = f"{_GUIDE}amazon-cognito-user-pools-using-the-refresh-token.html"
GUIDE_VERIFYING: Final = f"{_GUIDE}amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html"
GUIDE_EXISTENCE: Final = f"{_GUIDE}cognito-user-pool-managing-errors.html"
GUIDE_LOCKOUT: Final = f"{_GUIDE}authentication.html"

_CLI: Final = "https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/"

CLI_LIST_PASSKEYS: Final = f"{_CLI}list-web-authn-credentials.html"
CLI_START_PASSKEY: Final = f"{_CLI}start-web-authn-registration.html"

MODEL: Final = (
    "https://github.com/boto/botocore/blob/develop/botocore/data/cognito-idp/2016-04-18"
    "/service-2.json.gz"
)
"""AWS's model of the service."""


def issue(repository: str, number: int) -> str:
    """Return the address of an issue or a pull request at GitHub.

    >>> issue("aws-amplify/amplify-js", 3876)
    'https://github.com/aws-amplify/amplify-js/issues/3876'
    """
    return f"https://github.com/{repository}/issues/{number}"
