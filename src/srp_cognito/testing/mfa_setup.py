"""Second factors that users set up themselves: an authenticator app, and which factor to prefer.

The operations take an access token, or during a sign-in the Session of MFA_SETUP::

    MFA_SETUP ──Session──> AssociateSoftwareToken ──Session──> VerifySoftwareToken
                                                                     │ Session
                                       tokens <── RespondToAuthChallenge (MFA_SETUP)

Sources: AWS's model for these steps; moto's test_user_authentication_flow_mfa_on, which its authors
ran against AWS, for what VerifySoftwareToken does by itself: the app is set up, and its code is
used. The same tests show that an app of a signed-in user is a second factor at once where MFA is
required, and otherwise after SetUserMFAPreference.
"""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, cast

from ..wire import read_mapping, read_optional_text
from .refused import Refused, invalid, read_member
from .sessions import Sessions
from .sources import Sources
from .states import check_may_begin
from .totp import matching_step
from .users import ATTRIBUTES, Attempt, Factor, User

__all__ = ["MFASetup", "SignInsInSetup", "usable_factors"]

SECRET_BYTES: Final = 32

SETTINGS: Final[Mapping[str, Factor]] = {
    "SMSMfaSettings": "SMS_MFA",
    "EmailMfaSettings": "EMAIL_OTP",
    "SoftwareTokenMfaSettings": "SOFTWARE_TOKEN_MFA",
}
"""The members of SetUserMFAPreference, and the second factor that each is about."""

NEEDS: Final[Mapping[Factor, str]] = {
    "SMS_MFA": ATTRIBUTES["SMS"],
    "EMAIL_OTP": ATTRIBUTES["EMAIL"],
}
"""The attribute that a second factor needs, whose code is sent."""

_CODE: Final = re.compile(r"[0-9]{6}", re.ASCII)

Reply = dict[str, object]


class SignInsInSetup(Protocol):
    """What this file needs of the sign-ins that have come to MFA_SETUP."""

    def take_setup(self, session: str) -> Attempt:
        """Return the sign-in that waits under the Session of MFA_SETUP, which is then used."""

    def finish_setup(self, attempt: Attempt) -> str:
        """Let MFA_SETUP be answered, and return the Session for that."""


@dataclass(frozen=True)
class _Associated:
    """An authenticator app that has its secret and has not shown a code."""

    attempt: Attempt
    secret: str = field(repr=False)
    made: datetime


