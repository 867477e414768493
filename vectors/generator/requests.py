"""The requests: what a client sends, with the values that each request needs.

The arguments are written out by hand below, key by key, as AWS's service model and AWS's own
clients have them; no code builds them from the input. The oracle computes the claims, the verifiers
and SECRET_HASH. botocore validates the arguments against AWS's newest model, and its serializer
writes headers and body.
"""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import oracle
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator
from newest import MODEL

from generator.samples import DEVICE_KEY, POOL_ID, SUB, Json, Part, login, number
from generator.shapes import shaped

CLIENT_ID = "1example23456789"
CLIENT_SECRET = "sekrit-client-secret"
SENT_SECRET = "sekrit-client-secret-as-long-as-those-that-aws-makes"
"""For where the secret itself is sent: AWS's model wants 24 characters there."""
NAME = "alice"
"""The user's name inside the pool: the USERNAME in ChallengeParameters."""
ALIAS = "+15551234567"
"""What the person typed at the beginning."""
SESSION = "AYABeExampleSessionOfTheReplyBefore0123456789"
ACCESS_TOKEN = "eyJraWQiOiJleGFtcGxlIn0.eyJ1c2VybmFtZSI6ImFsaWNlIn0.c2lnbmF0dXJl"
CREDENTIAL = (
    '{"id":"q1-Zx0","rawId":"q1-Zx0","type":"public-key","response":{"clientDataJSON":"e30",'
    '"authenticatorData":"AAEC","signature":"AwQF","userHandle":null},"clientExtensionResults":{}}'
)

USER = login("requests user")
DEVICE = login("requests device", "device")
CLAIM = {
    "signature": USER.play().signature,
    "secret_block": USER.secret_block,
    "timestamp": USER.timestamp,
}
DEVICE_CLAIM = {
    "signature": DEVICE.play().signature,
    "secret_block": DEVICE.secret_block,
    "timestamp": DEVICE.timestamp,
}
SRP_A = f"{USER.play().A:x}"
DEVICE_SRP_A = f"{DEVICE.play().A:x}"

ANSWER = "RespondToAuthChallenge"
BEGIN = "InitiateAuth"

HASH = "(the hash, where the app client has a secret)"
"""A placeholder for SECRET_HASH or SecretHash; without a secret nothing is sent."""

NOTES = {
    "Admin": (
        "FUNCTIONALITY",
        "A server with AWS credentials calls: UserPoolId, and ContextData for UserContextData.",
        "InvalidParameterException, or threat protection without data about the user's device.",
    ),
    "ApplicationContext": (
        "FUNCTIONALITY",
        "ClientMetadata, AnalyticsMetadata or UserContextData is sent with the call.",
        "The pool's Lambda triggers or its threat protection do not get the data.",
    ),
    "Challenge": (
        "FUNCTIONALITY",
        "One of the challenges, answered with the values it needs and the Session it came with.",
        "The challenge cannot be answered.",
    ),
    "ClientSecret": (
        "FUNCTIONALITY",
        "The app client has a secret, and these operations take it itself instead of a hash.",
        "The tokens of app clients with a secret can be neither refreshed nor revoked.",
    ),
    "DeviceKey": (
        "FUNCTIONALITY",
        "The user has a remembered device, so DEVICE_KEY is sent, too.",
        "The user is asked for a second factor at every sign-in, though the device is remembered.",
    ),
    "EmptyValue": (
        "EDGE_CASE",
        "A value that is empty is sent, not left out.",
        "The pool's Lambda trigger gets a request without the value.",
    ),
    "EncodedData": (
        "FUNCTIONALITY",
        "EncodedData of UserContextData in the form of AWS's Android client, ANDROID20171114.",
        "Threat protection learns nothing about the user's device.",
    ),
    "Flow": (
        "FUNCTIONALITY",
        "One of InitiateAuth's flows.",
        "The sign-in cannot begin.",
    ),
    "IdIsKey": (
        "WRONG_STEP",
        "EncodedData is signed with the app client's id, even if the app client has a secret.",
        "Threat protection learns nothing about the user's device.",
    ),
    "JsonInText": (
        "ENCODING",
        "CREDENTIAL is a JSON text inside a JSON text, so its quotation marks are escaped.",
        "Nobody can sign in with a passkey.",
    ),
    "LeadingZeros": (
        "KNOWN_BUG",
        "A code that begins with zeros is text, never a number.",
        "One code in ten is refused, although it was typed correctly.",
    ),
    "NameInPool": (
        "KNOWN_BUG",
        "REFRESH_TOKEN_AUTH sends no USERNAME; SECRET_HASH is over the name inside the pool.",
        "The tokens of people who sign in with an alias cannot be refreshed.",
    ),
    "NewChoice": (
        "FUNCTIONALITY",
        "A choice that no program knows yet, with what it needs. Its names are made up.",
        "A factor that AWS adds cannot be chosen.",
    ),
    "Operation": (
        "FUNCTIONALITY",
        "One of the operations around a sign-in.",
        "The operation cannot be called.",
    ),
    "Prefix": (
        "FUNCTIONALITY",
        'Each required attribute is sent as "userAttributes." and its name, also custom ones.',
        "The challenge is refused because an attribute is missing.",
    ),
    "SecretHash": (
        "FUNCTIONALITY",
        "The app client has a secret: the hash is sent, over the user name of the same call.",
        "NotAuthorizedException, in every call that omits it or hashes another name.",
    ),
    "StepUp": (
        "FUNCTIONALITY",
        "USER_AUTH asks for a level of authentication. MAX_AGE is text, as every value there.",
        "The sign-in does not reach the level that the program needs.",
    ),
    "TextUnchanged": (
        "ENCODING",
        "Text is sent and hashed unchanged, in UTF-8: not normalised, not trimmed.",
        "People whose names or passwords are not plain ASCII are refused.",
    ),
    "Undocumented": (
        "FUNCTIONALITY",
        "AWS's documentation does not have this key; AWS's client for JavaScript sends it.",
        "Codes by mail cannot be set up during a sign-in.",
    ),
    "DeviceWidths": (
        "EDGE_CASE",
        "PasswordVerifier and Salt are what Java's BigInteger.toByteArray writes, in base64.",
        'Half of all devices are refused: "Found negative value for salt or password verifier".',
    ),
}

# By name, because botocore may prefer another protocol one day.
SERIALIZER = create_serializer("json", include_validation=False)


