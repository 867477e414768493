"""The metadata sent with a call, and the calls that need AWS credentials.

Every builder makes the call that a user's own program makes. `Context` adds the members that most
operations share. `Admin` turns a finished call into the same operation with AWS credentials.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast, overload

from ..given import expect, given_texts, nonempty, utf8
from ..proof.identity import pool_name
from .arguments import (
    AdminInitiateAuthArguments,
    AdminRespondToAuthChallengeArguments,
    ContextData,
    ContextMembers,
    InitiateAuthArguments,
    RespondToAuthChallengeArguments,
    UserContextData,
)
from .call import AnyCall, Call

__all__ = ["Admin", "Context", "add_context"]


@dataclass(frozen=True, kw_only=True)
class Context:
    """The AnalyticsMetadata, UserContextData and ClientMetadata of a call, each of them optional.

    Args:
        client_metadata: ClientMetadata, for the pool's Lambda triggers.
        analytics_endpoint_id: AnalyticsMetadata's AnalyticsEndpointId, of Amazon Pinpoint.
        ip_address: UserContextData's IpAddress, of the user's device.
        encoded_data: UserContextData's EncodedData, from AWS's own front-end library or from
            `encoded_data`.

    Raises:
        TypeError: a value is not a str, or `client_metadata` is not a mapping of str to str.
        ValueError: a text holds a lone surrogate, or is empty and is not a value of
            `client_metadata`.

    >>> Context(client_metadata={"tenant": "blue"}, ip_address="198.51.100.7")
    Context(analytics_endpoint_id=None, ip_address='198.51.100.7')
    """

    client_metadata: Mapping[str, str] | None = field(default=None, repr=False)
    analytics_endpoint_id: str | None = None
    ip_address: str | None = None
    encoded_data: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.client_metadata is not None:
            object.__setattr__(
                self, "client_metadata", given_texts(self.client_metadata, "client_metadata")
            )
        for name in ("analytics_endpoint_id", "ip_address", "encoded_data"):
            value = getattr(self, name)
            if value is not None:
                nonempty(value, name)

    def add_to(self, arguments: ContextMembers) -> None:
        """Add the members to the arguments of a call."""
        if self.analytics_endpoint_id is not None:
            arguments["AnalyticsMetadata"] = {"AnalyticsEndpointId": self.analytics_endpoint_id}
        user: UserContextData = {}
        if self.ip_address is not None:
            user["IpAddress"] = self.ip_address
        if self.encoded_data is not None:
            user["EncodedData"] = self.encoded_data
        if user:
            arguments["UserContextData"] = user
        if self.client_metadata is not None:
            arguments["ClientMetadata"] = dict(self.client_metadata)


@dataclass(frozen=True, kw_only=True)
class Admin:
    """A program, usually a server, that signs users in with AWS credentials of its own.

    AdminInitiateAuth and AdminRespondToAuthChallenge take UserPoolId as well, and ContextData
    instead of UserContextData. ContextData is sent if `server_name`, `server_path` or
    `http_headers` is given; AWS's model then wants all three and an IpAddress.

    Args:
        pool_id: UserPoolId.
        server_name: ContextData's ServerName, where the user made the request.
        server_path: ContextData's ServerPath.
        http_headers: ContextData's HttpHeaders, of the user's request.

    Raises:
        TypeError: a value has the wrong type.
        ValueError: `pool_id` is not a user pool id, or only a part of ContextData is given.
    """

    pool_id: str
    server_name: str | None = None
    server_path: str | None = None
    http_headers: Mapping[str, str] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        pool_name(self.pool_id)
        given = (self.server_name, self.server_path, self.http_headers)
        if all(value is None for value in given):
            return
        if self.server_name is None or self.server_path is None or self.http_headers is None:
            raise ValueError(
                "pass server_name, server_path and http_headers together: ContextData needs all"
            )
        utf8(self.server_name, "server_name")
        utf8(self.server_path, "server_path")
        object.__setattr__(self, "http_headers", given_texts(self.http_headers, "http_headers"))

    @overload
    def instead_of(self, call: Call[InitiateAuthArguments]) -> Call[AdminInitiateAuthArguments]: ...

    @overload
    def instead_of(
        self, call: Call[RespondToAuthChallengeArguments]
    ) -> Call[AdminRespondToAuthChallengeArguments]: ...

    def instead_of(self, call: AnyCall) -> AnyCall:
        """Return the call to make with AWS credentials instead of this one.

        Raises:
            TypeError: `call` is not a Call.
            ValueError: its operation is not InitiateAuth or RespondToAuthChallenge; or its flow is
                USER_PASSWORD_AUTH, which has a name of its own here; or this Admin
                sends ContextData and the call's context has no `ip_address`; or the call has
                UserContextData and this Admin sends no ContextData.

        >>> from srp_cognito import AppClient, initiate_auth
        >>> call = initiate_auth.user_srp_auth(AppClient("1example23456789"), "alice", "a1")
        >>> Admin(pool_id="eu-west-1_Example").instead_of(call)
        Call('AdminInitiateAuth')
        """
        if expect(call, Call, "call").operation not in ("InitiateAuth", "RespondToAuthChallenge"):
            raise ValueError(
                f"Admin replaces InitiateAuth and RespondToAuthChallenge, not {call.operation}"
            )
        if call.arguments.get("AuthFlow") == "USER_PASSWORD_AUTH":
            raise ValueError(
                "AdminInitiateAuth takes ADMIN_USER_PASSWORD_AUTH and not USER_PASSWORD_AUTH: use"
                " initiate_auth.admin_user_password_auth"
            )
        members = copy.deepcopy(dict(call.arguments))
        user = cast("UserContextData", members.pop("UserContextData", {}))
        arguments = {"UserPoolId": self.pool_id, **members}
        context = self._context_data(user)
        if context is not None:
            arguments["ContextData"] = context
        return Call(f"Admin{call.operation}", arguments)

    def _context_data(self, user: UserContextData) -> ContextData | None:
        if self.server_name is None or self.server_path is None or self.http_headers is None:
            if user:
                raise ValueError(
                    "UserContextData becomes ContextData here, which also needs Admin's"
                    " server_name, server_path and http_headers"
                )
            return None
        if "IpAddress" not in user:
            raise ValueError("ContextData needs the Context's ip_address")
        context: ContextData = {
            "IpAddress": user["IpAddress"],
            "ServerName": self.server_name,
            "ServerPath": self.server_path,
            "HttpHeaders": [
                {"headerName": name, "headerValue": value}
                for name, value in self.http_headers.items()
            ],
        }
        if "EncodedData" in user:
            context["EncodedData"] = user["EncodedData"]
        return context


def add_context(context: Context | None, arguments: ContextMembers) -> None:
    """Add the context, if there is one, to the arguments of a call.

    Raises:
        TypeError: `context` is not a Context.
    """
    if context is not None:
        expect(context, Context, "context").add_to(arguments)
