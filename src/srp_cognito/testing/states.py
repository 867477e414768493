"""Users who may not sign in: unconfirmed, disabled, or with a password that must be reset.

When the service says which:

- Unconfirmed: to InitiateAuth, before any proof of the password (measured with USER_PASSWORD_AUTH:
  ministack, pull request 1758; seen with USER_SRP_AUTH: amplify-swift, issue 3053; AWS calls it
  intended in amazon-cognito-identity-js, issue 288). Only aws-sdk-net, issue 1984, contradicts.
- Disabled: to InitiateAuth (seen: localstack, issue 8454). That it comes before the proof, and
  before the other two, is inferred.
- A password to reset: only after the right password (seen: amplify-js, issue 4890). What follows a
  sign-in without a password is not known; here it is the same.
"""

from .refused import Refused, not_authorized
from .users import User

__all__ = ["check_may_begin", "check_password_counts"]


def check_may_begin(user: User) -> None:
    """Refuse a user who is disabled or unconfirmed, whatever the password is."""
    if not user.is_enabled:
        raise not_authorized("User is disabled.")
    if not user.is_confirmed:
        raise Refused("UserNotConfirmedException", "User is not confirmed.")


def check_password_counts(user: User) -> None:
    """Refuse a user who has passed the first factor and must reset the password."""
    if user.must_reset_password:
        message = "Password reset required for the user"
        raise Refused("PasswordResetRequiredException", message)
