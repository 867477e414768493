"""The logins: valid ones of every shape, ones to refuse, and ones that a program may refuse."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import oracle
from oracle import N

from generator.mistakes import BUGS, FLAGS, Client
from generator.samples import (
    USER_PASSWORD,
    Json,
    Login,
    Part,
    block,
    decoded,
    login,
    moment_of,
    number,
)
from generator.shapes import SHAPES, has_shape, shaped


def expected(login: Login, A: int, B: int, u: int, S: int, *, with_x: bool) -> Json:
    """Every value of a valid login, written as in a transcript."""
    x = oracle.x(login.pool_name, login.name, login.password, login.salt)
    key = oracle.key(u, S)
    values = {
        "x": f"{x:x}",
        "u": f"{u:x}",
        "s": f"{S:x}",
        "key": key.hex(),
        "signature": oracle.signature(
            key, login.pool_name, login.name, decoded(login.secret_block), login.timestamp
        ),
        "srp_a": f"{A:x}",
        "srp_b": f"{B:x}",
        "verifier": f"{oracle.verifier(x):x}",
    }
    if not with_x:
        # x does not follow from the verifier.
        del values["x"]
    return values


class Book:
    """Collects the groups of logins."""

    def __init__(self) -> None:
        self.groups: list[Json] = []

    def group(self, type_: str, comment: str) -> None:
        self.groups.append({"type": type_, "comment": comment, "tests": []})

    def _add(self, comment: str, flag: str, result: str, reason: str, test: Json) -> None:
        """A test; with a reason, it is one that a program may treat in either way."""
        said = {"result": "acceptable", "reason": reason} if reason else {"result": result}
        self.groups[-1]["tests"].append({"comment": comment, "flags": [flag], **said, **test})

    def valid(self, comment: str, flag: str, input_: Json, values: Json, reason: str = "") -> None:
        self._add(comment, flag, "valid", reason, {"input": input_, "expected": values})

    def invalid(
        self, comment: str, flag: str, refused: str, input_: Json, reason: str = ""
    ) -> None:
        self._add(comment, flag, "invalid", reason, {"refused": refused, "input": input_})

    # A method for each kind of test.

    def client(self, comment: str, flag: str, login: Login, reason: str = "") -> None:
        """A login with what the client knows."""
        e = login.play()
        values = expected(login, e.A, e.B, e.u, e.S, with_x=True)
        self.valid(comment, flag, login.client_view(e.B), values, reason)

    def client_given(self, comment: str, flag: str, login: Login, B: int) -> None:
        """A login with a B that no honest server would send."""
        A = oracle.public_a(login.a)
        u = oracle.u(A, B)
        x = oracle.x(login.pool_name, login.name, login.password, login.salt)
        S = oracle.client_s(B, x, login.a, u)
        values = expected(login, A, B, u, S, with_x=True)
        self.valid(comment, flag, login.client_view(B), values, NOT_HONEST)

    def server(
        self, comment: str, flag: str, login: Login, by: str = "verifier", reason: str = ""
    ) -> None:
        """A login with what the server knows."""
        e = login.play()
        values = expected(login, e.A, e.B, e.u, e.S, with_x=by == "password")
        self.valid(comment, flag, login.server_view(e.A, e.v, by), values, reason)

    def server_given(self, comment: str, flag: str, login: Login, A: int) -> None:
        """A login with an A that no honest client would send."""
        e = login.play()
        u = oracle.u(A, e.B)
        S = oracle.server_s(A, e.v, e.b, u)
        values = expected(login, A, e.B, u, S, with_x=False)
        self.valid(comment, flag, login.server_view(A, e.v, "verifier"), values, NOT_HONEST)

    def verifier_given(
        self,
        comment: str,
        flag: str,
        login: Login,
        text: str,
        refused: bool,
        reason: str = "",
    ) -> None:
        """A login at a server that stores a verifier which belongs to no password, or misspelled.

        A careless parser reads 0 from an empty text.
        """
        v = int(text or "0", 16)
        A, B = oracle.public_a(login.a), oracle.public_b(login.b, v)
        u = oracle.u(A, B)
        S = oracle.server_s(A, v, login.b, u)
        view = replace(login, verifier_text=text).server_view(A, v, "verifier")
        values = expected(login, A, B, u, S, with_x=False)
        values["verifier"] = f"{v:x}"
        if refused:
            view["signature"] = values["signature"]
            self.invalid(comment, flag, "verifier", view, reason)
        else:
            self.valid(comment, flag, view, values, reason)

    def exponent_given(self, comment: str, side: str, login: Login) -> None:
        """A secret exponent that is negative."""
        e = login.play()
        views = {"a": login.client_view(e.B), "b": login.server_view(e.A, e.v, "verifier")}
        view = {**views[side], "signature": e.signature}
        self.invalid(comment, "ExponentRange", side, view, OWN_EXPONENT)

    def exponent_spelled(self, comment: str, flag: str, side: str, login: Login, text: str) -> None:
        """A secret exponent in a text that is not one; the claim is right."""
        e = login.play()
        if side == "a":
            view = replace(login, a_text=text).client_view(e.B)
        else:
            view = replace(login, b_text=text).server_view(e.A, e.v, "verifier")
        view["signature"] = e.signature
        self.invalid(comment, flag, side, view, OWN_TEXT)

    def bad_a(self, comment: str, flag: str, login: Login, text: str, A: int) -> None:
        """An SRP_A to refuse, with the claim that a server without checks computes from A."""
        e = login.play()
        u = oracle.u(A, e.B)
        key = oracle.key(u, oracle.server_s(A, e.v, e.b, u))
        sent = replace(login, srp_a_text=text)
        view = sent.server_view(A, e.v, "verifier")
        view["signature"] = oracle.signature(
            key, login.pool_name, login.name, decoded(login.secret_block), login.timestamp
        )
        self.invalid(comment, flag, "SRP_A", view, POLICY.get(flag, ""))

    def bad_b(self, comment: str, flag: str, login: Login, text: str, B: int) -> None:
        """An SRP_B to refuse, with the claim that a client without checks computes from B."""
        A = oracle.public_a(login.a)
        u = oracle.u(A, B)
        x = oracle.x(login.pool_name, login.name, login.password, login.salt)
        key = oracle.key(u, oracle.client_s(B, x, login.a, u))
        view = replace(login, srp_b_text=text).client_view(B)
        view["signature"] = oracle.signature(
            key, login.pool_name, login.name, decoded(login.secret_block), login.timestamp
        )
        self.invalid(comment, flag, "SRP_B", view, POLICY.get(flag, ""))

    def bad_text(
        self, comment: str, flag: str, refused: str, login: Login, reason: str = ""
    ) -> None:
        """A value to refuse when it is read; everything else in the claim is right."""
        e = login.play()
        view = login.client_view(e.B)
        view["signature"] = e.signature
        self.invalid(comment, flag, refused, view, reason or POLICY.get(flag, ""))

    def spelled(self, comment: str, login: Login, text: str) -> None:
        """A right signature in another spelling, at the side that checks it."""
        e = login.play()
        view = login.server_view(e.A, e.v, "verifier")
        view["signature"] = text
        self.invalid(comment, "SignatureSpelling", CLAIM, view, SPELLED)

    def wrong(self, flag: str, login: Login, comment: str = "", view: str = "client") -> None:
        """The claim of a client with the bug that the flag names."""
        right, bugged = Client(login).signature(), BUGS[flag](login).signature()
        e = login.play()
        if right != e.signature:
            raise AssertionError("the reference client disagrees with the oracle")
        if right == bugged:
            raise AssertionError(f"{flag} does not show in this login: {comment}")
        sent = login.client_view(e.B) if view == "client" else login.server_view(e.A, e.v, view)
        sent["signature"] = bugged
        about = (BUGS[flag].__doc__ or "").rstrip(".")
        self.invalid(f"{about} ({comment})" if comment else about, flag, CLAIM, sent)


CLAIM = "PASSWORD_CLAIM_SIGNATURE"

POLICY = {
    "OutOfRange": (
        "RFC 5054 refuses multiples of N only. This project refuses whatever is not in 1..N-1: A "
        "and B are remainders mod N, so no honest side sends it."
    ),
    "Negative": (
        "RFC 5054 does not speak of signs. This project refuses whatever is not in 1..N-1: A and B "
        "are remainders mod N, so no honest side sends it."
    ),
    "Malformed": (
        "Nothing says what a reader does with a text that is not hexadecimal. This project refuses "
        "it, because parsers differ."
    ),
    "TooLong": "The limits of length are this project's; the protocol has none.",
}
"""Why a program need not refuse what this project refuses."""

NOT_HONEST = (
    "The protocol allows the value, and this project computes with it. No honest peer sends it, so "
    "a program may refuse it."
)
OWN_EXPONENT = "A secret exponent is the program's own. This project refuses a negative one."
OWN_TEXT = (
    "A secret exponent is the program's own, and no message carries it. Where this project reads "
    "one, it refuses the text as it would refuse it in SRP_A."
)
LENIENT = (
    "The service sends base64 with the standard alphabet and padding. This project decodes it as "
    "Node does, because emulators send other things; a program may refuse it."
)
MINUS_ZERO = (
    "No integer is written as -0. This project reads the integer 0; a program may refuse the text."
)
NO_MOMENT = (
    "The formula signs whatever text is sent. But no moment has this one, and the service signs "
    "its own rendering. A program that writes TIMESTAMP itself cannot be given it."
)
RESPELLED = (
    "The formula signs the text that was sent, and this project's transcripts do so. The service "
    "signs its own rendering and refuses the claim; a server that is to do what the service does "
    "refuses it, too."
)
EMPTY_BLOCK = (
    "The protocol does not say that SECRET_BLOCK holds anything. The service never sends an empty "
    "one, and this project refuses it."
)
POOL_ID_SHAPE = (
    "AWS makes no such user pool id, and AWS's clients differ. This project splits at the first "
    '"_". It refuses an id without one, or with nothing in front of it or behind it.'
)
SPELLED = (
    "The bytes are right, and their spelling is not base64 with the standard alphabet and padding. "
    "How the service reads it is not known. This project refuses it."
)

SAYS = {
    "384h": "384 bytes, top bit set, so 385 when hashed",
    "384": "384 bytes, top bit clear",
    "383h": "383 bytes, top bit set, so 384 when hashed",
    "383": "383 bytes, top bit clear",
    "382": "382 bytes",
    "32h": "32 bytes, top bit set, so 33 when hashed",
    "32": "32 bytes, top bit clear",
    "31h": "31 bytes, top bit set, so 32 when hashed",
    "31": "31 bytes, top bit clear",
    "30": "30 bytes",
}


def widths(book: Book) -> None:
    """A, B, S, v, u and x in every width, for the client and for the server."""
    for kind, type_ in (("user", "UserLogin"), ("device", "DeviceLogin")):
        book.group(type_, "Integers of every width, on the client's side.")
        for of, quantity, shape in SHAPES:
            if of != kind or quantity not in "ABSvux":
                continue
            found = shaped(kind, quantity, shape)
            if not has_shape(quantity, shape, getattr(found.play(), quantity)):
                raise AssertionError(f"PINNED is wrong: {kind} {quantity} {shape}")
            book.client(f"{quantity} has {SAYS[shape]}", "Widths", found)
    for kind, type_, chosen in (
        ("user", "UserVerification", "A384h A383h A383 A382 B384h B383 S383 v384h v383"),
        ("device", "DeviceVerification", "A384h A383 B383 S383"),
    ):
        book.group(type_, "Integers of several widths, on the server's side.")
        for name in chosen.split():
            quantity, shape = name[0], name[1:]
            comment = f"{quantity} has {SAYS[shape]}"
            book.server(comment, "Widths", shaped(kind, quantity, shape))


def salts(book: Book) -> None:
    """Salts of every shape and spelling."""
    book.group("UserLogin", "Salts.")
    for comment, salt in (
        ("zero", 0),
        ("one byte, top bit set", 0xC9),
        ("16 bytes, top bit set, so 17 when hashed", number("salt top bit", 128)),
        ("15 bytes, top bit clear", number("salt 15 bytes", 119)),
        ("15 bytes, top bit set, so 16 when hashed", number("salt 15 bytes high", 120)),
        ("64 bytes", number("salt 64 bytes", 511)),
        ("1000 bytes", number("salt 1000 bytes", 8000)),
    ):
        book.client(comment, "SaltShape", login(f"salt {comment}", salt=salt))
    # The last one has the shape that people reported from real user pools.
    reported = -int("3b9c" + f"{number('salt negative', 128):x}"[4:], 16)
    for salt in (-1, -128, -129, -256, reported):
        book.client(f"{salt:x}"[:12], "NegativeSalt", login(f"salt {salt}", salt=salt))
    minus = login("salt -0", salt=0, salt_text="-0")
    book.client("-0, which is 0", "NegativeSalt", minus, MINUS_ZERO)
    short = number("salt spelled", 124)
    for comment, text in (
        ("an odd number of digits", f"{short:x}"),
        ("leading zero", f"0{short:x}"),
        ("many leading zeros", f"{short:x}".rjust(64, "0")),
        ("upper case", f"{short:X}"),
        ("zero spelled 0000", "0000"),
        ("negative, upper case, leading zeros", "-00FF80"),
    ):
        changed = login(f"salt {comment}", salt=int(text, 16), salt_text=text)
        book.client(comment, "HexSpelling", changed)


def spellings(book: Book) -> None:
    """SRP_A, SRP_B, a, b and the verifier in other spellings, and exponents of every size."""
    book.group("UserLogin", "Spellings of SRP_B and of a, and sizes of a.")
    odd = shaped("user", "odd B", "767 digits")
    digits = f"{odd.play().B:x}"
    for comment, text in (
        ("SRP_B has an odd number of digits", digits),
        ("SRP_B has a leading zero", "0" + digits),
        ("SRP_B has many leading zeros", digits.rjust(1024, "0")),
        ("SRP_B has 4096 digits, most of them leading zeros", digits.rjust(4096, "0")),
        ("SRP_B in upper case", digits.upper()),
        ("SRP_B in mixed case", digits[:300].upper() + digits[300:]),
    ):
        reason = POLICY["TooLong"] if len(text) == 4096 else ""
        book.client(comment, "HexSpelling", replace(odd, srp_b_text=text), reason)
    plain = login("a spelled", a=number("a spelled", 252))
    for comment, text in (
        ("a has an odd number of digits", f"{plain.a:x}"),
        ("a in upper case with leading zeros", f"000{plain.a:X}"),
    ):
        book.client(comment, "HexSpelling", replace(plain, a_text=text))
    half = (N - 1) // 2
    for comment, a in (
        ("a is 1, so A is 2", 1),
        ("a has 8 bits", 0xB7),
        ("a has 1024 bits", number("a 1024", 1024)),
        ("a has 3072 bits and is larger than N", N + 2 * number("a above N", 60)),
        ("a has 4096 bits", number("a 4096", 4096)),
        ("a has 8186 bits", number("a 8186", 8186)),
        ("a is the order of the group, so A is 1", half),
    ):
        book.client(comment, "ExponentSize", login(f"exponent {comment}", a=a))

    book.group("UserVerification", "Spellings of SRP_A, b and verifier, and sizes of b.")
    odd = shaped("user", "odd A", "767 digits")
    played = odd.play()
    digits = f"{played.A:x}"
    for comment, text in (
        ("SRP_A has an odd number of digits", digits),
        ("SRP_A has a leading zero", "0" + digits),
        ("SRP_A has 4096 digits, most of them leading zeros", digits.rjust(4096, "0")),
        ("SRP_A in upper case", digits.upper()),
        ("SRP_A in upper case with a leading zero, as from .NET", "0" + digits.upper()),
    ):
        reason = POLICY["TooLong"] if len(text) == 4096 else ""
        spelled = replace(odd, srp_a_text=text)
        book.server(comment, "HexSpelling", spelled, reason=reason)
    spelled = replace(odd, verifier_text=f"00{played.v:X}")
    book.server("the verifier in upper case with leading zeros", "HexSpelling", spelled)
    plain = login("b spelled", b=number("b spelled", 252))
    for comment, text in (
        ("b has an odd number of digits", f"{plain.b:x}"),
        ("b in upper case with leading zeros", f"000{plain.b:X}"),
    ):
        book.server(comment, "HexSpelling", replace(plain, b_text=text))
    for comment, b in (
        ("b is 1", 1),
        ("b has 1024 bits", number("b 1024", 1024)),
        ("b has 3072 bits and is larger than N", N + 2 * number("b above N", 60)),
        ("b has 8186 bits", number("b 8186", 8186)),
        ("b is the order of the group, so S is 1", half),
    ):
        book.server(comment, "ExponentSize", login(f"exponent {comment}", b=b))
    by_password = login("server with password")
    book.server("a password instead of the verifier", "VerifierOrPassword", by_password, "password")
    book.group("DeviceVerification", "A server that stores the device's password.")
    by_password = login("server with device password", "device")
    book.server("a password instead of the verifier", "VerifierOrPassword", by_password, "password")


def edges(book: Book) -> None:
    """The ends of the range, and bases for which fast exponentiations fail."""
    book.group("UserLogin", "The limits of what the client must accept.")
    plain = login("edges of B")
    v = plain.play().v
    kv = oracle.k() * v % N
    for comment, B in (
        ("B is 1", 1),
        ("B is N - 1", N - 1),
        ("B is k*v, so the base and S are 0", kv),
        ("B is k*v + 1, so the base and S are 1", (kv + 1) % N),
        ("B is k*v - 1, so the base is N - 1", (kv - 1) % N),
    ):
        book.client_given(comment, "RangeEdge", plain, B)
    book.group("UserVerification", "The limits of what the server must accept.")
    plain = login("edges of A")
    for comment, A in (("A is 1", 1), ("A is 2", 2), ("A is N - 1", N - 1)):
        book.server_given(comment, "RangeEdge", plain, A)


def secrets(book: Book) -> None:
    """Ranges of a, b and the verifier, which are a program's own values."""
    book.group("UserLogin", "The range of a.")
    zero = login("a is zero", a=0)
    book.client("a is 0, so A is 1", "ExponentRange", zero, NOT_HONEST)
    book.exponent_given("a is -1", "a", login("a is negative", a=-1))
    for comment, flag, text, value in own_texts("a"):
        plain = login("a misspelled", a=value)
        book.exponent_spelled(f"a {comment}", flag, "a", plain, text)
    book.group("UserVerification", "The ranges of b and of the verifier.")
    zero = login("b is zero", b=0)
    book.server("b is 0, so S is 1", "ExponentRange", zero, reason=NOT_HONEST)
    book.exponent_given("b is -1", "b", login("b is negative", b=-1))
    for comment, flag, text, value in own_texts("b"):
        plain = login("b misspelled", b=value)
        book.exponent_spelled(f"b {comment}", flag, "b", plain, text)
    plain = login("ranges of the verifier")
    v = plain.play().v
    book.verifier_given("the verifier is 0", "VerifierRange", plain, "0", refused=True)
    book.verifier_given("the verifier is N", "VerifierRange", plain, f"{N:x}", refused=True)
    above = (
        "The verifier is what the server itself stored, and the protocol says nothing of one that "
        "is not reduced mod N. This project refuses it."
    )
    book.verifier_given(
        "the verifier is too large by N", "VerifierRange", plain, f"{v + N:x}", True, above
    )
    edge = (
        "The protocol allows the verifier, and this project computes with it. No password has it, "
        "so a program may refuse it."
    )
    book.verifier_given("the verifier is 1", "VerifierRange", plain, "1", False, edge)
    book.verifier_given("the verifier is N - 1", "VerifierRange", plain, f"{N - 1:x}", False, edge)
    negative = (
        "The verifier is what the server itself stored, and the protocol does not speak of signs. "
        "This project refuses whatever is not in 1..N-1."
    )
    text = f"{v:x}"
    about = "the verifier has a minus in front"
    book.verifier_given(about, "VerifierRange", plain, "-" + text, True, negative)
    book.verifier_given("the verifier is empty", "Empty", plain, "", refused=True)
    for comment, flag, sent in (
        ("the verifier begins with 0x", "Malformed", "0x" + text),
        ("the verifier has 4097 digits", "TooLong", text.rjust(4097, "0")),
    ):
        book.verifier_given(comment, flag, plain, sent, True, POLICY[flag])


