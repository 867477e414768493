"""Sign in with the standard library: python sign_in_stdlib.py POOL_ID CLIENT_ID USERNAME [URL]."""

import json
import sys
from getpass import getpass
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from srp_cognito import AnyCall, AppClient, Call, ServiceError, SignIn, Tokens, endpoint


def main(pool_id: str, client_id: str, username: str, url: str | None = None) -> Tokens:
    url = url or endpoint(pool_id)

    def send(call: AnyCall) -> Any:
        request = Request(url, data=call.body, headers=call.headers)
        try:
            with urlopen(request) as response:
                return json.load(response)
        except HTTPError as error:
            return json.load(error)  # The sign-in reads errors, too.

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