def judged(operation: str, arguments: Json) -> Json:
    """What is expected, with botocore's headers and body; AssertionError if botocore refuses it."""
    model = MODEL.operation_model(operation)
    shape = model.input_shape
    if shape is None:
        raise AssertionError(f"{operation} takes nothing")
    report = ParamValidator().validate(arguments, shape)
    if report.has_errors():
        raise AssertionError(f"{operation}: {report.generate_report()}")
    request: Json = dict(SERIALIZER.serialize_to_request(arguments, model))
    return {
        "operation": operation,
        "headers": dict(request["headers"]),
        "arguments": arguments,
        "body": request["body"].decode("ascii"),
    }


def settled(value: Any, hashed: str | None) -> Any:
    """The arguments with the hash instead of the placeholder, or without both."""
    if isinstance(value, dict):
        return {
            name: settled(member, hashed)
            for name, member in value.items()
            if member != HASH or hashed is not None
        }
    return hashed if value == HASH else value


class Book:
    """Collects the groups of requests."""

    def __init__(self) -> None:
        self.groups: list[Json] = []

    def group(self, type_: str, comment: str) -> None:
        self.groups.append({"type": type_, "comment": comment, "tests": []})

    def add(self, comment: str, flags: str, input_: Json, expected: Json) -> None:
        self.groups[-1]["tests"].append(
            {
                "comment": comment,
                "flags": flags.split(),
                "result": "valid",
                "input": input_,
                "expected": expected,
            }
        )

    # A method for each kind of test.

    def plain(
        self, comment: str, flags: str, input_: Json, operation: str, arguments: Json
    ) -> None:
        """A request of an app client that has no secret."""
        given = {"client_id": CLIENT_ID, **input_}
        self.add(comment, flags, given, judged(operation, settled(arguments, None)))

    def secret(
        self, comment: str, flags: str, input_: Json, operation: str, arguments: Json
    ) -> None:
        """The request of an app client that has a secret."""
        given = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **input_}
        hashed = oracle.secret_hash(input_["username"], CLIENT_ID, CLIENT_SECRET)
        if settled(arguments, hashed) == settled(arguments, None):
            raise AssertionError(f"no place for the hash: {comment}")
        expected = judged(operation, settled(arguments, hashed))
        self.add(comment, f"{flags} SecretHash", given, expected)

    def both(self, comment: str, flags: str, input_: Json, operation: str, arguments: Json) -> None:
        """The request of both app clients."""
        self.plain(comment, flags, input_, operation, arguments)
        self.secret(f"{comment}, with a client secret", flags, input_, operation, arguments)

    def bare(self, comment: str, flags: str, input_: Json, operation: str, arguments: Json) -> None:
        """A request without an app client: an access token or a Session says who calls."""
        self.add(comment, flags, {"operation": operation, **input_}, judged(operation, arguments))

    # And two for what most tests of a chapter share.

    def answer(
        self, challenge: str, input_: Json, responses: Json, *, about: str = "", flags: str = ""
    ) -> None:
        """The answer of the user NAME, with the Session, for both app clients."""
        self.both(
            f"{challenge}: {about}" if about else challenge,
            f"Challenge {flags}",
            {"challenge": challenge, "username": NAME, "session": SESSION, **input_},
            ANSWER,
            {
                "ClientId": CLIENT_ID,
                "ChallengeName": challenge,
                "ChallengeResponses": {"USERNAME": NAME, **responses, "SECRET_HASH": HASH},
                "Session": SESSION,
            },
        )

    def begin(
        self, flow: str, input_: Json, parameters: Json, *, about: str = "", flags: str = ""
    ) -> None:
        """The beginning of a sign-in by someone who typed ALIAS, for both app clients."""
        self.both(
            f"{flow}: {about}" if about else flow,
            f"Flow {flags}",
            {"flow": flow, "username": ALIAS, **input_},
            BEGIN,
            {
                "AuthFlow": flow,
                "ClientId": CLIENT_ID,
                "AuthParameters": {"USERNAME": ALIAS, **parameters, "SECRET_HASH": HASH},
            },
        )


