"""commands.py: what each command does with its options, its exit status, and what it loads."""

import base64
import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import ModuleType, SimpleNamespace
from typing import Any

import oracle
import pytest
from command import answers, run_here
from peers import CLIENT_ID, DEVICE_KEY, GROUP_KEY, POOL_ID
from recorded import CLIENT, ILLEGAL, OUTPUT, RIGHT, WRONG, lines

import srp_cognito
from srp_cognito import cli
from srp_cognito.cli import bench, commands, demo, login, refresh
from srp_cognito.cli.commands import main
from srp_cognito.proof import modexp
from srp_cognito.transcripts import bulk

# main


def test_main_runs_what_was_typed_to_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["srp-cognito", "engine"])
    assert main() == 0
    assert capsys.readouterr().out == f"{modexp.engine().name}\n"


@pytest.mark.parametrize("command", ["compute", "verify", "device", "engine"])
def test_a_quick_command_loads_nothing_that_another_one_needs(command: str) -> None:
    # PyPy's hashlib loads socket.
    program = (
        "import hashlib, sys; before = set(sys.modules);"
        "from srp_cognito.cli.commands import main; status = main();"
        "print(*(set(sys.modules) - before), file=sys.stderr); sys.exit(status)"
    )
    keys = ["--group-key", "g", "--device-key", "d"] if command == "device" else []
    done = subprocess.run(
        [sys.executable, "-c", program, command, *keys],
        input=lines(RIGHT),
        capture_output=True,
        check=True,
    )
    loaded = done.stderr.decode().splitlines()[-1].split()
    wings = ("calls", "conversation", "diagnosis", "testing")
    unwanted = {"http", "ssl", "socket", "jwt", "tqdm", "concurrent", "multiprocessing"}
    assert not unwanted & set(loaded)
    assert not [
        name for name in loaded if name.startswith(tuple(f"srp_cognito.{w}" for w in wings))
    ]
    files = {name.rpartition(".")[2] for name in loaded if name.startswith("srp_cognito.cli.")}
    assert files - {"progress"} == {"commands", "options", "streams"}


# compute and verify


def test_compute_and_verify_answer_each_line() -> None:
    done = run_here("compute", stdin=lines(CLIENT, {**CLIENT, "id": 2}))
    assert (done.returncode, answers(done), done.stderr) == (0, [OUTPUT, {**OUTPUT, "id": 2}], b"")
    done = run_here("verify", stdin=lines(RIGHT))
    assert (done.returncode, answers(done), done.stderr) == (0, [{"ok": True}], b"")


@pytest.mark.parametrize("jobs", [(), ("--jobs", "1"), ("--jobs", "2")], ids=" ".join)
@pytest.mark.parametrize("bad", [WRONG, ILLEGAL], ids=["wrong", "illegal"])
def test_one_bad_line_is_status_1(jobs: tuple[str, ...], bad: dict[str, Any]) -> None:
    assert run_here("verify", *jobs, stdin=lines(RIGHT, bad, RIGHT)).returncode == 1


@pytest.mark.parametrize(
    ("jobs", "reported"), [((), False), (("--jobs", "1"), True), (("--jobs", "2"), True)]
)
def test_jobs_reports_lines_that_cannot_be_computed(jobs: tuple[str, ...], reported: bool) -> None:
    done = run_here("verify", *jobs, stdin=lines(WRONG, {**RIGHT, "srp_b": "0"}))
    message = (
        b"srp-cognito: line 2: SRP_B must lie between 1 and N - 1\n"
        b"srp-cognito: 0 verified, 1 did not verify, 1 failed\n"
    )
    assert done.stderr == (message if reported else b"")


class Dying(ThreadPoolExecutor):
    """Its workers die when the second chunk comes."""

    chunks = 0

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        self.chunks += 1
        if self.chunks > 1:
            raise RuntimeError("a worker died")
        return super().submit(work, *arguments, **options)


