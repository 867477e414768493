"""Sign in with the standard library: python sign_in_stdlib.py POOL_ID CLIENT_ID USERNAME [URL]."""

import sys
from collections.abc import Mapping
from getpass import getpass
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

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


def main(pool_id: str, client_id: str, username: str, url: str | None = None) -> Tokens:
    url = url or endpoint(pool_id)

    def send(call: AnyCall) -> Mapping[str, object] | Exception:
        request = Request(url, data=call.body, headers=call.headers)
        try:
            try:
                response = urlopen(request, timeout=30)
            except HTTPError as refused:
                response = refused  # It is a reply, too.
            with response:
                return http_reply(response.status, response.headers, response.read())
        except (OSError, HTTPException) as error:
            return error

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
