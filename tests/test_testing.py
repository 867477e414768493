"""testing/: the user pool signs in whoever proves the password, and nobody else.

What meets it: this library's client half and pycognito's, which has its own SRP, and requests that
are written out by hand around the oracle's claims. Tokens are checked with RSA itself.
"""

import base64
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import boto3
import oracle
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from peers import CLIENT_ID, CLIENT_SECRET, PASSWORD, POOL_ID, OracleClient
from pycognito.aws_srp import AWSSRP

from srp_cognito import AppClient, Call, SignIn, Tokens, initiate_auth, modexp
from srp_cognito.testing import Refused, UserPool
from srp_cognito.testing.issuer import LIFETIME, REFRESH_LIFETIME
from srp_cognito.testing.sessions import LIFETIME as SESSION_LIFETIME
from srp_cognito.testing.sessions import MOST, Sessions
from srp_cognito.testing.totp import code_at

NOW = datetime(2026, 11, 24, 7, 0, 9, tzinfo=timezone.utc)
TOTP_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B.
INCORRECT = "Incorrect username or password."
PUBLIC = AppClient("2public")


@pytest.fixture(scope="module")
def signing_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pool(clock: Clock, signing_key: rsa.RSAPrivateKey) -> UserPool:
    pool = UserPool(POOL_ID, now=clock, signing_key=signing_key)
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("alice", PASSWORD, attributes={"email": "alice@example.com"})
    pool.add_user("bob", PASSWORD, must_change_password=True)
    pool.add_user("carol", PASSWORD, totp_secret=TOTP_SECRET)
    return pool


def refusal(pool: UserPool, operation: str, **arguments: object) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        pool.call(operation, arguments)
    return refused.value.kind, refused.value.message


def opened(pool: UserPool, client: OracleClient, name: str = "alice") -> dict[str, str]:
    reply = pool.call(
        "InitiateAuth",
        {
            "ClientId": PUBLIC.client_id,
            "AuthFlow": "USER_SRP_AUTH",
            "AuthParameters": {"USERNAME": name, "SRP_A": client.srp_a},
        },
    )
    assert reply["ChallengeName"] == "PASSWORD_VERIFIER"
    assert "Session" not in reply
    return reply["ChallengeParameters"]


def claim(answer: dict[str, str], name: str = "PASSWORD_VERIFIER", **more: object) -> dict:
    return {
        "ClientId": PUBLIC.client_id,
        "ChallengeName": name,
        "ChallengeResponses": answer,
        **more,
    }


def proven(pool: UserPool, name: str = "alice") -> dict:
    client = OracleClient(member=name)
    answer = client.answer(opened(pool, client, name), pool._sources.now())
    return pool.call("RespondToAuthChallenge", claim(answer))


def refused_answer(pool: UserPool, answer: dict[str, str], **more: object) -> tuple[str, str]:
    return refusal(pool, "RespondToAuthChallenge", **claim(answer, **more))


def claims_of(pool: UserPool, token: str) -> dict:
    """The claims of a token whose signature is right."""
    head, body, signature = token.split(".")

    def decoded(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    (key,) = pool.jwks()["keys"]
    assert json.loads(decoded(head)) == {"alg": "RS256", "kid": key["kid"], "typ": "JWT"}
    e, n = (int.from_bytes(decoded(key[name]), "big") for name in ("e", "n"))
    public = rsa.RSAPublicNumbers(e, n).public_key()
    public.verify(decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), SHA256())
    return json.loads(decoded(body))


def test_the_oracles_client_signs_in_and_gets_signed_tokens(pool: UserPool) -> None:
    result = proven(pool)["AuthenticationResult"]
    assert set(result) == {"AccessToken", "IdToken", "RefreshToken", "TokenType", "ExpiresIn"}
    access, identity = claims_of(pool, result["AccessToken"]), claims_of(pool, result["IdToken"])
    assert access["iss"] == f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL_ID}"
    assert (access["username"], access["client_id"]) == ("alice", PUBLIC.client_id)
    assert (access["iat"], access["exp"]) == (NOW.timestamp(), NOW.timestamp() + 3600)
    assert (identity["cognito:username"], identity["aud"]) == ("alice", PUBLIC.client_id)
    assert identity["email"] == "alice@example.com"
    assert (access["token_use"], identity["token_use"]) == ("access", "id")
    assert access["sub"] == identity["sub"]
    assert access["jti"] != identity["jti"]