def test_a_worker_that_dies_is_one_sentence_and_status_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "workers", Dying)
    done = run_here("verify", "--jobs", "2", stdin=lines(*[RIGHT] * 40))
    written = len(answers(done))
    assert 0 < written < 40
    said = f"srp-cognito: a worker died; every answer up to line {written} is written\n"
    assert (done.returncode, done.stderr.decode()) == (2, said)


def test_an_interrupt_cancels_the_work_before_it_waits_for_the_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    happened: list[object] = []

    def answers(*_: object, executor: object, ahead: int) -> Iterator[bulk.Answer]:
        happened.append(f"{ahead} chunks ahead")
        try:
            yield bulk.Answer(1, "{}", good=True, problem=None)
        finally:
            happened.append("cancelled")

    @contextlib.contextmanager
    def workers(jobs: int) -> Iterator[None]:
        happened.append(f"{jobs} workers")
        try:
            yield
        finally:
            happened.append("waited")

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bulk, "answers", answers)
    monkeypatch.setattr(bulk, "workers", workers)
    monkeypatch.setattr(commands, "write_line", interrupt)
    assert run_here("verify", "--jobs", "3").returncode == 130
    assert happened == ["3 workers", "6 chunks ahead", "cancelled", "waited"]


def test_a_mistake_of_the_work_itself_is_not_taken_for_a_dead_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answers(*_: object, **__: object) -> Iterator[bulk.Answer]:
        raise RuntimeError("a mistake")
        yield

    monkeypatch.setattr(bulk, "answers", answers)
    with pytest.raises(RuntimeError, match="a mistake"):
        run_here("verify", stdin=lines(RIGHT))


# explain


@pytest.mark.parametrize(
    ("records", "status"), [([RIGHT], 0), ([ILLEGAL, RIGHT], 1)], ids=["right", "not all right"]
)
def test_explain_says_of_each_line_what_is_wrong(
    records: list[dict[str, Any]], status: int
) -> None:
    text = run_here("explain", stdin=lines(*records))
    assert (text.returncode, text.stdout.count(b"line ")) == (status, len(records))
    found = run_here("explain", "--json", stdin=lines(*records))
    assert (found.returncode, len(answers(found))) == (status, len(records))


def test_explain_shows_secrets_where_that_is_asked_for() -> None:
    password = RIGHT["password"].encode()
    assert password not in run_here("explain", stdin=lines(RIGHT)).stdout
    assert password in run_here("explain", "--show-secrets", stdin=lines(RIGHT)).stdout


@pytest.mark.parametrize("command", ["compute", "verify", "explain"])
def test_a_closed_standard_input_is_one_sentence_and_status_2(command: str) -> None:
    done = run_here(command, stdin=None)
    said = b"srp-cognito: standard input cannot be read: it is closed\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", said)


# device and engine


def test_device_makes_a_password_and_its_verifier() -> None:
    done = run_here("device", "--group-key", GROUP_KEY, "--device-key", DEVICE_KEY)
    assert (done.returncode, done.stderr) == (0, b"")
    (made,) = answers(done)
    assert list(made) == ["device_password", "PasswordVerifier", "Salt"]
    salt = int.from_bytes(base64.b64decode(made["Salt"]), "big", signed=True)
    x = oracle.x(GROUP_KEY, DEVICE_KEY, made["device_password"], salt)
    assert base64.b64decode(made["PasswordVerifier"]) == oracle.pad(oracle.verifier(x))


def test_device_explains_a_key_that_cannot_be_written() -> None:
    done = run_here("device", "--group-key", "\udcff", "--device-key", "x")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"lone surrogate" in done.stderr