def own_texts(label: str) -> list[tuple[str, str, str, int]]:
    """Texts of a secret exponent to refuse, with the number that a careless parser reads."""
    value = number(f"{label} misspelled", 256)
    return [
        ("is empty", "Empty", "", 0),
        ("begins with 0x", "Malformed", f"0x{value:x}", value),
        ("has 4097 digits", "TooLong", f"{value:x}".rjust(4097, "0"), value),
    ]


def texts(book: Book) -> None:
    """Names and passwords."""
    book.group("UserLogin", "Names and passwords.")
    # These tests differ only in the password.
    for comment, password in (
        ("an e with acute accent, composed (NFC)", "caf\u00e9"),
        ("an e with acute accent, decomposed (NFD)", "cafe\u0301"),
        ("full-width letters", "\uff30\uff41\uff53\uff53"),
        ("a NUL inside", "before\0after"),
        ("colons", "a:b::c:"),
        ("empty", ""),
        ("a space before and after", " pass word "),
        ("a no-break space after", "password\u00a0"),
        ("newlines and a tab", "line\r\nline\n\t"),
        ("a joined emoji outside the basic plane", "\U0001f469\u200d\U0001f680 go"),
        ("Chinese and Japanese", "\u5bc6\u7801\u30d1\u30b9\u30ef\u30fc\u30c9"),
        ("right to left", "\u0633\u0631\u064a \u05e1\u05d5\u05d3\u05d9"),
        ("the last code point", "\U0010ffff\uffff\ufffd"),
        ("dotless and dotted i, sharp s", "\u0131\u0130I\u00df\u1e9e"),
        ("10000 letters", ("ten thousand letters make a long password; " * 233)[:10000]),
        ("characters that JSON and shells escape", "\"\\/\b\u2028\u2029$`'%s{}"),
    ):
        same = login("password")
        book.client(f"password: {comment}", "Text", replace(same, password=password))
    for comment, user in (
        ("a sub", "f1e2d3c4-b5a6-4978-8a69-5b4c3d2e1f00"),
        ("an e-mail address with a plus", "first.last+cognito@example.com"),
        ("upper case", "Alice"),
        ("decomposed", "Zoe\u0308"),
    ):
        book.client(f"user id: {comment}", "UserId", replace(login("user id"), name=user))
    for comment, pool in (
        ("one letter", "us-east-1_A"),
        ("nine letters, GovCloud", "us-gov-west-1_0aZ9bY8cX"),
        ("55 characters in all", "ap-southeast-2_" + "Ab3" * 13 + "z"),
    ):
        book.client(f"pool name: {comment}", "PoolName", replace(login("pool"), pool=pool))
    for comment, pool in (
        ("two underscores: everything after the first is hashed", "eu-central-1_Vq3Zt_W8xK"),
    ):
        changed = replace(login("pool id shape"), pool=pool)
        book.client(f"pool id: {comment}", "PoolIdShape", changed, POOL_ID_SHAPE)
    # The signature is that of a program that takes the whole text as the pool name.
    bare = replace(login("pool id shape"), pool="_Vq3ZtW8xK")
    view = bare.client_view(bare.play().B)
    view["pool_id"] = "Vq3ZtW8xK"
    view["signature"] = bare.play().signature
    about = "pool id: no underscore"
    book.invalid(about, "PoolIdShape", "pool_id", view, POOL_ID_SHAPE)
    # The signature is that of a program which hashes what is behind the "_", whatever that is.
    for comment, pool in (
        ("nothing in front of the underscore", "_Vq3ZtW8xK"),
        ("nothing behind the underscore", "eu-central-1_"),
    ):
        changed = replace(login("pool id shape"), pool=pool)
        played = changed.play()
        view = {**changed.client_view(played.B), "signature": played.signature}
        book.invalid(f"pool id: {comment}", "PoolIdShape", "pool_id", view, POOL_ID_SHAPE)
    same = login("no separator")
    pairs: tuple[tuple[str, dict[str, Any]], ...] = (
        (
            "pool Abc, user Def: the same signature as in the next test",
            {"pool": "x_Abc", "name": "Def"},
        ),
        (
            "pool AbcD, user ef: the same signature as in the test before",
            {"pool": "x_AbcD", "name": "ef"},
        ),
        ("user a:b, password c: the same x as in the next test", {"name": "a:b", "password": "c"}),
        (
            "user a, password b:c: the same x as in the test before",
            {"name": "a", "password": "b:c"},
        ),
    )
    for comment, changes in pairs:
        book.client(comment, "NoSeparator", replace(same, **changes))
    book.group("DeviceLogin", "Names of devices.")
    for key in ("-v0w1Xy2z", "a_b-c_d", "_leading", "Plain9", "-", "eu-central-1_Vq3ZtW8xK"):
        changed = login("device group key", "device", pool=key)
        book.client(f"device group key {key}", "DeviceGroupKey", changed)


