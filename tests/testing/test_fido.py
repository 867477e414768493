"""testing/fido.py: what is said where `fido2` is not installed."""

import subprocess
import sys

import pytest

from srp_cognito.testing import fido


def test_it_has_what_passkeys_need() -> None:
    assert (fido.ES256.ALGORITHM, fido.RS256.ALGORITHM) == (-7, -257)


@pytest.mark.parametrize(
    "code",
    [
        "from srp_cognito.testing.authenticator import Authenticator",
        "from srp_cognito.testing import UserPool; UserPool(relying_party='localhost')",
    ],
)
def test_without_fido2_passkeys_say_what_to_install(code: str) -> None:
    without = f"import sys; sys.modules['fido2'] = None; {code}"
    done = subprocess.run(
        [sys.executable, "-c", without], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.endswith(
        "ModuleNotFoundError: passkeys need fido2, which an extra of its own installs: pip install"
        " 'srp-cognito[testing,passkeys]'\n"
    )
