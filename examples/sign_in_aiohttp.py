"""Sign in with aiohttp: python sign_in_aiohttp.py POOL_ID CLIENT_ID USERNAME [URL]."""

import asyncio
import sys
from asyncio import to_thread
from collections.abc import Mapping
from getpass import getpass

import aiohttp

from srp_cognito import (
    AnyCall,
    AppClient,
    Call,
    ServiceError,
    SignIn,
    SRPError,
    Tokens,
    endpoint,
    http_reply,
)


async def main(pool_id: str, client_id: str, username: str, url: str | None = None) -> Tokens:
    url = url or endpoint(pool_id)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:

        async def send(call: AnyCall) -> Mapping[str, object] | Exception:
            post = http.post(url, data=call.body, headers=call.headers, allow_redirects=False)
            try:
                async with post as response:
                    return http_reply(response.status, response.headers, await response.read())
            except (TimeoutError, aiohttp.ClientError) as error:
                return error

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