def challenges(book: Book) -> None:
    """Each of the fifteen challenges, answered with the values it needs."""
    book.group("Answer", "RespondToAuthChallenge: each challenge, each choice.")
    claimed = {
        "PASSWORD_CLAIM_SECRET_BLOCK": CLAIM["secret_block"],
        "PASSWORD_CLAIM_SIGNATURE": CLAIM["signature"],
        "TIMESTAMP": CLAIM["timestamp"],
    }
    # The only answer without a Session: the service sends no Session after USER_SRP_AUTH.
    book.both(
        "PASSWORD_VERIFIER: after USER_SRP_AUTH, so without a Session",
        "Challenge",
        {"challenge": "PASSWORD_VERIFIER", "username": NAME, **CLAIM},
        ANSWER,
        {
            "ClientId": CLIENT_ID,
            "ChallengeName": "PASSWORD_VERIFIER",
            "ChallengeResponses": {"USERNAME": NAME, **claimed, "SECRET_HASH": HASH},
        },
    )
    book.answer(
        "PASSWORD_VERIFIER", CLAIM, claimed, about="after CUSTOM_AUTH or USER_AUTH, with a Session"
    )
    book.answer(
        "DEVICE_SRP_AUTH",
        {"device_key": DEVICE_KEY, "srp_a": DEVICE_SRP_A},
        {"SRP_A": DEVICE_SRP_A, "DEVICE_KEY": DEVICE_KEY},
        flags="DeviceKey",
    )
    book.answer(
        "DEVICE_PASSWORD_VERIFIER",
        {"device_key": DEVICE_KEY, **DEVICE_CLAIM},
        {
            "PASSWORD_CLAIM_SECRET_BLOCK": DEVICE_CLAIM["secret_block"],
            "PASSWORD_CLAIM_SIGNATURE": DEVICE_CLAIM["signature"],
            "TIMESTAMP": DEVICE_CLAIM["timestamp"],
            "DEVICE_KEY": DEVICE_KEY,
        },
        flags="DeviceKey",
    )
    book.answer("SMS_MFA", {"code": "123456"}, {"SMS_MFA_CODE": "123456"})
    book.answer("EMAIL_OTP", {"code": "12345678"}, {"EMAIL_OTP_CODE": "12345678"})
    book.answer("SMS_OTP", {"code": "12345678"}, {"SMS_OTP_CODE": "12345678"})
    book.answer("SOFTWARE_TOKEN_MFA", {"code": "654321"}, {"SOFTWARE_TOKEN_MFA_CODE": "654321"})
    book.answer("SELECT_MFA_TYPE", {"choice": "SMS_MFA"}, {"ANSWER": "SMS_MFA"}, about="SMS_MFA")
    book.answer(
        "SELECT_MFA_TYPE", {"choice": "EMAIL_OTP"}, {"ANSWER": "EMAIL_OTP"}, about="EMAIL_OTP"
    )
    book.answer(
        "SELECT_MFA_TYPE",
        {"choice": "EMAIL_MFA"},
        {"ANSWER": "EMAIL_MFA"},
        about="EMAIL_MFA, the name in AWS's documentation; AWS's clients use EMAIL_OTP",
    )
    book.answer(
        "SELECT_MFA_TYPE",
        {"choice": "SOFTWARE_TOKEN_MFA"},
        {"ANSWER": "SOFTWARE_TOKEN_MFA"},
        about="SOFTWARE_TOKEN_MFA",
    )
    book.answer("MFA_SETUP", {}, {}, about="nothing more; the Session is from VerifySoftwareToken")
    book.answer(
        "MFA_SETUP",
        {"email": "alice@example.com"},
        {"EMAIL": "alice@example.com"},
        about="the address for codes by mail",
        flags="Undocumented",
    )
    book.answer(
        "NEW_PASSWORD_REQUIRED",
        {"new_password": "Tr0ub4dor&3"},
        {"NEW_PASSWORD": "Tr0ub4dor&3"},
    )
    book.answer(
        "NEW_PASSWORD_REQUIRED",
        {
            "new_password": "Tr0ub4dor&3",
            "attributes": {"email": "alice@example.com", "custom:team": "blue"},
        },
        {
            "NEW_PASSWORD": "Tr0ub4dor&3",
            "userAttributes.email": "alice@example.com",
            "userAttributes.custom:team": "blue",
        },
        about="with required attributes",
        flags="Prefix",
    )
    book.answer("CUSTOM_CHALLENGE", {"answer": "42"}, {"ANSWER": "42"})
    book.answer(
        "SELECT_CHALLENGE",
        {"choice": "PASSWORD_SRP", "srp_a": SRP_A},
        {"ANSWER": "PASSWORD_SRP", "SRP_A": SRP_A},
        about="PASSWORD_SRP",
    )
    book.answer(
        "SELECT_CHALLENGE",
        {"choice": "PASSWORD", "password": "correct horse battery staple"},
        {"ANSWER": "PASSWORD", "PASSWORD": "correct horse battery staple"},
        about="PASSWORD",
    )
    book.answer(
        "SELECT_CHALLENGE", {"choice": "EMAIL_OTP"}, {"ANSWER": "EMAIL_OTP"}, about="EMAIL_OTP"
    )
    book.answer("SELECT_CHALLENGE", {"choice": "SMS_OTP"}, {"ANSWER": "SMS_OTP"}, about="SMS_OTP")
    book.answer(
        "SELECT_CHALLENGE",
        {"choice": "WEB_AUTHN"},
        {"ANSWER": "WEB_AUTHN"},
        about="WEB_AUTHN; the challenge of that name follows",
    )
    book.answer(
        "SELECT_CHALLENGE",
        {"choice": "WEB_AUTHN", "credential": CREDENTIAL},
        {"ANSWER": "WEB_AUTHN", "CREDENTIAL": CREDENTIAL},
        about="WEB_AUTHN with the credential",
        flags="JsonInText",
    )
    book.answer(
        "PASSWORD",
        {"password": "correct horse battery staple"},
        {"PASSWORD": "correct horse battery staple"},
    )
    book.answer("PASSWORD_SRP", {"srp_a": SRP_A}, {"SRP_A": SRP_A})
    book.answer(
        "WEB_AUTHN", {"credential": CREDENTIAL}, {"CREDENTIAL": CREDENTIAL}, flags="JsonInText"
    )
    book.answer(
        "SELECT_CHALLENGE",
        {"choice": "NEW_FACTOR", "others": {"NEW_FACTOR_PROOF": " 01 "}},
        {"ANSWER": "NEW_FACTOR", "NEW_FACTOR_PROOF": " 01 "},
        about="a choice that AWS has added, with its proof",
        flags="NewChoice",
    )
    book.answer(
        "SELECT_MFA_TYPE",
        {"choice": "NEW_FACTOR", "others": {}},
        {"ANSWER": "NEW_FACTOR"},
        about="a choice that AWS has added",
        flags="NewChoice",
    )


def answered_texts(book: Book) -> None:
    """Answers whose values are not ASCII, have leading zeros, or are empty."""
    book.group("Answer", "RespondToAuthChallenge: codes and texts.")
    book.answer(
        "SMS_MFA",
        {"code": "000000"},
        {"SMS_MFA_CODE": "000000"},
        about="all zeros",
        flags="LeadingZeros",
    )
    book.answer(
        "SOFTWARE_TOKEN_MFA",
        {"code": "012345"},
        {"SOFTWARE_TOKEN_MFA_CODE": "012345"},
        about="one leading zero",
        flags="LeadingZeros",
    )
    for about, name in (
        ("composed", "j\u00fcrgen"),
        ("decomposed", "ju\u0308rgen"),
        ("outside the basic plane", "\U0001f60e\u5f20\u4f1f"),
    ):
        book.secret(
            f"EMAIL_OTP: the USERNAME is not ASCII, {about}",
            "TextUnchanged",
            {"challenge": "EMAIL_OTP", "username": name, "session": SESSION, "code": "12345678"},
            ANSWER,
            {
                "ClientId": CLIENT_ID,
                "ChallengeName": "EMAIL_OTP",
                "ChallengeResponses": {
                    "USERNAME": name,
                    "EMAIL_OTP_CODE": "12345678",
                    "SECRET_HASH": HASH,
                },
                "Session": SESSION,
            },
        )
    password = ' p\u00e4ss"w\\\u00f6/rd\t\u2028\U0001f511\x7f '
    book.answer(
        "NEW_PASSWORD_REQUIRED",
        {"new_password": password, "attributes": {"name": "J\u00fcrgen \u5f20", "nickname": ""}},
        {
            "NEW_PASSWORD": password,
            "userAttributes.name": "J\u00fcrgen \u5f20",
            "userAttributes.nickname": "",
        },
        about="white space at the ends, quotation marks, controls, an empty attribute",
        flags="Prefix TextUnchanged EmptyValue",
    )
    book.answer(
        "CUSTOM_CHALLENGE",
        {"answer": ""},
        {"ANSWER": ""},
        about="an empty answer",
        flags="EmptyValue",
    )
    book.answer(
        "CUSTOM_CHALLENGE",
        {"answer": '{"\u00fc": [1, "\U0001f60e"]}'},
        {"ANSWER": '{"\u00fc": [1, "\U0001f60e"]}'},
        about="an answer that is JSON",
        flags="TextUnchanged",
    )
    spaced = '{ "id": "q1-Zx0",\n  "note": "schl\u00fcssel" }'
    book.answer(
        "WEB_AUTHN",
        {"credential": spaced},
        {"CREDENTIAL": spaced},
        about="the credential's text is sent unchanged, including white space",
        flags="JsonInText TextUnchanged",
    )


