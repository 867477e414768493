"""Clients that get one step wrong: bugs that other clients have had, or that are easy to make.

Each is a subclass of `Client` that differs in exactly one step. Its name is the flag of the vectors
that show it. Its docstring says what it does, and its ``effect`` what its users see; both become
the flag's note.
"""

from __future__ import annotations

import base64
import hmac
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import ClassVar

import oracle
from oracle import N, pad

from generator.samples import ALIAS, MONTHS, POOL_ID, USER_PASSWORD, Login, decoded, moment_of


def unsigned(value: int) -> bytes:
    """The shortest big-endian bytes, without room for a sign."""
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def wide(value: int, width: int) -> bytes:
    """At least `width` bytes; a sign byte that pad() adds is kept."""
    return pad(value).rjust(width, b"\0")


def pairs_of(digits: str) -> bytes:
    """The digits in pairs from the left; one that is left over is lost. The sign byte is right."""
    octets = bytes.fromhex(digits[: len(digits) // 2 * 2])
    return b"\0" + octets if octets[0] & 0x80 else octets


class Client:
    """A client, step by step; this one gets every step right."""

    bug_type: ClassVar[str] = ""
    effect: ClassVar[str] = ""

    def __init__(self, login: Login) -> None:
        played = login.play()
        self.login = login
        self.A, self.B = played.A, played.B

    def pool(self) -> str:
        return self.login.pool_name

    def user(self) -> str:
        return self.login.name

    def password(self) -> str:
        return self.login.password

    def identity(self) -> bytes:
        return f"{self.pool()}{self.user()}:{self.password()}".encode()

    def inner(self) -> bytes:
        return oracle.sha256(self.identity())

    def salt(self) -> bytes:
        return pad(self.login.salt)

    def hashed_for_x(self) -> bytes:
        return self.salt() + self.inner()

    def x(self) -> int:
        return oracle.integer(oracle.sha256(self.hashed_for_x()))

    def k(self) -> int:
        return oracle.k()

    def hashed_for_u(self) -> bytes:
        return pad(self.A) + pad(self.B)

    def u(self) -> int:
        return oracle.integer(oracle.sha256(self.hashed_for_u()))

    def base(self) -> int:
        return (self.B - self.k() * oracle.power(2, self.x())) % N

    def exponent(self) -> int:
        return self.login.a + self.u() * self.x()

    def S(self) -> int:
        return oracle.power(self.base(), self.exponent())

    def hkdf_salt(self) -> bytes:
        return pad(self.u())

    def hkdf_input(self) -> bytes:
        return pad(self.S())

    def prk(self) -> bytes:
        return oracle.hkdf_extract(self.hkdf_salt(), self.hkdf_input())

    def key(self) -> bytes:
        return oracle.hkdf_expand(self.prk(), oracle.INFO, 16)

    def block(self) -> bytes:
        return decoded(self.login.secret_block)

    def timestamp(self) -> str:
        return self.login.timestamp

    def message(self) -> bytes:
        names = f"{self.pool()}{self.user()}".encode()
        return names + self.block() + self.timestamp().encode()

    def claim(self) -> bytes:
        return hmac.new(self.key(), self.message(), "sha256").digest()

    def signature(self) -> str:
        return base64.b64encode(self.claim()).decode("ascii")


BUGS: dict[str, type[Client]] = {}


def bug(bug_type: str, effect: str) -> Callable[[type[Client]], type[Client]]:
    """Register a subclass; its name is the flag."""

    def enter(wrong: type[Client]) -> type[Client]:
        wrong.bug_type, wrong.effect = bug_type, effect
        BUGS[wrong.__name__] = wrong
        return wrong

    return enter


RARELY = "About one login in some hundred fails with the right password, and works on a retry."
HALF = "About half of all logins fail with the right password."
ALWAYS = "Every login fails with the right password."
SOME = "The same people can never sign in; everybody else can."

# Integers to bytes.


@bug("ENCODING", RARELY)
class FixedWidthU(Client):
    """u is written in at least 32 bytes where it is the salt of HKDF."""

    def hkdf_salt(self) -> bytes:
        return wide(self.u(), 32)


@bug("ENCODING", RARELY)
class FixedWidthS(Client):
    """S is written in at least 384 bytes where it is the input of HKDF."""

    def hkdf_input(self) -> bytes:
        return wide(self.S(), 384)


@bug("ENCODING", RARELY)
class FixedWidthPublic(Client):
    """A and B are written in at least 384 bytes where they are hashed for u, as RFC 5054 says."""

    def hashed_for_u(self) -> bytes:
        return wide(self.A, 384) + wide(self.B, 384)


@bug("ENCODING", SOME)
class FixedWidthSalt(Client):
    """SALT is written in at least 16 bytes where it is hashed for x."""

    def salt(self) -> bytes:
        return wide(self.login.salt, 16)


@bug("ENCODING", HALF)
class NoSignByteU(Client):
    """u is written without the 00 that keeps its top bit from being a sign."""

    def hkdf_salt(self) -> bytes:
        return unsigned(self.u())


@bug("ENCODING", HALF)
class NoSignByteS(Client):
    """S is written without the 00 that keeps its top bit from being a sign."""

    def hkdf_input(self) -> bytes:
        return unsigned(self.S())


@bug("ENCODING", "Three of four logins fail with the right password.")
class NoSignBytePublic(Client):
    """A and B are hashed for u without the 00 that keeps a top bit from being a sign."""

    def hashed_for_u(self) -> bytes:
        return unsigned(self.A) + unsigned(self.B)


@bug("ENCODING", "Half of all users can never sign in; the others always can.")
class NoSignByteSalt(Client):
    """SALT is hashed for x without the 00 that keeps its top bit from being a sign."""

    def salt(self) -> bytes:
        return unsigned(self.login.salt)


@bug("ENCODING", ALWAYS)
class NoSignByteN(Client):
    """N is hashed for k without the 00 in front: its top bit is set."""

    def k(self) -> int:
        return oracle.integer(oracle.sha256(unsigned(N) + pad(2)))


@bug("ENCODING", "Users with a negative salt (a relic of the service) can never sign in.")
class SaltSignDropped(Client):
    """A "-" in front of SALT is ignored."""

    def salt(self) -> bytes:
        return pad(abs(self.login.salt))


@bug("ENCODING", "Users with a negative salt (a relic of the service) can never sign in.")
class SaltMinusAsText(Client):
    """A negative SALT is written as its magnitude's bytes after an ASCII "-"."""

    def salt(self) -> bytes:
        return b"-" + pad(abs(self.login.salt))


@bug("KNOWN_BUG", "Users with a negative salt (a relic of the service) can never sign in.")
class SaltMinusTopBit(Client):
    """A "-" in front of SALT is read as the top bit of its first digit."""

    def salt(self) -> bytes:
        text = self.login.salt_text
        digits = f"{-self.login.salt:x}" if text is None else text.lstrip("-")
        return pad(int(f"{int(digits[0], 16) | 8:x}{digits[1:]}", 16))


@bug("PARSING", SOME)
class SaltTextAsBytes(Client):
    """SALT's digits are decoded in pairs, and leading 00 bytes are kept."""

    def salt(self) -> bytes:
        digits = str(self.login.salt_text).lstrip("-")
        return pairs_of("0" + digits if len(digits) % 2 else digits)


@bug("PARSING", SOME)
class OddSaltTruncated(Client):
    """The last digit of a SALT with an odd number of digits is lost, as Node's decoder does."""

    def salt(self) -> bytes:
        return pad(self.login.salt // 16)


@bug("PARSING", ALWAYS)
class SaltAsText(Client):
    """SALT is hashed for x as the ASCII text of its digits."""

    def salt(self) -> bytes:
        return f"{self.login.salt:x}".encode()


@bug(
    "PARSING",
    "Every login fails at a server that prints SRP_B with leading zeros; elsewhere all work.",
)
class PublicTextAsBytes(Client):
    """SRP_B's digits are decoded in pairs, so that leading 00 bytes are hashed for u."""

    def hashed_for_u(self) -> bytes:
        return pad(self.A) + bytes.fromhex(str(self.login.srp_b_text))


@bug("KNOWN_BUG", "One login in eight fails with the right password.")
class OddPublicTruncated(Client):
    """A or B has an odd number of hexadecimal digits, and its last one is lost in u."""

    def hashed_for_u(self) -> bytes:
        return pairs_of(f"{self.A:x}") + pairs_of(f"{self.B:x}")


@bug("PARSING", "One login in sixteen fails with the right password.")
class OddSTruncated(Client):
    """S has an odd number of hexadecimal digits, and its last one is lost in HKDF's input."""

    def hkdf_input(self) -> bytes:
        return pairs_of(f"{self.S():x}")


@bug("ENCODING", ALWAYS)
class NoSignByteAnywhere(Client):
    """No integer gets the 00 that keeps its top bit from being a sign: A, B, N, SALT, u and S."""

    def salt(self) -> bytes:
        return unsigned(self.login.salt)

    def k(self) -> int:
        return oracle.integer(oracle.sha256(unsigned(N) + pad(2)))

    def hashed_for_u(self) -> bytes:
        return unsigned(self.A) + unsigned(self.B)

    def hkdf_salt(self) -> bytes:
        return unsigned(self.u())

    def hkdf_input(self) -> bytes:
        return unsigned(self.S())


@bug("ENCODING", ALWAYS)
class PublicAsText(Client):
    """A and B are hashed for u as the ASCII text of their digits."""

    def hashed_for_u(self) -> bytes:
        return f"{self.A:x}{self.B:x}".encode()


# k, u and S.


@bug("KNOWN_BUG", ALWAYS)
class PaddedG(Client):
    """g is padded to the width of N where it is hashed for k; N has its sign byte."""

    def k(self) -> int:
        return oracle.integer(oracle.sha256(pad(N) + bytes(383) + b"\x02"))


@bug("KNOWN_BUG", ALWAYS)
class Rfc5054K(Client):
    """k is hashed from N and g with 384 bytes each, as RFC 5054 says."""

    def k(self) -> int:
        return oracle.integer(oracle.sha256(unsigned(N) + bytes(383) + b"\x02"))


@bug("LEGACY", ALWAYS)
class KIsThree(Client):
    """k is 3, as in SRP-6."""

    def k(self) -> int:
        return 3


@bug("WRONG_STEP", ALWAYS)
class SwappedPublic(Client):
    """u is the hash of B and A instead of A and B."""

    def hashed_for_u(self) -> bytes:
        return pad(self.B) + pad(self.A)


@bug("LEGACY", ALWAYS)
class ShortU(Client):
    """u is only the first 32 bits of its hash, the size that it had in SRP-3."""

    def u(self) -> int:
        return super().u() >> 224


@bug("WRONG_STEP", ALWAYS)
class KvMissing(Client):
    """k*v is not subtracted from B."""

    def base(self) -> int:
        return self.B


@bug("WRONG_STEP", ALWAYS)
class UxMissing(Client):
    """u*x is not added to a, so that the password does not matter."""

    def exponent(self) -> int:
        return self.login.a


@bug("ARITHMETIC", "One login in four fails with the right password.")
class BaseSignDropped(Client):
    """B - (k*g^x mod N) loses its sign when it is negative."""

    def base(self) -> int:
        return abs(self.B - self.k() * oracle.power(2, self.x()) % N)


@bug("ARITHMETIC", "One login in four fails with the right password.")
class BaseNotReduced(Client):
    """B - (k*g^x mod N) stays negative, the remainder has its sign, and S is negative."""

    def S(self) -> int:
        base = self.B - self.k() * oracle.power(2, self.x()) % N
        magnitude = oracle.power(abs(base), self.exponent())
        return -magnitude if base < 0 and self.exponent() % 2 else magnitude


@bug("ARITHMETIC", "Logins fail where a is larger than N, as with AWS's .NET client.")
class ExponentModN(Client):
    """a + u*x is reduced mod N; if at all, it would have to be mod N - 1."""

    def exponent(self) -> int:
        return super().exponent() % N


# x.


@bug("WRONG_STEP", ALWAYS)
class ColonMissing(Client):
    """x: no colon between user id and password."""

    def identity(self) -> bytes:
        return f"{self.pool()}{self.user()}{self.password()}".encode()


@bug("WRONG_STEP", ALWAYS)
class PoolNameMissing(Client):
    """x: the pool name is left out, as in RFC 5054."""

    def identity(self) -> bytes:
        return f"{self.user()}:{self.password()}".encode()


@bug("KNOWN_BUG", ALWAYS)
class WholePoolIdInX(Client):
    """x: the whole user pool id instead of the pool name."""

    def identity(self) -> bytes:
        return f"{self.login.pool}{self.user()}:{self.password()}".encode()


@bug("KNOWN_BUG", ALWAYS)
class WholePoolIdInMessage(Client):
    """The signed message: the whole user pool id instead of the pool name."""

    def message(self) -> bytes:
        names = f"{self.login.pool}{self.user()}".encode()
        return names + self.block() + self.timestamp().encode()


@bug("KNOWN_BUG", ALWAYS)
class RegionKept(Client):
    """The whole user pool id instead of the pool name, in x and in the message."""

    def pool(self) -> str:
        return self.login.pool


@bug("KNOWN_BUG", "Nobody can sign in with an e-mail address, a phone number or an alias.")
class UserNameForUserId(Client):
    """What the person typed ("alice") instead of USER_ID_FOR_SRP, in x and in the message."""

    def user(self) -> str:
        return ALIAS


@bug("KNOWN_BUG", "Nobody can sign in with an e-mail address, a phone number or an alias.")
class UserNameInX(Client):
    """What the person typed ("alice") instead of USER_ID_FOR_SRP, in x only."""

    def identity(self) -> bytes:
        return f"{self.pool()}{ALIAS}:{self.password()}".encode()


@bug("KNOWN_BUG", "Nobody can sign in with an e-mail address, a phone number or an alias.")
class UserNameInMessage(Client):
    """What the person typed ("alice") instead of USER_ID_FOR_SRP, in the message only."""

    def message(self) -> bytes:
        return f"{self.pool()}{ALIAS}".encode() + self.block() + self.timestamp().encode()


@bug("WRONG_STEP", ALWAYS)
class InnerHashMissing(Client):
    """x: one hash over everything instead of a hash in a hash."""

    def inner(self) -> bytes:
        return self.identity()


@bug("ENCODING", ALWAYS)
class InnerHashHex(Client):
    """x: the inner hash is hashed as hexadecimal text."""

    def inner(self) -> bytes:
        return oracle.sha256(self.identity()).hex().encode()


@bug("WRONG_STEP", ALWAYS)
class SaltBehind(Client):
    """x: the salt comes after the inner hash instead of before it."""

    def hashed_for_x(self) -> bytes:
        return self.inner() + self.salt()


# Text.


@bug("ENCODING", SOME)
class ComposedPassword(Client):
    """The password is normalised to NFC."""

    def password(self) -> str:
        return unicodedata.normalize("NFC", self.login.password)


@bug("ENCODING", SOME)
class DecomposedPassword(Client):
    """The password is normalised to NFD."""

    def password(self) -> str:
        return unicodedata.normalize("NFD", self.login.password)


@bug("ENCODING", SOME)
class CompatiblePassword(Client):
    """The password is normalised to NFKC, so that for example full-width letters become narrow."""

    def password(self) -> str:
        return unicodedata.normalize("NFKC", self.login.password)


@bug("ENCODING", SOME)
class TrimmedPassword(Client):
    """White space at either end of the password is removed."""

    def password(self) -> str:
        return self.login.password.strip()


@bug("ENCODING", SOME)
class Latin1Password(Client):
    """The password is hashed in ISO 8859-1."""

    def identity(self) -> bytes:
        return f"{self.pool()}{self.user()}:".encode() + self.password().encode("latin-1")


@bug("ENCODING", SOME)
class SurrogatesApart(Client):
    """Each half of a surrogate pair is encoded by itself (CESU-8, Java's modified UTF-8)."""

    def identity(self) -> bytes:
        units = self.password().encode("utf-16-be")
        halves = (chr(units[i] << 8 | units[i + 1]) for i in range(0, len(units), 2))
        names = f"{self.pool()}{self.user()}:".encode()
        return names + "".join(halves).encode("utf-8", "surrogatepass")


@bug("ENCODING", "Passwords that differ only after a NUL count as the same password.")
class CutAtNul(Client):
    """The password ends at its first NUL, as a C string does."""

    def password(self) -> str:
        return self.login.password.partition("\0")[0]


@bug("KNOWN_BUG", ALWAYS)
class NewlineInPassword(Client):
    """The password ends in a newline, as a line does that is read from a file or a terminal."""

    def password(self) -> str:
        return self.login.password + "\n"


@bug("ENCODING", SOME)
class LowerCaseUser(Client):
    """The user id is changed to lower case."""

    def user(self) -> str:
        return self.login.name.lower()


# From S to the key.


@bug("WRONG_STEP", ALWAYS)
class CounterMissing(Client):
    """HKDF: the 01 after the info is left out."""

    def key(self) -> bytes:
        return hmac.new(self.prk(), oracle.INFO, "sha256").digest()[:16]


@bug("WRONG_STEP", ALWAYS)
class CounterZero(Client):
    """HKDF: the blocks are counted from 00."""

    def key(self) -> bytes:
        return hmac.new(self.prk(), oracle.INFO + b"\0", "sha256").digest()[:16]


@bug("WRONG_STEP", ALWAYS)
class LongKey(Client):
    """HKDF: the key has 32 bytes instead of 16."""

    def key(self) -> bytes:
        return oracle.hkdf_expand(self.prk(), oracle.INFO, 32)


@bug("WRONG_STEP", ALWAYS)
class SwappedHkdf(Client):
    """HKDF: salt and input are swapped."""

    def prk(self) -> bytes:
        return oracle.hkdf_extract(self.hkdf_input(), self.hkdf_salt())


@bug("WRONG_STEP", ALWAYS)
class HkdfSaltMissing(Client):
    """HKDF: u is not used, the salt is empty."""

    def hkdf_salt(self) -> bytes:
        return b""


@bug("WRONG_STEP", ALWAYS)
class ExtractMissing(Client):
    """HKDF: S itself is used as the PRK."""

    def prk(self) -> bytes:
        return self.hkdf_input()


@bug("WRONG_STEP", ALWAYS)
class HashedSecret(Client):
    """The key is SHA-256(S), as in plain SRP-6a, instead of HKDF."""

    def key(self) -> bytes:
        return oracle.sha256(self.hkdf_input())


@bug("ENCODING", ALWAYS)
class KeyAsText(Client):
    """The HMAC is keyed with the base64 text of the key."""

    def key(self) -> bytes:
        return base64.b64encode(super().key())


@bug("ENCODING", ALWAYS)
class KeyAsHex(Client):
    """The HMAC is keyed with the hexadecimal text of the key."""

    def key(self) -> bytes:
        return super().key().hex().encode()


@bug("ENCODING", ALWAYS)
class SAsText(Client):
    """HKDF's input is the ASCII text of S's digits."""

    def hkdf_input(self) -> bytes:
        return f"{self.S():x}".encode()


@bug("ENCODING", ALWAYS)
class InfoWithNul(Client):
    """HKDF's info ends in a NUL, as a C string does."""

    def key(self) -> bytes:
        return oracle.hkdf_expand(self.prk(), oracle.INFO + b"\0", 16)


# The message and the signature.


@bug("WRONG_STEP", ALWAYS)
class SecretBlockAsText(Client):
    """The base64 text of SECRET_BLOCK is signed instead of its bytes."""

    def block(self) -> bytes:
        return self.login.secret_block.encode()


@bug("PARSING", "Logins fail at moto, whose SECRET_BLOCK is a UUID with dashes.")
class DashesSkipped(Client):
    """Only the standard alphabet is decoded; "-" and "_" are skipped."""

    def block(self) -> bytes:
        return decoded(self.login.secret_block.replace("-", "").replace("_", ""))


@bug("WRONG_STEP", ALWAYS)
class SecretBlockMissing(Client):
    """SECRET_BLOCK is not signed."""

    def block(self) -> bytes:
        return b""


@bug("ENCODING", ALWAYS)
class BlockReadAsUtf8(Client):
    """SECRET_BLOCK's bytes are read as UTF-8, and those that are not UTF-8 are replaced."""

    def block(self) -> bytes:
        return super().block().decode("utf-8", "replace").encode()


@bug("ENCODING", ALWAYS)
class BlockReadAsLatin1(Client):
    """SECRET_BLOCK's bytes become characters and then UTF-8, as with atob and a TextEncoder."""

    def block(self) -> bytes:
        return super().block().decode("latin-1").encode()


@bug("WRONG_STEP", ALWAYS)
class TimestampBeforeBlock(Client):
    """TIMESTAMP is signed before SECRET_BLOCK."""

    def message(self) -> bytes:
        names = f"{self.pool()}{self.user()}".encode()
        return names + self.timestamp().encode() + self.block()


@bug("WRONG_STEP", ALWAYS)
class MessageHashed(Client):
    """The SHA-256 of the message is signed instead of the message."""

    def message(self) -> bytes:
        return oracle.sha256(super().message())


@bug("WRONG_STEP", ALWAYS)
class TimestampMissing(Client):
    """TIMESTAMP is not signed."""

    def timestamp(self) -> str:
        return ""


class WrongTime(Client):
    """A client that writes TIMESTAMP in another way, and perhaps sends it so, too."""

    def timestamp(self) -> str:
        moment = moment_of(self.login.timestamp)
        if moment is None:
            raise AssertionError("the login's TIMESTAMP is not canonical")
        return self.written(moment)

    def written(self, moment: datetime) -> str:
        raise NotImplementedError


NINE_DAYS = "Logins fail on the first nine days of every month."


@bug("KNOWN_BUG", NINE_DAYS)
class DayZeroPadded(WrongTime):
    """The day of the month has a leading zero where it is signed, and perhaps where it is sent."""

    def written(self, moment: datetime) -> str:
        words = oracle.timestamp(moment).split(" ")
        return " ".join([*words[:2], words[2].rjust(2, "0"), *words[3:]])


@bug("KNOWN_BUG", NINE_DAYS)
class DaySpacePadded(WrongTime):
    """The day of the month has a leading space where it is signed, and perhaps where it is sent."""

    def written(self, moment: datetime) -> str:
        words = oracle.timestamp(moment).split(" ")
        return " ".join([*words[:2], words[2].rjust(2), *words[3:]])


@bug("KNOWN_BUG", "Logins fail from one o'clock in the afternoon, UTC, to one in the morning.")
class TwelveHours(WrongTime):
    """The hour is on a 12-hour clock: hh in Java, %I in strftime, 03 in Go."""

    def written(self, moment: datetime) -> str:
        words = oracle.timestamp(moment).split(" ")
        hour = (int(words[3][:2]) + 11) % 12 + 1
        return " ".join([*words[:3], f"{hour:02}{words[3][2:]}", *words[4:]])


@bug("KNOWN_BUG", "Logins fail in the first hour of every day, UTC.")
class HourTwentyFour(WrongTime):
    """The hour after midnight is 24: kk in Java, or Intl without hourCycle h23."""

    def written(self, moment: datetime) -> str:
        words = oracle.timestamp(moment).split(" ")
        return " ".join([*words[:3], f"{moment.hour or 24:02}{words[3][2:]}", *words[4:]])


@bug("KNOWN_BUG", ALWAYS)
class WeekdayShifted(WrongTime):
    """The weekday is that of the next day, because days are counted from another one."""

    def written(self, moment: datetime) -> str:
        words = oracle.timestamp(moment).split(" ")
        return " ".join([oracle.timestamp(moment + timedelta(days=1))[:3], *words[1:]])


@bug("KNOWN_BUG", "Logins fail on machines with another language, in some months or on all days.")
class OtherLanguage(WrongTime):
    """The names of day and month are those of the machine's language (here German)."""

    def written(self, moment: datetime) -> str:
        days = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
        months = dict(zip(MONTHS, MONTHS, strict=True))
        months |= {"Mar": "M\u00e4r", "May": "Mai", "Oct": "Okt", "Dec": "Dez"}
        words = oracle.timestamp(moment).split(" ")
        return " ".join([days[moment.weekday()], months[words[1]], *words[2:]])


@bug("KNOWN_BUG", "Logins fail on machines whose time zone is not UTC.")
class LocalTime(WrongTime):
    """The time is that of the machine's zone (here an hour ahead), and is called UTC."""

    def written(self, moment: datetime) -> str:
        return oracle.timestamp(moment + timedelta(hours=1))


@bug("KNOWN_BUG", ALWAYS)
class ZoneName(WrongTime):
    """The zone is written as GMT."""

    def written(self, moment: datetime) -> str:
        return oracle.timestamp(moment).replace("UTC", "GMT")


@bug("WRONG_STEP", ALWAYS)
class IsoTime(WrongTime):
    """TIMESTAMP is in the format of ISO 8601."""

    def written(self, moment: datetime) -> str:
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@bug("WRONG_STEP", ALWAYS)
class EpochTime(WrongTime):
    """TIMESTAMP is a number: the seconds since 1970."""

    def written(self, moment: datetime) -> str:
        return f"{int(moment.timestamp())}"


@bug("ENCODING", "Logins fail on some days around New Year.")
class WeekYear(WrongTime):
    """The year is that of the week: YYYY in Java, %G in strftime."""

    def written(self, moment: datetime) -> str:
        year = date(moment.year, moment.month, moment.day).isocalendar().year
        return f"{oracle.timestamp(moment)[:-4]}{year:04}"


@bug("ENCODING", ALWAYS)
class HexSignature(Client):
    """The signature is written in hexadecimal."""

    def signature(self) -> str:
        return self.claim().hex()


@bug("ENCODING", "Three logins of four fail with the right password.")
class UrlSafeSignature(Client):
    """The signature is written with the URL-safe alphabet."""

    def signature(self) -> str:
        return base64.urlsafe_b64encode(self.claim()).decode("ascii")


@bug("ENCODING", ALWAYS)
class UnpaddedSignature(Client):
    """The signature is written without = at its end."""

    def signature(self) -> str:
        return super().signature().rstrip("=")


@bug("ENCODING", ALWAYS)
class SignatureWithNewline(Client):
    """The signature ends in a newline."""

    def signature(self) -> str:
        return super().signature() + "\n"


@bug("MISSING_CHECK", "A verifier that compares only up to the shorter length lets anybody in.")
class EmptySignature(Client):
    """The signature is an empty text."""

    def signature(self) -> str:
        return ""


@bug("MISSING_CHECK", "A verifier that compares only up to the shorter length lets guesses in.")
class TruncatedSignature(Client):
    """The signature is the first 16 of its 32 bytes."""

    def claim(self) -> bytes:
        return super().claim()[:16]


@bug("MISSING_CHECK", "A verifier that does not compare the last byte accepts wrong signatures.")
class FlippedBit(Client):
    """The last bit of the signature is wrong."""

    def claim(self) -> bytes:
        claim = super().claim()
        return claim[:-1] + bytes([claim[-1] ^ 1])


@bug("MISSING_CHECK", "A verifier that accepts zeros lets anybody in.")
class ZeroSignature(Client):
    """The signature is 32 zero bytes."""

    def claim(self) -> bytes:
        return bytes(32)


# Devices.


@bug("WRONG_STEP", "No remembered device is ever recognised.")
class UserPasswordForDevice(Client):
    """The user's password ("correct horse battery staple") instead of the device's."""

    def password(self) -> str:
        return USER_PASSWORD


@bug("WRONG_STEP", 'Devices whose group key holds a "_" are never recognised.')
class DeviceGroupKeyCut(Client):
    """The device group key is cut at its "_", as if it were a user pool id."""

    def pool(self) -> str:
        return self.login.pool.partition("_")[2]


@bug("WRONG_STEP", 'Devices whose group key begins with "-" are never recognised.')
class DeviceGroupKeyStripped(Client):
    """The "-" at the beginning of the device group key is removed."""

    def pool(self) -> str:
        return self.login.pool.lstrip("-")


@bug("WRONG_STEP", "No remembered device is ever recognised.")
class DeviceKeyCut(Client):
    """The device key loses its region."""

    def user(self) -> str:
        return self.login.name.partition("_")[2]


@bug("WRONG_STEP", "No remembered device is ever recognised.")
class DevicePoolName(Client):
    """The user pool's name ("Vq3ZtW8xK") instead of the device group key."""

    def pool(self) -> str:
        return POOL_ID.partition("_")[2]


@bug("WRONG_STEP", "No remembered device is ever recognised.")
class DeviceNamesInXOnly(Client):
    """x is the device's, but the message names the user pool and the user ("alice")."""

    def message(self) -> bytes:
        names = f"{POOL_ID.partition('_')[2]}{ALIAS}".encode()
        return names + self.block() + self.timestamp().encode()


FLAGS: dict[str, tuple[str, str, str]] = {
    "Widths": (
        "EDGE_CASE",
        (
            "One of A, B, S, v, u and x has a given width; half of these shapes are rare. Integers "
            "are hashed as Java's BigInteger.toByteArray writes them: two's complement, as short "
            "as possible."
        ),
        (
            "A program that pads to a fixed width, or leaves the sign byte out, fails here. Its "
            "users see a login that fails now and then, and works on a retry."
        ),
    ),
    "SaltShape": (
        "EDGE_CASE",
        "A salt that is short, long, zero or has its top bit set.",
        "The same people can never sign in.",
    ),
    "NegativeSalt": (
        "LEGACY",
        (
            'A salt with a "-", as the service sent it for unknown users until about 2020, of any '
            "length. It is hashed as two's complement in the fewest bytes."
        ),
        "The login breaks with a parse error, or fails.",
    ),
    "HexSpelling": (
        "PARSING",
        (
            "Hexadecimal in upper case, with leading zeros, or with an odd number of digits: only "
            "the integer counts."
        ),
        "Logins fail at servers that print numbers differently, or once in sixteen.",
    ),
    "ExponentSize": (
        "EDGE_CASE",
        "A secret exponent of unusual size: AWS's clients use 256, 1024 and some 8190 bits.",
        "A wrong S where an exponent is larger than N, or a multiple of the group's order.",
    ),
    "ExponentRange": (
        "EDGE_CASE",
        "A secret exponent is 0 or negative. No program draws one.",
        "None in practice: a and b are a program's own.",
    ),
    "VerifierRange": (
        "MISSING_CHECK",
        (
            "A verifier is a multiple of N, negative, not reduced, or 1 or N - 1. No password has "
            "one of these."
        ),
        "With a verifier of 0 anybody can sign in as that user: S is 0 whatever the password.",
    ),
    "PoolIdShape": (
        "DEFINED",
        'A user pool id with two "_", with none, or with nothing in front of it or behind it.',
        "None in practice: AWS makes no such id.",
    ),
    "SignatureSpelling": (
        "PARSING",
        "A right signature that is not base64 with the standard alphabet and padding.",
        "None: some clients send one, and servers differ.",
    ),
    "RangeEdge": (
        "EDGE_CASE",
        (
            "A or B is 1 or N - 1, or the base of the exponentiation is 0, 1 or N - 1. No honest "
            "peer sends these; only what is outside 1..N-1 is refused."
        ),
        "A fast exponentiation that is wrong at the edges, or that ends the process.",
    ),
    "Text": (
        "ENCODING",
        "Names and passwords are hashed as their UTF-8 bytes: not normalised, trimmed or cut.",
        "The same people can never sign in, or can with a password that is not theirs.",
    ),
    "NoSeparator": (
        "DEFINED",
        "Pool name and user id have no separator, so two identities can have the same bytes.",
        "None in practice; these vectors show what is hashed.",
    ),
    "UserId": (
        "FUNCTIONALITY",
        "The forms that USER_ID_FOR_SRP takes.",
        "Nobody whose user id has that form can sign in.",
    ),
    "PoolName": (
        "FUNCTIONALITY",
        'User pool ids of several lengths and regions; only what follows the "_" is hashed.',
        "No login in that pool works.",
    ),
    "DeviceGroupKey": (
        "FUNCTIONALITY",
        'A device group key is opaque: it may begin with "-" and hold "_".',
        "Devices with such a key are never recognised.",
    ),
    "SecretBlockSpelling": (
        "PARSING",
        "SECRET_BLOCK in an unusual size or spelling; it is decoded as Node's Buffer.from does.",
        "Logins fail at emulators, or the claim is refused.",
    ),
    "TimestampAsGiven": (
        "DEFINED",
        (
            "The text of TIMESTAMP is signed unchanged, canonical or not. The service signs its "
            "own rendering, so only the canonical text signs anybody in."
        ),
        "The signature is over a different text than the one that is sent.",
    ),
    "VerifierOrPassword": (
        "FUNCTIONALITY",
        "The server's side with the password instead of a stored verifier.",
        "Emulators that keep passwords cannot check a claim.",
    ),
    "ZeroModN": (
        "MISSING_CHECK",
        "A or B is a multiple of N.",
        (
            "A server that accepts such an A has S = 0 whatever the password: anybody can sign in. "
            "The signature given is the one that such a server (or client) computes."
        ),
    ),
    "OutOfRange": (
        "MISSING_CHECK",
        "A or B is larger than N.",
        (
            "One public value has two spellings, and an exponentiation may cost any amount. The "
            "signature given is the one that an unchecked computation gives."
        ),
    ),
    "Negative": (
        "MISSING_CHECK",
        'A or B has a "-" in front.',
        (
            "One public value has two spellings; parsers differ. The signature given is the one "
            "that an unchecked computation gives."
        ),
    ),
    "Malformed": (
        "PARSING",
        (
            "The text is not hexadecimal, but some parser of some language accepts it. The "
            "signature is that of the number that such a parser reads."
        ),
        "Two programs read different numbers from the same text.",
    ),
    "Empty": (
        "PARSING",
        "The text is empty, or nothing can be decoded from it.",
        "Parsers differ: some give zero, some raise, some give something that is not a number.",
    ),
    "TooLong": (
        "MISSING_CHECK",
        (
            'A number of more than 4096 characters, "-" and leading zeros included, or a '
            "SECRET_BLOCK of more than 131072, letter or not. The value itself would be right."
        ),
        "One request costs the receiver far more than the sender.",
    ),
}
"""The notes of the flags that are not bugs: bugType, description, effect."""
