"""Single values: TIMESTAMP of a moment, a device's registration, SECRET_HASH, S and key from u.

An invalid test holds what a program with the flag's mistake writes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import oracle
from oracle import N, pad

from generator.mistakes import BUGS, WrongTime, unsigned
from generator.samples import GROUP_KEY, POOL_ID, SUB, Json, Part, login, number

NOTES: dict[str, tuple[str, str, str]] = {
    "Moment": (
        "FUNCTIONALITY",
        "A moment and its TIMESTAMP: English names, UTC, no padding before the day.",
        "Logins fail at some times, in some places or in some languages.",
    ),
    "YearEdge": (
        "EDGE_CASE",
        "A year that no clock shows today.",
        "None in practice.",
    ),
    "FractionCut": (
        "EDGE_CASE",
        "A fraction of a second is cut off, not rounded, also before 1970.",
        "None in practice; but the text that is signed must be the one that is sent.",
    ),
    "FractionRounded": (
        "ARITHMETIC",
        "A fraction of a second is rounded to the next second.",
        "None, if the text that is signed is the one that is sent.",
    ),
    "Registration": (
        "FUNCTIONALITY",
        (
            "PasswordVerifier and Salt of ConfirmDevice: base64 of what Java's "
            "BigInteger.toByteArray writes."
        ),
        "The device cannot be registered, or is never recognised.",
    ),
    "RegisteredNoSign": (
        "KNOWN_BUG",
        "PasswordVerifier and Salt lack the 00 that keeps a top bit from being a sign.",
        'Three of four devices are refused: "Found negative value for salt or password verifier".',
    ),
    "RegisteredHex": (
        "ENCODING",
        "PasswordVerifier and Salt are written in hexadecimal.",
        "No remembered device is ever recognised.",
    ),
    "RegisteredHexInBase64": (
        "ENCODING",
        "PasswordVerifier and Salt are base64 of their hexadecimal text.",
        "No remembered device is ever recognised.",
    ),
    "RegisteredUrlSafe": (
        "ENCODING",
        "PasswordVerifier and Salt are written with the URL-safe alphabet, without padding.",
        "Most devices are refused.",
    ),
    "RegisteredReversed": (
        "ENCODING",
        "The bytes of PasswordVerifier and Salt are in reverse order.",
        "No remembered device is ever recognised.",
    ),
    "RegisteredX": (
        "WRONG_STEP",
        "PasswordVerifier is x, which is as good as the password, and not g^x.",
        "No remembered device is ever recognised, and the service has been given the secret.",
    ),
    "RegisteredSaltText": (
        "WRONG_STEP",
        "x is hashed from the base64 text of the salt, not from its bytes.",
        "No remembered device is ever recognised.",
    ),
    "HashOfName": (
        "FUNCTIONALITY",
        "SECRET_HASH over the user name of the call, as it is: an alias, a sub, any Unicode.",
        "NotAuthorizedException for everybody whose name has that form.",
    ),
    "HashOfOtherName": (
        "KNOWN_BUG",
        'SECRET_HASH is over another name of the user ("alice") than the call sends.',
        "People who sign in with an alias are refused.",
    ),
    "HashLowerCase": (
        "ENCODING",
        "The user name is hashed in lower case.",
        "People with a capital letter in their name are refused.",
    ),
    "HashTrimmed": (
        "ENCODING",
        "The user name is hashed without the white space at its ends.",
        "People with a space at an end of their name are refused.",
    ),
    "HashComposed": (
        "ENCODING",
        "The user name is normalised to NFC before it is hashed.",
        "People whose name is not normalised are refused.",
    ),
    "HashLatin1": (
        "ENCODING",
        "The user name is hashed in ISO 8859-1.",
        "People whose name is not ASCII are refused.",
    ),
    "HashIdMissing": (
        "WRONG_STEP",
        "The app client's id is not hashed.",
        "Every call is refused.",
    ),
    "HashIdFirst": (
        "WRONG_STEP",
        "The app client's id is hashed before the user name.",
        "Every call is refused.",
    ),
    "HashPoolId": (
        "WRONG_STEP",
        "The user pool id is hashed instead of the app client's id.",
        "Every call is refused.",
    ),
    "HashSeparator": (
        "WRONG_STEP",
        'There is a ":" between the user name and the app client\'s id.',
        "Every call is refused.",
    ),
    "HashKeyIsId": (
        "WRONG_STEP",
        "The HMAC is keyed with the app client's id, and the secret is hashed.",
        "Every call is refused.",
    ),
    "HashSecretDecoded": (
        "WRONG_STEP",
        "The client secret is decoded as base64 before it is the key.",
        "Every call is refused.",
    ),
    "HashNewlineInSecret": (
        "WRONG_STEP",
        "The client secret ends in a newline, as a line does that is read from a file.",
        "Every call is refused.",
    ),
    "HashNotHmac": (
        "WRONG_STEP",
        "SHA-256 of secret, name and id instead of an HMAC.",
        "Every call is refused.",
    ),
    "HashHex": (
        "ENCODING",
        "The hash is written in hexadecimal.",
        "Every call is refused.",
    ),
    "ZeroU": (
        "MISSING_CHECK",
        "u is 0. No A and B are known that have it, so it is given here.",
        "S would not depend on the password. SRP-6a says that both sides give up.",
    ),
    "ShortValue": (
        "EDGE_CASE",
        "u or S has a width that no search finds in a whole login, down to one byte.",
        "About one login in 256 for each byte that is wrong.",
    ),
}

ANCIENT = (
    "No clock shows such a year. This project writes four digits; a program may refuse the moment "
    "or write it otherwise."
)


class Book:
    """Collects the groups of single values."""

    def __init__(self) -> None:
        self.groups: list[Json] = []

    def group(self, type_: str, comment: str) -> None:
        self.groups.append({"type": type_, "comment": comment, "tests": []})

    def valid(self, comment: str, flag: str, given: Json, wanted: Json, reason: str = "") -> None:
        said = {"result": "acceptable", "reason": reason} if reason else {"result": "valid"}
        test = {"comment": comment, "flags": [flag], **said, "input": given, "expected": wanted}
        self.groups[-1]["tests"].append(test)

    def invalid(self, comment: str, flag: str, refused: str, given: Json) -> None:
        test = {"comment": comment, "flags": [flag], "result": "invalid", "refused": refused}
        self.groups[-1]["tests"].append({**test, "input": given})


# TIMESTAMP.


def at(text: str) -> tuple[datetime, Json]:
    """The moment of an ISO text, and the members that name it."""
    moment = datetime.fromisoformat(text)
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return moment, {"moment": text, "milliseconds": since // timedelta(milliseconds=1)}


def timestamps(book: Book) -> None:
    """Moments of every kind, and what wrong formatters make of some."""
    book.group("Timestamp", "TIMESTAMP of a moment.")
    for comment, flag, text in (
        ("a day of one digit", "Moment", "2025-03-04T21:05:07Z"),
        ("a day of two digits", "Moment", "2025-03-14T09:05:07Z"),
        ("one o'clock in the afternoon", "Moment", "2025-11-26T13:00:00Z"),
        ("noon", "Moment", "2025-06-15T12:00:00Z"),
        ("midnight", "Moment", "2025-06-15T00:00:00Z"),
        ("the first minute of a day of one digit", "Moment", "2025-02-01T00:00:59Z"),
        ("the last second of a year", "Moment", "2025-12-31T23:59:59Z"),
        ("the first second of a year", "Moment", "2026-01-01T00:00:00Z"),
        ("a Monday whose week is of the next year", "Moment", "2024-12-30T10:20:30Z"),
        ("a Sunday whose week is of the year before", "Moment", "2023-01-01T10:20:30Z"),
        ("29 February", "Moment", "2024-02-29T06:07:08Z"),
        ("1 March of a year that is not a leap year", "Moment", "2100-03-01T06:07:08Z"),
        ("east of UTC, where it is the next day already", "Moment", "2025-05-01T01:30:00+14:00"),
        ("west of UTC, where it is the year before still", "Moment", "2025-12-31T20:15:00-05:00"),
        ("a zone with a quarter of an hour", "Moment", "2025-08-09T10:11:12+05:45"),
        ("in the hour that Berlin's clocks skip", "Moment", "2025-03-30T02:30:00Z"),
        ("in the hour that Berlin's clocks repeat", "Moment", "2025-10-26T00:30:00Z"),
        ("the last second of 32 bits", "Moment", "2038-01-19T03:14:07Z"),
        ("the second after it", "Moment", "2038-01-19T03:14:08Z"),
        ("the beginning of 1970", "Moment", "1970-01-01T00:00:00Z"),
        ("a millisecond before the next second", "FractionCut", "2025-03-04T21:05:07.999Z"),
        ("half a second before the next year", "FractionCut", "2025-12-31T23:59:59.500Z"),
        ("a fraction before 1970", "FractionCut", "1969-12-31T23:59:58.250Z"),
    ):
        moment, given = at(text)
        book.valid(comment, flag, given, {"timestamp": oracle.timestamp(moment)})
    for month in range(1, 13):
        # Every month and every weekday, on days of one digit where the month has an odd number.
        day = month if month % 2 else month + 10
        moment, given = at(f"2025-{month:02}-{day:02}T{(month * 2 + 11) % 24:02}:05:06Z")
        about = f"{oracle.timestamp(moment)[:7]} in English, whatever the locale"
        book.valid(about, "Moment", given, {"timestamp": oracle.timestamp(moment)})
    for comment, text in (
        ("the last year of four digits", "9999-12-31T23:59:59Z"),
        ("a year of three digits", "0999-02-03T04:05:06Z"),
    ):
        moment, given = at(text)
        wanted = {"timestamp": oracle.timestamp(moment)}
        book.valid(comment, "YearEdge", given, wanted, ANCIENT)

    book.group("Timestamp", "What a wrong formatter writes, whether or not it signs the same.")
    special = {
        "HourTwentyFour": "2025-03-04T00:05:07Z",
        "WeekYear": "2024-12-31T21:05:07Z",
        "FractionRounded": "2025-03-04T21:05:07.999Z",
    }
    for flag, wrong in BUGS.items():
        if not issubclass(wrong, WrongTime):
            continue
        moment, given = at(special.get(flag, "2025-03-04T21:05:07Z"))
        canonical = oracle.timestamp(moment)
        text = wrong(login("timestamp", timestamp=canonical)).timestamp()
        if text == canonical:
            raise AssertionError(f"{flag} does not show at {canonical}")
        about = (wrong.__doc__ or "").rstrip(".")
        book.invalid(about, flag, "TIMESTAMP", {**given, "timestamp": text})
    moment, given = at(special["FractionRounded"])
    text = oracle.timestamp(moment + timedelta(seconds=1))
    about = NOTES["FractionRounded"][1].rstrip(".")
    book.invalid(about, "FractionRounded", "TIMESTAMP", {**given, "timestamp": text})


# Devices.


def written(value: int) -> str:
    """Base64 of an integer as ConfirmDevice takes it."""
    return base64.b64encode(pad(value)).decode("ascii")


def device_x(given: Json, salt: bytes) -> int:
    names = given["device_group_key"] + given["device_key"] + ":" + given["device_password"]
    return oracle.integer(oracle.sha256(salt + oracle.sha256(names.encode())))


REGISTERED: dict[str, Callable[[int], str]] = {
    "RegisteredNoSign": lambda value: base64.b64encode(unsigned(value)).decode("ascii"),
    "RegisteredHex": lambda value: f"{value:x}",
    "RegisteredHexInBase64": lambda value: base64.b64encode(f"{value:x}".encode()).decode("ascii"),
    "RegisteredUrlSafe": lambda value: base64.urlsafe_b64encode(pad(value)).decode().rstrip("="),
    "RegisteredReversed": lambda value: base64.b64encode(pad(value)[::-1]).decode("ascii"),
}


def registrations(book: Book) -> None:
    """DeviceSecretVerifierConfig of devices."""
    book.group("DeviceRegistration", "PasswordVerifier and Salt of ConfirmDevice.")

    def device(label: str, salt: int, **changes: Any) -> Json:
        own = login(f"register {label}", "device")
        return {
            "device_group_key": own.pool,
            "device_key": own.name,
            "device_password": own.password,
            "salt": f"{salt:x}",
            **changes,
        }

    def widths(bits: int) -> Callable[[int], bool]:
        return lambda value: value.bit_length() == bits

    def searched(label: str, fits: Callable[[int], bool]) -> Json:
        """A device whose verifier has a width; the salt is counted up until it fits."""
        for offset in range(10000):
            found = device(label, number(f"register {label}", 127) + offset)
            salt = int(found["salt"], 16)
            if fits(oracle.verifier(device_x(found, pad(salt)))):
                return found
        raise AssertionError(f"no such verifier: {label}")

    high = device("both high", number("register both high", 128))
    for comment, given in (
        ("the verifier has 3072 bits, so 385 bytes", searched("3072 bits", widths(3072))),
        ("the verifier has 3071 bits, so 384 bytes", searched("3071 bits", widths(3071))),
        (
            "the verifier has 383 bytes and its top bit set, so 384",
            searched("383 high", widths(3064)),
        ),
        (
            "the verifier is a byte short",
            searched("383 low", lambda value: value.bit_length() < 3064),
        ),
        ("the salt has its top bit set, so 17 bytes", high),
        ("the salt is a byte short", device("short salt", number("register short", 119))),
        ("the salt is 1", device("salt 1", 1)),
        ("the salt has 32 bytes", device("long salt", number("register long", 255))),
        (
            "a device group key that begins with - and holds _",
            device("group key", number("register group", 127), device_group_key="-a_B" + GROUP_KEY),
        ),
        (
            "a password that is not ASCII",
            device("password", number("register password", 127), device_password="p\u00e4ss\u0308"),
        ),
    ):
        salt = int(given["salt"], 16)
        x = device_x(given, pad(salt))
        v = oracle.verifier(x)
        wanted = {"x": f"{x:x}", "verifier": f"{v:x}"}
        wanted |= {"PasswordVerifier": written(v), "Salt": written(salt)}
        book.valid(comment, "Registration", given, wanted)

    book.group("DeviceRegistration", "What a wrong program sends to ConfirmDevice.")
    # Both values have their top bit set.
    salt = number("register wrong", 128)
    given = device("wrong", salt)
    while oracle.verifier(device_x(given, pad(salt))).bit_length() < 3072:
        salt += 1
        given["salt"] = f"{salt:x}"
    x = device_x(given, pad(salt))
    v = oracle.verifier(x)
    for flag, write in REGISTERED.items():
        sent = {"PasswordVerifier": write(v), "Salt": write(salt)}
        about = NOTES[flag][1].rstrip(".")
        book.invalid(about, flag, "PasswordVerifier", {**given, **sent})
    for flag, value in (
        ("RegisteredX", x),
        ("RegisteredSaltText", oracle.verifier(device_x(given, written(salt).encode()))),
    ):
        sent = {"PasswordVerifier": written(value), "Salt": written(salt)}
        about = NOTES[flag][1].rstrip(".")
        book.invalid(about, flag, "PasswordVerifier", {**given, **sent})


# SECRET_HASH.


def digest(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, "sha256").digest()).decode("ascii")


def secret_hashes(book: Book) -> None:
    """SECRET_HASH over the names that people have."""
    book.group("SecretHash", "SECRET_HASH and SecretHash.")
    client, secret = "1example23456789", "9tqbs5m0h3jexample0secret7of6a4pool1client8k2example"
    for comment, name in (
        ("a name", "alice"),
        ("an alias: an e-mail address", "First.Last+cognito@example.com"),
        ("an alias: a phone number", "+15551234567"),
        ("a sub", SUB),
        ("a sub of a federated user", "google_108241111111111111111"),
        ("composed", "J\u00fcrgen"),
        ("decomposed", "Ju\u0308rgen"),
        ("outside the basic plane", "\U0001f469\u200d\U0001f680"),
        ("Chinese", "\u7528\u6237"),
        ("capital letters", "ALICE"),
        ("spaces at both ends", " alice "),
        ("the name is the app client's id", client),
        ("128 characters", "n" * 128),
    ):
        given = {"username": name, "client_id": client, "client_secret": secret}
        wanted = {"secret_hash": oracle.secret_hash(name, client, secret)}
        book.valid(comment, "HashOfName", given, wanted)
    for comment, other_id, other_secret in (
        ("a client secret longer than a block of SHA-256", client, secret + secret),
        ("the shortest client secret", client, secret[:24]),
        ("an app client's id of 26 letters", "7example0client1of2a3pool4", secret),
    ):
        given = {"username": "alice", "client_id": other_id, "client_secret": other_secret}
        wanted = {"secret_hash": oracle.secret_hash("alice", other_id, other_secret)}
        book.valid(comment, "HashOfName", given, wanted)

    book.group("SecretHash", "What a wrong program sends as SECRET_HASH.")
    mail = "First.Last+cognito@example.com"
    key, ends = secret.encode(), client.encode()
    raw = base64.b64decode(secret + "=" * (-len(secret) % 4))
    for flag, name, sent in (
        ("HashOfOtherName", mail, digest(key, b"alice" + ends)),
        ("HashLowerCase", mail, digest(key, mail.lower().encode() + ends)),
        ("HashTrimmed", " bob ", digest(key, b"bob" + ends)),
        ("HashComposed", "Ju\u0308rgen", digest(key, "J\u00fcrgen".encode() + ends)),
        ("HashLatin1", "J\u00fcrgen", digest(key, "J\u00fcrgen".encode("latin-1") + ends)),
        ("HashIdMissing", "alice", digest(key, b"alice")),
        ("HashIdFirst", "alice", digest(key, ends + b"alice")),
        ("HashPoolId", "alice", digest(key, b"alice" + POOL_ID.encode())),
        ("HashSeparator", "alice", digest(key, b"alice:" + ends)),
        ("HashKeyIsId", "alice", digest(ends, b"alice" + key)),
        ("HashSecretDecoded", "alice", digest(raw, b"alice" + ends)),
        ("HashNewlineInSecret", "alice", digest(key + b"\n", b"alice" + ends)),
        (
            "HashNotHmac",
            "alice",
            base64.b64encode(hashlib.sha256(key + b"alice" + ends).digest()).decode("ascii"),
        ),
        ("HashHex", "alice", hmac.new(key, b"alice" + ends, "sha256").hexdigest()),
    ):
        given = {"username": name, "client_id": client, "client_secret": secret}
        about = NOTES[flag][1].rstrip(".")
        book.invalid(about, flag, "SECRET_HASH", {**given, "secret_hash": sent})


# From u to the key.


def shared_secrets(book: Book) -> None:
    """S and the key for a u that is given, and for any S: the other side's value is made for it."""
    # a is odd, so that a + u*x is odd or becomes it with the next u.
    plain = login("shared secret", a=number("shared secret a", 256) | 1)
    e = plain.play()
    inverse = pow(e.v, -1, N)

    def client(u: int, S: int | None = None) -> tuple[Json, int]:
        """The client's input for which S comes out as wanted."""
        exponent, B = plain.a + u * e.x, e.B
        if S is not None:
            # An odd exponent has an inverse modulo N - 1, which is twice a prime.
            if exponent % 2 == 0:
                raise AssertionError("the exponent has no inverse")
            root = oracle.power(S, pow(exponent, -1, N - 1))
            B = (oracle.k() * e.v + root) % N
        made = {"x": f"{e.x:x}", "a": f"{plain.a:x}", "u": f"{u:x}", "srp_b": f"{B:x}"}
        return {"side": "client", **made}, oracle.client_s(B, e.x, plain.a, u)

    def server(u: int, S: int | None = None) -> tuple[Json, int]:
        """The same for the server, whose b is 1 where S is wanted."""
        b, A = plain.b, e.A
        if S is not None:
            b, A = 1, S * oracle.power(inverse, u) % N
        made = {"verifier": f"{e.v:x}", "b": f"{b:x}", "u": f"{u:x}", "srp_a": f"{A:x}"}
        return {"side": "server", **made}, oracle.server_s(A, e.v, b, u)

    usual = e.u + 1 - (plain.a + e.u * e.x) % 2
    for name, side in (("client", client), ("server", server)):
        book.group("SharedSecret", f"S and the key, at the {name}'s side, for a u that is given.")
        for comment, u in (
            ("u is 1", 1),
            ("u is 127, one byte", 127),
            ("u is 128, which needs a 00 in front", 128),
            ("u is 255", 255),
            ("u has 2 bytes and its top bit set", 0x8000),
            ("u has 16 bytes", number("u of 16 bytes", 127)),
            ("u has 31 bytes, all ff", (1 << 248) - 1),
            ("u has 32 bytes, all ff", (1 << 256) - 1),
        ):
            given, S = side(u)
            wanted = {"s": f"{S:x}", "key": oracle.key(u, S).hex()}
            book.valid(comment, "ShortValue", given, wanted)
        for comment, S in (
            ("S is 1", 1),
            ("S is 128, which needs a 00 in front", 128),
            ("S has 2 bytes", 0x7FFF),
            ("S has 32 bytes and its top bit set", number("S of 32 bytes", 256)),
            ("S has 381 bytes", number("S of 381 bytes", 3047)),
            ("S is N - 1", N - 1),
        ):
            given, found = side(usual, S)
            if found != S:
                raise AssertionError(f"{comment}: it does not come out")
            wanted = {"s": f"{S:x}", "key": oracle.key(usual, S).hex()}
            book.valid(comment, "ShortValue", given, wanted)
        given, S = side(0)
        sent = {**given, "key": oracle.key(0, S).hex()}
        book.invalid("u is 0", "ZeroU", "u", sent)


def values() -> Part:
    """Every group of single values, and the notes of their flags."""
    book = Book()
    timestamps(book)
    registrations(book)
    secret_hashes(book)
    shared_secrets(book)
    return Part(book.groups, NOTES)
