"""Checked by mypy, not run: each line is a mistake that the types catch.

mypy reports an ignore that is not needed, so the check fails if it no longer refuses a line.
"""

from srp_cognito import (
    Admin,
    Answers,
    AppClient,
    Context,
    SRPClient,
    SRPServer,
    Verifier,
    initiate_auth,
    operations,
    secret_hash,
    timestamp,
)

app = AppClient("1example23456789")
SRPClient.for_user("eu-west-1_Example", "alice", b"secret", app=app)  # type: ignore[arg-type]
SRPClient.for_user("eu-west-1_Example", "alice", "secret")  # type: ignore[call-arg]
SRPClient.for_user("eu-west-1_Example", "alice", "secret", app="id")  # type: ignore[arg-type]
SRPClient.for_user("eu-west-1_Example", "alice", "secret", app=app, a=5)  # type: ignore[call-arg]
timestamp(0)  # type: ignore[arg-type]
secret_hash("alice", "id", None)  # type: ignore[arg-type]
server = SRPServer(Verifier.for_user("eu-west-1_Example", "alice", "secret"))
answer = server.verify({})  # type: ignore[func-returns-value]

answers = Answers(app, "alice")
answers.sms_mfa(123456)  # type: ignore[arg-type]
answers.select_mfa_type("SMS")  # type: ignore[call-overload]
answers.select_challenge("PASSWORD")  # type: ignore[call-overload]
answers.select_challenge("PASSWORD_SRP", password="secret")  # type: ignore[call-overload]
answers.select_challenge("SMS_OTP", srp_a="a1")  # type: ignore[call-overload]
answers.select_challenge("SMS_MFA")  # type: ignore[call-overload]
answers.password_verifier({"signature": "c2ln"})  # type: ignore[arg-type]
answers.new_password_required("secret", [("email", "a")])  # type: ignore[arg-type]
answers.web_authn(b"{}")  # type: ignore[arg-type]
answers.session = "another"  # type: ignore[misc]
Answers("id", "alice")  # type: ignore[arg-type]
Answers(app, "alice", context={"tenant": "blue"})  # type: ignore[arg-type]
Context({"tenant": "blue"})  # type: ignore[call-arg]
Context(client_metadata={"tenant": 5})  # type: ignore[dict-item]

initiate_auth.user_srp_auth(app, "alice")  # type: ignore[call-arg]
initiate_auth.user_auth(app, "alice", preferred_challenge="SRP")  # type: ignore[arg-type]
initiate_auth.refresh_token_auth(app, "token")  # type: ignore[call-arg]
begin = initiate_auth.custom_auth(app, "alice")
begin.arguments["AuthFlow"] = "PASSWORD_AUTH"  # type: ignore[typeddict-item]
begin.arguments["Username"] = "alice"  # type: ignore[typeddict-unknown-key]
forgotten = operations.forgot_password(app, "alice")
operations.verify_software_token(123456, session="s")  # type: ignore[arg-type]
operations.update_device_status("token", "key", remembered="no")  # type: ignore[arg-type]
Admin(pool_id="eu-west-1_Example").instead_of(forgotten)  # type: ignore[arg-type]