UUID_BLOCK = "5f0c1d2e-3b4a-4c69-8d7e-9fa0b1c2d3e4"


def blocks(book: Book) -> None:
    """Secret blocks and timestamps."""
    book.group("UserLogin", "Secret blocks and timestamps.")
    full = block("secret block", 48)
    for comment, text in (
        ("one byte", "gA=="),
        ("two letters of base64 without padding", "gA"),
        ("1700 letters of base64", block("secret block 1700", 1275)),
        ("a UUID with dashes, as moto sends it", UUID_BLOCK),
        ("without padding", block("secret block unpadded", 47).rstrip("=")),
        ("URL-safe letters", "-_-_" + full[:40].replace("+", "-").replace("/", "_")),
        ("line breaks", f"{full[:20]}\r\n{full[20:40]}\n{full[40:]}\n"),
        ("letters outside the alphabet, which are skipped", f"{full[:9]}!*.{full[9:]}"),
        ("a last letter that fills no byte", full + "A"),
        ("bits behind the last byte, which are dropped", "gF=="),
    ):
        changed = login(f"secret block {comment}", secret_block=text)
        standard = base64.b64encode(decoded(text)).decode("ascii") == text
        reason = "" if standard else LENIENT
        book.client(comment, "SecretBlockSpelling", changed, reason)
    for comment, text in (
        ("one digit for the day", "Sat Feb 1 00:00:00 UTC 2025"),
        ("two digits for the day", "Wed Dec 31 23:59:59 UTC 2025"),
        ("a zero before the day", "Sat Feb 01 00:00:00 UTC 2025"),
        ("not English", "sam. f\u00e9vr. 1 00:00:00 UTC 2025"),
    ):
        given = login(f"timestamp {comment}", timestamp=text)
        reason = "" if moment_of(text) else NO_MOMENT
        book.client(comment, "TimestampAsGiven", given, reason)
    book.group("UserVerification", "TIMESTAMP in a spelling that the service does not sign.")
    for comment, text in (
        ("a zero before the day, signed and sent alike", "Tue Mar 04 21:05:07 UTC 2025"),
        ("a space before the day, signed and sent alike", "Tue Mar  4 21:05:07 UTC 2025"),
        ("a zone that is not UTC, signed and sent alike", "Tue Mar 4 21:05:07 GMT 2025"),
    ):
        given = login(f"timestamp {comment}", timestamp=text)
        book.server(comment, "TimestampAsGiven", given, reason=RESPELLED)


