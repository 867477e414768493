"""Why a signature was refused: which known mistake makes exactly the value that was sent.

The rules of this folder. Nobody is blamed without proof: a mistake is named only if it makes every
value that was seen. A mistake is a row in `catalogue`, as data. No secret is shown unless it is
asked for. Secrets are inputs here, so these are tools for finding faults, not for a live sign-in.

`diagnose` is for PASSWORD_CLAIM_SIGNATURE, `diagnose_timestamp` for a claim that is late,
`diagnose_secret_hash` for SECRET_HASH and `diagnose_registration` for a device's
DeviceSecretVerifierConfig. `explained` takes lines of all four, as ``srp-cognito explain`` does.
For a claim, `exchange` reads what is known, `steps` has the formulas in steps that a mistake
replaces, `search` tries the mistakes, `claim` draws the conclusions, `shapes` finds an exchange
that tells two mistakes apart, and `report` writes it down.
"""

from .claim import diagnose
from .clock import diagnose_timestamp
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
    "diagnose_timestamp",
]
