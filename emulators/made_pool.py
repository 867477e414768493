"""A user pool that is made in an emulator for one behaviour, with what that behaviour asks for.

A new pool for each behaviour costs a few calls, and nothing leaks from one into the next. Users and
app clients are made when they are asked for, since not every emulator can make each of them. What
it refuses to make is the reason why the behaviour is not tried.
"""

import contextlib
import io
import json
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import boto3
import triggers
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from processes import Running

from srp_cognito import AppClient
from srp_cognito.calls import Call
from srp_cognito.conformance import OpenPool, Person, Setting, Unavailable
from srp_cognito.conformance.requests import ask
from srp_cognito.conformance.setting import APPS, PEOPLE
from srp_cognito.testing import totp_code

__all__ = ["pools_of"]

REGION: Final = "us-east-1"
KEYS: Final = Credentials("test", "test")
"""Those of the root user of ministack; the others take any."""

PASSWORD: Final = "Correct-Horse-1"  # noqa: S105, since it is of nobody.

FLOWS: Final = (
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_AUTH",
    "ALLOW_CUSTOM_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
)

_APPS: Final[Mapping[str, Mapping[str, Any]]] = {
    "plain": {},
    "other": {},
    "secret": {"GenerateSecret": True},
    "rotating": {
        # The service takes no REFRESH_TOKEN_AUTH where tokens rotate.
        "ExplicitAuthFlows": [*FLOWS],
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10},
    },
    "brief": {"AccessTokenValidity": 5, "TokenValidityUnits": {"AccessToken": "minutes"}},
}
"""What CreateUserPoolClient takes for each role, besides what all have."""

_DEVICES: Final[Mapping[str, bool]] = {"devices": False, "opt-in-devices": True}
"""DeviceOnlyRememberedOnUserPrompt, by the feature."""

_PHONE: Final = {"phone_number": "+15551234567", "phone_number_verified": "true"}

MAIL: Final = ("alias", "email", "several", "temporary", "reset")
"""The roles that have a mail address."""

FACTORS: Final[Mapping[str, tuple[str, ...]]] = {
    "totp": ("SoftwareTokenMfaSettings",),
    "sms": ("SMSMfaSettings",),
    "email": ("EmailMfaSettings",),
    "several": ("EmailMfaSettings", "SoftwareTokenMfaSettings"),
}
"""The members of AdminSetUserMFAPreference that are switched on, by the role."""

NOT_MADE: Final = {"passkey": "the program makes no passkeys"}

Made = TypeVar("Made")


class _MadeWhenAsked(Mapping[str, Made]):
    """What there is by its role; each is made when `get` or `[]` asks for it."""

    def __init__(self, make: Callable[[str], Made], roles: Mapping[str, str]) -> None:
        self._make = make
        self._roles = roles
        self._made: dict[str, Made] = {}

    def __getitem__(self, role: str) -> Made:
        if role not in self._roles:
            raise KeyError(role)
        if role not in self._made:
            self._made[role] = self._make(role)
        return self._made[role]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._made])

    def __len__(self) -> int:
        return len(self._made)


class _Admin:
    """Makes what needs AWS credentials, at an emulator."""

    def __init__(self, running: Running) -> None:
        config = Config(retries={"total_max_attempts": 1}, read_timeout=30)
        self._clients = {
            service: boto3.client(
                service,
                endpoint_url=running.url,
                region_name=REGION,
                aws_access_key_id=KEYS.access_key,
                aws_secret_access_key=KEYS.secret_key,
                config=config,
            )
            for service in ("cognito-idp", "iam", "lambda")
        }
        self._lock = threading.Lock()
        self._function: str | None = None

    def do(self, method: str, service: str = "cognito-idp", **arguments: Any) -> Any:
        """Make a call; what it refuses cannot be tried."""
        try:
            return getattr(self._clients[service], method)(**arguments)
        except ClientError as error:
            words = f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
            raise Unavailable(f"{error.operation_name} is refused: {words}") from error
        except (BotoCoreError, ResponseParserError) as error:
            raise Unavailable(f"{service} has no {method}: {type(error).__name__}") from error

    def triggers(self) -> str:
        """Return the ARN of the function in triggers.py, which is made once."""
        with self._lock:
            if self._function is None:
                self._function = self._made_function()
            return self._function

    def _made_function(self) -> str:
        may = {"Effect": "Allow", "Action": "sts:AssumeRole"}
        policy = {
            "Version": "2012-10-17",
            "Statement": [{**may, "Principal": {"Service": "lambda.amazonaws.com"}}],
        }
        role = self.do(
            "create_role",
            "iam",
            RoleName="triggers",
            AssumeRolePolicyDocument=json.dumps(policy),
        )
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.write(Path(triggers.__file__), "triggers.py")
        function: str = self.do(
            "create_function",
            "lambda",
            FunctionName="triggers",
            Runtime="python3.12",
            Handler="triggers.handler",
            Role=role["Role"]["Arn"],
            Code={"ZipFile": packed.getvalue()},
        )["FunctionArn"]
        self.do(
            "add_permission",
            "lambda",
            FunctionName="triggers",
            StatementId="cognito",
            Action="lambda:InvokeFunction",
            Principal="cognito-idp.amazonaws.com",
        )
        return function


