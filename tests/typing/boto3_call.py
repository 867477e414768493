"""Checked by mypy and not run: what the library returns fits boto3's own signatures.

A caller with strict types writes no cast and no ignore.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from srp_cognito import (
    AppClient,
    Device,
    Engine,
    MalformedParameter,
    PeerError,
    SRPClient,
    SRPServer,
    Verifier,
    engine,
    new_device,
    secret_hash,
    timestamp,
)

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import RespondToAuthChallengeResponseTypeDef


def user(
    cognito: "CognitoIdentityProviderClient", password: str, now: datetime
) -> "RespondToAuthChallengeResponseTypeDef":
    app: AppClient = AppClient("1example23456789")
    client: SRPClient = SRPClient.for_user("eu-west-1_Example", "alice", password, app=app)
    reply = cognito.initiate_auth(**client.start())
    return cognito.respond_to_auth_challenge(**client.respond(reply, now=now))


def device(cognito: "CognitoIdentityProviderClient", access_token: str, app: AppClient) -> str:
    made, config = new_device("-v7w9UcY6", "eu-west-1_5bf4f1ee")
    cognito.confirm_device(
        AccessToken=access_token, DeviceKey=made.device_key, DeviceSecretVerifierConfig=config
    )
    kept: Device = made
    client = SRPClient.for_device(kept, "alice", app=app)
    reply = cognito.respond_to_auth_challenge(**client.start({"ChallengeName": "DEVICE_SRP_AUTH"}))
    reply = cognito.respond_to_auth_challenge(**client.respond(reply))
    return reply["AuthenticationResult"]["AccessToken"]


def check(answer: dict[str, str], now: datetime) -> str:
    server = SRPServer(Verifier.for_user("eu-west-1_Example", "alice", "correct horse"))
    parameters: dict[str, str] = server.challenge({"SRP_A": "2"})
    try:
        server.verify(answer, now=now, skew=timedelta(seconds=30))
    except MalformedParameter as error:
        return error.name
    except PeerError as error:
        return error.problem
    used: Engine = engine()
    return used.name + timestamp(now) + secret_hash("alice", "id", parameters["SALT"])
