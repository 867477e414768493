"""Each mistake that is in the field has a flag, and a client with the mistake fails its tests.

The mistaken clients are those of tests/mistaken.py, which share no code with those that made the
vectors. For the flags that it has no mistake for, the clients that made the vectors show that no
two of them can be confused; vectors/check.mjs makes every one of them again.
"""

import importlib
from collections.abc import Iterator
from datetime import UTC
from functools import cache
from typing import Any

import mistaken
import oracle
import pytest
import vector_files
from mistaken import Case

from srp_cognito.diagnosis.catalogue import CATALOGUE, FORM, REGISTRATION, SECRET_HASH
from srp_cognito.wire import base64_leniently

CLAIM = "PASSWORD_CLAIM_SIGNATURE"

POWER = cache(oracle.power)
"""One client after the other needs the same powers."""


@pytest.fixture(autouse=True)
def powers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle, "power", POWER)


BY_FLAG: dict[str, tuple[str, ...]] = {
    "FixedWidthU": ("salt-of-key-sign-always",),
    "FixedWidthS": ("s-sign-always",),
    "FixedWidthPublic": ("u-signed-fixed",),
    "FixedWidthSalt": ("salt-fixed",),
    "NoSignByteU": ("salt-of-key-no-sign",),
    "NoSignByteS": ("s-no-sign",),
    "NoSignBytePublic": ("u-no-sign",),
    "NoSignByteSalt": ("salt-no-sign",),
    "NoSignByteN": ("k-no-sign",),
    "NoSignByteAnywhere": ("no-sign",),
    "SaltSignDropped": ("salt-minus-ignored",),
    "SaltMinusTopBit": ("salt-minus-top-bit",),
    "SaltTextAsBytes": ("salt-leading-zeros",),
    "OddSaltTruncated": ("salt-odd-digit",),
    "SaltAsText": ("salt-text",),
    "OddPublicTruncated": ("u-odd-digit:both",),
    "OddSTruncated": ("s-odd-digit",),
    "PublicAsText": ("u-hex-text",),
    "Rfc5054K": ("k-g-padded",),
    "KIsThree": ("k-3",),
    "SwappedPublic": ("u-b-first",),
    "KvMissing": ("s-no-kv",),
    "UxMissing": ("s-no-ux",),
    "BaseNotReduced": ("s-negative",),
    "ExponentModN": ("s-exponent-mod-n",),
    "ColonMissing": ("colon-missing",),
    "PoolNameMissing": ("no-pool-in-x",),
    "WholePoolIdInX": ("pool-id-in-x",),
    "WholePoolIdInMessage": ("pool-id-in-message",),
    "RegionKept": ("pool-id",),
    "UserNameForUserId": ("alias",),
    "UserNameInX": ("alias-in-x",),
    "UserNameInMessage": ("alias-in-message",),
    "InnerHashMissing": ("x-no-inner",),
    "InnerHashHex": ("inner-hex-text",),
    "SaltBehind": ("x-salt-last",),
    "TrimmedPassword": ("password-trimmed",),
    "NewlineInPassword": ("password-newline",),
    "LowerCaseUser": ("user-lower",),
    "CounterMissing": ("key-no-counter",),
    "CounterZero": ("key-info-counter-zero",),
    "LongKey": ("key-32",),
    "SwappedHkdf": ("key-swapped",),
    "HkdfSaltMissing": ("key-no-salt",),
    "HashedSecret": ("key-sha256-s",),
    "KeyAsHex": ("key-hex-text",),
    "SAsText": ("s-hex-text",),
    "InfoWithNul": ("info-nul",),
    "SecretBlockAsText": ("block-text",),
    "SecretBlockMissing": ("block-missing",),
    "BlockReadAsUtf8": ("block-utf8",),
    "BlockReadAsLatin1": ("block-latin-1-utf8",),
    "TimestampMissing": ("time-missing",),
    "TimestampBeforeBlock": ("order-time-before-block",),
    "MessageHashed": ("message-hashed",),
    "DayZeroPadded": ("time-day-zero",),
    "DaySpacePadded": ("time-day-space",),
    "TwelveHours": ("time-12-hour",),
    "HourTwentyFour": ("time-24",),
    "WeekdayShifted": ("time-weekday:Wed",),
    "OtherLanguage": ("time-language:German",),
    "LocalTime": ("time-local:60",),
    "ZoneName": ("time-zone-name:GMT",),
    "EpochTime": ("time-epoch",),
    "HexSignature": ("form-hex",),
    "UrlSafeSignature": ("form-url-safe",),
    "UnpaddedSignature": ("form-no-padding",),
    "SignatureWithNewline": ("form-line-break",),
    "UserPasswordForDevice": ("device-user-password",),
    "DeviceGroupKeyCut": ("device-group-cut",),
    "DeviceKeyCut": ("device-key-cut",),
    "DevicePoolName": ("device-pool",),
    "DeviceNamesInXOnly": ("device-pool-in-message", "device-alias-in-message"),
}
"""The mistakes of tests/mistaken.py that a flag is about."""

