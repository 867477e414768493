"""What AWS's newest model offers in this field and the library does not build, each with a reason.

A key is an operation, a member of its input, a value of an enumeration, or a key or value that the
documentation of AuthParameters or ChallengeResponses names for a flow or a challenge. It stands for
everything below it as well.
"""

from typing import Final

_AFTER: Final = (
    "It comes after the sign-in, takes the access token as it is, and nothing about it is computed."
)
_PASSKEY: Final = (
    "It looks after passkeys when the user has signed in, with the access token; what else it needs"
    " comes from the browser."
)
_SERVER_SIDE: Final = (
    "AWS's documentation of InitiateAuth says that it is not valid there; AdminInitiateAuth takes"
    " ADMIN_USER_PASSWORD_AUTH, which has a builder."
)
_REFRESH_TOKEN: Final = "AWS documents it as a second name of REFRESH_TOKEN_AUTH."
_NO_SRP: Final = (
    "It is the older name of ADMIN_USER_PASSWORD_AUTH, and AWS documents no answer to it as a"
    " challenge."
)
_SESSION: Final = (
    "It is the member Session, which every answer sends: AWS's documentation of MFA_SETUP has it in"
    " capitals."
)
_SESSIONS: Final = (
    "It looks after the sessions of a user who has signed in, with the access token; RevokeToken,"
    " which has a builder, ends the session of a refresh token."
)

LEFT_OUT: Final[dict[str, str]] = {
    # Operations.
    "ChangePassword": _AFTER,
    "DeleteUser": _AFTER,
    "DeleteUserAttributes": _AFTER,
    "ForgetDevice": _AFTER,
    "GetDevice": _AFTER,
    "GetUser": _AFTER,
    "GetUserAttributeVerificationCode": _AFTER,
    "GetUserAuthFactors": _AFTER,
    "GlobalSignOut": _AFTER,
    "ListDevices": _AFTER,
    "SetUserMFAPreference": _AFTER,
    "SetUserSettings": f"{_AFTER} AWS no longer supports it.",
    "UpdateUserAttributes": _AFTER,
    "VerifyUserAttribute": _AFTER,
    "CompleteWebAuthnRegistration": _PASSKEY,
    "DeleteWebAuthnCredential": _PASSKEY,
    "ListWebAuthnCredentials": _PASSKEY,
    "StartWebAuthnRegistration": _PASSKEY,
    "ListUserSessions": _SESSIONS,
    "RevokeUserSession": _SESSIONS,
    "GetDerivedToken": (
        "It exchanges a token for one of another audience (RFC 8693). A service does that with its"
        " own app client, after the user has signed in."
    ),
    "GetClientToken": "It gives a machine a token with the client secret; no user signs in.",
    "UpdateAuthEventFeedback": (
        "A link in a mail about a suspicious sign-in calls it, with a token of that mail."
    ),
    # Flows and challenges.
    "InitiateAuth/AuthFlow/ADMIN_NO_SRP_AUTH": _SERVER_SIDE,
    "InitiateAuth/AuthFlow/ADMIN_USER_PASSWORD_AUTH": _SERVER_SIDE,
    "InitiateAuth/AuthFlow/REFRESH_TOKEN": _REFRESH_TOKEN,
    "AdminInitiateAuth/AuthFlow/ADMIN_NO_SRP_AUTH": _NO_SRP,
    "AdminInitiateAuth/AuthFlow/REFRESH_TOKEN": _REFRESH_TOKEN,
    "AdminInitiateAuth/AuthFlow/USER_PASSWORD_AUTH": (
        "AWS's documentation of AdminInitiateAuth does not list it; ADMIN_USER_PASSWORD_AUTH is its"
        " name there, and has a builder."
    ),
    "RespondToAuthChallenge/ChallengeName/ADMIN_NO_SRP_AUTH": _NO_SRP,
    "AdminRespondToAuthChallenge/ChallengeName/ADMIN_NO_SRP_AUTH": _NO_SRP,
    # Keys in the documentation.
    "RespondToAuthChallenge/ChallengeName/MFA_SETUP/SESSION": _SESSION,
    "AdminRespondToAuthChallenge/ChallengeName/MFA_SETUP/SESSION": _SESSION,
}
