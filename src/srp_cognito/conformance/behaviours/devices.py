"""Devices: the offer, the registration, and the sign-in with a device that is remembered."""

import base64
from typing import Final

from ...calls import operations
from ...calls.replies import NewDevice
from ...calls.srp_client import SRPClient
from ...conversation.tokens import Tokens
from ...proof.device import Device, new_device
from ..behaviour import behaviour, documented, inferred, measured, seen, unknown
from ..expected import Asks, Either, Facts, Refuses, Reply, Seen, SignsIn, Succeeds
from ..sources import (
    FLUTTER_CUSTOM,
    FLUTTER_DEVICES,
    FRANKEN,
    GUIDE_ACCESS_TOKEN,
    GUIDE_DEVICES,
    MODEL,
    NEGATIVE_VERIFIER,
    issue,
)
from ..trial import Changes, Stopped, Trial

NO_DEVICE: Final = Refuses("ResourceNotFoundException", "Device does not exist.")

INVALID_KEY: Final = Refuses("InvalidParameterException", "Invalid device key given.")

FORGOTTEN: Final = (
    measured(FRANKEN, "\"can't login with device once it's forgotten\""),
    seen(issue("amazon-archives/amazon-cognito-identity-js", 200), "jogold, 2016-11-04"),
    seen(issue("aws-amplify/amplify-android", 2605), "gpanshu of AWS, 2023-10-10"),
)

NOBODYS: Final = "eu-west-1_00000000-0000-4000-8000-000000000000"


@behaviour(
    SignsIn(("IdToken", "RefreshToken", "NewDeviceMetadata")),
    measured(FRANKEN, '"can login"'),
    needs=["devices"],
)
def offered(trial: Trial) -> Seen:
    """A sign-in without a device is offered one: NewDeviceMetadata."""
    return trial.prove()


@behaviour(
    SignsIn(without=("NewDeviceMetadata",)),
    measured(FRANKEN, '"can login", pools without device tracking'),
    needs=["no-devices"],
)
def not_offered(trial: Trial) -> Seen:
    """A pool that does not track devices offers none."""
    return trial.prove()


@behaviour(
    Facts({"DeviceKey": True, "DeviceGroupKey": True}),
    documented(GUIDE_DEVICES, "DeviceKey is the region, an underscore and a UUID"),
    needs=["devices"],
)
def keys(trial: Trial) -> Seen:
    """A DeviceKey is the region, an underscore and a UUID; a DeviceGroupKey is short."""
    offer = _offer(trial.sign_in())
    region, _, rest = offer.key.partition("_")
    return {
        "DeviceKey": region == trial.pool_id.partition("_")[0] and len(rest) == 36,
        "DeviceGroupKey": 0 < len(offer.group_key) < 32,
    }


@behaviour(
    Facts({"UserConfirmationNecessary": False}),
    measured(FRANKEN, "a pool that always remembers"),
    needs=["devices"],
)
def registered(trial: Trial) -> Seen:
    """ConfirmDevice registers a device, and the pool remembers it by itself."""
    reply = _registered(trial, trial.sign_in())
    return {"UserConfirmationNecessary": reply.members.get("UserConfirmationNecessary")}


@behaviour(
    Facts({"UserConfirmationNecessary": True}),
    measured(FRANKEN, "DEVICES_OPTIONAL"),
    needs=["opt-in-devices"],
)
def registered_if_wanted(trial: Trial) -> Seen:
    """ConfirmDevice says so where it is left to the user whether the device is remembered."""
    reply = _registered(trial, trial.sign_in())
    return {"UserConfirmationNecessary": reply.members.get("UserConfirmationNecessary")}


@behaviour(
    Refuses("InvalidParameterException", "Found negative value for salt or password verifier"),
    seen(NEGATIVE_VERIFIER, "the words; version 0.1.1 of 2026-06-15"),
    seen(issue("aws/aws-sdk-net-extensions-cognito", 46), "an error; dcolclazier, 2020-01-21"),
    needs=["devices"],
)
def negative_verifier(trial: Trial) -> Seen:
    """A verifier whose first bit is set is a negative number, and refused."""
    negative = base64.b64encode(b"\xff" * 384).decode("ascii")
    changes = {"DeviceSecretVerifierConfig": {"PasswordVerifier": negative}}
    return _registered(trial, trial.sign_in(), changes)


@behaviour(
    INVALID_KEY,
    seen(issue("aws-amplify/amplify-js", 2087), "ruiyang, 2018-11-12"),
    needs=["devices"],
)
def registered_after_a_password(trial: Trial) -> Seen:
    """ConfirmDevice is refused for a device that was offered after USER_PASSWORD_AUTH."""
    return _registered(trial, trial.sign_in(flow="USER_PASSWORD_AUTH"))


