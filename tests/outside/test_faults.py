"""Faults at each turn of a sign-in and of what follows it, for every client.

What is asked of each cell of the table: the tokens that came are handed over; nothing is sent twice
that must not be; no fault is taken for a success; and a person can read what went wrong.
"""

import functools
import gc
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import clients
import pytest
from clients import Done, Visit
from faults import FAULTS, Fault, Run, Stub, serving, turn_of
from in_place_of_aws import CODE, chance
from peers import PASSWORD, POOL_ID
from pool_calls import PUBLIC

from srp_cognito import Device, Verifier
from srp_cognito.proof.device import new_device
from srp_cognito.testing import Refused, SigningKeys, UserPool
from srp_cognito.testing.users import Device as DeviceOfPool

NEW = "a new one"
FIRST_CODE = "123456"
SECRET_CODE = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SESSION = "a session of the authenticator app, number "


class MFASetup:
    """Stands in front of a pool, and has a user set up an authenticator app before the tokens."""

    def __init__(self, pool: UserPool) -> None:
        self._pool = pool
        self._held: dict[str, Any] | None = None

    def call(self, operation: str, arguments: Mapping[str, object]) -> dict[str, Any]:
        session = arguments.get("Session")
        turn = turn_of(operation, arguments)
        if turn == "AssociateSoftwareToken":
            self._expect(session, 1)
            return {"SecretCode": SECRET_CODE, "Session": f"{SESSION}2"}
        if turn == "VerifySoftwareToken":
            self._expect(session, 2)
            if arguments["UserCode"] != FIRST_CODE:
                raise Refused("EnableSoftwareTokenMFAException", "Code mismatch")
            return {"Status": "SUCCESS", "Session": f"{SESSION}3"}
        if turn == "RespondToAuthChallenge MFA_SETUP":
            self._expect(session, 3)
            assert self._held is not None
            held, self._held = self._held, None
            return held
        reply: dict[str, Any] = self._pool.call(operation, arguments)
        if operation != "RespondToAuthChallenge" or "AuthenticationResult" not in reply:
            return reply
        self._held = reply
        return {
            "ChallengeName": "MFA_SETUP",
            "Session": f"{SESSION}1",
            "ChallengeParameters": {"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'},
        }

    def _expect(self, session: object, number: int) -> None:
        if session != f"{SESSION}{number}" or self._held is None:
            raise Refused("NotAuthorizedException", "Invalid session for the user.")


@dataclass(frozen=True)
class Journey:
    """A user's way to the tokens, and what follows."""

    username: str
    turns: tuple[str, ...]
    """What a client sends, in its order (see `faults.turn_of`)."""
    typed: Mapping[str, str]
    """What the person types, by the turn that carries it."""
    has_device: bool = False

    def lines(self, again: str | None) -> tuple[str, ...]:
        """What the person types, if the answer of one turn is asked for again."""
        typed = self.typed
        return tuple(typed[each] for each in typed for _ in range(1 + (each == again)))


ANSWER = "RespondToAuthChallenge"
DEVICE_TURNS = ("ConfirmDevice", "UpdateDeviceStatus")
MAY_BE_EMPTY = ("UpdateDeviceStatus", "RevokeToken")
"""AWS's API reference: "the service sends back an HTTP 200 response with an empty HTTP body"."""
LATER_TURNS = ("GetTokensFromRefreshToken", "RevokeToken")
NEWCOMER = Journey(
    "bob",
    (
        "InitiateAuth USER_SRP_AUTH",
        f"{ANSWER} PASSWORD_VERIFIER",
        f"{ANSWER} NEW_PASSWORD_REQUIRED",
        "AssociateSoftwareToken",
        "VerifySoftwareToken",
        f"{ANSWER} MFA_SETUP",
        *DEVICE_TURNS,
        *LATER_TURNS,
    ),
    {f"{ANSWER} NEW_PASSWORD_REQUIRED": NEW, "VerifySoftwareToken": FIRST_CODE},
)
CODED = Journey(
    "carol",
    (
        "InitiateAuth USER_SRP_AUTH",
        f"{ANSWER} PASSWORD_VERIFIER",
        f"{ANSWER} EMAIL_OTP",
        *DEVICE_TURNS,
        *LATER_TURNS,
    ),
    {f"{ANSWER} EMAIL_OTP": CODE},
)
RETURNING = Journey(
    "carol",
    (
        "InitiateAuth USER_SRP_AUTH",
        f"{ANSWER} PASSWORD_VERIFIER",
        f"{ANSWER} DEVICE_SRP_AUTH",
        f"{ANSWER} DEVICE_PASSWORD_VERIFIER",
        *LATER_TURNS,
    ),
    {},
    has_device=True,
)
JOURNEYS = (NEWCOMER, CODED, RETURNING)
TURNS = [
    *((NEWCOMER, turn) for turn in NEWCOMER.turns),
    (CODED, CODED.turns[2]),
    *((RETURNING, turn) for turn in RETURNING.turns[1:4]),
]
"""Every turn once, in a journey that has it."""


def _shows(given: Mapping[str, Any], done: Done) -> bool:
    return given["AccessToken"] in done.out


@dataclass(frozen=True)
class Client:
    """A client of the table."""

    name: str
    signs_in: Callable[[Visit], Done]
    journeys: tuple[Journey, ...] = (NEWCOMER, CODED)
    without: tuple[str, ...] = LATER_TURNS
    """The turns that it does not send."""
    asks_again: bool = True
    """Whether a question is asked again when its answer was refused."""
    repeats_throttled: bool = False
    is_of_botocore: bool = False
    status_without_device: int = clients.NO_DEVICE
    complains: str = ""
    """How the sentence begins that says why it failed. It is in the last line, after a prompt."""
    shows: Callable[[Mapping[str, Any], Done], bool] = _shows
    """Whether these tokens are handed over."""

    def __str__(self) -> str:
        return self.name

    @property
    def turns(self) -> list[tuple[Journey, str]]:
        """The turns that it sends, each once, in a journey that has it."""
        return [
            (journey, turn)
            for journey, turn in TURNS
            if journey in self.journeys and turn not in self.without
        ]


PLAIN = Client("plain", clients.plain, JOURNEYS, without=(), asks_again=False)
PLAIN_BOTO3 = Client(
    "plain with boto3",
    clients.plain_boto3,
    JOURNEYS,
    without=(),
    asks_again=False,
    is_of_botocore=True,
)
LOGIN = Client("login", clients.login, JOURNEYS, repeats_throttled=True, complains="srp-cognito: ")
EXAMPLES = tuple(
    Client(
        name,
        functools.partial(clients.example, name),
        without=(*DEVICE_TURNS, *LATER_TURNS),
        is_of_botocore="boto" in name,
        complains="The sign-in failed: ",
        shows=lambda _, done: done.out.startswith("Tokens("),
    )
    for name in ("boto3", "aiobotocore", "httpx", "aiohttp", "stdlib")
)
CLIENTS = (PLAIN, PLAIN_BOTO3, LOGIN, *EXAMPLES)

LOST = tuple(fault for fault in FAULTS if fault.name in ("a page with 503", "cut off", "reset"))
"""Those that are also met after the pool saw the call. A client sees no difference, so a few do."""

_UNSEEN = (
    "botocore leaves out what its model does not have, and a body of two bytes may be {}, which an"
    " operation that answers nothing sends"
)
_OF_DEVICE = f"{ANSWER} DEVICE_"
_NO_TYPE = "login says in words of its own that the device is refused; only the type is missing"
KNOWN: dict[tuple[str, str, str], str] = {
    **{("plain with boto3", turn, "a number"): _UNSEEN for turn in MAY_BE_EMPTY},
    ("aiobotocore", "*", "a redirection"): "aiobotocore follows it, with the whole call",
    ("login", f"{_OF_DEVICE}SRP_AUTH", "refused"): _NO_TYPE,
    ("login", f"{_OF_DEVICE}PASSWORD_VERIFIER", "refused"): _NO_TYPE,
}
"""Cells that are known to be wrong: (client, turn, fault), each of which may be "*", and why."""


# A program that ends need not close its connections, and these run in one process.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(autouse=True, scope="module")
def _no_connection_is_left() -> Iterator[None]:
    """Collect what the programs left while nobody is warned of it."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with serving() as stub:
        yield stub


@pytest.fixture(scope="module")
def registered() -> tuple[Device, Verifier]:
    """A device, and the verifier by which a pool knows it."""
    device, config = new_device("-group", "eu-west-1_5bf4f1ee-2be0-4d6c-9d5c-0c2f6c3a7a11")
    return device, Verifier.for_device(device.device_group_key, device.device_key, config)


@dataclass(frozen=True)
class Table:
    """Everything that a cell needs."""

    stub: Stub
    signing_keys: SigningKeys
    registered: tuple[Device, Verifier]
    folder: Path

    def pool(self, journey: Journey) -> Any:
        """A new pool, since a sign-in changes it."""
        pool = UserPool(
            POOL_ID, token_bytes=chance, signing_keys=self.signing_keys, remember_devices="opt-in"
        )
        pool.add_app_client(PUBLIC.client_id)
        if journey.username == "bob":
            pool.add_user("bob", PASSWORD, must_change_password=True)
            return MFASetup(pool)
        pool.add_user("carol", PASSWORD, attributes={"email": "c@example.com"}, mfa=["EMAIL_OTP"])
        device, verifier = self.registered
        pool._directory._users["carol"].devices[device.device_key] = DeviceOfPool(
            device.device_group_key, verifier, is_remembered=True
        )
        return pool

    def run(
        self,
        client: Client,
        journey: Journey,
        turn: str | None = None,
        fault: Fault | None = None,
        *,
        is_seen: bool = False,
    ) -> tuple[Run, Done]:
        """Let a client sign in, and meet a fault at this turn."""
        with self.stub.meets(Run(self.pool(journey), turn, fault, is_seen=is_seen)) as run:
            is_repeated = client.repeats_throttled and fault is not None and fault.is_throttling
            visit = Visit(
                self.stub.url,
                journey.username,
                journey.lines(None if is_repeated else turn),
                self.folder,
                self.registered[0] if journey.has_device else None,
                is_hasty=fault is not None and fault.way == "silent",
            )
            return run, client.signs_in(visit)

    def problems(
        self,
        client: Client,
        journey: Journey,
        turn: str,
        faults: tuple[Fault, ...],
        *,
        is_seen: bool,
    ) -> Iterator[str]:
        """Yield what is wrong in these cells."""
        for fault in faults:
            if fault.name == "nothing with 200" and turn in MAY_BE_EMPTY:
                continue
            run, done = self.run(client, journey, turn, fault, is_seen=is_seen)
            problems = list(judged(client, journey, run, done))
            where = f"{client.name}, {turn}, {fault.name} ({'lost' if is_seen else 'instead'})"
            if not _is_known(client.name, turn, fault.name):
                yield from (f"{where}: {problem}" for problem in problems)
            elif not problems:
                yield f"{where}: this cell of KNOWN is right now"


def _is_known(*cell: str) -> bool:
    return any(
        all(one in ("*", other) for one, other in zip(known, cell, strict=True)) for known in KNOWN
    )


@pytest.fixture
def table(
    stub: Stub,
    signing_keys: SigningKeys,
    registered: tuple[Device, Verifier],
    tmp_path: Path,
) -> Table:
    return Table(stub, signing_keys, registered, tmp_path)


def judged(client: Client, journey: Journey, run: Run, done: Done) -> Iterator[str]:
    """Yield what is wrong with the end of a client that met a fault."""
    fault, turn = run.fault, run.turn
    assert fault is not None
    assert turn is not None
    if "Traceback" in done.err:
        yield f"a traceback: {done.err[-300:]}"
    elif turn not in run.turns:
        yield f"the turn was not reached: {run.turns}, {done.err[-300:]}"
    else:
        yield from _sent(client, journey, run, fault, turn)
        yield from _ended(client, journey, run, done, turn)
        yield from _said(client, done, fault)


def _sent(client: Client, journey: Journey, run: Run, fault: Fault, turn: str) -> Iterator[str]:
    """Nothing is sent twice, unless it was throttled or typed again."""
    was_typed_again = client.asks_again and turn in journey.typed
    was_throttled = client.repeats_throttled and fault.is_throttling
    times = run.turns.count(turn)
    if times > 1 + (was_typed_again or was_throttled):
        yield f"it was sent {times} times"
    others = [each for each in run.turns if each != turn]
    if len(others) != len(set(others)):
        yield f"other turns were sent twice: {run.turns}"


def _ended(client: Client, journey: Journey, run: Run, done: Done, turn: str) -> Iterator[str]:
    """The tokens that came are handed over, and no fault is taken for a success."""
    if not all(client.shows(given, done) for given in run.given):
        yield f"tokens were lost; {done.err[-300:]}"
    if not run.given and ("AccessToken" in done.out or done.status in (0, clients.NO_DEVICE)):
        yield f"without tokens it ended with status {done.status}: {done.out[:100]}"
    if run.given and run.turns.count(turn) > 1:
        return  # The second time it went well.
    wanted = clients.NO_TOKENS
    if turn in DEVICE_TURNS:
        wanted = client.status_without_device
    elif turn in LATER_TURNS:
        wanted = clients.NO_REFRESH + LATER_TURNS.index(turn)
    # `login` has a second status for a service that cannot be reached.
    if done.status != wanted and (wanted, done.status) != (1, 2):
        yield f"status {done.status} and not {wanted}; {done.err[-300:]}"
    if run.turns[-1] != turn:
        yield f"it continued: {run.turns}"
    if done.keeps_device not in (None, journey.has_device):
        yield f"keeps_device is {done.keeps_device}"


def _said(client: Client, done: Done, fault: Fault) -> Iterator[str]:
    """A person can read what went wrong, and no secret."""
    is_less = client.is_of_botocore and fault.of_botocore is not None
    written = done.out + done.err
    missing = [
        word for word in (fault.of_botocore if is_less else fault.says) if word not in written
    ]
    if missing:
        yield f"{missing} cannot be read: {written[-300:]}"
    lines = done.err.splitlines()
    if not done.err.strip():
        yield "nothing is said"
    elif done.status and client.complains not in lines[-1]:
        yield f"the last line does not say why it failed: {lines[-1]}"
    elif not client.asks_again and len(lines) > 1 and not client.repeats_throttled:
        yield f"it is more than one line: {done.err[:300]}"
    if "eyJ" in done.err or PASSWORD in written or NEW in written:
        yield "a secret is shown"


def _name(each: object) -> str:
    return each.username if isinstance(each, Journey) else str(each)


# No fault.


@pytest.mark.parametrize(
    ("client", "journey"),
    [(client, journey) for client in CLIENTS for journey in client.journeys],
    ids=_name,
)
def test_without_a_fault_every_turn_is_sent_once(
    table: Table, client: Client, journey: Journey
) -> None:
    run, done = table.run(client, journey)
    assert run.turns == [turn for turn in journey.turns if turn not in client.without], done.err
    assert done.status == 0, done.err
    assert all(client.shows(given, done) for given in run.given)
    assert done.keeps_device in (None, True)


# The table.


@pytest.mark.parametrize("client", CLIENTS, ids=_name)
def test_every_client_meets_every_fault_and_has_one_at_every_turn(
    table: Table, client: Client
) -> None:
    """Each fault once, and the turns one after the other, in another order for each client."""
    turns = itertools.cycle(client.turns)
    next(itertools.islice(turns, 3 * CLIENTS.index(client), None))
    problems = [
        problem
        for number, (fault, (journey, turn)) in enumerate(zip(FAULTS, turns, strict=False))
        for problem in table.problems(client, journey, turn, (fault,), is_seen=number % 3 == 0)
    ]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("operation", "turn"),
    [
        ("GetTokensFromRefreshToken", "GetTokensFromRefreshToken"),
        ("InitiateAuth", "InitiateAuth REFRESH_TOKEN_AUTH"),
    ],
)
def test_the_command_refresh_meets_every_fault(table: Table, operation: str, turn: str) -> None:
    """It prints no tokens then, and those that it was given are good afterwards."""
    first, printed = table.run(LOGIN, CODED)
    problems = []
    for fault in (*FAULTS, None):
        is_hasty = fault is not None and fault.way == "silent"
        visit = Visit(table.stub.url, "carol", (), table.folder, is_hasty=is_hasty)
        with table.stub.meets(Run(first.pool, turn, fault)) as run:
            done = clients.refresh(visit, printed.out, operation)
        is_repeated = fault is not None and fault.is_throttling
        ends_well = fault is None or is_repeated
        if run.turns != [turn] * (1 + is_repeated):
            problems.append(f"{fault}: {run.turns} were sent")
        if (done.status == 0, "AccessToken" in done.out) != (ends_well, ends_well):
            problems.append(f"{fault}: status {done.status}, {done.err[-300:]}")
        if not all(_shows(given, done) for given in run.given):
            problems.append(f"{fault}: tokens were lost")
        if fault is not None:
            problems += [f"{fault}: {problem}" for problem in _said(LOGIN, done, fault)]
    assert not problems, "\n".join(problems)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("client", "journey", "turn"),
    [(client, *turn) for client in CLIENTS for turn in client.turns],
    ids=_name,
)
def test_every_client_meets_every_fault_at_every_turn(
    table: Table, client: Client, journey: Journey, turn: str
) -> None:
    problems = [
        *table.problems(client, journey, turn, FAULTS, is_seen=False),
        *table.problems(client, journey, turn, LOST, is_seen=True),
    ]
    assert not problems, "\n".join(problems)
