"""testing/issuer.py: tokens that anybody can check, and that the pool reads back.

The signatures are checked with RSA itself, not with the library that makes them; other tokens than
the pool's are made with it.
"""

import base64
import hashlib
import json
import secrets
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from peers import PASSWORD, POOL_ID
from pool_calls import NOW, PUBLIC, Clock, proven
from race import meanwhile

from srp_cognito.proof.server import Verifier
from srp_cognito.testing import Refused, SigningKeys, UserPool
from srp_cognito.testing.issuer import Issuer, _claims_of
from srp_cognito.testing.sign_ins import SignIns
from srp_cognito.testing.sources import Sources
from srp_cognito.testing.users import Lifetimes, User

AWS = f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL_ID}"
CLIENT_ID = PUBLIC.client_id


@pytest.fixture
def sources(clock: Clock) -> Sources:
    return Sources(clock, bytes)


@pytest.fixture
def issuer(sources: Sources, signing_keys: SigningKeys) -> Issuer:
    return Issuer(POOL_ID, sources, signing_keys)


@pytest.fixture
def alice() -> User:
    verifier = Verifier.for_user(POOL_ID, "alice", PASSWORD)
    return User("alice", verifier, "sub", SignIns(bytes), attributes={"email": "alice@example.com"})


def claims_of(jwks: dict, token: str) -> dict:
    """The claims of a token whose signature is right."""
    head, body, signature = token.split(".")

    def decoded(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    header = json.loads(decoded(head))
    (key,) = (key for key in jwks["keys"] if key["kid"] == header["kid"])
    assert header == {"alg": "RS256", "kid": key["kid"]}
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


# The claims, one by one.

ACCESS = 'AWS, "Understanding the access token"'
IDENTITY = 'AWS, "Understanding the identity (ID) token"'
BOTH = f"{ACCESS}; {IDENTITY}"
TABLE = 'AWS, "Pre token generation Lambda trigger", claims and scopes reference'
SEEN = "localstack, issue 2896: the two tokens of a sign-in by API"

CLAIMS = {
    # Claim: (access token, ID token, after a refresh, source). True is any text, a type is any
    # value of this type, and None is a claim that is not there.
    "sub": ("sub", "sub", "same", BOTH),
    "iss": (AWS, AWS, "same", BOTH),
    "origin_jti": (True, True, "same", f"{BOTH}; moto, pull request 8581"),
    "jti": (True, True, "new", f"{BOTH}; moto, pull request 8581"),
    "event_id": (True, True, "not known", f"{BOTH}; {SEEN}"),
    "auth_time": (int, int, "same", "awsdocs/amazon-cognito-developer-guide, the same pages"),
    "iat": (int, int, "new", BOTH),
    "exp": (int, int, "new", BOTH),
    "token_use": ("access", "id", "same", BOTH),
    "client_id": (CLIENT_ID, None, "same", f"{ACCESS}; {TABLE}"),
    "aud": (None, CLIENT_ID, "same", f"{IDENTITY}; {ACCESS}: only with a resource binding"),
    "username": ("alice", None, "same", f"{ACCESS}; {TABLE}"),
    "cognito:username": (None, "alice", "same", f"{IDENTITY}; {TABLE}"),
    "scope": ("aws.cognito.signin.user.admin", None, "same", f"{ACCESS}; {TABLE}"),
    "device_key": ("a device", None, "same", f"{ACCESS}; {TABLE}"),
    "email": (None, "alice@example.com", "same", IDENTITY),
    "email_verified": (None, True, "same", IDENTITY),
    "custom:shoe": (None, "9", "same", f"{IDENTITY}: text, whatever the attribute's type"),
    "address": (None, {"formatted": "1 Main St"}, "same", "amplify-js, issue 4935"),
    "version": (None, None, "same", f"{SEEN}; {ACCESS}, whose sample is of the token endpoint"),
    "at_hash": (None, None, "same", f"{SEEN}; {TABLE}"),
    "nonce": (None, None, "same", f"{IDENTITY}: of the authorize endpoint"),
    "cognito:groups": (None, None, "same", f"{BOTH}: of users in groups, which a pool here lacks"),
    "cognito:roles": (None, None, "same", f"{IDENTITY}: of groups"),
    "cognito:preferred_role": (None, None, "same", f"{IDENTITY}: of groups"),
    "identities": (None, None, "same", f"{IDENTITY}: of federated users"),
    "acr": (None, None, "same", f"{IDENTITY}: rolling out in 2026, perhaps not in every pool"),
    "amr": (None, None, "same", f"{IDENTITY}: rolling out in 2026, perhaps not in every pool"),
}


@pytest.fixture
def twice(issuer: Issuer, alice: User, clock: Clock) -> list[dict[str, dict]]:
    """The claims of a sign-in, and those of a refresh half an hour later."""
    alice.attributes |= {"email_verified": "true", "custom:shoe": "9", "address": "1 Main St"}
    issuer._sources = Sources(clock, secrets.token_bytes)
    sign_in = issuer.begin(alice, Lifetimes(), "a device")
    found = []
    for _ in range(2):
        made = issuer.tokens(alice, CLIENT_ID, Lifetimes(), sign_in)
        found.append({name: claims_of(issuer.jwks(), str(made[name])) for name in BOTH_TOKENS})
        clock.now += timedelta(minutes=30)
    return found


BOTH_TOKENS = ("AccessToken", "IdToken")


@pytest.mark.parametrize("claim", CLAIMS)
def test_each_claim_is_as_awss_pages_have_it(claim: str, twice: list[dict[str, dict]]) -> None:
    *wanted, refreshed, _ = CLAIMS[claim]
    first, second = twice
    for name, value in zip(BOTH_TOKENS, wanted, strict=True):
        before, after = first[name].get(claim), second[name].get(claim)
        if value is True and claim != "email_verified":
            assert before
            assert isinstance(before, str)
        elif value is int:
            assert type(before) is int
        else:
            assert before == value
            assert type(before) is type(value)
        if refreshed != "not known" and value is not None:
            assert (before == after) == (refreshed == "same")


def test_the_table_has_every_claim_of_the_tokens(twice: list[dict[str, dict]]) -> None:
    assert {claim for made in twice for name in made for claim in made[name]} <= set(CLAIMS)


def test_the_two_tokens_of_a_sign_in_share_its_event_and_differ_in_jti(
    twice: list[dict[str, dict]],
) -> None:
    for made in twice:
        access, identity = (made[name] for name in BOTH_TOKENS)
        assert access["jti"] != identity["jti"]
        for claim in ("event_id", "origin_jti", "auth_time", "iat"):
            assert access[claim] == identity[claim]
    assert twice[1]["AccessToken"]["auth_time"] == NOW.timestamp()
    assert twice[1]["AccessToken"]["iat"] == NOW.timestamp() + 1800


# The keys.


def test_access_and_id_tokens_are_signed_with_different_keys(issuer: Issuer, alice: User) -> None:
    """The key of ID tokens is the first one, so whoever takes the first key fails here, too."""
    tokens = made(issuer, alice)
    names = [jwt.get_unverified_header(tokens[name])["kid"] for name in ("IdToken", "AccessToken")]
    assert names == [key["kid"] for key in issuer.jwks()["keys"]]
    assert names[0] != names[1]
    first, second = (jwt.PyJWK(key) for key in issuer.jwks()["keys"])
    for key, other in ((first, "AccessToken"), (second, "IdToken")):
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(tokens[other], key, algorithms=["RS256"])


def test_a_key_has_one_name_in_all_pools_and_it_is_awss_kind_of_name(
    issuer: Issuer, signing_keys: SigningKeys
) -> None:
    """Programs keep the keys that they fetched, by name. RFC 7638 makes the name from the key."""
    for key in issuer.jwks()["keys"]:
        text = f'{{"e":"{key["e"]}","kty":"{key["kty"]}","n":"{key["n"]}"}}'.encode()
        assert base64.b64decode(key["kid"], validate=True) == hashlib.sha256(text).digest()
        assert set(key) == {"alg", "e", "kid", "kty", "n", "use"}
    other = Issuer("eu-west-1_Other", Sources(Clock(), secrets.token_bytes), signing_keys)
    assert other.jwks() == issuer.jwks()


def test_one_key_for_both_tokens_is_refused(sources: Sources, signing_keys: SigningKeys) -> None:
    access = signing_keys.access
    with pytest.raises(TypeError, match="signing_keys must be a SigningKeys, not"):
        UserPool(POOL_ID, signing_keys=access)
    with pytest.raises(ValueError, match="signing_keys are one key"):
        Issuer(POOL_ID, sources, SigningKeys(access, access))


@pytest.mark.parametrize("kid", ["another", "", None])
def test_a_token_whose_key_is_not_the_pools_is_refused(
    issuer: Issuer, signing_keys: SigningKeys, kid: str | None
) -> None:
    """Even if the signature is right, since each verifier looks for the key by its name."""
    claims = {"iss": AWS, "token_use": "access", "exp": 2**40}
    named = {} if kid is None else {"kid": kid}
    token = jwt.encode(claims, signing_keys.access, algorithm="RS256", headers=named)
    assert refused(issuer, token, "access") == "Invalid Access Token"


# What else a token says, and what is refused.


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


def test_tokens_are_made_while_an_attribute_is_set(alice: User) -> None:
    """As another sign-in of the user sets one, with NEW_PASSWORD_REQUIRED."""
    alice.attributes.update({f"custom:{number}": "" for number in range(2000)})

    def change() -> None:
        if alice.attributes.pop("name", None) is None:
            alice.attributes["name"] = "Alice"

    meanwhile(change, lambda: _claims_of(alice.attributes))


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
    issuer: Issuer, alice: User, sources: Sources, signing_keys: SigningKeys
) -> None:
    """Even where both have the same keys, as the pools of a test suite do."""
    other = Issuer("eu-west-1_Other", sources, signing_keys)
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


