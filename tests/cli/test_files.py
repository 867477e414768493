"""files.py: files on the command line, what is refused before any is read, and the count."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from command import answers, run, run_here
from logins import at_terminal
from recorded import CLIENT, ILLEGAL, OUTPUT, RIGHT, WRONG, lines

from srp_cognito.cli import files
from srp_cognito.cli.files import opened
from srp_cognito.cli.streams import UnusableError

posix_only = pytest.mark.skipif(os.name == "nt", reason="a POSIX system has these")

NOT_LINES = {
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "an archive": b"\x1f\x8b\x08\x08\xe4\xa3\xb2\x66\x02\xff",
    "a tar": b"transcripts.jsonl\0\0\0000644\0",
    "UTF-16": '{"id": 1}'.encode("utf-16"),
    "UTF-16 without a mark": '{"id": 1}'.encode("utf-16-le"),
}


class Folder:
    """A folder with files to name."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def file(self, name: str, octets: bytes) -> str:
        path = self.path / name
        path.write_bytes(octets)
        return str(path)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


# What is read.


@pytest.mark.parametrize("jobs", [(), ("--jobs", "1"), ("--jobs", "2")], ids=" ".join)
def test_files_are_answered_in_their_order_as_standard_input_would_be(
    folder: Folder, jobs: tuple[str, ...]
) -> None:
    whole = [lines(*({**RIGHT, "id": 10 * file + line} for line in range(3))) for file in range(3)]
    # The second file's last line has no line break, and must not be joined with what follows.
    paths = [folder.file(f"{at}.jsonl", octets) for at, octets in enumerate(whole)]
    Path(paths[1]).write_bytes(whole[1][:-1])
    done = run_here("verify", *jobs, *paths)
    assert done.stdout == run_here("verify", stdin=b"".join(whole)).stdout
    assert (done.returncode, done.stderr) == (0, b"srp-cognito: 9 verified\n")


def test_standard_input_has_its_turn_among_files(folder: Folder) -> None:
    paths = [folder.file(f"{name}.jsonl", lines({**CLIENT, "id": name})) for name in ("a", "c")]
    done = run_here("compute", paths[0], "-", paths[1], stdin=lines({**CLIENT, "id": "b"}))
    assert answers(done) == [{**OUTPUT, "id": name} for name in ("a", "b", "c")]
    assert (done.returncode, done.stderr) == (0, b"srp-cognito: 3 computed\n")


def test_a_byte_order_mark_and_bytes_of_another_encoding_do_not_make_a_file_unreadable(
    folder: Folder,
) -> None:
    path = folder.file(
        "a.jsonl", b"\xef\xbb\xbf" + lines(RIGHT) + b'{"password": "caf\xe9"}\n' + lines(RIGHT)
    )
    done = run_here("verify", path)
    assert [answer.get("ok") for answer in answers(done)] == [True, None, True]
    assert done.returncode == 1
    path = folder.file("b.jsonl", b'{"password": "caf\xe9"}\n')
    assert run_here("verify", path).returncode == 1


def test_a_letter_that_the_beginning_of_a_file_cuts_does_not_make_it_rubbish(
    folder: Folder,
) -> None:
    text = b"nonsense " + "ä".encode() * files._BEGINNING
    assert run_here("verify", folder.file("a.jsonl", text)).returncode == 1


