"""The tour: a login that AWS published, then whole logins of a user and of a device.

It is for reading: each value that goes over the wire is shown shortened, with what it means and
what it cost. Everything it does, it does with the public names of this package.
"""

import importlib.resources
import json
import time
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from . import __version__, transcript
from .challenges import AppClient
from .client import SRPClient
from .device import new_device
from .exceptions import SignatureMismatch
from .modexp import engine
from .server import SRPServer, Verifier

__all__ = ["run"]

T = TypeVar("T")

POOL_ID: Final = "eu-west-1_Example"
PASSWORD: Final = "correct horse"
APP: Final = AppClient("1example23456789", "sekrit-client-secret")
DEVICE_GROUP_KEY: Final = "-v7w9UcY6"
DEVICE_KEY: Final = "eu-west-1_5bf4f1ee-2be0-4d6c-9d5c-0c2f6c3a7a11"


def run() -> bool:
    """Print the tour. Return whether everything came out as it must."""
    used = engine()
    promise = "in constant time" if used.constant_time else "not in constant time"
    print(f"srp-cognito {__version__}, exponentiating with {used.implementation}, {promise}")
    good = _published_claim()
    good &= _user_signs_in()
    return good & _device_signs_in()


def _published_claim() -> bool:
    file = importlib.resources.files(__package__).joinpath("demo_claim.json")
    published = json.loads(file.read_text("utf-8"))
    record: Mapping[str, str] = published["transcript"]
    _heading(1, "A claim that AWS publishes as known to work, computed again", published["source"])
    values, cost = _timed(lambda: transcript.compute(record))
    shown = values.to_json()
    _row("identity", f"{record['user_id']}, pool {record['pool_id']}", "only Pj8nlkpKR counts")
    _row("password", record["password"], "what the claim proves, and never sends")
    _row("SRP_A", shown["srp_a"], "A = g^a mod N, from the client's secret a")
    _row("SALT", record["salt"], "the server keeps it with the verifier g^x")
    _row("SRP_B", record["srp_b"], "B = k*g^x + g^b mod N, from the server's secret b")
    _row("x", shown["x"], "SHA-256 of salt, identity and password")
    _row("u", shown["u"], "SHA-256 of A and B")
    _row("S", shown["s"], "(B - k*g^x)^(a + u*x) mod N, which nobody else can know")
    _row("key", shown["key"], "HKDF of S and u")
    _row("SECRET_BLOCK", record["secret_block"], "the server's own, sent back as it came")
    _row("TIMESTAMP", record["timestamp"], "the moment of signing, in English and UTC")
    _row(
        "signature",
        shown["signature"],
        "HMAC of them all; slow, as their a has 8186 bits",
        cost,
    )
    same = shown["signature"] == record["signature"]
    verdict = "the same: every byte was right" if same else "ANOTHER ONE: please report this"
    _row("published", record["signature"], verdict)
    return same