def refused_a(book: Book) -> None:
    """Every SRP_A that a server must refuse."""
    for kind, type_ in (("user", "UserVerification"), ("device", "DeviceVerification")):
        book.group(type_, "SRP_A to refuse.")
        plain = login(f"refused A {kind}", kind)
        good = plain.play().A
        text = f"{good:x}"
        book.bad_a("A is 0", "ZeroModN", plain, "0", 0)
        book.bad_a("A is N", "ZeroModN", plain, f"{N:x}", N)
        book.bad_a("A is 2N", "ZeroModN", plain, f"{2 * N:x}", 2 * N)
        if kind == "device":
            continue
        book.bad_a("A is 0, spelled with 768 digits", "ZeroModN", plain, "0" * 768, 0)
        book.bad_a("A is N + 1", "OutOfRange", plain, f"{N + 1:x}", N + 1)
        book.bad_a("A is too large by N", "OutOfRange", plain, f"{good + N:x}", good + N)
        book.bad_a("A is -1", "Negative", plain, "-1", -1)
        book.bad_a("A is -A", "Negative", plain, "-" + text, -good)
        for comment, flag, sent in malformed(text, all_of_them=True):
            book.bad_a(f"SRP_A {comment}", flag, plain, sent, good)
        book.bad_a("SRP_A is empty", "Empty", plain, "", 0)


