"""Hundreds of random logins: the library's two halves, the transcripts and the oracle agree.

Names and passwords are any Unicode that can be sent at all; numbers are of any size, signs and
spellings that the wire allows. The rare shapes that chance does not find are pinned in vectors/.
"""

import base64
import unicodedata
from datetime import UTC, datetime, timedelta

import oracle
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from peers import OracleClient, OracleServer

from srp_cognito import (
    AppClient,
    Device,
    SignatureMismatch,
    SRPClient,
    SRPServer,
    Verifier,
    new_device,
)
from srp_cognito.transcripts.transcript import compute

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
SALTS = st.integers(0, 2**128 - 1) | st.integers(-(2**130), 2**140) | st.integers(-300, 300)
EXPONENTS = st.integers(2**255, 2**256 - 1) | st.integers(0, 2**520)
BLOCKS = st.binary(min_size=1, max_size=60)
APP = AppClient("1example23456789", "sekrit-client-secret")
NOW = datetime(2026, 3, 7, 9, 5, 3, tzinfo=UTC)


@st.composite
def hex_texts(draw: st.DrawFn, number: int) -> str:
    """A spelling of the number: any case, leading zeros, the sign in front."""
    digits = f"{abs(number):x}"
    letters = draw(st.sampled_from([digits, digits.upper(), digits.title()]))
    zeros = draw(st.sampled_from(["", "", "0", "000"]))
    return f"{'-' if number < 0 else ''}{zeros}{letters}"


@pytest.mark.parametrize("side", ["client", "server"])
@given(
    data=st.data(),
    kind=st.sampled_from(["user", "device"]),
    group=TEXT.filter(bool),
    member=TEXT,
    password=TEXT,
    salt=SALTS,
    a=EXPONENTS,
    b=EXPONENTS,
    block=BLOCKS,
    timestamp=TEXT,
)
def test_transcripts_agree_with_the_oracle_in_every_value(
    side: str,
    data: st.DataObject,
    kind: str,
    group: str,
    member: str,
    password: str,
    salt: int,
    a: int,
    b: int,
    block: bytes,
    timestamp: str,
) -> None:
    expected = oracle.exchange(
        group, member, password, salt=salt, a=a, b=b, secret_block=block, timestamp=timestamp
    )
    who = (
        {"pool_id": f"eu-west-1_{group}", "user_id": member, "password": password}
        if kind == "user"
        else {"device_group_key": group, "device_key": member, "device_password": password}
    )
    transcript = {
        "kind": kind,
        **who,
        "salt": data.draw(hex_texts(salt)),
        "secret_block": base64.b64encode(block).decode(),
        "timestamp": timestamp,
    }
    output = {
        "srp_a": f"{expected.A:x}",
        "srp_b": f"{expected.B:x}",
        "u": f"{expected.u:x}",
        "s": f"{expected.S:x}",
        "x": f"{expected.x:x}",
        "key": expected.key.hex(),
        "signature": expected.signature,
    }
    if side == "client":
        own = {"a": data.draw(hex_texts(a)), "srp_b": data.draw(hex_texts(expected.B))}
    else:
        own = {"b": data.draw(hex_texts(b)), "srp_a": data.draw(hex_texts(expected.A))}
    assert compute({**transcript, **own}).to_json() == output


@given(
    pool=TEXT.map(str.strip).filter(bool),
    user_id=TEXT.filter(bool),
    username=TEXT.filter(bool),
    password=TEXT,
    salt=SALTS,
    b=EXPONENTS,
    block=BLOCKS,
    offset=st.integers(0, 10**9),
)
def test_any_user_signs_in_to_the_oracles_server(
    pool: str,
    user_id: str,
    username: str,
    password: str,
    salt: int,
    b: int,
    block: bytes,
    offset: int,
) -> None:
    server = OracleServer(pool, user_id, password, salt, username, block, b)
    assume(server.B)
    now = NOW + timedelta(seconds=offset)
    client = SRPClient.for_user(f"eu-west-1_{pool}", "alias", password, app=APP)
    answer = client.respond(server.reply(), now=now)["ChallengeResponses"]
    expected = server.signature(client.srp_a, oracle.timestamp(now))
    assert answer["PASSWORD_CLAIM_SIGNATURE"] == expected
    hashed = oracle.secret_hash(username, APP.client_id, "sekrit-client-secret")
    assert answer["SECRET_HASH"] == hashed


@given(
    pool=TEXT.map(str.strip).filter(bool),
    user_id=TEXT.filter(bool),
    password=TEXT,
    other=TEXT,
    a=EXPONENTS,
)
def test_the_oracles_client_signs_in_with_any_password_and_not_with_another(
    pool: str, user_id: str, password: str, other: str, a: int
) -> None:
    verifier = Verifier.for_user(f"eu-west-1_{pool}", user_id, password)
    for tried in (password, other):
        server = SRPServer(verifier)
        client = OracleClient(pool, user_id, tried, a)
        answer = client.answer(server.challenge({"SRP_A": client.srp_a}), NOW)
        if tried == password:
            server.verify(answer, now=NOW)
        else:
            with pytest.raises(SignatureMismatch):
                server.verify(answer, now=NOW)


@given(
    group_key=TEXT.map(str.strip).filter(bool),
    device_key=TEXT.map(str.strip).filter(bool),
    username=TEXT.filter(bool),
    broken=st.booleans(),
)
def test_both_halves_agree_for_any_device(
    group_key: str, device_key: str, username: str, broken: bool
) -> None:
    device, config = new_device(group_key, device_key)
    verifier = Verifier.for_device(group_key, device_key, dict(config))
    server = SRPServer(verifier, username=username, app=APP)
    if broken:
        device = Device(group_key, device_key, device.device_password + "=")
    client = SRPClient.for_device(device, username, app=APP)
    first = client.start({"ChallengeName": "DEVICE_SRP_AUTH"})["ChallengeResponses"]
    reply = {
        "ChallengeName": "DEVICE_PASSWORD_VERIFIER",
        "ChallengeParameters": server.challenge(first),
    }
    answer = client.respond(reply, now=NOW)["ChallengeResponses"]
    if broken:
        with pytest.raises(SignatureMismatch):
            server.verify(answer, now=NOW)
    else:
        server.verify(answer, now=NOW)


@given(TEXT, TEXT)
def test_normal_forms_are_different_passwords(before: str, after: str) -> None:
    composed, decomposed = f"{before}\u00e9{after}", f"{before}e\u0301{after}"
    assert unicodedata.normalize("NFC", composed) == unicodedata.normalize("NFC", decomposed)
    verifier = Verifier.for_user("eu-west-1_Example", "alice", composed)
    server = SRPServer(verifier)
    client = SRPClient.for_user("eu-west-1_Example", "alice", decomposed, app=APP)
    challenge = server.challenge(client.start()["AuthParameters"])
    reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}
    with pytest.raises(SignatureMismatch):
        server.verify(client.respond(reply, now=NOW)["ChallengeResponses"], now=NOW)
