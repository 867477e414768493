"""The content of accumulated.json: one hash over many logins that anyone can derive."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import oracle

from generator.logins import expected
from generator.samples import Json, Login

SEED = "srp-cognito accumulated vector v1"
MILESTONES = (25, 100, 1000)
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

DESCRIPTION = [
    'Let R be the output of SHAKE-128 on the ASCII bytes of "seed", read from its beginning and',
    "never twice. bytes(n) is the next n bytes of R; byte() is bytes(1) as an integer;",
    "integer(n) is bytes(n) as an unsigned big-endian integer.",
    "letters(max, alphabet): let n = 1 + byte() mod max; then n times the letter of the alphabet",
    "with the index byte() mod (the alphabet's length), counted from 0.",
    "text(): let n = 1 + byte() mod 24; then n times one character: let w = integer(2) and",
    "m = floor(w / 8). w mod 8 being 0, 1, 2 or 3: U+0021 + m mod 94. 4: U+00C0 + m mod 64.",
    "5: U+0300 + m mod 112. 6: U+4E00 + m. 7: U+1F600 + m mod 80. Nothing is normalised.",
    "Exchanges are numbered from 0. The steps of each are taken in this order.",
    "1. An even number is a user: pool name = letters(9, D), where D is the 62 letters 0-9, A-Z,",
    "a-z in this order; user id = text(); password = text().",
    'An odd number is a device: device group key = letters(16, D followed by "-" and "_");',
    'device key = "us-east-1_" followed by bytes(16) in lower-case hexadecimal with dashes after',
    "the digits 8, 12, 16 and 20; device password = bytes(40) in base64.",
    "2. salt = integer(1 + byte() mod 17); a = integer(32); b = integer(32).",
    "3. secret block = bytes(1 + byte() mod 64).",
    "4. TIMESTAMP is that of integer(4) seconds after 1970-01-01 00:00:00 UTC.",
    "The server has the verifier of the password and salt, and B follows from b.",
    "The line of an exchange is its signature in base64 followed by one newline (0a).",
    'Each result is SHA-256 over the joined lines of the first exchanges, as many as "exchanges"',
    "says.",
    '"samples" holds the first two exchanges as transcripts, to help you find mistakes.',
]


class Stream:
    """The output of SHAKE-128, read from its beginning."""

    def __init__(self, seed: str, size: int) -> None:
        # The output of SHAKE has no end; this is more than anybody reads here.
        self._output = hashlib.shake_128(seed.encode("ascii")).digest(size)
        self._at = 0

    def bytes(self, size: int) -> bytes:
        self._at += size
        if self._at > len(self._output):
            raise AssertionError("the stream was made too short")
        return self._output[self._at - size : self._at]

    def integer(self, size: int) -> int:
        return oracle.integer(self.bytes(size))

    def letters(self, most: int, alphabet: str) -> str:
        return "".join(
            alphabet[self.integer(1) % len(alphabet)] for _ in range(1 + self.integer(1) % most)
        )

    def text(self) -> str:
        return "".join(self._character() for _ in range(1 + self.integer(1) % 24))

    def _character(self) -> str:
        m, which = divmod(self.integer(2), 8)
        if which < 4:
            return chr(0x21 + m % 94)
        return chr((0xC0 + m % 64, 0x300 + m % 112, 0x4E00 + m, 0x1F600 + m % 80)[which - 4])

    def login(self, index: int) -> Login:
        """The next login; these lines are in the order of the description."""
        if index % 2 == 0:
            kind, pool = "user", "us-east-1_" + self.letters(9, LETTERS)
            name, password = self.text(), self.text()
        else:
            kind, pool = "device", self.letters(16, LETTERS + "-_")
            digits = self.bytes(16).hex()
            parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
            name = "us-east-1_" + "-".join(parts)
            password = base64.b64encode(self.bytes(40)).decode("ascii")
        salt = self.integer(1 + self.integer(1) % 17)
        a, b = self.integer(32), self.integer(32)
        secret_block = base64.b64encode(self.bytes(1 + self.integer(1) % 64)).decode("ascii")
        moment = datetime.fromtimestamp(self.integer(4), tz=UTC)
        return Login(kind, pool, name, password, salt, a, b, secret_block, oracle.timestamp(moment))


def accumulated() -> Json:
    """All of accumulated.json."""
    stream = Stream(SEED, 512 * MILESTONES[-1])
    running = hashlib.sha256()
    samples, results = [], []
    for index in range(MILESTONES[-1]):
        login = stream.login(index)
        played = login.play()
        running.update(played.signature.encode("ascii") + b"\n")
        if index < 2:
            values = expected(login, played.A, played.B, played.u, played.S, with_x=True)
            samples.append({"input": login.client_view(played.B), "expected": values})
        if index + 1 in MILESTONES:
            results.append({"exchanges": index + 1, "sha256": running.hexdigest()})
    return {
        "algorithm": "Cognito-SRP-3072-SHA256",
        "description": DESCRIPTION,
        "seed": SEED,
        "results": results,
        "samples": samples,
    }
