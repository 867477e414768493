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

Where things are: `srp` holds the formulas, `modexp` the exponentiation beneath them, `client` and
`server` the two sides, `device` remembered devices, `app_client` SECRET_HASH, `timestamps`
TIMESTAMP, `transcript` recorded exchanges, `exceptions` the errors.
"""

from .app_client import AppClient, secret_hash
from .calls import InitiateAuthArguments, RespondToAuthChallengeArguments
from .client import SRPClient
from .device import Device, DeviceSecretVerifierConfig, new_device
from .exceptions import (
    IllegalParameter,
    MalformedParameter,
    PeerError,
    SignatureMismatch,
    SRPError,
    StateError,
)
from .identity import Identity, pool_name
from .modexp import Engine, engine
from .server import SRPServer, Verifier
from .timestamps import timestamp

__all__ = [
    "AppClient",
    "Device",
    "DeviceSecretVerifierConfig",
    "Engine",
    "Identity",
    "IllegalParameter",
    "InitiateAuthArguments",
    "MalformedParameter",
    "PeerError",
    "RespondToAuthChallengeArguments",
    "SRPClient",
    "SRPError",
    "SRPServer",
    "SignatureMismatch",
    "StateError",
    "Verifier",
    "engine",
    "new_device",
    "pool_name",
    "secret_hash",
    "timestamp",
]

__version__ = "0.1.0"