def answered_in_context(book: Book) -> None:
    """Answers with all metadata, also from a server with AWS credentials."""
    book.group("Answer", "RespondToAuthChallenge: metadata sent with the call.")
    book.answer(
        "SMS_MFA",
        {"device_key": DEVICE_KEY, "code": "123456"},
        {"SMS_MFA_CODE": "123456", "DEVICE_KEY": DEVICE_KEY},
        about="for a user with a remembered device",
        flags="DeviceKey",
    )
    whole = {
        "client_metadata": {"tenant": "blue", "gr\u00fc\u00df": "\U0001f44b"},
        "analytics_endpoint_id": "d70b2ba36a8c4dc5a04a0451a31a1e12",
        "ip_address": "2001:db8::7",
        "encoded_data": "ZW5jb2RlZCBkYXRh",
    }
    book.both(
        "PASSWORD_VERIFIER: with all metadata",
        "Challenge DeviceKey ApplicationContext TextUnchanged",
        {
            "challenge": "PASSWORD_VERIFIER",
            "username": NAME,
            "session": SESSION,
            "device_key": DEVICE_KEY,
            **CLAIM,
            **whole,
        },
        ANSWER,
        {
            "ClientId": CLIENT_ID,
            "ChallengeName": "PASSWORD_VERIFIER",
            "ChallengeResponses": {
                "USERNAME": NAME,
                "PASSWORD_CLAIM_SECRET_BLOCK": CLAIM["secret_block"],
                "PASSWORD_CLAIM_SIGNATURE": CLAIM["signature"],
                "TIMESTAMP": CLAIM["timestamp"],
                "DEVICE_KEY": DEVICE_KEY,
                "SECRET_HASH": HASH,
            },
            "Session": SESSION,
            "AnalyticsMetadata": {"AnalyticsEndpointId": "d70b2ba36a8c4dc5a04a0451a31a1e12"},
            "UserContextData": {"IpAddress": "2001:db8::7", "EncodedData": "ZW5jb2RlZCBkYXRh"},
            "ClientMetadata": {"tenant": "blue", "gr\u00fc\u00df": "\U0001f44b"},
        },
    )
    for given, sent, flags in (
        ({"client_metadata": {"tenant": "blue"}}, {"ClientMetadata": {"tenant": "blue"}}, ""),
        ({"client_metadata": {}}, {"ClientMetadata": {}}, "EmptyValue"),
        ({"client_metadata": {"tenant": ""}}, {"ClientMetadata": {"tenant": ""}}, "EmptyValue"),
        (
            {"analytics_endpoint_id": "d70b2ba36a8c4dc5a04a0451a31a1e12"},
            {"AnalyticsMetadata": {"AnalyticsEndpointId": "d70b2ba36a8c4dc5a04a0451a31a1e12"}},
            "",
        ),
        ({"ip_address": "198.51.100.7"}, {"UserContextData": {"IpAddress": "198.51.100.7"}}, ""),
        (
            {"encoded_data": "ZW5jb2RlZCBkYXRh"},
            {"UserContextData": {"EncodedData": "ZW5jb2RlZCBkYXRh"}},
            "",
        ),
    ):
        book.plain(
            f"CUSTOM_CHALLENGE: with {json.dumps(sent)}",
            f"ApplicationContext {flags}",
            {
                "challenge": "CUSTOM_CHALLENGE",
                "username": NAME,
                "session": SESSION,
                "answer": "42",
                **given,
            },
            ANSWER,
            {
                "ClientId": CLIENT_ID,
                "ChallengeName": "CUSTOM_CHALLENGE",
                "ChallengeResponses": {"USERNAME": NAME, "ANSWER": "42"},
                "Session": SESSION,
                **sent,
            },
        )
    book.both(
        "SOFTWARE_TOKEN_MFA: by a server with AWS credentials",
        "Challenge Admin",
        {
            "challenge": "SOFTWARE_TOKEN_MFA",
            "username": NAME,
            "session": SESSION,
            "code": "012345",
            "admin": {"pool_id": POOL_ID},
        },
        "AdminRespondToAuthChallenge",
        {
            "UserPoolId": POOL_ID,
            "ClientId": CLIENT_ID,
            "ChallengeName": "SOFTWARE_TOKEN_MFA",
            "ChallengeResponses": {
                "USERNAME": NAME,
                "SOFTWARE_TOKEN_MFA_CODE": "012345",
                "SECRET_HASH": HASH,
            },
            "Session": SESSION,
        },
    )
    book.both(
        "DEVICE_SRP_AUTH: by a server with AWS credentials, with all metadata",
        "Challenge DeviceKey Admin ApplicationContext TextUnchanged",
        {
            "challenge": "DEVICE_SRP_AUTH",
            "username": NAME,
            "session": SESSION,
            "device_key": DEVICE_KEY,
            "srp_a": DEVICE_SRP_A,
            **whole,
            "admin": {
                "pool_id": POOL_ID,
                "server_name": "login.example.com",
                "server_path": "/sign-in",
                "http_headers": {"User-Agent": "Example/1.0", "X-Gru\u00df": ""},
            },
        },
        "AdminRespondToAuthChallenge",
        {
            "UserPoolId": POOL_ID,
            "ClientId": CLIENT_ID,
            "ChallengeName": "DEVICE_SRP_AUTH",
            "ChallengeResponses": {
                "USERNAME": NAME,
                "SRP_A": DEVICE_SRP_A,
                "DEVICE_KEY": DEVICE_KEY,
                "SECRET_HASH": HASH,
            },
            "Session": SESSION,
            "AnalyticsMetadata": {"AnalyticsEndpointId": "d70b2ba36a8c4dc5a04a0451a31a1e12"},
            "ClientMetadata": {"tenant": "blue", "gr\u00fc\u00df": "\U0001f44b"},
            "ContextData": {
                "IpAddress": "2001:db8::7",
                "ServerName": "login.example.com",
                "ServerPath": "/sign-in",
                "HttpHeaders": [
                    {"headerName": "User-Agent", "headerValue": "Example/1.0"},
                    {"headerName": "X-Gru\u00df", "headerValue": ""},
                ],
                "EncodedData": "ZW5jb2RlZCBkYXRh",
            },
        },
    )


