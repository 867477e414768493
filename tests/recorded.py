"""A recorded exchange as transcripts of either side, and as lines, for the tests that read them."""

import base64
import functools
import json
from typing import Any

import oracle
import vector_files
from peers import PASSWORD, POOL_ID, USER_ID

from srp_cognito.transcripts import bulk

BLOCK = b"an opaque block"
TIME = "Sat Mar 7 09:05:03 UTC 2026"
EXCHANGE = oracle.exchange(
    "Example",
    USER_ID,
    PASSWORD,
    salt=0xABC,
    a=2**255 + 1,
    b=2**254 + 3,
    secret_block=BLOCK,
    timestamp=TIME,
)
USER: dict[str, Any] = {
    "kind": "user",
    "pool_id": POOL_ID,
    "user_id": USER_ID,
    "password": PASSWORD,
    "salt": "abc",
    "secret_block": base64.b64encode(BLOCK).decode(),
    "timestamp": TIME,
}
CLIENT = {**USER, "a": f"{EXCHANGE.a:x}", "srp_b": f"{EXCHANGE.B:x}"}
SERVER = {**USER, "b": f"{EXCHANGE.b:x}", "srp_a": f"{EXCHANGE.A:x}"}
OUTPUT = {
    "srp_a": f"{EXCHANGE.A:x}",
    "srp_b": f"{EXCHANGE.B:x}",
    "u": f"{EXCHANGE.u:x}",
    "s": f"{EXCHANGE.S:x}",
    "x": f"{EXCHANGE.x:x}",
    "key": EXCHANGE.key.hex(),
    "signature": EXCHANGE.signature,
}


def without(transcript: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {field: value for field, value in transcript.items() if field not in fields}


RIGHT = {**CLIENT, "signature": EXCHANGE.signature}
WRONG = {**CLIENT, "signature": "A" * 43 + "="}
ILLEGAL = {**CLIENT, "srp_b": "0"}


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def of_the_vectors() -> list[bytes]:
    """Return each login of the vectors as a line, right or wrong, and lines that are not logins."""
    lines = [b"\n", b"nonsense\n", b'{"id": NaN}\n', json.dumps(SERVER).encode() + b"\n"]
    for test in vector_files.tests(*vector_files.LOGINS):
        record = {"id": test["id"], **test.get("expected", {}), **test["input"]}
        lines.append(json.dumps(record).encode() + b"\n")
    return lines


LINES = of_the_vectors()


@functools.cache
def alone(work: bulk.Work) -> list[bulk.Answer]:
    """Return the answers of one job to one line after the other."""
    return list(bulk.answers(iter(LINES), work))
