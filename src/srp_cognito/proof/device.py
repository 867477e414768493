"""A remembered device: what identifies it, its password, and its registration.

A device proves a password as a user does (see `identity`), but nobody chose it: the program makes
it, sends the service a verifier in ConfirmDevice, and keeps the password.
"""

import json
import secrets
from dataclasses import asdict, dataclass, field, fields
from typing import Final, TypedDict

from ..given import identifier, nonempty, utf8
from ..wire import json_object, write_base64
from . import srp
from .identity import Identity

__all__ = ["Device", "DeviceSecretVerifierConfig", "new_device"]

PASSWORD_BYTES: Final = 40


class DeviceSecretVerifierConfig(TypedDict, total=False):
    """ConfirmDevice's argument of this name: two numbers in base64."""

    PasswordVerifier: str
    Salt: str


@dataclass(frozen=True)
class Device:
    """A remembered device, to be stored with `to_json`; its password is as secret as a person's.

    Args:
        device_group_key: NewDeviceMetadata's DeviceGroupKey. It is opaque and used whole.
        device_key: NewDeviceMetadata's DeviceKey.
        device_password: the password that `new_device` made.

    Raises:
        TypeError, ValueError: a value is not a str or is empty, or a key has white space at an end.
    """

    device_group_key: str
    device_key: str
    device_password: str = field(repr=False)

    def __post_init__(self) -> None:
        identifier(self.device_group_key, "device_group_key")
        identifier(self.device_key, "device_key")
        nonempty(self.device_password, "device_password")

    @property
    def identity(self) -> Identity:
        """The device as the formulas know it."""
        return Identity("device", self.device_group_key, self.device_key)

    def to_json(self) -> str:
        """Return the device as a JSON text, password included, for `from_json` to read back."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Device":
        """Return the device that `to_json` wrote.

        Raises:
            TypeError: `text` is not a str.
            ValueError: it is not what `to_json` writes.

        >>> Device.from_json(Device("-v7w9UcY6", "eu-west-1_5bf4f1ee", "c2VjcmV0").to_json())
        Device(device_group_key='-v7w9UcY6', device_key='eu-west-1_5bf4f1ee')
        """
        utf8(text, "text")
        values = json_object(text)
        names = [field.name for field in fields(cls)]
        if (
            values is None
            or sorted(values) != sorted(names)
            or not all(isinstance(value, str) for value in values.values())
        ):
            raise ValueError(f"text must be a device's JSON object of {', '.join(names)}")
        return cls(**{name: str(value) for name, value in values.items()})


def new_device(device_group_key: str, device_key: str) -> tuple[Device, DeviceSecretVerifierConfig]:
    """Make a device's password and the verifier to register it with.

    The password is 40 random bytes in base64 and the salt 16 random bytes, as in AWS's clients.
    Verifier and salt are written as Java's BigInteger writes them; without the 00 byte the service
    refuses half of them ("Found negative value for salt or password verifier").

    Args:
        device_group_key: NewDeviceMetadata's DeviceGroupKey.
        device_key: NewDeviceMetadata's DeviceKey.

    Returns:
        The device, to be kept, and ConfirmDevice's DeviceSecretVerifierConfig. The service first
        checks the verifier at the device's next sign-in.

    Raises:
        TypeError, ValueError: a key is not a str, is empty, or has white space at an end.

    >>> device, config = new_device("-v7w9UcY6", "eu-west-1_5bf4f1ee-2be0-4d6c-9d5c-0c2f6c3a")
    >>> device
    Device(device_group_key='-v7w9UcY6', device_key='eu-west-1_5bf4f1ee-2be0-4d6c-9d5c-0c2f6c3a')
    >>> sorted(config)
    ['PasswordVerifier', 'Salt']
    """
    password = write_base64(secrets.token_bytes(PASSWORD_BYTES))
    device = Device(device_group_key, device_key, password)
    salt = secrets.randbits(srp.SALT_BITS)
    verifier = srp.v(srp.x(salt, bytes(device.identity), password.encode("ascii")))
    return device, {
        "PasswordVerifier": write_base64(srp.pad(verifier)),
        "Salt": write_base64(srp.pad(salt)),
    }
