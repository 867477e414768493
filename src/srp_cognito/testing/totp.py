"""The codes of an authenticator app (RFC 6238). `cryptography` computes them."""

import base64
import contextlib
import hmac
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from ..given import nonempty

__all__ = ["check_secret", "code_at", "matching_step", "totp_code"]

STEP: Final = 30
"""How many seconds a code is shown."""


def code_at(secret: str, step: int) -> str:
    """Return the code of a secret in base32 at a step, a number of thirty seconds since 1970.

    The secret here is that of RFC 6238's appendix B, and the code is the last six of its digits:

    >>> code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59 // 30)
    '287082'
    """
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    # RFC 6238 and the apps use SHA-1, where collisions do not matter. A person's secret may be
    # shorter than RFC 4226 asks for.
    totp = TOTP(key, 6, SHA1(), STEP, enforce_key_length=False)  # noqa: S303
    return totp.generate(step * STEP).decode("ascii")


def check_secret(secret: str) -> None:
    """Raise unless this can be the secret of an authenticator app.

    Raises:
        TypeError: it is not a str.
        ValueError: it is empty, or not base32.
    """
    # The decoder's own error would show the secret in its traceback.
    with contextlib.suppress(ValueError):
        code_at(nonempty(secret, "totp_secret"), 0)
        return
    raise ValueError("totp_secret is not base32, as an authenticator app takes it")


def totp_code(secret: str, now: datetime) -> str:
    """Return the code that an authenticator app with this secret shows.

    Args:
        secret: the secret, in base32.
        now: the moment, an aware datetime.

    >>> from datetime import UTC
    >>> moment = datetime(1970, 1, 1, 0, 0, 59, tzinfo=UTC)
    >>> totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", moment)
    '287082'
    """
    return code_at(secret, int(now.timestamp()) // STEP)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the step that this is the code of: now, or one step early or late; else None."""
    current = int(now.timestamp()) // STEP
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None
