"""The command `refresh`: new tokens for those that `login` printed, without a password."""

from typing import Literal

from ..calls.call import endpoint
from ..conversation.refresh import Refresh
from ..conversation.tokens import Tokens
from ..exceptions import InputError, SRPError
from ..proof.app_client import AppClient
from .network import Service
from .secret_sources import read_secret
from .streams import FAILED, OK, UnusableError, complain, input_text, write_line

__all__ = ["run"]

MAX_TOKENS = 1 << 18
"""A longer text is not what `login` printed. AWS's tokens have a few kilobytes."""


def run(
    *,
    pool_id: str,
    client_id: str,
    client_secret_from: str | None,
    operation: Literal["GetTokensFromRefreshToken", "InitiateAuth"],
    endpoint_url: str | None,
) -> int:
    """Read tokens from standard input, print new ones, and return the exit status.

    The arguments are the options of the same names.

    Raises:
        UnusableError: the service cannot be reached, or standard input does not hold such tokens.
        ValueError: an option is wrong, or there is no refresh token.
    """
    service = Service(endpoint(pool_id) if endpoint_url is None else endpoint_url)
    app = AppClient(client_id, read_secret(client_secret_from, "client secret"))
    try:
        old = Tokens.from_json(input_text(MAX_TOKENS))
    except (InputError, UnicodeDecodeError):
        # A decoder's error would show the tokens.
        problem = "standard input does not hold what `login` or `refresh` printed"
        raise UnusableError(problem) from None
    refresh = Refresh(old, app=app, operation=operation)
    try:
        new = refresh.reply(service.send(refresh.start()))
    except SRPError as error:
        complain(error)
        return FAILED
    write_line(new.to_json())
    return OK
