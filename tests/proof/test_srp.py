"""srp.py: the constants, and the formulas against what RFCs publish."""

import hashlib
import types
from typing import Any

import gmpy2
import oracle
import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from engines import run_python
from hypothesis import example, given, settings
from hypothesis import strategies as st

from srp_cognito.proof import formula, srp


def test_n_is_what_rfc_3526_defines() -> None:
    """The oracle computes it from pi."""
    assert srp.N == oracle.N
    assert srp.g == oracle.g


def test_secret_exponents_have_256_bits_and_salts_128() -> None:
    """RFC 5054 asks for 256 at least; 128 is what AWS's clients take."""
    assert (srp.SECRET_EXPONENT_BITS, srp.SALT_BITS) == (256, 128)


def test_k_is_hashed_with_g_as_one_byte() -> None:
    assert srp.k == oracle.k()
    expected = "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6"
    assert f"{srp.k:x}" == expected


@given(st.integers(-(2**3080), 2**3080))
@example(0)
@example(-1)
@example(-128)
@example(-129)
@example(2**3071 - 1)
@example(2**3071)
def test_pad_is_the_oracles(number: int) -> None:
    padded = srp.pad(number)
    assert padded == oracle.pad(number)
    assert int.from_bytes(padded, "big", signed=True) == number


# RFC 5054, appendix B. The formulas for v, A, B and S are Cognito's too; k, x and u are not,
# since the RFC hashes with SHA-1 and pads to a fixed width, so those three are taken as given.
RFC_5054 = {
    name: int(digits.replace(" ", ""), 16)
    for name, digits in {
        "N": "EEAF0AB9 ADB38DD6 9C33F80A FA8FC5E8 60726187 75FF3C0B 9EA2314C 9C256576"
        "D674DF74 96EA81D3 383B4813 D692C6E0 E0D5D8E2 50B98BE4 8E495C1D 6089DAD1"
        "5DC7D7B4 6154D6B6 CE8EF4AD 69B15D49 82559B29 7BCF1885 C529F566 660E57EC"
        "68EDBC3C 05726CC0 2FD4CBF4 976EAA9A FD5138FE 8376435B 9FC61D2F C0EB06E3",
        "k": "7556AA04 5AEF2CDD 07ABAF0F 665C3E81 8913186F",
        "x": "94B7555A ABE9127C C58CCF49 93DB6CF8 4D16C124",
        "v": "7E273DE8 696FFC4F 4E337D05 B4B375BE B0DDE156 9E8FA00A 9886D812 9BADA1F1"
        "822223CA 1A605B53 0E379BA4 729FDC59 F105B478 7E5186F5 C671085A 1447B52A"
        "48CF1970 B4FB6F84 00BBF4CE BFBB1681 52E08AB5 EA53D15C 1AFF87B2 B9DA6E04"
        "E058AD51 CC72BFC9 033B564E 26480D78 E955A5E2 9E7AB245 DB2BE315 E2099AFB",
        "a": "60975527 035CF2AD 1989806F 0407210B C81EDC04 E2762A56 AFD529DD DA2D4393",
        "b": "E487CB59 D31AC550 471E81F0 0F6928E0 1DDA08E9 74A004F4 9E61F5D1 05284D20",
        "A": "61D5E490 F6F1B795 47B0704C 436F523D D0E560F0 C64115BB 72557EC4 4352E890"
        "3211C046 92272D8B 2D1A5358 A2CF1B6E 0BFCF99F 921530EC 8E393561 79EAE45E"
        "42BA92AE ACED8251 71E1E8B9 AF6D9C03 E1327F44 BE087EF0 6530E69F 66615261"
        "EEF54073 CA11CF58 58F0EDFD FE15EFEA B349EF5D 76988A36 72FAC47B 0769447B",
        "B": "BD0C6151 2C692C0C B6D041FA 01BB152D 4916A1E7 7AF46AE1 05393011 BAF38964"
        "DC46A067 0DD125B9 5A981652 236F99D9 B681CBF8 7837EC99 6C6DA044 53728610"
        "D0C6DDB5 8B318885 D7D82C7F 8DEB75CE 7BD4FBAA 37089E6F 9C6059F3 88838E7A"
        "00030B33 1EB76840 910440B1 B27AAEAE EB4012B7 D7665238 A8E3FB00 4B117B58",
        "u": "CE38B959 3487DA98 554ED47D 70A7AE5F 462EF019",
        "S": "B0DC82BA BCF30674 AE450C02 87745E79 90A3381F 63B387AA F271A10D 233861E3"
        "59B48220 F7C4693C 9AE12B0A 6F67809F 0876E2D0 13800D6C 41BB59B6 D5979B5C"
        "00A172B4 A2A5903A 0BDCAF8A 709585EB 2AFAFA8F 3499B200 210DCC1F 10EB3394"
        "3CD67FC8 8A2F39A4 BE5BEC4E C0A3212D C346D7E4 74B29EDE 8A469FFE CA686E5A",
    }.items()
}


def test_the_formulas_give_rfc_5054s_own_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    rfc = types.SimpleNamespace(**RFC_5054)
    monkeypatch.setattr(srp, "N", rfc.N)
    monkeypatch.setattr(srp, "k", rfc.k)
    monkeypatch.setattr(formula, "power", lambda base, exponent: pow(base, exponent, rfc.N))
    assert srp.v(rfc.x) == rfc.v
    assert srp.A(rfc.a) == rfc.A
    assert srp.B(rfc.b, rfc.v) == rfc.B
    assert srp.S_of_client(rfc.B, rfc.x, rfc.a, rfc.u) == rfc.S
    assert srp.S_of_server(rfc.A, rfc.v, rfc.u, rfc.b) == rfc.S


