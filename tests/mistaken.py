"""A client that makes mistakes on purpose, which `srp_cognito.diagnosis` must recognise.

It shares no code with ``src/``: it was written from a list of mistakes in words, computes with the
oracle, and handles numbers as hexadecimal text, like most clients that have these bugs. Each
mistake is an ``if`` at the step where it happens.
"""

# ruff: noqa: C901, PLR0911, PLR0912 - A step has a branch for each mistake in it.

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import oracle
from changed import CHANGED, arrived

N_HEX = f"{oracle.N:x}"

FORMS = {
    "u-odd-digit": ("both", "A", "B"),
    "b-digit-lost": ("last", "first", "last two", "first two", "zeros", "after 256"),
    "time-weekday": ("Mon", "Sat"),
    "time-language": ("German", "French"),
    "time-local": ("120", "-300", "345", "-720", "840"),
    "time-zone-name": ("GMT", "Z", "+0000"),
    "time-another-second": ("1", "-1", "-120", "60"),
    "device-as-user": (
        *("pool name and user id", "user id", "pool name"),
        *("pool name and user id, in x only", "user id, in x only", "pool name, in x only"),
    ),
    "hash-other-name": (
        *("alias", "user_id", "sub", "email", "phone_number"),
        *("preferred_username", "access_token_username"),
    ),
}
"""The forms of a mistake that has several: what may follow its id and a colon."""

NOT_OF_CASES = {
    "a device": ("pool", "region", "no-", "client-id", "alias", "sub", "user-"),
    "a negative salt": ("salt-fixed", "salt-sign-always", "salt-odd-digit", "salt-base64"),
}
"""Mistakes, by the beginnings of their ids, that are impossible or undefined in some of the cases
of cases.py."""


@dataclass(frozen=True)
class Case:
    """One login, as the client sees it."""

    kind: str
    pool_id: str
    group: str
    member: str
    password: str
    salt: str
    a: int
    B: int
    secret_block: bytes
    moment: datetime
    alias: str = "Alice@example.com"
    sub: str = "b3c2e290-6d0f-4a08-a5ca-f0162935f3a7"
    client_id: str = "1example23456789"
    user_id: str = "Alice"
    user_password: str = "the user's password"

    @property
    def A(self) -> int:
        return oracle.public_a(self.a)

    def transcript(self, signature: str | None) -> dict[str, object]:
        """The login as `diagnose` takes it, with everything that may have been mixed up."""
        block = base64.b64encode(self.secret_block).decode()
        own: dict[str, object] = {
            "kind": self.kind,
            "pool_id": self.pool_id,
            "salt": self.salt,
            "a": f"{self.a:x}",
            "srp_b": f"{self.B:x}",
            "secret_block": block,
            "timestamp": oracle.timestamp(self.moment),
            "signature": signature,
            "username": self.alias,
        }
        if self.kind == "user":
            more = {"sub": self.sub, "client_id": self.client_id}
            return {**own, **more, "user_id": self.member, "password": self.password}
        return {
            **own,
            "device_group_key": self.group,
            "device_key": self.member,
            "device_password": self.password,
            "user_id": self.user_id,
            "password": self.user_password,
        }


def even(digits: str) -> str:
    return digits if len(digits) % 2 == 0 else f"0{digits}"


def unsigned(number: int) -> bytes:
    return bytes.fromhex(even(f"{number:x}"))


def wide(number: int, width: int) -> bytes:
    return bytes.fromhex(f"{number:x}".rjust(2 * width, "0"))


def signed_if_high(octets: bytes) -> bytes:
    return b"\0" + octets if octets[0] > 127 else octets


def half_lost(number: int) -> bytes:
    """Pairs from the left; a single digit that is left over is lost."""
    digits = f"{number:x}"
    return signed_if_high(
        bytes(int(digits[at] + digits[at + 1], 16) for at in range(0, len(digits) - 1, 2))
    )


