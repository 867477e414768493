"""server.py: the oracle's client logs in, and everything that is not quite right is refused."""

import base64
import contextlib
import copy
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import oracle
import pytest
from bad_input import MEGABYTES, OUT_OF_RANGE
from engines import Counting
from hypothesis import given
from hypothesis import strategies as st
from peers import (
    CLIENT_ID,
    CLIENT_SECRET,
    DEVICE_KEY,
    GROUP_KEY,
    PASSWORD,
    POOL_ID,
    USER_ID,
    OracleClient,
)
from race import winners

from srp_cognito import (
    AppClient,
    Identity,
    IllegalParameter,
    MalformedParameter,
    PeerError,
    SignatureMismatch,
    SRPError,
    SRPServer,
    StateError,
    Verifier,
    new_device,
)
from srp_cognito.proof import formula, srp
from srp_cognito.proof import server as server_module
from srp_cognito.proof.modexp import N
from srp_cognito.proof.server import Checked, SimulatedVerifiers, check_password

NOW = datetime(2026, 3, 7, 9, 5, 3, tzinfo=UTC)
APP = AppClient(CLIENT_ID, CLIENT_SECRET)
USER = Verifier.for_user(POOL_ID, USER_ID, PASSWORD)


def challenged(server: SRPServer, client: OracleClient, **parameters: object) -> dict[str, str]:
    return server.challenge({"USERNAME": "alice", "SRP_A": client.srp_a, **parameters})


def login(verifier: Verifier = USER, **changed: str) -> None:
    """Log the oracle's client in; `changed` goes into its answer."""
    server, client = SRPServer(verifier, username="alice"), OracleClient()
    server.verify(client.answer(challenged(server, client), NOW, **changed), now=NOW)


# What is accepted


def test_the_right_password_signs_in(each_engine: object) -> None:
    login(Verifier.for_user(POOL_ID, USER_ID, PASSWORD))


