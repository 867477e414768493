"""requests.py: one request to a pool on this machine."""

import socket
import threading

import pytest

from srp_cognito.conformance import NoReply
from srp_cognito.conformance.requests import ask
from srp_cognito.testing import UserPool, serve


def test_a_reply_of_any_status_is_returned() -> None:
    with serve(UserPool()) as url:
        host = url.removeprefix("http://").rstrip("/")
        found = ask(host, "GET", "/eu-west-1_Example/.well-known/jwks.json", {})
        assert found["keys"]
        refused = ask(host, "POST", "/", {"X-Amz-Target": "x"}, b"{}")
    assert refused["__type"] == "UnknownOperationException"
    with pytest.raises(NoReply, match="ConnectionRefusedError"):
        ask(host, "GET", "/", {})


def test_a_server_that_hangs_up_gives_no_reply() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            server.accept()[0].close()

        hanging_up = threading.Thread(target=hang_up)
        hanging_up.start()
        with pytest.raises(NoReply, match=r"RemoteDisconnected|ConnectionResetError"):
            ask(f"127.0.0.1:{server.getsockname()[1]}", "GET", "/", {})
        hanging_up.join()
