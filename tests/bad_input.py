"""What neither side may accept from its peer."""

import oracle
import pytest

from srp_cognito import IllegalParameter, MalformedParameter

OUT_OF_RANGE = {
    "0": (0, IllegalParameter),
    "N": (oracle.N, IllegalParameter),
    "2N": (2 * oracle.N, IllegalParameter),
    "N + 1": (oracle.N + 1, IllegalParameter),
    "-1": (-1, IllegalParameter),
    "-N": (-oracle.N, IllegalParameter),
    "4096 digits": (1 << 16380, IllegalParameter),
    "4097 digits": (1 << 16384, MalformedParameter),
}
"""What neither side may send as A or B, and the error that it gets."""

MEGABYTES = pytest.param("f" * 20_000_000, id="megabytes")
"""A text of 20 MB, which is hexadecimal and base64."""
