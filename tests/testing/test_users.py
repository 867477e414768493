"""testing/users.py: what is known of users and devices, without a password."""

import pytest
from peers import PASSWORD, POOL_ID
from pool_calls import NO_DEVICE, TOTP_SECRET
from race import meanwhile

from srp_cognito.proof.server import Verifier
from srp_cognito.testing import CustomChallenge, Refused
from srp_cognito.testing.sign_ins import SignIns
from srp_cognito.testing.users import MOST_OFFERED, Device, Factor, User, masked

VERIFIER = Verifier.for_user(POOL_ID, "alice", PASSWORD)
MAIL = {"email": "alice@example.com"}
PHONE = {"phone_number": "+15551234567"}


def user(**more: object) -> User:
    return User("alice", VERIFIER, sub="sub", sign_ins=SignIns(bytes), **more)


@pytest.mark.parametrize(
    ("attributes", "factors", "codes"),
    [
        ({}, (), []),
        (MAIL, (), ["EMAIL_OTP"]),
        (PHONE, (), ["SMS_OTP"]),
        ({**PHONE, **MAIL}, (), ["EMAIL_OTP", "SMS_OTP"]),
        ({**PHONE, **MAIL}, ("SMS_MFA",), []),
    ],
    ids=["nothing known", "mail", "phone", "both", "with a second factor"],
)
def test_a_code_is_a_first_factor_only_for_a_user_without_a_second(
    attributes: dict[str, str], factors: tuple[Factor, ...], codes: list[str]
) -> None:
    known = user(attributes=attributes, factors=factors)
    assert known.first_factors == ["PASSWORD_SRP", "PASSWORD", *codes]


def test_a_required_attribute_is_missing_until_it_is_known() -> None:
    known = user(attributes=MAIL, required_attributes=["name", "email"])
    assert known.missing_attributes == ["name"]


def test_of_offered_devices_the_oldest_are_forgotten_and_of_registered_ones_none() -> None:
    known = user(devices={"registered": Device("-group", VERIFIER)})
    for number in range(MOST_OFFERED + 5):
        known.offer_device(str(number), Device("-group"))
    kept = [str(number) for number in range(5, MOST_OFFERED + 5)]
    assert list(known.devices) == ["registered", *kept]


def test_a_device_is_offered_while_another_one_is_forgotten() -> None:
    """As ForgetDevice comes during a sign-in."""
    alice = user()
    registered = Device("-group", alice.verifier)
    alice.devices.update({f"{number}": registered for number in range(200)})

    def change() -> None:
        if alice.devices.pop("another", None) is None:
            alice.devices["another"] = Device("-group")

    meanwhile(change, lambda: alice.offer_device("0", Device("-group")))


def test_a_device_has_a_verifier_once_it_is_registered() -> None:
    known = user()
    known.offer_device("key", Device("-group"))
    assert known.device("key").group_key == "-group"
    for find, key in (
        (known.device, "another"),
        (known.device_verifier, "another"),
        (known.device_verifier, "key"),
    ):
        with pytest.raises(Refused) as refused:
            find(key)
        assert (refused.value.kind, refused.value.message) == NO_DEVICE
    known.device("key").verifier = VERIFIER
    assert known.device_verifier("key") is VERIFIER


def test_no_secret_is_shown() -> None:
    riddle = CustomChallenge({"riddle": "Of what colour?"}, "a secret answer")
    shown = repr(user(totp_secret=TOTP_SECRET, custom_challenges=[riddle]))
    assert "Of what colour?" in shown
    assert not any(text in shown for text in (TOTP_SECRET, "a secret answer", f"{VERIFIER.v}"))
    assert f"{VERIFIER.v}" not in repr(Device("-group", VERIFIER))


@pytest.mark.parametrize(
    ("parameters", "answer", "error", "why"),
    [
        ({}, "", ValueError, "answer is empty"),
        ({}, 5, TypeError, "answer must be a str"),
        ({"riddle": 5}, "x", TypeError, "must be a str"),
        ({"": "x"}, "x", ValueError, "a name in parameters is empty"),
    ],
)
def test_a_custom_challenge_that_makes_no_sense_is_refused(
    parameters: dict, answer: str, error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        CustomChallenge(parameters, answer)


@pytest.mark.parametrize(
    ("destination", "shown"),
    [
        ("alice@example.com", "a***@e***"),
        ("@", "***@***"),
        ("+15551234567", "+*******4567"),
        ("12", "+*******12"),
    ],
)
def test_where_a_code_went_is_shown_in_part(destination: str, shown: str) -> None:
    assert masked(destination) == shown


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("name", None),
        ("custom:team", None),
        ("email", "NotAuthorizedException"),
        ("email_verified", "NotAuthorizedException"),
        ("sub", "NotAuthorizedException"),
        ("cognito:groups", "InvalidParameterException"),
    ],
)
def test_a_user_sets_what_is_new_and_theirs_to_set(name: str, kind: str | None) -> None:
    known = user(attributes=MAIL)
    if kind is None:
        known.check_new_attributes({name: "x"})
        return
    with pytest.raises(Refused) as refused:
        known.check_new_attributes({"name": "x", name: "y"})
    assert refused.value.kind == kind


def test_a_second_factor_is_added_once() -> None:
    known = user(factors=("SMS_MFA",))
    for _ in range(2):
        known.add_factor("EMAIL_OTP")
    assert known.factors == ("SMS_MFA", "EMAIL_OTP")
