"""Where it stands how the service behaves: the sources that several behaviours name.

An address names a commit where it can, so that it shows what was read. What depends on a pool was
measured by its author, unless it says otherwise.
"""

from typing import Final

__all__ = [
    "ANDROID_CHOICE",
    "ANDROID_MAIL",
    "ANDROID_TOTP",
    "CLI_EXAMPLE",
    "CLI_LIST_PASSKEYS",
    "CLI_START_PASSKEY",
    "DOTNET_MFA",
    "FLUTTER_CONFIRM",
    "FLUTTER_CUSTOM",
    "FLUTTER_DEVICES",
    "FLUTTER_SIGN_IN",
    "FLUTTER_SIGN_OUT",
    "FRANKEN",
    "FRANKEN_LOGIN",
    "GUIDE_ACCESS_TOKEN",
    "GUIDE_CREATE_CHALLENGE",
    "GUIDE_DEFINE_CHALLENGE",
    "GUIDE_DEVICES",
    "GUIDE_DISCOVERY",
    "GUIDE_EXISTENCE",
    "GUIDE_FLOWS",
    "GUIDE_ID_TOKEN",
    "GUIDE_LOCKOUT",
    "GUIDE_REFRESH_TOKEN",
    "GUIDE_REVOCATION",
    "GUIDE_SECRET_HASH",
    "GUIDE_VERIFYING",
    "HTTP4K",
    "INVESTMENT",
    "LIFTRIC",
    "MINISTACK",
    "MODEL",
    "MOTO",
    "NEGATIVE_VERIFIER",
    "PROTOCOL",
    "ROTATION",
    "SOTO",
    "SWIFT_CHOICE",
    "SWIFT_TOTP",
    "SWIFT_TOTP_SETUP",
    "github",
    "issue",
]


def issue(repository: str, number: int) -> str:
    """Return the address of an issue or a pull request at GitHub.

    >>> issue("aws-amplify/amplify-js", 3876)
    'https://github.com/aws-amplify/amplify-js/issues/3876'
    """
    return f"https://github.com/{repository}/issues/{number}"


def github(repository: str, commit: str, path: str) -> str:
    """Return the address of a file at GitHub, as a commit has it."""
    return f"https://github.com/{repository}/blob/{commit}/{path}"


# Real pools, measured by others.

MINISTACK: Final = "https://github.com/ministackorg/ministack/pull/1758"
"""A table of what a pool in eu-central-1 answered, measured by iot-rocket on 2026-09-16."""

MOTO: Final = github(
    "getmoto/moto",
    "0af643a5dbfc98797f08ee64f5be3ef8002d56ff",
    "tests/test_cognitoidp/test_cognitoidp.py",
)
"""Tests with the mark ``aws_verified``: their authors ran them at AWS."""

_FRANKEN: Final = ("ravenscar/franken-srp", "1570d13ba1dd515367d4b6cf19700f188c220077")

FRANKEN: Final = github(*_FRANKEN, "src/test/login.spec.ts")
"""Tests of a client, run on real pools of many kinds in June 2021."""

FRANKEN_LOGIN: Final = github(*_FRANKEN, "src/login/generator.ts")
"""That client's sign-in: it compares the words of refusals, so the tests depend on them."""

INVESTMENT: Final = github(
    "RomanKushyk/investment-tracker",
    "00664995d599cc932a2a8cbcc0ed357e5ded9bdc",
    "docs/reference/COGNITO-POOL-PARAMS.md",
)
"""What real pools answered, measured by RomanKushyk."""

LIFTRIC: Final = github(
    "Liftric/cognito-idp",
    "74f7a1f874065bd9385892790ad482f5f8d78d8a",
    "src/commonTest/kotlin/com/liftric/cognito/idp/IdentityProviderClientTests.kt",
)
"""Integration tests of a client, and two real ID tokens of 2020."""

HTTP4K: Final = github(
    "http4k/http4k",
    "38f9a115353e22ab7bcddf5f377000a30e1889fc",
    "connect/amazon/cognito/client/src/test/kotlin/org/http4k/connect/amazon/cognito"
    "/ActualCognitoResponsesTest.kt",
)
"""Replies of a real pool, kept as they came; 2026-08-04."""

SOTO: Final = github(
    "soto-project/soto-cognito-authentication-kit",
    "694b08d188e2c3e73e06d29fcafea73451088171",
    "Tests/SotoCognitoAuthenticationKitTests/CognitoTests.swift",
)
"""Tests of a client that make their own pool at AWS."""

NEGATIVE_VERIFIER: Final = github(
    "4LAU/extendvcc", "6e996122156b4c7d18e3888ab46d8c0ae22ad420", "CHANGELOG.md"
)
"""The change log of a client, which met the service's words for a negative verifier."""

# The integration tests of AWS's own clients, which run against real pools.

_ANDROID: Final = (
    "https://github.com/aws-amplify/amplify-android/blob/6b8bd6a47c8e83d9d011ed8d218cc4cc5da73322"
    "/aws-auth-cognito/src/androidTest/java/com/amplifyframework/auth/cognito/AWSCognitoAuthPlugin"
)
ANDROID_CHOICE: Final = f"{_ANDROID}UserAuthTests.kt"
ANDROID_MAIL: Final = f"{_ANDROID}EmailMFATests.kt"
ANDROID_TOTP: Final = f"{_ANDROID}TOTPTests.kt"