def identity(case: Case, wrong: set[str], scope: str) -> tuple[str, str]:
    """The two halves of the identity in x ("-in-x") or in the message ("-in-message")."""

    def makes(name: str) -> bool:
        return name in wrong or name + scope in wrong

    group, member = case.group, case.member
    for name, text in (
        ("pool-id", case.pool_id),
        ("region", case.pool_id.split("_")[0]),
        ("no-pool", ""),
        ("client-id", case.client_id),
        ("device-pool", case.pool_id.split("_")[1]),
        ("device-pool-id", case.pool_id),
        ("device-no-group", ""),
        ("device-group-cut", case.group[case.group.find("_") + 1 :]),
        ("device-group-head", case.group[: case.group.find("_")]),
    ):
        if makes(name):
            group = text
    for name, text in (
        ("alias", case.alias),
        ("sub", case.sub),
        ("user-lower", case.member.lower()),
        ("user-upper", case.member.upper()),
        ("no-user", ""),
        ("device-user-id", case.user_id),
        ("device-alias", case.alias),
        ("device-key-cut", case.member[case.member.find("_") + 1 :]),
    ):
        if makes(name):
            member = text
    for name in wrong:
        kind, _, names = name.partition(":")
        if kind == "device-as-user" and not (scope == "-in-message" and "in x only" in names):
            group = case.pool_id.split("_")[1] if "pool name" in names else group
            member = case.user_id if "user id" in names else member
    return group, member


def password(case: Case, wrong: set[str]) -> bytes:
    text = case.password
    if any(name.startswith(("device-user-password", "device-as-user")) for name in wrong):
        text = case.user_password
    if "password-trimmed" in wrong:
        text = text.strip()
    if "password-lower" in wrong:
        text = text.lower()
    if "password-newline" in wrong:
        text += "\n"
    if "password-crlf" in wrong:
        text += "\r\n"
    for name in wrong & CHANGED.keys():
        assert text == CHANGED[name][0]
        return arrived(name)
    if "password-sha256-hex" in wrong:
        text = oracle.sha256(text.encode()).hex()
    return text.encode()


def top_bit_for_minus(text: str) -> bytes:
    if not text.startswith("-"):
        return oracle.pad(int(text, 16))
    first = "89abcdef89abcdef"[int(text[1], 16)]
    return oracle.pad(int(first + text[2:], 16))


def salt(case: Case, wrong: set[str]) -> bytes:
    number, digits = int(case.salt, 16), case.salt.replace("-", "")
    made = oracle.pad(number)
    for name, octets in (
        ("salt-text", case.salt.encode()),
        ("salt-text-padded", made.hex().encode()),
        ("salt-leading-zeros", signed_if_high(bytes.fromhex(even(digits)))),
        ("salt-raw", bytes.fromhex(even(digits))),
        ("salt-minus-ignored", oracle.pad(int(digits, 16))),
        ("salt-minus-top-bit", top_bit_for_minus(case.salt)),
        ("salt-reversed", bytes(reversed(made))),
    ):
        if name in wrong:
            return octets
    if "salt-no-sign" in wrong or "no-sign" in wrong:
        return unsigned(abs(number))
    if "salt-fixed" in wrong:
        return wide(number, 16)
    if "salt-sign-always" in wrong:
        return b"\0" + wide(number, 16)
    if "salt-odd-digit" in wrong:
        return half_lost(number)
    if "salt-base64" in wrong:
        return base64.b64decode(case.salt + "=" * (-len(case.salt) % 4))
    return made


def private(case: Case, wrong: set[str]) -> int:
    group, member = identity(case, wrong, "-in-x")
    between = ":" if "colon-doubled" in wrong else ""
    colon = ":"
    if "colon-missing" in wrong:
        colon = ""
    if "colon-twice" in wrong:
        colon = "::"
    who = (group + between + member + colon).encode() + password(case, wrong)
    salted = salt(case, wrong)
    inner = oracle.sha256(who)
    made = salted + inner
    if "inner-hex-text" in wrong:
        made = salted + inner.hex().encode()
    if "x-no-inner" in wrong:
        made = salted + who
    if "x-salt-last" in wrong:
        made = inner + salted
    if "x-inner-only" in wrong:
        return oracle.integer(inner)
    if "x-sha1" in wrong:
        return oracle.integer(hashlib.sha1(salted + hashlib.sha1(who).digest()).digest())
    return oracle.integer(oracle.sha256(made))