@posix_only
@pytest.mark.parametrize("jobs", [(), ("--jobs", "2")], ids=" ".join)
def test_a_pipe_is_a_file_too_and_no_answer_waits_for_it(
    folder: Folder, jobs: tuple[str, ...]
) -> None:
    """As a shell makes for <(command)."""
    pipe = folder.path / "pipe"
    os.mkfifo(pipe)
    first = folder.file("first.jsonl", lines({**RIGHT, "id": 1}))
    with subprocess.Popen(
        [sys.executable, "-m", "srp_cognito", "verify", *jobs, first, str(pipe)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"id": 1, "ok": True}
        pipe.write_bytes(lines({**RIGHT, "id": 2}))
        assert json.loads(process.stdout.readline()) == {"id": 2, "ok": True}
        assert process.communicate() == (b"", b"srp-cognito: 2 verified\n")
        watchdog.cancel()
    assert process.returncode == 0


def test_lines_that_are_on_the_disk_are_at_hand_together_though_they_are_in_many_files(
    folder: Folder,
) -> None:
    """An engine for many powers answers them together."""
    paths = [folder.file(f"{at}.jsonl", b"{}\n") for at in range(20)]
    with opened(paths) as found:
        assert next(found) == b"{}\n"
        assert found.at_hand(16, 1 << 20) == 16
    with opened([*paths, "-"]) as found:
        next(found)
        assert found.at_hand(64, 1 << 20) == 39  # With a blank line between two of them.


def test_how_much_was_read_is_known_of_files_and_not_of_standard_input(folder: Folder) -> None:
    paths = [folder.file(name, b"{}\n") for name in ("a.jsonl", "b.jsonl")]
    with opened(paths) as found:
        assert (found.size, found.position(), found.is_typed) == (6, 0, False)
        next(found)
        assert found.position() == 3
        assert len(list(found)) == 3
        assert found.position() == 6
    with opened([*paths, "-"]) as found:
        assert found.size is None


# Where a line is.


def test_a_line_that_fails_is_reported_with_its_file_and_its_number_there(folder: Folder) -> None:
    paths = [
        folder.file("a.jsonl", lines(RIGHT)),
        folder.file("empty.jsonl", b""),
        folder.file("b.jsonl", b"\n" + lines(WRONG) + b"nonsense"),
        folder.file("c.jsonl", lines(ILLEGAL)),
    ]
    said = [
        f"{paths[2]}:3: transcript is not a JSON object in UTF-8",
        f"{paths[3]}:1: PASSWORD_CLAIM_SIGNATURE is missing",
        "standard input:1: transcript is not a JSON object in UTF-8",
        "1 verified, 1 did not verify, 3 failed",
    ]
    done = run_here("verify", *paths, "-", stdin=b"?\n")
    assert done.stderr.decode().splitlines() == [f"srp-cognito: {line}" for line in said]
    assert done.returncode == 1


def test_explain_names_file_and_line_and_counts(folder: Folder) -> None:
    path = folder.file("a.jsonl", lines(RIGHT) + b"nonsense\n")
    done = run_here("explain", path)
    text = done.stdout.decode()
    assert text.startswith(f"{path}:1: PASSWORD_CLAIM_SIGNATURE: right\n")
    assert f"\n{path}:2: transcript is not a JSON object in UTF-8\n" in text
    assert (done.returncode, done.stderr) == (1, b"srp-cognito: 1 right, 1 failed\n")
    found = run_here("explain", "--json", path)
    assert found.stdout == run_here("explain", "--json", stdin=Path(path).read_bytes()).stdout


def test_control_characters_in_a_name_do_not_reach_the_terminal(folder: Folder) -> None:
    name = "a\x1b[2J.jsonl"
    said = refused("verify", str(folder.path / name))
    assert said.endswith("a?[2J.jsonl cannot be read: No such file or directory")
    if os.name != "nt":
        path = folder.file(name, b"nonsense\n")
        done = run_here("explain", path)
        assert b"a?[2J.jsonl:1: transcript is not" in done.stdout
        assert b"\x1b" not in done.stdout + run_here("verify", path).stderr


# The count.


def test_the_count_is_silent_where_a_program_writes_to_standard_input() -> None:
    done = run_here("verify", stdin=lines(RIGHT, WRONG))
    assert (done.returncode, done.stderr) == (1, b"")
    assert run_here("explain", "--json", stdin=lines(RIGHT)).stderr == b""


def test_the_count_of_nothing_says_so(folder: Folder) -> None:
    done = run_here("verify", folder.file("empty.jsonl", b""))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"srp-cognito: 0 verified\n")


@posix_only
def test_a_person_at_a_terminal_learns_what_is_waited_for_and_gets_the_count() -> None:
    with at_terminal(["verify"]) as person:
        person.sees("srp-cognito: reading from the terminal; end with Ctrl-D\r\n")
        person.types(lines({}).decode())
        person.types("\x04")
        person.sees("srp-cognito: 0 verified, 1 failed\r\n")
        status, out = person.leaves()
    assert status == 1
    assert out.startswith('{"error": ')


@posix_only
def test_a_terminal_among_files_is_announced_when_its_turn_comes(folder: Folder) -> None:
    first = folder.file("first.jsonl", lines({}))
    with at_terminal(["verify", first, "-"]) as person:
        person.sees("first.jsonl:1: PASSWORD_CLAIM_SIGNATURE is missing\r\n")
        person.sees("reading from the terminal; end with Ctrl-D\r\n")
        person.types("\x04")
        person.sees("0 verified, 1 failed\r\n")
        assert person.leaves()[0] == 1