def test_the_challenge_has_a_users_five_parameters() -> None:
    server, client = SRPServer(USER, username="alice"), OracleClient()
    challenge = challenged(server, client)
    assert sorted(challenge) == ["SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "USER_ID_FOR_SRP"]
    assert challenge["USERNAME"] == "alice"
    assert challenge["USER_ID_FOR_SRP"] == USER_ID
    assert challenge["SALT"] == f"{USER.salt:x}"
    assert base64.b64decode(challenge["SECRET_BLOCK"], validate=True)


def test_a_users_name_is_the_user_id_unless_another_is_given() -> None:
    assert challenged(SRPServer(USER), OracleClient())["USERNAME"] == USER_ID


def test_a_registered_device_signs_in(each_engine: object) -> None:
    device, config = new_device(GROUP_KEY, DEVICE_KEY)
    verifier = Verifier.for_device(GROUP_KEY, DEVICE_KEY, dict(config))
    server = SRPServer(verifier, username="alice")
    client = OracleClient(GROUP_KEY, DEVICE_KEY, device.device_password)
    challenge = challenged(server, client, DEVICE_KEY=DEVICE_KEY)
    assert sorted(challenge) == ["DEVICE_KEY", "SALT", "SECRET_BLOCK", "SRP_B", "USERNAME"]
    server.verify(client.answer(challenge, NOW, DEVICE_KEY=DEVICE_KEY), now=NOW)


@pytest.mark.parametrize("salt", [0, 1, 0x80, -1, -0x3B9C, 1 << 127])
def test_a_verifier_with_an_odd_salt_signs_in(salt: int) -> None:
    v = oracle.verifier(oracle.x("Example", USER_ID, PASSWORD, salt))
    login(Verifier(Identity("user", "Example", USER_ID), salt, v))


def test_the_verifier_is_the_oracles() -> None:
    x = oracle.x("Example", USER_ID, PASSWORD, USER.salt)
    assert USER.v == oracle.verifier(x)
    assert 0 <= USER.salt < 1 << 128


def test_the_claim_is_held_against_the_present_moment_if_none_is_given() -> None:
    server, client = SRPServer(USER), OracleClient()
    server.verify(client.answer(challenged(server, client), datetime.now(UTC)))


def test_exponents_have_256_bits_salts_128_and_blocks_32_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    monkeypatch.setattr("secrets.randbits", lambda bits: asked.append(bits) or 2**100 + 7)
    verifier = Verifier.for_user(POOL_ID, USER_ID, PASSWORD)
    assert verifier.salt == 2**100 + 7
    challenge = challenged(SRPServer(verifier), OracleClient(a=5))
    assert asked == [128, 256]
    assert challenge["SRP_B"] == f"{oracle.public_b(2**100 + 7, verifier.v):x}"
    assert len(base64.b64decode(challenge["SECRET_BLOCK"])) == 32


def test_every_challenge_has_its_own_secrets() -> None:
    challenges = [challenged(SRPServer(USER), OracleClient(a=5)) for _ in range(3)]
    assert len({challenge["SRP_B"] for challenge in challenges}) == 3
    assert len({challenge["SECRET_BLOCK"] for challenge in challenges}) == 3


# What is refused


@pytest.mark.parametrize(
    "client",
    [
        OracleClient(password="battery staple"),
        OracleClient(password=PASSWORD + " "),
        OracleClient(password=PASSWORD.upper()),
        OracleClient(password=""),
        OracleClient(member="alice"),
        OracleClient(group="Other"),
        OracleClient(group=POOL_ID),
        OracleClient(GROUP_KEY, DEVICE_KEY),
    ],
    ids=["wrong", "space", "case", "empty", "alias", "pool", "whole pool id", "device"],
)
def test_a_wrong_password_user_or_pool_is_a_mismatch_that_says_no_more(
    client: OracleClient,
) -> None:
    server = SRPServer(USER, username="alice")
    answer = client.answer(challenged(server, client), NOW)
    with pytest.raises(SignatureMismatch) as caught:
        server.verify(answer, now=NOW)
    assert str(caught.value) == "the claim is not the one that this password makes"


def flips(text: str) -> list[str]:
    """The text with each of its bits turned, one at a time."""
    return [
        text[:i] + chr(ord(letter) ^ (1 << bit)) + text[i + 1 :]
        for i, letter in enumerate(text)
        for bit in range(7)
    ]


@pytest.mark.parametrize(
    "key",
    [
        "USERNAME",
        "PASSWORD_CLAIM_SECRET_BLOCK",
        "PASSWORD_CLAIM_SIGNATURE",
        "TIMESTAMP",
        "SECRET_HASH",
        "DEVICE_KEY",
    ],
)
def test_one_flipped_bit_anywhere_in_an_answer_is_refused(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each bit of each value, base64's spare ones too; the exponentiations are remembered."""
    remembered: dict[tuple[int, int], int] = {}
    power = formula.power

    def remember(base: int, exponent: int) -> int:
        if (base, exponent) not in remembered:
            remembered[base, exponent] = power(base, exponent)
        return remembered[base, exponent]

    monkeypatch.setattr(formula, "power", remember)
    device, config = new_device(GROUP_KEY, DEVICE_KEY)
    verifier = Verifier.for_device(GROUP_KEY, DEVICE_KEY, dict(config))
    client = OracleClient(GROUP_KEY, DEVICE_KEY, device.device_password)
    hashed = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
    sent = {"USERNAME": "alice", "DEVICE_KEY": DEVICE_KEY, "SECRET_HASH": hashed}
    server = SRPServer(verifier, username="alice", app=APP)
    challenge = server.challenge({**sent, "SRP_A": client.srp_a})
    answer = client.answer(challenge, NOW, DEVICE_KEY=DEVICE_KEY, SECRET_HASH=hashed)
    pending = server._pending
    assert pending is not None
    secret = pending.take()

    def verify(changed: dict[str, str]) -> None:
        # The exchange is used up by every attempt, so each gets a copy of the first.
        copied = copy.copy(server)
        copied._pending = type(pending)(secret, "used")
        copied.verify(changed, now=NOW)

    verify(answer)
    for flipped in flips(answer[key]):
        with pytest.raises(SRPError):
            verify({**answer, key: flipped})


@pytest.mark.parametrize(
    "key", ["USERNAME", "PASSWORD_CLAIM_SECRET_BLOCK", "PASSWORD_CLAIM_SIGNATURE", "TIMESTAMP"]
)
@pytest.mark.parametrize("value", [None, 5, ["x"], b"x", "\ud800"], ids=repr)
def test_a_missing_or_mistyped_part_of_an_answer_is_named(key: str, value: Any) -> None:
    with pytest.raises(MalformedParameter) as caught:
        login(**{key: value})
    assert caught.value.name == key


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("USERNAME", "alice@example.com"),
        ("USERNAME", USER_ID),
        ("PASSWORD_CLAIM_SECRET_BLOCK", base64.b64encode(b"another").decode()),
        ("TIMESTAMP", "Fri Mar 6 09:05:03 UTC 2026"),
        ("TIMESTAMP", "Sat Mar 7 09:07:04 UTC 2026"),
    ],
)
def test_a_part_that_is_not_the_challenges_is_illegal_and_named(key: str, value: str) -> None:
    with pytest.raises(IllegalParameter) as caught:
        login(**{key: value})
    assert caught.value.name == key


