"""diagnosis/registration.py: whether a registered device can sign in, and if not, why not."""

import base64
import json
import secrets

import oracle
import pytest
from peers import DEVICE_KEY, GROUP_KEY, OracleClient, OracleServer

from srp_cognito import MalformedParameter, new_device
from srp_cognito.diagnosis import Diagnosis, diagnose_registration

PASSWORD = "a device's password"
SALT = 0xF1E2D3C4B5A69788776655443322110F  # Its top bit is set.
LOW_SALT = 0x71E2D3C4B5A69788776655443322110F
USER = {
    "pool_id": "eu-west-1_Example",
    "user_id": "Alice",
    "username": "alice@example.com",
    "password": "the user's password",
}


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def unsigned(number: int) -> bytes:
    digits = f"{number:x}"
    return bytes.fromhex(digits if len(digits) % 2 == 0 else f"0{digits}")


def x_of(
    group: str = GROUP_KEY, member: str = DEVICE_KEY, password: str = PASSWORD, salt: int = SALT
) -> int:
    return oracle.x(group, member, password, salt)


def x_of_bytes(salt: bytes) -> int:
    inner = oracle.sha256(f"{GROUP_KEY}{DEVICE_KEY}:{PASSWORD}".encode())
    return oracle.integer(oracle.sha256(salt + inner))


def found(verifier: str, salt: str = b64(oracle.pad(SALT)), **more: object) -> Diagnosis:
    record: dict[str, object] = {
        "device_group_key": GROUP_KEY,
        "device_key": DEVICE_KEY,
        "device_password": PASSWORD,
        "PasswordVerifier": verifier,
        "Salt": salt,
        **USER,
    }
    return diagnose_registration({**record, **more})


def ids(diagnosis: Diagnosis) -> list[list[str]]:
    return [[named.mistake.id for named in each] for each in diagnosis.explanations]


V = oracle.verifier(x_of())
V_LOW = oracle.verifier(x_of(salt=LOW_SALT))


def high_v() -> tuple[int, int]:
    """A salt whose verifier has its top bit set; a pinned one would say no more."""
    salt = SALT
    while not oracle.verifier(x_of(salt=salt)) >> 3071:
        salt += 1
    return salt, oracle.verifier(x_of(salt=salt))


def test_what_this_library_registers_is_right() -> None:
    device, config = new_device(GROUP_KEY, DEVICE_KEY)
    diagnosis = found(
        config["PasswordVerifier"], config["Salt"], device_password=device.device_password
    )
    assert (diagnosis.verdict, diagnosis.explanations) == ("right", ())
    assert diagnosis.advice == ("A device with this password can sign in.",)


def test_what_the_oracle_registers_is_right_and_signs_in() -> None:
    assert found(b64(oracle.pad(V))).verdict == "right"
    server = OracleServer(GROUP_KEY, DEVICE_KEY, PASSWORD, salt=SALT)
    client = OracleClient(GROUP_KEY, DEVICE_KEY, PASSWORD)
    assert server.v == V
    assert client.srp_a


@pytest.mark.parametrize(
    ("mistake", "x"),
    [
        ("device-user-password", x_of(password=USER["password"])),
        ("device-user-id", x_of(member=USER["user_id"])),
        ("device-alias", x_of(member=USER["username"])),
        ("device-no-group", x_of(group="")),
        ("device-group-cut", x_of(group=GROUP_KEY.partition("_")[2])),
        ("device-group-head", x_of(group=GROUP_KEY.partition("_")[0])),
        ("device-key-cut", x_of(member=DEVICE_KEY.partition("_")[2])),
        ("device-pool", x_of(group="Example")),
        ("device-pool-id", x_of(group=USER["pool_id"])),
        ("password-newline", x_of(password=f"{PASSWORD}\n")),
        ("salt-text", x_of_bytes(f"{SALT:x}".encode())),
        ("registered-salt-text", x_of_bytes(b64(oracle.pad(SALT)).encode())),
        ("colon-missing", oracle.integer(
            oracle.sha256(
                oracle.pad(SALT) + oracle.sha256(f"{GROUP_KEY}{DEVICE_KEY}{PASSWORD}".encode())
            )
        )),
    ],
)  # fmt: skip
def test_a_verifier_of_another_x_is_told(mistake: str, x: int) -> None:
    diagnosis = found(b64(oracle.pad(oracle.verifier(x))))
    assert [mistake] in ids(diagnosis)
    assert diagnosis.verdict == "mistake"
    first = diagnosis.first_difference
    assert first is not None
    assert first.name == "PasswordVerifier"