@pytest.mark.parametrize(
    ("outcome", "row"),
    [
        (
            (modexp.EngineForMany("ipp_crypto", "Somebody's 1.0", True, True, 8, list), ""),
            "* ipp_crypto      constant time, releases the GIL  Somebody's 1.0, for 8 at a time",
        ),
        (
            (None, "libsvml.so is missing"),
            "  ipp_crypto      for many at a time: not usable: libsvml.so is missing",
        ),
    ],
    ids=["many", "none for many"],
)
def test_engine_names_the_engine_in_use_and_describes_all(
    monkeypatch: pytest.MonkeyPatch, outcome: object, row: str
) -> None:
    def load(name: str) -> modexp.Engine:
        if name == "diffie_hellman":
            raise ImportError("it is too old")
        return modexp.Engine(name, f"{name} 3.1", name == "libcrypto", name == "libcrypto", pow)

    monkeypatch.setattr(modexp, "load", load)
    monkeypatch.setattr(modexp, "_outcome_for_many", lambda: outcome)
    monkeypatch.setattr(modexp, "engine", lambda: load("plain"))
    done = run_here("engine")
    assert (done.returncode, done.stdout) == (0, b"plain\n")
    assert done.stderr.decode().splitlines() == [
        "  libcrypto       constant time, releases the GIL  libcrypto 3.1",
        "  diffie_hellman  not usable: it is too old",
        "* plain           variable time, holds the GIL     plain 3.1",
        row,
    ]


# bench


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(*, progress: Callable[[int, float], None]) -> object:
        progress(1, 0.4)
        progress(20, 8.0)
        return SimpleNamespace(to_json=lambda: {"rounds": 20}, lines=lambda: iter(["20", "rounds"]))

    monkeypatch.setattr(bench, "run", measure)


@pytest.mark.usefixtures("measured")
def test_bench_prints_a_table_or_json() -> None:
    done = run_here("bench")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"20\nrounds\n", b"")
    done = run_here("bench", "--json")
    assert (done.returncode, answers(done), done.stderr) == (0, [{"rounds": 20}], b"")


@pytest.mark.usefixtures("measured")
def test_bench_shows_a_terminal_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["bench"]) == 0
    seconds = f"of {bench.SECONDS:.0f} s "
    shown = f"\r1 rounds, 0 {seconds}\r20 rounds, 8 {seconds}\n"
    assert capsys.readouterr() == ("20\nrounds\n", shown)


@pytest.mark.usefixtures("measured")
def test_bench_does_not_need_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["bench"]) == 0
    assert capsys.readouterr().out == "20\nrounds\n"


def test_bench_of_engines_that_differ_is_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def differ(**_: object) -> object:
        raise bench.DifferentError("plain makes a different signature")

    monkeypatch.setattr(bench, "run", differ)
    done = run_here("bench")
    said = b"srp-cognito: plain makes a different signature\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", said)


# login and refresh

APP = ["--pool-id", POOL_ID, "--client-id", CLIENT_ID]
ASKED_FOR = {
    "login": [*APP, "--username", "alice", "--flow", "CUSTOM_AUTH", "--device-file", "f"],
    "refresh": [*APP, "--operation", "InitiateAuth", "--endpoint-url", "http://localhost/"],
}
GIVEN: dict[str, dict[str, str | None]] = {
    "login": {
        "username": "alice",
        "password_from": None,
        "flow": "CUSTOM_AUTH",
        "device_file": "f",
        "endpoint_url": None,
    },
    "refresh": {"operation": "InitiateAuth", "endpoint_url": "http://localhost/"},
}


