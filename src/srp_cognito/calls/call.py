"""A call of the Cognito API as a value, and the address that it goes to.

The same call has two forms: keyword arguments for boto3, and an HTTP request for anyone else.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeAlias, TypeVar

from ..proof.identity import pool_name

__all__ = ["AnyCall", "Call", "endpoint"]

Arguments_co = TypeVar("Arguments_co", bound=Mapping[str, object], covariant=True)


@dataclass(frozen=True)
class Call(Generic[Arguments_co]):
    """One call to make: an operation of the Cognito API and its arguments.

    With boto3 send it as ``getattr(cognito, call.method)(**call.arguments)``. With any other HTTP
    client POST ``call.body`` with ``call.headers`` to the pool's `endpoint`. The operations that
    a user's own program calls need no signature; those whose name begins with Admin need AWS's
    Signature Version 4 in both forms.

    Args:
        operation: the operation, such as ``InitiateAuth``.
        arguments: its arguments. They hold secrets, so no repr shows them.

    >>> call = Call("ForgotPassword", {"ClientId": "1example23456789", "Username": "alice"})
    >>> call
    Call('ForgotPassword')
    >>> call.method
    'forgot_password'
    >>> call.headers["X-Amz-Target"]
    'AWSCognitoIdentityProviderService.ForgotPassword'
    >>> call.body
    b'{"ClientId": "1example23456789", "Username": "alice"}'
    """

    operation: str
    arguments: Arguments_co = field(repr=False)

    @property
    def method(self) -> str:
        """The name of boto3's method for the operation."""
        # The "s" that ends ListClientMetadataURLs belongs to the word in capitals.
        begins = r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])(?!.s$)"
        return re.sub(begins, "_", self.operation).lower()

    @property
    def headers(self) -> dict[str, str]:
        """The two headers that an HTTP request needs."""
        return {
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{self.operation}",
            "Content-Type": "application/x-amz-json-1.1",
        }

    @property
    def body(self) -> bytes:
        """The body of an HTTP request: the arguments as JSON, byte for byte as botocore's."""
        return json.dumps(self.arguments).encode("ascii")

    def __repr__(self) -> str:
        return f"Call({self.operation!r})"


AnyCall: TypeAlias = Call[Mapping[str, object]]
"""A call, whichever its operation."""

_REGION: Final = re.compile(r"[a-z]{2,8}(?:-[a-z]{1,12}){1,3}-\d{1,2}", re.ASCII)

# A region's first letters say which domain serves it: AWS's "partitions".
_DOMAINS: Final = (
    ("cn-", "amazonaws.com.cn"),
    ("eusc-", "amazonaws.eu"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov"),
    ("", "amazonaws.com"),
)


def endpoint(pool_id: str) -> str:
    """Return the URL that calls about a user pool are POSTed to.

    Raises:
        TypeError: `pool_id` is not a str.
        ValueError: `pool_id` is not a user pool id, or the part before "_" is not a region.

    Source: the partitions and the endpoint rules that botocore ships.

    >>> endpoint("eu-west-1_Example")
    'https://cognito-idp.eu-west-1.amazonaws.com/'
    """
    pool_name(pool_id)
    region = pool_id.partition("_")[0]
    if not _REGION.fullmatch(region):
        raise ValueError('pool_id must begin with an AWS region, such as "eu-west-1"')
    domain = next(domain for prefix, domain in _DOMAINS if region.startswith(prefix))
    return f"https://cognito-idp.{region}.{domain}/"
