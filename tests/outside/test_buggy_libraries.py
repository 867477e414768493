"""Published libraries with known mistakes: each one is run, and the diagnosis finds its mistake."""

import base64
import contextlib
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import mistaken
import oracle
import pytest
from cases import USER, found
from mistaken import Case

from srp_cognito.diagnosis import diagnose

pytestmark = pytest.mark.slow  # Each search takes a second or two.

FOLDER = Path(__file__).parents[1] / "javascript"
FIRST_A = 2**1023
"""As long as the `a` of passwordless-auth. The rare shapes were searched for from here."""

U_SHORT = replace(USER, a=FIRST_A + 998)
A_SHORT = replace(USER, a=FIRST_A + 2829)
S_SHORT = replace(USER, a=FIRST_A + 343)
ORDINARY = replace(USER, a=FIRST_A)
B_ODD = replace(ORDINARY, B=oracle.verifier(0xB0B0B0B + 24))
LEADING_ZEROS = replace(ORDINARY, salt=f"0012{USER.salt[4:]}")

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (FOLDER / "node_modules").is_dir(),
    reason="Node and npm are needed, and then: make javascript",
)


def in_node(library: str, *cases: Case) -> list[str]:
    """The signatures that a library in JavaScript makes for these logins."""
    lines = [
        json.dumps(
            {
                "library": library,
                **case.transcript(None),
                "timestamp": oracle.timestamp(case.moment),
                "now": int(1000 * case.moment.timestamp()),
            }
        )
        for case in cases
    ]
    done = subprocess.run(
        ["node", "mistaken.mjs"],
        cwd=FOLDER,
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    for case, each in zip(cases, answers, strict=True):
        assert each["timestamp"] == oracle.timestamp(case.moment)
    return [each["signature"] for each in answers]


@needs_node
def test_passwordless_auth_keeps_the_leading_zeros_of_u_and_of_a_salt() -> None:
    """amazon-cognito-passwordless-auth 0.17.0: u stays the 32 bytes of the digest."""
    ordinary, short, zeros = in_node("passwordlessAuth", ORDINARY, U_SHORT, LEADING_ZEROS)
    assert diagnose(ORDINARY.transcript(ordinary)).verdict == "right"
    assert found(diagnose(U_SHORT.transcript(short))) >= {("salt-of-key-sign-always",)}
    assert found(diagnose(LEADING_ZEROS.transcript(zeros))) >= {("salt-leading-zeros",)}


@needs_node
def test_cognito_srp_pads_a_and_s_and_loses_an_odd_digit_of_b() -> None:
    """cognito-srp 0.2.0, by stewartml (sjmeverett): A and S are 384 bytes wide."""
    cases = (ORDINARY, A_SHORT, S_SHORT, B_ODD)
    ordinary, short_a, short_s, odd = in_node("cognitoSrp", *cases)
    assert diagnose(ORDINARY.transcript(ordinary)).verdict == "right"
    assert found(diagnose(A_SHORT.transcript(short_a))) >= {("u-signed-fixed",)}
    assert found(diagnose(S_SHORT.transcript(short_s))) >= {("s-sign-always",)}
    assert found(diagnose(B_ODD.transcript(odd))) >= {("u-odd-digit",)}


def python_client(module: Any, client: Any, case: Case) -> str:
    """The signature of pycognito's or warrant-lite's class, with its random `a` replaced."""
    challenge = {
        "SALT": case.salt,
        "SRP_B": f"{case.B:x}",
        "SECRET_BLOCK": base64.b64encode(case.secret_block).decode(),
        "USERNAME": case.member,
        "USER_ID_FOR_SRP": case.member,
    }
    clock = mock.Mock()
    clock.datetime.utcnow.return_value = case.moment.replace(tzinfo=None)
    clock.datetime.now.return_value = case.moment
    clock.datetime.side_effect = datetime
    with (
        mock.patch.object(module, "datetime", clock),
        mock.patch.object(module, "get_random", return_value=case.a),
    ):
        made = client()
        parameters = made.get_auth_params()
        given = (challenge, parameters) if module.__name__.startswith("pyc") else (challenge,)
        answer = made.process_challenge(*given)
    assert answer["TIMESTAMP"] == oracle.timestamp(case.moment)
    signature: str = answer["PASSWORD_CLAIM_SIGNATURE"]
    return signature


def test_pycognito_hashes_the_leading_zeros_of_a_salt() -> None:
    aws_srp = pytest.importorskip("pycognito.aws_srp")
    given = (USER.member, USER.password, USER.pool_id, "1example")
    make = lambda: aws_srp.AWSSRP(*given, client=object())  # noqa: E731, since it is passed on.
    ordinary = python_client(aws_srp, make, ORDINARY)
    assert diagnose(ORDINARY.transcript(ordinary)).verdict == "right"
    signature = python_client(aws_srp, make, LEADING_ZEROS)
    assert found(diagnose(LEADING_ZEROS.transcript(signature))) >= {("salt-leading-zeros",)}


def test_warrant_lite_hashes_the_leading_zeros_of_a_salt(monkeypatch: pytest.MonkeyPatch) -> None:
    module = pytest.importorskip("warrant_lite")
    # It switches to the locale en_US, which few servers have.
    monkeypatch.setattr(module, "temp_locale", lambda _: contextlib.nullcontext())
    given = (USER.member, USER.password, USER.pool_id, "1example")
    make = lambda: module.WarrantLite(*given, client=object())  # noqa: E731, since it is passed on.
    ordinary = python_client(module, make, ORDINARY)
    assert diagnose(ORDINARY.transcript(ordinary)).verdict == "right"
    signature = python_client(module, make, LEADING_ZEROS)
    assert found(diagnose(LEADING_ZEROS.transcript(signature))) >= {("salt-leading-zeros",)}


# Generic SRP, which people try first. It is right, but its rules are not Cognito's.


def signature_of(case: Case, key: bytes) -> str:
    at = oracle.timestamp(case.moment)
    return oracle.signature(key, case.group, case.member, case.secret_block, at)


def named_first(case: Case, theirs: dict[str, int | bytes]) -> set[tuple[str, ...]]:
    """What the diagnosis names, if it is given every value of the other code."""
    key = theirs["key"]
    assert isinstance(key, bytes)
    shown = {
        name: value.hex() if isinstance(value, bytes) else f"{value:x}"
        for name, value in theirs.items()
    }
    diagnosis = diagnose({**case.transcript(signature_of(case, key)), "theirs": shown})
    return found(diagnosis) if diagnosis.verdict != "right" else {("right",)}


def test_the_diagnosis_leads_a_port_on_srptools_to_the_right_signature() -> None:
    """The diagnosis names the first mistake, the test corrects it, until everything is right."""
    srptools = pytest.importorskip("srptools")
    case = replace(USER, a=USER.a, salt=USER.salt)

    class Port(srptools.SRPContext):
        corrected: frozenset[str] = frozenset()

        def values(self) -> dict[str, int | bytes]:
            right = mistaken.values(case)
            if "k" in self.corrected:
                self._mult = right["k"]
            salt = int(case.salt, 16)
            x = right["x"] if "x" in self.corrected else self.get_common_password_hash(salt)
            u = right["u"] if "u" in self.corrected else self.get_common_secret(case.B, case.A)
            S = self.get_client_premaster_secret(
                password_hash=x, server_public=case.B, client_private=case.a, common_secret=u
            )
            key = right["key"] if "key" in self.corrected else self.get_common_session_key(S)
            return {"k": self._mult, "x": x, "u": u, "s": S, "key": key}

    def values(*corrected: str) -> dict[str, int | bytes]:
        port = Port(
            f"{case.group}{case.member}",
            case.password,
            prime=f"{oracle.N:x}",
            generator="2",
            hash_func=srptools.constants.HASH_SHA_256,
        )
        port.corrected = frozenset(corrected)
        return port.values()

    assert named_first(case, values()) == {("k-g-padded",)}
    assert named_first(case, values("k")) >= {("salt-no-sign",)}
    # With two mistakes left, the diagnosis names both.
    assert ("key-sha256-s-no-sign", "u-fixed") in named_first(case, values("k", "x"))
    assert named_first(case, values("k", "x", "u")) >= {("key-sha256-s-no-sign",)}
    assert named_first(case, values("k", "x", "u", "key")) == {("right",)}


@pytest.mark.parametrize("rfc5054", [False, True])
def test_the_diagnosis_names_the_first_wrong_value_of_the_generic_srp(
    rfc5054: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = pytest.importorskip("srp._pysrp")
    monkeypatch.setattr(module, "_rfc5054_compat", rfc5054)
    user = module.User(
        f"{USER.group}{USER.member}",
        USER.password,
        hash_alg=module.SHA256,
        ng_type=module.NG_CUSTOM,
        n_hex=f"{oracle.N:x}".encode(),
        g_hex=b"2",
    )
    user.a, user.A = USER.a, USER.A
    user.process_challenge(bytes.fromhex(USER.salt), bytes.fromhex(f"{USER.B:x}"))
    theirs = {"k": user.k, "x": user.x, "u": user.u, "s": user.S, "key": user.K}
    # Without RFC 5054's padding there are only two mistakes.
    first = ("k-g-padded",) if rfc5054 else ("key-sha256-s-no-sign", "no-sign")
    assert first in named_first(USER, theirs)
    # Its other values, one by one, with the values before them right.
    u = "u-fixed" if rfc5054 else "u-no-sign"
    for name, mistake in (("x", "salt-no-sign"), ("u", u)):
        transcript = {**USER.transcript(None), "theirs": {name: f"{theirs[name]:x}"}}
        assert (mistake,) in found(diagnose(transcript))
