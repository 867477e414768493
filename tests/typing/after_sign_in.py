"""Checked by mypy, not run: a sign-in and what follows it need no cast and no ignore."""

from collections.abc import Callable, Mapping

from srp_cognito import (
    AnyCall,
    AppClient,
    Call,
    Device,
    DeviceRegistration,
    Refresh,
    ServiceError,
    SignIn,
    Tokens,
    checked_reply,
    http_reply,
    operations,
)

Send = Callable[[AnyCall], Mapping[str, object] | Exception]


def run(sign_in: SignIn, send: Send) -> Tokens:
    step = sign_in.start()
    while not isinstance(step, Tokens):
        call = step if isinstance(step, Call) else step.answer(input(step.prompt))
        step = sign_in.reply(send(call))
    return step


def registered(tokens: Tokens, send: Send) -> Device | None:
    registration = DeviceRegistration(tokens, device_name="laptop")
    tokens = registration.reply(send(registration.start()))
    if registration.needs_confirmation:
        tokens = registration.reply(send(registration.remember()))
    if isinstance(tokens.device_error, ServiceError):
        print(tokens.device_error.type, tokens.device_error.status)
    return tokens.device


def refreshed(kept: str, app: AppClient, send: Send) -> str:
    refresh = Refresh(Tokens.from_json(kept), app=app)
    return refresh.reply(send(refresh.start())).to_json()


def revoked(tokens: Tokens, app: AppClient, send: Send) -> Mapping[str, object]:
    call = operations.revoke_token(app, tokens.refresh_token or "")
    return checked_reply(call, send(call))


def as_mapping(status: int, headers: Mapping[str, str], body: bytes) -> Mapping[str, object]:
    return http_reply(status, headers, body)
