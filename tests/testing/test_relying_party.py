"""testing/relying_party.py: which credentials of WebAuthn are accepted, and what is asked for."""

import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from credentials import PRESENT, VERIFIED, Liar, b64, cbor
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from srp_cognito.proof.server import Verifier
from srp_cognito.testing import Refused
from srp_cognito.testing.relying_party import MOST_CHARACTERS, RelyingParty
from srp_cognito.testing.sign_ins import SignIns
from srp_cognito.testing.users import Passkey, User

NOW = datetime(2026, 11, 24, 7, 0, 9, tzinfo=UTC)
CHALLENGE = bytes(range(16))
NOT_VALID = ("InvalidParameterException", "Credential data is not valid")
WRONG = ("NotAuthorizedException", "Incorrect username or password.")


@pytest.fixture
def user() -> User:
    verifier = Verifier.for_user("eu-west-1_Example", "alice", "correct horse")
    return User("alice", verifier, sub="a-sub", sign_ins=SignIns(bytes))


@pytest.fixture
def party() -> RelyingParty:
    return RelyingParty("localhost", "preferred")


def made(party: RelyingParty, user: User, liar: Liar) -> Passkey:
    options, state = party.ask_to_create(user, CHALLENGE)
    return party.check_created(party.read_created(liar.create(options)), state, NOW)


def got(party: RelyingParty, user: User, liar: Liar) -> Passkey:
    options, state = party.ask_to_get(user, CHALLENGE)
    return party.check_got(user, state, liar.get(options))


def registered(party: RelyingParty, user: User, liar: Liar) -> None:
    passkey = made(party, user, liar)
    user.passkeys[passkey.credential_id] = passkey


def refusal(call: Callable[..., object], *arguments: object) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        call(*arguments)
    return refused.value.kind, refused.value.message


# What is asked for.


def test_the_options_for_a_new_passkey_are_those_of_awss_sample(
    party: RelyingParty, user: User
) -> None:
    """AWS's API reference and the AWS CLI's examples, StartWebAuthnRegistration."""
    registered(party, user, Liar())
    options, _ = party.ask_to_create(user, CHALLENGE)
    assert options == {
        "authenticatorSelection": {
            "requireResidentKey": True,
            "residentKey": "required",
            "userVerification": "preferred",
        },
        "challenge": b64(CHALLENGE),
        "excludeCredentials": [{"id": b64(Liar().credential_id), "type": "public-key"}],
        "pubKeyCredParams": [
            {"alg": -7, "type": "public-key"},
            {"alg": -257, "type": "public-key"},
        ],
        "rp": {"id": "localhost", "name": "localhost"},
        "timeout": 60000,
        "user": {"displayName": "alice", "id": b64(b"a-sub"), "name": "alice"},
    }


def test_the_options_for_a_sign_in_are_those_of_awss_sample(
    party: RelyingParty, user: User
) -> None:
    """AWS's API reference, InitiateAuth."""
    registered(party, user, Liar(response={"transports": []}))
    registered(party, user, Liar(credential_id=b"another passkey "))
    options, _ = party.ask_to_get(user, CHALLENGE)
    assert options == {
        "challenge": b64(CHALLENGE),
        "timeout": 180000,
        "rpId": "localhost",
        "allowCredentials": [
            {"type": "public-key", "id": b64(Liar().credential_id), "transports": []},
            {"type": "public-key", "id": b64(b"another passkey "), "transports": ["usb"]},
        ],
        "userVerification": "preferred",
    }


@pytest.mark.parametrize(
    "domain",
    ["", "https://localhost", "localhost:8000", "Example.com", ".com", "a..b", "-a", "a" * 128],
)
def test_a_relying_party_that_is_not_a_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match="relying_party must be a domain in lower case"):
        RelyingParty(domain, "preferred")


@pytest.mark.parametrize("domain", ["localhost", "example.com", "xn--bcher-kva.example", "a" * 127])
def test_a_domain_is_a_relying_party(domain: str) -> None:
    assert RelyingParty(domain, "required").domain == domain


# New passkeys.


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP256R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ],
    ids=["ES256", "RS256"],
)
def test_a_passkey_of_either_algorithm_is_registered_and_used(
    party: RelyingParty, user: User, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
) -> None:
    liar = Liar(key)
    passkey = made(party, user, liar)
    assert (passkey.transports, passkey.attachment) == (("usb",), "cross-platform")
    assert (passkey.credential_id, passkey.created) == (b64(liar.credential_id), NOW)
    user.passkeys[passkey.credential_id] = passkey
    assert got(party, user, liar) == passkey


def test_a_new_credential_says_which_challenge_it_answers(party: RelyingParty, user: User) -> None:
    options, _ = party.ask_to_create(user, CHALLENGE)
    assert party.read_created(Liar().create(options)).challenge == CHALLENGE


def test_an_attestation_is_not_looked_at(party: RelyingParty, user: User) -> None:
    made(party, user, Liar(fmt="packed", attestation={"attStmt": {"alg": -7, "sig": b"?"}}))