class MFASetup:
    """What users of one pool can do about their second factors.

    Args:
        sources: time and chance.
        sign_ins: the sign-ins that have come to MFA_SETUP.
        owner: returns the user whose access token a call sends.
        required: the factors of a pool in which MFA is required; empty if it is optional.
    """

    def __init__(
        self,
        *,
        sources: Sources,
        sign_ins: SignInsInSetup,
        owner: Callable[[Mapping[str, object]], User],
        required: Sequence[Factor],
    ) -> None:
        self._sources = sources
        self._sign_ins = sign_ins
        self._owner = owner
        self._required = required
        self._sessions = Sessions[_Associated]()

    @property
    def operations(self) -> dict[str, Callable[[Mapping[str, object]], Reply]]:
        """Each operation by its name."""
        return {
            "AssociateSoftwareToken": self.associate_software_token,
            "VerifySoftwareToken": self.verify_software_token,
            "SetUserMFAPreference": self.set_user_mfa_preference,
        }

    def associate_software_token(self, arguments: Mapping[str, object]) -> Reply:
        """Answer AssociateSoftwareToken: a secret for an authenticator app."""
        drawn = base64.b32encode(self._sources.token_bytes(SECRET_BYTES))
        secret = drawn.decode("ascii").rstrip("=")
        session = read_optional_text(arguments.get("Session"), "Session")
        if session is None:
            self._owner(arguments).offered_totp_secret = secret
            # Without a Session (amazon-cognito-identity-js, issue 627).
            return {"SecretCode": secret}
        attempt = self._sign_ins.take_setup(session)
        check_may_begin(attempt.user)
        associated = _Associated(attempt, secret, self._sources.now())
        session = self._sources.name(64)
        self._sessions.put(associated, associated.made, session)
        return {"SecretCode": secret, "Session": session}

    def verify_software_token(self, arguments: Mapping[str, object]) -> Reply:
        """Answer VerifySoftwareToken: the first code of an authenticator app sets it up."""
        typed = read_member(arguments, "UserCode")
        if not _CODE.fullmatch(typed):
            raise invalid("UserCode must be six digits")
        name = read_optional_text(arguments.get("FriendlyDeviceName"), "FriendlyDeviceName")
        session = read_optional_text(arguments.get("Session"), "Session")
        if session is None:
            user = self._owner(arguments)
            # Read once, since another thread may set it up meanwhile.
            offered = user.offered_totp_secret
            if offered is None:
                # The words are those of the challenge (amazon-cognito-identity-js, issue 630).
                message = "Software Token MFA does not exist for the user."
                raise Refused("SoftwareTokenMFANotFoundException", message)
            self._set_up(user, offered, typed, name)
            return {"Status": "SUCCESS"}
        associated = self._sessions.take(session, self._sources.now())
        check_may_begin(associated.attempt.user)
        try:
            self._set_up(associated.attempt.user, associated.secret, typed, name)
        except Refused:
            # It may have been mistyped. That the same Session can be used again is inferred. Its
            # time does not begin anew.
            self._sessions.put(associated, associated.made, session)
            raise
        return {"Status": "SUCCESS", "Session": self._sign_ins.finish_setup(associated.attempt)}

    def set_user_mfa_preference(self, arguments: Mapping[str, object]) -> Reply:
        """Answer SetUserMFAPreference: which factors are asked for, and which one at once.

        How it refuses a preference that makes no sense is not known.
        """
        user = self._owner(arguments)
        factors, preferred = [*user.factors], user.preferred_factor
        wanted: list[Factor] = []
        for member, factor in SETTINGS.items():
            if arguments.get(member) is None:
                continue
            settings = read_mapping(arguments[member], member)
            is_enabled, is_preferred = (
                _is_true(settings, key) for key in ("Enabled", "PreferredMfa")
            )
            if is_preferred and not is_enabled:
                raise invalid(f"{factor} must be enabled to be preferred")
            if is_enabled:
                _check_can_use(user, factor)
            factors = [each for each in factors if each != factor] + [factor] * is_enabled
            preferred = None if preferred == factor else preferred
            wanted += [factor] * is_preferred
        if len(wanted) > 1:
            raise invalid("Only one factor can be preferred")
        user.factors = tuple(factors)
        user.preferred_factor = wanted[0] if wanted else preferred
        return {}

    def _set_up(self, user: User, secret: str, typed: str, name: str | None) -> None:
        step = matching_step(secret, typed, self._sources.now())
        if step is None:
            # As people report it (aws-samples/aws-amplify-auth-starters, issue 15).
            message = "Code mismatch and fail enable Software Token MFA"
            raise Refused("EnableSoftwareTokenMFAException", message)
        user.totp_secret, user.offered_totp_secret = secret, None
        user.last_totp_step = step
        user.friendly_device_name = name
        if self._required:
            user.add_factor("SOFTWARE_TOKEN_MFA")


def usable_factors(user: User, required: Sequence[Factor]) -> Sequence[Factor]:
    """Return the second factors of a user, in a pool in which MFA is required by one of these.

    A user who has set up none gets codes by SMS or mail as soon as there is an address for them
    (AWS's model, MFA_SETUP: "collect a phone_number or email attribute for the user. Then restart
    the authentication flow").
    """
    if user.factors:
        return user.factors
    return [factor for factor in required if NEEDS.get(factor) in user.attributes]


def _is_true(settings: Mapping[str, object], key: str) -> bool:
    value = settings.get(key, False)
    if not isinstance(value, bool):
        raise Refused("SerializationException", f"{key} must be true or false")
    return value


def _check_can_use(user: User, factor: Factor) -> None:
    """Refuse a factor that the user has not set up."""
    if factor == "SOFTWARE_TOKEN_MFA":
        if user.totp_secret is None:
            # amplify-js, issue 1812.
            raise invalid("User has not set up software token mfa")
    elif NEEDS[cast("Factor", factor)] not in user.attributes:
        # As for an administrator (aws-sdk-js-v3, issue 4645).
        raise invalid(f"User does not have delivery config set to turn on {factor}")
