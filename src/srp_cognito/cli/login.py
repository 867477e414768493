"""The command `login`: a sign-in over HTTP, and then the device, if a file for it is named.

The tokens are printed before anything is done about a device, so that nothing can lose them.
"""

import functools
import platform
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from ..calls.call import AnyCall, Call, endpoint
from ..conversation.device_registration import DeviceRegistration
from ..conversation.questions import Question
from ..conversation.sign_in import SignIn
from ..conversation.steps import Flow
from ..conversation.tokens import Tokens
from ..exceptions import DeviceRefused, ServiceError, SRPError, printable
from ..proof.app_client import AppClient
from . import terminal
from .device_file import DeviceFile
from .network import Service
from .secret_sources import read_secret
from .streams import FAILED, NO_DEVICE, OK, UnusableError, complain, tell, write_line

__all__ = ["device_name", "run", "sign_in_over_http"]

PROMPTS: Final = {
    "USER_SRP_AUTH": "Password:",
    "USER_PASSWORD_AUTH": terminal.PASSWORD_SEEN,
}
"""The flows that need a password, and how it is asked for."""


def run(  # noqa: PLR0913, since there are this many options.
    *,
    pool_id: str,
    client_id: str,
    username: str,
    password_from: str | None,
    client_secret_from: str | None,
    flow: Flow,
    device_file: str | None,
    endpoint_url: str | None,
) -> int:
    """Sign in, print the tokens, register the device, and return the exit status.

    The arguments are the options of the same names.

    Raises:
        UnusableError: the service, a file or an answer is missing or cannot be used.
        ValueError: an option is wrong.
    """
    service = Service(endpoint(pool_id) if endpoint_url is None else endpoint_url)
    file = None if device_file is None else DeviceFile(Path(device_file), pool_id, username)
    device = None if file is None else file.load()
    app = AppClient(client_id, read_secret(client_secret_from, "client secret"))
    if password_from is None and flow in PROMPTS:
        password_from = "prompt"  # noqa: S105, which is where one comes from.
    password = read_secret(password_from, "password", PROMPTS.get(flow))
    sign_in = SignIn(pool_id, username, password, app=app, flow=flow, device=device)
    secret = f"the secret of the remembered device in {device_file}"

    def goes_on_without_device(refused: DeviceRefused) -> bool:
        tell(f"The service refused {secret}, not the password: {printable(refused.message)}")
        if hint := service.clock_hint(refused):
            tell(hint)
        question = f"Sign in without it? {device_file} is then replaced or removed"
        return terminal.confirm(question, otherwise=False)

    try:
        tokens = sign_in_over_http(
            sign_in,
            service,
            functools.partial(terminal.answer, has_password=password is not None),
            goes_on_without_device,
        )
    except DeviceRefused:
        complain(
            f"the service refused {secret}, not the password; delete or rename that file to sign in"
            " without the device"
        )
        return FAILED
    except SRPError as error:
        complain(error)
        if hint := service.clock_hint(error):
            complain(hint)
        return FAILED
    return _hand_over(tokens, file, service)


def sign_in_over_http(
    sign_in: SignIn,
    service: Service,
    answer: Callable[[Question], AnyCall],
    goes_on_without_device: Callable[[DeviceRefused], bool] = lambda _: False,
) -> Tokens:
    """Take a sign-in to its end, and return the tokens.

    Args:
        sign_in: the sign-in, not started yet.
        service: the service.
        answer: what answers a question. It is asked again after a slip: when it raises ValueError,
            or the service refuses a code.
        goes_on_without_device: whether to begin again without a device whose secret was refused.

    Raises:
        SRPError: as `SignIn.reply`, except for a code that can be corrected.
        UnusableError: the service cannot be reached, or `answer` raises it.
    """
    step = sign_in.start()
    while not isinstance(step, Tokens):
        try:
            call = step if isinstance(step, Call) else answer(step)
            step = sign_in.reply(service.send(call))
        except DeviceRefused as error:
            if not goes_on_without_device(error):
                raise
            step = sign_in.without_device()
        except (ServiceError, ValueError) as error:
            # The service's words for a sign-in that has ended are those for a wrong password.
            is_over = isinstance(error, ServiceError) and error.type == "NotAuthorizedException"
            if sign_in.question is None or is_over:
                raise
            tell(terminal.described(error))
            step = sign_in.question
    return step


def device_name() -> str:
    """Return the name of a new device, for people to read."""
    return f"srp-cognito on {platform.node() or 'this machine'}"


def _hand_over(tokens: Tokens, file: DeviceFile | None, service: Service) -> int:
    """Print the tokens, keep the device, and return the exit status."""
    offer = tokens.new_device
    try:
        # It is the key that a refresh names, once the device is registered.
        key = tokens.device_key if offer is None or file is None else offer.key
        write_line(replace(tokens, device_key=key).to_json())
    finally:  # The device spares the next sign-in a code, even if nobody reads these tokens.
        problem = None if file is None else _keep_device(tokens, file, service)
    if file is None and offer is not None:
        complain(
            "the pool offers to remember this device, and --device-file names no file, so it was"
            " not registered; a pool that tracks devices refuses the refresh token until a device"
            " is registered"
        )
    if problem is None:
        return OK
    complain(f"signed in, but the device could not be registered or saved: {problem}")
    return NO_DEVICE


def _keep_device(tokens: Tokens, file: DeviceFile, service: Service) -> object:
    """Register the device that is offered and save it; return what went wrong, or None."""

    def send(call: AnyCall) -> dict[str, object] | Exception:
        try:
            return service.send(call)
        except UnusableError as error:
            return error

    is_wanted = True
    try:
        if tokens.new_device is not None:
            registration = DeviceRegistration(tokens, device_name=device_name())
            tokens = registration.reply(send(registration.start()))
            if registration.needs_confirmation:
                question = "Remember this device, so that it needs no code the next time?"
                is_wanted = terminal.confirm(question, otherwise=True)
                if is_wanted:
                    tokens = registration.reply(send(registration.remember()))
        is_good = is_wanted and tokens.device_error is None
        file.save(tokens.username, tokens.device if is_good else None)
    except KeyboardInterrupt:
        return "interrupted"
    except Exception as error:  # noqa: BLE001, since the sign-in is over and good.
        return error
    return tokens.device_error
