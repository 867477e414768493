"""testing/issuer.py: tokens that anybody can check, and that the pool reads back.

The signatures are checked with RSA itself, not with the library that makes them.
"""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from peers import PASSWORD, POOL_ID
from pool_calls import NOW, PUBLIC, Clock, proven

from srp_cognito.proof.server import Verifier
from srp_cognito.testing import Refused, UserPool
from srp_cognito.testing.issuer import Issuer
from srp_cognito.testing.sign_ins import SignIns
from srp_cognito.testing.sources import Sources
from srp_cognito.testing.users import Lifetimes, User

AWS = f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL_ID}"
CLIENT_ID = PUBLIC.client_id


@pytest.fixture
def sources(clock: Clock) -> Sources:
    return Sources(clock, bytes)


@pytest.fixture
def issuer(sources: Sources, signing_key: rsa.RSAPrivateKey) -> Issuer:
    return Issuer(POOL_ID, sources, signing_key)


@pytest.fixture
def alice() -> User:
    verifier = Verifier.for_user(POOL_ID, "alice", PASSWORD)
    return User("alice", verifier, "sub", SignIns(bytes), attributes={"email": "alice@example.com"})


def claims_of(jwks: dict, token: str) -> dict:
    """The claims of a token whose signature is right."""
    head, body, signature = token.split(".")

    def decoded(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    (key,) = jwks["keys"]
    assert json.loads(decoded(head)) == {"alg": "RS256", "kid": key["kid"], "typ": "JWT"}
    e, n = (int.from_bytes(decoded(key[name]), "big") for name in ("e", "n"))
    public = rsa.RSAPublicNumbers(e, n).public_key()
    public.verify(decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), SHA256())
    return json.loads(decoded(body))


def made(issuer: Issuer, user: User, device_key: str | None = None) -> dict[str, str]:
    """The tokens of a sign-in, perhaps with a device."""
    sign_in = issuer.begin(user, Lifetimes(), device_key)
    tokens = issuer.tokens(user, CLIENT_ID, Lifetimes(), sign_in)
    return {name: str(value) for name, value in tokens.items()}


def refused(issuer: Issuer, token: str, use: str) -> str:
    with pytest.raises(Refused) as error:
        issuer.read(token, use)
    assert error.value.kind == "NotAuthorizedException"
    return error.value.message


def test_the_tokens_of_a_sign_in_can_be_checked_by_the_jwks_document(pool: UserPool) -> None:
    result = proven(pool)["AuthenticationResult"]
    assert set(result) == {"AccessToken", "IdToken", "RefreshToken", "TokenType", "ExpiresIn"}
    access, identity = (claims_of(pool.jwks(), result[name]) for name in ("AccessToken", "IdToken"))
    assert access["iss"] == AWS
    assert (access["username"], access["client_id"]) == ("alice", CLIENT_ID)
    assert (access["iat"], access["exp"]) == (NOW.timestamp(), NOW.timestamp() + 3600)
    assert access["auth_time"] == identity["auth_time"] == NOW.timestamp()
    assert (identity["cognito:username"], identity["aud"]) == ("alice", CLIENT_ID)
    assert identity["email"] == "alice@example.com"
    assert (access["token_use"], identity["token_use"]) == ("access", "id")
    assert access["sub"] == identity["sub"]
    assert access["jti"] != identity["jti"]


def test_a_user_cannot_choose_a_claim_of_the_token_by_an_attribute(
    issuer: Issuer, alice: User
) -> None:
    alice.attributes |= {"sub": "another", "token_use": "access", "cognito:username": "bob"}
    claims = claims_of(
        issuer.jwks(),
        str(made(issuer, alice)["IdToken"]),
    )
    assert (claims["sub"], claims["token_use"]) == ("sub", "id")
    assert claims["cognito:username"] == "alice"


def test_whether_an_address_is_verified_is_a_boolean(issuer: Issuer, alice: User) -> None:
    """The text "false" is true in most languages."""
    alice.attributes |= {"email_verified": "true", "phone_number_verified": "false", "name": "true"}
    token = str(made(issuer, alice)["IdToken"])
    claims = claims_of(issuer.jwks(), token)
    assert claims["email_verified"] is True
    assert claims["phone_number_verified"] is False
    assert claims["name"] == "true"