def test_without_keys_each_issuer_makes_its_own(sources: Sources) -> None:
    keys = [Issuer(POOL_ID, sources).jwks()["keys"] for _ in range(2)]
    assert len({key["n"] for pair in keys for key in pair}) == 4


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


@pytest.mark.parametrize(
    "error",
    [InternalError("Unknown OpenSSL error. This error is ...", []), UnsupportedAlgorithm("RSA")],
    ids=str,
)
def test_where_no_rsa_key_can_be_made_the_pool_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """As with a FIPS provider, whose file serves one OpenSSL of a process. platforms/fips.py."""

    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(rsa, "generate_private_key", fail)
    with pytest.raises(ImportError, match="Run the pool without OPENSSL_CONF, or with a crypt"):
        UserPool(POOL_ID)


@pytest.mark.parametrize(
    "module", ["cryptography.hazmat", "cryptography.hazmat.primitives.asymmetric.rsa"]
)
def test_without_cryptography_the_pool_says_what_to_install(module: str) -> None:
    """As in a browser, where Pyodide brings it only if it is asked to; or half installed."""
    program = f"import sys; sys.modules[{module!r}] = None; import srp_cognito.testing"
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: the pool needs cryptography (")
    assert module in last
    assert "pip install 'srp-cognito[testing]'. In a browser it is Pyodide's own: pyodide" in last
