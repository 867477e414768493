"""boto3 against the pool over HTTP: AWS's own client, with no retries and no waiting."""

from collections.abc import Callable

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError


def boto3_client(url: str) -> BaseClient:
    """Return a client for the pool at this URL. It needs no credentials for a user's calls."""
    return boto3.client(
        "cognito-idp",
        region_name="eu-west-1",
        endpoint_url=url,
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(retries={"total_max_attempts": 1}),
    )


def boto3_refusal(method: Callable[..., object], **arguments: object) -> tuple[str, str]:
    """Return the type and the message with which the pool refuses this call."""
    with pytest.raises(ClientError) as error:
        method(**arguments)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]
