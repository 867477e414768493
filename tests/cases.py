"""Exchanges of the mistaken client, in every shape in which a mistake may show or hide."""

from dataclasses import replace
from datetime import UTC, datetime

import oracle
from mistaken import Call, Case

from srp_cognito.diagnosis import Diagnosis

FIRST_A = 2**255
"""The cases count up from here. Rare ones (a short A, u or S) were searched for."""

B_HIGH = oracle.verifier(0xB0B0B0E)
B_LOW = oracle.verifier(0xB0B0B0B + 2)
B_ODD = oracle.verifier(0xB0B0B0B + 24)
B_SHORT = oracle.verifier(0xB0B0B0B + 2077)

USER = Case(
    kind="user",
    pool_id="eu-west-1_Example",
    group="Example",
    member="Alice-1",
    password="Pass word 1",
    salt="f1e2d3c4b5a69788776655443322110f",
    a=FIRST_A + 1,
    B=B_HIGH,
    secret_block=bytes(range(256)) * 4,
    moment=datetime(2026, 11, 3, 17, 5, 9, tzinfo=UTC),
)
DEVICE = replace(
    USER,
    kind="device",
    group="-v7_w9UcY6",
    member="eu-west-1_5bf4f1ee-2be0-4d6c-9d5c-0c2f6c3a7a11",
    password="a device's password",
)

CASES = {
    "A, B, u and S with their top bit set, and an odd exponent": USER,
    "S short, an even exponent": replace(USER, a=FIRST_A),
    "u short": replace(USER, a=FIRST_A + 123),
    "A short": replace(USER, a=FIRST_A + 239),
    "A of an odd number of digits": replace(USER, a=FIRST_A + 84),
    "A and B of an odd number of digits": replace(USER, a=FIRST_A + 84, B=B_ODD),
    "B of an odd number of digits": replace(USER, B=B_ODD),
    "S of an odd number of digits": replace(USER, a=FIRST_A + 20),
    "B short": replace(USER, B=B_SHORT),
    "A, u and S without their top bit, B too": replace(USER, a=FIRST_A + 12, B=B_LOW),
    "a longer than N": replace(USER, a=3**2500),
    "a of 1024 bits": replace(USER, a=2**1023 + 1),
    "an odd salt": replace(USER, salt="1e2d3c4b5a69788776655443322110f"),
    "a low salt": replace(USER, salt="71e2d3c4b5a69788776655443322110f"),
    "a salt with zeros in front": replace(USER, salt="0001e2d3c4b5a69788776655443322"),
    "a negative salt": replace(USER, salt="-3b9c1e2d3c4b5a69788776655443322"),
    "a password with white space": replace(USER, password=" pass word\t"),
    "a password with accents": replace(
        USER, password="\N{LATIN SMALL LETTER E WITH ACUTE}e\N{COMBINING ACUTE ACCENT}"
        "\N{LATIN SMALL LIGATURE FI}"
    ),
    "a password with signs": replace(USER, password="Secret$1#-x"),
    "the first hour": replace(USER, moment=datetime(2026, 11, 3, 0, 5, 9, tzinfo=UTC)),
    "a device": DEVICE,
}  # fmt: skip


CALL = Call(
    username="Alice",
    client_id="1example23456789",
    client_secret="c2Vrcml0LWNsaWVudC1zZWNyZXQ",
    names={
        "alias": "alice@example.com",
        "user_id": "a2c2e290-6d0f-4a08-a5ca-f0162935f3a6",
        "sub": "b3c2e290-6d0f-4a08-a5ca-f0162935f3a7",
        "email": "alice@example.org",
        "phone_number": "+15551234567",
        "preferred_username": "ali",
        "access_token_username": "a2c2e290",
    },
    pool_id="eu-west-1_Example",
)
SPACED = replace(CALL, username=" Alice ", client_secret=" padded ")


def found(diagnosis: Diagnosis) -> set[tuple[str, ...]]:
    return {
        tuple(sorted(named.mistake.id for named in explanation))
        for explanation in diagnosis.explanations
    }
