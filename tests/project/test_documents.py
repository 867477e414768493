"""The documents: every example in them runs, and every link leads to a file."""

import contextlib
import doctest
import importlib.util
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import boto3
import pytest
import requests
import vector_files
from botocore.exceptions import EndpointConnectionError
from in_place_of_aws import InPlaceOfAWS
from peers import CLIENT_ID, PASSWORD, POOL_ID

import srp_cognito
from srp_cognito import (
    Answers,
    AppClient,
    Refresh,
    ServiceError,
    SignIn,
    Tokens,
    documentation,
    questions,
)
from srp_cognito.calls.arguments import ChallengeName
from srp_cognito.conformance import BEHAVIOURS
from srp_cognito.diagnosis import Named
from srp_cognito.diagnosis.catalogue import PAGES
from srp_cognito.proof import modexp
from srp_cognito.testing import SigningKeys, UserPool, serve
from srp_cognito.testing.config import make_pool, read

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / name
    for name in (
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/after-the-sign-in.md",
        "docs/behaviours.md",
        "docs/challenges.md",
        "docs/command-line.md",
        "docs/conformance.md",
        "docs/index.md",
        "docs/migrate.md",
        "docs/my-signature-is-refused.md",
        "docs/performance.md",
        "docs/platforms.md",
        "docs/protocol.md",
        "docs/releasing.md",
        "docs/review.md",
        "docs/security.md",
        "docs/sign-in-from-flask.md",
        "docs/sign-in-programs.md",
        "docs/sign-in-with-aiobotocore.md",
        "docs/sign-in-with-aiohttp.md",
        "docs/sign-in-with-boto3.md",
        "docs/sign-in-with-httpx.md",
        "docs/sign-in-with-the-standard-library.md",
        "docs/take-the-vectors.md",
        "docs/test-token-checks.md",
        "docs/test-with-amplify.md",
        "docs/test-with-boto3.md",
        "docs/test-with-pycognito.md",
        "docs/test-without-aws.md",
        "docs/transcripts.md",
        "docs/use.md",
        "tests/platforms/README.md",
        "vectors/EXAMPLE.md",
        "vectors/FLAGS.md",
        "vectors/README.md",
        "vectors/published/README.md",
        *(f"docs/mistakes/{name}.md" for name in PAGES),
        *(f"docs/behaviours/{name}.md" for name in dict.fromkeys(b.group for b in BEHAVIOURS)),
    )
]
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_no_document_is_forgotten() -> None:
    found = {*ROOT.glob("*.md")}
    for folder in ("docs", "tests/platforms", "vectors"):
        found |= {*(ROOT / folder).rglob("*.md")}
    assert found == set(DOCUMENTS)


SIGN_IN = ["InitiateAuth", "RespondToAuthChallenge"]
ANSWER = ["RespondToAuthChallenge"]


