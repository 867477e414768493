"""Sign in with aiobotocore: python sign_in_aiobotocore.py POOL_ID CLIENT_ID USERNAME [URL]."""

import asyncio
import sys
from getpass import getpass
from typing import Any

from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from srp_cognito import AnyCall, AppClient, Call, ServiceError, SignIn, Tokens


async def main(pool_id: str, client_id: str, username: str, url: str | None = None) -> Tokens:
    region = pool_id.partition("_")[0]
    session = get_session()
    async with session.create_client("cognito-idp", region, endpoint_url=url) as cognito:

        async def send(call: AnyCall) -> Any:
            try:
                return await getattr(cognito, call.method)(**call.arguments)
            except ClientError as error:
                return error.response  # The sign-in reads errors, too.

        sign_in = SignIn(pool_id, username, getpass(), app=AppClient(client_id))
        step = sign_in.start()
        while not isinstance(step, Tokens):
            try:
                call = step if isinstance(step, Call) else step.answer(input(f"{step.prompt} "))
                step = sign_in.reply(await send(call))
            except (ServiceError, ValueError) as error:
                if sign_in.question is None or "NotAuthorized" in str(error):
                    sys.exit(str(error))
                print(error)  # And the question is asked again.
        return step


if __name__ == "__main__":
    print(asyncio.run(main(*sys.argv[1:])))
