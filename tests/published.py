"""What others have published, row by row, to be computed again.

`FILES` names the function that reads each file. It gets one row and the formulas to compute with
(the oracle, or the library under the oracle's names; see `Formulas`), and yields what to compare.
A member that is not read is a failure, too: each row records which of its members were read, and
each file has a number of values that must be compared.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

PUBLISHED = Path(__file__).resolve().parent.parent / "vectors" / "published"

Check = tuple[str, object, object]
"""What is compared, the computed value, the published value."""


class Formulas(Protocol):
    """The formulas, under the oracle's names; the docstrings there have the equations."""

    def pad(self, n: int, /) -> bytes: ...
    def k(self) -> int: ...
    def x(self, pool_name: str, user_id: str, password: str, salt: int, /) -> int: ...
    def verifier(self, x: int, /) -> int: ...
    def public_a(self, a: int, /) -> int: ...
    def public_b(self, b: int, v: int, /) -> int: ...
    def u(self, A: int, B: int, /) -> int: ...
    def client_s(self, B: int, x: int, a: int, u: int, /) -> int: ...
    def server_s(self, A: int, v: int, b: int, u: int, /) -> int: ...
    def key(self, u: int, S: int, /) -> bytes: ...
    def signature(
        self, key: bytes, pool_name: str, user_id: str, secret_block: bytes, timestamp: str, /
    ) -> str: ...
    def secret_hash(self, username: str, client_id: str, client_secret: str, /) -> str: ...


class Row:
    """One row of a published file; it records which of its members were read."""

    def __init__(self, members: dict[str, Any]) -> None:
        self._members = members
        self.unread = set(members)

    def __getitem__(self, name: str) -> Any:
        self.unread.discard(name)
        return self._members[name]

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def hex(self, name: str) -> int:
        return int(self[name], 16)

    def decimal(self, name: str) -> int:
        return int(self[name], 10)

    def base64(self, name: str) -> bytes:
        return base64.b64decode(self[name], validate=True)

    def comment(self, *names: str) -> None:
        """Mark members that are for readers and pin no number."""
        self.unread.difference_update(names)


def pool_name(pool_id: str) -> str:
    """The part of a user pool id after its "_"."""
    return pool_id.partition("_")[2]


def x_of(salt: int, inner: bytes) -> int:
    """The x from a published inner hash and a salt of two bytes below 0x8000."""
    return int(hashlib.sha256(salt.to_bytes(2, "big") + inner).hexdigest(), 16)


def client_key(row: Row, formulas: Formulas, pool: str, user: str) -> bytes:
    """The key that a client computes from a row's password, salt, a and B."""
    A = formulas.public_a(row.hex("a"))
    u = formulas.u(A, row.hex("B"))
    x = formulas.x(pool, user, row["password"], row.hex("salt"))
    return formulas.key(u, formulas.client_s(row.hex("B"), x, row.hex("a"), u))


def common(row: Row, formulas: Formulas) -> Iterator[Check]:
    """The kinds of rows that occur in several files."""
    match row["kind"]:
        case "k":
            published = row.hex("expected") if "expected" in row else row.decimal("decimal")
            yield "k", formulas.k(), published
        case "u":
            hexadecimal = "expected" in row
            published = row.hex("expected") if hexadecimal else row.decimal("expected_decimal")
            yield "u", formulas.u(row.hex("A"), row.hex("B")), published
        case "secret_hash":
            row.comment("signature")
            said = formulas.secret_hash(row["username"], row["client_id"], row["client_secret"])
            yield "SECRET_HASH", said, row["expected"]
        case "padhex":
            for written, published in row["cases"]:
                # amplify-js has integers here, alexrudd hexadecimal text.
                number = written if isinstance(written, int) else int(written, 16)
                yield f"pad({written})", formulas.pad(number).hex(), published.lower()
        case other:
            raise AssertionError(f"a row of an unknown kind: {other}")


def amplify_android(row: Row, formulas: Formulas) -> Iterator[Check]:
    if row["kind"] == "steps":
        pool = pool_name(row["pool_id"])
        A = formulas.public_a(row.decimal("a_decimal"))
        yield "A", A, row.decimal("A_decimal")
        u = formulas.u(A, row.hex("B"))
        yield "u", u, row.decimal("u_decimal")
        x = formulas.x(pool, row["user"], row["password"], row.hex("salt"))
        yield "x", x, row.decimal("x_decimal")
        S = formulas.client_s(row.hex("B"), x, row.decimal("a_decimal"), u)
        yield "S", S, row.decimal("S_decimal")
        yield "key", formulas.key(u, S), row.base64("key_b64")
    else:
        # The trap of this file: its test keys the HMAC with the 24 letters of the base64 text,
        # not with the 16 bytes. So the row pins the message and the encoding, but not the key.
        letters = row["hmac_key_ascii"].encode("ascii")
        claim = formulas.signature(
            letters,
            row["pool_name"],
            row["user"],
            row.base64("secret_block"),
            row["timestamp"],
        )
        assert row["kind"] == "m1"
        yield "HMAC under the letters of the key", claim, row["expected_signature"]


