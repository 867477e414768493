"""What `SignIn.pause` writes and `SignIn.resume` reads: a sign-in that waits for an answer.

All that is in it is text, a boolean or null, so that it can be read back, whatever the service
had put into its reply.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import cast, get_args

from ..calls.challenges import FirstFactor
from ..calls.context import Context
from ..exceptions import InputError
from ..given import given_bool, given_choice, nonempty, typed_utf8
from ..proof.identity import pool_name
from ..wire import json_object
from .steps import Flow

__all__ = ["Paused"]


@dataclass(frozen=True, kw_only=True)
class Paused:
    """The parts of a paused sign-in. None of them is a password."""

    pool_id: str
    client_id: str
    has_client_secret: bool
    typed: str
    """What the person typed as the user's name."""
    username: str
    """The user's name, as far as it is known."""
    flow: Flow
    preferred_challenge: FirstFactor | None
    begins_again: bool
    """Whether the sign-in can begin again without what is not in here."""
    device_key: str | None
    context: Mapping[str, object] | None = field(repr=False)
    """The fields of the `Context`."""
    context_is_function: bool
    is_admin: bool
    reply: Mapping[str, object] = field(repr=False)
    """The members of the reply that asked (see `replies.kept_members`)."""

    def to_json(self) -> str:
        """Return the text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Paused":
        """Return what `to_json` wrote.

        Raises:
            TypeError: `text` is not a str.
            InputError: it is not what `to_json` writes. The question in it has not been read yet.
        """
        typed_utf8(text, "text")
        kept = json_object(text)
        if kept is None or kept.keys() != {each.name for each in fields(cls)}:
            raise InputError("text", "is not what pause() returned")
        try:
            return cls(**cast("dict[str, str]", kept))  # type: ignore[arg-type]  # __post_init__ checks.
        except (TypeError, ValueError):
            raise InputError("text", "is not what pause() returned") from None

    def __post_init__(self) -> None:
        pool_name(self.pool_id)
        for name in ("client_id", "typed", "username"):
            nonempty(getattr(self, name), name)
        for name in ("has_client_secret", "begins_again", "context_is_function", "is_admin"):
            given_bool(getattr(self, name), name)
        given_choice(self.flow, get_args(Flow), "flow")
        if self.preferred_challenge is not None:
            given_choice(self.preferred_challenge, get_args(FirstFactor), "preferred_challenge")
        needs_password = self.flow not in ("USER_AUTH", "CUSTOM_AUTH") or (
            self.preferred_challenge in ("PASSWORD", "PASSWORD_SRP")
        )
        if self.begins_again and needs_password:
            raise ValueError("begins_again does not go with a flow that needs the password")
        if self.device_key is not None:
            nonempty(self.device_key, "device_key")
        if self.context is not None:
            Context(**cast("dict[str, str]", self.context))  # type: ignore[arg-type]  # It checks.
        if not isinstance(self.reply, Mapping):
            raise TypeError("reply must be a mapping")

    def read_context(self) -> Context | None:
        """Return the context, if there was one that is not a function."""
        if self.context is None:
            return None
        return Context(**cast("dict[str, str]", self.context))  # type: ignore[arg-type]