def flows(book: Book) -> None:
    """Each flow of InitiateAuth."""
    book.group("Beginning", "InitiateAuth: each flow.")
    password = "correct horse battery staple"
    book.begin("USER_SRP_AUTH", {"srp_a": SRP_A}, {"SRP_A": SRP_A})
    book.begin(
        "USER_SRP_AUTH",
        {"srp_a": SRP_A, "device_key": DEVICE_KEY},
        {"SRP_A": SRP_A, "DEVICE_KEY": DEVICE_KEY},
        about="for a user with a remembered device",
        flags="DeviceKey",
    )
    book.begin("USER_AUTH", {}, {}, about="SELECT_CHALLENGE follows")
    book.begin(
        "USER_AUTH",
        {"preferred_challenge": "PASSWORD_SRP", "srp_a": SRP_A},
        {"PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": SRP_A},
        about="PASSWORD_SRP preferred",
    )
    book.begin(
        "USER_AUTH",
        {"preferred_challenge": "PASSWORD", "password": password},
        {"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": password},
        about="PASSWORD preferred",
    )
    book.begin(
        "USER_AUTH",
        {"preferred_challenge": "EMAIL_OTP"},
        {"PREFERRED_CHALLENGE": "EMAIL_OTP"},
        about="EMAIL_OTP preferred",
    )
    book.begin(
        "USER_AUTH",
        {"preferred_challenge": "SMS_OTP", "device_key": DEVICE_KEY},
        {"PREFERRED_CHALLENGE": "SMS_OTP", "DEVICE_KEY": DEVICE_KEY},
        about="SMS_OTP preferred, for a user with a remembered device",
        flags="DeviceKey",
    )
    book.begin(
        "USER_AUTH",
        {"preferred_challenge": "WEB_AUTHN"},
        {"PREFERRED_CHALLENGE": "WEB_AUTHN"},
        about="WEB_AUTHN preferred",
    )
    book.both(
        "USER_AUTH: after ConfirmSignUp, with its Session",
        "Flow",
        {"flow": "USER_AUTH", "username": ALIAS, "session": SESSION},
        BEGIN,
        {
            "AuthFlow": "USER_AUTH",
            "ClientId": CLIENT_ID,
            "AuthParameters": {"USERNAME": ALIAS, "SECRET_HASH": HASH},
            "Session": SESSION,
        },
    )
    book.begin("CUSTOM_AUTH", {}, {}, about="without a password")
    book.begin(
        "CUSTOM_AUTH",
        {"srp_a": SRP_A},
        {"CHALLENGE_NAME": "SRP_A", "SRP_A": SRP_A},
        about="the password first",
    )
    book.begin(
        "CUSTOM_AUTH",
        {"srp_a": SRP_A, "device_key": DEVICE_KEY},
        {"CHALLENGE_NAME": "SRP_A", "SRP_A": SRP_A, "DEVICE_KEY": DEVICE_KEY},
        about="the password first, for a user with a remembered device",
        flags="DeviceKey",
    )
    book.both(
        "REFRESH_TOKEN_AUTH",
        "Flow NameInPool",
        {"flow": "REFRESH_TOKEN_AUTH", "username": SUB, "refresh_token": "eyJjdHkiOiJKV1QifQ.e"},
        BEGIN,
        {
            "AuthFlow": "REFRESH_TOKEN_AUTH",
            "ClientId": CLIENT_ID,
            "AuthParameters": {"REFRESH_TOKEN": "eyJjdHkiOiJKV1QifQ.e", "SECRET_HASH": HASH},
        },
    )
    book.both(
        "REFRESH_TOKEN_AUTH: for a user with a remembered device, whose name is not ASCII",
        "Flow NameInPool DeviceKey TextUnchanged",
        {
            "flow": "REFRESH_TOKEN_AUTH",
            "username": "j\u00fcrgen",
            "refresh_token": "eyJjdHkiOiJKV1QifQ.e",
            "device_key": DEVICE_KEY,
        },
        BEGIN,
        {
            "AuthFlow": "REFRESH_TOKEN_AUTH",
            "ClientId": CLIENT_ID,
            "AuthParameters": {
                "REFRESH_TOKEN": "eyJjdHkiOiJKV1QifQ.e",
                "DEVICE_KEY": DEVICE_KEY,
                "SECRET_HASH": HASH,
            },
        },
    )
    book.begin("USER_PASSWORD_AUTH", {"password": password}, {"PASSWORD": password})
    book.begin(
        "USER_PASSWORD_AUTH",
        {"password": " p\u00e4ssw\u00f6rd ", "device_key": DEVICE_KEY},
        {"PASSWORD": " p\u00e4ssw\u00f6rd ", "DEVICE_KEY": DEVICE_KEY},
        about="for a user with a remembered device, with a password that is not ASCII",
        flags="DeviceKey TextUnchanged",
    )
    book.both(
        "USER_AUTH: after ConfirmSignUp, with its Session, PASSWORD_SRP preferred",
        "Flow",
        {
            "flow": "USER_AUTH",
            "username": ALIAS,
            "preferred_challenge": "PASSWORD_SRP",
            "srp_a": SRP_A,
            "session": SESSION,
        },
        BEGIN,
        {
            "AuthFlow": "USER_AUTH",
            "ClientId": CLIENT_ID,
            "AuthParameters": {
                "USERNAME": ALIAS,
                "PREFERRED_CHALLENGE": "PASSWORD_SRP",
                "SRP_A": SRP_A,
                "SECRET_HASH": HASH,
            },
            "Session": SESSION,
        },
    )
    book.begin(
        "USER_AUTH",
        {"target_acr_values": ["urn:example:acr:mfa"]},
        {"TARGET_ACR_VALUES": "urn:example:acr:mfa"},
        about="to reach a level",
        flags="StepUp",
    )
    book.begin(
        "USER_AUTH",
        {
            "preferred_challenge": "PASSWORD_SRP",
            "srp_a": SRP_A,
            "target_acr_values": ["urn:example:acr:passkey", "urn:example:acr:mfa"],
            "max_age": 0,
            "access_token": ACCESS_TOKEN,
            "device_key": DEVICE_KEY,
        },
        {
            "PREFERRED_CHALLENGE": "PASSWORD_SRP",
            "SRP_A": SRP_A,
            "TARGET_ACR_VALUES": "urn:example:acr:passkey urn:example:acr:mfa",
            "MAX_AGE": "0",
            "ACCESS_TOKEN": ACCESS_TOKEN,
            "DEVICE_KEY": DEVICE_KEY,
        },
        about="one of two levels, for a user who is signed in but must sign in anew",
        flags="StepUp DeviceKey",
    )