def amplify_flutter(row: Row, formulas: Formulas) -> Iterator[Check]:
    assert row["kind"] == "public_A"
    yield "A", formulas.public_a(row.decimal("a_decimal")), row.decimal("A_decimal")
    # The signature belongs to the .NET file's first row, which has the inputs.
    dotnet = json.loads((PUBLISHED / row["see"]).read_text("utf-8"))["vectors"][0]
    yield "a", row.decimal("a_decimal"), int(dotnet["a"], 16)
    yield "signature", dotnet["expected_signature"], row["expected_signature"]


def amplify_swift(row: Row, formulas: Formulas) -> Iterator[Check]:
    if row["kind"] != "shared_secret":
        yield from common(row, formulas)
        return
    # The trap of this file: its user names already begin with the pool name.
    A = formulas.public_a(row.hex("a"))
    yield "A", A, row.hex("A")
    x = formulas.x("", row["username_with_pool"], row["password"], row.hex("salt"))
    u = formulas.u(A, row.hex("B"))
    yield "S", formulas.client_s(row.hex("B"), x, row.hex("a"), u), row.hex("S")


def dotnet(row: Row, formulas: Formulas) -> Iterator[Check]:
    match row["kind"]:
        case "user_signature":
            row.comment("a_note")
            said = formulas.signature(
                client_key(row, formulas, row["pool_name"], row["user"]),
                row["pool_name"],
                row["user"],
                row.base64("secret_block"),
                row["timestamp"],
            )
            yield "signature", said, row["expected_signature"]
        case "hkdf_key":
            key = client_key(row, formulas, row["pool_name"], row["user"])
            yield "key", key, row.base64("expected_key_b64")
        case "full_password_hash":
            names = row["device_group_key"], row["device_key"]
            inner = row.base64("expected_b64")
            x = formulas.x(*names, row["password"], 0x1234)
            yield "x, of the inner hash", x, x_of(0x1234, inner)
        case _:
            yield from common(row, formulas)


def cognito_srp_helper(row: Row, formulas: Formulas) -> Iterator[Check]:
    pool = row["poolIdAbbr"]
    yield "pool name", pool_name(row["poolId"]), pool
    # USER_ID_FOR_SRP is the sub, although the person typed "john.doe"; in an answer to a
    # challenge SECRET_HASH is over the sub as well.
    row.comment("username")
    user = row[row["USER_ID_FOR_SRP"]]
    said = formulas.secret_hash(user, row["clientId"], row["secretId"])
    yield "SECRET_HASH", said, row["secretHash"]
    inner = bytes.fromhex(row["passwordHash"])
    x = formulas.x(pool, user, row["password"], 0x1234)
    yield "x, of the inner hash", x, x_of(0x1234, inner)
    A = formulas.public_a(row.hex("smallA"))
    yield "A", A, row.hex("largeA")
    u = formulas.u(A, row.hex("largeB"))
    x = formulas.x(pool, user, row["password"], row.hex("salt"))
    key = formulas.key(u, formulas.client_s(row.hex("largeB"), x, row.hex("smallA"), u))
    claim = formulas.signature(key, pool, user, row.base64("secret"), row["timestamp"])
    yield "signature", claim, row["passwordSignature"]

    # The *Bytes members are random letters from which the test makes these two. The padded form is
    # sent, and that is what is pinned.
    salt = int.from_bytes(row.base64("deviceSalt"), "big", signed=True)
    yield "pad(device salt)", formulas.pad(salt), row.base64("deviceSalt")
    device = formulas.x(row["deviceGroupKey"], row["deviceKey"], row["deviceRandomPassword"], salt)
    sent = row.base64("devicePasswordVerifier")
    yield "pad(device verifier)", formulas.pad(formulas.verifier(device)), sent

    # Not usable: for the device signature, base64 was passed where SALT must be hexadecimal.
    row.comment("devicePasswordSignature", "deviceRandomPasswordBytes", "deviceSaltBytes")