def malformed(text: str, *, all_of_them: bool = False) -> list[tuple[str, str, str]]:
    """Texts that some parser accepts as the number in `text`."""
    often = [
        ("begins with 0x", "Malformed", "0x" + text),
        ("ends with a newline", "Malformed", text + "\n"),
        ("holds an underscore", "Malformed", text[:8] + "_" + text[8:]),
        ("begins with a full-width zero", "Malformed", "\uff10" + text),
        ("has 4097 digits", "TooLong", text.rjust(4097, "0")),
    ]
    seldom = [
        ("begins with a space", "Malformed", " " + text),
        ("begins with a plus", "Malformed", "+" + text),
        ("ends with a letter that is not a digit", "Malformed", text + "g"),
    ]
    return often + seldom if all_of_them else often


def refused_b(book: Book) -> None:
    """Every SRP_B that a client must refuse."""
    for kind, type_ in (("user", "UserLogin"), ("device", "DeviceLogin")):
        book.group(type_, "SRP_B to refuse.")
        plain = login(f"refused B {kind}", kind)
        good = plain.play().B
        text = f"{good:x}"
        book.bad_b("B is 0", "ZeroModN", plain, "0", 0)
        book.bad_b("B is N", "ZeroModN", plain, f"{N:x}", N)
        if kind == "device":
            continue
        book.bad_b("B is 2N", "ZeroModN", plain, f"{2 * N:x}", 2 * N)
        book.bad_b("B is N + 1", "OutOfRange", plain, f"{N + 1:x}", N + 1)
        book.bad_b("B is too large by N", "OutOfRange", plain, f"{good + N:x}", good + N)
        book.bad_b("B is -1", "Negative", plain, "-1", -1)
        for comment, flag, sent in malformed(text):
            book.bad_b(f"SRP_B {comment}", flag, plain, sent, good)
        book.bad_b("SRP_B is empty", "Empty", plain, "", 0)