REGISTERED = {
    "RegisteredNoSign": "registered-no-sign",
    "RegisteredHex": "registered-hex",
    "RegisteredHexInBase64": "registered-base64-of-hex",
    "RegisteredUrlSafe": "registered-url-safe",
    "RegisteredReversed": "registered-little-endian",
    "RegisteredX": "registered-x",
    "RegisteredSaltText": "registered-salt-text",
}
HASHED = {
    "HashOfOtherName": "hash-other-name:alias",
    "HashLowerCase": "hash-lower",
    "HashTrimmed": "hash-trimmed",
    "HashIdMissing": "hash-no-client-id",
    "HashIdFirst": "hash-id-first",
    "HashPoolId": "hash-pool-id",
    "HashSeparator": "hash-separator",
    "HashKeyIsId": "hash-key-is-client-id",
    "HashSecretDecoded": "hash-secret-decoded",
    "HashNewlineInSecret": "hash-newline-in-secret",
    "HashNotHmac": "hash-sha256",
    "HashHex": "form-hex",
}

AT_THE_CHECKING_SIDE = {"EmptySignature", "FlippedBit", "TruncatedSignature", "ZeroSignature"}
"""Claims that no client makes by mistake; a server must refuse them."""

OTHERWISE = {
    "password-normalised": "ComposedPassword, DecomposedPassword and CompatiblePassword",
    "password-encoding": "Latin1Password, SurrogatesApart",
}
"""Mistakes of the field that have flags of other names, as the catalogue has them in many forms."""


def case_of(given: dict[str, Any]) -> Case:
    """The login of a test as tests/mistaken.py takes it."""
    device = given["kind"] == "device"
    moment = vector_files.moment(given.get("moment", "2025-03-04T21:05:07Z"))
    return Case(
        kind=given["kind"],
        pool_id="eu-central-1_Vq3ZtW8xK" if device else given["pool_id"],
        group=given["device_group_key"] if device else given["pool_id"].partition("_")[2],
        member=given["device_key"] if device else given["user_id"],
        password=given["device_password"] if device else given["password"],
        salt=given["salt"],
        a=int(given["a"], 16),
        B=int(given["srp_b"], 16),
        secret_block=base64_leniently(given["secret_block"]),
        moment=moment,
        alias="alice",
        user_password="correct horse battery staple",
    )


CLAIMS = [
    test for test in vector_files.tests("UserLogin", "DeviceLogin") if test.get("refused") == CLAIM
]
VALID = [
    test
    for test in vector_files.tests("UserLogin", "DeviceLogin")
    if test["result"] == "valid" and "moment" in test["input"]
]


def claimed(given: dict[str, Any], *mistakes: str) -> str | None:
    """What a mistaken client sends; None where the mistake cannot be made."""
    # A mistake in a device's names means another one, or nothing, for a user.
    if mistakes[0].startswith("device-") and given["kind"] == "user":
        return None
    try:
        return mistaken.signature(case_of(given), *mistakes)
    except (ValueError, AssertionError, IndexError, ArithmeticError):
        return None


def test_every_mistake_of_the_field_has_a_flag() -> None:
    """Those in how a password came into the program are not a library's, and left out."""
    flagged = {name for names in BY_FLAG.values() for name in names}
    flagged |= {*REGISTERED.values(), *HASHED.values()}
    flagged = {name.partition(":")[0] for name in flagged} | set(OTHERWISE)
    mistakes = [mistake for section in CATALOGUE.values() for mistake in section]
    missing = [
        mistake.id
        for mistake in (*mistakes, *FORM, *REGISTRATION, *SECRET_HASH)
        if mistake.seen and mistake.id not in flagged
    ]
    from_outside = [name for name in missing if name.startswith("password-")]
    assert sorted(set(missing) - set(from_outside)) == []


def test_the_flags_of_the_mistaken_clients_are_in_the_vectors() -> None:
    assert {*BY_FLAG, *REGISTERED, *HASHED} <= set(vector_files.notes())


def test_every_mistake_at_the_checking_side_only_is_in_a_login_as_well() -> None:
    """Most libraries have no side that checks. What is left is a mistake of that side itself."""
    logins = {flag for test in CLAIMS for flag in test["flags"]}
    checked = {
        flag
        for test in vector_files.tests("UserVerification", "DeviceVerification")
        if test.get("refused") == CLAIM
        for flag in test["flags"]
    }
    assert checked - logins == AT_THE_CHECKING_SIDE | {"SignatureSpelling"}


@pytest.mark.slow
@pytest.mark.parametrize("flag", BY_FLAG)
def test_a_mistaken_client_makes_the_claims_of_its_flag_and_no_others(flag: str) -> None:
    found = {
        test["flags"][0]
        for test in CLAIMS
        if claimed(test["input"], *BY_FLAG[flag]) == test["input"]["signature"]
    }
    assert found == {flag}