@pytest.mark.parametrize(
    ("name", "operations"),
    [
        ("README.md", SIGN_IN),
        ("docs/index.md", SIGN_IN),
        (
            "docs/use.md",
            [
                *[*SIGN_IN, *ANSWER],
                *[*SIGN_IN, *ANSWER * 2],
                *[*SIGN_IN, "ConfirmDevice"],
                *[*SIGN_IN, *ANSWER * 2],
                *[*SIGN_IN, *ANSWER],
                *SIGN_IN,
            ],
        ),
        (
            "docs/after-the-sign-in.md",
            [
                *[*SIGN_IN, "GetTokensFromRefreshToken", "RevokeToken"],
                *[*SIGN_IN, "ConfirmDevice"],
            ],
        ),
        ("docs/challenges.md", []),
        ("docs/my-signature-is-refused.md", []),
        ("docs/security.md", []),
        ("docs/test-without-aws.md", []),
    ],
    ids=str,
)
def test_the_examples_run(
    name: str, operations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = InPlaceOfAWS()
    pool.install(monkeypatch)
    results = doctest.testfile(
        str(ROOT / name), module_relative=False, optionflags=doctest.ELLIPSIS
    )
    assert results.failed == 0
    assert results.attempted > 0
    assert pool.operations == operations


def test_the_protocols_n_is_the_librarys() -> None:
    text = (ROOT / "docs" / "protocol.md").read_text("utf-8")
    printed = re.search(r"```text\n([0-9A-F\n]+)```", text)
    assert printed is not None
    assert int(printed[1].replace("\n", ""), 16) == modexp.N


@pytest.mark.skipif(os.name == "nt", reason="the examples are typed into a POSIX shell")
def test_the_commands_of_the_docs_print_what_they_say() -> None:
    if modexp.engine().name != "libcrypto":
        pytest.skip("the examples name the engine libcrypto, which is not usable here")
    blocks = CONSOLE.findall((ROOT / "docs" / "transcripts.md").read_text("utf-8"))
    assert len(blocks) == 5
    for block in blocks:
        command, _, printed = block.partition("\n")
        assert command.startswith("$ ")
        assert_prints(command[2:], printed)


@pytest.mark.skipif(os.name == "nt", reason="the examples are typed into a POSIX shell")
def test_the_page_on_refusals_shows_what_explain_says() -> None:
    page = (ROOT / "docs" / "my-signature-is-refused.md").read_text("utf-8")
    blocks = [block for block in CONSOLE.findall(page) if "| srp-cognito explain" in block]
    assert len(blocks) == 4
    for block in blocks:
        command, _, printed = block.partition("\n")
        # The page does not show the empty line that ends each report.
        assert_prints(command[2:], f"{printed}\n")


def writer_of(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    return writer


@pytest.mark.parametrize("name", ["behaviours", "catalogue"])
def test_the_pages_that_are_written_from_data_are_up_to_date(name: str) -> None:
    """`make catalogue` writes them."""
    for page, text in writer_of(name).pages().items():
        assert (ROOT / "docs" / page).read_text("utf-8") == text, page


def test_the_pages_on_behaviours_have_the_whole_list() -> None:
    for behaviour in BEHAVIOURS:
        assert behaviour.name.replace("/", "-") in anchors(f"behaviours/{behaviour.group}.md")


def anchors(page: str) -> list[str]:
    return re.findall(r'<a id="([^"]+)">', (ROOT / "docs" / page).read_text("utf-8"))


def test_the_table_of_emulators_is_what_their_run_gave() -> None:
    """`make emulators` runs them, and `make catalogue` writes the table of what came."""
    text = (ROOT / "docs" / "test-without-aws.md").read_text("utf-8")
    assert writer_of("emulators").page(text) == text


def test_the_run_of_the_emulators_names_behaviours_of_the_list_and_holds_no_secret() -> None:
    """Behaviours that are newer than the run may be missing from it."""
    text = (ROOT / "emulators" / "results.json").read_text("utf-8")
    names = {behaviour.name for behaviour in BEHAVIOURS}
    results = json.loads(text)["results"]
    assert set(results) <= names
    assert len(results) > 200
    for secret in ("eyJ", "Correct-Horse", "sekrit", "example.com"):
        assert secret not in text
    writer = writer_of("emulators")
    for _, parts, _ in writer.ROWS:
        for part in parts:
            assert {*part.names, part.after or part.names[0]} <= names


@pytest.mark.parametrize(
    ("came", "word"),
    [
        ({"first": "as expected", "a": "as expected", "b": "as expected"}, "yes"),
        ({"first": "as expected", "a": "as expected", "b": "alike"}, "yes\\*"),
        ({"first": "alike", "a": "as expected", "b": "otherwise"}, "1 of 2"),
        ({"first": "as expected", "a": "failed", "b": "otherwise"}, "no"),
        ({"first": "as expected", "a": "not made", "b": "as expected"}, "yes"),
        ({"first": "as expected", "a": "not made", "b": "not made"}, "not tried"),
        ({"first": "as expected", "a": "not reached", "b": "not made"}, "not reached"),
        ({"first": "as expected"}, "not run"),
        ({"first": "otherwise", "a": "as expected", "b": "as expected"}, "never"),
        ({"first": "not reached", "a": "as expected", "b": "as expected"}, "never"),
        ({"first": "not made", "a": "as expected", "b": "as expected"}, "not tried"),
        ({"a": "as expected", "b": "as expected"}, "not run"),
    ],
    ids=str,
)
def test_a_cell_counts_a_refusal_only_if_the_right_thing_is_accepted(
    came: dict[str, str], word: str
) -> None:
    writer = writer_of("emulators")
    results = {name: {"moto": {"came": each}} for name, each in came.items()}
    part = writer.Part(("a", "b"), "first", "never")
    assert writer._word(results, part, "moto") == word
    if "alike" in {came.get("a"), came.get("b")}:
        strict = writer.Part(("a", "b"), "first", "never", in_these_words=True)
        assert writer._word(results, strict, "moto") == "1 of 2"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_that_explain_names_lists_the_mistake(name: str) -> None:
    found = anchors(f"mistakes/{name}.md")
    assert sorted(found) == sorted(mistake.id for mistake in PAGES[name])
    for mistake in PAGES[name]:
        address, _, anchor = Named(mistake, mistake.says).link.partition("#")
        assert address.removeprefix(documentation.SITE) == f"mistakes/{name}.html"
        assert anchor in found


def test_each_mistake_is_on_one_page() -> None:
    ids = [mistake.id for mistakes in PAGES.values() for mistake in mistakes]
    assert len(ids) == len(set(ids)) > 200


@pytest.mark.skipif(os.name == "nt", reason="the examples are typed into a POSIX shell")
@pytest.mark.parametrize("name", ["test-without-aws.md", "my-signature-is-refused.md"])
def test_serve_prints_what_the_page_says(name: str) -> None:
    """One line of JSON, once clients can call. Then it runs until it is stopped."""
    page = (ROOT / "docs" / name).read_text("utf-8")
    (block,) = (each for each in CONSOLE.findall(page) if each.startswith("$ srp-cognito serve"))
    command, _, printed = block.partition("\n")
    with subprocess.Popen(
        f"exec {command[2:]}",
        shell=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
    assert re.fullmatch(pattern(printed), line), line


ENVIRONMENT = {
    **os.environ,
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
}


def pattern(printed: str) -> str:
    """The expression for what a page shows, in which "..." is any text."""
    return ".*".join(re.escape(part) for part in printed.split("..."))


def assert_prints(command: str, printed: str) -> None:
    done = subprocess.run(
        command, shell=True, capture_output=True, text=True, check=False, env=ENVIRONMENT
    )
    assert re.fullmatch(pattern(printed), done.stdout), f"{command}\n{done.stdout}{done.stderr}"


def test_the_file_of_the_page_makes_a_pool() -> None:
    text = (ROOT / "docs" / "test-without-aws.md").read_text("utf-8")
    pool = make_pool(read(text.partition("```toml\n")[2].partition("```")[0]))
    assert set(pool._directory._users) == {"alice", "bob", "carol", "dave"}


@pytest.mark.parametrize("operation", ["InitiateAuth", "RespondToAuthChallenge", "With tokens"])
def test_the_page_names_what_the_pool_does(operation: str) -> None:
    """The pool has all that the page names, and the page names every operation with tokens."""
    text = (ROOT / "docs" / "test-without-aws.md").read_text("utf-8")
    row = re.search(rf"^\| {operation} \| (.*) \|$", text, re.MULTILINE)
    assert row is not None
    source = (ROOT / "src" / "srp_cognito" / "testing").rglob("*.py")
    code = "".join(path.read_text("utf-8") for path in source)
    for name in re.findall(r"[A-Z][A-Za-z_]{6,}", row[1]):
        assert f'"{name}"' in code, name
    if operation == "With tokens":
        sign_in = {"InitiateAuth", "RespondToAuthChallenge"}
        done = set(UserPool()._operations) - sign_in - {f"Admin{name}" for name in sign_in}
        assert set(row[1].split(", ")) == done


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_into_the_project_leads_to_a_file(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text("utf-8")):
        if not target.startswith("https://"):
            assert (document.parent / target).exists(), target


def test_the_page_for_reviewers_leads_through_every_file_of_the_mathematics() -> None:
    page = (ROOT / "docs" / "review.md").read_text("utf-8")
    source = ROOT / "src" / "srp_cognito"
    small = [source / f"{name}.py" for name in ("exceptions", "wire", "given")]
    files = [*small, *(source / "proof").rglob("*.py")]
    linked = re.findall(r"\]\(\.\./(src/[^)]*)\)", page)
    assert sorted(linked) == sorted(str(path.relative_to(ROOT)) for path in files)

    stated = re.search(r"about ([\d,]+) lines", page)
    assert stated is not None
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in files)
    assert int(stated[1].replace(",", "")) == pytest.approx(lines, rel=0.1)


def test_the_page_for_reviewers_names_tests_and_vectors_that_exist() -> None:
    page = (ROOT / "docs" / "review.md").read_text("utf-8")
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    for name in re.findall(r"`(test_\w+)`", page):
        assert f"def {name}(" in tests, name
    for name in re.findall(r"`(tests/[\w/.]+)`", page):
        assert (ROOT / name).exists(), name
    known = {*vector_files.notes(), *vector_files.BY_TYPE}
    for line in re.findall(r"[Vv]ectors?: ([^.]*)\.", page.replace("\n", " ")):
        for name in re.findall(r"`([A-Z]\w+)`", line):
            assert name in known, name


def test_the_documents_name_the_number_of_vectors() -> None:
    logins, values, requests = (
        vector_files.count(*types)
        for types in (vector_files.LOGINS, vector_files.VALUES, vector_files.REQUESTS)
    )
    for name in ("README.md", "CHANGELOG.md", "vectors/README.md"):
        text = " ".join((ROOT / name).read_text("utf-8").split())
        assert f"{logins} logins" in text, name
        assert f"{values} single values" in text, name
        assert f"{requests} golden requests" in text, name
    tests = vector_files.tests(*vector_files.LOGINS)
    valid, acceptable, invalid = (
        sum(test["result"] == result for test in tests)
        for result in ("valid", "acceptable", "invalid")
    )
    review = " ".join((ROOT / "docs" / "review.md").read_text("utf-8").split())
    assert f"{valid} valid logins with every intermediate value, {invalid} to refuse" in review
    assert f"{acceptable} that a program may treat in either way" in review


@pytest.mark.parametrize("name", ["aiobotocore", "aiohttp", "boto3", "httpx", "stdlib"])
def test_a_page_shows_the_program_that_runs(name: str) -> None:
    page = name if name != "stdlib" else "the-standard-library"
    text = (ROOT / "docs" / f"sign-in-with-{page}.md").read_text("utf-8")
    program = (ROOT / "examples" / f"sign_in_{name}.py").read_text("utf-8")
    assert f"```python\n{program}```\n" in text


SECRET = "sekrit-client-secret-of-pool"  # botocore sends none that is shorter than 24.


@pytest.fixture
def pool(signing_keys: SigningKeys) -> UserPool:
    pool = UserPool(POOL_ID, signing_keys=signing_keys, remember_devices="opt-in")
    pool.add_app_client(CLIENT_ID, SECRET)
    pool.add_user("alice", PASSWORD)
    return pool


def python(page: str, beginning: str) -> str:
    """Return the block of a page that begins so."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (block,) = (each for each in blocks if each.startswith(beginning))
    return str(block)


def test_a_program_that_came_from_pycognito_runs(pool: UserPool) -> None:
    """The loop of docs/migrate.md, and the rows that sign in, register a device and refresh."""
    page = (ROOT / "docs" / "migrate.md").read_text("utf-8")

    def row(theirs: str) -> list[str]:
        """Return the pieces of code in the second cell of the row that begins so."""
        (line,) = re.findall(rf"^\| `{re.escape(theirs)}.* \| (.*) \|$", page, re.MULTILINE)
        return re.findall(r"`([^`]+)`", line)

    names: dict[str, Any] = {
        **{name: getattr(srp_cognito, name) for name in srp_cognito.__all__},
        "pool_id": POOL_ID,
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "username": "alice",
        "password": PASSWORD,
        "platform": platform,
    }
    asked: list[str] = []
    with (
        serve(pool, log=asked.append) as url,
        contextlib.closing(boto3.client("cognito-idp", "eu-west-1", endpoint_url=url)) as cognito,
    ):
        names["cognito"] = cognito
        exec(python("migrate.md", "def send"), names)
        exec(row("Cognito(pool_id, ")[0], names)
        exec(row("u.authenticate(")[0], names)
        making, *sending, keeping = row("aws.confirm_device(")
        assert sending == ["registration.start()", "registration.remember()"]
        exec(making, names)
        for each in sending:
            exec(f"tokens = registration.reply(send({each}))", names)
        assert eval(keeping, names) == names["tokens"].device.to_json()
        for statement in row("u.renew_access_token(")[:2]:
            exec(statement, names)
    assert isinstance(names["tokens"], Tokens)
    assert names["tokens"].device_error is None
    operations = [line.split()[0] for line in asked]
    assert operations == [
        *[*SIGN_IN, "ConfirmDevice", "UpdateDeviceStatus"],
        "GetTokensFromRefreshToken",
    ]


def test_a_program_that_came_from_pycognito_keeps_its_tokens(pool: UserPool) -> None:
    """Nobody listens any more when the device is to be registered."""
    names: dict[str, Any] = {"SignIn": SignIn, "Tokens": Tokens, "Call": srp_cognito.Call}
    exec(python("migrate.md", "def send"), names)
    app = AppClient(CLIENT_ID, SECRET)
    with serve(pool) as url:
        cognito = boto3.client("cognito-idp", "eu-west-1", endpoint_url=url)
        names["cognito"] = cognito
        tokens = names["run"](SignIn(POOL_ID, "alice", PASSWORD, app=app))
    with contextlib.closing(cognito):
        registration = srp_cognito.DeviceRegistration(tokens)
        after = registration.reply(names["send"](registration.start()))
    assert after.access_token == tokens.access_token
    assert isinstance(after.device_error, EndpointConnectionError)


def test_the_lines_for_requests_run(pool: UserPool) -> None:
    names: dict[str, Any] = {"requests": requests, "http_reply": srp_cognito.http_reply}
    exec(python("sign-in-with-httpx.md", "def send(call):\n    try:\n"), names)
    app = AppClient(CLIENT_ID, SECRET)
    send, sign_in = names["send"], SignIn(POOL_ID, "alice", PASSWORD, app=app)
    with serve(pool) as names["url"]:
        step = sign_in.start()
        while not isinstance(step, Tokens):
            step = sign_in.reply(send(step))
        # Without its device a pool refuses to refresh, and the refusal is read.
        refresh = Refresh(step, app=app)
        with pytest.raises(ServiceError, match="Invalid Refresh Token"):
            refresh.reply(send(refresh.start()))
    with pytest.raises(requests.ConnectionError):
        refresh.reply(send(refresh.start()))


def test_the_table_of_challenges_has_a_row_for_each_that_says_what_is_sent() -> None:
    """The row names the keys that the golden requests of that challenge send."""
    text = (ROOT / "docs" / "challenges.md").read_text("utf-8")
    table = text.partition("| ChallengeName |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    assert {row[0] for row in rows} == {*get_args(ChallengeName), "ADMIN_NO_SRP_AUTH"}
    sent: dict[str, set[str]] = {}
    for test in vector_files.tests(*vector_files.REQUESTS):
        arguments = test["expected"].get("arguments", {})
        if "ChallengeName" in arguments:
            keys = sent.setdefault(arguments["ChallengeName"], set())
            keys |= {key.partition(".")[0] for key in arguments["ChallengeResponses"]}
    for name, in_sign_in, builder, sent_text, _ in rows[:-1]:
        method = builder.strip("`").partition("(")[0]
        assert callable(getattr(Answers, method)), method
        for question in re.findall(r"asks `(\w+)`", in_sign_in):
            assert hasattr(questions, question), question
        named = set(re.findall(r"[A-Z_]{5,}|userAttributes", sent_text))
        of_every_answer = {"USERNAME", "SECRET_HASH", "DEVICE_KEY"}
        # The page has a section on choices that are new, of which the requests make one up.
        elsewhere = {"EMAIL", "NEW_FACTOR_PROOF"}
        assert named - elsewhere == sent[name] - of_every_answer - elsewhere


def ordered(name: str) -> list[str]:
    """Return the order of members that docs/protocol.md writes down."""
    text = (ROOT / "docs" / "protocol.md").read_text("utf-8")
    (line,) = re.findall(rf"^{name}: (.*)$", text, re.MULTILINE)
    return str(line).split()


def test_the_protocol_has_every_key_of_a_request_in_its_order() -> None:
    """A page of keys, and the vectors' bodies, which botocore wrote from the builders' order."""
    used: dict[str, set[str]] = {}
    for test in vector_files.tests(*vector_files.REQUESTS):
        arguments = test["expected"].get("arguments", {})
        places = {"arguments": arguments}
        for name in ("ChallengeResponses", "AuthParameters"):
            if name in arguments:
                places[name] = arguments[name]
        made_up = test["input"].get("others", {})
        for place, members in places.items():
            order = ordered(place)
            keys = [key.partition(".")[0] for key in members if key not in made_up]
            positions = [order.index(key) for key in keys]
            assert positions == sorted(positions), (test["id"], keys)
            used.setdefault(place, set()).update(keys)
    assert used == {name: set(ordered(name)) for name in used}
    page = (ROOT / "docs" / "protocol.md").read_text("utf-8").partition("## The requests")[2]
    tables = page.partition("The order of members")[0]
    for name in set().union(*used.values()):
        assert re.search(rf"\b{name}\b", tables), name
