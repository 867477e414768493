"""The tour: a login, the Python that does it, and what to do next; and every value, if asked for.

The values are those of a claim that AWS published, of whole sign-ins of a user and a device, and of
one over HTTP. They are for reading, in 80 columns: each is shown shortened, with what it means, and
each step with the time that it took.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, TypeVar

from .. import __version__
from ..calls.call import AnyCall
from ..calls.srp_client import SRPClient
from ..conversation.device_registration import DeviceRegistration
from ..conversation.questions import Question
from ..conversation.sign_in import SignIn
from ..documentation import page
from ..exceptions import ServiceError, SignatureMismatch
from ..proof.device import new_device
from ..proof.modexp import engine
from ..proof.server import SRPServer, Verifier
from ..transcripts import transcript
from . import demo_login
from .demo_login import APP, PASSWORD, POOL_ID, WRONG_PASSWORD
from .login import sign_in_over_http
from .network import Service
from .published_claim import SOURCE, TRANSCRIPT

__all__ = ["run"]

T = TypeVar("T")

DEVICE_GROUP_KEY: Final = "-v7w9UcY6"
TOTP_SECRET: Final = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
DEVICE_KEY: Final = "eu-west-1_5bf4f1ee-2be0-4d6c-9d5c-0c2f6c3a7a11"

INTRODUCTION: Final = """\
SRP proves a password without sending it. The pool keeps a salt and v = g^x,
where x is a hash of salt, user and password. Both sides compute the same S if
the password is right, and only then; the proof is a signature with a key that
comes from S. All powers are modulo N, a prime of 3072 bits; g is 2 and k is a
constant; a and b are random secrets of client and pool, new for each exchange."""


NEXT: Final = f"""\
What to do next

  srp-cognito demo --values
      each value of a sign-in, and what it means
  srp-cognito serve
      a pool that checks like this one, for your tests
  srp-cognito login --help
      sign in to a pool of your own on AWS
  {page("use")}
      build a sign-in into your program"""


def run(*, values: bool) -> bool:
    """Print the tour.

    Args:
        values: whether to show every value, too. They are shown where the pool for tests is not
            installed, since nothing else can be.

    Returns:
        Whether every result was right.
    """
    print(f"srp-cognito {__version__}\n")
    good = True
    try:
        good &= demo_login.show()
    except ImportError as error:
        print(_skipped(error))
        values = True
    if values:
        good &= _every_value()
    else:
        good &= _is_published(transcript.compute(TRANSCRIPT).to_json())
    print(f"\n{NEXT}")
    return good


def _skipped(error: ImportError) -> str:
    """Return the line that replaces the login: the missing package, or the error of the pool."""
    if isinstance(error, ModuleNotFoundError):
        return f"SKIPPED: {error.name} is missing; pip install 'srp-cognito[testing]'"
    return f"SKIPPED: {error}"


def _every_value() -> bool:
    used = engine()
    promise = "in constant time" if used.constant_time else "not in constant time"
    print(f"\nEvery value, computed {promise}")
    print(f"with the engine {used.name}: {used.implementation}\n\n{INTRODUCTION}")
    good = _published_claim()
    good &= _user_signs_in()
    good &= _device_signs_in()
    return good & _client_signs_in_over_http()


def _is_published(shown: Mapping[str, str]) -> bool:
    """Say whether a signature that AWS published as known to work is made here."""
    same = shown["signature"] == TRANSCRIPT["signature"]
    print("\nA signature that AWS published as known to work comes out")
    print("the same here." if same else "DIFFERENT: please report this.")
    return same


def _published_claim() -> bool:
    print("\n1  A claim that AWS published as known to work, computed again")
    print(f"   {SOURCE}\n")
    values, cost = _timed(lambda: transcript.compute(TRANSCRIPT))
    shown = values.to_json()
    _row("user id", TRANSCRIPT["user_id"], "the challenge's USER_ID_FOR_SRP")
    _row("pool name", TRANSCRIPT["pool_id"].partition("_")[2], "the pool id without its region")
    _row("password", TRANSCRIPT["password"], "proved, and never sent")
    _row("SALT", TRANSCRIPT["salt"], "kept by the pool, with v")
    _row("x", shown["x"], "hash of salt, user and password")
    _row("SRP_A", shown["srp_a"], "the client's A = g^a")
    _row("SRP_B", TRANSCRIPT["srp_b"], "the pool's B = k*v + g^b")
    _row("u", shown["u"], "hash of A and B")
    _row("S", shown["s"], "client: (B - k*g^x)^(a + u*x)")
    _row("", "", "pool:   (A * v^u)^b")
    _row("key", shown["key"], "HKDF of S and u")
    _row("SECRET_BLOCK", TRANSCRIPT["secret_block"], "the pool's, sent back unchanged")
    _row("TIMESTAMP", TRANSCRIPT["timestamp"])
    print("\n   Signature: HMAC with the key, of pool name, user id, SECRET_BLOCK, TIMESTAMP\n")
    same = shown["signature"] == TRANSCRIPT["signature"]
    _row("computed here", shown["signature"], whole=True)
    _row("published by AWS", TRANSCRIPT["signature"], whole=True)
    verdict = "The same: every byte was right." if same else "DIFFERENT: please report this."
    print(f"\n   {verdict}")
    print(f"   (It took {cost}, because their a has 8186 bits. Ours have 256.)")
    return same


def _user_signs_in() -> bool:
    print("\n2  A user signs in\n")
    verifier, cost = _timed(lambda: Verifier.for_user(POOL_ID, "alice", PASSWORD))
    _step("The pool keeps, instead of the password", cost)
    _row("v", f"{verifier.v:x}", "g^x")

    server = SRPServer(verifier, app=APP)
    client, cost = _timed(lambda: SRPClient.for_user(POOL_ID, "alice", PASSWORD, app=APP))
    call = client.start()["AuthParameters"]
    _step("Client: InitiateAuth, USER_SRP_AUTH", cost)
    _row("USERNAME", call["USERNAME"], "what the person typed")
    _row("SECRET_HASH", call["SECRET_HASH"], "HMAC of the USERNAME, with")
    _row("", "", "the app client's secret")
    _row("SRP_A", call["SRP_A"], "A")
    challenge, cost = _timed(lambda: server.challenge(call))
    _step("Pool: PASSWORD_VERIFIER", cost)
    _row("SALT", challenge["SALT"])
    _row("SRP_B", challenge["SRP_B"], "B")
    _row("SECRET_BLOCK", challenge["SECRET_BLOCK"])
    reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}
    answer, cost = _timed(lambda: client.respond(reply)["ChallengeResponses"])
    _step("Client: RespondToAuthChallenge", cost)
    _row("TIMESTAMP", answer["TIMESTAMP"])
    _row("PASSWORD_CLAIM_SIGNATURE", answer["PASSWORD_CLAIM_SIGNATURE"], "the proof")
    right = _verdict(server, answer)

    server = SRPServer(verifier, app=APP)
    client = SRPClient.for_user(POOL_ID, "alice", WRONG_PASSWORD, app=APP)
    reply["ChallengeParameters"] = server.challenge(client.start()["AuthParameters"])
    answer, cost = _timed(lambda: client.respond(reply)["ChallengeResponses"])
    _step("The same with a wrong password: nothing shows before the end", cost)
    _row("PASSWORD_CLAIM_SIGNATURE", answer["PASSWORD_CLAIM_SIGNATURE"], "with another key")
    return right and not _verdict(server, answer)


def _device_signs_in() -> bool:
    print("\n3  A device is registered, and replaces MFA the next time\n")
    (device, config), cost = _timed(lambda: new_device(DEVICE_GROUP_KEY, DEVICE_KEY))
    _step("Device: ConfirmDevice, with a random password of its own", cost)
    _row("Salt", config["Salt"])
    _row("PasswordVerifier", config["PasswordVerifier"], "v")
    verifier = Verifier.for_device(DEVICE_GROUP_KEY, DEVICE_KEY, config)
    server = SRPServer(verifier, username="alice", app=APP)
    client, cost = _timed(lambda: SRPClient.for_device(device, "alice", app=APP))
    call = client.start({"ChallengeName": "DEVICE_SRP_AUTH"})["ChallengeResponses"]
    _step("Device: the answer to DEVICE_SRP_AUTH (the rest as for a user)", cost)
    _row("DEVICE_KEY", call["DEVICE_KEY"], "instead of the user id")
    _row("SRP_A", call["SRP_A"], "A, from another secret")
    challenge, cost = _timed(lambda: server.challenge(call))
    _step("Pool: DEVICE_PASSWORD_VERIFIER (the rest as for a user)", cost)
    _row("SRP_B", challenge["SRP_B"], "B")
    reply = {"ChallengeName": "DEVICE_PASSWORD_VERIFIER", "ChallengeParameters": challenge}
    answer, cost = _timed(lambda: client.respond(reply)["ChallengeResponses"])
    _step("Device: RespondToAuthChallenge", cost)
    _row("PASSWORD_CLAIM_SIGNATURE", answer["PASSWORD_CLAIM_SIGNATURE"], "by the same formulas")
    return _verdict(server, answer)


def _client_signs_in_over_http() -> bool:
    print("\n4  A client signs in over HTTP, to a pool that this tour starts\n")
    try:
        from ..testing import UserPool, serve, totp_code

        pool = UserPool(POOL_ID, remember_devices="always")
    except ImportError as error:
        print(f"   {_skipped(error)}")
        return True

    def log(line: str) -> None:
        # The operation is left out where the challenge's name says enough.
        call, _, cost = line.removeprefix("RespondToAuthChallenge ").rpartition(", ")
        _step(f"  {call.partition(':')[0]}", cost)

    def answer(question: Question) -> AnyCall:
        return question.answer(totp_code(TOTP_SECRET, datetime.now(UTC)))

    pool.add_app_client(APP.client_id, APP.client_secret)
    pool.add_user("carol", PASSWORD, aliases=["carol@example.com"], totp_secret=TOTP_SECRET)
    device = None
    good = True
    with serve(pool, log=log) as url:
        service = Service(url)
        for title, password in (
            ("Carol signs in with a code, and her device is registered", PASSWORD),
            ("Again: the device replaces the code", PASSWORD),
            ("A wrong password", WRONG_PASSWORD),
        ):
            print(f"   {title}")
            sign_in = SignIn(POOL_ID, "carol@example.com", password, app=APP, device=device)
            begun = time.perf_counter()
            try:
                tokens = sign_in_over_http(sign_in, service, answer)
                if tokens.new_device is not None:
                    registration = DeviceRegistration(tokens)
                    tokens = registration.reply(service.send(registration.start()))
            except ServiceError as error:
                good &= password != PASSWORD
                _step(f"Client: REFUSED, {error.message}", _since(begun))
            else:
                good &= password == PASSWORD
                device = tokens.device
                _step("Client: SIGNED IN, and has the tokens", _since(begun))
    return good


def _verdict(server: SRPServer, answer: dict[str, str]) -> bool:
    """Let the server check the answer; print and return whether it is right."""
    begun = time.perf_counter()
    try:
        server.verify(answer)
    except SignatureMismatch:
        _step("Pool: REFUSED, not the signature of the stored password", _since(begun))
        return False
    _step("Pool: SIGNED IN, its own key makes the same signature", _since(begun))
    return True


def _timed(step: Callable[[], T]) -> tuple[T, str]:
    begun = time.perf_counter()
    result = step()
    return result, _since(begun)


def _since(begun: float) -> str:
    return f"{(time.perf_counter() - begun) * 1000:.1f} ms"


def _step(title: str, cost: str) -> None:
    print(f"   {title:67} {cost:>9}")


def _row(name: str, value: str, meaning: str = "", *, whole: bool = False) -> None:
    """Print one value, without its middle if it is long."""
    if len(value) > 28 and not whole:
        value = f"{value[:6]}...{value[-6:]}"
    print(f"     {name:25}{value:16} {meaning}".rstrip())