@posix_only
def test_a_refresh_at_a_terminal_says_that_it_waits() -> None:
    with at_terminal(["refresh", "--pool-id", "eu-west-1_Example", "--client-id", "c"]) as person:
        person.sees("srp-cognito: reading from the terminal; end with Ctrl-D\r\n")
        person.types("nonsense\n\x04")
        person.sees("does not hold what `login` or `refresh` printed")
        assert person.leaves() == (2, "")


# What is refused.


def refused(command: str, *arguments: str, stdin: bytes | None = b"") -> str:
    """Return why a command does not begin, in one sentence."""
    done = run_here(command, *arguments, stdin=stdin)
    assert (done.returncode, done.stdout) == (2, b"")
    said = done.stderr.decode()
    assert said.startswith("srp-cognito: ")
    assert said.count("\n") == 1
    return said.removeprefix("srp-cognito: ").rstrip("\n")


@pytest.mark.parametrize("command", ["compute", "verify", "explain"])
def test_a_file_that_is_missing_is_refused_before_the_others_are_answered(
    folder: Folder, command: str
) -> None:
    good = folder.file("good.jsonl", lines(RIGHT))
    missing = str(folder.path / "missing.jsonl")
    said = refused(command, good, missing)
    assert said == f"{missing} cannot be read: No such file or directory"


def test_a_folder_is_refused(folder: Folder) -> None:
    assert refused("verify", str(folder.path)) == f"{folder.path} cannot be read: it is a folder"


@pytest.mark.parametrize("octets", NOT_LINES.values(), ids=NOT_LINES)
def test_a_file_that_is_not_text_is_refused(folder: Folder, octets: bytes) -> None:
    path = folder.file("rubbish", octets)
    assert refused("compute", path) == f"{path} cannot be read: it is not text in UTF-8"


@pytest.mark.parametrize("path", ["", "a\0b"], ids=["empty", "a zero"])
def test_a_name_that_no_file_can_have_is_refused(path: str) -> None:
    assert " cannot be read: " in refused("verify", path)


def test_a_file_that_is_named_twice_is_refused(folder: Folder) -> None:
    path = folder.file("a.jsonl", lines(RIGHT))
    again = str(folder.path / ".." / folder.path.name / "a.jsonl")
    assert refused("verify", path, again) == f"{again} is named twice"
    assert refused("verify", "-", "-") == "standard input is named twice"


@posix_only
def test_a_link_that_leads_back_to_itself_is_refused(folder: Folder) -> None:
    link = folder.path / "link"
    link.symlink_to(link)
    assert refused("verify", str(link)).startswith(f"{link} cannot be read: ")


def test_a_closed_standard_input_is_refused_before_the_files_are_answered(folder: Folder) -> None:
    good = folder.file("good.jsonl", lines(RIGHT))
    said = refused("verify", good, "-", stdin=None)
    assert said == "standard input cannot be read: it is closed"


def test_files_need_no_standard_input(folder: Folder) -> None:
    done = run_here("verify", folder.file("good.jsonl", lines(RIGHT)), stdin=None)
    assert (done.returncode, answers(done)) == (0, [{"ok": True}])


@pytest.mark.parametrize("how", ["removed", "unreadable"])
def test_a_file_that_fails_while_the_others_are_read_ends_the_run(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    paths = [folder.file(name, b"{}\n") for name in ("a.jsonl", "b.jsonl")]
    with opened(paths) as found:
        assert next(found) == b"{}\n"
        if how == "removed":
            Path(paths[1]).unlink()
            message = r"b\.jsonl cannot be read: No such file"
        else:

            def fail(*_: Any) -> bytes:
                raise OSError(5, "Input/output error")

            monkeypatch.setattr(found._files._stream._file, "read", fail, raising=False)
            message = r"a\.jsonl cannot be read: Input/output error"
        with pytest.raises(UnusableError, match=message):
            list(found)


def test_a_reader_that_goes_away_is_status_2_without_a_message(folder: Folder) -> None:
    path = folder.file("a.jsonl", lines(*[RIGHT] * 50))
    with subprocess.Popen(
        [sys.executable, "-m", "srp_cognito", "verify", path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(60) == 2


def test_a_file_that_may_not_be_read_is_refused(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the system; root may read everything, and the tests may be root's."""

    def denied(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    path = folder.file("a.jsonl", lines(RIGHT))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", denied)
        assert refused("verify", path) == f"{path} cannot be read: Permission denied"


def test_the_process_does_as_the_function_does(folder: Folder) -> None:
    path = folder.file("a.jsonl", lines(RIGHT, WRONG))
    done = run("verify", path)
    assert (done.returncode, done.stderr) == (1, b"srp-cognito: 1 verified, 1 did not verify\n")
