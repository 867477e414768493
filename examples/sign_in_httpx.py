"""Sign in with httpx: python sign_in_httpx.py POOL_ID CLIENT_ID USERNAME [ENDPOINT_URL]."""

import sys
from getpass import getpass
from typing import Any

import httpx

from srp_cognito import AnyCall, AppClient, Call, ServiceError, SignIn, Tokens, endpoint


def main(pool_id: str, client_id: str, username: str, endpoint_url: str | None = None) -> Tokens:
    url = endpoint_url or endpoint(pool_id)
    with httpx.Client() as http:

        def send(call: AnyCall) -> Any:
            # The sign-in reads errors, too, so no raise_for_status().
            return http.post(url, content=call.body, headers=call.headers).json()

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