def test_a_salt_that_was_hashed_without_its_sign_is_told() -> None:
    diagnosis = found(b64(oracle.pad(oracle.verifier(x_of_bytes(unsigned(SALT))))))
    assert ["salt-no-sign"] in ids(diagnosis)


def test_a_value_without_its_sign_byte_is_told_for_each_of_the_two() -> None:
    salt, v = high_v()
    right = b64(oracle.pad(salt))
    diagnosis = found(b64(unsigned(v)), right)
    assert ids(diagnosis) == [["registered-no-sign"]]
    assert diagnosis.explanations[0][0].says.endswith("(PasswordVerifier).")
    diagnosis = found(b64(oracle.pad(v)), b64(unsigned(salt)))
    assert ids(diagnosis) == [["registered-no-sign"]]
    assert diagnosis.explanations[0][0].says.endswith("(Salt).")
    diagnosis = found(b64(unsigned(v)), b64(unsigned(salt)))
    assert ids(diagnosis) == [["registered-no-sign"]]
    assert diagnosis.explanations[0][0].says.endswith("(both values).")
    first = diagnosis.first_difference
    assert first is not None
    assert (first.name, first.expected) == ("Salt", right)


@pytest.mark.parametrize(
    ("mistake", "write"),
    [
        ("registered-hex", lambda number: f"{number:x}"),
        ("registered-base64-of-hex", lambda number: b64(f"{number:x}".encode())),
        ("registered-little-endian", lambda number: b64(oracle.pad(number)[::-1])),
        (
            "registered-url-safe",
            lambda number: b64(oracle.pad(number)).translate(str.maketrans("+/", "-_")),
        ),
    ],
)  # fmt: skip
def test_a_value_that_is_written_otherwise_is_told(mistake: str, write: object) -> None:
    assert callable(write)
    sent = write(V_LOW), write(LOW_SALT)
    right = b64(oracle.pad(V_LOW)), b64(oracle.pad(LOW_SALT))
    diagnosis = found(sent[0], right[1])
    assert [mistake] in ids(diagnosis)
    both = found(*sent)
    assert [mistake] in ids(both)
    assert both.explanations[0][0].says.endswith(
        "(PasswordVerifier)." if sent[1] == right[1] else "(both values)."
    )


def test_x_in_the_place_of_the_verifier_is_told() -> None:
    assert ids(found(b64(oracle.pad(x_of())))) == [["registered-x"]]


def test_two_mistakes_are_told_together() -> None:
    salt, v = SALT, None
    while v is None or not v >> 3071:
        salt += 1
        v = oracle.verifier(x_of(group="", salt=salt))
    diagnosis = found(b64(unsigned(v)), b64(oracle.pad(salt)))
    assert ids(diagnosis) == [["device-no-group", "registered-no-sign"]]


def test_what_is_unknown_is_called_unknown() -> None:
    diagnosis = found(b64(oracle.pad(secrets.randbelow(oracle.N))))
    assert (diagnosis.verdict, diagnosis.explanations) == ("unknown", ())
    told = " ".join(diagnosis.advice)
    assert "Most likely now: another device password" in told


def test_nothing_secret_is_shown() -> None:
    diagnosis = found(b64(oracle.pad(x_of(password="another"))))
    for shown in ("\n".join(diagnosis.lines()), json.dumps(diagnosis.to_json())):
        assert PASSWORD not in shown
        assert USER["password"] not in shown


@pytest.mark.parametrize(
    ("more", "name"),
    [
        *(({name: None}, name) for name in ("device_group_key", "device_key", "device_password")),
        *(({name: None}, name) for name in ("PasswordVerifier", "Salt")),
        *(({name: "!"}, name) for name in ("PasswordVerifier", "Salt")),
        ({"user_id": 7}, "user_id"),
    ],
)
def test_what_is_missing_or_unreadable_names_the_field(more: dict[str, object], name: str) -> None:
    with pytest.raises(MalformedParameter) as refused:
        diagnose_registration(
            {
                "device_group_key": GROUP_KEY,
                "device_key": DEVICE_KEY,
                "device_password": PASSWORD,
                "PasswordVerifier": "AQ==",
                "Salt": "AQ==",
                **more,
            }
        )
    assert refused.value.name == name