def multiplier(wrong: set[str]) -> int:
    n, g = bytes.fromhex(N_HEX), b"\2"
    for name, made in (
        ("k-g-padded", n + g.rjust(384, b"\0")),
        ("k-g-padded-385", b"\0" + n + g.rjust(385, b"\0")),
        ("k-no-sign", n + g),
        ("no-sign", n + g),
        ("k-hex-text", f"{N_HEX}02".encode()),
        ("k-hex-text-padded", f"00{N_HEX}02".encode()),
    ):
        if name in wrong:
            return oracle.integer(oracle.sha256(made))
    if "k-3" in wrong:
        return 3
    if "k-1" in wrong:
        return 1
    if "k-sha1" in wrong:
        return oracle.integer(hashlib.sha1(b"\0" + n + g).digest())
    if "k-sha1-g-padded" in wrong:
        return oracle.integer(hashlib.sha1(n + g.rjust(384, b"\0")).digest())
    return oracle.k()


def read_b(B: int, wrong: set[str]) -> int:
    """SRP_B as it was read. A form says what is lost of its digits."""
    digits = f"{B:x}"
    for name in wrong:
        kind, _, lost = name.partition(":")
        if kind != "b-digit-lost":
            continue
        if lost == "zeros":
            return int("".join(f"{octet:x}" for octet in unsigned(B)), 16)
        if lost.startswith("at "):
            place = int(lost[3:])
            return int(digits[: place - 1] + digits[place:], 16)
        begin, end = {"last": (0, -1), "first": (1, None), "last two": (0, -2)}.get(
            lost, (0, 256) if lost == "after 256" else (2, None)
        )
        return int(digits[begin:end], 16)
    return B


def scrambler(A: int, B: int, wrong: set[str]) -> int:
    made = oracle.pad(A) + oracle.pad(B)
    for name, octets in (
        ("u-no-sign", unsigned(A) + unsigned(B)),
        ("no-sign", unsigned(A) + unsigned(B)),
        ("u-fixed", wide(A, 384) + wide(B, 384)),
        ("pad-fixed", wide(A, 384) + wide(B, 384)),
        ("u-sign-always", b"\0" + wide(A, 384) + b"\0" + wide(B, 384)),
        ("u-signed-fixed", signed_if_high(wide(A, 384)) + signed_if_high(wide(B, 384))),
        ("u-odd-digit:both", half_lost(A) + half_lost(B)),
        ("u-odd-digit:A", half_lost(A) + oracle.pad(B)),
        ("u-odd-digit:B", oracle.pad(A) + half_lost(B)),
        ("u-hex-text", f"{A:x}{B:x}".encode()),
        ("u-padded-hex-text", (oracle.pad(A).hex() + oracle.pad(B).hex()).encode()),
        ("u-b-first", oracle.pad(B) + oracle.pad(A)),
        ("u-only-b", oracle.pad(B)),
    ):
        if name in wrong:
            made = octets
    return oracle.integer(oracle.sha256(made))


def secret(case: Case, x: int, k: int, u: int, wrong: set[str]) -> int:
    v, a, B = oracle.verifier(x), case.a, read_b(case.B, wrong)
    base, exponent = (B - k * v) % oracle.N, a + u * x
    if "s-no-kv" in wrong:
        base = B
    if "s-plus" in wrong:
        base = B + k * v
    if "s-swapped" in wrong:
        base = k * v - B
    if "s-no-ux" in wrong:
        exponent = a
    if "s-no-u" in wrong:
        exponent = a + x
    if "s-no-x" in wrong:
        exponent = a + u
    if "s-exponent-mod-n" in wrong:
        exponent %= oracle.N
    if "s-server-formula" in wrong:
        return oracle.server_s(B, v, a, u)
    if "s-negative" in wrong:
        # In JavaScript and other languages, a remainder has the sign of the dividend.
        magnitude = oracle.power(-base, exponent)
        return -magnitude if exponent % 2 else magnitude
    return oracle.power(base, exponent)