def test_a_device_need_not_say_whether_it_is_a_part_of_another(
    party: RelyingParty, user: User
) -> None:
    for attachment in (None, "in the air", 5):
        liar = Liar(credential={"authenticatorAttachment": attachment})
        assert made(party, user, liar).attachment is None


ORIGINS = {
    "localhost": {
        "http://localhost:8000": True,
        "http://localhost": True,
        "https://localhost": True,
        "http://app.localhost:3000": True,
        "http://example.com": False,
        "https://localhost.example.com": False,
    },
    "example.com": {
        "https://example.com": True,
        "https://app.example.com:8443": True,
        "http://example.com": False,
        "https://badexample.com": False,
        "https://example.com.evil.example": False,
        "android:apk-key-hash:abc": False,
        "https://[": False,
    },
}


@pytest.mark.parametrize(
    ("domain", "origin", "good"),
    [(domain, *item) for domain, origins in ORIGINS.items() for item in origins.items()],
)
def test_a_page_elsewhere_can_neither_register_a_passkey_nor_use_one(
    user: User, domain: str, origin: str, good: bool
) -> None:
    party = RelyingParty(domain, "preferred")
    liar = Liar(domain=domain, origin=f"https://{domain}")
    registered(party, user, liar)
    there = replace(liar, origin=origin)
    if good:
        made(party, user, there)
        got(party, user, there)
        return
    kind, message = refusal(made, party, user, there)
    assert kind == "WebAuthnOriginNotAllowedException"
    assert message == f"The origin {origin} is not allowed for {domain}"
    assert refusal(got, party, user, there) == WRONG


def test_a_passkey_of_another_relying_party_is_refused(party: RelyingParty, user: User) -> None:
    registered(party, user, liar := Liar())
    elsewhere = replace(liar, domain="example.com")
    kind, _ = refusal(made, party, user, elsewhere)
    assert kind == "WebAuthnRelyingPartyMismatchException"
    assert refusal(got, party, user, elsewhere) == WRONG


def test_an_algorithm_that_the_service_does_not_know_is_refused(
    party: RelyingParty, user: User
) -> None:
    kind, _ = refusal(made, party, user, Liar(ed25519.Ed25519PrivateKey.generate()))
    assert kind == "WebAuthnCredentialNotSupportedException"


@pytest.mark.parametrize("flags", [0, VERIFIED], ids=["nothing", "verified alone"])
def test_nobody_was_there(party: RelyingParty, user: User, flags: int) -> None:
    registered(party, user, liar := Liar())
    assert refusal(made, party, user, replace(liar, flags=flags)) == NOT_VALID
    assert refusal(got, party, user, replace(liar, flags=flags)) == WRONG


def test_the_user_must_be_verified_only_where_that_is_required(
    party: RelyingParty, user: User
) -> None:
    strict = RelyingParty("localhost", "required")
    assert strict.ask_to_get(user, CHALLENGE)[0]["userVerification"] == "required"
    options, _ = strict.ask_to_create(user, CHALLENGE)
    assert options["authenticatorSelection"]["userVerification"] == "required"
    registered(party, user, liar := Liar(flags=PRESENT))
    got(party, user, liar)
    assert refusal(made, strict, user, liar) == NOT_VALID
    assert refusal(got, strict, user, liar) == WRONG
    verified = replace(liar, flags=PRESENT | VERIFIED)
    made(strict, user, verified)
    got(strict, user, verified)


@pytest.mark.parametrize(
    "lie",
    [{"type": "webauthn.get"}, {"type": "payment.get"}, {"challenge": b64(bytes(16))}],
    ids=str,
)
def test_a_new_passkey_is_for_this_purpose_and_this_challenge(
    party: RelyingParty, user: User, lie: dict
) -> None:
    assert refusal(made, party, user, Liar(client_data=lie)) == NOT_VALID


# Sign-ins.


@pytest.mark.parametrize(
    "lie",
    [{"type": "webauthn.create"}, {"type": "payment.get"}, {"challenge": b64(bytes(16))}],
    ids=str,
)
def test_a_signature_is_for_this_purpose_and_this_challenge(
    party: RelyingParty, user: User, lie: dict
) -> None:
    registered(party, user, liar := Liar())
    assert refusal(got, party, user, replace(liar, client_data=lie)) == WRONG


def test_another_key_or_another_passkey_does_not_sign_in(party: RelyingParty, user: User) -> None:
    registered(party, user, liar := Liar())
    assert refusal(got, party, user, Liar()) == WRONG
    assert refusal(got, party, user, replace(liar, credential_id=b"another one")) == WRONG
    assert refusal(got, party, user, replace(liar, response={"signature": b64(b"x")})) == WRONG


