"""The ClientMetadata of calls, for a test to look at. A real pool hands it to Lambda triggers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..wire import read_map, read_mapping, read_optional_text

__all__ = ["MOST_KEPT", "SentMetadata", "read_metadata"]

MOST_KEPT: Final = 100
"""How many of the newest `UserPool.client_metadata` keeps. Each can be as large as a request."""

OPERATIONS: Final = (
    "InitiateAuth",
    "RespondToAuthChallenge",
    "AdminInitiateAuth",
    "AdminRespondToAuthChallenge",
    "GetTokensFromRefreshToken",
)
"""The pool's operations that have ClientMetadata in AWS's model. Elsewhere it is not looked at."""


@dataclass(frozen=True)
class SentMetadata:
    """The ClientMetadata of one call.

    Args:
        operation: the call's operation, such as ``InitiateAuth``.
        username: its USERNAME as it was sent; None for a refresh, which has none.
        challenge_name: the challenge that it answers, if it answers one.
        metadata: the ClientMetadata.
    """

    operation: str
    username: str | None
    challenge_name: str | None
    metadata: Mapping[str, str]


def read_metadata(operation: str, arguments: Mapping[str, object]) -> SentMetadata | None:
    """Return the ClientMetadata of a call, if it has some.

    Raises:
        MalformedParameter: it is not an object of texts.
    """
    if operation not in OPERATIONS or arguments.get("ClientMetadata") is None:
        return None
    metadata = read_map(
        read_mapping(arguments["ClientMetadata"], "ClientMetadata"), "ClientMetadata"
    )
    sent = arguments.get("AuthParameters", arguments.get("ChallengeResponses"))
    username = sent.get("USERNAME") if isinstance(sent, Mapping) else None
    return SentMetadata(
        operation,
        read_optional_text(username, "USERNAME"),
        read_optional_text(arguments.get("ChallengeName"), "ChallengeName"),
        metadata,
    )