def derived(u: int, S: int, wrong: set[str]) -> bytes:
    short_u, short_s = oracle.pad(u), oracle.pad(S)
    if S >= 0:
        for name, octets in (
            ("s-no-sign", unsigned(S)),
            ("no-sign", unsigned(S)),
            ("s-fixed", wide(S, 384)),
            ("pad-fixed", wide(S, 384)),
            ("s-sign-always", signed_if_high(wide(S, 384))),
            ("u-and-s-short-kept", signed_if_high(wide(S, 384))),
            ("s-always-00", b"\0" + wide(S, 384)),
            ("s-odd-digit", half_lost(S)),
            ("s-hex-text", f"{S:x}".encode()),
        ):
            if name in wrong:
                short_s = octets
    for name, octets in (
        ("salt-of-key-no-sign", unsigned(u)),
        ("no-sign", unsigned(u)),
        ("salt-of-key-fixed", wide(u, 32)),
        ("pad-fixed", wide(u, 32)),
        ("salt-of-key-sign-always", signed_if_high(wide(u, 32))),
        ("u-and-s-short-kept", signed_if_high(wide(u, 32))),
        ("salt-of-key-hex-text", f"{u:x}".encode()),
    ):
        if name in wrong:
            short_u = octets
    if "key-swapped" in wrong:
        short_u, short_s = short_s, short_u
    if "key-no-salt" in wrong:
        short_u = b""
    info, ending = oracle.INFO, b"\1"
    for name, other in (
        ("info-lower", b"caldera derived key"),
        ("info-no-spaces", b"CalderaDerivedKey"),
        ("info-empty", b""),
        ("info-nul", b"Caldera Derived Key\0"),
    ):
        if name in wrong:
            info = other
    for name, other in (
        ("key-no-counter", b""),
        ("key-info-counter-zero", b"\0"),
        ("key-info-counter-text", b"1"),
    ):
        if name in wrong:
            ending = other
    text = ending + info if "key-info-counter-first" in wrong else info + ending
    hashed = "sha1" if "key-sha1" in wrong else "sha256"
    prk = hmac.new(short_u or bytes(32), short_s, hashed).digest()
    block = hmac.new(prk, text, hashed).digest()
    key = block[:16]
    for name, octets in (
        ("key-32", block),
        ("key-last-16", block[16:]),
        ("key-hex-text", key.hex().encode()),
        ("key-extract-only", prk[:16]),
        ("key-prk", prk),
        ("key-raw-s", short_s),
        ("key-sha256-s", oracle.sha256(short_s)),
        ("key-sha256-s-16", oracle.sha256(short_s)[:16]),
        ("key-sha256-s-no-sign", oracle.sha256(unsigned(S)) if S >= 0 else b""),
    ):
        if name in wrong:
            key = octets
    return key


def block_of(case: Case, wrong: set[str]) -> bytes:
    block = case.secret_block
    text = base64.b64encode(block)
    for name, octets in (
        ("block-text", text),
        ("block-url-safe", base64.urlsafe_b64decode(_url_safe_letters(text))),
        ("block-utf8", str(block, "utf-8", "replace").encode()),
        ("block-latin-1-utf8", "".join(map(chr, block)).encode()),
        ("block-hex", block.hex().encode()),
        ("block-missing", b""),
    ):
        if name in wrong:
            return octets
    return block


def _url_safe_letters(text: bytes) -> bytes:
    letters = text.replace(b"+", b"").replace(b"/", b"").rstrip(b"=")
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return letters + b"=" * (-len(letters) % 4)


GERMAN = ("Mo Di Mi Do Fr Sa So", "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez")
FRENCH = (
    "lun. mar. mer. jeu. ven. sam. dim.",
    "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
)


