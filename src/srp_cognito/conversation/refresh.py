"""New tokens for a refresh token, without I/O."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, cast, get_args

from ..calls import initiate_auth
from ..calls.call import AnyCall
from ..calls.context import Admin, Context
from ..calls.operations import get_tokens_from_refresh_token
from ..calls.replies import AuthenticationResult, Challenge, Refusal, read_reply, shown_name
from ..exceptions import IllegalParameter
from ..given import expect, given_choice, given_texts
from ..proof.app_client import AppClient
from .tokens import Tokens, tokens_of

__all__ = ["Refresh"]

_Operation = Literal["GetTokensFromRefreshToken", "InitiateAuth"]


class Refresh:
    """Gets new tokens for old ones.

    ``send`` makes a call and returns its reply, errors included::

        refresh = Refresh(tokens, app=app)
        tokens = refresh.reply(send(refresh.start()))

    The new tokens have the refresh token to use from now on: the new one if the app client rotates
    its refresh tokens, and the old one otherwise. After an error the same call can be sent again. A
    rotated token is accepted again during the app client's grace period only.

    Args:
        tokens: the tokens, from a sign-in, from another refresh or from `Tokens.from_json`.
        app: the app client that they were given to.
        operation: GetTokensFromRefreshToken serves every app client; it sends the client secret, if
            there is one. InitiateAuth (with REFRESH_TOKEN_AUTH) is for clients and emulators that
            do not know it, as boto3 before 1.38; an app client that rotates refresh tokens refuses
            it.
        client_metadata: ClientMetadata, for the pool's Lambda triggers.
        admin: for a server that calls with AWS credentials: AdminInitiateAuth is sent.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: the tokens have no refresh token, or `operation` does not fit `admin`.

    Sources: AWS's API reference, RefreshTokenRotationType ("With refresh token rotation disabled,
    you can complete token refresh with GetTokensFromRefreshToken and with REFRESH_TOKEN_AUTH");
    AWS's Amplify for JavaScript uses the one operation for all (its pull request 14427).
    """

    def __init__(
        self,
        tokens: Tokens,
        *,
        app: AppClient,
        operation: Literal["GetTokensFromRefreshToken", "InitiateAuth"] | None = None,
        client_metadata: Mapping[str, str] | None = None,
        admin: Admin | None = None,
    ) -> None:
        if operation is None:
            operation = "GetTokensFromRefreshToken" if admin is None else "InitiateAuth"
        given_choice(operation, get_args(_Operation), "operation")
        if admin is not None:
            expect(admin, Admin, "admin")
            if operation != "InitiateAuth":
                raise ValueError("admin goes with the operation InitiateAuth")
        if not expect(tokens, Tokens, "tokens").refresh_token:
            raise ValueError("tokens have no refresh_token")
        self._tokens = tokens
        self._app = expect(app, AppClient, "app")
        self._operation = operation
        self._client_metadata = (
            None if client_metadata is None else given_texts(client_metadata, "client_metadata")
        )
        self._admin = admin

    def start(self) -> AnyCall:
        """Return the call."""
        tokens, refresh_token = self._tokens, cast("str", self._tokens.refresh_token)
        if self._operation == "GetTokensFromRefreshToken":
            return get_tokens_from_refresh_token(
                self._app,
                refresh_token,
                device_key=tokens.device_key,
                client_metadata=self._client_metadata,
            )
        metadata = self._client_metadata
        call = initiate_auth.refresh_token_auth(
            self._app,
            tokens.username,
            refresh_token,
            device_key=tokens.device_key,
            context=None if metadata is None else Context(client_metadata=metadata),
        )
        return call if self._admin is None else self._admin.instead_of(call)

    def reply(self, reply: Mapping[str, object] | Exception) -> Tokens:
        """Take the reply to the call, and return the new tokens.

        Args:
            reply: as for `SignIn.reply`.

        Raises:
            ServiceError: the service refused the call. With the type RefreshTokenReuseException the
                token was rotated before, and NotAuthorizedException means that it is too old, was
                revoked, or misses its device; the user must sign in again then.
            MalformedParameter, IllegalParameter: something in the reply must be refused; `.name`
                is its key.
        """
        operation = self._operation
        reading = read_reply(reply, operation)
        if isinstance(reading, Refusal):
            raise reading.error(operation)
        if isinstance(reading, Challenge):
            problem = f"asks for {shown_name(reading.name)}, and a refresh gives tokens"
            raise IllegalParameter("ChallengeName", problem)
        old = self._tokens
        new = tokens_of(
            cast("AuthenticationResult", reading), username=old.username, device=old.device
        )
        return replace(
            new,
            refresh_token=new.refresh_token or old.refresh_token,
            device_key=new.device_key or old.device_key,
            new_device=new.new_device or old.new_device,
        )

    def __repr__(self) -> str:
        return f"<Refresh of {self._tokens.username!r}>"