def begun_in_context(book: Book) -> None:
    """The beginning with all metadata, also from a server with AWS credentials."""
    book.group("Beginning", "InitiateAuth: metadata sent with the call.")
    whole = {
        "client_metadata": {"tenant": "gr\u00fcn"},
        "analytics_endpoint_id": "d70b2ba36a8c4dc5a04a0451a31a1e12",
        "ip_address": "198.51.100.7",
        "encoded_data": "ZW5jb2RlZCBkYXRh",
    }
    book.both(
        "USER_SRP_AUTH: with all metadata, and a name that is not ASCII",
        "Flow DeviceKey ApplicationContext TextUnchanged",
        {
            "flow": "USER_SRP_AUTH",
            "username": "j\u00fcrgen@example.com",
            "srp_a": SRP_A,
            "device_key": DEVICE_KEY,
            **whole,
        },
        BEGIN,
        {
            "AuthFlow": "USER_SRP_AUTH",
            "ClientId": CLIENT_ID,
            "AuthParameters": {
                "USERNAME": "j\u00fcrgen@example.com",
                "SRP_A": SRP_A,
                "DEVICE_KEY": DEVICE_KEY,
                "SECRET_HASH": HASH,
            },
            "AnalyticsMetadata": {"AnalyticsEndpointId": "d70b2ba36a8c4dc5a04a0451a31a1e12"},
            "UserContextData": {"IpAddress": "198.51.100.7", "EncodedData": "ZW5jb2RlZCBkYXRh"},
            "ClientMetadata": {"tenant": "gr\u00fcn"},
        },
    )
    book.both(
        "USER_SRP_AUTH: by a server with AWS credentials, with all metadata",
        "Flow Admin ApplicationContext TextUnchanged",
        {
            "flow": "USER_SRP_AUTH",
            "username": ALIAS,
            "srp_a": SRP_A,
            **whole,
            "admin": {
                "pool_id": POOL_ID,
                "server_name": "login.example.com",
                "server_path": "/",
                "http_headers": {"User-Agent": "Example/1.0"},
            },
        },
        "AdminInitiateAuth",
        {
            "UserPoolId": POOL_ID,
            "AuthFlow": "USER_SRP_AUTH",
            "ClientId": CLIENT_ID,
            "AuthParameters": {"USERNAME": ALIAS, "SRP_A": SRP_A, "SECRET_HASH": HASH},
            "AnalyticsMetadata": {"AnalyticsEndpointId": "d70b2ba36a8c4dc5a04a0451a31a1e12"},
            "ClientMetadata": {"tenant": "gr\u00fcn"},
            "ContextData": {
                "IpAddress": "198.51.100.7",
                "ServerName": "login.example.com",
                "ServerPath": "/",
                "HttpHeaders": [{"headerName": "User-Agent", "headerValue": "Example/1.0"}],
                "EncodedData": "ZW5jb2RlZCBkYXRh",
            },
        },
    )
    book.both(
        "REFRESH_TOKEN_AUTH: by a server with AWS credentials",
        "Flow Admin NameInPool",
        {
            "flow": "REFRESH_TOKEN_AUTH",
            "username": NAME,
            "refresh_token": "eyJjdHkiOiJKV1QifQ.e",
            "admin": {"pool_id": POOL_ID},
        },
        "AdminInitiateAuth",
        {
            "UserPoolId": POOL_ID,
            "AuthFlow": "REFRESH_TOKEN_AUTH",
            "ClientId": CLIENT_ID,
            "AuthParameters": {"REFRESH_TOKEN": "eyJjdHkiOiJKV1QifQ.e", "SECRET_HASH": HASH},
        },
    )
    # By a server with AWS credentials only: InitiateAuth does not take this flow.
    book.both(
        "ADMIN_USER_PASSWORD_AUTH: for a user with a remembered device",
        "Flow Admin DeviceKey TextUnchanged",
        {
            "flow": "ADMIN_USER_PASSWORD_AUTH",
            "username": ALIAS,
            "password": " p\u00e4ssw\u00f6rd ",
            "device_key": DEVICE_KEY,
            "admin": {"pool_id": POOL_ID},
        },
        "AdminInitiateAuth",
        {
            "UserPoolId": POOL_ID,
            "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "ClientId": CLIENT_ID,
            "AuthParameters": {
                "USERNAME": ALIAS,
                "PASSWORD": " p\u00e4ssw\u00f6rd ",
                "DEVICE_KEY": DEVICE_KEY,
                "SECRET_HASH": HASH,
            },
        },
    )


