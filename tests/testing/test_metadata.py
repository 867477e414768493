"""testing/metadata.py: the ClientMetadata that a test can look at.

First from outside: boto3 over HTTP, and `SignIn`.
"""

import pytest
from boto3_calls import boto3_client
from peers import PASSWORD
from pool_calls import NOW, PUBLIC, begin, beginning, call, refusal

from srp_cognito import Context, Refresh, SignIn, Tokens
from srp_cognito.testing import SentMetadata, UserPool, metadata, serve

CAMPAIGN = {"campaign": "spring"}


def test_boto3s_metadata_can_be_looked_at(pool: UserPool) -> None:
    with serve(pool) as url:
        cognito = boto3_client(url)
        parameters = {"USERNAME": "alice@example.com", "PREFERRED_CHALLENGE": "EMAIL_OTP"}
        begun = beginning("USER_AUTH", **parameters)
        reply = cognito.initiate_auth(**begun, ClientMetadata=CAMPAIGN)
        cognito.respond_to_auth_challenge(
            ClientId=PUBLIC.client_id,
            ChallengeName="EMAIL_OTP",
            Session=reply["Session"],
            ChallengeResponses={"USERNAME": "alice", "EMAIL_OTP_CODE": pool.sent[-1].code},
            ClientMetadata={},
        )
    assert [*pool.client_metadata] == [
        SentMetadata("InitiateAuth", "alice@example.com", None, CAMPAIGN),
        SentMetadata("RespondToAuthChallenge", "alice", "EMAIL_OTP", {}),
    ]


def test_the_metadata_of_a_sign_in_and_of_its_refresh_can_be_looked_at(pool: UserPool) -> None:
    context = Context(client_metadata=CAMPAIGN)
    sign_in = SignIn(pool.pool_id, "alice", PASSWORD, app=PUBLIC, context=context)
    step = sign_in.reply(pool.send(sign_in.start()), now=NOW)
    tokens = sign_in.reply(pool.send(step))
    assert isinstance(tokens, Tokens)
    refresh = Refresh(tokens, app=PUBLIC, client_metadata=CAMPAIGN)
    refresh.reply(pool.send(refresh.start()))
    assert [*pool.client_metadata] == [
        SentMetadata("InitiateAuth", "alice", None, CAMPAIGN),
        SentMetadata("RespondToAuthChallenge", "alice", "PASSWORD_VERIFIER", CAMPAIGN),
        SentMetadata("GetTokensFromRefreshToken", None, None, CAMPAIGN),
    ]


def test_a_servers_metadata_can_be_looked_at(pool: UserPool) -> None:
    arguments = beginning("ADMIN_USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
    more = {"UserPoolId": pool.pool_id, "ClientMetadata": CAMPAIGN}
    call(pool, "AdminInitiateAuth", **arguments, **more)
    assert [*pool.client_metadata] == [SentMetadata("AdminInitiateAuth", "alice", None, CAMPAIGN)]


def test_calls_without_metadata_leave_nothing_and_refused_ones_do(pool: UserPool) -> None:
    begin(pool, "USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
    refusal(pool, "GetUser", AccessToken="x", ClientMetadata=CAMPAIGN)
    assert not pool.client_metadata
    refusal(pool, "InitiateAuth", ClientMetadata=CAMPAIGN)
    assert [*pool.client_metadata] == [SentMetadata("InitiateAuth", None, None, CAMPAIGN)]


@pytest.mark.parametrize("sent", ["campaign", ["campaign"], {"campaign": 1}])
def test_metadata_that_is_not_an_object_of_texts_is_refused(pool: UserPool, sent: object) -> None:
    arguments = beginning("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)
    refused = refusal(pool, "InitiateAuth", **arguments, ClientMetadata=sent)
    assert refused[0] == "InvalidParameterException"
    assert refused[1].startswith("ClientMetadata")
    assert not pool.client_metadata


def test_the_newest_are_kept(pool: UserPool) -> None:
    for number in range(metadata.MOST_KEPT + 2):
        refusal(pool, "InitiateAuth", ClientMetadata={"number": str(number)})
    assert len(pool.client_metadata) == metadata.MOST_KEPT
    assert pool.client_metadata[0].metadata == {"number": "2"}
