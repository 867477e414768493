"""Other Python clients log in to the pool over HTTP, unchanged and with their own SRP.

boto3 has no SRP of its own, so it uses this library's client half. pycognito's calls about devices
contain AWS's host name; the tests send those calls to the pool instead.
"""

import contextlib
import time
from collections.abc import Iterator

import pycognito.aws_srp
import pytest
import warrant_lite
from boto3_calls import boto3_client
from botocore.client import BaseClient
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID
from pool_calls import INCORRECT, PUBLIC, TOTP_SECRET
from pycognito import Cognito
from pycognito.aws_srp import AWSSRP
from pycognito.exceptions import (
    ForceChangePasswordException,
    SMSMFAChallengeException,
    SoftwareTokenMFAChallengeException,
)
from warrant_lite import WarrantLite

from srp_cognito import AppClient, Device, SRPClient
from srp_cognito.testing import SigningKeys, UserPool, serve
from srp_cognito.testing.totp import code_at

# pycognito and warrant-lite themselves cause this warning.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

AWS_URL = "https://cognito-idp.eu-west-1.amazonaws.com/"
APP = AppClient(CLIENT_ID, CLIENT_SECRET)


def totp() -> str:
    return code_at(TOTP_SECRET, int(time.time()) // 30)


@pytest.fixture(params=["always", "never"])
def pool(request: pytest.FixtureRequest, signing_keys: SigningKeys) -> UserPool:
    pool = UserPool(POOL_ID, signing_keys=signing_keys, remember_devices=request.param)
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    pool.add_app_client(PUBLIC.client_id)
    phone = {"phone_number": "+15551234567"}
    pool.add_user("alice", PASSWORD, aliases=["alice@example.com"])
    pool.add_user("bob", PASSWORD, must_change_password=True)
    pool.add_user("carol", PASSWORD, totp_secret=TOTP_SECRET)
    pool.add_user("dora", PASSWORD, attributes=phone, mfa=["SMS_MFA"])
    return pool


@pytest.fixture
def asked() -> list[str]:
    """What reached the pool, one line for each call."""
    return []


@pytest.fixture
def url(pool: UserPool, asked: list[str]) -> Iterator[str]:
    with serve(pool, own_issuer=True, log=asked.append) as url:
        yield url


@contextlib.contextmanager
def connected(url: str) -> Iterator[BaseClient]:
    """boto3's client, pointed at the pool; it needs no credentials and looks for none."""
    with contextlib.closing(boto3_client(url)) as client:
        yield client


@pytest.fixture
def cognito(url: str) -> Iterator[BaseClient]:
    with connected(url) as client:
        yield client


# boto3, with this library's client half.


@pytest.mark.parametrize("app", [PUBLIC, APP], ids=["public", "secret"])
def test_boto3_signs_in(cognito: BaseClient, app: AppClient) -> None:
    client = SRPClient.for_user(POOL_ID, "alice@example.com", PASSWORD, app=app)
    reply = cognito.initiate_auth(**client.start())
    reply = cognito.respond_to_auth_challenge(**client.respond(reply))
    token = reply["AuthenticationResult"]["AccessToken"]
    assert cognito.get_user(AccessToken=token)["Username"] == "alice"


@pytest.mark.parametrize("app", [PUBLIC, APP], ids=["public", "secret"])
def test_boto3_with_a_wrong_password_is_refused(cognito: BaseClient, app: AppClient) -> None:
    client = SRPClient.for_user(POOL_ID, "alice", "battery staple", app=app)
    reply = cognito.initiate_auth(**client.start())
    with pytest.raises(cognito.exceptions.NotAuthorizedException, match=INCORRECT):
        cognito.respond_to_auth_challenge(**client.respond(reply))


def test_boto3_with_a_wrong_client_secret_is_refused(cognito: BaseClient) -> None:
    app = AppClient(CLIENT_ID, "another secret")
    client = SRPClient.for_user(POOL_ID, "alice", PASSWORD, app=app)
    with pytest.raises(cognito.exceptions.NotAuthorizedException, match="secret hash"):
        cognito.initiate_auth(**client.start())


# pycognito.


def pycognito_client(cognito: BaseClient, app: AppClient, **changed: object) -> AWSSRP:
    arguments = {"username": "alice", "password": PASSWORD, **changed}
    return AWSSRP(
        pool_id=POOL_ID,
        client_id=app.client_id,
        client_secret=app.client_secret,
        client=cognito,
        **arguments,
    )


@pytest.mark.parametrize("app", [PUBLIC, APP], ids=["public", "secret"])
def test_pycognito_signs_in_and_verifies_the_tokens(url: str, app: AppClient) -> None:
    """It verifies them with the keys that the pool publishes, and then asks who the user is."""
    user = Cognito(
        POOL_ID,
        app.client_id,
        client_secret=app.client_secret,
        username="alice",
        boto3_client_kwargs={"endpoint_url": url.rstrip("/")},
    )
    with contextlib.closing(user.client):
        user.authenticate(PASSWORD)
        assert user.access_claims["username"] == "alice"
        assert user.get_user().username == "alice"
        token = user.access_token
        user.logout()
        with pytest.raises(user.client.exceptions.NotAuthorizedException, match="revoked"):
            user.client.get_user(AccessToken=token)


@pytest.mark.parametrize("app", [PUBLIC, APP], ids=["public", "secret"])
def test_pycognito_with_a_wrong_password_is_refused(cognito: BaseClient, app: AppClient) -> None:
    client = pycognito_client(cognito, app, password="battery staple")
    with pytest.raises(cognito.exceptions.NotAuthorizedException, match=INCORRECT):
        client.authenticate_user()


@pytest.mark.parametrize("app", [PUBLIC, APP], ids=["public", "secret"])
def test_pycognito_sets_a_new_password(cognito: BaseClient, app: AppClient) -> None:
    with pytest.raises(ForceChangePasswordException):
        pycognito_client(cognito, app, username="bob").authenticate_user()
    client = pycognito_client(cognito, app, username="bob")
    assert "AuthenticationResult" in client.set_new_password_challenge("a new one")
    client = pycognito_client(cognito, app, username="bob", password="a new one")
    assert "AuthenticationResult" in client.authenticate_user()


@pytest.mark.parametrize("name", ["carol", "dora"])
def test_pycognito_answers_with_a_code(url: str, pool: UserPool, name: str) -> None:
    user = Cognito(
        POOL_ID,
        APP.client_id,
        client_secret=APP.client_secret,
        username=name,
        boto3_client_kwargs={"endpoint_url": url.rstrip("/")},
    )
    with contextlib.closing(user.client):
        error = SoftwareTokenMFAChallengeException if name == "carol" else SMSMFAChallengeException
        with pytest.raises(error):
            user.authenticate(PASSWORD)
        if name == "carol":
            user.respond_to_software_token_mfa_challenge(totp())
        else:
            with pytest.raises(user.client.exceptions.CodeMismatchException):
                user.respond_to_sms_mfa_challenge("x")
            user.respond_to_sms_mfa_challenge(pool.sent[-1].code)
        assert user.access_claims["username"] == name


@pytest.mark.parametrize("pool", ["never"], indirect=True)
def test_pycognito_gets_new_tokens(url: str) -> None:
    """In a pool that tracks no devices, since pycognito sends no DEVICE_KEY."""
    user = Cognito(
        POOL_ID,
        APP.client_id,
        client_secret=APP.client_secret,
        username="alice",
        boto3_client_kwargs={"endpoint_url": url.rstrip("/")},
    )
    with contextlib.closing(user.client):
        user.authenticate(PASSWORD)
        before = user.access_token
        user.renew_access_token()
        assert user.access_token != before


@pytest.fixture
def in_place_of_aws(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send to the pool what pycognito sends to AWS's host, whose name is in its code."""
    post = pycognito.aws_srp.requests.post

    def to_the_pool(called: str, **arguments: object) -> object:
        assert called == AWS_URL
        return post(url, **arguments)

    monkeypatch.setattr(pycognito.aws_srp.requests, "post", to_the_pool)


@pytest.mark.parametrize("pool", ["always"], indirect=True)
@pytest.mark.usefixtures("in_place_of_aws")
@pytest.mark.parametrize("what", ["right", "wrong", "forgotten"])
def test_pycognito_registers_a_device_and_proves_it(
    cognito: BaseClient, asked: list[str], what: str
) -> None:
    first = pycognito_client(cognito, PUBLIC)
    tokens = first.authenticate_user()
    reply, password = first.confirm_device(tokens, "a device")
    assert reply.json() == {"UserConfirmationNecessary": False}
    metadata = tokens["AuthenticationResult"]["NewDeviceMetadata"]
    key = metadata["DeviceKey"]
    if what == "forgotten":
        first.forget_device(tokens["AuthenticationResult"]["AccessToken"], key)
    asked.clear()
    again = pycognito_client(
        cognito,
        PUBLIC,
        device_key=key,
        device_group_key=metadata["DeviceGroupKey"],
        device_password="another" if what == "wrong" else password,
    )
    if what == "right":
        assert "AuthenticationResult" in again.authenticate_user()
        steps = ["USER_SRP_AUTH", "PASSWORD_VERIFIER"]
        steps += ["DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"]
        assert [line.split()[1] for line in asked] == steps
    elif what == "wrong":
        with pytest.raises(cognito.exceptions.NotAuthorizedException, match=INCORRECT):
            again.authenticate_user()
    else:
        with pytest.raises(cognito.exceptions.ResourceNotFoundException, match="Device does not"):
            again.authenticate_user()


@pytest.mark.parametrize("pool", ["always"], indirect=True)
@pytest.mark.usefixtures("in_place_of_aws")
def test_pycognitos_device_fails_if_the_app_client_has_a_secret(cognito: BaseClient) -> None:
    """Its DEVICE_SRP_AUTH has no SECRET_HASH; this library signs in with the same device."""
    first = pycognito_client(cognito, APP)
    tokens = first.authenticate_user()
    _, password = first.confirm_device(tokens)
    metadata = tokens["AuthenticationResult"]["NewDeviceMetadata"]
    device = Device(metadata["DeviceGroupKey"], metadata["DeviceKey"], password)
    again = pycognito_client(
        cognito,
        APP,
        device_key=device.device_key,
        device_group_key=device.device_group_key,
        device_password=password,
    )
    with pytest.raises(cognito.exceptions.NotAuthorizedException, match="SECRET_HASH was not"):
        again.authenticate_user()
    user = SRPClient.for_user(POOL_ID, "alice", PASSWORD, app=APP, device=device)
    reply = cognito.initiate_auth(**user.start())
    reply = cognito.respond_to_auth_challenge(**user.respond(reply))
    proof = SRPClient.for_device(device, user.username, app=APP)
    reply = cognito.respond_to_auth_challenge(**proof.start(reply))
    reply = cognito.respond_to_auth_challenge(**proof.respond(reply))
    assert "AuthenticationResult" in reply


# warrant-lite.


@pytest.fixture
def _any_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """It switches to the locale en_US, which may be missing here; C has the same names."""
    monkeypatch.setattr(warrant_lite, "temp_locale", lambda _: contextlib.nullcontext())


@pytest.mark.usefixtures("_any_locale")
@pytest.mark.parametrize("app", [PUBLIC, APP], ids=["public", "secret"])
@pytest.mark.parametrize("password", [PASSWORD, "battery staple"])
@pytest.mark.parametrize("username", ["alice", "alice@example.com"])
def test_warrant_lite_signs_in(
    cognito: BaseClient, app: AppClient, password: str, username: str
) -> None:
    client = WarrantLite(
        username=username,
        password=password,
        pool_id=POOL_ID,
        client_id=app.client_id,
        client_secret=app.client_secret,
        client=cognito,
    )
    if password == PASSWORD:
        assert "AuthenticationResult" in client.authenticate_user()
    else:
        with pytest.raises(cognito.exceptions.NotAuthorizedException, match=INCORRECT):
            client.authenticate_user()


@pytest.mark.usefixtures("_any_locale")
def test_warrant_lite_sets_a_new_password(cognito: BaseClient) -> None:
    client = WarrantLite(
        username="bob",
        password=PASSWORD,
        pool_id=POOL_ID,
        client_id=APP.client_id,
        client_secret=APP.client_secret,
        client=cognito,
    )
    assert "AuthenticationResult" in client.set_new_password_challenge("a new one")


# A pool that explains.


@pytest.mark.slow
def test_the_pool_explains_a_line_end_in_the_password_after_some_dozen_logins(
    signing_keys: SigningKeys,
) -> None:
    reports: list[str] = []
    pool = UserPool(POOL_ID, signing_keys=signing_keys, explain=reports.append)
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    pool.add_user("alice", PASSWORD)
    with serve(pool) as url, connected(url) as cognito:
        for _ in range(60):
            client = pycognito_client(cognito, APP, password=f"{PASSWORD}\n")
            with pytest.raises(cognito.exceptions.NotAuthorizedException, match=INCORRECT):
                client.authenticate_user()
            if "#password-newline" in reports[-1]:
                break
        pycognito_client(cognito, APP).authenticate_user()
    assert "#password-newline" in reports[-1]


def test_the_pool_explains_a_secret_hash_over_the_alias_at_once(
    signing_keys: SigningKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As warrant did, which pycognito came from, with any USERNAME (qwigo/warrant, issue 74)."""
    reports: list[str] = []
    pool = UserPool(POOL_ID, signing_keys=signing_keys, explain=reports.append)
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    pool.add_user("alice", PASSWORD, aliases=["alice@example.com"])
    original = AWSSRP.get_secret_hash
    monkeypatch.setattr(
        AWSSRP,
        "get_secret_hash",
        staticmethod(lambda _, *rest: original("alice@example.com", *rest)),
    )
    with serve(pool) as url, connected(url) as cognito:
        client = pycognito_client(cognito, APP, username="alice@example.com")
        with pytest.raises(cognito.exceptions.NotAuthorizedException, match="secret hash"):
            client.authenticate_user()
    assert "#hash-other-name" in reports[-1]
    assert CLIENT_SECRET not in reports[-1]