def _user_signs_in() -> bool:
    _heading(2, "A user signs in", "> goes to the server, < comes back")
    verifier, cost = _timed(lambda: Verifier.for_user(POOL_ID, "alice", PASSWORD))
    _row("verifier", f"{verifier.v:x}", "v = g^x mod N: the server keeps no password", cost)

    server = SRPServer(verifier, app=APP)
    client, cost = _timed(lambda: SRPClient.for_user(POOL_ID, "alice", PASSWORD, app=APP))
    call = client.start()["AuthParameters"]
    _row("> USERNAME", call["USERNAME"], "InitiateAuth, USER_SRP_AUTH")
    _row("> SECRET_HASH", call["SECRET_HASH"], "the app client's secret, over that very USERNAME")
    _row("> SRP_A", call["SRP_A"], "from a new secret, for this one exchange", cost)
    challenge, cost = _timed(lambda: server.challenge(call))
    _row("< SALT", challenge["SALT"], "the challenge PASSWORD_VERIFIER")
    _row("< SECRET_BLOCK", challenge["SECRET_BLOCK"], "opaque to the client")
    _row("< SRP_B", challenge["SRP_B"], "from a new secret as well", cost)
    reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}
    answer, cost = _timed(lambda: client.respond(reply)["ChallengeResponses"])
    _row("> TIMESTAMP", answer["TIMESTAMP"], "RespondToAuthChallenge")
    _row("> SIGNATURE", answer["PASSWORD_CLAIM_SIGNATURE"], "x, u, S, key and HMAC", cost)
    right = _verdict(server, answer)

    print("\n   The same with a wrong password: nothing looks different before the end.\n")
    server = SRPServer(verifier, app=APP)
    client = SRPClient.for_user(POOL_ID, "alice", "battery staple", app=APP)
    reply["ChallengeParameters"] = server.challenge(client.start()["AuthParameters"])
    answer, cost = _timed(lambda: client.respond(reply)["ChallengeResponses"])
    _row("> SIGNATURE", answer["PASSWORD_CLAIM_SIGNATURE"], "of another key", cost)
    return right and not _verdict(server, answer)


def _device_signs_in() -> bool:
    _heading(3, "A device is registered, and proves a password of its own the next time")
    (device, config), cost = _timed(lambda: new_device(DEVICE_GROUP_KEY, DEVICE_KEY))
    _row("> Salt", config["Salt"], "ConfirmDevice")
    _row("> PasswordVerifier", config["PasswordVerifier"], "v, of a random password", cost)
    stored = Verifier.for_device(DEVICE_GROUP_KEY, DEVICE_KEY, config)
    server = SRPServer(stored, username="alice", app=APP)
    client, cost = _timed(lambda: SRPClient.for_device(device, "alice", app=APP))
    call = client.start({"ChallengeName": "DEVICE_SRP_AUTH"})["ChallengeResponses"]
    _row("> DEVICE_KEY", call["DEVICE_KEY"], "DEVICE_SRP_AUTH, which stands in for MFA")
    _row("> SRP_A", call["SRP_A"], "A again, from another secret", cost)
    challenge, cost = _timed(lambda: server.challenge(call))
    _row("< SRP_B", challenge["SRP_B"], "the challenge DEVICE_PASSWORD_VERIFIER", cost)
    reply = {"ChallengeName": "DEVICE_PASSWORD_VERIFIER", "ChallengeParameters": challenge}
    answer, cost = _timed(lambda: client.respond(reply)["ChallengeResponses"])
    _row("> SIGNATURE", answer["PASSWORD_CLAIM_SIGNATURE"], "the same formulas as a user's", cost)
    return _verdict(server, answer)


def _verdict(server: SRPServer, answer: dict[str, str]) -> bool:
    """Let the server check the answer; print and return what it says."""
    begun = time.perf_counter()
    try:
        server.verify(answer)
    except SignatureMismatch:
        _row("= refused", "SignatureMismatch", "not this password's", time.perf_counter() - begun)
        return False
    _row("= signed in", "", "the server's own key gave the same", time.perf_counter() - begun)
    return True


def _timed(step: Callable[[], T]) -> tuple[T, float]:
    begun = time.perf_counter()
    result = step()
    return result, time.perf_counter() - begun


def _heading(number: int, title: str, remark: str = "") -> None:
    print(f"\n{number}  {title}")
    if remark:
        print(f"   ({remark})")
    print()


def _row(name: str, value: str, meaning: str, seconds: float | None = None) -> None:
    """Print one value: shortened in the middle, with its length, where it is long."""
    if len(value) > 44:  # A signature's 44 characters are shown whole, to be compared by eye.
        value = f"{value[:12]}...{value[-10:]} ({len(value)})"
    cost = "" if seconds is None else f"{seconds * 1000:.1f} ms"
    print(f"   {name:18} {value:44}{cost:>9}  {meaning}")