def test_an_access_token_names_the_device(issuer: Issuer, alice: User) -> None:
    tokens = made(issuer, alice, "eu-west-1_device")
    access = claims_of(issuer.jwks(), str(tokens["AccessToken"]))
    identity = claims_of(issuer.jwks(), str(tokens["IdToken"]))
    assert access["device_key"] == "eu-west-1_device"
    assert "device_key" not in identity
    tokens = made(issuer, alice)
    assert "device_key" not in claims_of(issuer.jwks(), str(tokens["AccessToken"]))


def test_the_document_of_openid_connect_names_the_issuer_as_the_tokens_do(
    issuer: Issuer, alice: User
) -> None:
    document = issuer.openid_configuration()
    access = claims_of(issuer.jwks(), made(issuer, alice)["AccessToken"])
    assert document["issuer"] == access["iss"] == AWS
    assert document["jwks_uri"] == f"{AWS}/.well-known/jwks.json"
    issuer.issuer = "http://127.0.0.1:5/x"
    assert issuer.openid_configuration()["jwks_uri"].startswith("http://127.0.0.1:5/x/.well-known")


def test_the_issuer_can_be_set(issuer: Issuer, alice: User) -> None:
    before = str(made(issuer, alice)["AccessToken"])
    issuer.issuer = f"http://127.0.0.1:5/{POOL_ID}"
    after = str(made(issuer, alice)["AccessToken"])
    assert claims_of(issuer.jwks(), after)["iss"] == f"http://127.0.0.1:5/{POOL_ID}"
    assert issuer.read(after, "access")["username"] == "alice"
    assert refused(issuer, before, "access") == "Invalid Access Token"


def test_a_token_that_was_changed_is_refused(issuer: Issuer, alice: User) -> None:
    token = str(made(issuer, alice)["AccessToken"])
    head, body, signature = token.split(".")
    forged = base64.urlsafe_b64encode(b'{"username":"bob"}').decode().rstrip("=")
    with pytest.raises(InvalidSignature):
        claims_of(issuer.jwks(), f"{head}.{forged}.{signature}")
    for bad in (f"{head}.{forged}.{signature}", body, "x"):
        assert refused(issuer, bad, "access") == "Invalid Access Token"


def test_a_token_of_another_pool_is_refused(
    issuer: Issuer, alice: User, sources: Sources, signing_key: rsa.RSAPrivateKey
) -> None:
    """Even where both have one key, as the pools of a test suite do."""
    other = Issuer("eu-west-1_Other", sources, signing_key)
    token = str(made(other, alice)["AccessToken"])
    assert other.read(token, "access")["username"] == "alice"
    assert refused(issuer, token, "access") == "Invalid Access Token"


def test_a_token_is_for_one_use(issuer: Issuer, alice: User) -> None:
    tokens = made(issuer, alice)
    access, identity = str(tokens["AccessToken"]), str(tokens["IdToken"])
    refresh = issuer.refresh_token(alice, CLIENT_ID, issuer.begin(alice, Lifetimes(), "a device"))
    assert issuer.read(refresh, "refresh")["device_key"] == "a device"
    for token in (identity, refresh):
        assert refused(issuer, token, "access") == "Invalid Access Token"
    for token in (identity, access):
        assert refused(issuer, token, "refresh") == "Invalid Refresh Token."


def test_a_token_ends(issuer: Issuer, alice: User, clock: Clock) -> None:
    tokens = made(issuer, alice)
    refresh = issuer.refresh_token(alice, CLIENT_ID, issuer.begin(alice, Lifetimes(), None))
    assert tokens["ExpiresIn"] == "3600"
    clock.now = NOW + Lifetimes().access
    assert refused(issuer, str(tokens["AccessToken"]), "access") == "Access Token has expired"
    assert issuer.read(refresh, "refresh")["device_key"] is None
    clock.now = NOW + Lifetimes().refresh
    assert refused(issuer, refresh, "refresh") == "Refresh Token has expired"


def test_without_a_key_each_issuer_makes_its_own(sources: Sources) -> None:
    keys = [Issuer(POOL_ID, sources).jwks()["keys"] for _ in range(2)]
    assert keys[0] != keys[1]


@pytest.mark.parametrize("there", ["nothing", "another project"])
def test_without_the_extra_the_pool_says_what_to_install(there: str, tmp_path: Path) -> None:
    if there == "another project":
        (tmp_path / "jwt.py").write_text("class JWT: pass\n")
        program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import srp_cognito.testing"
    else:
        program = "import sys; sys.modules['jwt'] = None; import srp_cognito.testing"
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith(
        "ModuleNotFoundError: the pool needs PyJWT, which the extra installs: pip"
    )
    assert "pip install 'srp-cognito[testing]'" in last