def alexrudd(row: Row, formulas: Formulas) -> Iterator[Check]:
    match row["kind"]:
        case "user_signature":
            pool = pool_name(row["pool_id"])
            yield "A", formulas.public_a(row.hex("a")), row.decimal("A_decimal")
            key = client_key(row, formulas, pool, row["user"])
            yield "key", key.hex(), row["expected_key"]
            said = formulas.signature(
                key, pool, row["user"], row.base64("secret_block"), row["timestamp"]
            )
            yield "signature", said, row["expected_signature"]
        case "hkdf":
            # Both are written as `pad` writes them, so they can be passed as integers.
            said = formulas.key(row.hex("salt"), row.hex("ikm")).hex()
            yield "HKDF", said, row["expected"]
        case _:
            yield from common(row, formulas)


def ryanmab(row: Row, formulas: Formulas) -> Iterator[Check]:
    if row["kind"] == "device_verifier":
        row.comment("note")
        salt = int.from_bytes(row.base64("expected_salt_b64"), "big", signed=True)
        yield "pad(salt)", formulas.pad(salt), row.base64("expected_salt_b64")
        x = formulas.x(row["device_group_key"], row["device_key"], row["device_password"], salt)
        sent = row.base64("expected_verifier_b64")
        yield "pad(verifier)", formulas.pad(formulas.verifier(x)), sent
        return
    assert row["kind"] in ("user", "user_odd", "device", "device_odd")
    yield "A", formulas.public_a(row.hex("a")), row.hex("A")
    names = row["pool_name_or_device_group_key"], row["user_or_device_key"]
    said = formulas.signature(
        client_key(row, formulas, *names), *names, row.base64("secret_block"), row["timestamp"]
    )
    yield "signature", said, row["expected_signature"]


def sjmeverett(row: Row, formulas: Formulas) -> Iterator[Check]:
    names = row["poolname"], row["username"]
    x = formulas.x(*names, row["password"], row.hex("salt"))
    yield "verifier", formulas.verifier(x), row.hex("verifier_snapshot")
    # The trap of this file: its server stores a constant that is not this password's verifier,
    # and one secret is used as a and as b.
    secret, constant = row.hex("secret"), row.hex("verifier")
    B = formulas.public_b(secret, constant)
    yield "B", B, row.hex("publicKey")
    A = formulas.public_a(secret)
    u = formulas.u(A, B)
    yield "u", u, row.hex("scramblingParameter")
    S = formulas.client_s(B, x, secret, u)
    yield "S of the client", S, row.hex("sessionKey")
    yield "key", formulas.key(u, S).hex(), row["hkdf"]
    yield "key of the client", formulas.key(u, S).hex(), row["client_hkdf"]
    # Its server test passes the server's own B as the client's A.
    u = formulas.u(B, B)
    key = formulas.key(u, formulas.server_s(B, constant, secret, u))
    yield "key of the server", key.hex(), row["server_hkdf"]
    block = base64.b64decode("secret" + "==")
    said = formulas.signature(bytes.fromhex(row["hkdf"]), *names, block, "timestamp")
    yield "signature", said, row["signature_secretblock_text_secret_ts_timestamp"]


def soto(row: Row, formulas: Formulas) -> Iterator[Check]:
    # The trap of this file: the user name is pool name and user name joined.
    assert row["kind"] == "hkdf_key"
    yield "A", formulas.public_a(row.hex("a")), row.hex("A")
    key = client_key(row, formulas, "", row["username_with_pool"])
    yield "key", key.hex(), row["expected_key"]


FILES = {
    "amplify-android.json": (amplify_android, 6),
    "amplify-flutter.json": (amplify_flutter, 3),
    "amplify-js-getPaddedHex.json": (common, 513),
    "amplify-swift.json": (amplify_swift, 8),
    "aws-sdk-net-extensions-cognito.json": (dotnet, 4),
    "cognito-srp-helper.json": (cognito_srp_helper, 7),
    "go-alexrudd.json": (alexrudd, 10),
    "php-yasuaki640.json": (common, 1),
    "rust-ryanmab.json": (ryanmab, 10),
    "sjmeverett-cognito-srp.json": (sjmeverett, 8),
    "soto.json": (soto, 2),
}
"""For each published file: the function that reads its rows, and how many values it compares."""


def compare(name: str, formulas: Formulas) -> None:
    """Compare every row of one published file; fail on a member that is not read."""
    read, expected_count = FILES[name]
    count = 0
    for number, members in enumerate(json.loads((PUBLISHED / name).read_text("utf-8"))["vectors"]):
        row = Row(members)
        for what, said, published in read(row, formulas):
            assert said == published, f"{name}, row {number}: {what}"
            count += 1
        assert not row.unread, f"{name}, row {number}: not read: {sorted(row.unread)}"
    assert count == expected_count
