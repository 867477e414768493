"""Sign in in memory with the library, on any Python that has it.

    python tests/platforms/sign_in.py [--pool]

First a login, the client against the checking side, which needs nothing else; a wrong password must
be refused. Then a whole sign-in against the user pool, which needs the extra `testing`. Where that
is missing its sentence is printed, and with --pool the program fails.
"""

import sys

from srp_cognito import (
    AppClient,
    SignatureMismatch,
    SignIn,
    SRPClient,
    SRPServer,
    Tokens,
    Verifier,
    engine,
)

POOL_ID = "eu-west-1_Example"
APP = AppClient("1example23456789", "sekrit-client-secret")
PASSWORD = "a password of nobody"


def log_in(stored: Verifier, password: str) -> None:
    server = SRPServer(stored, app=APP)
    client = SRPClient.for_user(POOL_ID, "alice", password, app=APP)
    challenge = server.challenge(client.start()["AuthParameters"])
    reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}
    server.verify(client.respond(reply)["ChallengeResponses"])


def sign_in() -> Tokens:
    from srp_cognito.testing import UserPool  # noqa: PLC0415 - it may be missing.

    pool = UserPool(POOL_ID)
    app = pool.add_app_client(APP.client_id, APP.client_secret)
    pool.add_user("alice", PASSWORD)
    conversation = SignIn(POOL_ID, "alice", PASSWORD, app=app)
    step = conversation.start()
    while not isinstance(step, Tokens):
        step = conversation.reply(pool.send(step))
    return step


def main(needs_pool: bool) -> None:
    stored = Verifier.for_user(POOL_ID, "alice", PASSWORD)
    log_in(stored, PASSWORD)
    try:
        log_in(stored, PASSWORD.upper())
    except SignatureMismatch:
        print(f"a login is right, and refused if it is not, on the engine {engine().name}")
    else:
        raise SystemExit("a wrong password was accepted")
    try:
        tokens = sign_in()
    except ImportError as error:
        print(f"the pool does not load: {error}")
        if needs_pool:
            raise SystemExit(1) from None
    else:
        print(f"the pool gave tokens for {tokens.username}")


if __name__ == "__main__":
    main(needs_pool="--pool" in sys.argv)