@behaviour(
    Either(INVALID_KEY, NO_DEVICE),
    inferred(issue("aws-amplify/amplify-js", 2087), "the words for a device that is not valid"),
    needs=["devices"],
)
def registered_without_an_offer(trial: Trial) -> Seen:
    """ConfirmDevice is refused for a DeviceKey that was not offered."""
    return _registered(trial, trial.sign_in(), {"DeviceKey": NOBODYS})


@behaviour(
    Refuses("NotAuthorizedException", "Invalid Access Token"),
    measured(issue("getmoto/moto", 8027), "the words, for AssociateSoftwareToken; 2024-08-26"),
    needs=["devices"],
)
def registered_without_a_token(trial: Trial) -> Seen:
    """ConfirmDevice with an access token that was made up is refused."""
    return _registered(trial, trial.sign_in(), {"AccessToken": "made.up.token"})


@behaviour(
    Asks("DEVICE_SRP_AUTH"),
    measured(FRANKEN, '"can reuse the device"'),
    documented(MODEL, "DEVICE_SRP_AUTH"),
    needs=["devices"],
)
def asked_for(trial: Trial) -> Seen:
    """After the password a remembered device is asked for its proof."""
    _, device = trial.with_device()
    client = trial.client(device=device)
    return trial.claim(client, trial.open(client))


@behaviour(
    Asks("DEVICE_PASSWORD_VERIFIER", ("SALT", "SRP_B", "SECRET_BLOCK")),
    measured(FRANKEN, '"can reuse the device"'),
    documented(MODEL, "DEVICE_PASSWORD_VERIFIER"),
    needs=["devices"],
)
def challenged(trial: Trial) -> Seen:
    """DEVICE_SRP_AUTH with SRP_A is answered with DEVICE_PASSWORD_VERIFIER."""
    return _challenged(trial)[1]


@behaviour(
    SignsIn(without=("NewDeviceMetadata",)),
    measured(FRANKEN, '"can reuse the device": NewDeviceMetadata does not come again'),
    needs=["devices"],
)
def signs_in(trial: Trial) -> Seen:
    """The proof of the device signs in, and no new device is offered."""
    _, device = trial.with_device()
    trial.sign_in(device=device)
    return trial.last


@behaviour(
    SignsIn(),
    measured(FRANKEN, "SKIP_MFA_REMEMBERED"),
    measured(FLUTTER_DEVICES, '"can bypass MFA when device is always remembered"'),
    needs=["devices"],
)
def replaces_the_second_factor(trial: Trial) -> Seen:
    """A remembered device signs in without a code."""
    proof, reply = _challenged(trial, role="totp")
    return trial.claim(proof, reply)


@behaviour(
    Asks("SOFTWARE_TOKEN_MFA"),
    measured(FRANKEN, "DONT_REMEMBER_DEVICE"),
    needs=["opt-in-devices"],
)
def not_remembered(trial: Trial) -> Seen:
    """A device that is registered and not remembered does not replace the code."""
    tokens = trial.sign_in("totp")
    offer = _offer(tokens)
    device, config = new_device(offer.group_key, offer.key)
    trial.send(operations.confirm_device(tokens.access_token, offer.key, config))
    client = trial.client("totp", device=device)
    return trial.claim(client, trial.open(client))


@behaviour(
    Refuses("NotAuthorizedException", "Incorrect username or password."),
    seen(issue("aws/aws-sdk-net-extensions-cognito", 73), "a wrong claim of a device; 2025-05-23"),
    seen(issue("furaiev/amazon-cognito-identity-dart-2", 10), "the words; LudySu, 2020-01-06"),
    needs=["devices"],
)
def wrong_password(trial: Trial) -> Seen:
    """The proof with another device password is refused."""
    _, device = trial.with_device()
    wrong = Device(device.device_group_key, device.device_key, "another password")
    proof, reply = _challenged(trial, wrong)
    return trial.claim(proof, reply)


@behaviour(NO_DEVICE, *FORGOTTEN, needs=["devices"])
def forgotten(trial: Trial) -> Seen:
    """A device that was forgotten is refused."""
    tokens, device = trial.with_device()
    _forget(trial, tokens, device.device_key)
    client = trial.client(device=device)
    opened = trial.open(client)
    return opened if opened.kind is not None else trial.claim(client, opened)


@behaviour(
    NO_DEVICE,
    inferred(issue("amazon-archives/amazon-cognito-identity-js", 200), "as one that was forgotten"),
    needs=["devices"],
)
def of_nobody(trial: Trial) -> Seen:
    """A DEVICE_KEY that nobody has is refused."""
    client = trial.client(device=Device("-group", NOBODYS, "a device password"))
    opened = trial.open(client)
    return opened if opened.kind is not None else trial.claim(client, opened)


