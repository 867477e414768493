"""The library against everything that others have published, on every engine.

The values come from AWS's own test suites and from other libraries. `published` reads them, and
compares them with the oracle in the same way.
"""

import pytest
from published import FILES, compare

from srp_cognito import Identity, secret_hash
from srp_cognito.proof import srp
from srp_cognito.wire import write_base64


class Library:
    """The library under the oracle's names."""

    pad = staticmethod(srp.pad)
    verifier = staticmethod(srp.v)
    public_a = staticmethod(srp.A)
    public_b = staticmethod(srp.B)
    u = staticmethod(srp.u)
    client_s = staticmethod(srp.S_of_client)
    secret_hash = staticmethod(secret_hash)

    def k(self) -> int:
        return srp.k

    def x(self, pool_name: str, user_id: str, password: str, salt: int, /) -> int:
        identity = bytes(Identity("user", pool_name, user_id))
        return srp.x(salt, identity, password.encode("utf-8"))

    def server_s(self, A: int, v: int, b: int, u: int, /) -> int:
        return srp.S_of_server(A, v, u, b)

    def key(self, u: int, S: int, /) -> bytes:
        return srp.key(S, u)

    def signature(
        self, key: bytes, pool_name: str, user_id: str, secret_block: bytes, timestamp: str, /
    ) -> str:
        identity = bytes(Identity("user", pool_name, user_id))
        return write_base64(srp.signature(key, identity, secret_block, timestamp.encode()))


@pytest.mark.parametrize("name", FILES)
def test_the_library_computes_every_published_value(each_engine: object, name: str) -> None:
    compare(name, Library())
