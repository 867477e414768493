"""device_registration.py: the tokens are good, whatever becomes of the device."""

from typing import Any

import oracle
import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from conversations import APP, CONTEXT, METADATA, asks, claimed, sent, sign_in, signed_in
from peers import DEVICE_KEY, GROUP_KEY

from srp_cognito import (
    DeviceRegistration,
    InputError,
    MalformedParameter,
    ServiceError,
    StateError,
    Tokens,
    Verifier,
    http_reply,
)

ACCEPTED = {"UserConfirmationNecessary": False}
UP_TO_THE_USER = {"UserConfirmationNecessary": True}


def offered(**options: Any) -> Tokens:
    """The tokens of a sign-in to a pool that offers a new device."""
    conversation = sign_in(context=CONTEXT, **options)
    claimed(conversation)
    tokens = conversation.reply(signed_in(NewDeviceMetadata=METADATA))
    assert isinstance(tokens, Tokens)
    return tokens


def test_a_device_that_is_accepted_is_registered_with_the_verifier_of_its_password() -> None:
    tokens = offered()
    registration = DeviceRegistration(tokens, device_name="laptop")
    assert repr(registration) == "<DeviceRegistration of 'alice'>"
    arguments: Any = sent(registration.start(), "ConfirmDevice").arguments
    assert arguments["AccessToken"] == "an access token"
    assert arguments["DeviceKey"] == DEVICE_KEY
    assert arguments["DeviceName"] == "laptop"
    registered = registration.reply(ACCEPTED)
    assert not registration.needs_confirmation
    device = registered.device
    assert device is not None
    assert (device.device_group_key, device.device_key) == (GROUP_KEY, DEVICE_KEY)
    assert registered.device_key == DEVICE_KEY
    assert (registered.new_device, registered.device_error) == (None, None)
    assert registered.to_json() == tokens.to_json().replace("null", f'"{DEVICE_KEY}"')
    verifier = Verifier.for_device(GROUP_KEY, DEVICE_KEY, arguments["DeviceSecretVerifierConfig"])
    x = oracle.x(GROUP_KEY, DEVICE_KEY, device.device_password, verifier.salt)
    assert verifier.v == oracle.verifier(x)


def test_where_the_pool_leaves_it_to_the_user_the_device_is_remembered_if_the_user_says_so() -> (
    None
):
    registration = DeviceRegistration(offered())
    assert "DeviceName" not in sent(registration.start(), "ConfirmDevice").arguments
    tokens = registration.reply(UP_TO_THE_USER)
    assert registration.needs_confirmation
    assert tokens.device is not None
    assert sent(registration.remember(), "UpdateDeviceStatus").arguments == {
        "AccessToken": "an access token",
        "DeviceKey": DEVICE_KEY,
        "DeviceRememberedStatus": "remembered",
    }
    assert registration.reply({}) == tokens
    assert not registration.needs_confirmation


FAULTS: list[tuple[Any, type[Exception], str]] = [
    ({"__type": "InvalidParameterException", "message": "No."}, ServiceError, "No."),
    ({"message": "Forbidden"}, ServiceError, "refused: Forbidden"),
    ({"Foo": 1}, MalformedParameter, ""),
    (http_reply(503, {}, "<html>Unavailable</html>"), ServiceError, "HTTP status 503: Unavail"),
    (http_reply(502, {}, b""), ServiceError, "HTTP status 502"),
    (http_reply(200, {}, b"[" * 1000), MalformedParameter, "UserConfirmationNecessary"),
    (ConnectionError("cut off"), ConnectionError, "cut off"),
    (NoCredentialsError(), NoCredentialsError, "credentials"),
    (ClientError({"Error": {"Code": "Oops"}}, "ConfirmDevice"), ServiceError, "Oops"),
    (signed_in(NewDeviceMetadata=METADATA), StateError, "an earlier call"),
    (asks("SMS_MFA"), StateError, "an earlier call"),
    (None, MalformedParameter, "the reply"),
]


@pytest.mark.parametrize(("fault", "error", "says"), FAULTS, ids=range(len(FAULTS)))
def test_whatever_happens_to_the_device_the_tokens_are_handed_over(
    fault: Any, error: type[Exception], says: str
) -> None:
    tokens = offered()
    registration = DeviceRegistration(tokens)
    registration.start()
    after = registration.reply(fault)
    assert (after.access_token, after.refresh_token) == (tokens.access_token, tokens.refresh_token)
    assert after.device is None
    assert type(after.device_error) is error
    assert says in str(after.device_error)
    with pytest.raises(StateError, match="^the device is not registered$"):
        registration.remember()
    # The same device can be offered to the pool again.
    registration.start()
    assert registration.reply(ACCEPTED).device is not None


@pytest.mark.parametrize(("fault", "error", "says"), FAULTS, ids=range(len(FAULTS)))
def test_a_device_that_cannot_be_remembered_is_kept_all_the_same(
    fault: Any, error: type[Exception], says: str
) -> None:
    registration = DeviceRegistration(offered())
    registration.start()
    registration.reply(UP_TO_THE_USER)
    registration.remember()
    tokens = registration.reply(fault)
    assert tokens.device is not None
    assert type(tokens.device_error) is error
    registration.remember()
    assert registration.reply({}).device_error is None


def test_a_service_error_names_the_operation() -> None:
    registration = DeviceRegistration(offered())
    registration.start()
    error = registration.reply({"__type": "Oops"}).device_error
    assert isinstance(error, ServiceError)
    assert error.operation == "ConfirmDevice"


def test_a_reply_is_taken_once_and_only_to_a_call() -> None:
    registration = DeviceRegistration(offered())
    with pytest.raises(StateError, match=r"^no call was sent: call start\(\)$"):
        registration.reply(ACCEPTED)
    registration.start()
    registration.reply(ACCEPTED)
    with pytest.raises(StateError, match="^no call was sent"):
        registration.reply(ACCEPTED)


def test_without_an_offer_there_is_nothing_to_register() -> None:
    with pytest.raises(ValueError, match="^tokens have no new_device: the pool offered none, it"):
        DeviceRegistration(Tokens(access_token="opaque", username="alice"))
    with pytest.raises(ValueError, match=r"or they were read with Tokens\.from_json"):
        DeviceRegistration(Tokens.from_json(offered().to_json()))
    wrong: Any = APP
    with pytest.raises(TypeError, match="^tokens must be a Tokens"):
        DeviceRegistration(wrong)
    with pytest.raises(InputError, match="^device_name is empty$"):
        DeviceRegistration(offered(), device_name="")
