"""boto3 against the pool over HTTP: AWS's own client, with no retries and no waiting."""

import functools
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError


@functools.cache
def _session() -> boto3.Session:
    """The session of all clients, since each new one reads the service's model again."""
    return boto3.Session(region_name="eu-west-1")


def boto3_client(url: str, **options: Any) -> BaseClient:
    """Return a client for the pool at this URL. It needs no credentials for a user's calls."""
    config = Config(retries={"total_max_attempts": 1}, **options)
    return _session().client("cognito-idp", endpoint_url=url, config=config)


def boto3_refusal(method: Callable[..., object], **arguments: object) -> tuple[str, str]:
    """Return the type and the message with which the pool refuses this call."""
    with pytest.raises(ClientError) as error:
        method(**arguments)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]