def refused_texts(book: Book) -> None:
    """SALT and SECRET_BLOCK that a client must refuse."""
    book.group("UserLogin", "SALT to refuse.")
    plain = login("refused salt")
    for comment, flag, sent in malformed(f"{plain.salt:x}"):
        changed = replace(plain, salt_text=sent)
        book.bad_text(f"SALT {comment}", flag, "SALT", changed)
    for comment, flag, sent, salt in (
        ("SALT is a minus", "Empty", "-", 0),
        ("SALT has two minus signs", "Malformed", "--1", -1),
        ("SALT has a space after the minus", "Malformed", "- 1", -1),
        ("SALT is empty", "Empty", "", 0),
    ):
        changed = replace(plain, salt_text=sent, salt=salt)
        book.bad_text(comment, flag, "SALT", changed)
    book.group("UserLogin", "SECRET_BLOCK to refuse.")
    plain = login("refused secret block")
    for comment, flag, sent in (
        ("SECRET_BLOCK is empty", "Empty", ""),
        ("SECRET_BLOCK is only padding", "Empty", "===="),
        ("SECRET_BLOCK is one letter, which fills no byte", "Empty", "A"),
        ("SECRET_BLOCK has no letter of the alphabet", "Empty", "!!!!"),
        ("SECRET_BLOCK has 131073 letters", "TooLong", "A" * 131073),
    ):
        changed = replace(plain, secret_block=sent)
        reason = EMPTY_BLOCK if flag == "Empty" else ""
        book.bad_text(comment, flag, "SECRET_BLOCK", changed, reason)


