"""Checked by mypy, not run: what the library returns fits boto3's own signatures.

A caller with strict types needs no cast and no ignore.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from srp_cognito import (
    Admin,
    Answers,
    AnyCall,
    AppClient,
    Claim,
    Context,
    Device,
    Engine,
    MalformedParameter,
    PeerError,
    SRPClient,
    SRPServer,
    Tokens,
    Verifier,
    encoded_data,
    endpoint,
    engine,
    initiate_auth,
    new_device,
    operations,
    secret_hash,
    timestamp,
)

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import RespondToAuthChallengeResponseTypeDef


def user(
    cognito: "CognitoIdentityProviderClient", password: str, now: datetime
) -> "RespondToAuthChallengeResponseTypeDef":
    app: AppClient = AppClient("1example23456789")
    client: SRPClient = SRPClient.for_user("eu-west-1_Example", "alice", password, app=app)
    reply = cognito.initiate_auth(**client.start())
    return cognito.respond_to_auth_challenge(**client.respond(reply, now=now))


def device(cognito: "CognitoIdentityProviderClient", access_token: str, app: AppClient) -> str:
    made, config = new_device("-v7w9UcY6", "eu-west-1_5bf4f1ee")
    cognito.confirm_device(
        AccessToken=access_token, DeviceKey=made.device_key, DeviceSecretVerifierConfig=config
    )
    kept: Device = made
    client = SRPClient.for_device(kept, "alice", app=app)
    reply = cognito.respond_to_auth_challenge(**client.start({"ChallengeName": "DEVICE_SRP_AUTH"}))
    reply = cognito.respond_to_auth_challenge(**client.respond(reply))
    return reply["AuthenticationResult"]["AccessToken"]


def check(answer: dict[str, str], now: datetime) -> str:
    server = SRPServer(Verifier.for_user("eu-west-1_Example", "alice", "correct horse"))
    parameters: dict[str, str] = server.challenge({"SRP_A": "2"})
    try:
        server.verify(answer, now=now, skew=timedelta(seconds=30))
    except MalformedParameter as error:
        return error.name
    except PeerError as error:
        return error.problem
    used: Engine = engine()
    return used.name + timestamp(now) + secret_hash("alice", "id", parameters["SALT"])


def begin(cognito: "CognitoIdentityProviderClient", app: AppClient, kept: Device) -> None:
    context = Context(
        client_metadata={"tenant": "blue"},
        analytics_endpoint_id="3f4b",
        ip_address="198.51.100.7",
        encoded_data=encoded_data(
            {"DeviceId": "5bf4"}, pool_id="eu-west-1_Example", username="alice", app=app
        ),
    )
    admin = Admin(
        pool_id="eu-west-1_Example",
        server_name="login.example.com",
        server_path="/",
        http_headers={"User-Agent": "Firefox"},
    )
    call = initiate_auth.user_srp_auth(
        app, "alice", "a1", device_key=kept.device_key, context=context
    )
    cognito.initiate_auth(**call.arguments)
    cognito.admin_initiate_auth(**admin.instead_of(call).arguments)
    call = initiate_auth.user_auth(
        app, "alice", preferred_challenge="PASSWORD_SRP", srp_a="a1", session="s" * 20
    )
    cognito.initiate_auth(**call.arguments)
    cognito.initiate_auth(**initiate_auth.custom_auth(app, "alice", srp_a="a1").arguments)


def refresh(
    cognito: "CognitoIdentityProviderClient", app: AppClient, tokens: Tokens, admin: Admin
) -> None:
    if tokens.refresh_token is not None:
        call = initiate_auth.refresh_token_auth(app, tokens.username, tokens.refresh_token)
        cognito.initiate_auth(**call.arguments)
        cognito.admin_initiate_auth(**admin.instead_of(call).arguments)


def answer(
    cognito: "CognitoIdentityProviderClient", answers: Answers, claim: Claim, admin: Admin
) -> None:
    cognito.respond_to_auth_challenge(**answers.password_verifier(claim).arguments)
    cognito.respond_to_auth_challenge(**answers.device_srp_auth("a1").arguments)
    cognito.respond_to_auth_challenge(**answers.device_password_verifier(claim).arguments)
    cognito.respond_to_auth_challenge(**answers.password_srp("a1").arguments)
    cognito.respond_to_auth_challenge(**answers.password("secret").arguments)
    cognito.respond_to_auth_challenge(**answers.sms_mfa("123456").arguments)
    cognito.respond_to_auth_challenge(**answers.email_otp("12345678").arguments)
    cognito.respond_to_auth_challenge(**answers.sms_otp("123456").arguments)
    cognito.respond_to_auth_challenge(**answers.software_token_mfa("123456").arguments)
    cognito.respond_to_auth_challenge(**answers.select_mfa_type("EMAIL_OTP").arguments)
    cognito.respond_to_auth_challenge(
        **answers.select_challenge("PASSWORD_SRP", srp_a="a1").arguments
    )
    cognito.respond_to_auth_challenge(
        **answers.select_challenge("PASSWORD", password="secret").arguments
    )
    cognito.respond_to_auth_challenge(**answers.select_challenge("WEB_AUTHN").arguments)
    cognito.respond_to_auth_challenge(
        **answers.select_challenge("WEB_AUTHN", credential={"id": "AQ"}).arguments
    )
    cognito.respond_to_auth_challenge(**answers.select_challenge("SMS_OTP").arguments)
    cognito.respond_to_auth_challenge(**answers.mfa_setup(email="a@example.com").arguments)
    cognito.respond_to_auth_challenge(
        **answers.new_password_required("secret", {"email": "a@example.com"}).arguments
    )
    cognito.respond_to_auth_challenge(**answers.custom_challenge("42").arguments)
    call = answers.web_authn({"id": "AQ", "response": {"clientDataJSON": "AQ"}})
    cognito.respond_to_auth_challenge(**call.arguments)
    cognito.admin_respond_to_auth_challenge(**admin.instead_of(call).arguments)


def around(cognito: "CognitoIdentityProviderClient", app: AppClient, access_token: str) -> None:
    cognito.sign_up(
        **operations.sign_up(
            app, "alice", "secret", attributes={"email": "a@example.com"}
        ).arguments
    )
    cognito.confirm_sign_up(
        **operations.confirm_sign_up(app, "alice", "123456", force_alias_creation=True).arguments
    )
    cognito.resend_confirmation_code(**operations.resend_confirmation_code(app, "alice").arguments)
    cognito.forgot_password(**operations.forgot_password(app, "alice").arguments)
    cognito.confirm_forgot_password(
        **operations.confirm_forgot_password(app, "alice", "123456", "secret").arguments
    )
    kept, config = new_device("-v7w9UcY6", "eu-west-1_5bf4f1ee")
    cognito.confirm_device(
        **operations.confirm_device(access_token, kept.device_key, config).arguments
    )
    cognito.update_device_status(
        **operations.update_device_status(access_token, kept.device_key, remembered=True).arguments
    )
    associated = cognito.associate_software_token(
        **operations.associate_software_token(access_token=access_token).arguments
    )
    cognito.verify_software_token(
        **operations.verify_software_token("123456", session=associated["Session"]).arguments
    )
    calls: list[AnyCall] = [
        operations.forgot_password(app, "alice"),
        initiate_auth.custom_auth(app, "alice"),
        Answers(app, "alice").mfa_setup(),
    ]
    for call in calls:
        url: str = endpoint("eu-west-1_Example")
        body: bytes = call.body
        headers: dict[str, str] = call.headers
        print(url, body, headers, call.method)