def test_a_changed_token_is_none_of_the_pools(pool: UserPool) -> None:
    token = proven(pool)["AuthenticationResult"]["AccessToken"]
    head, body, signature = token.split(".")
    forged = base64.urlsafe_b64encode(b'{"username":"bob"}').decode().rstrip("=")
    with pytest.raises(InvalidSignature):
        claims_of(pool, f"{head}.{forged}.{signature}")
    for bad in (f"{head}.{forged}.{signature}", body, "x"):
        assert refusal(pool, "GetUser", AccessToken=bad) == (
            "NotAuthorizedException",
            "Invalid Access Token",
        )


@pytest.fixture
def cognito(pool: UserPool) -> Iterator[object]:
    """boto3's client, whose requests the pool answers."""

    class Raw(io.BytesIO):
        def stream(self, **_: object) -> Iterator[bytes]:
            yield self.read()

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().partition(".")[2]
        try:
            status, reply = 200, pool.call(operation, json.loads(request.body))
        except Refused as refused:
            status, reply = 400, {"__type": refused.kind, "message": refused.message}
        return AWSResponse(request.url, status, {}, Raw(json.dumps(reply).encode()))

    session = boto3.Session("test", "test", region_name="eu-west-1")
    client = session.client("cognito-idp", config=Config(retries={"total_max_attempts": 1}))
    client.meta.events.register("before-send.cognito-identity-provider", answer)
    yield client
    client.close()


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # pycognito's.
@pytest.mark.parametrize("secret", [None, CLIENT_SECRET])
def test_pycognito_signs_in(pool: UserPool, clock: Clock, cognito: object, secret: str) -> None:
    clock.now = datetime.now(timezone.utc)  # pycognito reads the real clock.
    client_id = PUBLIC.client_id if secret is None else CLIENT_ID

    def client(password: str) -> AWSSRP:
        return AWSSRP(
            username="alice",
            password=password,
            pool_id=POOL_ID,
            client_id=client_id,
            client=cognito,
            client_secret=secret,
        )

    tokens = client(PASSWORD).authenticate_user()["AuthenticationResult"]
    assert claims_of(pool, tokens["AccessToken"])["client_id"] == client_id
    with pytest.raises(cognito.exceptions.NotAuthorizedException, match=INCORRECT):
        client("battery staple").authenticate_user()