def wrong_integers(book: Book) -> None:
    """The claims of clients that write or compute one integer wrong."""
    book.group("UserLogin", "Claims with one step wrong, checked with the client's secrets.")
    book.wrong("FixedWidthU", shaped("user", "u", "31"), "u has 31 bytes")
    book.wrong("FixedWidthU", shaped("user", "u", "30"), "u has 30 bytes")
    book.wrong("FixedWidthS", shaped("user", "S", "383"), "S has 383 bytes")
    book.wrong("FixedWidthPublic", shaped("user", "A", "383"), "A has 383 bytes")
    book.wrong("FixedWidthPublic", shaped("user", "B", "383"), "B has 383 bytes")
    book.wrong("FixedWidthSalt", login("bug salt", salt=number("bug salt", 118)))
    book.wrong("NoSignByteU", shaped("user", "u", "32h"), "u has 32 bytes")
    book.wrong("NoSignByteS", shaped("user", "S", "384h"), "S has 384 bytes")
    book.wrong("NoSignBytePublic", shaped("user", "A", "384h"), "A, perhaps B")
    book.wrong("NoSignBytePublic", shaped("user", "B", "384h"), "B, perhaps A")
    # Not 16 bytes, so that this is not what a fixed width makes.
    book.wrong("NoSignByteSalt", login("bug salt sign", salt=number("bug salt sign", 120)))
    book.wrong("NoSignByteN", login("bug N"))
    negative = login("bug negative salt", salt=-number("bug negative salt", 126))
    # With a top bit and leading zeros, so that this is not what a wrong sign byte makes.
    spelled = number("bug negative salt spelled", 128)
    zeros = login("bug negative salt spelled", salt=-spelled, salt_text=f"-0000{spelled:x}")
    book.wrong("SaltSignDropped", zeros)
    book.wrong("SaltMinusAsText", negative)
    spelled = number("bug salt spelled", 119)
    zeros = login("bug salt zeros", salt=spelled, salt_text=f"{spelled:036x}")
    book.wrong("SaltTextAsBytes", zeros)
    book.wrong("OddSaltTruncated", login("bug salt odd", salt=number("bug salt odd", 124)))
    book.wrong("SaltAsText", login("bug salt text"))
    zeros = login("bug B text")
    book.wrong("PublicTextAsBytes", replace(zeros, srp_b_text=f"{zeros.play().B:0772x}"))

    book.wrong("SaltMinusTopBit", negative)
    book.wrong("OddPublicTruncated", shaped("user", "odd A", "767 digits"), "A is odd")
    book.wrong("OddPublicTruncated", shaped("user", "odd B", "767 digits"), "B is odd")
    book.wrong("OddSTruncated", shaped("user", "odd S", "767 digits"))
    book.wrong("NoSignByteAnywhere", login("bug no sign byte"))

    for flag in (
        *("PaddedG", "Rfc5054K", "KIsThree", "SwappedPublic", "ShortU", "PublicAsText"),
        *("KvMissing", "UxMissing"),
    ):
        book.wrong(flag, login("bug k and u"))
    negative = shaped("user", "base", "negative")
    book.wrong("BaseSignDropped", negative)
    book.wrong("BaseNotReduced", negative)
    book.wrong("ExponentModN", login("bug exponent", a=number("bug exponent", 8186)))