def timestamp(moment: datetime, wrong: set[str]) -> str:
    """The TIMESTAMP that is signed. A form follows a colon: "time-local:-300" is in minutes."""
    for name in wrong:
        kind, _, value = name.partition(":")
        if kind == "time-local":
            moment += timedelta(minutes=int(value))
        if kind == "time-another-second":
            moment += timedelta(seconds=int(value))
    weekday, month, day, clock, zone, year = oracle.timestamp(moment).split()
    hour = moment.hour
    if "time-day-zero" in wrong:
        day = day.zfill(2)
    if "time-day-space" in wrong:
        day = day.rjust(2)
    if "time-12-hour" in wrong:
        clock = str(hour % 12 or 12).zfill(2) + clock[2:]
    if "time-24" in wrong and hour == 0:
        clock = "24" + clock[2:]
    for language, (days, months) in (("German", GERMAN), ("French", FRENCH)):
        if f"time-language:{language}" in wrong:
            weekday, month = days.split()[moment.weekday()], months.split()[moment.month - 1]
    for name in wrong:
        kind, _, value = name.partition(":")
        if kind == "time-weekday":
            weekday = value
        if kind == "time-zone-name":
            zone = value
    seconds = int((moment - datetime(1970, 1, 1, tzinfo=moment.tzinfo)).total_seconds())
    for name, text in (
        ("time-iso", moment.isoformat()),
        ("time-epoch", str(seconds)),
        ("time-epoch-ms", f"{seconds}000"),
        ("time-missing", ""),
    ):
        if name in wrong:
            return text
    return f"{weekday} {month} {day} {clock} {zone} {year}"


def message(case: Case, wrong: set[str]) -> bytes:
    group, member = (half.encode() for half in identity(case, wrong, "-in-message"))
    block, time = block_of(case, wrong), timestamp(case.moment, wrong).encode()
    for name, parts in (
        ("order-time-before-block", (group, member, time, block)),
        ("order-block-first", (block, group, member, time)),
        ("order-user-pool", (member, group, block, time)),
        ("order-time-first", (time, group, member, block)),
    ):
        if name in wrong:
            return b"".join(parts)
    made = group + member + block + time
    return oracle.sha256(made) if "message-hashed" in wrong else made


def spelled(octets: bytes, wrong: set[str]) -> str:
    text = base64.b64encode(octets).decode()
    if "form-hex" in wrong:
        text = octets.hex()
    if "form-hex-upper" in wrong:
        text = octets.hex().upper()
    if "form-base64-of-hex" in wrong:
        text = base64.b64encode(octets.hex().encode()).decode()
    if "form-url-safe" in wrong:
        text = text.translate(str.maketrans("+/", "-_"))
    if "form-no-padding" in wrong:
        text = text.rstrip("=")
    if "form-line-break" in wrong:
        text += "\n"
    return text


def values(case: Case, *mistakes: str) -> dict[str, int | bytes]:
    """The intermediate values of a client with these mistakes."""
    wrong = set(mistakes)
    x, k = private(case, wrong), multiplier(wrong)
    u = scrambler(case.A, read_b(case.B, wrong), wrong)
    S = secret(case, x, k, u, wrong)
    return {
        "k": k,
        "x": x,
        "u": u,
        "s": S,
        "key": derived(u, S, wrong),
        "message": message(case, wrong),
    }


@functools.lru_cache(4096)
def signature(case: Case, *mistakes: str) -> str:
    """The signature that a client with these mistakes sends."""
    wrong = set(mistakes)
    made = values(case, *mistakes)
    key, signed = made["key"], made["message"]
    assert isinstance(key, bytes)
    assert isinstance(signed, bytes)
    if "message-sha256-concat" in wrong:
        return spelled(oracle.sha256(key + signed), wrong)
    return spelled(hmac.new(key, signed, "sha256").digest(), wrong)


# SECRET_HASH.


