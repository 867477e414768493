"""Sign in on a page: index.html runs this in Pyodide, and calls `sign_in`."""

from collections.abc import Awaitable, Callable, Mapping

from pyodide.http import pyfetch

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


async def sign_in(  # noqa: PLR0913, PLR0917 - JavaScript calls it.
    pool_id: str,
    client_id: str,
    username: str,
    password: str,
    ask: Callable[[str], Awaitable[str]],
    url: str | None = None,
) -> Tokens:
    """Sign in; `ask` gets what the person is asked, and returns what was typed."""

    async def send(call: AnyCall) -> Mapping[str, object] | Exception:
        try:
            reply = await pyfetch(
                url or endpoint(pool_id), method="POST", headers=call.headers, body=call.body
            )
            return http_reply(reply.status, reply.headers, await reply.bytes())
        except OSError as error:
            return error

    conversation = SignIn(pool_id, username, password, app=AppClient(client_id))
    step = conversation.start()
    problem = ""
    while not isinstance(step, Tokens):
        try:
            call = step if isinstance(step, Call) else step.answer(await ask(problem + step.prompt))
            step = conversation.reply(await send(call))
            problem = ""
        except SRPError as error:
            is_over = isinstance(error, ServiceError) and error.type == "NotAuthorizedException"
            if is_over or conversation.question is None:
                raise
            problem = f"{error}\n"  # And the question is asked again.
    return step
