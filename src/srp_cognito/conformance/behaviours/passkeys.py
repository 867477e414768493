"""Passkeys, as far as no device is needed: what is offered, and what is refused before a signature.

`srp_cognito.testing.authenticator` is a device, and tests of the pool have the rest.
"""

from collections.abc import Mapping
from typing import Any, Final

from ..behaviour import behaviour, documented, inferred, seen
from ..expected import Asks, Facts, Refuses, Reply, Seen, Succeeds
from ..sources import CLI_LIST_PASSKEYS, CLI_START_PASSKEY, GUIDE_FLOWS, MODEL, issue
from ..trial import Trial

_NOT_ENABLED: Final = Refuses("WebAuthnNotEnabledException", "WebAuthn not enabled for this pool.")
_NO_PASSKEY: Final = Refuses("ResourceNotFoundException")
_NOT_VALID: Final = Refuses("InvalidParameterException", "Credential data is not valid")

_AMPLESS: Final = seen(
    "https://github.com/heavymoons/ampless",
    "a changeset of @ampless/backend: the words where the sign-in policy lacks WEB_AUTHN",
)


@behaviour(_NOT_ENABLED, _AMPLESS, needs=["no-passkeys"])
def not_enabled(trial: Trial) -> Seen:
    """A passkey cannot be registered where the pool has none."""
    return trial.call("StartWebAuthnRegistration", _own(trial))


@behaviour(
    Asks("SELECT_CHALLENGE"),
    inferred(GUIDE_FLOWS, "what is preferred is asked for if it is available to the user"),
)
def preferred_without_one(trial: Trial) -> Seen:
    """A user without a passkey who prefers one is asked to choose."""
    given = {"USERNAME": trial.person().username, "PREFERRED_CHALLENGE": "WEB_AUTHN"}
    return trial.initiate("USER_AUTH", given)


@behaviour(
    Facts(
        {
            "timeout": 60000,
            "algorithms": [-7, -257],
            "residentKey": "required",
            "names of the user": ["displayName", "id", "name"],
        }
    ),
    documented(CLI_START_PASSKEY, "a sample of CredentialCreationOptions"),
    needs=["passkeys"],
)
def creation_options(trial: Trial) -> Seen:
    """The options for a new passkey are PublicKeyCredentialCreationOptions in JSON."""
    options: Any = _started(trial).members["CredentialCreationOptions"]
    return {
        "timeout": options["timeout"],
        "algorithms": [each["alg"] for each in options["pubKeyCredParams"]],
        "residentKey": options["authenticatorSelection"]["residentKey"],
        "names of the user": sorted(options["user"]),
    }


@behaviour(
    Facts({"characters": 22}),
    seen(issue("aws/aws-sdk-net", 4386), "pjk84's credential, 2026-04-09: 16 bytes"),
    needs=["passkeys"],
)
def challenge(trial: Trial) -> Seen:
    """The challenge of a registration has 16 bytes, in base64 for URLs without padding."""
    options: Any = _started(trial).members["CredentialCreationOptions"]
    return {"characters": len(options["challenge"])}


@behaviour(
    _NOT_VALID,
    seen(issue("aws/aws-sdk-net", 4386), "pjk84, 2026-04-09, of a credential with less in it"),
    needs=["passkeys"],
)
def not_a_credential(trial: Trial) -> Seen:
    """What is not a RegistrationResponseJSON is not registered."""
    _started(trial)
    credential = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}
    arguments = {**_own(trial), "Credential": credential}
    return trial.call("CompleteWebAuthnRegistration", arguments)


@behaviour(
    Succeeds(("Credentials",)),
    documented(CLI_LIST_PASSKEYS, "a sample of the reply"),
    documented(MODEL, "Credentials is required in the reply"),
)
def listed(trial: Trial) -> Seen:
    """A user's passkeys are listed; the list may be empty."""
    return trial.call("ListWebAuthnCredentials", _own(trial))


@behaviour(_NO_PASSKEY, inferred(MODEL, "the error of this type that the operation has"))
def deleted_unknown(trial: Trial) -> Seen:
    """A passkey that the user does not have cannot be deleted."""
    arguments = {**_own(trial), "CredentialId": "AAAA"}
    return trial.call("DeleteWebAuthnCredential", arguments)


def _own(trial: Trial) -> Mapping[str, object]:
    """Return the member that names the user who has signed in."""
    return {"AccessToken": trial.sign_in().access_token}


def _started(trial: Trial) -> Reply:
    return trial.call("StartWebAuthnRegistration", _own(trial))