@dataclass(frozen=True)
class Call:
    """A call with a SECRET_HASH, and other names of its user by field."""

    username: str
    client_id: str
    client_secret: str
    names: dict[str, str]
    pool_id: str

    def record(self, sent: str) -> dict[str, object]:
        """The call as `diagnose_secret_hash` takes it."""
        return {
            "secret_hash": sent,
            "username": self.username,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "pool_id": self.pool_id,
            **self.names,
        }


def secret_hash(call: Call, *mistakes: str) -> str:
    """The SECRET_HASH that a client with these mistakes sends."""
    wrong = set(mistakes)
    name, client_id, secret = call.username, call.client_id, call.client_secret
    for mistake in wrong:
        if mistake.startswith("hash-other-name:"):
            name = call.names[mistake.partition(":")[2]]
    if "hash-lower" in wrong:
        name = name.lower()
    if "hash-upper" in wrong:
        name = name.upper()
    if "hash-trimmed" in wrong:
        name = name.strip()
    if "hash-newline-in-name" in wrong:
        name += "\n"
    if "hash-no-name" in wrong:
        name = ""
    if "hash-no-client-id" in wrong:
        client_id = ""
    if "hash-pool-id" in wrong:
        client_id = call.pool_id
    if "hash-newline-in-secret" in wrong:
        secret += "\n"
    if "hash-secret-trimmed" in wrong:
        secret = secret.strip()
    if "hash-key-is-client-id" in wrong:
        client_id, secret = secret, client_id
    if "hash-key-is-name" in wrong:
        name, secret = secret, name
    text = (client_id + name if "hash-id-first" in wrong else name + client_id).encode()
    if "hash-separator" in wrong:
        text = f"{name}:{client_id}".encode()
    key = secret.encode()
    if "hash-secret-decoded" in wrong:
        key = base64.b64decode(secret + "=" * (-len(secret) % 4))
    if "hash-sha256" in wrong:
        return spelled(oracle.sha256(key + text), wrong)
    if "hash-sha256-2" in wrong:
        return spelled(oracle.sha256(text + key), wrong)
    if "hash-no-secret" in wrong:
        return spelled(oracle.sha256(text), wrong)
    algorithm = "sha512" if "hash-sha512" in wrong else "sha256"
    return spelled(hmac.new(key, text, algorithm).digest()[:32], wrong)


# The registration of a device.


def registered(number: int, wrong: set[str]) -> str:
    """A value as a client with these mistakes sends it to ConfirmDevice."""
    octets = unsigned(number) if "registered-no-sign" in wrong else oracle.pad(number)
    if "registered-little-endian" in wrong:
        octets = bytes(reversed(octets))
    text = base64.b64encode(octets).decode()
    if "registered-hex" in wrong:
        text = f"{number:x}"
    if "registered-base64-of-hex" in wrong:
        text = base64.b64encode(f"{number:x}".encode()).decode()
    if "registered-url-safe" in wrong:
        text = text.translate(str.maketrans("+/", "-_")).rstrip("=")
    return text


def registration(
    case: Case, *mistakes: str, only: str = "PasswordVerifier Salt"
) -> dict[str, object]:
    """The device as `diagnose_registration` takes it; mistakes in spelling are made in `only`."""
    wrong = set(mistakes)
    number = int(case.salt, 16)
    sent = {
        name: wrong if name in only.split() else set[str]() for name in ("PasswordVerifier", "Salt")
    }
    x = private(case, wrong)
    if "registered-salt-text" in wrong:
        who = f"{case.group}{case.member}:{case.password}".encode()
        salted = registered(number, sent["Salt"]).encode()
        x = oracle.integer(oracle.sha256(salted + oracle.sha256(who)))
    v = x if "registered-x" in wrong else oracle.verifier(x)
    return {
        "device_group_key": case.group,
        "device_key": case.member,
        "device_password": case.password,
        "PasswordVerifier": registered(v, sent["PasswordVerifier"]),
        "Salt": registered(number, sent["Salt"]),
        "pool_id": case.pool_id,
        "user_id": case.user_id,
        "username": case.alias,
        "password": case.user_password,
    }
