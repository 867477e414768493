"""testing/passkeys.py: a user's passkeys, from the registration to the sign-in."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from credentials import PRESENT, Liar, b64
from peers import CLIENT_ID, PASSWORD, POOL_ID
from pool_calls import (
    PUBLIC,
    TOTP_SECRET,
    WRONG,
    Clock,
    answer,
    begin,
    call,
    proven,
    refusal,
    refused_answer,
    signed_in,
)

from srp_cognito.testing import SigningKeys, UserPool
from srp_cognito.testing.passkeys import MOST_PASSKEYS
from srp_cognito.testing.sessions import LIFETIME

NOT_ENABLED = ("WebAuthnNotEnabledException", "WebAuthn not enabled for this pool.")
NO_CHALLENGE = "WebAuthnChallengeNotFoundException"
NOT_VALID = ("InvalidParameterException", "Credential data is not valid")
MakePool = Callable[..., UserPool]


@pytest.fixture
def make_pool(clock: Clock, signing_keys: SigningKeys) -> MakePool:
    def make(**settings: object) -> UserPool:
        pool = UserPool(POOL_ID, now=clock, signing_keys=signing_keys, **settings)
        pool.add_app_client(PUBLIC.client_id)
        pool.add_app_client(CLIENT_ID)
        pool.add_user("alice", PASSWORD, aliases=["alice@example.com"])
        pool.add_user("bob", PASSWORD)
        pool.add_user("carol", PASSWORD, totp_secret=TOTP_SECRET)
        return pool

    return make


@pytest.fixture
def with_passkeys(make_pool: MakePool) -> UserPool:
    return make_pool(relying_party="localhost")


def token(pool: UserPool, name: str = "alice", client_id: str = PUBLIC.client_id) -> str:
    parameters = {"USERNAME": name, "PASSWORD": PASSWORD}
    arguments = {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
    reply = call(pool, "InitiateAuth", ClientId=client_id, **arguments)
    return reply["AuthenticationResult"]["AccessToken"]


def started(pool: UserPool, access_token: str) -> dict:
    reply = call(pool, "StartWebAuthnRegistration", AccessToken=access_token)
    return reply["CredentialCreationOptions"]


def listed(pool: UserPool, access_token: str, **more: object) -> list[str]:
    reply = call(pool, "ListWebAuthnCredentials", AccessToken=access_token, **more)
    return [each["CredentialId"] for each in reply["Credentials"]]


def asked(pool: UserPool, name: str = "alice") -> dict:
    reply = begin(pool, "USER_AUTH", USERNAME=name, PREFERRED_CHALLENGE="WEB_AUTHN")
    assert reply["ChallengeName"] == "WEB_AUTHN"
    assert list(reply["ChallengeParameters"]) == ["CREDENTIAL_REQUEST_OPTIONS"]
    return reply


def options_of(reply: dict) -> dict:
    return json.loads(reply["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])


def choices(pool: UserPool, name: str) -> list[str]:
    reply = begin(pool, "USER_AUTH", USERNAME=name, PREFERRED_CHALLENGE="WEB_AUTHN")
    assert reply["ChallengeName"] == "SELECT_CHALLENGE"
    return reply["AvailableChallenges"]


# From the registration to the sign-in.


def test_a_user_registers_a_passkey_signs_in_with_it_and_deletes_it(
    with_passkeys: UserPool,
) -> None:
    pool, device = with_passkeys, Liar()
    access_token = token(pool)
    credential = device.create(started(pool, access_token))
    complete = {"AccessToken": access_token, "Credential": credential}
    assert call(pool, "CompleteWebAuthnRegistration", **complete) == {}
    reply = asked(pool)
    last = answer(pool, reply, CREDENTIAL=json.dumps(device.get(options_of(reply))))
    assert signed_in(last)
    shown = call(pool, "GetUser", AccessToken=last["AuthenticationResult"]["AccessToken"])
    assert shown["Username"] == "alice"
    of_passkey = {"AccessToken": access_token, "CredentialId": credential["id"]}
    assert call(pool, "DeleteWebAuthnCredential", **of_passkey) == {}
    assert choices(pool, "alice") == ["PASSWORD_SRP", "PASSWORD"]
    assert listed(pool, access_token) == []
    gone = refusal(pool, "DeleteWebAuthnCredential", **of_passkey)
    assert gone == ("ResourceNotFoundException", "WebAuthn credential does not exist.")
    # The device may register again.
    device.create(started(pool, access_token))
    pool.add_passkey("alice", device.create)


def test_a_passkey_can_be_chosen_and_the_name_be_an_alias(with_passkeys: UserPool) -> None:
    device = Liar()
    with_passkeys.add_passkey("alice", device.create)
    first = begin(with_passkeys, "USER_AUTH", USERNAME="alice@example.com")
    assert first["AvailableChallenges"] == ["PASSWORD_SRP", "PASSWORD", "WEB_AUTHN"]
    reply = answer(with_passkeys, first, ANSWER="WEB_AUTHN", CREDENTIAL='{"too":"early"}')
    assert signed_in(
        answer(with_passkeys, reply, CREDENTIAL=json.dumps(device.get(options_of(reply))))
    )


def test_a_passkey_is_listed_as_in_awss_sample(with_passkeys: UserPool, clock: Clock) -> None:
    """The AWS CLI's examples, list-web-authn-credentials; the transports are in AWS's model."""
    with_passkeys.add_passkey("alice", Liar().create)
    inside = Liar(credential_id=b"inside", credential={"authenticatorAttachment": "platform"})
    with_passkeys.add_passkey("alice", inside.create)
    plain = Liar(credential_id=b"plain", credential={"authenticatorAttachment": None})
    with_passkeys.add_passkey("alice", plain.create)
    reply = call(with_passkeys, "ListWebAuthnCredentials", AccessToken=token(with_passkeys))
    first, second, third = reply["Credentials"]
    assert first == {
        "AuthenticatorAttachment": "cross-platform",
        "AuthenticatorTransports": ["usb"],
        "CreatedAt": clock.now.timestamp(),
        "CredentialId": b64(Liar().credential_id),
        "FriendlyCredentialName": "Roaming passkey",
        "RelyingPartyId": "localhost",
    }
    assert second["AuthenticatorAttachment"] == "platform"
    assert second["FriendlyCredentialName"] == "Passkey"
    assert "AuthenticatorAttachment" not in third


def test_a_pool_without_passkeys_says_so(make_pool: MakePool) -> None:
    pool = make_pool()
    access_token = token(pool)
    assert refusal(pool, "StartWebAuthnRegistration", AccessToken=access_token) == NOT_ENABLED
    complete = {"AccessToken": access_token, "Credential": {}}
    assert refusal(pool, "CompleteWebAuthnRegistration", **complete) == NOT_ENABLED
    # AWS's service model has no such error for these two.
    assert listed(pool, access_token) == []
    kind, _ = refusal(
        pool, "DeleteWebAuthnCredential", AccessToken=access_token, CredentialId="AAAA"
    )
    assert kind == "ResourceNotFoundException"
    assert choices(pool, "alice") == ["PASSWORD_SRP", "PASSWORD"]


@pytest.mark.parametrize(
    "operation",
    [
        "StartWebAuthnRegistration",
        "CompleteWebAuthnRegistration",
        "ListWebAuthnCredentials",
        "DeleteWebAuthnCredential",
    ],
)
def test_passkeys_are_looked_after_with_an_access_token(
    with_passkeys: UserPool, operation: str
) -> None:
    other = proven(with_passkeys)["AuthenticationResult"]["IdToken"]
    invalid_token = ("NotAuthorizedException", "Invalid Access Token")
    assert refusal(with_passkeys, operation, AccessToken=other) == invalid_token


# The registration.


def test_a_challenge_counts_once_and_for_a_limited_time(
    with_passkeys: UserPool, clock: Clock
) -> None:
    pool, access_token = with_passkeys, token(with_passkeys)
    options = started(pool, access_token)
    first = {"AccessToken": access_token, "Credential": Liar().create(options)}
    call(pool, "CompleteWebAuthnRegistration", **first)
    again = {**first, "Credential": Liar(credential_id=b"another").create(options)}
    assert refusal(pool, "CompleteWebAuthnRegistration", **again)[0] == NO_CHALLENGE
    late = {**first, "Credential": Liar(credential_id=b"late").create(started(pool, access_token))}
    clock.now += LIFETIME - timedelta(seconds=1)
    call(pool, "CompleteWebAuthnRegistration", **late)
    later = {**first, "Credential": Liar(credential_id=b"x").create(started(pool, access_token))}
    clock.now += LIFETIME
    assert refusal(pool, "CompleteWebAuthnRegistration", **later)[0] == NO_CHALLENGE


def test_a_challenge_is_for_one_user_and_one_app_client(with_passkeys: UserPool) -> None:
    pool = with_passkeys
    for_bob = Liar().create(started(pool, token(pool, "bob")))
    arguments = {"AccessToken": token(pool), "Credential": for_bob}
    assert refusal(pool, "CompleteWebAuthnRegistration", **arguments)[0] == NO_CHALLENGE
    elsewhere = token(pool, client_id=CLIENT_ID)
    arguments["Credential"] = Liar().create(started(pool, elsewhere))
    kind, _ = refusal(pool, "CompleteWebAuthnRegistration", **arguments)
    assert kind == "WebAuthnClientMismatchException"
    assert listed(pool, token(pool)) == []


@pytest.mark.parametrize("credential", [None, "{}", []], ids=str)
def test_a_registration_without_a_credential_is_refused(
    with_passkeys: UserPool, credential: object
) -> None:
    arguments = {"AccessToken": token(with_passkeys), "Credential": credential}
    kind, message = refusal(with_passkeys, "CompleteWebAuthnRegistration", **arguments)
    assert (kind, "Credential" in message) == ("InvalidParameterException", True)


def test_a_wrong_credential_is_not_registered(with_passkeys: UserPool) -> None:
    access_token = token(with_passkeys)
    wrong = Liar(origin="https://evil.example").create(started(with_passkeys, access_token))
    arguments = {"AccessToken": access_token, "Credential": wrong}
    kind, _ = refusal(with_passkeys, "CompleteWebAuthnRegistration", **arguments)
    assert kind == "WebAuthnOriginNotAllowedException"
    assert listed(with_passkeys, access_token) == []


def test_no_two_users_have_the_same_passkey(with_passkeys: UserPool) -> None:
    with_passkeys.add_passkey("alice", Liar().create)
    for name in ("alice", "bob"):
        access_token = token(with_passkeys, name)
        credential = Liar().create(started(with_passkeys, access_token))
        arguments = {"AccessToken": access_token, "Credential": credential}
        refused = refusal(with_passkeys, "CompleteWebAuthnRegistration", **arguments)
        assert refused == NOT_VALID


def test_a_user_has_at_most_20_passkeys_and_sees_them_in_pages(with_passkeys: UserPool) -> None:
    """AWS's developer guide, "Authentication flows"."""
    pool, access_token = with_passkeys, token(with_passkeys)
    one_more = Liar(credential_id=b"one more").create(started(pool, access_token))
    ids = [
        pool.add_passkey("alice", Liar(credential_id=bytes([number]) * 16).create)
        for number in range(MOST_PASSKEYS)
    ]
    assert len(ids) == 20
    kind, _ = refusal(pool, "StartWebAuthnRegistration", AccessToken=access_token)
    assert kind == "LimitExceededException"
    arguments = {"AccessToken": access_token, "Credential": one_more}
    assert refusal(pool, "CompleteWebAuthnRegistration", **arguments)[0] == "LimitExceededException"
    assert listed(pool, access_token) == listed(pool, access_token, MaxResults=0) == ids
    seen, more = [], {}
    while True:
        page = {"AccessToken": access_token, "MaxResults": 8, **more}
        reply = call(pool, "ListWebAuthnCredentials", **page)
        seen.append([each["CredentialId"] for each in reply["Credentials"]])
        if "NextToken" not in reply:
            break
        more = {"NextToken": reply["NextToken"]}
    assert seen == [ids[:8], ids[8:16], ids[16:]]
    assert "NextToken" not in call(
        pool, "ListWebAuthnCredentials", AccessToken=access_token, MaxResults=20
    )


