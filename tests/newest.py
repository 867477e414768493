"""AWS's newest model of the service, whichever botocore the environment is held to.

aiobotocore holds botocore back. `make newest` puts botocore's newest release into a folder of the
environment, and only its data are read from there; the code that reads them is the environment's.
"""

import re
import sys
from pathlib import Path
from typing import Final

import botocore
from botocore.loaders import Loader
from botocore.model import ServiceModel

_FOLDER: Final = Path(sys.prefix) / "newest-botocore" / "botocore"

INSTALLED: Final = (_FOLDER / "data").is_dir()
MISSING: Final = (
    f"AWS's newest model is not installed (make newest), only botocore {botocore.__version__}'s"
)
"""Why a test that needs the newest model is skipped."""

# From botocore's data alone: what a person keeps in ~/.aws/models decides about no test.
LOADER: Final = Loader(
    extra_search_paths=[str(_FOLDER / "data") if INSTALLED else Loader.BUILTIN_DATA_PATH],
    include_default_search_paths=False,
)
MODEL: Final = ServiceModel(LOADER.load_service_model("cognito-idp", "service-2"), "cognito-idp")
"""The newest model; without it, the model of the botocore that is installed."""


def version() -> str:
    """Return the version of the botocore whose model this is."""
    if not INSTALLED:
        return botocore.__version__
    text = (_FOLDER / "__init__.py").read_text("utf-8")
    found: list[str] = re.findall(r"^__version__ = '(.+)'$", text, re.MULTILINE)
    return found[0]
