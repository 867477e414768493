"""Sign in with aiobotocore: python sign_in_aiobotocore.py POOL_ID CLIENT_ID USERNAME [URL]."""

import asyncio
import sys
from asyncio import to_thread
from collections.abc import Mapping
from getpass import getpass

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore import UNSIGNED

from srp_cognito import AnyCall, AppClient, Call, ServiceError, SignIn, SRPError, Tokens


async def main(pool_id: str, client_id: str, username: str, url: str | None = None) -> Tokens:
    region = pool_id.partition("_")[0]
    # No call needs AWS credentials, and no answer is sent twice.
    config = AioConfig(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
    client = get_session().create_client("cognito-idp", region, endpoint_url=url, config=config)
    async with client as cognito:

        async def send(call: AnyCall) -> Mapping[str, object] | Exception:
            try:
                reply: Mapping[str, object] = await getattr(cognito, call.method)(**call.arguments)
            except Exception as error:  # botocore raises anything if a reply is not the service's.
                return error
            return reply

        # What waits for the person or computes runs in a thread, so nothing blocks the event loop.
        sign_in = SignIn(pool_id, username, await to_thread(getpass), app=AppClient(client_id))
        step = await to_thread(sign_in.start)
        while not isinstance(step, Tokens):
            try:
                if isinstance(step, Call):
                    call = step
                else:
                    call = await to_thread(step.answer, await to_thread(input, f"{step.prompt} "))
                step = await to_thread(sign_in.reply, await send(call))
            except SRPError as error:
                is_over = isinstance(error, ServiceError) and error.type == "NotAuthorizedException"
                if is_over or sign_in.question is None:
                    raise
                print(error)  # And the question is asked again.
        return step


if __name__ == "__main__":
    try:
        print(asyncio.run(main(*sys.argv[1:])))
    except Exception as error:
        sys.exit(f"The sign-in failed: {error!r}")
