"""testing/authenticator.py: a device that makes and uses passkeys as a real one would.

tests/outside/test_passkeys.py has what other people's code says of its credentials.
"""

import copy
import json

import pytest
from credentials import ATTESTED, PRESENT, VERIFIED, b64, unb64

from srp_cognito.testing import Refused, UserPool
from srp_cognito.testing.authenticator import Authenticator

CREATE = {
    "rp": {"id": "localhost", "name": "localhost"},
    "user": {"id": b64(b"a-sub"), "name": "alice", "displayName": "alice"},
    "challenge": b64(bytes(16)),
    "pubKeyCredParams": [{"type": "public-key", "alg": -257}, {"type": "public-key", "alg": -7}],
}
GET = {"rpId": "localhost", "challenge": b64(bytes(16))}


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator("http://localhost:8000")


def client_data(credential: dict) -> dict:
    return json.loads(unb64(credential["response"]["clientDataJSON"]))


def flags_and_counter(credential: dict) -> tuple[int, int]:
    data = unb64(credential["response"]["authenticatorData"])
    return data[32], int.from_bytes(data[33:37], "big")


def test_a_credential_is_json_and_says_where_it_was_made(phone: Authenticator) -> None:
    made, got = phone.create(CREATE), phone.get(GET)
    assert json.loads(json.dumps([made, got])) == [made, got]
    for credential, kind in ((made, "webauthn.create"), (got, "webauthn.get")):
        said = client_data(credential)
        assert (said["type"], said["challenge"]) == (kind, CREATE["challenge"])
        assert said["origin"] == "http://localhost:8000"
    assert got["id"] == got["rawId"] == made["id"]
    assert unb64(got["response"]["userHandle"]) == b"a-sub"


def test_it_counts_and_says_whether_the_user_was_verified(phone: Authenticator) -> None:
    assert flags_and_counter(phone.create(CREATE)) == (PRESENT | VERIFIED | ATTESTED, 1)
    assert flags_and_counter(phone.get(GET)) == (PRESENT | VERIFIED, 2)
    key = Authenticator("http://localhost:8000", verifies_user=False)
    assert flags_and_counter(key.create(CREATE)) == (PRESENT | ATTESTED, 1)
    assert flags_and_counter(key.get(GET)) == (PRESENT, 2)


def test_a_device_that_cannot_verify_its_user_refuses_where_it_must() -> None:
    key = Authenticator("http://localhost:8000", verifies_user=False)
    for level in ("required", "preferred"):
        selection = {"authenticatorSelection": {"userVerification": level}}
        if level == "required":
            with pytest.raises(ValueError, match="NotAllowedError: the device cannot verify"):
                key.create({**CREATE, **selection})
        else:
            key.create({**CREATE, **selection})
    with pytest.raises(ValueError, match="NotAllowedError: the device cannot verify"):
        key.get({**GET, "userVerification": "required"})
    Authenticator("http://localhost").create(
        {**CREATE, "authenticatorSelection": {"userVerification": "required"}}
    )


@pytest.mark.parametrize(
    ("origin", "domain", "good"),
    [
        ("https://app.example.com", "example.com", True),
        ("https://app.example.com", None, True),
        ("https://example.com", "app.example.com", False),
        ("http://example.com", "example.com", False),
        ("localhost", None, False),
    ],
)
def test_a_browser_refuses_a_page_of_somebody_else(
    origin: str, domain: str | None, good: bool
) -> None:
    device = Authenticator(origin)
    create = {**CREATE, "rp": {"name": "x"} if domain is None else {"id": domain, "name": "x"}}
    get = {"challenge": GET["challenge"]} | ({} if domain is None else {"rpId": domain})
    if good:
        assert device.get(get | {"x": device.create(create)})["type"] == "public-key"
        return
    for refuse in (lambda: device.create(create), lambda: device.get(get)):
        with pytest.raises(ValueError, match="SecurityError: .* cannot use passkeys of "):
            refuse()


def test_a_device_makes_one_passkey_for_a_user(phone: Authenticator) -> None:
    made = phone.create(CREATE)
    excluded = {"excludeCredentials": [{"type": "public-key", "id": made["id"]}]}
    with pytest.raises(ValueError, match="InvalidStateError: .* passkey of this user already"):
        phone.create({**CREATE, **excluded})
    Authenticator("http://localhost").create({**CREATE, **excluded})


def test_a_device_that_does_not_know_the_algorithms_refuses(phone: Authenticator) -> None:
    only = {"pubKeyCredParams": [{"type": "public-key", "alg": -257}]}
    with pytest.raises(ValueError, match="NotSupportedError: the device makes keys for ES256"):
        phone.create({**CREATE, **only})


def test_a_device_uses_a_passkey_that_is_allowed_or_the_newest() -> None:
    phone = Authenticator("https://app.example.com")
    get = {**GET, "rpId": "example.com"}
    with pytest.raises(ValueError, match="NotAllowedError: the device has none"):
        phone.get(get)
    first, second = (
        phone.create({**CREATE, "rp": {"id": "example.com", "name": "x"}}) for _ in range(2)
    )
    phone.create({**CREATE, "rp": {"id": "app.example.com", "name": "x"}})
    assert phone.get(get)["id"] == second["id"]
    allowed = {"allowCredentials": [{"type": "public-key", "id": first["id"]}]}
    assert phone.get({**get, **allowed})["id"] == first["id"]
    with pytest.raises(ValueError, match="NotAllowedError: the device has none"):
        phone.get({**get, "rpId": "app.example.com", **allowed})


def test_a_copy_of_a_device_gets_in_until_it_is_noticed() -> None:
    pool = UserPool(relying_party="localhost")
    pool.add_app_client("1example23456789")
    pool.add_user("alice", "correct horse")
    phone = Authenticator("http://localhost")
    pool.add_passkey("alice", phone.create)
    copied = copy.copy(phone)
    copied._held = [copy.copy(held) for held in phone._held]

    def sign_in(device: Authenticator) -> None:
        options, check = pool._passkeys.ask(pool._directory.user("alice"))
        check(json.dumps(device.get(json.loads(options))))

    sign_in(phone)
    sign_in(phone)
    with pytest.raises(Refused, match="Incorrect username or password"):
        sign_in(copied)


def test_what_is_shown_of_a_device_has_no_key(phone: Authenticator) -> None:
    phone.create(CREATE)
    assert "key" not in repr(phone._held) + repr(phone)


@pytest.mark.parametrize(
    ("arguments", "error", "why"),
    [
        ({"origin": ""}, ValueError, "origin"),
        ({"origin": 5}, TypeError, "origin must be a str"),
        (
            {"origin": "https://a", "verifies_user": 1},
            TypeError,
            "verifies_user must be True or False",
        ),
    ],
    ids=str,
)
def test_a_device_that_makes_no_sense_is_refused(
    arguments: dict, error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        Authenticator(**arguments)