_SWIFT: Final = (
    "https://github.com/aws-amplify/amplify-swift/blob/197334587a3abaf64e5092fb8c3c8d9553844f35"
    "/AmplifyPlugins/Auth/Tests/AuthHostApp/AuthIntegrationTests/"
)
SWIFT_CHOICE: Final = f"{_SWIFT}PasswordlessTests/PasswordlessSignInTests.swift"
SWIFT_TOTP: Final = f"{_SWIFT}MFATests/MFASignInTests.swift"
SWIFT_TOTP_SETUP: Final = f"{_SWIFT}MFATests/TOTPSetupWhenUnauthenticatedTests.swift"

_FLUTTER: Final = (
    "https://github.com/aws-amplify/amplify-flutter/blob/d8a895daa2fa428fd274022df1f47c3fab7ba87b"
    "/packages/auth/amplify_auth_cognito/example/integration_test/"
)
FLUTTER_CONFIRM: Final = f"{_FLUTTER}confirm_sign_in_test.dart"
FLUTTER_CUSTOM: Final = f"{_FLUTTER}custom_auth_test.dart"
FLUTTER_DEVICES: Final = f"{_FLUTTER}device_tracking_test.dart"
FLUTTER_SIGN_IN: Final = f"{_FLUTTER}sign_in_test.dart"
FLUTTER_SIGN_OUT: Final = f"{_FLUTTER}sign_out_test.dart"

DOTNET_MFA: Final = github(
    "aws/aws-sdk-net-extensions-cognito",
    "3394bc57aa48abd43ec93e598bdf1b7b5a6bf25f",
    "test/Amazon.Extensions.CognitoAuthentication.IntegrationTests/MfaAuthenticationTests.cs",
)

# AWS's documents. Those at GitHub are the developer guide as it was on 2023-06-15.

_GUIDE_2023: Final = (
    "https://github.com/awsdocs/amazon-cognito-developer-guide/blob"
    "/85b058f5b3d0454507340693252862e857575cc2/doc_source/"
)
GUIDE_FLOWS: Final = f"{_GUIDE_2023}amazon-cognito-user-pools-authentication-flow.md"
"""The flows, CUSTOM_AUTH with SRP, MFA after the password, and the flows of a server."""
GUIDE_LOCKOUT: Final = GUIDE_FLOWS
"""The same page says when a user is locked out."""
GUIDE_EXISTENCE: Final = f"{_GUIDE_2023}cognito-user-pool-managing-errors.md"
GUIDE_SECRET_HASH: Final = github(
    "awsdocs/amazon-cognito-developer-guide",
    "0b4d5467ecf06a602c89f6c91b5eabe3d89e9d73",
    "doc_source/signing-up-users-in-your-app.md",
)
GUIDE_ACCESS_TOKEN: Final = f"{_GUIDE_2023}amazon-cognito-user-pools-using-the-access-token.md"
GUIDE_ID_TOKEN: Final = f"{_GUIDE_2023}amazon-cognito-user-pools-using-the-id-token.md"
GUIDE_VERIFYING: Final = f"{_GUIDE_2023}amazon-cognito-user-pools-using-tokens-verifying-a-jwt.md"
GUIDE_REVOCATION: Final = f"{_GUIDE_2023}token-revocation.md"

_GUIDE: Final = "https://docs.aws.amazon.com/cognito/latest/developerguide/"
GUIDE_REFRESH_TOKEN: Final = f"{_GUIDE}amazon-cognito-user-pools-using-the-refresh-token.html"
GUIDE_DEVICES: Final = f"{_GUIDE}amazon-cognito-user-pools-device-tracking.html"
GUIDE_DISCOVERY: Final = f"{_GUIDE}federation-endpoints.html"
GUIDE_DEFINE_CHALLENGE: Final = f"{_GUIDE}user-pool-lambda-define-auth-challenge.html"
GUIDE_CREATE_CHALLENGE: Final = f"{_GUIDE}user-pool-lambda-create-auth-challenge.html"

ROTATION: Final = (
    "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference"
    "/API_RefreshTokenRotationType.html"
)

_CLI: Final = "https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/"

CLI_EXAMPLE: Final = f"{_CLI}admin-initiate-auth.html"
"""The AWS CLI's example of AdminInitiateAuth, examples/cognito-idp/admin-initiate-auth.rst."""
CLI_LIST_PASSKEYS: Final = f"{_CLI}list-web-authn-credentials.html"
CLI_START_PASSKEY: Final = f"{_CLI}start-web-authn-registration.html"

MODEL: Final = github(
    "boto/botocore", "1.43.117", "botocore/data/cognito-idp/2016-04-18/service-2.json.gz"
)
"""AWS's model of the service, with what it says of each member."""

PROTOCOL: Final = github(
    "smithy-lang/smithy",
    "2a97421ab97cc280e63376623561405683cb53bd",
    "docs/source-2.0/aws/protocols/aws-json.rst.template",
)
"""AWS's description of the protocol awsJson1_1."""