def test_a_sign_in_goes_through_every_step(pool: UserPool) -> None:
    pool.add_user("dave", PASSWORD, must_change_password=True, totp_secret=TOTP_SECRET)
    app = AppClient(CLIENT_ID, CLIENT_SECRET)
    sign_in = SignIn(POOL_ID, "dave", PASSWORD, app=app)
    answers = {"NewPassword": "a new one", "Code": code_at(TOTP_SECRET, int(NOW.timestamp()) // 30)}
    step, asked = sign_in.start(), []
    while not isinstance(step, Tokens):
        if not isinstance(step, Call):
            asked.append(type(step).__name__)
            assert len(asked) <= 2, asked  # No question comes twice.
            step = step.answer(answers[asked[-1]])
        step = sign_in.reply(pool.send(step), now=NOW)
    assert asked == ["NewPassword", "Code"]
    assert step.username == "dave"
    call = initiate_auth.refresh_token_auth(app, "dave", step.refresh_token)
    assert claims_of(pool, pool.send(call)["AuthenticationResult"]["AccessToken"])
    old = SignIn(POOL_ID, "dave", PASSWORD, app=app)
    reply = pool.send(old.reply(pool.send(old.start()), now=NOW))
    assert reply == {"__type": "NotAuthorizedException", "message": INCORRECT}


def test_it_keeps_no_password(pool: UserPool) -> None:
    kept = [str(vars(user)) for user in pool._directory._users.values()]
    assert not any(PASSWORD in text for text in kept)
    assert TOTP_SECRET not in repr(pool._directory._users)


WRONG = ("NotAuthorizedException", INCORRECT)


def test_wrong_claims_are_refused(pool: UserPool, clock: Clock) -> None:
    wrong = OracleClient(member="alice", password="battery staple")
    assert refused_answer(pool, wrong.answer(opened(pool, wrong), NOW)) == WRONG
    client = OracleClient(member="alice")
    answer = client.answer(opened(pool, client), NOW)
    pool.call("RespondToAuthChallenge", claim(answer))
    assert refused_answer(pool, answer) == WRONG  # Replayed.
    answer = client.answer(opened(pool, client), NOW, USERNAME="bob")
    assert refused_answer(pool, answer) == WRONG
    answer = client.answer(opened(pool, client), NOW)
    other = {**claim(answer), "ClientId": CLIENT_ID}
    other["ChallengeResponses"] = {
        **answer,
        "SECRET_HASH": oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET),
    }
    assert refusal(pool, "RespondToAuthChallenge", **other) == WRONG  # Of another app client.
    answer = client.answer(opened(pool, client), NOW)
    clock.now += SESSION_LIFETIME
    assert refused_answer(pool, answer) == WRONG


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW - timedelta(minutes=5), None),
        (NOW + timedelta(minutes=5), None),
        (NOW, "Mon Nov 24 07:00:09 UTC 2026"),
        (NOW, "Tue Nov  24 07:00:09 UTC 2026"),
        (NOW, "Tue Nov 024 07:00:09 UTC 2026"),
        (NOW, "2026-11-24T07:00:09Z"),
    ],
)
def test_stale_and_misspelled_timestamps_are_refused(
    pool: UserPool, moment: datetime, text: str | None
) -> None:
    client = OracleClient(member="alice")
    changed = {} if text is None else {"TIMESTAMP": text}
    kind, message = refused_answer(pool, client.answer(opened(pool, client), moment, **changed))
    if text is None or text.startswith(("Mon", "Tue Nov  ")):
        assert (kind, message) == WRONG
    else:
        assert kind == "InvalidParameterException"
        assert message == "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."


@pytest.mark.parametrize(
    "srp_a", ["0", f"{modexp.N:x}", f"{2 * modexp.N:x}", "-1", "xyz", "", "a" * 100_000_000, 5]
)
def test_a_bad_srp_a_is_refused(pool: UserPool, srp_a: object) -> None:
    kind, message = refusal(
        pool,
        "InitiateAuth",
        ClientId=PUBLIC.client_id,
        AuthFlow="USER_SRP_AUTH",
        AuthParameters={"USERNAME": "alice", "SRP_A": srp_a},
    )
    assert kind == "InvalidParameterException"
    assert message.startswith("SRP_A ")
    assert len(message) < 100


def test_a_stranger_cannot_be_told_from_a_user(pool: UserPool) -> None:
    client = OracleClient(member="nobody")
    first, second = (opened(pool, client, "nobody") for _ in range(2))
    assert set(first) == set(opened(pool, client))
    assert first["SALT"] == second["SALT"] != opened(pool, client, "none")["SALT"]
    assert refused_answer(pool, client.answer(second, NOW)) == WRONG


def test_a_password_that_is_sent_is_held_against_the_verifier(pool: UserPool) -> None:
    def arguments(username: str, password: str) -> dict:
        parameters = {"USERNAME": username, "PASSWORD": password}
        flow = "USER_PASSWORD_AUTH"
        return {"ClientId": PUBLIC.client_id, "AuthFlow": flow, "AuthParameters": parameters}

    reply = pool.call("InitiateAuth", arguments("alice", PASSWORD))
    assert claims_of(pool, reply["AuthenticationResult"]["AccessToken"])["username"] == "alice"
    for username, password in (("alice", "battery staple"), ("nobody", PASSWORD)):
        assert refusal(pool, "InitiateAuth", **arguments(username, password)) == WRONG