def test_a_zero_padded_day_is_refused_even_if_it_was_signed() -> None:
    server, client = SRPServer(USER, username="alice"), OracleClient()
    challenge = challenged(server, client)
    padded = "Sat Mar 07 09:05:03 UTC 2026"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oracle, "timestamp", lambda now: padded)
        answer = client.answer(challenge, NOW)
    assert answer["TIMESTAMP"] == padded
    with pytest.raises(MalformedParameter) as caught:
        server.verify(answer, now=NOW)
    assert caught.value.name == "TIMESTAMP"


@pytest.mark.parametrize(("seconds", "accepted"), [(120, True), (121, False)])
def test_two_minutes_of_skew_are_allowed_unless_told_otherwise(
    seconds: int, accepted: bool
) -> None:
    server, client = SRPServer(USER, username="alice"), OracleClient()
    answer = client.answer(challenged(server, client), NOW - timedelta(seconds=seconds))
    if accepted:
        server.verify(answer, now=NOW)
    else:
        with pytest.raises(IllegalParameter):
            server.verify(answer, now=NOW)


def test_yesterdays_claim_is_refused_and_a_wider_window_lets_it_in() -> None:
    for skew, refused in ((timedelta(hours=23), True), (timedelta(hours=25), False)):
        server, client = SRPServer(USER, username="alice"), OracleClient()
        answer = client.answer(challenged(server, client), NOW - timedelta(days=1))
        if refused:
            with pytest.raises(IllegalParameter, match="TIMESTAMP"):
                server.verify(answer, now=NOW, skew=skew)
        else:
            server.verify(answer, now=NOW, skew=skew)


def test_a_challenge_is_answered_once_whether_rightly_or_wrongly() -> None:
    for first in ({}, {"PASSWORD_CLAIM_SIGNATURE": "A" * 43 + "="}, {"USERNAME": None}):
        server, client = SRPServer(USER, username="alice"), OracleClient()
        right = client.answer(challenged(server, client), NOW)
        try:
            server.verify({**right, **first}, now=NOW)
        except SRPError:
            assert first
        with pytest.raises(StateError, match="has been answered"):
            server.verify(right, now=NOW)


def test_a_claim_for_one_challenge_does_not_answer_another() -> None:
    client = OracleClient()
    first, second = SRPServer(USER, username="alice"), SRPServer(USER, username="alice")
    answer = client.answer(challenged(first, client), NOW)
    challenged(second, client)
    with pytest.raises(IllegalParameter) as caught:
        second.verify(answer, now=NOW)
    assert caught.value.name == "PASSWORD_CLAIM_SECRET_BLOCK"


def test_of_many_threads_that_ask_for_a_challenge_one_gets_it() -> None:
    for _ in range(10):
        server = SRPServer(USER)
        assert winners(lambda server=server: server.challenge({"SRP_A": "2"})) == 1


def test_of_many_threads_that_answer_a_challenge_one_does() -> None:
    server, client = SRPServer(USER, username="alice"), OracleClient()
    answer = client.answer(challenged(server, client), NOW)
    assert winners(lambda: server.verify(answer, now=NOW)) == 1


def test_a_refused_srp_a_leaves_the_exchange_usable() -> None:
    server = SRPServer(USER)
    with pytest.raises(IllegalParameter):
        server.challenge({"SRP_A": "0"})
    server.challenge({"SRP_A": "2"})


