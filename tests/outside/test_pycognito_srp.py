"""examples/pycognito_srp.py: pycognito signs in to the pool with this library's proof."""

import contextlib
import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import boto3
import pycognito.aws_srp
import pytest
from botocore.client import BaseClient
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID
from pool_calls import INCORRECT, PUBLIC, TOTP_SECRET
from pycognito import Cognito
from pycognito.exceptions import (
    ForceChangePasswordException,
    SMSMFAChallengeException,
    SoftwareTokenMFAChallengeException,
)

from srp_cognito import AppClient, Device, IllegalParameter, StateError, new_device
from srp_cognito.testing import SigningKeys, UserPool, serve
from srp_cognito.testing.totp import code_at

ROOT = Path(__file__).parents[2]
SHIM = ROOT / "examples" / "pycognito_srp.py"
APP = AppClient(CLIENT_ID, CLIENT_SECRET)
each_app = pytest.mark.parametrize("app", [PUBLIC, APP], ids=["public", "secret"])


def own(*_: object) -> None:
    """Stands for every function of pycognito that a proof of its own needs."""
    raise AssertionError("pycognito computed something itself")


@pytest.fixture
def shim(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location(SHIM.stem, SHIM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(pycognito, "AWSSRP", pycognito.AWSSRP)  # And set back afterwards.
    spec.loader.exec_module(module)
    for name in ("get_random", "compute_hkdf", "calculate_u"):
        monkeypatch.setattr(pycognito.aws_srp, name, own)
    return module


@pytest.fixture
def pool(request: pytest.FixtureRequest, signing_keys: SigningKeys) -> UserPool:
    remembers = getattr(request, "param", "never")
    pool = UserPool(POOL_ID, signing_keys=signing_keys, remember_devices=remembers)
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    pool.add_app_client(PUBLIC.client_id)
    phone = {"phone_number": "+15551234567"}
    pool.add_user("alice", PASSWORD, aliases=["alice@example.com"])
    pool.add_user("bob", PASSWORD, must_change_password=True)
    pool.add_user("carol", PASSWORD, totp_secret=TOTP_SECRET)
    pool.add_user("dora", PASSWORD, attributes=phone, mfa=["SMS_MFA"])
    return pool


@pytest.fixture
def url(pool: UserPool) -> Iterator[str]:
    with serve(pool, own_issuer=True) as url:
        yield url


@pytest.fixture
def cognito(url: str) -> Iterator[BaseClient]:
    client = boto3.client("cognito-idp", "eu-west-1", endpoint_url=url)
    with contextlib.closing(client):
        yield client


@contextlib.contextmanager
def user_of(url: str, username: str, app: AppClient) -> Iterator[Cognito]:
    """Return pycognito's whole client."""
    user = Cognito(
        POOL_ID,
        app.client_id,
        client_secret=app.client_secret,
        username=username,
        boto3_client_kwargs={"endpoint_url": url.rstrip("/")},
    )
    with contextlib.closing(user.client):
        yield user


def totp() -> str:
    return code_at(TOTP_SECRET, int(time.time()) // 30)


@pytest.mark.usefixtures("shim")
@each_app
@pytest.mark.parametrize("username", ["alice", "alice@example.com"])
def test_pycognito_signs_in_and_verifies_the_tokens(
    url: str, app: AppClient, username: str
) -> None:
    with user_of(url, username, app) as user:
        user.authenticate(PASSWORD)
        assert user.access_claims["username"] == "alice"


@pytest.mark.usefixtures("shim")
@each_app
def test_a_wrong_password_is_refused(url: str, app: AppClient) -> None:
    with user_of(url, "alice", app) as user:
        with pytest.raises(user.client.exceptions.NotAuthorizedException, match=INCORRECT):
            user.authenticate("battery staple")
        user.authenticate(PASSWORD)


@pytest.mark.usefixtures("shim")
@each_app
def test_a_code_is_asked_for_by_pycognitos_exceptions(
    url: str, pool: UserPool, app: AppClient
) -> None:
    with user_of(url, "carol", app) as user:
        with pytest.raises(SoftwareTokenMFAChallengeException):
            user.authenticate(PASSWORD)
        user.respond_to_software_token_mfa_challenge(totp())
        assert user.access_claims["username"] == "carol"
    with user_of(url, "dora", app) as user:
        with pytest.raises(SMSMFAChallengeException):
            user.authenticate(PASSWORD)
        user.respond_to_sms_mfa_challenge(pool.sent[-1].code)
        assert user.access_claims["username"] == "dora"


@pytest.mark.usefixtures("shim")
@each_app
def test_a_new_password_is_set(url: str, app: AppClient) -> None:
    with user_of(url, "bob", app) as user:
        with pytest.raises(ForceChangePasswordException):
            user.authenticate(PASSWORD)
        user.new_password_challenge(PASSWORD, "a new one")
        user.authenticate("a new one")
        assert user.access_claims["username"] == "bob"


@each_app
def test_one_object_makes_attempts_one_after_the_other(
    shim: ModuleType, cognito: BaseClient, app: AppClient
) -> None:
    """As pycognito's own; each has an exchange of its own."""
    aws = shim.AWSSRP(
        "bob", PASSWORD, POOL_ID, app.client_id, client=cognito, client_secret=app.client_secret
    )
    first = aws.get_auth_params()["SRP_A"]
    with pytest.raises(ForceChangePasswordException):
        aws.authenticate_user(client_metadata={"tenant": "blue"})
    assert aws.get_auth_params()["SRP_A"] != first
    assert "AuthenticationResult" in aws.set_new_password_challenge("a new one")


def test_the_parameters_can_be_asked_for_twice(shim: ModuleType, cognito: BaseClient) -> None:
    """Programs that send the requests themselves pass them to `process_challenge` again."""
    aws = shim.AWSSRP("alice", PASSWORD, POOL_ID, PUBLIC.client_id, client=cognito)
    reply = cognito.initiate_auth(
        ClientId=aws.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters=aws.get_auth_params()
    )
    answer = aws.process_challenge(
        challenge_parameters=reply["ChallengeParameters"],
        request_parameters=aws.get_auth_params(),
    )
    reply = cognito.respond_to_auth_challenge(
        ClientId=aws.client_id, ChallengeName=reply["ChallengeName"], ChallengeResponses=answer
    )
    assert "AuthenticationResult" in reply


def test_what_must_be_refused_is_refused(shim: ModuleType) -> None:
    """By pycognito itself B = 0 is answered, and any number of challenges."""
    aws = shim.AWSSRP("alice", PASSWORD, POOL_ID, PUBLIC.client_id, pool_region="eu-west-1")
    asked = {
        "USERNAME": "alice",
        "USER_ID_FOR_SRP": "alice",
        "SALT": "1234",
        "SRP_B": "0",
        "SECRET_BLOCK": "c2VjcmV0",
    }
    sent = aws.get_auth_params()
    with pytest.raises(IllegalParameter, match="SRP_B"):
        aws.process_challenge(asked, sent)
    with pytest.raises(StateError, match="get_auth_params"):
        aws.process_challenge({**asked, "SRP_B": "5"}, sent)
    aws.client.close()


@pytest.mark.parametrize("pool", ["always"], indirect=True)
def test_a_device_is_proven(shim: ModuleType, cognito: BaseClient) -> None:
    """Twice, by one object."""
    plain = shim.AWSSRP("alice", PASSWORD, POOL_ID, PUBLIC.client_id, client=cognito)
    result = plain.authenticate_user()["AuthenticationResult"]
    offer = result["NewDeviceMetadata"]
    device, config = new_device(offer["DeviceGroupKey"], offer["DeviceKey"])
    cognito.confirm_device(
        AccessToken=result["AccessToken"],
        DeviceKey=device.device_key,
        DeviceSecretVerifierConfig=config,
    )
    aws = shim.AWSSRP(
        "alice",
        PASSWORD,
        POOL_ID,
        PUBLIC.client_id,
        client=cognito,
        device_key=device.device_key,
        device_group_key=device.device_group_key,
        device_password=device.device_password,
    )
    for _ in range(2):
        reply = aws.authenticate_user()["AuthenticationResult"]
        assert "NewDeviceMetadata" not in reply
    wrong = Device(device.device_group_key, device.device_key, "another")
    aws.device_password = wrong.device_password
    with pytest.raises(cognito.exceptions.NotAuthorizedException, match=INCORRECT):
        aws.authenticate_user()


PROGRAM = """
import sys

import boto3
from pycognito import Cognito
from pycognito.aws_srp import AWSSRP

_, pool_id, client_id, url = sys.argv
cognito = boto3.client("cognito-idp", "eu-west-1", endpoint_url=url)
aws = AWSSRP("alice", "correct horse", pool_id, client_id, client=cognito)
print(aws.authenticate_user()["AuthenticationResult"]["TokenType"], type(aws).__module__)

endpoint = {"endpoint_url": url.rstrip("/")}
user = Cognito(pool_id, client_id, username="alice", boto3_client_kwargs=endpoint)
user.authenticate("correct horse")
print(user.access_claims["username"], sys.modules["pycognito"].AWSSRP.__module__)
"""


def test_a_program_changes_two_lines(url: str, tmp_path: Path) -> None:
    """Those that docs/migrate.md shows."""
    page = (ROOT / "docs" / "migrate.md").read_text("utf-8")
    changes = page.partition("```diff\n")[2].partition("```")[0].splitlines()
    before = [line[1:] for line in changes if line.startswith("-")]
    after = [line[1:] for line in changes if line.startswith("+")]
    assert len(before) == len(after) == 2
    lines = PROGRAM.splitlines()
    changed = [after[before.index(line)] if line in before else line for line in lines]
    assert set(after) <= set(changed)
    (tmp_path / "program.py").write_text("\n".join(changed), "utf-8")
    (tmp_path / SHIM.name).write_text(SHIM.read_text("utf-8"), "utf-8")
    done = subprocess.run(
        [sys.executable, tmp_path / "program.py", POOL_ID, PUBLIC.client_id, url],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout == "Bearer pycognito_srp\nalice pycognito_srp\n", done.stderr
