"""conformance.py: the list tried from the command line, with our own pool for a real one."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command import run_here

from srp_cognito.cli import conformance
from srp_cognito.cli.streams import UnusableError
from srp_cognito.conformance import BEHAVIOURS
from srp_cognito.conformance.differences import DELIBERATE
from srp_cognito.conformance.own_pool import over_http

FILE = """
pool_id = "eu-west-1_Example"
features = ["no-devices", "hides-users", "http"]
[apps.plain]
client_id = "1example23456789"
[apps.secret]
client_id = "3example23456789"
client_secret = "sekrit-client-secret-of-some-length"
[people.plain]
username = "a-user-plain"
[people.sms]
username = "a-user-sms"
password = "Correct-Horse-1"
[people.totp]
username = "a-user-totp"
password = "Correct-Horse-1"
totp_secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""

SECRETS = ("Correct-Horse-1", "sekrit", "GEZD", "1example", "3example", "a-user", "eyJ", "Example")


WAIT, NOW = conformance._Remote.wait, conformance._Remote.now


@contextmanager
def remote(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, feature: str = "no-devices"
) -> Iterator[list[str]]:
    """Serve a pool, and yield the words that try the list on it as on a real one."""
    (tmp_path / "pool.toml").write_text(FILE.replace("no-devices", feature), "utf-8")
    with over_http()(frozenset({feature})) as pool:
        # A real pool has the real time.
        monkeypatch.setattr(conformance._Remote, "now", lambda _: pool.now())
        monkeypatch.setattr(conformance._Remote, "wait", lambda _, seconds: pool.wait(seconds))
        words = ["conformance", "--pool", str(tmp_path / "pool.toml"), "--rate", "100"]
        yield [*words, "--endpoint-url", pool.url]


def test_the_list_is_tried_on_our_own_pool() -> None:
    done = run_here("conformance", "--only", "claims/*")
    lines = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (0, b"")
    assert lines[0] == "confirmed  claims/right"
    at = lines.index(
        "           on purpose: No client needs it, and a test wants to find a replay."
    )
    assert lines[at - 3].startswith("differs    claims/answered-twice")
    assert lines[-1].startswith("all ")


def test_over_http_bytes_can_be_sent() -> None:
    done = run_here("conformance", "--over-http", "--only", "http/*")
    assert done.returncode == 0
    assert b"not tried " not in done.stdout.partition(b"\n\n")[0]


def test_the_list_can_be_read_without_a_call() -> None:
    done = run_here("conformance", "--list", "--only", "claims/right", "--only", "names/alias")
    assert done.stdout.decode() == "".join(
        f"{each.name} ({each.sure}): {each.says}\n    {each.answers}\n"
        for each in BEHAVIOURS
        if each.name in ("claims/right", "names/alias")
    )


def test_a_pool_that_a_file_describes_is_tried_and_reported_without_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = [tmp_path / "report.json", tmp_path / "report.md"]
    with remote(monkeypatch, tmp_path) as words:
        only = [f"--only={group}/*" for group in ("claims", "secret-hash", "tokens", "http", "mfa")]
        reports = ["--json", str(files[0]), "--markdown", str(files[1])]
        done = run_here(*words, *only, *reports, stdin=b"Correct-Horse-1\n")
    assert "Password of people.plain" in done.stderr.decode()
    read = json.loads(files[0].read_text("utf-8"))
    assert read["pool"] == "a pool at another endpoint"
    found = {each["name"]: each for each in read["results"]}
    assert found["claims/right"]["verdict"] == "confirmed"
    assert found["http/not-json"]["verdict"] == "confirmed"
    assert found["tokens/keys-are-published"]["verdict"] == "confirmed"
    assert found["mfa/totp-right"]["verdict"] == "confirmed"
    assert found["mfa/email"]["seen"].startswith("it needs people.email")
    assert found["mfa/sms-right"]["seen"] == "it needs the code that is sent: --codes asks for it"
    assert found["tokens/expired"]["seen"] == "it is tried only if asked for: waits"
    # On a real pool it would be a difference: there nothing is on purpose.
    assert found["claims/answered-twice"]["verdict"] == "differs"
    assert done.returncode == 1
    for text in (done.stdout.decode(), *(file.read_text("utf-8") for file in files)):
        for secret in SECRETS:
            assert secret not in text, secret


@pytest.mark.parametrize("groups", [("tokens", "refresh"), ("devices", "passkeys")])
def test_a_pool_over_http_is_reported_as_the_same_pool_in_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, groups: tuple[str, str]
) -> None:
    """That each operation can be called, GetUser and ForgetDevice as well."""
    feature = "devices" if "devices" in groups else "no-devices"
    with remote(monkeypatch, tmp_path, feature) as words:
        report = tmp_path / "report.json"
        only = [f"--only={group}/*" for group in groups]
        done = run_here(*words, *only, "--json", str(report), stdin=b"Correct-Horse-1\n")
    assert done.returncode == 1  # As below: nothing is on purpose.
    found = json.loads(report.read_text("utf-8"))["results"]
    assert {each["name"] for each in found if each["verdict"] == "differs"} <= DELIBERATE.keys()
    assert sum(each["verdict"] == "confirmed" for each in found) > 20


