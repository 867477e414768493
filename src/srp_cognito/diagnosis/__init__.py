"""Why a signature was refused: finds the mistake that makes exactly the signature that was seen.

`diagnose` is for PASSWORD_CLAIM_SIGNATURE, `diagnose_secret_hash` for SECRET_HASH and
`diagnose_registration` for a device's DeviceSecretVerifierConfig. ``srp-cognito explain`` is the
same as a command. The mistakes that are known stand in `catalogue`, as data.

These are tools for finding faults: secrets are inputs here, as in `transcript`.
"""

from .claim import diagnose
from .registration import diagnose_registration
from .report import Diagnosis, Named, Row
from .secret_hash import diagnose_secret_hash

__all__ = [
    "Diagnosis",
    "Named",
    "Row",
    "diagnose",
    "diagnose_registration",
    "diagnose_secret_hash",
]
