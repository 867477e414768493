"""The other side of an exchange, played by the oracle.

It shares no code with src/, so a mistake that both halves of the library make is seen.
"""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime

import oracle

POOL_ID = "eu-west-1_Example"
USER_ID = "a2c2e290-6d0f-4a08-a5ca-f0162935f3a6"
PASSWORD = "correct horse"
GROUP_KEY = "-v7_w9UcY6"
DEVICE_KEY = "eu-west-1_5bf4f1ee-2be0-4d6c-9d5c-0c2f6c3a7a11"
CLIENT_ID = "1example23456789"
CLIENT_SECRET = "sekrit-client-secret"


@dataclass
class OracleServer:
    """A server that knows a verifier: a user's by default, a device's with `of_device`."""

    group: str = "Example"
    member: str = USER_ID
    password: str = PASSWORD
    salt: int = field(default_factory=lambda: secrets.randbits(128))
    username: str = "alice"
    secret_block: bytes = field(default_factory=lambda: secrets.token_bytes(1284))
    b: int = field(default_factory=lambda: secrets.randbits(256))

    @classmethod
    def of_device(cls, password: str) -> "OracleServer":
        return cls(GROUP_KEY, DEVICE_KEY, password)

    def __post_init__(self) -> None:
        self.v = oracle.verifier(oracle.x(self.group, self.member, self.password, self.salt))
        self.B = oracle.public_b(self.b, self.v)

    def parameters(self) -> dict[str, str]:
        return {
            "SALT": f"{self.salt:x}",
            "SRP_B": f"{self.B:x}",
            "SECRET_BLOCK": base64.b64encode(self.secret_block).decode(),
            "USERNAME": self.username,
            "USER_ID_FOR_SRP": self.member,
        }

    def reply(self, name: str = "PASSWORD_VERIFIER", **changed: object) -> dict[str, object]:
        """A challenge as boto3 returns it; a parameter that is changed to None is left out."""
        parameters = {**self.parameters(), **changed}
        if name.startswith("DEVICE"):
            parameters.setdefault("DEVICE_KEY", None)
            parameters["USER_ID_FOR_SRP"] = None
        return {
            "ChallengeName": name,
            "ChallengeParameters": {k: v for k, v in parameters.items() if v is not None},
            "ResponseMetadata": {"HTTPStatusCode": 200},
        }

    def signature(self, srp_a: str, timestamp: str) -> str:
        A = int(srp_a, 16)
        u = oracle.u(A, self.B)
        key = oracle.key(u, oracle.server_s(A, self.v, self.b, u))
        return oracle.signature(key, self.group, self.member, self.secret_block, timestamp)


@dataclass
class OracleClient:
    """A client that knows the password, and answers as AWS's own clients do."""

    group: str = "Example"
    member: str = USER_ID
    password: str = PASSWORD
    a: int = field(default_factory=lambda: secrets.randbits(256))

    @property
    def srp_a(self) -> str:
        return f"{oracle.public_a(self.a):x}"

    def answer(self, challenge: dict[str, str], now: datetime, **changed: str) -> dict[str, str]:
        B = int(challenge["SRP_B"], 16)
        x = oracle.x(self.group, self.member, self.password, int(challenge["SALT"], 16))
        u = oracle.u(oracle.public_a(self.a), B)
        key = oracle.key(u, oracle.client_s(B, x, self.a, u))
        block = base64.b64decode(challenge["SECRET_BLOCK"])
        timestamp = oracle.timestamp(now)
        return {
            "USERNAME": challenge["USERNAME"],
            "PASSWORD_CLAIM_SECRET_BLOCK": challenge["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": oracle.signature(
                key, self.group, self.member, block, timestamp
            ),
            "TIMESTAMP": timestamp,
            **changed,
        }
