"""A remembered device: what identifies it, its password, and how it is registered.

Devices prove a password as users do (see `identity`), with one difference: nobody chose the
password. The program makes it, tells the service a verifier in ConfirmDevice, and keeps it.
"""

import secrets
from dataclasses import dataclass, field
from typing import Final, TypedDict

from . import srp
from .identity import Identity
from .wire import identifier, nonempty, write_base64

__all__ = ["Device", "DeviceSecretVerifierConfig", "new_device"]

PASSWORD_BYTES: Final = 40


# Both keys are always there. They are declared optional because AWS's model has them so, and a
# type checker takes no stricter dictionary where boto3 expects that one.
class DeviceSecretVerifierConfig(TypedDict, total=False):
    """The argument of that name of ConfirmDevice."""

    PasswordVerifier: str
    Salt: str


@dataclass(frozen=True)
class Device:
    """A remembered device. Keep its three values; the password is as secret as a person's.

    Args:
        device_group_key: NewDeviceMetadata's DeviceGroupKey. It is opaque and used whole.
        device_key: NewDeviceMetadata's DeviceKey.
        device_password: the password that `new_device` made.

    Raises:
        TypeError, ValueError: a value is no str or is empty, or a key has white space at an end.
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


def new_device(device_group_key: str, device_key: str) -> tuple[Device, DeviceSecretVerifierConfig]:
    """Make a device's password and the verifier to register it with.

    The password is 40 random bytes in base64 and the salt 16 random bytes, as AWS's clients
    make them. Verifier and salt are written as Java's BigInteger writes them; unpadded, the
    service refuses half of them ("Found negative value for salt or password verifier").

    Args:
        device_group_key: NewDeviceMetadata's DeviceGroupKey.
        device_key: NewDeviceMetadata's DeviceKey.

    Returns:
        The device, to be kept, and ConfirmDevice's DeviceSecretVerifierConfig. The service does
        not check the verifier before the device's next sign-in.

    Raises:
        TypeError, ValueError: a key is no str, is empty, or has white space at an end.

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
