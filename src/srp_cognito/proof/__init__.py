"""The mathematics of a sign-in, and no request: all that a cryptographer must review.

The rules of this folder. It imports nothing of the library but `exceptions`, `wire` and `given`.
The formulas know integers and bytes; the two sides know wire keys. Randomness is drawn in `client`,
`server` and `device`, and nowhere else. What a peer sent is bounded and checked before anything is
exponentiated with it. One exchange answers once. docs/review.md leads through the files in order.
"""

from . import srp
from .app_client import AppClient, secret_hash
from .client import Claim
from .device import Device, DeviceSecretVerifierConfig, new_device
from .identity import Identity, pool_name
from .modexp import Engine, engine
from .server import SRPServer, Verifier
from .timestamps import timestamp

__all__ = [
    "AppClient",
    "Claim",
    "Device",
    "DeviceSecretVerifierConfig",
    "Engine",
    "Identity",
    "SRPServer",
    "Verifier",
    "engine",
    "new_device",
    "pool_name",
    "secret_hash",
    "srp",
    "timestamp",
]