def test_a_device_asks_for_the_user_it_signs_in_for() -> None:
    _, config = new_device(GROUP_KEY, DEVICE_KEY)
    server = SRPServer(Verifier.for_device(GROUP_KEY, DEVICE_KEY, dict(config)), username="alice")
    with pytest.raises(IllegalParameter) as caught:
        server.challenge({"USERNAME": "mallory", "DEVICE_KEY": DEVICE_KEY, "SRP_A": "2"})
    assert caught.value.name == "USERNAME"


def test_steps_out_of_order_are_refused() -> None:
    server, client = SRPServer(USER), OracleClient()
    with pytest.raises(StateError, match="call challenge"):
        server.verify({}, now=NOW)
    challenged(server, client)
    with pytest.raises(StateError, match="has its challenge"):
        challenged(server, client)


@pytest.mark.parametrize(("number", "error"), OUT_OF_RANGE.values(), ids=OUT_OF_RANGE)
def test_an_srp_a_out_of_range_never_gets_a_challenge(number: int, error: type[Exception]) -> None:
    """With A = 0 mod N anybody would log in without a password. Nothing is computed with it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formula, "power", None)
        with pytest.raises(error) as caught:
            SRPServer(USER).challenge({"SRP_A": f"{number:x}"})
    assert caught.value.name == "SRP_A"  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", [None, 5, "", "xyz", MEGABYTES, "\ud800"])
def test_an_srp_a_that_is_not_hex_is_refused(value: object) -> None:
    with pytest.raises(MalformedParameter) as caught:
        SRPServer(USER).challenge({"SRP_A": value})
    assert caught.value.name == "SRP_A"


def test_u_of_zero_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(srp, "u", lambda A, B: 0)
    with pytest.raises(IllegalParameter, match="u = 0") as caught:
        challenged(SRPServer(USER), OracleClient())
    assert caught.value.name == "SRP_A"


def test_a_client_secret_is_asked_for_in_both_calls() -> None:
    client = OracleClient()
    hashed = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
    with pytest.raises(MalformedParameter, match="SECRET_HASH is missing"):
        challenged(SRPServer(USER, username="alice", app=APP), client)
    server = SRPServer(USER, username="alice", app=APP)
    challenge = challenged(server, client, SECRET_HASH=hashed)
    with pytest.raises(MalformedParameter, match="SECRET_HASH is missing"):
        server.verify(client.answer(challenge, NOW), now=NOW)


@pytest.mark.parametrize("sent", [None, "other"])
def test_a_device_must_name_itself(sent: str | None) -> None:
    _, config = new_device(GROUP_KEY, DEVICE_KEY)
    server = SRPServer(Verifier.for_device(GROUP_KEY, DEVICE_KEY, dict(config)), username="alice")
    with pytest.raises((MalformedParameter, IllegalParameter)) as caught:
        challenged(server, OracleClient(), DEVICE_KEY=sent)
    assert caught.value.name == "DEVICE_KEY"


@pytest.mark.parametrize("value", [None, [], "text", 5])
def test_parameters_and_answers_that_are_not_objects_are_malformed(value: Any) -> None:
    with pytest.raises(MalformedParameter) as caught:
        SRPServer(USER).challenge(value)
    assert caught.value.name == "AuthParameters"
    server = SRPServer(USER)
    challenged(server, OracleClient())
    with pytest.raises(MalformedParameter) as caught:
        server.verify(value)
    assert caught.value.name == "ChallengeResponses"


ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
VALUES = st.none() | st.integers() | ANY_TEXT | st.binary() | st.lists(st.text())
KEYS = st.sampled_from(
    [
        "USERNAME",
        "SRP_A",
        "DEVICE_KEY",
        "SECRET_HASH",
        "TIMESTAMP",
        "PASSWORD_CLAIM_SECRET_BLOCK",
        "PASSWORD_CLAIM_SIGNATURE",
    ]
)


@given(st.dictionaries(KEYS, VALUES), st.dictionaries(KEYS, VALUES))
def test_whatever_a_client_sends_ends_in_an_srp_error(
    parameters: dict[str, Any], answer: dict[str, Any]
) -> None:
    for app in (None, APP):
        server = SRPServer(USER, username="alice", app=app)
        try:
            challenge = server.challenge({**parameters, "SRP_A": parameters.get("SRP_A")})
        except SRPError:
            continue
        # "1" is an A that lies in range, and may be drawn.
        assert challenge["USERNAME"] == "alice"
    client = OracleClient(a=3)
    server = SRPServer(USER, username="alice")
    right = client.answer(challenged(server, client), NOW)
    if all(answer.get(key, value) == value for key, value in right.items()):
        server.verify({**right, **answer}, now=NOW)
    else:
        with pytest.raises(SRPError):
            server.verify({**right, **answer}, now=NOW)


# Verifiers


def config(v: bytes, salt: bytes) -> dict[str, object]:
    return {
        "PasswordVerifier": base64.b64encode(v).decode(),
        "Salt": base64.b64encode(salt).decode(),
    }


@pytest.mark.parametrize(
    ("v", "salt", "error", "name"),
    [
        (b"\x80" + bytes(383), b"\x01", IllegalParameter, "PasswordVerifier"),
        (b"\x01", b"\x80", IllegalParameter, "Salt"),
        (b"\x00", b"\x01", IllegalParameter, "PasswordVerifier"),
        (oracle.pad(N), b"\x01", IllegalParameter, "PasswordVerifier"),
        (b"", b"\x01", MalformedParameter, "PasswordVerifier"),
        (b"\x01", b"", MalformedParameter, "Salt"),
        (bytes(2049), b"\x01", MalformedParameter, "PasswordVerifier"),
        (b"\x01", bytes(2049), MalformedParameter, "Salt"),
    ],
)
def test_a_device_that_registers_nonsense_is_refused(
    v: bytes, salt: bytes, error: type[Exception], name: str
) -> None:
    with pytest.raises(error) as caught:
        Verifier.for_device(GROUP_KEY, DEVICE_KEY, config(v, salt))
    assert caught.value.name == name  # type: ignore[attr-defined]


def test_a_device_config_is_read_as_signed_integers() -> None:
    verifier = Verifier.for_device(GROUP_KEY, DEVICE_KEY, config(b"\0\x80", b"\0\xff"))
    assert (verifier.v, verifier.salt) == (0x80, 0xFF)


@pytest.mark.parametrize("missing", ["PasswordVerifier", "Salt"])
@pytest.mark.parametrize("value", [None, 5, "not base64", "QQ"])
def test_a_device_config_that_cannot_be_read_names_the_key(missing: str, value: object) -> None:
    broken = {**config(b"\x05", b"\x05"), missing: value}
    with pytest.raises(MalformedParameter) as caught:
        Verifier.for_device(GROUP_KEY, DEVICE_KEY, broken)
    assert caught.value.name == missing


def test_a_device_config_that_is_not_an_object_is_malformed() -> None:
    with pytest.raises(MalformedParameter) as caught:
        Verifier.for_device(GROUP_KEY, DEVICE_KEY, None)  # type: ignore[arg-type]
    assert caught.value.name == "DeviceSecretVerifierConfig"


def test_a_verifiers_values_of_another_type_are_the_callers_mistake() -> None:
    identity = Identity("user", "Example", "alice")
    for values, says in (((None, 1, 5), "identity"), ((identity, "f", 5), "salt")):
        with pytest.raises(TypeError, match=f"{says} must be an"):
            Verifier(*values)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="v must be an int"):
        Verifier(identity, 1, "5")  # type: ignore[arg-type]


@pytest.mark.parametrize("v", [0, N, -1])
def test_a_verifier_out_of_range_is_the_callers_mistake(v: int) -> None:
    with pytest.raises(ValueError, match="between 1 and N - 1"):
        Verifier(Identity("user", "Example", "alice"), 1, v)


@pytest.mark.parametrize("v", [1, N - 1])
def test_a_verifier_at_the_ends_of_its_range_is_one(v: int) -> None:
    assert Verifier(Identity("user", "Example", "alice"), 1, v).v == v
    octets = v.to_bytes(385, "big")
    assert Verifier.for_device(GROUP_KEY, DEVICE_KEY, config(octets, b"\0")).v == v


def test_a_salt_of_zero_is_registered() -> None:
    assert Verifier.for_device(GROUP_KEY, DEVICE_KEY, config(b"\5", b"\0")).salt == 0


@pytest.mark.parametrize("name", ["device_group_key", "device_key"])
def test_a_device_is_registered_under_keys_that_were_read_properly(name: str) -> None:
    keys = {"device_group_key": GROUP_KEY, "device_key": DEVICE_KEY, name: "a\n"}
    with pytest.raises(ValueError, match=f"^{name} begins or ends with white space$"):
        Verifier.for_device(**keys, config=config(b"\5", b"\5"))


def test_a_user_has_a_name_and_a_password_of_text() -> None:
    with pytest.raises(ValueError, match="^user_id is empty$"):
        Verifier.for_user(POOL_ID, "", PASSWORD)
    with pytest.raises(TypeError, match="^the password must be a str|^password must be a str"):
        Verifier.for_user(POOL_ID, USER_ID, b"secret")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("registered", "message"),
    [
        (config(b"", b"\5"), "PasswordVerifier is empty"),
        (config(b"\5", b""), "Salt is empty"),
        (config(b"\0" * 2049, b"\5"), "PasswordVerifier has more than 2048 bytes"),
        (config(b"\5", b"\0" * 2049), "Salt has more than 2048 bytes"),
        (
            config(b"\x80", b"\5"),
            "PasswordVerifier is negative; it lacks the 00 byte before its top bit",
        ),
        (config(b"\5", b"\xff"), "Salt is negative; it lacks the 00 byte before its top bit"),
        (config(b"\0", b"\5"), "PasswordVerifier must lie between 1 and N - 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_registration_that_is_refused_says_why(
    registered: dict[str, object], message: str
) -> None:
    with pytest.raises(PeerError) as caught:
        Verifier.for_device(GROUP_KEY, DEVICE_KEY, registered)
    assert str(caught.value) == message


def test_a_registration_of_the_most_bytes_is_read() -> None:
    octets = b"\0" * 2047 + b"\5"
    assert Verifier.for_device(GROUP_KEY, DEVICE_KEY, config(octets, octets)).salt == 5


def test_an_answer_that_is_refused_says_why() -> None:
    for changed, message in (
        ({"USERNAME": "bob"}, "USERNAME is not the one of this exchange"),
        (
            {"PASSWORD_CLAIM_SECRET_BLOCK": "QQ=="},
            "PASSWORD_CLAIM_SECRET_BLOCK is not the challenge's",
        ),
    ):
        with pytest.raises(IllegalParameter) as caught:
            login(**changed)
        assert str(caught.value) == message


def test_a_second_challenge_is_refused_whatever_it_is_asked_with() -> None:
    server = SRPServer(USER, username="alice")
    challenged(server, OracleClient())
    with pytest.raises(StateError, match="has its challenge"):
        server.challenge({})


def test_parameters_that_are_missing_are_called_by_their_wire_key() -> None:
    _, registered = new_device(GROUP_KEY, DEVICE_KEY)
    device = Verifier.for_device(GROUP_KEY, DEVICE_KEY, dict(registered))
    for server, name in (
        (SRPServer(USER), "AuthParameters"),
        (SRPServer(device, username="alice"), "ChallengeResponses"),
    ):
        with pytest.raises(MalformedParameter) as caught:
            server.challenge(None)  # type: ignore[arg-type]
        assert caught.value.name == name


def test_a_device_that_sends_another_key_is_refused_with_the_reason() -> None:
    _, registered = new_device(GROUP_KEY, DEVICE_KEY)
    device = Verifier.for_device(GROUP_KEY, DEVICE_KEY, dict(registered))
    sent = {"USERNAME": "alice", "DEVICE_KEY": "another", "SRP_A": "5"}
    with pytest.raises(IllegalParameter) as caught:
        SRPServer(device, username="alice").challenge(sent)
    assert str(caught.value) == "DEVICE_KEY is not the key of the device that is checked"


# The password itself


@pytest.mark.parametrize("password", [PASSWORD, "", " p\u00e4ss\n", "x" * 10_000])
def test_the_password_of_a_verifier_passes_and_no_other_does(password: str) -> None:
    verifier = Verifier.for_user(POOL_ID, USER_ID, password)
    check_password(verifier, password)
    for other in (f"{password} ", password.upper() + "!", "battery staple"):
        with pytest.raises(SignatureMismatch, match="not the one that this password makes"):
            check_password(verifier, other)


def test_a_password_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = watch_comparisons(monkeypatch)
    check_password(USER, PASSWORD)
    v = oracle.verifier(oracle.x("Example", USER_ID, PASSWORD, USER.salt)).to_bytes(384, "big")
    assert compared == [(v, v)]


def test_a_claim_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = watch_comparisons(monkeypatch)
    with pytest.raises(SignatureMismatch):
        login(PASSWORD_CLAIM_SIGNATURE="A" * 43 + "=")
    ((claim, expected),) = compared
    assert claim == b"A" * 43 + b"="
    assert len(base64.b64decode(expected, validate=True)) == 32


def watch_comparisons(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, bytes]]:
    """Return what is compared in constant time from now on."""
    compared: list[tuple[bytes, bytes]] = []

    class Watched:
        digest = staticmethod(hmac.digest)

        @staticmethod
        def compare_digest(one: bytes, other: bytes) -> bool:
            compared.append((one, other))
            return hmac.compare_digest(one, other)

    monkeypatch.setattr(server_module, "hmac", Watched)
    return compared


# Somebody who is not in the pool


def test_a_strangers_salt_is_the_same_each_time_and_srp_b_is_not() -> None:
    simulated = SimulatedVerifiers(POOL_ID)
    first, second = (simulated.verifier("nobody") for _ in range(2))
    digest = hmac.new(simulated._key, b"salt\nnobody", hashlib.sha256).digest()
    assert first == second == Verifier(Identity("user", "Example", "nobody"), first.salt, first.v)
    assert first.salt == int.from_bytes(digest[:16], "big")
    assert len(simulated._key) == 32
    assert simulated.verifier("nobody else").salt != first.salt
    parameters = {"USERNAME": "nobody", "SRP_A": "5"}
    answers = [SRPServer(each).challenge(parameters) for each in (first, second)]
    assert answers[0]["SRP_B"] != answers[1]["SRP_B"]


def test_nothing_that_somebody_else_knows_gives_a_strangers_salt_or_verifier() -> None:
    """Two pools of one id share neither, and v does not follow from what makes the salt."""
    one, other = (SimulatedVerifiers(POOL_ID) for _ in range(2))
    assert one.verifier("nobody").salt != other.verifier("nobody").salt
    other._key = one._key
    assert one.verifier("nobody").salt == other.verifier("nobody").salt
    assert one.verifier("nobody").v != other.verifier("nobody").v


@pytest.mark.parametrize(("drawn", "v"), [(0, 1), (N - 2, N - 1)])
def test_a_strangers_verifier_is_any_number(
    monkeypatch: pytest.MonkeyPatch, drawn: int, v: int
) -> None:
    bounds = []
    randbelow = lambda bound: bounds.append(bound) or drawn  # noqa: E731
    monkeypatch.setattr(server_module.secrets, "randbelow", randbelow)
    assert SimulatedVerifiers(POOL_ID).verifier("nobody").v == v
    assert bounds == [N - 1]


def test_a_stranger_costs_one_exponentiation_for_srp_b_as_a_user_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever measures the time learns nothing."""
    user = Verifier.for_user(POOL_ID, "alice", PASSWORD)
    counting = Counting(monkeypatch)
    simulated = SimulatedVerifiers(POOL_ID)
    for made in (lambda: user, lambda: simulated.verifier("alice")):
        before = counting.count
        SRPServer(made()).challenge({"USERNAME": "alice", "SRP_A": "5"})
        assert counting.count == before + 1


