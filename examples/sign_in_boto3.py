"""Sign in with boto3: python sign_in_boto3.py POOL_ID CLIENT_ID USERNAME [ENDPOINT_URL]."""

import sys
from getpass import getpass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from srp_cognito import AnyCall, AppClient, Call, ServiceError, SignIn, Tokens


def main(pool_id: str, client_id: str, username: str, endpoint_url: str | None = None) -> Tokens:
    region = pool_id.partition("_")[0]
    cognito = boto3.client("cognito-idp", region_name=region, endpoint_url=endpoint_url)

    def send(call: AnyCall) -> Any:
        try:
            return getattr(cognito, call.method)(**call.arguments)
        except ClientError as error:
            return error.response  # The sign-in reads errors, too.

    sign_in = SignIn(pool_id, username, getpass(), app=AppClient(client_id))
    step = sign_in.start()
    while not isinstance(step, Tokens):
        try:
            call = step if isinstance(step, Call) else step.answer(input(f"{step.prompt} "))
            step = sign_in.reply(send(call))
        except (ServiceError, ValueError) as error:
            if sign_in.question is None or "NotAuthorized" in str(error):
                sys.exit(str(error))
            print(error)  # And the question is asked again.
    return step


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