@pytest.mark.slow
@pytest.mark.parametrize("flag", BY_FLAG)
def test_a_mistaken_client_fails_a_valid_login(flag: str) -> None:
    assert any(
        claimed(test["input"], *BY_FLAG[flag]) not in (None, test["expected"]["signature"])
        for test in VALID
    )


@pytest.fixture(scope="module")
def mistakes() -> Iterator[Any]:
    """The module with the clients that made the vectors."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(vector_files.VECTORS))
        yield importlib.import_module("generator.mistakes")


def generated(wrong: Any, given: dict[str, Any], login_type: Any) -> str | None:
    """What a client that made vectors sends in a test; None where it cannot."""
    case = case_of(given)
    # A mistake in a device's names means nothing for a user.
    if wrong.__name__.startswith("Device") and case.kind == "user":
        return None
    pool = given["device_group_key"] if case.kind == "device" else given["pool_id"]
    login = login_type(
        *(case.kind, pool, case.member, case.password, int(case.salt, 16), case.a, 0),
        *(given["secret_block"], given["timestamp"]),
        salt_text=case.salt,
        srp_b_text=given["srp_b"],
    )
    client = wrong.__new__(wrong)
    client.login, client.A, client.B = login, case.A, case.B
    try:
        return str(client.signature())
    except (ValueError, AssertionError, IndexError, ArithmeticError):
        return None


@pytest.mark.slow
def test_no_claim_is_that_of_two_mistakes(mistakes: Any) -> None:
    tests = [test for test in CLAIMS if test["result"] == "invalid"]
    assert {test["flags"][0] for test in tests} | AT_THE_CHECKING_SIDE == set(mistakes.BUGS)
    made = {
        test["id"]: {
            flag
            for flag, wrong in mistakes.BUGS.items()
            if generated(wrong, test["input"], mistakes.Login) == test["input"]["signature"]
        }
        for test in tests
    }
    assert made == {test["id"]: set(test["flags"]) for test in tests}


def registered(test: dict[str, Any], *mistakes: str) -> dict[str, object]:
    """PasswordVerifier and Salt as a mistaken client sends them."""
    given = test["input"]
    device = {**given, "kind": "device", "a": "1", "srp_b": "1", "secret_block": "AAAA"}
    made = mistaken.registration(case_of(device), *mistakes)
    return {name: made[name] for name in ("PasswordVerifier", "Salt")}


@pytest.mark.parametrize("flag", REGISTERED)
def test_a_mistaken_registration_is_that_of_its_flag_and_no_other(flag: str) -> None:
    tests = vector_files.tests("DeviceRegistration")
    found, failed = set(), False
    for test in tests:
        made = registered(test, REGISTERED[flag])
        if "refused" in test and all(test["input"][name] == made[name] for name in made):
            found.add(test["flags"][0])
        if "expected" in test:
            failed |= any(test["expected"][name] != made[name] for name in made)
    assert found == {flag}
    assert failed


def hashed(test: dict[str, Any], *mistakes: str) -> str:
    """SECRET_HASH as a mistaken client sends it."""
    given = test["input"]
    call = mistaken.Call(
        username=given["username"],
        client_id=given["client_id"],
        client_secret=given["client_secret"],
        names={"alias": "alice"},
        pool_id="eu-central-1_Vq3ZtW8xK",
    )
    return mistaken.secret_hash(call, *mistakes)


@pytest.mark.parametrize("flag", HASHED)
def test_a_mistaken_hash_is_that_of_its_flag_and_no_other(flag: str) -> None:
    found, failed = set(), False
    for test in vector_files.tests("SecretHash"):
        made = hashed(test, HASHED[flag])
        if "refused" in test and test["input"]["secret_hash"] == made:
            found.add(test["flags"][0])
        failed |= "expected" in test and made != test["expected"]["secret_hash"]
    assert found == {flag}
    assert failed


@pytest.mark.parametrize(
    "flag",
    [
        flag
        for flag, names in BY_FLAG.items()
        if names[0].startswith("time-") and flag != "TimestampMissing"
    ],
)
def test_a_mistaken_formatter_writes_the_timestamp_of_its_flag_and_no_other(flag: str) -> None:
    """It signs what it sends, so that no login whose TIMESTAMP is given would show it."""
    found, failed = set(), False
    for test in vector_files.tests("Timestamp"):
        if test["result"] == "acceptable":
            continue
        moment = vector_files.moment(test["input"]["moment"]).astimezone(UTC)
        made = mistaken.timestamp(moment, {BY_FLAG[flag][0]})
        if "refused" in test and test["input"]["timestamp"] == made:
            found.add(test["flags"][0])
        failed |= "expected" in test and made != test["expected"]["timestamp"]
    assert found == {flag}
    assert failed