@pytest.mark.parametrize(
    "wrong",
    [
        *({"MaxResults": value} for value in (-1, 21, "5", 1.5)),
        *({"NextToken": value} for value in ("-1", "x", "20", 5)),
    ],
    ids=str,
)
def test_a_page_that_does_not_exist_is_refused(with_passkeys: UserPool, wrong: dict) -> None:
    arguments = {"AccessToken": token(with_passkeys), **wrong}
    kind, _ = refusal(with_passkeys, "ListWebAuthnCredentials", **arguments)
    assert kind == "InvalidParameterException"


def test_a_test_gives_a_user_a_passkey(with_passkeys: UserPool) -> None:
    credential_id = with_passkeys.add_passkey("alice", Liar().create)
    assert listed(with_passkeys, token(with_passkeys)) == [credential_id]
    with pytest.raises(ValueError, match="there is no user 'zoe'"):
        with_passkeys.add_passkey("zoe", Liar().create)


# The sign-in.


def test_a_wrong_signature_does_not_sign_in_and_the_challenge_is_used_up(
    with_passkeys: UserPool,
) -> None:
    device = Liar()
    with_passkeys.add_passkey("alice", device.create)
    reply = asked(with_passkeys)
    wrong = Liar().get(options_of(reply))
    assert refused_answer(with_passkeys, reply, CREDENTIAL=json.dumps(wrong)) == WRONG
    right = json.dumps(device.get(options_of(reply)))
    used = refused_answer(with_passkeys, reply, CREDENTIAL=right)
    assert used[1] == "Invalid session for the user, session can only be used once."
    # A signature is for the challenge that it was made for.
    reply = asked(with_passkeys)
    assert refused_answer(with_passkeys, reply, CREDENTIAL=right) == WRONG


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "{}"])
def test_what_is_not_a_credential_does_not_sign_in(with_passkeys: UserPool, text: str) -> None:
    with_passkeys.add_passkey("alice", Liar().create)
    kind, message = refused_answer(with_passkeys, asked(with_passkeys), CREDENTIAL=text)
    assert kind == "InvalidParameterException"
    assert message == ("CREDENTIAL is empty" if not text else NOT_VALID[1])