def wrong_steps(book: Book) -> None:
    """The claims of clients that get one step wrong, in the group of the chapter before."""
    for flag in (
        "ColonMissing",
        "PoolNameMissing",
        "WholePoolIdInX",
        "WholePoolIdInMessage",
        "RegionKept",
        "UserNameForUserId",
        "UserNameInX",
        "UserNameInMessage",
        "InnerHashMissing",
        "InnerHashHex",
        "SaltBehind",
    ):
        book.wrong(flag, login("bug x"))

    for flag, password in (
        ("ComposedPassword", "cafe\u0301 \uff30"),
        ("DecomposedPassword", "caf\u00e9"),
        ("CompatiblePassword", "\uff30\uff41\uff53\uff53"),
        ("TrimmedPassword", " pass word "),
        ("Latin1Password", "p\u00e4ssw\u00f6rd"),
        ("SurrogatesApart", "\U0001f680 go"),
        ("CutAtNul", "before\0after"),
        ("NewlineInPassword", USER_PASSWORD),
    ):
        book.wrong(flag, login("bug password", password=password))
    book.wrong("LowerCaseUser", login("bug user", name="Bob"))

    for flag in (
        "CounterMissing",
        "CounterZero",
        "LongKey",
        "SwappedHkdf",
        "HkdfSaltMissing",
        "ExtractMissing",
        "HashedSecret",
        "KeyAsText",
        "KeyAsHex",
        "SAsText",
        "InfoWithNul",
        "HexSignature",
        "UrlSafeSignature",
        "UnpaddedSignature",
        "SignatureWithNewline",
    ):
        book.wrong(flag, login("bug key"))

    # The same login as at the side that checks, for libraries that have no such side.
    claim = login("bug claim user")
    for flag in (
        *("SecretBlockAsText", "SecretBlockMissing", "BlockReadAsUtf8", "BlockReadAsLatin1"),
        *("TimestampMissing", "TimestampBeforeBlock", "MessageHashed"),
        *("DayZeroPadded", "DaySpacePadded", "TwelveHours", "WeekdayShifted", "OtherLanguage"),
        *("LocalTime", "ZoneName", "IsoTime", "EpochTime"),
    ):
        book.wrong(flag, claim)
    midnight = replace(claim, timestamp="Tue Mar 4 00:05:07 UTC 2025")
    book.wrong("HourTwentyFour", midnight)
    book.wrong("WeekYear", replace(claim, timestamp="Tue Dec 31 21:05:07 UTC 2024"))
    book.wrong("DashesSkipped", replace(claim, secret_block=UUID_BLOCK))


def wrong_elsewhere(book: Book) -> None:
    """Wrong claims at the side that checks, and of devices."""
    for kind, type_, names in (
        ("user", "UserVerification", ("WholePoolIdInMessage", "UserNameInMessage")),
        ("device", "DeviceVerification", ("DeviceNamesInXOnly",)),
    ):
        book.group(type_, "Claims with one step wrong, checked with the server's secrets.")
        plain = login(f"bug claim {kind}", kind)
        claims = ["FlippedBit", "ZeroSignature", "EmptySignature", "TruncatedSignature"]
        if kind == "user":
            claims += ["SecretBlockAsText", "SecretBlockMissing", "TimestampMissing"]
            claims += ["DayZeroPadded", "DaySpacePadded", "TwelveHours"]
        for flag in (*names, *claims):
            book.wrong(flag, plain, view="verifier")
        if kind == "user":
            book.wrong("DashesSkipped", replace(plain, secret_block=UUID_BLOCK), view="verifier")
            book.wrong("FlippedBit", plain, "checked with the password", view="password")
            spelled_signatures(book, plain)

    book.group("DeviceLogin", "Claims with one step wrong, checked with the client's secrets.")
    device = login("bug device", "device", pool="-Rm2_tW8xK")
    for flag in (
        "UserPasswordForDevice",
        "DeviceGroupKeyCut",
        "DeviceGroupKeyStripped",
        "DeviceKeyCut",
        "DevicePoolName",
        "DeviceNamesInXOnly",
    ):
        book.wrong(flag, device)
    book.wrong("FixedWidthS", shaped("device", "S", "383"), "S has 383 bytes")
    book.wrong("FixedWidthU", shaped("device", "u", "31"), "u has 31 bytes")
    book.wrong("FixedWidthPublic", shaped("device", "B", "383"), "B has 383 bytes")
    book.wrong("NoSignByteS", shaped("device", "S", "384h"), "S has 384 bytes")


def spelled_signatures(book: Book, plain: Login) -> None:
    """The 32 right bytes in every spelling but the right one."""
    book.group("UserVerification", "A right signature in another spelling.")
    # Both letters that the URL-safe alphabet has otherwise are in this signature.
    plain = replace(plain, a=plain.a + SPELLED_OFFSET)
    right = plain.play().signature
    if "+" not in right or "/" not in right:
        raise AssertionError("the signature looks the same in the URL-safe alphabet")
    octets = base64.b64decode(right)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spare = right[:-2] + alphabet[alphabet.index(right[-2]) + 1] + "="
    for comment, text in (
        ("the URL-safe alphabet", right.replace("+", "-").replace("/", "_")),
        ("no padding", right.rstrip("=")),
        ("the URL-safe alphabet, no padding", base64.urlsafe_b64encode(octets).decode()[:-1]),
        ("two letters of padding", right + "="),
        ("a newline behind", right + "\n"),
        ("a carriage return and a newline behind", right + "\r\n"),
        ("a space in front", " " + right),
        ("a line break inside", right[:20] + "\n" + right[20:]),
        ("a bit behind the last byte", spare),
        ("hexadecimal", octets.hex()),
        ("base64 of hexadecimal", base64.b64encode(octets.hex().encode()).decode()),
    ):
        book.spelled(comment, plain, text)


SPELLED_OFFSET = 1
"""Added to a, so that the signature has both letters that the URL-safe alphabet lacks."""


def logins() -> Part:
    """Every group of logins, and the notes of their flags."""
    book = Book()
    for chapter in (
        widths,
        salts,
        spellings,
        edges,
        secrets,
        texts,
        blocks,
        refused_a,
        refused_b,
        refused_texts,
        wrong_integers,
        wrong_steps,
        wrong_elsewhere,
    ):
        chapter(book)
    notes = dict(FLAGS)
    for name, wrong in BUGS.items():
        notes[name] = (wrong.bug_type, wrong.__doc__ or "", wrong.effect)
    return Part(book.groups, notes)