@pytest.mark.parametrize(
    ("hashed", "message"),
    [
        (None, f"Client {CLIENT_ID} is configured with secret but SECRET_HASH was not received"),
        (
            oracle.secret_hash("alias", CLIENT_ID, CLIENT_SECRET),
            f"Unable to verify secret hash for client {CLIENT_ID}",
        ),
    ],
)
def test_a_wrong_secret_hash_is_refused(pool: UserPool, hashed: str, message: str) -> None:
    parameters = {"USERNAME": "alice", "SRP_A": "5"}
    if hashed is not None:
        parameters["SECRET_HASH"] = hashed
    arguments = {"ClientId": CLIENT_ID, "AuthParameters": parameters}
    assert refusal(pool, "InitiateAuth", AuthFlow="USER_SRP_AUTH", **arguments) == (
        "NotAuthorizedException",
        message,
    )


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        ({}, ("InvalidParameterException", "Missing required parameter ClientId")),
        (
            {"ClientId": "unknown"},
            ("ResourceNotFoundException", "User pool client unknown does not exist."),
        ),
        (
            {"ClientId": PUBLIC.client_id, "AuthFlow": "X", "AuthParameters": {"USERNAME": "a"}},
            ("InvalidParameterException", "This pool does not have this AuthFlow."),
        ),
    ],
)
def test_other_bad_calls_are_refused(
    pool: UserPool, arguments: dict, refused: tuple[str, str]
) -> None:
    assert refusal(pool, "InitiateAuth", **arguments) == refused
    assert refusal(pool, "ListUsers")[0] == "UnknownOperationException"
    assert len(refusal(pool, "InitiateAuth", ClientId="x" * 100_000)[1]) < 1000


@pytest.mark.parametrize("arguments", [None, 5, "", [], ["ClientId"]])
def test_a_call_that_is_no_object_is_refused(pool: UserPool, arguments: object) -> None:
    for operation in ("InitiateAuth", "RespondToAuthChallenge", "GetUser", "ConfirmDevice"):
        with pytest.raises(Refused, match="The request is not a JSON object"):
            pool.call(operation, arguments)


def test_a_claim_without_a_timestamp_says_what_is_missing(pool: UserPool) -> None:
    client = OracleClient(member="alice")
    answer = client.answer(opened(pool, client), NOW)
    del answer["TIMESTAMP"]
    assert refused_answer(pool, answer) == (
        "InvalidParameterException",
        "Missing required parameter TIMESTAMP",
    )


def code(pool: UserPool, session: str, typed: str, name: str = "carol") -> dict:
    answer = {"USERNAME": name, "SOFTWARE_TOKEN_MFA_CODE": typed}
    return pool.call("RespondToAuthChallenge", claim(answer, "SOFTWARE_TOKEN_MFA", Session=session))


def kind_of(pool: UserPool, session: str, typed: str, name: str = "carol") -> str:
    with pytest.raises(Refused) as refused:
        code(pool, session, typed, name)
    return refused.value.kind