@pytest.mark.parametrize(("name", "module"), [("login", login), ("refresh", refresh)])
@pytest.mark.parametrize("status", [0, 3])
def test_login_and_refresh_get_what_was_typed_and_say_how_it_went(
    monkeypatch: pytest.MonkeyPatch, name: str, module: ModuleType, status: int
) -> None:
    given: list[dict[str, object]] = []

    def run(**options: object) -> int:
        given.append(options)
        return status

    monkeypatch.setattr(module, "run", run)
    assert run_here(name, *ASKED_FOR[name]).returncode == status
    app = {"pool_id": POOL_ID, "client_id": CLIENT_ID, "client_secret_from": None}
    assert given == [{**app, **GIVEN[name]}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--endpoint-url", ""], "an endpoint URL must be"),
        (["--endpoint-url", "http://example.com/"], "an endpoint URL must be"),
        (["--pool-id", "Example"], "pool_id"),
        (["--client-id", ""], "client_id"),
        (["--client-secret-from", "a secret"], "the client secret must come from"),
    ],
    ids=["empty", "not encrypted", "pool", "app client", "source"],
)
@pytest.mark.parametrize("name", ["login", "refresh"])
def test_login_and_refresh_say_which_option_is_wrong(
    name: str, arguments: list[str], message: str
) -> None:
    done = run_here(name, *APP, *ASKED_FOR[name][4:6], *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(f"srp-cognito: {message}".encode())
    assert done.stderr.count(b"\n") == 1


# serve and demo


class Served:
    """Takes the place of the module `serve`, so that no pool is started."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.ran: list[tuple[object, dict[str, Any]]] = []

    def settings_of_flags(self, **flags: object) -> object:
        return flags

    def settings_of_file(self, path: str) -> object:
        return f"settings in {path}"

    def run(self, settings: object, **options: Any) -> None:
        self.ran.append((settings, options))
        if self.error is not None:
            raise self.error


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    served = Served()
    monkeypatch.setattr(cli, "serve", served, raising=False)
    return served


NOTHING_SAID = {"port": 0, "own_issuer": False, "explains": False, "host": "127.0.0.1"}


@pytest.mark.parametrize(
    ("arguments", "settings", "options"),
    [
        ([], {}, {**NOTHING_SAID, "shows_secrets": True}),
        (
            ["--port", "80", "--own-issuer", "--explain", "--user", "bob", "--totp"],
            {"user": ["bob"], "totp": True},
            {**NOTHING_SAID, "port": 80, "own_issuer": True, "explains": True}
            | {"shows_secrets": True},
        ),
        (["--host", "0.0.0.0"], {}, {**NOTHING_SAID, "host": "0.0.0.0", "shows_secrets": True}),
        (
            ["--config", "pool.toml"],
            "settings in pool.toml",
            {**NOTHING_SAID, "shows_secrets": False},
        ),
    ],
    ids=["nothing said", "flags", "an address", "a file"],
)
def test_serve_runs_a_pool_from_flags_or_from_a_file(
    served: Served, arguments: list[str], settings: object, options: dict[str, object]
) -> None:
    done = run_here("serve", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert served.ran == [(settings, options)]


@pytest.mark.parametrize(
    ("flags", "typed"),
    [
        (["--user", "alice", "--totp"], "--user, --totp"),
        (["--client-secret", "--pool-id", POOL_ID], "--pool-id, --client-secret"),
        (["--client-id", CLIENT_ID], "--client-id"),
        (["--remember-devices", "never"], "--remember-devices"),
    ],
    ids=" ".join,
)
def test_serve_refuses_a_file_together_with_flags_that_it_has_keys_for(
    served: Served, flags: Sequence[str], typed: str
) -> None:
    """Even where the flag says what would be so without it."""
    done = run_here("serve", "--config", "pool.toml", *flags)
    said = f"srp-cognito: --config cannot be combined with {typed}: put that into the file\n"
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", said)
    assert served.ran == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [([], "users are missing"), (["--config", "pool.toml"], "pool.toml: users are missing")],
    ids=["flags", "a file"],
)
def test_serve_reports_a_wrong_setting(served: Served, arguments: list[str], message: str) -> None:
    served.error = ValueError("users are missing")
    done = run_here("serve", *arguments)
    assert (done.returncode, done.stderr.decode()) == (2, f"srp-cognito: {message}\n")


TOTP = "cryptography.hazmat.primitives.twofactor.totp"


def forget_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be imported anew."""
    for name in list(sys.modules):
        if name.startswith(("srp_cognito.testing", "srp_cognito.cli.serve")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(srp_cognito, "testing", raising=False)
    monkeypatch.delattr(cli, "serve", raising=False)


class Broken:
    """A finder of modules, for which one cannot be loaded."""

    def __init__(self, name: str, error: ImportError) -> None:
        self.name, self.error = name, error

    def find_spec(self, name: str, *_: object) -> None:
        if name == self.name:
            raise self.error


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("jwt", "PyJWT, which the extra installs: pip install 'srp-cognito[testing]' (where anot"),
        (TOTP, f"{TOTP}: pip install 'srp-cognito[testing]'\n"),
    ],
)
@pytest.mark.usefixtures("pool_elsewhere")
def test_serve_without_what_it_needs_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, module: str, said: str
) -> None:
    forget_the_pool(monkeypatch)
    monkeypatch.setitem(sys.modules, module, None)
    done = run_here("serve")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(f"srp-cognito: the pool needs {said}")