EXPONENTS = st.integers(0, 2**300)


@given(a=EXPONENTS, b=EXPONENTS, x=EXPONENTS, u=EXPONENTS)
def test_both_sides_reach_g_to_the_b_times_a_plus_ux(a: int, b: int, x: int, u: int) -> None:
    """RFC 5054, section 2.6: what S is, whichever side computes it."""
    S = gmpy2.powmod(2, b * (a + u * x), srp.N)
    v = srp.v(x)
    assert srp.S_of_client(srp.B(b, v), x, a, u) == S
    assert srp.S_of_server(srp.A(a), v, u, b) == S


@given(a=EXPONENTS, b=EXPONENTS, x=EXPONENTS)
@settings(max_examples=50)
def test_every_value_of_an_exchange_is_the_oracles(a: int, b: int, x: int) -> None:
    A, v = srp.A(a), srp.v(x)
    B = srp.B(b, v)
    u = srp.u(A, B)
    assert (A, v) == (oracle.public_a(a), oracle.verifier(x))
    assert (B, u) == (oracle.public_b(b, v), oracle.u(A, B))
    assert srp.S_of_client(B, x, a, u) == oracle.client_s(B, x, a, u)
    assert srp.S_of_server(A, v, u, b) == oracle.server_s(A, v, b, u)


RFC_5869 = [
    (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a",
    ),
    (
        bytes(range(0x50)).hex(),
        bytes(range(0x60, 0xB0)).hex(),
        bytes(range(0xB0, 0x100)).hex(),
        "b11e398dc80327a1c8e7f78c596a4934",
    ),
    ("0b" * 22, "", "", "8da4e775a563c18f715f802a063c5a31"),
]


@pytest.mark.parametrize(("ikm", "salt", "info", "okm"), RFC_5869, ids=["A.1", "A.2", "A.3"])
def test_the_hkdf_that_is_used_is_rfc_5869s(ikm: str, salt: str, info: str, okm: str) -> None:
    """Through `cryptography` as `key` calls it, and then through `key` itself."""
    derived = HKDF(
        algorithm=SHA256(), length=16, salt=bytes.fromhex(salt), info=bytes.fromhex(info)
    ).derive(bytes.fromhex(ikm))
    assert derived.hex() == okm
    with pytest.MonkeyPatch.context() as patch:
        # `pad` writes S and u; here it lets the RFC's bytes through.
        given_bytes: dict[Any, bytes] = {1: bytes.fromhex(ikm), 2: bytes.fromhex(salt)}
        patch.setattr(srp, "pad", given_bytes.__getitem__)
        patch.setattr(srp, "INFO", bytes.fromhex(info))
        assert srp.key(1, 2) == derived


@given(S=st.integers(0, srp.N - 1), u=st.integers(1, 2**256 - 1))
@example(S=0, u=1)
@example(S=1 << 3071, u=1 << 255)
@example(S=1 << 3063, u=1 << 247)
def test_key_is_the_oracles(S: int, u: int) -> None:
    assert srp.key(S, u) == oracle.key(u, S)
    assert len(srp.key(S, u)) == 16


@given(st.binary(min_size=16, max_size=16), st.text(), st.text(), st.binary(max_size=50), st.text())
def test_signature_is_the_oracles(
    key: bytes, pool_name: str, user_id: str, block: bytes, timestamp: str
) -> None:
    identity = (pool_name + user_id).encode()
    signature = srp.signature(key, identity, block, timestamp.encode())
    assert signature == oracle.signature_bytes(key, pool_name, user_id, block, timestamp)


@given(st.integers(-(2**200), 2**200), st.text(), st.text(), st.text())
def test_x_is_the_oracles(salt: int, pool_name: str, user_id: str, password: str) -> None:
    identity = (pool_name + user_id).encode()
    expected = oracle.x(pool_name, user_id, password, salt)
    assert srp.x(salt, identity, password.encode()) == expected


def test_sha256_is_what_the_formulas_hash_with() -> None:
    inner = hashlib.sha256(b"Examplealice:pw").digest()
    expected = int.from_bytes(hashlib.sha256(b"\x00\x80" + inner).digest(), "big")
    assert srp.x(0x80, b"Examplealice", b"pw") == expected


WITHOUT_SHA256 = """
import hashlib, hmac
def refuse(*_, **__):
    raise ValueError("[digital envelope routines] unsupported")
{line}
"""


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("hashlib.sha256 = refuse", "[digital envelope routines] unsupported"),
        ("hmac.digest = refuse", "[digital envelope routines] unsupported"),
        ("del hashlib.sha256", "module 'hashlib' has no attribute 'sha256'"),
    ],
    ids=["refused", "HMAC refused", "not there"],
)
@pytest.mark.parametrize(
    ("program", "before"),
    [
        ("import srp_cognito.proof", "ImportError: "),
        ("import runpy; runpy.run_module('srp_cognito', run_name='__main__')", "srp-cognito: "),
    ],
    ids=["import", "command"],
)
def test_a_python_without_sha256_is_said_to_lack_it(
    line: str, reason: str, program: str, before: str
) -> None:
    """As under an OpenSSL that is asked for FIPS and has no such provider. platforms/fips.sh."""
    done = run_python(WITHOUT_SHA256.format(line=line) + program)
    assert done.returncode == 1
    sentence = done.stderr.splitlines()[-1]
    assert sentence.startswith(
        f"{before}this Python has no SHA-256 with HMAC, as where OpenSSL's config"
    )
    assert sentence.endswith(f": {reason}")
    assert ("Traceback" in done.stderr) == (before == "ImportError: ")