def test_a_code_counts_once_and_a_mistyped_one_can_be_corrected(
    pool: UserPool, clock: Clock
) -> None:
    right = code_at(TOTP_SECRET, int(NOW.timestamp()) // 30)
    session = proven(pool, "carol")["Session"]
    assert kind_of(pool, session, "000000") == "CodeMismatchException"
    assert kind_of(pool, session, "kein Cöde") == "CodeMismatchException"
    assert code(pool, session, right)["AuthenticationResult"]
    assert kind_of(pool, session, right) == "NotAuthorizedException"  # The Session is used.
    again = proven(pool, "carol")["Session"]
    assert kind_of(pool, again, right) == "ExpiredCodeException"
    later = code_at(TOTP_SECRET, int(NOW.timestamp()) // 30 + 1)
    assert code(pool, again, later)["AuthenticationResult"]


def test_a_session_is_of_one_user_and_one_challenge_and_ends(pool: UserPool, clock: Clock) -> None:
    right = code_at(TOTP_SECRET, int(NOW.timestamp()) // 30)
    assert kind_of(pool, proven(pool, "carol")["Session"], right, "alice") == WRONG[0]
    assert kind_of(pool, proven(pool, "bob")["Session"], right, "bob") == WRONG[0]
    assert kind_of(pool, "no session of this pool", right) == WRONG[0]
    session = proven(pool, "carol")["Session"]
    clock.now += SESSION_LIFETIME - timedelta(seconds=1)
    assert kind_of(pool, session, "000000") == "CodeMismatchException"
    clock.now += timedelta(seconds=1)  # A mistyped code buys no more time.
    assert kind_of(pool, session, right) == "NotAuthorizedException"


def test_tokens_end(pool: UserPool, clock: Clock) -> None:
    def get_user() -> dict:
        return pool.call("GetUser", {"AccessToken": result["AccessToken"]})

    def refreshed(client_id: str = PUBLIC.client_id) -> dict:
        parameters = {"REFRESH_TOKEN": result["RefreshToken"]}
        if client_id == CLIENT_ID:
            parameters["SECRET_HASH"] = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
        return pool.call(
            "InitiateAuth",
            {
                "ClientId": client_id,
                "AuthFlow": "REFRESH_TOKEN_AUTH",
                "AuthParameters": parameters,
            },
        )["AuthenticationResult"]

    result = proven(pool)["AuthenticationResult"]
    shown = get_user()
    assert shown["Username"] == "alice"
    assert {"Name": "email", "Value": "alice@example.com"} in shown["UserAttributes"]
    assert refusal(pool, "GetUser", AccessToken=result["IdToken"])[0] == "NotAuthorizedException"
    with pytest.raises(Refused, match="Invalid Refresh Token"):
        refreshed(CLIENT_ID)
    clock.now += LIFETIME
    with pytest.raises(Refused, match="Access Token has expired"):
        get_user()
    result = {**result, **refreshed()}
    assert get_user()["Username"] == "alice"
    assert pool.call("GlobalSignOut", {"AccessToken": result["AccessToken"]}) == {}
    with pytest.raises(Refused, match="Access Token has been revoked"):
        get_user()
    with pytest.raises(Refused, match="Refresh Token has been revoked"):
        refreshed()
    result = proven(pool)["AuthenticationResult"]
    clock.now += REFRESH_LIFETIME
    with pytest.raises(Refused, match="Refresh Token has expired"):
        refreshed()


def test_with_time_and_chance_frozen_the_tokens_are_the_same(
    signing_key: rsa.RSAPrivateKey,
) -> None:
    def tokens() -> object:
        pool = UserPool(POOL_ID, now=lambda: NOW, token_bytes=bytes, signing_key=signing_key)
        pool.add_app_client(PUBLIC.client_id)
        pool.add_user("alice", PASSWORD)
        return proven(pool)

    assert tokens() == tokens()


def test_without_a_key_each_pool_makes_its_own() -> None:
    keys = [UserPool(POOL_ID).jwks()["keys"][0]["n"] for _ in range(2)]
    assert keys[0] != keys[1]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"username": "alice", "password": PASSWORD}, "there is a user 'alice' already"),
        ({"username": "", "password": PASSWORD}, "username is empty"),
        ({"username": "erin", "password": ""}, "password is empty"),
        (
            {"username": "erin", "password": PASSWORD, "totp_secret": "1"},
            "totp_secret is not base32",
        ),
    ],
)
def test_a_user_who_makes_no_sense_is_refused(pool: UserPool, arguments: dict, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        pool.add_user(**arguments)


def test_sign_ins_that_are_never_ended_cost_no_memory() -> None:
    sessions = Sessions[int]()
    for number in range(MOST + 5):
        sessions.put(number, NOW, str(number))
    assert len(sessions) == MOST
    with pytest.raises(Refused, match="Invalid session for the user."):
        sessions.take("4", NOW)
    assert sessions.take("5", NOW) == 5
    sessions.put(1, NOW + 2 * SESSION_LIFETIME, "later")
    assert len(sessions) == 1


def test_who_comes_late_or_twice_is_told_so() -> None:
    sessions = Sessions[int]()
    sessions.put(1, NOW, "a name", "another")
    sessions.put(2, NOW, "late")
    assert sessions.take("another", NOW) == 1
    with pytest.raises(Refused, match="session can only be used once"):
        sessions.take("a name", NOW)
    with pytest.raises(Refused, match="session is expired"):
        sessions.take("late", NOW + SESSION_LIFETIME)


def test_a_name_that_is_given_again_means_the_later_step() -> None:
    """As a device's does, which has no Session in some clients."""
    sessions = Sessions[int]()
    sessions.put(1, NOW, "first", "device")
    sessions.put(2, NOW, "second", "device")
    assert sessions.take("first", NOW) == 1
    assert sessions.take("device", NOW) == 2


@pytest.fixture
def remembering(clock: Clock, signing_key: rsa.RSAPrivateKey) -> UserPool:
    pool = UserPool(POOL_ID, now=clock, signing_key=signing_key, remember_devices="always")
    pool.add_app_client(CLIENT_ID, CLIENT_SECRET)
    pool.add_app_client(PUBLIC.client_id)
    pool.add_user("carol", PASSWORD, totp_secret=TOTP_SECRET)
    pool.add_user("alice", PASSWORD)
    return pool


def through(pool: UserPool, sign_in: SignIn) -> tuple[Tokens, list[str]]:
    """Sign in, and tell which operations and challenges were answered."""
    step, told = sign_in.start(), []
    while not isinstance(step, Tokens):
        if not isinstance(step, Call):
            step = step.answer(code_at(TOTP_SECRET, int(pool._sources.now().timestamp()) // 30))
        told.append(step.arguments.get("ChallengeName", step.operation))
        step = sign_in.reply(pool.send(step), now=pool._sources.now())
    return step, told


def test_a_registered_device_stands_in_for_the_code(remembering: UserPool, clock: Clock) -> None:
    app = AppClient(CLIENT_ID, CLIENT_SECRET)
    tokens, told = through(remembering, SignIn(POOL_ID, "carol", PASSWORD, app=app))
    assert told == ["InitiateAuth", "PASSWORD_VERIFIER", "SOFTWARE_TOKEN_MFA", "ConfirmDevice"]
    device = tokens.device
    again = SignIn(POOL_ID, "carol", PASSWORD, app=app, device=device)
    tokens, told = through(remembering, again)
    proof = ["DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"]
    assert told == ["InitiateAuth", "PASSWORD_VERIFIER", *proof]
    arguments = {"AccessToken": tokens.access_token, "DeviceKey": device.device_key}
    assert remembering.call("ForgetDevice", arguments) == {}
    gone = ("ResourceNotFoundException", "Device does not exist.")
    assert refusal(remembering, "ForgetDevice", **arguments) == gone
    assert refusal(remembering, "ConfirmDevice", **arguments) == gone
    clock.now += timedelta(seconds=30)  # For a fresh code.
    again = SignIn(POOL_ID, "carol", PASSWORD, app=app, device=device)
    assert "SOFTWARE_TOKEN_MFA" in through(remembering, again)[1]


@pytest.mark.parametrize("what", ["right", "wrong password", "another user"])
def test_a_devices_claim_is_checked(remembering: UserPool, what: str) -> None:
    """The oracle registers the device, and the oracle proves it."""
    result = proven(remembering)["AuthenticationResult"]
    key, group = (result["NewDeviceMetadata"][name] for name in ("DeviceKey", "DeviceGroupKey"))
    salt = 2**127 + 5
    v = oracle.verifier(oracle.x(group, key, "its password", salt))
    config = {
        "PasswordVerifier": base64.b64encode(oracle.pad(v)).decode(),
        "Salt": base64.b64encode(oracle.pad(salt)).decode(),
    }
    arguments = {"AccessToken": result["AccessToken"], "DeviceKey": key}
    remembering.call("ConfirmDevice", {**arguments, "DeviceSecretVerifierConfig": config})
    client = OracleClient(member="alice")
    answer = client.answer(opened(remembering, client), NOW, DEVICE_KEY=key)
    reply = remembering.call("RespondToAuthChallenge", claim(answer))
    assert reply["ChallengeName"] == "DEVICE_SRP_AUTH"
    device = OracleClient(group, key, "another" if what == "wrong password" else "its password")
    answer = {"USERNAME": "alice", "DEVICE_KEY": key, "SRP_A": device.srp_a}
    reply = remembering.call(
        "RespondToAuthChallenge", claim(answer, "DEVICE_SRP_AUTH", Session=reply["Session"])
    )
    assert reply["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    answer = device.answer(reply["ChallengeParameters"], NOW, DEVICE_KEY=key)
    if what == "another user":
        answer["USERNAME"] = "carol"
    final = claim(answer, "DEVICE_PASSWORD_VERIFIER", Session=reply["Session"])
    if what == "right":
        tokens = remembering.call("RespondToAuthChallenge", final)["AuthenticationResult"]
        assert "NewDeviceMetadata" not in tokens
    else:
        kind, _ = refusal(remembering, "RespondToAuthChallenge", **final)
        assert kind == "NotAuthorizedException"


def test_devices_that_are_never_registered_cost_no_memory(remembering: UserPool) -> None:
    for _ in range(25):
        proven(remembering)
    assert len(remembering._directory._users["alice"].devices) == 20


def test_a_session_is_of_one_app_client(pool: UserPool) -> None:
    answer = {
        "USERNAME": "carol",
        "SOFTWARE_TOKEN_MFA_CODE": code_at(TOTP_SECRET, int(NOW.timestamp()) // 30),
        "SECRET_HASH": oracle.secret_hash("carol", CLIENT_ID, CLIENT_SECRET),
    }
    session = proven(pool, "carol")["Session"]
    call = claim(answer, "SOFTWARE_TOKEN_MFA", Session=session)
    kind, message = refusal(pool, "RespondToAuthChallenge", **{**call, "ClientId": CLIENT_ID})
    assert (kind, message) == ("NotAuthorizedException", "Invalid session for the user.")


def test_every_answer_and_every_refresh_needs_its_secret_hash(pool: UserPool) -> None:
    app = AppClient(CLIENT_ID, CLIENT_SECRET)
    wrong = oracle.secret_hash("alias", CLIENT_ID, CLIENT_SECRET)
    refused = ("NotAuthorizedException", f"Unable to verify secret hash for client {CLIENT_ID}")
    answer = {"USERNAME": "alice", "SECRET_HASH": wrong}
    call = {**claim(answer), "ClientId": CLIENT_ID}
    assert refusal(pool, "RespondToAuthChallenge", **call) == refused
    tokens, _ = through(pool, SignIn(POOL_ID, "alice", PASSWORD, app=app))
    parameters = {"REFRESH_TOKEN": tokens.refresh_token, "SECRET_HASH": wrong}
    call = {"ClientId": CLIENT_ID, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters}
    assert refusal(pool, "InitiateAuth", **call) == refused


@pytest.mark.parametrize("place", ["AuthParameters", "ChallengeResponses"])
def test_an_unknown_device_is_refused_wherever_it_is_named(pool: UserPool, place: str) -> None:
    client = OracleClient(member="alice")
    parameters = {"USERNAME": "alice", "SRP_A": client.srp_a}
    key = {"DEVICE_KEY": "eu-west-1_none"}
    if place == "AuthParameters":
        parameters |= key
    call = {
        "ClientId": PUBLIC.client_id,
        "AuthFlow": "USER_SRP_AUTH",
        "AuthParameters": parameters,
    }
    answer = client.answer(pool.call("InitiateAuth", call)["ChallengeParameters"], NOW)
    answer |= key if place == "ChallengeResponses" else {}
    gone = ("ResourceNotFoundException", "Device does not exist.")
    assert refused_answer(pool, answer) == gone


@pytest.mark.parametrize("steps", [-2, -1, 0, 1, 2])
def test_a_code_may_be_one_step_off(pool: UserPool, steps: int) -> None:
    typed = code_at(TOTP_SECRET, int(NOW.timestamp()) // 30 + steps)
    session = proven(pool, "carol")["Session"]
    if abs(steps) > 1:
        assert kind_of(pool, session, typed) == "CodeMismatchException"
    else:
        assert code(pool, session, typed)["AuthenticationResult"]
