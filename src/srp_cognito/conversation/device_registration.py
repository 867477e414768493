"""Registering a new device, after the sign-in and without I/O: ConfirmDevice, UpdateDeviceStatus.

The tokens are the caller's before any of this is sent, and nothing that is sent here can lose them.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from ..calls.arguments import ConfirmDeviceArguments, UpdateDeviceStatusArguments
from ..calls.call import Call
from ..calls.operations import confirm_device, update_device_status
from ..calls.replies import DeviceAccepted, Refusal, read_reply
from ..exceptions import StateError
from ..given import expect, typed_text
from ..proof.device import new_device
from .tokens import Tokens

__all__ = ["DeviceRegistration"]


class DeviceRegistration:
    """Accepts the pool's offer of a new device, which its proof then signs in without MFA.

    ``send`` makes a call and returns its reply, errors included::

        if tokens.new_device is not None:  # And the person wants it.
            registration = DeviceRegistration(tokens, device_name="Alice's laptop")
            tokens = registration.reply(send(registration.start()))
            if registration.needs_confirmation:  # The pool leaves it to the person.
                tokens = registration.reply(send(registration.remember()))

    `reply` never raises for what the service or the network did: the tokens that it returns are as
    good as before, and their `device_error` says why there is no device.

    Args:
        tokens: the tokens that came with the offer, as the sign-in returned them: the text of
            `Tokens.to_json` does not have the offer.
        device_name: a name for the device, for people to read.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: the tokens have no `new_device`.
        InputError: `device_name` is empty or holds a lone surrogate.
    """

    def __init__(self, tokens: Tokens, *, device_name: str | None = None) -> None:
        self._tokens = expect(tokens, Tokens, "tokens")
        if tokens.new_device is None:
            raise ValueError(
                "tokens have no new_device: the pool offered none, it is registered,"
                " or they were read with Tokens.from_json, whose text does not have the offer"
            )
        if device_name is not None:
            typed_text(device_name, "device_name")
        offer = tokens.new_device
        self._device, self._config = new_device(offer.group_key, offer.key)
        self._device_name = device_name
        self._sent: Call[ConfirmDeviceArguments] | Call[UpdateDeviceStatusArguments] | None = None
        self._needs_confirmation = False

    @property
    def needs_confirmation(self) -> bool:
        """UserConfirmationNecessary: whether the pool leaves it to the user to remember the device.

        If so, the device replaces MFA only once `remember` has been sent.
        """
        return self._needs_confirmation

    def start(self) -> Call[ConfirmDeviceArguments]:
        """Return the call that registers the device: ConfirmDevice."""
        self._sent = call = confirm_device(
            self._tokens.access_token,
            self._device.device_key,
            self._config,
            device_name=self._device_name,
        )
        return call

    def remember(self) -> Call[UpdateDeviceStatusArguments]:
        """Return the call that has the device remembered: UpdateDeviceStatus.

        Raises:
            StateError: the device is not registered.
        """
        if self._tokens.device is None:
            raise StateError("the device is not registered")
        self._sent = call = update_device_status(
            self._tokens.access_token, self._device.device_key, remembered=True
        )
        return call

    def reply(self, reply: Mapping[str, object] | Exception) -> Tokens:
        """Take the reply to the last call, and return the tokens with the device.

        Args:
            reply: as for `SignIn.reply`: the reply of the service, also an error; or the exception
                that came instead of one.

        Raises:
            StateError: no call was sent.
        """
        if self._sent is None:
            raise StateError("no call was sent: call start()")
        sent, self._sent = self._sent, None
        accepted = _read(reply, sent.operation)
        if isinstance(accepted, Exception):
            self._needs_confirmation = False
            self._tokens = replace(self._tokens, device_error=accepted)
            return self._tokens
        self._needs_confirmation = accepted.needs_confirmation
        self._tokens = replace(
            self._tokens,
            device=self._device,
            device_key=self._device.device_key,
            new_device=None,
            device_error=None,
        )
        return self._tokens

    def __repr__(self) -> str:
        return f"<DeviceRegistration of {self._tokens.username!r}>"


def _read(reply: Mapping[str, object] | Exception, operation: str) -> DeviceAccepted | Exception:
    """Return what a reply is, or what is wrong with it."""
    try:
        reading = read_reply(reply, operation)
    except Exception as error:  # noqa: BLE001, since whatever went wrong, the tokens are good.
        return error
    if isinstance(reading, Refusal):
        return reading.error(operation)
    return cast("DeviceAccepted", reading)  # These two operations answer nothing else.