@behaviour(
    NO_DEVICE,
    inferred(
        issue("aws-amplify/amplify-js", 8895),
        "a device of a user who was deleted is not found for a new one of that name; 2021-09-14",
    ),
    needs=["devices"],
)
def of_another_user(trial: Trial) -> Seen:
    """The device of another user is refused."""
    _, device = trial.with_device()
    client = trial.client("alias", device=device)
    opened = trial.open(client)
    return opened if opened.kind is not None else trial.claim(client, opened)


@behaviour(
    NO_DEVICE,
    seen(issue("aws/aws-sdk-net", 1055), "dmitriy-proskurin, 2018-08-31"),
    needs=["devices"],
)
def status_of_an_offer(trial: Trial) -> Seen:
    """UpdateDeviceStatus is refused for a device that was not registered."""
    tokens = trial.sign_in()
    key = _offer(tokens).key
    return trial.send(operations.update_device_status(tokens.access_token, key, remembered=True))


@behaviour(
    Succeeds(),
    measured(FRANKEN, "UpdateDeviceStatus"),
    needs=["devices"],
)
def status(trial: Trial) -> Seen:
    """UpdateDeviceStatus is taken for a device that is registered."""
    tokens, device = trial.with_device()
    return trial.send(
        operations.update_device_status(tokens.access_token, device.device_key, remembered=False)
    )


@behaviour(Succeeds(), measured(FRANKEN, "ForgetDevice"), needs=["devices"])
def forgets(trial: Trial) -> Seen:
    """ForgetDevice is taken for a device that is registered."""
    tokens, device = trial.with_device()
    return _forget(trial, tokens, device.device_key)


@behaviour(
    Facts({"access token": True, "ID token": False}),
    documented(GUIDE_ACCESS_TOKEN, "device_key, in the example"),
    needs=["devices"],
)
def in_the_tokens(trial: Trial) -> Seen:
    """The access token has the DeviceKey of the offer, and the ID token has not."""
    reply = trial.prove()
    offer = reply.result.get("NewDeviceMetadata")
    key = offer.get("DeviceKey") if isinstance(offer, dict) else None
    return {
        "access token": trial.claims_of(reply, "AccessToken").get("device_key") == key,
        "ID token": "device_key" in trial.claims_of(reply, "IdToken"),
    }


@behaviour(
    Facts({"InitiateAuth": None, "the answer": "ResourceNotFoundException"}),
    seen(
        issue("amazon-archives/amazon-cognito-identity-js", 206),
        "AWS's client repeats the answer without the device; 2016-11-07",
    ),
    needs=["devices"],
)
def forgotten_at_the_answer(trial: Trial) -> Seen:
    """A device that was forgotten is refused at the answer to PASSWORD_VERIFIER."""
    tokens, device = trial.with_device()
    _forget(trial, tokens, device.device_key)
    client = trial.client(device=device)
    opened = trial.open(client)
    return {"InitiateAuth": opened.kind, "the answer": trial.claim(client, opened).kind}


@behaviour(
    SignsIn(("IdToken", "RefreshToken", "NewDeviceMetadata")),
    inferred(
        issue("amazon-archives/amazon-cognito-identity-js", 206),
        "AWS's client repeats the same answer without DEVICE_KEY, and relies on it; 2016-11-07",
    ),
    needs=["devices"],
)
def forgotten_and_answered_again(trial: Trial) -> Seen:
    """After the refusal of its device the same claim signs in without DEVICE_KEY."""
    tokens, device = trial.with_device()
    _forget(trial, tokens, device.device_key)
    client = trial.client(device=device)
    answer = trial.answer(client, trial.open(client))
    trial.send(answer)
    return trial.send(answer, {"ChallengeResponses": {"DEVICE_KEY": None}})


@behaviour(
    Facts({"another DeviceKey": True}),
    measured(FLUTTER_DEVICES, '"can login when device is removed in Cognito"'),
    needs=["devices"],
)
def offered_after_one_was_forgotten(trial: Trial) -> Seen:
    """After a device was forgotten, a sign-in without one is offered another."""
    tokens, device = trial.with_device()
    _forget(trial, tokens, device.device_key)
    return {"another DeviceKey": _offer(trial.sign_in()).key != device.device_key}


@behaviour(
    SignsIn(without=("NewDeviceMetadata",)),
    measured(FLUTTER_DEVICES, "group 'Always (Email Alias)'"),
    needs=["devices"],
)
def signs_in_by_an_alias(trial: Trial) -> Seen:
    """The proof of the device signs in a user who types an alias."""
    _, device = trial.with_device("alias")
    trial.sign_in("alias", username=trial.alias(), device=device)
    return trial.last