def test_a_code_is_asked_for_if_wanted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with remote(monkeypatch, tmp_path) as words:
        typed = b"Correct-Horse-1\nnot-the-code\n"
        done = run_here(*words, "--codes", "--only", "mfa/sms-right", stdin=typed)
    assert "Code for a-user-sms:" in done.stderr.decode()
    assert b"seen      CodeMismatchException" in done.stdout


def test_a_factor_whose_secret_is_not_in_the_file_is_not_tried(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with remote(monkeypatch, tmp_path) as words:
        text = FILE.replace('totp_secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"', "")
        (tmp_path / "pool.toml").write_text(text, "utf-8")
        done = run_here(*words, "--only", "mfa/totp-right", stdin=b"Correct-Horse-1\n")
    assert b"it needs the secret of the authenticator app (totp_secret)" in done.stdout


def test_no_code_of_an_authenticator_app_is_shown_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with remote(monkeypatch, tmp_path) as words:
        only = ["--only", "mfa/totp-right", "--only", "sessions/after-a-wrong-code"]
        done = run_here(*words, *only, stdin=b"Correct-Horse-1\n")
    assert done.returncode == 0
    assert done.stdout.startswith(b"confirmed  sessions/after-a-wrong-code\nconfirmed  mfa/totp-r")


def test_after_so_many_calls_nothing_more_is_begun(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with remote(monkeypatch, tmp_path) as words:
        most = ["--only", "claims/wrong-*", "--most-calls", "2"]
        done = run_here(*words, *most, stdin=b"Correct-Horse-1\n")
    tried, *others = done.stdout.decode().partition("\n\n")[0].splitlines()
    assert tried == "confirmed  claims/wrong-password"
    assert len(others) == 2
    assert all("2 calls were made before (--most-calls)" in other for other in others)


def test_a_temporary_password_is_used_up_once_and_last(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What comes after would fail again and again, and lock the user out."""
    with remote(monkeypatch, tmp_path) as words:
        text = f'{FILE}[people.temporary]\nusername = "a-user-temporary"\n'
        (tmp_path / "pool.toml").write_text(f'{text}password = "Correct-Horse-1"\n', "utf-8")
        wanted = ["--also", "uses-up", "--only", "new-password/*"]
        done = run_here(*words, *wanted, stdin=b"Correct-Horse-1\n")
    lines = done.stdout.decode().partition("\n\n")[0].splitlines()
    assert "confirmed  new-password/right" in lines
    after = lines[lines.index("confirmed  new-password/right") + 1 :]
    assert after
    assert all("it needs people.temporary" in line for line in after)
    assert not [line for line in lines if line.startswith("differs")]


def test_calls_are_made_no_faster_than_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pauses = []
    monkeypatch.setattr(conformance.time, "sleep", pauses.append)
    monkeypatch.setattr(conformance.time, "monotonic", lambda: 100.0)
    with remote(monkeypatch, tmp_path) as words:
        run_here(*words, "--rate=4", "--only", "claims/challenge", stdin=b"Correct-Horse-1\n")
        run_here(*words, "--rate=4", "--only", "claims/right", stdin=b"Correct-Horse-1\n")
    assert pauses[0] == 0
    assert set(pauses[1:]) == {0, 0.25}


def test_a_real_pool_waits_as_long_as_it_takes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(conformance.time, "sleep", pauses.append)
    with remote(monkeypatch, tmp_path) as words:
        monkeypatch.setattr(conformance._Remote, "wait", WAIT)
        wanted = ["--also", "waits", "--only", "sessions/after-two-minutes"]
        run_here(*words, *wanted, stdin=b"Correct-Horse-1\n")
    assert 120 in pauses


def test_a_real_pool_has_the_real_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with remote(monkeypatch, tmp_path) as words:
        monkeypatch.setattr(conformance._Remote, "now", NOW)
        done = run_here(*words, "--only", "claims/challenge-form", stdin=b"Correct-Horse-1\n")
        # The pool's clock stands still, years before, so that a claim of today is refused.
        late = run_here(*words, "--only", "claims/right", stdin=b"Correct-Horse-1\n")
    assert (done.returncode, late.returncode) == (0, 1)


def test_what_was_tried_is_reported_even_if_the_run_is_cut_short(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_: object) -> dict[str, object]:
        raise KeyboardInterrupt

    report = tmp_path / "report.json"
    with remote(monkeypatch, tmp_path) as words:
        monkeypatch.setattr(conformance._Remote, "post", interrupted)
        wanted = ["--only=claims/right", "--only=http/right", "--json", str(report)]
        done = run_here(*words, *wanted, stdin=b"Correct-Horse-1\n")
    assert done.returncode == 130
    (only,) = json.loads(report.read_text("utf-8"))["results"]
    assert only["name"] == "claims/right"


@pytest.mark.parametrize("option", ["--json", "--markdown"])
def test_a_report_that_cannot_be_written_is_said_before_the_first_call(
    tmp_path: Path, option: str
) -> None:
    done = run_here("conformance", "--only", "claims/right", option, str(tmp_path / "no" / "file"))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"No such file" in done.stderr


def test_bytes_that_are_not_answered_are_a_difference(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with remote(monkeypatch, tmp_path) as words:
        url = words[-1]
        wrong = [*words[:-1], url.replace("http://", "http://localhost:1/?").split("?")[0]]
        done = run_here(*wrong, "--only", "http/right", stdin=b"Correct-Horse-1\n")
    assert b"seen      no reply: " in done.stdout


def test_a_reply_that_is_lost_does_not_end_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sent = conformance.Service.send
    lost = iter([True])

    def send(service: object, call: object) -> object:
        if next(lost, False):
            raise UnusableError("the connection was reset")
        return sent(service, call)

    with remote(monkeypatch, tmp_path) as words:
        monkeypatch.setattr(conformance.Service, "send", send)
        only = ["--only", "claims/right", "--only", "claims/challenge"]
        done = run_here(*words, *only, stdin=b"Correct-Horse-1\n")
    assert b"no reply: the connection was reset" in done.stdout
    assert b"confirmed  claims/challenge" in done.stdout


def test_a_pool_that_nobody_reaches_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    with remote(monkeypatch, tmp_path) as words:
        nowhere = [*words[:-1], "http://localhost:1/"]
        done = run_here(*nowhere, "--json", str(report), stdin=b"Correct-Horse-1\n")
    assert done.returncode == 2
    assert b"cannot be reached" in done.stderr
    assert len(json.loads(report.read_text("utf-8"))["results"]) == 3


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--only", "nothing/*"], "--only matches no behaviour"),
        (["--endpoint-url", "http://localhost:1/"], "go with --pool"),
        (["--codes"], "go with --pool"),
        (["--also", "waits"], "go with --pool"),
        (["--pool", "/nowhere", "--over-http"], "--over-http goes without --pool"),
        (["--pool", "/nowhere"], "/nowhere cannot be read"),
    ],
)
def test_options_that_do_not_fit_together_are_refused(words: list[str], problem: str) -> None:
    done = run_here("conformance", *words)
    assert (done.returncode, done.stdout) == (2, b"")
    assert problem in done.stderr.decode()


@pytest.mark.parametrize("text", ["pool_id = ", 'pool_id = "x"', "\udcff"])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pool.toml"
    file.write_bytes(os.fsencode(text))
    done = run_here("conformance", "--pool", str(file))
    assert done.returncode == 2
    assert str(file) in done.stderr.decode()


def test_a_real_pool_is_called_at_aws(tmp_path: Path) -> None:
    """Nothing is sent: the report of no behaviour would be empty, so the file is refused first."""
    file = tmp_path / "pool.toml"
    file.write_text(FILE.replace("eu-west-1_Example", "nowhere_Example"), "utf-8")
    done = run_here("conformance", "--pool", str(file), stdin=b"x\n")
    assert done.returncode == 2
    assert b"must begin with an AWS region" in done.stderr


def test_without_the_extra_the_command_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['jwt'] = None;"
        "from srp_cognito.__main__ import main; sys.exit(main(['conformance']))"
    )
    done = subprocess.run(
        [os.sys.executable, "-c", code], capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert b"srp-cognito[testing]" in done.stderr


# To standard output.


def test_json_goes_to_standard_output_where_that_is_asked_for_and_words_to_standard_error() -> None:
    done = run_here("conformance", "--only", "claims/right", "--json", "-")
    report = json.loads(done.stdout)
    assert (done.returncode, report["counts"]["confirmed"]) == (0, 1)
    assert done.stderr.decode().splitlines()[0] == "confirmed  claims/right"


def test_markdown_goes_to_standard_output_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    words = ["conformance", "--only", "claims/right", "--markdown", "-", "--json", str(path)]
    done = run_here(*words)
    assert done.stdout.decode().startswith("# srp-cognito's own pool, tried on ")
    assert done.stdout.endswith(b".\n")
    assert b"confirmed  claims/right" in done.stderr
    assert json.loads(path.read_text("utf-8"))["counts"]["confirmed"] == 1


def test_two_reports_do_not_fit_into_standard_output() -> None:
    done = run_here("conformance", "--json", "-", "--markdown", "-")
    said = b"srp-cognito: --json and --markdown cannot both write to standard output\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", said)


def test_the_list_can_be_had_as_json(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    words = ["conformance", "--list", "--only", "claims/*", "--json"]
    done = run_here(*words, "-")
    assert (done.returncode, done.stderr) == (0, b"")
    listed = json.loads(done.stdout)
    behaviours = [each for each in BEHAVIOURS if each.name.startswith("claims/")]
    assert [each["name"] for each in listed] == [each.name for each in behaviours]
    assert listed[0] == {
        "name": behaviours[0].name,
        "sure": behaviours[0].sure,
        "says": behaviours[0].says,
        "expected": str(behaviours[0].answers),
        "cost": behaviours[0].cost,
    }
    assert (run_here(*words, str(path)).returncode, run_here(*words, str(path)).stdout) == (0, b"")
    assert json.loads(path.read_text("utf-8")) == listed