def test_a_passkey_of_somebody_else_does_not_sign_in(with_passkeys: UserPool) -> None:
    hers, his = Liar(), Liar(credential_id=b"his")
    with_passkeys.add_passkey("alice", hers.create)
    with_passkeys.add_passkey("bob", his.create)
    reply = asked(with_passkeys)
    credential = json.dumps(his.get(options_of(reply)))
    assert refused_answer(with_passkeys, reply, CREDENTIAL=credential) == WRONG


def test_a_copied_device_is_noticed_by_its_counter(with_passkeys: UserPool) -> None:
    device = Liar(counter=1)
    with_passkeys.add_passkey("alice", device.create)
    for counter, good in ((2, True), (2, False), (3, True)):
        reply = asked(with_passkeys)
        credential = json.dumps(replace(device, counter=counter).get(options_of(reply)))
        if good:
            assert signed_in(answer(with_passkeys, reply, CREDENTIAL=credential))
        else:
            assert refused_answer(with_passkeys, reply, CREDENTIAL=credential) == WRONG


# A second factor.


def test_a_user_with_a_second_factor_cannot_sign_in_with_a_passkey(
    with_passkeys: UserPool,
) -> None:
    """AWS's developer guide, "Authentication flows"."""
    with_passkeys.add_passkey("carol", Liar().create)
    assert choices(with_passkeys, "carol") == ["PASSWORD_SRP", "PASSWORD"]