def accounts(book: Book) -> None:
    """The operations on an account, which have a member SecretHash."""
    book.group("Account", "The other operations that take SecretHash.")
    book.both(
        "SignUp",
        "Operation",
        {"operation": "SignUp", "username": ALIAS, "password": "correct horse battery staple"},
        "SignUp",
        {
            "ClientId": CLIENT_ID,
            "Username": ALIAS,
            "Password": "correct horse battery staple",
            "SecretHash": HASH,
        },
    )
    book.both(
        "SignUp: without a password",
        "Operation",
        {"operation": "SignUp", "username": ALIAS},
        "SignUp",
        {"ClientId": CLIENT_ID, "Username": ALIAS, "SecretHash": HASH},
    )
    book.both(
        "SignUp: with every argument",
        "Operation ApplicationContext TextUnchanged EmptyValue",
        {
            "operation": "SignUp",
            "username": "j\u00fcrgen",
            "password": " p\u00e4ssw\u00f6rd ",
            "attributes": {"email": "j\u00fcrgen@example.com", "custom:team": ""},
            "validation_data": {"invitation": "0042"},
            "client_metadata": {"tenant": "blue"},
            "analytics_endpoint_id": "d70b2ba36a8c4dc5a04a0451a31a1e12",
            "ip_address": "198.51.100.7",
            "encoded_data": "ZW5jb2RlZCBkYXRh",
        },
        "SignUp",
        {
            "ClientId": CLIENT_ID,
            "Username": "j\u00fcrgen",
            "Password": " p\u00e4ssw\u00f6rd ",
            "UserAttributes": [
                {"Name": "email", "Value": "j\u00fcrgen@example.com"},
                {"Name": "custom:team", "Value": ""},
            ],
            "ValidationData": [{"Name": "invitation", "Value": "0042"}],
            "SecretHash": HASH,
            "AnalyticsMetadata": {"AnalyticsEndpointId": "d70b2ba36a8c4dc5a04a0451a31a1e12"},
            "UserContextData": {"IpAddress": "198.51.100.7", "EncodedData": "ZW5jb2RlZCBkYXRh"},
            "ClientMetadata": {"tenant": "blue"},
        },
    )
    book.both(
        "ConfirmSignUp: leading zeros",
        "Operation LeadingZeros",
        {"operation": "ConfirmSignUp", "username": ALIAS, "code": "001234"},
        "ConfirmSignUp",
        {
            "ClientId": CLIENT_ID,
            "Username": ALIAS,
            "ConfirmationCode": "001234",
            "SecretHash": HASH,
        },
    )
    book.both(
        "ConfirmSignUp: with every argument",
        "Operation ApplicationContext",
        {
            "operation": "ConfirmSignUp",
            "username": ALIAS,
            "code": "123456",
            "force_alias_creation": True,
            "session": SESSION,
            "client_metadata": {"tenant": "blue"},
            "analytics_endpoint_id": "d70b2ba36a8c4dc5a04a0451a31a1e12",
            "ip_address": "198.51.100.7",
        },
        "ConfirmSignUp",
        {
            "ClientId": CLIENT_ID,
            "Username": ALIAS,
            "ConfirmationCode": "123456",
            "ForceAliasCreation": True,
            "Session": SESSION,
            "SecretHash": HASH,
            "AnalyticsMetadata": {"AnalyticsEndpointId": "d70b2ba36a8c4dc5a04a0451a31a1e12"},
            "UserContextData": {"IpAddress": "198.51.100.7"},
            "ClientMetadata": {"tenant": "blue"},
        },
    )
    for operation in ("ResendConfirmationCode", "ForgotPassword"):
        book.both(
            operation,
            "Operation",
            {"operation": operation, "username": ALIAS},
            operation,
            {"ClientId": CLIENT_ID, "Username": ALIAS, "SecretHash": HASH},
        )
        book.secret(
            f"{operation}: with metadata, for a name that is not ASCII",
            "Operation ApplicationContext TextUnchanged",
            {
                "operation": operation,
                "username": "\u5f20\u4f1f",
                "client_metadata": {"tenant": "blue"},
                "encoded_data": "ZW5jb2RlZCBkYXRh",
            },
            operation,
            {
                "ClientId": CLIENT_ID,
                "Username": "\u5f20\u4f1f",
                "SecretHash": HASH,
                "UserContextData": {"EncodedData": "ZW5jb2RlZCBkYXRh"},
                "ClientMetadata": {"tenant": "blue"},
            },
        )
    book.both(
        "ConfirmForgotPassword: leading zeros, and a password that is not ASCII",
        "Operation LeadingZeros TextUnchanged",
        {
            "operation": "ConfirmForgotPassword",
            "username": ALIAS,
            "code": "000123",
            "new_password": " p\u00e4ssw\u00f6rd ",
        },
        "ConfirmForgotPassword",
        {
            "ClientId": CLIENT_ID,
            "Username": ALIAS,
            "ConfirmationCode": "000123",
            "Password": " p\u00e4ssw\u00f6rd ",
            "SecretHash": HASH,
        },
    )
    confirmed = {"ConfirmationCode": "123456"}
    for operation, given, sent in (
        ("ConfirmSignUp", {"code": "123456"}, confirmed),
        ("ResendConfirmationCode", {}, {}),
        ("ForgotPassword", {}, {}),
        (
            "ConfirmForgotPassword",
            {"code": "123456", "new_password": "Tr0ub4dor&3"},
            {**confirmed, "Password": "Tr0ub4dor&3"},
        ),
    ):
        book.secret(
            f"{operation}: with all metadata",
            "Operation ApplicationContext",
            {
                "operation": operation,
                "username": ALIAS,
                **given,
                "client_metadata": {"tenant": "blue"},
                "analytics_endpoint_id": "d70b2ba36a8c4dc5a04a0451a31a1e12",
                "ip_address": "198.51.100.7",
                "encoded_data": "ZW5jb2RlZCBkYXRh",
            },
            operation,
            {
                "ClientId": CLIENT_ID,
                "Username": ALIAS,
                **sent,
                "SecretHash": HASH,
                "AnalyticsMetadata": {"AnalyticsEndpointId": "d70b2ba36a8c4dc5a04a0451a31a1e12"},
                "UserContextData": {
                    "IpAddress": "198.51.100.7",
                    "EncodedData": "ZW5jb2RlZCBkYXRh",
                },
                "ClientMetadata": {"tenant": "blue"},
            },
        )


def refresh_tokens(book: Book) -> None:
    """The two operations on a refresh token, which take the client secret itself."""
    book.group("RefreshToken", "Refresh tokens: the client secret itself, and no hash.")
    token = "eyJjdHkiOiJKV1QifQ.e"
    refreshed, revoked = "GetTokensFromRefreshToken", "RevokeToken"
    rows: list[tuple[str, str, str, Json, Json]] = [
        (refreshed, "", "", {}, {}),
        (
            refreshed,
            "for a user with a remembered device, with metadata",
            "DeviceKey ApplicationContext TextUnchanged",
            {"device_key": DEVICE_KEY, "client_metadata": {"tenant": "gr\u00fcn"}},
            {"DeviceKey": DEVICE_KEY, "ClientMetadata": {"tenant": "gr\u00fcn"}},
        ),
        (revoked, "", "", {}, {}),
        *(
            (
                revoked,
                f"{associated} of the associated sessions",
                "",
                {"revoke_associated_sessions": associated},
                {"RevokeAssociatedSessions": associated},
            )
            for associated in ("NONE", "LINKED")
        ),
    ]
    for operation, about, flags, given, sent in rows:
        name = "RefreshToken" if operation == refreshed else "Token"
        comment = f"{operation}: {about}" if about else operation
        for secret in (None, SENT_SECRET):
            book.add(
                comment if secret is None else f"{comment}, with a client secret",
                f"Operation {flags}" if secret is None else f"Operation {flags} ClientSecret",
                {
                    "operation": operation,
                    "client_id": CLIENT_ID,
                    **({} if secret is None else {"client_secret": secret}),
                    "refresh_token": token,
                    **given,
                },
                judged(
                    operation,
                    {
                        name: token,
                        "ClientId": CLIENT_ID,
                        **({} if secret is None else {"ClientSecret": secret}),
                        **sent,
                    },
                ),
            )


