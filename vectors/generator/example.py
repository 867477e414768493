"""The page with one login in which every byte is written out."""

from __future__ import annotations

import hmac

import oracle
from oracle import N, pad

from generator.samples import Json, decoded
from generator.shapes import shaped


def block(octets: bytes) -> list[str]:
    """Bytes in lines of 32, as text that can be copied."""
    digits = octets.hex()
    lines = [digits[at : at + 64] for at in range(0, len(digits), 64)]
    return ["", "```text", *lines, "```", ""]


def example_page(groups: list[Json]) -> str:
    """The page; AssertionError if the login is not among the tests."""
    login = shaped("user", "u", "31")
    e = login.play()
    signature = e.signature
    (test,) = (
        test
        for group in groups
        if group["type"] == "UserLogin"
        for test in group["tests"]
        if test.get("expected", {}).get("signature") == signature
    )
    prk = oracle.hkdf_extract(pad(e.u), pad(e.S))
    whole = hmac.new(prk, oracle.INFO + b"\1", "sha256").digest()
    names = f"{login.pool_name}{login.name}".encode()
    message = names + decoded(login.secret_block) + login.timestamp.encode()
    claim = hmac.new(e.key, message, "sha256").digest()
    text = f"{login.pool_name}{login.name}:{login.password}"
    inner = oracle.sha256(text.encode())
    steps: list[tuple[str, bytes]] = [
        (f"The text `{text}` in UTF-8:", text.encode()),
        ("Its SHA-256, the inner hash:", inner),
        (f"pad(salt), {len(pad(login.salt))} bytes:", pad(login.salt)),
        ("x = SHA-256(pad(salt) || inner hash):", oracle.sha256(pad(login.salt) + inner)),
        (f"v = 2^x mod N, as pad(v), {len(pad(e.v))} bytes:", pad(e.v)),
        (f"A = 2^a mod N, as pad(A), {len(pad(e.A))} bytes:", pad(e.A)),
        (f"B, from the server, as pad(B), {len(pad(e.B))} bytes:", pad(e.B)),
        (
            (
                "SHA-256(pad(A) || pad(B)). It begins with 00, and then comes a byte below 80, so "
                "the integer u has 31 bytes:"
            ),
            oracle.sha256(pad(e.A) + pad(e.B)),
        ),
        (f"pad(u), {len(pad(e.u))} bytes. A program that hashes 32 here fails:", pad(e.u)),
        ("k = SHA-256(pad(N) || 02), the same in every login:", oracle.sha256(pad(N) + b"\2")),
        (f"S = (B - k*v)^(a + u*x) mod N, as pad(S), {len(pad(e.S))} bytes:", pad(e.S)),
        ("HKDF's first step, PRK = HMAC-SHA-256(pad(u), pad(S)):", prk),
        ("The info text `Caldera Derived Key` and the byte 01:", oracle.INFO + b"\1"),
        ("HKDF's second step, HMAC-SHA-256(PRK, info || 01):", whole),
        ("The key, its first 16 bytes:", e.key),
        (
            (
                f"The message: `{names.decode()}`, then the bytes of SECRET_BLOCK, then "
                f"`{login.timestamp}`:"
            ),
            message,
        ),
        ("The claim, HMAC-SHA-256(key, message):", claim),
    ]
    lines = [
        "# A login with every byte",
        "",
        f"This is the test `{test['id']}` of `user-login.json`. Written by `vectors/generate.py`.",
        "`||` joins bytes, and pad(n) is what Java's `BigInteger.toByteArray` writes.",
        "",
        "| what is given | |",
        "|---|---|",
    ]
    for name, value in test["input"].items():
        shown = value if len(value) < 70 else f"{value[:32]}... (below, as B)"
        lines.append(f"| `{name}` | `{shown}` |")
    lines.append("")
    for number, (about, octets) in enumerate(steps, start=1):
        lines.append(f"**{number}.** {about}")
        lines += block(octets)
    lines.append(f"In base64 that is PASSWORD_CLAIM_SIGNATURE: `{signature}`")
    return "\n".join(lines) + "\n"