def test_a_passkey_counts_as_both_factors_where_the_pool_says_so(make_pool: MakePool) -> None:
    pool = make_pool(relying_party="localhost", passkeys_as_mfa=True)
    assert choices(pool, "carol") == ["PASSWORD_SRP", "PASSWORD"]
    device = Liar()
    pool.add_passkey("carol", device.create)
    reply = asked(pool, "carol")
    assert options_of(reply)["userVerification"] == "required"
    unverified = json.dumps(replace(device, flags=PRESENT).get(options_of(reply)))
    assert refused_answer(pool, reply, "carol", CREDENTIAL=unverified) == WRONG
    reply = asked(pool, "carol")
    verified = json.dumps(device.get(options_of(reply)))
    assert signed_in(answer(pool, reply, "carol", CREDENTIAL=verified))
    # The password alone is one factor, as before.
    reply = begin(pool, "USER_PASSWORD_AUTH", USERNAME="carol", PASSWORD=PASSWORD)
    assert reply["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_the_pool_may_require_that_the_user_is_verified(make_pool: MakePool) -> None:
    pool = make_pool(relying_party="localhost", user_verification="required")
    options = started(pool, token(pool))
    assert options["authenticatorSelection"]["userVerification"] == "required"
    pool.add_passkey("alice", Liar().create)
    reply = asked(pool)
    unverified = json.dumps(Liar(flags=PRESENT).get(options_of(reply)))
    assert refused_answer(pool, reply, CREDENTIAL=unverified) == WRONG


def test_a_temporary_password_is_asked_for_a_new_one_after_a_passkey_too(
    with_passkeys: UserPool,
) -> None:
    with_passkeys.add_user("erin", PASSWORD, must_change_password=True)
    device = Liar(credential_id=b"hers")
    with_passkeys.add_passkey("erin", device.create)
    reply = asked(with_passkeys, "erin")
    credential = json.dumps(device.get(options_of(reply)))
    reply = answer(with_passkeys, reply, "erin", CREDENTIAL=credential)
    assert reply["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_a_stranger_is_answered_like_a_user_without_a_passkey(with_passkeys: UserPool) -> None:
    assert choices(with_passkeys, "zoe") == choices(with_passkeys, "alice")
