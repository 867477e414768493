"""diagnosis/registration.py: whether a registered device can sign in, and if not, why not."""

import base64
import json
import secrets
from dataclasses import replace

import mistaken
import oracle
import pytest
from cases import DEVICE
from mistaken import Case
from peers import DEVICE_KEY, GROUP_KEY

from srp_cognito import MalformedParameter, new_device
from srp_cognito.diagnosis import Diagnosis, diagnose_registration

LOW = replace(DEVICE, salt="71e2d3c4b5a69788776655443322110f")


def diagnosed(*mistakes: str, case: Case = LOW, **more: object) -> Diagnosis:
    return diagnose_registration({**mistaken.registration(case, *mistakes), **more})


def ids(diagnosis: Diagnosis) -> list[list[str]]:
    return [[named.mistake.id for named in each] for each in diagnosis.explanations]


def high(*mistakes: str) -> Case:
    """Return a device whose salt has its top bit set, and whose verifier has it, too."""
    for number in range(100):
        case = replace(DEVICE, salt=f"f{number:031x}")
        verifier = mistaken.registration(case, *mistakes)["PasswordVerifier"]
        if base64.b64decode(str(verifier))[0] == 0:
            return case
    raise AssertionError("a hundred verifiers in a row do not begin with a 00 byte")


def test_what_this_library_registers_is_right() -> None:
    device, config = new_device(GROUP_KEY, DEVICE_KEY)
    keys = {"device_group_key": GROUP_KEY, "device_key": DEVICE_KEY}
    diagnosis = diagnose_registration({
        **keys, **config, "device_password": device.device_password
    })  # fmt: skip
    assert (diagnosis.verdict, diagnosis.explanations) == ("right", ())
    assert diagnosis.advice == ("A device with this password can sign in.",)
    assert diagnosis.first_difference is None


def test_what_the_oracle_registers_is_right() -> None:
    x = oracle.x(LOW.group, LOW.member, LOW.password, int(LOW.salt, 16))
    verifier = base64.b64encode(oracle.pad(oracle.verifier(x))).decode()
    assert mistaken.registration(LOW)["PasswordVerifier"] == verifier
    diagnosis = diagnosed()
    assert (diagnosis.verdict, diagnosis.tried) == ("right", 2)


@pytest.mark.parametrize(
    "mistake",
    [
        *("device-user-password", "device-user-id", "device-alias", "device-no-group"),
        *("device-group-cut", "device-group-head", "device-key-cut", "device-pool"),
        *("device-pool-id", "password-newline", "salt-text", "salt-sign-always", "colon-missing"),
    ],
)
def test_a_verifier_of_another_x_is_explained(mistake: str) -> None:
    diagnosis = diagnosed(mistake)
    assert [mistake] in ids(diagnosis)
    assert diagnosis.verdict == "mistake"
    assert diagnosis.advice == (
        "No device can sign in with this. Register it anew (ConfirmDevice).",
    )
    first = diagnosis.first_difference
    assert first is not None
    assert first.name == "PasswordVerifier"
    assert first.expected == mistaken.registration(LOW)["PasswordVerifier"]


def test_a_mistake_in_x_alone_comes_before_one_that_touches_more() -> None:
    """A salt without its sign byte, and not all integers without one."""
    diagnosis = diagnosed("salt-no-sign", case=DEVICE)
    assert ids(diagnosis)[0] == ["salt-no-sign"]
    assert ["no-sign"] not in ids(diagnosis)


def test_a_value_without_its_sign_byte_is_named() -> None:
    case = high()
    for only in ("PasswordVerifier", "Salt"):
        record = mistaken.registration(case, "registered-no-sign", only=only)
        diagnosis = diagnose_registration(record)
        assert ids(diagnosis) == [["registered-no-sign"]]
        assert diagnosis.explanations[0][0].says.endswith(f" ({only}).")


def test_the_same_mistake_in_both_values_is_one_mistake() -> None:
    diagnosis = diagnosed("registered-no-sign", case=high())
    assert ids(diagnosis) == [["registered-no-sign"]]
    assert diagnosis.explanations[0][0].says.endswith(" (both values).")
    first = diagnosis.first_difference
    assert first is not None
    assert (first.name, first.expected) == ("Salt", mistaken.registration(high())["Salt"])


def test_two_mistakes_in_the_two_values_are_both_named() -> None:
    hexed = mistaken.registration(LOW, "registered-hex")
    reversed_ = mistaken.registration(LOW, "registered-little-endian")
    diagnosis = diagnosed(PasswordVerifier=hexed["PasswordVerifier"], Salt=reversed_["Salt"])
    assert ids(diagnosis) == [["registered-little-endian", "registered-hex"]]
    says = [named.says.rpartition(" ")[2] for named in diagnosis.explanations[0]]
    assert says == ["(Salt).", "(PasswordVerifier)."]


def test_x_instead_of_the_verifier_is_named() -> None:
    assert ids(diagnosed("registered-x")) == [["registered-x"]]


def test_two_mistakes_are_named_together() -> None:
    case = high("device-no-group")
    record = mistaken.registration(
        case, "device-no-group", "registered-no-sign", only="PasswordVerifier"
    )
    assert ids(diagnose_registration(record)) == [["device-no-group", "registered-no-sign"]]
    both = diagnosed("password-newline", "device-no-group")
    assert sorted(ids(both)[0]) == ["device-no-group", "password-newline"]


def test_what_is_unknown_is_called_unknown() -> None:
    verifier = base64.b64encode(oracle.pad(secrets.randbelow(oracle.N))).decode()
    diagnosis = diagnosed(PasswordVerifier=verifier)
    assert (diagnosis.verdict, diagnosis.explanations) == ("unknown", ())
    assert "Most likely now: another device password" in " ".join(diagnosis.advice)


def test_nothing_secret_is_shown() -> None:
    diagnosis = diagnosed("device-user-password")
    for shown in ("\n".join(diagnosis.lines()), json.dumps(diagnosis.to_json())):
        assert LOW.password not in shown
        assert LOW.user_password not in shown


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"device_group_key": None}, "device_group_key"),
        ({"device_key": None}, "DEVICE_KEY"),
        ({"device_password": None}, "device_password"),
        *(({name: None}, name) for name in ("PasswordVerifier", "Salt")),
        *(({name: "!"}, name) for name in ("PasswordVerifier", "Salt")),
        ({"user_id": 7}, "USER_ID_FOR_SRP"),
    ],
    ids=str,
)
def test_what_is_missing_or_unreadable_names_the_field(more: dict[str, object], name: str) -> None:
    with pytest.raises(MalformedParameter) as refused:
        diagnosed(**more)
    assert refused.value.name == name