def test_a_strangers_arguments_are_checked_and_its_secrets_are_not_shown() -> None:
    with pytest.raises(ValueError, match="pool_id"):
        SimulatedVerifiers("eu-west-1")
    simulated = SimulatedVerifiers(POOL_ID)
    with pytest.raises(ValueError, match="username is empty"):
        simulated.verifier("")
    with pytest.raises(ValueError, match="name holds a lone surrogate"):
        simulated.drawn("salt", "\ud800")
    assert repr(simulated) == "<SimulatedVerifiers of the pool 'Example'>"


# The hook


def observed(**changed: str) -> list[Checked]:
    """Log in, and return what the hook sees; `changed` goes into the client's answer."""
    seen: list[Checked] = []
    server = SRPServer(USER, username="alice", observe=seen.append)
    client = OracleClient()
    challenge = challenged(server, client)
    answer = client.answer(challenge, NOW, **changed)
    with contextlib.suppress(SRPError):
        server.verify(answer, now=NOW)
    (exchange,) = seen
    assert int(client.srp_a, 16) == exchange.A
    assert exchange.B == int(challenge["SRP_B"], 16) == oracle.public_b(exchange.b, USER.v)
    assert exchange.u == oracle.u(exchange.A, exchange.B)
    assert exchange.secret_block == base64.b64decode(challenge["SECRET_BLOCK"])
    assert exchange.answer == answer
    with pytest.raises(StateError):
        server.verify(answer, now=NOW)
    assert len(seen) == 1, "an exchange that is over is not checked"
    return seen


