"""The oracle against everything that others have published.

A reader who trusts neither the library nor the oracle can start here: every value below comes
from AWS's own test suites, from other libraries, or from an RFC. A published member that is not
read is a failure, too.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta, timezone

import gmpy2
import oracle
import pytest
from published import FILES, PUBLISHED, compare


def test_no_published_file_is_forgotten() -> None:
    """A file that is added to the folder must be read here."""
    assert {path.name for path in PUBLISHED.glob("*.json")} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_published_vectors(name: str) -> None:
    """Every published value is computed again, and every member of every row is read."""
    compare(name, oracle)


def test_published_sum() -> None:
    """There are 572 published values; 516 of them are rows of the two tables of padded integers."""
    assert sum(count for _, count in FILES.values()) == 513 + 3 + 56


RFC_5869 = {
    "A.1": (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        42,
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    "A.2": (
        bytes(range(0x50)).hex(),
        bytes(range(0x60, 0xB0)).hex(),
        bytes(range(0xB0, 0x100)).hex(),
        82,
        "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
        (
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
            "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
            "cc30c58179ec3e87c14c01d5c1f3434f1d87"
        ),
    ),
    "A.3": (
        "0b" * 22,
        "",
        "",
        42,
        "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
}
"""RFC 5869 appendix A, the cases with SHA-256: IKM, salt, info, L, PRK, OKM."""


@pytest.mark.parametrize("case", RFC_5869)
def test_hkdf_of_rfc_5869(case: str) -> None:
    """Extract and expand give the RFC's PRK and OKM."""
    ikm, salt, info, length, prk, okm = RFC_5869[case]
    extracted = oracle.hkdf_extract(bytes.fromhex(salt), bytes.fromhex(ikm))
    assert extracted.hex() == prk
    assert oracle.hkdf_expand(extracted, bytes.fromhex(info), length).hex() == okm


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "00"),
        (1, "01"),
        (127, "7f"),
        (128, "0080"),
        (255, "00ff"),
        (256, "0100"),
        (32767, "7fff"),
        (32768, "008000"),
        (-1, "ff"),
        (-127, "81"),
        (-128, "80"),
        (-129, "ff7f"),
        (-255, "ff01"),
        (-256, "ff00"),
        (-257, "feff"),
        (-32768, "8000"),
        (-32769, "ff7fff"),
        (2**3071 - 1, "7f" + "ff" * 383),
        (2**3071, "0080" + "00" * 383),
        (-(2**3071), "80" + "00" * 383),
    ],
)
def test_pad_is_java_to_byte_array(number: int, written: str) -> None:
    """Signs, and the edges at which another byte is needed."""
    assert oracle.pad(number).hex() == written


def test_pi() -> None:
    """The first digits of pi, and Archimedes' bounds for the long value."""
    assert oracle.pi_floor(0) == 3
    assert f"{oracle.pi_floor(64):x}" == "3243f6a8885a308d3"  # the first digits of Blowfish
    long = oracle.pi_floor(2942)
    assert 71 * long > 223 * 2**2942
    assert 7 * long < 22 * 2**2942


def test_group() -> None:
    """N has the shape that RFC 3526 describes and is a safe prime; g = 2 generates squares."""
    half = (oracle.N - 1) // 2
    assert oracle.N.bit_length() == 3072
    assert f"{oracle.N:x}".startswith("f" * 16 + "c90fdaa22168c234")
    assert f"{oracle.N:x}".endswith("a93ad2ca" + "f" * 16)
    assert gmpy2.is_prime(oracle.N)
    assert gmpy2.is_prime(half)
    assert oracle.power(2, half) == 1


def test_secret_hash_example() -> None:
    """An example that was made with OpenSSL on the command line."""
    said = oracle.secret_hash("+15551234567", "1example23456789", "sekrit-client-secret")
    assert said == "5nAkRgUw5Vx7SIUEmv6HrgEXPK/SwtnH5F8rxZL+71w="


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2017, 9, 5, 7, 0, 9, tzinfo=UTC), "Tue Sep 5 07:00:09 UTC 2017"),
        (datetime(2024, 2, 29, 0, 0, 0, tzinfo=UTC), "Thu Feb 29 00:00:00 UTC 2024"),
        (datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC), "Sun Dec 31 23:59:59 UTC 2023"),
        (
            datetime(2024, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
            "Sun Dec 31 20:00:00 UTC 2023",
        ),
    ],
)
def test_timestamp(moment: datetime, written: str) -> None:
    """The day is not padded, the clock has 24 hours, midnight is 00, everything is in UTC."""
    assert oracle.timestamp(moment) == written


def test_timestamp_needs_a_time_zone() -> None:
    """A naive datetime could mean any time within a day."""
    with pytest.raises(ValueError, match="time zone"):
        oracle.timestamp(datetime.fromisoformat("2024-01-01"))


def test_exchange_agrees_with_itself() -> None:
    """Both sides of a published login, with a made-up server, end in the same key."""
    row = json.loads((PUBLISHED / "go-alexrudd.json").read_text("utf-8"))["vectors"][0]
    done = oracle.exchange(
        row["pool_id"].partition("_")[2],
        row["user"],
        row["password"],
        salt=int(row["salt"], 16),
        a=int(row["a"], 16),
        b=2**255 + 19,
        secret_block=base64.b64decode(row["secret_block"]),
        timestamp=row["timestamp"],
    )
    assert int(row["A_decimal"]) == done.A
    assert done.v == oracle.verifier(done.x)
    assert oracle.server_s(done.A, done.v, done.b, done.u) == done.S
    assert done.key == oracle.key(done.u, done.S)


def test_exchange_notices_a_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    """If one side's formula were wrong, the oracle would raise instead of answering."""
    monkeypatch.setattr(oracle, "server_s", lambda *_: 4)
    with pytest.raises(AssertionError, match="disagree"):
        oracle.exchange("p", "u", "w", salt=1, a=3, b=5, secret_block=b"", timestamp="")