def test_serve_with_a_broken_cryptography_says_so_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As the wheel for another processor is, or one of which a part is missing."""
    forget_the_pool(monkeypatch)
    broken = ImportError("_rust.abi3.so: cannot open shared object file")
    monkeypatch.setattr(sys, "meta_path", [Broken("waitress.task", broken), *sys.meta_path])
    monkeypatch.delitem(sys.modules, "waitress.task")
    done = run_here("serve")
    assert (done.returncode, done.stderr) == (
        2,
        b"srp-cognito: the pool cannot be loaded: _rust.abi3.so: cannot open shared object file\n",
    )


@pytest.mark.parametrize("arguments", [[], ["--config", "pool.toml"]], ids=["flags", "a file"])
def test_serve_where_no_rsa_key_can_be_made_says_so_in_a_line(
    served: Served, arguments: list[str]
) -> None:
    served.error = ImportError("cryptography makes no RSA key here")
    done = run_here("serve", *arguments)
    assert done.returncode == 2
    assert done.stderr.endswith(b"cryptography makes no RSA key here\n")
    assert len(done.stderr.splitlines()) == 1


def test_serve_without_fido2_says_what_passkeys_need(served: Served) -> None:
    served.error = ModuleNotFoundError("passkeys need fido2")
    done = run_here("serve", "--config", "pool.toml")
    assert (done.returncode, done.stderr) == (2, b"srp-cognito: pool.toml: passkeys need fido2\n")


@pytest.mark.parametrize(("good", "status"), [(True, 0), (False, 1)])
def test_demo_is_status_1_if_a_result_is_wrong(
    monkeypatch: pytest.MonkeyPatch, good: bool, status: int
) -> None:
    monkeypatch.setattr(demo, "run", lambda *, values: good and not values)
    assert run_here("demo").returncode == status


# The table of engines as JSON.


@pytest.mark.parametrize("has_many", [True, False])
def test_engine_describes_all_as_json(monkeypatch: pytest.MonkeyPatch, has_many: bool) -> None:
    def load(name: str) -> modexp.Engine:
        if name == "diffie_hellman":
            raise ImportError("it is too old")
        return modexp.Engine(name, f"{name} 3.1", name == "libcrypto", False, pow)

    many = modexp.EngineForMany("ipp_crypto", "Somebody's 1.0", True, True, 8, list)
    outcome = (many, "") if has_many else (None, "libsvml.so is missing")
    monkeypatch.setattr(modexp, "load", load)
    monkeypatch.setattr(modexp, "_outcome_for_many", lambda: outcome)
    monkeypatch.setattr(modexp, "engine", lambda: load("plain"))
    done = run_here("engine", "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    (table,) = answers(done)
    assert table["engine"] == "plain"
    libcrypto, diffie_hellman, plain, for_many = table["engines"]
    assert libcrypto == {
        "name": "libcrypto",
        "implementation": "libcrypto 3.1",
        "constant_time": True,
        "releases_gil": False,
        "for_many": False,
        "used": False,
    }
    missing = {"name": "diffie_hellman", "missing": "it is too old"}
    assert diffie_hellman == {**missing, "for_many": False, "used": False}
    assert (plain["name"], plain["used"], plain["constant_time"]) == ("plain", True, False)
    assert (for_many["name"], for_many["for_many"], for_many["used"]) == (
        "ipp_crypto",
        True,
        has_many,
    )
    assert for_many.get("lanes") == (8 if has_many else None)
    assert for_many.get("missing") == (None if has_many else "libsvml.so is missing")
