"""Devices: the offer, the registration, and the sign-in with a device that is remembered."""

import base64
from typing import Final

from ...calls import operations
from ...calls.call import Call
from ...calls.replies import NewDevice
from ...calls.srp_client import SRPClient
from ...conversation.tokens import Tokens
from ...proof.device import Device, new_device
from ..behaviour import behaviour, documented, inferred, measured, seen
from ..expected import Asks, Either, Facts, Refuses, Reply, Seen, SignsIn, Succeeds
from ..sources import FRANKEN, GUIDE_DEVICES, issue
from ..trial import Changes, Stopped, Trial

NO_DEVICE: Final = Refuses("ResourceNotFoundException", "Device does not exist.")

INVALID_KEY: Final = Refuses("InvalidParameterException", "Invalid device key given.")

FORGOTTEN: Final = (
    measured(FRANKEN, "\"can't login with device once it's forgotten\""),
    seen(issue("amazon-archives/amazon-cognito-identity-js", 200), "jogold, 2016-11-04"),
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
    seen(issue("aws-amplify/amplify-js", 2087), "an array that is not padded as Java's"),
    inferred(GUIDE_DEVICES, "salt and verifier are the bytes of Java's BigInteger"),
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
    seen(issue("aws-amplify/amplify-js", 2705), "CUSTOM_AUTH without a password"),
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
    documented(GUIDE_DEVICES, "DEVICE_SRP_AUTH comes after the first factor"),
    needs=["devices"],
)
def asked_for(trial: Trial) -> Seen:
    """After the password a remembered device is asked for its proof."""
    _, device = trial.with_device()
    client = trial.client(device=device)
    return trial.claim(client, trial.open(client))


@behaviour(
    Asks("DEVICE_PASSWORD_VERIFIER", ("SALT", "SRP_B", "SECRET_BLOCK")),
    documented(GUIDE_DEVICES, "DEVICE_PASSWORD_VERIFIER"),
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
    needs=["devices"],
)
def replaces_the_second_factor(trial: Trial) -> Seen:
    """A remembered device signs in without a code."""
    _, device = trial.with_device("totp")
    client = trial.client("totp", device=device)
    reply = trial.claim(client, trial.open(client))
    if reply.challenge_name != "DEVICE_SRP_AUTH":
        return reply
    proof = SRPClient.for_device(device, client.username, app=trial.app())
    call = Call("RespondToAuthChallenge", proof.start(reply.members))
    return trial.claim(proof, trial.send(call))


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
    inferred(GUIDE_DEVICES, "the words for a user's wrong claim"),
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
    inferred(issue("aws-amplify/amplify-js", 8895), "a device is its user's"),
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
    documented(GUIDE_DEVICES, "device_key is a claim of the access token"),
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


def _offer(tokens: Tokens) -> NewDevice:
    if tokens.new_device is None:
        raise Stopped("no device is offered")
    return tokens.new_device


def _registered(trial: Trial, tokens: Tokens, changes: Changes | None = None) -> Reply:
    offer = _offer(tokens)
    _, config = new_device(offer.group_key, offer.key)
    return trial.send(operations.confirm_device(tokens.access_token, offer.key, config), changes)


def _challenged(trial: Trial, device: Device | None = None) -> tuple[SRPClient, Reply]:
    """Take a sign-in with a device to DEVICE_PASSWORD_VERIFIER."""
    if device is None:
        device = trial.with_device()[1]
    client = trial.client(device=device)
    reply = trial.claim(client, trial.open(client))
    if reply.challenge_name != "DEVICE_SRP_AUTH":
        raise Stopped(f"the device is not asked for: {reply}")
    proof = SRPClient.for_device(device, client.username, app=trial.app())
    return proof, trial.send(Call("RespondToAuthChallenge", proof.start(reply.members)))


def _forget(trial: Trial, tokens: Tokens, device_key: str) -> Reply:
    arguments = {"AccessToken": tokens.access_token, "DeviceKey": device_key}
    return trial.call("ForgetDevice", arguments)