@behaviour(
    SignsIn(without=("NewDeviceMetadata",)),
    measured(FRANKEN, '"can reuse the device": neither step sends a Session, in 2021'),
    seen(
        issue("aws-amplify/aws-sdk-android", 2337),
        "to be required by a future version; richardmcclellan of AWS, 2021-01-21",
    ),
    needs=["devices"],
)
def without_a_session(trial: Trial) -> Seen:
    """Both steps of a device are accepted without a Session."""
    _, device = trial.with_device()
    proof, call = trial.device_proof(device)
    return trial.claim(proof, trial.send(call, {"Session": None}), {"Session": None})


@behaviour(
    Refuses("DeviceKeyExistsException"),
    documented(MODEL, "DeviceKeyExistsException, of ConfirmDevice"),
    unknown("the words"),
    needs=["devices"],
)
def registered_twice(trial: Trial) -> Seen:
    """ConfirmDevice is refused for a device that is registered."""
    tokens = trial.sign_in()
    _registered(trial, tokens)
    return _registered(trial, tokens)


@behaviour(
    Facts({"ConfirmDevice": None, "the next sign-in": "Incorrect username or password."}),
    seen(issue("furaiev/amazon-cognito-identity-dart-2", 10), "LudySu, 2020-01-06"),
    seen(issue("jonsaw/amazon-cognito-identity-dart", 62), "2019-10-25"),
    needs=["devices"],
)
def wrong_verifier(trial: Trial) -> Seen:
    """A verifier of another password is registered, and the next sign-in is refused."""
    tokens = trial.sign_in()
    offer = _offer(tokens)
    device, _ = new_device(offer.group_key, offer.key)
    _, other = new_device(offer.group_key, offer.key)
    call = operations.confirm_device(tokens.access_token, offer.key, other)
    confirmed = trial.send(call)
    proof, reply = _challenged(trial, device)
    return {"ConfirmDevice": confirmed.kind, "the next sign-in": trial.claim(proof, reply).message}


@behaviour(
    Either(INVALID_KEY, Succeeds(("UserConfirmationNecessary",))),
    seen(issue("aws-amplify/amplify-js", 2705), "mHou407, 2019-02-14"),
    measured(FLUTTER_CUSTOM, '"automatically performs device SRP", also without SRP; 2026-08-20'),
    needs=["devices"],
)
def registered_after_custom_auth(trial: Trial) -> Seen:
    """ConfirmDevice after CUSTOM_AUTH without a password: refused in 2019, taken in 2026."""
    return _registered(trial, trial.sign_in("custom", flow="CUSTOM_AUTH", password=None))


@behaviour(
    SignsIn(),
    measured(FRANKEN, "SKIP_MFA_REMEMBERED"),
    measured(FLUTTER_DEVICES, "group 'Opt-In'"),
    needs=["opt-in-devices"],
)
def remembered_if_wanted(trial: Trial) -> Seen:
    """Once the user wants it, a device replaces the code."""
    _, device = trial.with_device("totp")
    proof, reply = _challenged(trial, device, "totp")
    return trial.claim(proof, reply)


@behaviour(
    Refuses("InvalidParameterException"),
    inferred(MODEL, "DeviceRememberedStatusType is remembered or not_remembered"),
    needs=["devices"],
)
def status_made_up(trial: Trial) -> Seen:
    """UpdateDeviceStatus with another status is refused."""
    tokens, device = trial.with_device()
    call = operations.update_device_status(tokens.access_token, device.device_key, remembered=True)
    return trial.send(call, {"DeviceRememberedStatus": "forgotten"})


@behaviour(
    NO_DEVICE,
    inferred(issue("aws/aws-sdk-net", 1055), "the words of UpdateDeviceStatus; 2018-08-31"),
    needs=["devices"],
)
def forgets_what_was_not_offered(trial: Trial) -> Seen:
    """ForgetDevice is refused for a DeviceKey that nobody has."""
    return _forget(trial, trial.sign_in(), NOBODYS)


def _offer(tokens: Tokens) -> NewDevice:
    if tokens.new_device is None:
        raise Stopped("no device is offered")
    return tokens.new_device


def _registered(trial: Trial, tokens: Tokens, changes: Changes | None = None) -> Reply:
    offer = _offer(tokens)
    _, config = new_device(offer.group_key, offer.key)
    return trial.send(operations.confirm_device(tokens.access_token, offer.key, config), changes)


def _challenged(
    trial: Trial, device: Device | None = None, role: str = "plain"
) -> tuple[SRPClient, Reply]:
    """Take a sign-in with a device to DEVICE_PASSWORD_VERIFIER."""
    if device is None:
        device = trial.with_device(role)[1]
    proof, call = trial.device_proof(device, role)
    return proof, trial.send(call)


def _forget(trial: Trial, tokens: Tokens, device_key: str) -> Reply:
    arguments = {"AccessToken": tokens.access_token, "DeviceKey": device_key}
    return trial.call("ForgetDevice", arguments)