def possessions(book: Book) -> None:
    """Devices and authenticator apps."""
    book.group("Possession", "Devices and authenticator apps: no app client, no hash.")
    high, low = shaped("device", "v", "384h").play().v, shaped("device", "v", "383h").play().v
    plain = shaped("device", "v", "383").play().v
    for about, v, salt, more, name in (
        (
            "384 and 16 bytes, top bits set, so 385 and 17 are sent",
            high,
            number("requests salt", 128),
            {"device_name": "J\u00fcrgens Telefon"},
            {"DeviceName": "J\u00fcrgens Telefon"},
        ),
        (
            "383 and 16 bytes, top bits clear, without a name",
            plain,
            number("requests salt", 127),
            {},
            {},
        ),
        ("383 bytes, top bit set, so 384 are sent; 15 of salt", low, number("short", 119), {}, {}),
    ):
        book.bare(
            f"ConfirmDevice: {about}",
            "Operation DeviceWidths" + (" TextUnchanged" if name else ""),
            {
                "access_token": ACCESS_TOKEN,
                "device_key": DEVICE_KEY,
                "verifier": f"{v:x}",
                "salt": f"{salt:x}",
                **more,
            },
            "ConfirmDevice",
            {
                "AccessToken": ACCESS_TOKEN,
                "DeviceKey": DEVICE_KEY,
                "DeviceSecretVerifierConfig": {
                    "PasswordVerifier": base64.b64encode(oracle.pad(v)).decode("ascii"),
                    "Salt": base64.b64encode(oracle.pad(salt)).decode("ascii"),
                },
                **name,
            },
        )
    for remembered, status in ((True, "remembered"), (False, "not_remembered")):
        book.bare(
            f"UpdateDeviceStatus: {status}",
            "Operation",
            {"access_token": ACCESS_TOKEN, "device_key": DEVICE_KEY, "remembered": remembered},
            "UpdateDeviceStatus",
            {
                "AccessToken": ACCESS_TOKEN,
                "DeviceKey": DEVICE_KEY,
                "DeviceRememberedStatus": status,
            },
        )
    for about, given, sent in (
        ("for a user who has signed in", {"access_token": ACCESS_TOKEN}, "AccessToken"),
        ("in the middle of a sign-in", {"session": SESSION}, "Session"),
    ):
        (value,) = given.values()
        book.bare(
            f"AssociateSoftwareToken: {about}",
            "Operation",
            given,
            "AssociateSoftwareToken",
            {sent: value},
        )
        book.bare(
            f"VerifySoftwareToken: {about}, leading zeros",
            "Operation LeadingZeros",
            {"code": "012345", **given},
            "VerifySoftwareToken",
            {"UserCode": "012345", sent: value},
        )
    book.bare(
        "VerifySoftwareToken: with a name for the app",
        "Operation TextUnchanged",
        {"code": "654321", "session": SESSION, "friendly_device_name": "J\u00fcrgens Telefon"},
        "VerifySoftwareToken",
        {"UserCode": "654321", "Session": SESSION, "FriendlyDeviceName": "J\u00fcrgens Telefon"},
    )


def encoded(book: Book) -> None:
    """EncodedData; the payloads are written by hand, and json only checks them."""
    book.group("EncodedData", "EncodedData of UserContextData, as AWS's Android client makes it.")
    pool = f'"userPoolId":"{POOL_ID}"'
    for comment, flags, username, milliseconds, data, payload in (
        (
            "a few keys",
            "",
            "alice",
            1772874303000,
            {"Platform": "ANDROID", "DeviceId": "5bf4f1ee"},
            '{"contextData":{"Platform":"ANDROID","DeviceId":"5bf4f1ee"},"username":"alice",'
            + pool
            + ',"timestamp":"1772874303000"}',
        ),
        (
            "no data about the device, one millisecond before the second",
            "EmptyValue",
            "alice",
            1772874303999,
            {},
            '{"contextData":{},"username":"alice",' + pool + ',"timestamp":"1772874303999"}',
        ),
        (
            "texts that are not ASCII",
            "TextUnchanged",
            "ju\u0308rgen",
            1772874303001,
            {"DeviceName": "J\u00fcrgens \U0001f4f1", "Carrier": "\u4e2d\u56fd\u79fb\u52a8"},
            '{"contextData":{"DeviceName":"J\u00fcrgens \U0001f4f1",'
            '"Carrier":"\u4e2d\u56fd\u79fb\u52a8"},"username":"ju\u0308rgen",'
            + pool
            + ',"timestamp":"1772874303001"}',
        ),
        (
            "texts that JSON must escape, and a slash, which it need not",
            "TextUnchanged",
            "DOMAIN\\alice",
            0,
            {"DeviceFingerprint": 'a/b:14/C"D\n\x01', "ClientTimezone": "+01:00"},
            '{"contextData":{"DeviceFingerprint":"a/b:14/C\\"D\\n\\u0001",'
            '"ClientTimezone":"+01:00"},"username":"DOMAIN\\\\alice",' + pool + ',"timestamp":"0"}',
        ),
    ):
        wanted = {
            "contextData": data,
            "username": username,
            "userPoolId": POOL_ID,
            "timestamp": str(milliseconds),
        }
        if json.loads(payload) != wanted:
            raise AssertionError(f"the payload has other values: {comment}")
        version = "ANDROID20171114"
        digest = hmac.new(CLIENT_ID.encode(), (version + payload).encode(), "sha256").digest()
        signature = base64.b64encode(digest).decode("ascii")
        # Base64 needs no escapes; json.dumps writes those of the payload.
        text = f'{{"payload":{json.dumps(payload, ensure_ascii=False)},'
        text += f'"signature":"{signature}","version":"{version}"}}'
        given = {
            "pool_id": POOL_ID,
            "username": username,
            "milliseconds": milliseconds,
            "context_data": data,
        }
        expected = {
            "payload": payload,
            "signature": signature,
            "encoded_data": base64.b64encode(text.encode()).decode("ascii"),
        }
        book.add(comment, f"EncodedData {flags}", {"client_id": CLIENT_ID, **given}, expected)
        if not flags:
            secret = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **given}
            about = f"{comment}, with a client secret, which makes no difference"
            book.add(about, "EncodedData IdIsKey", secret, expected)


def requests() -> Part:
    """Every group of requests, and the notes of their flags."""
    book = Book()
    for chapter in (
        challenges,
        answered_texts,
        answered_in_context,
        flows,
        begun_in_context,
        accounts,
        refresh_tokens,
        possessions,
        encoded,
    ):
        chapter(book)
    return Part(book.groups, NOTES)