def test_a_key_that_is_not_on_its_curve_does_not_sign_in(party: RelyingParty, user: User) -> None:
    liar = Liar()
    passkey = made(party, user, liar)
    cut = struct.unpack_from(">H", passkey.data, 16)[0] + 18
    off_curve = passkey.data[:cut] + cbor({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)})
    user.passkeys[passkey.credential_id] = replace(passkey, data=off_curve)
    assert refusal(got, party, user, liar) == WRONG


def test_a_copied_device_is_noticed_by_its_counter(party: RelyingParty, user: User) -> None:
    registered(party, user, liar := Liar(counter=5))
    for counter in (0, 4, 5):
        assert refusal(got, party, user, replace(liar, counter=counter)) == WRONG
    assert got(party, user, replace(liar, counter=6)).counter == 6


def test_a_device_need_not_count(party: RelyingParty, user: User) -> None:
    registered(party, user, liar := Liar(counter=0))
    assert got(party, user, liar).counter == 0
    assert got(party, user, replace(liar, counter=1)).counter == 1


def test_a_device_may_say_whose_passkey_it_is_and_must_be_right(
    party: RelyingParty, user: User
) -> None:
    registered(party, user, liar := Liar())
    got(party, user, replace(liar, handle=b64(b"a-sub")))
    assert refusal(got, party, user, replace(liar, handle=b64(b"another"))) == WRONG


# What is not a credential at all.

DEEP = b64(b"\x81" * 20_000)
NUMBER = 37
"""`bytes` makes as many zero bytes of it, which would pass for something. A client could send a
number for which the memory does not suffice."""
NOT_CREDENTIALS = {
    "another type": {"credential": {"type": "password"}},
    "no results of extensions": {"credential": {"clientExtensionResults": None}},
    "no response": {"credential": {"response": None}},
    "no id": {"credential": {"id": None}},
    "two ids": {"credential": {"id": "AAAA"}},
    "ids as numbers": {"credential": {"id": NUMBER, "rawId": NUMBER}},
    "letters that base64 does not have": {"credential": {"id": "ä", "rawId": "ä"}},
    "no client data": {"response": {"clientDataJSON": None}},
    "client data as a number": {"response": {"clientDataJSON": NUMBER}},
    "client data that is not JSON": {"response": {"clientDataJSON": b64(b"{")}},
    "client data that is an array": {"response": {"clientDataJSON": b64(b"[]")}},
    "client data that is not UTF-8": {"response": {"clientDataJSON": b64(b"\xff")}},
    "long client data": {"client_data": {"more": "x" * MOST_CHARACTERS}},
    "client data without a type": {"client_data": {"type": None}},
    "a challenge as a number": {"client_data": {"challenge": NUMBER}},
    "an origin as a number": {"client_data": {"origin": 5}},
    "no authenticator data": {"response": {"authenticatorData": None}},
}
NOT_CREATED = {
    "no attestation": {"response": {"attestationObject": None}},
    "an attestation that is not CBOR": {"response": {"attestationObject": b64(b"\xff")}},
    "an attestation that is empty": {"response": {"attestationObject": ""}},
    "an attestation that is a number": {"response": {"attestationObject": b64(cbor(5))}},
    "a deep attestation": {"response": {"attestationObject": DEEP}},
    "authenticator data as a number": {"attestation": {"authData": NUMBER}},
    "authenticator data cut off": {"attestation": {"authData": bytes(36)}},
    "no transports": {"response": {"transports": None}},
    "transports as a text": {"response": {"transports": "usb"}},
    "no algorithm": {"response": {"publicKeyAlgorithm": None}},
}
NOT_GOT = {
    "no signature": {"response": {"signature": None}},
    "authenticator data cut off": {"response": {"authenticatorData": b64(bytes(36))}},
    "a user handle as a number": {"response": {"userHandle": NUMBER}},
}


@pytest.mark.parametrize("lie", [*NOT_CREDENTIALS.values(), *NOT_CREATED.values()], ids=str)
def test_what_is_not_a_new_credential_is_refused_in_the_services_words(
    party: RelyingParty, user: User, lie: dict
) -> None:
    options, _ = party.ask_to_create(user, CHALLENGE)
    assert refusal(party.read_created, Liar(**lie).create(options)) == NOT_VALID


@pytest.mark.parametrize("lie", [*NOT_CREDENTIALS.values(), *NOT_GOT.values()], ids=str)
def test_what_is_not_a_signature_is_refused_in_the_services_words(
    party: RelyingParty, user: User, lie: dict
) -> None:
    registered(party, user, liar := Liar())
    assert refusal(got, party, user, replace(liar, **lie)) == NOT_VALID


def test_a_new_credential_has_one_id(party: RelyingParty, user: User) -> None:
    another = {"id": b64(b"another"), "rawId": b64(b"another")}
    assert refusal(made, party, user, Liar(credential=another)) == NOT_VALID


def test_a_new_credential_without_a_key_is_refused(party: RelyingParty, user: User) -> None:
    no_key = Liar()._data(0)
    assert refusal(made, party, user, Liar(attestation={"authData": no_key})) == NOT_VALID
