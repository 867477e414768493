"""examples/sign_in_*.py: each program is short, and signs in to the pool over HTTP."""

import asyncio
import builtins
import gc
import getpass
import importlib.util
import io
import re
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest
from clients import Done, as_program, one_session, program_of
from in_place_of_aws import CODE, chance
from peers import CLIENT_ID, PASSWORD, POOL_ID

from srp_cognito import AnyCall, Tokens, questions
from srp_cognito.proof import modexp
from srp_cognito.testing import SigningKeys, UserPool, serve

# A program that ends need not close its connections, and most run in this process.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("sign_in_*.py"))
WITH_BOTOCORE = [path for path in EXAMPLES if "boto" in path.stem]
UNDER_ASYNCIO = [path for path in EXAMPLES if "aio" in path.stem]


def stem(path: Path) -> str:
    return path.stem


@pytest.fixture(autouse=True, scope="module")
def _no_connection_is_left() -> Iterator[None]:
    """Collect what the programs left while nobody is warned of it."""
    yield
    gc.collect()


@pytest.fixture(params=EXAMPLES, ids=stem)
def example(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def pool(signing_keys: SigningKeys) -> UserPool:
    """A pool with alice; bob, who has a temporary password; and carol, who gets a code."""
    pool = UserPool(
        POOL_ID, token_bytes=chance, signing_keys=signing_keys, remember_devices="always"
    )
    pool.add_app_client(CLIENT_ID)
    pool.add_user("alice", PASSWORD)
    pool.add_user("bob", PASSWORD, must_change_password=True)
    pool.add_user("carol", PASSWORD, attributes={"email": "c@example.com"}, mfa=["EMAIL_OTP"])
    return pool


def start(example: Path, username: str, url: str, typed: str) -> Done:
    """Run it in this process, which saves the time that a process needs to start."""
    argv = [str(example), POOL_ID, CLIENT_ID, username, url]
    with (
        mock.patch("sys.stdin", io.StringIO(typed)),
        mock.patch("getpass.getpass", input),
        one_session(),
    ):
        return as_program(program_of(example, example.read_text("utf-8")), argv)


def start_process(example: Path, username: str, url: str, typed: str) -> Done:
    done = subprocess.run(
        [sys.executable, example, POOL_ID, CLIENT_ID, username, url],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        # Without a terminal, getpass reads the password from standard input.
        start_new_session=True,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def run(example: Path, pool: UserPool, username: str, typed: str) -> Done:
    with serve(pool) as url:
        return start(example, username, url, typed)


def test_there_is_an_example_for_each_kind_of_client() -> None:
    names = [path.stem.removeprefix("sign_in_") for path in EXAMPLES]
    assert names == ["aiobotocore", "aiohttp", "boto3", "httpx", "stdlib"]


def test_it_can_be_read_in_a_minute(example: Path) -> None:
    assert len(example.read_text("utf-8").splitlines()) < 60


@pytest.mark.parametrize(
    ("starts", "username", "typed", "asked"),
    [
        (start, "alice", [PASSWORD], []),
        (start, "bob", [PASSWORD, "a new one"], ["New password:"]),
        (start_process, "carol", [PASSWORD, CODE], ["Code from the mail to c***@e***:"]),
    ],
    ids=["with a password", "with a new password", "as a process, with a code"],
)
def test_it_signs_in(
    example: Path,
    pool: UserPool,
    starts: Callable[[Path, str, str, str], Done],
    username: str,
    typed: list[str],
    asked: list[str],
) -> None:
    """It shows no token, and leaves the device that the pool offers to the person."""
    with serve(pool) as url:
        done = starts(example, username, url, "".join(f"{line}\n" for line in typed))
    assert done.status == 0, done.err
    assert f"Tokens(expires_in=3600, token_type='Bearer', username='{username}'" in done.out
    assert "new_device=NewDevice(" in done.out
    assert "eyJ" not in done.out  # Every token begins so.
    for prompt in asked:
        assert prompt in done.out
    (device,) = pool._directory._users[username].devices.values()
    assert not device.is_remembered  # As it would be once it is registered.


def test_it_says_why_a_wrong_password_is_refused(example: Path, pool: UserPool) -> None:
    done = run(example, pool, "alice", "battery staple\n")
    assert done.status == 1
    assert "NotAuthorizedException: Incorrect username or password." in done.err
    assert "Traceback" not in done.err


def test_it_asks_again_for_a_mistyped_code(example: Path, pool: UserPool) -> None:
    done = run(example, pool, "carol", f"{PASSWORD}\n000000\n {CODE}\n{CODE}\n")
    assert done.status == 0, done.err
    assert done.out.count("Code from the mail to c***@e***:") == 3
    assert "code must be typed without white space" in done.out
    assert "Invalid code or auth state for the user." in done.out
    assert "token_type='Bearer'" in done.out


@pytest.mark.parametrize("typed", ["\n", f"{PASSWORD}\n"], ids=["no password", "no code"])
def test_it_ends_with_a_sentence_if_nothing_is_typed(
    example: Path, pool: UserPool, typed: str
) -> None:
    done = run(example, pool, "carol", typed)
    assert done.status == 1
    assert done.err.splitlines()[-1].startswith("The sign-in failed: ")
    assert "Traceback" not in done.err


@pytest.mark.parametrize("path", WITH_BOTOCORE, ids=stem)
def test_it_signs_nothing_with_botocore(path: Path) -> None:
    """Else botocore before 1.31.37 needs credentials for four calls: its model signs them."""
    assert "signature_version=UNSIGNED" in path.read_text("utf-8")


def test_it_ends_with_a_sentence_if_nobody_listens(example: Path) -> None:
    """All that else can go wrong is in test_faults.py."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    done = start(example, "alice", f"http://127.0.0.1:{port}/", f"{PASSWORD}\n")
    assert done.status == 1
    assert done.err.splitlines()[-1].startswith("The sign-in failed: ")
    assert "Traceback" not in done.err


def test_its_page_refreshes_the_tokens_with_its_own_client(
    example: Path, signing_keys: SigningKeys, tmp_path: Path
) -> None:
    """The lines of the page are put where the program has the tokens."""
    name = example.stem.removeprefix("sign_in_").replace("stdlib", "the-standard-library")
    page = (DOCS / f"sign-in-with-{name}.md").read_text("utf-8").partition("## Refreshing")[2]
    lines = page.partition("```python\n")[2].partition("```")[0]
    indent, end = re.findall(r"^( +)(return step\n)", example.read_text("utf-8"), re.MULTILINE)[-1]
    refreshing = textwrap.indent(f"tokens = step\n{lines}return tokens\n", indent)
    program = tmp_path / example.name
    text = example.read_text("utf-8").replace(f"{indent}{end}", refreshing)
    program.write_text(text, "utf-8")
    pool = UserPool(POOL_ID, signing_keys=signing_keys)
    pool.add_app_client(CLIENT_ID)
    pool.add_user("alice", PASSWORD)
    asked: list[str] = []
    with serve(pool, log=asked.append) as url:
        done = start(program, "alice", url, f"{PASSWORD}\n")
    assert done.status == 0, done.err
    assert "token_type='Bearer', username='alice'" in done.out
    assert [line.split()[0] for line in asked] == [
        "InitiateAuth",
        "RespondToAuthChallenge",
        "GetTokensFromRefreshToken",
    ]


# Under asyncio nothing blocks the event loop.


class Heartbeat:
    """Counts the turns of an event loop; `wait` takes until there were some more.

    So what waits for the person, computes, or is sent takes exactly as long as it may, however busy
    the machine is. Something that blocks the loop waits in vain, and is in `blocking` then.
    """

    def __init__(self) -> None:
        self.turns = 0
        self.waited: list[str] = []
        self.blocking: list[str] = []

    async def beat(self) -> None:
        while True:
            self.turns += 1
            await asyncio.sleep(0.001)

    def wait(self, what: str) -> None:
        self.waited.append(what)
        enough, end = self.turns + 3, time.monotonic() + 5
        while self.turns < enough:
            if time.monotonic() > end:
                self.blocking.append(what)
                return
            time.sleep(0.001)


def loaded(path: Path) -> Callable[..., object]:
    """Return the `main` of an example."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    main: Callable[..., object] = module.main
    return main


@pytest.mark.parametrize("path", UNDER_ASYNCIO, ids=stem)
def test_nothing_blocks_the_event_loop(
    path: Path, pool: UserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typing, computing and sending: the pool computes in threads of this very process.

    `answer` computes for some questions, such as a password. Here it waits as if it did for a code.
    """
    heartbeat = Heartbeat()
    engine = modexp.engine()
    answer = questions.Code.answer

    class Slow:
        name = engine.name

        def power(self, base: int, exponent: int) -> int:
            heartbeat.wait("computing")
            return engine.power(base, exponent)

    def typing(what: str, answer: str) -> Callable[..., str]:
        def typed(*prompt: str) -> str:
            heartbeat.wait(what)
            return answer

        return typed

    def answering(question: questions.Code, code: str) -> AnyCall:
        heartbeat.wait("answering")
        return answer(question, code)

    monkeypatch.setattr(modexp, "engine", Slow)
    monkeypatch.setattr(questions.Code, "answer", answering)
    monkeypatch.setattr(getpass, "getpass", typing("the password", PASSWORD))
    monkeypatch.setattr(builtins, "input", typing("the code", CODE))
    main = loaded(path)

    async def both(url: str) -> object:
        beat = asyncio.create_task(heartbeat.beat())
        try:
            return await main(POOL_ID, CLIENT_ID, "carol", url)
        finally:
            beat.cancel()

    with serve(pool) as url:
        tokens = asyncio.run(both(url))
    assert isinstance(tokens, Tokens)
    assert heartbeat.blocking == []
    assert {"the password", "computing", "the code", "answering"} <= set(heartbeat.waited)
    assert heartbeat.waited.count("computing") >= 6  # Three of the client's, and of the pool's.
