"""Checked by mypy and not run: each line is a mistake that the types catch.

mypy reports an ignore that is not needed, so a line that it stopped refusing fails the check.
"""

from srp_cognito import AppClient, SRPClient, SRPServer, Verifier, secret_hash, timestamp

app = AppClient("1example23456789")
SRPClient.for_user("eu-west-1_Example", "alice", b"secret", app=app)  # type: ignore[arg-type]
SRPClient.for_user("eu-west-1_Example", "alice", "secret")  # type: ignore[call-arg]
SRPClient.for_user("eu-west-1_Example", "alice", "secret", app="id")  # type: ignore[arg-type]
SRPClient.for_user("eu-west-1_Example", "alice", "secret", app=app, a=5)  # type: ignore[call-arg]
timestamp(0)  # type: ignore[arg-type]
secret_hash("alice", "id", None)  # type: ignore[arg-type]
server = SRPServer(Verifier.for_user("eu-west-1_Example", "alice", "secret"))
answer = server.verify({})  # type: ignore[func-returns-value]