class _MadePool:
    """A pool under test."""

    def __init__(self, running: Running, admin: _Admin, needs: frozenset[str]) -> None:
        self._running = running
        self._admin = admin
        self._do = admin.do
        self._needs = needs
        self.pool_id = self._create()
        devices = needs & {*_DEVICES} or {"no-devices"}
        case = "case-insensitive" if "case-insensitive" in needs else "case-sensitive"
        passkeys = "passkeys" if "passkeys" in needs else "no-passkeys"
        features = {"http", "admin", "hides-users", "no-triggers", case, passkeys, *devices}
        features |= needs & {"mfa-required"}
        self.setting = Setting(
            self.pool_id,
            _MadeWhenAsked(self._app, APPS),
            _MadeWhenAsked(self._person, PEOPLE),
            frozenset(features),
        )

    # What is made.

    def _create(self) -> str:
        needs = self._needs
        more: dict[str, Any] = {}
        for feature in needs & {*_DEVICES}:
            more["DeviceConfiguration"] = {
                "ChallengeRequiredOnNewDevice": True,
                "DeviceOnlyRememberedOnUserPrompt": _DEVICES[feature],
            }
        if "case-insensitive" in needs:
            more["UsernameConfiguration"] = {"CaseSensitive": False}
        if "passkeys" in needs:
            factors = ["PASSWORD", "WEB_AUTHN"]
            more["Policies"] = {"SignInPolicy": {"AllowedFirstAuthFactors": factors}}
        made = self._do(
            "create_user_pool", PoolName="conformance", AliasAttributes=["email"], **more
        )
        pool_id: str = made["UserPool"]["Id"]
        if "passkeys" in needs:
            self._do(
                "set_user_pool_mfa_config",
                UserPoolId=pool_id,
                MfaConfiguration="OFF",
                WebAuthnConfiguration={"RelyingPartyId": "localhost"},
            )
        return pool_id

    def _app(self, role: str) -> AppClient:
        every = {
            "ExplicitAuthFlows": [*FLOWS, "ALLOW_REFRESH_TOKEN_AUTH"],
            "PreventUserExistenceErrors": "ENABLED",
        }
        made = self._do(
            "create_user_pool_client",
            UserPoolId=self.pool_id,
            ClientName=role,
            **{**every, **_APPS[role]},
        )["UserPoolClient"]
        return AppClient(made["ClientId"], made.get("ClientSecret"))

    def _person(self, role: str) -> Person:
        if role in NOT_MADE:
            raise Unavailable(NOT_MADE[role])
        user = {"UserPoolId": self.pool_id, "Username": f"a-user-{role}"}
        mail = f"{role}@example.com"
        attributes = {"email": mail, "email_verified": "true"} if role in MAIL else {}
        attributes |= _PHONE if role == "sms" else {}
        if role == "unconfirmed":
            app = self.setting.apps["plain"]
            self._do(
                "sign_up", ClientId=app.client_id, Username=user["Username"], Password=PASSWORD
            )
        else:
            self._do(
                "admin_create_user",
                **user,
                TemporaryPassword=PASSWORD,
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": key, "Value": attributes[key]} for key in attributes],
            )
        if role not in ("unconfirmed", "temporary"):
            self._do("admin_set_user_password", **user, Password=PASSWORD, Permanent=True)
        if role == "custom":
            named = ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse")
            config = dict.fromkeys(named, self._admin.triggers())
            self._do("update_user_pool", UserPoolId=self.pool_id, LambdaConfig=config)
        if role == "disabled":
            self._do("admin_disable_user", **user)
        if role == "reset":
            self._do("admin_reset_user_password", **user)
        secret = self._with_factors(role, user)
        if role == "setup" or "mfa-required" in self._needs:
            self._allow(FACTORS.get(role, ()), "ON")
        return Person(
            user["Username"],
            PASSWORD,
            alias=mail if role == "alias" else None,
            totp_secret=secret,
            answer=triggers.ANSWER if role == "custom" else None,
        )

    def _with_factors(self, role: str, user: Mapping[str, str]) -> str | None:
        """Give a user second factors, and return the secret of an authenticator app."""
        factors = FACTORS.get(role, ())
        secret = None
        if factors:
            self._allow((), "OPTIONAL")
            token = self._access_token(user["Username"])
            if "SoftwareTokenMfaSettings" in factors:
                secret = self._registered(token)
            self._allow(factors, "OPTIONAL")
            settings: Any = {factor: {"Enabled": True} for factor in factors}
            try:
                self._do("admin_set_user_mfa_preference", **user, **settings)
            except Unavailable as refused:
                # cognito-local takes it from the user only.
                try:
                    self._do("set_user_mfa_preference", AccessToken=token, **settings)
                except Unavailable:
                    raise refused from None
        return secret

    def _allow(self, factors: tuple[str, ...], configuration: str) -> None:
        more: dict[str, Any] = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
        if "SMSMfaSettings" in factors:
            role = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "sms"}
            more["SmsMfaConfiguration"] = {"SmsConfiguration": role}
        if "EmailMfaSettings" in factors:
            more["EmailMfaConfiguration"] = {"Subject": "Your code", "Message": "It is {####}"}
        self._do(
            "set_user_pool_mfa_config",
            UserPoolId=self.pool_id,
            MfaConfiguration=configuration,
            **more,
        )

    def _access_token(self, username: str) -> str:
        signed_in = self._do(
            "initiate_auth",
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=self.setting.apps["plain"].client_id,
            AuthParameters={"USERNAME": username, "PASSWORD": PASSWORD},
        )
        token: str | None = signed_in.get("AuthenticationResult", {}).get("AccessToken")
        if token is None:
            raise Unavailable("USER_PASSWORD_AUTH has no tokens for a user without a factor")
        return token

    def _registered(self, token: str) -> str:
        """Register an authenticator app, and return its secret."""
        secret: str = self._do("associate_software_token", AccessToken=token)["SecretCode"]
        verify = {"AccessToken": token, "FriendlyDeviceName": "an app"}
        # The code of half a minute ago leaves the present one for the behaviour.
        with contextlib.suppress(Unavailable):
            earlier = totp_code(secret, self.now() - timedelta(seconds=30))
            verified = self._do("verify_software_token", **verify, UserCode=earlier)
            if verified.get("Status") == "SUCCESS":
                return secret
        self._do("verify_software_token", **verify, UserCode=totp_code(secret, self.now()))
        return secret

    # What a behaviour does.

    def send(self, call: Call[Mapping[str, object]]) -> Mapping[str, object]:
        headers = dict(call.headers)
        if call.operation.startswith("Admin"):
            request = AWSRequest("POST", f"{self._running.url}/", headers, call.body)
            SigV4Auth(KEYS, "cognito-idp", REGION).add_auth(request)
            headers = dict(request.headers.items())
        return self.post(headers, call.body)

    def post(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, object]:
        return ask(urlsplit(self._running.url).netloc, "POST", "/", headers, body)

    def get(self, path: str) -> Mapping[str, object]:
        host = urlsplit(self._running.url).netloc
        return ask(host, "GET", f"/{self.pool_id}/.well-known/{path}", {})

    def code(self, person: Person) -> str:
        role = person.username.removeprefix("a-user-")
        destination = _PHONE["phone_number"] if role == "sms" else f"{role}@example.com"
        code = self._running.code(destination)
        if code is None:
            raise Unavailable(self._running.emulator.no_codes)
        return code

    def totp_code(self, person: Person) -> str:
        if person.totp_secret is None:
            raise Unavailable("the secret of the authenticator app is not known")
        return totp_code(person.totp_secret, self.now())

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def now(self) -> datetime:
        return datetime.now(UTC)


def pools_of(running: Running) -> OpenPool:
    """Return what makes a new pool in an emulator for each behaviour."""
    admin = _Admin(running)

    @contextlib.contextmanager
    def open_pool(needs: frozenset[str]) -> Iterator[_MadePool]:
        yield _MadePool(running, admin, needs)

    return open_pool
