"""Sign in with boto3: python sign_in_boto3.py POOL_ID CLIENT_ID USERNAME [URL]."""

import sys
from collections.abc import Mapping
from getpass import getpass

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from srp_cognito import AnyCall, AppClient, Call, ServiceError, SignIn, SRPError, Tokens


def main(pool_id: str, client_id: str, username: str, url: str | None = None) -> Tokens:
    region = pool_id.partition("_")[0]
    # No call needs AWS credentials, and no answer is sent twice.
    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
    cognito = boto3.client("cognito-idp", region, endpoint_url=url, config=config)

    def send(call: AnyCall) -> Mapping[str, object] | Exception:
        try:
            reply: Mapping[str, object] = getattr(cognito, call.method)(**call.arguments)
        except Exception as error:  # botocore raises anything if a reply is not the service's.
            return error
        return reply

    sign_in = SignIn(pool_id, username, getpass(), app=AppClient(client_id))
    step = sign_in.start()
    while not isinstance(step, Tokens):
        try:
            call = step if isinstance(step, Call) else step.answer(input(f"{step.prompt} "))
            step = sign_in.reply(send(call))
        except SRPError as error:
            is_over = isinstance(error, ServiceError) and error.type == "NotAuthorizedException"
            if is_over or sign_in.question is None:
                raise
            print(error)  # And the question is asked again.
    return step


if __name__ == "__main__":
    try:
        print(main(*sys.argv[1:]))
    except Exception as error:
        sys.exit(f"The sign-in failed: {error!r}")
