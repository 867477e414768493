"""The content of accumulated.json: one hash over many logins that anyone can derive."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import oracle

from generator.logins import expected
from generator.samples import Json, Login

SEED = "srp-cognito accumulated vector v2"
MILESTONES = (25, 100, 1000)
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

DESCRIPTION = [
    'Let R be the joined SHA-256 digests of the ASCII bytes of "seed", each time followed by a',
    "counter of four bytes, big-endian, which begins at 0: SHA-256(seed || 00000000) ||",
    "SHA-256(seed || 00000001) || ... It is read from its beginning and never twice.",
    "bytes(n) is the next n bytes of R; byte() is bytes(1) as an integer; integer(n) is bytes(n)",
    "as an unsigned big-endian integer.",
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
    """The digests of SHA-256 in counter mode, read from their beginning."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode("ascii")
        self._counter = 0
        self._held = b""

    def bytes(self, size: int) -> bytes:
        while len(self._held) < size:
            self._held += oracle.sha256(self._seed + self._counter.to_bytes(4, "big"))
            self._counter += 1
        taken, self._held = self._held[:size], self._held[size:]
        return taken

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
    stream = Stream(SEED)
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
        "type": "Accumulated",
        "schema": "schema.json",
        "description": DESCRIPTION,
        "seed": SEED,
        "results": results,
        "samples": samples,
    }