def test_the_hook_sees_a_right_claim_once() -> None:
    assert observed()[0].error is None


def test_the_hook_sees_why_an_answer_is_refused() -> None:
    assert isinstance(observed(PASSWORD_CLAIM_SIGNATURE="A" * 44)[0].error, SignatureMismatch)
    error = observed(TIMESTAMP="Sat Mar 07 09:05:03 UTC 2026")[0].error
    assert isinstance(error, MalformedParameter)
    assert error.name == "TIMESTAMP"


def test_what_the_hook_raises_is_what_verify_raises() -> None:
    def refuse(_: Checked) -> None:
        raise SignatureMismatch("not today")

    for signature in ({}, {"PASSWORD_CLAIM_SIGNATURE": "A" * 44}):
        server, client = SRPServer(USER, username="alice", observe=refuse), OracleClient()
        answer = client.answer(challenged(server, client), NOW, **signature)
        with pytest.raises(SignatureMismatch, match="not today"):
            server.verify(answer, now=NOW)


def test_what_the_hook_sees_is_not_in_its_repr() -> None:
    exchange = observed()[0]
    assert f"{exchange.b:x}" not in repr(exchange)
    assert str(exchange.b) not in repr(exchange)


# The caller's own mistakes


def test_the_servers_arguments_are_checked_with_a_sentence() -> None:
    with pytest.raises(TypeError, match="verifier must be a Verifier"):
        SRPServer("verifier")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="username"):
        SRPServer(USER, username=b"alice")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="app must be an AppClient"):
        SRPServer(USER, app=CLIENT_ID)  # type: ignore[arg-type]
    _, registered = new_device(GROUP_KEY, DEVICE_KEY)
    with pytest.raises(ValueError, match="pass that user's username"):
        SRPServer(Verifier.for_device(GROUP_KEY, DEVICE_KEY, dict(registered)))


def test_a_naive_moment_is_refused_before_the_challenge_is_used() -> None:
    server, client = SRPServer(USER, username="alice"), OracleClient()
    answer = client.answer(challenged(server, client), NOW)
    with pytest.raises(ValueError, match="aware"):
        server.verify(answer, now=datetime(2026, 3, 7))
    with pytest.raises(TypeError, match="skew must be a timedelta"):
        server.verify(answer, now=NOW, skew=120)  # type: ignore[arg-type]
    server.verify(answer, now=NOW)


def test_no_secret_is_in_any_repr() -> None:
    server = SRPServer(USER, username="alice", app=APP)
    hashed = oracle.secret_hash("alice", CLIENT_ID, CLIENT_SECRET)
    challenged(server, OracleClient(), SECRET_HASH=hashed)
    assert server._pending is not None
    pending = server._pending.take()
    shown = repr(server) + repr(USER) + repr(pending) + repr(server._pending)
    for secret in (USER.v, USER.salt, pending.b):
        assert str(secret) not in shown
        assert f"{secret:x}" not in shown
    assert CLIENT_SECRET not in shown
    assert repr(pending) == "<_Pending>"
    assert repr(server) == "<SRPServer for user 'alice'>"
