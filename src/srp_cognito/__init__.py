"""The cryptography of Amazon Cognito sign-in: both sides of it, without I/O.

A user's whole login, the client on one side and the checking side on the other:

>>> from srp_cognito import AppClient, SRPClient, SRPServer, Verifier
>>> app = AppClient("1example23456789", "sekrit-client-secret")
>>> stored = Verifier.for_user("eu-west-1_Example", "alice", "correct horse")
>>> server = SRPServer(stored, app=app)

>>> client = SRPClient.for_user("eu-west-1_Example", "alice", "correct horse", app=app)
>>> challenge = server.challenge(client.start()["AuthParameters"])
>>> reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}
>>> server.verify(client.respond(reply)["ChallengeResponses"])

With a wrong password the last line raises:

>>> server = SRPServer(stored, app=app)
>>> client = SRPClient.for_user("eu-west-1_Example", "alice", "battery staple", app=app)
>>> challenge = server.challenge(client.start()["AuthParameters"])
>>> reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}
>>> server.verify(client.respond(reply)["ChallengeResponses"])
Traceback (most recent call last):
    ...
srp_cognito.exceptions.SignatureMismatch: the claim is not the one that this password makes

The whole sign-in, with every challenge that can come, is a conversation (see `sign_in`):

>>> from srp_cognito import Call, SignIn, Tokens
>>> sign_in = SignIn("eu-west-1_Example", "alice", "correct horse", app=app)
>>> sign_in.start()
Call('InitiateAuth')

Where things are: `sign_in` holds the conversation and `questions` what it asks; `initiate_auth`,
`challenges` and `operations` the builders of single calls, `context` what goes along with them;
`client` and `server` the two sides of a proof, `device` remembered devices; `srp` the formulas,
`modexp` the exponentiation beneath them; `app_client` SECRET_HASH, `timestamps` TIMESTAMP,
`user_context` EncodedData, `transcript` recorded exchanges and `bulk` many of them, `diagnosis` why
a signature was refused, `testing` a user pool that checks, `exceptions` the errors.
"""

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from . import initiate_auth, operations, questions
    from .app_client import AppClient, secret_hash
    from .calls import (
        AnyCall,
        Call,
        DeviceSecretVerifierConfig,
        InitiateAuthArguments,
        RespondToAuthChallengeArguments,
        endpoint,
    )
    from .challenges import Answers, Claim, FirstFactor
    from .client import SRPClient
    from .context import Admin, Context
    from .device import Device, new_device
    from .exceptions import (
        IllegalParameter,
        MalformedParameter,
        PeerError,
        ServiceError,
        SignatureMismatch,
        SRPError,
        StateError,
        UnsupportedChallenge,
    )
    from .identity import Identity, pool_name
    from .modexp import Engine, engine
    from .questions import Question
    from .server import SRPServer, Verifier
    from .sign_in import Flow, SignIn, Step
    from .timestamps import timestamp
    from .tokens import Tokens
    from .user_context import encoded_data

__all__ = [
    "Admin",
    "Answers",
    "AnyCall",
    "AppClient",
    "Call",
    "Claim",
    "Context",
    "Device",
    "DeviceSecretVerifierConfig",
    "Engine",
    "FirstFactor",
    "Flow",
    "Identity",
    "IllegalParameter",
    "InitiateAuthArguments",
    "MalformedParameter",
    "PeerError",
    "Question",
    "RespondToAuthChallengeArguments",
    "SRPClient",
    "SRPError",
    "SRPServer",
    "ServiceError",
    "SignIn",
    "SignatureMismatch",
    "StateError",
    "Step",
    "Tokens",
    "UnsupportedChallenge",
    "Verifier",
    "encoded_data",
    "endpoint",
    "engine",
    "initiate_auth",
    "new_device",
    "operations",
    "pool_name",
    "questions",
    "secret_hash",
    "timestamp",
]

__version__ = "0.1.0"

# Each public name and the module that it lives in. A name is imported when it is first asked for
# (PEP 562), and with it what it needs: a program that makes a SECRET_HASH does not wait for the
# conversation. ``from srp_cognito import ...`` at the top of a program imports at once, as always;
# a program that forks while other threads run should do so, for a fork in the middle of another
# thread's import leaves the child without it.
_HOMES: Final = {
    "AppClient": "app_client",
    "secret_hash": "app_client",
    "AnyCall": "calls",
    "Call": "calls",
    "DeviceSecretVerifierConfig": "calls",
    "InitiateAuthArguments": "calls",
    "RespondToAuthChallengeArguments": "calls",
    "endpoint": "calls",
    "Answers": "challenges",
    "Claim": "challenges",
    "FirstFactor": "challenges",
    "SRPClient": "client",
    "Admin": "context",
    "Context": "context",
    "Device": "device",
    "new_device": "device",
    "IllegalParameter": "exceptions",
    "MalformedParameter": "exceptions",
    "PeerError": "exceptions",
    "SRPError": "exceptions",
    "ServiceError": "exceptions",
    "SignatureMismatch": "exceptions",
    "StateError": "exceptions",
    "UnsupportedChallenge": "exceptions",
    "Identity": "identity",
    "pool_name": "identity",
    "Engine": "modexp",
    "engine": "modexp",
    "Question": "questions",
    "SRPServer": "server",
    "Verifier": "server",
    "Flow": "sign_in",
    "SignIn": "sign_in",
    "Step": "sign_in",
    "timestamp": "timestamps",
    "Tokens": "tokens",
    "encoded_data": "user_context",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        value: object = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    elif name in ("initiate_auth", "operations", "questions"):
        value = importlib.import_module(f".{name}", __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value  # The next time it is there, and this function is not asked.
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
